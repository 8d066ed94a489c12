//! A file in memory, of which every block is checked before its first use.
//!
//! Blocks are handed out for as long as the index lives, from deep inside a search: so a block
//! that fails its check is handed out as zeros, and the file remembers. Whoever searched asks
//! afterwards and throws the result away.
//!
//! A file that is mapped must not be changed: ours are written under another name, put in place
//! by a rename, and then only replaced or removed, which leaves the mapped one as it was.

#![expect(unsafe_code, reason = "mapping a file")]

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};

use lookalike_kernels::distance::codes::Line;
use memmap2::Mmap;

/// Not yet looked at.
const UNCHECKED: u8 = 0;

/// Its checksum is right.
const SOUND: u8 = 1;

/// It is not what was written.
const DAMAGED: u8 = 2;

/// Where a block lies and what it should be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// A multiple of [`super::ALIGNMENT`].
    pub(super) offset: usize,
    /// Bytes of content; zeros up to the next multiple of [`super::ALIGNMENT`] are checked too.
    pub(super) len: usize,
    pub(super) checksum: u32,
    /// Whether it holds numbers of rows, which must be below this, or else the end of a list.
    pub(super) rows_below: Option<u32>,
}

/// A file and what is known of its blocks.
#[derive(Debug)]
pub(crate) struct MappedFile {
    map: Mmap,
    places: Vec<Place>,
    states: Vec<AtomicU8>,
    /// What stands in for damaged blocks.
    blank: OnceLock<Box<[Line]>>,
    damaged: OnceLock<usize>,
}

/// Bytes of a file as they were written.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    file: Arc<MappedFile>,
    number: u32,
    offset: usize,
    len: usize,
}

impl Block {
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        let file = &*self.file;
        match file.states[self.number as usize].load(Ordering::Acquire) {
            SOUND => &file.map[self.offset..][..self.len],
            _ => file.checked(self.number as usize),
        }
    }
}

/// The whole file, before anything is known of it.
pub(super) fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: the mapping is read only, and nobody changes files of an index once they are in
    // place (see the head of this file). Someone else who cuts the file off could end the process
    // by a bus error, which no program that maps files can prevent; contents are checked.
    unsafe { Mmap::map(file) }
}

impl MappedFile {
    /// All places lie within the map.
    pub(super) fn new(map: Mmap, places: Vec<Place>) -> Self {
        Self {
            states: places.iter().map(|_| AtomicU8::new(UNCHECKED)).collect(),
            map,
            places,
            blank: OnceLock::new(),
            damaged: OnceLock::new(),
        }
    }

    pub(super) fn block(self: &Arc<Self>, number: usize) -> Block {
        let Place { offset, len, .. } = self.places[number];
        Block {
            file: Arc::clone(self),
            number: number as u32,
            offset,
            len,
        }
    }

    /// The first block that was found to be damaged.
    pub(crate) fn damaged(&self) -> Option<usize> {
        self.damaged.get().copied()
    }

    /// Checks the blocks that were not used yet; ends early when `stop` says so or a block is
    /// damaged.
    pub(crate) fn check_all(&self, stop: impl Fn() -> bool) {
        for number in 0..self.places.len() {
            if self.damaged().is_some() || stop() {
                return;
            }
            if self.states[number].load(Ordering::Acquire) == UNCHECKED {
                self.checked(number);
            }
        }
    }

    #[cold]
    fn checked(&self, number: usize) -> &[u8] {
        let place = &self.places[number];
        let content = &self.map[place.offset..][..place.len];
        if self.states[number].load(Ordering::Acquire) == UNCHECKED {
            let padded = place.len.next_multiple_of(super::ALIGNMENT);
            let bytes = &self.map[place.offset..][..padded];
            let is_sound = super::checksum(number, bytes) == place.checksum
                && place
                    .rows_below
                    .is_none_or(|rows| super::names_rows_below(content, rows));
            if !is_sound {
                let _ = self.damaged.set(number);
            }
            let state = if is_sound { SOUND } else { DAMAGED };
            self.states[number].store(state, Ordering::Release);
        }
        match self.states[number].load(Ordering::Acquire) {
            SOUND => content,
            _ => self.blank(place.len),
        }
    }

    fn blank(&self, len: usize) -> &[u8] {
        let blank = self.blank.get_or_init(|| {
            let longest = self.places.iter().map(|place| place.len).max();
            let lines = longest.unwrap_or_default().div_ceil(Line::VALUES);
            vec![Line([0; _]); lines].into()
        });
        &Line::to_bytes(blank)[..len]
    }
}
