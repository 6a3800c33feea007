//! Reading other people's alerts, strictly.
//!
//! In: a CAP document. Out: an [`Alert`], or every [`Fault`] found in it. The
//! method is the schema's: each element's children in the standard's order and
//! number (OASIS CAP 1.2, section 3.4), and then the rules that the schema leaves
//! to words (section 3.2).
//!
//! CAP 1.1 is read too (its vocabulary is a subset; its times may end in `Z`);
//! 1.0, whose codes have another shape, is refused by its namespace. An empty
//! optional text counts as absent. Signatures are noticed and not verified.

use std::fmt;

use super::super::xml::Element;
use super::super::xml::ExchangeError;
use super::super::xml::parse;
use super::alert::{Alert, Area, CapTime, Info, NAMESPACE, Named, Reference, Resource};
use super::rules;
use super::terms::{Category, Certainty, MsgType, Response, Scope, Severity, Status, Urgency};

const NAMESPACE_1_1: &str = "urn:oasis:names:tc:emergency:cap:1.1";
const SIGNATURES: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Something that a valid alert does not have.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Line of the element (of its parent if it is missing), from 1.
    pub line: usize,
    /// Path of the element, as `info/area/polygon`.
    pub element: String,
    /// Its value, cut after 60 characters; `None` if it is missing.
    pub value: Option<String>,
    /// What a valid alert has there.
    pub expected: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(v) => write!(
                f,
                "line {}: {} is {v:?}: expected {}",
                self.line, self.element, self.expected
            ),
            None => write!(
                f,
                "line {}: {} is missing: expected {}",
                self.line, self.element, self.expected
            ),
        }
    }
}

