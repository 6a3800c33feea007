//! The record for others: CSV, Parquet and GeoJSON.
//!
//! In: a filter. Out: to CSV and Parquet one row per incident and source, the newest
//! claim of each, in the columns of our CSV (an exported CSV can be imported); to
//! GeoJSON one feature per incident, as its sources together have it, without a
//! geometry where no source gives a position (RFC 7946).

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::error::{LedgerError, Result};
use super::incident::Source;
use super::ours::{Cell, USED, cells, watched_comment};
use super::query::{Filter, newest};
use super::store::Ledger;
use super::words::Reliability;

/// Rows of a Parquet row group. chosen: some 10 MB in memory.
const GROUP: usize = 50_000;

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

    /// Writes Parquet (zstd); returns how many rows.
    ///
    /// # Errors
    /// When the ledger cannot be read or `out` cannot be written.
    pub fn export_parquet(&self, filter: &Filter, out: impl Write + Send) -> Result<usize> {
        let failed = |e: ParquetError| LedgerError::Io {
            path: "export".into(),
            source: io::Error::other(e),
        };
        let schema = Arc::new(schema().map_err(failed)?);
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .build();
        let mut file =
            SerializedFileWriter::new(out, schema, Arc::new(properties)).map_err(failed)?;
        let (mut rows, mut group) = (0, Vec::new());
        let mut put = |group: &mut Vec<Vec<Cell>>| -> Result<(), ParquetError> {
            let mut writer = file.next_row_group()?;
            write_group(&mut writer, group)?;
            writer.close()?;
            group.clear();
            Ok(())
        };
        self.each_row(filter, |row| {
            rows += 1;
            group.push(row);
            if group.len() == GROUP { put(&mut group).map_err(failed) } else { Ok(()) }
        })?;
        if !group.is_empty() {
            put(&mut group).map_err(failed)?;
        }
        file.close().map_err(failed)?;
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

/// The columns of our CSV with their types: every one optional.
fn schema() -> Result<Type, ParquetError> {
    let blank = super::Claim::new(
        "",
        super::Day::default(),
        super::DatePrecision::Day,
        super::Kind::Unknown,
    );
    let types = cells("", &blank, Reliability::F, "");
    let columns = USED.iter().zip(types).map(|(name, cell)| {
        let (physical, logical) = match cell {
            Cell::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Cell::Count(_) => (Physical::INT32, None),
            Cell::Number(_) => (Physical::DOUBLE, None),
            Cell::Flag(_) => (Physical::BOOLEAN, None),
        };
        Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build()
            .map(Arc::new)
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder("incidents").with_fields(columns).build()
}

fn write_group<W: Write + Send>(
    writer: &mut SerializedRowGroupWriter<'_, W>,
    rows: &[Vec<Cell>],
) -> Result<(), ParquetError> {
    for column in 0..USED.len() {
        let Some(mut out) = writer.next_column()? else { break };
        let all = || rows.iter().filter_map(|row| row.get(column));
        match rows.first().and_then(|row| row.get(column)) {
            Some(Cell::Count(_)) => {
                let cells = all().map(|c| match c {
                    Cell::Count(n) => n.map(|n| n as i32),
                    _ => None,
                });
                let (levels, values) = definite(cells);
                out.typed::<Int32Type>().write_batch(&values, Some(&levels), None)?;
            }
            Some(Cell::Number(_)) => {
                let cells = all().map(|c| if let Cell::Number(x) = c { *x } else { None });
                let (levels, values) = definite(cells);
                out.typed::<DoubleType>().write_batch(&values, Some(&levels), None)?;
            }
            Some(Cell::Flag(_)) => {
                let cells = all().map(|c| if let Cell::Flag(b) = c { *b } else { None });
                let (levels, values) = definite(cells);
                out.typed::<BoolType>().write_batch(&values, Some(&levels), None)?;
            }
            _ => {
                let cells = all().map(|c| match c {
                    Cell::Text(t) if !t.is_empty() => Some(ByteArray::from(t.as_str())),
                    _ => None,
                });
                let (levels, values) = definite(cells);
                out.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
            }
        }
        out.close()?;
    }
    Ok(())
}

/// Definition levels, and the values that are there.
fn definite<T>(cells: impl Iterator<Item = Option<T>>) -> (Vec<i16>, Vec<T>) {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    for cell in cells {
        levels.push(i16::from(cell.is_some()));
        values.extend(cell);
    }
    (levels, values)
}
