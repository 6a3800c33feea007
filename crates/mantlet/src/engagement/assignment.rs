//! The static assignment of effectors to threats, with a proven bound.
//!
//! In: effector kinds with copies, threats with weights, the kill chance of each
//! pair. Out: an assignment, the weight that survives it, and a lower bound that
//! no assignment can beat.
//!
//! Method: minimise `Σ_j w_j Π_i (1-p_ij)^x_ij` with at most `mu_i` copies of kind
//! i (A. S. Manne, "A target-assignment problem", Operations Research 6 (1958)
//! 346). Start: copies dealt out in layers by optimal one-to-one assignment. Then
//! a very large neighbourhood: take one copy from many threats at a time and deal
//! them out again optimally (R. K. Ahuja, A. Kumar, K. C. Jha, J. B. Orlin, "Exact
//! and heuristic algorithms for the weapon-target assignment problem", Operations
//! Research 55 (2007) 1136, section 4). Bound: the kinds' limits go into the
//! objective with prices; each threat then takes the set of copies that is best
//! for itself, found exactly by branch and bound, and the prices are improved by
//! subgradients (M. L. Fisher, "The Lagrangian relaxation method for solving
//! integer programming problems", Management Science 27 (1981) 1).
//!
//! Limits: memory of the order of kinds times threats; the bound's search takes
//! minutes for 500 kinds of three copies on 1000 threats.

use crate::tracking::Assignment;

use super::draw::Draw;

/// A static assignment problem.
#[derive(Clone, Debug, PartialEq)]
pub struct StaticProblem {
    /// Copies of each effector kind.
    pub copies: Vec<u32>,
    /// Weight of each threat.
    pub weights: Vec<f64>,
    /// Kill chance, by kind and then threat.
    pub kill: Vec<f64>,
}

/// An answer with its bound.
#[derive(Clone, Debug, PartialEq)]
pub struct StaticAnswer {
    /// Threat of each copy, kind by kind; `None` is not used.
    pub threat_of_copy: Vec<Option<usize>>,
    /// Weight that survives, by the true objective.
    pub value: f64,
    /// No assignment leaves less than this.
    pub bound: f64,
}

impl StaticProblem {
    /// Reads `m n mu`, `n` weights, then `i j p` lines; indices from 0 or 1, pairs
    /// that are not named cannot kill.
    ///
    /// # Errors
    ///
    /// Says what was expected, and at which number in the file.
    pub fn parse(text: &str) -> Result<Self, String> {
        let numbers: Vec<f64> = text
            .split_whitespace()
            .map(|word| word.parse::<f64>().ok().filter(|x| x.is_finite()))
            .enumerate()
            .map(|(i, x)| x.ok_or_else(|| format!("number {}: expected a finite number", i + 1)))
            .collect::<Result<_, _>>()?;
        let [m, n, mu] = match numbers[..] {
            [m, n, mu, ..] if m >= 1.0 && n >= 1.0 && mu >= 1.0 && m * n <= 1e8 => [m, n, mu],
            _ => return Err("start: expected m n mu, each at least 1".into()),
        };
        let (kinds, threats) = (m as usize, n as usize);
        let Some(weights) = numbers.get(3..3 + threats) else {
            return Err(format!("weights: expected {threats}"));
        };
        let rows = &numbers[3 + threats..];
        if !rows.len().is_multiple_of(3) || rows.is_empty() {
            return Err(format!(
                "after the weights: expected triples, found {} numbers",
                rows.len()
            ));
        }
        let rows: Vec<&[f64]> = rows.chunks_exact(3).collect();
        let first = |column: usize| rows.iter().map(|r| r[column]).fold(f64::INFINITY, f64::min);
        let from = if first(0) >= 1.0 && first(1) >= 1.0 { 1.0 } else { 0.0 };
        let mut kill = vec![0.0; kinds * threats];
        for row in &rows {
            let (i, j) = (row[0] - from, row[1] - from);
            if !(i >= 0.0 && i < m && j >= 0.0 && j < n && (0.0..=1.0).contains(&row[2])) {
                return Err(format!(
                    "{} {} {}: expected a pair within m n and a chance",
                    row[0], row[1], row[2]
                ));
            }
            kill[i as usize * threats + j as usize] = row[2];
        }
        Ok(Self { copies: vec![mu as u32; kinds], weights: weights.to_vec(), kill })
    }

