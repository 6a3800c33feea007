//! How far the answer hangs on what is doubtful: the date, the incidents' own dates and
//! places, what was never written down.

use serde::Serialize;

use super::day::Day;
use super::exposure::{Members, Series};
use super::poisson::{Count, chance_of_so_few};
use super::query::DayCount;
use super::watch::Watch;
use super::words::Setting;

/// A p value at or over which a lower rate is not taken as shown. chosen: the usual one;
/// the p itself is always given.
pub(super) const LEVEL: f64 = 0.05;

/// The comparison under another assumption.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Variant {
    /// The assumption, in words.
    pub what: String,
    /// Earlier count.
    pub earlier: Count,
    /// Later count.
    pub later: Count,
    /// Chance of so few later incidents, were the rates equal.
    pub p_lower: f64,
}

/// What the answer hangs on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sensitivity {
    /// How far the date was moved each way, days.
    pub date_moved_days: i64,
    /// Smallest and greatest p over those dates.
    pub p_lower_range: [f64; 2],
    /// On how many of those dates a lower rate is shown.
    pub dates_that_show_it: usize,
    /// Other assumptions.
    pub variants: Vec<Variant>,
    /// Later incidents that would have to be missing from the record for a lower rate
    /// not to be shown; `None` where it is not shown anyhow.
    pub missing_to_undo: Option<u64>,
    /// The share of later incidents in the record, against that of earlier ones, below
    /// which a lower rate would not be shown.
    pub reported_share_to_undo: Option<f64>,
}

/// What the variants are made from.
pub(super) struct Ground<'g> {
    pub days: &'g [DayCount],
    pub watches: &'g [Watch],
    pub members: &'g Members,
    pub series: &'g Series,
    /// First and last day with any incident in the ledger.
    pub record: [Day; 2],
}

/// Moves what can be moved.
pub(super) fn sensitivity(ground: &Ground<'_>, since: Day, moved_days: i64) -> Sensitivity {
    let series = ground.series;
    let p = |[earlier, later]: [Count; 2]| chance_of_so_few(later, earlier);
    let moved: Vec<f64> = (-moved_days..=moved_days)
        .map(|d| since + d)
        .filter(|day| *day > series.first && *day <= series.last())
        .map(|day| p(series.split(day)))
        .collect();
    let mut variants = Vec::new();
    let mut add = |what: String, counts: [Count; 2]| {
        let [earlier, later] = counts;
        variants.push(Variant { what, earlier, later, p_lower: p(counts) });
    };
    for days in [-moved_days, moved_days] {
        let word = if days < 0 { "earlier" } else { "later" };
        add(format!("the date {} days {word}", days.abs()), series.split(since + days));
    }
    if let Some([worst, best]) = doubtful_dates(ground, since) {
        add("doubtful dates all counted late".into(), worst);
        add("doubtful dates all counted early".into(), best);
    }
    if ground.members.settings == [Setting::In] {
        let settings = vec![Setting::In, Setting::Beside];
        let members = Members { settings, ..ground.members.clone() };
        let wider = Series::new(ground.days, ground.watches, &members, series.first, series.last());
        if wider.total().number > series.total().number {
            add("incidents beside the site counted too".into(), wider.split(since));
        }
    }
    let [first, last] = ground.record;
    if first < since && since <= last && [first, last] != [series.first, series.last()] {
        let whole = Series::new(ground.days, &[], ground.members, first, last);
        add(format!("the whole record, {first} to {last}, as if watched"), whole.split(since));
    }
    let [earlier, later] = series.split(since);
    let shown = p([earlier, later]) < LEVEL;
    Sensitivity {
        date_moved_days: moved_days,
        p_lower_range: [
            moved.iter().copied().fold(1.0, f64::min),
            moved.iter().copied().fold(0.0, f64::max),
        ],
        dates_that_show_it: moved.iter().filter(|p| **p < LEVEL).count(),
        variants,
        missing_to_undo: shown.then(|| missing_to_undo(earlier, later)),
        reported_share_to_undo: shown.then(|| share_to_undo(earlier, later)),
    }
}

/// Counts with every doubtful date on the later side where it may be, and on the earlier
/// side or out of the window where it may be. `None` where no date is in doubt.
fn doubtful_dates(ground: &Ground<'_>, since: Day) -> Option<[[Count; 2]; 2]> {
    let series = ground.series;
    let (first, last) = (series.first, series.last());
    let [earlier, later] = series.split(since);
    let (mut late, mut early) = ([0_u64; 2], [0_u64; 2]);
    let mut doubtful = false;
    for day in ground.days.iter().filter(|d| ground.members.has(d)) {
        let watched = |d: Day| series.index(d).is_some_and(|at| series.exposure[at] > 0.0);
        let [low, high] = day.span;
        if low == high && !watched(day.day) {
            continue;
        }
        let may_be_later = high >= since && low <= last;
        let may_be_earlier = low < since && high >= first;
        let may_be_outside = low < first || high > last;
        let n = u64::from(day.count);
        doubtful |=
            u8::from(may_be_later) + u8::from(may_be_earlier) + u8::from(may_be_outside) > 1;
        if may_be_later {
            late[1] += n;
        } else if may_be_earlier {
            late[0] += n;
        }
        if may_be_earlier {
            early[0] += n;
        } else if may_be_later && !may_be_outside {
            early[1] += n;
        }
    }
    let count = |number, side: Count| Count { number, ..side };
    doubtful
        .then(|| [late, early].map(|[before, after]| [count(before, earlier), count(after, later)]))
}

fn missing_to_undo(earlier: Count, later: Count) -> u64 {
    let shown = |more: u64| {
        let number = later.number + more;
        chance_of_so_few(Count { number, ..later }, earlier) < LEVEL
    };
    let mut high = 1;
    while shown(high) {
        high *= 2;
    }
    let mut low = high / 2;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if shown(middle) { low = middle } else { high = middle }
    }
    high
}

fn share_to_undo(earlier: Count, later: Count) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..40 {
        let share = 0.5 * (low + high);
        let exposure = later.exposure * share;
        if chance_of_so_few(Count { exposure, ..later }, earlier) < LEVEL {
            high = share;
        } else {
            low = share;
        }
    }
    high
}
