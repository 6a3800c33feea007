//! The writer: the one thread that owns the chain and the warnings' file.
//!
//! In: the queue. Out: warnings, sent as they are decided, and pictures on a watch
//! channel. Nobody else touches either; whoever wants something changed sends an order.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use mantlet::prediction::Impact;
use mantlet::scenario::SiteFile;
use mantlet::time::Timestamp;
use mantlet::warning::Warning;
use tokio::sync::{oneshot, watch};

use crate::announce::Announcer;
use crate::chain::Chain;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::incidents::Incidents;
use crate::open_tracks::OpenTracks;
use crate::picture::{
    DebrisView, EngagementView, ImpactView, PictureView, TrackView, WarningView, time_view,
};
use crate::queue::{Datagram, Input, Queue};
use crate::recording::Recorder;
use crate::region::{
    FaultMessage, IncidentMessage, Known, PICTURE_GAP, RadarMessage, track_message,
};

/// Least time between two pictures, s. Chosen: more often than the fastest browser is sent
/// one, and cheap enough with a thousand tracks.
const PICTURE_GAP_S: f64 = 0.1;
/// How often the service looks after itself, s.
const LOOK_GAP_S: f64 = 1.0;

/// Why an order was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OrderError {
    /// No such warning stands.
    #[error("no warning \"{0}\" is in force")]
    NotInForce(String),
    /// A site of the region said it.
    #[error("the warning \"{0}\" is ended at the site that said it")]
    Theirs(String),
    /// It is done, but not on disk.
    #[error("done, but it could not be written to disk: {0}")]
    NotKept(String),
}

/// Where the answer to an order goes.
pub type Reply = oneshot::Sender<Result<(), OrderError>>;

/// What others may ask of the writer.
#[derive(Debug)]
pub enum Order {
    /// An operator has seen a warning.
    Acknowledge {
        /// The warning.
        alert_id: String,
        /// The operator.
        who: String,
        /// Where the answer goes.
        reply: Reply,
    },
    /// An operator ends a warning.
    Cancel {
        /// The warning.
        alert_id: String,
        /// Where the answer goes.
        reply: Reply,
    },
    /// A part of the service has a fault, or, without words, has it no longer.
    Fault(&'static str, Option<String>),
    /// Impacts of tracks that only other sites see, in place of those before.
    Foreign(Vec<Impact>),
    /// What a simulated defence has come to.
    Simulated(Vec<EngagementView>, Vec<DebrisView>),
}

/// The writer's parts.
pub struct Writer {
    /// The site.
    pub site: Arc<SiteFile>,
    /// From datagrams to warnings.
    pub chain: Chain,
    /// Says what is decided.
    pub announcer: Announcer,
    /// What comes in.
    pub queue: Arc<Queue<Order>>,
    /// The time.
    pub clock: Arc<Clock>,
    /// Where pictures go.
    pub pictures: watch::Sender<Arc<PictureView>>,
    /// Everything here is simulated.
    pub exercise: bool,
    /// Where plots are written down.
    pub recorder: Option<Recorder>,
    /// Who acknowledged which alert.
    pub acknowledged: BTreeMap<String, String>,
    /// What the operator must know of the service.
    pub faults: Faults,
    /// Raids on their way into the ledger.
    pub incidents: Incidents,
    /// Keeps the tracks for the next start.
    pub open_tracks: OpenTracks,
    /// The simulated defence, in an exercise.
    pub simulated: (Vec<EngagementView>, Vec<DebrisView>),
    /// Where what is known goes for the region, if there is one.
    pub known: Option<watch::Sender<Arc<Known>>>,
}

impl Writer {
    /// Works until the queue is closed.
    pub fn run(mut self) {
        let (mut pictured, mut looked) = (Timestamp::default(), Timestamp::default());
        let mut told = Timestamp::default();
        let mut said = Vec::new();
        loop {
            let wait_s = self.chain.next_tick().since_s(self.clock.now()).max(0.0);
            let mut changed = false;
            match self.queue.next(Duration::from_secs_f64(wait_s.min(1.0))) {
                Input::Datagram(datagram) => self.datagram(&datagram, &mut said),
                Input::Order(order) => {
                    self.order(order, &mut said);
                    changed = true;
                }
                Input::Quiet => {}
                Input::Closed => break,
            }
            // Time may not overtake datagrams that wait.
            if !self.queue.has_datagrams() {
                self.chain.advance(self.clock.now(), &mut said);
            }
            changed |= !said.is_empty();
            self.say(&mut said);
            let now = self.clock.now();
            if now.since_s(looked) >= LOOK_GAP_S {
                looked = now;
                self.look(now);
            }
            if changed || now.since_s(pictured) >= PICTURE_GAP_S {
                pictured = now;
                let picture = Arc::new(self.picture(now));
                if now.since_s(told) >= PICTURE_GAP.as_secs_f64() {
                    told = now;
                    self.tell(&picture);
                }
                self.pictures.send_replace(picture);
            }
        }
        let now = self.clock.now();
        self.look(now);
        self.incidents.finish();
        if let Some(recorder) = &mut self.recorder {
            recorder.finish(self.chain.earliest());
        }
    }

