//! What the wide integrator computes of a register of flights: height, gravity, air,
//! drag, without branches.

use pulp::Simd;

use super::air_grid::{AirGrid, CELLS as AIR_CELLS, FLOOR_M, PER_METRE};
use super::drag_grid::{GRID, PER_MACH, SLOTS};
use super::nearby::Nearby;
use super::vector::{Vector, WIDEST, lanes};
use super::{Ground, World};

/// How much a steep drag curve shortens steps. Chosen as the step rule's other numbers
/// are (`wide_step.rs`).
const STEEPNESS: f64 = 2.0;

/// What all lanes look up.
pub(super) struct Tables<'a> {
    pub air: &'a AirGrid,
    pub drag: &'static [[f64; 3]; SLOTS],
    pub nearby: &'a Nearby,
    pub twice_rate: [f64; 3],
    pub ground: &'a Ground,
    /// Highest ground, m.
    pub top_m: f64,
    /// Half the distance between posts, m.
    pub half_post_m: f64,
    /// The processor to compute for.
    pub arch: pulp::Arch,
}

impl<'a> Tables<'a> {
    pub(super) fn new(world: &'a World, arch: pulp::Arch) -> Self {
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
            arch,
        }
    }
}

/// Constants and tables spread over registers.
pub(super) struct Kernel<'a, S: Simd> {
    pub simd: S,
    pub tables: &'a Tables<'a>,
}

/// Three registers: a position, a velocity or an acceleration.
pub(super) type Triple<S> = [Vector<S>; 3];

/// The air of each lane's cell, value and slope, with the lane's own wind.
#[derive(Clone, Copy)]
pub(super) struct Piece<S: Simd> {
    base_m: Vector<S>,
    half_density: [Vector<S>; 2],
    slowness: [Vector<S>; 2],
    east: [Vector<S>; 2],
    north: [Vector<S>; 2],
}

/// How a round goes through the air.
struct ThroughAir<S: Simd> {
    east: Vector<S>,
    north: Vector<S>,
    speed: Vector<S>,
    mach: Vector<S>,
    half_density: Vector<S>,
}

/// What a round is to the air: the first cell of its curve, and its area over mass.
#[derive(Clone, Copy)]
pub(super) struct Round<'a, S: Simd> {
    pub cells: &'a [u64],
    pub area: Vector<S>,
}

/// 2^52: added to a number below 2^51, it leaves its whole part in the low bits.
const SHIFT: f64 = 4_503_599_627_370_496.0;

#[inline(always)]
pub(super) fn moved<S: Simd>(p: Triple<S>, v: Triple<S>, h: Vector<S>) -> Triple<S> {
    [v[0].fma(h, p[0]), v[1].fma(h, p[1]), v[2].fma(h, p[2])]
}

