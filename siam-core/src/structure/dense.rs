//! Plain evaluation: every rule from the levels of its dependencies, in order.
//!
//! Goes in: levels, each as a pair of bounds in one byte. Comes out: levels, as bounds again.
//! **Invariant:** bounds are sound, and exact where they are equal on the way in; cycles take the least fixpoint from best.
//! **Not here:** touching only what changes (`scalar`).

use super::network::{FALSE, GATE, TRUE};
use super::{Program, Structure};
use crate::model::rule::{Level, ServiceIdx};
use std::collections::VecDeque;

/// The byte of a level that is known.
pub(super) fn known(level: Level) -> u8 {
    level << 4 | level
}

/// The worse of two pairs of bounds.
pub(super) fn worse(a: u8, b: u8) -> u8 {
    (a & 15).max(b & 15) | (a >> 4).max(b >> 4) << 4
}

/// Buffers of an evaluation.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Of each gate: bit 0 surely true, bit 1 possibly.
    pub values: Vec<u8>,
    queue: VecDeque<u32>,
    queued: Vec<bool>,
}

impl Structure {
    /// The effective levels, in service order, where services have these own levels; those not given are at best.
    pub fn evaluate_dense(&self, own: &[Level]) -> Vec<Level> {
        let own: Vec<u8> = self
            .order
            .iter()
            .map(|service| known(own.get(*service as usize).map_or(0, |level| (*level).min(self.worst))))
            .collect();
        let state = self.settle(&own);
        self.place.iter().map(|p| state[*p as usize] & 15).collect()
    }

    /// The effective levels, in service order, where some are given: those stand, whatever the rule and the own level would make of them.
    pub fn evaluate_given(&self, own: &[(ServiceIdx, Level)], given: &[(ServiceIdx, Level)]) -> Vec<Level> {
        let mut state = vec![0; self.len()];
        let mut fixed = vec![false; self.len()];
        let place = |service: &ServiceIdx| self.place.get(service.get()).map(|p| *p as usize);
        for (service, level) in own {
            if let Some(p) = place(service) {
                state[p] = worse(state[p], known((*level).min(self.worst)));
            }
        }
        for (service, level) in given {
            if let Some(p) = place(service) {
                (state[p], fixed[p]) = (known((*level).min(self.worst)), true);
            }
        }
        let mut scratch = Scratch::default();
        let mut p = 0;
        while p < state.len() {
            let end = self.cycle_end(p as u32).map_or(p + 1, |end| end as usize);
            // A cycle rises from its own levels until nothing changes; a single place needs one look.
            let mut rising = true;
            while rising {
                rising = false;
                for at in (p..end).filter(|at| !fixed[*at]) {
                    let now = worse(state[at], self.rule_bounds(at, &state, &mut scratch));
                    rising |= now != state[at] && end > p + 1;
                    state[at] = now;
                }
            }
            p = end;
        }
        self.place.iter().map(|p| state[*p as usize] & 15).collect()
    }

    /// Levels by place, from own levels by place.
    pub(super) fn settle(&self, own: &[u8]) -> Vec<u8> {
        let mut state = vec![0; own.len()];
        let mut scratch = Scratch::default();
        let mut cycles = self.cycles.iter().peekable();
        let mut p = 0;
        while p < own.len() {
            if let Some((a, b)) = cycles.next_if(|cycle| cycle.0 as usize == p) {
                self.settle_cycle(*a as usize, *b as usize, own, &mut state, &mut scratch);
                p = *b as usize;
            } else {
                state[p] = worse(own[p], self.rule_bounds(p, &state, &mut scratch));
                p += 1;
            }
        }
        state
    }

