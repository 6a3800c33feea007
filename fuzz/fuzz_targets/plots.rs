//! Octets of any kind as plots.csv: nothing panics, every plot is finite, and what is
//! written again is read again as it was.
#![no_main]

mod site;

use libfuzzer_sys::fuzz_target;
use mantlet::sensors::{Format, PlotReader, PlotWriter, Recording, Scan, Tally};

fuzz_target!(|data: &[u8]| {
    let site = site::site();
    let mut tally = Tally::default();
    if let Ok(mut reader) = PlotReader::new("fuzz", &site, data, &mut tally) {
        let mut writer = PlotWriter::new(&site, Vec::new()).expect("memory");
        let mut count = 0;
        while let Ok(Some((sensor, plot))) = reader.next_plot(&mut tally) {
            assert!(plot.range_m > 0.0 && plot.range_m.is_finite());
            assert!((0.0..std::f64::consts::TAU).contains(&plot.azimuth_rad));
            assert!(plot.elevation_rad.is_none_or(|e| e.abs() < 1.6));
            let scan = Scan { sensor, time: plot.time, sector: None, plots: vec![plot] };
            writer.scan(&scan).expect("memory");
            count += 1;
        }
        let text = writer.into_inner();
        let mut again = PlotReader::new("again", &site, &text[..], &mut tally).expect("a header");
        let mut read = 0;
        while let Ok(Some(_)) = again.next_plot(&mut Tally::default()) {
            read += 1;
        }
        assert_eq!(read, count);
    }
    let bytes = std::io::Cursor::new(data.to_vec());
    if let Ok(recording) = Recording::from_reader("fuzz", Format::Csv, bytes, &site) {
        recording.for_each(drop);
    }
});
