//! Warnings over many raids: who was missed, who sheltered for nothing, how soon, and
//! what it cost, for several ratios of the two costs.
//!
//! `cargo run --release --example warning_figures -- SCENARIO.toml RUNS [CURVE.svg]`:
//! seeds 1 to RUNS, nothing intercepted, all cores. Every raid is tracked once and
//! warned of once for each ratio. A zone is at risk when a round lands within its
//! hazard radius; its people are missed when no warning stands there at that moment.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use rayon::prelude::*;

use mantlet::assessment::{Detection, Pairing, Record, pair, timeliness};
use mantlet::prediction::{Corridor, Impact};
use mantlet::scenario::{Scenario, Spread, load_scenario, record_step, record_warning};
use mantlet::time::Timestamp;
use mantlet::warning::{Action, AllClear, Policy, Warner, Warning, Zone};

/// Costs of a missed against a needless warning.
const RATIOS: [f64; 5] = [8.0, 40.0, 200.0, 1000.0, 5000.0];
/// The costs by which every ratio's warnings are judged.
const JUDGE: usize = 2;

/// One raid under one policy.
#[derive(Clone, Debug, Default)]
struct Told {
    at_risk: f64,
    missed: f64,
    late: f64,
    needless: f64,
    people_warned: f64,
    area_share: f64,
    area_at_risk: f64,
    first_s: Option<f64>,
    area_time_share: f64,
    area_time_at_risk: f64,
    alone: Vec<[f64; 2]>,
    cost: f64,
    delays_s: Vec<f64>,
    flickers: usize,
    hanging: usize,
    by_traffic: usize,
}

/// What the warner saw after one scan.
type Seen = (Timestamp, Vec<Impact>, Vec<Corridor>);

fn raid(scenario: &Scenario, seed: u64, policies: &[Policy]) -> Vec<Told> {
    let zones = &scenario.site.zones;
    let mut record = Record::default();
    let mut seen: Vec<Seen> = Vec::new();
    let mut objects = scenario.draw(seed);
    scenario.watch(seed, &mut objects, None, |step, objects| {
        record_step(&mut record, step, objects, zones);
        let picture = step.picture;
        seen.push((picture.time, picture.impacts.to_vec(), picture.corridors.to_vec()));
    });
    let pairing = pair(&record);
    let radius_m = scenario.site.policy.hazard_radius_m("rocket");
    let judge = Policy { missed_cost: RATIOS[JUDGE], ..scenario.site.policy.clone() };
    policies
        .iter()
        .map(|policy| {
            let (said, hanging) = warned(zones, policy, &seen, None);
            record.warnings.clear();
            said.iter().for_each(|w| record_warning(&mut record, w, zones));
            let times = timeliness(&record, &pairing, zones, radius_m);
            let mut told = Told {
                delays_s: times.warning_delay_s,
                hanging,
                by_traffic: times.caused_by_traffic,
                ..Told::default()
            };
            let all_m2: f64 = zones.iter().map(Zone::area_m2).sum();
            [told.area_share, told.area_time_share] = areas(&said, zones);
            for (index, zone) in zones.iter().enumerate() {
                let given = times.seconds_given.iter().filter(|(id, _)| *id == zone.id);
                let least_s = given.map(|g| g.1).min_by(f64::total_cmp);
                let missed = times.missed_zones.contains(&zone.id);
                let mine: Vec<_> = said.iter().filter(|w| w.zone == index).collect();
                let warned = !mine.is_empty();
                let people = zone.population;
                told.people_warned += people * f64::from(u8::from(warned));
                if missed {
                    told.missed += people;
                    told.cost += people * judge.missed_cost;
                } else if let Some(seconds) = least_s.filter(|s| *s < zone.shelter_s) {
                    told.late += people;
                    let lost = (1.0 - judge.late_benefit) * (1.0 - seconds / zone.shelter_s);
                    told.cost += people * judge.missed_cost * lost;
                } else if warned && least_s.is_none() {
                    told.needless += people;
                    told.cost += people * judge.needless_cost;
                }
                if missed || least_s.is_some() {
                    told.area_at_risk += zone.area_m2();
                }
                told.at_risk += people * f64::from(u8::from(missed || least_s.is_some()));
                let warns: Vec<_> = mine.iter().filter(|w| w.action == Action::Warn).collect();
                told.flickers +=
                    warns.windows(2).filter(|w| w[1].time.since_s(w[0].time) < 10.0).count();
            }
            told.area_at_risk /= all_m2;
            let first = said.iter().map(|w| w.time.seconds()).min_by(f64::total_cmp);
            told.first_s = first.zip(first_plot_s(&record)).map(|(warned, plot)| warned - plot);
            let at_risk_m2_s = at_risk_m2_s(&record, &pairing, &said, zones, policy, radius_m);
            told.area_time_at_risk = at_risk_m2_s / whole_m2_s(&said, zones).max(1e-9);
            let tracks = pairing.track_of_object.iter().zip(&record.objects);
            let rounds = tracks.filter(|(_, object)| object.threat).filter_map(|(id, _)| *id);
            told.alone =
                rounds.map(|id| areas(&warned(zones, policy, &seen, Some(id)).0, zones)).collect();
            told
        })
        .collect()
}

