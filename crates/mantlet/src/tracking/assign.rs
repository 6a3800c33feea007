//! Who gets which plot: the assignment of least total cost.
//!
//! In: a dense table of costs, rows to columns, `INFINITY` where a pair is
//! forbidden; out: the column of each row. Shortest augmenting paths (R. Jonker
//! and A. Volgenant, "A shortest augmenting path algorithm for dense and sparse
//! linear assignment problems", Computing 38, 1987; the rectangular form of
//! D. F. Crouse, "On implementing 2D rectangular assignment algorithms", IEEE
//! Trans. Aerospace and Electronic Systems 52(4), 2016).
//!
//! Limits: at least as many columns as rows, and every row must have a column
//! (the caller gives each track a "missed" column). Ties go to the lower column.

/// Scratch space, kept between calls so that a scan allocates nothing.
#[derive(Clone, Debug, Default)]
pub struct Assignment {
    row_price: Vec<f64>,
    column_price: Vec<f64>,
    row_of: Vec<usize>,
    column_of: Vec<usize>,
    distance: Vec<f64>,
    came_from: Vec<usize>,
    done: Vec<bool>,
}

const NONE: usize = usize::MAX;

impl Assignment {
    /// Columns of least total cost for `rows` rows; `cost[row * columns + column]`.
    /// A row that no finite path serves keeps `usize::MAX`.
    pub fn solve(&mut self, cost: &[f64], rows: usize, columns: usize) -> &[usize] {
        debug_assert!(rows <= columns && cost.len() == rows * columns);
        self.row_price.clear();
        self.row_price.resize(rows, 0.0);
        self.column_price.clear();
        self.column_price.resize(columns, 0.0);
        self.row_of.clear();
        self.row_of.resize(columns, NONE);
        self.column_of.clear();
        self.column_of.resize(rows, NONE);
        for row in 0..rows {
            self.augment(cost, columns, row);
        }
        &self.column_of
    }

    /// Grows the assignment by `start` along a shortest augmenting path.
    fn augment(&mut self, cost: &[f64], columns: usize, start: usize) {
        self.distance.clear();
        self.distance.resize(columns, f64::INFINITY);
        self.came_from.clear();
        self.came_from.resize(columns, NONE);
        self.done.clear();
        self.done.resize(columns, false);
        let (mut row, mut reached) = (start, 0.0);
        let end = loop {
            let mut next = NONE;
            let mut least = f64::INFINITY;
            for column in 0..columns {
                if self.done[column] {
                    continue;
                }
                let through = reached + cost[row * columns + column]
                    - self.row_price[row]
                    - self.column_price[column];
                if through < self.distance[column] {
                    self.distance[column] = through;
                    self.came_from[column] = row;
                }
                // A free column wins a tie: the path ends sooner.
                let at = self.distance[column];
                if at < least
                    || (at == least
                        && next != NONE
                        && self.row_of[column] == NONE
                        && self.row_of[next] != NONE)
                {
                    least = at;
                    next = column;
                }
            }
            if next == NONE {
                return;
            }
            reached = least;
            self.done[next] = true;
            if self.row_of[next] == NONE {
                break next;
            }
            row = self.row_of[next];
        };
        self.row_price[start] += reached;
        for column in 0..columns {
            if self.done[column] {
                let slack = reached - self.distance[column];
                self.column_price[column] -= slack;
                if self.row_of[column] != NONE {
                    self.row_price[self.row_of[column]] += slack;
                }
            }
        }
        let mut column = end;
        loop {
            let row = self.came_from[column];
            self.row_of[column] = row;
            std::mem::swap(&mut self.column_of[row], &mut column);
            if row == start {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn total(cost: &[f64], columns: usize, chosen: &[usize]) -> f64 {
        chosen.iter().enumerate().map(|(row, column)| cost[row * columns + column]).sum()
    }

    proptest! {
        #[test]
        fn total_cost_equals_that_of_an_independent_solver(
            rows in 1usize..7, extra in 0usize..4, seed in prop::collection::vec(-20.0..20.0f64, 77),
        ) {
            let columns = rows + extra;
            let cost: Vec<f64> = seed[..rows * columns].to_vec();
            let mut solver = Assignment::default();
            let ours = total(&cost, columns, solver.solve(&cost, rows, columns));
            let table: Vec<Vec<f64>> = cost.chunks(columns).map(<[f64]>::to_vec).collect();
            let best = lsap::solve(rows, columns, &cost, false).unwrap();
            let theirs: f64 = best.0.iter().zip(&best.1).map(|(&r, &c)| table[r][c]).sum();
            prop_assert!((ours - theirs).abs() < 1e-9, "{ours} {theirs}");
        }
    }

    #[test]
    fn forbidden_pairs_are_never_chosen() {
        let inf = f64::INFINITY;
        let cost = [1.0, 2.0, inf, 1.0, inf, 5.0];
        assert_eq!(Assignment::default().solve(&cost, 2, 3), [1, 0]);
    }
}
