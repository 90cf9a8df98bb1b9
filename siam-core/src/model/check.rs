//! From what is written to what is true: every name resolved, every fault reported.
//!
//! Goes in: the decoded ecosystem and tables of services. Comes out: a `Model`, or none after at least one fault.
//! **Invariant:** no model is given where a fault was reported.
//! **Not here:** cycles and gates (`structure`), hours that never open (`clock`); the ecosystem runs those checks too.

use super::agreement::{Agreement, AgreementDoc, Children, CountedWhen, Measure, MeasureDoc, Statistic, Take, TicketInstant, Unit, WhenNone};
use super::calendar::{Calendar, in_order};
use super::checking::Checking;
use super::contract::{Contract, Framework};
use super::counted::{Around, defaults};
use super::dated::{Timeline, Validity};
use super::dependency::Resolver;
use super::kept::Kept;
use super::maintenance::{Maintenance, MaintenanceDoc};
use super::party::{Party, PartyDoc, PartyKind, STAND_INS};
use super::rule::{self, ServiceIdx};
use super::service::{ClassDoc, Service, ServiceClass, ServiceDoc};
use super::statistic::TargetDoc;
use super::tables::ServiceTables;
use super::{DEFAULT_LEVELS, EDITION, EcosystemDoc, Model, Names, check_zone, contract, forum, interface, process, resolve};
use super::{responsibility, role};
use crate::base::zone::Zone;
use crate::base::{Argument, Currency, Directory, Idx, IdxVec, Instant, Ratio, codes};
use crate::document::{Faults, Mark, Named, Spot};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Checks a decoded ecosystem; `tables` adds services and dependencies that were given as columns, `kept` those given before.
pub fn check(doc: &EcosystemDoc, tables: &ServiceTables, kept: Option<&Kept>, faults: &mut Faults) -> Option<Model> {
    let before = faults.count();
    if doc.edition.value != EDITION {
        let problem = faults.problem(&codes::UNKNOWN_EDITION, doc.edition.mark);
        faults.report(problem.with("value", doc.edition.value).with("known", EDITION));
    }
    let zone = match &doc.zone {
        Some(name) => check_zone(&name.value, name.mark, faults).or_else(|| Zone::named("UTC")),
        None => Zone::named("UTC"),
    }?;
    let currency = doc.currency.as_ref().and_then(|code| {
        let found = code.value.parse::<Currency>().ok();
        if found.is_none() {
            let problem = faults.problem(&codes::BAD_VALUE, code.mark).with("value", Argument::user(&code.value));
            faults.report(problem.with("expected", "an ISO 4217 currency").with("example", "GBP"));
        }
        found
    });
    let mut names = Names {
        parties: index(&doc.parties),
        classes: index(&doc.classes),
        calendars: index(&doc.calendars),
        services: directory(&doc.services),
        maintenance: index(&doc.maintenance),
        agreements: index(&doc.agreements),
        measures: BTreeMap::new(),
        roles: index(&doc.roles),
        processes: index(&doc.processes),
        interfaces: index(&doc.interfaces),
        forums: index(&doc.forums),
        contracts: index(&doc.contracts),
    };
    tables.add_names(&mut names.services, faults);
    kept.inspect(|kept| kept.add_names(&mut names.services));
    let levels = levels(doc, faults);
    let whole = before == 0;
    let mut checking = Checking { zone: &zone, names: &names, levels: &levels, currency, whole, faults };
    let parties = checking.parties(&doc.parties);
    let classes = checking.each(&doc.classes, |checking, id, class: &ClassDoc| {
        Some(ServiceClass {
            title: class.title.clone().unwrap_or_else(|| String::from(id_text(&id))),
            id,
            critical: class.critical.unwrap_or(false),
            availability: class.availability.clone(),
            measures: class.measures.clone(),
            agreements: class.agreements.clone(),
            interfaces: checking.all(&names.processes, "process", &class.interfaces),
            responsibilities: checking.all(&names.processes, "process", &class.responsibilities),
            hours: checking.calendar(&class.hours),
            mark: class.mark,
        })
    });
    let roles = role::roles(&doc.roles, &mut checking);
    let processes = process::processes(&doc.processes, &mut checking);
    let activities = |at: process::ProcessIdx| match doc.processes.entries.get(at.get()) {
        Some((_, process)) => process.activities.iter().map(|activity| activity.value.clone()).collect(),
        None => Vec::new(),
    };
    let responsibilities = responsibility::responsibilities(&doc.responsibilities, &activities, &mut checking);
    let equaliser = responsibility::equaliser(&doc.equaliser, &mut checking);
    let interfaces = interface::interfaces(&doc.interfaces, &mut checking);
    let forums = forum::forums(&doc.forums, &mut checking);
    let framework = contract::framework(doc.framework.as_ref(), &mut checking);
    let mut customers = doc.parties.iter().filter(|(_, party)| party.kind == PartyKind::Customer);
    let only_customer = customers.next().filter(|_| customers.next().is_none());
    let only_customer = only_customer.and_then(|(name, _)| names.parties.get(&name.value).copied());
    let contracts = contract::contracts(&doc.contracts, only_customer, &mut checking);
    let collective = doc.collective.iter().flat_map(|collective| &collective.parties);
    for name in collective {
        checking.name(&names.parties, "party", name);
    }
    let calendars = checking.each(&doc.calendars, |checking, id, calendar| {
        Calendar::check(id, calendar, checking.zone, &checking.names.calendars, checking.faults)
    });
    let calendar_marks: IdxVec<Calendar, Mark> = doc.calendars.iter().map(|(name, _)| name.mark).collect();
    let calendar_order = if calendars.len() == calendar_marks.len() {
        in_order(&calendars, calendar_marks.as_slice(), checking.faults)
    } else {
        Vec::new()
    };
    let mut services: IdxVec<_, Service> = checking
        .each::<Service, _>(&doc.services, |checking, id, service| checking.service(id, service))
        .iter()
        .cloned()
        .collect();
    let maintenance = checking.maintenance(&doc.maintenance);
    let (agreements, measures) = checking.agreements(&doc.agreements, &framework, &contracts);
    let regimes = super::regime::check(&doc.regimes, faults);
    tables.add_services(&mut services, &names, &levels, &zone, faults);
    kept.inspect(|kept| kept.add_services(&mut services, &names, &levels, faults));
    names.measures = measures.entries().map(|(at, measure): (_, &Measure)| (measure.id.to_string(), at)).collect();
    if faults.count() > 0 {
        return None;
    }
    Some(Model {
        name: doc.name.clone().unwrap_or_default(),
        edition: doc.edition.value,
        zone,
        currency,
        levels,
        parties,
        classes,
        calendar_marks,
        calendar_order,
        calendars,
        services,
        maintenance,
        agreements,
        measures,
        roles,
        processes,
        responsibilities,
        equaliser,
        interfaces,
        forums,
        framework,
        contracts,
        regimes,
        collective: doc.collective.clone(),
        names,
    })
}

