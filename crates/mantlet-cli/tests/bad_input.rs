//! Bad input: one clear error with its place, exit 2, nothing half-written.

mod common;

use common::{demo, edit, names, printed, refused, root};

const SCENARIO: &str = "scenarios/eight-rockets.toml";
const SITE: &str = "sites/cedar.toml";
const ZONES: &str = "sites/cedar-zones.geojson";

/// Edits a file of the demo, runs it, and wants all of `said` in the error.
fn run_refused(name: &str, from: &str, to: &str, said: &[&str]) {
    let folder = demo();
    let at = folder.path();
    edit(at, name, from, to);
    let error = refused(at, &["run", SCENARIO, "--out", "a"], 2);
    for part in said {
        assert!(error.contains(part), "no \"{part}\" in: {error}");
    }
    assert_eq!(names(at), ["scenarios", "sites"], "something was left behind");
}

#[test]
fn an_unknown_key_is_named_with_the_nearest_known_one() {
    run_refused(
        SITE,
        "clutter_per_scan = 12.0",
        "cluter_per_scan = 12.0",
        &["cedar.toml:", "cluter_per_scan", "unknown key", "clutter_per_scan"],
    );
}

#[test]
fn a_value_out_of_range_names_file_line_field_value_and_expectation() {
    run_refused(
        SITE,
        "range_m = 15000.0",
        "range_m = -15000.0",
        &["cedar.toml:16", "sensor[0].range_m", "-15000.0", "a number from 100 to 1000000"],
    );
}

#[test]
fn not_a_number_and_infinity_are_refused() {
    run_refused(SITE, "period_s = 0.5", "period_s = nan", &["sensor[0].period_s", "nan"]);
    run_refused(SITE, "height_m = 52.0", "height_m = inf", &["sensor[0].height_m", "inf"]);
}

#[test]
fn an_elevation_over_ninety_degrees_is_refused() {
    run_refused(SITE, "[1.0, 80.0]", "[1.0, 95.0]", &["elevation_deg", "[1.0, 95.0]", "90"]);
}

#[test]
fn broken_toml_names_its_line() {
    run_refused(SITE, "lat_deg = 33.0\n", "lat_deg = = 33.0\n", &["cedar.toml:6"]);
}

#[test]
fn all_problems_come_at_once() {
    let folder = demo();
    let at = folder.path();
    edit(at, SITE, "period_s = 0.5", "period_s = -1");
    edit(at, SITE, "detection_probability = 0.85", "detection_probability = 1.85");
    edit(at, SCENARIO, "count = 8", "count = \"eight\"");
    let error = refused(at, &["run", SCENARIO], 2);
    for part in ["period_s", "1.85", "\"eight\""] {
        assert!(error.contains(part), "{error}");
    }
    assert_eq!(error.lines().count(), 3, "{error}");
}

#[test]
fn a_zone_that_crosses_itself_or_lies_far_away_is_refused() {
    let folder = demo();
    let at = folder.path();
    let text = std::fs::read_to_string(at.join(ZONES)).expect("there");
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let ring = |json: &serde_json::Value| {
        json["features"][0]["geometry"]["coordinates"][0].as_array().expect("a ring").clone()
    };
    let mut crossed = json.clone();
    let mut corners = ring(&json);
    corners.swap(1, 2);
    crossed["features"][0]["geometry"]["coordinates"][0] = corners.into();
    let mut far = json.clone();
    far["features"][0]["geometry"]["coordinates"][0][1][1] = 43.0.into();
    for (bad, said) in [(crossed, "crosses"), (far, "km from the site")] {
        std::fs::write(at.join(ZONES), bad.to_string()).expect("written");
        let error = refused(at, &["run", SCENARIO, "--out", "a"], 2);
        assert!(error.contains("cedar-zones.geojson:") && error.contains(said), "{error}");
        assert_eq!(names(at), ["scenarios", "sites"]);
    }
}

#[test]
fn files_that_are_empty_or_absent_are_refused() {
    let folder = demo();
    let at = folder.path();
    let error = refused(at, &["run", "scenarios/none.toml"], 2);
    assert!(error.contains("none.toml") && error.contains("readable"), "{error}");
    for name in ["empty.toml", "empty.csv", "empty.geojson"] {
        std::fs::write(at.join(name), "").expect("written");
        assert!(refused(at, &["check", name], 2).contains(name));
    }
    assert!(refused(at, &["track", "--site", SITE, "empty.csv"], 2).contains("empty.csv"));
}

#[test]
fn plots_that_no_radar_can_measure_are_counted_and_skipped() {
    let folder = demo();
    let at = folder.path();
    let rows = "time_s,sensor_id,range_m,azimuth_deg,elevation_deg,radial_speed_mps,snr_db\n\
        1.0,north,5000,10,5,-100,20\n\
        1.5,north,nan,10,5,-100,20\n\
        1.5,north,inf,10,5,-100,20\n\
        1.5,north,-5000,10,5,-100,20\n\
        1.5,north,5000,10,95,-100,20\n\
        1.5,north,4950,10,5,-100,20\n\
        0.2,north,5000,10,5,-100,20\n";
    std::fs::write(at.join("plots.csv"), rows).expect("written");
    let done = common::mantlet(at, &["track", "--site", SITE, "plots.csv"]);
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(0), "{said}");
    assert!(said.contains("2 plots used, 5 left out"), "{said}");
    for reason in ["not finite", "implausible", "time goes back"] {
        assert!(said.contains(reason), "no \"{reason}\" in {said}");
    }
}

#[test]
fn a_sensor_that_nobody_declared_is_refused() {
    let folder = demo();
    let at = folder.path();
    let rows = "time_s,sensor_id,range_m,azimuth_deg,elevation_deg\n1,nroth,5000,10,5\n";
    std::fs::write(at.join("plots.csv"), rows).expect("written");
    let error = refused(at, &["track", "--site", SITE, "plots.csv", "--out", "a"], 2);
    for part in ["plots.csv", "line 2", "nroth", "north"] {
        assert!(error.contains(part), "{error}");
    }
    assert!(!names(at).contains(&"a".to_string()));
}

#[test]
fn a_truncated_capture_is_one_error_or_a_counted_skip() {
    let capture = root().join("../shared/reference/asterix/example-asterix.pcapng");
    let Ok(bytes) = std::fs::read(&capture) else {
        eprintln!("skipped: {} is not there", capture.display());
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let site = root().join("sites/asterix-example.toml");
    let site = site.to_str().expect("UTF-8");
    for length in [3, 40, bytes.len() / 2, bytes.len() - 7] {
        std::fs::write(folder.path().join("cut.pcapng"), &bytes[..length]).expect("written");
        let done = common::mantlet(folder.path(), &["track", "--site", site, "cut.pcapng"]);
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(matches!(done.status.code(), Some(0 | 2)), "{length}: {said}");
        assert!(said.contains("cut.pcapng") && !said.contains("panicked"), "{length}: {said}");
    }
}

#[test]
fn check_says_what_is_right() {
    let folder = demo();
    let at = folder.path();
    let text = printed(at, &["check", SITE, SCENARIO, ZONES]);
    assert_eq!(text.lines().filter(|l| l.contains("right")).count(), 3, "{text}");
    std::fs::write(
        at.join("t.csv"),
        "time_s,track_id,status,class,e_m,n_m,u_m\n1,1,confirmed,rocket,x,0,0\n",
    )
    .expect("written");
    let error = refused(at, &["check", "t.csv"], 2);
    assert!(error.contains("t.csv:2: e_m: x: expected a finite number"), "{error}");
}
