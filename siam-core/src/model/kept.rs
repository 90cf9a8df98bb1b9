//! What an ecosystem took from tables, given again to changed documents.
//!
//! Goes in: the model of the ecosystem before. Comes out: its services and dependencies of tables, by name, in the model to be.
//! **Invariant:** what stands in the changed documents wins; what no longer resolves is a fault.
//! **Not here:** reading the tables (`tables`), the changes (`ecosystem::changes`).

use super::dated::Timeline;
use super::party::PartyDoc;
use super::rule::{Edge, Node, ServiceIdx, ServiceKind};
use super::service::{ClassDoc, Service};
use super::{EcosystemDoc, Model, Names};
use crate::base::{Argument, Directory, Idx, IdxVec, Place, Problem, codes};
use crate::document::{Faults, Files, Named, Spot};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What an ecosystem keeps of its tables beside its model.
#[derive(Debug, Clone)]
pub struct TableRows {
    /// The digest of their content.
    pub digest: [u8; 32],
    /// The parties that no document names.
    pub parties: Vec<(Spot<String>, PartyDoc)>,
    /// The classes that no document names.
    pub classes: Vec<(Spot<String>, ClassDoc)>,
}

/// The part of a model that came in tables.
#[derive(Debug)]
pub struct Kept<'a> {
    model: &'a Model,
    rows: &'a TableRows,
    /// Tells what stands in a document.
    files: &'a Files,
    /// Services that stand in the documents with their dependencies.
    written: BTreeSet<ServiceIdx>,
    /// Services that were taken away; written anew, they have nothing of the tables.
    gone: BTreeSet<String>,
}

impl<'a> Kept<'a> {
    /// Of a model; `written` are the services whose dependencies its documents name, `gone` those that are taken away.
    pub fn new(
        model: &'a Model,
        rows: &'a TableRows,
        files: &'a Files,
        written: BTreeSet<ServiceIdx>,
        gone: BTreeSet<String>,
    ) -> Self {
        Self { model, rows, files, written, gone }
    }

    /// What is known of the tables from now on.
    pub fn table_rows(&self) -> TableRows {
        let TableRows { digest, parties, classes } = self.rows;
        let less = |digest: Sha256, name: &String| digest.chain_update(name).chain_update([0]);
        let digest = match self.gone.is_empty() {
            true => *digest,
            false => self.gone.iter().fold(Sha256::new_with_prefix(digest), less).finalize().into(),
        };
        TableRows { digest, parties: parties.clone(), classes: classes.clone() }
    }

    /// Adds the parties and classes that only tables know.
    pub fn extend(&self, doc: &mut EcosystemDoc) {
        add(&self.rows.parties, &mut doc.parties);
        add(&self.rows.classes, &mut doc.classes);
    }

    /// The services that came in a table and are not in the documents, in their order.
    fn rows(&self) -> impl Iterator<Item = &'a Service> {
        let rows = self.model.services.iter().filter(|service| !self.files.is_written(service.mark));
        rows.filter(|service| !self.gone.contains(service.id.as_str()))
    }

    /// Adds the names that only tables know.
    pub fn add_names(&self, names: &mut Directory<ServiceKind>) {
        for service in self.rows() {
            let next = ServiceIdx::new(names.len());
            names.add(service.id.as_str(), next);
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
        let before = &self.model.names;
        let parties = Again::new("party", &before.parties, &names.parties);
        let classes = Again::new("service class", &before.classes, &names.classes);
        let calendars = Again::new("calendar", &before.calendars, &names.calendars);
        for service in self.rows() {
            let known = names.services.get(service.id.as_str());
            if known.is_none_or(|at| at.get() != services.len()) {
                continue;
            }
            let mut fresh = service.clone();
            fresh.provider = parties.find(&service.provider, "provider", faults);
            fresh.class = classes.find(&service.class, "class", faults);
            fresh.hours = calendars.find(&service.hours, "hours", faults);
            fresh.user_hours = calendars.find(&service.user_hours, "user_hours", faults);
            fresh.depends_on = Timeline::never();
            services.push(fresh);
        }
        for (at, service) in self.model.services.entries().filter(|(at, _)| !self.written.contains(at)) {
            let at: ServiceIdx = at;
            if self.gone.contains(service.id.as_str()) {
                continue;
            }
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
            // What the changed documents say stands; the table is not asked.
            if services.get(now).is_some_and(|service| service.depends_on.spans().is_empty()) {
                let edges = node.edges.iter().filter_map(|edge| self.edge(service, edge, names, faults)).collect();
                services[now].depends_on = Timeline::always(Node { edges, rule: node.rule.clone() });
            }
        }
    }

    fn edge(&self, of: &Service, edge: &Edge, names: &Names, faults: &mut Faults) -> Option<Edge> {
        let name = self.model.service_name(edge.to);
        let to = names.services.get(name).copied();
        if to.is_none() {
            let problem = Problem::new(&codes::STILL_NEEDED, Place::cell("dependencies", 0, "to"));
            let problem = problem.with("dependent", Argument::user(of.id.as_str()));
            faults.report(problem.with("service", Argument::user(name)));
        }
        Some(Edge { to: to?, ..edge.clone() })
    }
}

/// Where what had a number before is now.
struct Again<'a, T> {
    kind: &'static str,
    /// Names and numbers of now, by the number before.
    now: Vec<(&'a str, Option<Idx<T>>)>,
}

impl<'a, T> Again<'a, T> {
    fn new(kind: &'static str, before: &'a BTreeMap<String, Idx<T>>, now: &BTreeMap<String, Idx<T>>) -> Self {
        let mut found = vec![("", None); before.len()];
        for (name, at) in before {
            if let Some(slot) = found.get_mut(at.get()) {
                *slot = (name.as_str(), now.get(name).copied());
            }
        }
        Self { kind, now: found }
    }

    /// An attribute with its names looked up again.
    fn find(&self, timeline: &Timeline<Idx<T>>, column: &'static str, faults: &mut Faults) -> Timeline<Idx<T>> {
        timeline.map(|value| {
            let (name, found) = self.now.get(value.get()).copied().unwrap_or_default();
            if found.is_none() {
                let problem = Problem::new(&codes::UNRESOLVED_NO_GUESS, Place::cell("services", 0, column));
                faults.report(problem.with("kind", self.kind).with("name", Argument::user(name)));
            }
            found
        })
    }
}

fn add<T: Clone>(rows: &[(Spot<String>, T)], named: &mut Named<T>) {
    for (name, row) in rows {
        if !named.iter().any(|(known, _)| known.value == name.value) {
            named.entries.push((name.clone(), row.clone()));
        }
    }
}
