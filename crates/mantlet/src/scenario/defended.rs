//! What a simulated defence came to: engagements, pieces on the ground, harm with and
//! without interception, and who was told in time.

use crate::engagement::Engagement;
use crate::engagement::Hold;
use crate::engagement::WhySpared;
use crate::flight::State;
use crate::harm::Burst;
use crate::harm::Fallen;
use crate::harm::HarmMap;
use crate::harm::ZoneHarm;

use super::load::SiteFile;

/// Side of a cell of the harm map, m, and what it covers around the zones.
const CELL_M: f64 = 20.0;
const MARGIN_M: f64 = 300.0;

/// A round that was destroyed.
#[derive(Clone, Debug, PartialEq)]
pub struct Kill {
    /// The engagement that did it.
    pub engagement: u64,
    /// The object.
    pub object_id: String,
    /// When, s.
    pub time_s: f64,
    /// Its state then.
    pub state: State,
}

/// What a simulated defence came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defended {
    /// All engagements, in the order decided.
    pub engagements: Vec<Engagement>,
    /// Rounds let through: track, when that was last decided, why as a clause.
    pub spared: Vec<(u64, f64, String)>,
    /// Rounds destroyed.
    pub kills: Vec<Kill>,
    /// Pieces on the ground.
    pub fallen: Vec<Fallen>,
    /// When each zone was first warned, s.
    pub warned_s: Vec<Option<f64>>,
    /// What would have come down.
    pub rounds_without: Vec<Burst>,
    /// What came down all the same.
    pub leakers: Vec<Burst>,
    /// Harm per zone if nothing is shot down.
    pub harm_without: Vec<ZoneHarm>,
    /// Harm per zone with interception.
    pub harm_with: Vec<ZoneHarm>,
    /// Who was in danger and told in time, by zone.
    pub told: Vec<Told>,
}

/// Whether a zone was in danger, and told of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Told {
    /// When the first round would come down in reach of the zone if nothing were shot
    /// down, or the first part of one fell on it, s. `None`: never in danger.
    pub danger_s: Option<f64>,
    /// The warning that stood then, or the first of all, s.
    pub warned_s: Option<f64>,
    /// Seconds that people there need.
    pub needed_s: f64,
}

impl Told {
    /// Seconds from the warning to the danger; `None` when either did not happen.
    pub fn given_s(&self) -> Option<f64> {
        self.danger_s.zip(self.warned_s).map(|(danger, warned)| danger - warned)
    }

    /// Whether people in danger had the seconds that they need.
    pub fn is_in_time(&self) -> bool {
        self.given_s().is_some_and(|s| s >= self.needed_s)
    }

    /// Whether people were sent to shelter for nothing.
    pub fn is_needless(&self) -> bool {
        self.warned_s.is_some() && self.danger_s.is_none()
    }
}

impl Defended {
    /// Harm maps without and with interception.
    pub fn maps(&self, site: &SiteFile) -> [HarmMap; 2] {
        let how = &site.defence.vulnerability;
        let empty = HarmMap::over(&site.zones, MARGIN_M, CELL_M);
        let (mut without, mut with) = (empty.clone(), empty);
        without.add(&site.zones, &self.warned_s, &self.rounds_without, &[], how);
        with.add(&site.zones, &self.warned_s, &self.leakers, &self.fallen, how);
        [without, with]
    }
}

/// Why a round was let through, as a clause.
pub(super) fn words(why: &WhySpared) -> String {
    match why {
        WhySpared::Harmless(casualties) if *casualties < 0.01 => {
            "would hurt nobody to speak of".into()
        }
        WhySpared::Harmless(casualties) => {
            format!("would hurt {casualties:.3} people on average")
        }
        WhySpared::FalloutWorse => "what falls of it would do more harm".into(),
        WhySpared::Held(Hold::Over(zone)) => format!("the intercept would be over {zone}"),
        WhySpared::Held(Hold::Aircraft(track)) => format!("aircraft {track} is in the way"),
        WhySpared::OutOfReach => "no effector could reach it in time".into(),
    }
}
