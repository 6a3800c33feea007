//! From the warning policy's decisions to CAP messages.
//!
//! In: a [`Notice`] per decision (warn, update, clear, false alarm). Out: one CAP
//! document each. The method is the life cycle of OASIS CAP 1.2, section 3.2.1:
//! the first message of an alert is an `Alert`; every later one is an `Update`
//! whose `references` name all earlier ones, so that a receiver that missed one
//! still replaces the rest; the all-clear is an `Update` with response type
//! `AllClear` (section 3.2.2), because the danger was real and is over; `Cancel`
//! is left for what was never real.
//!
//! A notice can always be issued: names are escaped, degenerate rings dropped (the
//! area's name and codes still stand), and an update or all-clear whose alert is
//! unknown here, say after a crash, goes out as an `Alert` of the same content.

use std::collections::BTreeMap;

use crate::frames::Datum;
use crate::frames::Wgs84;
use crate::time::Timestamp;
use crate::warning::Action;
use crate::warning::Warning;
use crate::warning::Zone;

use super::super::xml::ExchangeError;
use super::super::xml::clean;
use super::alert::{Alert, Area, CapTime, Circle, Info, Named, Point, Reference};
use super::rules::is_name;
use super::terms::{Category, Certainty, MsgType, Response, Scope, Severity, Status, Urgency};
use super::words::{Hazard, Language, Words};

/// How long a warning stands after the expected impact if nothing else is said, s.
/// Source: the fielded policy "stay 10 minutes" (follow-on salvos, falling pieces).
const HOLD_S: f64 = 600.0;
/// Earlier messages that an update names. chosen: each names those before it, so whoever
/// heard one of the last hundred knows what is replaced; under fire for hours a message
/// that named all would grow by one each second.
const REFERENCES: usize = 100;
/// Probability above which CAP 1.2, section 3.2.2, says `Likely`.
const LIKELY_ABOVE: f64 = 0.5;

/// What the policy decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Take shelter.
    Warn,
    /// The warning stands; its figures or places changed.
    Update,
    /// The danger is over.
    Clear,
    /// The warning was an error.
    FalseAlarm,
}

/// Where a notice holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// Name for people.
    pub name: String,
    /// Outer rings; closing them is done here.
    pub rings: Vec<Vec<Wgs84>>,
    /// Circles: centre and radius, m.
    pub circles: Vec<(Wgs84, f64)>,
    /// Codes of the place: name of the code system, code.
    pub geocodes: Vec<(String, String)>,
}

/// One decision of the policy, ready to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Name of the warning, the same from warn through update to clear.
    pub alert_id: String,
    /// When it was decided.
    pub sent: Timestamp,
    /// What was decided.
    pub call: Call,
    /// What is coming.
    pub hazard: Hazard,
    /// Expected impact.
    pub impact_time: Option<Timestamp>,
    /// Probability that the places are hit, 0 to 1.
    pub probability: f64,
    /// Seconds until the impact when it was sent.
    pub seconds_left: Option<f64>,
    /// Seconds that people there need to reach shelter.
    pub seconds_needed: Option<f64>,
    /// Where: several places become one area.
    pub places: Vec<Place>,
}

impl Notice {
    /// What the policy said about `zone`, whose corners are local to `datum`.
    pub fn new(warning: &Warning, zone: &Zone, datum: &Datum, hazard: Hazard) -> Self {
        let corner =
            |p: &[f64; 2]| datum.wgs84(datum.at_height(p[0], p[1], datum.origin().height_m));
        Self {
            alert_id: warning.alert_id.clone(),
            sent: warning.time,
            call: match warning.action {
                Action::Warn => Call::Warn,
                Action::Update => Call::Update,
                Action::Clear => Call::Clear,
            },
            hazard,
            impact_time: Some(warning.impact_time),
            probability: warning.probability,
            seconds_left: Some(warning.seconds_left),
            seconds_needed: Some(warning.seconds_needed),
            places: vec![Place {
                name: zone.name.clone(),
                rings: vec![zone.polygon_en_m().iter().map(corner).collect()],
                circles: Vec::new(),
                geocodes: vec![("mantlet:zone".to_owned(), zone.id.clone())],
            }],
        }
    }
}

/// A message, ready to be sent or written.
#[derive(Clone, Debug, PartialEq)]
pub struct Issued {
    /// File name, safe on every system and in the order of issue per alert.
    pub file_name: String,
    /// The message.
    pub alert: Alert,
    /// The message as CAP 1.2.
    pub xml: String,
}

