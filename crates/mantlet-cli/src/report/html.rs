//! The page: one file, no network, readable without its script.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::data::RunReport;
use super::figures::{Figures, Round, zone};
use super::palette::variables;
use super::plan::{self, Map};
use super::side::Side;
use super::text::{capital, counted, number, percent, plural};
use super::{fell, replay, sure, timeline, words, zones};

/// Sheets of the maps: width and height, and the class that shows them on wide
/// or on narrow screens.
const SITE: [([f64; 2], &str); 2] = [([700.0, 590.0], "wide"), ([358.0, 360.0], "narrow")];
const APPROACH: [([f64; 2], &str); 2] = [([460.0, 590.0], "wide"), ([358.0, 330.0], "narrow")];
const FELL: [([f64; 2], &str); 2] = [([580.0, 480.0], "wide"), ([358.0, 330.0], "narrow")];
const SIDE_WIDTHS: [(f64, &str); 2] = [(1176.0, "wide"), (358.0, "narrow")];

/// Printed sheets come apart, so each says it.
const ON_EVERY_SHEET: &str =
    "@page{@top-right{content:'EXERCISE, simulated';font:600 8pt sans-serif}}";

/// The whole page.
pub fn page(run: &RunReport, figures: &Figures) -> String {
    let title = format!("{} at {}", run.scenario, run.site);
    let body = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) @if run.exercise { " · EXERCISE" } }
                style { (PreEscaped(variables())) (PreEscaped(include_str!("style.css"))) (PreEscaped(include_str!("map.css"))) (PreEscaped(include_str!("live.css"))) @if run.exercise { (PreEscaped(ON_EVERY_SHEET)) } }
            }
            body {
                @if run.exercise {
                    p.stamp role="note" { b { "EXERCISE" } " Everything here is simulated. The site is made up." }
                }
                main {
                    (opening(run, figures))
                    (maps(run, figures))
                    (when(run, figures))
                    (warned(run, figures))
                    (what_fell(run, figures))
                    (certainty(run, figures))
                    (all_figures(run, figures))
                }
                footer { p { (words::colophon(run)) } }
                script type="application/json" id="raid" { (PreEscaped(replay::data(run, figures))) }
                script { (PreEscaped(include_str!("script.js"))) }
            }
        }
    };
    body.into_string()
}

fn opening(run: &RunReport, figures: &Figures) -> Markup {
    html! {
        header {
            div {
                p.kicker { (run.site) " · " (run.scenario) }
                h1 { (words::headline(run, figures)) }
                p.standfirst { (words::standfirst(run, figures)) }
            }
            dl.key {
                @for (value, label) in words::key_figures(run, figures) {
                    div { dt { (label) } dd { (value) } }
                }
            }
        }
    }
}

