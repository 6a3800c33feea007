//! `mantlet ledger show`: one incident, its sources side by side.

use std::io::Write;
use std::path::Path;

use mantlet::ledger::{Day, Dossier, Intercept, Ledger, PlacePrecision, Setting, Statement};

use super::list::number;
use super::table::{table, width, wrap};
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

/// The dossier for people: the sources side by side, then each with all that it says.
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
            out += &wrap(&format!("{what}: {said}"), "  ", width);
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

/// Numbers and words that can be compared, a row per source; what nobody says has no
/// column.
fn side_by_side(sources: &[&Statement]) -> Vec<Vec<String>> {
    let intercept = |s: &Statement| match s.claim.intercept {
        Intercept::Unknown => String::new(),
        said => said.name().into(),
    };
    let mut rows = vec![
        ["source", "day", "kind", "rounds", "killed", "injured", "interception"]
            .map(String::from)
            .to_vec(),
    ];
    rows.extend(sources.iter().map(|s| {
        vec![
            s.claim.source.clone(),
            s.claim.day.to_string(),
            s.claim.kind.name().into(),
            number(s.claim.count),
            number(s.claim.killed),
            number(s.claim.injured),
            intercept(s),
        ]
    }));
    for column in (1..rows[0].len()).rev() {
        if rows[1..].iter().all(|row| row[column].is_empty()) {
            for row in &mut rows {
                row.remove(column);
            }
        }
    }
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
