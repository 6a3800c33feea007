//! The region's side of the wire: messages in, each checked and read; messages to sites out.
//!
//! Pictures come over core NATS, in the order that each site sent them. The record comes
//! from JetStream in the order of the stream, from where the desk's file says that it was
//! read: an ordered consumer, which begins again by itself at the first gap, so nothing is
//! lost, and the desk knows each site's last number, so nothing is taken twice.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;

use super::desk::{Arrived, Inbox, Place};
use super::link::{Link, PATIENCE, record_stream};
use super::wire::{PictureMessage, RecordMessage, parts};

/// Pause after something failed.
const PAUSE: Duration = Duration::from_secs(1);

/// What the region's tasks share.
pub struct Subscriber {
    /// The connection.
    pub link: Link,
    /// The sites heard, by their names in subjects.
    pub sites: Vec<String>,
    /// Where what arrives goes.
    pub inbox: Arc<Inbox>,
}

/// Who a message says that it is of.
#[derive(Deserialize)]
struct Sender {
    site: String,
}

impl Subscriber {
    /// Starts the tasks; they end with the runtime.
    pub fn start(self, from: Place, passes: mpsc::UnboundedReceiver<(String, Vec<u8>)>) {
        let one = Arc::new(self);
        tokio::spawn(one.clone().pictures());
        tokio::spawn(one.clone().records(from));
        tokio::spawn(one.clone().passing(passes));
        tokio::spawn(one.connection());
    }

    /// The site and the kind of a message whose subject and content agree.
    fn sender<'s>(&self, subject: &'s str, payload: &[u8]) -> Result<(usize, &'s str), String> {
        let (site, kind) = parts(subject).ok_or_else(|| format!("subject {subject}"))?;
        let index = self.sites.iter().position(|s| s == site);
        let index = index.ok_or_else(|| format!("{subject}: no site of this region"))?;
        let said =
            serde_json::from_slice::<Sender>(payload).map_err(|e| format!("{subject}: {e}"))?.site;
        if said != site {
            return Err(format!("{subject}: says that it is of \"{said}\""));
        }
        Ok((index, kind))
    }

    async fn pictures(self: Arc<Self>) {
        loop {
            let mut heard = match self.link.client.subscribe("mantlet.site.*.*").await {
                Ok(heard) => heard,
                Err(e) => {
                    tracing::warn!("NATS: {e}");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            while let Some(message) = heard.next().await {
                let subject = message.subject.as_str();
                if !matches!(parts(subject), Some((_, "picture" | "delta"))) {
                    continue;
                }
                let read = self.sender(subject, &message.payload).and_then(|(site, _)| {
                    let read = serde_json::from_slice::<PictureMessage>(&message.payload);
                    read.map(|m| (site, m)).map_err(|e| format!("{subject}: {e}"))
                });
                self.inbox.put(match read {
                    Ok((site, picture)) => Arrived::Picture(site, Box::new(picture)),
                    Err(why) => Arrived::Refused(why),
                });
            }
        }
    }

    async fn records(self: Arc<Self>, mut from: Place) {
        let mut connected = self.link.connected.clone();
        loop {
            if connected.borrow_and_update().0
                && let Err(why) = self.read_records(&mut from).await
            {
                tracing::warn!("NATS: the record: {why}");
            }
            let _ = tokio::time::timeout(PAUSE, connected.changed()).await;
        }
    }

    async fn read_records(&self, from: &mut Place) -> Result<(), String> {
        let stream = record_stream(&self.link.context).await.map_err(|e| e.to_string())?;
        let info = stream.cached_info();
        let stream_ns = (info.created.unix_timestamp_nanos()).clamp(0, i64::MAX.into()) as i64;
        // Another stream, as after the server's disk was lost: from its beginning. Sites
        // send again what it does not have, and the desk knows what it has had.
        if from.stream_ns != stream_ns {
            *from = Place { stream_ns, sequence: 0 };
        }
        let config = pull::OrderedConfig {
            deliver_policy: if from.sequence == 0 {
                DeliverPolicy::All
            } else {
                DeliverPolicy::ByStartSequence { start_sequence: from.sequence + 1 }
            },
            ..pull::OrderedConfig::default()
        };
        let consumer = stream.create_consumer(config).await.map_err(|e| e.to_string())?;
        let mut messages = consumer.messages().await.map_err(|e| e.to_string())?;
        let mut connected = self.link.connected.clone();
        connected.mark_unchanged();
        loop {
            let message = tokio::select! {
                message = messages.next() => message.ok_or("the consumer has ended")?,
                // The server may have forgotten the consumer: a new one is quicker than
                // waiting for its heartbeat.
                _ = connected.changed() => return Err("the connection has changed".into()),
            };
            let message = message.map_err(|e| e.to_string())?;
            let sequence = message.info().map_err(|e| e.to_string())?.stream_sequence;
            from.sequence = sequence;
            self.inbox.put(self.record(&message.subject, &message.payload, *from));
        }
    }

    fn record(&self, subject: &str, payload: &[u8], place: Place) -> Arrived {
        fn read<T: DeserializeOwned>(
            subject: &str,
            payload: &[u8],
        ) -> Result<Box<RecordMessage<T>>, String> {
            serde_json::from_slice(payload).map(Box::new).map_err(|e| format!("{subject}: {e}"))
        }
        let arrived = self.sender(subject, payload).and_then(|(site, kind)| match kind {
            "warning" => read(subject, payload).map(|r| Arrived::Warning(site, place, r)),
            "incident" => read(subject, payload).map(|r| Arrived::Incident(site, place, r)),
            "about" => read(subject, payload).map(|r| Arrived::About(site, place, r)),
            _ => Err(format!("{subject}: no such record")),
        });
        arrived.unwrap_or_else(Arrived::Refused)
    }

    async fn passing(self: Arc<Self>, mut passes: mpsc::UnboundedReceiver<(String, Vec<u8>)>) {
        while let Some((subject, body)) = passes.recv().await {
            if let Err(e) = self.link.client.publish(subject, body.into()).await {
                tracing::warn!("NATS: {e}");
            }
        }
    }

    async fn connection(self: Arc<Self>) {
        let mut connected = self.link.connected.clone();
        // The first connection may take a moment.
        let _ = tokio::time::timeout(PATIENCE, connected.changed()).await;
        loop {
            let (up, _) = *connected.borrow_and_update();
            self.inbox.put(Arrived::Connected(up));
            if connected.changed().await.is_err() {
                return;
            }
        }
    }
}
