//! The local frame: east, north, up at the site's datum.
//!
//! In: geodetic positions; out: metres east, north and up, and back. Rotation of
//! the earth-fixed frame as in P. D. Groves, *Principles of GNSS, Inertial, and
//! Multisensor Integrated Navigation Systems* (2nd ed., 2013), eq. 2.150.

use nalgebra::{Matrix3, Vector3};

use super::{Ecef, Wgs84};

/// A position east, north and up of the datum, m.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Local {
    /// East of the datum, m.
    pub e_m: f64,
    /// North of the datum, m.
    pub n_m: f64,
    /// Above the tangent plane at the datum, m.
    pub u_m: f64,
}

impl Local {
    /// As a vector (east, north, up), m.
    pub fn enu_m(&self) -> Vector3<f64> {
        Vector3::new(self.e_m, self.n_m, self.u_m)
    }
}

impl From<Vector3<f64>> for Local {
    fn from(enu_m: Vector3<f64>) -> Self {
        Self { e_m: enu_m.x, n_m: enu_m.y, u_m: enu_m.z }
    }
}

/// Origin and axes of a local frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Datum {
    origin: Wgs84,
    origin_ecef_m: Vector3<f64>,
    /// Rows are the east, north and up unit vectors in ECEF.
    enu_from_ecef: Matrix3<f64>,
}

impl Datum {
    /// The frame whose origin is `origin`.
    pub fn new(origin: Wgs84) -> Self {
        let (sin_lat, cos_lat) = origin.lat_rad.sin_cos();
        let (sin_lon, cos_lon) = origin.lon_rad.sin_cos();
        let enu_from_ecef = Matrix3::new(
            -sin_lon,
            cos_lon,
            0.0,
            -sin_lat * cos_lon,
            -sin_lat * sin_lon,
            cos_lat,
            cos_lat * cos_lon,
            cos_lat * sin_lon,
            sin_lat,
        );
        Self { origin, origin_ecef_m: Ecef::from(origin).xyz_m, enu_from_ecef }
    }

    /// Where the frame's origin is.
    pub fn origin(&self) -> Wgs84 {
        self.origin
    }

    /// Rotation from earth-fixed to local axes (rows: east, north, up).
    pub fn enu_from_ecef(&self) -> &Matrix3<f64> {
        &self.enu_from_ecef
    }

    /// Geodetic to local.
    pub fn local(&self, p: Wgs84) -> Local {
        self.local_from_ecef(Ecef::from(p))
    }

    /// Earth-fixed to local.
    pub fn local_from_ecef(&self, p: Ecef) -> Local {
        Local::from(self.enu_from_ecef * (p.xyz_m - self.origin_ecef_m))
    }

    /// Local to earth-fixed.
    pub fn ecef(&self, p: Local) -> Ecef {
        Ecef { xyz_m: self.origin_ecef_m + self.enu_from_ecef.tr_mul(&p.enu_m()) }
    }

    /// Local to geodetic.
    pub fn wgs84(&self, p: Local) -> Wgs84 {
        Wgs84::from(self.ecef(p))
    }

    /// Height above the ellipsoid of a local position, m: `u_m` corrected for the
    /// curvature of the earth, exactly.
    pub fn height_m(&self, p: Local) -> f64 {
        self.ecef(p).height_m()
    }

    /// Local position of the point at `height_m` above the ellipsoid whose
    /// horizontal local coordinates are `e_m`, `n_m`.
    pub fn at_height(&self, e_m: f64, n_m: f64, height_m: f64) -> Local {
        let mut p = Local { e_m, n_m, u_m: height_m - self.origin.height_m };
        for _ in 0..4 {
            p.u_m += height_m - self.height_m(p);
        }
        p
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn round_trip_is_below_a_micrometre(
            lat_deg in -89.0..=89.0f64, e_m in -5e4..5e4f64, n_m in -5e4..5e4f64, u_m in -100.0..3e4f64,
        ) {
            let datum = Datum::new(Wgs84::from_degrees(lat_deg, 44.0, 40.0).unwrap());
            let p = Local { e_m, n_m, u_m };
            let back = datum.local(datum.wgs84(p));
            prop_assert!((p.enu_m() - back.enu_m()).norm() < 1e-6);
        }
    }

    #[test]
    fn level_ground_falls_below_the_tangent_plane() {
        let datum = Datum::new(Wgs84::from_degrees(33.0, 44.0, 40.0).unwrap());
        let p = datum.at_height(10_000.0, 0.0, 40.0);
        // d² / 2R with R the prime-vertical radius, about 6 384 km.
        assert!((p.u_m + 1e8 / (2.0 * 6_384_500.0)).abs() < 0.01, "{}", p.u_m);
        assert!((datum.height_m(p) - 40.0).abs() < 1e-6);
    }
}
