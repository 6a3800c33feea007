//! Wrong passwords are counted, so that nobody tries many.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Wrong passwords of late, by who tried them.
#[derive(Debug, Default)]
pub struct Tries(Mutex<BTreeMap<String, Vec<f64>>>);

/// Wrong passwords for one name from one address, and from one address in all, within
/// [`TRY_WINDOW_S`], after which no more are looked at. Chosen: a person mistypes twice.
const TRIES_NAME: usize = 5;
const TRIES_ADDRESS: usize = 20;
/// s.
const TRY_WINDOW_S: f64 = 900.0;

impl Tries {
    fn limits(name: &str, address: &str) -> [(String, usize); 2] {
        [(format!("{address} {name}"), TRIES_NAME), (address.into(), TRIES_ADDRESS)]
    }

    /// Seconds until another password is looked at, if it is too early for one.
    pub fn wait_s(&self, name: &str, address: &str, now_s: f64) -> Option<f64> {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.values_mut().for_each(|times| times.retain(|t| now_s - t < TRY_WINDOW_S));
        tries.retain(|_, times| !times.is_empty());
        Self::limits(name, address)
            .iter()
            .filter_map(|(key, most)| {
                let times = tries.get(key)?;
                (times.len() >= *most).then(|| times[0] + TRY_WINDOW_S - now_s)
            })
            .reduce(f64::max)
    }

    /// A password was wrong.
    pub fn wrong(&self, name: &str, address: &str, now_s: f64) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, _) in Self::limits(name, address) {
            tries.entry(key).or_default().push(now_s);
        }
    }

    /// A password was right.
    pub fn right(&self, name: &str, address: &str) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.remove(&Self::limits(name, address)[0].0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_five_wrong_passwords_the_sixth_waits() {
        let tries = Tries::default();
        for i in 0..5 {
            assert_eq!(tries.wait_s("rana", "10.0.0.1", f64::from(i)), None);
            tries.wrong("rana", "10.0.0.1", f64::from(i));
        }
        assert_eq!(tries.wait_s("rana", "10.0.0.1", 10.0), Some(890.0));
        // From elsewhere the name is not locked.
        assert_eq!(tries.wait_s("rana", "10.0.0.2", 10.0), None);
        assert_eq!(tries.wait_s("rana", "10.0.0.1", 901.0), None);
    }
}
