//! What a track is: from how it moves, how fast, and how much air slows it.
//!
//! In: the weights of the motion models and the present state; out: a
//! probability for each kind. The motion models' weights carry the evidence of
//! the plots (multiple-model estimation: Bar-Shalom et al. 2001, section
//! 11.6.2); speed, climb and drag enter through ranges of each kind, once, with
//! the present estimate, since they are the same evidence at every scan.
//!
//! Limits: ranges are typical of open descriptions, not of any one weapon; a
//! rocket and a shell with like drag and speed cannot be told apart.

use super::filter::{Matrix7, Vector7};
use super::measure::velocity_mps;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Unguided rocket after burn-out.
    Rocket,
    /// Mortar bomb.
    Mortar,
    /// Artillery shell.
    Artillery,
    /// Aeroplane or helicopter.
    Aircraft,
    /// Small unmanned aircraft.
    Drone,
    /// Bird.
    Bird,
    /// Burst of machine-gun or cannon fire.
    Tracer,
    /// None of them is more likely than not.
    Unknown,
}

impl Kind {
    /// How many kinds.
    pub const COUNT: usize = 8;
    /// All kinds, in the order of their numbers.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Rocket,
        Self::Mortar,
        Self::Artillery,
        Self::Aircraft,
        Self::Drone,
        Self::Bird,
        Self::Tracer,
        Self::Unknown,
    ];

    /// The word in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rocket => "rocket",
            Self::Mortar => "mortar",
            Self::Artillery => "artillery",
            Self::Aircraft => "aircraft",
            Self::Drone => "drone",
            Self::Bird => "bird",
            Self::Tracer => "tracer",
            Self::Unknown => "unknown",
        }
    }

    /// Kind from its word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it comes down where gravity and drag take it, and is worth warning of.
    pub fn is_ballistic(self) -> bool {
        matches!(self, Self::Rocket | Self::Mortar | Self::Artillery)
    }
}

/// What is typical of a kind: prior share, middle and spread of ln(area per
/// mass) and of ln(fastest speed).
#[derive(Clone, Copy)]
struct Typical {
    kind: Kind,
    share: f64,
    ln_area_per_mass: [f64; 2],
    ln_speed: [f64; 2],
}

/// Falling kinds. Chosen from open figures of calibre and mass: 107 and 122 mm
/// rockets 3e-4 to 5e-4 m²/kg, 60 to 120 mm mortar bombs 9e-4 to 1.7e-3, 105 to
/// 155 mm shells 4e-4 to 6e-4, 7.62 to 20 mm bullets 2.5e-3 to 5e-3. The spreads
/// are wide: the drag curve of the track need not be that of the kind.
const FALLING: [Typical; 4] = [
    Typical {
        kind: Kind::Rocket,
        share: 0.40,
        ln_area_per_mass: [-7.8, 0.5],
        ln_speed: [5.6, 0.4],
    },
    Typical {
        kind: Kind::Mortar,
        share: 0.27,
        ln_area_per_mass: [-6.7, 0.4],
        ln_speed: [5.0, 0.4],
    },
    Typical {
        kind: Kind::Artillery,
        share: 0.18,
        ln_area_per_mass: [-7.6, 0.3],
        ln_speed: [5.9, 0.4],
    },
    Typical {
        kind: Kind::Tracer,
        share: 0.05,
        ln_area_per_mass: [-5.6, 0.5],
        ln_speed: [6.3, 0.4],
    },
];

/// Powered kinds; their drag says nothing.
const POWERED: [Typical; 3] = [
    Typical { kind: Kind::Aircraft, share: 0.5, ln_area_per_mass: [0.0; 2], ln_speed: [4.8, 0.7] },
    Typical { kind: Kind::Drone, share: 0.25, ln_area_per_mass: [0.0; 2], ln_speed: [3.2, 0.4] },
    Typical { kind: Kind::Bird, share: 0.25, ln_area_per_mass: [0.0; 2], ln_speed: [2.5, 0.35] },
];

