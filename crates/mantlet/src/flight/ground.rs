//! The ground: level, or a field of heights.
//!
//! Heights are above the WGS84 ellipsoid. A field is bilinear between its posts
//! and level with its nearest edge beyond them.

/// Heights on a regular local grid.
#[derive(Clone, Debug, PartialEq)]
pub struct HeightField {
    /// South-west post: local east and north, m.
    pub corner_en_m: [f64; 2],
    /// Distance between posts, east and north, m.
    pub spacing_m: [f64; 2],
    /// Posts from west to east.
    pub columns: usize,
    /// Heights above the ellipsoid, m: rows from south to north.
    pub heights_m: Vec<f32>,
}

impl HeightField {
    /// Height at a local east and north, m.
    pub fn height_m(&self, e_m: f64, n_m: f64) -> f64 {
        let rows = self.heights_m.len() / self.columns;
        let place = |x: f64, corner: f64, spacing: f64, posts: usize| {
            let x = ((x - corner) / spacing).clamp(0.0, (posts - 1) as f64);
            let i = (x as usize).min(posts.saturating_sub(2));
            (i, x - i as f64)
        };
        let (i, x) = place(e_m, self.corner_en_m[0], self.spacing_m[0], self.columns);
        let (j, y) = place(n_m, self.corner_en_m[1], self.spacing_m[1], rows);
        let post = |i: usize, j: usize| {
            f64::from(self.heights_m[j.min(rows - 1) * self.columns + i.min(self.columns - 1)])
        };
        let south = post(i, j) * (1.0 - x) + post(i + 1, j) * x;
        let north = post(i, j + 1) * (1.0 - x) + post(i + 1, j + 1) * x;
        south * (1.0 - y) + north * y
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
}
