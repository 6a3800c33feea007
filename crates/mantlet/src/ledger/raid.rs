//! Incidents from the live service, entered by themselves with their tracks.
//!
//! In: what the pipeline knows after each scan, and what it said. Out: a [`Raid`] once
//! nothing has been coming down for [`QUIET_S`], or for each hour of one without such a
//! pause, and from it an incident: as many rounds
//! as tracks that came down as rounds do, where the first of them lands, who was warned
//! how many seconds ahead. It is a claim like any other, with the service as its source;
//! people's claims stand beside it.
//!
//! **Limits**: the day is the day in UTC, the kind the likeliest of the first round, and
//! a place is where a track was predicted to land, with its covariance. Nothing is said
//! of where a round came from.

use std::collections::BTreeMap;

use rusqlite::params;
use serde::Serialize;

use super::day::Day;
use super::error::{LedgerError, Result};
use super::incident::{Claim, Range, Stamp};
use super::store::Ledger;
use super::words::{DatePrecision, Kind, PlacePrecision, Setting};
use super::writer::Entered;
use crate::frames::Datum;
use crate::frames::Local;
use crate::prediction::Impact;
use crate::time::Timestamp;
use crate::tracking::Track;
use crate::warning::Action;
use crate::warning::Warning;
use crate::warning::Zone;

/// Data time without anything coming down after which a raid is over, s. chosen: longer
/// than any round of the next salvo stays unseen, shorter than the pause between raids
/// that people count as two.
pub const QUIET_S: f64 = 120.0;

/// Data time after which what is down of a raid is entered although more comes, s. chosen:
/// what a crash may lose, and what is held in memory, stays small under fire for days.
const LONGEST_S: f64 = 3600.0;

/// Chance of its kind from which on a track counts as surely a round. chosen: with the
/// doubtful ones counted too, the count has a low and a high.
const SURE: f64 = 0.9;

/// A track of a round, as far as it came.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RaidTrack {
    /// Its number in the tracker.
    pub track_id: u64,
    /// What it is.
    pub kind: &'static str,
    /// How surely.
    pub kind_probability: f64,
    /// First plot, Unix seconds UTC.
    pub first_plot_s: f64,
    /// Last plot, Unix seconds UTC.
    pub last_plot_s: f64,
    /// Plots in it.
    pub plots: u32,
    /// Predicted impact, Unix seconds UTC.
    pub impact_time_s: f64,
    /// Its standard deviation, s.
    pub impact_time_sigma_s: f64,
    /// Where, WGS84, deg.
    pub impact_lat_deg: f64,
    /// Where, WGS84, deg.
    pub impact_lon_deg: f64,
    /// Covariance of east and north: ee, en, nn, m².
    pub impact_covariance_m2: [f64; 3],
    /// In the site, beside it or elsewhere.
    pub setting: Setting,
}

/// What came down together.
#[derive(Clone, Debug, PartialEq)]
pub struct Raid {
    /// The site.
    pub site: String,
    /// Not real.
    pub exercise: bool,
    /// Its rounds, by their first plot.
    pub tracks: Vec<RaidTrack>,
    /// Seconds between the first word to a zone and the first impact it was warned of,
    /// by the zone's name.
    pub warned_s: BTreeMap<String, f64>,
}

/// Gathers what the pipeline knows into raids.
#[derive(Clone, Debug)]
pub struct RaidLog {
    site: String,
    datum: Datum,
    zones: Vec<Zone>,
    exercise: bool,
    /// Unix time of data time zero.
    zero: Timestamp,
    tracks: BTreeMap<u64, RaidTrack>,
    warned_s: BTreeMap<String, f64>,
    /// When something was first and last seen coming down.
    span: Option<[Timestamp; 2]>,
}

impl RaidLog {
    /// An empty log. `zero` is the instant that data time is counted from: the epoch for
    /// a live service, the start for a scenario.
    pub fn new(
        site: &str,
        datum: Datum,
        zones: Vec<Zone>,
        exercise: bool,
        zero: Timestamp,
    ) -> Self {
        Self {
            site: site.into(),
            datum,
            zones,
            exercise,
            zero,
            tracks: BTreeMap::new(),
            warned_s: BTreeMap::new(),
            span: None,
        }
    }

    /// Takes what is known at a data time; the raid that is over by then, if one is.
    pub fn see(&mut self, now: Timestamp, tracks: &[Track], impacts: &[Impact]) -> Option<Raid> {
        let ended = match self.span {
            Some([_, last]) if now.since_s(last) > QUIET_S => self.end(),
            Some([first, _]) if now.since_s(first) > LONGEST_S => self.part(impacts),
            _ => None,
        };
        for impact in impacts {
            let Some(track) = tracks.iter().find(|t| t.id == impact.track_id) else { continue };
            let seen = self.track(track, impact);
            self.tracks.insert(track.id, seen);
            let [first, last] = self.span.unwrap_or([now; 2]);
            self.span = Some([first, last.max(now)]);
        }
        ended
    }

