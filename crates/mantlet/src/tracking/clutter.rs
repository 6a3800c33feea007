//! How dense false plots are, and how often something new appears.
//!
//! In: a sensor's description and the plots that no track explains; out: the
//! log-density of false plots in the sensor's own measurement space, per look,
//! and the log-odds that a lone plot is a new object. The rate starts at the
//! sensor's stated one and follows what is seen (an exponentially weighted mean;
//! T. L. Song and D. Musicki, "Adaptive clutter measurement density estimation
//! for improved target tracking", IEEE Trans. AES 47(2), 2011, eq. 3, with one
//! cell for the whole field of view).
//!
//! Limits: false plots spread evenly over range, azimuth, elevation and radial
//! speed within the field of view.

use crate::sensors::Plot;
use crate::sensors::Sensor;
use crate::time::Timestamp;

/// Looks over which the rate is averaged. Chosen: a burst of rounds shorter than
/// a second hardly moves it, rain does within half a minute.
const MEMORY_LOOKS: f64 = 30.0;
/// Radial speeds over which false plots spread, m/s. Chosen: birds to
/// second-time-around echoes of aircraft, both ways.
const RADIAL_SPAN_MPS: f64 = 700.0;
/// New objects a look, over the whole field of view. Chosen: a raid brings a few
/// tens in a minute, a quiet day a few an hour; it enters as a logarithm.
const BIRTHS_PER_LOOK: f64 = 0.05;
/// Share of births in the lowest layer of the field of view, where rounds rise
/// into it. Chosen: the rest were missed at first, or enter from the side.
const LOW_SHARE: f64 = 0.9;
/// Thickness of that layer, m. Chosen: a round at 300 m/s climbing at 45° is
/// first seen within two looks of half a second.
const LOW_LAYER_M: f64 = 250.0;
/// How long after its first scan a sensor may see objects anywhere for the first
/// time, s.
const OPENING_S: f64 = 3.0;

/// What a sensor's false plots are like.
#[derive(Clone, Debug)]
pub struct Clutter {
    per_look: f64,
    ln_volume: f64,
    elevation_span_rad: f64,
    first_scan: Option<Timestamp>,
}

impl Clutter {
    /// From what the site says of the sensor.
    pub fn new(sensor: &Sensor) -> Self {
        let elevation_span_rad = (sensor.elevation_rad[1] - sensor.elevation_rad[0]).max(1e-3);
        let azimuth_span_rad =
            (sensor.azimuth_rad[1] - sensor.azimuth_rad[0]).clamp(1e-3, std::f64::consts::TAU);
        Self {
            per_look: sensor.clutter_per_scan.max(0.0),
            ln_volume: (sensor.range_m * azimuth_span_rad).ln(),
            elevation_span_rad,
            first_scan: None,
        }
    }

    /// Expected false plots a look.
    pub fn per_look(&self) -> f64 {
        self.per_look.max(0.1)
    }

    /// Takes in a scan of which `unexplained` plots belong to no confirmed track,
    /// over `share` of the field of view.
    pub fn observe(&mut self, time: Timestamp, unexplained: usize, share: f64) {
        self.first_scan.get_or_insert(time);
        let seen = unexplained as f64 / share.clamp(0.01, 1.0);
        self.per_look += (seen - self.per_look) * share.min(1.0) / MEMORY_LOOKS;
    }

    /// Log-density of false plots at a plot, over the measurements it holds.
    pub fn ln_density(&self, sensor: &Sensor, plot: &Plot) -> f64 {
        let mut ln = self.per_look().ln() - self.ln_volume;
        if sensor.sigma.elevation_rad.is_some() && plot.elevation_rad.is_some() {
            ln -= self.elevation_span_rad.ln();
        } else if sensor.sigma.height_m.is_some() && plot.height_m.is_some() {
            ln -= (self.elevation_span_rad * plot.range_m.max(1.0)).ln();
        }
        if sensor.sigma.radial_speed_mps.is_some() && plot.radial_speed_mps.is_some() {
            ln -= RADIAL_SPAN_MPS.ln();
        }
        ln
    }

    /// Log-odds that a plot no track explains is a new object. `above_low_m` is
    /// its height over the lowest that the sensor sees there.
    pub fn ln_birth_odds(&self, plot: &Plot, above_low_m: f64) -> f64 {
        let opening = self.first_scan.is_none_or(|first| plot.time.since_s(first) < OPENING_S);
        let layer_rad = (LOW_LAYER_M / plot.range_m.max(1.0)).min(self.elevation_span_rad);
        let low = if above_low_m < LOW_LAYER_M { self.elevation_span_rad / layer_rad } else { 0.0 };
        let even = if opening { 4.0 } else { 1.0 - LOW_SHARE };
        (BIRTHS_PER_LOOK / self.per_look() * (even + LOW_SHARE * low)).ln()
    }
}
