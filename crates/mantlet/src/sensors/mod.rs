//! What was seen: plots, the sensors that made them, and the formats they come in.

mod plot;
mod site;

pub use plot::{Plot, Scan, Sector};
pub use site::{Feed, Sensor, Sigma, Site};
