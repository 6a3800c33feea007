//! How the service does, for those who run it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
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
    if !picture.sensors.iter().any(|s| s.last_scan_s.is_some() && !is_deaf(s.state)) {
        why.push("no radar is heard".into());
    }
    why.extend(picture.faults.iter().filter(|f| f.code == "store").map(|f| f.text.clone()));
    if why.is_empty() {
        return "ready\n".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, why.join("\n") + "\n").into_response()
}

/// Whether nothing is seen in a sensor's state.
fn is_deaf(state: &str) -> bool {
    matches!(state, "silent" | "blind")
}

/// Prometheus metrics.
#[utoipa::path(get, path = "/metrics",
    responses((status = 200, content_type = "text/plain", body = String)))]
pub async fn metrics(State(app): State<Arc<App>>) -> Response {
    let picture = app.events.last_picture();
    let count = |name: &'static str, value: u64| metrics::counter!(name).absolute(value);
    let gauge = |name: &'static str, value: f64| metrics::gauge!(name).set(value);
    let counters = picture.counters;
    count("mantlet_plots_total", counters.plots);
    count("mantlet_dropped_datagrams_total", counters.dropped_datagrams);
    count("mantlet_refused_datagrams_total", counters.refused_datagrams);
    count("mantlet_bad_datagrams_total", counters.bad_datagrams);
    count("mantlet_duplicate_plots_total", counters.duplicates);
    count("mantlet_late_plots_total", counters.late_plots);
    gauge("mantlet_tracks", picture.tracks.len() as f64);
    gauge("mantlet_impacts", picture.impacts.len() as f64);
    gauge("mantlet_warnings_in_force", picture.warnings.len() as f64);
    gauge("mantlet_faults", picture.faults.len() as f64);
    gauge("mantlet_event_clients", app.events.clients() as f64);
    gauge("mantlet_data_time_seconds", picture.time_s);
    for sensor in &picture.sensors {
        let up = f64::from(u8::from(sensor.state == "ok"));
        metrics::gauge!("mantlet_sensor_up", "sensor" => sensor.id.clone()).set(up);
        let plots = metrics::gauge!("mantlet_sensor_plots_per_scan", "sensor" => sensor.id.clone());
        plots.set(sensor.plots_per_scan);
    }
    app.metrics.run_upkeep();
    let head = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (head, app.metrics.render()).into_response()
}
