//! Incentive regimes as written: scopes, parameters, inputs, lines, posts, triggers; and how an instance attaches one.
//!
//! Goes in: `regimes:` of a document and of the parts that attach them. Comes out: `Regime` with its editions, formulas still as text.
//! **Invariant:** every name can stand in a formula; the editions of a regime have one scope and rise by date.
//! **Not here:** what a formula means (`formula`).

use crate::base::{Argument, Date, codes};
use crate::document::decode::{check_keys, choice, field, record};
use crate::document::scalar::wrong_type;
use crate::document::{Decode, Faults, Key, Mark, Named, Node, NodeKind, Shape, Spot};
use std::collections::BTreeMap;

choice! {
    /// What one instance of a regime is evaluated for; each lies in a coarser one.
    pub enum Scope = "a scope" {
        /// One event, such as an outage.
        Event = "event",
        /// One measure of an agreement.
        Measure = "measure",
        /// One agreement.
        Agreement = "agreement",
        /// One party.
        Party = "party",
        /// The whole ecosystem.
        Ecosystem = "ecosystem",
    }
}

choice! {
    /// What kind of entry a post makes.
    pub enum PostKind = "a kind of entry" {
        /// A service credit.
        Credit = "credit",
        /// A deduction from charges.
        Deduction = "deduction",
        /// A reward.
        Bonus = "bonus",
        /// A party's part of a joint amount.
        PoolShare = "pool_share",
        /// What comes back of an earlier entry.
        EarnBack = "earn_back",
        /// What waits for a later period.
        Carry = "carry",
        /// A change of price by an index.
        Indexation = "indexation",
        /// What is not claimed.
        Waived = "waived",
        /// What a cap dropped.
        BeyondCap = "beyond_cap",
        /// Anything else.
        Other = "other",
    }
}

record! {
    /// An edition of a regime as written.
    pub struct RegimeDoc = "a regime" {
        /// Its full name, quoted in every explanation.
        title: Option<String> = "title",
        /// The clause it stands in, quoted in every explanation.
        clause: Option<String> = "clause",
        /// event, measure, agreement, party or ecosystem: what it is evaluated for.
        scope: Spot<Scope> = "per",
        /// In force for periods that begin on or after this day.
        from: Option<Spot<Date>> = "from",
        /// Constants with their defaults; an instance may give others.
        parameters: Named<ParameterDoc> = "parameters",
        /// Figures that evidence must supply, with their types.
        inputs: Named<Spot<String>> = "inputs",
        /// The formulas; each reads lines above it, or the past of any line.
        lines: Named<LineDoc> = "lines",
        /// Entries it makes, by name.
        posts: Named<PostDoc> = "post",
        /// Consequences that are not money, by name: flags.
        triggers: Named<Spot<String>> = "triggers",
        /// Figures it sets from the next period on, such as `target`.
        sets: Named<Spot<String>> = "sets",
        /// Values of lines before the first period settled here, oldest first.
        opening: Named<Vec<Spot<String>>> = "opening",
    }
}

/// A parameter: one value, or a mapping by party or by date.
#[derive(Debug, Clone, PartialEq)]
pub enum ParameterDoc {
    /// One value.
    One(Spot<String>),
    /// Values by party id or by the day from which they hold.
    By(Vec<(Spot<String>, Spot<String>)>),
}

impl ParameterDoc {
    /// Where it stands.
    pub fn mark(&self) -> Mark {
        match self {
            Self::One(value) => value.mark,
            Self::By(values) => values.first().map_or_else(Mark::default, |(key, _)| key.mark),
        }
    }
}

fn pairs(node: &Node, faults: &mut Faults) -> Vec<(Spot<String>, Spot<String>)> {
    let entries = node.entries().unwrap_or_default().iter();
    let pair = |entry: &crate::document::tree::Entry, faults: &mut Faults| {
        let value = Spot::<String>::decode(&entry.value, faults)?;
        Some((Spot { value: entry.key.to_string(), mark: entry.mark }, value))
    };
    entries.filter_map(|entry| pair(entry, faults)).collect()
}

