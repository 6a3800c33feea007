//! How each radar does: silent, babbling, or with a clock that is not ours.
//!
//! In: scans with their arrival. Out: a state and a sentence for the operator. Like the
//! rest of the chain it runs on the times it is given, so a recording judges as the live
//! service did.
//!
//! Limits: a radar that sends nothing while it sees nothing, not even north markers, is
//! taken for silent.

use std::collections::VecDeque;

use mantlet::sensors::{Scan, Sensor};
use mantlet::time::Timestamp;

use crate::picture::{SensorView, rounded, time_view};

/// Periods without a word after which a radar is silent, and the least time for it, s.
/// Chosen: two looks may get lost on a radio link, a third one is not chance.
const SILENT_PERIODS: f64 = 3.0;
const SILENT_LEAST_S: f64 = 2.0;
/// Periods over which plots are counted.
const COUNTED_PERIODS: f64 = 5.0;
/// A radar babbles when it gives so many times the plots of its clutter and the tracks.
/// Chosen: clutter of a rain front triples; nothing honest gives four times.
const BABBLE: f64 = 4.0;
/// Plots a scan that are never called babbling: birds and tracer come in tens.
const BABBLE_LEAST: f64 = 80.0;
/// Scans over which the clock is judged.
const CLOCK_SCANS: usize = 9;
/// A plot cannot be seen after it came: further ahead than this and a clock is wrong, s.
const AHEAD_S: f64 = 1.0;
/// Beyond its period a plot is late after this, s. Chosen: radio links delay by a second.
const LATE_S: f64 = 1.5;
/// Plots older than this are no use to the tracker, s.
const USELESS_S: f64 = 30.0;

/// What is known of one radar.
#[derive(Clone, Debug)]
struct Radar {
    id: String,
    period_s: f64,
    clutter: f64,
    has_feed: bool,
    last_scan: Option<Timestamp>,
    /// Arrivals of scans and their plots, over the last periods.
    recent: VecDeque<(Timestamp, usize)>,
    /// Arrival less time of the newest plot, of the last scans, s.
    delays_s: VecDeque<f64>,
    rejected: u64,
    state: &'static str,
    since: Timestamp,
}

/// The health of all radars of a site.
#[derive(Clone, Debug)]
pub struct Health {
    radars: Vec<Radar>,
    start: Timestamp,
    /// Plots that came late or were left out because of their clock.
    pub late_plots: u64,
}

impl Health {
    /// Of radars that have not been heard yet.
    pub fn new(sensors: &[Sensor], start: Timestamp) -> Self {
        let radar = |s: &Sensor| Radar {
            id: s.id.clone(),
            period_s: s.period_s,
            clutter: s.clutter_per_scan,
            has_feed: s.feed.as_ref().is_some_and(|feed| feed.udp.is_some()),
            last_scan: None,
            recent: VecDeque::new(),
            delays_s: VecDeque::new(),
            rejected: 0,
            state: "ok",
            since: start,
        };
        Self { radars: sensors.iter().map(radar).collect(), start, late_plots: 0 }
    }

    /// Takes note of a scan; whether its plots may be used. Those of a radar whose clock is
    /// wrong are left out while another's is right: mixed in they would tear tracks apart.
    pub fn scan(&mut self, scan: &Scan, arrival: Timestamp) -> bool {
        let radar = &mut self.radars[scan.sensor];
        radar.last_scan = Some(scan.time);
        radar.recent.push_back((arrival, scan.plots.len()));
        if let Some(newest) = scan.plots.iter().map(|p| p.time).max() {
            radar.delays_s.push_back(arrival.since_s(newest));
            if radar.delays_s.len() > CLOCK_SCANS {
                radar.delays_s.pop_front();
            }
        }
        let is_late = radar.clock_fault().is_some();
        let is_off = radar.delay_s().is_some_and(|s| !(-AHEAD_S..=USELESS_S).contains(&s));
        let others_right = || {
            let right = |(i, r): (usize, &Radar)| {
                i != scan.sensor
                    && r.state == "ok"
                    && r.delay_s().is_some_and(|s| (-AHEAD_S..=USELESS_S).contains(&s))
            };
            self.radars.iter().enumerate().any(right)
        };
        let used = !(is_off && others_right());
        if is_late {
            self.late_plots += scan.plots.len() as u64;
        }
        used
    }

