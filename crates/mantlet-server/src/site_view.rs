//! The site as the page needs it: once, as JSON.

use mantlet::flight::Ground;
use mantlet::frames::Local;
use mantlet::scenario::SiteFile;
use mantlet::sensors::Sensor;
use mantlet::warning::Zone;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::picture::rounded;

/// A place on earth.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PlaceView {
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// Height above the WGS84 ellipsoid, m.
    pub height_m: f64,
}

/// A radar as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PostView {
    /// Its name.
    pub id: String,
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// Height above the WGS84 ellipsoid, m.
    pub height_m: f64,
    /// East of the site's origin, m.
    pub e_m: f64,
    /// North of it, m.
    pub n_m: f64,
    /// Furthest slant range, m.
    pub range_m: f64,
    /// First and last azimuth, degrees clockwise from north.
    pub azimuth_deg: [f64; 2],
    /// Lowest and highest elevation, degrees.
    pub elevation_deg: [f64; 2],
    /// Time between two looks, s.
    pub period_s: f64,
}

/// The site.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SiteView {
    /// What people call it.
    pub name: String,
    /// Everything here is simulated.
    pub exercise: bool,
    /// `live` or `demo`.
    pub mode: &'static str,
    /// Origin of the local frame.
    pub origin: PlaceView,
    /// A GeoJSON FeatureCollection; properties id, name, kind, population, shelter_s.
    #[schema(value_type = Object)]
    pub zones: Value,
    /// The radars.
    pub sensors: Vec<PostView>,
    /// Where vector tiles of the area are, if there are any.
    pub basemap: Option<String>,
    /// A drawing of the site, if there is one: `url`, `extent_m` (west, south, east, north).
    #[schema(value_type = Option<Object>)]
    pub plan: Option<Value>,
    /// Where the heights of the ground are, unless it is level.
    pub terrain: Option<&'static str>,
}

impl SiteView {
    /// A site's view.
    pub fn new(site: &SiteFile, exercise: bool, mode: &'static str, basemap: bool) -> Self {
        let origin = site.site.datum.origin();
        Self {
            name: site.site.name.clone(),
            exercise,
            mode,
            origin: PlaceView {
                lat_deg: rounded(origin.lat_deg(), 1e7),
                lon_deg: rounded(origin.lon_deg(), 1e7),
                height_m: origin.height_m,
            },
            zones: json!({
                "type": "FeatureCollection",
                "features": site.zones.iter().map(|z| feature(z, site)).collect::<Vec<_>>(),
            }),
            sensors: site.site.sensors.iter().map(post).collect(),
            basemap: basemap.then(|| "/tiles/basemap.pmtiles".into()),
            plan: site.plan.as_ref().map(|p| {
                let extent_m = [p.east_m[0], p.north_m[0], p.east_m[1], p.north_m[1]];
                json!({ "url": "/api/v1/plan", "extent_m": extent_m })
            }),
            terrain: matches!(site.world.ground, Ground::Field(_)).then_some("/api/v1/terrain"),
        }
    }
}

fn post(sensor: &Sensor) -> PostView {
    let degrees = |angles: [f64; 2]| angles.map(|a| rounded(a.to_degrees(), 1e3));
    let local = sensor.frame.origin();
    PostView {
        id: sensor.id.clone(),
        lat_deg: rounded(sensor.place.lat_deg(), 1e7),
        lon_deg: rounded(sensor.place.lon_deg(), 1e7),
        height_m: sensor.place.height_m,
        e_m: rounded(local.e_m, 10.0),
        n_m: rounded(local.n_m, 10.0),
        range_m: sensor.range_m,
        azimuth_deg: degrees(sensor.azimuth_rad),
        elevation_deg: degrees(sensor.elevation_rad),
        period_s: sensor.period_s,
    }
}

fn feature(zone: &Zone, site: &SiteFile) -> Value {
    let datum = &site.site.datum;
    let corner = |p: &[f64; 2]| {
        let ground: Local = datum.at_height(p[0], p[1], datum.origin().height_m);
        let place = datum.wgs84(ground);
        [rounded(place.lon_deg(), 1e7), rounded(place.lat_deg(), 1e7)]
    };
    let mut ring: Vec<[f64; 2]> = zone.polygon_en_m().iter().map(corner).collect();
    ring.extend(ring.first().copied());
    json!({
        "type": "Feature",
        "properties": {
            "id": zone.id, "name": zone.name, "kind": zone.kind.name(),
            "population": zone.population, "shelter_s": zone.shelter_s,
        },
        "geometry": { "type": "Polygon", "coordinates": [ring] },
    })
}
