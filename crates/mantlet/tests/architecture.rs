//! The data's way is one way: a room imports only from rooms named here.

use std::{fs, path::Path};

/// A path under `src/` (a room, or one file of it that has its own row) and the
/// rooms it may import. The longest matching path counts.
const ROOMS: &[(&str, &[&str])] = &[
    ("frames", &[]),
    ("time.rs", &[]),
    ("flight", &["frames", "time"]),
    ("sensors", &["frames", "time"]),
    ("sensors/simulated.rs", &["frames", "time", "flight"]),
    ("tracking", &["frames", "time", "flight", "sensors"]),
    ("prediction", &["frames", "time", "flight", "tracking"]),
    ("warning", &["frames", "time", "prediction"]),
    ("engagement", &["frames", "time", "flight", "tracking", "prediction"]),
    ("harm", &["frames", "time", "flight", "engagement", "warning"]),
    (
        "assessment",
        &[
            "frames",
            "time",
            "flight",
            "sensors",
            "tracking",
            "prediction",
            "warning",
            "engagement",
            "harm",
        ],
    ),
    ("scoring.rs", &["assessment"]),
    (
        "ledger",
        &["frames", "time", "sensors", "tracking", "prediction", "warning", "engagement", "harm"],
    ),
    (
        "exchange",
        &["frames", "time", "sensors", "tracking", "prediction", "warning", "engagement", "harm"],
    ),
    (
        "pipeline.rs",
        &["frames", "time", "flight", "sensors", "tracking", "prediction", "warning", "ledger"],
    ),
    ("region", &["frames", "time", "flight", "tracking", "prediction", "warning"]),
];

fn name_after(part: &str) -> String {
    part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn rust_files(dir: &Path, out: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder of src") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

#[test]
fn rooms_import_only_upstream() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    assert!(files.len() > 5, "the rooms were not found under {}", src.display());
    for file in files {
        let path =
            file.strip_prefix(&src).expect("under src").to_str().expect("UTF-8").replace('\\', "/");
        let Some((row, allowed)) =
            ROOMS.iter().filter(|(row, _)| path.starts_with(row)).max_by_key(|(row, _)| row.len())
        else {
            continue;
        };
        let room = row.split(['/', '.']).next().unwrap_or(row);
        let text = fs::read_to_string(&file).expect("a readable file");
        for name in text.split("crate::").skip(1).map(name_after) {
            assert!(
                name == room || allowed.contains(&name.as_str()),
                "{path} imports crate::{name}"
            );
        }
    }
}
