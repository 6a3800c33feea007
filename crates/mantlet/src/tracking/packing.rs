//! Which hypotheses are true together: each plot belongs to one of them or to none.
//!
//! In: hypotheses with their log-odds against "all clutter" and the plots that each
//! explains, over several scans; out: the best set of hypotheses that share no plot,
//! and for each the share of belief that it holds among those it competes with.
//! This is the multidimensional assignment of multiple-hypothesis tracking (A. B.
//! Poore, "Multidimensional assignment formulation of data association problems
//! arising from multitarget and multisensor tracking", Computational Optimization and
//! Applications 3, 1994, section 3). It is solved by prices on the plots: coordinate
//! ascent on the dual of its linear relaxation, smoothed by an entropy, which has a
//! closed form per plot and always converges (J. L. Williams and R. A. Lau, "Multiple
//! scan data association by convex variational inference", IEEE Trans. Signal
//! Processing 66(8), 2018, section IV); the smoothing then shrinks. The set is rounded
//! greedily by reduced weight and improved by exchanges. The shares are those of the
//! best set against every set that differs from it by one exchange: one hypothesis
//! comes in, those that it conflicts with go out, and each of these is replaced by its
//! best substitute (the leading terms of the sum over global hypotheses: I. J. Cox and
//! S. L. Hingorani, "An efficient implementation of Reid's multiple hypothesis tracking
//! algorithm", IEEE Trans. PAMI 18(2), 1996, section 3).
//!
//! Limits: the relaxation may have a gap, so that the set is not always the very best;
//! the tests compare with a search of all sets. Sets further off than one exchange do
//! not count in the shares.

/// Temperatures of the smoothing, in units of log-odds, ending near the plain relaxation.
const TEMPERATURES: [f64; 3] = [3.0, 1.0, 0.4];
/// Sweeps over the plots at each temperature, at most.
const SWEEPS: usize = 12;
/// Largest change of a price at which the sweeps end.
const STILL: f64 = 0.02;
/// Substitutes of a chosen hypothesis that are looked at.
const SUBSTITUTES: usize = 12;
/// Rounds of exchanges, at most.
const EXCHANGES: usize = 6;

/// One hypothesis: its log-odds, and the keys of its plots.
pub type Claim<'a> = (f64, &'a [u64]);

/// What came of the hypotheses, in their order.
#[derive(Clone, Debug, Default)]
pub struct Packing {
    /// Whether it is in the best set.
    pub chosen: Vec<bool>,
    /// Belief that it is true, between 0 and 1.
    pub share: Vec<f64>,
}

/// Hypotheses and the plots they hold, both ways, by index.
struct Incidence {
    /// Plots of hypothesis `h`: `plots[of[h]..of[h + 1]]`.
    of: Vec<u32>,
    plots: Vec<u32>,
    /// Hypotheses of plot `p`: `holders[by[p]..by[p + 1]]`.
    by: Vec<u32>,
    holders: Vec<u32>,
}

impl Incidence {
    fn new(claims: &[Claim]) -> Self {
        let mut keys: Vec<u64> = claims.iter().flat_map(|c| c.1).copied().collect();
        keys.sort_unstable();
        keys.dedup();
        let place = |key: &u64| keys.partition_point(|k| k < key) as u32;
        let mut of = vec![0];
        let mut plots = Vec::new();
        for (_, own) in claims {
            plots.extend(own.iter().map(place));
            of.push(plots.len() as u32);
        }
        let mut by = vec![0; keys.len() + 1];
        plots.iter().for_each(|&p| by[p as usize + 1] += 1);
        (0..keys.len()).for_each(|p| by[p + 1] += by[p]);
        let mut next = by.clone();
        let mut holders = vec![0; plots.len()];
        for h in 0..claims.len() {
            for &p in &plots[of[h] as usize..of[h + 1] as usize] {
                holders[next[p as usize] as usize] = h as u32;
                next[p as usize] += 1;
            }
        }
        Self { of, plots, by, holders }
    }

    fn plots(&self, hypothesis: usize) -> impl Iterator<Item = usize> + '_ {
        let span = self.of[hypothesis] as usize..self.of[hypothesis + 1] as usize;
        self.plots[span].iter().map(|&p| p as usize)
    }

    fn holders(&self, plot: usize) -> &[u32] {
        &self.holders[self.by[plot] as usize..self.by[plot + 1] as usize]
    }

    fn plot_count(&self) -> usize {
        self.by.len() - 1
    }
}

