//! A live feed: datagrams as they arrive to scans as soon as each is whole.
//!
//! In: datagrams with their arrival, and the passing of time. Out: scans. A radar that
//! tells where its antenna is (CAT034 sector crossings) gives a scan for each sector: at
//! the crossing itself when none of its plots has come after it of late, else one sector
//! later, when the last plots have come; one that sends north markers only gives a
//! scan for each revolution; one that says nothing gives its plots of one instant as they
//! come, or, when they are spread over its period, a scan for each period.
//!
//! Limits: plots that come more than a sector late, or the first that come late from a
//! radar whose plots never did, are handed on with the scan of that moment, and an object
//! they belong to may have been counted as missed before.

use std::f64::consts::{PI, TAU};

use crate::time::Timestamp;

use super::asterix::{AsterixFeed, Report, ServiceMessage};
use super::grouping::DUPLICATE_REACH;
use super::measures::Measures;
use super::{InputError, Plot, Reason, Scan, Sector, Sensor, Site, Tally};

/// I034/000 of the messages that tell where the antenna is.
const NORTH: u8 = 1;
const SECTOR: u8 = 2;

/// Span of the times of plots that are of one instant, s. chosen: the standard's time of
/// day has 8 ms.
const INSTANT_S: f64 = 0.01;
/// Silence after which the plots of one instant have all come, s. chosen: datagrams of
/// one look follow each other within milliseconds.
const QUIET_S: f64 = 0.05;
/// Crossings for which plots of a sector that was swept are waited for, after the start and
/// after each one that came late. chosen: two revolutions of 32 sectors, as many as radars
/// commonly have; what is late once a minute must not be missed each time.
const PATIENCE: u32 = 64;
/// Periods for which plots wait for an antenna that ceased to tell where it is.
const WAIT_PERIODS: f64 = 1.5;

/// An antenna's crossing of an azimuth.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Crossing {
    azimuth_rad: f64,
    time: Timestamp,
}

/// A sensor and what it has sent of the scan that is not whole yet.
#[derive(Clone, Debug)]
struct Antenna {
    period_s: f64,
    measures: Measures,
    plots: Vec<Plot>,
    /// First plot of the look that the latest one belongs to.
    look: Option<Timestamp>,
    /// Arrival of the first and the last of the plots held.
    first_arrival: Timestamp,
    last_arrival: Timestamp,
    /// Anything at all came, last at.
    heard: Option<Timestamp>,
    /// The last crossing told, and the one up to which plots were handed on.
    crossings: [Option<Crossing>; 2],
    /// Crossings for which plots that come late are still waited for.
    patience: u32,
    /// It tells of sectors, not of north alone.
    tells_sectors: bool,
    /// It tells nothing, and its plots are spread over its period.
    turning: bool,
}

/// Turns the feeds of a site's sensors into scans as they arrive.
pub struct LiveFeed {
    feed: AsterixFeed,
    antennas: Vec<Antenna>,
    reports: Vec<Report>,
    /// What was used and what was left out.
    pub tally: Tally,
}

impl LiveFeed {
    /// A feed for the sensors of a site that name one.
    ///
    /// # Errors
    /// When none does.
    pub fn new(site: &Site) -> Result<Self, InputError> {
        let antenna = |sensor: &Sensor| Antenna {
            period_s: sensor.period_s,
            measures: Measures::new(sensor),
            plots: Vec::new(),
            look: None,
            first_arrival: Timestamp::default(),
            last_arrival: Timestamp::default(),
            heard: None,
            crossings: [None; 2],
            patience: PATIENCE,
            tells_sectors: false,
            turning: false,
        };
        Ok(Self {
            feed: AsterixFeed::new("live feed", site)?,
            antennas: site.sensors.iter().map(antenna).collect(),
            reports: Vec::new(),
            tally: Tally::default(),
        })
    }

    /// Takes a datagram; the scans that it made whole.
    pub fn push(&mut self, datagram: &[u8], arrival: Timestamp) -> Vec<Scan> {
        let mut scans = Vec::new();
        let mut reports = std::mem::take(&mut self.reports);
        self.feed.push(datagram, 0, Some(arrival), &mut reports, &mut self.tally);
        for report in reports.drain(..) {
            match report {
                Report::Plot(sensor, plot) => self.plot(sensor, plot, arrival, &mut scans),
                Report::Service(sensor, time, message) => {
                    let antenna = &mut self.antennas[sensor];
                    antenna.heard = Some(arrival);
                    antenna.service(sensor, time, &message, &mut scans);
                }
            }
        }
        self.reports = reports;
        scans
    }

