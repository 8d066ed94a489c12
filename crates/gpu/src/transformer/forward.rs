//! The forward pass over a batch of sequences.
//!
//! Rows are tokens, one sequence after another; all kernels of a batch are handed in together.
//! A row's arithmetic is the same whatever rows are beside it.

use lookalike_encoders::{DeviceError, Output, Sequence};
use wgpu::BufferUsages;

use super::tables::{Places, Tables, Tokens, extend_rows};
use super::{CardLayer, CardTransformer, PictureEntry};
use crate::kernels::stride;
use crate::memory::Buffer;
use crate::work::{Exchange, Work};

/// Memory on the card that a batch needs, kept for the next one.
#[derive(Default)]
pub(super) struct Workspace {
    buffers: Buffers,
    exchange: Exchange,
    /// What `starts` and `angles` hold.
    places: Option<Places>,
}

/// Matrices of a row for each token, and tables.
#[derive(Default)]
struct Buffers {
    /// The tokens; and what they become where norms stand behind, or where few are wanted.
    tokens: Option<Buffer>,
    others: Option<Buffer>,
    /// Behind a norm; what attention mixed.
    narrow: Option<Buffer>,
    /// Queries, keys and values; patches that are embedded; results.
    qkv: Option<Buffer>,
    /// The feed-forward half; patches as rows.
    wide: Option<Buffer>,
    pixels: Option<Buffer>,
    patches: Option<Buffer>,
    starts: Option<Buffer>,
    token_table: Option<Buffer>,
    angles: Option<Buffer>,
    angle_table: Option<Buffer>,
    blocks: Option<Buffer>,
    wanted: Option<Buffer>,
}

impl std::fmt::Debug for Workspace {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Workspace").finish_non_exhaustive()
    }
}

