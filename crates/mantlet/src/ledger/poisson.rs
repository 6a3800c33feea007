//! Exact comparison of two Poisson rates.
//!
//! In: how many incidents over how long, later and earlier. Out: the ratio of the rates
//! (later over earlier), its 95 % interval, and p values. **Method**: given their sum,
//! the later count is binomial with chance `T_later / (T_later + T_earlier)` when the
//! rates are equal (Przyborowski and Wilenski, "Homogeneity of results in testing
//! samples from Poisson series", Biometrika 31 (1940) 313-323); intervals are those of
//! Clopper and Pearson, Biometrika 26 (1934) 404-413. Two-sided p values come in the two
//! kinds in use, which differ: *central*, twice the smaller tail, agrees with the
//! interval; *minimum likelihood*, everything no likelier than what was seen, is what
//! R's `poisson.test` prints (Fay, "Two-sided exact tests and matching confidence
//! intervals for discrete data", The R Journal 2(1) (2010) 53-58).
//!
//! **Limits**: incidents must come independently at a steady rate within each period,
//! and the date between the periods must not be chosen by looking at them.

use serde::Serialize;
use statrs::function::gamma::ln_gamma;

/// Incidents over a time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Count {
    /// How many.
    pub number: u64,
    /// Over how long: watched days times the share reported, or any other unit that
    /// both counts are in.
    pub exposure: f64,
}

/// Two rates compared.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The later count.
    pub later: Count,
    /// The earlier count.
    pub earlier: Count,
    /// How many the later period would have at the earlier rate.
    pub expected: f64,
    /// Later rate over earlier; `None` when there was nothing before.
    pub ratio: Option<f64>,
    /// Its 95 % interval; an upper end of `None` is no bound.
    pub interval_95: [Option<f64>; 2],
    /// Chance of so few later incidents or fewer, were the rates equal.
    pub p_lower: f64,
    /// Chance of so many or more.
    pub p_higher: f64,
    /// Two-sided, twice the smaller tail.
    pub p_central: f64,
    /// Two-sided, all outcomes no likelier than this one.
    pub p_minimum_likelihood: f64,
}

/// R takes outcomes as no likelier up to this factor, against rounding
/// (`stats:::binom.test`).
const NO_LIKELIER: f64 = 1.0 + 1e-7;

/// Compares a later rate with an earlier; `None` unless both exposures are over zero.
pub fn compare(later: Count, earlier: Count) -> Option<Comparison> {
    if !(later.exposure > 0.0 && earlier.exposure > 0.0) {
        return None;
    }
    let (k, n) = (later.number, later.number + earlier.number);
    let chance = later.exposure / (later.exposure + earlier.exposure);
    let (p_lower, p_higher) = (at_most(k, n, chance), at_least(k, n, chance));
    let times = earlier.exposure / later.exposure;
    let odds = |p: f64| if p < 1.0 { Some(times * p / (1.0 - p)) } else { None };
    let [low, high] = clopper_pearson(k, n);
    let ratio = (earlier.number > 0).then(|| k as f64 / earlier.number as f64 * times);
    Some(Comparison {
        later,
        earlier,
        expected: earlier.number as f64 / times,
        ratio,
        interval_95: [odds(low), odds(high)],
        p_lower,
        p_higher,
        p_central: (2.0 * p_lower.min(p_higher)).min(1.0),
        p_minimum_likelihood: minimum_likelihood(k, n, chance),
    })
}

/// Chance of so few later incidents or fewer, were the rates equal; 1 where a side was
/// not watched.
pub(super) fn chance_of_so_few(later: Count, earlier: Count) -> f64 {
    if !(later.exposure > 0.0 && earlier.exposure > 0.0) {
        return 1.0;
    }
    let chance = later.exposure / (later.exposure + earlier.exposure);
    at_most(later.number, later.number + earlier.number, chance)
}

/// A rate with its exact 95 % interval (Garwood, "Fiducial limits for the Poisson
/// distribution", Biometrika 28 (1936) 437-442).
pub fn rate_interval(count: Count) -> [f64; 2] {
    let n = count.number;
    let tail = |mean: f64, upper: bool| {
        let below = |k: u64| poisson_at_most(k, mean);
        if upper { below(n) } else { 1.0 - n.checked_sub(1).map_or(0.0, below) }
    };
    let most = n as f64 + 10.0 * (n as f64).sqrt() + 20.0;
    let low = if n == 0 { 0.0 } else { bisect(0.0, most, |m| tail(m, false) > 0.025) };
    let high = bisect(0.0, most, |m| tail(m, true) < 0.025);
    [low / count.exposure, high / count.exposure]
}

