//! What the region knows of each site: messages in, reports and views out.
//!
//! Nothing here waits or sends: time is given, so that a test can let a link go down.

use std::collections::BTreeMap;

use mantlet::frames::Datum;
use mantlet::region::{Fused, Report};
use mantlet::time::Timestamp;

use super::convert;
use super::wire::{AboutMessage, FaultMessage, PictureMessage, RadarMessage, TrackMessage};
use crate::picture::{FaultView, SensorView, WarningView, time_view};

/// A site that is not heard for so long shows no tracks any more, s. Chosen: longer than
/// most rounds fly, so that the last that was known stays until it has landed.
const FORGET_S: f64 = 60.0;

/// A site.
#[derive(Debug, Default)]
pub struct SiteKnown {
    /// Its name in subjects.
    pub id: String,
    /// What it tells of itself.
    pub about: Option<AboutMessage>,
    epoch: u64,
    number: u64,
    /// Nothing was missed since the last whole picture.
    current: bool,
    tracks: BTreeMap<u64, TrackMessage>,
    warnings: Vec<WarningView>,
    radars: Vec<RadarMessage>,
    faults: Vec<FaultMessage>,
    time_s: f64,
    /// Everything there is simulated.
    pub exercise: bool,
    arrived: Option<Timestamp>,
    since: Timestamp,
}

impl SiteKnown {
    /// A site of which nothing is known yet.
    pub fn new(id: &str, now: Timestamp) -> Self {
        Self { id: id.into(), since: now, ..Self::default() }
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        self.about.as_ref().map_or(&self.id, |a| &a.name)
    }

    /// Takes a picture or a delta; whether a whole one must be asked for.
    pub fn take(&mut self, message: PictureMessage, now: Timestamp) -> bool {
        if message.epoch < self.epoch {
            return false;
        }
        let follows = message.epoch == self.epoch && message.number == self.number + 1;
        let repeats = message.epoch == self.epoch && message.number <= self.number;
        if repeats {
            return false;
        }
        (self.epoch, self.number) = (message.epoch, message.number);
        self.current = message.whole || (self.current && follows);
        if !self.current {
            return true;
        }
        if message.whole {
            self.tracks.clear();
        }
        message.gone.iter().for_each(|id| {
            self.tracks.remove(id);
        });
        self.tracks.extend(message.tracks.into_iter().map(|t| (t.id, t)));
        self.warnings = message.warnings.unwrap_or_else(|| std::mem::take(&mut self.warnings));
        self.radars = message.radars.unwrap_or_else(|| std::mem::take(&mut self.radars));
        self.faults = message.faults.unwrap_or_else(|| std::mem::take(&mut self.faults));
        (self.time_s, self.exercise) = (message.time_s, message.exercise);
        self.arrived = Some(now);
        false
    }

    /// Whether it is heard.
    pub fn is_heard(&self, now: Timestamp, stale_after_s: f64) -> bool {
        self.arrived.is_some_and(|at| now.since_s(at) <= stale_after_s)
    }

    /// Its warnings in force.
    pub fn warnings(&self) -> &[WarningView] {
        &self.warnings
    }

    /// Its tracks, for the region.
    pub fn reports(
        &self,
        site: usize,
        heard: bool,
        datum: &Datum,
        now: Timestamp,
        out: &mut Vec<Report>,
    ) {
        if self.arrived.is_none_or(|at| now.since_s(at) > FORGET_S) {
            return;
        }
        out.extend(self.tracks.values().filter_map(|t| convert::report(t, site, heard, datum)));
    }

    /// The site as if it were a radar of the region's.
    pub fn view(&self, heard: bool) -> SensorView {
        let silent = self.radars.iter().filter(|r| r.state == "silent").count();
        SensorView {
            id: self.id.clone(),
            state: match (heard, self.radars.len()) {
                (false, _) => "silent",
                (true, radars) if radars > 0 && silent == radars => "blind",
                (true, _) => "ok",
            },
            last_scan_s: self.arrived.map(|_| self.time_s),
            plots_per_scan: 0.0,
            rejected: 0,
        }
    }

    /// What an operator must know of it.
    pub fn faults(&self, heard: bool, now: Timestamp) -> Vec<FaultView> {
        let since = self.arrived.unwrap_or(self.since);
        let fault = |code: String, text: String| FaultView {
            code,
            text,
            since_s: time_view(since.seconds()),
        };
        let name = self.name();
        if heard {
            let own = self.faults.iter();
            let told = own
                .map(|f| fault(format!("{}/{}", self.id, f.code), format!("{name}: {}", f.text)));
            return told.collect();
        }
        let (code, text) = match self.arrived {
            None => (
                "site_unheard",
                format!("{name} has not been heard yet: nothing is known of its sky"),
            ),
            Some(at) if now.since_s(at) > FORGET_S => (
                "site_gone",
                format!(
                    "{name} is not heard: nothing is known of its sky, and the region warns in \
                     its place of what other sites see"
                ),
            ),
            Some(_) => (
                "site_stale",
                format!(
                    "{name} is not heard: its tracks are as they were last, and the region warns \
                     in its place"
                ),
            ),
        };
        vec![fault(format!("{code}:{}", self.id), text)]
    }

