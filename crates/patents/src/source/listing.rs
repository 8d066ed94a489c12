//! What an archive holds, gathered entry by entry, with the rules that hold for every format.

use std::collections::HashMap;

use super::classify;
use super::error::{Fault, SourceError, SourceErrorKind};
use super::names::{inside_archive, is_directory};

/// Entries above which an archive is refused. A year of design patents is about 400,000 files.
const MAX_ENTRIES: u64 = 2_000_000;

/// Bytes of names above which an archive is refused: 128 for each entry.
const MAX_NAMES_BYTES: usize = 256 << 20;

/// Problems of one archive that are listed; the others are only counted.
const MAX_PROBLEMS: usize = 100;

/// A file in an archive. Kept for every file of an import, so it is small: 48 bytes and its name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    name_start: u32,
    name_length: u32,
    /// In a TAR of the contents, in a ZIP of the header before them; from the archive's start.
    pub(super) offset: u64,
    /// Bytes that the contents take in the archive.
    pub(super) stored_bytes: u64,
    /// Bytes of the contents, as claimed.
    pub(super) size_bytes: u64,
    pub(super) packing: Packing,
}

/// How the contents lie in the archive.
#[derive(Clone, Copy, Debug)]
pub(super) enum Packing {
    Tar,
    Zip {
        crc32: u32,
        /// The number of the compression method.
        method: u16,
        encrypted: bool,
    },
}

/// An entry as it stands in an archive.
#[derive(Debug)]
pub(super) struct FoundEntry<'a> {
    /// Decoded, but as it stands.
    pub(super) name: &'a str,
    pub(super) kind: EntryKind,
    /// Of a hard link, the name of the entry that it stands for, as it stands.
    pub(super) target: Option<&'a str>,
    pub(super) offset: u64,
    pub(super) stored_bytes: u64,
    pub(super) size_bytes: u64,
    pub(super) packing: Packing,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    File,
    Directory,
    /// Another name of an entry before it.
    HardLink,
    /// A link, device or the like, with the word for it.
    Special(&'static str),
}

/// The entries so far.
#[derive(Debug)]
pub(super) struct Listing {
    archive_path: String,
    names: String,
    entries: Vec<Entry>,
    problems: Vec<SourceError>,
    problems_untold: u64,
    entries_seen: u64,
    /// Places in `entries`; from the first hard link on.
    by_name: Option<HashMap<String, usize>>,
}

/// The entries that may be of use, with their names, and what was wrong with others.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) names: String,
    pub(super) entries: Vec<Entry>,
    pub(super) problems: Vec<SourceError>,
}

impl Entry {
    /// Path in the archive, within the names of its [`Listed`].
    pub(super) fn name<'a>(&self, names: &'a str) -> &'a str {
        let start = self.name_start as usize;
        &names[start..start + self.name_length as usize]
    }
}

impl Listing {
    pub(super) fn new(archive_path: &str) -> Self {
        Self {
            archive_path: archive_path.to_owned(),
            names: String::new(),
            entries: Vec::new(),
            problems: Vec::new(),
            problems_untold: 0,
            entries_seen: 0,
            by_name: None,
        }
    }

    /// Takes the entry if it is a file that may be of use and stays within the archive; reports it
    /// if it would be of use but cannot be taken.
    ///
    /// # Errors
    /// When there are too many.
    pub(super) fn add(&mut self, found: &FoundEntry<'_>) -> Result<(), Fault> {
        self.entries_seen += 1;
        if self.entries_seen > MAX_ENTRIES {
            let reason = format!("holds more than {MAX_ENTRIES} entries; split it");
            return Err(Fault::new(SourceErrorKind::TooLarge, reason));
        }
        if found.kind == EntryKind::Directory || is_directory(found.name) {
            return Ok(());
        }
        let path = match inside_archive(found.name) {
            Ok(path) => path,
            Err(what) => {
                let reason = format!("{what}, is not taken from an archive; it was left out");
                self.entry_problem(found.name, Fault::new(SourceErrorKind::UnsafeName, reason));
                return Ok(());
            }
        };
        if !classify::may_matter(&path) {
            return Ok(());
        }
        if found.kind == EntryKind::HardLink {
            let target = found.target.and_then(|target| self.earlier(target));
            let Some(target) = target else {
                let reason = "is a link to what is not in the archive before it; it was left out";
                self.entry_problem(&path, Fault::new(SourceErrorKind::Unsupported, reason));
                return Ok(());
            };
            return self.push(&path, target);
        }
        if let EntryKind::Special(what) = found.kind {
            if classify::extension(&path).is_some() {
                let reason = format!("is {what}, not a file; it was left out");
                self.entry_problem(&path, Fault::new(SourceErrorKind::Unsupported, reason));
            }
            return Ok(());
        }
        let entry = Entry {
            name_start: 0,
            name_length: 0,
            offset: found.offset,
            stored_bytes: found.stored_bytes,
            size_bytes: found.size_bytes,
            packing: found.packing,
        };
        self.push(&path, entry)
    }

