//! Two vector registers with arithmetic, whatever their width: while one waits for its
//! roots and tables, the other computes.
//!
//! Only operations that IEEE 754 rounds in one way (sum, product, fused
//! multiply-add, root, comparison) are offered, so every width gives the same bytes.
//! No closures: they would not be compiled for the processor that the dispatch found.

use std::ops::{Add, Mul, Sub};

use pulp::Simd;

/// Registers side by side. Chosen: with one, a step waits more than it computes.
const ABREAST: usize = 2;
/// Most numbers abreast.
pub(super) const WIDEST: usize = 8 * ABREAST;

/// How many numbers are abreast.
pub(super) const fn lanes<S: Simd>() -> usize {
    S::F64_LANES * ABREAST
}

/// Registers of numbers.
#[derive(Clone, Copy)]
pub(super) struct Vector<S: Simd> {
    simd: S,
    low: S::f64s,
    high: S::f64s,
}

impl<S: Simd> Vector<S> {
    #[inline(always)]
    pub(super) fn splat(simd: S, x: f64) -> Self {
        let low = simd.splat_f64s(x);
        Self { simd, low, high: low }
    }

    /// The first numbers of `from`, which holds as many.
    #[inline(always)]
    pub(super) fn load(simd: S, from: &[f64]) -> Self {
        let from = S::as_simd_f64s(from).0;
        Self { simd, low: from[0], high: from[1] }
    }

    #[inline(always)]
    pub(super) fn store(self, to: &mut [f64]) {
        let to = S::as_mut_simd_f64s(to).0;
        (to[0], to[1]) = (self.low, self.high);
    }

    /// Rows of four numbers, one row a number abreast, as four: the order of the rows is
    /// the processor's own, the same in each of the four.
    #[inline(always)]
    pub(super) fn columns(simd: S, rows: &[f64]) -> [Self; 4] {
        let (rows, _) = S::as_simd_f64s(rows);
        let low = simd.deinterleave_shfl_f64s([rows[0], rows[1], rows[2], rows[3]]);
        let high = simd.deinterleave_shfl_f64s([rows[4], rows[5], rows[6], rows[7]]);
        let mut out = [Self { simd, low: low[0], high: high[0] }; 4];
        for i in 1..4 {
            (out[i].low, out[i].high) = (low[i], high[i]);
        }
        out
    }

    /// `self × b + c`, rounded once.
    #[inline(always)]
    pub(super) fn fma(self, b: Self, c: Self) -> Self {
        let simd = self.simd;
        let low = simd.mul_add_f64s(self.low, b.low, c.low);
        Self { simd, low, high: simd.mul_add_f64s(self.high, b.high, c.high) }
    }

    #[inline(always)]
    pub(super) fn sqrt(self) -> Self {
        let simd = self.simd;
        Self { simd, low: simd.sqrt_f64s(self.low), high: simd.sqrt_f64s(self.high) }
    }

    #[inline(always)]
    pub(super) fn over(self, b: Self) -> Self {
        let simd = self.simd;
        let low = simd.div_f64s(self.low, b.low);
        Self { simd, low, high: simd.div_f64s(self.high, b.high) }
    }

    #[inline(always)]
    pub(super) fn min(self, b: Self) -> Self {
        self.below(b).pick(self, b)
    }

    #[inline(always)]
    pub(super) fn max(self, b: Self) -> Self {
        b.below(self).pick(self, b)
    }

    #[inline(always)]
    pub(super) fn below(self, b: Self) -> Mask<S> {
        let simd = self.simd;
        let low = simd.less_than_f64s(self.low, b.low);
        Mask { simd, low, high: simd.less_than_f64s(self.high, b.high) }
    }

    #[inline(always)]
    pub(super) fn at_most(self, b: Self) -> Mask<S> {
        let simd = self.simd;
        let low = simd.less_than_or_equal_f64s(self.low, b.low);
        Mask { simd, low, high: simd.less_than_or_equal_f64s(self.high, b.high) }
    }
}

impl<S: Simd> Add for Vector<S> {
    type Output = Self;
    #[inline(always)]
    fn add(self, b: Self) -> Self {
        let simd = self.simd;
        let low = simd.add_f64s(self.low, b.low);
        Self { simd, low, high: simd.add_f64s(self.high, b.high) }
    }
}

impl<S: Simd> Sub for Vector<S> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, b: Self) -> Self {
        let simd = self.simd;
        let low = simd.sub_f64s(self.low, b.low);
        Self { simd, low, high: simd.sub_f64s(self.high, b.high) }
    }
}

impl<S: Simd> Mul for Vector<S> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, b: Self) -> Self {
        let simd = self.simd;
        let low = simd.mul_f64s(self.low, b.low);
        Self { simd, low, high: simd.mul_f64s(self.high, b.high) }
    }
}

/// One truth per number.
#[derive(Clone, Copy)]
pub(super) struct Mask<S: Simd> {
    simd: S,
    low: S::m64s,
    high: S::m64s,
}

impl<S: Simd> Mask<S> {
    #[inline(always)]
    pub(super) fn pick(self, yes: Vector<S>, no: Vector<S>) -> Vector<S> {
        let simd = self.simd;
        let low = simd.select_f64s(self.low, yes.low, no.low);
        Vector { simd, low, high: simd.select_f64s(self.high, yes.high, no.high) }
    }

    #[inline(always)]
    pub(super) fn and(self, b: Self) -> Self {
        let simd = self.simd;
        let low = simd.and_m64s(self.low, b.low);
        Self { simd, low, high: simd.and_m64s(self.high, b.high) }
    }

    /// Whether any is true.
    #[inline(always)]
    pub(super) fn any(self) -> bool {
        let simd = self.simd;
        simd.first_true_m64s(simd.or_m64s(self.low, self.high)) < S::F64_LANES
    }
}
