//! Plots and scans: the one input of the pipeline.
//!
//! A plot carries no truth. `None` means "not measured", never zero.

use crate::time::Timestamp;

/// One detection from one sensor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plot {
    /// When the sensor saw it.
    pub time: Timestamp,
    /// Slant range from the sensor, m.
    pub range_m: f64,
    /// Azimuth clockwise from true north at the sensor, rad, in [0, 2π).
    pub azimuth_rad: f64,
    /// Apparent elevation above the sensor's horizontal, rad.
    pub elevation_rad: Option<f64>,
    /// Measured height above the WGS84 ellipsoid, m: radars that report a height
    /// in place of an elevation (ASTERIX I048/110).
    pub height_m: Option<f64>,
    /// Radial speed, m/s, positive going away.
    pub radial_speed_mps: Option<f64>,
    /// Signal-to-noise ratio, dB.
    pub snr_db: Option<f64>,
    /// A transponder answered with it, so it is an aircraft that wants to be seen.
    pub transponder: bool,
}

/// The part of a revolution that a scan covers: clockwise from `from_rad` to
/// `to_rad`, true north, rad.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sector {
    /// Start azimuth, rad.
    pub from_rad: f64,
    /// End azimuth, rad.
    pub to_rad: f64,
}

impl Sector {
    /// Whether an azimuth lies in the sector.
    pub fn contains(&self, azimuth_rad: f64) -> bool {
        let tau = std::f64::consts::TAU;
        (azimuth_rad - self.from_rad).rem_euclid(tau)
            <= (self.to_rad - self.from_rad).rem_euclid(tau)
    }

    /// How far an azimuth lies outside, rad; zero inside.
    pub fn outside_rad(&self, azimuth_rad: f64) -> f64 {
        let tau = std::f64::consts::TAU;
        if self.contains(azimuth_rad) {
            return 0.0;
        }
        let before = (self.from_rad - azimuth_rad).rem_euclid(tau);
        before.min((azimuth_rad - self.to_rad).rem_euclid(tau))
    }
}

/// The plots of one sensor at one time, or over one sector of its revolution.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    /// Index of the sensor in [`Site::sensors`](super::Site).
    pub sensor: usize,
    /// When the scan ended. Plots carry their own times.
    pub time: Timestamp,
    /// What was looked at; `None` is the sensor's whole field of view.
    pub sector: Option<Sector>,
    /// What was seen, in no particular order.
    pub plots: Vec<Plot>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sector_may_cross_north() {
        let s = Sector { from_rad: 6.0, to_rad: 0.5 };
        assert!(s.contains(6.2) && s.contains(0.1));
        assert!(!s.contains(1.0) && !s.contains(5.9));
        let near = |azimuth: f64, off: f64| (s.outside_rad(azimuth) - off).abs() < 1e-12;
        assert!(near(6.2, 0.0) && near(1.0, 0.5) && near(5.9, 0.1));
    }
}
