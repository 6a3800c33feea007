//! Between the library's types and the messages.

use mantlet::flight::{Body, DragCurve};
use mantlet::frames::{Datum, Ecef, Local, Wgs84};
use mantlet::prediction::Impact;
use mantlet::region::{Member, Report};
use mantlet::scenario::SiteFile;
use mantlet::time::Timestamp;
use mantlet::tracking::{Kind, Track};
use mantlet::warning::{Zone, ZoneKind};
use nalgebra::{Matrix2, Matrix3, Matrix6, Vector3, Vector6};

use super::wire::{AboutMessage, ImpactMessage, TrackMessage, ZoneMessage};
use crate::picture::{rounded, time_view};

/// From local axes to earth-fixed ones, for position and velocity at once.
fn both(rotation: &Matrix3<f64>) -> Matrix6<f64> {
    let mut m = Matrix6::zeros();
    m.fixed_view_mut::<3, 3>(0, 0).copy_from(rotation);
    m.fixed_view_mut::<3, 3>(3, 3).copy_from(rotation);
    m
}

fn array(v: Vector3<f64>, steps_per_unit: f64) -> [f64; 3] {
    [0, 1, 2].map(|i| rounded(v[i], steps_per_unit))
}

/// A track as its site sends it.
pub fn track_message(track: &Track, impact: Option<&Impact>, datum: &Datum) -> TrackMessage {
    let to_ecef = datum.enu_from_ecef().transpose();
    let position = datum.ecef(Local::from(track.position_enu_m())).xyz_m;
    let turn = both(&to_ecef);
    let own = track.covariance.fixed_view::<6, 6>(0, 0);
    let covariance = turn * own * turn.transpose();
    let falls = impact.is_some();
    TrackMessage {
        id: track.id,
        time_s: track.time.seconds(),
        status: track.status.name().into(),
        kind: track.kind.name().into(),
        kind_probability: rounded(track.kind_probability(), 1e3),
        position_ecef_m: array(position, 100.0),
        velocity_ecef_mps: array(to_ecef * track.velocity_enu_mps(), 100.0),
        covariance_ecef: (0..6)
            .flat_map(|i| (0..=i).map(move |j| (i, j)))
            .map(|at| covariance[at] as f32)
            .collect(),
        drag_curve: falls.then(|| track.curve.name().into()),
        area_per_mass_m2kg: falls.then(|| track.area_per_mass_m2kg()),
        impact: impact.map(|i| impact_message(i, datum)),
    }
}

/// An impact as it is sent.
pub fn impact_message(impact: &Impact, datum: &Datum) -> ImpactMessage {
    let place = datum.wgs84(Local::from(impact.position_enu_m));
    let c = &impact.covariance_en_m2;
    let to_ecef = datum.enu_from_ecef().transpose();
    ImpactMessage {
        time_s: time_view(impact.time.seconds()),
        time_sigma_s: rounded(impact.time_sigma_s, 1e3),
        lat_deg: rounded(place.lat_deg(), 1e7),
        lon_deg: rounded(place.lon_deg(), 1e7),
        height_m: rounded(place.height_m, 10.0),
        covariance_en_m2: [c[(0, 0)], c[(0, 1)], c[(1, 1)]].map(|x| rounded(x, 100.0)),
        velocity_ecef_mps: array(to_ecef * impact.velocity_enu_mps, 10.0),
    }
}

/// A track as a region takes it, in its frame; `None` when it makes no sense.
pub fn report(message: &TrackMessage, site: usize, heard: bool, datum: &Datum) -> Option<Report> {
    let xyz_m = Vector3::from(message.position_ecef_m);
    let turn = *datum.enu_from_ecef();
    let p = datum.local_from_ecef(Ecef { xyz_m }).enu_m();
    let v = turn * Vector3::from(message.velocity_ecef_mps);
    let mut own = Matrix6::zeros();
    let mut numbers = message.covariance_ecef.iter().copied().map(f64::from);
    for i in 0..6 {
        for j in 0..=i {
            let x = numbers.next()?;
            (own[(i, j)], own[(j, i)]) = (x, x);
        }
    }
    let turns = both(&turn);
    let covariance = turns * own * turns.transpose();
    let curve = message.drag_curve.as_deref().and_then(DragCurve::from_name);
    let body = curve.zip(message.area_per_mass_m2kg);
    let finite = covariance.iter().chain(p.iter()).chain(v.iter()).all(|x| x.is_finite());
    let kind = Kind::from_name(&message.kind).unwrap_or(Kind::Unknown);
    (finite && covariance.cholesky().is_some()).then_some(Report {
        site,
        track_id: message.id,
        time: Timestamp::from_seconds(message.time_s)?,
        mean: Vector6::new(p.x, p.y, p.z, v.x, v.y, v.z),
        covariance,
        body: body.map(|(curve, area_per_mass_m2kg)| Body { curve, area_per_mass_m2kg }),
        kind,
        kind_probability: message.kind_probability,
        coasting: !heard || message.status != "confirmed",
        impact: message.impact.as_ref().and_then(|i| impact(i, message.id, kind, datum)),
    })
}

