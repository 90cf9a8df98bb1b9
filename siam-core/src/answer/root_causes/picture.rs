//! The picture of root causes: the bad services, the causes, and the ways between.
//!
//! Goes in: what was found. Comes out: boxes and lines for the renderer, in the words of a catalogue.
//! **Invariant:** every box stands on the way from a bad service to a cause of the rows.
//! **Not here:** drawing (`report::picture`).

use super::RootCausesReport;
use super::follow::Ways;
use super::tables::Naming;
use crate::base::{Argument, Message};
use crate::model::rule::{Level, ServiceIdx};
use crate::report::Catalogue;
use crate::report::picture::{Picture, PictureEdge, PictureNode, PictureWords, Tone};
use std::collections::{BTreeMap, BTreeSet};

/// Services that are drawn at most.
const DRAWN: usize = 500;

pub(super) fn picture(report: &RootCausesReport, catalogue: &Catalogue) -> Picture {
    let model = report.ecosystem.model();
    let naming = Naming { ecosystem: &report.ecosystem, at: report.asked.at };
    let mut places: BTreeMap<ServiceIdx, usize> = BTreeMap::new();
    let mut order: Vec<ServiceIdx> = Vec::new();
    let mut steps: BTreeSet<(ServiceIdx, ServiceIdx)> = BTreeSet::new();
    let mut causes: BTreeSet<ServiceIdx> = BTreeSet::new();
    let mut levels: BTreeMap<ServiceIdx, Level> = BTreeMap::new();
    for one in &report.found {
        let ways = Ways::of(&one.met);
        for cause in one.sets.iter().flatten() {
            let route = ways.route(*cause);
            if order.len() + route.len() > DRAWN {
                continue;
            }
            causes.insert(*cause);
            for service in &route {
                levels.insert(*service, one.level_of(*service));
                places.entry(*service).or_insert_with(|| {
                    order.push(*service);
                    order.len() - 1
                });
            }
            steps.extend(route.iter().copied().zip(route.iter().copied().skip(1)));
        }
    }
    let words = |message: Message| catalogue.render(&message);
    let plain = |id| words(Message::new(id));
    let node = |index: &ServiceIdx| {
        let service = model.services.get(*index);
        let level = levels.get(index).copied().unwrap_or(0);
        let note = |id| Message::new(id).with("level", Argument::name(model.level_name(level)));
        let class = service.and_then(|service| service.class.at(report.asked.at));
        PictureNode {
            id: naming.name(*index).to_owned(),
            label: service.map_or_else(String::new, |service| service.title().to_owned()),
            note: words(match naming.provider(*index) {
                Some(provider) => note("picture-impact-note").with("provider", Argument::name(provider)),
                None => note("picture-impact-note-alone"),
            }),
            tone: match level {
                _ if causes.contains(index) => Tone::Cause,
                level if level == report.asked.worst => Tone::Hit,
                0 => Tone::Calm,
                _ => Tone::Warned,
            },
            critical: class.and_then(|class| model.classes.get(*class)).is_some_and(|class| class.critical),
        }
    };
    let structure = &report.ecosystem.map(report.asked.at).structure;
    let mut edges = Vec::new();
    for (from, service) in order.iter().enumerate() {
        for dependency in structure.dependencies(*service) {
            if let Some(to) = places.get(&dependency) {
                let on_route = steps.contains(&(*service, dependency));
                edges.push(PictureEdge { from, to: *to, label: String::new(), on_route });
            }
        }
    }
    let more = |n: usize| Argument::name(words(Message::new("picture-impact-more").with("n", n)));
    let titles: Vec<Argument> =
        report.found.iter().filter_map(|one| model.services.get(one.bad)).map(|service| Argument::name(service.title())).collect();
    let mut named: Vec<Argument> = titles.iter().take(5).cloned().collect();
    if titles.len() > 5 {
        named.push(more(titles.len() - 5));
    }
    let nodes: Vec<PictureNode> = order.iter().map(node).collect();
    let worst = Argument::name(model.level_name(report.asked.worst));
    let all = [
        (Tone::Cause, plain("picture-causes-cause")),
        (Tone::Hit, words(Message::new("picture-impact-hit").with("level", worst))),
        (Tone::Warned, plain("picture-impact-warned")),
    ];
    Picture {
        title: words(Message::new("picture-causes-title").with("bad", named.clone())),
        description: words(Message::new("picture-causes-description").with("causes", causes.len()).with("bad", named)),
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
