//! `mantlet replay`: a recording as a live feed, with its own timing.

use std::net::{Ipv4Addr, ToSocketAddrs, UdpSocket};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use mantlet::scenario::load_site;
use mantlet::sensors::Replay;
use mantlet::time::Timestamp;

use crate::failure::{Done, Failure};

/// Shown under `--help`.
pub const EXAMPLE: &str = "Examples:\n  mantlet replay capture.pcap --to 239.192.86.68:8600\n  \
mantlet replay out/a/plots.csv --site sites/cedar.toml --to 127.0.0.1:8600 --speed 10";

/// Arguments of `mantlet replay`.
#[derive(clap::Args)]
pub struct Args {
    /// What to play: .pcap, .pcapng, or plots.csv and .ast with --site
    #[arg(value_name = "INPUT")]
    input: PathBuf,
    /// Where to send it, UDP
    #[arg(long, value_name = "HOST:PORT")]
    to: String,
    /// The site whose sensors made plots.csv; each names its feed
    #[arg(long, value_name = "SITE.toml")]
    site: Option<PathBuf>,
    /// How many times as fast as it was recorded, 0.01 to 1000
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    speed: f64,
    /// Leave the times in the records as they were; otherwise they begin now
    #[arg(long)]
    original_times: bool,
    /// Say nothing but errors on standard error
    #[arg(long, short)]
    quiet: bool,
}

/// Runs it.
///
/// # Errors
///
/// Input error when the recording, the site or an argument is wrong.
#[expect(clippy::disallowed_methods, reason = "a replay is timed by the clock")]
pub fn run(args: &Args) -> Done {
    if !(0.01..=1000.0).contains(&args.speed) {
        let text = format!("--speed: {}: expected 0.01 to 1000", args.speed);
        return Err(Failure::Input(text));
    }
    let wrong = |what: String| Failure::Input(format!("--to: {}: {what}", args.to));
    let to = args
        .to
        .to_socket_addrs()
        .map_err(|e| wrong(format!("{e}: expected HOST:PORT")))?
        .next()
        .ok_or_else(|| wrong("no such host".into()))?;
    let site = args.site.as_deref().map(load_site).transpose()?;
    let mut replay = Replay::open(&args.input, site.as_ref().map(|s| &s.site), true)?;
    if !args.original_times {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        replay = replay.starting(Timestamp::from_nanos(now.as_nanos() as i64));
    }
    let any = if to.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(any).context("cannot open a UDP socket")?;
    if to.ip() == Ipv4Addr::BROADCAST {
        socket.set_broadcast(true)?;
    }
    let start = Instant::now();
    let (mut count, mut octets, mut last_s) = (0_u64, 0, 0.0);
    while let Some((time_s, datagram)) = replay.next_datagram()? {
        let due = Duration::from_secs_f64(time_s / args.speed);
        std::thread::sleep(due.saturating_sub(start.elapsed()));
        socket.send_to(&datagram, to).with_context(|| format!("cannot send to {to}"))?;
        count += 1;
        octets += datagram.len();
        last_s = time_s;
    }
    if !args.quiet {
        eprintln!(
            "{}: {count} datagrams, {octets} bytes, {last_s:.1} s sent to {to}",
            args.input.display()
        );
        for line in replay.tally.lines() {
            eprintln!("  {line}");
        }
    }
    Ok(())
}
