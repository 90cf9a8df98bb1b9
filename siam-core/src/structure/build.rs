//! From nodes to the flat arrays.
//!
//! Goes in: one node per service and the number of levels. Comes out: a `Structure`, or the first fault by service index.
//! **Invariant:** the arrays depend on the map alone: edges written in another order give the same dependencies and gates.
//! **Not here:** gates of one rule (`expression`), numbering (`order`).

use super::expression::{Reading, Why};
use super::network::{FALSE, FIRST, GATE, Gate, Network, Ref};
use super::order::{Numbering, cycle_through, number};
use super::{CompileFault, FEED, Feed, LIFT, PROGRAM, Program, RAISE, Structure};
use crate::base::Ratio;
use crate::model::rule::{Expression, Level, LevelMap, Node, Quorum, ServiceIdx, Unit};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The arrays while services are compiled, in service order.
#[derive(Default)]
struct Draft {
    worst: Level,
    services: usize,
    dep_at: Vec<u32>,
    deps: Vec<u32>,
    node: Vec<u32>,
    programs: Vec<Program>,
    /// The service of each program.
    owners: Vec<u32>,
    roots: Vec<u32>,
    input_at: Vec<u32>,
    inputs: Vec<u32>,
    coefficients: Vec<i64>,
    bounds: Vec<i64>,
    network: Network,
    targets: Vec<u32>,
    slots: Vec<u32>,
}

const SIZE: Why = Why::TooLarge("the whole map");

impl Structure {
    /// Compiles a map over a chain of `levels` levels (2 to 16): service i has `nodes[i]`.
    ///
    /// Where documents leave room, this is what holds: `Max`, `Min` and `Order` of nothing are best; a share of nothing is never met;
    /// a weight amount is not clamped; a dependency whose level cannot matter is none, so it closes no cycle.
    /// Shares compare exactly with any denominator while the total is fixed, up to 2^60 where tables exclude at some levels only;
    /// after simplification the coefficients of a threshold must sum to less than 2^61, else the map is refused.
    pub fn compile(nodes: &[Node], levels: u8) -> Result<Structure, CompileFault> {
        Self::compile_each(nodes.len(), levels, |service| Cow::Borrowed(&nodes[service.get()]))
    }

    /// The same where nodes are made, or lent, one at a time.
    pub fn compile_each<'n>(
        services: usize,
        levels: u8,
        node: impl Fn(ServiceIdx) -> Cow<'n, Node>,
    ) -> Result<Structure, CompileFault> {
        if !(2..=16).contains(&levels) {
            return Err(CompileFault::Levels { given: levels });
        }
        let mut draft = Draft { worst: levels - 1, services, ..Draft::default() };
        let fault = |service: usize, why: Why| {
            let service = ServiceIdx::new(service);
            match why {
                Why::Malformed(why) => CompileFault::Malformed { service, why },
                Why::TooLarge(what) => CompileFault::TooLarge { service, what },
            }
        };
        if services >= PROGRAM as usize {
            return Err(fault(0, SIZE));
        }
        draft.dep_at.push(0);
        draft.input_at.push(0);
        for at in 0..services {
            draft.add(at, &node(ServiceIdx::new(at))).map_err(|why| fault(at, why))?;
            if draft.deps.len() >= PROGRAM as usize {
                return Err(fault(0, SIZE));
            }
        }
        let numbering = number(&draft.dep_at, &draft.deps);
        draft.refuse_cycles(&numbering)?;
        draft.lay_out(numbering).ok_or_else(|| fault(0, SIZE))
    }
}

fn is_same(map: &LevelMap) -> bool {
    match map {
        LevelMap::Same => true,
        LevelMap::Table(table) => table.iter().enumerate().all(|(at, level)| level.map(usize::from) == Some(at)),
    }
}

/// Whether the rule reads the same at every level, given identity maps.
fn is_uniform(rule: &Expression, depth: usize) -> bool {
    depth <= super::MAX_DEPTH
        && match rule {
            Expression::Order(..) => true,
            Expression::Max(parts) | Expression::Min(parts) => parts.iter().all(|part| is_uniform(part, depth + 1)),
            Expression::Group(_, part) | Expression::Ungrouped(part) => is_uniform(part, depth + 1),
            _ => false,
        }
}

