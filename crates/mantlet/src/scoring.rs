//! One comparable score out of an assessment, with intervals where several runs
//! were put together.
//!
//! In: records. Out: [`Score`], ready to be printed as JSON. Intervals are 95 %:
//! Clopper-Pearson for shares, Student's t over runs for means.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::assessment::Gospa;
use crate::assessment::ImpactErrors;
use crate::assessment::Kinds;
use crate::assessment::Pairing;
use crate::assessment::Siap;
use crate::assessment::Timeliness;

/// A share with its exact 95 % interval (C. J. Clopper and E. S. Pearson, "The use
/// of confidence or fiducial limits", Biometrika 26 (1934) 404-413).
#[derive(Clone, Copy, Debug, Serialize, PartialEq)]
pub struct Share {
    /// How many of them.
    pub count: usize,
    /// Of how many.
    pub of: usize,
    /// `count / of`; zero when there were none.
    pub share: f64,
    /// 95 % interval.
    pub interval: [f64; 2],
}

impl Share {
    /// A share of `of` independent trials.
    pub fn new(count: usize, of: usize) -> Self {
        let quantile = |p: f64, a: f64, b: f64| {
            use statrs::distribution::{Beta, ContinuousCDF};
            Beta::new(a, b).map_or(0.0, |d| d.inverse_cdf(p))
        };
        let (k, n) = (count as f64, of as f64);
        let low = if count == 0 { 0.0 } else { quantile(0.025, k, n - k + 1.0) };
        let high = if count == of { 1.0 } else { quantile(0.975, k + 1.0, n - k) };
        Self { count, of, share: if of > 0 { k / n } else { 0.0 }, interval: [low, high] }
    }
}

/// How good a tracker and its warnings were.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    /// Runs put together.
    pub runs: usize,
    /// Threats that gave at least three plots, and those tracked within 2 s of the third.
    pub tracked_within_2s_of_third_plot: Share,
    /// Threats that had a confirmed track at all.
    pub threats_tracked: usize,
    /// Median seconds from third plot to confirmed track.
    pub track_delay_median_s: Option<f64>,
    /// GOSPA (c = 200 m, p = 2, alpha = 2) of the rounds, mean over scans, m.
    pub gospa_m: f64,
    /// Root of the mean localisation part per scan, m.
    pub gospa_localisation_m: f64,
    /// OSPA (c = 200 m, p = 2) of the rounds, mean over scans, m.
    pub ospa_m: f64,
    /// OSPA(2) over windows of 10 s (c = 200 m, p = 2), mean over scans, m.
    pub ospa2_m: f64,
    /// Share of the rounds that have a track (SIAP completeness).
    pub completeness: f64,
    /// Tracks for each round that has one (SIAP ambiguity).
    pub ambiguity: f64,
    /// Share of the tracks that are on no round (SIAP spuriousness).
    pub spuriousness: f64,
    /// Round-scans without a track, share.
    pub missed_share: f64,
    /// Confirmed tracks that followed nothing.
    pub false_tracks: usize,
    /// Changes of a round's track.
    pub identity_switches: usize,
    /// Tracks beyond the first for a round.
    pub breaks: usize,
    /// Seconds of rounds in view.
    pub threat_seconds: f64,
    /// How far the stated kinds can be trusted.
    pub kind: KindScore,
    /// Impact errors.
    pub impact: ImpactScore,
    /// Lead times.
    pub warning: WarningScore,
}

/// Kinds said against true ones, over the scans of confirmed tracks.
#[derive(Clone, Debug, Serialize)]
pub struct KindScore {
    /// By ranges of the stated probability.
    pub reliability: Vec<Reliability>,
    /// Scans by `said, true`; `nothing` is no object within 200 m of its own.
    pub said_and_true: BTreeMap<String, usize>,
}

/// Claims whose stated probability was within a range.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Reliability {
    /// Least and most of the range.
    pub range: [f64; 2],
    /// Mean of what was stated; zero where nothing was.
    pub stated: f64,
    /// Share of claims that were right.
    pub right: f64,
    /// How many claims: scans of one track depend on each other, so no interval.
    pub of: usize,
}

