//! The room's parts together, on the demo ledger and on made-up exports.

mod change;
mod import;
mod lull;
mod store;
