//! Reading site.toml: the datum, the sensors, the ground, the zones, the policy.
//!
//! In: a path. Out: everything the pipeline needs of a site, or all problems at
//! once. Degrees end here. The format is described in `docs/files.md`.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::engagement::Effector;
use crate::flight::Ground;
use crate::flight::World;
use crate::frames::Datum;
use crate::frames::Polar;
use crate::frames::RadarFrame;
use crate::frames::Refraction;
use crate::frames::Wgs84;
use crate::pipeline::Pipeline;
use crate::prediction::Reach;
use crate::sensors::FOUR_THIRDS_CURVATURE;
use crate::sensors::Feed;
use crate::sensors::Mask;
use crate::sensors::Sensor;
use crate::sensors::Sigma;
use crate::sensors::Site;
use crate::warning::AllClear;
use crate::warning::Policy;
use crate::warning::Zone;

use super::air::read_air;
use super::effectors::{DefencePlan, read_defence};
use super::fields::{Document, Problems, Table};
use super::ground::read_ground;
use super::plan::{SitePlan, read_plan};
use super::sirens::{SirenPlan, read_sirens};
use super::zones::read_zones;

/// A site as its files describe it.
#[derive(Clone, Debug)]
pub struct SiteFile {
    /// Datum and sensors.
    pub site: Site,
    /// Ground and air around it.
    pub world: World,
    /// Areas that can be warned.
    pub zones: Vec<Zone>,
    /// When they are.
    pub policy: Policy,
    /// What the simulated defence does; planning only.
    pub defence: DefencePlan,
    /// Who is told of warnings; live only.
    pub sirens: Vec<SirenPlan>,
    /// A drawing of it, for the page; live only.
    pub plan: Option<SitePlan>,
}

impl SiteFile {
    /// The live way over this site: where it has effectors, rounds may be broken up
    /// within their reach, and people under the paths are warned of what would fall.
    pub fn pipeline(&self) -> Pipeline {
        let reach = |e: &Effector| Reach { position_enu_m: e.position_enu_m, range_m: e.range_m() };
        let reaches = self.defence.effectors.iter().map(reach).collect();
        let (site, world) = (self.site.clone(), self.world.clone());
        Pipeline::new(site, world, self.zones.clone(), self.policy.clone())
            .where_intercepted(reaches)
    }
}

/// Loads a site.
///
/// # Errors
///
/// [`Problems`] names every file, line, field, value and expectation that is wrong.
pub fn load_site(path: &Path) -> Result<SiteFile, Problems> {
    Document::read(path)?.parse(site)
}

/// A path in a file is relative to that file.
pub(crate) fn beside(file: &Path, other: &str) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).join(other)
}

fn site(root: &Table<'_>) -> SiteFile {
    let name = root.text("name");
    let origin = match root.maybe_table("origin") {
        Some(table) => place(&table),
        None => {
            root.wrong("origin", "a table [origin] with lat_deg, lon_deg, height_m");
            None
        }
    };
    let origin = origin.unwrap_or(Wgs84 { lat_rad: 0.0, lon_rad: 0.0, height_m: 0.0 });
    let datum = Datum::new(origin);
    let ground = read_ground(root, &datum);
    let mut sensors: Vec<Sensor> = Vec::new();
    for table in root.tables("sensor") {
        let mut sensor = sensor(&table, &datum);
        let p = sensor.frame.origin();
        let ground_m = ground.height_m(p.e_m, p.n_m);
        if matches!(ground, Ground::Field(_)) && sensor.place.height_m < ground_m {
            table
                .wrong("height_m", &format!("an antenna above the terrain there, {ground_m:.1} m"));
        }
        sensor.mask = terrain_mask(&ground, &sensor).map(Arc::new);
        if sensors.iter().any(|s| s.id == sensor.id) {
            table.wrong("id", "an id that no other sensor has");
        }
        sensors.push(sensor);
        table.finish();
    }
    let policy = root.maybe_table("warning").map_or_else(Policy::default, |table| policy(&table));
    let file = root.document().path();
    let mut zones = Vec::new();
    if let Some(name) = root.maybe_text("zones") {
        match read_zones(&beside(file, &name), &datum) {
            Ok(read) => zones = read,
            Err(problems) => root.document().adopt(problems),
        }
    }
    let sirens = read_sirens(root, &zones);
    let air = read_air(root);
    let defence = read_defence(root, &datum);
    let world = World::new(datum.clone(), air, ground);
    let site = Site { name, datum, sensors };
    let plan = read_plan(root);
    SiteFile { site, world, zones, policy, defence, sirens, plan }
}

/// `lat_deg`, `lon_deg`, `height_m` of a table.
pub(super) fn place(table: &Table<'_>) -> Option<Wgs84> {
    let lat_deg = table.number("lat_deg", -90.0..=90.0);
    let lon_deg = table.number("lon_deg", -180.0..=180.0);
    let height_m = table.number("height_m", -1000.0..=9000.0);
    Wgs84::from_degrees(lat_deg, lon_deg, height_m).ok()
}

