//! One step of Dormand and Prince's order 8(5,3) method, and the polynomial of order
//! 7 that fills it.
//!
//! In: a rate of change that does not depend on time, a state, a step. Out: the state
//! after it, an estimate of its error, and any state between. E. Hairer, S. P.
//! Norsett and G. Wanner, *Solving Ordinary Differential Equations I*, 2nd ed., 1993,
//! sections II.5 (method and error), II.6 (eq. 6.4 ff., continuous extension).

use nalgebra::SVector;

use super::dop853_table::{A, A_MORE, B, D, E3, E5, EXTENDED, STAGES};

/// Absolute and relative error allowed in a step. Chosen: a flight of minutes ends
/// within a micrometre, a thousand times the rounding of positions.
const ABSOLUTE: f64 = 1e-9;
const RELATIVE: f64 = 1e-13;

/// A step that was tried.
pub(super) struct Attempt<const N: usize> {
    start: SVector<f64, N>,
    h_s: f64,
    /// After the step.
    pub end: SVector<f64, N>,
    /// Error over what is allowed: up to 1 is right.
    pub error: f64,
    rates: [SVector<f64, N>; EXTENDED],
}

/// Rates times weights, those of zero left out.
fn weigh<const N: usize>(rates: &[SVector<f64, N>], weights: &[f64]) -> SVector<f64, N> {
    let mut sum = SVector::zeros();
    for (rate, weight) in rates.iter().zip(weights) {
        if *weight != 0.0 {
            sum += rate * *weight;
        }
    }
    sum
}

impl<const N: usize> Attempt<N> {
    /// A step of `h_s` from a state whose rate is known.
    pub(super) fn new(
        rate: &impl Fn(&SVector<f64, N>) -> SVector<f64, N>,
        start: &SVector<f64, N>,
        rate_at_start: SVector<f64, N>,
        h_s: f64,
    ) -> Self {
        let mut rates = [rate_at_start; EXTENDED];
        for (stage, weights) in A.iter().enumerate() {
            let x = start + weigh(&rates[..=stage], &weights[..=stage]) * h_s;
            rates[stage + 1] = rate(&x);
        }
        let end = start + weigh(&rates[..STAGES], &B) * h_s;
        let (fifth, third) = (weigh(&rates[..STAGES], &E5), weigh(&rates[..STAGES], &E3));
        let (mut five, mut three) = (0.0, 0.0);
        for i in 0..N {
            let allowed = ABSOLUTE + RELATIVE * start[i].abs().max(end[i].abs());
            five += (fifth[i] / allowed).powi(2);
            three += (third[i] / allowed).powi(2);
        }
        let blend = five + 0.01 * three;
        let error = if blend == 0.0 { 0.0 } else { h_s.abs() * five / (blend * N as f64).sqrt() };
        // A stage that overflowed: NaN compares false with everything, and the step would pass.
        let error = if error.is_nan() { f64::INFINITY } else { error };
        Self { start: *start, h_s, end, error, rates }
    }

    /// The next step's length over this one's (Hairer, eq. 4.13).
    pub(super) fn factor(&self) -> f64 {
        (0.9 * self.error.max(1e-10).powf(-0.125)).clamp(0.2, 6.0)
    }

    /// The rate after the step and what fills it.
    pub(super) fn filled(
        mut self,
        rate: &impl Fn(&SVector<f64, N>) -> SVector<f64, N>,
    ) -> (SVector<f64, N>, Filling<N>) {
        self.rates[STAGES] = rate(&self.end);
        for (i, weights) in A_MORE.iter().enumerate() {
            let stage = STAGES + 1 + i;
            let x = self.start + weigh(&self.rates[..stage], &weights[..stage]) * self.h_s;
            self.rates[stage] = rate(&x);
        }
        let whole = self.end - self.start;
        let (first, last) = (self.rates[0] * self.h_s, self.rates[STAGES] * self.h_s);
        let mut terms = [SVector::zeros(); 7];
        terms[0] = whole;
        terms[1] = first - whole;
        terms[2] = whole * 2.0 - last - first;
        for (term, weights) in terms[3..].iter_mut().zip(&D) {
            *term = weigh(&self.rates, weights) * self.h_s;
        }
        (self.rates[STAGES], Filling { start: self.start, terms })
    }
}