fn ln_choose(n: u64, k: u64) -> f64 {
    ln_gamma(n as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((n - k) as f64 + 1.0)
}

fn mass(k: u64, n: u64, p: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 {
        let sure = if p <= 0.0 { 0 } else { n };
        return f64::from(u8::from(k == sure));
    }
    (ln_choose(n, k) + k as f64 * p.ln() + (n - k) as f64 * (-p).ln_1p()).exp()
}

/// Sum of masses from `k` away from the mean, by their ratios: a few standard
/// deviations of terms, each relative to the first, so that small tails keep their
/// digits.
fn tail_from(k: u64, n: u64, p: f64, down: bool) -> f64 {
    let first = mass(k, n, p);
    let odds = p / (1.0 - p);
    let (mut term, mut sum, mut j) = (1.0, 1.0, k);
    while term > 1e-18 * sum && if down { j > 0 } else { j < n } {
        if down {
            term *= j as f64 / ((n - j + 1) as f64 * odds);
            j -= 1;
        } else {
            term *= (n - j) as f64 * odds / (j + 1) as f64;
            j += 1;
        }
        sum += term;
    }
    (first * sum).min(1.0)
}

/// P(X <= k).
fn at_most(k: u64, n: u64, p: f64) -> f64 {
    if k >= n {
        1.0
    } else if k as f64 <= n as f64 * p {
        tail_from(k, n, p, true)
    } else {
        1.0 - tail_from(k + 1, n, p, false)
    }
}

/// P(X >= k).
fn at_least(k: u64, n: u64, p: f64) -> f64 {
    if k == 0 {
        1.0
    } else if k as f64 >= n as f64 * p {
        tail_from(k, n, p, false)
    } else {
        1.0 - tail_from(k - 1, n, p, true)
    }
}

fn poisson_at_most(k: u64, mean: f64) -> f64 {
    if mean <= 0.0 {
        return 1.0;
    }
    let mass = |k: u64| (k as f64 * mean.ln() - mean - ln_gamma(k as f64 + 1.0)).exp();
    let (mut term, mut sum) = (1.0, 1.0);
    if k as f64 <= mean {
        let mut j = k;
        while j > 0 && term > 1e-18 * sum {
            term *= j as f64 / mean;
            j -= 1;
            sum += term;
        }
        return mass(k) * sum;
    }
    let mut j = k + 1;
    while term > 1e-18 * sum {
        j += 1;
        term *= mean / j as f64;
        sum += term;
    }
    1.0 - mass(k + 1) * sum
}

fn minimum_likelihood(k: u64, n: u64, p: f64) -> f64 {
    let mode = (((n + 1) as f64 * p).floor() as u64).min(n);
    let limit = mass(k, n, p) * NO_LIKELIER;
    if k == mode || mass(mode, n, p) <= limit {
        return 1.0;
    }
    let likelier = |j: u64| mass(j, n, p) > limit;
    if k < mode {
        // The first outcome over the mode that is no likelier than k.
        let (mut low, mut high) = (mode, n + 1);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if likelier(middle) { low = middle } else { high = middle }
        }
        let above = if high > n { 0.0 } else { at_least(high, n, p) };
        (at_most(k, n, p) + above).min(1.0)
    } else {
        // One over the last outcome under the mode that is no likelier than k.
        let (mut low, mut high) = (0, mode);
        while low < high {
            let middle = low + (high - low) / 2;
            if likelier(middle) { high = middle } else { low = middle + 1 }
        }
        let below = if low == 0 { 0.0 } else { at_most(low - 1, n, p) };
        (at_least(k, n, p) + below).min(1.0)
    }
}

fn clopper_pearson(k: u64, n: u64) -> [f64; 2] {
    let low = if k == 0 { 0.0 } else { bisect(0.0, 1.0, |p| at_least(k, n, p) > 0.025) };
    let high = if k == n { 1.0 } else { bisect(0.0, 1.0, |p| at_most(k, n, p) < 0.025) };
    [low, high]
}

