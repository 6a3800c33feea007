//! The service put together: sockets, the writer, the publisher, the HTTP interface.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use mantlet::scenario::{RegionFile, Scenario, SiteFile};
use mantlet::sensors::InputError;
use tokio::sync::{Semaphore, watch};

use crate::accounts::{AccountError, Accounts};
use crate::announce::{Announcer, ResumeError, host_name};
use crate::api::{App, Under, router};
use crate::chain::Chain;
use crate::clock::Clock;
use crate::demo;
use crate::events::Events;
use crate::faults::Faults;
use crate::feed::{FeedError, Feeds};
use crate::history::History;
use crate::http::Http;
use crate::incidents::Incidents;
use crate::live::{Order, Writer};
use crate::meters;
use crate::open_tracks::OpenTracks;
use crate::picture::PictureView;
use crate::queue::Queue;
use crate::recording::Recorder;
use crate::region::{Known, LinkError, Nats, Outbox, Publisher, about, start_region};
use crate::site_view::SiteView;
use crate::store::Store;
use crate::tries::Tries;

/// Most that the recording takes by itself, bytes. Chosen: a week of a quiet radar on any
/// disk.
const RECORDING_MAX: u64 = 10 << 30;
/// Least time between two deltas, and the time that each client adds to it: ten thousand
/// are sent one a second.
const DELTA_GAP: Duration = Duration::from_millis(250);
const DELTA_GAP_PER_CLIENT: Duration = Duration::from_micros(100);

/// What the service watches.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A site with live feeds.
    Site(Box<SiteFile>),
    /// A scenario, played as if it were live.
    Demo(Box<Scenario>),
    /// Many sites, heard over NATS.
    Region(Box<RegionFile>),
}

