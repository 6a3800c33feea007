//! `mantlet run --runs N`: a scenario many times over, and what chance makes of it.

use std::io::{IsTerminal, Write};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use mantlet::harm::ZoneHarm;
use mantlet::scenario::{Repeated, Repeats, RunFigures, Scenario, Spread, repeat};
use serde_json::{Value, json};

use crate::failure::{Done, Failure};
use crate::report::{self, data};
use crate::staging::Staging;
use crate::story;
use crate::terminal::table;

/// How it was asked for.
pub struct Asked<'a> {
    /// Seed of the first run.
    pub seed: u64,
    /// Most runs.
    pub runs: u64,
    /// Share of the mean within which the interval is narrow enough.
    pub until: Option<f64>,
    /// Folder for the tables and maps.
    pub out: Option<&'a Path>,
    /// Replace what is there.
    pub force: bool,
    /// Print nothing.
    pub quiet: bool,
    /// Print JSON.
    pub json: bool,
}

/// Runs it.
///
/// # Errors
///
/// Input error when `until` is no share or the output folder is taken.
pub fn run(scenario: &Scenario, asked: &Asked<'_>) -> Done {
    if let Some(share) = asked.until.filter(|share| !(0.001..=1.0).contains(share)) {
        return Err(Failure::Input(format!(
            "--until {share}: expected a share of the mean from 0.001 to 1"
        )));
    }
    let staging = asked.out.map(|out| Staging::new(out, asked.force)).transpose()?;
    let bar = progress(asked);
    let plan = Repeats {
        first_seed: asked.seed,
        runs: asked.runs,
        enough_rel: asked.until.unwrap_or(0.0),
    };
    let came = repeat(scenario, &plan, &mut |done, _| bar.set_position(done));
    bar.finish_and_clear();
    let summary = serde_json::to_string_pretty(&figures(scenario, asked, &came))
        .map_err(anyhow::Error::from)?
        + "\n";
    if let Some(staging) = staging {
        staging.write("summary.json", summary.as_bytes())?;
        write_runs(scenario, &came, &staging)?;
        if !scenario.site.zones.is_empty() {
            write_map(scenario, &came, &staging)?;
            staging.write("harm.png", &report::harm_picture(&drawing(scenario, asked, &came))?)?;
        }
        staging.finish()?;
    }
    if asked.quiet {
        return Ok(());
    }
    let mut out = std::io::stdout().lock();
    if asked.json {
        out.write_all(summary.as_bytes())?;
        return Ok(());
    }
    out.write_all(text(scenario, asked, &came).replace('\u{a0}', " ").as_bytes())?;
    if let Some(folder) = asked.out {
        writeln!(out, "\nMaps and tables: {}", folder.display())?;
    }
    Ok(())
}

fn progress(asked: &Asked<'_>) -> ProgressBar {
    if asked.quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} runs, {eta} left");
    ProgressBar::new(asked.runs).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// A figure of a run: its name in files, what it is called, how to take it.
type Figure = (&'static str, &'static str, fn(&RunFigures) -> f64);

const FIGURES: [Figure; 13] = [
    ("came", "rounds that came", |r| f64::from(r.came)),
    ("engaged", "tracks engaged", |r| f64::from(r.engaged)),
    ("destroyed", "rounds destroyed", |r| f64::from(r.destroyed)),
    ("leakers", "rounds that came down", |r| f64::from(r.leakers)),
    ("none_came_down", "chance that none came down", |r| f64::from(u8::from(r.leakers == 0))),
    ("spared", "tracks let through", |r| f64::from(r.spared)),
    ("spent", "effector rounds spent", |r| f64::from(r.spent)),
    ("pieces", "pieces that fell", |r| r.pieces),
    ("people_in_danger", "people in danger", |r| r.people_in_danger),
    ("people_in_time", "of them warned in time", |r| r.people_in_time),
    ("people_needlessly_warned", "people warned needlessly", |r| r.people_needlessly_warned),
    ("casualties_without", "casualties without interception", |r| r.casualties()[0]),
    ("casualties_with", "casualties with interception", |r| r.casualties()[1]),
];

