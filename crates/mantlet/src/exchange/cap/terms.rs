//! The closed vocabularies of CAP 1.2 (OASIS, 1 July 2010, sections 3.2.1 and
//! 3.2.2), each as a type whose names are exactly the standard's.

/// Declares an enumeration with the standard's spelling of each value.
macro_rules! terms {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $value:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $value),+ }

        impl $name {
            /// Every value, in the standard's order.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            /// The standard's spelling.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$value => stringify!($value)),+ }
            }

            /// From the standard's spelling, to the letter.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.name() == name)
            }
        }
    };
}

terms! {
    /// How the message is to be handled.
    Status {
        /// Act on it.
        Actual,
        /// Only for the participants of an exercise.
        Exercise,
        /// For the alert network's own functions.
        System,
        /// Technical test: disregard.
        Test,
        /// Not actionable yet.
        Draft,
    }
}

terms! {
    /// What the message does to earlier ones.
    MsgType {
        /// First information.
        Alert,
        /// Supersedes the messages in `references`.
        Update,
        /// Takes the messages in `references` back.
        Cancel,
        /// Acknowledges the messages in `references`.
        Ack,
        /// Rejects the messages in `references`.
        Error,
    }
}

terms! {
    /// Who may have it.
    Scope {
        /// Everybody.
        Public,
        /// Users named in `restriction`.
        Restricted,
        /// Only `addresses`.
        Private,
    }
}

terms! {
    /// Category of the event.
    Category {
        /// Geophysical.
        Geo,
        /// Meteorological.
        Met,
        /// General emergency and public safety.
        Safety,
        /// Law enforcement, military, homeland and local security.
        Security,
        /// Rescue and recovery.
        Rescue,
        /// Fire.
        Fire,
        /// Medical and public health.
        Health,
        /// Pollution and environment.
        Env,
        /// Transport.
        Transport,
        /// Utilities, telecommunication, infrastructure.
        Infra,
        /// Chemical, biological, radiological, nuclear, explosive.
        CBRNE,
        /// Anything else.
        Other,
    }
}

terms! {
    /// What the audience should do. Ours are [`Shelter`](Self::Shelter) and
    /// [`AllClear`](Self::AllClear).
    Response {
        /// Take shelter in place.
        Shelter,
        /// Leave the area.
        Evacuate,
        /// Make preparations.
        Prepare,
        /// Execute a planned activity.
        Execute,
        /// Avoid the subject event.
        Avoid,
        /// Attend to information sources.
        Monitor,
        /// Evaluate the information (not for public alerts).
        Assess,
        /// The event is no longer a threat.
        AllClear,
        /// Nothing.
        None,
    }
}

terms! {
    /// How soon to act.
    Urgency {
        /// At once.
        Immediate,
        /// Within the hour.
        Expected,
        /// In the near future.
        Future,
        /// No longer.
        Past,
        /// Not known.
        Unknown,
    }
}

terms! {
    /// How bad.
    Severity {
        /// Extraordinary threat to life or property.
        Extreme,
        /// Significant threat.
        Severe,
        /// Possible threat.
        Moderate,
        /// Minimal threat.
        Minor,
        /// Not known.
        Unknown,
    }
}

terms! {
    /// How sure.
    Certainty {
        /// Has happened or is happening.
        Observed,
        /// More than even chance.
        Likely,
        /// Even chance or less.
        Possible,
        /// Hardly expected.
        Unlikely,
        /// Not known.
        Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_to_the_letter() {
        for value in Response::ALL {
            assert_eq!(Response::from_name(value.name()), Some(*value));
        }
        assert_eq!(Status::from_name("actual"), None);
        assert_eq!(Category::from_name(" Met"), None);
    }
}
