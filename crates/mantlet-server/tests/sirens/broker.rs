//! A real broker, a proxy that can cut its connections, and a board that listens.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Packet, Publish};
use rumqttc::v5::{Client, Event, MqttOptions};

use super::until;

/// mosquitto on a port of its own.
pub struct Mosquitto {
    pub port: u16,
    child: Child,
    _folder: tempfile::TempDir,
}

impl Mosquitto {
    pub fn start() -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        drop(listener);
        Self::start_on(port)
    }

    pub fn start_on(port: u16) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let config = folder.path().join("mosquitto.conf");
        let text = format!("listener {port} 127.0.0.1\nallow_anonymous true\n");
        std::fs::write(&config, text).expect("room");
        let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin";
        let started = Command::new("mosquitto")
            .env("PATH", path)
            .arg("-c")
            .arg(&config)
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = started else {
            eprintln!("SKIPPED: mosquitto is not installed: apt-get install mosquitto");
            return None;
        };
        let broker = Self { port, child, _folder: folder };
        until("mosquitto listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        Some(broker)
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Passes connections on to the broker until they are cut.
pub struct Proxy {
    pub port: u16,
    streams: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    pub fn start(to: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let streams: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
        let kept = Arc::clone(&streams);
        std::thread::spawn(move || {
            for near in listener.incoming() {
                let near = near.expect("a connection");
                let Ok(far) = TcpStream::connect(("127.0.0.1", to)) else { continue };
                let mut kept = kept.lock().expect("whole");
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let (mut from, mut to) = (from.try_clone(), to.try_clone());
                    kept.push(from.as_ref().expect("a stream").try_clone().expect("a stream"));
                    std::thread::spawn(move || {
                        let (Ok(from), Ok(to)) = (&mut from, &mut to) else { return };
                        let mut bytes = [0; 4096];
                        while let Ok(count) = from.read(&mut bytes) {
                            if count == 0 || to.write_all(&bytes[..count]).is_err() {
                                break;
                            }
                        }
                        let _ = to.shutdown(Shutdown::Both);
                    });
                }
            }
        });
        Self { port, streams }
    }

    /// Cuts every connection, as when a cable is pulled and put back.
    pub fn cut(&self) {
        for stream in self.streams.lock().expect("whole").drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// A message board: keeps the newest message of each topic.
pub struct Subscriber {
    client: Client,
    newest: Arc<Mutex<BTreeMap<String, Publish>>>,
}

impl Subscriber {
    pub fn start(port: u16, topics: &str) -> Self {
        let mut options = MqttOptions::new("board", "127.0.0.1", port);
        options.set_keep_alive(Duration::from_secs(5));
        let (client, mut connection) = Client::new(options, 16);
        client.subscribe(topics, QoS::AtLeastOnce).expect("room in the queue");
        let newest: Arc<Mutex<BTreeMap<String, Publish>>> = Arc::default();
        let kept = Arc::clone(&newest);
        std::thread::spawn(move || {
            for event in connection.iter() {
                match event {
                    Ok(Event::Incoming(Packet::Publish(publish))) => {
                        let topic = String::from_utf8_lossy(&publish.topic).into_owned();
                        kept.lock().expect("whole").insert(topic, publish);
                    }
                    Ok(_) => {}
                    Err(_) => return,
                }
            }
        });
        Self { client, newest }
    }

    pub fn last(&self, topic: &str) -> Option<String> {
        let newest = self.newest.lock().expect("whole");
        newest.get(topic).map(|p| String::from_utf8_lossy(&p.payload).into_owned())
    }

    pub fn version(&self, topic: &str) -> Option<u64> {
        let message: serde_json::Value = serde_json::from_str(&self.last(topic)?).ok()?;
        message["version"].as_u64()
    }

    pub fn is_retained(&self, topic: &str) -> bool {
        let newest = self.newest.lock().expect("whole");
        newest.get(topic).is_some_and(|p| p.retain && p.qos == QoS::AtLeastOnce)
    }

    pub fn publish(&self, topic: &str, text: &str) {
        self.client
            .publish(topic, QoS::AtLeastOnce, false, text.to_owned())
            .expect("room in the queue");
    }
}
