//! Twins: the same program in Rust, C and Python, one expected output each.
//!
//! `tour` loads an ecosystem and asks who is hit; `demo` is the main job on a small ecosystem and a month of tickets.
