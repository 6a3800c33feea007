//! Where: incidents with a position on a plain projection, and those without one by what
//! is said of them.
//!
//! The projection is equirectangular about the middle of what is shown; a circle is as
//! wide as its position is unsure, its filling darker with more incidents there.

use std::collections::BTreeMap;

use super::super::lull::Lull;
use super::super::words::{PlacePrecision, Setting};
use super::svg::{GROUND, INK, RULE, SOFT, Sheet, THREAT, THREAT_INK, Text};
use super::title;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 560.0;
const SIDE: f64 = 200.0;
const TOP: f64 = 52.0;
/// Places closer than this on the sheet are drawn as one. chosen: the smallest circle.
const CELL: f64 = 3.0;
/// Circles that are drawn at full strength. chosen: so many can be told apart.
const FULL: f64 = 30.0;

/// Incidents at one place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaceCount {
    /// Latitude and longitude, deg; `None` where no source gives a position.
    pub position_deg: Option<[f64; 2]>,
    /// How closely it is known.
    pub precision: PlacePrecision,
    /// Where, seen from the site.
    pub setting: Setting,
    /// How many.
    pub count: u32,
}

/// About how far off a position of this precision may be, m. chosen: the size of what the
/// word names.
fn radius_m(precision: PlacePrecision) -> f64 {
    match precision {
        PlacePrecision::Exact => 100.0,
        PlacePrecision::Town => 2_000.0,
        PlacePrecision::District | PlacePrecision::Unknown => 10_000.0,
        PlacePrecision::Province => 50_000.0,
        PlacePrecision::Country => 300_000.0,
    }
}

/// Draws it.
pub fn draw(lull: &Lull, places: &[PlaceCount]) -> String {
    let placed: Vec<([f64; 2], &PlaceCount)> =
        places.iter().filter_map(|p| Some((p.position_deg?, p))).collect();
    let total: u32 = places.iter().map(|p| p.count).sum();
    let with: u32 = placed.iter().map(|(_, p)| p.count).sum();
    let describes = format!("{total} incidents, {with} of them with a position.");
    let mut parts = lull.looked_at.labels.clone();
    parts.push(format!("{with} of {total} incidents have a position"));
    let foot = parts.join(" · ");
    let mut sheet = Sheet::new([WIDTH, HEIGHT], &title(lull, false), &describes, &foot);
    let size = [WIDTH - SIDE - 72.0, HEIGHT - TOP - 44.0];
    if placed.is_empty() {
        rings(&mut sheet, places, size);
    } else {
        sheet.rect([24.0, TOP], size, GROUND);
        plot(&mut sheet, &placed, size);
    }
    let mut y = TOP + 16.0;
    let x = WIDTH - SIDE - 24.0;
    sheet.text([x, y], "Seen from the site", Text { bold: true, ..Text::default() });
    for setting in Setting::ALL {
        let count = |with: bool| -> u32 {
            let of = places.iter().filter(|p| p.setting == *setting);
            of.filter(|p| p.position_deg.is_some() == with).map(|p| p.count).sum()
        };
        let (with, without) = (count(true), count(false));
        if with + without > 0 {
            y += 20.0;
            let line = format!("{}: {}", setting.name(), with + without);
            sheet.text([x, y], &line, Text::default());
        }
    }
    sheet.finish()
}