/// How many of n plainly counted dependencies are enough, where that is between 1 and n.
fn plain_bound(rule: &Expression, n: usize) -> Option<usize> {
    let Expression::Order(Unit::Count, quorum) = rule else { return None };
    let bound = match quorum {
        Quorum::Any => 1,
        Quorum::All => n,
        Quorum::Amount(amount) => usize::try_from(*amount).unwrap_or(usize::MAX).clamp(1, n.max(1)),
        Quorum::Needed(needed) => (n + 1).saturating_sub(usize::try_from(*needed).unwrap_or(usize::MAX)).clamp(1, n.max(1)),
        Quorum::Share(share) => {
            let exact = share.times(&Ratio::whole(n as i128));
            let floor = exact.floor()?;
            usize::try_from(if exact == Ratio::whole(floor) { floor } else { floor.checked_add(1)? }).ok()?
        }
    };
    (1..=n.max(1)).contains(&bound).then_some(bound)
}

impl Draft {
    fn add(&mut self, at: usize, node: &Node) -> Result<(), Why> {
        let mut same = true;
        self.targets.clear();
        for edge in &node.edges {
            if edge.to.get() >= self.services {
                return Err(Why::Malformed("a dependency is beyond the services"));
            }
            if let LevelMap::Table(table) = &edge.map {
                if table.len() != usize::from(self.worst) + 1 || table.iter().flatten().any(|level| *level > self.worst) {
                    return Err(Why::Malformed("a map has not one entry per level"));
                }
                same &= is_same(&edge.map);
            }
            self.targets.push(edge.to.get() as u32);
        }
        self.targets.sort_unstable();
        self.targets.dedup();
        let (n, distinct) = (node.edges.len(), self.targets.len());
        if distinct >= (GATE >> 4) as usize {
            return Err(Why::TooLarge("the number of dependencies"));
        }
        if same {
            // Two edges to one service count twice, which any and all do not notice.
            let bound = plain_bound(&node.rule, n).and_then(|bound| match bound {
                _ if n == distinct => Some(bound),
                1 => Some(1),
                _ if bound == n => Some(distinct),
                _ => None,
            });
            if let Some(bound) = bound {
                self.deps.extend_from_slice(&self.targets);
                return self.close(bound as u32);
            }
        }
        self.slots.clear();
        let targets = &self.targets;
        self.slots.extend(node.edges.iter().map(|edge| targets.partition_point(|to| *to < edge.to.get() as u32) as u32));
        if !same && node.rule == Expression::any() && self.add_any(at, node)? {
            return Ok(());
        }
        self.network.clear();
        let uniform = same && is_uniform(&node.rule, 0);
        let worst = if uniform { 1 } else { self.worst };
        let mut reading = Reading { worst, edges: &node.edges, slots: &self.slots, network: &mut self.network, conditions: 0 };
        let members: Vec<u32> = (0..n as u32).collect();
        let roots = reading.gates(&node.rule, &members, 0)?;
        self.keep(at, uniform, &roots)
    }

