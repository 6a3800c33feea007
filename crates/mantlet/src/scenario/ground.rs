//! Reading the ground of a site: level, or terrain from files.
//!
//! In: `terrain = "hills.tif"` or `terrain = ["N33W030.hgt", "N33W031.hgt"]` (`terrain.rs`
//! reads them). Out: a height field on the local grid.
//!
//! Limits: 20 km around the origin; the posts of the local grid are no closer than 30 m;
//! heights are taken as above the ellipsoid although most files count from the geoid;
//! voids take the origin's height; beyond all tiles the nearest one's edge goes on.

use std::path::PathBuf;

use rayon::prelude::*;

use crate::flight::Ground;
use crate::flight::HeightField;
use crate::frames::Datum;
use crate::frames::Local;

use super::fields::Table;
use super::load::beside;
use super::terrain::Tile;

/// How far the local grid reaches from the origin, m. Chosen: the furthest that a zone
/// may lie.
const REACH_M: f64 = 20_000.0;
/// Least and greatest distance between its posts, m: those of tiles of one second and
/// of three.
const SPACING_M: [f64; 2] = [30.0, 90.0];
const METRES_PER_DEGREE: f64 = 111_000.0;

/// The ground that a site file names; level at the origin's height where it names none.
pub(super) fn read_ground(root: &Table<'_>, datum: &Datum) -> Ground {
    let level = Ground::Level { height_m: datum.origin().height_m };
    let names = root.maybe_texts("terrain");
    if names.is_empty() {
        return level;
    }
    let mut tiles = Vec::new();
    for name in &names {
        let path: PathBuf = beside(root.document().path(), name);
        match Tile::read(&path) {
            Ok(tile) => tiles.push(tile),
            Err(expected) if names.len() == 1 => {
                root.wrong("terrain", &expected);
                return level;
            }
            Err(expected) => {
                root.wrong("terrain", &format!("in {name}: {expected}"));
                return level;
            }
        }
    }
    let origin = datum.origin();
    if !tiles.iter().any(|t| t.beyond_deg(origin.lat_deg(), origin.lon_deg()) <= 0.0) {
        root.wrong("terrain", "a tile that holds the site's origin");
        return level;
    }
    Ground::Field(local(&tiles, datum))
}

/// The tiles on the local grid.
fn local(tiles: &[Tile], datum: &Datum) -> HeightField {
    let finest_deg = tiles.iter().map(Tile::step_deg).fold(f64::MAX, f64::min);
    let wanted_m = (finest_deg * METRES_PER_DEGREE).clamp(SPACING_M[0], SPACING_M[1]);
    let cells = (2.0 * REACH_M / wanted_m).round();
    let (columns, spacing_m) = (cells as usize + 1, 2.0 * REACH_M / cells);
    let void_m = datum.origin().height_m;
    let height = |i: usize| {
        let at = |k: usize| k as f64 * spacing_m - REACH_M;
        let place = datum.wgs84(Local { e_m: at(i % columns), n_m: at(i / columns), u_m: 0.0 });
        let (lat_deg, lon_deg) = (place.lat_deg(), place.lon_deg());
        // The tile that holds the place, else the nearest.
        let beyond = |t: &&Tile| t.beyond_deg(lat_deg, lon_deg).max(0.0);
        let tile = tiles.iter().min_by(|a, b| beyond(a).total_cmp(&beyond(b)));
        tile.map_or(void_m, |tile| tile.height_m(lat_deg, lon_deg, void_m)) as f32
    };
    let heights_m: Vec<f32> = (0..columns * columns).into_par_iter().map(height).collect();
    HeightField::new([-REACH_M; 2], [spacing_m; 2], columns, heights_m)
}

#[cfg(test)]
mod tests {
    use crate::flight::Body;
    use crate::flight::DragCurve;
    use crate::flight::State;
    use crate::flight::fly;
    use crate::scenario::load_site;

    #[test]
    fn a_flight_ends_on_the_slope_that_the_tile_has() {
        let folder = tempfile::tempdir().unwrap();
        // A plane that rises northwards by 1200 m a degree of latitude from 100 m.
        let mut bytes = Vec::new();
        for row in 0..1201i16 {
            for _ in 0..1201 {
                bytes.extend((1300 - row).to_be_bytes());
            }
        }
        std::fs::write(folder.path().join("N33W030.hgt"), bytes).unwrap();
        let text = "name = \"Slope\"\nterrain = \"N33W030.hgt\"\n[origin]\nlat_deg = 33.5\n\
            lon_deg = -29.5\nheight_m = 700.0\n";
        std::fs::write(folder.path().join("site.toml"), text).unwrap();
        let world = load_site(&folder.path().join("site.toml")).unwrap().world;
        let state = State {
            position_enu_m: [0.0, -2_000.0, 900.0].into(),
            velocity_enu_mps: [0.0, 150.0, 0.0].into(),
        };
        let body = Body { curve: DragCurve::Rocket, area_per_mass_m2kg: 4e-4 };
        let landing = fly(&world, &body, &state, 120.0).unwrap().landing().unwrap();
        let place = world.datum.wgs84(landing.position_enu_m.into());
        let want_m = 100.0 + 1200.0 * (place.lat_deg() - 33.0);
        assert!((place.height_m - want_m).abs() < 0.5, "{} {want_m}", place.height_m);
    }

    #[test]
    fn a_tile_elsewhere_or_cut_is_refused_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes, said) in [
            ("N10E010.hgt", vec![0u8; 1201 * 1201 * 2], "holds the site's origin"),
            ("N33W030.hgt", vec![0u8; 99], "1201 or 3601 posts"),
            ("hills.hgt", vec![0u8; 99], "south-west corner"),
            ("hills.tif", vec![0u8; 99], "can be read"),
            ("hills.png", vec![0u8; 99], "GeoTIFF (.tif)"),
        ] {
            std::fs::write(folder.path().join(name), bytes).unwrap();
            let text = format!(
                "name = \"S\"\nterrain = \"{name}\"\n[origin]\nlat_deg = 33.5\nlon_deg = -29.5\n\
                 height_m = 40.0\n"
            );
            std::fs::write(folder.path().join("site.toml"), text).unwrap();
            let error = load_site(&folder.path().join("site.toml")).unwrap_err().to_string();
            assert!(error.contains("site.toml:2: terrain") && error.contains(said), "{error}");
        }
    }

    #[test]
    fn two_tiles_make_one_ground_across_their_seam() {
        let folder = tempfile::tempdir().unwrap();
        for (name, height_m) in [("N33W030.hgt", 100i16), ("N33W031.hgt", 300)] {
            let bytes: Vec<u8> = (0..1201 * 1201).flat_map(|_| height_m.to_be_bytes()).collect();
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        let text = "name = \"Seam\"\nterrain = [\"N33W030.hgt\", \"N33W031.hgt\"]\n[origin]\n\
            lat_deg = 33.5\nlon_deg = -29.99\nheight_m = 100.0\n";
        std::fs::write(folder.path().join("site.toml"), text).unwrap();
        let world = load_site(&folder.path().join("site.toml")).unwrap().world;
        // The seam is 930 m west of the origin.
        assert!((world.ground.height_m(-700.0, 0.0) - 100.0).abs() < 1.0);
        assert!((world.ground.height_m(-1_200.0, 5_000.0) - 300.0).abs() < 1.0);
    }
}
