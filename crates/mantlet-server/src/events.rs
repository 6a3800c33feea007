//! Events to every browser: made into bytes once, kept for those who come back.
//!
//! Events are numbered; a client that returns with the number of its last one gets what
//! it missed while the ring still holds it, else the whole picture. A client too slow to
//! follow is treated the same way. Nobody can slow the writer down: what takes long with
//! many tracks (comparing pictures, making JSON) is done while nobody else waits.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use serde::Serialize;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::delta::Delta;
use crate::picture::{IssuedView, PictureView};

/// Events kept for those who come back, and the bytes that they may take. Chosen: two
/// minutes of deltas of a quiet sky, and memory that a thousand tracks do not swell.
const KEPT: usize = 512;
const KEPT_BYTES: usize = 8 << 20;
/// Events that may wait for a slow client before it is given the whole picture instead.
const WAITING: usize = 128;

/// One event, as it goes over the wire.
#[derive(Clone, Debug)]
struct Event {
    id: u64,
    bytes: Bytes,
}

struct Ring {
    events: VecDeque<Event>,
    /// Bytes of the events.
    bytes: usize,
    last_id: u64,
    picture: Arc<PictureView>,
    /// The picture as JSON, made when first asked for.
    json: Arc<OnceLock<Bytes>>,
}

/// The events of one service.
pub struct Events {
    ring: Mutex<Ring>,
    live: broadcast::Sender<Event>,
    clients: AtomicUsize,
}

/// Counts a client while it listens.
struct Listening(Arc<Events>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.clients.fetch_sub(1, Ordering::Relaxed);
    }
}

fn wire(kind: &str, id: u64, json: &[u8]) -> Bytes {
    let mut bytes = Vec::with_capacity(json.len() + 48);
    bytes.extend_from_slice(format!("event: {kind}\nid: {id}\ndata: ").as_bytes());
    bytes.extend_from_slice(json);
    bytes.extend_from_slice(b"\n\n");
    bytes.into()
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("views have text keys and finite numbers")
}

impl Events {
    /// Events numbered from `first_id` on, which must lie above those of any earlier start.
    pub fn new(first_id: u64) -> Self {
        let picture = PictureView { revision: first_id, clock: "ok", ..PictureView::default() };
        let ring = Ring {
            events: VecDeque::new(),
            bytes: 0,
            last_id: first_id,
            picture: picture.into(),
            json: Arc::default(),
        };
        let (live, _) = broadcast::channel(WAITING);
        Self { ring: Mutex::new(ring), live, clients: AtomicUsize::new(0) }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, ring: &mut Ring, kind: &str, body: &[u8]) {
        let event = Event { id: ring.last_id, bytes: wire(kind, ring.last_id, body) };
        ring.bytes += event.bytes.len();
        ring.events.push_back(event.clone());
        while ring.events.len() > KEPT || ring.bytes > KEPT_BYTES {
            let Some(oldest) = ring.events.pop_front() else { break };
            ring.bytes -= oldest.bytes.len();
        }
        // Nobody listens: nothing to do.
        let _ = self.live.send(event);
    }

    /// Sends a warning at once.
    pub fn warning(&self, mut issued: IssuedView) {
        let mut ring = self.ring();
        ring.last_id += 1;
        issued.revision = ring.last_id;
        self.push(&mut ring, "warning", &json(&issued));
    }

    /// Sends what changed since the last picture; with `always` also when only time did.
    /// One caller at a time.
    pub fn picture(&self, picture: &PictureView, always: bool) {
        let before = self.last_picture();
        let delta = Delta { revision: 0, ..Delta::between(&before, picture) };
        if delta.is_empty() && !always {
            return;
        }
        let (mut picture, body) = (picture.clone(), json(&delta));
        // The number comes last: a warning may be sent meanwhile.
        let rest = body.strip_prefix(NO_REVISION).unwrap_or_default();
        let mut ring = self.ring();
        ring.last_id += 1;
        picture.revision = ring.last_id;
        ring.picture = picture.into();
        ring.json = Arc::default();
        let body = [format!("{{\"revision\":{}", ring.last_id).as_bytes(), rest].concat();
        self.push(&mut ring, "delta", &body);
    }

    /// Says that what lies under the picture has changed: to be asked for again.
    pub fn site(&self) {
        let mut ring = self.ring();
        ring.last_id += 1;
        let body = format!("{{\"revision\":{}}}", ring.last_id);
        self.push(&mut ring, "site", body.as_bytes());
    }

    /// The last picture sent, as JSON.
    pub fn picture_json(&self) -> Bytes {
        let (picture, made) = {
            let ring = self.ring();
            (ring.picture.clone(), ring.json.clone())
        };
        whole(&picture, &made)
    }

    /// The last picture sent.
    pub fn last_picture(&self) -> Arc<PictureView> {
        self.ring().picture.clone()
    }

    /// Clients that listen now.
    pub fn clients(&self) -> usize {
        self.clients.load(Ordering::Relaxed)
    }

