//! The exact integrator: steps of order 8 from level to level of air and drag.
//!
//! In: a world, a body, a state. Out: steps, each filled by a polynomial. The method
//! is in `dop853.rs`, the reason to stop at levels in `piece.rs`.

use nalgebra::SVector;

use super::dop853::{Attempt, Filling};
use super::piece::Piece;
use super::{Body, State, World};

/// Position and velocity as one vector.
pub(super) type Vector6 = SVector<f64, 6>;

/// Longest step, s. Chosen: so that a look at every eighth of a step misses no
/// crossing of level ground that lasts a second.
const LONGEST_S: f64 = 8.0;
/// Shortest step, s: error control and levels do not ask for less.
const SHORTEST_S: f64 = 1e-5;
/// How far ahead of a step its piece is looked up, s: a step that begins on a level
/// is in the piece that it moves into.
const AHEAD_S: f64 = 1e-6;
/// How far behind a level a step that meets it ends, s.
const PAST_S: f64 = 1e-7;

/// One accepted step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub time_s: f64,
    pub h_s: f64,
    pub piece: Piece,
    pub filling: Filling<6>,
    pub end: Vector6,
    rate_at_end: Vector6,
}

impl Step {
    pub(super) fn end_s(&self) -> f64 {
        self.time_s + self.h_s
    }

    /// At a fraction of the step.
    pub(super) fn at(&self, fraction: f64) -> State {
        unpack(&self.filling.at(fraction))
    }
}

/// A flight under way.
pub(super) struct Flying<'a> {
    world: &'a World,
    body: &'a Body,
    pub time_s: f64,
    pub x: Vector6,
    rate: Vector6,
    /// Length of the next step, with the sign of time's direction, s.
    pub h_s: f64,
}

pub(super) fn pack(state: &State) -> Vector6 {
    let (p, v) = (&state.position_enu_m, &state.velocity_enu_mps);
    Vector6::new(p.x, p.y, p.z, v.x, v.y, v.z)
}

pub(super) fn unpack(x: &Vector6) -> State {
    State {
        position_enu_m: x.fixed_rows::<3>(0).into(),
        velocity_enu_mps: x.fixed_rows::<3>(3).into(),
    }
}

fn rate_in(world: &World, body: &Body, piece: &Piece, x: &Vector6) -> Vector6 {
    let a = world.acceleration_in(piece, body, &unpack(x));
    Vector6::new(x[3], x[4], x[5], a.x, a.y, a.z)
}

impl<'a> Flying<'a> {
    pub(super) fn new(world: &'a World, body: &'a Body, state: &State, h_s: f64) -> Self {
        let x = pack(state);
        let rate = rate_in(world, body, &Piece::of(world, body.curve, state), &x);
        Self { world, body, time_s: 0.0, x, rate, h_s }
    }

    /// The next step, no longer than `limit_s`; the flight stays where it is.
    pub(super) fn look(&self, limit_s: f64) -> (Step, f64) {
        let (world, body, x) = (self.world, self.body, &self.x);
        let ahead = x + self.rate * (AHEAD_S * self.h_s.signum());
        let piece = Piece::of(world, body.curve, &unpack(&ahead));
        let rate = |x: &Vector6| rate_in(world, body, &piece, x);
        let mut h_s = self.h_s.clamp(-limit_s, limit_s);
        let mut cut = false;
        loop {
            let tried = Attempt::new(&rate, x, self.rate, h_s);
            let next_s = (h_s * tried.factor()).clamp(-LONGEST_S, LONGEST_S);
            if tried.error > 1.0 && h_s.abs() > SHORTEST_S {
                h_s = next_s;
                continue;
            }
            let end = tried.end;
            let (rate_at_end, filling) = tried.filled(&rate);
            if !cut
                && h_s.abs() > SHORTEST_S
                && let Some(fraction) = self.leaves(&piece, &filling)
            {
                let short_s = (fraction * h_s.abs() + PAST_S).max(SHORTEST_S);
                if short_s < 0.999_999 * h_s.abs() {
                    cut = true;
                    h_s = short_s * h_s.signum();
                    continue;
                }
            }
            let step = Step { time_s: self.time_s, h_s, piece, filling, end, rate_at_end };
            // Behind a level the last full length is the better guess.
            return (step, if cut { self.h_s } else { next_s });
        }
    }

    /// Takes a step that was looked at.
    pub(super) fn take(&mut self, step: &Step, next_s: f64) {
        self.time_s = step.end_s();
        self.x = step.end;
        self.rate = step.rate_at_end;
        self.h_s = next_s;
    }

    /// The first fraction of a step at which it leaves its piece: looked for at fifths,
    /// then by false position (M. Dowell and P. Jarratt, BIT 11 (1971) 168-174).
    fn leaves(&self, piece: &Piece, filling: &Filling<6>) -> Option<f64> {
        const PARTS: i32 = 5;
        let excess = |fraction| piece.excess(self.world, &unpack(&filling.at(fraction)));
        let (mut low, mut before) = (0.0, f64::NAN);
        for part in 1..=PARTS {
            let high = f64::from(part) / f64::from(PARTS);
            let now = excess(high);
            if now < 0.0 {
                (low, before) = (high, now);
                continue;
            }
            let before = if before.is_nan() { excess(low) } else { before };
            return Some(root(low, high, before, now, 1e-9, excess));
        }
        None
    }
}

/// Where a function that is negative at `low` and not at `high` crosses zero, to
/// `width`, from the side of `high`.
pub(super) fn root(
    mut low: f64,
    mut high: f64,
    mut at_low: f64,
    mut at_high: f64,
    width: f64,
    function: impl Fn(f64) -> f64,
) -> f64 {
    let mut same_side = 0;
    for turn in 0..200 {
        if high - low <= width {
            break;
        }
        let line = (low * at_high - high * at_low) / (at_high - at_low);
        // Every third turn halves, so that a curved function cannot hold it up.
        let middle = if turn % 3 == 2 || !(low < line && line < high) {
            0.5 * (low + high)
        } else {
            line.clamp(low + 0.4 * width, high - 0.4 * width)
        };
        let value = function(middle);
        if value < 0.0 {
            (low, at_low) = (middle, value);
            same_side = if same_side < 0 { same_side - 1 } else { -1 };
            if same_side < -1 {
                at_high *= 0.5;
            }
        } else {
            (high, at_high) = (middle, value);
            same_side = if same_side > 0 { same_side + 1 } else { 1 };
            if same_side > 1 {
                at_low *= 0.5;
            }
        }
    }
    high
}
