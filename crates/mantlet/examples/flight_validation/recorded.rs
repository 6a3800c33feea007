//! Recorded flights: coast to the apogee, or the fall from it, predicted from its own
//! first part.
//!
//! Height over time is all that is used. Height, climb rate and area over mass are
//! fitted (least squares, Gauss and Newton) to the first third of the phase; the rest is
//! predicted with our own drag curves, not the team's.

use std::path::Path;

use mantlet::flight::{Air, Body, DragCurve, Ground, State, Trajectory, World, fly};
use mantlet::frames::{Datum, Wgs84};
use nalgebra::{Matrix3, Vector3};

/// A phase of a recorded flight.
pub struct Phase {
    /// Rocket and phase.
    pub name: &'static str,
    file: &'static str,
    /// Columns of time, s, and height above the pad.
    columns: [usize; 2],
    unit_m: f64,
    /// From when to when, s.
    span_s: [f64; 2],
    curve: DragCurve,
    /// Whether the record repeats each height until the next one comes, at uneven stamps:
    /// each is then taken once, on an even clock fitted to the stamps.
    repeats: bool,
}

const FOOT_M: f64 = 0.3048;
/// Height of the pads above the sea, m: unknown to the records; a hundred metres more
/// thin the air by one per cent, which the fit takes up.
const PAD_M: f64 = 100.0;

/// A phase of a record: name, file, columns of time and height, unit of height, m, from
/// when to when, s, and the curve that it is predicted with.
pub const fn phase(
    name: &'static str,
    file: &'static str,
    columns: [usize; 2],
    unit_m: f64,
    span_s: [f64; 2],
    curve: DragCurve,
) -> Phase {
    Phase { name, file, columns, unit_m, span_s, curve, repeats: false }
}

/// Phases without thrust and without a parachute. Coasts begin a second or more after the
/// greatest speed.
pub const PHASES: [Phase; 9] = [
    Phase {
        repeats: true,
        ..phase(
            "Bella Lui, coast",
            "EPFL_Bella_Lui/bella_lui_flight_data_filtered.csv",
            [2, 3],
            1.0,
            [3.2, 10.5],
            DragCurve::Rocket,
        )
    },
    phase(
        "NDRT 2020, coast",
        "NDRT_2020/ndrt_2020_flight_data.csv",
        [3, 4],
        FOOT_M,
        [5.0, 17.0],
        DragCurve::Rocket,
    ),
    phase(
        "Andromeda, coast",
        "andromeda/flight_data.csv",
        [0, 3],
        1.0,
        [5.5, 26.7],
        DragCurve::Rocket,
    ),
    phase("Astra, coast", "astra/flight_data.csv", [0, 1], 1.0, [6.0, 24.0], DragCurve::Rocket),
    phase(
        "Erebus 11, coast",
        "erebus11/flight_data_filtered.csv",
        [1, 0],
        1.0,
        [6.0, 22.9],
        DragCurve::Rocket,
    ),
    phase(
        "Genesis, coast",
        "genesis/flight_data_faraday.csv",
        [0, 1],
        1.0,
        [7.0, 24.1],
        DragCurve::Rocket,
    ),
    phase(
        "Cavour, coast",
        "polito/altimeter_cavour.csv",
        [0, 1],
        1.0,
        [7.5, 23.8],
        DragCurve::Rocket,
    ),
    phase(
        "Astra, tumbling fall",
        "astra/flight_data.csv",
        [0, 1],
        1.0,
        [26.0, 61.0],
        DragCurve::Fragment,
    ),
    phase(
        "Cavour, tumbling fall",
        "polito/altimeter_cavour.csv",
        [0, 1],
        1.0,
        [26.0, 65.0],
        DragCurve::Fragment,
    ),
];

/// What came of a phase.
pub struct Found {
    /// Time, s, and measured height, m, of the phase.
    pub seen: Vec<(f64, f64)>,
    /// Predicted height at the same times.
    pub told: Vec<(f64, f64)>,
    /// Until when it was fitted, s.
    pub fitted_s: f64,
    /// Root mean square of what is left in the fitted part, m.
    pub fit_rms_m: f64,
    /// Standard deviation of the prediction at the end, m, from the fit alone.
    pub sigma_m: f64,
}

/// Puts the times of rows on the even clock that fits them best.
fn even(rows: &mut [(f64, f64)]) {
    let count = rows.len() as f64;
    let middle = 0.5 * (count - 1.0);
    let mean_s = rows.iter().map(|row| row.0).sum::<f64>() / count;
    let (mut both, mut square) = (0.0, 0.0);
    for (i, row) in rows.iter().enumerate() {
        let k = i as f64 - middle;
        both += k * (row.0 - mean_s);
        square += k * k;
    }
    for (i, row) in rows.iter_mut().enumerate() {
        row.0 = mean_s + (i as f64 - middle) * both / square;
    }
}

