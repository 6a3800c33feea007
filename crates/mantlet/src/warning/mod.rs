//! Who must know: zones of people, and the policy that warns, updates and clears.
//!
//! In: the [`Impact`](crate::prediction::Impact)s of a scan, and where debris would
//! fall. Out: [`Warning`]s, in the order they are issued. The chance that a round
//! reaches a zone is exact geometry ([`chance_within`]); when it is high enough to
//! act on follows from a stated cost ([`Policy::threshold`]).

mod chance;
mod policy;
mod state;
mod warner;
mod zone;

pub use chance::chance_within;
pub use policy::{AllClear, Policy};
pub use state::{Standing, WarnerState, ZoneState};
pub use warner::{Action, InForce, Warner, Warning};
pub use zone::{Zone, ZoneError, ZoneKind};
