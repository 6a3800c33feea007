//! What would fall where if a round were broken up on its way: the debris corridor
//! under its remaining path.
//!
//! In: a track, its impact, and where interception is possible. Out: for some
//! moments of the path within reach, where typical pieces would come down and how
//! far that is spread. Method: the path is flown on, and at each moment a warhead,
//! a body and a fragment are flown to the ground with their own drag from the
//! round's state (the strewn-field method of range safety: FAA, *Flight Safety
//! Analysis Handbook*, 2011, chapter 5: a debris group has one ballistic
//! coefficient and a Gaussian spread).
//!
//! Limits: three groups stand for all pieces; the spread is the impact's own
//! covariance and the throw of the break-up, not the wind's over the longer fall.
//! Nothing here says when or whether anyone shoots.

use nalgebra::{Matrix2, Vector3};

use crate::flight::Body;
use crate::flight::DragCurve;
use crate::flight::Flights;
use crate::flight::State;
use crate::flight::World;
use crate::flight::fly;
use crate::flight::land_many;
use crate::time::Timestamp;
use crate::tracking::Track;

use super::Impact;

/// Moments of the path at which it may break. Chosen: over the two kilometres of a
/// gun one each 400 m, about the spread of the pieces from one of them.
const BREAKS: usize = 5;
/// Step in which the path is searched for the part within reach, s.
const STEP_S: f64 = 0.25;
/// Reference area over mass of a piece (m²/kg, tumbling) and how far a break-up
/// throws it, m/s and m: warhead, body, fragment, as in `docs/models/harm.md`
/// (28 cm² a kilogram and 60 cm² of a 15 kg rocket's parts; 15 m/s of parting;
/// a fragment thrown out at 1200 m/s is stopped by the air within about 100 m).
const GROUPS: [(f64, f64, f64); 3] =
    [(3.7e-3, 15.0, 0.0), (8.0e-3, 15.0, 0.0), (3.0e-2, 15.0, 100.0)];

/// A place from which rounds may be intercepted, and how far from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// Local east, north, up, m.
    pub position_enu_m: Vector3<f64>,
    /// Nearest and furthest slant range, m.
    pub range_m: [f64; 2],
}

/// Where one group of pieces would come down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fall {
    /// When.
    pub time: Timestamp,
    /// Local east and north, m.
    pub position_en_m: [f64; 2],
    /// Covariance of east and north, m².
    pub covariance_en_m2: Matrix2<f64>,
}

/// What would fall if a round were broken up on the rest of its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Corridor {
    /// The round's track.
    pub track_id: u64,
    /// One entry for each moment at which it may break, as likely as the others.
    pub breaks: Vec<Vec<Fall>>,
}

/// The corridor of a track that comes down; `None` where nothing reaches its path.
pub fn debris_corridor(
    world: &World,
    track: &Track,
    impact: &Impact,
    reaches: &[Reach],
) -> Option<Corridor> {
    let state = State {
        position_enu_m: track.position_enu_m(),
        velocity_enu_mps: track.velocity_enu_mps(),
    };
    let body = Body { curve: track.curve, area_per_mass_m2kg: track.area_per_mass_m2kg() };
    let flight_s = impact.time.since_s(track.time);
    if reaches.is_empty() || flight_s <= STEP_S {
        return None;
    }
    let path = fly(world, &body, &state, flight_s).ok()?;
    let steps = (flight_s / STEP_S) as usize;
    let in_reach: Vec<f64> = (0..=steps)
        .map(|i| i as f64 * STEP_S)
        .filter(|t| {
            let p = path.at(*t).position_enu_m;
            reaches.iter().any(|r| {
                let range_m = (p - r.position_enu_m).norm();
                (r.range_m[0]..=r.range_m[1]).contains(&range_m)
            })
        })
        .collect();
    let (first, last) = (*in_reach.first()?, *in_reach.last()?);
    let moments: Vec<f64> =
        (0..BREAKS).map(|i| first + (last - first) * (i as f64 + 0.5) / BREAKS as f64).collect();
    let mut flights = Flights::with_capacity(BREAKS * GROUPS.len());
    for moment in &moments {
        for (area_per_mass_m2kg, ..) in GROUPS {
            let piece = Body { curve: DragCurve::Fragment, area_per_mass_m2kg };
            flights.push(&piece, &path.at(*moment));
        }
    }
    let landings = land_many(world, &flights);
    let breaks = moments.iter().enumerate().map(|(m, moment)| {
        let group = |(g, (_, parting_mps, thrown_m)): (usize, &(f64, f64, f64))| {
            let i = m * GROUPS.len() + g;
            let fall_s = landings.time_s[i];
            let spread_m2 = (parting_mps * fall_s).powi(2) / 3.0 + thrown_m * thrown_m / 3.0;
            landings.landed[i].then(|| Fall {
                time: track.time + (moment + fall_s),
                position_en_m: [landings.e_m[i], landings.n_m[i]],
                covariance_en_m2: impact.covariance_en_m2 + Matrix2::identity() * spread_m2,
            })
        };
        GROUPS.iter().enumerate().filter_map(group).collect()
    });
    Some(Corridor { track_id: track.id, breaks: breaks.collect() })
}
