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
    top_m: f64,
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
        let top_m = heights_m.iter().fold(f64::MIN, |top, h| top.max(f64::from(*h)));
        Self { corner_en_m, spacing_m, columns, heights_m, top_m }
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
        self.top_m
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
