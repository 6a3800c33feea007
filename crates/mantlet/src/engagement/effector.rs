//! Effectors of the simulation: a gun, an interceptor missile, a directed beam.
//!
//! In: generic parameters. Out: times of flight, chances of a kill, how long a
//! shot keeps an effector busy. Nothing here aims anything: a target is a range,
//! a height and an uncertainty.
//!
//! Method: the chance that one round passing at a distance kills is the diffuse
//! Gaussian damage function exp(-r²/2R²) of lethal radius R; with a circular
//! Gaussian dispersion it integrates in closed form (A. R. Washburn and M. Kress,
//! *Combat Modeling*, 2009, section 2.3). Rounds of a burst share one bias and
//! have their own dispersion (same, section 2.4, "salvos with common error").
//! Drag of a round on its way up is constant, so its speed falls exponentially
//! over distance (R. L. McCoy, *Modern Exterior Ballistics*, 1999, eq. 5.17).
//!
//! Limits: every parameter is generic. Defaults and ranges come from open texts
//! (`docs/models/engagement.md`) and stand for no fielded system.

use nalgebra::Vector3;
use thiserror::Error;

/// A parameter that is out of its range.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("{field} is {value}: expected {lowest} to {highest}")]
pub struct EffectorError {
    /// Which.
    pub field: &'static str,
    /// What it is.
    pub value: f64,
    /// The least that makes sense.
    pub lowest: f64,
    /// The most.
    pub highest: f64,
}

/// One simulated effector on its site.
#[derive(Clone, Debug, PartialEq)]
pub struct Effector {
    /// Name in files.
    pub id: String,
    /// Where it stands, local east, north, up, m.
    pub position_enu_m: Vector3<f64>,
    /// Bearings over which it may shoot, clockwise from north, rad, from first to
    /// second; the whole circle when they are a turn apart.
    pub arc_rad: [f64; 2],
    /// Lowest elevation over which it may shoot, rad.
    pub lowest_elevation_rad: f64,
    /// Time from a decision to the first round, without slewing, s.
    pub reaction_s: f64,
    /// How fast it turns, rad/s.
    pub slew_radps: f64,
    /// Time after an intercept until its outcome is known, s.
    pub assess_s: f64,
    /// Targets it can be busy with at once.
    pub channels: u32,
    /// How it works.
    pub arm: Arm,
}

/// Ways to stop a round.
#[derive(Clone, Debug, PartialEq)]
pub enum Arm {
    /// Bursts of small rounds.
    Gun(Gun),
    /// One interceptor at a time.
    Missile(Missile),
    /// Light held on the target.
    Beam(Beam),
}

/// A gun. Ranges in brackets are what [`Effector::validate`] accepts.
#[derive(Clone, Debug, PartialEq)]
pub struct Gun {
    /// Speed of its rounds at the muzzle, m/s [300, 2000].
    pub muzzle_speed_mps: f64,
    /// Distance over which a round's speed falls to 1/e, m [200, 50 000].
    pub speed_decay_m: f64,
    /// Rounds per second [0.1, 200].
    pub rate_per_s: f64,
    /// Rounds of one burst [1, 1000].
    pub burst_rounds: u32,
    /// Most bursts spent on a target before looking again [1, 10].
    pub most_bursts: u32,
    /// Rounds ready to fire [0, 100 000].
    pub magazine: u32,
    /// Time to fill an empty magazine, s [0, 86 400]; a long one is "not in this
    /// raid".
    pub reload_s: f64,
    /// Nearest and furthest range, m [0, 20 000].
    pub range_m: [f64; 2],
    /// Dispersion of single rounds, one sigma on each axis, rad [1e-5, 0.05].
    pub dispersion_rad: f64,
    /// Error that a whole burst shares, one sigma on each axis, rad [0, 0.05].
    pub bias_rad: f64,
    /// Share of the site's track error that stays in a burst's bias [0, 1]: a gun
    /// with its own close-range sensor keeps little of it.
    pub track_share: f64,
    /// Lethal radius of one round, m [0.01, 20].
    pub lethal_radius_m: f64,
    /// Flight time after which a round destroys itself, s [0.1, 60].
    pub self_destruct_s: f64,
    /// Share of rounds that fail to [0, 1].
    pub dud_rate: f64,
    /// Mass of a round in flight, kg [0.01, 50].
    pub round_mass_kg: f64,
    /// Its frontal area, m² [1e-5, 0.05].
    pub round_area_m2: f64,
    /// Mass of a typical fragment of a round that destroyed itself, kg [1e-5, 1].
    pub fragment_mass_kg: f64,
}

