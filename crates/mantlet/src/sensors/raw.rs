//! ASTERIX blocks one after another in a file, without times.

use std::io::{ErrorKind, Read};

use super::{InputError, Reason, Tally};

/// Reads block after block.
pub struct RawBlocks<R> {
    path: String,
    input: R,
    /// Offset of the next block.
    at: usize,
    block: Vec<u8>,
    ended: bool,
}

impl<R: Read> RawBlocks<R> {
    /// Reads the first header. `path` is what messages call the input.
    ///
    /// # Errors
    /// When the input is empty.
    pub fn new(path: &str, input: R) -> Result<Self, InputError> {
        let mut blocks = Self { path: path.into(), input, at: 0, block: Vec::new(), ended: false };
        if blocks.read_to(3)? == 0 {
            return Err(InputError::Empty { path: path.into(), expected: "ASTERIX blocks" });
        }
        Ok(blocks)
    }

    /// The next block with its offset; `None` at the end, or where no block follows:
    /// that is counted.
    ///
    /// # Errors
    /// When the input cannot be read on.
    pub fn next_block(&mut self, tally: &mut Tally) -> Result<Option<(usize, &[u8])>, InputError> {
        if self.ended {
            return Ok(None);
        }
        if self.at > 0 {
            self.block.clear();
        }
        let header = self.read_to(3)?;
        if header == 0 {
            self.ended = true;
            return Ok(None);
        }
        let at = self.at;
        let length = match *self.block {
            [_, high, low] => usize::from(u16::from_be_bytes([high, low])),
            _ => 0,
        };
        if length < 3 || self.read_to(length)? < length {
            self.ended = true;
            tally.reject(Reason::Malformed, || {
                format!("byte {at}: a block of {length} bytes, the rest is not read")
            });
            return Ok(None);
        }
        self.at += length;
        Ok(Some((at, &self.block)))
    }

    /// Reads until the block has so many octets or the input ends; how many it has.
    fn read_to(&mut self, length: usize) -> Result<usize, InputError> {
        let mut have = self.block.len();
        self.block.resize(length.max(have), 0);
        while have < length {
            match self.input.read(&mut self.block[have..]) {
                Ok(0) => break,
                Ok(n) => have += n,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(source) => return Err(InputError::Io { path: self.path.clone(), source }),
            }
        }
        self.block.truncate(have);
        Ok(have)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Vec<(usize, usize)>, u64) {
        let mut tally = Tally::default();
        let mut blocks = RawBlocks::new("t.ast", bytes).unwrap();
        let mut out = Vec::new();
        while let Some((at, block)) = blocks.next_block(&mut tally).unwrap() {
            out.push((at, block.len()));
        }
        (out, tally.count(Reason::Malformed))
    }

    #[test]
    fn blocks_follow_one_another() {
        assert_eq!(read(&[48, 0, 5, 1, 2, 34, 0, 3, 34, 0, 3]), (vec![(0, 5), (5, 3), (8, 3)], 0));
    }

    #[test]
    fn a_length_that_cannot_be_ends_the_reading_and_is_counted() {
        assert_eq!(read(&[48, 0, 3, 34, 0, 2, 48, 0, 3]), (vec![(0, 3)], 1));
        assert_eq!(read(&[48, 0, 3, 34, 0, 9, 1]), (vec![(0, 3)], 1));
        assert_eq!(read(&[48, 0, 3, 34, 0]), (vec![(0, 3)], 1));
        assert!(matches!(RawBlocks::new("t.ast", &[][..]), Err(InputError::Empty { .. })));
    }
}
