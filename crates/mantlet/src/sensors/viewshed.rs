//! What terrain hides: the lowest height at which each place is in sight.
//!
//! In: heights on a grid and the post that the observer stands at. Out: for every
//! post the lowest height in sight there. [`Mask`] is the same around one radar,
//! asked in its own measurements.
//!
//! Method: rings of posts outwards from the observer, each taking the line of sight
//! over the two posts of the ring inside that its own ray passes between (W. R.
//! Franklin, C. K. Ray and S. Mehta, *Geometric algorithms for siting of air defense
//! missile batteries*, US Army Research Office, 1994, "Xdraw"; the same interpolation
//! as J. Wang, G. J. Robinson and K. White, "Generating viewsheds without using
//! sightlines", Photogrammetric Engineering & Remote Sensing 66 (2000) 87, which GDAL
//! uses). Heights are lowered by `c d² / 2R` for the earth's curvature, `c` = 3/4 for
//! rays that bend with four earth radii (the radio horizon's effective earth radius
//! 4/3: M. I. Skolnik, *Introduction to Radar Systems*, 3rd ed., 2001, section 8.5).
//!
//! Limits: the observer stands at a post; a ridge narrower than two posts is smeared
//! sideways as the rings pass it on, so that single sight lines differ from a ray
//! walked over the same posts by a few metres behind broken ground (measured in
//! `tests/viewshed.rs`); nothing bends around a ridge (no diffraction).

use rayon::prelude::*;

use crate::frames::Polar;

/// Mean earth radius, as the refraction model of `frames` has it, m.
pub const EARTH_RADIUS_M: f64 = 6_371_000.0;

/// Share of the earth's curvature that is left for rays of the standard troposphere.
pub const FOUR_THIRDS_CURVATURE: f64 = 0.75;

/// Heights on a grid.
#[derive(Clone, Copy, Debug)]
pub struct HeightGrid<'a> {
    /// Posts from west to east.
    pub columns: usize,
    /// Distance between posts, east and north, m.
    pub spacing_m: [f64; 2],
    /// Heights, m: rows in either order.
    pub heights_m: &'a [f32],
}

impl HeightGrid<'_> {
    /// Posts from one end of a column to the other.
    pub fn rows(&self) -> usize {
        self.heights_m.len() / self.columns
    }
}

/// Who looks: post, height, and how rays bend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observer {
    /// Column and row of its post.
    pub post: [usize; 2],
    /// Height of its eye or antenna, in the grid's heights, m.
    pub height_m: f64,
    /// Share of the earth's curvature that counts: [`FOUR_THIRDS_CURVATURE`], or 1
    /// for straight rays.
    pub curvature: f64,
    /// Radius of the earth, m.
    pub earth_radius_m: f64,
}

/// Lowest height in sight at every post of the grid, in its order and its heights, m;
/// where the ground is in sight, the ground's.
pub fn viewshed(grid: &HeightGrid<'_>, observer: &Observer) -> Vec<f32> {
    let octants: Vec<Octant> = (0..8u8)
        .into_par_iter()
        .map(|n| {
            let flips = [n & 1 != 0, n & 2 != 0];
            Octant::sweep(grid, observer, flips, n & 4 != 0)
        })
        .collect();
    let [c0, r0] = observer.post;
    let mut lowest_m = vec![0f32; grid.heights_m.len()];
    lowest_m.par_chunks_mut(grid.columns).enumerate().for_each(|(row, out)| {
        let dy = row.abs_diff(r0);
        for (column, out) in out.iter_mut().enumerate() {
            let dx = column.abs_diff(c0);
            let octant = usize::from(column < c0) + 2 * usize::from(row < r0);
            *out = match dx.cmp(&dy) {
                std::cmp::Ordering::Greater => octants[octant].at(dx, dy),
                _ => octants[octant + 4].at(dy, dx),
            };
        }
    });
    lowest_m
}

/// A wedge of 45° whose rings are straight: `i` posts aside at ring `j`, `i <= j`.
struct Octant {
    /// Where ring `j` starts.
    starts: Vec<usize>,
    lowest_m: Vec<f32>,
}

impl Octant {
    fn at(&self, ring: usize, aside: usize) -> f32 {
        self.lowest_m[self.starts[ring] + aside]
    }

