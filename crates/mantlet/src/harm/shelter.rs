//! Where people are when something comes down: in the open, under a roof, or in
//! shelter because their warning came in time.
//!
//! In: when a zone was warned, what its people need, when something lands. Out:
//! shares of its people by cover. Method: people need between nothing and the
//! zone's shelter time, evenly spread, so the share that has reached shelter rises
//! linearly with the seconds they had.
//!
//! Limits: no one leaves shelter before the raid ends; everyone hears the warning.

/// What is over a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// The sky.
    Open,
    /// An ordinary roof.
    Roof,
    /// A shelter.
    Shelter,
}

/// Shares of a zone's people under each cover; they add up to one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Posture {
    /// In the open.
    pub open: f64,
    /// Under ordinary roofs.
    pub roof: f64,
    /// In shelter.
    pub shelter: f64,
}

impl Posture {
    /// Shares at a landing: `outside` of the people are in the open when nothing
    /// is going on, the others under roofs, and leave for shelter when warned.
    pub fn at(outside: f64, warned_s: Option<f64>, needed_s: f64, landing_s: f64) -> Self {
        let left_s = warned_s.map_or(0.0, |w| (landing_s - w).max(0.0));
        let shelter = if warned_s.is_none() {
            0.0
        } else if needed_s > 0.0 {
            (left_s / needed_s).clamp(0.0, 1.0)
        } else {
            1.0
        };
        let rest = 1.0 - shelter;
        Self { open: outside * rest, roof: (1.0 - outside) * rest, shelter }
    }

    /// The shares with their covers.
    pub fn shares(&self) -> [(Cover, f64); 3] {
        [(Cover::Open, self.open), (Cover::Roof, self.roof), (Cover::Shelter, self.shelter)]
    }
}
