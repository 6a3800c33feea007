//! Scan in, tracks out: the stages, in order.
//!
//! In: scans of the site's sensors in any interleaving, each at its own rate and
//! up to seconds late; out: tracks with belief, kind and score. Confirmed tracks
//! choose plots first, by global nearest neighbour over clusters; what they leave
//! extends the tentative ones, which are hypotheses and may share plots until one
//! explanation is clearly better (`hypotheses.rs`).
//!
//! Time is data time. The same scans in the same order give the same tracks.

use nalgebra::Vector3;

use crate::flight::World;
use crate::sensors::Plot;
use crate::sensors::Scan;
use crate::sensors::Sector;
use crate::sensors::Site;
use crate::time::Timestamp;

use super::associate::{Associate, Pair};
use super::clutter::Clutter;
use super::config::TrackerConfig;
use super::doubt::{GatedPair, doubtful, gate};
use super::duplicate::replaced;
use super::filter::Belief;
use super::gate::Gate;
use super::grid::Grid;
use super::hypotheses::Hypotheses;
use super::kind::Kind;
use super::life::{Burst, Scene};
use super::motion::Motion;
use super::registration::{Bias, Registration};
use super::settle::Settle;
use super::state::{TrackState, TrackerState};
use super::track::Track;

/// Looks that a gap between two scans may stand for.
const MAX_LOOKS: u32 = 20;
/// Longest time that a round is kept without a plot, s: most are down by then.
const COAST_BALLISTIC_S: f64 = 20.0;
/// Longest time that anything else is kept without a plot, s.
const COAST_POWERED_S: f64 = 8.0;
/// Plots from which on a track says how far a sensor is off.
const LEARN_PLOTS: u32 = 8;
/// Speed from which on something that does not fall does. Chosen: birds and helicopters
/// turn, and a filter that lags behind a turn is off as a sensor would be.
const LEARN_MPS: f64 = 60.0;
/// Sightings of tracer that are remembered at most.
const MOST_BURSTS: usize = 64;
/// How far below the ground a falling object is still kept, m: the spread of its
/// height.
const UNDERGROUND_M: f64 = 30.0;

/// A plot of the present scan, made ready.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub plot: Plot,
    pub position_m: Option<Vector3<f64>>,
    /// Never used twice.
    pub key: u64,
    pub ln_clutter: f64,
    /// Log-density of what the likeliest tentative track expects here.
    pub ln_tentative: f64,
    /// A confirmed track has it.
    pub claimed: bool,
}

/// The present scan: whose, when, over which part of the field of view.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub sensor: usize,
    pub time: Timestamp,
    pub sector: Option<Sector>,
    /// All plots are of the scan's time.
    pub instant: bool,
    /// Middle of the plots' times, and half their span, s.
    pub middle: Timestamp,
    pub half_span_s: f64,
    /// Revolutions since the sensor's last scan.
    pub looks: u32,
    pub detection_probability: f64,
    /// The key of its first plot: those of earlier scans are smaller.
    pub first_key: u64,
}

/// Plots of the present scan with their index of space.
#[derive(Clone, Debug, Default)]
pub(super) struct Field {
    pub seen: Vec<Seen>,
    pub grid: Grid,
    /// Plots without elevation or height: they have no place in the grid.
    pub flat: Vec<usize>,
}

/// The tracker of one site.
#[derive(Clone, Debug)]
pub struct Tracker {
    site: Site,
    world: World,
    config: TrackerConfig,
    clutter: Vec<Clutter>,
    registration: Registration,
    last_scan: Vec<Option<Timestamp>>,
    now: Option<Timestamp>,
    next_key: u64,
    next_id: u64,
    rejected: u64,
    field: Field,
    associate: Associate,
    pairs: Vec<Pair>,
    gates: Vec<GatedPair>,
    hypotheses: Hypotheses,
    settle: Settle,
    /// Confirmed tracks by id, then the tentative ones.
    tracks: Vec<Track>,
    confirmed: usize,
    bursts: Vec<Burst>,
}

impl Tracker {
    /// A tracker that has seen nothing yet.
    pub fn new(site: Site, world: World, config: TrackerConfig) -> Self {
        Self {
            clutter: site.sensors.iter().map(Clutter::new).collect(),
            registration: Registration::new(&site),
            last_scan: vec![None; site.sensors.len()],
            site,
            world,
            config,
            now: None,
            next_key: 0,
            next_id: 1,
            rejected: 0,
            field: Field::default(),
            associate: Associate::default(),
            pairs: Vec::new(),
            gates: Vec::new(),
            hypotheses: Hypotheses::default(),
            settle: Settle::default(),
            tracks: Vec::new(),
            confirmed: 0,
            bursts: Vec::new(),
        }
    }

