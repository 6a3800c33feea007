//! Reading the air of a site or scenario: `[[wind]]` levels over the standard
//! atmosphere.

use crate::flight::Air;
use crate::flight::WindLevel;

use super::fields::Table;

/// The air that a file describes; standard and still where it says nothing.
pub(super) fn read_air(root: &Table<'_>) -> Air {
    let levels = root
        .tables("wind")
        .iter()
        .map(|table| {
            let height_m = table.number("height_m", -500.0..=80_000.0);
            let from_rad = table.number("from_deg", 0.0..=360.0).to_radians();
            let speed_mps = table.number("speed_mps", 0.0..=150.0);
            table.finish();
            WindLevel {
                height_m,
                east_mps: -from_rad.sin() * speed_mps,
                north_mps: -from_rad.cos() * speed_mps,
            }
        })
        .collect();
    Air::standard().with_wind(levels)
}
