//! Signed webhooks: a POST for each message, again and again until it is confirmed
//! by a status of 200 to 299 or a newer message takes its place.
//!
//! Headers: `Idempotency-Key` is the same in every attempt (IETF
//! draft-ietf-httpapi-idempotency-key-header-07); `Mantlet-Signature` is
//! `t=UNIX_SECONDS,v1=HEX`, the HMAC-SHA256 (RFC 2104, FIPS 180-4) of the time, a dot
//! and the body under the shared secret: a receiver that refuses old times cannot
//! be fooled with a recorded message.

use std::fmt::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use mantlet::sensors::Chance;
use sha2::Sha256;
use ureq::Agent;

use super::message::Message;
use super::outbox::Outbox;

/// A receiver that does not take the connection or answer within this time has
/// failed the attempt. Chosen: longer than a mobile network's delay, short against
/// the seconds that a warning has.
const TIMEOUT: Duration = Duration::from_secs(3);
/// First and longest time between two attempts, s. Chosen: a restart of a receiver
/// takes some seconds, and a hundred attempts an hour are no burden.
const BACK_OFF_S: [f64; 2] = [0.25, 30.0];

/// A receiver of webhooks.
pub struct Webhook {
    url: String,
    key: Vec<u8>,
    agent: Agent,
    chance: Chance,
}

impl Webhook {
    pub fn new(url: &str, key: Vec<u8>, seed: u64, stream: u64) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("mantlet/", env!("CARGO_PKG_VERSION")))
            .build();
        let chance = Chance::new(seed, stream);
        Self { url: url.into(), key, agent: config.into(), chance }
    }

    /// Delivers until the outbox is closed.
    pub fn run(mut self, outbox: &Outbox) {
        let (mut seen, mut failures) = (0, 0_u32);
        loop {
            let pause = match failures {
                0 => Duration::from_secs(3600),
                n => Duration::from_secs_f64(self.pause_s(n)),
            };
            // Something new is tried at once, whatever failed before.
            let Some(puts) = outbox.wait(seen, pause) else { return };
            seen = puts;
            failures = if self.deliver(outbox) { 0 } else { failures.saturating_add(1) };
        }
    }

    /// Exponential back-off with full jitter over its upper half (M. Brooker,
    /// "Exponential Backoff and Jitter", AWS Architecture Blog, 2015: "equal jitter").
    fn pause_s(&mut self, failures: u32) -> f64 {
        let longest = BACK_OFF_S[0] * 2_f64.powi(failures.min(16) as i32 - 1);
        longest.min(BACK_OFF_S[1]) * (0.5 + 0.5 * self.chance.unit())
    }

    /// One attempt for each message that waits; whether all are confirmed.
    fn deliver(&self, outbox: &Outbox) -> bool {
        for (zone, message) in outbox.waiting() {
            if outbox.is_closed() {
                return true;
            }
            match self.post(&message) {
                Ok(status) if (200..300).contains(&status) => {
                    outbox.confirm(zone, message.version);
                    outbox.note(true, "");
                }
                Ok(status) => {
                    outbox.note(true, &format!("answered with status {status}"));
                    return false;
                }
                Err(why) => {
                    outbox.note(false, &why.to_string());
                    return false;
                }
            }
        }
        true
    }

    #[expect(clippy::disallowed_methods, reason = "a signature holds for a moment of real time")]
    fn post(&self, message: &Message) -> Result<u16, ureq::Error> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let answer = self
            .agent
            .post(&self.url)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", message.key())
            .header("Mantlet-Signature", signature(&self.key, now, &message.body))
            .send(&message.body)?;
        Ok(answer.status().as_u16())
    }
}

/// The value of the header `Mantlet-Signature`.
fn signature(key: &[u8], time_s: u64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(format!("{time_s}.{body}").as_bytes());
    let mut text = format!("t={time_s},v1=");
    for byte in mac.finalize().into_bytes() {
        write!(text, "{byte:02x}").expect("writing to memory does not fail");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_that_openssl_gives() {
        // printf '1740062457.{"a":1}' | openssl dgst -sha256 -hmac "$(printf 'k%.0s' {1..32})"
        let key = vec![b'k'; 32];
        assert_eq!(signature(&key, 1_740_062_457, "{\"a\":1}"), OPENSSL);
    }

    const OPENSSL: &str =
        "t=1740062457,v1=6f21dd837a2e4b68c70e5f789619f1be565c4bd072f7943349c699fcb95c122a";

    #[test]
    fn pauses_double_up_to_the_longest_and_are_spread() {
        let mut hook = Webhook::new("http://127.0.0.1:9/", Vec::new(), 7, 0);
        for n in 1..40 {
            let longest = (0.25 * 2_f64.powi(n.min(17) as i32 - 1)).min(30.0);
            let pause = hook.pause_s(n);
            assert!((0.5 * longest..=longest).contains(&pause), "{n} {pause}");
        }
        let mut again = Webhook::new("http://127.0.0.1:9/", Vec::new(), 7, 0);
        let mut other = Webhook::new("http://127.0.0.1:9/", Vec::new(), 7, 1);
        let mut first = Webhook::new("http://127.0.0.1:9/", Vec::new(), 7, 0);
        let pause = first.pause_s(1);
        assert_eq!(pause, again.pause_s(1));
        assert_ne!(pause, other.pause_s(1));
    }
}
