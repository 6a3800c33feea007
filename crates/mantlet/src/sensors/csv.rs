//! plots.csv: `time_s,sensor_id,range_m,azimuth_deg,elevation_deg,radial_speed_mps,snr_db`
//! and, for radars that report it, `height_m`.
//!
//! In: any reader. Columns are found by name in any order, unknown ones are left alone
//! with one notice, an empty cell is "not measured". Out: plots one by one, with the
//! index of their sensor in the site. A line that cannot be a plot is counted in the
//! [`Tally`] and left out; a file that is not a plots file, or that names a sensor
//! which the site does not have, is an error.

use std::io::{Read, Write};

use csv::{ByteRecord, ReaderBuilder};

use crate::time::Timestamp;

use super::cell::{quoted, seconds};
use super::{InputError, Plot, Reason, Scan, Site, Tally};

pub(super) const NAMES: [&str; 8] = [
    "time_s",
    "sensor_id",
    "range_m",
    "azimuth_deg",
    "elevation_deg",
    "radial_speed_mps",
    "snr_db",
    "height_m",
];
const TIME: usize = 0;
const SENSOR: usize = 1;
const RANGE: usize = 2;
const AZIMUTH: usize = 3;
const ELEVATION: usize = 4;
const RADIAL_SPEED: usize = 5;
const SNR: usize = 6;
const HEIGHT: usize = 7;

/// Slant ranges taken for a plot's, m. chosen: over 0, where no direction is defined,
/// and beyond every radar's instrumented range.
const RANGE_MIN_M: f64 = 1e-3;
const RANGE_MAX_M: f64 = 1e7;
/// Fastest radial speed taken for a plot's, m/s. chosen: beyond re-entry speed.
const SPEED_MAX_MPS: f64 = 2e4;
/// Heights taken for a plot's, m. chosen: the Dead Sea to low orbit.
const HEIGHT_M: [f64; 2] = [-1e3, 1e6];

/// Reads plots.csv line by line.
pub struct PlotReader<R> {
    path: String,
    csv: csv::Reader<R>,
    record: ByteRecord,
    /// Where each of [`NAMES`] stands.
    columns: [Option<usize>; 8],
    /// Cells in the header.
    width: usize,
    ids: Vec<String>,
    last_sensor: usize,
}

impl<R: Read> PlotReader<R> {
    /// Reads the header. `path` is what messages call the input.
    ///
    /// # Errors
    /// When there is no header, or a column that must be there is missing or stands twice.
    pub fn new(path: &str, site: &Site, input: R, tally: &mut Tally) -> Result<Self, InputError> {
        let mut csv =
            ReaderBuilder::new().flexible(true).buffer_capacity(1 << 16).from_reader(input);
        let header = csv.byte_headers().map_err(|e| csv_error(path, &e))?.clone();
        if header.is_empty() {
            let expected = "a header line: time_s,sensor_id,range_m,azimuth_deg,…";
            return Err(InputError::Empty { path: path.into(), expected });
        }
        let names: Vec<String> =
            header.iter().map(|n| String::from_utf8_lossy(n.trim_ascii()).into_owned()).collect();
        let names: Vec<&str> = names.iter().map(|n| n.trim_start_matches('\u{feff}')).collect();
        let mut columns = [None; 8];
        let mut unknown = Vec::new();
        for (at, name) in names.iter().enumerate() {
            match NAMES.iter().position(|n| n == name) {
                Some(i) if columns[i].is_some() => {
                    return Err(InputError::ColumnTwice { path: path.into(), column: NAMES[i] });
                }
                Some(i) => columns[i] = Some(at),
                None => unknown.push(*name),
            }
        }
        if let Some(i) = [TIME, SENSOR, RANGE, AZIMUTH].into_iter().find(|i| columns[*i].is_none())
        {
            let found = names.join(",");
            return Err(InputError::Column { path: path.into(), column: NAMES[i], found });
        }
        if !unknown.is_empty() {
            tally.notice(format!("{path}: columns not used: {}", unknown.join(", ")));
        }
        Ok(Self {
            path: path.into(),
            csv,
            record: ByteRecord::new(),
            columns,
            width: names.len(),
            ids: site.sensors.iter().map(|s| s.id.clone()).collect(),
            last_sensor: 0,
        })
    }

