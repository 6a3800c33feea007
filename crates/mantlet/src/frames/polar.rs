//! What a radar measures: range, azimuth and elevation in its own frame.
//!
//! In: local positions; out: polar ones with their derivatives, and back.
//! Refraction is the effective-earth correction: a ray through the standard
//! troposphere curves down with a radius of four earth radii, so the apparent
//! elevation exceeds the geometric one by `r cos(el) / (8 R)` (M. I. Skolnik,
//! *Introduction to Radar Systems*, 3rd ed., 2001, section 8.5, k = 4/3).
//!
//! Valid for ranges up to about 100 km and elevations below 89.9°.

use nalgebra::{Matrix3, Vector3};

use super::{Datum, Ecef, Local, Wgs84};

/// Mean earth radius used by the 4/3 model, m.
const EARTH_RADIUS_M: f64 = 6_371_000.0;

/// A position as a radar sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Polar {
    /// Slant range, m.
    pub range_m: f64,
    /// Azimuth clockwise from true north at the radar, rad, in [0, 2π).
    pub azimuth_rad: f64,
    /// Apparent elevation above the radar's horizontal, rad.
    pub elevation_rad: f64,
}

/// How rays bend between a radar and what it sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Refraction {
    /// Standard troposphere: effective earth radius 4/3.
    #[default]
    FourThirds,
    /// Straight rays: for plots that were corrected already.
    None,
}

/// A radar's frame: its place and horizontal, seen from the site's local frame.
#[derive(Clone, Debug, PartialEq)]
pub struct RadarFrame {
    origin_enu_m: Vector3<f64>,
    /// From the site's local axes to the radar's own east, north, up.
    own_from_local: Matrix3<f64>,
    refraction: Refraction,
}

impl RadarFrame {
    /// The frame of a radar at `place`, for a site with this `datum`.
    pub fn new(datum: &Datum, place: Wgs84, refraction: Refraction) -> Self {
        let own = Datum::new(place);
        Self {
            origin_enu_m: datum.local_from_ecef(Ecef::from(place)).enu_m(),
            own_from_local: own.enu_from_ecef() * datum.enu_from_ecef().transpose(),
            refraction,
        }
    }

    /// The radar's antenna in the site's local frame.
    pub fn origin(&self) -> Local {
        Local::from(self.origin_enu_m)
    }

    /// How its rays bend.
    pub fn refraction(&self) -> Refraction {
        self.refraction
    }

    /// The radar's own axes seen from the site's local frame (rows: its east,
    /// north, up).
    pub fn own_from_local(&self) -> &Matrix3<f64> {
        &self.own_from_local
    }

    fn bend_rad(&self, range_m: f64, cos_elevation: f64) -> f64 {
        match self.refraction {
            Refraction::FourThirds => range_m * cos_elevation / (8.0 * EARTH_RADIUS_M),
            Refraction::None => 0.0,
        }
    }

    /// Local position to what the radar would measure.
    pub fn polar(&self, p: Local) -> Polar {
        let own = self.own_from_local * (p.enu_m() - self.origin_enu_m);
        let ring_m = own.x.hypot(own.y);
        let range_m = own.norm();
        Polar {
            range_m,
            azimuth_rad: own.x.atan2(own.y).rem_euclid(std::f64::consts::TAU),
            elevation_rad: own.z.atan2(ring_m)
                + self.bend_rad(range_m, ring_m / range_m.max(f64::MIN_POSITIVE)),
        }
    }

    /// What the radar measured to a local position: the single door from polar
    /// to Cartesian.
    pub fn local(&self, p: Polar) -> Local {
        // Bending depends on the geometric elevation: two rounds converge below a micrometre.
        let mut elevation = p.elevation_rad;
        for _ in 0..3 {
            elevation = p.elevation_rad - self.bend_rad(p.range_m, elevation.cos());
        }
        let (sin_el, cos_el) = elevation.sin_cos();
        let (sin_az, cos_az) = p.azimuth_rad.sin_cos();
        let own = Vector3::new(sin_az * cos_el, cos_az * cos_el, sin_el) * p.range_m;
        Local::from(self.origin_enu_m + self.own_from_local.tr_mul(&own))
    }