    /// `flips`: westwards, against the order of rows. `upright`: rings are rows, not
    /// columns.
    fn sweep(grid: &HeightGrid<'_>, observer: &Observer, flips: [bool; 2], upright: bool) -> Self {
        let room = |axis: usize| {
            let posts = if axis == 0 { grid.columns } else { grid.rows() };
            if flips[axis] { observer.post[axis] } else { posts - 1 - observer.post[axis] }
        };
        let (along, aside) = if upright { (1, 0) } else { (0, 1) };
        let (rings, width) = (room(along), room(aside));
        let stride = |axis: usize| {
            let step = if axis == 0 { 1 } else { grid.columns as isize };
            if flips[axis] { -step } else { step }
        };
        let origin = (observer.post[1] * grid.columns + observer.post[0]) as isize;
        let drop_per_m2 = observer.curvature / (2.0 * observer.earth_radius_m);
        let (along_m2, aside_m2) = (grid.spacing_m[along].powi(2), grid.spacing_m[aside].powi(2));
        let mut starts = Vec::with_capacity(rings + 1);
        let mut lowest_m = Vec::with_capacity((rings + 1) * (rings.min(width) + 2) / 2);
        starts.push(0);
        lowest_m.push(grid.heights_m[origin as usize]);
        // Lines of sight of the last ring, over the observer's eye in the flattened frame, m.
        let mut inner = vec![0f64; width.min(rings) + 2];
        let mut outer = inner.clone();
        for j in 1..=rings {
            starts.push(lowest_m.len());
            let ring = origin + stride(along) * j as isize;
            let outwards = if j > 1 { 1.0 / (j - 1) as f64 } else { 0.0 };
            for i in 0..=j.min(width) {
                let ground =
                    f64::from(grid.heights_m[(ring + stride(aside) * i as isize) as usize]);
                let square = along_m2 * (j * j) as f64 + aside_m2 * (i * i) as f64;
                let drop = drop_per_m2 * square + observer.height_m;
                let line = match i {
                    _ if j == 1 => f64::NEG_INFINITY,
                    0 => inner[0] * (j as f64 * outwards),
                    _ if i == j => inner[i - 1] * (j as f64 * outwards),
                    _ => (inner[i - 1] * i as f64 + inner[i] * (j - i) as f64) * outwards,
                };
                let lowest = line.max(ground - drop);
                outer[i] = lowest;
                lowest_m.push((lowest + drop) as f32);
            }
            std::mem::swap(&mut inner, &mut outer);
        }
        Self { starts, lowest_m }
    }
}

/// What terrain hides from one radar, in the radar's own measurements.
#[derive(Clone, Debug, PartialEq)]
pub struct Mask {
    spacing_m: f64,
    /// Posts from the radar to the edge.
    reach: usize,
    /// Lowest rise in sight over the antenna's apparent horizontal, m; rows from
    /// south to north.
    lowest_rise_m: Vec<f32>,
}

/// Most posts from the radar to the edge of its mask. Chosen: 15 km at the posts of a
/// one-second tile; further radars get coarser posts.
const MOST_REACH: usize = 512;

impl Mask {
    /// Around a radar of that range whose antenna is at `height_m`; `curvature` as in
    /// [`Observer`], and the ground's height at an east and north of the radar, m.
    pub fn new(
        range_m: f64,
        spacing_m: f64,
        height_m: f64,
        curvature: f64,
        ground_m: impl Fn(f64, f64) -> f64,
    ) -> Self {
        let spacing_m = spacing_m.max(range_m / MOST_REACH as f64);
        let reach = (range_m / spacing_m).ceil() as usize;
        let columns = 2 * reach + 1;
        let offset_m = |post: usize| (post as f64 - reach as f64) * spacing_m;
        let mut heights_m = Vec::with_capacity(columns * columns);
        for row in 0..columns {
            heights_m.extend((0..columns).map(|c| ground_m(offset_m(c), offset_m(row)) as f32));
        }
        let grid = HeightGrid { columns, spacing_m: [spacing_m; 2], heights_m: &heights_m };
        let earth_radius_m = EARTH_RADIUS_M;
        let observer = Observer { post: [reach; 2], height_m, curvature, earth_radius_m };
        let mut lowest_rise_m = viewshed(&grid, &observer);
        for (n, lowest) in lowest_rise_m.iter_mut().enumerate() {
            let square = offset_m(n % columns).powi(2) + offset_m(n / columns).powi(2);
            let drop = height_m + curvature * square / (2.0 * earth_radius_m);
            *lowest = (f64::from(*lowest) - drop) as f32;
        }
        Self { spacing_m, reach, lowest_rise_m }
    }

    /// Lowest apparent elevation in sight at a ground distance and azimuth, rad.
    pub fn lowest_elevation_rad(&self, ground_range_m: f64, azimuth_rad: f64) -> f64 {
        let last = 2 * self.reach;
        let place = |offset_m: f64| {
            let x = (offset_m / self.spacing_m + self.reach as f64).clamp(0.0, last as f64);
            let i = (x as usize).min(last - 1);
            (i, x - i as f64)
        };
        let (sin, cos) = azimuth_rad.sin_cos();
        let ((i, x), (j, y)) = (place(ground_range_m * sin), place(ground_range_m * cos));
        let post = |i: usize, j: usize| f64::from(self.lowest_rise_m[j * (last + 1) + i]);
        let south = post(i, j) * (1.0 - x) + post(i + 1, j) * x;
        let north = post(i, j + 1) * (1.0 - x) + post(i + 1, j + 1) * x;
        (south * (1.0 - y) + north * y).atan2(ground_range_m.max(1e-3))
    }

