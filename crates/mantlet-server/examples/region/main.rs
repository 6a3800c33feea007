//! What a region bears: many played sites with 20 tracks each at 2 Hz over a real
//! nats-server into `mantlet serve --region`, and one browser that listens.
//!
//! `cargo run --release -p mantlet-server --example region -- MANTLET SECONDS SITES...`
//! prints a row per number of sites: messages, bytes, CPU, and the time from a site's
//! picture to the region's event that holds it, as a client receives it. A quarter of the
//! tracks are seen by two sites, and half fall; the row says how many objects the region
//! shows of how many there are.

#![expect(clippy::disallowed_methods, reason = "it prints how long things take by the clock")]

mod site;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::Deserialize;

type Failure = Box<dyn std::error::Error>;

/// Time that everything is given to come up, before anything is measured.
const WARM_UP: Duration = Duration::from_secs(8);

/// What is counted.
#[derive(Default)]
pub struct Counts {
    /// Pictures and deltas sent.
    pub messages: AtomicU64,
    /// Their bytes.
    pub bytes: AtomicU64,
}

/// Wall time, Unix s.
pub fn now_s() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64())
}

/// A process that ends with its owner.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    /// CPU time so far, s, and resident memory, MiB.
    fn used(&self) -> Option<(f64, f64)> {
        let text =
            |name: &str| std::fs::read_to_string(format!("/proc/{}/{name}", self.0.id())).ok();
        let stat = text("stat")?;
        let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
        let ticks: f64 =
            fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
        let pages: f64 = text("statm")?.split_whitespace().nth(1)?.parse().ok()?;
        Some((ticks / 100.0, pages * 4096.0 / f64::from(1 << 20)))
    }
}

#[derive(Deserialize)]
struct Sensor {
    id: String,
    last_scan_s: Option<f64>,
}

#[derive(Deserialize)]
struct Change {
    put: Vec<Sensor>,
}

#[derive(Deserialize)]
struct Event {
    sensors: Option<Change>,
}

/// Seconds from each site's picture to the event that holds it.
fn listen(url: &str, until: Instant, from: Instant) -> Result<Vec<f64>, Failure> {
    let answer = ureq::get(format!("{url}/api/v1/events")).call()?;
    let mut lines = BufReader::with_capacity(1 << 20, answer.into_body().into_reader());
    let (mut line, mut delta, mut waits_s) = (String::new(), false, Vec::new());
    while Instant::now() < until {
        line.clear();
        if lines.read_line(&mut line)? == 0 {
            return Err("the region has gone".into());
        }
        if let Some(kind) = line.strip_prefix("event: ") {
            delta = kind.trim() == "delta";
        } else if let (true, Some(json)) = (delta, line.strip_prefix("data: ")) {
            let at_s = now_s();
            let event: Event = serde_json::from_str(json)?;
            if Instant::now() < from {
                continue;
            }
            for sensor in event.sensors.into_iter().flat_map(|c| c.put) {
                debug_assert!(!sensor.id.is_empty());
                waits_s.extend(sensor.last_scan_s.map(|sent_s| at_s - sent_s));
            }
        }
    }
    waits_s.sort_by(f64::total_cmp);
    Ok(waits_s)
}

