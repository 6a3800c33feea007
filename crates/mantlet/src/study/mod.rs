//! Many runs, and where things should stand: siting and risk studies.
//!
//! [`made_up_terrain`] makes ground to try things on, [`write_geotiff`] puts a map
//! where other programs read it.

mod geotiff;
mod terrain;

pub use geotiff::{GeoPlace, Raster, write_geotiff};
pub use terrain::made_up_terrain;
