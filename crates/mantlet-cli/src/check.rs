//! `mantlet check`: any of our files, with the place of each error.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use mantlet::frames::{Datum, Wgs84};
use mantlet::ledger::{IncidentTable, Ledger, LedgerError};
use mantlet::scenario::{load_region, load_scenario, load_site, read_zones};
use mantlet::sensors::{list_records, open_table};
use mantlet::study::load_study;

use crate::failure::{Done, Failure};

/// Shown under `--help`.
pub const EXAMPLE: &str =
    "Example:\n  mantlet check sites/cedar.toml scenarios/eight-rockets.toml out/a/tracks.csv";

/// Arguments of `mantlet check`.
#[derive(clap::Args)]
pub struct Args {
    /// Sites, scenarios, zones, tables, captures
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Say nothing about files that are right
    #[arg(long, short)]
    quiet: bool,
}

/// Columns that a table must have, by the column that tells which table it is.
const TABLES: &[(&str, &str, &[&str])] = &[
    ("status", "tracks", &["time_s", "track_id", "class", "e_m", "n_m", "u_m"]),
    ("action", "warnings", &["time_s", "alert_id", "zone_id", "seconds_left"]),
    ("range_m", "plots", &["time_s", "sensor_id", "azimuth_deg"]),
    ("ve_mps", "states or truth", &["time_s", "e_m", "n_m", "u_m", "vn_mps", "vu_mps"]),
    ("drag_curve", "rounds", &["object_id", "area_per_mass_m2kg"]),
    ("sensor_id", "detections", &["time_s", "object_id"]),
    ("object_id", "impacts", &["class", "time_s", "e_m", "n_m"]),
];

/// Columns that hold words.
const WORDS: &[&str] = &[
    "track_id",
    "status",
    "class",
    "alert_id",
    "zone_id",
    "action",
    "track_ids",
    "sensor_id",
    "id",
    "object_id",
    "drag_curve",
];

/// Runs it.
///
/// # Errors
///
/// Input error with one line per problem of any file.
pub fn run(args: &Args) -> Done {
    let mut out = std::io::stdout().lock();
    let mut problems = Vec::new();
    for file in &args.files {
        match check(file) {
            Ok(what) if !args.quiet => writeln!(out, "{}: {what}", file.display())?,
            Ok(_) => {}
            Err(Failure::Input(lines)) => problems.push(lines),
            Err(other) => return Err(other),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::Input(problems.join("\n"))) }
}

fn check(file: &Path) -> Done<String> {
    let extension = file.extension().map(|e| e.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("toml") => check_toml(file),
        Some("geojson" | "json") => {
            let zones = read_zones(file, &first_corner(file))?;
            Ok(format!("{} zones, right", zones.len()))
        }
        Some("csv" | "parquet") => check_table(file),
        Some("db") => {
            let incidents = Ledger::open_existing(file)?.verify()?;
            Ok(format!("a ledger, right: {incidents} incidents"))
        }
        Some("pcap" | "pcapng" | "cap" | "ast" | "raw") => {
            let mut records = 0u64;
            let tally = list_records(file, &mut |_| records += 1)?;
            Ok(format!("{records} ASTERIX records; {} parts left out", tally.rejected()))
        }
        other => Err(Failure::Input(format!(
            "{}: extension: {}: expected .toml, .geojson, .csv, .parquet, .db, .pcap, .pcapng or .ast",
            file.display(),
            other.unwrap_or("none")
        ))),
    }
}

fn check_toml(file: &Path) -> Done<String> {
    // A scenario is what names a site.
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let scenario = text
        .lines()
        .map(str::trim_start)
        .take_while(|l| !l.starts_with('['))
        .any(|l| l.starts_with("site") && l.contains('='));
    if text.contains("[siting]") || text.contains("[[option]]") {
        let study = load_study(file)?;
        let (options, families) = (study.options.len(), study.families.len());
        let siting = if study.siting.is_some() { ", and places to find" } else { "" };
        return Ok(format!("a study, right: {options} options, {families} sorts of raid{siting}"));
    }
    if text.lines().any(|l| l.trim() == "[[site]]") {
        let region = load_region(file)?;
        return Ok(format!("a region, right: {} sites", region.sites.len()));
    }
    if scenario || text.contains("[[raid]]") {
        let scenario = load_scenario(file)?;
        let rounds: Vec<String> =
            scenario.raids.iter().map(|r| format!("{} {}", r.count[1], r.class)).collect();
        return Ok(format!("a scenario, right: {}", rounds.join(", ")));
    }
    let site = load_site(file)?;
    let (sensors, zones) = (site.site.sensors.len(), site.zones.len());
    Ok(format!("a site, right: {sensors} sensors, {zones} zones"))
}

