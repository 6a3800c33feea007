//! Where and when it lands, how sure that is, and how sure it could be at best.

mod bound;
mod impact;

pub use bound::{ImpactBound, Information, Prior, Sample, impact_bound};
pub use impact::{Impact, predict_impact};

#[cfg(test)]
mod tests;
