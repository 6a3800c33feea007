//! Eight rockets, two radars, and a sky full of things that are no threat: how
//! far the predicted impacts are from the true ones, and from the bound.

use mantlet::flight::{Body, DragCurve, State, Trajectory, World, fly, fly_back};
use mantlet::frames::{Datum, Local, RadarFrame, Refraction, Wgs84};
use mantlet::prediction::{Prior, Sample, impact_bound, predict_impact};
use mantlet::sensors::{Chance, Sensor, Sigma, Site, look};
use mantlet::time::Timestamp;
use mantlet::tracking::{Kind, Sight, Status, Tracker, TrackerConfig, Vector7};
use nalgebra::Vector3;

/// Longest a raid takes, s.
const DURATION_S: f64 = 60.0;
/// A track this near to an object is the object's, m.
const OWN_M: f64 = 200.0;

enum Path {
    /// Ends at this time, s.
    Back(Trajectory, f64),
    /// Starts at this time, s.
    Forward(Trajectory, f64),
    Level {
        start: Vector3<f64>,
        velocity: Vector3<f64>,
        turn_radps: f64,
    },
}

struct Object {
    body: Option<Body>,
    path: Path,
}

impl Object {
    fn at(&self, time_s: f64) -> Option<State> {
        match &self.path {
            Path::Back(path, end_s) => {
                (time_s < *end_s && time_s > end_s - 29.0).then(|| path.at(time_s - end_s))
            }
            Path::Forward(path, start_s) => (time_s >= *start_s && time_s < start_s + path.end_s())
                .then(|| path.at(time_s - start_s)),
            Path::Level { start, velocity, turn_radps } => {
                let half = 0.5 * turn_radps * time_s;
                let turned = |a: f64| {
                    let (sin, cos) = a.sin_cos();
                    Vector3::new(
                        cos * velocity.x + sin * velocity.y,
                        cos * velocity.y - sin * velocity.x,
                        velocity.z,
                    )
                };
                let chord = if half.abs() < 1e-9 { 1.0 } else { half.sin() / half };
                Some(State {
                    position_enu_m: start + turned(half) * (chord * time_s),
                    velocity_enu_mps: turned(2.0 * half),
                })
            }
        }
    }
}

/// One prediction of one round.
#[derive(Clone, Copy, Debug)]
pub struct Prediction {
    pub round: usize,
    pub to_impact_s: f64,
    pub since_confirmed_s: f64,
    pub since_first_plot_s: f64,
    pub error_m: f64,
    /// Normalised squared errors: impact (2 dimensions) and state (6).
    pub impact_nees: f64,
    pub state_nees: f64,
    /// Root of the trace of the least covariance, m.
    pub bound_m: f64,
}

/// What came of one raid.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// For each round, seconds from its third plot to its confirmation.
    pub confirmed_after_s: Vec<Option<f64>>,
    /// Confirmed tracks that were near no object for most of their life.
    pub false_tracks: usize,
    /// Predictions made for what is no round.
    pub needless_predictions: usize,
    /// Kinds of the rounds' tracks 10 s before impact: right, unknown, wrong.
    pub kinds: [usize; 3],
    pub predictions: Vec<Prediction>,
}

pub struct Range {
    site: Site,
    world: World,
}

impl Range {
    pub fn new() -> Self {
        let origin = Wgs84::from_degrees(33.0, -30.0, 40.0).expect("on earth");
        let datum = Datum::new(origin);
        let sensor = |id: &str, e_m: f64, n_m: f64, period_s: f64, sigma: Sigma| {
            let place = datum.wgs84(datum.at_height(e_m, n_m, 46.0));
            Sensor {
                id: id.into(),
                feed: None,
                mask: None,
                place,
                frame: RadarFrame::new(&datum, place, Refraction::FourThirds),
                range_m: 15_000.0,
                period_s,
                elevation_rad: [1f64.to_radians(), 80f64.to_radians()],
                azimuth_rad: [0.0, std::f64::consts::TAU],
                detection_probability: 0.9,
                clutter_per_scan: 20.0,
                sigma,
            }
        };
        let sigma = |range_m: f64, angle_rad: f64, radial_speed_mps: Option<f64>| Sigma {
            range_m,
            azimuth_rad: angle_rad,
            elevation_rad: Some(angle_rad),
            height_m: None,
            radial_speed_mps,
        };
        let sensors = vec![
            sensor("north", 150.0, 300.0, 0.5, sigma(10.0, 2e-3, Some(1.0))),
            sensor("south", -600.0, -800.0, 1.0, sigma(25.0, 4e-3, None)),
        ];
        let world = World::level(datum.clone());
        Self { site: Site { name: "range".into(), datum, sensors }, world }
    }

