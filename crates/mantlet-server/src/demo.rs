//! A scenario as a live feed: simulated radars look at a simulated sky in real time and
//! send ASTERIX over UDP to the service's own port, which cannot tell the difference.
//!
//! The simulated defence hears the picture of each scan, as it does in `mantlet run`, and
//! what it comes to is shown as an exercise. When the raid is over it begins anew with the
//! next seed.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use mantlet::flight::State;
use mantlet::frames::Local;
use mantlet::pipeline::Picture;
use mantlet::prediction::Impact;
use mantlet::scenario::{Defence, Intervene, Object, Scenario};
use mantlet::sensors::asterix::{CAT034, Message, NonCooperativeReport, write_block};
use mantlet::sensors::{Chance, Feed, Scan, look};
use mantlet::time::Timestamp;
use mantlet::tracking::Track;
use mantlet::warning::Warning;

use crate::chain::Watcher;
use crate::clock::Clock;
use crate::live::Order;
use crate::picture::{DebrisView, EngagementView, rounded, time_view};
use crate::queue::Queue;

/// Pause between two raids, s.
const PAUSE_S: f64 = 6.0;
/// System area code of the simulated radars; their identification codes count from 1.
const SAC: u8 = 25;
/// Plots in one datagram. chosen: 32 CAT015 records fit an Ethernet frame.
const PLOTS: usize = 32;
/// Where the simulated radars send to: a port that the system chooses.
pub const FEED: &str = "127.0.0.1:0";

/// The picture of a scan, for the simulated defence.
struct Known {
    time: Timestamp,
    tracks: Vec<Track>,
    impacts: Vec<Impact>,
    warnings: Vec<Warning>,
}

/// Pictures on their way to the simulated defence.
pub struct Pictures(Receiver<Known>);

/// What the chain tells, and what the demo hears of it.
pub fn watcher() -> (Watcher, Pictures) {
    let (told, heard): (Sender<Known>, _) = channel();
    let watcher = move |picture: &Picture<'_>| {
        let known = Known {
            time: picture.time,
            tracks: picture.tracks.to_vec(),
            impacts: picture.impacts.to_vec(),
            warnings: picture.warnings.clone(),
        };
        // The demo may have ended before the service.
        let _ = told.send(known);
    };
    (Box::new(watcher), Pictures(heard))
}

/// Gives each radar of the scenario's site a feed on this machine.
pub fn with_feeds(mut scenario: Scenario) -> Scenario {
    for (i, sensor) in scenario.site.site.sensors.iter_mut().enumerate() {
        let sic = (i + 1) as u8;
        sensor.feed = Some(Feed { udp: Some(FEED.into()), sac: SAC, sic, from: Vec::new() });
    }
    scenario
}

/// Plays the scenario until the queue is closed.
pub fn play(
    scenario: &Scenario,
    to: SocketAddr,
    pictures: &Pictures,
    queue: &Queue<Order>,
    clock: &Clock,
) -> std::io::Result<()> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut seed = scenario.seed;
    while !queue.is_closed() {
        let mut stage = Stage::new(scenario, seed, clock.now() + 1.0);
        stage.play(&socket, to, pictures, queue, clock)?;
        seed += 1;
    }
    Ok(())
}

/// One raid.
struct Stage<'s> {
    scenario: &'s Scenario,
    seed: u64,
    /// When the scenario's time is zero.
    start: Timestamp,
    objects: Vec<Object>,
    defence: Defence<'s>,
    shown: (Vec<EngagementView>, Vec<DebrisView>),
}

impl<'s> Stage<'s> {
    fn new(scenario: &'s Scenario, seed: u64, start: Timestamp) -> Self {
        let objects = scenario.draw(seed);
        let defence = Defence::new(&scenario.site, &objects, seed);
        let shown = (Vec::new(), Vec::new());
        Self { scenario, seed, start, objects, defence, shown }
    }

    fn play(
        &mut self,
        socket: &UdpSocket,
        to: SocketAddr,
        pictures: &Pictures,
        queue: &Queue<Order>,
        clock: &Clock,
    ) -> std::io::Result<()> {
        let sensors = &self.scenario.site.site.sensors;
        let mut looks = vec![0_u64; sensors.len()];
        let offset = |i: usize| sensors[i].period_s * i as f64 / sensors.len() as f64;
        queue.order(Order::Simulated(Vec::new(), Vec::new()));
        loop {
            let due = |i: usize| offset(i) + looks[i] as f64 * sensors[i].period_s;
            let Some(i) = (0..sensors.len()).min_by(|a, b| due(*a).total_cmp(&due(*b))) else {
                return Ok(());
            };
            let time_s = due(i);
            if time_s > self.scenario.duration_s + self.tail_s() || queue.is_closed() {
                return Ok(());
            }
            let wait_s = (self.start + time_s).since_s(clock.now());
            std::thread::sleep(Duration::from_secs_f64(wait_s.clamp(0.0, 60.0)));
            self.hear(pictures);
            self.show(time_s, queue);
            let mut chance = Chance::new(self.seed, ((i as u64 + 1) << 32) | looks[i]);
            looks[i] += 1;
            let states: Vec<Option<State>> = self.objects.iter().map(|o| o.at(time_s)).collect();
            let (time, datum) = (self.start + time_s, &self.scenario.site.site.datum);
            let (scan, _) = look(&sensors[i], i, datum, time, &states, &mut chance);
            for datagram in datagrams(&scan) {
                socket.send_to(&datagram, to)?;
            }
        }
    }

