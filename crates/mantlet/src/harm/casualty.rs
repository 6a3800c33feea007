//! Whom a falling thing hurts.
//!
//! In: pieces and rounds on the ground, zones with their people, when each zone
//! was warned. Out: expected casualties, the chance of at least one, the chance of
//! damage, per zone and by cause.
//!
//! Method: inert pieces by casualty area, `π (r_p + r_f)²` and the glancing term
//! `2 (r_p + r_f) h / tan γ` (FAA, *Flight Safety Analysis Handbook*, 2011, section
//! 7.3; AC 450.115-1A), above a threshold of kinetic energy (11 ft-lbf = 14.9 J,
//! RCC 321; 79 J is the older criterion for a fragment, DDESB TP-12). Rounds by
//! the diffuse Gaussian damage function of lethal radius R, whose integral over a
//! zone is `2 π R²` times the chance that a Gaussian of sigma R lies in it (A. R.
//! Washburn and M. Kress, *Combat Modeling*, 2009, section 2.3). Chances of at
//! least one are `1 - exp(-q A)` per thing, and things are independent.
//!
//! Limits: people are spread evenly over their zone; no bounce, slide or fire.

use crate::warning::Zone;
use crate::warning::ZoneKind;
use crate::warning::chance_within;

use super::debris::Fallen;
use super::shelter::{Cover, Posture};

/// What people and roofs withstand. Ranges in brackets.
#[derive(Clone, Debug, PartialEq)]
pub struct Vulnerability {
    /// Kinetic energy that hurts a person in the open, J [10, 100].
    pub open_j: f64,
    /// Energy at which a piece comes through an ordinary roof with enough left to
    /// hurt, J [50, 5000]. Chosen: 400, a light roof of sheet or tile.
    pub roof_j: f64,
    /// Energy at which it comes into a shelter, J [5e3, 1e7]. Chosen: 1e5.
    pub shelter_j: f64,
    /// Radius of a standing person seen from above, m [0.2, 0.5].
    pub person_radius_m: f64,
    /// Height of a person, m [0.3 lying, 1.9].
    pub person_height_m: f64,
    /// Share of the people in the open in quiet times [0, 1].
    pub outside: f64,
    /// A detonation's effect under a roof over that in the open [0.1, 1].
    pub roof_blast: f64,
    /// The same in a shelter [0, 0.3].
    pub shelter_blast: f64,
    /// Energy that damages a building or a car, J [20, 5000].
    pub damage_j: f64,
    /// Share of a zone's ground with something to damage on it [0, 1].
    pub built: f64,
}

impl Default for Vulnerability {
    fn default() -> Self {
        Self {
            open_j: 14.9,
            roof_j: 400.0,
            shelter_j: 1e5,
            person_radius_m: 0.3,
            person_height_m: 1.75,
            outside: 0.3,
            roof_blast: 0.5,
            shelter_blast: 0.1,
            damage_j: 100.0,
            built: 0.3,
        }
    }
}

/// A round that came down and went off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Burst {
    /// When, s.
    pub time_s: f64,
    /// Where, local east and north, m.
    pub position_en_m: [f64; 2],
    /// Lethal radius against people in the open, m.
    pub lethal_radius_m: f64,
}

/// Harm to one zone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ZoneHarm {
    /// Expected casualties.
    pub casualties: f64,
    /// Of which by rounds that got through.
    pub by_rounds: f64,
    /// Of which by what interception broke off.
    pub by_debris: f64,
    /// Of which by the effectors' own spent and dud rounds.
    pub by_duds: f64,
    /// Chance of at least one casualty.
    pub chance_of_any: f64,
    /// Chance that something is damaged.
    pub chance_of_damage: f64,
}

