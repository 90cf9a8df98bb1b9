//! Texts as calendars export them, and broken ones.
//!
//! Goes in: iCalendar texts. Comes out: nothing.
//! **Invariant:** the days stand in the test, worked out by hand.
//! **Not here:** rules alone (`rule`), open hours (`clock::tests`).

use super::*;
use crate::base::Limits;

fn text(event: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        event.replace('\n', "\r\n")
    )
}

fn found(text: &str) -> (Vec<Event>, Vec<String>) {
    let mut faults = Faults::new(&Limits::default());
    let zone = Zone::named("Europe/London").unwrap();
    let events = read(text, Mark::default(), Effect::Holiday, &zone, &mut faults);
    (events, faults.into_problems().iter().map(|problem| format!("{} {}", problem.code().name, problem)).collect())
}

fn days(event: &str, from: &str, until: &str) -> String {
    let (events, problems) = found(&text(event));
    assert_eq!(problems, Vec::<String>::new(), "{event}");
    let wall = |text: &str| Instant::parse(&format!("{text}T00:00:00Z")).unwrap().0;
    let starts = events.iter().flat_map(|event| event.starts(wall(from), wall(until)));
    starts.map(|at| Instant(at).to_string().trim_end_matches(":00Z").replace("T00:00", "")).collect::<Vec<_>>().join(" ")
}

#[test]
fn days_of_events_of_every_kind() {
    for (event, wanted) in [
        ("DTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas", "2026-12-25"),
        ("DTSTART;VALUE=DATE:20250501\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", "2026-05-25 2027-05-31"),
        ("DTSTART;VALUE=DATE:20251225\nRRULE:FREQ=YEARLY;COUNT=2", "2026-12-25"),
        ("DTSTART;VALUE=DATE:20251225\nRRULE:FREQ=YEARLY;UNTIL=20261225", "2026-12-25"),
        (
            "DTSTART:20260307T220000\nDURATION:PT4H\nRRULE:FREQ=MONTHLY;BYDAY=1SA;UNTIL=20260502T210000Z",
            "2026-03-07T22:00 2026-04-04T22:00 2026-05-02T22:00",
        ),
        (
            "DTSTART:20260307T220000\nDTEND:20260308T020000\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE:20260314T220000\nRDATE:20260401T180000,20260402T180000",
            "2026-03-07T22:00 2026-03-21T22:00 2026-04-01T18:00 2026-04-02T18:00",
        ),
        (
            "DTSTART:20260307T220000\nDTEND:20260308T020000\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;VALUE=DATE:20260314",
            "2026-03-07T22:00 2026-03-21T22:00",
        ),
        ("DTSTART;VALUE=DATE:20260101\nSTATUS:CANCELLED", ""),
        ("DTSTART;VALUE=DATE:20260101\nBEGIN:VALARM\nDTSTART;VALUE=DATE:20260505\nEND:VALARM", "2026-01-01"),
    ] {
        assert_eq!(days(event, "2026-01-01", "2027-12-31"), wanted, "{event}");
    }
}

#[test]
fn days_without_a_rule_and_without_an_end_are_bounded() {
    // 2 800 dates of 366 days, and a year on every day, are more than a million days.
    let dates: Vec<String> =
        (0..2_800).map(|at| format!("{:04}{:02}{:02}", 2000 + at / 336, at / 28 % 12 + 1, at % 28 + 1)).collect();
    for event in [
        format!("DTSTART;VALUE=DATE:20000101\nDURATION:P366D\nRDATE;VALUE=DATE:{}", dates.join(",")),
        "DTSTART;VALUE=DATE:20000101\nDURATION:P366D\nRRULE:FREQ=DAILY".to_owned(),
    ] {
        let (_, problems) = found(&text(&event));
        assert!(problems.len() == 1 && problems[0].starts_with("icalendar-too-large"), "{problems:?}");
    }
    let (events, problems) = found(&text("DTSTART;VALUE=DATE:20000101\nRRULE:FREQ=DAILY"));
    assert_eq!((events.len(), problems), (1, Vec::new()));
}

