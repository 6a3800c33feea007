//! A radar that tells each sector when it has swept it: its scans are parts of a revolution.

use std::f64::consts::TAU;
use std::path::Path;

use mantlet::flight::{Body, DragCurve, State, fly};
use mantlet::scenario::load_site;
use mantlet::sensors::{Chance, Scan, Sector, look};
use mantlet::time::Timestamp;
use nalgebra::Vector3;

const SECTORS: usize = 16;

#[test]
fn an_aircraft_seen_in_one_sector_of_sixteen_is_tracked_within_three_seconds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sites/cedar.toml");
    let mut site = load_site(&path).expect("the site is right");
    site.site.sensors.truncate(1);
    let mut pipeline = site.pipeline();
    let sensor = site.site.sensors[0].clone();
    let mut chance = Chance::new(7, 0);
    let step_s = sensor.period_s / SECTORS as f64;
    let mut confirmed_s = None;
    for step in 0..(6.0 / step_s) as usize {
        let (sector, time_s) = (step % SECTORS, (step + 1) as f64 * step_s);
        let state = State {
            position_enu_m: Vector3::new(4000.0 + 120.0 * time_s, 3000.0, 1500.0),
            velocity_enu_mps: Vector3::new(120.0, 0.0, 0.0),
        };
        let time = Timestamp::from_seconds(time_s).expect("a time");
        let (seen, _) = look(&sensor, 0, &site.site.datum, time, &[Some(state)], &mut chance);
        let edge = |i: usize| i as f64 * TAU / SECTORS as f64;
        let swept = Sector { from_rad: edge(sector), to_rad: edge((sector + 1) % SECTORS) };
        let of = |azimuth_rad: f64| (azimuth_rad / TAU * SECTORS as f64) as usize % SECTORS;
        let plots = seen.plots.into_iter().filter(|p| of(p.azimuth_rad) == sector).collect();
        let picture = pipeline.scan(&Scan { sensor: 0, time, sector: Some(swept), plots });
        let near = |p: Vector3<f64>| (p - state.position_enu_m).norm() < 100.0;
        if picture.tracks.iter().any(|t| near(t.position_enu_m())) {
            confirmed_s.get_or_insert(time_s);
        }
    }
    assert!(confirmed_s.is_some_and(|s| s < 3.0), "{confirmed_s:?}");
}

/// Impacts of a rocket among aircraft, told by whole revolutions or by sectors.
fn falls(sectors: Option<usize>) -> (Vector3<f64>, Vec<u64>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sites/cedar.toml");
    let mut site = load_site(&path).expect("the site is right");
    site.site.sensors.truncate(1);
    let mut pipeline = site.pipeline();
    let sensor = site.site.sensors[0].clone();
    let body = Body { curve: DragCurve::Rocket, area_per_mass_m2kg: 4e-4 };
    let start = State {
        position_enu_m: Vector3::new(-1500.0, -1000.0, 1500.0),
        velocity_enu_mps: Vector3::new(150.0, 100.0, -90.0),
    };
    let round = fly(&site.world, &body, &start, 60.0).expect("it flies");
    let count = sectors.unwrap_or(1);
    let step_s = sensor.period_s / count as f64;
    for step in 0..(7.0 / step_s) as usize {
        let (sector, time_s) = (step % count, (step + 1) as f64 * step_s);
        let craft = |i: u32| State {
            position_enu_m: Vector3::new(
                3000.0 * f64::from(i).sin() + 80.0 * time_s,
                3000.0 * f64::from(i).cos(),
                1200.0,
            ),
            velocity_enu_mps: Vector3::new(80.0, 0.0, 0.0),
        };
        let mut states: Vec<Option<State>> = (0..6).map(|i| Some(craft(i))).collect();
        states.push(Some(round.at(time_s)));
        let time = Timestamp::from_seconds(time_s).expect("a time");
        let mut chance = Chance::new(11, (step / count) as u64);
        let (mut scan, _) = look(&sensor, 0, &site.site.datum, time, &states, &mut chance);
        if let Some(count) = sectors {
            let edge = |i: usize| i as f64 * TAU / count as f64;
            scan.sector =
                Some(Sector { from_rad: edge(sector), to_rad: edge((sector + 1) % count) });
            let of = |azimuth_rad: f64| (azimuth_rad / TAU * count as f64) as usize % count;
            scan.plots.retain(|p| of(p.azimuth_rad) == sector);
        }
        pipeline.scan(&scan);
    }
    assert_eq!(pipeline.impacts().len(), 1, "{:?}", pipeline.impacts());
    let off = pipeline.impacts()[0].position_enu_m - round.at(round.end_s()).position_enu_m;
    (off, pipeline.tracks().iter().map(|t| t.id).collect())
}

#[test]
fn a_rocket_told_by_sectors_falls_where_it_does_when_told_by_revolutions() {
    for sectors in [None, Some(SECTORS)] {
        let (off, tracks) = falls(sectors);
        assert_eq!(tracks.len(), 7, "{sectors:?}: {tracks:?}");
        assert!(off.norm() < 150.0, "{sectors:?}: {off}");
    }
}
