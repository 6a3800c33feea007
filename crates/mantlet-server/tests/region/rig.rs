//! What the tests put together: a nats-server, a region, a real site, and sites that are
//! played.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mantlet::frames::{Datum, Ecef, Local, Wgs84};
use mantlet::scenario::{load_region, load_site};
use mantlet_server::region::{
    ImpactMessage, Known, Nats, Outbox, Pictures, Publisher, TrackMessage, nats_config, subject,
};
use mantlet_server::{Options, Running, Subject, start};
use serde_json::Value;
use tokio::runtime::Runtime;

/// Looks at a thing that must come, and the pause between two: a minute and a half.
const LOOKS: u32 = 900;
const PAUSE: Duration = Duration::from_millis(100);

/// Waits until something is there.
pub fn await_that<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..LOOKS {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(PAUSE);
    }
    panic!("{what} did not come");
}

#[expect(clippy::disallowed_methods, reason = "sites live by the clock")]
pub fn now_s() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64()
}

pub fn nats_is_here() -> bool {
    let here = Command::new("nats-server").arg("--version").output().is_ok();
    if !here {
        eprintln!("nats-server is missing (make tools): the test is left out");
    }
    here
}

/// The sentence of a fault that stands.
pub fn fault(picture: &Value, code: &str) -> Option<String> {
    let faults = picture["faults"].as_array()?;
    faults.iter().find(|f| f["code"] == code).map(|f| f["text"].as_str().expect("a text").into())
}

fn fetch(url: &str) -> String {
    let mut answer = ureq::get(url).call().expect("an answer");
    answer.body_mut().with_config().limit(64 << 20).read_to_string().expect("text")
}

/// A nats-server on a folder of its own, as its region's configuration says.
pub struct Server {
    folder: tempfile::TempDir,
    port: u16,
    users: Vec<String>,
    child: Option<Child>,
}

