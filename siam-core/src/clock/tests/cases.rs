//! Cases that peers gave: `clock.json` of the shared cases.
//!
//! Goes in: the file, where it is there. Comes out: a failure that names every case that differs.
//! **Invariant:** a case is translated and asked, nothing is computed here.
//! **Not here:** the runner for hidden cases (`siam-tests`).

use super::*;
use crate::base::{Date, Duration};
use crate::clock::{Boundary, Clock, DayCount, DayStart, DayTime};
use crate::model::calendar::MonthDay;
use serde_json::Value;
use std::path::PathBuf;

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn stretch(value: &Value) -> Hours {
    let second = |text: &str| {
        let parts = text.split(':').map(|part| part.parse::<u32>().unwrap());
        parts.chain([0, 0]).take(3).fold(0, |all, part| all * 60 + part)
    };
    let (from, until) = (second(text(&value[0])), second(text(&value[1])));
    hours(from, if until <= from { until + 86_400 } else { until })
}

fn stretches(value: &Value) -> Vec<Hours> {
    value.as_array().unwrap().iter().map(stretch).collect()
}

fn read(value: &Value, wall_times: WallTimes) -> Calendar {
    let mut calendar = calendar(text(&value["tz"]), wall_times);
    for (day, name) in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().enumerate() {
        if let Some(list) = value["weekly"].get(name) {
            calendar.weekly[day] = stretches(list);
        }
    }
    let dated = |key: &str| {
        let days = value[key].as_object().unwrap().iter();
        days.map(|(day, list)| (Date::parse(day).unwrap(), stretches(list))).collect()
    };
    calendar.overrides = dated("overrides");
    calendar.breaks = dated("breaks");
    for day in value["holidays"].as_array().unwrap() {
        calendar.holidays.insert(Date::parse(text(day)).unwrap(), String::new());
    }
    for day in value["annual_holidays"].as_array().unwrap() {
        let (month, day) = text(day).split_once('-').unwrap();
        let (month, day) = (month.parse().unwrap(), day.parse().unwrap());
        calendar.annual_holidays.insert(MonthDay { month, day }, String::new());
    }
    calendar
}

fn seconds(value: &Value) -> Duration {
    Duration((value.as_f64().unwrap() * 1e6).round() as i64)
}

/// Instants as microseconds, so that `.5Z` and `.500Z` agree.
fn plain(value: &Value) -> Value {
    match value {
        Value::String(text) => Instant::parse(text).map_or(value.clone(), |at| at.0.into()),
        Value::Array(list) => list.iter().map(plain).collect(),
        Value::Number(number) => ((number.as_f64().unwrap() * 1e6).round() as i64).into(),
        _ => value.clone(),
    }
}

fn wall(text: &str) -> i64 {
    let (date, time) = text.split_once('T').unwrap();
    let second = time.split(':').fold(0, |all, part| all * 60 + part.parse::<i64>().unwrap());
    (i64::from(Date::parse(date).unwrap().to_days()) * 86_400 + second) * 1_000_000
}

