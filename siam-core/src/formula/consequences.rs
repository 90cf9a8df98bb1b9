//! What a regime does with its lines: posts, triggers and figures it sets.
//!
//! Goes in: `post:`, `triggers:` and `sets:` as written. Comes out: the lines that hold their values.
//! **Invariant:** posted money is provably on its minor unit; a trigger is one flag.
//! **Not here:** entries (`evaluated`).

use super::code::{LineAt, Post, RegimeAt};
use super::parse::Fault;
use super::types::Dimension::{Money, Points, Time};
use super::types::{Kind, Type, Unit};
use super::world::Compiler;
use crate::base::{Argument, Code, codes};
use crate::document::Spot;
use crate::model::regime::{PostDoc, PostKind, Scope};
use std::sync::Arc;

/// Posts, triggers and sets of an edition, with their lines.
#[derive(Debug, Clone, Default)]
pub(super) struct Consequences {
    pub posts: Vec<Post>,
    pub triggers: Vec<(Arc<str>, LineAt)>,
    pub sets: Vec<(Arc<str>, LineAt)>,
}

pub(super) fn consequences(compiler: &mut Compiler<'_>, regime: RegimeAt) -> Consequences {
    let world = compiler.world;
    let mut found = Consequences::default();
    let Some(names) = world.regimes.get(regime) else { return found };
    for (name, doc) in names.doc.posts.iter() {
        let post = post(compiler, regime, name, doc);
        found.posts.push(post);
    }
    for post in &mut found.posts {
        let doc = names.doc.posts.iter().find(|(name, _)| *name.value == *post.name).map(|(_, doc)| doc);
        post.reverses = doc
            .and_then(|doc| doc.reverses.as_ref())
            .and_then(|reverses| reversed(compiler, names.doc.posts.entries.as_slice(), reverses));
    }
    for (name, text) in names.doc.triggers.iter() {
        let (line, typed, _) = compiler.beside(regime, format!("trigger {}", name.value), text);
        if typed.kind != Kind::Unknown && typed != Type::FLAG {
            push(
                compiler,
                text,
                &codes::REGIME_TYPE,
                &[
                    ("formula", Argument::user(&text.value)),
                    ("found", Argument::name(typed.to_string())),
                    ("wanted", "a flag".into()),
                ],
            );
        }
        found.triggers.push((name.value.as_str().into(), line));
    }
    for (name, text) in names.doc.sets.iter() {
        let (line, typed, _) = compiler.beside(regime, format!("set {}", name.value), text);
        let figure = (world.figures)(regime, names.scope, &name.value).or_else(|| world.given(names.scope, &name.value));
        match figure {
            None => push(
                compiler,
                name,
                &codes::REGIME_FIGURE_NO_GUESS,
                &[("name", Argument::user(&name.value)), ("scope", names.scope.as_str().into())],
            ),
            Some(figure) if !typed.fits(&figure) => push(
                compiler,
                text,
                &codes::REGIME_UNIT,
                &[
                    ("formula", Argument::user(&text.value)),
                    ("left", Argument::name(typed.to_string())),
                    ("right", Argument::name(figure.to_string())),
                ],
            ),
            Some(_) => {}
        }
        found.sets.push((name.value.as_str().into(), line));
    }
    found
}

fn push(compiler: &mut Compiler<'_>, text: &Spot<String>, code: &'static Code, arguments: &[(&'static str, Argument)]) {
    let fault = Fault { code, start: 0, end: text.value.len(), arguments: arguments.to_vec() };
    compiler.reports.push((text.mark, text.value.clone(), fault));
}

fn post(compiler: &mut Compiler<'_>, regime: RegimeAt, name: &Spot<String>, doc: &PostDoc) -> Post {
    let kind = doc.kind.or_else(|| PostKind::parse(&name.value)).unwrap_or(PostKind::Other);
    let (line, typed, minor) = compiler.beside(regime, format!("post {}", name.value), &doc.amount);
    let scope = compiler.world.regimes.get(regime).map_or(Scope::Party, |names| names.scope);
    let dimension = typed.unit().and_then(Unit::plain);
    let postable = matches!(dimension, Some(Money(_) | Points | Time)) || matches!(typed.kind, Kind::Unknown);
    let user = || ("formula", Argument::user(&doc.amount.value));
    if !postable {
        let found = ("found", Argument::name(typed.to_string()));
        push(
            compiler,
            &doc.amount,
            &codes::REGIME_TYPE,
            &[user(), found, ("wanted", "money, points or a duration to post".into())],
        );
    } else if !minor && matches!(dimension, Some(Money(_))) {
        push(compiler, &doc.amount, &codes::REGIME_UNROUNDED, &[user()]);
    }
    if scope == Scope::Ecosystem && !typed.by_party && typed.kind != Kind::Unknown {
        push(compiler, &doc.amount, &codes::REGIME_POST_WHOLE, &[user()]);
    }
    let to_party = match &doc.to {
        Some(to) if to.value != "party" => {
            push(
                compiler,
                to,
                &codes::BAD_VALUE,
                &[
                    ("value", Argument::user(&to.value)),
                    ("expected", "the receiver of a post".into()),
                    ("example", "party".into()),
                ],
            );
            false
        }
        to => to.is_some(),
    };
    Post { name: name.value.as_str().into(), kind, line, to_party, reverses: None }
}

/// The post a `reverses:` means: one of that name, or the one that posts that line.
fn reversed(compiler: &mut Compiler<'_>, posts: &[(Spot<String>, PostDoc)], wanted: &Spot<String>) -> Option<Arc<str>> {
    let named = posts.iter().find(|(name, _)| name.value == wanted.value);
    let by_line = || posts.iter().find(|(_, doc)| doc.amount.value.trim() == wanted.value);
    match named.or_else(by_line) {
        Some((name, _)) => Some(name.value.as_str().into()),
        None => {
            push(
                compiler,
                wanted,
                &codes::UNRESOLVED_NO_GUESS,
                &[("kind", "post".into()), ("name", Argument::user(&wanted.value))],
            );
            None
        }
    }
}
