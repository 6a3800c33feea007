//! Is the lull real? One question to the record, answered from every side.
//!
//! In: a ledger, a kind, a date since when things are said to be quieter. Out: the exact
//! comparison before and after that date; what the latest gap is worth once one admits
//! having looked for it; the posterior of a change at any date; a self-exciting series
//! as the rival explanation; how far all of it hangs on doubtful dates, places and
//! unwritten incidents; the other kinds beside it, so that a move from one to another is
//! seen; and a verdict in words.
//!
//! `docs/ledger.md` says how to read it and where it ends.

use serde::Serialize;

use super::change_point::{Prior, RateBelief, change_in_counts, change_in_time};
use super::day::Day;
use super::error::{LedgerError, Result};
use super::exposure::{Members, Series};
use super::gap::chance_of_gap;
use super::poisson::{Comparison, compare};
use super::query::DayCount;
use super::rivals::{Rivals, rivals};
use super::sensitivity::{Ground, Sensitivity, sensitivity};
use super::store::Ledger;
use super::verdict::{Verdict, verdict};
use super::watch::Watch;
use super::words::{Kind, Setting};

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct LullQuestion {
    /// The kind; all kinds together where `None`.
    pub kind: Option<Kind>,
    /// The settings; where empty, in the site if the record has any such, else all.
    pub settings: Vec<Setting>,
    /// The first day of the supposed lull, fixed in advance.
    pub since: Option<Day>,
    /// First day looked at; where the record begins if `None`.
    pub from: Option<Day>,
    /// Last day looked at; where the record ends if `None`.
    pub to: Option<Day>,
    /// How doubtful `since` is, days each way; 14 if `None`.
    pub doubt_days: Option<u32>,
}

/// How doubtful a date is unless somebody says. chosen: an announcement and its effect
/// are commonly within two weeks.
const DOUBT_DAYS: u32 = 14;

/// What was looked at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Looked {
    /// The kind; all kinds together where `None`.
    pub kind: Option<Kind>,
    /// The settings; all where empty.
    pub settings: Vec<Setting>,
    /// First day of the supposed lull.
    pub since: Option<Day>,
    /// First day looked at.
    pub first_day: Day,
    /// Last day looked at.
    pub last_day: Day,
    /// Days between them that somebody watched, shares taken into account.
    pub watched_days: f64,
    /// Days between them that nobody watched.
    pub unwatched_days: usize,
    /// No watched period is entered: all days were taken as watched.
    pub watch_assumed: bool,
    /// Incidents on unwatched days, left out.
    pub left_out: u64,
    /// Labels of the sources, which every statement must carry.
    pub labels: Vec<String>,
}

/// A quiet spell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Gap {
    /// Its first day.
    pub first_day: Day,
    /// Its last day.
    pub last_day: Day,
    /// Watched days in it.
    pub days: f64,
    /// Chance of some gap at least that long among as many incidents over the days
    /// looked at, were the rate steady: the look-elsewhere correction.
    pub chance_of_some_gap: f64,
    /// Chance of this very stretch being empty, had it been named beforehand: what one
    /// gets who forgets to correct.
    pub chance_if_named_beforehand: f64,
}

/// A change at an unknown date.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Likeliest last day of the early rate.
    pub mode: Day,
    /// Median.
    pub median: Day,
    /// 95 % of the chance lies between these days.
    pub interval_95: [Day; 2],
    /// The same in continuous time, a check that binning by days does no harm.
    pub continuous_mode: Day,
    /// Median in continuous time.
    pub continuous_median: Day,
    /// Interval in continuous time.
    pub continuous_interval_95: [Day; 2],
    /// Early rate per watched day.
    pub before_per_day: RateBelief,
    /// Late rate per watched day.
    pub after_per_day: RateBelief,
    /// log10 of the Bayes factor of one change against none.
    pub log10_bayes_factor: f64,
    /// The same in continuous time.
    pub continuous_log10_bayes_factor: f64,
    /// The prior on both rates, per watched day.
    pub prior: Prior,
    /// Chance of each day to be the last of the early rate.
    #[serde(skip)]
    pub posterior: Vec<f64>,
}

/// One kind beside the others.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KindChange {
    /// The kind.
    pub kind: Kind,
    /// Before and after.
    pub comparison: Comparison,
}

/// The whole answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lull {
    /// What was looked at.
    pub looked_at: Looked,
    /// The answer in words.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Before against after, where a date was given.
    pub comparison: Option<Comparison>,
    /// The gap from the last incident to the last day.
    pub latest_gap: Option<Gap>,
    /// The longest gap.
    pub longest_gap: Option<Gap>,
    /// A change at any date.
    pub change: Option<Change>,
    /// Explanations beside each other.
    pub rivals: Rivals,
    /// What it hangs on.
    pub sensitivity: Option<Sensitivity>,
    /// Every kind in the same settings and days.
    pub kinds: Vec<KindChange>,
    #[serde(skip)]
    pub(super) series: Series,
    /// The series of each kind that was seen on these days.
    #[serde(skip)]
    pub(super) all: Vec<(Kind, Series)>,
}

impl Ledger {
    /// Answers a question about a lull.
    ///
    /// # Errors
    /// When the ledger cannot be read, is empty, or the dates cannot be compared.
    pub fn lull(&self, question: &LullQuestion) -> Result<Lull> {
        let days = self.days()?;
        let watches: Vec<Watch> = self.watches()?.into_iter().map(|(_, w)| w).collect();
        let labels = self.sources()?.into_iter().map(|s| s.label).filter(|l| !l.is_empty());
        let mut labels: Vec<String> = labels.collect();
        labels.sort();
        labels.dedup();
        answer(question, &days, &watches, labels)
    }
}