    /// Lets time pass: the scans for which nothing more will come. To be called a few
    /// times in each radar's period, at least every 50 ms for radars that stare.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Scan> {
        let mut scans = Vec::new();
        for (sensor, antenna) in self.antennas.iter_mut().enumerate() {
            antenna.tick(sensor, now, &mut scans);
        }
        scans
    }

    /// Seconds since a sensor was last heard; `None` before it ever was.
    pub fn silence_s(&self, sensor: usize, now: Timestamp) -> Option<f64> {
        Some(now.since_s(self.antennas.get(sensor)?.heard?))
    }

    /// Records decoded so far, of all categories.
    pub fn records(&self) -> u64 {
        self.feed.records
    }

    fn plot(&mut self, sensor: usize, mut plot: Plot, arrival: Timestamp, scans: &mut Vec<Scan>) {
        let antenna = &mut self.antennas[sensor];
        antenna.heard = Some(arrival);
        antenna.measures.mask(&mut plot, &mut self.tally);
        if antenna.plots.iter().rev().take(DUPLICATE_REACH).any(|p| *p == plot) {
            return self.tally.reject(Reason::Duplicate, || {
                format!("sensor {sensor}, time {} s", plot.time.seconds())
            });
        }
        antenna.make_room(sensor, &plot, scans);
        if antenna.is_swept(plot.azimuth_rad) {
            antenna.patience = PATIENCE;
        }
        if antenna.plots.is_empty() {
            antenna.first_arrival = arrival;
        }
        antenna.last_arrival = arrival;
        antenna.plots.push(plot);
        self.tally.plots += 1;
    }
}

impl Antenna {
    fn tells(&self) -> bool {
        self.crossings[0].is_some()
    }

    /// Hands on what is held when a plot of the next look comes from a radar that does not
    /// tell where it is.
    fn make_room(&mut self, sensor: usize, plot: &Plot, scans: &mut Vec<Scan>) {
        let first = *self.look.get_or_insert(plot.time);
        let since_s = plot.time.since_s(first);
        if self.tells() || since_s <= INSTANT_S {
            return;
        }
        if since_s < 0.5 * self.period_s {
            self.turning = true;
        } else if !self.turning || since_s > 0.95 * self.period_s {
            self.hand_on(sensor, scans);
            self.look = Some(plot.time);
        }
    }

    fn service(
        &mut self,
        sensor: usize,
        time: Timestamp,
        message: &ServiceMessage,
        scans: &mut Vec<Scan>,
    ) {
        let azimuth_rad = match (message.kind, message.sector_rad) {
            (NORTH, _) => 0.0,
            (SECTOR, Some(azimuth_rad)) => azimuth_rad,
            _ => return,
        };
        self.tells_sectors |= message.kind == SECTOR;
        let crossing = Crossing { azimuth_rad, time };
        if !self.tells_sectors {
            self.crossings[0] = Some(crossing);
            return self.hand_on(sensor, scans);
        }
        // North is told twice by radars that send both messages.
        let [last, handed] = self.crossings;
        if last.is_some_and(|last| last.azimuth_rad == azimuth_rad) {
            return;
        }
        // Up to where nothing more will come: two sectors when the waiting ends.
        let mut handed = handed.or(last);
        let ends = [last, (self.patience == 0).then_some(crossing)];
        for end in ends.into_iter().flatten() {
            if let Some(start) = handed.filter(|start| *start != end) {
                scans.push(self.sweep(sensor, start, end));
            }
            handed = Some(end);
        }
        self.patience = self.patience.saturating_sub(1);
        self.crossings = [Some(crossing), handed];
    }

    /// Whether the antenna, which tells of sectors, has told that it is past an azimuth.
    fn is_swept(&self, azimuth_rad: f64) -> bool {
        self.tells_sectors
            && self.crossings[0].is_some_and(|last| is_behind(azimuth_rad, last.azimuth_rad))
    }

    /// The scan between two crossings: all plots held that are behind the second.
    fn sweep(&mut self, sensor: usize, start: Crossing, end: Crossing) -> Scan {
        let (done, open): (Vec<_>, Vec<_>) =
            self.plots.drain(..).partition(|p| is_behind(p.azimuth_rad, end.azimuth_rad));
        self.plots = open;
        // Whoever tells of sectors is not waited for in vain.
        self.first_arrival = self.last_arrival;
        let time = done.iter().map(|p| p.time).max().map_or(end.time, |t| t.max(end.time));
        let sector = Some(Sector { from_rad: start.azimuth_rad, to_rad: end.azimuth_rad });
        Scan { sensor, time, sector, plots: done }
    }

