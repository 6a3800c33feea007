//! A track's life: born of two plots, fed by plots, worn by missed looks.
//!
//! In: plots and looks without one; out: the track's belief and its log-odds of
//! existence. The score is the log-likelihood ratio of "object" against "false
//! plots" (S. S. Blackman and R. Popoli, *Design and Analysis of Modern Tracking
//! Systems*, 1999, section 6.2): a plot adds ln(Pd L / clutter density), a look
//! without one ln(1 - Pd).

use nalgebra::Vector3;

use crate::flight::World;
use crate::sensors::Plot;
use crate::sensors::Site;
use crate::time::Timestamp;

use super::company::Company;
use super::config::TrackerConfig;
use super::filter::{Belief, Row, Vector7};
use super::hypotheses::family_key;
use super::kind::{Kind, Peak, Tracers, classify, most_likely};
use super::measure::{EMPTY_ROW, Sight, position_m, velocity_mps};
use super::motion::Motion;
use super::start::{BATCH, FASTEST_MPS, LN_AREA_PER_MASS, Sighting, fit};
use super::track::{Mode, Status, Track};

/// Weight below which a motion model is given up, as a logarithm. Chosen: one in
/// ten thousand; it saves half the cost of a settled track.
const GIVE_UP_LN: f64 = -9.2;
/// Looks in a row that a confirmed track may be missed in before it ends: its log-odds
/// are capped at what these wear off. Chosen: an outage of 3 s at three looks a second
/// is outlived.
const OUTLIVED_LOOKS: f64 = 10.9;
/// The same for one of rounds that fly abreast, and how much each of its plots adds:
/// what neighbours' plots made up ends soon.
const ABREAST_LOOKS: f64 = 2.0;
const ABREAST_LOOKS_PER_PLOT: f64 = 0.6;
/// Most that one missed look takes from a confirmed track.
const WEAR_MAX: f64 = 2.3;

/// Plots below which a track within a burst of tracer is held to be half unknown.
/// Chosen: plots of different bullets make up a false round of three or four plots,
/// hardly of six.
const BURST_PLOTS: u32 = 6;

/// Plots up to which a track is new, and from which on one that came up among tracer is
/// judged as any other. Chosen: what plots of several bullets make up lives for some
/// plots; a mortar bomb flies for longer than a tracer burns.
const BIRTH_PLOTS: u32 = 3;
const SORTED_PLOTS: u32 = 12;

/// Standard deviations by which a climb must pass a mark to be remembered. Chosen: what
/// is remembered of a first guess is never taken back.
const PEAK_SURE: f64 = 3.0;

/// Free fall, m/s².
const G_MPS2: f64 = 9.81;
/// Height below which what is slow may be a boat or a car, m.
const SURFACE_M: f64 = 15.0;

/// What the tracker knows of the world; the same for every track.
pub struct Scene<'a> {
    pub site: &'a Site,
    pub world: &'a World,
    pub config: &'a TrackerConfig,
    pub bursts: &'a [Burst],
    /// Variance of the scan's sensor's unknown bias in range, azimuth and elevation.
    pub slack: [f64; 3],
}

/// Tracer seen lately.
#[derive(Clone, Copy, Debug)]
pub struct Burst {
    pub time: Timestamp,
    pub position_m: Vector3<f64>,
    pub velocity_mps: Vector3<f64>,
}

impl Burst {
    /// How long it is remembered, s: the life of a tracer and a pause in firing.
    pub const MEMORY_S: f64 = 15.0;
    /// How near a track must be to be of it, m. Chosen: a tracer's visible reach.
    const REACH_M: f64 = 2000.0;
    /// Cosine of the largest angle between their headings: 25°.
    const ALIGNED: f64 = 0.906;

    fn is_around(&self, position_m: &Vector3<f64>) -> bool {
        (self.position_m - position_m).norm() < Self::REACH_M
    }

