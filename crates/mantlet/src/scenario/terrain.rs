//! Terrain files: SRTM tiles and GeoTIFF.
//!
//! In: a path. Out: heights on a grid of longitude and latitude. SRTM: big-endian
//! 16-bit heights, 1201 or 3601 posts square, north row first, named after the
//! south-west corner; -32768 is void (NASA, *SRTM Topography*, 2005, section 2).
//! GeoTIFF: one band of whole or floating numbers in degrees of WGS84, north up, in
//! strips or tiles, TIFF or BigTIFF, plain, deflated, LZW or PackBits (OGC GeoTIFF 1.1, 19-008r4; no-data as GDAL
//! writes it, tag 42113).

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;

/// Heights at posts, first row in the north, first post in the west.
pub(super) struct Tile {
    /// Longitude and latitude of the north-west post, degrees.
    corner_deg: [f64; 2],
    /// Between posts, eastwards and southwards, degrees.
    step_deg: [f64; 2],
    columns: usize,
    rows: usize,
    /// Not a number where there is none.
    heights_m: Vec<f32>,
    /// How far the tile reaches beyond its outer posts, in steps: half a one where a
    /// number stands for an area.
    margin: f64,
}

impl Tile {
    /// Reads a tile, or says what was expected.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_lowercase();
        match ending.as_str() {
            "hgt" => Self::read_hgt(path),
            "tif" | "tiff" => Self::read_geotiff(path),
            _ => Err("a GeoTIFF (.tif) or an SRTM tile (.hgt)".into()),
        }
    }

    fn read_hgt(path: &Path) -> Result<Self, String> {
        let (south_deg, west_deg) = south_west(path)
            .ok_or("a tile named after its south-west corner, as N33W030.hgt".to_string())?;
        let bytes = std::fs::read(path).map_err(|e| format!("a readable file ({e})"))?;
        let posts = [1201, 3601]
            .into_iter()
            .find(|n| n * n * 2 == bytes.len())
            .ok_or(format!("1201 or 3601 posts square, not {} bytes", bytes.len()))?;
        let height = |b: &[u8]| match i16::from_be_bytes([b[0], b[1]]) {
            i16::MIN => f32::NAN,
            height => f32::from(height),
        };
        Ok(Self {
            corner_deg: [west_deg, south_deg + 1.0],
            step_deg: [1.0 / (posts - 1) as f64; 2],
            columns: posts,
            rows: posts,
            heights_m: bytes.chunks_exact(2).map(height).collect(),
            margin: 0.0,
        })
    }

    fn read_geotiff(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|e| format!("a readable file ({e})"))?;
        let wrong = |e: tiff::TiffError| format!("a GeoTIFF that can be read ({e})");
        let mut tiff = Decoder::new(BufReader::new(file)).map_err(wrong)?;
        let (columns, rows) = tiff.dimensions().map_err(wrong)?;
        let (columns, rows) = (columns as usize, rows as usize);
        if columns < 2 || rows < 2 {
            return Err(format!("two posts or more each way, not {columns} by {rows}"));
        }
        let keys = tiff.get_tag_u16_vec(Tag::GeoKeyDirectoryTag).map_err(|_| {
            "a GeoTIFF with its keys (tag 34735), to know where it lies".to_string()
        })?;
        let key = |id: u16| {
            let row = keys.chunks_exact(4).skip(1).find(|row| row[0] == id && row[1] == 0);
            row.map(|row| row[3])
        };
        const GEOGRAPHIC: u16 = 2;
        if key(1024) != Some(GEOGRAPHIC) {
            return Err("a GeoTIFF in degrees (GTModelType 2): reproject it to EPSG:4326".into());
        }
        let system = key(2048);
        if !matches!(system, None | Some(4326 | 4979)) {
            let seen = system.unwrap_or(0);
            return Err(format!("a GeoTIFF on WGS84 (EPSG:4326), not EPSG:{seen}: reproject it"));
        }
        let margin = if key(1025) == Some(2) { 0.0 } else { 0.5 };
        let mut numbers = |tag: Tag, count: usize| {
            let found = tiff.get_tag_f64_vec(tag).unwrap_or_default();
            (found.len() >= count && found.iter().all(|x| x.is_finite())).then_some(found)
        };
        let (scale, tie) =
            numbers(Tag::ModelPixelScaleTag, 2).zip(numbers(Tag::ModelTiepointTag, 6)).ok_or(
                "a GeoTIFF that is north up, with pixel scale and tie point (tags 33550, 33922)"
                    .to_string(),
            )?;
        if !(scale[0] > 0.0 && scale[1] > 0.0) {
            return Err(format!("a pixel scale above zero, not {} by {}", scale[0], scale[1]));
        }
        let place = [tie[3] - scale[0] * (tie[0] - margin), tie[4] + scale[1] * (tie[1] - margin)];
        if !(-181.0..=361.0).contains(&place[0]) || !(-91.0..=91.0).contains(&place[1]) {
            return Err(format!("a corner on earth, not {} E {} N", place[0], place[1]));
        }
        let none: Option<f32> = tiff
            .get_tag_ascii_string(Tag::GdalNodata)
            .ok()
            .and_then(|text| text.trim_matches(['\0', ' ']).parse().ok());
        let mut heights_m: Vec<f32> = match tiff.read_image().map_err(wrong)? {
            DecodingResult::I8(values) => values.into_iter().map(f32::from).collect(),
            DecodingResult::U8(values) => values.into_iter().map(f32::from).collect(),
            DecodingResult::I16(values) => values.into_iter().map(f32::from).collect(),
            DecodingResult::U16(values) => values.into_iter().map(f32::from).collect(),
            DecodingResult::I32(values) => values.into_iter().map(|x| x as f32).collect(),
            DecodingResult::U32(values) => values.into_iter().map(|x| x as f32).collect(),
            DecodingResult::F32(values) => values,
            DecodingResult::F64(values) => values.into_iter().map(|x| x as f32).collect(),
            _ => return Err("heights of 8, 16, 32 bits or floating".into()),
        };
        if heights_m.len() != columns * rows {
            let bands = heights_m.len() / (columns * rows);
            return Err(format!("one band of heights, not {bands}"));
        }
        for height in &mut heights_m {
            // Higher than any ground, or as deep as no ground: what some tools write for none.
            if none == Some(*height) || !(-1_000.0..=9_000.0).contains(height) {
                *height = f32::NAN;
            }
        }
        let step_deg = [scale[0], scale[1]];
        Ok(Self { corner_deg: place, step_deg, columns, rows, heights_m, margin })
    }

    /// Distance between posts from south to north, degrees.
    pub(super) fn step_deg(&self) -> f64 {
        self.step_deg[1]
    }

    /// Columns east and rows south of the first post.
    fn place(&self, lat_deg: f64, lon_deg: f64) -> [f64; 2] {
        [
            (lon_deg - self.corner_deg[0]) / self.step_deg[0],
            (self.corner_deg[1] - lat_deg) / self.step_deg[1],
        ]
    }

    /// How far a place is beyond the tile, degrees; zero or less within.
    pub(super) fn beyond_deg(&self, lat_deg: f64, lon_deg: f64) -> f64 {
        let [x, y] = self.place(lat_deg, lon_deg);
        let out =
            |at: f64, posts: usize| (-self.margin - at).max(at - (posts - 1) as f64 - self.margin);
        (out(x, self.columns) * self.step_deg[0]).max(out(y, self.rows) * self.step_deg[1])
    }

    /// Bilinear height; beyond the outer posts that of the nearest; `void_m` for posts
    /// without height.
    pub(super) fn height_m(&self, lat_deg: f64, lon_deg: f64, void_m: f64) -> f64 {
        let [x, y] = self.place(lat_deg, lon_deg);
        let (x, y) =
            (x.clamp(0.0, (self.columns - 1) as f64), y.clamp(0.0, (self.rows - 1) as f64));
        let (i, j) = ((x as usize).min(self.columns - 2), (y as usize).min(self.rows - 2));
        let (fx, fy) = (x - i as f64, y - j as f64);
        let post = |i: usize, j: usize| match f64::from(self.heights_m[j * self.columns + i]) {
            height if height.is_nan() => void_m,
            height => height,
        };
        let north = post(i, j) * (1.0 - fx) + post(i + 1, j) * fx;
        let south = post(i, j + 1) * (1.0 - fx) + post(i + 1, j + 1) * fx;
        north * (1.0 - fy) + south * fy
    }
}

