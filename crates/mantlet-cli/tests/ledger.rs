//! The record as a user keeps it, with the real binary.

mod common;

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{demo, mantlet, names, printed, refused, root};
use mantlet::ledger::{Filter, Ledger};

const DEMO: &str = "ledgers/green_zone_2019_2022.csv";

fn folder_with_demo() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::copy(root().join(DEMO), folder.path().join("demo.csv")).expect("copied");
    folder
}

fn json(folder: &Path, args: &[&str]) -> serde_json::Value {
    serde_json::from_str(&printed(folder, args)).expect("JSON")
}

/// The first command of docs/ledger.md and the verdict that it prints there.
#[test]
fn the_tutorial_prints_its_verdict() {
    let folder = folder_with_demo();
    let at = folder.path();
    printed(at, &["ledger", "import", "demo.csv"]);
    let said = printed(at, &["ledger", "lull", "--since", "2020-10-10", "--kind", "rocket"]);
    let tutorial = fs::read_to_string(root().join("docs/ledger.md")).expect("the tutorial");
    let verdict: Vec<&str> = said.lines().take_while(|l| !l.is_empty()).collect();
    assert!(
        verdict[0].starts_with("A lower rate of rocket incidents in the site since 2020-10-10")
    );
    for line in &verdict {
        assert!(tutorial.contains(line), "docs/ledger.md does not have: {line}");
    }
    assert!(said.contains("labelled \"demo, incomplete\""), "{said}");
    assert!(said.lines().all(|l| l.chars().count() <= 100), "{said}");
}

#[test]
fn pictures_come_as_svg_and_png_and_as_a_whole_folder() {
    let folder = folder_with_demo();
    let at = folder.path();
    printed(at, &["ledger", "import", "demo.csv", "--quiet"]);
    let ask = ["ledger", "lull", "--since", "2020-10-10", "--kind", "rocket", "--out", "out"];
    printed(at, &ask);
    let found = names(&at.join("out"));
    assert_eq!(found.len(), 9, "{found:?}");
    for name in ["timeline", "cumulative", "calendar", "map"] {
        let svg = fs::read_to_string(at.join(format!("out/{name}.svg"))).expect("there");
        assert!(svg.starts_with("<svg") && svg.contains("demo, incomplete"), "{name}");
        let png = fs::read(at.join(format!("out/{name}.png"))).expect("there");
        assert!(png.starts_with(b"\x89PNG"), "{name}");
    }
    assert!(refused(at, &ask, 2).contains("--force"));
}

#[test]
fn claims_by_hand_stand_side_by_side() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = folder.path();
    let add = |more: &[&str]| {
        let mut args = vec!["ledger", "add", "--date", "2020-12-20", "--kind", "rocket"];
        args.extend(more);
        printed(at, &args)
    };
    assert_eq!(
        add(&["--source", "military", "--count", "8", "--where", "in"]),
        "I-1: a new incident\n"
    );
    assert_eq!(
        add(&["--to", "I-1", "--source", "review", "--count", "21", "--reliability", "B"]),
        "I-1: one more source\n"
    );
    assert_eq!(
        add(&["--to", "I-1", "--source", "military", "--count", "8", "--where", "in"]),
        "I-1: nothing new\n"
    );
    let shown = printed(at, &["ledger", "show", "I-1"]);
    assert!(shown.contains("its sources contradict each other"), "{shown}");
    assert!(shown.contains("military  2020-12-20  rocket  8"), "{shown}");
    assert!(shown.contains("review    2020-12-20  rocket  21"), "{shown}");
    let all = json(at, &["ledger", "list", "--json"]);
    assert_eq!(all["incidents"][0]["count"]["high"], 21);
    assert_eq!(all["incidents"][0]["count"]["best"], 21, "the more reliable source's");
    assert!(refused(at, &["ledger", "show", "I-2"], 2).contains("did you mean \"I-1\"?"));
    assert!(
        refused(at, &["ledger", "add", "--date", "2020-12-20"], 2)
            .contains("--kind, --source: missing")
    );
    let wrong = refused(at, &["ledger", "list", "--kind", "rockets"], 2);
    assert!(wrong.contains("expected one of rocket, mortar"), "{wrong}");
}