#[test]
fn an_event_that_replaces_one_time_takes_it_out() {
    let (events, problems) = found(&text(
        "UID:a\nDTSTART:20260302T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3\nEND:VEVENT\n\
BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20260309T090000\nDTSTART:20260310T090000\nDURATION:PT1H\nEND:VEVENT\n\
BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20260316T090000\nDTSTART:20260316T090000\nDURATION:PT1H\nSTATUS:CANCELLED",
    ));
    assert!(problems.is_empty(), "{problems:?}");
    let starts: Vec<String> =
        events.iter().flat_map(|event| event.starts(0, i64::MAX / 4)).map(|at| Instant(at).to_string()).collect();
    assert_eq!(starts, ["2026-03-02T09:00:00Z", "2026-03-10T09:00:00Z"]);
}

#[test]
fn zones_and_names_are_read_as_written() {
    let (events, problems) = found(&text(
        "DTSTART;TZID=\"/mozilla.org/20050126_1/America/New_York\":20260601T090000\nDTEND;TZID=Europe/London:20260601T160000\n\
SUMMARY;LANGUAGE=en:Tea\\, and\\n ca\n ke \\\\ more",
    ));
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(events[0].zone.as_ref().unwrap().name(), "America/New_York");
    // Sixteen o'clock in London is eleven in New York.
    assert_eq!((events[0].length, events[0].name.as_str()), (2 * DAY / 24, "Tea, and  cake \\ more"));
}

#[test]
fn a_fault_names_the_line_and_stands_in_the_document() {
    for (event, name, line) in [
        ("SUMMARY:none", "icalendar-lacks", 3),
        ("DTSTART:20260101T090000", "icalendar-lacks", 3),
        ("DTSTART;VALUE=DATE:20260230", "icalendar-unreadable", 4),
        ("DTSTART;VALUE=DATE:20260102\nDTEND;VALUE=DATE:20260102", "icalendar-unreadable", 5),
        ("DTSTART;VALUE=DATE:20260102\nDTEND:20260103T090000", "icalendar-unreadable", 5),
        ("DTSTART;VALUE=DATE:20260102\nDTEND;VALUE=DATE:20290102", "icalendar-too-large", 5),
        ("DTSTART;VALUE=DATE:20260102\nSUMMARY:x\nRRULE:FREQ=HOURLY", "icalendar-not-read", 6),
        ("DTSTART;VALUE=DATE:20260102\nRRULE:FREQ=YEARLY;UNTIL=soon", "icalendar-unreadable", 5),
        ("DTSTART;TZID=Europe/Lodnon:20260102T090000\nDURATION:PT1H", "unknown-zone", 4),
        ("DTSTART:20260102T090000\nDURATION:1H", "icalendar-unreadable", 5),
        ("no property", "icalendar-unreadable", 4),
        ("END:VCALENDAR", "icalendar-unreadable", 4),
    ] {
        let (_, problems) = found(&text(event));
        assert_eq!(problems.len(), 1, "{event} {problems:?}");
        assert!(problems[0].starts_with(name), "{event} {problems:?}");
        assert!(name == "unknown-zone" || problems[0].contains(&format!("line {line} ")), "{event} {problems:?}");
    }
    for broken in ["", "BEGIN:VEVENT\nEND:VEVENT", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT", "hello"] {
        assert_eq!(found(broken).1.len(), 1, "{broken}");
    }
}

#[test]
fn no_text_takes_long_or_panics() {
    let whole = text("DTSTART;VALUE=DATE:19000101\nDTEND;VALUE=DATE:19010101\nRRULE:FREQ=DAILY;COUNT=4000000000");
    assert!(found(&whole).1.iter().any(|problem| problem.starts_with("icalendar-too-large")));
    let never = text("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31;COUNT=7");
    assert_eq!(found(&never).1, Vec::<String>::new());
    let tricky =
        text("DTSTART;TZID=\"Europe/London\":20260329T013000\nDURATION:PT30M\nRRULE:FREQ=YEARLY;BYDAY=53SU;BYSETPOS=-366");
    for end in (0..tricky.len()).filter(|end| tricky.is_char_boundary(*end)) {
        found(&tricky[..end]);
        found(&format!("{}é{}", &tricky[..end], &tricky[end..]));
    }
}