/// How much likelier tracer is where tracer was just seen. Chosen: a burst has
/// tens of rounds; that a mortar bomb flies the same way within it is rare.
const BURST_FACTOR: f64 = 30.0;
/// Climbs and dives, m/s, from which and up to which a thing is ever less an aircraft.
/// Chosen: airliners keep within 20 m/s, and what climbs at 45 m/s without falling is
/// a fighter.
const STEEP_MPS: [f64; 2] = [20.0, 45.0];
/// The same for what came up among tracer, which may be made of plots of several bullets.
const MIXED_LN_AREA: [f64; 2] = [-6.2, 0.9];
const MIXED_LN_SPEED: [f64; 2] = [5.6, 0.8];
/// Standard deviations by which a speed must pass a mark to count.
const SURE: f64 = 1.5;
/// The same for a climb: of hundreds of birds and aircraft some look steep at first.
const SURE_CLIMB: f64 = 2.0;

/// Whether tracer was seen about a track just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tracers {
    /// None, or none that it could be of.
    None,
    /// It flies the same way as some.
    Along,
    /// It came up among some.
    Among,
}

/// The most that a track was surely seen to do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Peak {
    /// Fastest, m/s.
    pub speed_mps: f64,
    /// Steepest climb or dive, m/s.
    pub climb_mps: f64,
}

/// Probabilities by `Kind as usize`. `falling_weight` is the share of the motion
/// models' weight on free fall; `drag_prior` is what the filter assumed of
/// ln(area per mass), to be taken out again; `peak` is the fastest that it was surely
/// seen: a bullet is soon as slow as a mortar bomb; `tracers` says
/// whether tracer was seen about it just now.
pub fn classify(
    falling_weight: f64,
    mean: &Vector7,
    covariance: &Matrix7,
    drag_prior: [f64; 2],
    peak: Peak,
    tracers: Tracers,
    ln_gravity: f64,
) -> [f64; Kind::COUNT] {
    let mut p = [0.0; Kind::COUNT];
    let velocity = velocity_mps(mean);
    let speed_mps = velocity.norm().max(1.0);
    let ln_speed = speed_mps.ln();
    let speed_sigma =
        (covariance[(3, 3)] + covariance[(4, 4)] + covariance[(5, 5)]).sqrt() / speed_mps;

    // Free fall against power: what surely moves fast or steeply is hardly an
    // aircraft. A belief of two plots is sure of neither.
    let (slow_mps, quick_mps) =
        (speed_mps * (1.0 - SURE * speed_sigma), speed_mps * (1.0 + SURE * speed_sigma));
    let sure_mps = (velocity.z.abs() - SURE_CLIMB * covariance[(5, 5)].sqrt()).max(0.0);
    let fast = ramp(slow_mps, 240.0, 360.0) * 5.0 - ramp(-quick_mps, -60.0, -30.0) * 4.0;
    let rate_mps = sure_mps.max(peak.climb_mps);
    let steep =
        ramp(sure_mps / speed_mps, 0.1, 0.4).max(ramp(rate_mps, STEEP_MPS[0], STEEP_MPS[1])) * 6.0
            - 3.0;
    // What is neither fast nor steep falls only if its path could show that it bends:
    // a model that is stiffer than the other is ahead before there is anything to see.
    let mut ln_odds = falling_weight.max(1e-12).ln() - (1.0 - falling_weight).max(1e-12).ln();
    if fast + steep < 0.0 {
        ln_odds = ln_odds.min(ln_gravity);
    }
    let odds = (ln_odds + fast + steep).exp();
    let falling = odds / (1.0 + odds);

    let ln_peak = ln_speed.max(peak.speed_mps.max(1.0).ln());
    spread(&mut p, falling, &FALLING, |t| {
        let mut t = *t;
        let mut factor = 1.0;
        if t.kind == Kind::Tracer && tracers != Tracers::None {
            factor = BURST_FACTOR;
        }
        if t.kind == Kind::Tracer && tracers == Tracers::Among {
            (t.ln_area_per_mass, t.ln_speed) = (MIXED_LN_AREA, MIXED_LN_SPEED);
        }
        let drag = overlap(mean[6], covariance[(6, 6)], drag_prior, t.ln_area_per_mass);
        factor * drag * density(ln_peak, t.ln_speed[0], t.ln_speed[1].hypot(speed_sigma))
    });
    spread(&mut p, 1.0 - falling, &POWERED, |t| {
        density(ln_speed, t.ln_speed[0], t.ln_speed[1].hypot(speed_sigma))
    });
    p
}

