//! A matrix whose rows are read when they are asked for.

use std::io;

use super::{Dtype, Source, widen};

/// A matrix whose rows are read when they are asked for. Shared by threads.
pub(crate) struct Rows {
    count: usize,
    width: usize,
    content: Content,
}

enum Content {
    File {
        source: Source,
        offset: u64,
        dtype: Dtype,
    },
    Memory(Vec<f32>),
}

impl Rows {
    pub(super) fn in_file(
        source: Source,
        offset: u64,
        dtype: Dtype,
        [count, width]: [usize; 2],
    ) -> Self {
        let content = Content::File {
            source,
            offset,
            dtype,
        };
        Self {
            count,
            width,
            content,
        }
    }

    pub(super) fn in_memory(values: Vec<f32>, [count, width]: [usize; 2]) -> Self {
        Self {
            count,
            width,
            content: Content::Memory(values),
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Copies row `index` to `out`, which is as long.
    ///
    /// # Errors
    /// The file can't be read any more.
    pub(crate) fn read(&self, index: usize, out: &mut [f32]) -> io::Result<()> {
        match &self.content {
            Content::Memory(values) => {
                out.copy_from_slice(&values[index * self.width..][..self.width]);
            }
            Content::File {
                source,
                offset,
                dtype,
            } => {
                let length = self.width * dtype.bytes();
                let mut bytes = vec![0; length];
                source.read_at(offset + (index * length) as u64, &mut bytes)?;
                out.copy_from_slice(&widen(&bytes, *dtype));
            }
        }
        Ok(())
    }
}
