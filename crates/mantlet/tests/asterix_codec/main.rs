//! The ASTERIX codec against itself, against real captures and against an independent
//! decoder.
//!
//! - Random records of every category, filled from the category's own table, are written
//!   and read back; random octets never panic; whatever decodes is written bit for bit.
//! - Every conforming block of the captures is written back bit for bit.
//! - The PyPI package `libasterix` reads the same blocks, random, damaged and real, to the
//!   same fields, bits and values. It is looked for with the interpreter that
//!   `MANTLET_PEER_PYTHON` names, with `.venv/bin/python` of the repository and with
//!   `python3`; where it is not installed the test says so and passes. To install:
//!   `python3 -m venv .venv && .venv/bin/pip install libasterix==0.36.3`.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use mantlet::sensors::asterix::{
    Content, EncodeError, Field, Item, Layout, Message, Value, blocks, category, field_text,
    write_block,
};
use mantlet::sensors::{Datagrams, Tally};
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const CATEGORIES: [u8; 6] = [15, 34, 48, 62, 63, 65];

struct Random(ChaCha8Rng);

impl Random {
    fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    fn below(&mut self, n: usize) -> usize {
        (self.0.next_u64() % n as u64) as usize
    }

    fn fields(&mut self, fields: &[Field]) -> Vec<u64> {
        let bits = |f: &Field| match f.content {
            Content::Spare => 0,
            _ => self.0.next_u64() >> (64 - u32::from(f.bits)),
        };
        fields.iter().map(bits).collect()
    }

    fn value(&mut self, layout: &Layout) -> Value {
        match layout {
            Layout::Fixed(_, fields) => Value::Fields(self.fields(fields)),
            Layout::Extended(parts) => {
                let count = 1 + self.below(parts.len());
                Value::Groups(parts[..count].iter().map(|p| self.fields(p)).collect())
            }
            Layout::Repeated(_, fields) => {
                let count = self.below(4);
                Value::Groups((0..count).map(|_| self.fields(fields)).collect())
            }
            Layout::RepeatedFx(_, fields) => {
                let count = 1 + self.below(3);
                Value::Groups((0..count).map(|_| self.fields(fields)).collect())
            }
            Layout::Compound(items) | Layout::CompoundOctet(items) => {
                let parts = self.some(items);
                Value::Parts(0, parts)
            }
            Layout::Explicit(Some(layout)) => {
                let value = self.value(layout);
                let item = Item { id: "RE", title: "", layout: **layout };
                let mut octets = Vec::new();
                value.write(&item, &mut octets).expect("made to fit");
                octets.truncate(254);
                Value::Octets(octets)
            }
            Layout::Explicit(None) => {
                let count = self.below(6);
                Value::Octets((0..count).map(|_| self.0.next_u64() as u8).collect())
            }
        }
    }

    /// Some of the items, with content.
    fn some(&mut self, items: &[Option<Item>]) -> Vec<(u8, Value)> {
        let mut some = Vec::new();
        for (slot, item) in items.iter().enumerate() {
            if let Some(item) = item
                && self.below(2) == 0
            {
                some.push((slot as u8, self.value(&item.layout)));
            }
        }
        some
    }

    fn message(&mut self, number: u8) -> Message {
        let mut message = Message::new(number).expect("a known category");
        for (slot, value) in self.some(message.category().uap) {
            message.set_item(slot, value);
        }
        message
    }

    fn block(&mut self, number: u8, count: usize) -> (Vec<Message>, Vec<u8>) {
        let messages: Vec<_> = (0..count).map(|_| self.message(number)).collect();
        let octets = write_block(number, &messages).expect("made to fit");
        (messages, octets)
    }
}

