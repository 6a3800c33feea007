//! The answer about a lull in one plain sentence with its number, and what it does not
//! show.

use serde::Serialize;

use super::lull::{Gap, Lull};
use super::poisson::Comparison;
use super::sensitivity::LEVEL;
use super::words::{Kind, Setting};

/// An answer in words.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Verdict {
    /// One sentence.
    #[serde(rename = "verdict")]
    pub sentence: String,
    /// What it does not show.
    pub does_not_show: Vec<String>,
}

/// Bayes factor over which a change is called supported: "strong" of Jeffreys, Theory of
/// Probability, 3rd ed. 1961, appendix B.
const STRONG_LOG10: f64 = 1.0;

/// Chances under this have no digits left. chosen: doubles lose them below 2e-308.
const SMALLEST: f64 = 1e-300;

/// Reads the numbers out.
pub(super) fn verdict(lull: &Lull) -> Verdict {
    let mut parts = vec![match &lull.comparison {
        Some(c) => compared(lull, c),
        None => changed(lull),
    }];
    parts.extend(lull.latest_gap.as_ref().map(|gap| worth(lull, gap)));
    let own = |k: &&super::lull::KindChange| Some(k.kind) != lull.looked_at.kind;
    let others: Vec<_> = lull.kinds.iter().filter(own).collect();
    if lull.looked_at.kind.is_some() && lull.looked_at.since.is_some() {
        let risen: Vec<String> = others
            .iter()
            .filter(|k| k.comparison.p_higher < LEVEL)
            .map(|k| format!("{} ({})", words(k.kind), p_is(k.comparison.p_higher)))
            .collect();
        if !risen.is_empty() {
            parts.push(format!("over the same time there is more of {}", risen.join(" and ")));
        } else if others.is_empty() {
            parts.push("other attack types are not in this series".into());
        }
    }
    Verdict { sentence: format!("{}.", parts.join("; ")), does_not_show: limits(lull, &others) }
}

/// "rocket incidents in the site".
fn what(lull: &Lull) -> String {
    let kind = lull.looked_at.kind.map_or(String::new(), |k| format!("{} ", words(k)));
    let place = match lull.looked_at.settings[..] {
        [Setting::In] => " in the site",
        [Setting::In, Setting::Beside] => " in or beside the site",
        [Setting::Beside] => " beside the site",
        [Setting::Outside] => " outside the site",
        _ => "",
    };
    format!("{kind}incidents{place}")
}

/// A kind as people say it.
pub(super) fn words(kind: Kind) -> String {
    kind.name().replace('_', " ")
}

/// A chance with two digits that matter. What is too small for the arithmetic is said to
/// be small, not zero.
fn small(chance: f64) -> String {
    match chance {
        p if p < SMALLEST => format!("< {SMALLEST:e}"),
        p if p < 1e-4 => format!("{p:.0e}"),
        p if p < 0.0995 => {
            let decimals = 1 - p.log10().floor() as i32;
            format!("{p:.*}", decimals as usize)
        }
        p => format!("{p:.2}"),
    }
}

/// "p = 0.016", or "p < 1e-300".
fn p_is(p: f64) -> String {
    let said = small(p);
    if said.starts_with('<') { format!("p {said}") } else { format!("p = {said}") }
}

fn days(days: f64) -> String {
    let whole = (days - days.round()).abs() < 1e-9;
    if whole { format!("{days:.0} days") } else { format!("{days:.1} days' worth of watching") }
}

fn compared(lull: &Lull, c: &Comparison) -> String {
    let since = lull.looked_at.since.map_or_else(String::new, |d| format!(" since {d}"));
    let what = what(lull);
    let counts = format!(
        "{} in {} where {:.1} were to be expected from {} in {} before",
        c.later.number,
        days(c.later.exposure),
        c.expected,
        c.earlier.number,
        days(c.earlier.exposure),
    );
    if c.later.number + c.earlier.number == 0 {
        return format!("there are no {what} on the days looked at, so nothing can be compared");
    }
    match (c.p_lower, c.p_higher) {
        (p, _) if p < 0.001 => {
            format!("a lower rate of {what}{since} is strongly supported: {counts} ({})", p_is(p))
        }
        (p, _) if p < LEVEL => {
            format!("a lower rate of {what}{since} is supported: {counts} ({})", p_is(p))
        }
        (_, p) if p < LEVEL => {
            format!("{what} came at a higher rate{since}, not a lower one: {counts} ({})", p_is(p))
        }
        (p, _) => {
            format!("a lower rate of {what}{since} is not shown: {counts} ({})", p_is(p))
        }
    }
}

