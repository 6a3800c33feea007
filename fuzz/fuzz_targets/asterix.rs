//! Octets of any kind as an ASTERIX datagram: nothing panics, what decodes is written
//! back bit for bit, every field has a value, and a live feed takes it.
#![no_main]

mod site;

use libfuzzer_sys::fuzz_target;
use mantlet::sensors::LiveFeed;
use mantlet::sensors::asterix::{
    NonCooperativeReport, ServiceMessage, SystemTrack, TargetReport, blocks, field_text,
    write_block,
};
use mantlet::time::Timestamp;

fuzz_target!(|data: &[u8]| {
    let mut feed = LiveFeed::new(&site::site()).expect("it has feeds");
    let (mut now, mut held) = (Timestamp::from_nanos(1_740_000_000_000_000_000), 0);
    // Datagrams of uneven lengths.
    for (i, datagram) in data.chunks(97).enumerate() {
        now = now + 0.01 * (i % 7) as f64;
        held += feed.push(datagram, now).iter().map(|s| s.plots.len() as u64).sum::<u64>();
        held += feed.tick(now).iter().map(|s| s.plots.len() as u64).sum::<u64>();
    }
    held += feed.tick(now + 1e3).iter().map(|s| s.plots.len() as u64).sum::<u64>();
    assert_eq!(held, feed.tally.plots);
    for block in blocks(data, 0).flatten() {
        let (Ok(records), Ok(messages)) = (block.records(), block.messages()) else { continue };
        for record in &records {
            record.each_field(|path, field, bits| {
                assert!(!path.to_string().is_empty());
                assert!(!field_text(field, bits).is_empty());
            });
            match block.category {
                15 => drop(NonCooperativeReport::read(record).plot(Timestamp::default())),
                34 => drop(ServiceMessage::read(record)),
                48 => {
                    let report = TargetReport::read(record);
                    if let Ok(plot) = report.plot(Timestamp::default()) {
                        assert!(plot.range_m > 0.0 && plot.azimuth_rad < std::f64::consts::TAU);
                    }
                    let _ = report.callsign();
                }
                62 => {
                    if let Some(track) = SystemTrack::read(record) {
                        track.message().expect("what was read can be written");
                    }
                }
                _ => {}
            }
        }
        let octets = write_block(block.category, &messages).expect("it was read");
        assert_eq!(octets, data[block.at..block.at + 3 + block.body.len()]);
    }
});
