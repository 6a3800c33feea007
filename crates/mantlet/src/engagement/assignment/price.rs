//! The set of copies that is cheapest for one threat at given prices, exactly.
//!
//! In: weights, chances, prices, what a search has allowed and demanded. Out: for
//! each threat `min w Π(1-p) + Σ price` and the set that attains it. Method: depth
//! first in order of price. A kind is in no best set of at most `R` copies if `R`
//! copies that cost no more miss no more often (any one of those that is left out
//! could take its place), so that a threat's few good kinds are found in one pass.

use std::sync::Arc;

use super::problem::StaticProblem;

/// Largest set that is searched; what a larger one costs at least is a bound.
pub(super) const LARGEST_SET: usize = 8;

/// The problem, threat by threat, with what a search has decided.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub kinds: usize,
    pub threats: usize,
    pub copies: Vec<u32>,
    pub weights: Vec<f64>,
    /// Chance to miss, by threat and then kind.
    pub miss: Arc<[f64]>,
    /// The same by kind and then threat, for those who ask one kind about all threats.
    pub miss_by_kind: Arc<[f64]>,
    /// Most copies of a kind on a threat, by threat and then kind.
    pub most: Vec<u32>,
    /// Kinds that a threat must be given, one entry a copy.
    pub forced: Vec<Vec<usize>>,
}

/// Sets tried for one threat before its search is cut; what is left is bounded. Chosen: a
/// hundred times what good prices need.
const MOST_TRIED: u32 = 10_000;

/// Copies that must miss no more often before a kind is left out: those of a whole set, and those
/// of one kind that a search may take away.
const BAND: usize = 2 * LARGEST_SET;

/// A kind that a threat may use.
#[derive(Clone, Copy)]
struct Candidate {
    kind: usize,
    price: f64,
    miss: f64,
    copies: u32,
    /// The least chance to miss from here on.
    least_miss: f64,
}

/// Prices in ascending order, and what a set larger than is searched costs at least.
pub(super) struct Order {
    kinds: Vec<usize>,
    large_from: f64,
}

/// Room for a search, kept between searches.
#[derive(Default)]
pub(super) struct Search {
    candidates: Vec<Candidate>,
    chosen: Vec<usize>,
    least: f64,
    tried: u32,
    /// Sets tried in all searches, for the budget of a proof.
    pub work: u64,
    /// The cheapest set found, forced copies included.
    pub set: Vec<usize>,
}

impl Table {
    pub fn new(problem: &StaticProblem) -> Self {
        let (kinds, threats) = (problem.copies.len(), problem.weights.len());
        let mut miss = vec![0.0; kinds * threats];
        for kind in 0..kinds {
            for threat in 0..threats {
                miss[threat * kinds + kind] = 1.0 - problem.kill[kind * threats + threat];
            }
        }
        let miss_by_kind = problem.kill.iter().map(|kill| 1.0 - kill).collect();
        let most = (0..threats).flat_map(|_| problem.copies.iter().copied()).collect();
        Self {
            kinds,
            threats,
            copies: problem.copies.clone(),
            weights: problem.weights.clone(),
            miss: miss.into(),
            miss_by_kind,
            most,
            forced: vec![Vec::new(); threats],
        }
    }

    pub fn miss(&self, threat: usize, kind: usize) -> f64 {
        self.miss[threat * self.kinds + kind]
    }

    /// Chances of a kind to miss, by threat.
    pub fn misses_of(&self, kind: usize) -> &[f64] {
        &self.miss_by_kind[kind * self.threats..(kind + 1) * self.threats]
    }

    /// Weight that a threat keeps under a set.
    pub fn left(&self, threat: usize, set: &[usize]) -> f64 {
        set.iter().fold(self.weights[threat], |left, &kind| left * self.miss(threat, kind))
    }

    /// Rules out any more copies of a kind on a threat.
    pub fn forbid(&mut self, threat: usize, kind: usize) {
        self.most[threat * self.kinds + kind] = self.forced_of(threat, kind);
    }

