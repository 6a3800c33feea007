//! Where and when an effector could meet a threat, and what that is worth.
//!
//! In: a threat as the defenders know it, an effector and when it is free. Out:
//! opportunities: from when to when, at what range, with what chance, and the
//! expected casualties that it saves. Limits: the earliest meeting is found on a
//! grid of [`STEP_S`]; the way there is a time of flight and nothing else.

use nalgebra::Vector3;

use crate::flight::State;
use crate::flight::Trajectory;
use crate::tracking::Kind;

use super::effector::Effector;

/// Step of the search for a meeting, s. Chosen: a round at 300 m/s moves 30 m.
const STEP_S: f64 = 0.1;

/// A round that comes down, as the defenders know it.
#[derive(Clone, Debug)]
pub struct Threat<'t> {
    /// Its track.
    pub track_id: u64,
    /// What it is taken for.
    pub kind: Kind,
    /// When it was first seen, s.
    pub first_seen_s: f64,
    /// Expected casualties when it is let through.
    pub casualties: f64,
    /// Its predicted path, from `path_start_s` on.
    pub path: &'t Trajectory,
    /// The path's time zero, s.
    pub path_start_s: f64,
    /// When it lands, s.
    pub impact_s: f64,
    /// Sigma of its position now, each axis, m.
    pub position_sigma_m: f64,
    /// Sigma of its velocity now, each axis, m/s.
    pub velocity_sigma_mps: f64,
}

impl Threat<'_> {
    /// Predicted state at a time, s.
    pub fn at(&self, time_s: f64) -> State {
        self.path.at(time_s - self.path_start_s)
    }

    /// Sigma of its predicted position at a time, each axis, m.
    pub fn sigma_m(&self, time_s: f64) -> f64 {
        self.position_sigma_m.hypot(self.velocity_sigma_mps * (time_s - self.path_start_s))
    }
}

/// Why fire is held.
#[derive(Clone, Debug, PartialEq)]
pub enum Hold {
    /// The intercept would be over people who must not be under one.
    Over(String),
    /// An aircraft is too close to the line or to the intercept.
    Aircraft(u64),
}

/// What the defenders weigh, given from outside: the ground under an intercept
/// and the sky around it.
pub trait Judge {
    /// Expected casualties by what falls when a threat is destroyed, in each state.
    fn fallout(&self, threat: &Threat<'_>, states: &[State]) -> Vec<f64>;

    /// Why a shot from a place at a target (local, m) at a time must not be fired.
    fn holds(
        &self,
        from_enu_m: &Vector3<f64>,
        at_enu_m: &Vector3<f64>,
        time_s: f64,
    ) -> Option<Hold>;
}

/// A shot that could be fired.
#[derive(Clone, Debug, PartialEq)]
pub struct Opportunity {
    /// Index of the effector.
    pub effector: usize,
    /// Index of the threat.
    pub threat: usize,
    /// First round, s.
    pub fired_s: f64,
    /// Outcome, s.
    pub intercept_s: f64,
    /// Distance then, m.
    pub range_m: f64,
    /// Rounds spent.
    pub rounds: u32,
    /// Chance of a kill as the defenders see it.
    pub kill_chance: f64,
    /// Expected casualties saved, less those by what falls and the price of rounds.
    pub gain: f64,
}

/// When an effector could fire next, where it points, and what it has.
#[derive(Clone, Debug, PartialEq)]
pub struct Readiness {
    /// From when on, s.
    pub free_s: f64,
    /// Where it points: unit vector, local.
    pub pointing: Vector3<f64>,
    /// Rounds ready; `None` without end.
    pub rounds: Option<u32>,
}

/// Earliest meeting of `rounds` rounds with a threat that starts no sooner than
/// `not_before_s`: `(begun_s, fired_s, intercept_s)`, begun when it starts to turn.
pub fn earliest_meeting(
    effector: &Effector,
    ready: &Readiness,
    threat: &Threat<'_>,
    rounds: u32,
    not_before_s: f64,
) -> Option<(f64, f64, f64)> {
    let start_s = ready.free_s.max(not_before_s);
    let mut time_s = start_s + effector.reaction_s;
    while time_s < threat.impact_s {
        let target = threat.at(time_s).position_enu_m;
        if effector.reaches(&target) {
            let line = target - effector.position_enu_m;
            let range_m = line.norm();
            let turn = ready.pointing.dot(&(line / range_m)).clamp(-1.0, 1.0).acos();
            let fired_s = time_s - effector.time_to_outcome_s(range_m, rounds);
            let begun_s = fired_s - effector.reaction_s - turn / effector.slew_radps;
            if begun_s >= start_s {
                return Some((begun_s, fired_s, time_s));
            }
        }
        time_s += STEP_S;
    }
    None
}

/// The best earliest shot of an effector at a threat over the number of rounds, if
/// it starts within `commit_s`;
/// the second value says why fire is held where it is.
#[allow(clippy::too_many_arguments)]
pub fn opportunity(
    effector: (usize, &Effector),
    ready: &Readiness,
    threat: (usize, &Threat<'_>),
    not_before_s: f64,
    commit_s: f64,
    round_price: f64,
    judge: &dyn Judge,
) -> (Option<Opportunity>, Option<Hold>) {
    let (shot, most) = effector.1.shot();
    let mut best: Option<Opportunity> = None;
    let mut hold = None;
    for shots in 1..=most {
        let rounds = shot * shots;
        if ready.rounds.is_some_and(|left| left < rounds) {
            break;
        }
        let meeting = earliest_meeting(effector.1, ready, threat.1, rounds, not_before_s);
        let Some((begun_s, fired_s, intercept_s)) = meeting else { break };
        if begun_s > not_before_s + commit_s {
            break;
        }
        let state = threat.1.at(intercept_s);
        let held = judge.holds(&effector.1.position_enu_m, &state.position_enu_m, intercept_s);
        if held.is_some() {
            hold = held;
            continue;
        }
        let range_m = (state.position_enu_m - effector.1.position_enu_m).norm();
        let kill_chance = effector.1.kill_chance(range_m, threat.1.sigma_m(intercept_s), rounds);
        let fallout: f64 = judge.fallout(threat.1, &[state]).iter().sum();
        let saved = threat.1.casualties - fallout;
        let gain = kill_chance * saved - round_price * f64::from(rounds);
        if best.as_ref().is_none_or(|b| gain > b.gain) {
            best = Some(Opportunity {
                effector: effector.0,
                threat: threat.0,
                fired_s,
                intercept_s,
                range_m,
                rounds,
                kill_chance,
                gain,
            });
        }
    }
    (best, hold)
}
