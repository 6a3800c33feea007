//! Which track followed which object, over a whole record.
//!
//! In: a record. Out: for each object the track that followed it longest, changes
//! of identity, and GOSPA scan by scan for the rounds alone. Objects count from
//! their first plot on, so a tracker is not blamed for what no radar saw.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::VecDeque;

use super::gospa::{Gospa, gospa};
use super::kinds::Kinds;
use super::ospa::{Moment, ospa, ospa2};
use super::record::Record;
use super::siap::Siap;

/// Pairs beyond this distance are not the same object, m: the cut-off of the peers'
/// figures in `docs/models/tracking.md`.
pub(super) const CUTOFF_M: f64 = 200.0;

/// Window of OSPA(2), s. Chosen: a third of a round's flight.
const WINDOW_S: f64 = 10.0;

/// Who followed whom.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pairing {
    /// For each object the track that followed it longest.
    pub track_of_object: Vec<Option<u64>>,
    /// For each confirmed track the object that it followed longest; `None` when it was
    /// never near one.
    pub object_of_track: BTreeMap<u64, Option<usize>>,
    /// Times at which an object's track changed.
    pub switches: usize,
    /// Tracks beyond the first for each object.
    pub breaks: usize,
    /// GOSPA of the rounds at each scan: tracks on other traffic are set aside.
    pub scans: Vec<Gospa>,
    /// OSPA of the rounds at each scan, m.
    pub ospa_m: Vec<f64>,
    /// OSPA(2) of the rounds over the window that ends at each scan, m.
    pub ospa2_m: Vec<f64>,
    /// Completeness, ambiguity and spuriousness of the rounds' picture.
    pub siap: Siap,
    /// What tracks were taken for, against what they followed.
    pub kinds: Kinds,
    /// Threats in view that were ever without a track, as a share of all their samples.
    pub missed_share: f64,
    /// Confirmed tracks that never were near an object.
    pub false_tracks: usize,
    /// Confirmed tracks that were near objects which had better ones.
    pub duplicates: BTreeSet<u64>,
    /// Seconds that threats were in view, summed.
    pub threat_seconds: f64,
}

/// Pairs tracks and objects scan by scan.
pub fn pair(record: &Record) -> Pairing {
    let first_seen_s = first_seen(record);
    let mut votes: BTreeMap<u64, BTreeMap<usize, usize>> = BTreeMap::new();
    // Tracks that were near an object that had a better one.
    let mut near: BTreeSet<u64> = BTreeSet::new();
    let mut last: BTreeMap<usize, u64> = BTreeMap::new();
    let mut seen_by: Vec<BTreeMap<u64, usize>> = vec![BTreeMap::new(); record.objects.len()];
    let mut out = Pairing::default();
    for time_s in record.scan_times_s() {
        let tracks: Vec<_> =
            record.tracks_at(time_s).into_iter().filter(|t| t.is_confirmed()).collect();
        let truth: Vec<_> = record
            .truth_at(time_s)
            .into_iter()
            .filter(|t| first_seen_s[t.object].is_some_and(|s| s <= time_s))
            .collect();
        let there: Vec<_> = truth.iter().map(|t| t.position_enu_m).collect();
        let said: Vec<_> = tracks.iter().map(|t| t.position_enu_m).collect();
        let (_, of_truth) = gospa(&there, &said, CUTOFF_M);
        let mut object_of = vec![None; tracks.len()];
        for (i, pair) in of_truth.iter().enumerate() {
            let Some(j) = *pair else { continue };
            let (object, id) = (truth[i].object, tracks[j].track_id);
            object_of[j] = Some(object);
            *seen_by[object].entry(id).or_default() += 1;
            if last.insert(object, id).is_some_and(|before| before != id)
                && record.objects[object].threat
            {
                out.switches += 1;
            }
        }
        for (j, track) in tracks.iter().enumerate() {
            let votes = votes.entry(track.track_id).or_default();
            match object_of[j] {
                Some(object) => *votes.entry(object).or_default() += 1,
                None if there.iter().any(|p| (p - said[j]).norm() < CUTOFF_M) => {
                    near.insert(track.track_id);
                }
                None => {}
            }
        }
    }
    out.track_of_object = seen_by.iter().map(most_often).collect();
    out.breaks = (0..record.objects.len())
        .filter(|&o| record.objects[o].threat)
        .map(|o| seen_by[o].len().saturating_sub(1))
        .sum();
    out.object_of_track = votes.iter().map(|(id, v)| (*id, most_often(v))).collect();
    for (id, _) in out.object_of_track.iter().filter(|(_, object)| object.is_none()) {
        if near.contains(id) {
            out.duplicates.insert(*id);
        } else {
            out.false_tracks += 1;
        }
    }
    for track in record.tracks.iter().filter(|t| t.is_confirmed()) {
        let object = out.object_of_track.get(&track.track_id).copied().flatten();
        let class = object.map(|object| record.objects[object].class.as_str());
        out.kinds.observe(&track.class, track.class_probability, class);
    }
    judge_rounds(record, &first_seen_s, &mut out);
    out
}

