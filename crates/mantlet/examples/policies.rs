//! The ways of choosing shots, on the same draws of a scenario: `cargo run --release
//! --example policies -- SCENARIO.toml RUNS [WAY]`. Differences are run by run, with
//! 95 % intervals.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use mantlet::engagement::Selection;
use mantlet::scenario::{Repeats, Spread, load_scenario, repeat};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(file), Some(runs)) = (args.next(), args.next().and_then(|n| n.parse().ok())) else {
        eprintln!("usage: policies SCENARIO.toml RUNS [WAY]");
        return ExitCode::from(2);
    };
    let only = args.next();
    let mut scenario = match load_scenario(Path::new(&file)) {
        Ok(scenario) => scenario,
        Err(problems) => {
            eprintln!("{problems}");
            return ExitCode::from(2);
        }
    };
    let plan = Repeats { first_seed: scenario.seed, runs, enough_rel: 0.0 };
    let mut out = std::io::stdout();
    let mut greedy: Vec<f64> = Vec::new();
    let ways =
        [Selection::Greedy, Selection::FirstCome, Selection::Assignment, Selection::LookAhead];
    let wanted = |way: &Selection| {
        *way == Selection::Greedy || only.as_ref().is_none_or(|only| way.name() == only)
    };
    for way in ways.into_iter().filter(wanted) {
        scenario.site.defence.rules.selection = way;
        let came = repeat(&scenario, &plan, &mut |_, _| {});
        let hurt: Vec<f64> = came.runs.iter().map(|r| r.casualties()[1]).collect();
        if way == Selection::Greedy {
            greedy.clone_from(&hurt);
        }
        let less = Spread::of(hurt.iter().zip(&greedy).map(|(way, greedy)| way - greedy));
        let (all, spent) =
            (came.spread(|r| r.casualties()[1]), came.spread(|r| f64::from(r.spent)));
        let killed = came.spread(|r| f64::from(r.destroyed));
        // A closed pipe ends the listing, nothing else.
        let _ = writeln!(
            out,
            "{:11} casualties {:.4} ± {:.4}, against greedy {:+.4} ± {:.4}; destroyed {:.2}, spent {:.0}",
            way.name(),
            all.mean,
            all.half_width,
            less.mean,
            less.half_width,
            killed.mean,
            spent.mean
        );
    }
    ExitCode::SUCCESS
}
