//! Tentative tracks: what the plots that no object explains might be.
//!
//! In: the plots left over in a scan; out: new objects. A lone plot is a seed.
//! Every later plot that a seed could have become makes a two-plot hypothesis;
//! a hypothesis takes each of the likeliest plots in its gate, or none, and so
//! branches; hypotheses may share plots. One becomes an object when its log-odds
//! pass the threshold and no other that shares a plot comes near: deferred
//! decision, as in track-oriented multiple-hypothesis tracking (T. Kurien in Y.
//! Bar-Shalom, ed., *Multitarget-Multisensor Tracking: Advanced Applications*,
//! 1990, ch. 3), without global hypotheses.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use nalgebra::Vector3;

use super::clutter::Clutter;
use super::life::Scene;
use super::start::Sighting;
use super::track::Track;
use super::tracker::{Field, Look, candidates, in_view};

/// Fastest object that two plots may start, m/s.
const MAX_SPEED_MPS: f64 = 1100.0;
/// Strongest slowing between two plots, m/s²: a bullet's.
const MAX_SLOWING_MPS2: f64 = 60.0;
/// Log-odds below which a hypothesis is dropped. Chosen: one in a hundred.
const DROP_LN_ODDS: f64 = -4.6;
/// Longest that a seed or hypothesis waits for a plot, in periods of the slowest
/// sensor. Chosen: at 60 % detection, 6 % miss three looks in a row.
const PATIENCE_LOOKS: f64 = 3.2;
/// Plots that a hypothesis may branch to in a scan.
const BRANCHES: usize = 3;
/// Gain so clear that "missed" is not kept beside it.
const CLEAR_GAIN: f64 = 4.0;
/// Log-odds by which a hypothesis must lead the others that share its plots.
const LEAD: f64 = 3.0;
/// Plots after which it need not lead any more.
const SETTLED_PLOTS: u32 = 9;
/// Most hypotheses kept; the likeliest.
const MOST: usize = 20_000;

/// A lone plot.
#[derive(Clone, Debug)]
struct Seed {
    sighting: Sighting,
    position_m: Vector3<f64>,
    key: u64,
    ln_odds: f64,
    /// Looks in which it might have been seen again.
    looks: u32,
}

/// The seeds, and scratch space.
#[derive(Clone, Debug, Default)]
pub(super) struct Hypotheses {
    seeds: Vec<Seed>,
    /// Track, plot and gain of this scan's gates.
    claims: Vec<(usize, usize, f64)>,
    /// Plots of the scan that a hypothesis of three plots or more explains.
    explained: BTreeSet<u64>,
}

impl Hypotheses {
    /// Finds the plots in each tentative track's gate, and marks them for the
    /// confirmed tracks as what a likely object would cause.
    pub fn claim(
        &mut self,
        scene: &Scene,
        look: &Look,
        field: &mut Field,
        tentative: &mut [Track],
    ) {
        self.claims.clear();
        for (index, track) in tentative.iter_mut().enumerate() {
            if look.instant {
                track.advance(scene, look.time);
            }
            let claims = &mut self.claims;
            candidates(scene, track, look, field, |plot, gain| claims.push((index, plot, gain)));
        }
        let ln_missed = (1.0 - look.detection_probability).ln();
        for &(index, plot, gain) in &self.claims {
            let odds = tentative[index].existence_log_odds;
            let ln_exists = -(-odds).exp().ln_1p();
            let seen = &mut field.seen[plot];
            let ln_density = ln_exists + gain + ln_missed + seen.ln_clutter;
            seen.ln_tentative = seen.ln_tentative.max(ln_density);
        }
    }

