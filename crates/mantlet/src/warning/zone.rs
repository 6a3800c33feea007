//! Zones: areas that can be warned, and the people in them.
//!
//! In: a polygon in the site's local frame. Out: containment, area, distance.
//! A zone is one simple polygon; what crosses itself is refused at the door,
//! because "inside" would mean two things.

use thiserror::Error;

/// What a zone is to the defenders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneKind {
    /// The defended asset itself.
    Protected,
    /// People beside it.
    Neighbour,
    /// People over whom nothing may be intercepted (a hospital).
    KeepOut,
}

impl ZoneKind {
    /// The word used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Protected => "protected",
            Self::Neighbour => "neighbour",
            Self::KeepOut => "keep_out",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Protected, Self::Neighbour, Self::KeepOut].into_iter().find(|k| k.name() == name)
    }
}

/// Why a polygon is no zone.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum ZoneError {
    /// Fewer than three distinct corners.
    #[error("has {0} distinct corners: expected at least 3")]
    TooFewCorners(usize),
    /// A corner that is not finite.
    #[error("corner {0} is not a finite number")]
    NotFinite(usize),
    /// Two edges cross or touch.
    #[error("edge {0} crosses edge {1}: expected a simple polygon")]
    SelfIntersects(usize, usize),
    /// All corners on a line.
    #[error("has no area")]
    NoArea,
}

/// An area that can be warned.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// Identifier used in files and messages.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is to the defenders.
    pub kind: ZoneKind,
    /// People in it.
    pub population: f64,
    /// Seconds that a person there needs to reach shelter.
    pub shelter_s: f64,
    polygon_en_m: Vec<[f64; 2]>,
}

impl Zone {
    /// A zone over a simple polygon (closing corner optional), local east and
    /// north, m.
    ///
    /// # Errors
    ///
    /// [`ZoneError`] when the polygon is degenerate or crosses itself.
    pub fn new(
        id: String,
        name: String,
        kind: ZoneKind,
        population: f64,
        shelter_s: f64,
        mut polygon_en_m: Vec<[f64; 2]>,
    ) -> Result<Self, ZoneError> {
        if let Some(i) = polygon_en_m.iter().position(|p| !(p[0].is_finite() && p[1].is_finite())) {
            return Err(ZoneError::NotFinite(i));
        }
        polygon_en_m.dedup();
        if polygon_en_m.len() > 1 && polygon_en_m.first() == polygon_en_m.last() {
            polygon_en_m.pop();
        }
        if polygon_en_m.len() < 3 {
            return Err(ZoneError::TooFewCorners(polygon_en_m.len()));
        }
        if let Some((i, j)) = crossing_edges(&polygon_en_m) {
            return Err(ZoneError::SelfIntersects(i, j));
        }
        let zone = Self { id, name, kind, population, shelter_s, polygon_en_m };
        if zone.area_m2() < 1e-3 {
            return Err(ZoneError::NoArea);
        }
        Ok(zone)
    }

    /// Corners, local east and north, m; not closed.
    pub fn polygon_en_m(&self) -> &[[f64; 2]] {
        &self.polygon_en_m
    }

    /// Area, m².
    pub fn area_m2(&self) -> f64 {
        let twice: f64 = edges(&self.polygon_en_m).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum();
        twice.abs() / 2.0
    }

    /// Whether a point (local east, north, m) lies inside.
    pub fn contains(&self, e_m: f64, n_m: f64) -> bool {
        let mut inside = false;
        for (a, b) in edges(&self.polygon_en_m) {
            if (a[1] > n_m) != (b[1] > n_m)
                && e_m < a[0] + (n_m - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
            {
                inside = !inside;
            }
        }
        inside
    }

    /// Distance from a point to the zone, m; zero inside.
    pub fn distance_m(&self, e_m: f64, n_m: f64) -> f64 {
        if self.contains(e_m, n_m) {
            return 0.0;
        }
        edges(&self.polygon_en_m)
            .map(|(a, b)| segment_distance_m([e_m, n_m], a, b))
            .fold(f64::INFINITY, f64::min)
    }

    /// Mean of the corners, for labels: local east, north, m.
    pub fn centre_en_m(&self) -> [f64; 2] {
        let n = self.polygon_en_m.len() as f64;
        let (e, nn) = self.polygon_en_m.iter().fold((0.0, 0.0), |s, p| (s.0 + p[0], s.1 + p[1]));
        [e / n, nn / n]
    }
}

/// Consecutive corners of a polygon, closed.
pub(super) fn edges(polygon: &[[f64; 2]]) -> impl Iterator<Item = ([f64; 2], [f64; 2])> + '_ {
    (0..polygon.len()).map(|i| (polygon[i], polygon[(i + 1) % polygon.len()]))
}

fn segment_distance_m(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let along = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy);
    let t = along.clamp(0.0, 1.0);
    (p[0] - a[0] - t * dx).hypot(p[1] - a[1] - t * dy)
}

fn crossing_edges(polygon: &[[f64; 2]]) -> Option<(usize, usize)> {
    let turn = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| {
        (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    };
    let all: Vec<_> = edges(polygon).collect();
    for i in 0..all.len() {
        for j in i + 1..all.len() {
            let neighbours = j == i + 1 || (i == 0 && j == all.len() - 1);
            let ((a, b), (c, d)) = (all[i], all[j]);
            let apart = turn(a, b, c) * turn(a, b, d) > 0.0 || turn(c, d, a) * turn(c, d, b) > 0.0;
            let boxes_apart = a[0].max(b[0]) < c[0].min(d[0])
                || c[0].max(d[0]) < a[0].min(b[0])
                || a[1].max(b[1]) < c[1].min(d[1])
                || c[1].max(d[1]) < a[1].min(b[1]);
            if !neighbours && !apart && !boxes_apart {
                return Some((i, j));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(polygon: Vec<[f64; 2]>) -> Result<Zone, ZoneError> {
        Zone::new("z".into(), "Z".into(), ZoneKind::Protected, 10.0, 15.0, polygon)
    }

    #[test]
    fn an_l_shape_knows_its_inside_and_distance() {
        let l = zone(vec![
            [0.0, 0.0],
            [30.0, 0.0],
            [30.0, 10.0],
            [10.0, 10.0],
            [10.0, 30.0],
            [0.0, 30.0],
            [0.0, 0.0],
        ])
        .unwrap();
        assert_eq!(l.polygon_en_m().len(), 6);
        assert!(l.contains(5.0, 25.0) && !l.contains(20.0, 20.0));
        assert_eq!(l.area_m2(), 500.0);
        assert_eq!(l.distance_m(20.0, 20.0), 10.0);
        assert_eq!(l.distance_m(5.0, 5.0), 0.0);
    }

    #[test]
    fn a_bow_tie_is_refused() {
        let bow = zone(vec![[0.0, 0.0], [10.0, 10.0], [10.0, 0.0], [0.0, 10.0]]);
        assert_eq!(bow, Err(ZoneError::SelfIntersects(0, 2)));
    }

    #[test]
    fn lines_and_not_a_number_are_refused() {
        assert_eq!(zone(vec![[0.0, 0.0], [1.0, 1.0]]), Err(ZoneError::TooFewCorners(2)));
        assert_eq!(
            zone(vec![[0.0, 0.0], [f64::NAN, 1.0], [1.0, 0.0]]),
            Err(ZoneError::NotFinite(1))
        );
        assert_eq!(zone(vec![[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]), Err(ZoneError::NoArea));
    }
}
