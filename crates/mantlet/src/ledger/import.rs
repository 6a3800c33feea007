//! Tables of incidents into the ledger: our CSV, ACLED's and UCDP GED's exports.
//!
//! In: a CSV file with a header, or the same in Parquet, told by its columns. Out: claims, entered in one
//! transaction; a row that cannot be a claim is rejected with its line, field, value
//! and what was expected, and the rest is kept, unless all or nothing is asked for. A
//! row that the ledger holds already adds nothing, so a file may be imported again.
//!
//! Limits: the same event in two data sets becomes two incidents, since nothing in
//! either names the other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use super::acled;
use super::error::{LedgerError, Result};
use super::ged;
use super::incident::{Claim, Source, Stamp};
use super::ours;
use super::store::Ledger;
use super::watch::Watch;
use super::words::Reliability;
use super::writer::Entered;
use crate::sensors::open_table;

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Line of the file, from 1.
    pub line: u64,
    /// The column.
    pub field: String,
    /// What stands there.
    pub seen: String,
    /// What belongs there.
    pub expected: String,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seen = if self.seen.is_empty() { "empty" } else { &self.seen };
        write!(f, "line {}: {}: {seen}: expected {}", self.line, self.field, self.expected)
    }
}

/// Which table it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Our own, as `docs/ledger.md` describes it.
    Ours,
    /// The Armed Conflict Location and Event Data project's export.
    Acled,
    /// The Uppsala Conflict Data Program's Georeferenced Event Dataset.
    Ged,
}

impl Format {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ledger CSV",
            Self::Acled => "ACLED export",
            Self::Ged => "UCDP GED export",
        }
    }
}

/// How to import.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Nothing is entered when a row is rejected.
    pub strict: bool,
    /// How far the file's sources can be relied on.
    pub reliability: Option<Reliability>,
}

/// What came of an import.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Which table it was.
    pub format: Format,
    /// Rows read.
    pub rows: usize,
    /// Incidents that were not there.
    pub new: usize,
    /// Claims of one more source of an incident.
    pub claims: usize,
    /// Claims that say something else than before.
    pub revised: usize,
    /// Rows that the ledger held already.
    pub same: usize,
    /// Rows not taken.
    pub rejected: Vec<Rejection>,
    /// Watched periods that the file brought.
    pub watched: usize,
    /// The label that the file asks every statement to carry; empty for none.
    pub label: String,
    /// Columns that nothing is made of.
    pub unused: Vec<String>,
}

