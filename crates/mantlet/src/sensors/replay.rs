//! A recording as the datagrams of a live feed, each with its time.
//!
//! Captures are replayed as they were: every UDP payload with the capture's own timing.
//! plots.csv and files of blocks become datagrams: plots as CAT015 records of the feeds
//! that the site's sensors name, a block for each scan, at most 32 plots in one.
//!
//! A receiver dates times of day by their arrival, so a recording of this morning would
//! seem to be hours late: [`Replay::starting`] moves all times, in the records too.

use std::path::Path;

use crate::time::Timestamp;

use super::asterix::{
    CAT015, CAT034, CAT048, CAT062, CAT063, CAT065, Message, NonCooperativeReport, Place, blocks,
    write_block,
};
use super::capture::Datagrams;
use super::recording::{Format, open};
use super::{InputError, Reason, Recording, Scan, Sensor, Site, Tally};

/// Plots in one datagram. chosen: 32 CAT015 records fit an Ethernet frame.
const PLOTS: usize = 32;

/// The time of day of each category.
const TIMES: [(u8, Place); 6] = [
    (15, CAT015.field("145", "")),
    (34, CAT034.field("030", "")),
    (48, CAT048.field("140", "")),
    (62, CAT062.field("070", "")),
    (63, CAT063.field("030", "")),
    (65, CAT065.field("030", "")),
];

enum Source {
    Capture(Datagrams<'static>),
    /// Scans, and for each sensor its SAC and SIC.
    Scans(Recording, Vec<Option<(u8, u8)>>),
}

/// The datagrams of a recording in order of time.
pub struct Replay {
    source: Source,
    first: Option<Timestamp>,
    /// When the first datagram is to seem to be sent.
    start: Option<Timestamp>,
    /// Made of one scan, to be sent.
    ready: Vec<Vec<u8>>,
    ready_s: f64,
    /// Plots are marked as replayed (I015/020 TTAX 3).
    simulated: bool,
    /// What was left out.
    pub tally: Tally,
}

impl Replay {
    /// Opens a capture, or plots.csv or blocks of the sensors of a site, which captures do
    /// without. Plots made into CAT015 say that they are simulated or replayed when
    /// `simulated` is set.
    ///
    /// # Errors
    /// When it cannot be opened, is not what its name says, or no sensor names a feed.
    pub fn open(path: &Path, site: Option<&Site>, simulated: bool) -> Result<Self, InputError> {
        let name = path.display().to_string();
        let source = match Format::of(path)? {
            Format::Capture => Source::Capture(Datagrams::new(&name, open(path)?)?),
            Format::Csv | Format::Parquet | Format::Asterix => {
                let feed = |s: &Sensor| s.feed.as_ref().map(|f| (f.sac, f.sic));
                let named = |s: &&Site| s.sensors.iter().any(|s| s.feed.is_some());
                let site = site.filter(named).ok_or(InputError::NoFeed { path: name })?;
                let feeds = site.sensors.iter().map(feed).collect();
                Source::Scans(Recording::open(&[path], site)?, feeds)
            }
        };
        let (ready, tally) = (Vec::new(), Tally::default());
        Ok(Self { source, first: None, start: None, ready, ready_s: 0.0, simulated, tally })
    }

    /// Moves all times by so much that the first datagram's is `start`.
    #[must_use]
    pub fn starting(self, start: Timestamp) -> Self {
        Self { start: Some(start), ..self }
    }