    /// The next plot and its sensor's index; lines left out are counted on the way.
    /// `None` at the end.
    ///
    /// # Errors
    /// When the input breaks off or a sensor is not declared in the site.
    pub fn next_plot(&mut self, tally: &mut Tally) -> Result<Option<(usize, Plot)>, InputError> {
        loop {
            match self.csv.read_byte_record(&mut self.record) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(e) => return Err(csv_error(&self.path, &e)),
            }
            let sensor = self.sensor()?;
            match self.plot() {
                Ok(plot) => return Ok(Some((sensor, plot))),
                Err((reason, column, expected)) => {
                    tally.reject(reason, || {
                        let line = self.line();
                        let value = String::from_utf8_lossy(self.cell(column));
                        format!("line {line}: {}: \"{value}\", expected {expected}", NAMES[column])
                    });
                }
            }
        }
    }

    /// Line of the record last read, from 1.
    pub fn line(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }

    fn cell(&self, column: usize) -> &[u8] {
        let cell = self.columns[column].and_then(|at| self.record.get(at)).unwrap_or_default();
        cell.trim_ascii()
    }

    /// Index of the record's sensor; the last one is tried first.
    fn sensor(&mut self) -> Result<usize, InputError> {
        let id = self.columns[SENSOR].and_then(|at| self.record.get(at)).unwrap_or_default();
        let id = id.trim_ascii();
        if self.ids.get(self.last_sensor).is_some_and(|s| s.as_bytes() == id) {
            return Ok(self.last_sensor);
        }
        match self.ids.iter().position(|s| s.as_bytes() == id) {
            Some(i) => {
                self.last_sensor = i;
                Ok(i)
            }
            None => Err(self.unknown_sensor(&String::from_utf8_lossy(id))),
        }
    }

    fn unknown_sensor(&self, value: &str) -> InputError {
        let near = self
            .ids
            .iter()
            .map(|id| (strsim::damerau_levenshtein(id, value), id))
            .filter(|(d, id)| *d * 2 <= id.len().max(2))
            .min();
        InputError::Sensor {
            path: self.path.clone(),
            line: self.line(),
            value: value.into(),
            declared: self.ids.join(", "),
            hint: near.map_or_else(String::new, |(_, id)| format!(": did you mean \"{id}\"?")),
        }
    }

    fn plot(&self) -> Result<Plot, (Reason, usize, &'static str)> {
        if self.record.len() != self.width {
            return Err((Reason::Columns, TIME, "as many cells as the header has"));
        }
        let need = |column, expected| (Reason::Missing, column, expected);
        let time = self.time()?.ok_or(need(TIME, "a time in seconds"))?;
        let range_m = self
            .number(RANGE, RANGE_MIN_M, RANGE_MAX_M, "a range over 0 m, below 1e7 m")?
            .ok_or(need(RANGE, "a range in metres"))?;
        let azimuth_deg = self
            .number(AZIMUTH, -360.0, 360.0, "an azimuth within ±360°")?
            .ok_or(need(AZIMUTH, "an azimuth in degrees"))?;
        let elevation = self.number(ELEVATION, -90.0, 90.0, "an elevation within ±90°")?;
        let tau = std::f64::consts::TAU;
        let azimuth_rad = azimuth_deg.to_radians().rem_euclid(tau);
        Ok(Plot {
            time,
            range_m,
            azimuth_rad: if azimuth_rad < tau { azimuth_rad } else { 0.0 },
            elevation_rad: elevation.map(f64::to_radians),
            height_m: self.number(HEIGHT, HEIGHT_M[0], HEIGHT_M[1], "a height, -1e3 to 1e6 m")?,
            radial_speed_mps: self.number(
                RADIAL_SPEED,
                -SPEED_MAX_MPS,
                SPEED_MAX_MPS,
                "a speed within ±2e4 m/s",
            )?,
            snr_db: self.number(SNR, -200.0, 400.0, "a ratio, -200 to 400 dB")?,
            transponder: false,
        })
    }

    fn time(&self) -> Result<Option<Timestamp>, (Reason, usize, &'static str)> {
        let cell = self.cell(TIME);
        if let Some(nanos) = decimal_nanos(cell) {
            return Ok(Some(Timestamp::from_nanos(nanos)));
        }
        match self.number(TIME, -9.2e9, 9.2e9, "a time within ±9.2e9 s")? {
            Some(s) => Ok(Timestamp::from_seconds(s)),
            None => Ok(None),
        }
    }

    fn number(
        &self,
        column: usize,
        low: f64,
        high: f64,
        expected: &'static str,
    ) -> Result<Option<f64>, (Reason, usize, &'static str)> {
        let cell = self.cell(column);
        if cell.is_empty() {
            return Ok(None);
        }
        let number = std::str::from_utf8(cell).ok().and_then(|text| text.parse::<f64>().ok());
        match number {
            None => Err((Reason::NotANumber, column, expected)),
            Some(x) if !x.is_finite() => Err((Reason::NotFinite, column, expected)),
            Some(x) if !(low..=high).contains(&x) => Err((Reason::Implausible, column, expected)),
            Some(x) => Ok(Some(x)),
        }
    }
}

