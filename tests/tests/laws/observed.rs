//! Laws of what was observed: the oracle looks at every instant, the sweep at what changes, and order says nothing.
//!
//! Goes in: seeds of estates with outages and changes. Comes out: agreement on every figure.
//! **Invariant:** outages begin and end near the period, some of them beyond its ends, some in planned work.
//! **Not here:** reasons and causes (tests/cases/observed).

use super::{cases, load};
use proptest::prelude::*;
use siam_core::answer::observed::{Observed, ObservedQuery, observed};
use siam_core::base::columns::Cell;
use siam_core::base::{Instant, Limits, Period, Table, csv};
use siam_core::clock::period;
use siam_core::evidence::{EvidenceQuery, evidence};
use siam_core::model::rule::{Level, ServiceIdx};
use siam_core::structure::{OwnStretch, Scalar, Structure, sweep};
use siam_oracle::observed::{self as oracle, Change, Figure, Outage, Question};
use siam_tests::generate::{Dice, Options, estate};
use std::collections::BTreeMap;

/// Months in which estates of the generator change, and clocks of their zone jump.
const MONTHS: [&str; 4] = ["2017-10", "2018-02", "2018-11", "2019-06"];
const MINUTE: i64 = 60_000_000;

struct World {
    document: String,
    period: Period,
    outages: Vec<Outage>,
    changes: Vec<Change>,
    as_of: Option<i64>,
}

fn world(seed: u64, services: usize, options: Options) -> World {
    let mut dice = Dice::new(seed);
    let estate = estate(&mut dice, services, options);
    let mut document = estate.document();
    for service in &estate.services {
        let hours = ["", ", hours: day", ", hours: [{value: day, until: 2018-02-10}, {value: night, from: 2018-02-20}]"];
        let title = format!("{{title: {}", service.name);
        document = document.replacen(&title, &format!("{title}{}", dice.pick(&hours)), 1);
    }
    document += "calendars:\n  day: {hours: {mon-fri: 08:00-18:00}}\n  night: {hours: {mon-sun: 22:00-06:00}}\nmaintenance:\n";
    let rules = [
        "{window: night, notice: 24h, approved_by: [cab], allowance: 2h 30min}",
        "{approval: false, allowance: 10h, until: 2018-11-15}",
        "{notice: 24h}",
    ];
    document += &format!("  rule: {}\nagreements:\n  sla: {{kind: sla, maintenance: rule{}}}\n", dice.pick(&rules), {
        *dice.pick(&["", ", from: 2018-02-05", ", until: 2018-11-20"])
    });
    let zone = load(&document).model().zone.clone();
    let period = period(MONTHS[dice.below(MONTHS.len())], &zone).expect("a month");
    let (from, until) = (period.from().micros() / MINUTE, period.until().micros() / MINUTE);
    let changes: Vec<Change> = (0..dice.below(4))
        .map(|at| {
            let begin = dice.between(from - 2_000, until);
            let window = (begin * MINUTE, (begin + dice.between(1, 600)) * MINUTE);
            let notified = dice.chance(4, 5).then(|| window.0 - dice.between(0, 5_000) * MINUTE);
            let approved_by = dice.chance(4, 5).then(|| String::from(*dice.pick(&["cab", "boss"])));
            Change { change: format!("C{at}"), window, notified, approved_by }
        })
        .collect();
    let outages = (0..dice.below(9) + 1)
        .map(|_| {
            let mut begin = dice.between(from - 2_000, until);
            let change = if changes.is_empty() || dice.chance(1, 2) { None } else { Some(dice.pick(&changes)) };
            if let Some(change) = change {
                begin = change.window.0 / MINUTE + dice.between(-60, 120);
            }
            let length = *dice.pick(&[30, 300, 3_000, 20_000]);
            Outage {
                service: dice.pick(&estate.services).name.clone(),
                from: begin * MINUTE,
                to: (begin + dice.between(0, length)) * MINUTE + dice.between(0, 1) * 17,
                level: dice.pick(&estate.levels).clone(),
                origin: String::from(*dice.weighted(&[
                    (5, "own"),
                    (if options.cyclic { 0 } else { 3 }, "unknown"),
                    (1, "derived"),
                ])),
                change: change.map(|change| change.change.clone()),
            }
        })
        .collect();
    let as_of = dice.chance(1, 3).then(|| dice.between(from, until + 2_000) * MINUTE);
    World { document, period, outages, changes, as_of }
}

