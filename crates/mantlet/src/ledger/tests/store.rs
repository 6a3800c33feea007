//! The file: what is entered stays, as it was entered.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rusqlite::Connection;

use super::super::{
    Claim, DatePrecision, Entered, Filter, Incident, Kind, Ledger, Range, Reality, Reliability,
    Setting, Source, Stamp, Watch,
};
use crate::time::Timestamp;

fn stamp() -> Stamp {
    Stamp { who: "tester".into(), at: Timestamp::from_nanos(1_600_000_000_000_000_000) }
}

fn claim(source: &str, day: &str) -> Claim {
    Claim::new(source, day.parse().unwrap(), DatePrecision::Day, Kind::Rocket)
}

fn ledger() -> (tempfile::TempDir, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(&folder.path().join("ledger.db")).unwrap();
    (folder, ledger)
}

#[test]
fn what_was_entered_is_there_after_opening_again() {
    let (folder, mut ledger) = ledger();
    let mut said = claim("police", "2020-01-08");
    said.count = Some(Range { low: 2, best: None, high: 3 });
    let (id, entered) = ledger.add(&stamp(), None, &said).unwrap();
    assert_eq!((id.as_str(), entered), ("I-1", Entered::New));
    drop(ledger);
    let ledger = Ledger::open_existing(&folder.path().join("ledger.db")).unwrap();
    let (found, total) = ledger.list(&Filter::default(), 10).unwrap();
    assert_eq!((found.len(), total, found[0].count), (1, 1, said.count));
    let dossier = ledger.show("I-1").unwrap();
    assert_eq!(dossier.statements[0].claim, said);
    assert_eq!(dossier.statements[0].entered_by, "tester");
    assert_eq!(dossier.statements[0].entered_s, 1.6e9);
}

#[test]
fn a_source_that_changes_its_mind_adds_a_revision_and_loses_nothing() {
    let (_folder, mut ledger) = ledger();
    let mut said = claim("police", "2020-01-08");
    ledger.add(&stamp(), Some("X"), &said).unwrap();
    assert_eq!(ledger.add(&stamp(), Some("X"), &said).unwrap().1, Entered::Same);
    said.killed = Some(Range::exactly(1));
    assert_eq!(ledger.add(&stamp(), Some("X"), &said).unwrap().1, Entered::Revised);
    assert_eq!(
        ledger.add(&stamp(), Some("X"), &claim("army", "2020-01-09")).unwrap().1,
        Entered::Claim
    );
    let dossier = ledger.show("X").unwrap();
    let revisions: Vec<_> =
        dossier.statements.iter().map(|s| (s.claim.source.as_str(), s.revision)).collect();
    assert_eq!(revisions, [("police", 1), ("police", 2), ("army", 1)]);
    assert_eq!(dossier.incident.killed, Some(Range::exactly(1)));
    assert_eq!(dossier.incident.day_high, "2020-01-09".parse().unwrap());
    assert!(dossier.incident.conflict);
}

