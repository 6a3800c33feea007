//! Many runs of one scenario: how much of an outcome is chance.
//!
//! In: a scenario and how many runs. Out: figures of every run in order of seed,
//! their means with confidence intervals and percentiles, and the mean harm maps.
//! Runs are spread over all cores in batches and gathered in order, so that the
//! answer has the same bytes on any number of threads. A run ends when everything has
//! come down; warnings after that are not counted.
//!
//! Method: means with normal 95 % intervals (1.96 standard errors); runs end early
//! when the interval of the casualties with interception is narrow enough, tested
//! only between batches (fixed-width sequential rule, Y. S. Chow and H. Robbins,
//! Annals of Mathematical Statistics 36 (1965) 457).

use rayon::prelude::*;

use crate::harm::HarmMap;
use crate::harm::ZoneHarm;

use super::defend::Defence;
use super::defended::Told;
use super::description::Scenario;

/// Runs between two looks at the stop rule. Chosen: enough to fill any desk machine.
const BATCH: u64 = 50;
/// Fewest runs before the stop rule may end them. Chosen: so that a variance means
/// something.
const FEWEST: u64 = 100;

/// How many runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Repeats {
    /// Seed of the first; the others follow it.
    pub first_seed: u64,
    /// Most runs.
    pub runs: u64,
    /// Ends early when the 95 % interval of casualties with interception is
    /// narrower than this share of the mean, to each side; zero never.
    pub enough_rel: f64,
}

/// What one run came to.
#[derive(Clone, Debug, PartialEq)]
pub struct RunFigures {
    /// Its seed.
    pub seed: u64,
    /// Rounds that came.
    pub came: u32,
    /// Tracks shot at.
    pub engaged: u32,
    /// Rounds destroyed.
    pub destroyed: u32,
    /// Tracks let through.
    pub spared: u32,
    /// Effectors' rounds spent.
    pub spent: u32,
    /// Rounds that came down all the same.
    pub leakers: u32,
    /// Pieces on the ground because of interception.
    pub pieces: f64,
    /// People in zones that were in danger.
    pub people_in_danger: f64,
    /// Of those, people told in time.
    pub people_in_time: f64,
    /// People sent to shelter for nothing.
    pub people_needlessly_warned: f64,
    /// Harm per zone without interception.
    pub without: Vec<ZoneHarm>,
    /// Harm per zone with it.
    pub with: Vec<ZoneHarm>,
}

impl RunFigures {
    /// Expected casualties over all zones: without and with interception.
    pub fn casualties(&self) -> [f64; 2] {
        [&self.without, &self.with].map(|zones| zones.iter().map(|z| z.casualties).sum())
    }
}

/// A figure over runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// Mean.
    pub mean: f64,
    /// Half width of its 95 % interval.
    pub half_width: f64,
    /// 5th, 50th and 95th percentile of the runs.
    pub percentiles: [f64; 3],
}

impl Spread {
    /// Of values; all zero when there are none.
    pub fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.collect();
        if values.is_empty() {
            return Self::default();
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let square: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        let half_width = 1.96 * (square / (n - 1.0).max(1.0) / n).sqrt();
        values.sort_by(f64::total_cmp);
        let at = |share: f64| values[((n - 1.0) * share).round() as usize];
        Self { mean, half_width, percentiles: [at(0.05), at(0.5), at(0.95)] }
    }
}

/// What many runs came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Repeated {
    /// Every run, in order of seed.
    pub runs: Vec<RunFigures>,
    /// Mean harm map without interception.
    pub map_without: HarmMap,
    /// Mean harm map with it.
    pub map_with: HarmMap,
    /// Whether the stop rule ended the runs before the last.
    pub narrow_enough: bool,
}

impl Repeated {
    /// A figure over the runs.
    pub fn spread(&self, figure: impl Fn(&RunFigures) -> f64) -> Spread {
        Spread::of(self.runs.iter().map(figure))
    }

    /// Share of the runs in which nothing that was aimed at got through, as drawn.
    pub fn annihilated(&self) -> Spread {
        self.spread(|run| f64::from(u8::from(run.engaged > 0 && run.destroyed >= run.engaged)))
    }
}

