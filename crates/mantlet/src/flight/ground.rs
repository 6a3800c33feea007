//! The ground: level, or a field of heights.
//!
//! Heights are above the WGS84 ellipsoid. A field is bilinear between its posts
//! and level with its nearest edge beyond them.

/// Heights on a regular local grid.
#[derive(Clone, Debug, PartialEq)]
pub struct HeightField {
    pub(super) corner_en_m: [f64; 2],
    pub(super) spacing_m: [f64; 2],
    columns: usize,
    heights_m: Vec<f32>,
    /// Highest posts of tiles of [`TILE`] cells square, then of twice as many, and so on.
    tops: Vec<Tops>,
}

/// Cells along the side of the smallest tiles whose tops are known.
const TILE: usize = 8;

/// The highest post of each tile, edges included, rows from south to north.
#[derive(Clone, Debug, PartialEq)]
struct Tops {
    columns: usize,
    heights_m: Vec<f32>,
}

impl Tops {
    /// Of tiles `side` posts (or smaller tiles) square that share `shared` with the next.
    fn of(posts: &[f32], columns: usize, side: usize, shared: usize) -> Self {
        let rows = posts.len() / columns;
        let count = |posts: usize| (posts - shared.min(posts - 1)).div_ceil(side).max(1);
        let (wide, high) = (count(columns), count(rows));
        let mut heights_m = vec![f32::MIN; wide * high];
        for (i, height) in heights_m.iter_mut().enumerate() {
            let (x, y) = (i % wide * side, i / wide * side);
            for row in y..(y + side + shared).min(rows) {
                let run = &posts[row * columns + x..][..(side + shared).min(columns - x)];
                *height = run.iter().fold(*height, |top, h| top.max(*h));
            }
        }
        Self { columns: wide, heights_m }
    }
}

impl HeightField {
    /// A field from its south-west post (local east and north, m), the distance between
    /// posts eastwards and northwards (m), how many posts stand from west to east, and
    /// heights above the ellipsoid (m), rows from south to north.
    ///
    /// # Panics
    ///
    /// When the heights are not whole rows of at least one post.
    pub fn new(
        corner_en_m: [f64; 2],
        spacing_m: [f64; 2],
        columns: usize,
        heights_m: Vec<f32>,
    ) -> Self {
        assert!(columns > 0 && !heights_m.is_empty() && heights_m.len().is_multiple_of(columns));
        // Neighbouring tiles share the posts of their common edge.
        let mut tops = vec![Tops::of(&heights_m, columns, TILE, 1)];
        while let Some(last) = tops.last()
            && last.heights_m.len() > 1
        {
            let next = Tops::of(&last.heights_m, last.columns, 2, 0);
            tops.push(next);
        }
        Self { corner_en_m, spacing_m, columns, heights_m, tops }
    }

    /// Height at a local east and north, m.
    pub fn height_m(&self, e_m: f64, n_m: f64) -> f64 {
        self.height_and_slope(e_m, n_m).0
    }

    /// Distance between posts, eastwards and northwards, m.
    pub fn spacing_m(&self) -> [f64; 2] {
        self.spacing_m
    }

    /// The highest post, m.
    pub fn top_m(&self) -> f64 {
        self.tops.last().map_or(f64::MIN, |all| f64::from(all.heights_m[0]))
    }

    /// No ground is higher than this between two corners (local east and north, m), m.
    pub(super) fn top_within_m(&self, low_en_m: [f64; 2], high_en_m: [f64; 2]) -> f64 {
        let rows = self.heights_m.len() / self.columns;
        let mut span = [[0, 0]; 2];
        for (axis, posts) in [self.columns, rows].into_iter().enumerate() {
            let cell = |x: f64| {
                let x = (x - self.corner_en_m[axis]) / self.spacing_m[axis];
                (x.max(0.0) as usize).min(posts.saturating_sub(2))
            };
            let ends = [cell(low_en_m[axis]), cell(high_en_m[axis])];
            span[axis] = [ends[0].min(ends[1]), ends[0].max(ends[1])];
        }
        let cells = (span[0][1] - span[0][0]).max(span[1][1] - span[1][0]);
        // Of the tiles at least as long as the span, two a side reach over it.
        let level = (cells.div_ceil(TILE).max(1).next_power_of_two().trailing_zeros() as usize)
            .min(self.tops.len() - 1);
        let (tops, side) = (&self.tops[level], TILE << level);
        let mut top_m = f32::MIN;
        for y in span[1][0] / side..=span[1][1] / side {
            for x in span[0][0] / side..=span[0][1] / side {
                top_m = top_m.max(tops.heights_m[y * tops.columns + x]);
            }
        }
        f64::from(top_m)
    }

