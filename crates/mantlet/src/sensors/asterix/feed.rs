//! Datagrams of ASTERIX in, plots and service messages of the site's sensors out.
//!
//! CAT048 and CAT015 records become plots of the sensor whose feed names their SAC/SIC,
//! CAT034 records its service messages; the other categories are decoded, counted and
//! carry nothing. ASTERIX tells the time of
//! day and no date: the date is that of the arrival, or, for a file without times, the
//! day 0 with midnights counted on.

use crate::time::Timestamp;

use super::super::{InputError, Plot, Reason, Site, Tally};
use super::block::{Record, blocks};
use super::cat015::NonCooperativeReport;
use super::cat034::ServiceMessage;
use super::cat048::TargetReport;

const DAY_NS: i64 = 86_400_000_000_000;

/// The instant of a time of day (seconds since midnight UTC) that is nearest to another
/// instant: within twelve hours of it, on either side of midnight.
pub fn at_time_of_day(time_of_day_s: f64, near: Timestamp) -> Timestamp {
    let of_day = (time_of_day_s * 1e9).round() as i64;
    let late = (of_day - near.nanos().rem_euclid(DAY_NS) + DAY_NS / 2).rem_euclid(DAY_NS);
    Timestamp::from_nanos(near.nanos().saturating_add(late - DAY_NS / 2))
}

/// What a sensor of the site sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Report {
    /// A plot, with the index of its sensor.
    Plot(usize, Plot),
    /// A service message, with the index of its sensor and its time.
    Service(usize, Timestamp, ServiceMessage),
}

/// Turns the datagrams of one input into plots.
#[derive(Clone, Debug)]
pub struct AsterixFeed {
    /// SAC, SIC and index of the sensor.
    sources: Vec<(u8, u8, usize)>,
    /// The last time made from a time of day, for inputs without arrival times.
    clock: Timestamp,
    /// Records decoded, of all categories.
    pub records: u64,
}

impl AsterixFeed {
    /// A feed for the sensors of a site.
    ///
    /// # Errors
    /// When no sensor has a feed. `path` is what messages call the input.
    pub fn new(path: &str, site: &Site) -> Result<Self, InputError> {
        let sources: Vec<_> = site
            .sensors
            .iter()
            .enumerate()
            .filter_map(|(i, s)| s.feed.as_ref().map(|f| (f.sac, f.sic, i)))
            .collect();
        if sources.is_empty() {
            return Err(InputError::NoFeed { path: path.into() });
        }
        Ok(Self { sources, clock: Timestamp::default(), records: 0 })
    }

    /// Decodes a datagram and appends what the site's sensors sent in it.
    /// `at` is the datagram's offset for messages; `arrival` is when it came.
    pub fn push(
        &mut self,
        datagram: &[u8],
        at: usize,
        arrival: Option<Timestamp>,
        reports: &mut Vec<Report>,
        tally: &mut Tally,
    ) {
        let mut records = Vec::new();
        for block in blocks(datagram, at) {
            records.clear();
            let decoded = block.and_then(|block| block.decode_into(&mut records).map(|()| block));
            match decoded {
                Ok(block) => {
                    for record in &records {
                        self.record(record, block.at, arrival, reports, tally);
                    }
                }
                Err(e) => tally.reject(Reason::Malformed, || e.to_string()),
            }
        }
    }

    fn record(
        &mut self,
        record: &Record<'_>,
        at: usize,
        arrival: Option<Timestamp>,
        reports: &mut Vec<Report>,
        tally: &mut Tally,
    ) {
        self.records += 1;
        let number = record.category().number;
        let message = match number {
            15 => Sent::NonCooperative(NonCooperativeReport::read(record)),
            34 => Sent::Service(ServiceMessage::read(record)),
            48 => Sent::Target(TargetReport::read(record)),
            _ => return,
        };
        let (source, time_of_day_s) = message.source_and_time();
        let place = || format!("byte {at}: CAT{number:03}");
        let Some(sensor) = source.and_then(|source| self.sensor(source)) else {
            if number != 34 {
                tally.reject(Reason::Source, || match source {
                    Some((sac, sic)) => format!("SAC {sac} SIC {sic}"),
                    None => place(),
                });
            }
            return;
        };
        let time = match (time_of_day_s, arrival) {
            (Some(s), arrival) => at_time_of_day(s, arrival.unwrap_or(self.clock)),
            (None, Some(arrival)) => arrival,
            (None, None) => {
                return tally.reject(Reason::Missing, || format!("{}: no time", place()));
            }
        };
        self.clock = time;
        let plot = match message {
            Sent::Service(service) => {
                return reports.push(Report::Service(sensor, time, service));
            }
            Sent::Target(report) => report.plot(time),
            Sent::NonCooperative(report) => report.plot(time),
        };
        match plot {
            Ok(plot) => reports.push(Report::Plot(sensor, plot)),
            Err(reason) => tally.reject(reason, place),
        }
    }