    /// Takes what was said to the zones.
    pub fn said(&mut self, warnings: &[Warning]) {
        for warning in warnings.iter().filter(|w| w.action == Action::Warn) {
            let Some(zone) = self.zones.get(warning.zone) else { continue };
            self.warned_s.entry(zone.name.clone()).or_insert(warning.seconds_left);
        }
    }

    /// What is down by now of a raid that goes on; what is in the air, and who is warned,
    /// counts for the next part.
    fn part(&mut self, impacts: &[Impact]) -> Option<Raid> {
        let warned_s = self.warned_s.clone();
        let falls = |id: &u64| impacts.iter().any(|i| i.track_id == *id);
        let all = std::mem::take(&mut self.tracks);
        let (falling, down) = all.into_iter().partition(|(id, _)| falls(id));
        self.tracks = down;
        let part = self.end();
        (self.tracks, self.warned_s) = (falling, warned_s);
        part
    }

    /// Ends the raid in hand: the service stops, the recording is over. `None` where no
    /// round came.
    pub fn end(&mut self) -> Option<Raid> {
        let warned_s = std::mem::take(&mut self.warned_s);
        self.span = None;
        let mut tracks: Vec<RaidTrack> = std::mem::take(&mut self.tracks).into_values().collect();
        tracks.retain(|t| t.kind_probability > 0.5);
        tracks.sort_by(|a, b| a.first_plot_s.total_cmp(&b.first_plot_s));
        (!tracks.is_empty()).then(|| Raid {
            site: self.site.clone(),
            exercise: self.exercise,
            tracks,
            warned_s,
        })
    }

    fn unix_s(&self, data: Timestamp) -> f64 {
        Timestamp::from_nanos(data.nanos().saturating_add(self.zero.nanos())).seconds()
    }

    fn track(&self, track: &Track, impact: &Impact) -> RaidTrack {
        let place = self.datum.wgs84(Local::from(impact.position_enu_m));
        let c = &impact.covariance_en_m2;
        let (e_m, n_m) = (impact.position_enu_m.x, impact.position_enu_m.y);
        let inside = |protected: bool| {
            self.zones
                .iter()
                .any(|z| (z.kind.name() == "protected") == protected && z.contains(e_m, n_m))
        };
        let setting = match (inside(true), inside(false)) {
            (true, _) => Setting::In,
            (_, true) => Setting::Beside,
            _ => Setting::Outside,
        };
        RaidTrack {
            track_id: track.id,
            kind: impact.kind.name(),
            kind_probability: track.ballistic_probability(),
            first_plot_s: self.unix_s(track.first_plot),
            last_plot_s: self.unix_s(track.last_plot),
            plots: track.plot_count,
            impact_time_s: self.unix_s(impact.time),
            impact_time_sigma_s: impact.time_sigma_s,
            impact_lat_deg: place.lat_deg(),
            impact_lon_deg: place.lon_deg(),
            impact_covariance_m2: [c[(0, 0)], c[(0, 1)], c[(1, 1)]],
            setting,
        }
    }
}

impl Raid {
    /// What the service says of it: the incident's name, and the claim.
    ///
    /// # Errors
    /// When the raid has no tracks.
    pub fn claim(&self) -> Result<(String, Claim)> {
        let first_s = self.tracks.iter().map(|t| t.first_plot_s).fold(f64::INFINITY, f64::min);
        let day = Day::of_instant(first_s).ok_or_else(|| LedgerError::Field {
            field: "first_plot_s",
            seen: first_s.to_string(),
            expected: "Unix seconds of a raid with at least one track".into(),
        })?;
        let nearest = |t: &&RaidTrack| Setting::ALL.iter().position(|s| *s == t.setting);
        let inmost = self.tracks.iter().min_by_key(nearest);
        let kind = self.tracks.first().and_then(|t| Kind::from_name(t.kind));
        let mut claim = Claim::new(
            &format!("Mantlet at {}", self.site),
            day,
            DatePrecision::Minute,
            kind.unwrap_or(Kind::Unknown),
        );
        let number = |n: usize| n.min(u32::MAX as usize) as u32;
        let sure = self.tracks.iter().filter(|t| t.kind_probability >= SURE).count();
        let (low, high) = (number(sure), number(self.tracks.len()));
        claim.count = Some(Range { low, best: Some(high), high });
        claim.time_s = Some((first_s * 1e3).round() / 1e3);
        claim.exercise = self.exercise;
        claim.place = self.site.clone();
        if let Some(track) = inmost {
            claim.setting = track.setting;
            let degrees = |deg: f64| Some((deg * 1e6).round() / 1e6);
            claim.lat_deg = degrees(track.impact_lat_deg);
            claim.lon_deg = degrees(track.impact_lon_deg);
            claim.place_precision = PlacePrecision::Exact;
        }
        claim.warned = Some(!self.warned_s.is_empty());
        let least = self.warned_s.values().copied().fold(f64::INFINITY, f64::min);
        claim.warning_s = least.is_finite().then(|| (least * 10.0).round() / 10.0);
        let words: Vec<String> =
            self.warned_s.iter().map(|(zone, s)| format!("{zone} {s:.1} s ahead")).collect();
        if !words.is_empty() {
            claim.note = format!("warned: {}", words.join(", "));
        }
        let start = time_of_day(first_s);
        Ok((format!("{} {day} {start}", self.site), claim))
    }
}

