//! The sentences of the report, made from its figures.

use super::data::{Action, RunReport};
use super::figures::{Figures, is_debris, others};
use super::plan::{Map, name_of};
use super::text::{
    capital, casualties, count, counted, length, list, number, percent, plural, seconds,
};
use super::zones::worse_off;

/// What the rounds are called, in the singular.
pub fn noun(figures: &Figures) -> &'static str {
    let all = |kind: &str| figures.rounds.iter().all(|r| r.kind == kind);
    match () {
        () if figures.rounds.is_empty() => "round",
        () if all("rocket") => "rocket",
        () if all("mortar") => "mortar round",
        () if all("artillery") => "shell",
        () => "round",
    }
}

/// The headline: what came, and whether people knew in time.
pub fn headline(run: &RunReport, figures: &Figures) -> String {
    let came = match figures.rounds.len() {
        0 => "Nothing came down".into(),
        1 => format!("One {}", noun(figures)),
        n => format!(
            "{} in {} seconds",
            capital(&counted(n, noun(figures))),
            number(figures.raid_span_s, 0)
        ),
    };
    let told = match (figures.people_in_danger, figures.people_in_time) {
        _ if run.outcomes.is_empty() => return format!("{came}."),
        (0, _) => "Nobody was in danger.".into(),
        (all, all_too) if all == all_too => "Everyone in danger was warned in time.".to_string(),
        (all, some) => format!(
            "{} of {} people in danger were warned in time.",
            number(f64::from(some), 0),
            number(f64::from(all), 0)
        ),
    };
    format!("{came}. {told}")
}

/// The sentences under the headline.
pub fn standfirst(run: &RunReport, figures: &Figures) -> String {
    let mut out = Vec::new();
    let n = figures.rounds.len();
    if n > 0 {
        let tracked = if figures.tracked == n { "all".into() } else { count(figures.tracked) };
        let soon = figures
            .slowest_confirmation_s
            .map_or(String::new(), |s| format!(", each within {} of its third plot", seconds(s)));
        out.push(
            format!(
                "Mantlet tracked {tracked} of {}{soon}.",
                if n == 1 { "it".into() } else { format!("the {}", counted(n, noun(figures))) }
            )
            .replace("all of it", "it")
            .replace("all of the", "all"),
        );
    }
    if let Some((zone, spare_s)) = figures.tightest_zone.as_ref().zip(figures.tightest_margin_s) {
        out.push(if spare_s >= 0.0 {
            format!("{zone} had it tightest, with {} to spare.", seconds(spare_s))
        } else {
            format!("{zone} was warned {} too late.", seconds(-spare_s))
        });
    }
    if figures.intercepted > 0 {
        let kinds: Vec<String> =
            run.effectors.iter().map(|e| format!("a simulated {}", e.kind)).collect();
        out.push(format!(
            "{} shot down {}; expected casualties {} from {} to {}.",
            capital(&list(&kinds)),
            count(figures.intercepted),
            if figures.casualties_with <= figures.casualties_without { "fall" } else { "rise" },
            casualties(figures.casualties_without),
            casualties(figures.casualties_with)
        ));
    }
    out.join(" ")
}

/// The big numbers: value and what it is.
pub fn key_figures(run: &RunReport, figures: &Figures) -> Vec<(String, String)> {
    let mut out = vec![(
        format!("{} of {}", figures.tracked, figures.rounds.len()),
        format!("{} tracked", plural(figures.rounds.len(), noun(figures))),
    )];
    if let Some(spare_s) = figures.tightest_margin_s {
        out.push((seconds(spare_s), "to spare in the tightest zone".into()));
    }
    if !run.effectors.is_empty() {
        out.push((
            format!("{} of {}", figures.intercepted, figures.rounds.len()),
            "shot down, in simulation".into(),
        ));
        out.push((
            format!(
                "{} → {}",
                casualties(figures.casualties_without),
                casualties(figures.casualties_with)
            ),
            "expected casualties, without → with interception".into(),
        ));
    }
    if !run.outcomes.is_empty() {
        out.push((
            number(f64::from(figures.people_needlessly_warned), 0),
            "people sent to shelter needlessly".into(),
        ));
    }
    out
}