impl Vulnerability {
    /// Area in which a piece hurts a person under a cover, m².
    pub fn casualty_area_m2(&self, piece: &Fallen, cover: Cover) -> f64 {
        let threshold_j = match cover {
            Cover::Open => self.open_j,
            Cover::Roof => self.roof_j,
            Cover::Shelter => self.shelter_j,
        };
        if piece.energy_j < threshold_j {
            return 0.0;
        }
        let reach_m = self.person_radius_m + (piece.area_m2 / std::f64::consts::PI).sqrt();
        // Below 5 degrees it would slide over people who lie or stand behind others.
        let slope = piece.dive_rad.max(5f64.to_radians()).tan();
        let glancing = match cover {
            Cover::Open => 2.0 * reach_m * self.person_height_m / slope,
            Cover::Roof | Cover::Shelter => 0.0,
        };
        std::f64::consts::PI * reach_m * reach_m + glancing
    }

    fn blast(&self, posture: &Posture) -> f64 {
        posture.open + self.roof_blast * posture.roof + self.shelter_blast * posture.shelter
    }

    fn posture(&self, zone: &Zone, warned_s: Option<f64>, time_s: f64) -> Posture {
        Posture::at(self.outside, warned_s, zone.shelter_s, time_s)
    }

    /// People of a zone per square metre, weighed by a detonation's effect on them.
    fn blast_density(&self, zone: &Zone, warned_s: Option<f64>, time_s: f64) -> f64 {
        zone.population / zone.area_m2() * self.blast(&self.posture(zone, warned_s, time_s))
    }

    /// Expected casualties in a zone by a detonation whose place is Gaussian
    /// (`[ee, en, nn]`, m²; zero for a known place).
    pub fn casualties_by_burst(
        &self,
        zone: &Zone,
        warned_s: Option<f64>,
        burst: &Burst,
        covariance_m2: [f64; 3],
    ) -> f64 {
        let r2 = burst.lethal_radius_m * burst.lethal_radius_m;
        let spread = [covariance_m2[0] + r2, covariance_m2[1], covariance_m2[2] + r2];
        let inside = chance_within(burst.position_en_m, spread, zone.polygon_en_m(), 0.0);
        self.blast_density(zone, warned_s, burst.time_s) * std::f64::consts::TAU * r2 * inside
    }

    /// Expected casualties per square metre's worth of density by one inert piece.
    pub fn hurt_area_m2(&self, zone: &Zone, warned_s: Option<f64>, piece: &Fallen) -> f64 {
        let posture = self.posture(zone, warned_s, piece.time_s);
        posture
            .shares()
            .into_iter()
            .map(|(cover, share)| share * self.casualty_area_m2(piece, cover))
            .sum()
    }
}

/// Harm per zone, in the zones' order. `warned_s`: when each was first warned.
pub fn assess(
    zones: &[Zone],
    warned_s: &[Option<f64>],
    rounds: &[Burst],
    fallen: &[Fallen],
    how: &Vulnerability,
) -> Vec<ZoneHarm> {
    zones
        .iter()
        .zip(warned_s)
        .map(|(zone, warned)| zone_harm(zone, *warned, rounds, fallen, how))
        .collect()
}

fn zone_harm(
    zone: &Zone,
    warned_s: Option<f64>,
    rounds: &[Burst],
    fallen: &[Fallen],
    how: &Vulnerability,
) -> ZoneHarm {
    let mut harm = ZoneHarm::default();
    let (mut nobody, mut intact) = (1.0, 1.0);
    for burst in rounds {
        let hurt = how.casualties_by_burst(zone, warned_s, burst, [0.0; 3]);
        harm.by_rounds += hurt;
        nobody *= (-hurt).exp();
        let [e_m, n_m] = burst.position_en_m;
        if zone.distance_m(e_m, n_m) < burst.lethal_radius_m {
            intact *= 1.0 - how.built;
        }
    }
    let density = zone.population / zone.area_m2();
    for piece in fallen {
        let mut hurt = 0.0;
        let [e_m, n_m] = piece.position_en_m;
        if zone.contains(e_m, n_m) {
            hurt = piece.count * density * how.hurt_area_m2(zone, warned_s, piece);
            nobody *= (-hurt).exp();
            if piece.energy_j >= how.damage_j {
                intact *= (1.0 - how.built).powf(piece.count);
            }
        }
        if piece.detonates > 0.0 {
            let burst = Burst {
                time_s: piece.time_s,
                position_en_m: piece.position_en_m,
                lethal_radius_m: piece.lethal_radius_m,
            };
            let blast = how.casualties_by_burst(zone, warned_s, &burst, [0.0; 3]);
            hurt += piece.detonates * blast;
            nobody *= 1.0 - piece.detonates * -(-blast).exp_m1();
        }
        if piece.kind.is_of_effector() {
            harm.by_duds += hurt;
        } else {
            harm.by_debris += hurt;
        }
    }
    harm.casualties = harm.by_rounds + harm.by_debris + harm.by_duds;
    harm.chance_of_any = 1.0 - nobody;
    harm.chance_of_damage = 1.0 - intact;
    harm
}

