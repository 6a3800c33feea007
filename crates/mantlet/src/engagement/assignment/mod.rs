//! The static assignment of effectors to threats, with a proven bound.
//!
//! In: effector kinds with copies, threats with weights, the kill chance of each
//! pair. Out: an assignment, the weight that survives it, and a lower bound that
//! no assignment can beat.
//!
//! Method: minimise `Σ_j w_j Π_i (1-p_ij)^x_ij` with at most `mu_i` copies of kind
//! i (A. S. Manne, "A target-assignment problem", Operations Research 6 (1958)
//! 346). The kinds' limits go into the objective with prices; each threat then
//! takes the set of copies that is best for itself, and the prices are improved by
//! the volume algorithm (F. Barahona, R. Anbil, "The volume algorithm: producing
//! primal solutions with a subgradient method", Mathematical Programming 87 (2000)
//! 385). Assignments come of those sets, repaired and improved by moves, exchanges
//! and optimal re-deals of one copy a threat (R. K. Ahuja, A. Kumar, K. C. Jha,
//! J. B. Orlin, "Exact and heuristic algorithms for the weapon-target assignment
//! problem", Operations Research 55 (2007) 1136, section 4). What gap is left on a
//! small problem is closed by branching on pairs, with pairs ruled out by what
//! they would cost at least.
//!
//! Limits: sets of more than eight copies on one threat are bounded, not searched;
//! the gap of large problems is left open.

mod ascent;
mod deal;
mod flow;
mod price;
mod problem;
mod solve;
mod tree;

pub use problem::{StaticAnswer, StaticProblem};
