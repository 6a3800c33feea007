//! Tables in and out.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::super::{
    DatePrecision, Filter, Format, ImportOptions, Imported, IncidentTable, Kind, Ledger, Range,
    Setting, Stamp,
};
use crate::sensors::open_table;
use crate::time::Timestamp;

fn stamp() -> Stamp {
    Stamp { who: "tester".into(), at: Timestamp::from_nanos(0) }
}

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ledgers/green_zone_2019_2022.csv")
}

fn import(ledger: &mut Ledger, path: &Path, strict: bool) -> super::super::error::Result<Imported> {
    let options = ImportOptions { strict, reliability: None };
    ledger.import(&stamp(), path, &options, &mut |_| {})
}

fn fresh() -> (tempfile::TempDir, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(&folder.path().join("ledger.db")).unwrap();
    (folder, ledger)
}

fn everything() -> Filter {
    Filter { thwarted: true, ..Filter::default() }
}

#[test]
fn the_demo_ledger_comes_in_whole_with_its_label_and_its_watched_period() {
    let (_folder, mut ledger) = fresh();
    let done = import(&mut ledger, &demo(), true).unwrap();
    assert_eq!((done.format, done.rows, done.new), (Format::Ours, 34, 34));
    assert_eq!((done.label.as_str(), done.watched), ("demo, incomplete", 1));
    let (all, total) = ledger.list(&everything(), 100).unwrap();
    assert_eq!((all.len(), total), (34, 34));
    let of = |id: &str| all.iter().find(|i| i.id == id).unwrap();
    assert_eq!(of("GZ-028").count, Some(Range { low: 8, best: None, high: 21 }));
    assert!(of("GZ-017").thwarted && of("GZ-017").kind == Kind::Rocket);
    assert_eq!(of("GZ-016").setting, Setting::Beside);
    assert_eq!(of("GZ-032").day_low, "2021-10-25".parse().unwrap());
    let sources = ledger.sources().unwrap();
    assert_eq!(sources[0].name, "press reports compiled for Mantlet");
    assert_eq!(sources[0].label, "demo, incomplete");
}

#[test]
fn the_demo_ledger_is_the_reference_row_by_row() {
    let reference = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/reference/ledger/green_zone_2019_2022.csv");
    let Ok(reference) = fs::read_to_string(&reference) else {
        eprintln!("skipped: {} is not there", reference.display());
        return;
    };
    let ours = fs::read_to_string(demo()).unwrap();
    let rows: Vec<&str> = ours.lines().filter(|l| !l.starts_with('#')).collect();
    assert_eq!(rows, reference.lines().collect::<Vec<_>>());
}

#[test]
fn importing_twice_adds_nothing_and_writes_nothing() {
    let (_folder, mut ledger) = fresh();
    import(&mut ledger, &demo(), false).unwrap();
    let changes = |ledger: &Ledger| -> i64 {
        ledger.db.query_row("SELECT count(*) FROM change", [], |row| row.get(0)).unwrap()
    };
    let before = changes(&ledger);
    let again = import(&mut ledger, &demo(), false).unwrap();
    assert_eq!((again.new, again.revised, again.same, again.watched), (0, 0, 34, 0));
    assert_eq!(changes(&ledger), before);
}

#[test]
fn an_export_imported_elsewhere_is_the_same_record() {
    let (folder, mut ledger) = fresh();
    import(&mut ledger, &demo(), false).unwrap();
    let mut second = super::super::Claim::new(
        "police",
        "2020-12-20".parse().unwrap(),
        DatePrecision::Minute,
        Kind::Rocket,
    );
    second.intercepted = Some(Range { low: 1, best: Some(2), high: 4 });
    second.intercept_by = "interior ministry".into();
    second.debris_injured = Some(Range::exactly(1));
    second.note = "said, \"most if not all\"\nin two lines".into();
    (second.lat_deg, second.lon_deg) = (Some(33.3), Some(44.4));
    (second.warned, second.warning_s, second.time_s) = (Some(true), Some(7.5), Some(1.6e9));
    ledger.add(&stamp(), Some("GZ-028"), &second).unwrap();
    let path = folder.path().join("out.csv");
    let rows = ledger.export_csv(&everything(), fs::File::create(&path).unwrap()).unwrap();
    assert_eq!(rows, 35);
    let mut other = Ledger::open(&folder.path().join("other.db")).unwrap();
    let done = import(&mut other, &path, true).unwrap();
    assert_eq!((done.new, done.claims, done.watched), (34, 1, 1));
    for id in ["GZ-028", "GZ-032", "GZ-004"] {
        let (a, b) = (ledger.show(id).unwrap(), other.show(id).unwrap());
        assert_eq!(a.incident, b.incident);
        let claims = |d: &super::super::Dossier| {
            d.statements.iter().map(|s| s.claim.clone()).collect::<Vec<_>>()
        };
        assert_eq!(claims(&a), claims(&b));
    }
    assert!(other.sources().unwrap().iter().any(|s| s.label == "demo, incomplete"));
    assert_eq!(import(&mut ledger, &path, true).unwrap().same, 35);
}