#[test]
fn the_record_refuses_to_be_changed() {
    let (_folder, mut ledger) = ledger();
    ledger.add(&stamp(), None, &claim("police", "2020-01-08")).unwrap();
    for sql in ["UPDATE claim SET said = '{}'", "DELETE FROM claim", "DELETE FROM change"] {
        let refused = ledger.db.execute(sql, []).unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
}

#[test]
fn a_more_reliable_source_is_read_first_once_it_is_known_to_be() {
    let (_folder, mut ledger) = ledger();
    let mut rumour = claim("rumour", "2020-01-08");
    rumour.weapon = "mortar".into();
    let mut army = claim("army", "2020-01-09");
    army.weapon = "107 mm rocket".into();
    ledger.add(&stamp(), Some("X"), &rumour).unwrap();
    ledger.add(&stamp(), Some("X"), &army).unwrap();
    assert_eq!(ledger.show("X").unwrap().incident.weapon, "mortar");
    let mut writer = ledger.write(&stamp(), "source").unwrap();
    let source = Source {
        name: "army".into(),
        reliability: Reliability::B,
        label: String::new(),
        note: String::new(),
    };
    assert!(writer.set_source(&source).unwrap());
    assert!(!writer.set_source(&source).unwrap());
    writer.commit().unwrap();
    assert_eq!(ledger.show("X").unwrap().incident.weapon, "107 mm rocket");
}

#[test]
fn what_is_not_committed_leaves_nothing() {
    let (_folder, mut ledger) = ledger();
    let mut writer = ledger.write(&stamp(), "import").unwrap();
    writer.enter("X", &claim("police", "2020-01-08")).unwrap();
    drop(writer);
    assert_eq!(ledger.list(&Filter::default(), 10).unwrap().1, 0);
    let refused = ledger.show("X").unwrap_err().to_string();
    assert_eq!(refused, "incident X: is not in the ledger");
}

#[test]
fn a_file_that_is_no_ledger_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database, but long enough to be looked at as one").unwrap();
    let refused = Ledger::open(&text).unwrap_err().to_string();
    assert!(refused.contains("is not a Mantlet ledger"), "{refused}");
    let other = folder.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE t(x)").unwrap();
    let refused = Ledger::open(&other).unwrap_err().to_string();
    assert!(refused.contains("is not a Mantlet ledger"), "{refused}");
    let missing = Ledger::open_existing(&folder.path().join("none.db")).unwrap_err();
    assert!(missing.to_string().contains("no such ledger"), "{missing}");
}

#[test]
fn two_writers_of_one_file_both_succeed() {
    let (folder, ledger) = ledger();
    drop(ledger);
    let path = folder.path().join("ledger.db");
    std::thread::scope(|scope| {
        for name in ["a", "b"] {
            let path = &path;
            scope.spawn(move || {
                let mut ledger = Ledger::open(path).unwrap();
                for _ in 0..20 {
                    ledger.add(&stamp(), None, &claim(name, "2020-01-08")).unwrap();
                }
            });
        }
    });
    let ledger = Ledger::open_existing(&path).unwrap();
    assert_eq!(ledger.list(&Filter::default(), 1).unwrap().1, 40);
}

#[test]
fn values_that_cannot_be_are_refused_by_name() {
    let (_folder, mut ledger) = ledger();
    let mut wrong = claim("police", "2020-01-08");
    wrong.lat_deg = Some(f64::NAN);
    wrong.lon_deg = Some(4.0);
    let refused = ledger.add(&stamp(), None, &wrong).unwrap_err().to_string();
    assert_eq!(refused, "lat_deg: Some(NaN): expected degrees from -90 to 90");
    let refused = ledger.add(&stamp(), None, &claim(" ", "2020-01-08")).unwrap_err().to_string();
    assert_eq!(refused, "source: empty: expected who says so");
}

#[test]
fn watched_periods_do_not_overlap_and_can_be_taken_back() {
    let (_folder, mut ledger) = ledger();
    let watch = |first: &str, last: &str| Watch {
        first: first.parse().unwrap(),
        last: last.parse().unwrap(),
        kind: None,
        share: 1.0,
        note: String::new(),
    };
    let mut writer = ledger.write(&stamp(), "watch").unwrap();
    assert!(writer.watch(&watch("2020-01-01", "2020-06-30")).unwrap());
    assert!(!writer.watch(&watch("2020-01-01", "2020-06-30")).unwrap());
    assert!(writer.watch(&watch("2020-06-30", "2020-07-30")).is_err());
    writer.commit().unwrap();
    let number = ledger.watches().unwrap()[0].0;
    let mut writer = ledger.write(&stamp(), "watch").unwrap();
    writer.withdraw_watch(number).unwrap();
    assert!(writer.watch(&watch("2020-06-30", "2020-07-30")).unwrap());
    writer.commit().unwrap();
    assert_eq!(ledger.watches().unwrap().len(), 1);
}

