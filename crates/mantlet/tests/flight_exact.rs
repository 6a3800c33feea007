//! The exact integrator against closed forms and published figures.
//!
//! Figures to digits are those of ../shared/design/NUMBERS.md, "Flight".

use std::f64::consts::FRAC_PI_4;

use mantlet::flight::{
    Air, Body, DragCurve, Gravity, Ground, HeightField, State, WindLevel, World, fly, fly_back,
};
use mantlet::frames::{Datum, Wgs84};
use nalgebra::Vector3;

const G_MPS2: f64 = 9.806_65;

fn datum(lat_deg: f64) -> Datum {
    Datum::new(Wgs84::from_degrees(lat_deg, 0.0, 0.0).expect("a place"))
}

/// A flat earth that does not turn.
fn flat(air: Air, ground: Ground) -> World {
    let gravity = Gravity::Uniform { mps2: G_MPS2, turn_radps: 0.0 };
    World::new(datum(0.0), air, ground).with_gravity(gravity)
}

fn level() -> Ground {
    Ground::Level { height_m: 0.0 }
}

fn thrown(u_m: f64, east_mps: f64, up_mps: f64) -> State {
    State {
        position_enu_m: Vector3::new(0.0, 0.0, u_m),
        velocity_enu_mps: Vector3::new(east_mps, 0.0, up_mps),
    }
}

fn body(curve: DragCurve, area_per_mass_m2kg: f64) -> Body {
    Body { curve, area_per_mass_m2kg }
}

fn near(found: f64, want: f64, tolerance: f64) {
    assert!((found - want).abs() <= tolerance, "{found} instead of {want}");
}

#[test]
fn a_vacuum_parabola_is_met_within_a_billionth() {
    let world = flat(Air::vacuum(), level());
    for (degrees, range_m, time_s, apex_m) in
        [(45.0_f64, 9_177.446, 43.262_89, 2_294.361), (60.0, 7_947.901, 52.986_01, 3_441.542)]
    {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let start = thrown(0.0, 300.0 * cos, 300.0 * sin);
        let path = fly(&world, &body(DragCurve::G1, 1e-3), &start, 100.0).expect("a flight");
        let landing = path.landing().expect("a landing");
        near(landing.position_enu_m.x, range_m, 6e-4);
        near(landing.time_s, time_s, 6e-6);
        let (apex_s, apex) = path.apex(&world);
        near(apex.position_enu_m.z, apex_m, 6e-4);
        // The same from the formulas, with no rounding between.
        let up_mps = 300.0 * sin;
        near(landing.time_s, 2.0 * up_mps / G_MPS2, 1e-9);
        near(landing.position_enu_m.x, 300.0 * cos * 2.0 * up_mps / G_MPS2, 1e-9 * range_m);
        near(apex_s, up_mps / G_MPS2, 1e-9);
        near(apex.position_enu_m.z, up_mps * up_mps / (2.0 * G_MPS2), 1e-9 * apex_m);
        for i in 0..=100 {
            let t = landing.time_s * f64::from(i) / 100.0;
            let u_m = path.at(t).position_enu_m.z;
            near(u_m, up_mps * t - 0.5 * G_MPS2 * t * t, 1e-9 * apex_m);
        }
    }
}

#[test]
fn quadratic_drag_straight_up_and_down_meets_its_closed_form() {
    // Terminal speed 100 m/s: ½ ρ Cd A/m = g / 100².
    let world = flat(Air::uniform(1.0, 340.0), level());
    let round = body(DragCurve::Constant, 2.0 * G_MPS2 / 1e4);
    let path = fly(&world, &round, &thrown(0.0, 0.0, 300.0), 100.0).expect("a flight");
    let (apex_s, apex) = path.apex(&world);
    near(apex.position_enu_m.z, 1_173.991_7, 6e-5);
    near(apex_s, 12.736_722, 6e-7);
    let landing = path.landing().expect("a landing");
    near(landing.time_s - apex_s, 18.542_993, 6e-7);
    near(landing.velocity_enu_mps.z, -94.868_330, 6e-7);
    // McCoy, Modern Exterior Ballistics (1999), section 5.4, for flat drag: with
    // terminal speed w, apex w²/2g ln(1 + v²/w²), up w/g atan(v/w).
    let w = 100.0_f64;
    near(apex.position_enu_m.z, w * w / (2.0 * G_MPS2) * 10f64.ln(), 1e-6);
    near(apex_s, w / G_MPS2 * 3f64.atan(), 1e-9);
    let down_s = w / G_MPS2 * 10f64.sqrt().acosh();
    near(landing.time_s, apex_s + down_s, 2e-9);
}