fn id_text(id: &impl AsRef<str>) -> &str {
    id.as_ref()
}

/// Where each name leads; names of faulty values lead beyond the end, and no model comes of them.
fn index<D, T>(named: &Named<D>) -> BTreeMap<String, Idx<T>> {
    let names = named.iter().map(|(name, _)| name).chain(&named.faulty);
    names.enumerate().map(|(at, name)| (name.value.clone(), Idx::new(at))).collect()
}

/// The same where there may be a million names.
fn directory<D, T>(named: &Named<D>) -> Directory<T> {
    let names = named.iter().map(|(name, _)| name).chain(&named.faulty);
    names.enumerate().map(|(at, name)| (name.value.clone(), Idx::new(at))).collect()
}

fn levels(doc: &EcosystemDoc, faults: &mut Faults) -> Vec<String> {
    if doc.levels.is_empty() {
        return DEFAULT_LEVELS.map(str::to_owned).to_vec();
    }
    if let (true, Some(extra)) = (doc.levels.len() > 16, doc.levels.get(16)) {
        let problem = faults.problem(&codes::TOO_MANY_LEVELS, extra.mark);
        faults.report(problem.with("given", doc.levels.len()));
    }
    if let [only] = doc.levels.as_slice() {
        let problem = faults.problem(&codes::NO_LEVELS, only.mark);
        faults.report(problem);
    }
    let mut seen: BTreeMap<&str, &Spot<String>> = BTreeMap::new();
    for level in &doc.levels {
        if let Some(first) = seen.insert(&level.value, level) {
            let place = faults.place_text(first.mark);
            let problem = faults.problem(&codes::DUPLICATE_NAME, level.mark).with("kind", "level");
            faults.report(problem.with("name", Argument::user(&level.value)).with("first", place));
        }
    }
    doc.levels.iter().take(16).map(|level| level.value.clone()).collect()
}