/// The buffers of a batch that the layers use.
#[derive(Clone, Copy)]
struct Rows<'a> {
    narrow: &'a Buffer,
    qkv: &'a Buffer,
    wide: &'a Buffer,
    blocks: (&'a Buffer, usize),
    angles: Option<[&'a Buffer; 2]>,
    wanted: Option<&'a Buffer>,
}

impl CardTransformer {
    pub(super) fn run(
        &self,
        sequences: &[Sequence<'_>],
        output: Output,
        workspace: &mut Workspace,
    ) -> Result<Vec<Vec<f32>>, DeviceError> {
        let width = self.shape.width;
        let side = self.pictures.as_ref().map_or(1, |entry| entry.side);
        let tables = Tables::new(sequences, side, width);
        let Some((mut tables, tokens)) = tables else {
            return Err(self.refused("pictures and texts in one batch"));
        };
        let wanted = tables.wanted(output);
        let Workspace {
            buffers,
            exchange,
            places,
        } = workspace;
        self.reserve(buffers, &tables)?;
        // Out while they are written: a failure in between leaves nothing to trust.
        let kept = places.take();
        self.fill(buffers, &tables, &tokens, kept.as_ref(), wanted.as_deref())?;
        *places = Some(std::mem::take(&mut tables.places));

        let Buffers {
            tokens: Some(x),
            others: Some(others),
            narrow: Some(narrow),
            qkv: Some(qkv),
            wide: Some(wide),
            blocks: Some(blocks),
            ..
        } = &*buffers
        else {
            return Err(self.refused("a batch without memory"));
        };
        let rows = Rows {
            narrow,
            qkv,
            wide,
            blocks: (blocks, tables.blocks.len()),
            angles: match (&buffers.angles, &buffers.angle_table) {
                (Some(angles), Some(table)) if !tables.angles.is_empty() => Some([angles, table]),
                _ => None,
            },
            wanted: wanted.as_ref().and(buffers.wanted.as_ref()),
        };
        let mut work = Work::new(&self.card);
        if let Tokens::Pictures(_) = tokens {
            let entry = self.pictures.as_ref();
            let entry = entry.ok_or_else(|| self.refused("pictures by a network for texts"))?;
            self.embed(&mut work, entry, buffers, &tables)?;
        }
        let (mut x, mut others) = (x, others);
        if let Some(norm) = &self.norm_before {
            norm.run(&mut work, tables.rows, x, others);
            std::mem::swap(&mut x, &mut others);
        }
        let mut count = tables.rows;
        for (index, layer) in self.layers.iter().enumerate() {
            let is_last = index + 1 == self.layers.len();
            let few = rows.wanted.filter(|_| is_last);
            let few = few.zip(wanted.as_ref().map(Vec::len));
            (x, others) = self.layer(&mut work, layer, rows, few, count, (x, others))?;
            if let Some((_, wanted)) = few {
                count = wanted;
            }
        }
        let results = match &self.norm_after {
            Some(norm) => {
                norm.run(&mut work, count, x, qkv);
                qkv
            }
            None => x,
        };
        let row = stride(width);
        let bytes = work.run(exchange, &[(results, count * row * 4)])?;
        let values: Vec<f32> = bytes
            .as_chunks()
            .0
            .iter()
            .map(|&four| f32::from_le_bytes(four))
            .collect();
        let mut rest = values.chunks(row).map(|row| &row[..width]);
        let each = tables.spans.iter().map(|&(_, tokens)| match output {
            Output::All => tokens,
            Output::First | Output::Last => 1,
        });
        Ok(each
            .map(|tokens| rest.by_ref().take(tokens).flatten().copied().collect())
            .collect())
    }

    /// Makes all buffers large enough.
    fn reserve(&self, buffers: &mut Buffers, tables: &Tables) -> Result<(), DeviceError> {
        let (rows, number) = (tables.rows, self.number.bytes());
        let row = stride(self.shape.width);
        let mixed = self.attention.width();
        let hidden = self
            .layers
            .iter()
            .map(|layer| layer.contract.inputs())
            .max();
        let patch = self.pictures.as_ref().map_or(0, |entry| entry.map.inputs());
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST | BufferUsages::COPY_SRC;
        let Tables {
            blocks,
            pixels,
            patches,
            tokens,
            angles,
            spans,
            ..
        } = tables;
        let wide = rows * hidden.unwrap_or(0) * number;
        for (kept, what, bytes) in [
            (&mut buffers.tokens, "tokens", rows * row * 4),
            (
                &mut buffers.others,
                "tokens",
                self.other_rows(tables) * row * 4,
            ),
            (&mut buffers.narrow, "norms", rows * row.max(mixed) * number),
            // Also for tokens in f32.
            (
                &mut buffers.qkv,
                "queries, keys and values",
                rows * (3 * mixed * number).max(row * 4),
            ),
            (
                &mut buffers.wide,
                "feed-forward halves",
                wide.max(patches.len() * patch * number),
            ),
            (&mut buffers.pixels, "pixels", pixels.len() + 4),
            (&mut buffers.patches, "tables", size_of_val(&patches[..])),
            (&mut buffers.token_table, "tables", size_of_val(&tokens[..])),
            (&mut buffers.angle_table, "tables", size_of_val(&angles[..])),
            (&mut buffers.blocks, "tables", size_of_val(&blocks[..])),
            (&mut buffers.wanted, "tables", spans.len() * 4),
        ] {
            self.card.reserve(kept, what, bytes, usage)?;
        }
        Ok(())
    }

    /// Rows of the second matrix of tokens.
    fn other_rows(&self, tables: &Tables) -> usize {
        let stands_behind = self.layers.iter().any(|layer| layer.behind.is_some());
        if stands_behind || self.norm_before.is_some() {
            tables.rows
        } else {
            tables.spans.len()
        }
    }

    /// Brings over what the batch is made of. `kept` are the places that are there already.
    fn fill(
        &self,
        buffers: &mut Buffers,
        tables: &Tables,
        tokens: &Tokens<'_>,
        kept: Option<&Places>,
        wanted: Option<&[u32]>,
    ) -> Result<(), DeviceError> {
        let memory = &self.card.memory;
        let write = |buffer: &Option<Buffer>, bytes: &[u8]| match buffer {
            Some(buffer) => memory.write(buffer, bytes),
            None => Ok(()),
        };
        let (width, row) = (self.shape.width, stride(self.shape.width));
        write(&buffers.blocks, bytemuck::cast_slice(&tables.blocks))?;
        write(
            &buffers.wanted,
            bytemuck::cast_slice(wanted.unwrap_or_default()),
        )?;
        match tokens {
            Tokens::Rows(sequences) => {
                let mut values = Vec::with_capacity(tables.rows * row);
                for sequence in sequences {
                    extend_rows(&mut values, sequence, width, row);
                }
                write(&buffers.tokens, bytemuck::cast_slice(&values))
            }
            Tokens::Pictures(leading) => {
                write(&buffers.pixels, &tables.pixels)?;
                write(&buffers.patches, bytemuck::cast_slice(&tables.patches))?;
                write(&buffers.token_table, bytemuck::cast_slice(&tables.tokens))?;
                write(&buffers.angle_table, bytemuck::cast_slice(&tables.angles))?;
                if kept.is_some_and(|kept| kept.is_same(&tables.places)) {
                    return Ok(());
                }
                let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST;
                let starts = tables.places.starts(leading, width, row);
                let angles = tables.places.angles();
                for (buffer, values) in
                    [(&mut buffers.starts, starts), (&mut buffers.angles, angles)]
                {
                    let bytes: &[u8] = bytemuck::cast_slice(&values);
                    self.card.reserve(buffer, "places", bytes.len(), usage)?;
                    write(buffer, bytes)?;
                }
                Ok(())
            }
        }
    }

    /// The tokens of pictures.
    fn embed<'a>(
        &'a self,
        work: &mut Work<'a>,
        entry: &'a PictureEntry,
        buffers: &'a Buffers,
        tables: &Tables,
    ) -> Result<(), DeviceError> {
        let Buffers {
            tokens: Some(tokens),
            qkv: Some(embedded),
            wide: Some(wide),
            pixels: Some(pixels),
            patches: Some(patches),
            starts: Some(starts),
            token_table: Some(table),
            ..
        } = buffers
        else {
            return Err(self.refused("a batch without memory"));
        };
        let count = tables.patches.len();
        entry.unfold.run(work, count, [pixels, patches], wide);
        entry.map.run(work, count, wide, embedded);
        let rows = (tables.rows, self.shape.width);
        entry
            .place
            .run(work, rows, [embedded, starts, table], tokens);
        Ok(())
    }

    /// A layer over `count` rows of `x`; of the last one, if only `few` tokens are wanted, what is
    /// behind attention is computed of these alone. Returns where the tokens are then, and what is
    /// free.
    fn layer<'a>(
        &'a self,
        work: &mut Work<'a>,
        layer: &'a CardLayer,
        rows: Rows<'a>,
        few: Option<(&'a Buffer, usize)>,
        mut count: usize,
        (mut x, mut others): (&'a Buffer, &'a Buffer),
    ) -> Result<(&'a Buffer, &'a Buffer), DeviceError> {
        let Rows {
            narrow, qkv, wide, ..
        } = rows;
        let mut input = x;
        if let Some([norm, _]) = &layer.before {
            norm.run(work, count, x, narrow);
            input = narrow;
        }
        layer.qkv.run(work, count, input, qkv);
        if let Some(angles) = rows.angles {
            let rotate = self.rotate.as_ref();
            let rotate = rotate.ok_or_else(|| self.refused("heads of an odd size turned"))?;
            rotate.run(work, count, angles, qkv);
        }
        self.attention.run(work, qkv, rows.blocks, narrow);
        let mut mixed = narrow;
        if let Some((wanted, few)) = few {
            let width = self.shape.width;
            self.gather_mixed
                .run(work, (few, self.attention.width()), [narrow, wanted], qkv);
            self.gather_tokens
                .run(work, (few, width), [x, wanted], others);
            std::mem::swap(&mut x, &mut others);
            (mixed, count) = (qkv, few);
        }
        layer.projection.run(work, count, mixed, x);
        if let Some([norm, _]) = &layer.behind {
            norm.run(work, count, x, others);
            std::mem::swap(&mut x, &mut others);
        }
        let mut input = x;
        if let Some([_, norm]) = &layer.before {
            norm.run(work, count, x, narrow);
            input = narrow;
        }
        layer.expand.run(work, count, input, wide);
        layer.contract.run(work, count, wide, x);
        if let Some([_, norm]) = &layer.behind {
            norm.run(work, count, x, others);
            std::mem::swap(&mut x, &mut others);
        }
        Ok((x, others))
    }

    fn refused(&self, subject: &str) -> DeviceError {
        DeviceError::Refused {
            device: self.card.summary().name.clone(),
            subject: subject.to_owned(),
            detail: "it is not made for that".to_owned(),
        }
    }
}
