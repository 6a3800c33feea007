//! When somebody was looking: the exposure that a rate is counted over.
//!
//! A day on which nobody wrote incidents down is no quiet day. A [`Watch`] says from
//! which day to which the record was kept, for which kind, and what share of the
//! incidents of that time it holds.

use rusqlite::params;
use serde::Serialize;

use super::day::Day;
use super::error::{LedgerError, Result, database};
use super::store::Ledger;
use super::words::Kind;
use super::writer::Writer;

/// A period over which the record was kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Watch {
    /// First day.
    pub first: Day,
    /// Last day, itself watched.
    pub last: Day,
    /// The kind it is about; all kinds where `None`.
    pub kind: Option<Kind>,
    /// Share of the incidents that the record holds, over 0 to 1.
    pub share: f64,
    /// Remarks.
    pub note: String,
}

impl Ledger {
    /// The watched periods with their numbers, from the earliest.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn watches(&self) -> Result<Vec<(i64, Watch)>> {
        watches(&self.db).map_err(database(&self.path, "reading"))
    }
}

fn watches(db: &rusqlite::Connection) -> rusqlite::Result<Vec<(i64, Watch)>> {
    db.prepare(
        "SELECT id, first_day, last_day, kind, share, note FROM watch w WHERE withdrawn IS NULL \
         AND NOT EXISTS (SELECT 1 FROM watch x WHERE x.withdrawn = w.id) ORDER BY first_day, id",
    )?
    .query_map([], |row| {
        let kind: Option<String> = row.get(3)?;
        let day = |at| Ok::<_, rusqlite::Error>(Day::from_number(row.get(at)?).unwrap_or_default());
        let watch = Watch {
            first: day(1)?,
            last: day(2)?,
            kind: kind.map(|k| Kind::from_name(&k).unwrap_or(Kind::Unknown)),
            share: row.get(4)?,
            note: row.get(5)?,
        };
        Ok((row.get(0)?, watch))
    })?
    .collect()
}

impl Writer<'_> {
    /// Enters a watched period; returns false where the same one stands already.
    ///
    /// # Errors
    /// When it ends before it begins, overlaps another of the same kind, or its share
    /// is no share.
    pub fn watch(&mut self, watch: &Watch) -> Result<bool> {
        let wrong = |field, seen: String, expected: &str| {
            Err(LedgerError::Field { field, seen, expected: expected.into() })
        };
        if watch.last < watch.first {
            let seen = format!("{} to {}", watch.first, watch.last);
            return wrong("watched", seen, "a first day not after the last");
        }
        if !(watch.share > 0.0 && watch.share <= 1.0) {
            return wrong("share", watch.share.to_string(), "over 0, at most 1");
        }
        let failed = self.failed();
        for (_, other) in watches(&self.tx).map_err(&failed)? {
            if other == *watch {
                return Ok(false);
            }
            let meets = other.first <= watch.last && watch.first <= other.last;
            if meets && other.kind == watch.kind {
                let seen = format!("{} to {}", watch.first, watch.last);
                let expected = format!(
                    "no day of a period that is entered already ({} to {}); withdraw that one first",
                    other.first, other.last
                );
                return wrong("watched", seen, &expected);
            }
        }
        let change = self.change()?;
        self.tx
            .execute(
                "INSERT INTO watch(change_id, first_day, last_day, kind, share, note) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    change,
                    watch.first.number(),
                    watch.last.number(),
                    watch.kind.map(Kind::name),
                    watch.share,
                    watch.note
                ],
            )
            .map_err(failed)?;
        Ok(true)
    }

    /// Takes back a watched period by its number; the row stays, with who took it back.
    ///
    /// # Errors
    /// When none of that number stands.
    pub fn withdraw_watch(&mut self, number: i64) -> Result<()> {
        let failed = self.failed();
        let standing = watches(&self.tx).map_err(&failed)?;
        let Some((_, watch)) = standing.into_iter().find(|(id, _)| *id == number) else {
            return Err(LedgerError::Field {
                field: "withdraw",
                seen: number.to_string(),
                expected: "the number of a watched period, as `mantlet ledger watch` lists them"
                    .into(),
            });
        };
        let change = self.change()?;
        self.tx
            .execute(
                "INSERT INTO watch(change_id, first_day, last_day, kind, share, note, withdrawn) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    change,
                    watch.first.number(),
                    watch.last.number(),
                    watch.kind.map(Kind::name),
                    watch.share,
                    watch.note,
                    number
                ],
            )
            .map_err(failed)?;
        Ok(())
    }
}
