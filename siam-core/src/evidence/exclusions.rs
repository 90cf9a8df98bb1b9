//! Exclusions: what is left out of measures, ticket by ticket or for a stretch of time of a service.
//!
//! Goes in: a source and the columns that a mapping gives of it. Comes out: `Exclusions`, and every claim as it stands.
//! **Invariant:** only an accepted exclusion leaves anything out; claimed and refused ones are kept beside.
//! **Not here:** what is left out of a figure (`answer::score`), reading cells (`source`).
//!
//! An exclusion of a service leaves out the tickets of that service which were opened in its stretch of time, from its beginning and
//! before its end; one without a beginning or an end has none.

use super::bind::{Binder, Columns, column_name};
use super::bound::{Claim, Exclusions};
use super::labels::{Coder, Labels, NONE};
use super::when::MISSING;
use crate::base::codes;
use crate::base::columns::Cell;
use crate::model::agreement::TicketInstant;
use std::collections::BTreeMap;

/// The rows of the table, column by column.
struct Rows {
    rows: Vec<u32>,
    keys: Labels,
    services: Labels,
    from: Vec<i64>,
    until: Vec<i64>,
    others: [Labels; 6],
}

const OTHERS: [&str; 6] = ["measure", "reason", "clause", "requested_by", "accepted_by", "status"];

