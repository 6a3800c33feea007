//! The Common Alerting Protocol 1.2: public alerts out, other people's alerts in.
//!
//! [`Issuer`] turns the warning policy's [`Notice`]s into documents: the first is
//! an `Alert`, later ones `Update`s that reference it, the all-clear an `Update`
//! with response `AllClear`, and only a false alarm a `Cancel`. [`read_alert`]
//! reads any CAP 1.2 or 1.1 document into an [`Alert`] or says, line by line, what
//! is wrong with it.
//!
//! Standard: OASIS, *Common Alerting Protocol Version 1.2*, 1 July 2010.

mod alert;
mod issue;
mod read;
mod rules;
mod terms;
mod words;

pub use alert::{Alert, Area, CapTime, Circle, Info, Named, Point, Reference, Resource};
pub(super) use issue::escaped;
pub use issue::{Call, Issued, Issuer, Notice, Place};
pub use read::{Fault, read_alert};
pub use terms::{Category, Certainty, MsgType, Response, Scope, Severity, Status, Urgency};
pub use words::{Hazard, Language};
