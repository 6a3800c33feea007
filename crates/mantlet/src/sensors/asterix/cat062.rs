//! ASTERIX CAT062, system tracks: what air pictures exchange, in and out.
//!
//! EUROCONTROL-SPEC-0149-9 edition 1.21, section 5.2. A system track tells where an
//! object is and how it moves; there is no item in it that could task anyone.
//!
//! Limits: of a track read from others only what [`SystemTrack`] has is kept;
//! [`Message`] keeps all of it.

use super::block::Record;
use super::cat048::FT_M;
use super::cat062_table::CAT062;
use super::message::Message;
use super::spec::{Content, Place};
use super::value::EncodeError;

const SAC: Place = CAT062.field("010", "SAC");
const SIC: Place = CAT062.field("010", "SIC");
const SERVICE: Place = CAT062.field("015", "");
const TIME: Place = CAT062.field("070", "");
const LATITUDE: Place = CAT062.field("105", "LAT");
const LONGITUDE: Place = CAT062.field("105", "LON");
const X: Place = CAT062.field("100", "X");
const Y: Place = CAT062.field("100", "Y");
const VX: Place = CAT062.field("185", "VX");
const VY: Place = CAT062.field("185", "VY");
const NUMBER: Place = CAT062.field("040", "");
const MONO: Place = CAT062.field("080", "MON");
const GEOMETRIC: Place = CAT062.field("080", "MRH");
const HEIGHT_SOURCE: Place = CAT062.field("080", "SRC");
const TENTATIVE: Place = CAT062.field("080", "CNF");
const SIMULATED: Place = CAT062.field("080", "SIM");
const LAST: Place = CAT062.field("080", "TSE");
const FIRST: Place = CAT062.field("080", "TSB");
const COASTING: Place = CAT062.field("080", "CST");
const HEIGHT: Place = CAT062.field("130", "");
const CLIMB: Place = CAT062.field("220", "");
const SIGMA_X: Place = CAT062.sub_field("500", "APC", "X");
const SIGMA_Y: Place = CAT062.sub_field("500", "APC", "Y");
const COVARIANCE: Place = CAT062.sub_field("500", "COV", "");
const SIGMA_HEIGHT: Place = CAT062.sub_field("500", "AGA", "");
const SIGMA_VX: Place = CAT062.sub_field("500", "ATV", "X");
const SIGMA_VY: Place = CAT062.sub_field("500", "ATV", "Y");

/// I062/080 SRC of a height measured by a 3-D radar.
const RADAR_HEIGHT: u64 = 2;

/// A system track.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SystemTrack {
    /// System area code and system identification code, I062/010.
    pub source: (u8, u8),
    /// Service, I062/015.
    pub service: Option<u8>,
    /// Track number, I062/040.
    pub number: u16,
    /// Seconds since midnight UTC, I062/070.
    pub time_of_day_s: f64,
    /// Latitude and longitude, degrees, I062/105.
    pub lat_lon_deg: Option<[f64; 2]>,
    /// East and north of the system's reference point, m, I062/100.
    pub position_en_m: Option<[f64; 2]>,
    /// East and north, m/s, I062/185.
    pub velocity_en_mps: Option<[f64; 2]>,
    /// Height above the ellipsoid, m, I062/130.
    pub height_m: Option<f64>,
    /// Rate of climb, m/s, I062/220.
    pub climb_mps: Option<f64>,
    /// Standard deviations of the position, east and north, m, I062/500 APC.
    pub sigma_en_m: Option<[f64; 2]>,
    /// Square root of the covariance of east and north with its sign, m, I062/500 COV.
    pub covariance_root_en_m: Option<f64>,
    /// Standard deviation of the height, m, I062/500 AGA.
    pub sigma_height_m: Option<f64>,
    /// Standard deviations of the velocity, east and north, m/s, I062/500 ATV.
    pub sigma_velocity_en_mps: Option<[f64; 2]>,
    /// One sensor alone feeds the track, I062/080 MON.
    pub one_sensor: bool,
    /// Tentative, not confirmed, I062/080 CNF.
    pub tentative: bool,
    /// A simulated track, I062/080 SIM.
    pub simulated: bool,
    /// The first message of the track, I062/080 TSB.
    pub first: bool,
    /// The last message of the track, I062/080 TSE.
    pub last: bool,
    /// Not seen for a while, I062/080 CST.
    pub coasting: bool,
}

