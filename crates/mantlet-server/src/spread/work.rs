//! The side that works: a job in, its result out, then the acknowledgement.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::AckKind;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::message::PublishMessage;
use mantlet::study::{Bundle, Ready};
use tokio::sync::Mutex;
use tokio_stream::StreamExt;

use super::names::{
    ACK_WAIT, Job, STILL_AT_IT, SpreadError, WORKERS, connect, get_bundle, streams, while_doing,
};

/// Deliveries after which a job is given up: nobody can run it.
const MOST_TRIES: i64 = 20;
/// How long one request for a job waits at the server.
const WAIT: Duration = Duration::from_secs(2);
/// Pause after something failed.
const PAUSE: Duration = Duration::from_millis(500);
/// Studies kept ready.
const MOST_STUDIES: usize = 8;

/// What a worker did.
#[derive(Debug, Default)]
pub struct Worked {
    /// Parts whose results are stored.
    pub parts: AtomicU64,
    /// Set to end the worker after the parts at hand.
    pub stop: AtomicBool,
}

/// Works on jobs of a NATS server with so many threads until `worked.stop` is set.
///
/// # Errors
///
/// [`SpreadError`] when the worker cannot start. Later trouble is logged and waited out.
pub fn work(
    url: &str,
    replicas: usize,
    threads: usize,
    worked: &Arc<Worked>,
) -> Result<(), SpreadError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(threads + 2)
        .enable_all()
        .build()
        .map_err(while_doing("starting"))?;
    runtime.block_on(async {
        let context = connect(url).await?;
        let shop = Arc::new(Shop { context, replicas, studies: Mutex::default() });
        let hands: Vec<_> = (0..threads.max(1))
            .map(|_| tokio::spawn(hand(Arc::clone(&shop), Arc::clone(worked))))
            .collect();
        for hand in hands {
            hand.await.map_err(while_doing("working"))?;
        }
        Ok(())
    })
}

/// What the hands of a worker share.
struct Shop {
    context: jetstream::Context,
    replicas: usize,
    /// Studies by id, and the folders their files are in.
    studies: Mutex<BTreeMap<String, Arc<Bench>>>,
}

/// A study made ready here.
struct Bench {
    ready: Ready,
    _folder: Folder,
}

/// A folder of this process, removed with it.
struct Folder(std::path::PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left of a temporary folder harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn hand(shop: Arc<Shop>, worked: Arc<Worked>) {
    while !worked.stop.load(Ordering::Relaxed) {
        if let Err(e) = shop.jobs(&worked).await {
            tracing::warn!("{e}");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl Shop {
    /// Jobs, one after the other, until something fails or the worker stops.
    async fn jobs(self: &Arc<Self>, worked: &Worked) -> Result<(), SpreadError> {
        let (jobs, _) = streams(&self.context, self.replicas).await?;
        let config = pull::Config {
            durable_name: Some(WORKERS.into()),
            ack_policy: AckPolicy::Explicit,
            ack_wait: ACK_WAIT,
            max_deliver: MOST_TRIES,
            ..pull::Config::default()
        };
        let consumer = jobs
            .get_or_create_consumer(WORKERS, config)
            .await
            .map_err(while_doing("joining the queue"))?;
        while !worked.stop.load(Ordering::Relaxed) {
            let mut batch = consumer
                .batch()
                .max_messages(1)
                .expires(WAIT)
                .messages()
                .await
                .map_err(while_doing("asking for a job"))?;
            while let Some(message) = batch.next().await {
                let message = message.map_err(while_doing("taking a job"))?;
                match self.job(&message).await {
                    Ok(()) => {
                        worked.parts.fetch_add(1, Ordering::Relaxed);
                    }
                    Err(e) => {
                        // Another worker may do better, or this one later.
                        let later = AckKind::Nak(Some(PAUSE));
                        let _ = message.ack_with(later).await;
                        return Err(e);
                    }
                }
            }
        }
        Ok(())
    }

    async fn job(self: &Arc<Self>, message: &jetstream::Message) -> Result<(), SpreadError> {
        let Ok(job) = serde_json::from_slice::<Job>(&message.payload) else {
            // Not a job of ours, and never will be.
            let _ = message.ack_with(AckKind::Term).await;
            return Ok(());
        };
        let failed =
            |why: String| SpreadError::Part { study: job.study.clone(), part: job.part, why };
        let bench = self.bench(&job).await?;
        let part = job.part;
        let mut run = tokio::task::spawn_blocking(move || {
            serde_json::to_string(&bench.ready.part(part)).map_err(|e| e.to_string())
        });
        let text = loop {
            tokio::select! {
                done = &mut run => break done.map_err(|e| failed(e.to_string()))?.map_err(failed)?,
                () = tokio::time::sleep(STILL_AT_IT) => {
                    // If this does not arrive the job is done twice: no harm.
                    let _ = message.ack_with(AckKind::Progress).await;
                }
            }
        };
        let result = PublishMessage::build()
            .payload(text.into())
            .message_id(format!("{}-{part}", job.study));
        self.context
            .send_publish(format!("mantlet.results.{}.{part}", job.study), result)
            .await
            .map_err(while_doing("sending a result"))?
            .await
            .map_err(while_doing("storing a result"))?;
        message.double_ack().await.map_err(while_doing("acknowledging a job"))
    }

    /// The study of a job, fetched where it is not here yet.
    async fn bench(&self, job: &Job) -> Result<Arc<Bench>, SpreadError> {
        let mut studies = self.studies.lock().await;
        if let Some(bench) = studies.get(&job.study) {
            return Ok(Arc::clone(bench));
        }
        let bytes = get_bundle(&self.context, self.replicas, &job.study).await?;
        let name = format!("mantlet-worker-{}-{}", std::process::id(), job.study);
        let folder = Folder(std::env::temp_dir().join(name));
        let mut study = Bundle::from_bytes(&bytes)?.open(&folder.0)?;
        study.seed = job.seed;
        study.most_runs = job.most_runs;
        while studies.len() >= MOST_STUDIES {
            studies.pop_first();
        }
        let bench = Arc::new(Bench { ready: Ready::new(Arc::new(study)), _folder: folder });
        studies.insert(job.study.clone(), Arc::clone(&bench));
        Ok(bench)
    }
}
