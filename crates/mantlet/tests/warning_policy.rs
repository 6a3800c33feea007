//! The warning policy, from impacts to messages.

use nalgebra::{Matrix2, Vector3};

use mantlet::prediction::Impact;
use mantlet::time::Timestamp;
use mantlet::tracking::Kind;
use mantlet::warning::{Action, AllClear, Policy, Warner, Warning, Zone, ZoneKind};

/// Rounds of one salvo follow within this time, s: `warning/policy.rs`.
const SALVO_PAUSE_S: f64 = 15.0;

fn zone(id: &str, west_m: f64) -> Zone {
    let (e, w) = (west_m + 200.0, west_m);
    let polygon = vec![[w, -100.0], [e, -100.0], [e, 100.0], [w, 100.0]];
    Zone::new(id.into(), id.into(), ZoneKind::Neighbour, 100.0, 20.0, polygon).expect("sound")
}

fn at(time_s: f64) -> Timestamp {
    Timestamp::from_seconds(time_s).expect("sound")
}

fn impact(id: u64, e_m: f64, sigma_m: f64, time_s: f64) -> Impact {
    Impact {
        track_id: id,
        kind: Kind::Rocket,
        time: at(time_s),
        time_sigma_s: 0.5,
        position_enu_m: Vector3::new(e_m, 0.0, 0.0),
        covariance_en_m2: Matrix2::identity() * (sigma_m * sigma_m),
        velocity_enu_mps: Vector3::new(0.0, 150.0, -150.0),
    }
}

fn warner(seconds: f64) -> Warner {
    let all_clear = AllClear::After { seconds };
    let policy = Policy { all_clear, ..Policy::default() };
    Warner::new(vec![zone("near", 0.0), zone("far", 2000.0)], policy)
}

fn actions(warnings: &[Warning]) -> Vec<(usize, Action)> {
    warnings.iter().map(|w| (w.zone, w.action)).collect()
}

#[test]
fn only_the_zone_in_reach_is_warned_and_it_gets_one_clear() {
    let mut warner = warner(20.0);
    let first = warner.decide(at(0.0), &[impact(1, 100.0, 60.0, 30.0)]);
    assert_eq!(actions(&first), [(0, Action::Warn)]);
    assert_eq!((first[0].seconds_left, first[0].seconds_needed), (30.0, 20.0));
    let mut said = Vec::new();
    for second in 1..30 {
        said.extend(warner.decide(at(f64::from(second)), &[impact(1, 100.0, 60.0, 30.0)]));
    }
    for second in 30..90 {
        said.extend(warner.decide(at(f64::from(second)), &[]));
    }
    assert_eq!(actions(&said), [(0, Action::Clear)]);
    assert_eq!(said[0].time, at(50.0));
    assert_eq!((said[0].alert_id.as_str(), said[0].version), ("near-1", 2));
    assert_eq!(warner.in_force().count(), 0);
}

#[test]
fn a_round_that_turns_out_to_miss_withdraws_the_warning_once() {
    let mut warner = warner(600.0);
    let mut said = Vec::new();
    for half in 0..80 {
        let now_s = f64::from(half) * 0.5;
        let e_m = if now_s < 5.0 { 100.0 } else { 900.0 };
        said.extend(warner.decide(at(now_s), &[impact(1, e_m, 40.0, 40.0)]));
    }
    assert_eq!(actions(&said), [(0, Action::Warn), (0, Action::Clear)]);
    assert_eq!(said[1].time, at(SALVO_PAUSE_S));
}

#[test]
fn a_vanished_round_does_not_withdraw_the_warning() {
    let mut warner = warner(20.0);
    let mut said = warner.decide(at(0.0), &[impact(1, 100.0, 40.0, 30.0)]);
    for second in 1..49 {
        said.extend(warner.decide(at(f64::from(second)), &[]));
    }
    assert_eq!(actions(&said), [(0, Action::Warn)]);
}

#[test]
fn the_threshold_is_the_ratio_of_the_costs_and_rises_as_time_runs_out() {
    let policy = Policy::default();
    assert!((policy.threshold(30.0, 20.0) - 1.0 / 201.0).abs() < 1e-12);
    assert!((policy.threshold(0.0, 20.0) - 1.0 / 61.0).abs() < 1e-12);
}

#[test]
fn an_operator_ends_what_a_timer_must_not() {
    let policy = Policy { all_clear: AllClear::Operator, ..Policy::default() };
    let mut warner = Warner::new(vec![zone("near", 0.0)], policy);
    warner.decide(at(0.0), &[impact(1, 100.0, 40.0, 30.0)]);
    assert!(warner.decide(at(5000.0), &[]).is_empty());
    assert_eq!(warner.clear(0, at(5001.0)).expect("sound").action, Action::Clear);
    assert!(warner.clear(0, at(5002.0)).is_none());
}
