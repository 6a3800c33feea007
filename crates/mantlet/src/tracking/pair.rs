//! Whether two plots may be of one object, before anything is fitted to them.
//!
//! In: two plots of any sensors; out: the most that the second's likelihood given the
//! first can be, or that no object makes both. On a straight line the displacement over
//! the time between is the velocity, whose components along the lines of sight the
//! radial speeds tell, and whose prior is that of `start.rs`; the bend of the path is
//! let off. The batch fit then says how likely it really is.
//!
//! Limits: in company, where the velocity is known, only the hard limits are judged.

use nalgebra::Vector3;

use crate::sensors::Plot;
use crate::sensors::Sensor;

use super::start::SPEED_SIGMA_MPS;

/// Fastest object that two plots may start, m/s.
pub const MAX_SPEED_MPS: f64 = 1100.0;
/// Strongest slowing between two plots, m/s²: a bullet's.
const MAX_SLOWING_MPS2: f64 = 60.0;
/// Standard deviations within which a hard limit holds.
const SIGMAS: f64 = 4.0;

/// A plot with its place and its sensor.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'a> {
    /// Whose.
    pub sensor: &'a Sensor,
    /// The plot.
    pub plot: &'a Plot,
    /// Where in the site's local frame, m.
    pub position_m: Vector3<f64>,
}

impl Placed<'_> {
    /// Unit line of sight.
    fn line(&self) -> Vector3<f64> {
        (self.position_m - self.sensor.frame.origin().enu_m()).normalize()
    }

    /// Standard deviation across the line of sight, m.
    fn across_m(&self) -> f64 {
        let sigma = &self.sensor.sigma;
        let angle = sigma.azimuth_rad.max(sigma.elevation_rad.unwrap_or(0.0));
        (angle * self.plot.range_m).max(sigma.height_m.unwrap_or(0.0))
    }

    /// Variance of its place along a unit vector, m².
    fn variance_m2(&self, line: &Vector3<f64>, along: &Vector3<f64>) -> f64 {
        let share = line.dot(along).powi(2);
        self.sensor.sigma.range_m.powi(2) * share + self.across_m().powi(2) * (1.0 - share)
    }

    /// Radial speed and its standard deviation, m/s.
    fn radial_mps(&self) -> Option<[f64; 2]> {
        Some([self.plot.radial_speed_mps?, self.sensor.sigma.radial_speed_mps?])
    }
}

/// Upper bound on the log-likelihood of `after` given `before`, over metres of range,
/// radians of azimuth and elevation and m/s of radial speed; `None` when no object makes
/// both plots. `alone` is whether nothing but the prior is known of the velocity.
pub fn ln_most(before: &Placed, after: &Placed, alone: bool) -> Option<f64> {
    let dt_s = after.plot.time.since_s(before.plot.time);
    let moved_m = after.position_m - before.position_m;
    let blur_m = {
        let own = |p: &Placed| p.across_m().hypot(p.sensor.sigma.range_m);
        SIGMAS * own(before).hypot(own(after))
    };
    if dt_s.abs() < 1e-3 || moved_m.norm() > MAX_SPEED_MPS * dt_s.abs() + blur_m {
        return None;
    }
    let (u, w) = (before.line(), after.line());
    // How far a radial speed may be from the mean velocity's.
    let bend_mps = 0.5 * MAX_SLOWING_MPS2 * dt_s.abs();
    let off = |p: &Placed, line: &Vector3<f64>| {
        let [speed_mps, sigma_mps] = p.radial_mps()?;
        let place_m2 = before.variance_m2(&u, line) + after.variance_m2(&w, line);
        let variance = place_m2 / dt_s.powi(2) + sigma_mps.powi(2);
        let off_mps = ((line.dot(&moved_m) / dt_s - speed_mps).abs() - bend_mps).max(0.0);
        Some((off_mps, variance))
    };
    let (old, new) = (off(before, &u), off(after, &w));
    let too_far = |(off, variance): (f64, f64)| off * off > SIGMAS * SIGMAS * variance;
    if old.is_some_and(too_far) || new.is_some_and(too_far) {
        return None;
    }
    let same = std::ptr::eq(before.sensor, after.sensor);
    if let (Some([v0, s0]), Some([v1, s1])) = (before.radial_mps(), after.radial_mps())
        && same
    {
        let noise_mps = SIGMAS * s0.hypot(s1);
        let range_m = SIGMAS * std::f64::consts::SQRT_2 * before.sensor.sigma.range_m;
        let change_m = after.plot.range_m - before.plot.range_m - 0.5 * (v0 + v1) * dt_s;
        let bend_m = 0.5 * MAX_SLOWING_MPS2 * dt_s * dt_s;
        if (v1 - v0).abs() > MAX_SLOWING_MPS2 * dt_s.abs() + noise_mps
            || change_m.abs() > range_m + noise_mps * dt_s.abs() + bend_m
        {
            return None;
        }
    }
    if !alone {
        return Some(f64::INFINITY);
    }
    let normal = |square: f64, variance: f64| {
        -0.5 * (square / variance + (std::f64::consts::TAU * variance).ln())
    };
    let free_m2 = (SPEED_SIGMA_MPS * dt_s).powi(2) + blur_m.powi(2) / (SIGMAS * SIGMAS);
    let along_m = u.dot(&moved_m);
    let aside_m2 = moved_m.norm_squared() - along_m * along_m;
    // Displacement: along the first line of sight, and the two across.
    let mut ln = normal(aside_m2, free_m2) + normal(0.0, free_m2);
    ln += match old {
        Some((off, variance)) => normal(off * off, variance) - dt_s.abs().ln(),
        None => normal(along_m * along_m, free_m2),
    };
    if let (Some((off, variance)), Some([_, sigma_mps])) = (new, after.radial_mps()) {
        // No narrower than the first radial speed makes it.
        let least = match before.radial_mps() {
            Some([_, first_mps]) if same => variance.min(first_mps.powi(2) + sigma_mps.powi(2)),
            _ => variance,
        };
        ln -= 0.5 * (off * off / variance + (std::f64::consts::TAU * least).ln());
    }
    // From a density in space to one in range and angles.
    let up = w.z.clamp(-1.0, 1.0);
    Some(ln + 2.0 * after.plot.range_m.ln() + 0.5 * (1.0 - up * up).max(1e-6).ln())
}
