//! Radars that differ: without elevation, without Doppler, slow and sector by sector,
//! late, dark for a while, misaligned, with a clock of their own.

use mantlet::flight::{Body, DragCurve, State, Trajectory, World, fly};
use mantlet::frames::{Datum, RadarFrame, Refraction, Wgs84};
use mantlet::sensors::{Chance, Scan, Sector, Sensor, Sigma, Site, look};
use mantlet::time::Timestamp;
use mantlet::tracking::{Track, Tracker, TrackerConfig};
use nalgebra::Vector3;

const ALL_SIGMA: Sigma = Sigma {
    range_m: 10.0,
    azimuth_rad: 2e-3,
    elevation_rad: Some(2e-3),
    height_m: None,
    radial_speed_mps: Some(1.0),
};

fn datum() -> Datum {
    Datum::new(Wgs84::from_degrees(33.0, -30.0, 40.0).expect("on earth"))
}

fn sensor(id: &str, east_north_m: [f64; 2], period_s: f64, sigma: Sigma) -> Sensor {
    let datum = datum();
    let place = datum.wgs84(datum.at_height(east_north_m[0], east_north_m[1], 45.0));
    Sensor {
        id: id.into(),
        feed: None,
        place,
        frame: RadarFrame::new(&datum, place, Refraction::FourThirds),
        range_m: 20_000.0,
        period_s,
        elevation_rad: [0.0, 1.4],
        azimuth_rad: [0.0, std::f64::consts::TAU],
        detection_probability: 0.9,
        clutter_per_scan: 5.0,
        sigma,
        mask: None,
    }
}

/// Rockets that come over, one after the other.
struct Raid {
    site: Site,
    world: World,
    flights: Vec<(f64, Trajectory)>,
}

impl Raid {
    fn new(sensors: Vec<Sensor>, rockets: usize) -> Self {
        let datum = datum();
        let world = World::level(datum.clone());
        let flights = (0..rockets)
            .map(|n| {
                let start = State {
                    position_enu_m: Vector3::new(-5500.0 + 400.0 * n as f64, 2500.0, 30.0),
                    velocity_enu_mps: Vector3::new(190.0, -80.0 - 6.0 * n as f64, 200.0),
                };
                let body = Body { curve: DragCurve::Rocket, area_per_mass_m2kg: 4e-4 };
                (1.0 + 2.0 * n as f64, fly(&world, &body, &start, 60.0).expect("finite"))
            })
            .collect();
        Self { site: Site { name: "several".into(), datum, sensors }, world, flights }
    }

    fn at(&self, time_s: f64) -> Vec<Option<State>> {
        let state = |(start_s, path): &(f64, Trajectory)| {
            let t = time_s - start_s;
            (t >= 0.0 && t < path.end_s()).then(|| path.at(t))
        };
        self.flights.iter().map(state).collect()
    }

    /// Scans of all sensors until `end_s`, in the order of their times.
    fn scans(&self, end_s: f64, seed: u64) -> Vec<Scan> {
        let mut chance = Chance::new(seed, 0);
        let mut scans = Vec::new();
        for (index, sensor) in self.site.sensors.iter().enumerate() {
            let count = (end_s / sensor.period_s) as usize;
            for n in 0..count {
                let time_s = n as f64 * sensor.period_s + 0.07 * index as f64;
                let time = Timestamp::from_seconds(time_s).expect("a time");
                let states = self.at(time_s);
                let datum = &self.site.datum;
                scans.push(look(sensor, index, datum, time, &states, &mut chance).0);
            }
        }
        scans.sort_by_key(|scan| (scan.time, scan.sensor));
        scans
    }

    fn tracker(&self) -> Tracker {
        Tracker::new(self.site.clone(), self.world.clone(), TrackerConfig::default())
    }

    /// How far the nearest confirmed track is from each rocket in the air, m.
    fn errors_m(&self, time_s: f64, tracks: &[Track]) -> Vec<f64> {
        let far = |state: State| {
            let gaps = tracks.iter().map(|t| {
                let (mean, _) = t.at(&self.world, Timestamp::from_seconds(time_s).expect("time"));
                (mean.fixed_rows::<3>(0) - state.position_enu_m).norm()
            });
            gaps.fold(f64::INFINITY, f64::min)
        };
        self.at(time_s).into_iter().flatten().map(far).collect()
    }
}

/// Tracks every rocket, each once, by `end_s`.
fn assert_each_once(raid: &Raid, tracker: &Tracker, time_s: f64, most_m: f64) {
    let errors = raid.errors_m(time_s, tracker.confirmed());
    assert!(errors.iter().all(|e| *e < most_m), "at {time_s} s: {errors:?}");
    assert_eq!(tracker.confirmed().len(), errors.len(), "at {time_s} s");
}

