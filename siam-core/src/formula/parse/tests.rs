//! Formulas read and shown again.
//!
//! Goes in: texts of formulas. Comes out: their trees as text, or faults.
//! **Invariant:** every expected tree follows from the grammar in docs/regimes.md.
//! **Not here:** types (`check`).

use super::*;

/// A tree with every part in parentheses.
fn shown(text: &str) -> String {
    let tree = formula(text).unwrap();
    let mut shown: Vec<String> = Vec::new();
    for part in &tree.parts {
        let text = match &part.kind {
            PartKind::Quantity(value, unit) if *unit == Unit::NUMBER => value.to_string(),
            PartKind::Quantity(value, unit) => format!("[{value} {unit}]"),
            PartKind::Flag(value) => value.to_string(),
            PartKind::Word(word) => format!("'{word}'"),
            PartKind::Name(name) => name.clone(),
            PartKind::Owned(owner, name) => format!("{owner}.{name}"),
            PartKind::Negate(a) => format!("(-{})", shown[*a]),
            PartKind::Not(a) => format!("(not {})", shown[*a]),
            PartKind::Two(operator, a, b) => format!("({} {} {})", shown[*a], operator.sign(), shown[*b]),
            PartKind::If(a, b, c) => format!("(if {} then {} else {})", shown[*a], shown[*b], shown[*c]),
            PartKind::Call(name, given) => {
                let one = |given: &Given| {
                    let value = given.value.map_or("carry".into(), |at| shown[at].clone());
                    let key = given.key.as_ref().map_or(String::new(), |key| format!(" by {key}"));
                    let condition = given.condition.map_or(String::new(), |at| format!(" where {}", shown[at]));
                    let window = given.window.as_ref().map_or(String::new(), |window| format!(" {window:?}"));
                    format!("{:?} {value}{key}{window}{condition}", given.role)
                };
                format!("{name}({})", given.iter().map(one).collect::<Vec<_>>().join("; "))
            }
        };
        shown.push(text);
    }
    shown.pop().unwrap()
}

#[test]
fn operators_bind_as_the_grammar_says() {
    assert_eq!(shown("a + b * c - d / e"), "((a + (b * c)) - (d / e))");
    assert_eq!(shown("not a > b and c or not not d"), "(((not (a > b)) and c) or (not (not d)))");
    assert_eq!(shown("50% of 10% of party.invoice"), "(([0.5 ratio] of [0.1 ratio]) of party.invoice)");
    assert_eq!(shown("-2 points - -x"), "((-[2 points]) - (-x))");
    assert_eq!(shown("a * (if b then 2 else 1)"), "(a * (if b then 2 else 1))");
    assert_eq!(shown("if a then b else if c then d else e"), "(if a then b else (if c then d else e))");
}

#[test]
fn units_and_rates_are_exact() {
    assert_eq!(shown("1% per point"), "[0.01 ratio per points]");
    assert_eq!(shown("1000 GBP per 1%"), "[100000 GBP per ratio]");
    assert_eq!(shown("15 GBP per 30 min"), "[1/120 GBP per duration]");
    assert_eq!(shown("43200 min"), "[2592000 duration]");
    assert_eq!(shown("fee / 30"), "(fee / 30)");
}

#[test]
fn arguments_carry_windows_conditions_keys_and_roles() {
    assert_eq!(
        shown("cap(x, 25% of y over 12 periods, carry)"),
        "cap(Plain x; Plain ([0.25 ratio] of y) Periods(12); Carry carry)"
    );
    assert_eq!(shown("sum(max(q.line) by incident)"), "sum(Plain max(Plain q.line) by incident)");
    assert_eq!(shown("split(x, by equal, to 1 GBP)"), "split(Plain x; By equal; To [1 GBP])");
    assert_eq!(shown("count(x over contract where x > 0)"), "count(Plain x Contract where (x > 0))");
    assert_eq!(shown("streak(c since changed(d))"), "streak(Plain c Since(2))");
}

#[test]
fn rows_have_one_or_two_bounds_or_words() {
    let bounds = |text: &str| match row(text).unwrap().1 {
        Row::Bounds(bounds) => bounds.into_iter().map(|(kind, _)| kind).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(bounds("from 95% below target - 1%"), [BoundKind::From, BoundKind::Below]);
    assert_eq!(bounds("up to 4"), [BoundKind::UpTo]);
    assert_eq!(row("lower, breach").unwrap().1, Row::Words(vec!["lower".into(), "breach".into()]));
    assert_eq!(row("otherwise").unwrap().1, Row::Otherwise);
    assert_eq!(after("after 4 periods"), Ok(4));
    assert!(slice("up to 10").unwrap().is_some() && slice("otherwise").unwrap().is_none());
}

#[test]
fn a_fault_names_its_place_and_what_was_expected() {
    for (text, code, start) in [
        ("a < b < c", "regime-chain", 6),
        ("a +", "regime-syntax", 2),
        ("", "regime-syntax", 0),
        ("1 + if a then b else c", "regime-bare-if", 4),
        ("(a", "regime-syntax", 1),
        ("a b", "regime-syntax", 2),
        ("3 GBP per 0 h", "regime-syntax", 12),
        ("sum(x over 0 periods)", "regime-syntax", 11),
        ("a = b", "regime-character", 2),
    ] {
        let fault = formula(text).unwrap_err();
        assert_eq!((fault.code.name, fault.start), (code, start), "{text}");
    }
    let deep = format!("{}a{}", "(".repeat(10_000 / 2 - 1), ")".repeat(10_000 / 2 - 1));
    assert_eq!(formula(&deep).unwrap_err().code.name, "regime-too-deep");
    assert_eq!(formula(&"a+".repeat(6_000)).unwrap_err().code.name, "regime-too-long");
    assert!(formula(&format!("{}a", "-".repeat(9_000))).is_ok(), "a long row of signs nests nothing");
}
