//! One Gaussian belief and how a measurement changes it.
//!
//! In: a mean and covariance of (position, velocity, ln of reference area over
//! mass) and linearised scalar measurements; out: the updated belief and the
//! log-likelihood of what was measured. An extended Kalman filter whose update
//! takes one scalar at a time (uncorrelated noise) in Joseph's form
//! (P. D. Joseph in R. S. Bucy and P. D. Joseph, *Filtering for Stochastic
//! Processes with Applications to Guidance*, 1968; Y. Bar-Shalom, X. R. Li and
//! T. Kirubarajan, *Estimation with Applications to Tracking and Navigation*,
//! 2001, eq. 5.2.3-18), which keeps the covariance symmetric and positive.
//! All rows of one plot share one linearisation, so the result does not depend
//! on their order.
//!
//! Limits: noise must be small against the curvature of the measurement; the
//! first plots go through the batch fit of `start.rs` instead.

use nalgebra::{SMatrix, SVector};

/// East, north, up position (m), velocity (m/s), ln(area per mass / 1 m²/kg).
pub type Vector7 = SVector<f64, 7>;
/// Covariance of a [`Vector7`].
pub type Matrix7 = SMatrix<f64, 7, 7>;

/// One scalar measurement, linearised about the mean of the belief.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Derivative of the measurement with respect to the state.
    pub gradient: Vector7,
    /// Measured minus expected.
    pub innovation: f64,
    /// Variance of the measurement's noise.
    pub variance: f64,
}

/// A Gaussian belief about one object.
#[derive(Clone, Debug, PartialEq)]
pub struct Belief {
    /// Mean.
    pub mean: Vector7,
    /// Covariance.
    pub covariance: Matrix7,
}

impl Belief {
    /// Moves to the predicted mean, with the transition's Jacobian and noise.
    pub fn predict(&mut self, mean: Vector7, jacobian: &Matrix7, noise: &Matrix7) {
        self.mean = mean;
        self.covariance = jacobian * self.covariance * jacobian.transpose() + noise;
        self.symmetrise();
    }

    /// Takes in the rows of one plot; their joint log-likelihood.
    pub fn update(&mut self, rows: &[Row]) -> f64 {
        let mut log_likelihood = 0.0;
        let mut moved = Vector7::zeros();
        for row in rows {
            let spread = self.covariance * row.gradient;
            let variance = row.gradient.dot(&spread) + row.variance;
            let innovation = row.innovation - row.gradient.dot(&moved);
            let gain = spread / variance;
            log_likelihood -= 0.5
                * (innovation * innovation / variance + (std::f64::consts::TAU * variance).ln());
            moved += gain * innovation;
            // Joseph: (I - K h') P (I - K h')' + K r K', as two rank-one steps.
            let mut p = self.covariance;
            p.ger(-1.0, &gain, &spread, 1.0);
            let left = p * row.gradient;
            p.ger(-1.0, &left, &gain, 1.0);
            p.ger(row.variance, &gain, &gain, 1.0);
            self.covariance = p;
            self.symmetrise();
        }
        self.mean += moved;
        log_likelihood
    }

    fn symmetrise(&mut self) {
        for i in 0..7 {
            for j in 0..i {
                let mean = 0.5 * (self.covariance[(i, j)] + self.covariance[(j, i)]);
                self.covariance[(i, j)] = mean;
                self.covariance[(j, i)] = mean;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::*;

    fn uniform(rng: &mut ChaCha8Rng) -> f64 {
        (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    #[test]
    fn covariance_stays_positive_over_random_updates_with_degenerate_geometry() {
        update_at_random(100_000);
    }

    /// `make bench` runs it.
    #[test]
    #[ignore = "a million updates"]
    fn covariance_stays_positive_over_a_million_random_updates() {
        update_at_random(1_000_000);
    }

    fn update_at_random(count: usize) {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let scale = Vector7::from([1e3, 1e3, 1e3, 300.0, 300.0, 300.0, 1.0]);
        let fresh = || Matrix7::from_diagonal(&scale.component_mul(&scale));
        let mut belief = Belief { mean: Vector7::zeros(), covariance: fresh() };
        for n in 0..count {
            if n % 500 == 0 {
                belief.covariance = fresh();
            }
            // Often the same direction again, with noise over eight decades.
            let gradient = Vector7::from_fn(|i, _| {
                let axis = n / 7 % 7 == i;
                (if n % 3 == 0 || axis { uniform(&mut rng) - 0.5 } else { 0.0 }) / scale[i]
            });
            let variance = 10f64.powf(-8.0 + 8.0 * uniform(&mut rng));
            belief.update(&[Row { gradient, innovation: 0.0, variance }]);
            if n % 5 == 0 {
                let mut jacobian = Matrix7::identity();
                (0..3).for_each(|i| jacobian[(i, i + 3)] = 0.5);
                let noise = Matrix7::from_diagonal(&(scale * 1e-6).map(|x| x * x));
                belief.predict(belief.mean, &jacobian, &noise);
            }
            assert!(belief.covariance.cholesky().is_some(), "step {n}: {}", belief.covariance);
        }
    }

    #[test]
    fn rows_in_any_order_give_the_same_belief() {
        let row = |a: f64, b: f64, innovation: f64| Row {
            gradient: Vector7::from([a, b, 0.3, 0.1, 0.0, 0.2, 0.0]),
            innovation,
            variance: 0.5,
        };
        let rows = [row(1.0, 0.2, 0.7), row(-0.3, 1.0, -0.4)];
        let start = Belief { mean: Vector7::zeros(), covariance: Matrix7::identity() };
        let (mut one, mut other) = (start.clone(), start);
        let likelihood = one.update(&rows);
        let same = other.update(&[rows[1], rows[0]]);
        assert!((one.mean - other.mean).amax() < 1e-14);
        assert!((one.covariance - other.covariance).amax() < 1e-14);
        assert!((likelihood - same).abs() < 1e-13);
    }
}
