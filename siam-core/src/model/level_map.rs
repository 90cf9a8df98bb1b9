//! How a level of a dependency is seen, as written: a cap, a table, a shift, or an edge map by name.
//!
//! Goes in: `impact:` of a dependency, `table:` of a `post`. Comes out: one level, or excluded, for every level.
//! **Invariant:** whatever is written becomes a table over the ecosystem's own chain.
//! **Not here:** which edge maps there are (`presets`), which service it is about (`dependency`).

use super::rule::{Level, LevelMap};
use crate::base::{Argument, codes};
use crate::document::decode::check_keys;
use crate::document::scalar::{bad_value, wrong_type};
use crate::document::{Decode, Faults, Mark, Node, NodeKind, Spot};
use crate::presets;

/// The index of a level by its name.
pub fn level(name: &str, mark: Mark, levels: &[String], faults: &mut Faults) -> Option<Level> {
    let found = levels.iter().position(|known| known == name).and_then(|at| Level::try_from(at).ok());
    if found.is_none() {
        let known = levels.iter().map(String::as_str);
        let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
        faults.unknown(codes, mark, ("name", name), known, vec![("kind", Argument::from("level"))]);
    }
    found
}

/// The level that a node names.
pub fn level_of(node: &Node, levels: &[String], faults: &mut Faults) -> Option<Level> {
    let name = Spot::<String>::decode(node, faults)?;
    level(&name.value, name.mark, levels, faults)
}

/// What a dependent sees of a dependency: `degraded` (at most that), `excluded`, `{down: degraded}`, `{worse_by: 1}`, `{zabbix.increase: 1}`.
pub fn level_map(node: &Node, levels: &[String], faults: &mut Faults) -> Option<LevelMap> {
    match node.text() {
        Some("excluded") if !is_level("excluded", levels) => Some(LevelMap::Table(vec![None; levels.len()].into())),
        Some(name) if is_level(name, levels) || !name.contains('.') => {
            let most = level_of(node, levels, faults)?;
            Some(LevelMap::Table(same(levels).map(|level| Some(level.min(most))).collect()))
        }
        _ => table(node, levels, faults).map(|table| LevelMap::Table(table.into())),
    }
}

/// A table from level to level: written out, by a shift, or by name.
pub fn table(node: &Node, levels: &[String], faults: &mut Faults) -> Option<Vec<Option<Level>>> {
    if let Some(name) = node.text() {
        return preset(name, None, node.mark, levels, faults);
    }
    let Some(entries) = node.entries() else {
        wrong_type(node, "a level, a table of levels, a shift or an edge map by name", faults);
        return None;
    };
    match entries {
        [entry] if entry.key.contains('.') && !is_level(&entry.key, levels) => {
            preset(&entry.key, Some(&entry.value), entry.mark, levels, faults)
        }
        _ if entries.iter().any(|entry| SHIFTS.contains(&&*entry.key) && !is_level(&entry.key, levels)) => {
            shift(node, levels, faults)
        }
        _ => {
            let before = faults.count();
            let mut table: Vec<Option<Level>> = same(levels).map(Some).collect();
            for entry in entries {
                let from = level(&entry.key, entry.mark, levels, faults);
                let to = seen_as(&entry.value, levels, faults);
                if let (Some(slot), Some(to)) = (from.and_then(|from| table.get_mut(usize::from(from))), to) {
                    *slot = to;
                }
            }
            (faults.count() == before).then_some(table)
        }
    }
}

const SHIFTS: [&str; 3] = ["worse_by", "better_by", "set"];
const SHIFT_KEYS: &[&str] = &["worse_by", "better_by", "set", "from", "above", "to", "floor", "cap"];

fn is_level(name: &str, levels: &[String]) -> bool {
    levels.iter().any(|level| level == name)
}

fn same(levels: &[String]) -> impl Iterator<Item = Level> {
    (0..levels.len()).filter_map(|level| Level::try_from(level).ok())
}

