//! Incidents by kind over time, and under them the chance of each time to be that of
//! the change.

use super::super::lull::Lull;
use super::super::verdict::words;
use super::svg::{BELIEF, GROUND, INK, RULE, SOFT, Sheet, THREAT, Text};
use super::{foot, ticks, title};

const WIDTH: f64 = 960.0;
/// Room for "the rate changed" also in a viewer's own, wider font.
const LEFT: f64 = 164.0;
const RIGHT: f64 = WIDTH - 24.0;
const TOP: f64 = 60.0;
const ROW: f64 = 54.0;
const BELIEF_ROW: f64 = 84.0;

/// Draws it.
pub fn draw(lull: &Lull) -> String {
    let series = &lull.series;
    let days = series.counts.len().max(1);
    let rows = lull.all.len().max(1);
    let belief_top = TOP + ROW * rows as f64 + 34.0;
    let height = belief_top + BELIEF_ROW + 40.0;
    let describes = format!(
        "A row of bars per kind of incident, one bar per {}, and the chance of each day to be the last \
         of the earlier rate. {}",
        span_words(days),
        lull.verdict.sentence
    );
    let foot = foot(lull, &format!("a bar per {}", span_words(days)));
    let mut sheet = Sheet::new([WIDTH, height], &title(lull, true), &describes, &foot);
    let x = |at: f64| LEFT + (RIGHT - LEFT) * at / days as f64;
    let bottom = TOP + ROW * rows as f64;
    for (day, name) in ticks(series.first, series.last()) {
        let at = x((day - series.first) as f64);
        sheet.line([at, TOP], [at, belief_top + BELIEF_ROW], RULE, 1.0);
        let style = Text { fill: SOFT, anchor: "middle", size: 12.0, ..Text::default() };
        sheet.text([at.min(RIGHT - 14.0), bottom + 18.0], &name, style);
    }
    let bin = bin_days(days);
    for (row, (kind, counts)) in lull.all.iter().enumerate() {
        let base = TOP + ROW * (row + 1) as f64;
        hatch(&mut sheet, &counts.exposure, base - ROW + 8.0, ROW - 8.0, &x);
        let bins: Vec<u32> = counts.counts.chunks(bin).map(|c| c.iter().sum()).collect();
        let most = bins.iter().copied().max().unwrap_or(0).max(1);
        for (at, count) in bins.iter().enumerate().filter(|(_, c)| **c > 0) {
            let left = x((at * bin) as f64);
            let wide = (x(((at + 1) * bin) as f64) - left).max(2.0) - 0.4;
            let high = (ROW - 14.0) * f64::from(*count) / f64::from(most);
            sheet.rect([left, base - high], [wide.max(1.6), high], THREAT);
        }
        sheet.line([LEFT, base], [RIGHT, base], SOFT, 1.0);
        let name = Text { bold: true, anchor: "end", ..Text::default() };
        sheet.text([LEFT - 10.0, base - 20.0], &words(*kind), name);
        let number: u32 = counts.counts.iter().sum();
        let style = Text { fill: SOFT, anchor: "end", size: 12.0, ..Text::default() };
        sheet.text([LEFT - 10.0, base - 4.0], &format!("{number}, at most {most}"), style);
    }
    belief(&mut sheet, lull, belief_top, &x);
    if let Some(since) = lull.looked_at.since {
        let at = x((since - series.first) as f64);
        sheet.path(&[[at, TOP - 4.0], [at, belief_top + BELIEF_ROW]], INK, "none", 1.5, "5 3");
        let style = Text { anchor: "middle", bold: true, size: 12.0, ..Text::default() };
        sheet.text([at, TOP - 8.0], &format!("since {since}"), style);
    }
    sheet.finish()
}

fn bin_days(days: usize) -> usize {
    days.div_ceil(400)
}

fn span_words(days: usize) -> String {
    match bin_days(days) {
        1 => "day".into(),
        n => format!("{n} days"),
    }
}

/// Hatches the runs of unwatched days.
pub fn hatch(sheet: &mut Sheet, exposure: &[f64], top: f64, high: f64, x: &impl Fn(f64) -> f64) {
    let mut start = None;
    for at in 0..=exposure.len() {
        let blind = exposure.get(at).is_some_and(|share| *share <= 0.0);
        match (start, blind) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                let left = x(from as f64);
                sheet.rect([left, top], [x(at as f64) - left, high], "url(#h)");
                start = None;
            }
            _ => {}
        }
    }
}

/// The posterior of the date, its median and its interval.
fn belief(sheet: &mut Sheet, lull: &Lull, top: f64, x: &impl Fn(f64) -> f64) {
    let base = top + BELIEF_ROW;
    sheet.rect([LEFT, top], [RIGHT - LEFT, BELIEF_ROW], GROUND);
    let name = Text { bold: true, anchor: "end", ..Text::default() };
    sheet.text([LEFT - 10.0, base - 50.0], "the rate changed", name);
    let soft = Text { fill: SOFT, anchor: "end", size: 12.0, ..Text::default() };
    sheet.text([LEFT - 10.0, base - 33.0], "chance by date", soft);
    let Some(change) = &lull.change else { return };
    let bin = bin_days(change.posterior.len() + 1);
    let bins: Vec<f64> = change.posterior.chunks(bin).map(|c| c.iter().sum()).collect();
    let most = bins.iter().copied().fold(1e-300, f64::max);
    let high = BELIEF_ROW - 30.0;
    let mut points = vec![[x(0.0), base]];
    for (at, mass) in bins.iter().enumerate() {
        let y = base - high * mass / most;
        points.push([x((at * bin) as f64), y]);
        points.push([x(((at + 1) * bin).min(change.posterior.len() + 1) as f64), y]);
    }
    points.push([RIGHT, base]);
    sheet.path(&points, BELIEF, BELIEF, 1.4, "");
    let at = |day: super::Day| x((day - lull.series.first) as f64 + 0.5);
    let [from, to] = change.interval_95;
    let y = top + 22.0;
    sheet.line([at(from), y], [at(to), y], BELIEF, 3.0);
    sheet.circle([at(change.median), y], 4.0, BELIEF, 1.0);
    let said = format!(
        "{}, 95 % from {from} to {to}; {} times as likely as no change",
        change.median,
        super::super::verdict::factor(change.log10_bayes_factor)
    );
    let left = at(from) < 0.5 * (LEFT + RIGHT);
    let anchor = if left { "start" } else { "end" };
    let style = Text { fill: BELIEF, size: 12.0, anchor, ..Text::default() };
    sheet.text([at(if left { from } else { to }), top + 14.0], &said, style);
    sheet.line([LEFT, base], [RIGHT, base], SOFT, 1.0);
}
