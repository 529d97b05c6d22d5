//! Archives made in memory for tests: zip (with every fault one may want), gzip and tar. In: names and bytes. Out: bytes.
//! Written from PKWARE's APPNOTE.TXT, RFC 1952 and POSIX ustar, not with the code under test.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};

/// One file of a zip, as it will be written; change a field to lie about it.
#[derive(Clone, Debug)]
pub struct File {
    pub name: Vec<u8>,
    pub data: Vec<u8>,
    pub method: u16,
    pub flags: u16,
    pub crc: u32,
    pub packed: u64,
    pub unpacked: u64,
    pub zip64: bool,
}

impl File {
    /// A deflated file.
    pub fn deflated(name: &str, content: &[u8]) -> Self {
        Self { method: 8, ..Self::of(name, content, deflate(content)) }
    }

    /// A stored file.
    pub fn stored(name: &str, content: &[u8]) -> Self {
        Self::of(name, content, content.to_vec())
    }

    fn of(name: &str, content: &[u8], data: Vec<u8>) -> Self {
        let (packed, unpacked) = (data.len() as u64, content.len() as u64);
        Self { name: name.into(), data, method: 0, flags: 0x800, crc: crc32fast::hash(content), packed, unpacked, zip64: false }
    }

    /// Sizes and checksum behind the data, as written to a pipe.
    pub fn streamed(mut self) -> Self {
        self.flags |= 8;
        self
    }
}

/// Where each thing of a written zip starts.
#[derive(Debug, Default)]
pub struct Written {
    pub bytes: Vec<u8>,
    pub locals: Vec<usize>,
    pub data: Vec<usize>,
    pub directory: usize,
}

/// A zip of deflated files.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let files: Vec<File> = files.iter().map(|(name, content)| File::deflated(name, content)).collect();
    write_zip(&files).bytes
}

/// A zip, each file as told.
pub fn write_zip(files: &[File]) -> Written {
    let mut out = Written::default();
    for file in files {
        out.locals.push(out.bytes.len());
        let streamed = file.flags & 8 != 0;
        let told = |value: u64| if streamed { 0 } else { value };
        let narrow = |value: u64| if file.zip64 { u32::MAX } else { value as u32 };
        out.bytes.extend(b"PK\x03\x04");
        out.bytes.extend(20u16.to_le_bytes());
        out.bytes.extend(file.flags.to_le_bytes());
        out.bytes.extend(file.method.to_le_bytes());
        out.bytes.extend(DOS_TIME);
        out.bytes.extend((told(u64::from(file.crc)) as u32).to_le_bytes());
        out.bytes.extend(narrow(told(file.packed)).to_le_bytes());
        out.bytes.extend(narrow(told(file.unpacked)).to_le_bytes());
        out.bytes.extend((file.name.len() as u16).to_le_bytes());
        let extra = if file.zip64 { wide(&[told(file.unpacked), told(file.packed)]) } else { Vec::new() };
        out.bytes.extend((extra.len() as u16).to_le_bytes());
        out.bytes.extend(&file.name);
        out.bytes.extend(extra);
        out.data.push(out.bytes.len());
        out.bytes.extend(&file.data);
        if streamed {
            out.bytes.extend(b"PK\x07\x08");
            out.bytes.extend(file.crc.to_le_bytes());
            if file.zip64 {
                out.bytes.extend(file.packed.to_le_bytes());
                out.bytes.extend(file.unpacked.to_le_bytes());
            } else {
                out.bytes.extend((file.packed as u32).to_le_bytes());
                out.bytes.extend((file.unpacked as u32).to_le_bytes());
            }
        }
    }
    out.directory = out.bytes.len();
    let locals = out.locals.clone();
    append_directory(&mut out.bytes, files, &locals);
    out
}

