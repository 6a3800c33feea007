//! The timeline in a few dozen cells, for a terminal.

use super::super::day::Day;
use super::super::exposure::Series;
use super::super::lull::Lull;
use super::super::verdict::words;

/// Rows of cells over the days looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Strips {
    /// First day.
    pub first: Day,
    /// Last day.
    pub last: Day,
    /// Days per cell.
    pub cell_days: usize,
    /// Per kind: its name, and incidents per cell; `None` where nobody watched.
    pub kinds: Vec<(String, Vec<Option<u32>>)>,
    /// Chance per cell that the rate changed then; empty without a change to find.
    pub belief: Vec<f64>,
    /// The cell of the date asked about.
    pub since: Option<usize>,
}

impl Lull {
    /// The timeline in at most `columns` cells.
    pub fn strips(&self, columns: usize) -> Strips {
        let series = &self.series;
        let cell_days = series.counts.len().div_ceil(columns.max(1)).max(1);
        let cells = |s: &Series| {
            let cells = s.counts.chunks(cell_days).zip(s.exposure.chunks(cell_days));
            cells
                .map(|(counts, watched)| {
                    watched.iter().any(|w| *w > 0.0).then(|| counts.iter().sum())
                })
                .collect()
        };
        let belief = self.change.as_ref().map_or(&[][..], |c| &c.posterior);
        Strips {
            first: series.first,
            last: series.last(),
            cell_days,
            kinds: self.all.iter().map(|(kind, s)| (words(*kind), cells(s))).collect(),
            belief: belief.chunks(cell_days).map(|c| c.iter().sum()).collect(),
            since: self.looked_at.since.and_then(|d| series.index(d)).map(|at| at / cell_days),
        }
    }
}
