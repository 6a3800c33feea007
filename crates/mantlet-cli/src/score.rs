//! `mantlet score`: tracks, impacts and warnings against truth.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use mantlet::assessment::{impact_errors, pair, read_record, timeliness};
use mantlet::scenario::load_site;
use mantlet::scoring::score;

use crate::failure::Done;

/// Shown under `--help`.
pub const EXAMPLE: &str =
    "Example:\n  mantlet score --truth out/a --tracks out/a/tracks.csv\n\nPrints JSON.";

/// Arguments of `mantlet score`.
#[derive(clap::Args)]
pub struct Args {
    /// Folder of a run: truth.csv, impacts.csv, and where present site.toml,
    /// rounds.csv, detections.csv and warnings.csv
    #[arg(long, value_name = "DIR")]
    truth: PathBuf,
    /// The tracks to judge
    #[arg(long, value_name = "TRACKS.csv")]
    tracks: PathBuf,
}

/// Runs it.
///
/// # Errors
///
/// Input error when a table cannot be read.
pub fn run(args: &Args) -> Done {
    let site_path = args.truth.join("site.toml");
    let site = if site_path.exists() { Some(load_site(&site_path)?) } else { None };
    let sensors =
        site.iter().flat_map(|s| &s.site.sensors).map(|s| s.id.clone()).collect::<Vec<_>>();
    let record = read_record(&args.truth, &args.tracks, &sensors)?;
    let pairing = pair(&record);
    let errors = impact_errors(&record, &pairing, site.as_ref().map(|s| (&s.site, &s.world)));
    let zones = site.as_ref().map_or(&[][..], |s| &s.zones);
    let radius_m = site.as_ref().map_or(0.0, |s| s.policy.hazard_radius_m("rocket"));
    let times = timeliness(&record, &pairing, zones, radius_m);
    let score = score(&[(pairing, errors, times)]);
    let mut text = serde_json::to_string_pretty(&score).context("cannot print the score")?;
    text.push('\n');
    std::io::stdout().write_all(text.as_bytes())?;
    if site.is_none() {
        eprintln!("note: {} is not there: no bounds, no warning figures", site_path.display());
    }
    Ok(())
}