    /// "Any that fails is felt", seen through tables that never fall: most maps hold little else, so its gates are written down directly.
    /// Whether that was so; else nothing was kept.
    fn add_any(&mut self, at: usize, node: &Node) -> Result<bool, Why> {
        const NEVER: u8 = u8::MAX;
        let worst = usize::from(self.worst);
        // By dependency and level s >= 1: from which level on it is seen as s or worse.
        let mut from = vec![[NEVER; 16]; self.targets.len()];
        for (edge, slot) in node.edges.iter().zip(&self.slots) {
            let mut before = 0;
            for level in 0..=self.worst {
                let seen = match &edge.map {
                    LevelMap::Same => Some(level),
                    LevelMap::Table(table) => table.get(usize::from(level)).copied().flatten(),
                };
                let Some(seen) = seen.filter(|seen| *seen >= before && (level > 0 || *seen == 0)) else { return Ok(false) };
                for s in before + 1..=seen {
                    let known = &mut from[*slot as usize][usize::from(s)];
                    *known = level.min(*known);
                }
                before = seen;
            }
        }
        let read = |from: &&[u8; 16]| from.iter().any(|level| *level != NEVER);
        let plain = from.iter().filter(read).all(|from| (1..=self.worst).all(|s| from[usize::from(s)] == s));
        self.deps.extend(self.targets.iter().zip(&from).filter(|(_, from)| read(from)).map(|(target, _)| *target));
        if plain {
            return self.close(1).map(|()| true);
        }
        let narrow = |value: usize| u32::try_from(value).ok().filter(|value| *value < PROGRAM).ok_or(SIZE);
        let (first, roots) = (narrow(self.bounds.len())?, narrow(self.roots.len())?);
        for s in 1..=worst {
            let before = self.inputs.len();
            for (slot, from) in from.iter().filter(read).enumerate() {
                if from[s] != NEVER {
                    self.inputs.push((slot as u32) << 4 | u32::from(from[s]));
                    self.coefficients.push(1);
                }
            }
            if self.inputs.len() == before {
                self.roots.push(FALSE);
                continue;
            }
            self.roots.push(FIRST + (self.bounds.len() as u32 - first));
            self.bounds.push(1);
            self.input_at.push(u32::try_from(self.inputs.len()).map_err(|_| SIZE)?);
        }
        let program = Program { first, end: narrow(self.bounds.len())?, roots, uniform: false, monotone: true };
        let number = PROGRAM | narrow(self.programs.len())?;
        self.programs.push(program);
        self.owners.push(at as u32);
        self.close(number).map(|()| true)
    }

    fn close(&mut self, node: u32) -> Result<(), Why> {
        self.node.push(node);
        self.dep_at.push(u32::try_from(self.deps.len()).map_err(|_| SIZE)?);
        Ok(())
    }

    /// Keeps what the roots reach: as a count where it is one, else as a program.
    fn keep(&mut self, at: usize, uniform: bool, roots: &[Ref]) -> Result<(), Why> {
        let gates = &self.network.gates;
        let mut used = vec![false; gates.len()];
        let mut read = vec![false; self.targets.len()];
        roots.iter().filter(|root| **root >= FIRST).for_each(|root| used[(root - FIRST) as usize] = true);
        // Inputs are made before what reads them, so one pass from the last reaches everything.
        for at in (0..gates.len()).rev() {
            if !used[at] {
                continue;
            }
            for (input, _) in &gates[at].inputs {
                if input & GATE == 0 {
                    read[(input >> 4) as usize] = true;
                } else {
                    used[((input & !GATE) - FIRST) as usize] = true;
                }
            }
        }
        let mut slot = vec![0_u32; read.len()];
        let mut next = 0;
        for (at, read) in read.iter().enumerate() {
            slot[at] = next;
            if *read {
                self.deps.push(self.targets[at]);
                next += 1;
            }
        }
        if roots.iter().all(|root| *root == FALSE) {
            return self.close(1);
        }
        if let Some(bound) = plain_count(gates, roots, next) {
            return self.close(bound);
        }
        let first = self.bounds.len();
        let mut number = vec![0_u32; gates.len()];
        let mut monotone = true;
        for (at, gate) in gates.iter().enumerate().filter(|(at, _)| used[*at]) {
            number[at] = (self.bounds.len() - first) as u32;
            for (input, coefficient) in &gate.inputs {
                self.inputs.push(if input & GATE != 0 {
                    GATE | number[((input & !GATE) - FIRST) as usize]
                } else {
                    slot[(input >> 4) as usize] << 4 | if uniform { 0 } else { input & 15 }
                });
                self.coefficients.push(*coefficient);
                monotone &= *coefficient > 0;
            }
            self.bounds.push(gate.bound);
            self.input_at.push(u32::try_from(self.inputs.len()).map_err(|_| SIZE)?);
        }
        let narrow = |value: usize| u32::try_from(value).ok().filter(|value| *value < PROGRAM).ok_or(SIZE);
        let program = Program {
            first: narrow(first)?,
            end: narrow(self.bounds.len())?,
            roots: narrow(self.roots.len())?,
            uniform,
            monotone,
        };
        self.roots.extend(roots.iter().map(|root| if *root < FIRST { *root } else { FIRST + number[(root - FIRST) as usize] }));
        let node = PROGRAM | narrow(self.programs.len())?;
        self.programs.push(program);
        self.owners.push(at as u32);
        self.close(node)
    }

