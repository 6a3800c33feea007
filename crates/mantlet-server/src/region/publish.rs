//! The site's side: its pictures as they are, its record without a loss.
//!
//! In: what the writer knows, and the outbox. Out: pictures and deltas (a lost one is made
//! good by the next whole one), and warnings, incidents and the site itself through
//! JetStream: one row after the other, each again until the server has stored it, with an
//! id by which the server drops doubles. In, the other way: impacts that others see.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::jetstream::message::PublishMessage;
use mantlet::frames::Datum;
use mantlet::prediction::{FOREIGN, Impact};
use mantlet::tracking::Kind;
use tokio::sync::watch;
use tokio_stream::StreamExt;

use super::convert;
use super::link::Link;
use super::outbox::{Outbox, Told, Unsent};
use super::wire::{
    BorderMessage, FaultMessage, PictureMessage, RadarMessage, TrackMessage, border_subject,
    subject,
};
use crate::clock::Clock;
use crate::live::Order;
use crate::picture::WarningView;
use crate::queue::Queue;

/// Least time between two pictures of a site.
pub const PICTURE_GAP: Duration = Duration::from_millis(500);
/// A whole picture goes out this often, for whoever has missed something and cannot ask.
const WHOLE_GAP: Duration = Duration::from_secs(10);
/// What others see is forgotten when it is not said again, s: the region says it twice a
/// second.
const BORDER_SILENCE: Duration = Duration::from_secs(5);
/// Pause after something failed.
const PAUSE: Duration = Duration::from_millis(500);

/// What the site knows at one moment, ready to be sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// Data time, Unix s.
    pub time_s: f64,
    /// Confirmed and coasting tracks.
    pub tracks: Vec<TrackMessage>,
    /// Warnings in force.
    pub warnings: Vec<WarningView>,
    /// The radars.
    pub radars: Vec<RadarMessage>,
    /// Faults.
    pub faults: Vec<FaultMessage>,
}

/// One site's pictures, one after the other.
#[derive(Debug)]
pub struct Pictures {
    site: String,
    epoch: u64,
    exercise: bool,
    number: u64,
    last: Known,
}

impl Pictures {
    /// Nothing sent yet.
    pub fn new(site: String, epoch: u64, exercise: bool) -> Self {
        Self { site, epoch, exercise, number: 0, last: Known::default() }
    }

    /// The next message, whole or as what changed.
    pub fn next(&mut self, known: Known, whole: bool, sent_s: f64) -> PictureMessage {
        self.number += 1;
        let last = std::mem::replace(&mut self.last, known);
        let known = &self.last;
        let mut before: BTreeMap<u64, &TrackMessage> =
            last.tracks.iter().map(|t| (t.id, t)).collect();
        let differs = |t: &&TrackMessage| before.remove(&t.id) != Some(t) || whole;
        let tracks = known.tracks.iter().filter(differs).cloned().collect();
        let gone = if whole { Vec::new() } else { before.into_keys().collect() };
        PictureMessage {
            site: self.site.clone(),
            epoch: self.epoch,
            number: self.number,
            whole,
            sent_s,
            time_s: known.time_s,
            exercise: self.exercise,
            tracks,
            gone,
            warnings: (whole || known.warnings != last.warnings).then(|| known.warnings.clone()),
            radars: (whole || known.radars != last.radars).then(|| known.radars.clone()),
            faults: (whole || known.faults != last.faults).then(|| known.faults.clone()),
        }
    }
}

/// What a site's tasks share.
pub struct Publisher {
    /// The connection.
    pub link: Link,
    /// The site's name in subjects.
    pub site: String,
    /// Its frame.
    pub datum: Datum,
    /// Everything is simulated.
    pub exercise: bool,
    /// What it knows.
    pub known: watch::Receiver<Arc<Known>>,
    /// What must not be lost.
    pub outbox: Arc<Outbox>,
    /// The file that it is in.
    pub warnings: PathBuf,
    /// The way to the writer.
    pub queue: Arc<Queue<Order>>,
    /// The time.
    pub clock: Arc<Clock>,
}