impl Checking<'_> {
    fn parties(&mut self, docs: &Named<PartyDoc>) -> IdxVec<Party, Party> {
        let parties = self.each(docs, |checking, id, doc| {
            let prime = doc.subcontractor_of.as_ref();
            let subcontractor_of =
                prime.and_then(|name| resolve(&checking.names.parties, "party", &name.value, name.mark, checking.faults));
            checking.stand_in(&id, doc);
            let hours = checking.calendars_of(doc.hours.as_ref(), "hours");
            if checking.names.roles.contains_key(id.as_str()) {
                let problem = checking.faults.problem(&codes::DUPLICATE_NAME, doc.mark).with("kind", "role or party");
                let problem = problem.with("name", Argument::user(id.as_str()));
                checking.faults.report(problem.with("first", "a role of the same name"));
            }
            Some(Party {
                title: doc.title.clone().unwrap_or_else(|| id_text(&id).to_owned()),
                id,
                kind: doc.kind,
                sourcing: doc.sourcing,
                tier: doc.tier,
                subcontractor_of,
                contact: checking.words(doc.contact.as_ref(), "contact"),
                hours,
                regimes: doc.regimes.clone(),
                figures: doc.figures.clone(),
                validity: Validity::check(doc.from.as_ref(), doc.until.as_ref(), checking.zone, checking.faults),
                mark: doc.mark,
            })
        });
        for (at, (name, doc)) in docs.iter().enumerate().filter(|_| parties.len() == docs.entries.len()) {
            let mut prime = parties.get(Idx::new(at)).and_then(|party| party.subcontractor_of);
            let mut steps = 0;
            while let Some(next) = prime {
                steps += 1;
                if next.get() == at || steps > parties.len() {
                    let mark = doc.subcontractor_of.as_ref().map_or(name.mark, |prime| prime.mark);
                    let problem = self.faults.problem(&codes::PRIME_CYCLE, mark);
                    self.faults.report(problem.with("party", Argument::user(&name.value)));
                    break;
                }
                prime = parties.get(next).and_then(|party| party.subcontractor_of);
            }
        }
        parties
    }

    /// `force_majeure` and `undetermined` are stand-ins, and nothing else is.
    fn stand_in(&mut self, id: &crate::base::id::PartyId, doc: &PartyDoc) {
        if STAND_INS.contains(&id.as_str()) != (doc.kind == PartyKind::StandIn) {
            let problem = self.faults.problem(&codes::STAND_IN, doc.mark).with("party", Argument::user(id.as_str()));
            self.faults.report(problem.with("known", Argument::name(STAND_INS.join(", "))));
        }
    }

    fn service(&mut self, id: crate::base::id::ServiceId, doc: &ServiceDoc) -> Option<Service> {
        let (zone, names, faults) = (self.zone, self.names, &mut *self.faults);
        let own: ServiceIdx = names.services.get(id.as_str()).copied()?;
        let resolver = Resolver { services: &names.services, levels: self.levels, own };
        Some(Service {
            title: doc.title.clone(),
            provider: Timeline::check(doc.provider.as_ref(), "provider", zone, faults, |name, mark, faults| {
                resolve(&names.parties, "party", name, mark, faults)
            }),
            owner: Timeline::check(doc.owner.as_ref(), "owner", zone, faults, |name, _, _| Some(name.clone())),
            class: Timeline::check(doc.class.as_ref(), "class", zone, faults, |name, mark, faults| {
                resolve(&names.classes, "service class", name, mark, faults)
            }),
            stage: Timeline::check(doc.stage.as_ref(), "stage", zone, faults, |stage, _, _| Some(*stage)),
            users: Timeline::check(doc.users.as_ref(), "users", zone, faults, |users, mark, faults| {
                if *users < 0 {
                    let problem = faults.problem(&codes::INDEX_OUT_OF_RANGE, mark).with("value", *users);
                    faults.report(problem.with("low", 0_u32).with("high", i64::MAX));
                }
                Some(*users)
            }),
            hours: Timeline::check(doc.hours.as_ref(), "hours", zone, faults, |name, mark, faults| {
                resolve(&names.calendars, "calendar", name, mark, faults)
            }),
            depends_on: Timeline::check(doc.depends_on.as_ref(), "depends_on", zone, faults, |depends, _, faults| {
                resolver.resolve(depends, faults)
            }),
            user_hours: Timeline::check(doc.user_hours.as_ref(), "user_hours", zone, faults, |name, mark, faults| {
                resolve(&names.calendars, "calendar", name, mark, faults)
            }),
            validity: Validity::check(doc.from.as_ref(), doc.until.as_ref(), zone, faults),
            mark: doc.mark,
            id,
        })
    }

    fn maintenance(&mut self, docs: &Named<MaintenanceDoc>) -> IdxVec<Maintenance, Maintenance> {
        self.each(docs, |checking, id, doc| {
            let (names, faults) = (checking.names, &mut *checking.faults);
            let window = doc.window.as_ref();
            let window = window.and_then(|name| resolve(&names.calendars, "calendar", &name.value, name.mark, faults));
            if let (Some(false), Some(first)) = (doc.approval, doc.approved_by.first()) {
                let problem = faults.problem(&codes::BAD_VALUE, first.mark).with("value", Argument::user(&first.value));
                let problem = problem.with("expected", "needed where `approval` is false");
                faults.report(problem.with("example", "`approval: true`, or nobody who approves"));
            }
            Some(Maintenance {
                title: doc.title.clone().unwrap_or_else(|| id_text(&id).to_owned()),
                id,
                clause: doc.clause.clone(),
                window,
                notice: doc.notice,
                approval: doc.approval.unwrap_or(true),
                approved_by: doc.approved_by.iter().map(|name| name.value.clone()).collect(),
                allowance: doc.allowance,
                validity: Validity::check(doc.from.as_ref(), doc.until.as_ref(), checking.zone, faults),
            })
        })
    }

    fn agreements(
        &mut self,
        docs: &Named<AgreementDoc>,
        framework: &Framework,
        contracts: &IdxVec<Contract, Contract>,
    ) -> (IdxVec<Agreement, Agreement>, IdxVec<Measure, Measure>) {
        let mut measures: IdxVec<Measure, Measure> = IdxVec::new();
        let mut places: BTreeMap<String, Mark> = BTreeMap::new();
        let agreements = self.each(docs, |checking, id, doc| {
            let own = checking.names.agreements.get(id_text(&id)).copied()?;
            let around = Around::new(checking, doc, framework, contracts);
            for (name, measure) in doc.measures.iter() {
                if let Some(first) = places.insert(name.value.clone(), name.mark) {
                    let place = checking.faults.place_text(first);
                    let problem = checking.faults.problem(&codes::DUPLICATE_NAME, name.mark).with("kind", "measure");
                    checking.faults.report(problem.with("name", Argument::user(&name.value)).with("first", place));
                }
                if let Some(measure) = checking.measure(name, measure, own, &around) {
                    measures.push(measure);
                }
            }
            checking.needs_provider(doc);
            let (names, faults) = (checking.names, &mut *checking.faults);
            let mut party = |name: &Option<Spot<String>>| {
                name.as_ref().and_then(|name| resolve(&names.parties, "party", &name.value, name.mark, faults))
            };
            let (provider, customer) = (party(&doc.provider), party(&doc.customer));
            let services =
                doc.services.iter().filter_map(|name| resolve(&names.services, "service", &name.value, name.mark, faults));
            let services = services.collect();
            let rule = doc.maintenance.as_ref();
            let maintenance =
                rule.and_then(|name| resolve(&names.maintenance, "maintenance rule", &name.value, name.mark, faults));
            let below = doc.underpinned_by.iter();
            let below =
                below.filter_map(|name| resolve(&names.agreements, "agreement", &name.value, name.mark, faults)).collect();
            Some(Agreement {
                title: doc.title.clone().unwrap_or_else(|| id_text(&id).to_owned()),
                id,
                kind: doc.kind,
                provider,
                customer,
                services,
                underpinned_by: below,
                clause: doc.clause.clone(),
                maintenance,
                validity: Validity::check(doc.from.as_ref(), doc.until.as_ref(), checking.zone, checking.faults),
                regimes: doc.regimes.clone(),
                figures: doc.figures.clone(),
                mark: doc.mark,
            })
        });
        (agreements, measures)
    }

    fn measure(
        &mut self,
        name: &Spot<String>,
        doc: &MeasureDoc,
        agreement: Idx<Agreement>,
        around: &Around<'_>,
    ) -> Option<Measure> {
        let id = self.id::<Measure>(name)?;
        let statistic = doc.statistic.value;
        if !Statistic::COMPUTED.contains(&statistic) {
            let known = Statistic::COMPUTED.iter().map(|known| known.as_str()).collect::<Vec<_>>().join(", ");
            let problem = self.faults.problem(&codes::NOT_COMPUTED_YET, doc.statistic.mark).with("what", "statistic");
            self.faults.report(problem.with("value", Argument::user(statistic.as_str())).with("known", Argument::name(known)));
        }
        if self.whole && statistic == Statistic::PercentWithin && doc.within.is_none() {
            let problem = self.faults.problem(&codes::MISSING_KEY, doc.mark).with("shape", "a measure of percent_within");
            self.faults.report(problem.with("key", "within").with("expected", "a length of time such as 4h"));
        }
        let clock = doc.clock.as_ref();
        let calendar = clock.and_then(|clock| clock.calendar.as_ref());
        let calendar = calendar.and_then(|name| resolve(&self.names.calendars, "calendar", &name.value, name.mark, self.faults));
        let stop = clock.and_then(|clock| clock.stop).unwrap_or(TicketInstant::Resolved);
        let available = doc.available.iter().filter_map(|(name, weight)| {
            let level = self.levels.iter().position(|known| *known == name.value);
            if level.is_none() {
                let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
                let known = self.levels.iter().map(String::as_str);
                self.faults.unknown(codes, name.mark, ("name", &name.value), known, vec![("kind", "level".into())]);
            }
            TargetDoc::Number(weight.value.clone()).check(Unit::Share, weight.mark, self.faults);
            if level == Some(0) && weight.value != Ratio::ONE {
                let problem = self.faults.problem(&codes::BAD_VALUE, weight.mark);
                let problem = problem.with("value", Argument::user(weight.value.to_exact_text()));
                self.faults.report(problem.with("expected", "the weight of the best level").with("example", "100%"));
            }
            Some((rule::Level::try_from(level?).ok()?, weight.value.clone()))
        });
        let available = available.collect();
        let exchanges = self.all(&self.names.interfaces, "interface", &doc.exchanges);
        let unit = doc.unit.as_ref().map_or(statistic.unit(), |unit| unit.value);
        self.keys_without_use(doc);
        let counting = self.counting(doc, unit, around);
        Some(Measure {
            title: doc.title.clone().unwrap_or_else(|| name.value.clone()),
            id,
            clause: doc.clause.clone(),
            agreement,
            statistic,
            tickets: doc.tickets.iter().map(|(column, values)| (column.value.clone(), values.clone())).collect(),
            start: clock.and_then(|clock| clock.start).unwrap_or(TicketInstant::Opened),
            stop,
            calendar,
            pause_in: clock.map(|clock| clock.pause_in.clone()).unwrap_or_default(),
            within: Timeline::check(doc.within.as_ref(), "within", self.zone, self.faults, |within, _, _| Some(within.clone())),
            target: Timeline::check(doc.target.as_ref(), "target", self.zone, self.faults, |target, mark, faults| {
                target.check(unit, mark, faults)
            }),
            unit,
            direction: doc.direction.as_ref().map_or(statistic.direction(), |direction| direction.value),
            take: doc.take.as_ref().map_or(Take::All, |take| take.value),
            exchanges,
            counted_when: doc.counted_when.unwrap_or(match statistic {
                Statistic::RaisedFirst => CountedWhen::Opened,
                _ => stop.into(),
            }),
            counting,
            defaults: defaults(doc),
            mark: doc.mark,
            fewest: doc.fewest.unwrap_or(1),
            when_none: doc.when_none.unwrap_or(WhenNone::NoVerdict),
            children: doc.children.unwrap_or(Children::Count),
            leave_out: doc.leave_out.iter().map(|(column, values)| (column.value.clone(), values.clone())).collect(),
            available,
            by: doc.by.clone(),
            regimes: doc.regimes.clone(),
            figures: doc.figures.clone(),
            validity: Validity::check(doc.from.as_ref(), doc.until.as_ref(), self.zone, self.faults),
        })
    }
}