/// Exact nanoseconds of a plain decimal number of seconds; `None` for anything else
/// (exponents, more than nine decimals, out of range), which goes the long way.
fn decimal_nanos(cell: &[u8]) -> Option<i64> {
    let (negative, digits) = match cell {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, cell),
    };
    let point = digits.iter().position(|b| *b == b'.').unwrap_or(digits.len());
    let (whole, decimals) = (&digits[..point], digits.get(point + 1..).unwrap_or_default());
    if whole.is_empty() || whole.len() > 9 + 1 || decimals.len() > 9 {
        return None;
    }
    let mut nanos = 0_i64;
    for b in whole.iter().chain(decimals) {
        nanos = nanos * 10 + i64::from(b.is_ascii_digit().then(|| b - b'0')?);
    }
    nanos = nanos.checked_mul(10_i64.pow(9 - decimals.len() as u32))?;
    Some(if negative { -nanos } else { nanos })
}

fn csv_error(path: &str, error: &csv::Error) -> InputError {
    let source = match error.kind() {
        csv::ErrorKind::Io(e) => std::io::Error::new(e.kind(), e.to_string()),
        _ => std::io::Error::other(error.to_string()),
    };
    InputError::Io { path: path.into(), source }
}

/// Writes plots.csv: the header, then the plots of each scan. `height_m` is written
/// when a sensor of the site measures height.
pub struct PlotWriter<W> {
    out: W,
    ids: Vec<String>,
    heights: bool,
}

