//! The published chances of raid annihilation, through the whole simulation: radar, tracks,
//! impacts, decisions, outcomes.

// The figures are shown with --nocapture.
#![allow(clippy::print_stdout)]

use std::path::Path;

use mantlet::engagement::{Arm, Missile, Selection, independent_shots};
use mantlet::scenario::{Repeats, Scenario, load_scenario, repeat};

/// One radar that misses nothing, and missiles without end that always find their target in
/// reach.
fn scenario(missile: Missile) -> Scenario {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/few-interceptors.toml");
    let mut scenario = load_scenario(&file).expect("the demo scenario loads");
    for sensor in &mut scenario.site.site.sensors {
        sensor.detection_probability = 1.0;
        sensor.clutter_per_scan = 0.0;
    }
    let defence = &mut scenario.site.defence;
    defence.rules.selection = Selection::FirstCome;
    defence.rules.spare_below = 0.0;
    let effector = &mut defence.effectors[0];
    effector.arm = Arm::Missile(missile);
    effector.channels = 40;
    effector.assess_s = 60.0;
    effector.reaction_s = 0.2;
    effector.slew_radps = 100.0;
    // All of them at the middle of the homes, so that each is worth a shot.
    let raid = &mut scenario.raids[0];
    raid.centre_en_m = [580.0, -20.0];
    raid.spread_m = [40.0, 40.0];
    scenario
}

#[test]
fn raids_are_annihilated_as_often_as_published() {
    // NUMBERS: independent shots, kill chance 0.8, two at each round, no second look.
    let missile = Missile {
        kill_chance: 0.8,
        magazine: 1_000,
        most_salvo: 2,
        interval_s: 0.1,
        ..Missile::default()
    };
    for (count, runs, published) in [(8, 100, 0.7214), (21, 50, 0.4243)] {
        let mut scenario = scenario(missile.clone());
        scenario.raids[0].count = [count, count];
        scenario.raids[0].window_s = count as f64;
        let came =
            repeat(&scenario, &Repeats { first_seed: 1, runs, enough_rel: 0.0 }, &mut |_, _| {});
        let (leak, annihilated, leakers) = independent_shots(count as u32, &[0.8, 0.8]);
        assert!((annihilated - published).abs() < 5e-5);
        // Rounds side by side may share a track for a while: two in a hundred may go unengaged.
        let engaged: u64 = came.runs.iter().map(|r| u64::from(r.engaged)).sum();
        assert!(100 * engaged >= 98 * count * runs, "{engaged} of {}", count * runs);
        let n = runs as f64;
        let none = came.spread(|r| f64::from(u8::from(r.leakers == 0))).mean;
        let error = (annihilated * (1.0 - annihilated) / n).sqrt();
        assert!((none - annihilated).abs() < 4.0 * error, "{count}: {none} for {annihilated}");
        let mean = came.spread(|r| f64::from(r.leakers)).mean;
        let error = (count as f64 * leak * (1.0 - leak) / n).sqrt();
        assert!((mean - leakers).abs() < 4.0 * error, "{count}: {mean} for {leakers}");
        println!(
            "{count} rounds, {runs} raids: annihilated {none:.3} (published {published}), leakers {mean:.3} ({leakers:.3})"
        );
    }
}
