//! The bound against published and independently computed tables.

mod lobbed;
mod reentry;
