//! Tables in Parquet, in and out, as the text of the same table in CSV.
//!
//! In: a Parquet file (Apache Parquet format 2.12; any row groups, encodings and
//! pages; uncompressed, Snappy, gzip, zstd, LZ4). Out: the lines of the CSV with the
//! same columns, so that one reader judges both and says the same of both; row `n`
//! is line `n + 1`. Numbers keep every digit that tells them apart; a null is an
//! empty cell. And back: a CSV table into Parquet.
//!
//! Limits: flat columns of numbers, text, truth values and timestamps (which come
//! as Unix seconds). A nested column, or of another type, is left empty where
//! nobody asks for it, and refused where somebody does.

use std::fs::File;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, Type, ZstdLevel};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnDescPtr, Type as SchemaType};

use super::cell::{quoted, seconds};

/// Rows decoded at a time.
const BATCH: usize = 4096;
/// Rows of a row group that we write. Chosen: some megabytes each.
const GROUP: usize = 1 << 17;
/// Columns that hold words; all others of ours hold numbers.
const WORDS: [&str; 9] = [
    "sensor_id",
    "object_id",
    "class",
    "status",
    "alert_id",
    "zone_id",
    "action",
    "track_ids",
    "drag_curve",
];

/// Opens a table: Parquet where the name ends in `.parquet`, else CSV.
///
/// # Errors
///
/// What opening gives, or why it is no Parquet file.
pub fn open_table(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    let file = File::open(path)?;
    if is_parquet(path) {
        return Ok(Box::new(ParquetText::new(file, None)?));
    }
    Ok(Box::new(io::BufReader::new(file)))
}

/// Whether a path names a Parquet file.
pub(super) fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("parquet"))
}

/// A Parquet file read as CSV.
pub(super) struct ParquetText {
    file: SerializedFileReader<Bytes>,
    columns: Vec<Option<ColumnDescPtr>>,
    group: usize,
    readers: Vec<Option<ColumnReader>>,
    text: Vec<u8>,
    at: usize,
}

impl ParquetText {
    /// Reads the footer. Of columns that are not `wanted` only the names are told.
    pub fn new(mut bytes: impl Read, wanted: Option<&[&str]>) -> io::Result<Self> {
        let mut all = Vec::new();
        bytes.read_to_end(&mut all)?;
        let file = safely(|| SerializedFileReader::new(Bytes::from(all)))?;
        let schema = file.metadata().file_metadata().schema_descr_ptr();
        let mut columns = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for column in schema.columns() {
            let name = column.path().parts().first().cloned().unwrap_or_default();
            let is_wanted = wanted.is_none_or(|w| w.contains(&name.as_str()));
            let flat = column.max_rep_level() == 0 && column.max_def_level() <= 1;
            let readable = flat && is_readable(column);
            if is_wanted && !readable && wanted.is_some() {
                let kind = column.physical_type();
                return Err(damaged(format!(
                    "column {name}: {} {kind}: expected numbers or text, one to a row",
                    if flat { "a" } else { "a nested" }
                )));
            }
            if !flat && names.last() == Some(&name) {
                continue;
            }
            columns.push((is_wanted && readable).then(|| column.clone()));
            names.push(name);
        }
        let header: Vec<String> = names.iter().map(|n| quoted(n).into_owned()).collect();
        let text = format!("{}\n", header.join(",")).into_bytes();
        Ok(Self { file, columns, group: 0, readers: Vec::new(), text, at: 0 })
    }

    /// Decodes some rows; `false` at the end.
    fn refill(&mut self) -> Result<bool, ParquetError> {
        self.text.clear();
        self.at = 0;
        while self.text.is_empty() {
            if self.readers.is_empty() && !self.open_group()? {
                return Ok(false);
            }
            let mut batches = Vec::new();
            let mut rows = None;
            for (reader, column) in self.readers.iter_mut().zip(&self.columns) {
                let (Some(reader), Some(column)) = (reader, column) else {
                    batches.push(None);
                    continue;
                };
                let batch = Batch::read(reader, column)?;
                if *rows.get_or_insert(batch.present.len()) != batch.present.len() {
                    return Err(ParquetError::General("columns of different lengths".into()));
                }
                batches.push(Some(batch));
            }
            let rows = rows.unwrap_or(0);
            if rows == 0 {
                self.readers.clear();
            }
            for row in 0..rows {
                for (i, batch) in batches.iter_mut().enumerate() {
                    if i > 0 {
                        self.text.push(b',');
                    }
                    if let Some(batch) = batch {
                        batch.write(row, &mut self.text);
                    }
                }
                self.text.push(b'\n');
            }
        }
        Ok(true)
    }