    fn refuse_cycles(&self, numbering: &Numbering) -> Result<(), CompileFault> {
        for (a, b) in &numbering.cycles {
            let members = &numbering.order[*a as usize..*b as usize];
            let strange = members.iter().filter(|service| {
                let node = self.node[**service as usize];
                node & PROGRAM != 0 && !self.programs[(node & !PROGRAM) as usize].monotone
            });
            if let Some(service) = strange.min() {
                let path = cycle_through(*service, &self.dep_at, &self.deps)
                    .into_iter()
                    .map(|at| ServiceIdx::new(at as usize))
                    .collect();
                return Err(CompileFault::Cycle { service: ServiceIdx::new(*service as usize), path });
            }
        }
        Ok(())
    }

    /// Puts the gates in the order of places too, so that evaluation reads them forwards.
    fn sort_programs(&mut self, numbering: &Numbering) {
        let mut sorted: Vec<u32> = (0..self.programs.len() as u32).collect();
        sorted.sort_unstable_by_key(|program| numbering.place[self.owners[*program as usize] as usize]);
        let mut kept = Draft { input_at: vec![0], ..Draft::default() };
        for (at, program) in sorted.iter().enumerate() {
            let program = self.programs[*program as usize];
            self.node[self.owners[sorted[at] as usize] as usize] = PROGRAM | at as u32;
            let (gates, first) = (program.first as usize..program.end as usize, kept.bounds.len() as u32);
            for gate in gates.clone() {
                let inputs = self.input_at[gate] as usize..self.input_at[gate + 1] as usize;
                kept.inputs.extend_from_slice(&self.inputs[inputs.clone()]);
                kept.coefficients.extend_from_slice(&self.coefficients[inputs]);
                kept.input_at.push(kept.inputs.len() as u32);
            }
            kept.bounds.extend_from_slice(&self.bounds[gates]);
            let (roots, levels) = (kept.roots.len() as u32, if program.uniform { 1 } else { usize::from(self.worst) });
            kept.roots.extend_from_slice(&self.roots[program.roots as usize..program.roots as usize + levels]);
            kept.programs.push(Program { first, end: kept.bounds.len() as u32, roots, ..program });
        }
        (self.programs, self.roots, self.bounds) = (kept.programs, kept.roots, kept.bounds);
        (self.input_at, self.inputs, self.coefficients) = (kept.input_at, kept.inputs, kept.coefficients);
    }

    /// Orders everything by place, and adds counters, feeds, dependents and the baseline.
    fn lay_out(mut self, numbering: Numbering) -> Option<Structure> {
        self.sort_programs(&numbering);
        let Numbering { order, place, cycles } = numbering;
        let (mut dep_at, mut deps) = (Vec::with_capacity(self.dep_at.len()), Vec::with_capacity(self.deps.len()));
        let mut node = Vec::with_capacity(self.node.len());
        dep_at.push(0);
        for service in &order {
            let service = *service as usize;
            deps.extend(
                self.deps[self.dep_at[service] as usize..self.dep_at[service + 1] as usize]
                    .iter()
                    .map(|dep| place[*dep as usize]),
            );
            dep_at.push(deps.len() as u32);
            node.push(self.node[service]);
        }
        let mut heads = Vec::new();
        if !cycles.is_empty() {
            heads.extend(0..order.len() as u32);
            cycles.iter().for_each(|(a, b)| heads[*a as usize..*b as usize].fill(*a));
        }
        let mut made = Structure {
            worst: self.worst,
            order,
            place,
            cycles,
            heads,
            dep_at,
            deps,
            node,
            programs: self.programs,
            roots: self.roots,
            input_at: self.input_at,
            inputs: self.inputs,
            coefficients: self.coefficients,
            bounds: self.bounds,
            gate_counter: Vec::new(),
            gate_root: Vec::new(),
            up_at: Vec::new(),
            ups: Vec::new(),
            need: Vec::new(),
            feed_at: vec![0],
            feeds: Vec::new(),
            lifts: Vec::new(),
            rev_at: Vec::new(),
            rev: Vec::new(),
            base: Vec::new(),
            calm: true,
            upset: Vec::new(),
            likeness: std::sync::OnceLock::new(),
        };
        made.link();
        made.base = made.settle(&vec![0; made.len()]);
        made.calm = made.base.iter().all(|state| *state == 0);
        made.count_down()?;
        made.mark_upset();
        Some(made)
    }
}

