//! Flights: from a state to the ground, or back from the ground.
//!
//! In: world, body, state. Out: a path that can be asked for any time, its highest
//! point, and its first crossing of the ground, both to 1e-9 s.

use nalgebra::Vector3;
use thiserror::Error;

use super::crossing::first_crossing;
use super::integrate::{Flying, Step, root};
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
    start: State,
    /// In ascending time.
    steps: Vec<Step>,
    /// Whether time runs backwards through a step, from its end to its start.
    backwards: bool,
    landing: Option<Landing>,
}

impl Trajectory {
    /// State at a time from the start, s; beyond the ends the nearest end.
    pub fn at(&self, time_s: f64) -> State {
        let begins = |s: &Step| if self.backwards { s.end_s() } else { s.time_s };
        let i = self.steps.partition_point(|s| begins(s) <= time_s).max(1) - 1;
        let Some(step) = self.steps.get(i) else { return self.start };
        step.at(((time_s - step.time_s) / step.h_s).clamp(0.0, 1.0))
    }

    /// Where it meets the ground, if it does.
    pub fn landing(&self) -> Option<Landing> {
        self.landing
    }

    /// First time that is known, s.
    pub fn start_s(&self) -> f64 {
        match self.steps.first() {
            Some(first) if self.backwards => first.end_s(),
            _ => 0.0,
        }
    }

    /// Last time that is known, s: the landing, where there is one.
    pub fn end_s(&self) -> f64 {
        if self.backwards { 0.0 } else { self.steps.last().map_or(0.0, Step::end_s) }
    }

    /// Time from the start, s, and state where the height above the ellipsoid is
    /// greatest; an end of the path if it only rises or only falls.
    pub fn apex(&self, world: &World) -> (f64, State) {
        let height_m = |s: &State| world.height_m(&s.position_enu_m);
        let sinking_mps = |s: &State| -world.up(&s.position_enu_m).dot(&s.velocity_enu_mps);
        let mut best = (self.start_s(), self.at(self.start_s()));
        for end_s in [self.start_s(), self.end_s()] {
            if height_m(&self.at(end_s)) > height_m(&best.1) {
                best = (end_s, self.at(end_s));
            }
        }
        for step in &self.steps {
            let (first, last) = if self.backwards { (1.0, 0.0) } else { (0.0, 1.0) };
            let at = |x: f64| step.at(first + (last - first) * x);
            let (before, after) = (sinking_mps(&at(0.0)), sinking_mps(&at(1.0)));
            if before >= 0.0 || after < 0.0 {
                continue;
            }
            let width = 1e-10 / step.h_s.abs().max(1e-9);
            let x = root(0.0, 1.0, before, after, width, |x| sinking_mps(&at(x)));
            let state = at(x);
            if height_m(&state) >= height_m(&best.1) {
                best = (step.time_s + step.h_s * (first + (last - first) * x), state);
            }
        }
        best
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
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

fn finite(step: &Step) -> Result<(), FlightError> {
    match step.end.iter().all(|x| x.is_finite()) {
        true => Ok(()),
        false => Err(FlightError::NotFinite("the state in flight")),
    }
}

/// Times closer than this are the same, s.
const SAME_S: f64 = 1e-9;

/// Flies a body from a state until it meets the ground, at most `max_s`. A start below
/// the ground ends where it next sinks.
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
    let mut flying = Flying::new(world, body, state, 0.25);
    let mut path = Trajectory { start: *state, steps: Vec::new(), backwards: false, landing: None };
    while max_s - flying.time_s > SAME_S {
        let (step, next_s) = flying.look(max_s - flying.time_s);
        finite(&step)?;
        if let Some(fraction) = first_crossing(world, &step) {
            // Step again, to the crossing: the end of a step is better than what fills it.
            let (step, _) = flying.look((fraction * step.h_s).max(SAME_S));
            let state = step.at(1.0);
            path.landing = Some(Landing {
                time_s: step.end_s(),
                position_enu_m: state.position_enu_m,
                velocity_enu_mps: state.velocity_enu_mps,
            });
            path.steps.push(step);
            break;
        }
        flying.take(&step, next_s);
        path.steps.push(step);
    }
    Ok(path)
}

/// The flight that ends in a landing, integrated backwards for `duration_s`: its
/// times run from `-duration_s` to 0 at the landing. Stops early where the path
/// comes out of the ground.
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
    let mut flying = Flying::new(world, body, landing, -0.25);
    let mut steps = Vec::new();
    while duration_s + flying.time_s > SAME_S {
        let (step, next_s) = flying.look(duration_s + flying.time_s);
        finite(&step)?;
        if let Some(fraction) = first_crossing(world, &step) {
            let until_s = fraction * step.h_s.abs();
            if until_s > SAME_S {
                steps.push(flying.look(until_s).0);
            }
            break;
        }
        flying.take(&step, next_s);
        steps.push(step);
    }
    steps.reverse();
    Ok(Trajectory {
        start: *landing,
        steps,
        backwards: true,
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
