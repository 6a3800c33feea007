//! One step of the wide integrator: every lane's Runge-Kutta step without branches,
//! a register of lanes at a time.

use pulp::Simd;

use super::air_grid::{AirGrid, CELLS as AIR_CELLS, FLOOR_M, PER_METRE};
use super::drag_grid::{GRID, PER_MACH, SLOTS};
use super::nearby::Nearby;
use super::vector::{Mask, Vector, WIDEST};
use super::wide::LONGEST_FLIGHT_S;
use super::{Ground, HeightField, World};

/// Chosen with `STIRRING_PER_S` so that the worst of the flights of
/// `tests/validation/flight_wide.rs` ends within 0.4 m of the exact one.
const REACH: f64 = 0.1;
/// Keeps steps finite where drag is weak, 1/s.
const STIRRING_PER_S: f64 = 0.08;
/// How much a steep drag curve shortens steps. Chosen likewise.
const STEEPNESS: f64 = 2.0;
/// Longest step, s.
const LONGEST_S: f64 = 1.5;
/// The last step ends on the ground by a Taylor step at most this long, s.
const TAYLOR_S: f64 = 0.02;

/// Steps towards the ground are not made shorter than this, s.
const SHORTEST_S: f64 = 1e-6;

/// What all lanes look up.
pub(super) struct Tables<'a> {
    air: &'a AirGrid,
    drag: &'static [[f64; 3]; SLOTS],
    nearby: &'a Nearby,
    twice_rate: [f64; 3],
    ground: &'a Ground,
    /// Highest ground, m.
    top_m: f64,
    /// Half the distance between posts, m.
    half_post_m: f64,
    /// The processor to compute for.
    pub(super) arch: pulp::Arch,
}

impl<'a> Tables<'a> {
    pub(super) fn new(world: &'a World) -> Self {
        let (top_m, half_post_m) = match &world.ground {
            Ground::Level { height_m } => (*height_m, f64::MAX),
            Ground::Field(field) => {
                (field.top_m(), 0.5 * field.spacing_m[0].abs().min(field.spacing_m[1].abs()))
            }
        };
        let spin = world.twice_rate();
        Self {
            air: world.air.grid(),
            drag: &GRID,
            nearby: world.nearby(),
            twice_rate: [spin.x, spin.y, spin.z],
            ground: &world.ground,
            top_m,
            half_post_m,
            arch: pulp::Arch::new(),
        }
    }
}

/// A block of flights side by side: state at the last accepted step.
pub(super) struct Lanes {
    pub flight: [usize; Self::COUNT],
    pub live: usize,
    pub e: [f64; Self::COUNT],
    pub n: [f64; Self::COUNT],
    pub u: [f64; Self::COUNT],
    pub ve: [f64; Self::COUNT],
    pub vn: [f64; Self::COUNT],
    pub vu: [f64; Self::COUNT],
    pub t: [f64; Self::COUNT],
    /// The next step if one is prescribed, zero if the rule says, s.
    pub trial: [f64; Self::COUNT],
    pub area: [f64; Self::COUNT],
    /// First cell of the drag curve.
    pub cell: [u64; Self::COUNT],
    pub we: [f64; Self::COUNT],
    pub wn: [f64; Self::COUNT],
    /// 0 flying, 1 landed, 2 given up.
    pub done: [f64; Self::COUNT],
}

/// Constants and tables spread over registers.
struct Kernel<'a, S: Simd> {
    simd: S,
    tables: &'a Tables<'a>,
}

/// Three registers: a position, a velocity or an acceleration.
type Triple<S> = [Vector<S>; 3];

/// The air of each lane's cell, value and slope, with the lane's own wind.
#[derive(Clone, Copy)]
struct Piece<S: Simd> {
    base_m: Vector<S>,
    half_density: [Vector<S>; 2],
    slowness: [Vector<S>; 2],
    east: [Vector<S>; 2],
    north: [Vector<S>; 2],
}

