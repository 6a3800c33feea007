//! What one siren still has to be told: the newest message of each zone.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::message::Message;
use super::{SirenState, SirenStatus};

/// A message that is not confirmed.
struct Waiting {
    message: Arc<Message>,
    since: Instant,
}

#[derive(Default)]
struct Inner {
    /// By zone index.
    waiting: BTreeMap<usize, Waiting>,
    /// The newest message of each zone, confirmed or not.
    newest: BTreeMap<usize, Arc<Message>>,
    /// Counts what was put.
    puts: u64,
    unreachable: bool,
    fault: String,
    closed: bool,
}

/// Shared by whoever notifies and the siren's thread.
pub struct Outbox {
    inner: Mutex<Inner>,
    changed: Condvar,
    confirm_s: f64,
}

impl Outbox {
    pub fn new(confirm_s: f64) -> Self {
        Self { inner: Mutex::default(), changed: Condvar::new(), confirm_s }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A thread that panicked left a map whole: each change is one call.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a message in the place of the zone's earlier one.
    #[expect(clippy::disallowed_methods, reason = "how long a siren is silent is real time")]
    pub fn put(&self, zone: usize, message: Arc<Message>) {
        let mut inner = self.lock();
        // A zone that has not confirmed its last message has been silent since then.
        let since = inner.waiting.get(&zone).map_or_else(Instant::now, |w| w.since);
        inner.newest.insert(zone, Arc::clone(&message));
        inner.waiting.insert(zone, Waiting { message, since });
        inner.puts += 1;
        self.changed.notify_all();
    }

    /// What waits, oldest first.
    pub fn waiting(&self) -> Vec<(usize, Arc<Message>)> {
        let inner = self.lock();
        let mut list: Vec<_> = inner.waiting.iter().collect();
        list.sort_by_key(|(_, w)| w.since);
        list.into_iter().map(|(zone, w)| (*zone, Arc::clone(&w.message))).collect()
    }

    /// The newest message of each zone.
    pub fn newest(&self) -> Vec<(usize, Arc<Message>)> {
        self.lock().newest.iter().map(|(zone, m)| (*zone, Arc::clone(m))).collect()
    }

    /// A zone's message was confirmed, and with it all earlier ones.
    pub fn confirm(&self, zone: usize, version: u32) {
        let mut inner = self.lock();
        if inner.waiting.get(&zone).is_some_and(|w| w.message.version <= version) {
            inner.waiting.remove(&zone);
        }
    }

    /// Whether the siren can be reached, and what it said if it is not content.
    pub fn note(&self, reachable: bool, fault: &str) {
        let mut inner = self.lock();
        inner.unreachable = !reachable;
        fault.clone_into(&mut inner.fault);
    }

    /// Waits until something is put after `puts`, or the time is over; the number
    /// put so far, or `None` once closed.
    pub fn wait(&self, puts: u64, most: Duration) -> Option<u64> {
        let inner = self.lock();
        let idle = |inner: &mut Inner| inner.puts == puts && !inner.closed;
        let waited = self.changed.wait_timeout_while(inner, most, idle);
        let (inner, _) = waited.unwrap_or_else(PoisonError::into_inner);
        (!inner.closed).then_some(inner.puts)
    }

    /// Wakes the siren's thread.
    pub fn poke(&self) {
        self.lock().puts += 1;
        self.changed.notify_all();
    }

    /// Waits for the end, at most so long; whether it came.
    pub fn wait_closed(&self, most: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.lock(), most, |inner| !inner.closed);
        let (inner, _) = waited.unwrap_or_else(PoisonError::into_inner);
        inner.closed
    }

    /// Whether the siren's thread must end.
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Ends the siren's thread.
    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// How the siren stands.
    pub fn status(&self, id: &str) -> SirenStatus {
        let inner = self.lock();
        let late = |w: &Waiting| w.since.elapsed().as_secs_f64() > self.confirm_s;
        let state = if inner.unreachable {
            SirenState::Down
        } else if inner.waiting.values().any(late) {
            SirenState::Unconfirmed
        } else if !inner.waiting.is_empty() {
            SirenState::Pending
        } else {
            SirenState::Confirmed
        };
        let (waiting, fault) = (inner.waiting.len(), inner.fault.clone());
        SirenStatus { id: id.into(), state, waiting, fault }
    }
}
