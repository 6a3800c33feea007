//! GOSPA: localisation error, missed objects and false tracks in one distance.
//!
//! In: positions of truth and of tracks. Out: the metric and its parts, alpha = 2:
//! A. S. Rahmathullah, A. F. Garcia-Fernandez and L. Svensson, "Generalized optimal
//! sub-pattern assignment metric", FUSION 2017, eq. 1 and proposition 1.

use nalgebra::Vector3;

use crate::tracking::Assignment;

/// GOSPA of one moment, and its parts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gospa {
    /// The metric, m.
    pub distance_m: f64,
    /// Sum of squared distances of assigned pairs, m².
    pub localisation_m2: f64,
    /// Objects without a track.
    pub missed: usize,
    /// Tracks without an object.
    pub false_tracks: usize,
}

/// GOSPA with cut-off `cutoff_m` and p = 2; also which track each object got.
pub fn gospa(
    truth_enu_m: &[Vector3<f64>],
    tracks_enu_m: &[Vector3<f64>],
    cutoff_m: f64,
) -> (Gospa, Vec<Option<usize>>) {
    let (rows, columns) = (truth_enu_m.len(), tracks_enu_m.len());
    let c2 = cutoff_m * cutoff_m;
    let mut cost = vec![0.0; rows * columns];
    for (i, t) in truth_enu_m.iter().enumerate() {
        for (j, x) in tracks_enu_m.iter().enumerate() {
            // Pairs beyond the cut-off cost as much as one miss and one false track.
            cost[i * columns + j] = (t - x).norm_squared().min(c2) - c2;
        }
    }
    let pairs = best_pairs(&cost, rows, columns);
    let mut out = Gospa::default();
    let mut of_truth = vec![None; rows];
    for (i, pair) in pairs.iter().enumerate() {
        let Some(j) = *pair else { continue };
        let d2 = (truth_enu_m[i] - tracks_enu_m[j]).norm_squared();
        if d2 < c2 {
            out.localisation_m2 += d2;
            of_truth[i] = Some(j);
        }
    }
    let paired = of_truth.iter().flatten().count();
    out.missed = rows - paired;
    out.false_tracks = columns - paired;
    let cardinality = c2 / 2.0 * (out.missed + out.false_tracks) as f64;
    out.distance_m = (out.localisation_m2 + cardinality).sqrt();
    (out, of_truth)
}

/// Mean of the metric and sums of the counts over scans.
pub fn gospa_over_scans(scans: &[Gospa]) -> Gospa {
    let n = scans.len().max(1) as f64;
    Gospa {
        distance_m: scans.iter().map(|g| g.distance_m).sum::<f64>() / n,
        localisation_m2: scans.iter().map(|g| g.localisation_m2).sum::<f64>() / n,
        missed: scans.iter().map(|g| g.missed).sum(),
        false_tracks: scans.iter().map(|g| g.false_tracks).sum(),
    }
}

/// Cheapest pairs of rows and columns, each at most once.
fn best_pairs(cost: &[f64], rows: usize, columns: usize) -> Vec<Option<usize>> {
    // The solver gives every row a column: rows beyond the columns get free ones.
    let wide = columns.max(rows);
    let mut padded = vec![0.0; rows * wide];
    for i in 0..rows {
        padded[i * wide..i * wide + columns].copy_from_slice(&cost[i * columns..][..columns]);
    }
    let mut solver = Assignment::default();
    solver.solve(&padded, rows, wide).iter().map(|&j| (j < columns).then_some(j)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_as_in_the_paper() {
        let truth = [Vector3::zeros(), Vector3::new(1000.0, 0.0, 0.0)];
        let tracks = [Vector3::new(30.0, 40.0, 0.0), Vector3::new(0.0, 5000.0, 0.0)];
        let (g, of_truth) = gospa(&truth, &tracks, 200.0);
        assert_eq!(of_truth, [Some(0), None]);
        assert_eq!((g.missed, g.false_tracks), (1, 1));
        assert!((g.distance_m - (2500.0f64 + 2.0 * 20_000.0).sqrt()).abs() < 1e-9);
    }

    #[test]
    fn crossing_pairs_are_assigned_jointly() {
        let truth = [Vector3::zeros(), Vector3::new(100.0, 0.0, 0.0)];
        let tracks = [Vector3::new(90.0, 0.0, 0.0), Vector3::new(-80.0, 0.0, 0.0)];
        let (g, of_truth) = gospa(&truth, &tracks, 200.0);
        assert_eq!(of_truth, [Some(1), Some(0)]);
        assert!((g.localisation_m2 - 6500.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_against_nothing_is_zero() {
        assert_eq!(gospa(&[], &[], 200.0).0.distance_m, 0.0);
        assert!((gospa(&[], &[Vector3::zeros()], 200.0).0.distance_m - 141.421).abs() < 1e-3);
    }
}