    fn holds(&self, position_m: &Vector3<f64>, velocity_mps: &Vector3<f64>) -> bool {
        let flat = |v: &Vector3<f64>| v.xy();
        let (a, b) = (flat(&self.velocity_mps), flat(velocity_mps));
        self.is_around(position_m) && a.dot(&b) > Self::ALIGNED * a.norm() * b.norm()
    }
}

impl Scene<'_> {
    /// The ways of moving that a new object may have, with their prior shares.
    fn motions(&self) -> [(Motion, f64); 3] {
        [
            (Motion::Ballistic(self.config.curve), 0.5),
            (Motion::Powered, 0.25),
            (Motion::Steady, 0.25),
        ]
    }

    /// Belief after one plot or more; see [`fit`].
    pub fn fit(
        &self,
        motion: Motion,
        company: Option<&Company>,
        near: Option<&Vector7>,
        sightings: &[Sighting],
    ) -> Option<(Belief, f64)> {
        let prior = self.config.ln_area_per_mass;
        fit(self.site, self.world, motion, prior, company, near, sightings)
    }
}

impl Track {
    /// Log-likelihood of a lone plot of what falls and of what does not, for
    /// [`Track::born`]; `None` when it has no position.
    pub(super) fn lone(
        scene: &Scene,
        company: Option<&Company>,
        sighting: Sighting,
    ) -> Option<[f64; 2]> {
        let [(falling, _), (straight, _), _] = scene.motions();
        let evidence =
            |motion| scene.fit(motion, company, None, &[sighting]).map(|(_, evidence)| evidence);
        Some([evidence(falling)?, evidence(straight)?])
    }

    /// Born of two plots, with the log-likelihood of the second given the first.
    /// `lone` is what [`Track::lone`] said of the first.
    pub(super) fn born(
        scene: &Scene,
        company: Option<&Company>,
        pair: [Sighting; 2],
        keys: [u64; 2],
        lone: [f64; 2],
    ) -> Option<(Self, f64)> {
        let mut first = Vec::with_capacity(BATCH);
        first.extend(pair);
        first.sort_by_key(|(_, plot)| plot.time);
        let mut modes = Vec::with_capacity(3);
        for (motion, share) in scene.motions() {
            let (belief, evidence) = scene.fit(motion, company, None, &first)?;
            let lone = lone[usize::from(!motion.is_ballistic())];
            modes.push(Mode { motion, belief, ln_weight: evidence - lone + share.ln() });
        }
        let (start, end) = (first[0].1, first[1].1);
        let mut track = Self {
            id: 0,
            status: Status::Tentative,
            time: end.time,
            mean: modes[0].belief.mean,
            covariance: modes[0].belief.covariance,
            curve: scene.config.curve,
            kind: Kind::Unknown,
            kind_probabilities: [0.0; Kind::COUNT],
            existence_log_odds: 0.0,
            first_plot: start.time,
            last_plot: end.time,
            confirmed: None,
            plot_count: 2,
            transponder: start.transponder || end.transponder,
            modes,
            first,
            company: company.cloned(),
            keys: keys.to_vec(),
            share: 0.0,
            pooled: true,
            missed_in_a_row: 0,
            seen: 0b11,
            sensors: pair.iter().fold(0, |bits, s| bits | 1 << (s.0 % 32)),
            peak: Peak::default(),
            falls: false,
            among_tracer: false,
        };
        let ln_likelihood = track.weigh();
        Some((track, ln_likelihood))
    }

    /// Moves on to a later time; an earlier one is left to [`Track::take`].
    pub(super) fn advance(&mut self, scene: &Scene, time: Timestamp) {
        if time > self.time {
            let dt_s = time.since_s(self.time);
            for mode in &mut self.modes {
                mode.motion.predict(scene.world, &mut mode.belief, dt_s);
            }
            self.time = time;
            let sane = |mode: &Mode| velocity_mps(&mode.belief.mean).norm() < FASTEST_MPS;
            if self.modes.iter().any(|mode| !sane(mode)) {
                // At least one stays, for the track to end by.
                let best = self.best().clone();
                self.modes.retain(sane);
                if self.modes.is_empty() {
                    self.modes.push(best);
                    self.existence_log_odds = f64::NEG_INFINITY;
                }
            }
        }
    }

