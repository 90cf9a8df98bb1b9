//! The gates of one node while it is compiled: linear thresholds, conjunctions and disjunctions, simplified as they are made.
//!
//! Goes in: linear forms over "dependency at level t or worse", and gates made before. Comes out: canonical gates, each once.
//! **Invariant:** negation stands only inside thresholds over levels, as negative coefficients; a gate's inputs are made before it.
//! **Not here:** what an expression means (`compile`), the arrays gates end in (`build`).

use std::collections::HashMap;

/// A gate of the node: `FALSE`, `TRUE`, or a number from `FIRST` on.
pub(super) type Ref = u32;
pub(super) const FALSE: Ref = 0;
pub(super) const TRUE: Ref = 1;
pub(super) const FIRST: Ref = 2;
/// Marks an input that is a gate; others are `slot << 4 | level`.
pub(super) const GATE: u32 = 1 << 31;

/// True where the sum of the coefficients of its true inputs is at least the bound.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Gate {
    pub inputs: Vec<(u32, i64)>,
    pub bound: i64,
}

impl Gate {
    fn is_unit(&self) -> bool {
        self.inputs.iter().all(|(_, coefficient)| *coefficient == 1)
    }
    fn is_or(&self) -> bool {
        self.bound == 1 && self.is_unit()
    }
    fn is_and(&self) -> bool {
        usize::try_from(self.bound) == Ok(self.inputs.len()) && self.is_unit()
    }
    fn has_gates(&self) -> bool {
        self.inputs.iter().any(|(input, _)| input & GATE != 0)
    }
}

/// `constant` + the sum of coefficient x [level variable].
#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    pub constant: i128,
    pub terms: Vec<(u32, i128)>,
}

impl Form {
    /// `a * self + b * other`; the callers keep the factors small enough.
    pub(super) fn mix(&self, a: i128, other: &Form, b: i128) -> Form {
        let scaled = |terms: &[(u32, i128)], by: i128| terms.iter().map(|(key, value)| (*key, value * by)).collect::<Vec<_>>();
        let mut terms = scaled(&self.terms, a);
        terms.extend(scaled(&other.terms, b));
        merge(&mut terms);
        Form { constant: self.constant * a + other.constant * b, terms }
    }
}

/// Sorts the terms, adds up those of one variable and drops zeros.
pub(super) fn merge(terms: &mut Vec<(u32, i128)>) {
    terms.sort_unstable();
    terms.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1 += later.1;
        }
        same
    });
    terms.retain(|(_, value)| *value != 0);
}

/// The least and the greatest sum. Levels of one dependency are a chain, so each gives one of its prefix sums.
fn range(terms: &[(u32, i128)]) -> (i128, i128) {
    let (mut low, mut high) = (0, 0);
    for group in terms.chunk_by(|a, b| a.0 >> 4 == b.0 >> 4) {
        let (mut sum, mut least, mut most) = (0, 0, 0);
        for (_, value) in group {
            sum += value;
            least = sum.min(least);
            most = sum.max(most);
        }
        low += least;
        high += most;
    }
    (low, high)
}

