//! `mantlet run`: a scenario through the whole chain, and its report.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use mantlet::assessment::{Pairing, impact_errors, pair, timeliness};
use mantlet::ledger::{Raid, RaidLog};
use mantlet::scenario::{Defence, Object, Scenario, load_scenario};
use mantlet::scoring::{Score, score};

use crate::alerts;
use crate::failure::{Done, Failure};
use crate::ledger;
use crate::many;
use crate::recorder::Recorder;
use crate::report::{self, data};
use crate::serve;
use crate::staging::Staging;
use crate::story;
use crate::terminal;

/// Shown under `--help`.
pub const EXAMPLE: &str = "Examples:\n  mantlet run scenarios/eight-rockets.toml --out out/a\n  \
mantlet run scenarios/eight-rockets.toml --live\n\
Leaves report.html, picture.png, summary.json, tables of plots, truth, tracks and\n\
warnings, a CAP document per message, and the same for maps: map.geojson, map.kml,
tracks.ast (ASTERIX CAT062) and Cursor on Target in cot/.";

/// Arguments of `mantlet run`.
#[derive(clap::Args)]
pub struct Args {
    /// The scenario
    #[arg(value_name = "SCENARIO.toml")]
    scenario: PathBuf,
    /// Seed of every random draw; the scenario's own when absent
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Run it so many times, with this seed and those after it, on all cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=10_000_000))]
    runs: Option<u64>,
    /// Of many runs, stop when the 95 % interval of the casualties with interception is
    /// within this share of their mean, such as 0.1
    #[arg(long, value_name = "SHARE", requires = "runs")]
    until: Option<f64>,
    /// Folder for the report and the tables; without it only the summary is printed
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Enter the raid in this ledger, as an exercise of today
    #[arg(long, value_name = "FILE", conflicts_with = "runs")]
    ledger: Option<PathBuf>,
    /// Replace what is in the output folder
    #[arg(long)]
    force: bool,
    /// Tables in Parquet too
    #[arg(long, requires = "out")]
    parquet: bool,
    /// Show it on the live page in real time, raid after raid
    #[arg(long, conflicts_with_all = ["out", "json", "quiet", "runs"])]
    live: bool,
    #[command(flatten)]
    listen: serve::Listen,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
    /// Print summary.json instead of the summary for people
    #[arg(long)]
    json: bool,
}

/// Runs it.
///
/// # Errors
///
/// Input error when the scenario or its site is wrong, or the output folder is taken.
pub fn run(args: &Args) -> Done {
    let scenario = load_scenario(&args.scenario)?;
    if scenario.site.site.sensors.is_empty() {
        return Err(Failure::Input(format!(
            "{}: sensor: none: expected at least one [[sensor]] in the site",
            args.scenario.display()
        )));
    }
    let seed = args.seed.unwrap_or(scenario.seed);
    if args.live {
        return serve::play(Scenario { seed, ..scenario }, &args.listen, None, false);
    }
    if let Some(runs) = args.runs {
        let asked = many::Asked {
            seed,
            runs,
            until: args.until,
            out: args.out.as_deref(),
            force: args.force,
            quiet: args.quiet,
            json: args.json,
        };
        return many::run(&scenario, &asked);
    }
    let staging = args.out.as_deref().map(|out| Staging::new(out, args.force)).transpose()?;
    let log = args.ledger.as_ref().map(|_| ledger::raid_log(&scenario.site, true));
    let (report, raids) = simulate(&scenario, seed, staging.as_ref(), &args.scenario, log)?;
    let summary = report::summary_json(&report)?;
    if let Some(staging) = staging {
        if args.parquet {
            staging.tables_as_parquet()?;
        }
        staging.write("summary.json", summary.as_bytes())?;
        staging.write("report.html", report::html(&report).as_bytes())?;
        staging.write("picture.png", &report::picture(&report)?)?;
        staging.finish()?;
    }
    if let Some(path) = &args.ledger {
        ledger::enter_raids(path, &raids, args.quiet)?;
    }
    if args.quiet {
        return Ok(());
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        out.write_all(summary.as_bytes())?;
    } else {
        out.write_all(terminal::summary(&report, width()).as_bytes())?;
        if let Some(folder) = &args.out {
            writeln!(out, "\nReport: {}", folder.join("report.html").display())?;
        }
    }
    Ok(())
}

fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    if std::io::stdout().is_terminal() { columns.unwrap_or(100) } else { 100 }
}

