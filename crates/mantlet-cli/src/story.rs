//! From what happened to what the report shows.

use mantlet::scenario::{Object, Scenario};
use mantlet::scoring::Score;
use mantlet::warning::Zone;

use crate::recorder::Recorder;
use crate::report::data;

/// The report of one run.
pub fn tell(
    scenario: &Scenario,
    seed: u64,
    objects: &[Object],
    recorder: &Recorder<'_>,
    score: &Score,
) -> data::RunReport {
    let site = &scenario.site;
    let origin = site.site.datum.origin();
    let pairing = mantlet::assessment::pair(&recorder.record);
    let mut tracks: Vec<data::Track> = recorder.tracks.values().cloned().collect();
    for track in &mut tracks {
        let object = pairing.object_of_track.get(&track.id).copied().flatten();
        let Some(object) = object else { continue };
        let truth = &recorder.record.objects[object];
        track.object_id = Some(truth.id.clone());
        let plots: Vec<f64> = recorder
            .record
            .detections
            .iter()
            .filter(|d| d.object == object)
            .map(|d| d.time_s)
            .collect();
        track.third_plot_s = plots.get(2).copied();
        if let Some((time_s, _)) = truth.impact.filter(|_| truth.threat) {
            track.end = data::End::Landed { time_s };
        }
    }
    data::RunReport {
        scenario: scenario.name.clone(),
        site: site.site.name.clone(),
        seed,
        exercise: true,
        origin: data::Origin {
            lat_deg: origin.lat_deg(),
            lon_deg: origin.lon_deg(),
            height_m: origin.height_m,
        },
        duration_s: scenario.duration_s,
        zones: site.zones.iter().map(zone).collect(),
        sensors: site
            .site
            .sensors
            .iter()
            .map(|s| {
                let p = s.frame.origin();
                data::Sensor { id: s.id.clone(), position_en_m: [p.e_m, p.n_m], range_m: s.range_m }
            })
            .collect(),
        objects: objects.iter().map(object).collect(),
        tracks,
        warnings: recorder.said.clone(),
        policy: data::Policy {
            threshold: site.policy.threshold(1.0, 1.0),
            missed_costs: site.policy.missed_cost / site.policy.needless_cost,
        },
        outcomes: site.zones.iter().map(|z| outcome(scenario, z, objects, recorder)).collect(),
        accuracy: Some(accuracy(score)),
        ..data::RunReport::default()
    }
}

fn zone(zone: &Zone) -> data::Zone {
    data::Zone {
        id: zone.id.clone(),
        name: zone.name.clone(),
        kind: match zone.kind.name() {
            "protected" => data::ZoneKind::Protected,
            "keep_out" => data::ZoneKind::KeepOut,
            _ => data::ZoneKind::Neighbour,
        },
        population: zone.population.round() as u32,
        shelter_s: zone.shelter_s,
        polygon_en_m: zone.polygon_en_m().to_vec(),
    }
}

fn object(object: &Object) -> data::Object {
    data::Object {
        id: object.id.clone(),
        class: object.class.clone(),
        threat: object.is_threat(),
        impact: object
            .lands_at_enu_m
            .map(|p| data::TrueImpact { time_s: object.end_s, position_en_m: [p.x, p.y] }),
    }
}

fn outcome(
    scenario: &Scenario,
    zone: &Zone,
    objects: &[Object],
    recorder: &Recorder<'_>,
) -> data::ZoneOutcome {
    let policy = &scenario.site.policy;
    let danger_s = objects
        .iter()
        .filter(|o| o.is_threat())
        .filter(|o| {
            o.lands_at_enu_m
                .is_some_and(|p| zone.distance_m(p.x, p.y) <= policy.hazard_radius_m(&o.class))
        })
        .map(|o| o.end_s)
        .min_by(f64::total_cmp);
    let sent = || recorder.said.iter().filter(|w| w.zone_id == zone.id);
    // The warning that counts is the one that stands when danger comes: one that was
    // withdrawn before it gave nobody any time.
    let before = sent().filter(|w| danger_s.is_none_or(|danger_s| w.time_s <= danger_s));
    let warned_s = before.fold(None, |standing, w| match w.action {
        data::Action::Warn => Some(w.time_s),
        data::Action::Clear if danger_s.is_some() => None,
        data::Action::Clear | data::Action::Update => standing,
    });
    let cleared_s = warned_s.and_then(|since_s| {
        let clear = |w: &&data::Warning| w.action == data::Action::Clear && w.time_s > since_s;
        sent().find(clear).map(|w| w.time_s)
    });
    let seconds_given = danger_s.zip(warned_s).map(|(danger, warned)| danger - warned);
    let people = zone.population.round() as u32;
    let in_time = seconds_given.is_some_and(|s| s >= zone.shelter_s);
    data::ZoneOutcome {
        zone_id: zone.id.clone(),
        warned_s,
        cleared_s,
        danger_s,
        seconds_given,
        seconds_needed: zone.shelter_s,
        people_in_time: if in_time { people } else { 0 },
        people_needlessly_warned: if warned_s.is_some() && danger_s.is_none() { people } else { 0 },
        ..data::ZoneOutcome::default()
    }
}

fn accuracy(score: &Score) -> data::Accuracy {
    let tracked = &score.tracked_within_2s_of_third_plot;
    data::Accuracy {
        impact_rms_10s_m: score.impact.rms_10s_m.unwrap_or(0.0),
        bound_rms_10s_m: score.impact.bound_10s_m.unwrap_or(0.0),
        in_90_ellipse: score.impact.in_90_ellipse,
        gospa_m: score.gospa_m,
        false_tracks: score.false_tracks as u32,
        missed: (tracked.of - score.threats_tracked) as u32,
    }
}
