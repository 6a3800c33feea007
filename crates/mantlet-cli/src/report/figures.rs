//! The figures that a report states, worked out once: the page, the terminal
//! and `summary.json` all take them from here.

use serde::Serialize;

use super::data::{Action, End, PieceKind, Prediction, RunReport, Track, Zone};
use super::shape;

/// Times before impact at which the ellipse may be stated, s; the first set whose
/// earliest time most rounds are tracked at is taken. Chosen: three looks that
/// tell a first guess, a usable one and the last word.
const MOMENTS_S: [[f64; 3]; 4] =
    [[25.0, 15.0, 5.0], [15.0, 10.0, 5.0], [10.0, 5.0, 2.0], [6.0, 4.0, 2.0]];

/// Everything stated that is not in the data as such.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figures {
    /// One per threat, in the order of their first plots; untracked ones last.
    pub rounds: Vec<Round>,
    /// Times before impact at which ellipses are stated, s.
    pub before_impact_s: [f64; 3],
    /// From the first impact to the last, as if nothing were shot down, s.
    pub raid_span_s: f64,
    /// Threats with a confirmed track.
    pub tracked: usize,
    /// Longest time from the third plot to confirmation, s.
    pub slowest_confirmation_s: Option<f64>,
    /// Threats destroyed in simulation.
    pub intercepted: usize,
    /// Things tracked that are no threat: aircraft, birds and the like.
    pub traffic: usize,
    /// Of those, the ones that a warning named: should be none.
    pub traffic_warned_of: usize,
    /// Rounds the effectors spent.
    pub effector_rounds: u32,
    /// Pieces on the ground because of interception.
    pub fallen: Fallen,
    /// Highest point of any tracked round above the origin, m.
    pub highest_m: Option<f64>,
    /// Zones that were in danger.
    pub zones_in_danger: usize,
    /// Of those, the zones warned in time.
    pub zones_in_time: usize,
    /// People in zones that were in danger.
    pub people_in_danger: u32,
    /// Of those, people warned in time.
    pub people_in_time: u32,
    /// People sent to shelter for nothing.
    pub people_needlessly_warned: u32,
    /// Smallest of seconds given less seconds needed over the zones in danger, s.
    pub tightest_margin_s: Option<f64>,
    /// The zone of that margin.
    pub tightest_zone: Option<String>,
    /// Expected casualties over all zones if nothing is shot down.
    pub casualties_without: f64,
    /// The same with the simulated interception.
    pub casualties_with: f64,
}

/// Counts of what fell because of interception.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Fallen {
    /// Bodies and warheads.
    pub parts: usize,
    /// Fragments.
    pub fragments: usize,
    /// The effectors' own spent rounds and duds.
    pub duds: usize,
}

impl Fallen {
    fn of(run: &RunReport) -> Self {
        let of = |kind| {
            let of_kind = run.fallen.iter().filter(|p| p.kind == kind);
            of_kind.map(|p| p.count).sum::<f64>().round() as usize
        };
        Self {
            parts: of(PieceKind::Part),
            fragments: of(PieceKind::Fragment),
            duds: of(PieceKind::Dud),
        }
    }
}

/// One round of the raid.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Round {
    /// Its number in the report.
    pub number: usize,
    /// What it is.
    pub kind: String,
    /// Object in the truth.
    pub object_id: Option<String>,
    /// Its track.
    pub track_id: Option<u64>,
    /// First plot, s.
    pub first_plot_s: Option<f64>,
    /// Track confirmed, s.
    pub confirmed_s: Option<f64>,
    /// First message that names its track, s.
    pub warned_s: Option<f64>,
    /// Intercepted, s.
    pub intercepted_s: Option<f64>,
    /// Height of that above the origin, m.
    pub intercepted_u_m: Option<f64>,
    /// When it lands or would have, s.
    pub impact_s: Option<f64>,
    /// Where, east and north in m.
    pub impact_en_m: Option<[f64; 2]>,
    /// The zone that is.
    pub zone_id: Option<String>,
    /// Half the long axis of the 90 % ellipse at [`Figures::before_impact_s`], m.
    pub ellipse_m: [Option<f64>; 3],
    /// How far the predicted impact was off then, m.
    pub miss_m: [Option<f64>; 3],
    /// Rounds that effectors spent on it.
    pub effector_rounds: u32,
    /// Why it was left alone, if it was.
    pub spared: Option<String>,
    /// Index into the tracks.
    #[serde(skip)]
    pub track: Option<usize>,
}

