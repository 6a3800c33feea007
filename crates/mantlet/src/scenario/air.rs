//! Reading the air of a site: a sounding or the standard atmosphere, and `[[wind]]`
//! levels.
//!
//! In: `sounding = "file"` (University of Wyoming text, IGRA v2, or a table of levels;
//! `flight/sounding_text.rs`), `[[wind]]` levels that take the place of a sounding's
//! wind. Out: the air.

use crate::flight::Air;
use crate::flight::SoundingError;
use crate::flight::WindLevel;

use super::fields::{Problem, Problems, Table, read_text};
use super::load::beside;

/// The air that a file describes; standard and still where it says nothing.
pub(super) fn read_air(root: &Table<'_>) -> Air {
    let air = root.maybe_text("sounding").and_then(|name| read_sounding(root, &name));
    let air = air.unwrap_or_else(Air::standard);
    let levels: Vec<WindLevel> = root
        .tables("wind")
        .iter()
        .map(|table| {
            let height_m = table.number("height_m", -500.0..=80_000.0);
            let from_rad = table.number("from_deg", 0.0..=360.0).to_radians();
            let speed_mps = table.number("speed_mps", 0.0..=150.0);
            table.finish();
            WindLevel {
                height_m,
                east_mps: -from_rad.sin() * speed_mps,
                north_mps: -from_rad.cos() * speed_mps,
            }
        })
        .collect();
    if levels.is_empty() { air } else { air.with_wind(levels) }
}

fn read_sounding(root: &Table<'_>, name: &str) -> Option<Air> {
    let path = beside(root.document().path(), name);
    let text = match read_text(&path) {
        Ok(text) => text,
        Err(problems) => {
            root.document().adopt(problems);
            return None;
        }
    };
    let (line, field, seen, expected) = match Air::from_sounding(&text) {
        Ok(air) => return Some(air),
        Err(SoundingError::Value { line, field, value, expected }) => {
            (line, field, value, expected)
        }
        Err(SoundingError::TooFew(count)) => (
            0,
            "levels",
            format!("{count} usable"),
            "two or more with height and temperature, and a pressure at the lowest or above",
        ),
    };
    let expected = expected.into();
    root.document().adopt(Problems(vec![Problem {
        path,
        line,
        field: field.into(),
        seen,
        expected,
    }]));
    None
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::scenario::load_site;

    const SITE: &str = "name = \"S\"\nsounding = \"noon.csv\"\n[origin]\nlat_deg = 33.5\n\
        lon_deg = -29.5\nheight_m = 40.0\n";
    const LEVELS: &str = "height_m,virtual_temperature_k,pressure_hpa,wind_from_deg,wind_speed_mps\n\
        10,300,1010,270,4\n1000,292,,270,10\n3000,280,,300,20\n";

    fn load(folder: &Path, site: &str, levels: &str) -> Result<crate::flight::Air, String> {
        std::fs::write(folder.join("noon.csv"), levels).unwrap();
        std::fs::write(folder.join("site.toml"), site).unwrap();
        load_site(&folder.join("site.toml")).map(|s| s.world.air).map_err(|e| e.to_string())
    }

    #[test]
    fn a_sounding_is_the_air_of_the_site_and_wind_levels_replace_its_wind() {
        let folder = tempfile::tempdir().unwrap();
        let air = load(folder.path(), SITE, LEVELS).unwrap();
        let (kelvin, pascal) = air.temperature_and_pressure(10.0);
        assert!((kelvin - 300.0).abs() < 1e-9 && (pascal - 101_000.0).abs() < 1e-6);
        assert!((air.wind_en_mps(505.0)[0] - 7.0).abs() < 1e-9);
        let windy = format!("{SITE}[[wind]]\nheight_m = 0.0\nfrom_deg = 180.0\nspeed_mps = 3.0\n");
        let air = load(folder.path(), &windy, LEVELS).unwrap();
        assert!((air.wind_en_mps(505.0)[1] - 3.0).abs() < 1e-9);
        assert!((air.temperature_and_pressure(10.0).0 - 300.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_wrong_with_a_sounding_is_told_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        for (levels, said) in [
            (
                LEVELS.replace("292", "2920"),
                "noon.csv:3: virtual_temperature_k: 2920: expected 140",
            ),
            (LEVELS[..90].to_string(), "noon.csv: levels: 1 usable: expected two or more"),
            ("pressure\n3\n".into(), "noon.csv:1: header: pressure: expected a Wyoming text"),
        ] {
            let error = load(folder.path(), SITE, &levels).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
        let error = load(folder.path(), &SITE.replace("noon", "none"), LEVELS).unwrap_err();
        assert!(error.contains("none.csv: file") && error.contains("readable"), "{error}");
    }
}
