//! Reading STUDY.toml: which ways to equip a site are compared, against which raids,
//! in what weather.
//!
//! In: a path. Out: a [`Study`], or all problems at once. The format is described in
//! `docs/files.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::flight::World;
use crate::frames::RadarFrame;
use crate::scenario::Problems;
use crate::scenario::Raid;
use crate::scenario::SiteFile;
use crate::scenario::description::RAID_KINDS;
use crate::scenario::description::place;
use crate::scenario::description::raid_kind;
use crate::scenario::description::raid_of;
use crate::scenario::fields::Document;
use crate::scenario::fields::Table;
use crate::scenario::load::beside;
use crate::scenario::load::terrain_mask;
use crate::scenario::load_site;
use crate::sensors::Sensor;

use super::siting::{SitingPlan, read_siting};

/// A study, ready to run.
#[derive(Clone, Debug)]
pub struct Study {
    /// What people call it: the question.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// The site's file.
    pub site_path: PathBuf,
    /// The site as it is.
    pub site: SiteFile,
    /// Seed of every draw; run `i` takes stream `i`.
    pub seed: u64,
    /// Most runs.
    pub most_runs: u64,
    /// Ends early when the share of people warned in time is known this well: half
    /// width of its 95 % interval, for every option; zero never.
    pub enough: f64,
    /// Whether the site's effectors fire.
    pub interception: bool,
    /// What comes.
    pub families: Vec<Family>,
    /// Departure of the wind from the site's, one sigma on each axis at the ground and
    /// at 3 km, m/s.
    pub wind_sigma_mps: [f64; 2],
    /// Chance that a sensor is out of order during a raid, by id.
    pub outage: BTreeMap<String, f64>,
    /// What is compared.
    pub options: Vec<StudyOption>,
    /// What is asked about places; `None` compares the options alone.
    pub siting: Option<SitingPlan>,
}

/// Raids of one sort.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// Its name.
    pub name: String,
    /// How often it comes, against the others.
    pub weight: f64,
    /// The raid of each kind of round, and how often.
    pub kinds: Vec<(f64, Raid)>,
}

/// One way to equip the site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyOption {
    /// Its name.
    pub name: String,
    /// Sensors of the site that it has, by id.
    pub sensors: Vec<String>,
    /// Sensors in new places.
    pub placed: Vec<Placement>,
    /// Effectors of the site that it has, by id.
    pub effectors: Vec<String>,
}

/// A thing of the site put in another place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// Its id.
    pub id: String,
    /// The sensor of the site that it equals in all but place.
    pub like: String,
    /// Local east and north, m.
    pub en_m: [f64; 2],
    /// Height of the antenna over the ground, m.
    pub mast_m: f64,
}

/// Loads a study, its site and everything the site names.
///
/// # Errors
///
/// [`Problems`] names every file, line, field, value and expectation that is wrong.
pub fn load_study(path: &Path) -> Result<Study, Problems> {
    Document::read(path)?.parse(study)?.ok_or_else(|| Problems(Vec::new()))
}

/// `None` only when a problem was noted.
fn study(root: &Table<'_>) -> Option<Study> {
    let path = root.document().path().to_path_buf();
    let name = root.text("name");
    let site_name = root.text("site");
    let seed = root.maybe_count("seed", 0..=(1 << 53)).unwrap_or(1);
    let most_runs = root.maybe_count("runs", 1..=10_000_000).unwrap_or(2_000);
    let enough = root.number_or("enough", 0.01, 0.0..=0.5);
    let interception = root.is_set("interception");
    let families: Vec<Family> = root.tables("raid").iter().map(family).collect();
    if families.is_empty() {
        root.wrong("raid", "at least one [[raid]]");
    }
    let weather = root.maybe_table("weather");
    let wind_sigma_mps = weather.as_ref().map_or([0.0; 2], |table| {
        let pair = table.maybe_pair("wind_sigma_mps", 0.0..=50.0).unwrap_or([0.0; 2]);
        table.finish();
        pair
    });
    if site_name.is_empty() {
        return None;
    }
    let site_path = beside(&path, &site_name);
    let site = match load_site(&site_path) {
        Ok(site) => site,
        Err(problems) => {
            root.document().adopt(problems);
            return None;
        }
    };
    if site.zones.is_empty() {
        root.wrong("site", "a site with zones: a study counts the people in them");
    }
    let outage = root.maybe_table("outage").map_or_else(BTreeMap::new, |table| {
        let mut outage = BTreeMap::new();
        for id in table.names() {
            known(&table, &id, &[&id], &sensor_ids(&site), "sensor");
            outage.insert(id.clone(), table.number_or(&id, 0.0, 0.0..=1.0));
        }
        table.finish();
        outage
    });
    let mut options: Vec<StudyOption> = Vec::new();
    for table in root.tables("option") {
        let option = option(&table, &site);
        if options.iter().any(|o| o.name == option.name) {
            table.wrong("name", "a name that no other option has");
        }
        options.push(option);
        table.finish();
    }
    let siting = root.maybe_table("siting").and_then(|table| read_siting(&table, &site));
    if options.is_empty() && siting.is_none() {
        options.push(StudyOption {
            name: "as it is".into(),
            sensors: sensor_ids(&site),
            placed: Vec::new(),
            effectors: effector_ids(&site),
        });
    }
    Some(Study {
        name,
        path,
        site_path,
        site,
        seed,
        most_runs,
        enough,
        interception,
        families,
        wind_sigma_mps,
        outage,
        options,
        siting,
    })
}

