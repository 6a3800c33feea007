//! Estimate against truth: how far off, how sure, how soon.
//!
//! In: a [`Record`] of what was true and what was said, from a run or from its
//! files. Out: GOSPA and its parts, OSPA(2), SIAP, consistency, impact error against the
//! Cramér-Rao bound, lead times of warnings. Only this room sees both sides.

mod bounds;
mod gospa;
mod impacts;
mod kinds;
mod ospa;
mod pairing;
mod read;
mod record;
mod sheet;
mod siap;
mod timeliness;

pub use bounds::{BoundAt, bounds};
pub use gospa::{Gospa, gospa, gospa_over_scans};
pub use impacts::{ImpactErrors, impact_errors};
pub use kinds::{Claims, Kinds};
pub use ospa::{Moment, ospa, ospa2};
pub use pairing::{Pairing, pair};
pub use read::read_record;
pub use record::{
    Detection, Record, SaidImpact, TrackSample, TrueObject, TrueSample, WarningSample,
};
pub use sheet::ReadError;
pub use siap::Siap;
pub use timeliness::{Timeliness, timeliness};
