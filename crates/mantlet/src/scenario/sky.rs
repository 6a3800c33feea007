//! The loop of a simulation: radars look at a true sky, the pipeline is told.
//!
//! In: a scenario and a seed. Out: one [`Step`] per scan, in order of time. The
//! loop runs past the scenario's end until every warning is cleared.

use crate::flight::State;
use crate::pipeline::Picture;
use crate::sensors::Chance;
use crate::sensors::Scan;
use crate::sensors::TruthMap;
use crate::sensors::look;
use crate::time::Timestamp;

use super::description::Scenario;
use super::objects::Object;

/// Streams of chance under one seed: the raid draws from 0, traffic from 1, the weather from 2, sensor
/// `i` at its look `k` from `(i + 1) << 32 | k`.
const RAID_STREAM: u64 = 0;
const TRAFFIC_STREAM: u64 = 1;

/// Everything that is known, and true, after one scan.
pub struct Step<'s> {
    /// Seconds from the scenario's start.
    pub time_s: f64,
    /// What the sensor reported.
    pub scan: &'s Scan,
    /// Which plot came of which object: for assessment only.
    pub causes: &'s TruthMap,
    /// What the pipeline made of it.
    pub picture: &'s Picture<'s>,
}

/// A hook after each scan that may change the true sky: simulated interception.
pub trait Intervene {
    /// Called with what the defenders know and what is true.
    fn after_scan(&mut self, time_s: f64, picture: &Picture<'_>, objects: &mut Vec<Object>);

    /// Whether the run may end now although warnings are still in force.
    fn is_enough(&self, _time_s: f64, _objects: &[Object]) -> bool {
        false
    }
}

impl Scenario {
    /// The true objects of one draw.
    pub fn draw(&self, seed: u64) -> Vec<Object> {
        let world = &self.weather(seed);
        let mut chance = Chance::new(seed, RAID_STREAM);
        let mut objects = Vec::new();
        for raid in &self.raids {
            let first_id = 1 + objects.iter().filter(|o: &&Object| o.class == raid.class).count();
            objects.extend(raid.draw(world, first_id, &mut chance));
        }
        let mut chance = Chance::new(seed, TRAFFIC_STREAM);
        for (i, aircraft) in self.aircraft.iter().enumerate() {
            let id = format!("{}-{}", aircraft.class, i + 1);
            objects.push(aircraft.object(world, id, self.duration_s));
        }
        for flock in &self.flocks {
            objects.extend(flock.draw(world, self.duration_s, &mut chance));
        }
        for tracer in &self.tracers {
            objects.extend(tracer.draw(world, &mut chance));
        }
        objects
    }

    /// Runs the whole chain over a true sky. `intervene` may end flights and add
    /// debris; `observe` sees every step.
    pub fn watch(
        &self,
        seed: u64,
        objects: &mut Vec<Object>,
        mut intervene: Option<&mut dyn Intervene>,
        mut observe: impl FnMut(&Step<'_>, &[Object]),
    ) {
        let site = &self.site;
        let mut pipeline = site.pipeline();
        let sensors = &site.site.sensors;
        let mut looks = vec![0u64; sensors.len()];
        let offset = |i: usize| sensors[i].period_s * i as f64 / sensors.len() as f64;
        loop {
            let due = |i: usize| offset(i) + looks[i] as f64 * sensors[i].period_s;
            let Some(i) = (0..sensors.len()).min_by(|a, b| due(*a).total_cmp(&due(*b))) else {
                return;
            };
            let time_s = due(i);
            let over = time_s > self.duration_s && pipeline.in_force().next().is_none();
            if over {
                return;
            }
            if time_s > self.duration_s + site.policy.tail_s() {
                // Nobody is there to say it: the exercise ends with an operator's all-clear.
                let zones = 0..site.zones.len();
                let warnings = zones.filter_map(|zone| pipeline.clear(zone)).collect();
                let time =
                    Timestamp::from_seconds(time_s).expect("a scenario lasts less than some days");
                let scan = Scan { sensor: i, time, sector: None, plots: Vec::new() };
                let picture = Picture { time, tracks: &[], impacts: &[], corridors: &[], warnings };
                let causes = TruthMap::new();
                observe(&Step { time_s, scan: &scan, causes: &causes, picture: &picture }, objects);
                return;
            }
            let mut chance = Chance::new(seed, ((i as u64 + 1) << 32) | looks[i]);
            looks[i] += 1;
            let states: Vec<Option<State>> = objects.iter().map(|o| o.at(time_s)).collect();
            let time = Timestamp::from_seconds(time_s).expect("a scenario lasts less than a day");
            let (scan, causes) = look(&sensors[i], i, &site.site.datum, time, &states, &mut chance);
            let picture = pipeline.scan(&scan);
            observe(&Step { time_s, scan: &scan, causes: &causes, picture: &picture }, objects);
            if let Some(hook) = &mut intervene {
                hook.after_scan(time_s, &picture, objects);
                if hook.is_enough(time_s, objects) {
                    return;
                }
            }
        }
    }
}
