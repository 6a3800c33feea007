//! Pictures of the record as SVG text, for the page, for files, for a PNG: a timeline by
//! kind with the posterior of the change, the cumulative count with bands, a calendar, a
//! map.
//!
//! In: an answered question. Out: one SVG document each, on paper of its own colour,
//! with no style sheet and no script, so that any viewer and any content policy takes
//! it. Every picture carries the labels of its sources.

mod calendar;
mod cumulative;
mod map;
mod strips;
mod svg;
mod timeline;

use super::day::Day;
use super::error::Result;
use super::lull::{Lull, LullQuestion};
use super::query::Filter;
use super::store::Ledger;
use super::verdict::words;
use super::words::Setting;

pub(super) use map::PlaceCount;
pub use strips::Strips;

/// One of the pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerPicture {
    /// Incidents by kind over time, with the posterior of a change of the rate.
    Timeline,
    /// Incidents so far, against what the rate before would have brought.
    Cumulative,
    /// A cell per day.
    Calendar,
    /// Where.
    Map,
}

impl LedgerPicture {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Timeline, Self::Cumulative, Self::Calendar, Self::Map];

    /// Its name in files and addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Timeline => "timeline",
            Self::Cumulative => "cumulative",
            Self::Calendar => "calendar",
            Self::Map => "map",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|picture| picture.name() == name)
    }
}

impl Ledger {
    /// Draws one picture of an answered question.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn draw(
        &self,
        picture: LedgerPicture,
        question: &LullQuestion,
        lull: &Lull,
    ) -> Result<String> {
        Ok(match picture {
            LedgerPicture::Timeline => timeline::draw(lull),
            LedgerPicture::Cumulative => cumulative::draw(lull),
            LedgerPicture::Calendar => calendar::draw(lull),
            LedgerPicture::Map => {
                let filter = Filter {
                    kind: question.kind,
                    from: Some(lull.looked_at.first_day),
                    to: Some(lull.looked_at.last_day),
                    ..Filter::default()
                };
                map::draw(lull, &self.places(&filter)?)
            }
        })
    }
}

/// "Rocket incidents in the site, 2020-01-01 to 2021-02-21".
fn title(lull: &Lull, with_place: bool) -> String {
    let looked = &lull.looked_at;
    let kind = looked.kind.map_or("All".into(), |kind| {
        let name = words(kind);
        let mut letters = name.chars();
        letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
    });
    let place = match looked.settings[..] {
        [Setting::In] if with_place => " in the site",
        _ => "",
    };
    format!("{kind} incidents{place}, {} to {}", looked.first_day, looked.last_day)
}

/// The line under a picture: the labels, and what shading means.
fn foot(lull: &Lull, also: &str) -> String {
    let mut parts: Vec<String> = lull.looked_at.labels.clone();
    if lull.looked_at.unwatched_days > 0 {
        parts.push("hatched: nobody watched".into());
    }
    if !also.is_empty() {
        parts.push(also.into());
    }
    parts.join(" · ")
}

/// Days from one tick to the next, and whether ticks are on months or years.
fn ticks(first: Day, last: Day) -> Vec<(Day, String)> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let months = (last - first) / 30;
    let step = match months {
        0..=14 => 1,
        15..=30 => 3,
        31..=72 => 6,
        n => 12 * (1 + n / 180),
    };
    let (mut year, mut month, _) = first.civil();
    let mut all = Vec::new();
    while let Some(day) = Day::from_civil(year, month, 1) {
        if day > last {
            break;
        }
        let index = i64::from(year) * 12 + i64::from(month) - 1;
        if day >= first && index % step == 0 {
            let name = if month == 1 || step >= 12 {
                year.to_string()
            } else {
                MONTHS[month as usize - 1].into()
            };
            all.push((day, name));
        }
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    all
}
