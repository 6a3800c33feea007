//! Gravity of the earth: zonal harmonics and the centrifugal term.
//!
//! In: an earth-fixed position. Out: gravity there. The even zonals J2 to J8 are
//! those of the level ellipsoid (W. A. Heiskanen and H. Moritz, *Physical Geodesy*,
//! 1967, eq. 2-92), which gives normal gravity on the ellipsoid to 1e-9 m/s². Real
//! gravity differs from it by up to 2e-3 m/s².

use nalgebra::Vector3;

use crate::frames::FLATTENING;
use crate::frames::SEMI_MAJOR_M;

/// Gravitational constant times the mass of the earth, m³/s² (NIMA TR8350.2).
pub(super) const MU_M3S2: f64 = 3.986_004_418e14;
/// Second zonal harmonic of the earth (unnormalised, NIMA TR8350.2).
const J2: f64 = 1.082_629_821_3e-3;
/// Rotation of the earth, rad/s (NIMA TR8350.2).
pub(super) const EARTH_RATE_RADPS: f64 = 7.292_115e-5;

/// How gravity is modelled.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Gravity {
    /// The level ellipsoid of WGS84: normal gravity (J2 to J8).
    #[default]
    Wgs84,
    /// The central term and J2 alone: what published check-cases prescribe.
    J2,
    /// A round earth under inverse-square gravity, latitude and longitude as on a globe:
    /// what published check-cases prescribe.
    Sphere {
        /// Gravitational constant times the mass of the earth, m³/s².
        mu_m3s2: f64,
        /// Radius of its surface, m.
        radius_m: f64,
        /// How fast it turns about its axis, rad/s.
        turn_radps: f64,
    },
    /// One value over a flat earth: for closed forms.
    Uniform {
        /// Downwards, m/s².
        mps2: f64,
        /// How fast the earth turns, about the axis that it has at the datum, rad/s.
        turn_radps: f64,
    },
}

/// The level ellipsoid's J(2n).
fn zonal(n: u32) -> f64 {
    let e2 = FLATTENING * (2.0 - FLATTENING);
    let k = f64::from(n);
    let sign = if n % 2 == 1 { 1.0 } else { -1.0 };
    sign * 3.0 * e2.powi(n as i32) / ((2.0 * k + 1.0) * (2.0 * k + 3.0))
        * (1.0 - k + 5.0 * k * J2 / e2)
}

/// Gravity of a sphere with the centrifugal term at an earth-fixed position, m/s².
pub(super) fn of_sphere(p: &Vector3<f64>, mu_m3s2: f64, turn_radps: f64) -> Vector3<f64> {
    let spin2 = turn_radps * turn_radps;
    p * (-mu_m3s2 / p.norm().powi(3)) + Vector3::new(spin2 * p.x, spin2 * p.y, 0.0)
}

/// Gravity with the centrifugal term at an earth-fixed position, m/s², with the
/// first `terms` of J2, J4, J6, J8.
pub(super) fn with_zonal_terms(p: &Vector3<f64>, terms: u32) -> Vector3<f64> {
    let r = p.norm();
    let s = p.z / r;
    let ratio2 = (SEMI_MAJOR_M / r).powi(2);
    let (mut radial, mut axial, mut power) = (1.0, 0.0, 1.0);
    // Legendre polynomials of degree i and i - 1 at s, by their recurrence.
    let (mut low, mut high) = (1.0, s);
    for n in 1..=terms {
        for i in [2 * n - 1, 2 * n] {
            let i = f64::from(i);
            if i > 1.0 {
                (low, high) = (high, ((2.0 * i - 1.0) * s * high - (i - 1.0) * low) / i);
            }
        }
        power *= ratio2;
        let degree = f64::from(2 * n);
        let j = zonal(n) * power;
        // (s² - 1) P' = n (s P - P(n-1)); near the poles P'(±1) = ± n (n + 1) / 2.
        let flat = 1.0 - s * s;
        let slope = if flat > 1e-12 {
            degree * (low - s * high) / flat
        } else {
            s.signum() * degree * (degree + 1.0) / 2.0
        };
        radial -= (degree + 1.0) * j * high + s * j * slope;
        axial += j * slope;
    }
    let central = -MU_M3S2 / (r * r);
    let spin2 = EARTH_RATE_RADPS * EARTH_RATE_RADPS;
    let mut g = p * (central * radial / r);
    g.z += central * axial;
    g + Vector3::new(spin2 * p.x, spin2 * p.y, 0.0)
}