/// 400 claims about 250 incidents, from seed 2: revised, contradicted, graded.
fn busy() -> (tempfile::TempDir, Ledger) {
    let (folder, mut ledger) = ledger();
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let mut pick = |n: u32| random.next_u32() % n;
    for round in 0..4 {
        let mut writer = ledger.write(&stamp(), "test").unwrap();
        for _ in 0..100 {
            let source = format!("source {}", pick(3));
            let mut said = claim(&source, &format!("2020-01-{:02}", 1 + pick(20)));
            said.kind = [Kind::Rocket, Kind::Mortar, Kind::Unknown][pick(3) as usize];
            said.setting = [Setting::In, Setting::Beside][pick(2) as usize];
            said.thwarted = pick(5) == 0;
            said.exercise = pick(7) == 0;
            writer.enter(&format!("X-{}", pick(250)), &said).unwrap();
        }
        let source = Source {
            name: format!("source {}", round % 3),
            reliability: [Reliability::B, Reliability::C, Reliability::A][round % 3],
            label: String::new(),
            note: String::new(),
        };
        writer.set_source(&source).unwrap();
        writer.commit().unwrap();
    }
    (folder, ledger)
}

#[test]
fn a_list_has_what_its_filter_lets_through_the_newest_first() {
    let (_folder, ledger) = busy();
    let all = Filter { thwarted: true, reality: Reality::Both, ..Filter::default() };
    let (everything, total) = ledger.list(&all, 1000).unwrap();
    assert!(everything.len() == total as usize && total > 100, "{total}");
    let day = |text: &str| text.parse().ok();
    let from_to =
        |i: &Incident| i.day >= day("2020-01-05").unwrap() && i.day <= day("2020-01-09").unwrap();
    let speaks = |i: &Incident, source: &str| {
        ledger.show(&i.id).unwrap().statements.iter().any(|s| s.claim.source == source)
    };
    type Passes<'p> = &'p dyn Fn(&Incident) -> bool;
    let filters: [(Filter, Passes<'_>); 6] = [
        (Filter::default(), &|i| !i.thwarted && !i.exercise),
        (Filter { kind: Some(Kind::Mortar), ..all.clone() }, &|i| i.kind == Kind::Mortar),
        (Filter { settings: vec![Setting::In], ..all.clone() }, &|i| i.setting == Setting::In),
        (Filter { conflict: true, reality: Reality::Exercise, ..all.clone() }, &|i| {
            i.conflict && i.exercise
        }),
        (Filter { from: day("2020-01-05"), to: day("2020-01-09"), ..all.clone() }, &from_to),
        (Filter { source: Some("source 1".into()), ..Filter::default() }, &|i| {
            !i.thwarted && !i.exercise && speaks(i, "source 1")
        }),
    ];
    for (filter, passes) in filters {
        let expected: Vec<&Incident> = everything.iter().filter(|i| passes(i)).collect();
        for limit in [1, 7, 1000] {
            let (found, total) = ledger.list(&filter, limit).unwrap();
            assert_eq!(total as usize, expected.len(), "{filter:?}");
            assert!(found.iter().eq(expected.iter().copied().take(limit)), "{filter:?} {limit}");
        }
    }
    let nobody = Filter { source: Some("nobody".into()), ..all };
    assert_eq!(ledger.list(&nobody, 10).unwrap(), (Vec::new(), 0));
}

#[test]
fn the_tally_is_what_the_claims_give_and_a_wrong_one_is_found() {
    let (_folder, ledger) = busy();
    ledger.verify().unwrap();
    ledger
        .db
        .execute("UPDATE tally SET n = n + 1 WHERE source_id = 1 AND day % 2 = 0", [])
        .unwrap();
    let refused = ledger.verify().unwrap_err().to_string();
    assert!(refused.contains("tally") && refused.contains("wrong counts"), "{refused}");
}