/// A level, or `excluded`: the inner none.
fn seen_as(node: &Node, levels: &[String], faults: &mut Faults) -> Option<Option<Level>> {
    match node.text() {
        Some("excluded") if !is_level("excluded", levels) => Some(None),
        _ => level_of(node, levels, faults).map(Some),
    }
}

/// `{worse_by: 1, above: OK, cap: down}`: the levels from `from` (or worse than `above`) to `to` move, the others stay;
/// what moved is never better than `floor` nor worse than `cap`.
fn shift(node: &Node, levels: &[String], faults: &mut Faults) -> Option<Vec<Option<Level>>> {
    let before = faults.count();
    check_keys(node, "a shift of levels", SHIFT_KEYS, faults);
    for (one, other) in [("worse_by", "better_by"), ("worse_by", "set"), ("better_by", "set"), ("from", "above")] {
        if let (Some(value), Some(_)) = (node.get(one), node.get(other)) {
            let problem = faults.problem(&codes::CONTRADICTION, value.mark).with("what", Argument::name(one));
            faults.report(problem.with("other", Argument::name(format!("`{other}`"))));
        }
    }
    let worst = Level::try_from(levels.len().saturating_sub(1)).unwrap_or(Level::MAX);
    let mut bound = |key: &str| node.get(key).and_then(|value| level_of(value, levels, faults));
    let (from, above, to) = (bound("from"), bound("above"), bound("to").unwrap_or(worst));
    let (floor, cap) = (bound("floor").unwrap_or(0), bound("cap").unwrap_or(worst));
    let first = above.map_or(from.unwrap_or(0), |above| above.saturating_add(1));
    let set = node.get("set").and_then(|value| seen_as(value, levels, faults));
    let steps = |key: &str, faults: &mut Faults| {
        let value = node.get(key)?;
        let steps = Spot::<String>::decode(value, faults)?.value.parse::<u32>().ok();
        if steps.is_none() {
            bad_value(value, "a number of levels", "1", faults);
        }
        steps.map(|steps| Level::try_from(steps).unwrap_or(Level::MAX))
    };
    let (worse, better) = (steps("worse_by", faults), steps("better_by", faults));
    let moved = |level: Level| match (set, worse, better) {
        (Some(None), ..) => None,
        (Some(Some(to)), ..) => Some(to),
        (_, Some(steps), _) => Some(level.saturating_add(steps).min(worst)),
        (.., steps) => Some(level.saturating_sub(steps.unwrap_or(0))),
    };
    let seen = |level: Level| {
        if (first..=to).contains(&level) { moved(level).map(|level| level.max(floor).min(cap)) } else { Some(level) }
    };
    (faults.count() == before).then(|| same(levels).map(seen).collect())
}