/// A part of the harm to a zone: its name in files, and how to take it.
type Part = (&'static str, fn(&ZoneHarm) -> f64);

const PARTS: [Part; 6] = [
    ("casualties", |h| h.casualties),
    ("by_rounds", |h| h.by_rounds),
    ("by_debris", |h| h.by_debris),
    ("by_duds", |h| h.by_duds),
    ("chance_of_any", |h| h.chance_of_any),
    ("chance_of_damage", |h| h.chance_of_damage),
];

fn spread(s: Spread) -> Value {
    let [p5, p50, p95] = s.percentiles;
    json!({ "mean": s.mean, "half_width_95": s.half_width, "p5": p5, "p50": p50, "p95": p95 })
}

/// summary.json.
fn figures(scenario: &Scenario, asked: &Asked<'_>, came: &Repeated) -> Value {
    let all: serde_json::Map<String, Value> = FIGURES
        .iter()
        .map(|(name, _, of)| ((*name).to_string(), spread(came.spread(of))))
        .collect();
    let zones: Vec<Value> = scenario
        .site
        .zones
        .iter()
        .enumerate()
        .map(|(i, zone)| {
            let harm = |with: bool| -> serde_json::Map<String, Value> {
                let of = |r: &RunFigures| if with { r.with[i] } else { r.without[i] };
                PARTS
                    .iter()
                    .map(|(name, part)| {
                        ((*name).to_string(), spread(came.spread(|r| part(&of(r)))))
                    })
                    .collect()
            };
            json!({
                "zone_id": zone.id,
                "name": zone.name,
                "population": zone.population,
                "without": harm(false),
                "with": harm(true),
                "change": spread(change(came, i)),
                "verdict": verdict(change(came, i)),
            })
        })
        .collect();
    json!({
        "scenario": scenario.name,
        "site": scenario.site.site.name,
        "exercise": true,
        "first_seed": asked.seed,
        "runs": came.runs.len(),
        "narrow_enough": came.narrow_enough,
        "interval": "normal, 95 %, mean ± half_width_95",
        "figures": all,
        "zones": zones,
    })
}

/// Casualties of a zone with interception less those without, run by run.
fn change(came: &Repeated, zone: usize) -> Spread {
    came.spread(|r| r.with[zone].casualties - r.without[zone].casualties)
}

/// Who is safer and who is less safe: said only where the interval leaves no doubt.
fn verdict(change: Spread) -> &'static str {
    match change {
        c if c.mean + c.half_width < 0.0 => "safer",
        c if c.mean - c.half_width > 0.0 => "less safe",
        _ => "no difference shown",
    }
}

fn text(scenario: &Scenario, asked: &Asked<'_>, came: &Repeated) -> String {
    let runs = came.runs.len();
    let mut out = format!(
        "EXERCISE: everything here is simulated; the site is made up.\n\n\
         {} at {}: {runs} runs, seeds {} to {}.\n",
        scenario.name,
        scenario.site.site.name,
        asked.seed,
        asked.seed + runs as u64 - 1
    );
    if came.narrow_enough {
        out +=
            "Stopped there: the interval of the casualties with interception is narrow enough.\n";
    }
    out += "Mean ± half of its 95 % interval; 5th, 50th and 95th percentile of the runs.\n\n";
    let mut rows = vec![["", "mean", "±", "5 %", "50 %", "95 %"].map(String::from).to_vec()];
    for (_, what, of) in FIGURES {
        let s = came.spread(of);
        let small = s.mean.abs() < 100.0;
        let digits = |v: f64| format!("{v:.*}", if small { 3 } else { 0 });
        let mut row = vec![what.to_string(), digits(s.mean), digits(s.half_width)];
        row.extend(s.percentiles.map(digits));
        rows.push(row);
    }
    out += &table(&rows, 110);
    if scenario.site.zones.is_empty() || scenario.site.defence.effectors.is_empty() {
        return out;
    }
    out += "\nExpected casualties by zone, and of those with interception, by what.\n\n";
    let head = [
        "zone",
        "people",
        "without",
        "±",
        "with",
        "±",
        "rounds",
        "debris",
        "duds",
        "change",
        "±",
        "because of it",
    ];
    let mut rows = vec![head.map(String::from).to_vec()];
    for (i, zone) in scenario.site.zones.iter().enumerate() {
        let of = |take: &dyn Fn(&RunFigures) -> f64| came.spread(take);
        let (without, with) = (of(&|r| r.without[i].casualties), of(&|r| r.with[i].casualties));
        let change = change(came, i);
        let fine = |v: f64| format!("{v:.4}").replace('-', "\u{2212}");
        let mut row = vec![zone.name.clone(), format!("{:.0}", zone.population)];
        row.extend([without, with].iter().flat_map(|s| [fine(s.mean), fine(s.half_width)]));
        row.extend([
            fine(of(&|r| r.with[i].by_rounds).mean),
            fine(of(&|r| r.with[i].by_debris).mean),
            fine(of(&|r| r.with[i].by_duds).mean),
        ]);
        row.extend([fine(change.mean), fine(change.half_width), verdict(change).to_string()]);
        rows.push(row);
    }
    out + &table(&rows, 130)
}