fn ask(world: &World, agreement: Option<&str>, backwards: bool) -> Observed {
    let ecosystem = load(&world.document);
    let time = |at: i64| Instant(at).to_string();
    let mut rows: Vec<String> = world
        .outages
        .iter()
        .map(|one| {
            let change = one.change.as_deref().unwrap_or("");
            format!("{},{},{},{},{},{change}\n", one.service, time(one.from), time(one.to), one.level, one.origin)
        })
        .collect();
    if backwards {
        rows.reverse();
    }
    let outages = format!("service,from,to,level,origin,change\n{}", rows.concat());
    let changes: String = world
        .changes
        .iter()
        .map(|one| {
            let (notified, by) = (one.notified.map(time).unwrap_or_default(), one.approved_by.as_deref().unwrap_or(""));
            format!("{},{},{},{notified},{by}\n", one.change, time(one.window.0), time(one.window.1))
        })
        .collect();
    let changes = format!("change,window_from,window_until,notified,approved_by\n{changes}");
    let read = |name, text: &str| csv::read(name, text.as_bytes(), &Limits::default()).unwrap();
    let tables = [read("outages", &outages), read("changes", &changes)];
    let bound =
        evidence(&ecosystem, &EvidenceQuery::default(), tables.iter().map(Table::view).collect(), &Limits::default()).unwrap();
    let query = ObservedQuery {
        periods: vec![world.period.label().to_owned()],
        agreement: agreement.map(str::to_owned),
        as_of: world.as_of.map(Instant),
        ..Default::default()
    };
    observed(&ecosystem, &bound, &query).unwrap_or_else(|error| panic!("{error}\n{}", world.document))
}

fn figures(world: &World, report: &Observed) -> BTreeMap<String, Figure> {
    let ecosystem = load(&world.document);
    let observation = report.observation();
    let services = observation.services().iter();
    services
        .map(|service| {
            let sums = observation.downtime(*service, &world.period).expect("years that calendars compute");
            let figure = Figure {
                agreed: sums.agreed,
                down: sums.down,
                planned: sums.planned,
                overrun: sums.overrun,
                beyond: sums.beyond,
                outages: sums.outages,
                longest: sums.longest,
            };
            (ecosystem.model().service_name(*service).to_owned(), figure)
        })
        .collect()
}

fn theirs(world: &World, agreement: Option<&str>) -> BTreeMap<String, Figure> {
    let (from, until) = (world.period.from().micros(), world.period.until().micros());
    let as_of = world.as_of.unwrap_or(i64::MAX);
    let question = Question { document: &world.document, agreement, from, until, as_of };
    oracle::observed(&question, &world.outages, &world.changes)
}

