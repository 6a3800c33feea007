//! Where a step of a flight first meets the ground.
//!
//! In: a step with what fills it. Out: the fraction of the step at the first
//! crossing. Level ground is looked at every eighth of the step. A height field is
//! bilinear between posts, so its path below a flight has a kink at each line of
//! posts and is nearly a parabola between two: the flight is followed from line to
//! line, and where the parabola through a piece's ends and middle has its lowest point
//! between them, that point is looked at too, so that a ridge that the flight only
//! grazes is met. Where a step is clear of the highest ground below, it is not followed.
//!
//! A flight that starts on or below the ground must first be above it, or sink.

use super::integrate::{Step, root};
use super::{Ground, HeightField, State, World};

/// Clear of the highest ground by this, a way need not be followed, m. Chosen: more than
/// the earth's curvature and a path's bend make of its ends' heights.
pub(super) const CLEAR_M: f64 = 10.0;

/// A step's way over the ground, by its fraction.
pub(super) trait Way {
    /// How long it takes, s; negative backwards in time.
    fn h_s(&self) -> f64;
    fn at(&self, fraction: f64) -> State;
    /// Above the ellipsoid, m.
    fn height_m(&self, state: &State) -> f64;
    /// Above the ground, m.
    fn above_m(&self, fraction: f64) -> f64;
    /// How fast the ground comes nearer, m/s.
    fn closing_mps(&self, state: &State) -> f64;
}

/// A step of the exact flight.
struct Exact<'a> {
    world: &'a World,
    step: &'a Step,
}

impl Way for Exact<'_> {
    fn h_s(&self) -> f64 {
        self.step.h_s
    }

    fn at(&self, fraction: f64) -> State {
        self.step.at(fraction)
    }

    fn height_m(&self, state: &State) -> f64 {
        self.world.height_m(&state.position_enu_m)
    }

    fn above_m(&self, fraction: f64) -> f64 {
        self.world.height_above_ground_m(&self.step.at(fraction).position_enu_m)
    }

    fn closing_mps(&self, state: &State) -> f64 {
        self.world.closing_mps(state)
    }
}

/// The fraction of the step at which it first meets the ground.
pub(super) fn first_crossing(world: &World, step: &Step) -> Option<f64> {
    let way = Exact { world, step };
    match &world.ground {
        Ground::Level { .. } => {
            let mut looking = Looking::new(&way);
            (1..=8).find_map(|part| looking.look(f64::from(part) / 8.0))
        }
        Ground::Field(field) => first_over_field(field, &way),
    }
}

/// The fraction at which a way first meets a height field.
pub(super) fn first_over_field(field: &HeightField, way: &impl Way) -> Option<f64> {
    /// Parts of the way that are looked at for being clear of the ground as a whole.
    const PARTS: f64 = 8.0;
    if clear(field, way, 0.0, 1.0) {
        return None;
    }
    let mut looking = Looking::new(way);
    let mut fraction = 0.0;
    while fraction < 1.0 {
        let part = ((fraction * PARTS).floor() + 1.0) / PARTS;
        if clear(field, way, fraction, part) {
            looking.passed(part);
            fraction = part;
            continue;
        }
        while fraction < part {
            let next = next_line(field, way, fraction);
            if let Some(found) = looking.turn_before(next).and_then(|turn| looking.look(turn)) {
                return Some(found);
            }
            if let Some(found) = looking.look(next) {
                return Some(found);
            }
            fraction = next;
        }
    }
    None
}

