//! `mantlet ledger add`: one claim by hand.

use std::io::{IsTerminal, Write};
use std::path::Path;

use mantlet::ledger::{
    Claim, DatePrecision, Day, Entered, Intercept, Kind, Ledger, PlacePrecision, Range,
    Reliability, Setting, Source,
};

use super::ask::{Asked, ask};
use super::{kind, range, reliability, setting, stamp};
use crate::failure::{Done, Failure};

/// Shown under `--help`.
pub const EXAMPLE: &str = "Examples:\n  \
mantlet ledger add                       asks on the terminal\n  \
mantlet ledger add --date 2021-02-22 --kind rocket --source police --count 2-3 --where in\n  \
mantlet ledger add --to I-1 --date 2021-02-22 --kind rocket --source hospital --injured 1\n\n\
Numbers are N, LOW-HIGH or LOW-BEST-HIGH. A second source's claim stands beside the first;\n\
the same source's new claim is its next revision. Prints the incident's name once it is on\n\
the disk.";

/// Arguments of `mantlet ledger add`.
#[derive(clap::Args)]
pub struct Args {
    /// The incident that this is a claim about; a new one without it
    #[arg(long, value_name = "INCIDENT")]
    to: Option<String>,
    /// The day, local to the place
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Day>,
    /// How closely the date is known: minute, day, week, month, year
    #[arg(long, value_name = "WORD", value_parser = date_precision, default_value = "day")]
    date_precision: DatePrecision,
    /// The kind, as `list --kind` names them
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<Kind>,
    /// Who says so
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// How far that source can be relied on, A to F as NATO grades sources
    #[arg(long, value_name = "A-F", value_parser = reliability)]
    reliability: Option<Reliability>,
    /// Where, seen from the site: in, beside, outside, unknown
    #[arg(long = "where", value_name = "WHERE", value_parser = setting)]
    setting: Option<Setting>,
    /// The place in words
    #[arg(long, value_name = "TEXT")]
    place: Option<String>,
    /// Latitude, WGS84, degrees
    #[arg(long, value_name = "DEG", allow_negative_numbers = true, requires = "lon")]
    lat: Option<f64>,
    /// Longitude, WGS84, degrees
    #[arg(long, value_name = "DEG", allow_negative_numbers = true, requires = "lat")]
    lon: Option<f64>,
    /// How closely that is known: exact, town, district, province, country
    #[arg(long, value_name = "WORD", value_parser = place_precision)]
    place_precision: Option<PlacePrecision>,
    /// The weapon as the source calls it
    #[arg(long, value_name = "TEXT")]
    weapon: Option<String>,
    /// How many rounds or devices
    #[arg(long, value_name = "N", value_parser = range)]
    count: Option<Range>,
    /// It was found or stopped before it began
    #[arg(long)]
    thwarted: bool,
    /// What is said of an interception: none_reported, attempted, partial,
    /// partial_or_full, full, claimed_failed, disputed, n/a, unknown
    #[arg(long, value_name = "WORD", value_parser = intercept)]
    intercept: Option<Intercept>,
    /// How many were intercepted
    #[arg(long, value_name = "N", value_parser = range)]
    intercepted: Option<Range>,
    /// Who says that they were
    #[arg(long, value_name = "NAME")]
    intercept_by: Option<String>,
    /// Damage in words
    #[arg(long, value_name = "TEXT")]
    damage: Option<String>,
    /// Killed
    #[arg(long, value_name = "N", value_parser = range)]
    killed: Option<Range>,
    /// Injured
    #[arg(long, value_name = "N", value_parser = range)]
    injured: Option<Range>,
    /// Of the killed, those by what fell from an interception
    #[arg(long, value_name = "N", value_parser = range)]
    debris_killed: Option<Range>,
    /// Of the injured, those by what fell from an interception
    #[arg(long, value_name = "N", value_parser = range)]
    debris_injured: Option<Range>,
    /// Who claimed the attack, as reported
    #[arg(long, value_name = "NAME")]
    claimed_by: Option<String>,
    /// Who is blamed, as reported
    #[arg(long, value_name = "NAME")]
    blamed: Option<String>,
    /// Who blames them
    #[arg(long, value_name = "NAME", requires = "blamed")]
    blamed_by: Option<String>,
    /// Whether people were warned
    #[arg(long, value_name = "yes|no", value_parser = yes_no)]
    warned: Option<bool>,
    /// Seconds between the warning and the first impact
    #[arg(long, value_name = "S")]
    warning_s: Option<f64>,
    /// What the source cites
    #[arg(long, value_name = "TEXT")]
    cites: Option<String>,
    /// Remarks
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Who enters it; the login name when absent
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

fn date_precision(text: &str) -> Result<DatePrecision, String> {
    DatePrecision::from_name(text).ok_or_else(|| format!("expected {}", DatePrecision::expected()))
}

fn place_precision(text: &str) -> Result<PlacePrecision, String> {
    PlacePrecision::from_name(text)
        .ok_or_else(|| format!("expected {}", PlacePrecision::expected()))
}

fn intercept(text: &str) -> Result<Intercept, String> {
    Intercept::from_name(text).ok_or_else(|| format!("expected {}", Intercept::expected()))
}

fn yes_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("expected yes or no".into()),
    }
}

