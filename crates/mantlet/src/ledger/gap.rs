//! Is a quiet spell noticed afterwards remarkable?
//!
//! In: events, the span they fell in, a gap. Out: the chance that some gap at least that
//! long turns up among so many events placed at random, ends of the span included.
//! **Method**: the distribution of the longest interval of a divided line (Fisher,
//! "Tests of significance in harmonic analysis", Proc. R. Soc. A 125 (1929) 54-59;
//! Feller, An Introduction to Probability Theory vol. II, section I.9):
//! `sum_j (-1)^(j+1) C(N+1, j) (1 - j g / T)_+^N`. This is the look-elsewhere
//! correction: whoever says "the longest pause in a year" looked at every pause.
//!
//! **Limits**: a steady rate over the span; days are as good as instants only while the
//! gap is many days.

use statrs::function::gamma::ln_gamma;

/// Gaps expected at least that long, over which some gap is certain for any purpose and
/// the alternating sum would lose its digits. chosen: `exp(-20)` is 2e-9, and the sum's
/// largest term below it leaves 7 digits.
const CERTAIN: f64 = 20.0;

/// Chance that `events` points, uniform over a span, leave some gap at least `gap` long
/// (same unit as `span`).
pub fn chance_of_gap(events: u64, span: f64, gap: f64) -> f64 {
    if gap <= 0.0 {
        return 1.0;
    }
    if gap >= span {
        return f64::from(u8::from(gap == span && events == 0));
    }
    let n = events as f64;
    let ln_term = |j: f64| {
        let ln_choose = ln_gamma(n + 2.0) - ln_gamma(j + 1.0) - ln_gamma(n + 2.0 - j);
        ln_choose + n * (-j * gap / span).ln_1p()
    };
    let expected = ln_term(1.0).exp();
    if expected > CERTAIN {
        return 1.0 - (-expected).exp();
    }
    let (mut sum, mut sign, mut j) = (0.0, 1.0, 1.0);
    while j * gap < span && j <= n + 1.0 {
        let term = ln_term(j).exp();
        sum += sign * term;
        if term < 1e-18 {
            break;
        }
        sign = -sign;
        j += 1.0;
    }
    sum.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    /// NUMBERS, "Look-elsewhere".
    #[test]
    fn the_demo_gaps_have_the_stated_chances() {
        assert_eq!(format!("{:.4}", chance_of_gap(19, 283.0, 38.0)), "0.8542");
        assert_eq!(format!("{:.4}", chance_of_gap(21, 418.0, 63.0)), "0.5935");
    }

    /// 40,000 draws, seed 1: three standard errors are 0.0075.
    #[test]
    fn gaps_of_random_points_are_as_often_as_stated() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut uniform = || (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        for (events, gap) in [(5_usize, 0.45), (30, 0.12), (100, 0.05)] {
            let draws = 40_000;
            let mut hits = 0;
            for _ in 0..draws {
                let mut at: Vec<f64> = (0..events).map(|_| uniform()).collect();
                at.push(1.0);
                at.sort_by(f64::total_cmp);
                let mut before = 0.0;
                hits += i32::from(at.iter().any(|t| t - std::mem::replace(&mut before, *t) >= gap));
            }
            let share = f64::from(hits) / f64::from(draws);
            let stated = chance_of_gap(events as u64, 1.0, gap);
            assert!((share - stated).abs() < 0.0075, "{events} {gap}: {share} {stated}");
        }
    }

    #[test]
    fn ends_of_the_range_are_certain_or_impossible() {
        assert_eq!(chance_of_gap(5, 10.0, 10.5), 0.0);
        assert_eq!(chance_of_gap(0, 10.0, 10.0), 1.0);
        assert_eq!(chance_of_gap(0, 10.0, 3.0), 1.0);
        assert!(chance_of_gap(1_000_000, 4000.0, 0.01) > 0.999_999);
        assert!(chance_of_gap(1_000_000, 4000.0, 0.2) < 1e-9);
    }
}
