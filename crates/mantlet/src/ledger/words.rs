//! The fixed words of the record, each once: in the code, in JSON, in the tables.

use serde::{Deserialize, Serialize};

/// An enum whose variants have one word each.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$what:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$what])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Its word.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// From its word.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($word => Some(Self::$variant),)+ _ => None }
            }

            /// The words, for a message about one that is not among them.
            pub fn expected() -> String {
                let words: Vec<&str> = Self::ALL.iter().map(|w| w.name()).collect();
                format!("one of {}", words.join(", "))
            }
        }
    };
}

words! {
    /// What was used. A kind is a series of its own in the statistics.
    Kind {
        /// Rockets.
        Rocket = "rocket",
        /// Mortar bombs.
        Mortar = "mortar",
        /// Artillery shells.
        Artillery = "artillery",
        /// Guided missiles.
        Missile = "missile",
        /// Drones that attack.
        Drone = "drone",
        /// Shells, rockets or missiles: the source does not say which.
        IndirectFire = "indirect_fire",
        /// Bombs laid at a road.
        RoadsideBomb = "roadside_bomb",
        /// Bombs in vehicles.
        CarBomb = "car_bomb",
        /// Bombs carried by a person.
        SuicideBomb = "suicide_bomb",
        /// Hand grenades.
        Grenade = "grenade",
        /// Rifles, machine guns.
        SmallArms = "small_arms",
        /// Strikes from aircraft.
        AirStrike = "air_strike",
        /// Anything else.
        Other = "other",
        /// The source does not say.
        Unknown = "unknown",
    }
}

words! {
    /// How closely a date is known.
    DatePrecision {
        /// To the minute or better.
        Minute = "minute",
        /// The day.
        Day = "day",
        /// Within six days of it.
        Week = "week",
        /// The calendar month.
        Month = "month",
        /// The calendar year.
        Year = "year",
    }
}

words! {
    /// How closely a position is known.
    PlacePrecision {
        /// Within some 100 m.
        Exact = "exact",
        /// The town or quarter.
        Town = "town",
        /// Near it, or its district.
        District = "district",
        /// The province.
        Province = "province",
        /// The country.
        Country = "country",
        /// Not said.
        Unknown = "unknown",
    }
}

words! {
    /// Where it happened, seen from the site that the ledger is about.
    Setting {
        /// In the site.
        In = "in",
        /// Beside it.
        Beside = "beside",
        /// Elsewhere.
        Outside = "outside",
        /// Not said.
        Unknown = "unknown",
    }
}

words! {
    /// What is said of an interception.
    Intercept {
        /// Nothing is said of one.
        NoneReported = "none_reported",
        /// It was tried.
        Attempted = "attempted",
        /// Some rounds were stopped.
        Partial = "partial",
        /// Some or all, depending on whom one asks.
        PartialOrFull = "partial_or_full",
        /// All of them were stopped.
        Full = "full",
        /// It is claimed to have failed.
        ClaimedFailed = "claimed_failed",
        /// Sources contradict each other.
        Disputed = "disputed",
        /// There was nothing to intercept.
        NotApplicable = "n/a",
        /// Not known.
        Unknown = "unknown",
    }
}

words! {
    /// How far a source can be relied on: the letters of the Admiralty system (NATO
    /// AJP-2.1, annex on evaluation of sources).
    Reliability {
        /// Completely reliable.
        A = "A",
        /// Usually reliable.
        B = "B",
        /// Fairly reliable.
        C = "C",
        /// Not usually reliable.
        D = "D",
        /// Unreliable.
        E = "E",
        /// Cannot be judged: what a new source starts with.
        F = "F",
    }
}