impl Server {
    /// With users when sites are named.
    pub fn start(sites: Option<&[&str]>) -> Self {
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
            listener.local_addr().expect("bound").port()
        };
        let folder = tempfile::tempdir().expect("a folder");
        let mut users = Vec::new();
        if let Some(sites) = sites {
            users.push("region".into());
            users.extend(sites.iter().map(|s| (*s).to_owned()));
            let region = region_file(folder.path(), sites);
            let text = nats_config(&load_region(&region).expect("a region"));
            let here = format!("127.0.0.1:{port}");
            let text = text.replace("127.0.0.1:4222", &here);
            std::fs::write(folder.path().join("nats.conf"), text).expect("written");
        }
        let mut server = Self { folder, port, users, child: None };
        server.again();
        server
    }

    pub fn again(&mut self) {
        let mut command = Command::new("nats-server");
        command.current_dir(self.folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        if self.users.is_empty() {
            let port = self.port.to_string();
            command.args(["-js", "-a", "127.0.0.1", "-p", &port, "-sd", "nats-data"]);
        } else {
            command.args(["-c", "nats.conf"]);
            for user in &self.users {
                let name = format!("MANTLET_{}", user.to_uppercase().replace('-', "_"));
                command.env(name, format!("{user}-secret"));
            }
        }
        self.child = Some(command.spawn().expect("nats-server starts"));
        let address = format!("127.0.0.1:{}", self.port);
        await_that("a server", || std::net::TcpStream::connect(&address).ok());
    }

    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it was running");
            child.wait().expect("it ended");
        }
    }

    pub fn lose_disk(&self) {
        std::fs::remove_dir_all(self.folder.path().join("nats-data")).expect("it was there");
    }

    pub fn url(&self, user: Option<&str>) -> String {
        let user = user.map(|u| format!("{u}:{u}-secret@")).unwrap_or_default();
        format!("nats://{user}127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn region_file(folder: &Path, sites: &[&str]) -> PathBuf {
    let mut text = "name = \"Coast\"\nstale_after_s = 3.0\n[origin]\nlat_deg = 33.0\n\
        lon_deg = -30.0\nheight_m = 150.0\n"
        .to_owned();
    for site in sites {
        text += &format!("[[site]]\nid = \"{site}\"\n");
    }
    let path = folder.join("region.toml");
    std::fs::write(&path, text).expect("written");
    path
}

/// A service in this process, whose runtime can be torn away under it.
pub struct Service {
    url: String,
    subject: Subject,
    nats: String,
    data: tempfile::TempDir,
    runs: Option<(Runtime, Running)>,
}

/// A region.
pub type Region = Service;
/// A real site.
pub type Site = Service;

impl Service {
    fn of(subject: Subject, nats: &str) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let (url, nats) = (String::new(), nats.to_owned());
        let mut service = Self { url, subject, nats, data, runs: None };
        service.again();
        service
    }

    /// A region of these sites. Not `new`: it runs.
    pub fn start(nats: &str, sites: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = load_region(&region_file(folder.path(), sites)).expect("a region");
        Self::of(Subject::Region(Box::new(file)), nats)
    }

    /// The made-up compound, with feeds on which nothing comes.
    pub fn cedar(nats: &str) -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../sites/cedar.toml");
        let mut site = load_site(path.as_ref()).expect("the site");
        for (n, sensor) in site.site.sensors.iter_mut().enumerate() {
            let feed = mantlet::sensors::Feed {
                udp: Some("127.0.0.1:0".into()),
                sac: 25,
                sic: 200 + n as u8,
                from: Vec::new(),
            };
            sensor.feed = Some(feed);
        }
        Self::of(Subject::Site(Box::new(site)), nats)
    }

    pub fn again(&mut self) {
        let runtime = Runtime::new().expect("a runtime");
        let options = Options {
            subject: self.subject.clone(),
            listen: ([127, 0, 0, 1], 0).into(),
            data: self.data.path().join("data"),
            tls: None,
            nats: Some(Nats { urls: self.nats.clone(), password: None }),
        };
        let running = runtime.block_on(start(options)).expect("a service");
        self.url = format!("http://{}", running.address);
        self.runs = Some((runtime, running));
    }

    /// Ends it.
    pub fn kill(&mut self) {
        if let Some((runtime, running)) = self.runs.take() {
            runtime.block_on(running.stop());
            runtime.shutdown_background();
        }
    }

    pub fn text(&self, path: &str) -> String {
        fetch(&format!("{}{path}", self.url))
    }

    pub fn get(&self, path: &str) -> Value {
        serde_json::from_str(&self.text(path)).expect("JSON")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Where the made-up compound is.
fn datum() -> Datum {
    Datum::new(Wgs84::from_degrees(33.0, -30.0, 40.0).expect("a place"))
}

/// A round on its way to the compound, as a site knows it that began to count its tracks
/// at another number.
pub fn known(track_id: u64, now_s: f64) -> Known {
    let datum = datum();
    // It comes from the west at 150 m/s, again and again, and lands in 40 s.
    let p = Local { e_m: -6_000.0, n_m: 0.0, u_m: 1_500.0 };
    let turn = datum.enu_from_ecef().transpose();
    let v = turn * nalgebra::Vector3::new(150.0, 0.0, 10.0);
    let Ecef { xyz_m } = datum.ecef(p);
    let mut covariance_ecef = vec![0.0; 21];
    for (n, at) in [0, 2, 5, 9, 14, 20].into_iter().enumerate() {
        covariance_ecef[at] = if n < 3 { 64.0 } else { 4.0 };
    }
    let centre = datum.wgs84(Local { e_m: 0.0, n_m: 0.0, u_m: 0.0 });
    let track = TrackMessage {
        id: track_id,
        time_s: now_s,
        status: "confirmed".into(),
        kind: "rocket".into(),
        kind_probability: 0.99,
        position_ecef_m: [xyz_m.x, xyz_m.y, xyz_m.z],
        velocity_ecef_mps: [v.x, v.y, v.z],
        covariance_ecef,
        drag_curve: Some("rocket".into()),
        area_per_mass_m2kg: Some(2.5e-4),
        impact: Some(ImpactMessage {
            time_s: now_s + 40.0,
            time_sigma_s: 0.3,
            lat_deg: centre.lat_deg(),
            lon_deg: centre.lon_deg(),
            height_m: 40.0,
            covariance_en_m2: [400.0, 0.0, 400.0],
            velocity_ecef_mps: [0.0; 3],
        }),
    };
    Known { time_s: now_s, tracks: vec![track], ..Known::default() }
}

/// A site that is played: it reports one round twice a second.
pub struct Fake {
    over: Arc<AtomicBool>,
    connected: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Fake {
    pub fn start(url: &str, site: &str, track_id: u64) -> Self {
        let user = site_user(url).unwrap_or(site.to_owned());
        Self::play(url, &user, site, site, track_id)
    }

    /// Messages on one site's subject in the name of one, by another's credentials.
    pub fn forge(url: &str, on: &str, name: &str, track_id: u64) -> Self {
        let user = site_user(url).expect("credentials");
        Self::play(url, &user, on, name, track_id)
    }

    fn play(url: &str, user: &str, on: &str, name: &str, track_id: u64) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let connected = Arc::new(AtomicBool::new(false));
        let (told, tells) = (over.clone(), Arc::clone(&connected));
        let (url, user) = (url.to_owned(), user.to_owned());
        let (to, mut pictures) = (subject(on, "picture"), Pictures::new(name.into(), 1, false));
        let work = move || {
            let runtime = Runtime::new().expect("a runtime");
            runtime.block_on(async {
                let nats = Nats { urls: url, password: None };
                let link = nats.connect(&user).await.expect("a client");
                while !told.load(Ordering::Relaxed) {
                    let message = pictures.next(known(track_id, now_s()), true, now_s());
                    let body = serde_json::to_vec(&message).expect("JSON");
                    if link.connected.borrow().0 {
                        tells.store(true, Ordering::Relaxed);
                        link.client.publish(to.clone(), body.into()).await.expect("sent");
                    }
                    tokio::time::sleep(Duration::from_millis(400)).await;
                }
            });
        };
        Self { over, connected, thread: Some(std::thread::spawn(work)) }
    }

    pub fn is_connected(&self) -> bool {
        self.connected.load(Ordering::Relaxed)
    }

    /// The site's own publisher, over an outbox of the test's.
    pub fn publish(&self, runtime: &Runtime, url: &str, outbox: &Arc<Outbox>, path: &Path) {
        let (known, knows) = tokio::sync::watch::channel(Arc::new(Known::default()));
        runtime.block_on(async {
            let nats = Nats { urls: url.to_owned(), password: None };
            let publisher = Publisher {
                link: nats.connect("oak").await.expect("a client"),
                site: "oak".into(),
                datum: datum(),
                exercise: false,
                known: knows,
                outbox: outbox.clone(),
                warnings: path.into(),
                queue: Arc::default(),
                clock: Arc::default(),
            };
            publisher.start();
        });
        // Pictures are the fake's own affair.
        std::mem::forget(known);
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        self.thread.take().map(std::thread::JoinHandle::join);
    }
}

fn site_user(url: &str) -> Option<String> {
    let (user, _) = url.strip_prefix("nats://")?.split_once('@')?;
    Some(user.split_once(':')?.0.to_owned())
}

/// Counts what a user hears of subjects.
pub fn listens(url: &str, user: &str, subjects: &[&str]) -> Arc<AtomicUsize> {
    use tokio_stream::StreamExt;
    let heard = Arc::new(AtomicUsize::new(0));
    let (counts, url, user) = (heard.clone(), url.to_owned(), user.to_owned());
    let subjects: Vec<String> = subjects.iter().map(|s| (*s).to_owned()).collect();
    std::thread::spawn(move || {
        Runtime::new().expect("a runtime").block_on(async {
            let nats = Nats { urls: url, password: None };
            let link = nats.connect(&user).await.expect("a client");
            let mut hears = Vec::new();
            for subject in subjects {
                let mut heard = link.client.subscribe(subject).await.expect("asked");
                let counts = counts.clone();
                hears.push(tokio::spawn(async move {
                    while heard.next().await.is_some() {
                        counts.fetch_add(1, Ordering::Relaxed);
                    }
                }));
            }
            for hearing in hears {
                let _ = hearing.await;
            }
        });
    });
    heard
}

/// A warning of an outbox.
pub fn warning_row(number: usize) -> String {
    serde_json::json!({
        "action": "warn", "time_s": 1e9 + number as f64, "alert_id": format!("yard-{number}"),
        "version": number, "zone_id": "yard", "zone_name": "Yard",
        "impact_time_s": 1e9 + number as f64 + 20.0, "probability": 0.5, "seconds_left": 20.0,
        "seconds_needed": 10.0, "track_ids": [4], "exercise": false,
        "cap_id": format!("yard-{number}"), "cap_xml": "<alert/>",
    })
    .to_string()
}
