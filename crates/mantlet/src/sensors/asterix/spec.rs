//! The words in which a category's layout is written down.
//!
//! EUROCONTROL-SPEC-0149 (ASTERIX Part 1) section 5: a record is a field
//! specification (FSPEC) followed by data items in the order of the user application
//! profile (UAP); an item has a fixed, extended, repetitive, compound or explicit
//! format. Each `catNNN_table.rs` writes one category in these words, from the
//! machine-readable specifications of the asterix-specs project.

/// What a field's bits mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Content {
    /// Spare bits, 0 on sending.
    Spare,
    /// A code, a count or plain bits.
    Code,
    /// A number: bits times `lsb`, in `unit`.
    Number {
        /// Two's complement.
        signed: bool,
        /// Value of the least significant bit.
        lsb: f64,
        /// The standard's unit: NM, FL, ft, °, s, m/s, …
        unit: &'static str,
    },
    /// Octal digits of three bits.
    Octal,
    /// Characters of six bits (ICAO Annex 10 volume IV, table 3-9).
    Icao,
    /// Characters of eight bits.
    Ascii,
}

/// A run of bits with one meaning; the name is empty where the item is one field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// The standard's name.
    pub name: &'static str,
    /// How many bits, at most 64.
    pub bits: u8,
    /// What they mean.
    pub content: Content,
}

