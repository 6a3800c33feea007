//! What happened, for maps that users already have: GeoJSON and KML.
//!
//! In: the pictures and warnings of a run or a recording, in order. Out: one
//! document with zones, sensors, the path of each track and where it would land:
//! GeoJSON (IETF RFC 7946: longitude first, outer rings counter-clockwise) and KML
//! (OGC 12-007r2, 2.3). Heights are above the WGS84 ellipsoid in GeoJSON, as the RFC
//! has it; KML takes heights as above sea level, so there they stand off by the
//! geoid's height.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::frames::Datum;
use crate::frames::Local;
use crate::frames::Wgs84;
use crate::prediction::Impact;
use crate::sensors::Site;
use crate::time::Timestamp;
use crate::tracking::Track;
use crate::warning::Action;
use crate::warning::Warning;
use crate::warning::Zone;

use super::ellipse::Ellipse;
use super::moment;
use super::xml::Document;

/// A track's path.
#[derive(Clone, Debug)]
struct Path {
    kind: String,
    times: Vec<Timestamp>,
    places: Vec<Wgs84>,
    impact: Option<Impact>,
}

/// A map of what happened.
#[derive(Clone, Debug)]
pub struct Map<'s> {
    site: &'s Site,
    zones: &'s [Zone],
    is_exercise: bool,
    paths: BTreeMap<u64, Path>,
    /// For each zone, when it was warned and when it was cleared.
    warned: Vec<(Option<Timestamp>, Option<Timestamp>)>,
}

impl<'s> Map<'s> {
    /// An empty map of a site.
    pub fn new(site: &'s Site, zones: &'s [Zone], is_exercise: bool) -> Self {
        let warned = vec![(None, None); zones.len()];
        Self { site, zones, is_exercise, paths: BTreeMap::new(), warned }
    }

    /// Adds the tracks of a scan and where they land.
    pub fn picture(&mut self, time: Timestamp, tracks: &[Track], impacts: &[Impact]) {
        for track in tracks {
            let path = self.paths.entry(track.id).or_insert_with(|| Path {
                kind: String::new(),
                times: Vec::new(),
                places: Vec::new(),
                impact: None,
            });
            path.kind = track.kind.name().into();
            path.times.push(time);
            path.places.push(self.site.datum.wgs84(Local::from(track.position_enu_m())));
            let impact = impacts.iter().find(|i| i.track_id == track.id);
            path.impact = impact.cloned().or(path.impact.take());
        }
    }

    /// Adds a message to a zone.
    pub fn warning(&mut self, warning: &Warning) {
        let (warned, cleared) = &mut self.warned[warning.zone];
        match warning.action {
            Action::Warn => {
                warned.get_or_insert(warning.time);
                *cleared = None;
            }
            Action::Update => {}
            Action::Clear => *cleared = Some(warning.time),
        }
    }

    /// The map as GeoJSON.
    pub fn geojson(&self) -> String {
        let mut features = Vec::new();
        for (zone, (warned, cleared)) in self.zones.iter().zip(&self.warned) {
            features.push(feature(
                json!({"type": "Polygon", "coordinates": [flat(&self.outline(zone))]}),
                json!({
                    "layer": "zone", "id": zone.id, "name": zone.name, "kind": zone.kind.name(),
                    "population": zone.population, "shelter_s": zone.shelter_s,
                    "warned_s": warned.map(Timestamp::seconds),
                    "cleared_s": cleared.map(Timestamp::seconds),
                }),
            ));
        }
        for sensor in &self.site.sensors {
            features.push(feature(
                json!({"type": "Point", "coordinates": solid(&sensor.place)}),
                json!({"layer": "sensor", "id": sensor.id, "range_m": sensor.range_m}),
            ));
        }
        for (id, path) in &self.paths {
            if path.places.len() > 1 {
                let line: Vec<Value> = path.places.iter().map(solid).collect();
                let times: Vec<f64> = path.times.iter().map(|t| t.seconds()).collect();
                features.push(feature(
                    json!({"type": "LineString", "coordinates": line}),
                    json!({"layer": "track", "id": id, "kind": path.kind, "times_s": times}),
                ));
            }
            if let Some(impact) = &path.impact {
                let ellipse = Ellipse::of(impact);
                let ring = ellipse.ring(impact, &self.site.datum);
                features.push(feature(
                    json!({"type": "Polygon", "coordinates": [flat(&ring)]}),
                    json!({
                        "layer": "impact", "track_id": id, "kind": path.kind,
                        "time_s": impact.time.seconds(), "time_sigma_s": impact.time_sigma_s,
                        "probability": 0.9,
                        "semi_major_m": rounded(ellipse.semi_major_m, 1),
                        "semi_minor_m": rounded(ellipse.semi_minor_m, 1),
                        "azimuth_deg": rounded(ellipse.azimuth_rad.to_degrees(), 1),
                    }),
                ));
            }
        }
        let map = json!({
            "type": "FeatureCollection",
            "name": self.site.name,
            "exercise": self.is_exercise,
            "features": features,
        });
        format!("{map:#}\n")
    }