    /// Opens the columns of the next row group; `false` after the last.
    fn open_group(&mut self) -> Result<bool, ParquetError> {
        if self.group >= self.file.num_row_groups() {
            return Ok(false);
        }
        let group = self.file.get_row_group(self.group)?;
        self.group += 1;
        let schema = self.file.metadata().file_metadata().schema_descr_ptr();
        for column in &self.columns {
            let reader = match column {
                None => None,
                Some(column) => {
                    let at = schema.columns().iter().position(|c| c.path() == column.path());
                    Some(group.get_column_reader(at.unwrap_or(0))?)
                }
            };
            self.readers.push(reader);
        }
        Ok(true)
    }
}

impl Read for ParquetText {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.text.len() && !safely(|| self.refill())? {
            return Ok(0);
        }
        let count = out.len().min(self.text.len() - self.at);
        out[..count].copy_from_slice(&self.text[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// The decoder panics on some damaged files; a damaged file is an error.
fn safely<T>(decode: impl FnOnce() -> Result<T, ParquetError>) -> io::Result<T> {
    match catch_unwind(AssertUnwindSafe(decode)) {
        Ok(result) => result.map_err(|e| damaged(e.to_string())),
        Err(_) => Err(damaged("the decoder gave up".into())),
    }
}

fn damaged(why: String) -> io::Error {
    let why = format!("cannot be read as Parquet: {why}");
    io::Error::new(io::ErrorKind::InvalidData, why)
}

fn is_readable(column: &ColumnDescPtr) -> bool {
    !matches!(column.physical_type(), Type::FIXED_LEN_BYTE_ARRAY | Type::INT96)
        && !matches!(column.logical_type_ref(), Some(LogicalType::Decimal(_)))
        && column.converted_type() != ConvertedType::DECIMAL
}

/// What the integers of a column mean.
#[derive(Clone, Copy)]
enum Meaning {
    Number,
    Unsigned,
    /// Ticks a second since 1970.
    Time(i64),
}

impl Meaning {
    fn of(column: &ColumnDescPtr) -> Self {
        match (column.converted_type(), column.logical_type_ref()) {
            (ConvertedType::TIMESTAMP_MILLIS, _) => Self::Time(1_000),
            (ConvertedType::TIMESTAMP_MICROS, _) => Self::Time(1_000_000),
            (ConvertedType::UINT_64 | ConvertedType::UINT_32, _) => Self::Unsigned,
            (_, Some(LogicalType::Timestamp(time))) => {
                let nanos = format!("{:?}", time.unit).to_uppercase().contains("NANO");
                let micros = format!("{:?}", time.unit).to_uppercase().contains("MICRO");
                Self::Time(if nanos {
                    1_000_000_000
                } else if micros {
                    1_000_000
                } else {
                    1_000
                })
            }
            _ => Self::Number,
        }
    }
}

enum Values {
    Bool(Vec<bool>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    Text(Vec<ByteArray>),
}

/// Some rows of one column.
struct Batch {
    present: Vec<bool>,
    values: Values,
    meaning: Meaning,
    next: usize,
}

impl Batch {
    fn read(reader: &mut ColumnReader, column: &ColumnDescPtr) -> Result<Self, ParquetError> {
        fn some<T: DataType>(
            reader: &mut ColumnReaderImpl<T>,
            optional: bool,
        ) -> Result<(Vec<bool>, Vec<T::T>), ParquetError> {
            let (mut levels, mut values) = (Vec::new(), Vec::new());
            let wanted = optional.then_some(&mut levels);
            let (rows, ..) = reader.read_records(BATCH, wanted, None, &mut values)?;
            let present: Vec<bool> =
                if optional { levels.iter().map(|l| *l > 0).collect() } else { vec![true; rows] };
            if present.len() != rows || present.iter().filter(|p| **p).count() != values.len() {
                return Err(ParquetError::General("levels and values do not agree".into()));
            }
            Ok((present, values))
        }
        let optional = column.max_def_level() > 0;
        let (present, values) = match reader {
            ColumnReader::BoolColumnReader(r) => {
                let (present, values) = some(r, optional)?;
                (present, Values::Bool(values))
            }
            ColumnReader::Int32ColumnReader(r) => {
                let (present, values) = some(r, optional)?;
                (present, Values::I32(values))
            }
            ColumnReader::Int64ColumnReader(r) => {
                let (present, values) = some(r, optional)?;
                (present, Values::I64(values))
            }
            ColumnReader::FloatColumnReader(r) => {
                let (present, values) = some(r, optional)?;
                (present, Values::F32(values))
            }
            ColumnReader::DoubleColumnReader(r) => {
                let (present, values) = some(r, optional)?;
                (present, Values::F64(values))
            }
            ColumnReader::ByteArrayColumnReader(r) => {
                let (present, values) = some(r, optional)?;
                (present, Values::Text(values))
            }
            _ => return Err(ParquetError::General("a type that is not read".into())),
        };
        Ok(Self { present, values, meaning: Meaning::of(column), next: 0 })
    }

    /// Writes the cell of a row; rows come in order.
    fn write(&mut self, row: usize, text: &mut Vec<u8>) {
        if !self.present[row] {
            return;
        }
        let i = self.next;
        self.next += 1;
        let whole = |x: i64, unsigned: u64, text: &mut Vec<u8>| match self.meaning {
            Meaning::Number => write!(text, "{x}"),
            Meaning::Unsigned => write!(text, "{unsigned}"),
            Meaning::Time(ticks) => {
                seconds(text, i128::from(x) * 1_000_000_000 / i128::from(ticks))
            }
        };
        let written = match &self.values {
            Values::Bool(v) => write!(text, "{}", v[i]),
            Values::I32(v) => whole(v[i].into(), (v[i] as u32).into(), text),
            Values::I64(v) => whole(v[i], v[i] as u64, text),
            Values::F32(v) => write!(text, "{}", v[i]),
            Values::F64(v) => write!(text, "{}", v[i]),
            Values::Text(v) => {
                let cell = String::from_utf8_lossy(v[i].data());
                text.write_all(quoted(&cell).as_bytes())
            }
        };
        written.expect("writing to memory does not fail");
    }
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParquetCells {
    /// Text.
    Words,
    /// 64-bit integers.
    Whole,
    /// Doubles.
    Numbers,
    /// `true` or `false`.
    Flags,
}

/// Writes Parquet, zstd-compressed, from rows of text as CSV has them; an empty cell is a
/// null.
pub struct ParquetTable<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    columns: Vec<(String, ParquetCells)>,
    rows: Vec<csv::StringRecord>,
}

impl<W: Write + Send> ParquetTable<W> {
    /// An empty table.
    ///
    /// # Errors
    ///
    /// What writing gives.
    pub fn new(out: W, columns: Vec<(String, ParquetCells)>) -> io::Result<Self> {
        let column = |(name, cells): &(String, ParquetCells)| {
            let (physical, logical) = match cells {
                ParquetCells::Words => (Type::BYTE_ARRAY, Some(LogicalType::String)),
                ParquetCells::Whole => (Type::INT64, None),
                ParquetCells::Numbers => (Type::DOUBLE, None),
                ParquetCells::Flags => (Type::BOOLEAN, None),
            };
            SchemaType::primitive_type_builder(name, physical)
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(logical)
                .build()
                .map(Arc::new)
        };
        let fields = columns.iter().map(column).collect::<Result<_, _>>()?;
        let schema = SchemaType::group_type_builder("table").with_fields(fields).build()?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by("mantlet".into());
        let writer = SerializedFileWriter::new(out, schema.into(), properties.build().into())?;
        Ok(Self { writer, columns, rows: Vec::new() })
    }

    /// Adds a row, a cell per column.
    ///
    /// # Errors
    ///
    /// What writing gives; a cell that is not what its column holds.
    pub fn row(&mut self, row: csv::StringRecord) -> io::Result<()> {
        self.rows.push(row);
        if self.rows.len() == GROUP { self.write_group() } else { Ok(()) }
    }

    /// Ends the table.
    ///
    /// # Errors
    ///
    /// As for [`ParquetTable::row`].
    pub fn finish(mut self) -> io::Result<()> {
        if !self.rows.is_empty() {
            self.write_group()?;
        }
        self.writer.close()?;
        Ok(())
    }

    fn write_group(&mut self) -> io::Result<()> {
        fn parsed<T: std::str::FromStr>(
            cells: &[&str],
            name: &str,
            expected: &str,
        ) -> io::Result<Vec<T>> {
            let bad = |cell: &str| damaged(format!("{name}: {cell}: expected {expected}"));
            cells.iter().map(|c| c.trim().parse().map_err(|_| bad(c))).collect()
        }
        let mut group = self.writer.next_row_group()?;
        for (i, (name, kind)) in self.columns.iter().enumerate() {
            let all = || self.rows.iter().map(|row| row.get(i).unwrap_or_default());
            let levels: Vec<i16> = all().map(|c| i16::from(!c.is_empty())).collect();
            let cells: Vec<&str> = all().filter(|c| !c.is_empty()).collect();
            let Some(mut column) = group.next_column()? else { break };
            match kind {
                ParquetCells::Whole => {
                    let values = parsed(&cells, name, "a whole number")?;
                    column.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
                }
                ParquetCells::Words => {
                    let values: Vec<ByteArray> =
                        cells.iter().map(|c| ByteArray::from(*c)).collect();
                    column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
                }
                ParquetCells::Numbers => {
                    let values = parsed(&cells, name, "a number")?;
                    column.typed::<DoubleType>().write_batch(&values, Some(&levels), None)?;
                }
                ParquetCells::Flags => {
                    let values = parsed(&cells, name, "true or false")?;
                    column.typed::<BoolType>().write_batch(&values, Some(&levels), None)?;
                }
            }
            column.close()?;
        }
        group.close()?;
        self.rows.clear();
        Ok(())
    }
}

/// Writes a CSV table of ours as Parquet: words as text, `track_id` as a 64-bit integer,
/// everything else as doubles.
///
/// # Errors
///
/// What reading and writing give; a cell that is no number where one belongs.
pub fn write_parquet(csv: impl Read, out: impl Write + Send) -> io::Result<()> {
    let mut csv = csv::Reader::from_reader(csv);
    let cells = |name: &str| match name {
        "track_id" => ParquetCells::Whole,
        word if WORDS.contains(&word) => ParquetCells::Words,
        _ => ParquetCells::Numbers,
    };
    let columns = csv.headers()?.iter().map(|name| (name.to_owned(), cells(name))).collect();
    let mut table = ParquetTable::new(out, columns)?;
    for row in csv.records() {
        table.row(row?)?;
    }
    table.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CSV: &str = "time_s,sensor_id,range_m,azimuth_deg,elevation_deg\n\
                       0.5,north,8120.4,41.52,12.31\n1740062457.2455,\"a,b\",900,0.1,\n";

    fn parquet(csv: &str) -> Vec<u8> {
        let mut out = Vec::new();
        write_parquet(csv.as_bytes(), &mut out).unwrap();
        out
    }

    fn text(parquet: &[u8], wanted: Option<&[&str]>) -> io::Result<String> {
        let mut text = String::new();
        ParquetText::new(parquet, wanted)?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn a_table_comes_back_as_it_was() {
        assert_eq!(text(&parquet(CSV), None).unwrap(), CSV);
        let few = text(&parquet(CSV), Some(&["time_s"])).unwrap();
        assert_eq!(few.lines().nth(1), Some("0.5,,,,"));
    }

    #[test]
    fn many_rows_come_back_over_batches_and_row_groups() {
        let rows: String =
            (0..GROUP + 3 * BATCH / 2).map(|i| format!("{i},{}.5\n", i * 7)).collect();
        let csv = format!("track_id,time_s\n{rows}");
        assert!(text(&parquet(&csv), None).unwrap() == csv);
    }

    #[test]
    fn what_is_no_parquet_file_is_an_error() {
        for bytes in [&b""[..], b"PAR1", b"time_s,sensor_id\n1,north\n"] {
            let error = text(bytes, None).unwrap_err().to_string();
            assert!(error.starts_with("cannot be read as Parquet: "), "{error}");
        }
        assert!(write_parquet(&b"time_s\nsoon\n"[..], Vec::new()).is_err());
    }

    proptest! {
        #[test]
        fn a_damaged_file_never_panics(at in 0.0..1.0f64, byte in any::<u8>(), cut in 0..40usize) {
            let mut file = parquet(CSV);
            let place = (at * file.len() as f64) as usize;
            file[place] = byte;
            file.truncate(file.len() - cut * usize::from(cut > 30));
            let _ = text(&file, None);
        }
    }
}
