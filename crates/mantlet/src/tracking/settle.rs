//! Which hypotheses become objects: the best global hypothesis and N-scan pruning.
//!
//! In: all hypotheses with their plots; out: the confirmed objects, and what remains
//! open. The best set that shares no plot (`packing.rs`) is the best global hypothesis.
//! One of it that holds nearly all the belief is settled at once and leaves the
//! hypotheses. One that has been open for N scans is confirmed, and what N scans ago
//! was decided for it is decided for good: whatever contradicts that is dropped, while
//! its later plots stay open (track-oriented multiple-hypothesis tracking: T. Kurien in
//! Y. Bar-Shalom, ed., *Multitarget-Multisensor Tracking: Advanced Applications*, 1990,
//! ch. 3; N-scan pruning: S. S. Blackman, "Multiple hypothesis tracking for multiple
//! target tracking", IEEE AES Magazine 19(1), 2004, section 4).

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::VecDeque;

use crate::time::Timestamp;

use super::filter::{Matrix7, Vector7};
use super::hypotheses::{ABREAST, DROP_LN_ODDS, is_family, patience_s, slowest_s};
use super::life::Scene;
use super::measure::{position_m, velocity_mps};
use super::packing::{Claim, pack};
use super::track::Track;
use super::tracker::{Look, keeps};

/// Belief at which a hypothesis of the best set is settled.
const CLEAR_SHARE: f64 = 0.95;
/// The same among rounds that fly abreast: the shares there are approximate.
const CLEAR_ABREAST: f64 = 0.99;
/// Age at which one of the best set is confirmed although others remain possible, in
/// periods of the slowest sensor: the N of N-scan pruning. Chosen: rounds abreast that
/// could each be its neighbour moving aside are told apart by the ends of the row
/// after five looks.
const N_SCAN_LOOKS: f64 = 5.0;
/// Plots that it must have by then.
const N_SCAN_PLOTS: u32 = 4;
/// Belief below which another way that a confirmed object may have gone is dropped.
const LEAST_SHARE: f64 = 0.003;
/// Belief below which a confirmed object that is not of the best set ends.
const LOST_SHARE: f64 = 0.02;
/// Standard deviations within which a new object is one that was just lost.
const NEAR: f64 = 3.0;
/// Most hypotheses kept; the likeliest.
const MOST: usize = 20_000;

/// An object that is confirmed but open, as it was last.
#[derive(Clone, Debug)]
struct Label {
    id: u64,
    time: Timestamp,
    confirmed: Option<Timestamp>,
    /// Its family and its plots.
    keys: Vec<u64>,
    /// Where it was then.
    mean: Vector7,
    covariance: Matrix7,
}

/// What is remembered between scans.
#[derive(Clone, Debug, Default)]
pub struct Settle {
    /// Times of the latest scans, with the first key of each.
    scans: VecDeque<(Timestamp, u64)>,
    labels: Vec<Label>,
}

impl Label {
    /// Plots that a hypothesis has in common with it.
    fn common(&self, track: &Track) -> usize {
        track.keys.iter().filter(|key| self.keys.contains(key)).count()
    }

    /// How far a hypothesis is from where it would be by now, m²; `None` beyond what both
    /// are unsure of.
    fn apart_m2(&self, track: &Track) -> Option<f64> {
        let dt_s = track.time.since_s(self.time);
        let there_m = position_m(&self.mean) + velocity_mps(&self.mean) * dt_s;
        let apart_m2 = (there_m - track.position_enu_m()).norm_squared();
        let spread_m2: f64 =
            (0..3).map(|n| self.covariance[(n, n)] + track.covariance[(n, n)]).sum();
        (apart_m2 < NEAR * NEAR * spread_m2).then_some(apart_m2)
    }

    /// Whether a hypothesis is mostly of the same plots.
    fn continues(&self, track: &Track) -> bool {
        2 * self.common(track) >= self.keys.len().max(3)
    }
}