/// The ids of a site's sensors.
pub(super) fn sensor_ids(site: &SiteFile) -> Vec<String> {
    site.site.sensors.iter().map(|s| s.id.clone()).collect()
}

/// The ids of a site's effectors.
pub(super) fn effector_ids(site: &SiteFile) -> Vec<String> {
    site.defence.effectors.iter().map(|e| e.id.clone()).collect()
}

/// Notes ids that the site does not have.
pub(super) fn known<S: AsRef<str>>(
    table: &Table<'_>,
    key: &str,
    ids: &[S],
    all: &[String],
    what: &str,
) {
    if ids.iter().any(|id| !all.iter().any(|a| a == id.as_ref())) {
        table.wrong(key, &format!("ids of the site's {what}s: {}", all.join(", ")));
    }
}

fn family(table: &Table<'_>) -> Family {
    let name = table.text("name");
    let weight = table.number_or("weight", 1.0, 0.0..=1e6);
    let mut kinds = Vec::new();
    if let Some(shares) = table.maybe_table("kinds") {
        for kind in RAID_KINDS {
            let share = shares.number_or(kind, 0.0, 0.0..=1e6);
            if share > 0.0 {
                kinds.push((share, raid_of(table, kind)));
            }
        }
        shares.finish();
        if kinds.is_empty() {
            table.wrong("kinds", "a share above zero of rocket, mortar or artillery");
        }
    } else {
        kinds.push((1.0, raid_of(table, &raid_kind(table))));
    }
    table.finish();
    Family { name, weight, kinds }
}

fn option(table: &Table<'_>, site: &SiteFile) -> StudyOption {
    let name = table.text("name");
    let all = sensor_ids(site);
    let sensors = table.maybe_names("sensors").unwrap_or_default();
    known(table, "sensors", &sensors, &all, "sensor");
    let placed: Vec<Placement> = table
        .tables("place")
        .iter()
        .map(|place_table| {
            let like = place_table.text("like");
            known(place_table, "like", &[&like], &all, "sensor");
            let placement = Placement {
                id: place_table.text("id"),
                like,
                en_m: place(place_table),
                mast_m: place_table.number("mast_m", 0.5..=200.0),
            };
            place_table.finish();
            placement
        })
        .collect();
    let effectors = table.maybe_names("effectors").unwrap_or_else(|| effector_ids(site));
    known(table, "effectors", &effectors, &effector_ids(site), "effector");
    StudyOption { name, sensors, placed, effectors }
}

/// A sensor of the site in another place, with what terrain hides from it there;
/// `None` when the site has no such sensor.
pub fn placed_sensor(site: &SiteFile, placement: &Placement) -> Option<Sensor> {
    let like = site.site.sensors.iter().find(|s| s.id == placement.like)?;
    let [e_m, n_m] = placement.en_m;
    let world: &World = &site.world;
    let ground_m = world.ground.height_m(e_m, n_m);
    let antenna = world.datum.at_height(e_m, n_m, ground_m + placement.mast_m);
    let place = world.datum.wgs84(antenna);
    let frame = RadarFrame::new(&world.datum, place, like.frame.refraction());
    let mut sensor = Sensor { id: placement.id.clone(), place, frame, mask: None, ..like.clone() };
    sensor.mask = terrain_mask(&world.ground, &sensor).map(Arc::new);
    Some(sensor)
}
