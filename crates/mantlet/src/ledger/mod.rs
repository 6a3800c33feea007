//! What happened: incidents on disk, as each source has them, and whether a lull is
//! real.
//!
//! In: [`Claim`]s by hand, from event data sets, from the live service. Out: lists,
//! exports, and statistics of daily counts. The record only grows; see [`Ledger`].

mod acled;
mod change_point;
mod day;
mod error;
mod export;
mod exposure;
mod gap;
mod ged;
mod hawkes;
mod import;
mod incident;
mod lull;
mod ours;
mod picture;
mod poisson;
mod query;
mod raid;
mod rivals;
mod schema;
mod sensitivity;
mod store;
mod tally;
mod verdict;
mod watch;
mod words;
mod writer;

pub use change_point::{
    CountChange, Prior, RateBelief, TimeChange, change_in_counts, change_in_time,
};
pub use day::{Day, NotADay};
pub use error::LedgerError;
pub use gap::chance_of_gap;
pub use hawkes::{Hawkes, HawkesFit, fit_hawkes, steady_log_likelihood};
pub use import::{Format, ImportOptions, Imported, IncidentTable, Rejection};
pub use incident::{Claim, Incident, OutOfOrder, Range, Source, Stamp, Statement, span};
pub use lull::{Change, Gap, KindChange, Looked, Lull, LullQuestion};
pub use picture::{LedgerPicture, Strips};
pub use poisson::{Comparison, Count, compare, rate_interval};
pub use query::{DayCount, Dossier, Filter, Reality};
pub use raid::{QUIET_S, Raid, RaidLog, RaidTrack};
pub use rivals::{Rival, Rivals};
pub use sensitivity::{Sensitivity, Variant};
pub use store::{Ledger, PATIENCE};
pub use verdict::Verdict;
pub use watch::Watch;
pub use words::{DatePrecision, Intercept, Kind, PlacePrecision, Reliability, Setting};
pub use writer::{Entered, Writer};

#[cfg(test)]
mod tests;
