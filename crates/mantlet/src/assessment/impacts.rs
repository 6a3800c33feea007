//! How far off the predicted impacts were, and whether they knew it.
//!
//! In: a record and its pairing. Out: errors at stated times before impact with
//! the Cramér-Rao bound of the same moments, the share of truths inside the stated
//! 90 % ellipses, and how soon a prediction was usable.

use crate::flight::World;
use crate::sensors::Site;

use super::bounds::bounds;
use super::pairing::Pairing;
use super::record::{Record, SaidImpact, TrackSample};

/// 0.9 quantile of chi-square with two degrees of freedom: -2 ln 0.1.
const CHI2_2_P90: f64 = 4.605_170_185_988_092;
/// The ellipse is judged from this long after a track's confirmation on, s.
const SETTLED_S: f64 = 3.0;
/// A prediction is usable from this error on, m.
const USABLE_M: f64 = 300.0;

/// Errors of predicted impacts, one entry per round unless said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImpactErrors {
    /// Squared error 10 s before impact, m².
    pub error2_10s_m2: Vec<f64>,
    /// Bound on the same, m² (trace of the covariance), where it is known.
    pub bound2_10s_m2: Vec<f64>,
    /// Squared error 5 s before impact, m².
    pub error2_5s_m2: Vec<f64>,
    /// Bound on that, m².
    pub bound2_5s_m2: Vec<f64>,
    /// Predictions judged, over all scans.
    pub judged: usize,
    /// Of those, predictions whose 90 % ellipse held the truth.
    pub inside: usize,
    /// Rounds judged at one moment, 10 s before impact: independent of each other.
    pub judged_10s: usize,
    /// Of those, rounds whose 90 % ellipse held the truth.
    pub inside_10s: usize,
    /// Normalised squared errors of the impact 10 s before it (two degrees of freedom).
    pub nees_10s: Vec<f64>,
    /// Normalised squared errors of the position at that moment (three degrees).
    pub position_nees_10s: Vec<f64>,
    /// From first plot to the first prediction within 300 m, s.
    pub usable_after_s: Vec<f64>,
}

/// Judges a record's predicted impacts. Without a site the bounds stay empty.
pub fn impact_errors(
    record: &Record,
    pairing: &Pairing,
    site: Option<(&Site, &World)>,
) -> ImpactErrors {
    let mut out = ImpactErrors::default();
    for (object, truth) in record.objects.iter().enumerate().filter(|o| o.1.threat) {
        let Some((impact_s, impact_en_m)) = truth.impact else { continue };
        let Some(id) = pairing.track_of_object[object] else { continue };
        let samples: Vec<&TrackSample> =
            record.tracks.iter().filter(|t| t.track_id == id && t.time_s < impact_s).collect();
        let confirmed_s = samples.iter().find(|t| t.is_confirmed()).map(|t| t.time_s);
        for sample in &samples {
            let Some(said) = sample.impact else { continue };
            if confirmed_s.is_some_and(|c| sample.time_s >= c + SETTLED_S) {
                out.judged += 1;
                out.inside += usize::from(nees(&said, impact_en_m) <= CHI2_2_P90);
            }
        }
        let first_plot = record.detections.iter().find(|d| d.object == object);
        let usable = samples
            .iter()
            .find(|t| t.impact.is_some_and(|i| error2_m2(&i, impact_en_m).sqrt() < USABLE_M));
        if let (Some(first), Some(usable)) = (first_plot, usable) {
            out.usable_after_s.push(usable.time_s - first.time_s);
        }
        let bounds = site.map(|(site, world)| bounds(record, object, site, world));
        let known = |time_s: f64| {
            let bound = bounds.iter().flatten().rev().find(|b| b.time_s <= time_s)?;
            Some(bound.bound.covariance_en_m2.trace())
        };
        let at = |before_s: f64| {
            let sample = samples.iter().rev().find(|t| t.time_s <= impact_s - before_s)?;
            Some((*sample, sample.impact?))
        };
        if let Some((sample, said)) = at(5.0) {
            out.error2_5s_m2.push(error2_m2(&said, impact_en_m));
            out.bound2_5s_m2.extend(known(sample.time_s));
        }
        let Some((sample, said)) = at(10.0) else { continue };
        out.error2_10s_m2.push(error2_m2(&said, impact_en_m));
        out.bound2_10s_m2.extend(known(sample.time_s));
        let d2 = nees(&said, impact_en_m);
        out.nees_10s.push(d2);
        out.judged_10s += 1;
        out.inside_10s += usize::from(d2 <= CHI2_2_P90);
        let there = record.truth_at(sample.time_s).into_iter().find(|t| t.object == object);
        if let (Some(there), Some(inverse)) = (there, sample.covariance_m2.try_inverse()) {
            let off = sample.position_enu_m - there.position_enu_m;
            out.position_nees_10s.push(off.dot(&(inverse * off)));
        }
    }
    out
}

impl ImpactErrors {
    /// Adds another record's errors.
    pub fn add(&mut self, other: &Self) {
        self.error2_10s_m2.extend(&other.error2_10s_m2);
        self.bound2_10s_m2.extend(&other.bound2_10s_m2);
        self.error2_5s_m2.extend(&other.error2_5s_m2);
        self.bound2_5s_m2.extend(&other.bound2_5s_m2);
        self.judged += other.judged;
        self.inside += other.inside;
        self.judged_10s += other.judged_10s;
        self.inside_10s += other.inside_10s;
        self.nees_10s.extend(&other.nees_10s);
        self.position_nees_10s.extend(&other.position_nees_10s);
        self.usable_after_s.extend(&other.usable_after_s);
    }
}

fn error2_m2(said: &SaidImpact, truth_en_m: [f64; 2]) -> f64 {
    (said.position_en_m[0] - truth_en_m[0]).powi(2)
        + (said.position_en_m[1] - truth_en_m[1]).powi(2)
}

fn nees(said: &SaidImpact, truth_en_m: [f64; 2]) -> f64 {
    let e = said.position_en_m[0] - truth_en_m[0];
    let n = said.position_en_m[1] - truth_en_m[1];
    let [ee, en, nn] = said.covariance_m2;
    let det = ee * nn - en * en;
    if det <= 0.0 {
        return f64::INFINITY;
    }
    (nn * e * e - 2.0 * en * e * n + ee * n * n) / det
}
