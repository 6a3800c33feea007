//! Chance for simulated outcomes: numbered ChaCha8 streams, so that one outcome's
//! draws never shift another's.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use rand_chacha::rand_core::SeedableRng;

/// Draws from one stream under a seed.
#[derive(Clone, Debug)]
pub struct Draw(ChaCha8Rng);

impl Draw {
    /// The stream of that number under a seed.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Standard normal (G. E. P. Box and M. E. Muller, "A note on the generation of
    /// random normal deviates", Annals of Mathematical Statistics 29 (1958) 610).
    pub fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.unit(), self.unit());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }

    /// A direction, uniform over the sphere: a uniform height and a uniform turn
    /// (Archimedes' hat-box theorem).
    pub fn direction(&mut self) -> [f64; 3] {
        let up = 2.0 * self.unit() - 1.0;
        let turn = std::f64::consts::TAU * self.unit();
        let across = (1.0 - up * up).max(0.0).sqrt();
        [across * turn.cos(), across * turn.sin(), up]
    }

    /// Successes in `trials` of probability `p`, counted one by one.
    pub fn binomial(&mut self, trials: u32, p: f64) -> u32 {
        (0..trials).map(|_| u32::from(self.unit() < p)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_point_nowhere_on_average() {
        let mut draw = Draw::new(3, 0);
        let n = 20_000;
        let mut sum = [0.0; 3];
        for _ in 0..n {
            let d = draw.direction();
            assert!((d.iter().map(|x| x * x).sum::<f64>() - 1.0).abs() < 1e-12);
            (0..3).for_each(|i| sum[i] += d[i]);
        }
        // Each component has variance 1/3; four standard errors of the mean.
        let limit = 4.0 * (n as f64 / 3.0).sqrt();
        assert!(sum.iter().all(|s| s.abs() < limit), "{sum:?}");
    }

    #[test]
    fn streams_are_independent_and_repeat() {
        assert_eq!(Draw::new(1, 2).unit(), Draw::new(1, 2).unit());
        assert_ne!(Draw::new(1, 2).unit(), Draw::new(1, 3).unit());
    }
}
