//! What was seen: the rows of `outages` as an observation takes them.
//!
//! Goes in: bound outages, an instant up to which things are known. Comes out: rows with services, levels and origins.
//! **Invariant:** every row that began before that instant is here, also those whose service nobody knows.
//! **Not here:** what they mean together (`walk`).

pub(in crate::answer) use crate::answer::scenario::FailureOrigin as Origin;
use crate::base::{Argument, Instant, Place, Problem, Problems, codes, nearest::nearest};
use crate::ecosystem::Ecosystem;
use crate::evidence::{Evidence, Labels};
use crate::model::rule::{Level, ServiceIdx};
use std::collections::BTreeMap;

/// One row of `outages`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::answer) struct Seen {
    /// Its place among the outages of the evidence.
    pub row: usize,
    /// The service; none where the ecosystem has no such one.
    pub service: Option<ServiceIdx>,
    pub level: Level,
    pub from: Instant,
    /// The end as known: no later than what is known.
    pub until: Instant,
    pub origin: Origin,
    /// The change it names, by its place among those judged.
    pub change: Option<usize>,
}

/// A word of a column that was not understood.
struct Strange {
    kind: &'static str,
    word: String,
    nearest: Option<String>,
    rows: usize,
}

/// A column of words of the outages.
pub(super) fn column<'e>(evidence: &'e Evidence, name: &str) -> Option<&'e Labels> {
    evidence.outages().columns.iter().find(|(known, _)| known == name).map(|(_, labels)| labels)
}

/// The rows that began before `as_of`, and the changes that they name.
pub(in crate::answer) fn seen(
    ecosystem: &Ecosystem,
    evidence: &Evidence,
    as_of: Instant,
    problems: &mut Problems,
) -> (Vec<Seen>, Vec<String>) {
    let model = ecosystem.model();
    let outages = evidence.outages();
    let worst = Level::try_from(model.levels.len().saturating_sub(1)).unwrap_or(Level::MAX);
    let (levels, origins, named) = (column(evidence, "level"), column(evidence, "origin"), column(evidence, "change"));
    let mut strange: BTreeMap<(&str, &str), Strange> = BTreeMap::new();
    let mut changes: Vec<String> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut rows = Vec::new();
    for (row, (from, to)) in outages.from.iter().zip(&outages.to).enumerate() {
        if *from >= as_of.micros() {
            continue;
        }
        let level = levels.and_then(|labels| labels.get(row)).map_or(worst, |word| {
            model.level(word).unwrap_or_else(|| {
                let guess = nearest(word, model.levels.iter().map(String::as_str));
                note(&mut strange, "level", word, guess);
                worst
            })
        });
        let origin = match origins.and_then(|labels| labels.get(row)) {
            None => Origin::Unknown,
            Some(word) => Origin::parse(word).unwrap_or_else(|| {
                note(&mut strange, "origin", word, nearest(word, Origin::WORDS.iter().copied()));
                Origin::Unknown
            }),
        };
        let change = named.and_then(|labels| labels.get(row)).map(|change| {
            *places.entry(change).or_insert_with(|| {
                changes.push(change.to_owned());
                changes.len() - 1
            })
        });
        let service = outages.services.get(row).and_then(|name| model.names.services.get(name).copied());
        let until = Instant(*to).min(as_of);
        rows.push(Seen { row, service, level, from: Instant(*from), until, origin, change });
    }
    for one in strange.into_values() {
        let problem = match one.nearest {
            Some(guess) => Problem::new(&codes::UNKNOWN_NAME, Place::Nowhere).with("nearest", Argument::name(guess)),
            None => Problem::new(&codes::UNKNOWN_NAME_NO_GUESS, Place::Nowhere),
        };
        let problem = problem.with("kind", one.kind).with("name", Argument::user(&one.word)).with("rows", one.rows);
        problems.push(problem, crate::answer::given::KEPT);
    }
    (rows, changes)
}

fn note<'w>(strange: &mut BTreeMap<(&'static str, &'w str), Strange>, kind: &'static str, word: &'w str, guess: Option<&str>) {
    let nearest = guess.map(str::to_owned);
    strange.entry((kind, word)).or_insert_with(|| Strange { kind, word: word.to_owned(), nearest, rows: 0 }).rows += 1;
}
