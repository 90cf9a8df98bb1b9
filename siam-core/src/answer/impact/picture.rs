//! The picture of an impact: what failed, what it reached, and the routes between.
//!
//! Goes in: the services reached. Comes out: boxes and lines for the renderer, in the words of a catalogue.
//! **Invariant:** every box is a row of the report or stands on the route of one.
//! **Not here:** drawing (`report::picture`).

use super::{ImpactReport, Reached};
use crate::base::{Argument, Message};
use crate::model::rule::{Level, ServiceIdx};
use crate::report::Catalogue;
use crate::report::picture::{Picture, PictureEdge, PictureNode, PictureWords, Tone};
use std::collections::{BTreeMap, BTreeSet};

/// Services that are drawn at most; further ones are counted in the description only.
const DRAWN: usize = 500;

pub(super) fn picture(report: &ImpactReport, catalogue: &Catalogue) -> Picture {
    let model = report.ecosystem.model();
    let worst = Level::try_from(model.levels.len() - 1).unwrap_or(Level::MAX);
    let levels: BTreeMap<ServiceIdx, &Reached> = report.reached.iter().map(|one| (one.service, one)).collect();
    let mut places: BTreeMap<ServiceIdx, usize> = BTreeMap::new();
    let mut order: Vec<ServiceIdx> = Vec::new();
    let mut steps: BTreeSet<(ServiceIdx, ServiceIdx)> = BTreeSet::new();
    for one in report.reached.iter().take(DRAWN) {
        let route = report.ways.route(one.start);
        for service in route.iter().chain([&one.service]) {
            places.entry(*service).or_insert_with(|| {
                order.push(*service);
                order.len() - 1
            });
        }
        steps.extend(route.windows(2).map(|pair| (pair[0], pair[1])));
    }
    let words = |message: Message| catalogue.render(&message);
    let plain = |id| words(Message::new(id));
    let tone = |service: &ServiceIdx| match (report.own.get(service), levels.get(service)) {
        (Some((best, own)), _) if best != own => Tone::Unknown,
        (Some((_, own)), _) if *own > 0 => Tone::Cause,
        (_, Some(one)) if one.best != one.worst => Tone::Unknown,
        (_, Some(one)) if one.worst == worst => Tone::Hit,
        (_, Some(one)) if one.worst > one.before => Tone::Warned,
        _ => Tone::Calm,
    };
    let node = |index: &ServiceIdx| {
        let service = &model.services[*index];
        let level = levels.get(index).map_or(0, |one| one.worst);
        let note = |id| Message::new(id).with("level", Argument::name(model.level_name(level)));
        let provider = service.provider.at(report.at).map(|party| Argument::name(model.party_name(*party)));
        PictureNode {
            id: service.id.to_string(),
            label: service.title().to_owned(),
            note: words(match provider {
                Some(provider) => note("picture-impact-note").with("provider", provider),
                None => note("picture-impact-note-alone"),
            }),
            tone: tone(index),
            critical: service.class.at(report.at).and_then(|class| model.classes.get(*class)).is_some_and(|class| class.critical),
        }
    };
    let structure = report.scene.structure(report.ecosystem.map(report.at));
    let mut edges = Vec::new();
    for (from, service) in order.iter().enumerate() {
        let Some(inner) = report.scene.inner(*service) else { continue };
        for dependency in structure.dependencies(inner).map(|inner| report.scene.outer(inner)) {
            if let Some(to) = places.get(&dependency) {
                let on_route = steps.contains(&(*service, dependency));
                edges.push(PictureEdge { from, to: *to, label: String::new(), on_route });
            }
        }
    }
    let causes: Vec<Argument> = report.own.keys().map(|service| Argument::name(model.services[*service].title())).collect();
    let mut named: Vec<Argument> = causes.iter().take(5).cloned().collect();
    if causes.len() > 5 {
        named.push(Argument::name(words(Message::new("picture-impact-more").with("n", causes.len() - 5))));
    }
    let nodes: Vec<PictureNode> = order.iter().map(node).collect();
    let all = [
        (Tone::Cause, plain("picture-impact-causes")),
        (Tone::Hit, words(Message::new("picture-impact-hit").with("level", Argument::name(model.level_name(worst))))),
        (Tone::Warned, plain("picture-impact-warned")),
        (Tone::Unknown, plain("picture-impact-unknown")),
    ];
    Picture {
        title: words(Message::new("picture-impact-title").with("causes", named.clone())),
        description: words(
            Message::new("picture-impact-description").with("services", report.reached.len()).with("causes", named),
        ),
        legend: all.into_iter().filter(|(tone, _)| nodes.iter().any(|node| node.tone == *tone)).collect(),
        words: PictureWords {
            // The renderer fills `{n}` itself.
            more: catalogue.template("picture-impact-more").to_owned(),
            flow: plain("picture-impact-flow"),
            critical: plain("picture-impact-critical"),
            route: plain("picture-impact-route"),
        },
        nodes,
        edges,
    }
}
