//! Estimate against truth: how far off, how sure, how soon.
//!
//! In: a [`Record`] of what was true and what was said, from a run or from its
//! files. Out: GOSPA and its parts, consistency, impact error against the
//! Cramér-Rao bound, lead times of warnings. Only this room sees both sides.

mod bounds;
mod gospa;
mod impacts;
mod pairing;
mod read;
mod record;
mod sheet;
mod timeliness;

pub use bounds::{BoundAt, bounds};
pub use gospa::{Gospa, gospa, gospa_over_scans};
pub use impacts::{ImpactErrors, impact_errors};
pub use pairing::{Pairing, pair};
pub use read::read_record;
pub use record::{
    Detection, Record, SaidImpact, TrackSample, TrueObject, TrueSample, WarningSample,
};
pub use sheet::ReadError;
pub use timeliness::{Timeliness, timeliness};
