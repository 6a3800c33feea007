//! Where and when a track comes down.
//!
//! In: a track and the world; out: the impact with its covariance. The mean is
//! the track's mean flown to the ground; the covariance is the track's carried
//! through the derivatives of the landing (first order), widened by what the
//! track does not hold: wind, air density and the drag curve's shape over the
//! rest of the flight.
//!
//! Limits: first order in the track's errors, so a flat path over rough ground
//! or a belief of several hundred metres is only roughly right.

use nalgebra::{Matrix2, SMatrix, Vector3};

use crate::flight::Body;
use crate::flight::State;
use crate::flight::World;
use crate::flight::quick_landing;
use crate::time::Timestamp;
use crate::tracking::Kind;
use crate::tracking::Status;
use crate::tracking::Track;

/// Standard deviation of each wind component against the world's, m/s. Chosen:
/// a sounding a few hours old.
const WIND_SIGMA_MPS: f64 = 0.5;
/// Standard deviation of ln(density). Chosen: 3 K and 5 hPa against the world's.
const DENSITY_LN_SIGMA: f64 = 0.005;
/// Standard deviation of ln(drag coefficient) of the rest of the flight against
/// that of the part seen. Chosen: the drag curve of the class is not the round's.
const DRAG_LN_SIGMA: f64 = 0.005;
/// Acceleration left out, m²/s³: the tracker's own process noise.
const ACCELERATION_M2S3: f64 = 0.001;
/// Probability of falling from which on an impact is worth stating. Chosen: an
/// aircraft is given away by then, a round is not yet delayed by more than a scan.
const FALLING_PROBABILITY: f64 = 0.95;

/// Fewest plots to predict from. Chosen: two leave the velocity uncertain by tens
/// of metres a second and the impact by a kilometre.
const LEAST_PLOTS: u32 = 3;
/// Plots from which on a track that is no longer seen still says where it lands.
/// Chosen: a tracer burns out or is mixed up with the next one within some plots; a
/// round that was seen ten times is one, and before that it only waits for a plot.
const SETTLED_PLOTS: u32 = 10;

/// Numbers from here on are of tracks that others see, passed on by a region.
pub const FOREIGN: u64 = 1 << 52;

/// Where and when a track comes down.
#[derive(Clone, Debug, PartialEq)]
pub struct Impact {
    /// The track.
    pub track_id: u64,
    /// What it is.
    pub kind: Kind,
    /// When.
    pub time: Timestamp,
    /// Standard deviation of the time, s.
    pub time_sigma_s: f64,
    /// Where, east, north, up in the site's local frame, m.
    pub position_enu_m: Vector3<f64>,
    /// Covariance of east and north, m².
    pub covariance_en_m2: Matrix2<f64>,
    /// Velocity at impact, m/s.
    pub velocity_enu_mps: Vector3<f64>,
}

/// The impact of a confirmed track; `None` for what will not come down by gravity
/// and drag alone: aircraft, drones, birds, tracer, and what is not known yet.
pub fn predict_impact(world: &World, track: &Track) -> Option<Impact> {
    if !track.is_confirmed()
        || track.plot_count < LEAST_PLOTS
        || (track.status == Status::Coasting && track.plot_count < SETTLED_PLOTS)
        || track.ballistic_probability() < FALLING_PROBABILITY
    {
        return None;
    }
    let body = Body { curve: track.curve, area_per_mass_m2kg: track.area_per_mass_m2kg() };
    let state = State {
        position_enu_m: track.position_enu_m(),
        velocity_enu_mps: track.velocity_enu_mps(),
    };
    let found = quick_landing(world, &body, &state)?;
    let by_state = found.over_state;
    let mut spread = by_state * track.covariance * by_state.transpose();
    spread += found.over_wind * found.over_wind.transpose() * WIND_SIGMA_MPS.powi(2);
    // A factor on the density or on the drag coefficient acts as one on the area does.
    let by_drag = by_state.column(6);
    let drag_variance = DENSITY_LN_SIGMA.powi(2) + DRAG_LN_SIGMA.powi(2);
    spread += by_drag * by_drag.transpose() * drag_variance;
    let flight_s = found.landing.time_s;
    for axis in 0..2 {
        spread[(axis, axis)] += ACCELERATION_M2S3 * flight_s.powi(3) / 3.0;
    }
    let impact = Impact {
        track_id: track.id,
        kind: track.kind,
        time: track.time + flight_s,
        time_sigma_s: spread[(2, 2)].sqrt(),
        position_enu_m: found.landing.position_enu_m,
        covariance_en_m2: spread.fixed_view::<2, 2>(0, 0).into_owned(),
        velocity_enu_mps: found.landing.velocity_enu_mps,
    };
    let finite = spread.iter().chain(impact.position_enu_m.iter()).all(|x| x.is_finite());
    finite.then_some(impact)
}

/// Derivatives of the impact's east, north and time with respect to (position,
/// velocity, ln area per mass). `None` when the state never lands.
pub(super) fn landing_gradient(
    world: &World,
    body: &Body,
    state: &State,
) -> Option<SMatrix<f64, 3, 7>> {
    quick_landing(world, body, state).map(|found| found.over_state)
}