impl Binder<'_, '_, '_> {
    /// Binds exclusions; gives how many there are, accepted or not.
    pub(super) fn exclusions(&mut self, columns: &Columns<'_>) -> usize {
        let rows = self.rows(columns);
        let read = self.exclusion_rows(columns, rows);
        let tickets = self.tickets_of(&read.keys);
        let mut claims: Vec<Claim> = Vec::with_capacity(read.rows.len());
        // A ticket with every exclusion of it, by its row.
        let mut of_ticket: Vec<(u32, u32)> = Vec::new();
        let mut of_service: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for (at, row) in read.rows.iter().enumerate() {
            let word = |labels: &Labels| labels.get(at).map(str::to_owned);
            let [measure, reason, clause, requested_by, accepted_by, status] = &read.others;
            let accepted = status.get(at).is_none_or(|status| status.eq_ignore_ascii_case("accepted"));
            let claim = u32::try_from(claims.len()).unwrap_or(NONE);
            let key = read.keys.get(at);
            let ticket = tickets.get(read.keys.code(at) as usize).copied().unwrap_or(NONE);
            match (key, read.services.get(at)) {
                (Some(id), _) if ticket == NONE => {
                    let id = Cell::Text(id.into());
                    self.reject(*row, &column_name(columns, "key"), &codes::UNKNOWN_EVENT_TICKET, &id, true);
                    continue;
                }
                (Some(_), _) if accepted => of_ticket.push((ticket, claim)),
                (None, Some(service)) if accepted => of_service.entry(service).or_default().push(claim),
                _ => {}
            }
            claims.push(Claim {
                key: word(&read.keys),
                service: word(&read.services),
                from: read.from.get(at).copied().unwrap_or(MISSING),
                until: read.until.get(at).copied().unwrap_or(MISSING),
                measure: word(measure),
                reason: word(reason),
                clause: word(clause),
                requested_by: word(requested_by),
                accepted_by: word(accepted_by),
                status: word(status),
                accepted,
                tickets: 0,
            });
        }
        self.of_services(&of_service, &claims, &mut of_ticket);
        of_ticket.sort_unstable();
        for (_, claim) in &of_ticket {
            if let Some(claim) = claims.get_mut(*claim as usize) {
                claim.tickets += 1;
            }
        }
        let words = |of: fn(&Claim) -> &Option<String>| {
            let mut coder = Coder::with_rows(of_ticket.len());
            for (_, claim) in &of_ticket {
                coder.push(claims.get(*claim as usize).and_then(|claim| of(claim).as_deref()));
            }
            coder.finish()
        };
        let gave = claims.len();
        self.bound.exclusions = Exclusions {
            tickets: of_ticket.iter().map(|(ticket, _)| *ticket).collect(),
            measures: words(|claim| &claim.measure),
            reasons: words(|claim| &claim.reason),
            clauses: words(|claim| &claim.clause),
            services: read.services,
            claims,
        };
        gave
    }

    /// The tickets of services that an exclusion leaves out.
    fn of_services(&self, of_service: &BTreeMap<&str, Vec<u32>>, claims: &[Claim], of_ticket: &mut Vec<(u32, u32)>) {
        let Some(services) = self.bound.tickets.column("service").filter(|_| !of_service.is_empty()) else { return };
        let claimed: Vec<Option<&Vec<u32>>> = services.words().map(|word| of_service.get(word)).collect();
        let opened = self.bound.tickets.instants(TicketInstant::Opened);
        for ((ticket, code), opened) in (0_u32..).zip(services.codes()).zip(opened) {
            let Some(Some(claimed)) = claimed.get(*code as usize) else { continue };
            let holds = |claim: &&u32| {
                claims.get(**claim as usize).is_some_and(|claim| {
                    (claim.from == MISSING || claim.from <= *opened) && (claim.until == MISSING || *opened < claim.until)
                })
            };
            of_ticket.extend(claimed.iter().filter(holds).map(|claim| (ticket, *claim)));
        }
    }

    /// Reads the table; a row without ticket and service, or whose stretch of time cannot be read, is rejected.
    fn exclusion_rows(&mut self, columns: &Columns<'_>, mut rows: Vec<u32>) -> Rows {
        let instants = |binder: &mut Self, name: &str, rows: &[u32]| match columns.get(name) {
            Some(found) => binder.source.instants(found, &columns.gives(name), rows, true, &mut binder.bound.record),
            None => (vec![MISSING; rows.len()], Vec::new()),
        };
        let (from, bad_from) = instants(self, "from", &rows);
        let (until, bad_until) = instants(self, "until", &rows);
        // Without its bound an exclusion would leave out more than was agreed.
        let mut bad: Vec<usize> = bad_from.into_iter().chain(bad_until).map(|(at, _)| at).collect();
        for (at, row) in rows.iter().enumerate() {
            let (Some(from), Some(until)) = (from.get(at), until.get(at)) else { continue };
            if *from != MISSING && *until != MISSING && until < from {
                self.reject(*row, &column_name(columns, "until"), &codes::BAD_ORDER, &Cell::Instant(*until), true);
                bad.push(at);
            }
        }
        bad.sort_unstable();
        let good = |at: &usize| bad.binary_search(at).is_err();
        let kept: Vec<usize> = (0..rows.len()).filter(good).collect();
        let pick = |values: &[i64], kept: &[usize]| kept.iter().filter_map(|at| values.get(*at).copied()).collect::<Vec<i64>>();
        let (from, until) = (pick(&from, &kept), pick(&until, &kept));
        rows = kept.iter().filter_map(|at| rows.get(*at).copied()).collect();
        let none = || Coder::default().finish();
        let keys = self.labels(columns, "key", &rows).unwrap_or_else(none);
        let services = self.labels(columns, "service", &rows).unwrap_or_else(none);
        let kept: Vec<usize> = (0..rows.len()).filter(|at| keys.code(*at) != NONE || services.code(*at) != NONE).collect();
        let lacking: Vec<u32> = (0..rows.len())
            .filter(|at| keys.code(*at) == NONE && services.code(*at) == NONE)
            .filter_map(|at| rows.get(at).copied())
            .collect();
        let of_service = columns.get("key").is_none() && columns.get("service").is_some();
        let name = if of_service { "service" } else { "key" };
        for row in lacking {
            self.reject(row, &column_name(columns, name), &codes::MISSING_VALUE, &Cell::Null, true);
        }
        let again = |labels: &Labels| {
            let mut coder = Coder::with_rows(kept.len());
            kept.iter().for_each(|at| coder.push(labels.get(*at)));
            coder.finish()
        };
        let rows: Vec<u32> = kept.iter().filter_map(|at| rows.get(*at).copied()).collect();
        let others = OTHERS.map(|name| self.labels(columns, name, &rows).unwrap_or_else(none));
        Rows {
            keys: again(&keys),
            services: again(&services),
            from: pick(&from, &kept),
            until: pick(&until, &kept),
            rows,
            others,
        }
    }
}