fn run(mantlet: &str, sites: usize, measured: Duration) -> Result<String, Failure> {
    let folder = tempfile::tempdir()?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let url = format!("nats://127.0.0.1:{port}");
    let quiet = |mut c: Command| c.stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(Process);
    let mut nats = Command::new("nats-server");
    nats.args(["-js", "-a", "127.0.0.1", "-p", &port.to_string(), "-sd"]).arg(folder.path());
    let nats = quiet(nats)?;
    let mut text =
        "name = \"Bench\"\n[origin]\nlat_deg = 30.0\nlon_deg = -35.0\nheight_m = 0.0\n".to_owned();
    (0..sites).for_each(|i| text += &format!("[[site]]\nid = \"{}\"\n", site::name(i)));
    let file = folder.path().join("region.toml");
    std::fs::write(&file, text)?;
    let mut region = Command::new(mantlet)
        .args(["serve", "--listen", "127.0.0.1:0", "--nats", &url, "--region"])
        .arg(&file)
        .arg("--data")
        .arg(folder.path().join("data"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map(Process)?;
    let mut said = BufReader::new(region.0.stderr.take().ok_or("no stderr")?);
    let page = loop {
        let mut line = String::new();
        if said.read_line(&mut line)? == 0 {
            return Err("the region did not start".into());
        }
        if let Some(page) = line.trim().strip_prefix("The page: ") {
            break page.trim_end_matches('/').to_owned();
        }
    };
    // What it says later goes nowhere, but must be read.
    std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
    let counts = Arc::new(Counts::default());
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    for i in 0..sites {
        runtime.spawn(site::play(url.clone(), i, sites, counts.clone()));
    }
    let (from, until) = (Instant::now() + WARM_UP, Instant::now() + WARM_UP + measured);
    let listener = {
        let page = page.clone();
        std::thread::spawn(move || listen(&page, until, from).map_err(|e| e.to_string()))
    };
    std::thread::sleep(WARM_UP);
    let read = || (counts.messages.load(Ordering::Relaxed), counts.bytes.load(Ordering::Relaxed));
    let ((m0, b0), r0, n0) = (read(), region.used(), nats.used());
    std::thread::sleep(measured);
    let ((m1, b1), r1, n1) = (read(), region.used(), nats.used());
    let mut answer = ureq::get(format!("{page}/api/v1/picture")).call()?;
    let text = answer.body_mut().with_config().limit(64 << 20).read_to_string()?;
    let picture: serde_json::Value = serde_json::from_str(&text)?;
    let shown = picture["tracks"].as_array().map_or(0, Vec::len);
    runtime.shutdown_background();
    let waits_s = listener.join().map_err(|_| "the listener failed")??;
    let at = |share: f64| {
        let i = ((waits_s.len() as f64 * share) as usize).min(waits_s.len().saturating_sub(1));
        waits_s.get(i).map_or(f64::NAN, |s| s * 1e3)
    };
    let seconds = measured.as_secs_f64();
    let busy = |a: Option<(f64, f64)>, b: Option<(f64, f64)>| {
        a.zip(b).map_or(f64::NAN, |(a, b)| (b.0 - a.0) / seconds)
    };
    let (region_cpu, nats_cpu) = (busy(r0, r1), busy(n0, n1));
    Ok(format!(
        "{sites:>5} {:>7.0} {:>8.0} {:>9.1} {:>8.1} {:>8.2} {:>7.1} {:>6.0} {:>6}/{:<6} {:>7.0} {:>7.0} {:>7.0}",
        (m1 - m0) as f64 / seconds,
        (b1 - b0) as f64 / seconds / 1024.0,
        (b1 - b0) as f64 / (m1 - m0).max(1) as f64 / 1024.0,
        100.0 * region_cpu,
        1e3 * region_cpu / sites as f64,
        100.0 * nats_cpu,
        r1.map_or(f64::NAN, |r| r.1),
        shown,
        site::objects(sites),
        at(0.5),
        at(0.99),
        at(1.0),
    ))
}

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [mantlet, seconds, sites @ ..] = args.as_slice() else {
        return Err("usage: region MANTLET SECONDS SITES...".into());
    };
    let measured = Duration::from_secs(seconds.parse()?);
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "sites  msgs/s    KiB/s  KiB/msg  region%  ms/site   nats%    MiB  shown/objects   p50 ms  p99 ms  max ms"
    )?;
    for n in sites {
        writeln!(out, "{}", run(mantlet, n.parse()?, measured)?)?;
        out.flush()?;
    }
    Ok(())
}
