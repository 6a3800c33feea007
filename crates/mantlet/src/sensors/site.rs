//! The site: its datum and the sensors that stand around it.

use std::sync::Arc;

use crate::frames::{Datum, Local, Polar, RadarFrame, Wgs84};

use super::{Mask, Plot};

/// Standard deviations of a sensor's measurements; `None` is "does not measure".
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sigma {
    /// Range, m.
    pub range_m: f64,
    /// Azimuth, rad.
    pub azimuth_rad: f64,
    /// Elevation, rad.
    pub elevation_rad: Option<f64>,
    /// Height, m, for radars that report a height in place of an elevation.
    pub height_m: Option<f64>,
    /// Radial speed, m/s.
    pub radial_speed_mps: Option<f64>,
}

/// The ASTERIX feed that carries a sensor's plots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Address and port that a live feed is listened for on; recordings need none.
    pub udp: Option<String>,
    /// System area code, I048/010.
    pub sac: u8,
    /// System identification code, I048/010.
    pub sic: u8,
    /// IP addresses that may send it; empty is anybody.
    pub from: Vec<String>,
}

/// A radar: where it stands, what it sees and how well.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensor {
    /// Name used in files and messages.
    pub id: String,
    /// Surveyed place of the antenna.
    pub place: Wgs84,
    /// Its measuring frame, in the site's local frame.
    pub frame: RadarFrame,
    /// Furthest slant range, m.
    pub range_m: f64,
    /// Time between looks at the same direction, s.
    pub period_s: f64,
    /// Lowest and highest elevation seen, rad.
    pub elevation_rad: [f64; 2],
    /// First and last azimuth seen, clockwise, rad; `[0, 2π]` is all around.
    pub azimuth_rad: [f64; 2],
    /// Chance that an object in view gives a plot in a scan.
    pub detection_probability: f64,
    /// Mean number of false plots in a whole scan.
    pub clutter_per_scan: f64,
    /// Measurement noise.
    pub sigma: Sigma,
    /// Its ASTERIX feed, live or recorded.
    pub feed: Option<Feed>,
    /// What terrain hides from it; `None` over level ground.
    pub mask: Option<Arc<Mask>>,
}

impl Sensor {
    /// Whether a polar position is in the field of view and no terrain before it.
    pub fn sees(&self, p: &Polar) -> bool {
        let tau = std::f64::consts::TAU;
        let span = self.azimuth_rad[1] - self.azimuth_rad[0];
        p.range_m <= self.range_m
            && (self.elevation_rad[0]..=self.elevation_rad[1]).contains(&p.elevation_rad)
            && (span >= tau || (p.azimuth_rad - self.azimuth_rad[0]).rem_euclid(tau) <= span)
            && self.mask.as_ref().is_none_or(|mask| !mask.hides(p))
    }

    /// Lowest elevation that it sees at a polar position: its own limit, or the
    /// terrain before it, rad.
    pub fn lowest_elevation_rad(&self, p: &Polar) -> f64 {
        let ground_range_m = p.range_m * p.elevation_rad.cos();
        self.mask.as_ref().map_or(self.elevation_rad[0], |mask| {
            mask.lowest_elevation_rad(ground_range_m, p.azimuth_rad).max(self.elevation_rad[0])
        })
    }

    /// Local position of a plot: its own elevation, or the elevation that puts it
    /// at its measured height. `None` when the plot has neither.
    pub fn plot_local(&self, datum: &Datum, plot: &Plot) -> Option<Local> {
        let (range_m, azimuth_rad) = (plot.range_m, plot.azimuth_rad);
        if let Some(elevation_rad) = plot.elevation_rad {
            return Some(self.frame.local(Polar { range_m, azimuth_rad, elevation_rad }));
        }
        let height_m = plot.height_m?;
        let mut sin_el = ((height_m - self.place.height_m) / range_m).clamp(-0.999, 0.999);
        let mut p = Local::default();
        // Height grows with range² / 2R on top of range · sin(el): a fixed point in four rounds.
        for _ in 0..4 {
            p = self.frame.local(Polar { range_m, azimuth_rad, elevation_rad: sin_el.asin() });
            sin_el = (sin_el + (height_m - datum.height_m(p)) / range_m).clamp(-0.999, 0.999);
        }
        Some(p)
    }
}

/// A defended site: the datum of its local frame and its sensors.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// What people call it.
    pub name: String,
    /// Origin of the local frame.
    pub datum: Datum,
    /// The sensors, in the order of the site file.
    pub sensors: Vec<Sensor>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::Refraction;
    use crate::time::Timestamp;

    #[test]
    fn a_plot_with_height_lands_at_that_height() {
        let place = Wgs84::from_degrees(45.0, 15.0, 120.0).unwrap();
        let datum = Datum::new(place);
        let sensor = Sensor {
            id: "r".into(),
            place,
            frame: RadarFrame::new(&datum, place, Refraction::FourThirds),
            range_m: 2e5,
            period_s: 2.0,
            elevation_rad: [0.0, 1.5],
            azimuth_rad: [0.0, std::f64::consts::TAU],
            detection_probability: 0.9,
            clutter_per_scan: 1.0,
            sigma: Sigma {
                range_m: 50.0,
                azimuth_rad: 1e-3,
                elevation_rad: None,
                height_m: Some(100.0),
                radial_speed_mps: None,
            },
            feed: None,
            mask: None,
        };
        let plot = Plot {
            time: Timestamp::default(),
            range_m: 60_000.0,
            azimuth_rad: 1.0,
            elevation_rad: None,
            height_m: Some(5_000.0),
            radial_speed_mps: None,
            snr_db: None,
            transponder: false,
        };
        let p = sensor.plot_local(&datum, &plot).unwrap();
        assert!((datum.height_m(p) - 5_000.0).abs() < 0.01);
        assert!((sensor.frame.polar(p).range_m - 60_000.0).abs() < 0.01);
    }
}
