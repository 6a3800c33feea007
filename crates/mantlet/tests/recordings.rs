//! Recordings of our own making, read as a user's would be: a capture of a made-up radar,
//! and the same plots as plots.csv and as CAT015.

use std::io::Cursor;
use std::path::Path;

use etherparse::PacketBuilder;
use mantlet::scenario::{load_scenario, load_site};
use mantlet::sensors::asterix::{CAT034, CAT048, Message, NonCooperativeReport, write_block};
use mantlet::sensors::{
    Format, InputError, Plot, PlotWriter, Reason, Recording, Scan, Site, Tally,
};
use mantlet::time::Timestamp;

const SITE: &str = r#"
name = "Twin Pines post"
[origin]
lat_deg = 45.0
lon_deg = 15.0
height_m = 100.0
[[sensor]]
id = "east"
lat_deg = 45.0
lon_deg = 15.0
height_m = 110.0
range_m = 40000.0
period_s = 2.0
elevation_deg = [-1.0, 80.0]
azimuth_deg = [0.0, 360.0]
detection_probability = 0.9
clutter_per_scan = 1.0
sigma = { range_m = 20.0, azimuth_deg = 0.1, elevation_deg = 0.1, height_m = 50.0, radial_speed_mps = 1.0 }
feed = { sac = 25, sic = 201 }
"#;

fn site() -> Site {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("site.toml");
    std::fs::write(&path, SITE).expect("writable");
    load_site(&path).expect("a good site").site
}

/// A pcap file of UDP datagrams with their times.
fn pcap(datagrams: &[(Timestamp, Vec<u8>)]) -> Vec<u8> {
    let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    file.extend(65_535_u32.to_le_bytes());
    file.extend(1_u32.to_le_bytes());
    for (time, payload) in datagrams {
        let mut packet = Vec::new();
        PacketBuilder::ethernet2([2; 6], [3; 6])
            .ipv4([192, 0, 2, 1], [233, 252, 0, 1], 4)
            .udp(8600, 8600)
            .write(&mut packet, payload)
            .expect("memory");
        let micros = time.nanos() / 1000;
        let length = packet.len() as i64;
        for word in [micros / 1_000_000, micros % 1_000_000, length, length] {
            file.extend((word as u32).to_le_bytes());
        }
        file.extend(packet);
    }
    file
}

/// Seconds from ten seconds before midnight, 2 March 2026.
fn at(s: f64) -> Timestamp {
    Timestamp::from_nanos(1_772_409_600_000_000_000) + (s - 10.0)
}

fn time_of_day_s(time: Timestamp) -> f64 {
    time.nanos().rem_euclid(86_400_000_000_000) as f64 / 1e9
}

fn target(time: Timestamp, range_nm: f64, azimuth_deg: f64) -> Message {
    let mut m = Message::new(48).expect("known");
    m.set(CAT048.field("010", "SAC"), 25).expect("fits");
    m.set(CAT048.field("010", "SIC"), 201).expect("fits");
    m.set_value(CAT048.field("140", ""), time_of_day_s(time)).expect("fits");
    m.set(CAT048.field("020", "TYP"), 1).expect("fits");
    m.set_value(CAT048.field("040", "RHO"), range_nm).expect("fits");
    m.set_value(CAT048.field("040", "THETA"), azimuth_deg).expect("fits");
    m.set_value(CAT048.field("110", "3DH"), 5_000.0).expect("fits");
    m
}

fn north(time: Timestamp) -> Message {
    let mut m = Message::new(34).expect("known");
    m.set(CAT034.field("010", "SAC"), 25).expect("fits");
    m.set(CAT034.field("010", "SIC"), 201).expect("fits");
    m.set(CAT034.field("000", ""), 1).expect("fits");
    m.set_value(CAT034.field("030", ""), time_of_day_s(time)).expect("fits");
    m
}

/// Ten revolutions across midnight, each a north marker and a block of two targets, every
/// datagram sent on two lines and captured 30 ms late.
fn capture() -> Vec<u8> {
    let mut datagrams = Vec::new();
    for turn in 0..10 {
        let t = 2.0 * f64::from(turn);
        let (first, second) = (at(t + 0.5), at(t + 0.75));
        let mut datagram = write_block(34, &[north(at(t))]).expect("fits");
        let targets = [target(first, 10.0 + t, 90.0), target(second, 12.0, 135.0 + t)];
        datagram.extend(write_block(48, &targets).expect("fits"));
        for line in [0.030, 0.031] {
            datagrams.push((second + line, datagram.clone()));
        }
    }
    // One block that ends inside its item.
    datagrams.push((at(20.0), vec![48, 0, 5, 0x80, 25]));
    pcap(&datagrams)
}

fn read(format: Format, bytes: Vec<u8>) -> Result<(Vec<Scan>, Tally), InputError> {
    let mut recording = Recording::from_reader("own", format, Cursor::new(bytes), &site())?;
    let scans = recording.by_ref().collect::<Result<Vec<_>, _>>()?;
    let (_, tally) = recording.tallies().next().expect("one input");
    Ok((scans, tally.clone()))
}

#[test]
fn a_radar_on_two_lines_across_midnight_gives_each_plot_once_with_its_date() {
    let (scans, tally) = read(Format::Capture, capture()).expect("readable");
    assert_eq!(scans.len(), 10);
    for (turn, scan) in scans.iter().enumerate() {
        let t = 2.0 * turn as f64;
        let times: Vec<_> = scan.plots.iter().map(|p| p.time).collect();
        assert_eq!(times, [at(t + 0.5), at(t + 0.75)]);
        assert!((scan.plots[0].range_m - (10.0 + t) * 1852.0).abs() < 4.0);
        assert_eq!(scan.plots[0].height_m.map(f64::round), Some(1524.0));
    }
    assert_eq!(tally.plots, 20);
    assert_eq!((tally.count(Reason::Duplicate), tally.count(Reason::Malformed)), (20, 1));
}

