//! Which services reach the same ones.
//!
//! Goes in: the dependents of every place. Comes out: a number by place.
//! **Invariant:** two places have the same number with the probability that a service either reaches is one that both reach.
//! **Not here:** what is done about it (`batch`).

use super::Structure;

impl Structure {
    /// By place, the least of the scattered numbers of all services that depend on it in the end, itself among them. Services that reach the
    /// same share it, and the more one reaches the less it is: of n services the least is about 1/n of the range.
    pub(super) fn likeness(&self) -> &[u32] {
        self.likeness.get_or_init(|| {
            let mut least: Vec<u32> = (0..self.len() as u32).map(scattered).collect();
            // Dependents stand after their dependencies; cycles are read twice, which is near enough for an order.
            for p in (0..self.len()).rev() {
                least[p] = self.rev_of(p).iter().map(|(v, _)| least[*v as usize]).fold(least[p], u32::min);
            }
            for (a, b) in &self.cycles {
                let all = least[*a as usize..*b as usize].iter().copied().min().unwrap_or(u32::MAX);
                least[*a as usize..*b as usize].fill(all);
            }
            least
        })
    }
}

/// A number that looks like any other, each once.
fn scattered(place: u32) -> u32 {
    let mut x = place.wrapping_add(0x9E37_79B9);
    x = (x ^ x >> 16).wrapping_mul(0x85EB_CA6B);
    x = (x ^ x >> 13).wrapping_mul(0xC2B2_AE35);
    x ^ x >> 16
}
