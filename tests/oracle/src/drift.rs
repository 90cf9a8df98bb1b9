//! Drift: every service beside every other, every failure beside every failure.
//!
//! Goes in: a document that never changes and has no rings, outages, a period, thresholds. Comes out: pairs that follow, edges that are silent.
//! **Invariant:** nothing is sorted to be quick, and no pair of services is left out before it is counted.
//! **Not here:** which of two directions is named, tickets, hours of services, reasons.

use crate::impact::{felt, level_names, levels};
use crate::reading::tree;
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
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// The document.
    pub document: &'a str,
    /// Dependents with what they depend on.
    pub edges: &'a BTreeSet<(String, String)>,
    /// The period.
    pub period: (i64, i64),
    /// How soon an effect shows.
    pub within: i64,
    /// How often at least.
    pub at_least: i128,
    /// The least share, as a fraction.
    pub confidence: (i128, i128),
    /// How many times as often as by chance.
    pub lift: i128,
    /// Most others that may fail with one.
    pub crowd: usize,
}

/// How one service follows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Times it followed.
    pub followed: i128,
    /// Times it could have.
    pub could: i128,
    /// Times it had failed already.
    pub already: i128,
    /// Times the map explains it.
    pub explained: i128,
    /// Its failures that nothing explains.
    pub without: i128,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Failure {
    from: i64,
    to: i64,
    level: usize,
    counted: bool,
    crowded: bool,
    explained: bool,
}

/// All pairs of (dependent, dependency) with counts, and those of them that the map may lack; then silent edges with their failures.
pub struct Drift {
    /// Every pair of services that failed.
    pub pairs: BTreeMap<(String, String), Counts>,
    /// Those that pass.
    pub missing: BTreeSet<(String, String)>,
    /// Edges that carried nothing, with failures that they should have carried.
    pub silent: BTreeMap<(String, String), usize>,
}

/// Drift, pair by pair.
pub fn drift(question: &Question<'_>, outages: &[Outage]) -> Drift {
    let names = level_names(&tree(question.document));
    let number = |name: &str| names.iter().position(|known| known == name).expect("a level");
    let outages: Vec<&Outage> = outages.iter().filter(|one| number(&one.level) > 0).collect();
    let mut failing: BTreeMap<String, Vec<Failure>> = BTreeMap::new();
    for one in &outages {
        failing.entry(one.service.clone()).or_default();
    }
    for (service, failures) in &mut failing {
        let mut own: Vec<&&Outage> = outages.iter().filter(|one| one.service == *service).collect();
        own.sort_by_key(|one| (one.from, one.to));
        for one in own {
            let level = number(&one.level);
            match failures.last_mut() {
                Some(last) if one.from - last.to <= question.within => {
                    last.to = last.to.max(one.to);
                    last.level = last.level.max(level);
                }
                _ => {
                    let counted = question.period.0 <= one.from && one.from < question.period.1;
                    failures.push(Failure { from: one.from, to: one.to, level, counted, crowded: false, explained: false });
                }
            }
        }
    }
    let all = failing.clone();
    for (service, failures) in &mut failing {
        for failure in failures {
            let near = |other: &Failure| failure.from <= other.from && other.from <= failure.from + question.within;
            let others = all.iter().filter(|(name, _)| *name != service);
            failure.crowded = others.filter(|(_, theirs)| theirs.iter().any(near)).count() > question.crowd;
            failure.explained = explained(question, &outages, service, failure.from, &names);
        }
    }
    let mut drift = Drift { pairs: BTreeMap::new(), missing: BTreeSet::new(), silent: silent(question, &failing, &names) };
    for (cause, causes) in &failing {
        for (effect, effects) in failing.iter().filter(|(effect, _)| *effect != cause) {
            let counts = counts(question, causes, effects);
            let pair = (effect.clone(), cause.clone());
            if passes(question, counts, effects) && !leads(question, effect, cause) && !leads(question, cause, effect) {
                drift.missing.insert(pair.clone());
            }
            drift.pairs.insert(pair, counts);
        }
    }
    drift
}