impl Settle {
    /// Drops what is unlikely, merges what is the same, and moves what is clear to the
    /// confirmed tracks, with copies of what is confirmed but open. The plots that are
    /// used for good.
    pub fn settle(
        &mut self,
        scene: &Scene,
        look: &Look,
        lone: &[(f64, [u64; 1])],
        pool: &mut Vec<Track>,
        confirmed: &mut Vec<Track>,
        next_id: &mut u64,
    ) -> BTreeSet<u64> {
        let patience_s = patience_s(scene);
        pool.retain(|t| {
            if t.is_confirmed() {
                return keeps(scene, t, look.time) && !t.is_worn(look.detection_probability);
            }
            let patience_s = if t.company.is_some() { ABREAST * patience_s } else { patience_s };
            t.existence_log_odds > DROP_LN_ODDS && look.time.since_s(t.last_plot) < patience_s
        });
        pool.sort_by(|a, b| {
            b.existence_log_odds.total_cmp(&a.existence_log_odds).then(a.keys.cmp(&b.keys))
        });
        pool.truncate(MOST);
        merge(pool);
        let mut claims: Vec<Claim> =
            pool.iter().map(|t| (t.existence_log_odds, t.keys.as_slice())).collect();
        claims.extend(lone.iter().map(|(ln_odds, key)| (*ln_odds, key.as_slice())));
        let packing = pack(&claims);
        let n_scan_s = N_SCAN_LOOKS * slowest_s(scene) - 1e-3;
        let old = self.old(look.time, n_scan_s, look.first_key);
        self.labels.retain(|label| look.time.since_s(label.time) < patience_s);
        // Of the best set, what is an object by now.
        let mut objects: Vec<usize> = Vec::new();
        for (index, track) in pool.iter_mut().enumerate() {
            track.share = packing.share[index];
            let aged =
                track.plot_count >= N_SCAN_PLOTS && look.time.since_s(track.first_plot) >= n_scan_s;
            let ready = || {
                track.existence_log_odds >= scene.config.confirm_log_odds
                    && (aged
                        || is_clear(track, look.time, n_scan_s)
                        || track.plot_count >= N_SCAN_PLOTS
                            && self.labels.iter().any(|label| label.continues(track)))
            };
            if packing.chosen[index] && (track.is_confirmed() || ready()) {
                objects.push(index);
            }
        }
        // In the order of their first plots, as they are numbered.
        objects.sort_by_key(|&index| pool[index].keys.get(1).copied());
        self.name(look.time, pool, &objects, confirmed, next_id);
        let mut used: BTreeSet<u64> = BTreeSet::new();
        // Of what stays open: the plots that are its own for good, and its name.
        let mut fixed: BTreeMap<u64, u64> = BTreeMap::new();
        let mut open: BTreeMap<u64, Track> = BTreeMap::new();
        for &index in &objects {
            let track = &mut pool[index];
            if is_clear(track, look.time, n_scan_s) {
                used.extend(&track.keys);
                track.settle(look.detection_probability);
            } else {
                let family = track.keys[0];
                let early = track.keys.iter().filter(|&&key| key < old);
                fixed.extend(early.map(|key| (*key, family)));
                open.insert(family, track.clone());
            }
            track.publish(scene);
            confirmed.push(track.clone());
        }
        let lost: BTreeSet<u64> = {
            let mut best: BTreeMap<u64, f64> = BTreeMap::new();
            for track in pool.iter().filter(|t| t.pooled && t.is_confirmed()) {
                let share = best.entry(track.keys[0]).or_insert(0.0);
                *share = share.max(track.share);
            }
            let lost = |(family, share): (u64, f64)| {
                (share < LOST_SHARE && !open.contains_key(&family)).then_some(family)
            };
            best.into_iter().filter_map(lost).collect()
        };
        let own_count = |family: u64| fixed.values().filter(|f| **f == family).count();
        pool.retain_mut(|track| {
            if !track.pooled || track.keys.iter().any(|key| used.contains(key)) {
                return false;
            }
            let family = track.keys[0];
            let mut early = track.keys.iter().filter(|&&key| key < old);
            if early.clone().any(|key| fixed.get(key).is_some_and(|f| *f != family)) {
                return false;
            }
            let Some(best) = open.get(&family) else { return !lost.contains(&family) };
            let same = track.keys == best.keys;
            if !same && (track.share < LEAST_SHARE || early.by_ref().count() != own_count(family)) {
                return false;
            }
            (track.id, track.status, track.confirmed) = (best.id, best.status, best.confirmed);
            track.keys.retain(|key| is_family(*key) || *key >= old);
            true
        });
        used
    }

