//! Nothing that comes in from outside makes the library panic, and every problem says what to do.
//!
//! Goes in: arbitrary text, mutated documents, arbitrary questions, tables of wrong shape. Comes out: an answer or problems.
//! **Invariant:** every problem has a code, a message and a help with no hole left in them.
//! **Not here:** what the answers are.

use super::{cases, load};
use proptest::prelude::*;
use siam_core::base::columns::{Bits, Cell, Values};
use siam_core::base::{ColumnType, ColumnView, Error, Problem, Problems, Table, TableView};
use siam_core::evidence::{BOUND, Evidence, EvidenceQuery, evidence};
use siam_core::ops::doors;
use siam_core::report::Answer;
use siam_core::{Ecosystem, Limits, Source, check, check_with};
use siam_tests::generate::{Dice, Month, Options, calendars, estate, month};
use std::collections::BTreeSet;

type Door = fn(&Ecosystem, &str, &[TableView<'_>], &Limits) -> Result<Box<dyn Answer>, Error>;

/// All doors, each with the tables it takes and a question that it answers.
const DOORS: [(Door, &str, &[&str], &str); 14] = [
    (doors::findings, "", &[], r#"{"severities": {"class-unused": "off"}, "at": "2026-01-01T00:00:00Z"}"#),
    (doors::terms, "", &[], r#"{"at": "2026-01-01T00:00:00Z"}"#),
    (doors::impact, "failures", &["service", "level"], r#"{"failures": ["s0"], "at": "2018-02-18T02:00:00Z"}"#),
    (
        doors::elapsed,
        "spans",
        &["from", "until"],
        r#"{"calendar": "c0", "spans": [{"from": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}]}"#,
    ),
    (
        doors::deadline,
        "starts",
        &["from", "within_seconds"],
        r#"{"calendar": "c0", "starts": [{"from": "2026-01-01T00:00:00Z", "within": "4h"}], "backwards": true}"#,
    ),
    (doors::is_open, "instants", &["at"], r#"{"calendar": "c0", "at": ["2026-01-01T00:00:00Z"]}"#),
    (doors::next_open, "instants", &["at"], r#"{"calendar": "c0", "at": "2026-01-01T00:00:00Z"}"#),
    (doors::next_close, "instants", &["at"], r#"{"calendar": "c0", "at": [0, 1, 9223372036854775807]}"#),
    (doors::previous_open, "instants", &["at"], r#"{"calendar": "c0", "at": [-9223372036854775808]}"#),
    (doors::intervals, "", &[], r#"{"calendar": "c0", "from": "2026-01-01T00:00:00Z", "count": 3}"#),
    (
        doors::who,
        "",
        &[],
        r#"{"process": "p0", "activity": "do", "service": "s1", "at": "2026-10-25T01:30:00Z", "letters": "RA"}"#,
    ),
    (
        doors::due,
        "",
        &[],
        r#"{"from": "2026-01-01", "to": "2027-01-01T00:00:00Z", "parties": ["a0"], "kinds": ["exchange", "notice"]}"#,
    ),
    (doors::coverage, "", &[], r#"{"at": "2026-10-25T01:30:00Z"}"#),
    (doors::readiness, "", &[], r#"{"service": "s1", "at": "2026-10-25T01:30:00Z"}"#),
];

/// An estate with calendars, so that every door has something to answer from.
fn ecosystem() -> Ecosystem {
    load(
        "siam: 1\nservices: {s0: {}, s1: {depends_on: [s0], hours: c0, users: 3, provider: a0, class: k0}}\n\
         parties: {a0: {kind: supplier, hours: c1}, a1: {kind: customer}}\nclasses: {k0: {hours: c0, agreements: [sla, ola]}}\n\
         roles: {r0: {party: a1, hours: c0, escalates_to: r1, escalate_after: 2h}, r1: {party: a0, hours: c1}}\n\
         processes: {p0: {function: portfolio, activities: [do]}}\nresponsibilities: {p0: {do: {provider: R, r0: A}}}\n\
         interfaces: {i0: {process: p0, parties: [a0, a1], exchanges: {e: {from: a0, to: a1, due: {every: month, working_day: 20, calendar: c1}}}}}\n\
         contracts: {t0: {provider: a0, until: 2026-09-01, notice_months: 6}}\n\
         calendars: {c0: {zone: Europe/London, hours: {mon-fri: 08:00-18:00}, holidays: [2026-12-25]}, c1: {hours: {}}}\n",
    )
}

/// A valid document of some kind.
fn document(seed: u64) -> String {
    let mut dice = Dice::new(seed);
    match dice.below(3) {
        0 => calendars(&mut dice).document,
        1 => month(seed, &Month { tickets: 0, dirty: 0, services: 4, suppliers: 2, ..Month::default() }).document,
        _ => estate(&mut dice, 6, Options { dated: true, ..Options::default() }).document(),
    }
}

/// A text with a few pieces taken out, doubled, swapped or put in.
pub(super) fn mutated(dice: &mut Dice, text: &str) -> String {
    const PIECES: [&str; 30] = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        ",",
        "-",
        "- ",
        "\n",
        "\"",
        "'",
        "\u{0}",
        "\t",
        "n",
        "0",
        "-1",
        "99999999999999999999",
        "1e400",
        "24:00",
        "00:00-24:00",
        "2026-02-30",
        "9999-12-31",
        "-9999-01-01",
        "é\u{202e}",
        "any",
        "$worst",
        "4h",
        "null",
        "&a *a",
    ];
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..dice.below(4) + 1 {
        let at = dice.below(chars.len() + 1);
        let until = (at + dice.below(12)).min(chars.len());
        match dice.below(4) {
            0 => drop(chars.drain(at..until)),
            1 => {
                let piece: Vec<char> = chars[at..until].to_vec();
                let to = dice.below(chars.len() + 1);
                chars.splice(to..to, piece);
            }
            2 => {
                let words: Vec<&str> =
                    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
                let word = if words.is_empty() { "x" } else { *dice.pick(&words) };
                chars.splice(at..until, word.chars());
            }
            _ => drop(chars.splice(at..at, dice.pick(&PIECES).chars())),
        }
    }
    chars.into_iter().collect()
}

/// Fails where a problem leaves its reader without a word.
pub(super) fn complete(problems: &Problems) -> Result<(), TestCaseError> {
    problems.iter().try_for_each(complete_one)
}

fn complete_one(problem: &Problem) -> Result<(), TestCaseError> {
    let (message, help) = (problem.message(), problem.help());
    prop_assert!(!problem.code().name.is_empty() && !message.trim().is_empty() && !help.trim().is_empty(), "{:?}", problem);
    for template in [problem.code().message, problem.code().help] {
        for hole in template.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(hole, _)| hole) {
            let name = hole.split([':', '|', ',', ' ']).next().unwrap_or(hole);
            let filled = problem.arguments().iter().any(|(known, _)| *known == name);
            prop_assert!(filled, "{} has no `{}`: {} ({})", problem.code().name, hole, message, help);
        }
    }
    Ok(())
}

fn complete_error(answer: Result<Box<dyn Answer>, Error>) -> Result<(), TestCaseError> {
    match answer {
        Err(error) => {
            prop_assert!(!error.problems().is_empty(), "an error without a problem");
            complete(error.problems())
        }
        Ok(report) => {
            complete(report.problems())?;
            for row in 0..report.tables().first().map_or(0, |table| table.rows()).min(5) {
                let _ = siam_core::explain(&*report, "", row, &siam_core::report::Catalogue::english());
            }
            Ok(())
        }
    }
}

/// A column of a wrong or right type, long or short, with holes.
fn column<'a>(dice: &mut Dice, rows: usize) -> ColumnView<'a> {
    const TEXT: &[u8] = b"s0s1downc02026-01-01T00:00:00Z\xff\xfe";
    const OFFSETS: [&[i32]; 4] = [&[0, 2, 4, 8, 10, 30], &[0, 99, -1, 4], &[], &[5, 2, 30, 32]];
    const WHOLE: [&[i64]; 3] = [&[0, 1, -1, i64::MAX, i64::MIN, 3600], &[], &[1_700_000_000_000_000; 3]];
    const FLOATS: &[f64] = &[0.0, -1.5, f64::NAN, f64::INFINITY, 1e300];
    let values = match dice.below(10) {
        0 => Values::Null,
        1 => Values::Int64(WHOLE[dice.below(3)]),
        2 => Values::Float64(FLOATS),
        3 => Values::Boolean(Bits::new(&[0b1010_1010], dice.below(12))),
        4 | 5 => Values::Text { offsets: OFFSETS[dice.below(4)], bytes: TEXT },
        6 => {
            Values::Timestamp { values: WHOLE[dice.below(3)], unit: siam_core::base::TimeUnit::Second, zoned: dice.chance(1, 2) }
        }
        7 => Values::Date32(&[0, i32::MAX, i32::MIN]),
        8 => Values::Decimal128 { values: &[0, i128::MAX, -1], scale: 127 },
        _ => Values::Timestamp { values: WHOLE[dice.below(3)], unit: siam_core::base::TimeUnit::Microsecond, zoned: true },
    };
    let validity = dice.chance(1, 3).then(|| Bits::new(&[0b0101_0101], dice.below(9)));
    ColumnView::new(values, validity, rows)
}

/// A table under a known or an unknown name, with columns missing, doubled or too short.
fn table<'a>(dice: &mut Dice, name: &'a str, columns: &'a [&'a str]) -> TableView<'a> {
    let rows = dice.below(8);
    let mut chosen: Vec<(&str, ColumnView<'_>)> = Vec::new();
    for column_name in columns {
        if !dice.chance(1, 8) {
            let length = if dice.chance(1, 6) { dice.below(8) } else { rows };
            chosen.push((column_name, column(dice, length)));
        }
    }
    if dice.chance(1, 8) {
        chosen.push(("colour", column(dice, rows)));
    }
    let mut table = TableView::of(if dice.chance(1, 12) { "tabel" } else { name }, chosen);
    if dice.chance(1, 6) {
        table.batches[0].columns.pop();
    }
    if dice.chance(1, 6) {
        table.batches[0].rows = dice.below(100);
    }
    table
}

/// A text that a person, a program or nobody would write into a cell.
fn cell_text(dice: &mut Dice, stray: &str) -> String {
    const CELLS: [&str; 24] = [
        "",
        " ",
        "x",
        "netco",
        "undetermined",
        "2026-10",
        "2026-Q4",
        "2026-13",
        "2026-10-03T09:00:00Z",
        "2026-10-02T09:00:00Z",
        "2026-02-30T09:00:00Z",
        "9999-12-31T23:59:59Z",
        "12.50",
        "12.50 GBP",
        "1/3 EUR",
        "1/0",
        "99.5%",
        "-7",
        "170141183460469231731687303715884105728",
        "1e400",
        "GBP",
        "party",
        "yes",
        "\u{202e}é",
    ];
    if dice.chance(1, 12) { stray.to_owned() } else { (*dice.pick(&CELLS)).to_owned() }
}

/// The rows of a table that the answer lists as rejected as a whole.
fn rejected_rows(found: &Evidence) -> BTreeSet<u64> {
    let table = found.rejected();
    let whole = (0..table.rows()).filter(|row| table.cell(*row, "whole") == Cell::Boolean(true));
    whole.filter_map(|row| if let Cell::Integer(at) = table.cell(row, "row") { u64::try_from(at).ok() } else { None }).collect()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn every_row_of_hostile_evidence_is_bound_or_rejected(seed: u64, stray in "\\PC{0,12}") {
        let ecosystem = load("siam: 1\nparties: {netco: {kind: supplier}}\nservices: {x: {}}\n");
        let mut dice = Dice::new(seed);
        for spec in BOUND {
            let columns: Vec<_> = spec.columns.iter().filter(|column| column.required || dice.chance(3, 4)).collect();
            let columns: Vec<_> = columns.into_iter().map(|column| (column.name.into(), ColumnType::Text)).collect();
            let mut table = Table::with_columns(spec.name, columns);
            let rows = dice.below(12);
            for _ in 0..rows {
                let texts: Vec<String> = table.names().iter().map(|_| cell_text(&mut dice, &stray)).collect();
                table.push(&texts.iter().map(|text| Cell::Text(text.into())).collect::<Vec<_>>());
            }
            let found = evidence(&ecosystem, &EvidenceQuery::default(), vec![table.view()], &Limits::default());
            let found = found.map_err(|error| TestCaseError::fail(error.to_string()))?;
            complete(found.problems())?;
            let rejected = rejected_rows(&found);
            prop_assert_eq!(found.tables()[0].cell(0, "rejected"), Cell::Integer(rejected.len() as i64), "{}", spec.name);
            if let Some(records) = found.records(spec.name) {
                let bound: BTreeSet<u64> = (0..records.len()).map(|at| records.row(at)).collect();
                prop_assert_eq!(bound.len(), records.len(), "{} has a row twice", spec.name);
                prop_assert!(bound.is_disjoint(&rejected), "{} binds a rejected row", spec.name);
                prop_assert_eq!(bound.len() + rejected.len(), rows, "{} lost a row", spec.name);
            }
        }
    }

    #[test]
    fn hostile_columns_never_panic_a_preset(seed: u64) {
        const EXPORTS: [(&str, &[&str]); 6] = [
            ("incident", &["number", "sys_id", "opened_at", "resolved_at", "priority", "state", "hold_reason", "assignment_group"]),
            ("sys_audit", &["documentkey", "fieldname", "oldvalue", "newvalue", "sys_created_on", "record_checkpoint", "user"]),
            ("incident_metric", &["inc_number", "mi_start", "mi_end", "mi_field", "mi_value"]),
            ("task_sla", &["task", "sla", "has_breached", "business_duration", "stage"]),
            ("cmdb_ci_outage", &["cmdb_ci", "type", "begin", "end"]),
            ("sys_user_group", &["sys_id", "name"]),
        ];
        let ecosystem = ecosystem();
        let mut dice = Dice::new(seed);
        let given: Vec<TableView<'_>> = EXPORTS.iter().map(|(name, columns)| table(&mut dice, name, columns)).collect();
        let mapping = "preset: servicenow\ndates: {zone: UTC}\n".to_owned();
        let query = EvidenceQuery { mapping: Some(mapping), ..EvidenceQuery::default() };
        match evidence(&ecosystem, &query, given, &Limits::default()) {
            Ok(found) => complete(found.problems())?,
            Err(error) => complete(error.problems())?,
        }
    }

    #[test]
    fn hostile_columns_never_panic_evidence(seed: u64) {
        let ecosystem = ecosystem();
        let mut dice = Dice::new(seed);
        for spec in BOUND {
            let columns: Vec<&str> = spec.columns.iter().map(|column| column.name).collect();
            let given = table(&mut dice, spec.name, &columns);
            match evidence(&ecosystem, &EvidenceQuery::default(), vec![given], &Limits::default()) {
                Ok(found) => complete(found.problems())?,
                Err(error) => complete(error.problems())?,
            }
        }
    }

    #[test]
    fn arbitrary_text_never_panics_check(text in ".{0,200}") {
        complete(&check(&[Source::text("any", text)]))?;
    }

    #[test]
    fn arbitrary_bytes_never_panic_check(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        complete(&check(&[Source::text("any", String::from_utf8_lossy(&bytes))]))?;
    }

    #[test]
    fn a_document_with_a_few_mistakes_never_panics_check(seed: u64) {
        let mut dice = Dice::new(seed);
        for _ in 0..8 {
            let text = document(dice.bits());
            let text = mutated(&mut dice, &text);
            complete(&check(&[Source::text("mutated", text)]))?;
        }
    }

    #[test]
    fn two_documents_in_one_load_never_panic_check(seed: u64) {
        let mut dice = Dice::new(seed);
        let (one, other) = (document(dice.bits()), document(dice.bits()));
        complete(&check(&[Source::text("one", one), Source::text("other", mutated(&mut dice, &other))]))?;
    }

    #[test]
    fn arbitrary_questions_never_panic_a_door(seed: u64, text in ".{0,80}") {
        let ecosystem = ecosystem();
        let mut dice = Dice::new(seed);
        for (door, _, _, question) in DOORS {
            complete_error(door(&ecosystem, &text, &[], &Limits::default()))?;
            complete_error(door(&ecosystem, &mutated(&mut dice, question), &[], &Limits::default()))?;
        }
    }

    #[test]
    fn hostile_tables_never_panic_a_door(seed: u64) {
        let ecosystem = ecosystem();
        let mut dice = Dice::new(seed);
        for (door, name, columns, question) in DOORS {
            let tables: Vec<_> = (0..dice.below(3)).map(|_| table(&mut dice, name, columns)).collect();
            let question = if dice.chance(1, 2) { question } else { r#"{"calendar": "c0"}"# };
            complete_error(door(&ecosystem, question, &tables, &Limits::default()))?;
        }
    }

    #[test]
    fn hostile_tables_never_panic_check(seed: u64) {
        let mut dice = Dice::new(seed);
        for _ in 0..8 {
            let services = table(&mut dice, "services", &["service", "title", "provider", "class", "users"]);
            let dependencies = table(&mut dice, "dependencies", &["from", "to", "impact", "weight"]);
            complete(&check_with(&[Source::text("e", "siam: 1\n")], vec![services, dependencies], &Limits::default()))?;
        }
    }
}

#[test]
fn every_door_answers_its_own_question() {
    let ecosystem = ecosystem();
    for (door, _, _, question) in DOORS {
        let answer = door(&ecosystem, question, &[], &Limits::default());
        assert!(answer.is_ok(), "{question}: {}", answer.err().map(|error| error.to_string()).unwrap_or_default());
    }
}
