//! Every problem siam can report: number, name, words and mend.
//!
//! Goes in: nothing. Comes out: the table that ERRORS.md is rendered from.
//! **Invariant:** a number is never reused and a name never changes; each entry has a help.
//! **Not here:** reasons for results (`report::catalogue`).

use super::Severity;

/// One kind of problem.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Stable number.
    pub number: u16,
    /// Stable kebab name.
    pub name: &'static str,
    /// How grave it usually is.
    pub severity: Severity,
    /// English template of what is wrong.
    pub message: &'static str,
    /// English template of how to mend it.
    pub help: &'static str,
    /// The id of that template in catalogues.
    pub help_id: &'static str,
}

macro_rules! codes {
    ($($constant:ident = $number:literal $name:literal $severity:ident, $message:literal, $help:literal;)+) => {
        $(
            #[doc = concat!("`", $name, "`: ", $message)]
            pub static $constant: Code = Code {
                number: $number, name: $name, severity: Severity::$severity, message: $message, help: $help,
                help_id: concat!($name, "-help"),
            };
        )+
        /// All codes in the order of their numbers.
        pub static CODES: &[&Code] = &[$(&$constant),+];
    };
}

codes! {
    // 1xx: documents
    SYNTAX = 101 "syntax" Error, "cannot read the document: {detail}", "write YAML or JSON; check indentation, quotes and brackets at this place";
    DOCUMENT_TOO_LARGE = 102 "document-too-large" Error, "the document has more than {limit} {what}", "split it, or raise the limit where you call";
    DUPLICATE_KEY = 103 "duplicate-key" Error, "{key} is written twice here", "keep one; the first stands at {first}";
    UNKNOWN_KEY = 104 "unknown-key" Error, "unknown key {key} in {shape}", "did you mean `{nearest}`?";
    UNKNOWN_KEY_NO_GUESS = 105 "unknown-key-here" Error, "unknown key {key} in {shape}", "allowed here: {allowed}";
    WRONG_TYPE = 106 "wrong-type" Error, "expected {expected}, found {found}", "write {expected} here";
    MISSING_KEY = 107 "missing-key" Error, "{shape} lacks `{key}`", "add `{key}:` with {expected}";
    BAD_VALUE = 108 "bad-value" Error, "{value} is not {expected}", "write {example}";
    NO_SUCH_DATE = 109 "no-such-date" Error, "{value} is not a date of the calendar", "write a date that exists as YYYY-MM-DD";
    FLOAT_DAMAGED = 110 "float-damaged" Error, "{value} was damaged by a binary float on its way here", "write the digits as agreed, or quote them";
    UNRESOLVED = 111 "unresolved-name" Error, "no {kind} is named {name}", "did you mean `{nearest}`?";
    UNRESOLVED_NO_GUESS = 112 "unresolved-name-here" Error, "no {kind} is named {name}", "define it, or remove the reference";
    BAD_ID = 113 "bad-id" Error, "{value} cannot be a name: {why}", "use 1 to 200 printable characters without white space at the ends";
    DUPLICATE_NAME = 114 "duplicate-name" Error, "{kind} {name} is defined twice", "keep one; the first stands at {first}";
    OVERLAPPING_DATES = 115 "overlapping-dates" Error, "two values of {what} hold at {at}", "let each `from` be the `until` before it, or later";
    EMPTY_DATES = 116 "empty-dates" Error, "`until` is not after `from`", "write an `until` that lies after `from`";
    UNSUPPORTED_YAML = 117 "unsupported-yaml" Error, "{what} is not read", "write the value out";
    UNKNOWN_EDITION = 118 "unknown-edition" Error, "edition {value} is not known to this library", "this library knows edition {known}";
    UNKNOWN_ZONE = 119 "unknown-zone" Error, "{value} is not in the time zone database {tzdb}", "did you mean `{nearest}`?";
    INDEX_OUT_OF_RANGE = 120 "out-of-range" Error, "{value} is outside {low} to {high}", "write a value between {low} and {high}";
    NOT_COMPUTED_YET = 121 "not-computed-yet" Error, "{what} {value} is a known word, but this version does not compute it", "use one of {known}";
    EMPTY_DOCUMENT = 122 "empty-document" Error, "the document is empty", "write at least `siam: 1` and what it describes";
    UNKNOWN_WORD = 123 "unknown-word" Error, "{word} is not {shape}", "did you mean `{nearest}`?";
    UNKNOWN_WORD_NO_GUESS = 124 "unknown-word-here" Error, "{word} is not {shape}", "write one of {allowed}";
    PRIME_CYCLE = 125 "prime-cycle" Error, "{party} is its own prime in the end", "let the chain of `subcontractor_of` end at a prime";
    ESCALATION_CYCLE = 126 "escalation-cycle" Error, "{role} escalates to itself in the end", "let the chain of `escalates_to` end";
    CONTRADICTION = 127 "contradiction" Error, "`{what}` contradicts {other}", "keep one of them";
    NOT_OF_THIS = 128 "not-of-this" Error, "{kind} {name} is no part of this {shape}", "add it there, or name one that is";
    TWO_TRANSLATIONS = 129 "two-translations" Error, "{word} is translated as {one} and as {other}", "let each word of a party mean one thing";
    STAND_IN = 130 "stand-in" Error, "party {party} and kind stand_in do not go together", "only {known} are stand-ins, and they are nothing else";
    NO_CURRENCY = 131 "no-currency" Error, "the amount {value} has no currency", "write it as `{value} GBP`, or give the ecosystem a `currency`";
    KEY_WITHOUT_USE = 132 "key-without-use" Error, "a measure of {shape} does not read `{key}`", "remove it, or choose the statistic it belongs to";
    NOT_SPLIT_BY = 137 "not-split-by" Error, "a target of groups speaks of {column}, by which the measure is not split", "add {column} to `by`, or remove it here";
    NO_ORDER_OF_PRIORITIES = 138 "no-order-of-priorities" Error, "the highest priority counts, and nothing says which is higher", "write `within` by priority, highest first, or `priorities` of the framework";
    NO_CONTRACT_YEAR = 139 "no-contract-year" Error, "the measure is taken over contract years, and nothing says when these begin", "give its agreement a `from`, or its provider a contract with a `from`";
    RULE_WITHOUT_GROUP = 150 "rule-without-group" Error, "a dependency of {service} has a rule and no group", "fill `group`, or write the rule into the column `rule` of the table services";
    RULES_DIFFER = 151 "rules-differ" Error, "group {group} of {service} has the rules {first} and {second}", "write one rule for a group, in one or all of its rows";
    RULE_TWICE = 152 "rule-twice" Error, "{service} has a rule of its own and rules of groups", "keep its own rule, which may speak of groups, or those in the table dependencies";
    TOO_MANY_MAPS = 153 "too-many-maps" Error, "the dependency map of {services} services changes {changes} times, which is more than {limit} services in all its states", "let changes fall on the same dates, or raise the limit where you call";

    // 2xx: the dependency map
    RULE_TOO_MANY = 201 "rule-too-many" Error, "{wanted} of {given} dependencies cannot be needed", "ask for at least 1 and at most as many as are listed";
    CYCLE_NOT_MONOTONE = 202 "cycle-not-monotone" Error, "a cycle runs through {service}, whose rule is not monotone: {path}", "break the cycle, or use a rule that never improves when a dependency fails";
    TOO_MANY_LEVELS = 203 "too-many-levels" Error, "{given} levels are more than 16", "keep at most 16 levels, best first";
    DEPENDS_ON_ITSELF = 204 "depends-on-itself" Error, "{service} depends on itself", "remove this dependency";
    NO_LEVELS = 205 "too-few-levels" Error, "an ecosystem needs at least two levels", "name a best and a worst level";
    RULE_TOO_LARGE = 206 "rule-too-large" Error, "{what} of {service} is too large", "use smaller weights and bounds, or fewer conditions";
    RULE_MALFORMED = 207 "rule-malformed" Error, "the rule of {service} cannot be compiled: {why}", "check its levels, groups and tables";

    // 3xx: calendars and clocks
    BAD_HOURS = 301 "bad-hours" Error, "{value} is not a stretch of hours", "write `HH:MM-HH:MM`, from before until; 24:00 ends a day, a smaller end runs past midnight";
    BAD_WEEKDAY = 302 "bad-weekday" Error, "{value} is not a day or a range of days", "write mon, tue, wed, thu, fri, sat, sun or a range such as mon-fri";
    BEYOND_HORIZON = 303 "beyond-horizon" Error, "{at} lies outside the years the clock computes, {low} to {high}", "use instants inside these years";
    NEVER_OPEN = 304 "never-open" Error, "calendar {calendar} is not open again within the years the clock computes", "give it opening hours, or ask for less time";
    CALENDAR_TWICE = 305 "calendar-twice" Error, "calendar {calendar} has `{key}` and is the {made} of others", "keep one of the two; give what it is made of hours of its own";
    CALENDAR_RING = 306 "calendar-ring" Error, "calendar {calendar} is made of itself, or of calendars nested deeper than {most}", "give one of them hours of its own";
    ICALENDAR_UNREADABLE = 307 "icalendar-unreadable" Error, "line {line} of the iCalendar text is not {expected}", "write {example}";
    ICALENDAR_NOT_READ = 308 "icalendar-not-read" Error, "line {line} of the iCalendar text: {what} is not read", "write the days out, or use {known}";
    ICALENDAR_LACKS = 309 "icalendar-lacks" Error, "the event in line {line} of the iCalendar text lacks `{key}`", "add {expected}";
    ICALENDAR_TOO_LARGE = 310 "icalendar-too-large" Error, "line {line} of the iCalendar text: {what} is more than {limit}", "split it, or end it earlier";
    ZONES_UNREADABLE = 311 "zones-unreadable" Error, "{name} cannot be read as a time zone or a database of them", "give compiled zone files (TZif) with their names and a version, or a `tzdata` file";

    // 4xx: tables and evidence
    TABLE_UNREADABLE = 401 "table-unreadable" Error, "cannot read the table: {detail}", "give CSV with a header line, or an Arrow stream";
    TABLE_TOO_LARGE = 402 "table-too-large" Error, "the table passes the limit of {limit}", "split it, or raise the limit where you call";
    TABLE_NOT_UTF8 = 403 "table-not-utf8" Error, "the text is not UTF-8", "write the file as UTF-8";
    TABLE_RAGGED = 404 "table-ragged" Error, "the row has {fields} fields where the header has {columns}", "quote fields that hold commas or line ends";
    UNKNOWN_TABLE = 405 "unknown-table" Error, "no table here is named {name}", "known names: {known}";
    MISSING_TABLE = 406 "missing-table" Error, "table {name} is needed and not given", "pass it under this name";
    MISSING_COLUMN = 407 "missing-column" Error, "table {table} has no column {column}", "did you mean `{nearest}`?";
    MISSING_COLUMN_NO_GUESS = 408 "missing-column-here" Error, "table {table} has no column {column}", "its columns are {known}";
    MISSING_VALUE = 409 "missing-value" Warning, "{column} is missing", "fill it, or leave the row out on purpose";
    BAD_CELL = 410 "bad-cell" Warning, "{value} is not {expected}", "correct the cell, or state its format in the mapping";
    BAD_ORDER = 411 "bad-order" Warning, "{later} lies before {earlier}", "correct the two instants";
    DUPLICATE_ROW = 412 "duplicate-row" Warning, "{key} appears a second time", "keep one row for each key";
    UNKNOWN_NAME = 413 "unknown-name" Warning, "{kind} {name} is not in the ecosystem ({rows} {rows|row|rows})", "did you mean `{nearest}`?";
    UNKNOWN_NAME_NO_GUESS = 414 "unknown-name-here" Warning, "{kind} {name} is not in the ecosystem ({rows} {rows|row|rows})", "add it to the document, or map it to a known name";
    NOT_READ = 415 "not-read" Advice, "column {column} is not read", "name it in the mapping if it matters";
    TOO_MANY_REJECTED = 416 "too-many-rejected" Error, "{rejected} of {rows} rows are rejected, more than {limit}", "see the table of rejected rows; mend them or raise `max_rejected`";
    UNKNOWN_EVENT_TICKET = 417 "event-without-ticket" Warning, "ticket {ticket} of this event is not among the tickets", "give the ticket, or leave its events out";
    TIE_WITHOUT_ORDER = 418 "tie-without-order" Warning, "{rows} {rows|row shares|rows share} ticket and instant with another", "map `sequence` to a column that orders them";
    UNKNOWN_TABLE_GUESS = 419 "unknown-table-near" Error, "no table here is named {name}", "did you mean `{nearest}`?";
    VALUES_REJECTED = 420 "values-rejected" Warning, "{count} {count|value|values} of column {column} rejected as {reason}, the first {value}", "see the table of rejected rows";
    NO_EVIDENCE_COLUMN = 421 "no-evidence-column" Error, "measure {measure} needs column {column} of {table}, which the evidence does not have", "map it, or give it in the table";
    WORD_NEVER_SEEN = 422 "word-never-seen" Warning, "measure {measure} names {word}, which no ticket has; {nearest} differs only in its spelling", "write it as the evidence does, or map the evidence";
    NO_EVIDENCE_HISTORY = 423 "no-evidence-history" Error, "measure {measure} needs the history of the field {field}, which the evidence does not have", "give ticket_events, with the field named {field}";
    UNSUPPORTED_COLUMN = 424 "unsupported-column" Error, "column {column} holds {found}, which no table here reads", "cast it to {wanted} where the table is made, or leave it out";
    NO_SUCH_PERIOD = 425 "no-such-period" Warning, "{value} is not a period", "write a label such as 2026, 2026-Q4, 2026-10, 2026-10-05 or 2026-10-01/2026-10-15";
    CURRENCY_DIFFERS = 426 "currency-differs" Warning, "{value} is not in the currency of its row", "write both in one currency, or leave one of them out";
    NOT_IN_EVIDENCE = 427 "not-in-evidence" Warning, "{kind} {name} is not in the evidence ({rows} {rows|row|rows})", "did you mean `{nearest}`?";
    NOT_IN_EVIDENCE_NO_GUESS = 428 "not-in-evidence-here" Warning, "{kind} {name} is not in the evidence ({rows} {rows|row|rows})", "give it in its own table, or correct the name";
    WORDS_TRANSLATED = 429 "words-translated" Advice, "interface {interface} translates {cells} {cells|value|values} of {column} of party {party}", "see the vocabulary of the interface if this surprises you";
    TWO_FORMATS = 430 "two-formats" Error, "{first} and {second} both read every date of this table, and not alike: {value} is {one} or {other}", "state the one that holds as `format` of the dates";
    FORMAT_FAILS = 431 "format-fails" Error, "no format reads every date of this table: {format} does not read {value}", "correct the cell, name its text in `nulls`, or state the format";
    ZONE_NOT_STATED = 432 "zone-not-stated" Error, "dates of table {table} have no offset, and nobody stated their zone", "pass the zone, or write `zone` into the dates of the table";
    PRESET_UNUSED = 433 "preset-unused" Error, "preset {preset} reads none of the given tables", "give one of them by its name: {known}";
    LOSSY_HISTORY = 434 "lossy-history" Warning, "of {field} only the last time of each word is known: earlier times of {tickets} {tickets|ticket is|tickets are} lost if a word came again", "give every change, if the tool can export them";
    INSTANTS_FLOORED = 435 "instants-floored" Warning, "{count} {count|instant|instants} of column {column} finer than a microsecond {count|was|were} floored to it", "round where the table is made if this matters";
    WORD_OF_BOTH = 440 "word-of-both" Warning, "interface {interface} translates {word}, which is one of our words too: {cells} {cells|value|values} of {column} of party {party} left as {cells|it is|they are}", "use different words, or translate in the mapping";

    // 5xx: questions
    UNKNOWN_NAME_ASKED = 501 "unknown-name-asked" Error, "no {kind} is named {name}", "did you mean `{nearest}`?";
    UNKNOWN_NAME_ASKED_NO_GUESS = 502 "unknown-name-asked-here" Error, "no {kind} is named {name}", "known: {known}";
    BAD_ARGUMENT = 503 "bad-argument" Error, "{name} {value} is not {expected}", "pass {example}";
    NO_SUCH_ROW = 504 "no-such-row" Error, "the report has no row {row}", "it has {rows} {rows|row|rows}, counted from 0";
    NOTHING_TO_EXPLAIN = 505 "nothing-to-explain" Error, "rows of table {table} have no reasons of their own", "explain a row of the first table of the report";
    OTHER_ECOSYSTEM = 506 "other-ecosystem" Error, "the evidence was bound to another ecosystem", "bind it again with this one";
    CANCELLED = 507 "cancelled" Error, "the host stopped the work", "nothing was changed; ask again";
    NO_PICTURE = 508 "no-picture" Error, "a report of {operation} has no picture", "draw one that has, such as that of impact";
    NOT_THERE = 509 "not-there" Error, "{service} does not exist at {at}", "ask as at an instant at which it does";
    NOT_ADDED_UP = 510 "not-added-up" Error, "measure {measure} of {statistic} cannot be added up from parts of the evidence", "score it on all evidence at once, or leave it out";
    OTHER_TALLY = 511 "other-tally" Error, "the tally is of {what}", "add up tallies of one ecosystem, the same periods, measures and instant";
    BAD_TALLY = 512 "bad-tally" Error, "the bytes are not a tally that this version reads: {why}", "give the bytes of a tally as they were given, or add the evidence up again";
    NOT_IN_TALLY = 513 "not-in-tally" Error, "the tally does not hold all of this evidence", "take out only what was added before, and whole";
    CAUSES_CUT = 515 "causes-cut" Warning, "{found} changes could explain disagreements on measure {measure}, and only {limit} were tried", "leave measures, states or calendars out that cannot be the cause";
    SEVERAL_PERIODS = 516 "several-periods" Error, "table {table} holds {count} periods, and one is compared", "name it as `{key}`: {known}";
    OTHER_GROUPS = 517 "other-groups" Warning, "measure {measure} is split by {before} before and by {after} after: its change has no parts", "score both with the same description";
    LONG_SERIES = 518 "long-series" Warning, "{measure} has {count} periods: slope and trend are those of the last {limit}", "give fewer periods";
    ROWS_REPEATED = 519 "rows-repeated" Warning, "{count} {count|row tells|rows tell} again what an earlier row told of the same measure, group and period: the last one counts", "give each once";
    FAULT_NOT_GRADED = 521 "fault-not-graded" Error, "{name} is a fault, so it cannot be {grade}", "remove this line; a fault is mended, only a finding is graded";
    NOT_IN_AGREEMENT = 530 "not-in-agreement" Error, "{service} is not among the services of agreement {agreement}", "ask for its services, or leave the agreement out";
    NO_CHANGES = 531 "no-changes" Warning, "agreement {agreement} has a maintenance rule, and the evidence has no table `changes`: nothing is planned", "give the changes that the outages name";
    HOURS_BEYOND = 532 "hours-beyond" Warning, "the hours of {service} are not computed for all of {period}: the years are {low} to {high}", "ask for periods inside these years";
    NO_EVIDENCE_TABLE = 540 "no-evidence-table" Error, "measure {measure} needs the table {table}, which the evidence does not have", "give it under this name, or map it";
    CASE_WITHOUT_INSTANT = 541 "case-without-instant" Warning, "measure {measure} cannot count {rows} {rows|row|rows} of {table} without {column}", "fill the column: it says in which period a row counts";
    CASE_WITHOUT_PARTY = 542 "case-without-party" Warning, "measure {measure} cannot count {rows} {rows|row|rows} of {table} whose party nobody names", "fill the column `party`, or name the obligation in a contract";
    SPAN_TOO_LONG = 550 "span-too-long" Error, "{from} to {to} is longer than {limit} years", "ask for less time";
    TOO_MANY_ROWS = 551 "too-many-rows" Error, "the answer would have more than {limit} rows", "ask for less time, for fewer parties or for fewer kinds";
    NO_SUCH_WORKING_DAY = 552 "no-such-working-day" Warning, "{month} has {given} working {given|day|days} in {calendar}, and {object} is due on number {wanted}", "agree on an earlier working day, or give the calendar its hours";
    NOBODY_NAMED = 553 "nobody-named" Warning, "nobody is {letters} for {activity} of {process} at {at}", "lay it down in `responsibilities`";
    NO_SERVICE_ASKED = 554 "no-service-asked" Warning, "for {activity} the grid names whoever provides, and no service was asked about", "ask about a service";
    NO_PROVIDER_THEN = 555 "no-provider" Warning, "{service} has no provider at {at}", "name who provides it then";
    NOT_IN_FORCE = 556 "not-in-force" Warning, "{kind} {name} does not exist at {at}", "name one that does";
    NO_REVIEW = 571 "no-review" Error, "a report of {operation} is no review", "make the page of a report of review; save other reports as HTML";
    NOT_GIVEN = 572 "not-given" Error, "{name} is not given", "give {expected}";
    SCENARIO_TWICE = 573 "scenario-twice" Error, "two scenarios are named {name}", "give each a name of its own";
    PAIRS_NOT_PROMISED = 574 "pairs-not-promised" Warning, "the rule of {service} is not monotone: every pair shown matters only together, but others may be missing", "ask of given scenarios where such services are concerned";
    PAIRS_CUT = 575 "pairs-cut" Warning, "more than {limit} pairs could matter together; only these were looked at", "narrow which services may fail, by class or provider";
    ROWS_LEFT_OUT = 576 "rows-left-out" Advice, "{left} further {left|scenario is|scenarios are} beyond the limit of {limit}", "raise the limit to see them";
    STATES_NOT_HEALED = 577 "states-not-healed" Error, "levels that are given as `states` are not computed, so nothing heals them", "give what failed as `failures`, or ask in another mode";
    LEAST_NOT_MONOTONE = 578 "least-not-monotone" Warning, "the least that turns {service} is not computed: {strange} gets better where something it rests on gets worse", "ask in another mode, or write a monotone rule for {strange}";
    LEAST_BOUNDED = 579 "least-bounded" Warning, "the least that turns {service} lies between {least} and {most}: the exact search takes more than {limit} nodes", "ask about a service further down";
    NO_SUCH_DEPENDENCY = 581 "no-such-dependency" Error, "{from} does not depend on {to} at {at}", "name a dependency that holds then";
    MAP_RECOMPILED = 582 "map-recompiled" Advice, "the added dependencies made {services} {services|service|services} compile again", "load the changed description once, where many questions are asked of it";
    DERIVED_NOT_EXPLAINED = 583 "derived-not-explained" Warning, "{service} was seen {level} because of another service, and the map does not say why", "name the failure behind it, or describe the dependency that the map lacks";
    CHANGE_LEADS_NOWHERE = 584 "change-leads-nowhere" Error, "the change of {path} leads nowhere: there is no {part}", "did you mean `{nearest}`?";
    CHANGE_LEADS_NOWHERE_NO_GUESS = 585 "change-leads-nowhere-here" Error, "the change of {path} leads nowhere: there is no {part}", "name a path into the documents, such as services.email.provider; what came in a table is changed as services.<name>.<key>";
    TABLES_KEEP_LEVELS = 586 "tables-keep-levels" Error, "levels cannot change while dependencies stand on a table", "load the changed documents again, with the table";
    ROUTES_LEFT_OUT = 587 "routes-left-out" Advice, "the routes of {left} further {left|service|services} are beyond the limit of {limit} rows", "name a service in `to` to see its whole route";
    SEARCH_CUT_SHORT = 588 "search-cut-short" Warning, "{left} {left|service was|services were} not searched beyond one failure: the question took more than {limit} nodes", "ask about fewer `services`, or `critical_only`";
    STILL_NEEDED = 589 "still-needed" Error, "{dependent} depends on {service}, which is gone", "say what {dependent} depends on now under services.<name>.depends_on; `null` is nothing, or take it away too";
    NOTHING_OF_EDGES = 590 "nothing-of-edges" Warning, "the evidence has no outages, so that nothing can be said of edges", "give the table `outages`";
    CROWDED_FAILURES = 591 "crowded-failures" Advice, "{n} {n|failure says|failures say} nothing of single edges: more than {crowd} services began to fail with {n|it|them}", "raise `crowd` to count them all the same";
    DRIFT_LIMITED = 592 "drift-limited" Advice, "{shown} of {found} rows of {kind} are listed", "raise `limit`, or ask for some services";
    NO_STREAMS = 594 "no-streams" Error, "a report of {operation} has no streams, so none named {name}", "read its tables";
    NO_STREAM = 595 "no-stream" Error, "a report of {operation} has no stream named {name}", "known names: {known}; other tables are read as tables";
    NOTHING_CRITICAL = 596 "nothing-critical" Advice, "no service is of a critical class, and only those were asked about", "ask with `critical_only` false, or say which classes are critical";

    // 6xx: regimes and settlement
    REGIME_NAME = 601 "regime-name" Error, "{kind} {name} cannot stand in a formula", "write small letters, digits and `_`, beginning with a letter";
    REGIME_RESERVED = 602 "regime-reserved" Error, "{name} means something in formulas and cannot name a {kind}", "choose another name";
    REGIME_SHADOWED = 603 "regime-shadowed" Error, "{kind} {name} hides the {first} of that name", "rename one; the first stands at {place}";
    REGIME_EDITION_SCOPE = 604 "regime-edition-scope" Error, "an edition of {regime} has another scope than the first, {first}", "keep the scope, or write a regime of another name";
    REGIME_EDITION_DATE = 605 "regime-edition-date" Error, "two editions of {regime} come into force on the same day", "give each its own `from`; only the first may have none";
    REGIME_LINE_SHAPE = 606 "regime-line-shape" Error, "a line is a formula, or exactly one of `bands`, `marginal` and `earn_back`", "write one of them";
    REGIME_NO_ROWS = 607 "regime-no-rows" Error, "the table `{kind}` has no rows", "write at least one row";
    REGIME_SYNTAX = 608 "regime-syntax" Error, "expected {expected}, found {found}", "see the language of regimes; a formula that begins with a sign or holds `: ` needs quotes in YAML";
    REGIME_CHARACTER = 609 "regime-character" Error, "{found} means nothing in a formula", "names are small letters, currencies three capitals, words stand in single quotes, `==` compares";
    REGIME_CHAIN = 610 "regime-chain" Error, "comparisons do not chain", "write `a < b and b < c`";
    REGIME_BARE_IF = 611 "regime-bare-if" Error, "an `if` inside a formula needs parentheses", "write `(if ... then ... else ...)`";
    REGIME_TOO_DEEP = 612 "regime-too-deep" Error, "the formula nests deeper than {limit}", "give its inner parts lines of their own";
    REGIME_TOO_LONG = 613 "regime-too-long" Error, "the formula has more than {limit} bytes", "give its parts lines of their own";
    REGIME_UNIT = 614 "regime-unit" Error, "{formula}: {left} against {right}", "write both in one unit: 99% is a ratio, 99 a number, and a declared type says what an input is";
    REGIME_TYPE = 615 "regime-type" Error, "{formula} is {found}, not {wanted}", "write {wanted} here";
    REGIME_UNKNOWN = 616 "regime-unknown-name" Error, "no line, parameter, input or given figure is named {name}", "did you mean `{nearest}`?";
    REGIME_UNKNOWN_NO_GUESS = 617 "regime-unknown-name-here" Error, "no line, parameter, input or given figure is named {name}", "define it above, or write whose it is: `party.{name}`";
    REGIME_BELOW = 618 "regime-reads-below" Error, "{name} does not stand above", "move it up, or read its past with previous(..)";
    REGIME_OWNER = 619 "regime-owner" Error, "whose {name}? this regime is per {scope}", "write {owners}";
    REGIME_SCOPE = 620 "regime-scope" Error, "{name} is per {scope}, finer than this regime, which is per {own}", "read it inside sum, max, mean, count, any or all";
    REGIME_FIGURE = 621 "regime-figure" Error, "no {scope} has a figure named {name}", "did you mean `{nearest}`?";
    REGIME_FIGURE_NO_GUESS = 622 "regime-figure-here" Error, "no {scope} has a figure named {name}", "declare it on the {scope} under `figures:`";
    REGIME_UNKNOWN_OWNER = 623 "regime-unknown-owner" Error, "{name} is no regime, attachment or scope", "did you mean `{nearest}`?";
    REGIME_UNKNOWN_OWNER_NO_GUESS = 624 "regime-unknown-owner-here" Error, "{name} is no regime, attachment or scope", "write the regime whose line is meant";
    REGIME_UNKNOWN_LINE = 625 "regime-unknown-line" Error, "{regime} has no line {name}", "did you mean `{nearest}`?";
    REGIME_UNKNOWN_LINE_NO_GUESS = 626 "regime-unknown-line-here" Error, "{regime} has no line {name}", "write one of its lines";
    REGIME_FUNCTION = 627 "regime-function" Error, "there is no function {name}", "did you mean `{nearest}`?";
    REGIME_FUNCTION_NO_GUESS = 628 "regime-function-here" Error, "there is no function {name}", "see the functions of regimes";
    REGIME_ARGUMENTS = 629 "regime-arguments" Error, "{name} cannot be read with these arguments", "write {form}";
    REGIME_CLAMP = 630 "regime-clamp" Error, "the low end {low} lies above the high end {high}", "swap them";
    REGIME_PAST_IN_GATHER = 631 "regime-past-in-gather" Error, "the past of {formula} is read inside a gather", "give it a line of the finer regime and gather that line";
    REGIME_NESTED_GATHER = 632 "regime-nested-gather" Error, "a gather stands inside a gather", "give the inner one a line of a regime between the two scopes";
    REGIME_NOTHING_TO_GATHER = 633 "regime-nothing-to-gather" Error, "{formula} names nothing of a finer scope, and no periods", "add `over 3 periods`, or read the line of a finer regime";
    REGIME_CAP_INSIDE = 634 "regime-cap-inside" Error, "a cap must be the whole of its line", "give it a line of its own, and read that line";
    REGIME_CAP_WINDOW = 635 "regime-cap-window" Error, "the limit {limit} does not say over which periods", "write `over period`, `over contract_year` or `over contract` after it";
    REGIME_UNROUNDED = 636 "regime-unrounded" Error, "{formula} may fall between pennies", "round it: `round(.., floor)`";
    REGIME_POST_WHOLE = 637 "regime-post-whole" Error, "{formula} is one amount, and an ecosystem owes nothing itself", "share it: `split(.., by equal)`";
    REGIME_MARGINAL_END = 638 "regime-marginal-end" Error, "a marginal table has `otherwise` as its last row, and only there", "let all rows but the last begin with `up to`";
    REGIME_TRANCHES = 639 "regime-tranches" Error, "{row} does not come after the row above it", "let the numbers of periods rise";
    REGIME_CYCLE = 640 "regime-cycle" Error, "lines read each other within one period: {path}", "read one of them with previous(..)";
    REGIME_LITERAL = 641 "regime-literal" Error, "{value} is no quantity, flag or word", "write such as 12, 99.5%, 250 GBP, 4 h, 1% per point, true or half_up";
    REGIME_PARAMETER = 642 "regime-value-type" Error, "{value} is {found}, not {wanted}", "give it the type it was declared with";
    REGIME_NO_TYPE = 643 "regime-no-type" Error, "{value} is no type", "write ratio, number, money, points, duration, flag, word or a rate such as money per min";
    REGIME_ATTACHED_TOO_LOW = 644 "regime-attached-too-low" Error, "{regime} is per {scope} and cannot be attached to one {own}", "attach it to the {scope}, or to something that contains it";
    REGIME_ALIAS = 645 "regime-alias" Error, "{name} is another regime on another instance", "let one name mean one regime everywhere";
    REGIME_NO_OWNER = 646 "regime-no-owner" Error, "{regime} reads {name} of its {scope}, and {instance} lies in none", "attach it elsewhere, or read another figure";
    REGIME_FIGURE_TYPES = 647 "regime-figure-types" Error, "{regime} reads {name} of the {scope}, which has another type for {instance} than elsewhere", "declare it with one type, or write a second regime";
    REGIME_FIGURE_ABSENT = 648 "regime-figure-absent" Error, "{regime} reads {name} of the {scope}, which {instance} does not declare", "declare it on that {scope} under `figures:`";
    REGIME_NOT_ATTACHED = 649 "regime-not-attached" Error, "{regime} reads {name}, which is not attached to the {scope} of {instance}", "attach it there";
    REGIME_AMBIGUOUS = 650 "regime-ambiguous" Error, "{regime} reads {name}, which the {scope} of {instance} attaches more than once", "read it by the name of one attachment";
    REGIME_NO_PARTY = 651 "regime-no-party" Error, "{regime} posts an amount for an instance that lies in no party", "split it by party, or attach it to something of one party";
    REGIME_BAND_GAP = 652 "regime-band-gap" Error, "no row takes {gap}", "let the rows touch, add `otherwise`, or grade first: `round(value, 0.1%, floor)`";
    REGIME_BAND_OVERLAP = 653 "regime-band-overlap" Error, "the rows {first} and {later} overlap", "rows with two bounds may not overlap those above them";
    REGIME_BAND_DEAD = 654 "regime-band-dead" Error, "nothing reaches the row {row}", "rows above it take all of it: remove it, or change their order";
    REGIME_NOT_RISING = 655 "regime-marginal-not-rising" Error, "the bound {row} is not above the one before", "let the bounds rise";
    REGIME_WORD = 656 "regime-word" Error, "{regime} chooses a row by {name}, and no row has the word {value}", "add a row for it, or `otherwise`";
    REGIME_UNREAD = 657 "regime-unread" Advice, "line {line} is neither read, posted, set nor a trigger", "remove it, or post what it is for";
    REGIME_POSTED_TWICE = 658 "regime-posted-twice" Warning, "post {post} rests on an amount that {regime} posts as well", "let only one of them post";
    REGIME_ROUNDS_UP = 659 "regime-rounds-up" Warning, "{formula} may pass its cap by the smallest unit", "round it with floor";
    REGIME_GROWS = 660 "regime-grows" Warning, "line {line} multiplies its own past without rounding, so its fractions grow without end", "round it in each period";
    REGIME_EARNS_MORE = 661 "regime-earns-more" Warning, "the tranches give back {total} of the amount", "let them sum to 100% at most";
    LINE_NOT_COMPUTED = 670 "line-not-computed" Warning, "line {line} of {instance} has no value in {period}: {why}", "see its reason; nothing is posted from it";
    HISTORY_UNREADABLE = 671 "history-unreadable" Error, "the history cannot be read: {why}", "give the table `history` as a settlement wrote it";
    NO_PRIVITY = 672 "no-privity" Warning, "{entry} is not posted: {party} has no contract in force", "describe the contract between the party and the customer";
    NOT_KNOWN_ANY_MORE = 673 "not-known-any-more" Warning, "{entry} was posted before, and what it rests on is not there any more", "give the evidence and history it was settled with, or take it back by agreement";

    // 7xx: findings
    NO_OWNER = 701 "service-without-owner" Warning, "service {service} has no owner", "name the role that answers for it in `owner`";
    NO_PROVIDER = 702 "service-without-provider" Warning, "service {service} has no provider", "name the party that provides it in `provider`";
    NO_CLASS = 703 "service-without-class" Advice, "service {service} has no class, so nothing says what it needs", "name its service class in `class`";
    NOBODY_HAS = 704 "no-service-has" Advice, "none of the {services} services in use has {what}", "write it where you know it, or silence this where it is described elsewhere";
    RETIRED_NEEDED = 705 "retired-service-needed" Warning, "{service} is retired, and {count} {count|service|services} in use {count|depends|depend} on it: {others}", "let them depend on what took its place, or end the dependencies";
    HOURS_BELOW_CLASS = 706 "hours-below-class" Warning, "{service} is closed for {length} of the hours that class {class} needs, first at {first}", "widen its `hours`, or choose another class";
    HOURS_BELOW_USERS = 707 "hours-below-users" Warning, "{service} is closed for {length} of the hours in which its users work, first at {first}", "widen its `hours`, or correct `user_hours`";
    AVAILABILITY_MISSING = 708 "availability-missing" Warning, "class {class} needs an availability of {needed}, and no agreement promises one for {service}", "agree a measure of availability for it, or lower what the class needs";
    AVAILABILITY_BELOW_CLASS = 709 "availability-below-class" Warning, "class {class} needs an availability of {needed}, and the best promise for {service} is {promised}", "raise the target of {measure}, or lower what the class needs";
    MEASURE_MISSING = 710 "class-measure-missing" Warning, "class {class} asks for a measure of {statistic}, and no agreement has one for {service}", "agree the measure, or take it out of the class";
    AGREEMENT_MISSING = 711 "class-agreement-missing" Warning, "class {class} asks for an agreement of kind {kind}, and {service} has none in force", "agree one that lists it, or take the kind out of the class";
    ONE_COMPONENT = 712 "critical-on-one-component" Warning, "critical service {service} is {level} as soon as one of {count} {count|service|services} fails: {others}", "give each an alternative with `any_of` or `at_least`, or accept the risk and silence this";
    ONE_SUPPLIER = 713 "critical-on-one-supplier" Advice, "critical service {service} and all it rests on come from {party}", "know the way out: an exit plan, step-in rights, or a second supplier for what matters most";
    CLASS_UNUSED = 714 "class-unused" Advice, "no service is of class {class}", "use it or remove it";
    CALENDAR_UNUSED = 715 "calendar-unused" Advice, "nothing uses calendar {calendar}", "use it or remove it";
    PARTY_UNUSED = 716 "party-unused" Advice, "supplier {party} provides nothing and takes part in nothing", "say what it provides, or remove it";
    INTERFACE_MISSING = 720 "interface-missing" Warning, "{service} of {party} rests on {other} of {other_party}, and no interface joins them in {process}", "describe the interface with its owner, integration points and exchanges";
    INTERFACE_NOT_NEEDED = 721 "interface-not-needed" Advice, "interface {interface} joins parties between whom no service in use depends on another", "end it with `until`, or describe the dependency it is for";
    INTERFACE_BEYOND_CLASS = 722 "interface-beyond-class" Advice, "interface {interface} serves only services whose classes ask for no interface in {process}", "spare it, or let a class ask for it";
    INTERFACE_WITHOUT_OWNER = 723 "interface-without-owner" Warning, "interface {interface} has no owner", "name the process owner who answers for it in `owner`";
    INTERFACE_OF_ONE = 724 "interface-of-one" Warning, "interface {interface} joins {count} {count|party|parties}", "name the parties that meet, two at least";
    INTERFACE_WITHOUT_EXCHANGES = 725 "interface-without-exchanges" Warning, "nothing passes over interface {interface}", "list in `exchanges` what passes, from whom, to whom and when";
    INTERFACE_WITHOUT_POINTS = 726 "interface-without-points" Warning, "interface {interface} names no integration point", "say in `integration_points` where the parties touch";
    OLA_MISSING = 727 "ola-missing" Warning, "{service} of {party} rests on {other} of {other_party}, and no OLA between them covers it", "agree an OLA in which {other_party} promises it, or take `ola` out of class {class}";
    OLA_BEYOND_CLASS = 728 "ola-beyond-class" Advice, "{kind} {agreement} covers only services whose classes ask for none", "spare it, or let a class ask for it";
    MEASURE_BEYOND_CLASS = 729 "measure-beyond-class" Advice, "measure {measure} is of {statistic}, for which no class of its services asks", "spare it, or let a class ask for it";
    SEVERAL_ACCOUNTABLE = 730 "several-accountable" Warning, "{activity} of {process} has {count} who are Accountable: {subjects}", "let exactly one answer for it";
    NONE_ACCOUNTABLE = 731 "none-accountable" Warning, "nobody is Accountable for {activity} of {process}", "give exactly one the letter A";
    NONE_RESPONSIBLE = 732 "none-responsible" Warning, "nobody is Responsible for {activity} of {process}", "give the letter R to whoever does the work";
    RESPONSIBILITIES_MISSING = 733 "responsibilities-missing" Warning, "class {class} asks for the responsibilities of {process}, and none are laid down", "write its grid under `responsibilities`";
    DEPTH_ZERO_HOLDS = 734 "equaliser-zero-holds" Warning, "{layer} has depth 0 in {process}, and {subject} is {letters} in {activity}", "raise the depth, or take the letters away";
    DEPTH_HOLDS_NONE = 735 "equaliser-holds-none" Warning, "{layer} has depth {depth} in {process}, and nobody of it holds a letter there", "give it letters, or lower the depth to 0";
    DEPTH_ZERO_CONTRACT = 736 "equaliser-beyond-contract" Warning, "suppliers have depth 0 in {process}, and contract {contract} lists it", "raise the depth, or take the process out of the contract";
    BEYOND_SCOPE = 737 "responsible-beyond-contract" Warning, "{party} is Responsible in {process}, which contract {contract} does not list", "add it to the `processes` of the contract, or give the work to another";
    ROLE_UNREACHABLE = 738 "accountable-unreachable" Warning, "role {role} is Accountable for {activity} of {process} and has no {what}", "write who holds it and how to reach them";
    ESCALATION_ENDS = 739 "escalation-ends" Warning, "role {role} works in {process} and escalates to nobody", "name the next role in `escalates_to`";
    FORUM_INCOMPLETE = 740 "forum-incomplete" Advice, "forum {forum} has no {what}", "write it, so that everybody knows who decides what and when";
    LONGER_BENEATH = 745 "longer-beneath" Warning, "{measure} promises {within} for {priority}, and {other} beneath it allows {allowed}", "shorten the time beneath, or lengthen the promise";
    NOT_UNDERPINNED = 746 "not-underpinned" Warning, "{agreement} promises services that rest on {count} suppliers, and nothing underpins it: {suppliers}", "name the OLAs and underpinning contracts in `underpinned_by`";
    UNDERPINNING_RING = 747 "underpinning-ring" Warning, "{agreement} underpins itself: {path}", "let the chain of `underpinned_by` end";
    INTEGRATOR_MEASURED = 748 "integrator-measured" Warning, "integrator {party} alone is held to {measure}, which others deliver", "measure an integrator by what it does itself, or split the measure by party and name what underpins it";
    NO_TARGET = 749 "measure-without-target" Warning, "measure {measure} has no target", "agree one in `target`";
    NO_CLAUSE = 750 "measure-without-clause" Advice, "measure {measure} names no clause, and neither does its agreement {agreement}", "write where it stands in `clause`";
    NO_CONTRACT = 752 "party-without-contract" Warning, "{kind} {party} has no direct contract in force", "write its contract with the customer, or the party it is `subcontractor_of`";
    CLAUSE_MISSING = 753 "clause-missing" Warning, "contract {contract} lacks the clause {clause} that the framework asks for", "write it under `clauses`, or declare a deviation named {clause}";
    OUTSIDE_RANGE = 754 "outside-framework-range" Warning, "{what} of {kind} {object} is {value}, which the framework does not permit", "bring it into the range, or declare a deviation named {what} in the contract";
    OUTSIDE_FRAMEWORK = 755 "outside-framework" Warning, "measure {measure} uses {value}, which is not among the {what} of the framework", "use one of {known}, or declare a deviation named {what} in the contract";
    DEVIATION = 756 "deviation" Advice, "contract {contract} deviates from the framework in {what}: {reason}", "it is declared; nothing to mend";
    DEVIATION_FROM_NOTHING = 757 "deviation-from-nothing" Warning, "contract {contract} declares a deviation in {what}, and keeps to the framework there", "remove the declaration, or correct its name";
    TERM_OVER = 758 "term-over" Warning, "contract {contract} ended at {until}, and {party} still provides {services}", "extend the contract, or hand the services over";
    SUBCONTRACTOR_COUNTED = 759 "subcontractor-counted-twice" Warning, "{party} is a subcontractor of {prime} and has contract {contract} of its own", "decide which: its failures are those of its prime, so a contract of its own would count them again";

    // 9xx: siam itself
    INTERNAL = 901 "internal" Error, "siam failed in a way it should not", "please report this with the input that caused it";
    BAD_POINTER = 902 "bad-pointer" Error, "argument {name} is null or not valid", "pass a live handle, a text with its length, or SIAM_NTS";
    PANIC = 903 "panic" Error, "siam stopped inside: {detail}", "please report this with the input that caused it; no state was changed";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_names_are_kebab_and_unique() {
        let mut names = std::collections::BTreeSet::new();
        for pair in CODES.windows(2) {
            assert!(pair[0].number < pair[1].number, "{}", pair[1].name);
        }
        for code in CODES {
            assert!(names.insert(code.name), "{} twice", code.name);
            assert!(code.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
            assert!(!code.help.is_empty() && !code.message.ends_with('.') && !code.help.ends_with('.'), "{}", code.name);
        }
    }
}
