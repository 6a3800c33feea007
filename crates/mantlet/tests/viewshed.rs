//! What terrain hides, held to GDAL and to rays walked post by post.
//!
//! GDAL's `gdal_viewshed` is installed by `make tools`; without it its test says so
//! and is left out.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use mantlet::frames::Wgs84;
use mantlet::sensors::{FOUR_THIRDS_CURVATURE, HeightGrid, Observer, viewshed};
use mantlet::study::{GeoPlace, Raster, made_up_terrain, write_geotiff};

/// WGS84's longer half axis, which GDAL takes for the earth's radius, m.
const GDAL_RADIUS_M: f64 = 6_378_137.0;
const SPACING_M: f64 = 30.0;
const MAST_M: f64 = 12.0;

fn looker(grid: &HeightGrid<'_>, post: [usize; 2]) -> Observer {
    let ground_m = f64::from(grid.heights_m[post[1] * grid.columns + post[0]]);
    Observer {
        post,
        height_m: ground_m + MAST_M,
        curvature: FOUR_THIRDS_CURVATURE,
        earth_radius_m: GDAL_RADIUS_M,
    }
}

fn gdal_is_here() -> bool {
    let here = Command::new("gdal_viewshed").arg("--version").output().is_ok();
    if !here {
        eprintln!("gdal_viewshed is missing (make tools): the comparison is left out");
    }
    here
}

/// GDAL's lowest visible height over the ground, rows from south to north.
fn by_gdal(folder: &Path, grid: &HeightGrid<'_>, post: [usize; 2]) -> Vec<f32> {
    let (terrain, out) = (folder.join("terrain.tif"), folder.join("seen.tif"));
    let place = GeoPlace::Local {
        datum: Wgs84::from_degrees(33.0, -30.0, 0.0).expect("as set up"),
        corner_en_m: [0.0, 0.0],
    };
    let raster =
        Raster { columns: grid.columns, cell: grid.spacing_m, place, values: grid.heights_m };
    write_geotiff(File::create(&terrain).expect("as set up"), &raster).expect("as set up");
    let middle = |n: usize| ((n as f64 + 0.5) * SPACING_M).to_string();
    let done = Command::new("gdal_viewshed")
        .args(["-q", "-om", "GROUND", "-md", "0", "-tz", "0", "-cc", "0.75", "-oz"])
        .arg(MAST_M.to_string())
        .args(["-ox", &middle(post[0]), "-oy", &middle(post[1])])
        .args([&terrain, &out])
        .output()
        .expect("as set up");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let raw = folder.join("seen.bin");
    let done = Command::new("gdal_translate")
        .args(["-q", "-of", "ENVI", "-ot", "Float32"])
        .args([&out, &raw])
        .output()
        .expect("as set up");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let bytes = std::fs::read(raw).expect("as set up");
    let values: Vec<f32> =
        bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    values.chunks(grid.columns).rev().flatten().copied().collect()
}

#[test]
fn gdal_sees_the_same() {
    if !gdal_is_here() {
        return;
    }
    let (columns, rows) = (701, 601);
    for (seed, post) in [(1, [350, 300]), (2, [100, 480]), (3, [655, 40])] {
        let heights = made_up_terrain(seed, [columns, rows], [SPACING_M; 2], 40.0, 250.0);
        let grid = HeightGrid { columns, spacing_m: [SPACING_M; 2], heights_m: &heights };
        let folder = tempfile::tempdir().expect("as set up");
        let theirs = by_gdal(folder.path(), &grid, post);
        let ours = viewshed(&grid, &looker(&grid, post));
        let apart: Vec<f64> = ours
            .iter()
            .zip(&heights)
            .zip(&theirs)
            .map(|((lowest, ground), gdal)| f64::from(lowest - ground - gdal).abs())
            .collect();
        let share = |limit_m: f64| {
            apart.iter().filter(|d| **d <= limit_m).count() as f64 / apart.len() as f64
        };
        eprintln!(
            "terrain {seed}: within 0.1 m {:.5}, 1 m {:.5}, 5 m {:.5}",
            share(0.1),
            share(1.0),
            share(5.0)
        );
        assert!(share(0.1) >= 0.995, "{}", share(0.1));
    }
}

