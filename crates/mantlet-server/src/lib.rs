//! The live service: feeds in, the page, alerts and other sites out.
//!
//! Everything that needs a socket, a clock or an executor lives here; what is
//! sensed, tracked, predicted and warned is decided by the `mantlet` library.

// Time and what comes in.
mod clock;
mod queue;
mod feed;

// From datagrams to warnings.
mod chain;
mod health;

// What others see.
mod picture;
mod delta;
mod events;
