//! The raid from the side: height over the ground along the way it came, heights
//! and distances at one scale. Tracks start at their first plot.

use maud::{Markup, html};

use super::data::{End, RunReport};
use super::figures::Figures;
use super::labels::text_width;
use super::shape::{Bounds, contains, round_number};
use super::svg::{LABEL_SIZE, cross, path, star, xy};
use super::text::{length, tick};

/// Space under the ground line for names, and above the highest track, sheet units.
const BELOW: f64 = 44.0;
const ABOVE: f64 = 26.0;

/// A view from the side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Side {
    /// Unit vector, east and north, from the site towards the raid.
    pub outward_en: [f64; 2],
    /// Sheet units per metre.
    pub scale: f64,
    /// x of the origin.
    pub origin_x: f64,
    /// y of the ground.
    pub ground_y: f64,
    /// Sheet size.
    pub size: [f64; 2],
    /// The raid stands to the left or (-1) right of the site.
    pub turn: f64,
}

impl Side {
    /// The view that fits the raid into a width; `None` when nothing was tracked.
    pub fn fit(run: &RunReport, figures: &Figures, width: f64) -> Option<Self> {
        let tracks: Vec<_> =
            figures.rounds.iter().filter_map(|r| Some(&run.tracks[r.track?])).collect();
        let firsts = tracks.iter().filter_map(|t| t.samples.first());
        let [e, n] = firsts.fold([0.0; 2], |[e, n], s| [e + s[1], n + s[2]]);
        let far = e.hypot(n);
        if far == 0.0 || !far.is_finite() {
            return None;
        }
        let outward_en = [e / far, n / far];
        // The raid comes from the side of the sheet that it comes from on the map.
        let turn = if outward_en[0] < 0.0 { -1.0 } else { 1.0 };
        let along = |p: [f64; 2]| turn * (p[0] * outward_en[0] + p[1] * outward_en[1]);
        let flown =
            tracks.iter().flat_map(|t| t.samples.iter().map(|s| [along([s[1], s[2]]), s[3]]));
        let ground = run.zones.iter().flat_map(|z| z.polygon_en_m.iter().map(|p| [along(*p), 0.0]));
        let bounds = Bounds::around(flown.chain(ground))?;
        let [span, high] = bounds.size();
        let scale = ((width - 40.0) / span.max(1.0)).min(360.0 / high.max(1.0));
        let height = (high * scale + ABOVE + BELOW).ceil();
        Some(Self {
            outward_en,
            scale,
            origin_x: 0.5 * (width - span * scale) - bounds.low[0] * scale,
            ground_y: height - BELOW,
            size: [width, height],
            turn,
        })
    }

    /// Where a point lies on the sheet.
    pub fn at(&self, [e, n, u]: [f64; 3]) -> [f64; 2] {
        let along = self.turn * (e * self.outward_en[0] + n * self.outward_en[1]);
        [self.origin_x + along * self.scale, self.ground_y - u * self.scale]
    }

    /// The drawing: everything inside its `<svg>`.
    pub fn draw(&self, run: &RunReport, figures: &Figures) -> Markup {
        let ground = |p: [f64; 2]| self.at([p[0], p[1], 0.0]);
        html! {
            rect class="ground" width=(self.size[0]) height=(self.size[1]) {}
            (self.heights())
            path class="horizon" d={ "M0 " (xy(self.ground_y)) "H" (xy(self.size[0])) } {}
            (self.zones(run))
            @for (round, i) in figures.rounds.iter().filter_map(|r| Some((r, r.track?))) {
                @let track = &run.tracks[i];
                @let flown = track.samples.iter().map(|s| self.at([s[1], s[2], s[3]]));
                @let end = match track.end {
                    End::Landed { .. } => round.impact_en_m.map(ground),
                    End::Intercepted { position_enu_m, .. } => Some(self.at(position_enu_m)),
                    End::Left => None,
                };
                @if let (End::Intercepted { position_enu_m, .. }, Some(p)) = (track.end, round.impact_en_m) {
                    path class="unflown" data-after=(i) d=(path([self.at(position_enu_m), ground(p)])) {}
                }
                path class="track threat" data-track=(i) d=(path(flown.chain(end))) {}
                @if let Some(s) = track.samples.first() {
                    @let at = self.at([s[1], s[2], s[3]]);
                    circle class="first" data-time=(s[0]) cx=(xy(at[0])) cy=(xy(at[1])) r="2.6" {}
                }
                circle class="head live" data-head=(i) r="4" {}
                @match track.end {
                    End::Intercepted { position_enu_m, time_s } => {
                        g data-burst=(i) data-time=(time_s) { (star("burst", self.at(position_enu_m), 7.5)) }
                    }
                    End::Landed { .. } => {
                        @if let Some(p) = round.impact_en_m {
                            g data-impact=(i) data-time=[round.impact_s] {
                                (cross("impact halo", ground(p), 5.0)) (cross("impact", ground(p), 5.0))
                            }
                        }
                    }
                    End::Left => {}
                }
            }
            @if let Some(([x, y], high_m)) = self.highest(run, figures) {
                text class="label" text-anchor="middle" x=(xy(x.clamp(70.0, self.size[0] - 70.0))) y=(xy(y - 9.0)) {
                    (length(high_m)) " up at most"
                }
            }
        }
    }

    fn highest(&self, run: &RunReport, figures: &Figures) -> Option<([f64; 2], f64)> {
        let all = figures.rounds.iter().filter_map(|r| Some(&run.tracks[r.track?]));
        let top = all.flat_map(|t| &t.samples).max_by(|a, b| a[3].total_cmp(&b[3]))?;
        Some((self.at([top[1], top[2], top[3]]), top[3]))
    }

    fn heights(&self) -> Markup {
        let step_m = round_number(120.0 / self.scale);
        let ticks = (self.size[0] / (step_m * self.scale)).ceil() as i32;
        html! {
            @for k in -ticks..=ticks {
                @let x = self.origin_x + f64::from(k) * step_m * self.scale;
                @if k != 0 && x > 26.0 && x < self.size[0] - 26.0 {
                    path class="tick" d={ "M" (xy(x)) " " (xy(self.ground_y)) "v5" } {}
                    text class="label minor" text-anchor="middle" x=(xy(x)) y=(xy(self.ground_y + 18.0)) {
                        (tick(f64::from(k.abs()) * step_m))
                    }
                }
            }
        }
    }

    /// Zones as strips of the ground; the names of the protected ones.
    fn zones(&self, run: &RunReport) -> Markup {
        html! {
            @for (i, zone) in run.zones.iter().enumerate() {
                @let xs = Bounds::around(zone.polygon_en_m.iter().map(|p| self.at([p[0], p[1], 0.0])));
                @if let Some(b) = xs {
                    @let warned = run.outcomes.iter().any(|o| o.zone_id == zone.id && o.warned_s.is_some());
                    rect class={ "zone strip" @if warned { " warned" } } data-zone=(i)
                        data-still=[warned.then_some("warned")]
                        x=(xy(b.low[0])) y=(xy(self.ground_y)) width=(xy(b.size()[0].max(2.0))) height="6" {}
                    @if contains(&zone.polygon_en_m, [0.0, 0.0]) {
                        @let room = 4.0 + 0.5 * text_width(&zone.name, LABEL_SIZE);
                        text class="label name" text-anchor="middle" x=(xy((0.5 * (b.low[0] + b.high[0])).min(self.size[0] - room).max(room)))
                            y=(xy(self.ground_y + 22.0)) { (zone.name) }
                    }
                }
            }
        }
    }
}
