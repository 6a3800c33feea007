//! Raids for the comparison of trackers: the recipe of Stone Soup's measurement.
//!
//! Rounds with a constant drag coefficient over flat earth (density falling by e
//! every 9 km), one radar at the origin that sees a quarter of the horizon, 10 m,
//! 2 mrad, 2 mrad, 1 m/s, twice a second, for 30 s. Azimuth is counter-clockwise
//! from east, as in the files that Stone Soup reads.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

pub const PERIOD_S: f64 = 0.5;
pub const SIGMA: [f64; 4] = [10.0, 2e-3, 2e-3, 1.0];
pub const RANGE_M: [f64; 2] = [300.0, 15_000.0];
const SECTOR_RAD: f64 = std::f64::consts::FRAC_PI_2;
pub const ELEVATION_RAD: f64 = 70.0 * std::f64::consts::PI / 180.0;
const GRAVITY_MPS2: f64 = 9.80665;
const STEP_S: f64 = 0.05;

/// How a raid is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    pub rounds: usize,
    pub seed: u64,
    pub duration_s: f64,
    pub detection_probability: f64,
    pub clutter: f64,
    /// Rounds fly parallel this far apart in a row across their path, all at once.
    pub salvo_spacing_m: Option<f64>,
}

/// A plot and the round it came from.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub scan: usize,
    /// range m, azimuth rad, elevation rad, radial speed m/s
    pub polar: [f64; 4],
    pub truth: Option<usize>,
}

/// A round in the air at a scan: x, y, z, vx, vy, vz and drag per metre.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    pub scan: usize,
    pub id: usize,
    pub state: [f64; 6],
    pub drag_per_m: f64,
}

pub struct Raid {
    pub scans: usize,
    pub plots: Vec<Seen>,
    pub truth: Vec<Truth>,
}

struct Chance(ChaCha8Rng);

impl Chance {
    fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * ((self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64)
    }

    fn normal(&mut self, sigma: f64) -> f64 {
        // Box and Muller (1958); one of the pair.
        let radius = (-2.0 * (1.0 - self.uniform(0.0, 1.0)).ln()).sqrt();
        sigma * radius * self.uniform(0.0, std::f64::consts::TAU).cos()
    }

    fn poisson(&mut self, mean: f64) -> usize {
        // Arrivals of unit rate within `mean`.
        let (mut count, mut at) = (0, 0.0);
        loop {
            at -= (1.0 - self.uniform(0.0, 1.0)).ln();
            if at > mean {
                return count;
            }
            count += 1;
        }
    }
}

struct Round {
    state: [f64; 6],
    drag_per_m: f64,
    start_s: f64,
    alive: bool,
    done: bool,
}

fn rate(s: &[f64; 6], drag_per_m: f64) -> [f64; 6] {
    let speed = (s[3] * s[3] + s[4] * s[4] + s[5] * s[5]).sqrt();
    let slowing = drag_per_m * (-s[2] / 9000.0).exp() * speed;
    [s[3], s[4], s[5], -slowing * s[3], -slowing * s[4], -slowing * s[5] - GRAVITY_MPS2]
}

fn step(s: &[f64; 6], k: f64, h: f64) -> [f64; 6] {
    let along = |d: &[f64; 6], h: f64| std::array::from_fn::<f64, 6, _>(|i| s[i] + h * d[i]);
    let k1 = rate(s, k);
    let k2 = rate(&along(&k1, h / 2.0), k);
    let k3 = rate(&along(&k2, h / 2.0), k);
    let k4 = rate(&along(&k3, h), k);
    std::array::from_fn(|i| s[i] + h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]))
}

