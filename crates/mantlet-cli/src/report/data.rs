//! What a report shows, as plain data: in goes what a run knows, out comes
//! nothing but drawings of it.
//!
//! Everything is in the site's local frame (metres east, north and up of the
//! origin) and in seconds from the start of the scenario, so that the report
//! needs no geodesy and no clock. `None` means "did not happen" or "not known":
//! a recording has no truth, so its report simply leaves the truth out.
//!
//! Limits: tracks begin at their first plot. There is no field for where a
//! round came from before that, and none is wanted.

use serde::Serialize;

/// One run of the chain, ready to be drawn.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RunReport {
    /// The scenario's name, as a person would say it ("Eight rockets").
    pub scenario: String,
    /// The site's name.
    pub site: String,
    /// Seed of every random draw.
    pub seed: u64,
    /// Nothing in it is real: the page says EXERCISE throughout.
    pub exercise: bool,
    /// Where the local frame has its origin.
    pub origin: Origin,
    /// How long the scenario lasts, s.
    pub duration_s: f64,
    /// Areas that can be warned.
    pub zones: Vec<Zone>,
    /// Radars.
    pub sensors: Vec<Sensor>,
    /// Simulated effectors.
    pub effectors: Vec<Effector>,
    /// What truly flew; empty when it is not known.
    pub objects: Vec<Object>,
    /// What was tracked: confirmed tracks only.
    pub tracks: Vec<Track>,
    /// Tentative tracks that were never confirmed, a count.
    pub dropped_tracks: u64,
    /// Messages to zones, in the order they were sent.
    pub warnings: Vec<Warning>,
    /// How the warning decides.
    pub policy: Policy,
    /// What it came to, one per zone, in the order of `zones`.
    pub outcomes: Vec<ZoneOutcome>,
    /// Simulated shots, in the order they were fired.
    pub engagements: Vec<Engagement>,
    /// Rounds that were let through.
    pub spared: Vec<Spared>,
    /// Pieces that fell because of interception.
    #[serde(skip)]
    pub fallen: Vec<Piece>,
    /// Chance of harm over the ground.
    #[serde(skip)]
    pub harm_grid: Option<HarmGrid>,
    /// How good the tracking was; `None` without truth.
    pub accuracy: Option<Accuracy>,
}

/// Origin of the local frame.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Origin {
    /// Latitude, deg.
    pub lat_deg: f64,
    /// Longitude, deg.
    pub lon_deg: f64,
    /// Height above the WGS84 ellipsoid, m.
    pub height_m: f64,
}

/// What a zone is to the defender.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneKind {
    /// What is defended.
    Protected,
    /// Who lives and works beside it.
    #[default]
    Neighbour,
    /// Nothing may be engaged over it.
    KeepOut,
}

/// An area that can be warned.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Zone {
    /// Name used in files and messages.
    pub id: String,
    /// Name that people use.
    pub name: String,
    /// What it is to the defender.
    pub kind: ZoneKind,
    /// People in it.
    pub population: u32,
    /// Seconds a person there needs to reach shelter.
    pub shelter_s: f64,
    /// Outline, east and north in m; closing point optional.
    #[serde(skip)]
    pub polygon_en_m: Vec<[f64; 2]>,
}

/// A radar.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Sensor {
    /// Name used in files and messages.
    pub id: String,
    /// Where it stands, east and north in m.
    pub position_en_m: [f64; 2],
    /// Furthest slant range, m.
    pub range_m: f64,
}

/// A simulated effector.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Effector {
    /// Name used in files and messages.
    pub id: String,
    /// "gun", "missile" or "beam".
    pub kind: String,
    /// Where it stands, east and north in m.
    pub position_en_m: [f64; 2],
    /// How far it reaches, m.
    pub reach_m: f64,
    /// Rounds it had; 0 when that has no meaning.
    pub magazine: u32,
}

/// Something that truly flew.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Object {
    /// Its name in truth.csv.
    pub id: String,
    /// "rocket", "airliner", "bird", ...
    pub class: String,
    /// It comes down and does harm there.
    pub threat: bool,
    /// Where and when it would land, or landed, if nothing touched it.
    pub impact: Option<TrueImpact>,
}

/// Where and when an object lands.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct TrueImpact {
    /// When, s.
    pub time_s: f64,
    /// Where, east and north in m.
    pub position_en_m: [f64; 2],
}

/// A confirmed track.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Track {
    /// Its number.
    pub id: u64,
    /// What it was taken for in the end: "rocket", "aircraft", ...
    pub kind: String,
    /// How sure that was.
    pub kind_probability: f64,
    /// The object it followed, matched after the fact.
    pub object_id: Option<String>,
    /// It kept near objects that had better tracks.
    pub duplicate: bool,
    /// First plot, s.
    pub first_plot_s: f64,
    /// Third plot, s: the earliest that a ballistic fit can say anything.
    pub third_plot_s: Option<f64>,
    /// When it was confirmed, s.
    pub confirmed_s: f64,
    /// Where it was: time in s, then east, north, up in m.
    #[serde(skip)]
    pub samples: Vec<[f64; 4]>,
    /// Where it was said to land, scan by scan.
    #[serde(skip)]
    pub predictions: Vec<Prediction>,
    /// How it ended.
    pub end: End,
}