fn ask(case: &Value, wall_times: WallTimes, boundary: Boundary) -> Value {
    let clock = Clock::compile(&read(&case["calendar"], wall_times)).unwrap();
    let input = |key: &str| &case["inputs"][key];
    let instant = |key: &str| at(text(input(key)));
    let date = |key: &str| Date::parse(text(input(key))).unwrap();
    let start = if case["peer"] == "working_hours" || case["peer"] == "business_time" { DayStart::Roll } else { DayStart::Step };
    match text(&case["op"]) {
        // Every reference of reversed instants is 0.
        "elapsed" => clock.elapsed_or_zero(instant("start"), instant("end")).unwrap().0.into(),
        "deadline" => clock.deadline(instant("start"), seconds(input("seconds")), boundary).unwrap().0.into(),
        "deadline_back" => clock.deadline_back(instant("start"), seconds(input("seconds")), boundary).unwrap().0.into(),
        "is_open" => clock.is_open(instant("at")).unwrap().into(),
        "next_open" => clock.next_open(instant("at")).unwrap().0.into(),
        "next_close" => clock.next_close(instant("at")).unwrap().unwrap().0.into(),
        "prev_open_left" => clock.previous_open(instant("at")).unwrap().0.into(),
        "open_intervals" => {
            let count = usize::try_from(input("count").as_u64().unwrap()).unwrap();
            let found = clock.first_intervals(instant("after"), count).unwrap();
            found.into_iter().map(|(start, end)| Value::from(vec![start.0, end.0])).collect()
        }
        "wall_to_instant" => clock.wall_to_instant(wall(text(input("local")))).0.into(),
        "add_working_days" => {
            let time = if case["peer"] == "biz" { DayTime::Snap } else { DayTime::Keep };
            clock.add_working_days_at(instant("start"), input("days").as_i64().unwrap(), start, time).unwrap().0.into()
        }
        "add_working_days_date" => {
            clock.add_working_days(date("date"), input("days").as_i64().unwrap(), start).unwrap().to_string().into()
        }
        "working_days_between" => {
            let days = clock.working_days_between(date("start_date"), date("end_date"), DayCount::AfterFirst).unwrap();
            (days * 1_000_000).into()
        }
        op => panic!("unknown op {op}"),
    }
}

fn policy_named(name: &str) -> WallTimes {
    match name {
        "compat" => WallTimes::Compatible,
        "pointwise" => WallTimes::Pointwise,
        "clamp" => WallTimes::Clamp,
        _ => panic!("unknown policy {name}"),
    }
}

/// What must come out, under which policy and boundary.
fn wanted(case: &Value) -> (Value, WallTimes, Boundary) {
    let expected = case["expected"].clone();
    let reference = case["reference"].clone();
    match text(&case["tier"]) {
        "core" | "peculiar" => (reference, WallTimes::default(), Boundary::Same),
        "days" => (expected, WallTimes::default(), Boundary::Same),
        "boundary" => match text(&case["boundary"]) {
            "close_same" | "open_same" => (expected, WallTimes::default(), Boundary::Same),
            _ => (expected, WallTimes::default(), Boundary::Next),
        },
        "policy" => (expected, policy_named(text(&case["matches_policy"][0])), Boundary::Same),
        tier => panic!("unknown tier {tier}"),
    }
}

#[test]
fn every_case_of_a_peer_comes_out_as_its_tier_says() {
    let told = std::env::var_os("SIAM_SHARED").map(PathBuf::from);
    let folder = told.clone().unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared").into());
    let file = folder.join("cases/clock.json");
    if told.is_none() && !file.exists() {
        println!("skipped: {} is not there", file.display());
        return;
    }
    let document: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let mut wrong = Vec::new();
    let cases = document["cases"].as_array().unwrap();
    for case in cases {
        let (wanted, policy, boundary) = wanted(case);
        let found = ask(case, policy, boundary);
        if found != plain(&wanted) {
            wrong.push(format!("{} {} {}: found {found}, wanted {}", case["id"], case["tier"], case["op"], plain(&wanted)));
        }
        // Each policy that has a reference of its own is right too, not only the peer's.
        if let Some(each) = case["reference"].as_object() {
            for (name, reference) in each {
                let policy = policy_named(name);
                let found = ask(case, policy, Boundary::Same);
                if found != plain(reference) {
                    wrong.push(format!("{} {name}: found {found}, wanted {}", case["id"], plain(reference)));
                }
            }
        } else if case["tier"] == "core" {
            for policy in [WallTimes::Compatible, WallTimes::Pointwise] {
                let found = ask(case, policy, Boundary::Same);
                if found != plain(&wanted) {
                    println!("core case {} differs under {policy:?}: {found}, not {}", case["id"], plain(&wanted));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    println!("{} cases", cases.len());
}
