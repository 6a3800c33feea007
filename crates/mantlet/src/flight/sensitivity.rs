//! How a flight changes with what it starts from.
//!
//! In: a state with the logarithm of area over mass. Out: the state after a step
//! with its Jacobian ([`transition`]), and a landing with its derivatives
//! ([`landing_derivatives`]). Method: the variational equations along a
//! fourth-order Runge-Kutta flight (E. Hairer, S. P. Norsett and G. Wanner, *Solving
//! Ordinary Differential Equations I*, 2nd ed., 1993, section I.14), with gravity's
//! own gradient left out (3e-6 1/s²).

use nalgebra::{Matrix3, RowSVector, SMatrix, SVector, Vector3};

use super::{Body, DragCurve, FlightError, Landing, State, World, fly};

type Vector7 = SVector<f64, 7>;
type Matrix7 = SMatrix<f64, 7, 7>;

/// A landing and what it depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct LandingDerivatives {
    /// The landing itself.
    pub landing: Landing,
    /// East, north (m) and time (s) of the landing over position (m), velocity (m/s)
    /// and the logarithm of area over mass at the start.
    pub over_state: SMatrix<f64, 3, 7>,
    /// Over a uniform wind added to the profile, east and north, m/s.
    pub over_wind: SMatrix<f64, 3, 2>,
    /// Over the logarithm of air density (or of the drag coefficient).
    pub over_ln_density: SVector<f64, 3>,
}

fn acceleration_with_gradient(
    world: &World,
    curve: DragCurve,
    x: &Vector7,
) -> (Vector3<f64>, SMatrix<f64, 3, 7>) {
    let position: Vector3<f64> = x.fixed_rows::<3>(0).into();
    let velocity: Vector3<f64> = x.fixed_rows::<3>(3).into();
    let height_m = world.height_m(&position);
    let air = &world.air;
    let (density, sound) = air.density_and_sound(height_m);
    let [we, wn] = air.wind_en_mps(height_m);
    let v = velocity - Vector3::new(we, wn, 0.0);
    let speed = v.norm().max(1e-9);
    let mach = speed / sound;
    let (cd, slope) = curve.cd_and_slope(mach);
    let k = 0.5 * density * x[6].exp();
    let drag = -v * (k * speed * cd);
    let mut gradient = SMatrix::<f64, 3, 7>::zeros();
    // d(speed·cd)/dv = (cd + mach·slope) v/speed
    let over_v = -(Matrix3::identity() * (speed * cd)
        + v * v.transpose() * ((cd + mach * slope) / speed))
        * k;
    let rise_m = 10.0;
    let (density_up, sound_up) = air.density_and_sound(height_m + rise_m);
    let [we_up, wn_up] = air.wind_en_mps(height_m + rise_m);
    let dln_density = (density_up / density).ln() / rise_m;
    let dsound = (sound_up - sound) / rise_m;
    let shear = Vector3::new(we_up - we, wn_up - wn, 0.0) / rise_m;
    let over_h =
        drag * dln_density + v * (k * speed * slope * mach / sound * dsound) - over_v * shear;
    gradient.fixed_view_mut::<3, 1>(0, 2).copy_from(&over_h);
    let spin = world.coriolis_matrix();
    gradient.fixed_view_mut::<3, 3>(0, 3).copy_from(&(over_v + spin));
    gradient.fixed_view_mut::<3, 1>(0, 6).copy_from(&drag);
    (drag + world.gravity_mps2(&position) + spin * velocity, gradient)
}

fn rates(world: &World, curve: DragCurve, x: &Vector7, phi: &Matrix7) -> (Vector7, Matrix7) {
    let (a, gradient) = acceleration_with_gradient(world, curve, x);
    let mut dx = Vector7::zeros();
    dx.fixed_rows_mut::<3>(0).copy_from(&x.fixed_rows::<3>(3));
    dx.fixed_rows_mut::<3>(3).copy_from(&a);
    let mut dphi = Matrix7::zeros();
    dphi.fixed_rows_mut::<3>(0).copy_from(&phi.fixed_rows::<3>(3));
    dphi.fixed_rows_mut::<3>(3).copy_from(&(gradient * phi));
    (dx, dphi)
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
    for _ in 0..steps as usize {
        let (k1, p1) = rates(world, curve, &x, &phi);
        let (k2, p2) = rates(world, curve, &(x + k1 * (h / 2.0)), &(phi + p1 * (h / 2.0)));
        let (k3, p3) = rates(world, curve, &(x + k2 * (h / 2.0)), &(phi + p2 * (h / 2.0)));
        let (k4, p4) = rates(world, curve, &(x + k3 * h), &(phi + p3 * h));
        x += (k1 + k2 * 2.0 + k3 * 2.0 + k4) * (h / 6.0);
        phi += (p1 + p2 * 2.0 + p3 * 2.0 + p4) * (h / 6.0);
    }
    (x, phi)
}

