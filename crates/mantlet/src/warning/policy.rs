//! The warning policy: warn, update, clear, per zone.
//!
//! In: impacts known after a scan, at data time. Out: warnings in issue order.
//!
//! A zone is warned when the chance that something lands within its hazard radius
//! passes a threshold that follows from a stated cost: sheltering needlessly costs
//! `needless_cost` a person, a missed warning `missed_cost`, so shelter when
//! `p · missed > (1 - p) · needless` (the cost-loss rule: A. H. Murphy, "The value
//! of climatological, categorical and probabilistic forecasts in the cost-loss
//! ratio situation", Monthly Weather Review 105 (1977) 803-816, eq. 2). A warning
//! that comes too late for the shelter still lets people lie down, so its benefit
//! falls with the seconds left but not to nothing.
//!
//! Limits: impacts are taken as independent.

use crate::prediction::Impact;
use crate::time::Timestamp;

use super::{Zone, chance_within};

/// What is said about a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Take shelter.
    Warn,
    /// Something changed: other seconds, other tracks.
    Update,
    /// It is over, or was never going to happen.
    Clear,
}

impl Action {
    /// The word used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Update => "update",
            Self::Clear => "clear",
        }
    }
}

/// How a warning ends once nothing threatens the zone any more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AllClear {
    /// By itself, this many seconds after the last impact or threat.
    After {
        /// Seconds to wait for follow-on rounds and falling shrapnel.
        seconds: f64,
    },
    /// Only when an operator says so.
    Operator,
}

/// What a needless and a missed warning cost, and how warnings end.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Cost of one person sheltering for nothing.
    pub needless_cost: f64,
    /// Cost of one person hit without warning, in the same unit.
    pub missed_cost: f64,
    /// Share of the benefit that is left when nobody can reach shelter any more.
    /// Chosen: 0.3, for lying down (users set it).
    pub late_benefit: f64,
    /// Within this distance of an impact people are hurt, m, by kind of round.
    pub hazard_radius_m: Vec<(String, f64)>,
    /// Hazard radius of a kind that is not in the list, m.
    pub default_hazard_radius_m: f64,
    /// How a warning ends.
    pub all_clear: AllClear,
    /// A warning is withdrawn early only after the chance has stayed below a
    /// third of the threshold for this long, s. Chosen: 3 s, six scans of a
    /// half-second radar, so that a zone does not flicker.
    pub withdraw_after_s: f64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            needless_cost: 1.0,
            missed_cost: 200.0,
            late_benefit: 0.3,
            hazard_radius_m: vec![
                ("rocket".into(), 40.0),
                ("mortar".into(), 30.0),
                ("artillery".into(), 50.0),
            ],
            default_hazard_radius_m: 40.0,
            all_clear: AllClear::After { seconds: 600.0 },
            withdraw_after_s: 3.0,
        }
    }
}

impl Policy {
    /// Chance of a hit above which a zone is warned, given the seconds left and
    /// the seconds that people need.
    pub fn threshold(&self, seconds_left: f64, seconds_needed: f64) -> f64 {
        let in_time = (seconds_left / seconds_needed.max(1e-9)).clamp(0.0, 1.0);
        let benefit = self.missed_cost * (self.late_benefit + (1.0 - self.late_benefit) * in_time);
        self.needless_cost / (self.needless_cost + benefit)
    }

    /// Hazard radius of a kind of round, m.
    pub fn hazard_radius_m(&self, kind: &str) -> f64 {
        self.hazard_radius_m
            .iter()
            .find(|(k, _)| k == kind)
            .map_or(self.default_hazard_radius_m, |(_, r)| *r)
    }
}

/// One message to one zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    /// Data time of issue.
    pub time: Timestamp,
    /// The alert it belongs to: one from warn to clear.
    pub alert_id: String,
    /// Position of the message in its alert, from 1.
    pub version: u32,
    /// Index of the zone in the warner's list.
    pub zone: usize,
    /// What is said.
    pub action: Action,
    /// First impact expected; for a clear, the last one that was.
    pub impact_time: Timestamp,
    /// Chance that at least one round reaches the zone.
    pub probability: f64,
    /// Seconds from issue to the first impact; zero for a clear.
    pub seconds_left: f64,
    /// Seconds that a person in the zone needs.
    pub seconds_needed: f64,
    /// Tracks behind it, ascending.
    pub track_ids: Vec<u64>,
}

