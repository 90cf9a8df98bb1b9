//! Where other people's data and cases lie, outside the project.
//!
//! Goes in: a path below the shared folder. Comes out: the path, or a printed line that the test was skipped.
//! **Invariant:** where `SIAM_SHARED` is set, a file that lacks is a failure, never a skip.
//! **Not here:** reading the files.

use std::path::PathBuf;

/// The path of a shared file; none where there is no shared folder, after saying so.
pub fn shared(path: &str) -> Option<PathBuf> {
    let told = std::env::var_os("SIAM_SHARED").map(PathBuf::from);
    let folder = told.clone().unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared").into());
    let file = folder.join(path);
    if file.exists() {
        return Some(file);
    }
    assert!(told.is_none(), "SIAM_SHARED is set and {} is not there", file.display());
    println!("skipped: {} is not there", file.display());
    None
}