fn maps(run: &RunReport, figures: &Figures) -> Markup {
    let sides: Vec<_> = SIDE_WIDTHS
        .iter()
        .filter_map(|(w, class)| Some((Side::fit(run, figures, *w)?, *class)))
        .collect();
    html! {
        section #raid-map aria-labelledby="h-map" {
            h2 #h-map { "The raid, second by second" }
            p.lead { (words::map_lead(run, figures)) }
            div.controls hidden {
                button type="button" #play aria-label="Play the raid" { "Play" }
                input type="range" #time min="0" max="1000" step="1" value="1000" aria-label="Time in the raid";
                output #clock for="time" { "whole raid" }
                p #said aria-live="off" {}
            }
            div.maps {
                @for (map, sheets, what, caption) in [
                    (Map::Site, SITE, "site", "The site"),
                    (Map::Approach, APPROACH, "approach", "The approach"),
                ] {
                    figure class=(what) {
                        figcaption { b { (caption) } " " (words::map_caption(map, figures)) }
                        @for (size, class) in sheets {
                            svg class={ "map " (class) } data-panel={ (what) "-" (class) } role="img"
                                viewBox={ "0 0 " (size[0]) " " (size[1]) }
                                aria-label=(words::map_alt(run, figures, map)) {
                                (plan::draw(run, figures, map, size, class == "narrow"))
                            }
                        }
                    }
                }
                @if !sides.is_empty() {
                    figure.side {
                        figcaption { b { "From the side" } " Heights and distances at one scale." }
                        @for (side, class) in &sides {
                            svg class={ "map " (class) } data-panel={ "side-" (class) } role="img"
                                viewBox={ "0 0 " (side.size[0]) " " (side.size[1]) }
                                aria-label="The tracks seen from the side: height over the ground, with where each was shot down or landed" {
                                (side.draw(run, figures))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The views that the script draws in, by name.
pub fn panels(run: &RunReport, figures: &Figures) -> Vec<(String, [[f64; 4]; 2], f64)> {
    let mut all = Vec::new();
    for (map, sheets, what) in [(Map::Site, SITE, "site"), (Map::Approach, APPROACH, "approach")] {
        for (size, class) in sheets {
            let v = plan::view(run, figures, map, size);
            let [x, y] = v.at([0.0, 0.0]);
            let affine = [[v.scale, 0.0, 0.0, x], [0.0, -v.scale, 0.0, y]];
            all.push((format!("{what}-{class}"), affine, v.scale));
        }
    }
    for (width, class) in SIDE_WIDTHS {
        if let Some(s) = Side::fit(run, figures, width) {
            let [e, n] = s.outward_en.map(|c| c * s.turn * s.scale);
            let affine = [[e, n, 0.0, s.origin_x], [0.0, 0.0, -s.scale, s.ground_y]];
            all.push((format!("side-{class}"), affine, 0.0));
        }
    }
    all
}

fn key(inner: Markup) -> Markup {
    html! { svg.key-mark width="18" height="14" viewBox="-9 -7 18 14" aria-hidden="true" { (inner) } }
}

fn when(run: &RunReport, figures: &Figures) -> Markup {
    use super::svg::{cross, star};
    html! {
        section aria-labelledby="h-time" {
            h2 #h-time { "From first plot to the end" }
            p.lead {
                "One row per " (words::noun(figures)) ". "
                (key(html! { circle class="seen" r="3.6" {} })) "first plot, "
                (key(html! { circle class="confirmed" r="3.6" {} })) "track confirmed, "
                (key(html! { path class="warn-mark" d="M-4.5 -3.5L4.5 -3.5L0 4Z" {} }))
                "people warned; the band is their time until impact, "
                @if figures.effector_rounds > 0 {
                    (key(html! { line class="fired" x1="-8" x2="8" {} })) "fire on its way, "
                    (key(star("burst", [0.0, 0.0], 6.5))) "shot down, "
                }
                (key(cross("impact", [0.0, 0.0], 4.0))) "impact."
            }
            (timeline::draw(run, figures))
        }
    }
}

fn warned(run: &RunReport, figures: &Figures) -> Markup {
    html! {
        @if !run.outcomes.is_empty() {
            section aria-labelledby="h-warned" {
                h2 #h-warned { "Time to reach shelter" }
                p.lead { (words::warning_lead(run, figures)) }
                (zones::warning(run))
            }
        }
    }
}

fn what_fell(run: &RunReport, figures: &Figures) -> Markup {
    html! {
        @if !run.effectors.is_empty() {
            section aria-labelledby="h-fell" {
                h2 #h-fell { "What fell, and on whom" }
                p.lead { (words::fell_lead(run, figures)) }
                div.pair {
                    @for (fired, caption) in [(false, "Had nobody fired"), (true, "As it went")] {
                        figure {
                            figcaption {
                                b { (caption) } " "
                                @let landed = figures.rounds.len() - if fired { figures.intercepted } else { 0 };
                                (key(super::svg::cross("impact", [0.0, 0.0], 4.0)))
                                (counted(landed, words::noun(figures)))
                                @if fired { (fallen(run, figures)) }
                            }
                            @for (size, class) in FELL {
                                svg class={ "map " (class) } viewBox={ "0 0 " (size[0]) " " (size[1]) } role="img"
                                    aria-label={ (caption) ": where things fall on the site, darker where harm is likelier" } {
                                    (fell::draw(run, figures, fired, size))
                                }
                            }
                        }
                    }
                }
                h3 { "Expected casualties, without → with interception" }
                p.lead {
                    span.swatch.before {} "without; with, by "
                    span.swatch.by-rounds {} "rounds that got through, "
                    span.swatch.by-debris {} "debris, "
                    span.swatch.by-duds {} (words::whose_rounds(run)) " own rounds."
                }
                (zones::harm(run))
            }
        }
    }
}

/// Counts of the pieces, each with its mark.
fn fallen(run: &RunReport, figures: &Figures) -> Markup {
    let f = figures.fallen;
    let kinds = [
        (f.parts, plural(f.parts, "part"), "part"),
        (f.fragments, plural(f.fragments, "fragment"), "fragment"),
        (f.duds, format!("bits of {} own rounds", words::whose_rounds(run)), "dud"),
    ];
    html! {
        @for (n, noun, class) in kinds {
            ", " (key(html! { path class={ "piece " (class) } d="M0 0h0" {} })) (number(n as f64, 0)) " " (noun)
        }
        @if figures.intercepted > 0 { "; " (key(super::svg::star("burst", [0.0, 0.0], 6.5))) "hit in the air" }
    }
}

fn certainty(run: &RunReport, figures: &Figures) -> Markup {
    html! {
        section aria-labelledby="h-sure" {
            h2 #h-sure { "How sure, and when" }
            p.lead { (words::sure_lead(run, figures)) }
            (sure::draw(run, figures))
        }
    }
}

fn cell(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "–".into(), |v| number(v, decimals))
}

fn all_figures(run: &RunReport, figures: &Figures) -> Markup {
    let place =
        |r: &Round| r.zone_id.as_ref().and_then(|id| zone(run, id)).map_or("–", |z| &z.name);
    html! {
        section aria-labelledby="h-all" {
            h2 #h-all { "All figures" }
            details {
                summary { (capital(&plural(2, words::noun(figures)))) ", one by one" }
                div.scroll { table {
                    thead { tr {
                        @for head in ["no.", "first plot, s", "confirmed, s", "warned, s", "shot down, s", "impact, s", "falls in"] {
                            th scope="col" { (head) }
                        }
                        @for what in ["ellipse", "off by"] {
                            @for t in figures.before_impact_s { th scope="col" { (what) " " (number(t, 0)) " s before, m" } }
                        }
                        th scope="col" { "gun rounds" }
                    } }
                    tbody { @for r in &figures.rounds { tr {
                        th scope="row" { (r.number) }
                        @for v in [r.first_plot_s, r.confirmed_s, r.warned_s, r.intercepted_s, r.impact_s] { td { (cell(v, 1)) } }
                        td.word { (place(r)) }
                        @for v in r.ellipse_m.into_iter().chain(r.miss_m) { td { (cell(v, 0)) } }
                        td { (r.effector_rounds) }
                    } } }
                } }
            }
            details {
                summary { "Messages sent" }
                div.scroll { table {
                    thead { tr { @for head in ["time, s", "zone", "message", "seconds left", "chance"] { th scope="col" { (head) } } } }
                    tbody { @for w in &run.warnings { tr {
                        td { (number(w.time_s, 1)) }
                        td.word { (zone(run, &w.zone_id).map_or(w.zone_id.as_str(), |z| &z.name)) }
                        td.word { (words::action(w.action)) }
                        td { (cell(w.seconds_left, 1)) }
                        td { (percent(w.probability)) }
                    } } }
                } }
            }
            dl.accuracy {
                @for (value, label) in words::accuracy(run, figures) { div { dt { (label) } dd { (value) } } }
            }
        }
    }
}
