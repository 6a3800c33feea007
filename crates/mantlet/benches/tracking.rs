//! CPU of the tracker on one raid of the comparison: all 61 scans, by number of rounds.
//! `bench/tracking/run.sh` prints it a scan, with the scores.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

#[expect(dead_code, reason = "the scores' half is not used here")]
#[path = "../examples/tracking_bench/raid.rs"]
mod raid;
#[path = "../examples/tracking_bench/setup.rs"]
mod setup;

use raid::Raid;
use setup::{recipe, scans, tracker};

fn raids(c: &mut Criterion) {
    let mut group = c.benchmark_group("tracking");
    group.sample_size(10);
    for (name, rounds, salvo) in
        [("8", 8, false), ("100", 100, false), ("1000", 1000, false), ("salvo of 24", 24, true)]
    {
        let recipe = recipe(rounds, 1000, salvo);
        let scans = scans(&Raid::new(&recipe));
        group.throughput(Throughput::Elements(scans.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| {
                let mut tracker = tracker(&recipe);
                scans.iter().for_each(|scan| tracker.ingest(scan));
                tracker.confirmed().len()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, raids);
criterion_main!(benches);