    fn tick(&mut self, sensor: usize, now: Timestamp, scans: &mut Vec<Scan>) {
        if self.plots.is_empty() {
            return;
        }
        let waited_s = now.since_s(self.first_arrival);
        let whole = if self.tells() {
            waited_s > WAIT_PERIODS * self.period_s
        } else if self.turning {
            waited_s > self.period_s
        } else {
            now.since_s(self.last_arrival) > QUIET_S
        };
        if whole {
            // An antenna that is waited for in vain does not tell any more.
            self.crossings = [None; 2];
            self.hand_on(sensor, scans);
        }
    }

    /// All that is held as one scan of the whole field of view.
    fn hand_on(&mut self, sensor: usize, scans: &mut Vec<Scan>) {
        if let Some(time) = self.plots.iter().map(|p| p.time).max() {
            let plots = std::mem::take(&mut self.plots);
            scans.push(Scan { sensor, time, sector: None, plots });
        }
    }
}

/// Whether an azimuth lies in the half turn before another.
fn is_behind(azimuth_rad: f64, of_rad: f64) -> bool {
    (azimuth_rad - of_rad).rem_euclid(TAU) >= PI
}

#[cfg(test)]
mod tests {
    use super::super::asterix::{CAT034, Message, NonCooperativeReport, write_block};
    use super::super::tests::{plot_at, site_of};
    use super::*;

    /// Midnight of a day, so that times of day are seconds from it.
    const DAY_S: f64 = 86_400.0 * 20_000.0;

    fn at(s: f64) -> Timestamp {
        Timestamp::from_nanos(86_400_000_000_000 * 20_000) + s
    }

    fn plot(time_s: f64, azimuth_deg: f64) -> Vec<u8> {
        let plot = Plot { azimuth_rad: azimuth_deg.to_radians(), ..plot_at(DAY_S + time_s, 9e3) };
        let report = NonCooperativeReport::of_plot(&plot, (25, 200), false);
        write_block(15, &[report.message().unwrap()]).unwrap()
    }

    fn crossing(time_s: f64, azimuth_deg: f64) -> Vec<u8> {
        let mut m = Message::new(34).unwrap();
        m.set(CAT034.field("010", "SAC"), 25).unwrap();
        m.set(CAT034.field("010", "SIC"), 200).unwrap();
        m.set(CAT034.field("000", ""), if azimuth_deg == 0.0 { 1 } else { 2 }).unwrap();
        m.set_value(CAT034.field("020", ""), azimuth_deg).unwrap();
        m.set_value(CAT034.field("030", ""), time_s).unwrap();
        write_block(34, &[m]).unwrap()
    }

    /// Pushes each datagram at its time, ticking in between; the scans with their
    /// arrival, sector in degrees and number of plots.
    fn run(period_s: f64, sent: &[(f64, Vec<u8>)]) -> Vec<(f64, Option<[f64; 2]>, usize)> {
        let mut feed = LiveFeed::new(&site_of(&[("a", period_s)])).unwrap();
        let mut out = Vec::new();
        let mut note = |s: f64, scans: Vec<Scan>| {
            for scan in scans {
                let degrees = |s: Sector| [s.from_rad, s.to_rad].map(|a| a.to_degrees().round());
                out.push((s, scan.sector.map(degrees), scan.plots.len()));
            }
        };
        let mut now_s = 0.0;
        for (s, datagram) in sent {
            while now_s + 0.05 < *s {
                now_s += 0.05;
                note((now_s * 100.0).round() / 100.0, feed.tick(at(now_s)));
            }
            note(*s, feed.push(datagram, at(*s)));
        }
        out
    }

    #[test]
    fn a_radar_that_tells_sectors_gives_a_scan_for_each_one_sector_later() {
        let mut sent = Vec::new();
        for i in 0..8_i32 {
            let t = 0.5 * f64::from(i);
            sent.push((t, crossing(t, f64::from(i % 4) * 90.0)));
            // A plot that comes 0.1 s after the next crossing.
            sent.push((t + 0.25, plot(t + 0.25, f64::from(i % 4) * 90.0 + 45.0)));
        }
        let got = run(2.0, &sent);
        let sector = |from: f64, to: f64| Some([from, to]);
        assert_eq!(
            got[..4],
            [
                (1.0, sector(0.0, 90.0), 1),
                (1.5, sector(90.0, 180.0), 1),
                (2.0, sector(180.0, 270.0), 1),
                (2.5, sector(270.0, 0.0), 1),
            ]
        );
    }

