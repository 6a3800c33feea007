//! The region as the page and the API show it: one site whose radars are sites.

use bytes::Bytes;
use mantlet::frames::Datum;
use mantlet::region::{Fused, Region};
use mantlet::time::Timestamp;
use serde_json::json;

use super::convert;
use super::desk::Desk;
use super::sites::SiteKnown;
use super::wire::WarningMessage;
use crate::health::Health;
use crate::picture::{
    Counters, ImpactView, IssuedView, PictureView, TrackView, WarningView, rounded, time_view,
};
use crate::store::Message;

/// The picture.
pub fn picture(
    desk: &Desk,
    tracks: &[Fused],
    warnings: Vec<WarningView>,
    heard: &[bool],
    now: Timestamp,
) -> PictureView {
    let datum = desk.region.datum();
    let mut faults = desk.faults.views(&Health::new(&[], now), now);
    for (site, heard) in desk.sites.iter().zip(heard) {
        faults.extend(site.faults(*heard, now));
    }
    let ahead = |f: &&Fused| f.impact.as_ref().is_some_and(|i| i.time >= now);
    PictureView {
        revision: 0,
        time_s: time_view(now.seconds()),
        clock: "ok",
        exercise: desk.sites.iter().any(|s| s.exercise),
        tracks: tracks.iter().map(|f| track(f, datum)).collect(),
        impacts: tracks
            .iter()
            .filter(ahead)
            .filter_map(|f| f.impact.as_ref())
            .map(|i| ImpactView::new(i, datum))
            .collect(),
        warnings,
        sensors: desk.sites.iter().zip(heard).map(|(s, h)| s.view(*h)).collect(),
        faults,
        counters: Counters { refused_datagrams: desk.refused, ..Counters::default() },
        ..PictureView::default()
    }
}

fn track(fused: &Fused, datum: &Datum) -> TrackView {
    let part = |from: usize| fused.mean.fixed_rows::<3>(from).into_owned();
    TrackView {
        id: fused.id,
        status: if fused.coasting { "coasting" } else { "confirmed" },
        kind: fused.kind.name(),
        kind_probability: rounded(fused.kind_probability, 1e3),
        ..TrackView::moving(&part(0), &part(3), datum)
    }
}

/// A site's warning as the region keeps it.
pub fn message(site: &str, w: &WarningMessage) -> Message {
    let ids: Vec<String> = w.track_ids.iter().map(u64::to_string).collect();
    Message {
        alert_id: format!("{site}/{}", w.alert_id),
        version: w.version,
        zone_id: format!("{site}/{}", w.zone_id),
        action: action(&w.action),
        time_ns: Timestamp::from_seconds(w.time_s).unwrap_or_default().nanos(),
        line: format!(
            "{:.3},{site}/{},{site}/{},{},{:.3},{:.4},{:.2},{}",
            w.time_s,
            w.alert_id.replace([',', '"', '\n'], " "),
            w.zone_id.replace([',', '"', '\n'], " "),
            action(&w.action),
            w.impact_time_s,
            w.probability,
            w.seconds_left,
            ids.join(" ")
        ),
        cap_id: format!("{site}.{}", w.cap_id),
        cap_xml: w.cap_xml.clone(),
        told: None,
    }
}

/// The same as an event.
pub fn issued(site: &SiteKnown, w: &WarningMessage) -> IssuedView {
    IssuedView {
        revision: 0,
        action: action(&w.action),
        time_s: w.time_s,
        alert_id: format!("{}/{}", site.id, w.alert_id),
        version: w.version,
        zone_id: format!("{}/{}", site.id, w.zone_id),
        zone_name: format!("{}, {}", w.zone_name, site.name()),
        impact_time_s: w.impact_time_s,
        probability: w.probability,
        seconds_left: w.seconds_left,
        seconds_needed: w.seconds_needed,
        track_ids: w.track_ids.clone(),
        exercise: w.exercise,
        cap_url: format!("/cap/{}.{}.xml", site.id, w.cap_id.replace('%', "%25")),
    }
}

fn action(name: &str) -> &'static str {
    match name {
        "warn" => "warn",
        "clear" => "clear",
        _ => "update",
    }
}

/// The region as the page needs it.
pub fn site(name: &str, region: &Region, sites: &[SiteKnown]) -> Bytes {
    let datum = region.datum();
    let origin = datum.origin();
    let mut features = Vec::new();
    let mut posts = Vec::new();
    for known in sites {
        let Some(about) = &known.about else { continue };
        for zone in &about.zones {
            let mut ring = zone.polygon_deg.clone();
            ring.extend(zone.polygon_deg.first().copied());
            features.push(json!({
                "type": "Feature",
                "properties": {
                    "id": format!("{}/{}", known.id, zone.id),
                    "name": format!("{}, {}", zone.name, about.name),
                    "kind": zone.kind, "population": zone.population,
                    "shelter_s": zone.shelter_s,
                },
                "geometry": { "type": "Polygon", "coordinates": [ring] },
            }));
        }
        let Some(at) = convert::origin(about) else { continue };
        let local = datum.local(at);
        posts.push(json!({
            "id": known.id, "lat_deg": about.origin[0], "lon_deg": about.origin[1],
            "height_m": about.origin[2], "e_m": rounded(local.e_m, 10.0),
            "n_m": rounded(local.n_m, 10.0), "range_m": about.range_m,
            "azimuth_deg": [0.0, 360.0], "elevation_deg": [0.0, 90.0], "period_s": 0.5,
        }));
    }
    let view = json!({
        "name": name,
        "exercise": sites.iter().any(|s| s.exercise),
        "mode": "region",
        "origin": {
            "lat_deg": rounded(origin.lat_deg(), 1e7), "lon_deg": rounded(origin.lon_deg(), 1e7),
            "height_m": origin.height_m,
        },
        "zones": { "type": "FeatureCollection", "features": features },
        "sensors": posts,
        "basemap": null, "plan": null, "terrain": null,
    });
    view.to_string().into()
}