/// A warning that has not been cleared.
#[derive(Clone, Debug, PartialEq)]
pub struct InForce {
    /// What was said last.
    pub last: Warning,
    /// When the zone was first warned.
    pub since: Timestamp,
    /// The latest impact that was ever expected with a chance above the threshold.
    last_impact: Timestamp,
    /// Since when the chance has been low, if it is.
    low_since: Option<Timestamp>,
}

/// What threatens a zone at one moment.
struct Threat {
    probability: f64,
    first_impact: Timestamp,
    last_impact: Timestamp,
    track_ids: Vec<u64>,
}

/// Keeps the warnings in force.
#[derive(Clone, Debug)]
pub struct Warner {
    zones: Vec<Zone>,
    policy: Policy,
    in_force: Vec<Option<InForce>>,
    alerts: Vec<u32>,
    /// Highest track id that ever had an impact, and when one last appeared.
    newest_round: Option<(u64, Timestamp)>,
}

/// An update is worth sending when the first impact moved by this much, s.
/// Chosen: people count down in whole seconds and act on no finer step.
const UPDATE_SHIFT_S: f64 = 1.5;
/// Least time between two updates of a zone, s. Chosen: what a siren board shows.
const UPDATE_GAP_S: f64 = 1.0;
/// A warning that falls below this share of the threshold may be withdrawn.
const WITHDRAW_SHARE: f64 = 1.0 / 3.0;
/// No warning is withdrawn sooner than this after its issue, s: no zone flickers.
const LEAST_STAND_S: f64 = 10.0;
/// While new rounds keep appearing at least this often, no warning is withdrawn, s.
/// Chosen: the pause between the rounds of one salvo; sheltering on through it
/// costs less than going out and back.
const SALVO_PAUSE_S: f64 = 15.0;

impl Warner {
    /// A warner over these zones.
    pub fn new(zones: Vec<Zone>, policy: Policy) -> Self {
        let (in_force, alerts) = (vec![None; zones.len()], vec![0; zones.len()]);
        Self { zones, policy, in_force, alerts, newest_round: None }
    }

