//! Which settled tracks have a clear plot, and which had better wait.
//!
//! In: settled tracks and the scan's plots; out: the pairs inside the gates, each with
//! its gain and with what else may have caused the plot, and the tracks for which the
//! next-best choice is nearly as good. Those decide later, as hypotheses.

use super::associate::Pair;
use super::life::Scene;
use super::track::Track;
use super::tracker::{Field, Look, candidates};

/// Log-odds within which one plot or another, or whose it is, is left open. Chosen:
/// one in twenty.
const DOUBT: f64 = 3.0;

/// A settled track and a plot in its gate.
#[derive(Clone, Copy, Debug)]
pub struct GatedPair {
    /// Index of the track.
    pub track: usize,
    /// Index of the plot.
    pub plot: usize,
    /// Log-likelihood ratio against a missed look and a false plot.
    pub gain: f64,
    /// Log-odds that the plot is of something else that is not settled.
    pub rival: f64,
}

impl GatedPair {
    /// Without the rival.
    pub fn pair(&self) -> Pair {
        Pair { track: self.track, plot: self.plot, gain: self.gain }
    }
}

/// The plots in the settled tracks' gates.
pub fn gate(
    scene: &Scene,
    look: &Look,
    field: &Field,
    tracks: &[Track],
    gates: &mut Vec<GatedPair>,
) {
    gates.clear();
    for (track, settled) in tracks.iter().enumerate() {
        let seen = &field.seen;
        candidates(scene, settled, look, field, |plot, gain| {
            // The plot may be of an object that is not settled.
            let excess = seen[plot].ln_tentative - seen[plot].ln_clutter;
            let rival =
                if excess > 0.0 { excess + (-excess).exp().ln_1p() } else { excess.exp().ln_1p() };
            gates.push(GatedPair { track, plot, gain, rival });
        });
    }
}

/// Settled tracks that have no clear plot: two in the gate, one that another
/// track may as well have caused, or one that is as likely of something else.
pub fn doubtful(gates: &[GatedPair], tracks: usize, plots: usize) -> Vec<usize> {
    // Best and second-best gain by track and by plot, against the rest.
    let mut of_track = vec![[0.0, f64::NEG_INFINITY]; tracks];
    let mut of_plot = vec![[0.0, f64::NEG_INFINITY]; plots];
    let note = |best: &mut [f64; 2], gain: f64| {
        if gain > best[0] {
            best[1] = best[0];
            best[0] = gain;
        } else {
            best[1] = best[1].max(gain);
        }
    };
    for g in gates {
        note(&mut of_track[g.track], g.gain - g.rival);
        note(&mut of_plot[g.plot], g.gain - g.rival);
    }
    let mut doubtful = Vec::new();
    for g in gates.iter().filter(|g| g.gain > 0.0) {
        let gain = g.gain - g.rival;
        let near = |best: &[f64; 2]| gain > 0.0 && (gain - best[1]).abs() < DOUBT;
        let contested = g.rival > 1.0 && gain.abs() < DOUBT;
        if contested || near(&of_track[g.track]) || near(&of_plot[g.plot]) {
            doubtful.push(g.track);
        }
    }
    doubtful.dedup();
    doubtful
}
