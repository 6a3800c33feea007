//! Tracks of several sites, put together where they are of one object.
//!
//! In: [`Report`]s in the region's frame, each at its own time. Out: [`Fused`] tracks at
//! one time, with identities that last. Method: each report is flown to the common time
//! (gravity and drag for rounds, straight on for others); reports of different sites
//! within a gate of their joint covariance are candidates (Y. Bar-Shalom, X. R. Li and
//! T. Kirubarajan, *Estimation with Applications to Tracking and Navigation*, 2001,
//! section 8.4: the test of track-to-track association); the nearest pairs are joined first, never
//! two tracks of one site; members are put together by covariance intersection, as their
//! errors may come from the same radar.
//!
//! Limits: nearest first is not the best of all pairings in a salvo denser than the
//! tracks' own errors; once joined, a pair stays joined as long as it passes a wider gate.

use std::collections::BTreeMap;

use nalgebra::{Matrix6, Vector3, Vector6};

use crate::flight::Body;
use crate::flight::State;
use crate::flight::World;
use crate::prediction::Impact;
use crate::time::Timestamp;
use crate::tracking::Kind;

use super::intersect::intersect;

/// Squared distance of six components beyond which two tracks are not of one object:
/// one in a thousand of chi-squared with six degrees of freedom.
const GATE: f64 = 22.46;
/// The same once they are joined: one in a million, so that pairs do not flicker.
const KEEP_GATE: f64 = 38.26;
/// What a pair that was joined before is nearer by. Chosen: the middle of chi-squared
/// with six degrees of freedom, so that a newcomer must fit clearly better.
const KEEP_BONUS: f64 = 5.35;
/// No pair is further apart than this, m. Chosen: five sigmas of the worst track that a
/// site confirms (200 m).
const FURTHEST_M: f64 = 1_000.0;
/// Standard deviation of what two sites disagree by beside their tracks' errors: survey
/// and alignment of the radars, m, and clocks, s. Chosen: a GNSS survey with a milliradian
/// of alignment at 10 km, and NTP over a network.
const SURVEY_SIGMA_M: f64 = 10.0;
const CLOCK_SIGMA_S: f64 = 0.02;
/// Acceleration that flying on leaves out, m²/s³: little for rounds, a turn for others.
const ROUND_M2S3: f64 = 1.0;
const OTHER_M2S3: f64 = 50.0;
/// Nothing is flown on further than this, s: a report that old says where it was.
const MOST_AHEAD_S: f64 = 5.0;

/// A track as a site reports it, in the region's local frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The site, by its index.
    pub site: usize,
    /// The track's number there.
    pub track_id: u64,
    /// When mean and covariance hold.
    pub time: Timestamp,
    /// East, north, up, m, and their rates, m/s.
    pub mean: Vector6<f64>,
    /// Its covariance.
    pub covariance: Matrix6<f64>,
    /// How air slows it, when it comes down as rounds do.
    pub body: Option<Body>,
    /// What it is.
    pub kind: Kind,
    /// How surely.
    pub kind_probability: f64,
    /// The last looks missed it, or the site is not heard.
    pub coasting: bool,
    /// Where it lands, in the region's frame.
    pub impact: Option<Impact>,
}

/// An object, as all sites together know it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fused {
    /// Never used twice by one [`Fuser`].
    pub id: u64,
    /// The reports that it was made of, by index, in the order of their sites.
    pub members: Vec<usize>,
    /// East, north, up, m, and their rates, m/s.
    pub mean: Vector6<f64>,
    /// Its covariance.
    pub covariance: Matrix6<f64>,
    /// What it is, by the surest of its members.
    pub kind: Kind,
    /// How surely.
    pub kind_probability: f64,
    /// No member was seen lately.
    pub coasting: bool,
    /// Where it lands; its `track_id` is this track's.
    pub impact: Option<Impact>,
}

/// Puts the sites' tracks together and remembers which were one.
#[derive(Clone, Debug, Default)]
pub struct Fuser {
    /// Identity of each (site, track) at the last look.
    known: BTreeMap<(usize, u64), u64>,
    last_id: u64,
}

