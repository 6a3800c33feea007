//! Dealing one copy to each threat, optimally, from prices that are nearly right.
//!
//! In: what each threat keeps if it gets no further copy, how many copies of each
//! kind there are, prices. Out: the kind of each threat, or none, of least total;
//! prices that prove it. Method: each threat takes what is cheapest at the prices;
//! kinds taken too often then pass threats on along shortest paths of reduced cost,
//! to kinds that have copies left or to "nothing" (successive shortest paths; R. K.
//! Ahuja, T. L. Magnanti, J. B. Orlin, *Network Flows*, 1993, section 9.7). Good
//! prices leave few paths to find. A threat is offered its [`OFFERED`] cheapest kinds
//! only: of a few hundred the others are never taken at prices that are nearly right.

use super::price::Table;

/// Kinds that a threat may get. Chosen: all of a problem that is to be proven.
const OFFERED: usize = 64;

/// A deal of one copy a threat under way; node `kinds` is "nothing".
pub(super) struct Flow<'a> {
    table: &'a Table,
    /// Weight that each threat keeps without a further copy.
    rest: &'a [f64],
    copies: &'a [u32],
    /// The kinds offered to each threat, with what it keeps under them.
    offers: Vec<Vec<(usize, f64)>>,
    prices: Vec<f64>,
    /// The kind of each threat, or `kinds`.
    of: Vec<usize>,
    /// Threats at each kind, and at nothing.
    at: Vec<Vec<usize>>,
    distance: Vec<f64>,
    /// Before a node: the node and the threat that moves; `threats` is a copy that idles.
    before: Vec<(usize, usize)>,
    done: Vec<bool>,
}

impl<'a> Flow<'a> {
    /// Deals at these prices; `had` is offered to each threat in any case.
    pub fn new(
        table: &'a Table,
        rest: &'a [f64],
        copies: &'a [u32],
        prices: &[f64],
        had: &[usize],
    ) -> Self {
        let nothing = table.kinds;
        let mut flow = Self {
            table,
            rest,
            copies,
            offers: Vec::with_capacity(table.threats),
            prices: prices.to_vec(),
            of: vec![nothing; table.threats],
            at: vec![Vec::new(); table.kinds + 1],
            distance: vec![0.0; table.kinds + 1],
            before: vec![(0, 0); table.kinds + 1],
            done: vec![false; table.kinds + 1],
        };
        flow.prices.push(0.0);
        let mut all: Vec<(f64, usize, f64)> = Vec::with_capacity(table.kinds);
        for (threat, &rest) in rest.iter().enumerate() {
            let row = &table.miss[threat * nothing..(threat + 1) * nothing];
            all.clear();
            let kinds = row.iter().enumerate().filter(|(kind, _)| copies[*kind] > 0);
            all.extend(kinds.map(|(k, miss)| (rest * miss + prices[k], k, rest * miss)));
            let by_cost = |a: &(f64, usize, f64), b: &(f64, usize, f64)| {
                a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
            };
            if all.len() > OFFERED {
                all.select_nth_unstable_by(OFFERED, by_cost);
                let again = all[OFFERED..].iter().copied().find(|o| o.1 == had[threat]);
                all.truncate(OFFERED);
                all.extend(again);
            }
            let best = all.iter().copied().min_by(by_cost).filter(|o| o.0 < rest);
            let best = best.map_or(nothing, |o| o.1);
            flow.of[threat] = best;
            flow.at[best].push(threat);
            flow.offers.push(all.iter().map(|o| (o.1, o.2)).collect());
        }
        flow
    }

    /// Copies of a kind that nobody has.
    fn short(&self, kind: usize) -> i64 {
        i64::from(self.copies[kind]) - self.at[kind].len() as i64
    }

    /// Least total: the kind of each threat, and the prices.
    pub fn solve(mut self) -> (Vec<usize>, Vec<f64>) {
        let nothing = self.table.kinds;
        // Copies given up for idle, by kind.
        let mut idle = vec![0i64; nothing];
        for kind in 0..nothing {
            while self.short(kind) < 0 {
                self.push(kind, &mut idle, &|flow, idle, node| {
                    node == nothing || flow.short(node) > idle[node]
                });
            }
        }
        for kind in 0..nothing {
            while self.short(kind) > idle[kind] {
                self.push(nothing, &mut idle, &|_, _, node| node == kind);
            }
        }
        self.prices.pop();
        (self.of, self.prices)
    }

    /// Passes one threat on from `from` along the shortest path to an end.
    fn push(
        &mut self,
        from: usize,
        idle: &mut [i64],
        is_end: &dyn Fn(&Self, &[i64], usize) -> bool,
    ) {
        let nothing = self.table.kinds;
        self.distance.fill(f64::INFINITY);
        self.done.fill(false);
        self.distance[from] = 0.0;
        let end = loop {
            let mut node = usize::MAX;
            let mut least = f64::INFINITY;
            for (i, distance) in self.distance.iter().enumerate() {
                if !self.done[i] && *distance < least {
                    (least, node) = (*distance, i);
                }
            }
            if node == usize::MAX {
                return;
            }
            self.done[node] = true;
            if node != from && is_end(self, idle, node) {
                break node;
            }
            self.relax(node, idle);
        };
        let reach = self.distance[end];
        let shift = self.distance[nothing].min(reach);
        for (price, distance) in self.prices.iter_mut().zip(&self.distance) {
            *price = (*price - distance.min(reach) + shift).max(0.0);
        }
        let mut node = end;
        while node != from {
            let (previous, threat) = self.before[node];
            if threat == self.table.threats {
                // A copy idles, or no longer does.
                if previous == nothing {
                    idle[node] += 1;
                } else {
                    idle[previous] -= 1;
                }
            } else {
                self.at[previous].retain(|t| *t != threat);
                self.at[node].push(threat);
                self.of[threat] = node;
            }
            node = previous;
        }
    }

    /// Tries every way on from a node.
    fn relax(&mut self, node: usize, idle: &[i64]) {
        let nothing = self.table.kinds;
        let base = self.distance[node];
        let better = |flow: &mut Self, to: usize, cost: f64, threat: usize| {
            // Rounding aside, no reduced cost is below nothing.
            let through = base + cost.max(0.0);
            if through < flow.distance[to] && !flow.done[to] {
                flow.distance[to] = through;
                flow.before[to] = (node, threat);
            }
        };
        for i in 0..self.at[node].len() {
            let threat = self.at[node][i];
            let rest = self.rest[threat];
            let here = if node == nothing { rest } else { rest * self.table.miss(threat, node) };
            let now = here + self.prices[node];
            let offers = std::mem::take(&mut self.offers[threat]);
            for &(kind, keeps) in &offers {
                better(self, kind, keeps + self.prices[kind] - now, threat);
            }
            self.offers[threat] = offers;
            better(self, nothing, rest - now, threat);
        }
        if node == nothing {
            for kind in 0..nothing {
                if self.copies[kind] > 0 {
                    better(self, kind, self.prices[kind], self.table.threats);
                }
            }
        } else if idle[node] > 0 {
            better(self, nothing, -self.prices[node], self.table.threats);
        }
    }
}