    /// Takes in a plot, early or late. `ln_gain` is what it adds to the log-odds.
    /// `false` when the track made no sense of it and must end.
    pub(super) fn take(
        &mut self,
        scene: &Scene,
        sighting: Sighting,
        key: u64,
        ln_gain: f64,
    ) -> bool {
        let (sensor, plot) = sighting;
        self.advance(scene, plot.time);
        for mode in &mut self.modes {
            let mut rows = [EMPTY_ROW; 4];
            let count = rows_of(scene, mode, sensor, &plot, self.time, &mut rows);
            mode.ln_weight += mode.belief.update(&rows[..count]);
        }
        // A belief that runs away was fed plots that are not one object's.
        let best = self.best().clone();
        if !self.is_sane() {
            self.modes.push(best);
            self.existence_log_odds = f64::NEG_INFINITY;
            return false;
        }
        self.weigh();
        self.existence_log_odds += ln_gain;
        if !self.pooled {
            let cap = self.cap(scene.site.sensors[sensor].detection_probability);
            self.existence_log_odds = self.existence_log_odds.min(cap);
        }
        self.plot_count += 1;
        self.last_plot = self.last_plot.max(plot.time);
        self.first_plot = self.first_plot.min(plot.time);
        self.missed_in_a_row = 0;
        self.seen = self.seen << 1 | 1;
        self.sensors |= 1 << (sensor % 32);
        self.transponder |= plot.transponder;
        if self.status == Status::Coasting {
            self.status = Status::Confirmed;
        }
        if self.pooled {
            self.keys.push(key);
        }
        if self.plot_count as usize <= BATCH {
            self.refit(scene, sighting);
        }
        self.publish(scene);
        true
    }

    /// Whether some motion model still holds a belief that something could have;
    /// others are dropped.
    pub(super) fn is_sane(&mut self) -> bool {
        self.modes.retain(|mode| {
            velocity_mps(&mode.belief.mean).norm() < FASTEST_MPS
                && LN_AREA_PER_MASS.contains(&mode.belief.mean[6])
        });
        !self.modes.is_empty()
    }

    /// Wears by `looks` without a plot from a sensor that should have seen it.
    pub(super) fn miss(&mut self, detection_probability: f64, looks: u32) {
        let each = -(1.0 - detection_probability).ln();
        let each = if self.is_confirmed() { wear(detection_probability) } else { each };
        self.existence_log_odds -= each * f64::from(looks);
        self.missed_in_a_row += looks;
        self.seen = self.seen.checked_shl(looks).unwrap_or(0);
        if self.status == Status::Confirmed && self.missed_in_a_row >= 2 {
            self.status = Status::Coasting;
        }
    }

    /// Makes it an object, if it is none yet.
    pub(super) fn confirm(&mut self, time: Timestamp) {
        if !self.is_confirmed() {
            self.status = Status::Confirmed;
        }
        self.confirmed.get_or_insert(time);
    }

    /// Whether it was missed so often that a settled track's odds would be gone. An
    /// open one's are not capped, since they are weighed against others'.
    pub(super) fn is_worn(&self, detection_probability: f64) -> bool {
        let worn = wear(detection_probability) * f64::from(self.missed_in_a_row);
        worn > self.cap(detection_probability)
    }

    /// The most that a settled track's log-odds may be.
    fn cap(&self, detection_probability: f64) -> f64 {
        let mut looks = OUTLIVED_LOOKS;
        if self.company.is_some() {
            looks = looks.min(ABREAST_LOOKS + ABREAST_LOOKS_PER_PLOT * f64::from(self.plot_count));
        }
        looks * wear(detection_probability)
    }

