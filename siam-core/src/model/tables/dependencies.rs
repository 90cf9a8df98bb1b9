//! The dependencies table, and the rules that stand in columns.
//!
//! Goes in: one row per dependency; rules of services and of groups as texts. Comes out: edges and one expression per service.
//! **Invariant:** the order of rows never matters: edges, groups and rules of a service are the same in any.
//! **Not here:** what rules mean (`dependency`), the other columns of services (`tables::services`).

use super::{Given, whole};
use crate::base::columns::Cell;
use crate::base::{Argument, Directory, Idx, IdxVec, Problem, codes};
use crate::document::read::read_cell;
use crate::document::{Faults, Mark, Node};
use crate::model::dated::Timeline;
use crate::model::level_map::level_map;
use crate::model::rule::{self, Edge, Expression, LevelMap, Quorum, ServiceIdx, ServiceKind, Unit};
use crate::model::rules::RuleReader;
use crate::model::service::Service;
use crate::model::{Names, resolve};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Rows are looked up in blocks of this many.
const BLOCK: usize = 1024;
const NONE: u32 = u32::MAX;

/// The texts of a column, each once, and which one each row has; few texts in many rows.
#[derive(Debug, Default)]
pub(super) struct Words {
    texts: Directory<Words>,
    /// The number of the text plus one, 0 where the cell is empty; empty where no cell has a text.
    rows: Vec<u32>,
}

impl Words {
    pub(super) fn read(table: &Given<'_>, column: &str, faults: &mut Faults) -> Self {
        let mut words = Self::default();
        table.texts(column, false, faults, |row, text, _| {
            let next = Idx::new(words.texts.len());
            let number = words.texts.add(&text, next).unwrap_or(next);
            words.rows.resize(row, 0);
            words.rows.push(number.get() as u32 + 1);
        });
        words
    }
    /// The number of the text of a row.
    fn at(&self, row: usize) -> Option<usize> {
        (self.rows.get(row).copied()? as usize).checked_sub(1)
    }
}

/// A text that is read once: what it says, or what is wrong with it wherever it stands.
type Once<T> = Result<T, Vec<Problem>>;

/// What dependencies are read with.
pub(super) struct Reading<'a> {
    pub names: &'a Names,
    pub levels: &'a [String],
    /// The rules of services, by row of the services table.
    pub rules: Words,
    /// The services table.
    pub rows: Option<&'a Given<'a>>,
}

/// The cells of the dependencies table.
struct Cells<'a> {
    table: Option<&'a Given<'a>>,
    from: Vec<u32>,
    to: Vec<u32>,
    weights: Vec<u32>,
    impacts: Words,
    maps: Vec<Once<LevelMap>>,
    groups: Words,
    rules: Words,
}

