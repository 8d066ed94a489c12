//! Writing a snapshot to a file.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::Path;

use super::{
    ALIGNMENT, Header, KIND_BITS, MAGIC, NUMBERS, SMALL_BLOCK, START, VERSION, checksum, small,
};
use crate::rows::{Chunked, Value};
use crate::snapshot::{Snapshot, Structure};
use crate::{IndexKind, Metric};

/// Writes a snapshot to a new file beside `path` and puts it in place: whoever looks sees the old
/// file or all of the new one.
pub(crate) fn write(path: &Path, snapshot: &Snapshot, header: &Header) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    // As for any file: readers beside the owner may be other users.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder.tempfile_in(directory)?;
    write_to(file.as_file(), snapshot, header)?;
    snapshot.check().map_err(io::Error::other)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    // The name is there for good once its directory is written.
    if let Ok(directory) = File::open(directory) {
        directory.sync_all()?;
    }
    Ok(())
}

fn write_to(mut file: &File, snapshot: &Snapshot, header: &Header) -> io::Result<()> {
    let rows = &snapshot.rows;
    let small = small::to_bytes(snapshot);
    let block_count = small.len().div_ceil(SMALL_BLOCK)
        + rows.ids.chunks().count()
        + rows.lengths.chunks().count()
        + rows.inverse_lengths.chunks().count()
        + rows.margins.chunks().count()
        + rows.codes.chunks().count()
        + rows.vectors.chunks().count()
        + match &snapshot.structure {
            Structure::Graph(graph) => graph.base().chunks().count(),
            Structure::Plain | Structure::Lists(_) => 0,
        };
    let header_len = START + NUMBERS * 8 + block_count * 4 + 4;
    let data = header_len.next_multiple_of(ALIGNMENT) as u64;
    file.seek(io::SeekFrom::Start(data))?;

    let mut blocks = Blocks {
        out: BufWriter::with_capacity(1 << 20, file),
        padded: Vec::new(),
        checksums: Vec::with_capacity(block_count),
        written: data,
    };
    small.chunks(SMALL_BLOCK).try_for_each(|b| blocks.put(b))?;
    blocks.put_rows(&rows.ids)?;
    blocks.put_rows(&rows.lengths)?;
    blocks.put_rows(&rows.inverse_lengths)?;
    blocks.put_rows(&rows.margins)?;
    blocks.put_rows(&rows.codes)?;
    blocks.put_rows(&rows.vectors)?;
    if let Structure::Graph(graph) = &snapshot.structure {
        blocks.put_rows(graph.base())?;
    }
    blocks.out.flush()?;
    let (checksums, written) = (blocks.checksums, blocks.written);

    let mut bytes = Vec::with_capacity(header_len);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&(header_len as u32).to_le_bytes());
    let numbers =
        [written]
            .into_iter()
            .chain(header.tag)
            .chain(numbers(snapshot, header, small.len()));
    bytes.extend(numbers.flat_map(u64::to_le_bytes));
    bytes.extend(checksums.into_iter().flat_map(u32::to_le_bytes));
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
    // What follows up to the first block is a hole, which reads as zeros.
    file.seek(io::SeekFrom::Start(0))?;
    file.write_all(&bytes)
}

fn numbers(snapshot: &Snapshot, header: &Header, small_len: usize) -> [u64; NUMBERS - 5] {
    let Header {
        dim,
        metric,
        options,
        ..
    } = header;
    let metric = match metric {
        Metric::Cosine => 0,
        Metric::InnerProduct => 1,
        Metric::L2 => 2,
    };
    let kind = match options.kind {
        IndexKind::Auto => 0,
        IndexKind::Flat => 1,
        IndexKind::IvfFlat => 2,
        IndexKind::IvfSq8 => 3,
        IndexKind::Hnsw => 4,
    };
    let structure = match snapshot.structure {
        Structure::Plain => 0,
        Structure::Lists(_) => 1,
        Structure::Graph(_) => 2,
    };
    [
        *dim,
        metric,
        kind | (options.part_bits as usize) << KIND_BITS,
        options.m.unwrap_or_default(),
        options.ef_construction.unwrap_or_default(),
        options.nlist.unwrap_or_default(),
        structure,
        snapshot.rows.len(),
        small_len,
        snapshot.rows.settled_on,
    ]
    .map(|number| number as u64)
}

/// Blocks on their way to the file.
struct Blocks<W> {
    out: W,
    padded: Vec<u8>,
    checksums: Vec<u32>,
    /// Where the file ends.
    written: u64,
}

impl<W: Write> Blocks<W> {
    fn put(&mut self, content: &[u8]) -> io::Result<()> {
        let len = content.len().next_multiple_of(ALIGNMENT);
        self.padded.clear();
        self.padded.extend_from_slice(content);
        self.padded.resize(len, 0);
        let number = self.checksums.len();
        self.checksums.push(checksum(number, &self.padded));
        self.written += len as u64;
        self.out.write_all(&self.padded)
    }

    fn put_rows<T: Value>(&mut self, rows: &Chunked<T>) -> io::Result<()> {
        rows.chunks()
            .try_for_each(|chunk| self.put(T::bytes(chunk)))
    }
}