impl Phase {
    fn read(&self, folder: &Path) -> Option<Vec<(f64, f64)>> {
        let text = std::fs::read_to_string(folder.join(self.file)).ok()?;
        let mut rows: Vec<(f64, f64)> = Vec::new();
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let cell = |i: usize| cells.get(i).and_then(|c| c.trim().parse::<f64>().ok());
            if let Some((t, h)) = cell(self.columns[0]).zip(cell(self.columns[1]))
                && (self.span_s[0]..=self.span_s[1]).contains(&t)
                && rows.last().is_none_or(|last| last.0 < t)
            {
                rows.push((t, h * self.unit_m));
            }
        }
        if self.repeats {
            rows.dedup_by_key(|row| row.1);
            even(&mut rows);
        }
        // At most five a second, for the plot and the fit alike.
        let mut thinned: Vec<(f64, f64)> = Vec::new();
        for row in rows {
            if thinned.last().is_none_or(|last| row.0 - last.0 >= 0.199) {
                thinned.push(row);
            }
        }
        (thinned.len() > 10).then_some(thinned)
    }

    /// Height, climb rate and ln area over mass at the phase's start, flown.
    fn path(&self, world: &World, x: &Vector3<f64>) -> Trajectory {
        let start = State {
            position_enu_m: Vector3::new(0.0, 0.0, x[0]),
            velocity_enu_mps: Vector3::new(0.0, 0.0, x[1]),
        };
        let body = Body { curve: self.curve, area_per_mass_m2kg: x[2].exp() };
        fly(world, &body, &start, self.span_s[1] - self.span_s[0] + 1.0).expect("a flight")
    }

    /// Fits the first third and predicts the rest; `None` where the record is absent.
    pub fn predict(&self, folder: &Path) -> Option<Found> {
        let seen = self.read(folder)?;
        let datum = Datum::new(Wgs84::from_degrees(45.0, 0.0, PAD_M).expect("a place"));
        let world = World::new(datum, Air::standard(), Ground::Level { height_m: -5e3 });
        let start_s = seen[0].0;
        let fitted_s = start_s + (seen[seen.len() - 1].0 - start_s) / 3.0;
        let fitted: Vec<(f64, f64)> =
            seen.iter().copied().filter(|(t, _)| *t <= fitted_s).collect();
        let (first, last) = (fitted[0], fitted[fitted.len() - 1]);
        let climb_mps = (last.1 - first.1) / (last.0 - first.0);
        let mut x = Vector3::new(first.1, climb_mps, 2e-3f64.ln());
        let mut inverse = Matrix3::zeros();
        for _ in 0..30 {
            let steps = [0.1, 0.01, 1e-3];
            let centre = self.path(&world, &x);
            let moved = [0, 1, 2].map(|i| {
                let mut y = x;
                y[i] += steps[i];
                self.path(&world, &y)
            });
            let height = |p: &Trajectory, t: f64| p.at(t - start_s).position_enu_m.z;
            let (mut normal, mut right) = (Matrix3::zeros(), Vector3::zeros());
            for (t, h) in &fitted {
                let row: Vector3<f64> = Vector3::from_fn(|i, _| {
                    (height(&moved[i], *t) - height(&centre, *t)) / steps[i]
                });
                normal += row * row.transpose();
                right += row * (h - height(&centre, *t));
            }
            inverse = normal.try_inverse()?;
            let mut step = inverse * right;
            step[2] = step[2].clamp(-0.5, 0.5);
            x += step;
            x[2] = x[2].clamp(-12.0, 0.0);
        }
        let path = self.path(&world, &x);
        let height = |t: f64| path.at(t - start_s).position_enu_m.z;
        let square: f64 = fitted.iter().map(|(t, h)| (h - height(*t)).powi(2)).sum();
        let variance = square / (fitted.len() - 3) as f64;
        // How the end moves with what was fitted.
        let end_s = seen[seen.len() - 1].0;
        let steps = [0.1, 0.01, 1e-3];
        let row: Vector3<f64> = Vector3::from_fn(|i, _| {
            let mut y = x;
            y[i] += steps[i];
            let moved = self.path(&world, &y).at(end_s - start_s).position_enu_m.z;
            (moved - height(end_s)) / steps[i]
        });
        Some(Found {
            told: seen.iter().map(|(t, _)| (*t, height(*t))).collect(),
            seen,
            fitted_s,
            fit_rms_m: (square / fitted.len() as f64).sqrt(),
            sigma_m: (variance * (row.transpose() * inverse * row)[0]).sqrt(),
        })
    }
}
