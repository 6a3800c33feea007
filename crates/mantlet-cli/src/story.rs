//! From what happened to what the report shows.

use mantlet::assessment::Pairing;
use mantlet::engagement::{Effector, Engagement};
use mantlet::harm::{Fallen, PieceKind, ZoneHarm};
use mantlet::scenario::{Defended, Object, Scenario};
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
    pairing: &Pairing,
    defended: &Defended,
) -> data::RunReport {
    let site = &scenario.site;
    let origin = site.site.datum.origin();
    let mut tracks: Vec<data::Track> = recorder.tracks.values().cloned().collect();
    for track in &mut tracks {
        track.duplicate = pairing.duplicates.contains(&track.id);
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
        let kill = defended.kills.iter().find(|k| k.object_id == truth.id);
        if let Some(kill) = kill {
            let p = kill.state.position_enu_m;
            track.end =
                data::End::Intercepted { time_s: kill.time_s, position_enu_m: [p.x, p.y, p.z] };
        } else if let Some((time_s, _)) = truth.impact.filter(|_| truth.threat) {
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
        effectors: site.defence.effectors.iter().map(effector).collect(),
        outcomes: (0..site.zones.len())
            .map(|zone| outcome(scenario, zone, recorder, defended))
            .collect(),
        engagements: defended.engagements.iter().map(|e| engagement(scenario, e)).collect(),
        spared: defended
            .spared
            .iter()
            .map(|(track_id, time_s, reason)| data::Spared {
                track_id: *track_id,
                time_s: *time_s,
                reason: reason.clone(),
            })
            .collect(),
        fallen: defended.fallen.iter().map(piece).collect(),
        harm_grid: harm_grid(scenario, defended),
        accuracy: Some(accuracy(score)),
        ..data::RunReport::default()
    }
}

/// A zone, as reports draw it.
pub fn zone(zone: &Zone) -> data::Zone {
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
    index: usize,
    recorder: &Recorder<'_>,
    defended: &Defended,
) -> data::ZoneOutcome {
    let zone = &scenario.site.zones[index];
    let told = defended.told.get(index).copied().unwrap_or_default();
    let warned_s = told.warned_s;
    let said = |word: data::Action| {
        recorder.said.iter().filter(move |w| w.zone_id == zone.id && w.action == word)
    };
    let cleared =
        said(data::Action::Clear).find(|c| warned_s.is_some_and(|since| c.time_s > since));
    let people = zone.population.round() as u32;
    data::ZoneOutcome {
        zone_id: zone.id.clone(),
        warned_s,
        cleared_s: cleared.map(|w| w.time_s),
        danger_s: told.danger_s,
        seconds_given: told.given_s(),
        seconds_needed: zone.shelter_s,
        people_in_time: if told.is_in_time() { people } else { 0 },
        people_needlessly_warned: if told.is_needless() { people } else { 0 },
        harm_without: defended.harm_without.get(index).map(harm).unwrap_or_default(),
        harm_with: defended.harm_with.get(index).map(harm).unwrap_or_default(),
    }
}

fn harm(harm: &ZoneHarm) -> data::Harm {
    data::Harm {
        casualties: harm.casualties,
        by_rounds: harm.by_rounds,
        by_debris: harm.by_debris,
        by_duds: harm.by_duds,
        chance_of_any: harm.chance_of_any,
        chance_of_damage: harm.chance_of_damage,
    }
}

/// An effector, as reports draw it.
pub fn effector(effector: &Effector) -> data::Effector {
    let p = effector.position_enu_m;
    data::Effector {
        id: effector.id.clone(),
        kind: effector.kind().into(),
        position_en_m: [p.x, p.y],
        reach_m: effector.range_m()[1],
        magazine: effector.magazine().unwrap_or(0),
    }
}

fn engagement(scenario: &Scenario, shot: &Engagement) -> data::Engagement {
    let p = shot.position_enu_m;
    data::Engagement {
        effector_id: scenario.site.defence.effectors[shot.effector].id.clone(),
        fired_s: shot.fired_s,
        outcome_s: shot.intercept_s,
        track_id: shot.track_id,
        rounds: shot.rounds,
        destroyed: shot.destroyed,
        position_enu_m: [p.x, p.y, p.z],
    }
}

fn piece(fallen: &Fallen) -> data::Piece {
    data::Piece {
        time_s: fallen.time_s,
        position_en_m: fallen.position_en_m,
        kind: match fallen.kind {
            kind if kind.is_part() => data::PieceKind::Part,
            PieceKind::Fragment => data::PieceKind::Fragment,
            _ => data::PieceKind::Dud,
        },
        count: fallen.count,
        energy_j: fallen.energy_j,
    }
}

fn harm_grid(scenario: &Scenario, defended: &Defended) -> Option<data::HarmGrid> {
    if scenario.site.zones.is_empty() {
        return None;
    }
    let [without, with] = defended.maps(&scenario.site);
    Some(data::HarmGrid {
        corner_en_m: without.corner_en_m,
        cell_m: without.cell_m,
        columns: without.columns,
        without: without.casualties,
        with: with.casualties,
    })
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
