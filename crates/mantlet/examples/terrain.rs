//! Made-up terrain as a file: `cargo run --release --example terrain -- FILE SEED
//! SOUTH_DEG WEST_DEG SPAN_DEG POSTS BASE_M RELIEF_M`, a square in degrees whose file
//! ends in `.tif` (GeoTIFF) or, for whole degrees and 1201 or 3601 posts, `.hgt` (SRTM).

use std::fs::File;
use std::path::Path;
use std::process::ExitCode;

use mantlet::study::{GeoPlace, Raster, made_up_terrain, write_geotiff};

/// Metres in a degree of latitude, near enough for hills that never were.
const METRES_PER_DEGREE: f64 = 111_000.0;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let numbers: Option<Vec<f64>> = args.iter().skip(1).map(|a| a.parse().ok()).collect();
    let (Some(file), Some(&[seed, south, west, span, posts, base_m, relief_m])) =
        (args.first(), numbers.as_deref())
    else {
        eprintln!("usage: terrain FILE SEED SOUTH_DEG WEST_DEG SPAN_DEG POSTS BASE_M RELIEF_M");
        return ExitCode::from(2);
    };
    let columns = posts as usize;
    let step = span / (posts - 1.0);
    let north_m = step * METRES_PER_DEGREE;
    let spacing_m = [north_m * (south + 0.5 * span).to_radians().cos(), north_m];
    // Quarter metres: smaller files.
    let heights: Vec<f32> = made_up_terrain(seed as u64, [columns; 2], spacing_m, base_m, relief_m)
        .into_iter()
        .map(|h| (4.0 * h).round() / 4.0)
        .collect();
    let done = if file.ends_with(".hgt") {
        let from_north = heights.chunks(columns).rev().flatten();
        let bytes: Vec<u8> = from_north.flat_map(|h| (h.round() as i16).to_be_bytes()).collect();
        std::fs::write(file, bytes).map_err(|e| e.to_string())
    } else {
        // Posts are the middles of cells.
        let corner_deg = [west - 0.5 * step, south - 0.5 * step];
        let place = GeoPlace::Degrees { corner_deg };
        let raster = Raster { columns, cell: [step; 2], place, values: &heights };
        File::create(Path::new(file))
            .map_err(|e| e.to_string())
            .and_then(|out| write_geotiff(out, &raster).map_err(|e| e.to_string()))
    };
    if let Err(e) = done {
        eprintln!("{file}: {e}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
