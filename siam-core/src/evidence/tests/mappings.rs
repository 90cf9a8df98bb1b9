//! What mappings can say: presets, lookups, words of two columns, proved dates, last times, rows left out; and exclusions.

use super::*;
use crate::base::codes::CODES;

const MINUTE: i64 = 60_000_000;

/// The day of a month of 2026 in UTC and its hours.
fn at(text: &str) -> i64 {
    crate::base::Instant::parse(&format!("2026-{text}:00Z")).unwrap().0
}

fn told(found: &Evidence) -> Vec<String> {
    found.problems().iter().map(|problem| format!("{} {}", problem.code().name, problem.place())).collect()
}

#[test]
fn of_several_formats_the_one_that_reads_every_date_stands() {
    let mapping = "tables: {t: {nulls: [n/a], dates: {format: ['%m/%d/%Y %H:%M', '%d/%m/%Y %H:%M'], zone: UTC}}}\n\
        gives: {tickets: {from: t, columns: {ticket: n, opened: o, resolved: r}}}\n";
    let found = bind(mapping, &[("t", "n,o,r\nA,3/2/2026 09:00,n/a\nB,4/2/2026 09:00,13/2/2026 10:00\n")]).unwrap();
    assert_eq!(found.tickets().instants(TicketInstant::Opened), [at("02-03T09:00"), at("02-04T09:00")]);
    assert_eq!(found.tickets().instants(TicketInstant::Resolved), [MISSING, at("02-13T10:00")]);

    // Both read every date, and 3 February is not 2 March: the first row that tells them apart is named.
    let both = bind(mapping, &[("t", "n,o,r\nA,2/2/2026 09:00,\nB,3/2/2026 09:00,\n")]).unwrap_err();
    assert_eq!(
        both.problems()
            .iter()
            .map(|problem| format!("{}: {}", problem.place(), problem.message()))
            .collect::<Vec<_>>()
            .join("\n"),
        "table t row 2 column o: %m/%d/%Y %H:%M and %d/%m/%Y %H:%M both read every date of this table, and not alike: \
         `3/2/2026 09:00` is 2026-03-02T09:00:00Z or 2026-02-03T09:00:00Z"
    );
    // Where both give the same instants there is nothing to choose.
    let same = bind(mapping, &[("t", "n,o,r\nA,2/2/2026 09:00,3/3/2026 09:00\n")]).unwrap();
    assert_eq!(same.tickets().len(), 1);
    // None reads all: each says where it fails.
    assert_eq!(
        faults(bind(mapping, &[("t", "n,o,r\nA,13/2/2026 09:00,\nB,2/13/2026 09:00,\n")])),
        ["format-fails table t row 1 column o", "format-fails table t row 2 column o"]
    );
    let usual = mapping.replace("['%m/%d/%Y %H:%M', '%d/%m/%Y %H:%M']", "proved");
    let found = bind(&usual, &[("t", "n,o,r\nA,31-01-2026 09:00:00,\n")]).unwrap();
    assert_eq!(found.tickets().instants(TicketInstant::Opened), [at("01-31T09:00")]);
    assert_eq!(faults(bind(&usual, &[("t", "n,o,r\nA,soon,\n")])), ["format-fails table t row 1 column o"; 3]);
}

#[test]
fn a_zone_that_somebody_must_state_is_asked_for_only_where_dates_need_it() {
    let mapping = "tables: {t: {dates: {zone: stated}}}\ngives: {tickets: {from: t, columns: {ticket: n, opened: o}}}\n";
    assert_eq!(faults(bind(mapping, &[("t", "n,o\nA,2026-10-03 09:00\n")])), ["zone-not-stated table t row 1 column o"]);
    assert!(bind(mapping, &[("t", "n,o\nA,2026-10-03T09:00:00Z\n")]).is_ok());
    let stated = EvidenceQuery { mapping: Some(mapping.into()), zone: Some("Asia/Tokyo".into()), ..EvidenceQuery::default() };
    let found = bind_with(&stated, &[("t", "n,o\nA,2026-10-03 09:00\n")]).unwrap();
    assert_eq!(found.tickets().instants(TicketInstant::Opened), [at("10-03T00:00")]);
    // What the mapping says of all tables counts where a table does not say it.
    let all = format!("dates: {{zone: Asia/Tokyo, format: '%d.%m.%Y %H:%M'}}\n{mapping}");
    let found = bind(&all, &[("t", "n,o\nA,03.10.2026 09:00\n")]).unwrap();
    assert_eq!(found.tickets().instants(TicketInstant::Opened), [at("10-03T00:00")]);
}

