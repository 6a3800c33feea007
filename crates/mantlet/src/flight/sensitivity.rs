//! How a flight changes with what it starts from.
//!
//! In: a state with the logarithm of area over mass. Out: the state after a step with
//! its Jacobian, for filters. Method: the variational equations along a fourth-order
//! Runge-Kutta flight through the grids of air and drag (E. Hairer, S. P. Norsett and G. Wanner, *Solving
//! Ordinary Differential Equations I*, 2nd ed., 1993, section I.14).

use nalgebra::{SMatrix, SVector, Vector3};

use super::air_grid::grid_index;
use super::drag_grid::{GRID, PER_MACH, SLOTS, first_cell};
use super::variation::at_ground;
use super::{Body, DragCurve, Flights, Landing, State, World, land_many};

type Vector7 = SVector<f64, 7>;
type Matrix7 = SMatrix<f64, 7, 7>;
type Velocity = Vector3<f64>;
/// Three rows of a Jacobian over the state.
type Rows = SMatrix<f64, 3, 7>;

/// Acceleration and its derivatives over position, velocity and the logarithm of
/// area over mass; air from the grid, the earth as near the datum (`nearby.rs`).
fn pull(world: &World, curve: DragCurve, x: &Vector7) -> (Vector3<f64>, SMatrix<f64, 3, 7>) {
    let (near, spin) = (world.nearby(), world.twice_rate());
    let height_m = near.height_m(x[0], x[1], x[2]);
    let (cell, at_m) = world.air.grid().at(height_m);
    let [density_0, density_slope, slowness_0, slowness_slope] = cell.gas;
    let [east_0, east_slope, north_0, north_slope] = cell.wind;
    let half_density = density_0 + density_slope * at_m;
    let slowness = slowness_0 + slowness_slope * at_m;
    let v = [x[3] - (east_0 + east_slope * at_m), x[4] - (north_0 + north_slope * at_m), x[5]];
    let speed = (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]).sqrt().max(1e-9);
    let mach = speed * slowness;
    let i = grid_index((mach * PER_MACH).min(254.0));
    let [cd, slope, ..] = GRID[(first_cell(curve) + i) & (SLOTS - 1)];
    let cd = cd + slope * mach;
    let area = x[6].exp();
    let rate = half_density * area * speed * cd;
    let g = near.gravity_mps2(x[0], x[1], x[2]);
    let acceleration = Vector3::new(
        g[0] - rate * v[0] - (spin.y * x[5] - spin.z * x[4]),
        g[1] - rate * v[1] - (spin.z * x[3] - spin.x * x[5]),
        g[2] - rate * v[2] - (spin.x * x[4] - spin.y * x[3]),
    );
    // d(rate)/dv = along × v, and d(rate)/dh through density, Mach and wind.
    let along = half_density * area * (cd + mach * slope) / speed;
    let over_wind = [along * east_slope, along * north_slope];
    let rate_over_height = density_slope * area * speed * cd
        + half_density * area * speed * slope * speed * slowness_slope
        - over_wind[0] * v[0]
        - over_wind[1] * v[1];
    let over_height = [
        rate * east_slope - rate_over_height * v[0],
        rate * north_slope - rate_over_height * v[1],
        -rate_over_height * v[2],
    ];
    let up = [2.0 * near.half_curvature[0] * x[0], 2.0 * near.half_curvature[1] * x[1], 1.0];
    let turn = [[0.0, spin.z, -spin.y], [-spin.z, 0.0, spin.x], [spin.y, -spin.x, 0.0]];
    let mut gradient = SMatrix::<f64, 3, 7>::zeros();
    for i in 0..3 {
        for j in 0..3 {
            gradient[(i, j)] = near.gradient[(i, j)] + over_height[i] * up[j];
            gradient[(i, j + 3)] = turn[i][j] - along * v[i] * v[j];
        }
        gradient[(i, i + 3)] -= rate;
        gradient[(i, 6)] = -rate * v[i];
    }
    (acceleration, gradient)
}

/// Longest step of the filter's integrator, s. Chosen: 0.5 s keeps a 300 m/s round
/// within a centimetre of the exact flight.
const LONGEST_STEP_S: f64 = 0.5;

