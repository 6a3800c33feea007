//! The HTTP interface: what is known, what may be done, for the page and for machines.

mod admin;
mod cap;
mod ground;
mod guard;
mod ledger;
mod past;
mod picture;
mod service;
mod session;
mod warnings;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use bytes::Bytes;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::{Semaphore, watch};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::services::ServeFile;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::Accounts;
use crate::clock::Clock;
use crate::delta::Delta;
use crate::events::Events;
use crate::live::Order;
use crate::picture::IssuedView;
use crate::queue::Queue;
use crate::region::asyncapi;
use crate::tries::Tries;
use crate::web;

pub use ground::Under;

/// What the page may load: itself, nothing else, nothing inline.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; \
    object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Largest body of a request, bytes. Chosen: ours are a few lines of JSON.
const BODY_MAX: usize = 64 << 10;

/// What the handlers share.
pub struct App {
    /// The site as JSON; that of a region changes as sites are heard of.
    pub site: watch::Receiver<Bytes>,
    /// What the site is called by machines.
    pub sender: String,
    /// Events and the last picture.
    pub events: Arc<Events>,
    /// The way to the writer.
    pub queue: Arc<Queue<Order>>,
    /// The time.
    pub clock: Arc<Clock>,
    /// The warnings' file.
    pub warnings: PathBuf,
    /// The last hour's file.
    pub history: PathBuf,
    /// The base map's file, which need not be there.
    pub basemap: PathBuf,
    /// What lies under the picture.
    pub under: Under,
    /// Who may do what.
    pub accounts: Accounts,
    /// Wrong passwords of late.
    pub tries: Tries,
    /// Passwords that may be hashed at a time.
    pub hashing: Semaphore,
    /// The metrics, for rendering.
    pub metrics: PrometheusHandle,
    /// The ledger's file; made by the first raid or import.
    pub ledger: PathBuf,
    /// Everything here is simulated.
    pub exercise: bool,
    /// It answers on this machine only.
    pub loopback: bool,
    /// It answers over TLS.
    pub tls: bool,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Mantlet",
        description = "What is known of the sky, who is warned, and what an \
        operator may do. Times are Unix seconds; keys carry their units."
    ),
    components(schemas(Delta, IssuedView))
)]
struct Document;

/// All routes, and the document that describes them.
fn described() -> (Router<Arc<App>>, utoipa::openapi::OpenApi) {
    let api = OpenApiRouter::new()
        .routes(routes!(picture::site))
        .routes(routes!(picture::picture))
        .routes(routes!(picture::events))
        .routes(routes!(picture::history))
        .routes(routes!(ledger::incidents))
        .routes(routes!(ledger::incident))
        .routes(routes!(ledger::lull))
        .routes(routes!(ledger::picture))
        .routes(routes!(session::session))
        .routes(routes!(session::login))
        .routes(routes!(session::logout))
        .routes(routes!(session::setup))
        .routes(routes!(warnings::acknowledge))
        .routes(routes!(warnings::cancel))
        .routes(routes!(warnings::table))
        .routes(routes!(past::warnings))
        .routes(routes!(past::timeline))
        .routes(routes!(ground::terrain_route))
        .routes(routes!(ground::plan))
        .routes(routes!(admin::audit))
        .routes(routes!(admin::users, admin::add_user))
        .routes(routes!(admin::remove_user))
        .routes(routes!(admin::tokens, admin::add_token))
        .routes(routes!(admin::remove_token));
    OpenApiRouter::with_openapi(Document::openapi())
        .nest("/api/v1", api)
        .routes(routes!(cap::feed))
        .routes(routes!(cap::document))
        .routes(routes!(service::metrics))
        .split_for_parts()
}

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    let (guarded, document) = described();
    let guarded = guarded.route_service("/tiles/basemap.pmtiles", ServeFile::new(&app.basemap));
    let document = Bytes::from(document.to_json().unwrap_or_default());
    let fixed =
        |name, value| SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value));
    guarded
        .route_layer(from_fn_with_state(app.clone(), guard::guard))
        .route("/health", get(service::health))
        .route("/ready", get(service::ready))
        .route("/openapi.json", get(move || picture::json(document.clone())))
        .route("/asyncapi.json", get(|| picture::json(asyncapi().into())))
        .fallback(get(web::page))
        .layer(RequestBodyLimitLayer::new(BODY_MAX))
        .layer(fixed(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .with_state(app)
}
