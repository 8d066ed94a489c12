//! Convolutional networks on a card.

mod forward;
mod load;

use std::collections::BTreeMap;
use std::sync::Arc;

use lookalike_encoders::{AcceleratedConvolutions, Convolved, DeviceError};
use lookalike_imaging::RgbImage;
use lookalike_kernels::convolution::Window;

use crate::card::Card;
use crate::kernels::{Depthwise, Number, Pool, Product, Unfold};
use crate::slots::Slots;
use forward::Workspace;

/// A convolutional network whose weights are in a card's memory.
#[derive(Debug)]
pub(crate) struct CardConvolutions {
    card: Arc<Card>,
    number: Number,
    unfold: Unfold,
    stem: Product,
    blocks: Vec<CardBlock>,
    head: Option<Product>,
    taps: Vec<CardTap>,
    /// The block whose outputs describe places.
    places: usize,
    workspaces: Slots<Workspace>,
}

#[derive(Debug)]
struct CardBlock {
    expand: Option<Product>,
    depthwise: Depthwise,
    window: Window,
    project: Product,
    is_residual: bool,
    /// Channels that come out.
    outputs: usize,
}

#[derive(Debug)]
struct CardTap {
    /// The block, or the head.
    block: Option<usize>,
    pool: Pool,
    channels: usize,
}

impl AcceleratedConvolutions for CardConvolutions {
    fn forward(
        &self,
        pictures: &[&RgbImage],
        wants_places: bool,
    ) -> Result<Vec<Convolved>, DeviceError> {
        // Those of one size go together.
        let mut sizes: BTreeMap<(u32, u32), Vec<usize>> = BTreeMap::new();
        for (index, picture) in pictures.iter().enumerate() {
            let size = (picture.height(), picture.width());
            sizes.entry(size).or_default().push(index);
        }
        let mut made: Vec<(usize, Convolved)> = Vec::with_capacity(pictures.len());
        for ((height, width), indexes) in sizes {
            let size = [height as usize, width as usize];
            for some in indexes.chunks(self.batch(size)) {
                let own: Vec<&RgbImage> = some.iter().map(|&index| pictures[index]).collect();
                let convolved = self
                    .workspaces
                    .with(|workspace| self.run(&own, size, wants_places, workspace))?;
                made.extend(some.iter().copied().zip(convolved));
            }
        }
        made.sort_by_key(|&(index, _)| index);
        Ok(made.into_iter().map(|(_, convolved)| convolved).collect())
    }
}
