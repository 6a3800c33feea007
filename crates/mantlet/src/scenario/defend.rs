//! The simulated defence in a simulated sky: [`Intervene`] over the true objects.
//!
//! In: after each scan what the defenders know, and what is true. Out: flights
//! that end where they were intercepted, large pieces as new objects that radars
//! see, and after the run [`Defended`]: what was engaged, spared, what fell, and
//! the harm per zone and cell with and without interception.
//!
//! The defenders' side sees the picture only. Truth is used to draw outcomes and
//! to let pieces fall.

use std::collections::BTreeMap;

use nalgebra::Vector3;

use crate::engagement::Draw;
use crate::engagement::Engagement;
use crate::engagement::Engagements;
use crate::engagement::Threat;
use crate::flight::Body;
use crate::flight::State;
use crate::flight::Trajectory;
use crate::flight::World;
use crate::flight::fly;
use crate::harm::Burst;
use crate::harm::Fallen;
use crate::harm::Piece;
use crate::harm::assess;
use crate::harm::expected_casualties;
use crate::harm::fall;
use crate::pipeline::Picture;
use crate::tracking::Kind;
use crate::tracking::Track;
use crate::warning::Action;

use super::defended::{Defended, Kill, Told, words};
use super::judge::Ground;
use super::load::SiteFile;
use super::objects::{Motion, Object};
use super::sky::Intervene;

/// Class of what was broken off, in truth files.
const DEBRIS: &str = "debris";
/// Stream of chance of the break-up of engagement 0.
const BREAK_UP_STREAM: u64 = 1 << 21;
/// A piece is seen this soon after the kill, s. Chosen: a few scans.
const PIECE_S: f64 = 4.0;
/// A track follows a true object no further away than this, m. Chosen: five sigmas
/// of a coarse radar's track.
const FOLLOWS_WITHIN_M: f64 = 150.0;

/// The defence of one run.
pub struct Defence<'s> {
    site: &'s SiteFile,
    /// The run may end when everything has come down.
    brief: bool,
    /// In which everything truly falls; the defenders know the site's.
    world: &'s World,
    engagements: Engagements,
    seed: u64,
    warned_s: Vec<Option<f64>>,
    /// Every time that a zone was warned, s, by zone.
    warnings_s: Vec<Vec<f64>>,
    /// When and where rounds would land, and how far around they are dangerous, m.
    dangers: Vec<(f64, [f64; 2], f64)>,
    /// By object index: the engagement's number and the time of its kill.
    killed: BTreeMap<usize, (Engagement, State)>,
    /// Kills whose pieces are made already.
    settled: usize,
    order: Vec<usize>,
    kills: Vec<Kill>,
    fallen: Vec<Fallen>,
    /// Where each track that falls was first seen.
    first_enu_m: BTreeMap<u64, Vector3<f64>>,
    /// Landing of each threat by object index, if nothing touches it.
    untouched: BTreeMap<usize, Burst>,
}

impl<'s> Defence<'s> {
    /// A defence of a site by its plan; outcomes are drawn under `seed`.
    pub fn new(site: &'s SiteFile, objects: &[Object], seed: u64) -> Self {
        let plan = &site.defence;
        let untouched = objects
            .iter()
            .enumerate()
            .filter(|(_, object)| object.is_threat())
            .filter_map(|(i, object)| {
                let lands = object.lands_at_enu_m?;
                let lethal_radius_m = plan.makes.of(&object.class).lethal_radius_m;
                let position_en_m = [lands.x, lands.y];
                Some((i, Burst { time_s: object.end_s, position_en_m, lethal_radius_m }))
            })
            .collect();
        let dangers = objects.iter().filter(|o| o.is_threat()).filter_map(|o| {
            let radius_m = site.policy.hazard_radius_m(&o.class);
            o.lands_at_enu_m.map(|p| (o.end_s, [p.x, p.y], radius_m))
        });
        Self {
            site,
            brief: false,
            world: &site.world,
            engagements: Engagements::new(plan.effectors.clone(), plan.rules.clone(), seed),
            seed,
            warned_s: vec![None; site.zones.len()],
            warnings_s: vec![Vec::new(); site.zones.len()],
            dangers: dangers.collect(),
            killed: BTreeMap::new(),
            settled: 0,
            order: Vec::new(),
            kills: Vec::new(),
            fallen: Vec::new(),
            first_enu_m: BTreeMap::new(),
            untouched,
        }
    }

