//! What would fall where if a round were broken up on its way: the debris corridor
//! under its remaining path.
//!
//! In: a track, its impact, and where interception is possible. Out: for a warhead,
//! a body and a fragment, where it would come down and how far that is spread.
//! Method: the path is flown on, and from some moments of it within reach the three
//! are flown to the ground with their own drag from the round's state; each group's
//! landings are one Gaussian with the mean and covariance of all of them (the
//! strewn-field method of range safety: FAA, *Flight Safety Analysis Handbook*,
//! 2011, chapter 5: a debris group has one ballistic coefficient and a Gaussian
//! spread).
//!
//! A corridor is kept for a while ([`KeptCorridor`]): it is the dearest part of a scan and
//! changes slowly.
//!
//! Limits: three groups stand for all pieces; the spread is that of the moments, the
//! impact's own covariance and the throw of the break-up, not the wind's over the
//! longer fall; a corridor bent by wind is drawn straight.
//! Nothing here says when or whether anyone shoots.

use nalgebra::{Matrix2, Vector2, Vector3};

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

/// A corridor is made anew after this long, s. Chosen: the part of the path within reach
/// has moved on by about one of its [`BREAKS`].
const KEEP_S: f64 = 2.0;
/// A corridor is made anew when the impact moved by this much, or its spread changed by
/// it, m. Chosen: a fifth of what the parting of a body alone spreads it.
const KEEP_WITHIN_M: f64 = 30.0;

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
    /// First and last, over the moments at which the round may break.
    pub times: [Timestamp; 2],
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
    /// One entry for each group of pieces.
    pub falls: Vec<Fall>,
}

/// The corridor of a track and the impact that it was made with.
#[derive(Clone, Debug)]
pub struct KeptCorridor {
    made: Timestamp,
    track_id: u64,
    impact_en_m: Vector2<f64>,
    spread_m: f64,
    corridor: Option<Corridor>,
}

impl KeptCorridor {
    /// Makes it; see [`debris_corridor`].
    pub fn new(world: &World, track: &Track, impact: &Impact, reaches: &[Reach]) -> Self {
        Self {
            made: track.time,
            track_id: track.id,
            impact_en_m: impact.position_enu_m.xy(),
            spread_m: impact.covariance_en_m2.trace().sqrt(),
            corridor: debris_corridor(world, track, impact, reaches),
        }
    }

    /// Whether it is of this track and still says what a new one would, nearly.
    pub fn holds(&self, track: &Track, impact: &Impact) -> bool {
        let moved_m = (impact.position_enu_m.xy() - self.impact_en_m).norm();
        let spread_m = impact.covariance_en_m2.trace().sqrt();
        self.track_id == track.id
            && track.time.since_s(self.made) < KEEP_S
            && moved_m < KEEP_WITHIN_M
            && (spread_m - self.spread_m).abs() < KEEP_WITHIN_M
    }

    /// The corridor; `None` where nothing reaches the path.
    pub fn corridor(&self) -> Option<&Corridor> {
        self.corridor.as_ref()
    }
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
    let falls = (0..GROUPS.len()).filter_map(|group| {
        let landed: Vec<(usize, usize)> = (0..moments.len())
            .map(|m| (m, m * GROUPS.len() + group))
            .filter(|(_, i)| landings.landed[*i])
            .collect();
        let count = landed.len() as f64;
        let place = |i: usize| Vector2::new(landings.e_m[i], landings.n_m[i]);
        let mean = landed.iter().map(|(_, i)| place(*i)).sum::<Vector2<f64>>() / count;
        let (_, parting_mps, thrown_m) = GROUPS[group];
        let mut covariance = Matrix2::zeros();
        for (_, i) in &landed {
            let off = place(*i) - mean;
            let spread_m2 =
                ((parting_mps * landings.time_s[*i]).powi(2) + thrown_m * thrown_m) / 3.0;
            covariance += off * off.transpose() + Matrix2::identity() * spread_m2;
        }
        let time = |(m, i): &(usize, usize)| track.time + (moments[*m] + landings.time_s[*i]);
        Some(Fall {
            times: [landed.iter().map(time).min()?, landed.iter().map(time).max()?],
            position_en_m: [mean.x, mean.y],
            covariance_en_m2: impact.covariance_en_m2 + covariance / count,
        })
    });
    Some(Corridor { track_id: track.id, falls: falls.collect() })
}
