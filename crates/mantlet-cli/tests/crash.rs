//! The service killed at fifty random moments of raids: no issued warning is lost, none is
//! left hanging.

#[path = "../../mantlet-server/tests/live/rig.rs"]
mod rig;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{TcpListener, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use rig::{How, Radars, Stream, fetch, now_s, scenario};

const KILLS: usize = 50;

/// A message: alert, action, time of issue in ms.
type Said = (String, String, i64);

fn start(folder: &Path, port: u16) -> Child {
    Command::new(env!("CARGO_BIN_EXE_mantlet"))
        .args(["serve", "site.toml", "--data", "data", "--listen"])
        .arg(format!("127.0.0.1:{port}"))
        .current_dir(folder)
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs")
}

/// Waits until the service answers.
fn answers(port: u16) {
    let deadline = now_s() + 30.0;
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(now_s() < deadline, "the service does not answer");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn table(url: &str) -> Vec<Said> {
    let (status, csv) = fetch(&format!("{url}/api/v1/warnings.csv"));
    assert_eq!(status, 200, "{csv}");
    let said = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let time_s: f64 = cells[0].parse().expect("a time");
        (cells[1].to_owned(), cells[3].to_owned(), (time_s * 1e3).round() as i64)
    };
    csv.lines().skip(1).map(said).collect()
}

fn standing(table: &[Said]) -> BTreeSet<String> {
    let cleared =
        |id: &str| table.iter().any(|(alert, action, _)| alert == id && action == "clear");
    table.iter().map(|s| s.0.clone()).filter(|id| !cleared(id)).collect()
}

#[test]
fn killed_at_fifty_random_moments_no_issued_warning_is_lost_and_none_is_left_hanging() {
    let folder = tempfile::tempdir().unwrap();
    let feed = UdpSocket::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let scenario = scenario(folder.path(), &format!("udp = \"{feed}\""), "");
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let mut random = ChaCha8Rng::seed_from_u64(50);
    let radars = Radars::start(scenario, feed, How::default());
    let heard: Arc<Mutex<Vec<Said>>> = Arc::default();
    let (mut restored, mut slowest_s) = (0, 0.0_f64);
    let mut before = Vec::new();
    for _ in 0..KILLS {
        let begun_s = now_s();
        let mut service = start(folder.path(), port);
        answers(port);
        // What stood when it was killed stands again, before anything else is decided.
        let (_, text) = fetch(&format!("{url}/api/v1/picture"));
        slowest_s = slowest_s.max(now_s() - begun_s);
        let now = table(&url);
        assert!(now.len() >= before.len(), "the table has lost lines");
        let shown: serde_json::Value = serde_json::from_str(&text).unwrap();
        let shown = shown["warnings"].as_array().unwrap().iter();
        let shown: BTreeSet<&str> = shown.filter_map(|w| w["alert_id"].as_str()).collect();
        for id in standing(&before).intersection(&standing(&now)) {
            assert!(shown.contains(id.as_str()), "{id} is not shown: {shown:?}");
            restored += 1;
        }
        let (ears, from) = (heard.clone(), url.clone());
        let listener = std::thread::spawn(move || {
            let mut stream = Stream::open(&from, None);
            while let Some(event) = stream.next() {
                if event.kind == "warning" {
                    let text = |key: &str| event.data[key].as_str().unwrap_or_default().to_owned();
                    let ms = (event.data["time_s"].as_f64().unwrap_or(0.0) * 1e3).round() as i64;
                    let mut heard = ears.lock().expect("nobody panicked");
                    heard.push((text("alert_id"), text("action"), ms));
                }
            }
        });
        let lived_ms = 300 + u64::from(random.next_u32()) % 2200;
        std::thread::sleep(Duration::from_millis(lived_ms));
        before = table(&url);
        // Another moment in which anything may happen.
        std::thread::sleep(Duration::from_micros(u64::from(random.next_u32()) % 300_000));
        service.kill().unwrap();
        service.wait().unwrap();
        listener.join().unwrap();
    }
    drop(radars);
    let mut service = start(folder.path(), port);
    answers(port);
    let deadline = now_s() + 60.0;
    while !standing(&table(&url)).is_empty() {
        assert!(now_s() < deadline, "left hanging: {:?}", standing(&table(&url)));
        std::thread::sleep(Duration::from_millis(100));
    }
    let all = table(&url);
    service.kill().unwrap();
    service.wait().unwrap();
    let heard = heard.lock().unwrap();
    // The table and the stream round half a millisecond each in its own way.
    let same = |a: &Said, b: &Said| a.0 == b.0 && a.1 == b.1 && (a.2 - b.2).abs() <= 1;
    let is_lost = |said: &&Said| !all.iter().any(|kept| same(kept, said));
    let lost: Vec<&Said> = heard.iter().filter(is_lost).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    let mut alerts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (alert, action, _) in &all {
        alerts.entry(alert).or_default().push(action);
    }
    for (alert, actions) in &alerts {
        assert_eq!(actions.first(), Some(&"warn"), "{alert}: {actions:?}");
        assert_eq!(actions.last(), Some(&"clear"), "{alert}: {actions:?}");
        let ends = |action: &str| actions.iter().filter(|a| **a == action).count();
        assert_eq!((ends("warn"), ends("clear")), (1, 1), "{alert}: {actions:?}");
    }
    eprintln!(
        "{KILLS} kills: {} messages of {} alerts kept, {} of them heard on the wire; {restored} \
         times a warning was shown again, {slowest_s:.2} s after the start at most",
        all.len(),
        alerts.len(),
        heard.len()
    );
    assert!(restored > 0 && !heard.is_empty());
}
