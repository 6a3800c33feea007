//! The plots of docs/models/harm.md: `cargo run --release --example what_falls -- [FOLDER]`
//! compares break-ups, falls and casualty areas with closed forms, prints the largest
//! differences and writes `what-falls.svg`.

#[path = "../flight_validation/chart.rs"]
mod chart;

use std::f64::consts::{PI, TAU};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use chart::{Chart, Line, svg};
use mantlet::engagement::{Arm, Draw, Effector, Gun};
use mantlet::flight::{State, World, fly};
use mantlet::frames::{Datum, Wgs84};
use mantlet::harm::{
    BreakUp, Burst, Cover, Fallen, HarmMap, Makes, Piece, PieceKind, Vulnerability, assess, fall,
    mott_shares,
};
use mantlet::warning::{Zone, ZoneKind};
use nalgebra::Vector3;

fn main() -> ExitCode {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or("docs/models".into()));
    let Ok(origin) = Wgs84::from_degrees(33.0, -30.0, 0.0) else { return ExitCode::FAILURE };
    let world = World::level(Datum::new(origin));
    let mut said = String::new();
    let charts = [
        vacuum(&world, &mut said),
        drag(&world, &mut said),
        conserved(&world, &mut said),
        mott(&mut said),
        area(&mut said),
        map(&mut said),
    ];
    let file = folder.join("what-falls.svg");
    // A closed pipe ends the listing, nothing else.
    let _ = std::io::stdout().write_all(said.as_bytes());
    match std::fs::write(&file, svg(&charts)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{}: {why}", file.display());
            ExitCode::FAILURE
        }
    }
}

fn line(name: &str, points: Vec<(f64, f64)>) -> Line {
    Line { name: name.into(), points, dots: false }
}

fn dots(name: &str, points: Vec<(f64, f64)>) -> Line {
    Line { name: name.into(), points, dots: true }
}

fn hit() -> State {
    State {
        position_enu_m: Vector3::new(100.0, -400.0, 700.0),
        velocity_enu_mps: Vector3::new(80.0, 150.0, -160.0),
    }
}

/// Without air, what is thrown level from a point at rest lands on a circle.
fn vacuum(world: &World, said: &mut String) -> Chart {
    let (height_m, throw_mps) = (500.0, 80.0);
    let thrown = |turn: f64| Piece {
        kind: PieceKind::Fragment,
        count: 1.0,
        mass_kg: 0.01,
        area_m2: 0.0,
        detonates: 0.0,
        lethal_radius_m: 0.0,
        drag_factor: 1.0,
        state: State {
            position_enu_m: Vector3::new(0.0, 0.0, height_m),
            velocity_enu_mps: Vector3::new(turn.cos(), turn.sin(), 0.0) * throw_mps,
        },
        start_s: 0.0,
    };
    let pieces: Vec<Piece> = (0..90).map(|i| thrown(TAU * f64::from(i) / 90.0)).collect();
    let fallen = fall(world, 0, &pieces);
    let g = -world.gravity_mps2(&Vector3::new(0.0, 0.0, 0.5 * height_m)).z;
    let radius_m = throw_mps * (2.0 * height_m / g).sqrt();
    let energy_j = 0.01 * (0.5 * throw_mps * throw_mps + g * height_m);
    let off = |f: &Fallen| (f.position_en_m[0].hypot(f.position_en_m[1]) - radius_m).abs();
    let worst_m = fallen.iter().map(off).fold(0.0, f64::max);
    let worst_j = fallen.iter().map(|f| (f.energy_j / energy_j - 1.0).abs()).fold(0.0, f64::max);
    *said += &format!(
        "vacuum      {} of {} land, radius {radius_m:.2} m within {worst_m:.2} m, energy within \
         {:.2} %\n",
        fallen.len(),
        pieces.len(),
        100.0 * worst_j
    );
    let circle = |i: i32| {
        let turn = TAU * f64::from(i) / 180.0;
        (radius_m * turn.cos(), radius_m * turn.sin())
    };
    Chart {
        title: "Point break-up without air: landings".into(),
        axes: ["east, m", "north, m"],
        lines: vec![
            line("v √(2h/g)", (0..=180).map(circle).collect()),
            dots(
                "flown",
                fallen.iter().map(|f| (f.position_en_m[0], f.position_en_m[1])).collect(),
            ),
        ],
    }
}

