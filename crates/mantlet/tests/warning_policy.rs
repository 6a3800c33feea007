//! The warning policy, from impacts to messages.

use nalgebra::{Matrix2, Vector3};

use mantlet::prediction::{Corridor, Fall, Impact};
use mantlet::time::Timestamp;
use mantlet::tracking::Kind;
use mantlet::warning::{Action, AllClear, Policy, Warner, Warning, Zone, ZoneKind};
use proptest::prelude::*;

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
    let first = warner.decide(at(0.0), &[impact(1, 100.0, 60.0, 30.0)], &[]);
    assert_eq!(actions(&first), [(0, Action::Warn)]);
    assert_eq!((first[0].seconds_left, first[0].seconds_needed), (30.0, 20.0));
    let mut said = Vec::new();
    for second in 1..30 {
        said.extend(warner.decide(at(f64::from(second)), &[impact(1, 100.0, 60.0, 30.0)], &[]));
    }
    for second in 30..90 {
        said.extend(warner.decide(at(f64::from(second)), &[], &[]));
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
        said.extend(warner.decide(at(now_s), &[impact(1, e_m, 40.0, 40.0)], &[]));
    }
    assert_eq!(actions(&said), [(0, Action::Warn), (0, Action::Clear)]);
    assert_eq!(said[1].time, at(SALVO_PAUSE_S));
}

#[test]
fn a_round_seen_to_land_elsewhere_holds_nobody_in_shelter() {
    let mut warner = warner(600.0);
    let mut said = Vec::new();
    for half in 0..80 {
        let now_s = f64::from(half) * 0.5;
        let e_m = if now_s < 5.0 { 100.0 } else { 900.0 };
        let seen = [impact(1, e_m, 40.0, 12.0)];
        said.extend(warner.decide(at(now_s), if now_s <= 12.0 { &seen } else { &[] }, &[]));
    }
    assert_eq!(actions(&said), [(0, Action::Warn), (0, Action::Clear)]);
    assert_eq!(said[1].time, at(SALVO_PAUSE_S));
}

#[test]
fn where_there_is_time_to_spare_a_surer_estimate_is_waited_for() {
    // Nearly eighteen times the threshold; 20 s are needed.
    let round = [impact(1, 350.0, 85.0, 40.0)];
    let mut patient = warner(20.0);
    assert!(patient.decide(at(0.0), &round, &[]).is_empty());
    let said = patient.decide(at(19.5), &round, &[]);
    assert_eq!((actions(&said), said[0].early), (vec![(0, Action::Warn)], false));
    let bar = patient.policy().threshold(20.5, 20.0);
    assert!((5.0 * bar..20.0 * bar).contains(&said[0].probability), "{}", said[0].probability);
}

