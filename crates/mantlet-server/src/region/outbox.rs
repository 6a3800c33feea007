//! What a site must not lose on its way to the region: a table beside the warnings.
//!
//! In: warnings, incidents and the site itself, written by the one writer of the warnings'
//! file in the same transaction as what they tell of. Out: rows in order, read beside the
//! log by the task that sends them. A row goes once the server has said that it is stored;
//! the writer removes it with its next transaction, so nobody else ever writes the file.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use tokio::sync::Notify;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS outbox (
  number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, body TEXT NOT NULL);
";

/// A row of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Rising, with gaps.
    pub number: u64,
    /// `about`, `warning` or `incident`.
    pub kind: String,
    /// JSON.
    pub body: String,
}

/// The writer's end, shared with the task that sends.
#[derive(Debug)]
pub struct Outbox {
    /// Unix ms of its making: numbers of another file are others.
    pub epoch: u64,
    /// There is something new.
    pub news: Notify,
    /// All rows up to this one are stored elsewhere.
    pub sent: AtomicU64,
}

impl Outbox {
    /// Makes the table where it is missing.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn open(file: &Connection, now_ms: u64) -> rusqlite::Result<Arc<Self>> {
        file.execute_batch(SCHEMA)?;
        file.execute(
            "INSERT OR IGNORE INTO state VALUES ('outbox_epoch', ?1)",
            [now_ms.to_string()],
        )?;
        let text: String =
            file.query_row("SELECT value FROM state WHERE name = 'outbox_epoch'", [], |r| {
                r.get(0)
            })?;
        let epoch = text.parse().unwrap_or(now_ms);
        Ok(Arc::new(Self { epoch, news: Notify::new(), sent: AtomicU64::new(0) }))
    }

    /// Adds a row and removes those that are sent, in the caller's transaction; the caller
    /// says [`Outbox::news`] once it is on disk.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn put(&self, file: &Connection, kind: &str, body: &str) -> rusqlite::Result<()> {
        file.prepare_cached("DELETE FROM outbox WHERE number <= ?1")?
            .execute([self.sent.load(Ordering::Acquire) as i64])?;
        file.prepare_cached("INSERT INTO outbox (kind, body) VALUES (?1, ?2)")?
            .execute(params![kind, body])
            .map(|_| ())
    }
}

/// The sender's end.
#[derive(Debug)]
pub struct Unsent(Connection);

impl Unsent {
    /// Opens it for reading.
    ///
    /// # Errors
    /// When it is not there.
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        file.busy_timeout(Duration::from_secs(1))?;
        Ok(Self(file))
    }

    /// The first row after a number.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn after(&self, number: u64) -> rusqlite::Result<Option<Told>> {
        self.0
            .prepare_cached(
                "SELECT number, kind, body FROM outbox WHERE number > ?1 ORDER BY number LIMIT 1",
            )?
            .query_row([number as i64], |r| {
                Ok(Told { number: r.get::<_, i64>(0)? as u64, kind: r.get(1)?, body: r.get(2)? })
            })
            .optional()
    }

    /// Rows after a number.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn waiting(&self, number: u64) -> rusqlite::Result<u64> {
        self.0
            .query_row("SELECT COUNT(*) FROM outbox WHERE number > ?1", [number as i64], |r| {
                r.get::<_, i64>(0)
            })
            .map(|n| n as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stay_until_they_are_sent_and_numbers_are_never_used_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("warnings.sqlite");
        let file = Connection::open(&path).unwrap();
        file.execute_batch("CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT)").unwrap();
        let outbox = Outbox::open(&file, 77).unwrap();
        outbox.put(&file, "warning", "1").unwrap();
        outbox.put(&file, "incident", "2").unwrap();
        let unsent = Unsent::open(&path).unwrap();
        let first = unsent.after(0).unwrap().unwrap();
        assert_eq!((first.number, first.kind.as_str()), (1, "warning"));
        assert_eq!(unsent.waiting(0).unwrap(), 2);
        outbox.sent.store(2, Ordering::Release);
        outbox.put(&file, "warning", "3").unwrap();
        assert_eq!(unsent.after(0).unwrap().unwrap().number, 3);
        // Another start: the same epoch, and what was not sent is still there.
        let again = Outbox::open(&file, 99).unwrap();
        assert_eq!(again.epoch, 77);
        assert_eq!(unsent.waiting(0).unwrap(), 1);
    }
}