#[test]
fn the_last_time_of_each_status_is_a_history_that_says_it_is_lossy() {
    let text = "n,o,worked,held,done\n\
        A,2026-10-03T01:00:00Z,2026-10-03T02:00:00Z,2026-10-03T04:00:00Z,2026-10-03T05:00:00Z\n\
        B,2026-10-03T01:00:00Z,,,2026-10-03T03:00:00Z\n\
        C,2026-10-03T01:00:00Z,2026-10-03T06:00:00Z,soon,\n\
        D,2026-10-03T01:00:00Z,,,\n";
    let mapping = "tables: {t: {shape: last_time_per_status, key: n}}\n\
        gives:\n\
        \x20 tickets: {from: t, columns: {opened: o}}\n\
        \x20 ticket_events: {from: t, fields: {state: {last: {New: o, Work: worked, Hold: held, Done: done}}}}\n";
    let found = bind(mapping, &[("t", text)]).unwrap();
    // A went back to work after its hold, which nobody can see: its hold seems to last from 4 to 5.
    assert_eq!(states(&found, "A"), "-1 -, 1 New, 2 Work, 4 Hold, 5 Done");
    assert_eq!(states(&found, "B"), "-1 -, 1 New, 3 Done");
    assert_eq!(states(&found, "C"), "-1 -, 1 New, 6 Work");
    assert_eq!(states(&found, "D"), "-1 -, 1 New");
    assert!(found.history("state").unwrap().is_lossy());
    assert_eq!(told(&found), ["lossy-history table t", "values-rejected table t row 3 column held"]);
    assert_eq!(
        faults(bind(&mapping.replace("last: {New: o, Work: worked, Hold: held, Done: done}", "of: held"), &[("t", text)])),
        ["missing-key mapping:4:44"]
    );
}

#[test]
fn words_are_looked_up_in_another_table_before_they_are_translated() {
    let mapping = "tables: {t: {}, groups: {optional: true}}\n\
        gives: {tickets: {from: t, columns: {ticket: n, opened: o,\n\
        \x20 party: {column: g, lookup: {table: groups, key: [nr, id], value: name}, values: {Net: netco, Cloud: cloudco}}}}}\n";
    let tickets =
        "n,o,g\nA,2026-10-03T01:00:00Z,1\nB,2026-10-03T01:00:00Z,2\nC,2026-10-03T01:00:00Z,3\nD,2026-10-03T01:00:00Z,Net\n";
    let groups = "id,name\n1,Net\n2,Cloud\n1,Net\n2,Other\n";
    let found = bind(mapping, &[("t", tickets), ("groups", groups)]).unwrap();
    let party = found.tickets().column("party").unwrap();
    assert_eq!((0..4).map(|row| party.get(row).unwrap()).collect::<Vec<_>>(), ["netco", "cloudco", "3", "netco"]);
    assert_eq!(lines(found.rejected()), ["groups,4,id,duplicate-row,2,true"]);
    assert_eq!(lines(found.unknown())[0], "party,3,,1");
    // Without the table everything stays as it is.
    let found = bind(mapping, &[("t", &tickets.replace(",1\n", ",Cloud\n"))]).unwrap();
    assert_eq!(found.tickets().column("party").unwrap().get(0), Some("cloudco"));
    assert_eq!(
        faults(bind(&mapping.replace("value: name", "value: nme"), &[("t", tickets), ("groups", groups)])),
        ["missing-column mapping:3:68"]
    );
}

