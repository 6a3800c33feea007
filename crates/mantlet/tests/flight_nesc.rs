//! The atmospheric check-cases 06 to 09 of NASA/TM-2015-218675 (a dropped sphere
//! without wind, in steady wind, in sheared wind; an eastward cannonball) against
//! three NASA simulations, at every tenth of a second of 30 s. The reference files
//! are not ours: without them the comparison is skipped, and the twin below stands.

use mantlet::flight::{
    Air, Body, DragCurve, Gravity, Ground, State, Trajectory, WindLevel, World, fly,
};
use mantlet::frames::{Datum, Local, Wgs84};
use nalgebra::Vector3;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/flight/nesc");
const FOOT_M: f64 = 0.3048;
/// A sphere of 1 slug and 0.1963495 ft² with drag coefficient 0.1.
const AREA_PER_MASS_M2KG: f64 = 0.1 * 0.196_349_5 * FOOT_M * FOOT_M / 14.593_902_94;

/// Start height, m; velocity, m/s; wind towards the east over height.
fn fall(case: u32) -> (World, Trajectory) {
    let datum = Datum::new(Wgs84::from_degrees(0.0, 0.0, 0.0).expect("a place"));
    let wind_fps = |height_ft: f64| match case {
        7 => 20.0,
        8 => 0.003 * height_ft - 20.0,
        _ => 0.0,
    };
    let wind = [-1_000.0, 60_000.0]
        .map(|height_ft| WindLevel {
            height_m: height_ft * FOOT_M,
            east_mps: wind_fps(height_ft) * FOOT_M,
            north_mps: 0.0,
        })
        .to_vec();
    let air = Air::standard().with_wind(wind);
    let world = World::new(datum, air, Ground::Level { height_m: -1e5 }).with_gravity(Gravity::J2);
    let (height_ft, speed_fps) = if case == 9 { (0.0, 1_000.0) } else { (30_000.0, 0.0) };
    let start = State {
        position_enu_m: Vector3::new(0.0, 0.0, height_ft * FOOT_M),
        velocity_enu_mps: Vector3::new(speed_fps, 0.0, speed_fps) * FOOT_M,
    };
    let body = Body { curve: DragCurve::Constant, area_per_mass_m2kg: AREA_PER_MASS_M2KG };
    let path = fly(&world, &body, &start, 30.0).expect("a flight");
    (world, path)
}

/// Altitude ft, longitude deg, latitude deg at a time.
fn at(world: &World, path: &Trajectory, time_s: f64) -> [f64; 3] {
    let place = world.datum.wgs84(Local::from(path.at(time_s).position_enu_m));
    [place.height_m / FOOT_M, place.lon_deg(), place.lat_deg()]
}

fn column(text: &str, name: &str) -> Vec<f64> {
    let mut lines = text.lines();
    let header = lines.next().expect("a header");
    let at = header.split(',').position(|c| c == name).expect("the column");
    lines.map(|l| l.split(',').nth(at).and_then(|x| x.parse().ok()).expect("a number")).collect()
}

#[test]
fn check_cases_stay_within_a_hundredth_of_a_foot_of_the_spread_of_three_simulations() {
    for case in 6..=9 {
        let texts: Vec<String> = [4, 5, 6]
            .iter()
            .filter_map(|sim| {
                let path = format!("{FOLDER}/Atmos_{case:02}_sim_{sim:02}.csv");
                std::fs::read_to_string(path).ok()
            })
            .collect();
        if texts.len() < 3 {
            eprintln!("skipped: no check-case {case} in {FOLDER}");
            continue;
        }
        let (world, path) = fall(case);
        // Not wholly within: how far outside the spread is allowed. Altitude in case 09
        // runs above all three simulations; tighter integration does not change it.
        let names = ["altitudeMsl_ft", "longitude_deg", "latitude_deg"];
        for (k, (name, slack)) in names.into_iter().zip([1e-2, 2e-8, 1e-9]).enumerate() {
            let series: Vec<(Vec<f64>, Vec<f64>)> =
                texts.iter().map(|t| (column(t, "time"), column(t, name))).collect();
            let mut outside: f64 = 0.0;
            for i in 0..=300 {
                let time_s = f64::from(i) * 0.1;
                let told: Vec<f64> = series
                    .iter()
                    .filter_map(|(t, x)| {
                        t.iter().position(|t| (t - time_s).abs() < 1e-4).map(|at| x[at])
                    })
                    .collect();
                if told.len() < 3 {
                    continue;
                }
                let low = told.iter().fold(f64::MAX, |a, b| a.min(*b));
                let high = told.iter().fold(f64::MIN, |a, b| a.max(*b));
                let ours = at(&world, &path, time_s)[k];
                outside = outside.max(low - ours).max(ours - high);
                assert!(
                    ours > low - slack && ours < high + slack,
                    "case {case}, {time_s} s, {name}: {ours}, simulations {told:?}"
                );
            }
            eprintln!("case {case:02} {name}: outside the spread by at most {outside:.2e}");
        }
    }
}

#[test]
fn check_cases_end_where_they_ended_before() {
    // Ends of our own flights; they agree with the simulations by the test above.
    // Published ends (sim_05): 16284.44475, 16285.16222, 16290.99886, 10160.97931 ft.
    for (case, end_ft) in [(6, 16_284.44), (7, 16_285.16), (8, 16_290.99), (9, 10_160.97)] {
        let (world, path) = fall(case);
        let [altitude_ft, ..] = at(&world, &path, 30.0);
        assert!((altitude_ft - end_ft).abs() < 0.05, "case {case}: {altitude_ft}");
    }
}
