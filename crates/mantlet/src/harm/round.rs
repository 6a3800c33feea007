//! What a round is made of, by class: generic masses and areas.
//!
//! Values are round numbers within what open texts give for the calibres named;
//! each is a parameter with a range (`docs/models/harm.md`).

use crate::flight::DragCurve;

/// Make-up of a round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Make {
    /// Mass of the empty body, kg.
    pub body_kg: f64,
    /// Mass of the warhead's case, kg.
    pub case_kg: f64,
    /// Mass of its filling, kg.
    pub filling_kg: f64,
    /// Mean presented area of the tumbling body, m².
    pub body_area_m2: f64,
    /// Mean presented area of the tumbling warhead, m².
    pub warhead_area_m2: f64,
    /// Lethal radius of the diffuse Gaussian damage function against people in the
    /// open, m: lethal area `2 π R²`.
    pub lethal_radius_m: f64,
    /// Mean mass of a case fragment, kg (Mott's `2 μ`).
    pub fragment_kg: f64,
}

impl Make {
    /// The make-up of a class of round; what is not known is taken for a rocket.
    pub fn of(class: &str) -> Self {
        match class {
            // An 81 mm bomb of about 4 kg.
            "mortar" => Self {
                body_kg: 0.6,
                case_kg: 2.6,
                filling_kg: 0.8,
                body_area_m2: 0.012,
                warhead_area_m2: 0.014,
                lethal_radius_m: 12.0,
                fragment_kg: 2.0e-3,
            },
            // A 122 mm shell of about 22 kg.
            "artillery" => Self {
                body_kg: 1.0,
                case_kg: 17.0,
                filling_kg: 4.0,
                body_area_m2: 0.010,
                warhead_area_m2: 0.045,
                lethal_radius_m: 20.0,
                fragment_kg: 6.0e-3,
            },
            // A 107 mm rocket of about 15 kg after burn-out.
            _ => Self {
                body_kg: 7.5,
                case_kg: 6.2,
                filling_kg: 1.3,
                body_area_m2: 0.060,
                warhead_area_m2: 0.028,
                lethal_radius_m: 14.0,
                fragment_kg: 4.0e-3,
            },
        }
    }

    /// All of it, kg.
    pub fn mass_kg(&self) -> f64 {
        self.body_kg + self.case_kg + self.filling_kg
    }
}

/// Drag curve of everything that tumbles down.
pub const TUMBLING: DragCurve = DragCurve::Fragment;
