//! Reading region.toml: what a region is called, where its frame begins, whom it hears.
//!
//! In: a path. Out: [`RegionFile`], or all problems at once. The sites tell the rest
//! themselves. The format is described in `docs/files.md`.

use std::path::Path;

use crate::frames::Datum;
use crate::frames::Wgs84;

use super::fields::{Document, Problems, Table};
use super::load::place;

/// Seconds without a picture after which a site is stale. Chosen: ten pictures.
const STALE_AFTER_S: f64 = 5.0;

/// A region as its file describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionFile {
    /// What people call it.
    pub name: String,
    /// Origin of its local frame.
    pub datum: Datum,
    /// The sites that it hears, by the names that they have in subjects.
    pub sites: Vec<String>,
    /// Seconds without a picture after which a site is stale.
    pub stale_after_s: f64,
}

/// Loads a region.
///
/// # Errors
///
/// [`Problems`] names every file, line, field, value and expectation that is wrong.
pub fn load_region(path: &Path) -> Result<RegionFile, Problems> {
    Document::read(path)?.parse(region)
}

fn region(root: &Table<'_>) -> RegionFile {
    let name = root.text("name");
    let origin = root.maybe_table("origin").and_then(|table| place(&table));
    if origin.is_none() {
        root.wrong("origin", "a table [origin] with lat_deg, lon_deg, height_m");
    }
    let origin = origin.unwrap_or(Wgs84 { lat_rad: 0.0, lon_rad: 0.0, height_m: 0.0 });
    let mut sites: Vec<String> = Vec::new();
    for table in root.tables("site") {
        let id = table.text("id");
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !id.chars().all(plain) {
            table.wrong("id", "small letters, digits and hyphens, as in the site's subjects");
        }
        if sites.contains(&id) {
            table.wrong("id", "an id that no other site has");
        }
        sites.push(id);
        table.finish();
    }
    if sites.is_empty() {
        root.wrong("site", "at least one table [[site]] with an id");
    }
    let stale_after_s = root.number_or("stale_after_s", STALE_AFTER_S, 1.0..=600.0);
    RegionFile { name, datum: Datum::new(origin), sites, stale_after_s }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: &str = "name = \"Coast\"\n[origin]\nlat_deg = 33.0\nlon_deg = -30.0\n\
        height_m = 0.0\n[[site]]\nid = \"cedar-compound\"\n[[site]]\nid = \"oak\"\n";

    fn load(text: &str) -> Result<RegionFile, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("region.toml");
        std::fs::write(&path, text).unwrap();
        load_region(&path).map_err(|e| e.to_string())
    }

    #[test]
    fn a_region_names_its_sites() {
        let region = load(RIGHT).unwrap();
        assert_eq!(region.sites, ["cedar-compound", "oak"]);
        assert_eq!(region.stale_after_s, 5.0);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (from, to, said) in [
            ("id = \"oak\"", "id = \"Oak Hill\"", "region.toml:9: site[1].id: \"Oak Hill\""),
            ("id = \"oak\"", "id = \"cedar-compound\"", "an id that no other site has"),
            ("lat_deg = 33.0", "lat_deg = 133.0", "origin.lat_deg"),
            ("name", "nam", "did you mean"),
        ] {
            let error = load(&RIGHT.replace(from, to)).unwrap_err();
            assert!(error.contains(said), "{to}: {error}");
        }
        assert!(load("name = \"x\"\n").unwrap_err().contains("at least one table [[site]]"));
    }
}
