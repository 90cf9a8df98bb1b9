//! Cases of service clocks.
//!
//! Goes in: a calendar, an op and its inputs. Comes out: whether the clock gives what the case's tier says.
//! **Invariant:** seconds are compared exactly, fractions included.
//! **Not here:** the clock (`siam_core::clock`).

use super::{Outcome, compared, text};
use serde_json::{Map, Value, json};
use siam_core::base::{Date, Duration, Instant, Ratio};
use siam_core::clock::{Boundary, Clock, DayCount, DayStart, DayTime};
use siam_core::{Source, load};

const DAY: i64 = 86_400;

pub(super) fn run(_: &Value, case: &Value) -> Result<Outcome, String> {
    let (wanted, policy, boundary) = match text(case, "tier")? {
        "core" | "peculiar" => (&case["reference"], "clamp", Boundary::Same),
        "days" => (&case["expected"], "clamp", Boundary::Same),
        "boundary" => match text(case, "boundary")? {
            "close_same" | "open_same" => (&case["expected"], "clamp", Boundary::Same),
            "open_next" | "open_previous" => (&case["expected"], "clamp", Boundary::Next),
            other => return Err(format!("unknown boundary {other}")),
        },
        "policy" => {
            let named = case["matches_policy"].as_array().and_then(|names| names.first()).and_then(Value::as_str);
            let policy = match named {
                Some("compat" | "compatible") => "compatible",
                Some("pointwise") => "pointwise",
                Some("clamp") => "clamp",
                _ => return Ok(Outcome::Skipped("the peer matches no policy".into())),
            };
            (&case["expected"], policy, Boundary::Same)
        }
        other => return Err(format!("unknown tier {other}")),
    };
    let document = document(&case["calendar"], policy)?;
    let ecosystem = load(&[Source::text("case", document)]).map_err(|error| error.to_string())?;
    let clock = ecosystem.clock_named("case").map_err(|error| error.to_string())?;
    match ask(clock, case, boundary)? {
        Some(got) => Ok(compared(plain(wanted), got)),
        None => Ok(Outcome::Skipped("a convention of counting days that is not offered".into())),
    }
}

/// The calendar as this library writes it.
fn document(calendar: &Value, policy: &str) -> Result<String, String> {
    let stretches = |list: &Value| -> Result<Value, String> {
        let list = list.as_array().ok_or("hours are not a list")?;
        let stretch = |pair: &Value| match (pair[0].as_str(), pair[1].as_str()) {
            (Some(from), Some(until)) => Ok(json!(format!("{from}-{until}"))),
            _ => Err("hours are not a pair of times".to_owned()),
        };
        list.iter().map(stretch).collect()
    };
    let by_day = |key: &str| -> Result<Value, String> {
        let mut days = Map::new();
        for (day, hours) in calendar[key].as_object().into_iter().flatten() {
            days.insert(day.clone(), stretches(hours)?);
        }
        Ok(days.into())
    };
    let list = |key: &str| calendar[key].as_array().cloned().unwrap_or_default();
    let calendar = json!({
        "zone": text(calendar, "tz")?,
        "hours": by_day("weekly")?,
        "breaks": by_day("breaks")?,
        "overrides": by_day("overrides")?,
        "holidays": list("holidays"),
        "annual_holidays": list("annual_holidays"),
        "wall_times": policy,
    });
    Ok(json!({"siam": 1, "calendars": {"case": calendar}}).to_string())
}

