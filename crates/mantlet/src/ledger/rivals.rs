//! Explanations beside each other: a steady rate, a step, a series that excites itself.
//!
//! **Limits**: the self-exciting process is fitted to every record, also one of a million
//! incidents, but simulated only for series of up to 2,000.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::Serialize;

use super::change_point::CountChange;
use super::day::Day;
use super::exposure::Series;
use super::hawkes::{Hawkes, HawkesFit, fit_hawkes, steady_log_likelihood};
use super::poisson::{Count, chance_of_so_few};

/// One explanation and how well it fits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rival {
    /// Its name.
    pub name: &'static str,
    /// Numbers that were fitted.
    pub parameters: u32,
    /// Log-likelihood.
    pub log_likelihood: f64,
    /// Akaike's criterion, `2 k - 2 ln L`: lower is better, and two or less apart is a
    /// tie (Burnham and Anderson, Model Selection, 2nd ed. 2002, section 2.6).
    pub aic: f64,
}

/// The explanations, fitted to one series.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rivals {
    /// Each with its fit.
    pub fits: Vec<Rival>,
    /// The self-exciting process; times in watched days, each incident at a random moment
    /// of its day, since a date does not say the hour.
    pub self_exciting: Option<Hawkes>,
    /// Chance of so few later incidents if the series only excites itself and nothing
    /// changed: from simulations of the fitted process. `None` without a date, and for
    /// series too long to simulate.
    pub p_lower_if_self_exciting: Option<f64>,
}

/// Draws behind that chance. chosen: two digits of a chance near 0.05.
const DRAWS: u32 = 4000;
/// Their seed.
const SEED: u64 = 1;
/// The stream of the moments within days.
const SCATTER: u64 = 1;
/// Longest series simulated. chosen: a second of work; in a longer one a burst is seen
/// from the fit itself.
const LONGEST: u64 = 2000;

/// Fits them all.
pub(super) fn rivals(series: &Series, since: Option<Day>, change: Option<&CountChange>) -> Rivals {
    let total = series.total();
    let (number, span) = (total.number as usize, total.exposure);
    let mut fits = Vec::new();
    let mut add = |name, parameters: u32, log_likelihood: f64| {
        let aic = 2.0 * f64::from(parameters) - 2.0 * log_likelihood;
        fits.push(Rival { name, parameters, log_likelihood, aic });
    };
    let steady = steady_log_likelihood(number, span);
    add("steady rate", 1, steady);
    if let Some(since) = since {
        let sides = series.split(since);
        let ln: f64 =
            sides.iter().map(|c| steady_log_likelihood(c.number as usize, c.exposure)).sum();
        add("step at the date given", 2, ln);
    }
    if let Some(change) = change {
        add("step at the best date", 3, steady + 0.5 * change.two_log_likelihood_ratio);
    }
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    random.set_stream(SCATTER);
    let fit = fit_hawkes(&series.scattered_times(&mut random), span);
    if let Some(HawkesFit { log_likelihood, .. }) = fit {
        add("self-exciting", 3, log_likelihood);
    }
    let chance = since
        .zip(fit)
        .filter(|_| total.number <= LONGEST)
        .map(|(since, fit)| chance_if_exciting(&fit.process, series.split(since)));
    Rivals { fits, self_exciting: fit.map(|f| f.process), p_lower_if_self_exciting: chance }
}

/// How often the process, unchanged, gives a split at least as uneven as the one seen.
/// The seen one counts among the draws (Davison and Hinkley, Bootstrap Methods, 1997,
/// equation 4.11).
fn chance_if_exciting(process: &Hawkes, [earlier, later]: [Count; 2]) -> f64 {
    let seen = chance_of_so_few(later, earlier);
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let span = earlier.exposure + later.exposure;
    let most = 20 * LONGEST as usize;
    let mut hits = 1;
    for _ in 0..DRAWS {
        let times = process.draw(span, most, &mut random);
        let before = times.partition_point(|t| *t < earlier.exposure) as u64;
        let count = |number, side: Count| Count { number, ..side };
        let after = times.len() as u64 - before;
        hits += u32::from(chance_of_so_few(count(after, later), count(before, earlier)) <= seen);
    }
    f64::from(hits) / f64::from(DRAWS + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts per day of a process, seed 3.
    fn daily(process: &Hawkes, days: usize) -> Series {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let mut counts = vec![0; days];
        for time in process.draw(days as f64, usize::MAX, &mut random) {
            counts[time as usize] += 1;
        }
        Series { first: Day::default(), counts, exposure: vec![1.0; days], unwatched: 0 }
    }

    /// Some 10 and 30 a day; spread evenly over their days, the decay would come out a
    /// quarter too slow.
    #[test]
    fn excitation_over_days_is_found_again_from_dates_without_hours() {
        for background in [4.0, 12.0] {
            let series = daily(&Hawkes { background, offspring: 0.6, decay: 0.5 }, 1000);
            let fit = rivals(&series, None, None).self_exciting.unwrap();
            assert!((fit.background / background - 1.0).abs() < 0.15, "{fit:?}");
            assert!((fit.offspring - 0.6).abs() < 0.05, "{fit:?}");
            assert!((fit.decay / 0.5 - 1.0).abs() < 0.15, "{fit:?}");
        }
    }

    #[test]
    fn many_incidents_a_day_at_a_steady_rate_do_not_excite_themselves() {
        let series = daily(&Hawkes { background: 30.0, offspring: 1e-9, decay: 1.0 }, 1000);
        let found = rivals(&series, None, None);
        let gain = found.fits[1].log_likelihood - found.fits[0].log_likelihood;
        assert!((-0.01..3.0).contains(&gain), "{gain} {found:?}");
    }
}
