//! Documents: text to placed trees to plain records, with every fault collected.
//!
//! Goes in: YAML or JSON text, one file or several. Comes out: `XDoc` records whose values know their place, or all faults at once.
//! **Invariant:** no input panics or overflows the stack; no number passes through a binary float; no fault hides another.
//! **Not here:** what names refer to (`model`), files on disk (the bindings read them).

pub mod decode;
pub mod faults;
pub mod read;
pub mod scalar;
pub mod tree;

pub use decode::{Dated, Decode, Key, Named, Shape, Spot, When};
pub use faults::{Faults, Files};
pub use read::{Source, read};
pub use tree::{Mark, Node, NodeKind};