impl SystemTrack {
    /// Reads a CAT062 record; `None` without I062/010, 040 and 070, which every track has.
    pub fn read(record: &Record<'_>) -> Option<Self> {
        let flag = |place| record.bits(place) == Some(1);
        let pair = |a, b| Some([record.value(a)?, record.value(b)?]);
        Some(Self {
            source: (record.bits(SAC)? as u8, record.bits(SIC)? as u8),
            service: record.bits(SERVICE).map(|s| s as u8),
            number: record.bits(NUMBER)? as u16,
            time_of_day_s: record.value(TIME)?,
            lat_lon_deg: pair(LATITUDE, LONGITUDE),
            position_en_m: pair(X, Y),
            velocity_en_mps: pair(VX, VY),
            height_m: record.value(HEIGHT).map(|ft| ft * FT_M),
            climb_mps: record.value(CLIMB).map(|fpm| fpm * FT_M / 60.0),
            sigma_en_m: pair(SIGMA_X, SIGMA_Y),
            covariance_root_en_m: record.value(COVARIANCE),
            sigma_height_m: record.value(SIGMA_HEIGHT).map(|ft| ft * FT_M),
            sigma_velocity_en_mps: pair(SIGMA_VX, SIGMA_VY),
            one_sensor: flag(MONO),
            tentative: flag(TENTATIVE),
            simulated: flag(SIMULATED),
            first: flag(FIRST),
            last: flag(LAST),
            coasting: flag(COASTING),
        })
    }

    /// The track as a CAT062 record. Standard deviations beyond their field are written as
    /// the most that it holds.
    ///
    /// # Errors
    /// When a position, speed or time is beyond its field or not finite.
    pub fn message(&self) -> Result<Message, EncodeError> {
        let mut m = Message::new(62).ok_or(EncodeError::Shape("CAT062"))?;
        m.set(SAC, self.source.0.into())?;
        m.set(SIC, self.source.1.into())?;
        if let Some(service) = self.service {
            m.set(SERVICE, service.into())?;
        }
        m.set_value(TIME, self.time_of_day_s)?;
        set_pair(&mut m, [LATITUDE, LONGITUDE], self.lat_lon_deg)?;
        set_pair(&mut m, [X, Y], self.position_en_m)?;
        set_pair(&mut m, [VX, VY], self.velocity_en_mps)?;
        m.set(NUMBER, self.number.into())?;
        self.set_status(&mut m)?;
        if let Some(height_m) = self.height_m {
            m.set_value(HEIGHT, height_m / FT_M)?;
        }
        if let Some(climb_mps) = self.climb_mps {
            m.set_value(CLIMB, climb_mps * 60.0 / FT_M)?;
        }
        set_pair(&mut m, [SIGMA_X, SIGMA_Y], self.sigma_en_m.map(|s| at_most(SIGMA_X, s)))?;
        if let Some(root_m) = self.covariance_root_en_m {
            m.set_value(COVARIANCE, root_m)?;
        }
        if let Some(sigma_m) = self.sigma_height_m {
            m.set_value(SIGMA_HEIGHT, at_most(SIGMA_HEIGHT, [sigma_m / FT_M; 2])[0])?;
        }
        let sigma_velocity = self.sigma_velocity_en_mps.map(|s| at_most(SIGMA_VX, s));
        set_pair(&mut m, [SIGMA_VX, SIGMA_VY], sigma_velocity)?;
        Ok(m)
    }

