//! What a model says of contracts, organisation, interfaces and regimes.
//!
//! Goes in: a checked model. Comes out: facts of those parts.
//! **Invariant:** every attribute of every such part gives a fact.
//! **Not here:** the other parts, and how values are written (`facts`).

use super::*;

impl Facts<'_> {
    pub(super) fn contracts(&mut self) {
        let model = self.model;
        for contract in model.contracts.iter() {
            let part = Part::of::<crate::model::contract::Contract>(contract.id.as_str());
            self.part(part, &contract.title, contract.validity);
            self.whole(part, "provider", model.party_name(contract.provider));
            self.whole(part, "customer", model.party_name(contract.customer));
            self.whole(part, "year_starts", contract.year_starts.map_or(String::new(), |day: Date| day.to_string()));
            self.whole(part, "notice_months", contract.notice_months.map_or(String::new(), |months| months.to_string()));
            self.timeline(part, "at_risk", &contract.at_risk, Ratio::to_exact_text);
            for charge in &contract.charges {
                self.timeline_item(part, "charges", &charge.name, &charge.amount, amount_text);
                let services: Vec<&str> = charge.services.iter().map(|at| model.service_name(*at)).collect();
                let terms =
                    [charge.kind.as_str(), charge.per.as_str(), &services.join(", "), charge.clause.as_deref().unwrap_or("")];
                self.item(part, "charge_terms", &charge.name, terms.join("; "));
            }
            for (subject, clause) in &contract.clauses {
                self.item(part, "clauses", subject, clause.as_str());
            }
            for obligation in &contract.obligations {
                let by = model.party_name(obligation.by);
                let to = model.party_name(obligation.to);
                let due = obligation.due.as_ref().map_or(String::new(), |due| self.due(due));
                let terms = [by, to, &due, obligation.clause.as_deref().unwrap_or("")].join("; ");
                self.item(part, "obligations", &obligation.name, terms);
            }
            for process in &contract.processes {
                let name = self.process(*process);
                self.item(part, "processes", &name, "");
            }
            for deviation in &contract.deviations {
                let clause = deviation.clause.as_deref().unwrap_or("");
                let agreed = deviation.agreed.map_or(String::new(), |day| day.to_string());
                self.item(part, "deviations", &deviation.subject, [&deviation.reason, clause, &agreed].join("; "));
            }
        }
    }

    pub(super) fn organisation(&mut self) {
        let model = self.model;
        let calendar = |at: &_| model.calendars.get(*at).map_or(String::new(), |calendar| calendar.id.to_string());
        let role_name = |at: &_| model.roles.get(*at).map_or(String::new(), |role| role.id.to_string());
        for role in model.roles.iter() {
            let part = Part::of::<crate::model::role::Role>(role.id.as_str());
            self.part(part, &role.title, role.validity);
            self.whole(part, "kind", role.kind.as_str());
            self.whole(part, "party", model.party_name(role.party));
            self.timeline(part, "holder", &role.holder, String::clone);
            self.timeline(part, "contact", &role.contact, String::clone);
            self.timeline(part, "hours", &role.hours, calendar);
            self.whole(part, "escalates_to", role.escalates_to.map_or(String::new(), |next| self.role(next)));
            self.whole(part, "escalate_after", role.escalate_after.map_or(String::new(), |after| after.to_string()));
        }
        for process in model.processes.iter() {
            let part = Part::of::<crate::model::process::Process>(process.id.as_str());
            self.part(part, &process.title, process.validity);
            self.whole(part, "function", process.function.as_str());
            self.whole(part, "phases", process.phases.iter().map(|phase| phase.as_str()).collect::<Vec<_>>().join(", "));
            self.whole(part, "activities", process.activities.join(", "));
            self.timeline(part, "owner", &process.owner, role_name);
        }
        for cell in &model.responsibilities {
            let Some(process) = model.processes.get(cell.process) else { continue };
            let part = Part { kind: "responsibility", id: process.id.as_str() };
            let activity = process.activities.get(cell.activity).map_or("", String::as_str);
            let item = format!("{activity}.{}", self.subject(&cell.subject));
            self.timeline_item(part, "letters", &item, &cell.letters, |letters| letters.text());
        }
        for equaliser in &model.equaliser {
            let id = self.process(equaliser.process);
            let part = Part { kind: "equaliser", id: &id };
            for (layer, depth) in ["customer", "integrator", "suppliers"].iter().zip(&equaliser.depths) {
                self.timeline_item(part, "depth", layer, depth, u32::to_string);
            }
        }
        for forum in model.forums.iter() {
            let part = Part::of::<crate::model::forum::Forum>(forum.id.as_str());
            self.part(part, &forum.title, forum.validity);
            self.whole(part, "level", forum.level.as_str());
            self.whole(part, "kind", forum.kind.as_str());
            self.whole(part, "process", forum.process.map_or(String::new(), |at| self.process(at)));
            self.whole(part, "chair", forum.chair.as_ref().map_or(String::new(), |chair| self.subject(chair)));
            for member in &forum.members {
                let name = self.subject(member);
                self.item(part, "members", &name, "");
            }
            self.whole(part, "meets", forum.meets.as_ref().map_or(String::new(), |meets| self.cadence(meets)));
            self.whole(part, "remit", forum.remit.join("; "));
            for decision in &forum.decisions {
                let review = decision.review_by.map_or(String::new(), |day| day.to_string());
                self.item(
                    part,
                    "decisions",
                    &decision.name,
                    [&decision.on.to_string(), &decision.decided, &review].map(String::as_str).join("; "),
                );
            }
        }
    }

    pub(super) fn interfaces(&mut self) {
        let model = self.model;
        for interface in model.interfaces.iter() {
            let part = Part::of::<crate::model::interface::Interface>(interface.id.as_str());
            self.part(part, &interface.title, interface.validity);
            let process = self.process(interface.process);
            self.whole(part, "process", process);
            for party in &interface.parties {
                self.item(part, "parties", model.party_name(*party), "");
            }
            let role_name = |at: &_| model.roles.get(*at).map_or(String::new(), |role| role.id.to_string());
            self.timeline(part, "owner", &interface.owner, role_name);
            self.whole(part, "kind", interface.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", "));
            self.whole(part, "phases", interface.phases.iter().map(|phase| phase.as_str()).collect::<Vec<_>>().join(", "));
            for service in &interface.services {
                self.item(part, "services", model.service_name(*service), "");
            }
            self.whole(part, "integration_points", interface.integration_points.join("; "));
            let roles: Vec<String> = interface.roles.iter().map(|role| self.subject(role)).collect();
            self.whole(part, "roles", roles.join(", "));
            self.whole(part, "clause", interface.clause.as_deref().unwrap_or_default());
            for exchange in &interface.exchanges {
                let due = exchange.due.as_ref().map_or(String::new(), |due| self.due(due));
                let within = exchange.within.map_or(String::new(), |within: Duration| within.to_string());
                let (from, to) = (model.party_name(exchange.from), model.party_name(exchange.to));
                let terms = [exchange.title.as_str(), from, to, &due, &within, exchange.clause.as_deref().unwrap_or("")];
                self.item(part, "exchanges", &exchange.name, terms.join("; "));
            }
            for word in &interface.vocabulary {
                let item = format!("{}.{}.{}", model.party_name(word.party), word.column, word.theirs);
                self.item(part, "vocabulary", &item, word.ours.as_str());
            }
        }
    }

    pub(super) fn regimes(&mut self) {
        for regime in &self.model.regimes {
            for edition in &regime.editions {
                let part = Part { kind: "regime", id: &regime.name.value };
                let from = edition.from.as_ref().map_or(Instant::MIN, |from| self.model.zone.day_start(from.value));
                let validity = Validity { from, until: Instant::MAX };
                self.part(part, edition.title.as_deref().unwrap_or_default(), validity);
                self.span(part, "per", "", validity, regime.scope.as_str());
                self.span(part, "clause", "", validity, edition.clause.as_deref().unwrap_or_default());
                for (name, parameter) in edition.parameters.iter() {
                    self.span(part, "parameters", &name.value, validity, parameter_text(parameter));
                }
                for (name, line) in edition.lines.iter() {
                    self.span(part, "lines", &name.value, validity, line_text(line));
                }
                for (name, post) in edition.posts.iter() {
                    let word = |word: &Option<crate::document::Spot<String>>| {
                        word.as_ref().map_or(String::new(), |word| word.value.clone())
                    };
                    let kind = post.kind.map_or("", |kind| kind.as_str());
                    let terms = [post.amount.value.as_str(), kind, &word(&post.to), &word(&post.reverses)].join("; ");
                    self.span(part, "post", &name.value, validity, terms);
                }
                for (line, values) in edition.opening.iter() {
                    let values: Vec<&str> = values.iter().map(|value| value.value.as_str()).collect();
                    self.span(part, "opening", &line.value, validity, values.join(", "));
                }
                let named = [("inputs", &edition.inputs), ("triggers", &edition.triggers), ("sets", &edition.sets)];
                for (attribute, list) in named {
                    for (name, formula) in list.iter() {
                        self.span(part, attribute, &name.value, validity, formula.value.as_str());
                    }
                }
            }
        }
    }
}
