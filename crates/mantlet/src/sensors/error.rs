//! What can be wrong with an input as a whole, and with one plot of it.
//!
//! An [`InputError`] ends the reading: the file cannot be opened, is not what its
//! name says, or names a sensor that the site does not have. A single bad plot is
//! data: it is left out, counted by [`Reason`] in a [`Tally`], and the reading goes
//! on.

use std::collections::BTreeMap;
use std::fmt;

/// Examples kept for each reason. chosen: enough to find the cause, too few to flood
/// a terminal.
const EXAMPLES: usize = 3;

/// An input that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// The operating system refused it.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Its name ends in nothing we read.
    #[error(
        "{path}: no input ends in \"{extension}\": expected .csv, .parquet, .pcap, .pcapng, .ast, or - for CSV on standard input"
    )]
    Extension {
        /// The file.
        path: String,
        /// What its name ends in.
        extension: String,
    },
    /// Nothing in it at all.
    #[error("{path}: is empty: expected {expected}")]
    Empty {
        /// The file.
        path: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// A column that must be there is not.
    #[error("{path}: line 1: column \"{column}\" is missing: found {found}")]
    Column {
        /// The file.
        path: String,
        /// The column.
        column: &'static str,
        /// The header's columns.
        found: String,
    },
    /// A column stands twice.
    #[error("{path}: line 1: column \"{column}\" stands twice")]
    ColumnTwice {
        /// The file.
        path: String,
        /// The column.
        column: &'static str,
    },
    /// A plot of a sensor that the site does not declare.
    #[error(
        "{path}: line {line}: sensor_id: \"{value}\" is not in the site file: expected one of {declared}{hint}"
    )]
    Sensor {
        /// The file.
        path: String,
        /// Line, from 1.
        line: u64,
        /// The name seen.
        value: String,
        /// The names declared.
        declared: String,
        /// The nearest of them, as a question; empty when none is near.
        hint: String,
    },
    /// Not the capture that its name says.
    #[error("{path}: byte {offset}: {message}")]
    Capture {
        /// The file.
        path: String,
        /// Offset from the file's start.
        offset: u64,
        /// What is wrong.
        message: String,
    },
    /// The site has no sensor with a feed to match an ASTERIX input.
    #[error(
        "{path}: no sensor of the site has a feed: add `feed = {{ sac = …, sic = … }}` to the sensor whose plots these are"
    )]
    NoFeed {
        /// The file.
        path: String,
    },
    /// Read to the end, and not one plot could be used.
    #[error("{path}: not one plot could be used: {why}")]
    NothingUsable {
        /// The file.
        path: String,
        /// The tally in words.
        why: String,
    },
}

/// Why a plot, a record or a packet was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// A cell that is not a number.
    NotANumber,
    /// NaN or infinite.
    NotFinite,
    /// A value that no radar can measure.
    Implausible,
    /// A cell that must be filled is empty.
    Missing,
    /// A line with too few or too many cells.
    Columns,
    /// Earlier than plots of its sensor that were already handed on.
    TimeBack,
    /// The same plot again: a feed sent on two lines.
    Duplicate,
    /// An ASTERIX block that does not conform to its category.
    Malformed,
    /// An ASTERIX category that carries no plots we read.
    Category,
    /// A radar (SAC/SIC) that no sensor of the site names.
    Source,
    /// A target report without a measured position.
    NoPosition,
    /// The radar saw nothing and sent where it expected the object.
    Extrapolated,
    /// A test target.
    Test,
    /// A packet that is not whole: cut by the capture, or fragments that never came.
    Cut,
    /// A packet that carries no UDP.
    NotUdp,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "not a number",
            Self::NotFinite => "not finite",
            Self::Implausible => "implausible",
            Self::Missing => "value missing",
            Self::Columns => "wrong number of cells",
            Self::TimeBack => "time goes back",
            Self::Duplicate => "seen before",
            Self::Malformed => "malformed ASTERIX",
            Self::Category => "ASTERIX category without plots",
            Self::Source => "radar not in the site file",
            Self::NoPosition => "no position",
            Self::Extrapolated => "not detected, extrapolated",
            Self::Test => "test target",
            Self::Cut => "packet not whole",
            Self::NotUdp => "packet without UDP",
        })
    }
}

/// What was used and what was left out, by reason, with the first examples of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Plots used.
    pub plots: u64,
    rejected: BTreeMap<Reason, (u64, Vec<String>)>,
    notices: Vec<String>,
}

impl Tally {
    /// Counts one that was left out; `example` is asked for only while few are kept.
    pub fn reject(&mut self, reason: Reason, example: impl FnOnce() -> String) {
        let (count, examples) = self.rejected.entry(reason).or_default();
        *count += 1;
        if examples.len() < EXAMPLES {
            examples.push(example());
        }
    }

    /// Something to say once.
    pub fn notice(&mut self, text: String) {
        if !self.notices.contains(&text) {
            self.notices.push(text);
        }
    }

    /// How many were left out for a reason.
    pub fn count(&self, reason: Reason) -> u64 {
        self.rejected.get(&reason).map_or(0, |(count, _)| *count)
    }

    /// How many were left out in all.
    pub fn rejected(&self) -> u64 {
        self.rejected.values().map(|(count, _)| count).sum()
    }

    /// The notices, then for each reason one line with its count and first examples.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = self.notices.clone();
        for (reason, (count, examples)) in &self.rejected {
            let more = if *count > examples.len() as u64 { "; …" } else { "" };
            lines.push(format!("left out, {reason}: {count} ({}{more})", examples.join("; ")));
        }
        lines
    }

    /// Takes over another tally's counts, examples and notices.
    pub fn absorb(&mut self, other: Self) {
        self.plots += other.plots;
        for (reason, (count, examples)) in other.rejected {
            let entry = self.rejected.entry(reason).or_default();
            entry.0 += count;
            entry.1.extend(examples);
            entry.1.truncate(EXAMPLES);
        }
        for text in other.notices {
            self.notice(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_keeps_three_examples_and_counts_all() {
        let mut tally = Tally::default();
        for i in 0..10 {
            tally.reject(Reason::NotFinite, || format!("line {i}"));
        }
        assert_eq!(tally.count(Reason::NotFinite), 10);
        assert_eq!(tally.lines(), ["left out, not finite: 10 (line 0; line 1; line 2; …)"]);
    }
}
