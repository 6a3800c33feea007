//! What lies under the picture on the page: a drawing of the site, and the terrain.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use mantlet::flight::Ground;
use mantlet::scenario::SiteFile;
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::content_type;

use super::App;
use super::guard::{ErrorView, Refusal};
use super::picture::json;

/// Posts from edge to edge of the terrain. Chosen: a shade on a screen needs no more.
const POSTS: usize = 181;
/// The terrain reaches so far from the origin at least and at most, m.
const REACH_M: [f64; 2] = [4_000.0, 15_000.0];

/// What there is.
pub struct Under {
    plan: Option<PathBuf>,
    terrain: Option<Bytes>,
}

/// Heights on a square grid about the site's origin.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct TerrainView {
    /// West, south, east and north edge, local east and north, m.
    pub extent_m: [f64; 4],
    /// Posts from west to east.
    pub columns: usize,
    /// Heights above the WGS84 ellipsoid, m, rows from south to north.
    pub height_m: Vec<i32>,
}

impl Under {
    /// What a site's files name.
    pub fn new(site: &SiteFile) -> Self {
        let terrain = terrain(site).map(|view| {
            serde_json::to_vec(&view).expect("views have text keys and finite numbers").into()
        });
        let plan = site.plan.as_ref().map(|p| p.file.clone());
        Self { plan, terrain }
    }
}

/// The terrain about the zones, where the ground is not level.
fn terrain(site: &SiteFile) -> Option<TerrainView> {
    let Ground::Field(field) = &site.world.ground else { return None };
    let corners = site.zones.iter().flat_map(|z| z.polygon_en_m().iter());
    let far_m = corners.map(|p| p[0].abs().max(p[1].abs())).fold(0.0, f64::max);
    let reach_m = (3.0 * far_m).clamp(REACH_M[0], REACH_M[1]);
    let at = |i: usize| reach_m * (2.0 * i as f64 / (POSTS - 1) as f64 - 1.0);
    let height_m = (0..POSTS)
        .flat_map(|row| (0..POSTS).map(move |column| (at(column), at(row))))
        .map(|(e_m, n_m)| field.height_m(e_m, n_m).round() as i32)
        .collect();
    Some(TerrainView { extent_m: [-reach_m, -reach_m, reach_m, reach_m], columns: POSTS, height_m })
}

/// The terrain about the site, for its shades.
#[utoipa::path(get, path = "/terrain",
    responses((status = 200, body = TerrainView), (status = 404, body = ErrorView)))]
pub async fn terrain_route(State(app): State<Arc<App>>) -> Result<Response, Refusal> {
    let found = app.under.terrain.clone();
    Ok(json(found.ok_or_else(|| Refusal::Missing("the ground is level".into()))?).await)
}

/// The drawing of the site.
#[utoipa::path(get, path = "/plan", responses((status = 200), (status = 404, body = ErrorView)))]
pub async fn plan(State(app): State<Arc<App>>) -> Result<Response, Refusal> {
    let none = || Refusal::Missing("the site names no plan".into());
    let path = app.under.plan.clone().ok_or_else(none)?;
    let kind = content_type(&path.to_string_lossy());
    let name = path.display().to_string();
    let read = tokio::task::spawn_blocking(move || std::fs::read(path)).await;
    let broken = |e: &dyn std::error::Error| Refusal::Broken(format!("{name}: {e}"));
    let bytes = read.map_err(|e| broken(&e))?.map_err(|e| broken(&e))?;
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], bytes).into_response())
}
