//! Random rules and edge maps of other systems, with parameters that their chain of levels has.
//!
//! Goes in: dice, levels, how many dependencies there are. Comes out: text of a rule or of an `impact` in flow style.
//! **Invariant:** where a monotone one is asked for, mathematics makes it so: a worse dependency never makes its value better.
//! **Not here:** rules of the algebra itself (`rules`).

use super::Dice;

/// Chains of levels of other systems, best first.
pub const CHAINS: [&[&str]; 4] = [
    &["OK", "PENDING", "WARNING", "UNKNOWN", "CRITICAL"],
    &["OK", "NOT_CLASSIFIED", "INFORMATION", "WARNING", "AVERAGE", "HIGH", "DISASTER"],
    &["INDETERMINATE", "NORMAL", "WARNING", "MINOR", "MAJOR", "CRITICAL"],
    &["OK", "PENDING", "WARN", "UNKNOWN", "CRIT"],
];

fn has(levels: &[String], names: &[&str]) -> bool {
    names.iter().all(|name| levels.iter().any(|level| level == name))
}

/// A random rule by name.
pub fn rule(dice: &mut Dice, levels: &[String], edges: usize, monotone: bool) -> String {
    let k = dice.below(edges + 1) + 1;
    let level = |dice: &mut Dice| dice.pick(levels).clone();
    let beyond = |dice: &mut Dice| match dice.below(2) {
        0 => "clamp".to_owned(),
        _ => level(dice),
    };
    let icinga = has(levels, CHAINS[0]);
    let opennms = has(levels, CHAINS[2]);
    match dice.below(if icinga || opennms { 13 } else { 9 }) {
        0 | 1 => zabbix(dice, levels, edges),
        2 => format!("{{checkmk.{}: {{count: {k}, beyond: {}}}}}", dice.pick(&["best", "worst"]), beyond(dice)),
        3 => {
            let (ok, warn) = (enough(dice, edges), enough(dice, edges));
            let warning = if monotone { levels[levels.len() - 1].clone() } else { level(dice) };
            format!("{{checkmk.count_ok: {{ok: {ok}, warn: {warn}, warning: {warning}}}}}")
        }
        4 => {
            let kind = *dice.pick(&["count", "percent"]);
            let min_up = if kind == "count" { dice.below(edges + 2) } else { *dice.pick(&[0, 25, 33, 50, 67, 100, 120]) };
            let enabled = dice.chance(3, 4);
            format!("{{itop.redundancy: {{min_up: {min_up}, min_up_type: {kind}, enabled: {enabled}}}}}")
        }
        5 => {
            let how = ["all_required", "any_one_suffices"];
            format!("{{icinga2.reachable_by_groups: {{ungrouped: {}, named_group: {}}}}}", dice.pick(&how), dice.pick(&how))
        }
        6 => format!(
            "{{servicenow.influence_sum: {{required_influence: {}, comparison: '{}'}}}}",
            enough(dice, 6),
            dice.pick(&[">", ">="])
        ),
        7 => format!("{{nagios.MIN: {{n: {k}, beyond: {}}}}}", beyond(dice)),
        8 => (*dice.pick(&["nagios.AND", "nagios.OR", "glpi.any_impacted", "servicenow.highest"])).to_owned(),
        _ if opennms => named_opennms(dice, levels, monotone),
        _ => named_icinga(dice, levels, k, monotone),
    }
}

fn enough(dice: &mut Dice, edges: usize) -> String {
    if dice.chance(1, 2) { dice.below(edges + 2).to_string() } else { format!("{}%", dice.pick(&[0, 25, 50, 58, 66, 100])) }
}

fn zabbix(dice: &mut Dice, levels: &[String], edges: usize) -> String {
    const TYPES: [&str; 10] = ["N_GE", "NP_GE", "N_LT", "NP_LT", "W_GE", "WP_GE", "W_LT", "WP_LT", "N_L", "WP_L"];
    let main = *dice.pick(&["most_critical_of_children", "most_critical_if_all_have_problems", "set_ok"]);
    let rules: Vec<String> = (0..dice.below(3))
        .map(|_| {
            let kind = *dice.pick(&TYPES);
            let value = if kind.contains('P') { *dice.pick(&[1, 25, 33, 50, 66, 100]) } else { dice.below(edges * 2) + 1 };
            let (limit, new) = (dice.pick(levels), dice.pick(levels));
            format!("{{type: {kind}, limit_status: {limit}, limit_value: {value}, new_status: {new}}}")
        })
        .collect();
    format!("{{zabbix.{main}: {{additional_rules: [{}]}}}}", rules.join(", "))
}

