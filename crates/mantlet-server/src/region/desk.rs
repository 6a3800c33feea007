//! The region's writer: the one thread that knows all sites and owns the region's file.
//!
//! In: messages of sites, already read, and orders. Out: one picture of all of them,
//! warnings and incidents into the region's own record, and what is passed to sites. How
//! far the record was read is kept in the same transaction as what was read: a region that
//! is killed goes on exactly there.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use mantlet::ledger::{Ledger, Stamp};
use mantlet::region::{Look, Region};
use mantlet::time::Timestamp;
use mantlet::warning::WarnerState;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};

use super::convert::{impact_message, member};
use super::sites::{SiteKnown, numbers};
use super::stand_in::StandIn;
use super::view;
use super::wire::{
    AboutMessage, BorderMessage, IncidentMessage, PassedMessage, PictureMessage, RecordMessage,
    WarningMessage, border_subject,
};
use crate::clock::Clock;
use crate::events::Events;
use crate::faults::Faults;
use crate::live::{Order, OrderError};
use crate::picture::{IssuedView, WarningView};
use crate::queue::{Input, Queue};
use crate::store::{Message, Store};

/// Least time between two looks at all sites. Chosen: a fifth of the time between two
/// pictures of a site, so that waiting for it costs little beside them.
const LOOK_GAP: Duration = Duration::from_millis(100);
/// And what each client that listens adds to it: ten thousand are sent one a second.
const LOOK_GAP_PER_CLIENT: Duration = Duration::from_micros(100);
/// Time between two messages to a site while it is passed anything, s.
const BORDER_GAP_S: f64 = 0.5;

/// Something that came in.
#[derive(Debug)]
pub enum Arrived {
    /// A picture or delta of the site of this index.
    Picture(usize, Box<PictureMessage>),
    /// A record of the site of this index, and its place in the stream.
    Warning(usize, Place, Box<RecordMessage<WarningMessage>>),
    /// As before.
    Incident(usize, Place, Box<RecordMessage<IncidentMessage>>),
    /// As before.
    About(usize, Place, Box<RecordMessage<AboutMessage>>),
    /// A message whose subject and content are not of one site that we hear.
    Refused(String),
    /// The server is reached, or not.
    Connected(bool),
}

/// A place in the stream of records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// When the stream was made, Unix ns: places in another one are others.
    pub stream_ns: i64,
    /// The sequence number.
    pub sequence: u64,
}

/// What arrives, until the desk takes it.
#[derive(Debug, Default)]
pub struct Inbox(Mutex<Vec<Arrived>>);

impl Inbox {
    /// Adds something.
    pub fn put(&self, arrived: Arrived) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(arrived);
    }

    fn take(&self) -> Vec<Arrived> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What must survive the process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// How far the stream was read.
    pub place: Place,
    /// The last record of each site: its outbox and the number there.
    last: BTreeMap<String, (u64, u64)>,
    /// What was said in place of sites.
    stand_in: BTreeMap<String, WarnerState>,
}

/// The desk's parts.
pub struct Desk {
    /// What people call the region.
    pub name: String,
    /// All sites together.
    pub region: Region,
    /// Each of them.
    pub sites: Vec<SiteKnown>,
    /// Seconds without a picture after which a site is stale.
    pub stale_after_s: f64,
    /// What arrives.
    pub inbox: Arc<Inbox>,
    /// Orders.
    pub queue: Arc<Queue<Order>>,
    /// The time.
    pub clock: Arc<Clock>,
    /// Events and pictures.
    pub events: Arc<Events>,
    /// The region's record.
    pub store: Store,
    /// What must survive.
    pub kept: Kept,
    /// Says what is said in place of sites.
    pub stand_in: StandIn,
    /// The ledger's file.
    pub ledger: PathBuf,
    /// Folder of what sites told of themselves.
    pub abouts: PathBuf,
    /// The region as the page needs it.
    pub site_json: watch::Sender<Bytes>,
    /// To sites: subject and message.
    pub passes: mpsc::UnboundedSender<(String, Vec<u8>)>,
    /// What an operator must know.
    pub faults: Faults,
    /// Who acknowledged which alert here.
    pub acknowledged: BTreeMap<String, String>,
    /// Messages refused so far.
    pub refused: u64,
    /// What the disk refused so far.
    pub unsaved: Vec<Message>,
    /// By site: when it was last passed something, what, and whether a whole picture is
    /// wanted of it.
    pub passed: Vec<(Timestamp, Vec<u64>, bool)>,
}

impl Desk {
    /// Works until the queue is closed.
    pub fn run(mut self) {
        let mut next = self.clock.now();
        loop {
            let wait_s = next.since_s(self.clock.now()).max(0.0);
            match self.queue.next(Duration::from_secs_f64(wait_s)) {
                Input::Order(order) => self.order(order),
                Input::Closed => break,
                Input::Datagram(_) | Input::Quiet => {}
            }
            let now = self.clock.now();
            if now >= next {
                let gap = LOOK_GAP + LOOK_GAP_PER_CLIENT * self.events.clients() as u32;
                next = now + gap.as_secs_f64();
                self.look(now);
            }
        }
        self.look(self.clock.now());
    }

