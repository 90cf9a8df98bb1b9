//! Findings about what is described and not used: classes, calendars, suppliers.
//!
//! Goes in: the whole model, at any time. Comes out: advice at what nothing refers to.
//! **Invariant:** what is used at some time, even if not at the instant asked about, is used.
//! **Not here:** interfaces and agreements that nobody needs (`boundaries`).

use super::looking::Looking;
use crate::base::codes;
use crate::model::Model;
use crate::model::cadence::Due;
use crate::model::calendar::CalendarIdx;
use crate::model::dated::Timeline;
use crate::model::party::{PartyIdx, PartyKind};
use crate::model::responsibility::Subject;
use std::collections::BTreeSet;

pub(super) fn look(looking: &mut Looking<'_>) {
    let model = looking.model;
    let of_services: BTreeSet<_> = model.services.iter().flat_map(|service| spans(&service.class)).collect();
    for (name, at) in model.names.classes.iter().filter(|(_, at)| !of_services.contains(at)) {
        let mark = model.classes.get(*at).map(|class| class.mark).unwrap_or_default();
        let finding = looking.finding(&codes::CLASS_UNUSED, mark, "class", name).named("class", name);
        looking.add(finding);
    }
    let calendars = calendars(model);
    // Calendars alone are a document of their own: questions of hours name them.
    let questions_only = model.services.is_empty() && model.agreements.is_empty();
    for (name, at) in model.names.calendars.iter().filter(|(_, at)| !questions_only && !calendars.contains(at)) {
        let mark = model.calendar_marks.get(crate::base::Idx::new(at.get())).copied().unwrap_or_default();
        let finding = looking.finding(&codes::CALENDAR_UNUSED, mark, "calendar", name).named("calendar", name);
        looking.add(finding);
    }
    let parties = parties(model);
    for (name, at) in model.names.parties.iter().filter(|(_, at)| !parties.contains(at)) {
        let Some(party) = model.parties.get(*at).filter(|party| party.kind == PartyKind::Supplier) else { continue };
        let finding = looking.finding(&codes::PARTY_UNUSED, party.mark, "party", name).named("party", name);
        looking.add(finding);
    }
}

fn spans<T: Copy>(timeline: &Timeline<T>) -> impl Iterator<Item = T> + '_ {
    timeline.spans().iter().map(|(_, value)| *value)
}

/// The calendars that something refers to.
fn calendars(model: &Model) -> BTreeSet<CalendarIdx> {
    let mut used: BTreeSet<CalendarIdx> = BTreeSet::new();
    for service in model.services.iter() {
        used.extend(spans(&service.hours).chain(spans(&service.user_hours)));
    }
    used.extend(model.classes.iter().filter_map(|class| class.hours));
    used.extend(model.measures.iter().filter_map(|measure| measure.calendar));
    used.extend(model.maintenance.iter().filter_map(|rule| rule.window));
    used.extend(model.parties.iter().flat_map(|party| spans(&party.hours)));
    used.extend(model.roles.iter().flat_map(|role| spans(&role.hours)));
    used.extend(&model.framework.calendars);
    used.extend(model.forums.iter().filter_map(|forum| forum.meets.and_then(|cadence| cadence.calendar)));
    let exchanges = model.interfaces.iter().flat_map(|interface| &interface.exchanges).filter_map(|exchange| exchange.due);
    let obligations = model.contracts.iter().flat_map(|contract| &contract.obligations).filter_map(|obligation| obligation.due);
    used.extend(exchanges.chain(obligations).filter_map(|due| match due {
        Due::Again(cadence) => cadence.calendar,
        Due::Once(_) => None,
    }));
    used
}

/// The parties that provide something or take part in something.
fn parties(model: &Model) -> BTreeSet<PartyIdx> {
    let mut used: BTreeSet<PartyIdx> = model.services.iter().flat_map(|service| spans(&service.provider)).collect();
    used.extend(model.agreements.iter().flat_map(|agreement| [agreement.provider, agreement.customer]).flatten());
    for contract in model.contracts.iter() {
        used.extend([contract.provider, contract.customer]);
        used.extend(contract.obligations.iter().flat_map(|obligation| [obligation.by, obligation.to]));
    }
    used.extend(model.interfaces.iter().flat_map(|interface| &interface.parties));
    used.extend(model.roles.iter().map(|role| role.party));
    used.extend(model.parties.iter().filter_map(|party| party.subcontractor_of));
    let cells = model.responsibilities.iter().map(|cell| cell.subject);
    let sitting = model.forums.iter().flat_map(|forum| forum.chair.iter().chain(&forum.members).copied());
    used.extend(cells.chain(sitting).filter_map(|subject| match subject {
        Subject::Party(party) => Some(party),
        Subject::Role(_) | Subject::Provider => None,
    }));
    let together = model.collective.iter().flat_map(|collective| &collective.parties);
    used.extend(together.filter_map(|name| model.names.parties.get(&name.value)));
    used
}
