//! One CAP document as a value, and its XML.
//!
//! In: an [`Alert`]. Out: a CAP 1.2 document, elements in the order of the
//! standard's schema. The value holds what the document holds, no more: times keep
//! their text, because a reference must repeat them to the letter.

use std::fmt;

use crate::frames::Wgs84;
use crate::time::Timestamp;

use super::super::xml::Document;
use super::terms::{Category, Certainty, MsgType, Response, Scope, Severity, Status, Urgency};

/// The namespace of CAP 1.2.
pub(super) const NAMESPACE: &str = "urn:oasis:names:tc:emergency:cap:1.2";

/// A time as CAP writes it: whole seconds and an offset, `-00:00` for UTC.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CapTime {
    time: Timestamp,
    text: String,
}

impl CapTime {
    /// UTC, cut to the whole second.
    pub fn utc(time: Timestamp) -> Self {
        let seconds = time.nanos().div_euclid(1_000_000_000);
        let text = jiff::Timestamp::from_second(seconds)
            .expect("a Timestamp lies between the years 1677 and 2262")
            .strftime("%Y-%m-%dT%H:%M:%S-00:00")
            .to_string();
        Self { time: Timestamp::from_nanos(seconds * 1_000_000_000), text }
    }

    /// From `2026-11-24T09:00:00-00:00`. `Z` and fractions of a second are what
    /// CAP 1.2 forbids (section 3.3.2); 1.1 allowed them, so `loose` takes them.
    pub(super) fn parse(text: &str, loose: bool) -> Option<Self> {
        let b = text.as_bytes();
        let digit = |i: &usize| b[*i].is_ascii_digit();
        let is_strict = b.len() == 25
            && [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 23, 24].iter().all(digit)
            && b[10] == b'T'
            && b[17..19] <= b"59"[..]
            && b[20..22] <= b"14"[..]
            && b[23..25] <= b"59"[..];
        if !is_strict && !loose {
            return None;
        }
        let nanos = text.parse::<jiff::Timestamp>().ok()?.as_nanosecond();
        let time = Timestamp::from_nanos(i64::try_from(nanos).ok()?);
        Some(Self { time, text: text.to_owned() })
    }

    /// The instant.
    pub fn time(&self) -> Timestamp {
        self.time
    }
}

impl fmt::Display for CapTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Which earlier message is meant: CAP's `sender,identifier,sent`.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// Who sent it.
    pub sender: String,
    /// Its identifier.
    pub identifier: String,
    /// When it was sent, as it said itself.
    pub sent: CapTime,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{}", self.sender, self.identifier, self.sent)
    }
}

/// A value of a kind that the sender names: `eventCode`, `parameter`, `geocode`.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// CAP's `valueName`.
    pub name: String,
    /// CAP's `value`.
    pub value: String,
}

/// A vertex or centre, WGS84, written `lat,lon` in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Latitude, degrees, north positive.
    pub lat_deg: f64,
    /// Longitude, degrees, east positive, -180 to 180.
    pub lon_deg: f64,
}

impl Point {
    /// Rounded to a millionth of a degree (0.11 m), which is what is written.
    pub(super) fn rounded(place: &Wgs84) -> Self {
        let round = |deg: f64| (deg * 1e6).round() / 1e6 + 0.0;
        let mut lon_deg = round(place.lon_deg());
        if lon_deg > 180.0 {
            lon_deg = round(lon_deg - 360.0);
        }
        Self { lat_deg: round(place.lat_deg()), lon_deg }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.lat_deg, self.lon_deg)
    }
}

/// A circle around a point; the document has its radius in km.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    /// Centre.
    pub centre: Point,
    /// Radius, km (CAP's unit).
    pub radius_km: f64,
}

/// Where the alert holds: the union of its polygons, circles and geocodes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Area {
    /// The area in words.
    pub description: String,
    /// Closed rings: at least four points, the last equal to the first.
    pub polygons: Vec<Vec<Point>>,
    /// Circles.
    pub circles: Vec<Circle>,
    /// Codes of places, each in a system that its name tells.
    pub geocodes: Vec<Named>,
    /// Lowest altitude, feet above mean sea level (CAP's unit).
    pub altitude_ft: Option<f64>,
    /// Highest altitude, feet above mean sea level (CAP's unit).
    pub ceiling_ft: Option<f64>,
}