impl Decode for ParameterDoc {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        match &node.kind {
            NodeKind::Map(entries) if !entries.is_empty() => Some(Self::By(pairs(node, faults))),
            NodeKind::Scalar { .. } => Spot::decode(node, faults).map(Self::One),
            _ => {
                wrong_type(node, "a value, or values by party or by date", faults);
                None
            }
        }
    }
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::Text, Shape::Map(Box::new(Shape::Text))])
    }
}

/// A line: a formula, or one of three tables.
#[derive(Debug, Clone, PartialEq)]
pub enum LineDoc {
    /// A formula.
    Formula(Spot<String>),
    /// Rows chosen by a quantity or a word.
    Bands {
        /// What chooses.
        subject: Spot<String>,
        /// Bounds or words, and the formula of each row.
        rows: Vec<(Spot<String>, Spot<String>)>,
        /// Where the table stands.
        mark: Mark,
    },
    /// Each slice of a quantity at its own rate.
    Marginal {
        /// The quantity.
        subject: Spot<String>,
        /// Upper bounds and rates.
        rows: Vec<(Spot<String>, Spot<String>)>,
        /// Where the table stands.
        mark: Mark,
    },
    /// What comes back of an earlier amount.
    EarnBack {
        /// The line whose amount comes back.
        amount: Spot<String>,
        /// What must hold in every period since.
        when: Spot<String>,
        /// `after n periods`, and the share that comes back then.
        tranches: Vec<(Spot<String>, Spot<String>)>,
        /// Where the table stands.
        mark: Mark,
    },
}

impl LineDoc {
    /// Where the line's value stands.
    pub fn mark(&self) -> Mark {
        match self {
            Self::Formula(formula) => formula.mark,
            Self::Bands { mark, .. } | Self::Marginal { mark, .. } | Self::EarnBack { mark, .. } => *mark,
        }
    }

    fn table(node: &Node, faults: &mut Faults) -> Option<Self> {
        let kinds = ["bands", "marginal", "earn_back"];
        let given: Vec<&str> = kinds.into_iter().filter(|kind| node.get(kind).is_some()).collect();
        let [kind] = given.as_slice() else {
            let problem = faults.problem(&codes::REGIME_LINE_SHAPE, node.mark);
            faults.report(problem);
            return None;
        };
        let mark = node.mark;
        let mut rows = pairs(node, faults);
        let mut take = |key: &str| rows.iter().position(|(name, _)| name.value == key).map(|at| rows.remove(at).1);
        let subject = take(kind);
        let when = if *kind == "earn_back" { take("when") } else { None };
        if *kind == "earn_back" && when.is_none() {
            let problem = faults.problem(&codes::MISSING_KEY, mark).with("shape", "an earn-back").with("key", "when");
            faults.report(problem.with("expected", "the condition of every period since"));
        }
        if rows.is_empty() {
            let problem = faults.problem(&codes::REGIME_NO_ROWS, mark).with("kind", Argument::name((*kind).to_owned()));
            faults.report(problem);
            return None;
        }
        Some(match *kind {
            "bands" => Self::Bands { subject: subject?, rows, mark },
            "marginal" => Self::Marginal { subject: subject?, rows, mark },
            _ => Self::EarnBack { amount: subject?, when: when?, tranches: rows, mark },
        })
    }
}

impl Decode for LineDoc {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        match node.kind {
            NodeKind::Map(_) => Self::table(node, faults),
            NodeKind::Scalar { .. } => Spot::decode(node, faults).map(Self::Formula),
            _ => {
                wrong_type(node, "a formula or a table", faults);
                None
            }
        }
    }
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::Text, Shape::Map(Box::new(Shape::Text))])
    }
}