impl Ledger {
    /// Imports a table. `progress` is told how many rows are read, now and then.
    ///
    /// # Errors
    /// When the file cannot be read, is none of the tables, or has a rejected row and
    /// `strict` is set. Nothing is entered then.
    pub fn import(
        &mut self,
        stamp: &Stamp,
        path: &Path,
        options: &ImportOptions,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Imported> {
        let mut table = IncidentTable::open(path)?;
        let mut writer = self.write(stamp, "import")?;
        let mut done = Imported {
            format: table.format,
            rows: 0,
            new: 0,
            claims: 0,
            revised: 0,
            same: 0,
            rejected: Vec::new(),
            watched: 0,
            label: table.preface.label.clone(),
            unused: table.unused(),
        };
        let preface = table.preface.clone();
        if options.reliability.is_some() || !preface.label.is_empty() || !preface.note.is_empty() {
            writer.set_source(&Source {
                name: preface.source.clone(),
                reliability: options.reliability.unwrap_or(preface.reliability),
                label: preface.label.clone(),
                note: preface.note.clone(),
            })?;
        }
        for watch in &preface.watched {
            done.watched += usize::from(writer.watch(watch)?);
        }
        let mut described = BTreeSet::from([preface.source]);
        while let Some((line, row)) = table.next_row()? {
            done.rows += 1;
            if done.rows.is_multiple_of(10_000) {
                progress(done.rows);
            }
            let entered = row.and_then(|Entry { id, claim, about }| {
                if let Some(source) = about.filter(|s| described.insert(s.name.clone())) {
                    writer.set_source(&source).map_err(RowError::Ledger)?;
                }
                writer.enter(&id, &claim).map_err(|e| match e {
                    LedgerError::Field { field, seen, expected } => {
                        RowError::Rejected(Rejection { line, field: field.into(), seen, expected })
                    }
                    other => RowError::Ledger(other),
                })
            });
            match entered {
                Ok(Entered::New) => done.new += 1,
                Ok(Entered::Claim) => done.claims += 1,
                Ok(Entered::Revised) => done.revised += 1,
                Ok(Entered::Same) => done.same += 1,
                Err(RowError::Rejected(rejection)) => done.rejected.push(rejection),
                Err(RowError::Ledger(error)) => return Err(error),
            }
        }
        if options.strict && !done.rejected.is_empty() {
            let name = path.display();
            return Err(LedgerError::Strict {
                path: name.to_string(),
                rejected: done.rejected.len(),
                rows: done.rows,
                lines: done.rejected.iter().map(|r| format!("{name}: {r}")).collect(),
            });
        }
        writer.commit()?;
        Ok(done)
    }
}

/// A row that can be entered.
#[derive(Debug)]
pub(super) struct Entry {
    pub id: String,
    pub claim: Claim,
    /// What the row says of its source.
    pub about: Option<Source>,
}

/// Why a row was not entered.
#[derive(Debug)]
pub(super) enum RowError {
    Rejected(Rejection),
    Ledger(LedgerError),
}

impl From<Rejection> for RowError {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

/// What the comment lines over our CSV's header say of the whole file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Preface {
    /// The source of rows that name none.
    pub source: String,
    /// Its reliability.
    pub reliability: Reliability,
    /// What every statement from it must carry.
    pub label: String,
    /// Remarks.
    pub note: String,
    /// Watched periods.
    pub watched: Vec<Watch>,
}

/// Reads a table of incidents row by row, without a ledger.
pub struct IncidentTable {
    /// Which it is.
    pub format: Format,
    pub(super) preface: Preface,
    path: String,
    csv: csv::Reader<Box<dyn Read + Send>>,
    columns: Columns,
    record: StringRecord,
    /// Lines before the header, which the CSV reader does not see.
    skipped: u64,
}

impl IncidentTable {
    /// Opens a table and tells which it is.
    ///
    /// # Errors
    /// When it cannot be read, or is none of them.
    pub fn open(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let unread = |source| LedgerError::Io { path: name.clone(), source };
        let stem = path.file_stem().map_or("table".into(), |s| s.to_string_lossy().into_owned());
        let mut table = BufReader::new(open_table(path).map_err(unread)?);
        let (preface, skipped, first) = preface(&name, &stem, &mut table)?;
        let count = |byte: u8| first.iter().filter(|b| **b == byte).count();
        // ACLED has been exporting with semicolons too.
        let delimiter = if count(b';') > count(b',') { b';' } else { b',' };
        let whole: Box<dyn Read + Send> = Box::new(io::Cursor::new(first).chain(table));
        let mut csv = ReaderBuilder::new()
            .flexible(true)
            .delimiter(delimiter)
            .buffer_capacity(1 << 16)
            .from_reader(whole);
        let header = csv.headers().map_err(|e| broken(&name, &e))?;
        let names: Vec<String> =
            header.iter().map(|n| n.trim().trim_start_matches('\u{feff}').to_string()).collect();
        let has = |column: &str| names.iter().any(|n| n == column);
        let format = if has("event_id_cnty") {
            Format::Acled
        } else if has("where_prec") && has("date_start") {
            Format::Ged
        } else if has("date_local") {
            Format::Ours
        } else {
            return Err(LedgerError::Header {
                path: name,
                seen: names.join(","),
                expected: "date_local (our CSV), event_id_cnty (ACLED) or date_start and \
                           where_prec (UCDP GED) among the columns"
                    .into(),
            });
        };
        let mut at = BTreeMap::new();
        for (index, column) in names.iter().enumerate() {
            if at.insert(column.clone(), index).is_some() {
                return Err(LedgerError::Header {
                    path: name,
                    seen: format!("column {column} twice"),
                    expected: "each column once".into(),
                });
            }
        }
        let columns = Columns { names, at };
        let missing = |needed: &[&str]| {
            needed.iter().copied().find(|c| !columns.at.contains_key(*c)).map(str::to_string)
        };
        let needed: &[&str] = match format {
            Format::Ours => &ours::NEEDED,
            Format::Acled => &acled::NEEDED,
            Format::Ged => &ged::NEEDED,
        };
        if let Some(column) = missing(needed) {
            return Err(LedgerError::Header {
                path: name,
                seen: columns.names.join(","),
                expected: format!("column {column}, which the {} has", format.name()),
            });
        }
        let preface = match format {
            Format::Ours => preface,
            Format::Acled => Preface { source: acled::SOURCE.into(), ..preface },
            Format::Ged => Preface { source: ged::SOURCE.into(), ..preface },
        };
        Ok(Self { format, preface, path: name, csv, columns, record: StringRecord::new(), skipped })
    }

    /// Reads the whole table; how many rows are right, and those that are not.
    ///
    /// # Errors
    /// When the file breaks off.
    pub fn check(mut self) -> Result<(usize, Vec<Rejection>)> {
        let (mut right, mut rejected) = (0, Vec::new());
        while let Some((_, row)) = self.next_row()? {
            match row {
                Ok(_) => right += 1,
                Err(RowError::Rejected(rejection)) => rejected.push(rejection),
                Err(RowError::Ledger(error)) => return Err(error),
            }
        }
        Ok((right, rejected))
    }

    fn unused(&self) -> Vec<String> {
        let used: &[&str] = match self.format {
            Format::Ours => &ours::USED,
            Format::Acled => &acled::USED,
            Format::Ged => &ged::USED,
        };
        self.columns.names.iter().filter(|n| !used.contains(&n.as_str())).cloned().collect()
    }

