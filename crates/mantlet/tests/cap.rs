//! CAP out and in: what we issue is valid by the standard's own schema and by our
//! stricter reader; what others issue is read or refused with the place and reason.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use mantlet::exchange::ExchangeError;
use mantlet::exchange::cap::{
    Alert, Call, Fault, Hazard, Issuer, Language, MsgType, Notice, Place, Response, Status,
    Urgency, read_alert,
};
use mantlet::frames::{Datum, Wgs84};
use mantlet::time::Timestamp;
use mantlet::warning::{Action, Warning, Zone, ZoneKind};
use proptest::prelude::*;

const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/cap");

fn at(lat_deg: f64, lon_deg: f64) -> Wgs84 {
    Wgs84::from_degrees(lat_deg, lon_deg, 40.0).expect("a place on earth")
}

fn ring() -> Vec<Wgs84> {
    vec![at(33.0, 44.0), at(33.0, 44.01), at(33.01, 44.01), at(33.01, 44.0)]
}

fn seconds(s: f64) -> Timestamp {
    Timestamp::from_seconds(1_795_510_800.0 + s).expect("within range")
}

fn notice(call: Call, t: f64) -> Notice {
    Notice {
        alert_id: "north-7".to_owned(),
        sent: seconds(t),
        call,
        hazard: Hazard::Rocket,
        impact_time: Some(seconds(18.4)),
        probability: 0.81,
        seconds_left: Some(18.4 - t),
        seconds_needed: Some(12.0),
        places: vec![
            Place {
                name: "North quarter".to_owned(),
                rings: vec![ring()],
                circles: vec![],
                geocodes: vec![("mantlet:zone".to_owned(), "north".to_owned())],
            },
            Place {
                name: "Clinic & yard".to_owned(),
                rings: vec![],
                circles: vec![(at(33.02, 44.0), 250.0)],
                geocodes: vec![("mantlet:zone".to_owned(), "clinic".to_owned())],
            },
        ],
    }
}

fn issuer() -> Issuer {
    Issuer::new("warnings@cedar.example", "Cedar compound", true).expect("a valid sender")
}

fn faults(text: &str) -> Vec<Fault> {
    match read_alert(text) {
        Err(ExchangeError::Alert(faults)) => faults,
        other => panic!("{other:?}"),
    }
}

/// What xmllint says of a document under a schema; `None`, with a line on stderr,
/// where xmllint or the schema is not there.
fn schema_says(xml: &str, schema: &Path) -> Option<Result<(), String>> {
    if !schema.exists() {
        eprintln!("skipped: {} is not here", schema.display());
        return None;
    }
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(xml.as_bytes()).expect("room on disk");
    let run =
        Command::new("xmllint").args(["--noout", "--schema"]).arg(schema).arg(file.path()).output();
    match run {
        Ok(out) if out.status.success() => Some(Ok(())),
        Ok(out) => Some(Err(String::from_utf8_lossy(&out.stderr).into_owned())),
        Err(why) => {
            eprintln!("skipped: xmllint does not run ({why}): apt-get install libxml2-utils");
            None
        }
    }
}

fn life() -> Vec<(Call, f64)> {
    vec![(Call::Warn, 2.5), (Call::Update, 6.0), (Call::Update, 9.5), (Call::Clear, 90.0)]
}

#[test]
fn an_alert_lives_from_warn_through_update_to_all_clear() {
    let mut issuer = issuer();
    let issued: Vec<_> =
        life().into_iter().map(|(call, t)| issuer.issue(&notice(call, t))).collect();
    let types: Vec<_> = issued.iter().map(|i| i.alert.msg_type).collect();
    assert_eq!(types, [MsgType::Alert, MsgType::Update, MsgType::Update, MsgType::Update]);
    assert_eq!(issued[3].alert.references.len(), 3);
    assert_eq!(issued[3].alert.references[0], issued[0].alert.reference());
    assert_eq!(issued[3].alert.infos[0].responses, [Response::AllClear]);
    assert_eq!(issued[3].alert.infos[0].urgency, Urgency::Past);
    assert_eq!(issued[2].file_name, "north-7.003.xml");
    for i in &issued {
        assert_eq!(i.alert.status, Status::Exercise);
        assert_eq!(read_alert(&i.xml).as_ref(), Ok(&i.alert));
    }
}

