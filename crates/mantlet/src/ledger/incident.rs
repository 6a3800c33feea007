//! What the ledger holds: claims of sources about incidents, and the reading of
//! them together.
//!
//! An incident is what its sources say of it. Each source has one claim, which it may
//! revise; claims stand side by side and none is ever overwritten. The [`Incident`] is
//! read out of the newest claims: the date, kind and place of the most reliable source
//! that states them, ranges from the lowest low to the highest high, and the best
//! estimate of the most reliable source that gives one.
//!
//! Limits: a count is of rounds as reported, not as launched; who claimed an attack or
//! is blamed for it is recorded as somebody's statement, with whose.

use serde::{Deserialize, Serialize};

use super::day::Day;
use super::words::{DatePrecision, Intercept, Kind, PlacePrecision, Reliability, Setting};
use crate::time::Timestamp;

/// Who changes the ledger, and when: the library has no clock, so the caller says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// A person or a service.
    pub who: String,
    /// UTC.
    pub at: Timestamp,
}

/// A number as a source gives it: from low to high, with its best estimate where it
/// states one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// At least.
    pub low: u32,
    /// Most likely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<u32>,
    /// At most.
    pub high: u32,
}

impl Range {
    /// A number that is not in doubt.
    pub const fn exactly(number: u32) -> Self {
        Self { low: number, best: Some(number), high: number }
    }

    /// From three cells, any of which may be empty; `Ok(None)` when all are.
    ///
    /// # Errors
    /// When they are not in order.
    pub fn of(
        low: Option<u32>,
        best: Option<u32>,
        high: Option<u32>,
    ) -> Result<Option<Self>, OutOfOrder> {
        let Some(first) = low.or(best).or(high) else { return Ok(None) };
        let low = low.unwrap_or(first);
        let high = high.or(best).unwrap_or(low);
        let best = best.or((low == high).then_some(low));
        let ordered = low <= high && best.is_none_or(|b| (low..=high).contains(&b));
        if ordered { Ok(Some(Self { low, best, high })) } else { Err(OutOfOrder) }
    }
}

/// Numbers whose low is over their best or their high.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("low, best and high in order")]
pub struct OutOfOrder;

fn is_false(flag: &bool) -> bool {
    !flag
}

/// What one source says of one incident. Empty text and `None` are "not said".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// The source's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The day, local to the place; the likeliest where it is in doubt.
    pub day: Day,
    /// Earliest day that it may have been.
    pub day_low: Day,
    /// Latest day that it may have been.
    pub day_high: Day,
    /// How closely the date is known.
    pub date_precision: DatePrecision,
    /// The instant, Unix seconds UTC, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_s: Option<f64>,
    /// What was used.
    pub kind: Kind,
    /// The weapon as the source calls it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub weapon: String,
    /// How many rounds or devices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Range>,
    /// Found or stopped before it began.
    #[serde(default, skip_serializing_if = "is_false")]
    pub thwarted: bool,
    /// Not real: a simulation or a drill. Never counted in statistics.
    #[serde(default, skip_serializing_if = "is_false")]
    pub exercise: bool,
    /// In the site, beside it or elsewhere.
    pub setting: Setting,
    /// The place in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Latitude, WGS84, deg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lat_deg: Option<f64>,
    /// Longitude, WGS84, deg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lon_deg: Option<f64>,
    /// How closely the position is known.
    pub place_precision: PlacePrecision,
    /// What is said of an interception.
    pub intercept: Intercept,
    /// How many were intercepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intercepted: Option<Range>,
    /// Who says so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub intercept_by: String,
    /// Damage in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub damage: String,
    /// Killed, by anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub killed: Option<Range>,
    /// Injured, by anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub injured: Option<Range>,
    /// Of the killed, those by what fell from an interception, not by a warhead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debris_killed: Option<Range>,
    /// Of the injured, those by what fell from an interception.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debris_injured: Option<Range>,
    /// Who claimed the attack, as reported.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub claimed_by: String,
    /// Who is blamed, as reported.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub blamed: String,
    /// Who blames them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub blamed_by: String,
    /// Whether people were warned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warned: Option<bool>,
    /// Seconds between the warning and the first impact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning_s: Option<f64>,
    /// What the source cites.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cites: String,
    /// Remarks, and what the source says about contradictions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Claim {
    /// A claim that says only who, when and what kind.
    pub fn new(source: &str, day: Day, date_precision: DatePrecision, kind: Kind) -> Self {
        let [day_low, day_high] = span(day, date_precision);
        Self {
            source: source.into(),
            day,
            day_low,
            day_high,
            date_precision,
            time_s: None,
            kind,
            weapon: String::new(),
            count: None,
            thwarted: false,
            exercise: false,
            setting: Setting::Unknown,
            place: String::new(),
            lat_deg: None,
            lon_deg: None,
            place_precision: PlacePrecision::Unknown,
            intercept: Intercept::Unknown,
            intercepted: None,
            intercept_by: String::new(),
            damage: String::new(),
            killed: None,
            injured: None,
            debris_killed: None,
            debris_injured: None,
            claimed_by: String::new(),
            blamed: String::new(),
            blamed_by: String::new(),
            warned: None,
            warning_s: None,
            cites: String::new(),
            note: String::new(),
        }
    }
}

