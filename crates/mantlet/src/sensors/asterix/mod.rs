//! ASTERIX, the format in which radars speak: EUROCONTROL-SPEC-0149.
//!
//! In: datagrams. Out: plots and service messages, and tracks back to octets. The layouts
//! of each category stand in `*_table`; `block`, `record` and `fields` read octets in
//! place by them, `value` and `message` hold a record's whole content and write it bit for
//! bit; `cat015`, `cat034`, `cat048` and `cat062` say what records mean for us; `feed`
//! turns datagrams into plots of the site's sensors.

mod block;
mod cat015;
mod cat015_table;
mod cat034;
mod cat034_table;
mod cat048;
mod cat048_table;
mod cat062;
mod cat062_table;
mod cat063_table;
mod cat065_table;
mod feed;
mod fields;
mod message;
mod re048_table;
mod record;
mod spec;
mod value;

pub use block::{Block, Blocks, DecodeError, Fault, Record, blocks, category};
pub use cat015::NonCooperativeReport;
pub use cat015_table::CAT015;
pub use cat034::ServiceMessage;
pub use cat034_table::CAT034;
pub use cat048::TargetReport;
pub use cat048_table::CAT048;
pub use cat062::SystemTrack;
pub use cat062_table::CAT062;
pub use cat063_table::CAT063;
pub use cat065_table::CAT065;
pub use feed::{AsterixFeed, Report, at_time_of_day};
pub use fields::FieldPath;
pub use message::{Message, field_text, write_block};
pub use spec::{Category, Content, Field, Item, Layout, Place};
pub use value::{EncodeError, Value};
