//! Our own CSV: one row per incident and source, every column but the first day's date
//! optional. `docs/ledger.md` lists the columns.
//!
//! In: rows, under comment lines that speak of the whole file (`# label:`, `# source:`,
//! `# reliability:`, `# note:`, `# watched:`). Out: claims. And back: the cells of a
//! claim for the exports, in the same columns, so that an export can be imported.

use super::acled::weapon_in;
use super::day::Day;
use super::error::{LedgerError, Result};
use super::import::{Preface, Rejection, Row};
use super::incident::{Claim, Range, Source, span};
use super::watch::Watch;
use super::words::{DatePrecision, Intercept, Kind, PlacePrecision, Reliability, Setting};

/// Columns without which a row cannot be read.
pub const NEEDED: [&str; 1] = ["date_local"];

/// All columns, in the order of the export.
pub const USED: [&str; 46] = [
    "id",
    "source",
    "date_local",
    "date_prec",
    "date_low",
    "date_high",
    "time_s",
    "kind",
    "in_zone",
    "weapon",
    "n_low",
    "n_best",
    "n_high",
    "thwarted",
    "exercise",
    "killed_low",
    "killed_best",
    "killed_high",
    "wounded_low",
    "wounded_best",
    "wounded_high",
    "debris_killed_low",
    "debris_killed_best",
    "debris_killed_high",
    "debris_wounded_low",
    "debris_wounded_best",
    "debris_wounded_high",
    "intercept",
    "intercepted_low",
    "intercepted_best",
    "intercepted_high",
    "intercept_by",
    "place_effect",
    "lat_deg",
    "lon_deg",
    "place_prec",
    "damage",
    "claimed_by",
    "blamed",
    "blamed_by",
    "warned",
    "warning_s",
    "reliability",
    "label",
    "conflict_note",
    "sources",
];

/// A cell of the export.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A whole number.
    Count(Option<u32>),
    /// A number.
    Number(Option<f64>),
    /// Yes or no; empty where it is not known.
    Flag(Option<bool>),
}

/// Takes one comment line.
pub fn comment(path: &str, line: u64, text: &str, preface: &mut Preface) -> Result<()> {
    let Some((word, value)) = text.split_once(':') else { return Ok(()) };
    let value = value.trim();
    let wrong = |field, expected: String| LedgerError::Comment {
        path: path.into(),
        line,
        field,
        seen: value.into(),
        expected,
    };
    match word.trim() {
        "label" => preface.label = value.into(),
        "source" if !value.is_empty() => preface.source = value.into(),
        "note" if preface.note.is_empty() => preface.note = value.into(),
        "note" => preface.note = format!("{} {value}", preface.note),
        "reliability" => {
            preface.reliability = Reliability::from_name(value)
                .ok_or_else(|| wrong("reliability", Reliability::expected()))?;
        }
        "watched" => {
            let watch = watched(value).ok_or_else(|| {
                wrong(
                    "watched",
                    "FIRST to LAST as days, then a share and a kind where needed: \
                     2020-01-01 to 2020-12-31 0.8 rocket"
                        .into(),
                )
            })?;
            preface.watched.push(watch);
        }
        _ => {}
    }
    Ok(())
}

/// `2020-01-01 to 2020-12-31`, then a share, then a kind.
fn watched(text: &str) -> Option<Watch> {
    let mut words = text.split_whitespace();
    let first = words.next()?.parse().ok()?;
    if words.next()? != "to" {
        return None;
    }
    let last = words.next()?.parse().ok()?;
    let mut watch = Watch { first, last, kind: None, share: 1.0, note: String::new() };
    for word in words {
        match word.parse::<f64>() {
            Ok(share) if share > 0.0 && share <= 1.0 => watch.share = share,
            Ok(_) => return None,
            Err(_) => watch.kind = Some(Kind::from_name(word)?),
        }
    }
    (watch.first <= watch.last).then_some(watch)
}

/// The comment line of a watched period, as [`comment`] reads it.
pub fn watched_comment(watch: &Watch) -> String {
    let kind = watch.kind.map_or_else(String::new, |k| format!(" {}", k.name()));
    format!("# watched: {} to {} {}{kind}", watch.first, watch.last, watch.share)
}

