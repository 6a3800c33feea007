//! The report as a whole, on the made-up run.

use super::data::RunReport;
use super::{html, picture, sample, summary_json};

/// Writes a report into a folder of `MANTLET_REPORT_DIR`, if that is set, for
/// someone to look at.
pub fn show(run: &RunReport, name: &str) {
    let Some(dir) = std::env::var_os("MANTLET_REPORT_DIR") else { return };
    let dir = std::path::Path::new(&dir).join(name);
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("report.html"), html(run)).unwrap();
    std::fs::write(dir.join("picture.png"), picture(run).unwrap()).unwrap();
    std::fs::write(dir.join("summary.json"), summary_json(run).unwrap()).unwrap();
    std::fs::write(dir.join("summary.txt"), crate::terminal::summary(run, 100)).unwrap();
}

#[test]
fn page_and_picture_stay_small() {
    let run = sample::report();
    let (page, image) = (html(&run), picture(&run).unwrap());
    assert!(page.len() < 1_500_000, "the page has {} bytes", page.len());
    assert!(image.len() < 1_000_000, "the picture has {} bytes", image.len());
    show(&run, "sample");
}

#[test]
fn a_run_of_nothing_still_gives_a_page_and_a_picture() {
    let run = RunReport::default();
    assert!(html(&run).contains("Nothing came down"));
    assert!(!picture(&run).unwrap().is_empty());
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let (a, b) = (sample::report(), sample::report());
    assert_eq!(html(&a), html(&b));
    assert_eq!(picture(&a).unwrap(), picture(&b).unwrap());
}

#[test]
fn nothing_in_the_page_comes_from_elsewhere() {
    let page = html(&sample::report());
    for outside in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside} in the page");
    }
}

#[test]
fn names_are_escaped() {
    let mut run = sample::report();
    run.zones[0].name = "<img onerror=\"x\">".into();
    run.site = "a & <b>".into();
    let page = html(&run);
    assert!(!page.contains("<img") && !page.contains("<b>,") && page.contains("a &amp; &lt;b&gt;"));
}

/// What a reader of the page reads: text without markup, style and script.
fn words_of(page: &str) -> String {
    let mut out = String::new();
    let mut skip = false;
    for part in page.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or((part, ""));
        match tag.split(' ').next() {
            Some("style" | "script") => skip = true,
            Some("/style" | "/script") => skip = false,
            Some("p" | "h1" | "h2" | "h3" | "tr" | "div" | "figcaption" | "text") => out.push('\n'),
            Some("td" | "th" | "dd" | "small") => out.push_str(" | "),
            _ => {}
        }
        if !skip {
            out.push_str(text);
        }
    }
    let lines = out.lines().map(str::trim).filter(|l| !l.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_page_reads_as_it_did() {
    insta::assert_snapshot!(words_of(&html(&sample::report())));
}

#[test]
fn the_summary_holds_the_figures_and_not_the_geometry() {
    let json = summary_json(&sample::report()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["figures"]["rounds"].as_array().unwrap().len(), 8);
    assert_eq!(value["figures"]["fallen"]["parts"], 15);
    assert!(!json.contains("polygon") && !json.contains("samples"));
}
