//! Accuracy over many seeds of a scenario: the figures of the README.
//!
//! `cargo run --release --example figures -- SCENARIO.toml RUNS`: seeds 1 to RUNS,
//! interception off, all cores; prints the score as JSON.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::process::ExitCode;

use rayon::prelude::*;

use mantlet::assessment::{impact_errors, pair, timeliness};
use mantlet::scenario::{load_scenario, record_run};
use mantlet::scoring::score;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(path), Some(runs)) = (args.next(), args.next().and_then(|n| n.parse::<u64>().ok()))
    else {
        eprintln!("usage: figures SCENARIO.toml RUNS");
        return ExitCode::from(2);
    };
    let scenario = match load_scenario(path.as_ref()) {
        Ok(scenario) => scenario,
        Err(problems) => {
            eprintln!("{problems}");
            return ExitCode::from(2);
        }
    };
    let site = &scenario.site;
    let radius_m = site.policy.hazard_radius_m("rocket");
    let assessed: Vec<_> = (1..=runs)
        .into_par_iter()
        .map(|seed| {
            let record = record_run(&scenario, seed);
            let pairing = pair(&record);
            let errors = impact_errors(&record, &pairing, Some((&site.site, &site.world)));
            let times = timeliness(&record, &pairing, &site.zones, radius_m);
            (pairing, errors, times)
        })
        .collect();
    match serde_json::to_string_pretty(&score(&assessed)) {
        Ok(text) => println!("{text}"),
        Err(e) => {
            eprintln!("{e}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
