//! Everything in the sky that must not raise an alarm: airliners, helicopters,
//! birds, and tracer fire.
//!
//! In: descriptions and a stream of chance. Out: objects of truth.

use nalgebra::Vector3;

use crate::flight::Body;
use crate::flight::DragCurve;
use crate::flight::State;
use crate::flight::World;
use crate::flight::fly;
use crate::sensors::Chance;

use super::objects::{Motion, Object};

/// An aircraft on a level path.
#[derive(Clone, Debug, PartialEq)]
pub struct Aircraft {
    /// Class in truth files: `airliner`, `helicopter`, `drone`.
    pub class: String,
    /// Where it is at its start: local east and north, m.
    pub start_en_m: [f64; 2],
    /// Height above the ellipsoid, m.
    pub height_m: f64,
    /// Heading clockwise from true north, rad.
    pub heading_rad: f64,
    /// Speed, m/s.
    pub speed_mps: f64,
    /// Turn rate, clockwise, rad/s.
    pub turn_rate_radps: f64,
}

/// A flock that wanders.
#[derive(Clone, Debug, PartialEq)]
pub struct Flock {
    /// How many birds.
    pub count: u64,
    /// Where: local east and north, m.
    pub centre_en_m: [f64; 2],
    /// Over how wide a circle, m (one sigma).
    pub spread_m: f64,
    /// Height above the ground, m.
    pub height_m: f64,
    /// Speed, m/s.
    pub speed_mps: f64,
}

/// A burst of tracer rounds fired into the air.
#[derive(Clone, Debug, PartialEq)]
pub struct Tracer {
    /// First round, s from the scenario's start.
    pub start_s: f64,
    /// How many rounds, and how many a second.
    pub count: u64,
    /// Rounds a second.
    pub rate_per_s: f64,
    /// Where they rise: local east and north, m.
    pub place_en_m: [f64; 2],
    /// Heading and its spread, rad.
    pub azimuth_rad: [f64; 2],
    /// Elevation and its spread, rad.
    pub elevation_rad: [f64; 2],
    /// Speed at the start, m/s.
    pub speed_mps: f64,
}

/// Reference area over mass of a heavy-machine-gun tracer, m²/kg: 12.7 mm and 43 g.
const TRACER_AREA_PER_MASS_M2KG: f64 = 2.9e-3;
/// A tracer burns this long, then nobody sees it, s. Chosen: typical burn-out.
const TRACER_LIFE_S: f64 = 6.0;

impl Aircraft {
    /// The object.
    pub fn object(&self, world: &World, id: String, duration_s: f64) -> Object {
        let [e_m, n_m] = self.start_en_m;
        let start_enu_m = world.datum.at_height(e_m, n_m, self.height_m).enu_m();
        Object {
            id,
            class: self.class.clone(),
            start_s: 0.0,
            end_s: duration_s,
            lands_at_enu_m: None,
            body: None,
            motion: Motion::Turning {
                start_enu_m,
                heading_rad: self.heading_rad,
                speed_mps: self.speed_mps,
                turn_rate_radps: self.turn_rate_radps,
            },
        }
    }
}

impl Flock {
    /// The birds of one draw.
    pub fn draw(&self, world: &World, duration_s: f64, chance: &mut Chance) -> Vec<Object> {
        (0..self.count)
            .map(|i| {
                let e_m = self.centre_en_m[0] + self.spread_m * chance.normal();
                let n_m = self.centre_en_m[1] + self.spread_m * chance.normal();
                let u_m = world.ground_u_m(e_m, n_m) + self.height_m * chance.between(0.5, 1.5);
                let mut p = Vector3::new(e_m, n_m, u_m);
                let mut heading = chance.between(0.0, std::f64::consts::TAU);
                let mut points = vec![p];
                for _ in 0..=duration_s.ceil() as usize {
                    heading += 0.3 * chance.normal();
                    let climb = 0.5 * chance.normal();
                    p += Vector3::new(heading.sin(), heading.cos(), 0.0) * self.speed_mps
                        + Vector3::z() * climb;
                    p.z = p.z.max(world.ground_u_m(p.x, p.y) + 10.0);
                    points.push(p);
                }
                Object {
                    id: format!("bird-{}", i + 1),
                    class: "bird".into(),
                    start_s: 0.0,
                    end_s: duration_s,
                    lands_at_enu_m: None,
                    body: None,
                    motion: Motion::Wander(points),
                }
            })
            .collect()
    }
}

impl Tracer {
    /// The rounds of one draw.
    pub fn draw(&self, world: &World, chance: &mut Chance) -> Vec<Object> {
        let body = Body { curve: DragCurve::G1, area_per_mass_m2kg: TRACER_AREA_PER_MASS_M2KG };
        (0..self.count)
            .filter_map(|i| {
                let azimuth = self.azimuth_rad[0] + self.azimuth_rad[1] * chance.normal();
                let elevation = self.elevation_rad[0] + self.elevation_rad[1] * chance.normal();
                let [e_m, n_m] = self.place_en_m;
                let start = State {
                    position_enu_m: Vector3::new(e_m, n_m, world.ground_u_m(e_m, n_m) + 3.0),
                    velocity_enu_mps: Vector3::new(
                        azimuth.sin() * elevation.cos(),
                        azimuth.cos() * elevation.cos(),
                        elevation.sin(),
                    ) * self.speed_mps,
                };
                let path = fly(world, &body, &start, TRACER_LIFE_S).ok()?;
                let start_s = self.start_s + i as f64 / self.rate_per_s;
                Some(Object {
                    id: format!("tracer-{}", i + 1),
                    class: "tracer".into(),
                    start_s,
                    end_s: start_s + path.end_s(),
                    lands_at_enu_m: None,
                    body: Some(body),
                    motion: Motion::Forward(path),
                })
            })
            .collect()
    }
}
