//! Real captures through `mantlet track`, and their twin from our own encoder.

mod common;

use common::{mantlet, root};

#[test]
fn the_real_capture_gives_two_unbroken_tracks_and_no_impact() {
    let capture = root().join("../shared/reference/asterix/example-asterix.pcapng");
    if !capture.exists() {
        eprintln!("skipped: {} is not there", capture.display());
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let site = root().join("sites/asterix-example.toml");
    let args = ["track", "--site", site.to_str().expect("UTF-8"), capture.to_str().expect("UTF-8")];
    let done = mantlet(folder.path(), &args);
    assert_eq!(done.status.code(), Some(0));
    let text = String::from_utf8(done.stdout).expect("UTF-8");
    let mut lives = std::collections::BTreeMap::<&str, (f64, f64)>::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let time_s: f64 = cells[0].parse().expect("a time");
        lives.entry(cells[1]).or_insert((time_s, time_s)).1 = time_s;
        assert_eq!(cells[22], "", "an impact: {line}");
    }
    assert_eq!(lives.len(), 2, "{lives:?}");
    assert!(lives.values().all(|(from, to)| to - from > 50.0), "{lives:?}");
}

#[test]
fn all_records_of_the_traffic_capture_are_listed() {
    let capture = root().join("../shared/reference/asterix/cat_034_048.pcap");
    if !capture.exists() {
        eprintln!("skipped: {} is not there", capture.display());
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let done = mantlet(folder.path(), &["track", "--plots", capture.to_str().expect("UTF-8")]);
    assert_eq!(done.status.code(), Some(0));
    let text = String::from_utf8(done.stdout).expect("UTF-8");
    let of_048 = text.lines().skip(1).filter(|l| l.split(',').nth(1) == Some("48")).count();
    assert_eq!(of_048, 128);
}
