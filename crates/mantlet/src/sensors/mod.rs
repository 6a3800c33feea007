//! What was seen: plots, the sensors that made them, and the formats they come in.

pub mod asterix;
mod capture;
mod cell;
mod csv;
mod error;
mod grouping;
mod listing;
mod live;
mod measures;
mod parquet;
mod plot;
mod raw;
mod recording;
mod replay;
mod simulated;
mod site;
#[cfg(test)]
mod tests;
mod viewshed;

pub use capture::{Datagram, Datagrams};
pub use cell::quoted;
pub use csv::{PlotReader, PlotWriter};
pub use error::{InputError, Reason, Tally};
pub use grouping::{Grouping, Taken};
pub use listing::{ListedRecord, list_records};
pub use live::LiveFeed;
pub use parquet::{ParquetCells, ParquetTable, open_table, write_parquet};
pub use plot::{Plot, Scan, Sector};
pub use recording::{Format, Recording};
pub use replay::Replay;
pub use simulated::{Chance, TruthMap, look};
pub use site::{Feed, Sensor, Sigma, Site};
pub use viewshed::{EARTH_RADIUS_M, FOUR_THIRDS_CURVATURE, HeightGrid, Mask, Observer, viewshed};
