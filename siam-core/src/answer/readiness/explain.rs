//! Why a row of `readiness` is ready or missing, and how to mend it.
//!
//! Goes in: a row. Comes out: who asks for it, what was found, what to do.
//! **Invariant:** a row that is missing has a line that says how to mend it.
//! **Not here:** the words (`report::english`).

use super::walk::Needed;
use super::{NeedKind, NeedState, ReadinessReport};
use crate::base::Argument;
use crate::report::Reason;

/// The reason of a row.
pub(super) fn explain(report: &ReadinessReport, item: &Needed) -> Reason {
    let model = report.ecosystem.model();
    let service = Argument::name(model.service_name(report.service));
    let head = Reason::new(match item.state {
        NeedState::Ready => "readiness-ready",
        NeedState::Missing => "readiness-missing",
        NeedState::Unknown => "readiness-unknown",
        NeedState::NotNeeded => "readiness-not-needed",
    });
    let head = head.with("item", Argument::from(item.kind.as_str())).with("service", service.clone()).with("at", report.at);
    let class = model.services.get(report.service).and_then(|service| service.class.at(report.at));
    let class = class.and_then(|class| model.classes.get(*class)).map(|class| Argument::name(class.id.as_str()));
    let by = match (item.state, item.by_class, class) {
        (NeedState::NotNeeded, true, None) => Reason::new("readiness-no-class").with("service", service.clone()),
        (NeedState::NotNeeded, true, Some(class)) => Reason::new("readiness-not-by-class").with("class", class),
        (NeedState::NotNeeded, false, _) => Reason::new("readiness-not-by-model"),
        (_, true, Some(class)) => Reason::new("readiness-by-class").with("class", class),
        _ => Reason::new("readiness-by-model"),
    };
    let name = |name: Option<&str>| Argument::name(name.unwrap_or("-"));
    let found = item.object.as_deref().map(|object| {
        let found = Reason::new("readiness-found").with("object", Argument::name(object));
        found.because_all(
            item.detail.as_deref().map(|detail| Reason::new("readiness-detail").with("detail", Argument::name(detail))),
        )
    });
    let mend = (item.state == NeedState::Missing).then(|| {
        Reason::new(mend(item.kind))
            .with("service", service)
            .with("subject", name(item.subject.as_deref()))
            .with("party", name(item.party.map(|party| model.party_name(party))))
            .with("detail", name(item.detail.as_deref()))
    });
    head.because(by).because_all(found).because_all(mend)
}

/// How to mend what is missing.
fn mend(kind: NeedKind) -> &'static str {
    match kind {
        NeedKind::Owner => "readiness-mend-owner",
        NeedKind::Provider => "readiness-mend-provider",
        NeedKind::Class => "readiness-mend-class",
        NeedKind::Contract => "readiness-mend-contract",
        NeedKind::Sla => "readiness-mend-sla",
        NeedKind::Ola => "readiness-mend-ola",
        NeedKind::UnderpinningContract => "readiness-mend-underpinning-contract",
        NeedKind::Measure => "readiness-mend-measure",
        NeedKind::Availability => "readiness-mend-availability",
        NeedKind::Hours => "readiness-mend-hours",
        NeedKind::Interface => "readiness-mend-interface",
        NeedKind::Responsibilities => "readiness-mend-responsibilities",
        NeedKind::Contact => "readiness-mend-contact",
        NeedKind::Dependency => "readiness-mend-dependency",
    }
}