/// Issues the messages of one site and remembers those of warnings that are not over,
/// because updates must name what they replace. The name of a warning that is over is not
/// to be used again.
#[derive(Clone, Debug)]
pub struct Issuer {
    sender: String,
    sender_name: String,
    is_exercise: bool,
    languages: Vec<Language>,
    /// The messages of warnings that are not over, the latest of each.
    earlier: BTreeMap<String, Vec<Reference>>,
}

impl Issuer {
    /// An issuer called `sender` (by convention a domain or mail address) to
    /// machines and `sender_name` to people. Whatever a simulation decides must be
    /// issued with `is_exercise`.
    ///
    /// # Errors
    ///
    /// [`ExchangeError::Sender`] unless `sender` is ASCII without spaces, commas,
    /// `<` or `&`.
    pub fn new(sender: &str, sender_name: &str, is_exercise: bool) -> Result<Self, ExchangeError> {
        if !is_name(sender) || !sender.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(ExchangeError::Sender(sender.to_owned()));
        }
        Ok(Self {
            sender: sender.to_owned(),
            sender_name: clean(sender_name).trim().to_owned(),
            is_exercise,
            languages: Language::ALL.to_vec(),
            earlier: BTreeMap::new(),
        })
    }

    /// The same issuer writing in these languages only.
    pub fn with_languages(mut self, languages: &[Language]) -> Self {
        self.languages = languages.to_vec();
        self
    }

    /// Remembers a message issued before a restart, read back with
    /// [`read_alert`](super::read_alert); others' messages are ignored.
    pub fn recall(&mut self, alert: &Alert) {
        if alert.sender == self.sender
            && let Some((id, _)) = alert.identifier.rsplit_once('.')
        {
            let chain = self.earlier.entry(id.to_owned()).or_default();
            if !chain.iter().any(|r| r.identifier == alert.identifier) {
                chain.push(alert.reference());
                chain.sort_by_key(|r| number(&r.identifier));
                shorten(chain);
            }
        }
    }

    /// The message for one decision.
    pub fn issue(&mut self, notice: &Notice) -> Issued {
        let id = escaped(&notice.alert_id, |c| c.is_ascii_graphic() && !",<&%".contains(c));
        let chain = self.earlier.entry(id.clone()).or_default();
        let version = chain.last().map_or(0, |r| number(&r.identifier)) + 1;
        let msg_type = match notice.call {
            _ if chain.is_empty() => MsgType::Alert,
            Call::FalseAlarm => MsgType::Cancel,
            Call::Warn | Call::Update | Call::Clear => MsgType::Update,
        };
        let sent = CapTime::utc(notice.sent);
        let area = merged(&notice.places);
        let alert = Alert {
            identifier: format!("{id}.{version}"),
            sender: self.sender.clone(),
            sent,
            status: if self.is_exercise { Status::Exercise } else { Status::Actual },
            msg_type,
            source: None,
            scope: Scope::Public,
            restriction: None,
            addresses: None,
            codes: Vec::new(),
            note: self.is_exercise.then(|| Language::English.words().exercise_note.to_owned()),
            references: chain.clone(),
            incidents: None,
            infos: self
                .languages
                .iter()
                .map(|l| info(l.words(), notice, &area, &self.sender_name, self.is_exercise))
                .collect(),
            is_signed: false,
        };
        if matches!(notice.call, Call::Clear | Call::FalseAlarm) {
            self.earlier.remove(&id);
        } else {
            chain.push(alert.reference());
            shorten(chain);
        }
        let stem = escaped(&id, |c| c.is_ascii_alphanumeric() || "-_".contains(c));
        let xml = alert.xml();
        Issued { file_name: format!("{stem}.{version:03}.xml"), alert, xml }
    }
}

/// Leaves the latest that an update names.
fn shorten(chain: &mut Vec<Reference>) {
    chain.drain(..chain.len().saturating_sub(REFERENCES));
}

/// The running number at the end of one of our identifiers.
fn number(identifier: &str) -> u32 {
    identifier.rsplit_once('.').and_then(|(_, n)| n.parse().ok()).unwrap_or(0)
}