/// A step's states from its start, 0, to its end, 1.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Filling<const N: usize> {
    start: SVector<f64, N>,
    terms: [SVector<f64, N>; 7],
}

impl<const N: usize> Filling<N> {
    /// The state at a fraction of the step.
    pub(super) fn at(&self, fraction: f64) -> SVector<f64, N> {
        let mut sum = SVector::zeros();
        for (i, term) in self.terms.iter().rev().enumerate() {
            sum = (sum + term) * if i % 2 == 0 { fraction } else { 1.0 - fraction };
        }
        self.start + sum
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::Vector2;

    use super::*;

    /// Integrates to `end_s` with step control; calls `seen` with times and states.
    fn integrate<const N: usize>(
        rate: impl Fn(&SVector<f64, N>) -> SVector<f64, N>,
        start: SVector<f64, N>,
        end_s: f64,
        mut seen: impl FnMut(f64, SVector<f64, N>),
    ) -> (SVector<f64, N>, usize) {
        let (mut x, mut time_s, mut h_s, mut steps) = (start, 0.0, 0.1, 0);
        while time_s < end_s {
            h_s = f64::min(h_s, end_s - time_s);
            let tried = Attempt::new(&rate, &x, rate(&x), h_s);
            let factor = tried.factor();
            if tried.error <= 1.0 {
                let end = tried.end;
                let (_, filling) = tried.filled(&rate);
                for i in 0..=8 {
                    let fraction = f64::from(i) / 8.0;
                    seen(time_s + fraction * h_s, filling.at(fraction));
                }
                (x, time_s, steps) = (end, time_s + h_s, steps + 1);
            }
            h_s *= factor;
        }
        (x, steps)
    }

    #[test]
    fn linear_drag_meets_its_closed_form_within_a_billionth() {
        // v' = -g - k v: v = (v0 + g/k) e^(-kt) - g/k (horizontal without g).
        let (k, g) = (0.1, 9.806_65);
        let rate =
            |x: &SVector<f64, 4>| SVector::<f64, 4>::new(x[2], x[3], -k * x[2], -g - k * x[3]);
        let (v_mps, w_mps) = (250.0, 300.0);
        let exact = |t: f64| {
            let gone = -f64::exp_m1(-k * t) / k;
            [v_mps * gone, (w_mps + g / k) * gone - g / k * t]
        };
        let mut worst: f64 = 0.0;
        let start = SVector::<f64, 4>::new(0.0, 0.0, v_mps, w_mps);
        integrate(rate, start, 40.0, |t, x| {
            let want = exact(t);
            for i in 0..2 {
                worst = worst.max((x[i] - want[i]).abs() / want[i].abs().max(1.0));
            }
        });
        assert!(worst < 1e-9, "{worst:e}");
    }

    #[test]
    fn the_step_is_of_order_eight_and_what_fills_it_of_order_seven() {
        // A pendulum of period 2π: errors over one step of 0.4 s and of 0.2 s.
        let rate = |x: &Vector2<f64>| Vector2::new(x[1], -x[0]);
        let start = Vector2::new(1.0, 0.0);
        let errors = |h: f64| {
            let tried = Attempt::new(&rate, &start, rate(&start), h);
            let end = (tried.end - Vector2::new(h.cos(), -h.sin())).norm();
            let (_, filling) = tried.filled(&rate);
            let t = 0.37 * h;
            (end, (filling.at(0.37) - Vector2::new(t.cos(), -t.sin())).norm())
        };
        let (coarse, fine) = (errors(0.8), errors(0.4));
        // One step of a method of order p errs by h^(p + 1).
        assert!((coarse.0 / fine.0).log2() > 8.5, "{coarse:?} {fine:?}");
        assert!((coarse.1 / fine.1).log2() > 7.5, "{coarse:?} {fine:?}");
    }
}
