//! When things happen: UTC instants as integer nanoseconds.
//!
//! The library runs on data time: nothing here reads a clock. Unix time without
//! leap seconds, so differences across a leap second are off by one second.

use std::ops::{Add, Sub};

/// An instant: nanoseconds since 1970-01-01T00:00:00Z, or since the start of a
/// scenario that names no date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From integer nanoseconds.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// From seconds, rounded to the nanosecond; `None` when not finite or beyond
    /// the year 2262.
    pub fn from_seconds(time_s: f64) -> Option<Self> {
        let nanos = (time_s * 1e9).round();
        (nanos.is_finite() && nanos.abs() < 9.2e18).then_some(Self(nanos as i64))
    }

    /// Nanoseconds since the epoch.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Seconds since the epoch (a microsecond is lost beyond a century).
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// Seconds from `earlier` to this instant; negative if it is later.
    pub fn since_s(self, earlier: Self) -> f64 {
        (self.0 - earlier.0) as f64 / 1e9
    }
}

/// Nearest integer nanoseconds, at the ends of the range where it is beyond.
fn whole_nanos(seconds: f64) -> i64 {
    (seconds * 1e9).round() as i64
}

/// Seconds later; the sum saturates at the ends of the range.
impl Add<f64> for Timestamp {
    type Output = Self;
    fn add(self, dt_s: f64) -> Self {
        Self(self.0.saturating_add(whole_nanos(dt_s)))
    }
}

/// Seconds earlier; the difference saturates at the ends of the range.
impl Sub<f64> for Timestamp {
    type Output = Self;
    fn sub(self, dt_s: f64) -> Self {
        Add::add(self, -dt_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_round_trip_to_the_nanosecond() {
        let t = Timestamp::from_seconds(12.345_678_901).unwrap();
        assert_eq!(t.nanos(), 12_345_678_901);
        assert_eq!((t + 0.5).since_s(t), 0.5);
    }

    #[test]
    fn non_finite_time_is_refused() {
        assert_eq!(Timestamp::from_seconds(f64::NAN), None);
        assert_eq!(Timestamp::from_seconds(1e300), None);
    }
}