/// Where `past` turns true between `low` and `high`, to the last digit.
fn bisect(mut low: f64, mut high: f64, past: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if past(middle) { high = middle } else { low = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(number: u64, exposure: f64) -> Count {
        Count { number, exposure }
    }

    fn near(a: f64, b: f64, digits: f64) {
        assert!((a / b - 1.0).abs() < digits, "{a} is not {b}");
    }

    /// R 4, `poisson.test(137, 24.19893)`.
    #[test]
    fn a_single_rate_has_the_interval_of_r() {
        let [low, high] = rate_interval(of(137, 24.198_93));
        near(137.0 / 24.198_93, 5.661_407, 1e-6);
        near(low, 4.753_125, 1e-6);
        near(high, 6.692_709, 1e-6);
    }

    /// R 4, `poisson.test(c(11, 21), c(800, 3011))`.
    #[test]
    fn two_rates_have_ratio_p_and_interval_of_r() {
        let c = compare(of(11, 800.0), of(21, 3011.0)).unwrap();
        near(c.ratio.unwrap(), 1.971_488, 1e-6);
        near(c.p_minimum_likelihood, 0.079_668_63, 1e-6);
        near(c.interval_95[0].unwrap(), 0.858_426_4, 1e-6);
        near(c.interval_95[1].unwrap(), 4.277_266, 1e-6);
    }

    /// R package rateratio.test, `rateratio.test(c(2, 9), c(17877, 16660))`, the example
    /// of Fay (2010).
    #[test]
    fn central_p_agrees_with_its_interval_where_minimum_likelihood_does_not() {
        let c = compare(of(2, 17_877.0), of(9, 16_660.0)).unwrap();
        near(c.ratio.unwrap(), 0.207_094_2, 1e-6);
        near(c.p_central, 0.050_106_50, 1e-6);
        near(c.p_minimum_likelihood, 0.033_094_2, 1e-5);
        near(c.interval_95[0].unwrap(), 0.021_774_1, 1e-5);
        near(c.interval_95[1].unwrap(), 1.000_549, 1e-6);
    }

    /// British coal-mining explosions, Jarrett (1979): 127 in the 41 years to 1891, 64
    /// in the 71 after.
    #[test]
    fn coal_mining_became_safer() {
        let c = compare(of(64, 71.0), of(127, 41.0)).unwrap();
        near(c.ratio.unwrap(), 0.291_005_9, 1e-6);
        near(c.interval_95[0].unwrap(), 0.212_025_8, 1e-6);
        near(c.interval_95[1].unwrap(), 0.396_022_9, 1e-6);
        near(c.p_lower, 5.424e-17, 1e-4);
    }

    /// NUMBERS: none in T2 after n1 in T1 has p = (T1 / (T1 + T2))^n1.
    #[test]
    fn silence_after_some_has_the_closed_form() {
        let c = compare(of(0, 63.0), of(21, 355.0)).unwrap();
        near(c.p_lower, (355.0_f64 / 418.0).powi(21), 1e-12);
        assert_eq!((c.ratio, c.interval_95[0]), (Some(0.0), Some(0.0)));
    }

    /// The demo ledger: 19 in 283 days, then 2 in 135.
    #[test]
    fn the_demo_truce_has_the_stated_p() {
        let c = compare(of(2, 135.0), of(19, 283.0)).unwrap();
        assert_eq!(format!("{:.4} {:.2}", c.p_lower, c.expected), "0.0163 9.06");
    }

    #[test]
    fn tails_add_up_to_one_and_large_counts_are_no_trouble() {
        for (k, n, p) in [(3, 10, 0.3), (0, 5, 0.2), (5, 5, 0.9), (400_000, 1_000_000, 0.4003)] {
            near(at_most(k, n, p) + at_least(k, n, p) - mass(k, n, p), 1.0, 1e-7);
        }
        let c = compare(of(400_000, 4000.0), of(600_000, 6000.0)).unwrap();
        assert!((0.49..0.52).contains(&c.p_lower) && c.p_minimum_likelihood > 0.99);
    }

    #[test]
    fn nothing_at_all_says_nothing() {
        let c = compare(of(0, 10.0), of(0, 10.0)).unwrap();
        assert_eq!((c.ratio, c.interval_95, c.p_central), (None, [Some(0.0), None], 1.0));
        assert_eq!(compare(of(1, 0.0), of(1, 1.0)), None);
    }
}
