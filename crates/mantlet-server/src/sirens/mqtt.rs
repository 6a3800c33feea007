//! MQTT 5 (OASIS, 2019): a retained message for each zone, with quality of service 1.
//!
//! Topics under the configured one: `status` holds `online`, and `offline` once we
//! go or our connection breaks (last will); `zone/ID` holds the zone's newest
//! message, so that a board which comes back sees at once what holds. A device that
//! confirms writes the message's version to `zone/ID/confirm`; where devices do
//! not, the broker's acknowledgement counts.
//!
//! One message is on its way at a time. After a break every zone's newest message
//! is sent again.
//!
//! Limits: TCP without TLS: the broker belongs on the same machine or a network of
//! its own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rumqttc::Outgoing;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{LastWill, Packet, PubAck, PubAckReason, Publish};
use rumqttc::v5::{Client, Connection, Event, MqttOptions};

use super::outbox::Outbox;

/// Longest silence on a connection. The broker sends the last will after one and a
/// half times as long. Chosen: a broken link is known before a raid is over.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// How long a connection may take to be made, s.
const CONNECT_S: u64 = 3;
/// Pause between attempts to connect. Chosen: short against a broker's restart.
const RETRY: Duration = Duration::from_secs(1);
/// How long a thread sleeps when nothing happens.
const IDLE: Duration = Duration::from_secs(3600);

/// A broker, not yet connected.
pub struct Broker {
    options: MqttOptions,
    topic: String,
    confirms: bool,
}

/// What is on its way.
struct Sent {
    /// Zone and version, or our own status.
    what: Option<(usize, u32)>,
    packet: Option<u16>,
}

/// Shared by the thread that publishes and the one that reads the connection.
#[derive(Default)]
struct Link {
    connected: bool,
    online: bool,
    on_its_way: Option<Sent>,
    /// Versions that the broker has since the connection was made, by zone.
    acknowledged: BTreeMap<usize, u32>,
}

fn lock(link: &Mutex<Link>) -> MutexGuard<'_, Link> {
    link.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Broker {
    pub fn new(
        client_id: &str,
        host: &str,
        port: u16,
        topic: &str,
        login: Option<(String, Vec<u8>)>,
        confirms: bool,
    ) -> Self {
        let mut options = MqttOptions::new(client_id, host, port);
        options.set_keep_alive(KEEP_ALIVE).set_clean_start(true).set_connection_timeout(CONNECT_S);
        let will = LastWill::new(status_topic(topic), "offline", QoS::AtLeastOnce, true, None);
        options.set_last_will(will);
        if let Some((user, password)) = login {
            options.set_credentials(user, String::from_utf8_lossy(&password).into_owned());
        }
        Self { options, topic: topic.into(), confirms }
    }

    /// Publishes until the outbox is closed.
    pub fn run(self, outbox: &Arc<Outbox>) {
        outbox.note(false, "not connected yet");
        let (client, connection) = Client::new(self.options, 16);
        let link = Arc::new(Mutex::new(Link::default()));
        let reader = Reader {
            client: client.clone(),
            topic: self.topic.clone(),
            confirms: self.confirms,
            link: Arc::clone(&link),
            outbox: Arc::clone(outbox),
        };
        std::thread::scope(|scope| {
            scope.spawn(move || reader.run(connection));
            let mut seen = 0;
            while let Some(puts) = outbox.wait(seen, IDLE) {
                seen = puts;
                publish_next(&client, &self.topic, &mut lock(&link), outbox);
            }
            let connected = lock(&link).connected;
            if connected {
                let topic = status_topic(&self.topic);
                // A queue that is full means a broker that does not answer: its will speaks.
                let _ = client.try_publish(topic, QoS::AtLeastOnce, true, "offline");
            }
            let _ = client.try_disconnect();
        });
    }
}

