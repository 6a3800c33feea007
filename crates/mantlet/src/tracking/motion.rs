//! How a tracked object moves between plots.
//!
//! In: a belief and a time step of either sign; out: the moved belief. Rounds
//! follow the flight model with their drag curve; whatever flies under power
//! goes straight on with white-noise acceleration (Y. Bar-Shalom, X. R. Li and
//! T. Kirubarajan, *Estimation with Applications to Tracking and Navigation*,
//! 2001, section 6.2.2).

use nalgebra::SMatrix;

use crate::flight::DragCurve;
use crate::flight::World;
use crate::flight::transition;

use super::filter::{Belief, Matrix7, Vector7};

/// Spectral density of the acceleration that the flight model leaves out, m²/s³.
/// Chosen: gusts and yaw of 0.1 m/s² that last a second; after 10 s it adds 2 m
/// and 0.4 m/s to a round, well below what a radar leaves uncertain.
const BALLISTIC_NOISE_M2S3: f64 = 0.002;
/// Variance rate of ln(area per mass), 1/s. Chosen: the drag curve's shape may
/// be off by 3 % over 10 s of slowing down.
const DRAG_NOISE_PER_S: f64 = 2e-5;
/// Spectral density of a powered object's acceleration, m²/s³. Chosen: turns
/// and climbs of 2 m/s² that last a second; a free fall differs from it by 5
/// standard deviations a second.
const POWERED_NOISE_M2S3: f64 = 4.0;

/// A way of moving.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Motion {
    /// Gravity and drag by this curve.
    Ballistic(DragCurve),
    /// Straight on, with turns as noise.
    Powered,
}

impl Motion {
    /// The moved state, the Jacobian and the noise gathered, over `dt_s`.
    pub fn advance(
        &self,
        world: &World,
        state: &Vector7,
        dt_s: f64,
    ) -> (Vector7, Matrix7, Matrix7) {
        match *self {
            Self::Ballistic(curve) => {
                let (moved, jacobian) = transition(world, curve, state, dt_s);
                (moved, jacobian, noise(BALLISTIC_NOISE_M2S3, DRAG_NOISE_PER_S, dt_s))
            }
            Self::Powered => {
                let mut jacobian = Matrix7::identity();
                let mut moved = *state;
                for axis in 0..3 {
                    jacobian[(axis, axis + 3)] = dt_s;
                    moved[axis] += state[axis + 3] * dt_s;
                }
                (moved, jacobian, noise(POWERED_NOISE_M2S3, 0.0, dt_s))
            }
        }
    }

    /// Moves a belief in place.
    pub fn predict(&self, world: &World, belief: &mut Belief, dt_s: f64) {
        let (moved, jacobian, noise) = self.advance(world, &belief.mean, dt_s);
        belief.predict(moved, &jacobian, &noise);
    }
}

/// Covariance gathered over `dt_s` by white acceleration and by the drag's walk;
/// backwards in time, position and velocity errors have opposite signs.
fn noise(acceleration_m2s3: f64, drag_per_s: f64, dt_s: f64) -> Matrix7 {
    let (dt, sign) = (dt_s.abs(), dt_s.signum());
    let mut q: Matrix7 = SMatrix::zeros();
    for axis in 0..3 {
        q[(axis, axis)] = acceleration_m2s3 * dt * dt * dt / 3.0;
        q[(axis, axis + 3)] = sign * acceleration_m2s3 * dt * dt / 2.0;
        q[(axis + 3, axis)] = q[(axis, axis + 3)];
        q[(axis + 3, axis + 3)] = acceleration_m2s3 * dt;
    }
    q[(6, 6)] = drag_per_s * dt;
    q
}
