//! One run of a study: a raid drawn, and how each option fares against it.
//!
//! In: a study and the number of a run. Out: [`RunRow`]. Run `i` draws the sort of
//! raid, the wind, what is out of order and the rounds from ChaCha8(seed) stream `i`,
//! and noise and false plots from streams under a seed of its own, so that every
//! option meets the same raid under the same luck (common random numbers: A. M. Law,
//! *Simulation Modeling and Analysis*, 5th ed., 2015, section 11.2).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::flight::WindLevel;
use crate::flight::World;
use crate::scenario::Defence;
use crate::scenario::Object;
use crate::scenario::Scenario;
use crate::scenario::SiteFile;
use crate::sensors::Chance;
use crate::time::Timestamp;

use super::plan::{Study, StudyOption, placed_sensor};

/// Height of the upper of the two departures of the wind, m. Chosen: over most paths.
const ALOFT_M: f64 = 3_000.0;

/// What one run came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRow {
    /// Index of its sort of raid.
    pub family: usize,
    /// Rounds that came.
    pub rounds: u32,
    /// When the first of them lands in reach of each zone, s from the run's start.
    pub danger_s: Vec<Option<f64>>,
    /// By option.
    pub options: Vec<OptionRow>,
}

/// How an option fared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptionRow {
    /// When each zone was first warned, s from the run's start.
    pub warned_s: Vec<Option<f64>>,
    /// Rounds that came down.
    pub leakers: u32,
    /// Expected casualties.
    pub casualties: f64,
}

/// A raid as it was drawn.
pub struct Drawn {
    /// Index of its sort.
    pub family: usize,
    /// The rounds.
    pub objects: Vec<Object>,
    /// When the last of them lands, s.
    pub end_s: f64,
    /// Ids of sensors that are out of order.
    pub out: Vec<String>,
    noise_seed: u64,
    /// The world in which things truly fall, where it is not the site's.
    weather: Option<World>,
}

impl Drawn {
    /// When the first round lands in reach of each zone, s.
    pub fn danger_s(&self, site: &SiteFile) -> Vec<Option<f64>> {
        let soonest = |zone: &crate::warning::Zone| {
            let reaches = |o: &&Object| {
                let radius_m = site.policy.hazard_radius_m(&o.class);
                o.lands_at_enu_m.is_some_and(|p| zone.distance_m(p.x, p.y) <= radius_m)
            };
            self.objects.iter().filter(reaches).map(|o| tidy(o.end_s)).reduce(f64::min)
        };
        site.zones.iter().map(soonest).collect()
    }
}

/// Times are kept to a tenth of a millisecond.
fn tidy(time_s: f64) -> f64 {
    (time_s * 1e4).round() / 1e4
}

/// Which of the weights a uniform draw falls on.
fn pick(weights: impl Iterator<Item = f64> + Clone, unit: f64) -> usize {
    let mut left = unit * weights.clone().sum::<f64>();
    let last = weights.clone().count().saturating_sub(1);
    for (i, weight) in weights.enumerate() {
        if left < weight {
            return i;
        }
        left -= weight;
    }
    last
}

impl Study {
    /// The raid of run `i`.
    pub fn draw(&self, run: u64) -> Drawn {
        let mut chance = Chance::new(self.seed, run);
        let family = pick(self.families.iter().map(|f| f.weight), chance.unit());
        let kinds = &self.families[family].kinds;
        let raid = &kinds[pick(kinds.iter().map(|k| k.0), chance.unit())].1;
        let winds: [f64; 4] = std::array::from_fn(|_| chance.normal());
        let noise_seed = (chance.unit() * (1u64 << 53) as f64) as u64;
        let mut out = Vec::new();
        for (id, share) in &self.outage {
            if chance.unit() < *share {
                out.push(id.clone());
            }
        }
        let weather = (self.wind_sigma_mps != [0.0; 2]).then(|| self.weather(winds));
        let world = weather.as_ref().unwrap_or(&self.site.world);
        let objects = raid.draw(world, 1, &mut chance);
        let end_s = objects.iter().map(|o| o.end_s).fold(0.0, f64::max);
        Drawn { family, objects, end_s, out, noise_seed, weather }
    }