/// What a round is to the air: the first cell of its curve, and its area over mass.
#[derive(Clone, Copy)]
struct Round<'a, S: Simd> {
    cells: &'a [u64],
    area: Vector<S>,
}

/// 2^52: added to a number below 2^51, it leaves its whole part in the low bits.
const SHIFT: f64 = 4_503_599_627_370_496.0;

#[inline(always)]
fn moved<S: Simd>(p: Triple<S>, v: Triple<S>, h: Vector<S>) -> Triple<S> {
    [v[0].fma(h, p[0]), v[1].fma(h, p[1]), v[2].fma(h, p[2])]
}

#[inline(always)]
fn weighted<S: Simd>(a: Triple<S>, b: Triple<S>, c: Triple<S>, d: Triple<S>) -> Triple<S> {
    let middle = [b[0] + c[0], b[1] + c[1], b[2] + c[2]];
    [
        (a[0] + d[0]) + (middle[0] + middle[0]),
        (a[1] + d[1]) + (middle[1] + middle[1]),
        (a[2] + d[2]) + (middle[2] + middle[2]),
    ]
}

/// A line at `x`. A function, for closures would not be compiled for the processor
/// that the dispatch found.
#[inline(always)]
fn line<S: Simd>([value, slope]: [Vector<S>; 2], x: Vector<S>) -> Vector<S> {
    slope.fma(x, value)
}

