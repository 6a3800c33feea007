//! The world around a site: datum, air, ground, gravity and the turning earth.
//!
//! In: a state in the datum's local frame. Out: its acceleration. Gravity is seen
//! in the rotating local frame with its centrifugal term, the Coriolis term apart
//! (P. D. Groves, *Principles of GNSS, Inertial, and Multisensor Integrated
//! Navigation Systems*, 2nd ed., 2013, eqs. 2.133, 2.142, 5.46). Drag is
//! `-½ ρ |v_air| v_air Cd(M) A/m`. Wind keeps the axes of the datum.

use nalgebra::{Matrix3, Vector3};

use super::gravity::{EARTH_RATE_RADPS, MU_M3S2, of_sphere, with_zonal_terms};
use super::nearby::{Nearby, radii_m};
use super::piece::Piece;
use super::{Air, Body, Gravity, Ground, State};
use crate::frames::Datum;
use crate::frames::Local;
use crate::frames::Wgs84;

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
    /// From the earth's centre to the datum, earth-fixed axes.
    origin_ecef_m: Vector3<f64>,
    mu_m3s2: f64,
    /// Twice the earth's rotation in local axes, rad/s.
    twice_rate_enu: Vector3<f64>,
    nearby: Nearby,
}

impl World {
    /// A world with this datum, air and ground, and gravity as on the WGS84 ellipsoid.
    pub fn new(datum: Datum, air: Air, ground: Ground) -> Self {
        let still = Vector3::zeros();
        let nearby = Nearby::new(0.0, [f64::INFINITY; 2], still, 0.0, |_| Vector3::zeros());
        let gravity = Gravity::default();
        let (origin_ecef_m, twice_rate_enu) = (still, still);
        Self { datum, air, ground, gravity, origin_ecef_m, mu_m3s2: 0.0, twice_rate_enu, nearby }
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
        let rotation = self.datum.enu_from_ecef();
        let height_m = self.datum.origin().height_m;
        self.origin_ecef_m = self.datum.ecef(Local::default()).xyz_m;
        let (mu_m3s2, rate_radps, radii_m) = match gravity {
            Gravity::Wgs84 | Gravity::J2 => (MU_M3S2, EARTH_RATE_RADPS, radii_m(&self.datum)),
            Gravity::Uniform { turn_radps, .. } => (0.0, turn_radps, [f64::INFINITY; 2]),
            Gravity::Sphere { mu_m3s2, radius_m, turn_radps } => {
                let from_centre_m = Vector3::new(0.0, 0.0, radius_m + height_m);
                self.origin_ecef_m = rotation.tr_mul(&from_centre_m);
                (mu_m3s2, turn_radps, [radius_m; 2])
            }
        };
        self.mu_m3s2 = mu_m3s2;
        self.twice_rate_enu = rotation * Vector3::new(0.0, 0.0, 2.0 * rate_radps);
        let centre_m = rotation * self.origin_ecef_m;
        self.nearby = Nearby::new(height_m, radii_m, centre_m, mu_m3s2, |p| self.gravity_mps2(p));
        self
    }

    /// From the earth's centre, earth-fixed axes.
    fn out_of_centre_m(&self, position_enu_m: &Vector3<f64>) -> Vector3<f64> {
        self.origin_ecef_m + self.datum.enu_from_ecef().tr_mul(position_enu_m)
    }

    /// Latitude, longitude and height of a local position, on the earth as it is modelled:
    /// as on a globe where it is a sphere.
    pub fn place(&self, position_enu_m: &Vector3<f64>) -> Wgs84 {
        let Gravity::Sphere { .. } = self.gravity else {
            return self.datum.wgs84(Local::from(*position_enu_m));
        };
        let p = self.out_of_centre_m(position_enu_m);
        Wgs84 {
            lat_rad: p.z.atan2(p.x.hypot(p.y)),
            lon_rad: p.y.atan2(p.x),
            height_m: self.height_m(position_enu_m),
        }
    }

    /// Height above the ellipsoid (the sphere, the plane) of a local position, m.
    pub fn height_m(&self, position_enu_m: &Vector3<f64>) -> f64 {
        match self.gravity {
            Gravity::Uniform { .. } => self.datum.origin().height_m + position_enu_m.z,
            Gravity::Sphere { radius_m, .. } => {
                self.out_of_centre_m(position_enu_m).norm() - radius_m
            }
            _ => self.datum.height_m(Local::from(*position_enu_m)),
        }
    }

