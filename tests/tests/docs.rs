//! The pages that are rendered from the code, and the documents inside the guides.
//!
//! Goes in: codes, operations, record keys; the project's Markdown. Comes out: ERRORS.md, docs/tables.md, docs/documents.md.
//! **Invariant:** a committed page equals the rendered one; `SIAM_BLESS=1` rewrites pages, never a number a case expects.
//! **Not here:** the C header (`header`).

use siam_core::base::{Limits, Schema};
use siam_core::document::Shape;
use siam_core::document::decode::Decode;
use siam_core::evidence::MappingDoc;
use siam_core::model::EcosystemDoc;
use siam_core::model::party::PartyKind;
use siam_core::ops::{OPERATIONS, Receiver};
use siam_core::{Source, base::codes::CODES};
use siam_tests::schema::schema;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

fn held(path: &str, rendered: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    if std::env::var_os("SIAM_BLESS").is_some() {
        std::fs::write(&file, rendered).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == rendered, "{path} is not what the code says; SIAM_BLESS=1 cargo test rewrites it");
}

#[test]
fn errors_md_has_every_code() {
    let mut page = String::from(
        "# Problems\n\nEvery problem siam can report. A number is never used again for another meaning, and a name never changes. \
         Words in braces are filled in.\n\n| number | name | severity | what it says | how to mend it |\n|---|---|---|---|---|\n",
    );
    for code in CODES {
        let cell = |text: &str| text.replace('|', "\\|");
        let (message, help) = (cell(code.message), cell(code.help));
        writeln!(page, "| {} | `{}` | {} | {message} | {help} |", code.number, code.name, code.severity.as_str()).unwrap();
    }
    held("ERRORS.md", &page);
}

fn table(page: &mut String, schema: &Schema) {
    writeln!(page, "\n**`{}`**: {}\n\n| column | type | meaning |\n|---|---|---|", schema.name, schema.doc).unwrap();
    for column in schema.columns {
        writeln!(page, "| `{}` | {} | {} |", column.name, column.kind.name(), column.doc).unwrap();
    }
}

#[test]
fn tables_md_has_every_table_of_every_operation() {
    let mut page = String::from(
        "# Operations and their tables\n\nEvery operation has one name in Rust, Python (`siam.<name>` or a method) and C (`siam_<name>`). \
         Its question is JSON at the doors and a plain struct in Rust. Its answer is flat tables; columns are added in later \
         versions, never renamed. Durations are whole seconds, rounded down; exact values decide.\n",
    );
    for operation in OPERATIONS {
        let of = match operation.receiver {
            Receiver::Documents => "documents",
            Receiver::Ecosystem => "an ecosystem",
            Receiver::Ecosystems => "two ecosystems",
            Receiver::Evidence => "an ecosystem and its evidence",
            Receiver::Report => "a report",
        };
        writeln!(page, "\n## `{}`\n\n{} Asked of {of}.", operation.name, operation.doc.trim()).unwrap();
        let keys = (operation.question)();
        if !keys.is_empty() {
            page.push_str("\n| question | what | needed |\n|---|---|---|\n");
            for key in keys {
                let needed = if key.required { "yes" } else { "" };
                writeln!(page, "| `{}` | {} ({}) | {needed} |", key.name, key.doc.trim(), key.shape.words()).unwrap();
            }
        }
        for (name, columns) in operation.takes {
            writeln!(page, "\nTakes a table `{name}({})`.", columns.join(", ")).unwrap();
        }
        if operation.name == "load" {
            for (name, doc, columns) in siam_core::model::tables::MEANINGS {
                writeln!(page, "\n**`{name}`**: {doc}\n\n| column | meaning |\n|---|---|").unwrap();
                columns.iter().for_each(|(column, doc)| writeln!(page, "| `{column}` | {doc} |").unwrap());
            }
        }
        if operation.name == "evidence" {
            for given in siam_core::evidence::BOUND {
                writeln!(
                    page,
                    "\nTakes a table **`{}`**: {}\n\n| column | meaning | holds | needed |\n|---|---|---|---|",
                    given.name, given.doc
                )
                .unwrap();
                for column in given.columns {
                    let (holds, needed) = (column.holds.words(), if column.required { "yes" } else { "" });
                    writeln!(page, "| `{}` | {} | {holds} | {needed} |", column.name, column.doc).unwrap();
                }
            }
            page.push_str("\nGives:\n");
        }
        for schema in operation.gives {
            table(&mut page, schema);
        }
        if !operation.streams.is_empty() {
            page.push_str("\nComputed while it is read, batch by batch:\n");
        }
        for schema in operation.streams {
            table(&mut page, schema);
        }
    }
    held("docs/tables.md", &page);
}