/// Percent-encoded where `keep` says no: different names stay different.
pub(in crate::exchange) fn escaped(name: &str, keep: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if keep(c) {
            out.push(c);
        } else {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    out
}

/// One area that is the union of all places: CAP 1.2, section 3.2.4, takes several
/// polygons, circles and geocodes in an area as their union.
fn merged(places: &[Place]) -> Area {
    let mut area = Area::default();
    let tidy = |text: &str| clean(text).trim().to_owned();
    let names: Vec<_> = places.iter().map(|p| tidy(&p.name)).filter(|n| !n.is_empty()).collect();
    area.description = if names.is_empty() { "unnamed area".to_owned() } else { names.join("; ") };
    for place in places {
        area.polygons.extend(place.rings.iter().filter_map(|ring| closed(ring)));
        area.circles.extend(place.circles.iter().map(|(centre, radius_m)| Circle {
            centre: Point::rounded(centre),
            radius_km: radius_m.max(0.0).round() / 1000.0,
        }));
        for (name, value) in &place.geocodes {
            let code = Named { name: tidy(name), value: tidy(value) };
            if !code.name.is_empty() && !area.geocodes.contains(&code) {
                area.geocodes.push(code);
            }
        }
    }
    area
}

/// A ring as CAP wants it: rounded, closed, without repeated corners; `None` if
/// fewer than three corners are left.
fn closed(ring: &[Wgs84]) -> Option<Vec<Point>> {
    let mut points: Vec<_> = ring.iter().map(Point::rounded).collect();
    points.dedup();
    while points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    let first = *points.first()?;
    points.push(first);
    (points.len() >= 4).then_some(points)
}

fn info(words: &Words, n: &Notice, area: &Area, sender_name: &str, is_exercise: bool) -> Info {
    let is_danger = matches!(n.call, Call::Warn | Call::Update);
    let event = words.event(n.hazard);
    let headline = match n.call {
        Call::Warn | Call::Update => {
            format!("{event}: {}: {}", words.take_shelter, area.description)
        }
        Call::Clear => format!("{}: {}", words.all_clear, area.description),
        Call::FalseAlarm => format!("{}: {}", words.false_alarm, area.description),
    };
    let mut description = match n.call {
        Call::Warn | Call::Update => expected_impact(words, n),
        Call::Clear => words.danger_over.to_owned(),
        Call::FalseAlarm => words.was_an_error.to_owned(),
    };
    let instruction = match (n.call, n.seconds_left, n.seconds_needed) {
        (Call::Clear | Call::FalseAlarm, ..) => words.leave_shelter,
        (_, Some(left_s), Some(needed_s)) if left_s < needed_s => words.lie_down,
        _ => words.go,
    };
    let prefix = |text: &str| match is_exercise {
        true => format!("{}: {text}", words.exercise),
        false => text.to_owned(),
    };
    if is_exercise {
        description = format!("{description} {}", words.exercise_note);
    }
    let until = n.impact_time.filter(|_| is_danger).unwrap_or(n.sent).max(n.sent) + HOLD_S;
    Info {
        language: Some(words.tag.to_owned()),
        categories: vec![Category::Safety, Category::Security],
        event: prefix(event),
        responses: vec![if is_danger { Response::Shelter } else { Response::AllClear }],
        urgency: if is_danger { Urgency::Immediate } else { Urgency::Past },
        severity: if is_danger { Severity::Extreme } else { Severity::Minor },
        certainty: match n.call {
            Call::Clear | Call::FalseAlarm => Certainty::Observed,
            Call::Warn | Call::Update if n.probability > LIKELY_ABOVE => Certainty::Likely,
            Call::Warn | Call::Update => Certainty::Possible,
        },
        audience: None,
        event_codes: Vec::new(),
        effective: Some(CapTime::utc(n.sent)),
        onset: n.impact_time.filter(|_| is_danger).map(CapTime::utc),
        expires: Some(CapTime::utc(until)),
        sender_name: Some(sender_name.to_owned()).filter(|s| !s.is_empty()),
        headline: Some(prefix(&headline)),
        description: Some(description),
        instruction: Some(prefix(instruction)),
        web: None,
        contact: None,
        parameters: parameters(n, is_danger),
        resources: Vec::new(),
        areas: vec![area.clone()],
    }
}

fn expected_impact(words: &Words, n: &Notice) -> String {
    match (n.impact_time, n.seconds_left) {
        // Below a second "0 seconds" would be read out: it is now.
        (Some(time), Some(left_s)) if left_s >= 1.0 => words
            .impact_expected
            .replace("{time}", &CapTime::utc(time).to_string()[11..19])
            .replace("{seconds}", &format!("{left_s:.0}")),
        _ => words.impact_now.to_owned(),
    }
}

/// The figures, for machines.
fn parameters(n: &Notice, is_danger: bool) -> Vec<Named> {
    let figure = |name: &str, value: Option<f64>, digits: usize| {
        value
            .filter(|v| v.is_finite() && is_danger)
            .map(|v| Named { name: format!("mantlet:{name}"), value: format!("{v:.digits$}") })
    };
    [
        figure("probability", Some(n.probability), 3),
        figure("seconds_left", n.seconds_left, 1),
        figure("seconds_needed", n.seconds_needed, 0),
    ]
    .into_iter()
    .flatten()
    .collect()
}
