//! Simulated defence: who engages what, when, and what comes of it.
//!
//! In: tracks and impacts as the defenders know them, effectors as generic
//! parameters. Out: engagements with their outcomes, and the rounds that were
//! spared with the reason. For planning only: nothing that leaves this room could
//! aim anything.

mod assignment;
mod draw;
mod effector;
mod intercept;
mod lookahead;
mod outcome;
mod prospect;
mod schedule;
#[cfg(test)]
mod tests;

pub use assignment::{StaticAnswer, StaticProblem};
pub use draw::Draw;
pub use effector::{Arm, Beam, Effector, EffectorError, Gun, Missile};
pub use intercept::{Hold, Judge, Opportunity, Threat};
pub use outcome::{Engagement, erlang_loss, independent_shots};
pub use schedule::{Engagements, Rules, Selection, Spared, WhySpared};