impl Round {
    /// The last predictions made at least the given times before impact.
    pub fn ellipses<'a>(
        &self,
        run: &'a RunReport,
        before_impact_s: [f64; 3],
    ) -> [Option<&'a Prediction>; 3] {
        let Some((track, impact_s)) = self.track.map(|i| &run.tracks[i]).zip(self.impact_s) else {
            return [None; 3];
        };
        // Half a second either side: two radars do not look on the full second.
        before_impact_s.map(|before_s| {
            track.predictions.iter().rfind(|p| {
                p.time_s <= impact_s - before_s + 0.5 && p.time_s >= impact_s - before_s - 1.5
            })
        })
    }
}

impl Figures {
    /// Works them out.
    pub fn of(run: &RunReport) -> Self {
        let mut rounds = rounds(run);
        let before_impact_s = moments(run, &rounds);
        for round in &mut rounds {
            look(run, round, before_impact_s);
        }
        let times = || rounds.iter().filter_map(|r| r.impact_s);
        let first_s = times().fold(f64::INFINITY, f64::min);
        let last_s = times().fold(f64::NEG_INFINITY, f64::max);
        let danger = || {
            run.outcomes
                .iter()
                .filter(|o| o.danger_s.is_some())
                .filter_map(|o| zone(run, &o.zone_id).map(|z| (o, z)))
        };
        let margin = |o: &super::data::ZoneOutcome| o.seconds_given.map(|g| g - o.seconds_needed);
        let tightest = danger()
            .filter_map(|(o, z)| margin(o).map(|m| (m, z)))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        let flies = |i: &usize| !is_debris(run, &run.tracks[*i]);
        let traffic = || others(run).into_iter().filter(flies);
        Self {
            before_impact_s,
            raid_span_s: if last_s > first_s { last_s - first_s } else { 0.0 },
            tracked: rounds.iter().filter(|r| r.track.is_some()).count(),
            slowest_confirmation_s: rounds
                .iter()
                .filter_map(|r| {
                    let t = &run.tracks[r.track?];
                    Some(t.confirmed_s - t.third_plot_s?)
                })
                .max_by(f64::total_cmp),
            intercepted: rounds.iter().filter(|r| r.intercepted_s.is_some()).count(),
            traffic: traffic().count(),
            traffic_warned_of: traffic().filter(|i| warned_of(run, *i)).count(),
            effector_rounds: run.engagements.iter().map(|e| e.rounds).sum(),
            fallen: Fallen::of(run),
            highest_m: rounds
                .iter()
                .filter_map(|r| Some(&run.tracks[r.track?]))
                .flat_map(|t| t.samples.iter().map(|s| s[3]))
                .max_by(f64::total_cmp),
            zones_in_danger: danger().count(),
            zones_in_time: danger().filter(|(o, _)| margin(o).is_some_and(|m| m >= 0.0)).count(),
            people_in_danger: danger().map(|(_, z)| z.population).sum(),
            people_in_time: danger().map(|(o, _)| o.people_in_time).sum(),
            people_needlessly_warned: run.outcomes.iter().map(|o| o.people_needlessly_warned).sum(),
            tightest_margin_s: tightest.map(|(m, _)| m),
            tightest_zone: tightest.map(|(_, z)| z.name.clone()),
            casualties_without: run.outcomes.iter().map(|o| o.harm_without.casualties).sum(),
            casualties_with: run.outcomes.iter().map(|o| o.harm_with.casualties).sum(),
            rounds,
        }
    }
}