#[test]
fn a_false_alarm_is_the_only_cancel() {
    let mut issuer = issuer();
    issuer.issue(&notice(Call::Warn, 1.0));
    let cancel = issuer.issue(&notice(Call::FalseAlarm, 4.0));
    assert_eq!(cancel.alert.msg_type, MsgType::Cancel);
    assert_eq!(cancel.alert.references.len(), 1);
    assert!(cancel.alert.infos[0].headline.as_ref().is_some_and(|h| h.contains("False alarm")));
    for (call, t) in life() {
        let mut issuer = self::issuer();
        issuer.issue(&notice(Call::Warn, 1.0));
        assert_ne!(issuer.issue(&notice(call, t)).alert.msg_type, MsgType::Cancel);
    }
}

#[test]
fn after_a_restart_the_all_clear_still_names_what_it_ends() {
    let mut before = issuer();
    let xml: Vec<_> =
        life()[..3].iter().map(|(call, t)| before.issue(&notice(*call, *t)).xml).collect();
    let mut after = issuer();
    for text in xml.iter().rev() {
        after.recall(&read_alert(text).expect("our own alert"));
    }
    let clear = after.issue(&notice(Call::Clear, 90.0));
    assert_eq!(clear, before.issue(&notice(Call::Clear, 90.0)));
    let unknown = issuer().issue(&notice(Call::Clear, 90.0));
    assert_eq!(unknown.alert.msg_type, MsgType::Alert);
    assert_eq!(unknown.alert.infos[0].responses, [Response::AllClear]);
}

#[test]
fn an_update_under_fire_for_hours_names_the_last_hundred_and_what_is_over_is_forgotten() {
    let mut issuer = issuer();
    for t in 0..500 {
        issuer.issue(&notice(Call::Update, f64::from(t)));
    }
    let last = issuer.issue(&notice(Call::Clear, 500.0)).alert;
    let named: Vec<&str> = last.references.iter().map(|r| r.identifier.as_str()).collect();
    assert_eq!((named.len(), named[0], named[99]), (100, "north-7.401", "north-7.500"));
    assert_eq!(last.identifier, "north-7.501");
    assert!(issuer.issue(&notice(Call::Warn, 900.0)).alert.references.is_empty());
}

#[test]
fn the_time_left_decides_between_running_and_lying_down() {
    let mut n = notice(Call::Warn, 2.0);
    let far = issuer().issue(&n);
    n.seconds_needed = Some(30.0);
    let near = issuer().issue(&n);
    assert!(far.xml.contains("Go to the nearest shelter") && !far.xml.contains("Do not run"));
    assert!(near.xml.contains("Do not run") && !near.xml.contains("Go to the nearest shelter"));
}

#[test]
fn a_simulation_says_so_in_every_language() {
    let xml = issuer().issue(&notice(Call::Warn, 2.0)).xml;
    assert!(xml.contains("<status>Exercise</status>"));
    assert_eq!(xml.matches("EXERCISE: ").count(), 3);
    assert_eq!(xml.matches("تمرين: ").count(), 3);
    let live = Issuer::new("a.example", "A", false).expect("valid").issue(&notice(Call::Warn, 2.0));
    assert!(live.xml.contains("<status>Actual</status>"));
    assert!(!live.xml.contains("EXERCISE") && !live.xml.contains("تمرين"));
}

#[test]
fn places_are_merged_into_one_area_and_the_circle_is_in_kilometres() {
    let alert = issuer().issue(&notice(Call::Warn, 2.0)).alert;
    let areas = &alert.infos[0].areas;
    assert_eq!(areas.len(), 1);
    assert_eq!(areas[0].description, "North quarter; Clinic & yard");
    assert_eq!((areas[0].polygons.len(), areas[0].geocodes.len()), (1, 2));
    assert_eq!(areas[0].polygons[0].len(), 5);
    assert_eq!(areas[0].circles[0].radius_km, 0.25);
    assert_eq!(areas[0].polygons[0][0].to_string(), "33,44");
}

#[test]
fn the_document_is_the_one_agreed() {
    let mut issuer = issuer();
    issuer.issue(&notice(Call::Warn, 2.5));
    insta::assert_snapshot!("cap_update", issuer.issue(&notice(Call::Update, 6.0)).xml);
}

