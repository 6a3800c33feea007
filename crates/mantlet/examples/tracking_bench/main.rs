//! Mantlet's tracker on the raids of the comparison; see `bench/tracking/README.md`.
//!
//! `tracking_bench score ROUNDS SEEDS [salvo]` prints one row: CPU a scan and the
//! scores with their 95 % intervals over the seeds. `tracking_bench write ROUNDS
//! SEED DIR` writes plots and truth as the other programs read them.
//! `tracking_bench judge ROUNDS SEED TRACKS.csv` scores another program's tracks.
//! `tracking_bench quiet HOURS` counts the tracks that false plots make.
//! `tracking_bench traffic HOURS` counts the impacts that are predicted where there is
//! nothing but airliners, helicopters, birds, a boat and false plots.
//! `tracking_bench flights SEEDS` prints impact error over bound and consistency.

mod flights;
mod raid;
mod score;
mod setup;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;

use mantlet::flight::World;
use mantlet::frames::{Datum, Wgs84};
use mantlet::prediction::predict_impact;

use raid::{PERIOD_S, Raid, Recipe};
use score::{Estimate, Score};
use setup::{recipe, scans, tracker};

/// Raids of more rounds are only timed.
const SCORED_AT_MOST: usize = 2000;

/// Nanoseconds that this thread has run, from the kernel.
fn cpu_ns() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux keeps schedstat");
    text.split(' ').next().and_then(|n| n.parse().ok()).expect("its first field is a number")
}

/// Estimates and CPU milliseconds a scan.
fn track(recipe: &Recipe, raid: &Raid) -> (Vec<Estimate>, f64) {
    let mut tracker = tracker(recipe);
    let (mut estimates, mut spent_ns) = (Vec::new(), 0.0);
    let scans = scans(raid);
    for (scan, plots) in scans.iter().enumerate() {
        let start_ns = cpu_ns();
        tracker.ingest(plots);
        spent_ns += cpu_ns() - start_ns;
        estimates.extend(tracker.confirmed().iter().map(|track| {
            let p = track.position_enu_m();
            Estimate { scan, track: track.id, position_m: [p.x, p.y, p.z] }
        }));
    }
    (estimates, spent_ns * 1e-6 / scans.len() as f64)
}

fn mean_and_interval(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    (mean, 1.96 * (variance / n).sqrt())
}

