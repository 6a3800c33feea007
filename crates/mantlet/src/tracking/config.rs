//! What may be set of the tracker. The defaults are meant to be left alone.

use crate::flight::DragCurve;

/// Settings of a [`Tracker`](super::Tracker).
#[derive(Clone, Debug, PartialEq)]
pub struct TrackerConfig {
    /// Drag curve of the falling objects' motion model.
    pub curve: DragCurve,
    /// Prior mean and standard deviation of ln(reference area over mass / 1 m²/kg)
    /// for that curve.
    pub ln_area_per_mass: [f64; 2],
    /// Log-odds of existence at which a track is confirmed.
    pub confirm_log_odds: f64,
}

impl Default for TrackerConfig {
    /// Rockets' curve; the drag of 122 mm rockets to 60 mm mortar bombs within
    /// two standard deviations; confirmed when false once in a thousand.
    fn default() -> Self {
        Self { curve: DragCurve::Rocket, ln_area_per_mass: [-7.45, 0.6], confirm_log_odds: 6.9 }
    }
}