/// Fragments in air: the wide integrator against the exact flight.
fn drag(world: &World, said: &mut String) -> Chart {
    let how = BreakUp { detonates_in_air: 1.0, strata: 200, ..BreakUp::default() };
    let pieces = how.break_round(&Makes::default().rocket, &hit(), 0.0, &mut Draw::new(1, 0));
    let fallen = fall(world, 0, &pieces);
    let mut points = Vec::new();
    let mut worst_m = 0.0f64;
    for (piece, fallen) in pieces.iter().zip(&fallen) {
        let exact = fly(world, &piece.body(), &piece.state, 900.0).ok().and_then(|p| p.landing());
        let Some(exact) = exact else { continue };
        let [e_m, n_m] = fallen.position_en_m;
        let off_m = (exact.position_enu_m.x - e_m).hypot(exact.position_enu_m.y - n_m);
        worst_m = worst_m.max(off_m);
        points.push((piece.mass_kg * 1e3, 100.0 * off_m));
    }
    *said += &format!(
        "drag        {} fragments and the body: wide against exact flight within {worst_m:.3} m\n",
        points.len() - 1
    );
    points.retain(|(mass_g, _)| *mass_g < 50.0);
    Chart {
        title: "Fragments in air: landing, wide less exact flight".into(),
        axes: ["mass, g", "apart, cm"],
        lines: vec![dots("one fragment each", points)],
    }
}

/// Mass and count before and after, over many break-ups, and what a gun's rounds leave.
fn conserved(world: &World, said: &mut String) -> Chart {
    let make = Makes::default().rocket;
    let gun = Effector::new("gun".into(), Vector3::zeros(), Arm::Gun(Gun::default()));
    let mut by_kind: Vec<(PieceKind, f64, f64)> = Vec::new();
    let (mut broken_kg, mut landed_kg, mut lost) = (0.0, 0.0, 0.0);
    let (mut off_kg, mut off_count) = (0.0f64, 0.0f64);
    let mut points = Vec::new();
    for seed in 0..200 {
        let mut draw = Draw::new(seed, 0);
        let how = BreakUp::default();
        let mut pieces = how.break_round(&make, &hit(), 0.0, &mut draw);
        pieces.extend(how.break_spent(&gun, 0.0, &hit().position_enu_m, 60, &mut draw));
        let fallen = fall(world, seed, &pieces);
        let before: f64 = pieces.iter().map(|p| p.count * p.mass_kg).sum();
        let after: f64 = fallen.iter().map(|p| p.count * p.mass_kg).sum();
        let count: f64 = pieces.iter().map(|p| p.count).sum();
        let count_after: f64 = fallen.iter().map(|p| p.count).sum();
        off_kg = off_kg.max((before - after).abs());
        off_count = off_count.max((count - count_after).abs());
        lost += (pieces.len() - fallen.len()) as f64;
        broken_kg += before;
        landed_kg += after;
        points.push((f64::from(seed as u32), 1e12 * (after - before) / before));
        for piece in &fallen {
            match by_kind.iter_mut().find(|k| k.0 == piece.kind) {
                Some(kind) => {
                    kind.1 += piece.count;
                    kind.2 += piece.count * piece.mass_kg;
                }
                None => by_kind.push((piece.kind, piece.count, piece.count * piece.mass_kg)),
            }
        }
    }
    *said += &format!(
        "conserved   200 kills and what 60 rounds of a gun left each: {broken_kg:.3} kg broke off, \
         {landed_kg:.3} kg landed; at worst {off_kg:.1e} kg and {off_count:.1e} pieces apart, {lost} \
         still in the air\n"
    );
    by_kind.sort_by_key(|k| k.0);
    for (kind, count, mass_kg) in by_kind {
        let name = kind.name();
        *said += &format!("            {name:8} {count:9.0} pieces {mass_kg:9.2} kg\n");
    }
    Chart {
        title: "Mass landed over mass broken off, less 1".into(),
        axes: ["kill", "parts in 10^12"],
        lines: vec![dots("one kill each", points)],
    }
}

