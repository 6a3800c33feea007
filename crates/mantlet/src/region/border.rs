//! Warnings across borders: what a site does not see itself, and in place of one that is
//! not heard.
//!
//! In: reports of all sites, and which of them are heard. Out: [`Look`]. An impact that
//! may reach a site's zones and of whose track the site reports nothing is passed to it,
//! in its own frame, for its own policy to judge: each zone has one authority, so nobody
//! is warned twice or hears two all-clears. Where a site is not heard, the region judges
//! in its place, by the site's policy, until it is heard again.

use nalgebra::Vector3;

use crate::flight::World;
use crate::frames::Datum;
use crate::frames::Local;
use crate::prediction::FOREIGN;
use crate::prediction::Impact;
use crate::time::Timestamp;
use crate::warning::Policy;
use crate::warning::Warner;
use crate::warning::WarnerState;
use crate::warning::Warning;
use crate::warning::Zone;

use super::fuse::{Fused, Fuser, Report};

/// An impact so many sigmas from a site's zones is not passed to it.
const REACH_SIGMA: f64 = 6.0;
/// Nor is one further than this beyond that, m: the greatest hazard radius there is.
const REACH_M: f64 = 1_000.0;

/// A site as its region knows it.
#[derive(Clone, Debug)]
pub struct Member {
    datum: Datum,
    /// Middle of its zones in the region's frame, m, and the furthest corner from it.
    middle_m: Vector3<f64>,
    radius_m: f64,
    warner: Warner,
}

impl Member {
    /// A site with its zones, in its own local frame, and its policy.
    pub fn new(datum: Datum, zones: Vec<Zone>, policy: Policy, region: &Datum) -> Self {
        let corners: Vec<[f64; 2]> =
            zones.iter().flat_map(|z| z.polygon_en_m().iter().copied()).collect();
        let count = corners.len().max(1) as f64;
        let sum = corners.iter().fold([0.0; 2], |s, c| [s[0] + c[0], s[1] + c[1]]);
        let middle = [sum[0] / count, sum[1] / count];
        let far = |c: &[f64; 2]| (c[0] - middle[0]).hypot(c[1] - middle[1]);
        let radius_m = corners.iter().map(far).fold(0.0, f64::max);
        let place = datum.at_height(middle[0], middle[1], datum.origin().height_m);
        let middle_m = region.local_from_ecef(datum.ecef(place)).enu_m();
        Self { datum, middle_m, radius_m, warner: Warner::new(zones, policy) }
    }

    /// Its zones.
    pub fn zones(&self) -> &[Zone] {
        self.warner.zones()
    }

    /// What stands in its place.
    pub fn warner(&self) -> &Warner {
        &self.warner
    }

    /// Takes up what an earlier process said in its place; what was said of zones that are
    /// no longer is forgotten.
    pub fn restore(&mut self, state: &WarnerState) {
        self.warner.restore(state);
    }

    fn may_reach(&self, impact: &Impact) -> bool {
        if self.zones().is_empty() {
            return false;
        }
        let c = &impact.covariance_en_m2;
        let spread_m = REACH_SIGMA * (c[(0, 0)] + c[(1, 1)]).sqrt();
        (impact.position_enu_m - self.middle_m).norm() <= self.radius_m + spread_m + REACH_M
    }
}

/// What a look at all sites came to.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// All objects.
    pub tracks: Vec<Fused>,
    /// By site: impacts that it does not see itself, in its own frame.
    pub passed: Vec<Vec<Impact>>,
    /// By site: what is said in its place.
    pub said: Vec<(usize, Warning)>,
}

/// All sites together.
#[derive(Clone, Debug)]
pub struct Region {
    world: World,
    fuser: Fuser,
    members: Vec<Option<Member>>,
}

impl Region {
    /// So many sites, none of them known yet, in a frame of their own.
    pub fn new(datum: Datum, sites: usize) -> Self {
        Self { world: World::level(datum), fuser: Fuser::default(), members: vec![None; sites] }
    }

    /// The region's frame.
    pub fn datum(&self) -> &Datum {
        &self.world.datum
    }

    /// Makes a site known, or known anew; what was said in its place is kept by zone.
    pub fn set(&mut self, site: usize, mut member: Member) {
        if let Some(old) = &self.members[site] {
            member.warner.restore(&old.warner.snapshot());
        }
        self.members[site] = Some(member);
    }

    /// A site, once it is known.
    pub fn member(&self, site: usize) -> Option<&Member> {
        self.members[site].as_ref()
    }

    /// A site, for what an earlier process said in its place.
    pub fn warner_mut(&mut self, site: usize) -> Option<&mut Warner> {
        self.members[site].as_mut().map(|m| &mut m.warner)
    }

    /// What is known at a time, given who is heard.
    pub fn look(&mut self, now: Timestamp, reports: &[Report], heard: &[bool]) -> Look {
        let tracks = self.fuser.fuse(&self.world, reports, now);
        let mut look = Look { passed: vec![Vec::new(); self.members.len()], ..Look::default() };
        for (site, member) in self.members.iter_mut().enumerate() {
            let Some(member) = member else { continue };
            let is_heard = heard.get(site).copied().unwrap_or(false);
            let near = |f: &&Fused| {
                let own = |i: &usize| reports[*i].site == site && reports[*i].impact.is_some();
                let sees = is_heard && f.members.iter().any(own);
                !sees && f.impact.as_ref().is_some_and(|i| i.time >= now && member.may_reach(i))
            };
            let passed: Vec<Impact> = tracks
                .iter()
                .filter(near)
                .filter_map(|f| f.impact.as_ref())
                .map(|i| in_frame_of(i, &self.world.datum, &member.datum, FOREIGN | i.track_id))
                .collect();
            // Who is heard judges itself.
            let judged: &[Impact] = if is_heard { &[] } else { &passed };
            let said = member.warner.decide(now, judged, &[]);
            look.said.extend(said.into_iter().map(|w| (site, w)));
            look.passed[site] = passed;
        }
        look.tracks = tracks;
        look
    }
}

/// An impact from one local frame in another, as the impact of track `track_id`.
pub fn in_frame_of(impact: &Impact, from: &Datum, to: &Datum, track_id: u64) -> Impact {
    let turn = to.enu_from_ecef() * from.enu_from_ecef().transpose();
    let place = to.local_from_ecef(from.ecef(Local::from(impact.position_enu_m)));
    // The tilt between two level planes some hundred kilometres apart is a degree or so:
    // nothing beside the ellipse.
    let level = turn.fixed_view::<2, 2>(0, 0);
    Impact {
        track_id,
        position_enu_m: place.enu_m(),
        covariance_en_m2: level * impact.covariance_en_m2 * level.transpose(),
        velocity_enu_mps: turn * impact.velocity_enu_mps,
        ..impact.clone()
    }
}