/// A figure's name and how to read it from a run's score and CPU time.
type Column = (&'static str, fn(&(Score, f64)) -> f64);

fn print_row(rounds: usize, seeds: u64, salvo: bool) {
    let mut rows: Vec<(Score, f64)> = Vec::new();
    for seed in 0..seeds {
        let recipe = recipe(rounds, 1000 + seed, salvo);
        let raid = Raid::new(&recipe);
        let (estimates, ms) = track(&recipe, &raid);
        // Ten thousand by ten thousand is too much for the scoring's own assignment.
        let scored = rounds <= SCORED_AT_MOST;
        rows.push((if scored { Score::new(&raid, &estimates) } else { Score::default() }, ms));
    }
    print_scores(rounds, &rows, salvo);
}

fn print_scores(rounds: usize, rows: &[(Score, f64)], salvo: bool) {
    let seeds = rows.len();
    let mut out = format!("{{\"rounds\":{rounds},\"seeds\":{seeds},\"salvo\":{salvo}");
    let columns: [Column; 11] = [
        ("cpu_ms_per_scan", |r| r.1),
        ("gospa_m", |r| r.0.gospa_m),
        ("rmse_m", |r| r.0.rmse_m),
        ("missed_percent", |r| r.0.missed_percent),
        ("false_per_scan", |r| r.0.false_per_scan),
        ("false_tracks", |r| r.0.false_tracks),
        ("breaks", |r| r.0.breaks),
        ("switches", |r| r.0.switches),
        ("track_seconds", |r| r.0.track_seconds),
        ("never_tracked", |r| r.0.never_tracked),
        ("delay_s", |r| r.0.delay_s),
    ];
    for (name, pick) in columns {
        let (mean, interval) = mean_and_interval(&rows.iter().map(pick).collect::<Vec<_>>());
        out += &format!(",\"{name}\":[{mean:.4},{interval:.4}]");
    }
    writeln!(std::io::stdout(), "{out}}}").expect("stdout is open");
}

fn print_flights(seeds: u64) {
    let range = flights::Range::new();
    let outcomes: Vec<flights::Outcome> = (0..seeds).map(|seed| range.run(seed)).collect();
    let mut out = String::new();
    let confirmed: Vec<f64> =
        outcomes.iter().flat_map(|o| &o.confirmed_after_s).flatten().copied().collect();
    out += &format!("rounds {} of {}, ", confirmed.len(), 8 * seeds);
    out += &format!(
        "latest {:.2} s after its third plot\n",
        confirmed.iter().copied().fold(-9.0, f64::max)
    );
    let sum = |pick: fn(&flights::Outcome) -> usize| outcomes.iter().map(pick).sum::<usize>();
    out += &format!("false tracks {}, ", sum(|o| o.false_tracks));
    out += &format!("needless predictions {}, ", sum(|o| o.needless_predictions));
    let kinds: Vec<usize> = (0..3).map(|n| outcomes.iter().map(|o| o.kinds[n]).sum()).collect();
    out += &format!("kind right/unknown/wrong {kinds:?}\n");
    for from in [20.0, 15.0, 10.0, 5.0] {
        let (rms_m, ratio, count) = flights::over_bound(&outcomes, [from, from + 0.5]);
        out +=
            &format!("{from} s before impact: rms {rms_m:.1} m, over bound {ratio:.3} ({count})\n");
    }
    for (name, from, to) in
        [("0-1", 0.0, 1.0), ("1-3", 1.0, 3.0), ("3-10", 3.0, 10.0), ("10+", 10.0, 99.0)]
    {
        let late: Vec<_> = outcomes
            .iter()
            .flat_map(|o| &o.predictions)
            .filter(|p| p.since_confirmed_s >= from && p.since_confirmed_s < to)
            .collect();
        let n = late.len().max(1) as f64;
        let inside = late.iter().filter(|p| p.impact_nees < 4.605_170).count() as f64 / n;
        let impact = late.iter().map(|p| p.impact_nees).sum::<f64>() / n;
        let state = late.iter().map(|p| p.state_nees).sum::<f64>() / n;
        out += &format!(
            "{name} s after confirmation: in the 90 % ellipse {inside:.3}, impact nees {impact:.3} of 2, state {state:.3} of 6, {}\n",
            late.len()
        );
    }
    for from in [1.0, 1.5, 2.0, 3.0] {
        let early = |p: &&flights::Prediction| {
            (from..from + 0.4).contains(&p.since_first_plot_s) && p.bound_m.is_finite()
        };
        let mut all: Vec<_> = outcomes.iter().flat_map(|o| &o.predictions).filter(early).collect();
        all.sort_by(|a, b| a.error_m.total_cmp(&b.error_m));
        let error_m = all.get(all.len() / 2).map_or(f64::NAN, |p| p.error_m);
        all.sort_by(|a, b| a.bound_m.total_cmp(&b.bound_m));
        let bound_m = all.get(all.len() / 2).map_or(f64::NAN, |p| p.bound_m);
        out += &format!(
            "{from} s after the first plot: median error {error_m:.0} m, median bound {bound_m:.0} m ({})\n",
            all.len()
        );
    }
    let (mut usable, mut stated): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    for outcome in &outcomes {
        for round in 0..8 {
            let own = outcome.predictions.iter().filter(|p| p.round == round);
            stated.extend(own.map(|p| p.since_first_plot_s).min_by(f64::total_cmp));
            let own = outcome.predictions.iter().filter(|p| p.round == round && p.error_m < 300.0);
            usable.extend(own.map(|p| p.since_first_plot_s).min_by(f64::total_cmp));
        }
    }
    for (name, times) in [("first prediction", &mut stated), ("first within 300 m", &mut usable)] {
        times.sort_by(f64::total_cmp);
        let median_s = times.get(times.len() / 2).copied().unwrap_or(f64::NAN);
        out += &format!("{name}: median {median_s:.2} s after the first plot ({})\n", times.len());
    }
    out += &format!(
        "predictions in all {}\n",
        outcomes.iter().map(|o| o.predictions.len()).sum::<usize>()
    );
    write!(std::io::stdout(), "{out}").expect("stdout is open");
}

fn write(rounds: usize, seed: u64, folder: &str) {
    let recipe = recipe(rounds, seed, false);
    let raid = Raid::new(&recipe);
    let mut plots = String::from("scan,t,range,az,el,rdot,truth_id\n");
    for seen in &raid.plots {
        let [range, azimuth, elevation, radial] = seen.polar;
        let truth = seen.truth.map_or(-1, |id| id as i64);
        let time_s = seen.scan as f64 * PERIOD_S;
        plots += &format!(
            "{},{time_s:.3},{range:.3},{azimuth:.6},{elevation:.6},{radial:.3},{truth}\n",
            seen.scan
        );
    }
    let mut truth = String::from("scan,t,id,x,y,z,vx,vy,vz,k\n");
    for t in &raid.truth {
        let state: Vec<String> = t.state.iter().map(|x| format!("{x:.3}")).collect();
        let time_s = t.scan as f64 * PERIOD_S;
        truth +=
            &format!("{},{time_s:.3},{},{},{:.8}\n", t.scan, t.id, state.join(","), t.drag_per_m);
    }
    let mut tracks = String::from("scan,track_id,x,y,z\n");
    for e in track(&recipe, &raid).0 {
        let [x, y, z] = e.position_m;
        tracks += &format!("{},{},{x:.2},{y:.2},{z:.2}\n", e.scan, e.track);
    }
    for (name, text) in [("plots", plots), ("truth", truth), ("mantlet", tracks)] {
        fs::write(format!("{folder}/{name}_{rounds}.csv"), text)
            .expect("the folder can be written");
    }
}

/// Hours of false plots and nothing else: what is confirmed, what is predicted.
fn quiet(hours: usize) {
    let (mut confirmed, mut predicted) = (BTreeSet::new(), BTreeSet::new());
    for hour in 0..hours {
        let mut recipe = recipe(0, 5000 + hour as u64, false);
        recipe.duration_s = 3600.0;
        let world = World::level(Datum::new(Wgs84::from_degrees(0.0, 0.0, 0.0).expect("on earth")));
        let mut tracker = tracker(&recipe);
        for scan in scans(&Raid::new(&recipe)) {
            tracker.ingest(&scan);
            for track in tracker.confirmed() {
                confirmed.insert((hour, track.id));
                if predict_impact(&world, track).is_some() {
                    predicted.insert((hour, track.id));
                }
            }
        }
    }
    writeln!(
        std::io::stdout(),
        "{hours} h of 20 false plots a scan: {} tracks confirmed, {} of them predicted to land",
        confirmed.len(),
        predicted.len()
    )
    .expect("stdout is open");
}

/// Hours of traffic without a round: tracks, and those that were ever said to land.
fn print_traffic(hours: usize) {
    let range = flights::Range::new();
    let (mut objects, mut tracks, mut predicted) = (0, 0, 0);
    for part in 0..6 * hours as u64 {
        let [o, t, p] = range.traffic(9000 + part);
        (objects, tracks, predicted) = (objects + o, tracks + t, predicted + p);
    }
    writeln!(
        std::io::stdout(),
        "{hours} h of traffic, two radars with 20 false plots a scan each: {objects} objects, {tracks} tracks confirmed, {predicted} of them ever predicted to land"
    )
    .expect("stdout is open");
}

/// Scores another program's tracks on the raid of this seed.
fn judge(rounds: usize, seed: u64, path: &str) {
    let raid = Raid::new(&recipe(rounds, seed, false));
    let text = fs::read_to_string(path).expect("the tracks file is there");
    let estimates: Vec<Estimate> = text
        .lines()
        .skip(1)
        .map(|line| {
            let v: Vec<f64> = line.split(',').map(|x| x.parse().expect("a number")).collect();
            let (scan, track) = (v[0] as usize, v[1] as u64);
            Estimate { scan, track, position_m: [v[2], v[3], v[4]] }
        })
        .collect();
    print_scores(rounds, &[(Score::new(&raid, &estimates), f64::NAN)], false);
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize| args.get(n).and_then(|x| x.parse().ok());
    match (args.first().map(String::as_str), number(1), number(2)) {
        (Some("score"), Some(rounds), Some(seeds)) => {
            print_row(rounds, seeds as u64, args.get(3).is_some_and(|x| x == "salvo"));
        }
        (Some("write"), Some(rounds), Some(seed)) if args.len() == 4 => {
            write(rounds, seed as u64, &args[3]);
        }
        (Some("judge"), Some(rounds), Some(seed)) if args.len() == 4 => {
            judge(rounds, seed as u64, &args[3]);
        }
        (Some("quiet"), Some(hours), _) => quiet(hours),
        (Some("traffic"), Some(hours), _) => print_traffic(hours),
        (Some("flights"), Some(seeds), _) => print_flights(seeds as u64),
        _ => {
            eprintln!(
                "tracking_bench score ROUNDS SEEDS [salvo] | write ROUNDS SEED DIR | judge ROUNDS SEED TRACKS.csv | quiet HOURS | traffic HOURS | flights SEEDS"
            );
            std::process::exit(2);
        }
    }
}
