//! The rival of a change of rate: incidents that bring on further incidents.
//!
//! In: event times over a span. Out: the self-exciting process that fits best, and how
//! well. **Method**: intensity `mu + sum a b exp(-b (t - t_i))` over earlier events
//! (Hawkes, "Spectra of some self-exciting and mutually exciting point processes",
//! Biometrika 58 (1971) 83-90): each event brings on `a` others on average, `1/b` later.
//! Log-likelihood in O(n) by Ogata's recursion ("The asymptotic behaviour of maximum
//! likelihood estimators for stationary point processes", Ann. Inst. Statist. Math. 30
//! (1978) 243-261), maximised by BFGS over ln mu / (1 - a), logit a, ln b: the first is the
//! mean rate, which a series pins down whatever the other two are.
//!
//! **Limits**: `a` stays below 1, so that the process does not explode. A step in the
//! rate can pass for self-excitation and the reverse: both must be shown.

use nalgebra::{Matrix3, Vector3};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use serde::Serialize;

/// A self-exciting process.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Hawkes {
    /// Rate of events that nothing brought on, per unit of time.
    pub background: f64,
    /// Events that each brings on, on average.
    pub offspring: f64,
    /// One over the mean delay, per unit of time.
    pub decay: f64,
}

/// A fit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HawkesFit {
    /// The process.
    pub process: Hawkes,
    /// Its log-likelihood.
    pub log_likelihood: f64,
}

impl Hawkes {
    /// Log-likelihood of event times, ascending, from 0 to `span`, in O(n).
    pub fn log_likelihood(&self, times: &[f64], span: f64) -> f64 {
        self.with_gradient(times, span).0
    }

    /// Log-likelihood and its derivatives by background, offspring and decay.
    fn with_gradient(&self, times: &[f64], span: f64) -> (f64, Vector3<f64>) {
        let Self { background: mu, offspring: a, decay: b } = *self;
        // s and d: sums of exp(-b (t - t_j)) and of (t - t_j) exp(-b (t - t_j)).
        let (mut s, mut d, mut last) = (0.0, 0.0, None::<f64>);
        let (mut ln_sum, mut product) = (0.0, 1.0);
        let (mut by_mu, mut by_a, mut by_b) = (0.0, 0.0, 0.0);
        let step = |s: &mut f64, d: &mut f64, dt: f64| {
            let e = (-b * dt).exp();
            *d = e * (*d + dt * (1.0 + *s));
            *s = e * (1.0 + *s);
        };
        for t in times {
            if let Some(last) = last {
                step(&mut s, &mut d, t - last);
            }
            last = Some(*t);
            let intensity = mu + a * b * s;
            // One logarithm for many events: the product stays within f64.
            product *= intensity;
            if !(1e-200..1e200).contains(&product) {
                ln_sum += product.ln();
                product = 1.0;
            }
            let inverse = 1.0 / intensity;
            by_mu += inverse;
            by_a += b * s * inverse;
            by_b += a * (s - b * d) * inverse;
        }
        ln_sum += product.ln();
        if let Some(last) = last {
            step(&mut s, &mut d, span - last);
        }
        let n = times.len() as f64;
        let ln = ln_sum - mu * span - a * (n - s);
        (ln, Vector3::new(by_mu - span, by_a - (n - s), by_b - a * d))
    }

    fn of(x: &Vector3<f64>) -> Self {
        let offspring = 1.0 / (1.0 + (-x[1]).exp());
        Self { background: x[0].exp() * (1.0 - offspring), offspring, decay: x[2].exp() }
    }