    /// Engagements decided and pieces let fall so far, some of them still under way.
    pub fn so_far(&self) -> (&[Engagement], &[Fallen]) {
        (self.engagements.fired(), &self.fallen)
    }

    /// The same with other weather than the defenders know of.
    pub fn in_weather(mut self, world: &'s World) -> Self {
        self.world = world;
        self
    }

    /// The same for a run that may end when everything has come down: what is said to
    /// zones after that is left out.
    pub fn until_all_is_down(mut self) -> Self {
        self.brief = true;
        self
    }

    /// What it came to, after the run.
    pub fn finish(mut self, objects: &mut Vec<Object>) -> Defended {
        self.settle(f64::INFINITY, objects);
        let zones = &self.site.zones;
        let how = &self.site.defence.vulnerability;
        let rounds_without: Vec<Burst> = self.untouched.values().copied().collect();
        let leakers: Vec<Burst> = self
            .untouched
            .iter()
            .filter(|(i, _)| !self.killed.contains_key(i))
            .map(|(_, burst)| *burst)
            .collect();
        let harm_without = assess(zones, &self.warned_s, &rounds_without, &[], how);
        let harm_with = assess(zones, &self.warned_s, &leakers, &self.fallen, how);
        let spared =
            self.engagements.spared().map(|s| (s.track_id, s.time_s, words(&s.why))).collect();
        let told = self.told();
        Defended {
            engagements: self.engagements.fired().to_vec(),
            spared,
            kills: self.kills,
            fallen: self.fallen,
            warned_s: self.warned_s,
            rounds_without,
            leakers,
            harm_without,
            harm_with,
            told,
        }
    }

    /// Who was in danger, and told in time.
    fn told(&self) -> Vec<Told> {
        let part = |f: &&Fallen| f.kind.is_part();
        let parts: Vec<&Fallen> = self.fallen.iter().filter(part).collect();
        self.site
            .zones
            .iter()
            .zip(&self.warnings_s)
            .map(|(zone, warnings_s)| {
                let rounds = self
                    .dangers
                    .iter()
                    .filter(|(_, [e_m, n_m], radius_m)| zone.distance_m(*e_m, *n_m) <= *radius_m);
                let parts =
                    parts.iter().filter(|f| zone.contains(f.position_en_m[0], f.position_en_m[1]));
                let danger_s = rounds
                    .map(|(time_s, ..)| *time_s)
                    .chain(parts.map(|f| f.time_s))
                    .min_by(f64::total_cmp);
                // The warning that stands when danger comes; the first where none does.
                let standing = danger_s.and_then(|t| warnings_s.iter().rfind(|w| **w <= t));
                let warned_s = standing.or(warnings_s.first()).copied();
                Told { danger_s, warned_s, needed_s: zone.shelter_s }
            })
            .collect()
    }

    /// Lets what was destroyed until `now_s` break up and fall.
    fn settle(&mut self, now_s: f64, objects: &mut Vec<Object>) {
        let due: Vec<usize> = self
            .killed
            .iter()
            .filter(|(i, (shot, _))| shot.intercept_s <= now_s && !self.order.contains(i))
            .map(|(i, _)| *i)
            .collect();
        for i in due {
            self.order.push(i);
            let (shot, state) = self.killed[&i].clone();
            let make = self.site.defence.makes.of(&objects[i].class);
            let mut draw = Draw::new(self.seed, BREAK_UP_STREAM + 2 * i as u64);
            let pieces =
                self.site.defence.break_up.break_round(make, &state, shot.intercept_s, &mut draw);
            self.drop(shot.number, &pieces, &objects[i].id.clone(), objects);
            self.kills.push(Kill {
                engagement: shot.number,
                object_id: objects[i].id.clone(),
                time_s: shot.intercept_s,
                state,
            });
        }
        let fired = self.engagements.fired();
        let mut pieces = Vec::new();
        while self.settled < fired.len() && fired[self.settled].intercept_s <= now_s {
            let shot = &fired[self.settled];
            let effector = &self.engagements.effectors()[shot.effector];
            let mut draw = Draw::new(self.seed, BREAK_UP_STREAM + 2 * shot.number + 1);
            let spent = self.site.defence.break_up.break_spent(
                effector,
                shot.fired_s,
                &shot.position_enu_m,
                shot.flew_on,
                &mut draw,
            );
            pieces.push((shot.number, spent));
            self.settled += 1;
        }
        for (number, spent) in pieces {
            self.fallen.extend(fall(self.world, number, &spent));
        }
    }

