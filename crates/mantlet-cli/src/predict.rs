//! `mantlet predict`: states to impacts, CSV in and out, in the order given.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use csv::StringRecord;
use mantlet::flight::{Body, DragCurve, State, World, fly, landing_derivatives};
use mantlet::scenario::load_site;
use mantlet::tracking::Matrix7;
use rayon::prelude::*;

use crate::failure::{Done, Failure};

/// Shown under `--help`.
pub const EXAMPLE: &str = "Example:\n  mantlet predict --site sites/cedar.toml states.csv > impacts.csv\n\n\
Columns in: id, time_s, e_m, n_m, u_m, ve_mps, vn_mps, vu_mps, area_per_mass_m2kg,\n\
drag_curve; optional: class, and a covariance (p_ee ... p_uu of the position, p_veve ...\n\
p_vuvu of the velocity, p_eve ... p_uvu between them, area_per_mass_rel_sigma).";

/// Arguments of `mantlet predict`.
#[derive(clap::Args)]
pub struct Args {
    /// The states, or - for standard input
    #[arg(value_name = "STATES.csv")]
    states: PathBuf,
    /// The site: datum, ground and air
    #[arg(long, value_name = "SITE.toml")]
    site: PathBuf,
    /// Say nothing but errors on standard error
    #[arg(long, short)]
    quiet: bool,
}

/// Rows flown together. Chosen: enough for all cores, small enough for any memory.
const ROWS_AT_ONCE: usize = 16_384;
/// Longest flight followed, s: as in the library's derivatives.
const LONGEST_S: f64 = 600.0;

const NUMBERS: [&str; 8] =
    ["time_s", "e_m", "n_m", "u_m", "ve_mps", "vn_mps", "vu_mps", "area_per_mass_m2kg"];
/// The state's axes as covariance columns spell them.
const AXES: [&str; 6] = ["e", "n", "u", "ve", "vn", "vu"];

/// Runs it.
///
/// # Errors
///
/// Input error naming file, line, field, value and expectation. A file is read
/// through before the first line is written; standard input cannot be.
pub fn run(args: &Args) -> Done {
    let site = load_site(&args.site)?;
    if args.states != Path::new("-") {
        let mut table = StateTable::open(&args.states)?;
        let mut record = StringRecord::new();
        while table.read(&mut record)? {
            table.row(&record)?;
        }
    }
    let mut table = StateTable::open(&args.states)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let covariance = !table.covariance.is_empty();
    write!(
        out,
        "id,impact_time_s,impact_lat_deg,impact_lon_deg,impact_height_m,impact_e_m,impact_n_m,\
         impact_u_m,speed_mps,dive_angle_deg"
    )?;
    let more =
        if covariance { ",impact_time_sigma_s,impact_c_ee,impact_c_en,impact_c_nn" } else { "" };
    writeln!(out, "{more}")?;
    let (mut rows, mut aloft) = (0u64, 0u64);
    let mut record = StringRecord::new();
    loop {
        let mut batch = Vec::with_capacity(ROWS_AT_ONCE);
        while batch.len() < ROWS_AT_ONCE && table.read(&mut record)? {
            batch.push(table.row(&record)?);
        }
        if batch.is_empty() {
            break;
        }
        let lines: Vec<(String, bool)> =
            batch.par_iter().map(|row| line(&site.world, row, covariance)).collect();
        for (line, landed) in &lines {
            out.write_all(line.as_bytes())?;
            aloft += u64::from(!landed);
        }
        rows += lines.len() as u64;
    }
    out.flush()?;
    if aloft > 0 && !args.quiet {
        eprintln!(
            "{aloft} of {rows} states do not come down within {LONGEST_S} s: cells left empty"
        );
    }
    Ok(())
}

/// One state of the table.
struct StateRow {
    id: String,
    time_s: f64,
    state: State,
    body: Body,
    covariance: Matrix7,
}

/// The table being read.
struct StateTable {
    path: PathBuf,
    reader: csv::Reader<Box<dyn Read + Send>>,
    columns: BTreeMap<String, usize>,
    /// Covariance columns: place in the table, row and column of the matrix.
    covariance: Vec<(String, usize, usize)>,
}

impl StateTable {
    fn open(path: &Path) -> Done<Self> {
        let bytes: Box<dyn Read + Send> = if path == Path::new("-") {
            Box::new(std::io::stdin())
        } else {
            let file =
                File::open(path).map_err(|e| Failure::Input(format!("{}: {e}", path.display())))?;
            Box::new(BufReader::with_capacity(1 << 16, file))
        };
        let mut reader = csv::Reader::from_reader(bytes);
        let header = reader
            .headers()
            .map_err(|e| Failure::Input(format!("{}:1: header: {e}", path.display())))?
            .clone();
        let columns: BTreeMap<String, usize> =
            header.iter().enumerate().map(|(i, c)| (c.trim().to_string(), i)).collect();
        let needed = NUMBERS.iter().chain(&["id", "drag_curve"]);
        let missing: Vec<String> = needed
            .filter(|c| !columns.contains_key(**c))
            .map(|c| {
                format!("{}:1: {c}: no such column: expected it in states.csv", path.display())
            })
            .collect();
        if !missing.is_empty() {
            return Err(Failure::Input(missing.join("\n")));
        }
        let mut covariance = Vec::new();
        for (i, a) in AXES.iter().enumerate() {
            for (j, b) in AXES.iter().enumerate().skip(i) {
                let name = format!("p_{a}{b}");
                if columns.contains_key(&name) {
                    covariance.push((name, i, j));
                }
            }
        }
        if columns.contains_key("area_per_mass_rel_sigma") {
            covariance.push(("area_per_mass_rel_sigma".into(), 6, 6));
        }
        Ok(Self { path: path.into(), reader, columns, covariance })
    }

