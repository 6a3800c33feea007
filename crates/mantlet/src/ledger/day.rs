//! Civil days, as press reports date things: no hour, no zone.
//!
//! Days are counted from 1970-01-01 in the proleptic Gregorian calendar by the
//! algorithms `days_from_civil` and `civil_from_days` of Howard Hinnant
//! ("chrono-compatible low-level date algorithms", 2013): whole numbers, so that a
//! million dates are read in a few milliseconds.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day of the calendar at the place where something happened; years 1 to 9999.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(i32);

/// First and last day that can be written with four digits of a year.
const RANGE: [i32; 2] = [-719_162, 2_932_896];

impl Day {
    /// From days since 1970-01-01; `None` outside the years 1 to 9999.
    pub fn from_number(number: i64) -> Option<Self> {
        let day = i32::try_from(number).ok()?;
        (RANGE[0]..=RANGE[1]).contains(&day).then_some(Self(day))
    }

    /// Days since 1970-01-01.
    pub fn number(self) -> i64 {
        i64::from(self.0)
    }

    /// From year, month 1 to 12 and day of the month; `None` where there is no such day.
    pub fn from_civil(year: i32, month: u32, day: u32) -> Option<Self> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) {
            return None;
        }
        if day < 1 || day > days_in(year, month) {
            return None;
        }
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let of_era = y.rem_euclid(400);
        let from_march = (month as i32 + 9) % 12;
        let of_year = (153 * from_march + 2) / 5 + day as i32 - 1;
        let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
        Some(Self(era * 146_097 + day_of_era - 719_468))
    }

    /// Year, month 1 to 12, day of the month.
    pub fn civil(self) -> (i32, u32, u32) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let of_era = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let of_year = doe - (365 * of_era + of_era / 4 - of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = of_era + era * 400 + i32::from(month <= 2);
        (year, month as u32, day as u32)
    }

    /// Day of the week, 0 for Monday to 6 for Sunday.
    pub fn weekday(self) -> u32 {
        (self.0 + 3).rem_euclid(7) as u32
    }

    /// First and last day of its month.
    pub fn month(self) -> [Self; 2] {
        let (y, m, d) = self.civil();
        let first = self.0 - d as i32 + 1;
        [Self(first), Self(first + days_in(y, m) as i32 - 1)]
    }

    /// First and last day of its year.
    pub fn year(self) -> [Self; 2] {
        let (y, _, _) = self.civil();
        let day = |m, d| Self::from_civil(y, m, d).unwrap_or(self);
        [day(1, 1), day(12, 31)]
    }

    /// The day that an instant, Unix seconds, falls on in UTC.
    pub fn of_instant(time_s: f64) -> Option<Self> {
        let number = (time_s / 86_400.0).floor();
        (number.abs() < 1e9).then_some(number as i64).and_then(Self::from_number)
    }
}

fn days_in(year: i32, month: u32) -> u32 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days later; stays within the years 1 to 9999.
impl Add<i64> for Day {
    type Output = Self;
    fn add(self, days: i64) -> Self {
        let [low, high] = RANGE.map(i64::from);
        Self((self.number().saturating_add(days)).clamp(low, high) as i32)
    }
}

/// Days from the other to this one.
impl Sub for Day {
    type Output = i64;
    fn sub(self, earlier: Self) -> i64 {
        self.number() - earlier.number()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = self.civil();
        write!(f, "{y:04}-{m:02}-{d:02}")
    }
}

/// What is not a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a day as YYYY-MM-DD")]
pub struct NotADay;

impl FromStr for Day {
    type Err = NotADay;
    fn from_str(text: &str) -> Result<Self, NotADay> {
        let digits = |part: &str, length: usize| {
            (part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse::<u32>().ok())
                .flatten()
        };
        let mut parts = text.trim().splitn(3, '-');
        let mut next = |length| parts.next().and_then(|p| digits(p, length));
        let day = next(4).zip(next(2)).zip(next(2));
        day.and_then(|((y, m), d)| Self::from_civil(y as i32, m, d)).ok_or(NotADay)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_is_itself_again() {
        let mut number = Day::from_civil(1799, 1, 1).unwrap().number();
        let end = Day::from_civil(2201, 1, 1).unwrap().number();
        while number < end {
            let day = Day::from_number(number).unwrap();
            let (y, m, d) = day.civil();
            assert_eq!(Day::from_civil(y, m, d), Some(day));
            assert_eq!(day.to_string().parse::<Day>(), Ok(day));
            number += 1;
        }
    }

    #[test]
    fn known_days_have_their_numbers_and_weekdays() {
        assert_eq!("1970-01-01".parse::<Day>().unwrap().number(), 0);
        assert_eq!("2000-03-01".parse::<Day>().unwrap().number(), 11_017);
        // 10 October 2020 was a Saturday.
        assert_eq!("2020-10-10".parse::<Day>().unwrap().weekday(), 5);
        let feb = "2020-02-10".parse::<Day>().unwrap().month();
        assert_eq!(feb.map(|d| d.to_string()), ["2020-02-01", "2020-02-29"]);
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in ["2021-02-29", "2021-13-01", "21-01-01", "2021-1-1", "2021-01-01x", "", "-"] {
            assert_eq!(text.parse::<Day>(), Err(NotADay), "{text}");
        }
    }
}