    /// Extends each tentative track by the plots that confirmed ones left.
    pub fn extend(
        &mut self,
        scene: &Scene,
        look: &Look,
        field: &Field,
        tentative: &mut Vec<Track>,
    ) {
        self.explained.clear();
        let mut grown = Vec::with_capacity(tentative.len());
        let mut gains: Vec<(usize, f64)> = Vec::new();
        let ln_missed = (1.0 - look.detection_probability).ln();
        let mut claims = self.claims.iter().peekable();
        for (index, mut track) in tentative.drain(..).enumerate() {
            gains.clear();
            while let Some(&(_, plot, gain)) = claims.next_if(|claim| claim.0 == index) {
                if !field.seen[plot].claimed {
                    gains.push((plot, gain));
                }
            }
            gains.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            gains.truncate(BRANCHES);
            let clear = gains.len() == 1 && gains[0].1 > CLEAR_GAIN;
            for &(plot, gain) in &gains {
                let seen = &field.seen[plot];
                let mut child = track.clone();
                if !child.take(scene, (look.sensor, seen.plot), seen.key, gain + ln_missed) {
                    continue;
                }
                if child.plot_count >= 3 && child.existence_log_odds > 0.0 {
                    self.explained.insert(seen.key);
                }
                grown.push(child);
            }
            if !clear {
                if in_view(scene, &track, look) {
                    track.miss(look.detection_probability, look.looks);
                }
                track.advance(scene, look.time);
                grown.push(track);
            }
        }
        *tentative = grown;
    }

    /// Joins seeds with the scan's plots, then makes seeds of those.
    pub fn pair(
        &mut self,
        scene: &Scene,
        look: &Look,
        field: &Field,
        clutter: &Clutter,
        tentative: &mut Vec<Track>,
        next_id: &mut u64,
    ) {
        let patience_s = patience_s(scene);
        self.seeds.retain(|seed| look.time.since_s(seed.sighting.1.time) < patience_s);
        let ln_missed = (1.0 - look.detection_probability).ln();
        let mut found: Vec<usize> = Vec::new();
        for seed in &mut self.seeds {
            let reach_s = look.middle.since_s(seed.sighting.1.time).abs() + look.half_span_s;
            let reach_m = Vector3::repeat(MAX_SPEED_MPS * reach_s + 100.0);
            found.clear();
            field.grid.near(&seed.position_m, &reach_m, |index| {
                let seen = &field.seen[index];
                if !seen.claimed
                    && !self.explained.contains(&seen.key)
                    && could_follow(scene, seed, look.sensor, seen)
                {
                    found.push(index);
                }
            });
            found.sort_unstable();
            let ln_odds = seed.ln_odds + f64::from(seed.looks) * ln_missed;
            seed.looks += look.looks;
            if found.is_empty() {
                continue;
            }
            let Some(lone) = Track::lone(scene, seed.sighting) else { continue };
            for &index in &found {
                let seen = &field.seen[index];
                let pair = [seed.sighting, (look.sensor, seen.plot)];
                let Some((mut track, ln)) = Track::born(scene, pair, [seed.key, seen.key], lone)
                else {
                    continue;
                };
                track.existence_log_odds =
                    ln_odds + ln + look.detection_probability.ln() - seen.ln_clutter;
                if track.existence_log_odds > DROP_LN_ODDS {
                    track.id = *next_id;
                    *next_id += 1;
                    track.publish(scene);
                    tentative.push(track);
                }
            }
        }
        for seen in &field.seen {
            let Some(position_m) = seen.position_m else { continue };
            if seen.claimed || self.explained.contains(&seen.key) {
                continue;
            }
            let sensor = &scene.site.sensors[look.sensor];
            let radar = sensor.frame.polar(position_m.into());
            let above_low_m = (radar.elevation_rad - sensor.lowest_elevation_rad(&radar)).max(0.0)
                * seen.plot.range_m;
            self.seeds.push(Seed {
                sighting: (look.sensor, seen.plot),
                position_m,
                key: seen.key,
                ln_odds: clutter.ln_birth_odds(&seen.plot, above_low_m),
                looks: 0,
            });
        }
    }

