//! What others read: tables, from the types that the rooms hand on.

mod tables;

pub use tables::{TRACK_COLUMNS, WARNING_COLUMNS, write_tracks, write_warning};
