//! `mantlet predict`: states to impacts, CSV in and out, in the order given.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use csv::StringRecord;
use mantlet::flight::{
    AirDoubt, Body, DragCurve, Flights, LONGEST_FLIGHT_S, Landing, LandingDerivatives, State,
    World, land_many, landing_derivatives,
};
use mantlet::scenario::load_site;
use mantlet::sensors::quoted;
use mantlet::tracking::Matrix7;
use rayon::prelude::*;

use crate::failure::{Done, Failure};

/// Shown under `--help`.
pub const EXAMPLE: &str = "Example:\n  mantlet predict --site sites/cedar.toml states.csv > impacts.csv\n\n\
Columns in: id, time_s, e_m, n_m, u_m, ve_mps, vn_mps, vu_mps, area_per_mass_m2kg,\n\
drag_curve; optional: class, and a covariance (p_ee ... p_uu of the position, p_veve ...\n\
p_vuvu of the velocity, p_eve ... p_uvu between them, area_per_mass_rel_sigma) and what is\n\
uncertain on the way: wind_sigma_mps, density_rel_sigma, drag_shape_rel_sigma.\n\
With drag_low and drag_high, factors on the drag (empty: the range of the kind of curve,\n\
0.65 to 1.35 for a tumbling fragment), each impact is told for these two as well.\n\
Every row is checked before the first is written; standard input is kept in a temporary\n\
file for that.";

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
const NUMBERS: [&str; 8] =
    ["time_s", "e_m", "n_m", "u_m", "ve_mps", "vn_mps", "vu_mps", "area_per_mass_m2kg"];
/// The state's axes as covariance columns spell them.
const AXES: [&str; 6] = ["e", "n", "u", "ve", "vn", "vu"];
/// Standard deviations of the air and of the drag curve's shape.
const DOUBTS: [&str; 3] = ["wind_sigma_mps", "density_rel_sigma", "drag_shape_rel_sigma"];

/// The ends of the range of drag.
const DRAGS: [&str; 2] = ["drag_low", "drag_high"];

/// Runs it.
///
/// # Errors
///
/// Input error naming file, line, field, value and expectation, before anything is
/// written.
pub fn run(args: &Args) -> Done {
    let site = load_site(&args.site)?;
    let file = twice(&args.states)?;
    let mut records = vec![StringRecord::new(); ROWS_AT_ONCE];
    let mut table = StateTable::new(&args.states, &file)?;
    loop {
        let count = table.read(&mut records)?;
        let wrong = records[..count].par_iter().find_map_first(|record| table.row(record).err());
        wrong.map_or(Ok(()), Err)?;
        if count == 0 {
            break;
        }
    }
    let mut table = StateTable::new(&args.states, &file)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let spread = table.spread();
    write!(
        out,
        "id,impact_time_s,impact_lat_deg,impact_lon_deg,impact_height_m,impact_e_m,impact_n_m,\
         impact_u_m,speed_mps,dive_angle_deg"
    )?;
    let more = if spread { ",impact_time_sigma_s,impact_c_ee,impact_c_en,impact_c_nn" } else { "" };
    let columns = ",low_drag_time_s,low_drag_e_m,low_drag_n_m,high_drag_time_s,high_drag_e_m,\
                high_drag_n_m";
    writeln!(out, "{more}{}", if table.ranged { columns } else { "" })?;
    let (mut rows, mut aloft) = (0, 0);
    loop {
        let count = table.read(&mut records)?;
        if count == 0 {
            break;
        }
        let batch: Vec<StateRow> =
            records[..count].par_iter().map(|r| table.row(r)).collect::<Done<_>>()?;
        let answers = answer(&site.world, &batch, spread);
        let drags = if table.ranged { both_drags(&site.world, &batch) } else { Vec::new() };
        let mut drags = drags.into_iter();
        for (line, landed) in &answers {
            out.write_all(line.as_bytes())?;
            out.write_all(drags.next().unwrap_or_default().as_bytes())?;
            out.write_all(b"\n")?;
            aloft += usize::from(!landed);
        }
        rows += count;
    }
    out.flush()?;
    if aloft > 0 && !args.quiet {
        eprintln!(
            "{aloft} of {rows} states do not come down within {LONGEST_FLIGHT_S} s: cells left \
             empty"
        );
    }
    Ok(())
}

