//! Reading TOML so that every problem names its place.
//!
//! In: the text of a file. Out: typed values, and all problems at once, each with
//! file, line, field, value seen and what was expected; unknown keys with the
//! nearest known one. Nothing non-finite passes.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};

use thiserror::Error;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One thing that is wrong with a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The file, as it was named.
    pub path: PathBuf,
    /// Line, from 1; 0 when the file as a whole is meant.
    pub line: usize,
    /// The field, dotted, or what stands for it.
    pub field: String,
    /// What was there.
    pub seen: String,
    /// What should be.
    pub expected: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {}: {}: expected {}", self.field, self.seen, self.expected)
    }
}

/// All problems of a load.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Problems(pub Vec<Problem>);

/// A file being read, and what is wrong with it so far.
pub(crate) struct Document {
    path: PathBuf,
    text: String,
    problems: RefCell<Vec<Problem>>,
}

/// The line (from 1) on which byte `offset` of `text` stands.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|b| **b == b'\n').count() + 1
}

/// The text of a file, or the problem that it cannot be read.
pub(crate) fn read_text(path: &Path) -> Result<String, Problems> {
    let problem = |seen: String, expected: &str| {
        Problems(vec![Problem {
            path: path.to_path_buf(),
            line: 0,
            field: "file".into(),
            seen,
            expected: expected.into(),
        }])
    };
    let bytes = std::fs::read(path).map_err(|e| problem(e.to_string(), "a readable file"))?;
    let text = String::from_utf8(bytes)
        .map_err(|e| problem(format!("byte {}", e.utf8_error().valid_up_to()), "UTF-8 text"))?;
    if text.trim().is_empty() {
        return Err(problem("empty".into(), "some content"));
    }
    Ok(text)
}

