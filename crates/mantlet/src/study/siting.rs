//! Where things should stand: sensors, sirens and effectors.
//!
//! In: a study with `[siting]`. Out: [`Sited`]: the places asked about, what each
//! would add, the places chosen and how far from the best they can be.
//!
//! Method: raids are drawn as for the runs (the same streams), and every place is
//! asked what it would cover of them. A sensor covers the people of a zone in a raid
//! when it alone would give [`PLOTS_TO_WARN`] expected plots of one of the rounds that
//! endanger the zone, early enough for the zone's shelter. That makes weighted maximum
//! coverage (`cover.rs`). The whole chain is then run for the choice, so that the
//! estimate here only ranks places.
//!
//! Limits: plots of two sensors are not added up towards one warning; raids are few
//! enough that a place's share is known to a per cent or two.

use rayon::prelude::*;
use serde::Serialize;

use crate::frames::Local;
use crate::scenario::SiteFile;
use crate::scenario::fields::Table;
use crate::sensors::Sensor;
use crate::warning::ZoneKind;

use super::cover::{Candidate, Choice, Cover};
use super::plan::{Placement, Study, StudyOption, effector_ids, known, placed_sensor, sensor_ids};

/// Expected plots of a round by which its zone is warned. Chosen: what the chain
/// needs on the demo site, from the first plot to the warning that names the track
/// (`siting_estimates_what_the_chain_then_does` holds it to the runs).
pub const PLOTS_TO_WARN: f64 = 5.0;
/// Side of a cell of people that a siren reaches or does not, m.
const CELL_M: f64 = 50.0;
/// A round must be this long in an effector's reach to be engaged, s. Chosen: slewing,
/// one burst and its flight.
const ENGAGE_S: f64 = 3.0;
/// Step along a round's path, s.
const STEP_S: f64 = 0.25;
/// Most places asked about. Chosen: minutes of work.
const MOST_PLACES: usize = 20_000;

/// What is asked about places.
#[derive(Clone, Debug, PartialEq)]
pub struct SitingPlan {
    /// The sensor that is to be placed.
    pub like: String,
    /// Sensors that stay where they are.
    pub keep: Vec<String>,
    /// How many new sensors.
    pub count: usize,
    /// Places asked about: every so many metres, up to so far from the origin.
    pub grid_m: [f64; 2],
    /// Heights of mast.
    pub mast_m: Vec<f64>,
    /// Where nothing may stand: rectangles, east and north, m. Zones of others are
    /// left out by themselves.
    pub no_go: Vec<[[f64; 2]; 2]>,
    /// Cost of a place, of a metre of mast, of a kilometre from the origin; what all
    /// may cost.
    pub cost: [f64; 3],
    /// What all new sensors may cost together.
    pub budget: f64,
    /// Raise the worst sort of raid before the mean.
    pub robust: bool,
    /// Raids drawn for it.
    pub raids: u64,
    /// Sirens: how many, and how far one is heard, m.
    pub sirens: Option<(usize, f64)>,
    /// Effectors: how many, and which of the site they equal.
    pub effectors: Option<(usize, String)>,
}