#[test]
fn documents_md_has_every_key() {
    let mut page = String::from(
        "# Documents\n\nWhat may be written, key by key. YAML or JSON; one file or several, whose maps join. Several values may be \
         written as one where there is only one. An attribute that changes is a list of `{value, from, until}`.\n",
    );
    let mut open = vec![EcosystemDoc::shape()];
    let mut seen = BTreeSet::new();
    while let Some(shape) = open.pop() {
        match shape {
            Shape::Record(name, keys) => {
                if !seen.insert(name) {
                    continue;
                }
                writeln!(page, "\n## {name}\n\n| key | meaning | what | needed |\n|---|---|---|---|").unwrap();
                let keys = keys();
                for key in &keys {
                    let needed = if key.required { "yes" } else { "" };
                    writeln!(page, "| `{}` | {} | {} | {needed} |", key.name, key.doc.trim(), key.shape.words()).unwrap();
                }
                open.extend(keys.into_iter().rev().map(|key| key.shape));
            }
            Shape::List(inner) | Shape::Map(inner) => open.push(*inner),
            Shape::OneOf(shapes) => open.extend(shapes.into_iter().rev()),
            _ => {}
        }
    }
    held("docs/documents.md", &page);
}

#[test]
fn schemas_for_editors_are_the_tables_of_keys() {
    let page = |title, about, shape| serde_json::to_string_pretty(&schema(title, about, &shape)).unwrap() + "\n";
    let about = "A document of an ecosystem. Whether names exist and rules make sense is told by `check`.";
    held("docs/siam.schema.json", &page("siam document", about, EcosystemDoc::shape()));
    let about = "How the export of a tool becomes evidence.";
    held("docs/siam-mapping.schema.json", &page("siam mapping", about, MappingDoc::shape()));
}

#[test]
fn the_months_of_the_examples_are_the_generated_ones() {
    let demo = siam_tests::generate::demo_month().into_iter().map(|table| ("demo", table));
    let review = siam_tests::generate::review_month().into_iter().map(|table| ("review/evidence", table));
    for (folder, (name, bytes)) in demo.chain(review) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(folder).join(format!("{name}.csv"));
        assert!(std::fs::read(file).unwrap() == bytes, "{folder}/{name}.csv: cargo run -p siam-tests --bin month writes it");
    }
}

