//! Reading the ground of a site.

use crate::flight::Ground;
use crate::frames::Datum;

use super::fields::Table;

/// The ground that a site file names; level at the origin's height where it names none.
pub(super) fn read_ground(root: &Table<'_>, datum: &Datum) -> Ground {
    if root.has("terrain") {
        root.wrong("terrain", "no terrain yet: this version flies over level ground");
    }
    Ground::Level { height_m: datum.origin().height_m }
}