/// Zones alone name no datum: the first corner stands in.
fn first_corner(file: &Path) -> Datum {
    let corner = || -> Option<Wgs84> {
        let text = std::fs::read_to_string(file).ok()?;
        let json: serde_json::Value = serde_json::from_str(&text).ok()?;
        let ring = json.get("features")?.get(0)?.get("geometry")?.get("coordinates")?.get(0)?;
        let first = ring.get(0)?;
        Wgs84::from_degrees(first.get(1)?.as_f64()?, first.get(0)?.as_f64()?, 0.0).ok()
    };
    Datum::new(corner().unwrap_or(Wgs84 { lat_rad: 0.0, lon_rad: 0.0, height_m: 0.0 }))
}

/// A table of incidents: told by the columns that no other of our tables has.
fn check_incidents(file: &Path) -> Option<Done<String>> {
    let table = match IncidentTable::open(file) {
        Ok(table) => table,
        Err(error @ LedgerError::Comment { .. }) => return Some(Err(error.into())),
        Err(_) => return None,
    };
    let what = table.format.name();
    let checked = table.check().map_err(Failure::from).and_then(|(rows, rejected)| {
        if rejected.is_empty() {
            return Ok(format!("{what}, right: {rows} rows"));
        }
        let mut lines: Vec<String> = rejected
            .iter()
            .take(MOST_PROBLEMS)
            .map(|r| {
                format!(
                    "{}:{}: {}: {}: expected {}",
                    file.display(),
                    r.line,
                    r.field,
                    r.seen,
                    r.expected
                )
            })
            .collect();
        if rejected.len() > MOST_PROBLEMS {
            lines.push(format!(
                "{}: {} more problems",
                file.display(),
                rejected.len() - MOST_PROBLEMS
            ));
        }
        Err(Failure::Input(lines.join("\n")))
    });
    Some(checked)
}

fn check_table(file: &Path) -> Done<String> {
    if let Some(checked) = check_incidents(file) {
        return checked;
    }
    let wrong = |line: u64, field: &str, seen: &str, expected: &str| {
        format!("{}:{line}: {field}: {seen}: expected {expected}", file.display())
    };
    let table = open_table(file)
        .with_context(|| file.display().to_string())
        .map_err(|e| Failure::Input(format!("{e:#}")))?;
    let mut reader = csv::Reader::from_reader(table);
    let header = reader
        .headers()
        .map_err(|e| Failure::Input(wrong(1, "header", &e.to_string(), "CSV")))?
        .clone();
    let columns: Vec<&str> = header.iter().map(str::trim).collect();
    let Some((_, what, needed)) = TABLES.iter().find(|t| columns.contains(&t.0)) else {
        let seen = columns.join(",");
        let seen = if seen.is_empty() { "empty".into() } else { seen };
        let expected =
            "the columns of plots, truth, impacts, tracks, states, warnings or incidents";
        return Err(Failure::Input(wrong(1, "header", &seen, expected)));
    };
    let mut problems: Vec<String> = needed
        .iter()
        .filter(|c| !columns.contains(c))
        .map(|c| wrong(1, c, "no such column", &format!("it in a table of {what}")))
        .collect();
    let mut rows = 0u64;
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(e) => {
                let line = e.position().map_or(0, csv::Position::line);
                problems.push(wrong(line, "row", &e.to_string(), "as many cells as the header"));
                break;
            }
        };
        rows += 1;
        let line = row.position().map_or(0, csv::Position::line);
        for (column, cell) in columns.iter().zip(row.iter()) {
            let cell = cell.trim();
            let number = cell.parse::<f64>().is_ok_and(f64::is_finite);
            if !(cell.is_empty() || number || WORDS.contains(column)) && is_ours(column) {
                problems.push(wrong(line, column, cell, "a finite number"));
            }
        }
        if problems.len() >= MOST_PROBLEMS {
            problems.push(format!("{}: more problems follow", file.display()));
            break;
        }
    }
    if problems.is_empty() {
        Ok(format!("{what}, right: {rows} rows"))
    } else {
        Err(Failure::Input(problems.join("\n")))
    }
}

/// Problems listed before a table is given up. Chosen: a screenful.
const MOST_PROBLEMS: usize = 20;

/// Columns of our own carry their unit; others are not ours to judge.
fn is_ours(column: &str) -> bool {
    ["_s", "_m", "_mps", "_deg", "_db", "_m2kg", "_probability", "_sigma"]
        .iter()
        .any(|unit| column.ends_with(unit))
        || column.starts_with("p_")
        || column.starts_with("impact_c_")
}
