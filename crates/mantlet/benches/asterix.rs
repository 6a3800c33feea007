//! ASTERIX CAT048 records a second on one core, and plots.csv lines a second.
//!
//! The records are of the size and make of air traffic's (Mode S roll call with a BDS
//! register, 47 octets each, eight to a block), with positions that change.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mantlet::frames::{Datum, RadarFrame, Refraction, Wgs84};
use mantlet::sensors::asterix::{CAT048, Message, TargetReport, Value, blocks, write_block};
use mantlet::sensors::{PlotReader, Sensor, Sigma, Site, Tally};
use mantlet::time::Timestamp;

const RECORDS: u64 = 8_000;

fn traffic() -> Vec<Vec<u8>> {
    let record = |i: u64| {
        let mut m = Message::new(48).expect("known");
        let mut set = |place, bits| m.set(place, bits).expect("fits");
        set(CAT048.field("010", "SAC"), 25);
        set(CAT048.field("010", "SIC"), 201);
        set(CAT048.field("140", ""), 3_500_000 + i);
        set(CAT048.field("020", "TYP"), 5);
        set(CAT048.field("040", "RHO"), 5_000 + i % 40_000);
        set(CAT048.field("040", "THETA"), i * 97 % 65_536);
        set(CAT048.field("070", "MODE3A"), 0o4020);
        set(CAT048.field("090", "FL"), 1_320);
        set(CAT048.sub_field("130", "SRL", ""), 60);
        set(CAT048.sub_field("130", "SAM", ""), 200);
        set(CAT048.field("220", ""), 0x12_3456);
        set(CAT048.field("240", ""), 0x5054_d4c3_1820);
        set(CAT048.field("161", "TRN"), i % 4_096);
        set(CAT048.field("042", "X"), 1_000);
        set(CAT048.field("200", "GSP"), 2_000);
        set(CAT048.field("170", "CNF"), 0);
        set(CAT048.field("230", "COM"), 1);
        m.set_item(CAT048.slot("250"), Value::Groups(vec![vec![0xff_ffff_ffff, 4, 0]]));
        m
    };
    (0..RECORDS / 8)
        .map(|b| (0..8).map(|i| record(8 * b + i)).collect::<Vec<_>>())
        .map(|messages| write_block(48, &messages).expect("fits"))
        .collect()
}

fn cat048(c: &mut Criterion) {
    let datagrams = traffic();
    let octets: usize = datagrams.iter().map(Vec::len).sum();
    let mut group =
        c.benchmark_group(format!("cat048, {} octets a record", octets as u64 / RECORDS));
    group.throughput(Throughput::Elements(RECORDS));
    group.bench_function("to plots", |b| {
        b.iter(|| {
            let mut sum_m = 0.0;
            let mut records = Vec::new();
            for datagram in &datagrams {
                for block in blocks(datagram, 0) {
                    records.clear();
                    block.and_then(|b| b.decode_into(&mut records)).expect("conforms");
                    for record in &records {
                        let plot = TargetReport::read(record).plot(Timestamp::default());
                        sum_m += plot.expect("a plot").range_m;
                    }
                }
            }
            sum_m
        });
    });
    group.bench_function("every field of every item", |b| {
        b.iter(|| {
            let mut sum = 0_u64;
            let mut records = Vec::new();
            for datagram in &datagrams {
                for block in blocks(datagram, 0) {
                    records.clear();
                    block.and_then(|b| b.decode_into(&mut records)).expect("conforms");
                    for record in &records {
                        record.each_field(|_, _, bits| sum = sum.wrapping_add(bits));
                    }
                }
            }
            sum
        });
    });
    group.bench_function("every field read and written back", |b| {
        b.iter(|| {
            let mut octets = Vec::new();
            for datagram in &datagrams {
                for message in Message::read_all(datagram).expect("conforms") {
                    message.write(&mut octets).expect("fits");
                }
            }
            octets.len()
        });
    });
    group.finish();
}

fn site() -> Site {
    let place = Wgs84::from_degrees(45.0, 15.0, 100.0).expect("a place on earth");
    let datum = Datum::new(place);
    let sensor = Sensor {
        id: "north".into(),
        place,
        frame: RadarFrame::new(&datum, place, Refraction::FourThirds),
        range_m: 2e4,
        period_s: 0.5,
        elevation_rad: [0.0, 1.5],
        azimuth_rad: [0.0, std::f64::consts::TAU],
        detection_probability: 0.9,
        clutter_per_scan: 1.0,
        sigma: Sigma {
            range_m: 10.0,
            azimuth_rad: 2e-3,
            elevation_rad: Some(2e-3),
            height_m: None,
            radial_speed_mps: Some(1.0),
        },
        feed: None,
        mask: None,
    };
    Site { name: "bench".into(), datum, sensors: vec![sensor] }
}

fn csv(c: &mut Criterion) {
    let mut text = String::from(
        "time_s,sensor_id,range_m,azimuth_deg,elevation_deg,radial_speed_mps,snr_db\n",
    );
    for i in 0..RECORDS {
        let t = i as f64 * 0.001;
        text += &format!(
            "{t:.3},north,{:.4},{:.8},{:.8},{:.4},{:.2}\n",
            8_000.0 + t,
            41.5 + t,
            12.3,
            -210.5,
            17.2
        );
    }
    let site = site();
    let mut group = c.benchmark_group("plots.csv");
    group.throughput(Throughput::Elements(RECORDS));
    group.bench_function("read", |b| {
        b.iter(|| {
            let mut tally = Tally::default();
            let mut reader =
                PlotReader::new("t", &site, text.as_bytes(), &mut tally).expect("a header");
            let mut sum_m = 0.0;
            while let Some((_, plot)) = reader.next_plot(&mut tally).expect("good lines") {
                sum_m += plot.range_m;
            }
            sum_m
        });
    });
    group.finish();
}

criterion_group!(benches, cat048, csv);
criterion_main!(benches);
