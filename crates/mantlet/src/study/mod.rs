//! Many runs, and where things should stand: siting and risk studies.
//!
//! [`load_study`] reads the question, [`Study::site`] answers where, [`Ready::part`]
//! runs raids anywhere and in any order, [`Gathered`] puts the parts together,
//! [`figures`] says what they came to. [`made_up_terrain`] makes ground to try things
//! on, [`write_geotiff`] puts a map where other programs read it.

mod bundle;
mod cover;
mod figures;
mod geotiff;
mod plan;
mod run;
mod siting;
mod terrain;

pub use bundle::{Bundle, BundleError};
pub use cover::{Candidate, Choice, Cover};
pub use figures::{Gathered, OptionFigures, Share, StudyFigures, ZoneFigures, figures};
pub use geotiff::{GeoPlace, Raster, write_geotiff};
pub use plan::{Family, Placement, Study, StudyOption, load_study, placed_sensor};
pub use run::{Drawn, OptionRow, RUNS_PER_PART, Ready, RunRow};
pub use siting::{PLOTS_TO_WARN, Place, Sited, SitingPlan};
pub use terrain::made_up_terrain;
