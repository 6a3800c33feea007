//! The open tracks on disk, once a second, so that a service that was killed goes on with
//! them.
//!
//! In the pictures' file and written like them without waiting for the disk: they are for
//! the next start of the process on a machine that lives; after a loss of power every
//! object is down before a service is up again. A thread of its own writes, and when it
//! is late a second is skipped: the writer of warnings never waits for it.

use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use mantlet::tracking::TrackerState;
use rusqlite::{Connection, OptionalExtension};

const SCHEMA: &str = "
PRAGMA cache_size = -256;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS open_tracks (one INTEGER PRIMARY KEY, json TEXT NOT NULL);
";

/// Keeps the open tracks.
#[derive(Debug)]
pub struct OpenTracks {
    /// `None` once it has ended.
    to: Option<SyncSender<TrackerState>>,
    thread: Option<JoinHandle<()>>,
}

impl OpenTracks {
    /// What the process before left in a file, and a keeper for this one's. A record that
    /// cannot be read is left behind: the radars find the tracks again.
    ///
    /// # Errors
    /// When the file cannot be opened or made.
    pub fn open(path: &Path) -> rusqlite::Result<(TrackerState, Self)> {
        let file = Connection::open(path)?;
        file.busy_timeout(Duration::from_secs(1))?;
        file.execute_batch(SCHEMA)?;
        let kept: Option<String> = file
            .query_row("SELECT json FROM open_tracks WHERE one = 1", [], |row| row.get(0))
            .optional()?;
        let left = kept.map(|json| serde_json::from_str(&json)).transpose();
        let left = left.unwrap_or_else(|e| {
            tracing::warn!("{}: open tracks: {e}: they are found anew", path.display());
            None
        });
        let (to, from) = sync_channel::<TrackerState>(1);
        let work = move || {
            let (mut failed, mut json) = (false, Vec::new());
            for state in from {
                let kept = keep(&file, &state, &mut json);
                match &kept {
                    Err(e) if !failed => tracing::warn!("open tracks are not kept: {e}"),
                    _ => {}
                }
                failed = kept.is_err();
            }
        };
        let thread = std::thread::Builder::new().name("tracks".into()).spawn(work);
        let thread = thread.map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))?;
        Ok((left.unwrap_or_default(), Self { to: Some(to), thread: Some(thread) }))
    }

    /// Keeps these; returns at once.
    pub fn keep(&self, state: TrackerState) {
        if let Some(to) = &self.to {
            // Full is late: the next second's are newer.
            let _ = to.try_send(state);
        }
    }
}

impl Drop for OpenTracks {
    fn drop(&mut self) {
        self.to = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the keeper of open tracks had ended with a panic");
        }
    }
}

/// `json` is room that is used again: a thousand tracks are megabytes each second.
fn keep(file: &Connection, state: &TrackerState, json: &mut Vec<u8>) -> rusqlite::Result<()> {
    let wrong =
        |e: Box<dyn std::error::Error + Send + Sync>| rusqlite::Error::ToSqlConversionFailure(e);
    json.clear();
    serde_json::to_writer(&mut *json, state).map_err(|e| wrong(e.into()))?;
    let text = std::str::from_utf8(json).map_err(|e| wrong(e.into()))?;
    file.prepare_cached("INSERT OR REPLACE INTO open_tracks VALUES (1, ?1)")?
        .execute([text])
        .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_there_for_the_next_and_what_is_torn_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.sqlite");
        let (none, keeper) = OpenTracks::open(&path).unwrap();
        assert_eq!(none, TrackerState::default());
        keeper.keep(TrackerState { next_id: 7, tracks: Vec::new() });
        drop(keeper);
        let (left, keeper) = OpenTracks::open(&path).unwrap();
        assert_eq!(left.next_id, 7);
        drop(keeper);
        let file = Connection::open(&path).unwrap();
        file.execute("UPDATE open_tracks SET json = '{\"next_id\":'", []).unwrap();
        let (none, _keeper) = OpenTracks::open(&path).unwrap();
        assert_eq!(none, TrackerState::default());
    }
}
