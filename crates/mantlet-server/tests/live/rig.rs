//! A service on ports that the system chooses, radars that send to it, and a client.
#![allow(dead_code, reason = "the test of crashes uses a part of it")]

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mantlet::scenario::{Scenario, load_scenario};
use mantlet::sensors::{Chance, Scan, look};
use mantlet::time::Timestamp;
use mantlet_server::region::Nats;
use mantlet_server::{Options, Running, Subject, datagrams, start};
use serde_json::Value;
use tokio::runtime::Runtime;

/// One rocket that is seen for ten seconds and would land in the compound.
pub const ONE_ROCKET: &str = "name = 'One rocket'\nsite = 'site.toml'\nduration_s = 12.0\nseed = 5\n\
[[raid]]\nkind = 'rocket'\nfirst_impact_s = 10.0\nbearing_deg = 205.0\ndive_angle_deg = 47.0\n\
impact_speed_mps = 225.0\ne_m = -60.0\nn_m = 0.0\nin_view_s = 10.0\n";

/// What a test's site has that the demo's has not.
pub struct Site<'t> {
    /// Goes into the feed of each radar.
    pub feed: &'t str,
    /// Comes at the end.
    pub more: &'t str,
    /// Certificate chain and key.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Where its region is reached.
    pub nats: Option<Nats>,
}

impl Default for Site<'_> {
    fn default() -> Self {
        Self { feed: "udp = \"127.0.0.1:0\"", more: "", tls: None, nats: None }
    }
}

/// The demo's site with a feed for each of its radars, and the one rocket.
pub fn scenario(folder: &Path, feed: &str, more: &str) -> Scenario {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut site = std::fs::read_to_string(root.join("sites/cedar.toml")).expect("the site");
    site = site.replace("all_clear_after_s = 20.0", "all_clear_after_s = 2.0");
    // Nothing is intercepted, so no piece falls for a minute after the impact.
    let (before, defence) = site.split_once("[[effector]]").expect("an effector");
    let (_, after) = defence.split_once("[warning]").expect("a policy");
    site = format!("{before}[warning]{after}");
    for (id, sic) in [("north", 1), ("east", 2)] {
        let with = format!("id = \"{id}\"\nfeed = {{ {feed}, sac = 25, sic = {sic} }}");
        site = site.replace(&format!("id = \"{id}\""), &with);
    }
    std::fs::write(folder.join("site.toml"), site + more).expect("written");
    std::fs::copy(root.join("sites/cedar-zones.geojson"), folder.join("cedar-zones.geojson"))
        .expect("copied");
    std::fs::write(folder.join("raid.toml"), ONE_ROCKET).expect("written");
    load_scenario(&folder.join("raid.toml")).expect("a scenario")
}

/// A service, its folder and its radars.
pub struct Rig {
    pub runtime: Runtime,
    pub running: Option<Running>,
    pub folder: tempfile::TempDir,
    pub scenario: Scenario,
    pub url: String,
    pub feed: SocketAddr,
}

impl Rig {
    /// A service over the one-rocket scenario's site.
    pub fn new() -> Self {
        Self::with(tempfile::tempdir().expect("a folder"), Site::default())
    }

    /// A service that keeps its data in a folder of this one.
    pub fn with(folder: tempfile::TempDir, site: Site<'_>) -> Self {
        let scenario = scenario(folder.path(), site.feed, site.more);
        let data = folder.path().join("data");
        let (tls, scheme) = if site.tls.is_some() { (site.tls, "https") } else { (None, "http") };
        let runtime = Runtime::new().expect("a runtime");
        let options = Options {
            subject: Subject::Site(Box::new(scenario.site.clone())),
            listen: ([127, 0, 0, 1], 0).into(),
            data,
            tls,
            nats: site.nats,
        };
        let running = runtime.block_on(start(options)).expect("a service");
        let url = format!("{scheme}://{}", running.address);
        let feed = *running.feeds.values().next().expect("a feed");
        Self { runtime, running: Some(running), folder, scenario, url, feed }
    }