/// Most likely kind, when it is more likely than not.
pub fn most_likely(p: &[f64; Kind::COUNT]) -> Kind {
    Kind::ALL.into_iter().find(|&kind| p[kind as usize] > 0.5).unwrap_or(Kind::Unknown)
}

fn spread(
    p: &mut [f64; Kind::COUNT],
    mass: f64,
    kinds: &[Typical],
    likelihood: impl Fn(&Typical) -> f64,
) {
    let weight = |t: &Typical| t.share * (likelihood(t) + 1e-12);
    let sum: f64 = kinds.iter().map(weight).sum();
    for t in kinds {
        p[t.kind as usize] = mass * weight(t) / sum;
    }
}

fn ramp(x: f64, from: f64, to: f64) -> f64 {
    ((x - from) / (to - from)).clamp(0.0, 1.0)
}

fn density(x: f64, middle: f64, sigma: f64) -> f64 {
    (-0.5 * ((x - middle) / sigma).powi(2)).exp() / sigma
}

/// Likelihood of the plots under a kind's range of drag, up to a factor that all
/// kinds share: the posterior `mean`, `variance` under the filter's own prior is
/// divided by that prior and integrated against the range.
fn overlap(mean: f64, variance: f64, prior: [f64; 2], range: [f64; 2]) -> f64 {
    let precision = (1.0 / variance - prior[1].powi(-2)).max(1e-6);
    let seen = (mean / variance - prior[0] * prior[1].powi(-2)) / precision;
    density(seen, range[0], range[1].hypot(precision.sqrt().recip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIOR: [f64; 2] = [-7.3, 0.9];

    fn probabilities(falling: f64, velocity: [f64; 3], ln_area: f64) -> [f64; Kind::COUNT] {
        let mut mean = Vector7::zeros();
        mean.fixed_rows_mut::<3>(3).copy_from(&nalgebra::Vector3::from(velocity));
        mean[6] = ln_area;
        let sigma = Vector7::from([10.0, 10.0, 10.0, 2.0, 2.0, 2.0, 0.15]);
        let covariance = Matrix7::from_diagonal(&sigma.component_mul(&sigma));
        classify(falling, &mean, &covariance, PRIOR, Peak::default(), Tracers::None, 9.0)
    }

    #[test]
    fn probabilities_add_up_to_one() {
        let p = probabilities(0.7, [120.0, 40.0, -80.0], -7.0);
        assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn bullets_birds_and_airliners_are_told_from_rounds() {
        assert_eq!(most_likely(&probabilities(1.0, [500.0, 200.0, 60.0], -5.7)), Kind::Tracer);
        assert_eq!(most_likely(&probabilities(0.1, [8.0, 8.0, 0.0], -7.3)), Kind::Bird);
        assert_eq!(most_likely(&probabilities(0.01, [200.0, 100.0, 0.0], -7.3)), Kind::Aircraft);
        assert_eq!(most_likely(&probabilities(0.99, [90.0, 20.0, -120.0], -6.7)), Kind::Mortar);
        assert_eq!(most_likely(&probabilities(0.99, [190.0, 60.0, -180.0], -7.9)), Kind::Rocket);
    }

    #[test]
    fn every_kind_has_its_word() {
        assert!(Kind::ALL.iter().all(|&k| Kind::from_name(k.name()) == Some(k)));
        assert!(Kind::ALL.iter().enumerate().all(|(n, &k)| k as usize == n));
    }
}
