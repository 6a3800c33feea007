//! Reading soundings: University of Wyoming text, IGRA v2, and tables of levels.
//!
//! In: the text of one sounding (of several, the first). Out: [`Air`]. Heights are
//! geopotential in the first two and geometric in a table. Virtual temperature is
//! `T / (1 - 0.378 e / p)` with the vapour pressure from the dew point (D. Bolton,
//! "The computation of equivalent potential temperature", Monthly Weather Review
//! 108 (1980) 1046-1053, eq. 10). A level without temperature still gives wind, and
//! the reverse; one without height gives nothing.
//!
//! A table (as a computer meteorological message is written out) has a header line
//! and the columns `height_m,virtual_temperature_k,pressure_hpa,wind_from_deg,
//! wind_speed_mps`, by name, in any order.

use thiserror::Error;

use super::air::EARTH_RADIUS_M;
use super::sounding::Profile;
use super::{Air, WindLevel};

/// A sounding that cannot be used.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum SoundingError {
    /// Fewer than two levels with height and temperature, or no pressure.
    #[error("{0} usable levels: expected two or more with height and temperature")]
    TooFew(usize),
    /// A value that cannot be.
    #[error("line {line}: {field} is {value:?}: expected {expected}")]
    Value {
        /// Counted from 1.
        line: usize,
        /// Column.
        field: &'static str,
        /// As it stands in the text.
        value: String,
        /// What would be right.
        expected: &'static str,
    },
}

/// One level; what is missing is `None`.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    height_m: Option<f64>,
    kelvin: Option<f64>,
    pascal: Option<f64>,
    from_deg: Option<f64>,
    speed_mps: Option<f64>,
}

impl Air {
    /// Air from the text of a sounding: Wyoming, IGRA v2 or a table of levels,
    /// whichever it is.
    ///
    /// # Errors
    ///
    /// [`SoundingError`] names the line of a value that cannot be, or says how many
    /// levels were usable.
    pub fn from_sounding(text: &str) -> Result<Self, SoundingError> {
        let levels = if text.starts_with('#') {
            igra(text)?
        } else if text.lines().any(|l| l.split_whitespace().take(2).eq(["PRES", "HGHT"])) {
            wyoming(text)?
        } else {
            table(text)?
        };
        from_levels(levels)
    }
}

fn from_levels(mut levels: Vec<Level>) -> Result<Air, SoundingError> {
    levels.retain(|l| l.height_m.is_some());
    levels.sort_by(|a, b| a.height_m.partial_cmp(&b.height_m).unwrap_or(std::cmp::Ordering::Equal));
    levels.dedup_by_key(|l| l.height_m.map(|h| (h * 10.0).round() as i64));
    let warm: Vec<(f64, f64, Option<f64>)> =
        levels.iter().filter_map(|l| Some((l.height_m?, l.kelvin?, l.pascal))).collect();
    let first = warm.iter().position(|l| l.2.is_some()).unwrap_or(warm.len());
    let warm = &warm[first..];
    let (2.., Some((.., Some(pascal)))) = (warm.len(), warm.first()) else {
        return Err(SoundingError::TooFew(warm.len()));
    };
    let points: Vec<(f64, f64)> = warm.iter().map(|l| (l.0, l.1)).collect();
    let wind = levels
        .iter()
        .filter_map(|l| {
            let (from_rad, speed_mps) = (l.from_deg?.to_radians(), l.speed_mps?);
            Some(WindLevel {
                height_m: l.height_m?,
                east_mps: -speed_mps * from_rad.sin(),
                north_mps: -speed_mps * from_rad.cos(),
            })
        })
        .collect();
    Ok(Air::sounded(Profile::new(&points, *pascal), wind))
}

/// Geometric height of a geopotential one, m (US Standard Atmosphere 1976, eq. 19).
fn geometric_m(geopotential_m: f64) -> f64 {
    EARTH_RADIUS_M * geopotential_m / (EARTH_RADIUS_M - geopotential_m)
}

/// Virtual temperature, K; without a dew point, the temperature.
fn virtual_kelvin(celsius: f64, dew_point_celsius: Option<f64>, pascal: Option<f64>) -> f64 {
    let kelvin = celsius + 273.15;
    match (dew_point_celsius, pascal) {
        (Some(dew), Some(pascal)) => {
            let vapour_pascal = 611.2 * (17.67 * dew / (dew + 243.5)).exp();
            kelvin / (1.0 - 0.378 * vapour_pascal / pascal)
        }
        _ => kelvin,
    }
}

