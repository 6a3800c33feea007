//! What the feeds delivered, on disk: pcap with the times at which the chain took it.
//!
//! Any tool that reads captures reads these (nanosecond pcap, raw IP), and so do `mantlet
//! track` and `mantlet replay`. Given to a chain anew they bring the same warnings, byte
//! for byte: that is what [`rerun`] does. An empty datagram says only that time passed.
//!
//! Files are begun anew at a size and the oldest removed beyond a total.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mantlet::exchange::WARNING_COLUMNS;
use mantlet::exchange::write_warning;
use mantlet::pipeline::PipelineState;
use mantlet::scenario::SiteFile;
use mantlet::sensors::{Datagrams, InputError, Tally};
use mantlet::time::Timestamp;

use crate::chain::Chain;
use crate::faults::Faults;
use crate::queue::Datagram;

/// Size at which a file is full, bytes. Chosen: an hour of a busy radar.
const FILE_MAX: u64 = 64 << 20;
/// Octets of pcap's record header, and of an IPv4 and a UDP header.
const HEADERS: usize = 16 + 20 + 8;
/// Link type of packets that begin with their IP header.
const LINKTYPE_RAW: u32 = 101;
/// Time after which an empty datagram is written when nothing came, s.
const BEAT_S: f64 = 1.0;
/// After a failure it is tried again this much later, s.
const RETRY_S: f64 = 10.0;

/// Writes down what comes in.
#[derive(Debug)]
pub struct Recorder {
    folder: PathBuf,
    /// Most that all files together may take, bytes.
    total_max: u64,
    file: Option<BufWriter<File>>,
    written: u64,
    last: Timestamp,
    /// After a failure: until when it is not tried.
    rest_until: Option<Timestamp>,
}

impl Recorder {
    /// A recorder into a folder, which is made; `began` is the [`PipelineState`] before the
    /// first datagram.
    ///
    /// # Errors
    /// When the folder cannot be made or written.
    pub fn new(folder: &Path, total_max: u64, began: &str, start: Timestamp) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        fs::write(folder.join(format!("{}.start.json", start.nanos())), began)?;
        let file = None;
        let folder = folder.to_path_buf();
        Ok(Self { folder, total_max, file, written: 0, last: start, rest_until: None })
    }

    /// Writes a datagram down; a failure is told and recording tried again later.
    pub fn write(&mut self, arrival: Timestamp, datagram: &Datagram, faults: &mut Faults) {
        if self.rest_until.is_some_and(|until| arrival < until) {
            return;
        }
        match self.try_write(arrival, datagram) {
            Ok(()) => {
                if self.rest_until.take().is_some() {
                    faults.ease("recording");
                }
            }
            Err(e) => {
                self.file = None;
                self.rest_until = Some(arrival + RETRY_S);
                let text = format!("Plots are not recorded ({e}); warnings do not suffer");
                faults.raise("recording", text, arrival);
            }
        }
    }

    fn try_write(&mut self, arrival: Timestamp, datagram: &Datagram) -> io::Result<()> {
        if self.file.is_none() || self.written >= FILE_MAX {
            self.begin(arrival)?;
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        let packet = packet(arrival, datagram);
        file.write_all(&packet)?;
        // A process that is killed loses nothing that the system has.
        file.flush()?;
        self.written += packet.len() as u64;
        self.last = arrival;
        Ok(())
    }

    /// Says that time passed, when nothing else has been written for a while.
    pub fn beat(&mut self, now: Timestamp, faults: &mut Faults) {
        if now.since_s(self.last) >= BEAT_S {
            self.write(now, &nothing(now), faults);
        }
    }

    /// Ends the recording.
    pub fn finish(&mut self, now: Timestamp) {
        if let Err(e) = self.try_write(now, &nothing(now)) {
            tracing::warn!("the recording's end is not written: {e}");
        }
    }

    fn begin(&mut self, at: Timestamp) -> io::Result<()> {
        self.file = None;
        remove_oldest(&self.folder, self.total_max.saturating_sub(FILE_MAX))?;
        let path = self.folder.join(format!("{}.pcap", at.nanos()));
        let mut file = BufWriter::new(File::create(path)?);
        let mut head = Vec::new();
        for word in [0xa1b2_3c4d, 0x0004_0002, 0, 0, 0x0004_0000, LINKTYPE_RAW] {
            head.extend(u32::to_le_bytes(word));
        }
        file.write_all(&head)?;
        self.written = head.len() as u64;
        self.file = Some(file);
        Ok(())
    }
}