/// State after `dt_s` (forwards or backwards) and its Jacobian over the state
/// before. The state is local position (m), velocity (m/s) and the logarithm of
/// area over mass (m²/kg).
pub fn transition(
    world: &World,
    curve: DragCurve,
    state: &SVector<f64, 7>,
    dt_s: f64,
) -> (SVector<f64, 7>, SMatrix<f64, 7, 7>) {
    let steps = (dt_s.abs() / LONGEST_STEP_S).ceil().max(1.0);
    let h = dt_s / steps;
    let (mut x, mut phi) = (*state, Matrix7::identity());
    for step in 0..steps as usize {
        let (next, over) = one_step(world, curve, &x, h);
        x = next;
        phi = if step == 0 { over } else { over * phi };
    }
    (x, phi)
}

/// One Runge-Kutta step of the state and of the variational equations.
fn one_step(world: &World, curve: DragCurve, x: &Vector7, h: f64) -> (Vector7, Matrix7) {
    let start: Velocity = x.fixed_rows::<3>(3).into();
    let moved = |v: &Velocity, a: &Vector3<f64>, h: f64| {
        let mut y = *x;
        for i in 0..3 {
            y[i] += h * v[i];
            y[i + 3] += h * a[i];
        }
        y
    };
    // The Jacobian's rows of position and velocity, as they move with the stages.
    let (p1, q1) = (Rows::from_fn(|i, j| f64::from(u8::from(i == j))), unit_velocity());
    let turned = |gradient: &Rows, p: &Rows, q: &Rows| {
        let mut out = gradient.fixed_view::<3, 3>(0, 0) * p + gradient.fixed_view::<3, 3>(0, 3) * q;
        for i in 0..3 {
            out[(i, 6)] += gradient[(i, 6)];
        }
        out
    };
    let (a1, g1) = pull(world, curve, x);
    let b1 = turned(&g1, &p1, &q1);
    let half = 0.5 * h;
    let v2 = start + a1 * half;
    let (a2, g2) = pull(world, curve, &moved(&start, &a1, half));
    let (p2, q2) = (p1 + q1 * half, q1 + b1 * half);
    let b2 = turned(&g2, &p2, &q2);
    let v3 = start + a2 * half;
    let (a3, g3) = pull(world, curve, &moved(&v2, &a2, half));
    let (p3, q3) = (p1 + q2 * half, q1 + b2 * half);
    let b3 = turned(&g3, &p3, &q3);
    let v4 = start + a3 * h;
    let (a4, g4) = pull(world, curve, &moved(&v3, &a3, h));
    let (p4, q4) = (p1 + q3 * h, q1 + b3 * h);
    let b4 = turned(&g4, &p4, &q4);
    let sixth = h / 6.0;
    let mut phi = Matrix7::identity();
    phi.fixed_rows_mut::<3>(0).copy_from(&(p1 + (q1 + (q2 + q3) * 2.0 + q4) * sixth));
    phi.fixed_rows_mut::<3>(3).copy_from(&(q1 + (b1 + (b2 + b3) * 2.0 + b4) * sixth));
    let y = moved(&((start + (v2 + v3) * 2.0 + v4) / 6.0), &((a1 + (a2 + a3) * 2.0 + a4) / 6.0), h);
    (y, phi)
}

fn unit_velocity() -> Rows {
    Rows::from_fn(|i, j| f64::from(u8::from(i + 3 == j)))
}

/// A landing within half a metre and its derivatives within a hundredth, for what
/// asks for them many times a second; rows as in [`super::LandingDerivatives`].
#[derive(Clone, Debug, PartialEq)]
pub struct QuickLanding {
    /// The landing, by the wide integrator.
    pub landing: Landing,
    /// Over position (m), velocity (m/s) and the logarithm of area over mass at the
    /// start; the last is also that over the logarithm of air density.
    pub over_state: SMatrix<f64, 3, 7>,
    /// Over a uniform wind added to the profile, east and north, m/s.
    pub over_wind: SMatrix<f64, 3, 2>,
}

