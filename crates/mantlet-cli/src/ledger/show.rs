//! `mantlet ledger show`: one incident, its sources side by side.

use std::io::Write;
use std::path::Path;

use mantlet::ledger::{Day, Dossier, Intercept, Ledger, PlacePrecision, Setting, Statement};

use super::list::number;
use super::table::{table, width};
use crate::failure::Done;

/// Shown under `--help`.
pub const EXAMPLE: &str = "Example:\n  mantlet ledger show I-1";

/// Arguments of `mantlet ledger show`.
#[derive(clap::Args)]
pub struct Args {
    /// The incident, as `list` names it
    #[arg(value_name = "INCIDENT")]
    incident: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs it.
///
/// # Errors
///
/// Input error when there is no such ledger or incident.
pub fn run(path: &Path, args: &Args) -> Done {
    let dossier = Ledger::open_existing(path)?.show(&args.incident)?;
    let mut out = std::io::stdout().lock();
    if args.json {
        let json = serde_json::to_string_pretty(&dossier).map_err(anyhow::Error::from)?;
        writeln!(out, "{json}")?;
    } else {
        out.write_all(text(&dossier, width()).as_bytes())?;
    }
    Ok(())
}

/// The dossier for people: a column per source, a line per thing said.
fn text(dossier: &Dossier, width: usize) -> String {
    let i = &dossier.incident;
    let mut out = format!("{}: {}, {}", i.id, i.day, i.kind.name());
    if i.thwarted {
        out += ", thwarted";
    }
    if i.exercise {
        out += ", EXERCISE";
    }
    out += if i.conflict { "; its sources contradict each other\n" } else { "\n" };
    let newest = |s: &&Statement| {
        let later = |o: &Statement| o.claim.source == s.claim.source && o.revision > s.revision;
        !dossier.statements.iter().any(later)
    };
    let sources: Vec<&Statement> = dossier.statements.iter().filter(newest).collect();
    if sources.len() > 1 {
        out += "\n";
        out += &table(&side_by_side(&sources), width);
    }
    for s in sources {
        out += &format!("\n{} (reliability {})\n", s.claim.source, s.reliability.name());
        for (what, said) in said(s) {
            out += &format!("  {what}: {said}\n");
        }
        let day = Day::of_instant(s.entered_s).unwrap_or_default();
        out += &format!("  entered by {} on {day} (UTC), revision {}\n", s.entered_by, s.revision);
    }
    if !dossier.tracks.is_empty() {
        out +=
            &format!("\n{} tracks of the live service; --json shows them\n", dossier.tracks.len());
    }
    out
}

/// Numbers and words that can be compared, a column per source.
fn side_by_side(sources: &[&Statement]) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    rows[0].extend(sources.iter().map(|s| s.claim.source.clone()));
    let mut line = |what: &str, of: &dyn Fn(&Statement) -> String| {
        let cells: Vec<String> = sources.iter().map(|s| of(s)).collect();
        if cells.iter().any(|c| !c.is_empty()) {
            let mut row = vec![what.to_string()];
            row.extend(cells.into_iter().map(|c| if c.is_empty() { "-".into() } else { c }));
            rows.push(row);
        }
    };
    line("day", &|s| s.claim.day.to_string());
    line("kind", &|s| s.claim.kind.name().into());
    line("rounds", &|s| number(s.claim.count));
    line("killed", &|s| number(s.claim.killed));
    line("injured", &|s| number(s.claim.injured));
    line("intercept", &|s| match s.claim.intercept {
        Intercept::Unknown => String::new(),
        said => said.name().into(),
    });
    rows
}

/// Everything a source says, in words.
fn said(statement: &Statement) -> Vec<(&'static str, String)> {
    let c = &statement.claim;
    let mut day = format!("{} ({})", c.day, c.date_precision.name());
    if c.day_low != c.day_high {
        day += &format!(", between {} and {}", c.day_low, c.day_high);
    }
    let place = match (c.lat_deg, c.lon_deg) {
        (Some(lat), Some(lon)) => {
            let precision = match c.place_precision {
                PlacePrecision::Unknown => String::new(),
                known => format!(" ({})", known.name()),
            };
            format!("{lat:.5}°, {lon:.5}°{precision}")
        }
        _ => String::new(),
    };
    let setting = match c.setting {
        Setting::Unknown => String::new(),
        known => known.name().to_string(),
    };
    let by = |what: &str, who: &str| {
        if who.is_empty() { what.into() } else { format!("{what} (by {who})") }
    };
    let intercept = match c.intercept {
        Intercept::Unknown => String::new(),
        known => by(known.name(), &c.intercept_by),
    };
    let blamed = if c.blamed.is_empty() { String::new() } else { by(&c.blamed, &c.blamed_by) };
    let warned = match c.warned {
        None => String::new(),
        Some(true) => "yes".into(),
        Some(false) => "no".into(),
    };
    let all = [
        ("day", day),
        ("kind", c.kind.name().into()),
        ("weapon", c.weapon.clone()),
        ("rounds", number(c.count)),
        ("where", setting),
        ("place", c.place.clone()),
        ("position", place),
        ("interception", intercept),
        ("intercepted", number(c.intercepted)),
        ("damage", c.damage.clone()),
        ("killed", number(c.killed)),
        ("injured", number(c.injured)),
        ("killed by debris", number(c.debris_killed)),
        ("injured by debris", number(c.debris_injured)),
        ("claimed by", c.claimed_by.clone()),
        ("blamed", blamed),
        ("warned", warned),
        ("seconds of warning", c.warning_s.map_or_else(String::new, |s| format!("{s:.1}"))),
        ("cites", c.cites.clone()),
        ("note", c.note.clone()),
    ];
    all.into_iter().filter(|(_, said)| !said.is_empty()).collect()
}
