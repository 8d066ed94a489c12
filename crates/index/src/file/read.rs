//! Opening a file.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use lookalike_kernels::Isa;

use super::map::{MappedFile, Place, map};
use super::small::{self, Shape};
use super::{ALIGNMENT, FileError, Header, KIND_BITS, MAGIC, NUMBERS, SMALL_BLOCK, START, VERSION};
use crate::graph::Graph;
use crate::index::{MOST_ROWS, check_dim};
use crate::rows::{Chunked, Value};
use crate::snapshot::{Snapshot, Structure};
use crate::{IndexKind, IndexOptions, Metric};

/// Why a file cannot be opened.
enum Refusal {
    Damaged(&'static str),
    OtherVersion(u32),
}

impl From<&'static str> for Refusal {
    fn from(reason: &'static str) -> Self {
        Self::Damaged(reason)
    }
}

/// Opens what [`super::write`](fn@super::write) wrote.
pub(crate) fn open(path: &Path) -> Result<(Header, Snapshot), FileError> {
    let io = |source| FileError::Io {
        path: path.to_path_buf(),
        source,
    };
    let file = File::open(path).map_err(io)?;
    if file.metadata().map_err(io)?.len() < START as u64 {
        return Err(FileError::Damaged {
            path: path.to_path_buf(),
            reason: "it is cut off".into(),
        });
    }
    let map = map(&file).map_err(io)?;
    read(map).map_err(|refusal| match refusal {
        Refusal::Damaged(reason) => FileError::Damaged {
            path: path.to_path_buf(),
            reason: reason.into(),
        },
        Refusal::OtherVersion(found) => FileError::OtherVersion {
            path: path.to_path_buf(),
            found,
            expected: VERSION,
        },
    })
}

fn read(map: memmap2::Mmap) -> Result<(Header, Snapshot), Refusal> {
    let (magic, rest) = map.split_at(MAGIC.len());
    if magic != MAGIC {
        return Err("it does not start as an index does".into());
    }
    let number = |place: usize| {
        let bytes = rest.get(place..).and_then(|bytes| bytes.first_chunk());
        bytes.map(|bytes| u32::from_le_bytes(*bytes))
    };
    let cut_off = || Refusal::Damaged("it is cut off");
    let version = number(0).ok_or_else(cut_off)?;
    if version != VERSION {
        return Err(Refusal::OtherVersion(version));
    }
    let header_len = number(4).ok_or_else(cut_off)? as usize;
    if header_len < START + NUMBERS * 8 + 4 {
        return Err("its header is too short".into());
    }
    let bytes = map.get(..header_len).ok_or_else(cut_off)?;
    let (bytes, expected) = bytes.split_at(header_len - 4);
    if crc32fast::hash(bytes).to_le_bytes() != expected {
        return Err("the checksum of its header is wrong".into());
    }
    let (numbers, checksums) = bytes[START..].split_at(NUMBERS * 8);
    let (numbers, _) = numbers.as_chunks();
    let numbers: Vec<u64> = numbers.iter().map(|n| u64::from_le_bytes(*n)).collect();
    let (checksums, rest) = checksums.as_chunks();
    if !rest.is_empty() || numbers[0] != map.len() as u64 {
        return Err("it is cut off, or longer than it should be".into());
    }
    let after = header_len.next_multiple_of(ALIGNMENT);
    let gap = map.get(header_len..after).ok_or_else(cut_off)?;
    if gap.iter().any(|&byte| byte != 0) {
        return Err("there is something behind its header".into());
    }
    let parts = Parts::of(&numbers)?;
    let mut snapshot = parts.empty_snapshot();
    let mut plan = Plan {
        offset: after,
        end: map.len(),
        checksums: checksums.iter().map(|c| u32::from_le_bytes(*c)).collect(),
        places: Vec::new(),
    };
    let small_blocks = plan.bytes(parts.small_len, SMALL_BLOCK, None)?;
    let rows = parts.rows;
    let ids = plan.rows(&snapshot.rows.ids, rows)?;
    let lengths = plan.rows(&snapshot.rows.lengths, rows)?;
    let inverse_rows = match parts.header.metric {
        Metric::Cosine => rows,
        Metric::InnerProduct | Metric::L2 => 0,
    };
    let inverse_lengths = plan.rows(&snapshot.rows.inverse_lengths, inverse_rows)?;
    let margins = plan.rows(&snapshot.rows.margins, rows)?;
    let codes = plan.rows(&snapshot.rows.codes, rows)?;
    let vectors = plan.rows(&snapshot.rows.vectors, rows)?;
    let links = match &snapshot.structure {
        Structure::Graph(graph) => {
            let base = graph.base();
            let chunk = base.chunk_rows() * base.row_len() * ALIGNMENT;
            plan.bytes(rows * base.row_len() * ALIGNMENT, chunk, Some(rows as u32))?
        }
        Structure::Plain | Structure::Lists(_) => 0..0,
    };
    if plan.offset != plan.end || plan.places.len() != plan.checksums.len() {
        return Err("its counts do not fit one another".into());
    }

    let file = Arc::new(MappedFile::new(map, plan.places));
    let blocks = |range: std::ops::Range<usize>| range.map(|number| file.block(number));
    let small: Vec<u8> = blocks(small_blocks)
        .flat_map(|block| block.bytes().to_vec())
        .collect();
    snapshot.rows.ids.set_mapped(rows, blocks(ids));
    snapshot.rows.lengths.set_mapped(rows, blocks(lengths));
    let inverse = blocks(inverse_lengths);
    snapshot
        .rows
        .inverse_lengths
        .set_mapped(inverse_rows, inverse);
    snapshot.rows.margins.set_mapped(rows, blocks(margins));
    snapshot.rows.codes.set_mapped(rows, blocks(codes));
    snapshot.rows.vectors.set_mapped(rows, blocks(vectors));
    if let Structure::Graph(graph) = &mut snapshot.structure {
        graph.set_base(rows, blocks(links));
    }
    // Before the parts are read: what stands in for damaged ones means nothing.
    let is_damaged = || file.damaged().is_some();
    const DAMAGED: &str = "a checksum is wrong";
    if is_damaged() {
        return Err(DAMAGED.into());
    }
    small::read(&small, &mut snapshot, parts.shape)?;
    snapshot.find_ids();
    if is_damaged() {
        return Err(DAMAGED.into());
    }
    if snapshot.live
        + snapshot
            .dead
            .iter()
            .map(|w| w.count_ones() as usize)
            .sum::<usize>()
        != rows
    {
        return Err("an item comes twice".into());
    }
    snapshot.rows.settled_on = parts.settled_on;
    snapshot.file = Some(file);
    Ok((parts.header, snapshot))
}