/// An entry that a regime makes.
#[derive(Debug, Clone, PartialEq)]
pub struct PostDoc {
    /// How much.
    pub amount: Spot<String>,
    /// Its kind; the name of the post where that is one, else other.
    pub kind: Option<PostKind>,
    /// `party` for what the party receives.
    pub to: Option<Spot<String>>,
    /// The post whose entries it undoes.
    pub reverses: Option<Spot<String>>,
    /// Where it stands.
    pub mark: Mark,
}

impl PostDoc {
    const KEYS: &'static [&'static str] = &["amount", "kind", "to", "reverses"];

    fn keys() -> Vec<Key> {
        vec![
            Key { name: "amount", required: true, doc: "How much.", shape: Shape::Text },
            Key {
                name: "kind",
                required: false,
                doc: "Its kind; the name of the post where that is one, else other.",
                shape: PostKind::shape(),
            },
            Key { name: "to", required: false, doc: "`party` for what the party receives.", shape: Shape::Text },
            Key { name: "reverses", required: false, doc: "The post whose entries it undoes.", shape: Shape::Text },
        ]
    }
}

impl Decode for PostDoc {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        if node.entries().is_none() {
            let amount = Spot::decode(node, faults)?;
            return Some(Self { amount, kind: None, to: None, reverses: None, mark: node.mark });
        }
        check_keys(node, "a post", Self::KEYS, faults);
        let amount = field(node, "a post", "amount", faults);
        let kind = field::<Option<PostKind>>(node, "a post", "kind", faults);
        let to = field(node, "a post", "to", faults);
        let reverses = field(node, "a post", "reverses", faults);
        Some(Self { amount: amount?, kind: kind?, to: to?, reverses: reverses?, mark: node.mark })
    }
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::Text, Shape::Record("a post", Self::keys)])
    }
}

/// How an instance attaches a regime: `name: {parameter: value, ...}`, with `use:` where its name is not the regime's.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AttachmentDoc {
    /// The regime, where the attachment has another name.
    pub regime: Option<Spot<String>>,
    /// Parameters that differ from the defaults.
    pub parameters: Vec<(Spot<String>, ParameterDoc)>,
    /// Values of lines before the first period settled here, oldest first.
    pub opening: Named<Vec<Spot<String>>>,
    /// Where it stands.
    pub mark: Mark,
}

impl AttachmentDoc {
    fn keys() -> Vec<Key> {
        let lists = Shape::Map(Box::new(Shape::List(Box::new(Shape::Text))));
        vec![
            Key { name: "use", required: false, doc: "The regime, where the attachment has another name.", shape: Shape::Text },
            Key {
                name: "opening",
                required: false,
                doc: "Values of lines before the first period settled here, oldest first.",
                shape: lists,
            },
            Key {
                name: "...",
                required: false,
                doc: "A parameter of the regime that differs here.",
                shape: ParameterDoc::shape(),
            },
        ]
    }
}

impl Decode for AttachmentDoc {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let mut attachment = Self { mark: node.mark, ..Self::default() };
        if node.kind == NodeKind::Null {
            return Some(attachment);
        }
        let Some(entries) = node.entries() else {
            wrong_type(node, "the parameters of a regime", faults);
            return None;
        };
        for entry in entries {
            match &*entry.key {
                "use" => attachment.regime = Spot::decode(&entry.value, faults),
                "opening" => attachment.opening = Named::decode(&entry.value, faults).unwrap_or_default(),
                name => {
                    if let Some(value) = ParameterDoc::decode(&entry.value, faults) {
                        attachment.parameters.push((Spot { value: name.to_owned(), mark: entry.mark }, value));
                    }
                }
            }
        }
        Some(attachment)
    }
    fn shape() -> Shape {
        Shape::Record("an attached regime", Self::keys)
    }
    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

/// Figures an instance declares, with their types: `{invoice: money}`.
pub type FiguresDoc = Named<Spot<String>>;

/// A regime with its editions in the order in which they come into force.
#[derive(Debug, Clone, PartialEq)]
pub struct Regime {
    /// Its name.
    pub name: Spot<String>,
    /// What it is evaluated for.
    pub scope: Scope,
    /// Its editions; only the first may have no `from`.
    pub editions: Vec<RegimeDoc>,
}

