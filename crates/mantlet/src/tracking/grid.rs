//! Which plots are near: a uniform grid over local space.
//!
//! In: positions; out: the indices of those within a box, without looking at
//! the others. A hash of the cell picks a chain of plots, so that memory follows
//! the number of plots and not the space (M. Teschner et al., "Optimized spatial
//! hashing for collision detection of deformable objects", VMV 2003, section 4).

use nalgebra::Vector3;

/// Edge of a cell, m. Chosen: about the gate of a track that was seen a few
/// times; measured between 200 m and 1 km, the cost hardly changes.
const CELL_M: f64 = 400.0;
const END: u32 = u32::MAX;

/// Plots by cell.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    head: Vec<u32>,
    next: Vec<u32>,
    cell: Vec<[i32; 3]>,
    position_m: Vec<Vector3<f64>>,
    /// Index in the caller's list, for the n-th indexed plot.
    index: Vec<u32>,
}

fn cell_of(p: &Vector3<f64>) -> [i32; 3] {
    [p.x, p.y, p.z].map(|x| (x / CELL_M).floor() as i32)
}

impl Grid {
    fn slot(&self, cell: [i32; 3]) -> usize {
        let mix = |x: i32, prime: u32| (x as u32).wrapping_mul(prime);
        let hash = mix(cell[0], 73_856_093) ^ mix(cell[1], 19_349_663) ^ mix(cell[2], 83_492_791);
        (hash.wrapping_mul(0x9E37_79B1) >> 8) as usize & (self.head.len() - 1)
    }

    /// Forgets the last scan and takes in this one; what has no position is left out.
    pub fn fill(&mut self, positions_m: impl Iterator<Item = Option<Vector3<f64>>>) {
        self.position_m.clear();
        self.index.clear();
        self.cell.clear();
        for (index, position_m) in positions_m.enumerate() {
            if let Some(p) = position_m {
                self.position_m.push(p);
                self.cell.push(cell_of(&p));
                self.index.push(index as u32);
            }
        }
        self.head.clear();
        self.head.resize((2 * self.cell.len()).next_power_of_two().max(16), END);
        self.next.clear();
        self.next.resize(self.cell.len(), END);
        for n in 0..self.cell.len() {
            let slot = self.slot(self.cell[n]);
            self.next[n] = self.head[slot];
            self.head[slot] = n as u32;
        }
    }

    /// Calls `found` with the index of every plot in the box `centre ± reach`.
    pub fn near(
        &self,
        centre_m: &Vector3<f64>,
        reach_m: &Vector3<f64>,
        mut found: impl FnMut(usize),
    ) {
        let inside = |n: usize| {
            let d = self.position_m[n] - centre_m;
            d.x.abs() <= reach_m.x && d.y.abs() <= reach_m.y && d.z.abs() <= reach_m.z
        };
        let (low, high) = (cell_of(&(centre_m - reach_m)), cell_of(&(centre_m + reach_m)));
        let span = |axis: usize| f64::from(high[axis]) - f64::from(low[axis]) + 1.0;
        if span(0) * span(1) * span(2) >= self.cell.len() as f64 {
            (0..self.cell.len()).filter(|&n| inside(n)).for_each(|n| found(self.index[n] as usize));
            return;
        }
        for x in low[0]..=high[0] {
            for y in low[1]..=high[1] {
                for z in low[2]..=high[2] {
                    let mut n = self.head[self.slot([x, y, z])];
                    while n != END {
                        let at = n as usize;
                        if self.cell[at] == [x, y, z] && inside(at) {
                            found(self.index[at] as usize);
                        }
                        n = self.next[at];
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_grid_finds_what_a_search_of_all_finds(
            points in prop::collection::vec((-2e4..2e4f64, -2e4..2e4f64, -100.0..8e3f64), 0..200),
            centre in (-2e4..2e4f64, -2e4..2e4f64, 0.0..8e3f64), reach in 1.0..3e3f64,
        ) {
            let points: Vec<_> = points.into_iter().map(|(x, y, z)| Vector3::new(x, y, z)).collect();
            let centre = Vector3::new(centre.0, centre.1, centre.2);
            let reach = Vector3::new(reach, reach / 2.0, reach);
            let mut grid = Grid::default();
            grid.fill(points.iter().map(|p| Some(*p)));
            let mut found = Vec::new();
            grid.near(&centre, &reach, |n| found.push(n));
            found.sort_unstable();
            let all: Vec<_> = (0..points.len()).filter(|&n| {
                let d = points[n] - centre;
                d.x.abs() <= reach.x && d.y.abs() <= reach.y && d.z.abs() <= reach.z
            }).collect();
            prop_assert_eq!(found, all);
        }
    }
}
