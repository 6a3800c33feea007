//! Which settled tracks have a clear plot, and which had better wait.
//!
//! In: settled tracks and the scan's plots; out: the pairs inside the gates, each with
//! its gain and with what else may have caused the plot, and the tracks for which the
//! next-best choice is nearly as good. Those decide later, as hypotheses.

use std::f64::consts::FRAC_PI_2;

use crate::sensors::Sector;

use super::associate::Pair;
use super::life::Scene;
use super::measure::{position_m, velocity_mps};
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
    // Plots that came too late for their own sector may be of anything.
    let sector = look.sector.filter(|sector| {
        field.seen.iter().all(|seen| sector.outside_rad(seen.plot.azimuth_rad) < BESIDE_RAD)
    });
    for (track, settled) in tracks.iter().enumerate() {
        if sector.is_some_and(|sector| is_beside(scene, look, sector, settled)) {
            continue;
        }
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

/// Standard deviations beyond which a sector's plots are not of a track. Chosen: twice the
/// gate's, which holds the plots that can be.
const BESIDE_SIGMAS: f64 = 10.0;
/// How far outside the sector its plots may lie, rad: rounding.
const BESIDE_RAD: f64 = 1e-6;
/// What a track may gain on its straight path, m/s².
const BESIDE_MPS2: f64 = 100.0;

/// Whether a track is so far beside the scan's sector that none of its plots can be of it:
/// told without the gate, as most tracks are beside a sector.
fn is_beside(scene: &Scene, look: &Look, sector: Sector, track: &Track) -> bool {
    let sensor = &scene.site.sensors[look.sensor];
    let age_s = look.time.since_s(track.time).abs() + look.half_span_s;
    track.modes.iter().all(|mode| {
        let (mean, spread) = (&mode.belief.mean, &mode.belief.covariance);
        let polar = sensor.frame.polar(position_m(mean).into());
        let off_rad = sector.outside_rad(polar.azimuth_rad);
        let aside_m = polar.range_m * polar.elevation_rad.cos() * off_rad.min(FRAC_PI_2).sin();
        let beam_m2 = (sensor.sigma.azimuth_rad.powi(2) + scene.slack[1]) * polar.range_m.powi(2);
        let sum_m2 = |from: usize| (from..from + 3).map(|i| spread[(i, i)]).sum::<f64>();
        let sigma_m = (sum_m2(0) + age_s * age_s * sum_m2(3) + beam_m2).sqrt();
        let moved_m = (velocity_mps(mean).norm() + BESIDE_MPS2 * age_s) * age_s;
        aside_m > BESIDE_SIGMAS * sigma_m + moved_m
    })
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