/// An impact in a local frame; `None` when it makes no sense.
pub fn impact(message: &ImpactMessage, track_id: u64, kind: Kind, datum: &Datum) -> Option<Impact> {
    let place = Wgs84::from_degrees(message.lat_deg, message.lon_deg, message.height_m).ok()?;
    let [ee, en, nn] = message.covariance_en_m2;
    // East and north where it lands, seen from the frame's origin.
    let there = Datum::new(place);
    let turn = datum.enu_from_ecef() * there.enu_from_ecef().transpose();
    let level = turn.fixed_view::<2, 2>(0, 0);
    let covariance_en_m2 = level * Matrix2::new(ee, en, en, nn) * level.transpose();
    covariance_en_m2.cholesky()?;
    Some(Impact {
        track_id,
        kind,
        time: Timestamp::from_seconds(message.time_s)?,
        time_sigma_s: message.time_sigma_s.max(1e-3),
        position_enu_m: datum.local(place).enu_m(),
        covariance_en_m2,
        velocity_enu_mps: datum.enu_from_ecef() * Vector3::from(message.velocity_ecef_mps),
    })
}

/// The site as it tells of itself.
pub fn about(site: &SiteFile, exercise: bool) -> AboutMessage {
    let (datum, origin) = (&site.site.datum, site.site.datum.origin());
    let zone = |z: &Zone| ZoneMessage {
        id: z.id.clone(),
        name: z.name.clone(),
        kind: z.kind.name().into(),
        population: z.population,
        shelter_s: z.shelter_s,
        polygon_deg: z
            .polygon_en_m()
            .iter()
            .map(|p| {
                let place = datum.wgs84(datum.at_height(p[0], p[1], origin.height_m));
                [rounded(place.lon_deg(), 1e7), rounded(place.lat_deg(), 1e7)]
            })
            .collect(),
    };
    AboutMessage {
        name: site.site.name.clone(),
        exercise,
        origin: [rounded(origin.lat_deg(), 1e7), rounded(origin.lon_deg(), 1e7), origin.height_m],
        range_m: site.site.sensors.iter().map(|s| s.range_m).fold(0.0, f64::max),
        zones: site.zones.iter().map(zone).collect(),
        policy: site.policy.clone(),
    }
}

/// The site's origin; `None` when it makes no sense.
pub fn origin(about: &AboutMessage) -> Option<Wgs84> {
    let [lat_deg, lon_deg, height_m] = about.origin;
    Wgs84::from_degrees(lat_deg, lon_deg, height_m).ok()
}

/// The zones of a site in a local frame, with `prefix` before their ids and names.
pub fn zones(about: &AboutMessage, prefix: &str, datum: &Datum) -> Vec<Zone> {
    let corner = |p: &[f64; 2]| {
        let place = Wgs84::from_degrees(p[1], p[0], about.origin[2]).ok()?;
        let local = datum.local(place);
        Some([local.e_m, local.n_m])
    };
    let zone = |z: &ZoneMessage| {
        let polygon: Option<Vec<_>> = z.polygon_deg.iter().map(corner).collect();
        let name =
            if prefix.is_empty() { z.name.clone() } else { format!("{}, {}", z.name, about.name) };
        let kind = ZoneKind::from_name(&z.kind)?;
        Zone::new(format!("{prefix}{}", z.id), name, kind, z.population, z.shelter_s, polygon?).ok()
    };
    about.zones.iter().filter_map(zone).collect()
}

/// The site as its region judges in its place.
pub fn member(about: &AboutMessage, region: &Datum) -> Option<Member> {
    let datum = Datum::new(origin(about)?);
    let zones = zones(about, "", &datum);
    Some(Member::new(datum, zones, about.policy.clone(), region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impact_comes_out_of_a_message_as_it_went_in() {
        let datum = Datum::new(Wgs84::from_degrees(33.0, -30.0, 150.0).unwrap());
        let one = Impact {
            track_id: 5,
            kind: Kind::Mortar,
            time: Timestamp::from_seconds(1.7e9).unwrap(),
            time_sigma_s: 0.25,
            position_enu_m: Vector3::new(800.0, -300.0, 10.0),
            covariance_en_m2: Matrix2::new(400.0, 90.0, 90.0, 100.0),
            velocity_enu_mps: Vector3::new(10.0, 20.0, -150.0),
        };
        let sent = impact_message(&one, &datum);
        let text = serde_json::to_string(&sent).unwrap();
        let back = impact(&serde_json::from_str(&text).unwrap(), 5, Kind::Mortar, &datum).unwrap();
        assert!((back.position_enu_m - one.position_enu_m).norm() < 0.1);
        assert!((back.covariance_en_m2 - one.covariance_en_m2).norm() < 0.1);
        assert_eq!((back.time, back.track_id), (one.time, 5));
    }

    #[test]
    fn a_site_comes_out_of_its_message_as_it_went_in() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../sites/cedar.toml");
        let site = mantlet::scenario::load_site(path.as_ref()).unwrap();
        let text = serde_json::to_string(&about(&site, false)).unwrap();
        let back: AboutMessage = serde_json::from_str(&text).unwrap();
        assert_eq!(back.policy, site.policy);
        let zones = zones(&back, "", &site.site.datum);
        assert_eq!(zones.len(), site.zones.len());
        for (a, b) in zones.iter().zip(&site.zones) {
            assert_eq!((&a.id, a.kind, a.shelter_s), (&b.id, b.kind, b.shelter_s));
            let off = a.polygon_en_m().iter().zip(b.polygon_en_m());
            assert!(off.into_iter().all(|(p, q)| (p[0] - q[0]).hypot(p[1] - q[1]) < 0.2));
        }
    }
}
