//! What was: the warnings of the past for the review of raids, and how much there was at
//! each moment of the last hour.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use mantlet::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::accounts::Deed;
use crate::history::{self, HourView};
use crate::picture::time_view;
use crate::store::{self, Said};

use super::App;
use super::guard::{ErrorView, Refusal};
use super::picture::Span;

/// Alerts in one answer at most.
const ALERTS_MAX: u32 = 1000;

/// How many alerts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Limit {
    /// The latest so many; 200 when absent, 1000 at most.
    limit: Option<u32>,
}

/// An alert from its first message to its last, in force or over.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct PastWarningView {
    /// Its name.
    pub alert_id: String,
    /// The zone.
    pub zone_id: String,
    /// When it was issued, Unix s.
    pub since_s: f64,
    /// When it was cleared, Unix s; none while it is in force.
    pub cleared_s: Option<f64>,
    /// The earliest impact that it was ever about, Unix s.
    pub impact_time_s: Option<f64>,
    /// The highest chance of a hit that it stated.
    pub probability: f64,
    /// Messages.
    pub versions: u32,
    /// Tracks that any of them named, ascending.
    pub track_ids: Vec<u64>,
    /// The operator who acknowledged it.
    pub acknowledged_by: Option<String>,
    /// The operator who ended it by hand.
    pub cancelled_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Alerts of the past.
#[derive(Debug, Serialize, ToSchema)]
pub struct PastWarningsView {
    /// The latest first.
    pub warnings: Vec<PastWarningView>,
}

/// The latest alerts, in force and over.
#[utoipa::path(get, path = "/warnings", params(Limit), responses((status = 200, body = PastWarningsView)))]
pub async fn warnings(
    State(app): State<Arc<App>>,
    Query(limit): Query<Limit>,
) -> Result<Json<PastWarningsView>, Refusal> {
    let limit = limit.limit.unwrap_or(200).min(ALERTS_MAX);
    let path = app.warnings.clone();
    let said = tokio::task::spawn_blocking(move || store::latest_alerts(&path, limit)).await;
    let broken = |e: &dyn std::error::Error| Refusal::Broken(e.to_string());
    let said = said.map_err(|e| broken(&e))?.map_err(|e| broken(&e))?;
    Ok(Json(PastWarningsView { warnings: alerts(&said, &app.accounts.audit()?) }))
}

/// How much there was in the last hour, a row a step.
#[utoipa::path(get, path = "/timeline", params(Span),
    responses((status = 200, body = HourView), (status = 400, body = ErrorView)))]
pub async fn timeline(
    State(app): State<Arc<App>>,
    Query(span): Query<Span>,
) -> Result<Json<HourView>, Refusal> {
    let (from_s, to_s, step_s) = span.checked(app.clock.now().seconds())?;
    let path = app.history.clone();
    let read = move || history::hour(&path, from_s, to_s, step_s);
    let broken = |e: &dyn std::error::Error| Refusal::Broken(e.to_string());
    let found = tokio::task::spawn_blocking(read).await.map_err(|e| broken(&e))?;
    Ok(Json(found.map_err(|e| broken(&e))?))
}

/// Messages gathered by alert, the latest alert first.
fn alerts(said: &[Said], deeds: &[Deed]) -> Vec<PastWarningView> {
    let mut all: Vec<PastWarningView> = Vec::new();
    for message in said {
        let time_s = time_view(Timestamp::from_nanos(message.time_ns).seconds());
        let at = match all.iter().position(|a| a.alert_id == message.alert_id) {
            Some(at) => at,
            None => {
                let deed =
                    deeds.iter().find(|d| d.action == "cancel" && d.target == message.alert_id);
                all.push(PastWarningView {
                    alert_id: message.alert_id.clone(),
                    zone_id: message.zone_id.clone(),
                    since_s: time_s,
                    cleared_s: None,
                    impact_time_s: None,
                    probability: 0.0,
                    versions: 0,
                    track_ids: Vec::new(),
                    acknowledged_by: message.acknowledged_by.clone(),
                    cancelled_by: deed.map(|d| d.who.clone()),
                    reason: deed.map(|d| d.detail.clone()),
                });
                all.len() - 1
            }
        };
        let alert = &mut all[at];
        alert.versions += 1;
        if message.action == "clear" {
            alert.cleared_s = Some(time_s);
        } else {
            alert.take(&message.line);
        }
    }
    all.reverse();
    all
}

impl PastWarningView {
    /// Takes in a line of warnings.csv; its last columns are `impact_time_s`,
    /// `probability`, `seconds_left` and `track_ids`.
    fn take(&mut self, line: &str) {
        let mut from_the_end = line.rsplit(',');
        let tracks = from_the_end.next().unwrap_or_default();
        let _seconds_left = from_the_end.next();
        let mut number = || from_the_end.next().and_then(|n| n.parse::<f64>().ok());
        self.probability = number().unwrap_or(0.0).max(self.probability);
        if let Some(impact_s) = number() {
            let first_s = self.impact_time_s.map_or(impact_s, |s| s.min(impact_s));
            self.impact_time_s = Some(time_view(first_s));
        }
        self.track_ids.extend(tracks.split_whitespace().filter_map(|id| id.parse::<u64>().ok()));
        self.track_ids.sort_unstable();
        self.track_ids.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(alert_id: &str, action: &str, time_s: i64, line: &str) -> Said {
        Said {
            alert_id: alert_id.into(),
            zone_id: "school".into(),
            action: action.into(),
            time_ns: time_s * 1_000_000_000,
            line: line.into(),
            acknowledged_by: None,
        }
    }

    #[test]
    fn an_alert_is_one_row_from_its_first_message_to_its_last() {
        let deed = Deed {
            time_s: 130.0,
            who: "omar".into(),
            action: "cancel".into(),
            target: "school-2".into(),
            detail: "a drill".into(),
        };
        let rows = alerts(
            &[
                said(
                    "school-1",
                    "warn",
                    100,
                    "100.000,school-1,school,warn,126.400,0.1902,26.40,23",
                ),
                said(
                    "school-1",
                    "update",
                    104,
                    "104.000,school-1,school,update,125.900,0.4000,21.90,23 25",
                ),
                said(
                    "school-2",
                    "warn",
                    120,
                    "120.000,school-2,school,warn,150.000,0.3000,30.00,7",
                ),
                said(
                    "school-1",
                    "clear",
                    146,
                    "146.000,school-1,school,clear,125.900,0.0000,0.00,",
                ),
            ],
            &[deed],
        );
        assert_eq!(
            rows.iter().map(|r| r.alert_id.as_str()).collect::<Vec<_>>(),
            ["school-2", "school-1"]
        );
        assert_eq!((rows[0].cleared_s, rows[0].cancelled_by.as_deref()), (None, Some("omar")));
        assert_eq!((rows[1].since_s, rows[1].cleared_s), (100.0, Some(146.0)));
        assert_eq!((rows[1].impact_time_s, rows[1].probability), (Some(125.9), 0.4));
        assert_eq!((rows[1].versions, &rows[1].track_ids[..]), (3, &[23, 25][..]));
    }
}
