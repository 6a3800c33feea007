//! A raid described from the defended site's side: what arrives, when, from which
//! bearing, how steep, where it would land and with what spread.
//!
//! In: a raid's description and a stream of chance. Out: rounds whose flight is
//! integrated backwards from where they would land ([`fly_back`]), for as long as
//! they are in the site's sky. Nothing is said of where they came from.

use nalgebra::Vector3;

use crate::flight::Body;
use crate::flight::DragCurve;
use crate::flight::State;
use crate::flight::Trajectory;
use crate::flight::World;
use crate::flight::fly_back;
use crate::sensors::Chance;

use super::objects::{Motion, Object};

/// One group of rounds that arrive together.
#[derive(Clone, Debug, PartialEq)]
pub struct Raid {
    /// Class in truth files: `rocket`, `mortar` or `artillery`.
    pub class: String,
    /// Drag curve.
    pub curve: DragCurve,
    /// Reference area over mass, m²/kg, and its relative spread (one sigma).
    pub area_per_mass_m2kg: [f64; 2],
    /// How many, lowest and highest; a run draws one count in between.
    pub count: [u64; 2],
    /// First impact, s from the scenario's start, and the time over which all land.
    pub first_impact_s: f64,
    /// Time from first to last impact, s.
    pub window_s: f64,
    /// Bearing from which they come, clockwise from true north, rad; mean and sigma.
    pub bearing_rad: [f64; 2],
    /// Dive angle at impact below the horizontal, rad; mean and sigma.
    pub dive_rad: [f64; 2],
    /// Speed at impact, m/s; mean and sigma.
    pub impact_speed_mps: [f64; 2],
    /// Where they would land on average: local east and north, m.
    pub centre_en_m: [f64; 2],
    /// Spread along and across their bearing, m, one sigma.
    pub spread_m: [f64; 2],
    /// How long before impact they come into the site's sky, s.
    pub in_view_s: f64,
}

/// No round of these kinds is faster in its free flight, m/s. Drag integrated
/// backwards grows without bound, so a path is cut where it would pass this.
const FASTEST_MPS: f64 = 900.0;

/// How long before its landing a path begins: not before it was above the ground
/// and slower than anything.
fn believable_s(path: &Trajectory, asked_s: f64) -> f64 {
    let mut view_s = asked_s.min(-path.start_s());
    while view_s > 1.0 && path.at(-view_s).velocity_enu_mps.norm() > FASTEST_MPS {
        view_s -= 0.5;
    }
    view_s
}

impl Raid {
    /// The rounds of one draw, in order of impact; `first_id` numbers them.
    pub fn draw(&self, world: &World, first_id: usize, chance: &mut Chance) -> Vec<Object> {
        let [low, high] = self.count;
        let span = (high - low + 1) as f64;
        let count = low + (chance.unit() * span).floor() as u64;
        let mut rounds: Vec<Object> =
            (0..count).filter_map(|i| self.round(world, i, count, chance)).collect();
        rounds.sort_by(|a, b| a.end_s.total_cmp(&b.end_s));
        for (i, round) in rounds.iter_mut().enumerate() {
            round.id = format!("{}-{}", self.class, first_id + i);
        }
        rounds
    }

    fn round(&self, world: &World, i: u64, count: u64, chance: &mut Chance) -> Option<Object> {
        let bearing = self.bearing_rad[0] + self.bearing_rad[1] * chance.normal();
        let steepest = 88f64.to_radians();
        let dive = (self.dive_rad[0] + self.dive_rad[1] * chance.normal()).clamp(0.05, steepest);
        let speed =
            (self.impact_speed_mps[0] + self.impact_speed_mps[1] * chance.normal()).max(30.0);
        let (along, across) =
            (self.spread_m[0] * chance.normal(), self.spread_m[1] * chance.normal());
        let area_per_mass =
            self.area_per_mass_m2kg[0] * (self.area_per_mass_m2kg[1] * chance.normal()).exp();
        // One impact somewhere in each equal share of the window: a ragged salvo.
        let share = if count > 1 { (i as f64 + chance.unit()) / count as f64 } else { 0.0 };
        let impact_s = self.first_impact_s + share * self.window_s;
        let (sin_b, cos_b) = bearing.sin_cos();
        let e_m = self.centre_en_m[0] + along * sin_b + across * cos_b;
        let n_m = self.centre_en_m[1] + along * cos_b - across * sin_b;
        let landing = State {
            position_enu_m: Vector3::new(e_m, n_m, world.ground_u_m(e_m, n_m)),
            velocity_enu_mps: Vector3::new(-sin_b * dive.cos(), -cos_b * dive.cos(), -dive.sin())
                * speed,
        };
        let body = Body { curve: self.curve, area_per_mass_m2kg: area_per_mass };
        let path = fly_back(world, &body, &landing, self.in_view_s.min(impact_s)).ok()?;
        let view_s = believable_s(&path, self.in_view_s.min(impact_s));
        Some(Object {
            id: String::new(),
            class: self.class.clone(),
            start_s: impact_s - view_s,
            end_s: impact_s,
            lands_at_enu_m: Some(landing.position_enu_m),
            body: Some(body),
            motion: Motion::Flight(path),
        })
    }
}