    /// Confirmed and coasting tracks in the order of their ids, then tentative
    /// ones. Tentative tracks are hypotheses: several may explain one object.
    pub fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// The confirmed and coasting tracks.
    pub fn confirmed(&self) -> &[Track] {
        &self.tracks[..self.confirmed]
    }

    /// Plots refused so far: not finite, not positive in range, or from a sensor
    /// that the site does not have.
    pub fn rejected(&self) -> u64 {
        self.rejected
    }

    /// False plots a look that a sensor is now believed to give.
    pub fn clutter_per_look(&self, sensor: usize) -> Option<f64> {
        self.clutter.get(sensor).map(Clutter::per_look)
    }

    /// What a sensor is believed to be off by, against the others; `None` for a lone one.
    pub fn bias(&self, sensor: usize) -> Option<Bias> {
        self.registration.bias(sensor)
    }

    /// What must survive the process, so that another goes on with the open tracks.
    pub fn snapshot(&self) -> TrackerState {
        let open = self.confirmed().iter().filter(|track| TrackState::is_worth_keeping(track));
        TrackerState { next_id: self.next_id, tracks: open.map(TrackState::of).collect() }
    }

    /// Takes up the tracks that an earlier process left, as far as they live on at `now`.
    /// To be called before the first scan.
    pub fn restore(&mut self, state: &TrackerState, now: Timestamp) {
        self.next_id = self.next_id.max(state.next_id);
        self.tracks = state.open(&self.site, &self.world, &self.config, now);
        self.confirmed = self.tracks.len();
    }

    /// Takes in one scan.
    pub fn ingest(&mut self, scan: &Scan) {
        if scan.sensor >= self.site.sensors.len() {
            self.rejected += scan.plots.len() as u64;
            return;
        }
        let corrected = self.registration.corrected(&self.site, scan);
        let scan = corrected.as_ref().unwrap_or(scan);
        let look = self.look(scan);
        self.see(scan);
        let mut tracks = std::mem::take(&mut self.tracks);
        let mut tentative = tracks.split_off(self.confirmed);
        // Copies of what is among the hypotheses.
        tracks.retain(|track| !track.pooled);
        let scene = Scene {
            site: &self.site,
            world: &self.world,
            config: &self.config,
            bursts: &self.bursts,
            slack: self.registration.slack(scan.sensor),
        };
        if look.instant {
            tracks.iter_mut().for_each(|track| track.advance(&scene, look.time));
        }
        self.hypotheses.claim(&scene, &look, &mut self.field, &mut tentative);
        // Settled tracks choose first; those that cannot join the hypotheses.
        gate(&scene, &look, &self.field, &tracks, &mut self.gates);
        for index in doubtful(&self.gates, tracks.len(), self.field.seen.len()) {
            if tracks[index].company.is_none() {
                continue;
            }
            tracks[index].reopen(self.next_key);
            self.next_key += 1;
            let gates = self.gates.iter().filter(|g| g.track == index);
            self.hypotheses.join(tentative.len(), gates.map(|g| (g.plot, g.gain)));
            tentative.push(tracks[index].clone());
        }
        self.pairs.clear();
        let open = self.gates.iter().filter(|g| !tracks[g.track].pooled);
        self.pairs.extend(open.map(|g| Pair { gain: g.gain - g.rival, ..g.pair() }));
        let chosen = self.associate.solve(&self.pairs, tracks.len(), self.field.seen.len());
        for (track, chosen) in tracks.iter_mut().zip(chosen).filter(|(t, _)| !t.pooled) {
            if let Some((index, _)) = *chosen
                && track.plot_count >= LEARN_PLOTS
                && track.sensors.count_ones() > 1
                && (track.falls || track.velocity_enu_mps().norm() > LEARN_MPS)
            {
                let plot = &self.field.seen[index].plot;
                let belief = moved(
                    &scene,
                    track.best().motion,
                    &track.best().belief,
                    plot.time.since_s(track.time),
                );
                self.registration.learn(&self.site, look.sensor, &belief, plot);
            }
            maintain(&scene, track, &look, &mut self.field, *chosen);
        }
        tracks.retain(|track| !track.pooled);
        let unexplained = self.field.seen.iter().filter(|s| !s.claimed).count();
        self.clutter[look.sensor].observe(look.time, unexplained, share(&look));
        // The rest makes hypotheses, of which the clear ones become objects.
        let clutter = &self.clutter[look.sensor];
        self.hypotheses.extend(&scene, &look, &self.field, &mut tentative);
        self.hypotheses.follow_salvos(&scene, &look, &self.field, &tracks, &tentative);
        self.hypotheses.pair(
            &scene,
            &look,
            &self.field,
            clutter,
            &mut tentative,
            &mut self.next_key,
        );
        let lone = self.hypotheses.lone((1.0 - look.detection_probability).ln());
        let used = self.settle.settle(
            &scene,
            &look,
            &lone,
            &mut tentative,
            &mut tracks,
            &mut self.next_id,
        );
        self.hypotheses.forget(&used);
        let now = self.now.map_or(look.time, |now| now.max(look.time));
        self.now = Some(now);
        tracks.retain(|track| keeps(&scene, track, now));
        let replaced = replaced(&tracks);
        if !replaced.is_empty() {
            tracks.retain(|track| !replaced.contains(&track.id));
            tentative.retain(|track| !replaced.contains(&track.id));
        }
        tracks.sort_by_key(|track| track.id);
        self.confirmed = tracks.len();
        tracks.append(&mut tentative);
        self.tracks = tracks;
        self.remember_bursts(now);
    }

