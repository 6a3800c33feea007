//! How a round comes apart when it is hit, and what an effector's own rounds leave.
//!
//! In: what was hit, its state, how it breaks. Out: pieces with mass, area, state
//! and count. Mass and count are conserved exactly; so is momentum, because the
//! pieces' extra velocities are taken about their own mean.
//!
//! Method: a round that is hit either detonates or not. Detonated, the case breaks
//! into fragments whose masses follow Mott's law `N(>m) = N₀ exp(-√(m/μ))` (N. F.
//! Mott, "Fragmentation of shell cases", Proc. Royal Society A 189 (1947) 300;
//! mean `2 μ`), thrown out in all directions at Gurney's velocity (R. W. Gurney,
//! BRL Report 405, 1943), and the body falls on. Not detonated, warhead and body
//! fall apart or whole. Fragments are carried by a few strata, each for many.
//!
//! Limits: nobody publishes these shares for interceptions of this kind: they are
//! parameters with ranges, never constants.

use nalgebra::Vector3;

use crate::engagement::Arm;
use crate::engagement::Draw;
use crate::engagement::Effector;
use crate::flight::Body;
use crate::flight::State;

use super::round::{Make, TUMBLING};

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PieceKind {
    /// The round in one piece, its fuze or fins gone.
    Whole,
    /// A warhead that did not detonate in the air.
    Warhead,
    /// An empty body.
    Body,
    /// A fragment of a round.
    Fragment,
    /// A fragment of an effector's round that destroyed itself.
    Spent,
    /// An effector's round that failed to destroy itself, or an empty interceptor.
    Dud,
}

impl PieceKind {
    /// The word used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Warhead => "warhead",
            Self::Body => "body",
            Self::Fragment => "fragment",
            Self::Spent => "spent",
            Self::Dud => "dud",
        }
    }

    /// Whether it is a large part of a round.
    pub fn is_part(self) -> bool {
        matches!(self, Self::Whole | Self::Warhead | Self::Body)
    }

    /// Whether it comes of the effector and not of the threat.
    pub fn is_of_effector(self) -> bool {
        matches!(self, Self::Spent | Self::Dud)
    }
}

/// A piece at the moment of break-up.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// What it is.
    pub kind: PieceKind,
    /// How many like it this one stands for.
    pub count: f64,
    /// Mass of one, kg.
    pub mass_kg: f64,
    /// Mean presented area of one, m².
    pub area_m2: f64,
    /// Its drag over that of the mean tumbling body of this area.
    pub drag_factor: f64,
    /// Chance that it detonates where it lands.
    pub detonates: f64,
    /// Lethal radius if it does, m.
    pub lethal_radius_m: f64,
    /// Where and how it starts.
    pub state: State,
    /// When, s.
    pub start_s: f64,
}

impl Piece {
    /// Its drag: area over mass on the tumbling curve, as much more or less as it has.
    pub fn body(&self) -> Body {
        let area_m2 = self.area_m2 * self.drag_factor;
        Body { curve: TUMBLING, area_per_mass_m2kg: area_m2 / self.mass_kg }
    }
}

/// How things break.
#[derive(Clone, Debug, PartialEq)]
pub struct BreakUp {
    /// Chance that the warhead detonates in the air when the round is hit [0, 1].
    pub detonates_in_air: f64,
    /// Chance that a round that is hit and does not detonate stays whole [0, 1].
    pub stays_whole: f64,
    /// Chance that a warhead or a whole round that fell detonates on the ground
    /// [0, 1].
    pub detonates_on_ground: f64,
    /// Speed at which a detonation throws fragments, m/s [100, 3000].
    pub gurney_mps: f64,
    /// Speed at which parts of a broken round fly apart, m/s [0, 200].
    pub parting_mps: f64,
    /// Strata that carry the fragments of one warhead [1, 10 000].
    pub strata: u32,
    /// Density of fragments, kg/m³.
    pub density_kg_m3: f64,
    /// Least and most drag of a piece over that of the mean tumbling body [0.3, 3]: each
    /// piece draws its own, even in the logarithm.
    pub drag_range: [f64; 2],
}