/// The landing of a flight and its derivatives.
///
/// # Errors
///
/// [`FlightError::NoLanding`] when the ground is not met within ten minutes, and
/// those of [`fly`].
pub fn landing_derivatives(
    world: &World,
    body: &Body,
    state: &State,
) -> Result<LandingDerivatives, FlightError> {
    const LONGEST_FLIGHT_S: f64 = 600.0;
    let landing = fly(world, body, state, LONGEST_FLIGHT_S)?
        .landing()
        .ok_or(FlightError::NoLanding(LONGEST_FLIGHT_S))?;
    let mut x = Vector7::zeros();
    x.fixed_rows_mut::<3>(0).copy_from(&state.position_enu_m);
    x.fixed_rows_mut::<3>(3).copy_from(&state.velocity_enu_mps);
    x[6] = body.area_per_mass_m2kg.max(1e-12).ln();
    let (_, phi) = transition(world, body.curve, &x, landing.time_s);
    let fixed = at_ground(world, &landing, &phi.fixed_view::<3, 7>(0, 0).into_owned());
    // A uniform wind is the same as starting with less velocity in air that moves along.
    let drift = phi.fixed_view::<3, 2>(0, 3).into_owned();
    let mut over_wind_fixed_time = SMatrix::<f64, 3, 2>::zeros();
    over_wind_fixed_time[(0, 0)] = landing.time_s;
    over_wind_fixed_time[(1, 1)] = landing.time_s;
    let over_wind = at_ground(world, &landing, &(over_wind_fixed_time - drift));
    let over_ln_density = fixed.column(6).into_owned();
    Ok(LandingDerivatives { landing, over_state: fixed, over_wind, over_ln_density })
}

/// From derivatives of position at a fixed time to those of place and time on the
/// ground.
fn at_ground<const N: usize>(
    world: &World,
    landing: &Landing,
    fixed_time: &SMatrix<f64, 3, N>,
) -> SMatrix<f64, 3, N> {
    let p = landing.position_enu_m;
    let d = 1.0;
    let slope = |de: f64, dn: f64| {
        (world.ground_u_m(p.x + de, p.y + dn) - world.ground_u_m(p.x - de, p.y - dn)) / (2.0 * d)
    };
    let normal = Vector3::new(-slope(d, 0.0), -slope(0.0, d), 1.0);
    let closing = normal.dot(&landing.velocity_enu_mps);
    let over_time: RowSVector<f64, N> = -(normal.transpose() * fixed_time) / closing;
    let moved = fixed_time + landing.velocity_enu_mps * over_time;
    let mut out = SMatrix::<f64, 3, N>::zeros();
    out.set_row(0, &moved.row(0));
    out.set_row(1, &moved.row(1));
    out.set_row(2, &over_time);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::Datum;
    use crate::frames::Wgs84;

    #[test]
    fn derivatives_match_central_differences() {
        let world = World::level(Datum::new(Wgs84::from_degrees(33.0, -30.0, 40.0).unwrap()));
        let body = Body { curve: DragCurve::Rocket, area_per_mass_m2kg: 4e-4 };
        let state = State {
            position_enu_m: Vector3::new(-3000.0, -2000.0, 1500.0),
            velocity_enu_mps: Vector3::new(150.0, 100.0, 40.0),
        };
        let found = landing_derivatives(&world, &body, &state).unwrap();
        for i in 0..7 {
            let step = [1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 1e-3][i];
            let landed = |sign: f64| {
                let (mut s, mut b) = (state, body);
                match i {
                    0..3 => s.position_enu_m[i] += sign * step,
                    3..6 => s.velocity_enu_mps[i - 3] += sign * step,
                    _ => b.area_per_mass_m2kg *= (sign * step).exp(),
                }
                let l = fly(&world, &b, &s, 600.0).unwrap().landing().unwrap();
                Vector3::new(l.position_enu_m.x, l.position_enu_m.y, l.time_s)
            };
            let want = (landed(1.0) - landed(-1.0)) / (2.0 * step);
            let got = found.over_state.column(i);
            assert!((got - want).norm() < 2e-3 * want.norm().max(1.0), "{i}: {got} {want}");
        }
    }
}
