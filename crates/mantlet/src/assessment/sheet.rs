//! A CSV table with its columns by name, every bad cell named with its place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nalgebra::Vector3;
use thiserror::Error;

use crate::sensors::open_table;

/// A table that cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Not there, or not readable.
    #[error("{path}: {source}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Not a table of that kind.
    #[error("{path}:{line}: {field}: {seen}: expected {expected}", path = .path.display())]
    Cell {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// The column.
        field: String,
        /// What was there.
        seen: String,
        /// What should be.
        expected: String,
    },
}

pub(super) struct Sheet {
    path: PathBuf,
    columns: BTreeMap<String, usize>,
    rows: Vec<(u64, csv::StringRecord)>,
}

impl Sheet {
    pub(super) fn read(path: &Path) -> Result<Self, ReadError> {
        let table =
            open_table(path).map_err(|source| ReadError::File { path: path.into(), source })?;
        let mut reader = csv::Reader::from_reader(table);
        let broken = |e: &csv::Error| ReadError::Cell {
            path: path.into(),
            line: e.position().map_or(1, csv::Position::line),
            field: "row".into(),
            seen: e.to_string(),
            expected: "CSV with one header line".into(),
        };
        let header = reader.headers().map_err(|e| broken(&e))?.clone();
        let columns = header.iter().enumerate().map(|(i, c)| (c.trim().to_string(), i)).collect();
        let mut rows = Vec::new();
        for row in reader.into_records() {
            let row = row.map_err(|e| broken(&e))?;
            rows.push((row.position().map_or(0, csv::Position::line), row));
        }
        Ok(Self { path: path.into(), columns, rows })
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(move |(line, cells)| Row { sheet: self, line: *line, cells })
    }
}

pub(super) struct Row<'s> {
    sheet: &'s Sheet,
    line: u64,
    cells: &'s csv::StringRecord,
}

impl Row<'_> {
    pub(super) fn wrong(&self, field: &str, expected: &str) -> ReadError {
        let column = self.sheet.columns.get(field);
        let seen = column.and_then(|c| self.cells.get(*c)).unwrap_or("no such column").trim();
        ReadError::Cell {
            path: self.sheet.path.clone(),
            line: self.line,
            field: field.into(),
            seen: if seen.is_empty() { "empty".into() } else { seen.into() },
            expected: expected.into(),
        }
    }

    pub(super) fn text(&self, field: &str) -> Result<&str, ReadError> {
        let column = self.sheet.columns.get(field);
        let cell = column.and_then(|c| self.cells.get(*c));
        cell.map(str::trim).ok_or_else(|| self.wrong(field, "this column"))
    }

    pub(super) fn maybe_number(&self, field: &str) -> Result<Option<f64>, ReadError> {
        let cell = self.sheet.columns.get(field).and_then(|c| self.cells.get(*c));
        let Some(cell) = cell.map(str::trim).filter(|c| !c.is_empty()) else { return Ok(None) };
        let number = cell.parse::<f64>().ok().filter(|x| x.is_finite());
        number.map(Some).ok_or_else(|| self.wrong(field, "a finite number"))
    }

    pub(super) fn number(&self, field: &str) -> Result<f64, ReadError> {
        self.maybe_number(field)?.ok_or_else(|| self.wrong(field, "a finite number"))
    }

    pub(super) fn vector(&self, fields: [&str; 3]) -> Result<Vector3<f64>, ReadError> {
        let [x, y, z] = fields;
        Ok(Vector3::new(self.number(x)?, self.number(y)?, self.number(z)?))
    }
}
