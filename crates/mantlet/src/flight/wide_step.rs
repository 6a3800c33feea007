//! One step of the wide integrator: every lane's Runge-Kutta step without branches,
//! a register of lanes at a time.

use pulp::Simd;

use super::HeightField;
use super::lanes::Lanes;
use super::vector::{Mask, Vector, WIDEST, lanes};
use super::wide::LONGEST_FLIGHT_S;
use super::wide_kernel::{Kernel, Round, Triple, moved, weighted};

/// Chosen with `STIRRING_PER_S` so that the worst of the flights of
/// `tests/flight_wide.rs` ends within 0.4 m of the exact one.
const REACH: f64 = 0.1;
/// Keeps steps finite where drag is weak, 1/s.
const STIRRING_PER_S: f64 = 0.08;
/// Longest step, s.
const LONGEST_S: f64 = 1.5;
/// The last step ends on the ground by a Taylor step at most this long, s.
const TAYLOR_S: f64 = 0.02;

/// Steps towards the ground are not made shorter than this, s.
const SHORTEST_S: f64 = 1e-6;

/// What a step asks of the ground.
pub(super) trait Below {
    /// Whether it rises and falls.
    const FIELD: bool;
    fn below_m(&self, e_m: f64, n_m: f64) -> f64;
}

#[derive(Clone, Copy)]
pub(super) struct Level(pub f64);

impl Below for Level {
    const FIELD: bool = false;
    #[inline(always)]
    fn below_m(&self, _: f64, _: f64) -> f64 {
        self.0
    }
}

impl Below for &HeightField {
    const FIELD: bool = true;
    #[inline(always)]
    fn below_m(&self, e_m: f64, n_m: f64) -> f64 {
        self.height_m(e_m, n_m)
    }
}

/// Which lanes stay where their step began.
struct Keep<S: Simd> {
    near: Mask<S>,
    met: Mask<S>,
}

impl<S: Simd> Keep<S> {
    #[inline(always)]
    fn either(&self, old: Vector<S>, new: Vector<S>) -> Vector<S> {
        self.near.pick(new, self.met.pick(old, new))
    }
}

