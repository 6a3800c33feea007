//! The integrator: Dormand and Prince's order 5(4) pair with step control.
//!
//! In: a state, a span, a tolerance. Out: the accepted steps with their
//! derivatives, between which a quintic in time interpolates. J. R. Dormand and P.
//! J. Prince, "A family of embedded Runge-Kutta formulae", J. Comp. Appl. Math. 6
//! (1980) 19-26, table 2.

use nalgebra::SVector;

use super::{Body, State, World};

/// Position and velocity as one vector.
pub(super) type Vector6 = SVector<f64, 6>;

const A: [[f64; 6]; 6] = [
    [1.0 / 5.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [3.0 / 40.0, 9.0 / 40.0, 0.0, 0.0, 0.0, 0.0],
    [44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0, 0.0, 0.0, 0.0],
    [19372.0 / 6561.0, -25360.0 / 2187.0, 64448.0 / 6561.0, -212.0 / 729.0, 0.0, 0.0],
    [9017.0 / 3168.0, -355.0 / 33.0, 46732.0 / 5247.0, 49.0 / 176.0, -5103.0 / 18656.0, 0.0],
    [35.0 / 384.0, 0.0, 500.0 / 1113.0, 125.0 / 192.0, -2187.0 / 6784.0, 11.0 / 84.0],
];
/// Fifth-order weights less fourth-order ones.
const E: [f64; 7] = [
    71.0 / 57600.0,
    0.0,
    -71.0 / 16695.0,
    71.0 / 1920.0,
    -17253.0 / 339200.0,
    22.0 / 525.0,
    -1.0 / 40.0,
];

/// State, velocity and acceleration at the end of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Knot {
    pub time_s: f64,
    pub state: Vector6,
    pub rate: Vector6,
}

pub(super) fn pack(state: &State) -> Vector6 {
    let (p, v) = (&state.position_enu_m, &state.velocity_enu_mps);
    Vector6::new(p.x, p.y, p.z, v.x, v.y, v.z)
}

pub(super) fn unpack(x: &Vector6) -> State {
    State {
        position_enu_m: x.fixed_rows::<3>(0).into(),
        velocity_enu_mps: x.fixed_rows::<3>(3).into(),
    }
}

pub(super) fn rate(world: &World, body: &Body, x: &Vector6) -> Vector6 {
    let a = world.acceleration(&unpack(x), body);
    Vector6::new(x[3], x[4], x[5], a.x, a.y, a.z)
}

/// Absolute error allowed in a step: m and m/s. Chosen: 1e-7, so that a flight of a
/// minute ends within a millimetre.
const TOLERANCE: f64 = 1e-7;

/// One accepted step from `knot`, forwards or backwards; `h_s` is adapted.
pub(super) fn step(world: &World, body: &Body, knot: &Knot, h_s: &mut f64) -> Knot {
    loop {
        let h = *h_s;
        let mut k = [knot.rate; 7];
        let mut x = knot.state;
        for stage in 0..6 {
            x = knot.state;
            for (j, a) in A[stage].iter().enumerate().take(stage + 1) {
                x += k[j] * (a * h);
            }
            k[stage + 1] = rate(world, body, &x);
        }
        let mut error = Vector6::zeros();
        for (ki, e) in k.iter().zip(E) {
            error += ki * (e * h);
        }
        let worst = error.amax() / TOLERANCE;
        // A stage that overflowed: NaN compares false with everything, and the step would grow.
        let worst = if worst.is_nan() { f64::INFINITY } else { worst };
        let factor = (0.9 * worst.max(1e-10).powf(-0.2)).clamp(0.2, 5.0);
        if worst <= 1.0 || h.abs() < 1e-6 {
            *h_s = (h * factor).clamp(-2.0, 2.0);
            return Knot { time_s: knot.time_s + h, state: x, rate: k[6] };
        }
        *h_s = h * factor;
    }
}

/// State between two knots: the quintic that meets position, velocity and
/// acceleration at both ends, and its derivative.
pub(super) fn between(a: &Knot, b: &Knot, time_s: f64) -> State {
    let h = b.time_s - a.time_s;
    let s = (time_s - a.time_s) / h;
    let (s2, s3, s4, s5) = (s * s, s.powi(3), s.powi(4), s.powi(5));
    let position = [
        1.0 - 10.0 * s3 + 15.0 * s4 - 6.0 * s5,
        s - 6.0 * s3 + 8.0 * s4 - 3.0 * s5,
        0.5 * s2 - 1.5 * s3 + 1.5 * s4 - 0.5 * s5,
        10.0 * s3 - 15.0 * s4 + 6.0 * s5,
        -4.0 * s3 + 7.0 * s4 - 3.0 * s5,
        0.5 * s3 - s4 + 0.5 * s5,
    ];
    let speed = [
        -30.0 * s2 + 60.0 * s3 - 30.0 * s4,
        1.0 - 18.0 * s2 + 32.0 * s3 - 15.0 * s4,
        s - 4.5 * s2 + 6.0 * s3 - 2.5 * s4,
        30.0 * s2 - 60.0 * s3 + 30.0 * s4,
        -12.0 * s2 + 28.0 * s3 - 15.0 * s4,
        1.5 * s2 - 4.0 * s3 + 2.5 * s4,
    ];
    let mut state = State::default();
    for i in 0..3 {
        let ends = [
            a.state[i],
            h * a.state[i + 3],
            h * h * a.rate[i + 3],
            b.state[i],
            h * b.state[i + 3],
            h * h * b.rate[i + 3],
        ];
        state.position_enu_m[i] = position.iter().zip(ends).map(|(w, x)| w * x).sum();
        state.velocity_enu_mps[i] = speed.iter().zip(ends).map(|(w, x)| w * x).sum::<f64>() / h;
    }
    state
}
