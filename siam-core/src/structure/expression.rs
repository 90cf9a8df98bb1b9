//! An expression turned into gates, one for every level.
//!
//! Goes in: a rule and the edges it speaks of. Comes out: for every level s >= 1 the gate of "s or worse".
//! **Invariant:** exact: for every state of the dependencies the gates say what the expression says; no float decides.
//! **Not here:** how gates simplify (`network`), what an expression means when read plainly (`meaning`).

use super::network::{FALSE, Form, Network, Ref, TRUE, merge};
use crate::base::Ratio;
use crate::model::rule::{Bound, Comparison, Condition, Edge, Expression, Level, LevelMap, Quorum, Unit};

/// How deep expressions may nest.
pub const MAX_DEPTH: usize = 64;
/// How many conditions one rule may hold.
pub const MAX_CONDITIONS: usize = 1_000;
/// The largest denominator of a share of a total that varies with the state.
const MAX_DENOMINATOR: i128 = 1 << 60;

/// Why a rule cannot be compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    Malformed(&'static str),
    TooLarge(&'static str),
}

/// One rule being compiled.
pub(super) struct Reading<'a> {
    /// The worst level.
    pub worst: Level,
    pub edges: &'a [Edge],
    /// The number of each edge's dependency among the distinct ones.
    pub slots: &'a [u32],
    pub network: &'a mut Network,
    pub conditions: usize,
}

const WIDE: Why = Why::TooLarge("the numbers of a threshold");

