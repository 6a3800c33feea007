//! Sites and their region over a real nats-server: one sky of many, warnings across
//! borders, links that go down, and who may speak for whom.
//!
//! The tests need `nats-server` (make tools) and say so where it is missing.

mod down;
#[path = "../live/rig.rs"]
mod live;
mod rig;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use mantlet_server::region::{Outbox, Pictures};
use rig::{Fake, Region, Server, Site, await_that, fault, nats_is_here, now_s, warning_row};

fn warning<'p>(picture: &'p serde_json::Value, zone: &str) -> Option<&'p serde_json::Value> {
    picture["warnings"].as_array()?.iter().find(|w| w["zone_id"] == zone)
}

#[test]
fn one_sky_of_two_sites_and_a_warning_across_the_border() {
    if !nats_is_here() {
        return;
    }
    let server = Server::start(None);
    let region = Region::start(&server.url(None), &["cedar-compound", "oak", "elm"]);
    // A site whose radars see nothing, 80 people under it; two others see a round come.
    let cedar = Site::cedar(&server.url(None));
    await_that("the site's zones on the region's page", || {
        let zones = region.get("/api/v1/site")["zones"]["features"].as_array()?.len();
        (zones == 5).then_some(())
    });
    await_that("the site's pictures", || {
        (region.get("/api/v1/picture")["sensors"][0]["state"] == "ok").then_some(())
    });
    let fakes =
        [Fake::start(&server.url(None), "oak", 7), Fake::start(&server.url(None), "elm", 9)];
    let picture = await_that("one track of two sites", || {
        let picture = region.get("/api/v1/picture");
        let one =
            picture["tracks"].as_array()?.len() == 1 && picture["impacts"].as_array()?.len() == 1;
        let warned = warning(&picture, "cedar-compound/compound").is_some();
        (one && warned).then_some(picture)
    });
    let track = &picture["tracks"][0];
    assert_eq!(track["kind"], "rocket");
    // Where it is, by the state that the sites sent.
    let speed_mps = track["ve_mps"].as_f64().expect("a speed");
    assert!((speed_mps - 150.0).abs() < 10.0, "{speed_mps}");
    // The site that sees nothing warns its own people, and the region shows it.
    let own = cedar.get("/api/v1/picture");
    assert!(warning(&own, "compound").is_some(), "{own}");
    let shown = warning(&picture, "cedar-compound/compound").expect("shown");
    assert_eq!(shown["alert_id"], "cedar-compound/compound-1");
    let table = await_that("the warning in the region's record", || {
        let table = region.text("/api/v1/warnings.csv");
        table.contains(",cedar-compound/compound,warn,").then_some(table)
    });
    let warns = table.lines().filter(|l| l.contains(",cedar-compound/compound,warn,")).count();
    assert_eq!(warns, 1, "{table}");
    // One of the two falls silent: the track stays, and is the same.
    let [oak, elm] = fakes;
    let id = track["id"].clone();
    drop(oak);
    await_that("a stale site", || fault(&region.get("/api/v1/picture"), "site_stale:oak"));
    let picture = region.get("/api/v1/picture");
    assert!(picture["tracks"].as_array().expect("a list").iter().any(|t| t["id"] == id));
    drop(elm);
}

#[test]
fn nothing_of_the_record_is_lost_doubled_or_out_of_order_when_either_side_goes() {
    if !nats_is_here() {
        return;
    }
    let mut server = Server::start(None);
    let url = server.url(None);
    let mut region = Region::start(&url, &["oak"]);
    let fake = Fake::start(&url, "oak", 7);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("warnings.sqlite");
    let file = rusqlite::Connection::open(&path).expect("a file");
    file.pragma_update(None, "journal_mode", "WAL").expect("a log");
    file.execute_batch("CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT)").expect("made");
    let outbox = Outbox::open(&file, 5).expect("an outbox");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    fake.publish(&runtime, &url, &outbox, &path);
    let mut said = 0;
    let mut say = |count: usize| {
        for _ in 0..count {
            said += 1;
            outbox.put(&file, "warning", &warning_row(said)).expect("kept");
            outbox.news.notify_one();
        }
        said
    };
    let arrived = |region: &Region, count: usize| {
        await_that("the record", || {
            let table = region.text("/api/v1/warnings.csv");
            (table.lines().count() == count + 1).then_some(table)
        })
    };
    arrived(&region, say(20));
    // The server is killed: the site waits, and says how much does.
    server.kill();
    let count = say(20);
    await_that("the fault of an operator", || fault(&region.get("/api/v1/picture"), "nats"));
    server.again();
    arrived(&region, count);
    // The region is killed: the stream waits.
    region.kill();
    let count = say(20);
    await_that("all stored", || (outbox.sent.load(Ordering::Acquire) >= 60).then_some(()));
    region.again();
    let table = arrived(&region, count);
    let order: Vec<&str> = table.lines().skip(1).filter_map(|l| l.split(',').nth(1)).collect();
    let wanted: Vec<String> = (1..=60).map(|n| format!("oak/yard-{n}")).collect();
    assert_eq!(order, wanted, "lost, doubled or out of order");
    // The server's disk is lost with all it held: what comes after still comes once.
    server.kill();
    server.lose_disk();
    let count = say(5);
    server.again();
    arrived(&region, count);
    // Nothing is sent that was sent.
    outbox.put(&file, "about", "null").expect("kept");
    let left: i64 =
        file.query_row("SELECT COUNT(*) FROM outbox", [], |r| r.get(0)).expect("a count");
    assert!(left <= 2, "{left} rows stay behind");
}

