//! Work shared among threads that end with it.
//!
//! Goes in: how many parts there are, how many threads, what to do. Comes out: what each thread made of the parts it took.
//! **Invariant:** every part is taken once; threads start here alone, and none outlives the call. A panic in one goes on in the caller.
//! **Not here:** in which order results stand: whoever asks must join them so that it does not matter.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Parts of a work, each taken by whichever thread is free.
#[derive(Debug)]
pub struct Parts {
    next: AtomicUsize,
    count: usize,
}

impl Parts {
    /// So many parts, none taken.
    pub fn new(count: usize) -> Self {
        Self { next: AtomicUsize::new(0), count }
    }
    /// The next part, none where all are taken.
    pub fn take(&self) -> Option<usize> {
        Some(self.next.fetch_add(1, Ordering::Relaxed)).filter(|part| *part < self.count)
    }
}

/// Does the same work in so many threads, the caller's among them; 0 and 1 start none. Where the host can start no more, fewer do it.
pub fn in_threads<R: Send>(threads: usize, work: impl Fn() -> R + Sync) -> Vec<R> {
    if threads < 2 {
        return vec![work()];
    }
    std::thread::scope(|scope| {
        let start = |_| std::thread::Builder::new().spawn_scoped(scope, &work).ok();
        let running: Vec<_> = (1..threads).map_while(start).collect();
        let mut done = vec![work()];
        for thread in running {
            match thread.join() {
                Ok(more) => done.push(more),
                Err(fault) => std::panic::resume_unwind(fault),
            }
        }
        done
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_taken_once_whatever_the_threads() {
        for threads in [0, 1, 2, 4] {
            let parts = Parts::new(1_000);
            let work = || std::iter::from_fn(|| parts.take()).collect::<Vec<usize>>();
            let mut taken = in_threads(threads, work).concat();
            taken.sort_unstable();
            assert_eq!(taken, (0..1_000).collect::<Vec<_>>());
        }
    }
}
