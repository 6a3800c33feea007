//! Every record of an ASTERIX input as a row: what a person looks at first when a radar
//! is connected.
//!
//! In: a capture or a file of blocks; no site is needed. Out: one [`ListedRecord`] for
//! each record of a category we know, in the order of the input.

use std::fmt::Write;
use std::path::Path;

use crate::time::Timestamp;

use super::asterix::{NonCooperativeReport, Record, ServiceMessage, TargetReport, blocks};
use super::capture::Datagrams;
use super::raw::RawBlocks;
use super::recording::{Format, open};
use super::{InputError, Reason, Tally};

/// One decoded record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListedRecord {
    /// When the capture says it came.
    pub time: Option<Timestamp>,
    /// ASTERIX category.
    pub category: u8,
    /// SAC and SIC.
    pub source: Option<(u8, u8)>,
    /// Seconds since midnight UTC.
    pub time_of_day_s: Option<f64>,
    /// I048/020 TYP, or the message type of other categories.
    pub kind: Option<u8>,
    /// Mode S address.
    pub address: Option<u32>,
    /// Aircraft identification.
    pub callsign: Option<String>,
    /// Mode 3/A code, to be written in octal.
    pub mode_3a: Option<u16>,
    /// The radar's own track number.
    pub track: Option<u16>,
    /// Slant range, m.
    pub range_m: Option<f64>,
    /// Azimuth, degrees.
    pub azimuth_deg: Option<f64>,
    /// Elevation, degrees.
    pub elevation_deg: Option<f64>,
    /// Flight level as a height, m.
    pub flight_level_m: Option<f64>,
    /// Measured height, m.
    pub height_m: Option<f64>,
    /// Radial speed, m/s, in the radar's own sign.
    pub radial_speed_mps: Option<f64>,
}

impl ListedRecord {
    /// Column names of [`line`](Self::line).
    pub const HEADER: &'static str = "time_s,category,sac,sic,time_of_day_s,kind,address,callsign,\
        mode_3a,track,range_m,azimuth_deg,elevation_deg,flight_level_m,height_m,radial_speed_mps";

    /// The record as a line of CSV, without the line's end; an empty cell is "not in the
    /// record".
    pub fn line(&self) -> String {
        let mut line = String::with_capacity(160);
        if let Some(time) = self.time {
            let nanos = time.nanos();
            let _ = write!(
                line,
                "{}.{:06}",
                nanos.div_euclid(1_000_000_000),
                nanos.rem_euclid(1_000_000_000) / 1000
            );
        }
        let _ = write!(line, ",{}", self.category);
        match self.source {
            Some((sac, sic)) => {
                let _ = write!(line, ",{sac},{sic}");
            }
            None => line.push_str(",,"),
        }
        let number = |line: &mut String, value: Option<f64>, decimals: usize| {
            line.push(',');
            if let Some(x) = value {
                let _ = write!(line, "{x:.decimals$}");
            }
        };
        number(&mut line, self.time_of_day_s, 7);
        number(&mut line, self.kind.map(f64::from), 0);
        let _ = write!(line, ",{}", self.address.map(|a| format!("{a:06x}")).unwrap_or_default());
        let _ = write!(line, ",{}", self.callsign.as_deref().unwrap_or_default());
        let _ = write!(line, ",{}", self.mode_3a.map(|m| format!("{m:04o}")).unwrap_or_default());
        number(&mut line, self.track.map(f64::from), 0);
        number(&mut line, self.range_m, 1);
        number(&mut line, self.azimuth_deg, 4);
        number(&mut line, self.elevation_deg, 4);
        number(&mut line, self.flight_level_m, 1);
        number(&mut line, self.height_m, 1);
        number(&mut line, self.radial_speed_mps, 2);
        line
    }

    fn new(record: &Record<'_>, time: Option<Timestamp>) -> Self {
        let base = Self { time, category: record.category().number, ..Self::default() };
        match base.category {
            48 => {
                let r = TargetReport::read(record);
                Self {
                    source: r.source,
                    time_of_day_s: r.time_of_day_s,
                    kind: Some(r.kind),
                    address: r.address,
                    callsign: r.callsign(),
                    mode_3a: r.mode_3a,
                    track: r.track,
                    range_m: r.range_m,
                    azimuth_deg: r.azimuth_rad.map(f64::to_degrees),
                    flight_level_m: r.flight_level_m,
                    height_m: r.height_m,
                    radial_speed_mps: r.radial_speed_mps,
                    ..base
                }
            }
            15 => {
                let r = NonCooperativeReport::read(record);
                Self {
                    source: r.source,
                    time_of_day_s: r.time_of_day_s,
                    kind: Some(r.message),
                    range_m: r.range_m,
                    azimuth_deg: r.azimuth_rad.map(f64::to_degrees),
                    elevation_deg: r.elevation_rad.map(f64::to_degrees),
                    height_m: r.height_m,
                    radial_speed_mps: r.radial_speed_mps,
                    ..base
                }
            }
            34 => {
                let m = ServiceMessage::read(record);
                Self {
                    source: m.source,
                    time_of_day_s: m.time_of_day_s,
                    kind: Some(m.kind),
                    azimuth_deg: m.sector_rad.map(f64::to_degrees),
                    ..base
                }
            }
            _ => base,
        }
    }
}

/// Lists the records of a capture or a file of blocks; returns what was left out.
///
/// # Errors
/// When the input cannot be read, or is CSV, which has no records.
pub fn list_records(path: &Path, row: &mut dyn FnMut(&ListedRecord)) -> Result<Tally, InputError> {
    let mut tally = Tally::default();
    let name = path.display().to_string();
    match Format::of(path)? {
        format @ (Format::Csv | Format::Parquet) => {
            let extension = if format == Format::Csv { "csv" } else { "parquet" };
            return Err(InputError::Extension { path: name, extension: extension.into() });
        }
        Format::Capture => {
            let mut datagrams = Datagrams::new(&name, open(path)?)?;
            while let Some(d) = datagrams.next_datagram(&mut tally)? {
                list(&d.payload, d.offset, d.time, &mut tally, row);
            }
        }
        Format::Asterix => {
            let mut blocks = RawBlocks::new(&name, open(path)?)?;
            while let Some((at, bytes)) = blocks.next_block(&mut tally)? {
                list(bytes, at, None, &mut tally, row);
            }
        }
    }
    Ok(tally)
}

fn list(
    datagram: &[u8],
    at: usize,
    time: Option<Timestamp>,
    tally: &mut Tally,
    row: &mut dyn FnMut(&ListedRecord),
) {
    for block in blocks(datagram, at) {
        match block.and_then(|b| b.records()) {
            Ok(records) => {
                for record in &records {
                    tally.plots += u64::from(matches!(record.category().number, 15 | 48));
                    row(&ListedRecord::new(record, time));
                }
            }
            Err(e) => tally.reject(Reason::Malformed, || e.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_blocks_is_listed_record_by_record() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("two.ast");
        std::fs::write(&path, [48, 0, 9, 0x80, 25, 201, 0x80, 25, 202, 34, 0, 4, 0x01]).unwrap();
        let mut lines = Vec::new();
        let tally = list_records(&path, &mut |r| lines.push(r.line())).unwrap();
        assert_eq!(lines, [",48,25,201,,0,,,,,,,,,,", ",48,25,202,,0,,,,,,,,,,"]);
        assert_eq!((tally.plots, tally.count(Reason::Malformed)), (2, 1));
        let columns = |text: &str| text.matches(',').count();
        assert_eq!(columns(ListedRecord::HEADER), columns(&lines[0]));
    }
}
