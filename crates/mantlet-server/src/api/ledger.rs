//! The record: incidents, whether a lull is real, and their pictures.
//!
//! The answers are those of `mantlet ledger list`, `show` and `lull` with `--json`, from
//! the ledger in the service's data folder.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use mantlet::ledger::{
    Day, Filter, Kind, Ledger, LedgerError, LedgerPicture, LullQuestion, Reality, Setting,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::App;
use super::guard::{ErrorView, Refusal};
use super::picture::json;

/// Most incidents in one answer. Chosen: some megabytes.
const LIMIT_MAX: usize = 10_000;

/// Which incidents.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only this kind, such as rocket; all kinds when absent.
    kind: Option<String>,
    /// Only in, beside or outside the site, or unknown.
    r#where: Option<String>,
    /// First day, YYYY-MM-DD.
    from: Option<String>,
    /// Last day, YYYY-MM-DD.
    to: Option<String>,
    /// At most so many; 200 when absent.
    limit: Option<usize>,
}

/// What is asked about a lull.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// First day of the supposed lull, YYYY-MM-DD; when absent a change at any date is
    /// sought.
    since: Option<String>,
    /// Only this kind, such as rocket; all kinds together when absent.
    kind: Option<String>,
    /// Only in, beside or outside the site, or unknown; when absent in the site, if the
    /// record has any such.
    r#where: Option<String>,
    /// First day looked at, YYYY-MM-DD.
    from: Option<String>,
    /// Last day looked at, YYYY-MM-DD.
    to: Option<String>,
}

/// An empty value is an absent one, as forms send them.
fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().filter(|v| !v.is_empty())
}

fn day(name: &str, value: &Option<String>) -> Result<Option<Day>, Refusal> {
    let wrong = |v: &str| Refusal::Wrong(format!("{name}: {v}: expected a day as YYYY-MM-DD"));
    given(value).map(|v| v.parse().map_err(|_| wrong(v))).transpose()
}

fn kind(value: &Option<String>) -> Result<Option<Kind>, Refusal> {
    let wrong = |v: &str| Refusal::Wrong(format!("kind: {v}: expected {}", Kind::expected()));
    given(value).map(|v| Kind::from_name(v).ok_or_else(|| wrong(v))).transpose()
}

fn settings(value: &Option<String>) -> Result<Vec<Setting>, Refusal> {
    let wrong = |v: &str| Refusal::Wrong(format!("where: {v}: expected {}", Setting::expected()));
    let found = given(value).map(|v| Setting::from_name(v).ok_or_else(|| wrong(v))).transpose()?;
    Ok(found.into_iter().collect())
}

impl Asked {
    fn question(&self) -> Result<LullQuestion, Refusal> {
        Ok(LullQuestion {
            kind: kind(&self.kind)?,
            settings: settings(&self.r#where)?,
            since: day("since", &self.since)?,
            from: day("from", &self.from)?,
            to: day("to", &self.to)?,
            doubt_days: None,
        })
    }
}

/// Asks the ledger on a thread that may wait for the disk.
async fn asked<T: Send + 'static>(
    app: &App,
    ask: impl FnOnce(&Ledger) -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, Refusal> {
    let path = app.ledger.clone();
    let work = move || Ledger::open_existing(&path).and_then(|ledger| ask(&ledger));
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| Refusal::Broken(e.to_string()))?.map_err(|e| match e {
        LedgerError::Missing { .. } => {
            Refusal::Missing("no ledger yet: the first raid or import makes one".into())
        }
        LedgerError::NoIncident { .. } => Refusal::Missing(e.to_string()),
        LedgerError::Question(text) => Refusal::Wrong(text.replace("--", "")),
        _ => Refusal::Broken(e.to_string()),
    })
}

fn text(value: &impl serde::Serialize) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec(value).map_err(|e| Refusal::Broken(e.to_string()))
}

/// Incidents, the newest first: `{total, incidents}`; exercises too in an exercise.
#[utoipa::path(get, path = "/ledger/incidents", params(Which),
    responses((status = 200, content_type = "application/json", body = serde_json::Value),
        (status = 400, body = ErrorView), (status = 404, body = ErrorView, description = "no ledger")))]
pub async fn incidents(
    State(app): State<Arc<App>>,
    Query(which): Query<Which>,
) -> Result<Response, Refusal> {
    let filter = Filter {
        kind: kind(&which.kind)?,
        settings: settings(&which.r#where)?,
        from: day("from", &which.from)?,
        to: day("to", &which.to)?,
        thwarted: true,
        reality: if app.exercise { Reality::Both } else { Reality::Real },
        ..Filter::default()
    };
    let limit = which.limit.unwrap_or(200).min(LIMIT_MAX);
    let (incidents, total) = asked(&app, move |ledger| ledger.list(&filter, limit)).await?;
    let all = serde_json::json!({ "total": total, "incidents": incidents });
    Ok(json(text(&all)?.into()).await)
}

/// One incident with everything that its sources say, and its tracks.
#[utoipa::path(get, path = "/ledger/incidents/{id}", params(("id" = String, Path)),
    responses((status = 200, content_type = "application/json", body = serde_json::Value),
        (status = 404, body = ErrorView)))]
pub async fn incident(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let dossier = asked(&app, move |ledger| ledger.show(&id)).await?;
    Ok(json(text(&dossier)?.into()).await)
}

/// Whether a lull is real: the verdict in a sentence, what it does not show, and every
/// figure behind it.
#[utoipa::path(get, path = "/ledger/lull", params(Asked),
    responses((status = 200, content_type = "application/json", body = serde_json::Value),
        (status = 400, body = ErrorView), (status = 404, body = ErrorView, description = "no ledger")))]
pub async fn lull(
    State(app): State<Arc<App>>,
    Query(question): Query<Asked>,
) -> Result<Response, Refusal> {
    let question = question.question()?;
    let lull = asked(&app, move |ledger| ledger.lull(&question)).await?;
    Ok(json(text(&lull)?.into()).await)
}

/// A picture of the record: timeline.svg, cumulative.svg, calendar.svg or map.svg.
#[utoipa::path(get, path = "/ledger/pictures/{file}", params(("file" = String, Path), Asked),
    responses((status = 200, content_type = "image/svg+xml", body = String),
        (status = 400, body = ErrorView), (status = 404, body = ErrorView)))]
pub async fn picture(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(question): Query<Asked>,
) -> Result<Response, Refusal> {
    let which = file.strip_suffix(".svg").and_then(LedgerPicture::from_name);
    let which = which.ok_or_else(|| Refusal::Missing(format!("{file}: no such picture")))?;
    let question = question.question()?;
    let svg = asked(&app, move |ledger| {
        let lull = ledger.lull(&question)?;
        ledger.draw(which, &question, &lull)
    })
    .await?;
    let head = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "no-store")];
    Ok((head, svg).into_response())
}
