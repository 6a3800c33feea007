//! The ways of choosing shots, on the same draws of scenarios: `cargo run --release
//! --example policies -- RUNS SCENARIO.toml...`. Differences are run by run (the same raid,
//! the same radar noise, the same luck of the n-th shot at a track), with 95 % intervals.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use mantlet::engagement::Selection;
use mantlet::scenario::{Repeats, Scenario, Spread, load_scenario, repeat};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (Some(Ok(runs)), [_, files @ ..]) = (args.first().map(|n| n.parse()), args.as_slice())
    else {
        eprintln!("usage: policies RUNS SCENARIO.toml...");
        return ExitCode::from(2);
    };
    // A closed pipe ends the listing, nothing else.
    let _ = writeln!(
        std::io::stdout(),
        "| scenario | way | casualties | less than greedy | in its share | destroyed | spent |\n\
         | --- | --- | --- | --- | --- | --- | --- |"
    );
    for file in files {
        match load_scenario(Path::new(file)) {
            Ok(scenario) => compare(scenario, runs),
            Err(problems) => {
                eprintln!("{problems}");
                return ExitCode::from(2);
            }
        }
    }
    ExitCode::SUCCESS
}

fn compare(mut scenario: Scenario, runs: u64) {
    let plan = Repeats { first_seed: 1, runs, enough_rel: 0.0 };
    let mut greedy: Vec<f64> = Vec::new();
    let ways =
        [Selection::Greedy, Selection::FirstCome, Selection::Assignment, Selection::LookAhead];
    for way in ways {
        scenario.site.defence.rules.selection = way;
        let came = repeat(&scenario, &plan, &mut |_, _| {});
        let hurt: Vec<f64> = came.runs.iter().map(|r| r.casualties()[1]).collect();
        if way == Selection::Greedy {
            greedy.clone_from(&hurt);
        }
        let less = Spread::of(greedy.iter().zip(&hurt).map(|(greedy, way)| greedy - way));
        let all = came.spread(|r| r.casualties()[1]);
        let grabbed = Spread::of(greedy.iter().copied()).mean;
        let _ = writeln!(
            std::io::stdout(),
            "| {} | {} | {:.3} ± {:.3} | {:+.3} ± {:.3} | {:+.0} % | {:.2} | {:.0} |",
            scenario.name,
            way.name(),
            all.mean,
            all.half_width,
            less.mean,
            less.half_width,
            100.0 * less.mean / grabbed,
            came.spread(|r| f64::from(r.destroyed)).mean,
            came.spread(|r| f64::from(r.spent)).mean
        );
    }
}