#[test]
fn the_turning_earth_deflects_what_falls_and_what_is_thrown() {
    let round = body(DragCurve::Constant, 0.0);
    let east_m = |world: &World, start: &State| {
        let path = fly(world, &round, start, 100.0).expect("a flight");
        path.landing().expect("a landing").position_enu_m.x
    };
    // At the equator under one value of gravity.
    let (g_mps2, turn_radps) = (9.78, 7.292_115e-5);
    let gravity = Gravity::Uniform { mps2: g_mps2, turn_radps };
    let uniform = World::new(datum(0.0), Air::vacuum(), level()).with_gravity(gravity);
    near(east_m(&uniform, &thrown(100.0, 0.0, 0.0)), 0.021_98, 6e-6);
    near(east_m(&uniform, &thrown(0.0, 0.0, 300.0)), -27.446, 6e-4);
    // First order in the earth's turn: 4/3 w v³ / g².
    let first_m = -4.0 / 3.0 * turn_radps * 300f64.powi(3) / g_mps2.powi(2);
    near(east_m(&uniform, &thrown(0.0, 0.0, 300.0)) / first_m, 1.0, 1e-4);
    // On the round earth gravity falls by h/R twice: longer aloft, further west.
    let earth = World::new(datum(0.0), Air::vacuum(), level());
    near(east_m(&earth, &thrown(100.0, 0.0, 0.0)), 0.021_98, 6e-6);
    near(east_m(&earth, &thrown(0.0, 0.0, 300.0)), -27.468, 6e-4);
}

#[test]
fn gravity_on_the_ellipsoid_is_as_published() {
    for (lat_deg, want) in [(0.0, 9.780_325_336), (45.0, 9.806_197_769), (90.0, 9.832_184_938)] {
        let world = World::level(datum(lat_deg));
        near(world.gravity_mps2(&Vector3::zeros()).norm(), want, 1e-9);
    }
}

#[test]
fn what_drag_takes_is_what_the_flight_loses() {
    let wind = |height_m, east_mps| WindLevel { height_m, east_mps, north_mps: -2.0 };
    let air = Air::standard().with_wind(vec![wind(0.0, 3.0), wind(900.0, 12.0)]);
    let world = flat(air, level());
    let round = body(DragCurve::G7, 4e-4);
    let path = fly(&world, &round, &thrown(1.0, 500.0, 400.0), 200.0).expect("a flight");
    let energy = |s: &State| 0.5 * s.velocity_enu_mps.norm_squared() + G_MPS2 * s.position_enu_m.z;
    let power = |s: &State| {
        let drag = world.acceleration(s, &round) + Vector3::new(0.0, 0.0, G_MPS2);
        drag.dot(&s.velocity_enu_mps)
    };
    let end_s = path.end_s();
    let count = 60_000;
    let h = end_s / f64::from(count);
    // Simpson's rule over the path.
    let work: f64 = (0..=count)
        .map(|i| {
            let weight = if i == 0 || i == count { 1.0 } else { f64::from(2 + 2 * (i % 2)) };
            weight * power(&path.at(f64::from(i) * h))
        })
        .sum::<f64>()
        * (h / 3.0);
    let lost = energy(&path.at(end_s)) - energy(&path.at(0.0));
    near(lost / work, 1.0, 1e-9);
}

#[test]
fn a_steady_wind_carries_a_flight_along() {
    // On a flat earth: the flight without wind of one that starts that much slower.
    let wind = WindLevel { height_m: 0.0, east_mps: 15.0, north_mps: -8.0 };
    let round = body(DragCurve::G1, 6e-4);
    let start = thrown(0.5, 260.0, 200.0);
    let blown = flat(Air::standard().with_wind(vec![wind]), level());
    let blown = fly(&blown, &round, &start, 100.0).expect("a flight").landing().expect("landing");
    let mut slower = start;
    slower.velocity_enu_mps -= Vector3::new(15.0, -8.0, 0.0);
    let still = flat(Air::standard(), level());
    let still = fly(&still, &round, &slower, 100.0).expect("a flight").landing().expect("landing");
    near(blown.time_s, still.time_s, 1e-9);
    let carried = Vector3::new(15.0, -8.0, 0.0) * still.time_s;
    let apart = blown.position_enu_m - still.position_enu_m - carried;
    assert!(apart.norm() < 1e-6, "{apart}");
}