    /// The map as KML.
    pub fn kml(&self) -> String {
        let mut xml = Document::new();
        xml.open("kml", &[("xmlns", "http://www.opengis.net/kml/2.3")]);
        xml.open("Document", &[]);
        let exercise = if self.is_exercise { "EXERCISE: " } else { "" };
        xml.text("name", &format!("{exercise}{}", self.site.name));
        for (id, line, fill) in STYLES {
            xml.open("Style", &[("id", id)]);
            xml.open("LineStyle", &[]);
            xml.text("color", line);
            xml.text("width", "2");
            xml.close();
            xml.open("PolyStyle", &[]);
            xml.text("color", fill);
            xml.close();
            xml.close();
        }
        xml.open("Folder", &[]);
        xml.text("name", "Zones");
        for (zone, (warned, cleared)) in self.zones.iter().zip(&self.warned) {
            let style = if warned.is_some() { "#warned" } else { "#zone" };
            let said = match (warned, cleared) {
                (Some(w), Some(c)) => format!("Warned {}, clear {}", moment(*w), moment(*c)),
                (Some(w), None) => format!("Warned {}", moment(*w)),
                _ => "Not warned".into(),
            };
            placemark(&mut xml, &zone.name, &said, style);
            polygon(&mut xml, &self.outline(zone));
            xml.close();
        }
        xml.close();
        xml.open("Folder", &[]);
        xml.text("name", "Sensors");
        for sensor in &self.site.sensors {
            placemark(&mut xml, &sensor.id, "", "#zone");
            xml.open("Point", &[]);
            xml.text("coordinates", &triple(&sensor.place));
            xml.close();
            xml.close();
        }
        xml.close();
        xml.open("Folder", &[]);
        xml.text("name", "Tracks");
        for (id, path) in self.paths.iter().filter(|(_, p)| p.places.len() > 1) {
            let times = [path.times[0], path.times[path.times.len() - 1]].map(moment);
            placemark(&mut xml, &format!("{} {id}", path.kind), &times.join(" to "), "#track");
            xml.open("LineString", &[]);
            xml.text("altitudeMode", "absolute");
            let line: Vec<String> = path.places.iter().map(triple).collect();
            xml.text("coordinates", &line.join(" "));
            xml.close();
            xml.close();
        }
        xml.close();
        xml.open("Folder", &[]);
        xml.text("name", "Expected impacts, nine in ten");
        for (id, path) in &self.paths {
            let Some(impact) = &path.impact else { continue };
            let name = format!("{} {id}", path.kind);
            placemark(&mut xml, &name, &moment(impact.time), "#impact");
            polygon(&mut xml, &Ellipse::of(impact).ring(impact, &self.site.datum));
            xml.close();
        }
        xml.finish()
    }

    /// A zone's ring, counter-clockwise, closed.
    fn outline(&self, zone: &Zone) -> Vec<Wgs84> {
        let datum: &Datum = &self.site.datum;
        let corner =
            |p: &[f64; 2]| datum.wgs84(datum.at_height(p[0], p[1], datum.origin().height_m));
        let corners = zone.polygon_en_m();
        let turn: f64 = (0..corners.len())
            .map(|i| (corners[i], corners[(i + 1) % corners.len()]))
            .map(|(a, b)| a[0] * b[1] - b[0] * a[1])
            .sum();
        let mut ring: Vec<Wgs84> = corners.iter().map(corner).collect();
        if turn < 0.0 {
            ring.reverse();
        }
        ring.push(ring[0]);
        ring
    }
}

/// Style, colour of lines, colour of areas; KML has alpha, blue, green, red.
const STYLES: [(&str, &str, &str); 4] = [
    ("zone", "ff9a7a5a", "409a7a5a"),
    ("warned", "ff2050d0", "602050d0"),
    ("track", "ff303030", "00000000"),
    ("impact", "ff0000c0", "400000c0"),
];

fn placemark(xml: &mut Document, name: &str, description: &str, style: &str) {
    xml.open("Placemark", &[]);
    xml.text("name", name);
    if !description.is_empty() {
        xml.text("description", description);
    }
    xml.text("styleUrl", style);
}

fn polygon(xml: &mut Document, ring: &[Wgs84]) {
    xml.open("Polygon", &[]);
    xml.open("outerBoundaryIs", &[]);
    xml.open("LinearRing", &[]);
    let ring: Vec<String> =
        ring.iter().map(|p| format!("{:.7},{:.7}", p.lon_deg(), p.lat_deg())).collect();
    xml.text("coordinates", &ring.join(" "));
    xml.close();
    xml.close();
    xml.close();
}

fn triple(p: &Wgs84) -> String {
    format!("{:.7},{:.7},{:.1}", p.lon_deg(), p.lat_deg(), p.height_m)
}

fn feature(geometry: Value, properties: Value) -> Value {
    json!({"type": "Feature", "geometry": geometry, "properties": properties})
}

fn flat(ring: &[Wgs84]) -> Vec<[f64; 2]> {
    ring.iter().map(|p| [rounded(p.lon_deg(), 7), rounded(p.lat_deg(), 7)]).collect()
}

fn solid(p: &Wgs84) -> Value {
    json!([rounded(p.lon_deg(), 7), rounded(p.lat_deg(), 7), rounded(p.height_m, 1)])
}

fn rounded(x: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (x * scale).round() / scale
}
