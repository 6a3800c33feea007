//! The live service: feeds in, the page, alerts and other sites out.
//!
//! Everything that needs a socket, a clock or an executor lives here; what is
//! sensed, tracked, predicted and warned is decided by the `mantlet` library.

// Time and what comes in.
mod clock;

mod queue;

mod feed;

mod demo;

// From datagrams to warnings.
mod health;

mod chain;

mod recording;

// What is said and kept.
mod faults;

mod store;

mod announce;

mod sirens;

mod incidents;

mod live;

mod history;

mod open_tracks;

// What others see.
mod picture;

mod delta;

mod site_view;

mod events;

mod accounts;

mod tries;

mod meters;

mod api;

mod web;

mod http;

// Many sites, one region.
pub mod region;

// All of it together.
mod service;

// Studies on many machines.
pub mod spread;

pub use demo::datagrams;
pub use recording::{RerunError, rerun};
pub use service::{Options, Running, ServiceError, Subject, start};
pub use sirens::{SirenError, SirenState, SirenStatus, Sirens};
