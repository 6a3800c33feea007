//! What goes between sites and their region: the messages, as JSON.
//!
//! Everything stands in earth-fixed coordinates (ECEF, WGS84) or latitude and longitude,
//! so that no message needs another to be read. `docs/asyncapi.json` is made from here.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::picture::{IssuedView, WarningView};

/// Subject of what a site says: `mantlet.site.SITE.KIND`.
pub fn subject(site: &str, kind: &str) -> String {
    format!("mantlet.site.{site}.{kind}")
}

/// Subject of what a region passes to a site.
pub fn border_subject(site: &str) -> String {
    format!("mantlet.border.{site}")
}

/// The site and the kind of a subject.
pub fn parts(subject: &str) -> Option<(&str, &str)> {
    subject.strip_prefix("mantlet.site.")?.split_once('.')
}

/// Where and when a round lands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImpactMessage {
    /// When, Unix s.
    pub time_s: f64,
    /// Its standard deviation, s.
    pub time_sigma_s: f64,
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// Height above the WGS84 ellipsoid, m.
    pub height_m: f64,
    /// Covariance of east and north there: ee, en, nn, m².
    pub covariance_en_m2: [f64; 3],
    /// Velocity at impact, ECEF, m/s.
    pub velocity_ecef_mps: [f64; 3],
}

/// A track, as its site knows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrackMessage {
    /// Its number at the site; never used twice between two starts.
    pub id: u64,
    /// When the state holds, Unix s.
    pub time_s: f64,
    /// `confirmed` or `coasting`.
    pub status: String,
    /// What it is.
    pub kind: String,
    /// How likely that is.
    pub kind_probability: f64,
    /// Position, ECEF, m.
    pub position_ecef_m: [f64; 3],
    /// Velocity, ECEF, m/s.
    pub velocity_ecef_mps: [f64; 3],
    /// Covariance of position and velocity, ECEF, m², m²/s, m²/s²: the lower triangle, row
    /// by row, 21 numbers.
    pub covariance_ecef: Vec<f32>,
    /// Drag curve, where it comes down as rounds do.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub drag_curve: Option<String>,
    /// Reference area over mass for that curve, m²/kg.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub area_per_mass_m2kg: Option<f64>,
    /// Where it lands.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub impact: Option<ImpactMessage>,
}

/// A radar's health.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RadarMessage {
    /// Its name in the site file.
    pub id: String,
    /// `ok`, `silent`, `babbling` or `late`.
    pub state: String,
}

/// Something that is wrong at the site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FaultMessage {
    /// Its name for machines.
    pub code: String,
    /// What is wrong and what it means, for people.
    pub text: String,
}

/// What a site knows, whole (`picture`) or as what changed since its last message (`delta`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PictureMessage {
    /// The site, as in the subject.
    pub site: String,
    /// When the site's service started, Unix ms: numbers rise within it.
    pub epoch: u64,
    /// One more than that of the picture or delta before.
    pub number: u64,
    /// Everything; else what changed since the message before.
    pub whole: bool,
    /// When it was sent, Unix s.
    pub sent_s: f64,
    /// Data time, Unix s.
    pub time_s: f64,
    /// Everything here is simulated.
    pub exercise: bool,
    /// Tracks that are new or different; all of them when whole.
    pub tracks: Vec<TrackMessage>,
    /// Numbers of tracks that are no longer.
    pub gone: Vec<u64>,
    /// All warnings in force, when they changed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub warnings: Option<Vec<WarningView>>,
    /// All radars, when they changed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub radars: Option<Vec<RadarMessage>>,
    /// Faults of the service, when they changed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub faults: Option<Vec<FaultMessage>>,
}

/// What must not be lost: a warning, an incident, or the site itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RecordMessage<T> {
    /// The site, as in the subject.
    pub site: String,
    /// When the site's outbox was made, Unix ms: numbers rise within it.
    pub epoch: u64,
    /// Its place in the outbox; rising, with gaps.
    pub number: u64,
    /// What is said.
    pub body: T,
}

/// A warning as it is issued.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WarningMessage {
    /// `warn`, `update` or `clear`.
    pub action: String,
    /// Data time of issue, Unix s.
    pub time_s: f64,
    /// The alert, the same from warn to clear.
    pub alert_id: String,
    /// Position of the message in its alert.
    pub version: u32,
    /// The zone.
    pub zone_id: String,
    /// What people call it.
    pub zone_name: String,
    /// First impact expected, Unix s.
    pub impact_time_s: f64,
    /// Chance that at least one round reaches the zone.
    pub probability: f64,
    /// Seconds to the first impact.
    pub seconds_left: f64,
    /// Seconds that a person there needs.
    pub seconds_needed: f64,
    /// Tracks behind it; from 2^52 on they are seen by other sites.
    pub track_ids: Vec<u64>,
    /// Whether it is simulated.
    pub exercise: bool,
    /// Name of its CAP 1.2 document.
    pub cap_id: String,
    /// The document.
    pub cap_xml: String,
}

impl WarningMessage {
    /// The message of a warning's view and its CAP document.
    pub fn of(view: &IssuedView, cap_id: String, cap_xml: String) -> Self {
        Self {
            action: view.action.into(),
            time_s: view.time_s,
            alert_id: view.alert_id.clone(),
            version: view.version,
            zone_id: view.zone_id.clone(),
            zone_name: view.zone_name.clone(),
            impact_time_s: view.impact_time_s,
            probability: view.probability,
            seconds_left: view.seconds_left,
            seconds_needed: view.seconds_needed,
            track_ids: view.track_ids.clone(),
            exercise: view.exercise,
            cap_id,
            cap_xml,
        }
    }
}

/// A raid that is over, as it went into the site's ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentMessage {
    /// Its name: the site's and the time of the first plot.
    pub id: String,
    /// What the site says of it, as in incidents.csv.
    #[schema(value_type = Object)]
    pub claim: mantlet::ledger::Claim,
}

/// A zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ZoneMessage {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// `protected`, `neighbour` or `keep_out`.
    pub kind: String,
    /// People in it.
    pub population: f64,
    /// Seconds that a person there needs.
    pub shelter_s: f64,
    /// Corners, longitude and latitude, degrees; not closed.
    pub polygon_deg: Vec<[f64; 2]>,
}

/// The site: sent when its service starts, and when it has changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AboutMessage {
    /// What people call it.
    pub name: String,
    /// Everything there is simulated.
    pub exercise: bool,
    /// Origin of its frame: latitude and longitude, degrees, and height, m.
    pub origin: [f64; 3],
    /// How far its radars see at most, m.
    pub range_m: f64,
    /// Its zones.
    pub zones: Vec<ZoneMessage>,
    /// Its warning policy, as in site.toml.
    #[schema(value_type = Object)]
    pub policy: mantlet::warning::Policy,
}

/// An impact of a track that the site does not see itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PassedMessage {
    /// Number of the region's track, plus 2^52.
    pub track_id: u64,
    /// What it is.
    pub kind: String,
    /// Where it lands.
    pub impact: ImpactMessage,
}

/// What a region passes to a site, twice a second while there is anything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BorderMessage {
    /// The region.
    pub region: String,
    /// When it was sent, Unix s.
    pub sent_s: f64,
    /// The region missed something: the site is to send a whole picture.
    pub send_whole: bool,
    /// All impacts that may reach the site's zones and that it does not see itself.
    pub impacts: Vec<PassedMessage>,
}
