//! A radar that turns twice a second over a sky as full as wanted, and tells each of its 16
//! sectors when it has swept it.

use std::collections::BTreeMap;
use std::f64::consts::TAU;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use mantlet::flight::{Body, DragCurve, State, Trajectory, World, fly};
use mantlet::frames::{Datum, RadarFrame, Refraction, Wgs84};
use mantlet::sensors::asterix::{CAT034, Message, NonCooperativeReport, write_block};
use mantlet::sensors::{Chance, Scan, Sensor, Sigma, look};
use mantlet::time::Timestamp;
use nalgebra::Vector3;

/// Sectors of a revolution, as CAT034 radars commonly tell.
const SECTORS: usize = 16;
/// Seconds of a revolution.
const PERIOD_S: f64 = 0.5;
/// Seconds between two rockets, and how long each flies.
const ROCKET_EVERY_S: f64 = 1.5;
/// Radius of the circles that the others fly, m: turns of at most 2 m/s², as airliners make.
const CIRCLE_M: f64 = 5000.0;
/// Seconds until all of them have come.
const COME_S: f64 = 60.0;
const PLOTS: usize = 32;

/// When the message that ended a sector was sent, by its time in milliseconds.
#[derive(Clone, Default)]
pub struct Sent(Arc<Mutex<BTreeMap<i64, Instant>>>);

impl Sent {
    fn note(&self, time_ms: i64) {
        let mut sent = self.0.lock().expect("nobody panicked");
        sent.insert(time_ms, Instant::now());
        while sent.len() > 4096 {
            sent.pop_first();
        }
    }

    /// When the sector of that time was ended.
    pub fn when(&self, time_ms: i64) -> Option<Instant> {
        let sent = self.0.lock().expect("nobody panicked");
        sent.range(time_ms - 1..=time_ms + 1).next().map(|(_, at)| *at)
    }
}

/// Level flyers that circle, and rockets that come in one after another.
pub struct Sky {
    sensor: Sensor,
    datum: Datum,
    world: World,
    flyers: Vec<[f64; 5]>,
    rockets: Vec<(f64, Trajectory)>,
    next_rocket_s: f64,
    chance: Chance,
}

impl Sky {
    /// So many flyers, drawn with a seed.
    pub fn new(flyers: usize, seed: u64) -> Self {
        let place = Wgs84::from_degrees(33.0, -30.0, 40.0).expect("a place");
        let mast = Wgs84 { height_m: 45.0, ..place };
        let datum = Datum::new(place);
        let mut chance = Chance::new(seed, 0);
        let mut draw = |low: f64, high: f64| chance.between(low, high);
        let flyer = |_| {
            // Radius and angle of the circle's middle, height, speed, phase.
            [
                draw(0.0, 8000.0),
                draw(0.0, TAU),
                draw(400.0, 5000.0),
                draw(40.0, 100.0),
                draw(0.0, TAU),
            ]
        };
        let flyers = (0..flyers).map(flyer).collect();
        let sensor = Sensor {
            id: "turning".into(),
            place: mast,
            frame: RadarFrame::new(&datum, mast, Refraction::FourThirds),
            range_m: 15_000.0,
            period_s: PERIOD_S,
            elevation_rad: [0.5_f64.to_radians(), 80.0_f64.to_radians()],
            azimuth_rad: [0.0, TAU],
            detection_probability: 0.95,
            clutter_per_scan: 5.0,
            sigma: Sigma {
                range_m: 8.0,
                azimuth_rad: 0.1_f64.to_radians(),
                elevation_rad: Some(0.1_f64.to_radians()),
                height_m: None,
                radial_speed_mps: Some(1.0),
            },
            feed: None,
            mask: None,
        };
        let world = World::level(datum.clone());
        let rockets = Vec::new();
        Self { sensor, datum, world, flyers, rockets, next_rocket_s: 0.0, chance }
    }

