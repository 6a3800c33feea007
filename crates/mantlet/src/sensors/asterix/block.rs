//! Data blocks and records: octets in, records with the place of each item out.
//!
//! EUROCONTROL-SPEC-0149 section 5: a block is a category octet, a length of two
//! octets that counts the whole block, then records. What does not conform is an error
//! with its byte offset: a field specification that names an item the category does
//! not have or goes on past its end, an extension past its last part, an item that the
//! block is too short for. A conforming block never fails, and a block that fails
//! gives no record at all: nothing behind the first fault can be trusted.

use std::fmt;

use super::spec::{Category, Item, Layout};
use super::{CAT015, CAT034, CAT048, CAT062, CAT063, CAT065};

/// Items in the longest user application profile, of CAT062.
pub(super) const SLOTS: usize = 35;

/// The categories that we know, by number.
pub fn category(number: u8) -> Option<&'static Category> {
    match number {
        15 => Some(&CAT015),
        34 => Some(&CAT034),
        48 => Some(&CAT048),
        62 => Some(&CAT062),
        63 => Some(&CAT063),
        65 => Some(&CAT065),
        _ => None,
    }
}

/// Why octets do not conform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Fewer than three octets where a block should begin.
    BlockHeader,
    /// A block's length is below three or beyond the datagram.
    BlockLength,
    /// The block ends inside the item.
    Short,
    /// The field specification names what the category does not define.
    Undefined,
    /// The field specification or extension goes on past its last octet.
    TooLong,
    /// A length octet of 0.
    Length,
    /// The category has no table here.
    Category,
}

/// Octets that do not conform, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// Category, 0 when it could not be read.
    pub category: u8,
    /// The item, "FSPEC", or empty for the block's header.
    pub item: &'static str,
    /// Byte offset in the datagram or file.
    pub at: usize,
    /// What is wrong.
    pub fault: Fault,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.fault {
            Fault::BlockHeader => "a block header of three bytes expected",
            Fault::BlockLength => "the block's length does not fit",
            Fault::Short => "the block ends inside the item",
            Fault::Undefined => "names an item that the category does not define",
            Fault::TooLong => "is extended past its last part",
            Fault::Length => "has length 0",
            Fault::Category => "a category that is not known here",
        };
        write!(f, "byte {}: CAT{:03} {}: {what}", self.at, self.category, self.item)
    }
}

impl std::error::Error for DecodeError {}

/// A block: a category and the octets of its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// The category.
    pub category: u8,
    /// Byte offset of the block in the datagram or file.
    pub at: usize,
    /// Its records, without the header.
    pub body: &'a [u8],
}

/// Walks over the blocks of a datagram; after a fault there are no more.
#[derive(Clone, Debug)]
pub struct Blocks<'a> {
    rest: &'a [u8],
    at: usize,
}

/// The blocks of a datagram, or of a file of blocks; `at` is the offset of its start.
pub fn blocks(datagram: &[u8], at: usize) -> Blocks<'_> {
    Blocks { rest: datagram, at }
}

impl<'a> Iterator for Blocks<'a> {
    type Item = Result<Block<'a>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        let (category, fault) = match *self.rest {
            [] => return None,
            [category, high, low, ..] => {
                let length = usize::from(u16::from_be_bytes([high, low]));
                if let Some((block, rest)) = self.rest.split_at_checked(length)
                    && let Some(body) = block.get(3..)
                {
                    self.rest = rest;
                    self.at += length;
                    return Some(Ok(Block { category, at, body }));
                }
                (category, Fault::BlockLength)
            }
            [category, ..] => (category, Fault::BlockHeader),
        };
        self.rest = &[];
        Some(Err(DecodeError { category, item: "", at, fault }))
    }
}

/// A record: which items it has and where each lies in the block.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    pub(super) category: &'static Category,
    pub(super) body: &'a [u8],
    /// Octets of the field specification.
    pub(super) fspec: u8,
    /// Bit i: the i-th item of the UAP is there.
    pub(super) present: u64,
    /// First octet and the octet after the last of each item, in `body`.
    pub(super) spans: [(u16, u16); SLOTS],
}