/// The best set and the shares.
pub fn pack(claims: &[Claim]) -> Packing {
    let incidence = Incidence::new(claims);
    let mut reduced: Vec<f64> = claims.iter().map(|c| c.0).collect();
    let mut price = vec![0.0; incidence.plot_count()];
    for temperature in TEMPERATURES {
        for _ in 0..SWEEPS {
            if sweep(&incidence, temperature, &mut price, &mut reduced) < STILL {
                break;
            }
        }
    }
    let chosen = round(claims, &incidence, &reduced);
    let share = shares(claims, &incidence, &chosen);
    Packing { chosen, share }
}

/// Belief in each hypothesis, by the exchanges that bring it in or put it out.
fn shares(claims: &[Claim], incidence: &Incidence, chosen: &[bool]) -> Vec<f64> {
    let mut owner = vec![usize::MAX; incidence.plot_count()];
    for h in (0..claims.len()).filter(|&h| chosen[h]) {
        incidence.plots(h).for_each(|p| owner[p] = h);
    }
    let displaced: Vec<Vec<usize>> = (0..claims.len())
        .map(|h| {
            let mut out: Vec<usize> =
                incidence.plots(h).map(|p| owner[p]).filter(|&o| o != usize::MAX).collect();
            out.sort_unstable();
            out.dedup();
            out
        })
        .collect();
    // What could stand in for a chosen one alone, the likeliest first.
    let mut substitutes: Vec<Vec<usize>> = vec![Vec::new(); claims.len()];
    for h in (0..claims.len()).filter(|&h| !chosen[h] && claims[h].0 > 0.0) {
        if let [only] = displaced[h][..] {
            substitutes[only].push(h);
        }
    }
    for list in &mut substitutes {
        list.sort_by(|&a, &b| claims[b].0.total_cmp(&claims[a].0).then(a.cmp(&b)));
        list.truncate(SUBSTITUTES);
    }
    let apart = |a: usize, b: usize| !claims[a].1.iter().any(|key| claims[b].1.contains(key));
    // Likelihood of the set with it, against the best set.
    let mut with = vec![0.0; claims.len()];
    // Sum over the sets without it.
    let mut without: Vec<f64> = claims.iter().map(|c| (-c.0.max(0.0)).exp()).collect();
    for h in (0..claims.len()).filter(|&h| !chosen[h]) {
        let mut change = claims[h].0;
        for &out in &displaced[h] {
            let substitute = substitutes[out].iter().find(|&&s| s != h && apart(s, h));
            change += substitute.map_or(0.0, |&s| claims[s].0) - claims[out].0;
        }
        with[h] = change.min(0.0).exp();
        displaced[h].iter().for_each(|&out| without[out] += with[h]);
    }
    let all = |h: usize| displaced[h].iter().map(|&out| without[out]).fold(with[h], f64::max);
    (0..claims.len())
        .map(|h| if chosen[h] { 1.0 / (1.0 + without[h]) } else { with[h] / (1.0 + all(h)) })
        .collect()
}

/// Sets each plot's price so that it is used once in all, by hypotheses or by clutter;
/// the largest change.
fn sweep(incidence: &Incidence, temperature: f64, price: &mut [f64], reduced: &mut [f64]) -> f64 {
    let mut moved = 0.0f64;
    for (plot, price) in price.iter_mut().enumerate() {
        let holders = incidence.holders(plot);
        let before = *price;
        let mut top = 0.0f64;
        for &h in holders {
            top = top.max(reduced[h as usize] + before);
        }
        let mut sum = (-top / temperature).exp();
        for &h in holders {
            sum += ((reduced[h as usize] + before - top) / temperature).exp();
        }
        let after = top + temperature * sum.ln();
        for &h in holders {
            reduced[h as usize] += before - after;
        }
        *price = after;
        moved = moved.max((after - before).abs());
    }
    moved
}