/// South and west of a tile's name, degrees.
fn south_west(path: &Path) -> Option<(f64, f64)> {
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
    use tiff::encoder::colortype::{ColorType, Gray32Float, GrayI16};
    use tiff::encoder::compression::DeflateLevel;
    use tiff::encoder::{Compression, TiffEncoder, TiffValue};

    use super::*;

    /// A plane of 100 m + 10 m a column - 5 m a row, 40 by 30, whose first pixel's corner
    /// (or post) is at 34 N 30 W; the post in column 3, row 2 is void.
    fn write<C: ColorType>(
        path: &Path,
        point: bool,
        compression: Compression,
        value: impl Fn(f64) -> C::Inner,
    ) where
        [C::Inner]: TiffValue,
    {
        let file = std::fs::File::create(path).unwrap();
        let mut encoder = TiffEncoder::new(file).unwrap().with_compression(compression);
        let mut image = encoder.new_image::<C>(40, 30).unwrap();
        image.rows_per_strip(7).unwrap();
        let keys: [u16; 16] =
            [1, 1, 1, 3, 1024, 0, 1, 2, 1025, 0, 1, 1 + u16::from(point), 2048, 0, 1, 4326];
        let tags = image.encoder();
        tags.write_tag(Tag::ModelPixelScaleTag, &[0.01, 0.02, 0.0][..]).unwrap();
        tags.write_tag(Tag::ModelTiepointTag, &[0.0, 0.0, 0.0, -30.0, 34.0, 0.0][..]).unwrap();
        tags.write_tag(Tag::GeoKeyDirectoryTag, &keys[..]).unwrap();
        tags.write_tag(Tag::GdalNodata, "-32767").unwrap();
        let height = |i: usize| match i {
            83 => -32_767.0,
            _ => 100.0 + 10.0 * (i % 40) as f64 - 5.0 * (i / 40) as f64,
        };
        let values: Vec<C::Inner> = (0..1200).map(|i| value(height(i))).collect();
        image.write_data(&values).unwrap();
    }

    #[test]
    fn a_geotiff_has_its_heights_where_they_belong() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.tif");
        for (point, shift) in [(true, 0.0), (false, 0.5)] {
            for compression in [
                Compression::Uncompressed,
                Compression::Deflate(DeflateLevel::Fast),
                Compression::Lzw,
            ] {
                for floating in [true, false] {
                    if floating {
                        write::<Gray32Float>(&path, point, compression, |x| x as f32);
                    } else {
                        write::<GrayI16>(&path, point, compression, |x| x as i16);
                    }
                    let tile = Tile::read(&path).unwrap();
                    // Column 20.25, row 10.5.
                    let (lon, lat) = (-30.0 + 0.01 * (20.25 + shift), 34.0 - 0.02 * (10.5 + shift));
                    let height_m = tile.height_m(lat, lon, 0.0);
                    assert!((height_m - 250.0).abs() < 1e-3, "{point} {floating}: {height_m}");
                    let (lon, lat) = (-30.0 + 0.01 * (3.0 + shift), 34.0 - 0.02 * (2.0 + shift));
                    assert!((tile.height_m(lat, lon, 7.0) - 7.0).abs() < 1e-6);
                    assert!(tile.beyond_deg(lat, lon) < 0.0);
                    assert!((tile.beyond_deg(34.0 + 0.1, lon) - 0.1).abs() < 1e-9);
                }
            }
        }
    }

    /// The plane of [`write`] in tiles of 16 by 16, plain, as 16-bit heights: the bytes of
    /// TIFF 6.0 (section 15) or, with 8-byte offsets, of BigTIFF, in either byte order.
    fn tiled(big: bool, big_endian: bool) -> Vec<u8> {
        let bytes = |value: u64, count: usize| {
            let all = if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
            if big_endian { all[8 - count..].to_vec() } else { all[..count].to_vec() }
        };
        let word = if big { 8 } else { 4 };
        let mut out = if big_endian { b"MM".to_vec() } else { b"II".to_vec() };
        out.extend(bytes(if big { 43 } else { 42 }, 2));
        if big {
            out.extend(bytes(8, 2));
            out.extend(bytes(0, 2));
        }
        let directory_at = out.len();
        out.extend(bytes(0, word));
        // Three tiles across and two down; what is beyond the map is padding.
        let mut tiles = Vec::new();
        for tile in 0..6 {
            tiles.push(out.len() as u64);
            for k in 0..256 {
                let (x, y) = (tile % 3 * 16 + k % 16, tile / 3 * 16 + k / 16);
                let height =
                    if (x, y) == (3, 2) { -32_767 } else { 100 + 10 * x as i16 - 5 * y as i16 };
                out.extend(bytes(u64::from(height as u16), 2));
            }
        }
        let doubles = |out: &mut Vec<u8>, numbers: &[f64]| {
            let at = out.len() as u64;
            numbers.iter().for_each(|x| out.extend(bytes(x.to_bits(), 8)));
            at
        };
        let scale = doubles(&mut out, &[0.01, 0.02, 0.0]);
        let tie = doubles(&mut out, &[0.0, 0.0, 0.0, -30.0, 34.0, 0.0]);
        let keys = out.len() as u64;
        for key in [1, 1, 1, 3, 1024, 0, 1, 2, 1025, 0, 1, 2, 2048, 0, 1, 4326] {
            out.extend(bytes(key, 2));
        }
        let offsets = out.len() as u64;
        tiles.iter().for_each(|at| out.extend(bytes(*at, word)));
        let sizes = out.len() as u64;
        (0..6).for_each(|_| out.extend(bytes(512, word)));
        let none = out.len() as u64;
        out.extend(b"-32767\0\0\0\0");
        let directory = bytes(out.len() as u64, word);
        out[directory_at..][..word].copy_from_slice(&directory);
        // Tag, type (2 text, 3 short, 4 long, 12 double, 16 long of BigTIFF), count, value.
        let offset = if big { 16 } else { 4 };
        let entries = [
            (256, 3, 1, 40),
            (257, 3, 1, 30),
            (258, 3, 1, 16),
            (259, 3, 1, 1),
            (262, 3, 1, 1),
            (277, 3, 1, 1),
            (322, 3, 1, 16),
            (323, 3, 1, 16),
            (324, offset, 6, offsets),
            (325, offset, 6, sizes),
            (339, 3, 1, 2),
            (33_550, 12, 3, scale),
            (33_922, 12, 6, tie),
            (34_735, 3, 16, keys),
            (42_113, 2, 10, none),
        ];
        out.extend(bytes(entries.len() as u64, if big { 8 } else { 2 }));
        for (tag, kind, count, value) in entries {
            out.extend(bytes(tag, 2));
            out.extend(bytes(kind, 2));
            out.extend(bytes(count, word));
            // A short stands in the first two bytes of its place.
            let cell = if kind == 3 && count == 1 { bytes(value, 2) } else { bytes(value, word) };
            out.extend(&cell);
            out.extend(vec![0; word - cell.len()]);
        }
        out.extend(bytes(0, word));
        out
    }

    /// Column 20.25, row 10.5 of the plane, the void post, and the far corner.
    fn is_the_plane(tile: &Tile) {
        let height_m = tile.height_m(34.0 - 0.02 * 10.5, -30.0 + 0.01 * 20.25, 0.0);
        assert!((height_m - 250.0).abs() < 1e-3, "{height_m}");
        assert!((tile.height_m(34.0 - 0.04, -30.0 + 0.03, 7.0) - 7.0).abs() < 1e-6);
        let corner_m = tile.height_m(34.0 - 0.02 * 29.0, -30.0 + 0.01 * 39.0, 0.0);
        assert!((corner_m - 345.0).abs() < 1e-3, "{corner_m}");
    }

    #[test]
    fn a_tiled_geotiff_reads_as_one_in_strips_also_as_bigtiff_in_either_byte_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.tif");
        for (big, big_endian) in [(false, false), (false, true), (true, false), (true, true)] {
            std::fs::write(&path, tiled(big, big_endian)).unwrap();
            is_the_plane(&Tile::read(&path).unwrap_or_else(|e| panic!("{big} {big_endian}: {e}")));
        }
    }

    #[test]
    fn what_gdal_writes_in_tiles_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let plain = folder.path().join("plain.tif");
        write::<GrayI16>(&plain, true, Compression::Uncompressed, |x| x as i16);
        let has_gdal = std::process::Command::new("gdal_translate").arg("--version").output();
        if has_gdal.is_err() {
            eprintln!("skipped: gdal_translate is not here (make tools)");
            return;
        }
        let path = folder.path().join("tiled.tif");
        for options in [
            &["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"][..],
            &["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=32", "COMPRESS=DEFLATE", "PREDICTOR=2"],
            &["TILED=YES", "COMPRESS=LZW"],
            &["TILED=YES", "BIGTIFF=YES", "COMPRESS=DEFLATE"],
            &["COMPRESS=PACKBITS"],
        ] {
            let mut command = std::process::Command::new("gdal_translate");
            command.arg("-q");
            for option in options {
                command.args(["-co", option]);
            }
            let done = command.args([&plain, &path]).output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            is_the_plane(&Tile::read(&path).unwrap_or_else(|e| panic!("{options:?}: {e}")));
        }
    }

    #[test]
    fn what_is_not_a_map_of_heights_is_told_as_what_it_should_be() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.tif");
        let said = || Tile::read(&path).err().unwrap();
        std::fs::write(&path, b"II*\0nonsense").unwrap();
        assert!(said().contains("can be read"), "{}", said());
        let plain = || TiffEncoder::new(std::fs::File::create(&path).unwrap()).unwrap();
        plain().write_image::<GrayI16>(3, 3, &[0; 9]).unwrap();
        assert!(said().contains("with its keys"), "{}", said());
        let mut encoder = plain();
        let mut image = encoder.new_image::<GrayI16>(3, 3).unwrap();
        let keys: [u16; 8] = [1, 1, 1, 1, 1024, 0, 1, 1];
        image.encoder().write_tag(Tag::GeoKeyDirectoryTag, &keys[..]).unwrap();
        image.write_data(&[0; 9]).unwrap();
        assert!(said().contains("in degrees"), "{}", said());
    }
}
