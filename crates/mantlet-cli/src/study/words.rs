//! A study's answer in words.

use std::fmt::Write;

use mantlet::study::{Share, Sited, Study, StudyFigures};

use crate::report::text::{length, list, number};

/// A share in per cent, with its interval.
pub fn share(s: &Share) -> String {
    format!("{} ± {} %", number(100.0 * s.share, 1), number(100.0 * s.half_width, 1))
}

/// Where a place is, from the site's origin.
pub fn place([e_m, n_m]: [f64; 2]) -> String {
    let side = |m: f64, plus: &str, minus: &str| {
        (m.abs() >= 1.0)
            .then(|| format!("{} {}", length(m.abs()), if m > 0.0 { plus } else { minus }))
    };
    let parts: Vec<String> =
        [side(e_m, "east", "west"), side(n_m, "north", "south")].into_iter().flatten().collect();
    if parts.is_empty() { "at the origin".into() } else { parts.join(", ") }
}

/// One sentence: the answer.
pub fn headline(study: &Study, sited: &[Sited], figures: &StudyFigures) -> String {
    let percent = |s: &Share| number(100.0 * s.share, 0);
    let Some(sensors) = sited.first() else {
        let best =
            figures.options.iter().max_by(|a, b| a.in_time.share.total_cmp(&b.in_time.share));
        return best.map_or(String::new(), |b| {
            format!(
                "Best of {}: {}. {} % of the people in danger are warned in time.",
                figures.options.len(),
                b.name,
                percent(&b.in_time)
            )
        });
    };
    let places: Vec<String> =
        sensors.chosen.iter().map(|c| place(sensors.places[*c].en_m)).collect();
    let (Some(without), Some(with)) = (figures.options.first(), figures.options.get(1)) else {
        return "No place adds anything.".into();
    };
    format!(
        "Best for {}: {}. People warned in time: {} % instead of {} %.",
        if places.len() == 1 {
            format!("a radar like \u{201c}{}\u{201d}", like(study))
        } else {
            format!("{} radars", places.len())
        },
        list(&places),
        percent(&with.in_time),
        percent(&without.in_time)
    )
}

fn like(study: &Study) -> &str {
    study.siting.as_ref().map_or("", |s| s.like.as_str())
}

/// What was proven of a choice.
pub fn proof(sited: &Sited) -> String {
    let now = sited.shares.last().copied().unwrap_or(0.0);
    if sited.exact {
        return "proven best: every other was compared or ruled out".into();
    }
    format!(
        "at least {} % of the best possible (no choice can cover more than {} % where this covers {} %)",
        number(100.0 * now / sited.bound.max(1e-9), 1),
        number(100.0 * sited.bound, 1),
        number(100.0 * now, 1)
    )
}

/// The summary for a terminal.
pub fn summary(study: &Study, sited: &[Sited], figures: &StudyFigures) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}\n{}\n", study.name, headline(study, sited, figures));
    for s in sited {
        let _ = writeln!(
            out,
            "{} places for {}s asked about; the choice is {}:",
            s.places.len(),
            s.what,
            proof(s)
        );
        for (n, c) in s.chosen.iter().enumerate() {
            let p = &s.places[*c];
            let _ = writeln!(
                out,
                "  {}. {}, mast {}, cost {}: {} % covered after it",
                n + 1,
                place(p.en_m),
                length(p.mast_m),
                number(p.cost, 2),
                number(100.0 * s.shares[n + 1], 1)
            );
        }
    }
    let ended = if figures.narrow_enough { ", ended early: narrow enough" } else { "" };
    let _ = writeln!(
        out,
        "\n{} raids of {} rounds on average{ended}\n{:32} {:>16} {:>16} {:>12} {:>12}",
        figures.runs,
        number(figures.rounds, 1),
        "",
        "warned in time",
        "over the first",
        "leakers",
        "casualties"
    );
    for o in &figures.options {
        let over = o.over_first.map_or("".into(), |s| share(&s));
        let _ = writeln!(
            out,
            "{:32} {:>16} {:>16} {:>12} {:>12}",
            o.name,
            share(&o.in_time),
            over,
            number(o.leakers[0], 2),
            number(o.casualties[0], 3)
        );
    }
    out
}
