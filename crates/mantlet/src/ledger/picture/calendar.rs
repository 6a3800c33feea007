//! A cell per day, a column per week, a block per year.

use super::super::day::Day;
use super::super::lull::Lull;
use super::svg::{GROUND, INK, SOFT, Sheet, Text};
use super::{foot, title};

const CELL: f64 = 15.0;
const LEFT: f64 = 80.0;
const TOP: f64 = 60.0;
const BLOCK: f64 = 7.0 * CELL + 34.0;
const WIDTH: f64 = LEFT + 54.0 * CELL + 24.0;
/// Years shown, the last ones. chosen: a sheet that can still be looked at.
const YEARS: i32 = 12;

/// Colours of one, two, three to four, five and more incidents.
const SHADES: [&str; 4] = ["#f3b98a", "#e88a45", "#d55e00", "#8c3d00"];

/// Draws it.
pub fn draw(lull: &Lull) -> String {
    let series = &lull.series;
    let (last_year, ..) = series.last().civil();
    let first_year = series.first.civil().0.max(last_year - YEARS + 1);
    let years = (last_year - first_year + 1).max(1);
    let height = TOP + BLOCK * f64::from(years) + 44.0;
    let describes =
        format!("One cell per day, darker with more incidents. {}", lull.verdict.sentence);
    let mut notes = Vec::new();
    if let Some(since) = lull.looked_at.since.filter(|since| since.civil().0 >= first_year) {
        notes.push(format!("ringed: {since}"));
    }
    if series.first.civil().0 < first_year {
        notes.push(format!("only the last {YEARS} years"));
    }
    let foot = foot(lull, &notes.join(" · "));
    let mut sheet = Sheet::new([WIDTH, height], &title(lull, true), &describes, &foot);
    for year in first_year..=last_year {
        let top = TOP + BLOCK * f64::from(year - first_year);
        block(&mut sheet, lull, year, top);
    }
    legend(&mut sheet, height - 14.0);
    sheet.finish()
}

fn block(sheet: &mut Sheet, lull: &Lull, year: i32, top: f64) {
    let series = &lull.series;
    let soft = Text { fill: SOFT, size: 11.0, ..Text::default() };
    let bold = Text { bold: true, anchor: "end", ..Text::default() };
    sheet.text([LEFT - 34.0, top + 14.0 + 4.0 * CELL], &year.to_string(), bold);
    for (row, name) in [(0, "Mon"), (3, "Thu"), (6, "Sun")] {
        let y = top + 14.0 + CELL * f64::from(row) + 11.0;
        sheet.text([LEFT - 6.0, y], name, Text { anchor: "end", ..soft });
    }
    let Some(first) = Day::from_civil(year, 1, 1) else { return };
    let [_, end] = first.year();
    let mut day = first;
    loop {
        let week = (day - first + i64::from(first.weekday())) / 7;
        let corner = [LEFT + CELL * week as f64, top + 14.0 + CELL * f64::from(day.weekday())];
        let size = [CELL - 2.0, CELL - 2.0];
        let (_, month, of_month) = day.civil();
        if of_month == 1 && (series.first..=series.last()).contains(&day) {
            const MONTHS: [&str; 12] = [
                "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
            ];
            sheet.text([corner[0], top + 8.0], MONTHS[month as usize - 1], soft);
        }
        if let Some(at) = series.index(day) {
            let shade = match series.counts[at] {
                0 => GROUND,
                1 => SHADES[0],
                2 => SHADES[1],
                3..=4 => SHADES[2],
                _ => SHADES[3],
            };
            sheet.rect(corner, size, shade);
            if series.exposure[at] <= 0.0 {
                sheet.rect(corner, size, "url(#h)");
            }
            if lull.looked_at.since == Some(day) {
                let [x, y] = corner;
                let s = CELL - 2.0;
                let ring = [[x, y], [x + s, y], [x + s, y + s], [x, y + s], [x, y]];
                sheet.path(&ring, INK, "none", 2.0, "");
            }
        }
        if day >= end {
            break;
        }
        day = day + 1;
    }
}

fn legend(sheet: &mut Sheet, top: f64) {
    let soft = Text { fill: SOFT, size: 12.0, ..Text::default() };
    let mut x = WIDTH - 300.0;
    for (shade, name) in [
        (GROUND, "none"),
        (SHADES[0], "1"),
        (SHADES[1], "2"),
        (SHADES[2], "3-4"),
        (SHADES[3], "5+"),
    ] {
        sheet.rect([x, top - 11.0], [CELL - 2.0, CELL - 2.0], shade);
        sheet.text([x + CELL + 2.0, top], name, soft);
        x += CELL + 14.0 + 8.0 * name.len() as f64;
    }
}
