//! The map of a study: what one more sensor would buy where, over the shaded ground.
//!
//! Ground and value are painted pixel by pixel; zones, radars, the choice and the
//! words are the report's own SVG on top.

use std::sync::Arc;

use anyhow::Context;
use mantlet::flight::Ground;
use mantlet::frames::Polar;
use mantlet::sensors::Sensor;
use mantlet::study::{GeoPlace, Raster, Sited, Study, StudyFigures, placed_sensor, write_geotiff};
use maud::{Markup, html};
use resvg::{tiny_skia, usvg};

use super::words;
use crate::failure::Done;
use crate::report::labels::Labels;
use crate::report::palette::resolved;
use crate::report::shape::{Bounds, View, round_number};
use crate::report::svg::{closed, label, star, xy};
use crate::report::text::{number, tick};
use crate::staging::Staging;

/// Sheet units, and pixels of each.
const WIDTH: f64 = 900.0;
const MAP: [f64; 2] = [852.0, 760.0];
const TOP: f64 = 96.0;
const MARGIN: f64 = 24.0;
const HEIGHT: f64 = TOP + MAP[1] + 94.0;
const ZOOM: f64 = 1.75;

/// Colours of value, from none to most: ColorBrewer's YlGnBu (C. A. Brewer, 2013),
/// which grows darker evenly and is safe for colour-blind readers.
const RAMP: [[f64; 3]; 6] = [
    [255.0, 255.0, 217.0],
    [199.0, 233.0, 180.0],
    [127.0, 205.0, 187.0],
    [65.0, 182.0, 196.0],
    [34.0, 94.0, 168.0],
    [8.0, 29.0, 88.0],
];
/// Paper and ground where nothing was asked.
const PAPER: [f64; 3] = [253.0, 252.0, 249.0];
const GROUND: [f64; 3] = [236.0, 232.0, 222.0];

fn ramp(share: f64) -> [f64; 3] {
    let x = share.clamp(0.0, 1.0) * (RAMP.len() - 1) as f64;
    let i = (x as usize).min(RAMP.len() - 2);
    let f = x - i as f64;
    std::array::from_fn(|c| RAMP[i][c] * (1.0 - f) + RAMP[i + 1][c] * f)
}

/// What a sensor would add, on the grid of places: the best of its masts; NaN where
/// nothing may stand.
struct Adds {
    spacing_m: f64,
    half: i64,
    share: Vec<f32>,
}

impl Adds {
    fn of(study: &Study, sited: &[Sited]) -> Option<Self> {
        let (plan, sensors) = (study.siting.as_ref()?, sited.first()?);
        let [spacing_m, reach_m] = plan.grid_m;
        let half = (reach_m / spacing_m).floor() as i64;
        let side = (2 * half + 1) as usize;
        let mut share = vec![f32::NAN; side * side];
        for place in &sensors.places {
            let [i, j] = place.en_m.map(|m| (m / spacing_m).round() as i64 + half);
            let cell = &mut share[j as usize * side + i as usize];
            *cell = cell.max(place.adds as f32);
        }
        Some(Self { spacing_m, half, share })
    }

    fn most(&self) -> f64 {
        self.share.iter().copied().filter(|s| s.is_finite()).fold(0f32, f32::max).into()
    }

    /// Between the four places around; `None` where fewer than two may be stood on.
    fn at(&self, [e_m, n_m]: [f64; 2]) -> Option<f64> {
        let side = 2 * self.half + 1;
        let (x, y) =
            (e_m / self.spacing_m + self.half as f64, n_m / self.spacing_m + self.half as f64);
        let (i, j) = (x.floor(), y.floor());
        let (mut sum, mut weight, mut held) = (0.0, 0.0, 0);
        for (di, dj) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let (ci, cj) = (i as i64 + di, j as i64 + dj);
            if !(0..side).contains(&ci) || !(0..side).contains(&cj) {
                continue;
            }
            let value = f64::from(self.share[(cj * side + ci) as usize]);
            let w = (1.0 - (x - ci as f64).abs()) * (1.0 - (y - cj as f64).abs());
            if value.is_finite() {
                sum += w * value;
                weight += w;
                held += 1;
            }
        }
        (held >= 2 && weight > 0.45).then(|| sum / weight)
    }
}

fn view(study: &Study) -> View {
    let corners = study.site.zones.iter().flat_map(|z| z.polygon_en_m().iter().copied());
    let reach = study.siting.as_ref().map_or(0.0, |s| 1.06 * s.grid_m[1]);
    let ring = [[-reach, -reach], [reach, reach]];
    let around = Bounds::around(corners.chain(ring))
        .unwrap_or(Bounds { low: [-500.0; 2], high: [500.0; 2] });
    View::fit(around.grown(if reach > 0.0 { 0.0 } else { 0.6 }, 0.0), MAP)
}