#[test]
fn a_second_word_stands_behind_the_first_in_tickets_and_in_histories() {
    let and = "and: {of: [why, reason], after: Hold, values: {'4': Vendor}}";
    let changes = "n,at,what,old,new\n\
        A,2026-10-03T03:00:00Z,st,2,3\n\
        A,2026-10-03T03:00:00Z,reason,,4\n\
        A,2026-10-03T05:00:00Z,reason,4,9\n\
        A,2026-10-03T06:00:00Z,st,3,2\n\
        A,2026-10-03T07:00:00Z,reason,9,\n";
    let tickets = "ticket,opened,s,reason\nA,2026-10-03T01:00:00Z,3,4\nB,2026-10-03T01:00:00Z,2,4\nC,2026-10-03T01:00:00Z,3,\n";
    let mapping = format!(
        "tables: {{tickets: {{}}, h: {{shape: changes, key: n, at: at}}}}\n\
        gives:\n\
        \x20 tickets: {{from: tickets, columns: {{ticket: ticket, opened: opened, state: {{column: s, values: {{'2': Work, '3': Hold}}, {and}}}}}}}\n\
        \x20 ticket_events: {{from: h, columns: {{field: what, from: old, to: new}}, fields: {{state: {{of: st, values: {{'2': Work, '3': Hold}}, {and}}}}}}}\n"
    );
    let found = bind(&mapping, &[("tickets", tickets), ("h", changes)]).unwrap();
    let state = found.tickets().column("state").unwrap();
    assert_eq!((0..3).map(|row| state.get(row).unwrap()).collect::<Vec<_>>(), ["Hold/Vendor", "Work", "Hold"]);
    assert_eq!(states(&found, "A"), "-1 Work, 3 Hold/Vendor, 5 Hold/9, 6 Work");
    assert_eq!(states(&found, "B"), "-1 Work");
    // Twice as what a reason became, once as what it was.
    assert_eq!(lines(found.unknown()), ["state,9,,2"]);
}

const LABELS: &str = "Number,Opened,Resolved,Priority,Assignment group,Service,Incident state,Short description\n\
    INC1,03-10-2026 11:00:00,13-10-2026 12:00:00,2 - High,Network,E-mail,Closed,no mail\n";

#[test]
fn an_export_of_servicenow_is_read_by_label_by_name_and_by_both_halves() {
    let preset = "preset: servicenow\ndates: {zone: Europe/Zurich}\n";
    let by_name = "number,sys_id,opened_at,resolved_at,priority,assignment_group,business_service,state,hold_reason\n\
        INC1,a1,2026-10-03 11:00:00,2026-10-13 12:00:00,2,g1,s1,3,4\n";
    let both = "number.display_value,opened_at.value,opened_at.display_value,resolved_at.value,priority.value,assignment_group.display_value,business_service.display_value,state.display_value,hold_reason.display_value\n\
        INC1,2026-10-03 09:00:00,10/03/2026 11:00:00 AM,2026-10-13 10:00:00,2,Network,E-mail,On Hold,Awaiting Vendor\n";
    for (text, state) in [(LABELS, "Closed"), (by_name, "On Hold/Awaiting Vendor"), (both, "On Hold/Awaiting Vendor")] {
        let groups = ("sys_user_group", "sys_id,name\ng1,Network\n");
        let services = ("cmdb_ci_service", "Sys ID,Name\ns1,E-mail\n");
        let given = if text == by_name { vec![("incident", text), groups, services] } else { vec![("incident", text)] };
        let found = bind(preset, &given).unwrap();
        let tickets = found.tickets();
        let word = |column: &str| tickets.column(column).unwrap().get(0).unwrap_or("-").to_owned();
        assert_eq!(tickets.ids().collect::<Vec<_>>(), ["INC1"]);
        assert_eq!(tickets.instants(TicketInstant::Opened), [at("10-03T09:00")]);
        assert_eq!(tickets.instants(TicketInstant::Resolved), [at("10-13T10:00")]);
        assert_eq!([word("priority"), word("party"), word("service"), word("state")], ["P2", "Network", "E-mail", state]);
    }
    // A format that is stated for all tables counts before the usual ones.
    let stated = preset.replace("{zone", "{format: '%m-%d-%Y %H:%M:%S', zone");
    let found = bind(&stated, &[("incident", &LABELS.replace("13-10", "10-13"))]).unwrap();
    assert_eq!(found.tickets().instants(TicketInstant::Opened), [at("03-10T10:00")]);
    // Nobody stated the zone of a list.
    let unstated = bind("preset: servicenow\n", &[("incident", LABELS)]);
    assert_eq!(faults(unstated), ["zone-not-stated table incident row 1 column Opened"]);
    assert_eq!(faults(bind("preset: servicenw\n", &[("incident", LABELS)])), ["unresolved-name mapping:1:9"]);
    assert_eq!(faults(bind("preset: servicenow\n", &[("tickets", "ticket,opened\n")])), ["preset-unused mapping:1:9"]);
}