impl Reading<'_> {
    /// Reads the rows and gives every service what it rests on.
    pub fn read(&self, table: Option<&Given<'_>>, services: &mut IdxVec<ServiceKind, Service>, faults: &mut Faults) {
        let cells = self.cells(table, faults);
        let n = self.names.services.len();
        // Rows by service: counted, then placed.
        let mut at = vec![0_u32; n + 1];
        for from in cells.from.iter().filter(|from| **from != NONE) {
            at[*from as usize + 1] += 1;
        }
        for service in 0..n {
            at[service + 1] += at[service];
        }
        let mut next = at.clone();
        let mut rows = vec![0_u32; at[n] as usize];
        for (row, from) in cells.from.iter().enumerate().filter(|(_, from)| **from != NONE) {
            let slot = &mut next[*from as usize];
            rows[*slot as usize] = row as u32;
            *slot += 1;
        }
        drop(next);
        let first = self.first_rows();
        let mut rules = Rules { reading: self, parsed: BTreeMap::new(), known: BTreeMap::new() };
        for service in 0..n {
            let own = &mut rows[at[service] as usize..at[service + 1] as usize];
            let row = first.get(service).copied().filter(|row| *row != NONE).map(|row| row as usize);
            let rule = row.and_then(|row| Some((row, self.rules.at(row)?)));
            if own.is_empty() && rule.is_none() {
                continue;
            }
            own.sort_unstable_by(|a, b| {
                let (a, b) = (*a as usize, *b as usize);
                cells.to.get(a).cmp(&cells.to.get(b)).then_with(|| cells.order(a).cmp(&cells.order(b))).then(a.cmp(&b))
            });
            let node = rules.node(&cells, service, own, rule, faults);
            let Some(service) = services.get_mut(ServiceIdx::new(service)).filter(|_| faults.count() == 0) else { continue };
            if !service.depends_on.spans().is_empty() {
                let mark = table.zip(own.first()).map(|(table, row)| table.mark(*row as usize, "from")).unwrap_or_default();
                let problem = faults.problem(&codes::DUPLICATE_NAME, mark).with("kind", "dependencies of");
                let problem = problem.with("name", Argument::user(service.id.as_str()));
                faults.report(problem.with("first", "the documents"));
            } else if let Some(node) = node {
                service.depends_on = Timeline::always(node);
            }
        }
    }

    /// The row of the services table in which each service stands first; empty where no rule is written.
    fn first_rows(&self) -> Vec<u32> {
        let (Some(table), false) = (self.rows, self.rules.rows.is_empty()) else { return Vec::new() };
        let mut first = vec![NONE; self.names.services.len()];
        table.each("service", |row, cell| {
            let service = if let Cell::Text(name) = cell { self.names.services.get(&name).copied() } else { None };
            if let Some(slot) = service.and_then(|service| first.get_mut(service.get())).filter(|slot| **slot == NONE) {
                *slot = row as u32;
            }
        });
        first
    }

    fn cells<'t>(&self, table: Option<&'t Given<'t>>, faults: &mut Faults) -> Cells<'t> {
        let mut cells = Cells {
            table,
            from: Vec::new(),
            to: Vec::new(),
            weights: Vec::new(),
            impacts: Words::default(),
            maps: Vec::new(),
            groups: Words::default(),
            rules: Words::default(),
        };
        let Some(table) = table else { return cells };
        cells.from = self.services(table, "from", faults);
        cells.to = self.services(table, "to", faults);
        cells.impacts = Words::read(table, "impact", faults);
        cells.groups = Words::read(table, "group", faults);
        cells.rules = Words::read(table, "rule", faults);
        for number in 0..cells.impacts.texts.len() {
            let text = cells.impacts.texts.name(number);
            cells.maps.push(once(text, faults, |node, faults| level_map(node, self.levels, faults)));
        }
        table.each("weight", |row, cell| {
            let weight = match whole(&cell).and_then(|weight| u32::try_from(weight).ok()) {
                Some(weight) => weight,
                None if cell == Cell::Null => 1,
                None => {
                    table.bad_cell(row, "weight", &cell, "a whole number of 0 or more", faults);
                    1
                }
            };
            cells.weights.push(weight);
        });
        for row in 0..cells.from.len() {
            let (from, to) = (cells.from[row], cells.to.get(row).copied().unwrap_or(NONE));
            if from != NONE && from == to {
                let problem = faults.problem(&codes::DEPENDS_ON_ITSELF, table.mark(row, "to"));
                faults.report(problem.with("service", Argument::user(self.names.services.name(from as usize))));
            }
            if let Some(Err(problems)) = cells.impacts.at(row).and_then(|number| cells.maps.get(number)) {
                let place = faults.place(table.mark(row, "impact"));
                problems.iter().for_each(|problem| faults.report(problem.clone().at(place.clone())));
            }
            if cells.rules.at(row).is_some() && cells.groups.at(row).is_none() {
                let problem = faults.problem(&codes::RULE_WITHOUT_GROUP, table.mark(row, "rule"));
                let service = if from == NONE { "" } else { self.names.services.name(from as usize) };
                faults.report(problem.with("service", Argument::user(service)));
            }
        }
        cells
    }

    /// The services of a column by row.
    fn services(&self, table: &Given<'_>, column: &str, faults: &mut Faults) -> Vec<u32> {
        let mut found = Vec::with_capacity(table.view.rows());
        let mut block: Vec<(usize, Cow<'_, str>)> = Vec::with_capacity(BLOCK);
        let mut look_up = |block: &mut Vec<(usize, Cow<'_, str>)>, rows: usize, faults: &mut Faults| {
            let names: Vec<&str> = block.iter().map(|(_, name)| &**name).collect();
            self.names.services.find(&names, |at, service| {
                let Some((row, name)) = block.get(at) else { return };
                found.resize(*row, NONE);
                found.push(service.map_or(NONE, |service| service.get() as u32));
                if service.is_none() {
                    self.unresolved(table.mark(*row, column), name, faults);
                }
            });
            found.resize(rows, NONE);
            block.clear();
        };
        table.each(column, |row, cell| match cell {
            Cell::Text(name) => {
                block.push((row, name));
                if block.len() == BLOCK {
                    look_up(&mut block, row + 1, faults);
                }
            }
            Cell::Null => table.missing(row, column, faults),
            other => table.bad_cell(row, column, &other, "text", faults),
        });
        look_up(&mut block, table.view.rows(), faults);
        found
    }

    /// Among few services the nearest name is suggested; among a million that would take longer than the load.
    fn unresolved(&self, mark: Mark, name: &str, faults: &mut Faults) {
        if self.names.services.len() <= 10_000 && faults.count() < 100 {
            resolve(&self.names.services, "service", name, mark, faults);
        } else {
            let problem = faults.problem(&codes::UNRESOLVED_NO_GUESS, mark).with("kind", "service");
            faults.report(problem.with("name", Argument::user(name)));
        }
    }
}