/// A file that goes with the alert.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resource {
    /// What it is, in words.
    pub description: String,
    /// Its MIME type.
    pub mime_type: String,
    /// Its size, bytes.
    pub size_bytes: Option<u64>,
    /// Where it is.
    pub uri: Option<String>,
    /// It itself, base64.
    pub deref_uri: Option<String>,
    /// Its SHA-1, 40 hexadecimal digits.
    pub digest: Option<String>,
}

/// What is told, in one language.
#[derive(Clone, Debug, PartialEq)]
pub struct Info {
    /// RFC 3066 tag; absent means `en-US`.
    pub language: Option<String>,
    /// Categories, at least one.
    pub categories: Vec<Category>,
    /// The event in words.
    pub event: String,
    /// What to do.
    pub responses: Vec<Response>,
    /// How soon.
    pub urgency: Urgency,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub certainty: Certainty,
    /// For whom, in words.
    pub audience: Option<String>,
    /// Codes of the event.
    pub event_codes: Vec<Named>,
    /// From when the information holds; absent means when it was sent.
    pub effective: Option<CapTime>,
    /// When the event is expected to begin.
    pub onset: Option<CapTime>,
    /// Until when the information holds.
    pub expires: Option<CapTime>,
    /// Who says it, for people.
    pub sender_name: Option<String>,
    /// One line.
    pub headline: Option<String>,
    /// What happens.
    pub description: Option<String>,
    /// What to do, in words.
    pub instruction: Option<String>,
    /// A page with more.
    pub web: Option<String>,
    /// Whom to ask.
    pub contact: Option<String>,
    /// Values that the sender adds.
    pub parameters: Vec<Named>,
    /// Files.
    pub resources: Vec<Resource>,
    /// Where it holds.
    pub areas: Vec<Area>,
}

/// One CAP message.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// Name of the message, unique for its sender.
    pub identifier: String,
    /// Who sends it.
    pub sender: String,
    /// When.
    pub sent: CapTime,
    /// How it is to be handled.
    pub status: Status,
    /// What it does to earlier ones.
    pub msg_type: MsgType,
    /// Where the sender has it from.
    pub source: Option<String>,
    /// Who may have it.
    pub scope: Scope,
    /// For a restricted one: the rule.
    pub restriction: Option<String>,
    /// For a private one: the addressees.
    pub addresses: Option<String>,
    /// Codes for its handling.
    pub codes: Vec<String>,
    /// A note, mostly for exercises and errors.
    pub note: Option<String>,
    /// The earlier messages that it is about.
    pub references: Vec<Reference>,
    /// Names of incidents.
    pub incidents: Option<String>,
    /// What is told, once per language.
    pub infos: Vec<Info>,
    /// Whether an XML signature came with it (it is not verified, nor written).
    pub is_signed: bool,
}

impl Alert {
    /// The reference under which later messages mean this one.
    pub fn reference(&self) -> Reference {
        Reference {
            sender: self.sender.clone(),
            identifier: self.identifier.clone(),
            sent: self.sent.clone(),
        }
    }

    /// The document.
    pub fn xml(&self) -> String {
        let mut d = Document::new();
        d.open("alert", &[("xmlns", NAMESPACE)]);
        d.text("identifier", &self.identifier);
        d.text("sender", &self.sender);
        d.text("sent", &self.sent.to_string());
        d.text("status", self.status.name());
        d.text("msgType", self.msg_type.name());
        optional(&mut d, "source", &self.source);
        d.text("scope", self.scope.name());
        optional(&mut d, "restriction", &self.restriction);
        optional(&mut d, "addresses", &self.addresses);
        for code in &self.codes {
            d.text("code", code);
        }
        optional(&mut d, "note", &self.note);
        if !self.references.is_empty() {
            d.text("references", &joined(&self.references));
        }
        optional(&mut d, "incidents", &self.incidents);
        for info in &self.infos {
            write_info(&mut d, info);
        }
        d.finish()
    }
}