    /// The next datagram and the seconds from the first one to it, never falling; `None`
    /// at the end.
    ///
    /// # Errors
    /// When the recording breaks off.
    pub fn next_datagram(&mut self) -> Result<Option<(f64, Vec<u8>)>, InputError> {
        loop {
            if let Some(datagram) = self.ready.pop() {
                return Ok(Some((self.ready_s, datagram)));
            }
            let (time, datagrams) = match &mut self.source {
                Source::Capture(capture) => match capture.next_datagram(&mut self.tally)? {
                    Some(d) => (d.time, vec![d.payload]),
                    None => return Ok(None),
                },
                Source::Scans(recording, feeds) => match recording.next().transpose()? {
                    Some(scan) => {
                        let feed = feeds.get(scan.sensor).copied().flatten();
                        let (simulated, tally) = (self.simulated, &mut self.tally);
                        (Some(scan.time), datagrams(&scan, feed, simulated, tally))
                    }
                    None => return Ok(None),
                },
            };
            if let Some(time) = time {
                let first = *self.first.get_or_insert(time);
                self.ready_s = self.ready_s.max(time.since_s(first));
            }
            self.ready = datagrams;
            if let (Some(start), Some(first)) = (self.start, self.first) {
                let by_s = start.since_s(first);
                self.ready.iter_mut().for_each(|datagram| *datagram = moved(datagram, by_s));
            }
            self.ready.reverse();
        }
    }
}

/// A datagram with the times of day of its records moved; blocks that do not conform stay
/// as they are.
fn moved(datagram: &[u8], by_s: f64) -> Vec<u8> {
    let mut out = Vec::with_capacity(datagram.len());
    for block in blocks(datagram, 0).map_while(Result::ok) {
        let place = TIMES.iter().find(|(number, _)| *number == block.category);
        let rewritten = place.and_then(|(_, place)| {
            let mut messages = block.messages().ok()?;
            for message in &mut messages {
                if let Some(time_s) = message.value(*place) {
                    let steps = ((time_s + by_s) * 128.0).round().rem_euclid(86_400.0 * 128.0);
                    message.set_value(*place, steps / 128.0).ok()?;
                }
            }
            write_block(block.category, &messages).ok()
        });
        match rewritten {
            Some(block) => out.extend(block),
            None => out.extend(&datagram[block.at..block.at + 3 + block.body.len()]),
        }
    }
    let rest = out.len().min(datagram.len());
    out.extend(&datagram[rest..]);
    out
}

/// The plots of a scan as datagrams of one block each.
fn datagrams(
    scan: &Scan,
    feed: Option<(u8, u8)>,
    simulated: bool,
    tally: &mut Tally,
) -> Vec<Vec<u8>> {
    let Some(feed) = feed else {
        for plot in &scan.plots {
            tally.reject(Reason::Source, || {
                format!("sensor {} at {} s", scan.sensor, plot.time.seconds())
            });
        }
        return Vec::new();
    };
    let mut messages: Vec<Message> = Vec::new();
    for plot in &scan.plots {
        match NonCooperativeReport::of_plot(plot, feed, simulated).message() {
            Ok(message) => messages.push(message),
            Err(e) => tally.reject(Reason::Implausible, || e.to_string()),
        }
    }
    tally.plots += messages.len() as u64;
    messages.chunks(PLOTS).filter_map(|block| write_block(15, block).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::site_of;
    use super::super::{LiveFeed, Plot};
    use super::*;

    #[test]
    fn plots_of_a_file_arrive_as_they_were_when_replayed() {
        let site = site_of(&[("a", 0.5), ("b", 1.0)]);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("plots.csv");
        let mut text = String::from("time_s,sensor_id,range_m,azimuth_deg,elevation_deg\n");
        for i in 0..10 {
            let t = 1_740_000_000.0 + 0.5 * f64::from(i);
            text += &format!("{t},a,{},10,5\n{t},a,{},40,6\n", 5000 - i * 50, 6000 - i * 50);
            if i % 2 == 0 {
                text += &format!("{t},b,{},200,7\n", 7000 - i * 50);
            }
        }
        std::fs::write(&path, text).unwrap();
        let recorded: Vec<Scan> =
            Recording::open(&[&path], &site).unwrap().map(Result::unwrap).collect();
        let mut replay = Replay::open(&path, Some(&site), true).unwrap();
        let mut live = LiveFeed::new(&site).unwrap();
        let mut scans = Vec::new();
        let start = Timestamp::from_seconds(1_740_000_000.0).unwrap();
        let mut last_s = 0.0;
        while let Some((s, datagram)) = replay.next_datagram().unwrap() {
            assert!(s >= last_s);
            // Half a datagram's way later, with a tick in the silence before.
            scans.extend(live.tick(start + (s - 0.01).max(last_s)));
            scans.extend(live.push(&datagram, start + (s + 0.005)));
            last_s = s;
        }
        scans.extend(live.tick(start + (last_s + 1.0)));
        scans.sort_by_key(|s| (s.time, s.sensor));
        assert_eq!(scans.len(), recorded.len());
        for (live, recorded) in scans.iter().zip(&recorded) {
            assert_eq!((live.sensor, live.time), (recorded.sensor, recorded.time));
            for (a, b) in live.plots.iter().zip(&recorded.plots) {
                assert!((a.range_m - b.range_m).abs() < 0.06);
            }
        }
        assert_eq!((replay.tally.plots, replay.tally.rejected()), (25, 0));
    }

    #[test]
    fn times_in_the_records_move_with_the_start() {
        let plot = super::super::tests::plot_at(1_740_000_000.0 + 86_399.0, 9e3);
        let report = |p: &Plot| NonCooperativeReport::of_plot(p, (25, 200), true);
        let mut datagram = write_block(15, &[report(&plot).message().unwrap()]).unwrap();
        // A block that does not conform, and octets that are no block.
        let tail = [48, 0, 4, 0x80, 48, 0];
        datagram.extend(tail);
        let got = moved(&datagram, 2.5);
        assert_eq!(got.len(), datagram.len());
        assert!(got.ends_with(&tail));
        let record = Message::read_all(&got[..got.len() - tail.len()]).unwrap();
        let want = (f64::from(1_740_000_000 % 86_400) + 86_399.0 + 2.5).rem_euclid(86_400.0);
        assert_eq!(record[0].value(TIMES[0].1), Some(want));
    }

    #[test]
    fn a_site_without_feeds_cannot_be_replayed() {
        let mut site = site_of(&[("a", 0.5)]);
        site.sensors[0].feed = None;
        let error = Replay::open(Path::new("plots.csv"), Some(&site), true).err().unwrap();
        assert!(matches!(error, InputError::NoFeed { .. }));
    }
}
