//! Which boxes are drawn, in which column: layers along the way failure runs, and folding where there are too many.
//!
//! Goes in: a picture. Comes out: boxes that each stand for one node or several, their columns, the links between them.
//! **Invariant:** every node stands in exactly one box; every link joins two different columns.
//! **Not here:** order and coordinates (`layout`).

use super::{Picture, Tone};
use std::collections::{BTreeMap, VecDeque};

/// A layer with more boxes than this folds like siblings.
const CROWD: usize = 8;
/// From so many like siblings on, all but the first three fold.
const SIBLINGS: usize = 6;
const SIBLINGS_SHOWN: usize = 3;
/// With more nodes on routes than this, a route alone keeps no box: what carries most of the failure does.
const ROUTED: usize = 64;
/// A layer has at most so many boxes, unless more are causes or on one of few routes.
const ROOM: usize = 12;
/// Not even those beyond this.
const HARD_ROOM: usize = 48;
/// A layer with more boxes than this takes several columns.
const COLUMN: usize = 16;
/// With more links than this, those off the routes are left out where routes reach both their ends.
const LINKS: usize = 90;
/// A deeper picture folds stretches of nothing notable, then its middle.
const DEPTH: usize = 24;

/// One box of the drawing.
#[derive(Debug)]
pub(super) struct Shown {
    /// The nodes it stands for.
    pub members: Vec<usize>,
    /// Whether it stands for several.
    pub folded: bool,
    /// Whether it holds what a layer had no room for, rather than like siblings.
    pub rest: bool,
    pub label: String,
    pub note: String,
    pub tone: Tone,
    pub critical: bool,
}

/// A line of the drawing, along the way failure runs.
#[derive(Debug)]
pub(super) struct Link {
    pub source: usize,
    pub target: usize,
    pub label: String,
    pub on_route: bool,
    /// Closes a cycle: runs against the columns.
    pub back: bool,
}

#[derive(Debug)]
pub(super) struct Folded {
    pub boxes: Vec<Shown>,
    /// Boxes by column, left to right.
    pub columns: Vec<Vec<usize>>,
    pub links: Vec<Link>,
}

/// A dependency along the way failure runs; parallel ones are one.
struct Flow<'a> {
    source: usize,
    target: usize,
    label: &'a str,
    on_route: bool,
}

/// Nodes that will share a box.
struct Unit {
    members: Vec<usize>,
    /// Never folds while there is any room: a cause or on a route.
    kept: bool,
    worth: Worth,
}

/// What stays when a layer has no room for all: what is critical or carries much, what is hit, what carries more, the graver tone.
type Worth = (bool, bool, usize, u8);

