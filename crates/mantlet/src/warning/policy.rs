//! The warning policy: what a needless and a missed warning cost, and how warnings end.
//!
//! A zone is warned when the chance that something lands within its hazard radius
//! passes a threshold that follows from a stated cost: sheltering needlessly costs
//! `needless_cost` a person, a missed warning `missed_cost`, so shelter when
//! `p · missed > (1 - p) · needless` (the cost-loss rule: A. H. Murphy, "The value
//! of climatological, categorical and probabilistic forecasts in the cost-loss
//! ratio situation", Monthly Weather Review 105 (1977) 803-816, eq. 2). A warning
//! that comes too late for the shelter still lets people lie down, so its benefit
//! falls with the seconds left but not to nothing.

use serde::{Deserialize, Serialize};

/// How a warning ends once nothing threatens the zone any more.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AllClear {
    /// By itself, this many seconds after the last impact or threat.
    After {
        /// Seconds to wait for follow-on rounds and falling shrapnel.
        seconds: f64,
    },
    /// Only when an operator says so.
    Operator,
}

/// What a needless and a missed warning cost, and how warnings end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Cost of one person sheltering for nothing.
    pub needless_cost: f64,
    /// Cost of one person hit without warning, in the same unit.
    pub missed_cost: f64,
    /// Share of the benefit that is left when nobody can reach shelter any more.
    /// Chosen: 0.3, for lying down (users set it).
    pub late_benefit: f64,
    /// Within this distance of an impact people are hurt, m, by kind of round.
    pub hazard_radius_m: Vec<(String, f64)>,
    /// Hazard radius of a kind that is not in the list, m.
    pub default_hazard_radius_m: f64,
    /// Where time is short (fewer seconds left than people need) a zone is warned at
    /// this share of the threshold: waiting for a surer estimate would cost seconds
    /// that cannot be won back. Chosen: half; one gives no early warning.
    pub early_share: f64,
    /// Chance that a round within reach of an effector is broken up. Chosen: 0.7,
    /// what the simulated gun of the demo does; zero warns nobody of debris.
    pub interception_chance: f64,
    /// What a missed warning of debris costs, as a share of that of a round.
    /// Chosen: 0.05; what falls of an intercepted raid hurts about a fiftieth of
    /// what the raid would have (`docs/models/harm.md`).
    pub debris_cost: f64,
    /// Within this distance of where a piece comes down people are hurt, m. Chosen:
    /// 15 m, the lethal radius of a warhead that falls whole and detonates.
    pub debris_radius_m: f64,
    /// How a warning ends.
    pub all_clear: AllClear,
    /// A warning is withdrawn early only after the chance has stayed below a
    /// third of the threshold for this long, s. Chosen: 3 s, six scans of a
    /// half-second radar, so that a zone does not flicker.
    pub withdraw_after_s: f64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            needless_cost: 1.0,
            missed_cost: 200.0,
            late_benefit: 0.3,
            hazard_radius_m: vec![
                ("rocket".into(), 40.0),
                ("mortar".into(), 30.0),
                ("artillery".into(), 50.0),
            ],
            default_hazard_radius_m: 40.0,
            early_share: 0.5,
            interception_chance: 0.7,
            debris_cost: 0.05,
            debris_radius_m: 15.0,
            all_clear: AllClear::After { seconds: 600.0 },
            withdraw_after_s: 3.0,
        }
    }
}

impl Policy {
    /// Chance of a hit above which a zone is warned, given the seconds left and
    /// the seconds that people need.
    pub fn threshold(&self, seconds_left: f64, seconds_needed: f64) -> f64 {
        let in_time = (seconds_left / seconds_needed.max(1e-9)).clamp(0.0, 1.0);
        let benefit = self.missed_cost * (self.late_benefit + (1.0 - self.late_benefit) * in_time);
        self.needless_cost / (self.needless_cost + benefit)
    }

    /// Chance of a hit from which on a zone is warned that is not yet: the threshold;
    /// `early_share` of it where time is short; and where there is time to spare as
    /// much again for each second of it, because the estimate sharpens meanwhile and
    /// nobody who leaves later is later in shelter than the impact. Chosen: once for
    /// each second; more delays the first warning of a raid and spares little.
    pub fn bar(&self, seconds_left: f64, seconds_needed: f64) -> f64 {
        let spare_s = seconds_left - seconds_needed;
        let factor = if spare_s < 0.0 { self.early_share.min(1.0) } else { 1.0 + spare_s };
        (factor * self.threshold(seconds_left, seconds_needed)).min(0.5)
    }

    /// Longest time after the last plot of a run or a recording that its all-clears
    /// are waited for, s; then an operator's all-clear ends what still stands. Chosen:
    /// a minute more than the timer, for rounds still in the air.
    pub fn tail_s(&self) -> f64 {
        match self.all_clear {
            AllClear::After { seconds } => seconds + 60.0,
            AllClear::Operator => 60.0,
        }
    }

    /// Hazard radius of a kind of round, m.
    pub fn hazard_radius_m(&self, kind: &str) -> f64 {
        self.hazard_radius_m
            .iter()
            .find(|(k, _)| k == kind)
            .map_or(self.default_hazard_radius_m, |(_, r)| *r)
    }
}
