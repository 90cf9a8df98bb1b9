//! Words that every room uses: problems and errors, ids, exact numbers, instants, limits, columns and tables.
//!
//! Goes in: nothing of siam. Comes out: plain types with validated construction.
//! **Invariant:** nothing here knows a service, a party or a contract.
//! **Not here:** reading documents (`document`), rendering reasons (`report`).

pub mod codes;
pub mod columns;
pub mod csv;
pub mod directory;
pub mod error;
pub mod id;
pub mod limits;
pub mod message;
pub mod money;
pub mod nearest;
pub mod parallel;
pub mod problem;
pub mod ratio;
pub mod table;
pub mod time;
pub mod zone;
pub mod zones;

pub use codes::Code;
pub use columns::{Batch, ColumnView, TableView, TimeUnit};
pub use directory::Directory;
pub use error::Error;
pub use id::{Idx, IdxVec};
pub use limits::Limits;
pub use message::{Argument, Message};
pub use money::{Currency, Money};
pub use problem::{Place, Problem, Problems, Severity};
pub use ratio::Ratio;
pub use table::{Column, ColumnSpec, ColumnType, Schema, Table};
pub use time::{Date, Duration, Instant, Period};
pub use zone::{WallTimes, Zone};
pub use zones::ZoneDatabase;