impl<S: Simd> Kernel<'_, S> {
    /// One step of the register of lanes that begins at `first`; lanes beyond the
    /// live ones compute on stale numbers that nobody reads.
    #[inline(always)]
    pub(super) fn step<B: Below>(&self, lanes: &mut Lanes, first: usize, ground: &B) {
        let p = [
            self.load(&lanes.e[first..]),
            self.load(&lanes.n[first..]),
            self.load(&lanes.u[first..]),
        ];
        let v = [
            self.load(&lanes.ve[first..]),
            self.load(&lanes.vn[first..]),
            self.load(&lanes.vu[first..]),
        ];
        let own_wind = [self.load(&lanes.we[first..]), self.load(&lanes.wn[first..])];
        let (t, trial) = (self.load(&lanes.t[first..]), self.load(&lanes.trial[first..]));
        let round = Round { cells: &lanes.cell[first..], area: self.load(&lanes.area[first..]) };
        let zero = self.all(0.0);

        let height_1 = self.height_m(p);
        let air_1 = self.piece(height_1, own_wind);
        let g = self.gravity_mps2(p);
        let (a1, rate) = self.pull_and_rate(&air_1, height_1, round, g, v);
        let rule = self.all(REACH).over(rate + self.all(STIRRING_PER_S)).min(self.all(LONGEST_S));
        let rule = if B::FIELD { self.near_ground(rule, height_1, v) } else { rule };
        let h = zero.below(trial).pick(trial, rule);
        let half = h * self.all(0.5);
        let (p2, v2) = (moved(p, v, half), moved(v, a1, half));
        let height_2 = self.height_m(p2);
        let air_2 = self.piece(height_2, own_wind);
        let a2 = self.pull(&air_2, height_2, round, self.gravity_near(g, p, p2), v2);
        // The third stage is metres from the second: the same cell's line serves it.
        let (p3, v3) = (moved(p, v2, half), moved(v, a2, half));
        let height_3 = self.height_m(p3);
        let a3 = self.pull(&air_2, height_3, round, self.gravity_near(g, p, p3), v3);
        let (p4, v4) = (moved(p, v3, h), moved(v, a3, h));
        let height_4 = self.height_m(p4);
        let air_4 = self.piece(height_4, own_wind);
        let a4 = self.pull(&air_4, height_4, round, self.gravity_near(g, p, p4), v4);
        let sixth = h * self.all(1.0 / 6.0);
        let q = moved(p, weighted(v, v2, v3, v4), sixth);
        let w = moved(v, weighted(a1, a2, a3, a4), sixth);

        let (above, rise) = self.over_ground(ground, q, w);
        let down = rise.below(zero);
        let past = down.pick(above.over(rise), zero);
        let met = above.at_most(zero).and(down);
        let taylor = self.all(TAYLOR_S);
        // A start below the ground is never approached by shorter steps: it ends there.
        let near = past.at_most(taylor).or(h.below(self.all(SHORTEST_S)));
        let close = met.and(near);
        let back = close.pick(zero - past.min(taylor), zero);
        let end = moved(moved(q, w, back), a4, back * back * self.all(0.5));
        let end_v = moved(w, a4, back);
        let time = t + h;
        let late = self.all(LONGEST_FLIGHT_S).below(time);
        // Met but not close: the step is tried again, shorter, from where it began.
        let keep = Keep { near, met };
        keep.either(p[0], end[0]).store(&mut lanes.e[first..]);
        keep.either(p[1], end[1]).store(&mut lanes.n[first..]);
        keep.either(p[2], end[2]).store(&mut lanes.u[first..]);
        keep.either(v[0], end_v[0]).store(&mut lanes.ve[first..]);
        keep.either(v[1], end_v[1]).store(&mut lanes.vn[first..]);
        keep.either(v[2], end_v[2]).store(&mut lanes.vu[first..]);
        keep.either(t, time + back).store(&mut lanes.t[first..]);
        keep.either((h - past).max(h * self.all(0.1)), zero).store(&mut lanes.trial[first..]);
        let done = close.pick(self.all(1.0), late.pick(self.all(2.0), zero));
        done.store(&mut lanes.done[first..]);
    }

    /// Over terrain, steps near it do not pass more than half a post.
    #[inline(always)]
    fn near_ground(&self, rule: Vector<S>, height_m: Vector<S>, v: Triple<S>) -> Vector<S> {
        let speed = v[0].fma(v[0], v[1].fma(v[1], v[2] * v[2])).sqrt().max(self.all(1.0));
        let low = (height_m - self.all(self.tables.top_m)).below(speed * rule);
        let short = self.all(self.tables.half_post_m).over(speed).max(self.all(1e-3));
        low.pick(rule.min(short), rule)
    }

    /// Height above the ground, m, and how fast it grows, m/s.
    #[inline(always)]
    fn over_ground<B: Below>(
        &self,
        ground: &B,
        q: Triple<S>,
        w: Triple<S>,
    ) -> (Vector<S>, Vector<S>) {
        let near = self.tables.nearby;
        let now = self.height_m(q) - self.below(ground, q);
        if B::FIELD {
            // Towards the slope, not the plane: how it closed over the last centiseconds.
            let back = moved(q, w, self.all(-TAYLOR_S));
            let before = self.height_m(back) - self.below(ground, back);
            return (now, (now - before) * self.all(1.0 / TAYLOR_S));
        }
        let east = q[0] * w[0] * self.all(2.0 * near.half_curvature[0]);
        let north = q[1] * w[1] * self.all(2.0 * near.half_curvature[1]);
        (now, w[2] + (east + north))
    }

    #[inline(always)]
    fn below<B: Below>(&self, ground: &B, p: Triple<S>) -> Vector<S> {
        if !B::FIELD {
            return self.all(ground.below_m(0.0, 0.0));
        }
        let mut places = [[0.0; WIDEST]; 2];
        p[0].store(&mut places[0]);
        p[1].store(&mut places[1]);
        let mut heights_m = [0.0; WIDEST];
        for lane in 0..lanes::<S>() {
            heights_m[lane] = ground.below_m(places[0][lane], places[1][lane]);
        }
        Vector::load(self.simd, &heights_m)
    }
}
