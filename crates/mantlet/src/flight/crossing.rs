//! Where a step of a flight first meets the ground.
//!
//! In: a step with what fills it. Out: the fraction of the step at the first
//! crossing. Level ground is looked at every eighth of the step. A height field is
//! bilinear between posts, so its path below a flight has a kink at each line of
//! posts and is nearly a parabola between two: the flight is followed from line to
//! line, and where the parabola through a piece's ends and middle has its lowest point
//! between them, that point is looked at too, so that a ridge that the flight only
//! grazes is met.
//!
//! A flight that starts on or below the ground must first be above it, or sink.

use super::integrate::{Step, root};
use super::{Ground, HeightField, State, World};

/// Clear of the highest ground by this, a step need not be followed, m.
const CLEAR_M: f64 = 10.0;

/// The fraction of the step at which it first meets the ground.
pub(super) fn first_crossing(world: &World, step: &Step) -> Option<f64> {
    let mut looking = Looking::new(world, step);
    match &world.ground {
        Ground::Level { .. } => (1..=8).find_map(|part| looking.look(f64::from(part) / 8.0)),
        Ground::Field(field) => {
            let lowest_m = [0.0, 1.0]
                .map(|x| world.height_m(&step.at(x).position_enu_m))
                .into_iter()
                .fold(f64::MAX, f64::min);
            if lowest_m > field.top_m() + CLEAR_M {
                return None;
            }
            let mut fraction = 0.0;
            while fraction < 1.0 {
                let next = next_line(field, step, fraction);
                if let Some(found) = looking.lowest_before(next).and_then(|low| looking.look(low)) {
                    return Some(found);
                }
                if let Some(found) = looking.look(next) {
                    return Some(found);
                }
                fraction = next;
            }
            None
        }
    }
}

/// The fraction at which the path crosses the next line of posts.
fn next_line(field: &HeightField, step: &Step, from: f64) -> f64 {
    /// Shortest way ahead, as a fraction of a post's distance.
    const LEAST: f64 = 1e-3;
    let state = step.at(from);
    let mut next: f64 = 1.0;
    for axis in 0..2 {
        let spacing_m = field.spacing_m[axis];
        let across = state.velocity_enu_mps[axis] * step.h_s / spacing_m;
        if across == 0.0 {
            continue;
        }
        let place =
            |x: f64| (step.at(x).position_enu_m[axis] - field.corner_en_m[axis]) / spacing_m;
        let here = place(from);
        let line =
            if across > 0.0 { (here + LEAST).floor() + 1.0 } else { (here - LEAST).ceil() - 1.0 };
        let mut x = from + (line - here) / across;
        if x >= next {
            continue;
        }
        // The velocity hardly changes between two lines: one correction is enough.
        x += (line - place(x)) / across;
        next = next.min(x.max(from + LEAST / across.abs()));
    }
    next.min(1.0)
}

/// A look along a step.
struct Looking<'a> {
    world: &'a World,
    step: &'a Step,
    /// Fraction looked at last, and the height above ground there, m.
    last: (f64, f64),
    was_above: bool,
}

impl<'a> Looking<'a> {
    fn new(world: &'a World, step: &'a Step) -> Self {
        let mut looking = Self { world, step, last: (0.0, 0.0), was_above: false };
        looking.last.1 = looking.above_m(0.0);
        looking.was_above = looking.last.1 > 0.0;
        looking
    }

    fn above_m(&self, fraction: f64) -> f64 {
        self.world.height_above_ground_m(&self.step.at(fraction).position_enu_m)
    }

    /// Looks at a fraction; the crossing, if it was met on the way there.
    fn look(&mut self, fraction: f64) -> Option<f64> {
        let above_m = self.above_m(fraction);
        let before = self.last;
        self.last = (fraction, above_m);
        if above_m > 0.0 {
            self.was_above = true;
            return None;
        }
        if self.was_above {
            let width = 1e-10 / self.step.h_s.abs();
            let below_m = |x| -self.above_m(x);
            return Some(root(before.0, fraction, -before.1, -above_m, width, below_m));
        }
        let state: State = self.step.at(fraction);
        (self.world.closing_mps(&state) * self.step.h_s.signum() >= 0.0).then_some(before.0)
    }

    /// Where the parabola through here, half way and `next` is lowest, if between.
    fn lowest_before(&self, next: f64) -> Option<f64> {
        let (start, here_m) = self.last;
        let middle = 0.5 * (start + next);
        let (half_m, next_m) = (self.above_m(middle), self.above_m(next));
        let bend = here_m - 2.0 * half_m + next_m;
        if bend <= 0.0 {
            return None;
        }
        // In halves of the way from the middle.
        let place = 0.5 * (here_m - next_m) / bend;
        (place.abs() < 1.0).then_some(middle + place * (next - middle))
    }
}
