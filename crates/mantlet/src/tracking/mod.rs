//! What it is and where it goes: scans in, tracks out.
//!
//! [`Tracker::ingest`] takes one [`Scan`](crate::sensors::Scan) at a time. A
//! [`Track`] carries position, velocity and the log of reference area over mass
//! with their covariance, a probability for each [`Kind`], and the log-odds that
//! it is an object at all. `docs/models/tracking.md` explains the design.

mod assign;
mod associate;
mod clutter;
mod company;
mod config;
mod doubt;
mod duplicate;
mod filter;
mod gate;
mod grid;
mod hypotheses;
mod kind;
mod life;
mod measure;
mod motion;
mod packing;
mod pair;
mod registration;
mod salvo;
mod settle;
mod start;
mod state;
mod track;
mod tracker;

pub use assign::Assignment;
pub use config::TrackerConfig;
pub use filter::{Matrix7, Vector7};
pub use kind::Kind;
pub use measure::Sight;
pub use registration::Bias;
pub use state::{ModeState, TrackState, TrackerState};
pub use track::{Status, Track};
pub use tracker::Tracker;