fn divisor(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn divide(terms: &mut [(u32, i128)], bound: &mut i128) {
    let by = terms.iter().fold(0, |by, (_, value)| divisor(by, *value));
    if by > 1 {
        terms.iter_mut().for_each(|(_, value)| *value /= by);
        *bound = -(-*bound).div_euclid(by);
    }
}

/// Brings positive coefficients down to what can still decide: none above the bound, none above the slack + 1.
/// Every round is exact; it ends when nothing changes, and after 64 rounds in any case.
fn saturate(terms: &mut Vec<(u32, i128)>, bound: &mut i128) {
    for _ in 0..64 {
        let before = (terms.len(), *bound, terms.iter().map(|(_, value)| value).sum::<i128>());
        let (mut at, mut sum) = (u32::MAX, 0);
        for (key, value) in terms.iter_mut() {
            if *key >> 4 != at {
                (at, sum) = (*key >> 4, 0_i128);
            }
            let capped = (sum + *value).min(*bound) - sum.min(*bound);
            sum += *value;
            *value = capped;
        }
        let slack = terms.iter().map(|(_, value)| value).sum::<i128>() - *bound;
        (at, sum) = (u32::MAX, 0);
        for (key, value) in terms.iter_mut().rev() {
            if *key >> 4 != at {
                (at, sum) = (*key >> 4, 0_i128);
            }
            let capped = (sum + *value).min(slack + 1) - sum.min(slack + 1);
            sum += *value;
            *value = capped;
        }
        terms.retain(|(_, value)| *value != 0);
        *bound = terms.iter().map(|(_, value)| value).sum::<i128>() - slack;
        divide(terms, bound);
        if before == (terms.len(), *bound, terms.iter().map(|(_, value)| value).sum::<i128>()) {
            return;
        }
    }
}

/// The gates of one node; reused from node to node.
#[derive(Debug, Default)]
pub(super) struct Network {
    pub gates: Vec<Gate>,
    index: HashMap<Gate, Ref>,
    negated: Vec<Ref>,
}

impl Network {
    pub(super) fn clear(&mut self) {
        self.gates.clear();
        self.index.clear();
        self.negated.clear();
    }

    pub(super) fn gate(&self, of: Ref) -> Option<&Gate> {
        self.gates.get((of as usize).checked_sub(FIRST as usize)?)
    }

    fn intern(&mut self, gate: Gate) -> Ref {
        if let Some(known) = self.index.get(&gate) {
            return *known;
        }
        let made = FIRST + u32::try_from(self.gates.len()).unwrap_or(u32::MAX);
        self.gates.push(gate.clone());
        self.negated.push(FALSE);
        self.index.insert(gate, made);
        made
    }

    /// The threshold `form >= bound`; none where its simplified numbers do not fit 64 bits.
    pub(super) fn at_least(&mut self, form: &Form, bound: i128) -> Option<Ref> {
        let mut terms = form.terms.clone();
        merge(&mut terms);
        let mut bound = bound.checked_sub(form.constant)?;
        let (low, high) = range(&terms);
        if bound <= low {
            return Some(TRUE);
        }
        if bound > high {
            return Some(FALSE);
        }
        let negative = terms.iter().all(|(_, value)| *value < 0);
        let flip = |terms: &mut [(u32, i128)], bound: &mut i128| {
            terms.iter_mut().for_each(|(_, value)| *value = -*value);
            *bound = 1 - *bound;
        };
        if negative {
            flip(&mut terms, &mut bound);
        }
        if terms.iter().all(|(_, value)| *value > 0) {
            saturate(&mut terms, &mut bound);
        } else {
            divide(&mut terms, &mut bound);
        }
        if negative {
            flip(&mut terms, &mut bound);
        }
        let reach = terms.iter().map(|(_, value)| value.abs()).sum::<i128>() + bound.abs();
        if reach > i128::from(i64::MAX / 4) {
            return None;
        }
        let narrow = |value: i128| i64::try_from(value).ok();
        let inputs = terms.iter().map(|(key, value)| Some((*key, narrow(*value)?))).collect::<Option<Vec<_>>>()?;
        Some(self.intern(Gate { inputs, bound: narrow(bound)? }))
    }

    pub(super) fn or(&mut self, parts: &[Ref]) -> Ref {
        self.junction(parts, true)
    }

    pub(super) fn and(&mut self, parts: &[Ref]) -> Ref {
        self.junction(parts, false)
    }

    fn junction(&mut self, parts: &[Ref], or: bool) -> Ref {
        let (neutral, absorbing) = if or { (FALSE, TRUE) } else { (TRUE, FALSE) };
        let mut inputs: Vec<u32> = Vec::new();
        for part in parts {
            match self.gate(*part) {
                _ if *part == absorbing => return absorbing,
                None => {}
                Some(gate) if if or { gate.is_or() } else { gate.is_and() } => {
                    inputs.extend(gate.inputs.iter().map(|(input, _)| *input))
                }
                Some(_) => inputs.push(GATE | part),
            }
        }
        inputs.sort_unstable();
        inputs.dedup();
        // Levels of one dependency are a chain: the weakest decides a disjunction, the strongest a conjunction.
        let same = |a: u32, b: u32| (a | b) & GATE == 0 && a >> 4 == b >> 4;
        inputs = if or {
            inputs.chunk_by(|a, b| same(*a, *b)).filter_map(|group| group.first().copied()).collect()
        } else {
            inputs.chunk_by(|a, b| same(*a, *b)).filter_map(|group| group.last().copied()).collect()
        };
        let opposed = inputs.iter().filter(|input| *input & GATE != 0).any(|input| {
            let other = self.negated[(input & !GATE) as usize - FIRST as usize];
            other != FALSE && inputs.binary_search(&(GATE | other)).is_ok()
        });
        if opposed {
            return absorbing;
        }
        match inputs[..] {
            [] => neutral,
            [only] if only & GATE != 0 => only & !GATE,
            _ => {
                let bound = if or { 1 } else { i64::try_from(inputs.len()).unwrap_or(i64::MAX) };
                self.intern(Gate { inputs: inputs.into_iter().map(|input| (input, 1)).collect(), bound })
            }
        }
    }

    /// The negation, pushed down to the thresholds. Depth is bounded by the conditions of one expression.
    pub(super) fn not(&mut self, of: Ref) -> Ref {
        let Some(gate) = self.gate(of).cloned() else { return if of == FALSE { TRUE } else { FALSE } };
        let at = (of - FIRST) as usize;
        if self.negated[at] != FALSE {
            return self.negated[at];
        }
        let made = if gate.has_gates() {
            let or = gate.is_or();
            let parts: Vec<Ref> = gate
                .inputs
                .iter()
                .map(|(input, _)| {
                    if input & GATE != 0 {
                        self.not(input & !GATE)
                    } else {
                        self.intern(Gate { inputs: vec![(*input, -1)], bound: 0 })
                    }
                })
                .collect();
            self.junction(&parts, !or)
        } else {
            self.intern(Gate {
                inputs: gate.inputs.iter().map(|(input, value)| (*input, -value)).collect(),
                bound: 1 - gate.bound,
            })
        };
        self.negated[at] = made;
        if made >= FIRST && self.negated[(made - FIRST) as usize] == FALSE {
            self.negated[(made - FIRST) as usize] = of;
        }
        made
    }

    /// `if condition then a else b`, without the negation of the condition wherever that is possible.
    pub(super) fn choose(&mut self, condition: Ref, a: Ref, b: Ref) -> Ref {
        if condition == TRUE || a == b {
            return a;
        }
        if condition == FALSE {
            return b;
        }
        if self.implies(a, b, &mut 200) {
            let unless = self.not(condition);
            let rest = self.and(&[unless, b]);
            return self.or(&[a, rest]);
        }
        let then = self.and(&[condition, a]);
        if self.implies(b, a, &mut 200) {
            return self.or(&[b, then]);
        }
        let unless = self.not(condition);
        let rest = self.and(&[unless, b]);
        self.or(&[then, rest])
    }

    fn implies(&self, a: Ref, b: Ref, budget: &mut u32) -> bool {
        if a == b || a == FALSE || b == TRUE {
            return true;
        }
        let (Some(from), Some(to)) = (self.gate(a), self.gate(b)) else { return false };
        if *budget == 0 {
            return false;
        }
        *budget -= 1;
        if from.inputs == to.inputs && from.bound >= to.bound {
            return true;
        }
        (from.is_or() && from.inputs.iter().all(|(input, _)| self.input_implies(*input, b, budget)))
            || (to.is_and() && to.inputs.iter().all(|(input, _)| self.implies_input(a, *input, budget)))
            || (from.is_and()
                && from.inputs.len() > 1
                && from.inputs.iter().any(|(input, _)| self.input_implies(*input, b, budget)))
            || (to.is_or() && to.inputs.len() > 1 && to.inputs.iter().any(|(input, _)| self.implies_input(a, *input, budget)))
    }

    fn input_implies(&self, input: u32, b: Ref, budget: &mut u32) -> bool {
        if input & GATE != 0 {
            return self.implies(input & !GATE, b, budget);
        }
        // A single level implies a disjunction that holds the same dependency at that level or a better one.
        self.gate(b).is_some_and(|to| to.is_or() && to.inputs.iter().any(|(other, _)| weaker(*other, input)))
    }

    fn implies_input(&self, a: Ref, input: u32, budget: &mut u32) -> bool {
        if input & GATE != 0 {
            return self.implies(a, input & !GATE, budget);
        }
        self.gate(a).is_some_and(|from| from.is_and() && from.inputs.iter().any(|(other, _)| weaker(input, *other)))
    }
}

/// Whether level variable `a` follows from level variable `b`.
fn weaker(a: u32, b: u32) -> bool {
    (a | b) & GATE == 0 && a >> 4 == b >> 4 && a <= b
}
