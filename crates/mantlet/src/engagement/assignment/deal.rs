//! An assignment, and how it is improved.
//!
//! Moves of one copy and exchanges of two until none helps; then one copy of each
//! threat is taken away and all of them are dealt out again optimally.

use super::super::draw::Draw;
use super::flow::Flow;
use super::price::Table;

/// Gains below this share of the value are rounding.
const LEAST_GAIN: f64 = 1e-12;

/// Who has what.
#[derive(Clone, Debug)]
pub(super) struct Deal {
    /// Kinds at each threat, one entry a copy.
    pub at: Vec<Vec<usize>>,
    /// Weight that each threat keeps.
    left: Vec<f64>,
    /// Copies of each kind that idle.
    free: Vec<u32>,
}

impl Deal {
    /// Everything idles.
    pub fn empty(table: &Table) -> Self {
        Self {
            at: vec![Vec::new(); table.threats],
            left: table.weights.clone(),
            free: table.copies.clone(),
        }
    }

    /// Sets that may use more copies than there are; copies too many are taken from
    /// where they are missed least.
    pub fn repaired(table: &Table, sets: &[Vec<usize>]) -> Self {
        let mut used = vec![0u32; table.kinds];
        sets.iter().flatten().for_each(|k| used[*k] += 1);
        let mut deal = Self::empty(table);
        for (threat, set) in sets.iter().enumerate() {
            deal.at[threat].clone_from(set);
            deal.left[threat] = table.left(threat, set);
        }
        for (kind, used) in used.iter_mut().enumerate() {
            while *used > table.copies[kind] {
                let holders = (0..table.threats).filter(|t| deal.at[*t].contains(&kind));
                let cost = |t: usize| deal.without(table, t, kind) - deal.left[t];
                let Some(threat) = holders.min_by(|a, b| cost(*a).total_cmp(&cost(*b))) else {
                    break;
                };
                deal.remove(table, threat, kind);
                *used -= 1;
            }
            deal.free[kind] = table.copies[kind].saturating_sub(*used);
        }
        deal
    }

    /// Weight that survives.
    pub fn value(&self) -> f64 {
        self.left.iter().sum()
    }

    /// Weight that a threat keeps without one copy of a kind it has.
    fn without(&self, table: &Table, threat: usize, kind: usize) -> f64 {
        let mut skipped = false;
        self.at[threat].iter().fold(table.weights[threat], |left, &k| {
            if k == kind && !skipped {
                skipped = true;
                left
            } else {
                left * table.miss(threat, k)
            }
        })
    }

    fn remove(&mut self, table: &Table, threat: usize, kind: usize) {
        if let Some(i) = self.at[threat].iter().position(|k| *k == kind) {
            self.at[threat].swap_remove(i);
        }
        self.left[threat] = table.left(threat, &self.at[threat]);
    }

    fn add(&mut self, table: &Table, threat: usize, kind: usize) {
        self.at[threat].push(kind);
        self.left[threat] = table.left(threat, &self.at[threat]);
    }

    /// Gives every idle copy to the threat where it saves most, if anything.
    fn give_out(&mut self, table: &Table) {
        for kind in 0..table.kinds {
            let misses = table.misses_of(kind);
            while self.free[kind] > 0 {
                let saves = |t: usize| self.left[t] * (1.0 - misses[t]);
                let best = (0..table.threats).max_by(|a, b| saves(*a).total_cmp(&saves(*b)));
                match best {
                    Some(threat) if saves(threat) > 0.0 => {
                        self.free[kind] -= 1;
                        self.add(table, threat, kind);
                    }
                    _ => break,
                }
            }
        }
    }

    /// Moves and exchanges until none helps.
    pub fn polish(&mut self, table: &Table) {
        self.give_out(table);
        let mut copies: Vec<(usize, usize)> = Vec::new();
        for (threat, set) in self.at.iter().enumerate() {
            copies.extend(set.iter().map(|kind| (*kind, threat)));
        }
        let mut rest: Vec<f64> = copies.iter().map(|(k, t)| self.without(table, *t, *k)).collect();
        let mut quiet = 0;
        let mut a = 0;
        // Round and round, until every copy in turn has found nothing better.
        while quiet < copies.len() {
            if self.better(table, &mut copies, &mut rest, a) {
                quiet = 0;
            } else {
                quiet += 1;
                a = (a + 1) % copies.len();
            }
        }
    }

    /// The best move or exchange of one copy, if any helps.
    fn better(
        &mut self,
        table: &Table,
        copies: &mut [(usize, usize)],
        rest: &mut [f64],
        a: usize,
    ) -> bool {
        let (kind, here) = copies[a];
        let (rest_here, left_here) = (rest[a], self.left[here]);
        let threshold = LEAST_GAIN * self.left.iter().sum::<f64>();
        let mut best = (threshold, None, 0);
        let loses = rest_here - left_here;
        let misses = table.misses_of(kind);
        for (there, (left, miss)) in self.left.iter().zip(misses).enumerate() {
            let gain = left * (1.0 - miss) - loses;
            if gain > best.0 && there != here {
                best = (gain, None, there);
            }
        }
        let row = &table.miss[here * table.kinds..(here + 1) * table.kinds];
        for (b, &(other, there)) in copies.iter().enumerate() {
            let now = left_here + self.left[there];
            // Even if both then never missed.
            if now <= best.0 {
                continue;
            }
            let then = rest_here * row[other] + rest[b] * misses[there];
            if now - then > best.0 && there != here {
                best = (now - then, Some(b), there);
            }
        }
        let (gain, other, there) = best;
        if gain <= threshold {
            return false;
        }
        self.remove(table, here, kind);
        self.add(table, there, kind);
        copies[a].1 = there;
        if let Some(b) = other {
            let other = copies[b].0;
            self.remove(table, there, other);
            self.add(table, here, other);
            copies[b].1 = here;
        }
        for (copy, rest) in copies.iter().zip(rest.iter_mut()) {
            if copy.1 == here || copy.1 == there {
                *rest = self.without(table, copy.1, copy.0);
            }
        }
        true
    }

    /// Takes at most one copy from each threat, by chance, and deals them out again
    /// with those that idle, from prices that are nearly right. Never worse.
    pub fn redeal(&mut self, table: &Table, draw: &mut Draw, prices: &mut Vec<f64>) {
        let mut had = vec![table.kinds; table.threats];
        for (threat, had) in had.iter_mut().enumerate() {
            let n = self.at[threat].len();
            if n > 0 {
                let kind = self.at[threat][((draw.unit() * n as f64) as usize).min(n - 1)];
                self.remove(table, threat, kind);
                self.free[kind] += 1;
                *had = kind;
            }
        }
        self.deal(table, prices, &had);
    }

    /// Deals idle copies out optimally, at most one more to each threat.
    pub fn deal_out(&mut self, table: &Table, prices: &mut Vec<f64>) {
        self.deal(table, prices, &vec![table.kinds; table.threats]);
    }

    /// `had`: a kind that each threat must be able to get again.
    fn deal(&mut self, table: &Table, prices: &mut Vec<f64>, had: &[usize]) {
        let flow = Flow::new(table, &self.left, &self.free, prices, had);
        let (kinds, better_prices) = flow.solve();
        *prices = better_prices;
        for (threat, kind) in kinds.into_iter().enumerate() {
            if kind < table.kinds {
                self.free[kind] -= 1;
                self.add(table, threat, kind);
            }
        }
    }
}
