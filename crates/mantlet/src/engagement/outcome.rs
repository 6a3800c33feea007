//! What came of a shot: drawn against what is true.
//!
//! In: a decision, the threat as it was believed, the true state of what flies
//! there. Out: whether and when it was destroyed, and how many rounds flew on.
//! The miss distance of a burst is the share of the track's true error that the
//! effector keeps, plus its own bias; each round then has its own dispersion.

use nalgebra::Vector3;

use crate::flight::State;

use super::draw::Draw;
use super::effector::{Arm, Effector};

/// One engagement from shot to outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Engagement {
    /// Its number in the run, from 0.
    pub number: u64,
    /// Index of the effector.
    pub effector: usize,
    /// The track engaged.
    pub track_id: u64,
    /// First round, s.
    pub fired_s: f64,
    /// When the outcome was there, s.
    pub intercept_s: f64,
    /// When it was known to the defenders, s.
    pub known_s: f64,
    /// Rounds spent.
    pub rounds: u32,
    /// Rounds that flew on.
    pub flew_on: u32,
    /// Chance of a kill as the defenders saw it.
    pub kill_chance: f64,
    /// Whether the threat was destroyed.
    pub destroyed: bool,
    /// Where they met: local east, north, up, m.
    pub position_enu_m: Vector3<f64>,
}

/// Time after a hit until fire ceases, s. Chosen: a quick reaction.
const CEASE_S: f64 = 0.3;

/// What a burst met with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// Whether the threat was destroyed.
    pub destroyed: bool,
    /// When, s, or when the last round passed.
    pub time_s: f64,
    /// Rounds spent until then: fire ceases when the target is seen to come apart.
    pub rounds: u32,
    /// Of which did not stop in it.
    pub flew_on: u32,
}

/// Draws the outcome of `rounds` from `fired_s` on that meet at `intercept_s`.
/// `believed_enu_m` is where the defenders held the target to be then, `truth` its
/// true state, `None` when nothing is there.
pub fn draw_outcome(
    effector: &Effector,
    fired_s: f64,
    intercept_s: f64,
    rounds: u32,
    believed_enu_m: &Vector3<f64>,
    truth: Option<&State>,
    draw: &mut Draw,
) -> Drawn {
    let missed = Drawn { destroyed: false, time_s: intercept_s, rounds, flew_on: rounds };
    let Some(truth) = truth else { return missed };
    let line = truth.position_enu_m - effector.position_enu_m;
    let range_m = line.norm().max(1.0);
    match &effector.arm {
        Arm::Gun(gun) => {
            let along = line / range_m;
            let error = believed_enu_m - truth.position_enu_m;
            let across = error - along * error.dot(&along);
            let side = across_axis(&along);
            let up = along.cross(&side);
            let own_m = gun.bias_rad * range_m;
            let bias_m = (gun.track_share * across.dot(&side) + own_m * draw.normal())
                .hypot(gun.track_share * across.dot(&up) + own_m * draw.normal());
            let p = gun.round_kill_chance(range_m, bias_m);
            let first = (0..rounds).find(|_| draw.unit() < p);
            first.map_or(missed, |i| {
                let time_s = intercept_s - f64::from(rounds - 1 - i) / gun.rate_per_s;
                let on_the_way = (gun.time_of_flight_s(range_m) + CEASE_S) * gun.rate_per_s;
                let rounds = rounds.min(i + 1 + on_the_way.ceil() as u32);
                let time_s = time_s.max(fired_s);
                Drawn { destroyed: true, time_s, rounds, flew_on: rounds - 1 }
            })
        }
        Arm::Missile(missile) => {
            let first = (0..rounds).find(|_| draw.unit() < missile.kill_chance);
            first.map_or(missed, |i| {
                let time_s = intercept_s - f64::from(rounds - 1 - i) * missile.interval_s;
                let time_s = time_s.max(fired_s);
                Drawn { destroyed: true, time_s, rounds, flew_on: rounds - 1 }
            })
        }
        Arm::Beam(beam) => {
            Drawn { destroyed: draw.unit() < beam.kill_chance, flew_on: 0, ..missed }
        }
    }
}

/// A unit vector across a unit vector, level where it can be.
fn across_axis(along: &Vector3<f64>) -> Vector3<f64> {
    let level = Vector3::z().cross(along);
    if level.norm() > 1e-9 { level.normalize() } else { Vector3::x() }
}