    /// Counts what was left out of a radar's datagram.
    pub fn reject(&mut self, sensor: usize, count: u64) {
        self.radars[sensor].rejected += count;
    }

    /// Looks at all radars; `silence_s` is how long each has not been heard, `tracks` how
    /// many objects there are to be seen.
    pub fn look(
        &mut self,
        now: Timestamp,
        tracks: usize,
        silence_s: impl Fn(usize) -> Option<f64>,
    ) {
        for (i, radar) in self.radars.iter_mut().enumerate() {
            let silent_s = silence_s(i).unwrap_or_else(|| now.since_s(self.start));
            radar.forget(now);
            let state = if silent_s > (SILENT_PERIODS * radar.period_s).max(SILENT_LEAST_S) {
                "silent"
            } else if radar.plots_per_scan(now)
                > (BABBLE * (radar.clutter + tracks as f64)).max(BABBLE_LEAST)
            {
                "babbling"
            } else if radar.clock_fault().is_some() {
                "late"
            } else {
                "ok"
            };
            if state != radar.state {
                radar.state = state;
                radar.since = if state == "silent" { now - silent_s } else { now };
            }
        }
    }

    /// The radars for the picture.
    pub fn views(&self, now: Timestamp) -> Vec<SensorView> {
        let view = |r: &Radar| SensorView {
            id: r.id.clone(),
            state: r.state,
            last_scan_s: r.last_scan.map(|t| time_view(t.seconds())),
            plots_per_scan: rounded(r.plots_per_scan(now), 10.0),
            rejected: r.rejected,
        };
        self.radars.iter().map(view).collect()
    }

    /// For each radar that is not well: a code, a sentence, since when.
    pub fn faults(&self, now: Timestamp) -> Vec<(String, String, Timestamp)> {
        let others = |id: &str| self.radars.iter().any(|r| r.id != id && r.state == "ok");
        let fault = |r: &Radar| {
            let rest = if others(&r.id) {
                "warnings rest on the other radars"
            } else {
                "no radar is left: NOTHING IS WARNED OF"
            };
            let text = match r.state {
                "silent" if !r.has_feed => {
                    format!("Radar {} has no feed in the site file: it is not listened for", r.id)
                }
                "silent" => format!(
                    "Radar {} has been silent for {:.0} s; {rest}",
                    r.id,
                    now.since_s(r.since).max(0.0)
                ),
                "babbling" => format!(
                    "Radar {} sends {:.0} plots a scan, far more than its clutter and the tracks: \
                     expect false tracks and lost plots",
                    r.id,
                    r.plots_per_scan(now)
                ),
                "late" => r.clock_fault()?,
                _ => return None,
            };
            Some((format!("sensor_{}:{}", r.state, r.id), text, r.since))
        };
        self.radars.iter().filter_map(fault).collect()
    }
}

impl Radar {
    fn forget(&mut self, now: Timestamp) {
        let kept_s = COUNTED_PERIODS * self.period_s;
        while self.recent.front().is_some_and(|(t, _)| now.since_s(*t) > kept_s) {
            self.recent.pop_front();
        }
    }

    fn plots_per_scan(&self, now: Timestamp) -> f64 {
        let plots: usize = self.recent.iter().map(|(_, n)| n).sum();
        let span_s = self.recent.front().map_or(0.0, |(t, _)| now.since_s(*t));
        plots as f64 / (span_s / self.period_s).clamp(1.0, COUNTED_PERIODS)
    }

    /// The middle one of the last delays, s.
    fn delay_s(&self) -> Option<f64> {
        if self.delays_s.len() < CLOCK_SCANS / 2 {
            return None;
        }
        let mut delays: Vec<f64> = self.delays_s.iter().copied().collect();
        delays.sort_by(f64::total_cmp);
        delays.get(delays.len() / 2).copied()
    }

    fn clock_fault(&self) -> Option<String> {
        let delay_s = self.delay_s()?;
        if delay_s < -AHEAD_S {
            let by_s = -delay_s;
            return Some(format!(
                "Radar {}: its clock is {by_s:.1} s ahead of this machine's; its plots are left \
                 out while another radar's clock is right",
                self.id
            ));
        }
        (delay_s > self.period_s + LATE_S).then(|| {
            format!(
                "Radar {}: its plots are {delay_s:.1} s old when they come: the link delays them \
                 or its clock is behind this machine's",
                self.id
            )
        })
    }
}