    /// Height, m, and how it rises to the east and to the north, m/m.
    pub fn height_and_slope(&self, e_m: f64, n_m: f64) -> (f64, [f64; 2]) {
        let rows = self.heights_m.len() / self.columns;
        let place = |x: f64, corner: f64, spacing: f64, posts: usize| {
            let last = (posts - 1) as f64;
            let free = (x - corner) / spacing;
            let x = free.clamp(0.0, last);
            let i = (x as usize).min(posts.saturating_sub(2));
            (i, x - i as f64, if free == x { 1.0 / spacing } else { 0.0 })
        };
        let (i, x, per_e) = place(e_m, self.corner_en_m[0], self.spacing_m[0], self.columns);
        let (j, y, per_n) = place(n_m, self.corner_en_m[1], self.spacing_m[1], rows);
        let post = |i: usize, j: usize| {
            f64::from(self.heights_m[j.min(rows - 1) * self.columns + i.min(self.columns - 1)])
        };
        let (sw, se) = (post(i, j), post(i + 1, j));
        let (nw, ne) = (post(i, j + 1), post(i + 1, j + 1));
        let (south, north) = (sw + (se - sw) * x, nw + (ne - nw) * x);
        let east = ((se - sw) * (1.0 - y) + (ne - nw) * y) * per_e;
        (south + (north - south) * y, [east, (north - south) * per_n])
    }
}

/// What a flight ends on.
#[derive(Clone, Debug, PartialEq)]
pub enum Ground {
    /// One height above the ellipsoid everywhere, m.
    Level {
        /// Height above the ellipsoid, m.
        height_m: f64,
    },
    /// Terrain.
    Field(HeightField),
}

impl Ground {
    /// Height above the ellipsoid at a local east and north, m.
    pub fn height_m(&self, e_m: f64, n_m: f64) -> f64 {
        match self {
            Self::Level { height_m } => *height_m,
            Self::Field(field) => field.height_m(e_m, n_m),
        }
    }

    /// How it rises to the east and to the north, m/m.
    pub(super) fn slope(&self, e_m: f64, n_m: f64) -> [f64; 2] {
        match self {
            Self::Level { .. } => [0.0, 0.0],
            Self::Field(field) => field.height_and_slope(e_m, n_m).1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_ground_is_higher_than_the_top_of_what_holds_it() {
        for (columns, rows) in [(1, 1), (2, 2), (9, 9), (10, 3), (77, 53), (200, 1), (65, 129)] {
            let count = columns * rows;
            let heights_m: Vec<f32> = (0..count).map(|i| (i * 7_919 % 1_013) as f32).collect();
            let (corner, spacing) = ([-500.0, 30.0], [20.0, 30.0]);
            let field = HeightField::new(corner, spacing, columns, heights_m.clone());
            let highest = heights_m.iter().fold(f32::MIN, |a, b| a.max(*b));
            assert_eq!(field.top_m(), f64::from(highest));
            for i in 0..60 {
                let draw = |k: f64| (f64::from(i) * k).fract();
                let from = [-700.0 + 2_000.0 * draw(0.618), -200.0 + 2_000.0 * draw(0.755)];
                let to = [from[0] + 900.0 * draw(0.3), from[1] + 900.0 * draw(0.57)];
                let top_m = field.top_within_m(from, to);
                for k in 0..400 {
                    let at = |a: usize, x: usize| from[a] + (to[a] - from[a]) * x as f64 / 19.0;
                    let height_m = field.height_m(at(0, k % 20), at(1, k / 20));
                    assert!(height_m <= top_m, "{columns} {rows} {i}: {height_m} {top_m}");
                }
            }
        }
    }
}