#[test]
fn a_site_cannot_speak_for_another() {
    if !nats_is_here() {
        return;
    }
    let names = ["oak", "elm"];
    let server = Server::start(Some(&names));
    let region = Region::start(&server.url(Some("region")), &names);
    let elm = Fake::start(&server.url(Some("elm")), "elm", 9);
    let silent = |id: &str| {
        let picture = region.get("/api/v1/picture");
        let of = picture["sensors"].as_array()?.iter().find(|s| s["id"] == id)?["state"].clone();
        Some(of == "silent")
    };
    await_that("elm", || (silent("elm") == Some(false)).then_some(()));
    // Elm's credentials on oak's subject: the server does not pass it on.
    let forger = Fake::forge(&server.url(Some("elm")), "oak", "oak", 3);
    // Elm's credentials on elm's subject, in oak's name: the region does not take it.
    let liar = Fake::forge(&server.url(Some("elm")), "elm", "oak", 4);
    let why = await_that("a refusal", || fault(&region.get("/api/v1/picture"), "site_refused"));
    assert!(why.contains("says that it is of \"oak\""), "{why}");
    assert_eq!(silent("oak"), Some(true), "somebody spoke for oak");
    let picture = region.get("/api/v1/picture");
    assert!(picture["tracks"].as_array().expect("a list").len() == 1, "elm's own, nobody else's");
    // Nor does it hear what is passed to oak, nor what oak says.
    let heard = rig::listens(
        &server.url(Some("elm")),
        "elm",
        &["mantlet.border.oak", "mantlet.site.oak.*"],
    );
    let oak = Fake::start(&server.url(Some("oak")), "oak", 7);
    await_that("oak", || (silent("oak") == Some(false)).then_some(()));
    assert_eq!(heard.load(Ordering::Relaxed), 0);
    drop((elm, oak, forger, liar));
}

#[test]
fn wrong_credentials_get_nowhere() {
    if !nats_is_here() {
        return;
    }
    let server = Server::start(Some(&["oak"]));
    let region = Region::start(&server.url(Some("region")), &["oak"]);
    let wrong = server.url(Some("oak")).replace("oak:oak-secret", "oak:guess");
    let guess = Fake::start(&wrong, "oak", 7);
    let right = Fake::start(&server.url(Some("oak")), "oak", 7);
    await_that("oak", || {
        let picture = region.get("/api/v1/picture");
        (picture["sensors"][0]["state"] == "ok").then_some(())
    });
    assert!(!guess.is_connected() && right.is_connected());
}

#[test]
fn messages_are_as_the_document_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/asyncapi.json");
    let text = std::fs::read_to_string(path).expect("the document");
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let schema = |name: &str| &document["components"]["schemas"][name];
    let mut pictures = Pictures::new("oak".into(), 1, false);
    let message = pictures.next(rig::known(3, now_s()), true, now_s());
    let sent = serde_json::to_value(&message).expect("JSON");
    for (name, value) in [
        ("PictureMessage", &sent),
        ("TrackMessage", &sent["tracks"][0]),
        ("ImpactMessage", &sent["tracks"][0]["impact"]),
    ] {
        let keys: BTreeMap<_, _> = value.as_object().expect("an object").iter().collect();
        let said = schema(name)["properties"].as_object().expect("properties");
        for key in keys.keys() {
            assert!(said.contains_key(*key), "{name}.{key} is not in the document");
        }
        for needed in schema(name)["required"].as_array().expect("a list") {
            let needed = needed.as_str().expect("a name").to_owned();
            assert!(keys.contains_key(&needed), "{name}.{needed} is not sent");
        }
    }
}
