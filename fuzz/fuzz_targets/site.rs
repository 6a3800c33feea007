//! The site that the targets read for.

use mantlet::frames::{Datum, RadarFrame, Refraction, Wgs84};
use mantlet::sensors::{Feed, Sensor, Sigma, Site};

/// Sensors "a" (0.5 s, SAC 25 SIC 201) and "b" (4 s, SAC 0 SIC 1).
pub fn site() -> Site {
    let place = Wgs84::from_degrees(45.0, 15.0, 100.0).expect("a place on earth");
    let datum = Datum::new(place);
    let sensor = |id: &str, period_s: f64, sac: u8, sic: u8| Sensor {
        id: id.into(),
        place,
        frame: RadarFrame::new(&datum, place, Refraction::FourThirds),
        range_m: 2e4,
        period_s,
        elevation_rad: [0.0, 1.5],
        azimuth_rad: [0.0, std::f64::consts::TAU],
        detection_probability: 0.9,
        clutter_per_scan: 1.0,
        sigma: Sigma {
            range_m: 10.0,
            azimuth_rad: 2e-3,
            elevation_rad: Some(2e-3),
            height_m: None,
            radial_speed_mps: None,
        },
        feed: Some(Feed { udp: None, sac, sic, from: Vec::new() }),
        mask: None,
    };
    let sensors = vec![sensor("a", 0.5, 25, 201), sensor("b", 4.0, 0, 1)];
    Site { name: "fuzz".into(), datum, sensors }
}
