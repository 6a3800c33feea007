//! Static assignment of effectors to threats, with its bound: `cargo run --release
//! --example assignment -- FILE [ROUNDS]`; without a file a generated 50x100.

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use mantlet::engagement::StaticProblem;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let file = args.next();
    let rounds = args.next().and_then(|n| n.parse().ok()).unwrap_or(400);
    let problem = match &file {
        None => Ok(StaticProblem::generate(50, 100, 1, 7)),
        Some(file) => std::fs::read_to_string(file)
            .map_err(|e| e.to_string())
            .and_then(|text| StaticProblem::parse(&text)),
    };
    let problem = match problem {
        Ok(problem) => problem,
        Err(why) => {
            eprintln!("{}: {why}", file.unwrap_or_default());
            return ExitCode::from(2);
        }
    };
    // An example may look at the clock; the library may not.
    #[allow(clippy::disallowed_methods)]
    let start = Instant::now();
    let answer = problem.solve(rounds, 1);
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