#[test]
fn an_export_is_right_and_is_not_overwritten_unasked() {
    let folder = folder_with_demo();
    let at = folder.path();
    printed(at, &["ledger", "import", "demo.csv", "--quiet"]);
    for name in ["all.csv", "all.parquet", "all.geojson"] {
        let said = printed(at, &["ledger", "export", name, "--thwarted"]);
        assert!(said.starts_with(&format!("{name}: 34 ")), "{said}");
    }
    assert!(refused(at, &["ledger", "export", "all.csv"], 2).contains("--force"));
    assert!(refused(at, &["ledger", "export", "all.kml"], 2).contains(".geojson"));
    let checked = printed(at, &["check", "all.csv", "demo.csv", "ledger.db"]);
    assert!(checked.contains("all.csv: ledger CSV, right: 34 rows"), "{checked}");
    assert!(checked.contains("ledger.db: a ledger, right: 34 incidents"), "{checked}");
    fs::write(at.join("bad.csv"), "date_local,kind\n2020-13-01,rocket\n").expect("written");
    let said = refused(at, &["check", "bad.csv"], 2);
    assert!(said.contains("bad.csv:2: date_local: 2020-13-01: expected a day"), "{said}");
    let said = refused(at, &["ledger", "import", "bad.csv", "--strict"], 2);
    assert!(said.contains("bad.csv: line 2: date_local: 2020-13-01"), "{said}");
    assert!(refused(at, &["ledger", "list", "--ledger", "none.db"], 2).contains("no such ledger"));
    assert!(!at.join("none.db").exists());
    let said = refused(at, &["ledger", "list", "--source", "nobody"], 2);
    assert!(said.contains("expected one of press reports compiled for Mantlet"), "{said}");
    let said = refused(at, &["ledger", "import", "none.csv"], 2);
    assert_eq!(said.matches("No such file").count(), 1, "{said}");
    // What was exported comes in again, from either table, and says nothing new.
    for name in ["all.csv", "all.parquet"] {
        let said = printed(at, &["ledger", "import", name]);
        assert!(said.contains("34 rows: 34 already there"), "{said}");
    }
}

#[test]
fn a_simulated_raid_enters_as_an_exercise_with_its_tracks_and_out_of_the_statistics() {
    let folder = demo();
    let at = folder.path();
    let scenario = "scenarios/eight-rockets.toml";
    printed(at, &["run", scenario, "--out", "a", "--ledger", "raids.db", "--quiet"]);
    let all = json(at, &["ledger", "list", "--json", "--ledger", "raids.db", "--exercise"]);
    assert_eq!(all["total"], 1, "{all}");
    let raid = &all["incidents"][0];
    assert_eq!((&raid["kind"], &raid["count"]["best"]), (&"rocket".into(), &8.into()));
    let id = raid["id"].as_str().expect("a name");
    let dossier = json(at, &["ledger", "show", id, "--json", "--ledger", "raids.db"]);
    assert_eq!(dossier["tracks"].as_array().map(Vec::len), Some(8));
    assert_eq!(dossier["statements"][0]["warned"], true);
    assert!(dossier["statements"][0]["warning_s"].as_f64().is_some_and(|s| s > 5.0), "{dossier}");
    assert_eq!(json(at, &["ledger", "list", "--json", "--ledger", "raids.db"])["total"], 0);
    printed(
        at,
        &[
            "track",
            "--site",
            "a/site.toml",
            "a/plots.csv",
            "--out",
            "b",
            "--ledger",
            "b.db",
            "--quiet",
        ],
    );
    let again = json(at, &["ledger", "list", "--json", "--ledger", "b.db", "--exercise"]);
    assert_eq!(again["incidents"][0]["count"]["best"], 8, "{again}");
}

/// A table of `rows` incidents that no other has.
fn table(path: &Path, name: &str, rows: usize) {
    let mut text = String::from("id,source,date_local,kind,n_low,n_high\n");
    for row in 0..rows {
        text += &format!("{name}-{row},made up,2020-01-{:02},rocket,1,2\n", row % 28 + 1);
    }
    fs::write(path, text).expect("written");
}

#[test]
fn two_writers_at_once_both_succeed_or_one_is_told_clearly() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = folder.path();
    for name in ["a", "b"] {
        table(&at.join(format!("{name}.csv")), name, 3000);
    }
    let spawn = |name: &str| {
        Command::new(env!("CARGO_BIN_EXE_mantlet"))
            .args(["ledger", "import", name])
            .current_dir(at)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs")
    };
    let both = [spawn("a.csv"), spawn("b.csv")];
    let mut entered = 0;
    for child in both {
        let done = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&done.stderr);
        if done.status.success() {
            entered += 3000;
        } else {
            assert!(said.contains("another process is writing to this ledger"), "{said}");
        }
    }
    let ledger = Ledger::open_existing(&at.join("ledger.db")).expect("it opens");
    assert_eq!(ledger.verify().expect("it is sound"), entered);
    assert!(entered >= 3000);
}

