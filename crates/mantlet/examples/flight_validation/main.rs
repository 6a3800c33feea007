//! The plots and figures of `docs/validation.md`: NASA's check-cases and recorded
//! flights.
//!
//! In: the folder of reference data (not ours; see `docs/validation.md` for where it
//! comes from) and a folder for plots. Out: `nesc.svg`, `recorded.svg`, and a table on
//! standard output.

#![expect(clippy::print_stdout, reason = "the table is this program's result")]

mod chart;
mod nesc;
mod recorded;

use std::path::PathBuf;

use chart::{Chart, Line, svg};

fn main() {
    let mut args = std::env::args().skip(1).map(PathBuf::from);
    let (Some(data), Some(plots)) = (args.next(), args.next()) else {
        eprintln!("usage: flight_validation REFERENCE/flight PLOTS");
        std::process::exit(2);
    };
    let charts: Vec<Chart> =
        (6..=9).filter_map(|case| nesc::chart(&data.join("nesc"), case)).collect();
    std::fs::write(plots.join("nesc.svg"), svg(&charts)).expect("a writable folder");

    println!("phase,fitted s,predicted s,fit rms m,end m,predicted end m,off m,off %,sigma m");
    let mut charts = Vec::new();
    for phase in &recorded::PHASES {
        let Some(found) = phase.predict(&data.join("recorded")) else {
            eprintln!("skipped: no record of {}", phase.name);
            continue;
        };
        let ((_, seen), (end_s, told)) =
            (found.seen[found.seen.len() - 1], found.told[found.told.len() - 1]);
        let start_s = found.seen[0].0;
        let scale = found.seen.iter().fold(0.0, |most: f64, p| most.max(p.1));
        println!(
            "{},{:.1},{:.1},{:.2},{seen:.1},{told:.1},{:.1},{:.1},{:.1}",
            phase.name,
            found.fitted_s - start_s,
            end_s - found.fitted_s,
            found.fit_rms_m,
            told - seen,
            100.0 * (told - seen) / scale,
            found.sigma_m,
        );
        let off = |predicted: bool| {
            let pairs = found.seen.iter().zip(&found.told);
            let these = pairs.filter(|(s, _)| (s.0 > found.fitted_s) == predicted);
            these.map(|(s, t)| (s.0, t.1 - s.1)).collect::<Vec<_>>()
        };
        charts.push(Chart {
            title: phase.name.into(),
            axes: ["time, s", "predicted less measured, m"],
            lines: vec![
                Line { name: "fitted".into(), points: off(false), dots: true },
                Line { name: "predicted".into(), points: off(true), dots: true },
            ],
        });
    }
    std::fs::write(plots.join("recorded.svg"), svg(&charts)).expect("a writable folder");
}
