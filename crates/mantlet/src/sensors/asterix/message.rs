//! A record with all its content, to be read, changed and written.
//!
//! In: a decoded [`Record`], or a category for a new one. Out: octets, bit for bit what
//! was read when nothing was changed.

use super::block::{Block, DecodeError, Record, blocks, category};
use super::record::sign_extend;
use super::spec::{Category, Content, Field, Item, Layout, Place};
use super::value::{EncodeError, Value, write_field_specification};

/// A record's items with their content.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    category: &'static Category,
    /// Octets of the field specification at least.
    fspec: u8,
    /// By index in the UAP, rising.
    items: Vec<(u8, Value)>,
}

impl Message {
    /// A record without items; `None` for a category that is not known.
    pub fn new(number: u8) -> Option<Self> {
        Some(Self { category: category(number)?, fspec: 0, items: Vec::new() })
    }

    /// The whole content of a decoded record.
    pub fn read(record: &Record<'_>) -> Self {
        let mut items = Vec::with_capacity(record.present.count_ones() as usize);
        for (slot, item) in record.category.uap.iter().enumerate() {
            let octets = record.octets(slot as u8);
            if let (Some(item), Some(octets)) = (item, octets) {
                let value = Value::read_exact(&item.layout, octets);
                items.push((slot as u8, value.expect("decoding found the item's extent")));
            }
        }
        Self { category: record.category, fspec: record.fspec, items }
    }

    /// The messages of all blocks of a datagram.
    ///
    /// # Errors
    /// At the first fault.
    pub fn read_all(datagram: &[u8]) -> Result<Vec<Self>, DecodeError> {
        let mut messages = Vec::new();
        for block in blocks(datagram, 0) {
            messages.extend(block?.records()?.iter().map(Self::read));
        }
        Ok(messages)
    }

    /// The category.
    pub fn category(&self) -> &'static Category {
        self.category
    }

    /// The content of an item, by its index in the UAP.
    pub fn item(&self, slot: u8) -> Option<&Value> {
        self.items.iter().find(|(s, _)| *s == slot).map(|(_, value)| value)
    }

    /// The bits of a field; `None` when its item, sub-item or part is not there.
    pub fn bits(&self, place: Place) -> Option<u64> {
        let item = self.category.uap.get(usize::from(place.slot))?.as_ref()?;
        let (mut layout, mut value) = (&item.layout, self.item(place.slot)?);
        if let Some(sub) = place.sub {
            let (Layout::Compound(items), Value::Parts(_, parts)) = (layout, value) else {
                return None;
            };
            layout = &items.get(usize::from(sub))?.as_ref()?.layout;
            value = parts.iter().find(|(s, _)| *s == sub).map(|(_, value)| value)?;
        }
        let (part, field) = located(layout, place)?;
        match value {
            Value::Fields(values) => values.get(field).copied(),
            Value::Groups(groups) => groups.get(part)?.get(field).copied(),
            _ => None,
        }
    }

    /// The value of a numeric field in the standard's unit.
    pub fn value(&self, place: Place) -> Option<f64> {
        Some(place.value(self.bits(place)?))
    }

    /// Puts an item's content, in place of any that was there.
    pub fn set_item(&mut self, slot: u8, value: Value) {
        match self.items.binary_search_by_key(&slot, |(s, _)| *s) {
            Ok(at) => self.items[at].1 = value,
            Err(at) => self.items.insert(at, (slot, value)),
        }
    }

    /// Sets a field's bits; its item, sub-item and the parts before it come into being
    /// with zeros.
    ///
    /// # Errors
    /// When the bits are more than the field has, or the place is of another category.
    pub fn set(&mut self, place: Place, bits: u64) -> Result<(), EncodeError> {
        let name = place.field.name;
        if place.field.bits < 64 && bits >> place.field.bits != 0 {
            return Err(EncodeError::Bits(name, bits));
        }
        let item = self.category.uap.get(usize::from(place.slot)).and_then(Option::as_ref);
        let item = item.ok_or(EncodeError::Shape(name))?;
        if self.item(place.slot).is_none() {
            self.set_item(place.slot, Value::empty(&item.layout));
        }
        let value = self.items.iter_mut().find(|(s, _)| *s == place.slot).map(|(_, v)| v);
        let value = value.ok_or(EncodeError::Shape(item.id))?;
        let (layout, value) = match place.sub {
            None => (&item.layout, value),
            Some(sub) => part(item, value, sub).ok_or(EncodeError::Shape(item.id))?,
        };
        let field = field_at(layout, value, place).ok_or(EncodeError::Shape(item.id))?;
        *field = bits;
        Ok(())
    }

    /// Sets a number in the standard's unit, rounded to the field's LSB.
    ///
    /// # Errors
    /// When it is beyond the field's range or not finite.
    pub fn set_value(&mut self, place: Place, value: f64) -> Result<(), EncodeError> {
        let Content::Number { signed, lsb, .. } = place.field.content else {
            return Err(EncodeError::Shape(place.field.name));
        };
        let steps = (value / lsb).round();
        let span = 2_f64.powi(i32::from(place.field.bits));
        let (low, high) = if signed { (-span / 2.0, span / 2.0) } else { (0.0, span) };
        if !(low..high).contains(&steps) {
            return Err(EncodeError::Range(place.field.name));
        }
        let mask = u64::MAX >> (64 - u32::from(place.field.bits));
        self.set(place, (steps as i64 as u64) & mask)
    }

    /// Appends the record's octets.
    ///
    /// # Errors
    /// When a content does not fit its item's layout.
    pub fn write(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let uap = self.category.uap;
        let shape = EncodeError::Shape("FSPEC");
        let slots: Vec<u8> = self.items.iter().map(|(slot, _)| *slot).collect();
        write_field_specification(&slots, uap.len(), self.fspec, true, out).ok_or(shape)?;
        for (slot, value) in &self.items {
            let item = uap.get(usize::from(*slot)).and_then(Option::as_ref);
            value.write(item.ok_or(shape)?, out)?;
        }
        Ok(())
    }
}

