//! The connection to the NATS server that sites and their region share.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::stream::Config;
use async_nats::{Client, ConnectOptions, Event, ServerAddr, jetstream};
use tokio::sync::watch;

/// The stream of what must not be lost.
pub const RECORD: &str = "MANTLET_RECORD";
/// Its subjects.
const SUBJECTS: [&str; 3] =
    ["mantlet.site.*.about", "mantlet.site.*.warning", "mantlet.site.*.incident"];
/// How long it keeps them for a region that is away.
const KEPT: Duration = Duration::from_secs(30 * 86_400);
/// How long an answer is waited for.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Where the server is, and who one is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nats {
    /// URLs with commas between them; each may carry `user:password@`.
    pub urls: String,
    /// A file with the password; the user is the site's name in subjects, or `region`.
    pub password: Option<PathBuf>,
}

/// Why there is no connection to try.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// A URL that is none.
    #[error("--nats {urls}: {why}: expected nats://HOST:PORT")]
    Url {
        /// What was given.
        urls: String,
        /// The client's reason.
        why: String,
    },
    /// The password's file.
    #[error("--nats-password {path}: {source}: expected a file with a password")]
    Password {
        /// The file.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// A connection that comes back for ever, and whether it stands.
pub struct Link {
    /// The client.
    pub client: Client,
    /// JetStream over it.
    pub context: jetstream::Context,
    /// Whether it stands; counts up with each new connection.
    pub connected: watch::Receiver<(bool, u64)>,
}

impl Nats {
    /// Connects as `user`, or says why it never can. Does not wait for the server.
    ///
    /// # Errors
    /// [`LinkError`] when the URL or the password's file is wrong.
    pub async fn connect(&self, user: &str) -> Result<Link, LinkError> {
        let wrong = |why: String| LinkError::Url { urls: self.urls.clone(), why };
        let servers: Vec<ServerAddr> = self
            .urls
            .split(',')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|e: std::io::Error| wrong(e.to_string()))?;
        let (tell, connected) = watch::channel((false, 0));
        let tell = Arc::new(tell);
        let mut options = ConnectOptions::new()
            .name(format!("mantlet {user}"))
            .connection_timeout(PATIENCE)
            .ping_interval(Duration::from_secs(10))
            // Only its own answers may reach a user: another's are beyond its permissions.
            .custom_inbox_prefix(format!("_INBOX.{user}"))
            .reconnect_delay_callback(|tries| {
                Duration::from_millis((100 * tries as u64).min(2_000))
            })
            .retry_on_initial_connect()
            .event_callback(move |event| {
                match event {
                    Event::Connected => tell.send_modify(|(is, count)| {
                        *is = true;
                        *count += 1;
                    }),
                    Event::Disconnected | Event::Closed => tell.send_modify(|(is, _)| *is = false),
                    other => tracing::warn!("NATS: {other}"),
                }
                async {}
            });
        if let Some(path) = &self.password {
            let password = std::fs::read_to_string(path).map_err(|source| LinkError::Password {
                path: path.display().to_string(),
                source,
            })?;
            options = options.user_and_password(user.into(), password.trim().into());
        } else if let Some((user, password)) = login(&servers) {
            options = options.user_and_password(user, password);
        }
        let client = options.connect(servers).await.map_err(|e| wrong(e.to_string()))?;
        let mut context = jetstream::new(client.clone());
        context.set_timeout(PATIENCE);
        Ok(Link { client, context, connected })
    }
}

/// User and password of the first URL that carries them: the client itself leaves them out.
pub fn login(servers: &[ServerAddr]) -> Option<(String, String)> {
    let with = servers.iter().find(|s| s.has_user_pass())?;
    Some((with.username()?.to_owned(), with.password().unwrap_or_default().to_owned()))
}

/// The stream of what must not be lost, made where it is missing.
///
/// # Errors
/// When the server refuses.
pub async fn record_stream(
    context: &jetstream::Context,
) -> Result<jetstream::stream::Stream, jetstream::context::CreateStreamError> {
    let config = Config {
        name: RECORD.into(),
        subjects: SUBJECTS.map(Into::into).into(),
        max_age: KEPT,
        duplicate_window: Duration::from_secs(3_600),
        ..Config::default()
    };
    context.get_or_create_stream(config).await
}