#[test]
fn a_warning_of_the_policy_becomes_a_notice_about_its_zone() {
    let datum = Datum::new(at(33.0, 44.0));
    let square = vec![[0.0, 0.0], [500.0, 0.0], [500.0, 500.0], [0.0, 500.0]];
    let zone = Zone::new("q".into(), "Quarter".into(), ZoneKind::Protected, 10.0, 15.0, square)
        .expect("a simple polygon");
    let warning = Warning {
        time: seconds(2.0),
        alert_id: "q.1".to_owned(),
        version: 1,
        zone: 0,
        action: Action::Warn,
        impact_time: seconds(20.0),
        probability: 0.3,
        seconds_left: 18.0,
        seconds_needed: 15.0,
        track_ids: vec![4],
        early: false,
    };
    let notice = Notice::new(&warning, &zone, &datum, Hazard::Mortar);
    let alert = issuer().issue(&notice).alert;
    let ring = &alert.infos[0].areas[0].polygons[0];
    assert_eq!((ring.len(), ring[0].to_string()), (5, "33,44".to_owned()));
    assert!((ring[2].lat_deg - 33.004_509).abs() < 2e-6, "{}", ring[2]);
    assert_eq!(alert.identifier, "q.1.1");
}

#[test]
fn senders_with_forbidden_characters_are_refused() {
    for bad in ["two words", "a,b", "a<b", "a&b", "", "n\u{e9}"] {
        assert!(Issuer::new(bad, "x", true).is_err(), "{bad}");
    }
}

#[test]
fn every_message_of_an_alert_is_valid_by_the_oasis_schema() {
    let schema = Path::new(REFERENCE).join("oasis/CAP-v1.2.xsd");
    for calls in [life(), vec![(Call::Warn, 1.0), (Call::FalseAlarm, 3.0)]] {
        let mut issuer = issuer();
        for (call, t) in calls {
            let xml = issuer.issue(&notice(call, t)).xml;
            let Some(verdict) = schema_says(&xml, &schema) else { return };
            assert_eq!(verdict, Ok(()), "{xml}");
        }
    }
}

