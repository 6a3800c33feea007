//! The warner: warn, update, clear, per zone, by the [`Policy`].
//!
//! In: impacts known after a scan, at data time. Out: warnings in issue order.
//!
//! No zone flickers: a warning stands for at least [`LEAST_STAND_S`], falls only
//! well below its threshold, and every one ends with exactly one clear, also over a
//! restart ([`Warner::snapshot`], [`Warner::restore`]).
//!
//! Limits: impacts are taken as independent.

use crate::prediction::Corridor;
use crate::prediction::FOREIGN;
use crate::prediction::Fall;
use crate::prediction::Impact;
use crate::time::Timestamp;

use super::{AllClear, Policy, Zone, chance_within};

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

/// One message to one zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    /// Data time of issue.
    pub time: Timestamp,
    /// The alert it belongs to: one from warn to clear.
    pub alert_id: String,
    /// Number of the message to the zone, rising over all its alerts from 1: who
    /// hears messages twice or late keeps the highest.
    pub version: u32,
    /// Index of the zone in the warner's list.
    pub zone: usize,
    /// What is said.
    pub action: Action,
    /// First impact expected; for a clear, the last one that was.
    pub impact_time: Timestamp,
    /// Chance that at least one round, or what falls of one, reaches the zone.
    pub probability: f64,
    /// Seconds from issue to the first impact; zero for a clear.
    pub seconds_left: f64,
    /// Seconds that a person in the zone needs.
    pub seconds_needed: f64,
    /// Tracks behind it, ascending.
    pub track_ids: Vec<u64>,
    /// A pre-warning: issued below the regular threshold because time is short.
    pub early: bool,
}

/// A warning that has not been cleared.
#[derive(Clone, Debug, PartialEq)]
pub struct InForce {
    /// What was said last.
    pub last: Warning,
    /// When the zone was first warned.
    pub since: Timestamp,
    /// The latest impact that was ever expected with a chance above the threshold.
    pub(super) last_impact: Timestamp,
    /// What threatened the zone when it was last seen to.
    pub(super) behind: Vec<Danger>,
    /// Since when the chance has been low, if it is.
    pub(super) low_since: Option<Timestamp>,
    /// Taken over from an earlier process, whose tracks are gone, and not renewed.
    pub(super) unseen: bool,
}

/// What is kept of a zone.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    pub alerts: u32,
    pub version: u32,
    pub in_force: Option<InForce>,
}

/// Something that may reach a zone.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Danger {
    pub probability: f64,
    /// The chance that counts against the threshold: debris costs less than a round.
    pub weight: f64,
    pub first: Timestamp,
    pub last: Timestamp,
    /// `None` for what an earlier process knew.
    pub track_id: Option<u64>,
}

/// What threatens a zone at one moment.
struct Threat {
    probability: f64,
    weight: f64,
    first_impact: Timestamp,
    last_impact: Timestamp,
    track_ids: Vec<u64>,
}

impl Threat {
    fn of(dangers: &[Danger]) -> Option<Self> {
        let spared: f64 = dangers.iter().map(|d| 1.0 - d.probability).product();
        let unharmed: f64 = dangers.iter().map(|d| 1.0 - d.weight).product();
        // What matters little to the zone does not set its countdown or its list of tracks.
        let most = dangers.iter().map(|d| d.weight).fold(0.0, f64::max);
        let main = || dangers.iter().filter(|d| d.weight >= 0.05 * most);
        let mut track_ids: Vec<u64> = main().filter_map(|d| d.track_id).collect();
        track_ids.sort_unstable();
        track_ids.dedup();
        Some(Self {
            probability: 1.0 - spared,
            weight: 1.0 - unharmed,
            first_impact: main().map(|d| d.first).min()?,
            last_impact: main().map(|d| d.last).max()?,
            track_ids,
        })
    }
}

/// A corridor, and for each zone the chance that each of its groups comes down there.
#[derive(Clone, Debug)]
struct Reached {
    corridor: Corridor,
    chances: Vec<Vec<f64>>,
}

/// Keeps the warnings in force.
#[derive(Clone, Debug)]
pub struct Warner {
    zones: Vec<Zone>,
    policy: Policy,
    memory: Vec<Memory>,
    /// Highest track id that ever had an impact, and when one last appeared: of the site's
    /// own tracks, and of others'.
    newest_round: [Option<(u64, Timestamp)>; 2],
    /// When this process looked first.
    watched_since: Option<Timestamp>,
    /// The corridors of the last look: most are the same at the next.
    reached: Vec<Reached>,
}

