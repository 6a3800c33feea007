//! Where labels go on a map: beside what they name, off everything else.
//!
//! Greedy point-feature labelling with a fixed list of candidate positions, first
//! the preferred (Imhof, "Positioning names on maps", The American Cartographer
//! 2(2), 1975): good enough for some twenty labels, and repeatable.

use super::shape::Bounds;

/// Which way a label's text runs from its x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// To the right of it.
    Start,
    /// Around it.
    Middle,
    /// To the left of it.
    End,
}

impl Align {
    /// The value of SVG's `text-anchor`.
    pub fn anchor(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// A position found: the baseline of the first line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// x of the text.
    pub x: f64,
    /// y of the first baseline.
    pub y: f64,
    /// Which way it runs.
    pub align: Align,
}

/// What is already on a sheet.
#[derive(Clone, Debug)]
pub struct Labels {
    sheet: [f64; 2],
    taken: Vec<(Bounds, f64)>,
    shunned: Vec<Bounds>,
}

/// About how wide a text is, in units of the sheet: there is no font to ask, and
/// 0.63 em is over the mean of all
/// common sans-serif ones.
pub fn text_width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * 0.63 * size
}

impl Labels {
    /// An empty sheet.
    pub fn new(sheet: [f64; 2]) -> Self {
        Self { sheet, taken: Vec::new(), shunned: Vec::new() }
    }

    /// Keeps labels off a point and `radius` around it.
    pub fn block(&mut self, [x, y]: [f64; 2], radius: f64) {
        self.take([x, y], radius, 1.0);
    }

    /// Places where the next labels would be taken to name something else.
    pub fn shun(&mut self, places: Vec<Bounds>) {
        self.shunned = places;
    }

    /// Keeps labels off a line, as far as that costs nothing else.
    pub fn block_line(&mut self, from: [f64; 2], to: [f64; 2], radius: f64) {
        let steps = ((from[0] - to[0]).hypot(from[1] - to[1]) / (2.0 * radius)).ceil();
        // A line that runs far off the sheet is cut short rather than walked.
        let steps = steps.clamp(1.0, 400.0);
        for k in 0..=steps as usize {
            let f = k as f64 / steps;
            self.take([0, 1].map(|i| from[i] + f * (to[i] - from[i])), radius, 0.5);
        }
    }

    fn take(&mut self, [x, y]: [f64; 2], radius: f64, weight: f64) {
        let b = Bounds { low: [x - radius, y - radius], high: [x + radius, y + radius] };
        self.taken.push((b, weight));
    }

    /// Finds a place beside the box `around` for a block of lines, `size` wide and
    /// high with the first baseline `ascent` below its top. `None` when every
    /// place would cover something and `needed` is false.
    pub fn place(
        &mut self,
        around: Bounds,
        size: [f64; 2],
        ascent: f64,
        needed: bool,
    ) -> Option<Place> {
        let [w, h] = size;
        let gap = 5.0;
        let ([l, t], [r, b]) = (around.low, around.high);
        let (cx, cy) = (0.5 * (l + r), 0.5 * (t + b));
        let candidates = [
            (l, t - gap - h, Align::Start),
            (l, b + gap, Align::Start),
            (r + gap, cy - 0.5 * h, Align::Start),
            (l - gap, cy - 0.5 * h, Align::End),
            (cx, t - gap - h, Align::Middle),
            (cx, b + gap, Align::Middle),
            (r, t - gap - h, Align::End),
            (r, b + gap, Align::End),
            (r + gap, t, Align::Start),
            (l - gap, t, Align::End),
            (r + gap, b - h, Align::Start),
            (l - gap, b - h, Align::End),
            (l + gap, t + gap, Align::Start),
            (l + gap, b - gap - h, Align::Start),
            (r - gap, t + gap, Align::End),
            (r - gap, b - gap - h, Align::End),
            (cx, cy - 0.5 * h, Align::Middle),
        ];
        let boxed = |&(x, top, align): &(f64, f64, Align)| {
            let left = match align {
                Align::Start => x,
                Align::Middle => x - 0.5 * w,
                Align::End => x - w,
            };
            Bounds { low: [left, top], high: [left + w, top + h] }
        };
        let roomy = r - l > w + 2.0 * gap && b - t > h + 2.0 * gap;
        let cost = |b: &Bounds| {
            let covered: f64 = self.taken.iter().map(|(t, k)| k * overlap(t, b)).sum();
            let elsewhere: f64 = self.shunned.iter().map(|t| overlap(t, b)).sum();
            let sheet =
                Bounds { low: [4.0, 4.0], high: [self.sheet[0] - 4.0, self.sheet[1] - 4.0] };
            // A name inside its own area needs no guessing.

            let outside = if roomy { 0.08 * (w * h - overlap(&around, b)) } else { 0.0 };
            covered + outside + 0.8 * elsewhere + 4.0 * (w * h - overlap(&sheet, b))
        };
        let (best, found, spent) = candidates
            .iter()
            .map(|c| (c, boxed(c)))
            .map(|(c, b)| (c, b, cost(&b)))
            .min_by(|a, b| a.2.total_cmp(&b.2))?;
        if !needed && spent > 0.1 * w * h {
            return None;
        }
        self.taken.push((found, 1.0));
        Some(Place { x: best.0, y: best.1 + ascent, align: best.2 })
    }
}

fn overlap(a: &Bounds, b: &Bounds) -> f64 {
    let side = |i: usize| (a.high[i].min(b.high[i]) - a.low[i].max(b.low[i])).max(0.0);
    side(0) * side(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINT: Bounds = Bounds { low: [50.0, 50.0], high: [50.0, 50.0] };

    #[test]
    fn two_labels_of_one_point_do_not_overlap() {
        let mut labels = Labels::new([200.0, 100.0]);
        let a = labels.place(POINT, [40.0, 12.0], 10.0, true).unwrap();
        let b = labels.place(POINT, [40.0, 12.0], 10.0, true).unwrap();
        assert!((a.y - b.y).abs() >= 12.0 || a.x != b.x);
    }

    #[test]
    fn a_label_that_would_cover_is_left_out_unless_it_is_needed() {
        let mut labels = Labels::new([100.0, 100.0]);
        labels.block([50.0, 50.0], 60.0);
        assert!(labels.place(POINT, [40.0, 12.0], 10.0, false).is_none());
        assert!(labels.place(POINT, [40.0, 12.0], 10.0, true).is_some());
    }
}