fn sensor(table: &Table<'_>, datum: &Datum) -> Sensor {
    let place = place(table).unwrap_or_else(|| datum.origin());
    let refraction = match table.maybe_word("refraction", &["four_thirds", "none"]).as_deref() {
        Some("none") => Refraction::None,
        _ => Refraction::FourThirds,
    };
    let frame = RadarFrame::new(datum, place, refraction);
    if frame.origin().enu_m().norm() > 200_000.0 {
        table.wrong("lat_deg", "a sensor within 200 km of the site's origin");
    }
    let degrees = |key: &str, range: std::ops::RangeInclusive<f64>, default: [f64; 2]| {
        table.maybe_pair(key, range).unwrap_or(default).map(f64::to_radians)
    };
    let sigma = match table.maybe_table("sigma") {
        Some(sigma_table) => {
            let sigma = sigma(&sigma_table);
            sigma_table.finish();
            sigma
        }
        None => {
            table.wrong("sigma", "a table with range_m and azimuth_deg at least");
            Sigma {
                range_m: 1.0,
                azimuth_rad: 1e-3,
                elevation_rad: None,
                height_m: None,
                radial_speed_mps: None,
            }
        }
    };
    Sensor {
        id: table.text("id"),
        place,
        frame,
        range_m: table.number("range_m", 100.0..=1e6),
        period_s: table.number("period_s", 0.01..=60.0),
        elevation_rad: degrees("elevation_deg", -10.0..=90.0, [0.0, 90.0]),
        azimuth_rad: degrees("azimuth_deg", -360.0..=720.0, [0.0, 360.0]),
        detection_probability: table.number_or("detection_probability", 0.9, 0.01..=1.0),
        clutter_per_scan: table.number_or("clutter_per_scan", 10.0, 0.0..=1e6),
        sigma,
        mask: None,
        feed: table.maybe_table("feed").map(|feed_table| {
            let code = |key: &str| feed_table.maybe_count(key, 0..=255).unwrap_or(0) as u8;
            let feed = Feed {
                udp: feed_table.maybe_text("udp"),
                sac: code("sac"),
                sic: code("sic"),
                from: feed_table.maybe_texts("from"),
            };
            feed_table.finish();
            feed
        }),
    }
}

/// What terrain hides from a sensor; `None` over level ground.
pub(crate) fn terrain_mask(ground: &Ground, sensor: &Sensor) -> Option<Mask> {
    let Ground::Field(field) = ground else { return None };
    let curvature = match sensor.frame.refraction() {
        Refraction::FourThirds => FOUR_THIRDS_CURVATURE,
        Refraction::None => 1.0,
    };
    let height_m = sensor.place.height_m;
    let spacing_m = field.spacing_m()[0].min(field.spacing_m()[1]);
    Some(Mask::new(sensor.range_m, spacing_m, height_m, curvature, |e_m, n_m| {
        let range_m = e_m.hypot(n_m);
        let azimuth_rad = e_m.atan2(n_m);
        let p = sensor.frame.local(Polar { range_m, azimuth_rad, elevation_rad: 0.0 });
        ground.height_m(p.e_m, p.n_m)
    }))
}

fn sigma(table: &Table<'_>) -> Sigma {
    Sigma {
        range_m: table.number("range_m", 0.01..=10_000.0),
        azimuth_rad: table.number("azimuth_deg", 1e-4..=20.0).to_radians(),
        elevation_rad: table.maybe_number("elevation_deg", 1e-4..=20.0).map(f64::to_radians),
        height_m: table.maybe_number("height_m", 0.1..=10_000.0),
        radial_speed_mps: table.maybe_number("radial_speed_mps", 0.01..=1000.0),
    }
}

fn policy(table: &Table<'_>) -> Policy {
    let default = Policy::default();
    let all_clear = match table.maybe_word("all_clear", &["timer", "operator"]).as_deref() {
        Some("operator") => {
            if table.has("all_clear_after_s") {
                table.wrong("all_clear_after_s", "no timer where all_clear is \"operator\"");
            }
            AllClear::Operator
        }
        _ => {
            AllClear::After { seconds: table.number_or("all_clear_after_s", 600.0, 0.0..=86_400.0) }
        }
    };
    let mut hazard_radius_m = default.hazard_radius_m;
    let mut default_radius = default.default_hazard_radius_m;
    if let Some(radii) = table.maybe_table("hazard_radius_m") {
        for (kind, radius_m) in &mut hazard_radius_m {
            *radius_m = radii.number_or(kind, *radius_m, 0.0..=1000.0);
        }
        default_radius = radii.number_or("other", default_radius, 0.0..=1000.0);
        radii.finish();
    }
    let policy = Policy {
        needless_cost: table.number_or("needless_cost", default.needless_cost, 1e-6..=1e9),
        missed_cost: table.number_or("missed_cost", default.missed_cost, 1e-6..=1e9),
        late_benefit: table.number_or("late_benefit", default.late_benefit, 0.0..=1.0),
        hazard_radius_m,
        default_hazard_radius_m: default_radius,
        early_share: table.number_or("early_share", default.early_share, 0.01..=1.0),
        interception_chance: table.number_or(
            "interception_chance",
            default.interception_chance,
            0.0..=1.0,
        ),
        debris_cost: table.number_or("debris_cost", default.debris_cost, 0.0..=1.0),
        debris_radius_m: table.number_or("debris_radius_m", default.debris_radius_m, 0.0..=1000.0),
        all_clear,
        withdraw_after_s: table.number_or("withdraw_after_s", default.withdraw_after_s, 0.0..=60.0),
    };
    table.finish();
    policy
}