    /// What a client that has had everything up to `last_id` still needs, and all that
    /// comes after.
    fn since(&self, last_id: Option<u64>) -> (VecDeque<Bytes>, broadcast::Receiver<Event>) {
        let ring = self.ring();
        let live = self.live.subscribe();
        let kept_from = ring.events.front().map_or(u64::MAX, |e| e.id);
        let resumes = last_id.is_some_and(|id| id + 1 >= kept_from && id <= ring.last_id);
        let from = last_id.filter(|_| resumes).unwrap_or(ring.picture.revision);
        let later = ring.events.iter().filter(|e| e.id > from).map(|e| e.bytes.clone());
        let mut missed: VecDeque<Bytes> = later.collect();
        let (picture, made) = (ring.picture.clone(), ring.json.clone());
        drop(ring);
        if !resumes {
            missed.push_front(wire("picture", picture.revision, &whole(&picture, &made)));
        }
        (missed, live)
    }

    /// The events for one client.
    pub fn listen(self: &Arc<Self>, last_id: Option<u64>) -> impl Stream<Item = Bytes> + use<> {
        self.clients.fetch_add(1, Ordering::Relaxed);
        let (missed, live) = self.since(last_id);
        let state = (Listening(self.clone()), missed, live);
        stream::unfold(state, |(client, mut missed, mut live)| async move {
            if let Some(bytes) = missed.pop_front() {
                return Some((bytes, (client, missed, live)));
            }
            let beat = tokio::time::timeout(HEARTBEAT, live.recv()).await;
            let bytes = match beat {
                Err(_) => Bytes::from_static(b": still here\n\n"),
                Ok(Ok(event)) => event.bytes,
                Ok(Err(RecvError::Closed)) => return None,
                Ok(Err(RecvError::Lagged(_))) => {
                    (missed, live) = client.0.since(None);
                    missed.pop_front()?
                }
            };
            Some((bytes, (client, missed, live)))
        })
    }
}

/// Silence after which a client is told that the service is still there.
const HEARTBEAT: std::time::Duration = std::time::Duration::from_secs(5);

/// How the JSON of a delta without its number begins.
const NO_REVISION: &[u8] = b"{\"revision\":0";

/// A picture as JSON, made once for all who ask.
fn whole(picture: &PictureView, made: &OnceLock<Bytes>) -> Bytes {
    made.get_or_init(|| json(picture).into()).clone()
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    fn at(time_s: f64) -> PictureView {
        PictureView { time_s, clock: "ok", ..PictureView::default() }
    }

    fn ids(parts: &VecDeque<Bytes>) -> Vec<String> {
        let line = |b: &Bytes| {
            let text = String::from_utf8(b.to_vec()).unwrap();
            let mut lines = text.lines().take(2);
            format!("{} {}", &lines.next().unwrap()[7..], &lines.next().unwrap()[4..])
        };
        parts.iter().map(line).collect()
    }

    #[test]
    fn who_comes_back_gets_what_was_missed_or_the_whole_picture() {
        let events = Events::new(100);
        for i in 0..3 {
            events.picture(&at(f64::from(i)), true);
        }
        assert_eq!(ids(&events.since(None).0), ["picture 103"]);
        let missed = events.since(Some(102)).0;
        let last = String::from_utf8(missed[0].to_vec()).unwrap();
        assert!(last.contains("data: {\"revision\":103,\"time_s\":2.0"), "{last}");
        assert_eq!(ids(&events.since(Some(101)).0), ["delta 102", "delta 103"]);
        assert!(events.since(Some(103)).0.is_empty());
        // Of an earlier start, of a later one than ours, and older than the ring.
        assert_eq!(ids(&events.since(Some(7)).0), ["picture 103"]);
        assert_eq!(ids(&events.since(Some(999)).0), ["picture 103"]);
        for i in 0..KEPT + 1 {
            events.picture(&at(10.0 + i as f64), true);
        }
        assert_eq!(ids(&events.since(Some(101)).0).len(), 1);
    }

    #[test]
    fn who_was_away_is_told_that_the_site_is_another() {
        let events = Events::new(0);
        events.picture(&at(1.0), true);
        events.site();
        assert_eq!(ids(&events.since(Some(1)).0), ["site 2"]);
    }

    #[test]
    fn a_picture_in_which_nothing_changed_is_not_sent() {
        let events = Events::new(0);
        events.picture(&at(1.0), false);
        events.picture(&at(2.0), false);
        assert_eq!(events.ring().last_id, 0);
    }

    #[tokio::test]
    async fn a_client_too_slow_gets_the_whole_picture_and_goes_on() {
        let events = Arc::new(Events::new(0));
        let mut stream = std::pin::pin!(events.listen(None));
        let first = stream.next().await.unwrap();
        assert!(first.starts_with(b"event: picture\nid: 0\n"));
        assert_eq!(events.clients(), 1);
        for i in 0..WAITING * 2 {
            events.picture(&at(i as f64 + 1.0), true);
        }
        let resync = stream.next().await.unwrap();
        let want = format!("event: picture\nid: {}\n", WAITING * 2);
        assert!(resync.starts_with(want.as_bytes()));
        events.picture(&at(1e6), true);
        let next = stream.next().await.unwrap();
        assert!(next.starts_with(format!("event: delta\nid: {}\n", WAITING * 2 + 1).as_bytes()));
    }
}
