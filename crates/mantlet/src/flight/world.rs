//! The world around a site: datum, air, ground, gravity and the turning earth.
//!
//! In: a state in the datum's local frame. Out: its acceleration. Gravity is WGS84
//! with J2 plus the centrifugal term, seen in the rotating local frame, with the
//! Coriolis term apart (P. D. Groves, *Principles of GNSS, Inertial, and
//! Multisensor Integrated Navigation Systems*, 2nd ed., 2013, eqs. 2.133, 2.142,
//! 5.46). Drag is `-½ ρ |v_air| v_air Cd(M) A/m`.

use nalgebra::{Matrix3, Vector3};

use super::{Air, Body, Ground, State};
use crate::frames::Datum;
use crate::frames::Local;

/// Gravitational constant times the mass of the earth, m³/s² (NIMA TR8350.2).
const MU_M3S2: f64 = 3.986_004_418e14;
/// Second zonal harmonic of the earth (unnormalised, NIMA TR8350.2).
const J2: f64 = 1.082_629_821_3e-3;
/// Rotation of the earth, rad/s (NIMA TR8350.2).
const EARTH_RATE_RADPS: f64 = 7.292_115e-5;
/// Equatorial radius, m.
const RADIUS_M: f64 = 6_378_137.0;

/// Everything around a flight.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// Origin and axes of the local frame.
    pub datum: Datum,
    /// Air over height.
    pub air: Air,
    /// What a flight ends on.
    pub ground: Ground,
    origin_ecef_m: Vector3<f64>,
    /// Twice the earth's rotation in local axes, rad/s.
    twice_rate_enu: Vector3<f64>,
}

impl World {
    /// A world with this datum, air and ground.
    pub fn new(datum: Datum, air: Air, ground: Ground) -> Self {
        let origin_ecef_m = datum.ecef(Local::default()).xyz_m;
        let twice_rate_enu = datum.enu_from_ecef() * Vector3::new(0.0, 0.0, 2.0 * EARTH_RATE_RADPS);
        Self { datum, air, ground, origin_ecef_m, twice_rate_enu }
    }

    /// Level ground at the datum's height and standard air.
    pub fn level(datum: Datum) -> Self {
        let height_m = datum.origin().height_m;
        Self::new(datum, Air::standard(), Ground::Level { height_m })
    }

    /// Height above the ellipsoid of a local position, m.
    pub fn height_m(&self, position_enu_m: &Vector3<f64>) -> f64 {
        self.datum.height_m(Local::from(*position_enu_m))
    }

    /// Height above the ground below a local position, m.
    pub fn height_above_ground_m(&self, position_enu_m: &Vector3<f64>) -> f64 {
        self.height_m(position_enu_m) - self.ground.height_m(position_enu_m.x, position_enu_m.y)
    }

    /// Local `u` of the ground at a local east and north, m.
    pub fn ground_u_m(&self, e_m: f64, n_m: f64) -> f64 {
        self.datum.at_height(e_m, n_m, self.ground.height_m(e_m, n_m)).u_m
    }

    /// Gravity (with the centrifugal term) at a local position, local axes, m/s².
    pub fn gravity_mps2(&self, position_enu_m: &Vector3<f64>) -> Vector3<f64> {
        let rotation = self.datum.enu_from_ecef();
        let p = self.origin_ecef_m + rotation.tr_mul(position_enu_m);
        let r2 = p.norm_squared();
        let r = r2.sqrt();
        let z2 = 5.0 * p.z * p.z / r2;
        let k = 1.5 * J2 * RADIUS_M * RADIUS_M / r2;
        let central = -MU_M3S2 / (r2 * r);
        let spin2 = EARTH_RATE_RADPS * EARTH_RATE_RADPS;
        rotation
            * Vector3::new(
                central * p.x * (1.0 + k * (1.0 - z2)) + spin2 * p.x,
                central * p.y * (1.0 + k * (1.0 - z2)) + spin2 * p.y,
                central * p.z * (1.0 + k * (3.0 - z2)),
            )
    }

    /// The matrix that turns a local velocity into its Coriolis acceleration, 1/s.
    pub(super) fn coriolis_matrix(&self) -> Matrix3<f64> {
        -self.twice_rate_enu.cross_matrix()
    }

    /// Acceleration of a body in the local frame, m/s².
    pub fn acceleration(&self, state: &State, body: &Body) -> Vector3<f64> {
        let height_m = self.height_m(&state.position_enu_m);
        let (density, sound) = self.air.density_and_sound(height_m);
        let [east, north] = self.air.wind_en_mps(height_m);
        let through_air = state.velocity_enu_mps - Vector3::new(east, north, 0.0);
        let speed = through_air.norm();
        let cd = body.curve.cd(speed / sound);
        self.gravity_mps2(&state.position_enu_m)
            - self.twice_rate_enu.cross(&state.velocity_enu_mps)
            - through_air * (0.5 * density * speed * cd * body.area_per_mass_m2kg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::Wgs84;

    #[test]
    fn gravity_on_the_ellipsoid_is_as_published() {
        // Normal gravity of WGS84 (NIMA TR8350.2 eq. 4-1); J2 alone is good to 1.3e-4 m/s².
        for (lat_deg, g) in [(0.0, 9.780_325_336), (45.0, 9.806_197_769), (90.0, 9.832_184_938)] {
            let datum = Datum::new(Wgs84::from_degrees(lat_deg, 10.0, 0.0).unwrap());
            let found = World::level(datum).gravity_mps2(&Vector3::zeros()).norm();
            assert!((found - g).abs() < 1.3e-4, "{lat_deg}: {found}");
        }
    }
}
