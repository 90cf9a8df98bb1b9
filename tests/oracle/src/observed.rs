//! Observed: every service at every instant at which anything changes, one after the other.
//!
//! Goes in: a document without rings, outages, changes, a period, an agreement. Comes out: seconds up, down and planned by service.
//! **Invariant:** between two neighbouring instants nothing changes, so that one look at the first tells all of it.
//! **Not here:** causes and reasons; words that nobody knows (the caller gives clean rows).

use crate::clock::Calendar;
use crate::impact::{level_names, levels};
use crate::reading::{at, document_zone, duration, entries, exists, text, texts, tree};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use siam_core::document::Node;
use std::collections::{BTreeMap, BTreeSet};

/// An outage as a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    /// The service.
    pub service: String,
    /// When it began.
    pub from: i64,
    /// When it ended.
    pub to: i64,
    /// The level.
    pub level: String,
    /// own, derived or unknown.
    pub origin: String,
    /// The change it names.
    pub change: Option<String>,
}

/// A change as a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its id.
    pub change: String,
    /// Its window.
    pub window: (i64, i64),
    /// When it was notified.
    pub notified: Option<i64>,
    /// Who approved it.
    pub approved_by: Option<String>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question<'a> {
    /// The document.
    pub document: &'a str,
    /// The agreement that counts.
    pub agreement: Option<&'a str>,
    /// First instant.
    pub from: i64,
    /// First instant after.
    pub until: i64,
    /// What is later is not known.
    pub as_of: i64,
}

/// What came of a service, in microseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figure {
    /// Agreed time.
    pub agreed: i64,
    /// Downtime.
    pub down: i64,
    /// Planned work.
    pub planned: i64,
    /// Downtime after windows.
    pub overrun: i64,
    /// Downtime beyond the allowance.
    pub beyond: i64,
    /// Outages with downtime.
    pub outages: i64,
    /// The longest downtime of one.
    pub longest: i64,
}

struct Asked<'a> {
    root: Node,
    zone: TimeZone,
    question: &'a Question<'a>,
    changes: &'a [Change],
}

/// The figures of every service.
pub fn observed(question: &Question<'_>, outages: &[Outage], changes: &[Change]) -> BTreeMap<String, Figure> {
    let root = tree(question.document);
    let zone = document_zone(&root);
    let asked = Asked { root, zone, question, changes };
    let mut figures: BTreeMap<String, Figure> = BTreeMap::new();
    // Of each service: downtime of the outage it is in, and planned time in the current month.
    let mut open: BTreeMap<String, i64> = BTreeMap::new();
    let mut used: BTreeMap<(String, i64), i64> = BTreeMap::new();
    let edges = asked.edges(outages);
    let worst = level_names(&asked.root).pop().expect("there is a worst level");
    for pair in edges.windows(2) {
        let (now, next) = (pair[0], pair[1]);
        let own = asked.own(outages, now);
        let level = |kinds: &[&str]| {
            let failures: Vec<(String, String)> = own
                .iter()
                .filter(|(.., kind)| kinds.contains(kind))
                .map(|(service, level, _)| (service.clone(), level.clone()))
                .collect();
            levels(question.document, &failures, now)
        };
        let (all, unplanned, clean) = (level(&["own", "planned", "overrun"]), level(&["own", "overrun"]), level(&["own"]));
        for service in entries(&asked.root, "services") {
            let name = service.key.to_string();
            let figure = figures.entry(name.clone()).or_default();
            let agreed = asked.agreed(&service.value, now, next);
            let bad = |levels: &BTreeMap<String, String>| levels.get(&name) == Some(&worst);
            let counted = question.from <= now;
            if counted {
                figure.agreed += agreed;
            }
            if !bad(&all) {
                open.remove(&name);
                continue;
            }
            let mut down = agreed;
            if !bad(&unplanned) {
                let month = used.entry((name.clone(), asked.month(now))).or_default();
                let planned = asked.allowance().map_or(agreed, |most| agreed.min(most - *month));
                *month += planned;
                down = agreed - planned;
                if counted {
                    figure.planned += planned;
                    figure.beyond += down;
                }
            } else if !bad(&clean) && counted {
                figure.overrun += agreed;
            }
            if counted {
                let sum = open.entry(name.clone()).or_default();
                figure.outages += i64::from(*sum == 0 && down > 0);
                *sum += down;
                figure.down += down;
                figure.longest = figure.longest.max(*sum);
            }
        }
    }
    figures
}

