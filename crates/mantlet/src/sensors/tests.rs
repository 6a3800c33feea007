//! What the room's tests share: a site of sensors that stand together, and bare plots.

use crate::frames::{Datum, RadarFrame, Refraction, Wgs84};
use crate::time::Timestamp;

use super::{Feed, Plot, Sensor, Sigma, Site};

/// A site of sensors (name, period in s); the i-th has the feed SAC 25, SIC 200 + i.
pub fn site_of(sensors: &[(&str, f64)]) -> Site {
    let place = Wgs84::from_degrees(45.0, 15.0, 100.0).unwrap();
    let datum = Datum::new(place);
    let sensor = |(i, (id, period_s)): (usize, &(&str, f64))| Sensor {
        id: (*id).into(),
        place,
        frame: RadarFrame::new(&datum, place, Refraction::FourThirds),
        range_m: 2e4,
        period_s: *period_s,
        elevation_rad: [0.0, 1.5],
        azimuth_rad: [0.0, std::f64::consts::TAU],
        detection_probability: 0.9,
        clutter_per_scan: 1.0,
        sigma: Sigma {
            range_m: 10.0,
            azimuth_rad: 2e-3,
            elevation_rad: Some(2e-3),
            height_m: Some(50.0),
            radial_speed_mps: None,
        },
        feed: Some(Feed { udp: None, sac: 25, sic: 200 + i as u8, from: Vec::new() }),
        mask: None,
    };
    let sensors = sensors.iter().enumerate().map(sensor).collect();
    Site { name: "t".into(), datum, sensors }
}

/// A plot with nothing but time and range.
pub fn plot_at(time_s: f64, range_m: f64) -> Plot {
    Plot {
        time: Timestamp::from_seconds(time_s).unwrap(),
        range_m,
        azimuth_rad: 1.0,
        elevation_rad: None,
        height_m: None,
        radial_speed_mps: None,
        snr_db: None,
        transponder: false,
    }
}
