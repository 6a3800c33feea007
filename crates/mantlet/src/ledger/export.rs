//! The record for others: CSV, Parquet and GeoJSON.
//!
//! In: a filter. Out: to CSV and Parquet one row per incident and source, the newest
//! claim of each, in the columns of our CSV (both can be imported); to
//! GeoJSON one feature per incident, as its sources together have it, without a
//! geometry where no source gives a position (RFC 7946).

use std::io::{self, Write};

use super::error::{LedgerError, Result};
use super::incident::Source;
use super::ours::{Cell, USED, cells, watched_comment};
use super::query::{Filter, newest};
use super::store::Ledger;
use super::words::Reliability;
use crate::sensors::ParquetCells;
use crate::sensors::ParquetTable;

impl Ledger {
    /// Writes CSV; returns how many rows.
    ///
    /// # Errors
    /// When the ledger cannot be read or `out` cannot be written.
    pub fn export_csv(&self, filter: &Filter, out: impl Write) -> Result<usize> {
        let failed = |e: io::Error| LedgerError::Io { path: "export".into(), source: e };
        let broken = |e: csv::Error| failed(io::Error::other(e));
        let mut out = io::BufWriter::new(out);
        for (_, watch) in self.watches()? {
            writeln!(out, "{}", watched_comment(&watch)).map_err(failed)?;
        }
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(USED).map_err(broken)?;
        let mut rows = 0;
        self.each_row(filter, |row| {
            rows += 1;
            csv.write_record(row.into_iter().map(text)).map_err(broken)
        })?;
        csv.flush().map_err(failed)?;
        Ok(rows)
    }

    /// Writes Parquet (zstd), in the columns and words of the CSV but for flags, which are
    /// truth values; returns how many rows.
    ///
    /// # Errors
    /// When the ledger cannot be read or `out` cannot be written.
    pub fn export_parquet(&self, filter: &Filter, out: impl Write + Send) -> Result<usize> {
        let failed = |e: io::Error| LedgerError::Io { path: "export".into(), source: e };
        let mut table = ParquetTable::new(out, columns()).map_err(failed)?;
        let mut rows = 0;
        self.each_row(filter, |row| {
            rows += 1;
            let cells = row.into_iter().map(|cell| match cell {
                Cell::Flag(flag) => flag.map_or_else(String::new, |f| f.to_string()),
                other => text(other),
            });
            table.row(cells.collect::<Vec<_>>().into()).map_err(failed)
        })?;
        table.finish().map_err(failed)?;
        Ok(rows)
    }

    /// Writes a GeoJSON FeatureCollection; returns how many features.
    ///
    /// # Errors
    /// When the ledger cannot be read or `out` cannot be written.
    pub fn export_geojson(&self, filter: &Filter, out: impl Write) -> Result<usize> {
        let failed = |e: io::Error| LedgerError::Io { path: "export".into(), source: e };
        let mut out = io::BufWriter::new(out);
        let mut features = 0;
        write!(out, "{{\"type\":\"FeatureCollection\",\"features\":[").map_err(failed)?;
        self.each(filter, |incident| {
            let geometry = match (incident.lat_deg, incident.lon_deg) {
                (Some(lat), Some(lon)) => {
                    serde_json::json!({ "type": "Point", "coordinates": [lon, lat] })
                }
                _ => serde_json::Value::Null,
            };
            let feature = serde_json::json!({
                "type": "Feature",
                "id": incident.id,
                "geometry": geometry,
                "properties": incident,
            });
            let comma = if features == 0 { "\n" } else { ",\n" };
            features += 1;
            write!(out, "{comma}{feature}").map_err(failed)
        })?;
        writeln!(out, "\n]}}").map_err(failed)?;
        out.flush().map_err(failed)?;
        Ok(features)
    }

    fn each_row(
        &self,
        filter: &Filter,
        mut each: impl FnMut(Vec<Cell>) -> Result<()>,
    ) -> Result<()> {
        let sources = self.sources()?;
        let about = |name: &str| -> (Reliability, &str) {
            let source: Option<&Source> = sources.iter().find(|s| s.name == name);
            source.map_or((Reliability::F, ""), |s| (s.reliability, &s.label))
        };
        self.each(filter, |incident| {
            let dossier = self.show(&incident.id)?;
            for statement in newest(&dossier.statements) {
                let (reliability, label) = about(&statement.claim.source);
                each(cells(&incident.id, &statement.claim, reliability, label))?;
            }
            Ok(())
        })
    }
}

fn text(cell: Cell) -> String {
    match cell {
        Cell::Text(text) => text,
        Cell::Count(count) => count.map_or_else(String::new, |n| n.to_string()),
        Cell::Number(number) => number.map_or_else(String::new, |x| x.to_string()),
        Cell::Flag(flag) => match flag {
            Some(true) => "yes".into(),
            Some(false) => "no".into(),
            None => String::new(),
        },
    }
}

/// The columns of our CSV with what they hold.
fn columns() -> Vec<(String, ParquetCells)> {
    let blank = super::Claim::new(
        "",
        super::Day::default(),
        super::DatePrecision::Day,
        super::Kind::Unknown,
    );
    let kinds = cells("", &blank, Reliability::F, "").into_iter().map(|cell| match cell {
        Cell::Text(_) => ParquetCells::Words,
        Cell::Count(_) => ParquetCells::Whole,
        Cell::Number(_) => ParquetCells::Numbers,
        Cell::Flag(_) => ParquetCells::Flags,
    });
    USED.iter().map(ToString::to_string).zip(kinds).collect()
}
