//! Parts of a study that are done, on disk: what a killed study goes on from.
//!
//! One SQLite file beside the output folder, removed when the study is finished. It
//! belongs to one study: other inputs, seed or runs start it anew.

use std::path::{Path, PathBuf};

use anyhow::Context;
use mantlet::study::{Bundle, RunRow, Study};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use crate::failure::Done;

/// Finished parts.
pub struct Store {
    path: PathBuf,
    database: Connection,
}

impl Store {
    /// The store of a study whose results go to `out`.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn open(out: &Path, study: &Study) -> Done<Self> {
        let name = out.file_name().map_or("study".into(), |n| n.to_string_lossy().into_owned());
        let path = out.parent().unwrap_or(Path::new("")).join(format!(".{name}.parts"));
        let database =
            Connection::open(&path).with_context(|| format!("cannot write {}", path.display()))?;
        let told = |e: rusqlite::Error| anyhow::Error::new(e).context(path.display().to_string());
        database
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
                 CREATE TABLE IF NOT EXISTS study (fingerprint TEXT NOT NULL);
                 CREATE TABLE IF NOT EXISTS part (number INTEGER PRIMARY KEY, rows TEXT NOT NULL);",
            )
            .map_err(told)?;
        let fingerprint = fingerprint(study)?;
        let known: Option<String> =
            database.query_row("SELECT fingerprint FROM study", [], |row| row.get(0)).ok();
        if known.as_ref() != Some(&fingerprint) {
            database.execute_batch("DELETE FROM study; DELETE FROM part;").map_err(told)?;
            database.execute("INSERT INTO study VALUES (?1)", [&fingerprint]).map_err(told)?;
        }
        Ok(Self { path, database })
    }

    /// The parts that are done, in order.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn parts(&self) -> Done<Vec<(u64, Vec<RunRow>)>> {
        let read = || -> anyhow::Result<Vec<(u64, Vec<RunRow>)>> {
            let mut query =
                self.database.prepare("SELECT number, rows FROM part ORDER BY number")?;
            let rows = query.query_map([], |row| {
                Ok((row.get::<_, i64>(0)? as u64, row.get::<_, String>(1)?))
            })?;
            rows.map(|row| {
                let (number, text) = row?;
                Ok((number, serde_json::from_str(&text)?))
            })
            .collect()
        };
        Ok(read().with_context(|| format!("cannot read {}", self.path.display()))?)
    }

    /// Keeps a part, encoded.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn keep(&self, number: u64, rows: &str) -> Done {
        self.database
            .execute("INSERT OR IGNORE INTO part VALUES (?1, ?2)", (number as i64, rows))
            .with_context(|| format!("cannot write {}", self.path.display()))?;
        Ok(())
    }

    /// Ends it: the study is finished.
    ///
    /// # Errors
    ///
    /// When the file cannot be removed.
    pub fn remove(self) -> Done {
        self.database.close().map_err(|(_, e)| anyhow::Error::new(e))?;
        std::fs::remove_file(&self.path)
            .with_context(|| format!("cannot remove {}", self.path.display()))?;
        Ok(())
    }
}

/// What tells one study from another: every byte of its files, its options, seed and
/// number of runs.
pub fn fingerprint(study: &Study) -> Done<String> {
    let mut hash = Sha256::new();
    hash.update(Bundle::of(study)?.to_bytes());
    hash.update(format!("{} {} {}", study.seed, study.most_runs, env!("CARGO_PKG_VERSION")));
    Ok(hash.finalize().iter().map(|b| format!("{b:02x}")).collect())
}