/// Appends the central directory and its end; `locals` says where each file's local header is.
pub fn append_directory(bytes: &mut Vec<u8>, files: &[File], locals: &[usize]) {
    let start = bytes.len() as u64;
    for (file, local) in files.iter().zip(locals) {
        let narrow = |value: u64| if file.zip64 { u32::MAX } else { value as u32 };
        let extra = if file.zip64 { wide(&[file.unpacked, file.packed, *local as u64]) } else { Vec::new() };
        bytes.extend(b"PK\x01\x02\x14\x00\x14\x00");
        bytes.extend(file.flags.to_le_bytes());
        bytes.extend(file.method.to_le_bytes());
        bytes.extend(DOS_TIME);
        bytes.extend(file.crc.to_le_bytes());
        bytes.extend(narrow(file.packed).to_le_bytes());
        bytes.extend(narrow(file.unpacked).to_le_bytes());
        bytes.extend((file.name.len() as u16).to_le_bytes());
        bytes.extend((extra.len() as u16).to_le_bytes());
        bytes.extend([0; 10]);
        bytes.extend(narrow(*local as u64).to_le_bytes());
        bytes.extend(&file.name);
        bytes.extend(extra);
    }
    let size = bytes.len() as u64 - start;
    let zip64 = files.iter().any(|f| f.zip64);
    if zip64 {
        let at = bytes.len() as u64;
        bytes.extend(b"PK\x06\x06");
        bytes.extend(44u64.to_le_bytes());
        bytes.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for value in [files.len() as u64, files.len() as u64, size, start] {
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend(b"PK\x06\x07\0\0\0\0");
        bytes.extend(at.to_le_bytes());
        bytes.extend(1u32.to_le_bytes());
    }
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    let count = if zip64 { u16::MAX } else { files.len() as u16 };
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(if zip64 { u32::MAX } else { size as u32 }.to_le_bytes());
    bytes.extend(if zip64 { u32::MAX } else { start as u32 }.to_le_bytes());
    bytes.extend([0, 0]);
}

/// 2024-01-30 07:19:10 as DOS keeps it.
const DOS_TIME: [u8; 4] = {
    let time: u16 = (7 << 11) | (19 << 5) | 5;
    let date: u16 = (44 << 9) | (1 << 5) | 30;
    let ([a, b], [c, d]) = (time.to_le_bytes(), date.to_le_bytes());
    [a, b, c, d]
};

fn wide(values: &[u64]) -> Vec<u8> {
    let mut extra = vec![1, 0];
    extra.extend(((values.len() * 8) as u16).to_le_bytes());
    values.iter().for_each(|v| extra.extend(v.to_le_bytes()));
    extra
}

/// Raw deflate.
pub fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// `times` copies of `content` as one raw deflate stream, packed once: blocks that stand alone, repeated.
pub fn deflate_repeated(content: &[u8], times: usize) -> Vec<u8> {
    let mut packer = flate2::Compress::new(Compression::best(), false);
    let mut block = Vec::with_capacity(content.len() + 1_000);
    packer.compress_vec(content, &mut block, flate2::FlushCompress::Full).unwrap();
    let mut all = block.repeat(times);
    // An empty last block with fixed codes.
    all.extend([3, 0]);
    all
}

/// gzip.
pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// One header of a tar and its data, padded.
pub fn tar_part(name: &[u8], kind: u8, content: &[u8]) -> Vec<u8> {
    let mut block = [0u8; 512];
    block[..name.len().min(100)].copy_from_slice(&name[..name.len().min(100)]);
    block[100..108].copy_from_slice(b"0000644\0");
    block[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    block[136..148].copy_from_slice(format!("{:011o}\0", 1_706_599_150).as_bytes());
    block[148..156].fill(b' ');
    block[156] = kind;
    block[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut part = block.to_vec();
    part.extend(content);
    part.resize(part.len().div_ceil(512) * 512, 0);
    part
}

/// A tar of plain files.
pub fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out: Vec<u8> = files.iter().flat_map(|(name, content)| tar_part(name.as_bytes(), b'0', content)).collect();
    out.extend([0; 1_024]);
    out
}