/// A child in the schema: its name, how few and how many.
type Slot = (&'static str, usize, usize);
const MANY: usize = usize::MAX;

const ALERT: &[Slot] = &[
    ("identifier", 1, 1),
    ("sender", 1, 1),
    ("sent", 1, 1),
    ("status", 1, 1),
    ("msgType", 1, 1),
    ("source", 0, 1),
    ("scope", 1, 1),
    ("restriction", 0, 1),
    ("addresses", 0, 1),
    ("code", 0, MANY),
    ("note", 0, 1),
    ("references", 0, 1),
    ("incidents", 0, 1),
    ("info", 0, MANY),
];
const INFO: &[Slot] = &[
    ("language", 0, 1),
    ("category", 1, MANY),
    ("event", 1, 1),
    ("responseType", 0, MANY),
    ("urgency", 1, 1),
    ("severity", 1, 1),
    ("certainty", 1, 1),
    ("audience", 0, 1),
    ("eventCode", 0, MANY),
    ("effective", 0, 1),
    ("onset", 0, 1),
    ("expires", 0, 1),
    ("senderName", 0, 1),
    ("headline", 0, 1),
    ("description", 0, 1),
    ("instruction", 0, 1),
    ("web", 0, 1),
    ("contact", 0, 1),
    ("parameter", 0, MANY),
    ("resource", 0, MANY),
    ("area", 0, MANY),
];
const RESOURCE: &[Slot] = &[
    ("resourceDesc", 1, 1),
    ("mimeType", 1, 1),
    ("size", 0, 1),
    ("uri", 0, 1),
    ("derefUri", 0, 1),
    ("digest", 0, 1),
];
/// In CAP 1.1 the MIME type was optional.
const RESOURCE_1_1: &[Slot] = &[
    ("resourceDesc", 1, 1),
    ("mimeType", 0, 1),
    ("size", 0, 1),
    ("uri", 0, 1),
    ("derefUri", 0, 1),
    ("digest", 0, 1),
];
const AREA: &[Slot] = &[
    ("areaDesc", 1, 1),
    ("polygon", 0, MANY),
    ("circle", 0, MANY),
    ("geocode", 0, MANY),
    ("altitude", 0, 1),
    ("ceiling", 0, 1),
];
const NAMED: &[Slot] = &[("valueName", 1, 1), ("value", 1, 1)];

/// Reads one alert.
///
/// # Errors
///
/// [`ExchangeError::Xml`] if it is not XML, [`ExchangeError::Alert`] with every
/// fault if it is not a valid alert.
pub fn read_alert(text: &str) -> Result<Alert, ExchangeError> {
    let root = parse(text)?;
    let is_1_1 = root.namespace == NAMESPACE_1_1;
    let mut reader =
        Reader { faults: Vec::new(), namespace: root.namespace.clone(), loose: is_1_1 };
    if root.name != "alert" || !(is_1_1 || root.namespace == NAMESPACE) {
        let found = format!("{{{}}}{}", root.namespace, root.name);
        reader.fault(&root, "root", &found, &format!("alert in {NAMESPACE} (or 1.1)"));
        return Err(ExchangeError::Alert(reader.faults));
    }
    let alert = reader.alert(&root);
    match alert {
        Some(alert) if reader.faults.is_empty() => Ok(alert),
        _ => Err(ExchangeError::Alert(reader.faults)),
    }
}

struct Reader {
    faults: Vec<Fault>,
    namespace: String,
    loose: bool,
}

impl Reader {
    fn fault(&mut self, at: &Element, path: &str, value: &str, expected: &str) {
        let mut short: String = value.chars().take(60).collect();
        if short.len() < value.len() {
            short.push('…');
        }
        let (element, expected) = (path.to_owned(), expected.to_owned());
        self.faults.push(Fault { line: at.line, element, value: Some(short), expected });
    }

    fn missing(&mut self, parent: &Element, path: &str, expected: &str) {
        let (element, expected) = (path.to_owned(), expected.to_owned());
        self.faults.push(Fault { line: parent.line, element, value: None, expected });
    }

    /// Order, number and names of an element's children.
    fn shape(&mut self, element: &Element, path: &str, slots: &[Slot]) {
        let mut from = 0;
        let mut counts = vec![0; slots.len()];
        for child in &element.children {
            if path.is_empty() && child.namespace == SIGNATURES {
                from = slots.len();
                continue;
            }
            let place = slots
                .iter()
                .position(|(name, ..)| *name == child.name && child.namespace == self.namespace);
            let Some(place) = place else {
                self.fault(child, &joined(path, &child.name), "present", "no such element here");
                continue;
            };
            if place < from {
                let expected =
                    format!("it before {}", slots.get(from).map_or("Signature", |s| s.0));
                self.fault(child, &joined(path, &child.name), "out of order", &expected);
            }
            from = from.max(place);
            counts[place] += 1;
            if counts[place] > slots[place].2 {
                let found = format!("there {} times", counts[place]);
                self.fault(child, &joined(path, &child.name), &found, "it once");
            }
        }
        for ((name, least, _), count) in slots.iter().zip(&counts) {
            if count < least {
                self.missing(element, &joined(path, name), "it once at least");
            }
        }
    }

    /// Text of an optional element; empty counts as absent.
    fn text(&self, element: &Element, name: &str) -> Option<String> {
        element.child(name).map(|c| c.text.trim().to_owned()).filter(|t| !t.is_empty())
    }

    /// Text that must be there and not empty.
    fn needed(&mut self, element: &Element, path: &str, name: &str) -> Option<String> {
        let child = element.child(name)?;
        let text = child.text.trim();
        if text.is_empty() {
            self.fault(child, &joined(path, name), "", "some text");
            return None;
        }
        Some(text.to_owned())
    }

    fn term<T: Copy>(
        &mut self,
        child: &Element,
        path: &str,
        all: &[T],
        name: fn(T) -> &'static str,
    ) -> Option<T> {
        let found = all.iter().copied().find(|v| name(*v) == child.text);
        if found.is_none() {
            let names: Vec<_> = all.iter().map(|v| name(*v)).collect();
            let expected = format!("one of {}", names.join(", "));
            self.fault(child, path, &child.text, &expected);
        }
        found
    }

    fn time(&mut self, element: &Element, path: &str, name: &str) -> Option<CapTime> {
        let child = element.child(name)?;
        let time = CapTime::parse(child.text.trim(), self.loose);
        if time.is_none() {
            let expected = "YYYY-MM-DDThh:mm:ss and an offset, -00:00 for UTC, never Z";
            self.fault(child, &joined(path, name), &child.text, expected);
        }
        time
    }

    /// Checks a text against a rule that returns what it expected.
    fn ruled<T>(
        &mut self,
        child: &Element,
        path: &str,
        rule: fn(&str) -> Result<T, &'static str>,
    ) -> Option<T> {
        match rule(child.text.trim()) {
            Ok(value) => Some(value),
            Err(expected) => {
                self.fault(child, path, &child.text, expected);
                None
            }
        }
    }

    fn name(&mut self, element: &Element, name: &str) -> Option<String> {
        let child = element.child(name)?;
        let text = child.text.trim();
        if !rules::is_name(text) {
            self.fault(child, name, text, "a name without spaces, commas, < or &");
            return None;
        }
        Some(text.to_owned())
    }

    fn references(&mut self, root: &Element, msg_type: Option<MsgType>) -> Vec<Reference> {
        let mut references = Vec::new();
        let expected = "sender,identifier,sent of an earlier message";
        match root.child("references") {
            Some(child) if child.text.trim().is_empty() => {
                self.fault(child, "references", "", expected);
            }
            Some(child) => {
                for part in child.text.split_whitespace() {
                    match rules::reference(part, self.loose) {
                        Some(reference) => references.push(reference),
                        None => self.fault(child, "references", part, expected),
                    }
                }
            }
            None if msg_type.is_some_and(|m| m != MsgType::Alert) => {
                self.missing(root, "references", expected);
            }
            None => {}
        }
        references
    }

    fn alert(&mut self, root: &Element) -> Option<Alert> {
        self.shape(root, "", ALERT);
        let identifier = self.name(root, "identifier");
        let sender = self.name(root, "sender");
        let sent = self.time(root, "", "sent");
        let status =
            root.child("status").and_then(|c| self.term(c, "status", Status::ALL, Status::name));
        let msg_type = root
            .child("msgType")
            .and_then(|c| self.term(c, "msgType", MsgType::ALL, MsgType::name));
        let scope =
            root.child("scope").and_then(|c| self.term(c, "scope", Scope::ALL, Scope::name));
        let restriction = self.text(root, "restriction");
        let addresses = self.text(root, "addresses");
        if scope == Some(Scope::Restricted) && restriction.is_none() {
            self.missing(root, "restriction", "the rule, because scope is Restricted");
        }
        if scope == Some(Scope::Private) && addresses.is_none() {
            self.missing(root, "addresses", "the addressees, because scope is Private");
        }
        let references = self.references(root, msg_type);
        let infos: Vec<_> = root.all("info").map(|e| self.info(e, sent.as_ref())).collect();
        Some(Alert {
            identifier: identifier?,
            sender: sender?,
            sent: sent?,
            status: status?,
            msg_type: msg_type?,
            source: self.text(root, "source"),
            scope: scope?,
            restriction,
            addresses,
            codes: root.all("code").map(|c| c.text.trim().to_owned()).collect(),
            note: self.text(root, "note"),
            references,
            incidents: self.text(root, "incidents"),
            infos: infos.into_iter().collect::<Option<_>>()?,
            is_signed: root.children.iter().any(|c| c.namespace == SIGNATURES),
        })
    }

    fn info(&mut self, e: &Element, sent: Option<&CapTime>) -> Option<Info> {
        const P: &str = "info";
        self.shape(e, P, INFO);
        let categories: Vec<_> = e
            .all("category")
            .map(|c| self.term(c, "info/category", Category::ALL, Category::name))
            .collect();
        let responses: Vec<_> = e
            .all("responseType")
            .map(|c| self.term(c, "info/responseType", Response::ALL, Response::name))
            .collect();
        let event = self.needed(e, P, "event");
        let urgency = e
            .child("urgency")
            .and_then(|c| self.term(c, "info/urgency", Urgency::ALL, Urgency::name));
        let severity = e
            .child("severity")
            .and_then(|c| self.term(c, "info/severity", Severity::ALL, Severity::name));
        let certainty = e
            .child("certainty")
            .and_then(|c| self.term(c, "info/certainty", Certainty::ALL, Certainty::name));
        let (effective, onset) = (self.time(e, P, "effective"), self.time(e, P, "onset"));
        let expires = self.time(e, P, "expires");
        let from = effective.as_ref().or(sent);
        if let (Some(expires), Some(from), Some(child)) = (&expires, from, e.child("expires"))
            && expires.time() < from.time()
        {
            let expected = format!("a time not before {from}");
            self.fault(child, "info/expires", &child.text, &expected);
        }
        let event_codes = self.named(e, P, "eventCode");
        let parameters = self.named(e, P, "parameter");
        let resources: Vec<_> = e.all("resource").map(|r| self.resource(r)).collect();
        let areas: Vec<_> = e.all("area").map(|a| self.area(a)).collect();
        Some(Info {
            language: self.text(e, "language"),
            categories: categories.into_iter().collect::<Option<_>>()?,
            event: event?,
            responses: responses.into_iter().collect::<Option<_>>()?,
            urgency: urgency?,
            severity: severity?,
            certainty: certainty?,
            audience: self.text(e, "audience"),
            event_codes,
            effective,
            onset,
            expires,
            sender_name: self.text(e, "senderName"),
            headline: self.text(e, "headline"),
            description: self.text(e, "description"),
            instruction: self.text(e, "instruction"),
            web: self.text(e, "web"),
            contact: self.text(e, "contact"),
            parameters,
            resources: resources.into_iter().collect::<Option<_>>()?,
            areas: areas.into_iter().collect::<Option<_>>()?,
        })
    }

    /// Pairs of `valueName` and `value`; a value may be empty, its name may not.
    fn named(&mut self, e: &Element, path: &str, name: &str) -> Vec<Named> {
        let path = joined(path, name);
        let mut values = Vec::new();
        for child in e.all(name) {
            self.shape(child, &path, NAMED);
            if let Some(key) = self.needed(child, &path, "valueName") {
                let value = self.text(child, "value").unwrap_or_default();
                values.push(Named { name: key, value });
            }
        }
        values
    }

    fn resource(&mut self, e: &Element) -> Option<Resource> {
        const P: &str = "info/resource";
        self.shape(e, P, if self.loose { RESOURCE_1_1 } else { RESOURCE });
        let size = self.text(e, "size");
        let size_bytes = size.as_ref().and_then(|s| s.parse().ok());
        if let (Some(text), None, Some(child)) = (&size, size_bytes, e.child("size")) {
            self.fault(child, "info/resource/size", text, "a whole number of bytes");
        }
        let digest = self.text(e, "digest");
        if let (Some(text), Some(child)) = (&digest, e.child("digest"))
            && !(text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit()))
        {
            self.fault(child, "info/resource/digest", text, "a SHA-1 of 40 hexadecimal digits");
        }
        let description = self.needed(e, P, "resourceDesc");
        // RFC 2046, section 4.5.1: what a body of unknown type is called.
        let unknown = (self.loose && e.child("mimeType").is_none())
            .then(|| "application/octet-stream".to_owned());
        let mime_type = self.needed(e, P, "mimeType").or(unknown);
        Some(Resource {
            description: description?,
            mime_type: mime_type?,
            size_bytes,
            uri: self.text(e, "uri"),
            deref_uri: self.text(e, "derefUri"),
            digest,
        })
    }

    fn area(&mut self, e: &Element) -> Option<Area> {
        const P: &str = "info/area";
        self.shape(e, P, AREA);
        let description = self.needed(e, P, "areaDesc");
        let polygons: Vec<_> =
            e.all("polygon").map(|c| self.ruled(c, "info/area/polygon", rules::polygon)).collect();
        let circles: Vec<_> =
            e.all("circle").map(|c| self.ruled(c, "info/area/circle", rules::circle)).collect();
        let altitude_ft =
            e.child("altitude").and_then(|c| self.ruled(c, "info/area/altitude", rules::feet));
        let ceiling_ft =
            e.child("ceiling").and_then(|c| self.ruled(c, "info/area/ceiling", rules::feet));
        if ceiling_ft.is_some() && e.child("altitude").is_none() {
            self.missing(e, "info/area/altitude", "it, because there is a ceiling");
        }
        Some(Area {
            description: description?,
            polygons: polygons.into_iter().collect::<Option<_>>()?,
            circles: circles.into_iter().collect::<Option<_>>()?,
            geocodes: self.named(e, P, "geocode"),
            altitude_ft,
            ceiling_ft,
        })
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}
