//! ASTERIX CAT034, service messages: a radar's north crossings, its place, its state.
//!
//! EUROCONTROL-SPEC-0149-2b edition 1.29, section 5.2.

use super::block::Record;
use super::cat034_table::CAT034;
use super::spec::Place;

const SAC: Place = CAT034.field("010", "SAC");
const SIC: Place = CAT034.field("010", "SIC");
const KIND: Place = CAT034.field("000", "");
const TIME: Place = CAT034.field("030", "");
const SECTOR: Place = CAT034.field("020", "");
const ROTATION: Place = CAT034.field("041", "");
const HEIGHT: Place = CAT034.field("120", "HGT");
const LATITUDE: Place = CAT034.field("120", "LAT");
const LONGITUDE: Place = CAT034.field("120", "LON");

/// What a service message says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServiceMessage {
    /// System area code and system identification code, I034/010.
    pub source: Option<(u8, u8)>,
    /// I034/000: 1 north marker, 2 sector crossing, 3 filter, 4 jamming strobe, …
    pub kind: u8,
    /// Seconds since midnight UTC, I034/030.
    pub time_of_day_s: Option<f64>,
    /// Azimuth at which a sector begins, rad, I034/020.
    pub sector_rad: Option<f64>,
    /// Rotation period, s, I034/041.
    pub rotation_period_s: Option<f64>,
    /// Latitude and longitude, degrees, and height above the ellipsoid, m, I034/120.
    pub place: Option<[f64; 3]>,
}

impl ServiceMessage {
    /// Reads a CAT034 record.
    pub fn read(record: &Record<'_>) -> Self {
        let code = |place| record.bits(place);
        let place =
            || Some([record.value(LATITUDE)?, record.value(LONGITUDE)?, record.value(HEIGHT)?]);
        Self {
            source: code(SAC).zip(code(SIC)).map(|(sac, sic)| (sac as u8, sic as u8)),
            kind: code(KIND).unwrap_or(0) as u8,
            time_of_day_s: record.value(TIME),
            sector_rad: record.value(SECTOR).map(f64::to_radians),
            rotation_period_s: record.value(ROTATION),
            place: place(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::blocks;
    use super::*;

    #[test]
    fn a_north_marker_gives_period_and_place() {
        let datagram = [
            34, 0, 22, 0xe9, 0x10, 25, 201, 1, 0x67, 0x3d, 0x4c, 0x01, 0x00, 0x00, 0x2d, 0x24,
            0xb9, 0xb8, 0x00, 0xc4, 0xcd, 0,
        ];
        let block = blocks(&datagram, 0).next().unwrap().unwrap();
        // The last octet is an empty record.
        let records = block.records().unwrap();
        let message = ServiceMessage::read(&records[0]);
        assert_eq!((message.source, message.kind), (Some((25, 201)), 1));
        assert_eq!(message.rotation_period_s, Some(2.0));
        let [lat_deg, lon_deg, height_m] = message.place.unwrap();
        assert!((lat_deg - 51.645).abs() < 1e-3 && (lon_deg - 1.081).abs() < 1e-3);
        assert_eq!(height_m, 45.0);
    }
}
