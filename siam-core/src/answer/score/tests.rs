//! What a scorecard must be, on a real log and on random tickets.

mod cases;
mod counting;
mod days;
mod edges;
mod kinds;
mod laws;
mod log;
