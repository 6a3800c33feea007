//! Where and when it lands, how sure that is, how sure it could be at best, and what
//! would fall if it were broken up on its way.

mod bound;
mod corridor;
mod impact;

pub use bound::{ImpactBound, Information, Prior, Sample, impact_bound};
pub use corridor::{Corridor, Fall, KeptCorridor, Reach, debris_corridor};
pub use impact::{FOREIGN, Impact, predict_impact};

#[cfg(test)]
mod tests;
