//! Reading `[[effector]]`, `[engagement]` and `[harm]` of site.toml.
//!
//! In: their tables. Out: [`DefencePlan`]: generic effectors, the rules that the
//! simulated defenders hold to, how things break and what people withstand. Every
//! key has a default and a range (`docs/models/engagement.md`, `docs/models/harm.md`).

use crate::engagement::Arm;
use crate::engagement::Beam;
use crate::engagement::Effector;
use crate::engagement::Gun;
use crate::engagement::Missile;
use crate::engagement::Rules;
use crate::engagement::Selection;
use crate::frames::Datum;
use crate::harm::BreakUp;
use crate::harm::Make;
use crate::harm::Makes;
use crate::harm::Vulnerability;

use super::fields::Table;
use super::load::place;

/// A site's simulated defence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DefencePlan {
    /// The effectors; none is a site that only warns.
    pub effectors: Vec<Effector>,
    /// What the defenders hold to.
    pub rules: Rules,
    /// What they keep away from.
    pub keep_out: KeepOut,
    /// What rounds are made of.
    pub makes: Makes,
    /// How things break.
    pub break_up: BreakUp,
    /// What people withstand.
    pub vulnerability: Vulnerability,
}

/// What fire is held for.
#[derive(Clone, Debug, PartialEq)]
pub struct KeepOut {
    /// No intercept within this distance of a keep-out zone, on the plan, m.
    pub zone_margin_m: f64,
    /// No shot whose line comes this close to an aircraft, m.
    pub aircraft_m: f64,
}

impl Default for KeepOut {
    /// Chosen: 150 m, the throw of a broken body at these heights; 500 m, the usual
    /// least lateral separation of tactical air traffic.
    fn default() -> Self {
        Self { zone_margin_m: 150.0, aircraft_m: 500.0 }
    }
}

/// Reads all of it.
pub(super) fn read_defence(root: &Table<'_>, datum: &Datum) -> DefencePlan {
    let mut effectors: Vec<Effector> = Vec::new();
    for table in root.tables("effector") {
        let effector = effector(&table, datum);
        if effectors.iter().any(|e| e.id == effector.id) {
            table.wrong("id", "an id that no other effector has");
        }
        effectors.push(effector);
        table.finish();
    }
    let (rules, keep_out) =
        root.maybe_table("engagement").map_or_else(Default::default, |t| rules(&t));
    let (makes, break_up, vulnerability) =
        root.maybe_table("harm").map_or_else(Default::default, |t| harm(&t));
    DefencePlan { effectors, rules, keep_out, makes, break_up, vulnerability }
}

fn effector(table: &Table<'_>, datum: &Datum) -> Effector {
    let at = place(table).unwrap_or_else(|| datum.origin());
    let position_enu_m = datum.local(at).enu_m();
    if position_enu_m.norm() > 50_000.0 {
        table.wrong("lat_deg", "an effector within 50 km of the site's origin");
    }
    let id = table.text("id");
    if !table.has("kind") {
        table.wrong("kind", "one of gun, missile, beam");
    }
    let kind = table.maybe_word("kind", &["gun", "missile", "beam"]);
    let arm = match kind.as_deref() {
        Some("missile") => Arm::Missile(missile(table)),
        Some("beam") => Arm::Beam(beam(table)),
        _ => Arm::Gun(gun(table)),
    };
    let default = Effector::new(id, position_enu_m, arm);
    let degrees = |rad: f64| rad.to_degrees();
    Effector {
        arc_rad: table
            .maybe_pair("arc_deg", -360.0..=720.0)
            .map_or(default.arc_rad, |pair| pair.map(f64::to_radians)),
        lowest_elevation_rad: table
            .number_or("lowest_elevation_deg", degrees(default.lowest_elevation_rad), -5.0..=85.0)
            .to_radians(),
        reaction_s: table.number_or("reaction_s", default.reaction_s, 0.0..=60.0),
        slew_radps: table
            .number_or("slew_dps", degrees(default.slew_radps), 1.0..=5_000.0)
            .to_radians(),
        assess_s: table.number_or("assess_s", default.assess_s, 0.0..=60.0),
        channels: table.maybe_count("channels", 1..=100).unwrap_or(1) as u32,
        ..default
    }
}

