//! The report of a run: a page, a picture and every figure in them.
//!
//! In comes a [`RunReport`](data::RunReport), plain data; out come `report.html`
//! (one file, no network), `picture.png` (its map) and `summary.json` (the
//! figures shown). The same data gives the same bytes.

pub mod data;

use anyhow::Result;
use data::RunReport;

/// `report.html`.
pub fn html(run: &RunReport) -> String {
    run.scenario.clone()
}

/// `picture.png`: the map, 1600 pixels wide.
pub fn picture(_run: &RunReport) -> Result<Vec<u8>> {
    Ok(Vec::new())
}

/// `summary.json`: every figure that the report shows.
pub fn summary_json(run: &RunReport) -> Result<String> {
    Ok(serde_json::to_string_pretty(run)?)
}
