//! What is said in place of a site that is not heard.

use mantlet::exchange::ExchangeError;
use mantlet::exchange::cap::{Hazard, Issuer, Notice, read_alert};
use mantlet::frames::Datum;
use mantlet::region::Region;
use mantlet::warning::Warning;

use super::convert;
use super::sites::SiteKnown;
use super::view;
use super::wire::WarningMessage;
use crate::announce::host_name;
use crate::picture::{IssuedView, WarningView};
use crate::store::{Message, Store};

/// Makes messages of it.
pub struct StandIn(Issuer);

impl StandIn {
    /// In the region's name; takes up the documents that it issued before.
    ///
    /// # Errors
    /// When the name gives no name for a sender.
    pub fn new(name: &str, exercise: bool, store: &Store) -> Result<Self, ExchangeError> {
        let sender = format!("{}.invalid", host_name(name));
        let mut issuer = Issuer::new(&sender, name, exercise)?;
        for document in store.open_documents().unwrap_or_default() {
            if let Ok(alert) = read_alert(&document)
                && alert.sender == sender
            {
                issuer.recall(&alert);
            }
        }
        Ok(Self(issuer))
    }

    /// The region's name of an alert.
    pub fn alert(site: &str, warning: &Warning) -> String {
        format!("{site}/region/{}", warning.alert_id)
    }

    /// The message to keep and the event to send.
    pub fn say(
        &mut self,
        site: &SiteKnown,
        region: &Region,
        index: usize,
        warning: &Warning,
    ) -> Option<(Message, IssuedView)> {
        let zone = region.member(index)?.zones().get(warning.zone)?;
        let datum = Datum::new(convert::origin(site.about.as_ref()?)?);
        let notice = Notice {
            alert_id: Self::alert(&site.id, warning),
            ..Notice::new(warning, zone, &datum, Hazard::Rocket)
        };
        let cap = self.0.issue(&notice);
        let said = IssuedView {
            alert_id: format!("region/{}", warning.alert_id),
            ..IssuedView::new(warning, zone, site.exercise, String::new())
        };
        let cap_id = cap.file_name.trim_end_matches(".xml").to_owned();
        let message = WarningMessage::of(&said, cap_id, cap.xml);
        Some((view::message(&site.id, &message), view::issued(site, &message)))
    }

    /// What stands in place of a site.
    pub fn in_force<'r>(
        &self,
        index: usize,
        site: &'r SiteKnown,
        region: &'r Region,
    ) -> impl Iterator<Item = WarningView> + 'r {
        let member = region.member(index);
        let of = move |standing: &mantlet::warning::InForce| {
            let zone = member?.zones().get(standing.last.zone)?;
            let id = format!("{}/{}", site.id, zone.id);
            // A site that is heard again has said it itself.
            if site.warnings().iter().any(|w| w.zone_id == zone.id) {
                return None;
            }
            Some(WarningView {
                alert_id: Self::alert(&site.id, &standing.last),
                zone_id: id,
                zone_name: format!("{}, {}", zone.name, site.name()),
                ..WarningView::new(standing, zone, None)
            })
        };
        member.into_iter().flat_map(|m| m.warner().in_force()).filter_map(of)
    }
}
