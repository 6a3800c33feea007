//! Small pieces of SVG that every drawing uses.

use maud::{Markup, html};

use super::labels::{Labels, Place, text_width};
use super::shape::Bounds;

/// A coordinate: one decimal is a twentieth of a hair on any screen.
pub fn xy(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".into(),
        Some(whole) => whole.into(),
        None => text,
    }
}

/// A path through points.
pub fn path(points: impl IntoIterator<Item = [f64; 2]>) -> String {
    let mut d = String::new();
    for [x, y] in points {
        d.push(if d.is_empty() { 'M' } else { 'L' });
        d.push_str(&xy(x));
        d.push(' ');
        d.push_str(&xy(y));
    }
    d
}

/// A closed path through points.
pub fn closed(points: impl IntoIterator<Item = [f64; 2]>) -> String {
    let mut d = path(points);
    d.push('Z');
    d
}

/// A line of a label: its class and its text.
pub type Line<'a> = (&'a str, String);

/// Size of label text on the maps, in sheet units.
pub const LABEL_SIZE: f64 = 12.5;
/// From one line of a label to the next, in sheet units.
const LEADING: f64 = 15.0;

/// Puts a label of several lines beside a box, where there is room.
pub fn label(labels: &mut Labels, around: Bounds, lines: &[Line<'_>], needed: bool) -> Markup {
    let w = lines.iter().map(|l| text_width(&l.1, LABEL_SIZE)).fold(0.0, f64::max);
    let h = LEADING * lines.len() as f64;
    match labels.place(around, [w, h], 11.5, needed) {
        Some(place) => text(place, lines),
        None => html! {},
    }
}

/// The lines of a label at a place.
pub fn text(place: Place, lines: &[Line<'_>]) -> Markup {
    html! {
        @for (i, (class, line)) in lines.iter().enumerate() {
            text class={ "label " (class) } text-anchor=(place.align.anchor())
                x=(xy(place.x)) y=(xy(place.y + LEADING * i as f64)) { (line) }
        }
    }
}

/// A cross: something came down.
pub fn cross(class: &str, [x, y]: [f64; 2], r: f64) -> Markup {
    let (a, b, c, d) = (xy(x - r), xy(y - r), xy(x + r), xy(y + r));
    html! { path class=(class) d={ "M" (a) " " (b) "L" (c) " " (d) "M" (a) " " (d) "L" (c) " " (b) } {} }
}

/// A four-pointed star: something was destroyed.
pub fn star(class: &str, [x, y]: [f64; 2], r: f64) -> Markup {
    let k = 0.32 * r;
    let spikes = [[0.0, -r], [k, -k], [r, 0.0], [k, k], [0.0, r], [-k, k], [-r, 0.0], [-k, -k]];
    html! { path class=(class) d=(closed(spikes.map(|[dx, dy]| [x + dx, y + dy]))) {} }
}