/// The whole chain over one draw of the scenario.
fn simulate(
    scenario: &Scenario,
    seed: u64,
    staging: Option<&Staging>,
    path: &Path,
    log: Option<RaidLog>,
) -> Done<(data::RunReport, Vec<Raid>)> {
    let mut objects = scenario.draw(seed);
    let planned = objects.clone();
    let mut recorder = Recorder::new(&scenario.site, staging, Some(scenario.start))?;
    let weather = scenario.weather(seed);
    let mut defence = Defence::new(&scenario.site, &objects, seed).in_weather(&weather);
    if let Some(log) = log {
        recorder.keep_raids(log);
    }
    let mut failed = None;
    scenario.watch(seed, &mut objects, Some(&mut defence), |step, objects| {
        if failed.is_none() {
            failed = recorder.step(step, objects).err();
        }
    });
    let defended = defence.finish(&mut objects);
    if let Some(failure) = failed {
        return Err(failure);
    }
    recorder.finish(staging)?;
    let (score, pairing) = judge(scenario, &recorder);
    if let Some(staging) = staging {
        write_truth(scenario, &planned, staging)?;
        copy_site(path, staging)?;
        alerts::write(&scenario.site, &recorder, staging, scenario.start.seconds())?;
    }
    let raids = recorder.take_raids();
    // What was planned, as if nothing had touched it, and what was broken off.
    let broken_off = &objects[planned.len()..];
    let all: Vec<Object> = planned.iter().chain(broken_off).cloned().collect();
    Ok((story::tell(scenario, seed, &all, &recorder, &score, &pairing, &defended), raids))
}

fn judge(scenario: &Scenario, recorder: &Recorder<'_>) -> (Score, Pairing) {
    let record = &recorder.record;
    let site = &scenario.site;
    let pairing = pair(record);
    let errors = impact_errors(record, &pairing, Some((&site.site, &site.world)));
    let radius_m = site.policy.hazard_radius_m("rocket");
    let times = timeliness(record, &pairing, &site.zones, radius_m);
    let assessed = [(pairing, errors, times)];
    let score = score(&assessed);
    let [(pairing, ..)] = assessed;
    (score, pairing)
}

/// impacts.csv and rounds.csv: where rounds would land if nothing touched them.
fn write_truth(scenario: &Scenario, objects: &[Object], staging: &Staging) -> Done {
    let mut impacts = staging.create("impacts.csv")?;
    writeln!(impacts, "object_id,class,time_s,lat_deg,lon_deg,height_m,e_m,n_m")?;
    let mut rounds = staging.create("rounds.csv")?;
    writeln!(rounds, "object_id,drag_curve,area_per_mass_m2kg")?;
    for object in objects {
        let (Some(p), Some(body)) = (object.lands_at_enu_m, object.body) else { continue };
        let place = scenario.site.site.datum.wgs84(p.into());
        writeln!(
            impacts,
            "{},{},{:.4},{:.7},{:.7},{:.2},{:.3},{:.3}",
            object.id,
            object.class,
            object.end_s,
            place.lat_deg(),
            place.lon_deg(),
            place.height_m,
            p.x,
            p.y
        )?;
        let area = body.area_per_mass_m2kg;
        writeln!(rounds, "{},{},{area:.6e}", object.id, body.curve.name())?;
    }
    impacts.flush()?;
    rounds.flush()?;
    Ok(())
}

/// A copy of the site's files, so that the folder can be scored and repeated alone.
fn copy_site(scenario: &Path, staging: &Staging) -> Done {
    let read = |path: &Path| {
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
    };
    let table: toml::Table = read(scenario)?.parse().context("the scenario was read before")?;
    let named = |table: &toml::Table, key: &str| Some(table.get(key)?.as_str()?.to_string());
    let Some(site_name) = named(&table, "site") else { return Ok(()) };
    let site_path = scenario.parent().unwrap_or(Path::new("")).join(site_name);
    let text = read(&site_path)?;
    let table: toml::Table = text.parse().context("the site was read before")?;
    staging.write("site.toml", text.as_bytes())?;
    for key in ["zones", "terrain", "sounding"] {
        let Some(name) = named(&table, key) else { continue };
        let inside = Path::new(&name)
            .components()
            .all(|c| matches!(c, std::path::Component::Normal(_) | std::path::Component::CurDir));
        if inside {
            let from = site_path.parent().unwrap_or(Path::new("")).join(&name);
            let bytes =
                std::fs::read(&from).with_context(|| format!("cannot read {}", from.display()))?;
            staging.write(&name, &bytes)?;
        }
    }
    Ok(())
}
