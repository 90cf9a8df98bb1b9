//! Where boxes and lines stand.
//!
//! Goes in: boxes, columns and links. Comes out: whole pixels for every box and curve.
//! **Invariant:** a line crosses a column only in a lane of its own, never through a box.
//! **Not here:** which boxes there are (`fold`), how they look (`svg`).

use super::fold::{Folded, Shown};
use super::text::{Type, fit, width};
use super::{Picture, Tone};
use std::collections::BTreeMap;

pub(super) const BOX_HEIGHT: i64 = 44;
/// The coloured part of a box, with the glyph.
pub(super) const CHIP: i64 = 26;
pub(super) const NOTE: Type = Type { size: 11, bold: false };
const LINK: Type = Type { size: 10, bold: false };
const MARGIN: i64 = 24;
const BOX_GAP: i64 = 16;
const LANE_GAP: i64 = 10;
const TEXT_ROOM: i64 = 178;
const LABELLED_LINKS: usize = 30;

/// A box with its texts cut to fit.
#[derive(Debug, Default)]
pub(super) struct Spot {
    pub x: i64,
    pub y: i64,
    pub width: i64,
    pub label: String,
    pub note: String,
}

/// Which end of a curve has a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    Neither,
    Left,
    Right,
}

/// A curve over one gap between columns, then straight on to `through` where it crosses a column.
#[derive(Debug)]
pub(super) struct Curve {
    pub x1: i64,
    pub y1: i64,
    pub x2: i64,
    pub y2: i64,
    pub through: i64,
    pub head: Head,
    pub on_route: bool,
    pub back: bool,
    /// Links that run along it.
    pub links: Vec<usize>,
    pub label: String,
}

#[derive(Debug)]
pub(super) struct Layout {
    pub spots: Vec<Spot>,
    pub curves: Vec<Curve>,
    pub width: i64,
    pub height: i64,
}

/// A box, or the lane of a line through a column.
struct Slot {
    column: usize,
    shown: Option<usize>,
    /// A folded rest stands below all others.
    last: bool,
    left: Vec<usize>,
    right: Vec<usize>,
}

impl Slot {
    fn half(&self) -> i64 {
        if self.shown.is_some() { BOX_HEIGHT / 2 } else { 2 }
    }
}

struct Segment {
    left: usize,
    right: usize,
    on_route: bool,
    back: bool,
    links: Vec<usize>,
}

pub(super) fn face(shown: &Shown) -> Type {
    Type { size: 13, bold: shown.critical || shown.tone == Tone::Cause && !shown.folded }
}

/// The tones of a folded box, with how many of each.
pub(super) fn tally(picture: &Picture, shown: &Shown) -> Vec<(Tone, usize)> {
    let of = |tone| shown.members.iter().filter(|at| picture.nodes[**at].tone == tone).count();
    Tone::ALL.into_iter().map(|tone| (tone, of(tone))).filter(|(_, count)| *count > 0).collect()
}

/// How wide one tone of a tally is drawn.
pub(super) fn tally_width(count: usize) -> i64 {
    16 + width(&count.to_string(), NOTE) + 10
}

