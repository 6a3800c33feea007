//! Recorded inputs, chosen by their extension, to scans in order of time.
//!
//! `.csv` and `-` (standard input) are plots.csv, `.parquet` the same in Parquet; `.pcap` and `.pcapng` are captures of
//! ASTERIX over UDP; `.ast` is ASTERIX blocks one after another. Several inputs are
//! merged by time.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::asterix::{AsterixFeed, Report};
use super::capture::Datagrams;
use super::csv::{NAMES, PlotReader};
use super::grouping::{Grouping, Taken};
use super::measures::Measures;
use super::parquet::ParquetText;
use super::raw::RawBlocks;
use super::{InputError, Plot, Reason, Scan, Site, Tally};

/// What an input holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// plots.csv.
    Csv,
    /// The same columns in Parquet.
    Parquet,
    /// A pcap or pcapng capture.
    Capture,
    /// ASTERIX blocks one after another.
    Asterix,
}

impl Format {
    /// The format that a path's extension names; `-` is CSV.
    ///
    /// # Errors
    /// When the extension is none of ours.
    pub fn of(path: &Path) -> Result<Self, InputError> {
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            _ if path == Path::new("-") => Ok(Self::Csv),
            Some("csv") => Ok(Self::Csv),
            Some("parquet") => Ok(Self::Parquet),
            Some("pcap" | "pcapng" | "cap") => Ok(Self::Capture),
            Some("ast" | "raw") => Ok(Self::Asterix),
            other => Err(InputError::Extension {
                path: path.display().to_string(),
                extension: other.unwrap_or_default().into(),
            }),
        }
    }
}

/// Opens a file, or standard input for `-`.
///
/// # Errors
/// When it cannot be opened.
pub(super) fn open(path: &Path) -> Result<Box<dyn Read + Send>, InputError> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin()));
    }
    let error = |source| InputError::Io { path: path.display().to_string(), source };
    let file = File::open(path).map_err(error)?;
    if file.metadata().map_err(error)?.is_dir() {
        return Err(error(std::io::ErrorKind::IsADirectory.into()));
    }
    Ok(Box::new(BufReader::with_capacity(1 << 16, file)))
}

type Bytes = Box<dyn Read + Send>;

/// Where plots come from.
enum Source {
    Csv(Box<PlotReader<Bytes>>),
    Capture(Datagrams<'static>, AsterixFeed),
    Raw(RawBlocks<Bytes>, AsterixFeed),
}

impl Source {
    /// Appends some plots; `false` at the end.
    fn fill(
        &mut self,
        plots: &mut Vec<(usize, Plot)>,
        tally: &mut Tally,
    ) -> Result<bool, InputError> {
        match self {
            Self::Csv(reader) => {
                let plot = reader.next_plot(tally)?;
                plots.extend(plot);
                Ok(plot.is_some())
            }
            Self::Capture(datagrams, feed) => {
                let datagram = datagrams.next_datagram(tally)?;
                if let Some(d) = &datagram {
                    let mut reports = Vec::new();
                    feed.push(&d.payload, d.offset, d.time, &mut reports, tally);
                    plots.extend(reports.into_iter().filter_map(only_plots));
                }
                Ok(datagram.is_some())
            }
            Self::Raw(blocks, feed) => {
                let block = blocks.next_block(tally)?;
                if let Some((at, bytes)) = block {
                    let mut reports = Vec::new();
                    feed.push(bytes, at, None, &mut reports, tally);
                    plots.extend(reports.into_iter().filter_map(only_plots));
                }
                Ok(block.is_some())
            }
        }
    }

