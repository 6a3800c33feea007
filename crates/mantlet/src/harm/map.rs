//! Harm over the ground, cell by cell.
//!
//! In: zones with their people, what went off and what fell. Out: expected
//! casualties per cell. A detonation is spread by its lethal radius over the cells whose
//! middles lie in the zone, a piece over the four cells around it, so that the sum over
//! cells is the zones' sum.

use statrs::function::erf::erf;

use crate::warning::Zone;

use super::casualty::{Burst, Vulnerability};
use super::debris::Fallen;

/// Expected casualties per cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HarmMap {
    /// South-west corner, local east and north, m.
    pub corner_en_m: [f64; 2],
    /// Side of a cell, m.
    pub cell_m: f64,
    /// Cells west to east; rows follow south to north.
    pub columns: usize,
    /// Row by row from the south.
    pub casualties: Vec<f64>,
}

impl HarmMap {
    /// An empty map over the zones and `margin_m` around them.
    pub fn over(zones: &[Zone], margin_m: f64, cell_m: f64) -> Self {
        let mut low = [f64::INFINITY; 2];
        let mut high = [f64::NEG_INFINITY; 2];
        for corner in zones.iter().flat_map(|z| z.polygon_en_m()) {
            for axis in 0..2 {
                low[axis] = low[axis].min(corner[axis] - margin_m);
                high[axis] = high[axis].max(corner[axis] + margin_m);
            }
        }
        if zones.is_empty() {
            return Self { cell_m, ..Self::default() };
        }
        let cells = |axis: usize| ((high[axis] - low[axis]) / cell_m).ceil().max(1.0) as usize;
        let columns = cells(0);
        Self { corner_en_m: low, cell_m, columns, casualties: vec![0.0; columns * cells(1)] }
    }

    /// Adds the harm of what went off and fell. `warned_s` by zone.
    pub fn add(
        &mut self,
        zones: &[Zone],
        warned_s: &[Option<f64>],
        rounds: &[Burst],
        fallen: &[Fallen],
        how: &Vulnerability,
    ) {
        for burst in rounds {
            self.add_burst(zones, warned_s, burst, 1.0, how);
        }
        for piece in fallen {
            if piece.detonates > 0.0 {
                let burst = Burst {
                    time_s: piece.time_s,
                    position_en_m: piece.position_en_m,
                    lethal_radius_m: piece.lethal_radius_m,
                };
                self.add_burst(zones, warned_s, &burst, piece.detonates, how);
            }
            let [e_m, n_m] = piece.position_en_m;
            for (zone, warned) in zones.iter().zip(warned_s) {
                if zone.contains(e_m, n_m) {
                    let density = zone.population / zone.area_m2();
                    let hurt = piece.count * density * how.hurt_area_m2(zone, *warned, piece);
                    self.deposit(e_m, n_m, hurt);
                }
            }
        }
    }

    fn add_burst(
        &mut self,
        zones: &[Zone],
        warned_s: &[Option<f64>],
        burst: &Burst,
        weight: f64,
        how: &Vulnerability,
    ) {
        let reach_m = 4.0 * burst.lethal_radius_m;
        let [e_m, n_m] = burst.position_en_m;
        let near = zones
            .iter()
            .zip(warned_s)
            .filter(|(z, _)| z.distance_m(e_m, n_m) <= reach_m)
            .collect::<Vec<_>>();
        if near.is_empty() {
            return;
        }
        let scale = std::f64::consts::SQRT_2 * burst.lethal_radius_m;
        let share = |from: f64, centre: f64| {
            0.5 * (erf((from + self.cell_m - centre) / scale) - erf((from - centre) / scale))
        };
        let rows = self.casualties.len() / self.columns.max(1);
        let span = |centre: f64, corner: f64, cells: usize| {
            let first = ((centre - reach_m - corner) / self.cell_m).floor().max(0.0) as usize;
            let last = ((centre + reach_m - corner) / self.cell_m).ceil().max(0.0) as usize;
            first.min(cells)..last.min(cells)
        };
        // Cell, its middle, its part of the burst.
        let mut cells: Vec<(usize, [f64; 2], f64)> = Vec::new();
        for row in span(n_m, self.corner_en_m[1], rows) {
            let south = self.corner_en_m[1] + row as f64 * self.cell_m;
            for column in span(e_m, self.corner_en_m[0], self.columns) {
                let west = self.corner_en_m[0] + column as f64 * self.cell_m;
                let middle = [west + 0.5 * self.cell_m, south + 0.5 * self.cell_m];
                let part = share(west, e_m) * share(south, n_m);
                cells.push((row * self.columns + column, middle, part));
            }
        }
        for (zone, warned) in near {
            let hurt = weight * how.casualties_by_burst(zone, *warned, burst, [0.0; 3]);
            let inside = |c: &&(usize, [f64; 2], f64)| zone.contains(c.1[0], c.1[1]);
            let all: f64 = cells.iter().filter(inside).map(|c| c.2).sum();
            // A cell belongs to a zone or does not: what that adds or leaves out is shared.
            if all > 1e-6 {
                for (cell, _, part) in cells.iter().filter(inside) {
                    self.casualties[*cell] += hurt * part / all;
                }
            } else {
                self.deposit(e_m, n_m, hurt);
            }
        }
    }

    /// Shares an amount among the four cells around a place.
    fn deposit(&mut self, e_m: f64, n_m: f64, amount: f64) {
        if amount == 0.0 {
            return;
        }
        let x = (e_m - self.corner_en_m[0]) / self.cell_m - 0.5;
        let y = (n_m - self.corner_en_m[1]) / self.cell_m - 0.5;
        let rows = self.casualties.len() / self.columns.max(1);
        let (fx, fy) = (x - x.floor(), y - y.floor());
        for (dx, wx) in [(0.0, 1.0 - fx), (1.0, fx)] {
            for (dy, wy) in [(0.0, 1.0 - fy), (1.0, fy)] {
                let column = (x.floor() + dx).clamp(0.0, self.columns as f64 - 1.0) as usize;
                let row = (y.floor() + dy).clamp(0.0, rows as f64 - 1.0) as usize;
                self.casualties[row * self.columns + column] += amount * wx * wy;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harm::assess;
    use crate::warning::ZoneKind;

    #[test]
    fn the_cells_add_up_to_the_zone() {
        let square = vec![[-200.0, -200.0], [200.0, -200.0], [200.0, 200.0], [-200.0, 200.0]];
        let zones =
            [Zone::new("z".into(), "Z".into(), ZoneKind::Neighbour, 900.0, 15.0, square).unwrap()];
        let how = Vulnerability::default();
        let rounds = [Burst { time_s: 5.0, position_en_m: [31.0, -7.0], lethal_radius_m: 14.0 }];
        let mut map = HarmMap::over(&zones, 50.0, 10.0);
        map.add(&zones, &[Some(0.0)], &rounds, &[], &how);
        let want = assess(&zones, &[Some(0.0)], &rounds, &[], &how)[0].casualties;
        let sum: f64 = map.casualties.iter().sum();
        assert!((sum - want).abs() < 1e-3 * want, "{sum} against {want}");
    }
}