/// Reads `[siting]`.
pub(super) fn read_siting(table: &Table<'_>, site: &SiteFile) -> Option<SitingPlan> {
    let sensors = sensor_ids(site);
    let like = table.text("like");
    known(table, "like", &[&like], &sensors, "sensor");
    let keep = table.maybe_names("keep").unwrap_or_default();
    known(table, "keep", &keep, &sensors, "sensor");
    let spacing_m = table.number_or("spacing_m", 500.0, 10.0..=10_000.0);
    let reach_m = table.number_or("reach_m", 4_000.0, 100.0..=50_000.0);
    let mast_m = table.maybe_numbers("mast_m", 0.5..=200.0).unwrap_or_else(|| vec![6.0]);
    let side = 2.0 * (reach_m / spacing_m).floor() + 1.0;
    if side * side * mast_m.len() as f64 > MOST_PLACES as f64 {
        table.wrong("spacing_m", "a grid of at most 20000 places");
    }
    let no_go = table
        .tables("no_go")
        .iter()
        .map(|area| {
            let pair = |key: &str| {
                if !area.has(key) {
                    area.wrong(key, "two ascending numbers, m");
                }
                area.maybe_pair(key, -50_000.0..=50_000.0).unwrap_or([0.0; 2])
            };
            let rectangle = [pair("e_m"), pair("n_m")];
            area.finish();
            rectangle
        })
        .collect();
    let sirens = table.maybe_table("sirens").map(|t| {
        let count = t.maybe_count("count", 1..=50).unwrap_or(1) as usize;
        let heard_m = t.number("heard_m", 10.0..=20_000.0);
        t.finish();
        (count, heard_m)
    });
    let effectors = table.maybe_table("effectors").map(|t| {
        let count = t.maybe_count("count", 1..=50).unwrap_or(1) as usize;
        let like = t.text("like");
        known(&t, "like", &[&like], &effector_ids(site), "effector");
        t.finish();
        (count, like)
    });
    let plan = SitingPlan {
        like,
        keep,
        count: table.maybe_count("count", 1..=20).unwrap_or(1) as usize,
        grid_m: [spacing_m, reach_m],
        mast_m,
        no_go,
        cost: [
            table.number_or("cost", 1.0, 0.0..=1e9),
            table.number_or("cost_per_mast_m", 0.0, 0.0..=1e9),
            table.number_or("cost_per_km", 0.0, 0.0..=1e9),
        ],
        budget: table.maybe_number("budget", 0.0..=1e12).unwrap_or(f64::INFINITY),
        robust: table.is_set("robust"),
        raids: table.maybe_count("raids", 10..=100_000).unwrap_or(400),
        sirens,
        effectors,
    };
    table.finish();
    Some(plan)
}

/// A place asked about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Place {
    /// Local east and north, m.
    pub en_m: [f64; 2],
    /// Height over the ground, m.
    pub mast_m: f64,
    /// What it costs.
    pub cost: f64,
    /// What it would add alone to what stands: share of the people in danger (sensors),
    /// of the people (sirens), of the people that rounds in reach would endanger
    /// (effectors).
    pub adds: f64,
}

/// An answer about one sort of thing.
#[derive(Clone, Debug, Serialize)]
pub struct Sited {
    /// `sensor`, `siren` or `effector`.
    pub what: &'static str,
    /// Every place asked about.
    pub places: Vec<Place>,
    /// Indices of the places chosen.
    pub chosen: Vec<usize>,
    /// Share covered before, and after each choice.
    pub shares: Vec<f64>,
    /// No choice covers a greater share than this.
    pub bound: f64,
    /// Whether the choice was proven best.
    pub exact: bool,
    /// Share covered of each sort of raid with the choice; empty for sirens.
    pub by_family: Vec<f64>,
}

/// A round, sampled along its path.
struct Flown {
    /// Zones that it lands in reach of.
    zones: Vec<usize>,
    /// When it is where.
    path: Vec<(f64, Local)>,
}

/// A raid's rounds.
struct Raided {
    family: u32,
    out: Vec<String>,
    rounds: Vec<Flown>,
    /// Per zone, when the first round lands in reach.
    danger_s: Vec<Option<f64>>,
}

impl Raided {
    /// Zones that one sensor warns in time.
    fn warned_by(&self, sensor: &Sensor, site: &SiteFile) -> Vec<usize> {
        let mut warned_s = vec![f64::INFINITY; site.zones.len()];
        let per_step = sensor.detection_probability * STEP_S / sensor.period_s;
        for Flown { zones, path } in &self.rounds {
            let mut plots = 0.0;
            let seen = path.iter().find(|(_, p)| {
                plots += if sensor.sees(&sensor.frame.polar(*p)) { per_step } else { 0.0 };
                plots >= PLOTS_TO_WARN
            });
            let Some((time_s, _)) = seen else { continue };
            zones.iter().for_each(|z| warned_s[*z] = warned_s[*z].min(*time_s));
        }
        let enough = |z: &usize| {
            self.danger_s[*z].is_some_and(|d| d - warned_s[*z] >= site.zones[*z].shelter_s)
        };
        (0..site.zones.len()).filter(enough).collect()
    }
}

