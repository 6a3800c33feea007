//! Every shot that an effector could begin at a threat, now or later.
//!
//! In: an effector, where it points, a threat, the judge of the ground and the sky.
//! Out: shots on a grid of intercept times, each with when the effector must begin
//! on it, its chance of a kill and the casualties that it saves. Limits: a turn is
//! counted from where the effector points now.

use nalgebra::Vector3;

use super::effector::Effector;
use super::intercept::{Hold, Judge, Opportunity, Threat};

/// Step of the intercept times, s. Chosen: half a scan of a half-second radar.
const GRID_S: f64 = 0.25;

/// What falls is worked out for every so many intercepts.
const EVERY: usize = 8;

/// A shot that could be begun later.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Prospect {
    /// When the effector begins on it, s.
    pub begun_s: f64,
    /// First round, s.
    pub fired_s: f64,
    /// Outcome, s.
    pub intercept_s: f64,
    /// When the outcome is known and the effector may begin again, s.
    pub known_s: f64,
    /// Distance at the intercept, m.
    pub range_m: f64,
    /// Rounds spent.
    pub rounds: u32,
    /// Chance of a kill.
    pub kill_chance: f64,
    /// Casualties saved by a kill, less those by what falls.
    pub saves: f64,
}

/// Whether an effector could begin on a threat by then, all else left aside.
pub(super) fn could_begin(
    effector: &Effector,
    pointing: &Vector3<f64>,
    threat: &Threat<'_>,
    from_s: f64,
    until_s: f64,
) -> bool {
    let rounds = effector.shot().0;
    let first = ((from_s + effector.reaction_s) / GRID_S).ceil();
    (0..).map(|i| (first + f64::from(i)) * GRID_S).take_while(|t| *t < threat.impact_s).any(|t| {
        let target = threat.at(t).position_enu_m;
        effector.reaches(&target) && {
            let begun_s = begin_s(effector, pointing, &target, t, rounds).1;
            begun_s >= from_s && begun_s <= until_s
        }
    })
}

/// When the first round leaves, and when the turn begins, for an intercept at a time, s.
fn begin_s(
    effector: &Effector,
    pointing: &Vector3<f64>,
    target_enu_m: &Vector3<f64>,
    intercept_s: f64,
    rounds: u32,
) -> (f64, f64) {
    let line = target_enu_m - effector.position_enu_m;
    let range_m = line.norm();
    let turn = pointing.dot(&(line / range_m)).clamp(-1.0, 1.0).acos();
    let fired_s = intercept_s - effector.time_to_outcome_s(range_m, rounds);
    (fired_s, fired_s - effector.reaction_s - turn / effector.slew_radps)
}

/// Shots at a threat that begin between two times, for each number of rounds in order
/// of their beginning; and why fire is held where it is. An outcome is acted on at the
/// next scan, up to `look_s` later.
pub(super) fn prospects(
    effector: &Effector,
    pointing: &Vector3<f64>,
    threat: &Threat<'_>,
    between_s: [f64; 2],
    look_s: f64,
    judge: &dyn Judge,
) -> (Vec<Vec<Prospect>>, Option<Hold>) {
    let (one, most) = effector.shot();
    let mut by_rounds = vec![Vec::new(); most as usize];
    let mut hold = None;
    let mut places = Vec::new();
    let mut step = ((between_s[0] + effector.reaction_s) / GRID_S).ceil();
    while step * GRID_S < threat.impact_s.min(between_s[1] + effector.reaction_s + 60.0) {
        let intercept_s = step * GRID_S;
        step += 1.0;
        let state = threat.at(intercept_s);
        if !effector.reaches(&state.position_enu_m) {
            continue;
        }
        let held = judge.holds(&effector.position_enu_m, &state.position_enu_m, intercept_s);
        if held.is_some() {
            hold = held;
            continue;
        }
        places.push((intercept_s, state));
    }
    if places.is_empty() {
        return (by_rounds, hold);
    }
    // What falls changes slowly along the path: between every few places it is linear.
    let every: Vec<_> = places.iter().step_by(EVERY).chain(places.last()).collect();
    let states: Vec<_> = every.iter().map(|(_, state)| *state).collect();
    let known = judge.fallout(threat, &states);
    let fallout = |i: usize| {
        let (before, share) = (i / EVERY, (i % EVERY) as f64 / EVERY as f64);
        known[before] + share * (known[(before + 1).min(known.len() - 1)] - known[before])
    };
    for (i, (intercept_s, state)) in places.iter().enumerate() {
        let target = &state.position_enu_m;
        let range_m = (target - effector.position_enu_m).norm();
        for (shots, list) in (1..).zip(&mut by_rounds) {
            let rounds = one * shots;
            let (fired_s, begun_s) = begin_s(effector, pointing, target, *intercept_s, rounds);
            if begun_s < between_s[0] || begun_s > between_s[1] {
                continue;
            }
            list.push(Prospect {
                begun_s,
                fired_s,
                intercept_s: *intercept_s,
                known_s: intercept_s + effector.assess_s + look_s,
                range_m,
                rounds,
                kill_chance: effector.kill_chance(range_m, threat.sigma_m(*intercept_s), rounds),
                saves: threat.casualties - fallout(i),
            });
        }
    }
    for list in &mut by_rounds {
        list.sort_by(|a, b| a.begun_s.total_cmp(&b.begun_s));
    }
    (by_rounds, hold)
}

impl Prospect {
    /// What it gains on average, rounds paid for.
    pub fn gain(&self, round_price: f64) -> f64 {
        self.kill_chance * self.saves - round_price * f64::from(self.rounds)
    }

    /// As a shot to fire.
    pub fn opportunity(&self, effector: usize, threat: usize, round_price: f64) -> Opportunity {
        Opportunity {
            effector,
            threat,
            fired_s: self.fired_s,
            intercept_s: self.intercept_s,
            range_m: self.range_m,
            rounds: self.rounds,
            kill_chance: self.kill_chance,
            gain: self.gain(round_price),
        }
    }
}