fn launch(recipe: &Recipe, chance: &mut Chance) -> Vec<Round> {
    let draw = |chance: &mut Chance| {
        let azimuth = chance.uniform(-SECTOR_RAD / 2.0, SECTOR_RAD / 2.0);
        let range = chance.uniform(3000.0, 9000.0);
        let p = [range * azimuth.cos(), range * azimuth.sin()];
        let d = [chance.normal(500.0) - p[0], chance.normal(500.0) - p[1]];
        let far = d[0].hypot(d[1]);
        let elevation = chance.uniform(40f64.to_radians(), 65f64.to_radians());
        let drag_per_m = 0.5 * 1.225 / chance.uniform(1500.0, 8000.0);
        let speed =
            (GRAVITY_MPS2 * far / (2.0 * elevation).sin()).sqrt() * (1.0 + 0.6 * drag_per_m * far);
        let (flat, up) = (speed * elevation.cos() / far, speed * elevation.sin());
        let state = [p[0], p[1], 0.0, flat * d[0], flat * d[1], up];
        let start_s = chance.uniform(-5.0, 6.0);
        Round { state, drag_per_m, start_s, alive: false, done: false }
    };
    let Some(spacing_m) = recipe.salvo_spacing_m else {
        return (0..recipe.rounds).map(|_| draw(chance)).collect();
    };
    let lead = draw(chance);
    let speed = lead.state[3].hypot(lead.state[4]);
    let across = [-lead.state[4] / speed, lead.state[3] / speed];
    (0..recipe.rounds)
        .map(|n| {
            let aside = spacing_m * (n as f64 - 0.5 * (recipe.rounds - 1) as f64);
            let mut state = lead.state;
            state[0] += aside * across[0];
            state[1] += aside * across[1];
            Round { state, drag_per_m: lead.drag_per_m, start_s: 1.0, alive: false, done: false }
        })
        .collect()
}

impl Raid {
    pub fn new(recipe: &Recipe) -> Self {
        let mut chance = Chance(ChaCha8Rng::seed_from_u64(recipe.seed));
        let mut rounds = launch(recipe, &mut chance);
        let scans = (recipe.duration_s / PERIOD_S) as usize + 1;
        let mut raid = Self { scans, plots: Vec::new(), truth: Vec::new() };
        let (mut scan, mut tick) = (0, 0);
        while scan < scans {
            let time_s = -5.0 + f64::from(tick) * STEP_S;
            if time_s >= scan as f64 * PERIOD_S - 1e-9 {
                raid.look(recipe, scan, &rounds, &mut chance);
                scan += 1;
            }
            for round in &mut rounds {
                round.alive |= !round.done && time_s + STEP_S >= round.start_s;
                if round.alive {
                    round.state = step(&round.state, round.drag_per_m, STEP_S);
                    if round.state[2] < 0.0 {
                        (round.alive, round.done) = (false, true);
                    }
                }
            }
            tick += 1;
        }
        raid
    }

    fn look(&mut self, recipe: &Recipe, scan: usize, rounds: &[Round], chance: &mut Chance) {
        for (id, round) in rounds.iter().enumerate().filter(|(_, round)| round.alive) {
            let s = round.state;
            self.truth.push(Truth { scan, id, state: s, drag_per_m: round.drag_per_m });
            let range = (s[0] * s[0] + s[1] * s[1] + s[2] * s[2]).sqrt();
            let seen = chance.uniform(0.0, 1.0) < recipe.detection_probability;
            if seen && range > RANGE_M[0] {
                let radial = (s[0] * s[3] + s[1] * s[4] + s[2] * s[5]) / range;
                let exact = [range, s[1].atan2(s[0]), (s[2] / range).asin(), radial];
                let polar = std::array::from_fn(|i| exact[i] + chance.normal(SIGMA[i]));
                self.plots.push(Seen { scan, polar, truth: Some(id) });
            }
        }
        for _ in 0..chance.poisson(recipe.clutter) {
            let polar = [
                chance.uniform(RANGE_M[0], RANGE_M[1]),
                chance.uniform(-SECTOR_RAD / 2.0, SECTOR_RAD / 2.0),
                chance.uniform(0.0, ELEVATION_RAD),
                chance.uniform(-350.0, 350.0),
            ];
            self.plots.push(Seen { scan, polar, truth: None });
        }
    }
}
