//! The comparison's radar and its scans.

use mantlet::flight::{DragCurve, World};
use mantlet::frames::{Datum, RadarFrame, Refraction, Wgs84};
use mantlet::sensors::{Plot, Scan, Sensor, Sigma, Site};
use mantlet::time::Timestamp;
use mantlet::tracking::{Tracker, TrackerConfig};

use super::raid::{PERIOD_S, Raid, Recipe, SIGMA};

/// The radar of the recipe.
pub fn tracker(recipe: &Recipe) -> Tracker {
    let place = Wgs84::from_degrees(0.0, 0.0, 0.0).expect("on earth");
    let datum = Datum::new(place);
    let sensor = Sensor {
        id: "radar".into(),
        feed: None,
        mask: None,
        place,
        frame: RadarFrame::new(&datum, place, Refraction::None),
        range_m: super::raid::RANGE_M[1],
        period_s: PERIOD_S,
        // Rounds are seen everywhere; false plots come of a quarter of the horizon.
        elevation_rad: [0.0, std::f64::consts::FRAC_PI_2],
        azimuth_rad: [0.0, std::f64::consts::TAU],
        detection_probability: recipe.detection_probability,
        clutter_per_scan: recipe.clutter,
        sigma: Sigma {
            range_m: SIGMA[0],
            azimuth_rad: SIGMA[1],
            elevation_rad: Some(SIGMA[2]),
            height_m: None,
            radial_speed_mps: Some(SIGMA[3]),
        },
    };
    let site = Site { name: "bench".into(), datum: datum.clone(), sensors: vec![sensor] };
    let config = TrackerConfig {
        curve: DragCurve::Constant,
        ln_area_per_mass: [-8.0, 0.5],
        ..TrackerConfig::default()
    };
    Tracker::new(site, World::level(datum), config)
}

/// A raid's plots as scans.
pub fn scans(raid: &Raid) -> Vec<Scan> {
    let at = |n: usize| Timestamp::from_seconds(n as f64 * PERIOD_S).expect("a time");
    let mut scans: Vec<Scan> = (0..raid.scans)
        .map(|n| Scan { sensor: 0, time: at(n), sector: None, plots: Vec::new() })
        .collect();
    for seen in &raid.plots {
        let [range_m, azimuth, elevation, radial] = seen.polar;
        scans[seen.scan].plots.push(Plot {
            time: at(seen.scan),
            range_m,
            azimuth_rad: (std::f64::consts::FRAC_PI_2 - azimuth).rem_euclid(std::f64::consts::TAU),
            elevation_rad: Some(elevation),
            height_m: None,
            radial_speed_mps: Some(radial),
            snr_db: None,
            transponder: false,
        });
    }
    scans
}

/// The raids of the comparison, or the salvo.
pub fn recipe(rounds: usize, seed: u64, salvo: bool) -> Recipe {
    Recipe {
        rounds,
        seed,
        duration_s: 30.0,
        detection_probability: if salvo { 0.6 } else { 0.9 },
        clutter: if salvo { 200.0 } else { 20.0 },
        salvo_spacing_m: salvo.then_some(50.0),
    }
}
