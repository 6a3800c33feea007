//! Flights: from a state to the ground, or back from the ground.
//!
//! In: world, body, state. Out: a path that can be asked for any time, and its
//! first crossing of the ground to 1e-9 s.

use nalgebra::Vector3;
use thiserror::Error;

use super::integrate::{Knot, between, pack, rate, step};
use super::{Body, State, World};

/// A flight that cannot be computed.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum FlightError {
    /// A number that is not finite.
    #[error("{0} is not finite")]
    NotFinite(&'static str),
    /// Area over mass below zero.
    #[error("area over mass is {0} m2/kg: expected zero or more")]
    AreaPerMass(f64),
    /// The flight does not meet the ground in the time given.
    #[error("no ground within {0} s")]
    NoLanding(f64),
}

/// Where a flight meets the ground.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Landing {
    /// From the flight's start, s.
    pub time_s: f64,
    /// East, north, up of the datum, m.
    pub position_enu_m: Vector3<f64>,
    /// Velocity there, m/s.
    pub velocity_enu_mps: Vector3<f64>,
}

/// A flight over its whole time.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// In ascending time.
    knots: Vec<Knot>,
    landing: Option<Landing>,
}

impl Trajectory {
    /// State at a time from the start, s; beyond the ends the nearest end.
    pub fn at(&self, time_s: f64) -> State {
        let last = self.knots.len() - 1;
        let t = time_s.clamp(self.knots[0].time_s, self.knots[last].time_s);
        let i = self.knots.partition_point(|k| k.time_s <= t).clamp(1, last);
        between(&self.knots[i - 1], &self.knots[i], t)
    }

    /// Where it meets the ground, if it does.
    pub fn landing(&self) -> Option<Landing> {
        self.landing
    }

    /// First time that is known, s.
    pub fn start_s(&self) -> f64 {
        self.knots[0].time_s
    }

    /// Last time that is known, s.
    pub fn end_s(&self) -> f64 {
        self.landing.map_or(self.knots[self.knots.len() - 1].time_s, |l| l.time_s)
    }
}

fn check(body: &Body, state: &State) -> Result<(), FlightError> {
    if !state.position_enu_m.iter().all(|x| x.is_finite()) {
        return Err(FlightError::NotFinite("position"));
    }
    if !state.velocity_enu_mps.iter().all(|x| x.is_finite()) {
        return Err(FlightError::NotFinite("velocity"));
    }
    if !(body.area_per_mass_m2kg >= 0.0 && body.area_per_mass_m2kg.is_finite()) {
        return Err(FlightError::AreaPerMass(body.area_per_mass_m2kg));
    }
    Ok(())
}

/// Flies a body from a state until it meets the ground, at most `max_s`.
///
/// # Errors
///
/// [`FlightError`] for numbers that are not finite.
pub fn fly(
    world: &World,
    body: &Body,
    state: &State,
    max_s: f64,
) -> Result<Trajectory, FlightError> {
    check(body, state)?;
    let x = pack(state);
    let mut knots = vec![Knot { time_s: 0.0, state: x, rate: rate(world, body, &x) }];
    let mut h_s: f64 = 0.05;
    loop {
        let knot = knots[knots.len() - 1];
        if knot.time_s >= max_s {
            return Ok(Trajectory { knots, landing: None });
        }
        h_s = h_s.min(max_s - knot.time_s).max(1e-9);
        let next = step(world, body, &knot, &mut h_s);
        if !next.state.iter().all(|x| x.is_finite()) {
            return Err(FlightError::NotFinite("the state in flight"));
        }
        knots.push(next);
        if let Some(landing) = crossing(world, &knot, &next) {
            return Ok(Trajectory { knots, landing: Some(landing) });
        }
    }
}

