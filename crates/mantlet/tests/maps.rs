//! What others' maps get of the demo raid: valid, complete, and nothing that could
//! task, aim or fire anything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use mantlet::exchange::cap::{Hazard, Issuer, Notice};
use mantlet::exchange::{AirPicture, CotEvent, CotWriter, EventType, Map};
use mantlet::scenario::{Defence, load_scenario};
use mantlet::sensors::asterix::{SystemTrack, blocks};
use mantlet::warning::Action;
use quick_xml::Reader;
use quick_xml::events::Event;

/// Everything that the demo raid emits.
struct Emitted {
    events: Vec<CotEvent>,
    alerts: Vec<String>,
    geojson: String,
    kml: String,
    air: Vec<u8>,
    tracks: BTreeSet<u64>,
    warned: BTreeSet<usize>,
}

/// Run once: the raid with its simulated interception.
fn emitted() -> &'static Emitted {
    static EMITTED: OnceLock<Emitted> = OnceLock::new();
    EMITTED.get_or_init(|| {
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/eight-rockets.toml");
        let scenario = load_scenario(&demo).expect("the demo");
        let file = &scenario.site;
        let (site, zones) = (&file.site, &file.zones);
        let mut map = Map::new(site, zones, true);
        let cot = CotWriter::new(&site.name, &site.datum, true);
        let mut air_picture = AirPicture::new(&site.datum, (25, 1), true);
        let mut issuer = Issuer::new("cedar.invalid", &site.name, true).expect("a sender");
        let (mut events, mut alerts, mut air) = (Vec::new(), Vec::new(), Vec::new());
        let (mut tracks, mut warned) = (BTreeSet::new(), BTreeSet::new());
        let mut objects = scenario.draw(scenario.seed);
        let mut defence = Defence::new(file, &objects, scenario.seed);
        scenario.watch(scenario.seed, &mut objects, Some(&mut defence), |step, _| {
            let picture = step.picture;
            map.picture(picture.time, picture.tracks, picture.impacts);
            events.extend(picture.tracks.iter().map(|t| cot.track(picture.time, t)));
            events.extend(picture.impacts.iter().map(|i| cot.impact(picture.time, i)));
            air.extend(air_picture.scan(picture.time, picture.tracks).expect("it fits").concat());
            tracks.extend(picture.tracks.iter().map(|t| t.id));
            for warning in &picture.warnings {
                map.warning(warning);
                let zone = &zones[warning.zone];
                events.push(cot.zone(warning, zone));
                let notice = Notice::new(warning, zone, &site.datum, Hazard::Rocket);
                alerts.push(issuer.issue(&notice).xml);
                warned.extend((warning.action == Action::Warn).then_some(warning.zone));
            }
        });
        let (geojson, kml) = (map.geojson(), map.kml());
        Emitted { events, alerts, geojson, kml, air, tracks, warned }
    })
}

/// Names of elements, and values of `type` attributes.
fn names_and_types(xml: &str) -> (BTreeSet<String>, Vec<String>) {
    let mut reader = Reader::from_str(xml);
    let (mut names, mut types) = (BTreeSet::new(), Vec::new());
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(tag) | Event::Empty(tag) => {
                names.insert(tag.local_name().into_inner().to_owned());
                for attribute in tag.attributes() {
                    let attribute = attribute.expect("well-formed");
                    if attribute.key.local_name().into_inner() == "type" {
                        types.push(attribute.value.to_string());
                    }
                }
            }
            Event::Eof => return (names, types),
            _ => {}
        }
    }
}

#[test]
fn every_event_is_an_observation_or_an_unsafe_area_and_nothing_else() {
    let said = emitted();
    assert!(said.events.len() > 500, "{}", said.events.len());
    let allowed: BTreeSet<&str> = EventType::ALL.iter().map(|t| t.code()).collect();
    // No member of the closed list is a tasking (t-) or a capability (c-), none hostile.
    assert_eq!(allowed, BTreeSet::from(["a-u-A", "r-u"]));
    let elements = [
        "event", "point", "detail", "track", "contact", "shape", "ellipse", "polyline", "vertex",
        "remarks",
    ];
    for event in &said.events {
        let (names, types) = names_and_types(&event.xml);
        assert_eq!(types, [event.event_type.code()], "{}", event.xml);
        assert!(allowed.contains(types[0].as_str()));
        assert!(names.iter().all(|n| elements.contains(&n.as_str())), "{names:?}");
        assert!(event.xml.contains("opex=\"e\"") && event.xml.contains("EXERCISE: "));
    }
}

#[test]
fn nothing_that_leaves_names_a_task_an_effector_or_fire() {
    let said = emitted();
    let all = said.events.iter().map(|e| &e.xml).chain(&said.alerts);
    for text in all.chain([&said.geojson, &said.kml]) {
        let text = text.to_lowercase();
        let words: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
        for word in [
            "task",
            "tasking",
            "engage",
            "engagement",
            "effector",
            "gun",
            "fire",
            "fires",
            "intercept",
            "target",
            "aim",
            "weapon",
            "launch",
            "origin",
            "lead",
        ] {
            assert!(!words.contains(word), "\"{word}\" in {text}");
        }
    }
}