    /// Gives each object its number: its own, or that of the one that it continues, or
    /// a new one.
    fn name(
        &mut self,
        now: Timestamp,
        pool: &mut [Track],
        objects: &[usize],
        settled: &[Track],
        next_id: &mut u64,
    ) {
        let mut taken: BTreeSet<u64> = settled.iter().map(|track| track.id).collect();
        let mut named = vec![false; objects.len()];
        for (n, &index) in objects.iter().enumerate() {
            let track = &pool[index];
            if track.is_confirmed() && track.id != 0 {
                named[n] = taken.insert(track.id);
            }
        }
        for (n, &index) in
            objects.iter().enumerate().filter(|(n, _)| !named[*n]).collect::<Vec<_>>()
        {
            let track = &mut pool[index];
            let before = self
                .labels
                .iter()
                .filter(|label| !taken.contains(&label.id) && label.continues(track))
                .max_by_key(|label| (label.common(track), label.id))
                .or_else(|| self.nearest(track, &taken));
            track.id = match before {
                Some(label) => {
                    track.confirmed = label.confirmed;
                    label.id
                }
                None => {
                    track.confirmed = None;
                    *next_id += 1;
                    *next_id - 1
                }
            };
            taken.insert(track.id);
            named[n] = true;
        }
        for &index in objects {
            let track = &mut pool[index];
            track.confirm(now);
            let label = Label {
                id: track.id,
                time: now,
                confirmed: track.confirmed,
                keys: track.keys.clone(),
                mean: track.mean,
                covariance: track.covariance,
            };
            self.labels.retain(|l| l.id != label.id);
            self.labels.push(label);
        }
    }

    /// The lost object nearest to where a new one is.
    fn nearest(&self, track: &Track, taken: &BTreeSet<u64>) -> Option<&Label> {
        let lost = self.labels.iter().filter(|label| !taken.contains(&label.id));
        let apart = lost.filter_map(|label| Some((label.apart_m2(track)?, label)));
        apart.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, label)| label)
    }

    /// The first key that is younger than N scans.
    fn old(&mut self, now: Timestamp, n_scan_s: f64, first_key: u64) -> u64 {
        self.scans.push_back((now, first_key));
        while self.scans.len() > 1 && now.since_s(self.scans[1].0) >= n_scan_s {
            self.scans.pop_front();
        }
        let (time, key) = self.scans[0];
        if now.since_s(time) >= n_scan_s { key } else { 0 }
    }
}

/// One of each set of hypotheses that agree on their last three plots, or on all
/// of fewer; the list is sorted, so it is the likeliest. Confirmed objects stay apart.
fn merge(pool: &mut Vec<Track>) {
    let mut known: BTreeSet<(u64, [u64; 3])> = BTreeSet::new();
    pool.retain(|track| {
        let mut last = [u64::MAX; 3];
        for (place, key) in last.iter_mut().zip(track.keys.iter().rev()) {
            *place = *key;
        }
        known.insert((if track.is_confirmed() { track.keys[0] } else { 0 }, last))
    });
}

/// Whether it holds nearly all the belief; among rounds that fly abreast, where a few
/// plots may be of several of them, for N scans at least.
fn is_clear(track: &Track, now: Timestamp, n_scan_s: f64) -> bool {
    if track.company.is_none() {
        return track.share >= CLEAR_SHARE;
    }
    track.share >= CLEAR_ABREAST
        && track.plot_count >= N_SCAN_PLOTS
        && now.since_s(track.first_plot) >= n_scan_s
}
