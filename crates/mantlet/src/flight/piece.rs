//! The smooth pieces that a flight is made of.
//!
//! Drag curves, atmospheres and winds are given by levels; where a flight passes one,
//! its acceleration is continuous but not smooth, and a step across loses its order.
//! So the exact integrator steps from level to level: within a step the laws of one
//! piece hold even beyond its bounds, and a step that leaves its piece is cut where it
//! does (E. Hairer, S. P. Norsett and G. Wanner, *Solving Ordinary Differential
//! Equations I*, 2nd ed., 1993, section II.6, "discontinuities").

use nalgebra::Vector3;

use super::{DragCurve, State, World};

/// Between which levels a flight is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Piece {
    /// Of the atmosphere.
    pub layer: usize,
    /// Of the wind: levels below.
    pub wind: usize,
    /// Of the drag curve: knots below.
    pub drag: usize,
    height_m: [f64; 2],
    mach: [f64; 2],
}

/// Metres per second that count as a metre of height, in `excess`.
const SOUND_MPS: f64 = 340.0;

impl Piece {
    /// The piece that a state is in.
    pub(super) fn of(world: &World, curve: DragCurve, state: &State) -> Self {
        let height_m = world.height_m(&state.position_enu_m);
        let (layer, layer_m) = world.air.layer(height_m);
        let (wind, wind_m) = world.air.wind_layer(height_m);
        let height_m_bounds = [layer_m[0].max(wind_m[0]), layer_m[1].min(wind_m[1])];
        let mut piece =
            Self { layer, wind, drag: 0, height_m: height_m_bounds, mach: [0.0, f64::INFINITY] };
        (piece.drag, piece.mach) = curve.segment(piece.mach(world, height_m, state));
        piece
    }

    fn mach(&self, world: &World, height_m: f64, state: &State) -> f64 {
        let ([east, north], _) = world.air.wind_in(self.wind, height_m);
        let through_air = state.velocity_enu_mps - Vector3::new(east, north, 0.0);
        through_air.norm() / world.air.sound_in(self.layer, height_m)
    }

    /// How far a state is beyond the piece, m; negative within it.
    pub(super) fn excess(&self, world: &World, state: &State) -> f64 {
        let height_m = world.height_m(&state.position_enu_m);
        let mach = self.mach(world, height_m, state);
        let high = (self.height_m[0] - height_m).max(height_m - self.height_m[1]);
        high.max((self.mach[0] - mach).max(mach - self.mach[1]) * SOUND_MPS)
    }
}