fn told(world: &World) -> String {
    format!("{:?}\n{:#?}\n{:#?}\n{:?}\n{}", world.period, world.outages, world.changes, world.as_of, world.document)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn observed_agrees_with_the_oracle(seed: u64, services in 1_usize..8, dated: bool, agreed: bool) {
        let world = world(seed, services, Options { dated, ..Options::default() });
        let agreement = agreed.then_some("sla");
        prop_assert_eq!(figures(&world, &ask(&world, agreement, false)), theirs(&world, agreement), "{}", told(&world));
    }

    #[test]
    fn observed_agrees_with_the_oracle_in_rings(seed: u64, services in 1_usize..8) {
        let world = world(seed, services, Options { cyclic: true, ..Options::default() });
        prop_assert_eq!(figures(&world, &ask(&world, Some("sla"), false)), theirs(&world, Some("sla")), "{}", told(&world));
    }

    #[test]
    fn the_order_of_outages_never_matters(seed: u64, services in 1_usize..8) {
        let world = world(seed, services, Options { dated: true, ..Options::default() });
        let (one, other) = (ask(&world, Some("sla"), false), ask(&world, Some("sla"), true));
        prop_assert_eq!(csv::write(one.rows()), csv::write(other.rows()));
        prop_assert_eq!(csv::write(one.outages()), csv::write(other.outages()));
    }

    #[test]
    fn the_downtime_of_a_row_is_that_of_its_outages_and_causes_are_there(seed: u64, services in 1_usize..8, cyclic: bool) {
        let world = world(seed, services, Options { cyclic, ..Options::default() });
        let report = ask(&world, Some("sla"), false);
        let cell = |table: &Table, row: usize, column: &str| match table.cell(row, column) {
            Cell::Text(text) => text.into_owned(),
            _ => String::new(),
        };
        let calm = siam_oracle::impact::levels(&world.document, &[], world.period.from().micros());
        for row in 0..report.outages().rows() {
            let (service, causes) = (cell(report.outages(), row, "service"), cell(report.outages(), row, "causes"));
            let sufficient = cell(report.outages(), row, "sufficient");
            prop_assert!(sufficient.is_empty() || sufficient.split(", ").all(|one| causes.split(", ").any(|cause| cause == one)));
            // A service that is down while nothing fails has no cause.
            let best = calm.get(&service).is_some_and(|level| level == "operational");
            prop_assert!(!best || !causes.is_empty(), "{} {}", service, told(&world));
        }
        for (_, service) in load(&world.document).model().services.entries().map(|(at, service)| (service.id.clone(), at)) {
            let sums = report.observation().downtime(service, &world.period).expect("years that calendars compute");
            prop_assert_eq!(sums.spans.iter().map(|span| span.down).sum::<i64>(), sums.down);
            prop_assert!(sums.down + sums.planned <= sums.agreed && sums.overrun + sums.beyond <= sums.down);
        }
    }

    #[test]
    fn the_sweep_at_every_instant_is_the_scenario_of_that_instant(seed: u64, services in 1_usize..12, cyclic: bool) {
        let world = world(seed, services, Options { cyclic, dated: !cyclic, ..Options::default() });
        let ecosystem = load(&world.document);
        let model = ecosystem.model();
        let own: Vec<OwnStretch> = world.outages.iter().map(|one| OwnStretch {
            service: model.names.services[&one.service],
            level: model.level(&one.level).expect("a level"),
            from: Instant(one.from),
            until: Instant(one.to),
            sure: true,
        }).collect();
        let maps: Vec<(Instant, &Structure)> = ecosystem.maps().iter().map(|map| (map.from, &map.structure)).collect();
        let asked: Vec<ServiceIdx> = model.services.entries().map(|(at, _)| at).collect();
        let window = (world.period.from(), world.period.until());
        let swept = sweep(&maps, &own, window, &asked);
        let mut instants: Vec<Instant> = own.iter().flat_map(|one| [one.from, one.until]).collect();
        instants.extend(maps.iter().map(|map| map.0));
        instants.push(window.0);
        for at in instants.into_iter().filter(|at| world.period.contains(*at)) {
            let open = own.iter().filter(|one| one.from <= at && at < one.until).map(|one| (one.service, one.level));
            let mut scalar = Scalar::new(&ecosystem.map(at).structure);
            scalar.evaluate(&open.collect::<Vec<(ServiceIdx, Level)>>());
            for (slot, service) in asked.iter().enumerate() {
                let found = swept.levels(slot).into_iter().find(|(from, until, _)| *from <= at && at < *until);
                prop_assert_eq!(found.map_or(0, |found| found.2), scalar.level(*service), "{} at {} {}", slot, at, told(&world));
            }
        }
    }
}
