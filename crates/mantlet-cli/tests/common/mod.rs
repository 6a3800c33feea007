//! Running the real binary in a fresh directory.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs `mantlet` with these arguments in `folder`.
pub fn mantlet(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mantlet"))
        .args(args)
        .current_dir(folder)
        .output()
        .expect("the binary runs")
}

/// Runs `mantlet` with `input` on its standard input.
pub fn mantlet_fed(folder: &Path, args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mantlet"))
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    child.stdin.take().expect("a pipe").write_all(input).expect("it reads to the end");
    child.wait_with_output().expect("it ends")
}

/// Standard error of a run that must fail with that exit code.
pub fn refused(folder: &Path, args: &[&str], code: i32) -> String {
    let done = mantlet(folder, args);
    let text = String::from_utf8(done.stderr).expect("UTF-8");
    assert_eq!(done.status.code(), Some(code), "{args:?}: {text}");
    assert!(!text.contains("panicked"), "{text}");
    text
}

/// Standard output of a run that must succeed.
pub fn printed(folder: &Path, args: &[&str]) -> String {
    let done = mantlet(folder, args);
    let text = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(0), "{args:?}: {text}");
    String::from_utf8(done.stdout).expect("UTF-8")
}

/// A folder with the demo's scenario and site in it.
pub fn demo() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["sites/cedar.toml", "sites/cedar-zones.geojson", "scenarios/eight-rockets.toml"] {
        let to = folder.path().join(name);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("made");
        std::fs::copy(root().join(name), to).expect("copied");
    }
    folder
}

/// Replaces `from` by `to` in a file of the folder; `from` must be there.
pub fn edit(folder: &Path, name: &str, from: &str, to: &str) {
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).expect("readable");
    assert!(text.contains(from), "{name} has no {from}");
    std::fs::write(path, text.replacen(from, to, 1)).expect("written");
}

/// Names of everything in a folder.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
