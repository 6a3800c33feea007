//! When did the rate change, if it did?
//!
//! In: counts per day (or year) with how far each was watched, or event times. Out: the
//! posterior of the date of one change, of the rates on both sides, and the Bayes factor
//! against no change. **Method**: one step in a Poisson rate, all dates equally likely
//! beforehand, Gamma priors on the rates integrated out exactly: Raftery and Akman,
//! "Bayesian analysis of a Poisson process with a change-point", Biometrika 73 (1986)
//! 85-89 for continuous time; Carlin, Gelfand and Smith, "Hierarchical Bayesian analysis
//! of changepoint problems", Applied Statistics 41 (1992) 389-405 for counts.
//!
//! **Limits**: exactly one change, or none, and a rate constant on both sides: a slow
//! decline or a series that excites itself looks like a step to it. The Bayes factor
//! depends on the prior, which is therefore returned.

use serde::Serialize;
use statrs::function::erf::erfc;
use statrs::function::gamma::{gamma_lr, ln_gamma};

/// A Gamma prior on a rate: mean `shape / rate` per unit of exposure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Prior {
    /// Shape: as much as so many incidents.
    pub shape: f64,
    /// Rate: seen in so much exposure; over zero.
    pub rate: f64,
}

impl Prior {
    /// Worth one incident at the overall rate: unit information (Kass and Wasserman,
    /// "A reference Bayesian test for nested hypotheses", JASA 90 (1995) 928-934).
    pub fn unit_information(number: u64, exposure: f64) -> Self {
        Self { shape: 1.0, rate: exposure / (number.max(1) as f64) }
    }

    /// Log of the marginal likelihood of `n` events over `exposure`, less what depends
    /// on the data alone.
    fn ln_marginal(&self, n: f64, exposure: f64) -> f64 {
        let Self { shape, rate } = *self;
        shape * rate.ln() - ln_gamma(shape) + ln_gamma(shape + n)
            - (shape + n) * (rate + exposure).ln()
    }
}

/// A rate with its posterior 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RateBelief {
    /// Posterior mean.
    pub mean: f64,
    /// 2.5 % and 97.5 % quantiles.
    pub interval_95: [f64; 2],
}

/// The change in counts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CountChange {
    /// Chance of each bin but the last to be the last one of the early rate, given that
    /// there was a change.
    #[serde(skip)]
    pub posterior: Vec<f64>,
    /// Its likeliest bin.
    pub mode: usize,
    /// Mean bin.
    pub mean: f64,
    /// Median bin.
    pub median: usize,
    /// Smallest bins with at least 2.5 % and 97.5 % at or below them.
    pub interval_95: [usize; 2],
    /// Early rate.
    pub before: RateBelief,
    /// Late rate.
    pub after: RateBelief,
    /// log10 of the Bayes factor of one change against none.
    pub log10_bayes_factor: f64,
    /// Bin of the greatest likelihood.
    pub most_likely: usize,
    /// Rates of the greatest likelihood, before and after it.
    pub most_likely_rates: [f64; 2],
    /// Twice the log of the likelihood ratio against no change.
    pub two_log_likelihood_ratio: f64,
}

/// Finds the change in counts per bin; `exposure` says how far each bin was watched.
/// `None` for fewer than two bins or where nothing was watched.
pub fn change_in_counts(counts: &[u32], exposure: &[f64], prior: Prior) -> Option<CountChange> {
    let bins = counts.len().min(exposure.len());
    let total: f64 = counts.iter().map(|c| f64::from(*c)).sum();
    let watched: f64 = exposure.iter().sum();
    if bins < 2 || watched <= 0.0 {
        return None;
    }
    let (mut n, mut e) = (0.0, 0.0);
    let sums: Vec<(f64, f64)> = (0..bins - 1)
        .map(|k| {
            n += f64::from(counts[k]);
            e += exposure[k];
            (n, e)
        })
        .collect();
    let ln: Vec<f64> = sums
        .iter()
        .map(|(n, e)| prior.ln_marginal(*n, *e) + prior.ln_marginal(total - n, watched - e))
        .collect();
    let peak = ln.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut posterior: Vec<f64> = ln.iter().map(|l| (l - peak).exp()).collect();
    let sum: f64 = posterior.iter().sum();
    posterior.iter_mut().for_each(|p| *p /= sum);
    let evidence = peak + sum.ln() - (posterior.len() as f64).ln();
    let quantile = |p: f64| {
        let mut below = 0.0;
        posterior
            .iter()
            .position(|mass| {
                below += mass;
                below >= p
            })
            .unwrap_or(posterior.len() - 1)
    };
    let likelihood = |n: f64, e: f64| if n > 0.0 { n * (n / e).ln() } else { 0.0 };
    let ratio = |(n, e): (f64, f64)| {
        if e > 0.0 && watched - e > 0.0 {
            likelihood(n, e) + likelihood(total - n, watched - e)
        } else {
            f64::NEG_INFINITY
        }
    };
    let most_likely = (0..sums.len()).max_by(|a, b| ratio(sums[*a]).total_cmp(&ratio(sums[*b])))?;
    let (n, e) = sums[most_likely];
    let mode = (0..posterior.len()).max_by(|a, b| posterior[*a].total_cmp(&posterior[*b]))?;
    let sides = |late: bool| -> Vec<(f64, f64, f64)> {
        // Dates that carry no weight cost time only.
        let kept = posterior.iter().zip(&sums).filter(|(mass, _)| **mass > 1e-9);
        kept.map(|(mass, (n, e))| {
            let (n, e) = if late { (total - n, watched - e) } else { (*n, *e) };
            (*mass, prior.shape + n, prior.rate + e)
        })
        .collect()
    };
    Some(CountChange {
        mode,
        mean: posterior.iter().enumerate().map(|(k, p)| k as f64 * p).sum(),
        median: quantile(0.5),
        interval_95: [quantile(0.025), quantile(0.975)],
        before: belief(&sides(false)),
        after: belief(&sides(true)),
        log10_bayes_factor: (evidence - prior.ln_marginal(total, watched))
            / std::f64::consts::LN_10,
        most_likely,
        most_likely_rates: [n / e, (total - n) / (watched - e)],
        two_log_likelihood_ratio: 2.0 * (ratio(sums[most_likely]) - likelihood(total, watched)),
        posterior,
    })
}