/// An edge map by name with its parameters, expanded from data and read again.
fn preset(name: &str, given: Option<&Node>, mark: Mark, levels: &[String], faults: &mut Faults) -> Option<Vec<Option<Level>>> {
    let Some(preset) = presets::map(name) else {
        let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
        let known = presets::map_names();
        faults.unknown(codes, mark, ("name", name), known.iter().map(String::as_str), vec![("kind", Argument::from("edge map"))]);
        return None;
    };
    let expanded = preset.expand(given, mark, levels, faults)?;
    debug_assert!(matches!(expanded.kind, NodeKind::Map(_)), "an edge map is a shift");
    shift(&expanded, levels, faults)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Limits;
    use crate::document::{Source, read};

    fn of(written: &str, levels: &str) -> (String, Vec<&'static str>) {
        let mut faults = Faults::new(&Limits::default());
        let root = read(&[Source::text("x", format!("v: {written}\n"))], &mut faults).unwrap();
        let levels: Vec<String> = levels.split(' ').map(str::to_owned).collect();
        let shown = match level_map(root.get("v").unwrap(), &levels, &mut faults) {
            Some(LevelMap::Table(table)) => {
                let names = table.iter().map(|level| level.map_or("-", |level| levels[usize::from(level)].as_str()));
                names.collect::<Vec<_>>().join(" ")
            }
            other => format!("{other:?}"),
        };
        (shown, faults.into_problems().iter().map(|problem| problem.code().name).collect())
    }

    const ZABBIX: &str = "OK NOT_CLASSIFIED INFORMATION WARNING AVERAGE HIGH DISASTER";
    const OPENNMS: &str = "INDETERMINATE NORMAL WARNING MINOR MAJOR CRITICAL";

    #[test]
    fn ok_is_a_fixed_point_of_zabbix_and_a_problem_stays_one() {
        for (written, seen) in [
            ("{zabbix.increase: 2}", "OK WARNING AVERAGE HIGH DISASTER DISASTER DISASTER"),
            ("{zabbix.decrease: 3}", "OK NOT_CLASSIFIED NOT_CLASSIFIED NOT_CLASSIFIED NOT_CLASSIFIED INFORMATION WARNING"),
            ("{zabbix.set: AVERAGE}", "OK AVERAGE AVERAGE AVERAGE AVERAGE AVERAGE AVERAGE"),
            ("{zabbix.set: OK}", "OK OK OK OK OK OK OK"),
            ("zabbix.ignore", "- - - - - - -"),
            ("{zabbix.ignore: OK}", "OK OK OK OK OK OK OK"),
        ] {
            assert_eq!(of(written, ZABBIX), (seen.to_owned(), vec![]), "{written}");
        }
    }

    #[test]
    fn opennms_maps_problems_or_everything() {
        for (written, seen) in [
            ("opennms.increase", "INDETERMINATE NORMAL MINOR MAJOR CRITICAL CRITICAL"),
            ("{opennms.increase: {applies: always}}", "NORMAL WARNING MINOR MAJOR CRITICAL CRITICAL"),
            ("opennms.decrease", "INDETERMINATE NORMAL NORMAL WARNING MINOR MAJOR"),
            ("{opennms.decrease: {applies: always}}", "INDETERMINATE INDETERMINATE NORMAL WARNING MINOR MAJOR"),
            ("{opennms.set: MINOR}", "INDETERMINATE NORMAL MINOR MINOR MINOR MINOR"),
            ("opennms.ignore", "INDETERMINATE NORMAL NORMAL NORMAL NORMAL NORMAL"),
            ("{opennms.ignore: {as: excluded, applies: always}}", "- - - - - -"),
        ] {
            assert_eq!(of(written, OPENNMS), (seen.to_owned(), vec![]), "{written}");
        }
    }

    #[test]
    fn shifts_caps_and_tables_are_tables() {
        for (written, seen) in [
            ("b", "a b b b"),
            ("excluded", "- - - -"),
            ("{d: b, c: excluded}", "a b - b"),
            ("{worse_by: 1, from: b, to: c}", "a c d d"),
            ("{better_by: 9, floor: b}", "b b b b"),
            ("{worse_by: 2, above: a, cap: c}", "a c c c"),
            ("{set: d, above: d}", "a b c d"),
            ("{worse_by: 99999}", "d d d d"),
            ("servicenow.lower_one", "a a b c"),
        ] {
            assert_eq!(of(written, "a b c d"), (seen.to_owned(), vec![]), "{written}");
        }
        assert_eq!(of("{set: b}", "a set b").0, "a b b", "a level may be called as a key is");
        for (written, codes) in [
            ("{worse_by: 1, better_by: 1}", vec!["contradiction"]),
            ("{worse_by: x, from: a, above: b}", vec!["contradiction", "bad-value"]),
            ("{worse_by: -1}", vec!["bad-value"]),
            ("{set: e, form: a}", vec!["unresolved-name-here", "unknown-key"]),
            ("zabbix.increas", vec!["unresolved-name"]),
            ("[a]", vec!["wrong-type"]),
            ("{b: x, y: a}", vec!["unresolved-name-here", "unresolved-name-here"]),
        ] {
            let (shown, mut found) = of(written, "a b c d");
            let mut codes = codes.clone();
            found.sort_unstable();
            codes.sort_unstable();
            assert_eq!((shown.as_str(), found), ("None", codes), "{written}");
        }
    }
}