    /// Lets pieces fall, the large ones in sight of the radars.
    fn drop(&mut self, number: u64, pieces: &[Piece], of: &str, objects: &mut Vec<Object>) {
        self.fallen.extend(fall(self.world, number, pieces));
        for piece in pieces.iter().filter(|p| p.kind.is_part()) {
            let Ok(path) = fly(self.world, &piece.body(), &piece.state, 120.0) else {
                continue;
            };
            objects.push(Object {
                id: format!("{of}-{}", piece.kind.name()),
                class: DEBRIS.into(),
                start_s: piece.start_s,
                end_s: piece.start_s + path.end_s(),
                lands_at_enu_m: path.landing().map(|l| l.position_enu_m),
                body: Some(piece.body()),
                motion: Motion::Forward(path),
            });
        }
    }

    /// Whether the defenders take a track for a piece of something they destroyed: first seen
    /// soon after a kill they know of, where its pieces could be by then. A round that is
    /// first seen later, or elsewhere, is another round.
    fn is_piece(&self, track: &Track, now_s: f64) -> bool {
        let Some(first_enu_m) = self.first_enu_m.get(&track.id) else { return false };
        self.engagements.fired().iter().any(|shot| {
            let after_s = track.first_plot.seconds() - shot.intercept_s;
            shot.destroyed
                && shot.known_s <= now_s
                && (-0.5..=PIECE_S).contains(&after_s)
                && (first_enu_m - shot.position_enu_m).norm() < 150.0 + 300.0 * after_s.max(0.0)
        })
    }

    /// Predicted flights of what may be engaged, in the order of the impacts.
    fn flights(&mut self, now_s: f64, picture: &Picture<'_>) -> Vec<(Known, Trajectory)> {
        let mut flights = Vec::new();
        for impact in picture.impacts {
            let Some(track) = picture.tracks.iter().find(|t| t.id == impact.track_id) else {
                continue;
            };
            // Straight back from where it is first believed in, a second or two later.
            let back_s = track.time.since_s(track.first_plot);
            let first_enu_m = track.position_enu_m() - track.velocity_enu_mps() * back_s;
            self.first_enu_m.entry(track.id).or_insert(first_enu_m);
            if !self.engagements.is_of_interest(track.id, now_s) || self.is_piece(track, now_s) {
                continue;
            }
            let burst = Burst {
                time_s: impact.time.seconds(),
                position_en_m: [impact.position_enu_m.x, impact.position_enu_m.y],
                lethal_radius_m: self.site.defence.makes.of(impact.kind.name()).lethal_radius_m,
            };
            let c = &impact.covariance_en_m2;
            let casualties = expected_casualties(
                &self.site.zones,
                &self.warned_s,
                &burst,
                [c[(0, 0)], c[(0, 1)], c[(1, 1)]],
                &self.site.defence.vulnerability,
            );
            if casualties < self.site.defence.rules.spare_below {
                self.engagements.spare_harmless(now_s, track.id, casualties);
                continue;
            }
            let body = Body { curve: track.curve, area_per_mass_m2kg: track.area_per_mass_m2kg() };
            let state = State {
                position_enu_m: track.position_enu_m(),
                velocity_enu_mps: track.velocity_enu_mps(),
            };
            let start_s = track.time.seconds();
            let longest_s = burst.time_s - start_s + 5.0;
            let Ok(path) = fly(&self.site.world, &body, &state, longest_s) else { continue };
            let sigma = |first: usize| {
                let trace: f64 = (first..first + 3).map(|i| track.covariance[(i, i)]).sum();
                (trace / 3.0).max(0.0).sqrt()
            };
            flights.push((
                Known {
                    track_id: track.id,
                    kind: impact.kind,
                    first_seen_s: track.first_plot.seconds(),
                    casualties,
                    start_s,
                    impact_s: burst.time_s,
                    position_sigma_m: sigma(0),
                    velocity_sigma_mps: sigma(3),
                },
                path,
            ));
        }
        flights
    }
}

/// What is known of a threat beside its path.
struct Known {
    track_id: u64,
    kind: Kind,
    first_seen_s: f64,
    casualties: f64,
    start_s: f64,
    impact_s: f64,
    position_sigma_m: f64,
    velocity_sigma_mps: f64,
}

