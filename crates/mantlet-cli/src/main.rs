//! The `mantlet` command: run, track, score, serve, study, worker, replay, ledger, check.
//!
//! Results go to standard output or `--out`, logs to standard error. Exit 0: done;
//! 1: the work failed; 2: the input is wrong.

mod alerts;
mod check;
mod failure;
mod ledger;
mod many;
mod maps;
mod predict;
mod recorder;
mod replay;
mod report;
mod run;
mod score;
mod serve;
mod staging;
mod story;
mod study;
mod terminal;
mod track;
mod worker;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Sense incoming projectiles, track them, predict where and when each lands, warn
/// the people there and nobody else. A simulator and a research system: not certified
/// to warn people.
#[derive(Parser)]
#[command(version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Simulate the whole chain and report it
    #[command(after_help = run::EXAMPLE)]
    Run(run::Args),
    /// Recorded plots to tracks, impacts and warnings
    #[command(after_help = track::EXAMPLE)]
    Track(track::Args),
    /// States to their impacts, CSV in and out
    #[command(after_help = predict::EXAMPLE)]
    Predict(predict::Args),
    /// Judge tracks, impacts and warnings against truth
    #[command(after_help = score::EXAMPLE)]
    Score(score::Args),
    /// The live service and its page
    #[command(after_help = serve::EXAMPLE)]
    Serve(serve::Args),
    /// Siting and risk studies over many raids
    #[command(after_help = study::EXAMPLE)]
    Study(study::Args),
    /// Run parts of studies that others ask for
    #[command(after_help = worker::EXAMPLE)]
    Worker(worker::Args),
    /// Play a recording as a live feed
    #[command(after_help = replay::EXAMPLE)]
    Replay(replay::Args),
    /// The record of what happened, and whether a lull is real
    #[command(after_help = ledger::EXAMPLE)]
    Ledger(ledger::Args),
    /// Validate any of our files, with the place of each error
    #[command(after_help = check::EXAMPLE)]
    Check(check::Args),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(args) => run::run(&args),
        Command::Track(args) => track::run(&args),
        Command::Predict(args) => predict::run(&args),
        Command::Score(args) => score::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Study(args) => study::run(&args),
        Command::Worker(args) => worker::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Ledger(args) => ledger::run(&args),
        Command::Check(args) => check::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
