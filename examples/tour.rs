//! A tour in ten lines: who is hit when both lines fail, and why.

use siam_core::answer::impact::{FailureQuery, ImpactQuery, impact};
use siam_core::report::{Catalogue, text::table_text};
use siam_core::{Source, explain, load};

fn main() -> Result<(), siam_core::Error> {
    let ecosystem = load(&[Source::text("ecosystem.yaml", include_str!("tour/ecosystem.yaml"))])?;
    let failures = vec![FailureQuery::of("wan-a"), FailureQuery::of("wan-b")];
    let report = impact(&ecosystem, &ImpactQuery { failures, ..Default::default() })?;
    let english = Catalogue::english();
    print!("{}", table_text(report.rows(), &["service", "level", "users", "route"], 10, &english));
    print!("{}", explain(&report, 0, &english)?.to_text());
    Ok(())
}