proptest! {
    #[test]
    fn any_notice_becomes_a_document_that_a_strict_reader_accepts(
        alert_id in "\\PC{0,12}", name in any::<String>(), code in any::<(String, String)>(),
        calls in prop::collection::vec(0..4usize, 1..5), left_s in -5.0..60.0f64,
        corners in prop::collection::vec((-90.0..=90.0f64, -180.0..=360.0f64), 0..6),
        radius_m in -1.0..1e6f64, probability in any::<f64>(), sender_name in any::<String>(),
    ) {
        let all = [Call::Warn, Call::Update, Call::Clear, Call::FalseAlarm];
        let mut issuer = Issuer::new("a@b.example", &sender_name, true).unwrap();
        let corners: Vec<_> = corners.into_iter().map(|(a, o)| at(a, o)).collect();
        for (t, call) in calls.into_iter().enumerate() {
            let mut n = notice(all[call], t as f64);
            n.alert_id = alert_id.clone();
            n.probability = probability;
            n.seconds_left = Some(left_s);
            n.places[0].name = name.clone();
            n.places[0].geocodes = vec![code.clone()];
            n.places[0].rings = vec![corners.clone()];
            n.places[1].circles = corners.iter().map(|c| (*c, radius_m)).collect();
            let issued = issuer.issue(&n);
            prop_assert_eq!(read_alert(&issued.xml), Ok(issued.alert));
            prop_assert!(issued.file_name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.%".contains(&b)));
        }
    }

    #[test]
    fn reading_a_damaged_alert_never_panics(cut in 0..4000usize, noise in "\\PC{0,4}", at in 0..4000usize) {
        let mut xml = issuer().issue(&notice(Call::Warn, 2.0)).xml;
        let floor = |i: usize, xml: &str| (0..=i.min(xml.len())).rev().find(|i| xml.is_char_boundary(*i)).unwrap_or(0);
        xml.insert_str(floor(at, &xml), &noise);
        xml.truncate(floor(cut, &xml));
        let _ = read_alert(&xml);
    }
}

/// One fault in an otherwise good alert, where it stands and what is said of it.
#[test]
fn each_rule_names_its_element_line_value_and_what_was_expected() {
    let good = issuer().with_languages(&[Language::English]).issue(&notice(Call::Warn, 2.0)).xml;
    let cases: &[(&str, &str, &str, &str)] = &[
        ("<sender>warnings@", "<sender>two words,", "sender", "without spaces"),
        ("-00:00</sent>", "Z</sent>", "sent", "never Z"),
        ("<status>Exercise", "<status>Live", "status", "one of Actual, Exercise"),
        ("<msgType>Alert", "<msgType>Update", "references", "sender,identifier,sent"),
        ("<scope>Public</scope>", "", "scope", "it once at least"),
        ("<scope>Public", "<scope>Private", "addresses", "because scope is Private"),
        ("<scope>Public", "<scope>Restricted", "restriction", "because scope is Restricted"),
        ("<urgency>Immediate", "<urgency>immediate", "info/urgency", "one of Immediate"),
        ("<event>EXERCISE: Incoming rocket", "<event>", "info/event", "some text"),
        ("T09:10:18-00:00</expires>", "T08:00:00-00:00</expires>", "info/expires", "not before"),
        ("33,44 33,44.01", "44,233 33,44.01", "info/area/polygon", "longitude second"),
        ("33.01,44 33,44<", "33.01,44<", "info/area/polygon", "closed ring"),
        ("33,44.01 33.01,44.01 33.01,44 ", "", "info/area/polygon", "four points"),
        ("33.02,44 0.25", "33.02,44 -1", "info/area/circle", "radius in km"),
        ("<severity>", "<colour>red</colour><severity>", "info/colour", "no such element"),
        ("<certainty>Likely</certainty>", "", "info/certainty", "it once at least"),
    ];
    for (from, to, element, expected) in cases {
        assert!(good.contains(from), "{from} is not in the good alert:\n{good}");
        let found = faults(&good.replacen(from, to, 1));
        let fault = found.iter().find(|f| f.element == *element);
        let fault = fault.unwrap_or_else(|| panic!("{from} -> {to}: {found:?}"));
        assert!(fault.expected.contains(expected), "{fault}");
        assert!(fault.line > 1, "{fault}");
    }
    let found = faults(&good.replacen("<status>Exercise", "<status>Live", 1));
    assert_eq!(
        found[0].to_string(),
        "line 6: status is \"Live\": expected one of Actual, Exercise, System, Test, Draft"
    );
}

#[test]
fn order_matters_as_in_the_schema() {
    let good = issuer().issue(&notice(Call::Warn, 2.0)).xml;
    let scope = "\n  <scope>Public</scope>";
    let swapped =
        good.replacen(scope, "", 1).replacen("\n  <msgType>", &format!("{scope}\n  <msgType>"), 1);
    let found = faults(&swapped);
    assert_eq!((found.len(), found[0].element.as_str()), (1, "msgType"));
    assert_eq!(found[0].expected, "it before scope");
}

/// The alerts of others that are not valid, and the element at fault.
const BAD: &[(&str, &str)] = &[
    ("invalid.cap", "scope"),
    ("canada_errors.cap", "references"),
    ("noaa_errors.cap", "references"),
    ("noaa_errors.cap", "info/urgency"),
    ("noaa_errors.cap", "info/area/polygon"),
    ("v1dot0_appendix_adot1.xml", "root"),
    ("v1dot0_appendix_adot2.xml", "root"),
    ("v1dot0_appendix_adot3.xml", "root"),
    ("v1dot0_appendix_adot4.xml", "root"),
    ("nws-5c2cf27b1f56885d61654dc47fa411d5.xml", "info/area/polygon"),
];

/// The collection of other people's alerts: google/cap-library and oasiscap's
/// fixtures (`PROVENANCE.md` beside them).
#[test]
fn other_people_s_alerts_are_read_or_refused_for_the_right_reason() {
    let Ok(dir) = fs::read_dir(Path::new(REFERENCE).join("alerts")) else {
        eprintln!("skipped: {REFERENCE}/alerts is not here");
        return;
    };
    let mut read = 0;
    for entry in dir {
        let path = entry.expect("a directory entry").path();
        let name = path.file_name().and_then(|n| n.to_str()).expect("a plain name").to_owned();
        let text = fs::read_to_string(&path).expect("a readable file");
        let wrong: Vec<_> = BAD.iter().filter(|(n, _)| *n == name).map(|(_, e)| *e).collect();
        match read_alert(&text) {
            Ok(alert) => {
                assert!(wrong.is_empty(), "{name} was accepted");
                read += 1;
                let unsigned = Alert { is_signed: false, ..alert };
                assert_eq!(read_alert(&unsigned.xml()).as_ref(), Ok(&unsigned), "{name}");
            }
            Err(ExchangeError::Alert(found)) => {
                let all: String = found.iter().map(|f| format!("\n{name}: {f}")).collect();
                assert!(!wrong.is_empty(), "{name} was refused:{all}");
                for element in wrong {
                    assert!(found.iter().any(|f| f.element == element), "{element}:{all}");
                }
            }
            Err(other) => panic!("{name}: {other}"),
        }
    }
    assert_eq!(read, 21, "alerts read");
}
