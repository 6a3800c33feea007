//! ASTERIX CAT048, monoradar target reports: what today's radars send, to plots.
//!
//! In: a decoded record. Out: a [`TargetReport`] in SI units and radians, and the
//! [`Plot`] in it. Items and units: EUROCONTROL-SPEC-0149-4 edition 1.32, section 5.2.
//!
//! Limits: I048/110 is above mean sea level and I048/090 a pressure level; both are
//! taken as heights above the ellipsoid, wrong by the geoid's undulation (up to 100 m)
//! and by the pressure of the day. The sign of a Doppler speed is each radar's own
//! affair (I048/120, note); it is taken as the standard recommends: positive going
//! away.

use crate::time::Timestamp;

use super::super::{Plot, Reason};
use super::block::Record;
use super::cat048_table::CAT048;
use super::spec::Place;

/// Metres in an international nautical mile.
pub(super) const NM_M: f64 = 1852.0;
/// Metres in a foot.
pub(super) const FT_M: f64 = 0.3048;

const SAC: Place = CAT048.field("010", "SAC");
const SIC: Place = CAT048.field("010", "SIC");
const TIME: Place = CAT048.field("140", "");
const TYP: Place = CAT048.field("020", "TYP");
const SIM: Place = CAT048.field("020", "SIM");
const TST: Place = CAT048.field("020", "TST");
const RHO: Place = CAT048.field("040", "RHO");
const THETA: Place = CAT048.field("040", "THETA");
const MODE_3A: Place = CAT048.field("070", "MODE3A");
const FLIGHT_LEVEL: Place = CAT048.field("090", "FL");
const AMPLITUDE: Place = CAT048.sub_field("130", "PAM", "");
const ADDRESS: Place = CAT048.field("220", "");
const IDENTIFICATION: Place = CAT048.field("240", "");
const TRACK: Place = CAT048.field("161", "TRN");
const HEIGHT: Place = CAT048.field("110", "3DH");
const DOPPLER: Place = CAT048.sub_field("120", "CAL", "CAL");
const DOPPLER_DOUBTFUL: Place = CAT048.sub_field("120", "CAL", "D");

/// A target report: what a record says of one object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TargetReport {
    /// System area code and system identification code, I048/010.
    pub source: Option<(u8, u8)>,
    /// Seconds since midnight UTC, I048/140.
    pub time_of_day_s: Option<f64>,
    /// I048/020 TYP: 0 no detection, 1 primary, 2 secondary, 3 both, 4 to 7 Mode S.
    pub kind: u8,
    /// I048/020 SIM: a simulated target.
    pub simulated: bool,
    /// I048/020 TST: a test target.
    pub test: bool,
    /// Slant range, m, I048/040.
    pub range_m: Option<f64>,
    /// Azimuth from true north, rad, I048/040.
    pub azimuth_rad: Option<f64>,
    /// Mode 3/A code, I048/070.
    pub mode_3a: Option<u16>,
    /// Flight level as a height, m, I048/090.
    pub flight_level_m: Option<f64>,
    /// Height measured by the radar, m, I048/110.
    pub height_m: Option<f64>,
    /// Doppler speed, m/s, positive going away, I048/120 CAL when not doubtful.
    pub radial_speed_mps: Option<f64>,
    /// Amplitude of the primary plot, dBm, I048/130 PAM.
    pub amplitude_dbm: Option<f64>,
    /// Mode S address, I048/220.
    pub address: Option<u32>,
    /// Aircraft identification, eight characters of six bits, I048/240.
    pub identification: Option<u64>,
    /// The radar's own track number, I048/161.
    pub track: Option<u16>,
}

