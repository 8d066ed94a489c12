//! 512-bit vectors: what stands around the products of tiles, and products without tiles.

mod attention;
mod centre;
pub(crate) mod finish;
pub(crate) mod gate;
mod gelu;
mod linear;
mod norm;
mod scratch;
pub(crate) mod split;
pub(crate) mod stores;
mod weigh;
mod with_finish;

pub(super) use attention::{Head, attend, write_means};
pub(super) use centre::write_centred;
pub(super) use finish::Biased;
pub(crate) use finish::{Finish, Sums, sums};
pub(super) use linear::linear;
pub(crate) use norm::Normal;
pub(super) use norm::layer_norm;
pub(super) use scratch::{BATCH_GROUPS, Parts, Scratch};
pub(super) use weigh::{Weigher, settle, start};
pub(crate) use with_finish::with_finish;