    /// Where the last plot stood, for messages.
    fn place(&self, plot: &Plot) -> String {
        match self {
            Self::Csv(reader) => format!("line {}: time_s: {}", reader.line(), plot.time.seconds()),
            _ => format!("time {} s", plot.time.seconds()),
        }
    }
}

fn only_plots(report: Report) -> Option<(usize, Plot)> {
    match report {
        Report::Plot(sensor, plot) => Some((sensor, plot)),
        Report::Service(..) => None,
    }
}

/// One input on its way to scans.
struct Input {
    path: String,
    source: Source,
    measures: Vec<Measures>,
    grouping: Grouping,
    tally: Tally,
    plots: Vec<(usize, Plot)>,
    ended: bool,
    /// The next scan to hand on.
    head: Option<Scan>,
}

impl Input {
    fn new(path: &str, format: Format, bytes: Bytes, site: &Site) -> Result<Self, InputError> {
        let mut tally = Tally::default();
        let source = match format {
            Format::Csv => Source::Csv(Box::new(PlotReader::new(path, site, bytes, &mut tally)?)),
            Format::Parquet => {
                let text = ParquetText::new(bytes, Some(&NAMES))
                    .map_err(|source| InputError::Io { path: path.into(), source })?;
                let text: Bytes = Box::new(text);
                Source::Csv(Box::new(PlotReader::new(path, site, text, &mut tally)?))
            }
            Format::Capture => {
                Source::Capture(Datagrams::new(path, bytes)?, AsterixFeed::new(path, site)?)
            }
            Format::Asterix => {
                Source::Raw(RawBlocks::new(path, bytes)?, AsterixFeed::new(path, site)?)
            }
        };
        let mut input = Self {
            path: path.into(),
            source,
            measures: site.sensors.iter().map(Measures::new).collect(),
            grouping: Grouping::new(site),
            tally,
            plots: Vec::new(),
            ended: false,
            head: None,
        };
        input.advance()?;
        Ok(input)
    }

    /// Reads on until the next scan is whole.
    fn advance(&mut self) -> Result<(), InputError> {
        loop {
            self.head = self.grouping.pop();
            if self.head.is_some() || self.ended {
                return Ok(());
            }
            self.plots.clear();
            if self.source.fill(&mut self.plots, &mut self.tally)? {
                self.group();
            } else {
                self.end()?;
            }
        }
    }

    fn group(&mut self) {
        for (sensor, mut plot) in self.plots.drain(..) {
            self.measures[sensor].mask(&mut plot, &mut self.tally);
            let reason = match self.grouping.push(sensor, plot) {
                Taken::Yes => {
                    self.tally.plots += 1;
                    continue;
                }
                Taken::TimeBack => Reason::TimeBack,
                Taken::Duplicate => Reason::Duplicate,
            };
            let source = &self.source;
            self.tally.reject(reason, || source.place(&plot));
        }
    }

    fn end(&mut self) -> Result<(), InputError> {
        self.ended = true;
        self.grouping.finish();
        if self.tally.plots > 0 {
            return Ok(());
        }
        let lines = self.tally.lines();
        let why = if lines.is_empty() { "it holds none".into() } else { lines.join("; ") };
        Err(InputError::NothingUsable { path: self.path.clone(), why })
    }
}

/// Recorded inputs as one stream of scans in order of time.
///
/// ```no_run
/// # fn read(site: &mantlet::sensors::Site) -> Result<(), mantlet::sensors::InputError> {
/// let mut recording = mantlet::sensors::Recording::open(&["plots.csv"], site)?;
/// for scan in &mut recording {
///     let _plots = scan?.plots;
/// }
/// for (path, tally) in recording.tallies() {
///     eprintln!("{path}: {} plots used, {} left out", tally.plots, tally.rejected());
/// }
/// # Ok(())
/// # }
/// ```
pub struct Recording {
    inputs: Vec<Input>,
    failed: bool,
}

impl Recording {
    /// Opens files by their extension; `-` is plots.csv on standard input.
    ///
    /// # Errors
    /// When one cannot be opened, or is not what its name says.
    pub fn open<P: AsRef<Path>>(paths: &[P], site: &Site) -> Result<Self, InputError> {
        let mut inputs = Vec::new();
        for path in paths.iter().map(AsRef::as_ref) {
            let format = Format::of(path)?;
            inputs.push(Input::new(&path.display().to_string(), format, open(path)?, site)?);
        }
        Ok(Self { inputs, failed: false })
    }

    /// Reads one input that is already open. `path` is what messages call it.
    ///
    /// # Errors
    /// When it is not of that format.
    pub fn from_reader(
        path: &str,
        format: Format,
        bytes: impl Read + Send + 'static,
        site: &Site,
    ) -> Result<Self, InputError> {
        Ok(Self { inputs: vec![Input::new(path, format, Box::new(bytes), site)?], failed: false })
    }

