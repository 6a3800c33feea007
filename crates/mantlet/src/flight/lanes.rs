//! Flights side by side, and the loop over their steps.

use pulp::Simd;

use super::Ground;
use super::vector::lanes;
use super::wide_kernel::{Kernel, Tables};
use super::wide_step::{Below, Level};

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
            for first in (0..self.lanes.live).step_by(lanes::<S>()) {
                kernel.step(self.lanes, first, &self.ground);
            }
            if self.lanes.done[..self.lanes.live].iter().any(|done| *done != 0.0) {
                return;
            }
        }
    }
}
