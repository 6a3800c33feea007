//! A radar that tells each sector when it has swept it: its scans are parts of a revolution.

use std::f64::consts::TAU;
use std::path::Path;

use mantlet::flight::State;
use mantlet::scenario::load_site;
use mantlet::sensors::{Chance, Scan, Sector, look};
use mantlet::time::Timestamp;
use nalgebra::Vector3;

const SECTORS: usize = 16;

#[test]
fn an_aircraft_seen_in_one_sector_of_sixteen_is_tracked_within_three_seconds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sites/cedar.toml");
    let mut site = load_site(&path).unwrap();
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
        let time = Timestamp::from_seconds(time_s).unwrap();
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
