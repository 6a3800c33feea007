//! The wide integrator against the exact one.

use mantlet::flight::{
    Air, Body, DragCurve, Flights, Ground, HeightField, State, WindLevel, World, fly, land_many,
};
use mantlet::frames::{Datum, Wgs84};
use nalgebra::Vector3;

/// Largest distance at impact, m.
const TOLERANCE_M: f64 = 0.5;

/// A repeatable sequence in [0, 1).
fn draw(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 11) as f64 / (1u64 << 53) as f64
}

fn world(ground: Ground) -> World {
    let datum = Datum::new(Wgs84::from_degrees(33.0, -30.0, 0.0).expect("a place"));
    let level = |height_m, east_mps, north_mps| WindLevel { height_m, east_mps, north_mps };
    let wind = vec![level(0.0, 3.0, -2.0), level(3_000.0, 12.0, 5.0), level(12_000.0, 30.0, 0.0)];
    World::new(datum, Air::standard().with_wind(wind), ground)
}

fn starts(count: usize, seed: &mut u64) -> Vec<(Body, State)> {
    (0..count)
        .map(|i| {
            let speed_mps = 50.0 + 850.0 * draw(seed);
            let elevation_rad = (5.0 + 80.0 * draw(seed)).to_radians();
            let azimuth_rad = std::f64::consts::TAU * draw(seed);
            let curve = DragCurve::ALL[i % DragCurve::ALL.len()];
            let decades = match curve {
                DragCurve::Fragment | DragCurve::Constant | DragCurve::Sphere => 2.5,
                _ => 1.0,
            };
            let area_per_mass_m2kg = 10f64.powf(-3.8 + decades * draw(seed));
            let level_mps = speed_mps * elevation_rad.cos();
            let velocity_enu_mps = Vector3::new(
                level_mps * azimuth_rad.sin(),
                level_mps * azimuth_rad.cos(),
                speed_mps * elevation_rad.sin(),
            );
            let position_enu_m = Vector3::new(0.0, 0.0, 1.0);
            (Body { curve, area_per_mass_m2kg }, State { position_enu_m, velocity_enu_mps })
        })
        .collect()
}

/// Landings of the wide integrator.
fn wide(world: &World, starts: &[(Body, State)]) -> Vec<Option<Vector3<f64>>> {
    let mut flights = Flights::with_capacity(starts.len());
    for (body, state) in starts {
        flights.push(body, state);
    }
    let landings = land_many(world, &flights);
    (0..starts.len()).map(|i| landings.landing(i).map(|l| l.position_enu_m)).collect()
}

/// The landing of the exact flight.
fn exact(world: &World, (body, state): &(Body, State)) -> Vector3<f64> {
    let path = fly(world, body, state, 900.0).expect("a flight");
    path.landing().expect("a landing").position_enu_m
}

#[test]
fn flights_to_thirty_kilometres_end_within_half_a_metre_of_the_exact_ones() {
    let world = world(Ground::Level { height_m: 0.0 });
    let starts = starts(4_000, &mut 7);
    let mut off_m = Vec::new();
    for (start, found) in starts.iter().zip(wide(&world, &starts)) {
        let want = exact(&world, start);
        if want.norm() <= 30_000.0 {
            let found = found.expect("a landing");
            off_m.push((found - want).norm());
            assert!(off_m[off_m.len() - 1] < TOLERANCE_M, "{start:?}: {want} {found}");
        }
    }
    off_m.sort_by(f64::total_cmp);
    let (worst, middle) = (off_m[off_m.len() - 1], off_m[off_m.len() / 2]);
    eprintln!("of {} flights the worst is {worst:.3} m off, the median {middle:.4} m", off_m.len());
}

/// Posts 250 m apart over 30 km each way.
fn field(height_m: impl Fn(f64, f64) -> f64) -> Ground {
    let (columns, spacing_m, corner) = (241, 250.0, -30_000.0);
    let at = |i: usize| corner + spacing_m * i as f64;
    let heights_m =
        (0..columns * columns).map(|i| height_m(at(i % columns), at(i / columns)) as f32).collect();
    Ground::Field(HeightField::new([corner; 2], [spacing_m; 2], columns, heights_m))
}

