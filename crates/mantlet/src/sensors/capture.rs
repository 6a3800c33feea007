//! Packet captures: pcap and pcapng in, UDP datagrams with their times out.
//!
//! Link types: Ethernet (with VLAN tags), Linux cooked 1 and 2, BSD loopback and raw
//! IP. IPv4 fragments are put together again. A packet that the capture cut short (its
//! snap length), a fragment whose rest never came and the packet in which a broken-off
//! file ends are counted and left out; the datagrams before them are good.
//!
//! Limits: IPv6 fragments and compressed captures are not read.

use std::collections::BTreeMap;
use std::io::Read;

use etherparse::{EtherType, NetSlice, SlicedPacket, TransportSlice, UdpSlice};
use pcap_parser::traits::PcapReaderIterator;
use pcap_parser::{Block, Linktype, PIB_MAGIC, PcapBlockOwned, PcapError, create_reader};

use crate::time::Timestamp;

use super::{InputError, Reason, Tally};

/// First size of the buffer, and the block beyond which a file is taken for broken,
/// bytes. chosen: most packets are far shorter than 64 KiB; no capture has blocks of
/// 16 MiB.
const BUFFER: usize = 1 << 16;
const BUFFER_MAX: usize = 1 << 24;

const NO_BLOCK: &str = "a block that is no pcap or pcapng block: the capture is broken";

/// Datagrams waiting for fragments. chosen: a radar sends a few at a time; the oldest
/// gives way.
const PENDING_MAX: usize = 64;

/// A UDP datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// When it was captured; `None` in captures without times (pcapng simple packets).
    pub time: Option<Timestamp>,
    /// Byte offset of the payload in the file (of its last fragment's packet, if it came
    /// in fragments).
    pub offset: usize,
    /// What it carries.
    pub payload: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Interface {
    link: Linktype,
    ticks_per_s: u64,
    offset_s: i64,
}

/// Reads the datagrams of a capture.
pub struct Datagrams<'r> {
    path: String,
    reader: Box<dyn PcapReaderIterator + Send + 'r>,
    interfaces: Vec<Interface>,
    fragments: Fragments,
    /// The blocks are those of pcapng.
    ng: bool,
}

impl<'r> Datagrams<'r> {
    /// Reads the head of a capture. `path` is what messages call it.
    ///
    /// # Errors
    /// When the input is empty or begins like neither format.
    pub fn new(path: &str, input: impl Read + Send + 'r) -> Result<Self, InputError> {
        let reader = create_reader(BUFFER, input).map_err(|e| match e {
            PcapError::Eof => {
                InputError::Empty { path: path.into(), expected: "a pcap or pcapng capture" }
            }
            e => capture_error(path, 0, &e),
        })?;
        Ok(Self {
            path: path.into(),
            reader,
            interfaces: Vec::new(),
            fragments: Fragments::default(),
            ng: false,
        })
    }

    /// The next datagram; what is left out on the way is counted. `None` at the end.
    ///
    /// # Errors
    /// When the capture itself is broken.
    pub fn next_datagram(&mut self, tally: &mut Tally) -> Result<Option<Datagram>, InputError> {
        let mut capacity = BUFFER;
        loop {
            let at = self.reader.consumed();
            if self.ng && is_shorter_than_its_frame(self.reader.data()) {
                let (path, message) = (self.path.clone(), NO_BLOCK.into());
                return Err(InputError::Capture { path, offset: at as u64, message });
            }
            match self.reader.next() {
                Ok((length, block)) => {
                    self.ng = matches!(block, PcapBlockOwned::NG(_));
                    let found = packet(&block, at, &mut self.interfaces)
                        .and_then(|p| self.fragments.datagram(&p, tally));
                    self.reader.consume(length);
                    if found.is_some() {
                        return Ok(found);
                    }
                }
                Err(PcapError::Eof) => {
                    self.fragments.give_up(tally);
                    return Ok(None);
                }
                Err(PcapError::UnexpectedEof) => {
                    tally.reject(Reason::Cut, || {
                        format!("byte {at}: the file ends inside a packet")
                    });
                    self.fragments.give_up(tally);
                    return Ok(None);
                }
                Err(PcapError::Incomplete(_)) => {
                    self.reader.refill().map_err(|e| capture_error(&self.path, at, &e))?;
                }
                Err(PcapError::BufferTooSmall) if capacity < BUFFER_MAX => {
                    capacity *= 4;
                    self.reader.grow(capacity);
                    self.reader.refill().map_err(|e| capture_error(&self.path, at, &e))?;
                }
                Err(e) => return Err(capture_error(&self.path, at, &e)),
            }
        }
    }
}

