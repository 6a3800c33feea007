//! Raids that `mantlet run` and `mantlet track` saw, into the record.

use std::path::Path;

use mantlet::ledger::{Entered, Ledger, Raid, RaidLog};
use mantlet::scenario::SiteFile;
use mantlet::time::Timestamp;

use super::stamp;
use crate::failure::Done;

/// Times below this are seconds from a scenario's start, not Unix seconds, s. Chosen: no
/// recording is from before 1973, no scenario lasts three years.
pub const DATED_S: f64 = 1e8;

/// An empty log of a site's raids; undated ones are exercises that begin now.
pub fn raid_log(site: &SiteFile, undated: bool) -> RaidLog {
    let zero = if undated { stamp(None).at } else { Timestamp::default() };
    RaidLog::new(&site.site.name, site.site.datum.clone(), site.zones.clone(), undated, zero)
}

/// Enters raids, saying on standard error what became of each.
///
/// # Errors
///
/// When the ledger cannot be written.
pub fn enter_raids(path: &Path, raids: &[Raid], quiet: bool) -> Done {
    let mut ledger = Ledger::open(path)?;
    let stamp = stamp(None);
    for raid in raids {
        let (id, entered) = ledger.record_raid(&stamp, raid)?;
        let word = if raid.exercise { "an exercise" } else { "an incident" };
        let word = if entered == Entered::Same { "there already" } else { word };
        if !quiet {
            let (name, tracks) = (path.display(), raid.tracks.len());
            eprintln!("{name}: {id}: {word}, {tracks} tracks");
        }
    }
    if raids.is_empty() && !quiet {
        eprintln!("{}: no round came, nothing entered", path.display());
    }
    Ok(())
}