/// Runs a scenario many times. `progress` is told runs done and runs planned.
pub fn repeat(scenario: &Scenario, plan: &Repeats, progress: &mut dyn FnMut(u64, u64)) -> Repeated {
    let mut all = Repeated::default();
    let mut done = 0;
    while done < plan.runs {
        let batch = BATCH.min(plan.runs - done);
        let seeds = plan.first_seed + done..plan.first_seed + done + batch;
        let runs: Vec<(RunFigures, [HarmMap; 2])> =
            seeds.into_par_iter().map(|seed| one(scenario, seed)).collect();
        for (figures, [without, with]) in runs {
            gather(&mut all.map_without, without);
            gather(&mut all.map_with, with);
            all.runs.push(figures);
        }
        done += batch;
        progress(done, plan.runs);
        let casualties = all.spread(|run| run.casualties()[1]);
        let narrow = casualties.half_width <= plan.enough_rel * casualties.mean;
        if plan.enough_rel > 0.0 && done >= FEWEST && narrow {
            all.narrow_enough = true;
            break;
        }
    }
    for map in [&mut all.map_without, &mut all.map_with] {
        map.casualties.iter_mut().for_each(|c| *c /= done.max(1) as f64);
    }
    all
}

fn one(scenario: &Scenario, seed: u64) -> (RunFigures, [HarmMap; 2]) {
    let weather = scenario.weather(seed);
    let mut objects = scenario.draw(seed);
    let mut defence =
        Defence::new(&scenario.site, &objects, seed).in_weather(&weather).until_all_is_down();
    scenario.watch(seed, &mut objects, Some(&mut defence), |_, _| {});
    let came = defence.finish(&mut objects);
    let maps = came.maps(&scenario.site);
    let mut tracks: Vec<u64> = came.engagements.iter().map(|e| e.track_id).collect();
    tracks.sort_unstable();
    tracks.dedup();
    let people = |counts: &dyn Fn(&Told) -> bool| -> f64 {
        let told = came.told.iter().zip(&scenario.site.zones);
        // Not `sum`: a sum of nothing is minus zero.
        told.filter(|(t, _)| counts(t)).fold(0.0, |sum, (_, zone)| sum + zone.population)
    };
    let figures = RunFigures {
        seed,
        came: came.rounds_without.len() as u32,
        engaged: tracks.len() as u32,
        destroyed: came.kills.len() as u32,
        spared: came.spared.len() as u32,
        spent: came.engagements.iter().map(|e| e.rounds).sum(),
        leakers: came.leakers.len() as u32,
        pieces: came.fallen.iter().map(|f| f.count).sum(),
        people_in_danger: people(&|t| t.danger_s.is_some()),
        people_in_time: people(&|t| t.is_in_time()),
        people_needlessly_warned: people(&|t| t.is_needless()),
        without: came.harm_without,
        with: came.harm_with,
    };
    (figures, maps)
}

fn gather(sum: &mut HarmMap, map: HarmMap) {
    if sum.casualties.is_empty() {
        *sum = map;
    } else {
        sum.casualties.iter_mut().zip(map.casualties).for_each(|(s, c)| *s += c);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scenario::load_scenario;

    #[test]
    fn one_thread_and_two_give_the_same() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/eight-rockets.toml");
        let scenario = load_scenario(&file).unwrap();
        let plan = Repeats { first_seed: 1, runs: 4, enough_rel: 0.0 };
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| repeat(&scenario, &plan, &mut |_, _| {}))
        };
        let (one, two) = (on(1), on(2));
        assert_eq!(one, two);
        assert_eq!(one.runs.len(), 4);
        assert!(one.spread(|run| run.casualties()[0]).mean > 0.0);
    }

    #[test]
    fn the_interval_of_a_known_sample_is_as_by_hand() {
        let spread = Spread::of([1.0, 2.0, 3.0, 4.0].into_iter());
        assert_eq!(spread.mean, 2.5);
        // Variance 5/3, standard error sqrt(5/12).
        assert!((spread.half_width - 1.96 * (5.0f64 / 12.0).sqrt()).abs() < 1e-12);
    }
}
