//! The world around a site: datum, air, ground, gravity and the turning earth.
//!
//! In: a state in the datum's local frame. Out: its acceleration. Gravity is seen
//! in the rotating local frame with its centrifugal term, the Coriolis term apart
//! (P. D. Groves, *Principles of GNSS, Inertial, and Multisensor Integrated
//! Navigation Systems*, 2nd ed., 2013, eqs. 2.133, 2.142, 5.46). Drag is
//! `-½ ρ |v_air| v_air Cd(M) A/m`. Wind keeps the axes of the datum.

use nalgebra::Vector3;

use super::gravity::{EARTH_RATE_RADPS, MU_M3S2};
use super::nearby::Nearby;
use super::{Air, Body, Gravity, Ground, State};
use crate::frames::Datum;
use crate::frames::Local;

/// Everything around a flight.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// Origin and axes of the local frame.
    pub datum: Datum,
    /// Air over height.
    pub air: Air,
    /// What a flight ends on.
    pub ground: Ground,
    gravity: Gravity,
    origin_ecef_m: Vector3<f64>,
    /// Twice the earth's rotation in local axes, rad/s.
    twice_rate_enu: Vector3<f64>,
    nearby: Nearby,
}

impl World {
    /// A world with this datum, air and ground, and gravity as on the WGS84 ellipsoid.
    pub fn new(datum: Datum, air: Air, ground: Ground) -> Self {
        let origin_ecef_m = datum.ecef(Local::default()).xyz_m;
        let nearby = Nearby::new(&datum, Vector3::zeros(), 0.0, |_| Vector3::zeros());
        let still = Vector3::zeros();
        let gravity = Gravity::default();
        Self { datum, air, ground, gravity, origin_ecef_m, twice_rate_enu: still, nearby }
            .with_gravity(gravity)
    }

    /// Level ground at the datum's height and standard air.
    pub fn level(datum: Datum) -> Self {
        let height_m = datum.origin().height_m;
        Self::new(datum, Air::standard(), Ground::Level { height_m })
    }

    /// The same world with another model of gravity.
    pub fn with_gravity(mut self, gravity: Gravity) -> Self {
        self.gravity = gravity;
        let flat = matches!(gravity, Gravity::Uniform { .. });
        let rate_radps = if flat { 0.0 } else { EARTH_RATE_RADPS };
        self.twice_rate_enu = self.datum.enu_from_ecef() * Vector3::new(0.0, 0.0, 2.0 * rate_radps);
        let centre_m = self.datum.enu_from_ecef() * self.origin_ecef_m;
        let mu_m3s2 = if flat { 0.0 } else { MU_M3S2 };
        self.nearby = Nearby::new(&self.datum, centre_m, mu_m3s2, |p| self.gravity_mps2(p));
        if flat {
            self.nearby.flatten();
        }
        self
    }

    /// Height above the ellipsoid of a local position, m.
    pub fn height_m(&self, position_enu_m: &Vector3<f64>) -> f64 {
        if let Gravity::Uniform { .. } = self.gravity {
            return self.datum.origin().height_m + position_enu_m.z;
        }
        self.datum.height_m(Local::from(*position_enu_m))
    }

    /// Height above the ground below a local position, m.
    pub fn height_above_ground_m(&self, position_enu_m: &Vector3<f64>) -> f64 {
        self.height_m(position_enu_m) - self.ground.height_m(position_enu_m.x, position_enu_m.y)
    }

    /// Local `u` of the ground at a local east and north, m.
    pub fn ground_u_m(&self, e_m: f64, n_m: f64) -> f64 {
        let height_m = self.ground.height_m(e_m, n_m);
        if let Gravity::Uniform { .. } = self.gravity {
            return height_m - self.datum.origin().height_m;
        }
        self.datum.at_height(e_m, n_m, height_m).u_m
    }

    /// Gravity (with the centrifugal term) at a local position, local axes, m/s².
    pub fn gravity_mps2(&self, position_enu_m: &Vector3<f64>) -> Vector3<f64> {
        let rotation = self.datum.enu_from_ecef();
        let field = |terms| {
            let p = self.origin_ecef_m + rotation.tr_mul(position_enu_m);
            rotation * super::gravity::with_zonal_terms(&p, terms)
        };
        match self.gravity {
            Gravity::Wgs84 => field(4),
            Gravity::J2 => field(1),
            Gravity::Uniform { mps2 } => Vector3::new(0.0, 0.0, -mps2),
        }
    }

    /// The cheap earth around the datum, for the fast integrators.
    pub(super) fn nearby(&self) -> &Nearby {
        &self.nearby
    }

    /// Twice the earth's rotation in local axes, rad/s.
    pub(super) fn twice_rate(&self) -> &Vector3<f64> {
        &self.twice_rate_enu
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