/// How an item's octets are laid out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Layout {
    /// So many octets, filled by the fields.
    Fixed(u8, &'static [Field]),
    /// One part after another, each ended by an extension bit (FX).
    Extended(&'static [&'static [Field]]),
    /// A count octet, then as many times so many octets.
    Repeated(u8, &'static [Field]),
    /// So many octets, the last bit being FX, as long as it is set.
    RepeatedFx(u8, &'static [Field]),
    /// A field specification of its own, with FX, then the sub-items it names.
    Compound(&'static [Option<Item>]),
    /// As compound, with exactly one octet of field specification and no FX.
    CompoundOctet(&'static [Option<Item>]),
    /// A length octet that counts itself, then octets agreed on elsewhere.
    Explicit(Option<&'static Layout>),
}

/// A data item, or the sub-item of a compound one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Item {
    /// The standard's number ("040") or sub-item name ("CAL").
    pub id: &'static str,
    /// The standard's title.
    pub title: &'static str,
    /// Its layout.
    pub layout: Layout,
}

/// A category: its items in the order of the UAP.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Category {
    /// The category's number.
    pub number: u8,
    /// The edition written down here.
    pub edition: &'static str,
    /// One entry for each bit of the field specification; `None` is not in use.
    pub uap: &'static [Option<Item>],
}

/// Where a field of fixed place is: worked out by the compiler from a category's table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Index in the UAP.
    pub(super) slot: u8,
    /// Index among the sub-items of a compound item.
    pub(super) sub: Option<u8>,
    /// Bits before the field.
    pub(super) skip: u16,
    /// The field.
    pub(super) field: Field,
}

impl Category {
    /// Index of an item in the UAP.
    ///
    /// # Panics
    /// When there is none: at compile time, if called for a constant.
    pub const fn slot(&self, id: &str) -> u8 {
        index_of(self.uap, id)
    }

    /// Place of a field of an item.
    ///
    /// # Panics
    /// When there is none: at compile time, if called for a constant.
    pub const fn field(&self, id: &str, name: &str) -> Place {
        let slot = self.slot(id);
        let Some(item) = &self.uap[slot as usize] else { panic!("no such item") };
        let (skip, field) = find(item.layout, name);
        Place { slot, sub: None, skip, field }
    }

    /// Place of a field of a sub-item.
    ///
    /// # Panics
    /// When there is none: at compile time, if called for a constant.
    pub const fn sub_field(&self, id: &str, sub: &str, name: &str) -> Place {
        let slot = self.slot(id);
        let Some(item) = &self.uap[slot as usize] else { panic!("no such item") };
        let Layout::Compound(subs) = item.layout else { panic!("not a compound item") };
        let at = index_of(subs, sub);
        let Some(item) = &subs[at as usize] else { panic!("no such sub-item") };
        let (skip, field) = find(item.layout, name);
        Place { slot, sub: Some(at), skip, field }
    }
}

const fn index_of(items: &[Option<Item>], id: &str) -> u8 {
    let mut i = 0;
    while i < items.len() {
        if let Some(item) = &items[i]
            && same(item.id, id)
        {
            return i as u8;
        }
        i += 1;
    }
    panic!("no such item")
}

const fn find(layout: Layout, name: &str) -> (u16, Field) {
    let (parts, fx): (&[&[Field]], u16) = match layout {
        Layout::Fixed(_, fields) => (&[fields], 0),
        Layout::Extended(parts) => (parts, 1),
        _ => panic!("the item has no field of fixed place"),
    };
    let mut skip = 0;
    let mut p = 0;
    while p < parts.len() {
        let mut f = 0;
        while f < parts[p].len() {
            let field = parts[p][f];
            if same(field.name, name) && !matches!(field.content, Content::Spare) {
                return (skip, field);
            }
            skip += field.bits as u16;
            f += 1;
        }
        skip += fx;
        p += 1;
    }
    panic!("no such field")
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// 2 to the power of `n`: the standard writes its LSBs as 180/2^25.
pub(super) const fn pow2(n: u32) -> f64 {
    (1_u64 << n) as f64
}

/// An item of a UAP or a compound.
pub(super) const fn item(id: &'static str, title: &'static str, layout: Layout) -> Option<Item> {
    Some(Item { id, title, layout })
}

/// Octets that the fields fill, with `more` bits beside them.
const fn octets(fields: &[Field], more: u32) -> u8 {
    let mut bits = more;
    let mut i = 0;
    while i < fields.len() {
        assert!(fields[i].bits > 0 && fields[i].bits <= 64, "a field has 1 to 64 bits");
        bits += fields[i].bits as u32;
        i += 1;
    }
    assert!(bits.is_multiple_of(8) && bits < 8 * 256, "fields fill whole octets");
    (bits / 8) as u8
}

pub(super) const fn fixed(fields: &'static [Field]) -> Layout {
    Layout::Fixed(octets(fields, 0), fields)
}

pub(super) const fn extended(parts: &'static [&'static [Field]]) -> Layout {
    let mut i = 0;
    while i < parts.len() {
        assert!(octets(parts[i], 1) == 1, "each part is an octet with its FX");
        i += 1;
    }
    Layout::Extended(parts)
}

pub(super) const fn repeated(fields: &'static [Field]) -> Layout {
    Layout::Repeated(octets(fields, 0), fields)
}

pub(super) const fn repeated_fx(fields: &'static [Field]) -> Layout {
    Layout::RepeatedFx(octets(fields, 1), fields)
}

pub(super) const fn spare(bits: u8) -> Field {
    Field { name: "", bits, content: Content::Spare }
}

pub(super) const fn code(name: &'static str, bits: u8) -> Field {
    Field { name, bits, content: Content::Code }
}

pub(super) const fn unsigned(name: &'static str, bits: u8, lsb: f64, unit: &'static str) -> Field {
    Field { name, bits, content: Content::Number { signed: false, lsb, unit } }
}

pub(super) const fn signed(name: &'static str, bits: u8, lsb: f64, unit: &'static str) -> Field {
    Field { name, bits, content: Content::Number { signed: true, lsb, unit } }
}

pub(super) const fn octal(name: &'static str, bits: u8) -> Field {
    Field { name, bits, content: Content::Octal }
}

pub(super) const fn icao(name: &'static str, bits: u8) -> Field {
    Field { name, bits, content: Content::Icao }
}

pub(super) const fn ascii(name: &'static str, bits: u8) -> Field {
    Field { name, bits, content: Content::Ascii }
}
