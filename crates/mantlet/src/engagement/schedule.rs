//! Who engages what, when, as a raid unfolds.
//!
//! In: threats as the defenders know them after a scan, the effectors' state, a
//! [`Judge`] of the ground below. Out: engagements with outcomes drawn against
//! the truth, and what was spared and why. A shot is decided only when it is to be
//! fired before the next look ([`Rules::commit_s`]); a target that was shot at is
//! left alone until the outcome is known (shoot, look, shoot).

use std::collections::BTreeMap;

use nalgebra::Vector3;

use crate::flight::State;

use super::draw::Draw;
use super::effector::{Arm, Effector};
use super::intercept::{Hold, Judge, Opportunity, Readiness, Threat, opportunity};
use super::lookahead::{Target, Unit, plan};
use super::outcome::{Engagement, draw_outcome};
use super::prospect::{Prospect, could_begin, prospects};

/// Stream of chance of the first engagement of track 0; see `scenario` for the others.
/// Each track has its own, so that ways of deciding are compared on the same luck.
const ENGAGEMENT_STREAM: u64 = 1 << 24;
/// Engagements of one track that have streams of their own.
const MOST_ANSWERS: u64 = 64;

/// How far a plan looks, s. Chosen: most rounds are in the reach of a gun for less.
const HORIZON_S: f64 = 20.0;

/// How the next shots are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// The threat first seen gets the first effector that can.
    FirstCome,
    /// The shot that saves most, then the next.
    Greedy,
    /// The set of shots that saves most together.
    Assignment,
    /// Shots that begin a plan of the rest of the raid, made anew after each scan.
    LookAhead,
}

impl Selection {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::FirstCome, Self::Greedy, Self::Assignment, Self::LookAhead];

    /// The word used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstCome => "first_come",
            Self::Greedy => "greedy",
            Self::Assignment => "assignment",
            Self::LookAhead => "look_ahead",
        }
    }
}

/// What the defenders hold to.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// How shots are chosen.
    pub selection: Selection,
    /// A round with fewer expected casualties is spared. Chosen: 0.01 [0, 10].
    pub spare_below: f64,
    /// Price of one round, in casualties. Chosen: 1e-5, so that it only breaks ties
    /// and ends hopeless bursts [0, 1].
    pub round_price: f64,
    /// A shot is decided when its effector must begin on it within this time, s.
    /// Chosen: 0.5 s, the next scan of a half-second radar.
    pub commit_s: f64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            selection: Selection::LookAhead,
            spare_below: 0.01,
            round_price: 1e-5,
            commit_s: 0.5,
        }
    }
}

/// Why a round was let through.
#[derive(Clone, Debug, PartialEq)]
pub enum WhySpared {
    /// It would hurt nobody to speak of: its expected casualties.
    Harmless(f64),
    /// What falls would hurt more people than the round.
    FalloutWorse,
    /// Fire was held.
    Held(Hold),
    /// No effector could reach it in time, or none had rounds left.
    OutOfReach,
}

/// A round that was let through.
#[derive(Clone, Debug, PartialEq)]
pub struct Spared {
    /// Its track.
    pub track_id: u64,
    /// When that was last decided, s.
    pub time_s: f64,
    /// Why.
    pub why: WhySpared,
}

/// An effector's state.
#[derive(Clone, Debug)]
struct Post {
    free_s: Vec<f64>,
    pointing: Vector3<f64>,
    rounds: Option<u32>,
    refilled_s: f64,
}

/// What was done about a track.
#[derive(Clone, Copy, Debug)]
struct Answer {
    /// When the outcome is known; until then it is left alone, s.
    known_s: f64,
    /// Chance of a kill as the defenders saw it.
    kill_chance: f64,
    destroyed: bool,
}

/// The simulated defence of one run.
#[derive(Clone, Debug)]
pub struct Engagements {
    effectors: Vec<Effector>,
    rules: Rules,
    seed: u64,
    posts: Vec<Post>,
    fired: Vec<Engagement>,
    /// The last engagement of each track.
    answered: BTreeMap<u64, Answer>,
    spared: BTreeMap<u64, Spared>,
}