    /// It no longer competes with other hypotheses.
    pub(super) fn settle(&mut self, detection_probability: f64) {
        let wear = wear(detection_probability) * f64::from(self.missed_in_a_row);
        let most = self.cap(detection_probability) - wear;
        self.existence_log_odds = self.existence_log_odds.min(most.max(0.1));
        self.pooled = false;
        self.keys.clear();
    }

    /// It competes again.
    pub(super) fn reopen(&mut self, unused_key: u64) {
        self.pooled = true;
        self.share = 1.0;
        self.keys.clear();
        self.keys.push(family_key(unused_key));
    }

    /// Brings the public mean and covariance up to date.
    pub(super) fn follow(&mut self) {
        let Belief { mean, covariance } = self.best().belief.clone();
        self.mean = mean;
        self.covariance = covariance;
    }

    /// Brings the public mean, covariance and kind up to date.
    pub(super) fn publish(&mut self, scene: &Scene) {
        self.follow();
        let (mean, covariance) = (self.mean, self.covariance);
        if self.plot_count >= 3 {
            let sigma_mps = (covariance[(3, 3)] + covariance[(4, 4)] + covariance[(5, 5)]).sqrt();
            let surely_mps = velocity_mps(&mean).norm() - sigma_mps;
            self.peak.speed_mps = self.peak.speed_mps.max(surely_mps);
            let climb_mps = mean[5].abs() - PEAK_SURE * covariance[(5, 5)].sqrt();
            self.peak.climb_mps = self.peak.climb_mps.max(climb_mps);
        }
        self.kind_probabilities = if self.transponder {
            std::array::from_fn(|kind| f64::from(u8::from(kind == Kind::Aircraft as usize)))
        } else {
            let weight = self.ballistic_weight();
            let prior = scene.config.ln_area_per_mass;
            let (position_m, velocity_mps) = (position_m(&mean), velocity_mps(&mean));
            let mut bursts = scene.bursts.iter();
            let in_burst = bursts.any(|b| b.holds(&position_m, &velocity_mps));
            if self.plot_count <= BIRTH_PLOTS {
                self.among_tracer = scene.bursts.iter().any(|b| b.is_around(&position_m));
            }
            let tracers = match (self.among_tracer && self.plot_count < SORTED_PLOTS, in_burst) {
                (true, _) => Tracers::Among,
                (false, true) => Tracers::Along,
                (false, false) => Tracers::None,
            };
            let ln_gravity = self.ln_gravity(scene);
            let peak = self.peak;
            let mut p = classify(weight, &mean, &covariance, prior, peak, tracers, ln_gravity);
            if in_burst && self.plot_count < BURST_PLOTS {
                for kind in [Kind::Rocket, Kind::Mortar, Kind::Artillery] {
                    p[Kind::Unknown as usize] += 0.5 * p[kind as usize];
                    p[kind as usize] *= 0.5;
                }
            }
            // A boat is as slow as a bird, and stays at the surface.
            if scene.world.height_above_ground_m(&position_m) < SURFACE_M {
                for kind in [Kind::Bird, Kind::Drone] {
                    p[Kind::Unknown as usize] += p[kind as usize];
                    p[kind as usize] = 0.0;
                }
            }
            p
        };
        self.kind = most_likely(&self.kind_probabilities);
        let bullet = self.kind_probabilities[Kind::Tracer as usize];
        self.falls = self.ballistic_probability() + bullet > 0.5;
        self.follow();
    }

