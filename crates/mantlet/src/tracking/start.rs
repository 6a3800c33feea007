//! The first belief about an object: a batch fit over its first plots.
//!
//! In: one to four plots of any sensors; out: the most likely state at the last
//! plot's time and its covariance. Gauss-Newton on the plots' own polar
//! measurements along the motion model, with a prior on velocity and drag, so
//! that one plot with a radial speed is enough to gate the second (batch least
//! squares: B. D. Tapley, B. E. Schutz and G. H. Born, *Statistical Orbit
//! Determination*, 2004, section 4.3).
//!
//! Rounds that fly in company have their neighbours' velocity as a prior
//! (`company.rs`).
//!
//! Limits: process noise within the fit is added afterwards, as if it had
//! gathered over the whole span; that is exact for none and safe for a few scans.

use nalgebra::Vector3;

use crate::flight::World;
use crate::sensors::Plot;
use crate::sensors::Site;

use super::company::Company;
use super::filter::{Belief, Matrix7, Vector7};
use super::measure::{EMPTY_ROW, Sight, velocity_mps};
use super::motion::Motion;

/// Prior on each velocity component, m/s. Chosen: covers aircraft at 250 m/s and
/// rounds at 600 m/s within two standard deviations.
pub const SPEED_SIGMA_MPS: f64 = 300.0;
/// Prior on each position component, m: no information.
const POSITION_SIGMA_M: f64 = 1e4;
/// Nothing that is tracked is faster, m/s.
pub const FASTEST_MPS: f64 = 1500.0;
/// Nothing that is tracked has a ln(area per mass / 1 m²/kg) outside: 2e-5 is a
/// bomb of a tonne, 1e-2 a pellet; beyond that a filter's step is unstable.
pub const LN_AREA_PER_MASS: std::ops::Range<f64> = -10.8..-4.6;
/// Plots that the fit takes.
pub const BATCH: usize = 4;

/// How far the fit may be from the last plot's place, m, and as a share of its range.
/// Chosen: a coarse radar's beam of 6° at four standard deviations.
const ASTRAY_M: f64 = 500.0;
const ASTRAY_SHARE: f64 = 0.4;
/// Gain of a step, in units of the misfit, from which on the fit is at its minimum.
const STILL: f64 = 0.02;

/// A plot with the index of its sensor.
pub type Sighting = (usize, Plot);