/// An update is worth sending when the first impact moved by this much, s.
/// Chosen: people count down in whole seconds and act on no finer step.
const UPDATE_SHIFT_S: f64 = 1.5;
/// Least time between two updates of a zone, s. Chosen: what a siren board shows.
const UPDATE_GAP_S: f64 = 1.0;
/// A warning that falls below this share of the threshold may be withdrawn.
const WITHDRAW_SHARE: f64 = 1.0 / 3.0;
/// No warning ends sooner than this after its issue, s: no zone flickers.
const LEAST_STAND_S: f64 = 10.0;
/// Nor sooner than this after a restart, s. Chosen: a look or two of most radars at what
/// still flies, and what is long over is ended within two seconds.
const RESTART_S: f64 = 1.0;
/// While new rounds keep appearing at least this often, no warning is withdrawn, s.
/// Chosen: the pause between the rounds of one salvo; sheltering on through it
/// costs less than going out and back.
const SALVO_PAUSE_S: f64 = 15.0;
/// A zone further than this many sigmas from where pieces come down is not reached:
/// less than one in a thousand of them is beyond.
const NEGLIGIBLE_SIGMA: f64 = 3.3;

impl Warner {
    /// A warner over these zones.
    pub fn new(zones: Vec<Zone>, policy: Policy) -> Self {
        let memory = vec![Memory::default(); zones.len()];
        let newest_round = [None; 2];
        Self { zones, policy, memory, newest_round, watched_since: None, reached: Vec::new() }
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
        self.memory.iter().filter_map(|m| m.in_force.as_ref())
    }

    pub(super) fn memory(&self) -> &[Memory] {
        &self.memory
    }

    pub(super) fn recall(&mut self, zone: usize, memory: Memory) {
        self.memory[zone] = memory;
    }

    /// What must be said now, given the impacts that are predicted now and where
    /// debris would fall if their rounds were broken up.
    pub fn decide(
        &mut self,
        now: Timestamp,
        impacts: &[Impact],
        corridors: &[Corridor],
    ) -> Vec<Warning> {
        self.watched_since.get_or_insert(now);
        for (others, known) in self.newest_round.iter_mut().enumerate() {
            let of = |id: &u64| (*id >= FOREIGN) == (others == 1);
            let newest = impacts.iter().map(|i| i.track_id).filter(of).max();
            if newest > known.map(|(id, _)| id) {
                *known = newest.map(|id| (id, now));
            }
        }
        if self.policy.interception_chance > 0.0 {
            self.reach(corridors);
        }
        // What vanished (landed, intercepted, lost) counts as it was last known to until
        // the all-clear: it may have left debris in the air.
        let hold_s = match self.policy.all_clear {
            AllClear::After { seconds } => seconds,
            AllClear::Operator => 0.0,
        };
        let mut said = Vec::new();
        for zone in 0..self.zones.len() {
            let dangers = self.dangers(zone, now, impacts);
            let warning = match self.memory[zone].in_force.take() {
                None => self.warn(zone, now, dangers),
                Some(mut standing) => {
                    let seen = |d: &Danger| {
                        let is = |i: &Impact| Some(i.track_id) == d.track_id && i.time >= now;
                        impacts.iter().any(is)
                    };
                    standing.behind.retain(|d| !seen(d) && now.since_s(d.last) < hold_s);
                    self.revise(zone, now, standing, dangers)
                }
            };
            if let Some(warning) = warning {
                self.memory[zone].version = warning.version;
                said.push(warning);
            }
        }
        said
    }

    /// An operator's all-clear for a zone.
    pub fn clear(&mut self, zone: usize, now: Timestamp) -> Option<Warning> {
        let memory = self.memory.get_mut(zone)?;
        let warning = clear_of(&memory.in_force.take()?, now);
        memory.version = warning.version;
        Some(warning)
    }

    /// Works out which zones the corridors reach, where that is not known already.
    fn reach(&mut self, corridors: &[Corridor]) {
        let mut known = std::mem::take(&mut self.reached);
        let reached = corridors.iter().map(|corridor| {
            match known.iter().position(|r| r.corridor == *corridor) {
                Some(i) => known.swap_remove(i),
                None => {
                    let of = |zone| corridor.falls.iter().map(|f| self.falls_on(zone, f)).collect();
                    let chances = self.zones.iter().map(of).collect();
                    Reached { corridor: corridor.clone(), chances }
                }
            }
        });
        self.reached = reached.collect();
    }

    fn dangers(&self, zone: usize, now: Timestamp, impacts: &[Impact]) -> Vec<Danger> {
        let rounds = impacts.iter().filter(|i| i.time >= now).map(|i| self.round(zone, i));
        let debris = self.reached.iter().filter_map(|r| self.debris(zone, now, r));
        rounds.chain(debris).filter(|d| d.probability > 0.0).collect()
    }

    fn round(&self, zone: usize, impact: &Impact) -> Danger {
        let c = &impact.covariance_en_m2;
        let probability = chance_within(
            [impact.position_enu_m.x, impact.position_enu_m.y],
            [c[(0, 0)], c[(0, 1)], c[(1, 1)]],
            self.zones[zone].polygon_en_m(),
            self.policy.hazard_radius_m(impact.kind.name()),
        );
        let (first, last) = (impact.time, impact.time);
        let track_id = Some(impact.track_id);
        Danger { probability, weight: probability, first, last, track_id }
    }

