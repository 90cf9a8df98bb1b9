//! Every operation has its door in C.
//!
//! Goes in: the list of operations and the committed header. Comes out: nothing, where they agree.
//! **Invariant:** an operation in the list is a function of the same name in C, and a function asked of an ecosystem is in the list.
//! **Not here:** what the functions answer (`cases`), Python's doors (siam-py).

use siam_core::ops::{OPERATIONS, Receiver};
use std::path::Path;

/// The names of the functions of the header, without `siam_`, with what follows the name.
fn functions() -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../siam-ffi/include/siam.h");
    let header = std::fs::read_to_string(path).expect("the header is read");
    let named = |rest: &str| {
        rest.split_once('(').map(|(name, rest)| (name.to_owned(), rest.split_whitespace().collect::<Vec<_>>().join(" ")))
    };
    header.split("SIAM_CALL siam_").skip(1).filter_map(named).collect()
}

#[test]
fn every_operation_is_a_c_function_of_its_name() {
    let functions = functions();
    for operation in OPERATIONS {
        let found = functions.iter().find(|(name, _)| name == operation.name);
        let Some((_, arguments)) = found else { panic!("C has no siam_{}", operation.name) };
        let receiver = match operation.receiver {
            Receiver::Documents => "const struct siam_host *host,",
            Receiver::Report => "const struct siam_report *report,",
            Receiver::Ecosystems => "const struct siam_ecosystem *before, const struct siam_ecosystem *after,",
            _ => "const struct siam_ecosystem *ecosystem,",
        };
        assert!(arguments.starts_with(receiver), "siam_{}({arguments}", operation.name);
        let asked = "const char *question, int64_t question_len, const struct siam_named_table *tables, int64_t n_tables,";
        let shape = match (operation.receiver, operation.name) {
            (Receiver::Ecosystem, "evidence") => {
                format!("{receiver} {asked} struct siam_bound_evidence **bound, struct siam_error **error);")
            }
            // Evidence is one of the tables, so that both have one shape.
            (Receiver::Ecosystem | Receiver::Ecosystems | Receiver::Evidence, _) => {
                format!("{receiver} {asked} struct siam_report **report, struct siam_error **error);")
            }
            _ => continue,
        };
        assert!(arguments.starts_with(&shape), "siam_{}({arguments}", operation.name);
    }
}

#[test]
fn every_question_in_c_is_an_operation() {
    for (name, arguments) in functions() {
        if arguments.contains("char *question,") {
            assert!(OPERATIONS.iter().any(|operation| operation.name == name), "siam_{name} is not in the list of operations");
        }
    }
}
