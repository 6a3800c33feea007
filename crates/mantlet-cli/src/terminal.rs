//! What `mantlet run` prints when it is done: the same figures as the report, as
//! plain text that also reads well in a file.

use crate::report::data::RunReport;
use crate::report::figures::{Figures, zone};
use crate::report::text::{casualties, number, percent};
use crate::report::timeline::fate;
use crate::report::words;

/// A summary for a terminal `width` characters wide; plain text, no colour.
pub fn summary(run: &RunReport, width: usize) -> String {
    let figures = Figures::of(run);
    let width = width.clamp(60, 100);
    let mut out = String::new();
    if run.exercise {
        out += "EXERCISE: everything here is simulated; the site is made up.\n\n";
    }
    out += &wrap(&words::headline(run, &figures), width);
    out += &wrap(&words::standfirst(run, &figures), width);
    if !figures.rounds.is_empty() {
        out += "\n";
        out += &table(&rounds(run, &figures), width);
    }
    if !run.outcomes.is_empty() {
        out += "\n";
        out += &table(&zones(run), width);
    }
    let accuracy = words::accuracy(run, &figures);
    out += "\n";
    for (value, what) in accuracy {
        out += &format!("  {value:>10}  {what}\n");
    }
    out.replace('\u{a0}', " ")
}

fn rounds(run: &RunReport, figures: &Figures) -> Vec<Vec<String>> {
    let at = |v: Option<f64>| v.map_or_else(|| "-".into(), |s| number(s, 1));
    let head =
        ["round", "kind", "first plot", "confirmed", "warned", "impact", "what became of it"];
    let mut rows = vec![head.map(String::from).to_vec()];
    for r in &figures.rounds {
        rows.push(vec![
            r.number.to_string(),
            r.kind.clone(),
            at(r.first_plot_s),
            at(r.confirmed_s),
            at(r.warned_s),
            at(r.impact_s),
            // The reason has room in the report only.
            fate(run, r).split(';').next().unwrap_or_default().to_string(),
        ]);
    }
    rows
}

fn zones(run: &RunReport) -> Vec<Vec<String>> {
    // Without effectors nothing is said of harm: a zero would read as "nobody hurt".
    let harm = !run.effectors.is_empty();
    let harm_head: &[&str] = if harm { &["harm without", "with"] } else { &[] };
    let head = ["zone", "people", "given s", "needed s", "to spare"];
    let head = head.iter().chain(harm_head).chain(&["verdict"]);
    let mut rows = vec![head.map(ToString::to_string).collect::<Vec<_>>()];
    for o in &run.outcomes {
        let Some(z) = zone(run, &o.zone_id) else { continue };
        let spare_s = o.seconds_given.map(|g| g - o.seconds_needed);
        let verdict = match (spare_s, o.warned_s, o.danger_s) {
            (Some(s), _, _) if s >= 0.0 => "in time",
            (Some(_), _, _) => "too late",
            (None, Some(_), _) => "needless",
            (None, None, Some(_)) => "not warned",
            (None, None, None) => "nothing came",
        };
        let or_dash = |v: Option<f64>| v.map_or_else(|| "-".into(), |s| number(s, 1));
        let mut row = vec![
            z.name.clone(),
            z.population.to_string(),
            or_dash(o.seconds_given),
            number(o.seconds_needed, 1),
            or_dash(spare_s),
        ];
        if harm {
            row.push(casualties(o.harm_without.casualties));
            row.push(casualties(o.harm_with.casualties));
        }
        row.push(verdict.into());
        rows.push(row);
    }
    if run.policy.threshold > 0.0 {
        rows[0][0] = format!("zone (warned at {})", percent(run.policy.threshold));
    }
    rows
}

/// Columns as wide as their widest cell, numbers to the right; lines that are too
/// long lose their end rather than their shape.
pub fn table(rows: &[Vec<String>], width: usize) -> String {
    let columns = rows[0].len();
    let wide = |c: usize| rows.iter().map(|r| r[c].chars().count()).max().unwrap_or(0);
    let numeric = |c: usize| {
        rows[1..].iter().all(|r| {
            r[c] == "-" || r[c].starts_with(|d: char| d.is_ascii_digit() || "<\u{2212}".contains(d))
        })
    };
    let mut out = String::new();
    for row in rows {
        let mut line = String::from(" ");
        for (c, cell) in row.iter().enumerate().take(columns) {
            let pad = " ".repeat(wide(c) - cell.chars().count());
            line += " ";
            line += &if numeric(c) { pad + cell } else { cell.clone() + &pad };
            line += " ";
        }
        let line: String = line.trim_end().chars().take(width).collect();
        out += &(line + "\n");
    }
    out
}

fn wrap(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let long = word.chars().count();
        if used > 0 && used + 1 + long > width {
            out.push('\n');
            used = 0;
        }
        if used > 0 {
            out.push(' ');
            used += 1;
        }
        out += word;
        used += long;
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_summary_fits_the_terminal_and_reads_as_it_did() {
        let text = summary(&sample::report(), 100);
        assert!(text.lines().all(|l| l.chars().count() <= 100));
        insta::assert_snapshot!(text);
    }

    #[test]
    fn without_effectors_nothing_is_said_of_harm() {
        let mut run = sample::report();
        run.effectors.clear();
        assert!(!summary(&run, 100).contains("harm"));
    }

    #[test]
    fn a_run_of_nothing_has_a_summary() {
        assert!(summary(&RunReport::default(), 80).contains("Nothing came down"));
    }
}
