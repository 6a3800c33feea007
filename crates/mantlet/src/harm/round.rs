//! What a round is made of, by class: generic masses and areas.
//!
//! Values are round numbers within what open texts give for the calibres named;
//! each is a parameter with a range (`docs/models/harm.md`).

use crate::flight::DragCurve;

/// Make-up of a round. Ranges in brackets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Make {
    /// Mass of the empty body, kg [0.01, 500].
    pub body_kg: f64,
    /// Mass of the warhead's case, kg [0.05, 500].
    pub case_kg: f64,
    /// Mass of its filling, kg [0, 200].
    pub filling_kg: f64,
    /// Mean presented area of the tumbling body, m² [1e-4, 5].
    pub body_area_m2: f64,
    /// Mean presented area of the tumbling warhead, m² [1e-4, 5].
    pub warhead_area_m2: f64,
    /// Lethal radius of the diffuse Gaussian damage function against people in the
    /// open, m: lethal area `2 π R²` [1, 100].
    pub lethal_radius_m: f64,
    /// Mean mass of a case fragment, kg (Mott's `2 μ`) [1e-5, 1].
    pub fragment_kg: f64,
}

impl Make {
    /// All of it, kg.
    pub fn mass_kg(&self) -> f64 {
        self.body_kg + self.case_kg + self.filling_kg
    }
}

/// The make-up of each class of round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Makes {
    /// Rockets, and rounds whose class is not known.
    pub rocket: Make,
    /// Mortar bombs.
    pub mortar: Make,
    /// Shells.
    pub artillery: Make,
}

impl Makes {
    /// The make-up of a class of round. What does not fall by itself (a drone, an aircraft)
    /// is never engaged and has none; a class that is not known is taken for a rocket.
    pub fn of(&self, class: &str) -> &Make {
        match class {
            "mortar" => &self.mortar,
            "artillery" => &self.artillery,
            _ => &self.rocket,
        }
    }
}

impl Default for Makes {
    fn default() -> Self {
        Self {
            // A 107 mm rocket of about 15 kg after burn-out.
            rocket: Make {
                body_kg: 7.5,
                case_kg: 6.2,
                filling_kg: 1.3,
                body_area_m2: 0.060,
                warhead_area_m2: 0.028,
                lethal_radius_m: 14.0,
                fragment_kg: 4.0e-3,
            },
            // An 81 mm bomb of about 4 kg.
            mortar: Make {
                body_kg: 0.6,
                case_kg: 2.6,
                filling_kg: 0.8,
                body_area_m2: 0.012,
                warhead_area_m2: 0.014,
                lethal_radius_m: 12.0,
                fragment_kg: 2.0e-3,
            },
            // A 122 mm shell of about 22 kg.
            artillery: Make {
                body_kg: 1.0,
                case_kg: 17.0,
                filling_kg: 4.0,
                body_area_m2: 0.010,
                warhead_area_m2: 0.045,
                lethal_radius_m: 20.0,
                fragment_kg: 6.0e-3,
            },
        }
    }
}

/// Drag curve of everything that tumbles down.
pub const TUMBLING: DragCurve = DragCurve::Fragment;
