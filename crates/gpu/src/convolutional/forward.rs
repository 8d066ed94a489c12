//! The forward pass over pictures of one size.
//!
//! Rows are pixels, one picture after another. Between blocks they are f32; what a block that adds
//! gives lies where what came in lay.

use lookalike_encoders::{Convolved, DeviceError};
use lookalike_imaging::RgbImage;
use lookalike_kernels::convolution::Window;
use wgpu::BufferUsages;

use super::{CardBlock, CardConvolutions, CardTap};
use crate::card::Card;
use crate::kernels::{Convolved as Lies, Patch, stride};
use crate::memory::Buffer;
use crate::work::{Exchange, Work};

/// Memory that a batch may take, besides the first picture.
const BATCH_BYTES: usize = 512 << 20;

/// Memory on the card that a batch needs, kept for the next one.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    /// Pixels between blocks, and those that come next.
    pixels: Option<Buffer>,
    others: Option<Buffer>,
    /// Channels that are convolved, and what comes of it; patches of the stem.
    wide: Option<Buffer>,
    convolved: Option<Buffer>,
    bytes: Option<Buffer>,
    patches: Option<Buffer>,
    places: Option<Buffer>,
    taps: Vec<Option<Buffer>>,
    exchange: Exchange,
}

/// Bytes that one picture needs in each buffer.
#[derive(Clone, Copy, Default)]
struct Need {
    pixels: usize,
    wide: usize,
    convolved: usize,
}

/// A picture's pixels behind a block.
#[derive(Clone, Copy)]
struct Extent([usize; 2]);

impl Extent {
    fn pixels(self) -> usize {
        self.0[0] * self.0[1]
    }

    fn behind(self, window: Window) -> Self {
        Self(self.0.map(|side| window.outputs(side)))
    }
}

impl CardConvolutions {
    /// Pictures of that size, height and width, that are computed together.
    pub(super) fn batch(&self, size: [usize; 2]) -> usize {
        let need = self.need(size);
        let largest = need.pixels.max(need.wide).max(need.convolved).max(1);
        let most = usize::try_from(self.card.memory.account.largest()).unwrap_or(usize::MAX);
        let all = 2 * need.pixels + need.wide + need.convolved;
        (most / largest).min(BATCH_BYTES / all.max(1)).max(1)
    }

    fn need(&self, size: [usize; 2]) -> Need {
        let number = self.number.bytes();
        let mut extent = stem(size);
        let mut need = Need {
            // The stem's patches.
            convolved: extent.pixels() * self.stem.inputs() * number,
            wide: extent.pixels() * self.stem.outputs() * number,
            ..Need::default()
        };
        for block in &self.blocks {
            let expanded = block.project.inputs() * number;
            need.wide = need.wide.max(extent.pixels() * expanded);
            extent = extent.behind(block.window);
            need.convolved = need.convolved.max(extent.pixels() * expanded);
            need.pixels = need.pixels.max(extent.pixels() * stride(block.outputs) * 4);
        }
        if let Some(head) = &self.head {
            need.wide = need.wide.max(extent.pixels() * head.outputs() * number);
        }
        need
    }

    /// What becomes of pictures of that size.
    pub(super) fn run(
        &self,
        pictures: &[&RgbImage],
        size: [usize; 2],
        wants_places: bool,
        workspace: &mut Workspace,
    ) -> Result<Vec<Convolved>, DeviceError> {
        let card = &*self.card;
        let count = pictures.len();
        let first = stem(size);
        let extents = self.extents(first);
        let places = (extents[self.places], self.blocks[self.places].outputs);
        let place_bytes = places.0.pixels() * stride(places.1) * 4;
        self.reserve(
            workspace,
            count,
            size,
            if wants_places { place_bytes } else { 0 },
        )?;
        let Workspace {
            pixels: Some(pixels),
            others: Some(others),
            wide: Some(wide),
            convolved: Some(convolved),
            bytes: Some(bytes),
            patches: Some(patches),
            places: Some(kept),
            taps,
            exchange,
        } = workspace
        else {
            return Err(card.memory.faults.memory("a batch".to_owned()));
        };
        let taps: Vec<&Buffer> = taps.iter().flatten().collect();
        self.fill(pictures, size, [bytes, patches])?;

        let mut work = Work::new(card);
        let rows = count * first.pixels();
        self.unfold
            .run(&mut work, rows, [bytes, patches], convolved);
        self.stem.run(&mut work, rows, convolved, wide);
        let (mut x, mut next) = (&*pixels, &*others);
        let mut extent = first;
        for (index, block) in self.blocks.iter().enumerate() {
            if let Some(expand) = &block.expand {
                expand.run(&mut work, count * extent.pixels(), x, wide);
            }
            let behind = extents[index];
            let lies = block.lies(count, extent, behind);
            block.depthwise.run(&mut work, lies, wide, convolved);
            if !block.is_residual {
                std::mem::swap(&mut x, &mut next);
            }
            extent = behind;
            block
                .project
                .run(&mut work, count * extent.pixels(), convolved, x);
            self.pool(&mut work, Some(index), (count, extent), x, &taps);
            if wants_places && index == self.places {
                work.copy(x, kept, count * place_bytes);
            }
        }
        if let Some(head) = &self.head {
            head.run(&mut work, count * extent.pixels(), x, wide);
            self.pool(&mut work, None, (count, extent), wide, &taps);
        }

        let mut results: Vec<(&Buffer, usize)> = taps
            .iter()
            .zip(&self.taps)
            .map(|(&buffer, tap)| (buffer, tap.bytes(count)))
            .collect();
        if wants_places {
            results.push((kept, count * place_bytes));
        }
        let values = work.run(exchange, &results)?;
        let values: Vec<f32> = bytemuck::pod_collect_to_vec(&values);
        Ok(self.split(&values, count, wants_places.then_some(places)))
    }

