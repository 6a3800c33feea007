//! The `mantlet` command.
fn main() {}
