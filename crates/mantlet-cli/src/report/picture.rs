//! The map as a picture, from the same drawing as the page's.

use std::sync::Arc;

use anyhow::{Context, Result};
use maud::{Markup, html};
use resvg::{tiny_skia, usvg};

use super::data::RunReport;
use super::figures::Figures;
use super::palette::{COLOURS, resolved};
use super::plan::{self, Map};
use super::side::Side;
use super::words;

/// Width of the sheet, and of the picture in pixels.
const WIDTH: f64 = 1200.0;
const PIXELS: f64 = 1600.0;
const MARGIN: f64 = 24.0;

/// The picture as SVG.
pub fn svg(run: &RunReport, figures: &Figures) -> String {
    let site = [680.0, 560.0];
    let approach = [WIDTH - 3.0 * MARGIN - site[0], site[1]];
    let side = Side::fit(run, figures, WIDTH - 2.0 * MARGIN);
    let top = 104.0;
    let second = top + site[1] + 34.0;
    let height = second + side.map_or(0.0, |s| s.size[1] + 12.0) + 26.0;
    let sheet = |x: f64, y: f64, size: [f64; 2], inner: Markup| {
        html! {
            svg x=(x) y=(y) width=(size[0]) height=(size[1]) viewBox={ "0 0 " (size[0]) " " (size[1]) } { (inner) }
        }
    };
    let foot = if run.exercise {
        "EXERCISE. Everything is simulated; the site is made up."
    } else {
        "Interception is simulated."
    };
    let title = |x: f64, y: f64, name: &str, rest: String| {
        html! { text class="cap" x=(x) y=(y) { tspan class="strong" { (name) } tspan dx="6" { (rest) } } }
    };
    let drawing = html! {
            (heading(run, &words::headline(run, figures), MARGIN))
            (title(MARGIN, top - 10.0, "The site", words::map_caption(Map::Site, figures)))
            (sheet(MARGIN, top, site, plan::draw(run, figures, Map::Site, site, false)))
            (title(2.0 * MARGIN + site[0], top - 10.0, "The approach", words::map_caption(Map::Approach, figures)))
            (sheet(2.0 * MARGIN + site[0], top, approach, plan::draw(run, figures, Map::Approach, approach, false)))
            @if let Some(side) = side {
                (title(MARGIN, second - 10.0, "From the side", "heights and distances at one scale".into()))
                (sheet(MARGIN, second, side.size, side.draw(run, figures)))
            }
            text class="cap" x=(MARGIN) y=(height - 12.0) { (foot) }
    };
    self::sheet([WIDTH, height], drawing)
}

/// A drawing on its paper, as SVG that needs no page around it.
pub fn sheet(size: [f64; 2], drawing: Markup) -> String {
    let style = resolved(include_str!("map.css"));
    let [width, height] = size;
    let svg = html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } {
            style { (maud::PreEscaped(style)) (maud::PreEscaped(own_style())) }
            rect class="paper" width=(width) height=(height) {}
            (drawing)
        }
    };
    svg.into_string()
}

/// A headline, and under it what is shown.
pub fn heading(run: &RunReport, headline: &str, x: f64) -> Markup {
    html! {
        text class="headline" x=(x) y="44" { (headline) }
        text class="cap" x=(x) y="68" {
            tspan class="exercise" { @if run.exercise { "EXERCISE" } }
            tspan dx="8" { (run.site) " · " (run.scenario) " · seed " (run.seed) }
        }
    }
}

fn own_style() -> String {
    let colour = |name: &str| COLOURS.iter().find(|c| c.0 == name).map_or("#000", |c| c.1);
    format!(
        "text{{font-family:Inter}}.paper{{fill:{}}}.headline{{font-size:25px;font-weight:600;fill:{}}}\
         .cap{{font-size:13px;fill:{}}}.strong{{font-weight:600;fill:{}}}.exercise{{font-weight:600;fill:{}}}",
        colour("paper"),
        colour("ink"),
        colour("soft"),
        colour("ink"),
        colour("threat-ink")
    )
}

/// The picture as PNG, 1600 pixels wide.
pub fn png(run: &RunReport, figures: &Figures) -> Result<Vec<u8>> {
    raster(&svg(run, figures))
}

/// An SVG drawing as PNG, 1600 pixels wide, in the report's font.
pub fn raster(svg: &str) -> Result<Vec<u8>> {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(include_bytes!("fonts/inter-regular.ttf").to_vec());
    fonts.load_font_data(include_bytes!("fonts/inter-semibold.ttf").to_vec());
    let options = usvg::Options {
        fontdb: Arc::new(fonts),
        font_family: "Inter".into(),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options).context("the picture is not valid SVG")?;
    let zoom = PIXELS / f64::from(tree.size().width());
    let height = (f64::from(tree.size().height()) * zoom).round() as u32;
    let mut pixels =
        tiny_skia::Pixmap::new(PIXELS as u32, height).context("the picture has no size")?;
    let scale = tiny_skia::Transform::from_scale(zoom as f32, zoom as f32);
    resvg::render(&tree, scale, &mut pixels.as_mut());
    pixels.encode_png().context("cannot write the picture")
}
