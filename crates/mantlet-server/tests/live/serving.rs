//! A raid from the radars to the page, the feed and the files.

use std::sync::Arc;

use mantlet_server::rerun;
use serde_json::Value;

use crate::rig::{How, Rig, Stream, is_warned};

#[test]
fn a_rocket_is_warned_of_cleared_and_found_in_every_face_of_the_service() {
    let mut rig = Rig::new();
    let mut stream = Stream::open(&rig.url, None);
    let first = stream.next().unwrap();
    assert_eq!(first.kind, "picture");
    let radars = rig.radars(How::default());
    let warning = stream.next_of("warning");
    assert_eq!(
        (&warning.data["action"], &warning.data["exercise"]),
        (&"warn".into(), &false.into())
    );
    let picture = rig.wait("a warning for the compound", is_warned);
    assert!(picture["tracks"].as_array().unwrap().iter().any(|t| t["kind"] == "rocket"));
    assert!(!picture["impacts"].as_array().unwrap().is_empty());

    // Who comes back gets what was missed, no more.
    let mut resumed = Stream::open(&rig.url, Some(warning.id));
    let next = resumed.next().unwrap();
    assert_ne!(next.kind, "picture");
    assert_eq!(next.id, warning.id + 1);
    // A browser that slept for an hour gets the whole picture.
    let mut slept = Stream::open(&rig.url, Some(warning.id - 3_600_000));
    assert_eq!(slept.next().unwrap().kind, "picture");

    let (status, cap) = rig.get(warning.data["cap_url"].as_str().unwrap());
    assert_eq!(status, 200);
    let alert = mantlet::exchange::cap::read_alert(&cap).unwrap();
    assert_eq!(alert.identifier, format!("{}.1", warning.data["alert_id"].as_str().unwrap()));
    let (_, feed) = rig.get("/cap/feed.atom");
    assert!(feed.contains(warning.data["cap_url"].as_str().unwrap()), "{feed}");
    let (_, metrics) = rig.get("/metrics");
    assert!(metrics.contains("mantlet_warning_seconds_bucket"), "{metrics}");
    assert!(metrics.contains("mantlet_sensor_up{sensor=\"north\"} 1"), "{metrics}");
    assert_eq!(rig.get("/ready"), (200, "ready\n".into()));

    // Once the radars are gone every warning ends by its timer.
    drop(radars);
    rig.wait("all clear", |p| p["warnings"].as_array().unwrap().is_empty());
    let (_, history) = rig.get("/api/v1/history?step_s=1");
    let history: Value = serde_json::from_str(&history).unwrap();
    assert!(history["pictures"].as_array().unwrap().iter().any(is_warned));

    // The recording brings the same warnings again, byte for byte.
    let (_, table) = rig.get("/api/v1/warnings.csv");
    assert!(table.lines().count() >= 3, "{table}");
    rig.stop();
    let mut again = Vec::new();
    let site = Arc::new(rig.scenario.site.clone());
    rerun(&rig.folder.path().join("data/recordings"), site, &mut again).unwrap();
    assert_eq!(String::from_utf8(again).unwrap(), table);
}

#[test]
fn a_restart_in_a_raid_goes_on_with_the_same_track_and_the_same_warning() {
    let mut rig = Rig::new();
    let mut stream = Stream::open(&rig.url, None);
    let radars = rig.radars(How::default());
    let warning = stream.next_of("warning");
    let alert = warning.data["alert_id"].clone();
    let rounds = |p: &Value| {
        let of = |i: &Value| i["track_id"].as_u64().unwrap();
        p["impacts"].as_array().unwrap().iter().map(of).collect::<Vec<u64>>()
    };
    // Open tracks are kept once a second.
    let kept = rig.wait("a second passes", |p| {
        p["time_s"].as_f64().unwrap() > warning.data["time_s"].as_f64().unwrap() + 1.2
    });
    rig.stop();
    rig.start();
    let picture = rig.picture();
    assert_eq!(rounds(&picture), rounds(&kept), "{picture:#}");
    let stands = picture["warnings"].as_array().unwrap().iter();
    assert!(stands.clone().any(|w| w["alert_id"] == alert), "{picture:#}");
    drop(radars);
    rig.wait("all clear", |p| p["warnings"].as_array().unwrap().is_empty());
    // The recording of the second start begins with what the first one left.
    let (_, table) = rig.get("/api/v1/warnings.csv");
    rig.stop();
    let mut again = Vec::new();
    let site = Arc::new(rig.scenario.site.clone());
    rerun(&rig.folder.path().join("data/recordings"), site, &mut again).unwrap();
    let again = String::from_utf8(again).unwrap();
    let said: Vec<&str> = again.lines().skip(1).collect();
    assert!(!said.is_empty() && table.trim_end().ends_with(&said.join("\n")), "{again}{table}");
}

#[test]
fn the_api_describes_every_route_that_it_has() {
    let rig = Rig::new();
    let (status, text) = rig.get("/openapi.json");
    assert_eq!(status, 200);
    let document: Value = serde_json::from_str(&text).unwrap();
    let paths = document["paths"].as_object().unwrap();
    for path in ["/api/v1/picture", "/api/v1/events", "/api/v1/login", "/cap/feed.atom"] {
        assert!(paths.contains_key(path), "{path}: {:?}", paths.keys());
    }
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["PictureView"]["properties"]["time_s"]["type"], "number");
    let (_, site) = rig.get("/api/v1/site");
    let site: Value = serde_json::from_str(&site).unwrap();
    assert_eq!((&site["mode"], &site["exercise"]), (&"live".into(), &false.into()));
    assert_eq!(site["sensors"].as_array().unwrap().len(), 2);
    assert_eq!(rig.get("/api/v1/nothing").0, 404);
    assert_eq!(rig.get("/health"), (200, "ok\n".into()));
    assert_eq!(rig.get("/ready").0, 503);
}