/// First and last day of the record: of its incidents, or of its watched periods.
fn bounds(days: &[DayCount], watches: &[Watch]) -> Option<[Day; 2]> {
    let of = |first: Option<Day>, last: Option<Day>| first.zip(last).map(|(a, b)| [a, b]);
    of(watches.iter().map(|w| w.first).min(), watches.iter().map(|w| w.last).max())
        .or_else(|| of(days.first().map(|d| d.day), days.last().map(|d| d.day)))
}

fn answer(
    question: &LullQuestion,
    days: &[DayCount],
    watches: &[Watch],
    labels: Vec<String>,
) -> Result<Lull> {
    let wrong = |text: String| Err(LedgerError::Question(text));
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return wrong("the ledger holds no real incident: nothing to compare".into());
    };
    let mut members = Members { kind: question.kind, settings: question.settings.clone() };
    if members.settings.is_empty() {
        let inside = Members { settings: vec![Setting::In], ..members.clone() };
        if days.iter().any(|d| inside.has(d)) {
            members = inside;
        }
    }
    let relevant: Vec<Watch> =
        watches.iter().filter(|w| w.kind.is_none() || w.kind == question.kind).cloned().collect();
    let [from, to] = bounds(days, &relevant).unwrap_or([first.day, last.day]);
    let (from, to) = (question.from.unwrap_or(from), question.to.unwrap_or(to));
    if from > to {
        return wrong(format!("--from {from}: expected a day not after --to {to}"));
    }
    let series = Series::new(days, &relevant, &members, from, to);
    if let Some(since) = question.since {
        if since <= from || since > to {
            return wrong(format!(
                "--since {since}: expected a day after {from} and not after {to}, the days looked at"
            ));
        }
        let [earlier, later] = series.split(since);
        if !(earlier.exposure > 0.0 && later.exposure > 0.0) {
            return wrong(format!(
                "--since {since}: expected watched days on both sides of it: {} before, {} after",
                earlier.exposure, later.exposure
            ));
        }
    }
    let compared = |series: &Series| {
        let [earlier, later] = series.split(question.since?);
        compare(later, earlier)
    };
    let total = series.total();
    let gaps: Vec<Gap> = series
        .gaps()
        .into_iter()
        .filter(|(_, _, days)| *days > 0.0)
        .map(|(first_day, last_day, days)| Gap {
            first_day,
            last_day,
            days,
            chance_of_some_gap: 1.0,
            chance_if_named_beforehand: (1.0 - days / total.exposure).powf(total.number as f64),
        })
        .collect();
    let corrected = |gap: &Gap| Gap {
        chance_of_some_gap: chance_of_gap(total.number, total.exposure, gap.days),
        ..*gap
    };
    let latest_gap = gaps.last().filter(|g| g.last_day == to && total.number > 0).map(corrected);
    let longest = gaps.iter().max_by(|a, b| a.days.total_cmp(&b.days));
    let longest_gap = longest.filter(|_| total.number > 0).map(corrected);
    let prior = Prior::unit_information(total.number, total.exposure);
    let counts = change_in_counts(&series.counts, &series.exposure, prior);
    let counts = counts.filter(|_| total.number > 0);
    let rivals = rivals(&series, question.since, counts.as_ref());
    let change =
        counts.zip(change_in_time(&series.times(), total.exposure, prior)).map(|(counts, time)| {
            Change {
                mode: series.day(counts.mode),
                median: series.day(counts.median),
                interval_95: counts.interval_95.map(|at| series.day(at)),
                continuous_mode: series.day_at(time.mode),
                continuous_median: series.day_at(time.median),
                continuous_interval_95: time.interval_95.map(|t| series.day_at(t)),
                before_per_day: counts.before,
                after_per_day: counts.after,
                log10_bayes_factor: counts.log10_bayes_factor,
                continuous_log10_bayes_factor: time.log10_bayes_factor,
                prior,
                posterior: counts.posterior,
            }
        });
    let of_kind = |kind: &Kind| {
        let one = Members { kind: Some(*kind), ..members.clone() };
        let watched: Vec<Watch> =
            watches.iter().filter(|w| w.kind.is_none_or(|k| k == *kind)).cloned().collect();
        (*kind, Series::new(days, &watched, &one, from, to))
    };
    let all: Vec<(Kind, Series)> =
        Kind::ALL.iter().map(of_kind).filter(|(_, s)| s.total().number > 0).collect();
    let kinds = all
        .iter()
        .filter_map(|(kind, s)| Some(KindChange { kind: *kind, comparison: compared(s)? }))
        .collect();
    let ground = Ground {
        days,
        watches: &relevant,
        members: &members,
        series: &series,
        record: [first.day, last.day],
    };
    let doubt_days = i64::from(question.doubt_days.unwrap_or(DOUBT_DAYS));
    let sensitivity = question.since.map(|since| sensitivity(&ground, since, doubt_days));
    let looked_at = Looked {
        kind: question.kind,
        settings: members.settings.clone(),
        since: question.since,
        first_day: from,
        last_day: to,
        watched_days: total.exposure,
        unwatched_days: series.exposure.iter().filter(|share| **share <= 0.0).count(),
        watch_assumed: relevant.is_empty(),
        left_out: series.unwatched,
        labels,
    };
    let mut lull = Lull {
        looked_at,
        verdict: Verdict::default(),
        comparison: compared(&series),
        latest_gap,
        longest_gap,
        change,
        rivals,
        sensitivity,
        kinds,
        series,
        all,
    };
    lull.verdict = verdict(&lull);
    Ok(lull)
}