/// An interceptor missile.
#[derive(Clone, Debug, PartialEq)]
pub struct Missile {
    /// Time under thrust, s [0, 60]; speed rises linearly.
    pub boost_s: f64,
    /// Speed at its end, m/s [100, 3000]; kept over the short rest of its way.
    pub speed_mps: f64,
    /// Nearest and furthest range, m [0, 200 000].
    pub range_m: [f64; 2],
    /// Interceptors ready to fire [0, 1000].
    pub magazine: u32,
    /// Time between two launches, s [0, 600].
    pub interval_s: f64,
    /// Most interceptors launched at a target before looking again [1, 4].
    pub most_salvo: u32,
    /// Chance that one kills, given [0, 1].
    pub kill_chance: f64,
    /// Mass of what falls of one, kg [0.1, 1000].
    pub empty_mass_kg: f64,
    /// Its presented area, m² [1e-3, 10].
    pub area_m2: f64,
}

/// A directed beam.
#[derive(Clone, Debug, PartialEq)]
pub struct Beam {
    /// Time on target that kills with [`Beam::kill_chance`] at no range, s [0.1, 60].
    pub dwell_s: f64,
    /// Range at which spreading doubles that, m [100, 50 000].
    pub doubling_range_m: f64,
    /// Meteorological visibility, m [100, 200 000].
    pub visibility_m: f64,
    /// Nearest and furthest range, m [0, 50 000].
    pub range_m: [f64; 2],
    /// Chance that a full dwell kills [0, 1].
    pub kill_chance: f64,
}

impl Default for Gun {
    fn default() -> Self {
        Self {
            muzzle_speed_mps: 1_050.0,
            speed_decay_m: 2_500.0,
            rate_per_s: 50.0,
            burst_rounds: 60,
            most_bursts: 3,
            magazine: 1_200,
            reload_s: 300.0,
            range_m: [250.0, 2_000.0],
            dispersion_rad: 1.2e-3,
            bias_rad: 1.0e-3,
            track_share: 0.05,
            lethal_radius_m: 0.25,
            self_destruct_s: 4.0,
            dud_rate: 0.01,
            round_mass_kg: 0.1,
            round_area_m2: 3.14e-4,
            fragment_mass_kg: 2.0e-3,
        }
    }
}

impl Default for Missile {
    fn default() -> Self {
        Self {
            boost_s: 2.0,
            speed_mps: 700.0,
            range_m: [1_000.0, 10_000.0],
            magazine: 20,
            interval_s: 1.0,
            most_salvo: 2,
            kill_chance: 0.8,
            empty_mass_kg: 45.0,
            area_m2: 0.12,
        }
    }
}

impl Default for Beam {
    fn default() -> Self {
        Self {
            dwell_s: 2.0,
            doubling_range_m: 2_000.0,
            visibility_m: 20_000.0,
            range_m: [100.0, 5_000.0],
            kill_chance: 0.9,
        }
    }
}

impl Effector {
    /// A whole-circle effector at a place.
    pub fn new(id: String, position_enu_m: Vector3<f64>, arm: Arm) -> Self {
        Self {
            id,
            position_enu_m,
            arc_rad: [0.0, std::f64::consts::TAU],
            lowest_elevation_rad: 5f64.to_radians(),
            reaction_s: 1.0,
            slew_radps: 1.5,
            assess_s: 0.5,
            channels: 1,
            arm,
        }
    }

