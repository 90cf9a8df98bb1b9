//! Random calendars: zones that jump, nights, several stretches a day, holidays, overrides, breaks.
//!
//! Goes in: dice. Comes out: a document of calendars and instants worth asking about.
//! **Invariant:** dated entries lie within a fortnight of the instants, so that they matter.
//! **Not here:** what the calendars mean.

mod events;

use super::Dice;
use siam_core::base::{Date, Instant};

/// Calendars as a document, and instants near the jumps of their zones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendars {
    /// The document.
    pub document: String,
    /// Names of the calendars.
    pub names: Vec<String>,
    /// Instants in microseconds, unsorted.
    pub instants: Vec<i64>,
}

/// Zones and instants at which their clocks jump.
const JUMPS: [(&str, &str); 16] = [
    ("Europe/London", "2026-03-29T01:00:00Z"),
    ("Europe/London", "2026-10-25T01:00:00Z"),
    ("America/New_York", "2041-03-10T07:00:00Z"),
    ("America/New_York", "2024-11-03T06:00:00Z"),
    ("Australia/Lord_Howe", "2025-04-05T15:00:00Z"),
    ("Australia/Lord_Howe", "2025-10-04T15:30:00Z"),
    ("America/Sao_Paulo", "2018-11-04T03:00:00Z"),
    ("America/Sao_Paulo", "2018-02-18T02:00:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00:00Z"),
    ("Africa/Casablanca", "2026-02-15T02:00:00Z"),
    ("Asia/Tehran", "2021-03-21T20:30:00Z"),
    ("Asia/Kathmandu", "2026-01-31T18:15:00Z"),
    ("Asia/Pyongyang", "2018-05-04T15:00:00Z"),
    ("Pacific/Kiritimati", "1994-12-31T10:00:00Z"),
    ("Atlantic/Azores", "2024-03-31T01:00:00Z"),
    ("UTC", "2024-02-29T00:00:00Z"),
];

/// Up to three random calendars around one jump.
pub fn calendars(dice: &mut Dice) -> Calendars {
    let (zone, jump) = *dice.pick(&JUMPS);
    let jump = Instant::parse(jump).map_or(0, Instant::micros);
    let mut names: Vec<String> = (0..dice.below(3) + 1).map(|at| format!("c{at}")).collect();
    let mut document = String::from("siam: 1\nzone: Europe/Madrid\ncalendars:\n");
    for name in &names {
        document += &format!("  {name}:\n");
        if dice.chance(9, 10) {
            document += &format!("    zone: {zone}\n");
        }
        if let Some(policy) = [None, Some("clamp"), Some("compatible"), Some("pointwise")][dice.below(4)] {
            document += &format!("    wall_times: {policy}\n");
        }
        document += &calendar(dice, jump);
    }
    // Calendars that are made of these, and one of such a one.
    for at in 0..dice.below(3) {
        let how = *dice.pick(&["union", "intersection", "difference"]);
        let of: Vec<String> = (0..dice.below(3) + 1).map(|_| dice.pick(&names).clone()).collect();
        document += &format!("  made{at}: {{{how}: [{}]}}\n", of.join(", "));
        names.push(format!("made{at}"));
    }
    let mut instants = vec![jump];
    for _ in 0..8 {
        let reach = *dice.pick(&[2 * 3600, 26 * 3600, 10 * 86_400, 500 * 86_400]);
        let unit = *dice.pick(&[1_000_000, 900_000_000, 1]);
        let near = jump + dice.between(-reach, reach) * 1_000_000;
        instants.push(near.div_euclid(unit) * unit);
    }
    Calendars { document, names, instants }
}

/// The keys of one calendar.
fn calendar(dice: &mut Dice, around: i64) -> String {
    let mut text = String::new();
    if dice.chance(1, 8) {
        text += "    hours: always\n";
    } else {
        text += &format!("    hours: {{{}}}\n", week(dice));
    }
    if dice.chance(1, 3) {
        let mut parts = vec![week(dice)];
        parts.extend(days(dice, around).iter().map(|day| format!("{day}: {}", stretches(dice))));
        if dice.chance(1, 3) {
            parts.push(format!("icalendar: {}", events::windows(dice, around)));
        }
        text += &format!("    breaks: {{{}}}\n", parts.join(", "));
    }
    if dice.chance(1, 2) {
        let days = days(dice, around);
        let written: Vec<String> = days
            .iter()
            .map(|day| format!("{day}: {}", if dice.chance(1, 4) { "closed".to_owned() } else { stretches(dice) }))
            .collect();
        text += &format!("    overrides: {{{}}}\n", written.join(", "));
    }
    if dice.chance(1, 2) {
        text += &match dice.chance(1, 2) {
            true => format!("    holidays: [{}]\n", days(dice, around).join(", ")),
            false => {
                let mut named: Vec<String> = days(dice, around).iter().map(|day| format!("{day}: A day off")).collect();
                if dice.chance(1, 2) {
                    named.push(format!("icalendar: {}", events::holidays(dice, around)));
                }
                format!("    holidays: {{{}}}\n", named.join(", "))
            }
        };
    }
    if dice.chance(1, 4) {
        let mut annual: Vec<String> = days(dice, around).iter().map(|day| format!("'{}'", &day[5..])).collect();
        annual.push("'12-25'".to_owned());
        annual.sort();
        annual.dedup();
        text += &format!("    annual_holidays: [{}]\n", annual.join(", "));
    }
    text
}

/// Hours by parts of the week.
fn week(dice: &mut Dice) -> String {
    let parts: [&[&str]; 5] = [
        &["mon-sun"],
        &["mon-fri", "sat"],
        &["mon-fri", "sat-sun"],
        &["fri-mon", "'wed,thu'"],
        &["sun", "mon", "tue-fri", "sat"],
    ];
    let parts = dice.pick(&parts);
    parts.iter().map(|part| format!("{part}: {}", stretches(dice))).collect::<Vec<_>>().join(", ")
}

/// One stretch of hours or several.
fn stretches(dice: &mut Dice) -> String {
    match dice.below(4) {
        0 => format!("[{}, {}]", stretch(dice), stretch(dice)),
        _ => stretch(dice),
    }
}

fn stretch(dice: &mut Dice) -> String {
    let common = [
        "00:00-24:00",
        "08:00-18:00",
        "22:00-06:00",
        "02:30-03:15",
        "02:15-02:45",
        "01:30-03:00",
        "12:00-12:30",
        "18:00-24:00",
        "00:00-08:00",
    ];
    if dice.chance(1, 2) {
        return (*dice.pick(&common)).to_owned();
    }
    let mut clock = || format!("{:02}:{:02}", dice.below(24), dice.pick(&[0, 15, 30, 45, 59]));
    format!("{}-{}", clock(), clock())
}

/// Up to four different days near an instant.
fn days(dice: &mut Dice, around: i64) -> Vec<String> {
    let today = around.div_euclid(86_400_000_000);
    let mut days: Vec<i64> = (0..dice.below(4) + 1).map(|_| today + dice.between(-4, 4)).collect();
    days.sort_unstable();
    days.dedup();
    days.iter().filter_map(|day| Date::from_days(i32::try_from(*day).ok()?)).map(|day| day.to_string()).collect()
}
