//! The timeline: one row per round, from its first plot to its end, with the
//! seconds of warning between.

use maud::{Markup, html};

use super::data::RunReport;
use super::figures::{Figures, Round, zone};
use super::svg::{cross, star, xy};
use super::text::{capital, length, number};

/// Height of a strip, px.
const HIGH: f64 = 34.0;
/// Its middle, px.
const MID: f64 = 17.0;

/// Seconds to per cent of a strip's width.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    /// Left end, s.
    pub from_s: f64,
    /// Right end, s.
    pub to_s: f64,
}

impl Axis {
    fn of(figures: &Figures) -> Self {
        let rounds = &figures.rounds;
        let from_s = rounds.iter().filter_map(|r| r.first_plot_s).fold(f64::INFINITY, f64::min);
        let to_s = rounds.iter().filter_map(|r| r.impact_s).fold(f64::NEG_INFINITY, f64::max);
        if from_s < to_s {
            // Room on the right for the seconds beside the last impact.
            Self { from_s: (from_s - 1.0).floor(), to_s: (to_s + 0.16 * (to_s - from_s)).ceil() }
        } else {
            Self { from_s: 0.0, to_s: 1.0 }
        }
    }

    /// Where a time lies.
    pub fn at(&self, time_s: f64) -> String {
        format!("{:.2}%", 100.0 * (time_s - self.from_s) / (self.to_s - self.from_s))
    }

    /// Round times along it.
    pub fn ticks(&self) -> impl Iterator<Item = f64> + use<> {
        let step_s = super::shape::round_number((self.to_s - self.from_s) / 4.0);
        let first = (self.from_s / step_s).ceil() as i64;
        let last = (self.to_s / step_s).floor() as i64;
        (first..=last).map(move |k| k as f64 * step_s)
    }
}

/// The timeline of a run.
pub fn draw(run: &RunReport, figures: &Figures) -> Markup {
    let axis = Axis::of(figures);
    html! {
        div class="rows timeline" data-from=(axis.from_s) data-to=(axis.to_s) {
            div class="row axis" aria-hidden="true" {
                div class="who" {}
                svg class="strip" width="100%" height="18" {
                    @for t in axis.ticks() {
                        text class="label minor" text-anchor="middle" x=(axis.at(t)) y="12" {
                            (number(t, 0)) @if t == axis.ticks().next().unwrap_or(0.0) { " s" }
                        }
                    }
                }
                div class="end" {}
            }
            @for round in &figures.rounds { (row(run, round, &axis)) }
        }
    }
}

/// What became of a round, in a few words.
pub fn fate(run: &RunReport, round: &Round) -> String {
    let place = round.zone_id.as_ref().and_then(|id| zone(run, id)).map(|z| z.name.as_str());
    match (round.intercepted_u_m, place, &round.spared) {
        (Some(up_m), _, _) => format!("shot down {} up", length(up_m)),
        (None, Some(place), Some(why)) => format!("hit {place}; {why}"),
        (None, None, Some(why)) => format!("fell between the zones; {why}"),
        (None, Some(place), None) => format!("hit {place}"),
        (None, None, None) => "fell between the zones".into(),
    }
}

/// A round's whole story in a sentence, for those who do not see the drawing.
fn story(run: &RunReport, round: &Round) -> String {
    let mut parts = vec![format!("{} {}", capital(&round.kind), round.number)];
    let mut say = |what: &str, time_s: Option<f64>| {
        if let Some(t) = time_s {
            parts.push(format!("{what} at {} seconds", number(t, 1)));
        }
    };
    say("first plot", round.first_plot_s);
    say("track confirmed", round.confirmed_s);
    say("people warned", round.warned_s);
    say("shot down", round.intercepted_s);
    if round.intercepted_s.is_none() {
        say("impact", round.impact_s);
    }
    parts.push(fate(run, round));
    parts.join(", ")
}

fn row(run: &RunReport, round: &Round, axis: &Axis) -> Markup {
    let end_s = round.intercepted_s.or(round.impact_s);
    let mark = |time_s: f64, inner: Markup| {
        html! { svg x=(axis.at(time_s)) y=(xy(MID)) overflow="visible" { (inner) } }
    };
    html! {
        div class="row" {
            div class="who" { b { (round.number) } " " (round.kind) }
            svg class="strip" width="100%" height=(HIGH) role="img" aria-label=(story(run, round)) {
                @for t in axis.ticks() {
                    line class="grid" x1=(axis.at(t)) x2=(axis.at(t)) y1="0" y2=(HIGH) {}
                }
                @if let Some((from_s, to_s)) = round.warned_s.zip(round.impact_s).filter(|(a, b)| a < b) {
                    @let wide = axis_share(axis, to_s - from_s);
                    rect class="given" x=(axis.at(from_s)) y=(xy(MID - 9.0)) width=(wide) height="18" {}
                }
                @if let Some((from_s, to_s)) = round.first_plot_s.zip(end_s) {
                    line class="flown" x1=(axis.at(from_s)) x2=(axis.at(to_s)) y1=(MID) y2=(MID) {}
                }
                @if let Some((from_s, to_s)) = round.intercepted_s.zip(round.impact_s) {
                    line class="unflown" x1=(axis.at(from_s)) x2=(axis.at(to_s)) y1=(MID) y2=(MID) {}
                }
                @for shot in run.engagements.iter().filter(|e| Some(e.track_id) == round.track_id) {
                    line class="fired" x1=(axis.at(shot.fired_s)) x2=(axis.at(shot.outcome_s)) y1=(MID + 6.0) y2=(MID + 6.0) {}
                }
                @if let Some(t) = round.first_plot_s { (mark(t, html! { circle class="seen" r="3.6" {} })) }
                @if let Some(t) = round.confirmed_s { (mark(t, html! { circle class="confirmed" r="3.6" {} })) }
                @if let Some(t) = round.warned_s {
                    (mark(t, html! { path class="warn-mark" d="M-4.5 -16L4.5 -16L0 -8.5Z" {} }))
                }
                @if let Some(t) = round.intercepted_s { (mark(t, star("burst", [0.0, 0.0], 8.5))) }
                @if let Some(t) = round.impact_s {
                    @if round.intercepted_s.is_none() {
                        (mark(t, html! { (cross("impact halo", [0.0, 0.0], 5.0)) (cross("impact", [0.0, 0.0], 5.0)) }))
                    } @else {
                        (mark(t, cross("spared-impact", [0.0, 0.0], 3.5)))
                    }
                }
                @if let Some((from_s, to_s)) = round.warned_s.zip(round.impact_s) {
                    (mark(to_s, html! {
                        text class="label seconds" x="11" y="4" { (number(to_s - from_s, 1)) " s" }
                    }))
                }
                line class="playhead live" y1="0" y2=(HIGH) {}
            }
            div class="end" { (fate(run, round)) }
        }
    }
}

fn axis_share(axis: &Axis, span_s: f64) -> String {
    format!("{:.2}%", 100.0 * span_s / (axis.to_s - axis.from_s))
}