    /// `gun`, `missile` or `beam`.
    pub fn kind(&self) -> &'static str {
        match self.arm {
            Arm::Gun(_) => "gun",
            Arm::Missile(_) => "missile",
            Arm::Beam(_) => "beam",
        }
    }

    /// Nearest and furthest range, m.
    pub fn range_m(&self) -> [f64; 2] {
        match &self.arm {
            Arm::Gun(gun) => gun.range_m,
            Arm::Missile(missile) => missile.range_m,
            Arm::Beam(beam) => beam.range_m,
        }
    }

    /// Shots ready at the start: rounds, interceptors; a beam has no end.
    pub fn magazine(&self) -> Option<u32> {
        match &self.arm {
            Arm::Gun(gun) => Some(gun.magazine),
            Arm::Missile(missile) => Some(missile.magazine),
            Arm::Beam(_) => None,
        }
    }

    /// Rounds of one shot, and the most shots before looking again.
    pub fn shot(&self) -> (u32, u32) {
        match &self.arm {
            Arm::Gun(gun) => (gun.burst_rounds, gun.most_bursts),
            Arm::Missile(missile) => (1, missile.most_salvo),
            Arm::Beam(_) => (1, 1),
        }
    }

    /// Time from first round to the outcome at a range, for `rounds` rounds, s.
    pub fn time_to_outcome_s(&self, range_m: f64, rounds: u32) -> f64 {
        match &self.arm {
            Arm::Gun(gun) => gun.time_of_flight_s(range_m) + f64::from(rounds) / gun.rate_per_s,
            Arm::Missile(missile) => {
                let more = f64::from(rounds.saturating_sub(1)) * missile.interval_s;
                missile.time_of_flight_s(range_m) + more
            }
            Arm::Beam(beam) => beam.dwell_at_s(range_m),
        }
    }

    /// Chance that `rounds` kill at a range when the track's error there is
    /// `track_sigma_m` on each axis.
    pub fn kill_chance(&self, range_m: f64, track_sigma_m: f64, rounds: u32) -> f64 {
        match &self.arm {
            Arm::Gun(gun) => gun.burst_kill_chance(range_m, track_sigma_m, rounds),
            Arm::Missile(missile) => 1.0 - (1.0 - missile.kill_chance).powi(rounds as i32),
            Arm::Beam(beam) => beam.kill_chance,
        }
    }

    /// Whether it may shoot at a place (local east, north, up, m).
    pub fn reaches(&self, target_enu_m: &Vector3<f64>) -> bool {
        let line = target_enu_m - self.position_enu_m;
        let [near, far] = self.range_m();
        let range_m = line.norm();
        let bearing = line.x.atan2(line.y);
        let turn = self.arc_rad[1] - self.arc_rad[0];
        let within = turn >= std::f64::consts::TAU - 1e-9
            || (bearing - self.arc_rad[0]).rem_euclid(std::f64::consts::TAU) <= turn;
        within
            && range_m >= near
            && range_m <= far
            && line.z >= range_m * self.lowest_elevation_rad.sin()
    }

    /// Checks every parameter against its documented range.
    ///
    /// # Errors
    ///
    /// [`EffectorError`] for the first that is outside.
    pub fn validate(&self) -> Result<(), EffectorError> {
        let check = |field, value: f64, lowest: f64, highest: f64| {
            if value >= lowest && value <= highest {
                Ok(())
            } else {
                Err(EffectorError { field, value, lowest, highest })
            }
        };
        check("reaction_s", self.reaction_s, 0.0, 60.0)?;
        check("slew_radps", self.slew_radps, 0.01, 100.0)?;
        check("assess_s", self.assess_s, 0.0, 60.0)?;
        check("channels", f64::from(self.channels), 1.0, 100.0)?;
        match &self.arm {
            Arm::Gun(g) => {
                check("muzzle_speed_mps", g.muzzle_speed_mps, 300.0, 2_000.0)?;
                check("speed_decay_m", g.speed_decay_m, 200.0, 50_000.0)?;
                check("rate_per_s", g.rate_per_s, 0.1, 200.0)?;
                check("burst_rounds", f64::from(g.burst_rounds), 1.0, 1_000.0)?;
                check("most_bursts", f64::from(g.most_bursts), 1.0, 10.0)?;
                check("range_m", g.range_m[0], 0.0, g.range_m[1])?;
                check("range_m", g.range_m[1], g.range_m[0], 20_000.0)?;
                check("dispersion_rad", g.dispersion_rad, 1e-5, 0.05)?;
                check("bias_rad", g.bias_rad, 0.0, 0.05)?;
                check("track_share", g.track_share, 0.0, 1.0)?;
                check("lethal_radius_m", g.lethal_radius_m, 0.01, 20.0)?;
                check("self_destruct_s", g.self_destruct_s, 0.1, 60.0)?;
                check("dud_rate", g.dud_rate, 0.0, 1.0)?;
                check("round_mass_kg", g.round_mass_kg, 0.01, 50.0)?;
                check("round_area_m2", g.round_area_m2, 1e-5, 0.05)?;
                check("fragment_mass_kg", g.fragment_mass_kg, 1e-5, g.round_mass_kg)
            }
            Arm::Missile(m) => {
                check("boost_s", m.boost_s, 0.0, 60.0)?;
                check("speed_mps", m.speed_mps, 100.0, 3_000.0)?;
                check("range_m", m.range_m[0], 0.0, m.range_m[1])?;
                check("range_m", m.range_m[1], m.range_m[0], 200_000.0)?;
                check("interval_s", m.interval_s, 0.0, 600.0)?;
                check("most_salvo", f64::from(m.most_salvo), 1.0, 4.0)?;
                check("kill_chance", m.kill_chance, 0.0, 1.0)?;
                check("empty_mass_kg", m.empty_mass_kg, 0.1, 1_000.0)?;
                check("area_m2", m.area_m2, 1e-3, 10.0)
            }
            Arm::Beam(b) => {
                check("dwell_s", b.dwell_s, 0.1, 60.0)?;
                check("doubling_range_m", b.doubling_range_m, 100.0, 50_000.0)?;
                check("visibility_m", b.visibility_m, 100.0, 200_000.0)?;
                check("range_m", b.range_m[0], 0.0, b.range_m[1])?;
                check("range_m", b.range_m[1], b.range_m[0], 50_000.0)?;
                check("kill_chance", b.kill_chance, 0.0, 1.0)
            }
        }
    }
}

