//! Air on a uniform grid of heights, for the integrators that look it up billions
//! of times: value and slope of density, sound speed and wind in cells of 50 m.
//!
//! In: any [`Air`]. Out: linear pieces. Between grid points the standard's density
//! is within 4e-6 of itself (the second derivative, ρ / (9 km)², times 50² / 8), but
//! within 4e-4 in the one cell where the lapse changes; wind levels that lie between
//! grid points are rounded off over at most 50 m.

use super::Air;

/// Height of the first grid point, m.
pub(super) const FLOOR_M: f64 = -1_000.0;
/// Grid points per metre.
pub(super) const PER_METRE: f64 = 0.02;
/// Cells: to 101 km.
pub(super) const CELLS: usize = 2_048;

/// Lines over the height of one cell, `value at height 0 + slope × height`: a cache line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(align(64))]
pub(super) struct Cell {
    /// Half the density, kg/m³, and its slope per m; one over the sound speed, s/m, and
    /// its slope.
    pub gas: [f64; 4],
    /// Wind towards the east, m/s, and its slope; towards the north, and its slope.
    pub wind: [f64; 4],
}

/// Every cell from [`FLOOR_M`] up; the last repeats upwards.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct AirGrid {
    pub cells: Box<[Cell; CELLS]>,
}

impl AirGrid {
    pub(super) fn new(air: &Air) -> Self {
        let point = |i: usize| {
            let height_m = FLOOR_M + i as f64 / PER_METRE;
            let (density, sound) = air.density_and_sound(height_m);
            let [east, north] = air.wind_en_mps(height_m);
            [0.5 * density, 1.0 / sound, east, north]
        };
        let mut cells = vec![Cell::default(); CELLS];
        let mut low = point(0);
        for (i, cell) in cells.iter_mut().enumerate() {
            let high = point(i + 1);
            let edge_m = FLOOR_M + i as f64 / PER_METRE;
            let two = |k: usize| {
                let slopes =
                    [(high[k] - low[k]) * PER_METRE, (high[k + 1] - low[k + 1]) * PER_METRE];
                [low[k] - slopes[0] * edge_m, slopes[0], low[k + 1] - slopes[1] * edge_m, slopes[1]]
            };
            *cell = Cell { gas: two(0), wind: two(2) };
            low = high;
        }
        let cells = cells.into_boxed_slice().try_into().expect("CELLS cells were made");
        Self { cells }
    }

    /// The cell at a height, and the height to ask its lines for: held at the grid's ends.
    #[inline(always)]
    pub(super) fn at(&self, height_m: f64) -> (&Cell, f64) {
        let above_m = (height_m - FLOOR_M).clamp(0.0, (CELLS - 1) as f64 / PER_METRE);
        (&self.cells[grid_index(above_m * PER_METRE) & (CELLS - 1)], FLOOR_M + above_m)
    }
}

/// Whole part of a number in 0..2^51, by the rounding of 2^52 + x: no saturating
/// conversion. At a whole number it may give the cell below, of which that is the upper
/// edge.
#[inline(always)]
pub(super) fn grid_index(x: f64) -> usize {
    const SHIFT: f64 = 4_503_599_627_370_496.0;
    (((x - 0.5).max(0.0) + SHIFT).to_bits() & 0xFFFF_FFFF) as usize
}

#[cfg(test)]
mod tests {
    use super::super::WindLevel;
    use super::*;

    #[test]
    fn the_grid_is_the_air_but_for_the_cell_of_the_tropopause() {
        let level = |height_m, east_mps| WindLevel { height_m, east_mps, north_mps: -1.0 };
        let air = Air::standard().with_wind(vec![level(0.0, 2.0), level(1_000.0, 12.0)]);
        let grid = AirGrid::new(&air);
        for i in 0..3_000 {
            let height_m = -900.0 + 10.01 * f64::from(i);
            let kink = [11_000.0, 20_050.0].iter().any(|k| (k..=&(k + 50.0)).contains(&&height_m));
            let tolerance = if kink { 4e-4 } else { 2e-5 };
            let (cell, at_m) = grid.at(height_m);
            let (density, sound) = air.density_and_sound(height_m);
            let half = cell.gas[0] + cell.gas[1] * at_m;
            assert!((2.0 * half / density - 1.0).abs() < tolerance, "{height_m}");
            let slowness = cell.gas[2] + cell.gas[3] * at_m;
            assert!((slowness * sound - 1.0).abs() < tolerance, "{height_m}");
            let east = cell.wind[0] + cell.wind[1] * at_m;
            assert!((east - air.wind_en_mps(height_m)[0]).abs() < 1e-9, "{height_m}");
        }
    }
}
