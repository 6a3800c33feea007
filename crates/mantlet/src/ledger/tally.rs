//! How many incidents of which sort there are on which day: what lists count and
//! statistics are made of, without a look at a million rows.
//!
//! In: readings that come and go, with the sources that speak of them. Out: the table
//! `tally`, one row per day, kind, setting and so on, over all sources (`source_id` 0)
//! and again for each source. Derived from `reading` and `claim`, written in the same
//! transaction, so that it cannot disagree with them; [`Ledger::verify`] counts anew.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::day::Day;
use super::error::{LedgerError, Result, database};
use super::incident::Incident;
use super::query::{DayCount, Filter};
use super::store::Ledger;
use super::words::{Kind, Setting};

/// The row for all sources together.
const ANY: i64 = 0;
/// Rows kept in memory before they are written. chosen: some 10 MB.
const MOST: usize = 100_000;

/// A sort of incident on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    day: Day,
    kind: Kind,
    setting: Setting,
    thwarted: bool,
    exercise: bool,
    conflict: bool,
    span: [Day; 2],
}

impl Cell {
    /// Where an incident counts.
    pub fn of(incident: &Incident) -> Self {
        Self {
            day: incident.day,
            kind: incident.kind,
            setting: incident.setting,
            thwarted: incident.thwarted,
            exercise: incident.exercise,
            conflict: incident.conflict,
            span: [incident.day_low, incident.day_high],
        }
    }
}

/// Changes to the tally that are not written yet: each row is written once, in order.
#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<(i64, Cell), i64>);

impl Tally {
    /// An incident comes (`by` 1) or goes (-1), with those who speak of it.
    pub fn count(&mut self, cell: Cell, sources: &[i64], by: i64) {
        for source in [ANY].iter().chain(sources) {
            *self.0.entry((*source, cell)).or_default() += by;
        }
    }

    /// Whether there is enough to write.
    pub fn is_full(&self) -> bool {
        self.0.len() >= MOST
    }

    /// Writes it.
    pub fn write(&mut self, db: &Connection) -> rusqlite::Result<()> {
        let mut come = db.prepare_cached(
            "INSERT INTO tally VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
             ON CONFLICT DO UPDATE SET n = n + excluded.n",
        )?;
        let mut go = db.prepare_cached(
            "UPDATE tally SET n = n + ?10 WHERE source_id = ?1 AND day = ?2 AND kind = ?3 AND \
             setting = ?4 AND thwarted = ?5 AND exercise = ?6 AND conflict = ?7 AND day_low = ?8 \
             AND day_high = ?9",
        )?;
        for ((source, cell), by) in std::mem::take(&mut self.0) {
            let row = match by {
                0 => continue,
                1.. => &mut come,
                _ => &mut go,
            };
            row.execute(params![
                source,
                cell.day.number(),
                cell.kind.name(),
                cell.setting.name(),
                cell.thwarted,
                cell.exercise,
                cell.conflict,
                cell.span[0].number(),
                cell.span[1].number(),
                by
            ])?;
        }
        Ok(())
    }
}

/// How many rows of the tally are not what the readings and claims give.
pub(super) fn wrong_rows(db: &Connection) -> rusqlite::Result<u32> {
    const COUNTED: &str = "SELECT source_id, day, kind, setting, thwarted, exercise, conflict, \
         day_low, day_high, count(*) FROM (SELECT 0 AS source_id, incident_id FROM reading \
         UNION SELECT source_id, incident_id FROM claim) JOIN reading USING (incident_id) \
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9";
    const KEPT: &str = "SELECT * FROM tally WHERE n <> 0";
    let sql = format!(
        "SELECT (SELECT count(*) FROM ({COUNTED} EXCEPT {KEPT})) + \
         (SELECT count(*) FROM ({KEPT} EXCEPT {COUNTED}))"
    );
    db.query_row(&sql, [], |row| row.get(0))
}

impl Ledger {
    /// How many incidents a filter lets through, and the latest days that have `limit`
    /// of them between them, the last first.
    pub(super) fn tallied(&self, filter: &Filter, limit: usize) -> Result<(u32, Vec<Day>)> {
        let failed = database(&self.path, "counting");
        let (condition, mut values) = filter.sql();
        let source = match &filter.source {
            None => "0".to_string(),
            Some(name) => {
                values.insert(0, Value::from(name.clone()));
                "(SELECT id FROM source WHERE name = ?)".into()
            }
        };
        let sql = format!(
            "SELECT day, sum(n) FROM tally WHERE source_id = {source} AND {condition} \
             GROUP BY day HAVING sum(n) > 0 ORDER BY day DESC"
        );
        let mut statement = self.db.prepare_cached(&sql).map_err(&failed)?;
        let mut rows = statement.query(params_from_iter(values)).map_err(&failed)?;
        let (mut total, mut days) = (0_u32, Vec::new());
        while let Some(row) = rows.next().map_err(&failed)? {
            if (total as usize) < limit {
                days.push(self.day(row.get(0).map_err(&failed)?)?);
            }
            total = total.saturating_add(row.get(1).map_err(&failed)?);
        }
        Ok((total, days))
    }

    /// Real attacks by day, kind and setting, from the earliest day: what statistics
    /// are made of. Thwarted attempts and exercises are left out.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn days(&self) -> Result<Vec<DayCount>> {
        let failed = database(&self.path, "counting");
        let mut statement = self
            .db
            .prepare_cached(
                "SELECT day, kind, setting, day_low, day_high, n FROM tally \
                 WHERE source_id = 0 AND exercise = 0 AND thwarted = 0 AND n > 0 ORDER BY day, kind",
            )
            .map_err(&failed)?;
        let mut rows = statement.query([]).map_err(&failed)?;
        let mut days = Vec::new();
        while let Some(row) = rows.next().map_err(&failed)? {
            let day = |at: usize| self.day(row.get(at).map_err(&failed)?);
            let kind: String = row.get(1).map_err(&failed)?;
            let setting: String = row.get(2).map_err(&failed)?;
            days.push(DayCount {
                day: day(0)?,
                kind: Kind::from_name(&kind).unwrap_or(Kind::Unknown),
                setting: Setting::from_name(&setting).unwrap_or(Setting::Unknown),
                span: [day(3)?, day(4)?],
                count: row.get(5).map_err(&failed)?,
            });
        }
        Ok(days)
    }

    fn day(&self, number: i64) -> Result<Day> {
        Day::from_number(number).ok_or_else(|| LedgerError::Damaged {
            path: self.path.display().to_string(),
            id: "of any name".into(),
            field: "day",
            seen: number.to_string(),
        })
    }
}
