//! Every field of a record, one after another, without keeping any of it.

use std::fmt;

use super::block::{Record, extent, field_specification};
use super::record::take_bits;
use super::spec::{Content, Field, Item, Layout};

/// Where in a record a field stands: `040/RHO`, `250[1]/BDS1`, `RE/MD5/SUM/M5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldPath {
    /// Item, sub-item and its sub-item.
    names: [&'static str; 3],
    depth: usize,
    repetition: Option<usize>,
    field: &'static str,
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.names[0])?;
        for name in &self.names[1..self.depth] {
            write!(f, "/{name}")?;
        }
        if let Some(i) = self.repetition {
            write!(f, "[{i}]")?;
        }
        if !self.field.is_empty() {
            write!(f, "/{}", self.field)?;
        }
        Ok(())
    }
}

impl Record<'_> {
    /// Calls for each field that is not spare with its path and bits. An expansion field
    /// is gone into when its layout is known and it conforms.
    pub fn each_field(&self, mut each: impl FnMut(FieldPath, &'static Field, u64)) {
        for (item, octets) in self.items() {
            let path =
                FieldPath { names: [item.id, "", ""], depth: 1, repetition: None, field: "" };
            walk(&item.layout, octets, path, &mut each);
        }
    }
}

/// Walks over the fields of an item; octets that do not conform are passed over.
fn walk(
    layout: &'static Layout,
    octets: &[u8],
    path: FieldPath,
    each: &mut impl FnMut(FieldPath, &'static Field, u64),
) {
    match layout {
        Layout::Fixed(_, fields) => list(fields, octets, path, each),
        Layout::Extended(parts) => {
            for (part, octet) in parts.iter().zip(octets.chunks(1)) {
                list(part, octet, path, each);
            }
        }
        Layout::Repeated(length, fields) => {
            let octets = octets.get(1..).unwrap_or_default();
            repeat(*length, fields, octets, path, each);
        }
        Layout::RepeatedFx(length, fields) => repeat(*length, fields, octets, path, each),
        Layout::Compound(items) => parts(items, octets, true, path, each),
        Layout::CompoundOctet(items) => parts(items, octets, false, path, each),
        Layout::Explicit(Some(layout)) => {
            let octets = octets.get(1..).unwrap_or_default();
            if extent(layout, octets) == Ok(octets.len()) {
                walk(layout, octets, path, each);
            }
        }
        Layout::Explicit(None) => {}
    }
}

fn list(
    fields: &'static [Field],
    octets: &[u8],
    path: FieldPath,
    each: &mut impl FnMut(FieldPath, &'static Field, u64),
) {
    let mut skip = 0;
    for field in fields {
        if field.content != Content::Spare
            && let Some(bits) = take_bits(octets, skip, field.bits)
        {
            each(FieldPath { field: field.name, ..path }, field, bits);
        }
        skip += usize::from(field.bits);
    }
}

fn repeat(
    length: u8,
    fields: &'static [Field],
    octets: &[u8],
    path: FieldPath,
    each: &mut impl FnMut(FieldPath, &'static Field, u64),
) {
    for (i, octets) in octets.chunks_exact(usize::from(length)).enumerate() {
        list(fields, octets, FieldPath { repetition: Some(i), ..path }, each);
    }
}

fn parts(
    items: &'static [Option<Item>],
    octets: &[u8],
    fx: bool,
    path: FieldPath,
    each: &mut impl FnMut(FieldPath, &'static Field, u64),
) {
    let Ok((present, mut at)) = field_specification(octets, items, fx) else { return };
    for (slot, item) in items.iter().enumerate() {
        let Some(item) = item.as_ref().filter(|_| present >> slot & 1 == 1) else { continue };
        let rest = octets.get(at..).unwrap_or_default();
        let Ok(length) = extent(&item.layout, rest) else { return };
        let mut path = path;
        if let Some(name) = path.names.get_mut(path.depth) {
            *name = item.id;
            path.depth += 1;
        }
        walk(&item.layout, &rest[..length], path, each);
        at += length;
    }
}
