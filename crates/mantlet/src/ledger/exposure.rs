//! Daily counts beside how far each day was watched.
//!
//! In: the ledger's days and watched periods. Out: for a run of days, how many incidents
//! each had and what share of such a day's incidents the record holds (zero on an
//! unwatched day). Counts over unwatched days are left out and counted apart.
//!
//! **Limits**: a share below one only stretches the exposure; which incidents are
//! missing is taken to be chance.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

use super::day::Day;
use super::poisson::Count;
use super::query::DayCount;
use super::watch::Watch;
use super::words::{Kind, Setting};

/// A run of days with counts and exposure.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Series {
    /// The first day.
    pub first: Day,
    /// Incidents per day; zero on unwatched days.
    pub counts: Vec<u32>,
    /// Watched share per day, 0 to 1.
    pub exposure: Vec<f64>,
    /// Incidents within the run on days that nobody watched: left out.
    pub unwatched: u64,
}

/// Which incidents make a series.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Members {
    /// Only this kind; all kinds together where `None`.
    pub kind: Option<Kind>,
    /// Only these settings; all where empty.
    pub settings: Vec<Setting>,
}

impl Members {
    pub fn has(&self, day: &DayCount) -> bool {
        self.kind.is_none_or(|k| k == day.kind)
            && (self.settings.is_empty() || self.settings.contains(&day.setting))
    }
}

impl Series {
    /// Counts the members from `first` to `last`. Without watched periods every day
    /// counts as watched.
    pub fn new(
        days: &[DayCount],
        watches: &[Watch],
        members: &Members,
        first: Day,
        last: Day,
    ) -> Self {
        let length = (last - first + 1).max(0) as usize;
        let mut exposure = vec![if watches.is_empty() { 1.0 } else { 0.0 }; length];
        for watch in watches {
            if watch.kind.is_some() && watch.kind != members.kind {
                continue;
            }
            let from = (watch.first - first).max(0) as usize;
            let to = (watch.last - first + 1).clamp(0, length as i64) as usize;
            for share in exposure.get_mut(from..to).unwrap_or_default() {
                *share = watch.share.max(*share);
            }
        }
        let mut series = Self { first, counts: vec![0; length], exposure, unwatched: 0 };
        for day in days.iter().filter(|d| members.has(d)) {
            let Some(at) = series.index(day.day) else { continue };
            if series.exposure[at] > 0.0 {
                series.counts[at] += day.count;
            } else {
                series.unwatched += u64::from(day.count);
            }
        }
        series
    }

    /// Where a day stands; `None` outside the run.
    pub fn index(&self, day: Day) -> Option<usize> {
        let at = usize::try_from(day - self.first).ok()?;
        (at < self.counts.len()).then_some(at)
    }

    /// The day at an index.
    pub fn day(&self, index: usize) -> Day {
        self.first + index as i64
    }

    /// The last day.
    pub fn last(&self) -> Day {
        self.first + self.counts.len() as i64 + -1
    }

    /// All of it.
    pub fn total(&self) -> Count {
        self.count(0..self.counts.len())
    }

    fn count(&self, range: std::ops::Range<usize>) -> Count {
        Count {
            number: self.counts[range.clone()].iter().map(|c| u64::from(*c)).sum(),
            exposure: self.exposure[range].iter().sum(),
        }
    }

    /// Counts on both sides of a day, which itself belongs to the later side.
    pub fn split(&self, since: Day) -> [Count; 2] {
        let at = (since - self.first).clamp(0, self.counts.len() as i64) as usize;
        [self.count(0..at), self.count(at..self.counts.len())]
    }

    /// Watched time before each day, and in all.
    pub fn watched_before(&self) -> Vec<f64> {
        let mut sum = 0.0;
        let mut before = Vec::with_capacity(self.exposure.len() + 1);
        before.push(0.0);
        for share in &self.exposure {
            sum += share;
            before.push(sum);
        }
        before
    }

    /// Event times in watched time; the events of one day are spread evenly over it,
    /// since a date does not say the hour.
    pub fn times(&self) -> Vec<f64> {
        let before = self.watched_before();
        let mut times = Vec::new();
        for (at, count) in self.counts.iter().enumerate() {
            for i in 0..*count {
                let part = (f64::from(i) + 0.5) / f64::from(*count);
                times.push(before[at] + part * self.exposure[at]);
            }
        }
        times
    }

    /// The same with every event at a random moment of its day, ascending: for a fit that
    /// looks at the gaps. Spread evenly, events would keep a distance that no process
    /// keeps, and what excites itself would seem to do so slower than it does.
    pub fn scattered_times(&self, random: &mut ChaCha8Rng) -> Vec<f64> {
        let before = self.watched_before();
        let mut times = Vec::new();
        for (at, count) in self.counts.iter().enumerate() {
            let of_day = times.len();
            for _ in 0..*count {
                let part = (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
                times.push(before[at] + part * self.exposure[at]);
            }
            times[of_day..].sort_by(f64::total_cmp);
        }
        times
    }

    /// The day that a moment of watched time falls on.
    pub fn day_at(&self, watched: f64) -> Day {
        let before = self.watched_before();
        // The last day that begins at or before the moment; unwatched days begin and end
        // at the same one.
        let after = before.partition_point(|b| *b <= watched);
        self.day(after.saturating_sub(1).min(self.counts.len().saturating_sub(1)))
    }

    /// Gaps between incidents, ends included: (first day of it, last day of it, watched
    /// days in it).
    pub fn gaps(&self) -> Vec<(Day, Day, f64)> {
        let mut gaps = Vec::new();
        let mut start = 0;
        let mut sum = 0.0;
        for at in 0..=self.counts.len() {
            if at == self.counts.len() || self.counts[at] > 0 {
                if at > start {
                    gaps.push((self.day(start), self.day(at - 1), sum));
                }
                (start, sum) = (at + 1, 0.0);
            } else {
                sum += self.exposure[at];
            }
        }
        gaps
    }
}