/// Chooses the boxes and their columns.
pub(super) fn fold(picture: &Picture) -> Folded {
    let flows = flows(picture);
    let mut kept: Vec<bool> = picture.nodes.iter().map(|node| node.tone == Tone::Cause).collect();
    let mut routed = vec![false; kept.len()];
    for flow in flows.iter().filter(|flow| flow.on_route) {
        routed[flow.source] = true;
        routed[flow.target] = true;
    }
    if routed.iter().filter(|on_route| **on_route).count() <= ROUTED {
        kept.iter_mut().zip(&routed).for_each(|(kept, on_route)| *kept |= on_route);
    }
    let mut layer = layers(picture, &arcs(picture, &flows));
    let carried = carried(&flows, &layer);
    let squashed = squash(picture, &kept, &mut layer);
    let siblings = siblings(picture, &flows, &layer, &squashed);
    let mut by_layer: BTreeMap<usize, (Vec<Unit>, Vec<usize>)> = BTreeMap::new();
    let mut unit_of: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, node) in picture.nodes.iter().enumerate() {
        let (units, rest) = by_layer.entry(layer[at]).or_default();
        let notable = node.critical || carried[at] > 0 && carried[at] >= picture.nodes.len() / 16;
        let worth = (notable, node.tone == Tone::Hit, carried[at], node.tone.weight());
        if squashed[at] {
            rest.push(at);
        } else if let Some(group) = siblings[at] {
            let unit = *unit_of.entry(group).or_insert(units.len());
            match units.get_mut(unit) {
                Some(unit) => unit.members.push(at),
                None => units.push(Unit { members: vec![at], kept: kept[at], worth }),
            }
        } else {
            units.push(Unit { members: vec![at], kept: kept[at], worth });
        }
    }
    let mut folded = Folded { boxes: Vec::new(), columns: Vec::new(), links: Vec::new() };
    let mut box_of = vec![0; picture.nodes.len()];
    for (units, rest) in by_layer.into_values() {
        let mut drawn = Vec::new();
        let (shown, rest) = make_room(units, rest);
        let rest = (!rest.is_empty()).then_some((rest, true));
        for (members, is_rest) in shown.into_iter().map(|members| (members, false)).chain(rest) {
            for member in &members {
                box_of[*member] = folded.boxes.len();
            }
            drawn.push(folded.boxes.len());
            folded.boxes.push(shown_box(picture, members, is_rest));
        }
        let columns = drawn.len().div_ceil(COLUMN).max(1);
        folded.columns.extend(drawn.chunks(drawn.len().div_ceil(columns).max(1)).map(<[usize]>::to_vec));
    }
    folded.links = links(&flows, &box_of, &folded.columns, folded.boxes.len());
    folded
}

/// How many nodes the routes through each lead to; one that several lead to counts for each of them.
fn carried(flows: &[Flow<'_>], layer: &[usize]) -> Vec<usize> {
    let mut carried = vec![0_usize; layer.len()];
    let mut routes: Vec<&Flow<'_>> =
        flows.iter().filter(|flow| flow.on_route && layer[flow.source] < layer[flow.target]).collect();
    routes.sort_by_key(|flow| std::cmp::Reverse(layer[flow.target]));
    for flow in routes {
        carried[flow.source] = carried[flow.source].saturating_add(carried[flow.target].saturating_add(1));
    }
    carried
}

/// The usable edges, one for each pair, turned the way failure runs.
fn flows(picture: &Picture) -> Vec<Flow<'_>> {
    let mut pairs: BTreeMap<(usize, usize), (&str, bool)> = BTreeMap::new();
    for edge in &picture.edges {
        if edge.from.max(edge.to) < picture.nodes.len() && edge.from != edge.to {
            let (label, on_route) = pairs.entry((edge.to, edge.from)).or_insert(("", false));
            if label.is_empty() {
                *label = &edge.label;
            }
            *on_route |= edge.on_route;
        }
    }
    pairs.into_iter().map(|((source, target), (label, on_route))| Flow { source, target, label, on_route }).collect()
}