impl Cells<'_> {
    /// By what rows of one service and one dependency are put into order.
    fn order(&self, row: usize) -> (Option<&str>, u32, Option<&str>, Option<&str>) {
        (
            self.groups.at(row).map(|number| self.groups.texts.name(number)),
            self.weights.get(row).copied().unwrap_or(1),
            self.impacts.at(row).map(|number| self.impacts.texts.name(number)),
            self.rules.at(row).map(|number| self.rules.texts.name(number)),
        )
    }
    fn mark(&self, row: u32, column: &str) -> Mark {
        self.table.map(|table| table.mark(row as usize, column)).unwrap_or_default()
    }
}

/// Reads a text that stands in cells.
fn once<T>(text: &str, faults: &Faults, read: impl FnOnce(&Node, &mut Faults) -> Option<T>) -> Once<T> {
    let mut own = Faults::new(faults.limits());
    let value = read_cell(text, &mut own).and_then(|node| read(&node, &mut own));
    match value {
        Some(value) if own.count() == 0 => Ok(value),
        _ => Err(own.into_problems().iter().cloned().collect()),
    }
}

/// Leaves one of dependencies that say the same; what differs in anything stays.
fn count_once(edges: &mut Vec<Edge>) {
    let repeated = match edges.len() {
        0 | 1 => false,
        few if few <= 16 => edges.iter().enumerate().any(|(at, edge)| edges.iter().take(at).any(|earlier| earlier.to == edge.to)),
        _ => {
            let mut services: Vec<ServiceIdx> = edges.iter().map(|edge| edge.to).collect();
            services.sort_unstable();
            services.windows(2).any(|pair| pair.first() == pair.last())
        }
    };
    if repeated {
        let mut kept: BTreeMap<ServiceIdx, Vec<Edge>> = BTreeMap::new();
        edges.retain(|edge| {
            let known = kept.entry(edge.to).or_default();
            let fresh = !known.contains(edge);
            if fresh {
                known.push(edge.clone());
            }
            fresh
        });
    }
}

/// Rules in columns, each text parsed once.
struct Rules<'r, 'a> {
    reading: &'r Reading<'a>,
    parsed: BTreeMap<String, Once<Node>>,
    /// Rules that speak of no group, by text and number of dependencies.
    known: BTreeMap<(String, usize), Expression>,
}

impl Rules<'_, '_> {
    /// Edges and rule of a service; `rows` are its dependencies in order, `rule` the row and the number of its own rule.
    fn node(
        &mut self,
        cells: &Cells<'_>,
        service: usize,
        rows: &[u32],
        rule: Option<(usize, usize)>,
        faults: &mut Faults,
    ) -> Option<rule::Node> {
        let mut labels: BTreeMap<String, u32> = BTreeMap::new();
        if !cells.groups.rows.is_empty() {
            let groups = rows.iter().filter_map(|row| cells.groups.at(*row as usize));
            labels.extend(groups.map(|number| (cells.groups.texts.name(number).to_owned(), 0)));
            labels.values_mut().zip(1..).for_each(|(label, number)| *label = number);
        }
        let mut edges = Vec::with_capacity(rows.len());
        for row in rows {
            let at = *row as usize;
            let map = match cells.impacts.at(at).and_then(|number| cells.maps.get(number)) {
                None => LevelMap::Same,
                Some(Ok(map)) => map.clone(),
                Some(Err(_)) => continue,
            };
            let group = cells.groups.at(at).and_then(|number| labels.get(cells.groups.texts.name(number)).copied());
            let to = cells.to.get(at).copied().filter(|to| *to != NONE);
            let weight = cells.weights.get(at).copied().unwrap_or(1);
            edges.extend(to.map(|to| Edge { to: ServiceIdx::new(to as usize), map, weight, group }));
        }
        count_once(&mut edges);
        let grouped = if cells.rules.rows.is_empty() { BTreeMap::new() } else { self.groups(cells, service, rows, faults) };
        let name = |faults: &mut Faults, code, mark| {
            let problem: Problem = faults.problem(code, mark);
            problem.with("service", Argument::user(self.reading.names.services.name(service)))
        };
        let rule = match rule {
            Some((row, number)) => {
                let mark = self.reading.rows.map(|table| table.mark(row, "rule")).unwrap_or_default();
                if !grouped.is_empty() {
                    let problem = name(faults, &codes::RULE_TWICE, mark);
                    faults.report(problem);
                }
                let text = self.reading.rules.texts.name(number);
                self.expression(text, edges.iter(), &labels, mark, faults)?
            }
            None if grouped.is_empty() => Expression::any(),
            None => {
                let mut parts = Vec::new();
                if edges.iter().any(|edge| edge.group.is_none()) {
                    parts.push(Expression::Ungrouped(Box::new(Expression::any())));
                }
                for (group, label) in &labels {
                    let members = edges.iter().filter(|edge| edge.group == Some(*label));
                    let rule = match grouped.get(group.as_str()) {
                        None => Expression::any(),
                        Some((text, row)) => {
                            self.expression(text, members, &BTreeMap::new(), cells.mark(*row, "rule"), faults)?
                        }
                    };
                    parts.push(Expression::Group(*label, Box::new(rule)));
                }
                if parts.len() == 1 { parts.remove(0) } else { Expression::Max(parts) }
            }
        };
        Some(rule::Node { edges, rule })
    }