    /// The least fixpoint of the places `a .. b`, from best.
    pub(super) fn settle_cycle(&self, a: usize, b: usize, own: &[u8], state: &mut [u8], scratch: &mut Scratch) {
        state[a..b].copy_from_slice(&own[a..b]);
        scratch.queued.clear();
        scratch.queued.resize(b - a, true);
        let mut queue = std::mem::take(&mut scratch.queue);
        queue.extend(a as u32..b as u32);
        while let Some(p) = queue.pop_front() {
            let p = p as usize;
            scratch.queued[p - a] = false;
            let now = worse(state[p], self.rule_bounds(p, state, scratch));
            if now == state[p] {
                continue;
            }
            state[p] = now;
            for (v, _) in self.rev_of(p) {
                let inside = (a..b).contains(&(*v as usize));
                if inside && !std::mem::replace(&mut scratch.queued[*v as usize - a], true) {
                    queue.push_back(*v);
                }
            }
        }
        scratch.queue = queue;
    }

    /// What the rule at a place makes of its dependencies.
    pub(super) fn rule_bounds(&self, p: usize, state: &[u8], scratch: &mut Scratch) -> u8 {
        let deps = self.deps_of(p);
        if let Some(program) = self.program(p) {
            return self.program_bounds(program, deps, state, scratch);
        }
        if self.node[p] == 1 {
            return deps.iter().fold(0, |sum, dep| worse(sum, state[*dep as usize]));
        }
        let (mut low, mut high) = ([0_u32; 16], [0_u32; 16]);
        for dep in deps {
            let bounds = state[*dep as usize];
            low[usize::from(bounds & 15)] += 1;
            high[usize::from(bounds >> 4)] += 1;
        }
        let reached = |counts: [u32; 16]| {
            let mut sum = 0;
            (1..=self.worst).rev().find(|s| {
                sum += counts[usize::from(*s)];
                sum >= self.node[p]
            })
        };
        reached(low).unwrap_or(0) | reached(high).unwrap_or(0) << 4
    }

    fn program_bounds(&self, program: &Program, deps: &[u32], state: &[u8], scratch: &mut Scratch) -> u8 {
        let (mut low, mut high) = (0, 0);
        for s in 1..=self.worst {
            if s == 1 || program.uniform {
                self.gate_values(program, deps, s, state, &mut scratch.values);
            }
            let value = match self.root(program, s) {
                FALSE => 0,
                TRUE => 3,
                gate => scratch.values[gate as usize - 2],
            };
            if value & 1 != 0 {
                low = s;
            }
            if value & 2 != 0 {
                high = s;
            }
        }
        low | high << 4
    }

    /// The values of all gates of a program; `level` is what variables of a uniform one mean.
    pub(super) fn gate_values(&self, program: &Program, deps: &[u32], level: Level, state: &[u8], values: &mut Vec<u8>) {
        values.clear();
        for gate in program.first as usize..program.end as usize {
            let (low, high) = self.gate_sums(gate, program.uniform, deps, level, state, values);
            let bound = self.bounds[gate];
            values.push(u8::from(low >= bound) | u8::from(high >= bound) << 1);
        }
    }

    /// The least and the greatest sum of a gate.
    pub(super) fn gate_sums(
        &self,
        gate: usize,
        uniform: bool,
        deps: &[u32],
        level: Level,
        state: &[u8],
        values: &[u8],
    ) -> (i64, i64) {
        let (mut low, mut high) = (0, 0);
        for (input, coefficient) in self.inputs_of(gate) {
            let value = if input & GATE != 0 {
                values[(input & !GATE) as usize]
            } else {
                let bounds = state[deps[(input >> 4) as usize] as usize];
                let at = if uniform { level } else { (input & 15) as Level };
                u8::from(bounds & 15 >= at) | u8::from(bounds >> 4 >= at) << 1
            };
            let (sure, possible) = (i64::from(value & 1), i64::from(value >> 1));
            low += coefficient * if coefficient > 0 { sure } else { possible };
            high += coefficient * if coefficient > 0 { possible } else { sure };
        }
        (low, high)
    }
}
