//! Reading `[plan]` of site.toml: a drawing of the site, under the picture on the page.
//!
//! In: the table. Out: a [`SitePlan`], whose file the live service serves as it is.

use std::path::PathBuf;

use super::fields::Table;
use super::load::beside;

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

pub(super) fn read_plan(root: &Table<'_>) -> Option<SitePlan> {
    let table = root.maybe_table("plan")?;
    let file = beside(table.document().path(), &table.text("file"));
    let ending = file.extension().and_then(|e| e.to_str()).unwrap_or_default();
    if !PICTURES.contains(&ending) || !file.is_file() {
        table.wrong("file", &format!("a file that is there, of kind {}", PICTURES.join(", ")));
    }
    let edges = |key: &str| {
        if !table.has(key) {
            table.wrong(key, "the two edges of the plan, m from the origin");
        }
        table.maybe_pair(key, -1e5..=1e5).unwrap_or_default()
    };
    let plan = SitePlan { file, east_m: edges("east_m"), north_m: edges("north_m") };
    table.finish();
    Some(plan)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::SitePlan;
    use crate::scenario::load_site;

    fn load(plan: &str) -> Result<Option<SitePlan>, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("plan.png"), b"png").unwrap();
        let text = format!(
            "name = \"S\"\n[origin]\nlat_deg = 33.0\nlon_deg = -30.0\nheight_m = 40.0\n[plan]\n{plan}\n"
        );
        let path = folder.path().join("site.toml");
        fs::write(&path, text).unwrap();
        load_site(&path).map(|site| site.plan).map_err(|e| e.to_string())
    }

    #[test]
    fn a_plan_has_its_edges() {
        let plan = load("file = \"plan.png\"\neast_m = [-500, 700]\nnorth_m = [-300, 300]");
        let plan = plan.unwrap().unwrap();
        assert_eq!((plan.east_m, plan.north_m), ([-500.0, 700.0], [-300.0, 300.0]));
        assert!(plan.file.ends_with("plan.png"));
    }

    #[test]
    fn what_is_not_there_or_upside_down_is_named() {
        let error = load("file = \"plan.tif\"\neast_m = [0, 1]\nnorth_m = [0, 1]").unwrap_err();
        assert!(error.contains("site.toml:7: plan.file"), "{error}");
        let error = load("file = \"plan.png\"\neast_m = [700, -500]").unwrap_err();
        assert!(error.contains("plan.east_m") && error.contains("plan.north_m"), "{error}");
    }
}
