//! How complete, ambiguous and spurious the picture is.
//!
//! In: positions of truth and of tracks at each moment. Out: the shares of P. Votruba,
//! R. Nisley, R. Rothrock and B. Zombro, *Single Integrated Air Picture (SIAP) Metrics
//! Implementation* (2001), section 2: a track belongs to the nearest object within the
//! cut-off, and several may belong to one.

use nalgebra::Vector3;

/// Counts over moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Siap {
    /// Objects.
    pub objects: usize,
    /// Objects with a track at least.
    pub objects_with_track: usize,
    /// Tracks.
    pub tracks: usize,
    /// Tracks that belong to an object.
    pub tracks_of_objects: usize,
}

impl Siap {
    /// Takes in one moment.
    pub fn observe(
        &mut self,
        truth_enu_m: &[Vector3<f64>],
        tracks_enu_m: &[Vector3<f64>],
        cutoff_m: f64,
    ) {
        let mut held = vec![false; truth_enu_m.len()];
        for track in tracks_enu_m {
            let apart = truth_enu_m.iter().map(|t| (t - track).norm()).enumerate();
            if let Some((n, _)) =
                apart.filter(|a| a.1 < cutoff_m).min_by(|a, b| a.1.total_cmp(&b.1))
            {
                held[n] = true;
                self.tracks_of_objects += 1;
            }
        }
        self.objects += truth_enu_m.len();
        self.tracks += tracks_enu_m.len();
        self.objects_with_track += held.iter().filter(|h| **h).count();
    }

    /// Adds another's counts.
    pub fn add(&mut self, other: &Self) {
        self.objects += other.objects;
        self.objects_with_track += other.objects_with_track;
        self.tracks += other.tracks;
        self.tracks_of_objects += other.tracks_of_objects;
    }

    /// Share of the objects that have a track; best 1.
    pub fn completeness(&self) -> f64 {
        self.objects_with_track as f64 / self.objects.max(1) as f64
    }

    /// Tracks for each object that has one; best 1.
    pub fn ambiguity(&self) -> f64 {
        self.tracks_of_objects as f64 / self.objects_with_track.max(1) as f64
    }

    /// Share of the tracks that belong to no object; best 0.
    pub fn spuriousness(&self) -> f64 {
        (self.tracks - self.tracks_of_objects) as f64 / self.tracks.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_tracks_on_one_object_are_ambiguous_and_one_on_none_is_spurious() {
        let at = |x: f64| Vector3::new(x, 0.0, 0.0);
        let mut siap = Siap::default();
        siap.observe(&[at(0.0), at(5000.0)], &[at(10.0), at(-20.0), at(900.0)], 200.0);
        assert_eq!(siap.completeness(), 0.5);
        assert_eq!(siap.ambiguity(), 2.0);
        assert!((siap.spuriousness() - 1.0 / 3.0).abs() < 1e-12);
    }
}