/// A process information block of less than its frame's twelve octets: pcap-parser 0.17
/// takes them off its length without looking.
fn is_shorter_than_its_frame(block: &[u8]) -> bool {
    let word = |at: usize| block.get(at..at + 4).and_then(|b| b.try_into().ok());
    let (Some(kind), Some(length)) = (word(0), word(4)) else { return false };
    [u32::from_le_bytes, u32::from_be_bytes]
        .iter()
        .any(|read| read(kind) == PIB_MAGIC && read(length) < 12)
}

fn capture_error<I: std::fmt::Debug + AsRef<[u8]>>(
    path: &str,
    at: usize,
    error: &PcapError<I>,
) -> InputError {
    let message = match error {
        PcapError::HeaderNotRecognized => "not a pcap or pcapng capture",
        PcapError::Incomplete(_) | PcapError::UnexpectedEof => "ends inside the header",
        PcapError::BufferTooSmall => "a block of more than 16 MiB: the capture is broken",
        PcapError::ReadError => "the file cannot be read on",
        _ => NO_BLOCK,
    };
    InputError::Capture { path: path.into(), offset: at as u64, message: message.into() }
}

/// A captured packet.
struct Packet<'a> {
    time: Option<Timestamp>,
    /// Offset of `bytes` in the file.
    at: usize,
    link: Linktype,
    bytes: &'a [u8],
    /// The capture kept less than was sent.
    cut: bool,
}

/// The packet of a block, or nothing for the blocks that describe the capture.
fn packet<'a>(
    block: &'a PcapBlockOwned<'_>,
    at: usize,
    interfaces: &mut Vec<Interface>,
) -> Option<Packet<'a>> {
    match block {
        PcapBlockOwned::LegacyHeader(header) => {
            let ticks_per_s =
                if header.is_nanosecond_precision() { 1_000_000_000 } else { 1_000_000 };
            interfaces.push(Interface { link: header.network, ticks_per_s, offset_s: 0 });
            None
        }
        PcapBlockOwned::Legacy(p) => {
            let interface = interfaces.first()?;
            let nanos = i64::from(p.ts_sec) * 1_000_000_000
                + i64::from(p.ts_usec) * (1_000_000_000 / interface.ticks_per_s) as i64;
            Some(Packet {
                time: Some(Timestamp::from_nanos(nanos)),
                at: at + 16,
                link: interface.link,
                bytes: p.data,
                cut: p.caplen < p.origlen,
            })
        }
        PcapBlockOwned::NG(Block::SectionHeader(_)) => {
            interfaces.clear();
            None
        }
        PcapBlockOwned::NG(Block::InterfaceDescription(i)) => {
            let ticks_per_s = i.ts_resolution().unwrap_or(1_000_000).max(1);
            let offset_s = i.ts_offset();
            interfaces.push(Interface { link: i.linktype, ticks_per_s, offset_s });
            None
        }
        PcapBlockOwned::NG(Block::EnhancedPacket(p)) => {
            let interface = interfaces.get(p.if_id as usize)?;
            let ticks = u64::from(p.ts_high) << 32 | u64::from(p.ts_low);
            let nanos = i128::from(ticks) * 1_000_000_000 / i128::from(interface.ticks_per_s)
                + i128::from(interface.offset_s) * 1_000_000_000;
            Some(Packet {
                time: i64::try_from(nanos).ok().map(Timestamp::from_nanos),
                at: at + 28,
                link: interface.link,
                bytes: p.data.get(..p.caplen as usize).unwrap_or(p.data),
                cut: p.caplen < p.origlen,
            })
        }
        PcapBlockOwned::NG(Block::SimplePacket(p)) => {
            let bytes = p.data.get(..p.origlen as usize).unwrap_or(p.data);
            let cut = bytes.len() < p.origlen as usize;
            Some(Packet { time: None, at: at + 12, link: interfaces.first()?.link, bytes, cut })
        }
        PcapBlockOwned::NG(_) => None,
    }
}

