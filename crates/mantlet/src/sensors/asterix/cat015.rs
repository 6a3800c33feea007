//! ASTERIX CAT015, independent non-cooperative surveillance: range, Doppler, azimuth and
//! elevation of what does not answer; the natural format of a projectile's plot.
//!
//! EUROCONTROL-SPEC-0149-30 edition 1.2, section 5.2. Limits: monostatic sensors only; a
//! bistatic range (I015/020 MOMU) is no distance from the sensor.

use crate::time::Timestamp;

use super::super::{Plot, Reason};
use super::block::Record;
use super::cat015_table::CAT015;
use super::spec::Place;

const SAC: Place = CAT015.field("010", "SAC");
const SIC: Place = CAT015.field("010", "SIC");
const MESSAGE: Place = CAT015.field("000", "MT");
const BISTATIC: Place = CAT015.field("020", "MOMU");
const TAXONOMY: Place = CAT015.field("020", "TTAX");
const TIME: Place = CAT015.field("145", "");
const RANGE: Place = CAT015.sub_field("625", "R", "");
const DOPPLER: Place = CAT015.sub_field("626", "DV", "");
const AZIMUTH: Place = CAT015.sub_field("627", "AZ", "");
const ELEVATION: Place = CAT015.sub_field("628", "EL", "");
const HEIGHT: Place = CAT015.sub_field("601", "GH", "");
const SNR: Place = CAT015.sub_field("630", "DPS", "");

/// What a CAT015 record says of one object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NonCooperativeReport {
    /// System area code and system identification code, I015/010.
    pub source: Option<(u8, u8)>,
    /// I015/000 MT: 1 and 3 plots, 2 and 4 tracks, 5 track end.
    pub message: u8,
    /// I015/020 MOMU: 0 monostatic, 1 multistatic.
    pub bistatic: u8,
    /// I015/020 TTAX: 0 actual, 1 reference, 2 synthetic, 3 simulated or replayed.
    pub taxonomy: u8,
    /// Seconds since midnight UTC, I015/145.
    pub time_of_day_s: Option<f64>,
    /// Slant range, m, I015/625 R.
    pub range_m: Option<f64>,
    /// Radial speed, m/s, positive going away, I015/626 DV.
    pub radial_speed_mps: Option<f64>,
    /// Azimuth from true north, rad, I015/627 AZ.
    pub azimuth_rad: Option<f64>,
    /// Elevation, rad, I015/628 EL.
    pub elevation_rad: Option<f64>,
    /// Height above the ellipsoid, m, I015/601 GH.
    pub height_m: Option<f64>,
    /// Signal-to-noise ratio of the direct path, dB, I015/630 DPS.
    pub snr_db: Option<f64>,
}

impl NonCooperativeReport {
    /// Reads a CAT015 record.
    pub fn read(record: &Record<'_>) -> Self {
        let code = |place| record.bits(place);
        Self {
            source: code(SAC).zip(code(SIC)).map(|(sac, sic)| (sac as u8, sic as u8)),
            message: code(MESSAGE).unwrap_or(0) as u8,
            bistatic: code(BISTATIC).unwrap_or(0) as u8,
            taxonomy: code(TAXONOMY).unwrap_or(0) as u8,
            time_of_day_s: record.value(TIME),
            range_m: record.value(RANGE),
            radial_speed_mps: record.value(DOPPLER),
            azimuth_rad: record.value(AZIMUTH).map(f64::to_radians),
            elevation_rad: record.value(ELEVATION).map(f64::to_radians),
            height_m: record.value(HEIGHT),
            snr_db: record.value(SNR),
        }
    }

    /// The plot at a time, or why there is none: only measurement plots of what is
    /// really there are taken.
    ///
    /// # Errors
    /// With the reason when the report is no plot.
    pub fn plot(&self, time: Timestamp) -> Result<Plot, Reason> {
        if matches!(self.taxonomy, 1 | 2) {
            return Err(Reason::Test);
        }
        if !matches!(self.message, 1 | 3) || self.bistatic == 1 {
            return Err(Reason::NoPosition);
        }
        let (Some(range_m), Some(azimuth_rad)) = (self.range_m, self.azimuth_rad) else {
            return Err(Reason::NoPosition);
        };
        let vertical = std::f64::consts::FRAC_PI_2;
        if range_m <= 0.0 || self.elevation_rad.is_some_and(|e| e.abs() > vertical) {
            return Err(Reason::Implausible);
        }
        Ok(Plot {
            time,
            range_m,
            azimuth_rad,
            elevation_rad: self.elevation_rad,
            height_m: self.height_m,
            radial_speed_mps: self.radial_speed_mps,
            snr_db: self.snr_db,
            transponder: false,
        })
    }
}
