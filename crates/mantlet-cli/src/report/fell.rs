//! What fell where: the site with the chance of harm over it, had nobody fired
//! and as it went.

use maud::{Markup, html};

use super::data::{HarmGrid, PieceKind, RunReport};
use super::figures::Figures;
use super::plan::{Map, view, zones};
use super::shape::View;
use super::svg::{cross, label, star, xy};
use super::{labels::Labels, shape::Bounds};

/// Shares of the greatest chance of harm at which the shading steps up. Chosen:
/// about a power of ten each, as debris harms far less than a round does
/// and over a far wider ground.
pub const STEPS: [f64; 4] = [0.001, 0.01, 0.1, 0.5];

/// Energy of a piece that is dangerous to a person in the open, J: the 15 J (11
/// ft-lb) of RCC 321 for fragments, where "hazardous" begins.
const DANGEROUS_J: f64 = 15.0;

/// One of the two maps.
pub fn draw(run: &RunReport, figures: &Figures, fired: bool, size: [f64; 2]) -> Markup {
    let view = view(run, figures, Map::Fallen, size);
    let mut labels = Labels::new(size);
    html! {
        rect class="ground" width=(size[0]) height=(size[1]) {}
        g class="calm" { (zones(run, &view, Map::Approach)) }
        @if let Some(grid) = &run.harm_grid { (shading(grid, &view, fired)) }
        @if fired { (pieces(run, &view)) }
        @for round in &figures.rounds {
            @if let Some(p) = round.impact_en_m.filter(|_| !fired || round.intercepted_s.is_none()) {
                (cross("impact halo", view.at(p), 6.0)) (cross("impact", view.at(p), 6.0))
            }
        }
        @if fired {
            @for shot in run.engagements.iter().filter(|e| e.destroyed) {
                @let [e, n, _] = shot.position_enu_m;
                @if view.shows([e, n]) { (star("burst", view.at([e, n]), 7.0)) }
            }
        }
        @for zone in &run.zones {
            @if let Some(b) = Bounds::around(zone.polygon_en_m.iter().map(|p| view.at(*p))) {
                (label(&mut labels, b, &[("minor", zone.name.clone())], true))
            }
        }
    }
}

/// The cells of each step as one path, run by run: hundreds of cells, few bytes.
fn shading(grid: &HarmGrid, view: &View, fired: bool) -> Markup {
    let cells = if fired { &grid.with } else { &grid.without };
    let greatest = grid.without.iter().chain(&grid.with).copied().fold(0.0, f64::max);
    if greatest <= 0.0 || grid.columns == 0 {
        return html! {};
    }
    let layers = STEPS.map(|step| layer(grid, cells, view, step * greatest));
    html! { @for d in layers { path class="harm-step" d=(d) {} } }
}

/// The cells of at least a value, as a path of strips.
fn layer(grid: &HarmGrid, cells: &[f64], view: &View, least: f64) -> String {
    let mut d = String::new();
    let high = xy(grid.cell_m * view.scale);
    for (row, line) in cells.chunks(grid.columns).enumerate() {
        let top_m = grid.corner_en_m[1] + (row as f64 + 1.0) * grid.cell_m;
        runs(
            line,
            |v| v >= least,
            |from, to| {
                let [x, y] = view.at([grid.corner_en_m[0] + from as f64 * grid.cell_m, top_m]);
                let wide = xy((to - from) as f64 * grid.cell_m * view.scale);
                d.push_str(&format!("M{} {}h{wide}v{high}h-{wide}z", xy(x), xy(y)));
            },
        );
    }
    d
}

/// Calls back with every run of values that pass.
fn runs(line: &[f64], pass: impl Fn(f64) -> bool, mut found: impl FnMut(usize, usize)) {
    let mut from = None;
    for i in 0..=line.len() {
        let now = line.get(i).is_some_and(|v| pass(*v));
        match (from, now) {
            (None, true) => from = Some(i),
            (Some(start), false) => {
                found(start, i);
                from = None;
            }
            _ => {}
        }
    }
}

fn pieces(run: &RunReport, view: &View) -> Markup {
    let path_of = |kind: PieceKind, dangerous: bool| {
        let mut d = String::new();
        for piece in &run.fallen {
            let fits = piece.kind == kind && (piece.energy_j >= DANGEROUS_J) == dangerous;
            if fits && view.shows(piece.position_en_m) {
                let [x, y] = view.at(piece.position_en_m);
                d.push_str(&format!("M{} {}h0", xy(x), xy(y)));
            }
        }
        d
    };
    html! {
        path class="piece light" d={ (path_of(PieceKind::Fragment, false)) (path_of(PieceKind::Dud, false)) } {}
        path class="piece fragment" d=(path_of(PieceKind::Fragment, true)) {}
        path class="piece dud" d=(path_of(PieceKind::Dud, true)) {}
        path class="piece part" d={ (path_of(PieceKind::Part, true)) (path_of(PieceKind::Part, false)) } {}
    }
}
