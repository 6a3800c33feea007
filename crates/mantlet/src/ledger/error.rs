//! What can be wrong with a ledger, or with what is asked of it.

use std::path::Path;

/// A ledger that cannot be used, or an entry that it refuses.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The operating system refused a file.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is not a database of ours.
    #[error("{path}: is not a Mantlet ledger: expected a file made by `mantlet ledger`")]
    NotALedger {
        /// The file.
        path: String,
    },
    /// There is no such file, and nothing to put in one.
    #[error(
        "{path}: no such ledger: make one with `mantlet ledger add` or `import`, or name another with --ledger"
    )]
    Missing {
        /// The file.
        path: String,
    },
    /// Written by another version.
    #[error(
        "{path}: is a ledger of version {version}: expected {expected}; another version of Mantlet made it"
    )]
    Version {
        /// The file.
        path: String,
        /// Its version.
        version: i64,
        /// Ours.
        expected: i64,
    },
    /// Another process held it all the time we waited.
    #[error("{path}: another process is writing to this ledger: nothing was entered, try again")]
    Busy {
        /// The file.
        path: String,
    },
    /// The database refused.
    #[error("{path}: {doing}: {source}")]
    Database {
        /// The file.
        path: String,
        /// What was being done.
        doing: &'static str,
        /// The database's reason.
        source: rusqlite::Error,
    },
    /// A row of the database that is not what we wrote.
    #[error("{path}: incident {id}: {field}: {seen}: was not written by Mantlet")]
    Damaged {
        /// The file.
        path: String,
        /// The incident.
        id: String,
        /// The field.
        field: &'static str,
        /// What stands there.
        seen: String,
    },
    /// A value that an entry cannot have.
    #[error("{field}: {seen}: expected {expected}")]
    Field {
        /// The field.
        field: &'static str,
        /// The value.
        seen: String,
        /// What belongs there.
        expected: String,
    },
    /// No incident of that name.
    #[error("incident {id}: is not in the ledger{hint}")]
    NoIncident {
        /// The name.
        id: String,
        /// Near names, as a question; empty when none is near.
        hint: String,
    },
    /// A table that is none of those we import, or lacks a column.
    #[error("{path}:1: header: {seen}: expected {expected}")]
    Header {
        /// The file.
        path: String,
        /// The columns seen.
        seen: String,
        /// What belongs there.
        expected: String,
    },
    /// A comment line of our CSV that says something we cannot read.
    #[error("{path}:{line}: {field}: {seen}: expected {expected}")]
    Comment {
        /// The file.
        path: String,
        /// Line, from 1.
        line: u64,
        /// Its word.
        field: &'static str,
        /// The value.
        seen: String,
        /// What belongs there.
        expected: String,
    },
    /// Rows were rejected and all or nothing was asked for.
    #[error(
        "{path}: {rejected} of {rows} rows were rejected: nothing was entered, as --strict asks"
    )]
    Strict {
        /// The file.
        path: String,
        /// How many.
        rejected: usize,
        /// Of how many.
        rows: usize,
        /// The rejected rows, each in one line.
        lines: Vec<String>,
    },
    /// A question that the record cannot answer.
    #[error("{0}")]
    Question(String),
}

/// What the ledger returns.
pub type Result<T, E = LedgerError> = std::result::Result<T, E>;

/// Names the file and the deed of a database error; a lock that was waited for in vain
/// has words of its own.
pub(super) fn database(
    path: &Path,
    doing: &'static str,
) -> impl Fn(rusqlite::Error) -> LedgerError + use<> {
    let path = path.display().to_string();
    move |source| match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            LedgerError::Busy { path: path.clone() }
        }
        Some(rusqlite::ErrorCode::NotADatabase) => LedgerError::NotALedger { path: path.clone() },
        _ => LedgerError::Database { path: path.clone(), doing, source },
    }
}
