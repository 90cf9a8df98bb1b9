//! Strongly connected components and the numbering of services.
//!
//! Goes in: the dependencies of every service as flat arrays. Comes out: services in depth-first post-order, cycles as stretches of it.
//! **Invariant:** a service stands after all it depends on, unless they share a cycle; members of a cycle stand together.
//! **Not here:** which cycles are allowed (`build`).

// petgraph's `tarjan_scc` recurses once per step of a path and overflows the stack on deep chains; `kosaraju_scc` does not, but walks
// the graph twice in both directions. Tarjan with its own stack over the flat arrays is one pass and gives the post-order for free.

/// The services in the order of their numbering and the stretches that are cycles.
pub(super) struct Numbering {
    /// Service at each place.
    pub order: Vec<u32>,
    /// Place of each service.
    pub place: Vec<u32>,
    /// Half-open stretches of places that are cycles, ascending; a service that depends on itself is one too.
    pub cycles: Vec<(u32, u32)>,
}

const NONE: u32 = u32::MAX;

/// Numbers the services `0 .. at.len() - 1`; `to[at[v] .. at[v + 1]]` is what v depends on.
pub(super) fn number(at: &[u32], to: &[u32]) -> Numbering {
    let n = at.len().saturating_sub(1);
    let mut seen = vec![NONE; n];
    let mut low = vec![0_u32; n];
    let mut place = vec![NONE; n];
    let mut order: Vec<u32> = Vec::with_capacity(n);
    let mut cycles = Vec::new();
    let mut open: Vec<u32> = Vec::new();
    let mut path: Vec<(u32, u32)> = Vec::new();
    let mut clock = 0_u32;
    // From the tops first, so that all of a stack stands together whatever the order of the services.
    let mut top = vec![true; n];
    to.iter().for_each(|w| top[*w as usize] = false);
    let tops = (0..n).filter(|root| top[*root]);
    for root in tops.chain(0..n) {
        if seen[root] != NONE {
            continue;
        }
        let start = root as u32;
        path.push((start, at[root]));
        open.push(start);
        (seen[root], low[root]) = (clock, clock);
        clock += 1;
        while let Some((v, next)) = path.last_mut() {
            let here = *v as usize;
            if *next < at[here + 1] {
                let w = to[*next as usize];
                *next += 1;
                let there = w as usize;
                if seen[there] == NONE {
                    (seen[there], low[there]) = (clock, clock);
                    clock += 1;
                    path.push((w, at[there]));
                    open.push(w);
                } else if place[there] == NONE {
                    low[here] = low[here].min(seen[there]);
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                let parent = *parent as usize;
                low[parent] = low[parent].min(low[here]);
            }
            if low[here] != seen[here] {
                continue;
            }
            let first = order.len() as u32;
            let from = open.iter().rposition(|w| *w as usize == here).unwrap_or(0);
            for w in open.drain(from..).rev() {
                place[w as usize] = order.len() as u32;
                order.push(w);
            }
            let end = order.len() as u32;
            let own = &to[at[here] as usize..at[here + 1] as usize];
            if end - first > 1 || own.contains(&(here as u32)) {
                cycles.push((first, end));
            }
        }
    }
    Numbering { order, place, cycles }
}

/// A shortest cycle through `from`, each depending on the next and the last on the first.
pub(super) fn cycle_through(from: u32, at: &[u32], to: &[u32]) -> Vec<u32> {
    let mut before = vec![NONE; at.len().saturating_sub(1)];
    let mut queue = std::collections::VecDeque::from([from]);
    while let Some(v) = queue.pop_front() {
        for w in &to[at[v as usize] as usize..at[v as usize + 1] as usize] {
            if *w == from {
                let mut path = vec![v];
                let mut at = v;
                while at != from {
                    at = before[at as usize];
                    path.push(at);
                }
                path.reverse();
                return path;
            }
            if before[*w as usize] == NONE {
                before[*w as usize] = v;
                queue.push_back(*w);
            }
        }
    }
    vec![from]
}