fn write_info(d: &mut Document, info: &Info) {
    d.open("info", &[]);
    optional(d, "language", &info.language);
    for category in &info.categories {
        d.text("category", category.name());
    }
    d.text("event", &info.event);
    for response in &info.responses {
        d.text("responseType", response.name());
    }
    d.text("urgency", info.urgency.name());
    d.text("severity", info.severity.name());
    d.text("certainty", info.certainty.name());
    optional(d, "audience", &info.audience);
    write_named(d, "eventCode", &info.event_codes);
    for (name, time) in
        [("effective", &info.effective), ("onset", &info.onset), ("expires", &info.expires)]
    {
        if let Some(time) = time {
            d.text(name, &time.to_string());
        }
    }
    optional(d, "senderName", &info.sender_name);
    optional(d, "headline", &info.headline);
    optional(d, "description", &info.description);
    optional(d, "instruction", &info.instruction);
    optional(d, "web", &info.web);
    optional(d, "contact", &info.contact);
    write_named(d, "parameter", &info.parameters);
    for resource in &info.resources {
        d.open("resource", &[]);
        d.text("resourceDesc", &resource.description);
        d.text("mimeType", &resource.mime_type);
        optional(d, "size", &resource.size_bytes.map(|n| n.to_string()));
        optional(d, "uri", &resource.uri);
        optional(d, "derefUri", &resource.deref_uri);
        optional(d, "digest", &resource.digest);
        d.close();
    }
    for area in &info.areas {
        write_area(d, area);
    }
    d.close();
}

fn write_area(d: &mut Document, area: &Area) {
    d.open("area", &[]);
    d.text("areaDesc", &area.description);
    for polygon in &area.polygons {
        d.text("polygon", &joined(polygon));
    }
    for circle in &area.circles {
        d.text("circle", &format!("{} {}", circle.centre, circle.radius_km));
    }
    write_named(d, "geocode", &area.geocodes);
    optional(d, "altitude", &area.altitude_ft.map(|ft| ft.to_string()));
    optional(d, "ceiling", &area.ceiling_ft.map(|ft| ft.to_string()));
    d.close();
}

fn write_named(d: &mut Document, element: &str, values: &[Named]) {
    for named in values {
        d.open(element, &[]);
        d.text("valueName", &named.name);
        d.text("value", &named.value);
        d.close();
    }
}

fn optional(d: &mut Document, name: &str, value: &Option<String>) {
    if let Some(value) = value {
        d.text(name, value);
    }
}

fn joined<T: ToString>(parts: &[T]) -> String {
    parts.iter().map(T::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utc_is_written_with_a_negative_zero_offset() {
        let t = CapTime::utc(Timestamp::from_nanos(1_795_510_923_999_999_999));
        assert_eq!(t.to_string(), "2026-11-24T09:02:03-00:00");
        assert_eq!(CapTime::parse(&t.to_string(), false), Some(t));
        let before = CapTime::utc(Timestamp::from_nanos(-1));
        assert_eq!(before.to_string(), "1969-12-31T23:59:59-00:00");
    }

    #[test]
    fn z_fractions_and_impossible_times_are_refused() {
        for bad in [
            "2026-11-24T09:02:03Z",
            "2026-11-24T09:02:03.5-00:00",
            "2026-11-24T09:02:60-00:00",
            "2026-02-30T09:02:03-00:00",
            "2026-11-24 09:02:03-00:00",
            "2026-11-24T09:02:03,00:00",
            "2026-11-24T09:02:03-15:00",
            "",
        ] {
            assert_eq!(CapTime::parse(bad, false), None, "{bad}");
        }
        assert!(CapTime::parse("2026-11-24T09:02:03Z", true).is_some());
    }

    #[test]
    fn points_are_rounded_and_east_of_the_date_line_is_west() {
        let place = Wgs84::from_degrees(33.123_456_789, 359.5, 0.0).unwrap();
        assert_eq!(Point::rounded(&place).to_string(), "33.123457,-0.5");
        let origin = Wgs84::from_degrees(-1e-9, -1e-9, 0.0).unwrap();
        assert_eq!(Point::rounded(&origin).to_string(), "0,0");
    }
}
