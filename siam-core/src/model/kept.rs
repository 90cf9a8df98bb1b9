//! What an ecosystem took from tables, given again to changed documents.
//!
//! Goes in: the model of the ecosystem before. Comes out: its services and dependencies of tables, by name, in the model to be.
//! **Invariant:** what stands in the changed documents wins; what no longer resolves is a fault.
//! **Not here:** reading the tables (`tables`), the changes (`ecosystem::changes`).

use super::Model;
use super::Names;
use super::dated::Timeline;
use super::rule::{Edge, Node, ServiceIdx, ServiceKind};
use super::service::Service;
use crate::base::{Argument, Idx, IdxVec, Place, Problem, codes};
use crate::document::Faults;
use std::collections::{BTreeMap, BTreeSet};

/// The part of a model that came in tables.
#[derive(Debug)]
pub struct Kept<'a> {
    model: &'a Model,
    /// Services that stand in the documents with their dependencies.
    written: BTreeSet<ServiceIdx>,
    /// Services of tables that are taken away.
    gone: BTreeSet<String>,
}

impl<'a> Kept<'a> {
    /// Of a model; `written` are the services whose dependencies its documents name, `gone` those that are taken away.
    pub fn new(model: &'a Model, written: BTreeSet<ServiceIdx>, gone: BTreeSet<String>) -> Self {
        Self { model, written, gone }
    }

    /// The services that came in a table and are not in the documents, in their order.
    fn rows(&self) -> impl Iterator<Item = &'a Service> {
        self.model.services.iter().filter(|service| service.mark.line == 0 && !self.gone.contains(service.id.as_str()))
    }

    /// Adds the names that only tables know.
    pub fn add_names(&self, names: &mut BTreeMap<String, ServiceIdx>) {
        for service in self.rows() {
            let next = ServiceIdx::new(names.len());
            names.entry(service.id.to_string()).or_insert(next);
        }
    }

    /// Adds the services that only tables know, and the dependencies that the documents do not name.
    pub fn add_services(
        &self,
        services: &mut IdxVec<ServiceKind, Service>,
        names: &Names,
        levels: &[String],
        faults: &mut Faults,
    ) {
        if faults.count() > 0 {
            return;
        }
        for service in self.rows() {
            let known = names.services.get(service.id.as_str());
            if known.is_none_or(|at| at.get() != services.len()) {
                continue;
            }
            let mut fresh = service.clone();
            let before = &self.model.names;
            fresh.provider = again(&service.provider, &before.parties, &names.parties, "party", "provider", faults);
            fresh.class = again(&service.class, &before.classes, &names.classes, "service class", "class", faults);
            fresh.hours = again(&service.hours, &before.calendars, &names.calendars, "calendar", "hours", faults);
            fresh.user_hours = again(&service.user_hours, &before.calendars, &names.calendars, "calendar", "user_hours", faults);
            fresh.depends_on = Timeline::never();
            services.push(fresh);
        }
        for (at, service) in self.model.services.entries().filter(|(at, _)| !self.written.contains(at)) {
            let at: ServiceIdx = at;
            let Some(now) = names.services.get(service.id.as_str()).copied().filter(|_| at.get() < self.model.services.len())
            else {
                continue;
            };
            let Some(node) = service.depends_on.spans().first().map(|(_, node)| node) else { continue };
            if levels != self.model.levels {
                let problem = Problem::new(&codes::TABLES_KEEP_LEVELS, Place::cell("dependencies", 0, "impact"));
                faults.report(problem);
                return;
            }
            let edges = node.edges.iter().filter_map(|edge| self.edge(edge, names, faults)).collect();
            if services.get(now).is_some_and(|service| service.depends_on.spans().is_empty()) {
                services[now].depends_on = Timeline::always(Node { edges, rule: node.rule.clone() });
            }
        }
    }

    fn edge(&self, edge: &Edge, names: &Names, faults: &mut Faults) -> Option<Edge> {
        let name = self.model.service_name(edge.to);
        let to = names.services.get(name).copied();
        if to.is_none() {
            unresolved("service", name, Place::cell("dependencies", 0, "to"), faults);
        }
        Some(Edge { to: to?, ..edge.clone() })
    }
}

/// An attribute with its names looked up again.
fn again<T>(
    timeline: &Timeline<Idx<T>>,
    before: &BTreeMap<String, Idx<T>>,
    now: &BTreeMap<String, Idx<T>>,
    kind: &'static str,
    column: &'static str,
    faults: &mut Faults,
) -> Timeline<Idx<T>> {
    timeline.map(|value| {
        let name = before.iter().find(|(_, at)| *at == value).map_or("", |(name, _)| name.as_str());
        let found = now.get(name).copied();
        if found.is_none() {
            unresolved(kind, name, Place::cell("services", 0, column), faults);
        }
        found
    })
}

fn unresolved(kind: &'static str, name: &str, place: Place, faults: &mut Faults) {
    let problem = Problem::new(&codes::UNRESOLVED_NO_GUESS, place).with("kind", kind);
    faults.report(problem.with("name", Argument::user(name)));
}