/// Strata of a warhead against Mott's law.
fn mott(said: &mut String) -> Chart {
    let law = |m: f64| (-(2.0 * m).sqrt()).exp();
    let strata = 24;
    let shares = mott_shares(strata);
    let n = f64::from(strata);
    // Half of a stratum is heavier than about its mean.
    let points: Vec<(f64, f64)> =
        shares.iter().enumerate().map(|(i, m)| (*m, 1.0 - (i as f64 + 0.5) / n)).collect();
    let worst = points.iter().map(|(m, above)| (law(*m) - above).abs()).fold(0.0, f64::max);
    let mass: f64 = shares.iter().sum();
    *said += &format!(
        "Mott        {strata} strata hold {:.12} of the mass; share above a mass within {worst:.3} \
         of the law\n",
        mass / n
    );
    Chart {
        title: "Fragments: share of the count above a mass".into(),
        axes: ["mass over mean mass", "share"],
        lines: vec![
            line(
                "Mott (1947)",
                (0..=140).map(|i| 0.05 * f64::from(i)).map(|m| (m, law(m))).collect(),
            ),
            dots("24 strata", points),
        ],
    }
}

/// The casualty area of a piece against the published formula.
fn area(said: &mut String) -> Chart {
    let how = Vulnerability::default();
    let piece = |dive_rad: f64, area_m2: f64| Fallen {
        kind: PieceKind::Body,
        engagement: 0,
        count: 1.0,
        mass_kg: 1.0,
        area_m2,
        time_s: 0.0,
        position_en_m: [0.0; 2],
        energy_j: 100.0,
        dive_rad,
        detonates: 0.0,
        lethal_radius_m: 0.0,
    };
    let published = |dive_rad: f64, area_m2: f64| {
        let reach_m = 0.3 + (area_m2 / PI).sqrt();
        PI * reach_m * reach_m + 2.0 * reach_m * 1.75 / dive_rad.tan()
    };
    let dives = || (10..=90).step_by(2).map(|deg| f64::from(deg).to_radians());
    let mut worst = 0.0f64;
    let mut lines = Vec::new();
    for (name, area_m2) in [("fragment, 1 cm²", 1e-4), ("warhead, 280 cm²", 0.028)] {
        let ours = dives().map(|d| (d, how.casualty_area_m2(&piece(d, area_m2), Cover::Open)));
        let ours: Vec<(f64, f64)> = ours.collect();
        let off = ours.iter().map(|(d, a)| (a / published(*d, area_m2) - 1.0).abs());
        worst = off.fold(worst, f64::max);
        lines.push(line(name, dives().map(|d| (d.to_degrees(), published(d, area_m2))).collect()));
        lines.push(dots("", ours.iter().map(|(d, a)| (d.to_degrees(), *a)).collect()));
    }
    *said += &format!("area        casualty areas within {worst:.1e} of the published formula\n");
    Chart {
        title: "Casualty area in the open (lines: FAA)".into(),
        axes: ["dive angle, degrees", "m²"],
        lines,
    }
}

/// Cells of the map against the zone's closed form, by the side of the cells.
fn map(said: &mut String) -> Chart {
    let s = 200.0;
    let square = vec![[-s, -s], [s, -s], [s, s], [-s, s]];
    let zone = Zone::new("z".into(), "Z".into(), ZoneKind::Neighbour, 900.0, 15.0, square);
    let zones = zone.map(|z| vec![z]).unwrap_or_default();
    let how = Vulnerability::default();
    let mut points = Vec::new();
    let mut at_edge = Vec::new();
    for cell_m in [2.5, 5.0, 10.0, 20.0, 40.0] {
        for (to, place) in [(&mut points, [31.0, -7.0]), (&mut at_edge, [193.0, 40.0])] {
            let rounds = [Burst { time_s: 5.0, position_en_m: place, lethal_radius_m: 14.0 }];
            let mut map = HarmMap::over(&zones, 300.0, cell_m);
            map.add(&zones, &[None], &rounds, &[], &how);
            let want = assess(&zones, &[None], &rounds, &[], &how)[0].casualties;
            let sum: f64 = map.casualties.iter().sum();
            to.push((cell_m, 100.0 * (sum / want - 1.0)));
        }
    }
    let worst = |all: &[(f64, f64)]| all.iter().map(|p| p.1.abs()).fold(0.0, f64::max);
    *said += &format!(
        "map         a round's cells add up to its zone within {:.2} %, at the zone's edge {:.1} %\n",
        worst(&points),
        worst(&at_edge)
    );
    Chart {
        title: "Sum of the map's cells over the zone's closed form".into(),
        axes: ["side of a cell, m", "less 1, %"],
        lines: vec![dots("inside a zone", points), dots("at its edge", at_edge)],
    }
}