#[test]
fn each_rejected_row_is_named_and_the_rest_is_kept_unless_all_or_nothing() {
    let (folder, mut ledger) = fresh();
    let path = folder.path().join("mine.csv");
    let text = "# note: made up\n\
        id,date_local,kind,n_low,n_high,lat_deg,lon_deg\n\
        A,2020-01-01,rocket,1,2,,\n\
        B,2020-02-30,rocket,1,2,,\n\
        C,2020-01-03,rockets,1,2,,\n\
        D,2020-01-04,rocket,3,2,,\n\
        E,2020-01-05,rocket,1,2,95,4\n\
        F,2020-01-06,rocket\n\
        G,2020-01-07,mortar,x,2,,\n";
    fs::write(&path, text).unwrap();
    let strict = import(&mut ledger, &path, true).unwrap_err();
    assert!(strict.to_string().contains("6 of 7 rows were rejected: nothing was entered"));
    assert_eq!(ledger.list(&everything(), 10).unwrap().1, 0);
    let done = import(&mut ledger, &path, false).unwrap();
    assert_eq!((done.new, done.rejected.len()), (1, 6));
    let said: Vec<String> = done.rejected.iter().map(ToString::to_string).collect();
    assert_eq!(said[0], "line 4: date_local: 2020-02-30: expected a day as YYYY-MM-DD");
    assert!(said[1].starts_with("line 5: kind: rockets: expected one of rocket, mortar"));
    assert_eq!(said[2], "line 6: n_low: 3: expected low, best and high in order");
    assert_eq!(said[3], "line 7: lat_deg: 95: expected degrees from -90 to 90");
    assert_eq!(said[4], "line 8: row: 3 cells: expected 7 cells, as the header has");
    assert_eq!(said[5], "line 9: n_low: x: expected a whole number, or nothing");
    let (right, rejected) = IncidentTable::open(&path).unwrap().check().unwrap();
    assert_eq!((right, rejected), (1, done.rejected));
}

/// Columns as published; the rows are made up.
const ACLED: &str = "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,\
sub_event_type,actor1,assoc_actor_1,inter1,actor2,assoc_actor_2,inter2,interaction,\
civilian_targeting,iso,region,country,admin1,admin2,admin3,location,latitude,longitude,\
geo_precision,source,source_scale,notes,fatalities,tags,timestamp\n\
XYZ1,22 February 2021,2021,1,Political violence,Explosions/Remote violence,\
Shelling/artillery/missile attack,Unidentified Armed Group,,3,Civilians,,7,37,,0,Nowhere,Erewhon,\
North,,,Oldtown,10.5,20.25,1,Erewhon Daily,National,\"On 22 February, three Katyusha rockets hit \
Oldtown. No casualties.\",0,,1614000000\n\
XYZ2,2021-03-01,2021,2,Political violence,Explosions/Remote violence,Remote explosive/landmine/IED,\
Rebels,,2,Army,,1,12,,0,Nowhere,Erewhon,South,,,Newtown,10.75,20.5,2,Erewhon Daily,National,\
\"A roadside bomb.\",2,,1614000000\n\
XYZ3,2021-03-02,2021,1,Demonstrations,Protests,Peaceful protest,Protesters,,6,,,0,60,,0,Nowhere,\
Erewhon,South,,,Newtown,10.75,20.5,1,Erewhon Daily,National,Students,0,,1614000000\n";

#[test]
fn an_acled_export_comes_in_and_what_is_no_attack_stays_out() {
    let (folder, mut ledger) = fresh();
    let path = folder.path().join("acled.csv");
    for text in [ACLED.to_string(), ACLED.replace(", ", "; ").replace(',', ";")] {
        fs::write(&path, text).unwrap();
        let done = import(&mut ledger, &path, false).unwrap();
        assert_eq!((done.format, done.new + done.revised + done.same), (Format::Acled, 2));
        let said = done.rejected[0].to_string();
        assert!(said.contains("sub_event_type: Peaceful protest: expected an attack"), "{said}");
        assert!(done.unused.contains(&"iso".to_string()));
    }
    let dossier = ledger.show("acled:XYZ1").unwrap();
    let first = &dossier.statements[0].claim;
    assert_eq!((first.kind, first.killed), (Kind::Rocket, Some(Range::exactly(0))));
    assert_eq!(
        (first.blamed.as_str(), first.blamed_by.as_str()),
        ("Unidentified Armed Group", "ACLED")
    );
    assert_eq!(first.place, "Oldtown, North, Erewhon");
    assert_eq!((first.lat_deg, first.lon_deg), (Some(10.5), Some(20.25)));
    let second = ledger.show("acled:XYZ2").unwrap().incident;
    assert_eq!((second.kind, second.day_high - second.day), (Kind::RoadsideBomb, 6));
}