    fn datagram(&mut self, datagram: &Datagram, said: &mut Vec<Warning>) {
        let arrival = datagram.arrival.max(self.chain.earliest());
        if let Some(recorder) = &mut self.recorder {
            recorder.write(arrival, datagram, &mut self.faults);
        }
        self.chain.advance(arrival, said);
        self.chain.datagram(arrival, &datagram.payload, said);
        if !said.is_empty() {
            self.say(said);
            let taken_s = self.clock.now().since_s(datagram.arrival);
            metrics::histogram!("mantlet_warning_seconds").record(taken_s);
        }
    }

    fn say(&mut self, said: &mut Vec<Warning>) {
        self.announcer.say(said, self.chain.pipeline(), &mut self.faults);
        self.incidents.said(said);
        said.clear();
    }

    /// What is looked after once a second.
    fn look(&mut self, now: Timestamp) {
        self.announcer.save(self.chain.pipeline(), &mut self.faults, now.seconds());
        if let Some(step_s) = self.clock.step_s() {
            let text = format!(
                "The clock of this machine was stepped by {step_s:+.1} s; a step back is \
                 followed only by a new start of the service"
            );
            self.faults.raise("clock_jump", text, now);
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.beat(self.chain.earliest(), &mut self.faults);
        }
        self.open_tracks.keep(self.chain.pipeline().tracker_state());
        if let Some((id, claim)) = self.incidents.look(self.chain.pipeline()) {
            self.announcer.tell("incident", &IncidentMessage { id, claim }, &mut self.faults, now);
        }
        self.faults.look(self.counters(), now);
    }

    fn counters(&self) -> crate::picture::Counters {
        let (dropped_datagrams, refused_datagrams) = self.queue.lost();
        crate::picture::Counters { dropped_datagrams, refused_datagrams, ..self.chain.counters() }
    }

    fn order(&mut self, order: Order, said: &mut Vec<Warning>) {
        match order {
            Order::Acknowledge { alert_id, who, reply } => {
                let done = self.zone_of(&alert_id).and_then(|_| {
                    self.acknowledged.insert(alert_id.clone(), who.clone());
                    let kept = self.announcer.store().acknowledge(&alert_id, &who);
                    kept.map_err(|e| OrderError::NotKept(e.to_string()))
                });
                // Who asked may have hung up.
                let _ = reply.send(done);
            }
            Order::Cancel { alert_id, reply } => {
                let done = self.zone_of(&alert_id).map(|zone| {
                    said.extend(self.chain.pipeline_mut().clear(zone));
                });
                self.say(said);
                let _ = reply.send(done);
            }
            Order::Fault(code, Some(text)) => self.faults.raise(code, text, self.clock.now()),
            Order::Fault(code, None) => self.faults.ease(code),
            Order::Foreign(impacts) => self.chain.pipeline_mut().hear(impacts),
            Order::Simulated(engagements, debris) => self.simulated = (engagements, debris),
        }
    }

    fn zone_of(&self, alert_id: &str) -> Result<usize, OrderError> {
        let mut standing = self.chain.pipeline().in_force();
        standing
            .find(|s| s.last.alert_id == alert_id)
            .map(|s| s.last.zone)
            .ok_or_else(|| OrderError::NotInForce(alert_id.into()))
    }

    /// What the region is told.
    fn tell(&self, picture: &PictureView) {
        let Some(known) = &self.known else { return };
        let (pipeline, datum) = (self.chain.pipeline(), &self.site.site.datum);
        let impact = |id: u64| pipeline.impacts().iter().find(|i| i.track_id == id);
        let fault = |f: &crate::picture::FaultView| FaultMessage {
            code: f.code.clone(),
            text: f.text.clone(),
        };
        let radar = |s: &crate::picture::SensorView| RadarMessage {
            id: s.id.clone(),
            state: s.state.into(),
        };
        known.send_replace(Arc::new(Known {
            time_s: picture.time_s,
            tracks: pipeline
                .tracks()
                .iter()
                .map(|t| track_message(t, impact(t.id), datum))
                .collect(),
            warnings: picture.warnings.clone(),
            radars: picture.sensors.iter().map(radar).collect(),
            faults: picture.faults.iter().map(fault).collect(),
        }));
    }

    /// What is known now.
    pub fn picture(&mut self, now: Timestamp) -> PictureView {
        let sirens = self.announcer.sirens(&mut self.faults, now);
        let (pipeline, datum) = (self.chain.pipeline(), &self.site.site.datum);
        let warnings: Vec<WarningView> = pipeline
            .in_force()
            .map(|standing| {
                let who = self.acknowledged.get(&standing.last.alert_id).cloned();
                WarningView::new(standing, &self.site.zones[standing.last.zone], who)
            })
            .collect();
        self.acknowledged.retain(|id, _| warnings.iter().any(|w| w.alert_id == *id));
        let faults = self.faults.views(self.chain.health(), now);
        let jumped = faults.iter().any(|f| f.code == "clock_jump");
        PictureView {
            revision: 0,
            time_s: time_view(self.chain.data_time(now).seconds()),
            clock: if jumped { "jump" } else { "ok" },
            exercise: self.exercise,
            tracks: pipeline.tracks().iter().map(|t| TrackView::new(t, datum)).collect(),
            impacts: pipeline.impacts().iter().map(|i| ImpactView::new(i, datum)).collect(),
            warnings,
            sensors: self.chain.health().views(now),
            sirens,
            engagements: self.simulated.0.clone(),
            debris: self.simulated.1.clone(),
            faults,
            counters: self.counters(),
        }
    }
}
