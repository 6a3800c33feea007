//! `mantlet run` and what follows from it, as a user calls them.

mod common;

use common::{demo, mantlet, names, printed, refused};

const SCENARIO: &str = "scenarios/eight-rockets.toml";

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let folder = demo();
    let at = folder.path();
    for (out, seed) in [("a", "7"), ("b", "7"), ("c", "8")] {
        printed(at, &["run", SCENARIO, "--seed", seed, "--out", out, "--quiet"]);
    }
    let read = |out: &str, name: &str| std::fs::read(at.join(out).join(name)).expect("there");
    let all = names(&at.join("a"));
    for needed in ["report.html", "picture.png", "summary.json", "plots.csv", "tracks.csv"] {
        assert!(all.iter().any(|n| n == needed), "{needed} is missing from {all:?}");
    }
    for name in all.iter().filter(|n| at.join("a").join(n).is_file()) {
        assert!(read("a", name) == read("b", name), "{name} differs between two runs");
    }
    assert!(read("a", "tracks.csv") != read("c", "tracks.csv"));
    let alerts = names(&at.join("a/cap"));
    let rows = std::fs::read_to_string(at.join("a/warnings.csv")).expect("there").lines().count();
    assert_eq!(alerts.len(), rows - 1, "one document per message");
    for name in &alerts {
        let name = format!("cap/{name}");
        assert!(read("a", &name) == read("b", &name), "{name} differs between two runs");
        let text = String::from_utf8(read("a", &name)).expect("UTF-8");
        assert!(text.contains("<status>Exercise</status>"), "{name}: {text}");
    }
    assert_eq!(names(at), ["a", "b", "c", "scenarios", "sites"], "something was left behind");
}

#[test]
fn plots_of_a_run_tracked_again_give_the_same_tracks_and_score() {
    let folder = demo();
    let at = folder.path();
    printed(at, &["run", SCENARIO, "--out", "a", "--quiet"]);
    printed(at, &["track", "--site", "a/site.toml", "a/plots.csv", "--out", "b", "--quiet"]);
    let score = |tracks: &str| -> serde_json::Value {
        let text = printed(at, &["score", "--truth", "a", "--tracks", tracks]);
        serde_json::from_str(&text).expect("JSON")
    };
    let (live, again) = (score("a/tracks.csv"), score("b/tracks.csv"));
    for score in [&live, &again] {
        assert_eq!(score["tracked_within_2s_of_third_plot"]["count"], 8, "{score}");
        assert_eq!(score["warning"]["missed"], 0, "{score}");
        let ratio = score["impact"]["rms_over_bound_10s"].as_f64().expect("a ratio");
        assert!(ratio < 1.5, "{score}");
    }
    let gospa = |s: &serde_json::Value| s["gospa_m"].as_f64().expect("a number");
    assert!((gospa(&live) - gospa(&again)).abs() < 10.0, "{live} {again}");
}

#[test]
fn every_warned_zone_is_cleared_once_and_never_flickers() {
    let folder = demo();
    let at = folder.path();
    printed(at, &["run", SCENARIO, "--out", "a", "--quiet"]);
    let text = std::fs::read_to_string(at.join("a/warnings.csv")).expect("there");
    let mut standing = std::collections::BTreeMap::new();
    let mut cleared = std::collections::BTreeMap::<&str, f64>::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let (time_s, zone): (f64, _) = (cells[0].parse().expect("a time"), cells[2]);
        match cells[3] {
            "warn" => {
                assert_eq!(standing.insert(zone, time_s), None, "{zone} is warned twice");
                let before = cleared.get(zone).copied().unwrap_or(f64::NEG_INFINITY);
                assert!(time_s - before > 10.0, "{zone} flickers at {time_s} s");
            }
            "clear" => {
                assert!(standing.remove(zone).is_some(), "{zone} is cleared without a warning");
                cleared.insert(zone, time_s);
            }
            _ => assert!(standing.contains_key(zone), "{zone} is updated without a warning"),
        }
    }
    assert!(standing.is_empty(), "left hanging: {standing:?}");
    assert!(!cleared.is_empty());
}

#[test]
fn an_output_folder_in_use_is_refused_without_force() {
    let folder = demo();
    let at = folder.path();
    std::fs::create_dir(at.join("a")).expect("made");
    std::fs::write(at.join("a/mine.txt"), "mine").expect("written");
    let said = refused(at, &["run", SCENARIO, "--out", "a"], 2);
    assert!(said.contains("--force"), "{said}");
    assert_eq!(names(&at.join("a")), ["mine.txt"]);
    printed(at, &["run", SCENARIO, "--out", "a", "--force", "--quiet"]);
    assert!(!names(&at.join("a")).contains(&"mine.txt".to_string()));
}

#[test]
fn help_shows_an_example_of_every_command() {
    let folder = demo();
    for command in ["run", "track", "predict", "replay", "score", "ledger", "check"] {
        let text = printed(folder.path(), &[command, "--help"]);
        assert!(text.contains("Example") && text.contains("mantlet "), "{command}: {text}");
    }
    assert_eq!(mantlet(folder.path(), &["run", "--nonsense"]).status.code(), Some(2));
}
