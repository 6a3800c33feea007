//! What the page's script needs to play the raid, as JSON.

use serde_json::{Value, json};

use super::data::{Action, End, RunReport};
use super::figures::Figures;
use super::html::panels;
use super::shape::ellipse_90;

/// A number with few digits: whole decimetres are finer than any screen.
fn short(value: f64) -> Value {
    let v = (value * 10.0).round() / 10.0;
    if v == v.trunc() && v.abs() < 1e15 { json!(v as i64) } else { json!(v) }
}

fn shorts(values: &[f64]) -> Value {
    values.iter().map(|v| short(*v)).collect()
}

/// The data, safe inside a `<script>` element.
pub fn data(run: &RunReport, figures: &Figures) -> String {
    let tracks: Value = run
        .tracks
        .iter()
        .enumerate()
        .map(|(i, track)| {
            let round = figures.rounds.iter().find(|r| r.track == Some(i));
            let threat = round.is_some();
            let mut samples: Vec<Value> = track.samples.iter().map(|s| shorts(s)).collect();
            let end_s = match track.end {
                End::Landed { time_s } => {
                    if let Some([e, n]) = round.and_then(|r| r.impact_en_m) {
                        samples.push(shorts(&[time_s, e, n, 0.0]));
                    }
                    Some(time_s)
                }
                End::Intercepted { time_s, position_enu_m: [e, n, u] } => {
                    samples.push(shorts(&[time_s, e, n, u]));
                    Some(time_s)
                }
                End::Left => track.samples.last().map(|s| s[0]),
            };
            let predictions: Value = track
                .predictions
                .iter()
                .map(|p| {
                    let e = ellipse_90(p.covariance_m2);
                    let [x, y] = p.position_en_m;
                    shorts(&[p.time_s, x, y, e.long_m, e.short_m, e.turn_deg])
                })
                .collect();
            json!({
                "threat": threat,
                "shot": matches!(track.end, End::Intercepted { .. }),
                "s": samples,
                "p": if threat { predictions } else { json!([]) },
                "end": end_s.map(short),
            })
        })
        .collect();
    let zones: Value = run
        .zones
        .iter()
        .map(|zone| {
            let sent: Value = run
                .warnings
                .iter()
                .filter(|w| w.zone_id == zone.id && w.action != Action::Update)
                .map(|w| json!([short(w.time_s), i32::from(w.action == Action::Warn)]))
                .collect();
            let danger_s =
                run.outcomes.iter().find(|o| o.zone_id == zone.id).and_then(|o| o.danger_s);
            json!({ "name": zone.name, "sent": sent, "danger": danger_s.map(short) })
        })
        .collect();
    let panels: Value = panels(run, figures)
        .into_iter()
        .map(|(name, affine, scale)| (name, json!({ "a": affine, "k": scale })))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let times = || {
        let ends = figures.rounds.iter().filter_map(|r| r.impact_s);
        figures.rounds.iter().filter_map(|r| r.first_plot_s).chain(ends)
    };
    let from = times().fold(f64::INFINITY, f64::min);
    let to = times().fold(f64::NEG_INFINITY, f64::max);
    let span = if from < to { [from - 1.0, to + 3.0] } else { [0.0, run.duration_s.max(1.0)] };
    let all = json!({ "span": shorts(&span), "tracks": tracks, "zones": zones, "panels": panels });
    // `</script>` and `<!--` are the only ways out of a script element.
    all.to_string().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_that_follows_nothing_is_not_counted_in_the_air() {
        let mut run = super::super::sample::report();
        let mut ghost = run.tracks[0].clone();
        (ghost.id, ghost.object_id) = (99, None);
        run.tracks.push(ghost);
        let all: Value = serde_json::from_str(&data(&run, &Figures::of(&run))).unwrap();
        let threats = all["tracks"].as_array().unwrap().iter().filter(|t| t["threat"] == true);
        assert_eq!(threats.count(), 8);
    }

    #[test]
    fn a_name_cannot_end_the_script_element() {
        let mut run = super::super::sample::report();
        run.zones[0].name = "</script><b>".into();
        let figures = Figures::of(&run);
        assert!(!data(&run, &figures).contains('<'));
    }
}