impl<W: Write> PlotWriter<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// What writing gives.
    pub fn new(site: &Site, mut out: W) -> std::io::Result<Self> {
        let heights = site.sensors.iter().any(|s| s.sigma.height_m.is_some());
        let names = if heights { &NAMES[..] } else { &NAMES[..HEIGHT] };
        writeln!(out, "{}", names.join(","))?;
        let ids = site.sensors.iter().map(|s| quoted(&s.id).into_owned()).collect();
        Ok(Self { out, ids, heights })
    }

    /// Writes the plots of a scan: times to the nanosecond, ranges to 0.1 mm, angles to
    /// 1e-8°, so that a track from the file is the track from the plots.
    ///
    /// # Errors
    /// What writing gives.
    pub fn scan(&mut self, scan: &Scan) -> std::io::Result<()> {
        for plot in &scan.plots {
            seconds(&mut self.out, plot.time.nanos().into())?;
            write!(
                self.out,
                ",{},{:.4},{:.8}",
                self.ids[scan.sensor],
                plot.range_m,
                plot.azimuth_rad.to_degrees(),
            )?;
            self.cell(plot.elevation_rad.map(f64::to_degrees), 8)?;
            self.cell(plot.radial_speed_mps, 4)?;
            self.cell(plot.snr_db, 2)?;
            if self.heights {
                self.cell(plot.height_m, 3)?;
            }
            writeln!(self.out)?;
        }
        Ok(())
    }

    /// The writer, after the last scan.
    pub fn into_inner(self) -> W {
        self.out
    }

    fn cell(&mut self, value: Option<f64>, decimals: usize) -> std::io::Result<()> {
        match value {
            Some(x) => write!(self.out, ",{x:.decimals$}"),
            None => self.out.write_all(b","),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::site_of;
    use super::*;

    fn read(text: &str) -> (Result<Vec<(usize, Plot)>, InputError>, Tally) {
        let mut tally = Tally::default();
        let site = site_of(&[("north", 0.5), ("south", 1.0)]);
        let mut plots = Vec::new();
        let result = PlotReader::new("plots.csv", &site, text.as_bytes(), &mut tally).and_then(
            |mut reader| {
                while let Some(plot) = reader.next_plot(&mut tally)? {
                    plots.push(plot);
                }
                Ok(plots)
            },
        );
        (result, tally)
    }

    #[test]
    fn columns_may_stand_in_any_order_and_empty_cells_are_not_measured() {
        let text = "snr_db,azimuth_deg,range_m,sensor_id,time_s,colour\n\
                    ,-90,1500.5,south,12.25,red\n13.5, 0 ,1500,north,13,blue\n";
        let (plots, tally) = read(text);
        let plots = plots.unwrap();
        assert_eq!(plots[0].0, 1);
        assert_eq!(plots[0].1.time.nanos(), 12_250_000_000);
        assert!((plots[0].1.azimuth_rad - 270_f64.to_radians()).abs() < 1e-12);
        assert_eq!((plots[0].1.snr_db, plots[0].1.elevation_rad), (None, None));
        assert_eq!((plots[1].0, plots[1].1.snr_db), (0, Some(13.5)));
        assert_eq!(tally.lines(), ["plots.csv: columns not used: colour"]);
    }

    #[test]
    fn each_bad_line_is_left_out_and_named() {
        let text = "time_s,sensor_id,range_m,azimuth_deg,elevation_deg\n\
                    1,north,NaN,0,1\n1,north,inf,0,1\n1,north,-5,0,1\n1,north,900,0,91\n\
                    nan,north,900,0,1\n1,north,900,east,1\n1,north,,0,1\n1,north,900,0\n\
                    1,north,900,0,1\n";
        let (plots, tally) = read(text);
        assert_eq!(plots.unwrap().len(), 1);
        assert_eq!(
            tally.lines(),
            [
                "left out, not a number: 1 (line 7: azimuth_deg: \"east\", expected an azimuth within ±360°)",
                "left out, not finite: 3 (line 2: range_m: \"NaN\", expected a range over 0 m, below 1e7 m; \
             line 3: range_m: \"inf\", expected a range over 0 m, below 1e7 m; \
             line 6: time_s: \"nan\", expected a time within ±9.2e9 s)",
                "left out, implausible: 2 (line 4: range_m: \"-5\", expected a range over 0 m, below 1e7 m; \
             line 5: elevation_deg: \"91\", expected an elevation within ±90°)",
                "left out, value missing: 1 (line 8: range_m: \"\", expected a range in metres)",
                "left out, wrong number of cells: 1 (line 9: time_s: \"1\", expected as many cells as the header has)",
            ]
        );
    }

    #[test]
    fn a_sensor_nobody_declared_ends_the_reading_with_the_nearest_name() {
        let text = "time_s,sensor_id,range_m,azimuth_deg\n1,north,900,0\n1,nroth,900,0\n";
        assert_eq!(
            read(text).0.unwrap_err().to_string(),
            "plots.csv: line 3: sensor_id: \"nroth\" is not in the site file: expected one of \
             north, south: did you mean \"north\"?"
        );
    }

    #[test]
    fn an_empty_file_and_a_foreign_header_are_errors() {
        assert!(matches!(read("").0, Err(InputError::Empty { .. })));
        assert_eq!(
            read("time_s,sensor_id,azimuth_deg\n").0.unwrap_err().to_string(),
            "plots.csv: line 1: column \"range_m\" is missing: found time_s,sensor_id,azimuth_deg"
        );
        let twice = "time_s,time_s,sensor_id,range_m,azimuth_deg\n";
        assert!(matches!(read(twice).0, Err(InputError::ColumnTwice { column: "time_s", .. })));
    }

    #[test]
    fn times_are_exact_to_the_nanosecond() {
        assert_eq!(decimal_nanos(b"1740062457.245512345"), Some(1_740_062_457_245_512_345));
        assert_eq!(decimal_nanos(b"-0.5"), Some(-500_000_000));
        for other in [&b"1e3"[..], b"", b".", b"-", b"1.2.3", b"99999999999"] {
            assert_eq!(decimal_nanos(other), None);
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let site = site_of(&[("north", 0.5), ("so,uth", 1.0)]);
        let plot = Plot {
            time: Timestamp::from_nanos(1_740_062_457_245_500_000),
            range_m: 12_345.678_9,
            azimuth_rad: 1.234_567_891,
            elevation_rad: Some(0.1),
            height_m: Some(812.5),
            radial_speed_mps: None,
            snr_db: Some(13.25),
            transponder: false,
        };
        let mut writer = PlotWriter::new(&site, Vec::new()).unwrap();
        writer.scan(&Scan { sensor: 1, time: plot.time, sector: None, plots: vec![plot] }).unwrap();
        let text = writer.into_inner();
        let mut tally = Tally::default();
        let mut reader = PlotReader::new("p", &site, &text[..], &mut tally).unwrap();
        let (sensor, back) = reader.next_plot(&mut tally).unwrap().unwrap();
        assert_eq!((sensor, back.time, back.radial_speed_mps), (1, plot.time, None));
        assert!((back.range_m - plot.range_m).abs() < 1e-4);
        assert!((back.azimuth_rad - plot.azimuth_rad).abs() < 1e-9);
        assert!((back.elevation_rad.unwrap() - 0.1).abs() < 1e-9);
        assert_eq!((back.height_m, back.snr_db), (plot.height_m, plot.snr_db));
    }
}
