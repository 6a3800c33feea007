//! From decided to said: each warning is made into its messages, kept on disk, and only
//! then sent. When the disk refuses, it is sent all the same, and the operator is told.

use std::sync::Arc;

use mantlet::exchange::cap::{Call, Hazard, Issuer, Notice, Place, read_alert};
use mantlet::exchange::write_warning;
use mantlet::pipeline::{Pipeline, PipelineState};
use mantlet::scenario::SiteFile;
use mantlet::time::Timestamp;
use mantlet::tracking::{Kind, Track, TrackerState};
use mantlet::warning::{Standing, WarnerState, Warning};

use crate::events::Events;
use crate::faults::Faults;
use crate::picture::{IssuedView, SirenView, time_view};
use crate::region::WarningMessage;
use crate::sirens::{SirenError, SirenState, Sirens};
use crate::store::{Message, Store};

/// Why the service cannot take up what an earlier one left.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResumeError {
    /// The file is not what we wrote.
    #[error("{path}: {source}: move the file away to start without the warnings in it")]
    Store {
        /// The file.
        path: String,
        /// What is wrong with it.
        source: rusqlite::Error,
    },
    /// The state in it is not what we wrote.
    #[error("{path}: state \"warner\": {source}: move the file away to start without it")]
    State {
        /// The file.
        path: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The sirens cannot be started.
    #[error(transparent)]
    Siren(#[from] SirenError),
    /// The site's name gives no name for a sender.
    #[error("site name: {0}")]
    Sender(#[from] mantlet::exchange::ExchangeError),
}

/// Says what was decided.
pub struct Announcer {
    site: Arc<SiteFile>,
    issuer: Issuer,
    store: Store,
    events: Arc<Events>,
    sirens: Sirens,
    exercise: bool,
    /// What the disk refused so far.
    unsaved: Vec<Message>,
    /// The state as last kept.
    kept: String,
}

impl Announcer {
    /// An announcer over the warnings' file; takes up what an earlier service left there,
    /// with the tracks that it left open, and ends the warnings of zones that are no
    /// longer. With it what the pipeline began from, for the recording.
    ///
    /// # Errors
    /// When the file is not what we wrote.
    pub fn resume(
        site: Arc<SiteFile>,
        store: Store,
        events: Arc<Events>,
        exercise: bool,
        tracker: TrackerState,
        pipeline: &mut Pipeline,
        now: Timestamp,
    ) -> Result<(Self, String), ResumeError> {
        let path = || store.path().display().to_string();
        let refused = |source| ResumeError::Store { path: path(), source };
        let sender = format!("{}.invalid", host_name(&site.site.name));
        let mut issuer = Issuer::new(&sender, &site.site.name, exercise)?;
        for document in store.open_documents().map_err(refused)? {
            if let Ok(alert) = read_alert(&document) {
                issuer.recall(&alert);
            }
        }
        let kept = store.get("warner").map_err(refused)?.unwrap_or_default();
        let wrong = |source| ResumeError::State { path: path(), source };
        let warner = if kept.is_empty() {
            WarnerState::default()
        } else {
            serde_json::from_str(&kept).map_err(wrong)?
        };
        // What a rerun will read is what is taken up here, to the last digit.
        let began = serde_json::to_string(&PipelineState { warner, tracker }).map_err(wrong)?;
        let state: PipelineState = serde_json::from_str(&began).map_err(wrong)?;
        let orphans = pipeline.restore(&state, now);
        // Any number that differs from one site to the next.
        let seed = site.site.name.bytes().fold(0_u64, |n, b| n.wrapping_mul(31) + u64::from(b));
        let sirens = Sirens::start(&site, exercise, seed)?;
        for standing in pipeline.in_force() {
            sirens.notify(&standing.last);
        }
        let unsaved = Vec::new();
        let mut announcer = Self { site, issuer, store, events, sirens, exercise, unsaved, kept };
        for (zone_id, standing) in orphans {
            announcer.end_orphan(&zone_id, &standing, pipeline, now);
        }
        Ok((announcer, began))
    }

    /// The warnings' file.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Tells the region, if there is one.
    pub fn tell(
        &mut self,
        kind: &'static str,
        body: &impl serde::Serialize,
        faults: &mut Faults,
        now: Timestamp,
    ) {
        let body = serde_json::to_string(body).expect("messages have text keys");
        if let Err(e) = self.store.tell(kind, &body) {
            let text = format!("The region is not told of one {kind}: it could not be kept ({e})");
            faults.note("outbox", text, now);
        }
    }

    /// Keeps and sends warnings, in their order.
    pub fn say(&mut self, said: &[Warning], pipeline: &Pipeline, faults: &mut Faults) {
        if said.is_empty() {
            return;
        }
        let mut views = Vec::with_capacity(said.len());
        for warning in said {
            let zone = &self.site.zones[warning.zone];
            let hazard = hazard_of(warning, pipeline.tracks());
            let notice = Notice::new(warning, zone, &self.site.site.datum, hazard);
            let cap = self.issuer.issue(&notice);
            let cap_id = cap.file_name.trim_end_matches(".xml").to_owned();
            let cap_url = format!("/cap/{}.xml", cap_id.replace('%', "%25"));
            let view = IssuedView::new(warning, zone, self.exercise, cap_url);
            let told = self.store.tells().then(|| told(&view, &cap_id, &cap.xml));
            views.push(view);
            self.unsaved.push(Message {
                alert_id: warning.alert_id.clone(),
                version: warning.version,
                zone_id: zone.id.clone(),
                action: warning.action.name(),
                time_ns: warning.time.nanos(),
                line: self.line(warning),
                cap_id,
                cap_xml: cap.xml,
                told,
            });
        }
        self.save(pipeline, faults, views[0].time_s);
        for (view, warning) in views.into_iter().zip(said) {
            self.events.warning(view);
            self.sirens.notify(warning);
        }
    }

    /// How the sirens stand; those that do not confirm become faults.
    pub fn sirens(&self, faults: &mut Faults, now: Timestamp) -> Vec<SirenView> {
        let views = self.sirens.states().into_iter().map(|siren| {
            let code = format!("siren:{}", siren.id);
            let trouble = match siren.state {
                SirenState::Down => "cannot be reached",
                SirenState::Unconfirmed => "has not confirmed",
                SirenState::Confirmed | SirenState::Pending => "",
            };
            if trouble.is_empty() {
                faults.ease(&code);
            } else {
                let (id, fault) = (&siren.id, &siren.fault);
                let text = format!(
                    "Siren {id} {trouble} ({fault}): people who rely on it may not be warned"
                );
                faults.raise(&code, text, now);
            }
            SirenView { id: siren.id, state: siren.state.name() }
        });
        views.collect()
    }

    /// Keeps what was refused before, and how the warnings stand now.
    pub fn save(&mut self, pipeline: &Pipeline, faults: &mut Faults, now_s: f64) {
        let state = serde_json::to_string(&pipeline.warner_state())
            .expect("the state has text keys and finite numbers");
        if self.unsaved.is_empty() && state == self.kept {
            return;
        }
        match self.store.keep(&self.unsaved, &state) {
            Ok(()) => {
                self.unsaved.clear();
                self.kept = state;
                faults.ease("store");
            }
            Err(e) => {
                let now = Timestamp::from_seconds(now_s).unwrap_or_default();
                let text = format!(
                    "Warnings cannot be written to disk ({e}): they are sent all the same; {} \
                     wait, and would be forgotten in a crash",
                    self.unsaved.len()
                );
                faults.raise("store", text, now);
            }
        }
    }

    fn line(&self, warning: &Warning) -> String {
        let mut line = Vec::new();
        write_warning(&mut line, &self.site.zones, warning)
            .expect("writing to memory does not fail");
        String::from_utf8_lossy(&line).trim_end().to_owned()
    }

    /// Ends a warning whose zone is no longer in the site's files.
    fn end_orphan(
        &mut self,
        zone_id: &str,
        standing: &Standing,
        pipeline: &Pipeline,
        now: Timestamp,
    ) {
        let cap = self.issuer.issue(&Notice {
            alert_id: standing.alert_id.clone(),
            sent: now,
            call: Call::Clear,
            hazard: Hazard::Rocket,
            impact_time: None,
            probability: 0.0,
            seconds_left: None,
            seconds_needed: None,
            places: vec![Place { name: zone_id.into(), ..Place::default() }],
        });
        let cap_id = cap.file_name.trim_end_matches(".xml").to_owned();
        let last_impact_s = Timestamp::from_nanos(standing.last_impact_ns).seconds();
        let view = IssuedView {
            revision: 0,
            action: "clear",
            time_s: time_view(now.seconds()),
            alert_id: standing.alert_id.clone(),
            version: u32::MAX,
            zone_id: zone_id.into(),
            zone_name: zone_id.into(),
            impact_time_s: time_view(last_impact_s),
            probability: 0.0,
            seconds_left: 0.0,
            seconds_needed: standing.seconds_needed,
            track_ids: standing.track_ids.clone(),
            exercise: self.exercise,
            cap_url: format!("/cap/{}.xml", cap_id.replace('%', "%25")),
        };
        let told = self.store.tells().then(|| told(&view, &cap_id, &cap.xml));
        self.unsaved.push(Message {
            alert_id: standing.alert_id.clone(),
            version: u32::MAX,
            zone_id: zone_id.into(),
            action: "clear",
            time_ns: now.nanos(),
            line: format!(
                "{:.3},{},{zone_id},clear,{last_impact_s:.3},0.0000,0.00,",
                now.seconds(),
                standing.alert_id
            ),
            cap_id,
            cap_xml: cap.xml,
            told,
        });
        self.save(pipeline, &mut Faults::default(), now.seconds());
        self.events.warning(view);
    }
}

/// What the region is told of a warning.
fn told(view: &IssuedView, cap_id: &str, cap_xml: &str) -> String {
    let message = WarningMessage::of(view, cap_id.into(), cap_xml.into());
    serde_json::to_string(&message).expect("messages have text keys and finite numbers")
}

/// What is coming, by the kind of the first track behind a warning.
fn hazard_of(warning: &Warning, tracks: &[Track]) -> Hazard {
    let first = warning.track_ids.first();
    match tracks.iter().find(|t| Some(&t.id) == first).map(|t| t.kind) {
        Some(Kind::Mortar) => Hazard::Mortar,
        Some(Kind::Artillery) => Hazard::Artillery,
        _ => Hazard::Rocket,
    }
}

/// A name as a host would have it: letters, digits and hyphens.
pub fn host_name(name: &str) -> String {
    let plain = name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let plain = plain.trim_matches('-');
    if plain.is_empty() { "site".into() } else { plain.into() }
}
