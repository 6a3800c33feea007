//! What gap is left is closed by branching on pairs of threat and kind.
//!
//! Depth first; at each node the prices are improved, pairs that would cost more
//! than is left between bound and value are decided, and the pair that the mean of
//! the sets is least sure of is branched on.

use super::ascent::{Ascent, SMALL};
use super::deal::Deal;
use super::price::{Order, Search, Table};

/// Price steps at a node, and again after pairs were decided. Chosen: by trial.
const STEPS: u32 = 40;

/// A proof under way.
pub(super) struct Proof {
    /// The best assignment.
    pub best: Deal,
    /// Its value.
    pub value: f64,
    /// The least bound of any node that was closed or left.
    pub closed_at: f64,
    /// A node is closed when its bound comes this close to the value.
    pub close: f64,
    /// Sets that may be tried in all; then what is open is left open.
    pub budget: u64,
    /// Room for searches, with the sets tried so far.
    pub search: Search,
}

impl Proof {
    fn offer(&mut self, deal: Deal) {
        let value = deal.value();
        if value < self.value {
            (self.best, self.value) = (deal, value);
        }
    }

    /// Looks at everything that `table` leaves open, from `prices` on; its bound is
    /// at least `known`.
    pub fn descend(&mut self, mut table: Table, prices: Vec<f64>, known: f64) {
        if self.search.work > self.budget {
            self.closed_at = self.closed_at.min(known);
            return;
        }
        let mut search = std::mem::take(&mut self.search);
        let mut ascent = Ascent::new(&table, prices, SMALL);
        ascent.mean = Some(vec![0.0; table.kinds * table.threats]);
        loop {
            let mut fits: Option<Vec<Vec<usize>>> = None;
            ascent.climb(&table, STEPS, self.value, &mut search, &mut |sets, over| {
                if over.iter().all(|o| *o <= 0.0) {
                    fits = Some(sets.to_vec());
                }
            });
            let sets = fits.as_ref().unwrap_or(&ascent.sets);
            let mut deal = Deal::repaired(&table, sets);
            deal.polish(&table);
            self.offer(deal);
            if ascent.bound >= self.value - self.close {
                self.search = search;
                self.closed_at = self.closed_at.min(ascent.bound.max(known));
                return;
            }
            let before = open(&table);
            let order = Order::of(&table, &ascent.prices);
            let slack = self.value - self.close - ascent.bound;
            for threat in 0..table.threats {
                while search.fix(&mut table, &ascent.prices, &order, threat, slack) {}
            }
            if !table.is_possible() {
                self.search = search;
                return;
            }
            let after = open(&table);
            if after == 0 {
                self.search = search;
                self.offer(Deal::repaired(&table, &table.forced));
                return;
            }
            if 4 * after > 3 * before {
                break;
            }
            // Much was decided: the prices have more to say.
            ascent.bound = f64::NEG_INFINITY;
        }
        self.search = search;
        let bound = ascent.bound.max(known);
        let mean = ascent.mean.take().unwrap_or_default();
        let Some((threat, kind, up)) = doubtful(&table, &mean) else { return };
        for demand in [up, !up] {
            let mut branch = table.clone();
            if demand {
                branch.force(threat, kind);
            } else {
                branch.forbid(threat, kind);
            }
            if branch.is_possible() {
                self.descend(branch, ascent.prices.clone(), bound);
            }
        }
    }
}

/// Pairs that are not decided.
fn open(table: &Table) -> usize {
    let pairs = (0..table.threats).flat_map(|t| (0..table.kinds).map(move |k| (t, k)));
    pairs.filter(|(t, k)| table.is_open(*t, *k)).count()
}

/// The open pair whose mean number of copies is furthest from whole, and whether it
/// is nearer to one more.
fn doubtful(table: &Table, mean: &[f64]) -> Option<(usize, usize, bool)> {
    let mut best: Option<(f64, usize, usize, bool)> = None;
    for threat in 0..table.threats {
        for kind in 0..table.kinds {
            if !table.is_open(threat, kind) {
                continue;
            }
            let more = mean[threat * table.kinds + kind] - f64::from(table.forced_of(threat, kind));
            let doubt = (more - 0.5).abs();
            if best.is_none_or(|b| doubt < b.0) {
                best = Some((doubt, threat, kind, more >= 0.5));
            }
        }
    }
    best.map(|(_, threat, kind, up)| (threat, kind, up))
}