impl Study {
    /// Answers `[siting]`, in the order sensors, sirens, effectors; empty without it.
    pub fn site(&self) -> Vec<Sited> {
        let Some(plan) = &self.siting else { return Vec::new() };
        let raids: Vec<Raided> =
            (0..plan.raids).into_par_iter().map(|run| self.raided(run)).collect();
        let sensors = self.site_sensors(plan, &raids);
        let mut sited = vec![sensors];
        sited.extend(plan.sirens.map(|(count, heard_m)| self.site_sirens(plan, count, heard_m)));
        if let Some((count, like)) = &plan.effectors {
            sited.extend(self.site_effectors(plan, *count, like, &raids));
        }
        sited
    }

    /// The options that siting asks to run: without a new sensor, and with those chosen.
    pub fn sited_options(&self, sensors: &Sited) -> Vec<StudyOption> {
        let Some(plan) = &self.siting else { return Vec::new() };
        let with = |name: String, places: &[usize]| StudyOption {
            name,
            sensors: plan.keep.clone(),
            placed: places
                .iter()
                .enumerate()
                .map(|(i, p)| plan.placement(&sensors.places[*p], i + 1))
                .collect(),
            effectors: effector_ids(&self.site),
        };
        let mut options = vec![with("without a new sensor".into(), &[])];
        if !sensors.chosen.is_empty() {
            options.push(with("with the best place".into(), &sensors.chosen));
        }
        options
    }

    fn raided(&self, run: u64) -> Raided {
        let drawn = self.draw(run);
        let zones = &self.site.zones;
        let rounds = drawn
            .objects
            .iter()
            .filter_map(|object| {
                let lands = object.lands_at_enu_m?;
                let radius_m = self.site.policy.hazard_radius_m(&object.class);
                let near = |z: &usize| zones[*z].distance_m(lands.x, lands.y) <= radius_m;
                let steps = ((object.end_s - object.start_s) / STEP_S) as usize;
                let path = (0..steps)
                    .map(|n| object.start_s + n as f64 * STEP_S)
                    .filter_map(|t| Some((t, Local::from(object.at(t)?.position_enu_m))));
                Some(Flown { zones: (0..zones.len()).filter(near).collect(), path: path.collect() })
            })
            .collect();
        let danger_s = drawn.danger_s(&self.site);
        Raided { family: drawn.family as u32, out: drawn.out, rounds, danger_s }
    }

    /// Places where something may stand.
    fn places(&self, plan: &SitingPlan, masts_m: &[f64]) -> Vec<Place> {
        let [spacing_m, reach_m] = plan.grid_m;
        let half = (reach_m / spacing_m).floor() as i64;
        let mut places = Vec::new();
        for j in -half..=half {
            for i in -half..=half {
                let en_m = [i as f64 * spacing_m, j as f64 * spacing_m];
                if !self.may_stand(plan, en_m) {
                    continue;
                }
                let [place, per_m, per_km] = plan.cost;
                places.extend(masts_m.iter().map(|mast_m| Place {
                    en_m,
                    mast_m: *mast_m,
                    cost: place + per_m * mast_m + per_km * en_m[0].hypot(en_m[1]) / 1_000.0,
                    adds: 0.0,
                }));
            }
        }
        // Of equals the nearest is taken.
        places.sort_by(|a, b| far(a).total_cmp(&far(b)));
        places
    }

    fn may_stand(&self, plan: &SitingPlan, [e_m, n_m]: [f64; 2]) -> bool {
        let within = |range: &[f64; 2], x: f64| (range[0]..=range[1]).contains(&x);
        let others = |z: &crate::warning::Zone| z.kind != ZoneKind::Protected;
        e_m.hypot(n_m) <= plan.grid_m[1]
            && !plan.no_go.iter().any(|[e, n]| within(e, e_m) && within(n, n_m))
            && !self.site.zones.iter().any(|z| others(z) && z.contains(e_m, n_m))
    }

