//! A gzip file read from any place on, without unpacking it.
//!
//! Within a deflate stream there is no way to a place but through what comes before it. So the state of
//! the decompressor is kept every so often (as in zlib's `examples/zran.c`), and wherever a reader
//! stopped: one that goes on from there, as an import does, decompresses nothing twice.
//!
//! `miniz_oxide` and not `flate2`, since its state can be copied. A gzip file may have several members
//! (RFC 1952, section 2.2), as programs write it that compress on several cores.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flate2::Crc;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use super::error::Fault;
use super::window::{Window, WindowReader};

/// What deflate may refer back to: the ring of what came last.
const RING_BYTES: usize = 32 << 10;

/// Decompressed bytes between two states that are kept, at least: to decompress them takes some 60 ms.
const SPACING_BYTES: u64 = 32 << 20;

/// States that are kept for their place; each takes 43 KiB. With more, every second one goes.
const MOST_KEPT: usize = 256;

/// States of readers that stopped: an import reads with a few threads.
const MOST_IDLE: usize = 4;

/// Decompressed bytes for each compressed one, above which the file is taken for a bomb; deflate
/// reaches 1032. Drawings reach 30, XML 20.
const MAX_RATIO: u64 = 200;

/// Decompressed bytes that any file may have.
const SMALL_BYTES: u64 = 1 << 30;

/// A gzip file, and how to get to places in it. Shared by readers.
pub(super) struct Gzip {
    compressed: Window,
    /// Bytes above which it is refused.
    most_bytes: u64,
    states: Mutex<States>,
}

struct States {
    /// By position, ascending.
    kept: Vec<State>,
    spacing_bytes: u64,
    /// Where readers stopped, the last one last.
    idle: VecDeque<State>,
}

/// A decompressor at a place.
#[derive(Clone)]
struct State {
    inflate: Box<DecompressorOxide>,
    ring: Box<[u8]>,
    /// Where in the ring the next bytes go.
    next: usize,
    /// Bytes before it that nobody has taken yet.
    untaken: usize,
    /// Of the next byte that is taken, in what is decompressed.
    position: u64,
    /// Of the next byte that is read, in the file.
    compressed_position: u64,
    phase: Phase,
    /// Bytes of this member so far.
    member_bytes: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// A member's header comes next.
    Header,
    Deflated,
    End,
}

/// Reads a gzip file from any place on.
pub(super) struct GzipReader {
    gzip: Arc<Gzip>,
    active: Option<Active>,
}

struct Active {
    state: State,
    input: BufReader<Box<WindowReader>>,
    /// Of the member so far; `None` where its beginning was not read here.
    crc: Option<Crc>,
}

impl Gzip {
    /// The gzip file that fills `compressed`.
    pub(super) fn new(compressed: Window) -> Self {
        let most_bytes = compressed.length().saturating_mul(MAX_RATIO);
        Self {
            compressed,
            most_bytes: most_bytes.max(SMALL_BYTES),
            states: Mutex::new(States {
                kept: Vec::new(),
                spacing_bytes: SPACING_BYTES,
                idle: VecDeque::new(),
            }),
        }
    }

    /// The state from which `position` is reached soonest.
    fn nearest(&self, position: u64) -> State {
        let mut states = self.lock();
        let kept = states
            .kept
            .partition_point(|kept| kept.position <= position);
        let kept = kept.checked_sub(1);
        let kept_at = kept.map_or(0, |index| states.kept[index].position);
        let idle = states.idle.iter().enumerate();
        let idle = idle
            .filter(|(_, idle)| (kept_at..=position).contains(&idle.position))
            .max_by_key(|(_, idle)| idle.position)
            .map(|(index, _)| index);
        if let Some(state) = idle.and_then(|index| states.idle.remove(index)) {
            return state;
        }
        kept.map_or_else(State::begin, |index| states.kept[index].clone())
    }

    /// Whether another state is much nearer to `position` than one at `from`.
    fn has_nearer(&self, from: u64, position: u64) -> bool {
        let states = self.lock();
        position - from > states.spacing_bytes
            && states
                .kept
                .iter()
                .any(|kept| kept.position > from && kept.position <= position)
    }

