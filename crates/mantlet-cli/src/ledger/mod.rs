//! `mantlet ledger`: the record of what happened, and what it supports.

mod add;
mod ask;
mod export;
mod import;
mod list;
mod lull;
mod raid;
mod show;
mod strips;
mod table;
mod watch;

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Subcommand;
use mantlet::ledger::{
    Day, Filter, Kind, Ledger, LedgerError, Range, Reality, Reliability, Setting, Stamp,
};
use mantlet::time::Timestamp;

use crate::failure::{Done, Failure};

pub use raid::{DATED_S, enter_raids, raid_log};

/// Shown under `--help`.
pub const EXAMPLE: &str = "Example:\n  mantlet ledger add --date 2021-02-22 --kind rocket --source police --count 2-3 --where in\n  \
mantlet ledger list --kind rocket";

/// Arguments of `mantlet ledger`.
#[derive(clap::Args)]
pub struct Args {
    /// The ledger's file; made by the first entry
    #[arg(long, value_name = "FILE", default_value = "ledger.db", global = true)]
    ledger: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Enter what a source says of an incident; asks for what the flags leave out
    #[command(after_help = add::EXAMPLE)]
    Add(Box<add::Args>),
    /// Tables into the ledger: our CSV, ACLED's and UCDP GED's exports
    #[command(after_help = import::EXAMPLE)]
    Import(import::Args),
    /// Incidents, the newest first
    #[command(after_help = list::EXAMPLE)]
    List(list::Args),
    /// One incident with everything that its sources say
    #[command(after_help = show::EXAMPLE)]
    Show(show::Args),
    /// Is it quieter, since when, and how sure is that?
    #[command(after_help = lull::EXAMPLE)]
    Lull(lull::Args),
    /// The record as CSV, Parquet or GeoJSON
    #[command(after_help = export::EXAMPLE)]
    Export(export::Args),
    /// Say when the record was kept, and how completely
    #[command(after_help = watch::EXAMPLE)]
    Watch(watch::Args),
}

/// Runs it.
///
/// # Errors
///
/// Input error when an entry, a table or a question is wrong.
pub fn run(args: &Args) -> Done {
    let path = &args.ledger;
    match &args.command {
        Command::Add(args) => add::run(path, args),
        Command::Import(args) => import::run(path, args),
        Command::List(args) => list::run(path, args),
        Command::Show(args) => show::run(path, args),
        Command::Export(args) => export::run(path, args),
        Command::Lull(args) => lull::run(path, args),
        Command::Watch(args) => watch::run(path, args),
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        use std::io::ErrorKind::{BrokenPipe, InvalidData, IsADirectory, NotFound};
        match error {
            LedgerError::Io { ref source, .. } => match source.kind() {
                NotFound | IsADirectory | InvalidData => {
                    Self::Input(format!("{error}: expected a table to read"))
                }
                BrokenPipe => Self::Work(error.into()),
                _ => Self::Work(anyhow::anyhow!("{error}")),
            },
            // These name their reason themselves.
            LedgerError::Busy { .. } | LedgerError::Database { .. } => {
                Self::Work(anyhow::anyhow!("{error}"))
            }
            LedgerError::Strict { ref lines, .. } => {
                Self::Input(format!("{}\n{error}", lines.join("\n")))
            }
            _ => Self::Input(error.to_string()),
        }
    }
}

/// Sources named in the message about one that is none. Chosen: a line or two.
const SOURCES_NAMED: usize = 12;

/// Which incidents.
#[derive(clap::Args)]
struct Which {
    /// Only this kind: rocket, mortar, artillery, missile, drone, indirect_fire,
    /// roadside_bomb, car_bomb, suicide_bomb, grenade, small_arms, air_strike, other, unknown
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<Kind>,
    /// Only there, seen from the site: in, beside, outside, unknown; may be given again
    #[arg(long = "where", value_name = "WHERE", value_parser = setting)]
    settings: Vec<Setting>,
    /// First day
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<Day>,
    /// Last day
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<Day>,
    /// Only what this source speaks of
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Only where sources contradict each other
    #[arg(long)]
    conflict: bool,
    /// Attempts that were thwarted, too
    #[arg(long)]
    thwarted: bool,
    /// Exercises in place of what really happened
    #[arg(long)]
    exercise: bool,
}

impl Which {
    /// The filter over this ledger, whose sources it knows.
    fn filter(&self, ledger: &Ledger) -> Done<Filter> {
        if let Some(name) = &self.source {
            let known: Vec<String> = ledger.sources()?.into_iter().map(|s| s.name).collect();
            if !known.contains(name) {
                let some = known.iter().take(SOURCES_NAMED).cloned().collect::<Vec<_>>();
                let more = if known.len() > some.len() { ", ..." } else { "" };
                let some = some.join(", ");
                return Err(Failure::Input(format!(
                    "--source {name}: speaks of nothing here: expected one of {some}{more}"
                )));
            }
        }
        Ok(Filter {
            kind: self.kind,
            settings: self.settings.clone(),
            from: self.from,
            to: self.to,
            source: self.source.clone(),
            conflict: self.conflict,
            thwarted: self.thwarted,
            reality: if self.exercise { Reality::Exercise } else { Reality::Real },
        })
    }
}

fn kind(text: &str) -> Result<Kind, String> {
    Kind::from_name(text).ok_or_else(|| format!("expected {}", Kind::expected()))
}

fn setting(text: &str) -> Result<Setting, String> {
    Setting::from_name(text).ok_or_else(|| format!("expected {}", Setting::expected()))
}

fn reliability(text: &str) -> Result<Reliability, String> {
    Reliability::from_name(text).ok_or_else(|| format!("expected {}", Reliability::expected()))
}

/// `2`, `2-3`, or `2-2-3`: low, best and high.
fn range(text: &str) -> Result<Range, String> {
    let wrong =
        || "expected a number, low-high, or low-best-high, such as 2, 2-3 or 2-2-3".to_string();
    let numbers: Vec<u32> = text
        .split('-')
        .map(|part| part.trim().parse())
        .collect::<Result<_, _>>()
        .map_err(|_| wrong())?;
    let range = match numbers[..] {
        [one] => Range::of(Some(one), Some(one), Some(one)),
        [low, high] => Range::of(Some(low), None, Some(high)),
        [low, best, high] => Range::of(Some(low), Some(best), Some(high)),
        _ => return Err(wrong()),
    };
    range.map_err(|e| format!("expected {e}"))?.ok_or_else(wrong)
}

/// Who writes, and now.
#[expect(clippy::disallowed_methods, reason = "the command stamps an entry with the clock")]
pub fn stamp(by: Option<&str>) -> Stamp {
    let user = || std::env::var("USER").ok().filter(|u| !u.is_empty());
    let who = by.map(str::to_string).or_else(user).unwrap_or_else(|| "unnamed".into());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Stamp { who, at: Timestamp::from_nanos(now.as_nanos() as i64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_low_best_and_high() {
        assert_eq!(range("2"), Ok(Range::exactly(2)));
        assert_eq!(range("2-3"), Ok(Range { low: 2, best: None, high: 3 }));
        assert_eq!(range("8-10-21"), Ok(Range { low: 8, best: Some(10), high: 21 }));
        for wrong in ["3-2", "two", "", "1-2-3-4", "-1"] {
            assert!(range(wrong).is_err(), "{wrong}");
        }
    }
}
