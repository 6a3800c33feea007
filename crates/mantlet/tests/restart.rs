//! A process that was killed goes on: with the tracks that it left open, and with the
//! warnings, or it ends them.

use std::path::Path;

use mantlet::flight::{Body, DragCurve, State, Trajectory, fly};
use mantlet::pipeline::{Pipeline, PipelineState};
use mantlet::scenario::{SiteFile, load_site};
use mantlet::sensors::{Chance, look};
use mantlet::time::Timestamp;
use mantlet::warning::{Action, Warning};
use nalgebra::Vector3;

/// When the process is killed and when the next one starts, s.
const KILLED_S: f64 = 6.0;
const DOWN_S: f64 = 1.5;

fn at(time_s: f64) -> Timestamp {
    Timestamp::from_seconds(1e9 + time_s).expect("a time")
}

fn site() -> SiteFile {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sites/cedar.toml");
    load_site(&path).expect("the site is right")
}

/// A rocket that falls on the compound about ten seconds after it is seen first.
fn rocket(site: &SiteFile) -> Trajectory {
    let start = State {
        position_enu_m: Vector3::new(-1500.0, -1000.0, 1500.0),
        velocity_enu_mps: Vector3::new(150.0, 100.0, -90.0),
    };
    let body = Body { curve: DragCurve::Rocket, area_per_mass_m2kg: 4e-4 };
    fly(&site.world, &body, &start, 60.0).expect("it flies")
}

/// Looks of all radars from one time to another; what was said.
fn watch(
    site: &SiteFile,
    pipeline: &mut Pipeline,
    path: &Trajectory,
    from_s: f64,
    to_s: f64,
) -> Vec<Warning> {
    let mut said = Vec::new();
    let mut chance = Chance::new(3, from_s.to_bits());
    let step_s = 0.5;
    for step in 0..((to_s - from_s) / step_s) as u32 {
        let time_s = from_s + f64::from(step) * step_s;
        let state = (time_s < path.end_s()).then(|| path.at(time_s));
        for (i, sensor) in site.site.sensors.iter().enumerate() {
            let time = at(time_s + 0.1 * i as f64);
            let (scan, _) = look(sensor, i, &site.site.datum, time, &[state], &mut chance);
            said.append(&mut pipeline.scan(&scan).warnings);
        }
    }
    said
}

/// What a killed process left, as text.
fn left(pipeline: &Pipeline) -> String {
    let state =
        PipelineState { warner: pipeline.warner_state(), tracker: pipeline.tracker_state() };
    serde_json::to_string(&state).expect("it is JSON")
}

#[test]
fn open_tracks_and_their_warnings_go_on_after_a_restart() {
    let site = site();
    let path = rocket(&site);
    let mut killed = site.pipeline();
    let said = watch(&site, &mut killed, &path, 0.0, KILLED_S);
    let warned: Vec<&Warning> = said.iter().filter(|w| w.action == Action::Warn).collect();
    assert!(!warned.is_empty(), "{said:?}");
    let round = killed.impacts()[0].clone();
    let state: PipelineState = serde_json::from_str(&left(&killed)).unwrap();

    let mut next = site.pipeline();
    assert!(next.restore(&state, at(KILLED_S + DOWN_S)).is_empty());
    // Before any radar is heard the round still falls where it did.
    assert_eq!(next.impacts().len(), 1);
    assert_eq!(next.impacts()[0].track_id, round.track_id);
    let off_m = (next.impacts()[0].position_enu_m - round.position_enu_m).norm();
    assert!(off_m < 1.0, "{off_m}");
    let then = watch(&site, &mut next, &path, KILLED_S + DOWN_S, path.end_s());
    assert!(then.iter().all(|w| w.action == Action::Update), "{then:?}");
    assert!(next.tracks().iter().all(|t| t.id == round.track_id), "{:?}", next.tracks());
    // No number is used twice.
    assert!(next.tracker_state().next_id >= killed.tracker_state().next_id);
}

#[test]
fn what_is_over_by_the_restart_is_cleared_within_two_seconds() {
    let site = site();
    let path = rocket(&site);
    let mut killed = site.pipeline();
    let said = watch(&site, &mut killed, &path, 0.0, KILLED_S);
    let stand = killed.in_force().count();
    assert!(stand > 0, "{said:?}");
    let state: PipelineState = serde_json::from_str(&left(&killed)).unwrap();

    let mut next = site.pipeline();
    next.restore(&state, at(600.0));
    assert!(next.tracks().is_empty() && next.impacts().is_empty());
    let mut ended = Vec::new();
    for tenth in 0..20 {
        ended.append(&mut next.idle(at(600.0 + f64::from(tenth) / 10.0)));
    }
    assert_eq!(ended.len(), stand);
    assert!(ended.iter().all(|w| w.action == Action::Clear), "{ended:?}");
    assert_eq!(next.in_force().count(), 0);
}