    fn order(&mut self, order: Order) {
        match order {
            Order::Acknowledge { alert_id, who, reply } => {
                let done = if self.stands(&alert_id) {
                    self.acknowledged.insert(alert_id.clone(), who.clone());
                    let kept = self.store.acknowledge(&alert_id, &who);
                    kept.map_err(|e| OrderError::NotKept(e.to_string()))
                } else {
                    Err(OrderError::NotInForce(alert_id))
                };
                // Who asked may have hung up.
                let _ = reply.send(done);
            }
            Order::Cancel { alert_id, reply } => {
                let done = self.cancel(&alert_id);
                let _ = reply.send(done);
            }
            Order::Fault(code, Some(text)) => self.faults.raise(code, text, self.clock.now()),
            Order::Fault(code, None) => self.faults.ease(code),
            Order::Foreign(_) | Order::Simulated(..) => {}
        }
    }

    fn stands(&self, alert_id: &str) -> bool {
        self.events.last_picture().warnings.iter().any(|w| w.alert_id == alert_id)
    }

    /// Ends a warning that was said in place of a site; a site's own ends there.
    fn cancel(&mut self, alert_id: &str) -> Result<(), OrderError> {
        let now = self.clock.now();
        for (site, known) in self.sites.iter().enumerate() {
            let Some(warner) = self.region.warner_mut(site) else { continue };
            let own = warner.in_force().find(|s| StandIn::alert(&known.id, &s.last) == alert_id);
            let Some(zone) = own.map(|s| s.last.zone) else { continue };
            if let Some(warning) = warner.clear(zone, now) {
                self.say(vec![(site, warning)], now);
            }
            return Ok(());
        }
        Err(if self.stands(alert_id) {
            OrderError::Theirs(alert_id.into())
        } else {
            OrderError::NotInForce(alert_id.into())
        })
    }

    fn look(&mut self, now: Timestamp) {
        self.arrivals(now);
        let heard: Vec<bool> =
            self.sites.iter().map(|s| s.is_heard(now, self.stale_after_s)).collect();
        let mut reports = Vec::new();
        for (i, site) in self.sites.iter().enumerate() {
            site.reports(i, heard[i], self.region.datum(), now, &mut reports);
        }
        let mut look = self.region.look(now, &reports, &heard);
        let said = std::mem::take(&mut look.said);
        self.say(said, now);
        self.pass(&look, now);
        let numbers = numbers(&look.tracks, &reports);
        self.faults.look(crate::picture::Counters::default(), now);
        let warnings = self.warnings(|site, id| numbers.get(&(site, id)).copied().unwrap_or(id));
        self.acknowledged.retain(|id, _| warnings.iter().any(|w| w.alert_id == *id));
        let picture = view::picture(self, &look.tracks, warnings, &heard, now);
        self.events.picture(&picture, false);
    }

    fn warnings(&self, fused: impl Fn(usize, u64) -> u64) -> Vec<WarningView> {
        let mut all = Vec::new();
        for (i, site) in self.sites.iter().enumerate() {
            let fused = &fused;
            all.extend(site.region_warnings(move |id| fused(i, id)));
            all.extend(self.stand_in.in_force(i, site, &self.region));
        }
        for warning in &mut all {
            if let Some(who) = self.acknowledged.get(&warning.alert_id) {
                warning.acknowledged_by = Some(who.clone());
            }
        }
        all
    }

    fn arrivals(&mut self, now: Timestamp) {
        let mut events = Vec::new();
        let before = self.kept.clone();
        for arrived in self.inbox.take() {
            match arrived {
                Arrived::Picture(site, message) => {
                    if self.sites[site].take(*message, now) {
                        self.passed[site].2 = true;
                    }
                }
                Arrived::Warning(site, place, record) => {
                    if self.is_new(site, place, record.epoch, record.number) {
                        let site = &self.sites[site];
                        self.unsaved.push(view::message(&site.id, &record.body));
                        events.push(view::issued(site, &record.body));
                    }
                }
                Arrived::Incident(site, place, record) => {
                    if self.is_new(site, place, record.epoch, record.number) {
                        self.incident(site, record.body, now);
                    }
                }
                Arrived::About(site, place, record) => {
                    if self.is_new(site, place, record.epoch, record.number) {
                        self.about(site, record.body);
                    }
                }
                Arrived::Refused(why) => {
                    self.refused += 1;
                    let text = format!(
                        "Somebody speaks for a site that is not theirs, or not in the region's \
                         file: {} messages left out, the last: {why}",
                        self.refused
                    );
                    self.faults.note("site_refused", text, now);
                }
                Arrived::Connected(true) => self.faults.ease("nats"),
                Arrived::Connected(false) => self.faults.raise(
                    "nats",
                    "The NATS server is not reached: no site is heard".into(),
                    now,
                ),
            }
        }
        if before != self.kept || !self.unsaved.is_empty() {
            self.save(now);
        }
        for event in events {
            self.events.warning(event);
        }
    }