    /// A service anew on what the one before left, without TLS.
    pub fn start(&mut self) {
        let options = Options {
            subject: Subject::Site(Box::new(self.scenario.site.clone())),
            listen: ([127, 0, 0, 1], 0).into(),
            data: self.folder.path().join("data"),
            tls: None,
            nats: None,
        };
        let running = self.runtime.block_on(start(options)).expect("a service");
        self.url = format!("http://{}", running.address);
        self.feed = *running.feeds.values().next().expect("a feed");
        self.running = Some(running);
    }

    pub fn get(&self, path: &str) -> (u16, String) {
        fetch(&format!("{}{path}", self.url))
    }

    pub fn picture(&self) -> Value {
        let (status, text) = self.get("/api/v1/picture");
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).expect("JSON")
    }

    /// The picture once it is as wanted; a test fails after 25 s.
    pub fn wait(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = now_s() + 25.0;
        loop {
            let picture = self.picture();
            if wanted(&picture) {
                return picture;
            }
            assert!(now_s() < deadline, "never: {what}: {picture:#}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }

    /// Radars that look until the returned guard is dropped.
    pub fn radars(&self, how: How) -> Radars {
        Radars::start(self.scenario.clone(), self.feed, how)
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What the radars do wrong.
#[derive(Clone, Default)]
pub struct How {
    /// Sensors that do not send.
    pub mute: Vec<usize>,
    /// Each datagram so many times more.
    pub copies: usize,
    /// Seconds by which each sensor's clock is ahead.
    pub ahead_s: Vec<f64>,
    /// False plots that a sensor adds to each look.
    pub babble: Option<(usize, usize)>,
}

/// Radars that look at the sky in real time, raid after raid.
pub struct Radars(Arc<AtomicBool>, Option<std::thread::JoinHandle<()>>);

impl Radars {
    pub fn start(scenario: Scenario, to: SocketAddr, how: How) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let told = over.clone();
        let work = move || {
            let mut seed = scenario.seed;
            while !told.load(Ordering::Relaxed) {
                raid(&scenario, seed, to, &how, &told);
                seed += 1;
            }
        };
        Self(over, Some(std::thread::spawn(work)))
    }
}

impl Drop for Radars {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
        self.1.take().map(std::thread::JoinHandle::join);
    }
}

fn raid(scenario: &Scenario, seed: u64, to: SocketAddr, how: &How, over: &AtomicBool) {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).expect("a socket");
    let objects = scenario.draw(seed);
    let sensors = &scenario.site.site.sensors;
    let datum = &scenario.site.site.datum;
    let start_s = now_s();
    let mut looks = [0_u64, 0];
    loop {
        let due = |i: usize| 0.2 * i as f64 + looks[i] as f64 * sensors[i].period_s;
        let i = if due(0) <= due(1) { 0 } else { 1 };
        let time_s = due(i);
        if time_s > scenario.duration_s || over.load(Ordering::Relaxed) {
            return;
        }
        std::thread::sleep(Duration::from_secs_f64((start_s + time_s - now_s()).max(0.0)));
        let mut chance = Chance::new(seed, ((i as u64 + 1) << 32) | looks[i]);
        looks[i] += 1;
        if how.mute.contains(&i) {
            continue;
        }
        let ahead_s = how.ahead_s.get(i).copied().unwrap_or(0.0);
        let time = Timestamp::from_seconds(start_s + time_s + ahead_s).expect("a time");
        let states: Vec<_> = objects.iter().map(|o| o.at(time_s)).collect();
        let (mut scan, _) = look(&sensors[i], i, datum, time, &states, &mut chance);
        if let Some((_, more)) = how.babble.filter(|(sensor, _)| *sensor == i) {
            babble(&mut scan, more, &sensors[i], datum, &mut chance);
        }
        for datagram in datagrams(&scan) {
            for _ in 0..=how.copies {
                socket.send_to(&datagram, to).expect("sent");
            }
        }
    }
}

fn babble(
    scan: &mut Scan,
    more: usize,
    sensor: &mantlet::sensors::Sensor,
    datum: &mantlet::frames::Datum,
    chance: &mut Chance,
) {
    let wanted = scan.plots.len() + more;
    while scan.plots.len() < wanted {
        let (extra, _) = look(sensor, scan.sensor, datum, scan.time, &[], chance);
        scan.plots.extend(extra.plots);
    }
}

#[expect(clippy::disallowed_methods, reason = "radars and clients live by the clock")]
pub fn now_s() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64()
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        // Tests make their own certificates.
        .tls_config(ureq::tls::TlsConfig::builder().disable_verification(true).build())
        .build()
        .into()
}

