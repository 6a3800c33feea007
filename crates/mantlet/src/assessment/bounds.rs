//! The Cramér-Rao bound of each round of a record, from the plots it really gave.

use crate::flight::State;
use crate::flight::World;
use crate::prediction::ImpactBound;
use crate::prediction::Prior;
use crate::prediction::Sample;
use crate::prediction::impact_bound;
use crate::sensors::Site;
use crate::tracking::Sight;
use crate::tracking::Vector7;

use super::record::Record;

/// Prior of the bound: what a tracker may know before the first plot. Speeds of
/// rounds spread over some hundreds of m/s; drag within a factor of two.
const PRIOR: Prior = Prior { velocity_mps: 300.0, ln_area_per_mass: 0.7 };

/// The bound at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoundAt {
    /// s.
    pub time_s: f64,
    /// The bound on impact and state.
    pub bound: ImpactBound,
}

/// The bound after each plot of an object; empty when its drag is not known.
pub fn bounds(record: &Record, object: usize, site: &Site, world: &World) -> Vec<BoundAt> {
    let Some(body) = record.objects[object].body else { return Vec::new() };
    let mut samples: Vec<Sample> = Vec::new();
    for detection in record.detections.iter().filter(|d| d.object == object) {
        let Some(truth) =
            record.truth_at(detection.time_s).into_iter().find(|t| t.object == object)
        else {
            continue;
        };
        let state = State {
            position_enu_m: truth.position_enu_m,
            velocity_enu_mps: truth.velocity_enu_mps,
        };
        let Some(sensor) = site.sensors.get(detection.sensor) else { continue };
        let mut vector = Vector7::zeros();
        vector.fixed_rows_mut::<3>(0).copy_from(&state.position_enu_m);
        vector.fixed_rows_mut::<3>(3).copy_from(&state.velocity_enu_mps);
        let sight = Sight::new(&site.datum, sensor, &vector);
        samples.push(Sample { time_s: detection.time_s, state, looks: vec![(sight, 1.0)] });
    }
    let times: Vec<f64> = samples.iter().map(|s| s.time_s).collect();
    impact_bound(world, &body, &samples, PRIOR)
        .into_iter()
        .zip(times)
        .filter_map(|(bound, time_s)| Some(BoundAt { time_s, bound: bound? }))
        .collect()
}
