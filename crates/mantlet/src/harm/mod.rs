//! What falls, where, and on whom.
//!
//! In: intercepts with the state of what was hit, zones with their people, when
//! they were warned. Out: pieces on the ground, and expected casualties, chances
//! of at least one and of damage, per zone, per cause and per cell, with and
//! without interception. Methods and their limits: `docs/models/harm.md`.

mod breakup;
mod casualty;
mod debris;
mod map;
mod round;
mod shelter;

pub use breakup::{BreakUp, Piece, PieceKind, mott_shares};
pub use casualty::{Burst, Vulnerability, ZoneHarm, assess, expected_casualties, keep_out_over};
pub use debris::{Fallen, fall, landings};
pub use map::HarmMap;
pub use round::{Make, Makes};
pub use shelter::{Cover, Posture};