/// First and last day that a date of this precision may stand for.
pub fn span(day: Day, precision: DatePrecision) -> [Day; 2] {
    match precision {
        DatePrecision::Minute | DatePrecision::Day => [day, day],
        DatePrecision::Week => [day + -6, day + 6],
        DatePrecision::Month => day.month(),
        DatePrecision::Year => day.year(),
    }
}

/// A source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// How far it can be relied on.
    pub reliability: Reliability,
    /// What every statement from it must carry, such as `demo, incomplete`.
    pub label: String,
    /// Remarks.
    pub note: String,
}

/// A source's claim in the ledger, with who entered it when.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statement {
    /// Which revision of this source's claim it is, from 1.
    pub revision: u32,
    /// Who entered it.
    pub entered_by: String,
    /// When, Unix seconds UTC.
    pub entered_s: f64,
    /// How far the source can be relied on.
    pub reliability: Reliability,
    /// What it says.
    #[serde(flatten)]
    pub claim: Claim,
}

/// An incident as its sources together have it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Incident {
    /// Its name in the ledger.
    pub id: String,
    /// The likeliest day.
    pub day: Day,
    /// Earliest day by any source.
    pub day_low: Day,
    /// Latest day by any source.
    pub day_high: Day,
    /// Kind.
    pub kind: Kind,
    /// Weapon in words.
    pub weapon: String,
    /// Where, seen from the site.
    pub setting: Setting,
    /// Place in words.
    pub place: String,
    /// Latitude, WGS84, deg.
    pub lat_deg: Option<f64>,
    /// Longitude, WGS84, deg.
    pub lon_deg: Option<f64>,
    /// How closely the position is known.
    pub place_precision: PlacePrecision,
    /// Found or stopped before it began.
    pub thwarted: bool,
    /// Not real.
    pub exercise: bool,
    /// Rounds or devices.
    pub count: Option<Range>,
    /// Killed.
    pub killed: Option<Range>,
    /// Injured.
    pub injured: Option<Range>,
    /// What is said of an interception.
    pub intercept: Intercept,
    /// Sources that speak of it.
    pub sources: u32,
    /// They contradict each other in date, kind, place, count or harm.
    pub conflict: bool,
}