/// The k of "at least k of its dependencies at this level or worse", where every level reads so.
fn plain_count(gates: &[Gate], roots: &[Ref], dependencies: u32) -> Option<u32> {
    let mut bound = None;
    for (root, s) in roots.iter().zip(1_u32..) {
        let gate = gates.get((*root as usize).checked_sub(FIRST as usize)?)?;
        let plain = gate.inputs.iter().all(|(input, coefficient)| input & GATE == 0 && input & 15 == s && *coefficient == 1);
        if !plain || gate.inputs.len() != dependencies as usize || bound.is_some_and(|bound| bound != gate.bound) {
            return None;
        }
        bound = Some(gate.bound);
    }
    u32::try_from(bound?).ok().filter(|bound| *bound & PROGRAM == 0)
}

impl Structure {
    /// Dependents; what a change does there is filled in by `count_down`.
    fn link(&mut self) {
        let n = self.len();
        let mut at = vec![0_u32; n + 1];
        self.deps.iter().for_each(|dep| at[*dep as usize + 1] += 1);
        for p in 0..n {
            at[p + 1] += at[p];
        }
        let mut next = at.clone();
        self.rev = vec![(0, RAISE); self.deps.len()];
        for p in 0..n {
            for dep in &self.deps[self.dep_at[p] as usize..self.dep_at[p + 1] as usize] {
                let slot = &mut next[*dep as usize];
                self.rev[*slot as usize] = (p as u32, RAISE);
                *slot += 1;
            }
        }
        self.rev_at = at;
    }

    /// Counters with what the baseline leaves them, and how dependencies reach them.
    fn count_down(&mut self) -> Option<()> {
        let levels = usize::from(self.worst);
        self.gate_counter = vec![u32::MAX; self.bounds.len()];
        self.gate_root = vec![0; self.bounds.len()];
        let mut ups: Vec<(u32, u32)> = Vec::new();
        let mut next = self.rev_at.clone();
        let mut values = Vec::new();
        let mut feeds: Vec<(u32, Feed)> = Vec::new();
        let mut lifts = BTreeMap::new();
        let as_it_is = (0..=u64::from(self.worst)).fold(0, |lift, level| lift | level << (4 * level));
        for p in 0..self.len() {
            let deps = self.dep_at[p] as usize..self.dep_at[p + 1] as usize;
            let counter = u32::try_from(self.need.len()).ok().filter(|at| *at < LIFT)?;
            let mut effect = RAISE;
            feeds.clear();
            if let Some(own) = self.lifts_of(p) {
                for (dep, lift) in deps.zip(own) {
                    let slot = &mut next[self.deps[dep] as usize];
                    self.rev[*slot as usize].1 = if lift == as_it_is { RAISE } else { self.lift(lift, &mut lifts)? };
                    *slot += 1;
                }
                continue;
            }
            if let Some(program) = self.program(p).copied().filter(|program| program.monotone) {
                for gate in program.first..program.end {
                    for (input, coefficient) in self.inputs_of(gate as usize) {
                        if input & GATE != 0 {
                            ups.push((program.first + (input & !GATE), gate));
                        } else {
                            feeds.push((input >> 4, Feed { gate, level: (input & 15) as u8, coefficient }));
                        }
                    }
                }
                for s in 1..=self.worst {
                    if let Some(local) = self.root(&program, s).checked_sub(FIRST) {
                        self.gate_root[(program.first + local) as usize] = s;
                    }
                }
                let each = if program.uniform { levels } else { 1 };
                for gate in program.first..program.end {
                    self.gate_counter[gate as usize] = counter + (gate - program.first) * each as u32;
                }
                let gates = (program.end - program.first) as usize;
                self.need.resize(self.need.len() + gates * each, 0);
                for s in 1..=each {
                    values.clear();
                    for gate in program.first as usize..program.end as usize {
                        let (sum, _) =
                            self.gate_sums(gate, program.uniform, &self.deps[deps.clone()], s as Level, &self.base, &values);
                        let need = self.bounds[gate] - sum;
                        values.push(if need <= 0 { 3 } else { 0 });
                        self.need[self.gate_counter[gate] as usize + s - 1] = need;
                    }
                }
                feeds.sort_by_key(|(dep, feed)| (*dep, feed.level, feed.gate));
            } else if self.node[p] & PROGRAM == 0 && self.node[p] > 1 {
                effect = counter;
                for s in 1..=self.worst {
                    let bad = self.deps[deps.clone()].iter().filter(|dep| self.base[**dep as usize] & 15 >= s).count();
                    self.need.push(i64::from(self.node[p]) - bad as i64);
                }
            }
            let mut rows = feeds.chunk_by(|a, b| a.0 == b.0);
            for dep in deps {
                if !feeds.is_empty() {
                    effect = FEED | u32::try_from(self.feed_at.len() - 1).ok().filter(|row| *row < LIFT)?;
                    self.feeds.extend(rows.next().unwrap_or_default().iter().map(|(_, feed)| *feed));
                    self.feed_at.push(u32::try_from(self.feeds.len()).ok()?);
                }
                let slot = &mut next[self.deps[dep] as usize];
                self.rev[*slot as usize].1 = effect;
                *slot += 1;
            }
        }
        ups.sort_unstable();
        self.up_at = vec![0; self.bounds.len() + 1];
        ups.iter().for_each(|(gate, _)| self.up_at[*gate as usize + 1] += 1);
        for gate in 0..self.bounds.len() {
            self.up_at[gate + 1] += self.up_at[gate];
        }
        self.ups = ups.into_iter().map(|(_, up)| up).collect();
        Some(())
    }

