//! Who must know: zones of people, and the policy that warns, updates and clears.
//!
//! In: the [`Impact`](crate::prediction::Impact)s of a scan. Out: [`Warning`]s, in
//! the order they are issued. The chance that a round reaches a zone is exact
//! geometry ([`chance_within`]); when it is high enough to act on follows from a
//! stated cost ([`Policy::threshold`]).

mod chance;
mod policy;
mod zone;

pub use chance::chance_within;
pub use policy::{Action, AllClear, InForce, Policy, Warner, Warning};
pub use zone::{Zone, ZoneError, ZoneKind};
