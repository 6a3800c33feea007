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

/// Cells to each side that count as near. Chosen: a step changes Mach by little more.
const NEAR: usize = 8;

/// The line of each cell (its value at Mach 0, its slope per Mach), the sharpest bend near
/// (change of slope per Mach from cell to cell) and a number without meaning, cell after
/// cell, curve after curve in the order of [`DragCurve::ALL`].
pub(super) static GRID: LazyLock<Box<[[f64; 4]; SLOTS]>> = LazyLock::new(|| {
    let mut cells = vec![[0.0; 4]; SLOTS];
    for (c, curve) in DragCurve::ALL.into_iter().enumerate() {
        for i in 0..CELLS {
            let (low, high) = (i as f64 / PER_MACH, (i + 1) as f64 / PER_MACH);
            let (a, b) = (curve.cd(low), curve.cd(high));
            let bend = (i.saturating_sub(NEAR)..=i + NEAR)
                .map(|i| {
                    let knot = |j: usize| curve.cd(j as f64 / PER_MACH);
                    knot(i + 2) - 2.0 * knot(i + 1) + knot(i)
                })
                .fold(0.0, |most: f64, bend| most.max(bend.abs()));
            let slope = (b - a) * PER_MACH;
            cells[c * CELLS + i] = [a - slope * low, slope, bend * PER_MACH, 0.0];
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
                let found = value + slope * mach;
                assert!((found - curve.cd(mach)).abs() < 1e-12, "{curve:?} {mach}");
            }
        }
    }
}