/// Sends the next message, if the link is free.
fn publish_next(client: &Client, topic: &str, link: &mut Link, outbox: &Outbox) {
    if !link.connected || link.on_its_way.is_some() {
        return;
    }
    if !link.online {
        let sent = client.try_publish(status_topic(topic), QoS::AtLeastOnce, true, "online");
        link.on_its_way = sent.is_ok().then_some(Sent { what: None, packet: None });
        return;
    }
    for (zone, message) in outbox.newest() {
        if link.acknowledged.get(&zone).is_none_or(|v| *v < message.version) {
            let topic = format!("{topic}/zone/{}", level(&message.zone_id));
            let sent = client.try_publish(topic, QoS::AtLeastOnce, true, message.body.clone());
            let what = Some((zone, message.version));
            link.on_its_way = sent.is_ok().then_some(Sent { what, packet: None });
            return;
        }
    }
}

/// The thread that reads the connection.
struct Reader {
    client: Client,
    topic: String,
    confirms: bool,
    link: Arc<Mutex<Link>>,
    outbox: Arc<Outbox>,
}

impl Reader {
    fn run(&self, mut connection: Connection) {
        while let Ok(event) = connection.recv() {
            match event {
                Ok(Event::Incoming(Packet::ConnAck(_))) => self.connected(),
                Ok(Event::Incoming(Packet::PubAck(ack))) => self.acknowledged(&ack),
                Ok(Event::Incoming(Packet::Publish(publish))) => self.confirmed(&publish),
                Ok(Event::Outgoing(Outgoing::Publish(packet))) => {
                    if let Some(sent) = &mut lock(&self.link).on_its_way {
                        sent.packet.get_or_insert(packet);
                    }
                }
                Ok(Event::Outgoing(Outgoing::Disconnect)) => return,
                Ok(_) => {}
                Err(why) => {
                    *lock(&self.link) = Link::default();
                    // Sent again from what is newest, not from what was.
                    connection.eventloop.pending.clear();
                    self.outbox.note(false, &why.to_string());
                    if self.outbox.wait_closed(RETRY) {
                        return;
                    }
                }
            }
        }
    }

    fn connected(&self) {
        *lock(&self.link) = Link { connected: true, ..Link::default() };
        if self.confirms {
            let confirmations = format!("{}/zone/+/confirm", self.topic);
            // The queue of a fresh connection has room.
            let _ = self.client.try_subscribe(confirmations, QoS::AtLeastOnce);
        }
        self.outbox.note(true, "");
        self.outbox.poke();
    }

    fn acknowledged(&self, ack: &PubAck) {
        let mut link = lock(&self.link);
        let ours = |sent: &mut Sent| sent.packet == Some(ack.pkid);
        let Some(sent) = link.on_its_way.take_if(ours) else { return };
        let taken =
            matches!(ack.reason, PubAckReason::Success | PubAckReason::NoMatchingSubscribers);
        match sent.what {
            None => link.online = true,
            Some((zone, version)) => {
                link.acknowledged.insert(zone, version);
                if taken && !self.confirms {
                    self.outbox.confirm(zone, version);
                }
            }
        }
        if !taken {
            self.outbox.note(true, &format!("the broker refused a message: {:?}", ack.reason));
        }
        drop(link);
        self.outbox.poke();
    }

    /// A device wrote the version that it shows.
    fn confirmed(&self, publish: &Publish) {
        let topic = String::from_utf8_lossy(&publish.topic);
        let zone = topic
            .strip_prefix(&self.topic)
            .and_then(|rest| rest.strip_prefix("/zone/"))
            .and_then(|rest| rest.strip_suffix("/confirm"));
        let version =
            std::str::from_utf8(&publish.payload).ok().and_then(|v| v.trim().parse().ok());
        let (Some(zone), Some(version)) = (zone, version) else { return };
        for (index, message) in self.outbox.waiting() {
            if level(&message.zone_id) == zone {
                self.outbox.confirm(index, version);
            }
        }
    }
}

fn status_topic(topic: &str) -> String {
    format!("{topic}/status")
}

/// A zone's id as one level of a topic: percent-encoded where MQTT or a shell would
/// take it for something else.
fn level(zone_id: &str) -> String {
    let mut level = String::new();
    for byte in zone_id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            level.push(char::from(byte));
        } else {
            level.push_str(&format!("%{byte:02X}"));
        }
    }
    level
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_s_id_is_one_level_and_different_ids_stay_different() {
        assert_eq!(level("car-park"), "car-park");
        assert_eq!(level("a/b+#"), "a%2Fb%2B%23");
        assert_ne!(level("a%2Fb"), level("a/b"));
    }
}