#[test]
fn a_radar_without_doppler_tracks_alone() {
    let sigma = Sigma { radial_speed_mps: None, ..ALL_SIGMA };
    let raid = Raid::new(vec![sensor("north", [150.0, 300.0], 0.5, sigma)], 3);
    let mut tracker = raid.tracker();
    raid.scans(16.0, 1).iter().for_each(|scan| tracker.ingest(scan));
    assert_each_once(&raid, &tracker, 15.5, 60.0);
}

#[test]
fn a_radar_without_elevation_helps_one_that_has_it() {
    let flat = Sigma { elevation_rad: None, range_m: 5.0, azimuth_rad: 1e-3, ..ALL_SIGMA };
    let sensors = vec![
        sensor("north", [150.0, 300.0], 1.0, ALL_SIGMA),
        sensor("flat", [-900.0, 500.0], 0.5, flat),
    ];
    let error = |used: usize| {
        let raid = Raid::new(sensors.clone(), 3);
        let mut sum = 0.0;
        for seed in 0..6 {
            let mut tracker = raid.tracker();
            let scans = raid.scans(15.0, 10 + seed);
            scans.iter().filter(|s| s.sensor < used).for_each(|scan| tracker.ingest(scan));
            assert_each_once(&raid, &tracker, 14.9, 60.0);
            sum += raid.errors_m(14.9, tracker.confirmed()).iter().map(|e| e * e).sum::<f64>();
        }
        sum
    };
    let (alone, both) = (error(1), error(2));
    assert!(both < 0.7 * alone, "squared errors: {both} with it, {alone} without");
}

/// A revolution of 4 s in eight sectors, each its own scan with plots of their own times.
#[test]
fn a_slow_radar_tracks_sector_by_sector() {
    let mut slow = sensor("slow", [150.0, 300.0], 4.0, ALL_SIGMA);
    slow.detection_probability = 0.95;
    let raid = Raid::new(vec![slow.clone(), sensor("fast", [-600.0, 0.0], 0.5, ALL_SIGMA)], 3);
    let tau = std::f64::consts::TAU;
    let mut chance = Chance::new(3, 0);
    let mut scans = raid.scans(18.0, 2);
    scans.retain(|scan| scan.sensor == 1);
    for n in 0..36 {
        let (from_rad, to_rad) = (tau * (n % 8) as f64 / 8.0, tau * (n % 8 + 1) as f64 / 8.0);
        let sector = Sector { from_rad, to_rad };
        let end_s = 0.5 * f64::from(n + 1);
        let mut plots = Vec::new();
        // The antenna passes each object within the sector's half second.
        for step in 0..5 {
            let time_s = end_s - 0.5 + 0.1 * f64::from(step);
            let time = Timestamp::from_seconds(time_s).expect("a time");
            let part = Sector {
                from_rad: from_rad + tau / 40.0 * f64::from(step),
                to_rad: from_rad + tau / 40.0 * f64::from(step + 1),
            };
            let seen = look(&slow, 0, &raid.site.datum, time, &raid.at(time_s), &mut chance).0;
            plots.extend(seen.plots.into_iter().filter(|p| part.contains(p.azimuth_rad)));
        }
        let time = Timestamp::from_seconds(end_s).expect("a time");
        scans.push(Scan { sensor: 0, time, sector: Some(sector), plots });
    }
    scans.sort_by_key(|scan| (scan.time, scan.sensor));
    let mut tracker = raid.tracker();
    scans.iter().for_each(|scan| tracker.ingest(scan));
    assert_each_once(&raid, &tracker, 17.5, 40.0);
}

/// One radar's scans come up to 5 s late: the tracks are as many, and as good but for
/// the noise that gathers between.
#[test]
fn late_scans_give_the_same_tracks_as_scans_in_order() {
    let sensors = vec![
        sensor("north", [150.0, 300.0], 0.5, ALL_SIGMA),
        sensor("south", [-600.0, -800.0], 1.0, Sigma { radial_speed_mps: None, ..ALL_SIGMA }),
    ];
    let raid = Raid::new(sensors, 3);
    let scans = raid.scans(20.0, 4);
    let mut in_order = raid.tracker();
    scans.iter().for_each(|scan| in_order.ingest(scan));
    let mut late: Vec<(f64, &Scan)> = scans
        .iter()
        .map(|s| {
            let time_s = s.time.since_s(Timestamp::from_seconds(0.0).expect("a time"));
            let lag_s = if s.sensor == 1 { 1.0 + time_s % 4.0 } else { 0.0 };
            (time_s + lag_s, s)
        })
        .collect();
    late.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut delayed = raid.tracker();
    late.iter().for_each(|(_, scan)| delayed.ingest(scan));
    assert_eq!(in_order.confirmed().len(), 3);
    assert_eq!(delayed.confirmed().len(), 3);
    for (a, b) in in_order.confirmed().iter().zip(delayed.confirmed()) {
        assert_eq!(a.id, b.id, "no track was restarted");
        let time = a.time.max(b.time);
        let ((x, p), (y, _)) = (a.at(&raid.world, time), b.at(&raid.world, time));
        let off = (x - y).fixed_rows::<3>(0).norm();
        let sigma = p.fixed_view::<3, 3>(0, 0).trace().sqrt();
        assert!(off < sigma, "track {}: {off} m apart, sure to {sigma} m", a.id);
    }
}

