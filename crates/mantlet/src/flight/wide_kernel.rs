//! What the wide integrator computes of a register of flights: height, gravity, air,
//! drag, without branches.

use pulp::Simd;

use super::air_grid::{AirGrid, CELLS as AIR_CELLS, FLOOR_M, PER_METRE};
use super::drag_grid::{CELLS as DRAG_CELLS, GRID, PER_MACH, SLOTS};
use super::lanes::{Lanes, Row};
use super::nearby::Nearby;
use super::vector::{Vector, WIDEST, lanes};
use super::{Ground, World};

/// What all lanes look up.
pub(super) struct Tables<'a> {
    pub air: &'a AirGrid,
    pub drag: &'static [[f64; 4]; SLOTS],
    pub nearby: &'a Nearby,
    pub twice_rate: [f64; 3],
    pub ground: &'a Ground,
    /// The processor to compute for.
    pub arch: pulp::Arch,
}

impl<'a> Tables<'a> {
    pub(super) fn new(world: &'a World, arch: pulp::Arch) -> Self {
        let spin = world.twice_rate();
        Self {
            air: world.air.grid(),
            drag: &GRID,
            nearby: world.nearby(),
            twice_rate: [spin.x, spin.y, spin.z],
            ground: &world.ground,
            arch,
        }
    }

    /// Looks up the lines of a lane that starts.
    pub(super) fn begin(&self, lanes: &mut Lanes, lane: usize) {
        let [e, n, u] = [0, 1, 2].map(|i| lanes.position[i][lane]);
        let height_m = self.nearby.height_m(e, n, u);
        let (cell, at_m) = self.air.at(height_m);
        let mut wind = cell.wind;
        let mut air_speed = [0.0; 3];
        for i in 0..3 {
            air_speed[i] = lanes.velocity[i][lane];
            if i < 2 {
                wind[2 * i] += lanes.own_wind[i][lane];
                air_speed[i] -= wind[2 * i] + wind[2 * i + 1] * at_m;
            }
        }
        let speed = air_speed.iter().map(|v| v * v).sum::<f64>().sqrt();
        let mach = speed * (cell.gas[2] + cell.gas[3] * at_m);
        let of_curve = ((mach * PER_MACH) as usize).min(DRAG_CELLS - 2);
        let drag = self.drag[(lanes.cell[lane] as usize + of_curve) & (SLOTS - 1)];
        let rows = lanes.gas.iter_mut().chain(&mut lanes.wind).chain(&mut lanes.drag);
        for (row, number) in rows.zip(cell.gas.into_iter().chain(wind).chain(drag)) {
            row[lane] = number;
        }
    }
}

/// Three registers: a position, a velocity or an acceleration.
pub(super) type Triple<S> = [Vector<S>; 3];

/// Lines that hold near where each lane is.
#[derive(Clone, Copy)]
pub(super) struct Air<S: Simd> {
    /// Half the density and its slope, slowness and its slope.
    pub gas: [Vector<S>; 4],
    /// East and its slope, north and its slope, the lane's own wind included.
    pub wind: [Vector<S>; 4],
}

/// How a round goes through the air.
#[derive(Clone, Copy)]
pub(super) struct ThroughAir<S: Simd> {
    east: Vector<S>,
    north: Vector<S>,
    speed: Vector<S>,
    pub mach: Vector<S>,
    half_density: Vector<S>,
}

// The step rule of `wide.rs`. Chosen: of 40,000 flights drawn as in
// `tests/flight_wide.rs` the worst ends within 0.4 m of the exact one.
/// The longest step, inverted, 1/s.
const LEAST_PER_S: f64 = 0.36;
/// For air that changes over height, per climb squared, s/m².
const PER_CLIMB2: f64 = 2e-6;
/// Steps per time that drag takes to act.
const PER_DRAG: f64 = 6.0;
/// For bends of the drag curve.
const PER_BEND: f64 = 0.0145;
/// How long what is wrong now goes on to count, s: about the rest of the flight.
const LEFT_S: f64 = 10.0;
const LEFT_PER_CLIMB: f64 = 0.2;
const LEFT_PER_HEIGHT: f64 = 0.004;
/// Gravity changes speed by no more, m/s².
const ABOUT_G_MPS2: f64 = 10.0;

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

/// A register of constants, and the tables.
pub(super) struct Kernel<'a, S: Simd> {
    pub simd: S,
    pub tables: &'a Tables<'a>,
    /// Which lane's row of a table stands where, for [`Kernel::columns`].
    order: [usize; WIDEST],
}

impl<'a, S: Simd> Kernel<'a, S> {
    #[inline(always)]
    pub(super) fn new(simd: S, tables: &'a Tables<'a>) -> Self {
        let mut kernel = Self { simd, tables, order: [0; WIDEST] };
        let mut rows = [[0.0; 4]; WIDEST];
        for (slot, row) in rows.iter_mut().enumerate() {
            *row = [slot as f64; 4];
        }
        let mut slots = [0.0; WIDEST];
        kernel.columns(&rows)[0].store(&mut slots);
        for (lane, slot) in slots.iter().enumerate().take(lanes::<S>()) {
            kernel.order[*slot as usize] = lane;
        }
        kernel
    }

    #[inline(always)]
    pub(super) fn all(&self, x: f64) -> Vector<S> {
        Vector::splat(self.simd, x)
    }

    /// The lanes from `first` on.
    #[inline(always)]
    pub(super) fn load<const N: usize>(&self, rows: &[Row; N], first: usize) -> [Vector<S>; N] {
        let mut out = [self.all(0.0); N];
        for i in 0..N {
            out[i] = Vector::load(self.simd, &rows[i][first..]);
        }
        out
    }