#[test]
fn a_flight_back_and_forth_through_every_level_ends_where_it_began() {
    let wind = |height_m: f64| WindLevel { height_m, east_mps: height_m / 300.0, north_mps: 5.0 };
    let air = Air::standard().with_wind((0..9).map(|i| wind(500.0 * f64::from(i))).collect());
    let world = World::new(datum(33.0), air, level());
    let round = body(DragCurve::G1, 8e-4);
    let start = thrown(10.0, 500.0, 400.0);
    let landing = fly(&world, &round, &start, 200.0).expect("a flight").landing().expect("landing");
    let end = State {
        position_enu_m: landing.position_enu_m,
        velocity_enu_mps: landing.velocity_enu_mps,
    };
    let back = fly_back(&world, &round, &end, landing.time_s).expect("a flight");
    let again = back.at(-landing.time_s);
    let apart = (again.position_enu_m - start.position_enu_m).norm();
    assert!(apart < 1e-5, "{apart:e} m");
    near(back.start_s(), -landing.time_s, 1e-9);
    near(back.apex(&world).1.position_enu_m.z, 2_000.0, 2_000.0);
}

/// Posts 100 m apart from 1 km west and south; heights by a function of metres.
fn field(height_m: impl Fn(f64, f64) -> f64) -> Ground {
    let (columns, spacing_m, corner_m) = (61, 100.0, -1_000.0);
    let heights_m = (0..columns * columns)
        .map(|i| {
            let at = |k: usize| corner_m + spacing_m * k as f64;
            height_m(at(i % columns), at(i / columns)) as f32
        })
        .collect();
    Ground::Field(HeightField::new([corner_m; 2], [spacing_m; 2], columns, heights_m))
}

/// Where a stone thrown level from 400 m at 200 m/s is above 2 km east, m.
fn over_ridge_m() -> f64 {
    400.0 - 0.5 * G_MPS2 * 100.0
}

#[test]
fn a_ridge_one_post_wide_is_met_if_it_reaches_the_flight_and_else_not() {
    let start = thrown(400.0, 200.0, 0.0);
    for (higher_m, met) in [(0.01, true), (-0.01, false)] {
        let top_m = over_ridge_m() + higher_m;
        let ridge = field(|e, _| if (e - 2_000.0).abs() < 1.0 { top_m } else { -3_000.0 });
        let world = flat(Air::vacuum(), ridge);
        let path = fly(&world, &body(DragCurve::Constant, 0.0), &start, 60.0).expect("a flight");
        let landing = path.landing().expect("a landing");
        let e_m = landing.position_enu_m.x;
        assert_eq!((e_m - 2_000.0).abs() < 1.0, met, "{higher_m}: {e_m}");
        let above_m = world.height_above_ground_m(&landing.position_enu_m);
        near(above_m, 0.0, 1e-6);
    }
}

#[test]
fn the_back_of_a_cell_between_posts_is_met_when_grazed() {
    // Of the four corners of the cell at 2 km the north-west and the south-east one are
    // 100 m high: along its diagonal the cell rises to 50 m between posts of 0 m. The
    // flight crosses it 10 cm below the top or above.
    for (lower_m, met) in [(0.1, true), (-0.1, false)] {
        let ground = field(|e, n| {
            let corner = |x: f64| (x - 2_000.0).abs() < 1.0;
            let far = |x: f64| (x - 2_100.0).abs() < 1.0;
            if (corner(e) && far(n)) || (far(e) && corner(n)) { 100.0 } else { 0.0 }
        });
        // Level flight along the diagonal: so fast that it falls 1 mm in a cell.
        let world = flat(Air::vacuum(), ground);
        let u_m = 50.0 - lower_m;
        let speed_mps = 7_000.0;
        let run_m = 400.0 * 2f64.sqrt();
        let fallen_m = 0.5 * G_MPS2 * (run_m / speed_mps).powi(2);
        let start = State {
            position_enu_m: Vector3::new(1_650.0, 1_650.0, u_m + fallen_m),
            velocity_enu_mps: Vector3::new(FRAC_PI_4.cos(), FRAC_PI_4.sin(), 0.0) * speed_mps,
        };
        let path = fly(&world, &body(DragCurve::Constant, 0.0), &start, 0.3).expect("a flight");
        let found = path.landing().map(|l| l.position_enu_m);
        assert_eq!(found.is_some(), met, "{lower_m}: {found:?}");
        if let Some(p) = found {
            assert!((2_000.0..2_100.0).contains(&p.x), "{p}");
            near(world.height_above_ground_m(&p), 0.0, 1e-6);
        }
    }
}