    /// Its warnings as the region shows them; tracks by their numbers there.
    pub fn region_warnings<'s>(
        &'s self,
        fused: impl Fn(u64) -> u64 + 's,
    ) -> impl Iterator<Item = WarningView> + 's {
        self.warnings.iter().map(move |w| WarningView {
            alert_id: format!("{}/{}", self.id, w.alert_id),
            zone_id: format!("{}/{}", self.id, w.zone_id),
            zone_name: format!("{}, {}", w.zone_name, self.name()),
            track_ids: w.track_ids.iter().map(|id| fused(*id)).collect(),
            ..w.clone()
        })
    }
}

/// The region's number of each site's track.
pub fn numbers(tracks: &[Fused], reports: &[Report]) -> BTreeMap<(usize, u64), u64> {
    let of = |f: &Fused| {
        let id = f.id;
        let key = |i: &usize| ((reports[*i].site, reports[*i].track_id), id);
        f.members.iter().map(key).collect::<Vec<_>>()
    };
    tracks.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time_s: f64) -> Timestamp {
        Timestamp::from_seconds(1e9 + time_s).unwrap()
    }

    fn message(epoch: u64, number: u64, whole: bool, gone: Vec<u64>) -> PictureMessage {
        PictureMessage {
            site: "cedar".into(),
            epoch,
            number,
            whole,
            sent_s: 0.0,
            time_s: number as f64,
            exercise: false,
            tracks: Vec::new(),
            gone,
            warnings: None,
            radars: None,
            faults: None,
        }
    }

    #[test]
    fn who_misses_a_delta_waits_for_a_whole_picture() {
        let mut site = SiteKnown::new("cedar", at(0.0));
        assert!(site.take(message(1, 4, false, vec![]), at(0.0)), "nothing to change yet");
        assert!(!site.take(message(1, 5, true, vec![]), at(1.0)));
        assert!(!site.take(message(1, 6, false, vec![]), at(1.5)));
        assert_eq!(site.view(true).last_scan_s, Some(6.0));
        assert!(site.take(message(1, 8, false, vec![]), at(2.0)), "7 is missing");
        assert!(site.take(message(1, 9, false, vec![]), at(2.5)), "and still is");
        assert_eq!(site.view(true).last_scan_s, Some(6.0));
        assert!(!site.take(message(1, 10, true, vec![]), at(3.0)));
        // Again, out of order, and of an earlier start: nothing changes.
        assert!(!site.take(message(1, 10, true, vec![]), at(3.0)));
        assert!(!site.take(message(0, 99, true, vec![]), at(3.0)));
        assert_eq!(site.view(true).last_scan_s, Some(10.0));
        // A new start counts from one.
        assert!(!site.take(message(2, 1, true, vec![]), at(4.0)));
        assert_eq!(site.view(true).last_scan_s, Some(1.0));
    }

    #[test]
    fn a_site_that_falls_silent_is_shown_stale_and_then_forgotten() {
        let mut site = SiteKnown::new("cedar", at(0.0));
        assert!(site.faults(false, at(1.0))[0].text.contains("has not been heard yet"));
        site.take(message(1, 1, true, vec![]), at(2.0));
        assert!(site.is_heard(at(6.0), 5.0) && !site.is_heard(at(7.5), 5.0));
        assert_eq!(site.view(true).state, "ok");
        assert_eq!(site.view(false).state, "silent");
        assert!(site.faults(false, at(9.0))[0].text.contains("as they were last"));
        assert!(site.faults(false, at(80.0))[0].text.contains("nothing is known of its sky"));
        assert_eq!(site.faults(false, at(80.0))[0].code, "site_gone:cedar");
    }

    #[test]
    fn a_sites_own_fault_comes_with_its_name_before_code_and_text() {
        let mut site = SiteKnown::new("cedar", at(0.0));
        let fault = FaultMessage { code: "siren:gate".into(), text: "It is down".into() };
        let told = PictureMessage { faults: Some(vec![fault]), ..message(1, 1, true, vec![]) };
        site.take(told, at(0.0));
        let shown = &site.faults(true, at(1.0))[0];
        assert_eq!(
            (shown.code.as_str(), shown.text.as_str()),
            ("cedar/siren:gate", "cedar: It is down")
        );
    }
}