impl Model {
    /// The node of a service at an instant: its rule over those of its dependencies that exist then.
    pub fn node(&self, service: ServiceIdx, at: Instant) -> rule::Node {
        let none = || rule::Node { edges: Vec::new(), rule: rule::Expression::any() };
        let Some(service) = self.services.get(service).filter(|service| service.validity.contains(at)) else { return none() };
        let Some(node) = service.depends_on.at(at) else { return none() };
        let exists = |edge: &&rule::Edge| self.services.get(edge.to).is_some_and(|to| to.validity.contains(at));
        rule::Node { edges: node.edges.iter().filter(exists).cloned().collect(), rule: node.rule.clone() }
    }

    /// The node of a service at an instant as written: what `node` gives where every service exists at all times.
    pub fn written_node(&self, service: ServiceIdx, at: Instant) -> Cow<'_, rule::Node> {
        static NOTHING: rule::Node =
            rule::Node { edges: Vec::new(), rule: rule::Expression::Order(rule::Unit::Count, rule::Quorum::Any) };
        Cow::Borrowed(self.services.get(service).and_then(|service| service.depends_on.at(at)).unwrap_or(&NOTHING))
    }

    /// The instants at which the dependency map may change, sorted; between two of them it is one map.
    pub fn map_changes(&self) -> Vec<Instant> {
        let mut changes: Vec<Instant> = Vec::new();
        for service in self.services.iter() {
            changes.extend(service.depends_on.changes());
            changes.extend([service.validity.from, service.validity.until]);
        }
        changes.retain(|at| *at != Instant::MIN && *at != Instant::MAX);
        changes.sort_unstable();
        changes.dedup();
        changes
    }
}