impl Gun {
    /// Time of flight to a range, s: `(e^(r/L) - 1) L / v`.
    pub fn time_of_flight_s(&self, range_m: f64) -> f64 {
        (range_m / self.speed_decay_m).exp_m1() * self.speed_decay_m / self.muzzle_speed_mps
    }

    /// How far a round is after a time, m, and its speed there, m/s.
    pub fn after(&self, time_s: f64) -> (f64, f64) {
        let ln = (self.muzzle_speed_mps * time_s / self.speed_decay_m).ln_1p();
        (self.speed_decay_m * ln, self.muzzle_speed_mps * (-ln).exp())
    }

    /// Sigma of the bias that a burst shares at a range, on each axis, m.
    pub fn bias_sigma_m(&self, range_m: f64, track_sigma_m: f64) -> f64 {
        (self.bias_rad * range_m).hypot(self.track_share * track_sigma_m)
    }

    /// Chance that one round kills when its burst's bias is `bias_m`.
    pub fn round_kill_chance(&self, range_m: f64, bias_m: f64) -> f64 {
        let spread = self.dispersion_rad * range_m;
        let r2 = self.lethal_radius_m * self.lethal_radius_m;
        let total = r2 + spread * spread;
        r2 / total * (-0.5 * bias_m * bias_m / total).exp()
    }

