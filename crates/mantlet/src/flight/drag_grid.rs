//! Drag curves on a uniform grid of Mach, for the fast integrators.
//!
//! Every knot of every curve is a multiple of 0.025 Mach, so cells of 0.025 carry
//! the same piecewise linear curve exactly.

use std::sync::LazyLock;

use super::DragCurve;

/// Cells per Mach.
pub(super) const PER_MACH: f64 = 40.0;
/// Cells: to Mach 6.4; the curves are level beyond 5.
pub(super) const CELLS: usize = 256;
/// Room for all curves, a power of two so that an index is masked, not checked.
pub(super) const SLOTS: usize = 8 * CELLS;

/// Cells to each side that count as near. Chosen: a step changes Mach by less.
const REACH: usize = 2;

/// Value, slope per Mach and the steepest slope near, cell after cell, curve after curve in
/// the order of [`DragCurve::ALL`].
pub(super) static GRID: LazyLock<Box<[[f64; 3]; SLOTS]>> = LazyLock::new(|| {
    let mut cells = vec![[0.0; 3]; SLOTS];
    for (c, curve) in DragCurve::ALL.into_iter().enumerate() {
        for i in 0..CELLS {
            let (low, high) = (i as f64 / PER_MACH, (i + 1) as f64 / PER_MACH);
            let (a, b) = (curve.cd(low), curve.cd(high));
            let steepest = (i.saturating_sub(REACH)..=i + REACH)
                .map(|i| curve.cd((i + 1) as f64 / PER_MACH) - curve.cd(i as f64 / PER_MACH))
                .fold(0.0, |most: f64, rise| most.max(rise.abs()));
            cells[c * CELLS + i] = [a, (b - a) * PER_MACH, steepest * PER_MACH];
        }
    }
    cells.into_boxed_slice().try_into().expect("SLOTS cells were made")
});

/// The first cell of a curve.
pub(super) fn first_cell(curve: DragCurve) -> usize {
    curve as usize * CELLS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_is_the_curve() {
        for curve in DragCurve::ALL {
            for i in 0..2_200 {
                let mach = f64::from(i) * 0.0023;
                let cell = (mach * PER_MACH) as usize;
                let [value, slope, ..] = GRID[first_cell(curve) + cell];
                let found = value + slope * (mach - cell as f64 / PER_MACH);
                assert!((found - curve.cd(mach)).abs() < 1e-12, "{curve:?} {mach}");
            }
        }
    }
}
