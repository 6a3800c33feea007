//! The wide integrator: many flights at once, to the ground.
//!
//! In: a world and starts as a structure of arrays. Out: landings in the same
//! order. Method: the classical fourth-order Runge-Kutta step, in blocks of lanes
//! that one loop carries side by side, so that the compiler turns it into vector
//! instructions for the machine at hand; a lane that has landed takes up the next
//! flight. Air and drag come from uniform grids, gravity and height from polynomials
//! around the datum (`nearby.rs`).
//!
//! Step rule: `h = 0.1 / (k (Cd + 2 M |dCd/dM|) + 0.08)`, at most 1.5 s, with
//! `k = ½ ρ |v| A/m` and the steepest slope of the curve within 0.05 Mach. Nothing depends on other lanes and every
//! operation rounds once in a given order, so a flight gives the same bytes on any machine, in any
//! company, on any number of threads.
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

    fn append(&mut self, mut other: Self) {
        self.landed.append(&mut other.landed);
        self.time_s.append(&mut other.time_s);
        self.e_m.append(&mut other.e_m);
        self.n_m.append(&mut other.n_m);
        self.u_m.append(&mut other.u_m);
        self.ve_mps.append(&mut other.ve_mps);
        self.vn_mps.append(&mut other.vn_mps);
        self.vu_mps.append(&mut other.vu_mps);
    }
}

/// Flies all of `flights` to the ground, on the threads of the current pool.
pub fn land_many(world: &World, flights: &Flights) -> Landings {
    let tables = Tables::new(world, pulp::Arch::new());
    let count = flights.len();
    let chunks: Vec<Landings> = (0..count.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| land_chunk(&tables, flights, chunk * CHUNK, count.min((chunk + 1) * CHUNK)))
        .collect();
    let mut all = Landings::zeros(0);
    for chunk in chunks {
        all.append(chunk);
    }
    all
}

/// Flights `from..to`, through one block of lanes.
fn land_chunk(tables: &Tables<'_>, flights: &Flights, from: usize, to: usize) -> Landings {
    let mut landings = Landings::zeros(to - from);
    let mut lanes = Lanes::new();
    let mut waiting = (from..to).filter(|&i| flights.sound(i));
    let load = |lanes: &mut Lanes, lane: usize, i: usize| {
        lanes.flight[lane] = i - from;
        lanes.e[lane] = flights.e_m[i];
        lanes.n[lane] = flights.n_m[i];
        lanes.u[lane] = flights.u_m[i];
        lanes.ve[lane] = flights.ve_mps[i];
        lanes.vn[lane] = flights.vn_mps[i];
        lanes.vu[lane] = flights.vu_mps[i];
        lanes.area[lane] = flights.area_per_mass_m2kg[i];
        lanes.cell[lane] = drag_grid::first_cell(flights.curve[i]) as u64;
        lanes.we[lane] = flights.extra_wind_en_mps[i][0];
        lanes.wn[lane] = flights.extra_wind_en_mps[i][1];
        lanes.start(lane);
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
                landings.landed[slot] = true;
                landings.time_s[slot] = lanes.t[lane];
                landings.e_m[slot] = lanes.e[lane];
                landings.n_m[slot] = lanes.n[lane];
                landings.u_m[slot] = lanes.u[lane];
                landings.ve_mps[slot] = lanes.ve[lane];
                landings.vn_mps[slot] = lanes.vn[lane];
                landings.vu_mps[slot] = lanes.vu[lane];
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
    landings
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
        assert_eq!(land_chunk(&tables, &flights, 0, 203), native);
        let alone = land_chunk(&tables, &flights, 57, 58);
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