/// A block of messages of one category.
///
/// # Errors
/// When a message does not fit its layouts, or all together are more than 65,535 octets.
pub fn write_block(number: u8, messages: &[Message]) -> Result<Vec<u8>, EncodeError> {
    let mut out = vec![number, 0, 0];
    for message in messages {
        message.write(&mut out)?;
    }
    let length = u16::try_from(out.len()).map_err(|_| EncodeError::Length(out.len()))?;
    out[1..3].copy_from_slice(&length.to_be_bytes());
    Ok(out)
}

impl Block<'_> {
    /// The block's records with all their content.
    ///
    /// # Errors
    /// When a record does not conform.
    pub fn messages(&self) -> Result<Vec<Message>, DecodeError> {
        Ok(self.records()?.iter().map(Message::read).collect())
    }
}

/// What a field's bits say, as text: a number in its unit, octal, characters, or the bits.
pub fn field_text(field: &Field, bits: u64) -> String {
    let characters = |size: u8, letter: &dyn Fn(u8) -> char| -> String {
        let mask = (1_u64 << size) - 1;
        (0..field.bits / size).rev().map(|i| letter((bits >> (i * size) & mask) as u8)).collect()
    };
    match field.content {
        Content::Number { signed: true, lsb, .. } => {
            format!("{:.9e}", sign_extend(bits, field.bits) as f64 * lsb)
        }
        Content::Number { lsb, .. } => format!("{:.9e}", bits as f64 * lsb),
        Content::Octal => format!("{bits:0width$o}", width = usize::from(field.bits / 3)),
        Content::Icao => characters(6, &super::cat048::icao_letter),
        Content::Ascii => {
            characters(8, &|c| if (32..127).contains(&c) { char::from(c) } else { '?' })
        }
        Content::Code | Content::Spare => bits.to_string(),
    }
}

/// The sub-item of a compound, brought into being if it is not there.
fn part<'v>(
    item: &'static Item,
    value: &'v mut Value,
    sub: u8,
) -> Option<(&'static Layout, &'v mut Value)> {
    let (Layout::Compound(items), Value::Parts(_, parts)) = (&item.layout, value) else {
        return None;
    };
    let layout = &items.get(usize::from(sub))?.as_ref()?.layout;
    let at = match parts.binary_search_by_key(&sub, |(s, _)| *s) {
        Ok(at) => at,
        Err(at) => {
            parts.insert(at, (sub, Value::empty(layout)));
            at
        }
    };
    Some((layout, &mut parts[at].1))
}

fn field_at<'v>(layout: &Layout, value: &'v mut Value, place: Place) -> Option<&'v mut u64> {
    let (part, field) = located(layout, place)?;
    match (layout, value) {
        (Layout::Fixed(..), Value::Fields(values)) => values.get_mut(field),
        (Layout::Extended(parts), Value::Groups(groups)) => {
            while groups.len() <= part {
                groups.push(vec![0; parts.get(groups.len())?.len()]);
            }
            groups.get_mut(part)?.get_mut(field)
        }
        _ => None,
    }
}

/// Part and index in it of the field at a place; part 0 of a fixed item.
fn located(layout: &Layout, place: Place) -> Option<(usize, usize)> {
    let (part, fields) = match layout {
        Layout::Fixed(_, fields) => (0, *fields),
        Layout::Extended(parts) => {
            let part = usize::from(place.skip / 8);
            (part, *parts.get(part)?)
        }
        _ => return None,
    };
    let mut skip = part as u16 * 8;
    let index = fields.iter().position(|field| {
        let here = skip;
        skip += u16::from(field.bits);
        here == place.skip
    })?;
    Some((part, index))
}