#[test]
fn faults_read_like_a_compilers() {
    let text = "siam: 1\nzone: Europe/London\nservices:\n  email: {provider: netco, depends_on: [wan, {at_least: 3, of: [a, wan]}]}\n  wan: {}\n  wan: {users: 1.5}\n";
    insta::assert_snapshot!(siam_core::check(&[Source::text("acme.yaml", text)]).to_string(), @r"
    error[unresolved-name-here]: no party is named `netco`
      --> acme.yaml:4:21
      |
    4 |   email: {provider: netco, depends_on: [wan, {at_least: 3, of: [a, wan]}]}
      |                     ^^^^^
      = help: define it, or remove the reference

    error[rule-too-many]: 3 of 2 dependencies cannot be needed
      --> acme.yaml:4:57
      |
    4 |   email: {provider: netco, depends_on: [wan, {at_least: 3, of: [a, wan]}]}
      |                                                         ^
      = help: ask for at least 1 and at most as many as are listed

    error[unresolved-name-here]: no service is named `a`
      --> acme.yaml:4:65
      |
    4 |   email: {provider: netco, depends_on: [wan, {at_least: 3, of: [a, wan]}]}
      |                                                                 ^
      = help: define it, or remove the reference

    error[duplicate-key]: `wan` is written twice here
      --> acme.yaml:6:3
      |
    6 |   wan: {users: 1.5}
      |   ^^^
      = help: keep one; the first stands at acme.yaml:5:3
    ");
}

/// The documents of a folder: name and text.
fn documents(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(folder);
    let files = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|extension| extension == "yaml")).collect();
    files.sort();
    let name = |path: &Path| format!("{folder}/{}", path.file_name().unwrap().to_string_lossy());
    files.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn every_file_of_the_guide_loads_by_itself_and_is_in_its_index() {
    let index = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/guide/README.md")).unwrap();
    let files = documents("guide");
    for (name, text) in &files {
        if text.contains("\nmapping:") {
            siam_core::document::decode::from_text::<MappingDoc>(name, text, &Limits::default()).unwrap();
        } else {
            siam_core::load(&[Source::text(name, text)]).unwrap();
        }
        let file = name.trim_start_matches("guide/");
        assert!(index.contains(&format!("({file})")), "{file} is not in the index");
    }
    assert_eq!(index.matches(".yaml) |").count(), files.len(), "the index names a file that is not there");
}

#[test]
fn the_review_is_one_ecosystem_without_a_fault() {
    let files = documents("review");
    let sources: Vec<Source> = files.iter().map(|(name, text)| Source::text(name, text)).collect();
    let ecosystem = siam_core::load(&sources).unwrap_or_else(|error| panic!("{error}"));
    let model = ecosystem.model();
    let suppliers = model.parties.iter().filter(|party| party.kind == PartyKind::Supplier).count();
    assert_eq!((suppliers, model.services.len(), model.contracts.len()), (8, 49, 8));
}

#[test]
fn every_document_in_a_guide_loads() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut pages = vec![root.join("README.md"), root.join("ARCHITECTURE.md"), root.join("DESIGN.md")];
    pages.extend(std::fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path()));
    let mut loaded = 0;
    for page in pages.iter().filter(|page| page.extension().is_some_and(|extension| extension == "md")) {
        let text = std::fs::read_to_string(page).unwrap();
        for (at, block) in text.split("```yaml\n").skip(1).enumerate() {
            let block = block.split("```").next().unwrap();
            let name = format!("{} block {}", page.file_name().unwrap().to_string_lossy(), at + 1);
            if block.starts_with("mapping:") {
                siam_core::document::decode::from_text::<MappingDoc>(&name, block, &Limits::default()).unwrap();
            } else {
                siam_core::load(&[Source::text(name, block)]).unwrap();
            }
            loaded += 1;
        }
    }
    assert!(loaded > 0, "no guide shows a document");
}

/// What a table or a stream of an answer says in some columns; a dash where it says nothing.
fn lines(answer: &dyn siam_core::Answer, head: &str) -> Vec<String> {
    use siam_core::base::{Table, columns::Cell};
    let (name, columns) = head.split_once(": ").unwrap_or_else(|| panic!("no table in {head}"));
    let columns: Vec<&str> = columns.split(" | ").collect();
    let cell = |table: &Table, row: usize, column: &str| match table.cell(row, column) {
        Cell::Text(text) if !text.is_empty() => text.into_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Boolean(value) => value.to_string(),
        _ => "-".to_owned(),
    };
    let told = |table: &Table| -> Vec<String> {
        let line = |row| columns.iter().map(|column| cell(table, row, column)).collect::<Vec<_>>().join(" | ");
        (0..table.rows()).map(line).collect()
    };
    if let Some(table) = answer.tables().into_iter().find(|table| table.name() == name) {
        return told(table);
    }
    let mut stream = answer.stream(name).unwrap_or_else(|| panic!("there is no {name}"));
    let mut all = Vec::new();
    while let Some(batch) = stream.next_batch() {
        all.extend(told(&batch));
    }
    all
}

