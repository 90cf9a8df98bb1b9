//! Long routes in few words: their first and their last steps.
//!
//! Goes in: a route from a service to a cause. Comes out: its text, or a reason at each of its steps.
//! **Invariant:** a route of up to 100 services is told whole; of a longer one 50 at each end, and how many lie between.
//! **Not here:** tracing routes (`structure`), what is said of a step (`impact`, `root_causes`).

use crate::base::Argument;
use crate::base::message::Style;
use crate::model::rule::ServiceIdx;
use crate::report::Reason;

/// How many services of a route are named at most.
const NAMED: usize = 100;

/// How many steps at the start of a route are named, and from which step on.
fn ends(length: usize) -> (usize, usize) {
    if length <= NAMED { (length, length) } else { (NAMED / 2, length - NAMED / 2) }
}

/// A route as text; the middle of a long one is a number.
pub(super) fn text<'a>(route: &[ServiceIdx], name: impl Fn(ServiceIdx) -> &'a str) -> String {
    let (head, tail) = ends(route.len());
    let mut words: Vec<String> = route.iter().take(head).map(|step| name(*step).to_owned()).collect();
    if tail > head {
        words.push(format!("... {} more ...", Argument::from(tail - head).render(&Style::ENGLISH)));
    }
    words.extend(route.iter().skip(tail).map(|step| name(*step).to_owned()));
    words.join(" > ")
}

/// The reasons at the steps of a route, each resting on that of the next; `node` is given a step, the next one, and its reason.
pub(super) fn because(route: &[ServiceIdx], node: impl Fn(ServiceIdx, Option<(ServiceIdx, Reason)>) -> Reason) -> Option<Reason> {
    let (head, tail) = ends(route.len());
    let mut deeper: Option<Reason> = None;
    for (step, service) in route.iter().enumerate().rev().filter(|(step, _)| *step < head || *step >= tail) {
        let mut reason = node(*service, route.get(step + 1).copied().zip(deeper.take()));
        if step == tail {
            reason = Reason::new("route-more").with("n", tail - head).because(reason);
        }
        deeper = Some(reason);
    }
    deeper
}
