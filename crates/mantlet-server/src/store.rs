//! Warnings on disk before they are on the wire, so that a crash loses none.
//!
//! SQLite with a write-ahead log and synchronous FULL: when [`Store::keep`] returns, the
//! messages are on the disk. The file is the writer's alone, so that a warning never waits
//! for anybody; whoever else reads it (the CAP feed, a backup) does so beside the log.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use crate::region::Outbox;

/// How long a locked database is waited for, once per attempt. Chosen: longer would delay
/// the warning itself, which goes out all the same.
const BUSY: Duration = Duration::from_millis(5);
/// Messages that the CAP feed shows.
const FEED: u32 = 100;

const SCHEMA: &str = "
PRAGMA cache_size = -256;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS message (
  number INTEGER PRIMARY KEY,
  alert_id TEXT NOT NULL, version INTEGER NOT NULL, zone_id TEXT NOT NULL,
  action TEXT NOT NULL, time_ns INTEGER NOT NULL, line TEXT NOT NULL,
  cap_id TEXT NOT NULL UNIQUE, cap_xml TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS acknowledged (alert_id TEXT PRIMARY KEY, who TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL);
";

/// A message as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The alert, the same from warn to clear.
    pub alert_id: String,
    /// Position of the message in its alert.
    pub version: u32,
    /// The zone.
    pub zone_id: String,
    /// `warn`, `update` or `clear`.
    pub action: &'static str,
    /// Data time of issue, ns.
    pub time_ns: i64,
    /// The line of warnings.csv.
    pub line: String,
    /// Name of its CAP document.
    pub cap_id: String,
    /// The document.
    pub cap_xml: String,
    /// What the region is told of it, JSON.
    pub told: Option<String>,
}

/// The warnings' file.
#[derive(Debug)]
pub struct Store {
    file: Connection,
    path: PathBuf,
    outbox: Option<Arc<Outbox>>,
}

impl Store {
    /// Opens or makes the file.
    ///
    /// # Errors
    /// When it cannot be, or is no database.
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        let file = Connection::open(path)?;
        file.busy_timeout(BUSY)?;
        file.execute_batch(SCHEMA)?;
        Ok(Self { file, path: path.into(), outbox: None })
    }

    /// From now on what is kept goes to the region too.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn open_outbox(&mut self, now_ms: u64) -> rusqlite::Result<Arc<Outbox>> {
        let outbox = Outbox::open(&self.file, now_ms)?;
        self.outbox = Some(outbox.clone());
        Ok(outbox)
    }

    /// Whether there is a region to tell.
    pub fn tells(&self) -> bool {
        self.outbox.is_some()
    }

    /// Tells the region something, JSON.
    ///
    /// # Errors
    /// As [`Store::keep`].
    pub fn tell(&mut self, kind: &str, body: &str) -> rusqlite::Result<()> {
        let Some(outbox) = &self.outbox else { return Ok(()) };
        let all = self.file.transaction()?;
        outbox.put(&all, kind, body)?;
        all.commit()?;
        outbox.news.notify_one();
        Ok(())
    }

    /// Keeps messages and the state of the warning policy after them, all or nothing.
    ///
    /// # Errors
    /// When the disk is full, or somebody else holds the file.
    pub fn keep(&mut self, messages: &[Message], state: &str) -> rusqlite::Result<()> {
        let all = self.file.transaction()?;
        for m in messages {
            all.prepare_cached(
                "INSERT OR REPLACE INTO message
                 (alert_id, version, zone_id, action, time_ns, line, cap_id, cap_xml)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                m.alert_id, m.version, m.zone_id, m.action, m.time_ns, m.line, m.cap_id, m.cap_xml
            ])?;
            if let (Some(outbox), Some(told)) = (&self.outbox, &m.told) {
                outbox.put(&all, "warning", told)?;
            }
        }
        set(&all, "warner", state)?;
        all.commit()?;
        if let Some(outbox) = &self.outbox {
            outbox.news.notify_one();
        }
        Ok(())
    }

    /// A named text that was kept.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn get(&self, name: &str) -> rusqlite::Result<Option<String>> {
        self.file
            .query_row("SELECT value FROM state WHERE name = ?1", [name], |row| row.get(0))
            .optional()
    }

    /// Keeps who acknowledged an alert.
    ///
    /// # Errors
    /// As [`Store::keep`].
    pub fn acknowledge(&self, alert_id: &str, who: &str) -> rusqlite::Result<()> {
        let sql = "INSERT OR REPLACE INTO acknowledged VALUES (?1, ?2)";
        self.file.execute(sql, [alert_id, who]).map(|_| ())
    }

    /// Alerts and who acknowledged them.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn acknowledged(&self) -> rusqlite::Result<Vec<(String, String)>> {
        let mut all = self.file.prepare("SELECT alert_id, who FROM acknowledged")?;
        all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    }

    /// CAP documents of the alerts whose last message is no all-clear, so that those to
    /// come can name what they replace.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open_documents(&self) -> rusqlite::Result<Vec<String>> {
        let mut all = self.file.prepare(
            "SELECT cap_xml FROM message WHERE alert_id NOT IN
             (SELECT alert_id FROM message WHERE action = 'clear') ORDER BY number",
        )?;
        all.query_map([], |row| row.get(0))?.collect()
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn set(file: &Connection, name: &str, value: &str) -> rusqlite::Result<()> {
    file.prepare_cached("INSERT OR REPLACE INTO state VALUES (?1, ?2)")?
        .execute([name, value])
        .map(|_| ())
}

