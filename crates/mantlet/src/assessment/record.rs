//! What was true and what was said, sample by sample.
//!
//! The same record is filled by a run in memory and by reading a run's files, so
//! that both are scored by the same code.

use std::collections::BTreeMap;

use nalgebra::{Matrix3, Vector3};

use crate::flight::Body;
use crate::tracking::Status;

/// An object that was there.
#[derive(Clone, Debug, PartialEq)]
pub struct TrueObject {
    /// Its name in truth files.
    pub id: String,
    /// Its class in truth files.
    pub class: String,
    /// It falls on people: a rocket, a mortar bomb or a shell.
    pub threat: bool,
    /// Where it lands: time (s), local east and north (m).
    pub impact: Option<(f64, [f64; 2])>,
    /// Its drag.
    pub body: Option<Body>,
}

/// Where an object truly was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrueSample {
    /// s.
    pub time_s: f64,
    /// Index in [`Record::objects`].
    pub object: usize,
    /// Local, m.
    pub position_enu_m: Vector3<f64>,
    /// Local, m/s.
    pub velocity_enu_mps: Vector3<f64>,
}

/// A plot that an object caused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// s.
    pub time_s: f64,
    /// Index of the sensor in the site.
    pub sensor: usize,
    /// Index in [`Record::objects`].
    pub object: usize,
}

/// An impact as it was predicted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SaidImpact {
    /// When it was expected, s, and one standard deviation.
    pub time_s: f64,
    /// Standard deviation of the time, s.
    pub time_sigma_s: f64,
    /// Local east and north, m.
    pub position_en_m: [f64; 2],
    /// East-east, east-north, north-north, m².
    pub covariance_m2: [f64; 3],
}

/// A row of tracks.csv.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackSample {
    /// s.
    pub time_s: f64,
    /// The track.
    pub track_id: u64,
    /// How sure it is that it exists.
    pub status: Status,
    /// What it is taken for.
    pub class: String,
    /// How sure it is of that; 1 where a table does not say.
    pub class_probability: f64,
    /// Local, m.
    pub position_enu_m: Vector3<f64>,
    /// Local, m/s.
    pub velocity_enu_mps: Vector3<f64>,
    /// Of the position, m².
    pub covariance_m2: Matrix3<f64>,
    /// Where it was said to land.
    pub impact: Option<SaidImpact>,
}

impl TrackSample {
    /// Whether it is an object for sure, seen lately or not.
    pub fn is_confirmed(&self) -> bool {
        self.status != Status::Tentative
    }
}

/// A row of warnings.csv.
#[derive(Clone, Debug, PartialEq)]
pub struct WarningSample {
    /// s.
    pub time_s: f64,
    /// The zone's id.
    pub zone_id: String,
    /// `warn`, `update` or `clear`.
    pub action: String,
    /// Tracks behind it.
    pub track_ids: Vec<u64>,
}

/// Both sides of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// What was there.
    pub objects: Vec<TrueObject>,
    /// Where, at the time of each scan; ascending in time.
    pub truth: Vec<TrueSample>,
    /// Which plots came of objects; ascending in time.
    pub detections: Vec<Detection>,
    /// What was tracked; ascending in time.
    pub tracks: Vec<TrackSample>,
    /// What was said to zones; ascending in time.
    pub warnings: Vec<WarningSample>,
}

impl Record {
    /// The times of scans at which there was truth or a track, ascending.
    pub fn scan_times_s(&self) -> Vec<f64> {
        let truth = self.truth.iter().map(|t| t.time_s);
        let mut times: Vec<f64> = truth.chain(self.tracks.iter().map(|t| t.time_s)).collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        times
    }

    /// True samples at a time, one for each object.
    pub fn truth_at(&self, time_s: f64) -> Vec<&TrueSample> {
        let from = self.truth.partition_point(|t| t.time_s < time_s);
        let to = self.truth.partition_point(|t| t.time_s <= time_s);
        latest(&self.truth[from..to], |t| t.object)
    }

    /// Track samples at a time, one for each track: what was said after the last of the
    /// scans of that time.
    pub fn tracks_at(&self, time_s: f64) -> Vec<&TrackSample> {
        let from = self.tracks.partition_point(|t| t.time_s < time_s);
        let to = self.tracks.partition_point(|t| t.time_s <= time_s);
        latest(&self.tracks[from..to], |t| t.track_id)
    }
}

/// The last sample of each, in the order of their keys. Two radars may look at one time.
fn latest<T, K: Ord>(samples: &[T], key: impl Fn(&T) -> K) -> Vec<&T> {
    let by_key: BTreeMap<K, &T> = samples.iter().map(|sample| (key(sample), sample)).collect();
    by_key.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_scans_at_one_time_show_each_object_once() {
        let sample = |object: usize, e_m: f64| TrueSample {
            time_s: 2.0,
            object,
            position_enu_m: Vector3::new(e_m, 0.0, 0.0),
            velocity_enu_mps: Vector3::zeros(),
        };
        let truth = vec![sample(0, 1.0), sample(1, 2.0), sample(0, 1.0), sample(1, 2.5)];
        let record = Record { truth, ..Record::default() };
        let there: Vec<(usize, f64)> =
            record.truth_at(2.0).iter().map(|t| (t.object, t.position_enu_m.x)).collect();
        assert_eq!(there, [(0, 1.0), (1, 2.5)]);
        assert!(record.truth_at(1.0).is_empty());
    }
}
