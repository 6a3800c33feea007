//! `mantlet study`: many raids against several ways to equip a site, and where new
//! things should stand.

mod local;
mod map;
mod page;
mod remote;
mod store;
mod tables;
mod words;

use std::io::Write;
use std::path::PathBuf;

use mantlet::study::{Gathered, Sited, Study, StudyFigures, figures, load_study};
use serde::Serialize;

use crate::failure::{Done, Failure};
use crate::staging::Staging;
use store::Store;

/// Shown under `--help`.
pub const EXAMPLE: &str = "Example:\n  mantlet study studies/second-radar.toml --out out/second-radar\n\n\
Leaves report.html, map.png, summary.json, tables (options.csv, zones.csv, places.csv,\n\
runs.csv) and maps for other programs (adds.tif, lowest-visible.tif) in the folder. Stopped\n\
or killed, the same command goes on where it was.";

/// Arguments of `mantlet study`.
#[derive(clap::Args)]
pub struct Args {
    /// The study
    #[arg(value_name = "STUDY.toml")]
    study: PathBuf,
    /// Most runs; the study's own when absent
    #[arg(long, value_name = "N")]
    runs: Option<u64>,
    /// Seed of every random draw; the study's own when absent
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Folder for the report, the tables and the maps; without it only the summary is printed
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace what is in the output folder
    #[arg(long)]
    force: bool,
    /// Spread the runs over the workers of a NATS server: nats://[user:password@]host:port
    #[arg(long, value_name = "URL")]
    nats: Option<String>,
    /// Copies that a NATS cluster keeps of jobs and results
    #[arg(long, value_name = "N", default_value_t = 1)]
    nats_replicas: usize,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
    /// Print summary.json instead of the summary for people
    #[arg(long)]
    json: bool,
}

/// Everything that a study came to.
#[derive(Serialize)]
pub struct Answer<'a> {
    /// The question.
    study: &'a str,
    /// Seed of every draw.
    seed: u64,
    /// Where things should stand.
    siting: &'a [Sited],
    /// What the runs came to.
    figures: &'a StudyFigures,
}

/// Runs it.
///
/// # Errors
///
/// Input error when the study or its site is wrong, or the output folder is taken.
pub fn run(args: &Args) -> Done {
    let mut study = load_study(&args.study)?;
    study.most_runs = args.runs.unwrap_or(study.most_runs).max(1);
    study.seed = args.seed.unwrap_or(study.seed);
    let staging = args.out.as_deref().map(|out| Staging::new(out, args.force)).transpose()?;
    let sited = study.site();
    if let Some(sensors) = sited.first() {
        let mut options = study.sited_options(sensors);
        options.append(&mut study.options);
        study.options = options;
    }
    let store = args.out.as_deref().map(|out| Store::open(out, &study)).transpose()?;
    let gathered = match &args.nats {
        Some(url) => remote::gather(&study, store.as_ref(), (url, args.nats_replicas), args.quiet)?,
        None => local::gather(&study, store.as_ref(), args.quiet)?,
    };
    let figures = figures(&study, &gathered);
    let answer = Answer { study: &study.name, seed: study.seed, siting: &sited, figures: &figures };
    let summary = serde_json::to_string_pretty(&answer).map_err(anyhow::Error::from)? + "\n";
    if let Some(staging) = staging {
        leave(&study, &sited, &gathered, &figures, &staging)?;
        staging.write("summary.json", summary.as_bytes())?;
        staging.finish()?;
        store.map(Store::remove).transpose()?;
    }
    if args.quiet {
        return Ok(());
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        out.write_all(summary.as_bytes())?;
    } else {
        out.write_all(words::summary(&study, &sited, &figures).as_bytes())?;
        if let Some(folder) = &args.out {
            writeln!(out, "\nReport: {}", folder.join("report.html").display())?;
        }
    }
    Ok(())
}

/// Writes the files of the output folder.
fn leave(
    study: &Study,
    sited: &[Sited],
    gathered: &Gathered,
    figures: &StudyFigures,
    staging: &Staging,
) -> Done {
    tables::write(study, sited, gathered, figures, staging)?;
    let png = map::png(study, sited, figures)?;
    staging.write("report.html", page::page(study, sited, figures, &png).as_bytes())?;
    staging.write("map.png", &png)?;
    map::rasters(study, sited, staging)
}

impl From<mantlet::study::BundleError> for Failure {
    fn from(error: mantlet::study::BundleError) -> Self {
        Self::Work(error.into())
    }
}