    /// Chance that a burst kills, over its bias. With `u` uniform, the bias of a
    /// circular Gaussian is `σ √(-2 ln u)`, so the chance of a round is
    /// `p₀ u^(σ²/(R²+s²))` and one integral over `u` is left, by Gauss-Legendre.
    pub fn burst_kill_chance(&self, range_m: f64, track_sigma_m: f64, rounds: u32) -> f64 {
        let spread = self.dispersion_rad * range_m;
        let total = self.lethal_radius_m * self.lethal_radius_m + spread * spread;
        let power = self.bias_sigma_m(range_m, track_sigma_m).powi(2) / total;
        let best = self.round_kill_chance(range_m, 0.0);
        let mut chance = 0.0;
        // Uniform panels with two Gauss points each: 1e-4 even where u^power is steep.
        const PANELS: usize = 24;
        for panel in 0..PANELS {
            for node in [-0.577_350_269_189_625_8f64, 0.577_350_269_189_625_8] {
                let u = (panel as f64 + 0.5 + 0.5 * node) / PANELS as f64;
                let p = best * u.powf(power);
                chance += 1.0 - (1.0 - p).powi(rounds as i32);
            }
        }
        chance / (2 * PANELS) as f64
    }
}

impl Missile {
    /// Time of flight to a range, s: linear rise to the top speed, then constant.
    pub fn time_of_flight_s(&self, range_m: f64) -> f64 {
        let boosted_m = 0.5 * self.speed_mps * self.boost_s;
        if range_m <= boosted_m {
            self.boost_s * (range_m / boosted_m).sqrt()
        } else {
            self.boost_s + (range_m - boosted_m) / self.speed_mps
        }
    }
}

impl Beam {
    /// Time on target at a range, s: spreading takes intensity by the square, air
    /// by Koschmieder's extinction 3.912 / visibility (H. Koschmieder, 1924).
    pub fn dwell_at_s(&self, range_m: f64) -> f64 {
        let spreading = 1.0 + (range_m / self.doubling_range_m).powi(2);
        self.dwell_s * spreading * (3.912 * range_m / self.visibility_m).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engagement::draw::Draw;

    #[test]
    fn time_of_flight_and_distance_are_inverse() {
        let gun = Gun::default();
        for range_m in [100.0, 900.0, 2_000.0] {
            assert!((gun.after(gun.time_of_flight_s(range_m)).0 - range_m).abs() < 1e-6);
        }
    }

    #[test]
    fn the_chance_of_a_burst_is_what_counting_finds() {
        let gun = Gun::default();
        let (range_m, track_m, rounds) = (1_200.0, 12.0, 60);
        let mut draw = Draw::new(9, 0);
        let bias_m = gun.bias_sigma_m(range_m, track_m);
        let spread_m = gun.dispersion_rad * range_m;
        let bursts = 4_000;
        let mut kills = 0;
        for _ in 0..bursts {
            let bias = [bias_m * draw.normal(), bias_m * draw.normal()];
            let killed = (0..rounds).any(|_| {
                let miss = [0, 1].map(|axis| bias[axis] + spread_m * draw.normal());
                let r2 = miss[0] * miss[0] + miss[1] * miss[1];
                draw.unit() < (-0.5 * r2 / gun.lethal_radius_m.powi(2)).exp()
            });
            kills += u32::from(killed);
        }
        let p = gun.burst_kill_chance(range_m, track_m, rounds);
        let counted = f64::from(kills) / f64::from(bursts);
        let four_errors = 4.0 * (p * (1.0 - p) / f64::from(bursts)).sqrt();
        assert!((p - counted).abs() < four_errors, "{p} against {counted}");
    }

    #[test]
    fn an_arc_and_a_floor_are_kept() {
        let mut gun = Effector::new("g".into(), Vector3::zeros(), Arm::Gun(Gun::default()));
        gun.arc_rad = [350f64.to_radians(), 370f64.to_radians()];
        assert!(gun.reaches(&Vector3::new(0.0, 900.0, 500.0)));
        assert!(!gun.reaches(&Vector3::new(900.0, 0.0, 500.0)));
        assert!(!gun.reaches(&Vector3::new(0.0, 900.0, 5.0)));
        assert!(!gun.reaches(&Vector3::new(0.0, 3_000.0, 500.0)));
    }

    #[test]
    fn not_a_number_is_refused() {
        let gun = Gun { dispersion_rad: f64::NAN, ..Gun::default() };
        let effector = Effector::new("g".into(), Vector3::zeros(), Arm::Gun(gun));
        assert_eq!(effector.validate().unwrap_err().field, "dispersion_rad");
    }
}