fn nothing(now: Timestamp) -> Datagram {
    let from = (Ipv4Addr::UNSPECIFIED, 0).into();
    Datagram { arrival: now, from, port: 0, payload: Vec::new() }
}

/// Removes the oldest captures until the rest takes no more than `most` bytes.
fn remove_oldest(folder: &Path, most: u64) -> io::Result<()> {
    let files = captures(folder)?;
    let size = |path: &PathBuf| fs::metadata(path).map(|m| m.len());
    let sizes = files.iter().map(size).collect::<io::Result<Vec<u64>>>()?;
    let mut total: u64 = sizes.iter().sum();
    for (path, size) in files.iter().zip(sizes) {
        if total <= most {
            break;
        }
        fs::remove_file(path)?;
        total -= size;
    }
    Ok(())
}

/// The captures of a folder, oldest first: each is named by the time of its start, ns.
fn captures(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let started = stem_ns(&path).filter(|_| path.extension().is_some_and(|e| e == "pcap"));
        found.extend(started.map(|ns| (ns, path)));
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

fn stem_ns(path: &Path) -> Option<i64> {
    path.file_name()?.to_str()?.split('.').next()?.parse().ok()
}

/// A pcap record: a raw IPv4 packet with a UDP datagram. Of an IPv6 sender only the port is
/// kept.
fn packet(time: Timestamp, datagram: &Datagram) -> Vec<u8> {
    let payload = &datagram.payload;
    let ip_length = (20 + 8 + payload.len()) as u32;
    let source = match datagram.from.ip() {
        IpAddr::V4(ip) => ip,
        IpAddr::V6(_) => Ipv4Addr::UNSPECIFIED,
    };
    let mut out = Vec::with_capacity(HEADERS + payload.len());
    let (s, ns) = (time.nanos().div_euclid(1_000_000_000), time.nanos().rem_euclid(1_000_000_000));
    for word in [s as u32, ns as u32, ip_length, ip_length] {
        out.extend(word.to_le_bytes());
    }
    let mut ip = [0_u8; 20];
    ip[0] = 0x45;
    ip[2..4].copy_from_slice(&(ip_length as u16).to_be_bytes());
    ip[8] = 64;
    ip[9] = 17;
    ip[12..16].copy_from_slice(&source.octets());
    ip[16..20].copy_from_slice(&Ipv4Addr::LOCALHOST.octets());
    let sum: u32 = ip.chunks(2).map(|w| u32::from(u16::from_be_bytes([w[0], w[1]]))).sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    ip[10..12].copy_from_slice(&(!(folded as u16)).to_be_bytes());
    out.extend(ip);
    out.extend(datagram.from.port().to_be_bytes());
    out.extend(datagram.port.to_be_bytes());
    out.extend(((8 + payload.len()) as u16).to_be_bytes());
    // No checksum: UDP over IPv4 allows it.
    out.extend([0, 0]);
    out.extend(payload);
    out
}

/// Why a recording cannot be run again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RerunError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
    /// Nothing recorded there.
    #[error("{path}: expected a folder of a recording, with a .start.json and .pcap files")]
    Empty {
        /// The folder.
        path: String,
    },
    /// Not a state that we wrote.
    #[error("{path}: {source}")]
    State {
        /// The file.
        path: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A capture that cannot be read, or a site without feeds.
    #[error(transparent)]
    Input(#[from] InputError),
}

/// Runs the latest recording of a folder through the live way again and writes its
/// warnings.csv; from the time of one start of the service to its end.
///
/// # Errors
/// When something of it cannot be read or written.
pub fn rerun(folder: &Path, site: Arc<SiteFile>, out: &mut impl Write) -> Result<(), RerunError> {
    let io_error = |path: &Path| {
        let path = path.display().to_string();
        move |source| RerunError::Io { path, source }
    };
    let starts = || -> io::Result<Option<i64>> {
        let mut latest = None;
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.to_string_lossy().ends_with(".start.json") {
                latest = latest.max(stem_ns(&path));
            }
        }
        Ok(latest)
    };
    let start_ns = starts()
        .map_err(io_error(folder))?
        .ok_or_else(|| RerunError::Empty { path: folder.display().to_string() })?;
    let state_path = folder.join(format!("{start_ns}.start.json"));
    let text = fs::read_to_string(&state_path).map_err(io_error(&state_path))?;
    let state: PipelineState = serde_json::from_str(&text)
        .map_err(|source| RerunError::State { path: state_path.display().to_string(), source })?;
    let mut chain = Chain::new(site.clone(), Timestamp::from_nanos(start_ns))?;
    chain.pipeline_mut().restore(&state, Timestamp::from_nanos(start_ns));
    let mut said = Vec::new();
    writeln!(out, "{WARNING_COLUMNS}").map_err(io_error(folder))?;
    let files = captures(folder).map_err(io_error(folder))?;
    for path in files.iter().filter(|path| stem_ns(path) >= Some(start_ns)) {
        let mut tally = Tally::default();
        let file = File::open(path).map_err(io_error(path))?;
        let mut datagrams = Datagrams::new(&path.display().to_string(), file)?;
        while let Some(datagram) = datagrams.next_datagram(&mut tally)? {
            let Some(time) = datagram.time else { continue };
            chain.advance(time, &mut said);
            chain.datagram(time, &datagram.payload, &mut said);
            for warning in said.drain(..) {
                write_warning(out, &site.zones, &warning).map_err(io_error(folder))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_a_capture_that_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let start = Timestamp::from_nanos(1_740_000_000_123_456_789);
        let mut recorder = Recorder::new(folder.path(), 1 << 30, "{}", start).unwrap();
        let mut faults = Faults::default();
        let from = ([10, 1, 2, 3], 5000).into();
        let sent = |i: u8| Datagram { arrival: start, from, port: 8600, payload: vec![i; 9] };
        recorder.write(start, &sent(1), &mut faults);
        recorder.write(start + 0.25, &sent(2), &mut faults);
        recorder.beat(start + 0.5, &mut faults);
        recorder.finish(start + 1.5);
        let file = captures(folder.path()).unwrap().remove(0);
        let mut datagrams = Datagrams::new("r", File::open(file).unwrap()).unwrap();
        let mut tally = Tally::default();
        let mut got = Vec::new();
        while let Some(d) = datagrams.next_datagram(&mut tally).unwrap() {
            got.push((d.time.unwrap(), d.payload));
        }
        let want = [(start, vec![1; 9]), (start + 0.25, vec![2; 9]), (start + 1.5, Vec::new())];
        assert_eq!(got, want);
        assert_eq!(tally.rejected(), 0);
    }

    #[test]
    fn the_oldest_captures_give_way() {
        let folder = tempfile::tempdir().unwrap();
        for ns in [30, 9, 100] {
            fs::write(folder.path().join(format!("{ns}.pcap")), [0; 100]).unwrap();
        }
        fs::write(folder.path().join("9.start.json"), "{}").unwrap();
        remove_oldest(folder.path(), 150).unwrap();
        let left = captures(folder.path()).unwrap();
        assert_eq!(left, [folder.path().join("100.pcap")]);
    }
}
