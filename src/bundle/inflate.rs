//! Unpacking as a stream: raw deflate (RFC 1951) and gzip (RFC 1952). In: a [`SpanReader`]. Out: bytes, and how the stream ended.
//! Must not know where the bytes lie, nor what they mean.

use std::io::{self, Read};

use flate2::{Decompress, FlushDecompress, Status};

use super::span::{SpanReader, le32};

/// Packed bytes read at once.
const INPUT_BYTES: usize = 128 << 10;
/// A gzip header with a longer file name or comment is taken as damaged.
const MAX_GZIP_HEADER: usize = 1 << 20;

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// As it should.
    Whole,
    /// The packed bytes ended before the stream did.
    Truncated,
    /// What follows is no deflate data.
    Damaged,
    /// The checksum or length behind a gzip stream does not fit.
    Checksum,
    /// Behind a whole gzip stream there are bytes that belong to none.
    Trailing,
}

/// What one step gave.
pub(crate) struct Step {
    /// Bytes written.
    pub(crate) written: usize,
    /// Set when nothing more will come.
    pub(crate) end: Option<End>,
}

/// Packed bytes behind a buffer, with the count of those used.
pub(crate) struct Packed {
    reader: SpanReader,
    buffer: Vec<u8>,
    at: usize,
    used: u64,
}

impl Packed {
    /// Packed bytes from where `reader` stands.
    pub(crate) fn new(reader: SpanReader) -> Self {
        Self { reader, buffer: Vec::new(), at: 0, used: 0 }
    }

    /// Packed bytes used so far.
    pub(crate) fn used(&self) -> u64 {
        self.used
    }

    fn chunk(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.buffer.len() {
            self.buffer.resize(INPUT_BYTES, 0);
            let got = loop {
                match self.reader.read(&mut self.buffer) {
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    other => break other?,
                }
            };
            self.buffer.truncate(got);
            self.at = 0;
        }
        Ok(self.buffer.get(self.at..).unwrap_or_default())
    }

    fn take(&mut self, count: usize) {
        self.at += count;
        self.used += count as u64;
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        let byte = self.chunk()?.first().copied();
        if byte.is_some() {
            self.take(1);
        }
        Ok(byte)
    }
}

/// One raw deflate stream.
pub(crate) struct Inflate {
    state: Decompress,
}

impl Inflate {
    pub(crate) fn new() -> Self {
        Self { state: Decompress::new(false) }
    }

    /// Unpacks into `out` until something was written or the stream ends.
    pub(crate) fn step(&mut self, packed: &mut Packed, out: &mut [u8]) -> io::Result<Step> {
        loop {
            let input = packed.chunk()?;
            let at_end = input.is_empty();
            let (before_in, before_out) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(input, out, FlushDecompress::None);
            let used = usize::try_from(self.state.total_in() - before_in).unwrap_or(0);
            let written = usize::try_from(self.state.total_out() - before_out).unwrap_or(0);
            packed.take(used);
            let end = match status {
                Ok(Status::StreamEnd) => Some(End::Whole),
                Err(_) => Some(End::Damaged),
                Ok(_) if at_end && written == 0 => Some(End::Truncated),
                // No step forward with bytes to take and room to write: never wait for it again.
                Ok(_) if used == 0 && written == 0 && !out.is_empty() => Some(End::Damaged),
                Ok(_) => None,
            };
            if written > 0 || end.is_some() || out.is_empty() {
                return Ok(Step { written, end });
            }
        }
    }
}

/// A gzip file: one stream after another.
pub(crate) struct Gunzip {
    body: Option<Inflate>,
    check: crc32fast::Hasher,
    streams: u32,
}

impl Gunzip {
    pub(crate) fn new() -> Self {
        Self { body: None, check: crc32fast::Hasher::new(), streams: 0 }
    }

    /// Unpacks into `out` until something was written or the file ends.
    pub(crate) fn step(&mut self, packed: &mut Packed, out: &mut [u8]) -> io::Result<Step> {
        loop {
            let Some(body) = self.body.as_mut() else {
                match self.header(packed)? {
                    None => self.body = Some(Inflate::new()),
                    Some(end) => return Ok(Step { written: 0, end: Some(end) }),
                }
                continue;
            };
            let step = body.step(packed, out)?;
            self.check.update(out.get(..step.written).unwrap_or_default());
            match step.end {
                None => return Ok(step),
                Some(End::Whole) => {
                    let total = body.state.total_out();
                    self.body = None;
                    self.streams += 1;
                    let end = self.trailer(packed, total)?;
                    if step.written > 0 || end.is_some() {
                        return Ok(Step { written: step.written, end });
                    }
                }
                Some(_) => return Ok(step),
            }
        }
    }

