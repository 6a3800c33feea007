//! Reading a scenario: the site, what arrives, what else is in the sky.
//!
//! In: a path. Out: a [`Scenario`], or all problems at once. Raids are described
//! from the defended site's side; see `docs/files.md`.

use std::path::Path;

use crate::flight::DragCurve;
use crate::time::Timestamp;

use super::fields::{Document, Problems, Table};
use super::load::{SiteFile, beside, load_site};
use super::raid::Raid;
use super::traffic::{Aircraft, Flock, Tracer};

/// A raid on a site, ready to be drawn and run.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What people call it.
    pub name: String,
    /// How long its sky is watched, s. It runs on until every warning is cleared.
    pub duration_s: f64,
    /// When it begins, UTC: for documents that need a date, such as CAP. Tables count
    /// seconds from it.
    pub start: Timestamp,
    /// Seed when the command line names none.
    pub seed: u64,
    /// Spread of the wind from run to run about the site's, one sigma on each axis, m/s.
    pub wind_spread_mps: f64,
    /// The defended site.
    pub site: SiteFile,
    /// Rounds that arrive.
    pub raids: Vec<Raid>,
    /// Airliners, helicopters, drones.
    pub aircraft: Vec<Aircraft>,
    /// Birds.
    pub flocks: Vec<Flock>,
    /// Tracer fire.
    pub tracers: Vec<Tracer>,
}

/// Loads a scenario and its site.
///
/// # Errors
///
/// [`Problems`] names every file, line, field, value and expectation that is wrong.
pub fn load_scenario(path: &Path) -> Result<Scenario, Problems> {
    Document::read(path)?.parse(scenario)?.ok_or_else(|| Problems(Vec::new()))
}

/// `None` only when a problem was noted.
fn scenario(root: &Table<'_>) -> Option<Scenario> {
    let name = root.text("name");
    let duration_s = root.number("duration_s", 1.0..=86_400.0);
    let start = start(root);
    let seed = root.maybe_count("seed", 0..=(1 << 53)).unwrap_or(1);
    let wind_spread_mps = root.number_or("wind_spread_mps", 0.0, 0.0..=30.0);
    let site = root.text("site");
    let raids = root.tables("raid").iter().map(raid).collect::<Vec<_>>();
    if raids.iter().any(|r| r.first_impact_s + r.window_s > duration_s) {
        root.wrong("duration_s", "a duration that reaches past the last impact");
    }
    let aircraft = root.tables("aircraft").iter().map(aircraft).collect();
    let flocks = root.tables("birds").iter().map(flock).collect();
    let tracers = root.tables("tracer").iter().map(tracer).collect();
    if site.is_empty() {
        return None;
    }
    match load_site(&beside(root.document().path(), &site)) {
        Ok(site) => Some(Scenario {
            name,
            duration_s,
            start,
            seed,
            wind_spread_mps,
            site,
            raids,
            aircraft,
            flocks,
            tracers,
        }),
        Err(problems) => {
            root.document().adopt(problems);
            None
        }
    }
}

/// A scenario that names no date begins on the first day of the year 2020.
fn start(root: &Table<'_>) -> Timestamp {
    let text = root.maybe_text("start").unwrap_or_else(|| "2020-01-01T00:00:00Z".into());
    let start = text.parse::<jiff::Timestamp>().ok();
    // A day of scenario must fit behind it.
    let start = start.filter(|t| (0..4_000_000_000).contains(&t.as_second()));
    if start.is_none() {
        root.wrong("start", "an instant from 1970 to 2096 like \"2020-12-20T17:30:00Z\"");
    }
    Timestamp::from_nanos(start.map_or(0, |t| t.as_second() * 1_000_000_000))
}

fn degrees(table: &Table<'_>, mean: &str, spread: &str, lo: f64, hi: f64) -> [f64; 2] {
    [
        table.number(mean, lo..=hi).to_radians(),
        table.number_or(spread, 0.0, 0.0..=90.0).to_radians(),
    ]
}

pub(crate) fn place(table: &Table<'_>) -> [f64; 2] {
    [table.number("e_m", -50_000.0..=50_000.0), table.number("n_m", -50_000.0..=50_000.0)]
}

fn raid(table: &Table<'_>) -> Raid {
    let raid = raid_of(table, &raid_kind(table));
    if !table.has("first_impact_s") {
        table.wrong("first_impact_s", "a number from 1 to 86400");
    }
    table.finish();
    raid
}

