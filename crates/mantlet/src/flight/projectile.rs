//! A point mass: where it is, how it moves, how air slows it.

use nalgebra::Vector3;

use super::DragCurve;

/// How air slows a body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Body {
    /// Drag coefficient over Mach.
    pub curve: DragCurve,
    /// Reference area over mass, m²/kg.
    pub area_per_mass_m2kg: f64,
}

/// Position and velocity in the datum's local frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct State {
    /// East, north, up of the datum, m.
    pub position_enu_m: Vector3<f64>,
    /// Velocity relative to the ground, east, north, up, m/s.
    pub velocity_enu_mps: Vector3<f64>,
}
