//! The live way, in one screen: scan in, picture out.
//!
//! Simulation, recordings and live feeds all call `Pipeline::scan` on the same
//! types, so what is measured in simulation holds for the live service.

use std::mem::take;

use serde::{Deserialize, Serialize};

use crate::flight::World;
use crate::prediction::Corridor;
use crate::prediction::FOREIGN;
use crate::prediction::Impact;
use crate::prediction::KeptCorridor;
use crate::prediction::Reach;
use crate::prediction::predict_impact;
use crate::sensors::Scan;
use crate::sensors::Site;
use crate::time::Timestamp;
use crate::tracking::Bias;
use crate::tracking::Track;
use crate::tracking::Tracker;
use crate::tracking::TrackerConfig;
use crate::tracking::TrackerState;
use crate::warning::InForce;
use crate::warning::Policy;
use crate::warning::Standing;
use crate::warning::Warner;
use crate::warning::WarnerState;
use crate::warning::Warning;
use crate::warning::Zone;

/// Plots to tracks to impacts to warnings.
pub struct Pipeline {
    world: World,
    tracker: Tracker,
    warner: Warner,
    reaches: Vec<Reach>,
    impacts: Vec<Impact>,
    /// Impacts of tracks that only other sites see.
    foreign: Vec<Impact>,
    corridors: Vec<Corridor>,
    /// What was known of each impact's track when it was predicted.
    known: Vec<Known>,
    kept: Vec<KeptCorridor>,
    /// Data time, which never goes back: a radar whose clock lags does not turn it.
    now: Timestamp,
}

/// What is known after a scan.
pub struct Picture<'p> {
    /// Data time.
    pub time: Timestamp,
    /// Confirmed and coasting tracks.
    pub tracks: &'p [Track],
    /// Where and when each round lands.
    pub impacts: &'p [Impact],
    /// Where debris would fall if rounds were broken up within reach.
    pub corridors: &'p [Corridor],
    /// What this scan made necessary to say.
    pub warnings: Vec<Warning>,
}

/// What must survive the process: warnings that stand and tracks that are open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PipelineState {
    /// The warnings.
    #[serde(flatten)]
    pub warner: WarnerState,
    /// The tracks.
    #[serde(default)]
    pub tracker: TrackerState,
}

/// All of a track that a look at it changes.
#[derive(Clone, Copy, PartialEq)]
struct Known {
    track_id: u64,
    plot_count: u32,
    existence_log_odds: f64,
    ballistic_probability: f64,
}

impl Known {
    fn of(track: &Track) -> Self {
        Self {
            track_id: track.id,
            plot_count: track.plot_count,
            existence_log_odds: track.existence_log_odds,
            ballistic_probability: track.ballistic_probability(),
        }
    }
}

impl Pipeline {
    /// A pipeline for a site.
    pub fn new(site: Site, world: World, zones: Vec<Zone>, policy: Policy) -> Self {
        let tracker = Tracker::new(site, world.clone(), TrackerConfig::default());
        Self {
            world,
            tracker,
            warner: Warner::new(zones, policy),
            reaches: Vec::new(),
            impacts: Vec::new(),
            foreign: Vec::new(),
            corridors: Vec::new(),
            known: Vec::new(),
            kept: Vec::new(),
            now: Timestamp::from_nanos(i64::MIN),
        }
    }

    /// The same, where rounds may be intercepted within these reaches: people under
    /// the paths there are warned of what would fall.
    pub fn where_intercepted(mut self, reaches: Vec<Reach>) -> Self {
        self.reaches = reaches;
        self
    }