/// Impact errors, put together.
#[derive(Clone, Debug, Serialize)]
pub struct ImpactScore {
    /// Root mean square error 10 s before impact, m.
    pub rms_10s_m: Option<f64>,
    /// Cramér-Rao bound on it, m.
    pub bound_10s_m: Option<f64>,
    /// Ratio of the two.
    pub rms_over_bound_10s: Option<f64>,
    /// The same 5 s before impact.
    pub rms_5s_m: Option<f64>,
    /// Bound 5 s before impact, m.
    pub bound_5s_m: Option<f64>,
    /// Ratio.
    pub rms_over_bound_5s: Option<f64>,
    /// Truth inside the 90 % ellipse, over all scans from 3 s after confirmation on.
    /// Scans of one round depend on each other: no interval.
    pub in_90_ellipse: f64,
    /// The same at one moment per round, 10 s before impact.
    pub in_90_ellipse_10s: Share,
    /// Mean normalised squared error of the impact (expected 2).
    pub nees_impact_10s: Option<f64>,
    /// 95 % band of that mean for a consistent estimate (chi-squared over its count).
    pub nees_impact_band: Option<[f64; 2]>,
    /// Mean normalised squared error of the position (expected 3).
    pub nees_position_10s: Option<f64>,
    /// 95 % band of that mean.
    pub nees_position_band: Option<[f64; 2]>,
    /// Median seconds from first plot to a prediction within 300 m.
    pub usable_after_median_s: Option<f64>,
}

/// Lead times of warnings.
#[derive(Clone, Debug, Serialize)]
pub struct WarningScore {
    /// Median seconds from a threat's first plot to a warning that names it.
    pub delay_median_s: Option<f64>,
    /// Median seconds that a zone had before an impact in its reach.
    pub seconds_given_median_s: Option<f64>,
    /// Least of those.
    pub seconds_given_least_s: Option<f64>,
    /// Impacts in reach of a zone that had no warning.
    pub missed: usize,
    /// Warnings caused by something that was no threat.
    pub caused_by_traffic: usize,
}

/// The score of some assessed records.
pub fn score(records: &[(Pairing, ImpactErrors, Timeliness)]) -> Score {
    let mut impacts = ImpactErrors::default();
    let mut scans: Vec<Gospa> = Vec::new();
    let (mut delays, mut warned, mut given) = (Vec::new(), Vec::new(), Vec::new());
    for (pairing, errors, times) in records {
        impacts.add(errors);
        scans.extend(&pairing.scans);
        delays.extend(&times.track_delay_s);
        warned.extend(&times.warning_delay_s);
        given.extend(times.seconds_given.iter().map(|g| g.1));
    }
    let sum = |f: fn(&(Pairing, ImpactErrors, Timeliness)) -> usize| records.iter().map(f).sum();
    let gospa = crate::assessment::gospa_over_scans(&scans);
    let runs = records.len().max(1) as f64;
    let mut siap = Siap::default();
    records.iter().for_each(|r| siap.add(&r.0.siap));
    let over_scans = |pick: fn(&Pairing) -> &Vec<f64>| {
        let all: Vec<f64> = records.iter().flat_map(|r| pick(&r.0)).copied().collect();
        all.iter().sum::<f64>() / all.len().max(1) as f64
    };
    Score {
        runs: records.len(),
        tracked_within_2s_of_third_plot: Share::new(
            sum(|r| r.2.tracked_in_time),
            sum(|r| r.2.threats),
        ),
        threats_tracked: delays.len(),
        track_delay_median_s: median(&mut delays),
        gospa_m: gospa.distance_m,
        gospa_localisation_m: gospa.localisation_m2.sqrt(),
        ospa_m: over_scans(|p| &p.ospa_m),
        ospa2_m: over_scans(|p| &p.ospa2_m),
        completeness: siap.completeness(),
        ambiguity: siap.ambiguity(),
        spuriousness: siap.spuriousness(),
        missed_share: records.iter().map(|r| r.0.missed_share).sum::<f64>() / runs,
        false_tracks: sum(|r| r.0.false_tracks),
        identity_switches: sum(|r| r.0.switches),
        breaks: sum(|r| r.0.breaks),
        threat_seconds: records.iter().map(|r| r.0.threat_seconds).sum(),
        kind: kind_score(records),
        impact: impact_score(&mut impacts),
        warning: WarningScore {
            delay_median_s: median(&mut warned),
            seconds_given_least_s: given.iter().copied().min_by(f64::total_cmp),
            seconds_given_median_s: median(&mut given),
            missed: sum(|r| r.2.missed_zones.len()),
            caused_by_traffic: sum(|r| r.2.caused_by_traffic),
        },
    }
}

