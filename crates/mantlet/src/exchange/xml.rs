//! XML as the rooms' formats need it: a writer that cannot fail and a small tree.
//!
//! In: text. Out: one [`Element`] with the line of every tag, or the place where
//! the text stops being XML. Built on quick-xml; XML 1.0 (5th ed., 2008),
//! productions 2 (characters) and 66-68 (references).
//!
//! Limits, all so that a hostile document costs little: [`MAX_BYTES`],
//! [`MAX_DEPTH`], no document type (so no entities of its own), UTF-8 only.

use quick_xml::NsReader;
use quick_xml::Writer;
use quick_xml::events::BytesDecl;
use quick_xml::events::BytesEnd;
use quick_xml::events::BytesStart;
use quick_xml::events::BytesText;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;
use thiserror::Error;

use super::cap::Fault;

/// Longest document read, bytes. Chosen: a hundred times the longest real alert
/// in our collection (38 kB).
const MAX_BYTES: usize = 4 << 20;
/// Deepest nesting read. Chosen: CAP needs 5, an XML signature in it about 8.
const MAX_DEPTH: usize = 32;

/// Why a document was refused.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum ExchangeError {
    /// The text is not XML that we read.
    #[error("line {line}: not well-formed XML: {why}")]
    Xml {
        /// Line, from 1.
        line: usize,
        /// What the XML reader said.
        why: String,
    },
    /// It is XML, but not a valid alert: every fault that was found.
    #[error("{} fault(s) in the alert; the first: {}", .0.len(), .0[0])]
    Alert(Vec<Fault>),
    /// The sender's identifier breaks CAP 1.2, section 3.2.1.
    #[error("sender is {0:?}: expected ASCII without spaces, commas, < or &")]
    Sender(String),
}

/// An element with its text and children.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Element {
    /// Namespace, empty when there is none.
    pub namespace: String,
    /// Name without its prefix.
    pub name: String,
    /// Line of its opening tag, from 1.
    pub line: usize,
    /// Its own text, references resolved, as written.
    pub text: String,
    /// Elements in it, in order.
    pub children: Vec<Element>,
}

impl Element {
    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|c| c.name == name)
    }

    /// Every child of this name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |c| c.name == name)
    }
}

/// Whether XML 1.0 can carry the character at all (production 2).
fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Reads a whole document.
///
/// # Errors
///
/// [`ExchangeError::Xml`] with the line at which reading stopped.
pub(super) fn parse(text: &str) -> Result<Element, ExchangeError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut place = Place { text, at: 0, line: 1 };
    let refuse = |line: usize, why: &str| ExchangeError::Xml { line, why: why.to_owned() };
    if text.len() > MAX_BYTES {
        return Err(refuse(1, "longer than 4 MiB"));
    }
    let mut reader = NsReader::from_str(text);
    reader.config_mut().enable_all_checks(true);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let line = place.line_at(reader.buffer_position() as usize);
        let (resolved, event) = match reader.read_resolved_event() {
            Ok(event) => event,
            Err(why) => {
                let why = why.to_string();
                let line = place.line_at(reader.error_position() as usize);
                return Err(ExchangeError::Xml { line, why });
            }
        };
        let namespace = match &resolved {
            ResolveResult::Bound(n) => n.0.to_owned(),
            ResolveResult::Unbound => String::new(),
            ResolveResult::Unknown(_) => {
                return Err(refuse(line, "a prefix that no xmlns declares"));
            }
        };
        let is_empty_tag = matches!(event, Event::Empty(_));
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                if root.is_some() {
                    return Err(refuse(line, "a second root element"));
                }
                if open.len() >= MAX_DEPTH {
                    return Err(refuse(line, "nested deeper than 32 elements"));
                }
                let name = tag.local_name().into_inner().to_owned();
                open.push(Element { namespace, name, line, ..Element::default() });
                if is_empty_tag {
                    close(&mut open, &mut root);
                }
            }
            Event::End(_) => close(&mut open, &mut root),
            Event::Text(t) => add_text(&mut open, &t.xml10_content(), line)?,
            Event::CData(t) => add_text(&mut open, &t.xml10_content(), line)?,
            Event::GeneralRef(r) => {
                let resolved = match &*r.xml10_content() {
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "amp" => Some('&'),
                    "apos" => Some('\''),
                    "quot" => Some('"'),
                    _ => r.resolve_char_ref().ok().flatten().filter(|c| is_xml_char(*c)),
                };
                let Some(c) = resolved else {
                    return Err(refuse(line, "a reference to no known character"));
                };
                add_text(&mut open, c.encode_utf8(&mut [0; 4]), line)?;
            }
            Event::DocType(_) => return Err(refuse(line, "a document type: none is read")),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => break,
        }
    }
    if let Some(unclosed) = open.last() {
        return Err(refuse(unclosed.line, "an element that is never closed"));
    }
    root.ok_or_else(|| refuse(1, "no element at all"))
}

