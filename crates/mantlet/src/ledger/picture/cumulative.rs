//! Incidents so far, against what the rate before the date would have brought, or against
//! a steady rate where no date is given.
//!
//! The band holds 95 %: of the predictive distribution of further incidents at the
//! earlier rate (negative binomial, from Jeffreys' Gamma(1/2) prior on the rate), or of
//! the binomial that a steady rate gives each day.

use super::super::lull::Lull;
use super::svg::{BELIEF, INK, RULE, SOFT, Sheet, THREAT, THREAT_INK, Text};
use super::timeline::hatch;
use super::{foot, ticks, title};

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 440.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = WIDTH - 24.0;
const TOP: f64 = 60.0;
const BOTTOM: f64 = HEIGHT - 60.0;

/// Points of a curve. chosen: as fine as the sheet.
const POINTS: usize = 480;

/// Draws it.
pub fn draw(lull: &Lull) -> String {
    let series = &lull.series;
    let days = series.counts.len();
    let mut so_far = vec![0_u64];
    for count in &series.counts {
        so_far.push(so_far[so_far.len() - 1] + u64::from(*count));
    }
    let watched = series.watched_before();
    let (total, span) = (so_far[days], watched[days]);
    let step = days.div_ceil(POINTS).max(1);
    let start =
        lull.looked_at.since.map_or(0, |s| (s - series.first).clamp(0, days as i64) as usize);
    let dated = lull.looked_at.since.is_some();
    let (n1, t1) = (so_far[start] as f64, watched[start]);
    // Expectation, low and high on each day of the band.
    let band: Vec<(usize, [f64; 3])> = (start..=days)
        .step_by(step)
        .chain([days])
        .map(|at| {
            let t = watched[at] - watched[start];
            let (mean, variance) = if dated {
                let rate = n1 / t1;
                (rate * t, (n1 + 0.5) / t1 * t * (1.0 + t / t1))
            } else {
                let share = if span > 0.0 { t / span } else { 0.0 };
                (total as f64 * share, total as f64 * share * (1.0 - share))
            };
            let shape = if dated { Some((n1 + 0.5, t1 / (t1 + t))) } else { None };
            let [low, high] = quantiles(mean, variance, shape, total);
            (at, [n1 + mean, n1 + low, n1 + high])
        })
        .collect();
    let most = band.iter().map(|b| b.1[2]).fold(total as f64, f64::max).max(1.0) * 1.06;
    let words = if dated { "what the rate before would have brought" } else { "a steady rate" };
    let describes = format!(
        "Incidents so far, {total} in all, beside {words} with a 95 % band. {}",
        lull.verdict.sentence
    );
    let foot = foot(lull, &format!("band: 95 % of {words}"));
    let mut sheet = Sheet::new([WIDTH, HEIGHT], &title(lull, true), &describes, &foot);
    let x = |at: f64| LEFT + (RIGHT - LEFT) * at / days.max(1) as f64;
    let y = |n: f64| BOTTOM - (BOTTOM - TOP) * n / most;
    let soft = Text { fill: SOFT, size: 12.0, ..Text::default() };
    for n in rungs(most) {
        sheet.line([LEFT, y(n)], [RIGHT, y(n)], RULE, 1.0);
        sheet.text([LEFT - 8.0, y(n) + 4.0], &format!("{n:.0}"), Text { anchor: "end", ..soft });
    }
    for (day, name) in ticks(series.first, series.last()) {
        let at = x((day - series.first) as f64);
        sheet.line([at, BOTTOM], [at, BOTTOM + 5.0], SOFT, 1.0);
        let at = at.min(RIGHT - 14.0);
        sheet.text([at, BOTTOM + 20.0], &name, Text { anchor: "middle", ..soft });
    }
    hatch(&mut sheet, &series.exposure, TOP, BOTTOM - TOP, &x);
    let mut area: Vec<[f64; 2]> = band.iter().map(|(at, b)| [x(*at as f64), y(b[2])]).collect();
    area.extend(band.iter().rev().map(|(at, b)| [x(*at as f64), y(b[1])]));
    sheet.path(&area, "none", BELIEF, 0.0, "");
    let middle: Vec<[f64; 2]> = band.iter().map(|(at, b)| [x(*at as f64), y(b[0])]).collect();
    sheet.path(&middle, BELIEF, "none", 1.4, "5 3");
    let mut curve = Vec::new();
    let mut before = None;
    for at in (0..=days).step_by(step).chain([days]) {
        let n = so_far[at] as f64;
        if let Some(before) = before {
            curve.push([x(at as f64), y(before)]);
        }
        curve.push([x(at as f64), y(n)]);
        before = Some(n);
    }
    sheet.path(&curve, THREAT, "none", 2.2, "");
    sheet.line([LEFT, BOTTOM], [RIGHT, BOTTOM], SOFT, 1.0);
    let end = Text { anchor: "end", bold: true, ..Text::default() };
    sheet.text(
        [RIGHT - 6.0, y(total as f64) + 18.0],
        &format!("{total} seen"),
        Text { fill: THREAT_INK, ..end },
    );
    if let Some((_, [mean, ..])) = band.last().filter(|_| dated) {
        let text = format!("{mean:.1} expected");
        sheet.text([RIGHT - 6.0, y(*mean) - 8.0], &text, Text { fill: BELIEF, ..end });
    }
    if let Some(since) = lull.looked_at.since {
        let at = x(start as f64);
        sheet.path(&[[at, TOP - 4.0], [at, BOTTOM]], INK, "none", 1.5, "5 3");
        let style = Text { anchor: "middle", bold: true, size: 12.0, ..Text::default() };
        sheet.text([at, TOP - 8.0], &format!("since {since}"), style);
    }
    sheet.finish()
}

