//! Salvos: how many of their rounds are not tracked yet.
//!
//! In: plots in company (`company.rs`); out: the density of plots that rounds of the
//! salvo cause which no track follows. Within a salvo they, and not false plots, are
//! what a plot in a gate may be instead, and new rounds are far more likely there.

use nalgebra::{Matrix3, Vector3};

use crate::sensors::Sensor;
use crate::time::Timestamp;

use super::company::Company;
use super::life::Scene;
use super::track::Track;
use super::tracker::{Field, Look, Seen};

/// How far a plot may be from where another of its salvo was, m.
const REACH_M: f64 = 1500.0;
/// How far its radial speed may be from the salvo's, m/s.
const SLACK_MPS: f64 = 10.0;
/// Weight of a scan in the count of rounds.
const GAIN: f64 = 0.2;
/// Least share of a salvo that may not be tracked. Chosen: far below one round, so
/// that what tracks leave over makes no new ones.
const LEAST_UNTRACKED: f64 = 0.002;
/// Plots of a track that knows how its salvo flies, and how many such tracks.
const SURE_PLOTS: u32 = 6;
const SURE_TRACKS: usize = 3;
/// Difference of each velocity component, m/s, and of ln(area per mass), between rounds
/// of one salvo. Chosen: 1 to 2 % of 250 m/s, and a tenth of drag.
const SPREAD_MPS: f64 = 4.0;
const SPREAD_LN_AREA: f64 = 0.1;
/// Strongest change of a radial speed, m/s².
const MAX_SLOWING_MPS2: f64 = 60.0;

/// Rounds that fly in company, followed roughly.
#[derive(Clone, Debug)]
struct Salvo {
    last: Timestamp,
    position_m: Vector3<f64>,
    velocity_mps: Vector3<f64>,
    /// Log-density of its plots; see [`Company`].
    ln_density: f64,
    /// Rounds in it, by its plots.
    rounds: f64,
    /// Share of them that no confirmed track follows.
    untracked: f64,
    /// Time, velocity (m/s) and ln(area per mass / 1 m²/kg) by the tracks within.
    flight: Option<(Timestamp, Vector3<f64>, f64)>,
}

impl Salvo {
    /// Whether a plot is where its rounds are by now, and as fast.
    fn holds(&self, sensor: &Sensor, now: Timestamp, seen: &Seen) -> bool {
        let Some(position_m) = seen.position_m else { return false };
        let dt_s = now.since_s(self.last);
        let there_m = self.position_m + self.velocity_mps * dt_s;
        let line = (position_m - sensor.frame.origin().enu_m()).normalize();
        let slack_mps = SLACK_MPS + MAX_SLOWING_MPS2 * dt_s;
        (there_m - position_m).norm() < REACH_M
            && seen
                .plot
                .radial_speed_mps
                .is_some_and(|v| (v - line.dot(&self.velocity_mps)).abs() < slack_mps)
    }

    /// Log-density of plots of its rounds that are not tracked yet.
    fn ln_untracked(&self) -> f64 {
        self.ln_density + self.untracked.max(LEAST_UNTRACKED).ln()
    }
}

/// All salvos in the air.
#[derive(Clone, Debug, Default)]
pub struct Salvos(Vec<Salvo>);

impl Salvos {
    /// Marks the plots that rounds which are not tracked would cause.
    pub fn mark(&self, scene: &Scene, look: &Look, field: &mut Field) {
        let sensor = &scene.site.sensors[look.sensor];
        for salvo in &self.0 {
            for seen in &mut field.seen {
                if salvo.holds(sensor, look.time, seen) {
                    seen.ln_tentative = seen.ln_tentative.max(salvo.ln_untracked());
                }
            }
        }
    }

    /// Follows the salvos: where they are, how they fly by the tracks within, and how
    /// much of each is not tracked.
    pub fn follow<'t>(
        &mut self,
        scene: &Scene,
        look: &Look,
        field: &Field,
        tracks: impl Iterator<Item = &'t Track> + Clone,
        patience_s: f64,
    ) {
        let sensor = &scene.site.sensors[look.sensor];
        let now = look.time;
        self.0.retain(|salvo| now.since_s(salvo.last) < 2.0 * patience_s);
        for salvo in &mut self.0 {
            let (mut count, mut middle_m) = (0.0, Vector3::zeros());
            for seen in field.seen.iter().filter(|s| salvo.holds(sensor, now, s)) {
                count += 1.0;
                middle_m += seen.position_m.unwrap_or_default();
            }
            let dt_s = now.since_s(salvo.last);
            salvo.position_m += salvo.velocity_mps * dt_s;
            salvo.last = now;
            if count >= 1.0 {
                // Halfway, so that the plots' own scatter does not carry it away.
                salvo.position_m += 0.5 * (middle_m / count - salvo.position_m);
            }
            let rounds = count / look.detection_probability;
            salvo.rounds += if salvo.rounds > 0.0 { GAIN } else { 1.0 } * (rounds - salvo.rounds);
            let within = tracks.clone().filter(|t| {
                (t.position_enu_m() - salvo.position_m).norm() < REACH_M
                    && (t.velocity_enu_mps() - salvo.velocity_mps).norm() < 10.0 * SLACK_MPS
            });
            salvo.untracked = 1.0 - within.clone().count() as f64 / salvo.rounds.max(1.0);
            let sure: Vec<&Track> = within.filter(|t| t.plot_count >= SURE_PLOTS).collect();
            salvo.flight = (sure.len() >= SURE_TRACKS).then(|| {
                let n = sure.len() as f64;
                let velocity_mps =
                    sure.iter().map(|t| t.velocity_enu_mps()).sum::<Vector3<f64>>() / n;
                let ln_area = sure.iter().map(|t| t.mean[6]).sum::<f64>() / n;
                salvo.velocity_mps = velocity_mps;
                (now, velocity_mps, ln_area)
            });
        }
        // What nobody flies in any more.
        self.0.retain(|salvo| salvo.rounds > 1.0);
    }

    /// How the salvo flies that a plot is of, when tracks within know it.
    pub fn flight(&self, scene: &Scene, look: &Look, seen: &Seen) -> Option<Company> {
        let sensor = &scene.site.sensors[look.sensor];
        let salvo =
            self.0.iter().find(|s| s.flight.is_some() && s.holds(sensor, look.time, seen))?;
        let (time, velocity_mps, ln_area) = salvo.flight?;
        Some(Company {
            time,
            velocity_mps,
            information: Matrix3::from_diagonal_element(SPREAD_MPS.powi(-2)),
            ln_area_per_mass: Some([ln_area, SPREAD_LN_AREA]),
            ln_density: salvo.ln_density,
        })
    }

    /// Log-density of new rounds at a plot in company.
    pub fn join(&mut self, scene: &Scene, look: &Look, seen: &Seen, company: &Company) -> f64 {
        let sensor = &scene.site.sensors[look.sensor];
        let known = self.0.iter_mut().find(|s| s.holds(sensor, look.time, seen));
        let Some(salvo) = known else {
            self.0.push(Salvo {
                last: look.time,
                position_m: seen.position_m.unwrap_or_default(),
                velocity_mps: company.velocity_mps,
                ln_density: company.ln_density,
                rounds: 0.0,
                untracked: 1.0,
                flight: None,
            });
            return company.ln_density;
        };
        salvo.ln_density = company.ln_density;
        salvo.ln_untracked()
    }
}