fn moments(figures: &Figures) -> String {
    format!("{} seconds", list(&figures.before_impact_s.map(|s| number(s, 0))))
}

/// Above the maps.
pub fn map_lead(run: &RunReport, figures: &Figures) -> String {
    let mut names: Vec<(String, usize)> = Vec::new();
    let mut debris = 0;
    for i in others(run) {
        if is_debris(run, &run.tracks[i]) {
            debris += 1;
            continue;
        }
        let name = name_of(run, i);
        match names.iter_mut().find(|n| n.0 == name) {
            Some(found) => found.1 += 1,
            None => names.push((name, 1)),
        }
    }
    let all: Vec<String> = names.iter().map(|(name, n)| counted(*n, name)).collect();
    let mut text = format!(
        "Each {} is drawn from its first plot on. Around where it will land, the ellipse that holds \
         the impact nine times in ten, {} before: it shrinks as the radars see more.",
        noun(figures),
        moments(figures)
    );
    if !all.is_empty() {
        let were = if figures.traffic == 1 { "was" } else { "were" };
        let warned = match (figures.traffic_warned_of, figures.traffic) {
            (0, 1) => ", and nobody was warned of it".into(),
            (0, _) => ", and nobody was warned of them".into(),
            (n, _) => format!("; people were warned of {} of them, wrongly", count(n)),
        };
        text.push_str(&format!(" {} {were} tracked too{warned}.", capital(&list(&all))));
    }
    if debris > 0 {
        let pieces = capital(&counted(debris, "piece"));
        text.push_str(&format!(" {pieces} of what was shot down could be tracked to the ground."));
    }
    text
}

/// Whose rounds fell beside the raid's.
pub fn whose_rounds(run: &RunReport) -> &'static str {
    if run.effectors.len() > 1 { "the effectors'" } else { "the effector's" }
}

/// "one was", "two were".
fn were(n: usize) -> String {
    format!("{} {}", count(n), if n == 1 { "was" } else { "were" })
}

/// Beside a map's title.
pub fn map_caption(map: Map, figures: &Figures) -> String {
    match map {
        Map::Site if figures.intercepted > 0 => {
            "Warned zones are amber. A bold cross landed; a thin one would have.".into()
        }
        Map::Site => "Warned zones are amber.".into(),
        Map::Fallen => String::new(),
        Map::Approach if figures.intercepted > 0 => "Stars: destroyed in the air.".into(),
        Map::Approach => "Tracks from the first plot on.".into(),
    }
}

/// A map for those who do not see it.
pub fn map_alt(run: &RunReport, figures: &Figures, map: Map) -> String {
    match map {
        Map::Site => {
            let warned: Vec<String> = run
                .outcomes
                .iter()
                .filter(|o| o.warned_s.is_some())
                .filter_map(|o| super::figures::zone(run, &o.zone_id))
                .map(|z| z.name.clone())
                .collect();
            let warned = if warned.is_empty() { "no zone".into() } else { list(&warned) };
            format!(
                "Plan of the site with {}; warned: {warned}.",
                counted(figures.rounds.len(), noun(figures))
            )
        }
        Map::Fallen => String::new(),
        Map::Approach => format!(
            "Plan of the approach: tracks of {} and of {} from first plot to end.",
            counted(figures.rounds.len(), noun(figures)),
            counted(figures.traffic, "other object")
        ),
    }
}

/// Above the seconds of warning.
pub fn warning_lead(run: &RunReport, figures: &Figures) -> String {
    let mut text = String::from(
        "Seconds from the warning to the first impact that endangers a zone, against the seconds \
         that people there need.",
    );
    if run.policy.threshold > 0.0 {
        text.push_str(&format!(
            " A zone is warned when its chance of being hit passes {}: a missed warning is held to be as bad as {} needless ones.",
            percent(run.policy.threshold),
            number(run.policy.missed_costs, 0)
        ));
    }
    if figures.people_needlessly_warned > 0 {
        text.push_str(&format!(
            " {} people went to shelter for nothing.",
            number(f64::from(figures.people_needlessly_warned), 0)
        ));
    }
    text
}