/// Words that mean something in a formula, so that no regime, line, parameter or input may have them as a name.
pub const RESERVED: &[&str] = &[
    "agreement",
    "and",
    "by",
    "calendar_year",
    "carry",
    "contract",
    "contract_year",
    "ecosystem",
    "else",
    "equal",
    "event",
    "false",
    "if",
    "measure",
    "not",
    "of",
    "or",
    "otherwise",
    "over",
    "party",
    "per",
    "period",
    "periods",
    "since",
    "then",
    "to",
    "true",
    "where",
];

/// Whether a text can stand as a name in a formula: snake_case, beginning with a letter.
pub fn is_name(text: &str) -> bool {
    text.len() <= 100
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Reports a name that cannot stand in a formula.
pub fn check_name(kind: &'static str, name: &Spot<String>, faults: &mut Faults) -> bool {
    let code = match name.value.as_str() {
        text if RESERVED.contains(&text) => &codes::REGIME_RESERVED,
        text if !is_name(text) => &codes::REGIME_NAME,
        _ => return true,
    };
    let problem = faults.problem(code, name.mark).with("kind", kind);
    faults.report(problem.with("name", Argument::user(&name.value)));
    false
}

fn check_names(doc: &RegimeDoc, faults: &mut Faults) {
    let lines = doc.lines.iter().map(|(name, _)| ("line", name));
    let parameters = doc.parameters.iter().map(|(name, _)| ("parameter", name));
    let inputs = doc.inputs.iter().map(|(name, _)| ("input", name));
    let posts = doc.posts.iter().map(|(name, _)| ("post", name));
    let triggers = doc.triggers.iter().map(|(name, _)| ("trigger", name));
    let mut own: BTreeMap<&str, (&'static str, Mark)> = BTreeMap::new();
    for (kind, name) in parameters.chain(inputs).chain(lines) {
        check_name(kind, name, faults);
        if let Some((first, mark)) = own.insert(&name.value, (kind, name.mark)) {
            let place = faults.place_text(mark);
            let problem = faults.problem(&codes::REGIME_SHADOWED, name.mark).with("kind", kind).with("first", first);
            faults.report(problem.with("name", Argument::user(&name.value)).with("place", place));
        }
    }
    for (kind, name) in posts.chain(triggers) {
        check_name(kind, name, faults);
    }
}

/// Checks names, scopes and dates of all regimes; formulas are checked where they are compiled.
pub fn check(docs: &Named<Vec<RegimeDoc>>, faults: &mut Faults) -> Vec<Regime> {
    let mut regimes = Vec::new();
    for (name, editions) in docs.iter() {
        check_name("regime", name, faults);
        let Some(first) = editions.first() else {
            let problem = faults.problem(&codes::MISSING_KEY, name.mark).with("shape", "a regime").with("key", "per");
            faults.report(problem.with("expected", Argument::name(Scope::shape().words())));
            continue;
        };
        let mut editions = editions.clone();
        for doc in &editions {
            check_names(doc, faults);
            if doc.scope.value != first.scope.value {
                let problem = faults.problem(&codes::REGIME_EDITION_SCOPE, doc.scope.mark);
                faults.report(problem.with("regime", Argument::user(&name.value)).with("first", first.scope.value.as_str()));
            }
        }
        let from = |doc: &RegimeDoc| doc.from.as_ref().map(|from| from.value);
        editions.sort_by_key(from);
        for pair in editions.windows(2) {
            if let [before, after] = pair
                && from(before) == from(after)
            {
                let mark = after.from.as_ref().map_or(after.mark, |from| from.mark);
                let problem = faults.problem(&codes::REGIME_EDITION_DATE, mark);
                faults.report(problem.with("regime", Argument::user(&name.value)));
            }
        }
        regimes.push(Regime { name: name.clone(), scope: first.scope.value, editions });
    }
    regimes
}
