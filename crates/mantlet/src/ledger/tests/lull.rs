//! The demo ledger's question, and made-up records whose answer is known.

use std::path::Path;

use super::super::{
    Claim, DatePrecision, Day, ImportOptions, Kind, Ledger, Lull, LullQuestion, Setting, Stamp,
    Watch,
};
use crate::time::Timestamp;

fn stamp() -> Stamp {
    Stamp { who: "tester".into(), at: Timestamp::from_nanos(0) }
}

fn fresh() -> (tempfile::TempDir, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(&folder.path().join("ledger.db")).unwrap();
    (folder, ledger)
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn asked(kind: Kind, since: &str) -> LullQuestion {
    LullQuestion { kind: Some(kind), since: Some(day(since)), ..LullQuestion::default() }
}

fn demo(question: &LullQuestion) -> Lull {
    let (_folder, mut ledger) = fresh();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ledgers/green_zone_2019_2022.csv");
    ledger.import(&stamp(), &path, &ImportOptions::default(), &mut |_| {}).unwrap();
    ledger.lull(question).unwrap()
}

/// NUMBERS, "Demo ledger".
#[test]
fn the_demo_truce_is_a_lower_rate_and_its_last_gap_no_evidence() {
    let lull = demo(&asked(Kind::Rocket, "2020-10-10"));
    let c = lull.comparison.unwrap();
    assert_eq!((c.earlier.number, c.earlier.exposure), (19, 283.0));
    assert_eq!((c.later.number, c.later.exposure), (2, 135.0));
    assert_eq!(format!("{:.2} {:.4}", c.expected, c.p_lower), "9.06 0.0163");
    let gap = lull.latest_gap.unwrap();
    assert_eq!((gap.days, gap.last_day), (63.0, day("2021-02-21")));
    assert_eq!(format!("{:.4}", gap.chance_of_some_gap), "0.5935");
    assert_eq!(
        lull.verdict.sentence,
        "a lower rate of rocket incidents in the site since 2020-10-10 is supported: 2 in 135 days \
         where 9.1 were to be expected from 19 in 283 days before (p = 0.016); the latest gap of 63 \
         days by itself is not evidence: among 21 incidents some gap that long comes with chance \
         0.59; other attack types are not in this series."
    );
    assert_eq!(
        lull.verdict.does_not_show[0],
        "a complete count: the record is labelled \"demo, incomplete\""
    );
    assert_eq!(lull.looked_at.settings, [Setting::In]);
    assert!(!lull.looked_at.watch_assumed);
    assert_eq!(lull.looked_at.left_out, 0);
}

#[test]
fn the_demo_answer_hangs_on_what_it_says_it_hangs_on() {
    let lull = demo(&asked(Kind::Rocket, "2020-10-10"));
    let s = lull.sensitivity.unwrap();
    // One more: 3 of 22 with chance 135/418 has p = 0.045; two more: 4 of 23, 0.094.
    assert_eq!(s.missing_to_undo, Some(2));
    let variant = |what: &str| s.variants.iter().find(|v| v.what.contains(what)).unwrap();
    let beside = variant("beside the site");
    assert_eq!((beside.earlier.number, beside.later.number), (21, 2));
    let whole = variant("the whole record, 2019-05-19 to 2022-01-13");
    assert_eq!((whole.earlier.number, whole.later.number), (22, 7));
    assert!(s.p_lower_range[0] <= 0.0163 && 0.0163 <= s.p_lower_range[1]);
    let share = s.reported_share_to_undo.unwrap();
    assert!((0.5..1.0).contains(&share), "{share}");
}

/// A record with a rate of one in five days, then one in twenty, over watched days with
/// a hole that holds a stray incident; bombs go the other way.
fn made_up() -> (tempfile::TempDir, Ledger) {
    let (folder, mut ledger) = fresh();
    let mut writer = ledger.write(&stamp(), "test").unwrap();
    let start = day("2023-01-01");
    let mut put = |at: i64, kind: Kind| {
        let claim = Claim::new("made up", start + at, DatePrecision::Day, kind);
        writer.enter(&format!("{}-{at}", kind.name()), &claim).unwrap();
    };
    for at in (0..400).step_by(5).chain((400..800).step_by(20)) {
        put(at, Kind::Rocket);
    }
    for at in (3..400).step_by(40).chain((400..800).step_by(10)) {
        put(at, Kind::RoadsideBomb);
    }
    for (first, last) in [(0, 99), (130, 799)] {
        let (first, last) = (start + first, start + last);
        let watch = Watch { first, last, kind: None, share: 1.0, note: String::new() };
        assert!(writer.watch(&watch).unwrap());
    }
    writer.commit().unwrap();
    (folder, ledger)
}

#[test]
fn unwatched_days_count_neither_as_time_nor_with_their_incidents() {
    let (_folder, ledger) = made_up();
    let since = (day("2023-01-01") + 400).to_string();
    let lull = ledger.lull(&asked(Kind::Rocket, &since)).unwrap();
    let c = lull.comparison.unwrap();
    assert_eq!((c.earlier.number, c.earlier.exposure), (74, 370.0));
    assert_eq!((c.later.number, c.later.exposure), (20, 400.0));
    assert_eq!((lull.looked_at.unwatched_days, lull.looked_at.left_out), (30, 6));
    assert!(lull.verdict.sentence.contains("strongly supported"), "{:?}", lull.verdict);
    // The hole is no gap: the longest is of the slower time.
    assert_eq!(lull.longest_gap.unwrap().days, 19.0);
}

#[test]
fn attacks_that_move_to_another_kind_are_seen() {
    let (_folder, ledger) = made_up();
    let since = (day("2023-01-01") + 400).to_string();
    let rockets = ledger.lull(&asked(Kind::Rocket, &since)).unwrap();
    let said = &rockets.verdict.sentence;
    assert!(said.contains("over the same time there is more of roadside bomb (p = "), "{said}");
    let bombs = ledger.lull(&asked(Kind::RoadsideBomb, &since)).unwrap();
    assert!(bombs.verdict.sentence.contains("came at a higher rate"), "{:?}", bombs.verdict);
}

#[test]
fn a_change_at_an_unknown_date_is_found_and_both_ways_of_time_agree() {
    let (_folder, ledger) = made_up();
    let question = LullQuestion { kind: Some(Kind::Rocket), ..LullQuestion::default() };
    let lull = ledger.lull(&question).unwrap();
    let change = lull.change.as_ref().unwrap();
    let truth = day("2023-01-01") + 400;
    assert!((change.median - truth).abs() < 20, "{change:?}");
    assert!((change.median - change.continuous_median).abs() <= 2, "{change:?}");
    assert!((change.interval_95[0] - change.continuous_interval_95[0]).abs() <= 3);
    assert!((change.log10_bayes_factor - change.continuous_log10_bayes_factor).abs() < 0.2);
    assert!(lull.verdict.sentence.starts_with("the rate of rocket incidents fell around 2024-"));
    let step = lull.rivals.fits.iter().find(|f| f.name == "step at the best date").unwrap();
    let steady = lull.rivals.fits.iter().find(|f| f.name == "steady rate").unwrap();
    assert!(step.aic < steady.aic - 10.0);
}

#[test]
fn a_question_that_cannot_be_answered_says_why() {
    let (_folder, mut ledger) = fresh();
    let refused = ledger.lull(&asked(Kind::Rocket, "2020-10-10")).unwrap_err().to_string();
    assert_eq!(refused, "the ledger holds no real incident: nothing to compare");
    let claim = Claim::new("x", day("2020-01-01"), DatePrecision::Day, Kind::Rocket);
    ledger.add(&stamp(), None, &claim).unwrap();
    let claim = Claim::new("x", day("2020-06-01"), DatePrecision::Day, Kind::Mortar);
    ledger.add(&stamp(), None, &claim).unwrap();
    let refused = ledger.lull(&asked(Kind::Rocket, "2021-10-10")).unwrap_err().to_string();
    assert!(refused.contains("expected a day after 2020-01-01 and not after 2020-06-01"));
    let few = ledger.lull(&asked(Kind::Rocket, "2020-03-01")).unwrap();
    assert!(few.verdict.sentence.contains("is not shown"), "{:?}", few.verdict);
    assert!(few.looked_at.watch_assumed);
    let none = ledger.lull(&asked(Kind::Drone, "2020-03-01")).unwrap();
    assert!(none.verdict.sentence.contains("nothing can be compared"), "{:?}", none.verdict);
}

#[test]
fn an_answer_is_the_same_twice_and_is_json() {
    let question = asked(Kind::Rocket, "2020-10-10");
    let (a, b) = (demo(&question), demo(&question));
    assert_eq!(serde_json::to_string(&a).unwrap(), serde_json::to_string(&b).unwrap());
    let json = serde_json::to_value(&a).unwrap();
    assert!(json["verdict"].as_str().unwrap().starts_with("a lower rate"));
    assert_eq!(json["comparison"]["later"]["number"], 2);
}