/// Above the maps of what fell.
pub fn fell_lead(run: &RunReport, figures: &Figures) -> String {
    let mut text = format!(
        "{} spent {} rounds on {}.",
        capital(&list(
            &run.effectors.iter().map(|e| format!("the {}", e.kind)).collect::<Vec<_>>()
        )),
        number(f64::from(figures.effector_rounds), 0),
        counted(figures.rounds.iter().filter(|r| r.effector_rounds > 0).count(), noun(figures))
    );
    let through = figures.rounds.iter().filter(|r| r.spared.is_some() && r.effector_rounds == 0);
    let through = through.count();
    if through > 0 {
        text.push_str(&format!(" {} let through.", capital(&were(through))));
    }
    text.push_str(" What is hit in the air still comes down: darker shading, likelier harm.");
    let worse = worse_off(run);
    text.push_str(&if worse.is_empty() {
        " No zone is less safe because of it.".to_string()
    } else {
        format!(
            " {} {} less safe because of it.",
            list(&worse),
            if worse.len() == 1 { "is" } else { "are" }
        )
    });
    text
}

/// Above the small maps.
pub fn sure_lead(run: &RunReport, figures: &Figures) -> String {
    let mut text = format!(
        "Half the long axis of the 90 % ellipse, in metres, {} before impact; the cross is where it \
         truly lands. One scale for all.",
        moments(figures)
    );
    if let Some(a) = &run.accuracy {
        text.push_str(&format!(
            " Ten seconds before, the prediction is off by {} (root mean square); no unbiased tracker can do better than {} with these radars.",
            length(a.impact_rms_10s_m),
            length(a.bound_rms_10s_m)
        ));
    }
    text
}

/// What a message asks.
pub fn action(action: Action) -> &'static str {
    match action {
        Action::Warn => "take shelter",
        Action::Update => "update",
        Action::Clear => "all clear",
    }
}

/// How good tracking was: value and what it is.
pub fn accuracy(run: &RunReport, figures: &Figures) -> Vec<(String, String)> {
    let mut out = Vec::new();
    if let Some(a) = &run.accuracy {
        out.push((length(a.impact_rms_10s_m), "impact error 10 s before, root mean square".into()));
        out.push((length(a.bound_rms_10s_m), "Cramér–Rao bound of that".into()));
        if a.bound_rms_10s_m > 0.0 {
            out.push((
                number(a.impact_rms_10s_m / a.bound_rms_10s_m, 2),
                "error over bound".into(),
            ));
        }
        out.push((
            percent(a.in_90_ellipse),
            "of predictions hold the truth in their 90 % ellipse".into(),
        ));
        out.push((
            length(a.gospa_m),
            "mean GOSPA distance: error of place, missed and false tracks in one".into(),
        ));
        out.push((
            number(f64::from(a.false_tracks), 0),
            plural(a.false_tracks as usize, "false track"),
        ));
        out.push((number(f64::from(a.missed), 0), "threats missed".into()));
    }
    if let Some(s) = figures.slowest_confirmation_s {
        out.push((seconds(s), "third plot to confirmation, slowest".into()));
    }
    if run.dropped_tracks > 0 {
        out.push((run.dropped_tracks.to_string(), "tentative tracks dropped".into()));
    }
    out
}

/// At the foot of the page.
pub fn colophon(run: &RunReport) -> String {
    format!(
        "{}Made by mantlet {} with seed {}: the same scenario and seed give the same page. Mantlet is a simulator and a \
         research system; it is not certified to warn people. Interception is simulated for planning only.",
        if run.exercise { "EXERCISE. " } else { "" },
        env!("CARGO_PKG_VERSION"),
        run.seed
    )
}