fn plot(sheet: &mut Sheet, placed: &[([f64; 2], &PlaceCount)], size: [f64; 2]) {
    const M_PER_DEG: f64 = 111_195.0;
    let bounds = |i: usize| {
        let of = placed.iter().map(|(p, _)| p[i]);
        [of.clone().fold(f64::INFINITY, f64::min), of.fold(f64::NEG_INFINITY, f64::max)]
    };
    let ([south, north], [west, east]) = (bounds(0), bounds(1));
    let (lat, lon) = (0.5 * (south + north), 0.5 * (west + east));
    let shrink = lat.to_radians().cos().max(0.01);
    // At least two kilometres are shown, with a tenth of room around.
    let wide_m = ((east - west) * shrink * M_PER_DEG).max(2000.0) * 1.2;
    let high_m = ((north - south) * M_PER_DEG).max(2000.0) * 1.2;
    let scale = (size[0] / wide_m).min(size[1] / high_m);
    let middle = [24.0 + 0.5 * size[0], TOP + 0.5 * size[1]];
    // What falls into one cell of the sheet is one circle, however many places it is.
    let mut circles: BTreeMap<[i64; 3], u32> = BTreeMap::new();
    for ([y_deg, x_deg], place) in placed {
        let at = [
            middle[0] + (x_deg - lon) * shrink * M_PER_DEG * scale,
            middle[1] - (y_deg - lat) * M_PER_DEG * scale,
        ];
        let r = (radius_m(place.precision) * scale).clamp(3.0, 40.0);
        let [x, y] = at.map(|v| (v / CELL).round() as i64);
        *circles.entry([r.round() as i64, y, x]).or_default() += place.count;
    }
    let most = circles.values().copied().max().unwrap_or(1);
    // Many that overlap are drawn fainter, so that where most are is still seen.
    let faint = (FULL / circles.len() as f64).clamp(0.08, 1.0);
    // Wide ones first, so that they hide none.
    for ([r, y, x], count) in circles.iter().rev() {
        let share = f64::from(*count) / f64::from(most);
        let at = [*x as f64 * CELL, *y as f64 * CELL];
        sheet.circle(at, *r as f64, THREAT, faint * (0.12 + 0.5 * share.sqrt()).min(0.7));
    }
    let bar_m = nice(0.25 * size[0] / scale);
    let (x, y) = (40.0, TOP + size[1] - 16.0);
    sheet.line([x, y], [x + bar_m * scale, y], INK, 2.0);
    let name = if bar_m < 1000.0 { format!("{bar_m} m") } else { format!("{} km", bar_m / 1000.0) };
    sheet.text([x, y - 6.0], &name, Text { size: 12.0, ..Text::default() });
    let soft = Text { fill: SOFT, size: 12.0, anchor: "end", ..Text::default() };
    sheet.text([16.0 + size[0], y], &format!("middle {lat:.3}°, {lon:.3}°; north is up"), soft);
}

/// The largest of 1, 2 and 5 times a power of ten not above `limit`.
fn nice(limit: f64) -> f64 {
    let power = 10f64.powf(limit.max(1e-9).log10().floor());
    [5.0, 2.0, 1.0].map(|m| m * power).into_iter().find(|v| *v <= limit).unwrap_or(power)
}

/// Without positions: the site in the middle, beside it around, elsewhere outside.
fn rings(sheet: &mut Sheet, places: &[PlaceCount], size: [f64; 2]) {
    let middle = [24.0 + 0.5 * size[0], TOP + 0.5 * size[1] + 6.0];
    let outer = 0.5 * size[1] - 14.0;
    let rings = [(Setting::Outside, 1.0), (Setting::Beside, 0.66), (Setting::In, 0.33)];
    for (setting, share) in rings {
        let fill = if setting == Setting::In { THREAT } else { RULE };
        sheet.circle(middle, outer * share, fill, 0.25);
    }
    for (setting, share) in rings {
        let here =
            |s: Setting| s == setting || setting == Setting::Outside && s == Setting::Unknown;
        let count: u32 = places.iter().filter(|p| here(p.setting)).map(|p| p.count).sum();
        let y = middle[1] - outer * (share - 0.165) + 5.0;
        let y = if setting == Setting::In { middle[1] } else { y };
        let style = Text { anchor: "middle", size: 22.0, bold: true, fill: THREAT_INK };
        sheet.text([middle[0], y], &count.to_string(), style);
        let word = match setting {
            Setting::In => "in the site",
            Setting::Beside => "beside it",
            _ if places.iter().any(|p| p.setting == Setting::Unknown) => "elsewhere or not said",
            _ => "elsewhere",
        };
        let soft = Text { fill: SOFT, anchor: "middle", ..Text::default() };
        sheet.text([middle[0], y + 18.0], word, soft);
    }
    let soft = Text { fill: SOFT, size: 12.0, ..Text::default() };
    sheet.text([24.0, TOP + 14.0], "no source gives a position: not to scale", soft);
}
