//! Where things are: geodetic, earth-centred, local and radar frames.
//!
//! [`Wgs84`] is what people write down, [`Ecef`] the bridge, [`Local`] the frame
//! in which everything is computed (east, north, up at the site's [`Datum`]), and
//! [`Polar`] what a radar measures, seen from its own [`RadarFrame`]. All angles
//! are radians; degrees exist only in files.
//!
//! Limits: the local frame is a tangent plane at one datum. It is exact as a
//! Cartesian frame at any distance, but "up" is vertical only at the datum: use
//! [`Datum::height_m`] for height above the ellipsoid away from it.

mod ecef;
mod local;
mod polar;
mod wgs84;

pub use ecef::Ecef;
pub use local::{Datum, Local};
pub use polar::{Polar, RadarFrame, Refraction};
pub use wgs84::{FLATTENING, FrameError, SEMI_MAJOR_M, Wgs84};
