//! Tentative tracks: what the plots that no object explains might be.
//!
//! In: the plots left over in a scan; out: new objects. A lone plot is a seed.
//! Every later plot that a seed could have become makes a two-plot hypothesis;
//! a hypothesis takes each of the likeliest plots in its gate, or none, and so
//! branches; hypotheses may share plots. Which of them become objects is decided in
//! `settle.rs`.

use std::collections::BTreeSet;

use nalgebra::Vector3;

use super::clutter::Clutter;
use super::company::{Company, company};
use super::life::Scene;
use super::pair::{MAX_SPEED_MPS, Placed, ln_most};
use super::salvo::Salvos;
use super::start::Sighting;
use super::track::Track;
use super::tracker::{Field, Look, candidates, in_view};

/// Log-odds below which a hypothesis is dropped. Chosen: one in a hundred.
pub(super) const DROP_LN_ODDS: f64 = -4.6;
/// How far the bound of `pair.rs` may be too low: it lets off the bend of a path, and
/// takes the place across the line of sight as round.
const BOUND_SLACK: f64 = 1.0;
/// Longest that a seed or hypothesis waits for a plot, in periods of the slowest
/// sensor. Chosen: at 60 % detection, 6 % miss three looks in a row.
const PATIENCE_LOOKS: f64 = 3.2;
/// How many times longer among rounds that fly abreast: a plot that is forgotten is
/// free for a neighbour to take.
pub(super) const ABREAST: f64 = 2.0;
/// Plots that a hypothesis may branch to in a scan.
const BRANCHES: usize = 3;
/// Gain so clear that "missed" is not kept beside it.
const CLEAR_GAIN: f64 = 4.0;
/// Belief in a hypothesis from which on its plots start nothing else.
const EXPLAINS_SHARE: f64 = 0.9;
/// Mark of a key that is no plot's.
const FAMILY: u64 = 1 << 63;

/// A lone plot.
#[derive(Clone, Debug)]
struct Seed {
    sighting: Sighting,
    position_m: Vector3<f64>,
    key: u64,
    company: Option<Company>,
    ln_odds: f64,
    /// Looks in which it might have been seen again.
    looks: u32,
    /// What [`Track::lone`] said of it, once asked.
    lone: Option<Option<[f64; 2]>>,
}

