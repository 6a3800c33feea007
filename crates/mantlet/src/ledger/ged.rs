//! UCDP GED's export, column by column as published: Högbladh, "UCDP Georeferenced
//! Event Dataset Codebook", version 23.1 and later.
//!
//! The data set is of fatal events and has no column of weapons: the kind is taken from
//! the headline where exactly one weapon is named, else it is `unknown`. An event lasts
//! from `date_start` to `date_end`; the likeliest day is the first.

use super::Day;
use super::acled::weapon_in;
use super::import::{Rejection, Row};
use super::incident::{Claim, Range};
use super::words::{DatePrecision, Kind, PlacePrecision};

/// The source's name.
pub const SOURCE: &str = "UCDP GED";
/// Columns without which a row cannot be read.
pub const NEEDED: [&str; 4] = ["id", "date_start", "date_end", "where_prec"];
/// Columns that something is made of.
pub const USED: [&str; 18] = [
    "id",
    "date_prec",
    "date_start",
    "date_end",
    "where_prec",
    "where_description",
    "where_coordinates",
    "adm_1",
    "country",
    "latitude",
    "longitude",
    "type_of_violence",
    "side_a",
    "source_article",
    "source_headline",
    "best",
    "high",
    "low",
];

/// A row's name and claim.
pub fn read(row: &Row<'_>) -> Result<(String, Claim), Rejection> {
    let id = row.text("id");
    if id.is_empty() {
        return Err(row.wrong("id", "the event's number"));
    }
    let (first, last) = (day(row, "date_start")?, day(row, "date_end")?);
    if last < first {
        return Err(row.wrong("date_end", "a day not before date_start"));
    }
    let precision = match row.text("date_prec") {
        "1" => DatePrecision::Day,
        "2" | "3" => DatePrecision::Week,
        "4" => DatePrecision::Month,
        "5" => DatePrecision::Year,
        "" if first == last => DatePrecision::Day,
        "" => DatePrecision::Week,
        _ => return Err(row.wrong("date_prec", "1 to 5")),
    };
    let headline = row.text("source_headline");
    let kind = weapon_in(headline).unwrap_or(Kind::Unknown);
    let mut claim = Claim::new(SOURCE, first, precision, kind);
    [claim.day_low, claim.day_high] = [first, last];
    [claim.lat_deg, claim.lon_deg] = row.position("latitude", "longitude")?;
    claim.place_precision = match row.text("where_prec") {
        "1" => PlacePrecision::Exact,
        "2" => PlacePrecision::Town,
        "3" => PlacePrecision::District,
        "4" => PlacePrecision::Province,
        "5" | "6" => PlacePrecision::Country,
        "7" | "" => PlacePrecision::Unknown,
        _ => return Err(row.wrong("where_prec", "1 to 7")),
    };
    let place = ["where_description", "where_coordinates", "adm_1", "country"];
    let place = place.iter().map(|c| row.text(c)).find(|t| !t.is_empty());
    claim.place = place.unwrap_or_default().into();
    let (low, best, high) = (row.count("low")?, row.count("best")?, row.count("high")?);
    claim.killed = Range::of(low, best, high).map_err(|e| row.wrong("best", e.to_string()))?;
    // Only of one-sided violence is side A the one that did it.
    let side = row.text("side_a");
    if !side.is_empty() && row.text("type_of_violence") == "3" {
        claim.blamed = side.into();
        claim.blamed_by = SOURCE.into();
    }
    claim.cites = row.text("source_article").into();
    claim.note = headline.into();
    Ok((format!("ucdp:{id}"), claim))
}

/// `2021-02-22` or `2021-02-22 00:00:00.000`.
fn day(row: &Row<'_>, column: &str) -> Result<Day, Rejection> {
    let text = row.text(column);
    text.split([' ', 'T'])
        .next()
        .and_then(|date| date.parse().ok())
        .ok_or_else(|| row.wrong(column, "a day as 2021-02-22 00:00:00.000"))
}