    fn states(&mut self, time_s: f64) -> Vec<Option<State>> {
        while time_s >= self.next_rocket_s {
            let from = self.chance.between(0.0, TAU);
            let start = State {
                position_enu_m: Vector3::new(4500.0 * from.sin(), 4500.0 * from.cos(), 2600.0),
                velocity_enu_mps: Vector3::new(-250.0 * from.sin(), -250.0 * from.cos(), -40.0),
            };
            let body = Body { curve: DragCurve::Rocket, area_per_mass_m2kg: 4e-4 };
            if let Ok(path) = fly(&self.world, &body, &start, 60.0) {
                self.rockets.push((self.next_rocket_s, path));
            }
            self.next_rocket_s += ROCKET_EVERY_S;
        }
        self.rockets.retain(|(start_s, path)| time_s - start_s < path.end_s());
        let circle = |f: &[f64; 5]| {
            let [middle_m, angle, height_m, speed_mps, phase] = *f;
            let turn = phase + time_s * speed_mps / CIRCLE_M;
            let at = Vector3::new(middle_m * angle.sin(), middle_m * angle.cos(), height_m);
            Some(State {
                position_enu_m: at + Vector3::new(turn.sin(), turn.cos(), 0.0) * CIRCLE_M,
                velocity_enu_mps: Vector3::new(turn.cos(), -turn.sin(), 0.0) * speed_mps,
            })
        };
        let falling = self.rockets.iter().map(|(start_s, path)| Some(path.at(time_s - start_s)));
        // They come one after another: a thousand new plots at once would be clutter.
        let come = (self.flyers.len() as f64 * time_s / COME_S) as usize;
        self.flyers.iter().take(come).map(circle).chain(falling).collect()
    }

    /// The plots of one sector, which ends at a time.
    fn sector(&mut self, sector: usize, time_s: f64, time: Timestamp) -> Scan {
        let states = self.states(time_s);
        let (mut scan, _) = look(&self.sensor, 0, &self.datum, time, &states, &mut self.chance);
        let of = |azimuth_rad: f64| (azimuth_rad / TAU * SECTORS as f64) as usize % SECTORS;
        scan.plots.retain(|p| of(p.azimuth_rad) == sector);
        scan
    }
}

/// The radar; it ends when it is dropped.
pub struct Radar(Arc<AtomicBool>, Option<std::thread::JoinHandle<()>>);

impl Radar {
    /// Lets it turn, so many times as fast as its plots' times say.
    pub fn start(mut sky: Sky, to: SocketAddr, sent: Sent, speed: f64) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let told = over.clone();
        let turn = move || {
            let socket = UdpSocket::bind(("127.0.0.1", 0)).expect("a socket");
            let start_s = (now_s() * 32.0).ceil() / 32.0;
            for step in 0_u64.. {
                if told.load(Ordering::Relaxed) {
                    return;
                }
                // Sectors end on steps of 1/32 s, which the format's 1/128 s holds exactly.
                let time_s = (step + 1) as f64 * PERIOD_S / SECTORS as f64;
                let sector = (step % SECTORS as u64) as usize;
                let time = Timestamp::from_seconds(start_s + time_s).expect("a time");
                let scan = sky.sector(sector, time_s, time);
                let datagrams = datagrams(&scan, (sector + 1) % SECTORS);
                let wait_s = start_s + time_s / speed - now_s();
                std::thread::sleep(Duration::from_secs_f64(wait_s.max(0.0)));
                for datagram in &datagrams {
                    socket.send_to(datagram, to).expect("sent");
                }
                sent.note(time.nanos() / 1_000_000);
            }
        };
        Self(over, Some(std::thread::spawn(turn)))
    }
}

impl Drop for Radar {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
        self.1.take().map(std::thread::JoinHandle::join);
    }
}

fn now_s() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64()
}

/// A sector as CAT015 plots and the CAT034 message that the antenna crosses into the next.
fn datagrams(scan: &Scan, next: usize) -> Vec<Vec<u8>> {
    let report = |p| NonCooperativeReport::of_plot(p, (25, 1), true).message().ok();
    let plots: Vec<Message> = scan.plots.iter().filter_map(report).collect();
    let mut out: Vec<Vec<u8>> =
        plots.chunks(PLOTS).filter_map(|some| write_block(15, some).ok()).collect();
    let of_day_s = scan.time.nanos().rem_euclid(86_400_000_000_000) as f64 / 1e9;
    let crossing = || {
        let mut message = Message::new(34)?;
        message.set(CAT034.field("010", "SAC"), 25).ok()?;
        message.set(CAT034.field("010", "SIC"), 1).ok()?;
        message.set(CAT034.field("000", ""), if next == 0 { 1 } else { 2 }).ok()?;
        message.set_value(CAT034.field("020", ""), 360.0 * next as f64 / SECTORS as f64).ok()?;
        message.set_value(CAT034.field("030", ""), (of_day_s * 128.0).round() / 128.0).ok()?;
        write_block(34, &[message]).ok()
    };
    out.extend(crossing());
    out
}
