//! `mantlet ledger list`: incidents in lines.

use std::io::Write;
use std::path::Path;

use mantlet::ledger::{Incident, Ledger, Range};

use super::Which;
use super::table::{table, width};
use crate::failure::Done;

/// Shown under `--help`.
pub const EXAMPLE: &str = "Examples:\n  mantlet ledger list --kind rocket --where in --from 2020-01-01\n  \
mantlet ledger list --conflict --json";

/// Arguments of `mantlet ledger list`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs it.
///
/// # Errors
///
/// Input error when there is no such ledger or source.
pub fn run(path: &Path, args: &Args) -> Done {
    let ledger = Ledger::open_existing(path)?;
    let (incidents, total) = ledger.list(&args.which.filter(&ledger)?, args.limit)?;
    let mut out = std::io::stdout().lock();
    if args.json {
        let all = serde_json::json!({ "total": total, "incidents": incidents });
        writeln!(out, "{all:#}")?;
        return Ok(());
    }
    let mut rows = vec![
        ["incident", "day", "kind", "rounds", "killed", "injured", "where", "sources", "place"]
            .map(String::from)
            .to_vec(),
    ];
    rows.extend(incidents.iter().map(row));
    out.write_all(table(&rows, width()).as_bytes())?;
    let shown = incidents.len();
    if total as usize > shown {
        writeln!(out, "{shown} of {total}; --limit shows more")?;
    } else {
        writeln!(out, "{total} {}", if total == 1 { "incident" } else { "incidents" })?;
    }
    Ok(())
}

fn row(i: &Incident) -> Vec<String> {
    let about = if i.day_low == i.day_high { "" } else { "~" };
    let kind =
        if i.thwarted { format!("{} (thwarted)", i.kind.name()) } else { i.kind.name().into() };
    let sources = if i.conflict { format!("{} !", i.sources) } else { i.sources.to_string() };
    vec![
        i.id.clone(),
        format!("{about}{}", i.day),
        kind,
        number(i.count),
        number(i.killed),
        number(i.injured),
        i.setting.name().into(),
        sources,
        i.place.clone(),
    ]
}

/// A number as its sources have it: `2`, `2-3`, `2-3 (2)`, or nothing.
pub fn number(range: Option<Range>) -> String {
    match range {
        None => String::new(),
        Some(r) if r.low == r.high => r.low.to_string(),
        Some(Range { low, best: Some(best), high }) => format!("{low}-{high} ({best})"),
        Some(Range { low, high, .. }) => format!("{low}-{high}"),
    }
}