    /// Drops what is unlikely, merges what is the same, and moves what is clear
    /// to the confirmed tracks.
    pub fn settle(
        &mut self,
        scene: &Scene,
        look: &Look,
        tentative: &mut Vec<Track>,
        confirmed: &mut Vec<Track>,
    ) {
        let patience_s = patience_s(scene);
        tentative.retain(|t| {
            t.existence_log_odds > DROP_LN_ODDS && look.time.since_s(t.last_plot) < patience_s
        });
        tentative.sort_by(|a, b| {
            b.existence_log_odds.total_cmp(&a.existence_log_odds).then(a.id.cmp(&b.id))
        });
        tentative.truncate(MOST);
        merge(tentative);
        // Best and second-best log-odds among the hypotheses that hold each plot.
        let mut holders: BTreeMap<u64, [f64; 2]> = BTreeMap::new();
        for track in tentative.iter() {
            for key in &track.keys {
                let best = holders.entry(*key).or_insert([f64::NEG_INFINITY; 2]);
                if best[0] == f64::NEG_INFINITY {
                    best[0] = track.existence_log_odds;
                } else if best[1] == f64::NEG_INFINITY {
                    best[1] = track.existence_log_odds;
                }
            }
        }
        let mut used: BTreeSet<u64> = BTreeSet::new();
        for track in tentative.iter_mut() {
            if track.existence_log_odds < scene.config.confirm_log_odds {
                break;
            }
            if track.keys.iter().any(|key| used.contains(key)) {
                continue;
            }
            let rival = track.keys.iter().map(|key| {
                let [best, second] = holders[key];
                if best > track.existence_log_odds { best } else { second }
            });
            let rival = rival.fold(f64::NEG_INFINITY, f64::max);
            if rival < track.existence_log_odds - LEAD || track.plot_count >= SETTLED_PLOTS {
                used.extend(&track.keys);
                track.confirm(look.time);
            }
        }
        if used.is_empty() {
            return;
        }
        let (done, rest): (Vec<_>, Vec<_>) = tentative.drain(..).partition(Track::is_confirmed);
        confirmed.extend(done);
        tentative.extend(rest.into_iter().filter(|t| !t.keys.iter().any(|k| used.contains(k))));
        self.seeds.retain(|seed| !used.contains(&seed.key));
    }
}

/// One of each set of hypotheses that agree on their last three plots, or on all
/// of fewer; the list is sorted, so it is the likeliest.
fn merge(tentative: &mut Vec<Track>) {
    let mut known: BTreeSet<[u64; 3]> = BTreeSet::new();
    tentative.retain(|track| {
        let mut last = [u64::MAX; 3];
        for (place, key) in last.iter_mut().zip(track.keys.iter().rev()) {
            *place = *key;
        }
        known.insert(last)
    });
}

fn patience_s(scene: &Scene) -> f64 {
    let slowest = scene.site.sensors.iter().map(|s| s.period_s).fold(0.1, f64::max);
    PATIENCE_LOOKS * slowest
}

/// Whether a seed could have become this plot: not faster than anything, and the
/// change in range is what the radial speeds say.
fn could_follow(scene: &Scene, seed: &Seed, sensor: usize, seen: &super::tracker::Seen) -> bool {
    let (before, after) = (&seed.sighting.1, &seen.plot);
    let dt_s = after.time.since_s(before.time).abs();
    let Some(position_m) = seen.position_m else { return false };
    if dt_s < 1e-3 {
        return false;
    }
    let sigma = |n: usize| &scene.site.sensors[n].sigma;
    let (old, new) = (sigma(seed.sighting.0), sigma(sensor));
    let across = |s: &crate::sensors::Sigma, range_m: f64| {
        let angle = s.azimuth_rad.max(s.elevation_rad.unwrap_or(0.0));
        (angle * range_m).max(s.height_m.unwrap_or(0.0)).hypot(s.range_m)
    };
    let blur_m = 4.0 * across(old, before.range_m).hypot(across(new, after.range_m));
    if (position_m - seed.position_m).norm() > MAX_SPEED_MPS * dt_s + blur_m {
        return false;
    }
    let (Some(v0), Some(v1)) = (before.radial_speed_mps, after.radial_speed_mps) else {
        return true;
    };
    if seed.sighting.0 != sensor {
        return true;
    }
    let forward_s = after.time.since_s(before.time);
    let change_m = after.range_m - before.range_m - 0.5 * (v0 + v1) * forward_s;
    let noise_mps =
        4.0 * old.radial_speed_mps.unwrap_or(0.0).hypot(new.radial_speed_mps.unwrap_or(0.0));
    let noise_m = 4.0 * old.range_m.hypot(new.range_m) + noise_mps * dt_s;
    (v1 - v0).abs() < MAX_SLOWING_MPS2 * dt_s + noise_mps
        && change_m.abs() < noise_m + 0.5 * MAX_SLOWING_MPS2 * dt_s * dt_s
}
