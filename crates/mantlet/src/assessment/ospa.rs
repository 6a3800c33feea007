//! OSPA at one moment, and OSPA(2) between whole tracks over a window of time.
//!
//! In: positions of truth and of tracks. Out: distances in metres, order p = 2. OSPA:
//! D. Schuhmacher, B.-T. Vo and B.-N. Vo, "A consistent metric for performance
//! evaluation of multi-object filters", IEEE Trans. Signal Processing 56(8), 2008,
//! eq. 3. OSPA(2): M. Beard, B. T. Vo and B.-N. Vo, "A solution for large-scale
//! multi-object tracking", IEEE Trans. Signal Processing 68, 2020, section IV: the
//! distance of two tracks is their mean distance, cut off, over the moments at which
//! either is there, so that a change of identity costs as much as a miss.

use std::collections::BTreeMap;

use nalgebra::Vector3;

use super::gospa::gospa;
use crate::tracking::Assignment;

/// OSPA with cut-off `cutoff_m` and p = 2, m.
pub fn ospa(truth_enu_m: &[Vector3<f64>], tracks_enu_m: &[Vector3<f64>], cutoff_m: f64) -> f64 {
    let most = truth_enu_m.len().max(tracks_enu_m.len());
    if most == 0 {
        return 0.0;
    }
    let (parts, _) = gospa(truth_enu_m, tracks_enu_m, cutoff_m);
    // Pairs beyond the cut-off are a miss and a false track there, one pair here.
    let alone = parts.missed.max(parts.false_tracks) as f64;
    ((parts.localisation_m2 + cutoff_m * cutoff_m * alone) / most as f64).sqrt()
}

/// Positions by name at one moment.
pub type Moment<K> = Vec<(K, Vector3<f64>)>;

/// OSPA(2) with cut-off `cutoff_m` and p = 2 over the moments of a window, m: truth and
/// tracks at each.
pub fn ospa2<T: Copy + Ord, K: Copy + Ord>(
    window: &[(Moment<T>, Moment<K>)],
    cutoff_m: f64,
) -> f64 {
    let truths = paths(window.iter().map(|m| &m.0));
    let tracks = paths(window.iter().map(|m| &m.1));
    let most = truths.len().max(tracks.len());
    if most == 0 {
        return 0.0;
    }
    let c2 = cutoff_m * cutoff_m;
    let (rows, columns) = (truths.len(), most);
    let mut cost = vec![c2; rows * columns];
    for (i, truth) in truths.iter().enumerate() {
        for (j, track) in tracks.iter().enumerate() {
            cost[i * columns + j] = apart_m(truth, track, cutoff_m).powi(2);
        }
    }
    let mut solver = Assignment::default();
    let pairs = solver.solve(&cost, rows, columns);
    let paired: f64 = pairs.iter().enumerate().map(|(i, &j)| cost[i * columns + j]).sum();
    ((paired + c2 * (most - rows) as f64) / most as f64).sqrt()
}

type Path = BTreeMap<usize, Vector3<f64>>;

fn paths<'a, K: Copy + Ord + 'a>(moments: impl Iterator<Item = &'a Moment<K>>) -> Vec<Path> {
    let mut paths: BTreeMap<K, Path> = BTreeMap::new();
    for (n, moment) in moments.enumerate() {
        for (key, position_m) in moment {
            paths.entry(*key).or_default().insert(n, *position_m);
        }
    }
    paths.into_values().collect()
}

/// Mean distance, cut off, over the moments at which either is there.
fn apart_m(a: &Path, b: &Path, cutoff_m: f64) -> f64 {
    let both = a.iter().filter_map(|(n, p)| Some((p - b.get(n)?).norm().min(cutoff_m)));
    let (sum, count) = both.fold((0.0, 0usize), |(sum, count), d| (sum + d, count + 1));
    let either = a.len() + b.len() - count;
    (sum + cutoff_m * (either - count) as f64) / either.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64) -> Vector3<f64> {
        Vector3::new(x, 0.0, 0.0)
    }

    #[test]
    fn ospa_counts_what_is_missing_at_the_cut_off() {
        // Worked by hand: sqrt((30² + 200²) / 2).
        let d = ospa(&[at(0.0), at(1000.0)], &[at(30.0)], 200.0);
        assert!((d - 143.003_5).abs() < 1e-3, "{d}");
        assert_eq!(ospa(&[], &[], 200.0), 0.0);
        assert_eq!(ospa(&[], &[at(0.0)], 200.0), 200.0);
        // Two that are too far apart are one pair at the cut-off.
        assert_eq!(ospa(&[at(0.0)], &[at(900.0)], 200.0), 200.0);
    }

    #[test]
    fn a_change_of_identity_costs_although_each_moment_is_perfect() {
        let truth = |n: usize| vec![(0, at(n as f64)), (1, at(1000.0 + n as f64))];
        let straight: Vec<_> = (0..10).map(|n| (truth(n), truth(n))).collect();
        assert_eq!(ospa2(&straight, 200.0), 0.0);
        let swapped = |n: usize| {
            let [a, b] = [truth(n)[0].1, truth(n)[1].1];
            if n < 5 { vec![(7, a), (8, b)] } else { vec![(7, b), (8, a)] }
        };
        let crossed: Vec<_> = (0..10).map(|n| (truth(n), swapped(n))).collect();
        // Each track is right half of the time: 100 m of 200 m.
        assert!((ospa2(&crossed, 200.0) - 100.0).abs() < 1e-9);
    }

    #[test]
    fn a_track_that_comes_late_costs_by_the_time_it_was_missing() {
        let window: Vec<_> = (0..4)
            .map(|n| (vec![(0, at(0.0))], if n < 1 { vec![] } else { vec![(3, at(10.0))] }))
            .collect();
        assert!((ospa2(&window, 200.0) - (200.0 + 3.0 * 10.0) / 4.0).abs() < 1e-9);
    }
}
