//! From the steps of a run to the record that is assessed.

use crate::assessment::Detection;
use crate::assessment::Record;
use crate::assessment::SaidImpact;
use crate::assessment::TrackSample;
use crate::assessment::TrueObject;
use crate::assessment::TrueSample;
use crate::assessment::WarningSample;
use crate::pipeline::Picture;
use crate::warning::Warning;
use crate::warning::Zone;

use super::description::Scenario;
use super::objects::Object;
use super::sky::Step;

/// The record of one draw of a scenario, nothing intercepted.
pub fn record_run(scenario: &Scenario, seed: u64) -> Record {
    let mut record = Record::default();
    let mut objects = scenario.draw(seed);
    let zones = &scenario.site.zones;
    scenario.watch(seed, &mut objects, None, |step, objects| {
        record_step(&mut record, step, objects, zones);
    });
    record
}

/// Adds a step: the truth, the plots' causes, and what was made of it.
pub fn record_step(record: &mut Record, step: &Step<'_>, objects: &[Object], zones: &[Zone]) {
    for object in &objects[record.objects.len()..] {
        record.objects.push(TrueObject {
            id: object.id.clone(),
            class: object.class.clone(),
            threat: object.is_threat(),
            impact: object.lands_at_enu_m.map(|p| (object.end_s, [p.x, p.y])),
            body: object.body,
        });
    }
    for (index, object) in objects.iter().enumerate() {
        record.truth.extend(object.at(step.time_s).map(|state| TrueSample {
            time_s: step.time_s,
            object: index,
            position_enu_m: state.position_enu_m,
            velocity_enu_mps: state.velocity_enu_mps,
        }));
    }
    for (plot, cause) in step.scan.plots.iter().zip(step.causes) {
        record.detections.extend(cause.map(|object| Detection {
            time_s: plot.time.seconds(),
            sensor: step.scan.sensor,
            object,
        }));
    }
    record_picture(record, step.picture);
    for warning in &step.picture.warnings {
        record_warning(record, warning, zones);
    }
}

/// Adds the tracks and impacts of a picture.
pub fn record_picture(record: &mut Record, picture: &Picture<'_>) {
    for track in picture.tracks {
        let impact = picture.impacts.iter().find(|i| i.track_id == track.id);
        record.tracks.push(TrackSample {
            time_s: picture.time.seconds(),
            track_id: track.id,
            status: track.status,
            class: track.kind.name().into(),
            class_probability: track.kind_probability(),
            position_enu_m: track.position_enu_m(),
            velocity_enu_mps: track.velocity_enu_mps(),
            covariance_m2: track.covariance.fixed_view::<3, 3>(0, 0).into_owned(),
            impact: impact.map(|i| SaidImpact {
                time_s: i.time.seconds(),
                time_sigma_s: i.time_sigma_s,
                position_en_m: [i.position_enu_m.x, i.position_enu_m.y],
                covariance_m2: [
                    i.covariance_en_m2[(0, 0)],
                    i.covariance_en_m2[(0, 1)],
                    i.covariance_en_m2[(1, 1)],
                ],
            }),
        });
    }
}

/// Adds a message to a zone.
pub fn record_warning(record: &mut Record, warning: &Warning, zones: &[Zone]) {
    record.warnings.push(WarningSample {
        time_s: warning.time.seconds(),
        zone_id: zones[warning.zone].id.clone(),
        action: warning.action.name().into(),
        track_ids: warning.track_ids.clone(),
    });
}
