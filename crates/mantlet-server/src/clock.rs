//! The one clock of the service: wall time that never goes back.
//!
//! Arrivals are stamped with the wall time of the start plus a monotonic count, so a
//! clock that is set while the service runs cannot reorder what comes in. A step forward
//! is followed (a machine that woke up, a clock first set after boot); a step back is not,
//! and is reported until the service is started again.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use mantlet::time::Timestamp;

/// A difference that is a step and no drift, s. Chosen: far above what NTP slews in a
/// second, below what moves an impact's countdown by a whole second.
const STEP_S: f64 = 0.25;

/// Wall time that never goes back.
#[derive(Debug)]
pub struct Clock {
    start: Instant,
    /// Wall time at the start, ns; moved by steps forward.
    base_ns: AtomicI64,
    /// How far the machine's clock was last seen away from ours, ns.
    known_ns: AtomicI64,
}

#[expect(clippy::disallowed_methods, reason = "the service lives by the wall clock")]
fn wall_ns() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_nanos() as i64)
}

impl Default for Clock {
    #[expect(clippy::disallowed_methods, reason = "the service lives by the wall clock")]
    fn default() -> Self {
        Self {
            start: Instant::now(),
            base_ns: AtomicI64::new(wall_ns()),
            known_ns: AtomicI64::new(0),
        }
    }
}

impl Clock {
    /// Now.
    pub fn now(&self) -> Timestamp {
        let since = self.start.elapsed().as_nanos() as i64;
        Timestamp::from_nanos(self.base_ns.load(Ordering::Relaxed) + since)
    }

    /// Looks at the machine's clock; the seconds by which it was stepped since the last
    /// look, if it was.
    pub fn step_s(&self) -> Option<f64> {
        self.step_to(wall_ns())
    }

    fn step_to(&self, wall_ns: i64) -> Option<f64> {
        let away_ns = wall_ns - self.now().nanos();
        let step_ns = away_ns - self.known_ns.load(Ordering::Relaxed);
        if (step_ns as f64 / 1e9).abs() < STEP_S {
            return None;
        }
        if away_ns > 0 {
            self.base_ns.fetch_add(away_ns, Ordering::Relaxed);
            self.known_ns.store(0, Ordering::Relaxed);
        } else {
            self.known_ns.store(away_ns, Ordering::Relaxed);
        }
        Some(step_ns as f64 / 1e9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_forward_is_followed_and_a_step_back_only_told() {
        let clock = Clock::default();
        let before = clock.now();
        assert_eq!(clock.step_to(wall_ns()), None);
        let step_s = clock.step_to(wall_ns() + 3_000_000_000).unwrap();
        assert!((step_s - 3.0).abs() < 0.1);
        assert!(clock.now().since_s(before) >= 3.0);
        // The machine's clock is set back to what it was.
        let back_s = clock.step_to(wall_ns()).unwrap();
        assert!((back_s + 3.0).abs() < 0.1);
        assert!(clock.now().since_s(before) >= 3.0);
        assert_eq!(clock.step_to(wall_ns()), None);
    }
}
