//! ACLED's export, column by column as published: "ACLED Codebook", version of 2023
//! and later, section "Data columns"; older exports lack some of the columns that are
//! not needed here.
//!
//! The codebook has one sub-event for shells, rockets and missiles; which of them it
//! was is taken from the notes where exactly one is named, else the kind is
//! `indirect_fire`. Rows of event types that are no attack (protests, agreements, ...)
//! are rejected. Only actor1 of a one-sided or explosive event is recorded, as blamed
//! by ACLED.

use super::Day;
use super::import::{Rejection, Row};
use super::incident::{Claim, Range, span};
use super::words::{DatePrecision, Kind, PlacePrecision};

/// The source's name.
pub const SOURCE: &str = "ACLED";
/// Columns without which a row cannot be read.
pub const NEEDED: [&str; 4] = ["event_id_cnty", "event_date", "event_type", "sub_event_type"];
/// Columns that something is made of.
pub const USED: [&str; 15] = [
    "event_id_cnty",
    "event_date",
    "time_precision",
    "event_type",
    "sub_event_type",
    "actor1",
    "country",
    "admin1",
    "location",
    "latitude",
    "longitude",
    "geo_precision",
    "source",
    "notes",
    "fatalities",
];

/// A row's name and claim.
pub fn read(row: &Row<'_>) -> Result<(String, Claim), Rejection> {
    let id = row.text("event_id_cnty");
    if id.is_empty() {
        return Err(row.wrong("event_id_cnty", "the event's number"));
    }
    let day = day(row.text("event_date"))
        .ok_or_else(|| row.wrong("event_date", "a day as 2021-02-22 or 22 February 2021"))?;
    let precision = match row.text("time_precision") {
        "1" | "" => DatePrecision::Day,
        "2" => DatePrecision::Week,
        "3" => DatePrecision::Month,
        _ => return Err(row.wrong("time_precision", "1, 2 or 3")),
    };
    let notes = row.text("notes");
    let (kind, thwarted) = kind(row.text("event_type"), row.text("sub_event_type"), notes)
        .ok_or_else(|| row.wrong("sub_event_type", "an attack; this is none"))?;
    let mut claim = Claim::new(SOURCE, day, precision, kind);
    [claim.day_low, claim.day_high] = span(day, precision);
    claim.thwarted = thwarted;
    [claim.lat_deg, claim.lon_deg] = row.position("latitude", "longitude")?;
    claim.place_precision = match row.text("geo_precision") {
        "1" => PlacePrecision::Town,
        "2" => PlacePrecision::District,
        "3" => PlacePrecision::Province,
        "" => PlacePrecision::Unknown,
        _ => return Err(row.wrong("geo_precision", "1, 2 or 3")),
    };
    claim.place = ["location", "admin1", "country"]
        .iter()
        .map(|c| row.text(c))
        .filter(|t| !t.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    claim.killed = row.count("fatalities")?.map(Range::exactly);
    let blamed = row.text("actor1");
    let one_sided = ["Explosions/Remote violence", "Violence against civilians"];
    if !blamed.is_empty() && one_sided.contains(&row.text("event_type")) {
        claim.blamed = blamed.into();
        claim.blamed_by = SOURCE.into();
    }
    claim.cites = row.text("source").into();
    claim.note = notes.into();
    Ok((format!("acled:{id}"), claim))
}

/// `2021-02-22`, `22 February 2021` or `22-February-2021`.
fn day(text: &str) -> Option<Day> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if let Ok(day) = text.parse() {
        return Some(day);
    }
    let mut parts = text.split([' ', '-']);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let name = month.to_lowercase();
    let month =
        MONTHS.iter().position(|m| *m == name || (name.len() == 3 && m.starts_with(&name)))?;
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Day::from_civil(year.parse().ok()?, month as u32 + 1, day.parse().ok()?)
}

/// The kind, and whether the attempt was thwarted; `None` for what is no attack.
fn kind(event: &str, sub_event: &str, notes: &str) -> Option<(Kind, bool)> {
    let sub = sub_event.to_lowercase();
    let kind = match sub.as_str() {
        "shelling/artillery/missile attack" => weapon_in(notes).unwrap_or(Kind::IndirectFire),
        "air/drone strike" => match weapon_in(notes) {
            Some(Kind::Drone) => Kind::Drone,
            _ => Kind::AirStrike,
        },
        "remote explosive/landmine/ied" => Kind::RoadsideBomb,
        "suicide bomb" => Kind::SuicideBomb,
        "grenade" => Kind::Grenade,
        "chemical weapon" => Kind::Other,
        "disrupted weapons use" => {
            return Some((weapon_in(notes).unwrap_or(Kind::Unknown), true));
        }
        "attack" | "armed clash" | "mob violence" | "excessive force against protesters" => {
            Kind::SmallArms
        }
        _ if event.eq_ignore_ascii_case("Explosions/Remote violence") => Kind::Unknown,
        _ => return None,
    };
    Some((kind, false))
}

/// The weapon that a text names, where it names exactly one.
pub fn weapon_in(text: &str) -> Option<Kind> {
    const WORDS: [(&str, Kind); 12] = [
        ("rocket", Kind::Rocket),
        ("katyusha", Kind::Rocket),
        ("mortar", Kind::Mortar),
        ("artillery", Kind::Artillery),
        ("howitzer", Kind::Artillery),
        ("missile", Kind::Missile),
        ("drone", Kind::Drone),
        ("uav", Kind::Drone),
        ("roadside bomb", Kind::RoadsideBomb),
        ("ied", Kind::RoadsideBomb),
        ("car bomb", Kind::CarBomb),
        ("suicide", Kind::SuicideBomb),
    ];
    let text = text.to_lowercase();
    // Rocket-propelled grenades are no rockets of this kind.
    let text = text.replace("rocket-propelled", "").replace("rocket propelled", "");
    let starts = |word: &str| {
        text.match_indices(word).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + word.len()..].chars().next();
            !before.is_some_and(char::is_alphanumeric)
                && after.is_none_or(|c| !c.is_alphanumeric() || c == 's')
        })
    };
    let mut named: Vec<Kind> =
        WORDS.iter().filter(|(word, _)| starts(word)).map(|(_, kind)| *kind).collect();
    named.sort();
    named.dedup();
    match named[..] {
        [one] => Some(one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_both_exports_write_them() {
        let expected = Day::from_civil(2021, 2, 22);
        for text in ["2021-02-22", "22 February 2021", "22-February-2021", "22 Feb 2021"] {
            assert_eq!(day(text), expected, "{text}");
        }
        for text in ["22/02/2021", "February 2021", "31 February 2021", "22 Fe 2021"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn the_notes_say_which_weapon_only_where_they_name_one() {
        assert_eq!(weapon_in("three Katyusha rockets hit"), Some(Kind::Rocket));
        assert_eq!(weapon_in("rockets and mortar shells"), None);
        assert_eq!(weapon_in("an RPG (rocket-propelled grenade)"), None);
        assert_eq!(weapon_in("he died of injuries; a varied list"), None);
        let shelling = "Shelling/artillery/missile attack";
        assert_eq!(kind("", shelling, "mortars"), Some((Kind::Mortar, false)));
        assert_eq!(kind("", shelling, "shells"), Some((Kind::IndirectFire, false)));
        assert_eq!(kind("Protests", "Peaceful protest", ""), None);
    }
}
