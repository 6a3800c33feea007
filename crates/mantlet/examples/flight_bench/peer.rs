//! The same flight by ode_solvers' Dormand-Prince 5(4), with our laws of air, drag and
//! gravity, until it is under the ground; the crossing on the cubic through its last two
//! points.

use std::hint::black_box;

use mantlet::flight::{Body, State, World};
use nalgebra::Vector3;
use ode_solvers::{Dopri5, OutputType, SVector, System};

struct Flight<'a> {
    world: &'a World,
    body: &'a Body,
}

fn state(x: &SVector<f64, 6>) -> State {
    State {
        position_enu_m: Vector3::new(x[0], x[1], x[2]),
        velocity_enu_mps: Vector3::new(x[3], x[4], x[5]),
    }
}

impl System<f64, SVector<f64, 6>> for &Flight<'_> {
    fn system(&self, _: f64, x: &SVector<f64, 6>, rate: &mut SVector<f64, 6>) {
        let a = self.world.acceleration(&state(x), self.body);
        *rate = SVector::<f64, 6>::new(x[3], x[4], x[5], a.x, a.y, a.z);
    }

    fn solout(&mut self, _: f64, x: &SVector<f64, 6>, _: &SVector<f64, 6>) -> bool {
        x[5] < 0.0 && self.world.height_above_ground_m(&state(x).position_enu_m) < 0.0
    }
}

/// Prints the rows of two tolerances.
pub(crate) fn rows(world: &World, body: &Body, start: &State, exact: Vector3<f64>) {
    let (p, v) = (start.position_enu_m, start.velocity_enu_mps);
    let x = SVector::<f64, 6>::new(p.x, p.y, p.z, v.x, v.y, v.z);
    for tolerance in [1e-6, 1e-9] {
        let fly = || {
            let flight = Flight { world, body };
            let mut solver =
                Dopri5::new(&flight, 0.0, 200.0, 200.0, black_box(x), tolerance, tolerance);
            // Only then is `solout` asked about every step.
            solver.set_output(OutputType::Sparse);
            solver.integrate().expect("a flight");
            let (t, x) = (solver.x_out(), solver.y_out());
            let n = x.len();
            (t[n - 2], t[n - 1], state(&x[n - 2]), state(&x[n - 1]))
        };
        let (before_s, after_s, before, after) = fly();
        let height_m = |p: &Vector3<f64>| world.height_above_ground_m(p);
        let h_s = after_s - before_s;
        let at = |x: f64| {
            let (p, q) = (before.position_enu_m, after.position_enu_m);
            let (v, w) = (before.velocity_enu_mps * h_s, after.velocity_enu_mps * h_s);
            let way = q - p;
            p + (v + ((way * 3.0 - v * 2.0 - w) + (v + w - way * 2.0) * x) * x) * x
        };
        let (mut above, mut below) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = 0.5 * (above + below);
            *(if height_m(&at(middle)) > 0.0 { &mut above } else { &mut below }) = middle;
        }
        let (place, time_s) = (at(below), before_s + below * h_s);
        let per_second = super::rate(1, || {
            black_box(fly());
        });
        let setting = format!("dopri5 {tolerance:e}");
        super::row("ode_solvers", &setting, per_second, place, time_s, (place - exact).norm());
    }
}
