//! One cell of a CSV table.

use std::borrow::Cow;
use std::io::{self, Write};

/// A cell with quotes where CSV needs them (RFC 4180, section 2).
pub fn quoted(cell: &str) -> Cow<'_, str> {
    if cell.contains(['"', ',', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", cell.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Nanoseconds as a decimal number of seconds, exact and as short as that goes.
pub(super) fn seconds(out: &mut impl Write, nanos: i128) -> io::Result<()> {
    let sign = if nanos < 0 { "-" } else { "" };
    let (whole, part) =
        (nanos.unsigned_abs() / 1_000_000_000, nanos.unsigned_abs() % 1_000_000_000);
    let part = format!("{part:09}");
    let part = part.trim_end_matches('0');
    let point = if part.is_empty() { "" } else { "." };
    write!(out, "{sign}{whole}{point}{part}")
}
