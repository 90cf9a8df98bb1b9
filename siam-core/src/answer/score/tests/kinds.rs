//! Every kind of value: what documents may say of them, what they come to, and that each tells its reason in whole words.

use crate::answer::score::{ScoreQuery, Scorecard, Verdict, score};
use crate::base::{Limits, Ratio, Table, csv};
use crate::document::Source;
use crate::ecosystem::load;
use crate::evidence::{EvidenceQuery, evidence};
use crate::model::agreement::{Direction, Unit};
use crate::report::{Answer, Catalogue, Explanation};

fn faults(measures: &str) -> Vec<String> {
    let text =
        format!("siam: 1\nparties: {{netco: {{kind: supplier}}}}\nagreements: {{a: {{kind: sla, measures: {{{measures}}}}}}}\n");
    let error = load(&[Source::text("acme.yaml", text)]).map(|_| ()).unwrap_err();
    error.problems().iter().map(|problem| format!("{}: {}", problem.code().name, problem.message())).collect()
}

#[test]
fn a_target_must_fit_the_unit_of_its_statistic() {
    let refused = |measure: &str| faults(&format!("m: {{{measure}}}"));
    assert_eq!(refused("statistic: mean, target: 3"), ["bad-value: `3` is not a length of time"]);
    assert_eq!(refused("statistic: first_time_fix, target: 4h"), ["bad-value: `4 h` is not a share between 0 % and 100 %"]);
    assert_eq!(refused("statistic: backlog, target: 2.5"), ["bad-value: `2.5` is not a whole number of tickets"]);
    assert_eq!(refused("statistic: observed, unit: share, target: 95"), ["bad-value: `95` is not a share between 0 % and 100 %"]);
    assert_eq!(
        refused("statistic: observed, target: 2 days"),
        ["bad-value: `2 days` is not a number, a percentage or a length of time"]
    );
}

#[test]
fn a_key_that_the_statistic_does_not_read_is_refused() {
    let found = faults(
        "m: {statistic: observed, tickets: {kind: [incident]}, by: [party], clock: {stop: closed}}, \
         n: {statistic: backlog, direction: at_least, clock: {start: responded}, counted_when: opened}, \
         o: {statistic: hand_offs, within: 4h, clock: {pause_in: [hold]}}, p: {statistic: mttr, by: [party]}",
    );
    let keys: Vec<&str> = found.iter().filter_map(|fault| fault.rsplit('`').nth(1)).collect();
    let expected = ["tickets", "clock", "by", "direction", "clock.start", "counted_when", "within", "clock.pause_in", "by"];
    let mut sorted = [keys.clone(), expected.to_vec()];
    sorted.iter_mut().for_each(|list| list.sort_unstable());
    assert_eq!(sorted[0], sorted[1], "{found:#?}");
    let lacks = faults("m: {statistic: obligations_kept, target: 90%}");
    assert_eq!(lacks, ["missing-key: an agreement that measures what its provider does lacks `provider`"]);
}

const ACME: &str = "
siam: 1
parties: {netco: {kind: supplier}, hub: {kind: integrator}}
services: {old: {stage: retired}, new: {stage: transition}}
agreements:
  support:
    kind: sla
    provider: netco
    measures:
      mean: {statistic: mean, clock: {pause_in: [hold]}, target: 3h, leave_out: {kind: [request]}, children: leave_out, by: [party]}
      open: {statistic: backlog, target: 1}
      hops: {statistic: hand_offs, target: 1}
      first: {statistic: first_time_fix, target: 50%}
      spi: {statistic: observed, target: 2, when_none: missed}
      kept: {statistic: obligations_kept, target: 90%}
      improved: {statistic: improvements_delivered, target: 90%, when_none: met}
      up: {statistic: availability, target: 99%}
      longest: {statistic: longest_outage, target: 1h}
      restored: {statistic: mttr, target: 1h}
      between: {statistic: mtbf, target: 1h, fewest: 9}
";