    /// The zones, by index.
    pub fn zones(&self) -> &[Zone] {
        &self.zones
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Warnings that are not cleared, by zone.
    pub fn in_force(&self) -> impl Iterator<Item = &InForce> {
        self.in_force.iter().flatten()
    }

    /// What must be said now, given the impacts that are predicted now.
    pub fn decide(&mut self, now: Timestamp, impacts: &[Impact]) -> Vec<Warning> {
        let newest = impacts.iter().map(|i| i.track_id).max();
        if newest > self.newest_round.map(|(id, _)| id) {
            self.newest_round = newest.map(|id| (id, now));
        }
        let mut said = Vec::new();
        for zone in 0..self.zones.len() {
            let threat = self.threat(zone, now, impacts);
            let warning = match (self.in_force[zone].take(), threat) {
                (None, Some(threat)) => self.warn(zone, now, threat),
                (None, None) => None,
                (Some(standing), threat) => {
                    let missing = standing
                        .last
                        .track_ids
                        .iter()
                        .any(|id| impacts.iter().all(|i| i.track_id != *id));
                    self.revise(zone, now, standing, threat, !missing)
                }
            };
            said.extend(warning);
        }
        said
    }

    /// An operator's all-clear for a zone.
    pub fn clear(&mut self, zone: usize, now: Timestamp) -> Option<Warning> {
        self.in_force.get_mut(zone)?.take().map(|standing| clear_of(&standing, now))
    }

    fn threat(&self, zone: usize, now: Timestamp, impacts: &[Impact]) -> Option<Threat> {
        let z = &self.zones[zone];
        let mut spared = 1.0;
        let mut reaching: Vec<(f64, &Impact)> = Vec::new();
        for impact in impacts.iter().filter(|i| i.time >= now) {
            let c = &impact.covariance_en_m2;
            let p = chance_within(
                [impact.position_enu_m.x, impact.position_enu_m.y],
                [c[(0, 0)], c[(0, 1)], c[(1, 1)]],
                z.polygon_en_m(),
                self.policy.hazard_radius_m(impact.kind.name()),
            );
            if p > 0.0 {
                spared *= 1.0 - p;
                reaching.push((p, impact));
            }
        }
        // Rounds that matter little to the zone do not set its countdown or its list of tracks.
        let most = reaching.iter().map(|r| r.0).fold(0.0, f64::max);
        reaching.retain(|r| r.0 >= 0.05 * most);
        let first = reaching.iter().map(|r| r.1.time).min()?;
        let last = reaching.iter().map(|r| r.1.time).max()?;
        let mut track_ids: Vec<u64> = reaching.iter().map(|r| r.1.track_id).collect();
        track_ids.sort_unstable();
        Some(Threat {
            probability: 1.0 - spared,
            first_impact: first,
            last_impact: last,
            track_ids,
        })
    }

    fn warn(&mut self, zone: usize, now: Timestamp, threat: Threat) -> Option<Warning> {
        let needed = self.zones[zone].shelter_s;
        let left = threat.first_impact.since_s(now);
        if threat.probability < self.policy.threshold(left, needed) {
            return None;
        }
        self.alerts[zone] += 1;
        let warning = Warning {
            time: now,
            alert_id: format!("{}-{}", self.zones[zone].id, self.alerts[zone]),
            version: 1,
            zone,
            action: Action::Warn,
            impact_time: threat.first_impact,
            probability: threat.probability,
            seconds_left: left,
            seconds_needed: needed,
            track_ids: threat.track_ids,
        };
        self.in_force[zone] = Some(InForce {
            last: warning.clone(),
            since: now,
            last_impact: threat.last_impact,
            low_since: None,
        });
        Some(warning)
    }

    fn revise(
        &mut self,
        zone: usize,
        now: Timestamp,
        mut standing: InForce,
        threat: Option<Threat>,
        rounds_still_seen: bool,
    ) -> Option<Warning> {
        let needed = self.zones[zone].shelter_s;
        let live = threat.filter(|t| {
            let bar = self.policy.threshold(t.first_impact.since_s(now), needed);
            t.probability >= WITHDRAW_SHARE * bar
        });
        let Some(threat) = live else {
            let low_since = *standing.low_since.get_or_insert(now);
            if self.is_over(&standing, low_since, now, rounds_still_seen) {
                return Some(clear_of(&standing, now));
            }
            self.in_force[zone] = Some(standing);
            return None;
        };
        standing.low_since = None;
        standing.last_impact = threat.last_impact;
        let shift = threat.first_impact.since_s(standing.last.impact_time).abs();
        let news = shift > UPDATE_SHIFT_S || threat.track_ids != standing.last.track_ids;
        let warning = (news && now.since_s(standing.last.time) >= UPDATE_GAP_S).then(|| Warning {
            time: now,
            alert_id: standing.last.alert_id.clone(),
            version: standing.last.version + 1,
            zone,
            action: Action::Update,
            impact_time: threat.first_impact,
            probability: threat.probability,
            seconds_left: threat.first_impact.since_s(now),
            seconds_needed: needed,
            track_ids: threat.track_ids,
        });
        if let Some(w) = &warning {
            standing.last = w.clone();
        }
        self.in_force[zone] = Some(standing);
        warning
    }

    /// Rounds that are still seen and now known to miss end a warning quickly; one that
    /// vanished (landed, intercepted, lost) may have left debris in the air, so then the
    /// all-clear waits from the impact that was expected.
    fn is_over(
        &self,
        standing: &InForce,
        low_since: Timestamp,
        now: Timestamp,
        rounds_still_seen: bool,
    ) -> bool {
        let AllClear::After { seconds } = self.policy.all_clear else { return false };
        let salvo_goes_on =
            self.newest_round.is_some_and(|(_, since)| now.since_s(since) < SALVO_PAUSE_S);
        let withdrawn = rounds_still_seen
            && !salvo_goes_on
            && now.since_s(low_since) >= self.policy.withdraw_after_s
            && now.since_s(standing.since) >= LEAST_STAND_S;
        withdrawn || now.since_s(standing.last_impact) >= seconds
    }
}

fn clear_of(standing: &InForce, now: Timestamp) -> Warning {
    Warning {
        time: now,
        version: standing.last.version + 1,
        action: Action::Clear,
        impact_time: standing.last_impact,
        probability: 0.0,
        seconds_left: 0.0,
        ..standing.last.clone()
    }
}