/// What a row says of its source, where it says anything.
pub fn about(row: &Row<'_>, claim: &Claim) -> Result<Option<Source>, Rejection> {
    let grade = word(row, "reliability", Reliability::from_name, Reliability::expected)?;
    let label = row.text("label");
    if grade.is_none() && label.is_empty() {
        return Ok(None);
    }
    Ok(Some(Source {
        name: claim.source.clone(),
        reliability: grade.unwrap_or(Reliability::F),
        label: label.into(),
        note: String::new(),
    }))
}

/// A row's name and claim. `source` speaks where the row names none.
pub fn read(row: &Row<'_>, source: &str) -> Result<(String, Claim), Rejection> {
    let date = |column: &str| -> Result<Option<Day>, Rejection> {
        match row.text(column) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| row.wrong(column, "a day as YYYY-MM-DD")),
        }
    };
    let day = date("date_local")?.ok_or_else(|| row.wrong("date_local", "a day as YYYY-MM-DD"))?;
    let precision = word(row, "date_prec", DatePrecision::from_name, DatePrecision::expected)?
        .unwrap_or(DatePrecision::Day);
    let (kind, thwarted) = kind(row)?;
    let source = match row.text("source") {
        "" => source,
        named => named,
    };
    let mut claim = Claim::new(source, day, precision, kind);
    let [low, high] = span(day, precision);
    claim.day_low = date("date_low")?.unwrap_or(low);
    claim.day_high = date("date_high")?.unwrap_or(high);
    if !(claim.day_low..=claim.day_high).contains(&day) {
        return Err(row.wrong("date_local", "a day between date_low and date_high"));
    }
    claim.time_s = row.number("time_s")?;
    claim.thwarted = thwarted || flag(row, "thwarted")?.unwrap_or(false);
    claim.exercise = flag(row, "exercise")?.unwrap_or(false);
    claim.setting = match row.text("in_zone") {
        "" | "unknown" => Setting::Unknown,
        "yes" | "in" => Setting::In,
        "adjacent" | "beside" => Setting::Beside,
        "no" | "outside" => Setting::Outside,
        _ => return Err(row.wrong("in_zone", "yes, adjacent, no, or nothing")),
    };
    claim.weapon = row.text("weapon").into();
    claim.count = range(row, "n_low", "n_best", "n_high")?;
    claim.killed = range(row, "killed_low", "killed_best", "killed_high")?;
    claim.injured = range(row, "wounded_low", "wounded_best", "wounded_high")?;
    claim.debris_killed =
        range(row, "debris_killed_low", "debris_killed_best", "debris_killed_high")?;
    claim.debris_injured =
        range(row, "debris_wounded_low", "debris_wounded_best", "debris_wounded_high")?;
    claim.intercepted = range(row, "intercepted_low", "intercepted_best", "intercepted_high")?;
    claim.intercept = word(row, "intercept", Intercept::from_name, Intercept::expected)?
        .unwrap_or(Intercept::Unknown);
    claim.intercept_by = row.text("intercept_by").into();
    claim.place = row.text("place_effect").into();
    [claim.lat_deg, claim.lon_deg] = row.position("lat_deg", "lon_deg")?;
    claim.place_precision =
        word(row, "place_prec", PlacePrecision::from_name, PlacePrecision::expected)?
            .unwrap_or(PlacePrecision::Unknown);
    claim.damage = row.text("damage").into();
    claim.claimed_by = row.text("claimed_by").into();
    claim.blamed = row.text("blamed").into();
    claim.blamed_by = row.text("blamed_by").into();
    claim.warned = flag(row, "warned")?;
    claim.warning_s = row.number("warning_s")?;
    claim.cites = row.text("sources").into();
    claim.note = row.text("conflict_note").into();
    Ok((name(row, &claim), claim))
}