/// Status and body of a GET.
pub fn fetch(url: &str) -> (u16, String) {
    let mut answer = agent().get(url).call().expect("an answer");
    (answer.status().as_u16(), answer.body_mut().read_to_string().expect("text"))
}

/// Status, cookie and JSON of a request; `with` are headers.
pub fn ask(method: &str, url: &str, with: &[(&str, &str)], body: &str) -> (u16, String, Value) {
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    for (name, value) in with {
        request = request.header(*name, *value);
    }
    request = request.header("content-type", "application/json");
    let request = request.body(body.to_owned()).expect("a request");
    let mut answer = agent().run(request).expect("an answer");
    let cookie = answer.headers().get("set-cookie").and_then(|v| v.to_str().ok());
    let cookie = cookie.unwrap_or_default().to_owned();
    let text = answer.body_mut().read_to_string().expect("text");
    (answer.status().as_u16(), cookie, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// An event of the stream.
#[derive(Clone, Debug)]
pub struct Event {
    pub kind: String,
    pub id: u64,
    pub data: Value,
}

/// The event stream of a service, after `last_id`.
pub struct Stream(BufReader<ureq::BodyReader<'static>>);

impl Stream {
    pub fn open(url: &str, last_id: Option<u64>) -> Self {
        let mut request = agent().get(format!("{url}/api/v1/events"));
        if let Some(id) = last_id {
            request = request.header("last-event-id", id.to_string());
        }
        let answer = request.call().expect("a stream");
        assert_eq!(answer.status().as_u16(), 200);
        Self(BufReader::new(answer.into_body().into_reader()))
    }

    /// The next event; `None` when the service has gone.
    pub fn next(&mut self) -> Option<Event> {
        let mut event = Event { kind: String::new(), id: 0, data: Value::Null };
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end().split_once(": ") {
                Some(("event", kind)) => event.kind = kind.into(),
                Some(("id", id)) => event.id = id.parse().ok()?,
                Some(("data", data)) => event.data = serde_json::from_str(data).ok()?,
                _ if line == "\n" && !event.kind.is_empty() => return Some(event),
                _ => {}
            }
        }
    }

    /// The next event of a kind.
    pub fn next_of(&mut self, kind: &str) -> Event {
        loop {
            let event = self.next().expect("the stream goes on");
            if event.kind == kind {
                return event;
            }
        }
    }
}

/// Whether a fault stands.
pub fn has_fault(picture: &Value, code: &str) -> bool {
    fault(picture, code).is_some()
}

/// The sentence of a fault.
pub fn fault<'p>(picture: &'p Value, code: &str) -> Option<&'p str> {
    let faults = picture["faults"].as_array().expect("a list");
    faults.iter().find(|f| f["code"] == code).map(|f| f["text"].as_str().expect("a text"))
}

/// Whether a warning stands for the compound.
pub fn is_warned(picture: &Value) -> bool {
    let warnings = picture["warnings"].as_array().expect("a list");
    warnings.iter().any(|w| w["zone_id"] == "compound")
}