/// Kinds of rounds that a raid can be of.
pub(crate) const RAID_KINDS: [&str; 3] = ["rocket", "mortar", "artillery"];

/// The kind that a raid's table names.
pub(crate) fn raid_kind(table: &Table<'_>) -> String {
    if !table.has("kind") {
        table.wrong("kind", "one of rocket, mortar, artillery");
    }
    table.maybe_word("kind", &RAID_KINDS).unwrap_or_else(|| "rocket".into())
}

/// A raid of that kind, as a table describes it; unknown keys are left to the caller.
pub(crate) fn raid_of(table: &Table<'_>, class: &str) -> Raid {
    let class = class.to_string();
    // Reference area over mass of generic rounds: 107 mm and 15 kg after burn-out, 81 mm and
    // 4 kg, 122 mm and 22 kg.
    let (curve, area_per_mass) = match class.as_str() {
        "mortar" => (DragCurve::Mortar, 1.3e-3),
        "artillery" => (DragCurve::Shell, 5.3e-4),
        _ => (DragCurve::Rocket, 6.0e-4),
    };
    let count = table.maybe_count_range("count", 1..=1000).unwrap_or([1, 1]);
    let in_view_s = table.number_or("in_view_s", 30.0, 1.0..=300.0);
    Raid {
        class,
        curve,
        area_per_mass_m2kg: [
            table.number_or("area_per_mass_m2kg", area_per_mass, 1e-6..=1.0),
            table.number_or("area_per_mass_spread", 0.1, 0.0..=1.0),
        ],
        count,
        first_impact_s: table.number_or("first_impact_s", in_view_s + 1.0, 1.0..=86_400.0),
        window_s: table.number_or("window_s", 0.0, 0.0..=3600.0),
        bearing_rad: degrees(table, "bearing_deg", "bearing_spread_deg", 0.0, 360.0),
        dive_rad: degrees(table, "dive_angle_deg", "dive_angle_spread_deg", 5.0, 88.0),
        impact_speed_mps: [
            table.number("impact_speed_mps", 30.0..=1500.0),
            table.number_or("impact_speed_spread_mps", 0.0, 0.0..=200.0),
        ],
        centre_en_m: place(table),
        spread_m: [
            table.number_or("spread_along_m", 0.0, 0.0..=5_000.0),
            table.number_or("spread_across_m", 0.0, 0.0..=5_000.0),
        ],
        in_view_s,
    }
}

fn aircraft(table: &Table<'_>) -> Aircraft {
    let classes = ["airliner", "helicopter", "drone"];
    if !table.has("class") {
        table.wrong("class", "one of airliner, helicopter, drone");
    }
    let aircraft = Aircraft {
        class: table.maybe_word("class", &classes).unwrap_or_else(|| "airliner".into()),
        start_en_m: place(table),
        height_m: table.number("height_m", 0.0..=20_000.0),
        heading_rad: table.number("heading_deg", 0.0..=360.0).to_radians(),
        speed_mps: table.number("speed_mps", 0.0..=400.0),
        turn_rate_radps: table.number_or("turn_rate_dps", 0.0, -30.0..=30.0).to_radians(),
    };
    table.finish();
    aircraft
}

fn flock(table: &Table<'_>) -> Flock {
    let flock = Flock {
        count: table.maybe_count("count", 1..=1000).unwrap_or(10),
        centre_en_m: place(table),
        spread_m: table.number_or("spread_m", 150.0, 0.0..=5_000.0),
        height_m: table.number_or("height_m", 80.0, 5.0..=3_000.0),
        speed_mps: table.number_or("speed_mps", 12.0, 0.0..=40.0),
    };
    table.finish();
    flock
}

fn tracer(table: &Table<'_>) -> Tracer {
    let tracer = Tracer {
        start_s: table.number("start_s", 0.0..=86_400.0),
        count: table.maybe_count("count", 1..=1000).unwrap_or(30),
        rate_per_s: table.number_or("rate_per_s", 10.0, 0.1..=100.0),
        place_en_m: place(table),
        azimuth_rad: degrees(table, "azimuth_deg", "azimuth_spread_deg", 0.0, 360.0),
        elevation_rad: degrees(table, "elevation_deg", "elevation_spread_deg", 0.0, 90.0),
        speed_mps: table.number_or("speed_mps", 850.0, 100.0..=1500.0),
    };
    table.finish();
    tracer
}
