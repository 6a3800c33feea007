//! Plane geometry that drawings need: points in polygons, ellipses, and the way
//! from metres to the sheet.

/// The χ² quantile of 2 degrees of freedom at 90 %: an ellipse of that squared
/// Mahalanobis radius holds the truth nine times in ten, `-2 ln(1 - 0.9)`.
const CHI2_90: f64 = 4.605_170_185_988_091;

/// A 90 % ellipse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ellipse {
    /// Half the long axis, m.
    pub long_m: f64,
    /// Half the short axis, m.
    pub short_m: f64,
    /// Direction of the long axis, counter-clockwise from east, deg.
    pub turn_deg: f64,
}

/// The 90 % ellipse of a covariance (east-east, east-north, north-north, m²).
pub fn ellipse_90([ee, en, nn]: [f64; 3]) -> Ellipse {
    let mean = 0.5 * (ee + nn);
    let spread = (0.5 * (ee - nn)).hypot(en);
    let half_axis = |eigenvalue: f64| (CHI2_90 * eigenvalue.max(0.0)).sqrt();
    Ellipse {
        long_m: half_axis(mean + spread),
        short_m: half_axis(mean - spread),
        turn_deg: 0.5 * (2.0 * en).atan2(ee - nn).to_degrees(),
    }
}

/// Distance between two points, m.
pub fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// Whether a point is in a polygon: even-odd crossings of a ray to the east.
pub fn contains(polygon: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let mut inside = false;
    let mut previous = match polygon.last() {
        Some(last) => last,
        None => return false,
    };
    for corner in polygon {
        if (corner[1] > y) != (previous[1] > y) {
            let t = (y - corner[1]) / (previous[1] - corner[1]);
            if x < corner[0] + t * (previous[0] - corner[0]) {
                inside = !inside;
            }
        }
        previous = corner;
    }
    inside
}

/// A box, in metres or on the sheet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Least x and y.
    pub low: [f64; 2],
    /// Greatest x and y.
    pub high: [f64; 2],
}

impl Bounds {
    /// The least box around points; `None` without points.
    pub fn around(points: impl IntoIterator<Item = [f64; 2]>) -> Option<Self> {
        points.into_iter().filter(|p| p.iter().all(|c| c.is_finite())).fold(None, |b, p| {
            let b: Self = b.unwrap_or(Self { low: p, high: p });
            Some(Self {
                low: [b.low[0].min(p[0]), b.low[1].min(p[1])],
                high: [b.high[0].max(p[0]), b.high[1].max(p[1])],
            })
        })
    }

    /// Width and height.
    pub fn size(&self) -> [f64; 2] {
        [self.high[0] - self.low[0], self.high[1] - self.low[1]]
    }

    /// A margin on every side, as a share of the larger side, at least `least`.
    pub fn grown(self, share: f64, least: f64) -> Self {
        let [w, h] = self.size();
        let m = (share * w.max(h)).max(least);
        Self { low: [self.low[0] - m, self.low[1] - m], high: [self.high[0] + m, self.high[1] + m] }
    }

    /// Whether a point is in it.
    pub fn holds(&self, p: [f64; 2]) -> bool {
        (0..2).all(|i| (self.low[i]..=self.high[i]).contains(&p[i]))
    }
}

/// A plan view: metres east and north to a sheet of `width` × `height` units,
/// north up, one scale, the asked-for box in the middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Sheet units per metre.
    pub scale: f64,
    /// Metres at the left and top edges of the sheet.
    pub west_north_m: [f64; 2],
    /// Sheet size.
    pub size: [f64; 2],
}

impl View {
    /// The view that fits a box into a sheet.
    pub fn fit(bounds: Bounds, size: [f64; 2]) -> Self {
        let [w, h] = bounds.size().map(|s| s.max(1.0));
        let scale = (size[0] / w).min(size[1] / h);
        let middle = [0, 1].map(|i| 0.5 * (bounds.low[i] + bounds.high[i]));
        let west_north_m = [middle[0] - 0.5 * size[0] / scale, middle[1] + 0.5 * size[1] / scale];
        Self { scale, west_north_m, size }
    }

    /// Where a point lies on the sheet, x to the right and y down.
    pub fn at(&self, [e_m, n_m]: [f64; 2]) -> [f64; 2] {
        [(e_m - self.west_north_m[0]) * self.scale, (self.west_north_m[1] - n_m) * self.scale]
    }

    /// Whether a point lies on the sheet.
    pub fn shows(&self, p: [f64; 2]) -> bool {
        let [x, y] = self.at(p);
        (0.0..=self.size[0]).contains(&x) && (0.0..=self.size[1]).contains(&y)
    }
}

/// The largest of 1, 2 and 5 times a power of ten not above `limit`.
pub fn round_number(limit: f64) -> f64 {
    let power = 10f64.powf(limit.max(1e-9).log10().floor());
    [5.0, 2.0, 1.0]
        .into_iter()
        .map(|m| m * power)
        .find(|v| *v <= limit * 1.000_001)
        .unwrap_or(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ellipse_of_unit_variance_has_the_radius_of_chi_squared() {
        let e = ellipse_90([1.0, 0.0, 1.0]);
        assert!((e.long_m - 2.145_966).abs() < 1e-5 && (e.short_m - e.long_m).abs() < 1e-9);
    }

    #[test]
    fn an_ellipse_points_along_its_larger_variance() {
        assert!((ellipse_90([1.0, 0.0, 9.0]).turn_deg - 90.0).abs() < 1e-9);
        assert!((ellipse_90([5.0, 4.0, 5.0]).turn_deg - 45.0).abs() < 1e-9);
    }

    #[test]
    fn a_point_in_the_notch_of_a_polygon_is_outside() {
        let l = [[0.0, 0.0], [4.0, 0.0], [4.0, 1.0], [1.0, 1.0], [1.0, 4.0], [0.0, 4.0]];
        assert!(contains(&l, [0.5, 3.0]) && contains(&l, [3.0, 0.5]));
        assert!(!contains(&l, [2.0, 2.0]) && !contains(&[], [0.0, 0.0]));
    }

    #[test]
    fn north_is_up_and_the_middle_in_the_middle() {
        let v = View::fit(Bounds { low: [-10.0, -5.0], high: [10.0, 5.0] }, [100.0, 100.0]);
        assert_eq!(v.at([0.0, 0.0]), [50.0, 50.0]);
        assert!(v.at([0.0, 5.0])[1] < 50.0);
    }

    #[test]
    fn scale_bars_have_round_lengths() {
        assert_eq!(round_number(730.0), 500.0);
        assert_eq!(round_number(2000.0), 2000.0);
        assert_eq!(round_number(0.3), 0.2);
    }
}