/// The network layer of a packet, by link type.
fn sliced<'a>(packet: &Packet<'a>) -> Option<SlicedPacket<'a>> {
    let bytes = packet.bytes;
    match packet.link {
        Linktype::ETHERNET => SlicedPacket::from_ethernet(bytes).ok(),
        Linktype::LINUX_SLL => SlicedPacket::from_linux_sll(bytes).ok(),
        Linktype::LINUX_SLL2 => {
            // Protocol in the first two octets of a header of twenty (LINKTYPE_LINUX_SLL2).
            let ether_type = EtherType(u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]));
            SlicedPacket::from_ether_type(ether_type, bytes.get(20..)?).ok()
        }
        // Four octets of address family (LINKTYPE_NULL, LINKTYPE_LOOP).
        Linktype::NULL | Linktype::LOOP => SlicedPacket::from_ip(bytes.get(4..)?).ok(),
        Linktype::RAW | Linktype::IPV4 | Linktype::IPV6 | Linktype(12 | 14) => {
            SlicedPacket::from_ip(bytes).ok()
        }
        _ => None,
    }
}

/// Source, destination, identification.
type FragmentKey = ([u8; 4], [u8; 4], u16);

#[derive(Default)]
struct Pending {
    /// Order of arrival, to drop the oldest.
    order: u64,
    /// Offset in the datagram and octets.
    parts: Vec<(usize, Vec<u8>)>,
    /// Known once the last fragment is there.
    length: Option<usize>,
}

/// IPv4 datagrams of which fragments are there.
#[derive(Default)]
struct Fragments {
    pending: BTreeMap<FragmentKey, Pending>,
    seen: u64,
}

impl Fragments {
    /// The datagram that a packet carries or completes.
    fn datagram(&mut self, packet: &Packet<'_>, tally: &mut Tally) -> Option<Datagram> {
        let Some(slices) = sliced(packet) else {
            let reason = if packet.cut { Reason::Cut } else { Reason::NotUdp };
            tally.reject(reason, || format!("byte {}", packet.at));
            return None;
        };
        if let Some(TransportSlice::Udp(udp)) = &slices.transport {
            let payload = udp.payload();
            // Distance of two slices of one packet: where the payload stands in the file.
            let inside = payload.as_ptr() as usize - packet.bytes.as_ptr() as usize;
            let (time, offset) = (packet.time, packet.at + inside);
            return Some(Datagram { time, offset, payload: payload.to_vec() });
        }
        if let Some(NetSlice::Ipv4(ip)) = &slices.net
            && ip.is_payload_fragmented()
            && ip.payload_ip_number() == etherparse::IpNumber::UDP
        {
            let header = ip.header();
            let key = (header.source(), header.destination(), header.identification());
            let offset = usize::from(header.fragments_offset().byte_offset());
            let whole =
                self.fragment(key, offset, header.more_fragments(), ip.payload().payload, tally)?;
            let payload = UdpSlice::from_slice(&whole).ok()?.payload().to_vec();
            return Some(Datagram { time: packet.time, offset: packet.at, payload });
        }
        tally.reject(Reason::NotUdp, || format!("byte {}", packet.at));
        None
    }

    /// Takes a fragment; the whole once nothing is missing.
    fn fragment(
        &mut self,
        key: FragmentKey,
        offset: usize,
        more: bool,
        bytes: &[u8],
        tally: &mut Tally,
    ) -> Option<Vec<u8>> {
        self.seen += 1;
        let seen = self.seen;
        let pending = self
            .pending
            .entry(key)
            .or_insert_with(|| Pending { order: seen, ..Pending::default() });
        pending.parts.push((offset, bytes.to_vec()));
        if !more {
            pending.length = Some(offset + bytes.len());
        }
        if let Some(whole) = pending.whole() {
            self.pending.remove(&key);
            return Some(whole);
        }
        // A datagram has at most 8192 fragments; more is no datagram.
        let oldest = self.pending.iter().min_by_key(|(_, p)| p.order).map(|(key, _)| *key);
        let full = self.pending.len() > PENDING_MAX
            || self.pending.get(&key).is_some_and(|p| p.parts.len() > 8192);
        if let (true, Some(oldest)) = (full, oldest) {
            self.pending.remove(&oldest);
            tally.reject(Reason::Cut, || "a fragment whose rest did not come".into());
        }
        None
    }

