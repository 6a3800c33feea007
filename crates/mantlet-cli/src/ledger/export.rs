//! `mantlet ledger export`: the record for others.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use mantlet::ledger::Ledger;

use super::Which;
use crate::failure::{Done, Failure};

/// Shown under `--help`.
pub const EXAMPLE: &str = "Examples:\n  mantlet ledger export all.csv --thwarted\n  \
mantlet ledger export rockets.geojson --kind rocket --from 2020-01-01\n  \
mantlet ledger export incidents.parquet\n  mantlet ledger export - > all.csv";

/// Arguments of `mantlet ledger export`.
#[derive(clap::Args)]
pub struct Args {
    /// Where to: .csv, .parquet or .geojson; - for CSV on standard output
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    which: Which,
    /// Replace the file
    #[arg(long)]
    force: bool,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

/// Runs it. The file appears whole or not at all.
///
/// # Errors
///
/// Input error when the file's name has another ending, or it is there already.
pub fn run(path: &Path, args: &Args) -> Done {
    let ledger = Ledger::open_existing(path)?;
    let filter = args.which.filter(&ledger)?;
    let name = args.file.display();
    if args.file.as_os_str() == "-" {
        ledger.export_csv(&filter, std::io::stdout().lock())?;
        return Ok(());
    }
    let ending = args.file.extension().map(|e| e.to_string_lossy().to_lowercase());
    let Some(ending) = ending.filter(|e| ["csv", "parquet", "geojson"].contains(&e.as_str()))
    else {
        let seen = args.file.extension().map_or("none".into(), |e| e.to_string_lossy());
        return Err(Failure::Input(format!(
            "{name}: extension: {seen}: expected .csv, .parquet or .geojson"
        )));
    };
    if args.file.exists() && !args.force {
        return Err(Failure::Input(format!(
            "{name}: is there already: name another file, or say --force to replace it"
        )));
    }
    let stem = args.file.file_name().map_or("export".into(), |n| n.to_string_lossy().into_owned());
    let partial = args.file.with_file_name(format!(".{stem}.partial-{}", std::process::id()));
    let written = File::create(&partial)
        .with_context(|| format!("cannot write beside {name}"))
        .map_err(Failure::from)
        .and_then(|file| {
            let rows = match ending.as_str() {
                "csv" => ledger.export_csv(&filter, &file)?,
                "parquet" => ledger.export_parquet(&filter, &file)?,
                _ => ledger.export_geojson(&filter, &file)?,
            };
            fs::rename(&partial, &args.file).with_context(|| format!("cannot write {name}"))?;
            Ok(rows)
        });
    let rows = written.inspect_err(|_| {
        // Nothing better to do with a failure here: the command is failing already.
        let _ = fs::remove_file(&partial);
    })?;
    if !args.quiet {
        let what = if ending == "geojson" { "incidents" } else { "claims" };
        writeln!(std::io::stdout(), "{name}: {rows} {what}")?;
    }
    Ok(())
}