    /// Where every gate of a node is "one of these is enough": what each level of each dependency raises it to, four bits a level.
    fn lifts_of(&self, p: usize) -> Option<Vec<u64>> {
        let program = self.program(p).filter(|program| program.monotone)?;
        let gates = program.first as usize..program.end as usize;
        let enough = |gate: usize| self.bounds[gate] > 0 && self.inputs_of(gate).all(|(_, by)| by >= self.bounds[gate]);
        if program.uniform || !gates.clone().all(enough) {
            return None;
        }
        // The worst level each gate leads to; inputs stand before what reads them.
        let mut leads = vec![0; gates.len()];
        for s in 1..=self.worst {
            if let Some(local) = self.root(program, s).checked_sub(FIRST) {
                leads[local as usize] = s;
            }
        }
        let mut at_level = vec![[0_u8; 16]; self.dep_at[p + 1] as usize - self.dep_at[p] as usize];
        for gate in gates.clone().rev() {
            let lead = leads[gate - gates.start];
            for (input, _) in self.inputs_of(gate) {
                let to = if input & GATE != 0 {
                    &mut leads[(input & !GATE) as usize]
                } else {
                    &mut at_level[(input >> 4) as usize][(input & 15) as usize]
                };
                *to = lead.max(*to);
            }
        }
        let packed = |levels: &[u8; 16]| {
            let rising = levels.iter().scan(0, |most, level| {
                *most = level.max(most).to_owned();
                Some(u64::from(*most))
            });
            rising.zip(0..=self.worst).fold(0, |lift, (to, level)| lift | to << (4 * level))
        };
        Some(at_level.iter().map(packed).collect())
    }

    fn lift(&mut self, lift: u64, known: &mut BTreeMap<u64, usize>) -> Option<u32> {
        let row = *known.entry(lift).or_insert_with(|| {
            self.lifts.push(lift);
            self.lifts.len() - 1
        });
        u32::try_from(row).ok().filter(|row| *row < LIFT).map(|row| LIFT | row)
    }

    /// Marks what nodes that are not monotone are or depend on.
    fn mark_upset(&mut self) {
        if self.programs.iter().all(|program| program.monotone) {
            return;
        }
        let mut upset: Vec<bool> = (0..self.len()).map(|p| self.program(p).is_some_and(|program| !program.monotone)).collect();
        let mut stack: Vec<u32> = (0..self.len() as u32).filter(|p| upset[*p as usize]).collect();
        while let Some(p) = stack.pop() {
            for dep in self.deps_of(p as usize) {
                if !std::mem::replace(&mut upset[*dep as usize], true) {
                    stack.push(*dep);
                }
            }
        }
        self.upset = upset;
    }
}