/// The landing of a flight and its derivatives, quickly; `None` where it does not come
/// down or cannot be flown.
pub fn quick_landing(world: &World, body: &Body, state: &State) -> Option<QuickLanding> {
    let mut flights = Flights::with_capacity(1);
    flights.push(body, state);
    let landing = land_many(world, &flights).landing(0)?;
    let mut x = Vector7::zeros();
    x.fixed_rows_mut::<3>(0).copy_from(&state.position_enu_m);
    x.fixed_rows_mut::<3>(3).copy_from(&state.velocity_enu_mps);
    x[6] = body.area_per_mass_m2kg.max(1e-12).ln();
    let (_, phi) = transition(world, body.curve, &x, landing.time_s);
    let over_state = at_ground(world, &landing, &phi.fixed_view::<3, 7>(0, 0).into_owned());
    // A uniform wind is the same as starting with less velocity in air that moves along.
    let mut drift = -phi.fixed_view::<3, 2>(0, 3).into_owned();
    drift[(0, 0)] += landing.time_s;
    drift[(1, 1)] += landing.time_s;
    Some(QuickLanding { landing, over_state, over_wind: at_ground(world, &landing, &drift) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flight::fly;
    use crate::flight::landing_derivatives;
    use crate::frames::Datum;
    use crate::frames::Wgs84;

    #[test]
    fn the_quick_landing_is_the_exact_one_but_for_a_hundredth() {
        let world = World::level(Datum::new(Wgs84::from_degrees(33.0, -30.0, 40.0).unwrap()));
        let body = Body { curve: DragCurve::Rocket, area_per_mass_m2kg: 4e-4 };
        let state = State {
            position_enu_m: Vector3::new(-3_000.0, -2_000.0, 1_500.0),
            velocity_enu_mps: Vector3::new(150.0, 100.0, 40.0),
        };
        let exact = landing_derivatives(&world, &body, &state).unwrap();
        let quick = quick_landing(&world, &body, &state).unwrap();
        let off = exact.landing.position_enu_m - quick.landing.position_enu_m;
        assert!(off.norm() < 0.5, "{off}");
        let near = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 3e-3, "{a} {b}");
        near(quick.over_state.norm(), exact.over_state.norm());
        for i in 0..7 {
            let off = quick.over_state.column(i) - exact.over_state.column(i);
            assert!(off.norm() < 3e-3 * exact.over_state.column(i).norm(), "{i}: {off}");
        }
        let off = quick.over_wind - exact.over_wind;
        // The turning earth moves what the wind carries off: left out.
        assert!(off.norm() < 1e-2 * exact.over_wind.norm(), "{off}");
    }

    #[test]
    fn a_transition_is_the_exact_flight_within_a_few_centimetres() {
        let world = World::level(Datum::new(Wgs84::from_degrees(33.0, -30.0, 40.0).unwrap()));
        let body = Body { curve: DragCurve::Rocket, area_per_mass_m2kg: 4e-4 };
        let start = Vector7::from([-3e3, -2e3, 1.5e3, 150.0, 100.0, 40.0, 4e-4f64.ln()]);
        let exact = |x: &Vector7, b: &Body| {
            let state = State {
                position_enu_m: x.fixed_rows::<3>(0).into(),
                velocity_enu_mps: x.fixed_rows::<3>(3).into(),
            };
            fly(&world, b, &state, 20.0).unwrap().at(15.0)
        };
        let (end, over) = transition(&world, body.curve, &start, 15.0);
        let found = exact(&start, &body);
        let off: Velocity = found.position_enu_m - end.fixed_rows::<3>(0);
        assert!(off.norm() < 0.03, "{off}");
        for i in 0..7 {
            let step = [1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 1e-3][i];
            let moved = |sign: f64| {
                let mut x = start;
                x[i] += sign * step;
                exact(&x, &Body { area_per_mass_m2kg: x[6].exp(), ..body }).position_enu_m
            };
            let want = (moved(1.0) - moved(-1.0)) / (2.0 * step);
            let got: Velocity = over.fixed_view::<3, 1>(0, i).into();
            assert!((got - want).norm() < 1e-3 * want.norm().max(1.0), "{i}: {got} {want}");
        }
    }
}