    /// Keeps the state for its place, if none is near.
    fn keep(&self, state: &State) {
        let mut states = self.lock();
        let last = states.kept.last().map_or(0, |kept| kept.position);
        if state.position < last.saturating_add(states.spacing_bytes) {
            return;
        }
        states.kept.push(state.clone());
        if states.kept.len() > MOST_KEPT {
            let mut is_odd = false;
            states.kept.retain(|_| {
                is_odd = !is_odd;
                !is_odd
            });
            states.spacing_bytes *= 2;
        }
    }

    fn stopped(&self, state: State) {
        let mut states = self.lock();
        states.idle.push_back(state);
        if states.idle.len() > MOST_IDLE {
            states.idle.pop_front();
        }
    }

    /// What is locked here stays whole even if a thread panics.
    fn lock(&self) -> MutexGuard<'_, States> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Gzip {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gzip = formatter.debug_struct("Gzip");
        gzip.field("compressed", &self.compressed)
            .finish_non_exhaustive()
    }
}

impl State {
    fn begin() -> Self {
        Self {
            inflate: Box::default(),
            ring: vec![0; RING_BYTES].into_boxed_slice(),
            next: 0,
            untaken: 0,
            position: 0,
            compressed_position: 0,
            phase: Phase::Header,
            member_bytes: 0,
        }
    }
}

impl GzipReader {
    pub(super) fn new(gzip: Arc<Gzip>) -> Self {
        Self { gzip, active: None }
    }

    /// Reads from `position` on, as [`Read::read`] does; 0 at the end.
    pub(super) fn read_at(&mut self, position: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let goes_on = self.active.as_ref().is_some_and(|active| {
            let from = active.state.position;
            from <= position && !self.gzip.has_nearer(from, position)
        });
        if !goes_on {
            self.stop();
            self.active = Some(self.start(position)?);
        }
        let Some(active) = &mut self.active else {
            return Ok(0);
        };
        while active.state.position < position {
            if active.fill(&self.gzip)? == 0 {
                return Ok(0);
            }
            let ahead = position - active.state.position;
            active.take(usize::try_from(ahead).unwrap_or(usize::MAX), None);
        }
        if active.fill(&self.gzip)? == 0 {
            return Ok(0);
        }
        Ok(active.take(buffer.len(), Some(buffer)))
    }

    fn start(&self, position: u64) -> io::Result<Active> {
        let state = self.gzip.nearest(position);
        let mut input = self.gzip.compressed.reader().map_err(Fault::into_io)?;
        input.seek_to(state.compressed_position)?;
        Ok(Active {
            state,
            input: BufReader::new(Box::new(input)),
            crc: None,
        })
    }

    fn stop(&mut self) {
        if let Some(active) = self.active.take() {
            self.gzip.stopped(active.state);
        }
    }
}

impl Drop for GzipReader {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Debug for GzipReader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut reader = formatter.debug_struct("GzipReader");
        reader.field("gzip", &self.gzip).finish_non_exhaustive()
    }
}

impl Active {
    /// Takes up to `most` of what is decompressed, into `buffer` if there is one.
    fn take(&mut self, most: usize, buffer: Option<&mut [u8]>) -> usize {
        let state = &mut self.state;
        let count = state.untaken.min(most);
        let start = state.next - state.untaken;
        if let Some(buffer) = buffer {
            buffer[..count].copy_from_slice(&state.ring[start..start + count]);
        }
        state.untaken -= count;
        state.position += count as u64;
        count
    }

    /// Decompresses until something can be taken; returns how much, 0 at the end.
    fn fill(&mut self, gzip: &Gzip) -> io::Result<usize> {
        while self.state.untaken == 0 {
            match self.state.phase {
                Phase::Header => self.begin_member()?,
                Phase::Deflated => self.inflate(gzip)?,
                Phase::End => return Ok(0),
            }
        }
        Ok(self.state.untaken)
    }