#[test]
fn an_outage_of_three_seconds_is_outlived_by_the_same_tracks() {
    let raid = Raid::new(vec![sensor("north", [150.0, 300.0], 0.5, ALL_SIGMA)], 3);
    let mut tracker = raid.tracker();
    let mut before: Vec<u64> = Vec::new();
    for scan in raid.scans(20.0, 5) {
        let time_s = scan.time.since_s(Timestamp::from_seconds(0.0).expect("a time"));
        let dark = (11.0..14.0).contains(&time_s);
        if dark && before.is_empty() {
            before = tracker.confirmed().iter().map(|t| t.id).collect();
        }
        // The radar turns on and sees nothing.
        tracker.ingest(&if dark { Scan { plots: Vec::new(), ..scan } } else { scan });
    }
    let after: Vec<u64> = tracker.confirmed().iter().map(|t| t.id).collect();
    assert_eq!((before.len(), &before), (3, &after));
    assert_each_once(&raid, &tracker, 19.5, 40.0);
}

/// The second radar is turned by 8 mrad (50 m at 6 km), reads 40 m too far and its clock
/// is 60 ms ahead.
#[test]
fn a_misaligned_radar_splits_no_track_and_its_biases_are_found() {
    let sensors = vec![
        sensor("true", [150.0, 300.0], 0.5, ALL_SIGMA),
        sensor("off", [-600.0, -800.0], 0.5, ALL_SIGMA),
    ];
    let raid = Raid::new(sensors, 6);
    let mut tracker = raid.tracker();
    for mut scan in raid.scans(30.0, 6) {
        if scan.sensor == 1 {
            scan.time = scan.time + 0.06;
            for plot in &mut scan.plots {
                plot.time = plot.time + 0.06;
                plot.range_m += 40.0;
                plot.azimuth_rad = (plot.azimuth_rad + 8e-3).rem_euclid(std::f64::consts::TAU);
            }
        }
        tracker.ingest(&scan);
        let time_s = scan.time.since_s(Timestamp::from_seconds(0.0).expect("a time"));
        let there = raid.at(time_s).iter().flatten().count();
        let tracks = tracker.confirmed().len();
        assert!(tracks <= there.max(1), "at {time_s} s: {tracks} tracks of {there} rockets");
    }
    let [a, b] = [0, 1].map(|n| tracker.bias(n).expect("two radars"));
    let difference = |x: [f64; 2], y: [f64; 2]| y[0] - x[0];
    let azimuth = difference(a.azimuth_rad, b.azimuth_rad);
    let range_m = difference(a.range_m, b.range_m);
    let clock_s = difference(a.clock_s, b.clock_s);
    assert!((azimuth - 8e-3).abs() < 1.5e-3, "azimuth {azimuth}");
    assert!((range_m - 40.0).abs() < 12.0, "range {range_m}");
    // On rounds that all come in, a clock ahead looks much like a range too long.
    assert!((0.01..0.09).contains(&clock_s), "clock {clock_s}");
}

#[test]
fn radars_without_bias_are_left_as_they_are() {
    let sensors = vec![
        sensor("north", [150.0, 300.0], 0.5, ALL_SIGMA),
        sensor("south", [-600.0, -800.0], 0.5, ALL_SIGMA),
    ];
    let raid = Raid::new(sensors, 6);
    let mut tracker = raid.tracker();
    raid.scans(30.0, 7).iter().for_each(|scan| tracker.ingest(scan));
    for n in 0..2 {
        let bias = tracker.bias(n).expect("two radars");
        assert!(bias.azimuth_rad[0].abs() < 1e-3 && bias.range_m[0].abs() < 5.0, "{bias:?}");
    }
    assert_eq!(Raid::new(vec![sensor("one", [0.0; 2], 0.5, ALL_SIGMA)], 1).tracker().bias(0), None);
}
