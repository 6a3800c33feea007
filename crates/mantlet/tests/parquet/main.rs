//! Parquet against an independent encoder and decoder, pyarrow.
//!
//! - The files of this folder are pyarrow's (`make.py`): every codec, required and
//!   optional columns, dictionaries, 32-bit floats, whole numbers, timestamps.
//! - What we write is read by pyarrow to the same cells, where it is installed:
//!   `make peers`, or `MANTLET_PEER_PYTHON`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use mantlet::scenario::load_site;
use mantlet::sensors::{InputError, Recording, Scan, Site, open_table, write_parquet};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parquet")
}

fn site() -> Site {
    let sensor = |id: &str| {
        format!(
            "[[sensor]]\nid = \"{id}\"\nlat_deg = 45.0\nlon_deg = 15.0\nheight_m = 110.0\n\
             range_m = 40000.0\nperiod_s = 0.5\nsigma = {{ range_m = 20.0, azimuth_deg = 0.1, \
             elevation_deg = 0.1 }}\n"
        )
    };
    let origin = "[origin]\nlat_deg = 45.0\nlon_deg = 15.0\nheight_m = 100.0\n";
    let text = format!("name = \"Twin Pines post\"\n{origin}{}{}", sensor("north"), sensor("east"));
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("site.toml");
    std::fs::write(&path, text).expect("writable");
    load_site(&path).expect("a good site").site
}

fn read(path: &Path) -> Result<(Vec<Scan>, Vec<String>), InputError> {
    let mut recording = Recording::open(&[path], &site())?;
    let scans = (&mut recording).collect::<Result<_, _>>()?;
    let lines = recording.tallies().flat_map(|(_, tally)| tally.lines()).collect();
    Ok((scans, lines))
}

#[test]
fn every_codec_of_another_encoder_gives_the_same_plots_and_one_notice() {
    for codec in ["none", "snappy", "gzip", "zstd", "lz4"] {
        let path = folder().join(format!("{codec}.parquet"));
        let (scans, lines) = read(&path).expect("readable");
        let mut plots: Vec<_> = scans.iter().flat_map(|s| &s.plots).collect();
        plots.sort_by_key(|p| p.time);
        assert_eq!(plots.len(), 12, "{codec}");
        for (i, plot) in plots.iter().enumerate() {
            assert_eq!(plot.time.seconds(), 0.5 * i as f64);
            assert_eq!(plot.range_m, 8120.4 - 110.25 * i as f64);
            let elevation = (i != 3).then_some(12.3_f64.to_radians());
            assert_eq!(plot.elevation_rad, elevation);
            assert_eq!(plot.snr_db, Some(10.0 + i as f64));
        }
        assert_eq!(scans.iter().filter(|s| s.sensor == 1).map(|s| s.plots.len()).sum::<usize>(), 6);
        assert!(lines[0].ends_with("columns not used: colour, echoes"), "{lines:?}");
    }
}

#[test]
fn required_columns_and_timestamps_are_exact_to_the_nanosecond() {
    let (scans, _) = read(&folder().join("required.parquet")).expect("readable");
    let plots: Vec<_> = scans.iter().flat_map(|s| &s.plots).collect();
    assert_eq!(plots[0].time.nanos(), 1_740_062_457_245_512_345);
    assert_eq!((plots[0].range_m, plots[1].range_m), (900.5, 880.25));
    assert_eq!(plots[1].azimuth_rad, 0.0);
}

#[test]
fn a_csv_table_under_a_parquet_name_is_refused() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("plots.parquet");
    std::fs::write(&path, "time_s,sensor_id,range_m,azimuth_deg\n1,north,900,0\n").expect("room");
    let error = read(&path).expect_err("no Parquet").to_string();
    assert!(error.contains("plots.parquet: cannot be read as Parquet: "), "{error}");
}

/// A table of tracks as `mantlet run` leaves it.
const TRACKS: &str = "time_s,track_id,status,class,class_probability,impact_time_s\n\
    12.5,3,confirmed,rocket,0.9871,38.25\n13.0,4,coasting,aircraft,1.0,\n";

#[test]
fn what_we_write_an_independent_decoder_reads() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("tracks.parquet");
    write_parquet(TRACKS.as_bytes(), File::create(&path).expect("room")).expect("a good table");
    let mut back = String::new();
    open_table(&path).expect("there").read_to_string(&mut back).expect("readable");
    assert_eq!(back, TRACKS.replace(",1.0,", ",1,").replace("13.0", "13"));

    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/python");
    let named = std::env::var_os("MANTLET_PEER_PYTHON").map(PathBuf::from);
    let has_it = |python: &PathBuf| {
        let probe = Command::new(python).args(["-c", "import pyarrow"]).output();
        probe.is_ok_and(|o| o.status.success())
    };
    let Some(python) = named.into_iter().chain([own, "python3".into()]).find(has_it) else {
        eprintln!("SKIPPED: pyarrow is not installed; see the head of this file");
        return;
    };
    let script = "import sys, pyarrow.parquet as pq\nt = pq.read_table(sys.argv[1])\n\
                  print([str(f.type) for f in t.schema])\nprint(t.to_pylist())";
    let out = Command::new(python).args(["-c", script]).arg(&path).output().expect("runs");
    let said = String::from_utf8_lossy(&out.stdout);
    let want = "['double', 'int64', 'string', 'string', 'double', 'double']\n\
        [{'time_s': 12.5, 'track_id': 3, 'status': 'confirmed', 'class': 'rocket', \
        'class_probability': 0.9871, 'impact_time_s': 38.25}, {'time_s': 13.0, 'track_id': 4, \
        'status': 'coasting', 'class': 'aircraft', 'class_probability': 1.0, \
        'impact_time_s': None}]\n";
    assert_eq!(said, want, "{}", String::from_utf8_lossy(&out.stderr));
}
