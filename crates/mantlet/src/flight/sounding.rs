//! Soundings: air as a balloon found it.
//!
//! In: heights, virtual temperatures and one pressure. Out: temperature and pressure
//! at any height: temperature linear between levels, pressure in hydrostatic balance
//! (U.S. Standard Atmosphere, 1976, eqs. 16-18); beyond the ends the lapse of the
//! standard.

use super::Air;
use super::air::{COLDEST_K, EARTH_RADIUS_M, G0_MPS2, GAS_CONSTANT};

/// Virtual temperature and pressure over geometric height, ascending.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Profile {
    levels: Vec<Level>,
}

/// One level of a profile.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Level {
    height_m: f64,
    kelvin: f64,
    pascal: f64,
}

impl Profile {
    /// From heights m, virtual temperatures K and the pressure Pa at the first;
    /// pressures above follow from hydrostatic balance.
    pub(super) fn new(points: &[(f64, f64)], first_pascal: f64) -> Self {
        let mut levels: Vec<Level> = Vec::with_capacity(points.len());
        for &(height_m, kelvin) in points {
            let pascal = levels.last().map_or(first_pascal, |below| {
                rise(*below, (kelvin - below.kelvin) / (height_m - below.height_m), height_m).1
            });
            levels.push(Level { height_m, kelvin, pascal });
        }
        Self { levels }
    }

    /// Between which levels a height is (how many are below), and their heights, m.
    pub(super) fn layer(&self, height_m: f64) -> (usize, [f64; 2]) {
        let above = self.levels.partition_point(|l| l.height_m <= height_m);
        let below = above.checked_sub(1).map_or(f64::NEG_INFINITY, |i| self.levels[i].height_m);
        (above, [below, self.levels.get(above).map_or(f64::INFINITY, |l| l.height_m)])
    }

    /// The level that a layer starts from, and its lapse, K/m.
    fn law(&self, layer: usize) -> (Level, f64) {
        let low = self.levels[layer.max(1) - 1];
        match self.levels.get(layer) {
            Some(high) if layer > 0 => {
                (low, (high.kelvin - low.kelvin) / (high.height_m - low.height_m))
            }
            // Beyond its ends a profile goes on with the standard's lapse.
            _ => {
                let step_m = if layer == 0 { -100.0 } else { 100.0 };
                let edge = Air::standard_layer(low.height_m).0;
                let next = Air::standard_layer(low.height_m + step_m).0;
                (low, (next - edge) / step_m)
            }
        }
    }

    /// Lapse of a layer, K/m.
    pub(super) fn lapse_in(&self, layer: usize) -> f64 {
        self.law(layer).1
    }

    /// Virtual temperature K by the law of a layer, also beyond its ends.
    pub(super) fn kelvin_in(&self, layer: usize, height_m: f64) -> f64 {
        let (low, lapse) = self.law(layer);
        (low.kelvin + lapse * (height_m - low.height_m)).max(COLDEST_K)
    }

    /// Virtual temperature K and pressure Pa by the law of a layer.
    pub(super) fn at_in(&self, layer: usize, height_m: f64) -> (f64, f64) {
        let (low, lapse) = self.law(layer);
        rise(low, lapse, height_m)
    }

    /// Virtual temperature K and pressure Pa.
    pub(super) fn at(&self, height_m: f64) -> (f64, f64) {
        self.at_in(self.layer(height_m).0, height_m)
    }
}

/// Geopotential metres per geometric metre.
fn stretch(height_m: f64) -> f64 {
    (EARTH_RADIUS_M / (EARTH_RADIUS_M + height_m)).powi(2)
}

/// Temperature and pressure at a height from a level and a lapse.
fn rise(low: Level, lapse: f64, height_m: f64) -> (f64, f64) {
    let kelvin = (low.kelvin + lapse * (height_m - low.height_m)).max(COLDEST_K);
    let geopotential_m = (height_m - low.height_m) * stretch(0.5 * (height_m + low.height_m));
    // Mean of 1/T over a linear temperature: ln(T2/T1) / (T2 - T1).
    let ratio = kelvin / low.kelvin - 1.0;
    let inverse_mean = if ratio.abs() < 1e-6 {
        (1.0 - 0.5 * ratio) / low.kelvin
    } else {
        (1.0 + ratio).ln() / (ratio * low.kelvin)
    };
    (kelvin, low.pascal * (-G0_MPS2 * geopotential_m * inverse_mean / GAS_CONSTANT).exp())
}
