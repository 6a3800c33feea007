//! Reading the ground of a site: level, or terrain from an SRTM tile.
//!
//! In: `terrain = "N33W030.hgt"`: big-endian 16-bit heights, 1201 or 3601 posts
//! square, north row first, named after the south-west corner; -32768 is void (NASA,
//! *SRTM Topography*, 2005, section 2). Out: a height field on the local grid.
//!
//! Limits: one tile, which must hold the site; heights are taken as above the
//! ellipsoid although the tiles count from the geoid; voids take the origin's height.

use std::path::Path;

use crate::flight::Ground;
use crate::flight::HeightField;
use crate::frames::Datum;
use crate::frames::Local;

use super::fields::Table;
use super::load::beside;

/// The local grid: its posts, and how far it reaches from the origin, m. Chosen: the
/// posts of a three-second tile, and the furthest that a zone may lie.
const SPACING_M: f64 = 90.0;
const REACH_M: f64 = 20_000.0;
const VOID: i16 = -32_768;

/// The ground that a site file names; level at the origin's height where it names none.
pub(super) fn read_ground(root: &Table<'_>, datum: &Datum) -> Ground {
    let level = Ground::Level { height_m: datum.origin().height_m };
    let Some(name) = root.maybe_text("terrain") else { return level };
    match Tile::read(&beside(root.document().path(), &name)) {
        Ok(tile) if tile.holds(datum.origin().lat_deg(), datum.origin().lon_deg()) => {
            Ground::Field(tile.local(datum))
        }
        Ok(_) => {
            root.wrong("terrain", "a tile that holds the site's origin");
            level
        }
        Err(expected) => {
            root.wrong("terrain", &expected);
            level
        }
    }
}

/// One SRTM tile.
struct Tile {
    south_deg: f64,
    west_deg: f64,
    posts: usize,
    heights_m: Vec<i16>,
}

impl Tile {
    /// Reads a tile, or says what was expected.
    fn read(path: &Path) -> Result<Self, String> {
        let (south_deg, west_deg) = corner(path)
            .ok_or("a tile named after its south-west corner, as N33W030.hgt".to_string())?;
        let bytes = std::fs::read(path).map_err(|e| format!("a readable file ({e})"))?;
        let posts = [1201, 3601]
            .into_iter()
            .find(|n| n * n * 2 == bytes.len())
            .ok_or(format!("1201 or 3601 posts square, not {} bytes", bytes.len()))?;
        let heights_m = bytes.chunks_exact(2).map(|b| i16::from_be_bytes([b[0], b[1]])).collect();
        Ok(Self { south_deg, west_deg, posts, heights_m })
    }

    fn holds(&self, lat_deg: f64, lon_deg: f64) -> bool {
        (0.0..=1.0).contains(&(lat_deg - self.south_deg))
            && (0.0..=1.0).contains(&(lon_deg - self.west_deg))
    }

    /// Bilinear height; beyond the tile the nearest edge.
    fn height_m(&self, lat_deg: f64, lon_deg: f64, void_m: f64) -> f64 {
        let last = (self.posts - 1) as f64;
        let x = ((lon_deg - self.west_deg) * last).clamp(0.0, last);
        let y = ((self.south_deg + 1.0 - lat_deg) * last).clamp(0.0, last);
        let (i, j) = ((x as usize).min(self.posts - 2), (y as usize).min(self.posts - 2));
        let (fx, fy) = (x - i as f64, y - j as f64);
        let post = |i: usize, j: usize| match self.heights_m[j * self.posts + i] {
            VOID => void_m,
            height => f64::from(height),
        };
        let north = post(i, j) * (1.0 - fx) + post(i + 1, j) * fx;
        let south = post(i, j + 1) * (1.0 - fx) + post(i + 1, j + 1) * fx;
        north * (1.0 - fy) + south * fy
    }

    fn local(&self, datum: &Datum) -> HeightField {
        let columns = (2.0 * REACH_M / SPACING_M) as usize + 1;
        let void_m = datum.origin().height_m;
        let mut heights_m = Vec::with_capacity(columns * columns);
        for row in 0..columns {
            for column in 0..columns {
                let e_m = column as f64 * SPACING_M - REACH_M;
                let n_m = row as f64 * SPACING_M - REACH_M;
                let place = datum.wgs84(Local { e_m, n_m, u_m: 0.0 });
                heights_m.push(self.height_m(place.lat_deg(), place.lon_deg(), void_m) as f32);
            }
        }
        let corner_en_m = [-REACH_M, -REACH_M];
        HeightField::new(corner_en_m, [SPACING_M, SPACING_M], columns, heights_m)
    }
}

/// South and west of a tile's name, degrees.
fn corner(path: &Path) -> Option<(f64, f64)> {
    let name = path.file_name()?.to_str()?.to_uppercase();
    let stem = name.strip_suffix(".HGT")?;
    if stem.len() != 7 || !stem.is_ascii() {
        return None;
    }
    let signed = |text: &str, plus: char, minus: char| {
        let number: f64 = text[1..].parse().ok()?;
        match text.chars().next()? {
            c if c == plus => Some(number),
            c if c == minus => Some(-number),
            _ => None,
        }
    };
    Some((signed(&stem[..3], 'N', 'S')?, signed(&stem[3..], 'E', 'W')?))
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
}
