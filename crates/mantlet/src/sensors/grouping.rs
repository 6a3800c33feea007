//! Plots into scans: time-ordered plots of all sensors in, scans in order of time out.
//!
//! A recording says when each plot was seen but not where a scan begins. Each sensor
//! has a grid of windows one period long, anchored on its first plot; the plots of one
//! window are one scan, so an object gives at most one plot a scan as long as the
//! stated period is the radar's. A window in which nothing was seen gives an empty
//! scan: a look that found nothing is knowledge too.
//!
//! Limits: a period that is wrong in the site file makes an object fall twice into one
//! window, or into none, once in `period / error` scans.

use std::collections::VecDeque;

use crate::time::Timestamp;

use super::{Plot, Scan, Site};

/// How much of a period a window reaches back before its grid point. chosen: radars'
/// periods jitter by a few per cent.
const EARLY: f64 = 0.1;

/// Empty scans handed on in one gap at most. chosen: no track outlives so many looks
/// that find nothing.
const EMPTY_MAX: i64 = 64;

/// How far a plot may lie behind the latest of any sensor, s. chosen: delays of real
/// links are a few seconds; a file further out of order was never sorted.
const LATE_MAX_S: f64 = 30.0;

/// How many plots back a duplicate is looked for. chosen: the second line of a feed
/// lags the first by a few datagrams.
pub(super) const DUPLICATE_REACH: usize = 64;

#[derive(Clone, Debug)]
struct Window {
    period_ns: i64,
    /// First plot of the sensor: the grid's anchor.
    anchor: Option<Timestamp>,
    /// Grid index of the open window.
    index: i64,
    plots: Vec<Plot>,
    /// Time of the latest of the plots.
    last: Option<Timestamp>,
}

impl Window {
    fn index_of(&self, anchor: Timestamp, time: Timestamp) -> i64 {
        let early = (self.period_ns as f64 * EARLY) as i64;
        time.nanos().saturating_sub(anchor.nanos()).saturating_add(early).div_euclid(self.period_ns)
    }

    fn start(&self, anchor: Timestamp, index: i64) -> Timestamp {
        Timestamp::from_nanos(anchor.nanos().saturating_add(index.saturating_mul(self.period_ns)))
    }
}

/// Gathers plots into scans.
#[derive(Clone, Debug)]
pub struct Grouping {
    windows: Vec<Window>,
    latest: Option<Timestamp>,
    /// Closed, in order of time.
    closed: VecDeque<Scan>,
}

/// What became of a plot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is in a scan.
    Yes,
    /// Its sensor's scan of that time was already closed.
    TimeBack,
    /// Equal to a plot of the same scan in every value.
    Duplicate,
}

impl Grouping {
    /// One grid for each sensor of the site.
    pub fn new(site: &Site) -> Self {
        let window = |period_s: f64| Window {
            period_ns: ((period_s * 1e9) as i64).max(1),
            anchor: None,
            index: 0,
            plots: Vec::new(),
            last: None,
        };
        Self {
            windows: site.sensors.iter().map(|s| window(s.period_s)).collect(),
            latest: None,
            closed: VecDeque::new(),
        }
    }

    /// Takes a plot of a sensor (its index in the site).
    ///
    /// # Panics
    /// When the site has no such sensor.
    pub fn push(&mut self, sensor: usize, plot: Plot) -> Taken {
        if self.latest.is_some_and(|latest| latest.since_s(plot.time) > LATE_MAX_S) {
            return Taken::TimeBack;
        }
        let window = &mut self.windows[sensor];
        let anchor = *window.anchor.get_or_insert(plot.time);
        let index = window.index_of(anchor, plot.time);
        if index < window.index {
            return Taken::TimeBack;
        }
        if index > window.index {
            self.close(sensor, index);
        } else if window.plots.iter().rev().take(DUPLICATE_REACH).any(|p| *p == plot) {
            return Taken::Duplicate;
        }
        let window = &mut self.windows[sensor];
        window.plots.push(plot);
        window.last = window.last.max(Some(plot.time));
        if self.latest.is_none_or(|t| t < plot.time) {
            self.latest = Some(plot.time);
            self.close_silent();
        }
        Taken::Yes
    }

    /// The next scan that nothing still open can precede.
    pub fn pop(&mut self) -> Option<Scan> {
        let first = self.closed.front()?;
        let open = self.windows.iter().filter_map(|w| w.last).min();
        (open.is_none_or(|t| first.time <= t)).then(|| self.closed.pop_front()).flatten()
    }