/// Every conforming block of a datagram, written back, and how many there are.
fn rewritten(datagram: &[u8]) -> usize {
    let mut count = 0;
    for block in blocks(datagram, 0).map_while(Result::ok) {
        if let Ok(messages) = block.messages() {
            let octets = write_block(block.category, &messages).expect("it was read");
            let end = block.at + 3 + block.body.len();
            assert_eq!(octets, datagram[block.at..end], "block at byte {}", block.at);
            count += 1;
        }
    }
    count
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_written_is_read_back(seed: u64, which in 0..CATEGORIES.len()) {
        let number = CATEGORIES[which];
        let (messages, octets) = Random::new(seed).block(number, 3);
        let back = Message::read_all(&octets).expect("it was written to conform");
        // A field specification read keeps its length; compare what was meant and the octets.
        prop_assert_eq!(back.len(), 3);
        for (a, b) in messages.iter().zip(&back) {
            for slot in 0..a.category().uap.len() as u8 {
                let (mut wrote, mut read) = (Vec::new(), Vec::new());
                let item = a.category().uap[usize::from(slot)];
                if let (Some(item), Some(x)) = (item, a.item(slot)) {
                    x.write(&item, &mut wrote).expect("fits");
                }
                if let (Some(item), Some(x)) = (item, b.item(slot)) {
                    x.write(&item, &mut read).expect("fits");
                }
                prop_assert_eq!(wrote, read);
            }
        }
        prop_assert_eq!(write_block(number, &back).expect("fits"), octets);
    }

    #[test]
    fn octets_never_panic_and_what_decodes_is_written_bit_for_bit(
        which in 0..CATEGORIES.len(),
        body in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut datagram = vec![CATEGORIES[which], 0, 0];
        datagram.extend(body);
        let length = datagram.len() as u16;
        datagram[1..3].copy_from_slice(&length.to_be_bytes());
        rewritten(&datagram);
    }

    #[test]
    fn a_flipped_bit_never_panics(seed: u64, which in 0..CATEGORIES.len(), at: prop::sample::Index) {
        let (_, mut octets) = Random::new(seed).block(CATEGORIES[which], 2);
        let bit = at.index(octets.len() * 8);
        octets[bit / 8] ^= 0x80 >> (bit % 8);
        rewritten(&octets);
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut message = Message::new(48).expect("known");
    let cat048 = category(48).expect("known");
    let range = cat048.field("040", "RHO");
    assert_eq!(message.set_value(range, 256.0), Err(EncodeError::Range("RHO")));
    assert_eq!(message.set_value(range, f64::NAN), Err(EncodeError::Range("RHO")));
    assert_eq!(message.set(range, 0x1_0000), Err(EncodeError::Bits("RHO", 0x1_0000)));
    message.set_value(range, 255.0).expect("in range");
    assert_eq!(message.value(range), Some(255.0));
    // A part that is not there has no bits; setting one brings those before it.
    let coasting = cat048.field("170", "TRE");
    assert_eq!(message.bits(coasting), None);
    message.set(cat048.field("170", "CNF"), 1).expect("fits");
    assert_eq!(message.bits(coasting), None);
    message.set(coasting, 1).expect("fits");
    assert_eq!(message.bits(coasting), Some(1));
    message.set_item(0, Value::Fields(vec![1]));
    assert_eq!(message.write(&mut Vec::new()), Err(EncodeError::Shape("010")));
}

/// The datagrams of a capture of shared/reference, or none after saying so.
fn capture(name: &str) -> Vec<Vec<u8>> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/asterix");
    let path = Path::new(root).join(name);
    let Ok(bytes) = std::fs::read(&path) else {
        eprintln!("skipped: {name} is not there");
        return Vec::new();
    };
    if name.ends_with(".raw") {
        return vec![bytes];
    }
    let mut tally = Tally::default();
    let mut datagrams = Datagrams::new(name, &bytes[..]).expect("a capture");
    let mut payloads = Vec::new();
    while let Some(datagram) = datagrams.next_datagram(&mut tally).expect("a whole capture") {
        payloads.push(datagram.payload);
    }
    payloads
}

/// Name and conforming blocks.
const CAPTURES: [(&str, usize); 7] = [
    ("example-asterix.pcapng", 92),
    ("cat_034_048.pcap", 120),
    ("cat_062_065.pcap", 2),
    ("asterix.pcap", 28),
    ("cat034.raw", 1),
    ("cat048.raw", 1),
    ("cat062cat065.raw", 2),
];