/// What is said in a raid, or were it the round of one track alone; and how many
/// warnings are left without a clear.
fn warned(
    zones: &[Zone],
    policy: &Policy,
    seen: &[Seen],
    alone: Option<u64>,
) -> (Vec<Warning>, usize) {
    let mut warner = Warner::new(zones.to_vec(), policy.clone());
    let mut said = Vec::new();
    for (now, impacts, corridors) in seen {
        let is = |id: u64| alone.is_none_or(|alone| alone == id);
        let impacts: Vec<_> = impacts.iter().filter(|i| is(i.track_id)).cloned().collect();
        let corridors: Vec<_> = corridors.iter().filter(|c| is(c.track_id)).cloned().collect();
        said.extend(warner.decide(*now, &impacts, &corridors));
    }
    let last = seen.last().map_or(Timestamp::default(), |s| s.0);
    for second in 1..=700 {
        said.extend(warner.decide(last + f64::from(second), &[], &[]));
    }
    (said, warner.in_force().count())
}

/// Area x time had the whole site been warned from the first warning to the last clear.
fn whole_m2_s(said: &[Warning], zones: &[Zone]) -> f64 {
    let times = || said.iter().map(|w| w.time);
    let (Some(from), Some(to)) = (times().min(), times().max()) else { return 0.0 };
    zones.iter().map(Zone::area_m2).sum::<f64>() * to.since_s(from)
}

/// Area warned, and area x time from warn to clear, as shares of those of the whole
/// site warned from the first warning to the last clear.
fn areas(said: &[Warning], zones: &[Zone]) -> [f64; 2] {
    let (mut ever_m2, mut warned_m2_s) = (0.0, 0.0);
    for (index, zone) in zones.iter().enumerate() {
        let mine: Vec<_> = said.iter().filter(|w| w.zone == index).collect();
        ever_m2 += if mine.is_empty() { 0.0 } else { zone.area_m2() };
        for pair in mine.windows(2).filter(|pair| pair[1].action != Action::Warn) {
            warned_m2_s += zone.area_m2() * pair[1].time.since_s(pair[0].time);
        }
    }
    let all_m2: f64 = zones.iter().map(Zone::area_m2).sum();
    [ever_m2 / all_m2, warned_m2_s / whole_m2_s(said, zones).max(1e-9)]
}

/// Area x time that cannot be spared: a zone that a round lands in reach of, from
/// when that round is first named (or seen, if it never is) to its all-clear.
fn at_risk_m2_s(
    record: &Record,
    pairing: &Pairing,
    said: &[Warning],
    zones: &[Zone],
    policy: &Policy,
    radius_m: f64,
) -> f64 {
    let AllClear::After { seconds } = policy.all_clear else { return 0.0 };
    let mut m2_s = 0.0;
    for zone in zones {
        let mut spans: Vec<[f64; 2]> = Vec::new();
        for (object, truth) in record.objects.iter().enumerate().filter(|o| o.1.threat) {
            let Some((impact_s, [e_m, n_m])) = truth.impact else { continue };
            if zone.distance_m(e_m, n_m) <= radius_m {
                let id = pairing.track_of_object[object];
                let named = said.iter().find(|w| id.is_some_and(|i| w.track_ids.contains(&i)));
                let plots = record.detections.iter().find(|d| d.object == object);
                let from = named.map(|w| w.time.seconds()).or(plots.map(|d| d.time_s));
                spans.extend(from.map(|from| [from, impact_s + seconds]));
            }
        }
        spans.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let mut until = f64::NEG_INFINITY;
        for [from, to] in spans {
            m2_s += zone.area_m2() * (to - from.max(until)).max(0.0);
            until = until.max(to);
        }
    }
    m2_s
}

