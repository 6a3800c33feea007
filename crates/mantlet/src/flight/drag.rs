//! Drag coefficient over Mach number, by kind of round.
//!
//! In: a curve and a Mach number. Out: the coefficient and its slope, linear
//! between the table's knots. Sources stand with each table.

use super::drag_table;

/// A curve of drag coefficient over Mach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DragCurve {
    /// The flat-based standard projectile G1.
    G1,
    /// The boat-tailed standard projectile G7.
    G7,
    /// A smooth sphere above the critical Reynolds number's reach.
    Sphere,
    /// Drag coefficient 1 at every speed: area over mass is drag area over mass.
    Constant,
    /// A fin-stabilised artillery rocket after burn-out.
    Rocket,
    /// A fin-stabilised mortar bomb.
    Mortar,
    /// A spin-stabilised artillery shell.
    Shell,
    /// A tumbling fragment.
    Fragment,
}

impl DragCurve {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::G1,
        Self::G7,
        Self::Sphere,
        Self::Constant,
        Self::Rocket,
        Self::Mortar,
        Self::Shell,
        Self::Fragment,
    ];

    /// The word used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::G1 => "g1",
            Self::G7 => "g7",
            Self::Sphere => "sphere",
            Self::Constant => "constant",
            Self::Rocket => "rocket",
            Self::Mortar => "mortar",
            Self::Shell => "shell",
            Self::Fragment => "fragment",
        }
    }

    /// The curve of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }

    /// Least and most drag of bodies of this kind over that of the curve: what to fly
    /// beside it where a body's own drag is not known. From where: `drag_table.rs`.
    pub fn range(self) -> [f64; 2] {
        match self {
            // What they are is their definition.
            Self::G1 | Self::G7 | Self::Constant => [1.0, 1.0],
            Self::Sphere => [0.95, 1.05],
            Self::Rocket => [0.8, 1.7],
            Self::Mortar => [0.8, 1.5],
            Self::Shell => [0.8, 1.3],
            Self::Fragment => [0.65, 1.35],
        }
    }

    fn knots(self) -> &'static [(f64, f64)] {
        match self {
            Self::G1 => drag_table::G1,
            Self::G7 => drag_table::G7,
            Self::Sphere => drag_table::SPHERE,
            Self::Constant => drag_table::CONSTANT,
            Self::Rocket => drag_table::ROCKET,
            Self::Mortar => drag_table::MORTAR,
            Self::Shell => drag_table::SHELL,
            Self::Fragment => drag_table::FRAGMENT,
        }
    }

    /// Drag coefficient at a Mach number.
    pub fn cd(self, mach: f64) -> f64 {
        self.cd_in(self.segment(mach).0, mach).0
    }

    /// Which line of the curve holds at a Mach number (how many knots are below), and
    /// from which Mach number to which.
    pub(super) fn segment(self, mach: f64) -> (usize, [f64; 2]) {
        let knots = self.knots();
        let above = knots.partition_point(|k| k.0 <= mach);
        let below = above.checked_sub(1).map_or(f64::NEG_INFINITY, |i| knots[i].0);
        (above, [below, knots.get(above).map_or(f64::INFINITY, |k| k.0)])
    }

    /// Drag coefficient and slope by the line of a segment, also beyond its ends.
    pub(super) fn cd_in(self, segment: usize, mach: f64) -> (f64, f64) {
        let knots = self.knots();
        if segment == 0 {
            return (knots[0].1, 0.0);
        }
        let a = knots[segment - 1];
        let Some(b) = knots.get(segment) else { return (a.1, 0.0) };
        let slope = (b.1 - a.1) / (b.0 - a.0);
        (a.1 + slope * (mach - a.0), slope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_projectiles_meet_the_published_knots() {
        // BRL tables, as in ../shared/design/NUMBERS.md "Flight".
        let mach = [0.0, 0.5, 0.8, 0.9, 1.0, 1.2, 1.5, 2.0, 3.0, 5.0];
        let g1 = [0.2629, 0.2032, 0.2546, 0.3415, 0.4805, 0.6393, 0.6573, 0.5934, 0.5133, 0.4988];
        let g7 = [0.1198, 0.1194, 0.1242, 0.1464, 0.3803, 0.3884, 0.3440, 0.2980, 0.2424, 0.1618];
        for i in 0..10 {
            assert!((DragCurve::G1.cd(mach[i]) - g1[i]).abs() < 1e-9);
            assert!((DragCurve::G7.cd(mach[i]) - g7[i]).abs() < 1e-9);
        }
    }

    #[test]
    fn every_range_holds_its_curve_and_a_fragments_is_what_was_recorded() {
        for curve in DragCurve::ALL {
            let [low, high] = curve.range();
            assert!(0.0 < low && low <= 1.0 && high >= 1.0, "{curve:?}");
        }
        // Tumbling bodies below Mach 0.8: drag coefficient 0.6 to 1.0.
        let [low, high] = DragCurve::Fragment.range();
        let cd = DragCurve::Fragment.cd(0.3);
        assert!(low * cd <= 0.6 && high * cd >= 1.0, "{cd}");
    }

    #[test]
    fn names_go_both_ways() {
        for curve in DragCurve::ALL {
            assert_eq!(DragCurve::from_name(curve.name()), Some(curve));
        }
    }
}
