//! The live way: datagrams and the passing of time in, warnings out.
//!
//! Everything that decides is in here and runs on the times it is given: the live service
//! gives it the clock's, a recording those that were written down, and the same warnings
//! come out, byte for byte. Time passes in ticks of a fixed grid, each taken before any
//! datagram that came after it.

use std::sync::Arc;

use mantlet::pipeline::{Picture, Pipeline};
use mantlet::scenario::SiteFile;
use mantlet::sensors::{InputError, LiveFeed, Reason, Scan};
use mantlet::time::Timestamp;
use mantlet::warning::Warning;

use crate::health::Health;
use crate::picture::Counters;

/// Step of the grid of ticks, ns. Chosen: below the 50 ms that staring radars need, and
/// what a scan may wait for at most.
const TICK_NS: i64 = 20_000_000;
/// After a gap longer than this the ticks in it are skipped but the last, ns: the machine
/// slept.
const GAP_NS: i64 = 10_000_000_000;
/// Without a scan for this long warnings are looked at on the clock alone, s. Chosen: a
/// tenth of a second is finer than any countdown.
const IDLE_S: f64 = 0.1;

/// Hears of each scan's picture, in the demo.
pub type Watcher = Box<dyn FnMut(&Picture<'_>) + Send>;

/// From datagrams to warnings.
pub struct Chain {
    site: Arc<SiteFile>,
    feed: LiveFeed,
    pipeline: Pipeline,
    health: Health,
    /// The last tick taken.
    tick_ns: i64,
    /// Data time of the last scan or idling, and when that was.
    data: Option<(Timestamp, Timestamp)>,
    watcher: Option<Watcher>,
}

impl Chain {
    /// A chain that begins at `start`.
    ///
    /// # Errors
    /// When no sensor of the site names a feed.
    pub fn new(site: Arc<SiteFile>, start: Timestamp) -> Result<Self, InputError> {
        let feed = LiveFeed::new(&site.site)?;
        let pipeline = site.pipeline();
        let health = Health::new(&site.site.sensors, start);
        let tick_ns = start.nanos().div_euclid(TICK_NS) * TICK_NS;
        Ok(Self { site, feed, pipeline, health, tick_ns, data: None, watcher: None })
    }

    /// Lets somebody hear of each scan's picture.
    pub fn watched_by(mut self, watcher: Option<Watcher>) -> Self {
        self.watcher = watcher;
        self
    }

    /// No datagram may be said to have come before this: time has passed it.
    pub fn earliest(&self) -> Timestamp {
        Timestamp::from_nanos(self.tick_ns)
    }

    /// When the next tick is due.
    pub fn next_tick(&self) -> Timestamp {
        Timestamp::from_nanos(self.tick_ns + TICK_NS)
    }

    /// Lets time pass, tick by tick.
    pub fn advance(&mut self, to: Timestamp, said: &mut Vec<Warning>) {
        if to.nanos() - self.tick_ns > GAP_NS {
            self.tick_ns = (to.nanos().div_euclid(TICK_NS) - 1) * TICK_NS;
        }
        while self.tick_ns + TICK_NS <= to.nanos() {
            self.tick_ns += TICK_NS;
            let now = self.earliest();
            for scan in self.feed.tick(now) {
                self.scan(&scan, now, said);
            }
            let idle_s = self.data.map_or(f64::INFINITY, |(_, at)| now.since_s(at));
            if idle_s >= IDLE_S {
                let data = self.data_time(now);
                said.extend(self.pipeline.idle(data));
                self.data = Some((self.pipeline.now(), now));
                let (feed, tracks) = (&self.feed, self.pipeline.tracks().len());
                self.health.look(now, tracks, |sensor| feed.silence_s(sensor, now));
            }
        }
    }

    /// Takes a datagram, after time has been let pass to its arrival.
    pub fn datagram(&mut self, arrival: Timestamp, payload: &[u8], said: &mut Vec<Warning>) {
        let rejected = self.feed.tally.rejected();
        let scans = self.feed.push(payload, arrival);
        let rejected = self.feed.tally.rejected() - rejected;
        if rejected > 0
            && let Some(sensor) = self.sender(payload)
        {
            self.health.reject(sensor, rejected);
        }
        for scan in scans {
            self.scan(&scan, arrival, said);
        }
    }

    fn scan(&mut self, scan: &Scan, at: Timestamp, said: &mut Vec<Warning>) {
        if !self.health.scan(scan, at) {
            return;
        }
        let mut picture = self.pipeline.scan(scan);
        if let Some(watcher) = &mut self.watcher {
            watcher(&picture);
        }
        said.append(&mut picture.warnings);
        self.data = Some((self.pipeline.now(), at));
        let (feed, tracks) = (&self.feed, self.pipeline.tracks().len());
        self.health.look(at, tracks, |sensor| feed.silence_s(sensor, at));
    }

    /// The sensor that the first record of a datagram says it is of (I010 comes first in
    /// every category that we read).
    fn sender(&self, payload: &[u8]) -> Option<usize> {
        let fspec = payload.get(3..)?;
        let length = fspec.iter().position(|octet| octet & 1 == 0)? + 1;
        if fspec[0] & 0x80 == 0 {
            return None;
        }
        let code = (*fspec.get(length)?, *fspec.get(length + 1)?);
        let is_it = |f: &mantlet::sensors::Feed| (f.sac, f.sic) == code;
        self.site.site.sensors.iter().position(|s| s.feed.as_ref().is_some_and(is_it))
    }

    /// Data time at an instant: the last scan's, and what has passed since.
    pub fn data_time(&self, now: Timestamp) -> Timestamp {
        self.data.map_or(now, |(data, at)| data + now.since_s(at).max(0.0))
    }

    /// The pipeline.
    pub fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    /// The pipeline, for an operator's all-clear and what was restored.
    pub fn pipeline_mut(&mut self) -> &mut Pipeline {
        &mut self.pipeline
    }

    /// How the radars do.
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// What came in so far.
    pub fn counters(&self) -> Counters {
        Counters {
            plots: self.feed.tally.plots,
            bad_datagrams: self.feed.tally.count(Reason::Malformed),
            duplicates: self.feed.tally.count(Reason::Duplicate),
            late_plots: self.health.late_plots,
            ..Counters::default()
        }
    }
}
