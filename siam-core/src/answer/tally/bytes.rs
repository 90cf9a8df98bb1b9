//! A tally as bytes, and back.
//!
//! Goes in: a tally; bytes of anybody. Comes out: bytes; a tally, or the error that says why there is none.
//! **Invariant:** equal tallies are equal bytes; reading never panics and takes no more memory than a small multiple of what it reads.
//! **Not here:** what is kept (`kept`).
//!
//! The form of version 1: the word `siam-tally`, the version as one byte, then numbers as LEB128 (those with a sign in zigzag), text
//! as its length and UTF-8, and the SHA-256 of all before at the end. Every list is in order and every number in its shortest form.

use super::kept::{Kept, Names, OfTickets, Parts, Values};
use super::{Tally, TallyQuery};
use crate::answer::score::build::Warned;
use crate::answer::score::counts::Counts;
use crate::answer::score::percentile::Histogram;
use crate::answer::score::sums::{Omitted, Sum};
use crate::base::{Argument, Error, Instant, Place, Problem, Ratio, codes};
use crate::ecosystem::Ecosystem;
use crate::model::agreement::{Measure, Statistic};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

const WORD: &[u8] = b"siam-tally";
const VERSION: u8 = 1;
const CHECKSUM: usize = 32;
/// No exact number that a tally keeps is longer; a hostile one would take long to reduce.
const LONGEST: usize = 1 << 12;
/// No tally counts more things.
const MOST: i64 = 1 << 48;
/// No sum over so many things is greater.
const GREATEST: u128 = 1 << 112;

/// The bytes of a tally.
pub(super) fn write(tally: &Tally) -> Vec<u8> {
    let mut out = Writer(WORD.to_vec());
    out.0.push(VERSION);
    out.text(&tally.ecosystem.stamp().fingerprint);
    out.signed(tally.as_of.map_or(i128::from(i64::MAX), |at| at.micros().into()));
    out.count(tally.periods.len());
    tally.periods.iter().for_each(|period| out.text(period.label()));
    out.signed(tally.rejected.into());
    out.count(tally.fields.len());
    tally.fields.iter().for_each(|field| out.text(field));
    out.count(tally.wanted.len());
    for (measure, field) in &tally.wanted {
        out.text(measure);
        out.text(field);
    }
    out.count(tally.measures.len());
    for (measure, kept) in tally.known() {
        out.text(measure.id.as_str());
        out.0.push(u8::from(kept.fed));
        match &kept.parts {
            Parts::Tickets(periods) => periods.iter().for_each(|period| out.tickets(period, measure.statistic)),
            Parts::Cases(periods, warned) => {
                periods.iter().for_each(|counts| out.counts(counts));
                out.signed(warned.without_instant.into());
                out.signed(warned.without_party.into());
            }
            Parts::Observed(periods) => periods.iter().for_each(|values| out.values(values)),
        }
    }
    let checksum = Sha256::digest(&out.0);
    out.0.extend_from_slice(&checksum);
    out.0
}

struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, mut value: u128) {
        while value >= 0x80 {
            self.0.push((value as u8 & 0x7F) | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
    fn signed(&mut self, value: i128) {
        self.number(((value << 1) ^ (value >> 127)) as u128);
    }
    fn count(&mut self, count: usize) {
        self.number(count as u128);
    }
    fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.extend_from_slice(bytes);
    }
    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }
    fn counts(&mut self, counts: &Counts) {
        let Counts { met, missed, plain, excluded, in_transition, unscored, amount } = *counts;
        [met, missed, plain, excluded, in_transition, unscored].iter().for_each(|value| self.signed((*value).into()));
        self.signed(amount);
    }
    fn tickets(&mut self, tickets: &OfTickets, statistic: Statistic) {
        let Omitted { children, left_out, events, stages } = tickets.omitted;
        [children, left_out, events, stages].iter().for_each(|value| self.signed((*value).into()));
        self.count(tickets.groups.len());
        for (names, sum) in &tickets.groups {
            for name in names {
                self.0.push(u8::from(name.is_some()));
                name.iter().for_each(|name| self.text(name));
            }
            self.counts(&sum.counts);
            if statistic == Statistic::Percentile {
                self.times(&sum.times);
            }
        }
    }
    /// The first time, then how much later each is than the one before.
    fn times(&mut self, times: &Histogram) {
        let mut times = times.clone();
        times.settle();
        self.count(times.bars().count());
        let mut before = 0_i128;
        for (time, count) in times.bars() {
            self.signed(i128::from(time) - before);
            self.signed(count.into());
            before = time.into();
        }
    }
    fn values(&mut self, values: &BTreeMap<i64, Values>) {
        self.count(values.len());
        for (at, values) in values {
            self.signed((*at).into());
            self.signed(values.single.into());
            values.sum.to_bytes().iter().for_each(|bytes| self.bytes(bytes));
            self.signed(values.pooled.into());
            self.signed(values.part);
            self.signed(values.whole);
            self.signed(values.unscored.into());
        }
    }
}

