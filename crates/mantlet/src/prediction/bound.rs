//! The best that any tracker could do: the Cramér-Rao bound.
//!
//! In: the true path, when and how each sensor looked at it, and what was known
//! beforehand; out: the least covariance that an unbiased estimate of the state,
//! and of the impact point, can have. Parametric bound by the recursion of P.
//! Tichavský, C. H. Muravchik and A. Nehorai, "Posterior Cramér-Rao bounds for
//! discrete-time nonlinear filtering", IEEE Trans. Signal Processing 46(5), 1998,
//! eq. 21, about the true path; a chance of detection below one scales the
//! information of a look (the information-reduction form of M. L. Hernandez,
//! B. Ristic, A. Farina and L. Timmoneri, "A comparison of two Cramér-Rao bounds
//! for nonlinear filtering with Pd < 1", IEEE Trans. SP 52(9), 2004, eq. 20).
//!
//! Limits: the association of plots is taken as known, so in clutter the true
//! bound is a little higher; with Pd < 1 this form is the lower of the two.

use nalgebra::{Matrix2, SMatrix, SVector};

use crate::flight::Body;
use crate::flight::State;
use crate::flight::World;
use crate::flight::transition;
use crate::tracking::Sight;
use crate::tracking::Vector7;

use super::impact::landing_gradient;

/// Fisher information about an N-vector, carried along a path.
#[derive(Clone, Debug, PartialEq)]
pub struct Information<const N: usize>(SMatrix<f64, N, N>);

impl<const N: usize> Information<N> {
    /// From what was known beforehand: the inverse of a covariance, singular
    /// where nothing was.
    pub fn new(prior: SMatrix<f64, N, N>) -> Self {
        Self(prior)
    }

    /// Moves on by the transition's Jacobian and the noise gathered. `None` when
    /// the Jacobian cannot be inverted.
    #[must_use]
    pub fn predict(
        &self,
        jacobian: &SMatrix<f64, N, N>,
        noise: &SMatrix<f64, N, N>,
    ) -> Option<Self> {
        let back = jacobian.try_inverse()?;
        let moved = back.transpose() * self.0 * back;
        // (moved⁻¹ + noise)⁻¹ without inverting either.
        let damped = (SMatrix::identity() + moved * noise).try_inverse()? * moved;
        Some(Self(0.5 * (damped + damped.transpose())))
    }

    /// Adds one scalar measurement that is made with this probability.
    pub fn measure(&mut self, gradient: &SVector<f64, N>, variance: f64, probability: f64) {
        self.0 += gradient * gradient.transpose() * (probability / variance);
    }

    /// The bound; `None` while some direction is not known at all.
    pub fn covariance(&self) -> Option<SMatrix<f64, N, N>> {
        // Scaled to a unit diagonal first: metres and logarithms differ by decades.
        let scale = self.0.diagonal().map(|x| x.sqrt().recip());
        if !scale.iter().all(|x| x.is_finite()) {
            return None;
        }
        let scaled = SMatrix::from_diagonal(&scale) * self.0 * SMatrix::from_diagonal(&scale);
        let inverse = scaled.cholesky()?.inverse();
        Some(SMatrix::from_diagonal(&scale) * inverse * SMatrix::from_diagonal(&scale))
    }
}

/// The true state at one time and who looked at it then.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Time on the path, s.
    pub time_s: f64,
    /// True state.
    pub state: State,
    /// Looks at this time: what the sensor would measure, and its probability of
    /// detection. Empty for a time at which only the bound is wanted.
    pub looks: Vec<(Sight, f64)>,
}

/// What was known before the first plot: standard deviations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// Of each velocity component, m/s; infinite for nothing.
    pub velocity_mps: f64,
    /// Of ln(area per mass).
    pub ln_area_per_mass: f64,
}

/// Bound on the impact point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImpactBound {
    /// Least covariance of the impact's east and north, m².
    pub covariance_en_m2: Matrix2<f64>,
    /// Least standard deviation of the impact's time, s.
    pub time_sigma_s: f64,
    /// Least covariance of position, velocity and ln(area per mass) now.
    pub state: SMatrix<f64, 7, 7>,
}

/// The bound on the impact after each sample, `None` while nothing bounds it.
/// Samples are in order of time, the first at the first look.
pub fn impact_bound(
    world: &World,
    body: &Body,
    samples: &[Sample],
    prior: Prior,
) -> Vec<Option<ImpactBound>> {
    let mut known = SVector::<f64, 7>::zeros();
    for axis in 3..6 {
        known[axis] = prior.velocity_mps.powi(-2);
    }
    known[6] = prior.ln_area_per_mass.powi(-2);
    let mut information = Some(Information::new(SMatrix::from_diagonal(&known)));
    let mut before: Option<&Sample> = None;
    let mut bounds = Vec::with_capacity(samples.len());
    for sample in samples {
        if let Some(before) = before {
            let dt_s = sample.time_s - before.time_s;
            let (_, jacobian) = transition(world, body.curve, &vector(body, &before.state), dt_s);
            information = information.and_then(|i| i.predict(&jacobian, &SMatrix::zeros()));
        }
        if let Some(information) = &mut information {
            for (sight, probability) in &sample.looks {
                for (gradient, variance) in sight.gradient.iter().zip(sight.variance) {
                    let mut row = Vector7::zeros();
                    row.fixed_rows_mut::<6>(0).copy_from(gradient);
                    if let Some(variance) = variance {
                        information.measure(&row, variance, *probability);
                    }
                }
            }
        }
        before = Some(sample);
        bounds.push(information.as_ref().and_then(|i| bound(world, body, sample, i)));
    }
    bounds
}

fn bound(
    world: &World,
    body: &Body,
    sample: &Sample,
    information: &Information<7>,
) -> Option<ImpactBound> {
    let state = information.covariance()?;
    let gradient = landing_gradient(world, body, &sample.state)?;
    let spread = gradient * state * gradient.transpose();
    Some(ImpactBound {
        covariance_en_m2: spread.fixed_view::<2, 2>(0, 0).into_owned(),
        time_sigma_s: spread[(2, 2)].sqrt(),
        state,
    })
}

fn vector(body: &Body, state: &State) -> Vector7 {
    let (p, v) = (state.position_enu_m, state.velocity_enu_mps);
    Vector7::from([p.x, p.y, p.z, v.x, v.y, v.z, body.area_per_mass_m2kg.ln()])
}
