//! How sure the impact was, and when: one small map per round, all at one scale,
//! each centred on where the round lands.

use maud::{Markup, html};

use super::data::RunReport;
use super::figures::{Figures, Round};
use super::plan::ellipse;
use super::shape::{Bounds, View};
use super::svg::{closed, cross};
use super::text::number;

/// Side of a small map, sheet units.
const SIDE: f64 = 150.0;

/// The small maps.
pub fn draw(run: &RunReport, figures: &Figures) -> Markup {
    let longest = figures.rounds.iter().flat_map(|r| r.ellipse_m.into_iter().flatten());
    let half_m = 1.15 * longest.fold(20.0, f64::max);
    html! {
        div class="multiples" {
            @for round in &figures.rounds { (one(run, round, figures.before_impact_s, half_m)) }
        }
    }
}

fn one(run: &RunReport, round: &Round, before_s: [f64; 3], half_m: f64) -> Markup {
    let last = round.track.and_then(|i| run.tracks[i].predictions.last());
    let Some(middle) = round.impact_en_m.or(last.map(|p| p.position_en_m)) else {
        return html! {};
    };
    let bounds = Bounds { low: middle.map(|c| c - half_m), high: middle.map(|c| c + half_m) };
    let view = View::fit(bounds, [SIDE, SIDE]);
    let axes: Vec<String> = round.ellipse_m.iter().flatten().map(|m| number(*m, 0)).collect();
    let axes = axes.join(" → ");
    let shot = round.intercepted_s.is_some();
    html! {
        figure {
            svg viewBox={ "0 0 " (SIDE) " " (SIDE) } role="img"
                aria-label={ "Round " (round.number) ": half the long axis of the 90 percent ellipse, metres, at "
                    (before_s.map(|s| s.to_string()).join(", ")) " seconds before impact: " (axes) @if shot { ", then shot down" } } {
                rect class="ground" width=(SIDE) height=(SIDE) {}
                @for zone in &run.zones {
                    path class="zone far" d=(closed(zone.polygon_en_m.iter().map(|p| view.at(*p)))) {}
                }
                @for (i, p) in round.ellipses(run, before_s).into_iter().enumerate().filter_map(|(i, p)| Some((i, p?))) {
                    (ellipse(&view, p.position_en_m, p.covariance_m2, &format!("ellipse look-{i}")))
                }
                @let class = if shot { "spared-impact" } else { "impact" };
                (cross(class, view.at(middle), 4.0))
            }
            figcaption { b { (round.number) } " " (axes) @if shot { span.shot { ", shot down" } } }
        }
    }
}
