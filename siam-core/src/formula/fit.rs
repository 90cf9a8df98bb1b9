//! Whether attachments fit their regimes: every figure, line, word and party is there that they read.
//!
//! Goes in: compiled editions and the instances that attach them. Comes out: faults at the attachments.
//! **Invariant:** what an attachment reads of its owners exists, once, with one type, before any period is evaluated.
//! **Not here:** parameters (`instances`), what only evidence can lack (`evaluate`).

use super::code::{Edition, Post, RowTest, StepKind};
use super::instances::{Attached, InstanceAt, Parameter};
use super::program::{Compiling, Era};
use super::value::{Scalar, Value};
use super::world::is_given;
use crate::base::{Argument, codes};
use crate::document::Faults;
use crate::model::regime::Scope;
use std::collections::BTreeSet;

impl Compiling<'_> {
    /// What each attachment must find at its instance and those that contain it.
    pub(super) fn attachments(&self, era: &Era, seen: &mut BTreeSet<(u16, u32, u32, usize, usize)>, faults: &mut Faults) {
        for (number, one) in self.attached.iter().enumerate() {
            let (Some(edition), Some(regime)) = (era.editions.get(one.regime), self.regimes.get(one.regime)) else { continue };
            let mut wanted: BTreeSet<(Scope, &str, bool)> = BTreeSet::new();
            for line in &edition.lines {
                for step in &line.code.steps {
                    match &step.kind {
                        StepKind::Figure(scope, name) => {
                            wanted.insert((*scope, name, true));
                        }
                        StepKind::Other(link, ..) if link.scope >= regime.scope => {
                            wanted.insert((link.scope, &link.name, false));
                        }
                        _ => {}
                    }
                }
            }
            let input = |name: &str| {
                let doc = regime.editions.get(edition.number);
                doc.is_some_and(|doc| doc.inputs.iter().any(|(known, _)| known.value == name))
            };
            for (scope, name, figure) in wanted {
                if scope < regime.scope || (scope == regime.scope && (input(name) || regime.scope == Scope::Event)) {
                    continue;
                }
                let fault = match self.container(one.instance, scope) {
                    // The figures every instance has about time need no owner.
                    None if regime.scope == Scope::Event || matches!(name, "period_number" | "part_of_year") => None,
                    None => Some(&codes::REGIME_NO_OWNER),
                    Some(at) if figure => {
                        let own = self.figures.get(at).and_then(|figures| figures.get(name));
                        let wanted = self.figure(one.regime, scope, name);
                        match (own, wanted) {
                            (Some(own), Some(wanted)) if *own != wanted => Some(&codes::REGIME_FIGURE_TYPES),
                            (None, _) if !is_given(scope, name) => Some(&codes::REGIME_FIGURE_ABSENT),
                            _ => None,
                        }
                    }
                    Some(at) => match self.named(at, name) {
                        1 => None,
                        0 => Some(&codes::REGIME_NOT_ATTACHED),
                        _ => Some(&codes::REGIME_AMBIGUOUS),
                    },
                };
                let Some(code) = fault else { continue };
                let key = (code.number, one.mark.file, one.mark.start, number, usize::from(figure));
                if !seen.insert(key) {
                    continue;
                }
                let id = self.instances.get(one.instance).map_or("", |instance| instance.id.as_str());
                let problem = faults.problem(code, one.mark).with("regime", Argument::user(&one.name));
                let problem = problem.with("name", Argument::user(name)).with("scope", scope.as_str());
                faults.report(problem.with("instance", Argument::user(id)));
            }
            self.words(one, edition, seen, faults);
            let needs_party = regime.scope < Scope::Ecosystem && era.in_force.get(one.regime) == Some(&true);
            let whole = |post: &Post| edition.lines.get(post.line).is_some_and(|line| !line.code.typed().by_party);
            if needs_party
                && self.container(one.instance, Scope::Party).is_none()
                && edition.posts.iter().any(whole)
                && seen.insert((codes::REGIME_NO_PARTY.number, one.mark.file, one.mark.start, number, 2))
            {
                let problem = faults.problem(&codes::REGIME_NO_PARTY, one.mark);
                faults.report(problem.with("regime", Argument::user(&one.name)));
            }
        }
    }

    /// A word that a parameter has must be one that its table of bands knows.
    fn words(&self, one: &Attached, edition: &Edition, seen: &mut BTreeSet<(u16, u32, u32, usize, usize)>, faults: &mut Faults) {
        for line in &edition.lines {
            for step in &line.code.steps {
                let StepKind::Bands(subject, rows) = &step.kind else { continue };
                let Some(StepKind::Parameter(number)) = line.code.steps.get(*subject).map(|step| &step.kind) else { continue };
                let Some(Parameter::Fixed(Value::One(Scalar::Word(word)))) =
                    one.parameters.get(edition.number).and_then(|values| values.get(*number))
                else {
                    continue;
                };
                let takes = |test: &RowTest| match test {
                    RowTest::Words(words) => words.contains(word),
                    RowTest::Otherwise => true,
                    RowTest::Bounds(_) => false,
                };
                let code = &codes::REGIME_WORD;
                let fresh = !rows.iter().any(|(test, _)| takes(test))
                    && seen.insert((code.number, one.mark.file, one.mark.start, one.instance, *number));
                if fresh {
                    let name = edition.parameters.get(*number).map_or("", |name| name);
                    let problem = faults.problem(code, one.mark).with("regime", Argument::user(&one.name));
                    faults.report(problem.with("name", Argument::user(name)).with("value", Argument::user(word)));
                }
            }
        }
    }

    /// How many attachments of an instance a name means.
    fn named(&self, at: InstanceAt, name: &str) -> usize {
        let regime = self.regimes.iter().position(|regime| regime.name.value == name);
        let means = |one: &&Attached| one.instance == at && (*one.name == *name || Some(one.regime) == regime);
        self.attached.iter().filter(means).count()
    }

    pub(super) fn openings(&self, eras: &[Era], faults: &mut Faults) {
        let mut seen = BTreeSet::new();
        for one in self.attached {
            for (line, values) in &one.opening {
                if !seen.insert((line.mark.file, line.mark.start)) {
                    continue;
                }
                let of = |era: &Era| {
                    let edition = era.editions.get(one.regime)?;
                    edition.lines.iter().find(|known| *known.name == *line.value).map(|line| line.code.typed().settled())
                };
                let Some(typed) = eras.iter().find_map(of) else {
                    let known = eras.iter().filter_map(|era| era.editions.get(one.regime)).flat_map(|edition| &edition.lines);
                    let known = known.filter(|line| line.written).map(|line| &*line.name);
                    let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
                    faults.unknown(codes, line.mark, ("name", &line.value), known, vec![("kind", "line".into())]);
                    continue;
                };
                for text in values {
                    let found = super::instances::literal(&text.value);
                    if found.is_none_or(|(_, found)| !found.fits(&typed)) {
                        let problem =
                            faults.problem(&codes::REGIME_PARAMETER, text.mark).with("value", Argument::user(&text.value));
                        let problem = problem.with("wanted", Argument::name(typed.to_string()));
                        faults.report(problem.with("found", "something else"));
                    }
                }
            }
        }
    }
}