    /// Whether terrain stands before what the radar would see there.
    pub fn hides(&self, p: &Polar) -> bool {
        p.elevation_rad
            < self.lowest_elevation_rad(p.range_m * p.elevation_rad.cos(), p.azimuth_rad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observer(post: [usize; 2], height_m: f64) -> Observer {
        Observer {
            post,
            height_m,
            curvature: FOUR_THIRDS_CURVATURE,
            earth_radius_m: EARTH_RADIUS_M,
        }
    }

    #[test]
    fn the_shadow_of_a_wall_grows_with_the_distance_behind_it() {
        // A wall 50 m high, 10 posts of 100 m east of an eye 10 m up.
        let (columns, rows) = (101, 41);
        let heights: Vec<f32> =
            (0..columns * rows).map(|n| if n % columns == 10 { 50.0 } else { 0.0 }).collect();
        let grid = HeightGrid { columns, spacing_m: [100.0, 100.0], heights_m: &heights };
        let flat = Observer { curvature: 0.0, ..observer([0, 20], 10.0) };
        let lowest = viewshed(&grid, &flat);
        for column in 11..columns {
            // Similar triangles: 40 m of rise at 10 posts.
            let want = 10.0 + 4.0 * column as f64;
            assert!((f64::from(lowest[20 * columns + column]) - want).abs() < 1e-3);
        }
        assert_eq!(lowest[20 * columns + 5], 0.0);
    }

    #[test]
    fn over_a_smooth_sea_the_horizon_is_where_the_books_have_it() {
        // 4.12 sqrt(h) km to a target at the surface; 30 m up: 22.57 km.
        let (columns, spacing) = (601, 50.0);
        let heights = vec![0f32; columns];
        let grid = HeightGrid { columns, spacing_m: [spacing; 2], heights_m: &heights };
        let lowest = viewshed(&grid, &observer([0, 0], 30.0));
        let first = lowest.iter().position(|h| *h > 1e-4).unwrap();
        let horizon_km = first as f64 * spacing / 1000.0;
        assert!((horizon_km - 4.12 * 30f64.sqrt()).abs() < 0.15, "{horizon_km}");
        // And to one at 40 m where the two horizons add up: 22.57 + 26.06 > 30 km of grid.
        assert!(lowest[600] > 3.0 && lowest[600] < 4.0, "{}", lowest[600]);
    }

    #[test]
    fn all_eight_octants_agree_on_a_round_hill() {
        let columns = 81;
        let heights: Vec<f32> = (0..columns * columns)
            .map(|n| {
                let (x, y) = ((n % columns) as f32 - 40.0, (n / columns) as f32 - 40.0);
                30.0 * (-((x * x + y * y).sqrt() - 15.0).powi(2) / 20.0).exp()
            })
            .collect();
        let grid = HeightGrid { columns, spacing_m: [30.0; 2], heights_m: &heights };
        let lowest = viewshed(&grid, &observer([40, 40], 5.0));
        let at = |x: isize, y: isize| lowest[((40 + y) * columns as isize + 40 + x) as usize];
        for (x, y) in [(38, 11), (25, 25), (40, 0), (31, 30)] {
            for (a, b) in [(x, y), (-x, y), (x, -y), (-x, -y), (y, x), (-y, x), (y, -x), (-y, -x)] {
                assert!((at(a, b) - at(x, y)).abs() < 1e-3, "{a} {b}");
            }
        }
    }

    #[test]
    fn a_mask_hides_what_is_below_the_ridge_and_nothing_above() {
        // A ridge 80 m over the antenna, from 950 to 1050 m north.
        let ridge = |_: f64, n: f64| if (n - 1_000.0).abs() < 50.0 { 130.0 } else { 40.0 };
        let mask = Mask::new(6_000.0, 30.0, 50.0, FOUR_THIRDS_CURVATURE, ridge);
        let at = |azimuth_deg: f64, elevation_deg: f64| Polar {
            range_m: 4_000.0,
            azimuth_rad: f64::to_radians(azimuth_deg),
            elevation_rad: f64::to_radians(elevation_deg),
        };
        // The near edge of the ridge: 80 m up at 960 m, 4.76°.
        assert!(mask.hides(&at(0.0, 4.5)) && !mask.hides(&at(0.0, 5.0)));
        assert!(!mask.hides(&at(180.0, 0.2)) && mask.hides(&at(180.0, -1.0)));
    }
}
