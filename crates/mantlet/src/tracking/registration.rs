//! How far each radar is off: range, azimuth, elevation and clock.
//!
//! In: what settled tracks that several sensors feed expected of a plot, and the plot;
//! out: an estimate of the sensor's biases, and plots corrected by it. The innovation
//! of a biased sensor has the mean b - c dh/dt, with b the bias of a measurement, c the
//! clock's offset and dh/dt the measurement's rate, so a small Kalman filter per sensor
//! over (range, azimuth, elevation, clock) follows it (Y. Bar-Shalom, ed.,
//! *Multitarget-Multisensor Tracking: Advanced Applications*, 1990, ch. 5, reduced to
//! one filter a sensor; the tracks stay as they are).
//!
//! Limits: only what sensors disagree about is seen; an error that all share is not.
//! The disagreement of two is split by how sure each is. A bias counts, and is taken
//! off, once it stands out of its own uncertainty and of the sensor's noise.
//! Chosen so: what is smaller does less harm than a wrong correction.

use nalgebra::{SMatrix, SVector};

use crate::sensors::Plot;
use crate::sensors::Scan;
use crate::sensors::Sensor;
use crate::sensors::Site;

use super::filter::Belief;
use super::measure::{Sight, velocity_mps};

/// What may be wrong with a radar beforehand, standard deviations: m, rad, rad, s.
/// Chosen: a survey's 30 m, a levelled mount's 3 mrad, a network clock's 30 ms.
const PRIOR: [f64; 4] = [30.0, 3e-3, 3e-3, 0.03];
/// Share of the prior's variance that comes back with each plot, so that a change is
/// followed.
const FORGET: f64 = 1e-5;
/// By how much the variance of an innovation is raised, because those of one track
/// share its errors.
const CORRELATED: f64 = 6.0;
/// Standard deviations by which a bias must stand out.
const STANDS_OUT: f64 = 4.0;

/// Least clock offset that is taken off, s.
const LEAST_CLOCK_S: f64 = 0.01;

/// What is thought to be wrong with a sensor: measured minus true.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bias {
    /// Range, m, and its standard deviation.
    pub range_m: [f64; 2],
    /// Azimuth, rad, and its standard deviation.
    pub azimuth_rad: [f64; 2],
    /// Elevation, rad, and its standard deviation.
    pub elevation_rad: [f64; 2],
    /// Clock ahead of the others', s, and its standard deviation.
    pub clock_s: [f64; 2],
}

#[derive(Clone, Debug)]
struct Estimate {
    mean: SVector<f64, 4>,
    covariance: SMatrix<f64, 4, 4>,
}

/// The biases of all sensors of a site.
#[derive(Clone, Debug)]
pub struct Registration(Vec<Estimate>);

impl Registration {
    /// Nothing known yet. A lone sensor disagrees with nobody.
    pub fn new(site: &Site) -> Self {
        let prior = SMatrix::from_diagonal(&SVector::from(PRIOR.map(|s| s * s)));
        let fresh = Estimate { mean: SVector::zeros(), covariance: prior };
        let count = if site.sensors.len() > 1 { site.sensors.len() } else { 0 };
        Self(vec![fresh; count])
    }

    /// What a sensor is thought to be off by; `None` for a lone one.
    pub fn bias(&self, sensor: usize) -> Option<Bias> {
        let estimate = self.0.get(sensor)?;
        let pair = |n: usize| [estimate.mean[n], estimate.covariance[(n, n)].sqrt()];
        Some(Bias {
            range_m: pair(0),
            azimuth_rad: pair(1),
            elevation_rad: pair(2),
            clock_s: pair(3),
        })
    }

    /// Variance that an unknown bias adds to range (m²), azimuth and elevation (rad²)
    /// when a plot is looked for.
    pub fn slack(&self, sensor: usize) -> [f64; 3] {
        self.0.get(sensor).map_or([0.0; 3], |e| [0, 1, 2].map(|n| e.covariance[(n, n)]))
    }

    /// The scan as it would be of a sensor without bias; `None` when there is none to
    /// take off.
    pub fn corrected(&self, site: &Site, scan: &Scan) -> Option<Scan> {
        let estimate = self.0.get(scan.sensor)?;
        let off = estimate.standing_out(&site.sensors[scan.sensor]);
        if off == [0.0; 4] {
            return None;
        }
        let mut scan = scan.clone();
        scan.time = scan.time + -off[3];
        for plot in &mut scan.plots {
            plot.time = plot.time + -off[3];
            plot.range_m -= off[0];
            plot.azimuth_rad = (plot.azimuth_rad - off[1]).rem_euclid(std::f64::consts::TAU);
            plot.elevation_rad = plot.elevation_rad.map(|e| e - off[2]);
        }
        Some(scan)
    }