/// The zone of that id.
pub fn zone<'a>(run: &'a RunReport, id: &str) -> Option<&'a Zone> {
    run.zones.iter().find(|z| z.id == id)
}

/// Whether a track follows a threat: by truth where it is known, else by whether
/// it was ever said to land.
pub fn is_threat(run: &RunReport, track: &Track) -> bool {
    let object = track.object_id.as_ref().and_then(|id| run.objects.iter().find(|o| &o.id == id));
    object.map_or(!track.predictions.is_empty(), |o| o.threat)
}

/// Whether a track follows a piece of something that was shot down.
pub fn is_debris(run: &RunReport, track: &Track) -> bool {
    let object = run.objects.iter().find(|o| Some(&o.id) == track.object_id.as_ref());
    object.is_some_and(|o| o.class == "debris")
}

/// Other traffic: the first track of each thing that is no threat. Where the truth is
/// known, tracks that follow nothing are no things.
pub fn others(run: &RunReport) -> Vec<usize> {
    let mut seen: Vec<&str> = Vec::new();
    let no_threat = |i: &usize| !is_threat(run, &run.tracks[*i]);
    (0..run.tracks.len())
        .filter(no_threat)
        .filter(|i| match &run.tracks[*i].object_id {
            None => run.objects.is_empty(),
            Some(id) if seen.contains(&id.as_str()) => false,
            Some(id) => {
                seen.push(id);
                true
            }
        })
        .collect()
}

/// Whether a warning named a track, or another one of the same thing.
fn warned_of(run: &RunReport, track: usize) -> bool {
    let track = &run.tracks[track];
    let same =
        |t: &&Track| t.id == track.id || (t.object_id.is_some() && t.object_id == track.object_id);
    let ids: Vec<u64> = run.tracks.iter().filter(same).map(|t| t.id).collect();
    run.warnings.iter().any(|w| ids.iter().any(|id| w.track_ids.contains(id)))
}

fn rounds(run: &RunReport) -> Vec<Round> {
    let mut rounds: Vec<Round> = Vec::new();
    for object in run.objects.iter().filter(|o| o.threat) {
        let track = run.tracks.iter().position(|t| t.object_id.as_ref() == Some(&object.id));
        rounds.push(round(run, track, Some(object)));
    }
    // Without truth every track that was said to land is a round.
    if run.objects.is_empty() {
        let said = (0..run.tracks.len()).filter(|i| is_threat(run, &run.tracks[*i]));
        rounds.extend(said.map(|i| round(run, Some(i), None)));
    }
    let key = |r: &Round| r.first_plot_s.unwrap_or(f64::INFINITY);
    rounds.sort_by(|a, b| key(a).total_cmp(&key(b)));
    for (i, round) in rounds.iter_mut().enumerate() {
        round.number = i + 1;
    }
    rounds
}

fn round(run: &RunReport, track: Option<usize>, object: Option<&super::data::Object>) -> Round {
    let followed = track.map(|i| &run.tracks[i]);
    let id = followed.map(|t| t.id);
    let last = followed.and_then(|t| t.predictions.last());
    let truth = object.and_then(|o| o.impact);
    let impact_en_m = truth.map(|i| i.position_en_m).or(last.map(|p| p.position_en_m));
    let (intercepted_s, intercepted_u_m) = match followed.map(|t| t.end) {
        Some(End::Intercepted { time_s, position_enu_m }) => {
            (Some(time_s), Some(position_enu_m[2]))
        }
        _ => (None, None),
    };
    Round {
        number: 0,
        kind: object
            .map(|o| o.class.clone())
            .or(followed.map(|t| t.kind.clone()))
            .unwrap_or_default(),
        object_id: object.map(|o| o.id.clone()),
        track_id: id,
        first_plot_s: followed.map(|t| t.first_plot_s),
        confirmed_s: followed.map(|t| t.confirmed_s),
        warned_s: run
            .warnings
            .iter()
            .filter(|w| w.action != Action::Clear)
            .find(|w| id.is_some_and(|id| w.track_ids.contains(&id)))
            .map(|w| w.time_s),
        intercepted_s,
        intercepted_u_m,
        impact_s: truth.map(|i| i.time_s).or(last.map(|p| p.impact_s)),
        impact_en_m,
        zone_id: impact_en_m.and_then(|p| {
            run.zones.iter().find(|z| shape::contains(&z.polygon_en_m, p)).map(|z| z.id.clone())
        }),
        effector_rounds: run
            .engagements
            .iter()
            .filter(|e| Some(e.track_id) == id)
            .map(|e| e.rounds)
            .sum(),
        spared: run.spared.iter().find(|s| Some(s.track_id) == id).map(|s| s.reason.clone()),
        track,
        ..Round::default()
    }
}

