//! What a siren is told: one JSON object for each message to a zone.
//!
//! It says what holds now and needs nothing that was said before; `version` rises
//! over all messages to the zone. Times are Unix seconds.

use mantlet::warning::{Action, Warning, Zone};
use serde::Serialize;

/// A message, ready to be sent.
#[derive(Clone, Debug)]
pub struct Message {
    /// The zone's id.
    pub zone_id: String,
    /// Its number among the messages to the zone.
    pub version: u32,
    /// The JSON.
    pub body: String,
}

#[derive(Serialize)]
struct Body<'w> {
    format: &'static str,
    site: &'w str,
    exercise: bool,
    alert_id: &'w str,
    version: u32,
    zone_id: &'w str,
    zone_name: &'w str,
    /// `warn`, `update` or `clear`.
    action: &'static str,
    /// Whether people there must be in shelter now.
    shelter: bool,
    early: bool,
    time_s: f64,
    impact_time_s: f64,
    seconds_left: f64,
    seconds_needed: f64,
    probability: f64,
}

impl Message {
    /// The message for a warning.
    pub fn new(site: &str, exercise: bool, warning: &Warning, zone: &Zone) -> Self {
        let body = Body {
            format: "mantlet-warning-1",
            site,
            exercise,
            alert_id: &warning.alert_id,
            version: warning.version,
            zone_id: &zone.id,
            zone_name: &zone.name,
            action: warning.action.name(),
            shelter: warning.action != Action::Clear,
            early: warning.early,
            time_s: warning.time.seconds(),
            impact_time_s: warning.impact_time.seconds(),
            seconds_left: warning.seconds_left,
            seconds_needed: warning.seconds_needed,
            probability: warning.probability,
        };
        let body = serde_json::to_string(&body).expect("numbers and texts have JSON");
        Self { zone_id: zone.id.clone(), version: warning.version, body }
    }

    /// The same in every attempt to deliver it.
    pub fn key(&self) -> String {
        format!("{}:{}", self.zone_id, self.version)
    }
}
