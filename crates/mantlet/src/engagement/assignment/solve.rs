//! The order of the work: deal, improve prices and assignment in turn, then prove.

use super::super::draw::Draw;
use super::ascent::{Ascent, LARGE, SMALL};
use super::deal::Deal;
use super::price::{Search, Table};
use super::problem::{StaticAnswer, StaticProblem};
use super::tree::Proof;

/// Price steps between two assignments made of the sets. Chosen: by trial.
const STEPS: u32 = 10;
const FIRST_STEPS: u32 = 250;
/// Re-deals that gain less than this share of the value count as idle.
const LEAST_GAIN: f64 = 1e-4;
/// Re-deals of the best assignment of a large problem. Chosen: some seconds.
const MORE_REDEALS: u32 = 60;
/// Idle re-deals before a fresh start. Chosen: small problems by trial.
const IDLE_REDEALS: u32 = 4;
/// Sets tried in a proof. Chosen: some seconds.
const BUDGET: u64 = 400_000_000;
/// A problem of no more pairs is branched on. Chosen: a node takes milliseconds.
const MOST_PAIRS: usize = 50_000;
/// Share of the value at which bound and value count as equal.
const CLOSE: f64 = 1e-7;

/// Starts that a problem is worth. Chosen: seconds of a core; a large one gains little from more.
const USUAL_STARTS: [u32; 2] = [10, 5];

impl StaticProblem {
    /// Starts for seconds of work: ten for a small problem, five for a large one.
    pub fn usual_starts(&self) -> u32 {
        USUAL_STARTS[usize::from(self.copies.len() * self.weights.len() > MOST_PAIRS)]
    }

    /// Solves it from so many starts, each from better prices, and proves it if it is
    /// small; ends early when the bound meets the value within 1e-7 of it.
    pub fn solve(&self, starts: u32, seed: u64) -> StaticAnswer {
        let table = Table::new(self);
        let large = table.kinds * table.threats > MOST_PAIRS;
        let mut draw = Draw::new(seed, 1);
        let mut best = Deal::empty(&table);
        let mut prices = vec![0.0; table.kinds];
        best.deal_out(&table, &mut prices);
        if table.copies.iter().sum::<u32>() as usize > table.threats {
            best.polish(&table);
            best.redeal(&table, &mut draw, &mut prices);
        }
        best.polish(&table);
        // Where each threat gets one copy at most, those prices may be the proof.
        let mut ascent = Ascent::new(&table, prices.clone(), if large { LARGE } else { SMALL });
        let mut search = Search::default();
        let closed = |bound: f64, value: f64| bound >= value - CLOSE * value;
        for round in 0..starts {
            let steps = if round == 0 || !large { FIRST_STEPS } else { STEPS };
            if !large {
                ascent.restart();
            }
            ascent.climb(&table, steps, best.value(), &mut search, &mut |_, _| {});
            // A fresh start of the sets, and its re-deals.
            let mut work = Deal::repaired(&table, &ascent.sets);
            prices.clone_from(&ascent.prices);
            let mut idle = 0;
            let mut value = f64::INFINITY;
            while idle < IDLE_REDEALS {
                work.redeal(&table, &mut draw, &mut prices);
                work.polish(&table);
                idle = if work.value() < value - LEAST_GAIN * value { 0 } else { idle + 1 };
                value = work.value();
            }
            if value < best.value() {
                best.clone_from(&work);
            }
            if closed(ascent.bound, best.value()) {
                break;
            }
        }
        for _ in 0..if large { MORE_REDEALS } else { 0 } {
            best.redeal(&table, &mut draw, &mut prices);
            best.polish(&table);
        }
        let mut bound = ascent.bound;
        if !closed(bound, best.value()) && !large {
            let value = best.value();
            let mut proof = Proof {
                best,
                value,
                closed_at: f64::INFINITY,
                close: CLOSE * value,
                budget: BUDGET,
                search: Search::default(),
            };
            proof.descend(table, ascent.prices, bound);
            best = proof.best;
            bound = bound.max(proof.closed_at.min(proof.value - proof.close));
        }
        let value = self.value(&best.at);
        StaticAnswer { kinds_at: best.at, value, bound: bound.clamp(0.0, value) }
    }
}