#[inline(always)]
pub(super) fn weighted<S: Simd>(
    a: Triple<S>,
    b: Triple<S>,
    c: Triple<S>,
    d: Triple<S>,
) -> Triple<S> {
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
    pub(super) fn all(&self, x: f64) -> Vector<S> {
        Vector::splat(self.simd, x)
    }

    #[inline(always)]
    pub(super) fn load(&self, from: &[f64]) -> Vector<S> {
        Vector::load(self.simd, from)
    }

    /// See [`Nearby::height_m`].
    #[inline(always)]
    pub(super) fn height_m(&self, p: Triple<S>) -> Vector<S> {
        let near = self.tables.nearby;
        let sag = (p[0] * p[0])
            .fma(self.all(near.half_curvature[0]), p[1] * p[1] * self.all(near.half_curvature[1]));
        let x = p[2] * self.all(near.curvature);
        sag.fma(x.fma(x, self.all(1.0) - x), p[2] + self.all(near.height_m))
    }

    /// See [`Nearby::gravity_mps2`].
    #[inline(always)]
    pub(super) fn gravity_mps2(&self, p: Triple<S>) -> Triple<S> {
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
    pub(super) fn piece(&self, height_m: Vector<S>, own_wind: [Vector<S>; 2]) -> Piece<S> {
        let last = (AIR_CELLS - 1) as f64;
        let x = (height_m - self.all(FLOOR_M)) * self.all(PER_METRE);
        let x = x.max(self.all(0.5)).min(self.all(last));
        let shifted = x + self.all(SHIFT - 0.5);
        let whole = shifted - self.all(SHIFT);
        let mut at = [0.0; WIDEST];
        shifted.store(&mut at);
        let mut found = [[0.0; WIDEST]; 8];
        for lane in 0..lanes::<S>() {
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

    /// Gravity a step's way from where it was computed: over some hundred metres the
    /// change of its central part is all there is.
    #[inline(always)]
    pub(super) fn gravity_near(&self, g: Triple<S>, from: Triple<S>, p: Triple<S>) -> Triple<S> {
        let k = self.tables.nearby.central;
        let level = self.all(-k);
        [
            (p[0] - from[0]).fma(level, g[0]),
            (p[1] - from[1]).fma(level, g[1]),
            (p[2] - from[2]).fma(self.all(2.0 * k), g[2]),
        ]
    }

    /// Drag coefficient, slope and what else of the drag grid's cell is asked for.
    #[inline(always)]
    fn drag<const N: usize>(&self, mach: Vector<S>, round: Round<'_, S>) -> [Vector<S>; N] {
        let x = (mach * self.all(PER_MACH)).min(self.all(254.0)).max(self.all(0.5));
        // The whole part stands in the low bits.
        let shifted = x + self.all(SHIFT - 0.5);
        let mut at = [0.0; WIDEST];
        shifted.store(&mut at);
        let mut found = [[0.0; WIDEST]; N];
        for lane in 0..lanes::<S>() {
            let i = at[lane].to_bits().wrapping_add(round.cells[lane]);
            let cell = &self.tables.drag[i as usize & (SLOTS - 1)];
            for k in 0..N {
                found[k][lane] = cell[k];
            }
        }
        let mut out = [mach; N];
        for k in 0..N {
            out[k] = self.load(&found[k]);
        }
        let edge = (shifted - self.all(SHIFT)) * self.all(1.0 / PER_MACH);
        out[0] = out[1].fma(mach - edge, out[0]);
        out
    }

    /// Acceleration under gravity `g`.
    #[inline(always)]
    pub(super) fn pull(
        &self,
        piece: &Piece<S>,
        height_m: Vector<S>,
        round: Round<'_, S>,
        g: Triple<S>,
        v: Triple<S>,
    ) -> Triple<S> {
        let air = self.through_air(piece, height_m, v);
        let [cd, _] = self.drag(air.mach, round);
        self.falling(air.half_density * air.speed * round.area * cd, &air, g, v)
    }

    /// Acceleration, and how fast drag acts and changes, 1/s.
    #[inline(always)]
    pub(super) fn pull_and_rate(
        &self,
        piece: &Piece<S>,
        height_m: Vector<S>,
        round: Round<'_, S>,
        g: Triple<S>,
        v: Triple<S>,
    ) -> (Triple<S>, Vector<S>) {
        let air = self.through_air(piece, height_m, v);
        let [cd, _, steepest] = self.drag(air.mach, round);
        let k = air.half_density * air.speed * round.area;
        let rate = (k * air.mach).fma(steepest * self.all(STEEPNESS), k * cd);
        (self.falling(k * cd, &air, g, v), rate)
    }

    #[inline(always)]
    fn through_air(&self, piece: &Piece<S>, height_m: Vector<S>, v: Triple<S>) -> ThroughAir<S> {
        let up_m = height_m - piece.base_m;
        let (east, north) = (v[0] - line(piece.east, up_m), v[1] - line(piece.north, up_m));
        let speed = east.fma(east, north.fma(north, v[2] * v[2])).sqrt();
        ThroughAir {
            east,
            north,
            speed,
            mach: speed * line(piece.slowness, up_m),
            half_density: line(piece.half_density, up_m).max(self.all(0.0)),
        }
    }

    /// Gravity, the turning earth, and drag at `rate` (1/s) against the air.
    #[inline(always)]
    fn falling(
        &self,
        rate: Vector<S>,
        air: &ThroughAir<S>,
        g: Triple<S>,
        v: Triple<S>,
    ) -> Triple<S> {
        let against = self.all(0.0) - rate;
        let [se, sn, su] = self.tables.twice_rate;
        let s = [self.all(se), self.all(sn), self.all(su)];
        [
            against.fma(air.east, g[0]) - (s[1] * v[2] - s[2] * v[1]),
            against.fma(air.north, g[1]) - (s[2] * v[0] - s[0] * v[2]),
            against.fma(v[2], g[2]) - (s[0] * v[1] - s[1] * v[0]),
        ]
    }
}
