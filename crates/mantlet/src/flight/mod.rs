//! How things fall: air, drag, gravity, the integrators and where a flight meets
//! the ground.
//!
//! In: a [`World`], a [`Body`] and a [`State`] in the datum's local frame. Out: a
//! [`Trajectory`] that can be asked for any time, its [`Landing`], and how the
//! landing changes with everything it depends on ([`landing_derivatives`]).

mod air;
mod air_grid;
mod crossing;
mod dop853;
mod dop853_table;
mod drag;
mod drag_grid;
mod drag_table;
mod gravity;
mod ground;
mod integrate;
mod lanes;
mod nearby;
mod piece;
mod projectile;
mod sensitivity;
mod sounding;
mod sounding_text;
mod trajectory;
mod variation;
mod vector;
mod wide;
mod wide_kernel;
mod wide_step;
mod world;

pub use air::{Air, WindLevel};
pub use drag::DragCurve;
pub use gravity::Gravity;
pub use ground::{Ground, HeightField};
pub use projectile::{Body, State};
pub use sensitivity::{QuickLanding, quick_landing, transition};
pub use sounding_text::SoundingError;
pub use trajectory::{FlightError, Landing, Trajectory, fly, fly_back};
pub use variation::{AirDoubt, LandingDerivatives, landing_derivatives, shape_weights};
pub use wide::{Flights, LONGEST_FLIGHT_S, Landings, land_many};
pub use world::World;
