//! What each effector should begin now, with the rest of the raid in view.
//!
//! In: every shot that each effector could begin from now on. Out: the shots to begin
//! now. Method: one effector alone is planned exactly, by dynamic programming over
//! time and the threats that still fly, outcomes seen before the next shot (shoot,
//! look, shoot; K. Glazebrook and A. Washburn, "Shoot-look-shoot: a review and
//! extension", Operations Research 52 (2004) 454). Between several the threats are
//! divided so that their plans together save most, also exactly, by dynamic
//! programming over sets. The plan is made anew after every scan, so only its first
//! shots are ever fired (a rolling horizon), and what one effector missed may go to
//! another.
//!
//! Tried and worse: letting each effector plan in turn against the chances that the
//! others leave a threat flying.
//!
//! Limits: eight threats at once, those that matter most and the soonest of the rest; threats that nobody has seen yet are
//! not planned for.

use std::collections::BTreeMap;

use super::prospect::Prospect;

/// Times of a plan are rounded up to this, s. Chosen: a step of the intercepts.
const STEP_S: f64 = 0.25;
/// Steps of one wait. Chosen: a scan of a half-second radar.
const WAIT: u32 = 2;
/// Most threats in one plan. Chosen: the work triples with each.
const MOST_THREATS: usize = 8;
/// Of those, the ones that matter most, however late; the others are the soonest.
const DEAREST: usize = 5;

/// What can shoot at one target at a time.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    /// From when on it can begin, s.
    pub free_s: f64,
    /// Rounds left; `None` without end.
    pub rounds: Option<u32>,
    /// Shots by threat, then by number of rounds, in order of their beginning.
    pub shots: Vec<Vec<Vec<Prospect>>>,
}

/// A threat in a plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    /// From when on it may be begun on, s: not before the outcome of what is under way.
    pub from_s: f64,
    /// Chance that it still flies then.
    pub alive: f64,
}

/// A shot to begin now.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Begin {
    /// Which unit.
    pub unit: usize,
    /// Which threat.
    pub threat: usize,
    /// The shot.
    pub shot: Prospect,
}

/// The shots to begin until `until_s`; each unit and each threat at most once.
pub(super) fn plan(
    units: &[Unit],
    targets: &[Target],
    now_s: f64,
    until_s: f64,
    round_price: f64,
) -> Vec<Begin> {
    let threats = in_plan(units, targets, round_price);
    let mut targets: Vec<Target> = threats.iter().map(|i| targets[*i]).collect();
    let mut idle: Vec<usize> = (0..units.len()).collect();
    let mut taken: Vec<Begin> = Vec::new();
    // The best of what is to begin now; then the others plan again around it.
    while !threats.is_empty() {
        let first = divide(units, &idle, &threats, &targets, now_s, round_price);
        let now = idle.iter().zip(first).filter_map(|(&unit, first)| {
            let (bit, shot) = first?;
            // Nothing is begun on before the outcome of what is under way to it.
            let ready = targets[bit].from_s <= now_s && shot.begun_s <= until_s;
            ready.then_some((unit, bit, shot))
        });
        let gain = |shot: &Prospect| shot.gain(round_price);
        let Some((unit, bit, shot)) = now.max_by(|a, b| gain(&a.2).total_cmp(&gain(&b.2))) else {
            break;
        };
        idle.retain(|u| *u != unit);
        let target = &mut targets[bit];
        *target = Target { from_s: shot.known_s, alive: target.alive * (1.0 - shot.kill_chance) };
        taken.push(Begin { unit, threat: threats[bit], shot });
    }
    taken
}

/// The first shot of each idle unit when the threats are divided among them best.
fn divide(
    units: &[Unit],
    idle: &[usize],
    threats: &[usize],
    targets: &[Target],
    now_s: f64,
    round_price: f64,
) -> Vec<Option<(usize, Prospect)>> {
    let solo = |u: &usize| Solo {
        unit: &units[*u],
        threats,
        targets,
        start_s: units[*u].free_s.max(now_s),
        round_price,
        memo: BTreeMap::new(),
    };
    let mut solos: Vec<Solo<'_>> = idle.iter().map(solo).collect();
    let all = (1u32 << threats.len()) - 1;
    if let [alone] = solos.as_mut_slice() {
        alone.value((0, all, 0));
        return vec![alone.first(all)];
    }
    // For each set of threats: what the units so far save of it, and the newest one's part.
    let mut so_far = vec![(0.0, 0u32); 1 << threats.len()];
    let mut parts = Vec::new();
    for solo in &mut solos {
        let own: Vec<f64> = (0..=all).map(|set| solo.value((0, set, 0))).collect();
        let best_part = |set: u32| {
            let mut best = (so_far[set as usize].0, 0);
            let mut part = set;
            while part != 0 {
                let value = own[part as usize] + so_far[(set & !part) as usize].0;
                if value > best.0 {
                    best = (value, part);
                }
                part = (part - 1) & set;
            }
            best
        };
        so_far = (0..=all).map(best_part).collect();
        parts.push(so_far.clone());
    }
    let mut rest = all;
    let mut first = vec![None; idle.len()];
    for (u, solo) in solos.iter().enumerate().rev() {
        let part = parts[u][rest as usize].1;
        first[u] = solo.first(part);
        rest &= !part;
    }
    first
}

