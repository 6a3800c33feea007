//! What can go wrong, and what the operator sees of it.

use std::net::UdpSocket;

use rusqlite::Connection;

use crate::rig::{How, Rig, Site, Stream, fault, has_fault, is_warned};

fn state<'p>(picture: &'p serde_json::Value, sensor: &str) -> &'p str {
    let sensors = picture["sensors"].as_array().expect("a list");
    let found = sensors.iter().find(|s| s["id"] == sensor).expect("the sensor");
    found["state"].as_str().expect("a state")
}

#[test]
fn a_silent_radar_is_named_and_the_last_one_loudly() {
    let rig = Rig::new();
    let radars = rig.radars(How { mute: vec![1], ..How::default() });
    let seen = rig.wait("east is silent", |p| state(p, "east") == "silent");
    assert_eq!(state(&seen, "north"), "ok");
    let text = fault(&seen, "sensor_silent:east").unwrap();
    assert!(text.contains("warnings rest on the other radars"), "{text}");
    rig.wait("warned by the radar that is left", is_warned);
    drop(radars);
    let seen = rig.wait("north is silent too", |p| state(p, "north") == "silent");
    let text = fault(&seen, "sensor_silent:north").unwrap();
    assert!(text.contains("NOTHING IS WARNED OF"), "{text}");
    let (status, why) = rig.get("/ready");
    assert_eq!((status, why.as_str()), (503, "no radar is heard\n"));
}

#[test]
fn a_radar_that_babbles_is_named_and_the_rocket_is_still_warned_of() {
    let rig = Rig::new();
    let _radars = rig.radars(How { babble: Some((0, 200)), ..How::default() });
    let seen = rig.wait("north babbles", |p| state(p, "north") == "babbling");
    let text = fault(&seen, "sensor_babbling:north").unwrap();
    assert!(text.contains("plots a scan"), "{text}");
    rig.wait("a warning", is_warned);
}

#[test]
fn a_feed_on_two_lines_is_told_and_makes_no_second_track() {
    let rig = Rig::new();
    let _radars = rig.radars(How { copies: 1, ..How::default() });
    let seen = rig.wait("a warning", |p| is_warned(p) && has_fault(p, "duplicates"));
    assert!(seen["counters"]["duplicates"].as_u64().unwrap() > 10);
    let rockets = seen["impacts"].as_array().unwrap().len();
    assert_eq!(rockets, 1, "{seen:#}");
}

#[test]
fn a_radar_whose_clock_is_off_is_told_and_does_not_spoil_the_other() {
    let rig = Rig::new();
    let _radars = rig.radars(How { ahead_s: vec![0.0, 3.0], ..How::default() });
    let seen = rig.wait("east is late", |p| state(p, "east") == "late");
    let text = fault(&seen, "sensor_late:east").unwrap();
    assert!(text.contains("s ahead of this machine's"), "{text}");
    rig.wait("a warning of the radar whose clock is right", is_warned);
}

#[test]
fn a_radar_that_lags_is_told() {
    let rig = Rig::new();
    let _radars = rig.radars(How { ahead_s: vec![-3.0, -3.0], ..How::default() });
    let seen = rig.wait("north is late", |p| state(p, "north") == "late");
    let text = fault(&seen, "sensor_late:north").unwrap();
    assert!(text.contains("old when they come"), "{text}");
    // Both lag alike, as when this machine's clock is wrong: warned all the same.
    rig.wait("a warning", is_warned);
}

#[test]
fn garbage_is_counted_and_told() {
    let rig = Rig::new();
    let socket = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    let _radars = rig.radars(How::default());
    let mut octets: Vec<u8> = (0..1400_u32).map(|i| ((i * 7919) >> 3) as u8).collect();
    for i in 0..200 {
        octets.rotate_left(i % 13 + 1);
        socket.send_to(&octets[..(i * 7) % 1400], rig.feed).unwrap();
    }
    let seen = rig.wait("garbage is told", |p| has_fault(p, "garbage"));
    assert!(seen["counters"]["bad_datagrams"].as_u64().unwrap() > 50);
    rig.wait("a warning", is_warned);
}

#[test]
fn who_is_not_on_the_list_is_not_listened_to() {
    let folder = tempfile::tempdir().unwrap();
    let feed = "udp = \"127.0.0.1:0\", from = [\"10.9.8.7\"]";
    let rig = Rig::with(folder, Site { feed, ..Site::default() });
    let _radars = rig.radars(How::default());
    let seen = rig.wait("refused", |p| has_fault(p, "source_refused"));
    assert_eq!(seen["counters"]["plots"], 0);
}

#[test]
fn a_siren_whose_broker_is_down_is_told_and_delays_no_warning() {
    let folder = tempfile::tempdir().unwrap();
    // A port on which nobody listens.
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let siren = format!(
        "[[siren]]\nid = \"gate\"\nmqtt = \"mqtt://127.0.0.1:{}\"\ntopic = \"cedar\"\nconfirm_s = 1.0\n",
        free.port()
    );
    let rig = Rig::with(folder, Site { more: &siren, ..Site::default() });
    let _radars = rig.radars(How::default());
    let seen =
        rig.wait("warned, and the siren's fault", |p| is_warned(p) && has_fault(p, "siren:gate"));
    assert!(fault(&seen, "siren:gate").unwrap().contains("may not be warned"));
    assert_eq!(seen["sirens"][0]["id"], "gate");
    assert_ne!(seen["sirens"][0]["state"], "confirmed");
}

#[test]
fn a_locked_database_delays_no_warning_and_is_caught_up_with() {
    let rig = Rig::new();
    let file = rig.folder.path().join("data/warnings.sqlite");
    let other = Connection::open(&file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut stream = Stream::open(&rig.url, None);
    let _radars = rig.radars(How::default());
    let warning = stream.next_of("warning");
    let seen = rig.wait("the store's fault", |p| has_fault(p, "store"));
    assert!(fault(&seen, "store").unwrap().contains("locked"));
    assert_eq!(rig.get("/ready").0, 503);
    other.execute_batch("ROLLBACK").unwrap();
    rig.wait("caught up", |p| !has_fault(p, "store"));
    let (_, table) = rig.get("/api/v1/warnings.csv");
    assert!(table.contains(warning.data["alert_id"].as_str().unwrap()), "{table}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_stops_no_warning_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let mount = |args: &[&str]| {
        std::process::Command::new("mount")
            .args(args)
            .arg(&data)
            .status()
            .is_ok_and(|s| s.success())
    };
    if !mount(&["-t", "tmpfs", "-o", "size=1m", "tmpfs"]) {
        eprintln!("skipped: a small file system cannot be mounted here");
        return;
    }
    let mut rig = Rig::with(folder, Site::default());
    // Everything that is left is taken.
    let mut filler = std::fs::File::create(data.join("filler")).unwrap();
    while std::io::Write::write_all(&mut filler, &[0; 4096]).is_ok() {}
    let mut stream = Stream::open(&rig.url, None);
    let radars = rig.radars(How::default());
    stream.next_of("warning");
    let seen = rig.wait("told", |p| has_fault(p, "store") && has_fault(p, "recording"));
    assert!(fault(&seen, "store").unwrap().contains("sent all the same"));
    drop(filler);
    std::fs::remove_file(data.join("filler")).unwrap();
    rig.wait("caught up", |p| !has_fault(p, "store"));
    drop(radars);
    rig.stop();
    let _ = std::process::Command::new("umount").arg(&data).status();
}