/// Columns as published; the row is made up.
const GED: &str = "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,\
conflict_new_id,conflict_name,dyad_dset_id,dyad_new_id,dyad_name,side_a_dset_id,side_a_new_id,\
side_a,side_b_dset_id,side_b_new_id,side_b,number_of_sources,source_article,source_office,\
source_date,source_headline,source_original,where_prec,where_coordinates,where_description,adm_1,\
adm_2,latitude,longitude,geom_wkt,priogrid_gid,country,country_id,region,event_clarity,date_prec,\
date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low,gwnoa,gwnob\n\
77,ERE-2021,2021,1,Clear,3,1,1,Erewhon,2,2,Rebels - Civilians,3,3,Rebels,4,4,Civilians,2,\
\"Daily, 2021-03-01\",Daily,2021-03-01,Mortar attack on a market,Police,2,Newtown,Newtown market,\
South,,10.75,20.5,POINT (20.5 10.75),1,Erewhon,1,Nowhere,1,2,2021-02-27 00:00:00.000,\
2021-03-01 00:00:00.000,0,0,3,0,3,5,2,1,\n";

#[test]
fn a_ged_export_comes_in_with_its_range_of_days_and_deaths() {
    let (folder, mut ledger) = fresh();
    let path = folder.path().join("ged.csv");
    fs::write(&path, GED).unwrap();
    let done = import(&mut ledger, &path, true).unwrap();
    assert_eq!((done.format, done.new), (Format::Ged, 1));
    let incident = ledger.show("ucdp:77").unwrap().incident;
    assert_eq!(
        (incident.kind, incident.killed),
        (Kind::Mortar, Some(Range { low: 2, best: Some(3), high: 5 }))
    );
    assert_eq!(incident.day_high - incident.day_low, 2);
    assert_eq!(incident.place, "Newtown market");
}

#[test]
fn a_table_of_something_else_is_refused_by_its_header() {
    let (folder, mut ledger) = fresh();
    let path = folder.path().join("plots.csv");
    for (text, expected) in [
        ("time_s,sensor_id\n1,a\n", "expected date_local (our CSV)"),
        ("", "expected date_local (our CSV)"),
        ("date_local,kind,kind\n", "column kind twice"),
        ("event_id_cnty,event_date\n", "expected column event_type"),
        ("# watched: all of it\ndate_local\n", ":1: watched: all of it: expected FIRST to LAST"),
    ] {
        fs::write(&path, text).unwrap();
        let refused = import(&mut ledger, &path, false).unwrap_err().to_string();
        assert!(refused.contains(expected), "{text}: {refused}");
    }
}

#[test]
fn geojson_has_a_feature_per_incident_and_parquet_a_row_per_claim() {
    let (folder, mut ledger) = fresh();
    import(&mut ledger, &demo(), false).unwrap();
    let mut text = Vec::new();
    assert_eq!(ledger.export_geojson(&everything(), &mut text).unwrap(), 34);
    let json: serde_json::Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(json["features"][33]["id"], "GZ-034");
    assert_eq!(json["features"][0]["geometry"], serde_json::Value::Null);
    let path = folder.path().join("out.parquet");
    let rows = ledger.export_parquet(&everything(), fs::File::create(&path).unwrap()).unwrap();
    assert_eq!(rows, 34);
    let mut text = String::new();
    open_table(&path).unwrap().read_to_string(&mut text).unwrap();
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let header = table.headers().unwrap().clone();
    let row = table.records().next().unwrap().unwrap();
    let cell = |name: &str| &row[header.iter().position(|h| h == name).unwrap()];
    assert_eq!((cell("id"), cell("n_high")), ("GZ-001", "1"));
    assert_eq!((cell("thwarted"), cell("lat_deg")), ("false", ""));
    // What came out goes in again and says nothing new.
    let done = import(&mut ledger, &path, true).unwrap();
    assert_eq!((done.format, done.rows, done.same), (Format::Ours, 34, 34));
    assert!(ledger.sources().unwrap()[0].note.contains("press reports"));
}