    /// Chance that a group of pieces comes down on a zone.
    fn falls_on(&self, zone: &Zone, fall: &Fall) -> f64 {
        let radius_m = self.policy.debris_radius_m;
        let c = &fall.covariance_en_m2;
        // The sum of the variances is no less than the greater one.
        let reach_m = NEGLIGIBLE_SIGMA * (c[(0, 0)] + c[(1, 1)]).sqrt() + radius_m;
        let [e_m, n_m] = fall.position_en_m;
        if zone.distance_m(e_m, n_m) > reach_m {
            return 0.0;
        }
        let covariance_m2 = [c[(0, 0)], c[(0, 1)], c[(1, 1)]];
        chance_within(fall.position_en_m, covariance_m2, zone.polygon_en_m(), radius_m)
    }

    /// Debris: one group of pieces in the zone is enough.
    fn debris(&self, zone: usize, now: Timestamp, reached: &Reached) -> Option<Danger> {
        let (mut missed, mut times) = (1.0, Vec::new());
        for (fall, chance) in reached.corridor.falls.iter().zip(&reached.chances[zone]) {
            if fall.times[1] >= now && *chance > 0.0 {
                missed *= 1.0 - chance;
                times.extend(fall.times);
            }
        }
        let probability = (1.0 - missed) * self.policy.interception_chance;
        Some(Danger {
            probability,
            weight: probability * self.policy.debris_cost,
            first: (*times.iter().min()?).max(now),
            last: *times.iter().max()?,
            track_id: Some(reached.corridor.track_id),
        })
    }

    fn warn(&mut self, zone: usize, now: Timestamp, dangers: Vec<Danger>) -> Option<Warning> {
        let needed = self.zones[zone].shelter_s;
        let threat = Threat::of(&dangers)?;
        let left = threat.first_impact.since_s(now);
        if threat.weight < self.policy.bar(left, needed) {
            return None;
        }
        let memory = &mut self.memory[zone];
        memory.alerts += 1;
        let warning = Warning {
            time: now,
            alert_id: format!("{}-{}", self.zones[zone].id, memory.alerts),
            version: memory.version + 1,
            zone,
            action: Action::Warn,
            impact_time: threat.first_impact,
            probability: threat.probability,
            seconds_left: left,
            seconds_needed: needed,
            track_ids: threat.track_ids,
            early: threat.weight < self.policy.threshold(left, needed),
        };
        memory.in_force = Some(InForce {
            last: warning.clone(),
            since: now,
            last_impact: threat.last_impact,
            behind: dangers,
            low_since: None,
            unseen: false,
        });
        Some(warning)
    }

    fn revise(
        &mut self,
        zone: usize,
        now: Timestamp,
        mut standing: InForce,
        dangers: Vec<Danger>,
    ) -> Option<Warning> {
        let needed = self.zones[zone].shelter_s;
        let matters = |threat: &Threat| {
            let left = threat.first_impact.since_s(now);
            threat.weight >= WITHDRAW_SHARE * self.policy.threshold(left, needed)
        };
        let threat = Threat::of(&dangers).filter(matters);
        standing.behind.extend(dangers);
        let Some(whole) = Threat::of(&standing.behind).filter(matters) else {
            let low_since = *standing.low_since.get_or_insert(now);
            if self.is_over(&standing, low_since, now) {
                return Some(clear_of(&standing, now));
            }
            self.memory[zone].in_force = Some(standing);
            return None;
        };
        standing.low_since = None;
        standing.last_impact = whole.last_impact;
        let Some(threat) = threat else {
            self.memory[zone].in_force = Some(standing);
            return None;
        };
        let shift = threat.first_impact.since_s(standing.last.impact_time).abs();
        let news = shift > UPDATE_SHIFT_S
            || threat.track_ids != standing.last.track_ids
            || standing.unseen;
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
            early: standing.last.early
                && threat.weight < self.policy.threshold(threat.first_impact.since_s(now), needed),
        });
        if let Some(w) = &warning {
            standing.last = w.clone();
            standing.unseen = false;
        }
        self.memory[zone].in_force = Some(standing);
        warning
    }

    /// What is now known to miss ends a warning quickly; what was to come down here is
    /// waited for, and the all-clear's time after it.
    fn is_over(&self, standing: &InForce, low_since: Timestamp, now: Timestamp) -> bool {
        let AllClear::After { seconds } = self.policy.all_clear else { return false };
        let watched_s = self.watched_since.map_or(f64::INFINITY, |since| now.since_s(since));
        if now.since_s(standing.since) < LEAST_STAND_S || watched_s < RESTART_S {
            return false;
        }
        let salvo_goes_on = self
            .newest_round
            .iter()
            .flatten()
            .any(|(_, since)| now.since_s(*since) < SALVO_PAUSE_S);
        let withdrawn = !salvo_goes_on && now.since_s(low_since) >= self.policy.withdraw_after_s;
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
