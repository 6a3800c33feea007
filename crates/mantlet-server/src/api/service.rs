//! How the service does, for those who run it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::App;

/// The process answers.
pub async fn health() -> &'static str {
    "ok\n"
}

/// A radar is heard and warnings can be written: 200, else 503 and why.
pub async fn ready(State(app): State<Arc<App>>) -> Response {
    let picture = app.events.last_picture();
    let mut why: Vec<String> = Vec::new();
    if !picture.sensors.iter().any(|s| s.last_scan_s.is_some() && s.state != "silent") {
        why.push("no radar is heard".into());
    }
    why.extend(picture.faults.iter().filter(|f| f.code == "store").map(|f| f.text.clone()));
    if why.is_empty() {
        return "ready\n".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, why.join("\n") + "\n").into_response()
}
