//! One step of the wide integrator: every lane's Runge-Kutta step without branches,
//! a register of lanes at a time, and where it meets the ground.
//!
//! Each lane carries the lines of air and drag that hold where it is, so that a step
//! looks both up twice: half way and at its end. Within a step a flight follows the cubic
//! through its ends (C. Hermite; error `h⁴/384` times the fourth derivative, a
//! millimetre), on which the ground is met without stepping again.

use pulp::Simd;

use super::crossing::{CLEAR_M, Way, first_over_field};
use super::lanes::Lanes;
use super::nearby::Nearby;
use super::vector::{Mask, Vector, WIDEST, lanes};
use super::wide::LONGEST_FLIGHT_S;
use super::wide_kernel::{Air, Kernel, Triple, moved, weighted};
use super::{HeightField, State};

/// What a step asks of the ground.
pub(super) trait Below {
    /// Which lanes meet the ground in a step, and at what fraction of it; `None` if none.
    fn first<S: Simd>(
        &self,
        kernel: &Kernel<'_, S>,
        leg: &Leg<S>,
        live: usize,
    ) -> Option<(Mask<S>, Vector<S>)>;
}

/// A step from end to end.
pub(super) struct Leg<S: Simd> {
    /// Positions.
    p: [Triple<S>; 2],
    /// Velocities.
    v: [Triple<S>; 2],
    /// Heights above the ellipsoid, m.
    height_m: [Vector<S>; 2],
    /// How long it takes, s.
    h: Vector<S>,
}

/// A cubic by the fraction of a step: coefficients of its powers.
type Cubic<S> = [Triple<S>; 4];

/// The cubic from `from` to `to` with these rates per step at its ends.
#[inline(always)]
fn cubic<S: Simd>(from: Triple<S>, to: Triple<S>, rates: [Triple<S>; 2]) -> Cubic<S> {
    let mut out = [from, rates[0], from, from];
    for i in 0..3 {
        let (way, a, b) = (to[i] - from[i], rates[0][i], rates[1][i]);
        out[2][i] = (way - a) + (way + way) - (a + b);
        out[3][i] = (a + b) - (way + way);
    }
    out
}

#[inline(always)]
fn at<S: Simd>(c: &Cubic<S>, x: Vector<S>) -> Triple<S> {
    let mut out = c[3];
    for i in 0..3 {
        out[i] = c[3][i].fma(x, c[2][i]).fma(x, c[1][i]).fma(x, c[0][i]);
    }
    out
}

/// Its rate per step.
#[inline(always)]
fn rate_at<S: Simd>(c: &Cubic<S>, x: Vector<S>) -> Triple<S> {
    let mut out = c[3];
    for i in 0..3 {
        let twice = c[2][i] + c[2][i];
        out[i] = (c[3][i] + (c[3][i] + c[3][i])).fma(x, twice).fma(x, c[1][i]);
    }
    out
}

#[inline(always)]
fn times<S: Simd>(v: Triple<S>, h: Vector<S>) -> Triple<S> {
    [v[0] * h, v[1] * h, v[2] * h]
}

impl<S: Simd> Leg<S> {
    #[inline(always)]
    fn path(&self) -> Cubic<S> {
        let rates = [times(self.v[0], self.h), times(self.v[1], self.h)];
        cubic(self.p[0], self.p[1], rates)
    }
}

/// Level ground at a height above the ellipsoid, m.
#[derive(Clone, Copy)]
pub(super) struct Level(pub f64);

