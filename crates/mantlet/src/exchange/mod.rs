//! What others read: public alerts, tables, maps and air pictures, from the types
//! that the rooms hand on.
//!
//! In: decisions of the warning policy, tracks, impacts. Out: CAP 1.2 documents
//! ([`cap`]), tables, GeoJSON and KML ([`Map`]), Cursor on Target ([`CotWriter`]) and
//! ASTERIX CAT062 ([`AirPicture`]). CAP is read too, because other people's alerts
//! arrive in it.
//!
//! Limits: everything here informs. No writer has a message that tasks, aims or
//! fires anything, and none tells where a round came from.

mod air_picture;
pub mod cap;
mod cot;
mod ellipse;
mod map;
mod tables;
mod xml;

pub use air_picture::AirPicture;
pub use cot::{CotEvent, CotWriter, EventType};
pub use ellipse::Ellipse;
pub use map::Map;
pub use tables::{TRACK_COLUMNS, WARNING_COLUMNS, write_tracks, write_warning};
pub use xml::ExchangeError;

use crate::time::Timestamp;

/// A time as XML Schema's `dateTime` in UTC, to the millisecond.
fn moment(time: Timestamp) -> String {
    let milliseconds = time.nanos().div_euclid(1_000_000);
    jiff::Timestamp::from_millisecond(milliseconds)
        .map_or_else(|_| "1970-01-01T00:00:00.000Z".into(), |t| format!("{t:.3}"))
}

/// A name as a host or a file would have it: letters, digits and hyphens.
fn plain(name: &str) -> String {
    let plain = name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let plain = plain.trim_matches('-');
    if plain.is_empty() { "site".into() } else { plain.into() }
}