/// A document of the CAP feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub cap_id: String,
    /// `warn`, `update` or `clear`.
    pub action: String,
    /// The zone.
    pub zone_id: String,
    /// When it was issued, ns.
    pub time_ns: i64,
}

fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    file.busy_timeout(Duration::from_secs(1))?;
    Ok(file)
}

/// The latest messages, newest first.
///
/// # Errors
/// When the file cannot be read.
pub fn latest(path: &Path) -> rusqlite::Result<Vec<Listed>> {
    let file = reader(path)?;
    let mut all = file.prepare(
        "SELECT cap_id, action, zone_id, time_ns FROM message ORDER BY number DESC LIMIT ?1",
    )?;
    let listed = |row: &rusqlite::Row<'_>| {
        Ok(Listed {
            cap_id: row.get(0)?,
            action: row.get(1)?,
            zone_id: row.get(2)?,
            time_ns: row.get(3)?,
        })
    };
    all.query_map([FEED], listed)?.collect()
}

/// A CAP document by its name.
///
/// # Errors
/// When the file cannot be read.
pub fn document(path: &Path, cap_id: &str) -> rusqlite::Result<Option<String>> {
    reader(path)?
        .query_row("SELECT cap_xml FROM message WHERE cap_id = ?1", [cap_id], |row| row.get(0))
        .optional()
}

/// A message as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The alert.
    pub alert_id: String,
    /// The zone.
    pub zone_id: String,
    /// `warn`, `update` or `clear`.
    pub action: String,
    /// Data time of issue, ns.
    pub time_ns: i64,
    /// The line of warnings.csv.
    pub line: String,
    /// Who acknowledged the alert.
    pub acknowledged_by: Option<String>,
}

/// All messages of the latest alerts, in the order of issue.
///
/// # Errors
/// When the file cannot be read.
pub fn latest_alerts(path: &Path, limit: u32) -> rusqlite::Result<Vec<Said>> {
    let file = reader(path)?;
    let mut all = file.prepare(
        "SELECT alert_id, zone_id, action, time_ns, line, who
         FROM message LEFT JOIN acknowledged USING (alert_id) WHERE alert_id IN
         (SELECT alert_id FROM message WHERE action = 'warn' ORDER BY number DESC LIMIT ?1)
         ORDER BY number",
    )?;
    let said = |row: &rusqlite::Row<'_>| {
        Ok(Said {
            alert_id: row.get(0)?,
            zone_id: row.get(1)?,
            action: row.get(2)?,
            time_ns: row.get(3)?,
            line: row.get(4)?,
            acknowledged_by: row.get(5)?,
        })
    };
    all.query_map([limit], said)?.collect()
}

/// All messages as lines of warnings.csv, in the order of issue.
///
/// # Errors
/// When the file cannot be read.
pub fn lines(path: &Path) -> rusqlite::Result<Vec<String>> {
    let file = reader(path)?;
    let mut all = file.prepare("SELECT line FROM message ORDER BY number")?;
    all.query_map([], |row| row.get(0))?.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn message(number: u32, action: &'static str) -> Message {
        Message {
            alert_id: "school-1".into(),
            version: number,
            zone_id: "school".into(),
            action,
            time_ns: i64::from(number),
            line: format!("line {number}"),
            cap_id: format!("school-1.{number}"),
            cap_xml: format!("<alert>{number}</alert>"),
            told: None,
        }
    }

    #[test]
    fn what_is_kept_is_there_when_the_file_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("warnings.sqlite");
        let mut store = Store::open(&path).unwrap();
        store.keep(&[message(1, "warn"), message(2, "update")], "standing").unwrap();
        store.acknowledge("school-1", "rana").unwrap();
        drop(store);
        let mut store = Store::open(&path).unwrap();
        assert_eq!(store.get("warner").unwrap().as_deref(), Some("standing"));
        assert_eq!(store.acknowledged().unwrap(), [("school-1".into(), "rana".into())]);
        assert_eq!(store.open_documents().unwrap(), ["<alert>1</alert>", "<alert>2</alert>"]);
        assert_eq!(latest(&path).unwrap()[0].cap_id, "school-1.2");
        assert_eq!(document(&path, "school-1.1").unwrap().as_deref(), Some("<alert>1</alert>"));
        assert_eq!(document(&path, "x").unwrap(), None);
        store.keep(&[message(3, "clear")], "nothing").unwrap();
        assert!(store.open_documents().unwrap().is_empty());
        assert_eq!(lines(&path).unwrap(), ["line 1", "line 2", "line 3"]);
    }
}
