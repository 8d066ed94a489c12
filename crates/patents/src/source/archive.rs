//! An archive, opened by content: its list of entries, and reading one.

use std::io::{self, Read};
use std::sync::Arc;

use super::error::{Fault, SourceError, SourceErrorKind};
use super::gzip::Gzip;
use super::inflated::{Inflated, Kept, MAX_INFLATED_BYTES};
use super::listing::{Entry, Listed, Listing, Packing, entry_path};
use super::window::{Storage, Window, WindowReader};
use super::{tar, zip};

/// Archives within archives: a weekly TAR of ZIPs is two. Deeper ones are reported.
const MAX_DEPTH: u8 = 3;

/// An archive that has been listed. Holds no open file.
#[derive(Debug)]
pub(super) struct Archive {
    /// As recorded: `/data/I20220104.tar!/x/y.ZIP`.
    path: String,
    window: Window,
    /// Of the outermost archive, the one on disk.
    modified_ns: i64,
    /// 1 for an archive on disk, 2 for one within it.
    depth: u8,
    names: String,
    entries: Vec<Entry>,
}

/// An archive, and what was wrong with single entries or with its end.
pub(super) type Opened = (Arc<Archive>, Vec<SourceError>);

/// What the first bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Zip,
    Tar,
    /// A compressed file that may hold a TAR.
    Gzip,
    /// A compressed file or archive that is not read, with its name.
    Packed(&'static str),
    Unknown,
}

/// Bytes that [`Format::of`] needs to see.
pub(super) const FORMAT_BYTES: u64 = tar::BLOCK_BYTES as u64;

impl Format {
    pub(super) fn of(head: &[u8]) -> Self {
        const PACKED: [(&[u8], &str); 6] = [
            (b"BZh", "bzip2"),
            (b"\xfd7zXZ\0", "xz"),
            (b"\x28\xb5\x2f\xfd", "zstd"),
            (b"LZIP", "lzip"),
            (b"7z\xbc\xaf\x27\x1c", "7z"),
            (b"Rar!\x1a\x07", "rar"),
        ];
        if zip::STARTS.iter().any(|start| head.starts_with(start)) {
            return Self::Zip;
        }
        if tar::is_header(head) {
            return Self::Tar;
        }
        if head.starts_with(b"\x1f\x8b") {
            return Self::Gzip;
        }
        PACKED
            .iter()
            .find(|(start, _)| head.starts_with(start))
            .map_or(Self::Unknown, |(_, name)| Self::Packed(name))
    }
}

impl Archive {
    /// Lists the archive that fills `window`, at `path`.
    pub(super) fn on_disk(path: &str, window: Window, modified_ns: i64) -> Result<Opened, Fault> {
        Self::list(path.to_owned(), window, modified_ns, 1)
    }

    /// Lists the archive that is an entry of this one.
    pub(super) fn within(self: &Arc<Self>, index: u32, kept: &Arc<Kept>) -> Result<Opened, Fault> {
        if self.depth == MAX_DEPTH {
            let reason =
                format!("lies more than {MAX_DEPTH} archives deep; unpack the outermost one first");
            return Err(Fault::new(SourceErrorKind::Unsupported, reason));
        }
        let window = match self.stored_window(index)? {
            Some(window) => window,
            None => {
                let length = self.entry(index)?.size_bytes;
                if length > MAX_INFLATED_BYTES {
                    let reason = format!(
                        "lies compressed within another archive, and its {length} bytes are above \
                         the limit of {MAX_INFLATED_BYTES} for that; unpack the outer one first"
                    );
                    return Err(Fault::new(SourceErrorKind::TooLarge, reason));
                }
                let outer = Arc::clone(self);
                let inflate = move || outer.read(index, MAX_INFLATED_BYTES);
                let inflated = Inflated::new(inflate, Arc::clone(kept));
                // Decompressed once here, so that a fault shows as such.
                let _held = inflated.bytes()?;
                Window::whole(Storage::Inflated(inflated), length)
            }
        };
        Self::list(
            self.entry_path(index),
            window,
            self.modified_ns,
            self.depth + 1,
        )
    }

    fn list(
        path: String,
        mut window: Window,
        modified_ns: i64,
        depth: u8,
    ) -> Result<Opened, Fault> {
        let mut reader = window.reader()?;
        let mut format = content_format(&mut reader)?;
        if format == Format::Gzip {
            window = Window::whole(Storage::Gzip(Arc::new(Gzip::new(window))), u64::MAX);
            reader = window.reader()?;
            format = Format::of(&read_at_most(&mut reader, FORMAT_BYTES)?);
            if format != Format::Tar {
                let reason = "is a gzip file that holds no TAR; unpack it first";
                return Err(Fault::new(SourceErrorKind::Unsupported, reason));
            }
        }
        let listing = Listing::new(&path);
        let listed = match format {
            Format::Zip => zip::list(&mut reader, listing)?,
            Format::Tar => tar::list(&mut reader, listing)?,
            Format::Packed(name) => {
                let reason =
                    format!("is a {name} file; unpack it first: ZIP, TAR and TAR in gzip are read");
                return Err(Fault::new(SourceErrorKind::Unsupported, reason));
            }
            Format::Gzip | Format::Unknown => {
                let reason = "is neither a ZIP nor a TAR archive; fetch or pack it again";
                return Err(Fault::new(SourceErrorKind::Malformed, reason));
            }
        };
        let Listed {
            names,
            entries,
            problems,
        } = listed;
        let archive = Self {
            path,
            window,
            modified_ns,
            depth,
            names,
            entries,
        };
        Ok((Arc::new(archive), problems))
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn modified_ns(&self) -> i64 {
        self.modified_ns
    }

    /// How many entries there are; they are numbered from 0.
    pub(super) fn len(&self) -> u32 {
        // A listing refuses more than 2,000,000.
        self.entries.len() as u32
    }

    /// Path of an entry in the archive; empty for a number that does not exist.
    pub(super) fn name(&self, index: u32) -> &str {
        self.entries
            .get(index as usize)
            .map_or("", |entry| entry.name(&self.names))
    }

    /// Path of an entry as recorded.
    pub(super) fn entry_path(&self, index: u32) -> String {
        entry_path(&self.path, self.name(index))
    }

    /// The entry of this path in the archive.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        (0..self.len()).find(|index| self.name(*index) == name)
    }

