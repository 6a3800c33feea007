//! Who is who: users, tokens, the audit log. For admins.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::{Deed, Role, Token, User};

use super::App;
use super::guard::{Admin, ErrorView, Refusal};

/// A user to be.
#[derive(Deserialize, ToSchema)]
pub struct NewUser {
    /// The name.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// The password, at least ten characters.
    pub password: String,
}

/// A token to be.
#[derive(Deserialize, ToSchema)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: Role,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
pub struct MadeToken {
    /// Its number.
    pub id: i64,
    /// What to send as `Authorization: Bearer`; told only now.
    pub token: String,
}

/// What was done, the latest first.
#[utoipa::path(get, path = "/audit", responses((status = 200, body = Vec<Deed>)))]
pub async fn audit(State(app): State<Arc<App>>, _: Admin) -> Result<Json<Vec<Deed>>, Refusal> {
    Ok(Json(app.accounts.audit()?))
}

/// The users.
#[utoipa::path(get, path = "/users", responses((status = 200, body = Vec<User>)))]
pub async fn users(State(app): State<Arc<App>>, _: Admin) -> Result<Json<Vec<User>>, Refusal> {
    Ok(Json(app.accounts.users()?))
}

/// Adds a user.
#[utoipa::path(post, path = "/users", request_body = NewUser,
    responses((status = 204), (status = 409, body = ErrorView, description = "taken")))]
pub async fn add_user(
    State(app): State<Arc<App>>,
    Admin(admin): Admin,
    Json(new): Json<NewUser>,
) -> Result<StatusCode, Refusal> {
    let (made, name, role) = (app.clone(), new.name.clone(), new.role);
    let work = move || made.accounts.add_user(&new.name, new.role, &new.password);
    tokio::task::spawn_blocking(work).await.map_err(|e| Refusal::Broken(e.to_string()))??;
    let detail = format!("{role:?}").to_lowercase();
    app.accounts.note(app.clock.now().seconds(), &admin.name, "add user", &name, &detail)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a user.
#[utoipa::path(delete, path = "/users/{name}", params(("name" = String, Path)),
    responses((status = 204), (status = 404, body = ErrorView), (status = 409, body = ErrorView)))]
pub async fn remove_user(
    State(app): State<Arc<App>>,
    Admin(admin): Admin,
    Path(name): Path<String>,
) -> Result<StatusCode, Refusal> {
    app.accounts.remove_user(&name)?;
    app.accounts.note(app.clock.now().seconds(), &admin.name, "remove user", &name, "")?;
    Ok(StatusCode::NO_CONTENT)
}

/// The tokens of machines, without what proves them.
#[utoipa::path(get, path = "/tokens", responses((status = 200, body = Vec<Token>)))]
pub async fn tokens(State(app): State<Arc<App>>, _: Admin) -> Result<Json<Vec<Token>>, Refusal> {
    Ok(Json(app.accounts.tokens()?))
}

/// Makes a token.
#[utoipa::path(post, path = "/tokens", request_body = NewToken,
    responses((status = 200, body = MadeToken)))]
pub async fn add_token(
    State(app): State<Arc<App>>,
    Admin(admin): Admin,
    Json(new): Json<NewToken>,
) -> Result<Json<MadeToken>, Refusal> {
    let now_s = app.clock.now().seconds();
    let (id, token) = app.accounts.add_token(&new.name, new.role, now_s)?;
    app.accounts.note(now_s, &admin.name, "add token", &new.name, "")?;
    Ok(Json(MadeToken { id, token }))
}

/// Removes a token.
#[utoipa::path(delete, path = "/tokens/{id}", params(("id" = i64, Path)),
    responses((status = 204), (status = 404, body = ErrorView)))]
pub async fn remove_token(
    State(app): State<Arc<App>>,
    Admin(admin): Admin,
    Path(id): Path<i64>,
) -> Result<StatusCode, Refusal> {
    app.accounts.remove_token(id)?;
    let now_s = app.clock.now().seconds();
    app.accounts.note(now_s, &admin.name, "remove token", &id.to_string(), "")?;
    Ok(StatusCode::NO_CONTENT)
}