    fn objects(&self, chance: &mut Chance) -> Vec<Object> {
        let mut objects: Vec<Object> = (0..8).map(|n| self.rocket(n, chance)).collect();
        let level = |start: [f64; 3], velocity: [f64; 3], turn_radps: f64| Object {
            body: None,
            path: Path::Level { start: start.into(), velocity: velocity.into(), turn_radps },
        };
        objects.push(level([-9000.0, 5200.0, 3300.0], [204.0, -18.0, 0.0], 0.0));
        objects.push(level([6500.0, 7500.0, 2400.0], [-86.0, -123.0, -4.0], 0.0));
        objects.push(level([-2600.0, 1700.0, 260.0], [47.0, 8.0, 0.0], 0.05));
        for _ in 0..6 {
            let place =
                [1900.0 + 180.0 * chance.normal(), -1200.0 + 180.0 * chance.normal(), 120.0];
            let (sin, cos) = chance.between(0.0, std::f64::consts::TAU).sin_cos();
            objects.push(level(place, [12.0 * sin, 12.0 * cos, 0.0], 0.2 * chance.normal()));
        }
        for n in 0..20 {
            let azimuth = 0.7 + 0.07 * chance.normal();
            let elevation = 0.66 + 0.09 * chance.normal();
            let flat = 850.0 * elevation.cos();
            let start = State {
                position_enu_m: Vector3::new(-1500.0, -900.0, 3.0),
                velocity_enu_mps: Vector3::new(
                    flat * azimuth.sin(),
                    flat * azimuth.cos(),
                    850.0 * elevation.sin(),
                ),
            };
            let body = Body { curve: DragCurve::G1, area_per_mass_m2kg: 2.9e-3 };
            let path = fly(&self.world, &body, &start, 6.0).expect("finite");
            objects
                .push(Object { body: None, path: Path::Forward(path, 20.0 + f64::from(n) / 9.0) });
        }
        objects
    }

    fn rocket(&self, n: usize, chance: &mut Chance) -> Object {
        let body = Body {
            curve: DragCurve::Rocket,
            area_per_mass_m2kg: 3.6e-4 * (0.15 * chance.normal()).exp(),
        };
        let bearing = (205.0 + 2.0 * chance.normal()).to_radians();
        let dive = (41.0 + 2.0 * chance.normal()).to_radians();
        let speed = 235.0 + 8.0 * chance.normal();
        let (e_m, n_m) = (120.0 + 330.0 * chance.normal(), 40.0 + 260.0 * chance.normal());
        let u_m = self.world.ground_u_m(e_m, n_m);
        let flat = -speed * dive.cos();
        let landing = State {
            position_enu_m: Vector3::new(e_m, n_m, u_m),
            velocity_enu_mps: Vector3::new(
                flat * bearing.sin(),
                flat * bearing.cos(),
                -speed * dive.sin(),
            ),
        };
        let end_s = 33.0 + 20.0 * (n as f64 + chance.unit()) / 8.0;
        let path = fly_back(&self.world, &body, &landing, 30.0).expect("finite");
        Object { body: Some(body), path: Path::Back(path, end_s) }
    }

