//! The few shapes that the ledger's pictures are made of.
//!
//! Colours are those of the report (Okabe and Ito, "Color Universal Design", 2008), on
//! paper of their own, so that a dark page shows them as they are.

use std::fmt::Write as _;

/// Paper.
pub const PAPER: &str = "#fdfcf9";
/// Text and axes.
pub const INK: &str = "#1b1d1f";
/// Text that matters less.
pub const SOFT: &str = "#5a6065";
/// Rules.
pub const RULE: &str = "#dcd8cf";
/// Incidents.
pub const THREAT: &str = "#d55e00";
/// Incidents, as text.
pub const THREAT_INK: &str = "#a84600";
/// What is inferred.
pub const BELIEF: &str = "#0072b2";
/// Ground of a plot.
pub const GROUND: &str = "#f4f1e9";

/// A document being drawn.
pub struct Sheet {
    body: String,
    size: [f64; 2],
}

impl Sheet {
    /// A sheet `width` wide and `height` high, with what it shows for those who cannot
    /// see it, a headline and a foot.
    pub fn new(size: [f64; 2], title: &str, describes: &str, foot: &str) -> Self {
        let [w, h] = size;
        let mut sheet = Self { body: String::new(), size };
        let (title_text, describes) = (escaped(title), escaped(describes));
        let _ = write!(
            sheet.body,
            "<title>{title_text}</title><desc>{describes}</desc>\
             <rect width=\"{w}\" height=\"{h}\" fill=\"{PAPER}\"/>\
             <defs><pattern id=\"h\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><path d=\"M0 0V6\" stroke=\"{SOFT}\" \
             stroke-opacity=\".45\" stroke-width=\"2\"/></pattern></defs>"
        );
        sheet.text([24.0, 34.0], title, Text { size: 19.0, bold: true, ..Text::default() });
        sheet.text([24.0, h - 14.0], foot, Text { fill: SOFT, ..Text::default() });
        sheet
    }

    /// The finished document.
    pub fn finish(self) -> String {
        let [w, h] = self.size;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" \
             role=\"img\" font-family=\"Inter, system-ui, sans-serif\">{}</svg>\n",
            self.body
        )
    }

    /// A filled rectangle; `fill` may be `url(#h)`, the hatching.
    pub fn rect(&mut self, [x, y]: [f64; 2], [w, h]: [f64; 2], fill: &str) {
        let (x, y, w, h) = (xy(x), xy(y), xy(w), xy(h));
        let _ = write!(
            self.body,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" fill=\"{fill}\"/>"
        );
    }

    /// A line.
    pub fn line(&mut self, from: [f64; 2], to: [f64; 2], stroke: &str, width: f64) {
        let _ = write!(
            self.body,
            "<path d=\"M{} {}L{} {}\" stroke=\"{stroke}\" stroke-width=\"{width}\"/>",
            xy(from[0]),
            xy(from[1]),
            xy(to[0]),
            xy(to[1])
        );
    }

    /// An open path, or a filled area.
    pub fn path(&mut self, points: &[[f64; 2]], stroke: &str, fill: &str, width: f64, dash: &str) {
        let mut d = String::new();
        for [x, y] in points {
            d.push(if d.is_empty() { 'M' } else { 'L' });
            let _ = write!(d, "{} {}", xy(*x), xy(*y));
        }
        let dash =
            if dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{dash}\"") };
        let _ = write!(
            self.body,
            "<path d=\"{d}\" fill=\"{fill}\" fill-opacity=\".2\" stroke=\"{stroke}\" \
             stroke-width=\"{width}\" stroke-linejoin=\"round\"{dash}/>"
        );
    }

    /// A circle, `opacity` of its filling from 0 to 1.
    pub fn circle(&mut self, [x, y]: [f64; 2], r: f64, fill: &str, opacity: f64) {
        let _ = write!(
            self.body,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{fill}\" fill-opacity=\"{opacity:.3}\" \
             stroke=\"{fill}\" stroke-opacity=\"{}\"/>",
            xy(x),
            xy(y),
            xy(r),
            (4.0 * opacity).min(1.0)
        );
    }

    /// Text at its baseline.
    pub fn text(&mut self, [x, y]: [f64; 2], text: &str, style: Text) {
        if text.is_empty() {
            return;
        }
        let weight = if style.bold { " font-weight=\"600\"" } else { "" };
        let _ = write!(
            self.body,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\" text-anchor=\"{}\"{weight}>{}</text>",
            xy(x),
            xy(y),
            style.size,
            style.fill,
            style.anchor,
            escaped(text)
        );
    }
}

/// How a text looks.
#[derive(Clone, Copy)]
pub struct Text {
    /// Font size.
    pub size: f64,
    /// Colour.
    pub fill: &'static str,
    /// `start`, `middle` or `end`.
    pub anchor: &'static str,
    /// Heavier.
    pub bold: bool,
}

impl Default for Text {
    fn default() -> Self {
        Self { size: 13.0, fill: INK, anchor: "start", bold: false }
    }
}

/// A coordinate to a tenth.
fn xy(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_string)
}

/// Text with what XML reserves replaced, and without what it forbids.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
