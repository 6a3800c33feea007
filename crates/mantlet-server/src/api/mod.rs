//! The HTTP interface: what is known, what may be done, for the page and for machines.

mod picture;
mod service;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::routing::get;
use bytes::Bytes;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::events::Events;
use crate::live::Order;
use crate::queue::Queue;
use crate::web;

/// What the page may load: itself, nothing else, nothing inline.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; \
    object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What the handlers share.
pub struct App {
    /// The site as JSON: it does not change.
    pub site: Bytes,
    /// Events and the last picture.
    pub events: Arc<Events>,
    /// The way to the writer.
    pub queue: Arc<Queue<Order>>,
    /// The warnings' file.
    pub warnings: PathBuf,
    /// Everything here is simulated.
    pub exercise: bool,
}

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    let api = Router::new()
        .route("/site", get(picture::site))
        .route("/picture", get(picture::picture))
        .route("/events", get(picture::events));
    let fixed =
        |name, value| SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value));
    Router::new()
        .nest("/api/v1", api)
        .route("/health", get(service::health))
        .route("/ready", get(service::ready))
        .fallback(get(web::page))
        .layer(fixed(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .with_state(app)
}
