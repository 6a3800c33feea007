//! Small line charts as SVG.

use std::fmt::Write;

/// One line of a chart.
pub struct Line {
    /// Its name in the legend.
    pub name: String,
    /// Points from left to right.
    pub points: Vec<(f64, f64)>,
    /// Drawn as dots instead.
    pub dots: bool,
}

/// One chart.
pub struct Chart {
    /// Above it.
    pub title: String,
    /// What its horizontal and its vertical axis show.
    pub axes: [&'static str; 2],
    /// Its lines.
    pub lines: Vec<Line>,
}

const COLOURS: [&str; 4] = ["#1b5e9b", "#c4501b", "#3a7d44", "#7a4b9c"];
const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 250.0;
/// Left, right, top, bottom of the axes within a chart.
const BOX: [f64; 4] = [70.0, 440.0, 30.0, 205.0];

/// Between two names of the legend.
const GAP: f64 = 9.0;

/// A round step that gives about five ticks.
fn step(span: f64) -> f64 {
    let power = 10f64.powf((span / 5.0).log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|m| m * power).into_iter().find(|s| span / s <= 6.0).unwrap_or(span)
}

fn number(x: f64, step: f64) -> String {
    let x = if x.abs() < 1e-9 * step { 0.0 } else { x };
    let digits = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
    if step < 1e-4 { format!("{x:.0e}") } else { format!("{x:.digits$}") }
}

impl Chart {
    fn draw(&self, out: &mut String, dx: f64, dy: f64) -> std::fmt::Result {
        let all = || self.lines.iter().flat_map(|l| l.points.iter());
        let range = |pick: fn(&(f64, f64)) -> f64| {
            let low = all().map(pick).fold(f64::MAX, f64::min);
            let high = all().map(pick).fold(f64::MIN, f64::max);
            if high > low { (low, high) } else { (low - 1.0, high + 1.0) }
        };
        let ((x0, x1), (y0, y1)) = (range(|p| p.0), range(|p| p.1));
        let (y0, y1) = (y0 - 0.05 * (y1 - y0), y1 + 0.05 * (y1 - y0));
        let [left, right, top, bottom] = BOX;
        let px = |x: f64| left + (x - x0) / (x1 - x0) * (right - left);
        let py = |y: f64| bottom - (y - y0) / (y1 - y0) * (bottom - top);
        writeln!(out, "<g transform=\"translate({dx},{dy})\">")?;
        writeln!(out, "<text x=\"{left}\" y=\"18\" font-weight=\"600\">{}</text>", self.title)?;
        let (sx, sy) = (step(x1 - x0), step(y1 - y0));
        let mut x = (x0 / sx).ceil() * sx;
        while x <= x1 {
            let at = px(x);
            writeln!(out, "<path d=\"M{at:.1} {top}V{bottom}\" stroke=\"#ddd\"/>")?;
            let y = bottom + 15.0;
            writeln!(
                out,
                "<text x=\"{at:.1}\" y=\"{y}\" text-anchor=\"middle\">{}</text>",
                number(x, sx)
            )?;
            x += sx;
        }
        let mut y = (y0 / sy).ceil() * sy;
        while y <= y1 {
            let at = py(y);
            let stroke = if y.abs() < 1e-9 * sy { "#888" } else { "#ddd" };
            writeln!(out, "<path d=\"M{left} {at:.1}H{right}\" stroke=\"{stroke}\"/>")?;
            let (x, at) = (left - 6.0, at + 4.0);
            writeln!(
                out,
                "<text x=\"{x}\" y=\"{at:.1}\" text-anchor=\"end\">{}</text>",
                number(y, sy)
            )?;
            y += sy;
        }
        let middle = 0.5 * (left + right);
        let below = bottom + 32.0;
        let [across, up] = self.axes;
        writeln!(out, "<text x=\"{middle}\" y=\"{below}\" text-anchor=\"middle\">{across}</text>")?;
        let half = 0.5 * (top + bottom);
        writeln!(
            out,
            "<text transform=\"translate(14,{half}) rotate(-90)\" text-anchor=\"middle\">{up}</text>"
        )?;
        for (i, line) in self.lines.iter().enumerate() {
            let colour = COLOURS[i % COLOURS.len()];
            if line.dots {
                for (x, y) in &line.points {
                    let (x, y) = (px(*x), py(*y));
                    writeln!(
                        out,
                        "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"1.4\" fill=\"{colour}\"/>"
                    )?;
                }
            } else {
                let path: Vec<String> = line
                    .points
                    .iter()
                    .map(|(x, y)| format!("{:.1} {:.1}", px(*x), py(*y)))
                    .collect();
                let path = path.join("L");
                writeln!(
                    out,
                    "<path d=\"M{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\"/>"
                )?;
            }
        }
        // The legend stands beside the title, clear of the data.
        let names: Vec<String> = self
            .lines
            .iter()
            .enumerate()
            .map(|(i, line)| {
                let colour = COLOURS[i % COLOURS.len()];
                format!("<tspan dx=\"{GAP}\" fill=\"{colour}\">{}</tspan>", line.name)
            })
            .collect();
        let (names, x) = (names.concat(), right - GAP);
        writeln!(out, "<text x=\"{x}\" y=\"18\" text-anchor=\"end\">{names}</text>")?;
        writeln!(out, "</g>")
    }
}

/// Charts in two columns.
pub fn svg(charts: &[Chart]) -> String {
    let rows = charts.len().div_ceil(2);
    let (width, height) = (2.0 * WIDTH, rows as f64 * HEIGHT);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"11\" fill=\"#222\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    for (i, chart) in charts.iter().enumerate() {
        let at = [(i % 2) as f64 * WIDTH, (i / 2) as f64 * HEIGHT];
        chart.draw(&mut out, at[0], at[1]).expect("writing to a text does not fail");
    }
    out + "</svg>\n"
}