    /// A problem by the published recipe (Andersen, Pavlikov, Toffolo, Annals of
    /// Operations Research 2022): weights and chances uniform.
    pub fn generate(kinds: usize, threats: usize, copies: u32, seed: u64) -> Self {
        let mut draw = Draw::new(seed, 0);
        let weights = (0..threats).map(|_| 25.0 + 75.0 * draw.unit()).collect();
        let kill = (0..kinds * threats).map(|_| 0.6 + 0.3 * draw.unit()).collect();
        Self { copies: vec![copies; kinds], weights, kill }
    }

    fn chance(&self, kind: usize, threat: usize) -> f64 {
        self.kill[kind * self.weights.len() + threat]
    }

    /// Weight that survives an assignment of copies, kind by kind.
    pub fn value(&self, threat_of_copy: &[Option<usize>]) -> f64 {
        let mut left = self.weights.clone();
        for (kind, threat) in self.kinds().into_iter().zip(threat_of_copy) {
            if let Some(threat) = threat {
                left[*threat] *= 1.0 - self.chance(kind, *threat);
            }
        }
        left.iter().sum()
    }

    /// The kind of each copy.
    fn kinds(&self) -> Vec<usize> {
        let of = |(kind, copies): (usize, &u32)| std::iter::repeat_n(kind, *copies as usize);
        self.copies.iter().enumerate().flat_map(of).collect()
    }

    /// Solves it with `rounds` of improvement and of bounding; ends early when the
    /// bound meets the value to 1e-7.
    pub fn solve(&self, rounds: u32, seed: u64) -> StaticAnswer {
        let kinds = self.kinds();
        let mut of = vec![None; kinds.len()];
        let mut left = self.weights.clone();
        let everyone: Vec<usize> = (0..kinds.len()).collect();
        for layer in everyone.chunks(self.weights.len()) {
            self.deal(layer, &kinds, &mut left, &mut of);
        }
        let mut draw = Draw::new(seed, 1);
        let mut bound = Bound::new(self);
        if kinds.len() <= self.weights.len() && self.copies.iter().all(|c| *c == 1) {
            bound.prices = self.one_to_one_prices(&of);
        }
        let mut best = (self.value(&of), of.clone());
        let (mut value, mut idle) = (best.0, 0);
        for _ in 0..rounds {
            bound.improve(self, best.0);
            if best.0 - bound.best <= 1e-7 * best.0.abs().max(1e-12) {
                break;
            }
            self.redeal(&kinds, &mut left, &mut of, &mut draw);
            let now = self.value(&of);
            idle = if now < value - 1e-12 * value { 0 } else { idle + 1 };
            value = now;
            if value < best.0 {
                best = (value, of.clone());
            }
            if idle >= IDLE_REDEALS {
                // Away from a local optimum: a few copies go anywhere, from the best known.
                of.clone_from(&best.1);
                for _ in 0..2 + (draw.unit() * 4.0) as usize {
                    let copy = (draw.unit() * of.len() as f64) as usize;
                    of[copy] = Some((draw.unit() * self.weights.len() as f64) as usize);
                }
                (value, idle) = (self.value(&of), 0);
            }
        }
        StaticAnswer { threat_of_copy: best.1, value: best.0, bound: bound.best.min(best.0) }
    }

    /// Prices of the kinds that prove a one-to-one assignment optimal: the largest
    /// duals of the assignment problem, by longest paths over exchanges (the
    /// complementary slackness of linear assignment).
    fn one_to_one_prices(&self, of: &[Option<usize>]) -> Vec<f64> {
        let threats = self.weights.len();
        let saves = |kind: usize, threat: usize| self.weights[threat] * self.chance(kind, threat);
        let mut slot = vec![0.0; threats];
        for _ in 0..threats {
            let mut moved = false;
            for (kind, at) in of.iter().enumerate() {
                let Some(at) = *at else { continue };
                let price = saves(kind, at) - slot[at];
                for (threat, slot) in slot.iter_mut().enumerate() {
                    let need = saves(kind, threat) - price;
                    if need > *slot + 1e-12 {
                        (*slot, moved) = (need, true);
                    }
                }
            }
            if !moved {
                break;
            }
        }
        let price = |(kind, at): (usize, &Option<usize>)| {
            at.map_or(0.0, |at| (saves(kind, at) - slot[at]).max(0.0))
        };
        of.iter().enumerate().map(price).collect()
    }

