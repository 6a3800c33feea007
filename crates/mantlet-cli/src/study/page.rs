//! A study's report: one file that opens with no network.

use mantlet::study::{OptionFigures, Sited, Study, StudyFigures};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::words;
use crate::report::palette::variables;
use crate::report::text::{casualties, length, number, seconds};

/// Rules of this page alone.
const STYLE: &str = ".study-map{display:block;width:100%;max-width:1000px;height:auto}\
.box{fill:var(--warned);stroke:var(--warned-edge)}.whisker{stroke:var(--warned-edge)}\
.middle{stroke:var(--ink);stroke-width:2.5}td.good{color:var(--good-ink)}td.bad{color:var(--threat-ink)}";

/// The whole page.
pub fn page(study: &Study, sited: &[Sited], figures: &StudyFigures, map_png: &[u8]) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (study.name) }
                style { (PreEscaped(variables())) (PreEscaped(include_str!("../report/style.css"))) (PreEscaped(include_str!("../report/map.css"))) (PreEscaped(STYLE)) }
            }
            body {
                p.stamp role="note" { b { "EXERCISE" } " Everything here is simulated. The site is made up." }
                main {
                    (opening(study, sited, figures))
                    section aria-labelledby="h-map" {
                        h2 #h-map { @if sited.is_empty() { "The site" } @else { "What one more radar would buy, place by place" } }
                        img class="study-map" alt=(words::headline(study, sited, figures)) src={ "data:image/png;base64," (base64(map_png)) };
                    }
                    @if !sited.is_empty() { (places(study, sited)) }
                    (options(study, figures))
                    @for option in &figures.options { (zones(study, option)) }
                    (how(study, figures))
                }
                footer { p { "Mantlet " (env!("CARGO_PKG_VERSION")) ", seed " (study.seed) ". A simulator and a research system, not certified to warn people." } }
            }
        }
    };
    page.into_string()
}

fn opening(study: &Study, sited: &[Sited], figures: &StudyFigures) -> Markup {
    html! {
        header {
            div {
                p.kicker { (study.site.site.name) " · " (number(figures.runs as f64, 0)) " simulated raids" }
                h1 { (study.name) }
                p.standfirst { (words::headline(study, sited, figures)) }
            }
            dl.key {
                @for option in figures.options.iter().take(4) {
                    div { dt { "warned in time, " (option.name) } dd { (number(100.0 * option.in_time.share, 1)) " %" } }
                }
            }
        }
    }
}

fn places(study: &Study, sited: &[Sited]) -> Markup {
    html! {
        section aria-labelledby="h-places" {
            h2 #h-places { "Where things should stand" }
            @for s in sited {
                h3 { (number(s.places.len() as f64, 0)) " places for " (s.what) "s" }
                p.lead { "The choice is " (words::proof(s)) ". Before it: " (number(100.0 * s.shares[0], 1)) " % covered." }
                div.scroll { table {
                    thead { tr { @for head in ["", "place", "mast", "cost", "covered after it, %"] { th scope="col" { (head) } } } }
                    tbody { @for (n, c) in s.chosen.iter().enumerate() {
                        @let p = &s.places[*c];
                        tr {
                            th scope="row" { (n + 1) }
                            td.word { (words::place(p.en_m)) }
                            td { (length(p.mast_m)) }
                            td { (number(p.cost, 2)) }
                            td { (number(100.0 * s.shares[n + 1], 1)) }
                        }
                    } }
                } }
                @if !s.by_family.is_empty() {
                    p.lead { "By sort of raid: "
                        @for (f, share) in s.by_family.iter().enumerate() {
                            @if f > 0 { ", " } (study.families[f].name) " " (number(100.0 * share, 1)) " %"
                        } "."
                    }
                }
            }
        }
    }
}