/// When a radar first saw a round.
fn first_plot_s(record: &Record) -> Option<f64> {
    let threat = |d: &&Detection| record.objects[d.object].threat;
    record.detections.iter().filter(threat).map(|d| d.time_s).min_by(f64::total_cmp)
}

/// A ratio of sums over raids, and half of its 95 % interval (linearised ratio
/// estimator: W. G. Cochran, *Sampling Techniques*, 3rd ed. 1977, eq. 6.13).
fn share(all: &[&Told], over: impl Fn(&Told) -> f64, under: impl Fn(&Told) -> f64) -> [f64; 2] {
    let n = all.len() as f64;
    let under_sum: f64 = all.iter().map(|t| under(t)).sum();
    if under_sum == 0.0 {
        return [0.0; 2];
    }
    let ratio = all.iter().map(|t| over(t)).sum::<f64>() / under_sum;
    let square: f64 = all.iter().map(|t| (over(t) - ratio * under(t)).powi(2)).sum();
    [ratio, 1.96 * (square / (n - 1.0).max(1.0) * n).sqrt() / under_sum]
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(path), Some(runs)) = (args.next(), args.next().and_then(|n| n.parse::<u64>().ok()))
    else {
        eprintln!("usage: warning_figures SCENARIO.toml RUNS [CURVE.svg]");
        return ExitCode::from(2);
    };
    let scenario = match load_scenario(path.as_ref()) {
        Ok(scenario) => scenario,
        Err(problems) => {
            eprintln!("{problems}");
            return ExitCode::from(2);
        }
    };
    let base = &scenario.site.policy;
    let mut policies: Vec<Policy> = RATIOS
        .iter()
        .map(|r| Policy { missed_cost: r * base.needless_cost, ..base.clone() })
        .collect();
    // The default again, as for a site without effectors.
    policies.push(Policy { interception_chance: 0.0, ..policies[JUDGE].clone() });
    let raids: Vec<Vec<Told>> =
        (1..=runs).into_par_iter().map(|seed| raid(&scenario, seed, &policies)).collect();
    let mut text = String::new();
    let mut costs = Vec::new();
    let _ = writeln!(
        text,
        "{runs} raids, seeds 1 to {runs}; share ± half of the 95 % interval\n\
         | missed : needless | people at risk missed | warned late | warned for nothing | zones' area warned | area x time warned | a lone round's area | a lone round's area x time | first plot to first warning, median (90 %) | a round's first plot to its name, median (90 %) | cost a raid |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    );
    let name = |i: usize| match i.checked_sub(RATIOS.len()) {
        None => format!("{}", RATIOS[i]),
        Some(_) => format!("{}, no debris", RATIOS[JUDGE]),
    };
    for i in 0..policies.len() {
        let all: Vec<&Told> = raids.iter().map(|r| &r[i]).collect();
        let percent = |[x, half]: [f64; 2]| format!("{:.3} ± {:.3} %", 100.0 * x, 100.0 * half);
        let spread = |f: &dyn Fn(&Told) -> f64| Spread::of(all.iter().map(|t| f(t)));
        let median = |mut delays: Vec<f64>| {
            delays.sort_by(f64::total_cmp);
            let at = |q: f64| delays.get((q * delays.len() as f64) as usize).unwrap_or(&0.0);
            format!("{:.2} s ({:.2} s)", at(0.5), at(0.9))
        };
        let (area, time) = (spread(&|t| t.area_share), spread(&|t| t.area_time_share));
        // Rounds of one raid are alike: the raid is what is drawn.
        let sum = |t: &Told, which: usize| t.alone.iter().map(|a| a[which]).sum::<f64>();
        let alone = |which: usize| share(&all, |t| sum(t, which), |t| t.alone.len() as f64);
        let cost = spread(&|t| t.cost);
        costs.push(cost);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {:.0} ± {:.0} |",
            name(i),
            percent(share(&all, |t| t.missed, |t| t.at_risk)),
            percent(share(&all, |t| t.late, |t| t.at_risk)),
            percent(share(&all, |t| t.needless, |t| t.people_warned)),
            percent([area.mean, area.half_width]),
            percent([time.mean, time.half_width]),
            percent(alone(0)),
            percent(alone(1)),
            median(all.iter().filter_map(|t| t.first_s).collect()),
            median(all.iter().flat_map(|t| t.delays_s.clone()).collect()),
            cost.mean,
            cost.half_width,
        );
        if i == JUDGE {
            let sum = |f: &dyn Fn(&Told) -> usize| all.iter().map(|t| f(t)).sum::<usize>();
            let people: f64 = all.iter().map(|t| t.at_risk).sum();
            let at_risk = spread(&|t| t.area_at_risk);
            let in_time = spread(&|t| t.area_time_at_risk);
            let _ = writeln!(
                std::io::stderr(),
                "default: {people:.0} people at risk; zones at risk are {:.1} ± {:.1} % of the area and {:.1} ± {:.1} % of area x time; {} zones flickered, {} warnings without a \
                 clear, {} caused by what is no threat",
                100.0 * at_risk.mean,
                100.0 * at_risk.half_width,
                100.0 * in_time.mean,
                100.0 * in_time.half_width,
                sum(&|t| t.flickers),
                sum(&|t| t.hanging),
                sum(&|t| t.by_traffic)
            );
        }
    }
    if std::io::stdout().write_all(text.as_bytes()).is_err() {
        return ExitCode::FAILURE;
    }
    let Some(curve) = args.next() else { return ExitCode::SUCCESS };
    match std::fs::write(&curve, svg(&costs[..RATIOS.len()], runs)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("{curve}: {e}");
            ExitCode::FAILURE
        }
    }
}

