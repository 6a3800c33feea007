//! A study spread over many machines through NATS JetStream.
//!
//! The coordinator puts the study's bundle into a stream and one job per part into a
//! work queue; workers take jobs, answer into a stream of results and then
//! acknowledge; the coordinator reads the results as they come. A part is a pure
//! function of the study and its number, so a job done twice gives the same bytes
//! twice, and taking a part in is idempotent: killing workers, the coordinator or the
//! server loses nothing and doubles nothing.
//!
//! - A job is acknowledged only after its result is stored, and the acknowledgement
//!   is itself confirmed; a worker that dies leaves it to be redelivered after
//!   [`ACK_WAIT`].
//! - Results carry their part's number as message id, which the server uses to drop
//!   doubles within its window.
//! - JetStream writes to disk lazily: a killed server may forget jobs. The coordinator
//!   puts a job again when the queue is empty, nobody works, and its part is missing.
//! - Only streams are used, no key-value buckets: those fail with this client on
//!   nats-server 2.9.10, the oldest that is tested.

mod coordinate;
mod names;
mod work;

pub use coordinate::{Taking, spread};
pub use names::SpreadError;
pub use work::{Worked, work};