impl Document {
    pub(crate) fn read(path: &Path) -> Result<Self, Problems> {
        Ok(Self {
            path: path.to_path_buf(),
            text: read_text(path)?,
            problems: RefCell::new(Vec::new()),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn note(&self, line: usize, field: &str, seen: &str, expected: &str) {
        self.problems.borrow_mut().push(Problem {
            path: self.path.clone(),
            line,
            field: field.into(),
            seen: seen.into(),
            expected: expected.into(),
        });
    }

    /// Problems found elsewhere while this file was read (a file that it names).
    pub(crate) fn adopt(&self, problems: Problems) {
        self.problems.borrow_mut().extend(problems.0);
    }

    /// Parses the text and hands the root table to `read`.
    pub(crate) fn parse<T>(self, read: impl FnOnce(&Table<'_>) -> T) -> Result<T, Problems> {
        let root = match DeTable::parse(&self.text) {
            Ok(root) => root,
            Err(e) => {
                let span = e.span().unwrap_or(0..0);
                let line = line_of(&self.text, span.start);
                let seen = self.text.lines().nth(line - 1).unwrap_or("").trim();
                self.note(line, "TOML", seen, e.message());
                return Err(Problems(self.problems.into_inner()));
            }
        };
        let table = Table::new(&self, root.get_ref(), String::new(), 0..0);
        let value = read(&table);
        table.finish();
        let mut problems = self.problems.into_inner();
        problems.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
        if problems.is_empty() { Ok(value) } else { Err(Problems(problems)) }
    }
}

/// One table of a document.
pub(crate) struct Table<'d> {
    document: &'d Document,
    table: &'d DeTable<'d>,
    prefix: String,
    span: Range<usize>,
    known: RefCell<BTreeSet<String>>,
}

impl<'d> Table<'d> {
    fn new(
        document: &'d Document,
        table: &'d DeTable<'d>,
        prefix: String,
        span: Range<usize>,
    ) -> Self {
        Self { document, table, prefix, span, known: RefCell::default() }
    }

    pub(crate) fn document(&self) -> &'d Document {
        self.document
    }

    fn name(&self, key: &str) -> String {
        if self.prefix.is_empty() { key.into() } else { format!("{}.{key}", self.prefix) }
    }

    fn value(&self, key: &str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.known.borrow_mut().insert(key.into());
        self.table.get(key)
    }

    /// Whether the key is there.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// Line of a key's value, or of the table.
    pub(crate) fn line(&self, key: &str) -> usize {
        let at = self.table.get(key).map_or(self.span.start, |v| v.span().start);
        line_of(&self.document.text, at)
    }

    /// Notes a problem with a key's value.
    pub(crate) fn wrong(&self, key: &str, expected: &str) {
        let seen = self.table.get(key).map_or("missing".into(), |v| self.seen(v));
        self.document.note(self.line(key), &self.name(key), &seen, expected);
    }

    fn seen(&self, value: &Spanned<DeValue<'d>>) -> String {
        let text = self.document.text.get(value.span()).unwrap_or("");
        let first = text.lines().next().unwrap_or("");
        if first.len() < text.len() { format!("{first}...") } else { first.into() }
    }

    fn to_f64(value: &DeValue<'_>) -> Option<f64> {
        let number = match value {
            DeValue::Float(f) => f.as_str().replace('_', "").parse().ok(),
            DeValue::Integer(i) => {
                i64::from_str_radix(i.as_str(), i.radix()).ok().map(|i| i as f64)
            }
            _ => None,
        };
        number.filter(|f: &f64| f.is_finite())
    }

    /// A number that may be absent.
    pub(crate) fn maybe_number(&self, key: &str, range: RangeInclusive<f64>) -> Option<f64> {
        let number = Self::to_f64(self.value(key)?.get_ref()).filter(|n| range.contains(n));
        if number.is_none() {
            self.wrong(key, &format!("a number from {} to {}", range.start(), range.end()));
        }
        number
    }

    /// A number with a default.
    pub(crate) fn number_or(&self, key: &str, default: f64, range: RangeInclusive<f64>) -> f64 {
        self.maybe_number(key, range).unwrap_or(default)
    }

    /// A number that must be there; after a problem the range's start stands in.
    pub(crate) fn number(&self, key: &str, range: RangeInclusive<f64>) -> f64 {
        if !self.has(key) {
            self.wrong(key, &format!("a number from {} to {}", range.start(), range.end()));
        }
        self.maybe_number(key, range.clone()).unwrap_or(*range.start())
    }

    /// A whole number that may be absent.
    pub(crate) fn maybe_count(&self, key: &str, range: RangeInclusive<u64>) -> Option<u64> {
        let count = Self::to_f64(self.value(key)?.get_ref())
            .filter(|n| n.fract() == 0.0 && *n >= 0.0)
            .map(|n| n as u64)
            .filter(|n| range.contains(n));
        if count.is_none() {
            self.wrong(key, &format!("a whole number from {} to {}", range.start(), range.end()));
        }
        count
    }

    /// A whole number, or a pair of them as lowest and highest.
    pub(crate) fn maybe_count_range(
        &self,
        key: &str,
        range: RangeInclusive<u64>,
    ) -> Option<[u64; 2]> {
        let whole = |v: &DeValue<'_>| {
            Self::to_f64(v)
                .filter(|n| n.fract() == 0.0 && *n >= 0.0)
                .map(|n| n as u64)
                .filter(|n| range.contains(n))
        };
        let value = self.value(key)?.get_ref();
        let pair = match value {
            DeValue::Array(list) => {
                match list.iter().map(|v| whole(v.get_ref())).collect::<Vec<_>>()[..] {
                    [Some(lo), Some(hi)] if lo <= hi => Some([lo, hi]),
                    _ => None,
                }
            }
            one => whole(one).map(|n| [n, n]),
        };
        if pair.is_none() {
            self.wrong(
                key,
                &format!(
                    "a whole number from {} to {}, or [lowest, highest]",
                    range.start(),
                    range.end()
                ),
            );
        }
        pair
    }

    /// Numbers, one or more.
    pub(crate) fn maybe_numbers(&self, key: &str, range: RangeInclusive<f64>) -> Option<Vec<f64>> {
        let list: Vec<f64> = match self.value(key)?.get_ref() {
            DeValue::Array(list) => {
                let numbers = list.iter().map(|v| Self::to_f64(v.get_ref()));
                numbers.map(|n| n.filter(|n| range.contains(n)).unwrap_or(f64::NAN)).collect()
            }
            one => vec![Self::to_f64(one).filter(|n| range.contains(n)).unwrap_or(f64::NAN)],
        };
        if list.is_empty() || list.iter().any(|n| n.is_nan()) {
            let (low, high) = (range.start(), range.end());
            self.wrong(key, &format!("numbers from {low} to {high}, as [{low}, {high}]"));
            return None;
        }
        Some(list)
    }

    /// Texts, one or more; `None` when absent or wrong.
    pub(crate) fn maybe_names(&self, key: &str) -> Option<Vec<String>> {
        let list: Option<Vec<String>> = match self.value(key)?.get_ref() {
            DeValue::Array(list) => list
                .iter()
                .map(|v| match v.get_ref() {
                    DeValue::String(s) if !s.trim().is_empty() => Some(s.to_string()),
                    _ => None,
                })
                .collect(),
            _ => None,
        };
        if list.is_none() {
            self.wrong(key, "a list of texts");
        }
        list
    }

    /// Whether a key is true; false when absent.
    pub(crate) fn is_set(&self, key: &str) -> bool {
        match self.value(key).map(|v| v.get_ref()) {
            None => false,
            Some(DeValue::Boolean(b)) => *b,
            Some(_) => {
                self.wrong(key, "true or false");
                false
            }
        }
    }

    /// The keys of a table whose keys are names of the user's own.
    pub(crate) fn names(&self) -> Vec<String> {
        self.table.iter().map(|(key, _)| key.get_ref().to_string()).collect()
    }

    /// An ascending pair of numbers.
    pub(crate) fn maybe_pair(&self, key: &str, range: RangeInclusive<f64>) -> Option<[f64; 2]> {
        let list = match self.value(key)?.get_ref() {
            DeValue::Array(list) => list.iter().map(|v| Self::to_f64(v.get_ref())).collect(),
            _ => Vec::new(),
        };
        let pair = match list[..] {
            [Some(a), Some(b)] if a <= b && range.contains(&a) && range.contains(&b) => {
                Some([a, b])
            }
            _ => None,
        };
        if pair.is_none() {
            self.wrong(
                key,
                &format!("two ascending numbers from {} to {}", range.start(), range.end()),
            );
        }
        pair
    }

    /// A text that may be absent.
    pub(crate) fn maybe_text(&self, key: &str) -> Option<String> {
        let text = match self.value(key)?.get_ref() {
            DeValue::String(s) if !s.trim().is_empty() => Some(s.to_string()),
            _ => None,
        };
        if text.is_none() {
            self.wrong(key, "a text that is not empty");
        }
        text
    }

    /// A list of texts; empty when absent.
    pub(crate) fn maybe_texts(&self, key: &str) -> Vec<String> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let texts: Option<Vec<String>> = match value.get_ref() {
            DeValue::String(s) if !s.trim().is_empty() => Some(vec![s.to_string()]),
            DeValue::Array(list) => list
                .iter()
                .map(|v| match v.get_ref() {
                    DeValue::String(s) if !s.trim().is_empty() => Some(s.to_string()),
                    _ => None,
                })
                .collect(),
            _ => None,
        };
        if texts.is_none() {
            self.wrong(key, "a text or a list of texts");
        }
        texts.unwrap_or_default()
    }