    /// Demands one more copy of a kind on a threat; the last copy is ruled out elsewhere.
    pub fn force(&mut self, threat: usize, kind: usize) {
        self.forced[threat].push(kind);
        if self.all_forced(kind) >= self.copies[kind] {
            (0..self.threats).for_each(|t| self.forbid(t, kind));
        }
    }

    fn all_forced(&self, kind: usize) -> u32 {
        (0..self.threats).map(|t| self.forced_of(t, kind)).sum()
    }

    /// Whether no more is demanded than there is.
    pub fn is_possible(&self) -> bool {
        (0..self.kinds).all(|k| self.all_forced(k) <= self.copies[k])
    }

    /// Whether another copy of a kind on a threat is neither demanded nor ruled out.
    pub fn is_open(&self, threat: usize, kind: usize) -> bool {
        self.most[threat * self.kinds + kind] > self.forced_of(threat, kind)
    }

    pub fn forced_of(&self, threat: usize, kind: usize) -> u32 {
        self.forced[threat].iter().filter(|k| **k == kind).count() as u32
    }
}

impl Order {
    pub fn of(table: &Table, prices: &[f64]) -> Self {
        let mut kinds: Vec<usize> = (0..table.kinds).collect();
        kinds.sort_by(|a, b| prices[*a].total_cmp(&prices[*b]).then(a.cmp(b)));
        let each = kinds.iter().flat_map(|&k| {
            std::iter::repeat_n(prices[k], table.copies[k].min(LARGEST_SET as u32 + 1) as usize)
        });
        let large_from = each.take(LARGEST_SET + 1).sum();
        Self { kinds, large_from }
    }
}

impl Search {
    /// The kinds that can be in a best set of a threat.
    fn list(&mut self, table: &Table, prices: &[f64], order: &Order, threat: usize, left: f64) {
        self.candidates.clear();
        let row = threat * table.kinds;
        let (misses, most) =
            (&table.miss[row..row + table.kinds], &table.most[row..row + table.kinds]);
        // The misses of the best copies so far, the worst of them last.
        let mut best = [f64::INFINITY; BAND];
        let any_forced = !table.forced[threat].is_empty();
        for &kind in &order.kinds {
            let (price, miss) = (prices[kind], misses[kind]);
            if price >= left {
                break;
            }
            if miss >= best[BAND - 1] || left * (1.0 - miss) <= price {
                continue;
            }
            let forced = if any_forced { table.forced_of(threat, kind) } else { 0 };
            let copies = most[kind].saturating_sub(forced);
            if copies == 0 {
                continue;
            }
            self.candidates.push(Candidate { kind, price, miss, copies, least_miss: miss });
            for _ in 0..copies.min(LARGEST_SET as u32) {
                let at = best.partition_point(|b| *b <= miss);
                if at == BAND {
                    break;
                }
                best.copy_within(at..BAND - 1, at + 1);
                best[at] = miss;
            }
        }
        let mut least_miss = f64::INFINITY;
        for candidate in self.candidates.iter_mut().rev() {
            least_miss = least_miss.min(candidate.miss);
            candidate.least_miss = least_miss;
        }
    }

    /// The least cost of a threat, and its set in `self.set`.
    pub fn cheapest(&mut self, table: &Table, prices: &[f64], order: &Order, threat: usize) -> f64 {
        let forced = &table.forced[threat];
        let left = table.left(threat, forced);
        let paid: f64 = forced.iter().map(|k| prices[*k]).sum();
        self.list(table, prices, order, threat, left);
        self.chosen.clear();
        self.least = left + paid;
        self.set.clear();
        self.set.extend(forced);
        self.tried = 0;
        self.descend(0, left, paid, forced);
        self.work += u64::from(self.tried);
        let cut = if self.tried > MOST_TRIED {
            self.candidates.first().map_or(f64::INFINITY, |c| paid + c.best_further(left))
        } else {
            f64::INFINITY
        };
        self.least.min(paid + order.large_from).min(cut)
    }