impl Report {
    /// Mean and covariance flown to another time.
    pub fn at(&self, world: &World, time: Timestamp) -> (Vector6<f64>, Matrix6<f64>) {
        let dt_s = time.since_s(self.time).clamp(-MOST_AHEAD_S, MOST_AHEAD_S);
        if dt_s == 0.0 {
            return (self.mean, self.covariance);
        }
        let fixed = |r: usize| Vector3::new(self.mean[r], self.mean[r + 1], self.mean[r + 2]);
        let (p, v) = (fixed(0), fixed(3));
        let mut mean = self.mean;
        let accelerates = |p: Vector3<f64>, v: Vector3<f64>| {
            let state = State { position_enu_m: p, velocity_enu_mps: v };
            self.body.map_or(Vector3::zeros(), |body| world.acceleration(&state, &body))
        };
        // Midpoint rule: below a metre over the seconds that a report is old.
        let half_s = 0.5 * dt_s;
        let a = accelerates(p, v);
        let (pm, vm) = (p + v * half_s, v + a * half_s);
        let am = accelerates(pm, vm);
        let (p, v) = (p + v * dt_s + am * (half_s * dt_s), v + am * dt_s);
        for axis in 0..3 {
            (mean[axis], mean[axis + 3]) = (p[axis], v[axis]);
        }
        let mut step = Matrix6::identity();
        let noise = if self.body.is_some() { ROUND_M2S3 } else { OTHER_M2S3 } * dt_s.abs();
        let mut added = Matrix6::zeros();
        for axis in 0..3 {
            step[(axis, axis + 3)] = dt_s;
            added[(axis, axis)] = noise * dt_s * dt_s / 3.0;
            added[(axis, axis + 3)] = noise * dt_s / 2.0;
            added[(axis + 3, axis)] = noise * dt_s / 2.0;
            added[(axis + 3, axis + 3)] = noise;
        }
        (mean, step * self.covariance * step.transpose() + added)
    }
}

impl Fuser {
    /// All reports, put together at one time.
    pub fn fuse(&mut self, world: &World, reports: &[Report], now: Timestamp) -> Vec<Fused> {
        let aligned: Vec<_> = reports.iter().map(|r| r.at(world, now)).collect();
        let groups = self.groups(reports, &aligned);
        let mut ids = self.identities(reports, &groups);
        let known = groups.iter().zip(&ids).flat_map(|(group, id)| {
            group.iter().map(|i| ((reports[*i].site, reports[*i].track_id), *id))
        });
        self.known = known.collect();
        let fused = groups.into_iter().zip(ids.drain(..));
        fused.filter_map(|(group, id)| together(id, group, reports, &aligned)).collect()
    }

    /// Reports of one object each, in the order of their first report.
    fn groups(
        &self,
        reports: &[Report],
        aligned: &[(Vector6<f64>, Matrix6<f64>)],
    ) -> Vec<Vec<usize>> {
        let mut pairs = self.pairs(reports, aligned);
        pairs.sort_by(|x, y| x.0.total_cmp(&y.0).then((x.1, x.2).cmp(&(y.1, y.2))));
        let mut group_of: Vec<usize> = (0..reports.len()).collect();
        let mut groups: Vec<Vec<usize>> = (0..reports.len()).map(|i| vec![i]).collect();
        for (_, i, j) in pairs {
            let (a, b) = (group_of[i].min(group_of[j]), group_of[i].max(group_of[j]));
            let share = |x: &usize| groups[b].iter().any(|y| reports[*x].site == reports[*y].site);
            if a == b || groups[a].iter().any(share) {
                continue;
            }
            let moved = std::mem::take(&mut groups[b]);
            moved.iter().for_each(|m| group_of[*m] = a);
            groups[a].extend(moved);
        }
        groups.retain(|group| !group.is_empty());
        for group in &mut groups {
            group.sort_by_key(|i| (reports[*i].site, reports[*i].track_id));
        }
        groups
    }

