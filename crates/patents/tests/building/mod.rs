//! Archives for tests: honest ones by the crates `zip` and `tar`, dishonest ones by hand.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use lookalike_patents::{PatentFolder, SourceError, SourceFile, scan};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// More than any test's file.
pub(crate) const MOST: u64 = 1 << 20;

/// Contents that tell whose they are.
pub(crate) fn contents(name: &str) -> Vec<u8> {
    let line = format!("contents of {name}, and nothing else\n");
    line.repeat(name.len() * 3).into_bytes()
}

/// A ZIP of deflated entries.
pub(crate) fn zip<'a>(entries: impl IntoIterator<Item = (&'a str, Vec<u8>)>) -> Vec<u8> {
    zip_by(CompressionMethod::Deflated, entries)
}

/// A ZIP of uncompressed entries.
pub(crate) fn stored_zip<'a>(entries: impl IntoIterator<Item = (&'a str, Vec<u8>)>) -> Vec<u8> {
    zip_by(CompressionMethod::Stored, entries)
}

fn zip_by<'a>(
    method: CompressionMethod,
    entries: impl IntoIterator<Item = (&'a str, Vec<u8>)>,
) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in entries {
        writer.start_file(name, options).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A TAR in GNU's format, names of any length and bytes.
pub(crate) fn tar<'a>(entries: impl IntoIterator<Item = (&'a str, Vec<u8>)>) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, &bytes[..]).unwrap();
    }
    builder.into_inner().unwrap()
}

/// One entry of a TAR without the archive's end, of a name and type that the crate refuses.
pub(crate) fn tar_entry(name: &[u8], kind: tar::EntryType, bytes: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_entry_type(kind);
    header.set_cksum();
    let mut entry = header.as_bytes().to_vec();
    entry.extend(bytes);
    entry.resize(entry.len().next_multiple_of(512), 0);
    entry
}

/// An entry of a ZIP whose every claim may be wrong.
#[derive(Clone)]
pub(crate) struct RawEntry {
    pub(crate) name: Vec<u8>,
    pub(crate) made_by: u16,
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) crc32: u32,
    pub(crate) stored: Vec<u8>,
    pub(crate) size_bytes: u32,
    pub(crate) attributes: u32,
    pub(crate) extra: Vec<u8>,
}

impl RawEntry {
    /// A sound, uncompressed one.
    pub(crate) fn stored(name: &[u8], bytes: &[u8]) -> Self {
        Self {
            name: name.to_vec(),
            made_by: 20,
            flags: 0,
            method: 0,
            crc32: crc32(bytes),
            stored: bytes.to_vec(),
            size_bytes: bytes.len() as u32,
            attributes: 0,
            extra: Vec::new(),
        }
    }
}

pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// A ZIP of these entries; `offset` may move where the directory says that they lie.
pub(crate) fn raw_zip(entries: &[RawEntry], offset: impl Fn(usize, u32) -> u32) -> Vec<u8> {
    let mut zip = Vec::new();
    let mut directory = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let position = offset(index, zip.len() as u32);
        let mut common = Vec::new();
        common.extend(
            [20u16, entry.flags, entry.method, 0, 0]
                .map(u16::to_le_bytes)
                .concat(),
        );
        let sizes = [entry.crc32, entry.stored.len() as u32, entry.size_bytes];
        common.extend(sizes.map(u32::to_le_bytes).concat());
        let name_length = (entry.name.len() as u16).to_le_bytes();
        common.extend(name_length);
        zip.extend(b"PK\x03\x04");
        zip.extend(&common);
        zip.extend([0, 0]);
        zip.extend(&entry.name);
        zip.extend(&entry.stored);
        directory.extend(b"PK\x01\x02");
        directory.extend(entry.made_by.to_le_bytes());
        directory.extend(&common);
        directory.extend((entry.extra.len() as u16).to_le_bytes());
        directory.extend([0; 6]);
        directory.extend(entry.attributes.to_le_bytes());
        directory.extend(position.to_le_bytes());
        directory.extend(&entry.name);
        directory.extend(&entry.extra);
    }
    let start = zip.len() as u32;
    zip.extend(&directory);
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend([entries.len() as u16; 2].map(u16::to_le_bytes).concat());
    zip.extend(
        [directory.len() as u32, start]
            .map(u32::to_le_bytes)
            .concat(),
    );
    zip.extend([0, 0]);
    zip
}

/// A folder that is gone after the test, with one file.
pub(crate) fn folder_with(name: &str, bytes: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    folder
}

/// What a scan yields. Every file is read and opened again by its path, which must give the same.
pub(crate) fn scanned(root: &Path) -> (Vec<PatentFolder>, Vec<SourceError>) {
    let mut folders = Vec::new();
    let mut problems = Vec::new();
    for result in scan(root) {
        match result {
            Ok(folder) => folders.push(folder),
            Err(problem) => problems.push(problem),
        }
    }
    for file in files(&folders) {
        let again = SourceFile::reopen(&file.path()).unwrap();
        assert_eq!((again.path(), again.name()), (file.path(), file.name()));
        assert_eq!(again.stamp().unwrap(), file.stamp().unwrap(), "{file:?}");
        assert_eq!(again.read(MOST).ok(), file.read(MOST).ok(), "{file:?}");
    }
    (folders, problems)
}

/// All files, grants first in each folder.
pub(crate) fn files(folders: &[PatentFolder]) -> Vec<&SourceFile> {
    folders
        .iter()
        .flat_map(|folder| folder.xml.iter().chain(&folder.images))
        .collect()
}

/// The paths of all files below `root`, with what they hold or why they don't.
pub(crate) fn read_all(
    root: &Path,
    folders: &[PatentFolder],
) -> BTreeMap<String, Result<Vec<u8>, String>> {
    files(folders)
        .into_iter()
        .map(|file| {
            let bytes = file.read(MOST).map_err(|error| error.reason);
            (below(root, &file.path()), bytes)
        })
        .collect()
}

/// The path from `root` on.
pub(crate) fn below(root: &Path, path: &str) -> String {
    let root = root.to_str().unwrap();
    let path = path.strip_prefix(root).unwrap();
    path.trim_start_matches(['/', '\\']).to_owned()
}