    /// Takes at most one copy from each threat and deals them out again, with those
    /// that idle. Never worse.
    fn redeal(&self, kinds: &[usize], left: &mut [f64], of: &mut [Option<usize>], draw: &mut Draw) {
        let mut order: Vec<usize> = (0..of.len()).collect();
        for i in (1..order.len()).rev() {
            order.swap(i, (draw.unit() * (i + 1) as f64) as usize);
        }
        let mut taken = vec![false; self.weights.len()];
        let mut hand = Vec::new();
        for copy in order {
            if hand.len() == self.weights.len() {
                break;
            }
            match of[copy] {
                Some(threat) if !taken[threat] => {
                    taken[threat] = true;
                    hand.push(copy);
                }
                None => hand.push(copy),
                Some(_) => {}
            }
        }
        for &copy in &hand {
            of[copy] = None;
        }
        self.recount(kinds, left, of);
        self.deal(&hand, kinds, left, of);
    }

    /// Survivals from scratch, so that no rounding builds up.
    fn recount(&self, kinds: &[usize], left: &mut [f64], of: &[Option<usize>]) {
        left.copy_from_slice(&self.weights);
        for (kind, threat) in kinds.iter().zip(of) {
            if let Some(threat) = threat {
                left[*threat] *= 1.0 - self.chance(*kind, *threat);
            }
        }
    }

    /// Deals copies out optimally, at most one more to each threat.
    fn deal(&self, hand: &[usize], kinds: &[usize], left: &mut [f64], of: &mut [Option<usize>]) {
        let threats = self.weights.len();
        let mut cost = Vec::with_capacity(hand.len() * threats);
        for &copy in hand {
            let row = &self.kill[kinds[copy] * threats..(kinds[copy] + 1) * threats];
            cost.extend(row.iter().zip(left.iter()).map(|(p, w)| -w * p));
        }
        let mut solver = Assignment::default();
        for (&copy, &threat) in hand.iter().zip(solver.solve(&cost, hand.len(), threats)) {
            if threat < threats && self.chance(kinds[copy], threat) > 0.0 {
                of[copy] = Some(threat);
                left[threat] *= 1.0 - self.chance(kinds[copy], threat);
            }
        }
    }
}

/// Re-deals without gain before a kick. Chosen: small problems by trial.
const IDLE_REDEALS: u32 = 4;

/// The Lagrangian bound and its prices.
struct Bound {
    prices: Vec<f64>,
    best: f64,
    best_prices: Vec<f64>,
    step: f64,
    idle: u32,
}

/// Price iterations between two improvements of the assignment.
const PRICE_STEPS: u32 = 10;

impl Bound {
    fn new(problem: &StaticProblem) -> Self {
        let kinds = problem.copies.len();
        let typical = problem.weights.iter().sum::<f64>() / problem.weights.len() as f64;
        let prices = vec![0.1 * typical; kinds];
        Self { best_prices: prices.clone(), prices, best: 0.0, step: 1.0, idle: 0 }
    }

    fn improve(&mut self, problem: &StaticProblem, value: f64) {
        let threats = problem.weights.len();
        let mut used = vec![0u32; problem.copies.len()];
        for _ in 0..PRICE_STEPS {
            used.fill(0);
            let paid: f64 =
                self.prices.iter().zip(&problem.copies).map(|(l, c)| l * f64::from(*c)).sum();
            let mut total = -paid;
            for threat in 0..threats {
                let (least, set) = cheapest_set(problem, &self.prices, threat);
                total += least;
                set.into_iter().for_each(|kind| used[kind] += 1);
            }
            if total > self.best {
                (self.best, self.idle) = (total, 0);
                self.best_prices.clone_from(&self.prices);
            } else {
                self.idle += 1;
                if self.idle > 8 {
                    (self.step, self.idle) = (self.step * 0.6, 0);
                    self.prices.clone_from(&self.best_prices);
                    continue;
                }
            }
            let slope: Vec<f64> = used
                .iter()
                .zip(&problem.copies)
                .map(|(u, c)| f64::from(*u) - f64::from(*c))
                .collect();
            let norm: f64 = slope.iter().map(|s| s * s).sum();
            if norm == 0.0 {
                return;
            }
            let by = self.step * (value - total).max(1e-9 * value) / norm;
            self.prices.iter_mut().zip(&slope).for_each(|(l, s)| *l = (*l + by * s).max(0.0));
        }
    }
}

