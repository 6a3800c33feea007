//! Many runs of a scenario with its simulated defence: `cargo run --release
//! --example repeat -- SCENARIO.toml RUNS`.

use std::path::Path;
use std::process::ExitCode;

use mantlet::scenario::{Repeats, Spread, load_scenario, repeat};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(file), Some(runs)) = (args.next(), args.next().and_then(|n| n.parse().ok())) else {
        eprintln!("usage: repeat SCENARIO.toml RUNS");
        return ExitCode::from(2);
    };
    let scenario = match load_scenario(Path::new(&file)) {
        Ok(scenario) => scenario,
        Err(problems) => {
            eprintln!("{problems}");
            return ExitCode::from(2);
        }
    };
    let plan = Repeats { first_seed: scenario.seed, runs, enough_rel: 0.0 };
    let came = repeat(&scenario, &plan, &mut |_, _| {});
    let say = |what: &str, s: Spread| {
        let [low, middle, high] = s.percentiles;
        show(&format!(
            "{what:44} {:9.4} ± {:.4}  [{low:.3} {middle:.3} {high:.3}]",
            s.mean, s.half_width
        ));
    };
    say("rounds that came", came.spread(|r| f64::from(r.came)));
    say("tracks engaged", came.spread(|r| f64::from(r.engaged)));
    say("rounds destroyed", came.spread(|r| f64::from(r.destroyed)));
    say("effector rounds spent", came.spread(|r| f64::from(r.spent)));
    say("casualties without interception", came.spread(|r| r.casualties()[0]));
    say("casualties with interception", came.spread(|r| r.casualties()[1]));
    for (i, zone) in scenario.site.zones.iter().enumerate() {
        say(&format!("{}: without", zone.name), came.spread(|r| r.without[i].casualties));
        say(&format!("{}: with", zone.name), came.spread(|r| r.with[i].casualties));
        say(&format!("{}: by rounds", zone.name), came.spread(|r| r.with[i].by_rounds));
        say(&format!("{}: by debris", zone.name), came.spread(|r| r.with[i].by_debris));
        say(&format!("{}: by duds", zone.name), came.spread(|r| r.with[i].by_duds));
    }
    ExitCode::SUCCESS
}

fn show(line: &str) {
    use std::io::Write;
    // A closed pipe ends the listing, nothing else.
    let _ = writeln!(std::io::stdout(), "{line}");
}
