//! Element-wise loops written once for every vector width, over [`Lanes`].
//!
//! A variant implements `Lanes` for its token and runs an [`Operation`] inside a function
//! that enables its instruction set; everything here is `inline(always)` so that it is
//! compiled there, with that set.

mod depthwise;
mod finish;
mod lanes;
mod math;
mod norm;
mod softmax;

pub(crate) use depthwise::Depthwise;
pub(crate) use finish::Finish;
pub(crate) use lanes::{Lanes, Operation};
pub(crate) use norm::LayerNorm;
pub(crate) use softmax::{Scale, Softmax, SwiGlu};
