//! A made-up run, drawn with parabolas, to look at the report without running
//! the chain: eight rockets, a gun, and traffic that is nobody's enemy.

use super::data::*;

const GRAVITY_MPS2: f64 = 9.8;
/// From first plot to impact, s.
const SEEN_S: f64 = 22.0;

/// Where each rocket lands (east, north in m), when it is first seen (s), and
/// how long before impact the gun destroys it (s).
const ROCKETS: [([f64; 2], f64, Option<f64>); 8] = [
    ([25.0, 15.0], 4.0, Some(4.1)),
    ([-300.0, -210.0], 6.2, None),
    ([300.0, 170.0], 8.4, Some(3.6)),
    ([120.0, -190.0], 11.0, None),
    ([-40.0, 40.0], 13.1, Some(3.8)),
    ([250.0, 260.0], 16.5, Some(3.2)),
    ([-430.0, -330.0], 19.0, None),
    ([-20.0, -30.0], 21.3, Some(4.0)),
];

/// A small repeatable scatter in [-1, 1].
fn scatter(n: usize) -> f64 {
    let mut x = (n as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

fn zone(id: &str, name: &str, kind: ZoneKind, population: u32, box_m: [f64; 4]) -> Zone {
    let [w, s, e, n] = box_m;
    Zone {
        id: id.into(),
        name: name.into(),
        kind,
        population,
        shelter_s: if population > 300 { 12.0 } else { 8.0 },
        polygon_en_m: vec![[w, s], [e, s + 12.0], [e - 8.0, n], [w + 5.0, n - 6.0]],
    }
}

fn rocket_at(i: usize, before_impact_s: f64) -> [f64; 3] {
    let (impact, _, _) = ROCKETS[i];
    let bearing = (66.0 + 3.0 * scatter(i)).to_radians();
    let along = 215.0 * before_impact_s;
    [
        impact[0] + along * bearing.sin(),
        impact[1] + along * bearing.cos(),
        (150.0 - 0.5 * GRAVITY_MPS2 * before_impact_s) * before_impact_s,
    ]
}

fn rocket(i: usize) -> (Object, Track) {
    let (position_en_m, first_plot_s, shot) = ROCKETS[i];
    let impact_s = first_plot_s + SEEN_S;
    let end_s = impact_s - shot.unwrap_or(0.0);
    let steps = ((end_s - first_plot_s) / 0.5) as usize;
    let samples = (0..=steps)
        .map(|k| {
            let t = first_plot_s + 0.5 * k as f64;
            let [e, n, u] = rocket_at(i, impact_s - t);
            [t, e + 4.0 * scatter(k + 99 * i), n, u]
        })
        .collect();
    let predictions = (3..=steps)
        .map(|k| {
            let t = first_plot_s + 0.5 * k as f64;
            let left_s = impact_s - t;
            let (along, across) = (3.0 + 0.55 * left_s * left_s, 2.0 + 0.12 * left_s * left_s);
            let b = 66f64.to_radians();
            let (sb, cb) = b.sin_cos();
            let (a2, c2) = (along * along, across * across);
            let off = along * 0.9 * scatter(7 * i + 3) + 0.2 * along * scatter(k + 31 * i);
            Prediction {
                time_s: t,
                position_en_m: [position_en_m[0] + off * sb, position_en_m[1] + off * cb],
                covariance_m2: [
                    a2 * sb * sb + c2 * cb * cb,
                    (a2 - c2) * sb * cb,
                    a2 * cb * cb + c2 * sb * sb,
                ],
                impact_s: impact_s + 0.02 * left_s * scatter(k + i),
                impact_sigma_s: 0.02 * left_s,
            }
        })
        .collect();
    let id = format!("rocket-{}", i + 1);
    let object = Object {
        id: id.clone(),
        class: "rocket".into(),
        threat: true,
        impact: Some(TrueImpact { time_s: impact_s, position_en_m }),
    };
    let track = Track {
        id: i as u64 + 1,
        kind: "rocket".into(),
        kind_probability: 0.98,
        object_id: Some(id),
        duplicate: false,
        first_plot_s,
        third_plot_s: Some(first_plot_s + 0.9),
        confirmed_s: first_plot_s + 1.4 + 0.3 * scatter(i),
        samples,
        predictions,
        end: match shot {
            Some(s) => End::Intercepted { time_s: end_s, position_enu_m: rocket_at(i, s) },
            None => End::Landed { time_s: impact_s },
        },
    };
    (object, track)
}

fn traffic(id: u64, class: &str, from: [f64; 3], to: [f64; 3]) -> (Object, Track) {
    let object =
        Object { id: format!("{class}-{id}"), class: class.into(), threat: false, impact: None };
    let samples = (0..=30)
        .map(|k| {
            let f = f64::from(k) / 30.0;
            [
                2.0 * f64::from(k),
                from[0] + f * (to[0] - from[0]),
                from[1] + f * (to[1] - from[1]),
                from[2],
            ]
        })
        .collect();
    let kind = if class == "bird" { "bird" } else { "aircraft" };
    let track = Track {
        id,
        kind: kind.into(),
        kind_probability: 0.97,
        object_id: Some(object.id.clone()),
        duplicate: false,
        confirmed_s: 3.0,
        samples,
        ..Track::default()
    };
    (object, track)
}

/// The made-up run.
pub fn report() -> RunReport {
    let mut run = RunReport {
        scenario: "Eight rockets".into(),
        site: "Cedar compound".into(),
        seed: 1,
        exercise: true,
        origin: Origin { lat_deg: 33.0, lon_deg: 44.0, height_m: 40.0 },
        duration_s: 60.0,
        policy: Policy { threshold: 0.02, missed_costs: 50.0 },
        dropped_tracks: 14,
        ..RunReport::default()
    };
    run.zones = vec![
        zone("compound", "Cedar compound", ZoneKind::Protected, 140, [-90.0, -70.0, 80.0, 80.0]),
        zone("homes", "Residential complex", ZoneKind::Neighbour, 620, [160.0, 60.0, 400.0, 310.0]),
        zone("parking", "Car park", ZoneKind::Neighbour, 35, [40.0, -270.0, 220.0, -120.0]),
        zone("hospital", "Hospital", ZoneKind::KeepOut, 480, [-420.0, 150.0, -230.0, 320.0]),
        zone("field", "Open field", ZoneKind::Neighbour, 6, [-620.0, -430.0, -160.0, -90.0]),
    ];
    run.sensors = vec![
        Sensor { id: "north".into(), position_en_m: [60.0, 420.0], range_m: 15_000.0 },
        Sensor { id: "south".into(), position_en_m: [-2100.0, -1500.0], range_m: 20_000.0 },
    ];
    run.effectors = vec![Effector {
        id: "gun".into(),
        kind: "gun".into(),
        position_en_m: [30.0, 50.0],
        reach_m: 2000.0,
        magazine: 1550,
    }];
    for i in 0..ROCKETS.len() {
        let (object, track) = rocket(i);
        run.objects.push(object);
        run.tracks.push(track);
    }
    for (id, class, from, to) in [
        (21, "airliner", [-9000.0, 5200.0, 9800.0], [5600.0, 1700.0, 9800.0]),
        (22, "airliner", [7000.0, -2600.0, 8400.0], [-6000.0, -4600.0, 8400.0]),
        (23, "helicopter", [-1600.0, 2400.0, 180.0], [900.0, 1300.0, 180.0]),
        (24, "bird", [700.0, -900.0, 60.0], [200.0, -600.0, 60.0]),
    ] {
        let (object, track) = traffic(id, class, from, to);
        run.objects.push(object);
        run.tracks.push(track);
    }
    warn(&mut run);
    shoot(&mut run);
    run.accuracy = Some(Accuracy {
        impact_rms_10s_m: 41.2,
        bound_rms_10s_m: 33.9,
        in_90_ellipse: 0.91,
        gospa_m: 12.4,
        false_tracks: 0,
        missed: 0,
    });
    run
}

/// Zone, warned, cleared, danger, tracks.
type Story = (usize, Option<f64>, Option<f64>, Option<f64>, &'static [u64]);

fn warn(run: &mut RunReport) {
    let stories: [Story; 5] = [
        (0, Some(6.6), Some(48.0), Some(26.0), &[1, 5, 8]),
        (1, Some(10.9), Some(46.5), Some(30.4), &[3, 6]),
        (2, Some(23.6), Some(41.0), Some(33.0), &[4]),
        (3, Some(12.1), Some(19.0), None, &[3]),
        (4, Some(8.8), Some(49.0), Some(28.2), &[2, 7]),
    ];
    for (i, warned_s, cleared_s, danger_s, tracks) in stories {
        let z = &run.zones[i];
        let given = warned_s.zip(danger_s).map(|(w, d)| d - w);
        let in_time = given.is_some_and(|g| g >= z.shelter_s);
        let harm = [1.9, 2.6, 0.22, 0.0, 0.011][i];
        let left = [0.05, 0.31, 0.22, 0.004, 0.012][i];
        run.outcomes.push(ZoneOutcome {
            zone_id: z.id.clone(),
            warned_s,
            cleared_s,
            danger_s,
            seconds_given: given,
            seconds_needed: z.shelter_s,
            people_in_time: if in_time { z.population } else { 0 },
            people_needlessly_warned: if danger_s.is_none() { z.population } else { 0 },
            harm_without: Harm {
                casualties: harm,
                by_rounds: harm,
                chance_of_any: 1.0 - f64::exp(-harm),
                chance_of_damage: 1.0 - f64::exp(-2.0 * harm),
                ..Harm::default()
            },
            harm_with: Harm {
                casualties: left,
                by_rounds: if i == 2 || i == 4 { left * 0.9 } else { 0.0 },
                by_debris: if i == 2 || i == 4 { left * 0.1 } else { left * 0.8 },
                by_duds: if i == 2 || i == 4 { 0.0 } else { left * 0.2 },
                chance_of_any: 1.0 - f64::exp(-left),
                chance_of_damage: 1.0 - f64::exp(-2.0 * left),
            },
        });
        let later = tracks.iter().skip(1).map(|id| ROCKETS[*id as usize - 1].1 + 2.5);
        let sent = (warned_s.into_iter().map(|t| (t, Action::Warn)))
            .chain(later.map(|t| (t, Action::Update)))
            .chain(cleared_s.into_iter().map(|t| (t, Action::Clear)));
        for (k, (time_s, action)) in sent.enumerate() {
            run.warnings.push(Warning {
                time_s,
                zone_id: z.id.clone(),
                action,
                seconds_left: (action != Action::Clear).then(|| given.unwrap_or(14.0)),
                probability: 0.04,
                track_ids: tracks.iter().take(k + 1).copied().collect(),
            });
        }
    }
    run.warnings.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
}

fn shoot(run: &mut RunReport) {
    for track in &run.tracks {
        let End::Intercepted { time_s, position_enu_m } = track.end else { continue };
        for k in 0..if track.id == 6 { 2 } else { 1 } {
            run.engagements.push(Engagement {
                effector_id: "gun".into(),
                fired_s: time_s - 2.4 - 2.0 * f64::from(k),
                outcome_s: time_s - 2.0 * f64::from(k),
                track_id: track.id,
                rounds: 110,
                destroyed: k == 0,
                position_enu_m,
            });
        }
        for k in 0..46 {
            let n = k + 100 * track.id as usize;
            run.fallen.push(Piece {
                time_s: time_s + 8.0 + 5.0 * scatter(n + 1),
                position_en_m: [
                    position_enu_m[0] * (0.35 + 0.3 * scatter(n)) + 70.0 * scatter(n + 9),
                    position_enu_m[1] * (0.35 + 0.3 * scatter(n)) + 110.0 * scatter(n + 5),
                ],
                kind: match k {
                    0..3 => PieceKind::Part,
                    3..32 => PieceKind::Fragment,
                    _ => PieceKind::Dud,
                },
                count: 1.0,
                energy_j: if k < 3 { 40_000.0 } else { 60.0 + 50.0 * scatter(n + 4) },
            });
        }
    }
    run.engagements.sort_by(|a, b| a.fired_s.total_cmp(&b.fired_s));
    for (track_id, reason) in [(2, "would hurt nobody"), (7, "would hurt nobody")] {
        run.spared.push(Spared { track_id, time_s: 12.0, reason: reason.into() });
    }
    let (columns, rows) = (70, 56);
    let mut grid =
        HarmGrid { corner_en_m: [-640.0, -460.0], cell_m: 20.0, columns, ..HarmGrid::default() };
    for cell in 0..columns * rows {
        let at = [0, 1].map(|i| {
            grid.corner_en_m[i] + 20.0 * ([cell % columns, cell / columns][i] as f64 + 0.5)
        });
        let near = |p: [f64; 2], sigma: f64| {
            let d = (at[0] - p[0]).hypot(at[1] - p[1]);
            (-0.5 * (d / sigma).powi(2)).exp()
        };
        let on = |shot: bool| ROCKETS.iter().filter(move |r| shot || r.2.is_none());
        grid.without.push(on(true).map(|r| 0.02 * near(r.0, 40.0)).sum());
        let debris: f64 = run.fallen.iter().map(|p| 0.0004 * near(p.position_en_m, 30.0)).sum();
        grid.with.push(on(false).map(|r| 0.02 * near(r.0, 40.0)).sum::<f64>() + debris);
    }
    run.harm_grid = Some(grid);
}