/// Runs it.
///
/// # Errors
///
/// Input error when a value is wrong, or one is missing and there is no terminal to
/// ask on.
pub fn run(path: &Path, args: &Args) -> Done {
    let mut asked = Asked {
        date: args.date,
        kind: args.kind,
        source: args.source.clone(),
        setting: args.setting,
        count: args.count,
        killed: args.killed,
        injured: args.injured,
        note: args.note.clone(),
    };
    let missing: Vec<&str> = [
        ("--date", args.date.is_none()),
        ("--kind", args.kind.is_none()),
        ("--source", args.source.is_none()),
    ]
    .into_iter()
    .filter_map(|(flag, missing)| missing.then_some(flag))
    .collect();
    if !missing.is_empty() {
        if !std::io::stdin().is_terminal() {
            let flags = missing.join(", ");
            return Err(Failure::Input(format!(
                "{flags}: missing: expected on the command line, as there is no terminal to ask on"
            )));
        }
        ask(&mut asked, &mut std::io::stdin().lock(), &mut std::io::stderr())?;
    }
    let (Some(date), Some(kind), Some(source)) = (asked.date, asked.kind, &asked.source) else {
        return Err(Failure::Input("date, kind and source: expected all three".into()));
    };
    let claim = claim(args, &asked, date, kind, source);
    let mut ledger = Ledger::open(path)?;
    if let Some(id) = &args.to {
        // A claim about an incident that is not there is more often a slip than a wish.
        ledger.show(id)?;
    }
    let stamp = stamp(args.by.as_deref());
    if let Some(grade) = args.reliability {
        let known = ledger.sources()?.into_iter().find(|s| s.name == *source);
        let source = Source {
            reliability: grade,
            ..known.unwrap_or(Source {
                name: source.clone(),
                reliability: grade,
                label: String::new(),
                note: String::new(),
            })
        };
        let mut writer = ledger.write(&stamp, "add")?;
        writer.set_source(&source)?;
        writer.commit()?;
    }
    let (id, entered) = ledger.add(&stamp, args.to.as_deref(), &claim)?;
    if args.quiet {
        return Ok(());
    }
    let (word, sentence) = match entered {
        Entered::New => ("new", "a new incident"),
        Entered::Claim => ("claim", "one more source"),
        Entered::Revised => ("revised", "a new revision of this source's claim"),
        Entered::Same => ("same", "nothing new"),
    };
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::json!({ "incident": id, "entered": word }))?;
    } else {
        writeln!(out, "{id}: {sentence}")?;
    }
    Ok(())
}

fn claim(args: &Args, asked: &Asked, date: Day, kind: Kind, source: &str) -> Claim {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Claim {
        weapon: text(&args.weapon),
        count: asked.count,
        thwarted: args.thwarted,
        setting: asked.setting.unwrap_or(Setting::Unknown),
        place: text(&args.place),
        lat_deg: args.lat,
        lon_deg: args.lon,
        place_precision: args.place_precision.unwrap_or(PlacePrecision::Unknown),
        intercept: args.intercept.unwrap_or(Intercept::Unknown),
        intercepted: args.intercepted,
        intercept_by: text(&args.intercept_by),
        damage: text(&args.damage),
        killed: asked.killed,
        injured: asked.injured,
        debris_killed: args.debris_killed,
        debris_injured: args.debris_injured,
        claimed_by: text(&args.claimed_by),
        blamed: text(&args.blamed),
        blamed_by: text(&args.blamed_by),
        warned: args.warned,
        warning_s: args.warning_s,
        cites: text(&args.cites),
        note: text(&asked.note),
        ..Claim::new(source, date, args.date_precision, kind)
    }
}
