//! From the rows of a study's runs to its figures.
//!
//! In: parts in any order. Out: rows in the order of runs, whether they are enough,
//! and per option the share of people warned in time, seconds of warning, missed and
//! needless warnings, rounds that came down and expected casualties.
//!
//! Method: people in danger are those of zones that a round lands in reach of; they
//! are warned in time when the seconds from the first warning to the first such
//! landing suffice for the zone's shelter. Their share is a ratio of sums, its
//! interval by the delta method, and that of a difference between options over the
//! pairs that common random numbers make (W. G. Cochran, *Sampling Techniques*, 3rd
//! ed., 1977, eq. 2.46; A. M. Law, *Simulation Modeling and Analysis*, 5th ed., 2015,
//! section 11.2). Shares of a zone's runs have Wilson's interval (E. B. Wilson,
//! Journal of the American Statistical Association 22 (1927) 209).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::scenario::Spread;
use crate::warning::Zone;

use super::plan::Study;
use super::run::{Ready, RunRow};

/// Fewest runs before a study may end early. Chosen: so that a variance means something.
const FEWEST: u64 = 200;
/// Half width of a 95 % interval in standard errors.
const Z: f64 = 1.959_964;

/// A share with its 95 % interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Share {
    /// The share.
    pub share: f64,
    /// Half width of its interval.
    pub half_width: f64,
}

impl Share {
    /// Sum of `x` over sum of `y`, over pairs.
    pub fn of_ratio(pairs: impl Iterator<Item = (f64, f64)>) -> Self {
        let (mut n, mut x, mut y, mut xx, mut xy, mut yy) = (0.0f64, 0.0, 0.0, 0.0, 0.0, 0.0);
        for (a, b) in pairs {
            n += 1.0;
            x += a;
            y += b;
            xx += a * a;
            xy += a * b;
            yy += b * b;
        }
        if y <= 0.0 {
            return Self::default();
        }
        let share = x / y;
        let square = (xx - 2.0 * share * xy + share * share * yy).max(0.0);
        let half_width = Z * (square * n / (n - 1.0).max(1.0)).sqrt() / y;
        Self { share, half_width }
    }

    /// `k` of `n`: half the width of Wilson's interval stands beside the plain share.
    pub fn of_count(k: u64, n: u64) -> Self {
        if n == 0 {
            return Self::default();
        }
        let (k, n) = (k as f64, n as f64);
        let p = k / n;
        let half_width = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        Self { share: p, half_width }
    }
}

/// Rows gathered part by part.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// Rows so far, in the order of runs.
    pub rows: Vec<RunRow>,
    /// Whether the stop rule ended the study before its last run.
    pub narrow_enough: bool,
    waiting: BTreeMap<u64, Vec<RunRow>>,
    next: u64,
    done: bool,
}

impl Gathered {
    /// Takes in a part, in any order, once or more than once.
    pub fn take(&mut self, study: &Study, part: u64, rows: Vec<RunRow>) {
        if part >= self.next && !self.done {
            self.waiting.insert(part, rows);
        }
        while let Some(rows) = self.waiting.remove(&self.next).filter(|_| !self.done) {
            self.rows.extend(rows);
            self.next += 1;
            let runs = self.rows.len() as u64;
            if runs >= study.most_runs {
                self.done = true;
            } else if study.enough > 0.0 && runs >= FEWEST && self.widest(study) <= study.enough {
                self.done = true;
                self.narrow_enough = true;
            }
        }
        if self.done {
            self.waiting.clear();
        }
    }

    /// Whether no more parts are needed.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Parts that the stop rule may still need, at most.
    pub fn parts_left(&self, study: &Study) -> u64 {
        if self.done { 0 } else { Ready::parts(study) - self.next - self.waiting.len() as u64 }
    }

    /// Widest half interval of the share of people warned in time, over the options.
    pub fn widest(&self, study: &Study) -> f64 {
        let zones = &study.site.zones;
        let wide = |o| in_time(zones, &self.rows, o).half_width;
        (0..study.options.len()).map(wide).fold(0.0, f64::max)
    }
}

/// People in time and people in danger of a run.
fn people(zones: &[Zone], row: &RunRow, option: usize) -> (f64, f64) {
    let warned = &row.options[option].warned_s;
    zones.iter().zip(&row.danger_s).zip(warned).fold((0.0, 0.0), |sum, ((zone, danger), warned)| {
        let Some(danger_s) = danger else { return sum };
        let enough = warned.is_some_and(|w| danger_s - w >= zone.shelter_s);
        (sum.0 + if enough { zone.population } else { 0.0 }, sum.1 + zone.population)
    })
}

fn in_time(zones: &[Zone], rows: &[RunRow], option: usize) -> Share {
    Share::of_ratio(rows.iter().map(|row| people(zones, row, option)))
}

/// A study's figures.
#[derive(Clone, Debug, Serialize)]
pub struct StudyFigures {
    /// Runs counted.
    pub runs: u64,
    /// Whether they ended early because the intervals were narrow enough.
    pub narrow_enough: bool,
    /// Mean rounds of a raid.
    pub rounds: f64,
    /// By option.
    pub options: Vec<OptionFigures>,
}