    fn give_up(&mut self, tally: &mut Tally) {
        for _ in 0..std::mem::take(&mut self.pending).len() {
            tally.reject(Reason::Cut, || "a fragment whose rest did not come".into());
        }
    }
}

impl Pending {
    fn whole(&mut self) -> Option<Vec<u8>> {
        let length = self.length?;
        self.parts.sort_by_key(|(offset, _)| *offset);
        let mut whole = Vec::with_capacity(length);
        for (offset, bytes) in &self.parts {
            // Fragments may overlap; the first octets received stand.
            let new = whole.len().checked_sub(*offset)?;
            whole.extend_from_slice(bytes.get(new..).unwrap_or_default());
        }
        (whole.len() == length).then_some(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use etherparse::{IpFragOffset, Ipv4Header, PacketBuilder};

    /// A pcap of Ethernet packets (seconds, packet, length on the wire).
    fn pcap(link: u32, packets: &[(u32, Vec<u8>, usize)]) -> Vec<u8> {
        let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        file.extend(65_535_u32.to_le_bytes());
        file.extend(link.to_le_bytes());
        for (time_s, bytes, length) in packets {
            for word in [*time_s, 250_000, bytes.len() as u32, *length as u32] {
                file.extend(word.to_le_bytes());
            }
            file.extend(bytes);
        }
        file
    }

    fn udp(payload: &[u8], vlan: bool) -> Vec<u8> {
        let mut out = Vec::new();
        let ethernet = PacketBuilder::ethernet2([1; 6], [2; 6]);
        let ip = |b: etherparse::PacketBuilderStep<etherparse::VlanHeader>| {
            b.ipv4([10, 0, 0, 1], [239, 0, 0, 1], 4).udp(8600, 8600)
        };
        if vlan {
            let builder = ip(ethernet.single_vlan(etherparse::VlanId::try_new(7).unwrap()));
            builder.write(&mut out, payload).unwrap();
        } else {
            let builder = ethernet.ipv4([10, 0, 0, 1], [239, 0, 0, 1], 4).udp(8600, 8600);
            builder.write(&mut out, payload).unwrap();
        }
        out
    }

    fn read(file: &[u8]) -> (Vec<Datagram>, Tally) {
        let mut tally = Tally::default();
        let mut datagrams = Datagrams::new("t.pcap", file).unwrap();
        let mut out = Vec::new();
        while let Some(d) = datagrams.next_datagram(&mut tally).unwrap() {
            out.push(d);
        }
        (out, tally)
    }

    #[test]
    fn datagrams_come_out_with_time_and_place() {
        let plain = udp(b"first", false);
        let tagged = udp(b"second", true);
        let file =
            pcap(1, &[(100, plain.clone(), plain.len()), (101, tagged.clone(), tagged.len())]);
        let (got, tally) = read(&file);
        assert_eq!(got[0].payload, b"first");
        assert_eq!(got[0].time.unwrap().nanos(), 100_250_000_000);
        assert_eq!(&file[got[0].offset..][..5], b"first");
        assert_eq!(got[1].payload, b"second");
        assert_eq!(tally.rejected(), 0);
    }

    #[test]
    fn a_file_cut_anywhere_gives_what_was_whole() {
        let packet = udp(b"payload", false);
        let length = packet.len();
        let file = pcap(1, &[(1, packet.clone(), length), (2, packet, length)]);
        for end in 24..file.len() {
            let (got, tally) = read(&file[..end]);
            assert_eq!(got.len(), usize::from(end >= 24 + 16 + length));
            let between = end == 24 || end == 24 + 16 + length;
            assert_eq!(tally.count(Reason::Cut), u64::from(!between), "cut at {end}");
        }
        assert!(Datagrams::new("t.pcap", &file[..20]).is_err());
    }

    #[test]
    fn the_longest_datagrams_are_read() {
        let packet = udp(&[7; 65_507], false);
        let length = packet.len();
        let (got, tally) = read(&pcap(1, &[(1, packet.clone(), length), (2, packet, length)]));
        assert_eq!(got.iter().map(|d| d.payload.len()).collect::<Vec<_>>(), [65_507, 65_507]);
        assert_eq!(tally.rejected(), 0);
    }

    #[test]
    fn a_packet_that_claims_to_be_longer_than_any_is_one_clear_error() {
        let mut file = pcap(1, &[(1, udp(b"x", false), 43)]);
        file[24 + 8..24 + 12].copy_from_slice(&0x7fff_ffff_u32.to_le_bytes());
        file.extend(vec![0; 1 << 17]);
        let mut datagrams = Datagrams::new("t.pcap", &file[..]).unwrap();
        let result = datagrams.next_datagram(&mut Tally::default());
        let clear = match &result {
            Ok(datagram) => datagram.is_none(),
            Err(e) => e.to_string().starts_with("t.pcap: byte 24: "),
        };
        assert!(clear, "{result:?}");
    }

    #[test]
    fn a_packet_cut_by_the_snap_length_is_counted() {
        let packet = udp(&[7; 100], false);
        let file = pcap(1, &[(1, packet[..60].to_vec(), packet.len())]);
        let (got, tally) = read(&file);
        assert_eq!((got.len(), tally.count(Reason::Cut)), (0, 1));
    }

    #[test]
    fn fragments_in_any_order_become_one_datagram() {
        let whole = udp(&(0..=99).collect::<Vec<u8>>(), false);
        // UDP header and payload: behind Ethernet and IPv4.
        let datagram = &whole[34..];
        let fragment = |from: usize, to: usize| {
            let bytes = &datagram[from..to];
            let mut header = Ipv4Header::new(
                bytes.len() as u16,
                4,
                etherparse::IpNumber::UDP,
                [10, 0, 0, 1],
                [239, 0, 0, 1],
            )
            .unwrap();
            header.identification = 42;
            header.more_fragments = to < datagram.len();
            header.dont_fragment = false;
            header.fragment_offset = IpFragOffset::try_new(from as u16 / 8).unwrap();
            let mut packet = whole[..14].to_vec();
            header.write(&mut packet).unwrap();
            packet.extend(bytes);
            let length = packet.len();
            (5, packet, length)
        };
        let (got, tally) = read(&pcap(1, &[fragment(64, 108), fragment(0, 32), fragment(32, 64)]));
        assert_eq!(got[0].payload, (0..=99).collect::<Vec<u8>>());
        assert_eq!(tally.rejected(), 0);
        let (got, tally) = read(&pcap(1, &[fragment(64, 108), fragment(0, 32)]));
        assert_eq!((got.len(), tally.count(Reason::Cut)), (0, 1));
    }

    #[test]
    fn linux_cooked_and_raw_captures_are_read() {
        let ip = udp(b"x", false)[14..].to_vec();
        let mut cooked = vec![0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0];
        cooked.extend(&ip);
        let mut cooked2 = vec![8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0];
        cooked2.extend(&ip);
        for (link, packet) in [(113, cooked), (276, cooked2), (101, ip)] {
            let length = packet.len();
            let (got, _) = read(&pcap(link, &[(1, packet, length)]));
            assert_eq!(got.len(), 1, "link type {link}");
            assert_eq!(got[0].payload, b"x");
        }
    }

    #[test]
    fn a_block_shorter_than_its_own_frame_is_one_clear_error() {
        // A section header in big-endian order, then process information of 9 octets.
        let mut file =
            vec![0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28, 0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0];
        file.extend([0xff; 8]);
        file.extend([0, 0, 0, 28, 0x80, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 5]);
        let mut datagrams = Datagrams::new("t.pcapng", &file[..]).unwrap();
        assert_eq!(
            datagrams.next_datagram(&mut Tally::default()).unwrap_err().to_string(),
            "t.pcapng: byte 28: a block that is no pcap or pcapng block: the capture is broken"
        );
    }

    #[test]
    fn what_is_no_capture_is_one_clear_error() {
        let error = |bytes: &[u8]| Datagrams::new("t.pcap", bytes).err().unwrap().to_string();
        assert_eq!(error(b""), "t.pcap: is empty: expected a pcap or pcapng capture");
        assert_eq!(
            error(b"time_s,sensor_id,range_m,azimuth_deg"),
            "t.pcap: byte 0: not a pcap or pcapng capture"
        );
    }
}