#[test]
fn a_rising_flight_ends_on_a_slope_steeper_than_itself() {
    let world = flat(Air::vacuum(), field(|e, _| 1.5 * (e - 500.0).max(0.0)));
    let start = thrown(1.0, 200.0, 150.0);
    let landing = fly(&world, &body(DragCurve::Constant, 0.0), &start, 60.0)
        .expect("a flight")
        .landing()
        .expect("a landing");
    assert!(landing.velocity_enu_mps.z > 0.0, "{landing:?}");
    // 1 + 150 t - g t²/2 = 1.5 (200 t - 500).
    let t = (-150.0 + (150.0f64.powi(2) + 2.0 * G_MPS2 * 751.0).sqrt()) / G_MPS2;
    near(landing.time_s, t, 1e-6);
}

/// A round earth of 6371 km.
fn sphere(turn_radps: f64) -> (World, f64, f64) {
    let (mu_m3s2, radius_m) = (3.986_004_418e14, 6.371e6);
    let gravity = Gravity::Sphere { mu_m3s2, radius_m, turn_radps };
    (World::new(datum(0.0), Air::vacuum(), level()).with_gravity(gravity), mu_m3s2, radius_m)
}

#[test]
fn on_a_round_earth_a_stone_falls_as_kepler_says() {
    let round = body(DragCurve::Constant, 0.0);
    // From rest straight to the centre: t = √(r³/2μ) (acos √x + √(x (1 - x))), x = R/r.
    let (world, mu, radius_m) = sphere(0.0);
    let height_m = 9_144.0;
    let r = radius_m + height_m;
    let path = fly(&world, &round, &thrown(height_m, 0.0, 0.0), 100.0).expect("a flight");
    let landing = path.landing().expect("a landing");
    let x = radius_m / r;
    let fall_s = (r.powi(3) / (2.0 * mu)).sqrt() * (x.sqrt().acos() + (x * (1.0 - x)).sqrt());
    near(landing.time_s, fall_s, 1e-7);
    near(landing.position_enu_m.x.hypot(landing.position_enu_m.y), 0.0, 1e-9);
    // At rest on a turning earth it falls along an ellipse from its farthest point.
    let turn_radps = 7.292_115e-5;
    let (world, ..) = sphere(turn_radps);
    let path = fly(&world, &round, &thrown(height_m, 0.0, 0.0), 40.0).expect("a flight");
    let speed_mps = turn_radps * r;
    let a = 1.0 / (2.0 / r - speed_mps * speed_mps / mu);
    let e = r / a - 1.0;
    for time_s in [10.0, 25.0, 40.0] {
        // From the nearest point, half an orbit ago.
        let mean = std::f64::consts::PI + (mu / a.powi(3)).sqrt() * time_s;
        let mut eccentric = mean;
        for _ in 0..200 {
            eccentric -= (eccentric - e * eccentric.sin() - mean) / (1.0 - e * eccentric.cos());
        }
        let place = world.place(&path.at(time_s).position_enu_m);
        near(place.height_m, a * (1.0 - e * eccentric.cos()) - radius_m, 1e-5);
        let anomaly = 2.0 * (((1.0 + e) / (1.0 - e)).sqrt() * (eccentric / 2.0).tan()).atan();
        let since = anomaly.rem_euclid(2.0 * std::f64::consts::PI) - std::f64::consts::PI;
        near(place.lon_rad, since - turn_radps * time_s, 1e-12);
        near(place.lat_rad, 0.0, 1e-15);
    }
}

#[test]
fn on_a_round_earth_the_ground_and_up_are_a_globes() {
    let (_, mu_m3s2, radius_m) = sphere(0.0);
    let gravity = Gravity::Sphere { mu_m3s2, radius_m, turn_radps: 7.292_115e-5 };
    let world = World::new(datum(40.0), Air::standard(), Ground::Level { height_m: 200.0 })
        .with_gravity(gravity);
    near(world.place(&Vector3::zeros()).lat_deg(), 40.0, 1e-12);
    let u_m = world.ground_u_m(8_000.0, -5_000.0);
    let p = Vector3::new(8_000.0, -5_000.0, u_m);
    near(world.height_m(&p), 200.0, 1e-7);
    let moved = p + world.up(&p) * 100.0;
    near(world.height_m(&moved), 300.0, 1e-7);
    near(world.place(&moved).lat_rad, world.place(&p).lat_rad, 1e-14);
}