    /// Closes all windows at the end of the input.
    pub fn finish(&mut self) {
        for sensor in 0..self.windows.len() {
            if !self.windows[sensor].plots.is_empty() {
                let next = self.windows[sensor].index.saturating_add(1);
                self.close(sensor, next);
            }
        }
    }

    /// Closes the windows of a sensor up to `next`, which becomes the open one.
    fn close(&mut self, sensor: usize, next: i64) {
        let window = &mut self.windows[sensor];
        let Some(anchor) = window.anchor else { return };
        let mut scans = Vec::new();
        let mut first_empty = window.index;
        if let Some(time) = window.last.take() {
            let plots = std::mem::take(&mut window.plots);
            scans.push(Scan { sensor, time, sector: None, plots });
            first_empty += 1;
        }
        for index in first_empty..next.min(first_empty.saturating_add(EMPTY_MAX)) {
            let time = window.start(anchor, index);
            scans.push(Scan { sensor, time, sector: None, plots: Vec::new() });
        }
        window.index = next;
        for scan in scans {
            let at = self.closed.partition_point(|s| s.time <= scan.time);
            self.closed.insert(at, scan);
        }
    }

    /// Closes the windows of sensors that said nothing for a whole further period
    /// while others went on.
    fn close_silent(&mut self) {
        let Some(latest) = self.latest else { return };
        for sensor in 0..self.windows.len() {
            let window = &self.windows[sensor];
            let Some(anchor) = window.anchor else { continue };
            let index = window.index_of(anchor, latest);
            if index > window.index.saturating_add(1) && !window.plots.is_empty() {
                let next = window.index + 1;
                self.close(sensor, next);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{plot_at, site_of};
    use super::*;

    fn scans(site: &Site, plots: &[(usize, f64)]) -> Vec<(usize, f64, usize)> {
        let mut g = Grouping::new(site);
        let mut out = Vec::new();
        for (i, (sensor, t)) in plots.iter().enumerate() {
            g.push(*sensor, plot_at(*t, 1000.0 + i as f64));
            out.extend(std::iter::from_fn(|| g.pop()));
        }
        g.finish();
        out.extend(std::iter::from_fn(|| g.pop()));
        out.iter().map(|s| (s.sensor, s.time.seconds(), s.plots.len())).collect()
    }

    #[test]
    fn plots_of_one_revolution_are_one_scan_despite_jitter() {
        let site = site_of(&[("a", 2.0)]);
        let got = scans(&site, &[(0, 57.25), (0, 58.0), (0, 59.125), (0, 59.875), (0, 61.25)]);
        assert_eq!(got, [(0, 58.0, 2), (0, 59.875, 2), (0, 61.25, 1)]);
    }

    #[test]
    fn a_look_that_found_nothing_is_an_empty_scan() {
        let site = site_of(&[("a", 1.0)]);
        assert_eq!(
            scans(&site, &[(0, 0.0), (0, 3.0)]),
            [(0, 0.0, 1), (0, 1.0, 0), (0, 2.0, 0), (0, 3.0, 1)]
        );
    }

    #[test]
    fn scans_of_two_sensors_come_out_in_order_of_time() {
        let site = site_of(&[("a", 0.5), ("b", 2.0)]);
        let mut plots: Vec<(usize, f64)> = (0..20).map(|i| (0, 0.5 * f64::from(i))).collect();
        plots.extend((0..10).map(|i| (1, f64::from(i) + 0.2)));
        plots.sort_by(|a, b| a.1.total_cmp(&b.1));
        let got = scans(&site, &plots);
        assert!(got.windows(2).all(|w| w[0].1 <= w[1].1), "{got:?}");
        assert_eq!(got.iter().map(|s| s.2).sum::<usize>(), 30);
    }

    #[test]
    fn a_gap_of_years_gives_a_bounded_number_of_empty_scans() {
        let site = site_of(&[("a", 0.5)]);
        assert_eq!(scans(&site, &[(0, 0.0), (0, 1e9)]).len(), 66);
    }

    #[test]
    fn time_back_and_duplicates_are_told() {
        let site = site_of(&[("a", 1.0)]);
        let mut g = Grouping::new(&site);
        assert_eq!(g.push(0, plot_at(10.0, 500.0)), Taken::Yes);
        assert_eq!(g.push(0, plot_at(10.0, 500.0)), Taken::Duplicate);
        assert_eq!(g.push(0, plot_at(12.0, 500.0)), Taken::Yes);
        assert_eq!(g.push(0, plot_at(10.0, 600.0)), Taken::TimeBack);
    }
}
