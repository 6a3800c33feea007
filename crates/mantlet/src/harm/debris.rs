//! Pieces on their way to the ground.
//!
//! In: pieces with their states and drag. Out: where, when and how hard each
//! lands. All are flown by the wide integrator in the same world as everything else, wind
//! included.

use crate::flight::Flights;
#[cfg(doc)]
use crate::flight::LONGEST_FLIGHT_S;
use crate::flight::World;
use crate::flight::land_many;

use super::breakup::{Piece, PieceKind};

/// A piece on the ground.
#[derive(Clone, Debug, PartialEq)]
pub struct Fallen {
    /// What it is.
    pub kind: PieceKind,
    /// The engagement it comes of.
    pub engagement: u64,
    /// How many like it this one stands for.
    pub count: f64,
    /// Mass of one, kg.
    pub mass_kg: f64,
    /// Mean presented area of one, m².
    pub area_m2: f64,
    /// When, s.
    pub time_s: f64,
    /// Where, local east and north, m.
    pub position_en_m: [f64; 2],
    /// Kinetic energy of one, J.
    pub energy_j: f64,
    /// Angle below the horizontal at which it comes in, rad.
    pub dive_rad: f64,
    /// Chance that it detonates there.
    pub detonates: f64,
    /// Lethal radius if it does, m.
    pub lethal_radius_m: f64,
}

/// Flies the pieces of an engagement to the ground, in their order. What has not landed
/// after [`LONGEST_FLIGHT_S`] is dust and is left out.
pub fn fall(world: &World, engagement: u64, pieces: &[Piece]) -> Vec<Fallen> {
    let with_number = |(_, piece)| Fallen { engagement, ..piece };
    landings(world, pieces).map(with_number).collect()
}

/// Where pieces land that belong to no engagement, each with its place in the list.
pub fn landings(world: &World, pieces: &[Piece]) -> impl Iterator<Item = (usize, Fallen)> {
    let mut flights = Flights::with_capacity(pieces.len());
    pieces.iter().for_each(|piece| flights.push(&piece.body(), &piece.state));
    let landings = land_many(world, &flights);
    let fallen = move |(i, piece): (usize, &Piece)| {
        let velocity = [landings.ve_mps[i], landings.vn_mps[i], landings.vu_mps[i]];
        let speed_mps = velocity.iter().map(|v| v * v).sum::<f64>().sqrt();
        let fallen = Fallen {
            kind: piece.kind,
            engagement: 0,
            count: piece.count,
            mass_kg: piece.mass_kg,
            area_m2: piece.area_m2,
            time_s: piece.start_s + landings.time_s[i],
            position_en_m: [landings.e_m[i], landings.n_m[i]],
            energy_j: 0.5 * piece.mass_kg * speed_mps * speed_mps,
            dive_rad: (-velocity[2] / speed_mps.max(1e-9)).clamp(-1.0, 1.0).asin(),
            detonates: piece.detonates,
            lethal_radius_m: piece.lethal_radius_m,
        };
        landings.landed[i].then_some((i, fallen))
    };
    pieces.iter().enumerate().filter_map(fallen)
}

#[cfg(test)]
mod tests {
    use nalgebra::Vector3;

    use super::*;
    use crate::flight::State;
    use crate::frames::Datum;
    use crate::frames::Wgs84;

    fn world() -> World {
        World::level(Datum::new(Wgs84::from_degrees(33.0, -30.0, 0.0).unwrap()))
    }

    fn burst(area_m2: f64, throw_mps: f64) -> Vec<Piece> {
        let directions = 60;
        (0..directions)
            .map(|i| {
                let turn = std::f64::consts::TAU * f64::from(i) / f64::from(directions);
                Piece {
                    kind: PieceKind::Fragment,
                    count: 10.0,
                    mass_kg: 0.01,
                    area_m2,
                    drag_factor: 1.0,
                    detonates: 0.0,
                    lethal_radius_m: 0.0,
                    state: State {
                        position_enu_m: Vector3::new(0.0, 0.0, 500.0),
                        velocity_enu_mps: Vector3::new(turn.cos(), turn.sin(), 0.0) * throw_mps,
                    },
                    start_s: 2.0,
                }
            })
            .collect()
    }

    #[test]
    fn without_air_a_point_break_up_lands_on_a_circle() {
        // Thrown level at v from height h: the circle of radius v √(2h/g), all at once, at
        // energy m (v²/2 + g h). Gravity's fall with height and the earth's turn stay below 0.2 %.
        let (height_m, throw_mps) = (500.0, 80.0);
        let g = -world().gravity_mps2(&Vector3::new(0.0, 0.0, 250.0)).z;
        let time_s = (2.0 * height_m / g).sqrt();
        let fallen = fall(&world(), 3, &burst(0.0, throw_mps));
        assert_eq!(fallen.len(), 60);
        for piece in &fallen {
            let [e_m, n_m] = piece.position_en_m;
            assert!((e_m.hypot(n_m) / (throw_mps * time_s) - 1.0).abs() < 2e-3);
            assert!((piece.time_s - 2.0 - time_s).abs() < 0.01);
            let want = 0.01 * (0.5 * throw_mps * throw_mps + g * height_m);
            assert!((piece.energy_j / want - 1.0).abs() < 2e-3);
        }
    }

    #[test]
    fn as_many_and_as_much_land_as_broke_off() {
        let pieces = burst(1e-4, 300.0);
        let fallen = fall(&world(), 0, &pieces);
        let count = |c: f64, m: f64| (c, c * m);
        let sum = |all: Vec<(f64, f64)>| all.iter().fold((0.0, 0.0), |s, x| (s.0 + x.0, s.1 + x.1));
        let before = sum(pieces.iter().map(|p| count(p.count, p.mass_kg)).collect());
        let after = sum(fallen.iter().map(|p| count(p.count, p.mass_kg)).collect());
        assert!((before.0 - after.0).abs() < 1e-9 && (before.1 - after.1).abs() < 1e-9);
        // Air slows them: they land inside the vacuum circle.
        let reach = fallen.iter().map(|p| p.position_en_m[0].hypot(p.position_en_m[1]));
        assert!(reach.fold(0.0, f64::max) < 300.0 * (2.0f64 * 500.0 / 9.81).sqrt());
    }
}
