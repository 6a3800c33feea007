//! The ledger's file: SQLite in WAL mode, every commit on the disk before it is
//! acknowledged (`synchronous = FULL`), nothing ever overwritten.
//!
//! In: claims with a [`Stamp`] of who enters them and when. Out: whether they were new,
//! revised what the source said before, or said nothing new. A [`Writer`] is one
//! transaction: whole or not at all, also when the process is killed in the middle.
//! Several processes may open one file; writers wait for each other for up to
//! [`PATIENCE`].

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::error::{LedgerError, Result, database};
use super::incident::{Claim, Stamp};
use super::schema::{APPLICATION_ID, SCHEMA, VERSION};
use super::tally::wrong_rows;
use super::writer::{Entered, Writer};

/// How long a writer waits for another. chosen: longer than any single entry, shorter
/// than a person's patience; a million-row import may hold the file longer.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Pages kept in memory, KiB, where so many are touched. chosen: the parts of the indices
/// that a million-row import comes back to; with SQLite's 2 MiB it writes them out and
/// reads them in again for every few rows.
const CACHE_KIB: i64 = 64 * 1024;

/// An open ledger.
#[derive(Debug)]
pub struct Ledger {
    pub(super) db: Connection,
    pub(super) path: PathBuf,
}

impl Ledger {
    /// Opens a ledger; makes one where there is no file.
    ///
    /// # Errors
    /// When the file is something else, of a later version, or locked.
    pub fn open(path: &Path) -> Result<Self> {
        let failed = database(path, "opening");
        let db = Connection::open(path).map_err(&failed)?;
        let mut ledger = Self { db, path: path.into() };
        ledger.prepare()?;
        Ok(ledger)
    }

    /// Opens a ledger that must be there.
    ///
    /// # Errors
    /// As [`Ledger::open`], and when there is no such file.
    pub fn open_existing(path: &Path) -> Result<Self> {
        if path.exists() {
            Self::open(path)
        } else {
            Err(LedgerError::Missing { path: path.display().to_string() })
        }
    }

    fn prepare(&mut self) -> Result<()> {
        let failed = database(&self.path, "opening");
        self.db.busy_timeout(PATIENCE).map_err(&failed)?;
        self.db.pragma_update(None, "synchronous", "FULL").map_err(&failed)?;
        self.db.pragma_update(None, "foreign_keys", true).map_err(&failed)?;
        self.db.pragma_update(None, "cache_size", -CACHE_KIB).map_err(&failed)?;
        let tables = |db: &Connection| -> rusqlite::Result<i64> {
            db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        };
        if tables(&self.db).map_err(&failed)? == 0 {
            let tx = self
                .db
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(&failed)?;
            // Another process may have made the tables while this one waited.
            if tables(&tx).map_err(&failed)? == 0 {
                tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(&failed)?;
                tx.pragma_update(None, "user_version", VERSION).map_err(&failed)?;
                tx.execute_batch(SCHEMA).map_err(&failed)?;
            }
            tx.commit().map_err(&failed)?;
        }
        let number = |name: &str| -> rusqlite::Result<i64> {
            self.db.pragma_query_value(None, name, |row| row.get(0))
        };
        let path = || self.path.display().to_string();
        if number("application_id").map_err(&failed)? != APPLICATION_ID {
            return Err(LedgerError::NotALedger { path: path() });
        }
        let version = number("user_version").map_err(&failed)?;
        if version != VERSION {
            return Err(LedgerError::Version { path: path(), version, expected: VERSION });
        }
        self.set_wal()
    }

    /// The mode is kept in the file, so all but the first find it set. The change needs
    /// the file for itself, and SQLite does not wait for that by itself.
    fn set_wal(&self) -> Result<()> {
        let failed = database(&self.path, "opening");
        for _ in 0..100 {
            let mode = self.db.pragma_query_value(None, "journal_mode", |r| r.get::<_, String>(0));
            if mode.is_ok_and(|m| m == "wal")
                || self.db.pragma_update(None, "journal_mode", "wal").is_ok()
            {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.db.pragma_update(None, "journal_mode", "wal").map_err(failed)
    }

    /// Looks through the whole file: the database is sound, every incident has a claim and
    /// a reading, and the tally counts what is there. Returns how many incidents it holds.
    ///
    /// # Errors
    /// When it is not.
    pub fn verify(&self) -> Result<u32> {
        let failed = database(&self.path, "verifying");
        let damaged = |field, seen: String| LedgerError::Damaged {
            path: self.path.display().to_string(),
            id: "of any name".into(),
            field,
            seen,
        };
        let sound: String = self
            .db
            .pragma_query_value(None, "integrity_check", |row| row.get(0))
            .map_err(&failed)?;
        if sound != "ok" {
            return Err(damaged("integrity", sound));
        }
        let bare: u32 = self
            .db
            .query_row(
                "SELECT count(*) FROM incident i WHERE \
                 NOT EXISTS (SELECT 1 FROM claim c WHERE c.incident_id = i.id) OR \
                 NOT EXISTS (SELECT 1 FROM reading r WHERE r.incident_id = i.id)",
                [],
                |row| row.get(0),
            )
            .map_err(&failed)?;
        if bare > 0 {
            return Err(damaged("claims", format!("{bare} incidents without one")));
        }
        let wrong = wrong_rows(&self.db).map_err(&failed)?;
        if wrong > 0 {
            return Err(damaged("tally", format!("{wrong} wrong counts")));
        }
        self.db.query_row("SELECT count(*) FROM incident", [], |row| row.get(0)).map_err(failed)
    }

    /// Starts a transaction that enters things; `what` says which command it is.
    ///
    /// # Errors
    /// When another process writes for longer than [`PATIENCE`].
    pub fn write(&mut self, stamp: &Stamp, what: &str) -> Result<Writer<'_>> {
        let failed = database(&self.path, "starting to write");
        let path = self.path.clone();
        let tx =
            self.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        Ok(Writer::new(tx, path, stamp, what))
    }

    /// Enters one claim of one incident: a new one under a fresh name where `id` is
    /// `None`. Returns its name and what became of the entry, once it is on the disk.
    ///
    /// # Errors
    /// When a value of the claim cannot be, or the ledger cannot be written.
    pub fn add(
        &mut self,
        stamp: &Stamp,
        id: Option<&str>,
        claim: &Claim,
    ) -> Result<(String, Entered)> {
        let mut writer = self.write(stamp, "add")?;
        let id = match id {
            Some(id) => id.to_string(),
            None => writer.fresh_name()?,
        };
        let entered = writer.enter(&id, claim)?;
        writer.commit()?;
        Ok((id, entered))
    }
}
