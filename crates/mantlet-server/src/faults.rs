//! What an operator must know of the service itself: each fault with a code, a sentence
//! and since when; it goes away by itself when the cause does.

use std::collections::BTreeMap;

use mantlet::time::Timestamp;

use crate::health::Health;
use crate::picture::{Counters, FaultView, time_view};

/// How long something that comes and goes is shown after it was last seen, s.
const HOLD_S: f64 = 10.0;
/// Share of copies among the plots that says a feed comes twice, and the fewest of them.
const COPIES: f64 = 0.2;
const COPIES_LEAST: u64 = 10;

#[derive(Clone, Debug)]
struct Fault {
    text: String,
    since: Timestamp,
    /// Until when it is shown; `None` until it is eased.
    until: Option<Timestamp>,
}

/// The faults that stand.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    standing: BTreeMap<String, Fault>,
    seen: Counters,
}

impl Faults {
    /// A fault that stands until it is eased.
    pub fn raise(&mut self, code: &str, text: String, now: Timestamp) {
        self.put(code, text, now, None);
    }

    /// A fault that stands for a while after it was last seen.
    pub fn note(&mut self, code: &str, text: String, now: Timestamp) {
        self.put(code, text, now, Some(now + HOLD_S));
    }

    fn put(&mut self, code: &str, text: String, now: Timestamp, until: Option<Timestamp>) {
        let since = match self.standing.get(code) {
            Some(fault) => fault.since,
            None => {
                tracing::warn!("{text}");
                now
            }
        };
        self.standing.insert(code.into(), Fault { text, since, until });
    }

    /// Its cause is gone.
    pub fn ease(&mut self, code: &str) {
        if let Some(fault) = self.standing.remove(code) {
            tracing::info!("over: {}", fault.text);
        }
    }

    /// Looks at what came in since the last look, about once a second.
    pub fn look(&mut self, counters: Counters, now: Timestamp) {
        let before = std::mem::replace(&mut self.seen, counters);
        let dropped = counters.dropped_datagrams - before.dropped_datagrams;
        if dropped > 0 {
            let text = format!(
                "More plots come than can be followed: {} datagrams dropped so far, the oldest \
                 first; tracks may be lost, no warning is",
                counters.dropped_datagrams
            );
            self.note("overload", text, now);
        }
        if counters.refused_datagrams > before.refused_datagrams {
            let text = format!(
                "Somebody who is not on the feed's list sends to it: {} datagrams refused",
                counters.refused_datagrams
            );
            self.note("source_refused", text, now);
        }
        if counters.bad_datagrams > before.bad_datagrams {
            let text = format!(
                "Datagrams come in that are no ASTERIX: {} left out; is something else sent to \
                 the feed's port?",
                counters.bad_datagrams
            );
            self.note("garbage", text, now);
        }
        let copies = counters.duplicates - before.duplicates;
        let plots = counters.plots - before.plots;
        if copies >= COPIES_LEAST && copies as f64 > COPIES * plots as f64 {
            let text = format!(
                "Plots come twice: the feed is sent on two lines; {} copies left out",
                counters.duplicates
            );
            self.note("duplicates", text, now);
        }
        self.standing.retain(|_, fault| fault.until.is_none_or(|until| now < until));
    }

    /// All that stands, with the radars' faults, by code.
    pub fn views(&self, health: &Health, now: Timestamp) -> Vec<FaultView> {
        let own = self.standing.iter().map(|(code, f)| (code.clone(), f.text.clone(), f.since));
        own.chain(health.faults(now))
            .map(|(code, text, since)| FaultView {
                code,
                text,
                since_s: time_view(since.seconds()),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time_s: f64) -> Timestamp {
        Timestamp::from_seconds(time_s).unwrap()
    }

    #[test]
    fn garbage_is_shown_while_it_comes_and_ten_seconds_more() {
        let health = Health::new(&[], at(0.0));
        let mut faults = Faults::default();
        let garbage = |n| Counters { bad_datagrams: n, ..Counters::default() };
        faults.look(garbage(3), at(1.0));
        faults.look(garbage(9), at(2.0));
        let shown = faults.views(&health, at(2.0));
        assert_eq!((shown[0].code.as_str(), shown[0].since_s), ("garbage", 1.0));
        assert!(shown[0].text.contains("9 left out"));
        faults.look(garbage(9), at(11.9));
        assert_eq!(faults.views(&health, at(11.9)).len(), 1);
        faults.look(garbage(9), at(12.1));
        assert!(faults.views(&health, at(12.1)).is_empty());
    }

    #[test]
    fn a_few_copies_are_no_second_line() {
        let health = Health::new(&[], at(0.0));
        let mut faults = Faults::default();
        let copies = |duplicates, plots| Counters { duplicates, plots, ..Counters::default() };
        faults.look(copies(9, 20), at(1.0));
        assert!(faults.views(&health, at(1.0)).is_empty());
        faults.look(copies(29, 40), at(2.0));
        assert_eq!(faults.views(&health, at(2.0))[0].code, "duplicates");
    }
}