/// How the service is to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// What it watches.
    pub subject: Subject,
    /// Where it answers.
    pub listen: SocketAddr,
    /// Where it keeps what must outlive it.
    pub data: PathBuf,
    /// Certificate chain and key, PEM.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Where a site's region is reached, and the sites of a region; a region needs it.
    pub nats: Option<Nats>,
}

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// A folder, a file or a port that the system refuses.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// The system's reason.
        source: io::Error,
    },
    /// A file of ours that is no database, or locked.
    #[error("{path}: {source}")]
    Store {
        /// The file.
        path: String,
        /// What is wrong.
        source: rusqlite::Error,
    },
    /// The accounts' file.
    #[error("{path}: {source}")]
    Accounts {
        /// The file.
        path: String,
        /// What is wrong.
        source: AccountError,
    },
    /// A certificate or key that cannot be used.
    #[error("{path}: {source}: expected a PEM certificate chain and its private key")]
    Tls {
        /// The certificate's file.
        path: String,
        /// What is wrong.
        source: io::Error,
    },
    /// What an earlier service left cannot be taken up.
    #[error(transparent)]
    Resume(#[from] ResumeError),
    /// The site's feeds are wrong.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// The site's sensors are wrong.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The NATS server's address is wrong.
    #[error(transparent)]
    Nats(#[from] LinkError),
    /// A region hears its sites over NATS.
    #[error("a region hears its sites over NATS: --nats URL is missing")]
    NoNats,
}

/// A service that runs.
pub struct Running {
    /// Where it answers.
    pub address: SocketAddr,
    /// Where its feeds are, by the address in the site file.
    pub feeds: BTreeMap<String, SocketAddr>,
    /// The one-time set-up link, while nobody can log in.
    pub set_up: Option<String>,
    queue: Arc<Queue<Order>>,
    http: Http,
    threads: Vec<JoinHandle<()>>,
    readers: Option<Feeds>,
}

/// Starts the service.
///
/// # Errors
/// When a port, a folder or a file is refused, or what is in it is not ours.
pub async fn start(options: Options) -> Result<Running, ServiceError> {
    let io_error = |what: String| move |source| ServiceError::Io { what, source };
    std::fs::create_dir_all(&options.data)
        .map_err(io_error(format!("cannot make {}", options.data.display())))?;
    let (site, scenario) = match &options.subject {
        Subject::Site(site) => (SiteFile::clone(site), None),
        Subject::Demo(scenario) => {
            let scenario = demo::with_feeds(Scenario::clone(scenario));
            (scenario.site.clone(), Some(scenario))
        }
        Subject::Region(file) => {
            let nats = options.nats.as_ref().ok_or(ServiceError::NoNats)?;
            return start_region(file, nats, &options).await;
        }
    };
    let exercise = scenario.is_some();
    let (site, clock) = (Arc::new(site), Arc::new(Clock::default()));
    let queue = Arc::new(Queue::default());
    let warnings = options.data.join("warnings.sqlite");
    let ledger = options.data.join("ledger.db");
    // Numbers of events rise over restarts: there are fewer than a thousand a second.
    let events = Arc::new(Events::new((clock.now().nanos() / 1_000_000) as u64));
    let (watcher, heard) = demo::watcher();
    let (pictures, seen) = watch::channel(Arc::new(PictureView::default()));
    let (known, knows) = watch::channel(Arc::new(Known::default()));
    let (mut writer, outbox) = writer(WriterParts {
        site: site.clone(),
        clock: clock.clone(),
        queue: queue.clone(),
        events: events.clone(),
        pictures,
        known: options.nats.is_some().then_some(known),
        warnings: &warnings,
        recordings: &options.data.join("recordings"),
        history: &options.data.join("history.sqlite"),
        ledger: &ledger,
        exercise,
        watcher: exercise.then_some(watcher),
    })?;
    if let (Some(nats), Some(outbox)) = (&options.nats, outbox) {
        let name = host_name(&site.site.name);
        let publisher = Publisher {
            link: nats.connect(&name).await?,
            site: name,
            datum: site.site.datum.clone(),
            exercise,
            known: knows,
            outbox,
            warnings: warnings.clone(),
            queue: queue.clone(),
            clock: clock.clone(),
        };
        publisher.start();
    }
    // Whoever asks first finds the warnings that still stand.
    events.picture(&writer.picture(clock.now()), true);
    let readers = Feeds::open(&site.site, &queue, &clock)?;
    let mut threads: Vec<Work> = vec![("writer", Box::new(move || writer.run()))];
    if let (Some(scenario), Some(to)) = (scenario, readers.addresses.get(demo::FEED).copied()) {
        let (queue, clock) = (queue.clone(), clock.clone());
        let play = move || {
            if let Err(e) = demo::play(&scenario, to, &heard, &queue, &clock) {
                tracing::error!("the demo ended: {e}");
            }
        };
        threads.push(("demo", Box::new(play)));
    }
    let mode = if exercise { "demo" } else { "live" };
    let basemap = options.data.join("basemap.pmtiles");
    let site_json = serde_json::to_vec(&SiteView::new(&site, exercise, mode, basemap.is_file()))
        .expect("views have text keys and finite numbers");
    let parts = Front {
        name: site.site.name.clone(),
        site: watch::channel(site_json.into()).1,
        under: SiteFile::clone(&site),
        events: events.clone(),
        queue,
        clock,
        warnings,
        ledger,
        exercise,
    };
    let feeds = readers.addresses.clone();
    let running = front(parts, &options, feeds, Some(readers), threads).await?;
    tokio::spawn(publish(seen, events));
    Ok(running)
}

/// A thread of the service: its name and its work.
pub type Work = (&'static str, Box<dyn FnOnce() + Send>);

/// What people and machines are shown, of a site or a region.
pub struct Front {
    /// What people call it.
    pub name: String,
    /// It, as JSON.
    pub site: watch::Receiver<Bytes>,
    /// It, for what lies under the picture.
    pub under: SiteFile,
    /// Events and the last picture.
    pub events: Arc<Events>,
    /// The way to the writer.
    pub queue: Arc<Queue<Order>>,
    /// The time.
    pub clock: Arc<Clock>,
    /// The warnings' file.
    pub warnings: PathBuf,
    /// The ledger's file.
    pub ledger: PathBuf,
    /// Everything here is simulated.
    pub exercise: bool,
}

/// Accounts, history, the page and the API, and the threads behind them.
pub async fn front(
    parts: Front,
    options: &Options,
    feeds: BTreeMap<String, SocketAddr>,
    readers: Option<Feeds>,
    work: Vec<Work>,
) -> Result<Running, ServiceError> {
    let path = options.data.join("accounts.sqlite");
    let (accounts, set_up) = Accounts::open(&path)
        .map_err(|source| ServiceError::Accounts { path: path.display().to_string(), source })?;
    let io_error = |what: String| move |source| ServiceError::Io { what, source };
    let listener = TcpListener::bind(options.listen).map_err(io_error(format!(
        "cannot listen on {} (--listen names another)",
        options.listen
    )))?;
    let address = listener.local_addr().map_err(io_error("no address".into()))?;
    let history = options.data.join("history.sqlite");
    let kept = History::open(&history)
        .map_err(|source| ServiceError::Store { path: history.display().to_string(), source })?;
    let mut threads = Vec::new();
    for (name, work) in work {
        threads.push(spawn(name, work)?);
    }
    let (of, to) = (parts.events.clone(), parts.queue.clone());
    threads.push(spawn("history", move || kept.follow(&of, &to))?);
    let queue = parts.queue.clone();
    let app = Arc::new(App {
        site: parts.site,
        sender: format!("{}.invalid", host_name(&parts.name)),
        events: parts.events,
        queue: parts.queue,
        clock: parts.clock,
        warnings: parts.warnings,
        history,
        basemap: options.data.join("basemap.pmtiles"),
        ledger: parts.ledger,
        under: Under::new(&parts.under),
        accounts,
        tries: Tries::default(),
        hashing: Semaphore::new(2),
        metrics: meters::handle(),
        exercise: parts.exercise,
        loopback: address.ip().is_loopback(),
        tls: options.tls.is_some(),
    });
    let http = Http::start(listener, router(app), options.tls.as_ref()).await?;
    let scheme = if options.tls.is_some() { "https" } else { "http" };
    let set_up = set_up.map(|secret| format!("{scheme}://{address}/#setup={secret}"));
    Ok(Running { address, feeds, set_up, queue, http, threads, readers })
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, ServiceError> {
    let what = || format!("cannot start the thread \"{name}\"");
    std::thread::Builder::new()
        .name(name.into())
        .spawn(work)
        .map_err(|source| ServiceError::Io { what: what(), source })
}

struct WriterParts<'p> {
    site: Arc<SiteFile>,
    clock: Arc<Clock>,
    queue: Arc<Queue<Order>>,
    events: Arc<Events>,
    pictures: watch::Sender<Arc<PictureView>>,
    known: Option<watch::Sender<Arc<Known>>>,
    warnings: &'p Path,
    recordings: &'p Path,
    history: &'p Path,
    ledger: &'p Path,
    exercise: bool,
    watcher: Option<crate::chain::Watcher>,
}

fn writer(parts: WriterParts<'_>) -> Result<(Writer, Option<Arc<Outbox>>), ServiceError> {
    let WriterParts { site, clock, queue, events, pictures, known, exercise, .. } = parts;
    let now = clock.now();
    let refused =
        |source| ServiceError::Store { path: parts.warnings.display().to_string(), source };
    let mut store = Store::open(parts.warnings).map_err(refused)?;
    let mut outbox = None;
    if known.is_some() {
        let opened = store.open_outbox((now.nanos() / 1_000_000) as u64).map_err(refused)?;
        let told = serde_json::to_string(&about(&site, exercise)).expect("text keys");
        store.tell("about", &told).map_err(refused)?;
        outbox = Some(opened);
    }
    let acknowledged = store.acknowledged().map_err(refused)?.into_iter().collect();
    let mut chain = Chain::new(site.clone(), now)?.watched_by(parts.watcher);
    let (left, open_tracks) = OpenTracks::open(parts.history).map_err(|source| {
        ServiceError::Store { path: parts.history.display().to_string(), source }
    })?;
    let pipeline = chain.pipeline_mut();
    let (mut announcer, began) =
        Announcer::resume(site.clone(), store, events, exercise, left, pipeline, now)?;
    let mut faults = Faults::default();
    announcer.save(chain.pipeline(), &mut faults, now.seconds());
    let recorder = match Recorder::new(parts.recordings, RECORDING_MAX, &began, now) {
        Ok(recorder) => Some(recorder),
        Err(e) => {
            faults.raise("recording", format!("Plots are not recorded ({e})"), now);
            None
        }
    };
    let incidents =
        Incidents::new(&site, exercise, parts.ledger.into(), clock.clone(), queue.clone());
    let writer = Writer {
        site,
        chain,
        announcer,
        queue,
        clock,
        pictures,
        exercise,
        recorder,
        acknowledged,
        faults,
        incidents,
        open_tracks,
        simulated: (Vec::new(), Vec::new()),
        known,
    };
    Ok((writer, outbox))
}

/// Sends what changed to the browsers, no more often than all of them can be sent it.
async fn publish(mut seen: watch::Receiver<Arc<PictureView>>, events: Arc<Events>) {
    let mut since = tokio::time::Instant::now();
    while seen.changed().await.is_ok() {
        let picture = seen.borrow_and_update().clone();
        let always = since.elapsed() >= Duration::from_secs(1);
        if always {
            since = tokio::time::Instant::now();
            // What was measured waits in memory, also where nobody ever asks for metrics.
            meters::handle().run_upkeep();
        }
        // With many tracks it takes milliseconds, which no warning on its way may wait for.
        let to = events.clone();
        if tokio::task::spawn_blocking(move || to.picture(&picture, always)).await.is_err() {
            tracing::error!("a picture was not sent: its making panicked");
        }
        let gap = DELTA_GAP + DELTA_GAP_PER_CLIENT * events.clients() as u32;
        tokio::time::sleep(gap).await;
    }
}

impl Running {
    /// Ends the service: what waits is still handled, clients are let go.
    pub async fn stop(self) {
        self.queue.close();
        let ended = tokio::task::spawn_blocking(move || {
            for thread in self.threads {
                if thread.join().is_err() {
                    tracing::error!("a thread had ended with a panic");
                }
            }
            if let Some(readers) = self.readers {
                readers.join();
            }
        });
        if ended.await.is_err() {
            tracing::error!("the threads could not be waited for");
        }
        self.http.stop().await;
    }

    /// Waits until the HTTP server ends by itself, which it does only when it fails.
    pub async fn failed(&mut self) -> io::Error {
        self.http.failed().await
    }
}
