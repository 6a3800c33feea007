//! Prices of the kinds, improved step by step, and the bound that they prove.
//!
//! The volume algorithm (F. Barahona, R. Anbil, "The volume algorithm: producing
//! primal solutions with a subgradient method", Mathematical Programming 87 (2000)
//! 385): steps along a running mean of the violations of the kinds' limits.

use super::price::{Order, Search, Table};

/// How a climb steps; all chosen by trial on generated problems.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stride {
    /// Share of the newest violation in the running mean.
    newest: f64,
    /// The squared mean counts as no less than this share of the newest square: where
    /// violations cancel, the mean says too little of how far to go.
    fresh: f64,
    /// Steps without gain after which they are shortened.
    patience: u32,
    /// Dear kinds step further, by this power of their price.
    power: f64,
}

/// Many short climbs: the last thousandth counts.
pub(super) const SMALL: Stride = Stride { newest: 0.2, fresh: 0.1, patience: 20, power: 1.5 };
/// One climb of a few hundred steps.
pub(super) const LARGE: Stride = Stride { newest: 0.15, fresh: 0.3, patience: 5, power: 0.0 };

/// Each threat's set.
pub(super) type Sets = [Vec<usize>];

/// A climb of the bound.
#[derive(Clone, Debug)]
pub(super) struct Ascent {
    /// The best prices so far.
    pub prices: Vec<f64>,
    /// The bound that they prove.
    pub bound: f64,
    /// Each threat's set at the prices tried last.
    pub sets: Vec<Vec<usize>>,
    /// Mean number of copies, by threat and then kind, where wanted.
    pub mean: Option<Vec<f64>>,
    direction: Vec<f64>,
    stride: Stride,
    step: f64,
    idle: u32,
}

impl Ascent {
    pub fn new(table: &Table, prices: Vec<f64>, stride: Stride) -> Self {
        Self {
            prices,
            bound: f64::NEG_INFINITY,
            sets: vec![Vec::new(); table.threats],
            mean: None,
            direction: vec![0.0; table.kinds],
            stride,
            step: 1.0,
            idle: 0,
        }
    }

    /// Long steps again, from the best prices.
    pub fn restart(&mut self) {
        (self.step, self.idle) = (1.0, 0);
    }

    /// Bound at some prices; leaves the sets and the violations behind.
    pub fn look(
        &mut self,
        table: &Table,
        prices: &[f64],
        search: &mut Search,
        over: &mut Vec<f64>,
    ) -> f64 {
        let order = Order::of(table, prices);
        over.clear();
        over.extend(table.copies.iter().map(|c| -f64::from(*c)));
        let mut total: f64 =
            prices.iter().zip(&table.copies).map(|(l, c)| -l * f64::from(*c)).sum();
        for threat in 0..table.threats {
            total += search.cheapest(table, prices, &order, threat);
            search.set.iter().for_each(|k| over[*k] += 1.0);
            self.sets[threat].clone_from(&search.set);
        }
        total
    }

    /// Takes `steps` steps towards `target`, the value of the best assignment known.
    /// `seen` is shown the sets of each step.
    pub fn climb(
        &mut self,
        table: &Table,
        steps: u32,
        target: f64,
        search: &mut Search,
        seen: &mut dyn FnMut(&Sets, &[f64]),
    ) {
        let mut over = Vec::with_capacity(table.kinds);
        let mut prices = self.prices.clone();
        for turn in 0..steps {
            // A continued climb knows its direction.
            if turn > 0 || self.bound == f64::NEG_INFINITY {
                let total = self.look(table, &prices, search, &mut over);
                seen(&self.sets, &over);
                let newest = if self.bound == f64::NEG_INFINITY { 1.0 } else { self.stride.newest };
                self.blend(table, &over, newest);
                if total > self.bound {
                    (self.bound, self.idle) = (total, 0);
                    self.prices.clone_from(&prices);
                } else {
                    self.idle += 1;
                    if self.idle >= self.stride.patience {
                        (self.step, self.idle) = (self.step * 0.66, 0);
                    }
                }
            }
            let typical = 0.1 * self.prices.iter().sum::<f64>() / table.kinds as f64;
            let scale: Vec<f64> =
                self.prices.iter().map(|l| (l + typical).powf(self.stride.power)).collect();
            // A price that is nothing already cannot fall.
            let may = |kind: usize| self.direction[kind] > 0.0 || self.prices[kind] > 0.0;
            let norm: f64 = (0..table.kinds)
                .filter(|kind| may(*kind))
                .map(|kind| scale[kind] * self.direction[kind].powi(2))
                .sum();
            let newest: f64 = over.iter().zip(&scale).map(|(o, s)| s * o * o).sum();
            let norm = norm.max(self.stride.fresh * newest);
            if norm < 1e-18 || self.bound >= target {
                return;
            }
            let by = self.step * (target - self.bound).max(1e-9 * target.abs()) / norm;
            for (kind, price) in prices.iter_mut().enumerate() {
                *price = (self.prices[kind] + by * scale[kind] * self.direction[kind]).max(0.0);
            }
        }
    }

    fn blend(&mut self, table: &Table, over: &[f64], newest: f64) {
        for (d, o) in self.direction.iter_mut().zip(over) {
            *d += newest * (o - *d);
        }
        if let Some(mean) = &mut self.mean {
            mean.iter_mut().for_each(|m| *m *= 1.0 - newest);
            for (threat, set) in self.sets.iter().enumerate() {
                set.iter().for_each(|k| mean[threat * table.kinds + k] += newest);
            }
        }
    }
}
