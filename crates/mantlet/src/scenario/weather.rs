//! The weather of one run: the site's wind, which the defenders know, and what it
//! truly was.
//!
//! In: a scenario and a seed. Out: the world in which rounds and pieces truly fly.
//! Method: one wind, Gaussian on each axis, is added at all heights.

use crate::flight::WindLevel;
use crate::flight::World;
use crate::sensors::Chance;

use super::description::Scenario;

/// Stream of chance; see `sky.rs` for the others.
const WEATHER_STREAM: u64 = 2;

impl Scenario {
    /// The world of one run.
    pub fn weather(&self, seed: u64) -> World {
        let mut world = self.site.world.clone();
        if self.wind_spread_mps > 0.0 {
            let mut chance = Chance::new(seed, WEATHER_STREAM);
            let [east, north] = [0; 2].map(|_| self.wind_spread_mps * chance.normal());
            let mut levels = world.air.wind_levels().to_vec();
            if levels.is_empty() {
                levels.push(WindLevel { height_m: 0.0, east_mps: 0.0, north_mps: 0.0 });
            }
            for level in &mut levels {
                level.east_mps += east;
                level.north_mps += north;
            }
            world.air = world.air.with_wind(levels);
        }
        world
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::scenario::load_scenario;

    #[test]
    fn winds_of_many_runs_spread_about_the_sites_as_asked() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/eight-rockets.toml");
        let mut scenario = load_scenario(&file).unwrap();
        assert_eq!(scenario.weather(1), scenario.site.world);
        scenario.wind_spread_mps = 3.0;
        let site = scenario.site.world.air.wind_en_mps(1_000.0);
        let runs = 400;
        let mut square = 0.0;
        for seed in 0..runs {
            let drawn = scenario.weather(seed).air.wind_en_mps(1_000.0);
            square += (drawn[0] - site[0]).powi(2) + (drawn[1] - site[1]).powi(2);
        }
        // 2 N draws of variance 9: four standard errors of a variance.
        let variance = square / (2 * runs) as f64;
        assert!((variance - 9.0).abs() < 4.0 * 9.0 * (1.0 / runs as f64).sqrt(), "{variance}");
        assert_eq!(scenario.weather(5), scenario.weather(5));
    }
}
