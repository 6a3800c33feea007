//! The ellipse in which an impact lies nine times in ten.
//!
//! In: an impact with its covariance. Out: axes and orientation, and the ring that
//! a map draws. Method: eigenvalues of the covariance times the 90 % quantile of
//! chi-squared with two degrees of freedom, -2 ln 0.1 (R. Fisher's exact form for
//! two degrees).

use crate::frames::Datum;
use crate::frames::Wgs84;
use crate::prediction::Impact;

/// Corners of a drawn ellipse. Chosen: off the true curve by 0.4 % of an axis.
const CORNERS: usize = 36;

/// Where an impact lies with probability 0.9.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ellipse {
    /// Longer half axis, m.
    pub semi_major_m: f64,
    /// Shorter half axis, m.
    pub semi_minor_m: f64,
    /// Direction of the longer one, clockwise from true north, rad, in [0, π).
    pub azimuth_rad: f64,
}

impl Ellipse {
    /// The ellipse of an impact.
    pub fn of(impact: &Impact) -> Self {
        let c = &impact.covariance_en_m2;
        let (ee, en, nn) = (c[(0, 0)], c[(0, 1)], c[(1, 1)]);
        let (middle, half) = ((ee + nn) / 2.0, ((ee - nn) / 2.0).hypot(en));
        let scale = -2.0 * 0.1_f64.ln();
        // The major axis' angle from east, counter-clockwise.
        let angle = 0.5 * (2.0 * en).atan2(ee - nn);
        Self {
            semi_major_m: (scale * (middle + half)).sqrt(),
            semi_minor_m: (scale * (middle - half).max(0.0)).sqrt(),
            azimuth_rad: (std::f64::consts::FRAC_PI_2 - angle).rem_euclid(std::f64::consts::PI),
        }
    }

    /// Its ring around the impact on the ground, counter-clockwise, closed.
    pub(super) fn ring(&self, impact: &Impact, datum: &Datum) -> Vec<Wgs84> {
        let (sin_a, cos_a) = self.azimuth_rad.sin_cos();
        let p = impact.position_enu_m;
        let corner = |i: usize| {
            let t = std::f64::consts::TAU * (i % CORNERS) as f64 / CORNERS as f64;
            let (along, across) = (self.semi_major_m * t.cos(), self.semi_minor_m * t.sin());
            let e_m = p.x + along * sin_a - across * cos_a;
            let n_m = p.y + along * cos_a + across * sin_a;
            datum.wgs84(datum.at_height(e_m, n_m, datum.wgs84(p.into()).height_m))
        };
        (0..=CORNERS).map(corner).collect()
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::{Matrix2, Vector3};

    use super::*;
    use crate::time::Timestamp;
    use crate::tracking::Kind;

    #[test]
    fn a_known_covariance_has_the_ellipse_by_hand() {
        // 20 m along north-east (azimuth 45 degrees), 10 m across.
        let impact = Impact {
            track_id: 1,
            kind: Kind::Rocket,
            time: Timestamp::from_nanos(0),
            time_sigma_s: 0.1,
            position_enu_m: Vector3::zeros(),
            covariance_en_m2: Matrix2::new(250.0, 150.0, 150.0, 250.0),
            velocity_enu_mps: Vector3::zeros(),
        };
        let ellipse = Ellipse::of(&impact);
        let k = 4.605_170_186_f64.sqrt();
        assert!((ellipse.semi_major_m - 20.0 * k).abs() < 1e-6);
        assert!((ellipse.semi_minor_m - 10.0 * k).abs() < 1e-6);
        assert!((ellipse.azimuth_rad.to_degrees() - 45.0).abs() < 1e-9);
        let datum = Datum::new(Wgs84::from_degrees(33.0, -30.0, 40.0).unwrap());
        let ring = ellipse.ring(&impact, &datum);
        assert_eq!((ring.len(), ring.first()), (CORNERS + 1, ring.last()));
        let first = datum.local(ring[0]);
        assert!((first.e_m - 20.0 * k / 2.0_f64.sqrt()).abs() < 1e-3);
        let area: f64 = ring
            .windows(2)
            .map(|w| [datum.local(w[0]), datum.local(w[1])])
            .map(|[a, b]| a.e_m * b.n_m - b.e_m * a.n_m)
            .sum();
        assert!(area > 0.0, "counter-clockwise");
    }
}
