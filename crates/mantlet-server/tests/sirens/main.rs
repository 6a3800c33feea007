//! Sirens against receivers that fail, stall and break, and a real MQTT broker.
//!
//! The broker is mosquitto (`make tools` installs it); where it is not, its tests say
//! so and pass.

mod broker;
mod receiver;

use std::fs::File;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use mantlet::scenario::{SiteFile, load_site};
use mantlet::time::Timestamp;
use mantlet::warning::{Action, Warning};
use mantlet_server::{SirenState, Sirens};

use broker::{Mosquitto, Proxy, Subscriber};
use receiver::{Answer, Receiver};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// The demo site with sirens.
fn site(sirens: &str) -> (tempfile::TempDir, SiteFile) {
    let cedar = concat!(env!("CARGO_MANIFEST_DIR"), "/../../sites");
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = |name: &str| folder.path().join(name);
    std::fs::copy(format!("{cedar}/cedar-zones.geojson"), file("cedar-zones.geojson"))
        .expect("room");
    let text = std::fs::read_to_string(format!("{cedar}/cedar.toml")).expect("the demo site");
    std::fs::write(file("site.toml"), format!("{text}\n{sirens}")).expect("room");
    std::fs::write(file("siren.key"), format!("{SECRET}\n")).expect("room");
    let site = load_site(&file("site.toml")).expect("a good site");
    (folder, site)
}

fn webhook(id: &str, url: &str) -> String {
    format!(
        "[[siren]]\nid = \"{id}\"\nwebhook = \"{url}\"\nsecret_file = \"siren.key\"\n\
         zones = [\"compound\", \"car-park\"]\nconfirm_s = 0.5\n"
    )
}

fn mqtt(port: u16, confirms: bool) -> String {
    format!(
        "[[siren]]\nid = \"boards\"\nmqtt = \"mqtt://127.0.0.1:{port}\"\ntopic = \"cedar/warnings\"\n\
         confirms = {confirms}\nconfirm_s = 0.5\n"
    )
}

fn warning(zone: usize, version: u32, action: Action) -> Warning {
    let at = |s: f64| Timestamp::from_seconds(1_795_510_800.0 + s).expect("within range");
    Warning {
        time: at(2.0),
        alert_id: "compound-1".into(),
        version,
        zone,
        action,
        impact_time: at(20.0),
        probability: 0.31,
        seconds_left: 18.0,
        seconds_needed: 12.0,
        track_ids: vec![4],
        early: false,
    }
}

/// Waits until something holds; longer than any timeout of the sirens.
#[expect(clippy::disallowed_methods, reason = "sirens live by the clock")]
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(40), "never came: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn state(sirens: &Sirens) -> SirenState {
    sirens.states()[0].state
}

#[test]
fn a_receiver_that_fails_breaks_off_and_stalls_is_told_the_same_until_it_confirms() {
    let receiver = Receiver::start(&[Answer::Status(500), Answer::BreakOff, Answer::Stall]);
    let (_folder, site) = site(&webhook("horn", &receiver.url()));
    let sirens = Sirens::start(&site, true, 1).expect("started");
    assert_eq!(state(&sirens), SirenState::Confirmed);
    sirens.notify(&warning(0, 1, Action::Warn));
    until("unconfirmed or down is shown", || {
        matches!(state(&sirens), SirenState::Unconfirmed | SirenState::Down)
    });
    until("confirmed", || state(&sirens) == SirenState::Confirmed);
    let posts = receiver.posts();
    assert_eq!(posts.len(), 4);
    for post in &posts {
        assert_eq!(post.header("idempotency-key"), "compound:1");
        assert_eq!(post.header("content-type"), "application/json");
        assert!(post.is_signed_with(SECRET), "{post:?}");
        assert!(!post.is_signed_with("another secret"));
        assert_eq!(post.body, posts[0].body);
    }
    let body: serde_json::Value = serde_json::from_str(&posts[0].body).expect("JSON");
    assert_eq!((&body["action"], &body["exercise"]), (&"warn".into(), &true.into()));
    assert_eq!((&body["zone_id"], &body["seconds_left"]), (&"compound".into(), &18.0.into()));
}

#[test]
fn a_newer_message_takes_the_place_of_one_that_was_not_delivered() {
    let receiver = Receiver::start(&[Answer::Status(503), Answer::Status(503)]);
    let (_folder, site) = site(&webhook("horn", &receiver.url()));
    let sirens = Sirens::start(&site, true, 1).expect("started");
    sirens.notify(&warning(0, 1, Action::Warn));
    until("the first attempt", || !receiver.posts().is_empty());
    sirens.notify(&warning(0, 2, Action::Clear));
    until("confirmed", || state(&sirens) == SirenState::Confirmed);
    let versions: Vec<String> =
        receiver.posts().iter().map(|p| p.header("idempotency-key").to_owned()).collect();
    assert_eq!(versions.last().map(String::as_str), Some("compound:2"));
    // Once the newer one was sent the older never is.
    let first_new = versions.iter().position(|v| v == "compound:2").expect("sent");
    assert!(versions[first_new..].iter().all(|v| v == "compound:2"), "{versions:?}");
}

#[test]
fn a_siren_is_told_of_its_own_zones_and_one_that_is_away_is_shown() {
    let receiver = Receiver::start(&[]);
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound");
    let away = webhook("away", &format!("http://{nobody}/"));
    let (_folder, site) = site(&format!("{}{away}", webhook("horn", &receiver.url())));
    let sirens = Sirens::start(&site, true, 1).expect("started");
    // The hospital is not among their zones; the car park is.
    sirens.notify(&warning(3, 1, Action::Warn));
    sirens.notify(&warning(2, 7, Action::Warn));
    until("down is shown", || sirens.states()[1].state == SirenState::Down);
    until("the other is told", || receiver.posts().len() == 1);
    assert_eq!(receiver.posts()[0].header("idempotency-key"), "car-park:7");
    let away = &sirens.states()[1];
    assert_eq!((away.id.as_str(), away.waiting), ("away", 1));
    assert!(!away.fault.is_empty());
}