    /// For each input what was used and what was left out; complete once all scans are
    /// read.
    pub fn tallies(&self) -> impl Iterator<Item = (&str, &Tally)> {
        self.inputs.iter().map(|input| (input.path.as_str(), &input.tally))
    }
}

impl Iterator for Recording {
    type Item = Result<Scan, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let first = |i: &Input| i.head.as_ref().map(|scan| scan.time);
        let input = self.inputs.iter_mut().filter(|i| i.head.is_some()).min_by_key(|i| first(i))?;
        let scan = input.head.take()?;
        match input.advance() {
            Ok(()) => Some(Ok(scan)),
            Err(e) => {
                self.failed = true;
                Some(Err(e))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::site_of;
    use super::*;

    const HEADER: &str = "time_s,sensor_id,range_m,azimuth_deg\n";

    fn read(text: String) -> (Result<Vec<Scan>, InputError>, Tally) {
        let site = site_of(&[("a", 1.0), ("b", 1.0)]);
        let bytes = std::io::Cursor::new(text.into_bytes());
        let mut recording = match Recording::from_reader("p.csv", Format::Csv, bytes, &site) {
            Ok(recording) => recording,
            Err(e) => return (Err(e), Tally::default()),
        };
        let scans = (&mut recording).collect();
        let tally = recording.tallies().next().unwrap().1.clone();
        (scans, tally)
    }

    #[test]
    fn plots_of_two_sensors_become_scans_in_order() {
        let text = format!("{HEADER}0,a,900,1\n0,a,950,2\n0.5,b,800,1\n1,a,890,1\n1.5,b,790,1\n");
        let (scans, tally) = read(text);
        let got: Vec<_> =
            scans.unwrap().iter().map(|s| (s.sensor, s.time.seconds(), s.plots.len())).collect();
        assert_eq!(got, [(0, 0.0, 2), (1, 0.5, 1), (0, 1.0, 1), (1, 1.5, 1)]);
        assert_eq!((tally.plots, tally.rejected()), (5, 0));
    }

    #[test]
    fn a_time_that_goes_back_is_left_out_and_named() {
        let (scans, tally) = read(format!("{HEADER}100,a,900,1\n3,b,950,2\n101,a,900,1\n"));
        assert_eq!(scans.unwrap().len(), 2);
        assert_eq!(tally.lines(), ["left out, time goes back: 1 (line 3: time_s: 3)"]);
    }

    #[test]
    fn what_the_site_does_not_say_a_sensor_measures_is_not_used() {
        // The test site's sensors measure elevation and height, no radial speed.
        let text = "time_s,sensor_id,range_m,azimuth_deg,elevation_deg,radial_speed_mps\n\
                    0,a,900,1,5,-70\n1,a,890,1,5,-70\n";
        let (scans, tally) = read(text.into());
        let plot = scans.unwrap()[0].plots[0];
        assert!(plot.elevation_rad.is_some() && plot.radial_speed_mps.is_none());
        assert_eq!(
            tally.lines(),
            ["sensor \"a\": radial_speed_mps not used: the site file gives no sigma for it"]
        );
    }

    #[test]
    fn a_file_without_one_usable_plot_is_an_error() {
        let error = |text: &str| read(text.into()).0.unwrap_err().to_string();
        assert_eq!(error(HEADER), "p.csv: not one plot could be used: it holds none");
        assert_eq!(
            error(&format!("{HEADER}1,a,NaN,1\n")),
            "p.csv: not one plot could be used: left out, not finite: 1 \
             (line 2: range_m: \"NaN\", expected a range over 0 m, below 1e7 m)"
        );
    }

    #[test]
    fn an_extension_that_we_do_not_read_is_named() {
        let site = site_of(&[("a", 1.0)]);
        let error = Recording::open(&["plots.xlsx"], &site).err().unwrap().to_string();
        assert!(error.starts_with("plots.xlsx: no input ends in \"xlsx\""), "{error}");
        let error = Recording::open(&["none/such.csv"], &site).err().unwrap().to_string();
        assert!(error.starts_with("none/such.csv: "), "{error}");
    }
}
