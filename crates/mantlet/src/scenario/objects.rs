//! What truly moves through a simulated sky, and where it is at any time.

use nalgebra::Vector3;

use crate::flight::Body;
use crate::flight::State;
use crate::flight::Trajectory;

/// One true object.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its name in truth files.
    pub id: String,
    /// What it is: `rocket`, `mortar`, `artillery`, `airliner`, `helicopter`,
    /// `bird`, `tracer`, `debris`.
    pub class: String,
    /// When it comes into the sky, s from the scenario's start.
    pub start_s: f64,
    /// When it lands or leaves, s from the scenario's start.
    pub end_s: f64,
    /// Where it lands, local east, north, up, m; `None` for what stays up.
    pub lands_at_enu_m: Option<Vector3<f64>>,
    /// Its drag, for what falls.
    pub body: Option<Body>,
    /// How it moves.
    pub motion: Motion,
}

/// A way of moving; times are seconds from the object's start unless said.
#[derive(Clone, Debug)]
pub enum Motion {
    /// Ballistic, integrated backwards from its landing: the path's time is
    /// negative before landing.
    Flight(Trajectory),
    /// Ballistic, integrated forwards from its start.
    Forward(Trajectory),
    /// Level, at constant speed and turn rate.
    Turning {
        /// Where it starts, local, m.
        start_enu_m: Vector3<f64>,
        /// Heading clockwise from north, rad.
        heading_rad: f64,
        /// Speed, m/s.
        speed_mps: f64,
        /// Turn rate, clockwise, rad/s.
        turn_rate_radps: f64,
    },
    /// Straight legs of one second between points.
    Wander(Vec<Vector3<f64>>),
}

impl Object {
    /// Whether it comes down by itself and does harm there.
    pub fn is_threat(&self) -> bool {
        matches!(self.class.as_str(), "rocket" | "mortar" | "artillery")
    }

    /// Its state at a time, s from the scenario's start; `None` outside its life.
    pub fn at(&self, time_s: f64) -> Option<State> {
        if time_s < self.start_s || time_s >= self.end_s {
            return None;
        }
        let t = time_s - self.start_s;
        Some(match &self.motion {
            Motion::Flight(path) => path.at(time_s - self.end_s),
            Motion::Forward(path) => path.at(t),
            Motion::Turning { start_enu_m, heading_rad, speed_mps, turn_rate_radps } => {
                turning(start_enu_m, *heading_rad, *speed_mps, *turn_rate_radps, t)
            }
            Motion::Wander(points) => {
                let leg = (t as usize).min(points.len() - 2);
                let velocity_enu_mps = points[leg + 1] - points[leg];
                let position_enu_m = points[leg] + velocity_enu_mps * (t - leg as f64);
                State { position_enu_m, velocity_enu_mps }
            }
        })
    }
}

fn turning(start: &Vector3<f64>, heading: f64, speed: f64, rate: f64, t: f64) -> State {
    let now = heading + rate * t;
    let velocity_enu_mps = Vector3::new(now.sin(), now.cos(), 0.0) * speed;
    let moved = if rate.abs() < 1e-9 {
        velocity_enu_mps * t
    } else {
        Vector3::new(heading.cos() - now.cos(), now.sin() - heading.sin(), 0.0) * (speed / rate)
    };
    State { position_enu_m: start + moved, velocity_enu_mps }
}