/// Whether what a service rests on made it fail at any instant about this one.
fn explained(question: &Question<'_>, outages: &[&Outage], service: &str, about: i64, names: &[String]) -> bool {
    let (first, last) = (about - question.within, about + question.within);
    let edges = outages.iter().flat_map(|one| [one.from, one.to]).filter(|at| first < *at && *at <= last);
    let instants: BTreeSet<i64> = edges.chain([first]).collect();
    let number = |name: &str| names.iter().position(|known| known == name);
    instants.into_iter().any(|now| {
        let own: Vec<(String, String)> = outages
            .iter()
            .filter(|one| one.from <= now && now < one.to)
            .map(|one| (one.service.clone(), one.level.clone()))
            .collect();
        let felt = |own: &[(String, String)]| felt(question.document, service, &levels(question.document, own, now), now);
        number(&felt(&own)) > number(&felt(&[]))
    })
}

fn counts(question: &Question<'_>, causes: &[Failure], effects: &[Failure]) -> Counts {
    let mut counts = Counts::default();
    let after = |cause: &Failure, effect: &Failure| cause.from <= effect.from && effect.from <= cause.from + question.within;
    for cause in causes.iter().filter(|one| one.counted && !one.crowded) {
        if effects.iter().any(|effect| effect.from < cause.from && cause.from < effect.to) {
            counts.already += 1;
        } else if effects.iter().any(|effect| after(cause, effect) && effect.explained) {
            counts.explained += 1;
        } else {
            counts.could += 1;
            counts.followed += i128::from(effects.iter().any(|effect| after(cause, effect)));
        }
    }
    let alone = |effect: &&Failure| effect.counted && !effect.explained && !causes.iter().any(|cause| after(cause, effect));
    counts.without = effects.iter().filter(alone).count() as i128;
    counts
}

fn passes(question: &Question<'_>, counts: Counts, effects: &[Failure]) -> bool {
    let rate = effects.iter().filter(|one| one.counted && !one.explained).count() as i128;
    let time = i128::from(question.period.1 - question.period.0);
    let (numerator, denominator) = question.confidence;
    counts.followed >= question.at_least
        && counts.followed * denominator >= numerator * counts.could
        && rate > 0
        && counts.followed * time >= question.lift * counts.could * rate * i128::from(question.within)
}

/// Whether a way of edges leads from one service down to another.
fn leads(question: &Question<'_>, from: &str, to: &str) -> bool {
    let mut reached = BTreeSet::from([from.to_owned()]);
    loop {
        let next = question.edges.iter().filter(|(above, _)| reached.contains(above)).map(|(_, below)| below.clone());
        let wider: BTreeSet<String> = reached.iter().cloned().chain(next).collect();
        if wider == reached {
            return from != to && reached.contains(to);
        }
        reached = wider;
    }
}

fn silent(
    question: &Question<'_>,
    failing: &BTreeMap<String, Vec<Failure>>,
    names: &[String],
) -> BTreeMap<(String, String), usize> {
    let mut found = BTreeMap::new();
    let calm = levels(question.document, &[], 0);
    let number = |name: &str| names.iter().position(|known| known == name);
    for (cause, causes) in failing {
        for service in calm.keys().filter(|service| *service != cause) {
            let passing = |failure: &&Failure| {
                let mut only = calm.clone();
                let before = number(&only[cause]).unwrap_or(0);
                only.insert(cause.clone(), names[before.max(failure.level)].clone());
                number(&felt(question.document, service, &only, 0)) > number(&calm[service])
            };
            let should: Vec<&Failure> = causes.iter().filter(|one| one.counted && one.from < one.to).filter(passing).collect();
            let seen = |failure: &&Failure| {
                let (first, last) = (failure.from - question.within, failure.to + question.within);
                failing.get(service).is_some_and(|own| own.iter().any(|one| first <= one.to && one.from <= last))
            };
            if should.len() as i128 >= question.at_least && !should.iter().any(seen) {
                found.insert((service.clone(), cause.clone()), should.len());
            }
        }
    }
    found
}