/// Whether a part of a way is clear of the highest ground below it.
fn clear(field: &HeightField, way: &impl Way, from: f64, to: f64) -> bool {
    let ends = [from, to].map(|x| way.at(x));
    let [a, b] = &ends;
    // A cubic between two ends bends beyond them by at most this much of its speed
    // there (its maximum with both slopes away from each other).
    let bend_s = 4.0 / 27.0 * (way.h_s() * (to - from)).abs();
    let side = |axis: usize| {
        let fastest = a.velocity_enu_mps[axis].abs().max(b.velocity_enu_mps[axis].abs());
        let (p, q) = (a.position_enu_m[axis], b.position_enu_m[axis]);
        [p.min(q) - bend_s * fastest, p.max(q) + bend_s * fastest]
    };
    let [east, north] = [0, 1].map(side);
    // Gravity bends a path down, and wind does not lift: it is lowest at an end.
    let lowest_m = way.height_m(a).min(way.height_m(b));
    lowest_m > field.top_within_m([east[0], north[0]], [east[1], north[1]]) + CLEAR_M
}

/// The fraction at which the way crosses the next line of posts.
fn next_line(field: &HeightField, way: &impl Way, from: f64) -> f64 {
    /// Shortest way ahead, as a fraction of a post's distance.
    const LEAST: f64 = 1e-6;
    /// How near to a line counts as on it, as a fraction of a post's distance.
    const CLOSE: f64 = 1e-7;
    let state = way.at(from);
    let mut next: f64 = 1.0;
    for axis in 0..2 {
        let spacing_m = field.spacing_m[axis];
        let across = state.velocity_enu_mps[axis] * way.h_s() / spacing_m;
        if across == 0.0 {
            continue;
        }
        let place = |x: f64| (way.at(x).position_enu_m[axis] - field.corner_en_m[axis]) / spacing_m;
        let here = place(from);
        let line =
            if across > 0.0 { (here + LEAST).floor() + 1.0 } else { (here - LEAST).ceil() - 1.0 };
        let mut x = from + (line - here) / across;
        if x >= next {
            continue;
        }
        // On the line itself, for a wall one post wide stands on it alone.
        for _ in 0..8 {
            let off = line - place(x);
            x += off / across;
            if off.abs() < CLOSE {
                break;
            }
        }
        next = next.min(x.max(from + LEAST / across.abs()));
    }
    next.min(1.0)
}

/// A look along a way.
struct Looking<'a, W> {
    way: &'a W,
    /// Fraction looked at last, and the height above ground there, m.
    last: (f64, f64),
    was_above: bool,
}

impl<'a, W: Way> Looking<'a, W> {
    fn new(way: &'a W) -> Self {
        let above_m = way.above_m(0.0);
        Self { way, last: (0.0, above_m), was_above: above_m > 0.0 }
    }

    /// On to a fraction before which it is clear of the ground.
    fn passed(&mut self, fraction: f64) {
        self.last = (fraction, self.way.above_m(fraction));
        self.was_above = true;
    }

    /// Looks at a fraction; the crossing, if it was met on the way there.
    fn look(&mut self, fraction: f64) -> Option<f64> {
        let above_m = self.way.above_m(fraction);
        let before = self.last;
        self.last = (fraction, above_m);
        if above_m > 0.0 {
            self.was_above = true;
            return None;
        }
        if self.was_above {
            let width = 1e-10 / self.way.h_s().abs();
            let below_m = |x| -self.way.above_m(x);
            return Some(root(before.0, fraction, -before.1, -above_m, width, below_m));
        }
        let state = self.way.at(fraction);
        (self.way.closing_mps(&state) * self.way.h_s().signum() >= 0.0).then_some(before.0)
    }

    /// Where the parabola through here, half way and `next` is lowest, if between; of a
    /// flight that was not above the ground yet, also where it is highest.
    fn turn_before(&self, next: f64) -> Option<f64> {
        let (start, here_m) = self.last;
        let middle = 0.5 * (start + next);
        let (half_m, next_m) = (self.way.above_m(middle), self.way.above_m(next));
        let bend = here_m - 2.0 * half_m + next_m;
        if bend == 0.0 || (bend < 0.0 && self.was_above) {
            return None;
        }
        // In halves of the way from the middle.
        let place = 0.5 * (here_m - next_m) / bend;
        (place.abs() < 1.0).then_some(middle + place * (next - middle))
    }
}
