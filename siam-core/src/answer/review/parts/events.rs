//! The tables of a review about major events: what happened, who claims relief for it, to whom it was attributed.
//!
//! Goes in: events declared in the period, outages, tickets, claims, attribution. Comes out: events, timeline, claims, causes.
//! **Invariant:** what is shown of an event stands in the evidence under its id.
//! **Not here:** the other tables (`parts`), their schemas (`schema`).

use super::{Parts, instant, instant_cell, word};
use crate::answer::review::schema;
use crate::base::columns::Cell;
use crate::base::table::cells::{count, integer_or_null, text, text_or_null};
use crate::base::{Instant, Ratio, Table};
use crate::evidence::MISSING;
use std::collections::BTreeSet;

impl<'r> Parts<'r> {
    /// The events declared in the period: their ids and rows, in order of time.
    pub(super) fn events(&self) -> Vec<(&'r str, usize)> {
        let Some(records) = self.review.evidence.records("events") else { return Vec::new() };
        let declared = |row: &usize| instant(records, "declared", *row).filter(|at| self.within(*at));
        let mut found: Vec<(i64, &'r str, usize)> =
            (0..records.len()).filter_map(|row| Some((declared(&row)?, word(records, "event", row)?, row))).collect();
        found.sort();
        found.into_iter().map(|(_, id, row)| (id, row)).collect()
    }
    /// The outages that belong to an event: service, from, to, level, change.
    fn outages_of(&self, event: &str) -> Vec<usize> {
        let outages = self.review.evidence.outages();
        let events = outages.columns.iter().find(|(name, _)| name == "event").map(|(_, words)| words);
        (0..outages.from.len()).filter(|row| events.and_then(|words| words.get(*row)) == Some(event)).collect()
    }
    fn tickets_of(&self, event: &str) -> Vec<usize> {
        let tickets = self.review.evidence.tickets();
        let events = tickets.column("event");
        (0..tickets.len()).filter(|row| events.and_then(|words| words.get(*row)) == Some(event)).collect()
    }

    pub(super) fn event_table(&self, events: &[(&str, usize)]) -> Table {
        let model = self.model();
        let mut table = Table::new(&schema::EVENTS);
        let Some(records) = self.review.evidence.records("events") else { return table };
        let outages = self.review.evidence.outages();
        for (id, row) in events {
            let (declared, restored) = (instant(records, "declared", *row), instant(records, "restored", *row));
            let length = declared.zip(restored).map(|(from, until)| (until - from).div_euclid(1_000_000));
            let own = self.outages_of(id);
            let mut services: BTreeSet<&str> = own.iter().filter_map(|at| outages.services.get(*at)).collect();
            services.extend(word(records, "service", *row));
            let provider = |service: &&str| {
                let service = model.names.services.get(service).and_then(|at| model.services.get(*at))?;
                service.provider.at(Instant(declared?)).map(|party| model.party_name(*party))
            };
            let parties: BTreeSet<&str> = services.iter().filter_map(provider).collect();
            let claims = self.review.evidence.records("claims");
            let claims = claims.map_or(0, |claims| (0..claims.len()).filter(|at| word(claims, "event", *at) == Some(id)).count());
            let join = |names: &BTreeSet<&str>| names.iter().copied().collect::<Vec<_>>().join(", ");
            table.push(&[
                text(id),
                text_or_null(word(records, "kind", *row)),
                text_or_null(word(records, "title", *row)),
                instant_cell(declared),
                instant_cell(restored),
                integer_or_null(length),
                text(&join(&services)),
                text(&join(&parties)),
                count(own.len()),
                count(self.tickets_of(id).len()),
                count(claims),
            ]);
        }
        table
    }

    pub(super) fn timeline(&self, events: &[(&str, usize)]) -> Table {
        /// When, what, id, service, party, status.
        type Moment = (i64, u8, &'static str, Option<String>, Option<String>, Option<String>, Option<String>);
        let mut table = Table::new(&schema::TIMELINE);
        let evidence = &self.review.evidence;
        let Some(records) = evidence.records("events") else { return table };
        let (outages, tickets) = (evidence.outages(), evidence.tickets());
        let column = |name: &str| outages.columns.iter().find(|(known, _)| known == name).map(|(_, words)| words);
        let (levels, changes) = (column("level"), column("change"));
        let own = |word: Option<&str>| word.map(str::to_owned);
        for (id, row) in events {
            let mut moments: Vec<Moment> = Vec::new();
            for (order, what) in [(0, "declared"), (9, "restored")] {
                if let Some(at) = instant(records, what, *row) {
                    moments.push((at, order, what, None, None, None, None));
                }
            }
            let mut named: BTreeSet<&str> = BTreeSet::new();
            for at in self.outages_of(id) {
                let service = own(outages.services.get(at));
                let level = own(levels.and_then(|words| words.get(at)));
                let change = changes.and_then(|words| words.get(at));
                named.extend(change);
                if let Some(from) = outages.from.get(at) {
                    moments.push((*from, 2, "outage_began", own(change), service.clone(), None, level.clone()));
                }
                if let Some(to) = outages.to.get(at).filter(|to| **to != i64::MAX) {
                    moments.push((*to, 3, "outage_ended", own(change), service, None, level));
                }
            }
            for at in self.tickets_of(id) {
                let opened = tickets.instants(crate::model::agreement::TicketInstant::Opened).get(at).copied().unwrap_or(MISSING);
                let of = |name: &str| own(tickets.column(name).and_then(|words| words.get(at)));
                let child = tickets.column("parent").and_then(|words| words.get(at)).is_some();
                if opened != MISSING && !child {
                    moments.push((
                        opened,
                        4,
                        "ticket_opened",
                        Some(tickets.id(at).to_owned()),
                        of("service"),
                        of("party"),
                        of("priority"),
                    ));
                }
            }
            if let Some(changes) = evidence.records("changes") {
                for at in 0..changes.len() {
                    let Some(change) = word(changes, "change", at).filter(|change| named.contains(change)) else { continue };
                    for (order, what, from) in [(1, "change_began", "actual_from"), (5, "change_ended", "actual_until")] {
                        if let Some(when) = instant(changes, from, at) {
                            let service = own(word(changes, "service", at));
                            moments.push((
                                when,
                                order,
                                what,
                                Some(change.to_owned()),
                                service,
                                None,
                                own(word(changes, "outcome", at)),
                            ));
                        }
                    }
                }
            }
            if let Some(claims) = evidence.records("claims") {
                for at in (0..claims.len()).filter(|at| word(claims, "event", *at) == Some(id)) {
                    for (order, what, column) in [(6, "claim_notified", "notified_at"), (7, "claim_decided", "decided_at")] {
                        if let Some(when) = instant(claims, column, at) {
                            let (claim, party) = (own(word(claims, "claim", at)), own(word(claims, "party", at)));
                            moments.push((when, order, what, claim, None, party, own(word(claims, "status", at))));
                        }
                    }
                }
            }
            moments.sort();
            for (at, _, what, thing, service, party, status) in &moments {
                table.push(&[
                    text(id),
                    Cell::Instant(*at),
                    text(what),
                    text_or_null(thing.as_deref()),
                    text_or_null(service.as_deref()),
                    text_or_null(party.as_deref()),
                    text_or_null(status.as_deref()),
                ]);
            }
        }
        table
    }

    pub(super) fn claims(&self, events: &[(&str, usize)]) -> Table {
        let mut table = Table::new(&schema::CLAIMS);
        let Some(claims) = self.review.evidence.records("claims") else { return table };
        for at in 0..claims.len() {
            let event = word(claims, "event", at);
            let own = event.is_some_and(|event| events.iter().any(|(id, _)| *id == event));
            let notified = instant(claims, "notified_at", at);
            if !own && !notified.is_some_and(|at| self.within(at)) {
                continue;
            }
            let of = |column: &str| text_or_null(word(claims, column, at));
            table.push(&[
                of("claim"),
                of("party"),
                of("event"),
                of("measure"),
                of("cause_party"),
                instant_cell(notified),
                of("status"),
                of("decided_by"),
                instant_cell(instant(claims, "decided_at", at)),
                of("reason"),
                of("clause"),
            ]);
        }
        table
    }

    pub(super) fn causes(&self, events: &[(&str, usize)]) -> Table {
        let mut table = Table::new(&schema::CAUSES);
        let Some(shares) = self.review.evidence.records("attribution") else { return table };
        for at in 0..shares.len() {
            let event = word(shares, "event", at).filter(|event| events.iter().any(|(id, _)| id == event));
            let share = shares.ratios("share").and_then(|shares| shares.get(at).cloned().flatten());
            if let (Some(event), Some(share)) = (event, share) {
                let percent = Cell::Float(share.times(&Ratio::whole(100)).to_f64());
                table.push(&[text(event), text_or_null(word(shares, "party", at)), percent, text(&share.to_exact_text())]);
            }
        }
        table
    }
}
