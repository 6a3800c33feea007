//! What a tracker remembers of its open tracks, for the disk: so that a process that was
//! killed goes on with them.
//!
//! Out and in: [`TrackerState`], plain data for serde. Angles, frames and units are those
//! of [`Track`].
//!
//! Limits: tracks of fewer plots than the batch fit takes are left out, they are found
//! anew as quickly; so are hypotheses, the clutter learned and the sensors' biases.

use serde::{Deserialize, Serialize};

use crate::flight::World;
use crate::sensors::Site;
use crate::time::Timestamp;

use super::config::TrackerConfig;
use super::filter::{Belief, Matrix7, Vector7};
use super::kind::{Kind, Peak, most_likely};
use super::life::Scene;
use super::motion::Motion;
use super::start::BATCH;
use super::track::{Mode, Status, Track};
use super::tracker::keeps;

/// Numbers of a triangle of a [`Matrix7`], with its diagonal.
const TRIANGLE: usize = 28;

/// What a tracker remembers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrackerState {
    /// The number that the next track gets: none is used twice.
    pub next_id: u64,
    /// Confirmed and coasting tracks by id.
    pub tracks: Vec<TrackState>,
}

/// What it remembers of a track. Times are Unix nanoseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrackState {
    /// Its number.
    pub id: u64,
    /// The time at which the beliefs hold.
    pub time_ns: i64,
    /// Time of its first plot.
    pub first_plot_ns: i64,
    /// Time of its latest plot.
    pub last_plot_ns: i64,
    /// When it was confirmed.
    pub confirmed_ns: Option<i64>,
    /// The last looks missed it.
    pub coasting: bool,
    /// Plots taken in.
    pub plot_count: u32,
    /// Log-odds that it is an object and not clutter.
    pub existence_log_odds: f64,
    /// Probability of each kind, by `Kind as usize`.
    pub kind_probabilities: [f64; Kind::COUNT],
    /// A transponder answered.
    pub transponder: bool,
    /// Looks in a row that missed it.
    pub missed_in_a_row: u32,
    /// The latest looks, one bit each.
    pub seen: u32,
    /// The sensors that fed it, one bit each.
    pub sensors: u32,
    /// Fastest that it was surely seen, m/s.
    pub peak_speed_mps: f64,
    /// Steepest climb or dive that it was surely seen at, m/s.
    pub peak_climb_mps: f64,
    /// Tracer was seen around when it came up.
    pub among_tracer: bool,
    /// It is taken to fall.
    pub falls: bool,
    /// How it may move, each with a belief.
    pub modes: Vec<ModeState>,
}

/// A way of moving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// By gravity and drag.
    Falling,
    /// Straight on under power, with turns.
    Powered,
    /// Straight on and level.
    Steady,
}

/// A belief under one way of moving.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModeState {
    /// The way.
    pub way: Way,
    /// Position (m), velocity (m/s), ln(area per mass / 1 m²/kg).
    pub mean: [f64; 7],
    /// Its covariance's lower triangle, row by row.
    pub covariance: [f64; TRIANGLE],
    /// Log of its weight.
    pub ln_weight: f64,
}

impl ModeState {
    fn of(mode: &Mode) -> Self {
        let mut covariance = [0.0; TRIANGLE];
        let places = (0..7).flat_map(|row| (0..=row).map(move |column| (row, column)));
        for (number, place) in covariance.iter_mut().zip(places) {
            *number = mode.belief.covariance[place];
        }
        let way = match mode.motion {
            Motion::Ballistic(_) => Way::Falling,
            Motion::Powered => Way::Powered,
            Motion::Steady => Way::Steady,
        };
        Self { way, mean: mode.belief.mean.into(), covariance, ln_weight: mode.ln_weight }
    }

    fn mode(&self, config: &TrackerConfig) -> Mode {
        let mut covariance = Matrix7::zeros();
        let places = (0..7).flat_map(|row| (0..=row).map(move |column| (row, column)));
        for (number, (row, column)) in self.covariance.iter().zip(places) {
            covariance[(row, column)] = *number;
            covariance[(column, row)] = *number;
        }
        Mode {
            motion: match self.way {
                Way::Falling => Motion::Ballistic(config.curve),
                Way::Powered => Motion::Powered,
                Way::Steady => Motion::Steady,
            },
            belief: Belief { mean: Vector7::from(self.mean), covariance },
            ln_weight: self.ln_weight,
        }
    }
}

impl TrackState {
    pub(super) fn of(track: &Track) -> Self {
        Self {
            id: track.id,
            time_ns: track.time.nanos(),
            first_plot_ns: track.first_plot.nanos(),
            last_plot_ns: track.last_plot.nanos(),
            confirmed_ns: track.confirmed.map(Timestamp::nanos),
            coasting: track.status == Status::Coasting,
            plot_count: track.plot_count,
            existence_log_odds: track.existence_log_odds,
            kind_probabilities: track.kind_probabilities,
            transponder: track.transponder,
            missed_in_a_row: track.missed_in_a_row,
            seen: track.seen,
            sensors: track.sensors,
            peak_speed_mps: track.peak.speed_mps,
            peak_climb_mps: track.peak.climb_mps,
            among_tracer: track.among_tracer,
            falls: track.falls,
            modes: track.modes.iter().map(ModeState::of).collect(),
        }
    }

    /// Whether it is worth keeping: young tracks are found anew.
    pub(super) fn is_worth_keeping(track: &Track) -> bool {
        track.plot_count as usize >= BATCH
    }

    fn track(&self, config: &TrackerConfig) -> Option<Track> {
        let modes: Vec<Mode> = self.modes.iter().map(|mode| mode.mode(config)).collect();
        let first = modes.first()?;
        let mut track = Track {
            id: self.id,
            status: if self.coasting { Status::Coasting } else { Status::Confirmed },
            time: Timestamp::from_nanos(self.time_ns),
            mean: first.belief.mean,
            covariance: first.belief.covariance,
            curve: config.curve,
            kind: most_likely(&self.kind_probabilities),
            kind_probabilities: self.kind_probabilities,
            existence_log_odds: self.existence_log_odds,
            first_plot: Timestamp::from_nanos(self.first_plot_ns),
            last_plot: Timestamp::from_nanos(self.last_plot_ns),
            confirmed: self.confirmed_ns.map(Timestamp::from_nanos),
            plot_count: self.plot_count,
            transponder: self.transponder,
            modes,
            first: Vec::new(),
            company: None,
            keys: Vec::new(),
            share: 0.0,
            pooled: false,
            missed_in_a_row: self.missed_in_a_row,
            seen: self.seen,
            sensors: self.sensors,
            peak: Peak { speed_mps: self.peak_speed_mps, climb_mps: self.peak_climb_mps },
            among_tracer: self.among_tracer,
            falls: self.falls,
        };
        track.follow();
        Some(track)
    }
}

impl TrackerState {
    /// The tracks that live on at `now`, by id: those that were not lost or down meanwhile.
    pub(super) fn open(
        &self,
        site: &Site,
        world: &World,
        config: &TrackerConfig,
        now: Timestamp,
    ) -> Vec<Track> {
        let scene = Scene { site, world, config, bursts: &[], slack: [0.0; 3] };
        let lives_on = |track: &Track| {
            let mut then = track.clone();
            then.advance(&scene, now);
            then.follow();
            now >= track.time && keeps(&scene, &then, now)
        };
        self.tracks.iter().filter_map(|kept| kept.track(config)).filter(lives_on).collect()
    }
}
