//! Air: temperature, pressure, density, sound speed and wind over height.
//!
//! In: geometric height above the ellipsoid. Out: *U.S. Standard Atmosphere, 1976*
//! (NOAA-S/T 76-1562), eqs. 18-19 (geopotential height), 23 (temperature), 33a/33b
//! (pressure), 42 (density), 50 (sound speed), from -5 to 86 km; wind from a
//! profile of levels, linear in height, constant beyond its ends.

/// Specific gas constant of dry air, J/(kg K): R* / M0 of the 1976 standard.
const GAS_CONSTANT: f64 = 8_314.32 / 28.964_4;
/// Sea-level gravity of the standard, m/s².
const G0_MPS2: f64 = 9.806_65;
/// Effective earth radius of the standard, m (eq. 18).
const EARTH_RADIUS_M: f64 = 6_356_766.0;
/// Ratio of specific heats.
const GAMMA: f64 = 1.4;

/// Base geopotential height m, base temperature K, lapse K/m, base pressure Pa
/// (table 4 of the standard; pressures follow from eqs. 33).
const LAYERS: [(f64, f64, f64, f64); 7] = [
    (0.0, 288.15, -6.5e-3, 101_325.0),
    (11_000.0, 216.65, 0.0, 22_632.063_973_462_9),
    (20_000.0, 216.65, 1e-3, 5_474.888_669_677_77),
    (32_000.0, 228.65, 2.8e-3, 868.018_684_755_228),
    (47_000.0, 270.65, 0.0, 110.906_305_554_966),
    (51_000.0, 270.65, -2.8e-3, 66.938_873_118_687_4),
    (71_000.0, 214.65, -2e-3, 3.956_420_428_047_23),
];

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

/// The air around a site.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Air {
    wind: Vec<WindLevel>,
}

impl Air {
    /// The 1976 standard, without wind.
    pub fn standard() -> Self {
        Self::default()
    }

    /// The same air with wind; levels are sorted by height.
    pub fn with_wind(mut self, mut levels: Vec<WindLevel>) -> Self {
        levels.sort_by(|a, b| a.height_m.total_cmp(&b.height_m));
        self.wind = levels;
        self
    }

    /// Temperature K and pressure Pa at a geometric height, m.
    fn layer(height_m: f64) -> (f64, f64) {
        let h = EARTH_RADIUS_M * height_m / (EARTH_RADIUS_M + height_m);
        let i = LAYERS.iter().rposition(|l| h >= l.0).unwrap_or(0);
        let (base_m, base_k, lapse, base_pa) = LAYERS[i];
        if lapse == 0.0 {
            return (base_k, base_pa * (-G0_MPS2 * (h - base_m) / (GAS_CONSTANT * base_k)).exp());
        }
        let kelvin = (base_k + lapse * (h - base_m)).max(120.0);
        (kelvin, base_pa * (base_k / kelvin).powf(G0_MPS2 / (GAS_CONSTANT * lapse)))
    }

    /// Density at a height above the ellipsoid, kg/m³.
    pub fn density_kg_m3(&self, height_m: f64) -> f64 {
        let (kelvin, pascal) = Self::layer(height_m);
        pascal / (GAS_CONSTANT * kelvin)
    }

    /// Sound speed at a height above the ellipsoid, m/s.
    pub fn sound_speed_mps(&self, height_m: f64) -> f64 {
        (GAMMA * GAS_CONSTANT * Self::layer(height_m).0).sqrt()
    }

    /// Wind at a height above the ellipsoid: `[east, north]`, m/s, towards.
    pub fn wind_en_mps(&self, height_m: f64) -> [f64; 2] {
        let above = self.wind.partition_point(|l| l.height_m <= height_m);
        match (above.checked_sub(1).map(|i| self.wind[i]), self.wind.get(above)) {
            (None, None) => [0.0, 0.0],
            (Some(l), None) => [l.east_mps, l.north_mps],
            (None, Some(l)) => [l.east_mps, l.north_mps],
            (Some(a), Some(b)) => {
                let t = (height_m - a.height_m) / (b.height_m - a.height_m);
                [
                    a.east_mps + t * (b.east_mps - a.east_mps),
                    a.north_mps + t * (b.north_mps - a.north_mps),
                ]
            }
        }
    }

    /// Density kg/m³ and sound speed m/s in one look-up.
    pub fn density_and_sound(&self, height_m: f64) -> (f64, f64) {
        let (kelvin, pascal) = Self::layer(height_m);
        (pascal / (GAS_CONSTANT * kelvin), (GAMMA * GAS_CONSTANT * kelvin).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_table_is_met() {
        // US Standard Atmosphere 1976, table I: geometric m, K, Pa, kg/m³.
        for (h, kelvin, pascal, density) in [
            (0.0, 288.150, 101_325.0, 1.225_0),
            (1_000.0, 281.651, 89_876.0, 1.111_7),
            (5_000.0, 255.676, 54_048.0, 0.736_43),
            (11_000.0, 216.774, 22_700.0, 0.364_80),
            (20_000.0, 216.650, 5_529.3, 0.088_910),
            (30_000.0, 226.509, 1_197.0, 0.018_410),
            (50_000.0, 270.650, 79.779, 0.001_026_9),
        ] {
            let (t, p) = Air::layer(h);
            assert!((t / kelvin - 1.0).abs() < 1e-4, "{h}: {t}");
            assert!((p / pascal - 1.0).abs() < 1e-4, "{h}: {p}");
            assert!((Air::standard().density_kg_m3(h) / density - 1.0).abs() < 1e-4);
        }
    }
}