    /// Whether a record is not known yet; it is from now on.
    fn is_new(&mut self, site: usize, place: Place, epoch: u64, number: u64) -> bool {
        self.kept.place = place;
        let last = self.kept.last.entry(self.sites[site].id.clone()).or_default();
        let new = (epoch, number) > *last;
        *last = (*last).max((epoch, number));
        new
    }

    fn save(&mut self, now: Timestamp) {
        self.kept.stand_in = (0..self.sites.len())
            .filter_map(|i| {
                let member = self.region.member(i)?;
                Some((self.sites[i].id.clone(), member.warner().snapshot()))
            })
            .filter(|(_, state)| state.zones.values().any(|z| z.alerts > 0))
            .collect();
        let state = serde_json::to_string(&self.kept).expect("text keys and finite numbers");
        match self.store.keep(&self.unsaved, &state) {
            Ok(()) => {
                self.unsaved.clear();
                self.faults.ease("store");
            }
            Err(e) => {
                let text = format!(
                    "The region's record cannot be written to disk ({e}): {} messages wait",
                    self.unsaved.len()
                );
                self.faults.raise("store", text, now);
            }
        }
    }

    fn incident(&mut self, site: usize, message: IncidentMessage, now: Timestamp) {
        let (id, mut claim) = (message.id, message.claim);
        let name = self.sites[site].name();
        // Nor in the ledger does a site speak for another.
        claim.source = format!("Mantlet at {name}");
        if !id.starts_with(name) {
            self.inbox.put(Arrived::Refused(format!("incident \"{id}\" of {name}")));
            return;
        }
        let stamp = Stamp { who: format!("region {}", self.name), at: now };
        let entered = Ledger::open(&self.ledger).and_then(|mut l| l.add(&stamp, Some(&id), &claim));
        match entered {
            Ok(_) => self.faults.ease("ledger"),
            Err(e) => {
                let text = format!("The incident {id} is not in the ledger ({e})");
                self.faults.raise("ledger", text, now);
            }
        }
    }

    fn about(&mut self, site: usize, about: AboutMessage) {
        let path = self.abouts.join(format!("{}.json", self.sites[site].id));
        let text = serde_json::to_vec(&about).expect("text keys and finite numbers");
        let part = path.with_extension("part");
        // A file that is lost is told again when the site starts.
        if let Err(e) = std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, &path)) {
            tracing::warn!("{}: {e}", path.display());
        }
        self.set(site, about);
        self.site_json.send_replace(view::site(&self.name, &self.region, &self.sites));
        self.events.site();
    }

    /// Makes a site known.
    pub fn set(&mut self, site: usize, about: AboutMessage) {
        let Some(mut member) = member(&about, self.region.datum()) else {
            tracing::warn!("{}: its origin makes no sense", self.sites[site].id);
            return;
        };
        if self.region.member(site).is_none()
            && let Some(state) = self.kept.stand_in.get(&self.sites[site].id)
        {
            member.restore(state);
        }
        self.sites[site].exercise = about.exercise;
        self.sites[site].about = Some(about);
        self.region.set(site, member);
    }

    /// Says what must be said in place of sites.
    fn say(&mut self, said: Vec<(usize, mantlet::warning::Warning)>, now: Timestamp) {
        if said.is_empty() {
            return;
        }
        let mut events: Vec<IssuedView> = Vec::new();
        for (site, warning) in said {
            let Some(told) = self.stand_in.say(&self.sites[site], &self.region, site, &warning)
            else {
                continue;
            };
            self.unsaved.push(told.0);
            events.push(told.1);
        }
        self.save(now);
        events.into_iter().for_each(|e| self.events.warning(e));
    }

    /// Passes each site what others see.
    fn pass(&mut self, look: &Look, now: Timestamp) {
        for (site, passed) in look.passed.iter().enumerate() {
            let (last, ids, send_whole) = &mut self.passed[site];
            let now_ids: Vec<u64> = passed.iter().map(|i| i.track_id).collect();
            let due = now.since_s(*last) >= BORDER_GAP_S;
            let any = !now_ids.is_empty() || !ids.is_empty() || *send_whole;
            if !any || (now_ids == *ids && !due) {
                continue;
            }
            let Some(about) = &self.sites[site].about else { continue };
            let Some(origin) = super::convert::origin(about) else { continue };
            let datum = mantlet::frames::Datum::new(origin);
            let message = BorderMessage {
                region: self.name.clone(),
                sent_s: now.seconds(),
                send_whole: std::mem::take(send_whole),
                impacts: passed
                    .iter()
                    .map(|i| PassedMessage {
                        track_id: i.track_id,
                        kind: i.kind.name().into(),
                        impact: impact_message(i, &datum),
                    })
                    .collect(),
            };
            (*last, *ids) = (now, now_ids);
            let body = serde_json::to_vec(&message).expect("text keys and finite numbers");
            // The runtime is ending: so is this thread.
            let _ = self.passes.send((border_subject(&self.sites[site].id), body));
        }
    }
}
