//! Static assignment of effectors to threats, with its bound: `cargo run --release
//! --example assignment -- FILE [STARTS]`, or `-- KINDS THREATS COPIES SEED` for a
//! problem by the published recipe. FILE holds `m n mu`, n weights, then `i j p`.

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use mantlet::engagement::StaticProblem;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize| args.get(i).and_then(|n| n.parse::<u64>().ok());
    let (problem, starts) = match (args.as_slice(), [number(0), number(1), number(2), number(3)]) {
        ([_, _, _, _], [Some(kinds), Some(threats), Some(copies), Some(seed)])
            if kinds > 0 && threats > 0 =>
        {
            let size = (kinds as usize, threats as usize, copies as u32);
            (Ok(StaticProblem::generate(size.0, size.1, size.2, seed)), None)
        }
        ([file], _) => (read(file), None),
        ([file, _], [_, Some(starts), ..]) => (read(file), Some(starts as u32)),
        _ => {
            eprintln!("usage: assignment FILE [STARTS] | assignment KINDS THREATS COPIES SEED");
            return ExitCode::from(2);
        }
    };
    let problem = match problem {
        Ok(problem) => problem,
        Err(why) => {
            eprintln!("{}: {why}", args[0]);
            return ExitCode::from(2);
        }
    };
    // An example may look at the clock; the library may not.
    #[allow(clippy::disallowed_methods)]
    let start = Instant::now();
    let answer = problem.solve(starts.unwrap_or(problem.usual_starts()), 1);
    let gap = 100.0 * (answer.value - answer.bound) / answer.value;
    let _ = writeln!(
        std::io::stdout(),
        "value {:.6}\nbound {:.6}\ngap   {gap:.4} %\ntime  {:.2} s",
        answer.value,
        answer.bound,
        start.elapsed().as_secs_f64()
    );
    ExitCode::SUCCESS
}

fn read(file: &str) -> Result<StaticProblem, String> {
    std::fs::read_to_string(file).map_err(|e| e.to_string()).and_then(|t| StaticProblem::parse(&t))
}