impl<S: Simd> Kernel<'_, S> {
    #[inline(always)]
    fn all(&self, x: f64) -> Vector<S> {
        Vector::splat(self.simd, x)
    }

    #[inline(always)]
    fn load(&self, from: &[f64]) -> Vector<S> {
        Vector::load(self.simd, from)
    }

    /// See [`Nearby::height_m`].
    #[inline(always)]
    fn height_m(&self, p: Triple<S>) -> Vector<S> {
        let near = self.tables.nearby;
        let sag = (p[0] * p[0])
            .fma(self.all(near.half_curvature[0]), p[1] * p[1] * self.all(near.half_curvature[1]));
        let x = p[2] * self.all(near.curvature);
        sag.fma(x.fma(x, self.all(1.0) - x), p[2] + self.all(near.height_m))
    }

    /// See [`Nearby::gravity_mps2`].
    #[inline(always)]
    fn gravity_mps2(&self, p: Triple<S>) -> Triple<S> {
        let near = self.tables.nearby;
        let (c, g, rest) = (&near.centre_m, &near.rest_gradient, &near.rest);
        let from_centre = [p[0] + self.all(c.x), p[1] + self.all(c.y), p[2] + self.all(c.z)];
        let square = p[0].fma(p[0], p[1].fma(p[1], p[2] * p[2]));
        let along = p[0].fma(self.all(c.x), p[1].fma(self.all(c.y), p[2] * self.all(c.z)));
        let d = (square + (along + along)) * self.all(near.inverse_square);
        let series = d.fma(self.all(2.460_937_5), self.all(-2.187_5));
        let series = series.fma(d, self.all(1.875)).fma(d, self.all(-1.5)).fma(d, self.all(1.0));
        let k = series * self.all(-near.central);
        [
            k.fma(from_centre[0], self.plane(p, [g.m11, g.m12, g.m13], rest.x)),
            k.fma(from_centre[1], self.plane(p, [g.m21, g.m22, g.m23], rest.y)),
            k.fma(from_centre[2], self.plane(p, [g.m31, g.m32, g.m33], rest.z)),
        ]
    }

    /// `c · p + rest`.
    #[inline(always)]
    fn plane(&self, p: Triple<S>, c: [f64; 3], rest: f64) -> Vector<S> {
        let z = p[2].fma(self.all(c[2]), self.all(rest));
        p[0].fma(self.all(c[0]), p[1].fma(self.all(c[1]), z))
    }

    #[inline(always)]
    fn piece(&self, height_m: Vector<S>, own_wind: [Vector<S>; 2]) -> Piece<S> {
        let last = (AIR_CELLS - 1) as f64;
        let x = (height_m - self.all(FLOOR_M)) * self.all(PER_METRE);
        let x = x.max(self.all(0.5)).min(self.all(last));
        let shifted = x + self.all(SHIFT - 0.5);
        let whole = shifted - self.all(SHIFT);
        let mut at = [0.0; WIDEST];
        shifted.store(&mut at);
        let mut found = [[0.0; WIDEST]; 8];
        for lane in 0..S::F64_LANES {
            let cell = &self.tables.air.cells[at[lane].to_bits() as usize & (AIR_CELLS - 1)];
            let pairs = [cell.half_density, cell.slowness, cell.east, cell.north];
            for (i, [value, slope]) in pairs.into_iter().enumerate() {
                found[2 * i][lane] = value;
                found[2 * i + 1][lane] = slope;
            }
        }
        Piece {
            base_m: whole.fma(self.all(1.0 / PER_METRE), self.all(FLOOR_M)),
            half_density: [self.load(&found[0]), self.load(&found[1])],
            slowness: [self.load(&found[2]), self.load(&found[3])],
            east: [self.load(&found[4]) + own_wind[0], self.load(&found[5])],
            north: [self.load(&found[6]) + own_wind[1], self.load(&found[7])],
        }
    }

    /// Acceleration, and how fast drag acts and changes, 1/s.
    #[inline(always)]
    fn pull(
        &self,
        piece: &Piece<S>,
        height_m: Vector<S>,
        round: Round<'_, S>,
        p: Triple<S>,
        v: Triple<S>,
    ) -> (Triple<S>, Vector<S>) {
        let up_m = height_m - piece.base_m;
        let half_density = line(piece.half_density, up_m).max(self.all(0.0));
        let (ae, an) = (v[0] - line(piece.east, up_m), v[1] - line(piece.north, up_m));
        let speed = ae.fma(ae, an.fma(an, v[2] * v[2])).sqrt();
        let mach = speed * line(piece.slowness, up_m);
        let x = (mach * self.all(PER_MACH)).min(self.all(254.0)).max(self.all(0.5));
        let shifted = x + self.all(SHIFT - 0.5);
        let mut at = [0.0; WIDEST];
        shifted.store(&mut at);
        let mut found = [[0.0; WIDEST]; 3];
        for lane in 0..S::F64_LANES {
            let i = at[lane].to_bits().wrapping_add(round.cells[lane]);
            let [value, slope, steepest] = self.tables.drag[i as usize & (SLOTS - 1)];
            found[0][lane] = value;
            found[1][lane] = slope;
            found[2][lane] = steepest;
        }
        let (value, slope) = (self.load(&found[0]), self.load(&found[1]));
        let edge = (shifted - self.all(SHIFT)) * self.all(1.0 / PER_MACH);
        let cd = slope.fma(mach - edge, value);
        let k = half_density * speed * round.area;
        let rate = k * cd;
        let against = self.all(0.0) - rate;
        let g = self.gravity_mps2(p);
        let [se, sn, su] = self.tables.twice_rate;
        let s = [self.all(se), self.all(sn), self.all(su)];
        let acceleration = [
            against.fma(ae, g[0]) - (s[1] * v[2] - s[2] * v[1]),
            against.fma(an, g[1]) - (s[2] * v[0] - s[0] * v[2]),
            against.fma(v[2], g[2]) - (s[0] * v[1] - s[1] * v[0]),
        ];
        let steep = self.load(&found[2]) * self.all(STEEPNESS);
        (acceleration, (k * mach).fma(steep, rate))
    }
}

impl Lanes {
    /// Lanes in a block. Chosen: a few vectors' worth; state stays in the first cache.
    pub(super) const COUNT: usize = 64;

