//! The plan map: the site close up, and the approach from further off.
//!
//! The still picture shows the whole raid at once; the page's script plays the
//! same elements (found by their `data-` attributes) as time goes by.

use maud::{Markup, html};

use super::data::{End, RunReport, ZoneKind};
use super::figures::Figures;
use super::labels::Labels;
use super::shape::{Bounds, View, ellipse_90, round_number};
use super::svg::{closed, cross, label, path, star, xy};
use super::text::{number, seconds, tick};

/// What a track is called that follows nothing.
const FALSE_TRACK: &str = "false track";
/// What a track is called that keeps near an object which has a better one.
const DUPLICATE_TRACK: &str = "duplicate track";

/// Which of the two maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Map {
    /// Zones, impacts and ellipses.
    Site,
    /// Tracks from their first plot on.
    Approach,
    /// The site and what fell around it.
    Fallen,
}

/// The view of a map on a sheet.
pub fn view(run: &RunReport, figures: &Figures, map: Map, size: [f64; 2]) -> View {
    let corners = || run.zones.iter().flat_map(|z| z.polygon_en_m.iter().copied());
    let zones = Bounds::around(corners())
        .unwrap_or(Bounds { low: [-500.0; 2], high: [500.0; 2] })
        .grown(0.1, 30.0);
    let bounds = match map {
        Map::Site | Map::Fallen => {
            let near = zones.grown(if map == Map::Site { 0.25 } else { 0.4 }, 0.0);
            let fallen = run.fallen.iter().filter(|_| map == Map::Fallen).map(|p| p.position_en_m);
            let impacts = figures.rounds.iter().filter_map(|r| r.impact_en_m).chain(fallen);
            Bounds::around(
                [zones.low, zones.high].into_iter().chain(impacts.filter(|p| near.holds(*p))),
            )
            .unwrap_or(zones)
        }
        Map::Approach => {
            let flown = figures.rounds.iter().filter_map(|r| Some(&run.tracks[r.track?]));
            let flown = flown.flat_map(|t| t.samples.iter().map(|s| [s[1], s[2]]));
            let seen = |p: &[f64; 2]| in_range(run, *p);
            let flown = flown.filter(seen);
            Bounds::around([zones.low, zones.high].into_iter().chain(flown))
                .unwrap_or(zones)
                .grown(0.07, 200.0)
        }
    };
    View::fit(bounds, size)
}

/// Whether some radar can see as far as a point: a belief that ran away is not drawn.
fn in_range(run: &RunReport, [e_m, n_m]: [f64; 2]) -> bool {
    run.sensors.is_empty()
        || run
            .sensors
            .iter()
            .any(|s| (e_m - s.position_en_m[0]).hypot(n_m - s.position_en_m[1]) <= 1.5 * s.range_m)
}

/// A map: everything inside its `<svg>`.
pub fn draw(run: &RunReport, figures: &Figures, map: Map, size: [f64; 2], small: bool) -> Markup {
    let view = view(run, figures, map, size);
    let mut labels = blocked(run, figures, &view);
    html! {
        rect class="ground" width=(size[0]) height=(size[1]) {}
        @if map == Map::Approach { (rings(&view, &mut labels)) }
        (zones(run, &view, map))
        @if map == Map::Approach { (traffic(run, figures, &view, &mut labels)) }
        @if map == Map::Site { (ellipses(run, figures, &view)) }
        (tracks(run, figures, &view, map))
        (ends(run, figures, &view, map, &mut labels))
        (places(run, &view, &mut labels))
        @if map == Map::Approach { (captions(run, figures, &view, &mut labels)) }
        @match map {
            Map::Site => (zone_labels(run, &view, &mut labels, small)),
            Map::Approach => (site_label(run, &view, &mut labels)),
            Map::Fallen => {}
        }
        (scale_bar(&view))
    }
}