fn named_icinga(dice: &mut Dice, levels: &[String], k: usize, monotone: bool) -> String {
    let empty = dice.pick(levels).clone();
    let operators: &[&str] = if monotone { &["AND", "OR", "MIN"] } else { &["AND", "OR", "MIN", "NOT", "XOR", "DEG"] };
    match *dice.pick(operators) {
        "MIN" => {
            let reading = dice.pick(&["coded", "documented"]);
            let beyond = *dice.pick(&["UNKNOWN", "clamp", "CRITICAL"]);
            format!("{{icinga.MIN: {{n: {k}, reading: {reading}, beyond: {beyond}, empty: {empty}}}}}")
        }
        operator => format!("{{icinga.{operator}: {{empty: {empty}}}}}"),
    }
}

fn named_opennms(dice: &mut Dice, levels: &[String], monotone: bool) -> String {
    let otherwise = if monotone { "NORMAL".to_owned() } else { dice.pick(levels).clone() };
    match dice.below(4) {
        0 => format!("{{opennms.highest: {{otherwise: {otherwise}}}}}"),
        1 => format!("{{opennms.highest_above: {{threshold: {}, otherwise: {otherwise}}}}}", dice.pick(levels)),
        2 => format!("{{opennms.threshold: {}}}", dice.pick(&["0.2", "0.5", "0.6", "0.75", "1.0", "1"])),
        _ => format!(
            "{{opennms.exponential: {{base: {}, otherwise: {otherwise}}}}}",
            dice.pick(&["2", "2.0", "1.5", "3", "10", "17", "1.1"])
        ),
    }
}

/// A random way to see a dependency: a shift, or an edge map by name.
pub fn impact(dice: &mut Dice, levels: &[String], monotone: bool) -> String {
    let level = |dice: &mut Dice| dice.pick(levels).clone();
    let by = dice.below(3);
    let opennms = has(levels, CHAINS[2]);
    match dice.below(if opennms { 8 } else { 6 }) {
        0 => format!("{{zabbix.{}: {by}}}", dice.pick(&["increase", "decrease"])),
        1 => format!("{{zabbix.set: {}}}", level(dice)),
        2 => "zabbix.ignore".to_owned(),
        3 => "servicenow.lower_one".to_owned(),
        4 => "excluded".to_owned(),
        5 if monotone => format!("{{worse_by: {by}, above: {}}}", level(dice)),
        5 => {
            let bound = |dice: &mut Dice, key: &str| {
                if dice.chance(1, 2) { format!(", {key}: {}", dice.pick(levels)) } else { String::new() }
            };
            let set = if dice.chance(1, 4) { "excluded".to_owned() } else { level(dice) };
            let shift = [format!("worse_by: {by}"), format!("better_by: {by}"), format!("set: {set}")];
            let first = if dice.chance(1, 2) { bound(dice, "from") } else { bound(dice, "above") };
            format!("{{{}{first}{}{}{}}}", dice.pick(&shift), bound(dice, "to"), bound(dice, "floor"), bound(dice, "cap"))
        }
        6 if monotone => format!("{{opennms.increase: {by}}}"),
        6 => {
            let seen = if dice.chance(1, 2) { "excluded".to_owned() } else { level(dice) };
            let map = [format!("ignore: {{as: {seen}"), format!("set: {{to: {}", level(dice)), format!("decrease: {{by: {by}")];
            format!("{{opennms.{}, applies: {}}}}}", dice.pick(&map), dice.pick(&["problems", "always"]))
        }
        _ => (*dice.pick(&["opennms.increase", "opennms.decrease", "opennms.ignore"])).to_owned(),
    }
}