impl Engagements {
    /// A defence with full magazines; outcomes are drawn under `seed`.
    pub fn new(effectors: Vec<Effector>, rules: Rules, seed: u64) -> Self {
        let posts = effectors
            .iter()
            .map(|e| Post {
                free_s: vec![f64::NEG_INFINITY; e.channels as usize],
                pointing: Vector3::new(0.0, 0.8, 0.6),
                rounds: e.magazine(),
                refilled_s: f64::INFINITY,
            })
            .collect();
        Self {
            effectors,
            rules,
            seed,
            posts,
            fired: Vec::new(),
            answered: BTreeMap::new(),
            spared: BTreeMap::new(),
        }
    }

    /// The effectors, by index.
    pub fn effectors(&self) -> &[Effector] {
        &self.effectors
    }

    /// All engagements so far, in the order decided.
    pub fn fired(&self) -> &[Engagement] {
        &self.fired
    }

    /// Rounds let through and never shot at, by track.
    pub fn spared(&self) -> impl Iterator<Item = &Spared> {
        self.spared.values().filter(|s| !self.answered.contains_key(&s.track_id))
    }

    /// Whether a track may be engaged: nothing is on its way to it, and it is not known
    /// to be destroyed.
    pub fn may_engage(&self, track_id: u64, now_s: f64) -> bool {
        self.answered.get(&track_id).is_none_or(|a| !a.destroyed && a.known_s <= now_s)
    }

    /// Whether a track matters to what is decided now: it may be engaged, or a plan has
    /// to count on what is under way to it.
    pub fn is_of_interest(&self, track_id: u64, now_s: f64) -> bool {
        self.may_engage(track_id, now_s)
            || (self.rules.selection == Selection::LookAhead
                && self.answered.get(&track_id).is_some_and(|a| a.known_s > now_s))
    }

