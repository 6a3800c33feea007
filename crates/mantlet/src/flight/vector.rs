//! A vector register with arithmetic, whatever its width.
//!
//! Only operations that IEEE 754 rounds in one way (sum, product, fused
//! multiply-add, root, comparison) are offered, so every width gives the same bytes.

use std::ops::{Add, Mul, Sub};

use pulp::Simd;

/// Widest register, in numbers.
pub(super) const WIDEST: usize = 8;

/// One register of numbers.
#[derive(Clone, Copy)]
pub(super) struct Vector<S: Simd> {
    simd: S,
    lanes: S::f64s,
}

impl<S: Simd> Vector<S> {
    #[inline(always)]
    pub(super) fn splat(simd: S, x: f64) -> Self {
        Self { simd, lanes: simd.splat_f64s(x) }
    }

    /// The first register's worth of `from`, which holds at least one.
    #[inline(always)]
    pub(super) fn load(simd: S, from: &[f64]) -> Self {
        Self { simd, lanes: S::as_simd_f64s(from).0[0] }
    }

    #[inline(always)]
    pub(super) fn store(self, to: &mut [f64]) {
        S::as_mut_simd_f64s(to).0[0] = self.lanes;
    }

    /// `self × b + c`, rounded once.
    #[inline(always)]
    pub(super) fn fma(self, b: Self, c: Self) -> Self {
        Self { simd: self.simd, lanes: self.simd.mul_add_f64s(self.lanes, b.lanes, c.lanes) }
    }

    #[inline(always)]
    pub(super) fn sqrt(self) -> Self {
        Self { simd: self.simd, lanes: self.simd.sqrt_f64s(self.lanes) }
    }

    #[inline(always)]
    pub(super) fn over(self, b: Self) -> Self {
        Self { simd: self.simd, lanes: self.simd.div_f64s(self.lanes, b.lanes) }
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
        Mask { simd: self.simd, lanes: self.simd.less_than_f64s(self.lanes, b.lanes) }
    }

    #[inline(always)]
    pub(super) fn at_most(self, b: Self) -> Mask<S> {
        Mask { simd: self.simd, lanes: self.simd.less_than_or_equal_f64s(self.lanes, b.lanes) }
    }
}

impl<S: Simd> Add for Vector<S> {
    type Output = Self;
    #[inline(always)]
    fn add(self, b: Self) -> Self {
        Self { simd: self.simd, lanes: self.simd.add_f64s(self.lanes, b.lanes) }
    }
}

impl<S: Simd> Sub for Vector<S> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, b: Self) -> Self {
        Self { simd: self.simd, lanes: self.simd.sub_f64s(self.lanes, b.lanes) }
    }
}

impl<S: Simd> Mul for Vector<S> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, b: Self) -> Self {
        Self { simd: self.simd, lanes: self.simd.mul_f64s(self.lanes, b.lanes) }
    }
}

/// One truth per number of a register.
#[derive(Clone, Copy)]
pub(super) struct Mask<S: Simd> {
    simd: S,
    lanes: S::m64s,
}

impl<S: Simd> Mask<S> {
    #[inline(always)]
    pub(super) fn pick(self, yes: Vector<S>, no: Vector<S>) -> Vector<S> {
        let lanes = self.simd.select_f64s(self.lanes, yes.lanes, no.lanes);
        Vector { simd: self.simd, lanes }
    }

    #[inline(always)]
    pub(super) fn and(self, b: Self) -> Self {
        Self { simd: self.simd, lanes: self.simd.and_m64s(self.lanes, b.lanes) }
    }

    #[inline(always)]
    pub(super) fn or(self, b: Self) -> Self {
        Self { simd: self.simd, lanes: self.simd.or_m64s(self.lanes, b.lanes) }
    }
}