fn options(study: &Study, figures: &StudyFigures) -> Markup {
    html! {
        section aria-labelledby="h-options" {
            h2 #h-options { "The whole chain, raid by raid" }
            p.lead {
                "Every option met the same raids under the same luck. Shares are of the people in danger, with 95 % intervals; the difference to the first option is over the pairs."
            }
            div.scroll { table {
                thead { tr {
                    @for head in ["option", "warned in time", "over the first", "warned at all", "rounds down", "casualties"] { th scope="col" { (head) } }
                    @for family in &study.families { th scope="col" { "in time, raids " (family.name) } }
                } }
                tbody { @for o in &figures.options { tr {
                    th scope="row" { (o.name) }
                    td { (words::share(&o.in_time)) }
                    td class=[o.over_first.map(|s| if s.share > s.half_width { "good" } else if s.share < -s.half_width { "bad" } else { "" })] {
                        @if let Some(over) = &o.over_first { (words::share(over)) } @else { "–" }
                    }
                    td { (words::share(&o.warned)) }
                    td { (number(o.leakers[0], 2)) " ± " (number(o.leakers[1], 2)) }
                    td { (casualties(o.casualties[0])) " ± " (casualties(o.casualties[1])) }
                    @for share in &o.by_family { td { (words::share(share)) } }
                } } }
            } }
        }
    }
}

/// Seconds given per zone: 5th to 95th percentile, the middle, and what is needed.
fn zones(study: &Study, option: &OptionFigures) -> Markup {
    let most = option.zones.iter().map(|z| z.seconds[2]);
    let needed = study.site.zones.iter().map(|z| z.shelter_s);
    let whole_s = 1.06 * most.chain(needed).fold(1.0, f64::max);
    let at = |s: f64| format!("{:.2}%", 100.0 * s / whole_s);
    html! {
        section {
            h2 { "Seconds of warning: " (option.name) }
            p.lead { "The band holds nine of ten warnings, the bar is the middle one, the tick is what people there need." }
            div class="rows warning" {
                @for (z, zone) in option.zones.iter().zip(&study.site.zones) {
                    div.row {
                        div.who { b { (zone.name) } small { (number(zone.population, 0)) " people, in danger in " (number(z.endangered as f64, 0)) " raids" } }
                        svg class="strip" width="100%" height="40" role="img"
                            aria-label={ (zone.name) ": " (seconds(z.seconds[0])) " to " (seconds(z.seconds[2])) " given, " (seconds(zone.shelter_s)) " needed" } {
                            line class="base" x1="0" x2="100%" y1="27" y2="27" {}
                            @if z.seconds[2] > 0.0 {
                                rect class="box" y="20" height="14" x=(at(z.seconds[0])) width=(at(z.seconds[2] - z.seconds[0])) {}
                                line class="middle" x1=(at(z.seconds[1])) x2=(at(z.seconds[1])) y1="18" y2="36" {}
                            }
                            line class="need" x1=(at(zone.shelter_s)) x2=(at(zone.shelter_s)) y1="15" y2="39" {}
                            text class="label minor" text-anchor="middle" x=(at(zone.shelter_s)) y="11" { "needs " (number(zone.shelter_s, 0)) " s" }
                        }
                        div.end {
                            b { (words::share(&z.in_time)) " in time" }
                            small { "without warning " (words::share(&z.missed)) }
                            small { "warned for nothing in " (words::share(&z.needless)) " of the other raids" }
                        }
                    }
                }
            }
        }
    }
}

fn how(study: &Study, figures: &StudyFigures) -> Markup {
    html! {
        section aria-labelledby="h-how" {
            h2 #h-how { "How this was found" }
            p.lead {
                (number(figures.runs as f64, 0)) " raids were drawn"
                @if figures.narrow_enough { ", until every share was known to ± " (number(100.0 * study.enough, 1)) " %" }
                ". Radars looked at each through the whole chain of the live service: plots, tracks, predicted impacts, warnings. "
                "People are warned in time when the seconds from the first warning of their zone to the first landing in reach of it suffice for their shelter. "
                @if study.siting.is_some() {
                    "Places were ranked by a simpler rule, five expected plots of a round that endangers the zone, over raids of the same sort; the choice then went through the whole chain like every other option. "
                }
                @if !study.interception { "Nothing was shot down." } @else { "Interception was simulated." }
            }
        }
    }
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let word = (0..3).fold(0u32, |w, i| w << 8 | u32::from(three.get(i).copied().unwrap_or(0)));
        for i in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * i)) as usize & 63];
            text.push(if i > three.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }
}