    /// The most that the bend of its path can say for or against a free fall, as
    /// log-odds: half the square of g over the standard deviation of an acceleration
    /// fitted to so many heights over so long (720/n σ²/T⁴ for the second difference of
    /// evenly spaced ones: Bar-Shalom, Li and Kirubarajan 2001, section 3.5.2).
    fn ln_gravity(&self, scene: &Scene) -> f64 {
        let span_s = self.last_plot.since_s(self.first_plot);
        let height_sigma_m = scene.site.sensors.iter().filter_map(|sensor| {
            let range_m = (self.position_enu_m() - sensor.frame.origin().enu_m()).norm();
            sensor.sigma.elevation_rad.map(|s| s * range_m).or(sensor.sigma.height_m)
        });
        let sigma_m = height_sigma_m.fold(f64::INFINITY, f64::min);
        let sigma_mps2 = 26.8 * sigma_m / (f64::from(self.plot_count).sqrt() * span_s.powi(2));
        if sigma_mps2.is_nan() { 0.0 } else { 0.5 * (G_MPS2 / sigma_mps2).powi(2) }
    }

    /// Fits the first plots again as a batch, which the recursion only approximates.
    fn refit(&mut self, scene: &Scene, sighting: Sighting) {
        let at = self.first.partition_point(|(_, plot)| plot.time <= sighting.1.time);
        self.first.insert(at, sighting);
        if self.time > self.first[self.first.len() - 1].1.time {
            return;
        }
        for mode in &mut self.modes {
            let near = Some(&mode.belief.mean);
            let company = self.company.as_ref();
            if let Some((belief, _)) = scene.fit(mode.motion, company, near, &self.first) {
                mode.belief = belief;
            }
        }
    }

    /// Normalises the weights and drops models that have lost; the log of their sum.
    fn weigh(&mut self) -> f64 {
        let top = self.modes.iter().map(|m| m.ln_weight).fold(f64::NEG_INFINITY, f64::max);
        self.modes.retain(|m| m.ln_weight - top > GIVE_UP_LN);
        // What does not fall may turn at any time.
        if !self.modes.iter().any(|m| m.motion.is_ballistic()) {
            let turns = self.modes.iter().any(|m| m.motion == Motion::Powered);
            self.modes.retain(|m| !turns || m.motion == Motion::Powered);
            self.modes.iter_mut().for_each(|m| m.motion = Motion::Powered);
        }
        let sum: f64 = self.modes.iter().map(|m| (m.ln_weight - top).exp()).sum();
        for mode in &mut self.modes {
            mode.ln_weight -= top + sum.ln();
        }
        top + sum.ln()
    }
}

/// What a missed look takes from a confirmed track's log-odds.
fn wear(detection_probability: f64) -> f64 {
    (-(1.0 - detection_probability).ln()).clamp(0.05, WEAR_MAX)
}

/// The linearised rows of a plot for a belief that stands at `time`. A plot from
/// before that is measured through the motion back to it, with the noise between
/// added to the plot's: exact but for the correlation of that noise (Y.
/// Bar-Shalom, "Update with out-of-sequence measurements in tracking: exact
/// solution", IEEE Trans. AES 38(3), 2002, algorithm C), and nothing is stored.
fn rows_of(
    scene: &Scene,
    mode: &Mode,
    sensor: usize,
    plot: &Plot,
    time: Timestamp,
    rows: &mut [Row; 4],
) -> usize {
    let sensor = &scene.site.sensors[sensor];
    let spread = mode.belief.covariance.fixed_view::<3, 3>(0, 0).into_owned();
    let dt_s = plot.time.since_s(time);
    if dt_s == 0.0 {
        let sight = Sight::new(&scene.site.datum, sensor, &mode.belief.mean);
        return sight.rows(plot, Some(&spread), None, rows);
    }
    let (there, jacobian) = mode.motion.transition(scene.world, &mode.belief.mean, dt_s);
    let noise = mode.motion.noise(dt_s);
    let sight = Sight::new(&scene.site.datum, sensor, &there);
    sight.rows(plot, Some(&spread), Some((&jacobian, Some(&noise))), rows)
}
