//! Speed of a viewshed: a tile of 3601 by 3601 posts of 30 m, seen from its middle.

use criterion::{Criterion, criterion_group, criterion_main};
use mantlet::sensors::{EARTH_RADIUS_M, FOUR_THIRDS_CURVATURE, HeightGrid, Observer, viewshed};
use mantlet::study::made_up_terrain;

fn tile(c: &mut Criterion) {
    let heights_m = made_up_terrain(1, [3601; 2], [30.0; 2], 40.0, 300.0);
    let grid = HeightGrid { columns: 3601, spacing_m: [30.0; 2], heights_m: &heights_m };
    let height_m = f64::from(heights_m[1800 * 3601 + 1800]) + 12.0;
    let observer = Observer {
        post: [1800; 2],
        height_m,
        curvature: FOUR_THIRDS_CURVATURE,
        earth_radius_m: EARTH_RADIUS_M,
    };
    let mut group = c.benchmark_group("viewshed");
    group.sample_size(10);
    group.bench_function("3601 x 3601 posts", |b| b.iter(|| viewshed(&grid, &observer)));
    group.finish();
}

criterion_group!(benches, tile);
criterion_main!(benches);