/// A sheet on which the things that labels must not cover are taken.
fn blocked(run: &RunReport, figures: &Figures, view: &View) -> Labels {
    let mut labels = Labels::new(view.size);
    for round in &figures.rounds {
        for point in [round.impact_en_m, intercept(run, round.track)].into_iter().flatten() {
            labels.block(view.at(point), 9.0);
        }
        let Some(track) = round.track.map(|i| &run.tracks[i]) else { continue };
        let flown = track.samples.iter().map(|s| [s[1], s[2]]).chain(round.impact_en_m);
        let points: Vec<_> = flown.map(|p| view.at(p)).collect();
        for pair in points.windows(2) {
            labels.block_line(pair[0], pair[1], 2.0);
        }
        if let Some(first) = points.first() {
            labels.block(*first, 5.0);
        }
    }
    let stands = run.sensors.iter().map(|s| s.position_en_m);
    for place in stands.chain(run.effectors.iter().map(|e| e.position_en_m)) {
        labels.block(view.at(place), 7.0);
    }
    labels.block([view.size[0] - 60.0, view.size[1] - 18.0], 50.0);
    labels
}

/// Where a track was intercepted, in plan.
fn intercept(run: &RunReport, track: Option<usize>) -> Option<[f64; 2]> {
    match run.tracks.get(track?)?.end {
        End::Intercepted { position_enu_m: [e, n, _], .. } => Some([e, n]),
        _ => None,
    }
}

/// The zones; a map of the approach shows them without their state.
pub fn zones(run: &RunReport, view: &View, map: Map) -> Markup {
    html! {
        @for (i, zone) in run.zones.iter().enumerate() {
            @let outcome = run.outcomes.iter().find(|o| o.zone_id == zone.id);
            @let warned = outcome.is_some_and(|o| o.warned_s.is_some());
            @let needless = warned && outcome.is_some_and(|o| o.danger_s.is_none());
            path data-zone=(i) data-still=[warned.then_some("warned")]
                class={
                    "zone " @match zone.kind {
                        ZoneKind::Protected => "protected",
                        ZoneKind::Neighbour => "neighbour",
                        ZoneKind::KeepOut => "keep-out",
                    }
                    @if warned { " warned" }
                    @if needless { " needless" }
                    @if map == Map::Approach { " far" }
                }
                d=(closed(zone.polygon_en_m.iter().map(|p| view.at(*p)))) {}
        }
    }
}

fn rings(view: &View, labels: &mut Labels) -> Markup {
    let [width, height] = view.size;
    let step_m = round_number(0.5 * width.max(height) / view.scale);
    let [x, y] = view.at([0.0, 0.0]);
    html! {
        @for k in 1..=8 {
            @let r = f64::from(k) * step_m * view.scale;
            @if r < width.hypot(height) {
                circle class="ring" cx=(xy(x)) cy=(xy(y)) r=(xy(r)) {}
                @for ly in [y - r, y + r] {
                    @if ly > 14.0 && ly < height - 40.0 {
                        ({ labels.block([x, ly], 16.0); "" })
                        text class="label minor" text-anchor="middle" x=(xy(x)) y=(xy(ly + 4.0)) {
                            (tick(f64::from(k) * step_m))
                        }
                    }
                }
            }
        }
    }
}

/// Everything that is no round of the raid, in grey; each sort is named once.
fn traffic(run: &RunReport, figures: &Figures, view: &View, labels: &mut Labels) -> Markup {
    let others: Vec<usize> = (0..run.tracks.len())
        .filter(|i| figures.rounds.iter().all(|r| r.track != Some(*i)))
        .collect();
    let last = |i: usize| {
        let samples = run.tracks[i].samples.iter().rev().map(|s| [s[1], s[2]]);
        samples.clone().find(|p| view.shows(*p)).map(|p| view.at(p))
    };
    let mut named: Vec<(String, [f64; 2])> = Vec::new();
    for (name, at) in others.iter().filter_map(|i| Some((name_of(run, *i), last(*i)?))) {
        if named.iter().all(|n| n.0 != name) {
            named.push((name, at));
        }
    }
    html! {
        @for i in &others {
            @if let Some(at) = last(*i) {
                path class="track traffic" data-track=(i)
                    d=(path(run.tracks[*i].samples.iter().map(|s| [s[1], s[2]]).filter(|p| in_range(run, *p)).map(|p| view.at(p)))) {}
                circle class="head traffic still" cx=(xy(at[0])) cy=(xy(at[1])) r="2.2" {}
                circle class="head traffic live" data-head=(i) r="2.2" {}
            }
        }
        @for (name, at) in named {
            (label(labels, Bounds { low: at, high: at }, &[("minor still", name)], false))
        }
    }
}

