//! `mantlet ledger lull`: is it quieter, since when, and how sure is that?

use std::io::Write;
use std::path::{Path, PathBuf};

use mantlet::ledger::{
    Comparison, Count, Day, Kind, Ledger, LedgerPicture, Lull, LullQuestion, Sensitivity, Setting,
};

use super::strips;
use super::table::{table, width, wrap};
use super::{kind, setting};
use crate::failure::Done;
use crate::report::raster;
use crate::staging::Staging;

/// Shown under `--help`.
pub const EXAMPLE: &str = "Examples:\n  mantlet ledger lull --since 2020-10-10 --kind rocket\n  \
mantlet ledger lull --kind rocket --out out/lull        a change at any date, with pictures\n\n\
--since is for a date fixed in advance: a truce, an order, a new barrier. Without it the most\n\
likely date of a change is sought. docs/ledger.md walks through an answer.";

/// Arguments of `mantlet ledger lull`.
#[derive(clap::Args)]
pub struct Args {
    /// First day of the supposed lull, fixed in advance
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<Day>,
    /// Only this kind, as `list --kind` names them; all kinds together without it
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<Kind>,
    /// Only there, seen from the site: in, beside, outside, unknown; may be given again.
    /// Without it: in the site if the record has any such, else everywhere
    #[arg(long = "where", value_name = "WHERE", value_parser = setting)]
    settings: Vec<Setting>,
    /// First day looked at; the first watched day without it
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<Day>,
    /// Last day looked at; the last watched day without it
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<Day>,
    /// How doubtful --since is, days each way
    #[arg(long, value_name = "DAYS", default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=366))]
    doubt_days: u32,
    /// Folder for lull.json and the pictures (SVG and PNG)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace what is in the output folder
    #[arg(long)]
    force: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print the verdict only
    #[arg(long, short)]
    quiet: bool,
}

/// Runs it.
///
/// # Errors
///
/// Input error when there is no such ledger, or the dates cannot be compared.
pub fn run(path: &Path, args: &Args) -> Done {
    let ledger = Ledger::open_existing(path)?;
    let question = LullQuestion {
        kind: args.kind,
        settings: args.settings.clone(),
        since: args.since,
        from: args.from,
        to: args.to,
        doubt_days: Some(args.doubt_days),
    };
    let lull = ledger.lull(&question)?;
    let json = serde_json::to_string_pretty(&lull).map_err(anyhow::Error::from)? + "\n";
    if let Some(folder) = &args.out {
        let staging = Staging::new(folder, args.force)?;
        staging.write("lull.json", json.as_bytes())?;
        for picture in LedgerPicture::ALL {
            let svg = ledger.draw(picture, &question, &lull)?;
            staging.write(&format!("{}.svg", picture.name()), svg.as_bytes())?;
            staging.write(&format!("{}.png", picture.name()), &raster(&svg)?)?;
        }
        staging.finish()?;
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        out.write_all(json.as_bytes())?;
        return Ok(());
    }
    let width = width();
    out.write_all(wrap(&capital(&lull.verdict.sentence), "", width).as_bytes())?;
    if args.quiet {
        return Ok(());
    }
    out.write_all(text(&lull, width).as_bytes())?;
    if let Some(folder) = &args.out {
        writeln!(out, "\nPictures: {}", folder.display())?;
    }
    Ok(())
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
}

/// Everything under the verdict.
fn text(lull: &Lull, width: usize) -> String {
    let mut out = String::from("\nThis does not show\n");
    for limit in &lull.verdict.does_not_show {
        out += &wrap(limit, "  - ", width);
    }
    let looked = &lull.looked_at;
    out += &format!(
        "\nLooked at: {} to {}, {} watched days",
        looked.first_day,
        looked.last_day,
        number(looked.watched_days)
    );
    if looked.unwatched_days > 0 {
        out += &format!(", {} unwatched", looked.unwatched_days);
    }
    out += "\n\n";
    out += &strips::draw(&lull.strips(width.saturating_sub(36)));
    if !lull.kinds.is_empty() {
        out += "\nBefore and since, by kind\n";
        out += &table(&kinds(lull), width);
    }
    if let Some(s) = &lull.sensitivity {
        out += "\nUnder other assumptions\n";
        out += &table(&variants(s), width);
        let [low, high] = s.p_lower_range.map(chance);
        let days = s.date_moved_days;
        out +=
            &wrap(&format!("Every date within {days} days: p from {low} to {high}."), "  ", width);
    }
    out += &gaps(lull, width);
    out += &change(lull, width);
    out += "\nExplanations beside each other (lower AIC fits better; within 2 is a tie)\n";
    let mut rows = vec![["explanation", "log-likelihood", "AIC"].map(String::from).to_vec()];
    for fit in &lull.rivals.fits {
        rows.push(vec![
            fit.name.into(),
            format!("{:.2}", fit.log_likelihood),
            format!("{:.2}", fit.aic),
        ]);
    }
    out += &table(&rows, width);
    if let Some(h) = &lull.rivals.self_exciting {
        out += &wrap(
            &format!(
                "Self-exciting: {:.1} incidents in 30 days by themselves, each bringing on {:.2} \
                 others after {} days on average.",
                30.0 * h.background,
                h.offspring,
                two_digits(1.0 / h.decay)
            ),
            "  ",
            width,
        );
    }
    out
}

