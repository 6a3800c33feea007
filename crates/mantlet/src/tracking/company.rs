//! Rounds of a salvo fly alike: the velocity that a plot's neighbours betray.
//!
//! In: one scan's plots with radial speeds; out: for a plot that stands among others
//! whose radial speeds fit one velocity, that velocity with its information. The radial
//! speed of objects that fly parallel is `V·u`, so a row of them seen under different
//! lines of sight `u` shows also the part of V across the line of sight, from one scan
//! (the fit of a uniform flow to radial speeds: R. J. Doviak and D. S. Zrnić, *Doppler
//! Radar and Weather Observations*, 1993, section 9.3.3). Without it, a row of rounds
//! as wide apart as a few beam errors may each be its neighbour moving aside.
//!
//! Limits: objects that do not fly alike are not found to; fewer than six are not
//! judged; a column along one line of sight says nothing of its motion across.

use nalgebra::{Matrix3, Vector3};

use crate::sensors::Sensor;
use crate::time::Timestamp;

use super::start::SPEED_SIGMA_MPS;
use super::tracker::Field;

/// Half edge of the box of neighbours, m. Chosen: the dispersion of a salvo.
const REACH_M: f64 = 700.0;
/// Largest difference of radial speed to a neighbour, m/s. Chosen: 200 m/s across the
/// line of sight at 3 km.
const APART_MPS: f64 = 45.0;
/// Fewest plots, itself included: three say what the velocity is, three that it fits.
const LEAST: usize = 6;
/// Share of the neighbours that must fit.
const FITTING: f64 = 0.75;
/// Difference of each velocity component between rounds of one salvo, m/s. Chosen:
/// 2 % of 250 m/s.
const SPREAD_MPS: f64 = 4.0;
/// Standard deviations within which a radial speed fits.
const SIGMAS: f64 = 3.5;
/// A velocity known beforehand.
#[derive(Clone, Debug, PartialEq)]
pub struct Company {
    /// When.
    pub time: Timestamp,
    /// East, north, up, m/s.
    pub velocity_mps: Vector3<f64>,
    /// Inverse of its covariance, s²/m².
    pub information: Matrix3<f64>,
    /// ln(area per mass / 1 m²/kg) and its standard deviation, once tracks know it.
    pub ln_area_per_mass: Option<[f64; 2]>,
    /// Log-density of the plots that fly so, per look, in the sensor's measurements:
    /// metres of range, radians of azimuth and of elevation, m/s of radial speed.
    pub ln_density: f64,
}

/// The company of a plot; `None` when it stands alone or among what flies otherwise.
pub fn company(sensor: &Sensor, field: &Field, index: usize) -> Option<Company> {
    let sigma_mps = sensor.sigma.radial_speed_mps?;
    let own = &field.seen[index];
    let (position_m, radial_mps) = (own.position_m?, own.plot.radial_speed_mps?);
    let mut near: Vec<(usize, Vector3<f64>, f64)> = Vec::new();
    field.grid.near(&position_m, &Vector3::repeat(REACH_M), |n| {
        let other = &field.seen[n];
        if let (Some(there_m), Some(speed_mps)) = (other.position_m, other.plot.radial_speed_mps)
            && (speed_mps - radial_mps).abs() < APART_MPS
        {
            let line = (there_m - sensor.frame.origin().enu_m()).normalize();
            near.push((n, line, speed_mps));
        }
    });
    let all = near.len();
    // Once over all, once over those that fit.
    let spread_mps = sigma_mps.hypot(SPREAD_MPS);
    for trimmed in [false, true] {
        if near.len() < LEAST || (near.len() as f64) < FITTING * all as f64 {
            return None;
        }
        // The grid's order is no order to add up in.
        near.sort_unstable_by_key(|n| n.0);
        let mut information = Matrix3::from_diagonal_element(SPEED_SIGMA_MPS.powi(-2));
        let mut sum = Vector3::zeros();
        for (_, line, speed_mps) in &near {
            information += line * line.transpose() / sigma_mps.powi(2);
            sum += line * (*speed_mps / sigma_mps.powi(2));
        }
        let covariance = information.try_inverse()?;
        let velocity_mps = covariance * sum;
        let misfit = |n: &(usize, Vector3<f64>, f64)| (n.2 - velocity_mps.dot(&n.1)).abs();
        if trimmed {
            let square: f64 = near.iter().map(|n| misfit(n).powi(2)).sum();
            let rms_mps = (square / (near.len() - 3) as f64).sqrt();
            if rms_mps > 2.0 * sigma_mps || !near.iter().any(|n| n.0 == index) {
                return None;
            }
            let spread = covariance + Matrix3::from_diagonal_element(SPREAD_MPS.powi(2));
            let time = own.plot.time;
            let information = spread.try_inverse()?;
            let ln_density = ln_density(sensor, field, &near);
            return Some(Company {
                time,
                velocity_mps,
                information,
                ln_area_per_mass: None,
                ln_density,
            });
        }
        near.retain(|n| misfit(n) < SIGMAS * spread_mps.min(3.0 * sigma_mps));
    }
    None
}

/// Their number over the box that they fill, no thinner than the sensor's noise.
fn ln_density(sensor: &Sensor, field: &Field, near: &[(usize, Vector3<f64>, f64)]) -> f64 {
    let extent = |pick: &dyn Fn(usize) -> f64, sigma: f64| {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for (n, _, _) in near {
            low = low.min(pick(*n));
            high = high.max(pick(*n));
        }
        (high - low).max(4.0 * sigma)
    };
    let polar = |n: usize| {
        let position_m = field.seen[n].position_m.unwrap_or_default();
        sensor.frame.polar(position_m.into())
    };
    let first_rad = polar(near[0].0).azimuth_rad;
    let turned = |n: usize| {
        let turn = polar(n).azimuth_rad - first_rad;
        turn - std::f64::consts::TAU * (turn / std::f64::consts::TAU).round()
    };
    let sigma = &sensor.sigma;
    let elevation = sigma.elevation_rad.unwrap_or(sigma.azimuth_rad);
    let volume = extent(&|n| polar(n).range_m, sigma.range_m)
        * extent(&turned, sigma.azimuth_rad)
        * extent(&|n| polar(n).elevation_rad, elevation)
        * 4.0
        * sigma.radial_speed_mps.unwrap_or(1.0);
    (near.len() as f64 / volume).ln()
}