/// Places all boxes and lines, the top left corner of the drawing at 0, 0.
pub(super) fn lay_out(picture: &Picture, folded: &Folded) -> Layout {
    let (slots, segments) = slots(folded);
    let order = order(folded.columns.len(), &slots, &segments);
    let middle = heights(&order, &slots, &segments);
    let mut spots: Vec<Spot> = folded.boxes.iter().map(|shown| spot(picture, shown)).collect();
    let mut curves: Vec<Curve> = segments.iter().map(|segment| curve(folded, &slots, segment, &middle)).collect();

    let mut left = vec![MARGIN; order.len()];
    let mut wide = vec![0_i64; order.len()];
    let mut x = MARGIN;
    for column in 0..order.len() {
        let boxes = folded.columns.get(column).into_iter().flatten();
        wide[column] = boxes.map(|shown| spots[*shown].width).max().unwrap_or(0);
        left[column] = x;
        let leaving = || segments.iter().zip(&curves).filter(|(segment, _)| slots[segment.left].column == column);
        let rise = leaving().map(|(_, curve)| (curve.y2 - curve.y1).abs()).max().unwrap_or(0);
        let label = leaving().map(|(_, curve)| width(&curve.label, LINK)).max().unwrap_or(0);
        x += wide[column] + (64 + (rise / 6).min(90)).max(if label > 0 { label + 56 } else { 0 });
    }
    for (at, slot) in slots.iter().enumerate() {
        if let Some(spot) = slot.shown.and_then(|shown| spots.get_mut(shown)) {
            spot.x = left[slot.column];
            spot.y = middle[at] - BOX_HEIGHT / 2;
            spot.width = wide[slot.column];
        }
    }
    for (curve, segment) in curves.iter_mut().zip(&segments) {
        let (from, to) = (slots[segment.left].column, &slots[segment.right]);
        curve.x1 = left[from] + wide[from];
        curve.x2 = left[to.column];
        curve.through = if to.shown.is_some() { curve.x2 } else { curve.x2 + wide[to.column] };
    }
    unclutter(&mut curves);
    let right = left.iter().zip(&wide).map(|(left, wide)| left + wide).max().unwrap_or(MARGIN);
    let bottom = slots.iter().zip(&middle).map(|(slot, middle)| middle + slot.half()).max().unwrap_or(0);
    Layout { spots, curves, width: right + MARGIN, height: bottom + 8 }
}

fn spot(picture: &Picture, shown: &Shown) -> Spot {
    let label = fit(&shown.label, face(shown), TEXT_ROOM);
    let note = fit(&shown.note, NOTE, TEXT_ROOM);
    let counts: i64 = if shown.folded { tally(picture, shown).iter().map(|(_, count)| tally_width(*count)).sum() } else { 0 };
    let star = if shown.critical { 20 } else { 0 };
    let text = (width(&label, face(shown)) + star).max(width(&note, NOTE)).max(counts);
    Spot { x: 0, y: 0, width: (CHIP + 10 + text + 12).max(104), label, note }
}

/// Boxes and lanes, and the segments between neighbouring columns. Lines out of one box share their lanes.
fn slots(folded: &Folded) -> (Vec<Slot>, Vec<Segment>) {
    let slot = |column, shown, last| Slot { column, shown, last, left: Vec::new(), right: Vec::new() };
    let mut slots: Vec<Slot> = folded.boxes.iter().enumerate().map(|(at, shown)| slot(0, Some(at), shown.rest)).collect();
    for (number, column) in folded.columns.iter().enumerate() {
        for shown in column {
            slots[*shown].column = number;
        }
    }
    let mut lanes: BTreeMap<(usize, bool, usize), usize> = BTreeMap::new();
    let mut segments: BTreeMap<(usize, usize, bool), Segment> = BTreeMap::new();
    for (number, link) in folded.links.iter().enumerate() {
        let (low, high) = if link.back { (link.target, link.source) } else { (link.source, link.target) };
        let mut left = low;
        for column in slots[low].column + 1..=slots[high].column {
            let right = if column == slots[high].column {
                high
            } else {
                *lanes.entry((low, link.back, column)).or_insert_with(|| {
                    slots.push(slot(column, None, false));
                    slots.len() - 1
                })
            };
            let segment = segments.entry((left, right, link.back)).or_insert_with(|| Segment {
                left,
                right,
                on_route: false,
                back: link.back,
                links: Vec::new(),
            });
            segment.on_route |= link.on_route;
            segment.links.push(number);
            left = right;
        }
    }
    let segments: Vec<Segment> = segments.into_values().collect();
    for segment in &segments {
        slots[segment.left].right.push(segment.right);
        slots[segment.right].left.push(segment.left);
    }
    (slots, segments)
}