    /// Adds what `entry` stands for under another name.
    fn push(&mut self, path: &str, entry: Entry) -> Result<(), Fault> {
        if self.names.len() + path.len() > MAX_NAMES_BYTES {
            let reason = format!("has names of more than {MAX_NAMES_BYTES} bytes; split it");
            return Err(Fault::new(SourceErrorKind::TooLarge, reason));
        }
        if let Some(by_name) = &mut self.by_name {
            by_name.insert(path.to_owned(), self.entries.len());
        }
        self.entries.push(Entry {
            // Both fit: the names are under 256 MiB.
            name_start: self.names.len() as u32,
            name_length: path.len() as u32,
            ..entry
        });
        self.names.push_str(path);
        Ok(())
    }

    /// The last entry so far of that name.
    fn earlier(&mut self, name: &str) -> Option<Entry> {
        let path = inside_archive(name).ok()?;
        let (entries, names) = (&self.entries, &self.names);
        let by_name = self.by_name.get_or_insert_with(|| {
            let named = entries.iter().enumerate();
            named
                .map(|(index, entry)| (entry.name(names).to_owned(), index))
                .collect()
        });
        by_name.get(&path).map(|&index| self.entries[index])
    }

    /// Something wrong with the archive that leaves what was listed so far usable.
    pub(super) fn archive_problem(&mut self, fault: Fault) {
        let path = self.archive_path.clone();
        self.problems.push(fault.at(path));
    }

    fn entry_problem(&mut self, name: &str, fault: Fault) {
        if self.problems.len() < MAX_PROBLEMS {
            let path = entry_path(&self.archive_path, name);
            self.problems.push(fault.at(path));
        } else {
            self.problems_untold += 1;
        }
    }

    pub(super) fn finish(mut self) -> Listed {
        self.drop_repeated();
        if self.problems_untold > 0 {
            let reason = format!(
                "{} more of its entries were left out for reasons like those above",
                self.problems_untold
            );
            self.archive_problem(Fault::new(SourceErrorKind::Unsupported, reason));
        }
        self.names.shrink_to_fit();
        self.entries.shrink_to_fit();
        Listed {
            names: self.names,
            entries: self.entries,
            problems: self.problems,
        }
    }

    /// Of entries with one name the last stays, as unpacking would leave it: a path in the
    /// catalogue must mean one file.
    fn drop_repeated(&mut self) {
        let names = std::mem::take(&mut self.names);
        let mut last_by_name = HashMap::with_capacity(self.entries.len());
        for (index, entry) in self.entries.iter().enumerate() {
            last_by_name.insert(entry.name(&names), index);
        }
        if last_by_name.len() < self.entries.len() {
            for (index, entry) in std::mem::take(&mut self.entries).into_iter().enumerate() {
                let name = entry.name(&names);
                if last_by_name.get(name) == Some(&index) {
                    self.entries.push(entry);
                    continue;
                }
                let reason = "is in the archive more than once; only the last one was taken";
                self.entry_problem(name, Fault::new(SourceErrorKind::Malformed, reason));
            }
        }
        drop(last_by_name);
        self.names = names;
    }
}

/// How paths are recorded: `!/` leads into an archive.
pub(super) fn entry_path(archive_path: &str, name: &str) -> String {
    format!("{archive_path}!/{name}")
}