/// The times at which most rounds already had a predicted impact.
fn moments(run: &RunReport, rounds: &[Round]) -> [f64; 3] {
    let first_s = |r: &Round| Some(run.tracks[r.track?].predictions.first()?.time_s);
    let mut seen_s: Vec<f64> =
        rounds.iter().filter_map(|r| Some(r.impact_s? - first_s(r)?)).collect();
    seen_s.sort_by(f64::total_cmp);
    let most_s = seen_s.get(seen_s.len() / 4).copied().unwrap_or(0.0);
    let early = MOMENTS_S.iter().find(|m| m[0] + 1.0 <= most_s);
    *early.unwrap_or(&MOMENTS_S[MOMENTS_S.len() - 1])
}

/// How sure a round's impact was at those times.
fn look(run: &RunReport, round: &mut Round, before_impact_s: [f64; 3]) {
    let object = run.objects.iter().find(|o| Some(&o.id) == round.object_id.as_ref());
    let truth = object.and_then(|o| o.impact);
    let ellipses = round.ellipses(run, before_impact_s);
    round.ellipse_m = ellipses.map(|p| p.map(|p| shape::ellipse_90(p.covariance_m2).long_m));
    round.miss_m = ellipses
        .map(|p| p.zip(truth).map(|(p, t)| shape::distance(p.position_en_m, t.position_en_m)));
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_track_that_follows_nothing_is_not_counted_as_a_round() {
        let mut run = sample::report();
        let mut ghost = run.tracks[0].clone();
        (ghost.id, ghost.object_id) = (99, None);
        run.tracks.push(ghost);
        assert_eq!(Figures::of(&run).rounds.len(), 8);
    }

    #[test]
    fn a_recording_without_truth_has_a_round_per_track_that_lands() {
        let mut run = sample::report();
        run.objects.clear();
        run.tracks.iter_mut().for_each(|t| t.object_id = None);
        let figures = Figures::of(&run);
        assert_eq!((figures.rounds.len(), figures.traffic), (8, 4));
    }

    #[test]
    fn a_bird_with_two_tracks_is_one_bird() {
        let mut run = sample::report();
        let before = Figures::of(&run).traffic;
        let other = run.tracks.iter().find(|t| !is_threat(&run, t)).expect("traffic").clone();
        run.tracks.push(super::super::data::Track { id: 98, ..other.clone() });
        let nothing = super::super::data::Track { id: 99, object_id: None, ..other };
        run.tracks.push(super::super::data::Track { duplicate: true, ..nothing });
        assert_eq!(Figures::of(&run).traffic, before);
    }

    #[test]
    fn a_round_that_nobody_tracked_is_still_a_round() {
        let mut run = sample::report();
        run.tracks.remove(2);
        let figures = Figures::of(&run);
        assert_eq!((figures.rounds.len(), figures.tracked), (8, 7));
        assert!(figures.rounds[7].track_id.is_none() && figures.rounds[7].impact_s.is_some());
    }
}