    /// Tracer that was seen in this scan, for the kind of what follows.
    fn remember_bursts(&mut self, now: Timestamp) {
        self.bursts.retain(|burst| now.since_s(burst.time) < Burst::MEMORY_S);
        for track in &self.tracks[..self.confirmed] {
            let seen = track.last_plot == now && track.plot_count >= 3;
            if seen && track.kind == Kind::Tracer && self.bursts.len() < MOST_BURSTS {
                self.bursts.push(Burst {
                    time: now,
                    position_m: track.position_enu_m(),
                    velocity_mps: track.velocity_enu_mps(),
                });
            }
        }
    }

    fn look(&mut self, scan: &Scan) -> Look {
        let sensor = &self.site.sensors[scan.sensor];
        let looks = match (self.last_scan[scan.sensor], scan.sector) {
            // Recordings hold only revolutions that saw something.
            (Some(last), None) => {
                let turns = (scan.time.since_s(last) / sensor.period_s).round();
                turns.clamp(1.0, f64::from(MAX_LOOKS)) as u32
            }
            _ => 1,
        };
        self.last_scan[scan.sensor] = self.last_scan[scan.sensor].max(Some(scan.time));
        let times = || scan.plots.iter().map(|plot| plot.time);
        let low = times().min().unwrap_or(scan.time);
        let high = times().max().unwrap_or(scan.time);
        let span_s = high.since_s(low);
        Look {
            sensor: scan.sensor,
            time: scan.time,
            sector: scan.sector,
            instant: low == scan.time && high == scan.time,
            middle: low + 0.5 * span_s,
            half_span_s: 0.5 * span_s,
            looks,
            detection_probability: sensor.detection_probability.clamp(0.05, 0.99),
            first_key: self.next_key,
        }
    }

    /// Makes the plots ready and indexes them.
    fn see(&mut self, scan: &Scan) {
        let sensor = &self.site.sensors[scan.sensor];
        self.field.seen.clear();
        self.field.flat.clear();
        for plot in &scan.plots {
            if !is_sound(plot) {
                self.rejected += 1;
                continue;
            }
            let position_m = sensor.plot_local(&self.site.datum, plot).map(|p| p.enu_m());
            if position_m.is_none() {
                self.field.flat.push(self.field.seen.len());
            }
            let ln_clutter = self.clutter[scan.sensor].ln_density(sensor, plot);
            let key = self.next_key;
            self.next_key += 1;
            self.field.seen.push(Seen {
                plot: *plot,
                position_m,
                key,
                ln_clutter,
                ln_tentative: f64::NEG_INFINITY,
                claimed: false,
            });
        }
        let Field { grid, seen, .. } = &mut self.field;
        grid.fill(seen.iter().map(|s| s.position_m));
    }
}