/// The states as a file that can be read twice: a pipe is kept in a temporary one.
fn twice(path: &Path) -> Done<File> {
    let wrong = |e: std::io::Error| Failure::Input(format!("{}: {e}", path.display()));
    let spool = |from: &mut dyn std::io::Read| -> std::io::Result<File> {
        let mut file = tempfile::tempfile()?;
        std::io::copy(from, &mut file)?;
        Ok(file)
    };
    if path == Path::new("-") {
        return spool(&mut std::io::stdin().lock()).map_err(wrong);
    }
    let mut file = File::open(path).map_err(wrong)?;
    let kind = file.metadata().map_err(wrong)?;
    if kind.is_file() { Ok(file) } else { spool(&mut file).map_err(wrong) }
}

/// One state of the table.
struct StateRow {
    id: String,
    time_s: f64,
    state: State,
    body: Body,
    /// Of the state, and of the air.
    doubt: Option<Box<(Matrix7, AirDoubt)>>,
    /// Least and most drag over that told.
    drag_range: [f64; 2],
}

/// The table being read.
struct StateTable<'a> {
    path: &'a Path,
    reader: csv::Reader<BufReader<&'a File>>,
    columns: BTreeMap<String, usize>,
    /// Covariance columns: name, row and column of the matrix.
    covariance: Vec<(String, usize, usize)>,
    doubts: bool,
    /// Whether the ends of the range of drag are asked for.
    ranged: bool,
}

impl<'a> StateTable<'a> {
    fn new(path: &'a Path, mut file: &'a File) -> Done<Self> {
        file.rewind().map_err(|e| Failure::Input(format!("{}: {e}", path.display())))?;
        let mut reader = csv::Reader::from_reader(BufReader::with_capacity(1 << 16, file));
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
        let doubts = DOUBTS.iter().any(|name| columns.contains_key(*name));
        let ranged = DRAGS.iter().any(|name| columns.contains_key(*name));
        Ok(Self { path, reader, columns, covariance, doubts, ranged })
    }

    /// Whether the answer has a covariance.
    fn spread(&self) -> bool {
        self.doubts || !self.covariance.is_empty()
    }

    /// Fills as many records as there are lines left.
    fn read(&mut self, records: &mut [StringRecord]) -> Done<usize> {
        for (i, record) in records.iter_mut().enumerate() {
            let more = self.reader.read_record(record).map_err(|e| {
                let line = e.position().map_or(0, csv::Position::line);
                Failure::Input(format!("{}:{line}: row: {e}", self.path.display()))
            })?;
            if !more {
                return Ok(i);
            }
        }
        Ok(records.len())
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
        if area_per_mass_m2kg > 1e3 {
            return Err(self.wrong(record, "area_per_mass_m2kg", "1000 at most"));
        }
        for (i, field) in NUMBERS.iter().enumerate().take(7).skip(1) {
            let (limit, expected) = match i {
                1..4 => (1e6, "a place within 1000 km of the site"),
                _ => (1e4, "a speed up to 10 km/s"),
            };
            if numbers[i].abs() > limit {
                return Err(self.wrong(record, field, expected));
            }
        }
        let curve = DragCurve::from_name(self.cell(record, "drag_curve")).ok_or_else(|| {
            let names: Vec<&str> = DragCurve::ALL.iter().map(|c| c.name()).collect();
            self.wrong(record, "drag_curve", &format!("one of {}", names.join(", ")))
        })?;
        let mut drag_range = curve.range();
        for (i, field) in DRAGS.iter().enumerate() {
            if !self.cell(record, field).is_empty() {
                drag_range[i] = self.number(record, field)?;
            }
        }
        if !(drag_range[0] > 0.0 && drag_range[0] <= 1.0) {
            return Err(self.wrong(record, DRAGS[0], "a factor above 0, up to 1"));
        }
        if !(1.0..=100.0).contains(&drag_range[1]) {
            return Err(self.wrong(record, DRAGS[1], "a factor of 1 or more, up to 100"));
        }
        let doubt = if self.spread() { Some(Box::new(self.doubt(record)?)) } else { None };
        Ok(StateRow {
            id: self.cell(record, "id").to_string(),
            time_s,
            state: State {
                position_enu_m: [e_m, n_m, u_m].into(),
                velocity_enu_mps: [ve_mps, vn_mps, vu_mps].into(),
            },
            body: Body { curve, area_per_mass_m2kg },
            doubt,
            drag_range,
        })
    }

