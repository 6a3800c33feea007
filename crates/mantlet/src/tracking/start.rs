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

/// A plot with the index of its sensor.
pub type Sighting = (usize, Plot);

/// Most likely state at the time of the last sighting, and the log of the plots'
/// marginal likelihood by Laplace's method up to a constant that does not depend
/// on their number (D. J. C. MacKay, *Information Theory, Inference, and Learning
/// Algorithms*, 2003, section 28.1). `None` without a position in the last plot,
/// or when the fit does not close.
pub fn fit(
    site: &Site,
    world: &World,
    motion: Motion,
    drag_prior: [f64; 2],
    company: Option<&Company>,
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
    let mut covariance = Matrix7::zeros();
    let mut ln_evidence = 0.0;
    for _ in 0..if sightings.len() == 1 { 1 } else { 3 } {
        let mut hessian = Matrix7::from_diagonal(&information);
        let mut slope = information.component_mul(&(prior - state));
        let mut misfit = slope.dot(&(prior - state));
        ln_evidence = 0.0;
        for (sensor, plot) in sightings {
            let dt_s = plot.time.since_s(last.time);
            let still = Matrix7::zeros();
            let (there, jacobian, _) = motion.advance(world, &state, dt_s);
            let sight = Sight::new(&site.datum, &site.sensors[*sensor], &there);
            let mut rows = [EMPTY_ROW; 4];
            let count = sight.rows(plot, &Default::default(), Some((&jacobian, &still)), &mut rows);
            for row in &rows[..count] {
                misfit += row.innovation * row.innovation / row.variance;
                ln_evidence -= 0.5 * (std::f64::consts::TAU * row.variance).ln();
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
            let (there, jacobian, _) = motion.advance(world, &state, dt_s);
            let carried = jacobian.fixed_rows::<3>(3).into_owned();
            let off = company.velocity_mps - velocity_mps(&there);
            let weighted = company.information * off;
            hessian += carried.transpose() * company.information * carried;
            slope += carried.transpose() * weighted;
            misfit += off.dot(&weighted);
        }
        let factor = hessian.cholesky()?;
        covariance = factor.inverse();
        let step = factor.solve(&slope);
        // The misfit after the step, to first order.
        ln_evidence -= 0.5 * (misfit - slope.dot(&step));
        ln_evidence -= factor.l_dirty().diagonal().map(f64::ln).sum();
        state += step;
        // A fit that runs away has no minimum near the plots.
        let speed_mps = velocity_mps(&state).norm();
        if speed_mps.is_nan() || speed_mps > FASTEST_MPS || !LN_AREA_PER_MASS.contains(&state[6]) {
            return None;
        }
        if step.fixed_rows::<3>(0).norm() < 0.1 && step.fixed_rows::<3>(3).norm() < 0.1 {
            break;
        }
    }
    if span_s > 0.0 {
        covariance += motion.advance(world, &state, span_s).2;
    }
    state.iter().all(|x| x.is_finite()).then_some((Belief { mean: state, covariance }, ln_evidence))
}

/// A guess from two noisy plots close in time may be absurd: no faster than
/// three standard deviations of the prior.
fn cap(velocity_mps: Vector3<f64>) -> Vector3<f64> {
    velocity_mps.cap_magnitude(3.0 * SPEED_SIGMA_MPS)
}
