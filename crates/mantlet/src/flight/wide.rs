//! The wide integrator: many flights at once, to the ground.
//!
//! In: a world and starts as a structure of arrays. Out: landings in the same
//! order. Method: the classical fourth-order Runge-Kutta step, in blocks of lanes
//! that one loop carries side by side in the machine's vector registers; a lane that
//! has landed takes up the next flight. Air and drag come from uniform grids, gravity
//! and height from polynomials around the datum (`nearby.rs`), the ground is met on the
//! cubic through a step's ends (`wide_step.rs`).
//!
//! Step rule, with `k = ½ ρ v A/m` and `r = k Cd` (1/s), `v` the speed through the air,
//! `b` the sharpest bend of the drag curve (change of slope per Mach) within 0.2 Mach:
//!
//! `1/h = 0.36 + 2e-6 vu² + 6 r + 0.0145 √(k v b (r v + 10) (10 + 0.2 vu + 0.004 z))`
//!
//! in metres and seconds, of climb `vu` and height `z` in the last bracket only what is
//! above zero. The root holds what a bend does to the landing: an error of speed that
//! grows with the bend and with the square of the step, times the rest of the flight.
//! Nothing depends on other lanes and every operation rounds once in a given order, so a
//! flight gives the same bytes on any machine, in any company, on any number of threads.
//!
//! Limits: within 0.5 m of the exact flight for flights up to 30 km (checked in
//! `tests/flight_wide.rs`); starts within 100 km of the datum.

use nalgebra::Vector3;
use rayon::prelude::*;

use super::drag_grid;
use super::lanes::Lanes;
use super::wide_kernel::Tables;
use super::{DragCurve, Landing, World};

/// Flights per task of the thread pool. Chosen: some milliseconds of work.
const CHUNK: usize = 2_048;

/// Starts of many flights, one array per quantity, in the datum's local frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flights {
    /// East, m.
    pub e_m: Vec<f64>,
    /// North, m.
    pub n_m: Vec<f64>,
    /// Up, m.
    pub u_m: Vec<f64>,
    /// Velocity east, m/s.
    pub ve_mps: Vec<f64>,
    /// Velocity north, m/s.
    pub vn_mps: Vec<f64>,
    /// Velocity up, m/s.
    pub vu_mps: Vec<f64>,
    /// Reference area over mass, m²/kg.
    pub area_per_mass_m2kg: Vec<f64>,
    /// Drag coefficient over Mach.
    pub curve: Vec<DragCurve>,
    /// Wind added to the world's profile for this flight, east and north, m/s.
    pub extra_wind_en_mps: Vec<[f64; 2]>,
}

impl Flights {
    /// Room for `count` flights.
    pub fn with_capacity(count: usize) -> Self {
        Self {
            e_m: Vec::with_capacity(count),
            n_m: Vec::with_capacity(count),
            u_m: Vec::with_capacity(count),
            ve_mps: Vec::with_capacity(count),
            vn_mps: Vec::with_capacity(count),
            vu_mps: Vec::with_capacity(count),
            area_per_mass_m2kg: Vec::with_capacity(count),
            curve: Vec::with_capacity(count),
            extra_wind_en_mps: Vec::with_capacity(count),
        }
    }

    /// Adds one flight.
    pub fn push(&mut self, body: &super::Body, state: &super::State) {
        self.push_in_wind(body, state, [0.0, 0.0]);
    }

    /// Adds one flight with its own wind added to the profile, `[east, north]`, m/s.
    pub fn push_in_wind(
        &mut self,
        body: &super::Body,
        state: &super::State,
        extra_wind_en_mps: [f64; 2],
    ) {
        let (p, v) = (&state.position_enu_m, &state.velocity_enu_mps);
        self.e_m.push(p.x);
        self.n_m.push(p.y);
        self.u_m.push(p.z);
        self.ve_mps.push(v.x);
        self.vn_mps.push(v.y);
        self.vu_mps.push(v.z);
        self.area_per_mass_m2kg.push(body.area_per_mass_m2kg);
        self.curve.push(body.curve);
        self.extra_wind_en_mps.push(extra_wind_en_mps);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.e_m.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.e_m.is_empty()
    }

