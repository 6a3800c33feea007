//! Octets of any kind as site.toml, zones.geojson and a scenario: nothing panics, and
//! whatever is refused names a file and what was expected.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use mantlet::frames::{Datum, Wgs84};
use mantlet::scenario::{Problems, load_scenario, load_site, read_zones};

const ZONES: &str = include_str!("../../sites/cedar-zones.geojson");

fn judge<T>(loaded: Result<T, Problems>) {
    if let Err(Problems(problems)) = loaded {
        assert!(!problems.is_empty());
        assert!(problems.iter().all(|p| !p.expected.is_empty() && !p.field.is_empty()));
    }
}

fuzz_target!(|data: &[u8]| {
    // One folder for each process; the demo's zones stand in it for a site to name.
    let folder = std::env::temp_dir().join(format!("mantlet-fuzz-{}", std::process::id()));
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).expect("room");
        path
    };
    if !folder.exists() {
        std::fs::create_dir_all(&folder).expect("room");
        put("cedar-zones.geojson", ZONES.as_bytes());
    }
    // Names of other files could name devices.
    if data.windows(5).any(|w| w == b"/dev/" || w == b"/proc") {
        return;
    }
    let datum = Datum::new(Wgs84::from_degrees(33.0, -30.0, 40.0).expect("a place"));
    let zones = |path: &Path| read_zones(path, &datum);
    judge(load_site(&put("site.toml", data)));
    judge(load_scenario(&put("scenario.toml", data)));
    judge(zones(&put("zones.geojson", data)));
});
