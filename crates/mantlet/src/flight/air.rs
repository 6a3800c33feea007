//! Air: temperature, pressure, density, sound speed and wind over height.
//!
//! In: geometric height above the ellipsoid. Out: *U.S. Standard Atmosphere, 1976*
//! (NOAA-S/T 76-1562), eqs. 18-19 (geopotential height), 23 (temperature), 33a/33b
//! (pressure), 42 (density), 50 (sound speed), from -5 to 86 km; or a sounding; wind
//! from a profile of levels, linear in height, constant beyond its ends, in the axes
//! of the datum. The geoid's height over the ellipsoid is not modelled: a sounding's
//! heights above the sea are taken as they stand.

use std::sync::Arc;

use super::air_grid::AirGrid;
use super::sounding::Profile;

/// Specific gas constant of dry air, J/(kg K): R* / M0 of the 1976 standard, with M0
/// the sum of fractions times molar masses of its table 3, which the text rounds to
/// 28.9644.
pub(super) const GAS_CONSTANT: f64 = 8_314.32 / 28.964_425_278_794;
/// Sea-level gravity of the standard, m/s².
pub(super) const G0_MPS2: f64 = 9.806_65;
/// Effective earth radius of the standard, m (eq. 18).
pub(super) const EARTH_RADIUS_M: f64 = 6_356_766.0;
/// Ratio of specific heats.
const GAMMA: f64 = 1.4;

/// Base geopotential height m, base temperature K, lapse K/m, base pressure Pa
/// (table 4 of the standard; pressures follow from eqs. 33).
const LAYERS: [(f64, f64, f64, f64); 7] = [
    (0.0, 288.15, -6.5e-3, 101_325.0),
    (11_000.0, 216.65, 0.0, 22_632.034_365_581_5),
    (20_000.0, 216.65, 1e-3, 5_474.874_726_048_2),
    (32_000.0, 228.65, 2.8e-3, 868.015_078_839_667),
    (47_000.0, 270.65, 0.0, 110.905_645_673_837),
    (51_000.0, 270.65, -2.8e-3, 66.938_445_342_258_1),
    (71_000.0, 214.65, -2e-3, 3.956_385_377_848_45),
];

/// Coldest that a layer's law is followed to, K.
pub(super) const COLDEST_K: f64 = 120.0;

/// Wind at one height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WindLevel {
    /// Height above the ellipsoid, m.
    pub height_m: f64,
    /// Towards the east, m/s.
    pub east_mps: f64,
    /// Towards the north, m/s.
    pub north_mps: f64,
}

/// Where temperature and pressure come from.
#[derive(Clone, Debug, PartialEq)]
enum Source {
    Standard,
    Uniform { density_kg_m3: f64, sound_mps: f64 },
    Sounding(Arc<Profile>),
}

/// The air around a site.
#[derive(Clone, Debug, PartialEq)]
pub struct Air {
    source: Source,
    wind: Vec<WindLevel>,
    grid: Option<Arc<AirGrid>>,
}

impl Default for Air {
    fn default() -> Self {
        Self::standard()
    }
}

impl Air {
    fn new(source: Source, wind: Vec<WindLevel>) -> Self {
        let mut air = Self { source, wind, grid: None };
        air.grid = Some(Arc::new(AirGrid::new(&air)));
        air
    }

    /// The 1976 standard, without wind.
    pub fn standard() -> Self {
        Self::new(Source::Standard, Vec::new())
    }

    /// No air at all: for closed forms.
    pub fn vacuum() -> Self {
        Self::uniform(0.0, 340.0)
    }

    /// The same density (kg/m³) and sound speed (m/s) at every height: for closed
    /// forms.
    pub fn uniform(density_kg_m3: f64, sound_mps: f64) -> Self {
        Self::new(Source::Uniform { density_kg_m3, sound_mps }, Vec::new())
    }

    /// Air as a balloon found it, with its wind.
    pub(super) fn sounded(profile: Profile, wind: Vec<WindLevel>) -> Self {
        Self::new(Source::Sounding(Arc::new(profile)), wind)
    }

    /// The same air with this wind instead; levels are sorted by height.
    pub fn with_wind(self, mut levels: Vec<WindLevel>) -> Self {
        levels.sort_by(|a, b| a.height_m.total_cmp(&b.height_m));
        Self::new(self.source, levels)
    }

    /// Value and slope in 50 m cells, for the fast integrators.
    pub(super) fn grid(&self) -> &AirGrid {
        self.grid.as_deref().expect("every constructor makes the grid")
    }

