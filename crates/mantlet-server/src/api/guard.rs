//! Who asks, and whether that is enough: before any handler.
//!
//! Reading is free for who sits at the machine, when the service answers there only.
//! Everybody else needs a session or a token. Whatever is not reading needs one always,
//! and a session's request must carry what the page alone knows. Only logging in, out and
//! the first set-up are let through without.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::{AccountError, Role, User};
use crate::live::OrderError;

use super::App;

/// The session's cookie.
pub const COOKIE: &str = "mantlet_session";
/// The header of changing requests of a session.
const CSRF: &str = "x-csrf-token";
/// What needs no session: they make one, or end it.
const OPEN: [&str; 3] = ["/api/v1/login", "/api/v1/logout", "/api/v1/setup"];

/// Why a request is refused.
#[derive(Debug)]
pub enum Refusal {
    /// Nobody is logged in.
    Unknown,
    /// Name and password do not belong together.
    WrongPassword,
    /// Somebody is logged in, and may not.
    NoRole,
    /// A changing request without what the page alone knows.
    NotThisPage,
    /// The secret of another set-up link, or of one that was used.
    NotTheSecret,
    /// An account that cannot be made or changed so.
    Account(AccountError),
    /// An order that was not carried out.
    Order(OrderError),
    /// Not there.
    Missing(String),
    /// Wrong in itself.
    Wrong(String),
    /// Too early, by so many seconds.
    TooMany(f64),
    /// Our fault.
    Broken(String),
}

/// What a refused request is answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorView {
    /// One sentence for people.
    pub error: String,
    /// The same for pages in other languages; never changes.
    pub code: &'static str,
}

impl Refusal {
    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Unknown => (StatusCode::UNAUTHORIZED, "log_in_first"),
            Self::WrongPassword => (StatusCode::UNAUTHORIZED, "wrong_password"),
            Self::NoRole => (StatusCode::FORBIDDEN, "no_role"),
            Self::NotThisPage => (StatusCode::FORBIDDEN, "not_this_page"),
            Self::NotTheSecret => (StatusCode::FORBIDDEN, "not_the_secret"),
            Self::Account(e) => match e {
                AccountError::Short(_) => (StatusCode::BAD_REQUEST, "password_short"),
                AccountError::Name(_) => (StatusCode::BAD_REQUEST, "name_wrong"),
                AccountError::Taken(_) => (StatusCode::CONFLICT, "name_taken"),
                AccountError::LastAdmin(_) => (StatusCode::CONFLICT, "last_admin"),
                AccountError::Missing(_) => (StatusCode::NOT_FOUND, "missing"),
                _ => (StatusCode::INTERNAL_SERVER_ERROR, "broken"),
            },
            Self::Order(OrderError::NotInForce(_)) => (StatusCode::NOT_FOUND, "not_in_force"),
            Self::Order(OrderError::Theirs(_)) => (StatusCode::CONFLICT, "not_ours"),
            Self::Order(OrderError::NotKept(_)) => (StatusCode::INTERNAL_SERVER_ERROR, "not_kept"),
            Self::Missing(_) => (StatusCode::NOT_FOUND, "missing"),
            Self::Wrong(_) => (StatusCode::BAD_REQUEST, "wrong"),
            Self::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "too_many"),
            Self::Broken(_) => (StatusCode::INTERNAL_SERVER_ERROR, "broken"),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code) = self.status_and_code();
        let mut headers = HeaderMap::new();
        let error = match self {
            Self::Unknown => "log in first".into(),
            Self::WrongPassword => "there is no user of that name with that password".into(),
            Self::NoRole => "your role does not allow it".into(),
            Self::NotThisPage => "the request does not come from this page".into(),
            Self::NotTheSecret => "this set-up link is not valid, or was used already".into(),
            Self::Account(e) => e.to_string(),
            Self::Order(e) => e.to_string(),
            Self::Missing(what) | Self::Wrong(what) | Self::Broken(what) => what,
            Self::TooMany(wait_s) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(wait_s.ceil() as u64));
                format!("too many wrong passwords: try again in {wait_s:.0} s")
            }
        };
        (status, headers, Json(ErrorView { error, code })).into_response()
    }
}

impl From<AccountError> for Refusal {
    fn from(e: AccountError) -> Self {
        Self::Account(e)
    }
}

impl From<OrderError> for Refusal {
    fn from(e: OrderError) -> Self {
        Self::Order(e)
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// The user, or the token's stand-in; `None` is nobody.
    pub user: Option<User>,
    /// What changing requests of the session must carry.
    pub csrf: Option<String>,
}

/// The session's cookie of a request.
pub fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value)
}

fn asker(app: &App, headers: &HeaderMap) -> Result<Asker, AccountError> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok()?.strip_prefix("Bearer ").map(str::trim));
    if let Some(token) = bearer {
        return Ok(Asker { user: app.accounts.bearer(token)?, csrf: None });
    }
    let session = match cookie(headers) {
        Some(cookie) => app.accounts.session(cookie, app.clock.now().seconds())?,
        None => None,
    };
    let (user, csrf) = session.map_or((None, None), |s| (Some(s.user), Some(s.csrf)));
    Ok(Asker { user, csrf })
}

/// Whether a request is from this machine to this machine and to nothing else: a proxy
/// says for whom it asks, and a page elsewhere that had its name point here says so.
fn is_local(app: &App, peer: IpAddr, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    app.loopback
        && peer.is_loopback()
        && !headers.contains_key("x-forwarded-for")
        && !headers.contains_key(header::FORWARDED)
        && ["localhost", "127.0.0.1", "[::1]"].contains(&name)
}

/// Lets a request through to its handler, or not.
pub async fn guard(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let asker = match asker(&app, request.headers()) {
        Ok(asker) => asker,
        Err(e) => return Refusal::from(e).into_response(),
    };
    let path = request.uri().path();
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    let refusal = if reads {
        let free = path == "/api/v1/session" || is_local(&app, peer.ip(), request.headers());
        (!free && asker.user.is_none()).then_some(Refusal::Unknown)
    } else if OPEN.contains(&path) {
        None
    } else if asker.user.is_none() {
        Some(Refusal::Unknown)
    } else {
        let sent = request.headers().get(CSRF).and_then(|v| v.to_str().ok());
        let right = asker.csrf.as_deref().is_none_or(|csrf| sent == Some(csrf));
        (!right).then_some(Refusal::NotThisPage)
    };
    if let Some(refusal) = refusal {
        return refusal.into_response();
    }
    request.extensions_mut().insert(asker);
    next.run(request).await
}

impl<S: Sync> FromRequestParts<S> for Asker {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        parts.extensions.get().cloned().ok_or(Refusal::Unknown)
    }
}

fn with_role(parts: &Parts, role: Role) -> Result<User, Refusal> {
    let user = parts.extensions.get::<Asker>().and_then(|asker| asker.user.clone());
    let user = user.ok_or(Refusal::Unknown)?;
    if user.role < role {
        return Err(Refusal::NoRole);
    }
    Ok(user)
}

/// Somebody who may acknowledge and cancel.
pub struct Operator(pub User);

impl<S: Sync> FromRequestParts<S> for Operator {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        with_role(parts, Role::Operator).map(Self)
    }
}

/// Somebody who may say who is who.
pub struct Admin(pub User);

impl<S: Sync> FromRequestParts<S> for Admin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        with_role(parts, Role::Admin).map(Self)
    }
}