#[test]
fn flights_over_hills_end_where_the_exact_ones_do_also_flat_ones() {
    // Hills with ridges between neighbouring posts.
    let hills = |by_m: f64| {
        world(field(move |e, n| {
            let ridge = if ((e / 250.0) as i64 * 31 + (n / 250.0) as i64 * 17) % 29 == 0 {
                90.0
            } else {
                0.0
            };
            150.0 * ((e / 1_700.0).cos() + (n / 2_300.0).cos()) - 400.0 + ridge + by_m
        }))
    };
    let [ground, higher, lower] = [0.0, TOLERANCE_M, -TOLERANCE_M].map(hills);
    let mut starts = starts(800, &mut 11);
    for (_, state) in starts.iter_mut().step_by(2) {
        state.velocity_enu_mps.z *= 0.1;
    }
    for (start, found) in starts.iter().zip(wide(&ground, &starts)) {
        let want = exact(&ground, start);
        if want.norm() > 29_000.0 {
            continue;
        }
        // What half a metre of height is along the ground there.
        let ends = [&higher, &lower].map(|world| exact(world, start));
        let along_m = ends.map(|end| (end - want).norm()).into_iter().fold(0.0, f64::max);
        let found = found.expect("a landing");
        let off_m = (found - want).norm();
        assert!(off_m < TOLERANCE_M.max(along_m), "{start:?}: {want} {found} {along_m}");
    }
}

#[test]
fn a_ridge_one_post_wide_is_met_if_it_reaches_the_flight_and_else_not() {
    let flat = world(Ground::Level { height_m: -400.0 });
    let mut met = 0;
    for start in starts(160, &mut 23) {
        let path = fly(&flat, &start.0, &start.1, 900.0).expect("a flight");
        // A wall along the line of posts that it crosses at some time of its fall.
        let time_s = path.apex(&flat).0 + 0.7 * (path.end_s() - path.apex(&flat).0);
        let east_m = (path.at(time_s).position_enu_m.x / 250.0).round() * 250.0;
        // One that falls more steeply than the wall's back would land on it.
        let velocity = path.at(time_s).velocity_enu_mps;
        let steep = velocity.x.abs() < 0.1 * velocity.z.abs();
        if steep || east_m.abs() < 500.0 || east_m.abs() > 28_000.0 {
            continue;
        }
        let mut crossing_s = time_s;
        for _ in 0..30 {
            let state = path.at(crossing_s);
            crossing_s += (east_m - state.position_enu_m.x) / state.velocity_enu_mps.x;
        }
        let crossing = path.at(crossing_s).position_enu_m;
        if (crossing.x - east_m).abs() > 1e-3 || crossing.y.abs() > 28_000.0 {
            continue;
        }
        // Half a metre across the path, as a height.
        let margin_m = TOLERANCE_M * velocity.norm() / velocity.x.abs();
        for by_m in [margin_m, -margin_m] {
            let top_m = flat.height_m(&crossing) + by_m;
            let wall = move |e: f64, _| if (e - east_m).abs() < 1.0 { top_m } else { -30_000.0 };
            let world = world(field(wall));
            let found = wide(&world, std::slice::from_ref(&start))[0];
            let on_it = found.is_some_and(|at| (at.x - east_m).abs() < 1.0);
            assert_eq!(on_it, by_m > 0.0, "{start:?} {by_m}: {found:?} {crossing}");
            met += usize::from(by_m > 0.0);
        }
    }
    assert!(met > 60, "{met}");
}

#[test]
fn a_start_on_or_below_the_ground_ends_as_the_exact_flight_does() {
    let body = Body { curve: DragCurve::G1, area_per_mass_m2kg: 4e-4 };
    for ground in [Ground::Level { height_m: 0.0 }, field(|_, _| 0.0)] {
        let world = world(ground);
        for (u_m, up_mps) in [(0.0, 3.0), (-0.2, 6.0), (0.5, -20.0), (-5.0, -20.0), (-0.2, 250.0)] {
            let state = State {
                position_enu_m: Vector3::new(0.0, 0.0, u_m),
                velocity_enu_mps: Vector3::new(40.0, 0.0, up_mps),
            };
            let found = wide(&world, &[(body, state)])[0].expect("a landing");
            let want = exact(&world, &(body, state));
            assert!((found - want).norm() < TOLERANCE_M, "{u_m} {up_mps}: {found} {want}");
        }
    }
}
