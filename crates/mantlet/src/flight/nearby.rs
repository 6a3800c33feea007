//! The earth near a datum, cheap: height above the ellipsoid and gravity as
//! polynomials of the local position, for the integrators that run millions of
//! times. The exact ones stay in [`super::World`].
//!
//! In: a datum's place. Out: height and gravity at local positions. Method: level
//! surfaces are, to second order, the osculating paraboloid with the ellipsoid's
//! principal radii (P. D. Groves, *Principles of GNSS, Inertial, and Multisensor
//! Integrated Navigation Systems*, 2nd ed., 2013, eqs. 2.105-2.106); the cube of the
//! distance to the earth's centre is a binomial series; everything else in gravity
//! (J2, J4, the centrifugal term) is linear in the position.
//!
//! Limits (checked below): height within 0.01 m to 30 km from the datum and 30 km
//! up, 0.3 m to 100 km; gravity within 1e-5 m/s² to 30 km.

use nalgebra::{Matrix3, Vector3};

use crate::frames::Datum;
use crate::frames::FLATTENING;
use crate::frames::SEMI_MAJOR_M;

/// Height and gravity near a datum.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Nearby {
    pub height_m: f64,
    /// Half the curvature of a level surface, eastwards and northwards, 1/m.
    pub half_curvature: [f64; 2],
    /// Mean curvature, 1/m.
    pub curvature: f64,
    /// From the earth's centre to the datum in local axes, m.
    pub centre_m: Vector3<f64>,
    /// Square of that distance, inverted, 1/m².
    pub inverse_square: f64,
    /// μ over its cube, 1/s².
    pub central: f64,
    /// Gravity less the central term at the datum, m/s², and its gradient, 1/s².
    pub rest: Vector3<f64>,
    pub rest_gradient: Matrix3<f64>,
    /// Gradient of all of gravity at the datum, 1/s².
    pub gradient: Matrix3<f64>,
}

impl Nearby {
    /// Around a datum at a height above a surface with these radii of curvature
    /// ([`radii_m`], infinite where it is flat), for a field of gravity given in local axes
    /// and the constant μ of its central term (zero where there is none).
    pub(super) fn new(
        height_m: f64,
        radii_m: [f64; 2],
        centre_m: Vector3<f64>,
        mu_m3s2: f64,
        gravity: impl Fn(&Vector3<f64>) -> Vector3<f64>,
    ) -> Self {
        let [prime_vertical_m, meridian_m] = radii_m.map(|radius_m| radius_m + height_m);
        let rest = |p: &Vector3<f64>| {
            let r = centre_m + p;
            gravity(p) + r * (mu_m3s2 / r.norm().powi(3))
        };
        let reach_m = 10_000.0;
        let (mut rest_gradient, mut gradient) = (Matrix3::zeros(), Matrix3::zeros());
        for axis in 0..3 {
            let step = Vector3::ith(axis, reach_m);
            rest_gradient.set_column(axis, &((rest(&step) - rest(&-step)) / (2.0 * reach_m)));
            let slope = (gravity(&step) - gravity(&-step)) / (2.0 * reach_m);
            gradient.set_column(axis, &slope);
        }
        let square = centre_m.norm_squared();
        Self {
            height_m,
            half_curvature: [0.5 / prime_vertical_m, 0.5 / meridian_m],
            curvature: 1.0 / (prime_vertical_m * meridian_m).sqrt(),
            centre_m,
            inverse_square: 1.0 / square,
            central: mu_m3s2 / (square * square.sqrt()),
            rest: rest(&Vector3::zeros()),
            rest_gradient,
            gradient,
        }
    }

    /// Height above the ellipsoid, m.
    #[inline(always)]
    pub(super) fn height_m(&self, e_m: f64, n_m: f64, u_m: f64) -> f64 {
        let sag = self.half_curvature[0] * (e_m * e_m) + self.half_curvature[1] * (n_m * n_m);
        let flat = 1.0 - self.curvature * u_m;
        self.height_m + u_m + sag * (flat + (self.curvature * u_m) * (self.curvature * u_m))
    }

    /// Gradient of the height: up, in local axes.
    pub(super) fn up(&self, e_m: f64, n_m: f64, u_m: f64) -> Vector3<f64> {
        let flat = 1.0 - self.curvature * u_m;
        let [e, n] = self.half_curvature;
        Vector3::new(2.0 * e * e_m * flat, 2.0 * n * n_m * flat, 1.0).normalize()
    }

    /// Gravity with the centrifugal term, local axes, m/s².
    #[inline(always)]
    pub(super) fn gravity_mps2(&self, e_m: f64, n_m: f64, u_m: f64) -> [f64; 3] {
        let (c, g) = (&self.centre_m, &self.rest_gradient);
        let square = e_m * e_m + n_m * n_m + u_m * u_m;
        let along = c.x * e_m + c.y * n_m + c.z * u_m;
        // (1 + d)^(-3/2) to the fourth order.
        let d = (square + 2.0 * along) * self.inverse_square;
        let series = 1.0 - d * (1.5 - d * (1.875 - d * (2.1875 - d * 2.460_937_5)));
        let k = self.central * series;
        [
            self.rest.x + g[(0, 0)] * e_m + g[(0, 1)] * n_m + g[(0, 2)] * u_m - k * (c.x + e_m),
            self.rest.y + g[(1, 0)] * e_m + g[(1, 1)] * n_m + g[(1, 2)] * u_m - k * (c.y + n_m),
            self.rest.z + g[(2, 0)] * e_m + g[(2, 1)] * n_m + g[(2, 2)] * u_m - k * (c.z + u_m),
        ]
    }
}

/// Radii of curvature of the WGS84 ellipsoid at a datum's latitude, eastwards and
/// northwards, m.
pub(super) fn radii_m(datum: &Datum) -> [f64; 2] {
    let e2 = FLATTENING * (2.0 - FLATTENING);
    let w = 1.0 - e2 * datum.origin().lat_rad.sin().powi(2);
    [SEMI_MAJOR_M / w.sqrt(), SEMI_MAJOR_M * (1.0 - e2) / (w * w.sqrt())]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::World;
    use super::*;
    use crate::frames::Wgs84;

    proptest! {
        #[test]
        fn height_and_gravity_are_within_their_stated_limits(
            lat_deg in -85.0..85.0f64, e_m in -3e4..3e4f64, n_m in -3e4..3e4f64, u_m in -1e3..3e4f64,
        ) {
            let world = World::level(Datum::new(Wgs84::from_degrees(lat_deg, 7.0, 300.0).unwrap()));
            let near = world.nearby();
            let shrink = (3e4 / e_m.hypot(n_m)).min(1.0);
            for (far, metres, accel) in [(shrink, 0.01, 1e-5), (3.0 * shrink, 0.3, 1e-4)] {
                let p = Vector3::new(e_m * far, n_m * far, u_m);
                let off = near.height_m(p.x, p.y, p.z) - world.height_m(&p);
                prop_assert!(off.abs() < metres, "{off}");
                let g = Vector3::from(near.gravity_mps2(p.x, p.y, p.z));
                let off = (g - world.gravity_mps2(&p)).norm();
                prop_assert!(off < accel, "{off}");
            }
        }
    }
}
