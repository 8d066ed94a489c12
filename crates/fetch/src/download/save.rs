//! Bytes from the network to a picture in its place.
//!
//! A file grows under a temporary name and gets its own when it is whole and known to be a
//! picture, so that a killed process leaves nothing that looks like one.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use lookalike_imaging::{Format, Limits, PixelBudget, SNIFFED_BYTES, probe};
use md5::{Digest, Md5};
use tempfile::NamedTempFile;

use super::error::{DownloadError, io_error};
use super::log::{Log, SavedFile};

/// Folder of the pictures, beside the log.
const IMAGES: &str = "images";

/// Files that are arriving begin with it; one that is left over is deleted.
const ARRIVING: &str = ".arriving-";

/// Bytes a read.
const CHUNK_BYTES: usize = 1 << 16;

/// What every format shows itself by.
const SIGNATURE_BYTES: usize = SNIFFED_BYTES;

/// Digits of a row's number in file names: they sort well up to a million rows.
const ROW_DIGITS: usize = 6;

/// Memory for files whose headers are being read, over all threads. One is at most as large
/// as the limit for files; most are a few hundred kilobytes.
const CHECKING_BYTES: u64 = 256 << 20;

/// Where pictures are put.
pub(super) struct Store {
    images: PathBuf,
    limits: Limits,
    budget: PixelBudget,
}

/// A picture that has arrived but has no name yet; deleted unless it gets one.
pub(super) struct Draft {
    file: NamedTempFile,
    format: Format,
    width: u32,
    height: u32,
    md5: String,
    pub(super) size_bytes: u64,
}

/// Why bytes became no picture.
pub(super) enum Refused {
    /// They ended early.
    Broken(std::io::Error),
    /// They are none that can be used, for this reason.
    Unusable(String),
}

impl Store {
    /// Makes the folder, and clears it of what a killed process has left. Nobody else may be
    /// writing there.
    pub(super) fn open(directory: &Path, limits: Limits) -> Result<Self, DownloadError> {
        let images = directory.join(IMAGES);
        fs::create_dir_all(&images).map_err(io_error("make", &images))?;
        for entry in fs::read_dir(&images).map_err(io_error("read", &images))? {
            let path = entry.map_err(io_error("read", &images))?.path();
            let name = path.file_name().unwrap_or_default();
            if name.to_string_lossy().starts_with(ARRIVING) {
                fs::remove_file(&path).map_err(io_error("delete", &path))?;
            }
        }
        Ok(Self {
            images,
            limits,
            budget: PixelBudget::new(CHECKING_BYTES),
        })
    }

    /// Takes in a body of announced length and type.
    ///
    /// # Errors
    /// Of this machine's files.
    pub(super) fn receive(
        &self,
        body: &mut dyn Read,
        length: Option<u64>,
        media_type: &str,
    ) -> Result<Result<Draft, Refused>, DownloadError> {
        let most = self.limits.max_file_bytes;
        if let Some(length) = length
            && length > most
        {
            let reason = format!("the file has {length} bytes, above the limit of {most}");
            return Ok(Err(Refused::Unusable(reason)));
        }
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut count = match fill(body, &mut chunk[..SIGNATURE_BYTES]) {
            Ok(count) => count,
            Err(error) => return Ok(Err(Refused::Broken(error))),
        };
        // Before the rest is fetched: it may be a film.
        if !Format::sniff(&chunk[..count]).is_some_and(Format::is_read) {
            let reason = match count {
                0 => "the answer is empty".to_owned(),
                _ => format!("not a picture that can be read: the server sent {media_type}"),
            };
            return Ok(Err(Refused::Unusable(reason)));
        }
        let write = || io_error("write to", &self.images);
        let mut file = tempfile::Builder::new()
            .prefix(ARRIVING)
            .tempfile_in(&self.images)
            .map_err(write())?;
        let mut hash = Md5::new();
        let mut size_bytes = 0;
        while count > 0 {
            size_bytes += count as u64;
            if size_bytes > most {
                let reason = format!("the file has more bytes than the limit of {most}");
                return Ok(Err(Refused::Unusable(reason)));
            }
            hash.update(&chunk[..count]);
            file.write_all(&chunk[..count]).map_err(write())?;
            count = match fill(body, &mut chunk) {
                Ok(count) => count,
                Err(error) => return Ok(Err(Refused::Broken(error))),
            };
        }
        // The log may say that it is there only once it is: after a power cut too.
        file.as_file().sync_data().map_err(write())?;
        let probed = {
            let _permit = self.budget.acquire(size_bytes);
            let bytes = fs::read(file.path()).map_err(io_error("read", file.path()))?;
            probe(&bytes, &self.limits)
        };
        Ok(match probed {
            Ok(probe) => Ok(Draft {
                file,
                format: probe.format,
                width: probe.width,
                height: probe.height,
                md5: hash
                    .finalize()
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect(),
                size_bytes,
            }),
            Err(error) => Err(Refused::Unusable(error.to_string())),
        })
    }

    /// Gives a picture its name, one that no other picture of the log has.
    pub(super) fn keep(
        &self,
        draft: Draft,
        row: u64,
        stem: &str,
        log: &mut Log,
    ) -> Result<SavedFile, DownloadError> {
        let ending = draft.format.extension();
        let mut name = format!("{row:0ROW_DIGITS$}-{stem}.{ending}");
        let mut copy = 2;
        while !log.claim(&format!("{IMAGES}/{name}")) {
            name = format!("{row:0ROW_DIGITS$}-{stem}-{copy}.{ending}");
            copy += 1;
        }
        let place = self.images.join(&name);
        let io = io_error("write", &place);
        make_readable(&draft.file).map_err(io_error("write", &place))?;
        // A file that is there but in no log is of a process that was killed before it could
        // write its line.
        draft
            .file
            .persist(&place)
            .map_err(|error| io(error.error))?;
        Ok(SavedFile {
            file: format!("{IMAGES}/{name}"),
            md5: draft.md5,
            size_bytes: draft.size_bytes,
            format: draft.format.name().to_owned(),
            width: draft.width,
            height: draft.height,
        })
    }
}

/// Whether a file of the log is there in its size.
pub(super) fn is_there(directory: &Path, saved: &SavedFile) -> bool {
    fs::metadata(directory.join(&saved.file))
        .is_ok_and(|metadata| metadata.is_file() && metadata.len() == saved.size_bytes)
}

/// Reads until the buffer is full or the body ends.
fn fill(body: &mut dyn Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut count = 0;
    while count < buffer.len() {
        match body.read(&mut buffer[count..]) {
            Ok(0) => break,
            Ok(read) => count += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

/// Temporary files are the owner's alone; pictures are for whoever may read the folder.
#[cfg(unix)]
fn make_readable(file: &NamedTempFile) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file.path(), fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_file: &NamedTempFile) -> std::io::Result<()> {
    Ok(())
}