/// runs.csv and zones.csv: every run.
fn write_runs(scenario: &Scenario, came: &Repeated, staging: &Staging) -> Done {
    let mut runs = staging.create("runs.csv")?;
    let names: Vec<&str> = FIGURES.iter().map(|f| f.0).collect();
    writeln!(runs, "seed,{}", names.join(","))?;
    let mut zones = staging.create("zones.csv")?;
    let parts: Vec<&str> = PARTS.iter().map(|p| p.0).collect();
    let with: Vec<String> = parts.iter().map(|p| format!("{p}_with")).collect();
    let without: Vec<String> = parts.iter().map(|p| format!("{p}_without")).collect();
    writeln!(zones, "seed,zone_id,{},{}", without.join(","), with.join(","))?;
    for run in &came.runs {
        write!(runs, "{}", run.seed)?;
        for (_, _, of) in FIGURES {
            write!(runs, ",{}", of(run))?;
        }
        writeln!(runs)?;
        for (i, zone) in scenario.site.zones.iter().enumerate() {
            write!(zones, "{},{}", run.seed, zone.id)?;
            for harm in [&run.without[i], &run.with[i]] {
                for (_, part) in PARTS {
                    write!(zones, ",{:.6e}", part(harm))?;
                }
            }
            writeln!(zones)?;
        }
    }
    runs.flush()?;
    zones.flush()?;
    Ok(())
}

/// harm.csv: mean expected casualties per cell, at its middle.
fn write_map(scenario: &Scenario, came: &Repeated, staging: &Staging) -> Done {
    let mut file = staging.create("harm.csv")?;
    writeln!(file, "e_m,n_m,lat_deg,lon_deg,cell_m,casualties_without,casualties_with")?;
    let map = &came.map_without;
    for (i, without) in map.casualties.iter().enumerate() {
        let with = came.map_with.casualties[i];
        if *without == 0.0 && with == 0.0 {
            continue;
        }
        let middle = |index: usize, corner: f64| corner + (index as f64 + 0.5) * map.cell_m;
        let e_m = middle(i % map.columns, map.corner_en_m[0]);
        let n_m = middle(i / map.columns, map.corner_en_m[1]);
        let local = mantlet::frames::Local { e_m, n_m, u_m: 0.0 };
        let place = scenario.site.site.datum.wgs84(local);
        writeln!(
            file,
            "{e_m:.1},{n_m:.1},{:.7},{:.7},{},{without:.6e},{with:.6e}",
            place.lat_deg(),
            place.lon_deg(),
            map.cell_m
        )?;
    }
    file.flush()?;
    Ok(())
}

/// What harm.png draws: the site and the mean maps.
fn drawing(scenario: &Scenario, asked: &Asked<'_>, came: &Repeated) -> data::RunReport {
    data::RunReport {
        scenario: format!("{}, {} runs", scenario.name, came.runs.len()),
        site: scenario.site.site.name.clone(),
        seed: asked.seed,
        exercise: true,
        zones: scenario.site.zones.iter().map(story::zone).collect(),
        effectors: scenario.site.defence.effectors.iter().map(story::effector).collect(),
        harm_grid: Some(data::HarmGrid {
            corner_en_m: came.map_without.corner_en_m,
            cell_m: came.map_without.cell_m,
            columns: came.map_without.columns,
            without: came.map_without.casualties.clone(),
            with: came.map_with.casualties.clone(),
        }),
        ..data::RunReport::default()
    }
}