#[test]
fn a_capture_cut_anywhere_gives_what_came_before_the_cut_or_one_error() {
    let whole = capture();
    let mut most = 0;
    for end in (0..whole.len()).step_by(7) {
        match read(Format::Capture, whole[..end].to_vec()) {
            Ok((scans, tally)) => {
                assert!(scans.len() >= most && tally.count(Reason::Cut) <= 1);
                most = scans.len();
            }
            Err(e) => {
                let text = e.to_string();
                assert!(most == 0 && text.starts_with("own: "), "{end}: {text}");
            }
        }
    }
    assert_eq!(most, 10);
}

#[test]
fn the_same_plots_come_out_of_csv_and_of_cat015() {
    let site = site();
    let plot = |i: i32, azimuth_rad: f64| Plot {
        time: at(2.0 * f64::from(i)),
        range_m: 9_000.0 - 123.4 * f64::from(i),
        azimuth_rad,
        elevation_rad: Some(0.5 - 0.01 * f64::from(i)),
        height_m: None,
        radial_speed_mps: Some(-61.7),
        snr_db: Some(15.0),
        transponder: false,
    };
    let scans: Vec<Scan> = (0..8)
        .map(|i| {
            let plots = vec![plot(i, 1.0), plot(i, 4.0)];
            Scan { sensor: 0, time: plots[0].time, sector: None, plots }
        })
        .collect();
    let mut writer = PlotWriter::new(&site, Vec::new()).expect("memory");
    let mut datagrams = Vec::new();
    for scan in &scans {
        writer.scan(scan).expect("memory");
        let message = |p| NonCooperativeReport::of_plot(p, (25, 201), true).message();
        let messages = scan.plots.iter().map(message).collect::<Result<Vec<_>, _>>();
        let block = write_block(15, &messages.expect("in range")).expect("short");
        datagrams.push((scan.time, block));
    }
    let (from_csv, _) = read(Format::Csv, writer.into_inner()).expect("readable");
    let (from_cat015, _) = read(Format::Capture, pcap(&datagrams)).expect("readable");
    for (name, got, range_m, angle_rad) in
        [("csv", from_csv, 1e-4, 1e-9), ("cat015", from_cat015, 0.051, 5e-5)]
    {
        assert_eq!(got.len(), scans.len(), "{name}");
        for (got, want) in got.iter().zip(&scans) {
            assert_eq!((got.time, got.plots.len()), (want.time, want.plots.len()), "{name}");
            for (got, want) in got.plots.iter().zip(&want.plots) {
                assert!((got.range_m - want.range_m).abs() < range_m, "{name}");
                assert!((got.azimuth_rad - want.azimuth_rad).abs() < angle_rad, "{name}");
                let elevations = got.elevation_rad.zip(want.elevation_rad);
                assert!(elevations.is_some_and(|(a, b)| (a - b).abs() < angle_rad), "{name}");
                let speeds = got.radial_speed_mps.zip(want.radial_speed_mps);
                assert!(speeds.is_some_and(|(a, b)| (a - b).abs() < 0.006), "{name}");
            }
        }
    }
}

#[test]
fn several_inputs_are_merged_by_time() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let header = "time_s,sensor_id,range_m,azimuth_deg\n";
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, format!("{header}{text}")).expect("writable");
        path
    };
    let a = write("a.csv", "0,east,900,1\n4,east,880,1\n");
    let b = write("b.csv", "2,east,890,1\n6,east,870,1\n");
    let paths: [&Path; 2] = [&a, &b];
    let recording = Recording::open(&paths, &site()).expect("readable");
    let times: Vec<_> = recording
        .map(|scan| scan.expect("readable"))
        .filter(|scan| !scan.plots.is_empty())
        .map(|scan| scan.time.seconds())
        .collect();
    assert_eq!(times, [0.0, 2.0, 4.0, 6.0]);
}

#[test]
fn a_simulated_raid_comes_back_from_its_file_scan_by_scan() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/eight-rockets.toml");
    let scenario = load_scenario(Path::new(file)).expect("a good scenario");
    let site = &scenario.site.site;
    let mut scans: Vec<Scan> = Vec::new();
    let mut objects = scenario.draw(7);
    scenario.watch(7, &mut objects, None, |step, _| scans.push(step.scan.clone()));
    let mut writer = PlotWriter::new(site, Vec::new()).expect("memory");
    for scan in &scans {
        writer.scan(scan).expect("memory");
    }
    let text = Cursor::new(writer.into_inner());
    let recording = Recording::from_reader("raid", Format::Csv, text, site).expect("readable");
    let read: Vec<Scan> = recording.map(|scan| scan.expect("readable")).collect();
    // A look that saw nothing before a sensor's first plot or after its last leaves no line.
    let key = |s: &Scan| (s.sensor, s.time);
    let skipped = scans.iter().filter(|s| !read.iter().any(|r| key(r) == key(s)));
    assert!(skipped.clone().all(|s| s.plots.is_empty()), "a scan with plots is not there");
    assert!(skipped.count() < 5);
    for got in &read {
        let want = scans.iter().find(|s| key(s) == key(got)).expect("a scan that was not made");
        assert_eq!(got.plots.len(), want.plots.len(), "{:?}", key(got));
    }
    // In the order in which they were made, so that a tracker makes the same of them.
    let made: Vec<_> =
        scans.iter().map(key).filter(|k| read.iter().any(|r| key(r) == *k)).collect();
    assert_eq!(read.iter().map(key).collect::<Vec<_>>(), made);
}
