//! A simulated radar: what a sensor would report of the objects that are there.
//!
//! In: a sensor and the true states of objects. Out: a scan of plots, and apart
//! from it, for assessment only, which plot came of which object. Plots carry no
//! truth.
//!
//! Model: an object in the field of view gives a plot with the sensor's detection
//! probability, with independent Gaussian noise in range, azimuth, elevation (or
//! height) and radial speed; false plots are Poisson in number and uniform over
//! the field of view. Limits: no fading, no merging of close objects, no
//! ambiguity in range or Doppler; rays are blocked by the lowest elevation and by
//! the sensor's terrain mask, false plots by neither.

use nalgebra::Vector3;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::flight::State;
use crate::frames::Datum;
use crate::frames::Local;
use crate::frames::Polar;
use crate::time::Timestamp;

use super::{Plot, Scan, Sensor};

/// For each plot of a scan the index of the object that caused it; `None` is a
/// false plot.
pub type TruthMap = Vec<Option<usize>>;

/// Uniform and normal draws from one ChaCha8 stream.
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream of that number under a seed.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in [`lo`, `hi`).
    pub fn between(&mut self, lo: f64, hi: f64) -> f64 {
        lo + (hi - lo) * self.unit()
    }

    /// Standard normal (G. E. P. Box and M. E. Muller, "A note on the generation of
    /// random normal deviates", Annals of Mathematical Statistics 29 (1958) 610).
    pub fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.unit(), self.unit());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }

    /// Poisson by multiplication of uniforms (D. E. Knuth, *The Art of Computer
    /// Programming*, vol. 2, 3.4.1), in parts small enough for `exp`.
    pub fn poisson(&mut self, mean: f64) -> usize {
        let (mut left, mut count) = (mean, 0);
        while left > 0.0 {
            let part = left.min(30.0);
            let floor = (-part).exp();
            let mut product = self.unit();
            while product > floor {
                count += 1;
                product *= self.unit();
            }
            left -= part;
        }
        count
    }
}

/// Fastest radial speed of a false plot, m/s. Chosen: as wide as the fastest
/// rounds, so that Doppler alone tells nothing.
const FALSE_RADIAL_SPEED_MPS: f64 = 400.0;

/// One look of a sensor.
///
/// `objects` are the true states now, `None` for one that is not in the air: it
/// still takes its draws, so that the noise of the others does not depend on it.
pub fn look(
    sensor: &Sensor,
    index: usize,
    datum: &Datum,
    time: Timestamp,
    objects: &[Option<State>],
    chance: &mut Chance,
) -> (Scan, TruthMap) {
    let mut plots = Vec::new();
    let mut truth = TruthMap::new();
    for _ in 0..chance.poisson(sensor.clutter_per_scan) {
        plots.push(false_plot(sensor, datum, time, chance));
        truth.push(None);
    }
    for (object, state) in objects.iter().enumerate() {
        let detected = chance.unit() < sensor.detection_probability;
        let noise: [f64; 5] = std::array::from_fn(|_| chance.normal());
        let Some(state) = state else { continue };
        if let Some(plot) = plot_of(sensor, datum, time, state, &noise).filter(|_| detected) {
            plots.push(plot);
            truth.push(Some(object));
        }
    }
    (Scan { sensor: index, time, sector: None, plots }, truth)
}

fn plot_of(
    sensor: &Sensor,
    datum: &Datum,
    time: Timestamp,
    state: &State,
    noise: &[f64; 5],
) -> Option<Plot> {
    let p = Local::from(state.position_enu_m);
    let seen = sensor.frame.polar(p);
    if !sensor.sees(&seen) {
        return None;
    }
    let sigma = &sensor.sigma;
    let velocity: &Vector3<f64> = &state.velocity_enu_mps;
    let snr_db = 13.0 + 40.0 * (sensor.range_m / seen.range_m.max(1.0)).log10() + noise[0].abs();
    Some(Plot {
        time,
        range_m: (seen.range_m + sigma.range_m * noise[0]).max(1.0),
        azimuth_rad: (seen.azimuth_rad + sigma.azimuth_rad * noise[1])
            .rem_euclid(std::f64::consts::TAU),
        elevation_rad: sigma.elevation_rad.map(|s| seen.elevation_rad + s * noise[2]),
        height_m: sigma.height_m.map(|s| datum.height_m(p) + s * noise[3]),
        radial_speed_mps: sigma
            .radial_speed_mps
            .map(|s| sensor.frame.radial_speed_mps(p, velocity) + s * noise[4]),
        snr_db: Some(snr_db),
        transponder: false,
    })
}

