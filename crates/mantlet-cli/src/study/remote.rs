//! A study on the workers of a NATS server.

use std::collections::BTreeSet;

use mantlet::study::{Gathered, Study};
use mantlet_server::spread::{Taking, spread};

use super::local::{bar, keep, show};
use super::store::{Store, fingerprint};
use crate::failure::Done;

/// Characters of a study's fingerprint that name it between machines.
const ID_LENGTH: usize = 16;

/// Has others run what the store does not have.
///
/// # Errors
///
/// When the store cannot be read or written, or the server refuses something.
pub fn gather(
    study: &Study,
    store: Option<&Store>,
    (url, replicas): (&str, usize),
    quiet: bool,
) -> Done<Gathered> {
    let mut gathered = Gathered::default();
    let mut have = BTreeSet::new();
    for (number, rows) in store.map(Store::parts).transpose()?.unwrap_or_default() {
        have.insert(number);
        gathered.take(study, number, rows);
    }
    if gathered.is_done() {
        return Ok(gathered);
    }
    let bar = bar(study, quiet);
    bar.set_position(gathered.rows.len() as u64);
    bar.reset_eta();
    let id = &fingerprint(study)?[..ID_LENGTH];
    let mut failed = None;
    spread(url, replicas, study, id, &have, &mut |number, text| {
        failed = keep(study, store, &mut gathered, number, text).err();
        show(&bar, study, &gathered);
        if gathered.is_done() || failed.is_some() { Taking::Enough } else { Taking::More }
    })?;
    bar.finish_and_clear();
    failed.map_or(Ok(gathered), Err)
}
