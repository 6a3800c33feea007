//! Flights a second: the wide integrator on one core and on all, over counts; the exact
//! flight, with its derivatives, and the quick landing.
//!
//! Rounds of 30 s: rockets at 160 m/s and 68 degrees through sheared wind over level
//! ground, each with its own speed, direction, drag and wind.

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use mantlet::flight::{
    Air, Body, DragCurve, Flights, Ground, State, WindLevel, World, fly, land_many,
    landing_derivatives, quick_landing,
};
use mantlet::frames::{Datum, Wgs84};
use nalgebra::Vector3;

fn world() -> World {
    let datum = Datum::new(Wgs84::from_degrees(33.0, -30.0, 40.0).expect("a place"));
    let level = |height_m, east_mps| WindLevel { height_m, east_mps, north_mps: -2.0 };
    let air = Air::standard().with_wind(vec![level(0.0, 3.0), level(2_000.0, 11.0)]);
    World::new(datum, air, Ground::Level { height_m: 40.0 })
}

fn round(i: usize) -> (Body, State, [f64; 2]) {
    let draw = |k: f64| (i as f64 * k).fract();
    let (x, y, z) = (draw(0.618_034), draw(0.754_878), draw(0.569_840));
    let (speed_mps, elevation_rad) = (155.0 + 10.0 * x, (65.0 + 6.0 * y).to_radians());
    let azimuth_rad = std::f64::consts::TAU * z;
    let level_mps = speed_mps * elevation_rad.cos();
    let velocity_enu_mps = Vector3::new(
        level_mps * azimuth_rad.sin(),
        level_mps * azimuth_rad.cos(),
        speed_mps * elevation_rad.sin(),
    );
    let body = Body { curve: DragCurve::Rocket, area_per_mass_m2kg: 2e-4 + 2e-4 * y };
    let position_enu_m = Vector3::new(100.0 * x, -100.0 * z, 1.0);
    (body, State { position_enu_m, velocity_enu_mps }, [x - 0.5, 0.5 - y])
}

fn flights(count: usize) -> Flights {
    let mut flights = Flights::with_capacity(count);
    for i in 0..count {
        let (body, state, wind) = round(i);
        flights.push_in_wind(&body, &state, wind);
    }
    flights
}

fn wide(c: &mut Criterion) {
    let world = world();
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let mut group = c.benchmark_group("land_many");
    group.sample_size(10);
    for count in [1_000, 100_000, 1_000_000] {
        let flights = flights(count);
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("one core", count), |b| {
            b.iter(|| one.install(|| land_many(&world, black_box(&flights))));
        });
        group.bench_function(BenchmarkId::new("all cores", count), |b| {
            b.iter(|| land_many(&world, black_box(&flights)));
        });
    }
    group.finish();
}

fn single(c: &mut Criterion) {
    let world = world();
    let mut group = c.benchmark_group("one flight");
    group.sample_size(30);
    let mut i = 0;
    let mut next = move || {
        i += 1;
        round(i)
    };
    group.bench_function("exact", |b| {
        b.iter_batched(
            &mut next,
            |(body, state, _)| fly(&world, &body, &state, 100.0),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("exact with derivatives", |b| {
        b.iter_batched(
            &mut next,
            |(body, state, _)| landing_derivatives(&world, &body, &state),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("quick with derivatives", |b| {
        b.iter_batched(
            &mut next,
            |(body, state, _)| quick_landing(&world, &body, &state),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, wide, single);
criterion_main!(benches);
