//! Reading `[map]` of site.toml: what lies under the picture on the page.
//!
//! In: the table. Out: a [`MapPlan`], files that the live service serves as they are.

use std::path::PathBuf;

use super::fields::Table;
use super::load::beside;

/// What is drawn under the picture; live only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapPlan {
    /// A drawing of the site, with the local east and north of its edges, m.
    pub plan: Option<SitePlan>,
}

/// A drawing of the site, north up.
#[derive(Clone, Debug, PartialEq)]
pub struct SitePlan {
    /// The picture.
    pub file: PathBuf,
    /// West and east edge, local east, m.
    pub east_m: [f64; 2],
    /// South and north edge, local north, m.
    pub north_m: [f64; 2],
}

/// What a browser draws.
const PICTURES: [&str; 5] = ["png", "jpg", "jpeg", "webp", "svg"];

pub(super) fn read_map(root: &Table<'_>) -> MapPlan {
    let Some(table) = root.maybe_table("map") else { return MapPlan::default() };
    let file = table.maybe_text("plan").map(|name| beside(table.document().path(), &name));
    if let Some(path) = &file {
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        if !PICTURES.contains(&ending) || !path.is_file() {
            table.wrong("plan", &format!("a file that is there, of kind {}", PICTURES.join(", ")));
        }
    }
    let edges = |key: &str| {
        if !table.has(key) {
            table.wrong(key, "the two edges of the plan, m from the origin");
        }
        table.maybe_pair(key, -1e5..=1e5).unwrap_or_default()
    };
    let plan = file.map(|file| SitePlan {
        file,
        east_m: edges("plan_east_m"),
        north_m: edges("plan_north_m"),
    });
    table.finish();
    MapPlan { plan }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::scenario::load_site;

    fn load(map: &str) -> Result<super::MapPlan, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("plan.png"), b"png").unwrap();
        let text = format!(
            "name = \"S\"\n[origin]\nlat_deg = 33.0\nlon_deg = -30.0\nheight_m = 40.0\n[map]\n{map}\n"
        );
        let path = folder.path().join("site.toml");
        fs::write(&path, text).unwrap();
        load_site(&path).map(|site| site.map).map_err(|e| e.to_string())
    }

    #[test]
    fn a_plan_has_its_edges() {
        let map =
            load("plan = \"plan.png\"\nplan_east_m = [-500, 700]\nplan_north_m = [-300, 300]");
        let plan = map.unwrap().plan.unwrap();
        assert_eq!((plan.east_m, plan.north_m), ([-500.0, 700.0], [-300.0, 300.0]));
        assert!(plan.file.ends_with("plan.png"));
    }

    #[test]
    fn what_is_not_there_or_upside_down_is_named() {
        let error = load("plan = \"area.pmtiles\"\nplan_east_m = [0, 1]\nplan_north_m = [0, 1]").unwrap_err();
        assert!(error.contains("site.toml:7: map.plan"), "{error}");
        let error = load("plan = \"plan.png\"\nplan_east_m = [700, -500]").unwrap_err();
        assert!(error.contains("plan_east_m") && error.contains("plan_north_m"), "{error}");
    }
}
