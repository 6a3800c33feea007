//! `mantlet ledger watch`: when the record was kept.

use std::io::Write;
use std::path::Path;

use mantlet::ledger::{Day, Kind, Ledger, Watch};

use super::table::{table, width};
use super::{kind, stamp};
use crate::failure::Done;

/// Shown under `--help`.
pub const EXAMPLE: &str = "Examples:\n  \
mantlet ledger watch                                       lists the watched periods\n  \
mantlet ledger watch --from 2020-01-01 --to 2020-06-30\n  \
mantlet ledger watch --from 2020-07-01 --to 2020-12-31 --share 0.8\n  \
mantlet ledger watch --withdraw 2\n\n\
A rate is incidents over watched days. Without any watched period, the record is taken as\n\
kept from its first incident to its last.";

/// Arguments of `mantlet ledger watch`.
#[derive(clap::Args)]
pub struct Args {
    /// First day of a watched period
    #[arg(long, value_name = "YYYY-MM-DD", requires = "to")]
    from: Option<Day>,
    /// Its last day
    #[arg(long, value_name = "YYYY-MM-DD", requires = "from")]
    to: Option<Day>,
    /// Watched for this kind only
    #[arg(long, value_name = "KIND", value_parser = kind, requires = "from")]
    kind: Option<Kind>,
    /// Share of that time's incidents that the record holds, over 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    share: f64,
    /// Remarks
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    /// Take back the period of this number
    #[arg(long, value_name = "N", conflicts_with = "from")]
    withdraw: Option<i64>,
    /// Who enters it; the login name when absent
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs it.
///
/// # Errors
///
/// Input error when the period is wrong.
pub fn run(path: &Path, args: &Args) -> Done {
    let entering = args.from.zip(args.to);
    let mut ledger = match entering {
        Some(_) => Ledger::open(path)?,
        None => Ledger::open_existing(path)?,
    };
    let stamp = stamp(args.by.as_deref());
    if let Some((first, last)) = entering {
        let mut writer = ledger.write(&stamp, "watch")?;
        let (kind, share, note) = (args.kind, args.share, args.note.clone());
        writer.watch(&Watch { first, last, kind, share, note })?;
        writer.commit()?;
    } else if let Some(number) = args.withdraw {
        let mut writer = ledger.write(&stamp, "watch")?;
        writer.withdraw_watch(number)?;
        writer.commit()?;
    }
    let watches = ledger.watches()?;
    let mut out = std::io::stdout().lock();
    if args.json {
        let all: Vec<&Watch> = watches.iter().map(|(_, w)| w).collect();
        writeln!(out, "{:#}", serde_json::json!({ "watched": all }))?;
        return Ok(());
    }
    if watches.is_empty() {
        writeln!(
            out,
            "no watched period: the record is taken as kept from its first incident to its last"
        )?;
        return Ok(());
    }
    let mut rows = vec![
        ["number", "first day", "last day", "days", "kind", "share", "note"]
            .map(String::from)
            .to_vec(),
    ];
    rows.extend(watches.iter().map(|(number, w)| {
        vec![
            number.to_string(),
            w.first.to_string(),
            w.last.to_string(),
            (w.last - w.first + 1).to_string(),
            w.kind.map_or("all", Kind::name).into(),
            w.share.to_string(),
            w.note.clone(),
        ]
    }));
    out.write_all(table(&rows, width()).as_bytes())?;
    Ok(())
}
