//! Recorded inputs through the real command: what is read, what is refused and how it is
//! said, and a recording played as a live feed.

use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use mantlet::sensors::asterix::{NonCooperativeReport, blocks};

const SITE: &str = r#"
name = "Twin Pines post"
[origin]
lat_deg = 45.0
lon_deg = 15.0
height_m = 100.0
[[sensor]]
id = "north"
lat_deg = 45.0
lon_deg = 15.0
height_m = 110.0
range_m = 40000.0
period_s = 1.0
elevation_deg = [0.0, 80.0]
azimuth_deg = [0.0, 360.0]
detection_probability = 0.9
clutter_per_scan = 1.0
sigma = { range_m = 20.0, azimuth_deg = 0.1, elevation_deg = 0.1 }
feed = { sac = 25, sic = 201 }
"#;

const PLOTS: &str = "time_s,sensor_id,range_m,azimuth_deg,elevation_deg\n\
                     0,north,9000,10,5\n1,north,8900,10,5\n1,north,5000,20,6\n2,north,8800,10,5\n";

fn mantlet(args: &[&str], dir: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mantlet"))
        .args(args)
        .current_dir(dir)
        .output()
        .expect("the command was built")
}

/// A fresh directory with site.toml and an input.
fn with(name: &str, content: &[u8]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(dir.path().join("site.toml"), SITE).expect("writable");
    std::fs::write(dir.path().join(name), content).expect("writable");
    dir
}

/// Exit code and standard error of `mantlet track` on an input.
fn track(name: &str, content: &[u8]) -> (Option<i32>, String) {
    let dir = with(name, content);
    let output = mantlet(&["track", "--site", "site.toml", name, "--out", "out"], dir.path());
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let code = output.status.code();
    // Nothing half-written: the folder is there exactly when the work was done.
    assert_eq!(dir.path().join("out").exists(), code == Some(0), "{errors}");
    (code, errors)
}

#[test]
fn what_is_no_input_is_refused_with_one_line_and_exit_2() {
    let header = "time_s,sensor_id,range_m,azimuth_deg\n";
    for (name, content, message) in [
        ("p.csv", String::new(), "p.csv: is empty"),
        ("p.csv", header.into(), "p.csv: not one plot could be used: it holds none"),
        ("p.csv", format!("{header}1,nroth,900,0\n"), "p.csv: line 2: sensor_id: \"nroth\""),
        ("p.csv", "time_s,range_m,azimuth_deg\n".into(), "column \"sensor_id\" is missing"),
        ("p.pcap", "no capture".into(), "p.pcap: byte 0: not a pcap or pcapng capture"),
        ("p.ast", String::new(), "p.ast: is empty"),
        ("p.txt", PLOTS.into(), "p.txt: no input ends in \"txt\""),
    ] {
        let (code, errors) = track(name, content.as_bytes());
        assert_eq!(code, Some(2), "{errors}");
        assert!(errors.contains(message), "{message}: {errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
    }
}

#[test]
fn a_port_that_is_taken_is_said_once_with_exit_1() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("bound").to_string();
    let dir = tempfile::tempdir().expect("a temporary directory");
    let done = mantlet(&["serve", "--demo", "--quiet", "--listen", &address], dir.path());
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!((done.status.code(), said.lines().count()), (Some(1), 1), "{said}");
    let wanted = format!("error: cannot listen on {address} (--listen names another): ");
    assert!(said.starts_with(&wanted) && said.matches("in use").count() == 1, "{said}");
}

#[test]
fn bad_plots_are_counted_and_the_rest_is_tracked() {
    let bad = "1,north,NaN,10,5\n1,north,inf,10,5\n1,north,-5,10,5\n1,north,900,10,95\n";
    let (code, errors) = track("p.csv", format!("{PLOTS}{bad}").as_bytes());
    assert_eq!(code, Some(0), "{errors}");
    assert!(errors.contains("p.csv: 4 plots used, 4 left out"), "{errors}");
    assert!(errors.contains("line 8: range_m: \"-5\""), "{errors}");
}

#[test]
fn a_replay_sends_each_plot_to_its_address() {
    let dir = with("p.csv", PLOTS.as_bytes());
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    socket.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let to = socket.local_addr().expect("bound").to_string();
    let args =
        ["replay", "p.csv", "--site", "site.toml", "--to", &to, "--speed", "1000", "--quiet"];
    let output = mantlet(&args, dir.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut ranges = Vec::new();
    let mut buffer = [0; 2048];
    for _ in 0..3 {
        let length = socket.recv(&mut buffer).expect("a datagram");
        for block in blocks(&buffer[..length], 0) {
            let block = block.expect("a block");
            for record in block.records().expect("conforms") {
                let report = NonCooperativeReport::read(&record);
                assert_eq!((report.source, report.taxonomy), (Some((25, 201)), 3));
                ranges.push(report.range_m.expect("measured"));
            }
        }
    }
    assert_eq!(ranges, [9000.0, 8900.0, 5000.0, 8800.0]);
}

#[test]
fn a_replay_that_cannot_be_is_refused() {
    let dir = with("p.csv", PLOTS.as_bytes());
    for (args, message) in [
        (vec!["replay", "p.csv", "--to", "127.0.0.1:9"], "no sensor of the site has a feed"),
        (vec!["replay", "p.csv", "--to", "nowhere"], "--to: nowhere"),
        (vec!["replay", "p.csv", "--to", "127.0.0.1:9", "--speed", "0"], "--speed: 0"),
    ] {
        let output = mantlet(&args, dir.path());
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(message), "{errors}");
    }
}

/// A capture of shared/reference, or `None` after saying that it is not there.
fn capture(name: &str) -> Option<PathBuf> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/asterix");
    let path = Path::new(root).join(name);
    if !path.exists() {
        eprintln!("skipped: {name} is not there");
        return None;
    }
    Some(path)
}

#[test]
fn the_captures_of_a_ships_radar_and_of_air_traffic_are_tracked_and_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (Some(ship), Some(traffic)) =
        (capture("example-asterix.pcapng"), capture("cat_034_048.pcap"))
    else {
        return;
    };
    let ship = ship.to_str().expect("plain");
    let output = mantlet(&["track", "--site", "sites/asterix-example.toml", ship], &root);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert!(errors.contains("62 plots used, 0 left out"), "{errors}");
    assert!(errors.contains("2 tracks, 0 with an impact, 0 warnings"), "{errors}");
    let output = mantlet(&["track", "--plots", traffic.to_str().expect("plain")], &root);
    let listed = String::from_utf8_lossy(&output.stdout);
    let cat048 = listed.lines().filter(|l| l.split(',').nth(1) == Some("48")).count();
    assert_eq!(cat048, 128);
}