    /// The levels of wind, ascending.
    pub fn wind_levels(&self) -> &[WindLevel] {
        &self.wind
    }

    /// Temperature K and pressure Pa of the standard at a geometric height, m.
    pub(super) fn standard_layer(height_m: f64) -> (f64, f64) {
        Self::standard_in(Self::standard_index(height_m), height_m)
    }

    fn standard_index(height_m: f64) -> usize {
        let h = EARTH_RADIUS_M * height_m / (EARTH_RADIUS_M + height_m);
        LAYERS.iter().rposition(|l| h >= l.0).unwrap_or(0)
    }

    /// By the law of a layer, also beyond its ends.
    fn standard_in(layer: usize, height_m: f64) -> (f64, f64) {
        let h = EARTH_RADIUS_M * height_m / (EARTH_RADIUS_M + height_m);
        let (base_m, base_k, lapse, base_pa) = LAYERS[layer];
        if lapse == 0.0 {
            return (base_k, base_pa * (-G0_MPS2 * (h - base_m) / (GAS_CONSTANT * base_k)).exp());
        }
        let kelvin = (base_k + lapse * (h - base_m)).max(COLDEST_K);
        (kelvin, base_pa * (base_k / kelvin).powf(G0_MPS2 / (GAS_CONSTANT * lapse)))
    }

    /// Which smooth layer a height is in, and from which height to which it reaches, m.
    pub(super) fn layer(&self, height_m: f64) -> (usize, [f64; 2]) {
        match &self.source {
            Source::Uniform { .. } => (0, [f64::NEG_INFINITY, f64::INFINITY]),
            Source::Sounding(profile) => profile.layer(height_m),
            Source::Standard => {
                let i = Self::standard_index(height_m);
                let geometric_m = |h: f64| EARTH_RADIUS_M * h / (EARTH_RADIUS_M - h);
                let low = if i == 0 { f64::NEG_INFINITY } else { geometric_m(LAYERS[i].0) };
                (i, [low, LAYERS.get(i + 1).map_or(f64::INFINITY, |l| geometric_m(l.0))])
            }
        }
    }

    /// Sound speed by the law of a layer, m/s.
    pub(super) fn sound_in(&self, layer: usize, height_m: f64) -> f64 {
        match &self.source {
            Source::Uniform { sound_mps, .. } => *sound_mps,
            Source::Sounding(profile) => {
                (GAMMA * GAS_CONSTANT * profile.kelvin_in(layer, height_m)).sqrt()
            }
            Source::Standard => {
                let h = EARTH_RADIUS_M * height_m / (EARTH_RADIUS_M + height_m);
                let (base_m, base_k, lapse, _) = LAYERS[layer];
                let kelvin = (base_k + lapse * (h - base_m)).max(COLDEST_K);
                (GAMMA * GAS_CONSTANT * kelvin).sqrt()
            }
        }
    }

    /// Density kg/m³ and sound speed m/s by the law of a layer.
    pub(super) fn density_and_sound_in(&self, layer: usize, height_m: f64) -> (f64, f64) {
        let (kelvin, pascal) = match &self.source {
            Source::Uniform { density_kg_m3, sound_mps } => return (*density_kg_m3, *sound_mps),
            Source::Sounding(profile) => profile.at_in(layer, height_m),
            Source::Standard => Self::standard_in(layer, height_m),
        };
        (pascal / (GAS_CONSTANT * kelvin), (GAMMA * GAS_CONSTANT * kelvin).sqrt())
    }

    /// How density (kg/m³ per m) and sound speed (m/s per m) change over height, by the
    /// law of a layer.
    pub(super) fn slopes_in(&self, layer: usize, height_m: f64) -> [f64; 2] {
        let stretch = (EARTH_RADIUS_M / (EARTH_RADIUS_M + height_m)).powi(2);
        let lapse = match &self.source {
            Source::Uniform { .. } => return [0.0, 0.0],
            Source::Sounding(profile) => profile.lapse_in(layer),
            Source::Standard => LAYERS[layer].2 * stretch,
        };
        let (density, sound) = self.density_and_sound_in(layer, height_m);
        let kelvin = sound * sound / (GAMMA * GAS_CONSTANT);
        let weight = G0_MPS2 * stretch / GAS_CONSTANT;
        [-density * (weight + lapse) / kelvin, 0.5 * sound * lapse / kelvin]
    }

