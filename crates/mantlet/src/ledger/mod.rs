//! What happened: incidents on disk, as each source has them, and whether a lull is
//! real.
//!
//! In: [`Claim`]s by hand, from event data sets, from the live service. Out: lists,
//! exports, and statistics of daily counts. The record only grows; see [`Ledger`].

mod acled;
mod day;
mod error;
mod export;
mod ged;
mod import;
mod incident;
mod ours;
mod query;
mod schema;
mod store;
mod watch;
mod words;

pub use day::{Day, NotADay};
pub use error::LedgerError;
pub use import::{Format, ImportOptions, Imported, IncidentTable, Rejection};
pub use incident::{Claim, Incident, OutOfOrder, Range, Source, Stamp, Statement, span};
pub use query::{DayCount, Dossier, Filter};
pub use store::{Entered, Ledger, PATIENCE, Writer};
pub use watch::Watch;
pub use words::{DatePrecision, Intercept, Kind, PlacePrecision, Reliability, Setting};

#[cfg(test)]
mod tests;