/// How light the ground is at a place: 1 on the level, lit from the north-west.
fn light(ground: &Ground, [e_m, n_m]: [f64; 2], step_m: f64) -> f64 {
    let at = |de: f64, dn: f64| ground.height_m(e_m + de, n_m + dn);
    let slope_e = (at(step_m, 0.0) - at(-step_m, 0.0)) / (2.0 * step_m);
    let slope_n = (at(0.0, step_m) - at(0.0, -step_m)) / (2.0 * step_m);
    // Twice as steep as it is, so that hills are seen at this scale.
    let (x, y) = (-2.0 * slope_e, -2.0 * slope_n);
    let lit = (-0.5 * x + 0.5 * y + 0.707) / (1.0 + x * x + y * y).sqrt();
    (0.45 + 0.55 * lit / 0.707).clamp(0.35, 1.15)
}

/// The map as PNG.
///
/// # Errors
///
/// When the drawing is not valid SVG: a bug.
pub fn png(study: &Study, sited: &[Sited], figures: &StudyFigures) -> anyhow::Result<Vec<u8>> {
    let view = view(study);
    let adds = Adds::of(study, sited);
    let (width, height) = ((WIDTH * ZOOM) as u32, (HEIGHT * ZOOM) as u32);
    let mut sheet = tiny_skia::Pixmap::new(width, height).context("the map has no size")?;
    let most = adds.as_ref().map_or(0.0, Adds::most).max(1e-9);
    let ground = &study.site.world.ground;
    let step_m = 1.5 / (view.scale * ZOOM);
    for (n, pixel) in sheet.pixels_mut().iter_mut().enumerate() {
        let (px, py) = ((n as u32 % width) as f64, (n as u32 / width) as f64);
        let (x, y) = ((px + 0.5) / ZOOM - MARGIN, (py + 0.5) / ZOOM - TOP);
        let inside = (0.0..=MAP[0]).contains(&x) && (0.0..=MAP[1]).contains(&y);
        let colour = if inside {
            let p = [view.west_north_m[0] + x / view.scale, view.west_north_m[1] - y / view.scale];
            let value = adds.as_ref().and_then(|a| a.at(p));
            let lit = light(ground, p, step_m.max(25.0));
            value.map_or(GROUND, |v| ramp(v / most)).map(|c| (c * lit).min(255.0))
        } else {
            PAPER
        };
        let [r, g, b] = colour.map(|c| c.round() as u8);
        *pixel = tiny_skia::PremultipliedColorU8::from_rgba(r, g, b, 255)
            .context("an opaque colour is premultiplied")?;
    }
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(include_bytes!("../report/fonts/inter-regular.ttf").to_vec());
    fonts.load_font_data(include_bytes!("../report/fonts/inter-semibold.ttf").to_vec());
    let options = usvg::Options {
        fontdb: Arc::new(fonts),
        font_family: "Inter".into(),
        ..usvg::Options::default()
    };
    let drawn = overlay(study, sited, figures, &view, most).into_string();
    let tree = usvg::Tree::from_str(&drawn, &options).context("the map is not valid SVG")?;
    let zoom = tiny_skia::Transform::from_scale(ZOOM as f32, ZOOM as f32);
    resvg::render(&tree, zoom, &mut sheet.as_mut());
    sheet.encode_png().context("cannot write the map")
}

const STYLE: &str = "text{font-family:Inter}.headline{font-size:21px;font-weight:600;fill:var(--ink)}\
.cap{font-size:12.5px;fill:var(--soft)}.zone{fill:none;stroke:var(--ink);stroke-width:1.1}\
.zone.protected{stroke-width:2.2}.zone.keep-out{stroke-dasharray:5 3}\
.sensor{stroke:var(--ink);stroke-width:1.6}.best{fill:var(--threat);stroke:var(--halo);stroke-width:1.5}\
.arrow{fill:none;stroke:var(--threat-ink);stroke-width:2.4;stroke-linecap:round;stroke-linejoin:round}\
.place{fill:var(--soft);fill-opacity:.35}.label{font-size:12.5px}";