/// The seeds, and scratch space.
#[derive(Clone, Debug, Default)]
pub(super) struct Hypotheses {
    seeds: Vec<Seed>,
    salvos: Salvos,
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
        self.salvos.mark(scene, look, field);
    }

    /// A confirmed track whose plot is not clear joins the hypotheses, with its gates.
    pub fn join(&mut self, index: usize, gates: impl Iterator<Item = (usize, f64)>) {
        self.claims.extend(gates.map(|(plot, gain)| (index, plot, gain)));
    }

    /// Lone plots that stand in company: their log-odds of being a round that was not
    /// seen again yet, and their keys.
    pub fn lone(&self, ln_missed: f64) -> Vec<(f64, [u64; 1])> {
        let abreast = self.seeds.iter().filter(|seed| seed.company.is_some());
        abreast.map(|s| (s.ln_odds + f64::from(s.looks) * ln_missed, [s.key])).collect()
    }

    /// Forgets the seeds that confirmed tracks explain.
    pub fn forget(&mut self, used: &BTreeSet<u64>) {
        self.seeds.retain(|seed| !used.contains(&seed.key));
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
        // Least and largest family that claims each plot.
        let mut claimants = vec![[u64::MAX, 0]; field.seen.len()];
        for &(index, plot, _) in &self.claims {
            let family = tentative[index].keys[0];
            claimants[plot] = [claimants[plot][0].min(family), claimants[plot][1].max(family)];
        }
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
            // An object that may have to leave the plot to another may have missed it.
            let clear = match gains[..] {
                [(plot, gain)] => {
                    gain > CLEAR_GAIN
                        && track.company.is_none()
                        && (!track.is_confirmed() || claimants[plot] == [track.keys[0]; 2])
                }
                _ => false,
            };
            for &(plot, gain) in &gains {
                let seen = &field.seen[plot];
                let mut child = track.clone();
                if !child.take(scene, (look.sensor, seen.plot), seen.key, gain + ln_missed) {
                    continue;
                }
                if track.share > EXPLAINS_SHARE
                    && track.company.is_none()
                    && child.existence_log_odds > 0.0
                {
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

    /// Follows the salvos by the confirmed tracks, settled or open.
    pub fn follow_salvos(
        &mut self,
        scene: &Scene,
        look: &Look,
        field: &Field,
        tracks: &[Track],
        pool: &[Track],
    ) {
        let open = pool.iter().filter(|t| t.is_confirmed() && t.share > 0.5);
        self.salvos.follow(scene, look, field, tracks.iter().chain(open), patience_s(scene));
    }

    /// Joins seeds with the scan's plots, then makes seeds of those.
    pub fn pair(
        &mut self,
        scene: &Scene,
        look: &Look,
        field: &Field,
        clutter: &Clutter,
        tentative: &mut Vec<Track>,
        next_key: &mut u64,
    ) {
        let patience_s = patience_s(scene);
        self.seeds.retain(|seed| {
            let patience_s = if seed.company.is_some() { ABREAST * patience_s } else { patience_s };
            look.time.since_s(seed.sighting.1.time) < patience_s
        });
        let ln_missed = (1.0 - look.detection_probability).ln();
        let mut found: Vec<usize> = Vec::new();
        let sensors = &scene.site.sensors;
        for seed in &mut self.seeds {
            let reach_s = look.middle.since_s(seed.sighting.1.time).abs() + look.half_span_s;
            let reach_m = Vector3::repeat(MAX_SPEED_MPS * reach_s + 100.0);
            let ln_odds = seed.ln_odds + f64::from(seed.looks) * ln_missed;
            let ln_detected = ln_odds + look.detection_probability.ln();
            let (sensor, plot) = &seed.sighting;
            let first = Placed { sensor: &sensors[*sensor], plot, position_m: seed.position_m };
            found.clear();
            field.grid.near(&seed.position_m, &reach_m, |index| {
                let seen = &field.seen[index];
                if seen.claimed || self.explained.contains(&seen.key) {
                    return;
                }
                let Some(position_m) = seen.position_m else { return };
                let sensor = &sensors[look.sensor];
                let second = Placed { sensor, plot: &seen.plot, position_m };
                let most = ln_most(&first, &second, seed.company.is_none());
                let odds = most.map(|most| ln_detected + most - seen.ln_clutter);
                if odds.is_some_and(|odds| odds > DROP_LN_ODDS - BOUND_SLACK) {
                    found.push(index);
                }
            });
            found.sort_unstable();
            if sweeps(scene, look, &seed.position_m) {
                seed.looks += look.looks;
            }
            if found.is_empty() {
                continue;
            }
            let together = seed.company.as_ref();
            let lone = seed.lone.get_or_insert_with(|| Track::lone(scene, together, seed.sighting));
            let Some(lone) = *lone else { continue };
            for &index in &found {
                let seen = &field.seen[index];
                let pair = [seed.sighting, (look.sensor, seen.plot)];
                let Some((mut track, ln)) =
                    Track::born(scene, together, pair, [seed.key, seen.key], lone)
                else {
                    continue;
                };
                track.existence_log_odds = ln_detected + ln - seen.ln_clutter;
                if track.existence_log_odds > DROP_LN_ODDS {
                    track.keys.insert(0, family_key(*next_key));
                    *next_key += 1;
                    track.publish(scene);
                    tentative.push(track);
                }
            }
        }
        for (index, seen) in field.seen.iter().enumerate() {
            let Some(position_m) = seen.position_m else { continue };
            if seen.claimed || self.explained.contains(&seen.key) {
                continue;
            }
            let sensor = &scene.site.sensors[look.sensor];
            let radar = sensor.frame.polar(position_m.into());
            let above_low_m = (radar.elevation_rad - sensor.lowest_elevation_rad(&radar)).max(0.0)
                * seen.plot.range_m;
            let ln_odds = clutter.ln_birth_odds(&seen.plot, above_low_m);
            let company =
                self.salvos.flight(scene, look, seen).or_else(|| company(sensor, field, index));
            let ln_odds = match &company {
                Some(company) => {
                    let ln_new = self.salvos.join(scene, look, seen, company);
                    ln_odds.max(ln_new - seen.ln_clutter)
                }
                None => ln_odds,
            };
            self.seeds.push(Seed {
                sighting: (look.sensor, seen.plot),
                position_m,
                key: seen.key,
                ln_odds,
                company,
                looks: 0,
                lone: None,
            });
        }
    }
}

/// The key that all hypotheses of one object share beside their plots: only one of
/// them is true.
pub(super) fn family_key(unused_key: u64) -> u64 {
    FAMILY | unused_key
}

/// Whether a key is of a family and not of a plot.
pub(super) fn is_family(key: u64) -> bool {
    key & FAMILY != 0
}

pub(super) fn slowest_s(scene: &Scene) -> f64 {
    scene.site.sensors.iter().map(|s| s.period_s).fold(0.1, f64::max)
}

pub(super) fn patience_s(scene: &Scene) -> f64 {
    PATIENCE_LOOKS * slowest_s(scene)
}

/// Whether the scan looked where a seed stands: one sector of a revolution is no miss for
/// what stands in another.
fn sweeps(scene: &Scene, look: &Look, position_m: &Vector3<f64>) -> bool {
    let azimuth_rad = || {
        let frame = &scene.site.sensors[look.sensor].frame;
        frame.polar((*position_m).into()).azimuth_rad
    };
    look.sector.is_none_or(|sector| sector.contains(azimuth_rad()))
}
