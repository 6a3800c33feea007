//! The side that asks: jobs out, results in.

use std::collections::BTreeSet;
use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::message::PublishMessage;
use mantlet::study::{Bundle, Ready, Study};
use tokio_stream::StreamExt;

use super::names::{
    Job, SpreadError, WORKERS, connect, put_bundle, remove_bundle, streams, while_doing,
};

/// Whether more parts are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taking {
    /// Go on.
    More,
    /// Enough: the rest need not be run.
    Enough,
}

/// Jobs that are put before the first result, and kept ahead of the results. Chosen:
/// more than any number of workers takes in a second.
const AHEAD: u64 = 2_000;
/// Times that a server which refuses at the start is asked again: a minute.
const MOST_TRIES: u32 = 20;
/// Longest wait for a result before the queue is looked at.
const QUIET: Duration = Duration::from_secs(3);

/// Spreads a study's parts, except `have`, over the workers at a NATS server; `id`
/// names the study between machines. `take` is handed each result as it comes, in any
/// order, until it says that there are enough; then what is left of the study on the
/// server is removed.
///
/// # Errors
///
/// [`SpreadError`] when the server refuses something. While it is away the call waits.
pub fn spread(
    url: &str,
    replicas: usize,
    study: &Study,
    id: &str,
    have: &BTreeSet<u64>,
    take: &mut dyn FnMut(u64, &str) -> Taking,
) -> Result<(), SpreadError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(while_doing("starting"))?;
    runtime.block_on(async {
        let context = connect(url).await?;
        let mut tries = 0;
        let mut asker = loop {
            // A cluster that has just come up refuses for a while to make streams.
            match Asker::new(context.clone(), replicas, study, id).await {
                Err(SpreadError::Nats { .. }) if tries < MOST_TRIES => tries += 1,
                other => break other?,
            }
            tokio::time::sleep(QUIET).await;
        };
        asker.missing = (0..Ready::parts(study)).filter(|p| !have.contains(p)).collect();
        asker.run(take).await?;
        asker.clean().await;
        Ok(())
    })
}

struct Asker<'s> {
    context: jetstream::Context,
    jobs: jetstream::stream::Stream,
    results: jetstream::stream::Stream,
    replicas: usize,
    study: &'s Study,
    id: &'s str,
    missing: BTreeSet<u64>,
    asked: BTreeSet<u64>,
    /// Times that lost jobs were put again: part of the message id, which must differ.
    again: u64,
}

impl<'s> Asker<'s> {
    async fn new(
        context: jetstream::Context,
        replicas: usize,
        study: &'s Study,
        id: &'s str,
    ) -> Result<Self, SpreadError> {
        let (jobs, results) = streams(&context, replicas).await?;
        put_bundle(&context, replicas, id, &Bundle::of(study)?.to_bytes()).await?;
        let (missing, asked) = (BTreeSet::new(), BTreeSet::new());
        Ok(Self { context, jobs, results, replicas, study, id, missing, asked, again: 0 })
    }

    /// Results that are there already come first, so that a coordinator that was killed
    /// asks for nothing twice.
    async fn run(&mut self, take: &mut dyn FnMut(u64, &str) -> Taking) -> Result<(), SpreadError> {
        let mut old = self.results.info().await.map_or(0, |i| i.state.last_sequence);
        let mut seen = 0;
        'connected: loop {
            let Ok(mut results) = self.results_from(seen).await else {
                tokio::time::sleep(QUIET).await;
                continue;
            };
            if old == 0 {
                self.ask().await;
            }
            loop {
                let message = match tokio::time::timeout(QUIET, results.next()).await {
                    Ok(Some(Ok(message))) => message,
                    Ok(_) => continue 'connected,
                    Err(_) => {
                        // Nothing for a while: all old results are in, or jobs were lost.
                        old = 0;
                        self.ask_again().await;
                        continue;
                    }
                };
                let Ok(info) = message.info() else { continue };
                seen = info.stream_sequence;
                let caught_up = info.pending == 0;
                let part = message.subject.as_str().rsplit('.').next().and_then(|p| p.parse().ok());
                let text = std::str::from_utf8(&message.payload);
                if let (Some(part), Ok(text)) = (part, text)
                    && self.missing.remove(&part)
                    && take(part, text) == Taking::Enough
                {
                    return Ok(());
                }
                if caught_up || old == 0 {
                    old = 0;
                    self.ask().await;
                }
            }
        }
    }

    async fn results_from(&self, seen: u64) -> Result<pull::Ordered, SpreadError> {
        let start = if seen == 0 {
            DeliverPolicy::All
        } else {
            DeliverPolicy::ByStartSequence { start_sequence: seen + 1 }
        };
        let config = pull::OrderedConfig {
            filter_subject: format!("mantlet.results.{}.>", self.id),
            deliver_policy: start,
            ..pull::OrderedConfig::default()
        };
        let consumer = self
            .results
            .create_consumer(config)
            .await
            .map_err(while_doing("listening for results"))?;
        consumer.messages().await.map_err(while_doing("listening for results"))
    }

    /// Puts jobs until [`AHEAD`] are out. What fails is put again later.
    async fn ask(&mut self) {
        let out = self.asked.intersection(&self.missing).count() as u64;
        if out > AHEAD / 2 {
            return;
        }
        let next: Vec<u64> =
            self.missing.difference(&self.asked).take((AHEAD - out) as usize).copied().collect();
        let mut acks = Vec::with_capacity(next.len());
        for part in next {
            let job = Job {
                study: self.id.into(),
                part,
                seed: self.study.seed,
                most_runs: self.study.most_runs,
            };
            let payload = serde_json::to_vec(&job).expect("numbers and a name");
            let message = PublishMessage::build()
                .payload(payload.into())
                .message_id(format!("{}-{part}-{}", self.id, self.again));
            let subject = format!("mantlet.jobs.{}.{part}", self.id);
            match self.context.send_publish(subject, message).await {
                Ok(ack) => acks.push((part, ack)),
                Err(_) => break,
            }
        }
        for (part, ack) in acks {
            if ack.await.is_ok() {
                self.asked.insert(part);
            }
        }
    }

    /// Nothing came for a while: jobs that the queue has forgotten are put again.
    async fn ask_again(&mut self) {
        let idle = match self.jobs.consumer_info(WORKERS).await {
            Ok(info) => info.num_pending == 0 && info.num_ack_pending == 0,
            // No worker came yet: the jobs wait in the stream, unless they are gone.
            Err(_) => self.jobs.info().await.is_ok_and(|i| i.state.messages == 0),
        };
        if idle {
            self.asked.clear();
            self.again += 1;
            // The streams themselves may be gone with a server's disk.
            if let Ok((jobs, results)) = streams(&self.context, self.replicas).await {
                (self.jobs, self.results) = (jobs, results);
            }
        }
        self.ask().await;
    }

    /// Removes what is left of the study. The answer is complete: a server that is
    /// away now keeps it until it is too old.
    async fn clean(&mut self) {
        let _ = self.jobs.purge().filter(format!("mantlet.jobs.{}.>", self.id)).await;
        let _ = self.results.purge().filter(format!("mantlet.results.{}.>", self.id)).await;
        remove_bundle(&self.context, self.replicas, self.id).await;
    }
}