fn kind_score(records: &[(Pairing, ImpactErrors, Timeliness)]) -> KindScore {
    let mut kinds = Kinds::default();
    records.iter().for_each(|r| kinds.add(&r.0.kinds));
    let reliability = kinds.ranges.iter().enumerate().map(|(n, claims)| {
        let of = claims.count.max(1) as f64;
        Reliability {
            range: Kinds::range(n),
            stated: claims.stated / of,
            right: claims.right as f64 / of,
            of: claims.count,
        }
    });
    KindScore {
        reliability: reliability.collect(),
        said_and_true: kinds
            .said
            .iter()
            .map(|((said, truth), count)| (format!("{said}, {truth}"), *count))
            .collect(),
    }
}

fn impact_score(errors: &mut ImpactErrors) -> ImpactScore {
    let root_mean = |squares: &[f64]| {
        (!squares.is_empty()).then(|| (squares.iter().sum::<f64>() / squares.len() as f64).sqrt())
    };
    let mean = |x: &[f64]| (!x.is_empty()).then(|| x.iter().sum::<f64>() / x.len() as f64);
    let (rms_10s_m, rms_5s_m) = (root_mean(&errors.error2_10s_m2), root_mean(&errors.error2_5s_m2));
    // A bound holds for the same rounds only.
    let bound =
        |bounds: &[f64], errors: &[f64]| root_mean(bounds).filter(|_| bounds.len() == errors.len());
    let bound_10s_m = bound(&errors.bound2_10s_m2, &errors.error2_10s_m2);
    let bound_5s_m = bound(&errors.bound2_5s_m2, &errors.error2_5s_m2);
    let ratio = |a: Option<f64>, b: Option<f64>| Some(a? / b?);
    ImpactScore {
        rms_10s_m,
        bound_10s_m,
        rms_over_bound_10s: ratio(rms_10s_m, bound_10s_m),
        rms_5s_m,
        bound_5s_m,
        rms_over_bound_5s: ratio(rms_5s_m, bound_5s_m),
        in_90_ellipse: errors.inside as f64 / errors.judged.max(1) as f64,
        in_90_ellipse_10s: Share::new(errors.inside_10s, errors.judged_10s),
        nees_impact_10s: mean(&errors.nees_10s),
        nees_impact_band: nees_band(2, errors.nees_10s.len()),
        nees_position_10s: mean(&errors.position_nees_10s),
        nees_position_band: nees_band(3, errors.position_nees_10s.len()),
        usable_after_median_s: median(&mut errors.usable_after_s),
    }
}

/// 95 % band of the mean of `count` squared errors of a consistent estimate in
/// `dimensions` (Y. Bar-Shalom, X. R. Li and T. Kirubarajan, *Estimation with
/// Applications to Tracking and Navigation*, 2001, section 5.4.2).
pub fn nees_band(dimensions: usize, count: usize) -> Option<[f64; 2]> {
    use statrs::distribution::{ChiSquared, ContinuousCDF};
    let sum = ChiSquared::new((dimensions * count) as f64).ok()?;
    Some([0.025, 0.975].map(|p| sum.inverse_cdf(p) / count as f64))
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    (n > 0).then(|| (values[(n - 1) / 2] + values[n / 2]) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_of_a_mean_squared_error_is_as_in_the_tables() {
        // Bar-Shalom et al. 2001, example 5.4.2: chi-squared, 100 degrees of freedom, 50
        // runs of a state of two: [1.484, 2.592].
        let [low, high] = nees_band(2, 50).unwrap();
        assert!((low - 1.4844).abs() < 1e-3 && (high - 2.5912).abs() < 1e-3, "{low} {high}");
        assert_eq!(nees_band(2, 0), None);
    }

    #[test]
    fn clopper_pearson_is_as_published() {
        // R: binom.test(8, 10)$conf.int.
        let share = Share::new(8, 10);
        assert!((share.interval[0] - 0.443_904_5).abs() < 1e-6, "{share:?}");
        assert!((share.interval[1] - 0.974_789_3).abs() < 1e-6, "{share:?}");
        assert_eq!(Share::new(10, 10).interval[1], 1.0);
    }
}