    #[test]
    fn a_radar_whose_plots_never_come_late_is_waited_for_no_longer() {
        // Four sectors of a second; the plot of each just before the crossing that ends it,
        // but for one that comes just after.
        let late = PATIENCE + 8;
        let mut sent = Vec::new();
        for i in 0..PATIENCE + 16 {
            let (t, azimuth_deg) = (f64::from(i), f64::from(i % 4) * 90.0);
            sent.push((t, crossing(t, azimuth_deg)));
            let comes_s = if i == late { 1.02 } else { 0.9 };
            sent.push((t + comes_s, plot(t + 0.5, azimuth_deg + 45.0)));
        }
        sent.sort_by(|a, b| a.0.total_cmp(&b.0));
        let got = run(4.0, &sent);
        // Each sector once, without a gap, and each plot.
        for pair in got.windows(2) {
            assert_eq!(pair[0].1.unwrap()[1], pair[1].1.unwrap()[0], "{pair:?}");
        }
        assert_eq!(got.iter().map(|g| g.2).sum::<usize>(), (PATIENCE + 14) as usize, "{got:?}");
        let comes_at = |azimuth_deg: f64, from_s: f64| {
            let of = |g: &&(f64, Option<[f64; 2]>, usize)| {
                g.0 > from_s && g.1.unwrap()[1] == azimuth_deg
            };
            got.iter().find(of).unwrap().0
        };
        // Crossings of 180 degrees are at 2, 6, 10 …: told a sector later, then at once.
        assert_eq!(comes_at(180.0, 0.0), 3.0);
        assert_eq!(comes_at(180.0, f64::from(PATIENCE) + 4.5), f64::from(PATIENCE) + 6.0);
        // The plot that was late: from the next crossing on they are waited for again.
        assert_eq!(got.last().unwrap().0, f64::from(late + 7));
        assert_eq!(got.last().unwrap().1.unwrap()[1], f64::from((late + 6) % 4) * 90.0);
    }

    #[test]
    fn a_sector_in_which_nothing_was_seen_is_a_scan_too() {
        let sent: Vec<_> = (0..4_i32)
            .map(|i| (f64::from(i), crossing(f64::from(i), f64::from(i) * 90.0)))
            .collect();
        assert_eq!(run(4.0, &sent), [(2.0, Some([0.0, 90.0]), 0), (3.0, Some([90.0, 180.0]), 0)]);
    }

    #[test]
    fn a_radar_that_tells_north_alone_gives_a_scan_for_each_revolution() {
        let mut sent = Vec::new();
        for i in 0..3_i32 {
            let t = 2.0 * f64::from(i);
            sent.push((t, crossing(t, 0.0)));
            sent.push((t + 0.5, plot(t + 0.5, 90.0)));
            sent.push((t + 1.5, plot(t + 1.5, 270.0)));
        }
        assert_eq!(run(2.0, &sent), [(2.0, None, 2), (4.0, None, 2)]);
    }

    #[test]
    fn a_radar_that_stares_gives_its_plots_as_soon_as_they_have_come() {
        let mut sent = Vec::new();
        for i in 0..3_i32 {
            let t = 0.5 * f64::from(i);
            sent.push((t + 0.02, plot(t, 10.0)));
            sent.push((t + 0.03, plot(t, 20.0)));
        }
        let got = run(0.5, &sent);
        assert_eq!(got.iter().map(|g| g.2).collect::<Vec<_>>(), [2, 2]);
        assert!(got[0].0 < 0.15 && got[1].0 < 0.65, "{got:?}");
    }

    #[test]
    fn a_radar_that_turns_and_tells_nothing_gives_a_scan_for_each_period() {
        let mut sent = Vec::new();
        for i in 0..12_i32 {
            let t = 0.5 * f64::from(i);
            sent.push((t, plot(t, f64::from(i % 4) * 90.0)));
        }
        // The second plot shows that it turns; from then on whole revolutions.
        let plots: Vec<_> = run(2.0, &sent).iter().map(|g| g.2).collect();
        assert_eq!(plots, [1, 3, 4]);
    }

    #[test]
    fn an_antenna_that_ceases_to_tell_is_not_waited_for() {
        let sent = [(0.0, crossing(0.0, 0.0)), (0.5, plot(0.5, 90.0)), (9.0, plot(9.0, 90.0))];
        let got = run(2.0, &sent);
        assert_eq!(got.len(), 1);
        assert!((3.5..3.7).contains(&got[0].0), "{got:?}");
    }

    #[test]
    fn silence_and_duplicates_are_told() {
        let mut feed = LiveFeed::new(&site_of(&[("a", 1.0)])).unwrap();
        assert_eq!(feed.silence_s(0, at(1.0)), None);
        for line in [0.0, 0.001] {
            feed.push(&plot(0.0, 10.0), at(1.0 + line));
        }
        assert_eq!(feed.silence_s(0, at(4.001)), Some(3.0));
        assert_eq!((feed.tally.plots, feed.tally.count(Reason::Duplicate)), (1, 1));
        assert_eq!(feed.records(), 2);
    }
}
