//! What every check of the model uses: names, zones, and the list of faults.
//!
//! Goes in: names as written with their marks. Comes out: indexes, timelines, or a reported fault.
//! **Invariant:** a name that does not resolve is reported once, with the nearest known one.
//! **Not here:** what the parts mean (each in its own file), the order of checks (`check`).

use super::calendar::CalendarIdx;
use super::dated::{Timeline, Validity};
use super::responsibility::{PROVIDER, Subject};
use super::{Identified, Known, Names, resolve};
use crate::base::zone::Zone;
use crate::base::{Argument, Currency, Idx, IdxVec, codes};
use crate::document::{Dated, Faults, Mark, Named, Spot, When};
use std::collections::BTreeMap;

/// A check of a document under way.
pub(super) struct Checking<'a> {
    pub zone: &'a Zone,
    pub names: &'a Names,
    pub levels: &'a [String],
    pub currency: Option<Currency>,
    /// Nothing was faulty before: what is absent was not written.
    pub whole: bool,
    pub faults: &'a mut Faults,
}

impl Checking<'_> {
    /// A name as an id.
    pub fn id<T: Identified>(&mut self, name: &Spot<String>) -> Option<T::Id> {
        match name.value.parse() {
            Ok(id) => Some(id),
            Err(fault) => {
                let problem = self.faults.problem(&codes::BAD_ID, name.mark).with("value", Argument::user(&name.value));
                self.faults.report(problem.with("why", Argument::name(crate::base::id::IdFault::to_string(&fault))));
                None
            }
        }
    }
    /// Checks each of some named parts.
    pub fn each<T: Identified, D>(
        &mut self,
        named: &Named<D>,
        mut check: impl FnMut(&mut Self, T::Id, &D) -> Option<T>,
    ) -> IdxVec<T, T> {
        let mut parts = IdxVec::new();
        for (name, doc) in named.iter() {
            let id = self.id::<T>(name);
            if let Some(part) = id.and_then(|id| check(self, id, doc)) {
                parts.push(part);
            }
        }
        parts
    }
    /// Where a name leads.
    pub fn name<T>(&mut self, names: &impl Known<T>, kind: &'static str, name: &Spot<String>) -> Option<Idx<T>> {
        resolve(names, kind, &name.value, name.mark, self.faults)
    }
    /// Where each of some names leads.
    pub fn all<T>(&mut self, names: &impl Known<T>, kind: &'static str, list: &[Spot<String>]) -> Vec<Idx<T>> {
        list.iter().filter_map(|name| self.name(names, kind, name)).collect()
    }
    /// Where a dated name leads.
    pub fn named<T>(
        &mut self,
        dated: Option<&Dated<String>>,
        what: &'static str,
        names: &BTreeMap<String, Idx<T>>,
        kind: &'static str,
    ) -> Timeline<Idx<T>> {
        self.timeline_at(dated, what, |name, mark, faults| resolve(names, kind, name, mark, faults))
    }
    /// A calendar that may be left out.
    pub fn calendar(&mut self, name: &Option<Spot<String>>) -> Option<CalendarIdx> {
        name.as_ref().and_then(|name| self.name(&self.names.calendars, "calendar", name))
    }
    /// A dated calendar.
    pub fn calendars_of(&mut self, dated: Option<&Dated<String>>, what: &'static str) -> Timeline<CalendarIdx> {
        self.named(dated, what, &self.names.calendars, "calendar")
    }
    /// Dated words.
    pub fn words(&mut self, dated: Option<&Dated<String>>, what: &'static str) -> Timeline<String> {
        self.timeline(dated, what, |word: &String| Some(word.clone()))
    }
    /// A dated attribute.
    pub fn timeline<D, T>(
        &mut self,
        dated: Option<&Dated<D>>,
        what: &'static str,
        mut value: impl FnMut(&D) -> Option<T>,
    ) -> Timeline<T> {
        self.timeline_at(dated, what, |written, _, _| value(written))
    }
    /// A dated attribute whose values are checked one by one.
    pub fn timeline_at<D, T>(
        &mut self,
        dated: Option<&Dated<D>>,
        what: &'static str,
        value: impl FnMut(&D, Mark, &mut Faults) -> Option<T>,
    ) -> Timeline<T> {
        Timeline::check(dated, what, self.zone, self.faults, value)
    }
    /// When something exists.
    pub fn validity(&mut self, from: Option<&Spot<When>>, until: Option<&Spot<When>>) -> Validity {
        Validity::check(from, until, self.zone, self.faults)
    }
    /// A role or party by name; `provider` is whoever provides, where that is meant.
    pub fn subject(&mut self, name: &Spot<String>, provider: bool) -> Option<Subject> {
        if provider && name.value == PROVIDER {
            return Some(Subject::Provider);
        }
        let role = self.names.roles.get(&name.value).copied().map(Subject::Role);
        let found = role.or_else(|| self.names.parties.get(&name.value).copied().map(Subject::Party));
        if found.is_none() {
            let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
            let known = self.names.roles.keys().chain(self.names.parties.keys()).map(String::as_str);
            self.faults.unknown(codes, name.mark, ("name", &name.value), known, vec![("kind", "role or party".into())]);
        }
        found
    }
    /// Reports a known word that this version does not compute.
    pub fn not_computed(&mut self, what: &'static str, value: &str, known: &str, mark: Mark) {
        let problem = self.faults.problem(&codes::NOT_COMPUTED_YET, mark).with("what", what);
        self.faults.report(problem.with("value", Argument::user(value)).with("known", Argument::name(known)));
    }
}
