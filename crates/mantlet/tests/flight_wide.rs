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

fn worst_m(world: &World, starts: &[(Body, State)]) -> f64 {
    let mut flights = Flights::with_capacity(starts.len());
    for (body, state) in starts {
        flights.push(body, state);
    }
    let wide = land_many(world, &flights);
    let mut worst: f64 = 0.0;
    for (i, (body, state)) in starts.iter().enumerate() {
        let exact = fly(world, body, state, 900.0).expect("a flight").landing().expect("a landing");
        if exact.position_enu_m.norm() > 30_000.0 {
            continue;
        }
        assert!(wide.landed[i], "{body:?} {state:?}");
        let found = Vector3::new(wide.e_m[i], wide.n_m[i], wide.u_m[i]);
        worst = worst.max((found - exact.position_enu_m).norm());
    }
    worst
}

#[test]
fn flights_to_thirty_kilometres_end_within_half_a_metre_of_the_exact_ones() {
    let worst = worst_m(&world(Ground::Level { height_m: 0.0 }), &starts(600, &mut 7));
    assert!(worst < TOLERANCE_M, "{worst}");
}

#[test]
fn flights_over_hills_end_on_the_same_slope() {
    let (columns, rows, spacing_m) = (121, 121, 500.0);
    let corner = -30_000.0;
    let heights_m = (0..columns * rows)
        .map(|i| {
            let e = corner + spacing_m * (i % columns) as f64;
            let n = corner + spacing_m * (i / columns) as f64;
            (150.0 * ((e / 1_700.0).cos() + (n / 2_300.0).cos()) - 300.0) as f32
        })
        .collect();
    let field = HeightField::new([corner; 2], [spacing_m; 2], columns, heights_m);
    // Steep arrivals: a grazing one may pass or meet a ridge by less than either's error.
    let steep: Vec<_> = starts(200, &mut 11)
        .into_iter()
        .filter(|(_, s)| s.velocity_enu_mps.z > 0.7 * s.velocity_enu_mps.norm())
        .collect();
    let worst = worst_m(&world(Ground::Field(field)), &steep);
    assert!(worst < TOLERANCE_M, "{worst}");
}