#[test]
fn a_document_writes_over_its_preset() {
    let written = "preset: servicenow\ndates: {zone: UTC}\n\
        gives: {tickets: {columns: {party: {value: netco}, category: ~, urgency: Short description}}}\n";
    let found = bind(
        written,
        &[("incident", &LABELS.replace("Short description", "Short description,Category").replace("no mail", "no mail,x"))],
    )
    .unwrap();
    let tickets = found.tickets();
    assert_eq!(tickets.column("party").unwrap().get(0), Some("netco"));
    assert_eq!(tickets.column("urgency").unwrap().get(0), Some("no mail"));
    assert!(tickets.column("category").is_none());
    assert!(lines(found.tables()[3]).iter().any(|line| line.starts_with("incident,Category,not_read")));
    // A table of another shape takes nothing of what the preset says of it.
    let moved = "preset: servicenow\ndates: {zone: UTC}\ntables: {mine: {}}\ngives: {tickets: {from: mine, columns: {ticket: n, opened: o}}}\n";
    let audit = ("sys_audit", "documentkey,fieldname,oldvalue,newvalue,sys_created_on\n");
    let incident = ("incident", "sys_id,number\n");
    let found = bind(moved, &[("mine", "n,o\nA,2026-10-03T01:00:00Z\n"), audit, incident]).unwrap();
    assert_eq!(found.tickets().ids().collect::<Vec<_>>(), ["A"]);
}

#[test]
fn the_audit_of_servicenow_is_joined_by_sys_id_and_its_verdicts_by_number() {
    let incident = "number,sys_id,opened_at,priority,state\nINC1,a1,2026-10-03 11:00:00,2,6\nINC2,a2,2026-10-03 11:00:00,3,1\n";
    let audit = "tablename,documentkey,fieldname,oldvalue,newvalue,user,sys_created_on,record_checkpoint\n\
        incident,a1,state,1,2,ann,2026-10-03 09:30:00,1\n\
        incident,a1,state,2,3,ann,2026-10-03 10:00:00,2\n\
        incident,a1,hold_reason,,4,ann,2026-10-03 10:00:00,2\n\
        incident,a1,state,3,2,ann,2026-10-03 12:00:00,3\n\
        incident,a1,assignment_group,g1,g2,ann,2026-10-03 11:00:00,4\n\
        incident,a9,state,1,2,ann,2026-10-03 12:00:00,1\n\
        problem,a1,state,101,102,ann,2026-10-03 12:00:00,1\n";
    let slas = "task,sla,has_breached,business_duration,stage\n\
        INC1,P2 resolve,true,0 01:30:00,Completed\n\
        INC1,P2 respond,false,15 Minutes,Completed\n\
        INC2,P3 resolve,true,90,Cancelled\n";
    let groups = "sys_id,name\ng1,Desk\ng2,Network\n";
    let preset = "preset: servicenow\ndates: {zone: Europe/Zurich}\n\
        gives: {verdicts: {columns: {measure: {column: sla, values: {P2 resolve: p2-resolve, P2 respond: p2-respond}}}}}\n";
    let given = [("incident", incident), ("sys_audit", audit), ("task_sla", slas), ("sys_user_group", groups)];
    let found = bind(preset, &given).unwrap();
    assert_eq!(states(&found, "INC1"), "-1 New, 9 In Progress, 10 On Hold/Awaiting Vendor, 12 In Progress");
    let party = found.history("party").unwrap();
    let spans: Vec<_> = party.spans(0).map(|(from, _, code)| (from.max(0) / MINUTE % 1440, party.words().word(code))).collect();
    assert_eq!(spans, [(0, Some("Desk")), (660, Some("Network"))]);
    assert_eq!(lines(found.rejected()), ["sys_audit,6,documentkey,event-without-ticket,a9,true"]);
    assert_eq!(
        lines(found.tables()[0]),
        ["incident,tickets,2,0,2,0", "sys_audit,ticket_events,7,1,5,1", "task_sla,verdicts,3,0,2,1"]
    );
    // INC2 is in no row of the audit, so that it has been what its own row says.
    assert_eq!(states(&found, "INC2"), "-1 New");
    let verdict = |measure| found.verdicts().of(0, measure).map(|verdict| (verdict.met, verdict.seconds));
    assert_eq!(verdict("p2-resolve"), Some((Some(false), Some(5_400))));
    assert_eq!(verdict("p2-respond"), Some((Some(true), Some(900))));
    assert_eq!(found.verdicts().of(1, "p3-resolve"), None);
}

