//! Thresholds over bit planes.
//!
//! Goes in: planes with coefficients, and a bound. Comes out: the plane of the scenarios whose sum reaches the bound.
//! **Invariant:** exact for coefficients that sum to less than 2^62; a negative coefficient is a positive one on the negated plane.
//! **Not here:** whose planes they are (`lanes`).

/// 64 x W scenarios, one bit each.
pub(super) type Plane<const W: usize> = [u64; W];

pub(super) fn all<const W: usize>(value: bool) -> Plane<W> {
    [if value { u64::MAX } else { 0 }; W]
}

/// A sum that is being written across planes.
#[derive(Debug)]
pub(super) struct Sum<const W: usize> {
    /// What a plane adds; never 0.
    inputs: Vec<(Plane<W>, u64)>,
    total: u64,
    /// What is still to be reached beyond constant inputs.
    bound: i64,
    /// The plane of the ones, of the twos, of the fours, ...
    digits: Vec<Plane<W>>,
}

impl<const W: usize> Sum<W> {
    pub(super) fn new() -> Self {
        Self { inputs: Vec::new(), total: 0, bound: 0, digits: Vec::new() }
    }
    pub(super) fn begin(&mut self, bound: i64) {
        self.inputs.clear();
        self.total = 0;
        self.bound = bound;
    }
    /// An input that is the same in every scenario.
    #[inline]
    pub(super) fn constant(&mut self, value: bool, coefficient: i64) {
        if value {
            self.bound -= coefficient;
        }
    }
    #[inline]
    pub(super) fn add(&mut self, plane: &Plane<W>, coefficient: i64) {
        if coefficient == 0 {
            return;
        }
        let weight = coefficient.unsigned_abs();
        if coefficient > 0 {
            self.inputs.push((*plane, weight));
        } else {
            self.inputs.push((plane.map(|word| !word), weight));
            self.bound = self.bound.saturating_add_unsigned(weight);
        }
        self.total += weight;
    }
    /// How many words were given.
    pub(super) fn words(&self) -> u64 {
        (self.inputs.len() * W) as u64
    }

    /// Where the sum is at least the bound.
    pub(super) fn reached(&mut self) -> Plane<W> {
        let bound = match u64::try_from(self.bound) {
            Err(_) | Ok(0) => return all(true),
            Ok(bound) if bound > self.total => return all(false),
            Ok(bound) => bound,
        };
        if bound == 1 {
            return self.inputs.iter().fold(all(false), |sum, (plane, _)| each(&sum, plane, |a, b| a | b));
        }
        if bound == self.total {
            return self.inputs.iter().fold(all(true), |sum, (plane, _)| each(&sum, plane, |a, b| a & b));
        }
        self.digits.clear();
        self.digits.resize(u64::BITS as usize - self.total.leading_zeros() as usize, all(false));
        for (plane, weight) in &self.inputs {
            let mut rest = *weight;
            while rest != 0 {
                let mut carry = *plane;
                for digit in self.digits.iter_mut().skip(rest.trailing_zeros() as usize) {
                    let next = each(digit, &carry, |a, b| a & b);
                    *digit = each(digit, &carry, |a, b| a ^ b);
                    carry = next;
                    if carry == [0; W] {
                        break;
                    }
                }
                rest &= rest - 1;
            }
        }
        // From the lowest digit on: so far at least as much as the bound.
        let mut enough = all(true);
        for (at, digit) in self.digits.iter().enumerate() {
            enough = if bound >> at & 1 == 1 { each(digit, &enough, |a, b| a & b) } else { each(digit, &enough, |a, b| a | b) };
        }
        enough
    }
}

#[inline]
pub(super) fn each<const W: usize>(a: &Plane<W>, b: &Plane<W>, of: impl Fn(u64, u64) -> u64) -> Plane<W> {
    std::array::from_fn(|at| of(a[at], b[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_across_planes_reach_a_bound_where_numbers_do() {
        let coefficients = [3, -2, 1, 7, -5, 2];
        for bound in -9..15 {
            let mut sum = Sum::<1>::new();
            sum.begin(bound);
            for (at, coefficient) in coefficients.iter().enumerate() {
                // Bit i of plane `at` is bit `at` of i: every one of the 64 combinations is a scenario.
                let plane = (0..64).filter(|i| i >> at & 1 == 1).fold(0, |plane, i| plane | 1 << i);
                sum.add(&[plane], *coefficient);
            }
            let [reached] = sum.reached();
            for i in 0..64 {
                let value: i64 = (0..6).filter(|at| i >> at & 1 == 1).map(|at| coefficients[at]).sum();
                assert_eq!(reached >> i & 1 == 1, value >= bound, "{i} {bound}");
            }
        }
    }
}
