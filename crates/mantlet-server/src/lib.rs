//! The live service: feeds in, the page, alerts and other sites out.
//!
//! Everything that needs a socket, a clock or an executor lives here; what is
//! sensed, tracked, predicted and warned is decided by the `mantlet` library.
