//! Recorded flights, predicted from their first third as `docs/validation.md` has it, and
//! their twin on a record made here. The records are not ours: one that is absent is
//! skipped.

#[path = "../examples/flight_validation/recorded.rs"]
mod recorded;

use std::fmt::Write as _;
use std::path::Path;

use mantlet::flight::{Air, Body, DragCurve, Ground, State, World, fly};
use mantlet::frames::{Datum, Wgs84};
use nalgebra::Vector3;

const FOLDER: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/flight/recorded");

/// What a point mass with the team's own drag reaches with these records, of the greatest
/// height: 2 to 6 % (their PROVENANCE.md).
const OFF: f64 = 0.06;

#[test]
fn recorded_flights_end_where_their_first_third_says() {
    for phase in &recorded::PHASES {
        let Some(found) = phase.predict(Path::new(FOLDER)) else {
            eprintln!("skipped: no record of {} in {FOLDER}", phase.name);
            continue;
        };
        let last = found.seen.len() - 1;
        let off_m = found.told[last].1 - found.seen[last].1;
        let greatest_m = found.seen.iter().fold(0.0, |most: f64, p| most.max(p.1));
        eprintln!("{}: {off_m:+.1} m, {:+.1} %", phase.name, 100.0 * off_m / greatest_m);
        assert!(off_m.abs() < OFF * greatest_m, "{}: {off_m}", phase.name);
    }
}

/// Normal numbers from sums of a repeatable sequence.
fn noise(seed: &mut u64) -> f64 {
    let mut sum = -6.0;
    for _ in 0..12 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        sum += (*seed >> 11) as f64 / (1u64 << 53) as f64;
    }
    sum
}

/// A record as those are: height over time, ten a second, to a decimetre, with noise; of a
/// round that leaves straight up, or as its velocity leans.
fn record(folder: &Path, lean: f64, noise_m: f64, seed: &mut u64) {
    let datum = Datum::new(Wgs84::from_degrees(45.0, 0.0, 100.0).expect("a place"));
    let world = World::new(datum, Air::standard(), Ground::Level { height_m: -5e3 });
    let velocity_enu_mps = Vector3::new(260.0 * lean.sin(), 0.0, 260.0 * lean.cos());
    let start = State { position_enu_m: Vector3::new(0.0, 0.0, 700.0), velocity_enu_mps };
    let body = Body { curve: DragCurve::Rocket, area_per_mass_m2kg: 1.2e-3 };
    let path = fly(&world, &body, &start, 20.0).expect("a flight");
    let mut text = "t,alt\n".to_string();
    for i in 0..=200 {
        let t = f64::from(i) * 0.1;
        let height_m = path.at(t).position_enu_m.z + noise_m * noise(seed);
        writeln!(text, "{t:.1},{height_m:.1}").expect("text");
    }
    std::fs::write(folder.join("twin.csv"), text).expect("written");
}

#[test]
fn a_record_of_our_own_is_predicted_within_its_noise_and_a_leaning_one_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let phase = recorded::phase("twin", "twin.csv", [0, 1], 1.0, [0.0, 17.5], DragCurve::Rocket);
    let off = |lean: f64, noise_m: f64, seed: &mut u64| {
        record(folder.path(), lean, noise_m, seed);
        let found = phase.predict(folder.path()).expect("a fit");
        let last = found.seen.len() - 1;
        (found.told[last].1 - found.seen[last].1, found)
    };
    // Straight up with noise: the fit leaves the noise, and the end is off by what it says.
    let (mut chi2, mut seed, noise_m) = (0.0, 1, 2.0);
    for _ in 0..24 {
        let (off_m, found) = off(0.0, noise_m, &mut seed);
        assert!((5.0..6.5).contains(&found.fitted_s));
        assert!((0.5..1.5).contains(&(found.fit_rms_m / noise_m)), "{}", found.fit_rms_m);
        chi2 += off_m * off_m / (found.sigma_m * found.sigma_m + noise_m * noise_m);
    }
    // Sum of 24 squares, 99.9 % between 7.7 and 52: the fit's own sigma is right.
    assert!((7.7..52.0).contains(&chi2), "{chi2}");
    // Twenty degrees off the vertical and no noise: it climbs less and keeps moving at its
    // apogee, which a fit straight up cannot know; this is what recorded flights show.
    let (off_m, found) = off(0.35, 0.0, &mut 1);
    assert!(off_m.abs() > 3.0 * found.sigma_m, "{off_m} {}", found.sigma_m);
}
