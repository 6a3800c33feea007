//! Radar feeds: ASTERIX over UDP, unicast or multicast, into the queue.
//!
//! One socket for each address that the site's sensors name in `feed = { udp = … }`, each
//! read by a thread of its own, so that no datagram waits for anything but the queue.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use mantlet::sensors::Site;
use socket2::{Domain, Protocol, Socket, Type};

use crate::clock::Clock;
use crate::queue::{Datagram, Queue};

/// Largest UDP payload, bytes.
const PAYLOAD_MAX: usize = 65_507;
/// Room that is asked of the system for datagrams not read yet, bytes. Chosen: a second of
/// a busy radar; the system may give less.
const SYSTEM_BUFFER: usize = 4 << 20;
/// How often a reader looks whether it is to end.
const LOOK_UP: Duration = Duration::from_millis(200);

/// Why feeds cannot be listened for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FeedError {
    /// No sensor names one.
    #[error(
        "site \"{site}\": no sensor has a live feed: add `feed = {{ udp = \"127.0.0.1:8600\", sac = …, sic = … }}` to it"
    )]
    None {
        /// The site's name.
        site: String,
    },
    /// Not an address and port.
    #[error("sensor \"{sensor}\": feed.{field}: \"{value}\": expected {expected}")]
    Address {
        /// The sensor.
        sensor: String,
        /// The field.
        field: &'static str,
        /// The value seen.
        value: String,
        /// What was expected.
        expected: &'static str,
    },
    /// The system refused it.
    #[error("cannot listen for radars on {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
}

/// Feeds that are being listened for.
#[derive(Debug)]
pub struct Feeds {
    /// Where each feed really is: by the address as written in the site file.
    pub addresses: BTreeMap<String, SocketAddr>,
    readers: Vec<JoinHandle<()>>,
}

impl Feeds {
    /// Opens the sockets of a site and reads them into the queue until it is closed.
    ///
    /// # Errors
    /// When no sensor names a feed, an address is none, or the system refuses it.
    pub fn open<O: Send + 'static>(
        site: &Site,
        queue: &Arc<Queue<O>>,
        clock: &Arc<Clock>,
    ) -> Result<Self, FeedError> {
        let mut feeds = Self { addresses: BTreeMap::new(), readers: Vec::new() };
        for (text, (address, allowed)) in wanted(site)? {
            let refused = |source| FeedError::Bind { address, source };
            let socket = bind(address).map_err(refused)?;
            feeds.addresses.insert(text, socket.local_addr().map_err(refused)?);
            let (queue, clock) = (queue.clone(), clock.clone());
            let reader = std::thread::Builder::new()
                .name("feed".into())
                .spawn(move || read(&socket, &allowed, &queue, &clock));
            feeds.readers.push(reader.map_err(refused)?);
        }
        Ok(feeds)
    }

    /// Waits for the readers, after the queue was closed.
    pub fn join(self) {
        for reader in self.readers {
            if reader.join().is_err() {
                tracing::error!("a reader of a feed had ended with a panic");
            }
        }
    }
}

/// Who may send; empty is anybody.
type Allowed = BTreeSet<IpAddr>;

/// The addresses that the sensors name, and who may send to each.
fn wanted(site: &Site) -> Result<BTreeMap<String, (SocketAddr, Allowed)>, FeedError> {
    let mut wanted: BTreeMap<String, (SocketAddr, Allowed)> = BTreeMap::new();
    let mut open = BTreeSet::new();
    for sensor in &site.sensors {
        let Some((feed, text)) = sensor.feed.as_ref().and_then(|f| Some((f, f.udp.as_ref()?)))
        else {
            continue;
        };
        let wrong = |field, value: &str, expected| FeedError::Address {
            sensor: sensor.id.clone(),
            field,
            value: value.into(),
            expected,
        };
        let address = text.parse().map_err(|_| {
            wrong("udp", text, "an address and a port, as 0.0.0.0:8600 or 239.192.86.68:8600")
        })?;
        let entry = wanted.entry(text.clone()).or_insert((address, Allowed::new()));
        if feed.from.is_empty() {
            open.insert(text.clone());
        }
        for from in &feed.from {
            let from_ip = from.parse().map_err(|_| wrong("from", from, "IP addresses"))?;
            entry.1.insert(from_ip);
        }
    }
    // A sensor that anybody may send for opens the socket that it shares.
    for text in open {
        if let Some((_, allowed)) = wanted.get_mut(&text) {
            allowed.clear();
        }
    }
    if wanted.is_empty() {
        return Err(FeedError::None { site: site.name.clone() });
    }
    Ok(wanted)
}

fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    // The system gives what its own limit allows.
    let _ = socket.set_recv_buffer_size(SYSTEM_BUFFER);
    if address.ip().is_multicast() {
        socket.set_reuse_address(true)?;
    }
    socket.bind(&address.into())?;
    match address.ip() {
        IpAddr::V4(group) if group.is_multicast() => {
            socket.join_multicast_v4(&group, &Ipv4Addr::UNSPECIFIED)?;
        }
        IpAddr::V6(group) if group.is_multicast() => socket.join_multicast_v6(&group, 0)?,
        _ => {}
    }
    socket.set_read_timeout(Some(LOOK_UP))?;
    Ok(socket.into())
}

fn read<O>(socket: &UdpSocket, allowed: &Allowed, queue: &Queue<O>, clock: &Clock) {
    let port = socket.local_addr().map_or(0, |a| a.port());
    let mut buffer = vec![0; PAYLOAD_MAX];
    while !queue.is_closed() {
        match socket.recv_from(&mut buffer) {
            Ok((_, from)) if !allowed.is_empty() && !allowed.contains(&from.ip()) => queue.refuse(),
            Ok((length, from)) => queue.datagram(Datagram {
                arrival: clock.now(),
                from,
                port,
                payload: buffer[..length].into(),
            }),
            Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            Err(e) => {
                // A socket that is broken for good must not spin.
                tracing::warn!("feed on port {port}: {e}");
                std::thread::sleep(LOOK_UP);
            }
        }
    }
}