fn acme() -> Scorecard {
    let ecosystem = load(&[Source::text("acme.yaml", ACME)]).unwrap();
    let tables = [
        (
            "tickets",
            "ticket,kind,service,parent,opened,resolved\n\
             A,incident,,,2026-10-05T08:00:00Z,2026-10-05T10:00:00Z\nB,incident,,A,2026-10-05T08:00:00Z,2026-10-05T10:00:00Z\n\
             C,request,,,2026-10-05T08:00:00Z,2026-10-05T10:00:00Z\nD,incident,old,,2026-10-05T08:00:00Z,2026-10-05T10:00:00Z\n\
             E,incident,new,,2026-10-05T08:00:00Z,2026-10-05T10:00:00Z\nF,incident,,,2026-10-05T08:00:00Z,\n",
        ),
        (
            "ticket_events",
            "ticket,at,field,from,to\nA,2026-10-05T09:00:00Z,state,open,hold\nA,2026-10-05T09:00:00Z,party,hub,netco\n",
        ),
        (
            "observations",
            "measure,at,value,numerator,denominator\nspi,2026-10-05T08:00:00Z,3,,\nspi,2026-10-05T08:00:00Z,,1,2\n\
             spi,2026-11-05T08:00:00Z,,1,0\nspi,2026-11-05T08:00:00Z,7,,\n",
        ),
        (
            "obligations",
            "obligation,party,due,done\nx,netco,2026-10-05T08:00:00Z,2026-10-05T07:00:00Z\n\
             y,netco,2026-10-05T08:00:00Z,2026-10-05T09:00:00Z\nz,netco,2026-10-05T08:00:00Z,\n",
        ),
        ("improvements", "improvement,party,agreed,delivered\ni,hub,2026-10-05T08:00:00Z,2026-10-05T07:00:00Z\n"),
        (
            "outages",
            "service,from,to\nold,2026-10-05T08:00:00Z,2026-10-05T09:00:00Z\nnew,2026-10-05T08:00:00Z,2026-10-05T09:00:00Z\n",
        ),
    ];
    let tables: Vec<Table> =
        tables.iter().map(|(name, text)| csv::read(name, text.as_bytes(), &Limits::default()).unwrap()).collect();
    let views = tables.iter().map(Table::view).collect();
    let found = evidence(&ecosystem, &EvidenceQuery::default(), views, &Limits::default()).unwrap();
    let periods = vec!["2026-10".into(), "2026-11".into()];
    score(&ecosystem, &found, &ScoreQuery { periods, ..ScoreQuery::default() }).unwrap()
}

#[test]
fn figures_are_exact_and_say_their_unit_and_direction() {
    let card = acme();
    let figures: Vec<_> = card.figures().collect();
    assert_eq!(figures.len(), 22, "eleven measures in two periods, without groups");
    // A alone is left: two hours less the one on hold; E is in transition, F unresolved.
    let mean = &figures[0];
    assert_eq!((mean.value.clone(), mean.unit, mean.direction), (Some(Ratio::whole(3_600)), Unit::Seconds, Direction::AtMost));
    assert_eq!((mean.target.clone(), mean.counted, mean.result), (Some(Ratio::whole(10_800)), 1, Verdict::Met));
    // F could take for ever, so that one hour is not the last word.
    assert!(!mean.certain && mean.period.label() == "2026-10");
    let improved = &figures[6];
    assert_eq!(
        (improved.value.clone(), improved.counted, improved.result),
        (None, 0, Verdict::Met),
        "no case is agreed to be met"
    );
    // Neither service is in operation, so there is no agreed time and nothing to be available.
    assert!(figures[7..11].iter().all(|figure| figure.value.is_none() && figure.result == Verdict::TooFew));
}

#[test]
fn every_row_ticket_and_case_tells_its_reason_in_whole_words() {
    let card = acme();
    let mut all = String::new();
    for name in ["rows", "tickets", "cases"] {
        let rows = card.tables().into_iter().find(|table| table.name() == name).unwrap().rows();
        assert!(rows > 5, "{name}");
        for row in 0..rows {
            all += &Explanation::of(&card.explain_in(name, row).unwrap(), &Catalogue::english()).to_text();
        }
        assert!(card.explain_in(name, rows).is_err());
    }
    for ticket in ["B", "C", "D"] {
        all += &Explanation::of(&card.explain_ticket("mean", ticket).unwrap(), &Catalogue::english()).to_text();
    }
    assert!(!all.contains(['{', '}']) && !all.contains("score-"), "{all}");
    for words in [
        "it is a child of `A`",
        "it is left out: its `kind` is `request`",
        "its service old is in the stage retired at 2026-10-05T10:00:00Z",
        "its service new is in transition",
        "1 ticket is a child of another and is not counted",
        "at 2026-10-05T09:00:00Z it went from `hub` to `netco`",
        "obligation `y` was due at 2026-10-05T08:00:00Z and done at 2026-10-05T09:00:00Z, 1 h later",
        "obligation `z` was due at 2026-10-05T08:00:00Z and is not done",
        "has no denominator to be pooled with the others",
        "a period without a single case is agreed to be met",
        "new was not available from 2026-10-05T08:00:00Z until 2026-10-05T09:00:00Z, in transition",
    ] {
        assert!(all.contains(words), "{words}\n{all}");
    }
}