/// What the clock says, as plain text; none where the convention is not offered.
fn ask(clock: &Clock, case: &Value, boundary: Boundary) -> Result<Option<String>, String> {
    let inputs = &case["inputs"];
    let instant = |key: &str| Instant::parse(text(inputs, key)?).ok_or_else(|| format!("`{key}` is not an instant"));
    let date = |key: &str| Date::parse(text(inputs, key)?).ok_or_else(|| format!("`{key}` is not a date"));
    let days = || inputs["days"].as_i64().ok_or_else(|| "`days` is not a whole number".to_owned());
    let start = match case["peer"].as_str() {
        Some("working_hours" | "business_time") => DayStart::Roll,
        _ => DayStart::Step,
    };
    let said = |problem: siam_core::Problem| problem.message();
    let answer = match text(case, "op")? {
        "elapsed" => seconds(clock.elapsed_or_zero(instant("start")?, instant("end")?).map_err(said)?),
        "deadline" => clock.deadline(instant("start")?, length(inputs)?, boundary).map_err(said)?.to_string(),
        "deadline_back" => clock.deadline_back(instant("start")?, length(inputs)?, boundary).map_err(said)?.to_string(),
        "is_open" => clock.is_open(instant("at")?).map_err(said)?.to_string(),
        "next_open" => clock.next_open(instant("at")?).map_err(said)?.to_string(),
        "next_close" => clock.next_close(instant("at")?).map_err(said)?.map_or("never".into(), |at| at.to_string()),
        "prev_open_left" => clock.previous_open(instant("at")?).map_err(said)?.to_string(),
        "open_intervals" => {
            let count =
                inputs["count"].as_u64().and_then(|count| usize::try_from(count).ok()).ok_or("`count` is not a number")?;
            let found = clock.first_intervals(instant("after")?, count).map_err(said)?;
            found.iter().map(|(from, until)| format!("{from}/{until}")).collect::<Vec<_>>().join(" ")
        }
        "wall_to_instant" => clock.wall_to_instant(wall(text(inputs, "local")?)?).to_string(),
        "add_working_days" => {
            let time = if case["peer"] == "biz" { DayTime::Snap } else { DayTime::Keep };
            clock.add_working_days_at(instant("start")?, days()?, start, time).map_err(said)?.to_string()
        }
        "add_working_days_date" => clock.add_working_days(date("date")?, days()?, start).map_err(said)?.to_string(),
        "working_days_between" => {
            let count = DayCount::AfterFirst;
            clock.working_days_between(date("start_date")?, date("end_date")?, count).map_err(said)?.to_string()
        }
        other => return Err(format!("unknown op {other}")),
    };
    Ok(Some(answer))
}

fn length(inputs: &Value) -> Result<Duration, String> {
    let written = inputs["seconds"].as_number().ok_or("`seconds` is not a number")?.to_string();
    let micros = Ratio::parse(&written).map(|seconds| seconds.times(&Ratio::whole(1_000_000)));
    let parts = micros.and_then(|micros| micros.parts()).filter(|(_, denominator)| *denominator == 1);
    parts
        .and_then(|(micros, _)| i64::try_from(micros).ok())
        .map(Duration)
        .ok_or_else(|| "`seconds` is not whole microseconds".into())
}

fn wall(local: &str) -> Result<i64, String> {
    let fault = || format!("{local} is not a wall time");
    let (date, time) = local.split_once('T').ok_or_else(fault)?;
    let mut second = 0_i64;
    for part in time.split(':') {
        second = second * 60 + part.parse::<i64>().map_err(|_| fault())?;
    }
    if time.matches(':').count() == 1 {
        second *= 60;
    }
    let days = i64::from(Date::parse(date).ok_or_else(fault)?.to_days());
    Ok((days * DAY + second) * 1_000_000)
}

fn seconds(duration: Duration) -> String {
    Ratio::new(i128::from(duration.micros()), 1_000_000).map_or_else(String::new, |seconds| seconds.to_exact_text())
}

/// What the file wants, written as the answers are.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => Instant::parse(text).map_or_else(|| text.clone(), |at| at.to_string()),
        Value::Number(number) => {
            Ratio::parse(&number.to_string()).map_or_else(|| number.to_string(), |exact| exact.to_exact_text())
        }
        Value::Array(list) if list.iter().all(Value::is_array) => {
            let pair = |pair: &Value| format!("{}/{}", plain(&pair[0]), plain(&pair[1]));
            list.iter().map(pair).collect::<Vec<_>>().join(" ")
        }
        Value::Null => "never".into(),
        other => other.to_string(),
    }
}
