//! Synthetic design patents: parametric solids drawn as patent sheets and product photos, with
//! grant XML.
//!
//! Published patents cannot ship with the program; these stand in for them, in demos and tests and
//! as material to train and evaluate encoders with. Everything follows from a seed.

mod archive;
mod drawing;
mod error;
mod family;
mod generate;
mod grant;
mod math;
mod office;
mod options;
mod photo;
mod random;
mod solid;
mod tiff;
mod truth;

pub use error::SynthError;
pub use generate::generate;
pub use options::{Layout, Options, Summary};