/// What a track is called: what it truly was, else what it was taken for.
pub fn name_of(run: &RunReport, track: usize) -> String {
    let track = &run.tracks[track];
    let object = run.objects.iter().find(|o| Some(&o.id) == track.object_id.as_ref());
    match object {
        Some(object) if object.class == "tracer" => "tracer round".into(),
        Some(object) => object.class.replace(['_', '-'], " "),
        None if run.objects.is_empty() => track.kind.clone(),
        None if track.duplicate => DUPLICATE_TRACK.into(),
        None => FALSE_TRACK.into(),
    }
}

fn tracks(run: &RunReport, figures: &Figures, view: &View, map: Map) -> Markup {
    html! {
        @for round in &figures.rounds {
            @if let Some((i, track)) = round.track.map(|i| (i, &run.tracks[i])) {
                @if let Some((from, to)) = intercept(run, Some(i)).zip(round.impact_en_m) {
                    path class="unflown" data-after=(i) d=(path([view.at(from), view.at(to)])) {}
                }
                path class="track threat" data-track=(i)
                    d=(path(track.samples.iter().map(|s| [s[1], s[2]]).chain(rest(run, round)).map(|p| view.at(p)))) {}
                @if let Some(first) = track.samples.first().filter(|_| map == Map::Approach) {
                    @let at = view.at([first[1], first[2]]);
                    circle class="first" data-time=(first[0]) cx=(xy(at[0])) cy=(xy(at[1])) r="2.6" {}
                }
                circle class="head live" data-head=(i) r="4" {}
            }
        }
    }
}

/// The last bit of a round's path, from its last plot to where it ended.
fn rest(run: &RunReport, round: &super::figures::Round) -> Option<[f64; 2]> {
    match run.tracks.get(round.track?)?.end {
        End::Landed { .. } => round.impact_en_m,
        End::Intercepted { position_enu_m: [e, n, _], .. } => Some([e, n]),
        End::Left => None,
    }
}

fn ellipses(run: &RunReport, figures: &Figures, view: &View) -> Markup {
    html! {
        @for round in &figures.rounds {
            @for (i, p) in round.ellipses(run, figures.before_impact_s).into_iter().enumerate().filter_map(|(i, p)| Some((i, p?))) {
                (ellipse(view, p.position_en_m, p.covariance_m2,
                    &format!("ellipse still look-{i}")))
            }
            @if let Some(i) = round.track { ellipse class="ellipse live" data-ellipse=(i) {} }
        }
    }
}

/// One 90 % ellipse.
pub fn ellipse(view: &View, middle_en_m: [f64; 2], covariance_m2: [f64; 3], class: &str) -> Markup {
    let e = ellipse_90(covariance_m2);
    let [x, y] = view.at(middle_en_m);
    html! {
        ellipse class=(class) rx=(xy(e.long_m * view.scale)) ry=(xy(e.short_m * view.scale))
            transform={ "translate(" (xy(x)) " " (xy(y)) ") rotate(" (xy(-e.turn_deg)) ")" } {}
    }
}

/// Where rounds landed, would have landed, and were destroyed; with their numbers.
fn ends(run: &RunReport, figures: &Figures, view: &View, map: Map, labels: &mut Labels) -> Markup {
    html! {
        @for round in &figures.rounds {
            @let key = round.track.map_or(-1, |i| i as i64);
            @let hit = intercept(run, round.track);
            @if let Some(p) = round.impact_en_m.filter(|_| map == Map::Site || hit.is_none()) {
                @let at = view.at(p);
                g data-impact=(key) data-time=[round.impact_s] {
                    @if hit.is_none() {
                        (cross("impact halo", at, 6.0)) (cross("impact", at, 6.0))
                    } @else {
                        (cross("spared-impact", at, 4.0))
                    }
                    @if map == Map::Site {
                        (label(labels, around(at, 5.0), &[(if hit.is_none() { "round" } else { "round ghost" }, round.number.to_string())], true))
                    }
                }
            }
            @if let Some(p) = hit {
                @let at = view.at(p);
                g data-burst=(key) data-time=[round.intercepted_s] {
                    (star("burst", at, if map == Map::Site { 9.0 } else { 6.5 }))
                    @if map == Map::Site && view.shows(p) {
                        (label(labels, around(at, 7.0), &[("round shot", round.number.to_string())], true))
                    }
                }
            }
        }
    }
}