impl Asked<'_> {
    fn agreement(&self) -> Option<&Node> {
        let name = self.question.agreement?;
        Some(self.root.get("agreements").and_then(|all| all.get(name)).unwrap_or_else(|| panic!("{name} is no agreement")))
    }
    fn rule(&self) -> Option<&Node> {
        self.root.get("maintenance")?.get(text(self.agreement()?, "maintenance")?)
    }
    fn allowance(&self) -> Option<i64> {
        Some(duration(text(self.rule()?, "allowance")?))
    }

    /// The beginning of the month of an instant.
    fn month(&self, at: i64) -> i64 {
        let date = jiff::Timestamp::from_microsecond(at).expect("an instant within time").to_zoned(self.zone.clone()).date();
        crate::reading::when(&date.first_of_month().to_string(), &self.zone)
    }

    /// All instants at which anything may change, from the month of the period on.
    fn edges(&self, outages: &[Outage]) -> Vec<i64> {
        let (from, until) = (self.question.from, self.question.until.min(self.question.as_of));
        let mut edges: BTreeSet<i64> = BTreeSet::from([from]);
        for outage in outages {
            edges.extend([outage.from, outage.to]);
        }
        for change in self.changes {
            edges.extend([change.window.0, change.window.1]);
        }
        let mut nodes = vec![&self.root];
        while let Some(node) = nodes.pop() {
            for key in ["from", "until"] {
                // Rules say from which level as well: dates begin with a digit.
                let date = text(node, key).filter(|text| text.starts_with(|c: char| c.is_ascii_digit()));
                edges.extend(date.map(|text| crate::reading::when(text, &self.zone)));
            }
            nodes.extend(node.entries().unwrap_or_default().iter().map(|entry| &entry.value));
            nodes.extend(match &node.kind {
                siam_core::document::NodeKind::List(items) => items.as_slice(),
                _ => &[],
            });
        }
        let first = self.month(from);
        let mut month =
            jiff::Timestamp::from_microsecond(from).expect("an instant").to_zoned(self.zone.clone()).date().first_of_month();
        while crate::reading::when(&month.to_string(), &self.zone) < until {
            edges.insert(crate::reading::when(&month.to_string(), &self.zone));
            month = month.checked_add(1.month()).expect("a month within time");
        }
        edges.insert(until);
        edges.into_iter().filter(|at| first <= *at && *at <= until).collect()
    }

    /// Who fails by itself at an instant, how badly, and whether that is planned: own, planned or overrun.
    fn own(&self, outages: &[Outage], now: i64) -> Vec<(String, String, &'static str)> {
        let open: Vec<&Outage> =
            outages.iter().filter(|one| one.origin != "derived" && one.from <= now && now < one.to).collect();
        let names = level_names(&self.root);
        let number = |name: &String| names.iter().position(|known| known == name).expect("a level");
        let explained = |outage: &Outage| {
            // What the service feels from others: without any outage of its own.
            let others = open.iter().filter(|other| other.service != outage.service);
            let others: Vec<(String, String)> = others.map(|other| (other.service.clone(), other.level.clone())).collect();
            let felt = levels(self.question.document, &others, now);
            felt.get(&outage.service).is_some_and(|felt| number(felt) >= number(&outage.level))
        };
        let own = open.iter().filter(|outage| outage.origin == "own" || !explained(outage));
        own.map(|outage| {
            let change = outage.change.as_ref().and_then(|name| self.changes.iter().find(|change| change.change == *name));
            let kind = match change.filter(|change| self.is_planned(change)) {
                Some(change) if change.window.1 <= now => "overrun",
                Some(change) if change.window.0 <= now => "planned",
                _ => "own",
            };
            (outage.service.clone(), outage.level.clone(), kind)
        })
        .collect()
    }

    fn is_planned(&self, change: &Change) -> bool {
        let Some(rule) = self.rule() else { return false };
        let (from, until) = change.window;
        let open = text(rule, "window")
            .is_none_or(|name| Calendar::of(self.question.document, name).elapsed(from, until) == until - from);
        let notice =
            text(rule, "notice").is_none_or(|needed| change.notified.is_some_and(|notified| from - notified >= duration(needed)));
        let may = texts(rule.get("approved_by"));
        let approved = text(rule, "approval") == Some("false")
            || change.approved_by.as_ref().is_some_and(|who| may.is_empty() || may.contains(who));
        from < until && exists(rule, from, &self.zone) && open && notice && approved
    }

    /// Agreed time of a service between two instants between which nothing in the document changes.
    fn agreed(&self, service: &Node, now: i64, next: i64) -> i64 {
        if !exists(service, now, &self.zone) || self.agreement().is_some_and(|agreement| !exists(agreement, now, &self.zone)) {
            return 0;
        }
        let hours = service.get("hours").filter(|_| self.question.agreement.is_some());
        match hours.and_then(|hours| at(hours, now, &self.zone)).and_then(Node::text) {
            Some(name) => Calendar::of(self.question.document, name).elapsed(now, next),
            None => next - now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::instant;

    #[test]
    fn an_hour_of_both_legs_is_an_hour_of_downtime() {
        let document = "{siam: 1, services: {a: {}, b: {}, n: {depends_on: [{any_of: [a, b]}]}}}";
        let outage = |service: &str, from: &str, to: &str| Outage {
            service: service.into(),
            from: instant(from),
            to: instant(to),
            level: "down".into(),
            origin: "own".into(),
            change: None,
        };
        let outages = [
            outage("a", "2026-10-05T08:00:00Z", "2026-10-05T12:00:00Z"),
            outage("b", "2026-10-05T11:00:00Z", "2026-10-05T14:00:00Z"),
        ];
        let (from, until) = (instant("2026-10-01T00:00:00Z"), instant("2026-11-01T00:00:00Z"));
        let question = Question { document, agreement: None, from, until, as_of: i64::MAX };
        let figures = observed(&question, &outages, &[]);
        let hour = 3600 * crate::SECOND;
        assert_eq!((figures["n"].down, figures["n"].outages, figures["n"].agreed), (hour, 1, 744 * hour));
        assert_eq!((figures["a"].down, figures["b"].down), (4 * hour, 3 * hour));
    }
}