/// Expected casualties over all zones when a round goes off at a Gaussian place;
/// `warned_s` by zone.
pub fn expected_casualties(
    zones: &[Zone],
    warned_s: &[Option<f64>],
    burst: &Burst,
    covariance_m2: [f64; 3],
    how: &Vulnerability,
) -> f64 {
    zones
        .iter()
        .zip(warned_s)
        .map(|(zone, warned)| how.casualties_by_burst(zone, *warned, burst, covariance_m2))
        .sum()
}

/// Whether a place may not have an intercept above it: within `margin_m` of a
/// keep-out zone. Gives that zone's name.
pub fn keep_out_over(zones: &[Zone], e_m: f64, n_m: f64, margin_m: f64) -> Option<&str> {
    zones
        .iter()
        .filter(|z| z.kind == ZoneKind::KeepOut)
        .find(|z| z.distance_m(e_m, n_m) <= margin_m)
        .map(|z| z.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harm::PieceKind;

    fn zone(side_m: f64, population: f64) -> Zone {
        let s = side_m / 2.0;
        let square = vec![[-s, -s], [s, -s], [s, s], [-s, s]];
        Zone::new("z".into(), "Z".into(), ZoneKind::Neighbour, population, 15.0, square).unwrap()
    }

    fn piece(energy_j: f64) -> Fallen {
        Fallen {
            kind: PieceKind::Body,
            engagement: 0,
            count: 1.0,
            mass_kg: 1.0,
            area_m2: 0.01,
            time_s: 10.0,
            position_en_m: [0.0, 0.0],
            energy_j,
            dive_rad: std::f64::consts::FRAC_PI_2,
            detonates: 0.0,
            lethal_radius_m: 0.0,
        }
    }

    #[test]
    fn a_piece_from_straight_above_has_the_published_area() {
        let how = Vulnerability::default();
        let want = std::f64::consts::PI * (0.3 + (0.01 / std::f64::consts::PI).sqrt()).powi(2);
        assert!((how.casualty_area_m2(&piece(20.0), Cover::Open) - want).abs() < 1e-9);
        assert_eq!(how.casualty_area_m2(&piece(14.8), Cover::Open), 0.0);
        assert_eq!(how.casualty_area_m2(&piece(20.0), Cover::Roof), 0.0);
    }

    #[test]
    fn a_round_in_a_wide_zone_hurts_its_lethal_area() {
        let how = Vulnerability { outside: 1.0, ..Vulnerability::default() };
        let burst = Burst { time_s: 0.0, position_en_m: [0.0, 0.0], lethal_radius_m: 10.0 };
        let harm = assess(&[zone(400.0, 1_600.0)], &[None], &[burst], &[], &how)[0];
        let want = 0.01 * std::f64::consts::TAU * 100.0;
        assert!((harm.by_rounds - want).abs() < 1e-6 * want, "{harm:?}");
        assert!((harm.chance_of_any - (1.0 - (-want).exp())).abs() < 1e-6);
    }

    #[test]
    fn shelter_reached_in_time_cuts_casualties_by_three_or_more() {
        // NUMBERS: warning with shelter cut casualties by a factor of 3 or more.
        let how = Vulnerability::default();
        let burst = Burst { time_s: 30.0, position_en_m: [0.0, 0.0], lethal_radius_m: 10.0 };
        let of = |warned| assess(&[zone(400.0, 1_600.0)], &[warned], &[burst], &[], &how)[0];
        assert!(of(None).casualties / of(Some(10.0)).casualties > 3.0);
        assert!(of(Some(25.0)).casualties < of(None).casualties);
    }
}
