//! The `mantlet` command.

#[allow(dead_code, reason = "`mantlet run` fills it")]
mod report;

#[allow(dead_code, reason = "`mantlet run` prints it")]
mod terminal;

fn main() {}
