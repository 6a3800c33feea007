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
/// Chosen: gusts and yaw of 0.03 m/s² that last a second; after 10 s it adds 0.6 m
/// and 0.1 m/s to a round, well below what a radar leaves uncertain.
const BALLISTIC_NOISE_M2S3: f64 = 0.001;
/// Variance rate of ln(area per mass), 1/s. Chosen: the drag curve's shape may
/// be off by 0.7 % over 10 s of slowing down.
const DRAG_NOISE_PER_S: f64 = 5e-6;
/// Spectral density of a powered object's acceleration, m²/s³. Chosen: turns
/// and climbs of 2 m/s² that last a second; a free fall differs from it by 5
/// standard deviations a second.
const POWERED_NOISE_M2S3: f64 = 4.0;

/// Spectral density of the acceleration of what flies steadily, m²/s³. Chosen: 0.2 m/s²
/// that lasts a second.
const STEADY_NOISE_M2S3: f64 = 0.05;

/// A way of moving.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Motion {
    /// Gravity and drag by this curve.
    Ballistic(DragCurve),
    /// Straight on, with turns as noise.
    Powered,
    /// Straight on and level with itself: an airliner on its way. It is as stiff as a
    /// free fall, so that only the bend of the path tells the two apart.
    Steady,
}

impl Motion {
    /// Whether gravity and drag alone move it.
    pub fn is_ballistic(&self) -> bool {
        matches!(self, Self::Ballistic(_))
    }

    /// The moved state and the Jacobian over `dt_s`.
    pub fn transition(&self, world: &World, state: &Vector7, dt_s: f64) -> (Vector7, Matrix7) {
        match *self {
            Self::Ballistic(curve) => transition(world, curve, state, dt_s),
            Self::Powered | Self::Steady => {
                let mut jacobian = Matrix7::identity();
                let mut moved = *state;
                for axis in 0..3 {
                    jacobian[(axis, axis + 3)] = dt_s;
                    moved[axis] += state[axis + 3] * dt_s;
                }
                (moved, jacobian)
            }
        }
    }

    /// The noise gathered over `dt_s`.
    pub fn noise(&self, dt_s: f64) -> Matrix7 {
        match self {
            Self::Ballistic(_) => noise(BALLISTIC_NOISE_M2S3, DRAG_NOISE_PER_S, dt_s),
            Self::Powered => noise(POWERED_NOISE_M2S3, 0.0, dt_s),
            Self::Steady => noise(STEADY_NOISE_M2S3, 0.0, dt_s),
        }
    }

    /// Moves a belief in place.
    pub fn predict(&self, world: &World, belief: &mut Belief, dt_s: f64) {
        let (moved, jacobian) = self.transition(world, &belief.mean, dt_s);
        belief.predict(moved, &jacobian, &self.noise(dt_s));
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