    /// A truth value that may be absent.
    pub(crate) fn maybe_flag(&self, key: &str) -> Option<bool> {
        let flag = match self.value(key)?.get_ref() {
            DeValue::Boolean(b) => Some(*b),
            _ => None,
        };
        if flag.is_none() {
            self.wrong(key, "true or false");
        }
        flag
    }

    /// A text that must be there.
    pub(crate) fn text(&self, key: &str) -> String {
        if !self.has(key) {
            self.wrong(key, "a text that is not empty");
        }
        self.maybe_text(key).unwrap_or_default()
    }

    /// One of some words; `None` when absent or wrong.
    pub(crate) fn maybe_word(&self, key: &str, words: &[&str]) -> Option<String> {
        let text = self.maybe_text(key)?;
        if words.contains(&text.as_str()) {
            return Some(text);
        }
        self.wrong(key, &format!("one of {}{}", words.join(", "), nearest(&text, words)));
        None
    }

    /// A table that may be absent.
    pub(crate) fn maybe_table(&self, key: &str) -> Option<Table<'d>> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::Table(t) => Some(Self::new(self.document, t, self.name(key), value.span())),
            _ => {
                self.wrong(key, "a table");
                None
            }
        }
    }

    /// The tables of an array of tables; empty when absent.
    pub(crate) fn tables(&self, key: &str) -> Vec<Table<'d>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let DeValue::Array(list) = value.get_ref() else {
            self.wrong(key, &format!("tables headed [[{key}]]"));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (i, item) in list.iter().enumerate() {
            match item.get_ref() {
                DeValue::Table(t) => tables.push(Self::new(
                    self.document,
                    t,
                    format!("{}[{i}]", self.name(key)),
                    item.span(),
                )),
                _ => self.wrong(key, &format!("tables headed [[{key}]]")),
            }
        }
        tables
    }

    /// Notes every key that nobody asked for, with the nearest known one.
    pub(crate) fn finish(&self) {
        let known = self.known.borrow();
        let words: Vec<&str> = known.iter().map(String::as_str).collect();
        for (key, _) in self.table.iter() {
            if !known.contains(key.get_ref().as_ref()) {
                let line = line_of(&self.document.text, key.span().start);
                let hint = nearest(key.get_ref(), &words);
                let expected = if hint.is_empty() {
                    format!("one of {}", words.join(", "))
                } else {
                    format!("a known key{hint}")
                };
                self.document.note(line, &self.name(key.get_ref()), "unknown key", &expected);
            }
        }
    }
}

/// ` (did you mean X?)` for the closest of `words`, or nothing when none is close.
pub(crate) fn nearest(seen: &str, words: &[&str]) -> String {
    words
        .iter()
        .map(|w| (strsim::jaro_winkler(seen, w), w))
        .filter(|(score, _)| *score > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or(String::new(), |(_, w)| format!(" (did you mean \"{w}\"?)"))
}