/// At least two digits that matter.
fn two_digits(value: f64) -> String {
    let decimals = if value > 0.0 { 1 - value.log10().floor() as i32 } else { 1 };
    format!("{value:.*}", decimals.clamp(0, 6) as usize)
}

fn number(value: f64) -> String {
    if (value - value.round()).abs() < 1e-9 { format!("{value:.0}") } else { format!("{value:.1}") }
}

fn per_30(count: Count) -> String {
    format!("{:.2}", 30.0 * count.number as f64 / count.exposure)
}

fn kinds(lull: &Lull) -> Vec<Vec<String>> {
    let head =
        ["", "before", "in 30 d", "since", "in 30 d", "ratio", "95 %", "p lower", "p higher"];
    let mut rows = vec![head.map(String::from).to_vec()];
    let ends = |c: &Comparison| {
        let end = |e: Option<f64>| e.map_or("no bound".into(), |e| format!("{e:.2}"));
        format!("{} to {}", end(c.interval_95[0]), end(c.interval_95[1]))
    };
    for k in &lull.kinds {
        let c = &k.comparison;
        rows.push(vec![
            k.kind.name().replace('_', " "),
            format!("{} in {} d", c.earlier.number, number(c.earlier.exposure)),
            per_30(c.earlier),
            format!("{} in {} d", c.later.number, number(c.later.exposure)),
            per_30(c.later),
            c.ratio.map_or("-".into(), |r| format!("{r:.2}")),
            ends(c),
            chance(c.p_lower),
            chance(c.p_higher),
        ]);
    }
    rows
}

/// A chance; doubles have no digits left for smaller ones.
fn chance(p: f64) -> String {
    match p {
        p if p < 1e-300 => "< 1e-300".into(),
        p if p < 1e-3 => format!("{p:.1e}"),
        p => format!("{p:.4}"),
    }
}

fn variants(s: &Sensitivity) -> Vec<Vec<String>> {
    let head = ["", "before", "since", "p lower"];
    let mut rows = vec![head.map(String::from).to_vec()];
    let count = |c: Count| format!("{} in {} d", c.number, number(c.exposure));
    for v in &s.variants {
        rows.push(vec![v.what.clone(), count(v.earlier), count(v.later), chance(v.p_lower)]);
    }
    rows
}

fn gaps(lull: &Lull, width: usize) -> String {
    let mut rows = vec![
        ["gap", "watched days", "chance of some such gap", "had it been named beforehand"]
            .map(String::from)
            .to_vec(),
    ];
    let mut add = |gap: Option<&mantlet::ledger::Gap>| {
        if let Some(g) = gap {
            rows.push(vec![
                format!("{} to {}", g.first_day, g.last_day),
                number(g.days),
                chance(g.chance_of_some_gap),
                chance(g.chance_if_named_beforehand),
            ]);
        }
    };
    add(lull.latest_gap.as_ref());
    add(lull.longest_gap.as_ref().filter(|g| Some(*g) != lull.latest_gap.as_ref()));
    if rows.len() == 1 {
        return String::new();
    }
    format!("\nQuiet spells: the latest, and the longest\n{}", table(&rows, width))
}

fn change(lull: &Lull, width: usize) -> String {
    let Some(c) = &lull.change else { return String::new() };
    let rows = [
        ["one change, counts by day", "continuous time"].map(String::from),
        [c.mode.to_string(), c.continuous_mode.to_string()],
        [c.median.to_string(), c.continuous_median.to_string()],
        [
            format!("{} to {}", c.interval_95[0], c.interval_95[1]),
            format!("{} to {}", c.continuous_interval_95[0], c.continuous_interval_95[1]),
        ],
        [format!("{:.2}", c.log10_bayes_factor), format!("{:.2}", c.continuous_log10_bayes_factor)],
    ];
    let names = ["", "likeliest", "median", "95 %", "log10 Bayes factor"];
    let rows: Vec<Vec<String>> =
        names.iter().zip(rows).map(|(name, [a, b])| vec![(*name).to_string(), a, b]).collect();
    let rate = |r: &mantlet::ledger::RateBelief| {
        let [low, high] = r.interval_95;
        format!("{:.2} ({:.2} to {:.2})", 30.0 * r.mean, 30.0 * low, 30.0 * high)
    };
    format!(
        "\nA change at any date: last day of the earlier rate\n{}{}",
        table(&rows, width),
        wrap(
            &format!(
                "In 30 days: {} before, {} after. Prior on both: Gamma of shape {:.0}, one incident at \
                 the overall rate.",
                rate(&c.before_per_day),
                rate(&c.after_per_day),
                c.prior.shape
            ),
            "  ",
            width
        )
    )
}
