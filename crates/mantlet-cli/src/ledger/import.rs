//! `mantlet ledger import`: tables into the record.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use mantlet::ledger::{ImportOptions, Imported, Ledger, Reliability};

use super::{reliability, stamp};
use crate::failure::Done;

/// Shown under `--help`.
pub const EXAMPLE: &str = "Examples:\n  mantlet ledger import ledgers/green_zone_2019_2022.csv\n  \
mantlet ledger import acled-export.csv ged231.csv --strict\n\n\
Reads our CSV (docs/ledger.md lists its columns), ACLED's and UCDP GED's exports as they are\n\
published, told by their headers. A rejected row is named and the rest is kept; with --strict\n\
nothing is. Importing a file again adds nothing.";

/// Arguments of `mantlet ledger import`.
#[derive(clap::Args)]
pub struct Args {
    /// The tables: .csv or .parquet
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Enter nothing of a file that has a row to reject
    #[arg(long)]
    strict: bool,
    /// How far the files' sources can be relied on, A to F as NATO grades sources
    #[arg(long, value_name = "A-F", value_parser = reliability)]
    reliability: Option<Reliability>,
    /// Who enters it; the login name when absent
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
    /// Print nothing but errors and rejected rows
    #[arg(long, short)]
    quiet: bool,
}

/// Runs it.
///
/// # Errors
///
/// Input error when a file is none of the tables, or has a rejected row and `--strict`
/// was said.
pub fn run(path: &Path, args: &Args) -> Done {
    let mut ledger = Ledger::open(path)?;
    let stamp = stamp(args.by.as_deref());
    let options = ImportOptions { strict: args.strict, reliability: args.reliability };
    for file in &args.files {
        let bar = progress(args.quiet);
        let done = ledger.import(&stamp, file, &options, &mut |rows| bar.set_position(rows as u64));
        bar.finish_and_clear();
        let done = done?;
        for rejection in &done.rejected {
            eprintln!("{}: {rejection}", file.display());
        }
        if !args.quiet {
            say(file, &done, args.json)?;
        }
    }
    Ok(())
}

fn progress(quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {human_pos} rows read, {elapsed}");
    ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn say(file: &Path, done: &Imported, json: bool) -> Done {
    let mut out = std::io::stdout().lock();
    if json {
        let rejected: Vec<String> = done.rejected.iter().map(ToString::to_string).collect();
        let value = serde_json::json!({
            "file": file.display().to_string(),
            "format": done.format.name(),
            "rows": done.rows,
            "new": done.new,
            "claims": done.claims,
            "revised": done.revised,
            "same": done.same,
            "rejected": rejected,
            "watched_periods": done.watched,
            "label": done.label,
        });
        writeln!(out, "{value}")?;
        return Ok(());
    }
    let counts = [
        (done.new, "new incident", "s"),
        (done.claims, "by further sources", ""),
        (done.revised, "revised claim", "s"),
        (done.same, "already there", ""),
        (done.rejected.len(), "rejected", ""),
        (done.watched, "watched period", "s"),
    ];
    let parts: Vec<String> = counts
        .iter()
        .filter(|(n, ..)| *n > 0)
        .map(|(n, what, s)| format!("{n} {what}{}", if *n == 1 { "" } else { s }))
        .collect();
    let what = if parts.is_empty() { "nothing".into() } else { parts.join(", ") };
    writeln!(out, "{}: {}, {} rows: {what}", file.display(), done.format.name(), done.rows)?;
    if !done.label.is_empty() {
        writeln!(out, "  label: {}", done.label)?;
    }
    if !done.unused.is_empty() {
        writeln!(out, "  columns not used: {}", done.unused.join(", "))?;
    }
    Ok(())
}