fn false_plot(sensor: &Sensor, datum: &Datum, time: Timestamp, chance: &mut Chance) -> Plot {
    let nearest_m = 0.02 * sensor.range_m;
    let range_m = chance.between(nearest_m, sensor.range_m);
    let azimuth_rad = chance
        .between(sensor.azimuth_rad[0], sensor.azimuth_rad[1])
        .rem_euclid(std::f64::consts::TAU);
    let elevation_rad = chance.between(sensor.elevation_rad[0], sensor.elevation_rad[1]);
    let speed_mps = chance.between(-FALSE_RADIAL_SPEED_MPS, FALSE_RADIAL_SPEED_MPS);
    let snr_db = 13.0 - 4.0 * (1.0 - chance.unit()).ln();
    let p = sensor.frame.local(Polar { range_m, azimuth_rad, elevation_rad });
    Plot {
        time,
        range_m,
        azimuth_rad,
        elevation_rad: sensor.sigma.elevation_rad.map(|_| elevation_rad),
        height_m: sensor.sigma.height_m.map(|_| datum.height_m(p)),
        radial_speed_mps: sensor.sigma.radial_speed_mps.map(|_| speed_mps),
        snr_db: Some(snr_db),
        transponder: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::RadarFrame;
    use crate::frames::Refraction;
    use crate::frames::Wgs84;
    use crate::sensors::Sigma;

    #[test]
    fn detection_noise_and_clutter_are_as_declared() {
        let place = Wgs84::from_degrees(33.0, -30.0, 40.0).unwrap();
        let datum = Datum::new(place);
        let sensor = Sensor {
            id: "r".into(),
            place,
            frame: RadarFrame::new(&datum, place, Refraction::FourThirds),
            range_m: 15_000.0,
            period_s: 0.5,
            elevation_rad: [0.02, 1.4],
            azimuth_rad: [0.0, std::f64::consts::TAU],
            detection_probability: 0.9,
            clutter_per_scan: 45.0,
            sigma: Sigma {
                range_m: 10.0,
                azimuth_rad: 2e-3,
                elevation_rad: Some(2e-3),
                height_m: None,
                radial_speed_mps: Some(1.0),
            },
            feed: None,
            mask: None,
        };
        let state = State {
            position_enu_m: Vector3::new(3_000.0, 4_000.0, 2_000.0),
            velocity_enu_mps: Vector3::new(-100.0, -50.0, -80.0),
        };
        let truth_range_m = state.position_enu_m.norm();
        let (mut hits, mut false_plots, mut square) = (0.0, 0.0, 0.0);
        let looks = 4_000;
        for i in 0..looks {
            let mut chance = Chance::new(5, i);
            let objects = [None, Some(state)];
            let (scan, truth) =
                look(&sensor, 0, &datum, Timestamp::default(), &objects, &mut chance);
            for (plot, cause) in scan.plots.iter().zip(&truth) {
                match cause {
                    Some(object) => {
                        assert_eq!(*object, 1);
                        hits += 1.0;
                        square += (plot.range_m - truth_range_m).powi(2);
                    }
                    None => false_plots += 1.0,
                }
            }
        }
        let looks = looks as f64;
        // Each within four standard errors.
        assert!((hits / looks - 0.9f64).abs() < 4.0 * (0.09 / looks).sqrt());
        assert!((false_plots / looks - 45.0f64).abs() < 4.0 * (45.0 / looks).sqrt());
        assert!((square / hits - 100.0f64).abs() < 4.0 * 100.0 * (2.0 / hits).sqrt());
    }
}
