//! How far the kinds that tracks are taken for can be trusted.
//!
//! In: each confirmed track's kind with its probability, scan by scan, and what the
//! object it follows truly is. Out: for ranges of the stated probability, how often the
//! kind was right (a reliability table: A. H. Murphy and R. L. Winkler, "Reliability of
//! subjective probability forecasts of precipitation and temperature", Applied
//! Statistics 26(1), 1977), and what each kind that was said truly was.
//!
//! Limits: scans of one track depend on each other; what is taken for unknown states no
//! kind and is only counted.

use std::collections::BTreeMap;

/// Ranges of stated probability: 0.5 to 0.6, ... 0.9 to 1; below it is unknown.
pub const RANGES: usize = 5;

/// Claims within one range of stated probability.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Claims {
    /// How many.
    pub count: usize,
    /// Of those, how many were right.
    pub right: usize,
    /// Sum of the stated probabilities.
    pub stated: f64,
}

/// Kinds said and true, over track-scans.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kinds {
    /// By stated probability.
    pub ranges: [Claims; RANGES],
    /// Track-scans by the kind said and the true one; `nothing` is no object.
    pub said: BTreeMap<(String, String), usize>,
}

impl Kinds {
    /// Takes in a confirmed track at one scan; `class` is that of truth files.
    pub fn observe(&mut self, said: &str, probability: f64, class: Option<&str>) {
        let truth = class.map_or("nothing", kind_of);
        *self.said.entry((said.into(), truth.into())).or_default() += 1;
        if said == "unknown" {
            return;
        }
        let tenth = (probability * 10.0) as usize;
        let claims = &mut self.ranges[tenth.saturating_sub(5).min(RANGES - 1)];
        claims.count += 1;
        claims.right += usize::from(said == truth);
        claims.stated += probability;
    }

    /// Least and most stated probability of a range.
    pub fn range(n: usize) -> [f64; 2] {
        [n + 5, n + 6].map(|tenths| tenths as f64 / 10.0)
    }

    /// Adds another's counts.
    pub fn add(&mut self, other: &Self) {
        for (own, theirs) in self.ranges.iter_mut().zip(&other.ranges) {
            own.count += theirs.count;
            own.right += theirs.right;
            own.stated += theirs.stated;
        }
        for (key, count) in &other.said {
            *self.said.entry(key.clone()).or_default() += count;
        }
    }
}

/// The kind of a class of truth files.
fn kind_of(class: &str) -> &str {
    match class {
        "airliner" | "helicopter" => "aircraft",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_counted_by_what_was_stated_and_unknown_claims_nothing() {
        let mut kinds = Kinds::default();
        kinds.observe("rocket", 0.95, Some("rocket"));
        kinds.observe("mortar", 0.55, Some("tracer"));
        kinds.observe("aircraft", 1.0, Some("airliner"));
        kinds.observe("unknown", 0.4, Some("bird"));
        kinds.observe("bird", 0.7, None);
        let counts: Vec<[usize; 2]> = kinds.ranges.iter().map(|c| [c.count, c.right]).collect();
        assert_eq!(counts, [[1, 0], [0, 0], [1, 0], [0, 0], [2, 2]]);
        assert_eq!(kinds.said[&("mortar".into(), "tracer".into())], 1);
        assert_eq!(kinds.said[&("bird".into(), "nothing".into())], 1);
    }
}