/// An impact as it was predicted at a moment.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Prediction {
    /// When this was said, s.
    pub time_s: f64,
    /// Where it lands, east and north in m.
    pub position_en_m: [f64; 2],
    /// Covariance of that: east-east, east-north, north-north, m².
    pub covariance_m2: [f64; 3],
    /// When it lands, s.
    pub impact_s: f64,
    /// Standard deviation of that, s.
    pub impact_sigma_s: f64,
}

/// How a track ended.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum End {
    /// It left the sky that was watched, or the scenario ended.
    #[default]
    Left,
    /// It reached the ground.
    Landed {
        /// When, s.
        time_s: f64,
    },
    /// It was destroyed in the air, in simulation.
    Intercepted {
        /// When, s.
        time_s: f64,
        /// Where: east, north, up, m.
        position_enu_m: [f64; 3],
    },
}

/// What a message asks of a zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Take shelter.
    #[default]
    Warn,
    /// The same, with a better time.
    Update,
    /// It is over.
    Clear,
}

/// One message to one zone.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Warning {
    /// When, s.
    pub time_s: f64,
    /// To whom.
    pub zone_id: String,
    /// What it asks.
    pub action: Action,
    /// Seconds left then until the first expected impact; `None` in a clear.
    pub seconds_left: Option<f64>,
    /// Chance, as it was seen then, that the zone is hit.
    pub probability: f64,
    /// The tracks it is about.
    pub track_ids: Vec<u64>,
}

/// How the warning decides: warn where chance exceeds the threshold.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Policy {
    /// The chance above which a zone is warned.
    pub threshold: f64,
    /// One missed warning is held to cost as much as this many needless ones.
    pub missed_costs: f64,
}

/// What it came to for one zone.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ZoneOutcome {
    /// Which zone.
    pub zone_id: String,
    /// First warning, s.
    pub warned_s: Option<f64>,
    /// All-clear after it, s.
    pub cleared_s: Option<f64>,
    /// When the first round would come down in reach of the zone if nothing were
    /// shot down, or the first piece fell on it, s. `None`: never in danger.
    pub danger_s: Option<f64>,
    /// `danger_s` less `warned_s`, s; `None` when either did not happen.
    pub seconds_given: Option<f64>,
    /// What a person there needs, s.
    pub seconds_needed: f64,
    /// People in danger who were warned in time.
    pub people_in_time: u32,
    /// People sent to shelter although nothing endangered the zone.
    pub people_needlessly_warned: u32,
    /// Harm if nothing is shot down.
    pub harm_without: Harm,
    /// Harm with the simulated interception.
    pub harm_with: Harm,
}

/// Harm to the people of a zone.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Harm {
    /// Expected casualties, people.
    pub casualties: f64,
    /// Of which by rounds that got through.
    pub by_rounds: f64,
    /// Of which by what interception broke off.
    pub by_debris: f64,
    /// Of which by the effector's own spent rounds and duds.
    pub by_duds: f64,
    /// Chance of at least one casualty.
    pub chance_of_any: f64,
    /// Chance of damage to what is built there.
    pub chance_of_damage: f64,
}

/// One simulated shot or burst.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Engagement {
    /// Which effector.
    pub effector_id: String,
    /// When it fired first, s.
    pub fired_s: f64,
    /// When the outcome was there, s.
    pub outcome_s: f64,
    /// The track it fired at.
    pub track_id: u64,
    /// Rounds spent on it.
    pub rounds: u32,
    /// Whether the threat was destroyed.
    pub destroyed: bool,
    /// Where they met: east, north, up, m.
    pub position_enu_m: [f64; 3],
}

/// A round that was let through.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Spared {
    /// Which track.
    pub track_id: u64,
    /// When that was decided, s.
    pub time_s: f64,
    /// Why, as a clause: "would hurt nobody", "out of reach".
    pub reason: String,
}

/// What a fallen piece is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PieceKind {
    /// A body or warhead, broken off more or less whole.
    #[default]
    Part,
    /// A fragment.
    Fragment,
    /// A spent or dud round of the effector.
    Dud,
}

/// A piece on the ground.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Piece {
    /// When it landed, s.
    pub time_s: f64,
    /// Where, east and north in m.
    pub position_en_m: [f64; 2],
    /// What it is.
    pub kind: PieceKind,
    /// How many pieces like it fall about there.
    pub count: f64,
    /// Kinetic energy on landing, J.
    pub energy_j: f64,
}

/// Expected casualties per cell, without and with interception.
#[derive(Clone, Debug, Default, Serialize)]
pub struct HarmGrid {
    /// South-west corner, east and north in m.
    pub corner_en_m: [f64; 2],
    /// Side of a cell, m.
    pub cell_m: f64,
    /// Cells west to east; rows follow south to north.
    pub columns: usize,
    /// Row by row from the south: if nothing is shot down.
    pub without: Vec<f64>,
    /// The same cells with interception.
    pub with: Vec<f64>,
}

/// How good tracking and prediction were, against truth.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Accuracy {
    /// Root mean square of the impact error 10 s before impact, m.
    pub impact_rms_10s_m: f64,
    /// What no unbiased tracker can beat there (Cramér-Rao), m.
    pub bound_rms_10s_m: f64,
    /// Share of predictions, from 3 s after confirmation on, whose 90 % ellipse
    /// holds the true impact.
    pub in_90_ellipse: f64,
    /// Mean GOSPA distance over the run, m.
    pub gospa_m: f64,
    /// Confirmed tracks that follow nothing.
    pub false_tracks: u32,
    /// Threats that never got a confirmed track.
    pub missed: u32,
}
