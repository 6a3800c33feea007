//! The harm maps of many runs as a picture: had nobody fired, and with interception.

use anyhow::Result;
use maud::{Markup, html};

use super::data::RunReport;
use super::fell::{self, STEPS};
use super::figures::Figures;
use super::picture;
use super::text::percent;

/// One map's sheet, and the margin around it, px.
const SHEET: [f64; 2] = [564.0, 520.0];
const MARGIN: f64 = 24.0;
/// Height above the maps, px.
const TOP: f64 = 104.0;

/// The picture as PNG, 1600 pixels wide.
pub fn png(run: &RunReport) -> Result<Vec<u8>> {
    let figures = Figures::default();
    let width = 2.0 * SHEET[0] + 3.0 * MARGIN;
    let height = TOP + SHEET[1] + 46.0;
    let map = |x: f64, fired: bool, title: &str| -> Markup {
        html! {
            text class="cap" x=(x) y=(TOP - 10.0) { tspan class="strong" { (title) } }
            svg x=(x) y=(TOP) width=(SHEET[0]) height=(SHEET[1]) viewBox={ "0 0 " (SHEET[0]) " " (SHEET[1]) } {
                (fell::draw(run, &figures, fired, SHEET))
            }
        }
    };
    let steps: Vec<String> = STEPS.iter().map(|s| percent(*s)).collect();
    let drawing = html! {
        (picture::heading(run, "Expected casualties, cell by cell", MARGIN))
        (map(MARGIN, false, "Had nobody fired"))
        (map(2.0 * MARGIN + SHEET[0], true, "With interception"))
        text class="cap" x=(MARGIN) y=(height - 14.0) {
            "Darker is more: steps at " (steps.join(", ")) " of the worst cell of both maps."
            @if run.exercise { " EXERCISE. Everything is simulated; the site is made up." }
        }
    };
    picture::raster(&picture::sheet([width, height], drawing))
}
