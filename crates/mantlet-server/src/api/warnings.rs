//! What an operator may do to a warning.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use mantlet::exchange::WARNING_COLUMNS;
use serde::Deserialize;
use tokio::sync::oneshot;
use utoipa::ToSchema;

use crate::live::{Order, Reply};
use crate::store;

use super::App;
use super::guard::{ErrorView, Operator, Refusal};

/// Why a warning is ended.
#[derive(Deserialize, ToSchema)]
pub struct Reason {
    /// For the audit log; not empty.
    pub reason: String,
}

/// An operator has seen a warning.
#[utoipa::path(post, path = "/warnings/{alert_id}/acknowledge", params(("alert_id" = String, Path)),
    responses((status = 204), (status = 404, body = ErrorView, description = "not in force")))]
pub async fn acknowledge(
    State(app): State<Arc<App>>,
    Operator(user): Operator,
    Path(alert_id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let (id, who) = (alert_id.clone(), user.name.clone());
    ask(&app, |reply| Order::Acknowledge { alert_id: id, who, reply }).await?;
    let now_s = app.clock.now().seconds();
    app.accounts.note(now_s, &user.name, "acknowledge", &alert_id, "")?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a warning. If what it warned of is still there, a new one begins at once.
#[utoipa::path(post, path = "/warnings/{alert_id}/cancel", params(("alert_id" = String, Path)),
    request_body = Reason,
    responses((status = 204), (status = 404, body = ErrorView, description = "not in force")))]
pub async fn cancel(
    State(app): State<Arc<App>>,
    Operator(user): Operator,
    Path(alert_id): Path<String>,
    Json(why): Json<Reason>,
) -> Result<StatusCode, Refusal> {
    let reason = why.reason.trim();
    if reason.is_empty() || reason.chars().count() > 500 {
        return Err(Refusal::Wrong("reason: expected 1 to 500 characters".into()));
    }
    let id = alert_id.clone();
    ask(&app, |reply| Order::Cancel { alert_id: id, reply }).await?;
    app.accounts.note(app.clock.now().seconds(), &user.name, "cancel", &alert_id, reason)?;
    Ok(StatusCode::NO_CONTENT)
}

/// All warnings ever issued, as warnings.csv.
#[utoipa::path(get, path = "/warnings.csv",
    responses((status = 200, content_type = "text/csv", body = String)))]
pub async fn table(State(app): State<Arc<App>>) -> Result<Response, Refusal> {
    let path = app.warnings.clone();
    let lines = tokio::task::spawn_blocking(move || store::lines(&path)).await;
    let broken = |e: &dyn std::error::Error| Refusal::Broken(e.to_string());
    let lines = lines.map_err(|e| broken(&e))?.map_err(|e| broken(&e))?;
    let mut csv = format!("{WARNING_COLUMNS}\n");
    for line in lines {
        csv += &line;
        csv.push('\n');
    }
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], csv).into_response())
}

/// Gives the writer an order and waits for what it says.
async fn ask(app: &App, order: impl FnOnce(Reply) -> Order) -> Result<(), Refusal> {
    let ended = || Refusal::Broken("the service is ending".into());
    let (reply, answer) = oneshot::channel();
    if !app.queue.order(order(reply)) {
        return Err(ended());
    }
    Ok(answer.await.map_err(|_| ended())??)
}
