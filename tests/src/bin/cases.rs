//! `cases KIND FILE [FOLDER]`: runs a file of cases that nobody on this project wrote.
//!
//! Goes in: a kind (clock, impact, regimes, availability) and a file. Comes out: a line per failing case, then the counts.
//! **Invariant:** the exit code is 0 when none failed, 1 when one did, 2 when nothing could be run.
//! **Not here:** translating cases (`siam_tests::cases`).

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (kind, file, folder) = match arguments.as_slice() {
        [kind, file] => (kind, file, None),
        [kind, file, folder] => (kind, file, Some(Path::new(folder))),
        _ => {
            eprintln!("usage: cases clock|impact|regimes|availability FILE [FOLDER]");
            return ExitCode::from(2);
        }
    };
    let ran = std::fs::read_to_string(file)
        .map_err(|fault| format!("cannot read {file}: {fault}"))
        .and_then(|text| siam_tests::cases::run(kind, &text, folder));
    match ran {
        Ok(results) => {
            println!("{results}");
            ExitCode::from(u8::from(results.counts().1 > 0))
        }
        Err(fault) => {
            eprintln!("cases: {fault}");
            ExitCode::from(2)
        }
    }
}