impl Publisher {
    /// Starts the tasks; they end with the runtime.
    pub fn start(self) {
        let one = Arc::new(self);
        let (ask_whole, whole_asked) = watch::channel(0_u64);
        tokio::spawn(one.clone().pictures(whole_asked));
        tokio::spawn(one.clone().record());
        tokio::spawn(one.border(ask_whole));
    }

    async fn pictures(self: Arc<Self>, mut whole_asked: watch::Receiver<u64>) {
        let epoch = (self.clock.now().nanos() / 1_000_000) as u64;
        let mut pictures = Pictures::new(self.site.clone(), epoch, self.exercise);
        let (mut known, mut connected) = (self.known.clone(), self.link.connected.clone());
        let mut whole_at: Option<tokio::time::Instant> = None;
        while known.changed().await.is_ok() {
            let (up, _) = *connected.borrow();
            if !up {
                // Old pictures are worth nothing: the next one that goes out is whole.
                whole_at = None;
                continue;
            }
            let asked = whole_asked.has_changed().unwrap_or(false);
            let anew = connected.has_changed().unwrap_or(false);
            whole_asked.mark_unchanged();
            connected.mark_unchanged();
            let whole = asked || anew || whole_at.is_none_or(|at| at.elapsed() >= WHOLE_GAP);
            if whole {
                whole_at = Some(tokio::time::Instant::now());
            }
            let now = Known::clone(&known.borrow_and_update());
            let message = pictures.next(now, whole, self.clock.now().seconds());
            let body = serde_json::to_vec(&message).expect("text keys and finite numbers");
            let kind = if whole { "picture" } else { "delta" };
            if let Err(e) = self.link.client.publish(subject(&self.site, kind), body.into()).await {
                tracing::warn!("NATS: a picture was not sent: {e}");
                whole_at = None;
            }
            tokio::time::sleep(PICTURE_GAP.mul_f64(0.9)).await;
        }
    }

