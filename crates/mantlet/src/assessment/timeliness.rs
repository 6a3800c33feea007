//! How soon: from the third plot to a track, from the warning to the impact.

use crate::warning::Zone;

use super::pairing::Pairing;
use super::record::Record;

/// Lead times of one record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeliness {
    /// Threats that gave at least three plots.
    pub threats: usize,
    /// Of those, tracked (confirmed) within 2 s of the third plot.
    pub tracked_in_time: usize,
    /// From the third plot to confirmation, s, per tracked threat.
    pub track_delay_s: Vec<f64>,
    /// From a threat's first plot to the first warning that names its track, s.
    pub warning_delay_s: Vec<f64>,
    /// Warnings caused by something that was no threat.
    pub caused_by_traffic: usize,
    /// Per impact in reach of a zone: the zone and the seconds that it had.
    pub seconds_given: Vec<(String, f64)>,
    /// Zones that a round came down in reach of and that had no warning before it.
    pub missed_zones: Vec<String>,
}

/// A track counts as in time up to this long after the third plot, s.
const IN_TIME_S: f64 = 2.0;

/// Lead times; a round endangers the zones within `hazard_radius_m` of its impact.
pub fn timeliness(
    record: &Record,
    pairing: &Pairing,
    zones: &[Zone],
    hazard_radius_m: f64,
) -> Timeliness {
    let mut out = Timeliness::default();
    for (object, truth) in record.objects.iter().enumerate().filter(|o| o.1.threat) {
        let plots: Vec<f64> =
            record.detections.iter().filter(|d| d.object == object).map(|d| d.time_s).collect();
        let id = pairing.track_of_object[object];
        if let Some(&third_s) = plots.get(2) {
            out.threats += 1;
            let confirmed =
                record.tracks.iter().find(|t| id == Some(t.track_id) && t.is_confirmed());
            if let Some(confirmed) = confirmed {
                let delay_s = (confirmed.time_s - third_s).max(0.0);
                out.track_delay_s.push(delay_s);
                out.tracked_in_time += usize::from(delay_s <= IN_TIME_S);
            }
            let warned =
                record.warnings.iter().find(|w| id.is_some_and(|i| w.track_ids.contains(&i)));
            out.warning_delay_s.extend(warned.map(|w| w.time_s - plots[0]));
        }
        let Some((impact_s, [e_m, n_m])) = truth.impact else { continue };
        for zone in zones.iter().filter(|z| z.distance_m(e_m, n_m) <= hazard_radius_m) {
            match standing_since_s(record, &zone.id, impact_s) {
                Some(since_s) => out.seconds_given.push((zone.id.clone(), impact_s - since_s)),
                None => out.missed_zones.push(zone.id.clone()),
            }
        }
    }
    let follows_threat = |id: &u64| {
        let object = pairing.object_of_track.get(id).copied().flatten();
        object.is_some_and(|o| record.objects[o].threat || record.objects[o].class == "debris")
    };
    out.caused_by_traffic = record
        .warnings
        .iter()
        .filter(|w| w.action == "warn" && !w.track_ids.iter().any(follows_threat))
        .count();
    out
}

/// When the warning that stands in a zone at `time_s` was first given.
fn standing_since_s(record: &Record, zone_id: &str, time_s: f64) -> Option<f64> {
    let mut since = None;
    for w in record.warnings.iter().filter(|w| w.zone_id == zone_id && w.time_s <= time_s) {
        match w.action.as_str() {
            "warn" => since = Some(w.time_s),
            "clear" => since = None,
            _ => {}
        }
    }
    since
}
