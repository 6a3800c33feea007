//! The service under load: the real binary over a made-up site.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

type Done<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// A process and its folder; both end with it.
pub struct Service {
    child: Child,
    folder: tempfile::TempDir,
    /// Where it listens for radars.
    pub feed: SocketAddr,
    /// Where it answers.
    pub http: SocketAddr,
}

/// One precise radar that turns twice a second; zones all around.
const SITE: &str = r#"
name = "Load"
zones = "zones.geojson"
[origin]
lat_deg = 33.0
lon_deg = -30.0
height_m = 40.0
[warning]
all_clear_after_s = 2.0
[[sensor]]
id = "turning"
lat_deg = 33.0
lon_deg = -30.0
height_m = 45.0
range_m = 15000.0
period_s = 0.5
elevation_deg = [0.5, 80.0]
detection_probability = 0.95
clutter_per_scan = 5.0
sigma = { range_m = 8.0, azimuth_deg = 0.1, elevation_deg = 0.1, radial_speed_mps = 1.0 }
"#;

impl Service {
    /// Starts it on ports that were free a moment ago.
    pub fn start(binary: &str) -> Done<Self> {
        let folder = tempfile::tempdir()?;
        let feed = UdpSocket::bind(("127.0.0.1", 0))?.local_addr()?;
        let http = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let site = format!("{SITE}feed = {{ udp = \"{feed}\", sac = 25, sic = 1 }}\n");
        std::fs::write(folder.path().join("site.toml"), site)?;
        std::fs::write(folder.path().join("zones.geojson"), zones())?;
        let child = Command::new(std::fs::canonicalize(binary)?)
            .args(["serve", "site.toml", "--data", "data", "--listen", &http.to_string()])
            .current_dir(folder.path())
            .stderr(Stdio::null())
            .spawn()?;
        let service = Self { child, folder, feed, http };
        let begun = Instant::now();
        while service.get("/health").is_err() {
            if begun.elapsed() > Duration::from_secs(20) {
                return Err("the service does not answer".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(service)
    }

    /// Body of a GET.
    pub fn get(&self, path: &str) -> Done<String> {
        let mut stream = TcpStream::connect(self.http)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) = answer.split_once("\r\n\r\n").ok_or("no body")?;
        Ok(body.to_owned())
    }

    fn picture(&self) -> Done<Value> {
        Ok(serde_json::from_str(&self.get("/api/v1/picture")?)?)
    }

    /// Waits until so many objects are tracked.
    pub fn wait_for_tracks(&self, least: usize, most: Duration) -> Done<usize> {
        let begun = Instant::now();
        loop {
            let picture = self.picture()?;
            let tracks = picture["tracks"].as_array().map_or(0, Vec::len);
            if tracks >= least {
                return Ok(tracks);
            }
            if begun.elapsed() > most {
                println!("only {tracks} of {least} tracks by then: {}", picture["faults"]);
                return Ok(tracks);
            }
            std::thread::sleep(Duration::from_millis(500));
        }
    }

    /// Datagrams that it dropped.
    pub fn dropped(&self) -> Done<u64> {
        Ok(self.picture()?["counters"]["dropped_datagrams"].as_u64().unwrap_or(0))
    }

    /// Messages of an action that it issued.
    pub fn said(&self, action: &str) -> Done<usize> {
        let table = self.get("/api/v1/warnings.csv")?;
        Ok(table.lines().filter(|line| line.split(',').nth(3) == Some(action)).count())
    }

    /// Its resident memory, MiB.
    pub fn resident_mib(&self) -> Done<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|l| l.starts_with("VmRSS:")).ok_or("no VmRSS")?;
        let kib: f64 = line.split_whitespace().nth(1).ok_or("no number")?.parse()?;
        Ok(kib / 1024.0)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = self.folder.path();
    }
}

/// Eight zones in a ring of 300 m around the middle, which the rockets aim at.
fn zones() -> String {
    let feature = |i: i32| {
        let angle = f64::from(i) * std::f64::consts::TAU / 8.0;
        let (lon, lat) = (-30.0 + 0.003 * angle.sin(), 33.0 + 0.0025 * angle.cos());
        let corner = |e: f64, n: f64| format!("[{},{}]", lon + 0.001 * e, lat + 0.001 * n);
        let ring = [
            corner(-1.0, -1.0),
            corner(1.0, -1.0),
            corner(1.0, 1.0),
            corner(-1.0, 1.0),
            corner(-1.0, -1.0),
        ];
        format!(
            r#"{{"type":"Feature","properties":{{"id":"z{i}","name":"Zone {i}","kind":"neighbour","population":100,"shelter_s":15}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
            ring.join(",")
        )
    };
    let features: Vec<String> = (0..8).map(feature).collect();
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}
