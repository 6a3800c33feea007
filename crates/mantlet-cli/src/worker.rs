//! `mantlet worker`: runs parts of studies that others ask for.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use mantlet_server::spread::{Worked, work};

use crate::failure::{Done, Failure};

/// Shown under `--help`.
pub const EXAMPLE: &str = "Example:\n  mantlet worker --nats nats://127.0.0.1:4222\n\n\
Any number of machines may work for one study; start and stop them as you like.";

/// Arguments of `mantlet worker`.
#[derive(clap::Args)]
pub struct Args {
    /// The NATS server, as nats://[user:password@]host:port; of a cluster several, with commas
    #[arg(long, value_name = "URL")]
    nats: String,
    /// Threads; one per core when absent
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Copies that a NATS cluster keeps of jobs and results
    #[arg(long, value_name = "N", default_value_t = 1)]
    nats_replicas: usize,
    /// End when this file exists: for scripts
    #[arg(long, value_name = "FILE", hide = true)]
    until: Option<PathBuf>,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

/// Runs it until it is stopped.
///
/// # Errors
///
/// When the connection cannot be set up at all; a server that is away is waited for.
pub fn run(args: &Args) -> Done {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = args.threads.unwrap_or_else(cores).clamp(1, 1024);
    if !args.quiet {
        eprintln!("working for {} on {threads} threads; ctrl-c ends", args.nats);
    }
    let worked = Arc::new(Worked::default());
    if let Some(file) = args.until.clone() {
        let worked = Arc::clone(&worked);
        std::thread::spawn(move || {
            while !file.exists() {
                std::thread::sleep(std::time::Duration::from_millis(200));
            }
            worked.stop.store(true, Ordering::Relaxed);
        });
    }
    work(&args.nats, args.nats_replicas, threads, &worked)?;
    if !args.quiet {
        eprintln!("{} parts done", worked.parts.load(Ordering::Relaxed));
    }
    Ok(())
}

impl From<mantlet_server::spread::SpreadError> for Failure {
    fn from(error: mantlet_server::spread::SpreadError) -> Self {
        Self::Work(error.into())
    }
}
