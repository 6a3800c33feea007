//! NASA's check-cases 06 to 09 as in `tests/flight_nesc.rs`: altitude less that of each
//! simulation.

use std::f64::consts::PI;
use std::path::Path;

use mantlet::flight::{Air, Body, DragCurve, Gravity, Ground, State, WindLevel, World, fly};
use mantlet::frames::{Datum, Local, Wgs84};
use nalgebra::Vector3;

use crate::chart::{Chart, Line};

const FOOT_M: f64 = 0.3048;
const AREA_PER_MASS_M2KG: f64 = 0.1 * (PI / 16.0) * FOOT_M * FOOT_M / 14.593_902_937_206_364;

/// Altitude, ft, over time of a case; `None` where the simulations are absent.
pub fn chart(folder: &Path, case: u32) -> Option<Chart> {
    let wind_fps = |height_ft: f64| match case {
        7 => 20.0,
        8 => 0.003 * height_ft - 20.0,
        _ => 0.0,
    };
    let wind = [-1_000.0, 60_000.0].map(|height_ft| WindLevel {
        height_m: height_ft * FOOT_M,
        east_mps: wind_fps(height_ft) * FOOT_M,
        north_mps: 0.0,
    });
    let datum = Datum::new(Wgs84::from_degrees(0.0, 0.0, 0.0).expect("a place"));
    let air = Air::standard().with_wind(wind.to_vec());
    let world = World::new(datum, air, Ground::Level { height_m: -1e5 }).with_gravity(Gravity::J2);
    let (height_ft, speed_fps) = if case == 9 { (0.0, 1_000.0) } else { (30_000.0, 0.0) };
    let start = State {
        position_enu_m: Vector3::new(0.0, 0.0, height_ft * FOOT_M),
        velocity_enu_mps: Vector3::new(speed_fps, 0.0, speed_fps) * FOOT_M,
    };
    let body = Body { curve: DragCurve::Constant, area_per_mass_m2kg: AREA_PER_MASS_M2KG };
    let path = fly(&world, &body, &start, 30.001).expect("a flight");
    let mut lines = Vec::new();
    for sim in [4, 5, 6] {
        let name = format!("Atmos_{case:02}_sim_{sim:02}.csv");
        let text = std::fs::read_to_string(folder.join(name)).ok()?;
        let header: Vec<&str> = text.lines().next()?.split(',').collect();
        let at = header.iter().position(|c| *c == "altitudeMsl_ft")?;
        let points = text.lines().skip(1).filter_map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let (t, told): (f64, f64) = (cells[0].parse().ok()?, cells[at].parse().ok()?);
            let place = world.datum.wgs84(Local::from(path.at(t).position_enu_m));
            ((t * 10.0 - (t * 10.0).round()).abs() < 1e-3)
                .then_some((t, place.height_m / FOOT_M - told))
        });
        lines.push(Line {
            name: format!("less sim_{sim:02}"),
            points: points.collect(),
            dots: false,
        });
    }
    Some(Chart {
        title: format!("Check-case {case:02}: altitude"),
        axes: ["time, s", "ours less theirs, ft"],
        lines,
    })
}