    fn read(&mut self, record: &mut StringRecord) -> Done<bool> {
        self.reader.read_record(record).map_err(|e| {
            let line = e.position().map_or(0, csv::Position::line);
            Failure::Input(format!("{}:{line}: row: {e}", self.path.display()))
        })
    }

    fn wrong(&self, record: &StringRecord, field: &str, expected: &str) -> Failure {
        let line = record.position().map_or(0, csv::Position::line);
        let seen = self.cell(record, field);
        let seen = if seen.is_empty() { "empty" } else { seen };
        let path = self.path.display();
        Failure::Input(format!("{path}:{line}: {field}: {seen}: expected {expected}"))
    }

    fn cell<'r>(&self, record: &'r StringRecord, field: &str) -> &'r str {
        self.columns.get(field).and_then(|i| record.get(*i)).unwrap_or("").trim()
    }

    fn number(&self, record: &StringRecord, field: &str) -> Done<f64> {
        let number = self.cell(record, field).parse::<f64>().ok().filter(|x| x.is_finite());
        number.ok_or_else(|| self.wrong(record, field, "a finite number"))
    }

    fn row(&self, record: &StringRecord) -> Done<StateRow> {
        let mut numbers = [0.0; 8];
        for (value, field) in numbers.iter_mut().zip(NUMBERS) {
            *value = self.number(record, field)?;
        }
        let [time_s, e_m, n_m, u_m, ve_mps, vn_mps, vu_mps, area_per_mass_m2kg] = numbers;
        if area_per_mass_m2kg < 0.0 {
            return Err(self.wrong(record, "area_per_mass_m2kg", "zero or more"));
        }
        if [e_m, n_m, u_m].iter().any(|x| x.abs() > 1e6) {
            return Err(self.wrong(record, "e_m", "a place within 1000 km of the site"));
        }
        let curve = DragCurve::from_name(self.cell(record, "drag_curve")).ok_or_else(|| {
            let names: Vec<&str> = DragCurve::ALL.iter().map(|c| c.name()).collect();
            self.wrong(record, "drag_curve", &format!("one of {}", names.join(", ")))
        })?;
        let mut covariance = Matrix7::zeros();
        for (field, i, j) in &self.covariance {
            if self.cell(record, field).is_empty() {
                continue;
            }
            let value = self.number(record, field)?;
            if i == j && value < 0.0 {
                return Err(self.wrong(record, field, "zero or more"));
            }
            let value = if *i == 6 { value * value } else { value };
            (covariance[(*i, *j)], covariance[(*j, *i)]) = (value, value);
        }
        Ok(StateRow {
            id: self.cell(record, "id").to_string(),
            time_s,
            state: State {
                position_enu_m: [e_m, n_m, u_m].into(),
                velocity_enu_mps: [ve_mps, vn_mps, vu_mps].into(),
            },
            body: Body { curve, area_per_mass_m2kg },
            covariance,
        })
    }
}

/// The answer to one state, and whether it comes down.
fn line(world: &World, row: &StateRow, covariance: bool) -> (String, bool) {
    let mut text = if row.id.contains([',', '"', '\n']) {
        format!("\"{}\"", row.id.replace('"', "\"\""))
    } else {
        row.id.clone()
    };
    let derivatives =
        covariance.then(|| landing_derivatives(world, &row.body, &row.state).ok()).flatten();
    let landing = match &derivatives {
        Some(found) => Some(found.landing),
        None => fly(world, &row.body, &row.state, LONGEST_S).ok().and_then(|path| path.landing()),
    };
    let Some(landing) = landing else {
        text += if covariance { ",,,,,,,,,,,,,\n" } else { ",,,,,,,,,\n" };
        return (text, false);
    };
    let (p, v) = (landing.position_enu_m, landing.velocity_enu_mps);
    let place = world.datum.wgs84(p.into());
    let dive_deg = (-v.z).atan2(v.x.hypot(v.y)).to_degrees();
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        ",{:.6},{:.8},{:.8},{:.3},{:.4},{:.4},{:.4},{:.4},{dive_deg:.5}",
        row.time_s + landing.time_s,
        place.lat_deg(),
        place.lon_deg(),
        place.height_m,
        p.x,
        p.y,
        p.z,
        v.norm(),
    );
    if let Some(found) = &derivatives {
        let spread = found.over_state * row.covariance * found.over_state.transpose();
        let _ = write!(
            text,
            ",{:.5},{:.4},{:.4},{:.4}",
            spread[(2, 2)].max(0.0).sqrt(),
            spread[(0, 0)],
            spread[(0, 1)],
            spread[(1, 1)]
        );
    } else if covariance {
        text += ",,,,";
    }
    text.push('\n');
    (text, true)
}