/// First crossing of the ground within a step, by eighths of the step and then
/// bisection to 1e-10 s.
fn crossing(world: &World, a: &Knot, b: &Knot) -> Option<Landing> {
    const PARTS: usize = 8;
    let h = (b.time_s - a.time_s) / PARTS as f64;
    let above = |t: f64| world.height_above_ground_m(&between(a, b, t).position_enu_m);
    for part in 0..PARTS {
        let (mut lo, mut hi) = (a.time_s + h * part as f64, a.time_s + h * (part + 1) as f64);
        if above(hi) > 0.0 || between(a, b, hi).velocity_enu_mps.z > 0.0 {
            continue;
        }
        while hi - lo > 1e-10 {
            let middle = 0.5 * (lo + hi);
            if above(middle) > 0.0 {
                lo = middle
            } else {
                hi = middle
            }
            if middle == lo && middle == hi {
                break;
            }
        }
        let state = between(a, b, hi);
        return Some(Landing {
            time_s: hi,
            position_enu_m: state.position_enu_m,
            velocity_enu_mps: state.velocity_enu_mps,
        });
    }
    None
}

/// The flight that ends in a landing, integrated backwards for `duration_s`: its
/// times run from `-duration_s` to 0 at the landing. Stops early where the path
/// would rise from the ground.
///
/// # Errors
///
/// [`FlightError`] for numbers that are not finite.
pub fn fly_back(
    world: &World,
    body: &Body,
    landing: &State,
    duration_s: f64,
) -> Result<Trajectory, FlightError> {
    check(body, landing)?;
    let x = pack(landing);
    let mut knots = vec![Knot { time_s: 0.0, state: x, rate: rate(world, body, &x) }];
    let mut h_s: f64 = -0.05;
    while knots[knots.len() - 1].time_s > -duration_s {
        let knot = knots[knots.len() - 1];
        h_s = h_s.max(-duration_s - knot.time_s).min(-1e-9);
        let next = step(world, body, &knot, &mut h_s);
        if !next.state.iter().all(|x| x.is_finite()) {
            return Err(FlightError::NotFinite("the state in flight"));
        }
        if world.height_above_ground_m(&next.state.fixed_rows::<3>(0).into()) < 0.0 {
            break;
        }
        knots.push(next);
    }
    knots.reverse();
    Ok(Trajectory {
        knots,
        landing: Some(Landing {
            time_s: 0.0,
            position_enu_m: landing.position_enu_m,
            velocity_enu_mps: landing.velocity_enu_mps,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flight::DragCurve;
    use crate::frames::Datum;
    use crate::frames::Wgs84;

    fn world() -> World {
        World::level(Datum::new(Wgs84::from_degrees(33.0, -30.0, 40.0).unwrap()))
    }

    #[test]
    fn a_flight_that_overflows_is_an_error_and_not_a_hang() {
        let body = Body { curve: DragCurve::Constant, area_per_mass_m2kg: 1.0 };
        for speed_mps in [1e160, 1e200, 1e300] {
            let state = State {
                position_enu_m: Vector3::new(0.0, 0.0, 1000.0),
                velocity_enu_mps: Vector3::new(speed_mps, 0.0, 0.0),
            };
            assert!(fly(&world(), &body, &state, 1.0).is_err());
            assert!(fly_back(&world(), &body, &state, 1.0).is_err());
        }
    }

    #[test]
    fn back_from_the_landing_and_forward_again_is_the_same_flight() {
        let body = Body { curve: DragCurve::Rocket, area_per_mass_m2kg: 4e-4 };
        let landing = State {
            position_enu_m: Vector3::new(200.0, -100.0, world().ground_u_m(200.0, -100.0)),
            velocity_enu_mps: Vector3::new(150.0, 100.0, -160.0),
        };
        let back = fly_back(&world(), &body, &landing, 25.0).unwrap();
        let start = back.at(-25.0);
        let again = fly(&world(), &body, &start, 60.0).unwrap().landing().unwrap();
        assert!((again.time_s - 25.0).abs() < 1e-4, "{}", again.time_s);
        assert!((again.position_enu_m - landing.position_enu_m).norm() < 1e-2);
        let middle = back.at(-10.0);
        let forward = fly(&world(), &body, &start, 60.0).unwrap().at(15.0);
        assert!((middle.position_enu_m - forward.position_enu_m).norm() < 1e-2);
    }

    #[test]
    fn not_a_number_is_refused() {
        let body = Body { curve: DragCurve::G1, area_per_mass_m2kg: f64::NAN };
        assert!(fly(&world(), &body, &State::default(), 1.0).is_err());
    }
}