    /// Removes all flights and keeps the room.
    pub fn clear(&mut self) {
        self.e_m.clear();
        self.n_m.clear();
        self.u_m.clear();
        self.ve_mps.clear();
        self.vn_mps.clear();
        self.vu_mps.clear();
        self.area_per_mass_m2kg.clear();
        self.curve.clear();
        self.extra_wind_en_mps.clear();
    }

    /// Whether flight `i` can be flown: finite and not implausible.
    fn sound(&self, i: usize) -> bool {
        let near = |x: f64, limit: f64| x.abs() <= limit;
        near(self.e_m[i], 1e6)
            && near(self.n_m[i], 1e6)
            && near(self.u_m[i], 1e6)
            && near(self.ve_mps[i], 1e4)
            && near(self.vn_mps[i], 1e4)
            && near(self.vu_mps[i], 1e4)
            && near(self.extra_wind_en_mps[i][0], 1e3)
            && near(self.extra_wind_en_mps[i][1], 1e3)
            && (0.0..=1e3).contains(&self.area_per_mass_m2kg[i])
    }
}

/// Where many flights landed, in the order of the [`Flights`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Landings {
    /// Whether the flight met the ground in [`LONGEST_FLIGHT_S`]; where it did not,
    /// or its start was not sound, its other numbers are zero.
    pub landed: Vec<bool>,
    /// From the start, s.
    pub time_s: Vec<f64>,
    /// East, m.
    pub e_m: Vec<f64>,
    /// North, m.
    pub n_m: Vec<f64>,
    /// Up, m.
    pub u_m: Vec<f64>,
    /// Velocity east, m/s.
    pub ve_mps: Vec<f64>,
    /// Velocity north, m/s.
    pub vn_mps: Vec<f64>,
    /// Velocity up, m/s.
    pub vu_mps: Vec<f64>,
}

/// Longest flight that is followed, s.
pub const LONGEST_FLIGHT_S: f64 = 900.0;

impl Landings {
    /// How many flights they answer.
    pub fn len(&self) -> usize {
        self.landed.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.landed.is_empty()
    }

    /// Landing `i`; `None` where that flight did not land.
    pub fn landing(&self, i: usize) -> Option<Landing> {
        self.landed[i].then(|| Landing {
            time_s: self.time_s[i],
            position_enu_m: Vector3::new(self.e_m[i], self.n_m[i], self.u_m[i]),
            velocity_enu_mps: Vector3::new(self.ve_mps[i], self.vn_mps[i], self.vu_mps[i]),
        })
    }

    fn zeros(count: usize) -> Self {
        let zeros = || vec![0.0; count];
        Self {
            landed: vec![false; count],
            time_s: zeros(),
            e_m: zeros(),
            n_m: zeros(),
            u_m: zeros(),
            ve_mps: zeros(),
            vn_mps: zeros(),
            vu_mps: zeros(),
        }
    }

    /// Parts of `length` landings, to be filled apart from each other.
    fn parts(&mut self, length: usize) -> Vec<Part<'_>> {
        let mut numbers = [
            &mut self.time_s,
            &mut self.e_m,
            &mut self.n_m,
            &mut self.u_m,
            &mut self.ve_mps,
            &mut self.vn_mps,
            &mut self.vu_mps,
        ]
        .map(|of| of.chunks_mut(length));
        self.landed
            .chunks_mut(length)
            .map(|landed| {
                let numbers = numbers.each_mut().map(|of| of.next().unwrap_or_default());
                Part { landed, numbers }
            })
            .collect()
    }
}

/// Some of the [`Landings`]: whether they are ones, and their numbers in the order there.
struct Part<'a> {
    landed: &'a mut [bool],
    numbers: [&'a mut [f64]; 7],
}

/// Flies all of `flights` to the ground, on the threads of the current pool.
pub fn land_many(world: &World, flights: &Flights) -> Landings {
    let tables = Tables::new(world, pulp::Arch::new());
    let mut landings = Landings::zeros(flights.len());
    landings
        .parts(CHUNK)
        .into_par_iter()
        .enumerate()
        .for_each(|(i, part)| land_part(&tables, flights, i * CHUNK, part));
    landings
}