impl Incident {
    /// Reads the newest claim of each source, in the order they entered; `None`
    /// without claims.
    pub fn read(id: &str, claims: &[(Reliability, &Claim)]) -> Option<Self> {
        let mut ranked: Vec<(Reliability, &Claim)> = claims.to_vec();
        ranked.sort_by_key(|(reliability, _)| *reliability);
        let (_, first) = ranked.first()?;
        let all = || ranked.iter().map(|(_, claim)| *claim);
        let kind = all().map(|c| c.kind).find(|k| *k != Kind::Unknown);
        let setting = all().map(|c| c.setting).find(|s| *s != Setting::Unknown);
        let said = |i: &Intercept| !matches!(i, Intercept::Unknown | Intercept::NotApplicable);
        let located = all().find(|c| c.lat_deg.is_some() && c.lon_deg.is_some());
        let text = |of: fn(&Claim) -> &str| {
            all().map(of).find(|t| !t.is_empty()).unwrap_or_default().to_string()
        };
        let differ = |same: fn(&Claim, &Claim) -> bool| all().any(|c| !same(c, first));
        Some(Self {
            id: id.into(),
            day: first.day,
            day_low: all().map(|c| c.day_low).min()?,
            day_high: all().map(|c| c.day_high).max()?,
            kind: kind.unwrap_or(Kind::Unknown),
            weapon: text(|c| &c.weapon),
            setting: setting.unwrap_or(Setting::Unknown),
            place: text(|c| &c.place),
            lat_deg: located.and_then(|c| c.lat_deg),
            lon_deg: located.and_then(|c| c.lon_deg),
            place_precision: located.map_or(first.place_precision, |c| c.place_precision),
            thwarted: first.thwarted,
            exercise: all().any(|c| c.exercise),
            count: together(all().map(|c| c.count)),
            killed: together(all().map(|c| c.killed)),
            injured: together(all().map(|c| c.injured)),
            intercept: all().map(|c| c.intercept).find(said).unwrap_or(first.intercept),
            sources: ranked.len() as u32,
            conflict: differ(|a, b| {
                let known =
                    |x: Option<Range>, y: Option<Range>| x.zip(y).is_none_or(|(x, y)| x == y);
                a.day == b.day
                    && (a.kind == b.kind || a.kind == Kind::Unknown || b.kind == Kind::Unknown)
                    && (a.setting == b.setting
                        || a.setting == Setting::Unknown
                        || b.setting == Setting::Unknown)
                    && a.thwarted == b.thwarted
                    && known(a.count, b.count)
                    && known(a.killed, b.killed)
                    && known(a.injured, b.injured)
            }),
        })
    }
}

/// The lowest low, the first best, the highest high.
fn together(ranges: impl Iterator<Item = Option<Range>>) -> Option<Range> {
    ranges.flatten().reduce(|a, b| Range {
        low: a.low.min(b.low),
        best: a.best.or(b.best),
        high: a.high.max(b.high),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(source: &str, day: &str, count: Range) -> Claim {
        let day = day.parse().unwrap();
        let mut claim = Claim::new(source, day, DatePrecision::Day, Kind::Rocket);
        claim.count = Some(count);
        claim
    }

    #[test]
    fn a_reading_spans_its_sources_and_takes_the_best_of_the_most_reliable() {
        let police = claim("police", "2020-01-08", Range { low: 3, best: Some(3), high: 3 });
        let army = claim("army", "2020-01-08", Range { low: 2, best: Some(2), high: 2 });
        let read = |a, b| Incident::read("X", &[(a, &police), (b, &army)]).unwrap();
        let by_army = read(Reliability::C, Reliability::B);
        assert_eq!(by_army.count, Some(Range { low: 2, best: Some(2), high: 3 }));
        assert!(by_army.conflict);
        // Equally reliable: the one that entered first.
        assert_eq!(read(Reliability::B, Reliability::B).count.unwrap().best, Some(3));
    }

    #[test]
    fn what_a_source_leaves_out_is_no_contradiction() {
        let full = claim("a", "2020-01-08", Range::exactly(2));
        let mut bare = claim("b", "2020-01-08", Range::exactly(2));
        (bare.count, bare.kind) = (None, Kind::Unknown);
        let read =
            Incident::read("X", &[(Reliability::F, &full), (Reliability::F, &bare)]).unwrap();
        assert!(!read.conflict);
        assert_eq!((read.sources, read.kind), (2, Kind::Rocket));
    }

    #[test]
    fn numbers_out_of_order_are_refused() {
        assert_eq!(Range::of(Some(3), None, Some(2)), Err(OutOfOrder));
        assert_eq!(Range::of(Some(1), Some(4), Some(2)), Err(OutOfOrder));
        assert_eq!(Range::of(None, None, None), Ok(None));
        assert_eq!(Range::of(None, Some(2), None), Ok(Some(Range::exactly(2))));
        assert_eq!(Range::of(Some(1), None, None), Ok(Some(Range::exactly(1))));
    }
}
