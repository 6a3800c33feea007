//! What changed between two pictures, so that a thousand browsers are not sent the whole
//! sky four times a second.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::picture::{
    Counters, DebrisView, EngagementView, FaultView, ImpactView, PictureView, SensorView,
    SirenView, TrackView, WarningView,
};

/// What changed in a list: entries that are new or different, and the keys of those gone.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Change<T, K> {
    /// New or different.
    pub put: Vec<T>,
    /// No longer there.
    pub gone: Vec<K>,
}

/// What changed since the event before. A list that is absent did not change.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Delta {
    /// Number of this event.
    pub revision: u64,
    /// Data time, Unix s.
    pub time_s: f64,
    /// The clock's state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<&'static str>,
    /// By `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracks: Option<Change<TrackView, u64>>,
    /// By `track_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impacts: Option<Change<ImpactView, u64>>,
    /// By `alert_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warnings: Option<Change<WarningView, String>>,
    /// By `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensors: Option<Change<SensorView, String>>,
    /// By `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sirens: Option<Change<SirenView, String>>,
    /// By `code`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faults: Option<Change<FaultView, String>>,
    /// Whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engagements: Option<Vec<EngagementView>>,
    /// Whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debris: Option<Vec<DebrisView>>,
    /// Whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counters: Option<Counters>,
}

impl Delta {
    /// From an older picture to a newer one.
    pub fn between(old: &PictureView, new: &PictureView) -> Self {
        Self {
            revision: new.revision,
            time_s: new.time_s,
            clock: (old.clock != new.clock).then_some(new.clock),
            tracks: change(&old.tracks, &new.tracks, |t| t.id),
            impacts: change(&old.impacts, &new.impacts, |i| i.track_id),
            warnings: change(&old.warnings, &new.warnings, |w| w.alert_id.clone()),
            sensors: change(&old.sensors, &new.sensors, |s| s.id.clone()),
            sirens: change(&old.sirens, &new.sirens, |s| s.id.clone()),
            faults: change(&old.faults, &new.faults, |f| f.code.clone()),
            engagements: whole(&old.engagements, &new.engagements),
            debris: whole(&old.debris, &new.debris),
            counters: (old.counters != new.counters).then_some(new.counters),
        }
    }

    /// Whether nothing but time changed.
    pub fn is_empty(&self) -> bool {
        self.clock.is_none()
            && self.tracks.is_none()
            && self.impacts.is_none()
            && self.warnings.is_none()
            && self.sensors.is_none()
            && self.sirens.is_none()
            && self.faults.is_none()
            && self.engagements.is_none()
            && self.debris.is_none()
            && self.counters.is_none()
    }
}

fn whole<T: Clone + PartialEq>(old: &[T], new: &[T]) -> Option<Vec<T>> {
    (old != new).then(|| new.to_vec())
}

fn change<T: Clone + PartialEq, K: Ord>(
    old: &[T],
    new: &[T],
    key: impl Fn(&T) -> K,
) -> Option<Change<T, K>> {
    if old == new {
        return None;
    }
    let mut before: BTreeMap<K, &T> = old.iter().map(|entry| (key(entry), entry)).collect();
    let mut put = Vec::new();
    for entry in new {
        if before.remove(&key(entry)) != Some(entry) {
            put.push(entry.clone());
        }
    }
    Some(Change { put, gone: before.into_keys().collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn siren(id: &str, state: &'static str) -> SirenView {
        SirenView { id: id.into(), state }
    }

    #[test]
    fn a_delta_holds_what_is_new_what_differs_and_what_is_gone() {
        let old = PictureView {
            sirens: vec![siren("a", "confirmed"), siren("b", "confirmed"), siren("c", "down")],
            ..PictureView::default()
        };
        let new = PictureView {
            revision: 7,
            sirens: vec![siren("a", "confirmed"), siren("b", "down"), siren("d", "pending")],
            ..PictureView::default()
        };
        let delta = Delta::between(&old, &new);
        let sirens = delta.sirens.clone().unwrap();
        assert_eq!(sirens.put, [siren("b", "down"), siren("d", "pending")]);
        assert_eq!(sirens.gone, ["c"]);
        assert!(!delta.is_empty());
        let text = serde_json::to_string(&delta).unwrap();
        assert!(!text.contains("tracks"), "{text}");
        assert!(Delta::between(&new, &new).is_empty());
    }
}
