//! Two tracks of one object: one of them ends.
//!
//! In: confirmed tracks; out: those that another one has replaced. Two tracks that are,
//! within what both are unsure of, at one place with one velocity, and of which in many
//! looks never both were seen, are of one object whose plots they share (track-to-track
//! test: Y. Bar-Shalom, X. R. Li and T. Kirubarajan, *Estimation with Applications to
//! Tracking and Navigation*, 2001, section 8.4, with the errors taken as independent).
//! The one with fewer plots ends.
//!
//! Limits: two objects nearer to each other than their tracks are sure of, that are
//! never seen in one look, become one.

use std::collections::BTreeSet;

use nalgebra::SMatrix;

use super::track::Track;

/// Looks in which never both were seen, as bits. Chosen: two objects at 60 % detection
/// are both seen at least once in eight looks 97 times in a hundred.
const LOOKS: u32 = 0xff;
/// Looks of them in which one or the other was.
const SEEN: u32 = 3;
/// Largest squared distance in position and velocity. Source: chi-squared, 6 degrees
/// of freedom, 90 % inside.
const SAME: f64 = 10.64;
/// Tracks further apart than this are two objects whatever they are unsure of, m.
const APART_M: f64 = 300.0;

/// Ids of tracks that another one has replaced.
pub fn replaced(tracks: &[Track]) -> BTreeSet<u64> {
    let mut order: Vec<&Track> = tracks.iter().collect();
    order.sort_by(|a, b| a.mean[0].total_cmp(&b.mean[0]).then(a.id.cmp(&b.id)));
    let mut ended = BTreeSet::new();
    for (n, a) in order.iter().enumerate() {
        let near = order[n + 1..].iter().take_while(|b| b.mean[0] - a.mean[0] < APART_M);
        for b in near {
            if share_plots(a, b) && a.time == b.time && is_same(a, b) {
                let worse = if (a.plot_count, b.id) < (b.plot_count, a.id) { a } else { b };
                ended.insert(worse.id);
            }
        }
    }
    ended
}

/// Whether of both, never seen in one look, one or the other was.
fn share_plots(a: &Track, b: &Track) -> bool {
    a.seen & b.seen & LOOKS == 0 && ((a.seen | b.seen) & LOOKS).count_ones() >= SEEN
}

fn is_same(a: &Track, b: &Track) -> bool {
    let apart_m = a.position_enu_m() - b.position_enu_m();
    if apart_m.norm_squared() > SAME * (a.covariance.trace() + b.covariance.trace()) {
        return false;
    }
    let off = (a.mean - b.mean).fixed_rows::<6>(0).into_owned();
    let both: SMatrix<f64, 6, 6> =
        (a.covariance + b.covariance).fixed_view::<6, 6>(0, 0).into_owned();
    both.cholesky().is_some_and(|factor| off.dot(&factor.solve(&off)) < SAME)
}
