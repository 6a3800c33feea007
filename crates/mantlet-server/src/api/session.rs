//! Logging in and out, and the first set-up.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::{SESSION_S, User};

use super::App;
use super::guard::{Asker, COOKIE, ErrorView, Refusal, cookie};

/// Who is logged in here.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// The user, if anybody is.
    pub user: Option<User>,
    /// What changing requests must carry in X-CSRF-Token.
    pub csrf: Option<String>,
    /// Nobody can log in yet: the set-up link was printed at the start.
    pub setup_needed: bool,
    /// Whether reading needs a user from where the service answers.
    pub read_needs_login: bool,
    /// Everything here is simulated.
    pub exercise: bool,
}

/// A name and its password.
#[derive(Deserialize, ToSchema)]
pub struct Login {
    /// The user.
    pub name: String,
    /// The password.
    pub password: String,
}

/// The first admin.
#[derive(Deserialize, ToSchema)]
pub struct SetUp {
    /// The secret of the set-up link.
    pub token: String,
    /// The user to be.
    pub name: String,
    /// The password to be.
    pub password: String,
}

fn view(app: &App, user: Option<User>, csrf: Option<String>) -> Json<SessionView> {
    Json(SessionView {
        user,
        csrf,
        setup_needed: app.accounts.needs_setup(),
        read_needs_login: !app.loopback,
        exercise: app.exercise,
    })
}

/// Who is logged in.
#[utoipa::path(get, path = "/session", responses((status = 200, body = SessionView)))]
pub async fn session(State(app): State<Arc<App>>, asker: Asker) -> Json<SessionView> {
    view(&app, asker.user, asker.csrf)
}

/// Begins a session: a cookie that scripts cannot read and other sites cannot use.
#[utoipa::path(post, path = "/login", request_body = Login, responses(
    (status = 200, body = SessionView),
    (status = 401, body = ErrorView, description = "wrong name or password"),
    (status = 429, body = ErrorView, description = "too many wrong passwords"),
))]
pub async fn login(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Json(login): Json<Login>,
) -> Result<Response, Refusal> {
    let (address, now_s) = (peer.ip().to_string(), app.clock.now().seconds());
    if let Some(wait_s) = app.tries.wait_s(&login.name, &address, now_s) {
        return Err(Refusal::TooMany(wait_s));
    }
    let (checked, name) = (app.clone(), login.name.clone());
    let work = move || checked.accounts.check(&login.name, &login.password);
    let found = hashing(&app, work).await??;
    let Some(user) = found else {
        app.tries.wrong(&name, &address, now_s);
        let _ = app.accounts.note(now_s, &name, "login refused", "", &address);
        return Err(Refusal::WrongPassword);
    };
    app.tries.right(&name, &address);
    app.accounts.note(now_s, &name, "login", "", &address)?;
    begin(&app, user)
}

/// Makes the first admin and logs in.
#[utoipa::path(post, path = "/setup", request_body = SetUp, responses(
    (status = 200, body = SessionView),
    (status = 403, body = ErrorView, description = "not the secret, or used already"),
))]
pub async fn setup(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Json(first): Json<SetUp>,
) -> Result<Response, Refusal> {
    let (address, now_s) = (peer.ip().to_string(), app.clock.now().seconds());
    if let Some(wait_s) = app.tries.wait_s("", &address, now_s) {
        return Err(Refusal::TooMany(wait_s));
    }
    let (made, name) = (app.clone(), first.name.clone());
    let work = move || made.accounts.set_up(&first.token, &first.name, &first.password);
    if !hashing(&app, work).await?? {
        app.tries.wrong("", &address, now_s);
        return Err(Refusal::NotTheSecret);
    }
    app.accounts.note(now_s, &name, "set up", "", &address)?;
    begin(&app, User { name, role: crate::accounts::Role::Admin })
}

/// Ends the session.
#[utoipa::path(post, path = "/logout", responses((status = 200, body = SessionView)))]
pub async fn logout(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Refusal> {
    if let Some(cookie) = cookie(&headers) {
        app.accounts.end(cookie)?;
    }
    let gone = format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    Ok(([(header::SET_COOKIE, gone)], view(&app, None, None)).into_response())
}

/// Hashing takes a core and tens of MiB: away from the other requests, and few at a time.
async fn hashing<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    let broken = |e: &dyn std::error::Error| Refusal::Broken(e.to_string());
    let _place = app.hashing.acquire().await.map_err(|e| broken(&e))?;
    tokio::task::spawn_blocking(work).await.map_err(|e| broken(&e))
}

fn begin(app: &App, user: User) -> Result<Response, Refusal> {
    let (secret, csrf) = app.accounts.begin(&user.name, app.clock.now().seconds())?;
    let secure = if app.tls { "; Secure" } else { "" };
    let cookie = format!(
        "{COOKIE}={secret}; Path=/; Max-Age={SESSION_S:.0}; HttpOnly; SameSite=Strict{secure}"
    );
    Ok(([(header::SET_COOKIE, cookie)], view(app, Some(user), Some(csrf))).into_response())
}