/// Leak, chance of raid annihilation and expected leakers of `threats` rounds when
/// each meets shots of kill chances `shots` that are independent ("Missile defence
/// and raid annihilation", Operations Research 30(3), 1982): the leak is the
/// product of the misses, annihilation `(1 - leak)^n`, leakers `n · leak`.
pub fn independent_shots(threats: u32, shots: &[f64]) -> (f64, f64, f64) {
    let leak: f64 = shots.iter().map(|p| 1.0 - p).product();
    (leak, (1.0 - leak).powi(threats as i32), f64::from(threats) * leak)
}

/// Share of threats lost because all `channels` are busy, at `offered` erlang of
/// Poisson arrivals (A. K. Erlang, 1917; the recursion of A. Jagerman, "Some
/// properties of the Erlang loss function", Bell System Technical Journal 53
/// (1974) 525, eq. 9).
pub fn erlang_loss(channels: u32, offered: f64) -> f64 {
    (1..=channels).fold(1.0, |loss, c| offered * loss / (f64::from(c) + offered * loss))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engagement::Missile;

    #[test]
    fn raid_annihilation_is_as_published() {
        // NUMBERS, from Operations Research 30(3), 1982.
        for (threats, shots, want) in [
            (8, &[0.8][..], 0.1678),
            (21, &[0.8], 0.0092),
            (8, &[0.8, 0.8], 0.7214),
            (21, &[0.8, 0.8], 0.4243),
            (8, &[0.6, 0.6], 0.2479),
            (21, &[0.6, 0.6], 0.0257),
        ] {
            let (leak, annihilated, leakers) = independent_shots(threats, shots);
            assert!((annihilated - want).abs() < 5e-5, "{threats} {shots:?}: {annihilated}");
            assert!((leakers - f64::from(threats) * leak).abs() < 1e-12);
        }
    }

    #[test]
    fn drawn_salvos_annihilate_as_often_as_published() {
        let missile = Missile { kill_chance: 0.8, ..Missile::default() };
        let effector = Effector::new("m".into(), Vector3::zeros(), Arm::Missile(missile));
        let at = Vector3::new(0.0, 3_000.0, 2_000.0);
        let truth = State { position_enu_m: at, velocity_enu_mps: Vector3::new(0.0, -200.0, 0.0) };
        let mut draw = Draw::new(4, 0);
        let raids = 20_000;
        let (mut annihilated, mut leakers) = (0.0, 0.0);
        for _ in 0..raids {
            let through = (0..8)
                .filter(|_| {
                    !draw_outcome(&effector, 0.0, 6.0, 2, &at, Some(&truth), &mut draw).destroyed
                })
                .count();
            annihilated += f64::from(u8::from(through == 0));
            leakers += through as f64;
        }
        let (leak, want, expected) = independent_shots(8, &[0.8, 0.8]);
        let n = f64::from(raids);
        assert!((annihilated / n - want).abs() < 4.0 * (want * (1.0 - want) / n).sqrt());
        let sigma = (8.0 * leak * (1.0 - leak) / n).sqrt();
        assert!((leakers / n - expected).abs() < 4.0 * sigma);
    }

    #[test]
    fn busy_channels_lose_what_erlang_says() {
        for (offered, channels, want) in
            [(1.0, 1, 0.5), (1.0, 2, 0.2), (2.0, 2, 0.4), (4.0, 4, 0.3107), (4.0, 6, 0.1172)]
        {
            assert!((erlang_loss(channels, offered) - want).abs() < 5e-5);
        }
    }

    #[test]
    fn drawn_arrivals_are_lost_as_erlang_says() {
        // Poisson arrivals at two erlang, exponential engagements, two channels.
        let mut draw = Draw::new(5, 0);
        let mut free_s = [0.0; 2];
        let (mut now_s, mut lost) = (0.0, 0.0);
        let arrivals = 100_000;
        for _ in 0..arrivals {
            now_s -= (1.0 - draw.unit()).ln() / 2.0;
            match free_s.iter_mut().find(|f| **f <= now_s) {
                Some(free) => *free = now_s - (1.0 - draw.unit()).ln(),
                None => lost += 1.0,
            }
        }
        // Losses come in clumps: twice the binomial error, four times.
        let want = erlang_loss(2, 2.0);
        let error = 2.0 * (want * (1.0 - want) / f64::from(arrivals)).sqrt();
        assert!((lost / f64::from(arrivals) - want).abs() < 4.0 * error);
    }

    #[test]
    fn nothing_there_is_never_hit() {
        let effector =
            Effector::new("m".into(), Vector3::zeros(), Arm::Missile(Missile::default()));
        let at = Vector3::new(0.0, 900.0, 900.0);
        let drawn = draw_outcome(&effector, 0.0, 4.0, 2, &at, None, &mut Draw::new(1, 0));
        assert!(!drawn.destroyed && drawn.flew_on == 2);
    }
}
