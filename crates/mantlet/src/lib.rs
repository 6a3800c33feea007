//! Mantlet: sense incoming projectiles, track them, predict where and when each
//! will land, and warn the people there and nobody else.
//!
//! The rooms stand in the order data flows; each imports only from those above
//! it (`tests/architecture.rs` holds them to it).

// Where things are.
pub mod frames;

// When things happen.
pub mod time;

// How things fall.
pub mod flight;

// What was seen.
pub mod sensors;

// What it is and where it goes.
pub mod tracking;

// Where it lands.
pub mod prediction;

// Who must know.
pub mod warning;

// Simulated defence.
pub mod engagement;

// What falls on whom.
pub mod harm;

// Estimate against truth.
pub mod assessment;

// One comparable score.
pub mod scoring;

// What happened, and whether a lull is real.
pub mod ledger;

// What others read.
pub mod exchange;

// A run described and driven.
pub mod scenario;

// The live way, in one screen.
pub mod pipeline;

// What many sites see together.
pub mod region;

// Many runs, and where things should stand.
pub mod study;