/// The set of copies (kinds, repeated) that is cheapest for one threat at these
/// prices: `min w Π(1-p) + Σ price`, exactly. A kind whose price passes what it
/// saves alone is in no best set, because each further copy saves less.
fn cheapest_set(problem: &StaticProblem, prices: &[f64], threat: usize) -> (f64, Vec<usize>) {
    let weight = problem.weights[threat];
    let mut useful: Vec<(usize, f64, f64)> = Vec::new();
    for (kind, &price) in prices.iter().enumerate() {
        let p = problem.chance(kind, threat);
        if weight * p > price {
            useful.push((kind, p, price));
        }
    }
    useful.sort_by(|a, b| (a.2 - weight * a.1).total_cmp(&(b.2 - weight * b.1)));
    let mut best = (weight, Vec::new());
    let mut chosen = Vec::new();
    search(problem, &useful, weight, 0.0, &mut chosen, &mut best);
    best
}

fn search(
    problem: &StaticProblem,
    useful: &[(usize, f64, f64)],
    left: f64,
    paid: f64,
    chosen: &mut Vec<usize>,
    best: &mut (f64, Vec<usize>),
) {
    if left + paid < best.0 - 1e-15 {
        *best = (left + paid, chosen.clone());
    }
    for (i, &(kind, p, price)) in useful.iter().enumerate() {
        let here = chosen.iter().filter(|k| **k == kind).count() as u32;
        // It must still save more than it costs, or no set below it can be better.
        if price >= left * p || here >= problem.copies[kind] {
            continue;
        }
        // Even if this and every further copy killed at no further price.
        if paid + price >= best.0 {
            continue;
        }
        chosen.push(kind);
        search(problem, &useful[i..], left * (1.0 - p), paid + price, chosen, best);
        chosen.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All assignments, one copy after the other.
    fn exhaustive(problem: &StaticProblem) -> f64 {
        let copies = problem.kinds().len();
        let threats = problem.weights.len();
        let mut best = f64::INFINITY;
        for code in 0..threats.pow(copies as u32) {
            let of: Vec<Option<usize>> =
                (0..copies).map(|c| Some(code / threats.pow(c as u32) % threats)).collect();
            best = best.min(problem.value(&of));
        }
        best
    }

    #[test]
    fn small_problems_are_solved_and_never_bounded_above_the_optimum() {
        for seed in 0..12 {
            let problem = StaticProblem::generate(3, 4, 2, seed);
            let answer = problem.solve(400, seed);
            let optimum = exhaustive(&problem);
            assert!(answer.value >= optimum - 1e-9 && answer.bound <= optimum + 1e-9);
            assert!(answer.value <= optimum * 1.02, "{} {optimum}", answer.value);
            assert!(answer.bound >= optimum * 0.9, "{} {optimum}", answer.bound);
        }
    }

    #[test]
    fn fifty_by_a_hundred_is_proven() {
        let problem = StaticProblem::generate(50, 100, 1, 7);
        let answer = problem.solve(400, 1);
        let gap = (answer.value - answer.bound) / answer.value;
        assert!(gap < 1e-4, "value {} bound {} gap {gap}", answer.value, answer.bound);
    }

    #[test]
    fn the_published_format_is_read_with_indices_from_0_or_1() {
        let zero = StaticProblem::parse("1 2 1\n5 7\n0 0 0.5\n0 1 0.25\n").unwrap();
        let one = StaticProblem::parse("1 2 1\n5 7\n1 1 0.5\n1 2 0.25\n").unwrap();
        assert_eq!(zero, one);
        assert!((one.solve(10, 0).value - 9.5).abs() < 1e-12);
        assert!(StaticProblem::parse("1 2 1\n5 7\n3 1 0.5\n").is_err());
        assert!(StaticProblem::parse("1 2\n").is_err());
    }
}
