//! What a sensor would measure of a state, linearised.
//!
//! In: a state in the site's local frame and a sensor; out: expected range,
//! azimuth, elevation (or height) and radial speed with their derivatives.
//! The polar derivatives are those of `frames`; the radial speed `v·u` (u the
//! unit line of sight at range r) has derivatives `(v - (v·u)u)/r` and `u`.
//!
//! Limits: near the zenith azimuth is not Gaussian; its noise is inflated by the
//! curvature there.

use nalgebra::{SMatrix, SVector, Vector3};

use crate::frames::Datum;
use crate::frames::Local;
use crate::frames::Polar;
use crate::sensors::Plot;
use crate::sensors::Sensor;

use super::filter::{Matrix7, Row, Vector7};

/// Which of the four measurements: their places in [`Sight`].
const RANGE: usize = 0;
const AZIMUTH: usize = 1;
const ELEVATION: usize = 2;
const RADIAL: usize = 3;
const TWO_PI: f64 = std::f64::consts::TAU;

/// A sensor's expected measurement of a state.
#[derive(Clone, Debug, PartialEq)]
pub struct Sight {
    /// Range (m), azimuth (rad), elevation (rad) or height (m), radial speed (m/s).
    pub expected: [f64; 4],
    /// Their derivatives with respect to position and velocity.
    pub gradient: [SVector<f64, 6>; 4],
    /// Noise variances; `None` is "does not measure".
    pub variance: [Option<f64>; 4],
    /// Where the sensor would see it.
    pub polar: Polar,
    by_height: bool,
}

/// Position part of a state.
pub fn position_m(state: &Vector7) -> Vector3<f64> {
    state.fixed_rows::<3>(0).into()
}

/// Velocity part of a state.
pub fn velocity_mps(state: &Vector7) -> Vector3<f64> {
    state.fixed_rows::<3>(3).into()
}

impl Sight {
    /// What `sensor` would measure of something at `state`.
    pub fn new(datum: &Datum, sensor: &Sensor, state: &Vector7) -> Self {
        let p = Local::from(position_m(state));
        let velocity = velocity_mps(state);
        let polar = sensor.frame.polar(p);
        let jacobian = sensor.frame.polar_jacobian(p);
        let mut gradient = [SVector::<f64, 6>::zeros(); 4];
        for (row, g) in gradient.iter_mut().enumerate().take(3) {
            g.fixed_rows_mut::<3>(0).copy_from(&jacobian.row(row).transpose());
        }
        let line = p.enu_m() - sensor.frame.origin().enu_m();
        let range_m = line.norm().max(1e-3);
        let unit = line / range_m;
        let radial_mps = velocity.dot(&unit);
        gradient[RADIAL]
            .fixed_rows_mut::<3>(0)
            .copy_from(&((velocity - unit * radial_mps) / range_m));
        gradient[RADIAL].fixed_rows_mut::<3>(3).copy_from(&unit);
        let sigma = &sensor.sigma;
        let square = |s: Option<f64>| s.map(|s| s * s);
        let by_height = sigma.elevation_rad.is_none() && sigma.height_m.is_some();
        let mut expected = [polar.range_m, polar.azimuth_rad, polar.elevation_rad, radial_mps];
        if by_height {
            expected[ELEVATION] = datum.height_m(p);
            gradient[ELEVATION] = SVector::zeros();
            gradient[ELEVATION].fixed_rows_mut::<3>(0).copy_from(&up(datum, p));
        }
        Self {
            expected,
            gradient,
            variance: [
                square(Some(sigma.range_m)),
                square(Some(sigma.azimuth_rad)),
                square(if by_height { sigma.height_m } else { sigma.elevation_rad }),
                square(sigma.radial_speed_mps),
            ],
            polar,
            by_height,
        }
    }

    /// Measured minus expected for what the plot holds and the sensor's noise is known for.
    pub fn innovation(&self, plot: &Plot) -> [Option<f64>; 4] {
        let wrap = |a: f64| a - TWO_PI * (a / TWO_PI).round();
        let third = if self.by_height { plot.height_m } else { plot.elevation_rad };
        let known = |n: usize, value: Option<f64>| {
            self.variance[n].and(value).map(|value| value - self.expected[n])
        };
        [
            known(RANGE, Some(plot.range_m)),
            known(AZIMUTH, Some(plot.azimuth_rad)).map(wrap),
            known(ELEVATION, third),
            known(RADIAL, plot.radial_speed_mps),
        ]
    }

    /// The rows of a plot for `Belief::update`,
    /// written to `rows`; how many. With `since`, the belief stands at another
    /// time than the plot: the Jacobian from the belief's time to the plot's, and
    /// the noise gathered between.
    pub fn rows(
        &self,
        plot: &Plot,
        position_covariance: Option<&SMatrix<f64, 3, 3>>,
        since: Option<(&Matrix7, Option<&Matrix7>)>,
        rows: &mut [Row; 4],
    ) -> usize {
        let mut count = 0;
        for (n, innovation) in self.innovation(plot).into_iter().enumerate() {
            let (Some(innovation), Some(mut variance)) = (innovation, self.variance[n]) else {
                continue;
            };
            let mut gradient = Vector7::zeros();
            gradient.fixed_rows_mut::<6>(0).copy_from(&self.gradient[n]);
            if let Some(position_covariance) = position_covariance
                && n == AZIMUTH
            {
                // Second-order term of an angle whose ring is not large against
                // the spread across it (Bar-Shalom et al. 2001, eq. 10.3.3-8).
                let across = self.gradient[n].fixed_rows::<3>(0).into_owned();
                let spread = across.dot(&(position_covariance * across));
                variance += 0.5 * spread * spread;
            }
            if let Some((jacobian, noise)) = since {
                if let Some(noise) = noise {
                    variance += gradient.dot(&(noise * gradient));
                }
                gradient = jacobian.tr_mul(&gradient);
            }
            rows[count] = Row { gradient, innovation, variance };
            count += 1;
        }
        count
    }
}

/// Derivative of height above the ellipsoid with respect to local position.
fn up(datum: &Datum, p: Local) -> Vector3<f64> {
    let place = datum.wgs84(p);
    let (sin_lat, cos_lat) = place.lat_rad.sin_cos();
    let (sin_lon, cos_lon) = place.lon_rad.sin_cos();
    datum.enu_from_ecef() * Vector3::new(cos_lat * cos_lon, cos_lat * sin_lon, sin_lat)
}

/// A row that holds nothing, to fill scratch space with.
pub const EMPTY_ROW: Row = Row {
    gradient: Vector7::from_array_storage(nalgebra::ArrayStorage([[0.0; 7]])),
    innovation: 0.0,
    variance: 1.0,
};