/// Numbers from a seed (Vigna's splitmix64).
fn draw(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// 200 processes killed with SIGKILL at moments drawn from seed 8, over their whole life
/// and somewhat past it: every second imports 40 rows, the others add one.
#[test]
#[expect(clippy::disallowed_methods, reason = "the kills are spread over a process's life")]
fn a_ledger_outlives_two_hundred_kills() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = folder.path();
    let add = |n: usize| -> Vec<String> {
        let source = format!("s{n}");
        let words = ["ledger", "add", "--date", "2020-01-01", "--kind", "rocket", "--source"];
        words.iter().map(ToString::to_string).chain([source]).collect()
    };
    let import = |n: usize| -> Vec<String> {
        table(&at.join(format!("f{n}.csv")), &format!("f{n}"), 40);
        vec!["ledger".into(), "import".into(), format!("f{n}.csv")]
    };
    let strings =
        |args: &[String]| args.iter().map(String::as_str).collect::<Vec<_>>().join("\u{1}");
    let start = Instant::now();
    for n in 1000..1004 {
        let args = if n % 2 == 0 { import(n) } else { add(n) };
        let args = strings(&args);
        printed(at, &args.split('\u{1}').collect::<Vec<_>>());
    }
    let life_ns = start.elapsed().as_nanos() as u64 / 4;
    let (mut state, mut acknowledged, mut cut_short) = (8, Vec::new(), 0);
    for n in 0..200 {
        let args = if n % 2 == 0 { import(n) } else { add(n) };
        let mut child = Command::new(env!("CARGO_BIN_EXE_mantlet"))
            .args(&args)
            .current_dir(at)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary runs");
        std::thread::sleep(Duration::from_nanos(draw(&mut state) % (life_ns * 3 / 2)));
        child.kill().expect("it can be killed");
        let mut said = String::new();
        child.stdout.take().expect("piped").read_to_string(&mut said).expect("UTF-8");
        child.wait().expect("it ends");
        if said.ends_with('\n') {
            acknowledged.push((n, said));
        } else {
            cut_short += 1;
        }
        if n % 10 == 9 {
            let ledger = Ledger::open_existing(&at.join("ledger.db")).expect("it opens");
            ledger.verify().expect("it is sound");
        }
    }
    assert!(!acknowledged.is_empty() && cut_short > 0, "{} {cut_short}", acknowledged.len());
    let ledger = Ledger::open_existing(&at.join("ledger.db")).expect("it opens");
    ledger.verify().expect("it is sound");
    for (n, said) in &acknowledged {
        if n % 2 == 1 {
            let id = said.split(':').next().expect("a name");
            let dossier = ledger.show(id).expect("an acknowledged claim");
            assert_eq!(dossier.statements[0].claim.source, format!("s{n}"));
        }
    }
    let (all, _) = ledger.list(&Filter::default(), usize::MAX >> 1).expect("listed");
    for n in (0..200).step_by(2) {
        let prefix = format!("f{n}-");
        let rows = all.iter().filter(|i| i.id.starts_with(&prefix)).count();
        let known = acknowledged.iter().any(|(k, _)| *k == n);
        assert!(
            rows == 40 || (rows == 0 && !known),
            "import {n}: {rows} rows, acknowledged: {known}"
        );
    }
}

/// The very first write makes the file: killed in the middle, the next one still can.
#[test]
fn a_ledger_killed_while_it_is_made_can_still_be_made() {
    let mut state = 9;
    for _ in 0..20 {
        let folder = folder_with_demo();
        let mut child = Command::new(env!("CARGO_BIN_EXE_mantlet"))
            .args(["ledger", "import", "demo.csv", "--quiet"])
            .current_dir(folder.path())
            .spawn()
            .expect("the binary runs");
        std::thread::sleep(Duration::from_micros(draw(&mut state) % 30_000));
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        printed(folder.path(), &["ledger", "import", "demo.csv", "--quiet"]);
        let all = json(folder.path(), &["ledger", "list", "--thwarted", "--json"]);
        assert_eq!(all["total"], 34);
    }
    assert_eq!(mantlet(Path::new("."), &["ledger", "--nonsense"]).status.code(), Some(2));
}