impl Default for BreakUp {
    fn default() -> Self {
        Self {
            detonates_in_air: 0.5,
            stays_whole: 0.2,
            detonates_on_ground: 0.5,
            gurney_mps: 1_200.0,
            parting_mps: 15.0,
            strata: 24,
            density_kg_m3: 7_850.0,
            drag_range: TUMBLING.range(),
        }
    }
}

/// Mean presented area of a tumbling chunk of steel, m²: a quarter of its surface
/// (A. Cauchy, 1841), for a box of sides 1:1:2.5. Chosen: naturally broken steel is
/// longer than wide.
fn chunk_area_m2(mass_kg: f64, density_kg_m3: f64) -> f64 {
    // Surface of a 1:1:2.5 box over (volume)^(2/3): 12 / 2.5^(2/3) = 6.515; a quarter of it.
    1.629 * (mass_kg / density_kg_m3).powf(2.0 / 3.0)
}

/// Mott's law in `strata` shares of equal count: the mean mass of each over the
/// mean mass of all, in ascending order. They add up to `strata`.
pub fn mott_shares(strata: u32) -> Vec<f64> {
    // With x = √(m/μ) exponential: mass above quantile x, per fragment of mean 2μ, is
    // e^-x (x² + 2x + 2) / 2.
    let above = |q: f64| {
        if q >= 1.0 {
            return 0.0;
        }
        let x = -(1.0 - q).ln();
        (1.0 - q) * (x * x + 2.0 * x + 2.0) / 2.0
    };
    let n = f64::from(strata);
    (0..strata).map(|i| n * (above(f64::from(i) / n) - above(f64::from(i + 1) / n))).collect()
}

impl BreakUp {
    /// The pieces of a round that is hit in a state at a time.
    pub fn break_round(
        &self,
        make: &Make,
        state: &State,
        start_s: f64,
        draw: &mut Draw,
    ) -> Vec<Piece> {
        let pieces = self.broken(make, state, start_s, draw);
        self.tumbling(pieces, draw)
    }

    /// The pieces, each with a drag of its own.
    fn tumbling(&self, mut pieces: Vec<Piece>, draw: &mut Draw) -> Vec<Piece> {
        let [low, high] = self.drag_range;
        pieces.iter_mut().for_each(|p| p.drag_factor = low * (high / low).powf(draw.unit()));
        pieces
    }

    fn broken(&self, make: &Make, state: &State, start_s: f64, draw: &mut Draw) -> Vec<Piece> {
        let detonated = draw.unit() < self.detonates_in_air;
        let whole = draw.unit() < self.stays_whole;
        let warhead_kg = make.case_kg + make.filling_kg;
        let piece = |kind, mass_kg, area_m2, explosive: bool| Piece {
            kind,
            count: 1.0,
            mass_kg,
            area_m2,
            drag_factor: 1.0,
            detonates: if explosive { self.detonates_on_ground } else { 0.0 },
            lethal_radius_m: make.lethal_radius_m,
            state: *state,
            start_s,
        };
        if detonated {
            let mut pieces = vec![piece(PieceKind::Body, make.body_kg, make.body_area_m2, false)];
            let fragments = self.fragments(
                PieceKind::Fragment,
                make.case_kg,
                make.fragment_kg,
                self.strata,
                self.gurney_mps,
                state,
                start_s,
                draw,
            );
            pieces.extend(fragments);
            pieces
        } else if whole {
            let area_m2 = make.body_area_m2 + make.warhead_area_m2;
            vec![piece(PieceKind::Whole, make.mass_kg(), area_m2, true)]
        } else {
            let mut pieces = vec![
                piece(PieceKind::Warhead, warhead_kg, make.warhead_area_m2, true),
                piece(PieceKind::Body, make.body_kg, make.body_area_m2, false),
            ];
            // Equal and opposite momenta along one direction.
            let apart = Vector3::from(draw.direction()) * self.parting_mps;
            pieces[0].state.velocity_enu_mps += apart * (make.body_kg / make.mass_kg());
            pieces[1].state.velocity_enu_mps -= apart * (warhead_kg / make.mass_kg());
            pieces
        }
    }

