//! Element-wise loops written once for every vector width, over [`Lanes`].
//!
//! A variant implements `Lanes` for its token and runs an [`Operation`] inside a function
//! that enables its instruction set; everything here is `inline(always)` so that it is
//! compiled there, with that set.

mod backend;
mod bytes;
mod depthwise;
mod finish;
mod lanes;
mod math;
mod norm;
mod softmax;

pub(crate) use backend::Vectors;
pub(crate) use lanes::{Lanes, Operation};

use depthwise::Depthwise;
use finish::Finish;
use norm::LayerNorm;
use softmax::{Scale, Softmax, SwiGlu};
