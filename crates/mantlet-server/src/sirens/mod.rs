//! Sirens and message boards: told of every warning, and shown when they do not
//! confirm.
//!
//! In: what the policy decided, through [`Sirens::notify`], which never waits. Out:
//! signed webhooks and MQTT 5, and the state of each siren. Each siren has a thread
//! of its own, so that one which stalls delays no other. What is kept for a siren is
//! the newest message of each zone: a siren that comes back late is told what holds
//! now, once.
//!
//! Delivery is at least once: a receiver goes by the version, which rises over all
//! messages to a zone, and forgets what is older than what it has
//! (`docs/connecting-a-siren.md`).

mod message;
mod mqtt;
mod outbox;
mod webhook;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use mantlet::scenario::{SECRET_BYTES, SirenPlan, SirenWay, SiteFile};
use mantlet::warning::{Warning, Zone};
use thiserror::Error;

use message::Message;
use outbox::Outbox;

/// Why the sirens cannot be started.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SirenError {
    /// A secret that cannot be read.
    #[error("{path}: {source}: expected the secret of siren \"{siren}\"")]
    Secret {
        /// The siren.
        siren: String,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A secret that is too short to sign with, or too long.
    #[error("{path}: {length} bytes: expected a secret of {least} to {most} bytes")]
    SecretLength {
        /// The file.
        path: PathBuf,
        /// What it holds.
        length: usize,
        /// The least.
        least: usize,
        /// The most.
        most: usize,
    },
    /// A thread that could not be started.
    #[error("siren \"{siren}\": {source}")]
    Thread {
        /// The siren.
        siren: String,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// How a siren stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SirenState {
    /// It confirmed all that it was told.
    Confirmed,
    /// It was told something and still has time to confirm.
    Pending,
    /// It has not confirmed in time.
    Unconfirmed,
    /// It cannot be reached.
    Down,
}

impl SirenState {
    /// The word in the HTTP interface.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Pending => "pending",
            Self::Unconfirmed => "unconfirmed",
            Self::Down => "down",
        }
    }
}

/// A siren and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SirenStatus {
    /// Its name.
    pub id: String,
    /// How it stands.
    pub state: SirenState,
    /// Zones whose newest message it has not confirmed.
    pub waiting: usize,
    /// What went wrong last, in words; empty while nothing did.
    pub fault: String,
}

/// One siren's thread and what it shares with us.
struct Siren {
    plan: SirenPlan,
    outbox: Arc<Outbox>,
    thread: Option<JoinHandle<()>>,
}

/// The sirens of a site.
pub struct Sirens {
    site: String,
    exercise: bool,
    zones: Vec<Zone>,
    sirens: Vec<Siren>,
}

impl Sirens {
    /// Starts the sirens that the site names. `exercise` marks every message; `seed`
    /// spreads the times of retries, so that many sites do not knock at once.
    ///
    /// # Errors
    ///
    /// When a secret cannot be read or a thread cannot be started. A siren that
    /// cannot be reached is no error: it is shown.
    pub fn start(file: &SiteFile, exercise: bool, seed: u64) -> Result<Self, SirenError> {
        let mut sirens = Vec::new();
        for (stream, plan) in (0_u64..).zip(&file.sirens) {
            let outbox = Arc::new(Outbox::new(plan.confirm_s));
            let shared = Arc::clone(&outbox);
            let name = format!("siren {}", plan.id);
            let builder = std::thread::Builder::new().name(name);
            let thread = match &plan.way {
                SirenWay::Webhook { url, secret_file } => {
                    let key = secret(plan, secret_file, *SECRET_BYTES.start())?;
                    let hook = webhook::Webhook::new(url, key, seed, stream);
                    builder.spawn(move || hook.run(&shared))
                }
                SirenWay::Mqtt { host, port, topic, login, confirms } => {
                    let password = |path: &PathBuf| secret(plan, path, 1);
                    let login = match login {
                        Some((user, path)) => Some((user.clone(), password(path)?)),
                        None => None,
                    };
                    let client = format!("mantlet-{}-{}", file.site.name, plan.id);
                    let broker = mqtt::Broker::new(&client, host, *port, topic, login, *confirms);
                    builder.spawn(move || broker.run(&shared))
                }
            };
            let thread =
                thread.map_err(|source| SirenError::Thread { siren: plan.id.clone(), source })?;
            sirens.push(Siren { plan: plan.clone(), outbox, thread: Some(thread) });
        }
        Ok(Self { site: file.site.name.clone(), exercise, zones: file.zones.clone(), sirens })
    }

    /// Tells the sirens that serve the warning's zone. Returns at once. After a
    /// restart whoever restores the warnings in force passes their last messages
    /// again; a receiver that has them already keeps what it has.
    pub fn notify(&self, warning: &Warning) {
        let zone = &self.zones[warning.zone];
        let message = Arc::new(Message::new(&self.site, self.exercise, warning, zone));
        for siren in self.sirens.iter().filter(|s| s.plan.zones.contains(&warning.zone)) {
            siren.outbox.put(warning.zone, Arc::clone(&message));
        }
    }

    /// How each siren stands, in the order of the site file.
    pub fn states(&self) -> Vec<SirenStatus> {
        let status = |siren: &Siren| siren.outbox.status(&siren.plan.id);
        self.sirens.iter().map(status).collect()
    }
}

impl Drop for Sirens {
    /// Ends the threads; what was not delivered is dropped, and MQTT says that it
    /// goes.
    fn drop(&mut self) {
        for siren in &self.sirens {
            siren.outbox.close();
        }
        for siren in &mut self.sirens {
            if let Some(thread) = siren.thread.take() {
                // A thread that panicked has said so already.
                let _ = thread.join();
            }
        }
    }
}

/// The content of a secret's file without the line's end.
fn secret(plan: &SirenPlan, path: &Path, least: usize) -> Result<Vec<u8>, SirenError> {
    let mut key = std::fs::read(path).map_err(|source| SirenError::Secret {
        siren: plan.id.clone(),
        path: path.into(),
        source,
    })?;
    while key.last().is_some_and(|b| *b == b'\n' || *b == b'\r') {
        key.pop();
    }
    let most = *SECRET_BYTES.end();
    if !(least..=most).contains(&key.len()) {
        let length = key.len();
        return Err(SirenError::SecretLength { path: path.into(), length, least, most });
    }
    Ok(key)
}