fn overlay(
    study: &Study,
    sited: &[Sited],
    figures: &StudyFigures,
    view: &View,
    most: f64,
) -> Markup {
    let style = resolved(&format!("{}{STYLE}", include_str!("../report/map.css")));
    let mut labels = Labels::new(MAP);
    labels.block([MAP[0] - 70.0, MAP[1] - 18.0], 60.0);
    html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(WIDTH) height=(HEIGHT) viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } {
            style { (maud::PreEscaped(style)) }
            text class="headline" x=(MARGIN) y="40" { (study.name) }
            text class="cap" x=(MARGIN) y="64" { (words::headline(study, sited, figures)) }
            text class="cap" x=(MARGIN) y="82" { (study.site.site.name) ", simulated. The site is made up." }
            svg x=(MARGIN) y=(TOP) width=(MAP[0]) height=(MAP[1]) viewBox={ "0 0 " (MAP[0]) " " (MAP[1]) } {
                @for zone in &study.site.zones {
                    path class={ "zone " (zone.kind.name().replace('_', "-")) }
                        d=(closed(zone.polygon_en_m().iter().map(|p| view.at(*p)))) {}
                }
                (bearings(study, view, &mut labels))
                (stands(study, sited, view, &mut labels))
                (zone_names(study, view, &mut labels))
                (scale(view))
            }
            @if let Some(sensors) = sited.first() {
                (legend(most))
                // Two lines: together they run off the sheet.
                text class="cap" x=(MARGIN) y=(HEIGHT - 30.0) {
                    (number(sensors.places.len() as f64, 0)) " places and masts asked about. The choice is"
                }
                text class="cap" x=(MARGIN) y=(HEIGHT - 14.0) { (words::proof(sensors)) "." }
            }
        }
    }
}

/// Where each sort of raid comes from: an arrow at the edge, inwards.
fn bearings(study: &Study, view: &View, labels: &mut Labels) -> Markup {
    let middle = view.at([0.0, 0.0]);
    let radius = 0.485 * MAP[1];
    html! {
        @for family in &study.families {
            @let bearing = family.kinds[0].1.bearing_rad[0];
            @let out = [bearing.sin(), -bearing.cos()];
            @let at = |r: f64, aside: f64| [middle[0] + out[0] * r - out[1] * aside, middle[1] + out[1] * r + out[0] * aside];
            @let (tail, tip) = (at(radius, 0.0), at(radius - 46.0, 0.0));
            path class="arrow" d={ "M" (xy(tail[0])) " " (xy(tail[1])) "L" (xy(tip[0])) " " (xy(tip[1]))
                "M" (xy(at(radius - 36.0, 7.0)[0])) " " (xy(at(radius - 36.0, 7.0)[1]))
                "L" (xy(tip[0])) " " (xy(tip[1]))
                "L" (xy(at(radius - 36.0, -7.0)[0])) " " (xy(at(radius - 36.0, -7.0)[1])) } {}
            ({ labels.block_line(tail, tip, 6.0); "" })
            (label(labels, around(at(radius - 20.0, 0.0), 8.0), &[("threat", format!("raids {}", family.name))], true))
        }
    }
}

/// Radars that stand, and what was chosen.
fn stands(study: &Study, sited: &[Sited], view: &View, labels: &mut Labels) -> Markup {
    let keep = |s: &&Sensor| study.siting.as_ref().is_none_or(|p| p.keep.contains(&s.id));
    let kept: Vec<&Sensor> = study.site.site.sensors.iter().filter(keep).collect();
    html! {
        @for sensor in &kept {
            @let p = sensor.frame.origin();
            @let [x, y] = view.at([p.e_m, p.n_m]);
            path class="sensor" d=(closed([[x, y - 7.0], [x + 6.0, y + 5.0], [x - 6.0, y + 5.0]])) {}
            ({ labels.block([x, y], 8.0); "" })
        }
        @for s in sited {
            @for (n, c) in s.chosen.iter().enumerate() {
                @let p = &s.places[*c];
                @let at = view.at(p.en_m);
                @if s.what == "sensor" { (star("best", at, 13.0)) } @else { circle class="best" cx=(xy(at[0])) cy=(xy(at[1])) r="5" {} }
                @let name = if s.chosen.len() == 1 { format!("best {}", s.what) } else { format!("{} {}", s.what, n + 1) };
                (label(labels, around(at, 10.0), &[
                    ("name", name),
                    ("", format!("{}, mast {} m", words::place(p.en_m), number(p.mast_m, 0))),
                ], true))
            }
        }
        @for sensor in &kept {
            @let p = sensor.frame.origin();
            (label(labels, around(view.at([p.e_m, p.n_m]), 8.0), &[("name", format!("radar {}", sensor.id))], true))
        }
    }
}

fn around([x, y]: [f64; 2], r: f64) -> Bounds {
    Bounds { low: [x - r, y - r], high: [x + r, y + r] }
}

fn zone_names(study: &Study, view: &View, labels: &mut Labels) -> Markup {
    html! {
        @for zone in &study.site.zones {
            @if let Some(b) = Bounds::around(zone.polygon_en_m().iter().map(|p| view.at(*p))) {
                (label(labels, b, &[("minor", zone.name.clone())], false))
            }
        }
    }
}