#[test]
fn every_conforming_block_of_the_captures_is_written_back_bit_for_bit() {
    for (name, conforming) in CAPTURES {
        let datagrams = capture(name);
        let count: usize = datagrams.iter().map(|d| rewritten(d)).sum();
        assert!(datagrams.is_empty() || count == conforming, "{name}: {count}");
    }
}

/// What peer.py prints, from our decoder.
fn ours(datagrams: &[Vec<u8>]) -> String {
    let mut out = String::new();
    for datagram in datagrams {
        for block in blocks(datagram, 0) {
            let block = block.expect("blocks can be told apart");
            let Ok(records) = block.records() else {
                let _ = writeln!(out, "B {} -", block.category);
                continue;
            };
            let _ = writeln!(out, "B {} {}", block.category, records.len());
            for record in &records {
                out.push_str("R\n");
                record.each_field(|path, field, bits| {
                    let _ = match field.content {
                        Content::Number { .. } => {
                            writeln!(out, "{path} {bits} {}", field_text(field, bits))
                        }
                        _ => writeln!(out, "{path} {bits}"),
                    };
                });
            }
        }
    }
    out
}

/// The interpreter that has libasterix, or `None` after saying so.
fn python() -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/python");
    let named = std::env::var_os("MANTLET_PEER_PYTHON").map(PathBuf::from);
    let has_it = |python: &PathBuf| {
        let probe = Command::new(python).args(["-c", "import asterix.generated"]).output();
        probe.is_ok_and(|o| o.status.success())
    };
    let found = named.into_iter().chain([own, "python3".into()]).find(has_it);
    if found.is_none() {
        eprintln!("SKIPPED: libasterix is not installed; see the head of this file");
    }
    found
}

#[test]
fn an_independent_decoder_finds_the_same_fields_bits_and_values() {
    let Some(python) = python() else { return };
    let mut sets: Vec<(String, Vec<Vec<u8>>)> =
        CAPTURES.iter().map(|(name, _)| ((*name).into(), capture(name))).collect();
    let mut random = Random::new(20_261_124);
    for number in CATEGORIES {
        let datagrams: Vec<_> = (0..20).map(|_| random.block(number, 5).1).collect();
        sets.push((format!("random CAT{number:03}"), datagrams));
        // Bits flipped behind the header: both must find the same blocks not to conform.
        let mut damaged: Vec<_> = (0..60).map(|_| random.block(number, 1).1).collect();
        for datagram in &mut damaged {
            if datagram.len() > 3 {
                let bit = random.below((datagram.len() - 3) * 8);
                datagram[3 + bit / 8] ^= 0x80 >> (bit % 8);
            }
        }
        sets.push((format!("damaged CAT{number:03}"), damaged));
    }
    sets.retain(|(_, datagrams)| !datagrams.is_empty());
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut command = Command::new(&python);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/asterix_codec/peer.py"));
    for (i, (_, datagrams)) in sets.iter().enumerate() {
        let file = dir.path().join(format!("{i}.ast"));
        std::fs::write(&file, datagrams.concat()).expect("writable");
        command.arg(file);
    }
    let output = command.output().expect("it ran before");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs = String::from_utf8_lossy(&output.stdout);
    let theirs: Vec<_> = theirs.split("F\n").skip(1).collect();
    assert_eq!(theirs.len(), sets.len());
    for ((name, datagrams), theirs) in sets.iter().zip(theirs) {
        let ours = ours(datagrams);
        for (i, (a, b)) in ours.lines().zip(theirs.lines()).enumerate() {
            assert_eq!(a, b, "{name}: line {i}");
        }
        assert_eq!(ours.lines().count(), theirs.lines().count(), "{name}");
        let refused = ours.lines().filter(|l| l.ends_with('-')).count();
        eprintln!("{name}: {} lines equal, {refused} blocks refused by both", ours.lines().count());
    }
}
