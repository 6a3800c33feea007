//! Made-up terrain: hills with ridges and valleys, for demos, tests and trials.
//!
//! In: a seed, the posts, their distance, the relief. Out: heights. Method: a sum of
//! octaves of gradient noise (K. Perlin, "Improving noise", ACM Transactions on
//! Graphics 21 (2002) 681), the first folded into ridges (F. K. Musgrave, *Texturing
//! and Modeling: A Procedural Approach*, 3rd ed., 2003, chapter 16, "ridged
//! multifractal"). The same arguments give the same heights on every machine.

use rayon::prelude::*;

use crate::sensors::Chance;

/// Longest wave of the hills, m. Chosen: ridges some 3 km apart, as in foothills.
const WAVE_M: f64 = 6_000.0;
/// Octaves, each half the wave of the one before: down to 47 m.
const OCTAVES: u32 = 8;
/// Height of an octave over that of the one before. Chosen: hills that erosion has
/// smoothed (fractal dimension 2.0).
const GAIN: f64 = 0.45;

/// Heights over `base_m` of `columns` by `rows` posts, `spacing_m` apart; the highest
/// ground rises by about `relief_m`.
pub fn made_up_terrain(
    seed: u64,
    [columns, rows]: [usize; 2],
    spacing_m: [f64; 2],
    base_m: f64,
    relief_m: f64,
) -> Vec<f32> {
    let noise = Noise::new(seed);
    let mut heights_m = vec![0f32; columns * rows];
    heights_m.par_chunks_mut(columns).enumerate().for_each(|(row, out)| {
        for (column, height) in out.iter_mut().enumerate() {
            let at = [column as f64 * spacing_m[0], row as f64 * spacing_m[1]];
            *height = (base_m + relief_m * noise.hills(at)) as f32;
        }
    });
    heights_m
}

struct Noise {
    order: [u8; 256],
}

impl Noise {
    fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed, 0);
        let mut order: [u8; 256] = std::array::from_fn(|i| i as u8);
        for i in (1..256).rev() {
            order.swap(i, (chance.unit() * (i + 1) as f64) as usize);
        }
        Self { order }
    }

    /// In [0, 1] or a little outside.
    fn hills(&self, at_m: [f64; 2]) -> f64 {
        let (mut sum, mut most, mut weight) = (0.0, 0.0, 1.0);
        for octave in 0..OCTAVES {
            let per_m = f64::from(1 << octave) / WAVE_M;
            // A shift keeps the octaves' lattices from sharing their zeros.
            let shift = 17.3 * f64::from(octave);
            let n = self.gradient([at_m[0] * per_m + shift, at_m[1] * per_m - shift]);
            let folded = if octave < 2 { (1.0 - 1.6 * n.abs()).powi(2) } else { 0.5 + n };
            sum += weight * folded;
            most += weight;
            weight *= GAIN;
        }
        sum / most
    }

    /// Gradient noise, about [-0.7, 0.7].
    fn gradient(&self, [x, y]: [f64; 2]) -> f64 {
        let (i, j) = (x.floor(), y.floor());
        let (fx, fy) = (x - i, y - j);
        let corner = |di: i64, dj: i64| {
            let wrap = |v: f64, d: i64| ((v as i64 + d) & 255) as usize;
            let first = usize::from(self.order[wrap(i, di)]);
            let hash = self.order[(first + wrap(j, dj)) & 255];
            let (sin, cos) = (f64::from(hash) * (std::f64::consts::TAU / 256.0)).sin_cos();
            (fx - di as f64) * cos + (fy - dj as f64) * sin
        };
        let fade = |t: f64| t * t * t * (t * (6.0 * t - 15.0) + 10.0);
        let (u, v) = (fade(fx), fade(fy));
        let south = corner(0, 0) * (1.0 - u) + corner(1, 0) * u;
        let north = corner(0, 1) * (1.0 - u) + corner(1, 1) * u;
        south * (1.0 - v) + north * v
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hills_have_the_relief_asked_for_and_no_cliffs() {
        let heights = made_up_terrain(3, [400, 300], [60.0, 60.0], 100.0, 200.0);
        let low = heights.iter().copied().fold(f32::MAX, f32::min);
        let high = heights.iter().copied().fold(f32::MIN, f32::max);
        assert!(low > 60.0 && low < 220.0, "{low}");
        assert!(high > 240.0 && high < 330.0, "{high}");
        let steepest = heights.windows(2).enumerate().filter(|(n, _)| n % 400 != 399);
        assert!(steepest.map(|(_, w)| (w[0] - w[1]).abs()).fold(0.0, f32::max) < 60.0);
        assert_ne!(heights, made_up_terrain(4, [400, 300], [60.0, 60.0], 100.0, 200.0));
    }
}
