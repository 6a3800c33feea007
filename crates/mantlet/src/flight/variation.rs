//! A landing and its derivatives, exact.
//!
//! In: world, body, state. Out: the landing, and how its place and time change with
//! the start, the wind, the air's density and the shape of the drag curve. Method:
//! the variational equations (E. Hairer, S. P. Norsett and G. Wanner, *Solving
//! Ordinary Differential Equations I*, 2nd ed., 1993, section I.14) along the steps
//! of the exact flight. Within a piece all laws are smooth, and from piece to piece
//! the acceleration is continuous, so nothing jumps between them.
//!
//! Limits: where the ground has a kink at the landing, the slope is that of one side.

use nalgebra::{Matrix2, Matrix3, SMatrix, SVector, Vector3};

use super::dop853::Attempt;
use super::piece::Piece;
use super::{Body, FlightError, Landing, State, World, fly};

/// Position (3), velocity (3), ln area over mass, wind (2), drag shape (3).
const COLUMNS: usize = 12;
type Rows = SMatrix<f64, 3, COLUMNS>;
/// Position and velocity, then their derivatives column by column.
const WIDE: usize = 6 + 6 * COLUMNS;
type Varied = SVector<f64, WIDE>;

/// Longest flight followed, s.
const LONGEST_FLIGHT_S: f64 = 600.0;

/// A landing and what it depends on: rows are its east, its north (m) and its time (s).
#[derive(Clone, Debug, PartialEq)]
pub struct LandingDerivatives {
    /// The landing itself.
    pub landing: Landing,
    /// Over position (m), velocity (m/s) and the logarithm of area over mass at the
    /// start.
    pub over_state: SMatrix<f64, 3, 7>,
    /// Over a uniform wind added to the profile, east and north, m/s.
    pub over_wind: SMatrix<f64, 3, 2>,
    /// Over the logarithm of air density (or of the drag coefficient at all speeds).
    pub over_ln_density: SVector<f64, 3>,
    /// Over the logarithm of the drag coefficient below, around and above Mach 1, each
    /// with the weight of [`shape_weights`].
    pub over_ln_drag: SMatrix<f64, 3, 3>,
}

/// What is uncertain beside the state: standard deviations.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AirDoubt {
    /// Of each component of a uniform wind, m/s.
    pub wind_mps: f64,
    /// Of the logarithm of air density.
    pub ln_density: f64,
    /// Of the logarithm of the drag coefficient in each part of the curve.
    pub ln_drag: f64,
}

/// How much each part of a drag curve (below, around, above the speed of sound) counts
/// at a Mach number: tents over Mach 0.8, 1.0 and 1.2 that add up to one. Chosen: what
/// one shape's curve has wrong, it has wrong in one of these.
pub fn shape_weights(mach: f64) -> [f64; 3] {
    let below = ((1.0 - mach) / 0.2).clamp(0.0, 1.0);
    let above = ((mach - 1.0) / 0.2).clamp(0.0, 1.0);
    [below, 1.0 - below - above, above]
}

impl LandingDerivatives {
    /// Covariance of the landing's east, north (m) and time (s) for the start's
    /// covariance (position m, velocity m/s, logarithm of area over mass) and what is
    /// uncertain on the way; first order.
    pub fn covariance(&self, state: &SMatrix<f64, 7, 7>, doubt: &AirDoubt) -> Matrix3<f64> {
        let wind = Matrix2::from_diagonal_element(doubt.wind_mps.powi(2));
        let drag = Matrix3::from_diagonal_element(doubt.ln_drag.powi(2));
        self.over_state * state * self.over_state.transpose()
            + self.over_wind * wind * self.over_wind.transpose()
            + self.over_ln_drag * drag * self.over_ln_drag.transpose()
            + self.over_ln_density * self.over_ln_density.transpose() * doubt.ln_density.powi(2)
    }
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
    let path = fly(world, body, state, LONGEST_FLIGHT_S)?;
    let landing = path.landing().ok_or(FlightError::NoLanding(LONGEST_FLIGHT_S))?;
    let mut x = Varied::zeros();
    for i in 0..3 {
        x[i] = state.position_enu_m[i];
        x[i + 3] = state.velocity_enu_mps[i];
    }
    for i in 0..6 {
        x[6 + 6 * i + i] = 1.0;
    }
    for step in path.steps() {
        let rate = |x: &Varied| rate_in(world, body, &step.piece, x);
        // The flight's own steps: their error is known to be small.
        x = Attempt::new(&rate, &x, rate(&x), step.h_s).end;
    }
    let at_fixed_time = Rows::from_fn(|row, column| x[6 + 6 * column + row]);
    let over = at_ground(world, &landing, &at_fixed_time);
    Ok(LandingDerivatives {
        landing,
        over_state: over.fixed_columns::<7>(0).into(),
        over_wind: over.fixed_columns::<2>(7).into(),
        over_ln_density: over.column(6).into(),
        over_ln_drag: over.fixed_columns::<3>(9).into(),
    })
}