/// A number in a range, `None` where the text is blank.
fn number(
    text: &str,
    line: usize,
    field: &'static str,
    range: std::ops::RangeInclusive<f64>,
    expected: &'static str,
) -> Result<Option<f64>, SoundingError> {
    let value = text.trim();
    if value.is_empty() {
        return Ok(None);
    }
    match value.parse::<f64>() {
        Ok(x) if range.contains(&x) => Ok(Some(x)),
        _ => Err(SoundingError::Value { line, field, value: value.to_owned(), expected }),
    }
}

/// Columns `from..to` of a line, as far as it goes.
fn cut(line: &str, from: usize, to: usize) -> &str {
    let end = to.min(line.len());
    line.get(from.min(end)..end).unwrap_or("")
}

/// Columns seven wide: PRES HGHT TEMP DWPT RELH MIXR DRCT SKNT; hPa, m, °C, °, knots.
fn wyoming(text: &str) -> Result<Vec<Level>, SoundingError> {
    const KNOT_MPS: f64 = 0.514_444;
    let mut levels = Vec::new();
    let mut rules = 0;
    for (i, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("-----") {
            rules += 1;
            continue;
        }
        // Data stand after the rule below the units and end at what is not a number.
        if rules < 2 || line.trim().is_empty() {
            continue;
        }
        if !line.trim_start().starts_with(|c: char| c.is_ascii_digit()) {
            break;
        }
        let at = |k: usize| cut(line, 7 * k, 7 * k + 7);
        let pascal = number(at(0), i + 1, "PRES", 0.01..=1_100.0, "0.01 to 1100 hPa")?;
        let pascal = pascal.map(|p| p * 100.0);
        let height = number(at(1), i + 1, "HGHT", -500.0..=80_000.0, "-500 to 80000 m")?;
        let celsius = number(at(2), i + 1, "TEMP", -130.0..=70.0, "-130 to 70 C")?;
        let dew = number(at(3), i + 1, "DWPT", -150.0..=50.0, "-150 to 50 C")?;
        let knots = number(at(7), i + 1, "SKNT", 0.0..=400.0, "0 to 400 knots")?;
        levels.push(Level {
            height_m: height.map(geometric_m),
            kelvin: celsius.map(|c| virtual_kelvin(c, dew, pascal)),
            pascal,
            from_deg: number(at(6), i + 1, "DRCT", 0.0..=360.0, "0 to 360 degrees")?,
            speed_mps: knots.map(|k| k * KNOT_MPS),
        });
    }
    Ok(levels)
}

/// IGRA v2 fixed columns: PRESS 10-15 Pa, GPH 17-21 m, TEMP 23-27 0.1 °C, DPDP 35-39
/// 0.1 °C, WDIR 41-45 °, WSPD 47-51 0.1 m/s; -9999 and -8888 are missing.
fn igra(text: &str) -> Result<Vec<Level>, SoundingError> {
    let mut levels = Vec::new();
    for (i, line) in text.lines().enumerate().skip(1) {
        if line.starts_with('#') {
            break;
        }
        let field = |from: usize, to: usize, name, range, expected| {
            let text = cut(line, from - 1, to);
            match text.trim() {
                "-9999" | "-8888" => Ok(None),
                _ => number(text, i + 1, name, range, expected),
            }
        };
        let pascal = field(10, 15, "PRESS", 1.0..=110_000.0, "1 to 110000 Pa")?;
        let height = field(17, 21, "GPH", -500.0..=80_000.0, "-500 to 80000 m")?;
        let celsius = field(23, 27, "TEMP", -1_300.0..=700.0, "-1300 to 700 tenths of a C")?;
        let depression = field(35, 39, "DPDP", 0.0..=1_000.0, "0 to 1000 tenths of a C")?;
        let celsius = celsius.map(|c| c / 10.0);
        let dew = celsius.zip(depression).map(|(c, d)| c - d / 10.0);
        let speed = field(47, 51, "WSPD", 0.0..=2_000.0, "0 to 2000 tenths of m/s")?;
        levels.push(Level {
            height_m: height.map(geometric_m),
            kelvin: celsius.map(|c| virtual_kelvin(c, dew, pascal)),
            pascal,
            from_deg: field(41, 45, "WDIR", 0.0..=360.0, "0 to 360 degrees")?,
            speed_mps: speed.map(|s| s / 10.0),
        });
    }
    Ok(levels)
}

