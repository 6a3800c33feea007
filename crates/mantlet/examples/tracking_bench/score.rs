//! Tracks against truth, by the same rules for every tracker: GOSPA with c = 200
//! m, p = 2, alpha = 2 (A. S. Rahmathullah, A. F. García-Fernández and L.
//! Svensson, "Generalized optimal sub-pattern assignment metric", FUSION 2017).

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::raid::{PERIOD_S, Raid};

const CUT_OFF_M: f64 = 200.0;

/// A confirmed track at a scan.
#[derive(Clone, Copy, Debug)]
pub struct Estimate {
    pub scan: usize,
    pub track: u64,
    pub position_m: [f64; 3],
}

/// What came of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Score {
    pub gospa_m: f64,
    pub rmse_m: f64,
    pub missed_percent: f64,
    pub false_per_scan: f64,
    pub false_tracks: f64,
    pub breaks: f64,
    /// Changes of a round's track from one scan to the next it is held.
    pub switches: f64,
    pub track_seconds: f64,
    pub never_tracked: f64,
    pub delay_s: f64,
}

impl Score {
    pub fn new(raid: &Raid, estimates: &[Estimate]) -> Self {
        let mut score = Self::default();
        let (mut missed, mut spurious, mut held, mut square) = (0usize, 0usize, 0usize, 0.0);
        let mut own: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
        let mut hits: BTreeMap<u64, [usize; 2]> = BTreeMap::new();
        let mut first: BTreeMap<usize, [usize; 2]> = BTreeMap::new();
        for scan in 0..raid.scans {
            let truth: Vec<_> = raid.truth.iter().filter(|t| t.scan == scan).collect();
            let tracks: Vec<_> = estimates.iter().filter(|e| e.scan == scan).collect();
            for t in &truth {
                first.entry(t.id).or_insert([scan, usize::MAX]);
            }
            for t in &tracks {
                hits.entry(t.track).or_default()[1] += 1;
            }
            let mut cost = Vec::with_capacity(truth.len() * tracks.len());
            for t in &truth {
                for e in &tracks {
                    let d2: f64 = (0..3).map(|i| (t.state[i] - e.position_m[i]).powi(2)).sum();
                    cost.push(d2.min(CUT_OFF_M * CUT_OFF_M));
                }
            }
            let pairs = lsap::solve(truth.len(), tracks.len(), &cost, false).unwrap_or_default();
            let (mut sum, mut matched) = (0.0, 0);
            for (&row, &column) in pairs.0.iter().zip(&pairs.1) {
                let d2 = cost[row * tracks.len() + column];
                if d2 < CUT_OFF_M * CUT_OFF_M {
                    matched += 1;
                    sum += d2;
                    own.entry(truth[row].id).or_default().push(tracks[column].track);
                    hits.entry(tracks[column].track).or_default()[0] += 1;
                    let begun = first.entry(truth[row].id).or_insert([scan, usize::MAX]);
                    begun[1] = begun[1].min(scan);
                }
            }
            square += sum;
            held += matched;
            missed += truth.len() - matched;
            spurious += tracks.len() - matched;
            let lonely = (truth.len() + tracks.len() - 2 * matched) as f64;
            score.gospa_m += (sum + 0.5 * CUT_OFF_M * CUT_OFF_M * lonely).sqrt();
        }
        score.gospa_m /= raid.scans as f64;
        score.rmse_m = (square / held.max(1) as f64).sqrt();
        score.missed_percent = 100.0 * missed as f64 / raid.truth.len().max(1) as f64;
        score.false_per_scan = spurious as f64 / raid.scans as f64;
        score.false_tracks = hits.values().filter(|[hit, all]| 2 * hit < *all).count() as f64;
        score.track_seconds = held as f64 * PERIOD_S;
        for ids in own.values() {
            score.breaks += (ids.iter().collect::<BTreeSet<_>>().len() - 1) as f64;
            score.switches += ids.windows(2).filter(|w| w[0] != w[1]).count() as f64;
        }
        let mut delays: Vec<usize> = first
            .values()
            .filter(|[_, held]| *held != usize::MAX)
            .map(|[begun, held]| held - begun)
            .collect();
        delays.sort_unstable();
        score.never_tracked = (first.len() - delays.len()) as f64;
        score.delay_s = delays.get(delays.len() / 2).map_or(f64::NAN, |d| *d as f64 * PERIOD_S);
        score
    }
}
