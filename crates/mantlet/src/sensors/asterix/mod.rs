//! ASTERIX, the format in which radars speak: EUROCONTROL-SPEC-0149.
//!
//! Octets to records (`block`, `record`), the layouts of each category (`*_table`), what
//! records mean for us (`cat015`, `cat034`, `cat048`), and a feed of datagrams to plots
//! (`feed`).

mod block;
mod cat015;
mod cat015_table;
mod cat034;
mod cat034_table;
mod cat048;
mod cat048_table;
mod cat062_table;
mod cat063_table;
mod cat065_table;
mod feed;
mod re048_table;
mod record;
mod spec;

pub use block::{Block, Blocks, DecodeError, Fault, Record, blocks, category};
pub use cat015::NonCooperativeReport;
pub use cat015_table::CAT015;
pub use cat034::ServiceMessage;
pub use cat034_table::CAT034;
pub use cat048::TargetReport;
pub use cat048_table::CAT048;
pub use cat062_table::CAT062;
pub use cat063_table::CAT063;
pub use cat065_table::CAT065;
pub use feed::{AsterixFeed, at_time_of_day};
pub use spec::{Category, Content, Field, Item, Layout, Place};
