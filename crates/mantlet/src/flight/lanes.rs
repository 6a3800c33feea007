//! Flights side by side, and the loop over their steps.

use pulp::Simd;

use super::Ground;
use super::vector::lanes;
use super::wide_kernel::{Kernel, Tables};
use super::wide_step::{Below, Level};

/// One number of every lane.
pub(super) type Row = [f64; Lanes::COUNT];

/// A block of flights side by side: state at the last step.
pub(super) struct Lanes {
    pub flight: [usize; Self::COUNT],
    pub live: usize,
    /// East, north, up, m.
    pub position: [Row; 3],
    /// East, north, up, m/s.
    pub velocity: [Row; 3],
    pub time_s: Row,
    /// Reference area over mass, m²/kg.
    pub area: Row,
    /// First cell of the drag curve.
    pub cell: [u64; Self::COUNT],
    /// East and north, m/s.
    pub own_wind: [Row; 2],
    /// The lines of the air and of the drag curve that hold where the lane is: as
    /// [`super::air_grid::Cell`] (its own wind included) and the drag grid have them.
    pub gas: [Row; 4],
    pub wind: [Row; 4],
    pub drag: [Row; 3],
    /// 0 flying, 1 landed, 2 given up.
    pub done: Row,
}

impl Lanes {
    /// Lanes in a block. Chosen: a few vectors' worth; state stays in the first cache.
    pub(super) const COUNT: usize = 64;

    pub(super) fn new() -> Self {
        let zeros = [0.0; Self::COUNT];
        Self {
            flight: [0; Self::COUNT],
            live: 0,
            position: [zeros; 3],
            velocity: [zeros; 3],
            time_s: zeros,
            area: zeros,
            cell: [0; Self::COUNT],
            own_wind: [zeros; 2],
            gas: [zeros; 4],
            wind: [zeros; 4],
            drag: [zeros; 3],
            done: zeros,
        }
    }

    /// Lane `from` moves to lane `to`.
    pub(super) fn copy(&mut self, from: usize, to: usize) {
        self.flight[to] = self.flight[from];
        self.cell[to] = self.cell[from];
        let rows = [&mut self.time_s, &mut self.area, &mut self.done].into_iter();
        let groups = self.position.iter_mut().chain(&mut self.velocity).chain(&mut self.own_wind);
        let lines = self.gas.iter_mut().chain(&mut self.wind).chain(&mut self.drag);
        for row in rows.chain(groups).chain(lines) {
            row[to] = row[from];
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
        let kernel = Kernel::new(simd, self.tables);
        loop {
            for first in (0..self.lanes.live).step_by(lanes::<S>()) {
                kernel.step(self.lanes, first, &self.ground);
            }
            if self.lanes.done[..self.lanes.live].iter().any(|done| *done != 0.0) {
                return;
            }
        }
    }
}
