//! The change of rate in British coal mining, against published figures and against
//! brute force.

use std::path::Path;

use super::super::Day;
use super::super::change_point::{Prior, change_in_counts, change_in_time};
use super::super::hawkes::{fit_hawkes, steady_log_likelihood};

/// 191 dates as decimal years (Jarrett 1979, R's `boot::coal`); `None`, with a line said,
/// where the reference data is absent.
fn coal() -> Option<Vec<f64>> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/ledger/coal.csv");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    };
    Some(text.lines().skip(1).map(|l| l.split(',').nth(1).unwrap().parse().unwrap()).collect())
}

fn yearly(dates: &[f64]) -> Vec<u32> {
    let mut counts = vec![0; 112];
    for date in dates {
        counts[*date as usize - 1851] += 1;
    }
    counts
}

fn near(a: f64, b: f64, within: f64) {
    assert!((a - b).abs() <= within, "{a} is not {b}");
}

/// NUMBERS, "Change point", yearly totals 1851-1962, priors Gamma(1, 1).
#[test]
fn coal_by_years_changed_as_published() {
    let Some(dates) = coal() else { return };
    let change =
        change_in_counts(&yearly(&dates), &[1.0; 112], Prior { shape: 1.0, rate: 1.0 }).unwrap();
    let year = |bin: usize| bin + 1851;
    assert_eq!(year(change.most_likely), 1891);
    near(change.most_likely_rates[0], 3.097_56, 5e-6);
    near(change.most_likely_rates[1], 0.901_408, 5e-7);
    near(change.two_log_likelihood_ratio, 69.988_34, 5e-6);
    assert_eq!(year(change.mode), 1891);
    near(change.posterior[change.mode], 0.245_020_2, 5e-8);
    near(change.mean + 1851.0, 1890.0710, 5e-5);
    assert_eq!(year(change.median), 1890);
    assert_eq!(change.interval_95.map(year), [1886, 1896]);
    near(change.before.mean, 3.064_235, 5e-7);
    near(change.after.mean, 0.922_368, 5e-7);
    near(change.log10_bayes_factor, 12.569_46, 5e-6);
}

/// NUMBERS, "Continuous time": Gamma(1/2, rate -> 0) over the time from the first
/// explosion, which opens it, to the last.
#[test]
fn coal_in_continuous_time_changed_as_published() {
    let Some(dates) = coal() else { return };
    let (first, last) = (dates[0], dates[dates.len() - 1]);
    let times: Vec<f64> = dates[1..].iter().map(|d| d - first).collect();
    let change = change_in_time(&times, last - first, Prior { shape: 0.5, rate: 1e-7 }).unwrap();
    let date = |t: f64| {
        let (year, part) = ((first + t).floor(), (first + t).fract());
        let day = |y| Day::from_civil(y, 1, 1).unwrap();
        let (a, b) = (day(year as i32), day(year as i32 + 1));
        (a + (part * (b - a) as f64) as i64).to_string()
    };
    assert_eq!(date(change.mode), "1890-03-11");
    assert_eq!(date(change.median), "1890-06-23");
    assert_eq!(change.interval_95.map(date), ["1887-02-03", "1896-07-27"]);
}

/// NUMBERS, "Hawkes": coal on [0, 112] from 1851.
#[test]
fn coal_as_a_self_exciting_series_fits_as_published() {
    let Some(dates) = coal() else { return };
    let times: Vec<f64> = dates.iter().map(|d| d - 1851.0).collect();
    let fit = fit_hawkes(&times, 112.0).unwrap();
    near(fit.process.background, 0.435_22, 5e-5);
    near(fit.process.offspring, 0.749_94, 5e-5);
    near(fit.process.decay, 0.376_36, 5e-5);
    near(fit.log_likelihood, -64.5634, 5e-5);
    near(steady_log_likelihood(191, 112.0), -89.0491, 5e-5);
}