/// An option's figures.
#[derive(Clone, Debug, Serialize)]
pub struct OptionFigures {
    /// Its name.
    pub name: String,
    /// Share of the people in danger who were warned in time.
    pub in_time: Share,
    /// The same less that of the first option; `None` for the first.
    pub over_first: Option<Share>,
    /// Share of the people in danger who were warned at all before the landing.
    pub warned: Share,
    /// By sort of raid: share of the people in danger warned in time.
    pub by_family: Vec<Share>,
    /// By zone.
    pub zones: Vec<ZoneFigures>,
    /// Rounds that came down: mean and half width.
    pub leakers: [f64; 2],
    /// Expected casualties: mean and half width.
    pub casualties: [f64; 2],
}

/// What happened to a zone.
#[derive(Clone, Debug, Serialize)]
pub struct ZoneFigures {
    /// Its id.
    pub zone_id: String,
    /// Runs in which a round landed in reach.
    pub endangered: u64,
    /// Of those, with enough seconds.
    pub in_time: Share,
    /// Of those, without a warning before the landing.
    pub missed: Share,
    /// Runs in which it was warned and nothing landed in reach, of all others.
    pub needless: Share,
    /// Seconds from warning to landing where there was a warning: 5th, 50th and 95th
    /// percentile.
    pub seconds: [f64; 3],
}

/// The figures of gathered rows.
pub fn figures(study: &Study, gathered: &Gathered) -> StudyFigures {
    let rows = &gathered.rows;
    let zones = &study.site.zones;
    let options = study.options.iter().enumerate().map(|(o, option)| {
        let over_first = (o > 0).then(|| {
            Share::of_ratio(rows.iter().map(|row| {
                let (x, y) = people(zones, row, o);
                (x - people(zones, row, 0).0, y)
            }))
        });
        let of_family = |f: usize| {
            let rows = rows.iter().filter(|row| row.family == f);
            Share::of_ratio(rows.map(|row| people(zones, row, o)))
        };
        let mean = |value: &dyn Fn(&RunRow) -> f64| {
            let spread = Spread::of(rows.iter().map(value));
            [spread.mean, spread.half_width]
        };
        OptionFigures {
            name: option.name.clone(),
            in_time: in_time(zones, rows, o),
            over_first,
            warned: Share::of_ratio(rows.iter().map(|row| warned(zones, row, o))),
            by_family: (0..study.families.len()).map(of_family).collect(),
            zones: zones
                .iter()
                .enumerate()
                .map(|(z, zone)| zone_figures(rows, o, z, zone))
                .collect(),
            leakers: mean(&|row| f64::from(row.options[o].leakers)),
            casualties: mean(&|row| row.options[o].casualties),
        }
    });
    StudyFigures {
        runs: rows.len() as u64,
        narrow_enough: gathered.narrow_enough,
        rounds: rows.iter().map(|r| f64::from(r.rounds)).sum::<f64>() / rows.len().max(1) as f64,
        options: options.collect(),
    }
}

fn warned(zones: &[Zone], row: &RunRow, option: usize) -> (f64, f64) {
    let warned = &row.options[option].warned_s;
    zones.iter().zip(&row.danger_s).zip(warned).fold((0.0, 0.0), |sum, ((zone, danger), warned)| {
        let Some(danger_s) = danger else { return sum };
        let before = warned.is_some_and(|w| w <= *danger_s);
        (sum.0 + if before { zone.population } else { 0.0 }, sum.1 + zone.population)
    })
}

fn zone_figures(rows: &[RunRow], option: usize, z: usize, zone: &Zone) -> ZoneFigures {
    let (mut endangered, mut enough, mut missed, mut needless) = (0, 0, 0, 0);
    let mut seconds = Vec::new();
    for row in rows {
        let warned_s = row.options[option].warned_s[z];
        let Some(danger_s) = row.danger_s[z] else {
            needless += u64::from(warned_s.is_some());
            continue;
        };
        endangered += 1;
        match warned_s.map(|w| danger_s - w).filter(|s| *s >= 0.0) {
            Some(left_s) => {
                enough += u64::from(left_s >= zone.shelter_s);
                seconds.push(left_s);
            }
            None => missed += 1,
        }
    }
    let quiet = rows.len() as u64 - endangered;
    ZoneFigures {
        zone_id: zone.id.clone(),
        endangered,
        in_time: Share::of_count(enough, endangered),
        missed: Share::of_count(missed, endangered),
        needless: Share::of_count(needless, quiet),
        seconds: Spread::of(seconds.into_iter()).percentiles,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_counts_has_wilson_s_interval() {
        // 81 of 263 (R. G. Newcombe, Statistics in Medicine 17 (1998) 857): 0.2553 to 0.3662.
        let share = Share::of_count(81, 263);
        assert!((2.0 * share.half_width - (0.3662 - 0.2553)).abs() < 2e-4);
    }

    #[test]
    fn a_ratio_s_interval_is_as_by_hand() {
        // x = y/2 without noise: no width; then four pairs by hand.
        let exact = Share::of_ratio([(1.0, 2.0), (3.0, 6.0)].into_iter());
        assert_eq!((exact.share, exact.half_width), (0.5, 0.0));
        let pairs = [(1.0, 1.0), (0.0, 1.0), (1.0, 1.0), (1.0, 1.0)];
        let share = Share::of_ratio(pairs.into_iter());
        // p = 3/4; variance of the mean p(1-p)/(n-1).
        assert!((share.half_width - Z * (0.1875f64 / 3.0).sqrt()).abs() < 1e-12);
    }
}