/// Mean and interval of a mixture of Gammas: (weight, shape, rate).
fn belief(mixture: &[(f64, f64, f64)]) -> RateBelief {
    let weight: f64 = mixture.iter().map(|m| m.0).sum();
    let mean = mixture.iter().map(|(w, a, b)| w * a / b).sum::<f64>() / weight;
    let below = |x: f64| {
        // A Gamma further than this from its mean is on one side for any purpose.
        let one = |(w, a, b): &(f64, f64, f64)| {
            let z = (b * x - a) / a.sqrt();
            if z > 40.0 {
                *w
            } else if z < -40.0 || x <= 0.0 {
                0.0
            } else {
                w * gamma_below(*a, b * x)
            }
        };
        mixture.iter().map(one).sum::<f64>() / weight
    };
    let quantile = |p: f64| {
        let (mut low, mut high) = (0.0, mean);
        while below(high) < p {
            high *= 2.0;
        }
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if below(middle) < p { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    };
    RateBelief { mean, interval_95: [quantile(0.025), quantile(0.975)] }
}

/// Shape from which the cube root of a Gamma variable is taken as normal (Wilson and
/// Hilferty, "The distribution of chi-square", PNAS 17 (1931) 684-688). chosen: off by
/// less than 1e-6 there, where the series takes hundreds of terms for each of thousands
/// of dates.
const WILSON_HILFERTY: f64 = 10_000.0;

/// Chance that a Gamma variable of this shape and rate 1 is below `x`, over 0.
fn gamma_below(shape: f64, x: f64) -> f64 {
    if shape < WILSON_HILFERTY {
        return gamma_lr(shape, x);
    }
    let ninth = 1.0 / (9.0 * shape);
    let z = ((x / shape).cbrt() - 1.0 + ninth) / ninth.sqrt();
    0.5 * erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// The change in continuous time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TimeChange {
    /// Likeliest time.
    pub mode: f64,
    /// Median.
    pub median: f64,
    /// 2.5 % and 97.5 % quantiles.
    pub interval_95: [f64; 2],
    /// Posterior mean of the early and of the late rate.
    pub rates: [f64; 2],
    /// log10 of the Bayes factor of one change against none.
    pub log10_bayes_factor: f64,
}

/// Nodes and weights of Gauss and Legendre on [-1, 1], five points (Abramowitz and
/// Stegun, table 25.4).
const NODES: [(f64, f64); 5] = [
    (0.0, 0.568_888_888_888_888_9),
    (0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
    (-0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
    (0.906_179_845_938_664, 0.236_926_885_056_189_1),
    (-0.906_179_845_938_664, 0.236_926_885_056_189_1),
];

/// Between two events, in the coordinate `v = ln((rate + t) / (rate + span - t))`, in
/// which the density is smooth up to the ends.
struct Panel {
    v: [f64; 2],
    early: usize,
}

struct Density<'t> {
    prior: Prior,
    span: f64,
    number: usize,
    /// `ln_gamma(shape + n)` for n from 0 to `number`.
    ln_gammas: &'t [f64],
}

impl Density<'_> {
    fn time(&self, v: f64) -> f64 {
        let whole = self.span + 2.0 * self.prior.rate;
        whole / (1.0 + (-v).exp()) - self.prior.rate
    }

    fn v(&self, time: f64) -> f64 {
        ((self.prior.rate + time) / (self.prior.rate + self.span - time)).ln()
    }

    /// Log of the density over time, up to a constant, with `early` events before.
    fn ln_at(&self, time: f64, early: usize) -> f64 {
        let Prior { shape, rate } = self.prior;
        let late = self.number - early;
        self.ln_gammas[early] + self.ln_gammas[late]
            - (shape + early as f64) * (rate + time).ln()
            - (shape + late as f64) * (rate + self.span - time).ln()
    }

    /// Integrals over a part of a panel: mass, and mass times each rate's mean.
    fn integrate(&self, [from, to]: [f64; 2], early: usize, peak: f64) -> [f64; 3] {
        let Prior { shape, rate } = self.prior;
        let (half, middle) = (0.5 * (to - from), 0.5 * (to + from));
        let mut sums = [0.0; 3];
        for (node, weight) in NODES {
            let time = self.time(middle + half * node);
            let (before, after) = (rate + time, rate + self.span - time);
            let dt_dv = before * after / (self.span + 2.0 * rate);
            let mass = weight * half * dt_dv * (self.ln_at(time, early) - peak).exp();
            let late = self.number - early;
            sums[0] += mass;
            sums[1] += mass * (shape + early as f64) / before;
            sums[2] += mass * (shape + late as f64) / after;
        }
        sums
    }
}

/// Finds the change among event times, ascending, from 0 to `span`. `None` without
/// events or span.
pub fn change_in_time(times: &[f64], span: f64, prior: Prior) -> Option<TimeChange> {
    if times.is_empty() || !(span > 0.0 && prior.rate > 0.0 && prior.shape > 0.0) {
        return None;
    }
    let number = times.len();
    let mut ln_gammas = Vec::with_capacity(number + 1);
    ln_gammas.push(ln_gamma(prior.shape));
    for n in 0..number {
        ln_gammas.push(ln_gammas[n] + (prior.shape + n as f64).ln());
    }
    let density = Density { prior, span, number, ln_gammas: &ln_gammas };
    let ends = |early: usize| {
        let from = early.checked_sub(1).map_or(0.0, |i| times[i].clamp(0.0, span));
        let to = times.get(early).map_or(span, |t| t.clamp(0.0, span));
        [from, to]
    };
    // Between events the log density is convex: its greatest value is at an end.
    let highest = |early: usize| {
        let [from, to] = ends(early);
        density.ln_at(from, early).max(density.ln_at(to, early))
    };
    let wide = |early: &usize| ends(*early)[0] < ends(*early)[1];
    let top = (0..=number)
        .filter(wide)
        .map(|early| (highest(early), early))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    let (peak, at) = top;
    let [from, to] = ends(at);
    let mode = if density.ln_at(from, at) >= density.ln_at(to, at) { from } else { to };
    let mut panels = Vec::new();
    for early in (0..=number).filter(wide) {
        // Less than 1e-17 of the peak, over any span, is nothing.
        if highest(early) < peak - 40.0 {
            continue;
        }
        let [from, to] = ends(early).map(|t| density.v(t));
        let slope = |v: f64| {
            let share = 1.0 / (1.0 + (-v).exp());
            let (n1, n2) = (early as f64, (number - early) as f64);
            let (up, down) = (prior.shape + n2 - 1.0, prior.shape + n1 - 1.0);
            (up * share - down * (1.0 - share)).abs()
        };
        // chosen: the log density changes by at most 2 over a panel of five nodes.
        let parts = ((slope(from).max(slope(to)) * (to - from) / 2.0).ceil()).clamp(1.0, 1e4);
        let step = (to - from) / parts;
        panels.extend(
            (0..parts as usize).map(|k| Panel {
                v: [from + k as f64 * step, from + (k + 1) as f64 * step],
                early,
            }),
        );
    }
    let masses: Vec<[f64; 3]> =
        panels.iter().map(|p| density.integrate(p.v, p.early, peak)).collect();
    let sum = |i: usize| masses.iter().map(|m| m[i]).sum::<f64>();
    let total = sum(0);
    let quantile = |p: f64| {
        let mut below = 0.0;
        let found = masses.iter().position(|m| {
            below += m[0];
            below >= p * total
        });
        let index = found.unwrap_or(masses.len() - 1);
        let missing = p * total - (below - masses[index][0]);
        let Panel { v: [from, to], early } = panels[index];
        let (mut low, mut high) = (from, to);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            let mass = density.integrate([from, middle], early, peak)[0];
            if mass < missing { low = middle } else { high = middle }
        }
        density.time(0.5 * (low + high))
    };
    let Prior { shape, rate } = prior;
    let normal = shape * rate.ln() - ln_gamma(shape);
    let none = ln_gammas[number] - (shape + number as f64) * (rate + span).ln();
    let evidence = peak + total.ln() - span.ln() + normal - none;
    Some(TimeChange {
        mode,
        median: quantile(0.5),
        interval_95: [quantile(0.025), quantile(0.975)],
        rates: [sum(1) / total, sum(2) / total],
        log10_bayes_factor: evidence / std::f64::consts::LN_10,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_gamma_is_its_series_to_six_digits() {
        for shape in [10_000.0, 300_000.0_f64] {
            for z in [-4.0, -1.96, -0.3, 0.0, 1.0, 1.96, 4.0] {
                let x = shape + z * shape.sqrt();
                let (quick, series) = (gamma_below(shape, x), gamma_lr(shape, x));
                assert!((quick - series).abs() < 1e-6, "{shape} {z}: {quick} {series}");
            }
        }
    }
}
