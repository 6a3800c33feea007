//! Covariance intersection: several estimates of one thing, nothing counted twice.
//!
//! In: means and covariances whose errors may be correlated in any way, as those of two
//! sites that share a radar, or have fused each other's tracks before. Out: one mean and
//! a covariance that is no smaller than the truth allows, whatever the correlation
//! (S. J. Julier and J. K. Uhlmann, "A non-divergent estimation algorithm in the presence
//! of unknown correlations", ACC 1997, eq. 3 and 4). The weights are in closed form:
//! A. Franken and D. Hupper, "Improved fast covariance intersection for distributed data
//! fusion", FUSION 2005, which needs no search and no common unit of the components.

use nalgebra::{Cholesky, Const, SMatrix, SVector};

/// What several estimates come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Intersection<const N: usize> {
    /// The mean.
    pub mean: SVector<f64, N>,
    /// Its covariance.
    pub covariance: SMatrix<f64, N, N>,
    /// The weight of each estimate, in their order; they add up to one.
    pub weights: Vec<f64>,
}

/// Puts estimates (mean, covariance) of one thing together. `None` without any, or when a
/// covariance is not positive definite.
pub fn intersect<const N: usize>(
    estimates: &[(SVector<f64, N>, SMatrix<f64, N, N>)],
) -> Option<Intersection<N>> {
    if let [(mean, covariance)] = estimates {
        Cholesky::<f64, Const<N>>::new(*covariance)?;
        return Some(Intersection { mean: *mean, covariance: *covariance, weights: vec![1.0] });
    }
    let mut information = Vec::with_capacity(estimates.len());
    let mut all = SMatrix::<f64, N, N>::zeros();
    for (_, covariance) in estimates {
        let inverse = Cholesky::<f64, Const<N>>::new(*covariance)?.inverse();
        all += inverse;
        information.push(inverse);
    }
    let ln_det = |m: SMatrix<f64, N, N>| Some(Cholesky::<f64, Const<N>>::new(m)?.ln_determinant());
    let ln_all = ln_det(all)?;
    // How much of all the information one holds, and what is lost without it.
    let mut parts = Vec::with_capacity(information.len());
    for own in &information {
        let (with, without) = (ln_det(*own)?, ln_det(all - own)?);
        parts.push(1.0 - (without - ln_all).exp() + (with - ln_all).exp());
    }
    let whole: f64 = parts.iter().sum();
    let weights: Vec<f64> = parts.iter().map(|part| part / whole).collect();
    let (mut sum, mut mean) = (SMatrix::<f64, N, N>::zeros(), SVector::<f64, N>::zeros());
    for ((weight, own), (estimate, _)) in weights.iter().zip(&information).zip(estimates) {
        sum += own * *weight;
        mean += own * estimate * *weight;
    }
    let covariance = Cholesky::<f64, Const<N>>::new(sum)?.inverse();
    Some(Intersection { mean: covariance * mean, covariance, weights })
}

#[cfg(test)]
mod tests {
    use nalgebra::{Matrix2, Vector2};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_same_estimate_twice_is_no_surer_than_once() {
        let once = (Vector2::new(3.0, -1.0), Matrix2::new(4.0, 1.0, 1.0, 9.0));
        let twice = intersect(&[once, once]).unwrap();
        assert!((twice.covariance - once.1).norm() < 1e-12);
        assert!((twice.mean - once.0).norm() < 1e-12);
        assert!((twice.weights[0] - 0.5).abs() < 1e-12);
    }

    #[test]
    fn each_is_trusted_where_it_is_sure() {
        let east = (Vector2::new(0.0, 50.0), Matrix2::new(1.0, 0.0, 0.0, 1e4));
        let north = (Vector2::new(50.0, 0.0), Matrix2::new(1e4, 0.0, 0.0, 1.0));
        let both = intersect(&[east, north]).unwrap();
        assert!(both.mean.norm() < 0.02, "{}", both.mean);
        assert!(both.covariance[(0, 0)] < 2.1 && both.covariance[(1, 1)] < 2.1);
    }

    #[test]
    fn what_is_no_covariance_is_refused() {
        let flat = (Vector2::zeros(), Matrix2::new(1.0, 1.0, 1.0, 1.0));
        assert_eq!(intersect(&[flat]), None);
        assert_eq!(intersect(&[flat, (Vector2::zeros(), Matrix2::identity())]), None);
        assert_eq!(intersect::<2>(&[]), None);
    }

    proptest! {
        /// The error of a weighted mean of two estimates whose errors have the correlation
        /// rho along each axis: the stated covariance holds for all of them.
        #[test]
        fn the_covariance_holds_whatever_the_correlation(
            a in 0.1..100.0f64, b in 0.1..100.0f64, c in 0.1..100.0f64, d in 0.1..100.0f64,
            rho in -1.0..1.0f64,
        ) {
            let first = Matrix2::new(a, 0.0, 0.0, b);
            let second = Matrix2::new(c, 0.0, 0.0, d);
            let zero = Vector2::zeros();
            let both = intersect(&[(zero, first), (zero, second)]).unwrap();
            let (wa, wb) = (both.weights[0], both.weights[1]);
            for (axis, (p, q)) in [(a, c), (b, d)].into_iter().enumerate() {
                let stated = both.covariance[(axis, axis)];
                let (ga, gb) = (stated * wa / p, stated * wb / q);
                let true_variance =
                    ga * ga * p + gb * gb * q + 2.0 * ga * gb * rho * (p * q).sqrt();
                prop_assert!(true_variance <= stated * (1.0 + 1e-9));
            }
        }
    }
}