#[test]
fn every_number_of_the_guide_of_scenarios_is_what_the_library_says() {
    use siam_core::ops::doors;
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/scenarios.md")).unwrap();
    let document = page.split("```yaml\n").nth(1).and_then(|block| block.split("```").next()).unwrap();
    let written = siam_core::load(&[Source::text("scenarios.md", document)]).unwrap();
    let (mut ecosystem, mut answer, mut compared) = (written.clone(), None, 0);
    for block in page.split("```").skip(1).step_by(2) {
        let (kind, text) = block.split_once('\n').unwrap();
        let limits = Limits::default();
        match kind {
            "json impact" => answer = Some(doors::impact(&ecosystem, text, &[], &limits).unwrap()),
            "json impacts" => answer = Some(doors::impacts(&ecosystem, text, &[], &limits).unwrap()),
            "json with" => ecosystem = written.with_changes(text, &limits).unwrap(),
            "text" => {
                let (head, told) = text.split_once('\n').unwrap();
                let answer = answer.as_deref().expect("a question before its answer");
                assert_eq!(lines(answer, head), told.lines().collect::<Vec<_>>(), "{head}");
                compared += 1;
            }
            other => assert!(matches!(other, "yaml" | "rust" | "python"), "{other}"),
        }
    }
    assert!(compared >= 8, "{compared}");
}

#[test]
fn every_regime_of_the_guide_compiles_and_evaluates() {
    use siam_core::document::{Decode, Faults, Named, Spot, read};
    use siam_core::formula::{Contract, History, Instance, Missing, Program, SettlementPeriod, Value};
    use siam_core::model::regime::{RegimeDoc, Scope};
    let day = |text: &str| siam_core::base::Date::parse(text).unwrap();
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/regimes.md")).unwrap();
    let mut compiled = 0;
    for block in page.split("```yaml\n").skip(1).map(|block| block.split("```").next().unwrap()) {
        let mut faults = Faults::new(&Limits::default());
        let root = read(&[Source::text("regimes.md", block)], &mut faults).unwrap();
        let docs = Named::<Vec<RegimeDoc>>::decode(root.get("regimes").unwrap(), &mut faults).unwrap();
        let regimes = siam_core::model::regime::check(&docs, &mut faults);
        let attach = |scope: Scope, id: &str, within: Option<usize>| Instance {
            scope,
            id: id.into(),
            within,
            attachments: regimes
                .iter()
                .filter(|regime| regime.scope == scope)
                .map(|regime| (regime.name.clone(), Default::default()))
                .chain((scope == Scope::Measure && regimes.iter().any(|regime| regime.name.value == "weighted")).then(|| {
                    let name = Spot::unplaced("weighted".to_owned());
                    let regime = Some(name);
                    (Spot::unplaced("heavy".to_owned()), siam_core::model::regime::AttachmentDoc { regime, ..Default::default() })
                }))
                .collect(),
            figures: Default::default(),
            members: Vec::new(),
        };
        let instances = [
            attach(Scope::Ecosystem, "", None),
            attach(Scope::Party, "acme", Some(0)),
            attach(Scope::Agreement, "sla", Some(1)),
            attach(Scope::Measure, "uptime", Some(2)),
        ];
        let contract = Contract { start: day("2026-01-01"), end: None, currency: "GBP".parse().ok() };
        let program = Program::compile(&regimes, &instances, contract, &mut faults);
        let program = program.unwrap_or_else(|| panic!("{}", faults.into_problems()));
        let period = SettlementPeriod { number: 1, label: "2026-01".into(), from: day("2026-01-01"), until: day("2026-02-01") };
        let given = |_: Scope, _: &str, _: &str, _: &SettlementPeriod| Value::missing(Missing::NoData);
        let evaluated = program.evaluate(&period, &[], &given, &mut History::default());
        assert_eq!(evaluated.troubles().count(), 0);
        compiled += 1;
    }
    assert!(compiled >= 3);
}
