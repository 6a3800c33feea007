//! A run described and driven: sites and scenarios from their files, the true sky
//! that they make, and the loop that lets radars look at it.

mod air;
mod defend;
mod defended;
pub(crate) mod description;
mod effectors;
pub(crate) mod fields;
mod ground;
mod judge;
pub(crate) mod load;
mod objects;
mod plan;
mod raid;
mod record;
mod region;
mod repeat;
mod sirens;
mod sky;
mod terrain;
mod traffic;
mod weather;
mod zones;

pub use defend::Defence;
pub use defended::{Defended, Kill, Told};
pub use description::{Scenario, load_scenario};
pub use effectors::{DefencePlan, KeepOut};
pub use fields::{Problem, Problems};
pub use load::{SiteFile, load_site};
pub use objects::{Motion, Object};
pub use plan::SitePlan;
pub use raid::Raid;
pub use record::{record_picture, record_run, record_step, record_warning};
pub use region::{RegionFile, load_region};
pub use repeat::{Repeated, Repeats, RunFigures, Spread, repeat};
pub use sirens::{SECRET_BYTES, SirenPlan, SirenWay};
pub use sky::{Intervene, Step};
pub use traffic::{Aircraft, Flock, Tracer};
pub use zones::read_zones;