    fn site_sensors(&self, plan: &SitingPlan, raids: &[Raided]) -> Sited {
        let site = &self.site;
        let zones = site.zones.len();
        let kept: Vec<&Sensor> =
            site.site.sensors.iter().filter(|s| plan.keep.contains(&s.id)).collect();
        // An item is a zone in danger in a raid; what stands covers some already.
        let item = |raid: usize, zone: usize| (raid * zones + zone) as u32;
        let mut weights = vec![0.0; raids.len() * zones];
        let (mut all, mut before) = (0.0, 0.0);
        let mut start = vec![0.0; self.families.len()];
        let mut danger = start.clone();
        for (r, raid) in raids.iter().enumerate() {
            let up = kept.iter().filter(|s| !raid.out.contains(&s.id));
            let have: Vec<usize> = up.flat_map(|s| raid.warned_by(s, site)).collect();
            for z in (0..zones).filter(|z| raid.danger_s[*z].is_some()) {
                let people = site.zones[z].population;
                all += people;
                danger[raid.family as usize] += people;
                if have.contains(&z) {
                    before += people;
                    start[raid.family as usize] += people;
                } else {
                    weights[item(r, z) as usize] = people;
                }
            }
        }
        let mut places = self.places(plan, &plan.mast_m);
        let candidates: Vec<Candidate> = places
            .par_iter()
            .map(|place| {
                let sensor = placed_sensor(site, &plan.placement(place, 1));
                let covers = |s: &Sensor| {
                    let of = |(r, raid): (usize, &Raided)| {
                        let warned = raid.warned_by(s, site).into_iter();
                        warned.map(move |z| item(r, z)).collect::<Vec<u32>>()
                    };
                    raids
                        .iter()
                        .enumerate()
                        .flat_map(of)
                        .filter(|i| weights[*i as usize] > 0.0)
                        .collect()
                };
                Candidate { cost: place.cost, covers: sensor.as_ref().map_or(Vec::new(), covers) }
            })
            .collect();
        let groups = raids.iter().flat_map(|r| std::iter::repeat_n(r.family, zones)).collect();
        let cover = Cover { weights, groups, candidates, count: plan.count, budget: plan.budget };
        let choice = if plan.robust { cover.choose_robust() } else { cover.choose() };
        let mut sited = told("sensor", &mut places, &cover, &choice, before, all);
        let seen = cover.shares(&choice.chosen);
        let mut open = vec![0.0; self.families.len()];
        for (i, group) in cover.groups.iter().enumerate() {
            open[*group as usize] += cover.weights[i];
        }
        sited.by_family = (0..self.families.len())
            .map(|f| {
                let gained = seen.get(f).copied().unwrap_or(0.0) * open[f];
                if danger[f] > 0.0 { (start[f] + gained) / danger[f] } else { 1.0 }
            })
            .collect();
        sited
    }

    fn site_sirens(&self, plan: &SitingPlan, count: usize, heard_m: f64) -> Sited {
        let mut people: Vec<([f64; 2], f64)> = Vec::new();
        for zone in &self.site.zones {
            let corners = zone.polygon_en_m();
            let side = |axis: usize, f: fn(f64, f64) -> f64, from: f64| {
                corners.iter().map(|p| p[axis]).fold(from, f)
            };
            let low = [0, 1].map(|a| side(a, f64::min, f64::INFINITY));
            let high = [0, 1].map(|a| side(a, f64::max, f64::NEG_INFINITY));
            let steps = [0, 1].map(|a| ((high[a] - low[a]) / CELL_M).ceil().max(1.0) as usize);
            let cells = (0..steps[0] * steps[1]).map(|n| {
                let at = |a: usize, k: usize| {
                    low[a] + (k as f64 + 0.5) * (high[a] - low[a]) / steps[a] as f64
                };
                [at(0, n % steps[0]), at(1, n / steps[0])]
            });
            let inside: Vec<[f64; 2]> = cells.filter(|p| zone.contains(p[0], p[1])).collect();
            let share = zone.population / inside.len().max(1) as f64;
            people.extend(inside.into_iter().map(|p| (p, share)));
        }
        let mut places = self.places(plan, &plan.mast_m[..1]);
        let heard = |place: &Place| {
            let near = |p: &[f64; 2]| (p[0] - place.en_m[0]).hypot(p[1] - place.en_m[1]) <= heard_m;
            (0..people.len() as u32).filter(|i| near(&people[*i as usize].0)).collect()
        };
        let candidates =
            places.iter().map(|p| Candidate { cost: p.cost, covers: heard(p) }).collect();
        let weights: Vec<f64> = people.iter().map(|p| p.1).collect();
        let all = weights.iter().sum();
        let groups = vec![0; weights.len()];
        let cover = Cover { weights, groups, candidates, count, budget: f64::INFINITY };
        let choice = cover.choose();
        told("siren", &mut places, &cover, &choice, 0.0, all)
    }