/// A made-up series with a step: the twin of coal for machines without the reference.
fn steps() -> (Vec<u32>, Vec<f64>) {
    let counts = vec![3, 2, 4, 3, 2, 3, 5, 2, 3, 1, 0, 1, 0, 0, 2, 1, 0, 1, 0, 1];
    let mut exposure = vec![1.0; 20];
    (exposure[4], exposure[12], exposure[13]) = (0.5, 0.0, 0.8);
    (counts, exposure)
}

/// Integrates both rates over a grid, without the closed form.
#[test]
fn the_posterior_over_bins_is_that_of_a_brute_force_grid() {
    let (counts, exposure) = steps();
    let prior = Prior { shape: 1.5, rate: 0.7 };
    let change = change_in_counts(&counts, &exposure, prior).unwrap();
    let (step, cells) = (0.005, 4000);
    let rates: Vec<f64> = (0..cells).map(|i| (f64::from(i) + 0.5) * step).collect();
    let weight = |rate: f64| rate.powf(prior.shape - 1.0) * (-prior.rate * rate).exp();
    let likelihood = |rate: f64, from: usize, to: usize| {
        (from..to).fold(1.0, |l, k| {
            // Without the factorials, which are the same for every split.
            l * rate.powi(counts[k] as i32) * (-rate * exposure[k]).exp()
        })
    };
    let integral = |from, to, power: i32| {
        rates.iter().map(|r| weight(*r) * likelihood(*r, from, to) * r.powi(power)).sum::<f64>()
    };
    let masses: Vec<f64> =
        (0..19).map(|k| integral(0, k + 1, 0) * integral(k + 1, 20, 0)).collect();
    let total: f64 = masses.iter().sum();
    for (k, mass) in masses.iter().enumerate() {
        near(change.posterior[k], mass / total, 1e-6);
    }
    let early: f64 = (0..19).map(|k| integral(0, k + 1, 1) * integral(k + 1, 20, 0)).sum();
    near(change.before.mean, early / total, 1e-5);
    let normal = rates.iter().map(|r| weight(*r)).sum::<f64>();
    let factor = total / 19.0 / (normal * integral(0, 20, 0));
    near(change.log10_bayes_factor, factor.log10(), 1e-5);
}

/// Adds up the density on a fine grid of times, without panels or substitution.
#[test]
fn the_posterior_over_time_is_that_of_a_brute_force_grid() {
    let times = [0.4, 1.0, 1.0, 2.2, 2.9, 3.1, 4.4, 5.0, 9.5, 14.0];
    let (span, prior) = (18.0, Prior { shape: 1.0, rate: 1.8 });
    let change = change_in_time(&times, span, prior).unwrap();
    let gamma = |n: usize| (1..n).map(|k| k as f64).product::<f64>();
    let cells = 180_000;
    let step = span / f64::from(cells);
    let density: Vec<f64> = (0..cells)
        .map(|i| {
            let t = (f64::from(i) + 0.5) * step;
            let early = times.iter().filter(|e| **e <= t).count();
            let late = times.len() - early;
            let side = |n: usize, e: f64| gamma(n + 1) / (prior.rate + e).powi(n as i32 + 1);
            side(early, t) * side(late, span - t)
        })
        .collect();
    let total: f64 = density.iter().sum();
    let quantile = |p: f64| {
        let mut below = 0.0;
        let at = density.iter().position(|d| {
            below += d / total;
            below >= p
        });
        (at.unwrap() as f64 + 0.5) * step
    };
    near(change.median, quantile(0.5), 3e-4);
    near(change.interval_95[0], quantile(0.025), 3e-4);
    near(change.interval_95[1], quantile(0.975), 3e-4);
    let none = gamma(11) / (prior.rate + span).powi(11);
    let factor = prior.rate * total * step / span / none;
    near(change.log10_bayes_factor, factor.log10(), 1e-6);
    assert_eq!(change.mode, 5.0);
}