    /// What an effector's rounds leave that flew on: fragments of those that
    /// destroyed themselves, and duds. `from_enu_m` and `to_enu_m` are the effector
    /// and the place they flew towards; they pass it.
    pub fn break_spent(
        &self,
        effector: &Effector,
        fired_s: f64,
        to_enu_m: &Vector3<f64>,
        flew_on: u32,
        draw: &mut Draw,
    ) -> Vec<Piece> {
        let line = to_enu_m - effector.position_enu_m;
        let range_m = line.norm().max(1.0);
        let along = line / range_m;
        let pieces = match &effector.arm {
            Arm::Beam(_) => Vec::new(),
            Arm::Missile(missile) => (0..flew_on)
                .map(|_| Piece {
                    kind: PieceKind::Dud,
                    count: 1.0,
                    mass_kg: missile.empty_mass_kg,
                    area_m2: missile.area_m2,
                    drag_factor: 1.0,
                    detonates: 0.0,
                    lethal_radius_m: 0.0,
                    state: State {
                        position_enu_m: *to_enu_m,
                        velocity_enu_mps: along * missile.speed_mps
                            + Vector3::from(draw.direction()) * self.parting_mps,
                    },
                    start_s: fired_s + missile.time_of_flight_s(range_m),
                })
                .collect(),
            Arm::Gun(gun) => {
                let duds = draw.binomial(flew_on, gun.dud_rate);
                let (distance_m, speed_mps) = gun.after(gun.self_destruct_s);
                let sink_m = 0.5 * 9.81 * gun.self_destruct_s.powi(2);
                let start_s = fired_s + gun.self_destruct_s;
                let at = |draw: &mut Draw| {
                    let across = Vector3::from(draw.direction()).cross(&along);
                    let along = (along + across * gun.dispersion_rad * draw.normal()).normalize();
                    State {
                        position_enu_m: effector.position_enu_m + along * distance_m
                            - Vector3::z() * sink_m,
                        velocity_enu_mps: along * speed_mps
                            - Vector3::z() * (9.81 * gun.self_destruct_s),
                    }
                };
                let mut pieces: Vec<Piece> = (0..duds)
                    .map(|_| Piece {
                        kind: PieceKind::Dud,
                        count: 1.0,
                        mass_kg: gun.round_mass_kg,
                        area_m2: gun.round_area_m2,
                        drag_factor: 1.0,
                        detonates: 0.0,
                        lethal_radius_m: 0.0,
                        state: at(draw),
                        start_s,
                    })
                    .collect();
                let spent = flew_on - duds;
                if spent > 0 {
                    let state = at(draw);
                    pieces.extend(self.fragments(
                        PieceKind::Spent,
                        f64::from(spent) * gun.round_mass_kg,
                        gun.fragment_mass_kg,
                        6,
                        self.gurney_mps * 0.3,
                        &state,
                        start_s,
                        draw,
                    ));
                }
                pieces
            }
        };
        self.tumbling(pieces, draw)
    }