impl Intervene for Defence<'_> {
    fn is_enough(&self, time_s: f64, objects: &[Object]) -> bool {
        let falls = |o: &&Object| o.is_threat() || o.class == DEBRIS;
        self.brief
            && objects.iter().filter(falls).all(|o| o.end_s < time_s)
            && self.engagements.fired().iter().all(|shot| shot.intercept_s < time_s)
    }

    fn after_scan(&mut self, time_s: f64, picture: &Picture<'_>, objects: &mut Vec<Object>) {
        for warning in picture.warnings.iter().filter(|w| w.action == Action::Warn) {
            self.warned_s[warning.zone].get_or_insert(time_s);
            self.warnings_s[warning.zone].push(time_s);
        }
        self.settle(time_s, objects);
        if self.site.defence.effectors.is_empty() {
            return;
        }
        let flights = self.flights(time_s, picture);
        let threats: Vec<Threat<'_>> = flights
            .iter()
            .map(|(known, path)| Threat {
                track_id: known.track_id,
                kind: known.kind,
                first_seen_s: known.first_seen_s,
                casualties: known.casualties,
                path,
                path_start_s: known.start_s,
                impact_s: known.impact_s,
                position_sigma_m: known.position_sigma_m,
                velocity_sigma_mps: known.velocity_sigma_mps,
            })
            .collect();
        let judge = Ground { site: self.site, picture, time_s, warned_s: &self.warned_s };
        let mut truth = |threat: &Threat<'_>, at_s: f64| {
            followed(objects, threat, time_s).and_then(|i| objects[i].at(at_s))
        };
        let new = self.engagements.decide(time_s, &threats, &judge, &mut truth);
        for shot in new.into_iter().filter(|shot| shot.destroyed) {
            let Some(threat) = threats.iter().find(|t| t.track_id == shot.track_id) else {
                continue;
            };
            let Some(i) = followed(objects, threat, time_s) else { continue };
            let Some(state) = objects[i].at(shot.intercept_s) else { continue };
            end_flight(self.world, &mut objects[i], shot.intercept_s);
            self.killed.insert(i, (shot, state));
        }
    }
}

/// The true object that a track follows, if one is near.
fn followed(objects: &[Object], threat: &Threat<'_>, now_s: f64) -> Option<usize> {
    let believed = threat.at(now_s).position_enu_m;
    let near = |o: &Object| o.at(now_s).map(|s| (s.position_enu_m - believed).norm());
    objects
        .iter()
        .enumerate()
        .filter(|(_, o)| o.is_threat())
        .filter_map(|(i, o)| near(o).map(|d| (i, d)))
        .filter(|(_, d)| *d < FOLLOWS_WITHIN_M)
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(i, _)| i)
}

/// Ends an object's flight at a time. Its path is flown anew from its start,
/// because a path towards a landing is timed by it.
fn end_flight(world: &World, object: &mut Object, time_s: f64) {
    let start = object.at(object.start_s);
    if let (Motion::Flight(_), Some(body), Some(start)) = (&object.motion, &object.body, start)
        && let Ok(path) = fly(world, body, &start, time_s - object.start_s + 1.0)
    {
        object.motion = Motion::Forward(path);
    }
    object.end_s = time_s;
    object.lands_at_enu_m = None;
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::harm::ZoneHarm;
    use crate::scenario::load_scenario;

    #[test]
    fn of_eight_rockets_some_are_engaged_and_the_harmless_are_spared() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/eight-rockets.toml");
        let scenario = load_scenario(&file).unwrap();
        let mut objects = scenario.draw(scenario.seed);
        let mut defence = Defence::new(&scenario.site, &objects, scenario.seed);
        scenario.watch(scenario.seed, &mut objects, Some(&mut defence), |_, _| {});
        let came = defence.finish(&mut objects);
        assert!(!came.engagements.is_empty() && !came.kills.is_empty());
        assert!(!came.spared.is_empty());
        assert_eq!(came.rounds_without.len(), 8);
        assert_eq!(came.leakers.len() + came.kills.len(), 8);
        assert!(objects.iter().any(|o| o.class == "debris"));
        let harm = |all: &[ZoneHarm]| all.iter().map(|h| h.casualties).sum::<f64>();
        assert!(harm(&came.harm_with) < harm(&came.harm_without));
    }
}
