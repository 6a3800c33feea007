//! Two and three sites over one sky.

use nalgebra::{Matrix2, Matrix6, Vector3, Vector6};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::*;
use crate::flight::Body;
use crate::flight::DragCurve;
use crate::flight::State;
use crate::flight::World;
use crate::flight::fly;
use crate::frames::Datum;
use crate::frames::Wgs84;
use crate::prediction::FOREIGN;
use crate::prediction::Impact;
use crate::time::Timestamp;
use crate::tracking::Kind;
use crate::warning::Action;
use crate::warning::Policy;
use crate::warning::Zone;
use crate::warning::ZoneKind;

fn datum(lon_deg: f64) -> Datum {
    Datum::new(Wgs84::from_degrees(33.0, lon_deg, 40.0).unwrap())
}

fn at(time_s: f64) -> Timestamp {
    Timestamp::from_seconds(1e9 + time_s).unwrap()
}

const BODY: Body = Body { curve: DragCurve::Rocket, area_per_mass_m2kg: 2.5e-4 };
/// Standard deviations of a track that has settled, m and m/s.
const SIGMA: [f64; 2] = [6.0, 2.0];

struct Chance(ChaCha8Rng);

impl Chance {
    fn normal(&mut self) -> f64 {
        let mut unit = || ((self.0.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
        let (a, b) = (unit(), unit());
        (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    }
}

fn report(site: usize, track_id: u64, time_s: f64, state: &State, off: [f64; 6]) -> Report {
    let (p, v) = (state.position_enu_m, state.velocity_enu_mps);
    let mut mean = Vector6::new(p.x, p.y, p.z, v.x, v.y, v.z);
    let mut covariance = Matrix6::zeros();
    for axis in 0..6 {
        let sigma = SIGMA[axis / 3];
        mean[axis] += sigma * off[axis];
        covariance[(axis, axis)] = sigma * sigma;
    }
    Report {
        site,
        track_id,
        time: at(time_s),
        mean,
        covariance,
        body: Some(BODY),
        kind: Kind::Rocket,
        kind_probability: 0.9,
        coasting: false,
        impact: None,
    }
}

fn impact(e_m: f64, n_m: f64, time_s: f64) -> Impact {
    Impact {
        track_id: 7,
        kind: Kind::Rocket,
        time: at(time_s),
        time_sigma_s: 0.2,
        position_enu_m: Vector3::new(e_m, n_m, 0.0),
        covariance_en_m2: Matrix2::new(400.0, 0.0, 0.0, 400.0),
        velocity_enu_mps: Vector3::new(0.0, 100.0, -150.0),
    }
}

#[test]
fn a_salvo_seen_by_three_sites_at_other_times_is_one_salvo() {
    // Eight rounds 50 m apart, flown with drag; each site reports at a time of its own, up
    // to half a second old, with the errors that it states.
    let world = World::level(datum(44.0));
    let paths: Vec<_> = (0..8)
        .map(|n| {
            let start = State {
                position_enu_m: Vector3::new(-6_000.0 + 50.0 * f64::from(n), -2_000.0, 900.0),
                velocity_enu_mps: Vector3::new(180.0, 60.0, 120.0),
            };
            fly(&world, &BODY, &start, 60.0).unwrap()
        })
        .collect();
    let mut chance = Chance(ChaCha8Rng::seed_from_u64(5));
    let mut fuser = Fuser::default();
    let (mut looks, mut whole, mut joined_wrong, mut nees, mut swaps) = (0, 0, 0, 0.0, 0);
    let mut ids: Option<Vec<u64>> = None;
    for step in 0..40 {
        let now_s = 2.0 + 0.25 * f64::from(step);
        let mut reports = Vec::new();
        for site in 0..3 {
            let time_s = now_s - 0.2 * site as f64;
            for (n, path) in paths.iter().enumerate() {
                let off = std::array::from_fn(|_| chance.normal());
                reports.push(report(site, n as u64 + 1, time_s, &path.at(time_s), off));
            }
        }
        let fused = fuser.fuse(&world, &reports, at(now_s));
        looks += 8;
        for f in &fused {
            let of: Vec<u64> = f.members.iter().map(|i| reports[*i].track_id).collect();
            if of.iter().any(|id| *id != of[0]) {
                joined_wrong += 1;
            } else if of.len() == 3 {
                whole += 1;
                let truth = paths[of[0] as usize - 1].at(now_s);
                let off = f.mean.fixed_rows::<3>(0) - truth.position_enu_m;
                let c = f.covariance.fixed_view::<3, 3>(0, 0).into_owned();
                nees += off.dot(&c.cholesky().unwrap().solve(&off));
            }
        }
        if fused.len() == 8 {
            let now: Vec<u64> = fused.iter().map(|f| f.id).collect();
            swaps += usize::from(ids.as_ref().is_some_and(|before| *before != now));
            ids = Some(now);
        }
    }
    assert!(f64::from(whole) > 0.97 * f64::from(looks), "{whole} of {looks} whole");
    assert!(joined_wrong <= 6, "{joined_wrong} joined wrongly");
    assert!(swaps <= 2, "{swaps} swaps");
    // Intersection never claims more than it knows: well below three degrees of freedom.
    let mean_nees = nees / f64::from(whole);
    assert!((0.5..3.0).contains(&mean_nees), "{mean_nees}");
}

#[test]
fn two_rounds_of_one_site_are_never_one_object() {
    let world = World::level(datum(44.0));
    let state = State {
        position_enu_m: Vector3::new(0.0, 0.0, 1_000.0),
        velocity_enu_mps: Vector3::new(200.0, 0.0, -50.0),
    };
    let mut beside = state;
    beside.position_enu_m.y += 5.0;
    let reports = [
        report(0, 1, 0.0, &state, [0.0; 6]),
        report(0, 2, 0.0, &beside, [0.0; 6]),
        report(1, 1, 0.0, &state, [0.0; 6]),
    ];
    let fused = Fuser::default().fuse(&world, &reports, at(0.0));
    let members: Vec<_> = fused.iter().map(|f| f.members.clone()).collect();
    assert_eq!(members, [vec![0, 2], vec![1]]);
}

#[test]
fn an_object_keeps_its_number_when_the_site_that_saw_it_first_loses_it() {
    let world = World::level(datum(44.0));
    let state = |t: f64| State {
        position_enu_m: Vector3::new(100.0 * t, 0.0, 5_000.0),
        velocity_enu_mps: Vector3::new(100.0, 0.0, 0.0),
    };
    let still = |mut r: Report| {
        r.body = None;
        r
    };
    let a = |t: f64| still(report(0, 4, t, &state(t), [0.0; 6]));
    let b = |t: f64| still(report(1, 9, t, &state(t), [0.3; 6]));
    let mut fuser = Fuser::default();
    let first = fuser.fuse(&world, &[a(0.0)], at(0.0))[0].id;
    assert_eq!(fuser.fuse(&world, &[a(1.0), b(1.0)], at(1.0))[0].id, first);
    assert_eq!(fuser.fuse(&world, &[b(2.0)], at(2.0))[0].id, first);
}

#[test]
fn impacts_of_one_object_are_one_impact_no_surer_than_the_surest() {
    let world = World::level(datum(44.0));
    let state = State {
        position_enu_m: Vector3::new(0.0, 0.0, 1_000.0),
        velocity_enu_mps: Vector3::new(200.0, 0.0, -50.0),
    };
    let with = |site, e_m, time_s| Report {
        impact: Some(impact(e_m, 0.0, time_s)),
        ..report(site, 1, 0.0, &state, [0.0; 6])
    };
    let reports = [with(0, 1_000.0, 10.0), with(1, 1_010.0, 10.4)];
    let fused = Fuser::default().fuse(&world, &reports, at(0.0));
    let one = fused[0].impact.as_ref().unwrap();
    assert!((one.position_enu_m.x - 1_005.0).abs() < 1e-6);
    assert!((one.time.since_s(at(0.0)) - 10.2).abs() < 1e-6);
    assert!((one.covariance_en_m2[(0, 0)] - 400.0).abs() < 1e-6);
    assert_eq!(one.track_id, fused[0].id);
}

/// Site 0 at the region's origin without zones, site 1 9.3 km east of it with a village.
fn two_sites() -> (Region, Datum) {
    let (here, there) = (datum(44.0), datum(44.1));
    let village = Zone::new(
        "village".into(),
        "Village".into(),
        ZoneKind::Neighbour,
        300.0,
        15.0,
        vec![[-100.0, -100.0], [100.0, -100.0], [100.0, 100.0], [-100.0, 100.0]],
    )
    .unwrap();
    let mut region = Region::new(here.clone(), 2);
    region.set(0, Member::new(here.clone(), Vec::new(), Policy::default(), &here));
    region.set(1, Member::new(there.clone(), vec![village], Policy::default(), &here));
    (region, there)
}

fn rounds(there: &Datum, seen_by_both: bool) -> Vec<Report> {
    let state = State {
        position_enu_m: Vector3::new(5_000.0, 0.0, 2_000.0),
        velocity_enu_mps: Vector3::new(200.0, 0.0, 20.0),
    };
    let here = datum(44.0);
    let lands = here.local(there.origin()).enu_m();
    let one = |site| Report {
        impact: Some(impact(lands.x, lands.y, 30.0)),
        ..report(site, 3, 0.0, &state, [0.0; 6])
    };
    if seen_by_both { vec![one(0), one(1)] } else { vec![one(0)] }
}

#[test]
fn what_one_site_sees_coming_to_another_is_passed_to_it_in_its_own_frame() {
    let (mut region, there) = two_sites();
    let look = region.look(at(0.0), &rounds(&there, false), &[true, true]);
    assert_eq!(look.tracks.len(), 1);
    assert!(look.passed[0].is_empty() && look.said.is_empty());
    let passed = &look.passed[1][0];
    assert!(passed.position_enu_m.xy().norm() < 1.0, "{}", passed.position_enu_m);
    assert_eq!(passed.track_id, FOREIGN | look.tracks[0].id);
    // The site's own policy warns of it.
    let member = region.member(1).unwrap();
    let mut own = crate::warning::Warner::new(member.zones().to_vec(), Policy::default());
    let said = own.decide(at(0.0), &look.passed[1], &[]);
    assert_eq!((said.len(), said[0].action), (1, Action::Warn));
}

#[test]
fn what_a_site_sees_itself_is_its_own_affair() {
    let (mut region, there) = two_sites();
    let look = region.look(at(0.0), &rounds(&there, true), &[true, true]);
    assert_eq!(look.tracks.len(), 1, "one object, not two");
    assert!(look.passed.iter().all(Vec::is_empty) && look.said.is_empty());
}

#[test]
fn the_region_warns_in_place_of_a_site_that_is_not_heard_and_ends_what_it_said() {
    let (mut region, there) = two_sites();
    let look = region.look(at(0.0), &rounds(&there, true), &[true, false]);
    let (site, warning) = &look.said[0];
    assert_eq!((*site, warning.action), (1, Action::Warn));
    // It is heard again: no second alert, and the first ends by its timer.
    let look = region.look(at(1.0), &rounds(&there, true), &[true, true]);
    assert!(look.said.is_empty());
    let look = region.look(at(700.0), &[], &[true, true]);
    assert_eq!(look.said[0].1.action, Action::Clear);
}