    pub(super) fn size_bytes(&self, index: u32) -> u64 {
        self.entries
            .get(index as usize)
            .map_or(0, |entry| entry.size_bytes)
    }

    /// The contents of an entry, checked against what the archive says of them.
    pub(super) fn read(&self, index: u32, max_bytes: u64) -> Result<Vec<u8>, Fault> {
        let entry = self.entry(index)?;
        check_size(entry.size_bytes, max_bytes)?;
        if let Packing::Zip { .. } = entry.packing {
            zip::refuse_bomb(&entry)?;
        }
        let mut contents = self.contents(&entry)?;
        let bytes = read_at_most(&mut contents, entry.size_bytes)?;
        if (bytes.len() as u64) < entry.size_bytes {
            return Err(ends_early(bytes.len() as u64, entry.size_bytes));
        }
        if let Packing::Zip { crc32, .. } = entry.packing {
            zip::check_contents(&mut contents, &bytes, crc32)?;
        }
        Ok(bytes)
    }

    /// The first bytes of an entry, unchecked; fewer when it is shorter.
    pub(super) fn read_head(&self, index: u32, bytes: u64) -> Result<Vec<u8>, Fault> {
        let entry = self.entry(index)?;
        read_at_most(&mut self.contents(&entry)?, bytes.min(entry.size_bytes))
    }

    fn contents(&self, entry: &Entry) -> Result<Box<dyn Read>, Fault> {
        match entry.packing {
            Packing::Tar => {
                let window = self.window.part(entry.offset, entry.stored_bytes);
                Ok(Box::new(window.ok_or_else(beyond_end)?.reader()?))
            }
            Packing::Zip {
                method, encrypted, ..
            } => {
                zip::refuse_unreadable(method, encrypted)?;
                let mut reader = self.window.reader()?;
                let start = zip::contents_start(&mut reader, entry)?;
                reader.seek_to(start)?;
                zip::decompress(method, entry, reader)
            }
        }
    }

    /// Where an entry's contents lie as they are; `None` when they are compressed.
    fn stored_window(&self, index: u32) -> Result<Option<Window>, Fault> {
        let entry = self.entry(index)?;
        let start = match entry.packing {
            // Archives are read here and there: from memory, where that is dear.
            _ if !self.window.is_seekable() => return Ok(None),
            Packing::Tar => entry.offset,
            Packing::Zip {
                method, encrypted, ..
            } => {
                zip::refuse_unreadable(method, encrypted)?;
                if method != zip::STORED {
                    return Ok(None);
                }
                zip::contents_start(&mut self.window.reader()?, &entry)?
            }
        };
        let window = self.window.part(start, entry.stored_bytes);
        Ok(Some(window.ok_or_else(beyond_end)?))
    }

    fn entry(&self, index: u32) -> Result<Entry, Fault> {
        self.entries
            .get(index as usize)
            .copied()
            .ok_or_else(|| Fault::new(SourceErrorKind::NotFound, "is no longer in its archive"))
    }
}

/// Judges by content, whatever the name's ending says.
fn content_format(reader: &mut WindowReader) -> Result<Format, Fault> {
    if reader.length() == 0 {
        return Err(Fault::new(
            SourceErrorKind::Malformed,
            "is empty; fetch it again",
        ));
    }
    let mut head = Vec::new();
    reader.take(FORMAT_BYTES).read_to_end(&mut head)?;
    let format = Format::of(&head);
    if format != Format::Unknown {
        return Ok(format);
    }
    if head.iter().all(|byte| *byte == 0) {
        return Err(Fault::new(
            SourceErrorKind::Malformed,
            "begins with zeros: an empty TAR, or a download that failed; fetch it again",
        ));
    }
    // A ZIP that unpacks itself begins with a program.
    if zip::has_end_record(reader)? {
        return Ok(Format::Zip);
    }
    Ok(Format::Unknown)
}

/// Refuses before anything is allocated.
pub(super) fn check_size(size_bytes: u64, max_bytes: u64) -> Result<(), Fault> {
    if size_bytes <= max_bytes {
        return Ok(());
    }
    Err(Fault::new(
        SourceErrorKind::TooLarge,
        format!("{size_bytes} bytes are above the limit of {max_bytes}"),
    ))
}

/// Up to `size_bytes`, in memory for exactly that many.
pub(super) fn read_at_most(reader: &mut impl Read, size_bytes: u64) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    usize::try_from(size_bytes)
        .ok()
        .and_then(|size| bytes.try_reserve_exact(size).ok())
        .ok_or_else(|| io::Error::from(io::ErrorKind::OutOfMemory))?;
    reader.take(size_bytes).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn ends_early(found_bytes: u64, expected_bytes: u64) -> Fault {
    Fault::new(
        SourceErrorKind::Malformed,
        format!("ends after {found_bytes} of {expected_bytes} bytes; the archive is damaged"),
    )
}

fn beyond_end() -> Fault {
    Fault::new(
        SourceErrorKind::Malformed,
        "lies beyond the archive's end; the archive is damaged",
    )
}