    /// One row after the other, each until it is stored.
    async fn record(self: Arc<Self>) {
        let unsent = loop {
            match Unsent::open(&self.warnings) {
                Ok(unsent) => break unsent,
                Err(e) => tracing::error!("{}: {e}", self.warnings.display()),
            }
            tokio::time::sleep(PAUSE).await;
        };
        // Rusqlite's connection may move between threads, but not be shared: it stays here.
        let unsent = std::sync::Mutex::new(unsent);
        let after = |number| unsent.lock().unwrap_or_else(|e| e.into_inner()).after(number);
        let waiting = |number| unsent.lock().unwrap_or_else(|e| e.into_inner()).waiting(number);
        let mut connected = self.link.connected.clone();
        let (mut sent, mut failed) = (self.outbox.sent.load(Ordering::Acquire), false);
        let fault = |why: &str, sent: u64| {
            let text = format!(
                "The region is not reached ({why}): {} messages wait for it on disk",
                waiting(sent).unwrap_or(0)
            );
            self.queue.order(Order::Fault("region", Some(text)));
        };
        // The first connection may take a moment.
        let _ = tokio::time::timeout(10 * PAUSE, connected.changed()).await;
        loop {
            if !connected.borrow_and_update().0 {
                failed = true;
                fault("no connection to the NATS server", sent);
                let _ = tokio::time::timeout(2 * PAUSE, connected.changed()).await;
                continue;
            }
            let row = match after(sent) {
                Ok(Some(row)) => row,
                Ok(None) => {
                    if std::mem::take(&mut failed) {
                        self.queue.order(Order::Fault("region", None));
                    }
                    tokio::select! {
                        () = self.outbox.news.notified() => {}
                        _ = connected.changed() => {}
                        () = tokio::time::sleep(10 * PAUSE) => {}
                    }
                    continue;
                }
                Err(e) => {
                    tracing::error!("{}: {e}", self.warnings.display());
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            match self.store(&row).await {
                Ok(()) => {
                    sent = row.number;
                    self.outbox.sent.store(sent, Ordering::Release);
                }
                Err(why) => {
                    failed = true;
                    fault(&why, sent);
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn store(&self, row: &Told) -> Result<(), String> {
        let (site, epoch, number) = (&self.site, self.outbox.epoch, row.number);
        let text = format!(
            "{{\"site\":\"{site}\",\"epoch\":{epoch},\"number\":{number},\"body\":{}}}",
            row.body
        );
        let message = PublishMessage::build()
            .payload(text.into())
            .message_id(format!("{site}-{epoch}-{number}"));
        let to = subject(site, &row.kind);
        let ack = self.link.context.send_publish(to, message).await.map_err(|e| e.to_string())?;
        ack.await.map(|_| ()).map_err(|e| e.to_string())
    }

    /// Impacts that others see, to the writer.
    async fn border(self: Arc<Self>, ask_whole: watch::Sender<u64>) {
        let mut heard = loop {
            match self.link.client.subscribe(border_subject(&self.site)).await {
                Ok(heard) => break heard,
                Err(e) => tracing::warn!("NATS: {e}"),
            }
            tokio::time::sleep(PAUSE).await;
        };
        let mut any = false;
        loop {
            let message = match tokio::time::timeout(BORDER_SILENCE, heard.next()).await {
                Ok(Some(message)) => message,
                Ok(None) => return,
                Err(_) => {
                    if std::mem::take(&mut any) {
                        self.queue.order(Order::Foreign(Vec::new()));
                    }
                    continue;
                }
            };
            let Ok(message) = serde_json::from_slice::<BorderMessage>(&message.payload) else {
                tracing::warn!("NATS: {}: no border message", message.subject);
                continue;
            };
            if message.send_whole {
                ask_whole.send_modify(|count| *count += 1);
            }
            let impacts: Vec<Impact> = message
                .impacts
                .iter()
                .filter_map(|passed| {
                    let kind = Kind::from_name(&passed.kind)?;
                    let id = passed.track_id | FOREIGN;
                    convert::impact(&passed.impact, id, kind, &self.datum)
                })
                .collect();
            if any || !impacts.is_empty() {
                any = !impacts.is_empty();
                self.queue.order(Order::Foreign(impacts));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(id: u64, time_s: f64) -> TrackMessage {
        TrackMessage {
            id,
            time_s,
            status: "confirmed".into(),
            kind: "rocket".into(),
            kind_probability: 1.0,
            position_ecef_m: [6.4e6, 0.0, 0.0],
            velocity_ecef_mps: [0.0; 3],
            covariance_ecef: vec![1.0; 21],
            drag_curve: None,
            area_per_mass_m2kg: None,
            impact: None,
        }
    }

    #[test]
    fn a_delta_holds_what_moved_and_what_is_gone_and_a_whole_one_everything() {
        let mut pictures = Pictures::new("cedar".into(), 5, false);
        let known = |tracks: Vec<TrackMessage>| Known { tracks, ..Known::default() };
        let first = pictures.next(known(vec![track(1, 0.0), track(2, 0.0)]), true, 0.0);
        assert_eq!((first.number, first.tracks.len()), (1, 2));
        let second = pictures.next(known(vec![track(2, 0.0), track(3, 1.0)]), false, 1.0);
        let ids: Vec<u64> = second.tracks.iter().map(|t| t.id).collect();
        assert_eq!((ids, second.gone), (vec![3], vec![1]));
        assert_eq!((second.warnings, second.radars), (None, None));
        let third = pictures.next(known(vec![track(2, 0.0), track(3, 1.0)]), true, 2.0);
        assert_eq!((third.number, third.tracks.len(), third.gone.len()), (3, 2, 0));
    }
}