fn count(table: &Table<'_>, key: &str, default: u32, lowest: u64, highest: u64) -> u32 {
    table.maybe_count(key, lowest..=highest).map_or(default, |n| n as u32)
}

fn gun(table: &Table<'_>) -> Gun {
    let d = Gun::default();
    let round_mass_kg = table.number_or("round_mass_kg", d.round_mass_kg, 0.01..=50.0);
    Gun {
        muzzle_speed_mps: table.number_or("muzzle_speed_mps", d.muzzle_speed_mps, 300.0..=2_000.0),
        speed_decay_m: table.number_or("speed_decay_m", d.speed_decay_m, 200.0..=50_000.0),
        rate_per_s: table.number_or("rate_per_s", d.rate_per_s, 0.1..=200.0),
        burst_rounds: count(table, "burst_rounds", d.burst_rounds, 1, 1_000),
        most_bursts: count(table, "most_bursts", d.most_bursts, 1, 10),
        magazine: count(table, "magazine", d.magazine, 0, 100_000),
        reload_s: table.number_or("reload_s", d.reload_s, 0.0..=86_400.0),
        range_m: table.maybe_pair("range_m", 0.0..=20_000.0).unwrap_or(d.range_m),
        dispersion_rad: 1e-3
            * table.number_or("dispersion_mrad", 1e3 * d.dispersion_rad, 0.01..=50.0),
        bias_rad: 1e-3 * table.number_or("bias_mrad", 1e3 * d.bias_rad, 0.0..=50.0),
        track_share: table.number_or("track_share", d.track_share, 0.0..=1.0),
        lethal_radius_m: table.number_or("lethal_radius_m", d.lethal_radius_m, 0.01..=20.0),
        self_destruct_s: table.number_or("self_destruct_s", d.self_destruct_s, 0.1..=60.0),
        dud_rate: table.number_or("dud_rate", d.dud_rate, 0.0..=1.0),
        round_mass_kg,
        round_area_m2: table.number_or("round_area_m2", d.round_area_m2, 1e-5..=0.05),
        fragment_mass_kg: table
            .number_or("fragment_mass_kg", d.fragment_mass_kg, 1e-5..=1.0)
            .min(round_mass_kg),
    }
}

fn missile(table: &Table<'_>) -> Missile {
    let d = Missile::default();
    Missile {
        boost_s: table.number_or("boost_s", d.boost_s, 0.0..=60.0),
        speed_mps: table.number_or("speed_mps", d.speed_mps, 100.0..=3_000.0),
        range_m: table.maybe_pair("range_m", 0.0..=200_000.0).unwrap_or(d.range_m),
        magazine: count(table, "magazine", d.magazine, 0, 1_000),
        interval_s: table.number_or("interval_s", d.interval_s, 0.0..=600.0),
        most_salvo: count(table, "most_salvo", d.most_salvo, 1, 4),
        kill_chance: table.number_or("kill_chance", d.kill_chance, 0.0..=1.0),
        empty_mass_kg: table.number_or("empty_mass_kg", d.empty_mass_kg, 0.1..=1_000.0),
        area_m2: table.number_or("area_m2", d.area_m2, 1e-3..=10.0),
    }
}

fn beam(table: &Table<'_>) -> Beam {
    let d = Beam::default();
    Beam {
        dwell_s: table.number_or("dwell_s", d.dwell_s, 0.1..=60.0),
        doubling_range_m: table.number_or("doubling_range_m", d.doubling_range_m, 100.0..=50_000.0),
        visibility_m: table.number_or("visibility_m", d.visibility_m, 100.0..=200_000.0),
        range_m: table.maybe_pair("range_m", 0.0..=50_000.0).unwrap_or(d.range_m),
        kill_chance: table.number_or("kill_chance", d.kill_chance, 0.0..=1.0),
    }
}

