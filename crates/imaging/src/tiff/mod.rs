//! TIFF: the format that drawings come in.
//!
//! A reader of our own instead of the `tiff` crate, which refuses much of what
//! patent offices' scanners wrote (Group 3, missing tags, fill order 2,
//! BigTIFF with G4) and loses the whole page when one strip is damaged. The
//! compressions are libraries; what is here is the container and the colours.

mod bilevel;
mod ccitt;
mod chunks;
mod colour;
mod directory;
mod interpret;
mod page;
mod pages;
mod read;
mod samples;
mod stretch;
mod tag;
mod unpack;

pub(crate) use colour::cmyk_to_rgb;
pub(crate) use directory::Source;
pub(crate) use page::Page;
pub(crate) use pages::is_raw;
pub use pages::tiff_pages;
pub(crate) use tag::ORIENTATION;
