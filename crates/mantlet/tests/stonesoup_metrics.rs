//! GOSPA and OSPA are what Stone Soup's own metrics say of the same files
//! (`golden/stonesoup/README.md` tells where its figures come from).

use std::collections::BTreeMap;
use std::path::Path;

use mantlet::assessment::{gospa, ospa};
use nalgebra::Vector3;

/// Stone Soup 1.9.1, mean over the scans, m.
const STONE_SOUP_OSPA_M: f64 = 17.984_417_014_932_543;
const STONE_SOUP_GOSPA_M: f64 = 34.215_692_875_130_046;
const TOLERANCE_M: f64 = 1e-9;

fn positions(name: &str) -> BTreeMap<usize, Vec<Vector3<f64>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/stonesoup");
    let text = std::fs::read_to_string(folder.join(name)).expect("it is in the repository");
    let mut scans: BTreeMap<usize, Vec<Vector3<f64>>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let row: Vec<f64> = line.split(',').map(|x| x.parse().expect("a number")).collect();
        scans.entry(row[0] as usize).or_default().push(Vector3::new(row[2], row[3], row[4]));
    }
    scans
}

#[test]
fn our_gospa_and_ospa_are_stone_soups() {
    let (truth, tracks) = (positions("truth.csv"), positions("tracks.csv"));
    let mut scans: Vec<usize> = truth.keys().chain(tracks.keys()).copied().collect();
    scans.sort_unstable();
    scans.dedup();
    let none = Vec::new();
    let (mut ospa_m, mut gospa_m) = (0.0, 0.0);
    for scan in &scans {
        let there = truth.get(scan).unwrap_or(&none);
        let said = tracks.get(scan).unwrap_or(&none);
        ospa_m += ospa(there, said, 200.0);
        gospa_m += gospa(there, said, 200.0).0.distance_m;
    }
    let count = scans.len() as f64;
    assert_eq!(scans.len(), 61);
    assert!((gospa_m / count - STONE_SOUP_GOSPA_M).abs() < TOLERANCE_M, "{}", gospa_m / count);
    assert!((ospa_m / count - STONE_SOUP_OSPA_M).abs() < TOLERANCE_M, "{}", ospa_m / count);
}