/// A tally from bytes.
pub(super) fn read(ecosystem: &Ecosystem, bytes: &[u8]) -> Result<Tally, Error> {
    let bad = |why: &'static str| Error::from(Problem::new(&codes::BAD_TALLY, Place::Nowhere).with("why", Argument::name(why)));
    let rest = bytes.strip_prefix(WORD).ok_or_else(|| bad("they do not begin as one does"))?;
    match rest.first() {
        Some(&VERSION) => {}
        Some(_) => return Err(bad("their version is another")),
        None => return Err(bad("they are cut off")),
    }
    let end = bytes.len().checked_sub(CHECKSUM).filter(|end| *end > WORD.len()).ok_or_else(|| bad("they are cut off"))?;
    let (body, checksum) = bytes.split_at(end);
    if Sha256::digest(body).as_slice() != checksum {
        return Err(bad("they were changed or cut off"));
    }
    let mut reader = Reader(body.get(WORD.len() + 1..).unwrap_or_default());
    if reader.text().ok_or_else(|| bad("their form is another"))? != ecosystem.stamp().fingerprint {
        return Err(Problem::new(&codes::OTHER_TALLY, Place::Nowhere).with("what", "another ecosystem").into());
    }
    reader.tally(ecosystem)?.filter(|_| reader.0.is_empty()).ok_or_else(|| bad("their form is another"))
}