    /// Between which levels of wind a height is (how many are below), and their heights.
    pub(super) fn wind_layer(&self, height_m: f64) -> (usize, [f64; 2]) {
        let above = self.wind.partition_point(|l| l.height_m <= height_m);
        let below = above.checked_sub(1).map_or(f64::NEG_INFINITY, |i| self.wind[i].height_m);
        (above, [below, self.wind.get(above).map_or(f64::INFINITY, |l| l.height_m)])
    }

    /// Wind, east and north, m/s, and its change over height, 1/s, by the line between
    /// two levels.
    pub(super) fn wind_in(&self, layer: usize, height_m: f64) -> ([f64; 2], [f64; 2]) {
        let still = [0.0, 0.0];
        match (layer.checked_sub(1).map(|i| self.wind[i]), self.wind.get(layer)) {
            (None, None) => (still, still),
            (Some(l), None) => ([l.east_mps, l.north_mps], still),
            (None, Some(l)) => ([l.east_mps, l.north_mps], still),
            (Some(a), Some(b)) => {
                let span_m = b.height_m - a.height_m;
                let shear =
                    [(b.east_mps - a.east_mps) / span_m, (b.north_mps - a.north_mps) / span_m];
                let up_m = height_m - a.height_m;
                ([a.east_mps + up_m * shear[0], a.north_mps + up_m * shear[1]], shear)
            }
        }
    }

    /// Temperature (virtual where humidity is known) K and pressure Pa at a height
    /// above the ellipsoid.
    pub fn temperature_and_pressure(&self, height_m: f64) -> (f64, f64) {
        match &self.source {
            Source::Standard => Self::standard_layer(height_m),
            Source::Uniform { density_kg_m3, sound_mps } => {
                let kelvin = sound_mps * sound_mps / (GAMMA * GAS_CONSTANT);
                (kelvin, density_kg_m3 * GAS_CONSTANT * kelvin)
            }
            Source::Sounding(profile) => profile.at(height_m),
        }
    }

    /// Density at a height above the ellipsoid, kg/m³.
    pub fn density_kg_m3(&self, height_m: f64) -> f64 {
        self.density_and_sound(height_m).0
    }

    /// Sound speed at a height above the ellipsoid, m/s.
    pub fn sound_speed_mps(&self, height_m: f64) -> f64 {
        self.density_and_sound(height_m).1
    }

    /// Wind at a height above the ellipsoid: `[east, north]`, m/s, towards.
    pub fn wind_en_mps(&self, height_m: f64) -> [f64; 2] {
        self.wind_in(self.wind_layer(height_m).0, height_m).0
    }

    /// Density kg/m³ and sound speed m/s in one look-up.
    pub fn density_and_sound(&self, height_m: f64) -> (f64, f64) {
        self.density_and_sound_in(self.layer(height_m).0, height_m)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_table_is_met() {
        // US Standard Atmosphere 1976, table I: geometric m, K, Pa, kg/m³, m/s.
        for (h, kelvin, pascal, density, sound) in [
            (0.0, 288.150, 101_325.0, 1.225_0, 340.29),
            (1_000.0, 281.651, 89_876.0, 1.111_7, 336.43),
            (5_000.0, 255.676, 54_048.0, 0.736_43, 320.55),
            (11_000.0, 216.774, 22_700.0, 0.364_80, 295.15),
            (20_000.0, 216.650, 5_529.3, 0.088_910, 295.07),
            (30_000.0, 226.509, 1_197.0, 0.018_410, 301.71),
            (32_000.0, 228.490, 889.06, 0.013_555, 303.02),
            (47_000.0, 269.684, 115.85, 0.001_496_5, 329.21),
            (50_000.0, 270.650, 79.779, 0.001_026_9, 329.80),
            (51_000.0, 270.650, 70.458, 0.000_906_90, 329.80),
            (71_000.0, 216.846, 4.479_5, 0.000_071_966, 295.20),
        ] {
            let air = Air::standard();
            let (t, p) = air.temperature_and_pressure(h);
            assert!((t / kelvin - 1.0).abs() < 1e-4, "{h}: {t}");
            assert!((p / pascal - 1.0).abs() < 1e-4, "{h}: {p}");
            assert!((air.density_kg_m3(h) / density - 1.0).abs() < 1e-4, "{h}");
            assert!((air.sound_speed_mps(h) / sound - 1.0).abs() < 1e-4, "{h}");
        }
    }
}
