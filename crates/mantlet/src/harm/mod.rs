//! What falls on whom.
