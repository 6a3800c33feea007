//! `cap/`: one CAP 1.2 document per message to a zone.

use mantlet::exchange::cap::{Hazard, Issuer, Notice};
use mantlet::scenario::SiteFile;

use crate::failure::{Done, Failure};
use crate::recorder::Recorder;
use crate::staging::Staging;

/// Writes the messages of a run or a recording. Neither is a live warning, so all
/// are issued as exercises. `start_s` is the Unix time from which their times count.
///
/// # Errors
///
/// When a document cannot be written.
pub fn write(site: &SiteFile, recorder: &Recorder<'_>, staging: &Staging, start_s: f64) -> Done {
    let sender = format!("{}.invalid", slug(&site.site.name));
    let mut issuer = Issuer::new(&sender, &site.site.name, true)
        .map_err(|e| Failure::Work(anyhow::Error::new(e)))?;
    for (number, warning) in recorder.warnings.iter().enumerate() {
        let first = warning.track_ids.first().and_then(|id| recorder.tracks.get(id));
        let hazard = match first.map(|t| t.kind.as_str()) {
            Some("mortar") => Hazard::Mortar,
            Some("artillery") => Hazard::Artillery,
            _ => Hazard::Rocket,
        };
        let zone = &site.zones[warning.zone];
        let mut notice = Notice::new(warning, zone, &site.site.datum, hazard);
        notice.sent = notice.sent + start_s;
        notice.impact_time = notice.impact_time.map(|t| t + start_s);
        let issued = issuer.issue(&notice);
        let name = format!("cap/{:03}-{}", number + 1, issued.file_name);
        staging.write(&name, issued.xml.as_bytes())?;
    }
    Ok(())
}

/// A name as a host would have it: letters, digits and hyphens.
fn slug(name: &str) -> String {
    let plain = name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let plain = plain.trim_matches('-');
    if plain.is_empty() { "site".into() } else { plain.into() }
}