struct Reader<'b>(&'b [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }
    fn number(&mut self) -> Option<u128> {
        let mut value = 0_u128;
        for shift in (0..128).step_by(7) {
            let byte = self.byte()?;
            let part = u128::from(byte & 0x7F);
            if part << shift >> shift != part || (byte == 0 && shift > 0) {
                return None;
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
    fn signed(&mut self) -> Option<i128> {
        let value = self.number()?;
        Some((value >> 1) as i128 ^ -((value & 1) as i128))
    }
    fn integer(&mut self) -> Option<i64> {
        i64::try_from(self.signed()?).ok()
    }
    /// A number of things, which is never below 0.
    fn amount(&mut self) -> Option<i64> {
        self.integer().filter(|amount| (0..=MOST).contains(amount))
    }
    /// A sum over things.
    fn sum(&mut self) -> Option<i128> {
        self.signed().filter(|sum| sum.unsigned_abs() <= GREATEST)
    }
    fn flag(&mut self) -> Option<bool> {
        self.byte().filter(|byte| *byte < 2).map(|byte| byte == 1)
    }
    /// How many follow: at most as many as there are bytes left.
    fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|count| *count <= self.0.len())
    }
    fn bytes(&mut self) -> Option<&[u8]> {
        let count = self.count()?;
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }
    fn text(&mut self) -> Option<String> {
        std::str::from_utf8(self.bytes()?).ok().map(str::to_owned)
    }
    fn texts(&mut self) -> Option<Vec<String>> {
        let count = self.count()?;
        (0..count).map(|_| self.text()).collect()
    }

    /// Things that were written in order, each once.
    fn set<T: Ord>(&mut self, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<BTreeSet<T>> {
        let count = self.count()?;
        let mut all = BTreeSet::new();
        for _ in 0..count {
            let next = read(self)?;
            if all.last().is_some_and(|last| *last >= next) {
                return None;
            }
            all.insert(next);
        }
        Some(all)
    }

    /// The tally after its fingerprint; none where the form is another.
    fn tally(&mut self, ecosystem: &Ecosystem) -> Result<Option<Tally>, Error> {
        let Some(as_of) = self.integer() else { return Ok(None) };
        let as_of = (as_of != i64::MAX).then_some(Instant(as_of));
        let Some(periods) = self.texts() else { return Ok(None) };
        let question = TallyQuery { periods, as_of, ..TallyQuery::default() };
        let mut tally = Tally::new(ecosystem, &question)?;
        (tally.measures, tally.kept) = (Vec::new(), Vec::new());
        let Some(rejected) = self.amount() else { return Ok(None) };
        tally.rejected = rejected;
        match (self.set(Self::text), self.set(|reader| Some((reader.text()?, reader.text()?)))) {
            (Some(fields), Some(wanted)) => (tally.fields, tally.wanted) = (fields, wanted),
            _ => return Ok(None),
        }
        Ok(self.measures(&mut tally).map(|()| tally))
    }
    fn measures(&mut self, tally: &mut Tally) -> Option<()> {
        let count = self.count()?;
        let (ecosystem, periods) = (tally.ecosystem.clone(), tally.periods.len());
        let model = ecosystem.model();
        for _ in 0..count {
            let at = *model.names.measures.get(&self.text()?)?;
            let measure = model.measures.get(at).filter(|measure| super::kept::adds_up(measure))?;
            if tally.measures.contains(&at) {
                return None;
            }
            let kept = self.kept(measure, periods)?;
            tally.measures.push(at);
            tally.kept.push(kept);
        }
        Some(())
    }
    fn kept(&mut self, measure: &Measure, periods: usize) -> Option<Kept> {
        let fed = self.flag()?;
        let parts = match Kept::nothing(measure, periods).parts {
            Parts::Tickets(_) => {
                let each = (0..periods).map(|_| self.tickets(measure.statistic));
                Parts::Tickets(each.collect::<Option<_>>()?)
            }
            Parts::Cases(..) => {
                let counts = (0..periods).map(|_| self.counts()).collect::<Option<_>>()?;
                Parts::Cases(counts, Warned { without_instant: self.amount()?, without_party: self.amount()? })
            }
            Parts::Observed(_) => Parts::Observed((0..periods).map(|_| self.values()).collect::<Option<_>>()?),
        };
        Some(Kept { fed, parts })
    }
    fn counts(&mut self) -> Option<Counts> {
        Some(Counts {
            met: self.amount()?,
            missed: self.amount()?,
            plain: self.amount()?,
            excluded: self.amount()?,
            in_transition: self.amount()?,
            unscored: self.amount()?,
            amount: self.sum()?,
        })
    }
    fn tickets(&mut self, statistic: Statistic) -> Option<OfTickets> {
        let omitted =
            Omitted { children: self.amount()?, left_out: self.amount()?, events: self.amount()?, stages: self.amount()? };
        let count = self.count()?;
        let mut groups: BTreeMap<Names, Sum> = BTreeMap::new();
        for _ in 0..count {
            let names: Names = [self.name()?, self.name()?, self.name()?];
            let counts = self.counts()?;
            let times = if statistic == Statistic::Percentile { self.times()? } else { Histogram::default() };
            if statistic == Statistic::Percentile && times.count() != counts.counted() {
                return None;
            }
            let sum = Sum { counts, times };
            // Names come in order, and what is empty is not written.
            if groups.last_key_value().is_some_and(|(last, _)| *last >= names) || sum.is_empty() {
                return None;
            }
            groups.insert(names, sum);
        }
        Some(OfTickets { omitted, groups })
    }
    #[expect(clippy::option_option, reason = "the outer one says whether it could be read")]
    fn name(&mut self) -> Option<Option<Box<str>>> {
        Some(if self.flag()? { Some(self.text()?.into()) } else { None })
    }
    fn times(&mut self) -> Option<Histogram> {
        let count = self.count()?;
        let mut bars: Vec<(i64, i64)> = Vec::new();
        let mut before = 0_i128;
        for _ in 0..count {
            before = before.checked_add(self.signed()?)?;
            bars.push((i64::try_from(before).ok()?, self.amount()?));
        }
        Histogram::from_bars(bars)
    }
    fn values(&mut self) -> Option<BTreeMap<i64, Values>> {
        let count = self.count()?;
        let mut all: BTreeMap<i64, Values> = BTreeMap::new();
        for _ in 0..count {
            let at = self.integer()?;
            let single = self.amount()?;
            let numerator = self.bytes().filter(|bytes| bytes.len() <= LONGEST)?.to_vec();
            let denominator = self.bytes().filter(|bytes| bytes.len() <= LONGEST)?.to_vec();
            // Reduced and without a byte too many, as it was written.
            let sum = Ratio::from_bytes(&numerator, &denominator).filter(|sum| sum.to_bytes() == [numerator, denominator])?;
            let (pooled, part, whole, unscored) = (self.amount()?, self.sum()?, self.sum()?, self.amount()?);
            if all.last_key_value().is_some_and(|(last, _)| *last >= at) {
                return None;
            }
            all.insert(at, Values { single, sum, pooled, part, whole, unscored });
        }
        Some(all)
    }
}