/// Line numbers of growing byte positions, each byte looked at once.
struct Place<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Place<'_> {
    fn line_at(&mut self, position: usize) -> usize {
        let end = position.clamp(self.at, self.text.len());
        self.line += self.text.as_bytes()[self.at..end].iter().filter(|b| **b == b'\n').count();
        self.at = end;
        self.line
    }
}

fn close(open: &mut Vec<Element>, root: &mut Option<Element>) {
    if let Some(done) = open.pop() {
        match open.last_mut() {
            Some(parent) => parent.children.push(done),
            None => *root = Some(done),
        }
    }
}

fn add_text(open: &mut [Element], text: &str, line: usize) -> Result<(), ExchangeError> {
    match open.last_mut() {
        Some(element) if text.chars().all(is_xml_char) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        Some(_) => {
            let why = "a character that XML 1.0 does not allow".to_owned();
            return Err(ExchangeError::Xml { line, why });
        }
        None => {
            let why = "text outside the root element".to_owned();
            return Err(ExchangeError::Xml { line, why });
        }
    }
    Ok(())
}

/// Writes a document into memory.
pub(super) struct Document {
    writer: Writer<Vec<u8>>,
    open: Vec<String>,
}

impl Document {
    /// Starts with the XML declaration.
    pub fn new() -> Self {
        let writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        let mut document = Self { writer, open: Vec::new() };
        document.put(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        document
    }

    fn put(&mut self, event: Event<'_>) {
        self.writer.write_event(event).expect("writing to memory does not fail");
    }

    fn tag<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
        let mut tag = BytesStart::new(name);
        for (key, value) in attributes {
            tag.push_attribute((*key, clean(value).as_str()));
        }
        tag
    }

    /// Opens an element.
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.put(Event::Start(Self::tag(name, attributes)));
        self.open.push(name.to_owned());
    }

    /// An element with attributes only.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.put(Event::Empty(Self::tag(name, attributes)));
    }

    /// Closes the element opened last.
    pub fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.put(Event::End(BytesEnd::new(name)));
        }
    }

    /// An element with text only.
    pub fn text(&mut self, name: &str, text: &str) {
        self.put(Event::Start(BytesStart::new(name)));
        self.put(Event::Text(BytesText::new(&clean(text))));
        self.put(Event::End(BytesEnd::new(name)));
    }

    /// Closes what is open and hands the text over.
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        let mut text = String::from_utf8(self.writer.into_inner())
            .expect("names and text came in as UTF-8 strings");
        text.push('\n');
        text
    }
}

/// Without the characters that XML 1.0 cannot carry.
pub(super) fn clean(text: &str) -> String {
    text.chars().filter(|c| is_xml_char(*c)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn why(text: &str) -> (usize, String) {
        match parse(text).unwrap_err() {
            ExchangeError::Xml { line, why } => (line, why),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn an_error_names_its_line() {
        assert_eq!(why("<a>\n<b>\n</a>").0, 3);
        assert_eq!(why("<a>\n<b/>\n").0, 1);
        assert_eq!(why("<a/>\n\n<b/>").0, 3);
        assert_eq!(why("<a>\n&nosuch;</a>").0, 2);
        assert_eq!(why("").1, "no element at all");
    }

    #[test]
    fn entities_of_the_document_s_own_are_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY x \"xxxx\">]>\n<a>&x;</a>";
        assert_eq!(why(bomb), (1, "a document type: none is read".to_owned()));
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert!(why(&"<a>".repeat(10_000)).1.contains("deeper"));
    }

    proptest! {
        #[test]
        fn any_text_survives_the_round_trip(text in "\\PC*", value in "\\PC*") {
            let mut document = Document::new();
            document.open("a", &[("k", &value)]);
            document.text("b", &text);
            let root = parse(&document.finish()).unwrap();
            prop_assert_eq!(&root.child("b").unwrap().text, &clean(&text));
        }

        #[test]
        fn reading_never_panics(text in "[<>a-c/&;#x0-9\"'=!\\[\\]\\- \n]{0,80}") {
            let _ = parse(&text);
        }
    }
}
