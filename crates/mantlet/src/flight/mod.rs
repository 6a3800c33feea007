//! How things fall: air, drag, gravity, the integrators and where a flight meets
//! the ground.
//!
//! In: a [`World`], a [`Body`] and a [`State`] in the datum's local frame. Out: a
//! [`Trajectory`] that can be asked for any time, its [`Landing`], and how the
//! landing changes with everything it depends on ([`landing_derivatives`]).

mod air;
mod drag;
mod drag_table;
mod ground;
mod integrate;
mod projectile;
mod sensitivity;
mod trajectory;
mod world;

pub use air::{Air, WindLevel};
pub use drag::DragCurve;
pub use ground::{Ground, HeightField};
pub use projectile::{Body, State};
pub use sensitivity::{LandingDerivatives, landing_derivatives, transition};
pub use trajectory::{FlightError, Landing, Trajectory, fly, fly_back};
pub use world::World;
