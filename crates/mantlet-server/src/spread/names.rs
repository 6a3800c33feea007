//! Streams, subjects and connections that coordinator and workers share.

use std::time::Duration;

use async_nats::jetstream::stream::{Config, RetentionPolicy};
use async_nats::jetstream::{self, message::PublishMessage};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::region::login;

/// The work queue: `mantlet.jobs.STUDY.PART`.
pub(super) const JOBS: &str = "MANTLET_JOBS";
/// What came of it: `mantlet.results.STUDY.PART`.
pub(super) const RESULTS: &str = "MANTLET_RESULTS";
/// Bundles in pieces: `mantlet.studies.STUDY.PIECE`, piece 0 being their number.
const BUNDLES: &str = "MANTLET_STUDIES";
/// Bytes of a piece: well below the server's default limit of 1 MiB for a message.
const PIECE: usize = 1 << 18;
/// The workers' consumer of the queue.
pub(super) const WORKERS: &str = "workers";

/// A job that nobody has acknowledged or worked on for this long goes to another
/// worker. Chosen: several times a part's seconds, and short enough that a dead
/// worker is not missed.
pub(super) const ACK_WAIT: Duration = Duration::from_secs(10);
/// A worker says this often that it is still at it.
pub(super) const STILL_AT_IT: Duration = Duration::from_secs(3);
/// How long the server remembers message ids.
const REMEMBERS: Duration = Duration::from_secs(3_600);
/// Jobs and results that nobody fetched are dropped after this long.
const KEPT: Duration = Duration::from_secs(14 * 86_400);

/// What can go wrong between machines.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SpreadError {
    /// The server cannot be reached or refused something.
    #[error("NATS: {doing}: {why}")]
    Nats {
        /// What was tried.
        doing: &'static str,
        /// The client's reason.
        why: String,
    },
    /// A study's bundle cannot be made or opened.
    #[error(transparent)]
    Bundle(#[from] mantlet::study::BundleError),
    /// A worker could not run a part.
    #[error("study {study}, part {part}: {why}")]
    Part {
        /// The study.
        study: String,
        /// The part.
        part: u64,
        /// Why.
        why: String,
    },
}

/// Names what was tried when a call to NATS fails.
pub(super) fn while_doing<E: std::fmt::Display>(
    doing: &'static str,
) -> impl FnOnce(E) -> SpreadError {
    move |e| SpreadError::Nats { doing, why: e.to_string() }
}

/// A job: the part of a study that is wanted.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Job {
    pub study: String,
    pub part: u64,
    pub seed: u64,
    pub most_runs: u64,
}

/// A connection that reconnects for ever; URLs, with commas between them, may carry
/// `user:password@`.
pub(super) async fn connect(urls: &str) -> Result<jetstream::Context, SpreadError> {
    let servers: Vec<async_nats::ServerAddr> = urls
        .split(',')
        .map(str::parse)
        .collect::<Result<_, _>>()
        .map_err(while_doing("reading the server's URL"))?;
    let mut options = async_nats::ConnectOptions::new();
    if let Some((user, password)) = login(&servers) {
        options = options.user_and_password(user, password);
    }
    let client = options
        .name("mantlet")
        .connection_timeout(Duration::from_secs(5))
        .retry_on_initial_connect()
        .connect(servers)
        .await
        .map_err(while_doing("connecting"))?;
    let mut context = jetstream::new(client);
    context.set_timeout(Duration::from_secs(5));
    Ok(context)
}

/// The streams, made where they are missing.
pub(super) async fn streams(
    context: &jetstream::Context,
    replicas: usize,
) -> Result<(jetstream::stream::Stream, jetstream::stream::Stream), SpreadError> {
    let config = |name: &str, subjects: &str, retention| Config {
        name: name.into(),
        subjects: vec![subjects.into()],
        retention,
        duplicate_window: REMEMBERS,
        max_age: KEPT,
        num_replicas: replicas,
        ..Config::default()
    };
    let jobs = config(JOBS, "mantlet.jobs.>", RetentionPolicy::WorkQueue);
    let results = config(RESULTS, "mantlet.results.>", RetentionPolicy::Limits);
    let jobs = context
        .get_or_create_stream(jobs)
        .await
        .map_err(while_doing("making the stream of jobs"))?;
    let results = context
        .get_or_create_stream(results)
        .await
        .map_err(while_doing("making the stream of results"))?;
    Ok((jobs, results))
}

/// The stream of bundles, made where it is missing.
async fn bundles(
    context: &jetstream::Context,
    replicas: usize,
) -> Result<jetstream::stream::Stream, SpreadError> {
    let config = Config {
        name: BUNDLES.into(),
        subjects: vec!["mantlet.studies.>".into()],
        max_messages_per_subject: 1,
        max_age: KEPT,
        num_replicas: replicas,
        ..Config::default()
    };
    context.get_or_create_stream(config).await.map_err(while_doing("making the stream of studies"))
}

/// Stores a study's bundle; its first piece last, so that it is there whole or not at all.
pub(super) async fn put_bundle(
    context: &jetstream::Context,
    replicas: usize,
    id: &str,
    bytes: &[u8],
) -> Result<(), SpreadError> {
    bundles(context, replicas).await?;
    let pieces = bytes.chunks(PIECE).count();
    let parts = bytes.chunks(PIECE).map(<[u8]>::to_vec).enumerate().map(|(n, b)| (n + 1, b));
    for (n, body) in parts.chain([(0, pieces.to_string().into_bytes())]) {
        let message = PublishMessage::build().payload(body.into());
        context
            .send_publish(format!("mantlet.studies.{id}.{n}"), message)
            .await
            .map_err(while_doing("storing a study"))?
            .await
            .map_err(while_doing("storing a study"))?;
    }
    Ok(())
}

/// A study's bundle.
pub(super) async fn get_bundle(
    context: &jetstream::Context,
    replicas: usize,
    id: &str,
) -> Result<Vec<u8>, SpreadError> {
    let stream = bundles(context, replicas).await?;
    let piece = async |n: usize| {
        let subject = format!("mantlet.studies.{id}.{n}");
        let message = stream.get_last_raw_message_by_subject(&subject).await;
        message.map(|m| m.payload).map_err(while_doing("fetching a study"))
    };
    let pieces = String::from_utf8_lossy(&piece(0).await?).parse().unwrap_or(0);
    let mut bytes = Vec::new();
    for n in 1..=pieces {
        bytes.extend_from_slice(&piece(n).await?);
    }
    Ok(bytes)
}

/// Removes a study's bundle.
pub(super) async fn remove_bundle(context: &jetstream::Context, replicas: usize, id: &str) {
    if let Ok(stream) = bundles(context, replicas).await {
        // What stays is dropped when it is too old.
        let _ = stream.purge().filter(format!("mantlet.studies.{id}.>")).await;
    }
}