fn table(text: &str) -> Result<Vec<Level>, SoundingError> {
    let mut lines = text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty());
    let names: Vec<&str> =
        lines.next().map_or(Vec::new(), |(_, l)| l.split(',').map(str::trim).collect());
    if !names.contains(&"height_m") {
        let mut value = names.join(",");
        value.truncate(value.floor_char_boundary(60));
        return Err(SoundingError::Value {
            line: 1,
            field: "header",
            value,
            expected: "a Wyoming text, IGRA v2, or a table with height_m and \
                virtual_temperature_k",
        });
    }
    let mut levels = Vec::new();
    for (i, line) in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let cell = |name: &'static str, range, expected| {
            let at = names.iter().position(|n| *n == name).and_then(|k| cells.get(k));
            number(at.copied().unwrap_or(""), i + 1, name, range, expected)
        };
        let pascal = cell("pressure_hpa", 0.01..=1_100.0, "0.01 to 1100 hPa")?.map(|p| p * 100.0);
        levels.push(Level {
            height_m: cell("height_m", -500.0..=80_000.0, "-500 to 80000 m")?,
            kelvin: cell("virtual_temperature_k", 140.0..=350.0, "140 to 350 K")?,
            pascal,
            from_deg: cell("wind_from_deg", 0.0..=360.0, "0 to 360 degrees")?,
            speed_mps: cell("wind_speed_mps", 0.0..=200.0, "0 to 200 m/s")?,
        });
    }
    Ok(levels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_the_standard_atmosphere_gives_the_standard_atmosphere() {
        let mut text = String::from(
            "height_m,virtual_temperature_k,pressure_hpa,wind_from_deg,wind_speed_mps\n",
        );
        for i in 0..30 {
            let height_m = f64::from(i) * 500.0;
            let (kelvin, pascal) = Air::standard().temperature_and_pressure(height_m);
            text += &format!("{height_m},{kelvin},{},270,{i}\n", pascal / 100.0);
        }
        let air = Air::from_sounding(&text).unwrap();
        for height_m in [0.0, 250.0, 3_100.0, 9_900.0, 14_000.0, 18_000.0] {
            let ratio = air.density_kg_m3(height_m) / Air::standard().density_kg_m3(height_m);
            assert!((ratio - 1.0).abs() < 2e-3, "{height_m}: {ratio}");
        }
        assert!((air.wind_en_mps(1_250.0)[0] - 2.5).abs() < 1e-9);
    }

    #[test]
    fn a_wyoming_text_with_blanks_is_read() {
        let text = "\
72201 KEY Observations at 12Z 01 Jan 2020

-----------------------------------------------------------------------------
   PRES   HGHT   TEMP   DWPT   RELH   MIXR   DRCT   SKNT   THTA   THTE   THTV
    hPa     m      C      C      %    g/kg    deg   knot     K      K      K
-----------------------------------------------------------------------------
 1015.0     13   24.0   18.0     69  13.00     90     10  295.9  333.5  298.2
 1000.0    140   23.0   17.0     69  12.30                296.2  332.1  298.3
  850.0   1540                                 95     20
  700.0   3170    8.0   -2.0     49   4.70    120     30  311.4  326.3  312.3
Station information and sounding indices
";
        let air = Air::from_sounding(text).unwrap();
        // 24 °C with a dew point of 18 °C at 1015 hPa: virtual 26.3 °C.
        let (kelvin, pascal) = air.temperature_and_pressure(13.0);
        assert!((kelvin - 299.4).abs() < 0.1, "{kelvin}");
        assert!((pascal - 101_500.0).abs() < 1.0, "{pascal}");
        let (_, pascal) = air.temperature_and_pressure(3_171.6);
        assert!((pascal / 70_000.0 - 1.0).abs() < 0.01, "{pascal}");
        let [east, _] = air.wind_en_mps(13.0);
        assert!((east + 5.144).abs() < 0.01, "{east}");
        assert_eq!(air.wind_levels().len(), 3);
    }

    #[test]
    fn igra_columns_are_read_and_missing_values_skipped() {
        let text = "\
#USM00072201 2020 01 01 12 2302    3 ncdc-nws ncdc-gts   245500  -817500
21 -9999 101500    13B  240B  690    60    90    51
10 -9999  85000  1540B-9999 -9999 -9999    95   103
10 -9999  70000  3170B   80B-9999   100   120   154
";
        let air = Air::from_sounding(text).unwrap();
        let (kelvin, _) = air.temperature_and_pressure(13.0);
        assert!((kelvin - 299.4).abs() < 0.2, "{kelvin}");
        assert_eq!(air.wind_levels().len(), 3);
    }

    #[test]
    fn a_value_that_cannot_be_is_named() {
        let text = "height_m,virtual_temperature_k,pressure_hpa\n0,288,1013\n1000,28x,900\n";
        let error = Air::from_sounding(text).unwrap_err().to_string();
        assert_eq!(error, "line 3: virtual_temperature_k is \"28x\": expected 140 to 350 K");
        let header = "height_m,virtual_temperature_k\n";
        assert_eq!(Air::from_sounding(header).unwrap_err(), SoundingError::TooFew(0));
        let error = Air::from_sounding("").unwrap_err().to_string();
        assert!(error.contains("line 1: header"), "{error}");
    }
}
