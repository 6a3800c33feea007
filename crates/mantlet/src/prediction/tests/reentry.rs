//! The re-entry benchmark of A. Farina, B. Ristic and D. Benvenuti, "Tracking a
//! ballistic target: comparison of several nonlinear filters", IEEE Trans. AES
//! 38(3), 2002: flat earth, two dimensions, known ballistic coefficient. Bound
//! recomputed from the stated model by an independent program.

use nalgebra::{Matrix2, Matrix4, Vector4};

use crate::prediction::Information;

const PERIOD_S: f64 = 2.0;
const GRAVITY_MPS2: f64 = 9.81;
const BETA_KGPMS2: f64 = 40_000.0;
const RANGE_SIGMA_M: f64 = 100.0;
const ELEVATION_SIGMA_RAD: f64 = 0.017;

/// One period of the paper's model, eqs. 2-6; state (x, vx, y, vy).
fn step(s: &Vector4<f64>) -> Vector4<f64> {
    let density = if s[2] < 9144.0 {
        1.227 * (-1.093e-4 * s[2]).exp()
    } else {
        1.754 * (-1.49e-4 * s[2]).exp()
    };
    let slowing = 0.5 * GRAVITY_MPS2 * density / BETA_KGPMS2 * s[1].hypot(s[3]);
    let (ax, ay) = (-slowing * s[1], -slowing * s[3] - GRAVITY_MPS2);
    let half = 0.5 * PERIOD_S * PERIOD_S;
    Vector4::new(
        s[0] + PERIOD_S * s[1] + half * ax,
        s[1] + PERIOD_S * ax,
        s[2] + PERIOD_S * s[3] + half * ay,
        s[3] + PERIOD_S * ay,
    )
}

fn jacobian(s: &Vector4<f64>) -> Matrix4<f64> {
    let mut j = Matrix4::zeros();
    for (column, width) in [1.0, 0.1, 1.0, 0.1].into_iter().enumerate() {
        let mut d = Vector4::zeros();
        d[column] = width;
        j.set_column(column, &((step(&(s + d)) - step(&(s - d))) / (2.0 * width)));
    }
    j
}

/// Covariance of a plot turned to Cartesian.
fn plot_covariance(s: &Vector4<f64>) -> Matrix2<f64> {
    let (range, (sin, cos)) = (s[0].hypot(s[2]), s[2].atan2(s[0]).sin_cos());
    let turn = Matrix2::new(cos, -range * sin, sin, range * cos);
    let polar = Matrix2::new(RANGE_SIGMA_M.powi(2), 0.0, 0.0, ELEVATION_SIGMA_RAD.powi(2));
    turn * polar * turn.transpose()
}

fn bound_at(times_s: &[f64], density_m2s3: f64) -> Vec<[f64; 4]> {
    let (sin, cos) = 190f64.to_radians().sin_cos();
    let start = Vector4::new(232_000.0, 2290.0 * cos, 88_000.0, 2290.0 * sin);
    let mut state = step(&start);
    // Two-point start.
    let (first, second) = (plot_covariance(&start), plot_covariance(&state));
    let mut covariance = Matrix4::zeros();
    for (i, at) in [0, 2].into_iter().enumerate() {
        for (j, with) in [0, 2].into_iter().enumerate() {
            covariance[(at, with)] = second[(i, j)];
            covariance[(at, with + 1)] = second[(i, j)] / PERIOD_S;
            covariance[(at + 1, with)] = second[(i, j)] / PERIOD_S;
            covariance[(at + 1, with + 1)] = (first[(i, j)] + second[(i, j)]) / PERIOD_S.powi(2);
        }
    }
    let mut noise = Matrix4::zeros();
    for at in [0, 2] {
        noise[(at, at)] = density_m2s3 * PERIOD_S.powi(3) / 3.0;
        noise[(at, at + 1)] = density_m2s3 * PERIOD_S.powi(2) / 2.0;
        noise[(at + 1, at)] = noise[(at, at + 1)];
        noise[(at + 1, at + 1)] = density_m2s3 * PERIOD_S;
    }
    let mut information = Information::new(covariance.try_inverse().unwrap());
    let mut found = Vec::new();
    let mut time_s = PERIOD_S;
    while time_s < 118.0 {
        information = information.predict(&jacobian(&state), &noise).unwrap();
        state = step(&state);
        time_s += PERIOD_S;
        let range = state[0].hypot(state[2]);
        let along = Vector4::new(state[0] / range, 0.0, state[2] / range, 0.0);
        let up = Vector4::new(-state[2], 0.0, state[0], 0.0) / range.powi(2);
        information.measure(&along, RANGE_SIGMA_M.powi(2), 1.0);
        information.measure(&up, ELEVATION_SIGMA_RAD.powi(2), 1.0);
        if times_s.contains(&time_s) {
            let sigma = information.covariance().unwrap().diagonal().map(f64::sqrt);
            found.push([sigma[0], sigma[1], sigma[2], sigma[3]]);
        }
    }
    found
}

#[test]
fn the_bound_of_the_reentry_benchmark_is_reproduced() {
    let times_s = [20.0, 60.0, 100.0, 118.0];
    let with_noise = [
        [743.0, 63.74, 1808.4, 159.73],
        [329.4, 12.22, 689.7, 24.45],
        [79.9, 6.46, 77.3, 3.34],
        [43.0, 2.73, 46.1, 2.49],
    ];
    let without = [
        [742.1, 63.52, 1807.1, 159.55],
        [308.7, 9.69, 661.5, 22.04],
        [77.2, 5.60, 65.4, 1.44],
        [40.4, 1.05, 29.9, 0.23],
    ];
    for (density, table) in [(1.0, with_noise), (0.0, without)] {
        for (found, expected) in bound_at(&times_s, density).iter().zip(table) {
            for (f, e) in found.iter().zip(expected) {
                assert!((f - e).abs() < 0.002 * e + 0.006, "{found:?} {expected:?}");
            }
        }
    }
}