/// The threats of a plan: those where most is to be saved, and those that must be begun on
/// soonest.
fn in_plan(units: &[Unit], targets: &[Target], round_price: f64) -> Vec<usize> {
    let outlook = |threat: usize| {
        let shots = units.iter().flat_map(|u| u.shots[threat].iter().flatten());
        let mut later = shots.filter(|s| s.begun_s >= targets[threat].from_s).peekable();
        later.peek()?;
        let (gain, last_s) = later.fold((0.0f64, f64::NEG_INFINITY), |(gain, last_s), s| {
            (gain.max(s.gain(round_price)), last_s.max(s.begun_s))
        });
        Some((threat, targets[threat].alive * gain, last_s))
    };
    let mut all: Vec<(usize, f64, f64)> = (0..targets.len()).filter_map(outlook).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let from = all.len().min(DEAREST);
    all[from..].sort_by(|a, b| a.2.total_cmp(&b.2).then(a.0.cmp(&b.0)));
    all.truncate(MOST_THREATS);
    all.into_iter().map(|(threat, ..)| threat).collect()
}

/// Time in steps, threats that still fly as bits, rounds spent.
type Node = (u32, u32, u32);

/// What is best at a node.
#[derive(Clone, Copy, Debug)]
enum Best {
    /// Nothing is left to gain.
    Stop,
    /// Wait.
    Wait,
    /// Shoot at that threat with that number of rounds and that shot of the list.
    Shoot(usize, usize, usize),
}

/// One unit, planned exactly.
struct Solo<'a> {
    unit: &'a Unit,
    /// Which threat each bit stands for.
    threats: &'a [usize],
    targets: &'a [Target],
    start_s: f64,
    round_price: f64,
    memo: BTreeMap<Node, (f64, Best)>,
}

impl Solo<'_> {
    /// The node after a shot: hit or missed.
    fn after(&self, node: Node, bit: usize, shot: &Prospect, hit: bool) -> Node {
        let step = ((shot.known_s - self.start_s) / STEP_S - 1e-9).ceil().max(0.0) as u32;
        let set = if hit { node.1 & !(1 << bit) } else { node.1 };
        (step.max(node.0 + 1), set, node.2 + shot.rounds)
    }

    /// Expected gain from a node on.
    fn value(&mut self, node: Node) -> f64 {
        if let Some((value, _)) = self.memo.get(&node) {
            return *value;
        }
        let now_s = self.start_s + f64::from(node.0) * STEP_S - 1e-9;
        let (mut best, mut choice, mut later) = (0.0, Best::Stop, false);
        for bit in (0..self.threats.len()).filter(|bit| node.1 & (1 << bit) != 0) {
            for rounds in 0..self.unit.shots[self.threats[bit]].len() {
                let list = &self.unit.shots[self.threats[bit]][rounds];
                let from_s = now_s.max(self.targets[bit].from_s - 1e-9);
                let index = list.partition_point(|s| s.begun_s < from_s);
                let Some(shot) = list.get(index) else { continue };
                later |= index + 1 < list.len() || shot.begun_s > now_s + f64::from(WAIT) * STEP_S;
                if self.unit.rounds.is_some_and(|left| node.2 + shot.rounds > left) {
                    continue;
                }
                let shot = shot.clone();
                let hit = shot.kill_chance;
                let paid = self.round_price * f64::from(shot.rounds);
                let gain = self.targets[bit].alive * (hit * shot.saves - paid);
                if gain <= 0.0 {
                    continue;
                }
                let value = gain
                    + hit * self.value(self.after(node, bit, &shot, true))
                    + (1.0 - hit) * self.value(self.after(node, bit, &shot, false));
                if value > best {
                    (best, choice) = (value, Best::Shoot(bit, rounds, index));
                }
            }
        }
        if later {
            let value = self.value((node.0 + WAIT, node.1, node.2));
            // Sooner is better where it makes no difference.
            if value > best * (1.0 + 1e-9) {
                (best, choice) = (value, Best::Wait);
            }
        }
        self.memo.insert(node, (best, choice));
        best
    }

    /// The first shot of the plan for a set of threats, after all waiting.
    fn first(&self, set: u32) -> Option<(usize, Prospect)> {
        let mut node = (0, set, 0);
        loop {
            match self.memo.get(&node)?.1 {
                Best::Stop => return None,
                Best::Wait => node.0 += WAIT,
                Best::Shoot(bit, rounds, index) => {
                    let shot = &self.unit.shots[self.threats[bit]][rounds][index];
                    return Some((bit, shot.clone()));
                }
            }
        }
    }
}