/// Lowest height in sight at a post by walking its ray over every line of posts that
/// it crosses.
fn by_ray(grid: &HeightGrid<'_>, looker: &Observer, at: [usize; 2]) -> f64 {
    let d: [f64; 2] = std::array::from_fn(|a| at[a] as f64 - looker.post[a] as f64);
    let steps = d[0].abs().max(d[1].abs());
    let (step, long) = ([d[0] / steps, d[1] / steps], usize::from(d[1].abs() > d[0].abs()));
    let ring_m = (d[0] * grid.spacing_m[0]).hypot(d[1] * grid.spacing_m[1]);
    let drop_m =
        |share: f64| looker.curvature * (ring_m * share).powi(2) / (2.0 * looker.earth_radius_m);
    let post = |x: usize, y: usize| f64::from(grid.heights_m[y * grid.columns + x]);
    let mut steepest = f64::NEG_INFINITY;
    for n in 1..steps as usize {
        let p: [f64; 2] = std::array::from_fn(|a| looker.post[a] as f64 + step[a] * n as f64);
        let floor = p[1 - long].floor();
        let f = p[1 - long] - floor;
        let side = |offset: usize| {
            let mut xy = [0usize; 2];
            xy[long] = p[long].round() as usize;
            xy[1 - long] = floor as usize + offset;
            post(xy[0], xy[1])
        };
        let ground = if f < 1e-9 { side(0) } else { side(0) * (1.0 - f) + side(1) * f };
        let share = n as f64 / steps;
        steepest = steepest.max((ground - drop_m(share) - looker.height_m) / share);
    }
    (steepest + looker.height_m + drop_m(1.0)).max(post(at[0], at[1]))
}

#[test]
fn a_ray_walked_over_the_posts_sees_the_same_almost_everywhere() {
    let (columns, rows) = (501, 501);
    let (mut within, mut worst, mut sum, mut all) = ([0usize; 3], 0f64, 0.0, 0usize);
    for (seed, post) in [(1, [250, 250]), (4, [60, 400])] {
        let heights = made_up_terrain(seed, [columns, rows], [SPACING_M; 2], 40.0, 250.0);
        let grid = HeightGrid { columns, spacing_m: [SPACING_M; 2], heights_m: &heights };
        let looker = looker(&grid, post);
        let ours = viewshed(&grid, &looker);
        for y in (0..rows).step_by(3) {
            for x in (0..columns).step_by(3).filter(|x| [*x, y] != post) {
                let apart = f64::from(ours[y * columns + x]) - by_ray(&grid, &looker, [x, y]);
                for (count, limit_m) in within.iter_mut().zip([1.0, 5.0, 20.0]) {
                    *count += usize::from(apart.abs() <= limit_m);
                }
                worst = worst.max(apart.abs());
                sum += apart;
                all += 1;
            }
        }
    }
    let share = within.map(|n| n as f64 / all as f64);
    let mean = sum / all as f64;
    eprintln!("of {all}: within 1, 5, 20 m {share:.4?}; mean {mean:.3} m, worst {worst:.1} m");
    assert!(share[0] > 0.55 && share[1] > 0.93 && share[2] > 0.999, "{share:?}");
    // Smearing lets a line of sight down as often as it lifts it.
    assert!(mean.abs() < 0.5, "{mean}");
}

/// A tile of one degree whose ground is 100 m high, with a wall 300 m high along the
/// parallel 2 km north of its middle.
fn walled_tile(folder: &Path) {
    let wall = 600 - (2_000.0 / 92.5f64).round() as usize;
    let heights = (0..1201).flat_map(|row| {
        (0..1201).map(move |_| if wall.abs_diff(row) <= 1 { 300i16 } else { 100i16 })
    });
    let bytes: Vec<u8> = heights.flat_map(i16::to_be_bytes).collect();
    std::fs::write(folder.join("N33W030.hgt"), bytes).expect("as set up");
}

#[test]
fn a_site_s_terrain_hides_low_rounds_from_its_radar_and_not_high_ones() {
    let folder = tempfile::tempdir().expect("as set up");
    walled_tile(folder.path());
    let site = |height_m: f64| {
        let text = format!(
            "name = \"Walled\"\nterrain = \"N33W030.hgt\"\n[origin]\nlat_deg = 33.5\n\
             lon_deg = -29.5\nheight_m = 100.0\n[[sensor]]\nid = \"r\"\nlat_deg = 33.5\n\
             lon_deg = -29.5\nheight_m = {height_m}\nrange_m = 15000.0\nperiod_s = 0.5\n\
             sigma = {{ range_m = 10.0, azimuth_deg = 0.1, elevation_deg = 0.1 }}\n"
        );
        let path = folder.path().join("site.toml");
        std::fs::write(&path, text).expect("as set up");
        mantlet::scenario::load_site(&path)
    };
    let loaded = site(110.0).expect("as set up");
    let radar = &loaded.site.sensors[0];
    // Over the wall: 190 m at 1.9 to 2.1 km, 5.3° to 5.7°, so about 600 m up at 6 km.
    let sees = |n_m: f64, u_m: f64| {
        let p = mantlet::frames::Local { e_m: 0.0, n_m, u_m };
        radar.sees(&radar.frame.polar(p))
    };
    assert!(!sees(6_000.0, 500.0) && sees(6_000.0, 700.0));
    assert!(sees(-6_000.0, 200.0));
    // An antenna in the ground is a mistake, with its place.
    let said = site(90.0).expect_err("refused").to_string();
    let place = said.contains("site.toml:11: sensor[0].height_m: 90");
    assert!(place && said.contains("100.0 m"), "{said}");
}
