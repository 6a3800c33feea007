//! A track: what is known of one object.

use nalgebra::Vector3;

use crate::flight::DragCurve;
use crate::flight::World;
use crate::time::Timestamp;

use super::company::Company;
use super::filter::{Belief, Matrix7, Vector7};
use super::kind::{Kind, Peak};
use super::measure::{position_m, velocity_mps};
use super::motion::Motion;
use super::start::Sighting;

/// How sure it is that a track is an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// A hypothesis: several may share plots.
    Tentative,
    /// An object, seen lately.
    Confirmed,
    /// An object that the last looks missed.
    Coasting,
}

impl Status {
    /// The word in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tentative => "tentative",
            Self::Confirmed => "confirmed",
            Self::Coasting => "coasting",
        }
    }
}

/// One motion model's belief and the log of its weight.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mode {
    pub motion: Motion,
    pub belief: Belief,
    pub ln_weight: f64,
}

/// One object, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// Never used twice, growing with the order of first appearance.
    pub id: u64,
    /// How sure.
    pub status: Status,
    /// The time at which mean and covariance hold.
    pub time: Timestamp,
    /// East, north, up position (m) and velocity (m/s) in the site's local frame,
    /// and ln(reference area over mass / 1 m²/kg).
    pub mean: Vector7,
    /// Covariance of the mean.
    pub covariance: Matrix7,
    /// Drag curve to which the area per mass belongs.
    pub curve: DragCurve,
    /// Most likely kind, `Unknown` when none is more likely than not.
    pub kind: Kind,
    /// Probability of each kind, by `Kind as usize`; they add up to one.
    pub kind_probabilities: [f64; Kind::COUNT],
    /// Log-odds that it is an object and not clutter.
    pub existence_log_odds: f64,
    /// Time of its first plot.
    pub first_plot: Timestamp,
    /// Time of its latest plot.
    pub last_plot: Timestamp,
    /// When it was confirmed.
    pub confirmed: Option<Timestamp>,
    /// Plots taken in.
    pub plot_count: u32,
    /// A transponder answered with one of them.
    pub transponder: bool,
    pub(super) modes: Vec<Mode>,
    /// The first plots, for the batch fit.
    pub(super) first: Vec<Sighting>,
    /// What its neighbours' velocity said of its own when it was born.
    pub(super) company: Option<Company>,
    /// Keys of the plots of a tentative track, oldest first.
    pub(super) keys: Vec<u64>,
    /// Belief in a tentative track among those that share its plots.
    pub(super) share: f64,
    /// It is one of several hypotheses, confirmed or not.
    pub(super) pooled: bool,
    pub(super) missed_in_a_row: u32,
    /// The latest looks, one bit each: whether it was seen. The last is the lowest.
    pub(super) seen: u32,
    /// The sensors that fed it, one bit each.
    pub(super) sensors: u32,
    /// The most that it was surely seen to do.
    pub(super) peak: Peak,
    /// Tracer was seen around when it came up.
    pub(super) among_tracer: bool,
    /// It is taken to fall: its ballistic belief is the one to state.
    pub(super) falls: bool,
}

impl Track {
    /// Position, m.
    pub fn position_enu_m(&self) -> Vector3<f64> {
        position_m(&self.mean)
    }

    /// Velocity, m/s.
    pub fn velocity_enu_mps(&self) -> Vector3<f64> {
        velocity_mps(&self.mean)
    }

    /// Reference area over mass, m²/kg, for the track's drag curve.
    pub fn area_per_mass_m2kg(&self) -> f64 {
        self.mean[6].exp()
    }

    /// Relative standard deviation of the area per mass.
    pub fn area_per_mass_rel_sigma(&self) -> f64 {
        self.covariance[(6, 6)].sqrt()
    }

    /// Probability of its kind.
    pub fn kind_probability(&self) -> f64 {
        self.kind_probabilities[self.kind as usize]
    }

    /// Probability that it comes down where gravity and drag take it: a rocket, a
    /// mortar bomb or a shell.
    pub fn ballistic_probability(&self) -> f64 {
        [Kind::Rocket, Kind::Mortar, Kind::Artillery]
            .iter()
            .map(|&kind| self.kind_probabilities[kind as usize])
            .sum()
    }

    /// Whether it is an object for sure, seen lately or not.
    pub fn is_confirmed(&self) -> bool {
        self.status != Status::Tentative
    }

    /// Mean and covariance at another time, by its best motion model.
    pub fn at(&self, world: &World, time: Timestamp) -> (Vector7, Matrix7) {
        let mut belief = self.best().belief.clone();
        let dt_s = time.since_s(self.time);
        if dt_s != 0.0 {
            self.best().motion.predict(world, &mut belief, dt_s);
        }
        (belief.mean, belief.covariance)
    }

    /// The belief to state: that of what it is taken for, or else the likeliest.
    pub(super) fn best(&self) -> &Mode {
        let fits = |mode: &Mode| self.falls && mode.motion.is_ballistic();
        self.modes
            .iter()
            .max_by(|a, b| fits(a).cmp(&fits(b)).then(a.ln_weight.total_cmp(&b.ln_weight)))
            .expect("a track has at least one mode")
    }

    /// Share of the weight that the ballistic modes hold.
    pub(super) fn ballistic_weight(&self) -> f64 {
        let all = |pick: fn(&Mode) -> bool| -> f64 {
            self.modes.iter().filter(|m| pick(m)).map(|m| m.ln_weight.exp()).sum()
        };
        all(|m| m.motion.is_ballistic()) / all(|_| true)
    }
}