    /// Draws a series from 0 to `span` by its branching: background events at random
    /// times, each with its offspring and theirs. At most `most` events.
    pub fn draw(&self, span: f64, most: usize, random: &mut ChaCha8Rng) -> Vec<f64> {
        let mut uniform = || ((random.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
        let mut times = Vec::new();
        let mut t = 0.0;
        loop {
            t -= uniform().ln() / self.background;
            if t >= span {
                break;
            }
            times.push(t);
        }
        let mut next = 0;
        while next < times.len() && times.len() < most {
            let parent = times[next];
            next += 1;
            // A Poisson number of offspring: exponential steps up to its mean.
            let mut sum = -uniform().ln();
            while sum < self.offspring {
                let child = parent - uniform().ln() / self.decay;
                if child < span {
                    times.push(child);
                }
                sum -= uniform().ln();
            }
        }
        times.sort_by(f64::total_cmp);
        times
    }
}

/// Log-likelihood of a steady rate: the process with nothing brought on.
pub fn steady_log_likelihood(number: usize, span: f64) -> f64 {
    let n = number as f64;
    if number == 0 { 0.0 } else { n * (n / span).ln() - n }
}

/// Fits event times, ascending, from 0 to `span`; `None` for fewer than three.
pub fn fit_hawkes(times: &[f64], span: f64) -> Option<HawkesFit> {
    let n = times.len() as f64;
    if times.len() < 3 || span.is_nan() || span <= 0.0 {
        return None;
    }
    let rate = n / span;
    // Delays from a tenth of the mean gap to ten times the span.
    let limits = [
        [(1e-3 * rate).ln(), (1e3 * rate).ln()],
        [-12.0, 8.0],
        [(0.1 / span).ln(), (10.0 * rate).ln()],
    ];
    let value = |x: &Vector3<f64>| {
        let h = Hawkes::of(x);
        let (ln, g) = h.with_gradient(times, span);
        let (mu, a, b) = (h.background, h.offspring, h.decay);
        (-ln, -Vector3::new(g[0] * mu, g[1] * a * (1.0 - a) - g[0] * mu * a, g[2] * b))
    };
    // Starts from few slow offspring to many quick ones; the best of them goes on.
    let start = [30.0, 10.0, 3.0, 1.0, 0.2]
        .into_iter()
        .map(|gaps| Vector3::new(rate.ln(), 0.0, (rate / gaps).ln()))
        .map(|x| (value(&x).0, x))
        .min_by(|a, b| a.0.total_cmp(&b.0))?
        .1;
    let x = minimise(start, &limits, value);
    let process = Hawkes::of(&x);
    let log_likelihood = process.log_likelihood(times, span);
    Some(HawkesFit { process, log_likelihood })
}

/// A fit is done when the step that is left would raise the log-likelihood by no more
/// than this share of it. chosen: parameters then lie within a thousandth of their
/// standard errors for hundreds of events, within a tenth for a million.
const GAIN: f64 = 1e-9;

/// BFGS with backtracking within limits (Nocedal and Wright, Numerical Optimization,
/// 2nd ed. 2006, algorithm 6.1, the first matrix by equation 6.20).
fn minimise(
    start: Vector3<f64>,
    limits: &[[f64; 2]; 3],
    value: impl Fn(&Vector3<f64>) -> (f64, Vector3<f64>),
) -> Vector3<f64> {
    let clamped = |x: Vector3<f64>| Vector3::from_fn(|i, _| x[i].clamp(limits[i][0], limits[i][1]));
    let mut x = clamped(start);
    let (mut f, mut g) = value(&x);
    let mut inverse = Matrix3::<f64>::identity() / g.norm().max(1.0);
    let mut first = true;
    for _ in 0..200 {
        // What pushes against a limit cannot be followed.
        let stuck =
            |i: usize| (x[i] <= limits[i][0] && g[i] > 0.0) || (x[i] >= limits[i][1] && g[i] < 0.0);
        let free = Vector3::from_fn(|i, _| if stuck(i) { 0.0 } else { g[i] });
        let mut direction = -(inverse * free);
        if direction.dot(&free) >= 0.0 {
            inverse = Matrix3::identity() / free.norm().max(1.0);
            direction = -(inverse * free);
        }
        // Half of this is what a step by the model gains (ibid., section 3.1).
        if -direction.dot(&free) <= 2.0 * GAIN * (1.0 + f.abs()) {
            break;
        }
        // chosen: at most a factor e^2 in one step.
        direction *= (2.0 / direction.norm()).min(1.0);
        let mut length = 1.0;
        let found = loop {
            let trial = clamped(x + length * direction);
            let (f_trial, g_trial) = value(&trial);
            if f_trial <= f + 1e-4 * g.dot(&(trial - x)) && f_trial.is_finite() {
                break Some((trial, f_trial, g_trial));
            }
            length *= 0.5;
            if length < 1e-6 {
                break None;
            }
        };
        let Some((next, f_next, g_next)) = found else { break };
        let (s, y) = (next - x, g_next - g);
        let sy = s.dot(&y);
        if sy > 0.0 {
            if first {
                inverse = Matrix3::identity() * (sy / y.norm_squared());
            }
            let rho = 1.0 / sy;
            let left = Matrix3::identity() - rho * s * y.transpose();
            inverse = left * inverse * left.transpose() + rho * s * s.transpose();
            first = false;
        }
        (x, f, g) = (next, f_next, g_next);
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::rand_core::SeedableRng;

    fn process(background: f64, offspring: f64, decay: f64) -> Hawkes {
        Hawkes { background, offspring, decay }
    }

    /// NUMBERS, "Hawkes".
    #[test]
    fn the_log_likelihood_of_four_events_is_as_stated() {
        let times = [1.0, 2.0, 4.0, 7.0];
        let ln = process(0.3, 0.5, 1.2).log_likelihood(&times, 10.0);
        assert!((ln + 9.059_064_589_792_577).abs() < 1e-13, "{ln}");
    }

    #[test]
    fn the_recursion_is_the_double_sum_and_its_gradient_the_difference() {
        let times = [0.3, 0.3, 1.1, 2.0, 2.05, 6.4];
        let h = process(0.4, 0.6, 0.9);
        let slow = |h: &Hawkes| {
            let mut ln = -h.background * 8.0;
            for (i, t) in times.iter().enumerate() {
                let before = times[..i].iter().map(|s| (-h.decay * (t - s)).exp()).sum::<f64>();
                ln += (h.background + h.offspring * h.decay * before).ln();
                ln -= h.offspring * (1.0 - (-h.decay * (8.0 - t)).exp());
            }
            ln
        };
        let (ln, gradient) = h.with_gradient(&times, 8.0);
        assert!((ln - slow(&h)).abs() < 1e-12);
        let d = 1e-6;
        let shifted = [
            [process(0.4 + d, 0.6, 0.9), process(0.4 - d, 0.6, 0.9)],
            [process(0.4, 0.6 + d, 0.9), process(0.4, 0.6 - d, 0.9)],
            [process(0.4, 0.6, 0.9 + d), process(0.4, 0.6, 0.9 - d)],
        ];
        for (i, [up, down]) in shifted.iter().enumerate() {
            let slope = (slow(up) - slow(down)) / (2.0 * d);
            assert!((slope - gradient[i]).abs() < 1e-6, "{i}: {slope} {}", gradient[i]);
        }
    }

    #[test]
    fn a_fit_finds_the_process_that_the_series_was_drawn_from() {
        let truth = process(0.2, 0.6, 1.5);
        let times = truth.draw(20_000.0, 100_000, &mut ChaCha8Rng::seed_from_u64(4));
        let fit = fit_hawkes(&times, 20_000.0).unwrap().process;
        assert!((fit.background / 0.2 - 1.0).abs() < 0.1, "{fit:?}");
        assert!((fit.offspring - 0.6).abs() < 0.05, "{fit:?}");
        assert!((fit.decay / 1.5 - 1.0).abs() < 0.15, "{fit:?}");
    }

    #[test]
    fn a_series_without_excitation_gains_nothing_from_it() {
        let steady = process(0.5, 1e-9, 1.0);
        let times = steady.draw(1000.0, 100_000, &mut ChaCha8Rng::seed_from_u64(5));
        let fit = fit_hawkes(&times, 1000.0).unwrap();
        let gain = fit.log_likelihood - steady_log_likelihood(times.len(), 1000.0);
        assert!((-0.01..3.0).contains(&gain), "{gain} {fit:?}");
        assert_eq!(fit_hawkes(&[1.0, 2.0], 10.0), None);
    }
}
