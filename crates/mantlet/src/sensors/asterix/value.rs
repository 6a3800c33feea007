//! An item's whole content as numbers: octets to fields and fields to octets.
//!
//! Spare bits are kept as they came and a field specification keeps its length, so that
//! what was read is written bit for bit.

use super::block::{extent, field_specification};
use super::record::take_bits;
use super::spec::{Field, Item, Layout};

/// The content of an item, in the shape of its layout; each number is a field's bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Of a fixed item: a number for each field, spare ones too.
    Fields(Vec<u64>),
    /// Of an extended item the parts that are there, of a repetitive one the repetitions.
    Groups(Vec<Vec<u64>>),
    /// Of a compound item: octets of its field specification (0 for as few as will do),
    /// and the sub-items by their index.
    Parts(u8, Vec<(u8, Value)>),
    /// Of an explicit item: what follows its length octet.
    Octets(Vec<u8>),
}

/// A content that cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The content has not the shape of the item's layout.
    #[error("item {0}: its content does not fit its layout")]
    Shape(&'static str),
    /// A number needs more bits than the field has.
    #[error("field {0}: {1} does not fit its bits")]
    Bits(&'static str, u64),
    /// A value is beyond what the field can hold.
    #[error("field {0}: the value is beyond its range")]
    Range(&'static str),
    /// More octets than a length can say.
    #[error("{0} octets are more than a block can hold")]
    Length(usize),
}

impl Value {
    /// An empty content of a layout: fields 0, one part, no repetition, no sub-item.
    pub fn empty(layout: &Layout) -> Self {
        match layout {
            Layout::Fixed(_, fields) => Self::Fields(vec![0; fields.len()]),
            Layout::Extended(parts) => {
                Self::Groups(parts.first().map(|p| vec![0; p.len()]).into_iter().collect())
            }
            Layout::Repeated(..) | Layout::RepeatedFx(..) => Self::Groups(Vec::new()),
            Layout::Compound(_) | Layout::CompoundOctet(_) => Self::Parts(0, Vec::new()),
            Layout::Explicit(_) => Self::Octets(Vec::new()),
        }
    }

    /// Reads the octets of an item; `None` when they are not exactly one such item.
    pub fn read(layout: &Layout, octets: &[u8]) -> Option<Self> {
        (extent(layout, octets) == Ok(octets.len())).then(|| Self::read_exact(layout, octets))?
    }

    /// As [`read`](Self::read), for octets that are known to be exactly one such item.
    pub(super) fn read_exact(layout: &Layout, octets: &[u8]) -> Option<Self> {
        let groups = |octets: &[u8], length: u8, fields| -> Option<Vec<_>> {
            octets.chunks_exact(usize::from(length)).map(|o| read_fields(fields, o)).collect()
        };
        Some(match layout {
            Layout::Fixed(_, fields) => Self::Fields(read_fields(fields, octets)?),
            Layout::Extended(parts) => {
                let one = |(part, octet): (&&[Field], &u8)| read_fields(part, &[*octet]);
                Self::Groups(parts.iter().zip(octets).map(one).collect::<Option<_>>()?)
            }
            Layout::Repeated(length, fields) => {
                Self::Groups(groups(octets.get(1..)?, *length, fields)?)
            }
            Layout::RepeatedFx(length, fields) => Self::Groups(groups(octets, *length, fields)?),
            Layout::Compound(items) => Self::read_parts(items, octets, true)?,
            Layout::CompoundOctet(items) => Self::read_parts(items, octets, false)?,
            Layout::Explicit(_) => Self::Octets(octets.get(1..)?.to_vec()),
        })
    }

    fn read_parts(items: &[Option<Item>], octets: &[u8], fx: bool) -> Option<Self> {
        let (present, mut at) = field_specification(octets, items, fx).ok()?;
        let fspec = at as u8;
        let mut parts = Vec::with_capacity(present.count_ones() as usize);
        for (slot, item) in items.iter().enumerate().filter(|(slot, _)| present >> slot & 1 == 1) {
            let layout = &item.as_ref()?.layout;
            let end = at + extent(layout, octets.get(at..)?).ok()?;
            parts.push((slot as u8, Self::read_exact(layout, octets.get(at..end)?)?));
            at = end;
        }
        Some(Self::Parts(fspec, parts))
    }

    /// Appends the octets of an item.
    ///
    /// # Errors
    /// When the content does not fit the layout; octets may then be left half-written.
    pub fn write(&self, item: &Item, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let shape = EncodeError::Shape(item.id);
        match (&item.layout, self) {
            (Layout::Fixed(_, fields), Self::Fields(values)) => {
                write_fields(fields, values, None, out).ok_or(shape)?
            }
            (Layout::Extended(parts), Self::Groups(groups)) => {
                if groups.is_empty() || groups.len() > parts.len() {
                    return Err(shape);
                }
                for (i, (part, values)) in parts.iter().zip(groups).enumerate() {
                    write_fields(part, values, Some(i + 1 < groups.len()), out).ok_or(shape)??;
                }
                Ok(())
            }
            (Layout::Repeated(_, fields), Self::Groups(groups)) => {
                out.push(u8::try_from(groups.len()).map_err(|_| shape)?);
                for values in groups {
                    write_fields(fields, values, None, out).ok_or(shape)??;
                }
                Ok(())
            }
            (Layout::RepeatedFx(_, fields), Self::Groups(groups)) => {
                if groups.is_empty() {
                    return Err(shape);
                }
                for (i, values) in groups.iter().enumerate() {
                    write_fields(fields, values, Some(i + 1 < groups.len()), out)
                        .ok_or(shape)??;
                }
                Ok(())
            }
            (Layout::Compound(items), Self::Parts(octets, parts)) => {
                write_parts(item.id, items, *octets, parts, true, out)
            }
            (Layout::CompoundOctet(items), Self::Parts(octets, parts)) => {
                write_parts(item.id, items, *octets, parts, false, out)
            }
            (Layout::Explicit(_), Self::Octets(octets)) => {
                out.push(u8::try_from(octets.len() + 1).map_err(|_| shape)?);
                out.extend(octets);
                Ok(())
            }
            _ => Err(shape),
        }
    }
}

fn read_fields(fields: &[Field], octets: &[u8]) -> Option<Vec<u64>> {
    let mut skip = 0;
    let mut values = Vec::with_capacity(fields.len());
    for field in fields {
        values.push(take_bits(octets, skip, field.bits)?);
        skip += usize::from(field.bits);
    }
    Some(values)
}

/// Appends fields and the extension bit, if there is one. `None` when there are not as
/// many values as fields.
fn write_fields(
    fields: &[Field],
    values: &[u64],
    fx: Option<bool>,
    out: &mut Vec<u8>,
) -> Option<Result<(), EncodeError>> {
    if fields.len() != values.len() {
        return None;
    }
    // At most seven bits are kept over from one field to the next.
    let (mut held, mut count) = (0_u128, 0_u32);
    let with_fx = fields.iter().zip(values).map(|(f, v)| (f.name, f.bits, *v));
    for (name, bits, value) in with_fx.chain(fx.map(|fx| ("FX", 1, u64::from(fx)))) {
        if bits < 64 && value >> bits != 0 {
            return Some(Err(EncodeError::Bits(name, value)));
        }
        held = held << bits | u128::from(value);
        count += u32::from(bits);
        while count >= 8 {
            count -= 8;
            out.push((held >> count) as u8);
        }
        held &= (1 << count) - 1;
    }
    Some(Ok(()))
}

fn write_parts(
    id: &'static str,
    items: &[Option<Item>],
    octets: u8,
    parts: &[(u8, Value)],
    fx: bool,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let slots: Vec<u8> = parts.iter().map(|(slot, _)| *slot).collect();
    write_field_specification(&slots, items.len(), octets, fx, out)
        .ok_or(EncodeError::Shape(id))?;
    for (slot, value) in parts {
        let item = items.get(usize::from(*slot)).and_then(Option::as_ref);
        value.write(item.ok_or(EncodeError::Shape(id))?, out)?;
    }
    Ok(())
}

/// Appends a field specification of at least so many octets; `None` when the slots do not
/// rise or are beyond the items.
pub(super) fn write_field_specification(
    slots: &[u8],
    items: usize,
    octets: u8,
    fx: bool,
    out: &mut Vec<u8>,
) -> Option<()> {
    let rising = slots.windows(2).all(|pair| pair[0] < pair[1]);
    let last = slots.last().map_or(0, |slot| usize::from(*slot));
    let per_octet = if fx { 7 } else { 8 };
    let most = items.div_ceil(per_octet);
    let octets = (last / per_octet + 1).max(usize::from(octets));
    if !rising || last >= items || octets > most {
        return None;
    }
    let from = out.len();
    out.resize(from + octets, u8::from(fx));
    if fx {
        out[from + octets - 1] = 0;
    }
    for slot in slots {
        let slot = usize::from(*slot);
        out[from + slot / per_octet] |= 0x80 >> (slot % per_octet);
    }
    Some(())
}