fn rules(table: &Table<'_>) -> (Rules, KeepOut) {
    let d = Rules::default();
    let words = Selection::ALL.map(Selection::name);
    let selection = table
        .maybe_word("selection", &words)
        .and_then(|word| Selection::ALL.into_iter().find(|s| s.name() == word))
        .unwrap_or(d.selection);
    let rules = Rules {
        selection,
        spare_below: table.number_or("spare_below", d.spare_below, 0.0..=10.0),
        round_price: table.number_or("round_price", d.round_price, 0.0..=1.0),
        commit_s: table.number_or("commit_s", d.commit_s, 0.1..=60.0),
    };
    let d = KeepOut::default();
    let keep_out = KeepOut {
        zone_margin_m: table.number_or("keep_out_margin_m", d.zone_margin_m, 0.0..=5_000.0),
        aircraft_m: table.number_or("aircraft_m", d.aircraft_m, 0.0..=10_000.0),
    };
    table.finish();
    (rules, keep_out)
}

fn make(table: &Table<'_>, class: &str, d: Make) -> Make {
    let Some(table) = table.maybe_table(class) else { return d };
    let make = Make {
        body_kg: table.number_or("body_kg", d.body_kg, 0.01..=500.0),
        case_kg: table.number_or("case_kg", d.case_kg, 0.05..=500.0),
        filling_kg: table.number_or("filling_kg", d.filling_kg, 0.0..=200.0),
        body_area_m2: table.number_or("body_area_m2", d.body_area_m2, 1e-4..=5.0),
        warhead_area_m2: table.number_or("warhead_area_m2", d.warhead_area_m2, 1e-4..=5.0),
        lethal_radius_m: table.number_or("lethal_radius_m", d.lethal_radius_m, 1.0..=100.0),
        fragment_kg: table.number_or("fragment_kg", d.fragment_kg, 1e-5..=1.0),
    };
    table.finish();
    make
}

fn harm(table: &Table<'_>) -> (Makes, BreakUp, Vulnerability) {
    let d = Makes::default();
    let makes = Makes {
        rocket: make(table, "rocket", d.rocket),
        mortar: make(table, "mortar", d.mortar),
        artillery: make(table, "artillery", d.artillery),
    };
    let d = BreakUp::default();
    let break_up = BreakUp {
        detonates_in_air: table.number_or("detonates_in_air", d.detonates_in_air, 0.0..=1.0),
        stays_whole: table.number_or("stays_whole", d.stays_whole, 0.0..=1.0),
        detonates_on_ground: table.number_or(
            "detonates_on_ground",
            d.detonates_on_ground,
            0.0..=1.0,
        ),
        gurney_mps: table.number_or("gurney_mps", d.gurney_mps, 100.0..=3_000.0),
        parting_mps: table.number_or("parting_mps", d.parting_mps, 0.0..=200.0),
        strata: count(table, "strata", d.strata, 1, 10_000),
        density_kg_m3: table.number_or("density_kg_m3", d.density_kg_m3, 1_000.0..=20_000.0),
        drag_range: [
            table.number_or("drag_low", d.drag_range[0], 0.3..=1.0),
            table.number_or("drag_high", d.drag_range[1], 1.0..=3.0),
        ],
    };
    let d = Vulnerability::default();
    let vulnerability = Vulnerability {
        open_j: table.number_or("open_j", d.open_j, 10.0..=100.0),
        roof_j: table.number_or("roof_j", d.roof_j, 50.0..=5_000.0),
        shelter_j: table.number_or("shelter_j", d.shelter_j, 5e3..=1e7),
        person_radius_m: table.number_or("person_radius_m", d.person_radius_m, 0.2..=0.5),
        person_height_m: table.number_or("person_height_m", d.person_height_m, 0.3..=1.9),
        outside: table.number_or("outside", d.outside, 0.0..=1.0),
        roof_blast: table.number_or("roof_blast", d.roof_blast, 0.1..=1.0),
        shelter_blast: table.number_or("shelter_blast", d.shelter_blast, 0.0..=0.3),
        damage_j: table.number_or("damage_j", d.damage_j, 20.0..=5_000.0),
        built: table.number_or("built", d.built, 0.0..=1.0),
    };
    table.finish();
    (makes, break_up, vulnerability)
}
