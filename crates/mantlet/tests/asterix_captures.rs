//! Real captures of ASTERIX, read in place and skipped with one line where they are not.
//!
//! `example-asterix.pcapng`: 20 February 2025, 14:40:57 to 14:41:58 UTC, Ethernet, UDP
//! multicast to port 8668, 62 CAT048 and 30 CAT034 blocks of one record each. A ship's
//! 3-D radar (or a simulation of one), SAC 0 SIC 1, turning once in 2 s (I034/041) and
//! sending its place with every north marker (I034/120): from 51.64496° N 1.08106° E to
//! 51.64991° N 1.08367° E, 45 m up, so it sails at 9.6 m/s while it measures.
//! Two objects, 31 reports each, with I048/010, 020, 040, 042, 090, 110, 120 CAL, 130
//! PAM, 140, 161, 170, 200, 210, 230 and 240:
//! - track 2, kind 1 (primary): 23.3 to 29.0 km out, 1997 m up, 150 m/s due south;
//! - track 1, kind 0 ("no detection", yet with Doppler and amplitude, so a plot): 30.9 to
//!   31.2 km out, at sea level, 5 m/s.
//!
//! Its Doppler speeds are positive for what comes closer, against the standard's advice,
//! and correct for the ship's own speed with the wrong sign (11 m/s for track 1, whose
//! range grows by 5 m/s): a site file must not have it measure radial speed.
//!
//! `cat_034_048.pcap`: half a second of air traffic from seven radars, each datagram on
//! two lines; 128 CAT048 and 34 CAT034 records. `asterix.pcap`: 100 CAT062 blocks of an
//! edition before 1.21; 72 of them do not conform to it. `cat_062_065.pcap`: one
//! datagram of both.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mantlet::frames::{Datum, RadarFrame, Refraction, Wgs84};
use mantlet::prediction::predict_impact;
use mantlet::scenario::{SiteFile, load_site};
use mantlet::sensors::{Feed, Reason, Recording, Sensor, Sigma, Site, list_records};
use mantlet::tracking::{Status, Tracker, TrackerConfig};

/// The capture of that name, or `None` after saying that it is not there.
fn capture(name: &str) -> Option<PathBuf> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/asterix");
    let path = Path::new(root).join(name);
    if !path.exists() {
        eprintln!("skipped: {name} is not there");
        return None;
    }
    Some(path)
}

fn ship(sac: u8, sic: u8) -> Site {
    let place = Wgs84::from_degrees(51.6474, 1.0824, 45.0).expect("a place on earth");
    let datum = Datum::new(place);
    let sensor = Sensor {
        id: "ship".into(),
        place,
        frame: RadarFrame::new(&datum, place, Refraction::FourThirds),
        range_m: 60_000.0,
        period_s: 2.0,
        elevation_rad: [-0.035, 1.2],
        azimuth_rad: [0.0, std::f64::consts::TAU],
        detection_probability: 0.95,
        clutter_per_scan: 0.1,
        sigma: Sigma {
            range_m: 15.0,
            azimuth_rad: 0.001,
            elevation_rad: None,
            height_m: Some(30.0),
            radial_speed_mps: None,
        },
        feed: Some(Feed { udp: None, sac, sic, from: Vec::new() }),
        mask: None,
    };
    Site { name: "ship".into(), datum, sensors: vec![sensor] }
}

