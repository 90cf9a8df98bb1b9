//! Why a service stands as it does.
//!
//! Goes in: a row. Comes out: how many failures bring it down, one such set, what its own rule needs and has.
//! **Invariant:** the numbers are those of the row.
//! **Not here:** the words (`report::english`).

use super::RedundancyReport;
use crate::base::{Argument, Error};
use crate::report::Reason;
use crate::report::answer::no_such_row;

pub(super) fn explain(report: &RedundancyReport, row: usize) -> Result<Reason, Error> {
    let Some(one) = report.standing.get(row) else { return Err(no_such_row(row, report.standing.len())) };
    let model = report.ecosystem.model();
    let count = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let level = if one.further == Some(0) { one.level } else { report.asked.level };
    let start = |id| {
        let reason = Reason::new(id).with("service", Argument::name(model.service_name(one.service)));
        reason.with("level", Argument::name(model.level_name(level)))
    };
    let mut reason = match (one.further, one.more_than) {
        (Some(0), _) => start("redundancy-down"),
        (Some(further), _) => {
            let sets = one.sets.as_ref().map_or_else(String::new, ToString::to_string);
            start("redundancy-further").with("further", count(further)).with("sets", Argument::name(sets))
        }
        (None, Some(more)) => start("redundancy-more").with("more", count(more)),
        (None, None) => start("redundancy-never"),
    };
    if !one.example.is_empty() {
        let names: Vec<Argument> = one.example.iter().map(|service| Argument::name(model.service_name(*service))).collect();
        reason = reason.because(Reason::new("redundancy-example").with("example", names));
    }
    if let Some(node) = one.node.filter(|node| node.needed > 0) {
        let counted = Reason::new("redundancy-node").with("service", Argument::name(model.service_name(one.service)));
        let counted = counted.with("needed", count(node.needed)).with("total", count(node.total));
        reason = reason.because(counted.with("working", count(node.working)));
    }
    Ok(reason)
}