    /// I062/080: parts as far as something in them is set.
    fn set_status(&self, m: &mut Message) -> Result<(), EncodeError> {
        m.set(MONO, self.one_sensor.into())?;
        if self.height_m.is_some() {
            m.set(GEOMETRIC, 1)?;
            m.set(HEIGHT_SOURCE, RADAR_HEIGHT)?;
        }
        m.set(TENTATIVE, self.tentative.into())?;
        for (place, flag) in [
            (SIMULATED, self.simulated),
            (LAST, self.last),
            (FIRST, self.first),
            (COASTING, self.coasting),
        ] {
            if flag {
                m.set(place, 1)?;
            }
        }
        Ok(())
    }
}

fn set_pair(
    m: &mut Message,
    places: [Place; 2],
    pair: Option<[f64; 2]>,
) -> Result<(), EncodeError> {
    if let Some([a, b]) = pair {
        m.set_value(places[0], a)?;
        m.set_value(places[1], b)?;
    }
    Ok(())
}

/// The values, or the largest that the field holds where they are larger.
fn at_most(place: Place, values: [f64; 2]) -> [f64; 2] {
    let Content::Number { lsb, .. } = place.field.content else { return values };
    let most = (2_f64.powi(i32::from(place.field.bits)) - 1.0) * lsb;
    values.map(|v| if v > most { most } else { v })
}

#[cfg(test)]
mod tests {
    use super::super::{blocks, write_block};
    use super::*;

    fn back(track: &SystemTrack) -> SystemTrack {
        let octets = write_block(62, &[track.message().unwrap()]).unwrap();
        let block = blocks(&octets, 0).next().unwrap().unwrap();
        SystemTrack::read(&block.records().unwrap()[0]).unwrap()
    }

    fn close(a: Option<[f64; 2]>, b: Option<[f64; 2]>, within: f64) -> bool {
        a.unwrap().iter().zip(b.unwrap()).all(|(a, b)| (a - b).abs() <= within)
    }

    #[test]
    fn a_track_comes_back_to_half_an_lsb() {
        let track = SystemTrack {
            source: (25, 10),
            service: Some(1),
            number: 4711,
            time_of_day_s: 52_857.25,
            lat_lon_deg: Some([33.001_234, -44.002_345]),
            position_en_m: Some([-1234.4, 987.6]),
            velocity_en_mps: Some([-312.4, 55.3]),
            height_m: Some(2_345.6),
            climb_mps: Some(-123.4),
            sigma_en_m: Some([12.3, 1e9]),
            covariance_root_en_m: Some(-7.5),
            sigma_height_m: Some(33.0),
            sigma_velocity_en_mps: Some([2.5, 1e9]),
            one_sensor: true,
            tentative: false,
            simulated: true,
            first: true,
            last: false,
            coasting: true,
        };
        let got = back(&track);
        assert_eq!((got.source, got.service, got.number), ((25, 10), Some(1), 4711));
        assert_eq!(got.time_of_day_s, track.time_of_day_s);
        assert!(close(got.lat_lon_deg, track.lat_lon_deg, 90.0 / 2_f64.powi(25)));
        assert!(close(got.position_en_m, track.position_en_m, 0.25));
        assert!(close(got.velocity_en_mps, track.velocity_en_mps, 0.125));
        assert!((got.height_m.unwrap() - 2_345.6).abs() <= 6.25 * FT_M / 2.0);
        assert!((got.climb_mps.unwrap() + 123.4).abs() <= 0.016);
        assert_eq!(got.sigma_en_m, Some([12.5, 32_767.5]));
        assert_eq!(got.covariance_root_en_m, Some(-7.5));
        assert_eq!(got.sigma_velocity_en_mps, Some([2.5, 63.75]));
        assert!(got.one_sensor && got.simulated && got.first && got.coasting);
        assert!(!got.tentative && !got.last);
    }

    #[test]
    fn a_position_that_no_field_holds_is_refused() {
        let track = SystemTrack { position_en_m: Some([1e9, 0.0]), ..SystemTrack::default() };
        assert_eq!(track.message(), Err(EncodeError::Range("X")));
        let track = SystemTrack { height_m: Some(f64::NAN), ..SystemTrack::default() };
        assert_eq!(track.message(), Err(EncodeError::Range("")));
    }
}