    /// Pairs of different sites within the gate, with how far apart they are.
    fn pairs(
        &self,
        reports: &[Report],
        aligned: &[(Vector6<f64>, Matrix6<f64>)],
    ) -> Vec<(f64, usize, usize)> {
        let mut by_east: Vec<usize> = (0..reports.len()).collect();
        by_east.sort_by(|a, b| aligned[*a].0[0].total_cmp(&aligned[*b].0[0]));
        let mut pairs = Vec::new();
        for (n, &i) in by_east.iter().enumerate() {
            for &j in &by_east[n + 1..] {
                let apart = aligned[j].0 - aligned[i].0;
                if apart[0] > FURTHEST_M {
                    break;
                }
                if reports[i].site == reports[j].site
                    || apart[1].abs() > FURTHEST_M
                    || apart[2].abs() > FURTHEST_M
                {
                    continue;
                }
                let mut joint = aligned[i].1 + aligned[j].1;
                for axis in 0..3 {
                    let v = aligned[i].0[axis + 3];
                    joint[(axis, axis)] += SURVEY_SIGMA_M.powi(2) + (v * CLOCK_SIGMA_S).powi(2);
                }
                let Some(joint) = joint.cholesky() else { continue };
                let distance = apart.dot(&joint.solve(&apart));
                let joined = self.known_pair(&reports[i], &reports[j]);
                if distance <= if joined { KEEP_GATE } else { GATE } {
                    let bonus = if joined { KEEP_BONUS } else { 0.0 };
                    pairs.push((distance - bonus, i.min(j), i.max(j)));
                }
            }
        }
        pairs
    }

    fn known_pair(&self, a: &Report, b: &Report) -> bool {
        let id = |r: &Report| self.known.get(&(r.site, r.track_id));
        id(a).is_some() && id(a) == id(b)
    }

    /// The oldest identity of its members, unless another group has it; new ones else.
    fn identities(&mut self, reports: &[Report], groups: &[Vec<usize>]) -> Vec<u64> {
        let mut taken = std::collections::BTreeSet::new();
        let mut ids = Vec::with_capacity(groups.len());
        for group in groups {
            let mut old: Vec<u64> = group
                .iter()
                .filter_map(|i| self.known.get(&(reports[*i].site, reports[*i].track_id)))
                .copied()
                .collect();
            old.sort_unstable();
            let id = old.into_iter().find(|id| !taken.contains(id)).unwrap_or_else(|| {
                self.last_id += 1;
                self.last_id
            });
            taken.insert(id);
            ids.push(id);
        }
        ids
    }
}

/// One object out of its reports; `None` when their covariances are none.
fn together(
    id: u64,
    members: Vec<usize>,
    reports: &[Report],
    aligned: &[(Vector6<f64>, Matrix6<f64>)],
) -> Option<Fused> {
    let estimates: Vec<_> = members.iter().map(|i| aligned[*i]).collect();
    let state = intersect(&estimates)?;
    let surest = members
        .iter()
        .map(|i| &reports[*i])
        .reduce(|a, b| if b.kind_probability > a.kind_probability { b } else { a })?;
    let impacts: Vec<&Impact> =
        members.iter().filter_map(|i| reports[*i].impact.as_ref()).collect();
    Some(Fused {
        id,
        mean: state.mean,
        covariance: state.covariance,
        kind: surest.kind,
        kind_probability: surest.kind_probability,
        coasting: members.iter().all(|i| reports[*i].coasting),
        impact: one_impact(id, &impacts),
        members,
    })
}

/// The impacts of one object, put together; times by the same weights as places.
fn one_impact(id: u64, impacts: &[&Impact]) -> Option<Impact> {
    let places: Vec<_> =
        impacts.iter().map(|i| (i.position_enu_m.xy(), i.covariance_en_m2)).collect();
    let both = intersect(&places)?;
    let first = impacts.first()?;
    let start = first.time;
    let (mut late_s, mut sure, mut up_m) = (0.0, 0.0, 0.0);
    for (impact, weight) in impacts.iter().zip(&both.weights) {
        let own = weight / impact.time_sigma_s.powi(2).max(1e-6);
        late_s += own * impact.time.since_s(start);
        sure += own;
        up_m += weight * impact.position_enu_m.z;
    }
    Some(Impact {
        track_id: id,
        time: start + late_s / sure,
        time_sigma_s: sure.sqrt().recip(),
        position_enu_m: Vector3::new(both.mean.x, both.mean.y, up_m),
        covariance_en_m2: both.covariance,
        ..(*first).clone()
    })
}
