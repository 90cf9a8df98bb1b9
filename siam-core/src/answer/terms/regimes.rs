//! The terms of regimes as written, and of their attachments with every parameter in force.
//!
//! Goes in: regimes and attachments. Comes out: scope, parameters, formulas, tables, entries, in the words and numbers of the document.
//! **Invariant:** formulas stand as they are written; nothing is evaluated.
//! **Not here:** what a formula means (`formula`), what it comes to (`answer::settle`).

use super::page::{Page, name};
use crate::base::Date;
use crate::document::{Named, Spot, When};
use crate::model::dated::instant;
use crate::model::regime::{AttachmentDoc, LineDoc, ParameterDoc, PostDoc, Regime, RegimeDoc, Scope};
use crate::report::Reason;

/// Which regimes apply to the object, with the parameters in force.
pub(super) fn attached(page: &mut Page<'_>, attachments: &Named<AttachmentDoc>) {
    for (as_name, attachment) in attachments.iter() {
        let regime = attachment.regime.as_ref().unwrap_or(as_name).value.as_str();
        let given = attachment.parameters.iter().map(|(parameter, value)| ("terms-parameter", parameter.value.as_str(), value));
        let edition =
            page.model.regimes.iter().find(|known| known.name.value == regime).and_then(|regime| in_force(page, regime));
        let usual = edition.into_iter().flat_map(|edition| edition.parameters.iter());
        let own = |parameter: &str| attachment.parameters.iter().any(|(given, _)| given.value == parameter);
        let usual = usual.filter(|(parameter, _)| !own(&parameter.value));
        let usual = usual.map(|(parameter, value)| ("terms-parameter-default", parameter.value.as_str(), value));
        let all: Vec<Reason> = given.chain(usual).flat_map(|(id, parameter, value)| parameters(id, parameter, value)).collect();
        page.say(Reason::new("terms-regime-applies").with("regime", name(regime)).because_all(all));
    }
}

/// The edition of a regime that is in force.
fn in_force<'a>(page: &Page<'a>, regime: &'a Regime) -> Option<&'a RegimeDoc> {
    let begun = |day: Date| instant(When::Date(day), &page.model.zone) <= page.at;
    let begun = |edition: &&RegimeDoc| edition.from.as_ref().is_none_or(|from| begun(from.value));
    regime.editions.iter().rev().find(begun).or_else(|| regime.editions.first())
}

fn parameters(id: &'static str, parameter: &str, value: &ParameterDoc) -> Vec<Reason> {
    match value {
        ParameterDoc::One(value) => vec![Reason::new(id).with("parameter", name(parameter)).with("value", name(&value.value))],
        ParameterDoc::By(values) => {
            let id = if id == "terms-parameter" { "terms-parameter-for" } else { "terms-parameter-for-default" };
            let one = |(key, value): &(Spot<String>, Spot<String>)| {
                let reason = Reason::new(id).with("parameter", name(parameter)).with("of", name(&key.value));
                reason.with("value", name(&value.value))
            };
            values.iter().map(one).collect()
        }
    }
}

/// The terms of a regime, edition by edition.
pub(super) fn regime(page: &mut Page<'_>, regime: &Regime) {
    let id = regime.name.value.as_str();
    for edition in &regime.editions {
        page.about("regimes", "regime", id, edition.clause.as_deref(), 1);
        let title = edition.title.as_deref().unwrap_or(id);
        page.heading(Reason::new("terms-regime").with("regime", super::page::titled(title, id)));
        page.clause(edition.clause.as_deref());
        page.say(match &edition.from {
            Some(from) => Reason::new("terms-regime-from").with("from", from.value),
            None => Reason::new("terms-regime-from-default"),
        });
        page.say(match regime.scope {
            Scope::Ecosystem => Reason::new("terms-regime-ecosystem"),
            scope => Reason::new("terms-regime-scope").with("scope", name(scope.as_str())),
        });
        written(page, edition);
    }
}

fn written(page: &mut Page<'_>, edition: &RegimeDoc) {
    for (input, kind) in edition.inputs.iter() {
        page.say(Reason::new("terms-input").with("input", name(&input.value)).with("kind", name(&kind.value)));
    }
    for (parameter, value) in edition.parameters.iter() {
        parameters("terms-parameter-default", &parameter.value, value).into_iter().for_each(|reason| page.say(reason));
    }
    for (id, line) in edition.lines.iter() {
        page.say(formula(&id.value, line));
    }
    for (id, post) in edition.posts.iter() {
        page.say(entry(&id.value, post));
    }
    for (trigger, condition) in edition.triggers.iter() {
        page.say(Reason::new("terms-trigger").with("trigger", name(&trigger.value)).with("condition", name(&condition.value)));
    }
    for (figure, value) in edition.sets.iter() {
        page.say(Reason::new("terms-sets").with("figure", name(&figure.value)).with("value", name(&value.value)));
    }
}

fn formula(id: &str, line: &LineDoc) -> Reason {
    let begun = |id_of: &'static str| Reason::new(id_of).with("line", name(id));
    let rows = |rows: &[(Spot<String>, Spot<String>)]| -> Vec<Reason> {
        let one = |(key, value): &(Spot<String>, Spot<String>)| {
            Reason::new("terms-line-row").with("key", name(&key.value)).with("value", name(&value.value))
        };
        rows.iter().map(one).collect()
    };
    match line {
        LineDoc::Formula(formula) => begun("terms-line").with("formula", name(&formula.value)),
        LineDoc::Bands { subject, rows: all, .. } => {
            begun("terms-line-bands").with("subject", name(&subject.value)).because_all(rows(all))
        }
        LineDoc::Marginal { subject, rows: all, .. } => {
            begun("terms-line-marginal").with("subject", name(&subject.value)).because_all(rows(all))
        }
        LineDoc::EarnBack { amount, when, tranches, .. } => {
            let back = begun("terms-line-earn-back").with("amount", name(&amount.value)).with("when", name(&when.value));
            back.because_all(rows(tranches))
        }
    }
}

fn entry(id: &str, post: &PostDoc) -> Reason {
    let kind = post.kind.map(|kind| Reason::new("terms-post-kind").with("kind", name(&kind.as_str().replace('_', " "))));
    let to = match &post.to {
        Some(to) => Reason::new("terms-post-to").with("to", name(&to.value)),
        None => Reason::new("terms-post-to-default"),
    };
    let reverses = post.reverses.as_ref().map(|other| Reason::new("terms-post-reverses").with("post", name(&other.value)));
    let reason = Reason::new("terms-post").with("post", name(id)).with("amount", name(&post.amount.value));
    reason.because_all(kind).because(to).because_all(reverses)
}
