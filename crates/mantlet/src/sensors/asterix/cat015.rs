//! ASTERIX CAT015, independent non-cooperative surveillance: range, Doppler, azimuth and
//! elevation of what does not answer; the natural format of a projectile's plot.
//!
//! EUROCONTROL-SPEC-0149-30 edition 1.2, section 5.2. Limits: monostatic sensors only; a
//! bistatic range (I015/020 MOMU) is no distance from the sensor.

use crate::time::Timestamp;

use super::super::{Plot, Reason};
use super::block::Record;
use super::cat015_table::CAT015;
use super::message::Message;
use super::spec::Place;
use super::value::EncodeError;

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

    /// The report of a plot: a measurement plot of a monostatic sensor, for playing
    /// recordings as a feed.
    pub fn of_plot(plot: &Plot, source: (u8, u8), simulated: bool) -> Self {
        let of_day = plot.time.nanos().rem_euclid(86_400_000_000_000);
        Self {
            source: Some(source),
            message: 1,
            bistatic: 0,
            taxonomy: if simulated { 3 } else { 0 },
            time_of_day_s: Some(of_day as f64 / 1e9),
            range_m: Some(plot.range_m),
            radial_speed_mps: plot.radial_speed_mps,
            azimuth_rad: Some(plot.azimuth_rad),
            elevation_rad: plot.elevation_rad,
            height_m: plot.height_m,
            snr_db: plot.snr_db,
        }
    }

    /// The report as a CAT015 record. A time that rounds to midnight is 0, an azimuth that
    /// rounds to a full turn is north.
    ///
    /// # Errors
    /// When a value is beyond its field or not finite.
    pub fn message(&self) -> Result<Message, EncodeError> {
        let mut m = Message::new(15).ok_or(EncodeError::Shape("CAT015"))?;
        if let Some((sac, sic)) = self.source {
            m.set(SAC, sac.into())?;
            m.set(SIC, sic.into())?;
        }
        m.set(MESSAGE, self.message.into())?;
        m.set(BISTATIC, self.bistatic.into())?;
        m.set(TAXONOMY, self.taxonomy.into())?;
        if let Some(s) = self.time_of_day_s {
            m.set_value(TIME, (s * 128.0).round().rem_euclid(86_400.0 * 128.0) / 128.0)?;
        }
        let turn = 65_536.0;
        let north = |deg: f64| (deg / 360.0 * turn).round().rem_euclid(turn) * 360.0 / turn;
        for (place, value) in [
            (RANGE, self.range_m),
            (DOPPLER, self.radial_speed_mps),
            (AZIMUTH, self.azimuth_rad.map(|a| north(a.to_degrees()))),
            (ELEVATION, self.elevation_rad.map(f64::to_degrees)),
            (HEIGHT, self.height_m),
            (SNR, self.snr_db.map(|db| db.clamp(-128.0, 127.0))),
        ] {
            if let Some(value) = value {
                m.set_value(place, value)?;
            }
        }
        Ok(m)
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

#[cfg(test)]
mod tests {
    use super::super::{at_time_of_day, blocks, write_block};
    use super::*;

    fn plot() -> Plot {
        Plot {
            time: Timestamp::from_seconds(1_740_062_457.25).unwrap(),
            range_m: 8_120.43,
            azimuth_rad: 1.234,
            elevation_rad: Some(0.345),
            height_m: None,
            radial_speed_mps: Some(-210.52),
            snr_db: Some(17.2),
            transponder: false,
        }
    }

    fn back(report: &NonCooperativeReport) -> NonCooperativeReport {
        let octets = write_block(15, &[report.message().unwrap()]).unwrap();
        let block = blocks(&octets, 0).next().unwrap().unwrap();
        NonCooperativeReport::read(&block.records().unwrap()[0])
    }

    #[test]
    fn a_plot_comes_back_to_half_an_lsb() {
        let plot = plot();
        let report = back(&NonCooperativeReport::of_plot(&plot, (25, 201), true));
        assert_eq!((report.source, report.taxonomy), (Some((25, 201)), 3));
        let time = at_time_of_day(report.time_of_day_s.unwrap(), plot.time);
        let got = report.plot(time).unwrap();
        assert!(got.time.since_s(plot.time).abs() <= 1.0 / 256.0);
        assert!((got.range_m - plot.range_m).abs() <= 0.05 + 1e-9);
        assert!((got.azimuth_rad - plot.azimuth_rad).abs() <= 5e-5);
        assert!((got.elevation_rad.unwrap() - 0.345).abs() <= 2.5e-5);
        assert!((got.radial_speed_mps.unwrap() + 210.52).abs() <= 0.005 + 1e-9);
        assert_eq!((got.snr_db, got.height_m), (Some(17.0), None));
    }

    #[test]
    fn an_azimuth_just_left_of_north_is_north() {
        let almost = Plot { azimuth_rad: std::f64::consts::TAU - 1e-9, ..plot() };
        let report = back(&NonCooperativeReport::of_plot(&almost, (1, 2), false));
        assert_eq!(report.azimuth_rad, Some(0.0));
    }

    #[test]
    fn references_tracks_and_bistatic_ranges_are_no_plots() {
        let report = NonCooperativeReport::of_plot(&plot(), (1, 2), false);
        let refused = |report: NonCooperativeReport| report.plot(Timestamp::default()).unwrap_err();
        assert_eq!(refused(NonCooperativeReport { taxonomy: 1, ..report }), Reason::Test);
        assert_eq!(refused(NonCooperativeReport { message: 2, ..report }), Reason::NoPosition);
        assert_eq!(refused(NonCooperativeReport { bistatic: 1, ..report }), Reason::NoPosition);
        assert_eq!(refused(NonCooperativeReport { range_m: None, ..report }), Reason::NoPosition);
        let below = NonCooperativeReport { range_m: Some(-3.0), ..report };
        assert_eq!(refused(below), Reason::Implausible);
    }
}