#[test]
fn a_secret_that_is_missing_or_short_is_named() {
    let (folder, site) = site(&webhook("horn", "http://127.0.0.1:9/"));
    let key = folder.path().join("siren.key");
    std::fs::write(&key, "short").expect("room");
    let error = Sirens::start(&site, true, 1).err().expect("refused").to_string();
    assert!(
        error.ends_with("siren.key: 5 bytes: expected a secret of 32 to 1024 bytes"),
        "{error}"
    );
    std::fs::remove_file(&key).expect("there");
    let error = Sirens::start(&site, true, 1).err().expect("refused").to_string();
    assert!(error.contains("expected the secret of siren \"horn\""), "{error}");
}

#[test]
fn a_board_that_comes_late_sees_what_holds_and_a_broken_link_says_offline() {
    let Some(mosquitto) = Mosquitto::start() else { return };
    let proxy = Proxy::start(mosquitto.port);
    let (_folder, site) = site(&mqtt(proxy.port, false));
    let sirens = Sirens::start(&site, true, 1).expect("started");
    sirens.notify(&warning(0, 1, Action::Warn));
    sirens.notify(&warning(0, 2, Action::Update));
    until("the broker has it", || state(&sirens) == SirenState::Confirmed);
    // Retained: the board was not there when it was said.
    let board = Subscriber::start(mosquitto.port, "cedar/warnings/#");
    until("status", || board.last("cedar/warnings/status") == Some("online".into()));
    until("the newest", || board.version("cedar/warnings/zone/compound") == Some(2));
    assert!(board.is_retained("cedar/warnings/zone/compound"));
    proxy.cut();
    until("the last will", || board.last("cedar/warnings/status") == Some("offline".into()));
    until("back again", || board.last("cedar/warnings/status") == Some("online".into()));
    sirens.notify(&warning(0, 3, Action::Clear));
    until("the clear", || board.version("cedar/warnings/zone/compound") == Some(3));
    drop(sirens);
    until("it says that it goes", || board.last("cedar/warnings/status") == Some("offline".into()));
}

#[test]
fn a_broker_that_is_away_is_down_and_is_told_all_when_it_comes_back() {
    let Some(mosquitto) = Mosquitto::start() else { return };
    let (_folder, site) = site(&mqtt(mosquitto.port, false));
    let sirens = Sirens::start(&site, true, 1).expect("started");
    until("connected", || state(&sirens) == SirenState::Confirmed);
    let port = mosquitto.port;
    drop(mosquitto);
    until("down is shown", || state(&sirens) == SirenState::Down);
    sirens.notify(&warning(0, 4, Action::Warn));
    sirens.notify(&warning(2, 1, Action::Warn));
    let Some(mosquitto) = Mosquitto::start_on(port) else { return };
    until("all is said", || state(&sirens) == SirenState::Confirmed);
    let board = Subscriber::start(mosquitto.port, "cedar/warnings/#");
    until("both zones", || {
        board.version("cedar/warnings/zone/compound") == Some(4)
            && board.version("cedar/warnings/zone/car-park") == Some(1)
    });
}

#[test]
fn a_board_that_does_not_confirm_is_shown_until_it_does() {
    let Some(mosquitto) = Mosquitto::start() else { return };
    let (_folder, site) = site(&mqtt(mosquitto.port, true));
    let sirens = Sirens::start(&site, true, 1).expect("started");
    sirens.notify(&warning(0, 5, Action::Warn));
    until("unconfirmed is shown", || state(&sirens) == SirenState::Unconfirmed);
    let board = Subscriber::start(mosquitto.port, "cedar/warnings/#");
    until("the board has it", || board.version("cedar/warnings/zone/compound") == Some(5));
    board.publish("cedar/warnings/zone/compound/confirm", "4");
    board.publish("cedar/warnings/zone/compound/confirm", "soon");
    board.publish("cedar/warnings/zone/compound/confirm", "5");
    until("confirmed", || state(&sirens) == SirenState::Confirmed);
}

#[test]
fn the_receiver_of_the_docs_sounds_and_goes_quiet() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/siren_receiver.py");
    let port =
        TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port();
    let (folder, site) = site(&webhook("horn", &format!("http://127.0.0.1:{port}/warn")));
    let said = folder.path().join("said.txt");
    let started = Command::new("python3")
        .arg(script)
        .arg(folder.path().join("siren.key"))
        .arg(port.to_string())
        .stdout(File::create(&said).expect("room"))
        .spawn();
    let Ok(mut receiver) = started else {
        eprintln!("SKIPPED: python3 is not installed");
        return;
    };
    until("it listens", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    let sirens = Sirens::start(&site, true, 1).expect("started");
    for (version, action) in [(1, Action::Warn), (1, Action::Warn), (2, Action::Clear)] {
        sirens.notify(&warning(0, version, action));
        until("confirmed", || state(&sirens) == SirenState::Confirmed);
    }
    receiver.kill().expect("it runs");
    receiver.wait().expect("it ended");
    let said = std::fs::read_to_string(said).expect("there");
    assert_eq!(
        said,
        "EXERCISE SOUND Compound: warn, 18 s left, 12 s needed\n\
         EXERCISE QUIET Compound: clear, 18 s left, 12 s needed\n"
    );
}