    fn sensor(&self, (sac, sic): (u8, u8)) -> Option<usize> {
        self.sources.iter().find(|s| (s.0, s.1) == (sac, sic)).map(|s| s.2)
    }
}

/// A record that is for us.
enum Sent {
    Target(TargetReport),
    NonCooperative(NonCooperativeReport),
    Service(ServiceMessage),
}

impl Sent {
    fn source_and_time(&self) -> (Option<(u8, u8)>, Option<f64>) {
        match self {
            Self::Target(r) => (r.source, r.time_of_day_s),
            Self::NonCooperative(r) => (r.source, r.time_of_day_s),
            Self::Service(m) => (m.source, m.time_of_day_s),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::site_of;
    use super::*;

    fn at(day: i64, s: f64) -> Timestamp {
        Timestamp::from_nanos(day * DAY_NS) + s
    }

    #[test]
    fn time_of_day_takes_its_date_from_the_arrival_across_midnight() {
        // Sent just before midnight, arrived just after.
        assert_eq!(at_time_of_day(86_399.5, at(20_000, 0.25)), at(19_999, 86_399.5));
        // A radar's clock a little ahead.
        assert_eq!(at_time_of_day(0.25, at(19_999, 86_399.5)), at(20_000, 0.25));
        assert_eq!(at_time_of_day(43_200.0, at(20_000, 43_201.0)), at(20_000, 43_200.0));
    }

    /// A CAT048 block: primary plot of SAC 25 SIC `sic` at a time of day in 1/128 s.
    fn primary(sic: u8, time: u32) -> Vec<u8> {
        let t = time.to_be_bytes();
        vec![48, 0, 14, 0xf0, 25, sic, t[1], t[2], t[3], 0x20, 0x10, 0x00, 0x40, 0x00]
    }

    #[test]
    fn plots_go_to_the_sensor_whose_feed_they_name() {
        let site = site_of(&[("a", 1.0), ("b", 1.0)]);
        let mut feed = AsterixFeed::new("t", &site).unwrap();
        let (mut reports, mut tally) = (Vec::new(), Tally::default());
        let mut datagram = primary(201, 12_800);
        datagram.extend(primary(99, 12_800));
        datagram.extend([48, 0, 5, 0x80, 1]);
        feed.push(&datagram, 1000, Some(at(20_000, 100.1)), &mut reports, &mut tally);
        let [Report::Plot(sensor, plot)] = reports[..] else { panic!("{reports:?}") };
        assert_eq!((sensor, plot.time), (1, at(20_000, 100.0)));
        assert_eq!(plot.range_m, 16.0 * 1852.0);
        assert_eq!(
            tally.lines(),
            [
                "left out, malformed ASTERIX: 1 (byte 1033: CAT048 010: the block ends inside the item)",
                "left out, radar not in the site file: 1 (SAC 25 SIC 99)",
            ]
        );
    }

    #[test]
    fn midnight_is_crossed_in_a_file_without_times() {
        let site = site_of(&[("a", 1.0)]);
        let mut feed = AsterixFeed::new("t", &site).unwrap();
        let (mut reports, mut tally) = (Vec::new(), Tally::default());
        for time in [86_399 * 128, 128] {
            feed.push(&primary(200, time), 0, None, &mut reports, &mut tally);
        }
        let [Report::Plot(_, a), Report::Plot(_, b)] = reports[..] else { panic!("{reports:?}") };
        assert!((b.time.since_s(a.time) - 2.0).abs() < 1e-9);
    }
}