/// The flights from `from` on, as many as the part holds, through one block of lanes.
fn land_part(tables: &Tables<'_>, flights: &Flights, from: usize, part: Part<'_>) {
    let to = from + part.landed.len();
    let mut lanes = Lanes::new();
    let mut waiting = (from..to).filter(|&i| flights.sound(i));
    let load = |lanes: &mut Lanes, lane: usize, i: usize| {
        lanes.flight[lane] = i - from;
        let position = [flights.e_m[i], flights.n_m[i], flights.u_m[i]];
        let velocity = [flights.ve_mps[i], flights.vn_mps[i], flights.vu_mps[i]];
        for k in 0..3 {
            (lanes.position[k][lane], lanes.velocity[k][lane]) = (position[k], velocity[k]);
        }
        for k in 0..2 {
            lanes.own_wind[k][lane] = flights.extra_wind_en_mps[i][k];
        }
        lanes.area[lane] = flights.area_per_mass_m2kg[i];
        lanes.cell[lane] = drag_grid::first_cell(flights.curve[i]) as u64;
        (lanes.time_s[lane], lanes.done[lane]) = (0.0, 0.0);
        tables.begin(lanes, lane);
    };
    while lanes.live < Lanes::COUNT {
        let Some(i) = waiting.next() else { break };
        let lane = lanes.live;
        load(&mut lanes, lane, i);
        lanes.live += 1;
    }
    while lanes.live > 0 {
        lanes.advance(tables);
        let mut lane = 0;
        while lane < lanes.live {
            if lanes.done[lane] == 0.0 {
                lane += 1;
                continue;
            }
            let slot = lanes.flight[lane];
            if lanes.done[lane] == 1.0 {
                part.landed[slot] = true;
                part.numbers[0][slot] = lanes.time_s[lane];
                for k in 0..3 {
                    part.numbers[1 + k][slot] = lanes.position[k][lane];
                    part.numbers[4 + k][slot] = lanes.velocity[k][lane];
                }
            }
            if let Some(i) = waiting.next() {
                load(&mut lanes, lane, i);
                lane += 1;
            } else {
                lanes.live -= 1;
                lanes.copy(lanes.live, lane);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flight::Body;
    use crate::flight::State;
    use crate::frames::Datum;
    use crate::frames::Wgs84;

    fn flights(count: usize) -> Flights {
        let mut flights = Flights::with_capacity(count);
        for i in 0..count {
            let x = (i as f64 * 0.618_034).fract();
            let body = Body {
                curve: DragCurve::ALL[i % DragCurve::ALL.len()],
                area_per_mass_m2kg: 2e-4 + 3e-3 * x * x,
            };
            let velocity_enu_mps = Vector3::new(300.0 * x, 200.0 - 300.0 * x, 150.0 + 100.0 * x);
            let position_enu_m = Vector3::new(10.0 * x, -5.0, 2.0);
            flights.push_in_wind(
                &body,
                &State { position_enu_m, velocity_enu_mps },
                [3.0 * x, 1.0],
            );
        }
        flights
    }

    fn world() -> World {
        World::level(Datum::new(Wgs84::from_degrees(33.0, -30.0, 0.0).unwrap()))
    }

    #[test]
    fn every_processor_and_company_give_the_same_bytes() {
        let (world, flights) = (world(), flights(203));
        let native = land_many(&world, &flights);
        assert!(native.landed.iter().all(|landed| *landed));
        let tables = Tables::new(&world, pulp::Arch::Scalar);
        let plainly = |from, count| {
            let mut landings = Landings::zeros(count);
            let part = landings.parts(count).remove(0);
            land_part(&tables, &flights, from, part);
            landings
        };
        assert_eq!(plainly(0, 203), native);
        let alone = plainly(57, 1);
        assert_eq!(alone.e_m[0].to_bits(), native.e_m[57].to_bits());
        assert_eq!(alone.time_s[0].to_bits(), native.time_s[57].to_bits());
    }

    #[test]
    fn what_cannot_be_flown_or_never_lands_is_flagged() {
        let mut flights = flights(3);
        flights.ve_mps[0] = f64::NAN;
        flights.vu_mps[1] = 9_000.0;
        flights.area_per_mass_m2kg[1] = 0.0;
        let landings = land_many(&world(), &flights);
        assert_eq!(landings.landed, [false, false, true]);
        assert!(landings.time_s.iter().all(|t| t.is_finite()));
    }
}