/// Says once what the circles and the stars are, beside the northernmost of each.
fn captions(run: &RunReport, figures: &Figures, view: &View, labels: &mut Labels) -> Markup {
    let top = |points: Vec<[f64; 2]>| {
        points.into_iter().map(|p| view.at(p)).min_by(|a, b| a[1].total_cmp(&b[1]))
    };
    let tracks = || figures.rounds.iter().filter_map(|r| r.track);
    let firsts = tracks().filter_map(|i| run.tracks[i].samples.first()).map(|s| [s[1], s[2]]);
    let bursts = tracks().filter_map(|i| intercept(run, Some(i)));
    html! {
        @for (at, class, words) in [
            (top(firsts.collect()), "threat still", "first plots"),
            (top(bursts.collect()), "shot still", "shot down"),
        ] {
            @if let Some(at) = at { (label(labels, around(at, 6.0), &[(class, words.into())], false)) }
        }
    }
}

fn around([x, y]: [f64; 2], r: f64) -> Bounds {
    Bounds { low: [x - r, y - r], high: [x + r, y + r] }
}

/// Radars and effectors.
fn places(run: &RunReport, view: &View, labels: &mut Labels) -> Markup {
    html! {
        @for sensor in run.sensors.iter().filter(|s| view.shows(s.position_en_m)) {
            @let at = view.at(sensor.position_en_m);
            (cone(at))
            (label(labels, around(at, 6.0), &[("minor", format!("radar {}", sensor.id))], false))
        }
        @for effector in run.effectors.iter().filter(|e| view.shows(e.position_en_m)) {
            @let at = view.at(effector.position_en_m);
            rect class="effector" x=(xy(at[0] - 4.0)) y=(xy(at[1] - 4.0)) width="8" height="8" {}
            (label(labels, around(at, 6.0), &[("minor", effector.kind.clone())], false))
        }
    }
}

fn cone([x, y]: [f64; 2]) -> Markup {
    html! { path class="sensor" d=(closed([[x, y - 6.0], [x + 5.5, y + 4.0], [x - 5.5, y + 4.0]])) {} }
}

fn zone_labels(run: &RunReport, view: &View, labels: &mut Labels, small: bool) -> Markup {
    html! {
        @for (zone, outcome) in run.zones.iter().map(|z| (z, run.outcomes.iter().find(|o| o.zone_id == z.id))) {
            @let people = format!("{} people", number(f64::from(zone.population), 0));
            @let state = match outcome {
                Some(o) => match (o.warned_s, o.seconds_given, o.danger_s) {
                    (Some(_), Some(given_s), _) => format!("warned {} ahead", seconds(given_s)),
                    (Some(_), None, _) => "warned, nothing came".into(),
                    (None, _, Some(_)) => "in danger, not warned".into(),
                    (None, _, None) => "not warned".into(),
                },
                None => String::new(),
            };
            @let others = run.zones.iter().filter(|z| z.id != zone.id);
            @let others: Vec<_> = others.filter_map(|z| Bounds::around(z.polygon_en_m.iter().map(|p| view.at(*p)))).collect();
            ({ labels.shun(others); "" })
            @if let Some(b) = Bounds::around(zone.polygon_en_m.iter().map(|p| view.at(*p))) {
                @if small {
                    (label(labels, b, &[("name", zone.name.clone())], true))
                } @else {
                    (label(labels, b, &[("name", zone.name.clone()), ("", format!("{people}, {state}"))], true))
                }
            }
        }
    }
}

fn site_label(run: &RunReport, view: &View, labels: &mut Labels) -> Markup {
    let corners = run.zones.iter().flat_map(|z| z.polygon_en_m.iter().map(|p| view.at(*p)));
    html! {
        @if let Some(b) = Bounds::around(corners) {
            (label(labels, b, &[("name", run.site.clone())], true))
        }
    }
}

fn scale_bar(view: &View) -> Markup {
    let [width, height] = view.size;
    let length_m = round_number(0.24 * width / view.scale);
    let (right, y) = (width - 14.0, height - 14.0);
    let left = right - length_m * view.scale;
    html! {
        path class="scale" d={ "M" (xy(left)) " " (xy(y - 4.0)) "V" (xy(y)) "H" (xy(right)) "V" (xy(y - 4.0)) } {}
        text class="label minor" text-anchor="end" x=(xy(right)) y=(xy(y - 8.0)) { (tick(length_m)) ", north up" }
    }
}
