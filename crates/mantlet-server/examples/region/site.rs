//! A played site: 20 tracks, twice a second, as a real one would report them.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use mantlet::frames::{Datum, Ecef, Local, Wgs84};
use mantlet::sensors::Chance;
use mantlet_server::region::{
    AboutMessage, ImpactMessage, Known, Nats, Pictures, RadarMessage, RecordMessage, TrackMessage,
    ZoneMessage, subject,
};
use nalgebra::Vector3;

use super::{Counts, now_s};

/// Tracks of a site, and those of them that the next site sees too.
const TRACKS: usize = 20;
const SHARED: usize = 5;
const GAP: Duration = Duration::from_millis(500);

/// Its name in subjects.
pub fn name(site: usize) -> String {
    format!("site-{site}")
}

/// Objects that so many sites see together.
pub fn objects(sites: usize) -> usize {
    (TRACKS - SHARED) * sites + SHARED
}

/// Sites stand 25 km apart, twenty in a row.
fn place(site: usize) -> Wgs84 {
    let (row, column) = (site / 20, site % 20);
    Wgs84::from_degrees(28.0 + 0.22 * row as f64, -37.0 + 0.26 * column as f64, 50.0)
        .unwrap_or(Wgs84 { lat_rad: 0.5, lon_rad: -0.6, height_m: 50.0 })
}

/// An object: where it is over time, in the frame of the site that it is nearest to.
struct Object {
    datum: Datum,
    start_m: Vector3<f64>,
    velocity_mps: Vector3<f64>,
    falls: bool,
}

impl Object {
    fn new(number: usize) -> Self {
        let datum = Datum::new(place(number / (TRACKS - SHARED)));
        let mut chance = Chance::new(7, number as u64);
        let mut span = |from: f64, to: f64| from + (to - from) * chance.unit();
        let start_m = Vector3::new(span(-9e3, 9e3), span(-9e3, 9e3), span(1e3, 6e3));
        let velocity_mps = Vector3::new(span(-200.0, 200.0), span(-200.0, 200.0), 0.0);
        Self { datum, start_m, velocity_mps, falls: number.is_multiple_of(2) }
    }

    fn message(&self, id: u64, begun_s: f64, time_s: f64, chance: &mut Chance) -> TrackMessage {
        // There and back again, a minute each way, so that it never leaves.
        let phase = (time_s - begun_s) % 120.0;
        let (t_s, sign) = if phase < 60.0 { (phase, 1.0) } else { (120.0 - phase, -1.0) };
        let mut noise = |sigma: f64| Vector3::from_fn(|_, _| sigma * chance.normal());
        let p = self.start_m + self.velocity_mps * t_s + noise(5.0);
        let v = self.velocity_mps * sign + noise(1.5);
        let turn = self.datum.enu_from_ecef().transpose();
        let (Ecef { xyz_m }, v) = (self.datum.ecef(Local::from(p)), turn * v);
        let mut covariance_ecef = vec![0.0; 21];
        for (n, at) in [0, 2, 5, 9, 14, 20].into_iter().enumerate() {
            covariance_ecef[at] = if n < 3 { 25.0 } else { 2.25 };
        }
        let ground = self.datum.wgs84(Local::from(Vector3::new(p.x, p.y, 0.0)));
        let short = |x: f64| (x * 100.0).round() / 100.0;
        TrackMessage {
            id,
            time_s,
            status: "confirmed".into(),
            kind: if self.falls { "rocket" } else { "aircraft" }.into(),
            kind_probability: 0.97,
            position_ecef_m: [xyz_m.x, xyz_m.y, xyz_m.z].map(short),
            velocity_ecef_mps: [v.x, v.y, v.z].map(short),
            covariance_ecef,
            // Straight on, as nothing that is played here really falls.
            drag_curve: None,
            area_per_mass_m2kg: None,
            impact: self.falls.then(|| ImpactMessage {
                time_s: time_s + 20.0,
                time_sigma_s: 0.3,
                lat_deg: ground.lat_deg(),
                lon_deg: ground.lon_deg(),
                height_m: 50.0,
                covariance_en_m2: [2500.0, 0.0, 2500.0],
                velocity_ecef_mps: [0.0; 3],
            }),
        }
    }
}

fn about(site: usize) -> AboutMessage {
    let at = place(site);
    let zone = |n: usize| {
        let (lat, lon) = (at.lat_deg() + 0.005 * n as f64, at.lon_deg());
        ZoneMessage {
            id: format!("zone-{n}"),
            name: format!("Zone {n}"),
            kind: "neighbour".into(),
            population: 100.0,
            shelter_s: 15.0,
            polygon_deg: vec![
                [lon, lat],
                [lon + 0.004, lat],
                [lon + 0.004, lat + 0.004],
                [lon, lat + 0.004],
            ],
        }
    };
    AboutMessage {
        name: format!("Site {site}"),
        exercise: true,
        origin: [at.lat_deg(), at.lon_deg(), at.height_m],
        range_m: 15_000.0,
        zones: (0..4).map(zone).collect(),
        policy: mantlet::warning::Policy::default(),
    }
}

/// Plays site `site` of `sites` until the runtime ends.
pub async fn play(url: String, site: usize, sites: usize, counts: Arc<Counts>) {
    let id = name(site);
    let nats = Nats { urls: url, password: None };
    let Ok(link) = nats.connect(&id).await else { return };
    let begun_s = now_s();
    let epoch = (begun_s * 1e3) as u64;
    let told = RecordMessage { site: id.clone(), epoch, number: 1, body: about(site) };
    let told = serde_json::to_vec(&told).expect("JSON");
    // Until the region has made the stream.
    while link.context.publish(subject(&id, "about"), told.clone().into()).await.is_err() {
        tokio::time::sleep(GAP).await;
    }
    let seen: Vec<Object> =
        (0..TRACKS).map(|n| Object::new((TRACKS - SHARED) * site + n)).collect();
    let mut pictures = Pictures::new(id.clone(), epoch, true);
    let mut chance = Chance::new(11, site as u64);
    // Objects that two sites see must be where they are for both: all began at one time.
    let zero_s = (begun_s / 3600.0).floor() * 3600.0;
    // Sites do not send in step.
    tokio::time::sleep(GAP.mul_f64(site as f64 / sites as f64)).await;
    let mut beat = tokio::time::interval(GAP);
    let mut count = 0;
    loop {
        beat.tick().await;
        let time_s = now_s();
        let track = |(n, o): (usize, &Object)| o.message(n as u64 + 1, zero_s, time_s, &mut chance);
        let known = Known {
            time_s: (time_s * 1e3).floor() / 1e3,
            tracks: seen.iter().enumerate().map(track).collect(),
            radars: vec![RadarMessage { id: "north".into(), state: "ok".into() }],
            ..Known::default()
        };
        let whole = u32::is_multiple_of(count, 20);
        count += 1;
        let message = pictures.next(known, whole, time_s);
        let body = serde_json::to_vec(&message).expect("JSON");
        counts.messages.fetch_add(1, Ordering::Relaxed);
        counts.bytes.fetch_add(body.len() as u64, Ordering::Relaxed);
        let kind = if whole { "picture" } else { "delta" };
        if link.client.publish(subject(&id, kind), body.into()).await.is_err() {
            return;
        }
    }
}
