//! What a warner remembers, for the disk: so that a process that was killed ends
//! every warning that it began.
//!
//! Out and in: [`WarnerState`], plain data for serde. Kept by zone id, so that a
//! zones file whose order changed still finds its warnings.
//!
//! Whoever keeps it must store the state together with the messages of the same
//! decision, before any of them is sent: a process killed before that decides
//! again and says the same, one killed after it sends what it had stored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

use super::warner::{Action, Danger, InForce, Memory, Warner, Warning};

/// What a warner remembers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WarnerState {
    /// By zone id.
    pub zones: BTreeMap<String, ZoneState>,
}

/// What it remembers of a zone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ZoneState {
    /// Alerts raised so far; the next one is called `ZONE-(alerts + 1)`.
    pub alerts: u32,
    /// Version of the last message to the zone.
    pub version: u32,
    /// The warning that is not cleared, if there is one.
    pub standing: Option<Standing>,
}

/// A warning that is not cleared. Times are Unix nanoseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Its alert.
    pub alert_id: String,
    /// When the zone was first warned.
    pub since_ns: i64,
    /// When something was said last.
    pub said_ns: i64,
    /// Whether that was an update.
    pub updated: bool,
    /// First impact expected.
    pub impact_ns: i64,
    /// Latest impact expected.
    pub last_impact_ns: i64,
    /// Chance that at least one round reaches the zone.
    pub probability: f64,
    /// Seconds from the last message to the first impact.
    pub seconds_left: f64,
    /// Seconds that a person in the zone needs.
    pub seconds_needed: f64,
    /// Tracks behind it, ascending.
    pub track_ids: Vec<u64>,
    /// Issued below the regular threshold because time is short.
    pub early: bool,
}

impl Warner {
    /// What must survive the process.
    pub fn snapshot(&self) -> WarnerState {
        let zone = |memory: &Memory| ZoneState {
            alerts: memory.alerts,
            version: memory.version,
            standing: memory.in_force.as_ref().map(|standing| Standing {
                alert_id: standing.last.alert_id.clone(),
                since_ns: standing.since.nanos(),
                said_ns: standing.last.time.nanos(),
                updated: standing.last.action == Action::Update,
                impact_ns: standing.last.impact_time.nanos(),
                last_impact_ns: standing.last_impact.nanos(),
                probability: standing.last.probability,
                seconds_left: standing.last.seconds_left,
                seconds_needed: standing.last.seconds_needed,
                track_ids: standing.last.track_ids.clone(),
                early: standing.last.early,
            }),
        };
        let zones = self.zones().iter().zip(self.memory());
        WarnerState { zones: zones.map(|(z, m)| (z.id.clone(), zone(m))).collect() }
    }

    /// Takes up what an earlier process left. Its tracks may be gone, so no warning
    /// is withdrawn because they miss; each stands until its time is over or tracks
    /// speak. Returns the warnings of zones that are no longer there, with
    /// the zone's id: whoever sent them must end them.
    pub fn restore(&mut self, state: &WarnerState) -> Vec<(String, Standing)> {
        let mut orphans = Vec::new();
        for (id, kept) in &state.zones {
            let Some(zone) = self.zones().iter().position(|z| z.id == *id) else {
                orphans.extend(kept.standing.clone().map(|standing| (id.clone(), standing)));
                continue;
            };
            let in_force = kept.standing.as_ref().map(|standing| InForce {
                last: Warning {
                    time: Timestamp::from_nanos(standing.said_ns),
                    alert_id: standing.alert_id.clone(),
                    version: kept.version,
                    zone,
                    action: if standing.updated { Action::Update } else { Action::Warn },
                    impact_time: Timestamp::from_nanos(standing.impact_ns),
                    probability: standing.probability,
                    seconds_left: standing.seconds_left,
                    seconds_needed: standing.seconds_needed,
                    track_ids: standing.track_ids.clone(),
                    early: standing.early,
                },
                since: Timestamp::from_nanos(standing.since_ns),
                last_impact: Timestamp::from_nanos(standing.last_impact_ns),
                behind: vec![Danger {
                    probability: standing.probability,
                    weight: 1.0,
                    first: Timestamp::from_nanos(standing.impact_ns),
                    last: Timestamp::from_nanos(standing.last_impact_ns),
                    track_id: None,
                }],
                low_since: None,
                unseen: true,
            });
            let memory = Memory { alerts: kept.alerts, version: kept.version, in_force };
            self.recall(zone, memory);
        }
        orphans
    }
}