    /// Decides after a scan, and draws what comes of it. `truth` gives the true
    /// state of what a track follows at a time. Returns the new engagements.
    pub fn decide(
        &mut self,
        now_s: f64,
        threats: &[Threat<'_>],
        judge: &dyn Judge,
        truth: &mut dyn FnMut(&Threat<'_>, f64) -> Option<State>,
    ) -> Vec<Engagement> {
        self.refill(now_s);
        let first_new = self.fired.len();
        let mut open: Vec<usize> = Vec::new();
        for (i, threat) in threats.iter().enumerate() {
            if !self.is_of_interest(threat.track_id, now_s) {
                continue;
            }
            if threat.casualties < self.rules.spare_below {
                self.spare_harmless(now_s, threat.track_id, threat.casualties);
            } else {
                open.push(i);
            }
        }
        if self.rules.selection == Selection::LookAhead {
            for shot in self.look_ahead(now_s, &open, threats, judge) {
                self.fire(&shot, &threats[shot.threat], truth);
            }
        } else {
            // Again and again: an effector of several channels may begin on several threats.
            loop {
                let mut options = Vec::new();
                for &i in &open {
                    options.extend(self.options(now_s, i, &threats[i], judge));
                }
                let shots = self.choose(&options, threats);
                if shots.is_empty() {
                    break;
                }
                for shot in shots {
                    self.fire(&shot, &threats[shot.threat], truth);
                    open.retain(|i| *i != shot.threat);
                }
            }
        }
        self.fired[first_new..].to_vec()
    }

    /// Shots at one threat that are worth it; says why where there is none.
    fn options(
        &mut self,
        now_s: f64,
        index: usize,
        threat: &Threat<'_>,
        judge: &dyn Judge,
    ) -> Vec<Opportunity> {
        let mut found = Vec::new();
        let mut why = WhySpared::OutOfReach;
        for (e, effector) in self.effectors.iter().enumerate() {
            let ready = self.readiness(e);
            let (commit_s, price) = (self.rules.commit_s, self.rules.round_price);
            let (shot, hold) =
                opportunity((e, effector), &ready, (index, threat), now_s, commit_s, price, judge);
            match (shot, hold) {
                (Some(shot), _) if shot.gain > 0.0 => found.push(shot),
                (Some(_), _) => why = WhySpared::FalloutWorse,
                (None, Some(hold)) => why = WhySpared::Held(hold),
                (None, None) => {}
            }
        }
        if found.is_empty() {
            self.spare(now_s, threat.track_id, why);
        }
        found
    }

    /// The first shots of a plan over all that is in sight.
    fn look_ahead(
        &mut self,
        now_s: f64,
        open: &[usize],
        threats: &[Threat<'_>],
        judge: &dyn Judge,
    ) -> Vec<Opportunity> {
        let (look_s, price) = (self.rules.commit_s, self.rules.round_price);
        let until_s = now_s + look_s;
        let targets: Vec<Target> = open
            .iter()
            .map(|i| match self.answered.get(&threats[*i].track_id) {
                Some(answer) if answer.known_s > now_s => {
                    Target { from_s: answer.known_s, alive: 1.0 - answer.kill_chance }
                }
                _ => Target { from_s: now_s, alive: 1.0 },
            })
            .collect();
        let mut whys = vec![WhySpared::OutOfReach; open.len()];
        let mut hopeless = vec![true; open.len()];
        let mut units = Vec::new();
        let mut of_unit = Vec::new();
        let begins = |e: usize, i: usize| {
            let (effector, ready) = (&self.effectors[e], self.readiness(e));
            let from_s = ready.free_s.max(now_s);
            from_s <= until_s
                && could_begin(effector, &ready.pointing, &threats[i], from_s, until_s)
        };
        let all = 0..self.effectors.len();
        let any_begins = all.clone().any(|e| open.iter().any(|i| begins(e, *i)));
        if !any_begins {
            let never = |i: usize| {
                let last_s = threats[i].impact_s;
                all.clone().all(|e| {
                    let ready = self.readiness(e);
                    let from_s = ready.free_s.max(now_s);
                    let effector = &self.effectors[e];
                    !could_begin(effector, &ready.pointing, &threats[i], from_s, last_s)
                })
            };
            let lost: Vec<usize> = open.iter().copied().filter(|i| never(*i)).collect();
            for i in lost {
                self.spare(now_s, threats[i].track_id, WhySpared::OutOfReach);
            }
            return Vec::new();
        }
        for e in all {
            let ready = self.readiness(e);
            let between_s = [ready.free_s.max(now_s), now_s + HORIZON_S];
            let mut shots = Vec::new();
            for (slot, &i) in open.iter().enumerate() {
                let effector = &self.effectors[e];
                let (found, hold) =
                    prospects(effector, &ready.pointing, &threats[i], between_s, look_s, judge);
                let worth = |shot: &Prospect| shot.gain(price) > 0.0;
                if found.iter().flatten().any(worth) {
                    hopeless[slot] = false;
                } else if found.iter().flatten().next().is_some() {
                    whys[slot] = WhySpared::FalloutWorse;
                } else if let Some(hold) = hold {
                    whys[slot] = WhySpared::Held(hold);
                }
                shots.push(found);
            }
            for &free_s in self.posts[e].free_s.iter().filter(|t| **t < between_s[1]) {
                units.push(Unit { free_s, rounds: ready.rounds, shots: shots.clone() });
                of_unit.push(e);
            }
        }
        for (slot, why) in whys.into_iter().enumerate().filter(|(slot, _)| hopeless[*slot]) {
            self.spare(now_s, threats[open[slot]].track_id, why);
        }
        plan(&units, &targets, now_s, until_s, price)
            .into_iter()
            .map(|b| b.shot.opportunity(of_unit[b.unit], open[b.threat], price))
            .collect()
    }

    fn readiness(&self, effector: usize) -> Readiness {
        let post = &self.posts[effector];
        let free_s = post.free_s.iter().copied().fold(f64::INFINITY, f64::min);
        Readiness { free_s, pointing: post.pointing, rounds: post.rounds }
    }

    /// The shots to fire now: each effector and each threat at most once.
    fn choose(&self, options: &[Opportunity], threats: &[Threat<'_>]) -> Vec<Opportunity> {
        let mut soon: Vec<&Opportunity> = options.iter().collect();
        match self.rules.selection {
            Selection::FirstCome => soon.sort_by(|a, b| {
                let seen = |o: &Opportunity| threats[o.threat].first_seen_s;
                seen(a).total_cmp(&seen(b)).then(a.intercept_s.total_cmp(&b.intercept_s))
            }),
            Selection::Greedy => soon.sort_by(|a, b| b.gain.total_cmp(&a.gain)),
            Selection::Assignment | Selection::LookAhead => {
                return best_set(&soon, self.effectors.len());
            }
        }
        let mut chosen: Vec<Opportunity> = Vec::new();
        for shot in soon {
            let taken =
                chosen.iter().any(|c| c.effector == shot.effector || c.threat == shot.threat);
            if !taken {
                chosen.push(shot.clone());
            }
        }
        chosen
    }

    fn fire(
        &mut self,
        shot: &Opportunity,
        threat: &Threat<'_>,
        truth: &mut dyn FnMut(&Threat<'_>, f64) -> Option<State>,
    ) {
        let effector = &self.effectors[shot.effector];
        let number = self.fired.len() as u64;
        let believed = threat.at(shot.intercept_s).position_enu_m;
        let state = truth(threat, shot.intercept_s);
        let before = self.fired.iter().filter(|e| e.track_id == threat.track_id).count() as u64;
        let stream = threat.track_id * MOST_ANSWERS + before.min(MOST_ANSWERS - 1);
        let mut draw = Draw::new(self.seed, ENGAGEMENT_STREAM + stream);
        let result = draw_outcome(
            effector,
            shot.fired_s,
            shot.intercept_s,
            shot.rounds,
            &believed,
            state.as_ref(),
            &mut draw,
        );
        let met = truth(threat, result.time_s).map_or(believed, |s| s.position_enu_m);
        let known_s = result.time_s + effector.assess_s;
        let post = &mut self.posts[shot.effector];
        post.pointing = (met - effector.position_enu_m).normalize();
        if let Some(free) = post.free_s.iter_mut().min_by(|a, b| a.total_cmp(b)) {
            *free = known_s;
        }
        if let Some(rounds) = &mut post.rounds {
            *rounds = rounds.saturating_sub(result.rounds);
            let (one, _) = effector.shot();
            if let (Arm::Gun(gun), true) = (&effector.arm, *rounds < one) {
                post.refilled_s = shot.intercept_s + gun.reload_s;
            }
        }
        let (kill_chance, destroyed) = (shot.kill_chance, result.destroyed);
        self.answered.insert(threat.track_id, Answer { known_s, kill_chance, destroyed });
        self.fired.push(Engagement {
            number,
            effector: shot.effector,
            track_id: threat.track_id,
            fired_s: shot.fired_s,
            intercept_s: result.time_s,
            known_s,
            rounds: result.rounds,
            flew_on: result.flew_on,
            kill_chance: shot.kill_chance,
            destroyed: result.destroyed,
            position_enu_m: met,
        });
    }

    /// Notes a round that would hurt nobody to speak of.
    pub fn spare_harmless(&mut self, now_s: f64, track_id: u64, casualties: f64) {
        self.spare(now_s, track_id, WhySpared::Harmless(casualties));
    }

    fn spare(&mut self, time_s: f64, track_id: u64, why: WhySpared) {
        // Out of reach says less than what held before: a round is out of reach at its end.
        let known = self.spared.get(&track_id);
        if why == WhySpared::OutOfReach && known.is_some() {
            return;
        }
        self.spared.insert(track_id, Spared { track_id, time_s, why });
    }

    fn refill(&mut self, now_s: f64) {
        for (post, effector) in self.posts.iter_mut().zip(&self.effectors) {
            if now_s >= post.refilled_s {
                post.rounds = effector.magazine();
                post.refilled_s = f64::INFINITY;
            }
        }
    }
}

/// The set of shots, one an effector and one a threat at most, with the largest
/// gain together: exhaustive over effectors, each taking one of its shots or none.
/// Chosen over a matching algorithm because a site has a handful of effectors.
fn best_set(soon: &[&Opportunity], effectors: usize) -> Vec<Opportunity> {
    fn search(
        soon: &[&Opportunity],
        effector: usize,
        effectors: usize,
        taken: &mut Vec<usize>,
        gain: f64,
        best: &mut (f64, Vec<usize>),
    ) {
        if effector == effectors {
            if gain > best.0 {
                *best = (gain, taken.clone());
            }
            return;
        }
        // Only the best few can be in the optimum: one more than there are rivals.
        let mut mine: Vec<usize> =
            (0..soon.len()).filter(|&i| soon[i].effector == effector).collect();
        mine.sort_by(|&a, &b| soon[b].gain.total_cmp(&soon[a].gain));
        mine.truncate(effectors);
        for i in mine {
            if taken.iter().all(|&j| soon[j].threat != soon[i].threat) {
                taken.push(i);
                search(soon, effector + 1, effectors, taken, gain + soon[i].gain, best);
                taken.pop();
            }
        }
        search(soon, effector + 1, effectors, taken, gain, best);
    }
    let mut best = (0.0, Vec::new());
    search(soon, 0, effectors, &mut Vec::new(), 0.0, &mut best);
    best.1.into_iter().map(|i| soon[i].clone()).collect()
}