    fn site_effectors(
        &self,
        plan: &SitingPlan,
        count: usize,
        like: &str,
        raids: &[Raided],
    ) -> Option<Sited> {
        let effector = self.site.defence.effectors.iter().find(|e| e.id == like)?;
        let [nearest_m, furthest_m] = effector.range_m();
        let people =
            |zones: &[usize]| zones.iter().map(|z| self.site.zones[*z].population).sum::<f64>();
        let rounds: Vec<(u32, &Flown)> = raids
            .iter()
            .flat_map(|raid| raid.rounds.iter().map(|flown| (raid.family, flown)))
            .filter(|(_, flown)| people(&flown.zones) > 0.0)
            .collect();
        let mut places = self.places(plan, &plan.mast_m[..1]);
        let candidates = places
            .par_iter()
            .map(|place| {
                let [e_m, n_m] = place.en_m;
                let at =
                    Local { e_m, n_m, u_m: self.site.world.ground_u_m(e_m, n_m) + place.mast_m };
                let steps = (ENGAGE_S / STEP_S) as usize;
                let reach = nearest_m..=furthest_m;
                let near = |p: &Local| reach.contains(&(p.enu_m() - at.enu_m()).norm());
                let held =
                    |path: &[(f64, Local)]| path.iter().filter(|(_, p)| near(p)).count() >= steps;
                let covers = (0..rounds.len() as u32).filter(|i| held(&rounds[*i as usize].1.path));
                Candidate { cost: place.cost, covers: covers.collect() }
            })
            .collect();
        let weights: Vec<f64> = rounds.iter().map(|r| people(&r.1.zones)).collect();
        let groups = rounds.iter().map(|r| r.0).collect();
        let all = weights.iter().sum();
        let cover = Cover { weights, groups, candidates, count, budget: f64::INFINITY };
        let choice = if plan.robust { cover.choose_robust() } else { cover.choose() };
        let mut sited = told("effector", &mut places, &cover, &choice, 0.0, all);
        sited.by_family = cover.shares(&choice.chosen);
        Some(sited)
    }
}

impl SitingPlan {
    /// The new sensor of a place; `number` from 1.
    pub fn placement(&self, place: &Place, number: usize) -> Placement {
        Placement {
            id: format!("new-{number}"),
            like: self.like.clone(),
            en_m: place.en_m,
            mast_m: place.mast_m,
        }
    }
}

fn far(place: &Place) -> f64 {
    place.en_m[0].hypot(place.en_m[1])
}

/// A choice in shares of `all`, of which `before` is covered already.
fn told(
    what: &'static str,
    places: &mut Vec<Place>,
    cover: &Cover,
    choice: &Choice,
    before: f64,
    all: f64,
) -> Sited {
    let all = f64::max(all, 1e-9);
    for (place, gain) in places.iter_mut().zip(cover.gains(&[])) {
        place.adds = gain / all;
    }
    let after = |n: usize| (before + cover.value(&choice.chosen[..n])) / all;
    Sited {
        what,
        places: std::mem::take(places),
        chosen: choice.chosen.clone(),
        shares: (0..=choice.chosen.len()).map(after).collect(),
        bound: (before + choice.bound) / all,
        exact: choice.exact,
        by_family: Vec::new(),
    }
}
