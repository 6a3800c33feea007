//! What people got: seconds of warning against seconds needed, and harm with and
//! without interception, zone by zone.

use maud::{Markup, html};

use super::data::{Harm, RunReport, Zone, ZoneOutcome};
use super::figures::zone;
use super::text::{casualties, number, percent, seconds};

fn share(value: f64, whole: f64) -> String {
    format!("{:.2}%", (100.0 * value / whole).clamp(0.0, 100.0))
}

fn people(n: u32) -> String {
    format!("{} {}", number(f64::from(n), 0), if n == 1 { "person" } else { "people" })
}

fn pairs(run: &RunReport) -> impl Iterator<Item = (&ZoneOutcome, &Zone)> {
    run.outcomes.iter().filter_map(|o| Some((o, zone(run, &o.zone_id)?)))
}

/// Seconds given against seconds needed.
pub fn warning(run: &RunReport) -> Markup {
    let most = pairs(run).flat_map(|(o, _)| [o.seconds_given.unwrap_or(0.0), o.seconds_needed]);
    let whole_s = 1.06 * most.fold(1.0, f64::max);
    html! {
        div class="rows warning" {
            @for (outcome, zone) in pairs(run) {
                div class="row" {
                    div class="who" {
                        b { (zone.name) }
                        small { (people(zone.population)) }
                        @if let Some(t) = outcome.warned_s {
                            small { "warned at " (seconds(t)) @if let Some(c) = outcome.cleared_s { ", clear at " (seconds(c)) } }
                        }
                    }
                    (bar(outcome, zone, whole_s))
                    div class="end" { (verdict(outcome, zone)) }
                }
            }
        }
    }
}

fn bar(outcome: &ZoneOutcome, zone: &Zone, whole_s: f64) -> Markup {
    let needed = share(outcome.seconds_needed, whole_s);
    let said = match (outcome.seconds_given, outcome.warned_s) {
        (Some(given_s), _) => {
            format!(
                "{}: {} given, {} needed",
                zone.name,
                seconds(given_s),
                seconds(outcome.seconds_needed)
            )
        }
        (None, Some(_)) => format!("{}: warned, but nothing came", zone.name),
        (None, None) => format!("{}: not warned", zone.name),
    };
    let Some(given_s) = outcome.seconds_given else {
        return html! { div role="img" aria-label=(said) {} };
    };
    let short = given_s < outcome.seconds_needed;
    html! {
        svg class="strip" width="100%" height="40" role="img" aria-label=(said) {
            line class="base" x1="0" x2="100%" y1="27" y2="27" {}
            rect class="spare" y="20" height="14" width=(share(given_s, whole_s)) {}
            rect class={ "amount" @if short { " short" } } y="20" height="14"
                width=(share(given_s.min(outcome.seconds_needed), whole_s)) {}
            @if short {
                rect class="lacking" y="20" height="14" x=(share(given_s, whole_s))
                    width=(share(outcome.seconds_needed - given_s.max(0.0), whole_s)) {}
            }
            line class="need" x1=(needed) x2=(needed) y1="15" y2="39" {}
            text class="label minor" text-anchor="middle" x=(needed) y="11" {
                "needs " (number(outcome.seconds_needed, 0)) " s"
            }
        }
    }
}

fn verdict(outcome: &ZoneOutcome, zone: &Zone) -> Markup {
    match (outcome.seconds_given, outcome.warned_s, outcome.danger_s) {
        (Some(given_s), _, _) => {
            let spare_s = given_s - outcome.seconds_needed;
            html! {
                b { (seconds(given_s)) }
                small class=(if spare_s < 0.0 { "bad" } else { "good" }) {
                    @if spare_s < 0.0 { (number(-spare_s, 1)) " s too late" } @else { (number(spare_s, 1)) " s to spare" }
                }
            }
        }
        (None, Some(_), _) => html! {
            b { "needless" } small { (people(outcome.people_needlessly_warned)) " sent to shelter" }
        },
        (None, None, Some(_)) => {
            html! { b class="bad" { "no warning" } small { (people(zone.population)) " in danger" } }
        }
        (None, None, None) => html! { span class="quiet" { "not warned, and nothing came" } },
    }
}

/// Harm without and with interception.
pub fn harm(run: &RunReport) -> Markup {
    let most = pairs(run).flat_map(|(o, _)| [o.harm_without.casualties, o.harm_with.casualties]);
    let whole = 1.02 * most.fold(1e-9, f64::max);
    html! {
        div class="rows harm" {
            @for (outcome, zone) in pairs(run) {
                div class="row" {
                    div class="who" { b { (zone.name) } small { (people(zone.population)) } }
                    (bars(outcome, zone, whole))
                    div class="end" {
                        b { (casualties(outcome.harm_without.casualties)) " → " (casualties(outcome.harm_with.casualties)) }
                        small class=[worse(outcome).then_some("bad")] {
                            "chance of any " (percent(outcome.harm_without.chance_of_any))
                            " → " (percent(outcome.harm_with.chance_of_any))
                        }
                        @if outcome.harm_without.chance_of_damage + outcome.harm_with.chance_of_damage > 0.0 {
                            small {
                                "of damage " (percent(outcome.harm_without.chance_of_damage))
                                " → " (percent(outcome.harm_with.chance_of_damage))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Whether a zone is less safe because of interception; below a thousandth of a
/// casualty nobody could tell.
fn worse(outcome: &ZoneOutcome) -> bool {
    outcome.harm_with.casualties > outcome.harm_without.casualties + 1e-3
}

/// The names of the zones that interception makes less safe.
pub fn worse_off(run: &RunReport) -> Vec<String> {
    pairs(run).filter(|(o, _)| worse(o)).map(|(_, z)| z.name.clone()).collect()
}

fn bars(outcome: &ZoneOutcome, zone: &Zone, whole: f64) -> Markup {
    let (before, after) = (outcome.harm_without, outcome.harm_with);
    let Harm { by_rounds, by_debris, by_duds, .. } = after;
    html! {
        svg class="strip" width="100%" height="44" role="img"
            aria-label={ (zone.name) ": expected casualties " (casualties(before.casualties)) " without, " (casualties(after.casualties)) " with interception" } {
            line class="base" x1="0" x2="0" y1="4" y2="40" {}
            rect class="before" y="6" height="13" width=(share(before.casualties, whole)) {}
            rect class="by-rounds" y="25" height="13" width=(share(by_rounds, whole)) {}
            rect class="by-debris" y="25" height="13" x=(share(by_rounds, whole)) width=(share(by_debris, whole)) {}
            rect class="by-duds" y="25" height="13" x=(share(by_rounds + by_debris, whole)) width=(share(by_duds, whole)) {}
        }
    }
}
