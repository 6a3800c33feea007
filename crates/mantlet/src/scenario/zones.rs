//! Reading zones.geojson.
//!
//! In: an RFC 7946 FeatureCollection of polygons with `id`, `name`, `kind`,
//! `population` and `shelter_s`. Out: [`Zone`]s in the site's local frame. A zone
//! that crosses itself, has a hole, or lies far from the site is refused with its
//! line; all problems come at once.

use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::frames::Datum;
use crate::frames::Wgs84;
use crate::warning::Zone;
use crate::warning::ZoneKind;

use super::fields::{Problem, Problems, line_of, nearest, read_text};

/// A zone further than this from the datum is a mistake in its coordinates, m.
/// Chosen: the furthest that a site's rounds come from, with room to spare.
const FURTHEST_M: f64 = 50_000.0;

#[derive(Deserialize)]
struct Collection<'t> {
    r#type: String,
    #[serde(borrow)]
    features: Vec<&'t RawValue>,
}

#[derive(Deserialize)]
struct Feature {
    id: Option<serde_json::Value>,
    #[serde(default)]
    properties: Option<serde_json::Map<String, serde_json::Value>>,
    geometry: serde_json::Value,
}

/// Zones of a GeoJSON file.
///
/// # Errors
///
/// [`Problems`] names file, line, field, value and expectation of each.
pub fn read_zones(path: &Path, datum: &Datum) -> Result<Vec<Zone>, Problems> {
    let text = read_text(path)?;
    let problem = |line: usize, field: &str, seen: &str, expected: &str| Problem {
        path: path.to_path_buf(),
        line,
        field: field.into(),
        seen: seen.into(),
        expected: expected.into(),
    };
    let collection: Collection<'_> = serde_json::from_str(&text).map_err(|e| {
        let seen = text.lines().nth(e.line().saturating_sub(1)).unwrap_or("").trim();
        let seen: String = seen.chars().take(60).collect();
        Problems(vec![problem(e.line(), "GeoJSON", &seen, &e.to_string())])
    })?;
    if collection.r#type != "FeatureCollection" {
        let seen = &collection.r#type;
        return Err(Problems(vec![problem(1, "type", seen, "FeatureCollection")]));
    }
    let mut zones: Vec<Zone> = Vec::new();
    let mut problems = Vec::new();
    for (i, raw) in collection.features.iter().enumerate() {
        let line = line_of(&text, raw.get().as_ptr() as usize - text.as_ptr() as usize);
        let mut note = |field: &str, seen: &str, expected: &str| {
            problems.push(problem(line, &format!("features[{i}].{field}"), seen, expected));
        };
        let feature: Feature = match serde_json::from_str(raw.get()) {
            Ok(feature) => feature,
            Err(e) => {
                note("geometry", &e.to_string(), "a GeoJSON Feature");
                continue;
            }
        };
        let Some(zone) = zone_of(&feature, datum, &mut note) else { continue };
        if zones.iter().any(|z| z.id == zone.id) {
            note("id", &zone.id, "an id that no other zone has");
        }
        zones.push(zone);
    }
    if problems.is_empty() { Ok(zones) } else { Err(Problems(problems)) }
}

fn zone_of(
    feature: &Feature,
    datum: &Datum,
    note: &mut impl FnMut(&str, &str, &str),
) -> Option<Zone> {
    let empty = serde_json::Map::new();
    let properties = feature.properties.as_ref().unwrap_or(&empty);
    let id_value = properties.get("id").or(feature.id.as_ref());
    let id = match id_value {
        Some(serde_json::Value::String(s)) if !s.trim().is_empty() => s.clone(),
        Some(serde_json::Value::Number(n)) => n.to_string(),
        other => {
            note("properties.id", &seen(other), "a text or number");
            return None;
        }
    };
    let name = properties.get("name").and_then(|v| v.as_str()).unwrap_or(&id).to_string();
    let words = ["protected", "neighbour", "keep_out"];
    let kind_value = properties.get("kind");
    let kind = kind_value.and_then(|v| v.as_str()).and_then(ZoneKind::from_name);
    if kind.is_none() {
        let hint = nearest(kind_value.and_then(|v| v.as_str()).unwrap_or(""), &words);
        let expected = format!("one of {}{hint}", words.join(", "));
        note("properties.kind", &seen(kind_value), &expected);
    }
    let mut number = |field: &str, max: f64| {
        let value = properties.get(field);
        let number = value.and_then(serde_json::Value::as_f64).filter(|n| (0.0..=max).contains(n));
        if number.is_none() {
            let expected = format!("a number from 0 to {max}");
            note(&format!("properties.{field}"), &seen(value), &expected);
        }
        number
    };
    let population = number("population", 1e8);
    let shelter_s = number("shelter_s", 3600.0);
    let polygon = corners(&feature.geometry, datum, note);
    let (kind, population, shelter_s, polygon) = (kind?, population?, shelter_s?, polygon?);
    match Zone::new(id.clone(), name, kind, population, shelter_s, polygon) {
        Ok(zone) => Some(zone),
        Err(e) => {
            note("geometry", &format!("zone \"{id}\" {e}"), "a simple polygon");
            None
        }
    }
}

fn seen(value: Option<&serde_json::Value>) -> String {
    let text = value.map_or("missing".into(), ToString::to_string);
    text.chars().take(60).collect()
}

fn corners(
    geometry: &serde_json::Value,
    datum: &Datum,
    note: &mut impl FnMut(&str, &str, &str),
) -> Option<Vec<[f64; 2]>> {
    let rings = geometry.get("coordinates").and_then(|c| c.as_array());
    let rings = match (geometry.get("type").and_then(|t| t.as_str()), rings) {
        (Some("Polygon"), Some(rings)) if rings.len() == 1 => rings,
        (Some("Polygon"), Some(rings)) => {
            note("geometry", &format!("{} rings", rings.len()), "a Polygon of one ring, no holes");
            return None;
        }
        (kind, _) => {
            note("geometry.type", kind.unwrap_or("missing"), "Polygon");
            return None;
        }
    };
    let mut polygon = Vec::new();
    for corner in rings[0].as_array()? {
        let pair = (corner[0].as_f64(), corner[1].as_f64());
        let place = match pair {
            (Some(lon), Some(lat)) => {
                Wgs84::from_degrees(lat, lon, datum.origin().height_m).map_err(|e| e.to_string())
            }
            _ => Err(corner.to_string()),
        };
        match place {
            Ok(place) => {
                let p = datum.local(place);
                if p.e_m.hypot(p.n_m) > FURTHEST_M {
                    let km = p.e_m.hypot(p.n_m) / 1000.0;
                    note(
                        "geometry.coordinates",
                        &format!("{corner} is {km:.0} km from the site"),
                        "[longitude, latitude] within 50 km of the site's origin",
                    );
                    return None;
                }
                polygon.push([p.e_m, p.n_m]);
            }
            Err(e) => {
                note("geometry.coordinates", &e, "[longitude, latitude] in degrees");
                return None;
            }
        }
    }
    Some(polygon)
}