impl Below for Level {
    #[inline(always)]
    fn first<S: Simd>(
        &self,
        kernel: &Kernel<'_, S>,
        leg: &Leg<S>,
        _: usize,
    ) -> Option<(Mask<S>, Vector<S>)> {
        let (zero, one, ground) = (kernel.all(0.0), kernel.all(1.0), kernel.all(self.0));
        let above = leg.height_m[1] - ground;
        let rise = kernel.rise_mps(leg.p[1], leg.v[1]);
        let met = above.at_most(zero).and(rise.below(zero));
        if !met.any() {
            return None;
        }
        // Back from the end on the parabola of the height's rates at both ends, then one
        // step of Newton's on the cubic. Of a start below the ground: where it next sinks.
        let before = leg.height_m[0] - ground;
        let rise_before = kernel.rise_mps(leg.p[0], leg.v[0]);
        let bend = rise - rise_before;
        let (depth, fall) = (zero - above, (zero - rise) * leg.h);
        let under = fall.fma(fall, (depth + depth) * bend * leg.h).max(zero);
        let back = (depth + depth).over((fall + under.sqrt()).max(kernel.all(1e-9)));
        let x = (one - back).max(zero).min(one);
        let path = leg.path();
        let off = kernel.height_m(at(&path, x)) - ground;
        let rate = kernel.rise_mps(at(&path, x), rate_at(&path, x)).min(kernel.all(-1e-9));
        let x = (x - off.over(rate)).max(zero).min(one);
        let sinks = rise_before.over((rise_before - rise).max(kernel.all(1e-9))).max(zero);
        let never = before.at_most(zero).and(under.at_most(zero));
        let sunk = before.at_most(zero).and(rise_before.at_most(zero));
        Some((met, sunk.pick(zero, never.pick(sinks, x))))
    }
}

/// The way of one lane over a height field.
struct Lane<'a> {
    field: &'a HeightField,
    nearby: &'a Nearby,
    h_s: f64,
    path: [[f64; 4]; 3],
}

impl Way for Lane<'_> {
    fn h_s(&self) -> f64 {
        self.h_s
    }

    fn at(&self, x: f64) -> State {
        let mut state = State::default();
        for (i, [a, b, c, d]) in self.path.into_iter().enumerate() {
            state.position_enu_m[i] = a + x * (b + x * (c + x * d));
            state.velocity_enu_mps[i] = (b + x * (2.0 * c + x * (3.0 * d))) / self.h_s;
        }
        state
    }

    fn height_m(&self, state: &State) -> f64 {
        let p = &state.position_enu_m;
        self.nearby.height_m(p.x, p.y, p.z)
    }

    fn above_m(&self, x: f64) -> f64 {
        let state = self.at(x);
        let p = &state.position_enu_m;
        self.height_m(&state) - self.field.height_m(p.x, p.y)
    }

    fn closing_mps(&self, state: &State) -> f64 {
        let (p, v) = (&state.position_enu_m, &state.velocity_enu_mps);
        let (_, [east, north]) = self.field.height_and_slope(p.x, p.y);
        let curvature = self.nearby.half_curvature;
        let level =
            (2.0 * curvature[0] * p.x - east) * v.x + (2.0 * curvature[1] * p.y - north) * v.y;
        -(level + v.z)
    }
}

impl Below for &HeightField {
    #[inline(always)]
    fn first<S: Simd>(
        &self,
        kernel: &Kernel<'_, S>,
        leg: &Leg<S>,
        live: usize,
    ) -> Option<(Mask<S>, Vector<S>)> {
        let lowest = leg.height_m[0].min(leg.height_m[1]);
        let low = lowest.below(kernel.all(self.top_m() + CLEAR_M));
        if !low.any() {
            return None;
        }
        let mut path = [[[0.0; WIDEST]; 4]; 3];
        for (power, triple) in leg.path().into_iter().enumerate() {
            for i in 0..3 {
                triple[i].store(&mut path[i][power]);
            }
        }
        let (mut h_s, mut lowest_m) = ([0.0; WIDEST], [0.0; WIDEST]);
        leg.h.store(&mut h_s);
        lowest.store(&mut lowest_m);
        const NONE: f64 = 2.0;
        let mut found = [NONE; WIDEST];
        for lane in 0..lanes::<S>().min(live) {
            if lowest_m[lane] < self.top_m() + CLEAR_M {
                found[lane] = over_field(self, kernel.tables.nearby, h_s[lane], lane, &path);
            }
        }
        let fraction = Vector::load(kernel.simd, &found);
        let met = fraction.at_most(kernel.all(1.0));
        met.any().then_some((met, fraction))
    }
}

