//! The report as a whole, on the made-up run.

use super::data::RunReport;
use super::{html, picture, sample, summary_json};

#[test]
fn the_sample_is_written_where_asked_to_be_looked_at() {
    let run = sample::report();
    let (page, image) = (html(&run), picture(&run).unwrap());
    assert!(page.len() < 1_500_000, "the page has {} bytes", page.len());
    assert!(image.len() < 1_000_000, "the picture has {} bytes", image.len());
    if let Some(dir) = std::env::var_os("MANTLET_REPORT_SAMPLE") {
        let dir = std::path::PathBuf::from(dir);
        std::fs::write(dir.join("report.html"), page).unwrap();
        std::fs::write(dir.join("picture.png"), image).unwrap();
        std::fs::write(dir.join("summary.json"), summary_json(&run).unwrap()).unwrap();
        std::fs::write(dir.join("summary.txt"), crate::terminal::summary(&run, 96)).unwrap();
    }
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