    /// One raid.
    pub fn run(&self, seed: u64) -> Outcome {
        let mut chance = Chance::new(seed, 1);
        let objects = self.objects(&mut chance);
        let mut noise = Chance::new(seed, 2);
        let mut tracker =
            Tracker::new(self.site.clone(), self.world.clone(), TrackerConfig::default());
        let mut outcome = Outcome { confirmed_after_s: vec![None; 8], ..Outcome::default() };
        let mut plots: Vec<Vec<f64>> = vec![Vec::new(); objects.len()];
        let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); 8];
        // For each track, scans near an object and scans in all.
        let mut lives: std::collections::BTreeMap<u64, [usize; 2]> = Default::default();
        let mut found: Vec<(usize, Timestamp, usize, Prediction)> = Vec::new();
        for tick in 0..(2.0 * DURATION_S) as usize {
            for sensor in 0..2 {
                if sensor == 1 && tick % 2 == 1 {
                    continue;
                }
                let time_s = 0.5 * tick as f64 + 0.13 * sensor as f64;
                let time = Timestamp::from_seconds(time_s).expect("a time");
                let states: Vec<Option<State>> = objects.iter().map(|o| o.at(time_s)).collect();
                let (scan, truth) = look(
                    &self.site.sensors[sensor],
                    sensor,
                    &self.site.datum,
                    time,
                    &states,
                    &mut noise,
                );
                truth.iter().flatten().for_each(|&object| plots[object].push(time_s));
                for (n, state) in states.iter().take(8).enumerate() {
                    samples[n]
                        .extend(state.and_then(|s| self.sample(time_s, sensor, &s, &objects[n])));
                }
                tracker.ingest(&scan);
                for track in tracker.confirmed() {
                    let nearest = states
                        .iter()
                        .enumerate()
                        .filter_map(|(n, s)| {
                            s.map(|s| ((s.position_enu_m - track.position_enu_m()).norm(), n))
                        })
                        .min_by(|a, b| a.0.total_cmp(&b.0));
                    // What is no more seen is not held against it while it coasts.
                    let held = usize::from(track.status == Status::Confirmed);
                    let life = lives.entry(track.id).or_default();
                    life[1] += held;
                    let impact = predict_impact(&self.world, track);
                    let Some((_, n)) = nearest.filter(|(far, _)| *far < OWN_M) else { continue };
                    life[0] += held;
                    if n >= 8 {
                        outcome.needless_predictions += usize::from(impact.is_some());
                        continue;
                    }
                    let third = plots[n].get(2).copied().unwrap_or(time_s);
                    outcome.confirmed_after_s[n].get_or_insert(time_s - third);
                    let (Some(impact), Some(state)) = (impact, states[n]) else { continue };
                    // Another round's track may pass by: only the nearest one counts.
                    let gap = |t: &mantlet::tracking::Track| {
                        (t.position_enu_m() - state.position_enu_m).norm()
                    };
                    if tracker.confirmed().iter().any(|t| gap(t) < gap(track)) {
                        continue;
                    }
                    let Path::Back(path, end_s) = &objects[n].path else { continue };
                    let landing = path.landing().expect("it was made backwards from one");
                    let error = impact.position_enu_m - landing.position_enu_m;
                    let en = error.fixed_rows::<2>(0).into_owned();
                    let Some(inverse) = impact.covariance_en_m2.try_inverse() else { continue };
                    let (p, v) = (state.position_enu_m, state.velocity_enu_mps);
                    let true6 = nalgebra::SVector::<f64, 6>::from([p.x, p.y, p.z, v.x, v.y, v.z]);
                    let miss = track.mean.fixed_rows::<6>(0) - true6;
                    let p6 = track.covariance.fixed_view::<6, 6>(0, 0).into_owned();
                    let state_nees =
                        p6.cholesky().map_or(f64::NAN, |factor| miss.dot(&factor.solve(&miss)));
                    let to_impact_s = end_s - time_s;
                    if (10.0..10.4).contains(&to_impact_s) && sensor == 0 {
                        let place = match track.kind {
                            Kind::Rocket => 0,
                            Kind::Unknown => 1,
                            _ => 2,
                        };
                        outcome.kinds[place] += 1;
                    }
                    let confirmed = track.confirmed.map_or(0.0, |t| time.since_s(t));
                    let prediction = Prediction {
                        round: n,
                        to_impact_s,
                        since_confirmed_s: confirmed,
                        since_first_plot_s: time_s - plots[n].first().copied().unwrap_or(time_s),
                        error_m: en.norm(),
                        impact_nees: (en.transpose() * inverse * en)[0],
                        state_nees,
                        bound_m: f64::NAN,
                    };
                    let at = samples[n].len();
                    found.push((n, time, at, prediction));
                }
            }
        }
        let config = TrackerConfig::default();
        let prior = Prior { velocity_mps: 300.0, ln_area_per_mass: config.ln_area_per_mass[1] };
        for (n, samples) in samples.iter().enumerate() {
            let body = objects[n].body.expect("rockets have one");
            let bounds = impact_bound(&self.world, &body, samples, prior);
            for (_, _, at, mut prediction) in found.iter().filter(|f| f.0 == n).copied() {
                let bound = at.checked_sub(1).and_then(|at| bounds[at]);
                prediction.bound_m = bound.map_or(f64::NAN, |b| b.covariance_en_m2.trace().sqrt());
                outcome.predictions.push(prediction);
            }
        }
        outcome.false_tracks = lives.values().filter(|[own, all]| 2 * own < *all).count();
        outcome
    }

    /// Ten minutes without a round: airliners and helicopters that cross, birds that
    /// circle, a boat, and false plots. Objects, tracks confirmed, tracks that were ever
    /// predicted to land.
    pub fn traffic(&self, seed: u64) -> [usize; 3] {
        const PART_S: f64 = 600.0;
        let mut chance = Chance::new(seed, 3);
        let mut level = |speed: [f64; 2], height: [f64; 2], climb: f64, turn_radps: f64| {
            let (bearing, side) = (chance.between(0.0, std::f64::consts::TAU), chance.normal());
            let speed = chance.between(speed[0], speed[1]);
            let (sin, cos) = bearing.sin_cos();
            let velocity = Vector3::new(speed * sin, speed * cos, climb * chance.normal());
            // Nearest to the site at some time of the ten minutes.
            let nearest_s = chance.between(0.0, PART_S);
            let aside = Vector3::new(cos, -sin, 0.0) * (4000.0 * side);
            let flat = Vector3::new(velocity.x, velocity.y, 0.0);
            let up = Vector3::new(0.0, 0.0, chance.between(height[0], height[1]));
            let turned = turn_radps * chance.normal();
            let start =
                if turned == 0.0 { aside + up - flat * nearest_s } else { aside * 0.3 + up };
            Object { body: None, path: Path::Level { start, velocity, turn_radps: turned } }
        };
        let mut objects = Vec::new();
        objects.extend((0..8).map(|_| level([60.0, 250.0], [800.0, 9000.0], 3.0, 0.0)));
        objects.extend((0..3).map(|_| level([20.0, 80.0], [60.0, 600.0], 0.3, 0.03)));
        objects.extend((0..25).map(|_| level([6.0, 20.0], [30.0, 400.0], 0.0, 0.1)));
        objects.extend((0..2).map(|_| level([3.0, 15.0], [2.0, 4.0], 0.0, 0.01)));
        let mut noise = Chance::new(seed, 4);
        let mut tracker =
            Tracker::new(self.site.clone(), self.world.clone(), TrackerConfig::default());
        let mut confirmed = std::collections::BTreeSet::new();
        let mut predicted = std::collections::BTreeSet::new();
        for tick in 0..(2.0 * PART_S) as usize {
            for sensor in 0..2 {
                if sensor == 1 && tick % 2 == 1 {
                    continue;
                }
                let time_s = 0.5 * tick as f64 + 0.13 * sensor as f64;
                let time = Timestamp::from_seconds(time_s).expect("a time");
                let states: Vec<Option<State>> = objects.iter().map(|o| o.at(time_s)).collect();
                let radar = &self.site.sensors[sensor];
                let datum = &self.site.datum;
                let (scan, _) = look(radar, sensor, datum, time, &states, &mut noise);
                tracker.ingest(&scan);
                for track in tracker.confirmed() {
                    confirmed.insert(track.id);
                    if predict_impact(&self.world, track).is_some() {
                        predicted.insert(track.id);
                    }
                }
            }
        }
        [objects.len(), confirmed.len(), predicted.len()]
    }

    fn sample(&self, time_s: f64, sensor: usize, state: &State, object: &Object) -> Option<Sample> {
        let sensor = &self.site.sensors[sensor];
        let seen = sensor.frame.polar(Local::from(state.position_enu_m));
        if !sensor.sees(&seen) {
            return None;
        }
        let (p, v) = (state.position_enu_m, state.velocity_enu_mps);
        let drag = object.body?.area_per_mass_m2kg.ln();
        let vector = Vector7::from([p.x, p.y, p.z, v.x, v.y, v.z, drag]);
        let sight = Sight::new(&self.site.datum, sensor, &vector);
        Some(Sample { time_s, state: *state, looks: vec![(sight, sensor.detection_probability)] })
    }
}

/// Root mean square of the errors over that of the bounds, with the count, for
/// predictions this long before impact.
pub fn over_bound(outcomes: &[Outcome], to_impact_s: [f64; 2]) -> (f64, f64, usize) {
    let (mut error, mut bound, mut count) = (0.0, 0.0, 0usize);
    for p in outcomes.iter().flat_map(|o| &o.predictions) {
        if p.to_impact_s >= to_impact_s[0]
            && p.to_impact_s < to_impact_s[1]
            && p.bound_m.is_finite()
        {
            error += p.error_m.powi(2);
            bound += p.bound_m.powi(2);
            count += 1;
        }
    }
    let n = count.max(1) as f64;
    ((error / n).sqrt(), (error / bound).sqrt(), count)
}
