//! How things fall: air, drag, gravity, the integrators and where a flight meets
//! the ground.
//!
//! In: a [`World`], a [`Body`] and a [`State`] in the datum's local frame. Out: a
//! [`Trajectory`] that can be asked for any time, its [`Landing`], and how the
//! landing changes with everything it depends on ([`landing_derivatives`]).

mod air;
mod air_grid;
mod drag;
mod drag_grid;
mod drag_table;
mod gravity;
mod ground;
mod integrate;
mod nearby;
mod projectile;
mod sensitivity;
mod sounding;
mod sounding_text;
mod trajectory;
mod vector;
mod wide;
mod wide_step;
mod world;

pub use air::{Air, WindLevel};
pub use drag::DragCurve;
pub use gravity::Gravity;
pub use ground::{Ground, HeightField};
pub use projectile::{Body, State};
pub use sensitivity::{LandingDerivatives, landing_derivatives, transition};
pub use sounding_text::SoundingError;
pub use trajectory::{FlightError, Landing, Trajectory, fly, fly_back};
pub use wide::{Flights, LONGEST_FLIGHT_S, Landings, land_many};
pub use world::World;