fn time_of_day(unix_s: f64) -> String {
    let s = unix_s.rem_euclid(86_400.0) as u32;
    format!("{:02}:{:02}:{:02}Z", s / 3600, s / 60 % 60, s % 60)
}

impl Ledger {
    /// Enters a raid as an incident, named after the site and its first plot, with its
    /// tracks.
    ///
    /// # Errors
    /// When the raid has no tracks, or the ledger cannot be written.
    pub fn record_raid(&mut self, stamp: &Stamp, raid: &Raid) -> Result<(String, Entered)> {
        let (id, claim) = raid.claim()?;
        let mut writer = self.write(stamp, "raid")?;
        let entered = writer.enter(&id, &claim)?;
        let failed = writer.failed();
        if entered != Entered::Same
            && let Some(incident) = writer.incident(&id)?
        {
            let change = writer.change()?;
            for track in &raid.tracks {
                let seen = serde_json::to_string(track)
                    .map_err(|e| failed(rusqlite::Error::ToSqlConversionFailure(Box::new(e))))?;
                let track_id = track.track_id as i64;
                writer
                    .tx
                    .execute(
                        "INSERT OR IGNORE INTO track VALUES (?1, ?2, ?3, ?4)",
                        params![incident, change, track_id, seen],
                    )
                    .map_err(&failed)?;
            }
        }
        writer.commit()?;
        Ok((id, entered))
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::{Matrix2, Vector3};

    use super::*;
    use crate::frames::Wgs84;
    use crate::tracking::Kind as TrackKind;

    fn seen(track_id: u64) -> RaidTrack {
        RaidTrack {
            track_id,
            kind: "rocket",
            kind_probability: 0.99,
            first_plot_s: track_id as f64,
            last_plot_s: 1.0,
            plots: 9,
            impact_time_s: 20.0,
            impact_time_sigma_s: 0.1,
            impact_lat_deg: 33.0,
            impact_lon_deg: 44.0,
            impact_covariance_m2: [1.0, 0.0, 1.0],
            setting: Setting::In,
        }
    }

    #[test]
    fn a_raid_without_a_pause_is_entered_each_hour_and_no_round_twice() {
        let datum = Datum::new(Wgs84::from_degrees(33.0, 44.0, 40.0).unwrap());
        let at = |s: f64| Timestamp::from_seconds(s).unwrap();
        let mut log = RaidLog::new("Cedar", datum, Vec::new(), false, Timestamp::default());
        log.tracks = [1, 2, 3].into_iter().map(|id| (id, seen(id))).collect();
        log.warned_s.insert("School".into(), 12.0);
        log.span = Some([at(0.0), at(LONGEST_S)]);
        let falling = Impact {
            track_id: 3,
            kind: TrackKind::Rocket,
            time: at(LONGEST_S + 9.0),
            time_sigma_s: 0.1,
            position_enu_m: Vector3::zeros(),
            covariance_en_m2: Matrix2::identity(),
            velocity_enu_mps: Vector3::zeros(),
        };
        assert_eq!(log.see(at(LONGEST_S), &[], std::slice::from_ref(&falling)), None);
        let first = log.see(at(LONGEST_S + 1.0), &[], &[falling]).unwrap();
        let ids = |raid: &Raid| raid.tracks.iter().map(|t| t.track_id).collect::<Vec<_>>();
        assert_eq!((ids(&first), first.warned_s["School"]), (vec![1, 2], 12.0));
        let second = log.end().unwrap();
        assert_eq!((ids(&second), second.warned_s["School"]), (vec![3], 12.0));
    }
}