    /// Takes one scan through all stages.
    pub fn scan(&mut self, scan: &Scan) -> Picture<'_> {
        self.tracker.ingest(scan);
        self.now = self.now.max(scan.time);
        self.predict(scan.sector.is_some());
        let ahead = self.foreign.iter().filter(|i| i.time >= self.now);
        self.impacts.extend(ahead.cloned());
        let warnings = self.warner.decide(self.now, &self.impacts, &self.corridors);
        Picture {
            time: scan.time,
            tracks: self.tracker.confirmed(),
            impacts: &self.impacts,
            corridors: &self.corridors,
            warnings,
        }
    }

    /// Predicts where each track lands. A sector swept elsewhere says nothing new of a
    /// track, which then flies on as predicted: with `again` its impact stands.
    fn predict(&mut self, again: bool) {
        let (impacts, kept) = (take(&mut self.impacts), take(&mut self.kept));
        let known = take(&mut self.known);
        self.corridors.clear();
        for track in self.tracker.confirmed() {
            let now = Known::of(track);
            let stands = |i: &usize| again && known[*i] == now && impacts[*i].time > self.now;
            let before = known.iter().position(|k| k.track_id == track.id).filter(stands);
            let impact = match before {
                Some(i) => impacts[i].clone(),
                None => match predict_impact(&self.world, track) {
                    Some(impact) => impact,
                    None => continue,
                },
            };
            let old = kept.iter().find(|k| k.holds(track, &impact)).cloned();
            let corridor = old
                .unwrap_or_else(|| KeptCorridor::new(&self.world, track, &impact, &self.reaches));
            self.corridors.extend(corridor.corridor().cloned());
            self.kept.push(corridor);
            self.impacts.push(impact);
            self.known.push(now);
        }
    }

    /// Takes the impacts of tracks that only other sites see, in place of those before;
    /// from the next scan or idling on they count like the site's own. Their track ids
    /// are [`FOREIGN`].
    pub fn hear(&mut self, foreign: Vec<Impact>) {
        self.impacts.retain(|i| i.track_id < FOREIGN);
        self.impacts.extend(foreign.iter().cloned());
        self.foreign = foreign;
    }

    /// Lets data time pass without a scan: warnings end by their timers.
    pub fn idle(&mut self, now: Timestamp) -> Vec<Warning> {
        self.now = self.now.max(now);
        let falls = |known: &Known| {
            self.impacts.iter().any(|i| i.track_id == known.track_id && i.time >= self.now)
        };
        self.known.retain(falls);
        self.impacts.retain(|i| i.time >= self.now);
        self.corridors.retain(|c| self.impacts.iter().any(|i| i.track_id == c.track_id));
        self.warner.decide(self.now, &self.impacts, &self.corridors)
    }

    /// An operator's all-clear for a zone, by index; `None` when no warning stands there.
    pub fn clear(&mut self, zone: usize) -> Option<Warning> {
        self.warner.clear(zone, self.now)
    }

    /// What must survive the process, so that every warning ends.
    pub fn warner_state(&self) -> WarnerState {
        self.warner.snapshot()
    }

    /// What must survive the process, so that open tracks go on.
    pub fn tracker_state(&self) -> TrackerState {
        self.tracker.snapshot()
    }

    /// Takes up what an earlier process left, at the time `now` of the start: the warnings
    /// as [`Warner::restore`] says, and the tracks that live on.
    pub fn restore(&mut self, state: &PipelineState, now: Timestamp) -> Vec<(String, Standing)> {
        self.tracker.restore(&state.tracker, now);
        self.predict(false);
        self.warner.restore(&state.warner)
    }

    /// Data time of the last scan or idling.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Confirmed and coasting tracks.
    pub fn tracks(&self) -> &[Track] {
        self.tracker.confirmed()
    }

    /// What each sensor is believed to be off by against the others, by its index;
    /// `None` for a lone one.
    pub fn bias(&self, sensor: usize) -> Option<Bias> {
        self.tracker.bias(sensor)
    }

    /// Where and when each round lands.
    pub fn impacts(&self) -> &[Impact] {
        &self.impacts
    }

    /// Warnings that are not cleared.
    pub fn in_force(&self) -> impl Iterator<Item = &InForce> {
        self.warner.in_force()
    }

    /// The zones, by index.
    pub fn zones(&self) -> &[Zone] {
        self.warner.zones()
    }

    /// The warning policy.
    pub fn policy(&self) -> &Policy {
        self.warner.policy()
    }
}
