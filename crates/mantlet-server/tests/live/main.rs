//! The live service with real sockets: what an operator sees, and what a machine does.

mod faults;
mod ledger;
mod rig;
mod security;
mod serving;
