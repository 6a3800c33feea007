//! Whether a plot can belong to a track, and how likely it is.
//!
//! In: a belief predicted to the plot's time and the sensor; out: the
//! log-likelihood of each plot inside the gate. The innovation's covariance is
//! worked out once per track; each plot then costs a factorisation of at most
//! four by four (S. S. Blackman and R. Popoli, *Design and Analysis of Modern
//! Tracking Systems*, 1999, section 6.3).

use nalgebra::Vector3;

use crate::frames::Datum;
use crate::sensors::Plot;
use crate::sensors::Sensor;

use super::filter::Belief;
use super::measure::Sight;

/// Squared Mahalanobis distance at the edge of the gate, for four measurements.
/// Source: chi-squared, 4 degrees of freedom, 0.9997 inside.
const GATE: f64 = 21.0;

/// A track as one sensor would see it.
#[derive(Clone, Debug)]
pub struct Gate {
    sight: Sight,
    /// Covariance of the expected measurement, without the plot's own noise.
    spread: [[f64; 4]; 4],
    /// Half edges of a box that holds the gate, m.
    pub reach_m: Vector3<f64>,
    /// Centre of that box, m.
    pub centre_m: Vector3<f64>,
}

impl Gate {
    /// The gate of `belief` at its own time. `slack` is the variance that an unknown bias
    /// of the sensor adds to range, azimuth and elevation.
    #[expect(clippy::needless_range_loop, reason = "indices of a triangle")]
    pub fn new(datum: &Datum, sensor: &Sensor, slack: [f64; 3], belief: &Belief) -> Self {
        let sight = Sight::new(datum, sensor, &belief.mean);
        let p = belief.covariance.fixed_view::<6, 6>(0, 0).into_owned();
        let mut spread = [[0.0; 4]; 4];
        for i in 0..4 {
            let carried = p * sight.gradient[i];
            for j in 0..=i {
                spread[i][j] = sight.gradient[j].dot(&carried);
                spread[j][i] = spread[i][j];
            }
        }
        for (n, variance) in slack.into_iter().enumerate() {
            spread[n][n] += variance;
        }
        // Second-order term of azimuth near the zenith, as in `Sight::rows`.
        spread[1][1] += 0.5 * spread[1][1] * spread[1][1];
        let range_m = sight.expected[0];
        let noise_m = |n: usize, arm_m: f64| sight.variance[n].map_or(0.0, |v| v * arm_m * arm_m);
        let vertical = match sensor.sigma.height_m {
            Some(height_m) if sensor.sigma.elevation_rad.is_none() => height_m * height_m,
            _ => noise_m(2, range_m),
        };
        let slack_m2 = slack[0] + (slack[1] + slack[2]) * range_m * range_m;
        let plot_m2 = noise_m(0, 1.0) + noise_m(1, range_m) + vertical + slack_m2;
        let reach_m =
            Vector3::from_fn(|axis, _| (GATE * (belief.covariance[(axis, axis)] + plot_m2)).sqrt());
        Self { sight, spread, reach_m, centre_m: super::measure::position_m(&belief.mean) }
    }

    /// Log-likelihood of a plot under this belief; `None` outside the gate.
    #[expect(clippy::needless_range_loop, reason = "indices of a triangle")]
    pub fn log_likelihood(&self, plot: &Plot) -> Option<f64> {
        let innovation = self.sight.innovation(plot);
        let mut lower = [[0.0; 4]; 4];
        let mut white = [0.0; 4];
        let (mut distance, mut determinant, mut count) = (0.0, 1.0, 0);
        for i in 0..4 {
            let (Some(nu), Some(variance)) = (innovation[i], self.sight.variance[i]) else {
                continue;
            };
            let (mut diagonal, mut rest) = (self.spread[i][i] + variance, nu);
            for j in 0..i {
                if innovation[j].is_none() {
                    continue;
                }
                let mut sum = self.spread[i][j];
                for k in 0..j {
                    sum -= lower[i][k] * lower[j][k];
                }
                lower[i][j] = sum / lower[j][j];
                diagonal -= lower[i][j] * lower[i][j];
                rest -= lower[i][j] * white[j];
            }
            lower[i][i] = diagonal.max(0.1 * variance).sqrt();
            white[i] = rest / lower[i][i];
            distance += white[i] * white[i];
            if distance > GATE {
                return None;
            }
            determinant *= lower[i][i];
            count += 1;
        }
        let constant = f64::from(count) * (0.5 * std::f64::consts::TAU.ln());
        Some(-0.5 * distance - determinant.ln() - constant)
    }
}
