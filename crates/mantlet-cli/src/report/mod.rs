//! The report of a run: a page, a picture and every figure in them.
//!
//! In comes a [`RunReport`], plain data; out come `report.html`
//! (one file, no network), `picture.png` (its map) and `summary.json` (the
//! figures shown). The same data gives the same bytes.

pub mod data;
mod fell;
pub mod figures;
mod harm;
mod html;
pub mod labels;
pub mod palette;
mod picture;
mod plan;
mod replay;
#[cfg(test)]
pub mod sample;
pub mod shape;
mod side;
mod sure;
pub mod svg;
#[cfg(test)]
mod tests;
pub mod text;
pub mod timeline;
pub mod words;
mod zones;

use anyhow::Result;
use data::RunReport;
use figures::Figures;
pub use picture::raster;
use serde::Serialize;

/// `report.html`.
pub fn html(run: &RunReport) -> String {
    html::page(run, &Figures::of(run))
}

/// `picture.png`: the map, 1600 pixels wide.
pub fn picture(run: &RunReport) -> Result<Vec<u8>> {
    picture::png(run, &Figures::of(run))
}

/// `harm.png` of many runs: the mean harm maps, had nobody fired and with interception.
pub fn harm_picture(run: &RunReport) -> Result<Vec<u8>> {
    harm::png(run)
}

/// `summary.json`: every figure that the report shows.
pub fn summary_json(run: &RunReport) -> Result<String> {
    #[derive(Serialize)]
    struct Summary<'a> {
        #[serde(flatten)]
        run: &'a RunReport,
        figures: Figures,
    }
    Ok(serde_json::to_string_pretty(&Summary { run, figures: Figures::of(run) })? + "\n")
}