#[test]
fn metrics_of_servicenow_are_intervals_and_outages_are_outages() {
    let incident = ("incident", "number,opened_at\nINC1,2026-10-03T01:00:00Z\n");
    let metric = "inc_number,mi_field,mi_value,mi_start,mi_end\n\
        INC1,incident_state,New,2026-10-03T01:00:00Z,2026-10-03T02:00:00Z\n\
        INC1,incident_state,On Hold,2026-10-03T02:00:00Z,2026-10-03T03:00:00Z\n\
        INC1,assignment_group,Desk,2026-10-03T01:00:00Z,\n";
    let outages =
        "cmdb_ci,type,begin,end\nwan,outage,2026-10-03T01:00:00Z,2026-10-03T02:00:00Z\nwan,degradation,2026-10-04T01:00:00Z,\n";
    let found = bind("preset: servicenow\n", &[incident, ("incident_metric", metric), ("cmdb_ci_outage", outages)]).unwrap();
    assert_eq!(states(&found, "INC1"), "-1 -, 1 New, 2 On Hold, 3 -");
    assert!(found.history("party").is_some());
    let level = &found.outages().columns.iter().find(|(name, _)| name == "level").unwrap().1;
    assert_eq!((level.get(0), level.get(1), found.outages().to[1]), (Some("down"), Some("degraded"), i64::MAX));
}

#[test]
fn only_accepted_exclusions_leave_out_and_a_service_only_for_its_stretch_of_time() {
    let tickets = "ticket,service,opened\n\
        A,email,2026-10-03T01:00:00Z\nB,email,2026-10-04T01:00:00Z\nC,wan,2026-10-03T01:00:00Z\nD,email,2026-10-05T01:00:00Z\n";
    let exclusions = "key,service,from,until,measure,reason,status\n\
        C,,,,p2,moved,accepted\n\
        ,email,2026-10-03T02:00:00Z,2026-10-05T01:00:00Z,,move,\n\
        A,,,,,asked,claimed\n\
        ,wan,,,,asked,refused\n\
        ,,,,,nothing,\n\
        ,email,2026-10-05T00:00:00Z,soon,,open,\n\
        ,email,2026-10-05T00:00:00Z,2026-10-04T00:00:00Z,,turned,\n\
        Z,,,,,gone,\n";
    let found = bind("", &[("tickets", tickets), ("exclusions", exclusions)]).unwrap();
    let out =
        |ticket: usize, measure| found.exclusions().of(ticket, measure).and_then(|exclusion| exclusion.reason).unwrap_or("-");
    assert_eq!([out(0, "p2"), out(1, "p2"), out(2, "p2"), out(2, "p3"), out(3, "p2")], ["-", "move", "moved", "-", "-"]);
    assert_eq!(
        lines(found.tables()[4]),
        [
            "C,,,,p2,moved,,,,accepted,true,1",
            ",email,2026-10-03T02:00:00Z,2026-10-05T01:00:00Z,,move,,,,accepted,true,1",
            "A,,,,,asked,,,,claimed,false,0",
            ",wan,,,,asked,,,,refused,false,0",
        ]
    );
    assert_eq!(
        lines(found.rejected()),
        [
            "exclusions,6,until,bad-cell,soon,true",
            "exclusions,7,until,bad-order,2026-10-04T00:00:00Z,true",
            "exclusions,5,key,missing-value,,true",
            "exclusions,8,key,event-without-ticket,Z,true",
        ]
    );
    assert_eq!(lines(found.tables()[0])[1], "exclusions,exclusions,8,4,4,0");
}

