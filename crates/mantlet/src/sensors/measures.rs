//! What a sensor's `sigma` does not name is not taken from its plots: the site file says
//! what a radar measures, and a Doppler speed of the wrong sign is worse than none.

use super::{Plot, Sensor, Sigma, Tally};

/// What a sensor measures, by its site file, and whether it was said already that its
/// plots hold more.
#[derive(Clone, Debug)]
pub(super) struct Measures {
    id: String,
    sigma: Sigma,
    said: bool,
}

impl Measures {
    pub fn new(sensor: &Sensor) -> Self {
        Self { id: sensor.id.clone(), sigma: sensor.sigma, said: false }
    }

    /// Takes out of a plot what the sensor is not said to measure.
    pub fn mask(&mut self, plot: &mut Plot, tally: &mut Tally) {
        let sigma = &self.sigma;
        let columns = [
            (sigma.elevation_rad, &mut plot.elevation_rad, "elevation_deg"),
            (sigma.height_m, &mut plot.height_m, "height_m"),
            (sigma.radial_speed_mps, &mut plot.radial_speed_mps, "radial_speed_mps"),
        ];
        let mut taken = Vec::new();
        for (sigma, value, name) in columns {
            if sigma.is_none() && value.take().is_some() {
                taken.push(name);
            }
        }
        if !taken.is_empty() && !self.said {
            self.said = true;
            let (id, taken) = (&self.id, taken.join(", "));
            tally.notice(format!(
                "sensor \"{id}\": {taken} not used: the site file gives no sigma for it"
            ));
        }
    }
}