/// Round numbers up the side.
fn rungs(most: f64) -> Vec<f64> {
    let power = 10f64.powf((most / 4.0).max(1.0).log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * power).into_iter().find(|s| most / s <= 6.0);
    let step = step.unwrap_or(10.0 * power);
    (0..=(most / step) as usize).map(|k| k as f64 * step).collect()
}

/// 2.5 % and 97.5 % quantiles of a count: of a negative binomial (shape, chance), else of
/// a binomial out of `total`; by the normal where the mean is large.
fn quantiles(mean: f64, variance: f64, shape: Option<(f64, f64)>, total: u64) -> [f64; 2] {
    if variance <= 0.0 {
        return [mean, mean];
    }
    if mean > 300.0 {
        let half = 1.96 * variance.max(0.0).sqrt();
        return [(mean - half).max(0.0), mean + half];
    }
    // Masses by their ratios, from zero up.
    let (mut mass, ratio): (f64, Box<dyn Fn(f64) -> f64>) = match shape {
        Some((r, p)) => (p.powf(r), Box::new(move |k| (k + r) / (k + 1.0) * (1.0 - p))),
        None => {
            let n = total as f64;
            let p = (mean / n).min(1.0);
            if p >= 1.0 {
                return [n, n];
            }
            ((1.0 - p).powf(n), Box::new(move |k| (n - k) / (k + 1.0) * p / (1.0 - p)))
        }
    };
    let (mut below, mut k) = (mass, 0.0);
    let mut found = [f64::NAN; 2];
    while k < 5000.0 {
        if below >= 0.025 && found[0].is_nan() {
            found[0] = k;
        }
        if below >= 0.975 {
            found[1] = k;
            break;
        }
        mass *= ratio(k);
        k += 1.0;
        below += mass;
    }
    found.map(|q| if q.is_nan() { mean } else { q })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_the_quantiles_of_the_distributions_named() {
        // Binomial(20, 0.5): R's qbinom(c(0.025, 0.975), 20, 0.5) is 6 and 14.
        assert_eq!(quantiles(10.0, 5.0, None, 20), [6.0, 14.0]);
        // Negative binomial of shape 1, chance 0.5: mass 0.5^(k+1).
        assert_eq!(quantiles(1.0, 2.0, Some((1.0, 0.5)), 0), [0.0, 5.0]);
        assert_eq!(quantiles(0.0, 0.0, None, 20), [0.0, 0.0]);
        let [low, high] = quantiles(1000.0, 1000.0, None, 100_000);
        assert!((low - 938.0).abs() < 1.0 && (high - 1062.0).abs() < 1.0);
    }
}