fn changed(lull: &Lull) -> String {
    let what = what(lull);
    let Some(change) = &lull.change else {
        return format!("there are no {what} on the days looked at");
    };
    let bayes = change.log10_bayes_factor;
    if bayes < STRONG_LOG10 {
        return format!(
            "a change in the rate of {what} is not shown: one change is {} times as likely as none",
            factor(bayes)
        );
    }
    let fell = change.after_per_day.mean < change.before_per_day.mean;
    let [from, to] = change.interval_95;
    format!(
        "the rate of {what} {} around {} (95 % between {from} and {to}), from {:.1} to {:.1} in 30 \
         days: one change is {} times as likely as none",
        if fell { "fell" } else { "rose" },
        change.median,
        30.0 * change.before_per_day.mean,
        30.0 * change.after_per_day.mean,
        factor(bayes)
    )
}

/// A Bayes factor from its logarithm.
pub(super) fn factor(log10: f64) -> String {
    match log10 {
        l if !(-2.0..=4.0).contains(&l) => format!("10^{l:.0}"),
        l if l > 1.0 => format!("{:.0}", 10f64.powf(l)),
        l => format!("{:.2}", 10f64.powf(l)),
    }
}

fn worth(lull: &Lull, gap: &Gap) -> String {
    let events: u64 = lull.series.total().number;
    let incidents = if events == 1 { "incident" } else { "incidents" };
    let chance = small(gap.chance_of_some_gap);
    let long = days(gap.days);
    if gap.chance_of_some_gap < LEVEL {
        format!(
            "the latest gap of {long} is remarkable even among {events} {incidents} (chance {chance})"
        )
    } else {
        format!(
            "the latest gap of {long} by itself is not evidence: among {events} {incidents} some gap \
             that long comes with chance {chance}"
        )
    }
}

fn limits(lull: &Lull, others: &[&super::lull::KindChange]) -> Vec<String> {
    let mut limits = Vec::new();
    let looked = &lull.looked_at;
    for label in &looked.labels {
        limits.push(format!("a complete count: the record is labelled \"{label}\""));
    }
    if let Some(change) = lull.change.as_ref().filter(|_| looked.since.is_some()) {
        limits.push(format!(
            "anything by its p, if the date was picked because it had become quiet; then the \
             change at any date counts: {} times as likely as none",
            factor(change.log10_bayes_factor)
        ));
    }
    if let (Some(undo), Some(share)) = (
        lull.sensitivity.as_ref().and_then(|s| s.missing_to_undo),
        lull.sensitivity.as_ref().and_then(|s| s.reported_share_to_undo),
    ) {
        let incidents = if undo == 1 { "incident" } else { "incidents" };
        limits.push(format!(
            "a fall, if {undo} later {incidents} went unreported, or if less than {:.0} % of what was \
             reported before is reported since",
            100.0 * share
        ));
    }
    if let Some(p) = lull.rivals.p_lower_if_self_exciting.filter(|_| looked.since.is_some()) {
        limits.push(format!(
            "that bursts are not the reason: if incidents bring on incidents and nothing changed, so \
             few come with chance {}",
            small(p)
        ));
    }
    if looked.kind.is_some() && others.is_empty() {
        limits.push("what became of other kinds of attack: this record holds none here".into());
    }
    if looked.watch_assumed {
        limits.push(
            "that somebody was looking: no watched period is entered, so every day counts as watched \
             (mantlet ledger watch)"
                .into(),
        );
    }
    if looked.left_out > 0 {
        limits.push(format!("{} incidents on days that nobody watched, left out", looked.left_out));
    }
    limits.push("why, or for how long".into());
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_keep_two_digits() {
        let said: Vec<String> = [0.5935, 0.0163, 0.05, 0.00012, 3e-17, 1.0, 0.0].map(small).into();
        assert_eq!(said, ["0.59", "0.016", "0.050", "0.00012", "3e-17", "1.00", "< 1e-300"]);
        assert_eq!([p_is(0.0163), p_is(0.0)], ["p = 0.016", "p < 1e-300"]);
    }
}
