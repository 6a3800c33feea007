//! What is known: the site, the picture, the events, the last hour.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::history;
use crate::picture::PictureView;
use crate::site_view::SiteView;

use super::App;
use super::guard::{ErrorView, Refusal};

/// JSON that is ready.
pub async fn json(bytes: Bytes) -> Response {
    let head = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (head, Body::from(bytes)).into_response()
}

/// The site: its origin, zones and radars.
#[utoipa::path(get, path = "/site", responses((status = 200, body = SiteView)))]
pub async fn site(State(app): State<Arc<App>>) -> Response {
    let site = app.site.borrow().clone();
    json(site).await
}

/// What is known now.
#[utoipa::path(get, path = "/picture", responses((status = 200, body = PictureView)))]
pub async fn picture(State(app): State<Arc<App>>) -> Response {
    json(app.events.picture_json()).await
}

/// The picture (event `picture`), then what changes (`delta`), warnings as they are issued
/// (`warning`), and that the site is to be asked for again (`site`: a region has heard more of
/// its sites), as server-sent events numbered by revision.
#[utoipa::path(get, path = "/events",
    params(("Last-Event-ID" = Option<u64>, Header, description = "the last event received")),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub async fn events(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let last_id = headers.get("last-event-id").and_then(|v| v.to_str().ok()?.parse().ok());
    let stream = app.events.listen(last_id).map(Ok::<_, std::convert::Infallible>);
    let head = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // A proxy may not gather events into large answers.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (head, Body::from_stream(stream)).into_response()
}

/// Which part of the last hour.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Span {
    /// From, Unix s; an hour ago when absent.
    from_s: Option<f64>,
    /// To, Unix s; now when absent.
    to_s: Option<f64>,
    /// Seconds between two pictures, at least 1; 5 when absent, more where it would be too
    /// many.
    step_s: Option<f64>,
}

impl Span {
    /// From, to and step, s.
    pub fn checked(&self, now_s: f64) -> Result<(f64, f64, f64), Refusal> {
        let (from_s, to_s) =
            (self.from_s.unwrap_or(now_s - 3600.0), self.to_s.unwrap_or(now_s + 60.0));
        let step_s = self.step_s.unwrap_or(5.0);
        if from_s.is_finite() && to_s.is_finite() && step_s.is_finite() && from_s <= to_s {
            return Ok((from_s, to_s, step_s));
        }
        Err(Refusal::Wrong("from_s, to_s, step_s: expected from_s up to to_s".into()))
    }
}

/// Pictures of the past.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer that is put together of stored JSON")]
pub struct HistoryView {
    /// Oldest first.
    pictures: Vec<PictureView>,
}

/// Pictures of the last hour.
#[utoipa::path(get, path = "/history", params(Span),
    responses((status = 200, body = HistoryView), (status = 400, body = ErrorView)))]
pub async fn history(
    State(app): State<Arc<App>>,
    Query(span): Query<Span>,
) -> Result<Response, Refusal> {
    let (from_s, to_s, step_s) = span.checked(app.clock.now().seconds())?;
    let path = app.history.clone();
    let read = move || history::between(&path, from_s, to_s, step_s);
    let broken = |e: &dyn std::error::Error| Refusal::Broken(e.to_string());
    let found = tokio::task::spawn_blocking(read).await.map_err(|e| broken(&e))?;
    Ok(json(found.map_err(|e| broken(&e))?.into()).await)
}
