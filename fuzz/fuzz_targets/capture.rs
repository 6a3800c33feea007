//! Octets of any kind as a capture, and as a file of ASTERIX blocks: nothing panics, and
//! scans come out in order of time.
#![no_main]

mod site;

use libfuzzer_sys::fuzz_target;
use mantlet::sensors::{Format, Recording};
use mantlet::time::Timestamp;

fuzz_target!(|data: &[u8]| {
    let site = site::site();
    for format in [Format::Capture, Format::Asterix] {
        let bytes = std::io::Cursor::new(data.to_vec());
        let Ok(recording) = Recording::from_reader("fuzz", format, bytes, &site) else { continue };
        let mut last = Timestamp::from_nanos(i64::MIN);
        for scan in recording.flatten() {
            for plot in &scan.plots {
                assert!(plot.time <= scan.time && plot.range_m.is_finite());
            }
            last = last.max(scan.time);
        }
    }
});