/// A set without conflicts: greedily by reduced weight, then by exchanges that gain.
fn round(claims: &[Claim], incidence: &Incidence, reduced: &[f64]) -> Vec<bool> {
    const NOBODY: u32 = u32::MAX;
    let mut order: Vec<usize> = (0..claims.len()).filter(|&h| claims[h].0 > 0.0).collect();
    order.sort_by(|&a, &b| {
        reduced[b].total_cmp(&reduced[a]).then(claims[b].0.total_cmp(&claims[a].0)).then(a.cmp(&b))
    });
    let mut owner = vec![NOBODY; incidence.plot_count()];
    let mut chosen = vec![false; claims.len()];
    let mut rivals: Vec<u32> = Vec::new();
    for exchange in 0..EXCHANGES {
        let mut changed = false;
        for &h in &order {
            if chosen[h] {
                continue;
            }
            rivals.clear();
            rivals.extend(incidence.plots(h).map(|p| owner[p]).filter(|&o| o != NOBODY));
            rivals.sort_unstable();
            rivals.dedup();
            let loss: f64 = rivals.iter().map(|&r| claims[r as usize].0).sum();
            if (exchange == 0 && !rivals.is_empty()) || claims[h].0 <= loss {
                continue;
            }
            for &r in &rivals {
                chosen[r as usize] = false;
                incidence.plots(r as usize).for_each(|p| owner[p] = NOBODY);
            }
            chosen[h] = true;
            incidence.plots(h).for_each(|p| owner[p] = h as u32);
            changed = true;
        }
        if exchange > 0 && !changed {
            break;
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn weight(claims: &[Claim], chosen: &[bool]) -> f64 {
        claims.iter().zip(chosen).filter(|(_, c)| **c).map(|(c, _)| c.0).sum()
    }

    fn best_of_all(claims: &[Claim]) -> f64 {
        let sets = 0u32..1 << claims.len();
        let fits = |set: &u32| {
            let mut used = Vec::new();
            (0..claims.len()).filter(|h| set >> h & 1 == 1).all(|h| {
                let free = claims[h].1.iter().all(|k| !used.contains(k));
                used.extend(claims[h].1);
                free
            })
        };
        let total = |set: u32| -> f64 {
            (0..claims.len()).filter(|h| set >> h & 1 == 1).map(|h| claims[h].0).sum()
        };
        sets.filter(fits).map(total).fold(0.0, f64::max)
    }

    proptest! {
        #[test]
        fn the_set_has_no_conflict_and_is_nearly_the_best_of_all_sets(
            drawn in prop::collection::vec((-2.0..15.0f64, prop::collection::btree_set(0u64..9, 1..5)), 1..11),
        ) {
            let keys: Vec<Vec<u64>> = drawn.iter().map(|d| d.1.iter().copied().collect()).collect();
            let claims: Vec<Claim> =
                drawn.iter().zip(&keys).map(|(d, k)| (d.0, k.as_slice())).collect();
            let packing = pack(&claims);
            let mut used: Vec<u64> = Vec::new();
            for (h, _) in packing.chosen.iter().enumerate().filter(|(_, c)| **c) {
                used.extend(claims[h].1);
            }
            let count = used.len();
            used.sort_unstable();
            used.dedup();
            prop_assert_eq!(used.len(), count, "a plot is used twice");
            let (ours, best) = (weight(&claims, &packing.chosen), best_of_all(&claims));
            prop_assert!(ours <= best + 1e-9 && ours >= 0.8 * best, "{} of {}", ours, best);
            prop_assert!(packing.share.iter().all(|s| (0.0..=1.0).contains(s)));
        }
    }

    #[test]
    fn the_true_set_of_a_lattice_beats_the_one_that_is_shifted() {
        // Five objects abreast over three scans, and everything shifted by one a scan:
        // the shifted ones are as likely one by one, but two of them are cut short.
        let key = |object: u64, scan: u64| 10 * scan + object;
        let still: Vec<Vec<u64>> = (0..5).map(|o| (0..3).map(|s| key(o, s)).collect()).collect();
        let moving: Vec<Vec<u64>> =
            (0..3).map(|o| (0..3).map(|s| key(o + s, s)).collect()).collect();
        let claims: Vec<Claim> =
            still.iter().chain(&moving).map(|keys| (20.0, keys.as_slice())).collect();
        let packing = pack(&claims);
        assert_eq!(packing.chosen, [true, true, true, true, true, false, false, false]);
        assert!(packing.share[0] > 0.6 && packing.share[5] < 0.4, "{:?}", packing.share);
    }

    #[test]
    fn two_that_explain_the_same_plots_share_the_belief() {
        let claims: [Claim; 2] = [(9.0, &[1, 2, 3]), (8.0, &[1, 2, 4])];
        let packing = pack(&claims);
        assert_eq!(packing.chosen, [true, false]);
        let odds = (packing.share[0] / packing.share[1]).ln();
        assert!((packing.share.iter().sum::<f64>() - 1.0).abs() < 0.01, "{:?}", packing.share);
        assert!((0.5..1.5).contains(&odds), "{odds}");
    }
}