    /// Whether some set of a threat that holds one more of `kind` (or, with `without`,
    /// no more of it) costs less than `limit`. [`Search::list`] was called for it.
    fn any_below(
        &mut self,
        table: &Table,
        prices: &[f64],
        threat: usize,
        kind: usize,
        without: bool,
        limit: f64,
    ) -> bool {
        let forced = &table.forced[threat];
        let mut left = table.left(threat, forced);
        let mut paid: f64 = forced.iter().map(|k| prices[*k]).sum();
        if !without {
            left *= table.miss(threat, kind);
            paid += prices[kind];
        }
        let slot = self.candidates.iter().position(|c| c.kind == kind);
        let before = slot.map(|i| self.candidates[i].copies);
        if let Some(i) = slot {
            let copies = &mut self.candidates[i].copies;
            *copies = if without { 0 } else { copies.saturating_sub(1) };
        }
        self.chosen.clear();
        (self.least, self.tried) = (limit, 0);
        let found = left + paid < limit || {
            self.descend(0, left, paid, &[]);
            self.least < limit || self.tried > MOST_TRIED
        };
        self.work += u64::from(self.tried);
        if let (Some(i), Some(copies)) = (slot, before) {
            self.candidates[i].copies = copies;
        }
        found
    }

    /// Rules out and demands what follows from a threat's least cost and the `slack`
    /// that the whole assignment has. Returns whether anything changed.
    pub fn fix(
        &mut self,
        table: &mut Table,
        prices: &[f64],
        order: &Order,
        threat: usize,
        slack: f64,
    ) -> bool {
        let limit = self.cheapest(table, prices, order, threat) + slack;
        if order.large_from < limit {
            return false;
        }
        let set = self.set.clone();
        let mut changed = false;
        for kind in 0..table.kinds {
            if table.is_open(threat, kind)
                && !self.any_below(table, prices, threat, kind, false, limit)
            {
                table.forbid(threat, kind);
                changed = true;
            }
        }
        for kind in set {
            if table.is_open(threat, kind)
                && !self.any_below(table, prices, threat, kind, true, limit)
            {
                table.force(threat, kind);
                return true;
            }
        }
        changed
    }

    /// Candidates from `from` on may still be added to a set that leaves `left`.
    fn descend(&mut self, from: usize, left: f64, paid: f64, forced: &[usize]) {
        for i in from..self.candidates.len() {
            let Candidate { kind, price, miss, copies, .. } = self.candidates[i];
            self.tried += 1;
            if self.tried > MOST_TRIED {
                return;
            }
            if paid + self.candidates[i].best_further(left) >= self.least {
                return;
            }
            // It must save more than it costs here, or it never will in this set.
            if left * (1.0 - miss) <= price || copies == 0 {
                continue;
            }
            let (left, paid) = (left * miss, paid + price);
            self.chosen.push(kind);
            if left + paid < self.least {
                self.least = left + paid;
                self.set.clear();
                self.set.extend(forced);
                self.set.extend(&self.chosen);
            }
            if self.chosen.len() < LARGEST_SET {
                self.candidates[i].copies -= 1;
                self.descend(i, left, paid, forced);
                self.candidates[i].copies += 1;
            }
            self.chosen.pop();
        }
    }
}

impl Candidate {
    /// The least that one or more copies from here on could make of `left`, paid for:
    /// each at this price, the lowest, and at the least chance to miss.
    fn best_further(&self, left: f64) -> f64 {
        let mut left = left * self.least_miss;
        let mut paid = self.price;
        for _ in 1..LARGEST_SET {
            if left * (1.0 - self.least_miss) <= self.price {
                break;
            }
            left *= self.least_miss;
            paid += self.price;
        }
        left + paid
    }
}