/// Where one lane's way meets the field, a fraction of it; 2 if it does not.
fn over_field(
    field: &HeightField,
    nearby: &Nearby,
    h_s: f64,
    lane: usize,
    paths: &[[[f64; WIDEST]; 4]; 3],
) -> f64 {
    let path = paths.map(|of| of.map(|power| power[lane]));
    first_over_field(field, &Lane { field, nearby, h_s, path }).unwrap_or(2.0)
}

impl<S: Simd> Kernel<'_, S> {
    /// One step of the register of lanes that begins at `first`; lanes beyond the
    /// live ones compute on stale numbers that nobody reads.
    #[inline(always)]
    pub(super) fn step<B: Below>(&self, lanes: &mut Lanes, first: usize, ground: &B) {
        let p = self.load(&lanes.position, first);
        let v = self.load(&lanes.velocity, first);
        let own_wind = self.load(&lanes.own_wind, first);
        let area = Vector::load(self.simd, &lanes.area[first..]);
        let t = Vector::load(self.simd, &lanes.time_s[first..]);
        let cells = &lanes.cell[first..];
        let air_1 = Air { gas: self.load(&lanes.gas, first), wind: self.load(&lanes.wind, first) };
        let drag_1 = self.load(&lanes.drag, first);

        let height_1 = self.height_m(p);
        let g = self.gravity_mps2(p);
        let through = self.through_air(&air_1, height_1, v);
        let haste = self.haste(&through, drag_1, area, height_1, v[2]);
        let h = self.all(1.0).over(haste);
        let half = h * self.all(0.5);
        let a1 = self.pull(&through, [drag_1[0], drag_1[1]], area, g, v);

        let (p2, v2) = (moved(p, v, half), moved(v, a1, half));
        let height_2 = self.height_m(p2);
        let air_2 = self.air(height_2, own_wind);
        let through = self.through_air(&air_2, height_2, v2);
        let [value, slope, ..] = self.drag(through.mach, cells);
        let a2 = self.pull(&through, [value, slope], area, self.gravity_near(g, p, p2), v2);

        // The third stage is metres from the second: the same lines serve it.
        let (p3, v3) = (moved(p, v2, half), moved(v, a2, half));
        let through = self.through_air(&air_2, self.height_m(p3), v3);
        let a3 = self.pull(&through, [value, slope], area, self.gravity_near(g, p, p3), v3);

        let (p4, v4) = (moved(p, v3, h), moved(v, a3, h));
        let height_4 = self.height_m(p4);
        let air_4 = self.air(height_4, own_wind);
        let through = self.through_air(&air_4, height_4, v4);
        let drag_4 = self.drag(through.mach, cells);
        let a4 = self.pull(&through, [drag_4[0], drag_4[1]], area, self.gravity_near(g, p, p4), v4);

        let sixth = h * self.all(1.0 / 6.0);
        let q = moved(p, weighted(v, v2, v3, v4), sixth);
        let w = moved(v, weighted(a1, a2, a3, a4), sixth);
        let time = t + h;
        let late = self.all(LONGEST_FLIGHT_S).below(time);
        let (mut position, mut velocity, mut when) = (q, w, time);
        let mut done = late.pick(self.all(2.0), self.all(0.0));
        let leg = Leg { p: [p, q], v: [v, w], height_m: [height_1, self.height_m(q)], h };
        let live = lanes.live.saturating_sub(first);
        if let Some((met, x)) = ground.first(self, &leg, live) {
            let there = at(&leg.path(), x);
            let speed = at(&cubic(v, w, [times(a1, h), times(a4, h)]), x);
            for i in 0..3 {
                position[i] = met.pick(there[i], q[i]);
                velocity[i] = met.pick(speed[i], w[i]);
            }
            when = met.pick(x.fma(h, t), time);
            done = met.pick(self.all(1.0), done);
        }
        for i in 0..3 {
            position[i].store(&mut lanes.position[i][first..]);
            velocity[i].store(&mut lanes.velocity[i][first..]);
            drag_4[i].store(&mut lanes.drag[i][first..]);
        }
        for i in 0..4 {
            air_4.gas[i].store(&mut lanes.gas[i][first..]);
            air_4.wind[i].store(&mut lanes.wind[i][first..]);
        }
        when.store(&mut lanes.time_s[first..]);
        done.store(&mut lanes.done[first..]);
    }
}