#[test]
fn a_vanished_round_does_not_withdraw_the_warning() {
    let mut warner = warner(20.0);
    let mut said = warner.decide(at(0.0), &[impact(1, 100.0, 40.0, 30.0)], &[]);
    for second in 1..49 {
        said.extend(warner.decide(at(f64::from(second)), &[], &[]));
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
    warner.decide(at(0.0), &[impact(1, 100.0, 40.0, 30.0)], &[]);
    assert!(warner.decide(at(5000.0), &[], &[]).is_empty());
    assert_eq!(warner.clear(0, at(5001.0)).expect("sound").action, Action::Clear);
    assert!(warner.clear(0, at(5002.0)).is_none());
}

#[test]
fn debris_of_a_round_that_may_be_broken_up_warns_the_zone_under_its_path() {
    let fall = Fall {
        times: [at(24.0), at(26.0)],
        position_en_m: [2100.0, 0.0],
        covariance_en_m2: Matrix2::identity() * 3600.0,
    };
    let corridor = Corridor { track_id: 1, falls: vec![fall] };
    let rounds = [impact(1, 100.0, 60.0, 30.0)];
    let mut warner = warner(20.0);
    let first = warner.decide(at(0.0), &rounds, std::slice::from_ref(&corridor));
    assert_eq!(actions(&first), [(0, Action::Warn), (1, Action::Warn)]);
    assert_eq!(first[1].seconds_left, 24.0);
    let policy = Policy { interception_chance: 0.0, ..Policy::default() };
    let mut warner = Warner::new(vec![zone("near", 0.0), zone("far", 2000.0)], policy);
    assert_eq!(warner.decide(at(0.0), &rounds, &[corridor]).len(), 1);
}

#[test]
fn where_time_is_short_half_the_chance_is_enough_and_the_warning_says_so() {
    // A chance of 0.8 to 0.9 of the regular threshold.
    let round = |impact_s| impact(1, 440.0, 76.0, impact_s);
    let mut patient = warner(20.0);
    assert!(patient.decide(at(0.0), &[round(21.0)], &[]).is_empty());
    let mut short = warner(20.0);
    let said = short.decide(at(0.0), &[round(19.0)], &[]);
    let bar = short.policy().threshold(19.0, 20.0);
    assert_eq!((actions(&said), said[0].early), (vec![(0, Action::Warn)], true));
    assert!((0.5 * bar..bar).contains(&said[0].probability), "{} {bar}", said[0].probability);
}

/// A round of the storm: when it is first seen, when it lands, where it seems to land
/// as time goes on, when it vanishes.
#[derive(Clone, Debug)]
struct Round {
    seen_s: f64,
    lands_s: f64,
    vanishes_s: f64,
    e_m: f64,
    wander_m: Vec<f64>,
}

fn round() -> impl Strategy<Value = Round> {
    let wander = proptest::collection::vec(-400.0..400.0f64, 60);
    (0.0..60.0f64, 3.0..30.0f64, 0.2..1.0f64, -800.0..3000.0f64, wander).prop_map(
        |(seen_s, flight_s, share, e_m, wander_m)| Round {
            seen_s,
            lands_s: seen_s + flight_s,
            vanishes_s: seen_s + share * flight_s,
            e_m,
            wander_m,
        },
    )
}

/// What a process that is killed keeps: the warner's state as text, stored together
/// with what was said.
#[derive(Clone, Default)]
struct Disk {
    state: String,
    said: Vec<Warning>,
}

fn storm(rounds: &[Round], kills: &[(usize, bool)], seconds: f64) -> Vec<Warning> {
    let start = |disk: &Disk| {
        let mut warner = warner(seconds);
        if !disk.state.is_empty() {
            let state = serde_json::from_str(&disk.state).expect("what was stored");
            assert_eq!(warner.restore(&state), []);
        }
        warner
    };
    let mut disk = Disk::default();
    let mut warner = start(&disk);
    let mut first_id = 1;
    for half in 0..2 * 900_usize {
        let now_s = half as f64 / 2.0;
        let kill = kills.iter().find(|k| k.0 == half);
        if kill.is_some_and(|k| !k.1) {
            warner = start(&disk);
            // The tracks of a new process are numbered anew.
            first_id = 1 + (half as u64 % 3);
        }
        let seen: Vec<Impact> = rounds
            .iter()
            .enumerate()
            .filter(|(_, r)| (r.seen_s..r.vanishes_s).contains(&now_s))
            .map(|(i, r)| {
                let age = ((now_s - r.seen_s) * 2.0) as usize;
                let e_m = r.e_m + r.wander_m[age] / (1.0 + age as f64);
                impact(first_id + i as u64, e_m, 300.0 / (1.0 + age as f64), r.lands_s)
            })
            .collect();
        let mut said = warner.decide(at(now_s), &seen, &[]);
        if kill.is_some_and(|k| k.1) {
            // Killed after it decided and before it stored: it decides again.
            warner = start(&disk);
            said = warner.decide(at(now_s), &seen, &[]);
        }
        disk.state = serde_json::to_string(&warner.snapshot()).expect("plain data");
        disk.said.extend(said);
    }
    disk.said
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_zone_flickers_and_every_warning_has_one_clear_whenever_the_process_is_killed(
        rounds in proptest::collection::vec(round(), 1..6),
        kills in proptest::collection::vec((0..400usize, any::<bool>()), 0..6),
        seconds in 0.0..60.0f64,
    ) {
        let said = storm(&rounds, &kills, seconds);
        for zone in 0..2 {
            let mut version = 0;
            let mut standing: Option<&Warning> = None;
            for message in said.iter().filter(|w| w.zone == zone) {
                prop_assert!(message.version > version);
                version = message.version;
                match (message.action, standing) {
                    (Action::Warn, None) => standing = Some(message),
                    (Action::Update, Some(warn)) => prop_assert_eq!(&warn.alert_id, &message.alert_id),
                    (Action::Clear, Some(warn)) => {
                        prop_assert_eq!(&warn.alert_id, &message.alert_id);
                        // Warn, clear, warn cannot come within ten seconds.
                        prop_assert!(message.time.since_s(warn.time) >= 10.0);
                        standing = None;
                    }
                    other => prop_assert!(false, "{:?}", other),
                }
            }
            prop_assert!(standing.is_none());
        }
    }
}

#[test]
fn a_warning_of_a_zone_that_is_gone_is_handed_back_to_be_ended() {
    let mut before = warner(20.0);
    before.decide(at(0.0), &[impact(1, 100.0, 40.0, 30.0)], &[]);
    let mut after = Warner::new(vec![zone("far", 2000.0)], Policy::default());
    let orphans = after.restore(&before.snapshot());
    assert_eq!((orphans.len(), orphans[0].0.as_str()), (1, "near"));
    assert_eq!(orphans[0].1.alert_id, "near-1");
    assert_eq!(after.in_force().count(), 0);
}