/// The row's own name, or one made of what tells incidents apart: the same row has the
/// same name whenever it is imported.
fn name(row: &Row<'_>, claim: &Claim) -> String {
    match row.text("id") {
        "" => {
            let place: String = claim.place.chars().filter(|c| !c.is_control()).take(60).collect();
            let count = claim.count.map_or_else(String::new, |c| format!(" {}-{}", c.low, c.high));
            let rest = format!("{} {}{count} {place}", claim.day, claim.kind.name());
            rest.trim_end().to_string()
        }
        id => id.into(),
    }
}

fn word<T>(
    row: &Row<'_>,
    column: &str,
    read: fn(&str) -> Option<T>,
    expected: fn() -> String,
) -> Result<Option<T>, Rejection> {
    match row.text(column) {
        "" => Ok(None),
        text => read(text).map(Some).ok_or_else(|| row.wrong(column, expected())),
    }
}

/// The kind and whether it was thwarted; `thwarted` may stand in place of a kind, which
/// the weapon's name then gives.
fn kind(row: &Row<'_>) -> Result<(Kind, bool), Rejection> {
    match row.text("kind") {
        "" => Ok((weapon_in(row.text("weapon")).unwrap_or(Kind::Unknown), false)),
        "thwarted" => Ok((weapon_in(row.text("weapon")).unwrap_or(Kind::Unknown), true)),
        text => Kind::from_name(text)
            .map(|kind| (kind, false))
            .ok_or_else(|| row.wrong("kind", format!("{} or thwarted", Kind::expected()))),
    }
}

fn flag(row: &Row<'_>, column: &str) -> Result<Option<bool>, Rejection> {
    match row.text(column) {
        "" => Ok(None),
        "yes" | "true" => Ok(Some(true)),
        "no" | "false" => Ok(Some(false)),
        _ => Err(row.wrong(column, "yes, no, or nothing")),
    }
}

fn range(row: &Row<'_>, low: &str, best: &str, high: &str) -> Result<Option<Range>, Rejection> {
    Range::of(row.count(low)?, row.count(best)?, row.count(high)?)
        .map_err(|e| row.wrong(low, e.to_string()))
}

/// The cells of a claim, one per column of [`USED`].
pub fn cells(id: &str, claim: &Claim, reliability: Reliability, label: &str) -> Vec<Cell> {
    let text = |t: &str| Cell::Text(t.into());
    let low = |r: Option<Range>| Cell::Count(r.map(|r| r.low));
    let best = |r: Option<Range>| Cell::Count(r.and_then(|r| r.best));
    let high = |r: Option<Range>| Cell::Count(r.map(|r| r.high));
    let unless = |word: &'static str, empty: &str| text(if word == empty { "" } else { word });
    let c = claim;
    vec![
        text(id),
        text(&c.source),
        Cell::Text(c.day.to_string()),
        text(c.date_precision.name()),
        Cell::Text(c.day_low.to_string()),
        Cell::Text(c.day_high.to_string()),
        Cell::Number(c.time_s),
        text(c.kind.name()),
        text(match c.setting {
            Setting::In => "yes",
            Setting::Beside => "adjacent",
            Setting::Outside => "no",
            Setting::Unknown => "",
        }),
        text(&c.weapon),
        low(c.count),
        best(c.count),
        high(c.count),
        Cell::Flag(Some(c.thwarted)),
        Cell::Flag(Some(c.exercise)),
        low(c.killed),
        best(c.killed),
        high(c.killed),
        low(c.injured),
        best(c.injured),
        high(c.injured),
        low(c.debris_killed),
        best(c.debris_killed),
        high(c.debris_killed),
        low(c.debris_injured),
        best(c.debris_injured),
        high(c.debris_injured),
        unless(c.intercept.name(), "unknown"),
        low(c.intercepted),
        best(c.intercepted),
        high(c.intercepted),
        text(&c.intercept_by),
        text(&c.place),
        Cell::Number(c.lat_deg),
        Cell::Number(c.lon_deg),
        unless(c.place_precision.name(), "unknown"),
        text(&c.damage),
        text(&c.claimed_by),
        text(&c.blamed),
        text(&c.blamed_by),
        Cell::Flag(c.warned),
        Cell::Number(c.warning_s),
        text(reliability.name()),
        text(label),
        text(&c.note),
        text(&c.cites),
    ]
}