#[test]
fn a_ships_radar_gives_two_plots_in_each_of_31_scans() {
    let Some(path) = capture("example-asterix.pcapng") else { return };
    let mut recording = Recording::open(&[path], &ship(0, 1)).unwrap();
    let scans: Vec<_> = recording.by_ref().map(Result::unwrap).collect();
    assert_eq!(scans.len(), 31);
    assert!(scans.iter().all(|s| s.plots.len() == 2));
    let (_, tally) = recording.tallies().next().unwrap();
    assert_eq!((tally.plots, tally.rejected()), (62, 0));
    // 2025-02-20T14:40:57.242 UTC by the record's own time of day.
    let first = scans[0].plots[0].time.seconds();
    assert!((first - 1_740_062_457.242).abs() < 0.001, "{first}");
    assert!(scans.last().unwrap().time.since_s(scans[0].time) > 59.9);
    for plot in scans.iter().flat_map(|s| &s.plots) {
        let flying = (23_000.0..29_500.0).contains(&plot.range_m) && plot.height_m > Some(1900.0);
        let floating = (30_800.0..31_300.0).contains(&plot.range_m) && plot.height_m == Some(0.0);
        assert!((flying || floating) && !plot.transponder, "{plot:?}");
    }
}

#[test]
fn a_ships_radar_gives_two_unbroken_tracks_and_no_impact() {
    let Some(path) = capture("example-asterix.pcapng") else { return };
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../sites/asterix-example.toml");
    let SiteFile { site, world, .. } = load_site(Path::new(file)).unwrap();
    let mut tracker = Tracker::new(site.clone(), world.clone(), TrackerConfig::default());
    for (i, scan) in Recording::open(&[path], &site).unwrap().enumerate() {
        tracker.ingest(&scan.unwrap());
        for track in tracker.tracks() {
            assert_eq!(predict_impact(&world, track), None, "track {}", track.id);
        }
        // The second plot of each confirms it; from then on each scan updates both.
        let seen: Vec<_> = tracker.confirmed().iter().map(|t| (t.id, t.status)).collect();
        let both = [(1, Status::Confirmed), (2, Status::Confirmed)];
        assert_eq!(seen, if i == 0 { &[][..] } else { &both[..] }, "scan {i}");
    }
    // It seems faster than its 150 m/s by as much as the ship sails the other way.
    let flying = tracker.confirmed()[0].velocity_enu_mps().norm();
    assert!((155.0..165.0).contains(&flying), "{flying}");
}

#[test]
fn a_radar_that_the_site_does_not_name_is_an_error_that_names_it() {
    let Some(path) = capture("example-asterix.pcapng") else { return };
    let error = Recording::open(&[path], &ship(25, 201)).err().unwrap().to_string();
    assert!(
        error
            .ends_with("radar not in the site file: 62 (SAC 0 SIC 1; SAC 0 SIC 1; SAC 0 SIC 1; …)"),
        "{error}"
    );
}

#[test]
fn half_a_second_of_air_traffic_is_listed_record_by_record() {
    let Some(path) = capture("cat_034_048.pcap") else { return };
    let mut by_category = BTreeMap::new();
    let mut addresses = 0;
    let tally = list_records(&path, &mut |r| {
        *by_category.entry(r.category).or_insert(0) += 1;
        addresses += usize::from(r.category == 48 && r.address.is_some());
        assert!(r.time.is_some() && r.source.is_some() && r.time_of_day_s.is_some());
    })
    .unwrap();
    assert_eq!(by_category, BTreeMap::from([(34, 34), (48, 128)]));
    assert_eq!((tally.plots, tally.rejected()), (128, 0));
    assert_eq!(addresses, 126);
}

#[test]
fn what_does_not_conform_is_counted_and_gives_nothing() {
    let Some(path) = capture("asterix.pcap") else { return };
    let mut records = 0;
    let tally = list_records(&path, &mut |_| records += 1).unwrap();
    assert_eq!((tally.count(Reason::Malformed), records), (72, 62));
}

#[test]
fn files_of_blocks_and_mixed_datagrams_are_read() {
    for (name, expected) in
        [("cat034.raw", 1), ("cat048.raw", 1), ("cat062cat065.raw", 3), ("cat_062_065.pcap", 3)]
    {
        let Some(path) = capture(name) else { return };
        let mut records = 0;
        let tally = list_records(&path, &mut |_| records += 1).unwrap();
        assert_eq!((records, tally.rejected()), (expected, 0), "{name}");
    }
}