impl<'a> Block<'a> {
    /// Appends the block's records.
    ///
    /// # Errors
    /// When a record does not conform; then none is appended.
    pub fn decode_into(&self, records: &mut Vec<Record<'a>>) -> Result<(), DecodeError> {
        let error = |(item, at, fault)| DecodeError {
            category: self.category,
            item,
            at: self.at + 3 + at,
            fault,
        };
        let category = category(self.category).ok_or(error(("", 0, Fault::Category)))?;
        let before = records.len();
        let mut at = 0;
        while at < self.body.len() {
            match Record::decode(category, self.body, at) {
                Ok((record, next)) => {
                    records.push(record);
                    at = next;
                }
                Err(e) => {
                    records.truncate(before);
                    return Err(error(e));
                }
            }
        }
        Ok(())
    }

    /// The block's records.
    ///
    /// # Errors
    /// When a record does not conform.
    pub fn records(&self) -> Result<Vec<Record<'a>>, DecodeError> {
        let mut records = Vec::new();
        self.decode_into(&mut records)?;
        Ok(records)
    }
}

/// Item, offset in the block's body, fault.
type Misfit = (&'static str, usize, Fault);

impl<'a> Record<'a> {
    /// One record from `at`, and the offset behind it.
    fn decode(
        category: &'static Category,
        body: &'a [u8],
        at: usize,
    ) -> Result<(Self, usize), Misfit> {
        let (present, fspec) = field_specification(&body[at..], category.uap, true)
            .map_err(|(offset, fault)| ("FSPEC", at + offset, fault))?;
        let mut spans = [(0, 0); SLOTS];
        let mut from = at + fspec;
        let mut left = present;
        while left != 0 {
            let slot = left.trailing_zeros() as usize;
            left &= left - 1;
            let Some(item) = &category.uap[slot] else { continue };
            let length = extent(&item.layout, &body[from..])
                .map_err(|(offset, fault)| (item.id, from + offset, fault))?;
            spans[slot] = (from as u16, (from + length) as u16);
            from += length;
        }
        Ok((Self { category, body, fspec: fspec as u8, present, spans }, from))
    }
}

/// Offset and fault.
type Misplaced = (usize, Fault);

/// Reads a field specification: a bit for each item from the lowest up, and its octets.
pub(super) fn field_specification(
    bytes: &[u8],
    items: &[Option<Item>],
    fx: bool,
) -> Result<(u64, usize), Misplaced> {
    let per_octet = if fx { 7 } else { 8 };
    let most = items.len().div_ceil(per_octet);
    let mut present = 0_u64;
    for octet in 0..most {
        let byte = *bytes.get(octet).ok_or((octet, Fault::Short))?;
        let mut bits = if fx { byte & 0xfe } else { byte };
        while bits != 0 {
            let bit = bits.leading_zeros() as usize;
            bits &= !(0x80 >> bit);
            let slot = octet * per_octet + bit;
            if items.get(slot).is_none_or(Option::is_none) {
                return Err((octet, Fault::Undefined));
            }
            present |= 1 << slot;
        }
        if !fx || byte & 1 == 0 {
            return Ok((present, octet + 1));
        }
    }
    Err((most.saturating_sub(1), Fault::TooLong))
}

/// How many octets an item takes.
pub(super) fn extent(layout: &Layout, bytes: &[u8]) -> Result<usize, Misplaced> {
    let length = match *layout {
        Layout::Fixed(octets, _) => usize::from(octets),
        Layout::Extended(parts) => {
            let more = bytes.iter().take(parts.len()).take_while(|b| *b & 1 == 1).count();
            if more == parts.len() {
                return Err((more - 1, Fault::TooLong));
            }
            more + 1
        }
        Layout::Repeated(octets, _) => {
            let count = *bytes.first().ok_or((0, Fault::Short))?;
            1 + usize::from(count) * usize::from(octets)
        }
        Layout::RepeatedFx(octets, _) => {
            let octets = usize::from(octets);
            let mut end = octets;
            while bytes.get(end - 1).ok_or((bytes.len(), Fault::Short))? & 1 == 1 {
                end += octets;
            }
            end
        }
        Layout::Compound(items) => compound_extent(items, bytes, true)?,
        Layout::CompoundOctet(items) => compound_extent(items, bytes, false)?,
        Layout::Explicit(_) => match *bytes.first().ok_or((0, Fault::Short))? {
            0 => return Err((0, Fault::Length)),
            length => usize::from(length),
        },
    };
    if length > bytes.len() { Err((bytes.len(), Fault::Short)) } else { Ok(length) }
}

fn compound_extent(items: &[Option<Item>], bytes: &[u8], fx: bool) -> Result<usize, Misplaced> {
    let (mut present, mut at) = field_specification(bytes, items, fx)?;
    while present != 0 {
        let slot = present.trailing_zeros() as usize;
        present &= present - 1;
        let Some(item) = &items[slot] else { continue };
        at += extent(&item.layout, &bytes[at..]).map_err(|(offset, fault)| (at + offset, fault))?;
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The one record of a CAT048 block, or its fault.
    fn cat048(body: &[u8]) -> Result<usize, Fault> {
        let block = Block { category: 48, at: 0, body };
        block.records().map(|r| r.len()).map_err(|e| e.fault)
    }

    #[test]
    fn a_datagram_may_carry_several_blocks() {
        let datagram = [48, 0, 6, 0x80, 1, 2, 34, 0, 3];
        let got: Vec<_> = blocks(&datagram, 100).map(|b| b.map(|b| (b.category, b.at))).collect();
        assert_eq!(got, [Ok((48, 100)), Ok((34, 106))]);
    }

    #[test]
    fn a_broken_header_is_one_fault_and_the_end() {
        for (datagram, fault) in [
            (&[48, 0][..], Fault::BlockHeader),
            (&[48, 0, 2, 0][..], Fault::BlockLength),
            (&[48, 0, 9, 0x80, 1, 2][..], Fault::BlockLength),
        ] {
            let got: Vec<_> = blocks(datagram, 0).collect();
            assert_eq!(got.len(), 1);
            assert_eq!(got[0].map_err(|e| e.fault), Err(fault));
        }
    }

    #[test]
    fn what_conforms_is_taken_even_when_it_is_odd() {
        assert_eq!(cat048(&[]), Ok(0));
        // An empty record, a field specification longer than it need be, an empty
        // compound, no repetition, an empty expansion field.
        assert_eq!(cat048(&[0x00]), Ok(1));
        assert_eq!(cat048(&[0x81, 0x00, 1, 2]), Ok(1));
        assert_eq!(cat048(&[0x01, 0x01, 0x04, 0x00]), Ok(1));
        assert_eq!(cat048(&[0x01, 0x20, 0x00]), Ok(1));
        assert_eq!(cat048(&[0x01, 0x01, 0x01, 0x02, 0x01]), Ok(1));
        assert_eq!(cat048(&[0x20, 1, 1, 1, 1, 1, 0]), Ok(1));
    }

    #[test]
    fn what_does_not_conform_is_a_fault() {
        assert_eq!(cat048(&[0x81, 1, 1, 1, 0, 1, 2]), Err(Fault::TooLong));
        assert_eq!(cat048(&[0x20, 1, 1, 1, 1, 1, 1, 0]), Err(Fault::TooLong));
        assert_eq!(cat048(&[0x01, 0x01, 0x04, 0x20, 0, 0]), Err(Fault::Undefined));
        assert_eq!(cat048(&[0x01, 0x01, 0x04, 0x81, 0, 0, 0]), Err(Fault::TooLong));
        assert_eq!(cat048(&[0x01, 0x01, 0x01, 0x02, 0x00]), Err(Fault::Length));
        assert_eq!(cat048(&[0x80, 1]), Err(Fault::Short));
        assert_eq!(cat048(&[0x80, 1, 2, 0x01]), Err(Fault::Short));
        assert_eq!(cat048(&[0x01, 0x20, 0x01, 0]), Err(Fault::Short));
    }

    #[test]
    fn a_fault_names_its_byte_and_item() {
        let body = [0x80, 1, 2, 0x20, 1, 1];
        let error = Block { category: 48, at: 10, body: &body }.records().unwrap_err();
        assert_eq!(error.to_string(), "byte 19: CAT048 020: the block ends inside the item");
    }
}