    /// A cell that may be empty, which counts as zero.
    fn maybe(&self, record: &StringRecord, field: &str) -> Done<f64> {
        if self.cell(record, field).is_empty() { Ok(0.0) } else { self.number(record, field) }
    }

    fn doubt(&self, record: &StringRecord) -> Done<(Matrix7, AirDoubt)> {
        let mut covariance = Matrix7::zeros();
        for (field, i, j) in &self.covariance {
            let value = self.maybe(record, field)?;
            if i == j && value < 0.0 {
                return Err(self.wrong(record, field, "zero or more"));
            }
            let value = if *i == 6 { value * value } else { value };
            (covariance[(*i, *j)], covariance[(*j, *i)]) = (value, value);
        }
        let mut sigmas = [0.0; 3];
        for (sigma, field) in sigmas.iter_mut().zip(DOUBTS) {
            *sigma = self.maybe(record, field)?;
            if *sigma < 0.0 {
                return Err(self.wrong(record, field, "zero or more"));
            }
        }
        let [wind_mps, ln_density, ln_drag] = sigmas;
        Ok((covariance, AirDoubt { wind_mps, ln_density, ln_drag }))
    }
}

/// The answers to states, in their order, and whether each comes down.
fn answer(world: &World, batch: &[StateRow], spread: bool) -> Vec<(String, bool)> {
    if spread {
        let derived = |row: &StateRow| {
            let found = landing_derivatives(world, &row.body, &row.state).ok();
            line(world, row, found.as_ref().map(|f| f.landing), found.as_ref(), spread)
        };
        return batch.par_iter().map(derived).collect();
    }
    let mut flights = Flights::with_capacity(batch.len());
    for row in batch {
        flights.push(&row.body, &row.state);
    }
    let landings = land_many(world, &flights);
    let told = |(i, row)| line(world, row, landings.landing(i), None, spread);
    batch.par_iter().enumerate().map(told).collect()
}

/// Where and when each state comes down with the least and the most drag, as cells.
fn both_drags(world: &World, batch: &[StateRow]) -> Vec<String> {
    let mut flights = Flights::with_capacity(2 * batch.len());
    for row in batch {
        for factor in row.drag_range {
            let area_per_mass_m2kg = row.body.area_per_mass_m2kg * factor;
            flights.push(&Body { area_per_mass_m2kg, ..row.body }, &row.state);
        }
    }
    let landings = land_many(world, &flights);
    let cells = |(i, row): (usize, &StateRow)| {
        let mut text = String::with_capacity(64);
        for end in [2 * i, 2 * i + 1] {
            // Writing to a String cannot fail.
            let _ = match landings.landing(end) {
                Some(landing) => {
                    let (time_s, p) = (row.time_s + landing.time_s, landing.position_enu_m);
                    write!(text, ",{time_s:.6},{:.4},{:.4}", p.x, p.y)
                }
                None => write!(text, ",,,"),
            };
        }
        text
    };
    batch.par_iter().enumerate().map(cells).collect()
}

/// The answer to one state, and whether it comes down.
fn line(
    world: &World,
    row: &StateRow,
    landing: Option<Landing>,
    derivatives: Option<&LandingDerivatives>,
    spread: bool,
) -> (String, bool) {
    let mut text = quoted(&row.id).into_owned();
    text.reserve(160);
    let Some(landing) = landing else {
        text += if spread { ",,,,,,,,,,,,," } else { ",,,,,,,,," };
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
    if let Some((found, doubt)) = derivatives.zip(row.doubt.as_deref()) {
        let spread = found.covariance(&doubt.0, &doubt.1);
        let _ = write!(
            text,
            ",{:.5},{:.4},{:.4},{:.4}",
            spread[(2, 2)].max(0.0).sqrt(),
            spread[(0, 0)],
            spread[(0, 1)],
            spread[(1, 1)]
        );
    }
    (text, true)
}
