//! Tracks as ASTERIX CAT062, for air pictures that users already have.
//!
//! In: the tracks of each scan, in order. Out: one data block for each scan with a
//! system track for each track; a track that is gone gets its last message
//! (I062/080 TSE), so that no display keeps it. EUROCONTROL-SPEC-0149-9 1.21.
//!
//! Limits: I062/040 has 16 bits, so track numbers repeat after 65,536; a track
//! beyond what a field holds is left out of that scan.

use std::collections::BTreeMap;

use crate::frames::Datum;
use crate::frames::Local;
use crate::sensors::asterix::{EncodeError, SystemTrack, write_block};
use crate::time::Timestamp;
use crate::tracking::Status;
use crate::tracking::Track;

/// Seconds of a day.
const DAY_S: f64 = 86_400.0;
/// Records of one block. Chosen: about 60 octets each, an Ethernet frame holds 24.
const RECORDS: usize = 20;

/// Writes the air picture.
#[derive(Clone, Debug)]
pub struct AirPicture {
    datum: Datum,
    source: (u8, u8),
    simulated: bool,
    shown: BTreeMap<u64, SystemTrack>,
}

impl AirPicture {
    /// For a site, under a system's area and identification code.
    pub fn new(datum: &Datum, source: (u8, u8), simulated: bool) -> Self {
        Self { datum: datum.clone(), source, simulated, shown: BTreeMap::new() }
    }

    /// The blocks of a scan, each fit for one datagram.
    ///
    /// # Errors
    ///
    /// When a block would be too long, which [`RECORDS`] rules out.
    pub fn scan(&mut self, time: Timestamp, tracks: &[Track]) -> Result<Vec<Vec<u8>>, EncodeError> {
        let time_of_day_s = time.seconds().rem_euclid(DAY_S);
        let mut messages = Vec::new();
        let mut shown = BTreeMap::new();
        for track in tracks {
            let first = !self.shown.contains_key(&track.id);
            let told = self.system_track(time_of_day_s, track, first);
            if let Ok(message) = told.message() {
                messages.push(message);
                shown.insert(track.id, told);
            }
        }
        for (id, gone) in std::mem::take(&mut self.shown) {
            if !shown.contains_key(&id) {
                let last = SystemTrack { time_of_day_s, last: true, first: false, ..gone };
                messages.push(last.message()?);
            }
        }
        self.shown = shown;
        messages.chunks(RECORDS).map(|chunk| write_block(62, chunk)).collect()
    }

    fn system_track(&self, time_of_day_s: f64, track: &Track, first: bool) -> SystemTrack {
        let (p, v, c) = (track.position_enu_m(), track.velocity_enu_mps(), &track.covariance);
        let place = self.datum.wgs84(Local::from(p));
        SystemTrack {
            source: self.source,
            service: None,
            number: track.id as u16,
            time_of_day_s,
            lat_lon_deg: Some([place.lat_deg(), place.lon_deg()]),
            position_en_m: Some([p.x, p.y]),
            velocity_en_mps: Some([v.x, v.y]),
            height_m: Some(place.height_m),
            climb_mps: Some(v.z),
            sigma_en_m: Some([c[(0, 0)].sqrt(), c[(1, 1)].sqrt()]),
            covariance_root_en_m: Some(c[(0, 1)].signum() * c[(0, 1)].abs().sqrt()),
            sigma_height_m: Some(c[(2, 2)].sqrt()),
            sigma_velocity_en_mps: Some([c[(3, 3)].sqrt(), c[(4, 4)].sqrt()]),
            one_sensor: false,
            tentative: track.status == Status::Tentative,
            simulated: self.simulated,
            first,
            last: false,
            coasting: track.status == Status::Coasting,
        }
    }
}
