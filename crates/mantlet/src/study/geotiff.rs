//! Maps that other programs read: GeoTIFF.
//!
//! In: a grid of values and where it lies. Out: one band of 32-bit floats, deflated,
//! with OGC GeoTIFF 1.1 (19-008r4) keys. A grid on the datum's plane is given as an
//! azimuthal equidistant projection around the datum, which differs from local east
//! and north by `d³ / 6R²`: 3 cm at 20 km.

use std::io::{Seek, Write};

use tiff::TiffError;
use tiff::encoder::compression::DeflateLevel;
use tiff::encoder::{Compression, TiffEncoder, colortype::Gray32Float};
use tiff::tags::Tag;

use crate::frames::Wgs84;

/// Where a grid lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GeoPlace {
    /// On the local plane: south-west corner of the grid's first cell, east and north
    /// of the datum, m.
    Local {
        /// The datum.
        datum: Wgs84,
        /// South-west corner, m.
        corner_en_m: [f64; 2],
    },
    /// In degrees of WGS84: south-west corner, longitude and latitude.
    Degrees {
        /// South-west corner, degrees.
        corner_deg: [f64; 2],
    },
}

/// A grid of values, one per cell.
#[derive(Clone, Copy, Debug)]
pub struct Raster<'a> {
    /// Cells from west to east.
    pub columns: usize,
    /// Size of a cell, east and north: m, or degrees.
    pub cell: [f64; 2],
    /// Where it lies.
    pub place: GeoPlace,
    /// Rows from south to north; NaN is "nothing here".
    pub values: &'a [f32],
}

/// Writes a raster.
///
/// # Errors
///
/// What the file system or the encoder says.
pub fn write_geotiff<W: Write + Seek>(out: W, raster: &Raster<'_>) -> Result<(), TiffError> {
    let rows = raster.values.len() / raster.columns;
    let mut encoder =
        TiffEncoder::new(out)?.with_compression(Compression::Deflate(DeflateLevel::Balanced));
    let mut image = encoder.new_image::<Gray32Float>(raster.columns as u32, rows as u32)?;
    let [width, height] = raster.cell;
    let (corner, doubles, keys): ([f64; 2], Vec<f64>, Vec<u16>) = match raster.place {
        GeoPlace::Local { datum, corner_en_m } => {
            let doubles = vec![datum.lon_deg(), datum.lat_deg(), 0.0, 0.0];
            (corner_en_m, doubles, local_keys())
        }
        GeoPlace::Degrees { corner_deg } => (corner_deg, Vec::new(), DEGREE_KEYS.to_vec()),
    };
    let north = corner[1] + rows as f64 * height;
    let directory = image.encoder();
    directory.write_tag(Tag::ModelPixelScaleTag, &[width, height, 0.0][..])?;
    directory.write_tag(Tag::ModelTiepointTag, &[0.0, 0.0, 0.0, corner[0], north, 0.0][..])?;
    directory.write_tag(Tag::GeoKeyDirectoryTag, &keys[..])?;
    if !doubles.is_empty() {
        directory.write_tag(Tag::GeoDoubleParamsTag, &doubles[..])?;
        directory.write_tag(Tag::GeoAsciiParamsTag, LOCAL_NAME)?;
    }
    directory.write_tag(Tag::GdalNodata, "nan")?;
    // Files run from north to south.
    let from_north: Vec<f32> =
        raster.values.chunks(raster.columns).rev().flatten().copied().collect();
    image.write_data(&from_north)
}

const LOCAL_NAME: &str = "Local east and north around the datum|";

/// Version 1.1.1 and the number of keys, then a row per key: id, tag that holds it (0:
/// here), count, value. Geographic model, pixel is area, WGS84.
const DEGREE_KEYS: &[u16] = &[1, 1, 1, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326];

/// Projected model on WGS84, azimuthal equidistant (method 12) around a point, in metres.
fn local_keys() -> Vec<u16> {
    const USER: u16 = 32_767;
    const DOUBLES: u16 = 34_736;
    let rows: [[u16; 4]; 12] = [
        [1024, 0, 1, 1],
        [1025, 0, 1, 1],
        [1026, 34_737, LOCAL_NAME.len() as u16, 0],
        [2048, 0, 1, 4326],
        [3072, 0, 1, USER],
        [3074, 0, 1, USER],
        [3075, 0, 1, 12],
        [3076, 0, 1, 9001],
        [3082, DOUBLES, 1, 2],
        [3083, DOUBLES, 1, 3],
        [3088, DOUBLES, 1, 0],
        [3089, DOUBLES, 1, 1],
    ];
    [1, 1, 1, rows.len() as u16].into_iter().chain(rows.into_iter().flatten()).collect()
}
