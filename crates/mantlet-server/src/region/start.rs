//! A region's service put together.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use mantlet::flight::{Ground, World};
use mantlet::region::Region;
use mantlet::scenario::{DefencePlan, RegionFile, SiteFile};
use mantlet::sensors::Site;
use mantlet::time::Timestamp;
use mantlet::warning::Policy;
use tokio::sync::{mpsc, watch};

use super::desk::{Desk, Inbox, Kept};
use super::link::Nats;
use super::sites::SiteKnown;
use super::stand_in::StandIn;
use super::subscribe::Subscriber;
use super::view;
use super::wire::AboutMessage;
use crate::announce::ResumeError;
use crate::clock::Clock;
use crate::events::Events;
use crate::faults::Faults;
use crate::live::Order;
use crate::queue::Queue;
use crate::service::{Front, Options, Running, ServiceError, front};
use crate::store::Store;

/// The user that a region is at the NATS server.
const USER: &str = "region";

/// Starts the service of a region.
pub async fn start_region(
    file: &RegionFile,
    nats: &Nats,
    options: &Options,
) -> Result<Running, ServiceError> {
    let link = nats.connect(USER).await?;
    let (clock, queue) = (Arc::new(Clock::default()), Arc::new(Queue::<Order>::default()));
    let now = clock.now();
    let events = Arc::new(Events::new((now.nanos() / 1_000_000) as u64));
    let path = options.data.join("region.sqlite");
    let refused = |source| ServiceError::Store { path: path.display().to_string(), source };
    let store = Store::open(&path).map_err(refused)?;
    let text = store.get("warner").map_err(refused)?.unwrap_or_default();
    let kept: Kept = if text.is_empty() {
        Kept::default()
    } else {
        serde_json::from_str(&text)
            .map_err(|source| ResumeError::State { path: path.display().to_string(), source })?
    };
    let abouts = options.data.join("sites");
    std::fs::create_dir_all(&abouts).map_err(|source| ServiceError::Io {
        what: format!("cannot make {}", abouts.display()),
        source,
    })?;
    let region = Region::new(file.datum.clone(), file.sites.len());
    let sites: Vec<SiteKnown> = file.sites.iter().map(|id| SiteKnown::new(id, now)).collect();
    let (site_json, site) = watch::channel(view::site(&file.name, &region, &sites));
    let (passes, passed) = mpsc::unbounded_channel();
    let inbox = Arc::new(Inbox::default());
    let from = kept.place;
    let stand_in = StandIn::new(&file.name, false, &store).map_err(ResumeError::from)?;
    let ledger = options.data.join("ledger.db");
    let mut desk = Desk {
        name: file.name.clone(),
        region,
        sites,
        stale_after_s: file.stale_after_s,
        inbox: inbox.clone(),
        queue: queue.clone(),
        clock: clock.clone(),
        events: events.clone(),
        acknowledged: store.acknowledged().map_err(refused)?.into_iter().collect(),
        store,
        kept,
        stand_in,
        ledger: ledger.clone(),
        abouts: abouts.clone(),
        site_json,
        passes,
        faults: Faults::default(),
        refused: 0,
        unsaved: Vec::new(),
        passed: vec![(Timestamp::default(), Vec::new(), false); file.sites.len()],
    };
    for (index, id) in file.sites.iter().enumerate() {
        if let Some(about) = read_about(&abouts.join(format!("{id}.json"))) {
            desk.set(index, about);
        }
    }
    desk.site_json.send_replace(view::site(&desk.name, &desk.region, &desk.sites));
    let front_parts = Front {
        name: file.name.clone(),
        site,
        under: bare(file),
        events,
        queue,
        clock,
        warnings: path,
        ledger,
        exercise: false,
    };
    let threads: Vec<crate::service::Work> = vec![("desk", Box::new(move || desk.run()))];
    let running = front(front_parts, options, BTreeMap::new(), None, threads).await?;
    Subscriber { link, sites: file.sites.clone(), inbox }.start(from, passed);
    Ok(running)
}

fn read_about(path: &Path) -> Option<AboutMessage> {
    match std::fs::read(path) {
        Ok(bytes) => match serde_json::from_slice(&bytes) {
            Ok(about) => Some(about),
            Err(e) => {
                tracing::warn!("{}: {e}", path.display());
                None
            }
        },
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(e) => {
            tracing::warn!("{}: {e}", path.display());
            None
        }
    }
}

/// The region as a site with nothing of its own.
fn bare(file: &RegionFile) -> SiteFile {
    let ground = Ground::Level { height_m: file.datum.origin().height_m };
    let air = mantlet::flight::Air::standard();
    SiteFile {
        site: Site { name: file.name.clone(), datum: file.datum.clone(), sensors: Vec::new() },
        world: World::new(file.datum.clone(), air, ground),
        zones: Vec::new(),
        policy: Policy::default(),
        defence: DefencePlan::default(),
        sirens: Vec::new(),
        plan: None,
    }
}
