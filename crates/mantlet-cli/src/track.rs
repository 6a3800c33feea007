//! `mantlet track`: recorded plots to tracks, impacts and warnings.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use mantlet::exchange::{TRACK_COLUMNS, write_tracks};
use mantlet::scenario::load_site;
use mantlet::sensors::{ListedRecord, Recording, list_records};
use mantlet::tracking::Bias;

use crate::alerts;
use crate::failure::Done;
use crate::ledger;
use crate::recorder::Recorder;
use crate::staging::Staging;

/// Shown under `--help`.
pub const EXAMPLE: &str = "Examples:\n  mantlet track --site sites/cedar.toml out/a/plots.csv --out out/tracked\n  \
mantlet track --site sites/asterix-example.toml capture.pcapng > tracks.csv\n  \
mantlet track --plots capture.pcap";

/// Arguments of `mantlet track`.
#[derive(clap::Args)]
pub struct Args {
    /// Recorded plots: .csv, .parquet, .pcap, .pcapng, .ast (raw ASTERIX), or - for CSV on
    /// standard input
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,
    /// The site: its sensors, zones and policy
    #[arg(long, value_name = "SITE.toml", required_unless_present = "plots")]
    site: Option<PathBuf>,
    /// Folder for tracks.csv, warnings.csv, alerts and maps; without it the tracks go
    /// to standard output
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Enter the raids in this ledger; as exercises of today where the recording names
    /// no date
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
    /// Replace what is in the output folder
    #[arg(long)]
    force: bool,
    /// Tables in Parquet too
    #[arg(long, requires = "out")]
    parquet: bool,
    /// Only list the ASTERIX records of captures, one line each
    #[arg(long)]
    plots: bool,
    /// Say nothing but errors on standard error
    #[arg(long, short)]
    quiet: bool,
}

/// Runs it.
///
/// # Errors
///
/// Input error when the site or an input is wrong.
pub fn run(args: &Args) -> Done {
    if args.plots {
        return list(args);
    }
    let site = match &args.site {
        Some(path) => load_site(path)?,
        None => return Ok(()),
    };
    let mut recording = Recording::open(&args.inputs, &site.site)?;
    let staging = args.out.as_deref().map(|out| Staging::new(out, args.force)).transpose()?;
    let mut pipeline = site.pipeline();
    let mut recorder = Recorder::new(&site, staging.as_ref(), None)?;
    let mut stdout = BufWriter::new(std::io::stdout().lock());
    if staging.is_none() {
        writeln!(stdout, "{TRACK_COLUMNS}")?;
    }
    let mut last = None;
    for scan in &mut recording {
        let scan = scan?;
        if args.ledger.is_some() && last.is_none() {
            let undated = scan.time.seconds() < ledger::DATED_S;
            recorder.keep_raids(ledger::raid_log(&site, undated));
        }
        let picture = pipeline.scan(&scan);
        recorder.picture(&picture)?;
        if staging.is_none() {
            let (tracks, impacts) = (picture.tracks, picture.impacts);
            write_tracks(&mut stdout, &site.site.datum, picture.time, tracks, impacts)?;
        }
        last = Some(scan.time);
    }
    // Time goes on after the last plot until every warning has its clear.
    if let Some(mut now) = last {
        let end = now + site.policy.tail_s();
        while now < end && pipeline.in_force().next().is_some() {
            now = now + 1.0;
            for warning in pipeline.idle(now) {
                recorder.warn(&warning)?;
            }
        }
        // Nobody is there to say it: the recording ends with an operator's all-clear.
        for zone in 0..site.zones.len() {
            if let Some(warning) = pipeline.clear(zone) {
                recorder.warn(&warning)?;
            }
        }
    }
    stdout.flush()?;
    recorder.finish(staging.as_ref())?;
    if let Some(staging) = staging {
        alerts::write(&site, &recorder, &staging, 0.0)?;
        if args.parquet {
            staging.tables_as_parquet()?;
        }
        staging.finish()?;
    }
    if let Some(path) = &args.ledger {
        ledger::enter_raids(path, &recorder.take_raids(), args.quiet)?;
    }
    if !args.quiet {
        summary(&recording, &recorder);
        for (index, sensor) in site.site.sensors.iter().enumerate() {
            if let Some(bias) = pipeline.bias(index) {
                eprintln!("  radar {} is off by {}", sensor.id, off_by(&bias));
            }
        }
    }
    Ok(())
}

fn summary(recording: &Recording, recorder: &Recorder<'_>) {
    for (path, tally) in recording.tallies() {
        eprintln!("{path}: {} plots used, {} left out", tally.plots, tally.rejected());
        for line in tally.lines() {
            eprintln!("  {line}");
        }
    }
    let falling = recorder.tracks.values().filter(|t| !t.predictions.is_empty()).count();
    eprintln!(
        "{} tracks, {falling} with an impact, {} warnings",
        recorder.tracks.len(),
        recorder.warnings.iter().filter(|w| w.action.name() == "warn").count()
    );
    for track in recorder.tracks.values() {
        let end_s = track.samples.last().map_or(track.first_plot_s, |s| s[0]);
        eprintln!(
            "  track {}: {} ({:.0} %), {:.1} s from its first plot",
            track.id,
            track.kind,
            100.0 * track.kind_probability,
            end_s - track.first_plot_s
        );
    }
}

/// A radar's estimated biases with one standard deviation, for people.
fn off_by(bias: &Bias) -> String {
    let mrad = |[mean, sigma]: [f64; 2]| format!("{:.2} ± {:.2} mrad", 1e3 * mean, 1e3 * sigma);
    let ([range_m, range_sigma_m], [clock_s, clock_sigma_s]) = (bias.range_m, bias.clock_s);
    format!(
        "{range_m:.1} ± {range_sigma_m:.1} m in range, {} in azimuth, {} in elevation, {:.0} ± {:.0} ms",
        mrad(bias.azimuth_rad),
        mrad(bias.elevation_rad),
        1e3 * clock_s,
        1e3 * clock_sigma_s
    )
}

fn list(args: &Args) -> Done {
    let mut out = BufWriter::new(std::io::stdout().lock());
    writeln!(out, "{}", ListedRecord::HEADER)?;
    let mut failed = None;
    for input in &args.inputs {
        let mut count = 0u64;
        let tally = list_records(input, &mut |record| {
            count += 1;
            if failed.is_none() {
                failed = writeln!(out, "{}", record.line()).err();
            }
        })?;
        if !args.quiet {
            eprintln!("{}: {count} records", input.display());
            for line in tally.lines() {
                eprintln!("  {line}");
            }
        }
    }
    match failed {
        Some(e) => Err(e.into()),
        None => Ok(out.flush()?),
    }
}
