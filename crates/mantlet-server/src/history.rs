//! The last hour, a picture a second, on disk: so that memory stays flat and the page can
//! scrub back, also over a restart. It is the record of open tracks too.
//!
//! Pictures are JSON, deflated; the file is written without waiting for the disk, as what
//! it holds is old in an hour.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use rusqlite::{Connection, OpenFlags, params};
use serde::Serialize;
use utoipa::ToSchema;

use crate::events::Events;
use crate::live::Order;
use crate::queue::Queue;

/// How far back it reaches, s.
const KEPT_S: f64 = 3600.0;
/// Time between two pictures.
const STEP: Duration = Duration::from_secs(1);
/// Pictures in one answer at most.
const ANSWER: f64 = 600.0;

const SCHEMA: &str = "
PRAGMA cache_size = -256;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS picture (time_ms INTEGER PRIMARY KEY, json BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS moment (
  time_ms INTEGER PRIMARY KEY, tracks INTEGER NOT NULL, threats INTEGER NOT NULL,
  warnings INTEGER NOT NULL);
";

/// The pictures' file, for who writes it.
#[derive(Debug)]
pub struct History(Connection);

impl History {
    /// Opens or makes it.
    ///
    /// # Errors
    /// When it cannot be, or is no database.
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        let file = Connection::open(path)?;
        file.busy_timeout(Duration::from_secs(1))?;
        file.execute_batch(SCHEMA)?;
        Ok(Self(file))
    }

    /// Keeps a picture each second until the queue is closed; a failure is told the writer.
    pub fn follow(&self, events: &Events, queue: &Queue<Order>) {
        let mut failed = false;
        while !queue.is_closed() {
            std::thread::sleep(STEP);
            let now = events.last_picture();
            let numbers = [now.tracks.len(), now.impacts.len(), now.warnings.len()];
            let kept = self
                .keep(now.time_s, &events.picture_json())
                .and_then(|()| self.count(now.time_s, numbers));
            match &kept {
                Err(e) => {
                    let text = format!("The last hour is not kept ({e}): no scrubbing back");
                    queue.order(Order::Fault("history", Some(text)));
                }
                Ok(()) if failed => {
                    queue.order(Order::Fault("history", None));
                }
                Ok(()) => {}
            }
            failed = kept.is_err();
        }
    }

    /// Keeps how many tracks, rounds in the air and zones warned there are, so that an hour
    /// of it is read without its pictures.
    fn count(&self, time_s: f64, numbers: [usize; 3]) -> rusqlite::Result<()> {
        let [tracks, threats, warnings] = numbers.map(|n| n as i64);
        self.0
            .prepare_cached("INSERT OR REPLACE INTO moment VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![ms(time_s), tracks, threats, warnings])?;
        self.0
            .prepare_cached("DELETE FROM moment WHERE time_ms < ?1")?
            .execute([ms(time_s - KEPT_S)])
            .map(|_| ())
    }

    /// Keeps a picture and lets go of those older than an hour.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn keep(&self, time_s: f64, json: &[u8]) -> rusqlite::Result<()> {
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::fast());
        let bytes = deflated
            .write_all(json)
            .and_then(|()| deflated.finish())
            .map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))?;
        self.0
            .prepare_cached("INSERT OR REPLACE INTO picture VALUES (?1, ?2)")?
            .execute(params![ms(time_s), bytes])?;
        self.0
            .prepare_cached("DELETE FROM picture WHERE time_ms < ?1")?
            .execute([ms(time_s - KEPT_S)])
            .map(|_| ())
    }
}

/// How much there was at each step of a time.
#[derive(Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct HourView {
    /// When, Unix s.
    pub time_s: Vec<f64>,
    /// Most tracks in that step.
    pub tracks: Vec<u32>,
    /// Most rounds in the air.
    pub threats: Vec<u32>,
    /// Most zones warned.
    pub warnings: Vec<u32>,
}

/// How much there was from one time to another, a row for each step in which anything was
/// kept.
///
/// # Errors
/// When the file cannot be read.
pub fn hour(path: &Path, from_s: f64, to_s: f64, step_s: f64) -> rusqlite::Result<HourView> {
    let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    file.busy_timeout(Duration::from_secs(1))?;
    let mut all = file.prepare(
        "SELECT min(time_ms), max(tracks), max(threats), max(warnings) FROM moment
         WHERE time_ms BETWEEN ?1 AND ?2 GROUP BY time_ms / ?3 ORDER BY 1",
    )?;
    let mut rows = all.query(params![ms(from_s), ms(to_s), ms(step_s).max(1000)])?;
    let mut out = HourView::default();
    while let Some(row) = rows.next()? {
        out.time_s.push(row.get::<_, i64>(0)? as f64 / 1e3);
        out.tracks.push(row.get(1)?);
        out.threats.push(row.get(2)?);
        out.warnings.push(row.get(3)?);
    }
    Ok(out)
}

fn ms(time_s: f64) -> i64 {
    (time_s * 1e3).round() as i64
}

/// Pictures from one time to another, about a step apart, as one JSON document.
///
/// # Errors
/// When the file cannot be read.
pub fn between(path: &PathBuf, from_s: f64, to_s: f64, step_s: f64) -> rusqlite::Result<Vec<u8>> {
    let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    file.busy_timeout(Duration::from_secs(1))?;
    let step_ms = ms(step_s.max((to_s - from_s) / ANSWER)).max(1000);
    let mut all = file.prepare(
        "SELECT json FROM picture WHERE time_ms BETWEEN ?1 AND ?2 AND time_ms IN
         (SELECT min(time_ms) FROM picture WHERE time_ms BETWEEN ?1 AND ?2 GROUP BY time_ms / ?3)
         ORDER BY time_ms",
    )?;
    let mut rows = all.query(params![ms(from_s), ms(to_s), step_ms])?;
    let mut out = b"{\"pictures\":[".to_vec();
    let mut first = true;
    while let Some(row) = rows.next()? {
        let bytes: Vec<u8> = row.get(0)?;
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        inflate(&bytes, &mut out)
            .map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))?;
    }
    out.extend(b"]}");
    Ok(out)
}

fn inflate(bytes: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    DeflateDecoder::new(bytes).read_to_end(out).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_kept_and_read_in_steps() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.sqlite");
        let history = History::open(&path).unwrap();
        for s in 0..=3700 {
            if !(100..=3600).contains(&s) {
                history.keep(f64::from(s), format!("{{\"s\":{s}}}").as_bytes()).unwrap();
            }
        }
        let text =
            |from, to, step| String::from_utf8(between(&path, from, to, step).unwrap()).unwrap();
        assert_eq!(text(0.0, 50.0, 1.0), "{\"pictures\":[]}");
        assert_eq!(text(3690.0, 3699.0, 5.0), "{\"pictures\":[{\"s\":3690},{\"s\":3695}]}");
    }

    #[test]
    fn a_warning_shorter_than_a_step_is_not_lost_in_the_hour() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.sqlite");
        let history = History::open(&path).unwrap();
        for s in 100..120 {
            history.count(f64::from(s), [9, 3, if s == 107 { 2 } else { 0 }]).unwrap();
        }
        let hour = hour(&path, 100.0, 120.0, 5.0).unwrap();
        assert_eq!(hour.time_s, [100.0, 105.0, 110.0, 115.0]);
        assert_eq!(hour.warnings, [0, 2, 0, 0]);
    }
}