    /// The site's world with another wind.
    fn weather(&self, draws: [f64; 4]) -> World {
        let world = &self.site.world;
        let [ground, aloft] = self.wind_sigma_mps;
        let by = [
            (self.site.site.datum.origin().height_m, [ground * draws[0], ground * draws[1]]),
            (ALOFT_M, [aloft * draws[2], aloft * draws[3]]),
        ];
        let known = world.air.wind_levels();
        let mut heights: Vec<f64> =
            known.iter().map(|l| l.height_m).chain(by.map(|b| b.0)).collect();
        heights.sort_by(f64::total_cmp);
        heights.dedup();
        let levels = heights
            .into_iter()
            .map(|height_m| {
                let share = ((height_m - by[0].0) / (by[1].0 - by[0].0)).clamp(0.0, 1.0);
                let [east_mps, north_mps] = world.air.wind_en_mps(height_m);
                let off = |axis: usize| by[0].1[axis] * (1.0 - share) + by[1].1[axis] * share;
                WindLevel { height_m, east_mps: east_mps + off(0), north_mps: north_mps + off(1) }
            })
            .collect();
        World::new(world.datum.clone(), world.air.clone().with_wind(levels), world.ground.clone())
    }

    /// The site as an option equips it.
    pub fn equipped(&self, option: &StudyOption) -> SiteFile {
        let mut site = self.site.clone();
        site.site.sensors.retain(|s| option.sensors.contains(&s.id));
        site.site.sensors.extend(option.placed.iter().filter_map(|p| placed_sensor(&self.site, p)));
        let fires = |id: &String| self.interception && option.effectors.contains(id);
        site.defence.effectors.retain(|e| fires(&e.id));
        site
    }

    /// Runs one option of [`Study::equipped`] against a raid.
    pub fn fare(&self, equipped: &SiteFile, drawn: &Drawn) -> OptionRow {
        let mut site = equipped.clone();
        site.site.sensors.retain(|s| !drawn.out.contains(&s.id));
        let scenario = Scenario {
            name: String::new(),
            duration_s: drawn.end_s,
            seed: drawn.noise_seed,
            start: Timestamp::default(),
            wind_spread_mps: 0.0,
            site,
            raids: Vec::new(),
            aircraft: Vec::new(),
            flocks: Vec::new(),
            tracers: Vec::new(),
        };
        let mut objects = drawn.objects.clone();
        let world = drawn.weather.as_ref().unwrap_or(&scenario.site.world);
        let mut defence = Defence::new(&scenario.site, &objects, drawn.noise_seed)
            .in_weather(world)
            .until_all_is_down();
        let seed = drawn.noise_seed;
        scenario.watch(seed, &mut objects, Some(&mut defence), |_, _| {});
        let came = defence.finish(&mut objects);
        OptionRow {
            warned_s: came.warned_s.iter().map(|w| w.map(tidy)).collect(),
            leakers: came.leakers.len() as u32,
            casualties: came.harm_with.iter().map(|h| h.casualties).sum(),
        }
    }
}

/// A study with its options made ready, to be run in parts.
pub struct Ready {
    study: Arc<Study>,
    equipped: Vec<SiteFile>,
}

/// Runs of one part. Chosen: a second or so of work, so that little is lost when a
/// worker dies and the queue's messages cost nothing beside it.
pub const RUNS_PER_PART: u64 = 10;

impl Ready {
    /// Makes the options of a study ready.
    pub fn new(study: Arc<Study>) -> Self {
        let equipped = study.options.iter().map(|o| study.equipped(o)).collect();
        Self { study, equipped }
    }

    /// Parts that all runs of the study make.
    pub fn parts(study: &Study) -> u64 {
        study.most_runs.div_ceil(RUNS_PER_PART)
    }

    /// The rows of a part: the same wherever and however often it is run.
    pub fn part(&self, part: u64) -> Vec<RunRow> {
        let first = part * RUNS_PER_PART;
        let last = (first + RUNS_PER_PART).min(self.study.most_runs);
        (first..last)
            .map(|run| {
                let drawn = self.study.draw(run);
                RunRow {
                    family: drawn.family,
                    rounds: drawn.objects.len() as u32,
                    danger_s: drawn.danger_s(&self.study.site),
                    options: self.equipped.iter().map(|s| self.study.fare(s, &drawn)).collect(),
                }
            })
            .collect()
    }
}