/// The cost curve: what each ratio's warnings cost when a missed one costs 200.
fn svg(costs: &[Spread], runs: u64) -> String {
    let most = costs.iter().map(|c| c.mean + c.half_width).fold(1.0, f64::max);
    let x = |i: usize| 110.0 + 110.0 * i as f64;
    let y = |cost: f64| 300.0 - 250.0 * cost / most;
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"370\" \
         viewBox=\"0 0 640 370\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"640\" height=\"370\" fill=\"#ffffff\"/>\n",
    );
    let mut text = |x: f64, y: f64, anchor: &str, what: &str| {
        let _ = writeln!(
            svg,
            "<text x=\"{x:.0}\" y=\"{y:.0}\" text-anchor=\"{anchor}\" fill=\"#222222\">{what}</text>"
        );
    };
    text(
        20.0,
        24.0,
        "start",
        &format!("Cost of a raid's warnings, {runs} raids, mean and 95 % interval"),
    );
    text(
        330.0,
        355.0,
        "middle",
        "cost of a missed warning that the policy goes by (a needless one costs 1)",
    );
    for (i, ratio) in RATIOS.iter().enumerate().take(costs.len()) {
        text(x(i), 322.0, "middle", &ratio.to_string());
    }
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        text(80.0, y(share * most) + 4.0, "end", &format!("{:.0}", share * most));
    }
    let line: Vec<String> =
        costs.iter().enumerate().map(|(i, c)| format!("{:.1},{:.1}", x(i), y(c.mean))).collect();
    let _ = writeln!(
        svg,
        "<path d=\"M90 50V300H590\" fill=\"none\" stroke=\"#888888\"/>\n\
         <polyline points=\"{}\" fill=\"none\" stroke=\"#1f5fa8\" stroke-width=\"2\"/>",
        line.join(" ")
    );
    for (i, c) in costs.iter().enumerate() {
        let (top, bottom) = (y(c.mean + c.half_width), y((c.mean - c.half_width).max(0.0)));
        let fill = if i == JUDGE { "#c8401f" } else { "#1f5fa8" };
        let _ = writeln!(
            svg,
            "<path d=\"M{0:.1} {top:.1}V{bottom:.1}\" stroke=\"{fill}\"/>\
             <circle cx=\"{0:.1}\" cy=\"{1:.1}\" r=\"4\" fill=\"{fill}\"/>",
            x(i),
            y(c.mean)
        );
    }
    svg.push_str("</svg>\n");
    svg
}