    /// RFC 1952 §2.3: magic, method 8, flags, time, extra flags, system; then what the flags announce.
    fn header(&mut self, packed: &mut Packed) -> io::Result<Option<End>> {
        // Behind a whole stream: the end of the file, padding of zeros, another stream, or bytes that are none.
        let none = if self.streams == 0 { End::Damaged } else { End::Trailing };
        let mut fixed = [0u8; 10];
        for (place, slot) in fixed.iter_mut().enumerate() {
            match packed.byte()? {
                Some(byte) => *slot = byte,
                None if place == 0 && self.streams > 0 => return Ok(Some(End::Whole)),
                None => return Ok(Some(if self.streams == 0 { End::Truncated } else { End::Trailing })),
            }
            if place == 0 && self.streams > 0 && *slot == 0 {
                return self.padding(packed).map(Some);
            }
        }
        let [0x1f, 0x8b, 8, flags, ..] = fixed else {
            return Ok(Some(none));
        };
        let mut skip = 0usize;
        if flags & 4 != 0 {
            let (Some(low), Some(high)) = (packed.byte()?, packed.byte()?) else {
                return Ok(Some(End::Truncated));
            };
            skip = usize::from(low) | usize::from(high) << 8;
        }
        for _ in 0..skip {
            if packed.byte()?.is_none() {
                return Ok(Some(End::Truncated));
            }
        }
        for flag in [8u8, 16] {
            if flags & flag != 0 {
                let mut length = 0;
                loop {
                    match packed.byte()? {
                        Some(0) => break,
                        Some(_) if length < MAX_GZIP_HEADER => length += 1,
                        Some(_) => return Ok(Some(End::Damaged)),
                        None => return Ok(Some(End::Truncated)),
                    }
                }
            }
        }
        if flags & 2 != 0 && (packed.byte()?.is_none() || packed.byte()?.is_none()) {
            return Ok(Some(End::Truncated));
        }
        Ok(None)
    }

    fn padding(&self, packed: &mut Packed) -> io::Result<End> {
        loop {
            match packed.byte()? {
                Some(0) => {}
                Some(_) => return Ok(End::Trailing),
                None => return Ok(End::Whole),
            }
        }
    }

    /// CRC and length (modulo 2^32) of the stream that just ended.
    fn trailer(&mut self, packed: &mut Packed, total: u64) -> io::Result<Option<End>> {
        let mut eight = [0u8; 8];
        for slot in &mut eight {
            match packed.byte()? {
                Some(byte) => *slot = byte,
                None => return Ok(Some(End::Truncated)),
            }
        }
        let check = std::mem::take(&mut self.check).finalize();
        let fits = le32(&eight, 0) == check && u64::from(le32(&eight, 4)) == total & 0xffff_ffff;
        Ok((!fits).then_some(End::Checksum))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Arc;

    use super::super::span::{Backing, Span};
    use super::*;

    fn gunzip(bytes: Vec<u8>) -> (Vec<u8>, End) {
        let span = Span::of_memory(Backing::Unpacked(Arc::new(bytes)));
        let mut packed = Packed::new(span.open().unwrap());
        let mut gz = Gunzip::new();
        let (mut all, mut out) = (Vec::new(), [0u8; 7]);
        loop {
            let step = gz.step(&mut packed, &mut out).unwrap();
            all.extend_from_slice(&out[..step.written]);
            if let Some(end) = step.end {
                return (all, end);
            }
        }
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut gz = flate2::GzBuilder::new()
            .filename("a.log")
            .comment("c")
            .extra(vec![1, 2, 3])
            .write(Vec::new(), flate2::Compression::default());
        gz.write_all(text).unwrap();
        gz.finish().unwrap()
    }

    #[test]
    fn gzip_streams_one_after_another() {
        let mut two = gzip(b"first stream\n");
        two.extend(gzip(b"second\n"));
        assert_eq!(gunzip(two.clone()), (b"first stream\nsecond\n".to_vec(), End::Whole));
        let mut padded = two.clone();
        padded.extend([0; 100]);
        assert_eq!(gunzip(padded).1, End::Whole);
        let mut trailing = two.clone();
        trailing.extend(b"junk");
        assert_eq!(gunzip(trailing), (b"first stream\nsecond\n".to_vec(), End::Trailing));
        let cut = two.len() - 10;
        assert_eq!(gunzip(two[..cut].to_vec()).1, End::Truncated);
        let mut wrong = gzip(b"first stream\n");
        let at = wrong.len() - 8;
        wrong[at] ^= 1;
        assert_eq!(gunzip(wrong), (b"first stream\n".to_vec(), End::Checksum));
        assert_eq!(gunzip(b"\x1f\x8b\x08".to_vec()).1, End::Truncated);
        assert_eq!(gunzip(b"\x1f\x8b\x08\0\0\0\0\0\0\0\xff\xff\xff\xff\xff".to_vec()).1, End::Damaged);
    }
}