/// Most likely state at the time of the last sighting, and the log of the plots'
/// marginal likelihood by Laplace's method up to a constant that does not depend
/// on their number (D. J. C. MacKay, *Information Theory, Inference, and Learning
/// Algorithms*, 2003, section 28.1). `None` without a position in the last plot,
/// or when the fit does not close. `near` is where the search may begin.
pub fn fit(
    site: &Site,
    world: &World,
    motion: Motion,
    drag_prior: [f64; 2],
    company: Option<&Company>,
    near: Option<&Vector7>,
    sightings: &[Sighting],
) -> Option<(Belief, f64)> {
    let (sensor, last) = sightings.last()?;
    let place = |(sensor, plot): &Sighting| {
        site.sensors[*sensor].plot_local(&site.datum, plot).map(|p| p.enu_m())
    };
    let end_m = place(sightings.last()?)?;
    let (_, first) = sightings.first()?;
    let span_s = last.time.since_s(first.time);
    let guess_mps = match sightings.first().and_then(place) {
        _ if company.is_some() => company.map_or_else(Vector3::zeros, |c| c.velocity_mps),
        Some(start_m) if span_s > 1e-3 => (end_m - start_m) / span_s,
        _ => {
            let line = end_m - site.sensors[*sensor].frame.origin().enu_m();
            line.normalize() * last.radial_speed_mps.unwrap_or(0.0)
        }
    };
    let mut prior = Vector7::zeros();
    prior.fixed_rows_mut::<3>(0).copy_from(&end_m);
    prior[6] = drag_prior[0];
    let mut information = Vector7::from_element(SPEED_SIGMA_MPS.powi(-2));
    (0..3).for_each(|axis| information[axis] = POSITION_SIGMA_M.powi(-2));
    information[6] = drag_prior[1].powi(-2);

    let mut state = prior;
    state.fixed_rows_mut::<3>(3).copy_from(&cap(guess_mps));
    if let Some(near) = near {
        state = *near;
    }
    let astray_most_m = ASTRAY_M + ASTRAY_SHARE * last.range_m;
    // Straight lines and the motion's own path, linearised once more where it matters.
    let most = if sightings.len() == 1 { 1 } else { 3 };
    let (mut ln_evidence, mut factor) = (0.0, None);
    for _ in 0..most {
        let mut hessian = Matrix7::from_diagonal(&information);
        let mut slope = information.component_mul(&(prior - state));
        let mut misfit = slope.dot(&(prior - state));
        let mut noise = 1.0;
        for (sensor, plot) in sightings {
            let dt_s = plot.time.since_s(last.time);
            let moved = (dt_s != 0.0).then(|| motion.transition(world, &state, dt_s));
            let there = moved.as_ref().map_or(&state, |(there, _)| there);
            let sight = Sight::new(&site.datum, &site.sensors[*sensor], there);
            let mut rows = [EMPTY_ROW; 4];
            let count = sight.rows(plot, None, moved.as_ref().map(|m| (&m.1, None)), &mut rows);
            for row in &rows[..count] {
                misfit += row.innovation * row.innovation / row.variance;
                noise *= std::f64::consts::TAU * row.variance;
                hessian.ger(1.0 / row.variance, &row.gradient, &row.gradient, 1.0);
                slope.axpy(row.innovation / row.variance, &row.gradient, 1.0);
            }
        }
        if let Some(company) = company {
            if let Some([ln_area, sigma]) = company.ln_area_per_mass {
                let weighted = (ln_area - state[6]) / sigma.powi(2);
                hessian[(6, 6)] += sigma.powi(-2);
                slope[6] += weighted;
                misfit += weighted * (ln_area - state[6]);
            }
            let dt_s = company.time.since_s(last.time);
            let (there, jacobian) = motion.transition(world, &state, dt_s);
            let carried = jacobian.fixed_rows::<3>(3).into_owned();
            let off = company.velocity_mps - velocity_mps(&there);
            let weighted = company.information * off;
            hessian += carried.transpose() * company.information * carried;
            slope += carried.transpose() * weighted;
            misfit += off.dot(&weighted);
        }
        let found = hessian.cholesky()?;
        let step = found.solve(&slope);
        let gain = slope.dot(&step);
        // The misfit after the step, to first order.
        ln_evidence = -0.5 * (misfit - gain + noise.ln());
        ln_evidence -= found.l_dirty().diagonal().map(f64::ln).sum();
        state += step;
        factor = Some(found);
        // A fit that runs away has no minimum near the plots.
        let speed_mps = velocity_mps(&state).norm();
        let astray_m = (state.fixed_rows::<3>(0) - end_m).norm();
        if speed_mps.is_nan()
            || speed_mps > FASTEST_MPS
            || !LN_AREA_PER_MASS.contains(&state[6])
            || astray_m > astray_most_m
        {
            return None;
        }
        if gain < STILL {
            break;
        }
    }
    let mut covariance = factor?.inverse();
    if span_s > 0.0 {
        covariance += motion.noise(span_s);
    }
    state.iter().all(|x| x.is_finite()).then_some((Belief { mean: state, covariance }, ln_evidence))
}

/// A guess from two noisy plots close in time may be absurd: no faster than
/// three standard deviations of the prior.
fn cap(velocity_mps: Vector3<f64>) -> Vector3<f64> {
    velocity_mps.cap_magnitude(3.0 * SPEED_SIGMA_MPS)
}