    /// Rows of four numbers, in the order of the kernel, as four registers.
    #[inline(always)]
    fn columns(&self, rows: &[[f64; 4]; WIDEST]) -> [Vector<S>; 4] {
        Vector::columns(self.simd, rows.as_flattened())
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

    /// How fast height grows, m/s.
    #[inline(always)]
    pub(super) fn rise_mps(&self, p: Triple<S>, v: Triple<S>) -> Vector<S> {
        let [east, north] = self.tables.nearby.half_curvature;
        let east = p[0] * v[0] * self.all(2.0 * east);
        (p[1] * v[1]).fma(self.all(2.0 * north), east + v[2])
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

    /// The lines of the air at a height.
    #[inline(always)]
    pub(super) fn air(&self, height_m: Vector<S>, own_wind: [Vector<S>; 2]) -> Air<S> {
        let last = (AIR_CELLS - 1) as f64;
        let x = (height_m - self.all(FLOOR_M)) * self.all(PER_METRE);
        let x = x.max(self.all(0.5)).min(self.all(last));
        let mut at = [0.0; WIDEST];
        (x + self.all(SHIFT - 0.5)).store(&mut at);
        let (mut gas, mut wind) = ([[0.0; 4]; WIDEST], [[0.0; 4]; WIDEST]);
        for slot in 0..lanes::<S>() {
            let i = at[self.order[slot]].to_bits() as usize;
            let cell = &self.tables.air.cells[i & (AIR_CELLS - 1)];
            (gas[slot], wind[slot]) = (cell.gas, cell.wind);
        }
        let mut air = Air { gas: self.columns(&gas), wind: self.columns(&wind) };
        air.wind[0] = air.wind[0] + own_wind[0];
        air.wind[2] = air.wind[2] + own_wind[1];
        air
    }

    /// The line of each lane's drag curve at a Mach number, the steepest slope near, and a
    /// number without meaning.
    #[inline(always)]
    pub(super) fn drag(&self, mach: Vector<S>, cells: &[u64]) -> [Vector<S>; 4] {
        let last = (DRAG_CELLS - 2) as f64;
        let x = (mach * self.all(PER_MACH)).min(self.all(last)).max(self.all(0.5));
        let mut at = [0.0; WIDEST];
        (x + self.all(SHIFT - 0.5)).store(&mut at);
        let mut found = [[0.0; 4]; WIDEST];
        for (row, &lane) in found.iter_mut().zip(&self.order).take(lanes::<S>()) {
            let i = at[lane].to_bits().wrapping_add(cells[lane]);
            *row = self.tables.drag[i as usize & (SLOTS - 1)];
        }
        self.columns(&found)
    }

    #[inline(always)]
    pub(super) fn through_air(
        &self,
        air: &Air<S>,
        height_m: Vector<S>,
        v: Triple<S>,
    ) -> ThroughAir<S> {
        let [density, density_slope, slowness, slowness_slope] = air.gas;
        let [east, east_slope, north, north_slope] = air.wind;
        let east = v[0] - east_slope.fma(height_m, east);
        let north = v[1] - north_slope.fma(height_m, north);
        let speed = east.fma(east, north.fma(north, v[2] * v[2])).sqrt();
        ThroughAir {
            east,
            north,
            speed,
            mach: speed * slowness_slope.fma(height_m, slowness),
            half_density: density_slope.fma(height_m, density).max(self.all(0.0)),
        }
    }

    /// Acceleration under gravity `g`.
    #[inline(always)]
    pub(super) fn pull(
        &self,
        air: &ThroughAir<S>,
        drag: [Vector<S>; 2],
        area: Vector<S>,
        g: Triple<S>,
        v: Triple<S>,
    ) -> Triple<S> {
        let cd = drag[1].fma(air.mach, drag[0]);
        let against = self.all(0.0) - air.half_density * air.speed * area * cd;
        let [se, sn, su] = self.tables.twice_rate;
        let cross = [
            v[1].fma(self.all(su), v[2] * self.all(-sn)),
            v[2].fma(self.all(se), v[0] * self.all(-su)),
            v[0].fma(self.all(sn), v[1] * self.all(-se)),
        ];
        [
            against.fma(air.east, g[0] + cross[0]),
            against.fma(air.north, g[1] + cross[1]),
            against.fma(v[2], g[2] + cross[2]),
        ]
    }

    /// One over the next step, 1/s: the rule of `wide.rs`.
    #[inline(always)]
    pub(super) fn haste(
        &self,
        air: &ThroughAir<S>,
        [value, slope, bend]: [Vector<S>; 3],
        area: Vector<S>,
        height_m: Vector<S>,
        climb: Vector<S>,
    ) -> Vector<S> {
        let zero = self.all(0.0);
        let k = air.half_density * air.speed * area;
        let rate = k * slope.fma(air.mach, value);
        let slowing = rate.fma(air.speed, self.all(ABOUT_G_MPS2));
        let left = climb.max(zero).fma(self.all(LEFT_PER_CLIMB), self.all(LEFT_S));
        let left = height_m.max(zero).fma(self.all(LEFT_PER_HEIGHT), left);
        let bends = (k * air.speed * bend * slowing * left).sqrt();
        let least = (climb * climb).fma(self.all(PER_CLIMB2), self.all(LEAST_PER_S));
        bends.fma(self.all(PER_BEND), rate.fma(self.all(PER_DRAG), least))
    }
}
