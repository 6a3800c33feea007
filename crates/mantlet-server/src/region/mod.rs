//! Many sites: what a site sends to its region, and the region's own service.
//!
//! `docs/many-sites.md` tells how it is run, `docs/asyncapi.json` what goes over the wire.

mod asyncapi;
mod convert;
mod desk;
mod link;
mod outbox;
mod permissions;
mod publish;
mod sites;
mod stand_in;
mod start;
mod subscribe;
mod view;
mod wire;

pub use asyncapi::asyncapi;
pub use convert::{about, track_message};
pub use link::{LinkError, Nats, login};
pub use outbox::Outbox;
pub use permissions::nats_config;
pub use publish::{Known, PICTURE_GAP, Pictures, Publisher};
pub use start::start_region;
pub use wire::{
    AboutMessage, BorderMessage, FaultMessage, ImpactMessage, IncidentMessage, PassedMessage,
    PictureMessage, RadarMessage, RecordMessage, TrackMessage, WarningMessage, ZoneMessage,
    subject,
};