fn scale(view: &View) -> Markup {
    let length_m = round_number(0.2 * MAP[0] / view.scale);
    let (right, y) = (MAP[0] - 14.0, MAP[1] - 14.0);
    let left = right - length_m * view.scale;
    html! {
        path class="scale" d={ "M" (xy(left)) " " (xy(y - 4.0)) "V" (xy(y)) "H" (xy(right)) "V" (xy(y - 4.0)) } {}
        text class="label minor" text-anchor="end" x=(xy(right)) y=(xy(y - 8.0)) { (tick(length_m)) ", north up" }
    }
}

fn legend(most: f64) -> Markup {
    let (y, width) = (TOP + MAP[1] + 14.0, 260.0);
    let steps = 52;
    html! {
        text class="cap" x=(MARGIN) y=(y + 11.0) { "One more sensor here adds" }
        @for k in 0..steps {
            @let [r, g, b] = ramp(k as f64 / (steps - 1) as f64).map(|c| c.round());
            rect x=(xy(MARGIN + 180.0 + k as f64 * width / steps as f64)) y=(xy(y)) width=(xy(width / steps as f64 + 0.6)) height="14"
                fill={ "rgb(" (r) "," (g) "," (b) ")" } {}
        }
        text class="cap" x=(MARGIN + 180.0) y=(y + 29.0) { "nobody" }
        text class="cap" text-anchor="end" x=(MARGIN + 180.0 + width) y=(y + 29.0) { (number(100.0 * most, 1)) " %" }
        text class="cap" x=(MARGIN + 190.0 + width) y=(y + 11.0) { "of the people in danger to those warned in time," }
        text class="cap" x=(MARGIN + 190.0 + width) y=(y + 29.0) { "by the rule that places are ranked by" }
    }
}

/// Side of a cell of the map of lowest visible heights, m, and how far it reaches.
const CELL_M: f64 = 90.0;
const REACH_M: f64 = 10_000.0;

/// Writes adds.tif and lowest-visible.tif.
///
/// # Errors
///
/// When one cannot be written.
pub fn rasters(study: &Study, sited: &[Sited], staging: &Staging) -> Done {
    let datum = study.site.site.datum.origin();
    let write = |name: &str, columns: usize, cell_m: f64, corner_m: f64, values: &[f32]| -> Done {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let place = GeoPlace::Local { datum, corner_en_m: [corner_m; 2] };
        let raster = Raster { columns, cell: [cell_m; 2], place, values };
        write_geotiff(&mut bytes, &raster).with_context(|| format!("cannot write {name}"))?;
        staging.write(name, bytes.get_ref())
    };
    if let Some(adds) = Adds::of(study, sited) {
        let corner_m = -(adds.half as f64 + 0.5) * adds.spacing_m;
        let columns = (2 * adds.half + 1) as usize;
        write("adds.tif", columns, adds.spacing_m, corner_m, &adds.share)?;
    }
    // The last option that siting made, or the last that was asked for.
    let Some(option) =
        study.options.get(if sited.is_empty() { study.options.len() - 1 } else { 1 })
    else {
        return Ok(());
    };
    let mut sensors: Vec<Sensor> = study
        .site
        .site
        .sensors
        .iter()
        .filter(|s| option.sensors.contains(&s.id))
        .cloned()
        .collect();
    sensors.extend(option.placed.iter().filter_map(|p| placed_sensor(&study.site, p)));
    let columns = (2.0 * REACH_M / CELL_M) as usize;
    let middle_m = |n: usize| -REACH_M + (n as f64 + 0.5) * CELL_M;
    let lowest: Vec<f32> = (0..columns * columns)
        .map(|n| lowest_m(study, &sensors, [middle_m(n % columns), middle_m(n / columns)]))
        .collect();
    write("lowest-visible.tif", columns, CELL_M, -REACH_M, &lowest)
}

/// Lowest height over the ground that any sensor sees at a place, m; NaN where none does.
fn lowest_m(study: &Study, sensors: &[Sensor], [e_m, n_m]: [f64; 2]) -> f32 {
    let world = &study.site.world;
    let ground_m = world.ground.height_m(e_m, n_m);
    let at = world.datum.at_height(e_m, n_m, ground_m);
    let seen = sensors.iter().filter_map(|sensor| {
        let p = sensor.frame.polar(at);
        let ring_m = p.range_m * p.elevation_rad.cos();
        let elevation_rad = sensor.lowest_elevation_rad(&p).max(p.elevation_rad);
        let range_m = ring_m / elevation_rad.cos();
        let there = Polar { range_m, elevation_rad, ..p };
        let lifted = Polar { elevation_rad: elevation_rad + 1e-6, ..there };
        let height_m = world.datum.height_m(sensor.frame.local(there)) - ground_m;
        (sensor.sees(&lifted)).then(|| height_m.max(0.0))
    });
    seen.fold(f64::NAN, f64::min) as f32
}
