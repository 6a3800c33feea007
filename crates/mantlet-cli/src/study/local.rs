//! A study on the cores of this machine.
//!
//! Threads take parts in order; the main thread keeps each on disk, puts them together
//! in order and says when there are enough. Parts go through their encoding also here,
//! so that results have the same bytes however they came.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};

use indicatif::{ProgressBar, ProgressStyle};
use mantlet::study::{Gathered, RUNS_PER_PART, Ready, RunRow, Study};

use super::store::Store;
use crate::failure::Done;

/// A bar with the time left, on a terminal; hidden elsewhere.
pub fn bar(study: &Study, quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = "{bar:40} {pos} of {len} runs, {eta} left at most {msg}";
    let bar = ProgressBar::new(study.most_runs);
    bar.set_style(ProgressStyle::with_template(style).unwrap_or(ProgressStyle::default_bar()));
    bar
}

/// Says how far it is.
pub fn show(bar: &ProgressBar, study: &Study, gathered: &Gathered) {
    let runs = gathered.rows.len() as u64;
    bar.set_position(runs);
    // The interval is worth its cost once in a while.
    if runs > 0 && runs.is_multiple_of(10 * RUNS_PER_PART) {
        bar.set_message(format!("(known to ±{:.1} %)", 100.0 * gathered.widest(study)));
    }
}

/// Runs what the store does not have.
///
/// # Errors
///
/// When the store cannot be read or written.
pub fn gather(study: &Study, store: Option<&Store>, quiet: bool) -> Done<Gathered> {
    let mut gathered = Gathered::default();
    let mut done = std::collections::BTreeSet::new();
    for (number, rows) in store.map(Store::parts).transpose()?.unwrap_or_default() {
        done.insert(number);
        gathered.take(study, number, rows);
    }
    let bar = bar(study, quiet);
    bar.set_position(gathered.rows.len() as u64);
    bar.reset_eta();
    let ready = Ready::new(Arc::new(study.clone()));
    let (next, enough) = (AtomicU64::new(0), AtomicBool::new(gathered.is_done()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut failed = None;
    std::thread::scope(|scope| {
        let (send, receive) = mpsc::channel();
        for _ in 0..threads {
            let (send, done, ready, next, enough) = (send.clone(), &done, &ready, &next, &enough);
            scope.spawn(move || {
                while !enough.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= Ready::parts(study) {
                        break;
                    }
                    if !done.contains(&number)
                        && send.send((number, encode(ready, number))).is_err()
                    {
                        break;
                    }
                }
            });
        }
        drop(send);
        for (number, text) in receive {
            if gathered.is_done() || failed.is_some() {
                continue;
            }
            failed = keep(study, store, &mut gathered, number, &text).err();
            show(&bar, study, &gathered);
            if gathered.is_done() || failed.is_some() {
                enough.store(true, Ordering::Relaxed);
            }
        }
    });
    bar.finish_and_clear();
    failed.map_or(Ok(gathered), Err)
}

/// The rows of a part as they are kept and sent.
fn encode(ready: &Ready, number: u64) -> String {
    serde_json::to_string(&ready.part(number)).expect("numbers only")
}

/// Keeps a part on disk and takes it in.
///
/// # Errors
///
/// When it cannot be written, or is no part.
pub fn keep(
    study: &Study,
    store: Option<&Store>,
    gathered: &mut Gathered,
    number: u64,
    text: &str,
) -> Done {
    if let Some(store) = store {
        store.keep(number, text)?;
    }
    let rows: Vec<RunRow> = serde_json::from_str(text).map_err(anyhow::Error::from)?;
    gathered.take(study, number, rows);
    Ok(())
}