/// The slots of each column from top to bottom: barycentre sweeps, the best one wins.
fn order(columns: usize, slots: &[Slot], segments: &[Segment]) -> Vec<Vec<usize>> {
    let mut order = vec![Vec::new(); columns];
    for (at, slot) in slots.iter().enumerate() {
        order[slot.column].push(at);
    }
    let mut place = vec![0_usize; slots.len()];
    let mark = |column: &[usize], place: &mut [usize]| {
        for (rank, at) in column.iter().enumerate() {
            place[*at] = rank;
        }
    };
    order.iter().for_each(|column| mark(column, &mut place));
    let mut best = (usize::MAX, order.clone());
    for round in 0..12 {
        let forward = round % 2 == 0;
        for step in 0..columns {
            let column = if forward { step } else { columns - 1 - step };
            let lengths: Vec<usize> = order.iter().map(Vec::len).collect();
            // Places as fractions of their column, in millionths.
            let share = |at: usize| (2 * place[at] + 1) * 500_000 / lengths[slots[at].column].max(1);
            let key = |at: usize| {
                let near = if forward { &slots[at].left } else { &slots[at].right };
                let mean = near.iter().map(|next| share(*next)).sum::<usize>().checked_div(near.len());
                (slots[at].last, mean.unwrap_or_else(|| share(at)))
            };
            let mut keyed: Vec<_> = order[column].iter().map(|at| (key(*at), *at)).collect();
            keyed.sort_by_key(|(key, _)| *key);
            order[column] = keyed.into_iter().map(|(_, at)| at).collect();
            mark(&order[column], &mut place);
        }
        let crossings = crossings(&order, slots, segments, &place);
        if crossings < best.0 {
            best = (crossings, order.clone());
        }
    }
    best.1
}

/// How often lines cross, counted with a Fenwick tree for each gap.
fn crossings(order: &[Vec<usize>], slots: &[Slot], segments: &[Segment], place: &[usize]) -> usize {
    let mut gaps: Vec<Vec<(usize, usize)>> = vec![Vec::new(); order.len()];
    for segment in segments {
        gaps[slots[segment.left].column].push((place[segment.left], place[segment.right]));
    }
    let mut total = 0;
    for (gap, mut lines) in gaps.into_iter().enumerate() {
        lines.sort_unstable();
        let mut tree = vec![0_usize; order.get(gap + 1).map_or(0, Vec::len) + 1];
        for (seen, (_, right)) in lines.into_iter().enumerate() {
            let (mut at, mut not_below) = (right + 1, 0);
            while at > 0 {
                not_below += tree[at];
                at -= at & at.wrapping_neg();
            }
            total += seen - not_below;
            at = right + 1;
            while at < tree.len() {
                tree[at] += 1;
                at += at & at.wrapping_neg();
            }
        }
    }
    total
}

/// The middle of each slot: close to its neighbours' mean, in order, without overlap. The topmost box begins at 0.
fn heights(order: &[Vec<usize>], slots: &[Slot], segments: &[Segment]) -> Vec<i64> {
    let mut middle = vec![0_i64; slots.len()];
    let mut routed = vec![1_i64; slots.len()];
    for segment in segments.iter().filter(|segment| segment.on_route) {
        routed[segment.left] = 3;
        routed[segment.right] = 3;
    }
    for column in order {
        let offsets = offsets(column, slots);
        let half = offsets.last().copied().unwrap_or(0) / 2;
        for (at, offset) in column.iter().zip(offsets) {
            middle[*at] = offset - half;
        }
    }
    for round in 0..14 {
        let (from_left, from_right) = match round {
            12.. => (true, true),
            _ => (round % 2 == 0, round % 2 == 1),
        };
        for step in 0..order.len() {
            let column = if from_left { &order[step] } else { &order[order.len() - 1 - step] };
            let wish = |at: &usize| {
                let near = slots[*at].left.iter().filter(|_| from_left).chain(slots[*at].right.iter().filter(|_| from_right));
                let (sum, count) =
                    near.fold((0, 0), |(sum, count), next| (sum + middle[*next] * routed[*next], count + routed[*next]));
                match count {
                    0 => (middle[*at], 1),
                    _ => (sum / count, if slots[*at].shown.is_none() { 6 } else { 2 * routed[*at] }),
                }
            };
            let wishes: Vec<(i64, i64)> = column.iter().map(wish).collect();
            for (at, y) in column.iter().zip(settle(&wishes, &offsets(column, slots))) {
                middle[*at] = y;
            }
        }
    }
    let top = slots.iter().zip(&middle).map(|(slot, middle)| middle - slot.half()).min().unwrap_or(0);
    middle.iter().map(|y| y - top).collect()
}

