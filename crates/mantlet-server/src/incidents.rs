//! Raids into the ledger, by themselves.
//!
//! In: what the pipeline knows, once a second, and what was said. Out: an incident in
//! the service's ledger for each raid that is over, entered by a thread of its own: the
//! writer of warnings waits for no disk but that of warnings.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use mantlet::ledger::{Claim, Ledger, LedgerError, Raid, RaidLog, Stamp};
use mantlet::pipeline::Pipeline;
use mantlet::scenario::SiteFile;
use mantlet::time::Timestamp;
use mantlet::warning::Warning;

use crate::clock::Clock;
use crate::live::Order;
use crate::queue::Queue;

/// The fault of a raid that is not in the ledger.
const FAULT: &str = "ledger";

/// Gathers raids and enters them.
pub struct Incidents {
    log: RaidLog,
    path: PathBuf,
    clock: Arc<Clock>,
    queue: Arc<Queue<Order>>,
    entering: Vec<JoinHandle<()>>,
}

impl Incidents {
    /// Nothing yet; raids will go into the ledger at `path`.
    pub fn new(
        site: &SiteFile,
        exercise: bool,
        path: PathBuf,
        clock: Arc<Clock>,
        queue: Arc<Queue<Order>>,
    ) -> Self {
        let (name, datum) = (&site.site.name, site.site.datum.clone());
        let log = RaidLog::new(name, datum, site.zones.clone(), exercise, Timestamp::default());
        Self { log, path, clock, queue, entering: Vec::new() }
    }

    /// Takes what was said to the zones.
    pub fn said(&mut self, warnings: &[Warning]) {
        self.log.said(warnings);
    }

    /// Takes what is known; enters the raid that is over by now, and returns what is said
    /// of it.
    pub fn look(&mut self, pipeline: &Pipeline) -> Option<(String, Claim)> {
        self.entering.retain(|thread| !thread.is_finished());
        let raid = self.log.see(pipeline.now(), pipeline.tracks(), pipeline.impacts())?;
        let said = raid.claim().ok();
        self.enter(raid);
        said
    }

    /// Enters the raid in hand and waits until all are entered: the service ends.
    pub fn finish(&mut self) {
        if let Some(raid) = self.log.end() {
            self.enter(raid);
        }
        for thread in self.entering.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a raid was not entered in the ledger: its thread panicked");
            }
        }
    }

    fn enter(&mut self, raid: Raid) {
        let (path, queue) = (self.path.clone(), self.queue.clone());
        let stamp = Stamp { who: "mantlet serve".into(), at: self.clock.now() };
        let work = move || {
            let entered: Result<_, LedgerError> =
                Ledger::open(&path).and_then(|mut ledger| ledger.record_raid(&stamp, &raid));
            let fault = match entered {
                Ok((id, _)) => {
                    tracing::info!("{id}: {} tracks entered in the ledger", raid.tracks.len());
                    None
                }
                Err(e) => {
                    tracing::error!("a raid was not entered in the ledger: {e}");
                    Some(format!("The last raid is not in the ledger ({e})"))
                }
            };
            queue.order(Order::Fault(FAULT, fault));
        };
        match std::thread::Builder::new().name("ledger".into()).spawn(work) {
            Ok(thread) => self.entering.push(thread),
            Err(e) => {
                let text = format!("The last raid is not in the ledger ({e})");
                self.queue.order(Order::Fault(FAULT, Some(text)));
            }
        }
    }
}
