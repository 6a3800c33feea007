//! Geodetic position on the WGS84 ellipsoid.
//!
//! Constants: NIMA TR8350.2 (3rd ed., 2000), table 3.1.

use thiserror::Error;

/// Semi-major axis of the WGS84 ellipsoid, m (NIMA TR8350.2, table 3.1).
pub const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// Flattening of the WGS84 ellipsoid (NIMA TR8350.2, table 3.1).
pub const FLATTENING: f64 = 1.0 / 298.257_223_563;

/// A position that is not on earth.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum FrameError {
    /// Latitude outside [-90°, 90°] or not finite.
    #[error("latitude is {0} degrees: expected -90 to 90")]
    Latitude(f64),
    /// Longitude outside [-180°, 360°] or not finite.
    #[error("longitude is {0} degrees: expected -180 to 180")]
    Longitude(f64),
    /// Height not finite or further than 1000 km from the ellipsoid.
    #[error("height is {0} m: expected -1000 to 1000000")]
    Height(f64),
}

/// A point by geodetic latitude, longitude and height above the ellipsoid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wgs84 {
    /// Geodetic latitude, rad, north positive.
    pub lat_rad: f64,
    /// Longitude, rad, east positive.
    pub lon_rad: f64,
    /// Height above the WGS84 ellipsoid, m.
    pub height_m: f64,
}

impl Wgs84 {
    /// The door for positions from files: degrees and metres, checked.
    ///
    /// # Errors
    ///
    /// [`FrameError`] names the first value that is not finite or out of range.
    pub fn from_degrees(lat_deg: f64, lon_deg: f64, height_m: f64) -> Result<Self, FrameError> {
        if !(-90.0..=90.0).contains(&lat_deg) {
            return Err(FrameError::Latitude(lat_deg));
        }
        if !(-180.0..=360.0).contains(&lon_deg) {
            return Err(FrameError::Longitude(lon_deg));
        }
        if !(-1000.0..=1.0e6).contains(&height_m) {
            return Err(FrameError::Height(height_m));
        }
        Ok(Self { lat_rad: lat_deg.to_radians(), lon_rad: lon_deg.to_radians(), height_m })
    }

    /// Latitude in degrees, for files.
    pub fn lat_deg(&self) -> f64 {
        self.lat_rad.to_degrees()
    }

    /// Longitude in degrees, for files.
    pub fn lon_deg(&self) -> f64 {
        self.lon_rad.to_degrees()
    }
}
