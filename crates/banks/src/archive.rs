//! The members of a `.npz`, each read by itself.
//!
//! A bank's arrays lie one behind the other, but are read side by side, a block of rows of
//! each at a time. The ZIP crate reads one member at a time, so it only tells where members
//! lie; they are inflated here, each from its own handle on the file.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::CrcReader;
use flate2::read::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use crate::BankError;
use crate::array::Array;
use crate::error;

/// Deflate expands at most 1032 times; a member that claims more is a lie.
const MAX_EXPANSION: u64 = 1032;

/// Largest member that is inflated. A bank of ten million vectors of 1536 float32 is as large,
/// and does not shrink by compression: let it be stored.
pub(crate) const MAX_INFLATED: u64 = 64 << 30;

/// Most members. A bank has a handful.
const MAX_MEMBERS: usize = 1000;

/// An open archive.
pub(crate) struct Archive {
    path: PathBuf,
    members: Vec<Member>,
}

/// Where an array lies in the archive.
struct Member {
    /// Without `.npy`.
    name: String,
    method: CompressionMethod,
    start: u64,
    compressed_size: u64,
    size: u64,
    crc: u32,
}

impl Archive {
    /// Reads the directory of members.
    ///
    /// # Errors
    /// It is no ZIP, is cut off, or has members that can't be read.
    pub(crate) fn open(path: &Path) -> Result<Self, BankError> {
        let file = File::open(path).map_err(|error| error::reading(path, error))?;
        let damaged = |error: zip::result::ZipError| {
            error::malformed(path, format!("no NumPy archive, or cut off: {error}"))
        };
        let mut zip = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
        if zip.len() > MAX_MEMBERS {
            let what = format!("{} members, more than {MAX_MEMBERS}", zip.len());
            return Err(error::malformed(path, what));
        }
        let mut members = Vec::new();
        for index in 0..zip.len() {
            let member = zip.by_index_raw(index).map_err(damaged)?;
            let name = member.name().map_err(damaged)?;
            let Some(name) = name.strip_suffix(".npy").map(str::to_owned) else {
                continue;
            };
            let refused = |why: &str| error::malformed(path, format!("member `{name}` {why}"));
            if member.encrypted() {
                return Err(refused("is encrypted"));
            }
            let method = member.compression();
            match method {
                CompressionMethod::Stored if member.size() == member.compressed_size() => {}
                CompressionMethod::Deflated
                    if member.size() <= MAX_INFLATED
                        && member.size() / MAX_EXPANSION <= member.compressed_size() => {}
                CompressionMethod::Stored | CompressionMethod::Deflated => {
                    return Err(refused("announces an impossible size"));
                }
                _ => return Err(refused("is compressed in a way that NumPy does not know")),
            }
            let start = member.data_start();
            members.push(Member {
                method,
                start: start.ok_or_else(|| refused("can't be found"))?,
                compressed_size: member.compressed_size(),
                size: member.size(),
                crc: member.crc32(),
                name,
            });
        }
        Ok(Self {
            path: path.to_path_buf(),
            members,
        })
    }

    /// Names of the arrays, in the order of the archive.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|member| member.name.as_str())
    }

    /// Opens the array of that name.
    ///
    /// # Errors
    /// There is none, or its header and its size contradict each other.
    pub(crate) fn array(&self, name: &str) -> Result<Array, BankError> {
        let malformed =
            |what: String| error::malformed(&self.path, format!("member `{name}` {what}"));
        let member = self.members.iter().find(|member| member.name == name);
        let member = member.ok_or_else(|| malformed("is missing".into()))?;
        let stream = self
            .stream(member)
            .map_err(|error| error::reading(&self.path, error))?;
        Array::from_stream(stream, member.size).map_err(malformed)
    }

    fn stream(&self, member: &Member) -> io::Result<Box<dyn Read + Send>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(member.start))?;
        let raw = BufReader::new(file).take(member.compressed_size);
        let plain: Box<dyn Read + Send> = match member.method {
            CompressionMethod::Deflated => Box::new(DeflateDecoder::new(raw)),
            _ => Box::new(raw),
        };
        Ok(Box::new(BufReader::new(Verified {
            stream: CrcReader::new(plain),
            left: member.size,
            crc: member.crc,
        })))
    }
}

/// Exactly the announced number of bytes, and an error at their end if they are not those
/// that were archived.
struct Verified {
    stream: CrcReader<Box<dyn Read + Send>>,
    left: u64,
    crc: u32,
}

impl Read for Verified {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).map_or(buffer.len(), |left| buffer.len().min(left));
        if wanted == 0 {
            return Ok(0);
        }
        let read = self.stream.read(&mut buffer[..wanted])?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= read as u64;
        if self.left == 0 && self.stream.crc().sum() != self.crc {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the checksum is wrong: the archive is damaged",
            ));
        }
        Ok(read)
    }
}