    /// `mass_kg` of fragments of a mean mass in strata of equal count, thrown out
    /// about their common motion.
    #[allow(clippy::too_many_arguments)]
    fn fragments(
        &self,
        kind: PieceKind,
        mass_kg: f64,
        mean_kg: f64,
        strata: u32,
        throw_mps: f64,
        state: &State,
        start_s: f64,
        draw: &mut Draw,
    ) -> Vec<Piece> {
        let count = mass_kg / mean_kg / f64::from(strata);
        let mut pieces: Vec<Piece> = mott_shares(strata)
            .into_iter()
            .map(|share| {
                let one_kg = share * mean_kg;
                let mut state = *state;
                state.velocity_enu_mps += Vector3::from(draw.direction()) * throw_mps;
                Piece {
                    kind,
                    count,
                    mass_kg: one_kg,
                    area_m2: chunk_area_m2(one_kg, self.density_kg_m3),
                    drag_factor: 1.0,
                    detonates: 0.0,
                    lethal_radius_m: 0.0,
                    state,
                    start_s,
                }
            })
            .collect();
        let momentum: Vector3<f64> =
            pieces.iter().map(|p| p.state.velocity_enu_mps * (p.count * p.mass_kg)).sum();
        let drift = momentum / mass_kg - state.velocity_enu_mps;
        pieces.iter_mut().for_each(|p| p.state.velocity_enu_mps -= drift);
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engagement::Gun;
    use crate::harm::Makes;

    fn state() -> State {
        State {
            position_enu_m: Vector3::new(100.0, -400.0, 700.0),
            velocity_enu_mps: Vector3::new(80.0, 150.0, -160.0),
        }
    }

    #[test]
    fn mass_and_momentum_are_what_they_were() {
        let make = Makes::default().rocket;
        for seed in 0..40 {
            let how = BreakUp::default();
            let pieces = how.break_round(&make, &state(), 3.0, &mut Draw::new(seed, 0));
            let mass: f64 = pieces.iter().map(|p| p.count * p.mass_kg).sum();
            let momentum: Vector3<f64> =
                pieces.iter().map(|p| p.state.velocity_enu_mps * (p.count * p.mass_kg)).sum();
            // A filling that detonated is gas.
            let gone = if pieces.iter().any(|p| p.kind == PieceKind::Fragment) {
                make.filling_kg
            } else {
                0.0
            };
            assert!((mass + gone - make.mass_kg()).abs() < 1e-9);
            assert!((momentum / mass - state().velocity_enu_mps).norm() < 1e-9);
        }
    }

    #[test]
    fn every_round_that_flew_on_is_a_dud_or_in_fragments() {
        let gun = Gun { dud_rate: 0.3, ..Gun::default() };
        let effector = Effector::new("g".into(), Vector3::zeros(), Arm::Gun(gun.clone()));
        let to = state().position_enu_m;
        let pieces = BreakUp::default().break_spent(&effector, 0.0, &to, 50, &mut Draw::new(1, 0));
        let duds = pieces.iter().filter(|p| p.kind == PieceKind::Dud).count();
        let mass: f64 = pieces.iter().map(|p| p.count * p.mass_kg).sum();
        assert!(duds > 5 && duds < 25, "{duds}");
        assert!((mass - 50.0 * gun.round_mass_kg).abs() < 1e-9);
    }

    #[test]
    fn every_piece_has_a_drag_within_the_range_and_lands_accordingly() {
        let how = BreakUp { detonates_in_air: 1.0, ..BreakUp::default() };
        let pieces =
            how.break_round(Makes::default().of("rocket"), &state(), 3.0, &mut Draw::new(2, 0));
        let [low, high] = how.drag_range;
        let factors: Vec<f64> = pieces.iter().map(|p| p.drag_factor).collect();
        assert!(factors.iter().all(|f| (low..=high).contains(f)), "{factors:?}");
        let spread = |pick: fn(f64, f64) -> f64| factors.iter().copied().fold(1.0, pick);
        assert!(spread(f64::min) < 0.75 && spread(f64::max) > 1.2, "{factors:?}");
        let piece = &pieces[0];
        let plain = piece.area_m2 / piece.mass_kg;
        assert!((piece.body().area_per_mass_m2kg / plain - piece.drag_factor).abs() < 1e-12);
    }

    #[test]
    fn strata_hold_all_of_motts_mass() {
        let shares = mott_shares(24);
        assert!((shares.iter().sum::<f64>() - 24.0).abs() < 1e-9);
        assert!(shares.windows(2).all(|w| w[0] < w[1]));
    }
}