    /// Learns from a plot that a track took. `belief` is the track's at the plot's time,
    /// before it took it.
    pub fn learn(&mut self, site: &Site, sensor: usize, belief: &Belief, plot: &Plot) {
        let Some(estimate) = self.0.get_mut(sensor) else { return };
        let sight = Sight::new(&site.datum, &site.sensors[sensor], &belief.mean);
        let innovation = sight.innovation(plot);
        let p = belief.covariance.fixed_view::<6, 6>(0, 0).into_owned();
        let velocity_mps = velocity_mps(&belief.mean);
        for (n, prior) in PRIOR.iter().enumerate() {
            estimate.covariance[(n, n)] += FORGET * (prior * prior - estimate.covariance[(n, n)]);
        }
        let by_height = plot.elevation_rad.is_none();
        for n in 0..3 {
            let (Some(nu), Some(noise)) = (innovation[n], sight.variance[n]) else { continue };
            if n == 2 && by_height {
                continue;
            }
            let gradient = &sight.gradient[n];
            let mut row = SVector::<f64, 4>::zeros();
            row[n] = 1.0;
            row[3] = -gradient.fixed_rows::<3>(0).dot(&velocity_mps);
            let spread = gradient.dot(&(p * gradient)) + noise;
            let carried = estimate.covariance * row;
            let variance = row.dot(&carried) + CORRELATED * spread;
            // The plot is without what stood out already; the rest is still in it.
            let expected = estimate.left(&site.sensors[sensor]).dot(&row);
            estimate.mean += carried * ((nu - expected) / variance);
            estimate.covariance -= carried * carried.transpose() / variance;
        }
        self.pin_clock();
    }

    /// Takes off what all clocks have in common: the tracks are timed by the sensors, so
    /// nothing holds it, and it would wander.
    fn pin_clock(&mut self) {
        let (mut weight, mut sum) = (0.0, 0.0);
        for estimate in &self.0 {
            let precision = estimate.covariance[(3, 3)].recip();
            weight += precision;
            sum += precision * estimate.mean[3];
        }
        for estimate in &mut self.0 {
            estimate.mean[3] -= sum / weight;
        }
    }
}

impl Estimate {
    /// The parts that are sure, and large enough to matter.
    fn standing_out(&self, sensor: &Sensor) -> [f64; 4] {
        let sigma = &sensor.sigma;
        let elevation = sigma.elevation_rad.unwrap_or(f64::INFINITY);
        let least = [sigma.range_m, sigma.azimuth_rad, elevation, LEAST_CLOCK_S];
        std::array::from_fn(|n| {
            let sure = STANDS_OUT * self.covariance[(n, n)].sqrt();
            if self.mean[n].abs() > sure.max(least[n]) { self.mean[n] } else { 0.0 }
        })
    }

    /// What is thought to be off and not taken off.
    fn left(&self, sensor: &Sensor) -> SVector<f64, 4> {
        self.mean - SVector::from(self.standing_out(sensor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_are_off_alike_are_not_off() {
        let estimate = |clock_s: f64, sigma_s: f64| {
            let mut covariance = SMatrix::from_diagonal(&SVector::from(PRIOR.map(|s| s * s)));
            covariance[(3, 3)] = sigma_s * sigma_s;
            Estimate { mean: SVector::from([1.0, 0.0, 0.0, clock_s]), covariance }
        };
        let mut registration = Registration(vec![estimate(0.05, 0.003), estimate(0.05, 0.006)]);
        registration.pin_clock();
        assert!(registration.0.iter().all(|e| e.mean[3].abs() < 1e-12 && e.mean[0] == 1.0));
        // What they disagree about is put down to the one that is less sure.
        let mut registration = Registration(vec![estimate(0.0, 0.003), estimate(0.05, 0.006)]);
        registration.pin_clock();
        let clocks: Vec<f64> = registration.0.iter().map(|e| e.mean[3]).collect();
        assert!((clocks[0] + 0.01).abs() < 1e-12 && (clocks[1] - 0.04).abs() < 1e-12);
    }
}