/// Calls `found` with each unclaimed plot in the track's gate and its gain.
pub(super) fn candidates(
    scene: &Scene,
    track: &Track,
    look: &Look,
    field: &Field,
    mut found: impl FnMut(usize, f64),
) {
    let (datum, sensor) = (&scene.site.datum, &scene.site.sensors[look.sensor]);
    let reference = if look.instant { look.time } else { look.middle };
    let ln_detected = look.detection_probability.ln() - (1.0 - look.detection_probability).ln();
    // Models that agree on where it is share one gate: the likelihoods are mixed.
    let mut mixed: Vec<(usize, f64)> = Vec::new();
    let single = track.modes.len() == 1;
    for mode in &track.modes {
        let belief = moved(scene, mode.motion, &mode.belief, reference.since_s(track.time));
        let gate = Gate::new(datum, sensor, scene.slack, &belief);
        let slack_m = super::measure::velocity_mps(&belief.mean).map(f64::abs) * look.half_span_s;
        let mut weigh = |index: usize| {
            let seen = &field.seen[index];
            if seen.claimed {
                return;
            }
            let dt_s = seen.plot.time.since_s(reference);
            let ln = if dt_s == 0.0 {
                gate.log_likelihood(&seen.plot)
            } else {
                let there = moved(scene, mode.motion, &belief, dt_s);
                Gate::new(datum, sensor, scene.slack, &there).log_likelihood(&seen.plot)
            };
            let Some(ln) = ln else { return };
            if single {
                found(index, ln + ln_detected - seen.ln_clutter);
            } else if let Some(entry) = mixed.iter_mut().find(|(n, _)| *n == index) {
                entry.1 += (ln + mode.ln_weight).exp();
            } else {
                mixed.push((index, (ln + mode.ln_weight).exp()));
            }
        };
        field.grid.near(&gate.centre_m, &(gate.reach_m + slack_m), &mut weigh);
        field.flat.iter().copied().for_each(&mut weigh);
    }
    for (index, likelihood) in mixed {
        found(index, likelihood.max(1e-300).ln() + ln_detected - field.seen[index].ln_clutter);
    }
}

fn moved(scene: &Scene, motion: Motion, belief: &Belief, dt_s: f64) -> Belief {
    let mut belief = belief.clone();
    if dt_s != 0.0 {
        motion.predict(scene.world, &mut belief, dt_s);
    }
    belief
}

/// Gives a confirmed track its plot, or its missed looks.
fn maintain(
    scene: &Scene,
    track: &mut Track,
    look: &Look,
    field: &mut Field,
    chosen: Option<(usize, f64)>,
) {
    let missed = if chosen.is_some() { look.looks - 1 } else { look.looks };
    let is_looked_at = missed > 0 && in_view(scene, track, look);
    if is_looked_at {
        track.miss(look.detection_probability, missed);
    }
    if let Some((index, gain)) = chosen {
        let seen = &mut field.seen[index];
        // The gain is over a miss; the score is over nothing.
        let gain = gain + (1.0 - look.detection_probability).ln();
        seen.claimed = track.take(scene, (look.sensor, seen.plot), seen.key, gain);
    } else {
        track.advance(scene, look.time);
        if is_looked_at || look.sector.is_none() {
            track.publish(scene);
        } else {
            // A sector swept elsewhere says nothing of what the track is.
            track.follow();
        }
    }
}

/// Whether the sensor should have seen the track in this scan.
pub(super) fn in_view(scene: &Scene, track: &Track, look: &Look) -> bool {
    let sensor = &scene.site.sensors[look.sensor];
    let polar = sensor.frame.polar(track.position_enu_m().into());
    sensor.sees(&polar) && look.sector.is_none_or(|s| s.contains(polar.azimuth_rad))
}

/// Share of a revolution that the scan covers.
fn share(look: &Look) -> f64 {
    let tau = std::f64::consts::TAU;
    look.sector.map_or(1.0, |s| (s.to_rad - s.from_rad).rem_euclid(tau) / tau)
}

fn is_sound(plot: &Plot) -> bool {
    let angle = |a: f64| a.is_finite() && a.abs() <= std::f64::consts::TAU;
    plot.range_m.is_finite()
        && plot.range_m > 1.0
        && angle(plot.azimuth_rad)
        && plot.elevation_rad.is_none_or(|e| e.abs() <= std::f64::consts::FRAC_PI_2)
        && plot.height_m.is_none_or(f64::is_finite)
        && plot.radial_speed_mps.is_none_or(f64::is_finite)
}

/// Whether a confirmed track lives on.
pub(super) fn keeps(scene: &Scene, track: &Track, now: Timestamp) -> bool {
    let period_s = scene.site.sensors.iter().map(|s| s.period_s).fold(f64::INFINITY, f64::min);
    let falling = track.ballistic_weight() > 0.5;
    let coast_s = if falling { COAST_BALLISTIC_S } else { COAST_POWERED_S.max(4.0 * period_s) };
    let down = falling
        && track.velocity_enu_mps().z < 0.0
        && scene.world.height_above_ground_m(&track.position_enu_m()) < -UNDERGROUND_M;
    track.existence_log_odds > 0.0 && now.since_s(track.last_plot) < coast_s && !down
}