    /// How long the sky is watched on for all-clears and falling pieces, s.
    fn tail_s(&self) -> f64 {
        let clear_s = match self.scenario.site.policy.all_clear {
            mantlet::warning::AllClear::After { seconds } => seconds.min(60.0),
            mantlet::warning::AllClear::Operator => 20.0,
        };
        clear_s + PAUSE_S
    }

    /// Lets the defence hear what became known, in the scenario's time.
    fn hear(&mut self, pictures: &Pictures) {
        let to_scenario =
            |t: Timestamp| Timestamp::from_nanos(t.nanos().saturating_sub(self.start.nanos()));
        for mut known in pictures.0.try_iter() {
            // Scans of the raid before may still be under way.
            if known.time < self.start {
                continue;
            }
            for track in &mut known.tracks {
                track.time = to_scenario(track.time);
                track.first_plot = to_scenario(track.first_plot);
                track.last_plot = to_scenario(track.last_plot);
                track.confirmed = track.confirmed.map(to_scenario);
            }
            for impact in &mut known.impacts {
                impact.time = to_scenario(impact.time);
            }
            for warning in &mut known.warnings {
                warning.time = to_scenario(warning.time);
                warning.impact_time = to_scenario(warning.impact_time);
            }
            let time = to_scenario(known.time);
            let picture = Picture {
                time,
                tracks: &known.tracks,
                impacts: &known.impacts,
                corridors: &[],
                warnings: known.warnings,
            };
            self.defence.after_scan(time.seconds(), &picture, &mut self.objects);
        }
    }

    /// Shows the defence's doings on the page, when there is something new.
    fn show(&mut self, now_s: f64, queue: &Queue<Order>) {
        let site = &self.scenario.site;
        let (engagements, fallen) = self.defence.so_far();
        let place = |e_m: f64, n_m: f64, u_m: f64| {
            let place = site.site.datum.wgs84(Local { e_m, n_m, u_m });
            (rounded(place.lat_deg(), 1e6), rounded(place.lon_deg(), 1e6))
        };
        let engagements: Vec<EngagementView> = engagements
            .iter()
            .map(|e| {
                let p = e.position_enu_m;
                let (lat_deg, lon_deg) = place(p.x, p.y, p.z);
                EngagementView {
                    time_s: time_view((self.start + e.intercept_s).seconds()),
                    effector_id: site.defence.effectors[e.effector].id.clone(),
                    track_id: e.track_id,
                    result: match e.destroyed {
                        _ if e.intercept_s > now_s => "under way",
                        true => "destroyed",
                        false => "missed",
                    },
                    lat_deg,
                    lon_deg,
                    e_m: rounded(p.x, 10.0),
                    n_m: rounded(p.y, 10.0),
                }
            })
            .collect();
        let debris: Vec<DebrisView> = fallen
            .iter()
            .filter(|piece| piece.time_s <= now_s)
            .map(|piece| {
                let [e_m, n_m] = piece.position_en_m;
                let (lat_deg, lon_deg) = place(e_m, n_m, 0.0);
                DebrisView {
                    e_m: rounded(e_m, 10.0),
                    n_m: rounded(n_m, 10.0),
                    lat_deg,
                    lon_deg,
                    kind: piece.kind.name(),
                }
            })
            .collect();
        let now = (engagements, debris);
        if now != self.shown {
            queue.order(Order::Simulated(now.0.clone(), now.1.clone()));
            self.shown = now;
        }
    }
}

/// A look as a simulated radar sends it: its plots, then the north marker that ends it.
pub fn datagrams(scan: &Scan) -> Vec<Vec<u8>> {
    let source = (SAC, (scan.sensor + 1) as u8);
    let messages: Vec<Message> = scan
        .plots
        .iter()
        // A plot beyond what the format can hold is not seen: none of ours is.
        .filter_map(|p| NonCooperativeReport::of_plot(p, source, true).message().ok())
        .collect();
    let blocks = messages.chunks(PLOTS).filter_map(|some| write_block(15, some).ok());
    blocks.chain(north(source, scan.time)).collect()
}

/// The north marker: CAT034 message type 1.
fn north(source: (u8, u8), time: Timestamp) -> Option<Vec<u8>> {
    let of_day_s = time.nanos().rem_euclid(86_400_000_000_000) as f64 / 1e9;
    let mut message = Message::new(34)?;
    message.set(CAT034.field("010", "SAC"), source.0.into()).ok()?;
    message.set(CAT034.field("010", "SIC"), source.1.into()).ok()?;
    message.set(CAT034.field("000", ""), 1).ok()?;
    let steps = (of_day_s * 128.0).round().rem_euclid(86_400.0 * 128.0);
    message.set_value(CAT034.field("030", ""), steps / 128.0).ok()?;
    write_block(34, &[message]).ok()
}
