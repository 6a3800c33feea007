//! What others read: public alerts and tables, from the types that the rooms hand on.
//!
//! In: decisions of the warning policy and tracks. Out: CAP 1.2 documents ([`cap`])
//! and tables. CAP is read too, because other people's alerts arrive in it.
//!
//! Limits: everything here informs. No writer has a message that tasks, aims or
//! fires anything, and none tells where a round came from.

pub mod cap;
mod tables;
mod xml;

pub use tables::{TRACK_COLUMNS, WARNING_COLUMNS, write_tracks, write_warning};
pub use xml::ExchangeError;