impl Reading<'_> {
    /// The gates of `1 or worse` .. `worst or worse` over the edges of `members`.
    pub(super) fn gates(&mut self, rule: &Expression, members: &[u32], depth: usize) -> Result<Vec<Ref>, Why> {
        if depth > MAX_DEPTH {
            return Err(Why::TooLarge("the nesting of the rule"));
        }
        let worst = self.worst;
        match rule {
            Expression::Const(level) => {
                self.check(*level)?;
                Ok((1..=worst).map(|s| if *level >= s { TRUE } else { FALSE }).collect())
            }
            Expression::Order(unit, quorum) => self.order(*unit, quorum, members),
            Expression::Score { gain, theta } => self.score(gain, theta, members),
            Expression::First(cases, otherwise) => {
                self.conditions += cases.len();
                if self.conditions > MAX_CONDITIONS {
                    return Err(Why::TooLarge("the number of conditions"));
                }
                let mut value = self.gates(otherwise, members, depth + 1)?;
                for (condition, then) in cases.iter().rev() {
                    let then = self.gates(then, members, depth + 1)?;
                    let condition = self.condition(condition, members)?;
                    for (value, then) in value.iter_mut().zip(then) {
                        *value = self.network.choose(condition, then, *value);
                    }
                }
                Ok(value)
            }
            Expression::Max(parts) => self.fold(parts, members, depth, true),
            Expression::Min(parts) => self.fold(parts, members, depth, false),
            Expression::Group(group, part) => {
                let inside: Vec<u32> =
                    members.iter().copied().filter(|at| self.edges[*at as usize].group == Some(*group)).collect();
                self.gates(part, &inside, depth + 1)
            }
            Expression::Ungrouped(part) => {
                let inside: Vec<u32> = members.iter().copied().filter(|at| self.edges[*at as usize].group.is_none()).collect();
                self.gates(part, &inside, depth + 1)
            }
            Expression::Post(table, part) => {
                if table.len() != usize::from(worst) + 1 {
                    return Err(Why::Malformed("a table has not one entry per level"));
                }
                table.iter().try_for_each(|level| self.check(*level))?;
                let inner = self.gates(part, members, depth + 1)?;
                Ok((1..=worst).map(|s| self.post(table, &inner, s)).collect())
            }
        }
    }

    fn check(&self, level: Level) -> Result<(), Why> {
        if level <= self.worst { Ok(()) } else { Err(Why::Malformed("a level is beyond the chain")) }
    }

    fn fold(&mut self, parts: &[Expression], members: &[u32], depth: usize, or: bool) -> Result<Vec<Ref>, Why> {
        let parts = parts.iter().map(|part| self.gates(part, members, depth + 1)).collect::<Result<Vec<_>, _>>()?;
        if parts.is_empty() {
            return Ok(vec![FALSE; usize::from(self.worst)]);
        }
        Ok((0..usize::from(self.worst))
            .map(|at| {
                let column: Vec<Ref> = parts.iter().map(|part| part[at]).collect();
                if or { self.network.or(&column) } else { self.network.and(&column) }
            })
            .collect())
    }

    /// The levels whose entry is `s` or worse, as runs: from the first of a run, and not beyond its last.
    fn post(&mut self, table: &[Level], inner: &[Ref], s: Level) -> Ref {
        let mut runs = Vec::new();
        let mut at = 0;
        while at < table.len() {
            if table[at] < s {
                at += 1;
                continue;
            }
            let from = if at == 0 { TRUE } else { inner[at - 1] };
            while at < table.len() && table[at] >= s {
                at += 1;
            }
            let beyond = if at == table.len() { FALSE } else { inner[at - 1] };
            let within = self.network.not(beyond);
            runs.push(self.network.and(&[from, within]));
        }
        self.network.or(&runs)
    }

    /// The sum over the edges of weight x value(mapped level); excluded edges add nothing.
    fn form(&self, unit: Unit, members: &[u32], value: impl Fn(Level) -> i128) -> Form {
        let mut form = Form::default();
        for at in members {
            let (edge, slot) = (&self.edges[*at as usize], self.slots[*at as usize]);
            let weight = match unit {
                Unit::Count => 1,
                Unit::Weight => i128::from(edge.weight),
            };
            let of = |level: Level| match &edge.map {
                LevelMap::Same => weight * value(level),
                LevelMap::Table(table) => table[usize::from(level)].map_or(0, |level| weight * value(level)),
            };
            let mut before = of(0);
            form.constant += before;
            for level in 1..=self.worst {
                let now = of(level);
                if now != before {
                    form.terms.push((slot << 4 | u32::from(level), now - before));
                }
                before = now;
            }
        }
        merge(&mut form.terms);
        form
    }

    fn between(&self, unit: Unit, members: &[u32], low: Level, high: Level) -> Form {
        self.form(unit, members, |level| i128::from(low <= level && level <= high))
    }

    fn at_least(&mut self, form: &Form, bound: i128) -> Result<Ref, Why> {
        self.network.at_least(form, bound).ok_or(WIDE)
    }

    fn order(&mut self, unit: Unit, quorum: &Quorum, members: &[u32]) -> Result<Vec<Ref>, Why> {
        let total = self.form(unit, members, |_| 1);
        let worst = self.worst;
        if !total.terms.is_empty() {
            return (1..=worst).map(|s| self.order_of_varying(unit, quorum, members, &total, s)).collect();
        }
        let n = total.constant;
        if n == 0 {
            return Ok(vec![FALSE; usize::from(worst)]);
        }
        let bound = match (unit, quorum) {
            (_, Quorum::Any) => 1,
            (_, Quorum::All) => n,
            (Unit::Count, Quorum::Amount(amount)) => i128::from(*amount).clamp(1, n),
            (Unit::Weight, Quorum::Amount(amount)) => i128::from(*amount),
            (_, Quorum::Needed(needed)) => (n + 1 - i128::from(*needed)).clamp(1, n),
            (_, Quorum::Share(share)) => share_of(share, n)?.0,
        };
        (1..=worst)
            .map(|s| {
                let bad = self.between(unit, members, s, worst);
                self.at_least(&bad, bound)
            })
            .collect()
    }

    /// Where tables exclude at some levels only, the total is a form of the state too.
    fn order_of_varying(&mut self, unit: Unit, quorum: &Quorum, members: &[u32], total: &Form, s: Level) -> Result<Ref, Why> {
        let bad = self.between(unit, members, s, self.worst);
        let some_bad = self.at_least(&bad, 1)?;
        let some = self.at_least(total, 1)?;
        let enough = match (unit, quorum) {
            (_, Quorum::Any) => some_bad,
            (_, Quorum::All) => {
                let all = self.at_least(&bad.mix(1, total, -1), 0)?;
                self.network.and(&[some_bad, all])
            }
            (Unit::Count, Quorum::Amount(amount)) => {
                let amount = self.at_least(&bad, i128::from(*amount))?;
                let all = self.at_least(&bad.mix(1, total, -1), 0)?;
                let enough = self.network.or(&[amount, all]);
                self.network.and(&[some_bad, enough])
            }
            (Unit::Weight, Quorum::Amount(amount)) => self.at_least(&bad, i128::from(*amount))?,
            (_, Quorum::Needed(needed)) => {
                let short = self.at_least(&bad.mix(1, total, -1), 1 - i128::from(*needed).max(1))?;
                self.network.and(&[some_bad, short])
            }
            (_, Quorum::Share(share)) => self.share(&bad, total, share)?.0,
        };
        Ok(self.network.and(&[some, enough]))
    }

    /// `amount >= share of total` and `amount > share of total`, where the total varies and something counts.
    fn share(&mut self, amount: &Form, total: &Form, share: &Ratio) -> Result<(Ref, Ref), Why> {
        if share.is_negative() {
            return Ok((TRUE, TRUE));
        }
        if *share > Ratio::ONE {
            return Ok((FALSE, FALSE));
        }
        let (p, d) = share.parts().filter(|(_, d)| *d <= MAX_DENOMINATOR).ok_or(Why::TooLarge("the denominator of a share"))?;
        let form = amount.mix(d, total, -p);
        Ok((self.at_least(&form, 0)?, self.at_least(&form, 1)?))
    }

    fn condition(&mut self, condition: &Condition, members: &[u32]) -> Result<Ref, Why> {
        self.check(condition.low)?;
        self.check(condition.high)?;
        let amount = self.between(condition.unit, members, condition.low, condition.high);
        let (some, reached, passed) = match &condition.bound {
            Bound::Amount(bound) => {
                let bound = i128::from(*bound);
                (TRUE, self.at_least(&amount, bound)?, self.at_least(&amount, bound + 1)?)
            }
            Bound::Share(share) => {
                let total = self.form(condition.unit, members, |_| 1);
                let some = self.at_least(&total, 1)?;
                let (reached, passed) = if some == FALSE {
                    (FALSE, FALSE)
                } else if total.terms.is_empty() {
                    let (reached, passed) = share_of(share, total.constant)?;
                    (self.at_least(&amount, reached)?, self.at_least(&amount, passed)?)
                } else {
                    self.share(&amount, &total, share)?
                };
                (some, reached, passed)
            }
        };
        let holds = match condition.comparison {
            Comparison::AtLeast => reached,
            Comparison::Below => self.network.not(reached),
            Comparison::Equal => {
                let not_passed = self.network.not(passed);
                self.network.and(&[reached, not_passed])
            }
        };
        Ok(self.network.and(&[some, holds]))
    }

    fn score(&mut self, gain: &[i64], theta: &[i64], members: &[u32]) -> Result<Vec<Ref>, Why> {
        let levels = usize::from(self.worst) + 1;
        if gain.len() != levels || theta.len() != levels {
            return Err(Why::Malformed("a score has not one gain and one bound per level"));
        }
        let sum = self.form(Unit::Weight, members, |level| i128::from(gain[usize::from(level)]));
        // `s or worse` holds where the bound of s or of any worse level is met: the least of them.
        (1..levels)
            .map(|s| {
                let bound = theta[s..].iter().copied().min().unwrap_or(i64::MAX);
                self.at_least(&sum, i128::from(bound))
            })
            .collect()
    }
}

/// The least whole amount at or above the share of `total`, and the least above it.
fn share_of(share: &Ratio, total: i128) -> Result<(i128, i128), Why> {
    let exact = share.times(&Ratio::whole(total));
    let floor = exact.floor().ok_or(Why::TooLarge("a share"))?.clamp(i128::MIN / 4, i128::MAX / 4);
    Ok((if exact == Ratio::whole(floor) { floor } else { floor + 1 }, floor + 1))
}