#[test]
fn the_air_picture_is_system_tracks_that_begin_once_and_end() {
    let said = emitted();
    let mut told: BTreeMap<u16, Vec<SystemTrack>> = BTreeMap::new();
    for block in blocks(&said.air, 0) {
        let block = block.expect("a block");
        for record in block.records().expect("conforms") {
            assert_eq!(record.category().number, 62);
            let track = SystemTrack::read(&record).expect("a track");
            told.entry(track.number).or_default().push(track);
        }
    }
    let numbers: BTreeSet<u64> = told.keys().map(|n| u64::from(*n)).collect();
    assert_eq!(numbers, said.tracks);
    let mut ended = 0;
    for track in told.values() {
        assert!(track[0].first && track.iter().all(|t| t.simulated));
        let lasts = track.iter().filter(|t| t.last).count();
        // A track may come back under its number after it was gone; never without a new first.
        assert_eq!(
            track.iter().filter(|t| t.first).count(),
            lasts + usize::from(!track[track.len() - 1].last)
        );
        ended += lasts;
    }
    assert!(ended >= 8, "the rounds are gone: {ended}");
}

#[test]
fn the_map_is_geojson_with_longitude_first_and_rings_that_close_counter_clockwise() {
    let said = emitted();
    let map: serde_json::Value = serde_json::from_str(&said.geojson).expect("JSON");
    assert_eq!((&map["type"], &map["exercise"]), (&"FeatureCollection".into(), &true.into()));
    let mut layers: BTreeMap<String, usize> = BTreeMap::new();
    let mut warned = 0;
    for feature in map["features"].as_array().expect("a list") {
        assert_eq!(feature["type"], "Feature");
        let properties = &feature["properties"];
        *layers.entry(properties["layer"].as_str().expect("a layer").into()).or_default() += 1;
        warned += usize::from(properties["warned_s"].is_number());
        let geometry = &feature["geometry"];
        if geometry["type"] == "Polygon" {
            let ring: Vec<[f64; 2]> =
                serde_json::from_value(geometry["coordinates"][0].clone()).expect("a ring");
            assert_eq!(ring.first(), ring.last());
            let turn: f64 = ring
                .windows(2)
                .map(|w| (w[0][0] + 30.0) * (w[1][1] - 33.0) - (w[1][0] + 30.0) * (w[0][1] - 33.0))
                .sum();
            assert!(turn > 0.0, "{feature}");
            assert!(ring.iter().all(|p| (p[0] + 30.0).abs() < 0.5 && (p[1] - 33.0).abs() < 0.5));
        }
    }
    assert_eq!((layers["zone"], layers["sensor"]), (5, 2));
    assert!(layers["impact"] >= 8 && layers["track"] >= 8, "{layers:?}");
    assert_eq!(warned, said.warned.len());
}

/// Runs xmllint; `None`, with a line on stderr, where it is not installed.
fn xmllint(arguments: &[&str], files: &[std::path::PathBuf]) -> Option<Result<(), String>> {
    match Command::new("xmllint").arg("--noout").args(arguments).args(files).output() {
        Ok(out) if out.status.success() => Some(Ok(())),
        Ok(out) => {
            let said = String::from_utf8_lossy(&out.stderr);
            Some(Err(said.lines().next().unwrap_or_default().to_owned()))
        }
        Err(why) => {
            eprintln!("SKIPPED: xmllint does not run ({why}): apt-get install libxml2-utils");
            None
        }
    }
}

/// The event schema with the schemas of the details, all without a namespace.
fn schema(folder: &Path) -> Option<String> {
    let cot = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/cot");
    let mut includes = String::new();
    for part in ["Base-Event", "Contact", "Remarks", "Shape", "Track"] {
        let found = std::fs::read_dir(cot).ok()?.filter_map(Result::ok).map(|e| e.path());
        let prefix = format!("CoT {part} Schema");
        let file = found
            .filter_map(|p| Some((p.file_name()?.to_str()?.starts_with(&prefix), p)))
            .find_map(|(named, p)| named.then_some(p))?;
        let path = file.to_str()?.replace(' ', "%20");
        includes.push_str(&format!("<xs:include schemaLocation=\"{path}\"/>"));
    }
    let xs = "http://www.w3.org/2001/XMLSchema";
    let text = format!("<xs:schema xmlns:xs=\"{xs}\">{includes}</xs:schema>");
    let path = folder.join("cot.xsd");
    std::fs::write(&path, text).expect("room");
    Some(path.to_str().expect("UTF-8").to_owned())
}

#[test]
fn every_event_is_valid_by_the_mitre_schemas_and_the_kml_is_well_formed() {
    let said = emitted();
    let folder = tempfile::tempdir().expect("a temporary directory");
    let kml = folder.path().join("map.kml");
    std::fs::write(&kml, &said.kml).expect("room");
    let Some(verdict) = xmllint(&[], &[kml]) else { return };
    assert_eq!(verdict, Ok(()));
    let Some(schema) = schema(folder.path()) else {
        eprintln!("SKIPPED: the MITRE schemas are not here");
        return;
    };
    // The schema must be able to say no.
    let bad = folder.path().join("bad.xml");
    let event = &said.events[0].xml;
    std::fs::write(&bad, event.replace("course=\"", "course=\"4")).expect("room");
    let verdict = xmllint(&["--schema", &schema], &[bad]).expect("it ran above");
    assert!(verdict.is_err_and(|e| e.contains("course")));
    // Every zone's, and of the rest every tenth: they differ in figures only.
    let files: Vec<_> = said
        .events
        .iter()
        .enumerate()
        .filter(|(i, event)| event.name.starts_with("zone") || i % 10 == 0)
        .map(|(i, event)| {
            let path = folder.path().join(format!("{i}.xml"));
            std::fs::write(&path, &event.xml).expect("room");
            path
        })
        .collect();
    for some in files.chunks(500) {
        assert_eq!(xmllint(&["--schema", &schema], some), Some(Ok(())));
    }
}