    fn inflate(&mut self, gzip: &Gzip) -> io::Result<()> {
        let state = &mut self.state;
        if state.position > gzip.most_bytes {
            return Err(invalid(format!(
                "unpacks to more than {MAX_RATIO} times its size; unpack it first if that is meant"
            )));
        }
        gzip.keep(state);
        let input = self.input.fill_buf()?;
        let is_last = input.is_empty();
        if state.next == RING_BYTES {
            state.next = 0;
        }
        let flags = match is_last {
            true => 0,
            false => inflate_flags::TINFL_FLAG_HAS_MORE_INPUT,
        };
        let (status, used, made) = decompress(
            &mut state.inflate,
            input,
            &mut state.ring,
            state.next,
            flags,
        );
        let made_bytes = &state.ring[state.next..state.next + made];
        if let Some(crc) = &mut self.crc {
            crc.update(made_bytes);
        }
        state.next += made;
        state.untaken = made;
        state.member_bytes += made as u64;
        state.compressed_position += used as u64;
        self.input.consume(used);
        match status {
            TINFLStatus::Done => self.end_member(),
            TINFLStatus::HasMoreOutput => Ok(()),
            TINFLStatus::NeedsMoreInput if !is_last => Ok(()),
            TINFLStatus::NeedsMoreInput | TINFLStatus::FailedCannotMakeProgress => {
                Err(ends_early())
            }
            _ => Err(invalid("its compressed data is damaged")),
        }
    }

    /// Reads a member's header, or finds that there is none any more.
    fn begin_member(&mut self) -> io::Result<()> {
        let mut fixed = [0; 10];
        let start = self.input.fill_buf()?;
        let begins = start.starts_with(b"\x1f\x8b") || start == b"\x1f";
        // What follows the last member, mostly zeros, is passed over, as gzip does.
        if !begins && self.state.position > 0 {
            self.state.phase = Phase::End;
            return Ok(());
        }
        self.read_exact(&mut fixed)?;
        let [0x1f, 0x8b, 8, flags, ..] = fixed else {
            return Err(invalid("is no gzip file of a kind that is read"));
        };
        if flags & EXTRA != 0 {
            let mut length = [0; 2];
            self.read_exact(&mut length)?;
            for _ in 0..u16::from_le_bytes(length) {
                self.read_exact(&mut [0])?;
            }
        }
        for text in [NAME, COMMENT] {
            let mut byte = [u8::from(flags & text != 0)];
            while byte != [0] {
                self.read_exact(&mut byte)?;
            }
        }
        if flags & HEADER_CRC != 0 {
            self.read_exact(&mut [0; 2])?;
        }
        *self.state.inflate = DecompressorOxide::default();
        self.state.member_bytes = 0;
        self.state.phase = Phase::Deflated;
        self.crc = Some(Crc::new());
        Ok(())
    }

    /// Holds what was decompressed against the member's trailer.
    fn end_member(&mut self) -> io::Result<()> {
        let mut trailer = [0; 8];
        self.read_exact(&mut trailer)?;
        let [c0, c1, c2, c3, l0, l1, l2, l3] = trailer;
        let claimed = u32::from_le_bytes([c0, c1, c2, c3]);
        let length = u32::from_le_bytes([l0, l1, l2, l3]);
        let is_right = self.crc.as_ref().is_none_or(|crc| crc.sum() == claimed);
        // The length is counted modulo 2^32.
        if !is_right || self.state.member_bytes as u32 != length {
            return Err(invalid(
                "its contents are not those that its checksum was made of",
            ));
        }
        self.state.phase = Phase::Header;
        Ok(())
    }

    fn read_exact(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        self.input
            .read_exact(buffer)
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => ends_early(),
                _ => error,
            })?;
        self.state.compressed_position += buffer.len() as u64;
        Ok(())
    }
}

/// Flags of a member's header.
const HEADER_CRC: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;

fn ends_early() -> io::Error {
    let reason = "the gzip file ends early; fetch it again";
    io::Error::new(io::ErrorKind::UnexpectedEof, reason)
}

fn invalid(reason: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason.into())
}
