//! How much the live service bears: `make load`.
//!
//! The service is the real binary in a process of its own; this one is its radar and its
//! clients, so that both ends of a latency are on one clock. Prints three tables:
//! a plot's way to a warning on the wire with 1,000 tracks; a warning's way to 10,000
//! clients while others ask the API; the service's memory over two hours of 500 tracks,
//! in a twelfth of the time: the plots' times run ahead.
//!
//! Memory is judged from the tenth minute of plots on: caches, rings and the hypotheses of a
//! sky that fills have reached their size by then.
//!
//! `load BINARY [MINUTES [memory]]`, where MINUTES (default 120) is the plots' time of the last
//! part; with `memory` it is the only one.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "it prints how long things take by the clock"
)]

mod clients;
mod radar;
mod service;

use std::time::{Duration, Instant};

use clients::{Api, Crowd};
use radar::{Radar, Sent, Sky};
use service::Service;

/// Objects of the first part, and how long it runs after they are tracked.
const TRACKS: usize = 1000;
const TIMED: Duration = Duration::from_secs(60);
/// Clients of the second part, and the API requests a second beside them.
const CLIENTS: usize = 10_000;
const REQUESTS_PER_S: u32 = 200;
/// Objects of the third part, and how many times as fast as the clock their time runs.
const STEADY: usize = 500;
const SPEED: f64 = 12.0;
/// Minutes of plots between two looks at the memory; from the second on it is to be flat.
const LOOK_MIN: f64 = 10.0;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let binary = args.next().ok_or("expected the mantlet binary as the first argument")?;
    let minutes: f64 = args.next().map_or(Ok(120.0), |m| m.parse())?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    match args.next().as_deref() {
        None => {
            warnings(&binary, &runtime)?;
            crowd(&binary, &runtime)?;
        }
        Some("memory") => {}
        Some(other) => return Err(format!("\"{other}\": expected memory or nothing").into()),
    }
    memory(&binary, minutes)
}

/// A row of a latency table.
fn row(what: &str, mut times_ms: Vec<f64>) -> String {
    times_ms.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let last = times_ms.len().saturating_sub(1);
        times_ms.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
    };
    format!("{what:<52} {:>8} {:>9.2} {:>9.2} {:>9.2}", times_ms.len(), at(0.5), at(0.99), at(1.0))
}

fn head(title: &str) -> String {
    format!("{title:<52} {:>8} {:>9} {:>9} {:>9}", "samples", "p50 ms", "p99 ms", "max ms")
}

/// Part one: the last datagram of a sector until its warning is read from the stream.
fn warnings(
    binary: &str,
    runtime: &tokio::runtime::Runtime,
) -> Result<(), Box<dyn std::error::Error>> {
    let service = Service::start(binary)?;
    let sent = Sent::default();
    let _radar = Radar::start(Sky::new(TRACKS, 20_241), service.feed, sent.clone(), 1.0);
    let tracked = service.wait_for_tracks(TRACKS * 95 / 100, Duration::from_secs(120))?;
    let one = runtime.block_on(Crowd::join(service.http, 1, sent))?;
    one.forget();
    std::thread::sleep(TIMED);
    println!("{}", head(&format!("{tracked} tracks, {} cores", cores())));
    println!("{}", row("plot arrives -> warning read by a client", one.take()));
    let metrics = service.get("/metrics")?;
    for line in metrics.lines().filter(|l| l.starts_with("mantlet_warning_seconds")) {
        println!("  {line}");
    }
    println!("  dropped datagrams: {}\n", service.dropped()?);
    Ok(())
}

/// Part two: the same to ten thousand, while the API answers.
fn crowd(
    binary: &str,
    runtime: &tokio::runtime::Runtime,
) -> Result<(), Box<dyn std::error::Error>> {
    let service = Service::start(binary)?;
    let sent = Sent::default();
    let _radar = Radar::start(Sky::new(10, 7), service.feed, sent.clone(), 1.0);
    service.wait_for_tracks(8, Duration::from_secs(30))?;
    let alone = Api::ask(service.http, REQUESTS_PER_S, Duration::from_secs(10));
    let begun = Instant::now();
    let many = runtime.block_on(Crowd::join(service.http, CLIENTS, sent))?;
    let joined_s = begun.elapsed().as_secs_f64();
    many.forget();
    let beside = Api::ask(service.http, REQUESTS_PER_S, Duration::from_secs(40));
    println!("{}", head(&format!("{CLIENTS} event clients (joined in {joined_s:.1} s)")));
    println!("{}", row("plot arrives -> warning read by each client", many.take()));
    println!("{}", row(&format!("GET /api/v1/picture, {REQUESTS_PER_S}/s, no clients"), alone));
    println!("{}", row(&format!("GET /api/v1/picture, {REQUESTS_PER_S}/s, beside them"), beside));
    println!("  clients still connected: {} of {CLIENTS}", many.connected());
    println!("  memory of the service: {:.1} MiB\n", service.resident_mib()?);
    Ok(())
}

/// Part three: memory over time.
fn memory(binary: &str, minutes: f64) -> Result<(), Box<dyn std::error::Error>> {
    let service = Service::start(binary)?;
    let _radar = Radar::start(Sky::new(STEADY, 99), service.feed, Sent::default(), SPEED);
    let tracked = service.wait_for_tracks(STEADY * 95 / 100, Duration::from_secs(120))?;
    println!("memory of the service with {tracked} tracks over {minutes} min of plots");
    let looks = (minutes / LOOK_MIN).round().max(1.0) as u32;
    let (mut warm, mut most, mut least) = (None, 0.0_f64, f64::INFINITY);
    for look in 0..=looks {
        let now = service.resident_mib()?;
        println!("  {:>6.1} min {now:>8.1} MiB", LOOK_MIN * f64::from(look));
        if look > 0 {
            warm.get_or_insert(now);
            (most, least) = (most.max(now), least.min(now));
        }
        if look < looks {
            std::thread::sleep(Duration::from_secs_f64(LOOK_MIN * 60.0 / SPEED));
        }
    }
    let warm = warm.unwrap_or(most);
    println!(
        "  against minute {LOOK_MIN}: {:+.1} to {:+.1} %; dropped datagrams: {}; \
         warnings: {} issued, {} cleared",
        100.0 * (least / warm - 1.0),
        100.0 * (most / warm - 1.0),
        service.dropped()?,
        service.said("warn")?,
        service.said("clear")?
    );
    Ok(())
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
