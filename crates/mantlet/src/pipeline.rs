//! The live way, in one screen: scan in, picture out.
//!
//! Simulation, recordings and live feeds all call `Pipeline::scan` on the same
//! types, so what is measured in simulation holds for the live service.

use crate::flight::World;
use crate::prediction::Impact;
use crate::prediction::predict_impact;
use crate::sensors::Scan;
use crate::sensors::Site;
use crate::time::Timestamp;
use crate::tracking::Track;
use crate::tracking::Tracker;
use crate::tracking::TrackerConfig;
use crate::warning::InForce;
use crate::warning::Policy;
use crate::warning::Warner;
use crate::warning::Warning;
use crate::warning::Zone;

/// Plots to tracks to impacts to warnings.
pub struct Pipeline {
    world: World,
    tracker: Tracker,
    warner: Warner,
    impacts: Vec<Impact>,
}

/// What is known after a scan.
pub struct Picture<'p> {
    /// Data time.
    pub time: Timestamp,
    /// Confirmed and coasting tracks.
    pub tracks: &'p [Track],
    /// Where and when each round lands.
    pub impacts: &'p [Impact],
    /// What this scan made necessary to say.
    pub warnings: Vec<Warning>,
}

impl Pipeline {
    /// A pipeline for a site.
    pub fn new(site: Site, world: World, zones: Vec<Zone>, policy: Policy) -> Self {
        let tracker = Tracker::new(site, world.clone(), TrackerConfig::default());
        Self { world, tracker, warner: Warner::new(zones, policy), impacts: Vec::new() }
    }

    /// Takes one scan through all stages.
    pub fn scan(&mut self, scan: &Scan) -> Picture<'_> {
        self.tracker.ingest(scan);
        self.impacts.clear();
        for track in self.tracker.confirmed() {
            self.impacts.extend(predict_impact(&self.world, track));
        }
        let warnings = self.warner.decide(scan.time, &self.impacts);
        Picture {
            time: scan.time,
            tracks: self.tracker.confirmed(),
            impacts: &self.impacts,
            warnings,
        }
    }

    /// Lets data time pass without a scan: warnings end by their timers.
    pub fn idle(&mut self, now: Timestamp) -> Vec<Warning> {
        self.impacts.retain(|i| i.time >= now);
        self.warner.decide(now, &self.impacts)
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
