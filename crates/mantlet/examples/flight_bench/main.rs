//! The flight that peers are timed on, through every integrator of ours and through
//! ode_solvers: flights a second on one core and the distance at impact from the exact
//! flight. `bench/flight/run.sh` puts it beside RocketPy and py_ballisticcalc.
//!
//! In: nothing. Out: CSV on standard output: tool, setting, flights a second, range m,
//! flight time s, error m.

mod peer;

use std::hint::black_box;

use mantlet::flight::{
    Air, Body, DragCurve, Flights, Ground, State, WindLevel, World, fly, land_many,
    landing_derivatives, quick_landing, transition,
};
use mantlet::frames::{Datum, Wgs84};
use nalgebra::{SVector, Vector3};

/// G1 with a ballistic coefficient of 843.7 kg/m² (mass over diameter squared), so
/// area over mass is a quarter of π over it.
const AREA_PER_MASS_M2KG: f64 = std::f64::consts::FRAC_PI_4 / 843.7;

/// 300 m/s at 60 degrees, standard air, 5 m/s crosswind, level ground at 0 m.
fn flight() -> (World, Body, State) {
    let datum = Datum::new(Wgs84::from_degrees(45.0, 0.0, 0.0).expect("a place"));
    let wind = WindLevel { height_m: 0.0, east_mps: 0.0, north_mps: 5.0 };
    let world =
        World::new(datum, Air::standard().with_wind(vec![wind]), Ground::Level { height_m: 0.0 });
    let (sin, cos) = 60f64.to_radians().sin_cos();
    let start = State {
        position_enu_m: Vector3::zeros(),
        velocity_enu_mps: Vector3::new(300.0 * cos, 0.0, 300.0 * sin),
    };
    (world, Body { curve: DragCurve::G1, area_per_mass_m2kg: AREA_PER_MASS_M2KG }, start)
}

/// Seconds of processor that this thread has used, by the kernel's account: the machine
/// may be shared.
fn cpu_s() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    text.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).expect("a number") * 1e-9
}

/// Calls a second of one core: best of five spells of a fifth of a second, two of ten
/// million flights.
pub(crate) fn rate(count: usize, mut call: impl FnMut()) -> f64 {
    let mut best: f64 = 0.0;
    for _ in 0..if count > 1_000_000 { 2 } else { 5 } {
        let (start_s, mut calls) = (cpu_s(), 0);
        while cpu_s() - start_s < 0.2 {
            call();
            calls += 1;
        }
        best = best.max((calls * count) as f64 / (cpu_s() - start_s));
    }
    best
}

fn row(tool: &str, setting: &str, per_second: f64, place: Vector3<f64>, time_s: f64, off_m: f64) {
    #[expect(clippy::print_stdout, reason = "the table is this program's result")]
    {
        println!(
            "{tool},{setting},{per_second:.0},{:.3},{time_s:.4},{off_m:.4}",
            place.x.hypot(place.y)
        );
    }
}

fn main() {
    let (world, body, start) = flight();
    let exact = fly(&world, &body, &start, 200.0).expect("a flight").landing().expect("landing");
    let (place, time_s) = (exact.position_enu_m, exact.time_s);
    #[expect(clippy::print_stdout, reason = "the table is this program's result")]
    {
        println!("tool,setting,per_second_per_core,range_m,time_s,error_m");
    }
    let exact_rate = rate(1, || {
        black_box(fly(&world, &body, black_box(&start), 200.0)).expect("a flight");
    });
    row("mantlet", "exact (8th order; dense)", exact_rate, place, time_s, 0.0);
    let derived = rate(1, || {
        black_box(landing_derivatives(&world, &body, black_box(&start))).expect("a flight");
    });
    row("mantlet", "exact with derivatives", derived, place, time_s, 0.0);
    let quick = rate(1, || {
        black_box(quick_landing(&world, &body, black_box(&start)));
    });
    let found = quick_landing(&world, &body, &start).expect("a landing").landing;
    let off_m = (found.position_enu_m - place).norm();
    row("mantlet", "quick with derivatives", quick, found.position_enu_m, found.time_s, off_m);
    let mut x = SVector::<f64, 7>::zeros();
    x.fixed_rows_mut::<3>(3).copy_from(&start.velocity_enu_mps);
    x[6] = body.area_per_mass_m2kg.ln();
    let (end, _) = transition(&world, body.curve, &x, time_s);
    let end = end.fixed_rows::<3>(0).into_owned();
    let filter = rate(1, || {
        black_box(transition(&world, body.curve, black_box(&x), time_s));
    });
    row("mantlet", "filter (0.5 s steps; jacobian)", filter, end, time_s, (end - place).norm());

    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    for count in [1_000, 100_000, 1_000_000, 10_000_000] {
        let mut flights = Flights::with_capacity(count);
        for _ in 0..count {
            flights.push(&body, &start);
        }
        let landed = one.install(|| land_many(&world, &flights));
        let found = Vector3::new(landed.e_m[0], landed.n_m[0], landed.u_m[0]);
        let wide = one.install(|| {
            rate(count, || {
                black_box(land_many(&world, black_box(&flights)));
            })
        });
        let setting = format!("wide; {count} flights");
        row("mantlet", &setting, wide, found, landed.time_s[0], (found - place).norm());
    }
    peer::rows(&world, &body, &start, place);
}