    pub(super) fn new() -> Self {
        let zeros = [0.0; Self::COUNT];
        Self {
            flight: [0; Self::COUNT],
            live: 0,
            e: zeros,
            n: zeros,
            u: zeros,
            ve: zeros,
            vn: zeros,
            vu: zeros,
            t: zeros,
            trial: zeros,
            area: zeros,
            cell: [0; Self::COUNT],
            we: zeros,
            wn: zeros,
            done: zeros,
        }
    }

    /// A lane whose start was written begins its flight.
    pub(super) fn start(&mut self, lane: usize) {
        self.t[lane] = 0.0;
        self.trial[lane] = 0.0;
        self.done[lane] = 0.0;
    }

    /// Lane `from` moves to lane `to`.
    pub(super) fn copy(&mut self, from: usize, to: usize) {
        self.flight[to] = self.flight[from];
        self.cell[to] = self.cell[from];
        for of in [
            &mut self.e,
            &mut self.n,
            &mut self.u,
            &mut self.ve,
            &mut self.vn,
            &mut self.vu,
            &mut self.t,
            &mut self.trial,
            &mut self.area,
            &mut self.we,
            &mut self.wn,
            &mut self.done,
        ] {
            of[to] = of[from];
        }
    }

    /// Steps of every lane, until at least one is done.
    pub(super) fn advance(&mut self, tables: &Tables<'_>) {
        match tables.ground {
            Ground::Level { height_m } => {
                let ground = Level(*height_m);
                tables.arch.dispatch(Advance { lanes: self, tables, ground });
            }
            Ground::Field(ground) => {
                tables.arch.dispatch(Advance { lanes: self, tables, ground });
            }
        }
    }
}

/// What a step asks of the ground.
trait Below {
    /// Whether it rises and falls.
    const FIELD: bool;
    fn below_m(&self, e_m: f64, n_m: f64) -> f64;
}

#[derive(Clone, Copy)]
struct Level(f64);

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

/// The loop over steps as one function that the dispatch compiles for each kind of
/// processor: everything in it must be inlined.
struct Advance<'a, B> {
    lanes: &'a mut Lanes,
    tables: &'a Tables<'a>,
    ground: B,
}

impl<B: Below> pulp::WithSimd for Advance<'_, B> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let kernel = Kernel { simd, tables: self.tables };
        loop {
            for first in (0..self.lanes.live).step_by(S::F64_LANES) {
                kernel.step(self.lanes, first, &self.ground);
            }
            if self.lanes.done[..self.lanes.live].iter().any(|done| *done != 0.0) {
                return;
            }
        }
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
    fn step<B: Below>(&self, lanes: &mut Lanes, first: usize, ground: &B) {
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
        let (a1, rate) = self.pull(&air_1, height_1, round, p, v);
        let rule = self.all(REACH).over(rate + self.all(STIRRING_PER_S)).min(self.all(LONGEST_S));
        let rule = if B::FIELD { self.near_ground(rule, height_1, v) } else { rule };
        let h = zero.below(trial).pick(trial, rule);
        let half = h * self.all(0.5);
        let (p2, v2) = (moved(p, v, half), moved(v, a1, half));
        let height_2 = self.height_m(p2);
        let air_2 = self.piece(height_2, own_wind);
        let (a2, _) = self.pull(&air_2, height_2, round, p2, v2);
        // The third stage is metres from the second: the same cell's line serves it.
        let (p3, v3) = (moved(p, v2, half), moved(v, a2, half));
        let (a3, _) = self.pull(&air_2, self.height_m(p3), round, p3, v3);
        let (p4, v4) = (moved(p, v3, h), moved(v, a3, h));
        let height_4 = self.height_m(p4);
        let air_4 = self.piece(height_4, own_wind);
        let (a4, _) = self.pull(&air_4, height_4, round, p4, v4);
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
        for lane in 0..S::F64_LANES {
            heights_m[lane] = ground.below_m(places[0][lane], places[1][lane]);
        }
        Vector::load(self.simd, &heights_m)
    }
}