    /// The next row: its line, and its claim or why it is none.
    pub(super) fn next_row(&mut self) -> Result<Option<(u64, Result<Entry, RowError>)>> {
        match self.csv.read_record(&mut self.record) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(e) if e.is_io_error() => return Err(broken(&self.path, &e)),
            Err(e) => {
                let line = e.position().map_or(0, csv::Position::line) + self.skipped;
                let rejection = Rejection {
                    line,
                    field: "row".into(),
                    seen: "not UTF-8".into(),
                    expected: "text in UTF-8".into(),
                };
                return Ok(Some((line, Err(rejection.into()))));
            }
        }
        let line = self.record.position().map_or(0, csv::Position::line) + self.skipped;
        let row = Row { line, columns: &self.columns, record: &self.record };
        if self.record.len() != self.columns.names.len() {
            let expected = format!("{} cells, as the header has", self.columns.names.len());
            let seen = format!("{} cells", self.record.len());
            let rejection = Rejection { line, field: "row".into(), seen, expected };
            return Ok(Some((line, Err(rejection.into()))));
        }
        let plain = |(id, claim)| Entry { id, claim, about: None };
        let read = match self.format {
            Format::Ours => ours::read(&row, &self.preface.source).and_then(|(id, claim)| {
                let about = ours::about(&row, &claim)?;
                Ok(Entry { id, claim, about })
            }),
            Format::Acled => acled::read(&row).map(plain),
            Format::Ged => ged::read(&row).map(plain),
        };
        Ok(Some((line, read.map_err(RowError::from))))
    }
}

fn broken(path: &str, error: &csv::Error) -> LedgerError {
    let source = std::io::Error::other(error.to_string());
    LedgerError::Io { path: path.into(), source }
}

/// Reads the comment lines over the header: what they say, how many they are, and the line
/// under them, which is the header or its first mebibyte.
fn preface(path: &str, stem: &str, table: &mut impl BufRead) -> Result<(Preface, u64, Vec<u8>)> {
    let mut preface = Preface {
        source: stem.into(),
        reliability: Reliability::F,
        label: String::new(),
        note: String::new(),
        watched: Vec::new(),
    };
    let mut lines = 0;
    loop {
        let mut raw = Vec::new();
        table
            .by_ref()
            .take(1 << 20)
            .read_until(b'\n', &mut raw)
            .map_err(|source| LedgerError::Io { path: path.into(), source })?;
        if !raw.starts_with(b"#") {
            return Ok((preface, lines, raw));
        }
        lines += 1;
        let text = String::from_utf8_lossy(&raw);
        ours::comment(path, lines, text.trim_start_matches('#').trim(), &mut preface)?;
    }
}

/// The header's names.
pub(super) struct Columns {
    names: Vec<String>,
    at: BTreeMap<String, usize>,
}

/// One row with its columns by name.
pub(super) struct Row<'r> {
    line: u64,
    columns: &'r Columns,
    record: &'r StringRecord,
}

impl Row<'_> {
    /// A cell without the blanks around it; empty where there is no such column.
    pub fn text(&self, column: &str) -> &str {
        self.columns.at.get(column).and_then(|at| self.record.get(*at)).unwrap_or_default().trim()
    }

    /// Why this row cannot be taken.
    pub fn wrong(&self, column: &str, expected: impl Into<String>) -> Rejection {
        let seen: String = self.text(column).chars().take(80).collect();
        Rejection { line: self.line, field: column.into(), seen, expected: expected.into() }
    }

    /// A whole number, or nothing.
    pub fn count(&self, column: &str) -> Result<Option<u32>, Rejection> {
        match self.text(column) {
            "" => Ok(None),
            text => {
                text.parse().map(Some).map_err(|_| self.wrong(column, "a whole number, or nothing"))
            }
        }
    }

    /// A finite number, or nothing.
    pub fn number(&self, column: &str) -> Result<Option<f64>, Rejection> {
        match self.text(column) {
            "" => Ok(None),
            text => match text.parse::<f64>() {
                Ok(x) if x.is_finite() => Ok(Some(x)),
                _ => Err(self.wrong(column, "a number, or nothing")),
            },
        }
    }

    /// Latitude and longitude, deg.
    pub fn position(&self, lat: &str, lon: &str) -> Result<[Option<f64>; 2], Rejection> {
        let (y, x) = (self.number(lat)?, self.number(lon)?);
        if y.is_some_and(|y| y.abs() > 90.0) {
            return Err(self.wrong(lat, "degrees from -90 to 90"));
        }
        if x.is_some_and(|x| x.abs() > 180.0) {
            return Err(self.wrong(lon, "degrees from -180 to 180"));
        }
        if y.is_some() != x.is_some() {
            return Err(
                self.wrong(if y.is_some() { lon } else { lat }, "both or neither of the two")
            );
        }
        Ok([y, x])
    }
}
