//! The ground under an intercept and the sky around it, as the defenders know them.
//!
//! In: the site, the picture, when zones were warned. Out: the casualties that a
//! falling warhead would cause, and why fire is held. Nothing of the truth.

use nalgebra::Vector3;

use crate::engagement::Hold;
use crate::engagement::Judge;
use crate::engagement::Threat;
use crate::flight::State;
use crate::harm::Burst;
use crate::harm::Piece;
use crate::harm::PieceKind;
use crate::harm::expected_casualties;
use crate::harm::keep_out_over;
use crate::harm::landings;
use crate::pipeline::Picture;
use crate::tracking::Kind;

use super::load::SiteFile;

/// Uncertainty of where a warhead falls, each axis, m, as the defenders judge it.
/// Chosen: the spread of tumbling bodies from 1 km.
const FALLOUT_SIGMA_M: f64 = 60.0;

/// The ground and the sky as the defenders know them.
pub(super) struct Ground<'a> {
    pub site: &'a SiteFile,
    pub picture: &'a Picture<'a>,
    pub time_s: f64,
    pub warned_s: &'a [Option<f64>],
}

impl Judge for Ground<'_> {
    /// The warhead is what matters: fallen whole it may go off.
    fn fallout(&self, threat: &Threat<'_>, states: &[State]) -> Vec<f64> {
        let how = &self.site.defence.break_up;
        let make = self.site.defence.makes.of(threat.kind.name());
        let warhead = |state: &State| Piece {
            kind: PieceKind::Warhead,
            count: 1.0,
            mass_kg: make.case_kg + make.filling_kg,
            area_m2: make.warhead_area_m2,
            drag_factor: 1.0,
            detonates: how.detonates_on_ground,
            lethal_radius_m: make.lethal_radius_m,
            state: *state,
            start_s: self.time_s,
        };
        let spread = FALLOUT_SIGMA_M * FALLOUT_SIGMA_M;
        let goes_off = (1.0 - how.detonates_in_air) * how.detonates_on_ground;
        let warheads: Vec<Piece> = states.iter().map(warhead).collect();
        let mut hurt = vec![0.0; states.len()];
        for (i, piece) in landings(&self.site.world, &warheads) {
            let burst = Burst {
                time_s: piece.time_s,
                position_en_m: piece.position_en_m,
                lethal_radius_m: piece.lethal_radius_m,
            };
            hurt[i] = goes_off
                * expected_casualties(
                    &self.site.zones,
                    self.warned_s,
                    &burst,
                    [spread, 0.0, spread],
                    &self.site.defence.vulnerability,
                );
        }
        hurt
    }

    fn holds(&self, from: &Vector3<f64>, at: &Vector3<f64>, time_s: f64) -> Option<Hold> {
        let keep = &self.site.defence.keep_out;
        if let Some(name) = keep_out_over(&self.site.zones, at.x, at.y, keep.zone_margin_m) {
            return Some(Hold::Over(name.into()));
        }
        let line = at - from;
        let aircraft = self.picture.tracks.iter().filter(|t| t.kind == Kind::Aircraft);
        for track in aircraft {
            let later_s = time_s - track.time.seconds();
            let place = track.position_enu_m() + track.velocity_enu_mps() * later_s;
            // Rounds that pass the target fly on: half as far again.
            let along = ((place - from).dot(&line) / line.norm_squared()).clamp(0.0, 1.5);
            if (from + line * along - place).norm() < keep.aircraft_m {
                return Some(Hold::Aircraft(track.id));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::flight::Body;
    use crate::flight::DragCurve;
    use crate::flight::fly;
    use crate::scenario::load_site;
    use crate::time::Timestamp;

    #[test]
    fn what_falls_of_a_mortar_bomb_is_judged_by_its_own_warhead() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sites/cedar.toml");
        let mut site = load_site(&file).unwrap();
        let state = State {
            position_enu_m: Vector3::new(500.0, -300.0, 900.0),
            velocity_enu_mps: Vector3::new(20.0, 70.0, -120.0),
        };
        let body = Body { curve: DragCurve::Mortar, area_per_mass_m2kg: 1.3e-3 };
        let path = fly(&site.world, &body, &state, 60.0).unwrap();
        let judged = |site: &SiteFile, kind: Kind| {
            let time = Timestamp::from_seconds(0.0).unwrap();
            let warnings = Vec::new();
            let picture = Picture { time, tracks: &[], impacts: &[], corridors: &[], warnings };
            let warned_s = vec![None; site.zones.len()];
            let ground = Ground { site, picture: &picture, time_s: 0.0, warned_s: &warned_s };
            let threat = Threat {
                track_id: 1,
                kind,
                first_seen_s: 0.0,
                casualties: 1.0,
                path: &path,
                path_start_s: 0.0,
                impact_s: path.end_s(),
                position_sigma_m: 1.0,
                velocity_sigma_mps: 1.0,
            };
            ground.fallout(&threat, &[state])[0]
        };
        let before = [Kind::Mortar, Kind::Rocket].map(|kind| judged(&site, kind));
        assert!(before[0] > 0.0 && before[0] != before[1], "{before:?}");
        site.defence.makes.mortar.lethal_radius_m *= 2.0;
        let after = [Kind::Mortar, Kind::Rocket].map(|kind| judged(&site, kind));
        assert!(after[0] > 2.0 * before[0] && after[1] == before[1], "{before:?} {after:?}");
    }
}
