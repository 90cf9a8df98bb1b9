//! Records, questions and short forms read from text.
//!
//! Goes in: small documents. Comes out: what was read, and every fault with its place.
//! **Invariant:** all faults come at once.
//! **Not here:** scalars (`scalar`).

use super::*;
use crate::base::Ratio;

record! {
    /// A thing.
    pub struct ThingDoc = "a thing" {
        /// Its share.
        share: Ratio = "share",
        /// Its names.
        names: Vec<Spot<String>> = "names",
        /// Its provider over time.
        provider: Option<Dated<String>> = "provider",
    }
}

fn decode(text: &str) -> (Option<ThingDoc>, Vec<String>) {
    let mut faults = Faults::new(&Limits::default());
    let root = read(&[Source::text("x", text)], &mut faults).unwrap();
    let value = ThingDoc::decode(&root, &mut faults);
    (value, faults.into_problems().iter().map(|p| format!("{}: {} ({})", p.place(), p.message(), p.help())).collect())
}

#[test]
fn all_faults_of_a_record_are_reported_at_once() {
    let (value, faults) = decode("shear: 1\nnames: [a, {}]\nprovider: [{value: x, form: 2026-01-01}]\n");
    assert!(value.is_none());
    assert_eq!(
        faults,
        [
            "x:1:1: a thing lacks `share` (add `share:` with a number or a percentage)",
            "x:1:1: unknown key `shear` in a thing (did you mean `share`?)",
            "x:2:12: expected text, found a map (write text here)",
            "x:3:23: unknown key `form` in a dated value (did you mean `from`?)",
        ]
    );
}

query! {
    /// A question.
    pub struct ThingQuery = "a question" {
        /// Which.
        name: String = "name",
    }
}

#[test]
fn a_question_is_read_from_json() {
    let asked = from_text::<ThingQuery>("query", "{\"name\": \"x\"}", &Limits::default());
    assert_eq!(asked.ok(), Some(ThingQuery { name: "x".into() }));
    let fault = from_text::<ThingQuery>("query", "{\"nme\": 1}", &Limits::default()).unwrap_err();
    assert_eq!(fault.problems().len(), 2);
}

#[test]
fn one_value_stands_for_a_list_and_for_all_time() {
    let (value, _) = decode("share: 5%\nnames: a\nprovider: x\n");
    let thing = value.unwrap();
    assert_eq!(thing.names.len(), 1);
    assert_eq!(thing.provider.unwrap().0.len(), 1);
    assert_eq!(ThingDoc::keys().iter().filter(|key| key.required).count(), 1);
}