/// The flows as (left, right) without cycles: a walk that begins at the causes turns every flow that closes a cycle.
fn arcs(picture: &Picture, flows: &[Flow<'_>]) -> Vec<(usize, usize)> {
    let count = picture.nodes.len();
    let mut outgoing = vec![Vec::new(); count];
    let mut fed = vec![false; count];
    for (at, flow) in flows.iter().enumerate() {
        outgoing[flow.source].push(at);
        fed[flow.target] = true;
    }
    let causes = (0..count).filter(|at| picture.nodes[*at].tone == Tone::Cause);
    let sources = (0..count).filter(|at| !fed[*at]);
    let mut arcs: Vec<(usize, usize)> = flows.iter().map(|flow| (flow.source, flow.target)).collect();
    // 0 not seen, 1 on the walk, 2 done
    let mut state = vec![0_u8; count];
    let mut walk: Vec<(usize, usize)> = Vec::new();
    for start in causes.chain(sources).chain(0..count) {
        if state[start] == 0 {
            state[start] = 1;
            walk.push((start, 0));
        }
        while let Some((node, next)) = walk.last_mut() {
            let Some(flow) = outgoing[*node].get(*next).copied() else {
                state[*node] = 2;
                walk.pop();
                continue;
            };
            *next += 1;
            let target = flows[flow].target;
            match state[target] {
                0 => {
                    state[target] = 1;
                    walk.push((target, 0));
                }
                1 => arcs[flow] = (target, flows[flow].source),
                _ => {}
            }
        }
    }
    arcs
}

/// The longest way from a source; then what feeds more than it is fed moves right, next to what it feeds.
fn layers(picture: &Picture, arcs: &[(usize, usize)]) -> Vec<usize> {
    let count = picture.nodes.len();
    let mut right = vec![Vec::new(); count];
    let mut left = vec![0_usize; count];
    for (low, high) in arcs {
        right[*low].push(*high);
        left[*high] += 1;
    }
    let mut waiting = left.clone();
    let mut ready: VecDeque<usize> = (0..count).filter(|at| left[*at] == 0).collect();
    let mut layer = vec![0_usize; count];
    let mut sorted = Vec::with_capacity(count);
    while let Some(node) = ready.pop_front() {
        sorted.push(node);
        for next in &right[node] {
            layer[*next] = layer[*next].max(layer[node] + 1);
            waiting[*next] -= 1;
            if waiting[*next] == 0 {
                ready.push_back(*next);
            }
        }
    }
    for node in sorted.into_iter().rev() {
        let nearest = right[node].iter().map(|next| layer[*next]).min();
        if let Some(nearest) = nearest
            && left[node] < right[node].len().max(1)
            && picture.nodes[node].tone != Tone::Cause
        {
            layer[node] = layer[node].max(nearest.saturating_sub(1));
        }
    }
    layer
}

/// Renumbers layers without gaps and, beyond [`DEPTH`], folds whole layers; says which nodes so folded.
fn squash(picture: &Picture, kept: &[bool], layer: &mut [usize]) -> Vec<bool> {
    let mut notable: BTreeMap<usize, bool> = BTreeMap::new();
    for (at, node) in picture.nodes.iter().enumerate() {
        *notable.entry(layer[at]).or_default() |= kept[at] || node.critical;
    }
    let mut squashed = vec![false; layer.len()];
    if notable.len() <= DEPTH {
        return squashed;
    }
    let mut renumbered: BTreeMap<usize, (usize, bool)> = BTreeMap::new();
    let (mut depth, mut dull_before) = (0, None);
    for (number, is_notable) in notable {
        match dull_before {
            Some(before) if !is_notable => {
                renumbered.insert(before, (depth - 1, true));
                renumbered.insert(number, (depth - 1, true));
            }
            _ => {
                renumbered.insert(number, (depth, false));
                depth += 1;
            }
        }
        dull_before = (!is_notable).then_some(number);
    }
    let (head, tail) = (DEPTH / 2, DEPTH - DEPTH / 2 - 1);
    for (at, number) in layer.iter_mut().enumerate() {
        let (new, dull) = renumbered.get(number).copied().unwrap_or_default();
        *number = new;
        squashed[at] = dull;
        if depth > DEPTH && new >= head {
            let after_middle = new.checked_sub(depth - tail);
            squashed[at] |= after_middle.is_none();
            *number = after_middle.map_or(head, |after| head + 1 + after);
        }
    }
    squashed
}

/// The groups of like siblings that fold, by node: same layer, tone and neighbours, neither cause nor critical.
fn siblings(picture: &Picture, flows: &[Flow<'_>], layer: &[usize], squashed: &[bool]) -> Vec<Option<usize>> {
    let mut neighbours = vec![Vec::new(); picture.nodes.len()];
    for flow in flows {
        neighbours[flow.source].push((true, flow.target, flow.on_route));
        neighbours[flow.target].push((false, flow.source, flow.on_route));
    }
    let mut crowd: BTreeMap<usize, usize> = BTreeMap::new();
    for at in (0..layer.len()).filter(|at| !squashed[*at]) {
        *crowd.entry(layer[at]).or_default() += 1;
    }
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, node) in picture.nodes.iter().enumerate() {
        let crowded = crowd.get(&layer[at]).is_some_and(|boxes| *boxes > CROWD);
        if crowded && !squashed[at] && !node.critical && node.tone != Tone::Cause {
            groups.entry((layer[at], node.tone, std::mem::take(&mut neighbours[at]))).or_default().push(at);
        }
    }
    let mut group_of = vec![None; picture.nodes.len()];
    for (group, members) in groups.into_values().filter(|members| members.len() >= SIBLINGS).enumerate() {
        for member in members.into_iter().skip(SIBLINGS_SHOWN) {
            group_of[member] = Some(group);
        }
    }
    group_of
}

/// Moves the least notable units of a layer to its rest until the others fit.
fn make_room(units: Vec<Unit>, mut rest: Vec<usize>) -> (Vec<Vec<usize>>, Vec<usize>) {
    let room = if rest.is_empty() { ROOM } else { ROOM - 1 };
    if units.len() > room {
        let mut ranked: Vec<usize> = (0..units.len()).collect();
        ranked.sort_by_key(|at| (std::cmp::Reverse((units[*at].kept, units[*at].worth)), *at));
        let kept = units.iter().filter(|unit| unit.kept).count().clamp(ROOM - 1, HARD_ROOM - 1);
        let mut stays = vec![false; units.len()];
        // A rest of one box would take the place of that box.
        let shown = if rest.is_empty() && units.len() == kept + 1 { units.len() } else { kept };
        for at in ranked.into_iter().take(shown) {
            stays[at] = true;
        }
        let mut shown = Vec::new();
        for (unit, stays) in units.into_iter().zip(stays) {
            if stays { shown.push(unit.members) } else { rest.extend(unit.members) }
        }
        rest.sort_unstable();
        return (shown, rest);
    }
    (units.into_iter().map(|unit| unit.members).collect(), rest)
}

fn shown_box(picture: &Picture, members: Vec<usize>, rest: bool) -> Shown {
    let folded = rest || members.len() > 1;
    let nodes = || members.iter().map(|at| &picture.nodes[*at]);
    let tone = nodes().map(|node| node.tone).max_by_key(|tone| tone.weight()).unwrap_or(Tone::Unknown);
    let first = nodes().next().filter(|_| !folded);
    Shown {
        label: first.map_or_else(|| picture.words.more.replace("{n}", &members.len().to_string()), |node| node.label.clone()),
        note: first.map(|node| node.note.clone()).unwrap_or_default(),
        critical: first.is_some_and(|node| node.critical),
        folded,
        rest,
        tone,
        members,
    }
}

/// The flows between boxes; where several become one, a label stays if they agree on it.
fn links(flows: &[Flow<'_>], box_of: &[usize], columns: &[Vec<usize>], boxes: usize) -> Vec<Link> {
    let mut column_of = vec![0; boxes];
    for (number, column) in columns.iter().enumerate() {
        for shown in column {
            column_of[*shown] = number;
        }
    }
    let mut pairs: BTreeMap<(usize, usize), (&str, bool)> = BTreeMap::new();
    for flow in flows {
        let pair = (box_of[flow.source], box_of[flow.target]);
        if column_of[pair.0] != column_of[pair.1] {
            let (label, on_route) = pairs.entry(pair).or_insert((flow.label, false));
            if *label != flow.label {
                *label = "";
            }
            *on_route |= flow.on_route;
        }
    }
    let link = |((source, target), (label, on_route)): ((usize, usize), (&str, bool))| {
        let back = column_of[source] > column_of[target];
        Link { source, target, label: label.to_owned(), on_route, back }
    };
    let mut links: Vec<Link> = pairs.into_iter().map(link).collect();
    if links.len() > LINKS {
        let mut routed = vec![false; boxes];
        for link in links.iter().filter(|link| link.on_route) {
            routed[link.source] = true;
            routed[link.target] = true;
        }
        links.retain(|link| link.on_route || !routed[link.source] || !routed[link.target]);
    }
    links
}