    /// Pixels behind each block.
    fn extents(&self, mut extent: Extent) -> Vec<Extent> {
        let behind = self.blocks.iter().map(|block| {
            extent = extent.behind(block.window);
            extent
        });
        behind.collect()
    }

    fn reserve(
        &self,
        workspace: &mut Workspace,
        count: usize,
        size: [usize; 2],
        place_bytes: usize,
    ) -> Result<(), DeviceError> {
        let Need {
            pixels,
            wide,
            convolved,
        } = self.need(size);
        let patches = stem(size).pixels() * size_of::<Patch>();
        let card: &Card = &self.card;
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST | BufferUsages::COPY_SRC;
        for (kept, what, bytes) in [
            (&mut workspace.pixels, "pixels between blocks", pixels),
            (&mut workspace.others, "pixels between blocks", pixels),
            (&mut workspace.wide, "expanded pixels", wide),
            (&mut workspace.convolved, "convolved pixels", convolved),
            (&mut workspace.bytes, "pixels", size[0] * size[1] * 3 + 4),
            (&mut workspace.patches, "patches", patches),
            (&mut workspace.places, "places", place_bytes),
        ] {
            card.reserve(kept, what, count * bytes, usage)?;
        }
        workspace.taps.resize_with(self.taps.len(), || None);
        for (kept, tap) in workspace.taps.iter_mut().zip(&self.taps) {
            card.reserve(kept, "taps", tap.bytes(count), usage)?;
        }
        Ok(())
    }

    /// Brings over the pictures, and where the stem's patches lie in them.
    fn fill(
        &self,
        pictures: &[&RgbImage],
        [height, width]: [usize; 2],
        [bytes, table]: [&Buffer; 2],
    ) -> Result<(), DeviceError> {
        let Extent([rows, columns]) = stem([height, width]);
        // Sides are even or odd: one pixel behind the picture, or one on either side.
        let before = |side: usize| (side % 2) as i32;
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        let mut all = Vec::with_capacity(pictures.len() * height * width * 3);
        let mut patches = Vec::with_capacity(pictures.len() * rows * columns);
        for picture in pictures {
            let start = number(all.len());
            all.extend_from_slice(picture.data());
            patches.extend((0..rows * columns).map(|index| Patch {
                start,
                width: number(width),
                height: number(height),
                left: (index % columns * 2) as i32 - before(width),
                top: (index / columns * 2) as i32 - before(height),
            }));
        }
        let memory = &self.card.memory;
        memory.write(bytes, &all)?;
        memory.write(table, bytemuck::cast_slice(&patches))
    }

    /// Pools what a block, or the head, gave, for the taps that want it.
    fn pool<'a>(
        &'a self,
        work: &mut Work<'a>,
        block: Option<usize>,
        (count, extent): (usize, Extent),
        x: &'a Buffer,
        results: &[&'a Buffer],
    ) {
        for (tap, results) in self.taps.iter().zip(results) {
            if tap.block == block {
                let size = (count, extent.pixels(), tap.channels);
                tap.pool.run(work, size, x, results);
            }
        }
    }

    /// What each picture gets of all that came back.
    fn split(
        &self,
        values: &[f32],
        count: usize,
        places: Option<(Extent, usize)>,
    ) -> Vec<Convolved> {
        let mut made: Vec<Convolved> = Vec::with_capacity(count);
        for picture in 0..count {
            let mut from = 0;
            let taps = self.taps.iter().map(|tap| {
                let row = stride(tap.channels);
                let values = &values[from + picture * row..][..tap.channels];
                from += count * row;
                values.to_vec()
            });
            let taps = taps.collect();
            let (mut rows, mut columns) = (Vec::new(), 0);
            if let Some((extent, channels)) = places {
                columns = extent.0[1];
                let row = stride(channels);
                let own = &values[from + picture * extent.pixels() * row..];
                let own = own[..extent.pixels() * row].chunks(row);
                rows = own.flat_map(|row| &row[..channels]).copied().collect();
            }
            made.push(Convolved {
                taps,
                places: rows,
                columns,
            });
        }
        made
    }
}

impl CardBlock {
    /// How its windows lie on that many pictures.
    fn lies(&self, pictures: usize, input: Extent, output: Extent) -> Lies {
        Lies {
            pictures,
            input: input.0,
            output: output.0,
            padding: input.0.map(|side| self.window.padding_before(side)),
        }
    }
}

impl CardTap {
    fn bytes(&self, pictures: usize) -> usize {
        pictures * stride(self.channels) * 4
    }
}

/// Pixels behind the stem, whose windows are two pixels apart.
fn stem(size: [usize; 2]) -> Extent {
    Extent(size.map(|side| side.div_ceil(2)))
}