    /// Height above the ground below a local position, m.
    pub fn height_above_ground_m(&self, position_enu_m: &Vector3<f64>) -> f64 {
        self.height_m(position_enu_m) - self.ground.height_m(position_enu_m.x, position_enu_m.y)
    }

    /// Up, square to the ellipsoid, at a local position: a unit vector in local axes.
    pub fn up(&self, position_enu_m: &Vector3<f64>) -> Vector3<f64> {
        if let Gravity::Uniform { .. } = self.gravity {
            return Vector3::z();
        }
        let place = self.place(position_enu_m);
        let (sin_lat, cos_lat) = place.lat_rad.sin_cos();
        let (sin_lon, cos_lon) = place.lon_rad.sin_cos();
        self.datum.enu_from_ecef() * Vector3::new(cos_lat * cos_lon, cos_lat * sin_lon, sin_lat)
    }

    /// Gradient of the height above the ground at a local position.
    pub(super) fn out_of_ground(&self, position_enu_m: &Vector3<f64>) -> Vector3<f64> {
        let [east, north] = self.ground.slope(position_enu_m.x, position_enu_m.y);
        self.up(position_enu_m) - Vector3::new(east, north, 0.0)
    }

    /// How fast a state comes nearer to the ground below it, m/s.
    pub(super) fn closing_mps(&self, state: &State) -> f64 {
        -self.out_of_ground(&state.position_enu_m).dot(&state.velocity_enu_mps)
    }

    /// Local `u` of the ground at a local east and north, m.
    pub fn ground_u_m(&self, e_m: f64, n_m: f64) -> f64 {
        let height_m = self.ground.height_m(e_m, n_m);
        let datum_m = self.datum.origin().height_m;
        match self.gravity {
            Gravity::Uniform { .. } => height_m - datum_m,
            Gravity::Sphere { radius_m, .. } => {
                let level = e_m.mul_add(e_m, n_m * n_m);
                ((radius_m + height_m).powi(2) - level).sqrt() - (radius_m + datum_m)
            }
            _ => self.datum.at_height(e_m, n_m, height_m).u_m,
        }
    }

    /// Gravity (with the centrifugal term) at a local position, local axes, m/s².
    pub fn gravity_mps2(&self, position_enu_m: &Vector3<f64>) -> Vector3<f64> {
        let turned = |g: Vector3<f64>| self.datum.enu_from_ecef() * g;
        let p = self.out_of_centre_m(position_enu_m);
        match self.gravity {
            Gravity::Wgs84 => turned(with_zonal_terms(&p, 4)),
            Gravity::J2 => turned(with_zonal_terms(&p, 1)),
            Gravity::Sphere { mu_m3s2, turn_radps, .. } => {
                turned(of_sphere(&p, mu_m3s2, turn_radps))
            }
            Gravity::Uniform { mps2, .. } => Vector3::new(0.0, 0.0, -mps2),
        }
    }

    /// Gradient of gravity at a local position, local axes, 1/s²: that of the central
    /// term, and the rest's as at the datum.
    pub(super) fn gravity_gradient(&self, position_enu_m: &Vector3<f64>) -> Matrix3<f64> {
        let near = &self.nearby;
        if near.central == 0.0 {
            return Matrix3::zeros();
        }
        let r = near.centre_m + position_enu_m;
        let distance = r.norm();
        let unit = r / distance;
        let central = (unit * unit.transpose() * 3.0 - Matrix3::identity()) * self.mu_m3s2;
        central / distance.powi(3) + near.rest_gradient
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
        self.acceleration_in(&Piece::of(self, body.curve, state), body, state)
    }

    /// Acceleration by the laws of one piece, also beyond its bounds.
    pub(super) fn acceleration_in(
        &self,
        piece: &Piece,
        body: &Body,
        state: &State,
    ) -> Vector3<f64> {
        let height_m = self.height_m(&state.position_enu_m);
        let (density, sound) = self.air.density_and_sound_in(piece.layer, height_m);
        let ([east, north], _) = self.air.wind_in(piece.wind, height_m);
        let through_air = state.velocity_enu_mps - Vector3::new(east, north, 0.0);
        let speed = through_air.norm();
        let (cd, _) = body.curve.cd_in(piece.drag, speed / sound);
        self.gravity_mps2(&state.position_enu_m)
            - self.twice_rate_enu.cross(&state.velocity_enu_mps)
            - through_air * (0.5 * density * speed * cd * body.area_per_mass_m2kg)
    }
}