    /// Derivatives of (range, azimuth, elevation) with respect to the local
    /// position: rows in that order, columns east, north, up; m/m and rad/m.
    /// The bending term is left out of the elevation row (below 2e-8 rad/m).
    pub fn polar_jacobian(&self, p: Local) -> Matrix3<f64> {
        let own = self.own_from_local * (p.enu_m() - self.origin_enu_m);
        let ring2 = (own.x * own.x + own.y * own.y).max(1e-6);
        let ring = ring2.sqrt();
        let r2 = ring2 + own.z * own.z;
        let r = r2.sqrt();
        let jac = Matrix3::new(
            own.x / r,
            own.y / r,
            own.z / r,
            own.y / ring2,
            -own.x / ring2,
            0.0,
            -own.x * own.z / (r2 * ring),
            -own.y * own.z / (r2 * ring),
            ring / r2,
        );
        jac * self.own_from_local
    }

    /// Radial speed of something at `p` moving at `velocity_enu_mps`, m/s,
    /// positive going away.
    pub fn radial_speed_mps(&self, p: Local, velocity_enu_mps: &Vector3<f64>) -> f64 {
        let los = p.enu_m() - self.origin_enu_m;
        los.dot(velocity_enu_mps) / los.norm().max(f64::MIN_POSITIVE)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame() -> (Datum, RadarFrame) {
        let datum = Datum::new(Wgs84::from_degrees(33.0, 44.0, 40.0).unwrap());
        let place = Wgs84::from_degrees(33.01, 44.02, 46.0).unwrap();
        let radar = RadarFrame::new(&datum, place, Refraction::FourThirds);
        (datum, radar)
    }

    proptest! {
        #[test]
        fn polar_round_trip_is_below_a_millimetre(
            range_m in 100.0..30_000.0f64, azimuth_rad in 0.0..std::f64::consts::TAU,
            elevation_rad in -0.1..1.5f64,
        ) {
            let (_, radar) = frame();
            let seen = Polar { range_m, azimuth_rad, elevation_rad };
            let p = radar.local(seen);
            let back = radar.local(radar.polar(p));
            prop_assert!((p.enu_m() - back.enu_m()).norm() < 1e-3);
        }

        #[test]
        fn jacobian_matches_central_differences(
            range_m in 500.0..20_000.0f64, azimuth_rad in 0.1..6.1f64, elevation_rad in 0.02..1.3f64,
        ) {
            let (_, radar) = frame();
            let p = radar.local(Polar { range_m, azimuth_rad, elevation_rad }).enu_m();
            let jac = radar.polar_jacobian(Local::from(p));
            for axis in 0..3 {
                let mut step = Vector3::zeros();
                step[axis] = 0.05;
                let hi = radar.polar(Local::from(p + step));
                let lo = radar.polar(Local::from(p - step));
                let d = Vector3::new(
                    hi.range_m - lo.range_m,
                    hi.azimuth_rad - lo.azimuth_rad,
                    hi.elevation_rad - lo.elevation_rad,
                ) / 0.1;
                prop_assert!((d - jac.column(axis)).amax() < 1e-6, "{d} {jac}");
            }
        }
    }

    #[test]
    fn refraction_lifts_a_target_at_fifteen_kilometres_by_a_third_of_a_milliradian() {
        let (datum, radar) = frame();
        let place = Wgs84::from_degrees(33.01, 44.02, 46.0).unwrap();
        let straight = RadarFrame::new(&datum, place, Refraction::None);
        let p = straight.local(Polar { range_m: 15_000.0, azimuth_rad: 1.0, elevation_rad: 0.05 });
        let lift = radar.polar(p).elevation_rad - straight.polar(p).elevation_rad;
        assert!((lift - 2.94e-4).abs() < 1e-6, "{lift}");
    }
}