/// Distances from the first slot of a column when it is packed as closely as may be.
fn offsets(column: &[usize], slots: &[Slot]) -> Vec<i64> {
    let mut offsets = Vec::with_capacity(column.len());
    let (mut at, mut before) = (0, None::<&Slot>);
    for slot in column.iter().map(|slot| &slots[*slot]) {
        if let Some(before) = before {
            let gap = if before.shown.is_some() && slot.shown.is_some() { BOX_GAP } else { LANE_GAP };
            at += before.half() + gap + slot.half();
        }
        offsets.push(at);
        before = Some(slot);
    }
    offsets
}

/// The places nearest to the weighted wishes that keep order and distance: pool adjacent violators.
fn settle(wishes: &[(i64, i64)], offsets: &[i64]) -> Vec<i64> {
    // Blocks of (weighted sum, weight, slots), their means never falling.
    let mut blocks: Vec<(i64, i64, usize)> = Vec::new();
    for ((wish, weight), offset) in wishes.iter().zip(offsets) {
        let mut block = ((wish - offset) * weight, *weight, 1);
        while let Some(above) = blocks.pop_if(|above| above.0 * block.1 > block.0 * above.1) {
            block = (above.0 + block.0, above.1 + block.1, above.2 + block.2);
        }
        blocks.push(block);
    }
    let starts = blocks.into_iter().flat_map(|(sum, weight, count)| std::iter::repeat_n(sum.div_euclid(weight.max(1)), count));
    starts.zip(offsets).map(|(start, offset)| start + offset).collect()
}

fn curve(folded: &Folded, slots: &[Slot], segment: &Segment, middle: &[i64]) -> Curve {
    let (left, right) = (&slots[segment.left], &slots[segment.right]);
    // Against the columns, beside what runs along them.
    let aside = |slot: &Slot| if segment.back && slot.shown.is_some() { 12 } else { 0 };
    let head = match (segment.back, left.shown, right.shown) {
        (true, Some(_), _) => Head::Left,
        (false, _, Some(_)) => Head::Right,
        _ => Head::Neither,
    };
    let ends = right.shown.and(segment.links.first()).map(|link| &folded.links[*link]);
    let wanted = ends.filter(|link| link.on_route || folded.links.len() <= LABELLED_LINKS);
    Curve {
        x1: 0,
        y1: middle[segment.left] + aside(left),
        x2: 0,
        y2: middle[segment.right] + aside(right),
        through: 0,
        head,
        on_route: segment.on_route,
        back: segment.back,
        links: segment.links.clone(),
        label: wanted.map(|link| fit(&link.label, LINK, 120)).unwrap_or_default(),
    }
}

/// Drops labels that would stand on one before them; the tooltip still has them.
fn unclutter(curves: &mut [Curve]) {
    let mut taken: Vec<(i64, i64, i64)> = Vec::new();
    for curve in curves.iter_mut().filter(|curve| !curve.label.is_empty()) {
        let (x, y, half) = ((curve.x1 + curve.x2) / 2, (curve.y1 + curve.y2) / 2, width(&curve.label, LINK) / 2 + 3);
        if taken.iter().any(|other| (other.0 - x).abs() < other.2 + half && (other.1 - y).abs() < 14) {
            curve.label.clear();
        } else {
            taken.push((x, y, half));
        }
    }
}