#[test]
fn what_is_finer_than_a_microsecond_is_floored_and_told() {
    use crate::base::columns::TimeUnit;
    let text = "ticket,opened\nA,2026-10-03T09:00:00.1234567Z\nB,2026-10-03T09:00:00.1234560Z\n";
    let found = bind("", &[("tickets", text)]).unwrap();
    assert_eq!(found.tickets().instants(TicketInstant::Opened)[0] % 1_000_000, 123_456);
    assert_eq!(told(&found), ["instants-floored table tickets column opened"]);
    let nanos = [1_001_i64, 2_000];
    let opened = ColumnView::new(Values::Timestamp { values: &nanos, unit: TimeUnit::Nanosecond, zoned: true }, None, 2);
    let table = TableView::of("tickets", vec![("ticket", ColumnView::integers(&[1, 2])), ("opened", opened)]);
    let found = evidence(&acme(), &EvidenceQuery::default(), vec![table], &Limits::default()).unwrap();
    assert_eq!(found.tickets().instants(TicketInstant::Opened), [1, 2]);
    assert_eq!(told(&found), ["instants-floored table tickets column opened"]);
}

#[test]
fn a_dictionary_is_read_like_the_words_it_stands_for() {
    let offsets = [0, 5, 8, 9];
    let values = || Box::new(ColumnView::new(Values::Text { offsets: &offsets, bytes: b"emailwan " }, None, 3));
    let keys = [1_i32, 0, 2, 1, 7];
    let service = ColumnView::new(
        Values::Dictionary { keys: Box::new(ColumnView::new(Values::Int32(&keys), None, 5)), values: values() },
        None,
        5,
    );
    let opened = [0_i64; 5];
    let table = TableView::of(
        "tickets",
        vec![("ticket", ColumnView::integers(&[5, 4, 3, 2, 1])), ("opened", ColumnView::instants(&opened)), ("service", service)],
    );
    let found = evidence(&acme(), &EvidenceQuery::default(), vec![table], &Limits::default()).unwrap();
    let service = found.tickets().column("service").unwrap();
    let words: Vec<_> = (0..5).map(|row| service.get(row)).collect();
    assert_eq!(words, [None, Some("wan"), None, Some("email"), Some("wan")]);
    assert_eq!(lines(found.rejected()), ["tickets,5,service,bad-cell,,false"]);
    assert_eq!(lines(found.tables()[3])[2], "tickets,service,used,tickets.service,5,1,1");
}

#[test]
fn no_cell_of_an_export_panics_whatever_stands_there() {
    let words = [
        "",
        " ",
        "1",
        "INC1",
        "a1",
        "state",
        "hold_reason",
        "On Hold",
        "2026-10-03 09:00:00",
        "31/12/2026 23:59",
        "x\u{e9}",
        "-9",
        "1970-01-02 00:00:00",
        "true",
        "1 Day",
    ];
    let tables = [
        ("incident", "number,sys_id,opened_at,resolved_at,priority,state,hold_reason,assignment_group"),
        ("sys_audit", "documentkey,fieldname,oldvalue,newvalue,sys_created_on,record_checkpoint,user"),
        ("task_sla", "task,sla,has_breached,business_duration,stage"),
        ("cmdb_ci_outage", "cmdb_ci,type,begin,end"),
        ("sys_user_group", "sys_id,name"),
    ];
    let mut state = 7_u32;
    let mut dice = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state as usize >> 8
    };
    let known: Vec<&str> = CODES.iter().map(|code| code.name).collect();
    for round in 0..60 {
        let mut given: Vec<(&str, String)> = Vec::new();
        for (name, header) in tables {
            let columns = header.split(',').count();
            let mut text = format!("{header}\n");
            for _ in 0..dice() % 6 {
                let cells: Vec<&str> = (0..columns).map(|_| words[dice() % words.len()]).collect();
                text.push_str(&cells.join(","));
                text.push('\n');
            }
            given.push((name, text));
        }
        let given: Vec<(&str, &str)> = given.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let preset =
            "preset: servicenow\ndates: {zone: UTC, format: ['%Y-%m-%d %H:%M:%S']}\ntables: {incident: {dates: {format: iso}}}\n";
        match bind(preset, &given) {
            Ok(found) => {
                for line in 0..found.rejected().rows() {
                    let reason = cell_text(&found.rejected().cell(line, "reason"));
                    assert!(known.contains(&reason.as_str()), "round {round}: {reason}");
                }
                let used = found.tables()[0];
                for row in 0..used.rows() {
                    assert!(used.cell(row, "gave") != crate::base::columns::Cell::Null);
                }
            }
            Err(error) => assert!(!error.problems().is_empty()),
        }
    }
}
