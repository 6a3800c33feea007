//! Pieces on their way to the ground.
//!
//! In: pieces with their states and drag. Out: where, when and how hard each
//! lands. Each is flown in the same world as everything else, wind included.

use rayon::prelude::*;

use crate::flight::World;
use crate::flight::fly;

use super::breakup::{Piece, PieceKind};

/// No piece is in the air longer than this, s. Chosen: a fragment of a tenth of a
/// gram falls 3 km in that time.
const LONGEST_FALL_S: f64 = 300.0;

/// A piece on the ground.
#[derive(Clone, Debug, PartialEq)]
pub struct Fallen {
    /// What it is.
    pub kind: PieceKind,
    /// The engagement it comes of.
    pub engagement: u64,
    /// How many like it this one stands for.
    pub count: f64,
    /// Mass of one, kg.
    pub mass_kg: f64,
    /// Mean presented area of one, m².
    pub area_m2: f64,
    /// When, s.
    pub time_s: f64,
    /// Where, local east and north, m.
    pub position_en_m: [f64; 2],
    /// Kinetic energy of one, J.
    pub energy_j: f64,
    /// Angle below the horizontal at which it comes in, rad.
    pub dive_rad: f64,
    /// Chance that it detonates there.
    pub detonates: f64,
    /// Lethal radius if it does, m.
    pub lethal_radius_m: f64,
}

/// Flies the pieces of an engagement to the ground, in their order. A piece that
/// has not landed after five minutes is dust and is left out.
pub fn fall(world: &World, engagement: u64, pieces: &[Piece]) -> Vec<Fallen> {
    pieces
        .par_iter()
        .with_min_len(8)
        .map(|piece| {
            let path = fly(world, &piece.body(), &piece.state, LONGEST_FALL_S).ok()?;
            let landing = path.landing()?;
            let velocity = landing.velocity_enu_mps;
            let speed_mps = velocity.norm();
            Some(Fallen {
                kind: piece.kind,
                engagement,
                count: piece.count,
                mass_kg: piece.mass_kg,
                area_m2: piece.area_m2,
                time_s: piece.start_s + landing.time_s,
                position_en_m: [landing.position_enu_m.x, landing.position_enu_m.y],
                energy_j: 0.5 * piece.mass_kg * speed_mps * speed_mps,
                dive_rad: (-velocity.z / speed_mps.max(1e-9)).clamp(-1.0, 1.0).asin(),
                detonates: piece.detonates,
                lethal_radius_m: piece.lethal_radius_m,
            })
        })
        .collect::<Vec<_>>()
        .into_iter()
        .flatten()
        .collect()
}