/// GOSPA of the rounds alone, scan by scan: tracks that follow other traffic, or
/// followed it until it was gone, are set aside.
fn judge_rounds(record: &Record, first_seen_s: &[Option<f64>], out: &mut Pairing) {
    let threat = |object: usize| record.objects[object].threat;
    let (mut samples, mut missed) = (0usize, 0usize);
    let mut last_time_s: Option<f64> = None;
    let mut times_s: VecDeque<f64> = VecDeque::new();
    let mut window: VecDeque<(Moment<usize>, Moment<u64>)> = VecDeque::new();
    for time_s in record.scan_times_s() {
        let in_view = |object: usize| first_seen_s[object].is_some_and(|s| s <= time_s);
        let rounds: Vec<_> = record
            .truth_at(time_s)
            .into_iter()
            .filter(|t| threat(t.object) && in_view(t.object))
            .map(|t| (t.object, t.position_enu_m))
            .collect();
        let on_rounds: Vec<_> = record
            .tracks_at(time_s)
            .into_iter()
            .filter(|t| t.is_confirmed())
            .filter(|t| out.object_of_track[&t.track_id].is_none_or(threat))
            .map(|t| (t.track_id, t.position_enu_m))
            .collect();
        let there: Vec<_> = rounds.iter().map(|r| r.1).collect();
        let said: Vec<_> = on_rounds.iter().map(|t| t.1).collect();
        let (metric, _) = gospa(&there, &said, CUTOFF_M);
        out.siap.observe(&there, &said, CUTOFF_M);
        let count = rounds.len();
        let any = !rounds.is_empty() || !on_rounds.is_empty();
        times_s.push_back(time_s);
        window.push_back((rounds, on_rounds));
        while times_s.front().is_some_and(|first| time_s - first > WINDOW_S) {
            times_s.pop_front();
            window.pop_front();
        }
        if any {
            out.scans.push(metric);
            out.ospa_m.push(ospa(&there, &said, CUTOFF_M));
            out.ospa2_m.push(ospa2(window.make_contiguous(), CUTOFF_M));
        }
        samples += count;
        missed += metric.missed;
        if let Some(before) = last_time_s {
            out.threat_seconds += count as f64 * (time_s - before);
        }
        last_time_s = Some(time_s);
    }
    out.missed_share = missed as f64 / samples.max(1) as f64;
}

fn most_often<K: Copy + Ord>(votes: &BTreeMap<K, usize>) -> Option<K> {
    votes.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map(|(k, _)| *k)
}

/// When each object gave its first plot; from the start where nothing is known of plots.
fn first_seen(record: &Record) -> Vec<Option<f64>> {
    if record.detections.is_empty() {
        return vec![Some(f64::NEG_INFINITY); record.objects.len()];
    }
    let mut first = vec![None; record.objects.len()];
    for d in &record.detections {
        first[d.object].get_or_insert(d.time_s);
    }
    first
}