impl TargetReport {
    /// Reads a CAT048 record.
    pub fn read(record: &Record<'_>) -> Self {
        let code = |place| record.bits(place);
        let source = code(SAC).zip(code(SIC)).map(|(sac, sic)| (sac as u8, sic as u8));
        let sure = code(DOPPLER_DOUBTFUL) == Some(0);
        Self {
            source,
            time_of_day_s: record.value(TIME),
            kind: code(TYP).unwrap_or(0) as u8,
            simulated: code(SIM) == Some(1),
            test: code(TST) == Some(1),
            range_m: record.value(RHO).map(|nm| nm * NM_M),
            azimuth_rad: record.value(THETA).map(f64::to_radians),
            mode_3a: code(MODE_3A).map(|c| c as u16),
            flight_level_m: record.value(FLIGHT_LEVEL).map(|fl| fl * 100.0 * FT_M),
            height_m: record.value(HEIGHT).map(|ft| ft * FT_M),
            radial_speed_mps: record.value(DOPPLER).filter(|_| sure),
            amplitude_dbm: record.value(AMPLITUDE),
            address: code(ADDRESS).map(|a| a as u32),
            identification: code(IDENTIFICATION),
            track: code(TRACK).map(|t| t as u16),
        }
    }

    /// The plot at a time, or why there is none.
    ///
    /// A report of kind 0 is a position that the radar expected, not one that it saw,
    /// unless it carries what can only be measured: a Doppler speed or an amplitude.
    ///
    /// # Errors
    /// With the reason when the report is no plot.
    pub fn plot(&self, time: Timestamp) -> Result<Plot, Reason> {
        if self.test {
            return Err(Reason::Test);
        }
        let (Some(range_m), Some(azimuth_rad)) = (self.range_m, self.azimuth_rad) else {
            return Err(Reason::NoPosition);
        };
        if self.kind == 0 && self.radial_speed_mps.is_none() && self.amplitude_dbm.is_none() {
            return Err(Reason::Extrapolated);
        }
        if range_m <= 0.0 {
            return Err(Reason::Implausible);
        }
        Ok(Plot {
            time,
            range_m,
            azimuth_rad,
            elevation_rad: None,
            height_m: self.height_m.or(self.flight_level_m),
            radial_speed_mps: self.radial_speed_mps,
            snr_db: None,
            transponder: self.kind >= 2 && (self.address.is_some() || self.mode_3a.is_some()),
        })
    }

    /// Aircraft identification as text, without trailing spaces.
    pub fn callsign(&self) -> Option<String> {
        let bits = self.identification?;
        let text: String =
            (0..8).rev().map(|i| icao_letter((bits >> (6 * i) & 63) as u8)).collect();
        Some(text.trim_end().to_string())
    }
}

/// A character of six bits, ICAO Annex 10 volume IV table 3-9; `?` where undefined.
pub(super) fn icao_letter(code: u8) -> char {
    match code {
        1..=26 => char::from(b'A' + code - 1),
        32 => ' ',
        48..=57 => char::from(b'0' + code - 48),
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::super::blocks;
    use super::*;

    /// A Mode S roll-call report, made up from the standard's layouts: SAC 25, SIC 201,
    /// 29.5 NM out, Mode A 4020, FL330, address 123456.
    const ROLL_CALL: [u8; 28] = [
        0x30, 0x00, 0x1c, 0xfd, 0xc0, 0x19, 0xc9, 0x35, 0x6d, 0x4d, 0xa0, 0x1d, 0x80, 0xc0, 0x00,
        0x08, 0x10, 0x05, 0x28, 0x12, 0x34, 0x56, 0x50, 0x54, 0xd4, 0xc3, 0x18, 0x20,
    ];

    #[test]
    fn a_roll_call_report_becomes_a_plot_with_a_transponder() {
        let block = blocks(&ROLL_CALL, 0).next().unwrap().unwrap();
        let records = block.records().unwrap();
        let report = TargetReport::read(&records[0]);
        assert_eq!(report.source, Some((25, 201)));
        assert_eq!(report.time_of_day_s, Some(f64::from(0x356d4d) / 128.0));
        assert_eq!((report.kind, report.mode_3a), (5, Some(0o4020)));
        assert_eq!(report.address, Some(0x12_3456));
        assert_eq!(report.callsign().as_deref(), Some("TEST01"));
        let plot = report.plot(Timestamp::default()).unwrap();
        assert!((plot.range_m - 29.5 * NM_M).abs() < 1e-9);
        assert!((plot.azimuth_rad.to_degrees() - 270.0).abs() < 1e-9);
        assert_eq!(plot.height_m, Some(330.0 * 30.48));
        assert!(plot.transponder);
    }
}