/// What the numbers of a header say.
struct Parts {
    header: Header,
    shape: Shape,
    rows: usize,
    small_len: usize,
    settled_on: usize,
}

impl Parts {
    fn of(numbers: &[u64]) -> Result<Self, Refusal> {
        let tag = [numbers[1], numbers[2], numbers[3], numbers[4]];
        let mut sizes = [0_usize; NUMBERS - 5];
        for (size, &number) in sizes.iter_mut().zip(&numbers[5..]) {
            *size = usize::try_from(number).map_err(|_| "a number is too large")?;
        }
        let [
            dim,
            metric,
            kind,
            m,
            ef_construction,
            nlist,
            shape,
            rows,
            small_len,
            settled_on,
        ] = sizes;
        let metric = match metric {
            0 => Metric::Cosine,
            1 => Metric::InnerProduct,
            2 => Metric::L2,
            _ => return Err("it names no metric".into()),
        };
        let (part_bits, kind) = (kind >> KIND_BITS, kind & ((1 << KIND_BITS) - 1));
        let kind = match kind {
            0 => IndexKind::Auto,
            1 => IndexKind::Flat,
            2 => IndexKind::IvfFlat,
            3 => IndexKind::IvfSq8,
            4 => IndexKind::Hnsw,
            _ => return Err("it names no kind".into()),
        };
        let shape = match shape {
            0 => Shape::Plain,
            1 => Shape::Lists,
            2 => Shape::Graph,
            _ => return Err("it has no known structure".into()),
        };
        let given = |number| (number != 0).then_some(number);
        let options = IndexOptions {
            kind,
            m: given(m),
            ef_construction: given(ef_construction),
            nlist: given(nlist),
            part_bits: u32::try_from(part_bits).unwrap_or(u32::MAX),
        };
        let is_possible = check_dim(dim).is_ok() && options.check().is_ok() && rows <= MOST_ROWS;
        if !is_possible {
            return Err("a number is out of its range".into());
        }
        Ok(Self {
            header: Header {
                dim,
                metric,
                options,
                tag,
            },
            shape,
            rows,
            small_len,
            settled_on,
        })
    }

    fn empty_snapshot(&self) -> Snapshot {
        let Header {
            dim,
            metric,
            options,
            ..
        } = self.header;
        let mut snapshot = Snapshot::new(Isa::active(), metric, dim, options.part_bits);
        if let Shape::Graph = self.shape {
            snapshot.structure = Structure::Graph(Graph::new(options.m()));
        }
        snapshot
    }
}

/// Where blocks lie, one part after another.
struct Plan {
    offset: usize,
    end: usize,
    checksums: Vec<u32>,
    places: Vec<Place>,
}

impl Plan {
    /// The numbers of the blocks of `len` bytes.
    fn bytes(
        &mut self,
        len: usize,
        block_len: usize,
        rows_below: Option<u32>,
    ) -> Result<std::ops::Range<usize>, Refusal> {
        let first = self.places.len();
        let mut left = len;
        while left > 0 {
            let len = left.min(block_len);
            let padded = len.next_multiple_of(ALIGNMENT);
            let checksum = self.checksums.get(self.places.len());
            let (Some(&checksum), true) = (checksum, padded <= self.end - self.offset) else {
                return Err("its counts do not fit one another".into());
            };
            self.places.push(Place {
                offset: self.offset,
                len,
                checksum,
                rows_below,
            });
            self.offset += padded;
            left -= len;
        }
        Ok(first..self.places.len())
    }

    fn rows<T: Value>(
        &mut self,
        rows: &Chunked<T>,
        count: usize,
    ) -> Result<std::ops::Range<usize>, Refusal> {
        let row = rows.row_len() * size_of::<T>();
        let len = count
            .checked_mul(row)
            .ok_or("its counts do not fit one another")?;
        self.bytes(len, rows.chunk_rows() * row, None)
    }
}
