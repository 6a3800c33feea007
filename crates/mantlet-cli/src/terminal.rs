//! What `mantlet run` prints when it is done.

use crate::report::data::RunReport;

/// A summary for a terminal `width` characters wide; plain text.
pub fn summary(run: &RunReport, _width: usize) -> String {
    run.scenario.clone()
}
