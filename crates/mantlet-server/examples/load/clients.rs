//! Clients: many that listen to events, one that asks the API at a rate.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::radar::Sent;

/// Clients that join at a time: a listening socket queues no more.
const AT_ONCE: usize = 100;

/// Clients of the event stream.
pub struct Crowd {
    times_ms: Arc<Mutex<Vec<f64>>>,
    connected: Arc<AtomicUsize>,
}

fn locked(times: &Mutex<Vec<f64>>) -> MutexGuard<'_, Vec<f64>> {
    times.lock().expect("nobody panicked")
}

impl Crowd {
    /// So many connect and listen on, also when this is dropped.
    pub async fn join(to: SocketAddr, clients: usize, sent: Sent) -> std::io::Result<Self> {
        let crowd = Self { times_ms: Arc::default(), connected: Arc::default() };
        for from in (0..clients).step_by(AT_ONCE) {
            let mut joining = Vec::new();
            for _ in from..(from + AT_ONCE).min(clients) {
                joining.push(tokio::spawn(TcpStream::connect(to)));
            }
            for stream in joining {
                let stream = stream.await.map_err(std::io::Error::other)??;
                crowd.connected.fetch_add(1, Ordering::Relaxed);
                let (times, connected) = (crowd.times_ms.clone(), crowd.connected.clone());
                let sent = sent.clone();
                tokio::spawn(async move {
                    let _ = listen(stream, &times, &sent).await;
                    connected.fetch_sub(1, Ordering::Relaxed);
                });
            }
        }
        Ok(crowd)
    }

    /// Begins to measure anew.
    pub fn forget(&self) {
        locked(&self.times_ms).clear();
    }

    /// What was measured, ms.
    pub fn take(&self) -> Vec<f64> {
        std::mem::take(&mut locked(&self.times_ms))
    }

    /// How many are still there.
    pub fn connected(&self) -> usize {
        self.connected.load(Ordering::Relaxed)
    }
}

async fn listen(
    mut stream: TcpStream,
    times: &Mutex<Vec<f64>>,
    sent: &Sent,
) -> std::io::Result<()> {
    stream.write_all(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n").await?;
    let mut buffer = vec![0; 64 << 10];
    let mut held: Vec<u8> = Vec::new();
    loop {
        let length = stream.read(&mut buffer).await?;
        if length == 0 {
            return Ok(());
        }
        let now = Instant::now();
        held.extend_from_slice(&buffer[..length]);
        // Whole events only; each ends with an empty line.
        while let Some(end) = held.windows(2).position(|w| w == b"\n\n") {
            let event: Vec<u8> = held.drain(..end + 2).collect();
            let text = String::from_utf8_lossy(&event);
            let Some(at) = text.find("event: warning") else { continue };
            let time_s = text[at..]
                .split("\"time_s\":")
                .nth(1)
                .and_then(|rest| rest.split([',', '}']).next()?.parse::<f64>().ok());
            let when = time_s.and_then(|s| sent.when((s * 1e3).round() as i64));
            if let Some(when) = when {
                locked(times).push(now.saturating_duration_since(when).as_secs_f64() * 1e3);
            }
        }
    }
}

/// Somebody who asks the API.
pub struct Api;

impl Api {
    /// Asks for the picture at a rate over one connection; how long each answer took, ms.
    pub fn ask(to: SocketAddr, per_s: u32, over: Duration) -> Vec<f64> {
        let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
        let url = format!("http://{to}/api/v1/picture");
        let (begun, mut times) = (Instant::now(), Vec::new());
        for i in 0.. {
            let due = Duration::from_secs(1) / per_s * i;
            if due >= over {
                return times;
            }
            std::thread::sleep(due.saturating_sub(begun.elapsed()));
            let asked = Instant::now();
            let answer = agent.get(&url).call().and_then(|mut a| a.body_mut().read_to_vec());
            if answer.is_ok() {
                times.push(asked.elapsed().as_secs_f64() * 1e3);
            }
        }
        times
    }
}