/// From derivatives of position at a fixed time to those of the landing's east, north
/// and time.
pub(super) fn at_ground<const N: usize>(
    world: &World,
    landing: &Landing,
    at_fixed_time: &SMatrix<f64, 3, N>,
) -> SMatrix<f64, 3, N> {
    let outwards = world.out_of_ground(&landing.position_enu_m);
    let over_time =
        -(outwards.transpose() * at_fixed_time) / outwards.dot(&landing.velocity_enu_mps);
    let mut out = at_fixed_time + landing.velocity_enu_mps * over_time;
    out.set_row(2, &over_time);
    out
}

/// Rate of the state and of its derivatives, by the laws of a piece.
fn rate_in(world: &World, body: &Body, piece: &Piece, x: &Varied) -> Varied {
    let position = Vector3::new(x[0], x[1], x[2]);
    let velocity = Vector3::new(x[3], x[4], x[5]);
    let near = world.nearby();
    let height_m = world.height_m(&position);
    let (density, sound) = world.air.density_and_sound_in(piece.layer, height_m);
    let [density_slope, sound_slope] = world.air.slopes_in(piece.layer, height_m);
    let ([east, north], shear) = world.air.wind_in(piece.wind, height_m);
    let v = velocity - Vector3::new(east, north, 0.0);
    let speed = v.norm().max(1e-9);
    let mach = speed / sound;
    let (cd, cd_slope) = body.curve.cd_in(piece.drag, mach);
    let half = 0.5 * density * body.area_per_mass_m2kg;
    let rate = half * speed * cd;
    let spin = world.twice_rate();
    let acceleration = world.gravity_mps2(&position) - spin.cross(&velocity) - v * rate;

    // Drag is -rate v: its change with velocity, and with height through density, sound
    // and wind.
    let along = half * (cd + mach * cd_slope) / speed;
    let drag_over_v = -(Matrix3::from_diagonal_element(rate) + v * v.transpose() * along);
    let rate_over_height = rate * density_slope / density.max(f64::MIN_POSITIVE)
        - half * speed * cd_slope * mach * sound_slope / sound;
    let shear = Vector3::new(shear[0], shear[1], 0.0);
    let over_height = -v * rate_over_height - drag_over_v * shear;
    let over_velocity = drag_over_v - spin.cross_matrix();
    let over_position = world.gravity_gradient(&position)
        + over_height * near.up(position.x, position.y, position.z).transpose();

    let shape = shape_weights(mach);
    let mut out = Varied::zeros();
    for i in 0..3 {
        out[i] = velocity[i];
        out[i + 3] = acceleration[i];
    }
    for column in 0..COLUMNS {
        let at = 6 + 6 * column;
        let p = Vector3::new(x[at], x[at + 1], x[at + 2]);
        let q = Vector3::new(x[at + 3], x[at + 4], x[at + 5]);
        let direct = match column {
            6 => -v * rate,
            7 | 8 => -drag_over_v.column(column - 7).into_owned(),
            9.. => -v * (rate * shape[column - 9]),
            _ => Vector3::zeros(),
        };
        let changes = over_position * p + over_velocity * q + direct;
        for i in 0..3 {
            out[at + i] = q[i];
            out[at + 3 + i] = changes[i];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flight::Air;
    use crate::flight::DragCurve;
    use crate::flight::Ground;
    use crate::flight::HeightField;
    use crate::flight::WindLevel;
    use crate::frames::Datum;
    use crate::frames::Wgs84;

    fn air(extra_en_mps: [f64; 2]) -> Air {
        let level = |height_m, east_mps, north_mps| WindLevel {
            height_m,
            east_mps: east_mps + extra_en_mps[0],
            north_mps: north_mps + extra_en_mps[1],
        };
        Air::standard().with_wind(vec![level(0.0, 3.0, 1.0), level(2_500.0, 14.0, -6.0)])
    }

    fn world(extra_en_mps: [f64; 2], ground: Ground) -> World {
        let datum = Datum::new(Wgs84::from_degrees(33.0, -30.0, 40.0).unwrap());
        World::new(datum, air(extra_en_mps), ground)
    }

    fn slope() -> Ground {
        // A plane over 40 km that rises by 1 in 20 to the north-east.
        let heights_m = vec![-2_000.0, 0.0, 0.0, 2_000.0];
        Ground::Field(HeightField::new([-20_000.0; 2], [40_000.0; 2], 2, heights_m))
    }

    fn place(world: &World, body: &Body, state: &State) -> Vector3<f64> {
        let l = fly(world, body, state, 600.0).unwrap().landing().unwrap();
        Vector3::new(l.position_enu_m.x, l.position_enu_m.y, l.time_s)
    }

    fn start(speed_mps: f64) -> State {
        State {
            position_enu_m: Vector3::new(-3_000.0, -2_000.0, 1_500.0),
            velocity_enu_mps: Vector3::new(0.7, 0.45, 0.55) * speed_mps,
        }
    }

    #[test]
    fn derivatives_match_central_differences_within_a_millionth() {
        for (curve, area_per_mass_m2kg, speed_mps, ground) in [
            (DragCurve::Rocket, 4e-4, 220.0, Ground::Level { height_m: 40.0 }),
            (DragCurve::G1, 1e-3, 700.0, Ground::Level { height_m: 40.0 }),
            (DragCurve::Fragment, 8e-3, 500.0, slope()),
        ] {
            let body = Body { curve, area_per_mass_m2kg };
            let (state, still) = (start(speed_mps), world([0.0; 2], ground.clone()));
            let found = landing_derivatives(&still, &body, &state).unwrap();
            for i in 0..9 {
                let step = [2.0, 2.0, 2.0, 0.1, 0.1, 0.1, 2e-4, 0.05, 0.05][i];
                let landed = |sign: f64| {
                    let (mut s, mut b, mut wind) = (state, body, [0.0; 2]);
                    match i {
                        0..3 => s.position_enu_m[i] += sign * step,
                        3..6 => s.velocity_enu_mps[i - 3] += sign * step,
                        6 => b.area_per_mass_m2kg *= (sign * step).exp(),
                        _ => wind[i - 7] += sign * step,
                    }
                    place(&world(wind, ground.clone()), &b, &s)
                };
                let want = (landed(1.0) - landed(-1.0)) / (2.0 * step);
                let got: Vector3<f64> = match i {
                    0..7 => found.over_state.column(i).into(),
                    _ => found.over_wind.column(i - 7).into(),
                };
                let off = (got - want).norm() / want.norm();
                assert!(off < 1e-6, "{curve:?} {i}: {off:e}: {got} {want}");
            }
            let sum = found.over_ln_drag.column_sum();
            assert!((sum - found.over_ln_density).norm() < 1e-9 * sum.norm(), "{sum}");
        }
    }

    #[test]
    fn a_part_of_the_drag_curve_acts_as_it_does_when_changed_by_hand() {
        // Small steps of the classical method with the drag of one part scaled.
        let world = world([0.0; 2], Ground::Level { height_m: 40.0 });
        let body = Body { curve: DragCurve::G7, area_per_mass_m2kg: 6e-4 };
        let free = Body { area_per_mass_m2kg: 0.0, ..body };
        let state = start(450.0);
        let found = landing_derivatives(&world, &body, &state).unwrap();
        let landed = |part: usize, ln: f64| {
            let pull = |s: &State| {
                let height_m = world.height_m(&s.position_enu_m);
                let [east, north] = world.air.wind_en_mps(height_m);
                let through_air = (s.velocity_enu_mps - Vector3::new(east, north, 0.0)).norm();
                let mach = through_air / world.air.sound_speed_mps(height_m);
                let gravity = world.acceleration(s, &free);
                let drag = world.acceleration(s, &body) - gravity;
                gravity + drag * (ln * shape_weights(mach)[part]).exp()
            };
            let moved = |s: &State, v: Vector3<f64>, a: Vector3<f64>, h: f64| State {
                position_enu_m: s.position_enu_m + v * h,
                velocity_enu_mps: s.velocity_enu_mps + a * h,
            };
            let (mut s, mut t, h) = (state, 0.0, 0.02);
            loop {
                let a1 = pull(&s);
                let s2 = moved(&s, s.velocity_enu_mps, a1, 0.5 * h);
                let a2 = pull(&s2);
                let s3 = moved(&s, s2.velocity_enu_mps, a2, 0.5 * h);
                let a3 = pull(&s3);
                let s4 = moved(&s, s3.velocity_enu_mps, a3, h);
                let a4 = pull(&s4);
                let v = s.velocity_enu_mps + (s2.velocity_enu_mps + s3.velocity_enu_mps) * 2.0;
                let next = moved(
                    &s,
                    (v + s4.velocity_enu_mps) / 6.0,
                    (a1 + (a2 + a3) * 2.0 + a4) / 6.0,
                    h,
                );
                let above = |s: &State| world.height_above_ground_m(&s.position_enu_m);
                if above(&next) <= 0.0 {
                    // By Newton's rule from the last state above, with its acceleration.
                    let mut dt = h * above(&s) / (above(&s) - above(&next));
                    let at = |dt: f64| moved(&s, s.velocity_enu_mps + a1 * (0.5 * dt), a1, dt);
                    for _ in 0..3 {
                        dt += above(&at(dt)) / world.closing_mps(&at(dt));
                    }
                    let end = at(dt).position_enu_m;
                    return Vector3::new(end.x, end.y, t + dt);
                }
                (s, t) = (next, t + h);
            }
        };
        for part in 0..3 {
            let want = (landed(part, 0.01) - landed(part, -0.01)) / 0.02;
            let got: Vector3<f64> = found.over_ln_drag.column(part).into();
            assert!((got - want).norm() < 1e-3 * want.norm(), "{part}: {got} {want}");
        }
    }

    #[test]
    fn the_spread_of_landings_is_that_of_flights_through_drawn_air() {
        let body = Body { curve: DragCurve::G1, area_per_mass_m2kg: 8e-4 };
        let (state, ground) = (start(400.0), Ground::Level { height_m: 40.0 });
        let still = world([0.0; 2], ground.clone());
        let found = landing_derivatives(&still, &body, &state).unwrap();
        let doubt = AirDoubt { wind_mps: 2.0, ln_density: 0.02, ln_drag: 0.0 };
        let told = found.covariance(&SMatrix::zeros(), &doubt);
        // Sigma points: two per uncertain quantity, at √3 standard deviations.
        let mut spread = Matrix3::zeros();
        for i in 0..3 {
            let landed = |sign: f64| {
                let by = sign * 3f64.sqrt() * [2.0, 2.0, 0.02][i];
                let (mut b, mut wind) = (body, [0.0; 2]);
                if i < 2 {
                    wind[i] = by
                } else {
                    b.area_per_mass_m2kg *= by.exp()
                }
                place(&world(wind, ground.clone()), &b, &state)
            };
            let half = (landed(1.0) - landed(-1.0)) / (2.0 * 3f64.sqrt());
            spread += half * half.transpose();
        }
        assert!((told - spread).norm() < 1e-3 * spread.norm(), "{told} {spread}");
    }
}