    /// The rule of each group with a row where it stands; two different ones are reported.
    fn groups<'c>(
        &self,
        cells: &'c Cells<'_>,
        service: usize,
        rows: &[u32],
        faults: &mut Faults,
    ) -> BTreeMap<&'c str, (&'c str, u32)> {
        let mut grouped: BTreeMap<&str, (&str, u32)> = BTreeMap::new();
        for row in rows {
            let (Some(group), Some(rule)) = (cells.groups.at(*row as usize), cells.rules.at(*row as usize)) else { continue };
            let (group, rule) = (cells.groups.texts.name(group), cells.rules.texts.name(rule));
            let (first, _) = *grouped.entry(group).or_insert((rule, *row));
            if first != rule {
                let problem = faults.problem(&codes::RULES_DIFFER, cells.mark(*row, "rule")).with("group", Argument::user(group));
                let problem = problem.with("service", Argument::user(self.reading.names.services.name(service)));
                faults.report(problem.with("first", Argument::user(first)).with("second", Argument::user(rule)));
            }
        }
        grouped
    }

    /// What a rule in a cell says of dependencies.
    fn expression<'e>(
        &mut self,
        text: &str,
        edges: impl Iterator<Item = &'e Edge> + Clone,
        labels: &BTreeMap<String, u32>,
        mark: Mark,
        faults: &mut Faults,
    ) -> Option<Expression> {
        let n = edges.clone().count();
        match text.trim() {
            "any" => return Some(Expression::any()),
            "all" | "any_of" => return Some(Expression::all()),
            short => {
                let wanted = short.strip_prefix("at_least ").and_then(|wanted| wanted.trim().parse::<u32>().ok());
                if let Some(wanted) = wanted {
                    if wanted == 0 || wanted as usize > n {
                        let problem = faults.problem(&codes::RULE_TOO_MANY, mark).with("wanted", wanted);
                        faults.report(problem.with("given", n));
                        return None;
                    }
                    return Some(Expression::Order(Unit::Count, Quorum::Needed(wanted.into())));
                }
            }
        }
        let key = (text.to_owned(), n);
        // A rule may read weights, but of how many there are it knows the number alone.
        let plain = labels.is_empty() && edges.clone().all(|edge| edge.weight == 1);
        if let (true, Some(known)) = (plain, self.known.get(&key)) {
            return Some(known.clone());
        }
        let parsed = self.parsed.entry(text.to_owned()).or_insert_with(|| once(text, faults, |node, _| Some(node.clone())));
        let mut own = Faults::new(faults.limits());
        let read = match parsed {
            Ok(node) => {
                RuleReader::new(self.reading.levels, labels, &edges.cloned().collect::<Vec<_>>()).expression(node, &mut own)
            }
            Err(problems) => {
                problems.iter().for_each(|problem| own.report(problem.clone()));
                None
            }
        };
        let wrong = own.count() > 0;
        for problem in own.into_problems().iter() {
            faults.report(problem.clone().at(faults.place(mark)));
        }
        let read = read.filter(|_| !wrong)?;
        if plain {
            self.known.insert(key, read.clone());
        }
        Some(read)
    }
}
