//! What is known: the site, the picture, the events.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt;

use super::App;

fn json(bytes: Bytes) -> Response {
    let head = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (head, Body::from(bytes)).into_response()
}

/// The site: its origin, zones and radars.
pub async fn site(State(app): State<Arc<App>>) -> Response {
    json(app.site.clone())
}

/// What is known now.
pub async fn picture(State(app): State<Arc<App>>) -> Response {
    json(app.events.picture_json())
}

/// The picture, then what changes, as server-sent events.
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
