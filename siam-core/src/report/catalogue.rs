//! Catalogues: the words of problems and reasons, by language.
//!
//! Goes in: the built-in English templates, JSON or YAML catalogues of other languages. Comes out: rendered messages.
//! **Invariant:** a message that a catalogue lacks is rendered in English, never left out.
//! **Not here:** which arguments a message has (where it is made).

use super::english::REASONS;
use crate::base::message::{Message, Style, render};
use crate::base::{Argument, Error, Limits, Problem, codes};
use crate::document::decode::record;
use crate::document::{Decode, Faults, Named, Source, Spot, read};
use std::collections::BTreeMap;

record! {
    /// A catalogue as written.
    pub struct CatalogueDoc = "a catalogue" {
        /// The language, such as `de-CH`.
        locale: String = "locale",
        /// Between whole part and decimals; `.` unless written.
        decimal_mark: Option<String> = "decimal_mark",
        /// Between groups of three digits; none unless written.
        group_mark: Option<String> = "group_mark",
        /// Templates by message id; `{name}` takes an argument, `{name|one|many}` chooses by whether it is 1.
        messages: Named<String> = "messages",
    }
}

/// The words of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    language: String,
    style: Style,
    templates: BTreeMap<String, String>,
}

impl Catalogue {
    /// English, built in.
    pub fn english() -> Self {
        Self { language: "en".into(), style: Style::ENGLISH, templates: BTreeMap::new() }
    }
    /// A language given as a document; ids that nothing uses are reported with the nearest known one.
    pub fn load(source: &Source) -> Result<Self, Error> {
        let mut faults = Faults::new(&Limits::default());
        let root = read(std::slice::from_ref(source), &mut faults);
        let doc = root.as_ref().and_then(|root| CatalogueDoc::decode(root, &mut faults));
        let known = ids();
        for (id, _) in doc.iter().flat_map(|doc| doc.messages.iter()) {
            if !known.contains_key(id.value.as_str()) {
                unknown_id(id, &known, &mut faults);
            }
        }
        match doc {
            Some(doc) if faults.count() == 0 => {
                let mark = |text: &Option<String>| text.as_ref().and_then(|text| text.chars().next());
                Ok(Self {
                    language: doc.locale.clone(),
                    style: Style { decimal_mark: mark(&doc.decimal_mark).unwrap_or('.'), group_mark: mark(&doc.group_mark) },
                    templates: doc.messages.entries.into_iter().map(|(id, template)| (id.value, template)).collect(),
                })
            }
            _ => Err(Error::from_problems(faults.into_problems())),
        }
    }
    /// The language.
    pub fn language(&self) -> &str {
        &self.language
    }
    /// A message in its words.
    pub fn render(&self, message: &Message) -> String {
        render(self.template(message.id), &message.arguments, &self.style)
    }
    /// An argument alone, such as the number of a cell, in its style.
    pub fn argument(&self, argument: &Argument) -> String {
        argument.render(&self.style)
    }
    /// A number written plainly in its style.
    pub fn number(&self, text: &str) -> String {
        self.style.number(text)
    }
    /// The template of a reason; English where the language lacks it, the id itself where nothing has it.
    pub fn template<'a>(&'a self, id: &'a str) -> &'a str {
        let built_in = || REASONS.iter().find(|(known, _)| *known == id).map(|(_, template)| *template);
        self.templates.get(id).map(String::as_str).or_else(built_in).unwrap_or(id)
    }
    /// What a problem says, in its words.
    pub fn problem_message(&self, problem: &Problem) -> String {
        let template = self.templates.get(problem.code().name).map_or(problem.code().message, String::as_str);
        render(template, problem.arguments(), &self.style)
    }
}

fn unknown_id(id: &Spot<String>, known: &BTreeMap<&'static str, &'static str>, faults: &mut Faults) {
    let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
    faults.unknown(codes, id.mark, ("name", &id.value), known.keys().copied(), vec![("kind", "message".into())]);
}

/// All message ids with their English templates, for translators.
pub fn ids() -> BTreeMap<&'static str, &'static str> {
    let problems = codes::CODES.iter().map(|code| (code.name, code.message));
    REASONS.iter().copied().chain(problems).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_language_has_its_words_and_english_fills_the_rest() {
        let text = "{\"locale\": \"de-CH\", \"messages\": {\"impact-own-level\": \"{service} selbst ist {level}\"}}";
        let german = Catalogue::load(&Source::text("de.json", text)).unwrap();
        let own = Message::new("impact-own-level").with("service", Argument::name("wan")).with("level", Argument::name("down"));
        assert_eq!(german.render(&own), "wan selbst ist down");
        assert_eq!(german.render(&Message::new("impact-given")), "it was given as failed");
        let fault = Catalogue::load(&Source::text("x.json", text.replace("own-level", "own-levl"))).unwrap_err();
        assert!(fault.to_string().contains("impact-own-level"), "{fault}");
    }

    #[test]
    fn ids_of_reasons_are_sorted_and_differ_from_codes() {
        assert!(REASONS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(ids().len(), REASONS.len() + codes::CODES.len());
    }
}
