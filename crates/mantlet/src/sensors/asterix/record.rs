//! Fields of a decoded record, by the places that the category's table gives.

use super::block::{Record, extent, field_specification};
use super::spec::{Category, Content, Item, Layout, Place};

impl<'a> Record<'a> {
    /// The record's category.
    pub fn category(&self) -> &'static Category {
        self.category
    }

    /// The octets of an item, by its index in the UAP.
    pub fn octets(&self, slot: u8) -> Option<&'a [u8]> {
        if self.present >> slot & 1 == 0 {
            return None;
        }
        let (from, to) = self.spans[usize::from(slot)];
        self.body.get(usize::from(from)..usize::from(to))
    }

    /// The items that are there: each with its octets.
    pub fn items(&self) -> impl Iterator<Item = (&'static Item, &'a [u8])> {
        let (category, record) = (self.category, *self);
        category
            .uap
            .iter()
            .enumerate()
            .filter_map(move |(slot, item)| Some((item.as_ref()?, record.octets(slot as u8)?)))
    }

    /// The bits of a field; `None` when its item, sub-item or part is not there.
    pub fn bits(&self, place: Place) -> Option<u64> {
        let mut octets = self.octets(place.slot)?;
        if let Some(sub) = place.sub {
            octets = sub_octets(
                &self.category.uap[usize::from(place.slot)].as_ref()?.layout,
                octets,
                sub,
            )?;
        }
        take_bits(octets, usize::from(place.skip), place.field.bits)
    }

    /// The value of a numeric field in the standard's unit.
    pub fn value(&self, place: Place) -> Option<f64> {
        Some(place.value(self.bits(place)?))
    }
}

impl Place {
    /// The value of a field's bits in the standard's unit; the bits of what is no number.
    pub(super) fn value(&self, bits: u64) -> f64 {
        match self.field.content {
            Content::Number { signed: true, lsb, .. } => {
                sign_extend(bits, self.field.bits) as f64 * lsb
            }
            Content::Number { lsb, .. } => bits as f64 * lsb,
            _ => bits as f64,
        }
    }
}

/// Octets of a sub-item of a compound item.
fn sub_octets<'a>(layout: &Layout, octets: &'a [u8], sub: u8) -> Option<&'a [u8]> {
    let Layout::Compound(items) = layout else { return None };
    let (present, mut at) = field_specification(octets, items, true).ok()?;
    for (slot, item) in items.iter().enumerate().filter(|(slot, _)| present >> slot & 1 == 1) {
        let length = extent(&item.as_ref()?.layout, &octets[at..]).ok()?;
        if slot == usize::from(sub) {
            return octets.get(at..at + length);
        }
        at += length;
    }
    None
}

/// `count` bits (at most 64) from bit `skip` on, most significant first; `None` beyond
/// the octets.
pub(super) fn take_bits(octets: &[u8], skip: usize, count: u8) -> Option<u64> {
    let end = skip + usize::from(count);
    let octets = octets.get(skip / 8..end.div_ceil(8))?;
    if octets.len() <= 8 {
        let bits = octets.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let bits = bits >> (octets.len() * 8 - (skip % 8) - usize::from(count));
        return Some(bits & (u64::MAX >> (64 - u32::from(count))));
    }
    let mut bits = 0_u128;
    for byte in octets {
        bits = bits << 8 | u128::from(*byte);
    }
    bits >>= octets.len() * 8 - (skip % 8) - usize::from(count);
    Some((bits & ((1_u128 << count) - 1)) as u64)
}

/// Two's complement of so many bits.
pub(super) fn sign_extend(bits: u64, count: u8) -> i64 {
    let unused = 64 - u32::from(count);
    (bits << unused) as i64 >> unused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_taken_across_octets() {
        let octets = [0b1010_0101, 0b1100_0011, 0xff];
        assert_eq!(take_bits(&octets, 0, 8), Some(0b1010_0101));
        assert_eq!(take_bits(&octets, 4, 8), Some(0b0101_1100));
        assert_eq!(take_bits(&octets, 15, 1), Some(1));
        assert_eq!(take_bits(&octets, 20, 5), None);
        assert_eq!(take_bits(&[0xff; 9], 4, 64), Some(u64::MAX));
    }

    #[test]
    fn twos_complement_is_sign_extended() {
        assert_eq!(sign_extend(0x3bc, 10), -68);
        assert_eq!(sign_extend(0x00b, 10), 11);
        assert_eq!(sign_extend(1, 1), -1);
        assert_eq!(sign_extend(u64::MAX, 64), -1);
    }
}
