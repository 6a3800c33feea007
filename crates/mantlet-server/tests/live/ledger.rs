//! The record behind the service: the raid enters by itself, and the routes answer.

use mantlet::ledger::{ImportOptions, Ledger, Stamp};
use mantlet::time::Timestamp;
use serde_json::Value;

use crate::rig::{How, Rig, is_warned};

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn a_raid_is_an_incident_with_its_track_when_the_service_ends() {
    let mut rig = Rig::new();
    assert_eq!(rig.get("/api/v1/ledger/incidents").0, 404, "no ledger before the first raid");
    let radars = rig.radars(How::default());
    rig.wait("a warning", is_warned);
    drop(radars);
    rig.stop();
    let path = rig.folder.path().join("data/ledger.db");
    let ledger = Ledger::open_existing(&path).unwrap();
    let (all, total) = ledger.list(&Default::default(), 10).unwrap();
    assert_eq!((total, all[0].exercise), (1, false));
    let dossier = ledger.show(&all[0].id).unwrap();
    assert_eq!(dossier.tracks.len(), 1);
    let claim = &dossier.statements[0].claim;
    assert_eq!((claim.warned, claim.count.unwrap().high), (Some(true), 1));
    assert!(claim.warning_s.unwrap() > 1.0, "{claim:?}");
}

#[test]
fn the_demo_ledger_is_answered_and_drawn_over_http() {
    let rig = Rig::new();
    let csv = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ledgers/green_zone_2019_2022.csv");
    let mut ledger = Ledger::open(&rig.folder.path().join("data/ledger.db")).unwrap();
    let stamp = Stamp { who: "tester".into(), at: Timestamp::default() };
    ledger.import(&stamp, csv.as_ref(), &ImportOptions::default(), &mut |_| {}).unwrap();
    let api = |path: &str| rig.get(&format!("/api/v1/ledger/{path}"));
    let (status, text) = api("incidents?kind=rocket&where=in&limit=5");
    let list = read(&text);
    assert_eq!((status, list["incidents"].as_array().unwrap().len()), (200, 5));
    let (status, text) = api("incidents/GZ-028");
    assert_eq!((status, &read(&text)["incident"]["count"]["high"]), (200, &21.into()));
    let (status, text) = api("lull?since=2020-10-10&kind=rocket");
    let verdict = read(&text)["verdict"].as_str().unwrap().to_string();
    assert!(status == 200 && verdict.starts_with("a lower rate of rocket incidents"), "{verdict}");
    for name in ["timeline", "cumulative", "calendar", "map"] {
        let (status, svg) = api(&format!("pictures/{name}.svg?since=2020-10-10&kind=rocket"));
        assert!(status == 200 && svg.starts_with("<svg"), "{name}: {svg}");
    }
    for (path, code, why) in [
        ("lull?since=2020-13-10", 400, "since: 2020-13-10: expected a day"),
        ("lull?since=2030-01-01", 400, "expected a day after 2020-01-01"),
        ("incidents?kind=rockets", 400, "kind: rockets: expected one of rocket"),
        ("incidents/GZ-99", 404, "is not in the ledger"),
        ("pictures/pie.svg", 404, "no such picture"),
    ] {
        let (status, text) = api(path);
        assert!(status == code && text.contains(why), "{path}: {status} {text}");
    }
}
