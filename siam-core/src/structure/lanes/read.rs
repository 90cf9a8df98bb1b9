//! Rules read whole over planes: programs, and everything that may improve.
//!
//! Goes in: the planes of dependencies, or their baseline. Comes out: the planes a rule gives.
//! **Invariant:** a dependency that is not reached is a constant and costs no sum.
//! **Not here:** passing changes on (the parent module).

use super::sum::all;
use super::{Lanes, NONE, differing, row};
use crate::structure::network::{FALSE, FIRST, GATE, TRUE};
use std::collections::VecDeque;

impl<const W: usize> Lanes<'_, W> {
    /// The rule of a place, into `given`.
    pub(super) fn read(&mut self, p: usize) {
        let structure = self.structure;
        self.given.clear();
        let Some(program) = structure.program(p) else {
            for s in 0..self.worst {
                self.sum.begin(i64::from(structure.node[p]));
                for dep in structure.deps_of(p) {
                    self.input(*dep, s, 1);
                }
                self.reach();
            }
            return;
        };
        for s in 1..=structure.worst {
            if s == 1 || program.uniform {
                self.values.clear();
                for gate in program.first as usize..program.end as usize {
                    self.sum.begin(structure.bounds[gate]);
                    for (input, coefficient) in structure.inputs_of(gate) {
                        if input & GATE != 0 {
                            self.sum.add(&self.values[(input & !GATE) as usize], coefficient);
                        } else {
                            let level = if program.uniform { usize::from(s) } else { (input & 15) as usize };
                            self.input(structure.deps_of(p)[(input >> 4) as usize], level - 1, coefficient);
                        }
                    }
                    self.work.gates += 1;
                    self.work.planes += self.sum.words();
                    let value = self.sum.reached();
                    self.values.push(value);
                }
            }
            self.given.push(match structure.root(program, s) {
                FALSE => all(false),
                TRUE => all(true),
                gate => self.values[(gate - FIRST) as usize],
            });
        }
    }

    fn reach(&mut self) {
        self.work.gates += 1;
        self.work.planes += self.sum.words();
        let reached = self.sum.reached();
        self.given.push(reached);
    }

    /// Adds "the dependency is at level s + 1 or worse".
    #[inline]
    fn input(&mut self, dep: u32, s: usize, coefficient: i64) {
        match self.slot_of[dep as usize] {
            NONE => self.sum.constant(usize::from(self.structure.base[dep as usize] & 15) > s, coefficient),
            slot => self.sum.add(&self.planes[slot as usize * self.worst + s], coefficient),
        }
    }

    /// Something may improve: rules are read again, dependencies first; a cycle starts again from best.
    pub(super) fn in_order(&mut self) {
        let structure = self.structure;
        while let Some(a) = self.waiting.take() {
            let end = structure.cycle_end(a);
            let places = a as usize..end.map_or(a as usize + 1, |end| end as usize);
            if end.is_some() {
                self.settle_cycle(places.start, places.end);
            } else {
                self.work.visits += 1;
                let slot = self.open(a);
                self.read(places.start);
                self.keep(slot);
            }
            for p in places {
                let slot = self.slot_of[p];
                let differs = differing(structure, p as u32, row(&self.planes, slot, self.worst));
                if differs == [0; W] {
                    continue;
                }
                self.changed.push(slot);
                self.differs.push(differs);
                for (v, _) in structure.rev_of(p) {
                    let head = structure.head(*v as usize);
                    if head != a {
                        self.waiting.add(head);
                    }
                }
            }
        }
    }

    /// A slot becomes what is given, or its own levels where they are worse.
    fn keep(&mut self, slot: u32) {
        let at = slot as usize * self.worst;
        self.planes[at..at + self.worst].copy_from_slice(&self.given);
        let mut next = self.slots[slot as usize].first;
        while let Some(entry) = self.entries.get(next as usize).copied() {
            next = entry.next;
            self.set(slot, entry.of, entry.with as u8);
        }
    }

    /// The least fixpoint of the places `a .. b`, from best.
    fn settle_cycle(&mut self, a: usize, b: usize) {
        let structure = self.structure;
        for p in a..b {
            let slot = self.open(p as u32);
            self.given.clear();
            self.given.resize(self.worst, all(false));
            self.keep(slot);
        }
        let mut queue: VecDeque<usize> = (a..b).collect();
        let mut queued = vec![true; b - a];
        while let Some(p) = queue.pop_front() {
            self.work.visits += 1;
            queued[p - a] = false;
            self.read(p);
            if !self.gain(self.slot_of[p]) {
                continue;
            }
            for (v, _) in structure.rev_of(p) {
                let v = *v as usize;
                if (a..b).contains(&v) && !std::mem::replace(&mut queued[v - a], true) {
                    queue.push_back(v);
                }
            }
        }
    }
}
